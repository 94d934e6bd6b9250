// Windows over the relative positions of the tokens of packed sequences.
#include "ckernels.h"
#include "lanes_math.h"
#include "packing.h"

// Token t of a sentence of T tokens stands at (t + 1/2)/T.
CK_INLINE float position(const int32_t *offset, const int32_t *length, int64_t time, int64_t row) {
    return ((float)time + 0.5f) / (float)length[row - offset[time]];
}

CK_CLONES void ck_window_scores(float *scores, const float *centre, const float *log_width,
                                const int32_t *offset, const int32_t *length, int64_t times,
                                int64_t tokens, int64_t queries) {
    FOR_LANES(d, k, queries) {
        vf middle, inverse;
        v_load(&middle, centre + d, k);
        v_load(&inverse, log_width + d, k);
        inverse = -inverse;
        v_exp(&inverse);
        for (int64_t time = 0; time < times; time++) {
            for (int64_t n = offset[time]; n < rows_end(offset, times, time, tokens); n++) {
                vf z = (v_splat(position(offset, length, time, n)) - middle) * inverse, s;
                v_load(&s, scores + n * queries + d, k);
                s -= v_splat(0.5f) * z * z;
                v_store(scores + n * queries + d, &s, k);
            }
        }
    }
}

CK_CLONES void ck_window_scores_backward(float *dcentre, float *dlog_width, const float *dscores,
                                         const float *centre, const float *log_width,
                                         const int32_t *offset, const int32_t *length,
                                         int64_t times, int64_t tokens, int64_t queries,
                                         int accumulate) {
    FOR_LANES(d, k, queries) {
        vf middle, inverse, sum_centre = v_splat(0), sum_width = v_splat(0);
        v_load(&middle, centre + d, k);
        v_load(&inverse, log_width + d, k);
        inverse = -inverse;
        v_exp(&inverse);
        for (int64_t time = 0; time < times; time++) {
            for (int64_t n = offset[time]; n < rows_end(offset, times, time, tokens); n++) {
                vf z = (v_splat(position(offset, length, time, n)) - middle) * inverse, g;
                v_load(&g, dscores + n * queries + d, k);
                sum_centre += g * z * inverse;
                sum_width += g * z * z;
            }
        }
        v_put(dcentre + d, &sum_centre, k, accumulate);
        v_put(dlog_width + d, &sum_width, k, accumulate);
    }
}
