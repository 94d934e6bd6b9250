// The gated unit silu(a) ⊙ b on rows [a, b] (Shazeer 2020, arXiv 2002.05202).
#include "ckernels.h"
#include "lanes_math.h"
#include "parallel.h"

typedef struct {
    float *y;
    const float *x, *dy;
    int64_t width;
    int accumulate;
} swiglu;

CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const swiglu s = *(const swiglu *)context;
    for (int64_t r = begin; r < end; r++) {
        for (int64_t c = 0; c < s.width; c += LANES) {
            int64_t k = s.width - c < LANES ? s.width - c : LANES;
            vf a, b, gate;
            v_load(&a, s.x + 2 * r * s.width + c, k);
            v_load(&b, s.x + (2 * r + 1) * s.width + c, k);
            gate = a;
            v_sigmoid(&gate);
            a *= gate * b;
            v_store(s.y + r * s.width + c, &a, k);
        }
    }
}

// With σ = σ(a): da = dy·b·σ·(1 + a·(1 − σ)), db = dy·a·σ.
CK_CLONES static void backward_range(void *context, int64_t begin, int64_t end) {
    const swiglu s = *(const swiglu *)context;
    for (int64_t r = begin; r < end; r++) {
        for (int64_t c = 0; c < s.width; c += LANES) {
            int64_t k = s.width - c < LANES ? s.width - c : LANES;
            vf a, b, dy, gate;
            v_load(&a, s.x + 2 * r * s.width + c, k);
            v_load(&b, s.x + (2 * r + 1) * s.width + c, k);
            v_load(&dy, s.dy + r * s.width + c, k);
            gate = a;
            v_sigmoid(&gate);
            vf db = dy * a * gate;
            vf da = dy * b * gate * v_fma(a, 1.0f - gate, 1.0f);
            v_put(s.y + 2 * r * s.width + c, &da, k, s.accumulate);
            v_put(s.y + (2 * r + 1) * s.width + c, &db, k, s.accumulate);
        }
    }
}

void ck_swiglu(float *y, const float *x, int64_t rows, int64_t width) {
    swiglu s = {.y = y, .x = x, .width = width};
    ck_parallel_for(forward_range, &s, rows, 1, 8 * width);
}

void ck_swiglu_backward(float *dx, const float *x, const float *dy, int64_t rows, int64_t width,
                        int accumulate) {
    swiglu s = {.y = dx, .x = x, .dy = dy, .width = width, .accumulate = accumulate};
    ck_parallel_for(backward_range, &s, rows, 1, 12 * width);
}
