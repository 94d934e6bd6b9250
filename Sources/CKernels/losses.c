// Cross entropy over a vocabulary and Bernoulli likelihood, with gradients.
#include "ckernels.h"
#include "ckernels_bfloat16.h"
#include "argmax.h"
#include "bfloat16_round.h"
#include "lanes_math.h"
#include "rows.h"

typedef struct {
    float *logits, *log_likelihood;
    int32_t *best;
    const int32_t *target;
    const float *row_gradient;
    uint16_t *rounded;  // where the gradient goes in bf16, if it does
    int64_t cols;
} entropy;

// One pass for the maximum and its place, one for Σ exp; with a gradient the second pass leaves
// exp(x − max) behind, which one more multiplication turns into the gradient.
CK_CLONES static void cross_entropy_range(void *context, int64_t begin, int64_t end) {
    const entropy w = *(const entropy *)context;
    for (int64_t r = begin; r < end; r++) {
        float *x = w.logits + r * w.cols, shift;
        w.best[r] = row_argmax(x, 0, w.cols, &shift);
        int64_t target = w.target[r];
        float chosen = x[target];
        vf sums[2] = {v_splat(0), v_splat(0)};
        int64_t c = 0, whole = w.cols - w.cols % (2 * LANES);
        for (; c < whole; c += 2 * LANES) {
            vf a, b;
            v_load(&a, x + c, LANES);
            v_load(&b, x + c + LANES, LANES);
            a -= shift;
            b -= shift;
            v_exp(&a);
            v_exp(&b);
            sums[0] += a;
            sums[1] += b;
            if (w.row_gradient) {
                v_store(x + c, &a, LANES);
                v_store(x + c + LANES, &b, LANES);
            }
        }
        for (; c < w.cols; c += LANES) {
            int64_t k = w.cols - c < LANES ? w.cols - c : LANES;
            vf a;
            v_load(&a, x + c, k);
            a -= shift;
            v_exp(&a);
            v_keep(&a, k);
            sums[0] += a;
            if (w.row_gradient) v_store(x + c, &a, k);
        }
        vf total = sums[0] + sums[1];
        float sum = v_sum(&total);
        vf log_sum = v_splat(sum);
        v_log(&log_sum);
        float likelihood = (chosen - shift) - log_sum[0];
        // Two finite logits may lie further apart than the largest float.
        if (likelihood < -3.4028234e38f && chosen >= -3.4028234e38f) likelihood = -3.4028234e38f;
        w.log_likelihood[r] = likelihood;
        if (!w.row_gradient) continue;
        float g = w.row_gradient[r], scale = -g / sum;
        if (w.rounded) {
            uint16_t *y = w.rounded + r * w.cols;
            vf at_target = v_splat(x[target] * scale + g);
            FOR_LANES(i, k, w.cols) {
                vf e;
                v_load(&e, x + i, k);
                e *= scale;
                bf16_store(y + i, &e, k);
            }
            bf16_store(y + target, &at_target, 1);
            continue;
        }
        FOR_LANES(i, k, w.cols) {
            vf e;
            v_load(&e, x + i, k);
            e *= scale;
            v_store(x + i, &e, k);
        }
        x[target] += g;
    }
}

void ck_cross_entropy(float *logits, float *log_likelihood, int32_t *best, const int32_t *target,
                      const float *row_gradient, int64_t rows, int64_t cols) {
    if (cols <= 0) return;
    entropy w = {logits, log_likelihood, best, target, row_gradient, 0, cols};
    ck_parallel_for(cross_entropy_range, &w, rows, 1, 4 * cols);
}

void ck_bf16_cross_entropy(uint16_t *gradient, float *logits, float *log_likelihood, int32_t *best,
                           const int32_t *target, const float *row_gradient, int64_t rows, int64_t cols) {
    if (cols <= 0) return;
    entropy w = {logits, log_likelihood, best, target, row_gradient, gradient, cols};
    ck_parallel_for(cross_entropy_range, &w, rows, 1, 4 * cols);
}

// Σ t·l − max(l, 0) − log(1 + e^(−|l|))
CK_CLONES static void bernoulli_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *l = w.a + r * w.cols, *t = w.b + r * w.cols;
        vf sum = v_splat(0);
        FOR_LANES(c, k, w.cols) {
            vf x, p;
            v_load(&x, l + c, k);
            v_load(&p, t + c, k);
            vf e = -__builtin_elementwise_abs(x);
            v_exp(&e);
            e += 1.0f;
            v_log(&e);
            vf term = v_fma(p, x, -(x < 0.0f ? v_splat(0) : x)) - e;
            v_keep(&term, k);
            sum += term;
        }
        w.y[r] = v_sum(&sum);
    }
}

void ck_bernoulli_log_likelihood(float *out, const float *logits, const float *target,
                                 int64_t rows, int64_t cols) {
    rowwise w = {.y = out, .a = logits, .b = target, .cols = cols};
    ck_parallel_for(bernoulli_range, &w, rows, 1, 8 * cols);
}

typedef struct {
    float *dlogits;
    const float *logits, *target, *row_gradient;
    int64_t cols;
    int accumulate;
} bernoulli_gradient;

CK_CLONES static void bernoulli_backward_range(void *context, int64_t begin, int64_t end) {
    const bernoulli_gradient w = *(const bernoulli_gradient *)context;
    for (int64_t r = begin; r < end; r++) {
        int64_t row = r * w.cols;
        FOR_LANES(c, k, w.cols) {
            vf x, t;
            v_load(&x, w.logits + row + c, k);
            v_load(&t, w.target + row + c, k);
            v_sigmoid(&x);
            x = w.row_gradient[r] * (t - x);
            v_put(w.dlogits + row + c, &x, k, w.accumulate);
        }
    }
}

void ck_bernoulli_backward(float *dlogits, const float *logits, const float *target,
                           const float *row_gradient, int64_t rows, int64_t cols, int accumulate) {
    bernoulli_gradient w = {dlogits, logits, target, row_gradient, cols, accumulate};
    ck_parallel_for(bernoulli_backward_range, &w, rows, 1, 4 * cols);
}
