// What one thread works on at a time: a sentence and some of its heads, gathered from packed rows and given back.
//
// The rows of a sentence lie a whole batch apart, often a power of two of bytes, so that they fight for the same few
// places of a cache. Each is therefore visited once, for all heads of the item.
#pragma once
#include "attention.h"
#include "ckernels.h"

// Queries that are weighed at once, and floats that an item may gather.
enum { QUERY_BLOCK = 32, MOST_GATHERED = 1 << 17 };

typedef struct {
    const ck_attention *a;
    int64_t sentence, first_head, heads;
    int64_t queries, keys, wide;
} item;

CK_INLINE item item_at(const ck_attention *a, int64_t sentence, int64_t first_head, int64_t heads) {
    int64_t queries = a->length[sentence];
    return (item){.a = a,
                  .sentence = sentence,
                  .first_head = first_head,
                  .heads = a->heads - first_head < heads ? a->heads - first_head : heads,
                  .queries = queries,
                  .keys = a->memory_count + (a->keys ? queries : 0),
                  .wide = padded(a->head_width)};
}

// Floats of a head's keys, and of its queries, whose last block is filled up with zeros.
CK_INLINE int64_t key_area(const item *i) { return i->keys * i->wide; }
CK_INLINE int64_t query_area(const item *i) { return padded(i->queries) * i->wide; }

CK_INLINE int64_t token_row(const item *i, int64_t t) { return i->a->offset[t] + i->sentence; }

// The keys that query t sees.
CK_INLINE int64_t seen_keys(const item *i, int64_t t) {
    return i->a->is_causal && i->a->keys ? i->a->memory_count + t + 1 : i->keys;
}

// −∞ in the lanes whose query, the first of which is t, does not see key k.
CK_INLINE void hide_unseen(vf *score, const item *i, int64_t t, int64_t k) {
    int64_t blind = k - seen_keys(i, t) + 1;
    if (i->a->is_causal && blind > 0)
        *score = v_iota < (vi)(int32_t)blind ? v_splat(-__builtin_inff()) : *score;
}

// Rows of a sentence: those of its memory, then those of its tokens.
typedef struct {
    const float *tokens, *memory;
    int64_t token_stride, memory_stride, memory_count;
} rows;

CK_INLINE const float *row_at(const item *i, const rows *r, int64_t k) {
    int64_t column = i->first_head * i->a->head_width, own = k - r->memory_count;
    if (own < 0) return r->memory + (i->sentence * r->memory_count + k) * r->memory_stride + column;
    return r->tokens + token_row(i, own) * r->token_stride + column;
}

CK_INLINE rows query_rows(const ck_attention *a, const float *queries) {
    return (rows){.tokens = queries, .token_stride = a->query_stride};
}
CK_INLINE rows context_rows(const ck_attention *a, const float *context) {
    return (rows){.tokens = context, .token_stride = a->heads * a->head_width};
}
CK_INLINE rows key_rows(const ck_attention *a, const float *keys, const float *memory) {
    return (rows){keys, memory, a->stride, a->memory_stride, a->memory_count};
}

// Asks for a row that will be wanted soon.
CK_INLINE void expect_row(const item *i, const rows *r, int64_t k, int64_t count) {
    if (k >= count) return;
    const float *row = row_at(i, r, k);
    for (int64_t c = 0; c < i->heads * i->a->head_width; c += LANES) __builtin_prefetch(row + c, 0, 3);
}
enum { ROWS_AHEAD = 4 };

// The angles of a position, or none.
CK_INLINE const float *angles(const ck_attention *a, const float *table, int64_t position) {
    return table ? table + position * (a->head_width / 2) : 0;
}

// `count` rows into out[heads, area], filled up with zeros to `area`; rotated from `position` on unless it is negative.
CK_INLINE void take(const item *i, float *out, int64_t area, const rows *r, int64_t count, int64_t position,
                    float scale) {
    const ck_attention *a = i->a;
    for (int64_t k = 0; k < count; k++) {
        const float *row = row_at(i, r, k);
        const float *cosines = position < 0 ? 0 : angles(a, a->cosines, position + k);
        const float *sines = position < 0 ? 0 : angles(a, a->sines, position + k);
        expect_row(i, r, k + ROWS_AHEAD, count);
        for (int64_t h = 0; h < i->heads; h++)
            take_row(out + h * area + k * i->wide, row + h * a->head_width, a->head_width, i->wide, cosines, sines,
                     scale);
    }
    for (int64_t h = 0; h < i->heads; h++)
        memset(out + h * area + count * i->wide, 0, (size_t)(area - count * i->wide) * sizeof(float));
}

// The way back, which spoils `in`: unrotated, put over rows or added to them.
CK_INLINE void give(const item *i, float *in, int64_t area, const rows *r, int64_t count, int64_t position,
                    int add_to_memory, int add_to_tokens) {
    const ck_attention *a = i->a;
    for (int64_t k = 0; k < count; k++) {
        float *row = (float *)row_at(i, r, k);
        int accumulate = k < r->memory_count ? add_to_memory : add_to_tokens;
        for (int64_t h = 0; h < i->heads; h++) {
            float *own = in + h * area + k * i->wide, *out = row + h * a->head_width;
            if (position >= 0 && a->cosines)
                unrotate(own, angles(a, a->cosines, position + k), angles(a, a->sines, position + k),
                         a->head_width / 2);
            FOR_LANES(c, n, a->head_width) {
                vf x;
                v_load(&x, own + c, n);
                v_put(out + c, &x, n, accumulate);
            }
        }
    }
}

// The most keys of a sentence.
CK_INLINE int64_t most_keys(const ck_attention *a) {
    return a->memory_count + (a->keys && a->batch > 0 ? a->length[0] : 0);
}
CK_INLINE int64_t most_queries(const ck_attention *a) { return a->batch > 0 ? padded(a->length[0]) : 0; }

// The heads of an item, when each gathers so many floats.
CK_INLINE int64_t head_group(const ck_attention *a, int64_t gathered) {
    int64_t most = gathered > 0 ? MOST_GATHERED / gathered : a->heads;
    return most < 1 ? 1 : most < a->heads ? most : a->heads;
}

// Threads take every `slots`-th sentence, since sentences are sorted by length.
CK_INLINE int64_t slot_count(const ck_attention *a) {
    int64_t threads = ck_thread_count();
    return a->batch < threads ? a->batch : threads;
}

// Cheap elements that one slot stands for.
CK_INLINE int64_t slot_cost(const ck_attention *a, int64_t slots) {
    if (slots == 0) return 0;
    return a->batch * a->heads / slots * a->length[0] * (most_keys(a) / LANES + 1) * a->head_width / 4;
}
