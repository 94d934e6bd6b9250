// What the two implementations of bf16 products share: layouts, and the table through which one is called.
//
// Packed B[k, n] is a row of panels of BF16_COLUMNS columns; a panel is [⌈k/2⌉][BF16_COLUMNS] words, each
// the terms 2p and 2p + 1 of a column, the earlier one in the lower half; what lies beyond k or n is 0.
#pragma once
#include <stdint.h>

enum {
    BF16_COLUMNS = 32,    // of a tile of C: two vectors
    BF16_BLOCK_ROWS = 192, // of A, rounded at a time
    BF16_BLOCK_TERMS = 256, // of a sum before it is added to C
    BF16_BLOCKS = 2, // of terms, rounded at a time: C stays in the cache between them
    BF16_WIDE_ROWS = 4, // at most, that several panels are multiplied with at a time
    BF16_WIDE_PANELS = 4,
    // Words between rows of a rounded block: odd numbers of cache lines spread over the cache's sets.
    BF16_ROW_STRIDE = BF16_BLOCK_TERMS / 2 + 16,
    BF16_TERM_STRIDE = BF16_BLOCK_ROWS + 16,
    BF16_BLOCK_WORDS = BF16_BLOCK_ROWS * BF16_ROW_STRIDE > BF16_BLOCK_TERMS / 2 * BF16_TERM_STRIDE
                           ? BF16_BLOCK_ROWS * BF16_ROW_STRIDE
                           : BF16_BLOCK_TERMS / 2 * BF16_TERM_STRIDE,
};

typedef struct {
    float *c;
    const float *a;
    const uint16_t *rounded;  // A in bf16 instead of `a`
    const float *bias;
    const uint32_t *b;
    int64_t m, n, k, lda, ldc;
    int transposed, accumulate, splits_columns;
} bf16_product;

typedef struct {
    uint32_t *y;
    const float *b;
    int64_t ldb, k, n;
} bf16_packing;

// Ranges for ck_parallel_for: of panels, or of rows of C when a product does not split columns.
typedef struct {
    void (*pack)(void *, int64_t, int64_t);
    void (*pack_transposed)(void *, int64_t, int64_t);
    void (*product)(void *, int64_t, int64_t);
} bf16_ranges;

extern const bf16_ranges ck_bf16_portable;
#if defined(__x86_64__)
extern const bf16_ranges ck_bf16_native;
#endif
