// Layer normalisation, forward and backward.
#include "ckernels.h"
#include "norm_row.h"

typedef struct {
    float *y, *mean, *rstd, *dgain, *dbias;
    const float *x, *gain, *bias, *dy;
    int64_t rows, cols;
    float epsilon;
    int accumulate_dx, accumulate_parameters;
} norm;

CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const norm w = *(const norm *)context;
    for (int64_t r = begin; r < end; r++)
        w.rstd[r] = norm_row(w.y + r * w.cols, w.x + r * w.cols, w.gain, w.bias, w.cols, w.epsilon,
                             &w.mean[r]);
}

void ck_layer_norm(float *y, float *mean, float *rstd, const float *x, const float *gain,
                   const float *bias, int64_t rows, int64_t cols, float epsilon) {
    norm w = {.y = y, .mean = mean, .rstd = rstd, .x = x, .gain = gain, .bias = bias,
              .cols = cols, .epsilon = epsilon};
    ck_parallel_for(forward_range, &w, rows, 1, 4 * cols);
}

typedef struct {
    float *y;
    const float *x, *table, *gain, *bias;
    const int32_t *index;
    int64_t x_cols, cols;
    float scale, epsilon;
} joined;

CK_CLONES static void joined_range(void *context, int64_t begin, int64_t end) {
    const joined w = *(const joined *)context;
    int64_t rest = w.cols - w.x_cols;
    for (int64_t r = begin; r < end; r++) {
        float *y = w.y + r * w.cols, mean;
        memcpy(y, w.x + r * w.x_cols, (size_t)w.x_cols * sizeof(float));
        FOR_LANES(c, k, rest) {
            vf v;
            v_load(&v, w.table + w.index[r] * rest + c, k);
            v = w.scale * v;
            v_store(y + w.x_cols + c, &v, k);
        }
        norm_row(y, y, w.gain, w.bias, w.cols, w.epsilon, &mean);
    }
}

void ck_layer_norm_joined(float *y, const float *x, int64_t x_cols, const float *table,
                          const int32_t *index, int64_t table_cols, float scale, const float *gain,
                          const float *bias, int64_t rows, float epsilon) {
    joined w = {.y = y, .x = x, .table = table, .gain = gain, .bias = bias, .index = index,
                .x_cols = x_cols, .cols = x_cols + table_cols, .scale = scale,
                .epsilon = epsilon};
    ck_parallel_for(joined_range, &w, rows, 1, 4 * w.cols);
}

// With x̂ = (x − mean)·rstd and g = dy·gain: dx = rstd·(g − ⟨g⟩ − x̂·⟨g·x̂⟩), ⟨⟩ the mean of a row.
CK_CLONES static void dx_range(void *context, int64_t begin, int64_t end) {
    const norm w = *(const norm *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *x = w.x + r * w.cols, *dy = w.dy + r * w.cols;
        float *dx = w.y + r * w.cols, mean = w.mean[r], rstd = w.rstd[r];
        vf sum = v_splat(0), dot = v_splat(0);
        FOR_LANES(c, k, w.cols) {
            vf v, g, gain;
            v_load(&v, x + c, k);
            v_load(&g, dy + c, k);
            v_load(&gain, w.gain + c, k);
            g *= gain;  // lanes past the row are 0 and so are their products
            sum += g;
            dot = v_fma(g, (v - mean) * rstd, dot);
        }
        float mean_g = v_sum(&sum) / (float)w.cols, mean_gx = v_sum(&dot) / (float)w.cols;
        FOR_LANES(c, k, w.cols) {
            vf v, g, gain;
            v_load(&v, x + c, k);
            v_load(&g, dy + c, k);
            v_load(&gain, w.gain + c, k);
            v = (v - mean) * rstd;
            g = rstd * v_fma(v, -mean_gx, v_fma(g, gain, -mean_g));
            v_put(dx + c, &g, k, w.accumulate_dx);
        }
    }
}

enum { NORM_BLOCK = 256 };

// dgain and dbias over a range of columns, rows in order.
CK_CLONES static void parameters_range(void *context, int64_t begin, int64_t end) {
    const norm w = *(const norm *)context;
    for (int64_t first = begin; first < end; first += NORM_BLOCK) {
        int64_t n = end - first < NORM_BLOCK ? end - first : NORM_BLOCK;
        vf dgain[NORM_BLOCK / LANES], dbias[NORM_BLOCK / LANES];
        memset(dgain, 0, sizeof dgain);
        memset(dbias, 0, sizeof dbias);
        for (int64_t r = 0; r < w.rows; r++) {
            const float *x = w.x + r * w.cols + first, *dy = w.dy + r * w.cols + first;
            FOR_LANES(c, k, n) {
                vf v, g;
                v_load(&v, x + c, k);
                v_load(&g, dy + c, k);
                dgain[c / LANES] = v_fma(g, (v - w.mean[r]) * w.rstd[r], dgain[c / LANES]);
                dbias[c / LANES] += g;
            }
        }
        FOR_LANES(c, k, n) {
            v_put(w.dgain + first + c, &dgain[c / LANES], k, w.accumulate_parameters);
            v_put(w.dbias + first + c, &dbias[c / LANES], k, w.accumulate_parameters);
        }
    }
}

void ck_layer_norm_backward(float *dx, float *dgain, float *dbias, const float *x,
                            const float *mean, const float *rstd, const float *gain,
                            const float *dy, int64_t rows, int64_t cols, int accumulate_dx,
                            int accumulate_parameters) {
    norm w = {.y = dx, .mean = (float *)mean, .rstd = (float *)rstd, .dgain = dgain,
              .dbias = dbias, .x = x, .gain = gain, .dy = dy, .rows = rows, .cols = cols,
              .accumulate_dx = accumulate_dx, .accumulate_parameters = accumulate_parameters};
    // Parameters first: dx may then take the place of dy.
    ck_parallel_for(parameters_range, &w, cols, 2 * LANES, 2 * rows);
    ck_parallel_for(dx_range, &w, rows, 1, 4 * cols);
}
