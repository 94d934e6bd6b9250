// Attention pooling over packed sequences: per sentence and query a softmax over its tokens.
#include "ckernels.h"
#include "lanes_math.h"
#include "rows.h"

typedef struct {
    float *pooled, *weights, *dstates, *dscores;
    const float *states, *scores, *dpooled;
    const int32_t *offset, *length;
    int64_t queries, width;
    int accumulate;
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

// pooled[b, d, :] = Σ_t weights[t, d]·states[t, :], 64 columns in registers, tokens in order.
CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const pool args = *(const pool *)context, *w = &args;
    for (int64_t b = begin; b < end; b++) {
        int64_t length = w->length[b];
        weigh(w, b);
        for (int64_t d = 0; d < w->queries; d++) {
            float *out = w->pooled + (b * w->queries + d) * w->width;
            int64_t c = 0;
            for (; c + 4 * LANES <= w->width; c += 4 * LANES) {
                vf sum[4] = {v_splat(0), v_splat(0), v_splat(0), v_splat(0)};
                for (int64_t t = 0; t < length; t++) {
                    const float *state = w->states + TOKEN(t) * w->width + c;
                    float weight = w->weights[TOKEN(t) * w->queries + d];
                    for (int j = 0; j < 4; j++) {
                        vf x;
                        v_load(&x, state + j * LANES, LANES);
                        sum[j] = v_fma(weight, x, sum[j]);
                    }
                }
                for (int j = 0; j < 4; j++) v_store(out + c + j * LANES, &sum[j], LANES);
            }
            for (; c < w->width; c += LANES) {
                int64_t k = w->width - c < LANES ? w->width - c : LANES;
                vf sum = v_splat(0);
                for (int64_t t = 0; t < length; t++) {
                    vf x;
                    v_load(&x, w->states + TOKEN(t) * w->width + c, k);
                    sum = v_fma(w->weights[TOKEN(t) * w->queries + d], x, sum);
                }
                v_store(out + c, &sum, k);
            }
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

void ck_attention_pool_backward(float *dstates, float *dscores, const float *states,
                                const float *weights, const float *dpooled, const int32_t *offset,
                                const int32_t *length, int64_t batch, int64_t queries,
                                int64_t width, int accumulate) {
    pool w = {.weights = (float *)weights, .dstates = dstates, .dscores = dscores,
              .states = states, .dpooled = dpooled, .offset = offset, .length = length,
              .queries = queries, .width = width, .accumulate = accumulate};
    ck_parallel_for(backward_range, &w, batch, 1, sentence_cost(length, batch, queries, width));
}
