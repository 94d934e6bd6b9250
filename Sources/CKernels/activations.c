// exp, log, tanh, sigmoid, relu and gelu with their derivatives.
#include "ckernels.h"
#include "elementwise.h"
#include "lanes_math.h"

#define UNARY(name, body)                                                                          \
    CK_INLINE void name##_step(const elementwise *e, int64_t i, int64_t k) {                       \
        vf x;                                                                                      \
        v_load(&x, e->a + i, k);                                                                   \
        body;                                                                                      \
        v_store(e->y + i, &x, k);                                                                  \
    }                                                                                              \
    CK_RANGE(name##_range, elementwise, name##_step)                                               \
    void ck_##name(float *y, const float *x, int64_t n) {                                          \
        elementwise e = {.y = y, .a = x};                                                          \
        ck_parallel_for(name##_range, &e, n, LANES, 4);                                            \
    }

// dx (+)= dy·slope(x), where `body` turns the saved vector x into the slope.
#define BACKWARD(name, body)                                                                       \
    CK_INLINE void name##_backward_step(const elementwise *e, int64_t i, int64_t k) {              \
        vf x, dy;                                                                                  \
        v_load(&x, e->a + i, k);                                                                   \
        v_load(&dy, e->b + i, k);                                                                  \
        body;                                                                                      \
        x *= dy;                                                                                   \
        v_put(e->y + i, &x, k, e->accumulate);                                                     \
    }                                                                                              \
    CK_RANGE(name##_backward_range, elementwise, name##_backward_step)                             \
    void ck_##name##_backward(float *dx, const float *saved, const float *dy, int64_t n,           \
                              int accumulate) {                                                    \
        elementwise e = {.y = dx, .a = saved, .b = dy, .accumulate = accumulate};                  \
        ck_parallel_for(name##_backward_range, &e, n, LANES, 4);                                   \
    }

// Φ(x) = (1 + erf(x/√2))/2
CK_INLINE void v_normal_cdf(vf *x) {
    *x *= 0.70710678118654752f;
    v_erf(x);
    *x = v_fma(*x, 0.5f, 0.5f);
}

// The derivative of x·Φ(x): Φ(x) + x·φ(x).
CK_INLINE void v_gelu_slope(vf *x) {
    vf t = *x;
    vf density = -0.5f * t * t;
    v_exp(&density);
    density *= 0.39894228040143268f;
    v_normal_cdf(x);
    // Beyond ±14 the density is 0; the guard keeps ∞·0 out.
    vf tail = density == 0.0f ? v_splat(0) : t * density;
    *x += tail;
}

UNARY(exp, v_exp(&x))
UNARY(log, v_log(&x))
UNARY(tanh, v_tanh(&x))
UNARY(sigmoid, v_sigmoid(&x))
UNARY(relu, x = x <= 0.0f ? v_splat(0) : x)
UNARY(gelu, vf p = x; v_normal_cdf(&p); x = p == 0.0f ? v_splat(0) : x * p)

BACKWARD(tanh, x = 1.0f - x * x)
BACKWARD(sigmoid, x = x * (1.0f - x))
BACKWARD(relu, x = x > 0.0f ? v_splat(1) : v_splat(0))
BACKWARD(gelu, v_gelu_slope(&x))
