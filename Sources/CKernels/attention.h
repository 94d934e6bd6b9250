// The exponentials of a row, rotation and transposition: the parts of attention.
#pragma once
#include "lanes_math.h"
#include "rows.h"

CK_INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

// The largest lane, by halving.
CK_INLINE float largest_lane(const vf *x) {
    vf v = *x, other;
#define HALVE(...)                                                                                 \
    other = __builtin_shufflevector(v, v, __VA_ARGS__);                                            \
    v = other > v ? other : v
    HALVE(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    HALVE(4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
    HALVE(2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
    HALVE(1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
#undef HALVE
    return v[0];
}

// Sixteen elements of a padded row of which the first n count; the others become −∞.
CK_INLINE void load_seen(vf *x, const float *row, int64_t i, int64_t n) {
    v_load(x, row + i, LANES);
    if (n - i < LANES) *x = v_iota < (vi)(int32_t)(n - i) ? *x : v_splat(-__builtin_inff());
}

// x → e^(x − greatest) for n elements of a row padded to whole vectors; their sum, in order.
CK_INLINE float exponentials_of_row(float *x, int64_t n) {
    vf best;
    load_seen(&best, x, 0, n);
    for (int64_t i = LANES; i < n; i += LANES) {
        vf v;
        load_seen(&v, x, i, n);
        best = v > best ? v : best;
    }
    float most = largest_lane(&best), sum = 0;
    for (int64_t i = 0; i < n; i += LANES) {
        vf e;
        load_seen(&e, x, i, n);
        e -= most;
        v_exp(&e);
        v_store(x + i, &e, LANES);
    }
    for (int64_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

// (x₁, x₂) → (x₁ cos − x₂ sin, x₂ cos + x₁ sin) for the two halves of a row (Su et al. 2021).
CK_INLINE void rotate(float *out, const float *x, const float *cosines, const float *sines,
                      int64_t half) {
    FOR_LANES(c, k, half) {
        vf a, b, cosine, sine;
        v_load(&a, x + c, k);
        v_load(&b, x + half + c, k);
        v_load(&cosine, cosines + c, k);
        v_load(&sine, sines + c, k);
        vf first = a * cosine - b * sine, second = b * cosine + a * sine;
        v_store(out + c, &first, k);
        v_store(out + half + c, &second, k);
    }
}

// The inverse of `rotate`, in place.
CK_INLINE void unrotate(float *x, const float *cosines, const float *sines, int64_t half) {
    FOR_LANES(c, k, half) {
        vf a, b, cosine, sine;
        v_load(&a, x + c, k);
        v_load(&b, x + half + c, k);
        v_load(&cosine, cosines + c, k);
        v_load(&sine, sines + c, k);
        vf first = a * cosine + b * sine, second = b * cosine - a * sine;
        v_store(x + c, &first, k);
        v_store(x + half + c, &second, k);
    }
}

// The factor on scores, 1/√width.
CK_INLINE float score_scale(int64_t width) { return 1 / __builtin_sqrtf((float)width); }

CK_INLINE void scale_row(float *x, int64_t wide, float scale) {
    for (int64_t c = 0; c < wide; c += LANES) *(vf_unaligned *)(x + c) *= v_splat(scale);
}

// A row of `width` numbers into one of `wide`, a multiple of 16: rotated when there are angles,
// scaled, padded by zeros.
CK_INLINE void take_row(float *out, const float *in, int64_t width, int64_t wide,
                        const float *cosines, const float *sines, float scale) {
    for (int64_t c = width; c < wide; c++) out[c] = 0;
    if (cosines) {
        rotate(out, in, cosines, sines, width / 2);
    } else {
        memcpy(out, in, (size_t)width * sizeof(float));
    }
    if (scale != 1) scale_row(out, wide, scale);
}

// y[columns, rows] = x[rows, columns]ᵀ, both sizes multiples of 16.
CK_INLINE void transpose(float *y, const float *x, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; r += LANES) {
        for (int64_t c = 0; c < columns; c += LANES) {
            vf block[LANES];
#pragma clang loop unroll(full)
            for (int i = 0; i < LANES; i++) v_load(&block[i], x + (r + i) * columns + c, LANES);
            v_transpose(block);
#pragma clang loop unroll(full)
            for (int i = 0; i < LANES; i++) v_store(y + (c + i) * rows + r, &block[i], LANES);
        }
    }
}
