// Products of floats for models in use: as good for one row as for many.
//
// C = A·B with A [m, k] and C [m, n] row-major. An element of C is its sum over k in increasing order by fused
// multiply-adds from zero, in parts that k alone decides (768 terms at a time, halved when more than 384), the parts
// added in order: the same bits for any number of rows and threads, on every processor, and those of oneDNN's products
// on AVX-512.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// Whether the processor has the registers that make these products fast: AVX-512.
int ck_panels_are_fast(void);

// The numbers of B[k, n] in panels of 32 columns, [⌈n/32⌉][k][32], what lies beyond n zero.
int64_t ck_panels_count(int64_t k, int64_t n);
// Packs B given as its transpose [n, k], rows ldb apart.
void ck_panels_pack_transposed(float *panels, const float *b, int64_t ldb, int64_t k, int64_t n);
// c[m, n] (+)= a·B.
void ck_panels_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *panels, int64_t m, int64_t n,
                       int64_t k, int accumulate);

// One product per group: c[r, g, :] (+)= a[r, g, :]·b[g], for a [m, groups, k], b [groups, k, n], c [m, groups, n].
void ck_grouped_product(float *c, const float *a, const float *b, int64_t m, int64_t groups, int64_t n, int64_t k,
                        int accumulate);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
