// Small dense products, the softmax of a row, and rotation: the parts of attention.
#pragma once
#include "lanes_math.h"
#include "rows.h"

// Rows of a product that are computed at once.
enum { ROW_TILE = 4 };

CK_INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

// c[rows, vectors·16] (+)= a·b for constant, small `rows` and `vectors`: all sums in registers.
CK_INLINE void tile(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t a_inner,
                    const float *b, int64_t b_row, int64_t inner, int accumulate, const int rows,
                    const int vectors) {
    vf sum[ROW_TILE][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            sum[r][v] = v_splat(0);
            if (accumulate) v_load(&sum[r][v], c + r * c_row + v * LANES, LANES);
        }
    }
    for (int64_t i = 0; i < inner; i++) {
        vf x[2];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) v_load(&x[v], b + i * b_row + v * LANES, LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float weight = a[r * a_row + i * a_inner];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[r][v] = v_fma(weight, x[v], sum[r][v]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) v_store(c + r * c_row + v * LANES, &sum[r][v], LANES);
    }
}

// `tile` for the rows of a product, four at a time.
CK_INLINE void tile_column(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t a_inner,
                           const float *b, int64_t b_row, int64_t rows, int64_t inner,
                           int accumulate, const int vectors) {
    int64_t r = 0;
    for (; r + ROW_TILE <= rows; r += ROW_TILE)
        tile(c + r * c_row, c_row, a + r * a_row, a_row, a_inner, b, b_row, inner, accumulate,
             ROW_TILE, vectors);
    for (; r < rows; r++)
        tile(c + r * c_row, c_row, a + r * a_row, a_row, a_inner, b, b_row, inner, accumulate, 1,
             vectors);
}

// c[rows, columns] (+)= Σ_i a[r, i]·b[i, column], i in order; columns a multiple of 16. Element (r, i)
// of a lies at r·a_row + i·a_inner. A strip of b stays in the first cache for all rows.
CK_INLINE void product(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t a_inner,
                       const float *b, int64_t b_row, int64_t rows, int64_t inner,
                       int64_t columns, int accumulate) {
    int64_t column = 0;
    for (; column + 2 * LANES <= columns; column += 2 * LANES)
        tile_column(c + column, c_row, a, a_row, a_inner, b + column, b_row, rows, inner,
                    accumulate, 2);
    if (column < columns)
        tile_column(c + column, c_row, a, a_row, a_inner, b + column, b_row, rows, inner,
                    accumulate, 1);
}

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

// softmax over the first n of `size` elements (a multiple of 16), the rest set to 0; log Σ exp.
CK_INLINE float softmax_row(float *x, int64_t n, int64_t size) {
    vf best, sum = v_splat(0);
    load_seen(&best, x, 0, n);
    for (int64_t i = LANES; i < n; i += LANES) {
        vf v;
        load_seen(&v, x, i, n);
        best = v > best ? v : best;
    }
    float most = largest_lane(&best);
    for (int64_t i = 0; i < n; i += LANES) {
        vf e;
        load_seen(&e, x, i, n);
        e -= most;
        v_exp(&e);
        sum += e;
        v_store(x + i, &e, LANES);
    }
    float total = v_sum(&sum);
    vf log_total = v_splat(total);
    v_log(&log_total);
    float scale = 1 / total;
    for (int64_t i = 0; i < size; i += LANES) {
        vf e = v_splat(0);
        if (i < n) v_load(&e, x + i, LANES);
        e *= scale;
        v_store(x + i, &e, LANES);
    }
    return most + log_total[0];
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
    if (scale != 1) {
        for (int64_t c = 0; c < wide; c += LANES) {
            vf x;
            v_load(&x, out + c, LANES);
            x *= scale;
            v_store(out + c, &x, LANES);
        }
    }
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
