// bf16 products in float arithmetic: the same sums on any processor.
#include "bfloat16_round.h"

#define BF16_ENTRY CK_CLONES
#define BF16_ROWS 4
#define BF16_INLINE CK_INLINE

CK_INLINE void bf16_join(vu *word, const vf *low, const vf *high) {
    vu a, b;
    bf16_round(&a, low);
    bf16_round(&b, high);
    *word = (a >> 16) | (b & 0xffff0000u);
}

CK_INLINE void bf16_narrow(vu *word, const vf *a, const vf *b) {
    vf u = *a, v = *b;
    vf even = __builtin_shufflevector(u, v, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    vf odd = __builtin_shufflevector(u, v, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    bf16_join(word, &even, &odd);
}

CK_INLINE void bf16_dot(vf *sum, const vu *x, const vu *y) {
    vu a = *x & 0xffff0000u, b = *y & 0xffff0000u, c = *x << 16, d = *y << 16;
    *sum = v_fma((vf)a, (vf)b, *sum);
    *sum = v_fma((vf)c, (vf)d, *sum);
}

#include "bfloat16_ranges.h"

const bf16_ranges ck_bf16_portable = {pack_range, pack_transposed_range, product_range};
