// exp, log, tanh, sigmoid, erf and cos on sixteen lanes, in place.
//
// Range reduction and minimax polynomials in single precision (the coefficients of exp and log are
// those of Moshier's Cephes library; the rational erf is the one used by XLA). NaN propagates.
#pragma once
#include "lanes.h"

// Adding this rounds a float of modest size to the nearest integer in the low mantissa bits.
#define V_ROUNDER 12582912.0f

// Splits x = n·ln 2 + r with |r| ≤ ½ ln 2 and returns eʳ − 1 in x; n as integer lanes.
CK_INLINE void v_exp_reduced(vf *x, vi *n) {
    vf k = v_fma(*x, 1.44269504088896341f, V_ROUNDER);
    vf rounder = v_splat(V_ROUNDER);
    *n = (vi)k - (vi)rounder;
    k -= rounder;
    vf r = v_fma(k, -0.693359375f, *x);
    r = v_fma(k, 2.12194440e-4f, r);
    vf p = v_splat(1.9875691500e-4f);
    p = v_fma(p, r, 1.3981999507e-3f);
    p = v_fma(p, r, 8.3334519073e-3f);
    p = v_fma(p, r, 4.1665795894e-2f);
    p = v_fma(p, r, 1.6666665459e-1f);
    p = v_fma(p, r, 5.0000001201e-1f);
    *x = v_fma(p, r * r, r);
}

// eˣ, within 2 units in the last place; underflows gradually to 0, overflows to infinity.
CK_INLINE void v_exp(vf *x) {
    vf t = *x;
    t = t > 89.0f ? v_splat(89.0f) : t;
    t = t < -105.0f ? v_splat(-105.0f) : t;
    vi n;
    v_exp_reduced(&t, &n);
    vi half = n >> 1;  // in two steps, since 2ⁿ alone may lie outside the normal range
    vi a = (half + 127) << 23, b = (n - half + 127) << 23;
    *x = (t + 1.0f) * (vf)a * (vf)b;
}

// Natural logarithm; −∞ at 0, NaN below.
CK_INLINE void v_log(vf *x) {
    vf input = *x;
    vi tiny = input < 1.17549435e-38f;
    vf scaled = tiny ? input * 8388608.0f : input;
    vi bits = (vi)scaled;
    vi e = (bits - 0x3f3504f3) >> 23;  // so that the mantissa lies in [√½, √2)
    vi mantissa = bits - (e << 23);
    vf m = (vf)mantissa - 1.0f;
    e = tiny ? e - 23 : e;
    vf k = __builtin_convertvector(e, vf);
    vf p = v_splat(7.0376836292e-2f);
    p = v_fma(p, m, -1.1514610310e-1f);
    p = v_fma(p, m, 1.1676998740e-1f);
    p = v_fma(p, m, -1.2420140846e-1f);
    p = v_fma(p, m, 1.4249322787e-1f);
    p = v_fma(p, m, -1.6668057665e-1f);
    p = v_fma(p, m, 2.0000714765e-1f);
    p = v_fma(p, m, -2.4999993993e-1f);
    p = v_fma(p, m, 3.3333331174e-1f);
    vf z = m * m;
    vf y = p * m * z;
    y = v_fma(k, -2.12194440e-4f, y);
    y = v_fma(z, -0.5f, y);
    y = v_fma(k, 0.693359375f, m + y);
    y = input == 0.0f ? v_splat(-__builtin_inff()) : y;
    y = input < 0.0f ? v_splat(__builtin_nanf("")) : y;
    // +∞ and NaN pass through unchanged.
    *x = input < __builtin_inff() ? y : input;
}

// tanh x = E/(E + 2), E = e²ˣ − 1: relative accuracy near 0 without a second branch.
CK_INLINE void v_tanh(vf *x) {
    vf t = *x;
    t = t > 10.0f ? v_splat(10.0f) : t;
    t = t < -10.0f ? v_splat(-10.0f) : t;
    t += t;
    vi n;
    v_exp_reduced(&t, &n);
    vi power_bits = (n + 127) << 23;
    vf power = (vf)power_bits;
    vf e = v_fma(power, t, power - 1.0f);
    *x = e / (e + 2.0f);
}

// 1/(1 + e⁻ˣ)
CK_INLINE void v_sigmoid(vf *x) {
    vf e = -*x;
    v_exp(&e);
    *x = 1.0f / (1.0f + e);
}

// erf x as a rational function of x; ±1 from 3.85 on, where 1 − erf x is below half a unit.
CK_INLINE void v_erf(vf *x) {
    vf input = *x;
    vf t = input > 4.0f ? v_splat(4.0f) : input;
    t = t < -4.0f ? v_splat(-4.0f) : t;
    vf z = t * t;
    vf p = v_splat(-2.72614225801306e-10f);
    p = v_fma(p, z, 2.77068142495902e-08f);
    p = v_fma(p, z, -2.10102402082508e-06f);
    p = v_fma(p, z, -5.69250639462346e-05f);
    p = v_fma(p, z, -7.34990630326855e-04f);
    p = v_fma(p, z, -2.95459980854025e-03f);
    p = v_fma(p, z, -1.60960333262415e-02f);
    vf q = v_splat(-1.45660718464996e-05f);
    q = v_fma(q, z, -2.13374055278905e-04f);
    q = v_fma(q, z, -1.68282697438203e-03f);
    q = v_fma(q, z, -7.37332916720468e-03f);
    q = v_fma(q, z, -1.42647390514189e-02f);
    vf y = t * p / q;
    y = y > 1.0f || input >= 3.85f ? v_splat(1.0f) : y;
    y = y < -1.0f || input <= -3.85f ? v_splat(-1.0f) : y;
    *x = y;
}

// cos 2πx for |x| ≤ 2, through sin on [−π/2, π/2].
CK_INLINE void v_cos_turns(vf *x) {
    vf t = *x;
    vf rounder = v_splat(V_ROUNDER);
    t -= (t + rounder) - rounder;
    t = 0.25f - __builtin_elementwise_abs(t);
    vf a = t * 6.28318530717958648f, z = a * a;
    vf p = v_splat(-2.50521083854417188e-8f);
    p = v_fma(p, z, 2.75573192239858907e-6f);
    p = v_fma(p, z, -1.98412698412698413e-4f);
    p = v_fma(p, z, 8.33333333333333333e-3f);
    p = v_fma(p, z, -1.66666666666666667e-1f);
    *x = v_fma(p, z * a, a);
}
