// Sixteen floats at a time, in the same order on every processor.
//
// A kernel is written once, on vectors of sixteen lanes; the last, partial vector of a range runs
// through the same code with a count below sixteen. So an element gets the same bits wherever it
// stands in a buffer, a reduction always adds lane by lane and then by one fixed tree, and nothing
// is left to the compiler's choice: contraction is off, fused multiply-adds are written `v_fma`.
// Helpers take vectors by address because the calling convention for wide vectors differs between
// processor levels; they are always inlined, so nothing is spilled.
#pragma once
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define CK_CLONES                                                                                  \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif
// The least vector width reaches the clones by inlining: without it level v4 uses half registers.
#define CK_INLINE static inline __attribute__((always_inline, unused, min_vector_width(512)))

enum { LANES = 16 };
typedef float vf __attribute__((ext_vector_type(16)));
typedef int32_t vi __attribute__((ext_vector_type(16)));
typedef uint32_t vu __attribute__((ext_vector_type(16)));
typedef double vd __attribute__((ext_vector_type(16)));
typedef vf vf_unaligned __attribute__((aligned(4), may_alias));
typedef vi vi_unaligned __attribute__((aligned(4), may_alias));

#define v_fma(a, b, c) __builtin_elementwise_fma((vf)(a), (vf)(b), (vf)(c))
#define v_splat(a) ((vf)(a))
#define v_iota ((vi){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

// Copies the low bits of `count` as whole vectors: count in 1 ... 15 words.
CK_INLINE void v_copy_part(void *to, const void *from, int64_t count) {
    char *t = (char *)to;
    const char *f = (const char *)from;
    if (count & 8) { memcpy(t, f, 32); t += 32; f += 32; }
    if (count & 4) { memcpy(t, f, 16); t += 16; f += 16; }
    if (count & 2) { memcpy(t, f, 8); t += 8; f += 8; }
    if (count & 1) memcpy(t, f, 4);
}

// Loads `count` (1 ... 16) floats; the other lanes take `rest`.
CK_INLINE void v_load_or(vf *x, const float *p, int64_t count, float rest) {
    if (count == LANES) { *x = *(const vf_unaligned *)p; return; }
    vf part = v_splat(rest);
    v_copy_part(&part, p, count);
    *x = part;
}

CK_INLINE void v_load(vf *x, const float *p, int64_t count) { v_load_or(x, p, count, 0); }

CK_INLINE void v_store(float *p, const vf *x, int64_t count) {
    if (count == LANES) { *(vf_unaligned *)p = *x; return; }
    vf part = *x;
    v_copy_part(p, &part, count);
}

// p (+)= x
CK_INLINE void v_put(float *p, const vf *x, int64_t count, int accumulate) {
    vf sum = *x;
    if (accumulate) {
        vf old;
        v_load(&old, p, count);
        sum = old + sum;
    }
    v_store(p, &sum, count);
}

// Clears the lanes from `count` on.
CK_INLINE void v_keep(vf *x, int64_t count) {
    if (count < LANES) *x = v_iota < (vi)(int32_t)count ? *x : v_splat(0);
}

#define V_HALF_SUM(type, x, y)                                                                     \
    type x = __builtin_shufflevector(y, y, 0, 1, 2, 3, 4, 5, 6, 7) +                               \
             __builtin_shufflevector(y, y, 8, 9, 10, 11, 12, 13, 14, 15)

typedef float vf8 __attribute__((ext_vector_type(8)));
typedef double vd8 __attribute__((ext_vector_type(8)));

// Sum of the lanes by halving: (0 + 8), (1 + 9) …, then quarters, then pairs.
CK_INLINE float v_sum(const vf *x) {
    vf v = *x;
    V_HALF_SUM(vf8, h, v);
    float a = h[0] + h[4], b = h[1] + h[5], c = h[2] + h[6], d = h[3] + h[7];
    return (a + c) + (b + d);
}

CK_INLINE double v_sum_double(const vd *x) {
    vd v = *x;
    V_HALF_SUM(vd8, h, v);
    double a = h[0] + h[4], b = h[1] + h[5], c = h[2] + h[6], d = h[3] + h[7];
    return (a + c) + (b + d);
}

// Largest lane (a NaN never wins).
CK_INLINE float v_max(const vf *x) {
    vf v = *x;
    vf8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
    vf8 b = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    vf8 h = b > a ? b : a;
    float best = h[0];
    for (int i = 1; i < 8; i++) best = h[i] > best ? h[i] : best;
    return best;
}

// Sixteen rows of sixteen become columns. Interleaving row i with row i + 8 rotates the eight index
// bits by one place; four rounds exchange the row bits and the column bits.
CK_INLINE void v_transpose(vf *a) {
    vf b[LANES];
#pragma clang loop unroll(full)
    for (int round = 0; round < 4; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            vf u = a[i], v = a[i + 8];
            b[2 * i] = __builtin_shufflevector(u, v, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                               22, 7, 23);
            b[2 * i + 1] = __builtin_shufflevector(u, v, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                   29, 14, 30, 15, 31);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) a[i] = b[i];
    }
}
