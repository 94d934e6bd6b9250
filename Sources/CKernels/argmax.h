// The first index of the largest element of a row.
#pragma once
#include "lanes.h"

CK_INLINE void argmax_step(vf *best, vi *place, const float *x, const float *noise, int64_t c,
                           int64_t k) {
    vf v;
    v_load_or(&v, x + c, k, -__builtin_inff());
    if (noise) {
        vf g;
        v_load(&g, noise + c, k);
        v += g;
    }
    vi better = v > *best;
    *best = better ? v : *best;
    *place = better ? v_iota + (int32_t)c : *place;
}

// argmax of x (+ noise when given); 0 when every element is −∞ or NaN. The maximum goes to `value`.
CK_INLINE int32_t row_argmax(const float *x, const float *noise, int64_t n, float *value) {
    vf best = v_splat(-__builtin_inff());
    vi place = (vi)0;
    int64_t c = 0;
    for (; c + LANES <= n; c += LANES) argmax_step(&best, &place, x, noise, c, LANES);
    if (c < n) argmax_step(&best, &place, x, noise, c, n - c);
    float most = v_max(&best);
    vi rivals = best == most ? place : (vi)INT32_MAX;
    int32_t first = INT32_MAX;
    for (int i = 0; i < LANES; i++) first = rivals[i] < first ? rivals[i] : first;
    *value = most;
    return first;
}
