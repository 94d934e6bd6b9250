// How far along its sentence each step of packed sequences stands, told by cosines and sines.
#include <math.h>

#include "ckernels.h"
#include "packing.h"

static const float root2 = 1.41421356f;

// A length of 1 to 160,000 tokens, whatever a net says.
CK_INLINE float bounded(float log_length) { return fminf(fmaxf(log_length, 0), 12); }

CK_INLINE float place(float log_length, int64_t step) {
    return ((float)step + 0.5f) * expf(-bounded(log_length));
}

void ck_pace(float *y, const float *log_length, const float *frequency, const int32_t *offset,
             int64_t steps, int64_t rows, int64_t first, int64_t count) {
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t n = offset[step]; n < rows_end(offset, steps, step, rows); n++) {
            float x = place(log_length[n - offset[step]], first + step);
            for (int64_t i = 0; i < count; i++) {
                y[(n * count + i) * 2] = root2 * cosf(frequency[i] * x);
                y[(n * count + i) * 2 + 1] = root2 * sinf(frequency[i] * x);
            }
        }
    }
}
