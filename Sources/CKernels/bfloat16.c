// The choice of an implementation, and how products are shared among threads.
#include "bfloat16.h"

#include "ckernels_bfloat16.h"
#include "parallel.h"

#if defined(__x86_64__)
int ck_bf16_is_native(void) {
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static const bf16_ranges *ranges(void) { return ck_bf16_is_native() ? &ck_bf16_native : &ck_bf16_portable; }
#else
int ck_bf16_is_native(void) { return 0; }

static const bf16_ranges *ranges(void) { return &ck_bf16_portable; }
#endif

static int64_t panel_count(int64_t n) { return (n + BF16_COLUMNS - 1) / BF16_COLUMNS; }

int64_t ck_bf16_packed_count(int64_t k, int64_t n) { return panel_count(n) * BF16_COLUMNS * ((k + 1) / 2) * 2; }

static void pack(void (*range)(void *, int64_t, int64_t), uint16_t *y, const float *b, int64_t ldb, int64_t k,
                 int64_t n) {
    bf16_packing g = {(uint32_t *)(void *)y, b, ldb, k, n};
    ck_parallel_for(range, &g, panel_count(n), 1, BF16_COLUMNS * k);
}

static void product(const bf16_ranges *with, bf16_product g) {
    // Few rows are rounded by every thread, each of which keeps its panels of B in its own cache.
    g.splits_columns = g.m < 2 * BF16_BLOCK_ROWS;
    // A vector takes 32 products at once: k·n products are as dear as k·n/32 elements of cheap work and more.
    if (g.splits_columns)
        ck_parallel_for(with->product, &g, panel_count(g.n), 1, g.m * g.k * BF16_COLUMNS / 16);
    else
        ck_parallel_for(with->product, &g, g.m, BF16_BLOCK_ROWS / 16, g.n * g.k / 16);
}

static const uint32_t *words(const uint16_t *packed) { return (const uint32_t *)(const void *)packed; }

void ck_bf16_pack(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n) {
    pack(ranges()->pack, y, b, ldb, k, n);
}

void ck_bf16_pack_transposed(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n) {
    pack(ranges()->pack_transposed, y, b, ldb, k, n);
}

void ck_bf16_product(float *c, int64_t ldc, const float *a, int64_t lda, int transposed, const uint16_t *packed_b,
                     int64_t m, int64_t n, int64_t k, const float *bias, int accumulate) {
    product(ranges(), (bf16_product){c, a, 0, bias, words(packed_b), m, n, k, lda, ldc, transposed != 0,
                                     accumulate, 0});
}

void ck_bf16_rounded_product(float *c, int64_t ldc, const uint16_t *a, int64_t lda, int transposed,
                             const uint16_t *packed_b, int64_t m, int64_t n, int64_t k, int accumulate) {
    product(ranges(), (bf16_product){c, 0, a, 0, words(packed_b), m, n, k, lda, ldc, transposed != 0, accumulate, 0});
}

void ck_reference_bf16_pack(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n) {
    pack(ck_bf16_portable.pack, y, b, ldb, k, n);
}

void ck_reference_bf16_pack_transposed(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n) {
    pack(ck_bf16_portable.pack_transposed, y, b, ldb, k, n);
}

void ck_reference_bf16_product(float *c, int64_t ldc, const float *a, int64_t lda, int transposed,
                               const uint16_t *packed_b, int64_t m, int64_t n, int64_t k, const float *bias,
                               int accumulate) {
    product(&ck_bf16_portable, (bf16_product){c, a, 0, bias, words(packed_b), m, n, k, lda, ldc, transposed != 0,
                                              accumulate, 0});
}

void ck_reference_bf16_rounded_product(float *c, int64_t ldc, const uint16_t *a, int64_t lda, int transposed,
                                       const uint16_t *packed_b, int64_t m, int64_t n, int64_t k,
                                       int accumulate) {
    product(&ck_bf16_portable,
            (bf16_product){c, 0, a, 0, words(packed_b), m, n, k, lda, ldc, transposed != 0, accumulate, 0});
}
