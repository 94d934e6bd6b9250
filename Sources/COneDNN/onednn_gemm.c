#include "onednn_gemm.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>

extern void omp_set_num_threads(int);

int onednn_sgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                 const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                 int64_t ldc) {
    return (int)dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda,
                           b, ldb, beta, c, ldc);
}

void onednn_set_thread_count(int count) { omp_set_num_threads(count); }

const char *onednn_version(void) {
    static char text[32];
    const dnnl_version_t *v = dnnl_version();
    snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
    return text;
}
