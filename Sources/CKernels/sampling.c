// Drawing from rows of logits: exponentials, then the place where a running sum passes a threshold.
#include "ckernels_sampling.h"

#include "lanes_math.h"
#include "rows.h"

// Weights that are added in float before they join the sum in double.
enum { DRAW_BLOCK = 256 };

CK_CLONES static void weights_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        float *x = w.y + r * w.cols, shift = row_max(x, w.cols);
        FOR_LANES(c, k, w.cols) {
            vf v;
            v_load(&v, x + c, k);
            v = (v - shift) * *w.a;
            v_exp(&v);
            v_store(x + c, &v, k);
        }
    }
}

void ck_softmax_weights(float *x, int64_t rows, int64_t cols, float factor) {
    rowwise w = {.y = x, .a = &factor, .cols = cols};
    ck_parallel_for(weights_range, &w, rows, 1, 4 * cols);
}

CK_INLINE float block_sum(const float *x, int64_t n) {
    vf sum = v_splat(0);
    FOR_LANES(c, k, n) {
        vf v;
        v_load(&v, x + c, k);
        sum += v;
    }
    return v_sum(&sum);
}

CK_INLINE int32_t draw(const float *x, float uniform, int64_t n) {
    double total = 0, sum = 0;
    for (int64_t c = 0; c < n; c += DRAW_BLOCK)
        total += block_sum(x + c, n - c < DRAW_BLOCK ? n - c : DRAW_BLOCK);
    double wanted = total * uniform;
    int64_t last = 0;
    for (int64_t c = 0; c < n; c += DRAW_BLOCK) {
        int64_t count = n - c < DRAW_BLOCK ? n - c : DRAW_BLOCK;
        double block = block_sum(x + c, count);
        if (sum + block > wanted) {
            double within = sum;
            for (int64_t i = c; i < c + count; i++) {
                if (!(x[i] > 0)) continue;
                last = i;
                within += x[i];
                if (within > wanted) return (int32_t)i;
            }
        }
        sum += block;
    }
    for (int64_t i = n; last == 0 && i-- > 0;)
        if (x[i] > 0) return (int32_t)i;
    return (int32_t)last;
}

typedef struct {
    int32_t *index;
    const float *weights, *uniform;
    int64_t cols;
} drawing;

CK_CLONES static void draw_range(void *context, int64_t begin, int64_t end) {
    const drawing d = *(const drawing *)context;
    for (int64_t r = begin; r < end; r++)
        d.index[r] = draw(d.weights + r * d.cols, d.uniform[r], d.cols);
}

void ck_draw_rows(int32_t *index, const float *weights, const float *uniform, int64_t rows,
                  int64_t cols) {
    drawing d = {index, weights, uniform, cols};
    ck_parallel_for(draw_range, &d, rows, 1, cols / 4);
}
