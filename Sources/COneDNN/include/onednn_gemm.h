// Matrix products by oneDNN behind a header that names no oneDNN type, so that it compiles against
// oneDNN 2.x and 3.x alike and Swift sees plain C.
#pragma once
#include <stdint.h>

// C = alpha · op(A) · op(B) + beta · C, row-major. op(A) is [m, k], op(B) is [k, n], C is [m, n];
// lda, ldb, ldc are the row strides of A, B and C as stored.
// Returns 0, or oneDNN's status.
int onednn_sgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                 const float *_Nonnull a, int64_t lda, const float *_Nonnull b, int64_t ldb, float beta,
                 float *_Nonnull c, int64_t ldc);

// Sets the number of threads used by products and by every kernel of CKernels (one OpenMP pool).
void onednn_set_thread_count(int count);

// Version as text, for reports.
const char *_Nonnull onednn_version(void);
