// Reductions over one row, in an order that depends on the length of the row alone.
#pragma once
#include "lanes.h"
#include "parallel.h"

typedef struct {
    float *y;
    const float *a, *b;
    const int32_t *index;
    int64_t rows, cols;
    int accumulate;
} rowwise;

// Steps `i` through a row by vectors; `k` lanes of the vector at `i` belong to the row.
#define FOR_LANES(i, k, n)                                                                         \
    for (int64_t i = 0, k = 0; i < (n) && (k = (n) - i < LANES ? (n) - i : LANES, 1); i += LANES)

// Σ a·b, or Σ a when b is null: four running vectors, then a tree.
CK_INLINE float row_dot(const float *a, const float *b, int64_t n) {
    vf s[4] = {v_splat(0), v_splat(0), v_splat(0), v_splat(0)};
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        for (int j = 0; j < 4; j++) {
            vf x, y = v_splat(1);
            v_load(&x, a + i + j * LANES, LANES);
            if (b) v_load(&y, b + i + j * LANES, LANES);
            s[j] = v_fma(x, y, s[j]);
        }
    }
    for (; i < n; i += LANES) {
        int64_t k = n - i < LANES ? n - i : LANES;
        vf x, y = v_splat(1);
        v_load(&x, a + i, k);
        if (b) v_load(&y, b + i, k);
        s[0] = v_fma(x, y, s[0]);
    }
    vf total = (s[0] + s[1]) + (s[2] + s[3]);
    return v_sum(&total);
}

// The largest element; −∞ for none, NaN is passed over.
CK_INLINE float row_max(const float *x, int64_t n) {
    vf best = v_splat(-__builtin_inff());
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vf v;
        v_load(&v, x + i, LANES);
        best = v > best ? v : best;
    }
    if (i < n) {
        vf v;
        v_load_or(&v, x + i, n - i, -__builtin_inff());
        best = v > best ? v : best;
    }
    return v_max(&best);
}
