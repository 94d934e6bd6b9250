// Multi-head attention over packed sequences.
//
// Keys, values and queries of an item are gathered into scratch, so that scores and contexts are small dense products
// whose sums run in one order. Scores lie key by key with a lane for each query of a block, so that maxima and sums
// over keys run down the lanes. Weights are never stored: the backward pass makes them again from log Σ exp.
#include "attention_item.h"
#include "small_product.h"

typedef struct {
    ck_attention a;
    float *context, *log_sums, *workspace;
    int64_t slots, slot_size, group;
} forward_work;

// scores[keys, lanes] of 16 queries, the first of which is t → e^(score − greatest); returns the sums and log Σ exp.
CK_INLINE void exponentials(const item *i, float *scores, int64_t stride, int64_t seen, int64_t t, vf *sum,
                            vf *log_sum) {
    vf most = v_splat(-__builtin_inff());
    for (int64_t k = 0; k < seen; k++) {
        vf s;
        v_load(&s, scores + k * stride, LANES);
        hide_unseen(&s, i, t, k);
        most = s > most ? s : most;
    }
    *sum = v_splat(0);
    for (int64_t k = 0; k < seen; k++) {
        vf s;
        v_load(&s, scores + k * stride, LANES);
        hide_unseen(&s, i, t, k);
        s -= most;
        v_exp(&s);
        *sum += s;
        v_store(scores + k * stride, &s, LANES);
    }
    *log_sum = *sum;
    v_log(log_sum);
    *log_sum += most;
}

// The contexts of a head take the place of its queries.
CK_INLINE void forward_head(const forward_work *w, const item *i, int64_t head, float *queries, const float *keys,
                            const float *values, float *columns, float *weights) {
    const ck_attention *a = i->a;
    int64_t wide = i->wide;
    for (int64_t first = 0; first < i->queries; first += QUERY_BLOCK) {
        int64_t count = i->queries - first < QUERY_BLOCK ? i->queries - first : QUERY_BLOCK;
        int64_t seen = seen_keys(i, first + count - 1), span = padded(count);
        float sums[QUERY_BLOCK], log_sums[QUERY_BLOCK], *block = queries + first * wide;
        transpose(columns, block, span, wide);
        ck_small_product(weights, span, keys, wide, 1, columns, span, seen, a->head_width, span, 0);
        for (int64_t q = 0; q < span; q += LANES) {
            vf sum, log_sum;
            exponentials(i, weights + q, span, seen, first + q, &sum, &log_sum);
            v_store(sums + q, &sum, LANES);
            v_store(log_sums + q, &log_sum, LANES);
        }
        ck_small_product(block, wide, weights, 1, span, values, wide, count, seen, wide, 0);
        for (int64_t t = 0; t < count; t++) {
            scale_row(block + t * wide, wide, 1 / sums[t]);
            w->log_sums[token_row(i, first + t) * a->heads + head] = log_sums[t];
        }
    }
}

CK_INLINE void forward_item(const forward_work *w, const item *i, float *space) {
    const ck_attention *a = i->a;
    int64_t keys_size = i->heads * key_area(i);
    float *keys = space, *values = keys + keys_size, *queries = values + keys_size;
    float *columns = queries + i->heads * query_area(i), *weights = columns + QUERY_BLOCK * i->wide;
    rows own_keys = key_rows(a, a->keys, a->memory_keys), own_values = key_rows(a, a->values, a->memory_values);
    rows own_queries = query_rows(a, a->queries), contexts = context_rows(a, w->context);
    take(i, keys, key_area(i), &own_keys, i->keys, 0, 1);
    take(i, values, key_area(i), &own_values, i->keys, -1, 1);
    take(i, queries, query_area(i), &own_queries, i->queries, a->memory_count, score_scale(a->head_width));
    for (int64_t h = 0; h < i->heads; h++)
        forward_head(w, i, i->first_head + h, queries + h * query_area(i), keys + h * key_area(i),
                     values + h * key_area(i), columns, weights);
    give(i, queries, query_area(i), &contexts, i->queries, -1, 0, 0);
}

CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const forward_work args = *(const forward_work *)context, *w = &args;
    for (int64_t slot = begin; slot < end; slot++) {
        for (int64_t b = slot; b < w->a.batch; b += w->slots) {
            for (int64_t head = 0; head < w->a.heads; head += w->group) {
                item i = item_at(&w->a, b, head, w->group);
                forward_item(w, &i, w->workspace + slot * w->slot_size);
            }
        }
    }
}

// What a head gathers.
static int64_t gathered(const ck_attention *a) {
    return padded(a->head_width) * (2 * most_keys(a) + most_queries(a));
}

static int64_t slot_size(const ck_attention *a) {
    return head_group(a, gathered(a)) * gathered(a) + QUERY_BLOCK * (padded(a->head_width) + most_keys(a));
}

int64_t ck_attention_forward_workspace(const ck_attention *a) { return slot_count(a) * slot_size(a); }

void ck_attention_forward(const ck_attention *a, float *context, float *log_sums, float *workspace) {
    int64_t slots = slot_count(a);
    forward_work w = {.a = *a, .context = context, .log_sums = log_sums, .workspace = workspace, .slots = slots,
                      .slot_size = slot_size(a), .group = head_group(a, gathered(a))};
    ck_parallel_for(forward_range, &w, slots, 1, slot_cost(a, slots));
}
