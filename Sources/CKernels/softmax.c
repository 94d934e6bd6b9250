// Softmax and log-softmax along rows, and their Jacobians.
#include "ckernels.h"
#include "lanes_math.h"
#include "rows.h"

// y = exp(x − shift), Σ y returned. y may be x.
CK_INLINE float exp_and_sum(float *y, const float *x, float shift, int64_t n, int store) {
    vf sum = v_splat(0);
    int64_t i = 0;
    for (; i < n; i += LANES) {
        int64_t k = n - i < LANES ? n - i : LANES;
        vf e;
        if (k == LANES) {
            v_load(&e, x + i, LANES);
            e -= shift;
            v_exp(&e);
            if (store) v_store(y + i, &e, LANES);
        } else {
            v_load(&e, x + i, k);
            e -= shift;
            v_exp(&e);
            v_keep(&e, k);
            if (store) v_store(y + i, &e, k);
        }
        sum += e;
    }
    return v_sum(&sum);
}

CK_CLONES static void softmax_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *x = w.a + r * w.cols;
        float *y = w.y + r * w.cols;
        float scale = 1.0f / exp_and_sum(y, x, row_max(x, w.cols), w.cols, 1);
        FOR_LANES(c, k, w.cols) {
            vf v;
            v_load(&v, y + c, k);
            v *= scale;
            v_store(y + c, &v, k);
        }
    }
}

void ck_softmax(float *y, const float *x, int64_t rows, int64_t cols) {
    rowwise w = {.y = y, .a = x, .cols = cols};
    ck_parallel_for(softmax_range, &w, rows, 1, 4 * cols);
}

CK_CLONES static void log_softmax_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *x = w.a + r * w.cols;
        float *y = w.y + r * w.cols;
        float shift = row_max(x, w.cols);
        vf log_sum = v_splat(exp_and_sum(y, x, shift, w.cols, 0));
        v_log(&log_sum);
        FOR_LANES(c, k, w.cols) {
            vf v;
            v_load(&v, x + c, k);
            v = (v - shift) - log_sum;
            v_store(y + c, &v, k);
        }
    }
}

void ck_log_softmax(float *y, const float *x, int64_t rows, int64_t cols) {
    rowwise w = {.y = y, .a = x, .cols = cols};
    ck_parallel_for(log_softmax_range, &w, rows, 1, 4 * cols);
}

// dx (+)= y·(dy − ⟨y, dy⟩)
CK_CLONES static void softmax_backward_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *y = w.a + r * w.cols, *dy = w.b + r * w.cols;
        float *dx = w.y + r * w.cols, mean = row_dot(y, dy, w.cols);
        FOR_LANES(c, k, w.cols) {
            vf p, g;
            v_load(&p, y + c, k);
            v_load(&g, dy + c, k);
            g = p * (g - mean);
            v_put(dx + c, &g, k, w.accumulate);
        }
    }
}

void ck_softmax_backward(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols,
                         int accumulate) {
    rowwise w = {.y = dx, .a = y, .b = dy, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(softmax_backward_range, &w, rows, 1, 2 * cols);
}

// dx (+)= dy − exp(y)·Σ dy
CK_CLONES static void log_softmax_backward_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *y = w.a + r * w.cols, *dy = w.b + r * w.cols;
        float *dx = w.y + r * w.cols, sum = row_dot(dy, 0, w.cols);
        FOR_LANES(c, k, w.cols) {
            vf p, g;
            v_load(&p, y + c, k);
            v_load(&g, dy + c, k);
            v_exp(&p);
            g = v_fma(p, -sum, g);
            v_put(dx + c, &g, k, w.accumulate);
        }
    }
}

void ck_log_softmax_backward(float *dx, const float *y, const float *dy, int64_t rows,
                             int64_t cols, int accumulate) {
    rowwise w = {.y = dx, .a = y, .b = dy, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(log_softmax_backward_range, &w, rows, 1, 4 * cols);
}
