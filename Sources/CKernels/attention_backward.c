// The gradients of multi-head attention over packed sequences.
#include "attention_item.h"
#include "small_product.h"

typedef struct {
    ck_attention a;
    ck_attention_gradients d;
    const float *context, *log_sums, *dcontext;
    float *workspace;
    int64_t slots, slot_size, group;
} backward_work;

// Of 16 queries, the first of which is t: scores → probabilities, gradients of probabilities → gradients of scores.
CK_INLINE void score_gradients(const item *i, float *scores, float *gradients, int64_t stride, int64_t seen,
                               int64_t t, const float *log_sums, const float *means) {
    vf log_sum, mean;
    v_load(&log_sum, log_sums, LANES);
    v_load(&mean, means, LANES);
    for (int64_t k = 0; k < seen; k++) {
        vf p, g;
        v_load(&p, scores + k * stride, LANES);
        v_load(&g, gradients + k * stride, LANES);
        hide_unseen(&p, i, t, k);
        p -= log_sum;
        v_exp(&p);
        g = p * (g - mean);
        v_store(scores + k * stride, &p, LANES);
        v_store(gradients + k * stride, &g, LANES);
    }
}

// log Σ exp of every query, and ⟨context, its gradient⟩, the mean gradient of its scores; [heads, padded queries] each.
CK_INLINE void take_means(const backward_work *w, const item *i, float *log_sums, float *means) {
    const ck_attention *a = i->a;
    int64_t queries = padded(i->queries);
    rows context = context_rows(a, w->context), dcontext = context_rows(a, w->dcontext);
    memset(log_sums, 0, (size_t)(i->heads * queries) * sizeof(float));
    memset(means, 0, (size_t)(i->heads * queries) * sizeof(float));
    for (int64_t t = 0; t < i->queries; t++) {
        const float *x = row_at(i, &context, t), *dx = row_at(i, &dcontext, t);
        const float *log_sum = w->log_sums + token_row(i, t) * a->heads + i->first_head;
        expect_row(i, &context, t + ROWS_AHEAD, i->queries);
        for (int64_t h = 0; h < i->heads; h++) {
            log_sums[h * queries + t] = log_sum[h];
            means[h * queries + t] = row_dot(dx + h * a->head_width, x + h * a->head_width, a->head_width);
        }
    }
}

// The scratch of an item: everything gathered, head by head, and what one block of queries needs.
typedef struct {
    float *keys, *values, *dkeys, *dvalues, *queries, *dcontext, *log_sums, *means;
    float *columns, *dcolumns, *weights, *gradients;
} scratch;

CK_INLINE scratch scratch_at(const item *i, float *space) {
    int64_t keys = i->heads * key_area(i), queries = i->heads * query_area(i);
    scratch s = {.keys = space};
    s.values = s.keys + keys;
    s.dkeys = s.values + keys;
    s.dvalues = s.dkeys + keys;
    s.queries = s.dvalues + keys;
    s.dcontext = s.queries + queries;
    s.log_sums = s.dcontext + queries;
    s.means = s.log_sums + i->heads * padded(i->queries);
    s.columns = s.means + i->heads * padded(i->queries);
    s.dcolumns = s.columns + QUERY_BLOCK * i->wide;
    s.weights = s.dcolumns + QUERY_BLOCK * i->wide;
    s.gradients = s.weights + QUERY_BLOCK * i->keys;
    return s;
}

// The gradients of a head's queries take their place.
CK_INLINE void backward_head(const item *i, int64_t h, const scratch *s) {
    int64_t wide = i->wide, width = i->a->head_width, place = h * padded(i->queries);
    const float *keys = s->keys + h * key_area(i), *values = s->values + h * key_area(i);
    float *dkeys = s->dkeys + h * key_area(i), *dvalues = s->dvalues + h * key_area(i);
    memset(dkeys, 0, (size_t)key_area(i) * sizeof(float));
    memset(dvalues, 0, (size_t)key_area(i) * sizeof(float));
    for (int64_t first = 0; first < i->queries; first += QUERY_BLOCK) {
        int64_t count = i->queries - first < QUERY_BLOCK ? i->queries - first : QUERY_BLOCK;
        int64_t seen = seen_keys(i, first + count - 1), span = padded(count);
        float *queries = s->queries + h * query_area(i) + first * wide;
        const float *dcontext = s->dcontext + h * query_area(i) + first * wide;
        transpose(s->columns, queries, span, wide);
        transpose(s->dcolumns, dcontext, span, wide);
        ck_small_product(s->weights, span, keys, wide, 1, s->columns, span, seen, width, span, 0);
        ck_small_product(s->gradients, span, values, wide, 1, s->dcolumns, span, seen, width, span, 0);
        for (int64_t q = 0; q < span; q += LANES)
            score_gradients(i, s->weights + q, s->gradients + q, span, seen, first + q,
                            s->log_sums + place + first + q, s->means + place + first + q);
        ck_small_product(dvalues, wide, s->weights, span, 1, dcontext, wide, seen, count, wide, 1);
        ck_small_product(dkeys, wide, s->gradients, span, 1, queries, wide, seen, count, wide, 1);
        ck_small_product(queries, wide, s->gradients, 1, span, keys, wide, count, seen, wide, 0);
        for (int64_t t = 0; t < count; t++) scale_row(queries + t * wide, wide, score_scale(width));
    }
}

CK_INLINE void backward_item(const backward_work *w, const item *i, float *space) {
    const ck_attention *a = i->a;
    const ck_attention_gradients *d = &w->d;
    scratch s = scratch_at(i, space);
    rows keys = key_rows(a, a->keys, a->memory_keys), values = key_rows(a, a->values, a->memory_values);
    rows queries = query_rows(a, a->queries), dcontext = context_rows(a, w->dcontext);
    take(i, s.keys, key_area(i), &keys, i->keys, 0, 1);
    take(i, s.values, key_area(i), &values, i->keys, -1, 1);
    take(i, s.queries, query_area(i), &queries, i->queries, a->memory_count, score_scale(a->head_width));
    take_means(w, i, s.log_sums, s.means);
    take(i, s.dcontext, query_area(i), &dcontext, i->queries, -1, 1);
    for (int64_t h = 0; h < i->heads; h++) backward_head(i, h, &s);
    rows dkeys = key_rows(a, d->keys, d->memory_keys), dvalues = key_rows(a, d->values, d->memory_values);
    rows dqueries = query_rows(a, d->queries);
    give(i, s.queries, query_area(i), &dqueries, i->queries, a->memory_count, 0, d->accumulate_tokens);
    give(i, s.dkeys, key_area(i), &dkeys, i->keys, 0, d->accumulate_memory_keys, d->accumulate_tokens);
    give(i, s.dvalues, key_area(i), &dvalues, i->keys, -1, d->accumulate_memory_values, d->accumulate_tokens);
}

CK_CLONES static void backward_range(void *context, int64_t begin, int64_t end) {
    const backward_work args = *(const backward_work *)context, *w = &args;
    for (int64_t slot = begin; slot < end; slot++) {
        for (int64_t b = slot; b < w->a.batch; b += w->slots) {
            for (int64_t head = 0; head < w->a.heads; head += w->group) {
                item i = item_at(&w->a, b, head, w->group);
                backward_item(w, &i, w->workspace + slot * w->slot_size);
            }
        }
    }
}

// What a head gathers.
static int64_t gathered(const ck_attention *a) {
    int64_t wide = padded(a->head_width);
    return 4 * most_keys(a) * wide + 2 * most_queries(a) * (wide + 1);
}

static int64_t slot_size(const ck_attention *a) {
    return head_group(a, gathered(a)) * gathered(a) + 2 * QUERY_BLOCK * (padded(a->head_width) + most_keys(a));
}

int64_t ck_attention_backward_workspace(const ck_attention *a) { return slot_count(a) * slot_size(a); }

void ck_attention_backward(const ck_attention *a, const ck_attention_gradients *d, const float *context,
                           const float *log_sums, const float *dcontext, float *workspace) {
    int64_t slots = slot_count(a);
    backward_work w = {.a = *a, .d = *d, .context = context, .log_sums = log_sums, .dcontext = dcontext,
                       .workspace = workspace, .slots = slots, .slot_size = slot_size(a),
                       .group = head_group(a, gathered(a))};
    ck_parallel_for(backward_range, &w, slots, 1, 2 * slot_cost(a, slots));
}
