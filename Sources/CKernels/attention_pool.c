// Attention pooling over packed sequences: per sentence and query a softmax over its tokens.
#include "ckernels.h"
#include "lanes_math.h"
#include "norm_row.h"

typedef struct {
    float *pooled, *weights, *dstates, *dscores;
    const float *states, *scores, *dpooled, *gain, *bias;
    const int32_t *offset, *length;
    int64_t queries, width;
    int accumulate;
    float epsilon;
} pool;

#define TOKEN(t) ((int64_t)w->offset[t] + b)

// Softmax over the tokens of sentence b, sixteen queries at a time.
CK_INLINE void weigh(const pool *w, int64_t b) {
    int64_t length = w->length[b];
    FOR_LANES(d, k, w->queries) {
        vf most = v_splat(-__builtin_inff()), sum = v_splat(0);
        for (int64_t t = 0; t < length; t++) {
            vf s;
            v_load(&s, w->scores + TOKEN(t) * w->queries + d, k);
            most = s > most ? s : most;
        }
        for (int64_t t = 0; t < length; t++) {
            vf s;
            v_load(&s, w->scores + TOKEN(t) * w->queries + d, k);
            s -= most;
            v_exp(&s);
            sum += s;
            v_store(w->weights + TOKEN(t) * w->queries + d, &s, k);
        }
        sum = 1.0f / sum;
        for (int64_t t = 0; t < length; t++) {
            float *p = w->weights + TOKEN(t) * w->queries + d;
            vf s;
            v_load(&s, p, k);
            s *= sum;
            v_store(p, &s, k);
        }
    }
}

// A block of a sum over tokens: columns of 16 lanes, queries that share what is loaded, and tokens whose columns lie
// close together while all queries go by. Time-major rows are a power of two apart and would fight for the same lines.
enum { POOL_VECTORS = 4, POOL_COLUMNS = POOL_VECTORS * LANES, POOL_QUERIES = 4, POOL_TOKENS = 64 };

// out[q, :] (+)= Σ_t weights[t, q]·states[t, :] for constant `queries`, tokens in order.
CK_INLINE void pool_block(const pool *w, int64_t b, int64_t first, int64_t tokens, int64_t d,
                          const int queries, float (*states)[POOL_COLUMNS], float *out) {
    vf sum[POOL_QUERIES][POOL_VECTORS];
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++)
#pragma clang loop unroll(full)
        for (int j = 0; j < POOL_VECTORS; j++) {
            sum[q][j] = v_splat(0);
            if (first > 0) v_load(&sum[q][j], out + q * w->width + j * LANES, LANES);
        }
    for (int64_t t = 0; t < tokens; t++) {
        const float *weights = w->weights + TOKEN(first + t) * w->queries + d;
        vf x[POOL_VECTORS];
#pragma clang loop unroll(full)
        for (int j = 0; j < POOL_VECTORS; j++) v_load(&x[j], states[t] + j * LANES, LANES);
#pragma clang loop unroll(full)
        for (int q = 0; q < queries; q++)
#pragma clang loop unroll(full)
            for (int j = 0; j < POOL_VECTORS; j++)
                sum[q][j] = v_fma(v_splat(weights[q]), x[j], sum[q][j]);
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < queries; q++)
#pragma clang loop unroll(full)
        for (int j = 0; j < POOL_VECTORS; j++)
            v_store(out + q * w->width + j * LANES, &sum[q][j], LANES);
}

// Columns c ..< c + POOL_COLUMNS of all queries of sentence b.
CK_INLINE void pool_columns(const pool *w, int64_t b, int64_t c) {
    float states[POOL_TOKENS][POOL_COLUMNS] __attribute__((aligned(64)));
    int64_t first = 0;
    do {
        int64_t tokens = w->length[b] - first, d = 0;
        if (tokens > POOL_TOKENS) tokens = POOL_TOKENS;
        for (int64_t t = 0; t < tokens; t++)
            memcpy(states[t], w->states + TOKEN(first + t) * w->width + c, sizeof states[t]);
        float *out = w->pooled + b * w->queries * w->width + c;
        for (; d + POOL_QUERIES <= w->queries; d += POOL_QUERIES)
            pool_block(w, b, first, tokens, d, POOL_QUERIES, states, out + d * w->width);
        for (; d < w->queries; d++)
            pool_block(w, b, first, tokens, d, 1, states, out + d * w->width);
        first += tokens;
    } while (first < w->length[b]);
}

// The last columns, fewer than a block.
CK_INLINE void pool_rest(const pool *w, int64_t b, int64_t d, int64_t c) {
    float *out = w->pooled + (b * w->queries + d) * w->width;
    for (; c < w->width; c += LANES) {
        int64_t k = w->width - c < LANES ? w->width - c : LANES;
        vf sum = v_splat(0);
        for (int64_t t = 0; t < w->length[b]; t++) {
            vf x;
            v_load(&x, w->states + TOKEN(t) * w->width + c, k);
            sum = v_fma(w->weights[TOKEN(t) * w->queries + d], x, sum);
        }
        v_store(out + c, &sum, k);
    }
}

// pooled[b, d, :] = Σ_t weights[t, d]·states[t, :], tokens in order, normalised where a gain is given.
CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const pool args = *(const pool *)context, *w = &args;
    int64_t blocks = w->width / POOL_COLUMNS * POOL_COLUMNS;
    for (int64_t b = begin; b < end; b++) {
        weigh(w, b);
        for (int64_t c = 0; c < blocks; c += POOL_COLUMNS) pool_columns(w, b, c);
        for (int64_t d = 0; d < w->queries; d++) {
            pool_rest(w, b, d, blocks);
            float *out = w->pooled + (b * w->queries + d) * w->width, mean;
            if (w->gain) norm_row(out, out, w->gain, w->bias, w->width, w->epsilon, &mean);
        }
    }
}

// dstates[t, :] (+)= Σ_d weights[t, d]·dpooled[b, d, :], queries in order.
CK_INLINE void backward_states(const pool *w, int64_t b, int64_t token) {
    const float *weights = w->weights + token * w->queries;
    const float *dpooled = w->dpooled + b * w->queries * w->width;
    float *out = w->dstates + token * w->width;
    int64_t c = 0;
    for (; c + 4 * LANES <= w->width; c += 4 * LANES) {
        vf sum[4] = {v_splat(0), v_splat(0), v_splat(0), v_splat(0)};
        for (int64_t d = 0; d < w->queries; d++) {
            for (int j = 0; j < 4; j++) {
                vf x;
                v_load(&x, dpooled + d * w->width + c + j * LANES, LANES);
                sum[j] = v_fma(weights[d], x, sum[j]);
            }
        }
        for (int j = 0; j < 4; j++) v_put(out + c + j * LANES, &sum[j], LANES, w->accumulate);
    }
    for (; c < w->width; c += LANES) {
        int64_t k = w->width - c < LANES ? w->width - c : LANES;
        vf sum = v_splat(0);
        for (int64_t d = 0; d < w->queries; d++) {
            vf x;
            v_load(&x, dpooled + d * w->width + c, k);
            sum = v_fma(weights[d], x, sum);
        }
        v_put(out + c, &sum, k, w->accumulate);
    }
}

// dweight[t, d] = ⟨dpooled[b, d, :], states[t, :]⟩ waits in dscores for the softmax Jacobian:
// dscore = weight·(dweight − Σ_t weight·dweight).
CK_CLONES static void backward_range(void *context, int64_t begin, int64_t end) {
    const pool args = *(const pool *)context, *w = &args;
    for (int64_t b = begin; b < end; b++) {
        int64_t length = w->length[b];
        for (int64_t t = 0; t < length; t++) {
            for (int64_t d = 0; d < w->queries; d++)
                w->dscores[TOKEN(t) * w->queries + d] =
                    row_dot(w->dpooled + (b * w->queries + d) * w->width,
                            w->states + TOKEN(t) * w->width, w->width);
            backward_states(w, b, TOKEN(t));
        }
        FOR_LANES(d, k, w->queries) {
            vf mean = v_splat(0), p, g;
            for (int64_t t = 0; t < length; t++) {
                v_load(&p, w->weights + TOKEN(t) * w->queries + d, k);
                v_load(&g, w->dscores + TOKEN(t) * w->queries + d, k);
                mean = v_fma(p, g, mean);
            }
            for (int64_t t = 0; t < length; t++) {
                v_load(&p, w->weights + TOKEN(t) * w->queries + d, k);
                v_load(&g, w->dscores + TOKEN(t) * w->queries + d, k);
                g = p * (g - mean);
                v_store(w->dscores + TOKEN(t) * w->queries + d, &g, k);
            }
        }
    }
}

// Work of one sentence in cheap elements; the first is the longest.
static int64_t sentence_cost(const int32_t *length, int64_t batch, int64_t queries, int64_t width) {
    return batch > 0 ? length[0] * queries * (width / 2 + 4) : 0;
}

void ck_attention_pool(float *pooled, float *weights, const float *states, const float *scores,
                       const int32_t *offset, const int32_t *length, int64_t batch,
                       int64_t queries, int64_t width) {
    pool w = {.pooled = pooled, .weights = weights, .states = states, .scores = scores,
              .offset = offset, .length = length, .queries = queries, .width = width};
    ck_parallel_for(forward_range, &w, batch, 1, sentence_cost(length, batch, queries, width));
}

void ck_attention_pool_normalized(float *pooled, float *weights, const float *states,
                                  const float *scores, const float *gain, const float *bias,
                                  const int32_t *offset, const int32_t *length, int64_t batch,
                                  int64_t queries, int64_t width, float epsilon) {
    pool w = {.pooled = pooled, .weights = weights, .states = states, .scores = scores,
              .gain = gain, .bias = bias, .offset = offset, .length = length,
              .queries = queries, .width = width, .epsilon = epsilon};
    ck_parallel_for(forward_range, &w, batch, 1, sentence_cost(length, batch, queries, width));
}

void ck_attention_pool_backward(float *dstates, float *dscores, const float *states,
                                const float *weights, const float *dpooled, const int32_t *offset,
                                const int32_t *length, int64_t batch, int64_t queries,
                                int64_t width, int accumulate) {
    pool w = {.weights = (float *)weights, .dstates = dstates, .dscores = dscores,
              .states = states, .dpooled = dpooled, .offset = offset, .length = length,
              .queries = queries, .width = width, .accumulate = accumulate};
    ck_parallel_for(backward_range, &w, batch, 1, sentence_cost(length, batch, queries, width));
}
