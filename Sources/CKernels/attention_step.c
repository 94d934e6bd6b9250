// Attention of one new token per sequence over keys and values kept from earlier steps.
//
// The cache of a row and head holds keys as columns, [wide, capacity], then values as rows,
// [capacity, wide], with `wide` the head's width padded to whole vectors: what the products read.
#include "attention.h"

#include "ckernels.h"
#include "small_product.h"

typedef struct {
    ck_attention_cache c;
    float *context, *workspace;
    const float *queries, *keys, *values, *cosines, *sines;
    int64_t stride, position, count;
} step;

int64_t ck_attention_cache_size(int64_t head_width, int64_t capacity) {
    return 2 * padded(head_width) * padded(capacity);
}

CK_INLINE float *cache_of(const ck_attention_cache *c, int64_t pair) {
    return c->storage + pair * 2 * padded(c->head_width) * padded(c->capacity);
}

void ck_attention_cache_copy(const ck_attention_cache *to, const ck_attention_cache *from) {
    int64_t wide = padded(from->head_width), capacity = padded(from->capacity);
    for (int64_t pair = 0; pair < from->rows * from->heads; pair++) {
        const float *keys = cache_of(from, pair);
        float *copy = cache_of(to, pair);
        for (int64_t c = 0; c < wide; c++)
            memcpy(copy + c * padded(to->capacity), keys + c * capacity,
                   (size_t)capacity * sizeof(float));
        memcpy(copy + wide * padded(to->capacity), keys + wide * capacity,
               (size_t)(wide * capacity) * sizeof(float));
    }
}

CK_CLONES static void append_range(void *context, int64_t begin, int64_t end) {
    const step args = *(const step *)context, *s = &args;
    const ck_attention_cache *c = &s->c;
    int64_t wide = padded(c->head_width), capacity = padded(c->capacity);
    for (int64_t pair = begin; pair < end; pair++) {
        int64_t row = pair / c->heads, head = pair % c->heads;
        const float *key = s->keys + row * s->stride + head * c->head_width;
        const float *value = s->values + row * s->stride + head * c->head_width;
        float *keys = cache_of(c, pair), *values = keys + wide * capacity;
        float *own = values + s->position * wide;
        take_row(own, key, c->head_width, wide, s->cosines, s->sines, 1);
        for (int64_t i = 0; i < wide; i++) keys[i * capacity + s->position] = own[i];
        take_row(own, value, c->head_width, wide, 0, 0, 1);
    }
}

// Sixteen rows of keys at a time become columns.
CK_CLONES static void fill_range(void *context, int64_t begin, int64_t end) {
    const step args = *(const step *)context, *s = &args;
    const ck_attention_cache *c = &s->c;
    int64_t wide = padded(c->head_width), capacity = padded(c->capacity), size = c->heads * c->head_width;
    for (int64_t pair = begin; pair < end; pair++) {
        int64_t first = pair / c->heads * s->count * size + pair % c->heads * c->head_width;
        float *keys = cache_of(c, pair), *values = keys + wide * capacity;
        for (int64_t k = 0; k < s->count; k += LANES) {
            for (int64_t i = 0; i < wide; i += LANES) {
                int64_t there = c->head_width - i < LANES ? c->head_width - i : LANES;
                vf block[LANES];
                for (int64_t r = 0; r < LANES; r++) {
                    block[r] = v_splat(0);
                    if (k + r >= s->count) continue;
                    int64_t place = first + (k + r) * size + i;
                    vf value;
                    v_load(&block[r], s->keys + place, there);
                    v_load(&value, s->values + place, there);
                    v_store(values + (k + r) * wide + i, &value, LANES);
                }
                v_transpose(block);
                for (int64_t r = 0; r < LANES; r++) v_store(keys + (i + r) * capacity + k, &block[r], LANES);
            }
        }
    }
}

CK_CLONES static void step_range(void *context, int64_t begin, int64_t end) {
    const step args = *(const step *)context, *s = &args;
    const ck_attention_cache *c = &s->c;
    int64_t wide = padded(c->head_width), capacity = padded(c->capacity);
    for (int64_t pair = begin; pair < end; pair++) {
        int64_t row = pair / c->heads, head = pair % c->heads;
        const float *keys = cache_of(c, pair), *values = keys + wide * capacity;
        float *query = s->workspace + pair * (2 * wide + capacity), *result = query + wide;
        float *weights = result + wide;
        take_row(query, s->queries + row * s->stride + head * c->head_width, c->head_width, wide,
                 s->cosines, s->sines, score_scale(c->head_width));
        ck_small_product(weights, capacity, query, wide, 1, keys, capacity, 1, c->head_width,
                         padded(s->count), 0);
        float scale = 1 / exponentials_of_row(weights, s->count);
        ck_small_product(result, wide, weights, capacity, 1, values, wide, 1, s->count, wide, 0);
        scale_row(result, wide, scale);
        memcpy(s->context + pair * c->head_width, result, (size_t)c->head_width * sizeof(float));
    }
}

void ck_attention_append(const ck_attention_cache *cache, const float *keys, const float *values,
                         int64_t stride, int64_t position, const float *cosines,
                         const float *sines) {
    step s = {.c = *cache, .keys = keys, .values = values, .stride = stride,
              .position = position, .cosines = cosines, .sines = sines};
    ck_parallel_for(append_range, &s, cache->rows * cache->heads, 1, 4 * cache->head_width);
}

void ck_attention_fill(const ck_attention_cache *cache, const float *keys, const float *values, int64_t count) {
    step s = {.c = *cache, .keys = keys, .values = values, .count = count};
    ck_parallel_for(fill_range, &s, cache->rows * cache->heads, 1, count * cache->head_width / 4);
}

int64_t ck_attention_step_workspace(const ck_attention_cache *cache) {
    return cache->rows * cache->heads * (2 * padded(cache->head_width) + padded(cache->capacity));
}

void ck_attention_step(const ck_attention_cache *cache, float *context, const float *queries,
                       int64_t stride, int64_t count, const float *cosines, const float *sines,
                       float *workspace) {
    step s = {.c = *cache, .context = context, .workspace = workspace, .queries = queries,
              .stride = stride, .count = count, .cosines = cosines, .sines = sines};
    ck_parallel_for(step_range, &s, cache->rows * cache->heads, 1,
                    count * cache->head_width / 4);
}
