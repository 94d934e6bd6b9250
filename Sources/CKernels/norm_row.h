// Layer normalisation of one row: two passes for mean and variance, one for the output.
#pragma once
#include "rows.h"

// y = (x − mean)·rstd·gain + bias; y may be x. Returns rstd, and the mean by address.
CK_INLINE float norm_row(float *y, const float *x, const float *gain, const float *bias, int64_t n,
                         float epsilon, float *mean_of_row) {
    float mean = row_dot(x, 0, n) / (float)n;
    vf squares = v_splat(0);
    FOR_LANES(c, k, n) {
        vf v;
        v_load(&v, x + c, k);
        v -= mean;
        v_keep(&v, k);
        squares = v_fma(v, v, squares);
    }
    float rstd = 1.0f / __builtin_sqrtf(v_sum(&squares) / (float)n + epsilon);
    FOR_LANES(c, k, n) {
        vf v, g, b;
        v_load(&v, x + c, k);
        v_load(&g, gain + c, k);
        v_load(&b, bias + c, k);
        v = v_fma((v - mean) * rstd, g, b);
        v_store(y + c, &v, k);
    }
    *mean_of_row = mean;
    return rstd;
}
