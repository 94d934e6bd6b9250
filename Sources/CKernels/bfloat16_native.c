// bf16 products on processors with AVX512-BF16.
#if defined(__x86_64__)
#include <immintrin.h>

#include "lanes.h"

#define BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
#define BF16_ENTRY BF16_TARGET
#define BF16_ROWS 12  // 24 sums, two vectors of B and one of A in 32 registers
#define BF16_INLINE static inline __attribute__((always_inline)) BF16_TARGET

BF16_INLINE void bf16_narrow(vu *word, const vf *a, const vf *b) {
    *word = (vu)_mm512_cvtne2ps_pbh((__m512)*b, (__m512)*a);
}

BF16_INLINE void bf16_join(vu *word, const vf *low, const vf *high) {
    const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7,
                                           22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    vu side_by_side;
    bf16_narrow(&side_by_side, low, high);
    *word = (vu)_mm512_permutexvar_epi16(order, (__m512i)side_by_side);
}

BF16_INLINE void bf16_dot(vf *sum, const vu *x, const vu *y) {
    *sum = (vf)_mm512_dpbf16_ps((__m512)*sum, (__m512bh)*x, (__m512bh)*y);
}

#include "bfloat16_ranges.h"

const bf16_ranges ck_bf16_native = {pack_range, pack_transposed_range, product_range};
#endif
