// Matrix products of numbers rounded to bf16 (the upper half of a float), summed in float.
//
// C = op(A)·B with A and C in float and B packed beforehand: a weight is packed once a step and used
// often, A is rounded on its way through the cache. An element of C is Σ over pairs of terms in
// increasing order, cut at fixed places, so its bits depend on its row of op(A) and column of B alone:
// neither on the other rows, nor on the number of threads, nor on the processor (numbers below 2⁻¹²⁶,
// which count as 0, apart). Processors with AVX512-BF16 take two terms a lane at once; others compute
// the same sums in float arithmetic, slower than a float product.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// Whether the processor multiplies bf16 numbers itself.
int ck_bf16_is_native(void);

// The elements of a packed B[k, n].
int64_t ck_bf16_packed_count(int64_t k, int64_t n);
// Packs B[k, n], its rows ldb apart; y is aligned to 64 bytes.
void ck_bf16_pack(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n);
// Packs B[k, n] given as its transpose [n, k], rows ldb apart.
void ck_bf16_pack_transposed(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n);

// c[m, n] (+)= op(A)·B + bias. A is [m, k] with rows lda apart or, transposed, [k, m]; rows of C are ldc apart;
// bias, if any, is [n]: the sums begin with it.
void ck_bf16_product(float *c, int64_t ldc, const float *a, int64_t lda, int transposed, const uint16_t *packed_b,
                     int64_t m, int64_t n, int64_t k, const float *_Nullable bias, int accumulate);

// c[m, n] (+)= op(A)·B with A already rounded, row-major like the above.
void ck_bf16_rounded_product(float *c, int64_t ldc, const uint16_t *a, int64_t lda, int transposed,
                             const uint16_t *packed_b, int64_t m, int64_t n, int64_t k, int accumulate);
// out[cols] (+)= Σ over the rows of x[rows, cols], from the first to the last.
void ck_bf16_column_sum(float *out, const uint16_t *x, int64_t rows, int64_t cols, int accumulate);

// As ck_cross_entropy, with the gradients given in bf16 to another place; the logits are left as e^(logit − max).
void ck_bf16_cross_entropy(uint16_t *gradient, float *logits, float *log_likelihood, int32_t *best,
                           const int32_t *target, const float *row_gradient, int64_t rows, int64_t cols);

// The same by the portable code, for tests.
void ck_reference_bf16_pack(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n);
void ck_reference_bf16_pack_transposed(uint16_t *y, const float *b, int64_t ldb, int64_t k, int64_t n);
void ck_reference_bf16_product(float *c, int64_t ldc, const float *a, int64_t lda, int transposed,
                               const uint16_t *packed_b, int64_t m, int64_t n, int64_t k,
                               const float *_Nullable bias, int accumulate);

void ck_reference_bf16_rounded_product(float *c, int64_t ldc, const uint16_t *a, int64_t lda, int transposed,
                                       const uint16_t *packed_b, int64_t m, int64_t n, int64_t k,
                                       int accumulate);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
