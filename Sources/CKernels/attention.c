// Multi-head attention over packed sequences, and its gradients.
//
// One sentence and head at a time: its keys, values and queries are gathered into scratch, keys
// transposed, so that scores, context and all gradients are small dense products whose sums run in
// one order. Weights are never stored: the backward pass makes them again from log Σ exp.
#include "attention.h"

#include "ckernels.h"

// Queries that are weighed at once, forward and backward.
enum { FORWARD_BLOCK = 16, QUERY_BLOCK = 32 };

// What one thread works on: a sentence and a head.
typedef struct {
    const ck_attention *a;
    int64_t sentence, queries, keys, wide, tall;
} item;

CK_INLINE item item_at(const ck_attention *a, int64_t sentence) {
    int64_t queries = a->length[sentence];
    int64_t keys = a->memory_count + (a->keys ? queries : 0);
    return (item){a, sentence, queries, keys, padded(a->head_width), padded(keys)};
}

// The first query of a causal item that sees key k, and the number of keys that query t sees.
CK_INLINE int64_t first_query(const item *i, int64_t k) {
    int64_t own = k - i->a->memory_count;
    return i->a->is_causal && own > 0 ? own : 0;
}
CK_INLINE int64_t seen_keys(const item *i, int64_t t) {
    return i->a->is_causal && i->a->keys ? i->a->memory_count + t + 1 : i->keys;
}

CK_INLINE int64_t token_row(const item *i, int64_t t) { return i->a->offset[t] + i->sentence; }

// The row of key or value k of a head.
CK_INLINE const float *key_row(const item *i, const float *own, const float *memory, int64_t k,
                               int64_t head) {
    const ck_attention *a = i->a;
    int64_t column = head * a->head_width, own_index = k - a->memory_count;
    if (own_index < 0)
        return memory + (i->sentence * a->memory_count + k) * a->memory_stride + column;
    return own + token_row(i, own_index) * a->stride + column;
}

// The angles of a position, or none.
CK_INLINE const float *angles(const ck_attention *a, const float *table, int64_t position) {
    return table ? table + position * (a->head_width / 2) : 0;
}

// The way back: unrotated in place, then added to or put over `out`.
CK_INLINE void give_row(const ck_attention *a, float *out, float *gradient, int64_t position,
                        int rotated, int accumulate) {
    if (rotated && a->cosines)
        unrotate(gradient, angles(a, a->cosines, position), angles(a, a->sines, position),
                 a->head_width / 2);
    FOR_LANES(c, k, a->head_width) {
        vf x;
        v_load(&x, gradient + c, k);
        v_put(out + c, &x, k, accumulate);
    }
}

// Keys (transposed as well when `columns` is given) or values of a head, padded by zero rows.
CK_INLINE void take_keys(const item *i, float *out, float *columns, const float *own,
                         const float *memory, int64_t head, int rotated) {
    const ck_attention *a = i->a;
    for (int64_t k = 0; k < i->keys; k++)
        take_row(out + k * i->wide, key_row(i, own, memory, k, head), a->head_width, i->wide,
                 angles(a, rotated ? a->cosines : 0, k), angles(a, a->sines, k), 1);
    memset(out + i->keys * i->wide, 0, (size_t)((i->tall - i->keys) * i->wide) * sizeof(float));
    if (columns) transpose(columns, out, i->tall, i->wide);
}

CK_INLINE void take_queries(const item *i, float *out, int64_t first, int64_t count,
                            int64_t head) {
    const ck_attention *a = i->a;
    for (int64_t t = first; t < first + count; t++)
        take_row(out + (t - first) * i->wide,
                 a->queries + token_row(i, t) * a->query_stride + head * a->head_width,
                 a->head_width, i->wide, angles(a, a->cosines, a->memory_count + t),
                 angles(a, a->sines, a->memory_count + t), score_scale(a->head_width));
}

// ---- forward

typedef struct {
    ck_attention a;
    float *context, *log_sums, *workspace;
    int64_t slots, slot_size;
} forward_work;

CK_INLINE void forward_head(const forward_work *w, const item *i, int64_t head, float *space) {
    const ck_attention *a = i->a;
    int64_t wide = i->wide, tall = i->tall;
    float *values = space, *columns = values + tall * wide, *keys = columns + tall * wide;
    float *queries = keys + tall * wide, *weights = queries + FORWARD_BLOCK * wide;
    float *context = weights + FORWARD_BLOCK * tall;
    take_keys(i, keys, columns, a->keys, a->memory_keys, head, 1);
    take_keys(i, values, 0, a->values, a->memory_values, head, 0);
    for (int64_t first = 0; first < i->queries; first += FORWARD_BLOCK) {
        int64_t count =
            i->queries - first < FORWARD_BLOCK ? i->queries - first : FORWARD_BLOCK;
        int64_t seen = seen_keys(i, first + count - 1);
        take_queries(i, queries, first, count, head);
        product(weights, tall, queries, wide, 1, columns, tall, count, a->head_width, padded(seen),
                0);
        for (int64_t t = 0; t < count; t++)
            w->log_sums[token_row(i, first + t) * a->heads + head] =
                softmax_row(weights + t * tall, seen_keys(i, first + t), padded(seen));
        product(context, wide, weights, tall, 1, values, wide, count, seen, wide, 0);
        for (int64_t t = 0; t < count; t++)
            memcpy(w->context + (token_row(i, first + t) * a->heads + head) * a->head_width,
                   context + t * wide, (size_t)a->head_width * sizeof(float));
    }
}

// Slots take every `slots`-th sentence, since sentences are sorted by length.
CK_CLONES static void forward_range(void *context, int64_t begin, int64_t end) {
    const forward_work args = *(const forward_work *)context, *w = &args;
    for (int64_t slot = begin; slot < end; slot++) {
        for (int64_t b = slot; b < w->a.batch; b += w->slots) {
            item i = item_at(&w->a, b);
            for (int64_t head = 0; head < w->a.heads; head++)
                forward_head(w, &i, head, w->workspace + slot * w->slot_size);
        }
    }
}

// ---- backward

typedef struct {
    ck_attention a;
    ck_attention_gradients d;
    const float *context, *log_sums, *dcontext;
    float *workspace;
    int64_t slots, slot_size;
} backward_work;

// weights → probabilities of query t, gradient of probabilities → gradient of scores.
CK_INLINE void score_gradients(float *weights, float *gradients, float log_sum, float mean,
                               int64_t seen, int64_t tall) {
    FOR_LANES(k, n, tall) {
        vf p, g;
        v_load(&p, weights + k, n);
        v_load(&g, gradients + k, n);
        p -= log_sum;
        v_exp(&p);
        g = p * (g - mean);
        if (k + n > seen) {
            v_keep(&p, seen > k ? seen - k : 0);
            v_keep(&g, seen > k ? seen - k : 0);
        }
        v_store(weights + k, &p, n);
        v_store(gradients + k, &g, n);
    }
}

CK_INLINE void backward_head(const backward_work *w, const item *i, int64_t head, float *space) {
    const ck_attention *a = i->a;
    const ck_attention_gradients *d = &w->d;
    int64_t wide = i->wide, tall = i->tall, area = tall * wide;
    float *keys = space, *columns = keys + area, *values = columns + area;
    float *value_columns = values + area, *dkeys = value_columns + area, *dvalues = dkeys + area;
    float *queries = dvalues + area, *dqueries = queries + QUERY_BLOCK * wide;
    float *dcontext = dqueries + QUERY_BLOCK * wide, *weights = dcontext + QUERY_BLOCK * wide;
    float *gradients = weights + QUERY_BLOCK * tall;
    take_keys(i, keys, columns, a->keys, a->memory_keys, head, 1);
    take_keys(i, values, value_columns, a->values, a->memory_values, head, 0);
    memset(dkeys, 0, (size_t)(2 * area) * sizeof(float));
    for (int64_t first = 0; first < i->queries; first += QUERY_BLOCK) {
        int64_t count = i->queries - first < QUERY_BLOCK ? i->queries - first : QUERY_BLOCK;
        int64_t seen = seen_keys(i, first + count - 1);
        take_queries(i, queries, first, count, head);
        for (int64_t t = 0; t < count; t++) {
            float *row = dcontext + t * wide;
            memset(row + a->head_width, 0, (size_t)(wide - a->head_width) * sizeof(float));
            memcpy(row,
                   w->dcontext + (token_row(i, first + t) * a->heads + head) * a->head_width,
                   (size_t)a->head_width * sizeof(float));
        }
        product(weights, tall, queries, wide, 1, columns, tall, count, a->head_width, padded(seen),
                0);
        product(gradients, tall, dcontext, wide, 1, value_columns, tall, count, a->head_width,
                padded(seen), 0);
        for (int64_t t = 0; t < count; t++) {
            int64_t row = token_row(i, first + t) * a->heads + head;
            float mean =
                row_dot(dcontext + t * wide, w->context + row * a->head_width, a->head_width);
            score_gradients(weights + t * tall, gradients + t * tall, w->log_sums[row], mean,
                            seen_keys(i, first + t), padded(seen));
        }
        product(dqueries, wide, gradients, tall, 1, keys, wide, count, seen, wide, 0);
        for (int64_t k = 0; k < seen; k += ROW_TILE) {
            int64_t rows = seen - k < ROW_TILE ? seen - k : ROW_TILE;
            int64_t skip = first_query(i, k) - first;
            skip = skip > 0 ? skip : 0;
            product(dkeys + k * wide, wide, gradients + k + skip * tall, 1, tall,
                    queries + skip * wide, wide, rows, count - skip, wide, 1);
            product(dvalues + k * wide, wide, weights + k + skip * tall, 1, tall,
                    dcontext + skip * wide, wide, rows, count - skip, wide, 1);
        }
        float scale = score_scale(a->head_width);
        for (int64_t t = 0; t < count; t++) {
            float *row = dqueries + t * wide;
            for (int64_t c = 0; c < wide; c += LANES) *(vf_unaligned *)(row + c) *= v_splat(scale);
            give_row(a, d->queries + token_row(i, first + t) * a->query_stride +
                            head * a->head_width,
                     row, a->memory_count + first + t, 1, d->accumulate_tokens);
        }
    }
    for (int64_t k = 0; k < i->keys; k++) {
        int is_memory = k < a->memory_count;
        give_row(a, (float *)key_row(i, d->keys, d->memory_keys, k, head), dkeys + k * wide, k, 1,
                 is_memory ? d->accumulate_memory_keys : d->accumulate_tokens);
        give_row(a, (float *)key_row(i, d->values, d->memory_values, k, head), dvalues + k * wide,
                 k, 0, is_memory ? d->accumulate_memory_values : d->accumulate_tokens);
    }
}

CK_CLONES static void backward_range(void *context, int64_t begin, int64_t end) {
    const backward_work args = *(const backward_work *)context, *w = &args;
    for (int64_t slot = begin; slot < end; slot++) {
        for (int64_t b = slot; b < w->a.batch; b += w->slots) {
            item i = item_at(&w->a, b);
            for (int64_t head = 0; head < w->a.heads; head++)
                backward_head(w, &i, head, w->workspace + slot * w->slot_size);
        }
    }
}

// ---- calls

static int64_t most_keys(const ck_attention *a) {
    return padded(a->memory_count + (a->keys && a->batch > 0 ? a->length[0] : 0));
}

static int64_t slot_count(const ck_attention *a) {
    int64_t threads = ck_thread_count();
    return a->batch < threads ? a->batch : threads;
}

static int64_t forward_size(const ck_attention *a) {
    int64_t wide = padded(a->head_width), tall = most_keys(a);
    return 3 * tall * wide + FORWARD_BLOCK * (2 * wide + tall);
}

static int64_t backward_size(const ck_attention *a) {
    int64_t wide = padded(a->head_width), tall = most_keys(a);
    return 6 * tall * wide + QUERY_BLOCK * (3 * wide + 2 * tall);
}

int64_t ck_attention_forward_workspace(const ck_attention *a) {
    return slot_count(a) * forward_size(a);
}

int64_t ck_attention_backward_workspace(const ck_attention *a) {
    return slot_count(a) * backward_size(a);
}

// Cheap elements that one slot stands for.
static int64_t slot_cost(const ck_attention *a, int64_t slots) {
    if (slots == 0) return 0;
    return a->batch * a->heads / slots * a->length[0] * (most_keys(a) / LANES + 1) *
           a->head_width / 4;
}

void ck_attention_forward(const ck_attention *a, float *context, float *log_sums,
                          float *workspace) {
    int64_t slots = slot_count(a);
    forward_work w = {.a = *a, .context = context, .log_sums = log_sums, .workspace = workspace,
                      .slots = slots, .slot_size = forward_size(a)};
    ck_parallel_for(forward_range, &w, slots, 1, slot_cost(a, slots));
}

void ck_attention_backward(const ck_attention *a, const ck_attention_gradients *d,
                           const float *context, const float *log_sums, const float *dcontext,
                           float *workspace) {
    int64_t slots = slot_count(a);
    backward_work w = {.a = *a, .d = *d, .context = context, .log_sums = log_sums,
                       .dcontext = dcontext, .workspace = workspace, .slots = slots,
                       .slot_size = backward_size(a)};
    ck_parallel_for(backward_range, &w, slots, 1, 2 * slot_cost(a, slots));
}
