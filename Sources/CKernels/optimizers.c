// Parameter updates, one pass over weights, moments and gradients.
#include "ckernels.h"
#include "elementwise.h"

typedef struct {
    float *w, *m, *v;
    const float *g;
    float rate, beta1, beta2, rest1, rest2, epsilon, correction1, correction2, l2, decay, scale;
} adam;

CK_INLINE void adam_step(const adam *a, int64_t i, int64_t k) {
    vf w, m, v, g;
    v_load(&w, a->w + i, k);
    v_load(&m, a->m + i, k);
    v_load(&v, a->v + i, k);
    v_load(&g, a->g + i, k);
    g = v_fma(a->l2, w, a->scale * g);
    m = v_fma(a->beta1, m, a->rest1 * g);
    v = v_fma(a->beta2, v, a->rest2 * g * g);
    vf step = (m / a->correction1) /
              (__builtin_elementwise_sqrt(v / a->correction2) + a->epsilon);
    step = v_fma(a->decay, w, step);
    w = v_fma(-a->rate, step, w);
    v_store(a->w + i, &w, k);
    v_store(a->m + i, &m, k);
    v_store(a->v + i, &v, k);
}
CK_RANGE(adam_range, adam, adam_step)

void ck_adam(float *w, float *m, float *v, const float *g, int64_t n, float rate, float beta1,
             float beta2, float epsilon, float correction1, float correction2, float l2,
             float decoupled_decay, float gradient_scale) {
    adam a = {w, m, v, g, rate, beta1, beta2, 1.0f - beta1, 1.0f - beta2, epsilon, correction1,
              correction2, l2, decoupled_decay, gradient_scale};
    ck_parallel_for(adam_range, &a, n, LANES, 4);
}

CK_INLINE void sgd_step(const adam *a, int64_t i, int64_t k) {
    vf w, m, g;
    v_load(&w, a->w + i, k);
    v_load(&m, a->m + i, k);
    v_load(&g, a->g + i, k);
    g = v_fma(a->l2, w, a->scale * g);
    m = v_fma(a->beta1, m, g);
    w = v_fma(-a->rate, m, w);
    v_store(a->w + i, &w, k);
    v_store(a->m + i, &m, k);
}
CK_RANGE(sgd_range, adam, sgd_step)

void ck_sgd(float *w, float *m, const float *g, int64_t n, float rate, float momentum, float l2,
            float gradient_scale) {
    adam a = {.w = w, .m = m, .g = g, .rate = rate, .beta1 = momentum, .l2 = l2,
              .scale = gradient_scale};
    ck_parallel_for(sgd_range, &a, n, LANES, 3);
}
