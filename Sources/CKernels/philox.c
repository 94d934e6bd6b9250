// Streams of random bits, uniforms, Gumbel and normal variates, dropout, and categorical draws.
#include "philox.h"
#include "argmax.h"
#include "ckernels.h"
#include "lanes_math.h"
#include "parallel.h"

typedef struct {
    void *out;
    uint64_t key, counter_high, first_block;
} stream;

CK_CLONES static void bits_range(void *context, int64_t begin, int64_t end) {
    const stream s = *(const stream *)context;
    uint32_t *out = (uint32_t *)s.out;
    for (int64_t i = begin; i < end; i += PHILOX_BATCH) {
        uint32_t words[PHILOX_BATCH];
        philox_batch(words, s.key, s.counter_high, s.first_block + (uint64_t)i / 4);
        int64_t n = end - i < PHILOX_BATCH ? end - i : PHILOX_BATCH;
        if (n == PHILOX_BATCH)
            memcpy(out + i, words, sizeof words);
        else
            memcpy(out + i, words, (size_t)n * sizeof *words);
    }
}

void ck_philox_bits(uint32_t *out, int64_t n, uint64_t key, uint64_t counter_high,
                    uint64_t first_block) {
    stream s = {out, key, counter_high, first_block};
    ck_parallel_for(bits_range, &s, n, PHILOX_BATCH, 4);
}

// A stream of floats, each vector of which is `transform` of a vector of uniforms.
#define STREAM(name, transform)                                                                    \
    CK_CLONES static void name##_range(void *context, int64_t begin, int64_t end) {                \
        const stream s = *(const stream *)context;                                                 \
        float *out = (float *)s.out;                                                               \
        for (int64_t i = begin; i < end; i += PHILOX_BATCH) {                                      \
            uint32_t words[PHILOX_BATCH];                                                          \
            philox_batch(words, s.key, s.counter_high, s.first_block + (uint64_t)i / 4);           \
            for (int64_t j = 0; j < PHILOX_BATCH && i + j < end; j += LANES) {                     \
                vf u;                                                                              \
                v_uniform(&u, words + j);                                                          \
                transform;                                                                         \
                v_store(out + i + j, &u, end - i - j < LANES ? end - i - j : LANES);               \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    void ck_philox_##name(float *out, int64_t n, uint64_t key, uint64_t counter_high,              \
                          uint64_t first_block) {                                                  \
        stream s = {out, key, counter_high, first_block};                                          \
        ck_parallel_for(name##_range, &s, n, PHILOX_BATCH, 8);                                     \
    }

// −log(−log u)
CK_INLINE void v_gumbel(vf *u) {
    v_log(u);
    *u = -*u;
    v_log(u);
    *u = -*u;
}

// Box–Muller on neighbours: √(−2 log u₁)·cos 2πu₂ in the even lane and ·sin 2πu₂ in the odd one,
// the sine as the cosine a quarter turn back.
CK_INLINE void v_box_muller(vf *u) {
    vf v = *u;
    vf a = __builtin_shufflevector(v, v, 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
    vf b = __builtin_shufflevector(v, v, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15);
    v_log(&a);
    b -= (v_iota & 1) != 0 ? v_splat(0.25f) : v_splat(0);
    v_cos_turns(&b);
    *u = __builtin_elementwise_sqrt(-2.0f * a) * b;
}

STREAM(uniform, )
STREAM(gumbel, v_gumbel(&u))
STREAM(normal, v_box_muller(&u))

// ---- dropout -----------------------------------------------------------------------------------

typedef struct {
    float *y;
    const float *x;
    uint64_t key, counter_high;
    float rate, scale;
    int accumulate;
} dropout;

CK_CLONES static void dropout_range(void *context, int64_t begin, int64_t end) {
    const dropout d = *(const dropout *)context;
    for (int64_t i = begin; i < end; i += PHILOX_BATCH) {
        uint32_t words[PHILOX_BATCH];
        philox_batch(words, d.key, d.counter_high, (uint64_t)i / 4);
        for (int64_t j = 0; j < PHILOX_BATCH && i + j < end; j += LANES) {
            int64_t k = end - i - j < LANES ? end - i - j : LANES;
            vf u, x;
            v_uniform(&u, words + j);
            v_load(&x, d.x + i + j, k);
            x = u >= d.rate ? x * d.scale : v_splat(0);
            v_put(d.y + i + j, &x, k, d.accumulate);
        }
    }
}

void ck_dropout(float *y, const float *x, int64_t n, float rate, uint64_t key,
                uint64_t counter_high, int accumulate) {
    dropout d = {y, x, key, counter_high, rate, rate < 1.0f ? 1.0f / (1.0f - rate) : 0.0f,
                 accumulate};
    ck_parallel_for(dropout_range, &d, n, PHILOX_BATCH, 4);
}

// ---- categorical draws -------------------------------------------------------------------------

typedef struct {
    int32_t *index;
    const float *logits, *noise;
    int64_t cols;
} draw;

CK_CLONES static void argmax_range(void *context, int64_t begin, int64_t end) {
    const draw d = *(const draw *)context;
    for (int64_t r = begin; r < end; r++) {
        float best;
        d.index[r] = row_argmax(d.logits + r * d.cols, d.noise ? d.noise + r * d.cols : 0, d.cols,
                                &best);
    }
}

void ck_argmax_sum(int32_t *index, const float *logits, const float *noise, int64_t rows,
                   int64_t cols) {
    draw d = {index, logits, noise, cols};
    ck_parallel_for(argmax_range, &d, rows, LANES, cols);
}
