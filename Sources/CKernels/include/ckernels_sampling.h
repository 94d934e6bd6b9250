// Drawing from rows of logits.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// x[r, c] = exp((x[r, c] − max_c x[r, c])·factor): weights of softmax(factor·x), the largest 1. A row without a finite
// largest element becomes NaN.
void ck_softmax_weights(float *x, int64_t rows, int64_t cols, float factor);
// index[r] = the first place where the running sum of weights[r] exceeds uniform[r]·Σ weights[r], or the last positive
// weight where rounding leaves none; 0 where no weight is positive. Sums in double, in a fixed order.
void ck_draw_rows(int32_t *index, const float *weights, const float *uniform, int64_t rows, int64_t cols);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
