// The one text of both implementations. Before it, an including file defines
//   BF16_ENTRY, BF16_INLINE     attributes of ranges and of what they inline
//   bf16_join(word, low, high)  sixteen words: low and high rounded to bf16, side by side
//   bf16_narrow(word, a, b)     sixteen words: the 32 numbers a, b rounded, in order
//   bf16_dot(sum, x, y)         sum += the two products of each lane, the high ones first
//   BF16_ROWS                   the most rows of a tile of C that the registers hold, 4 or 12
#include "bfloat16.h"
#include "lanes.h"

typedef vu vu_unaligned __attribute__((aligned(4), may_alias));

// Loads k ≤ 16 numbers, or none for k ≤ 0; the other lanes are 0.
BF16_INLINE void load_some(vf *x, const float *p, int64_t k) {
    if (k >= LANES)
        v_load(x, p, LANES);
    else if (k > 0)
        v_load(x, p, k);
    else
        *x = v_splat(0);
}

// word[p, 0 ..< 16] of the terms in rows 2p and 2p + 1 of x, for all pairs of `terms`.
BF16_INLINE void interleave(uint32_t *y, int64_t stride, const float *x, int64_t ldx, int64_t terms, int64_t k) {
    for (int64_t t = 0; t < terms; t += 2, y += stride) {
        vf low, high = v_splat(0);
        vu word;
        load_some(&low, x + t * ldx, k);
        if (t + 1 < terms) load_some(&high, x + (t + 1) * ldx, k);
        bf16_join(&word, &low, &high);
        *(vu_unaligned *)y = word;
    }
}

BF16_ENTRY static void pack_range(void *context, int64_t begin, int64_t end) {
    const bf16_packing g = *(const bf16_packing *)context;
    int64_t pairs = (g.k + 1) / 2;
    for (int64_t panel = begin; panel < end; panel++) {
        uint32_t *y = g.y + panel * pairs * BF16_COLUMNS;
        for (int64_t c = 0; c < BF16_COLUMNS; c += LANES) {
            int64_t column = panel * BF16_COLUMNS + c;
            // Beyond the last column there is no address to form.
            int64_t left = g.n - column;
            interleave(y + c, BF16_COLUMNS, g.b + (left > 0 ? column : 0), g.ldb, g.k, left);
        }
    }
}

// Sixteen rows of sixteen words: interleaving row i with row i + 8 four times exchanges row and column bits.
BF16_INLINE void transpose_words(vu *a) {
    vu b[LANES];
#pragma clang loop unroll(full)
    for (int round = 0; round < 4; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            vu u = a[i], v = a[i + 8];
            b[2 * i] = __builtin_shufflevector(u, v, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            b[2 * i + 1] =
                __builtin_shufflevector(u, v, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) a[i] = b[i];
    }
}

BF16_ENTRY static void pack_transposed_range(void *context, int64_t begin, int64_t end) {
    const bf16_packing g = *(const bf16_packing *)context;
    int64_t pairs = (g.k + 1) / 2;
    for (int64_t panel = begin; panel < end; panel++) {
        for (int64_t c = 0; c < BF16_COLUMNS; c += LANES) {
            int64_t column = panel * BF16_COLUMNS + c;
            for (int64_t p = 0; p < pairs; p += LANES) {
                vu words[LANES];
                for (int i = 0; i < LANES; i++) {
                    vf first = v_splat(0), second = v_splat(0);
                    if (column + i < g.n) {
                        const float *x = g.b + (column + i) * g.ldb + 2 * p;
                        int64_t left = g.k - 2 * p;
                        load_some(&first, x, left);
                        if (left > LANES) load_some(&second, x + LANES, left - LANES);
                    }
                    bf16_narrow(&words[i], &first, &second);
                }
                transpose_words(words);
                int64_t count = pairs - p < LANES ? pairs - p : LANES;
                uint32_t *y = g.y + (panel * pairs + p) * BF16_COLUMNS + c;
                for (int64_t i = 0; i < count; i++) *(vu_unaligned *)(y + i * BF16_COLUMNS) = words[i];
            }
        }
    }
}

// ---- A block of A, rounded ---------------------------------------------------------------------

BF16_INLINE void round_rows(uint32_t *y, const float *a, int64_t lda, int64_t rows, int64_t terms) {
    for (int64_t r = 0; r < rows; r++) {
        const float *x = a + r * lda;
        uint32_t *row = y + r * BF16_ROW_STRIDE;
        for (int64_t t = 0; t < terms; t += 2 * LANES) {
            vf first, second = v_splat(0);
            vu word;
            load_some(&first, x + t, terms - t);
            if (terms - t > LANES) load_some(&second, x + t + LANES, terms - t - LANES);
            bf16_narrow(&word, &first, &second);
            *(vu_unaligned *)(row + t / 2) = word;
        }
    }
}

BF16_INLINE void round_columns(uint32_t *y, const float *a, int64_t lda, int64_t rows, int64_t terms) {
    for (int64_t t = 0; t < terms; t += 2, a += 2 * lda, y += BF16_TERM_STRIDE)
        for (int64_t r = 0; r < rows; r += LANES)
            interleave(y + r, 0, a + r, lda, terms - t < 2 ? 1 : 2, rows - r);
}

// The same of numbers already rounded.
BF16_INLINE void copy_rows(uint32_t *y, const uint16_t *a, int64_t lda, int64_t rows, int64_t terms) {
    for (int64_t r = 0; r < rows; r++, a += lda, y += BF16_ROW_STRIDE) {
        if (terms % 2) y[terms / 2] = 0;
        memcpy(y, a, (size_t)terms * sizeof *a);
    }
}

// k numbers, widened to words, or none; the other lanes are 0.
BF16_INLINE void load_rounded(vu *x, const uint16_t *p, int64_t k) {
    typedef uint16_t half_words __attribute__((ext_vector_type(16)));
    half_words part = (half_words)0;
    if (k >= LANES)
        memcpy(&part, p, sizeof part);
    else if (k > 0)
        memcpy(&part, p, (size_t)k * sizeof *p);
    *x = __builtin_convertvector(part, vu);
}

BF16_INLINE void copy_columns(uint32_t *y, const uint16_t *a, int64_t lda, int64_t rows, int64_t terms) {
    for (int64_t t = 0; t < terms; t += 2, a += 2 * lda, y += BF16_TERM_STRIDE) {
        for (int64_t r = 0; r < rows; r += LANES) {
            vu low, high = (vu)0;
            load_rounded(&low, a + r, rows - r);
            if (t + 1 < terms) load_rounded(&high, a + lda + r, rows - r);
            *(vu_unaligned *)(y + r) = low | high << 16;
        }
    }
}

// ---- A tile of C -------------------------------------------------------------------------------

typedef struct {
    float *c;
    int64_t ldc;
    const uint32_t *a, *b;
    const float *bias;
    int64_t pairs, columns;
    int accumulate;
} bf16_tile;

// Asks for the lines of C that the tile will read and write while its sums are still being made.
BF16_INLINE void expect_tile(int rows, const bf16_tile *t) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        const float *c = t->c + r * t->ldc;
        __builtin_prefetch(c, 1, 3);
        if (t->columns > LANES) __builtin_prefetch(c + LANES, 1, 3);
    }
}

// rows × BF16_COLUMNS elements; `columns` of them exist.
BF16_INLINE void multiply_tile(int rows, int transposed, const bf16_tile *t) {
    vf s[BF16_ROWS][2];
    int64_t next_row = transposed ? 1 : BF16_ROW_STRIDE, next_pair = transposed ? BF16_TERM_STRIDE : 1;
    vf start[2] = {v_splat(0), v_splat(0)};
    if (t->bias) {
        load_some(&start[0], t->bias, t->columns);
        load_some(&start[1], t->bias + (t->columns > LANES ? LANES : 0), t->columns - LANES);
    }
    expect_tile(rows, t);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        s[r][0] = start[0];
        s[r][1] = start[1];
    }
    const uint32_t *a = t->a;
    const vu *b = (const vu *)t->b;
    for (int64_t p = 0; p < t->pairs; p++, a += next_pair, b += 2) {
        vu first = b[0], second = b[1];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            vu x = (vu)a[r * next_row];
            bf16_dot(&s[r][0], &x, &first);
            bf16_dot(&s[r][1], &x, &second);
        }
    }
    if (t->columns >= BF16_COLUMNS) {
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            v_put(t->c + r * t->ldc, &s[r][0], LANES, t->accumulate);
            v_put(t->c + r * t->ldc + LANES, &s[r][1], LANES, t->accumulate);
        }
        return;
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        float *c = t->c + r * t->ldc;
        v_put(c, &s[r][0], t->columns < LANES ? t->columns : LANES, t->accumulate);
        if (t->columns > LANES) v_put(c + LANES, &s[r][1], t->columns - LANES, t->accumulate);
    }
}

// A tile of few rows over several panels of B, `stride` words apart, all of whose columns exist: it keeps the multipliers
// busy where one panel's sums would wait for each other.
BF16_INLINE void multiply_wide(int rows, int panels, const bf16_tile *t, int64_t stride) {
    vf s[BF16_WIDE_ROWS][2 * BF16_WIDE_PANELS];
#pragma clang loop unroll(full)
    for (int v = 0; v < 2 * panels; v++) {
        vf start = v_splat(0);
        if (t->bias) v_load(&start, t->bias + v * LANES, LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) s[r][v] = start;
    }
    for (int64_t p = 0; p < t->pairs; p++) {
        vu x[BF16_WIDE_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) x[r] = (vu)t->a[r * BF16_ROW_STRIDE + p];
#pragma clang loop unroll(full)
        for (int v = 0; v < 2 * panels; v++) {
            vu y = *(const vu *)(t->b + v / 2 * stride + p * BF16_COLUMNS + v % 2 * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) bf16_dot(&s[r][v], &x[r], &y);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < 2 * panels; v++)
            v_put(t->c + r * t->ldc + v * LANES, &s[r][v], LANES, t->accumulate);
}

#define BF16_WIDE(rows, panels)                                                                            \
    BF16_ENTRY static void wide_##rows(const bf16_tile *t, int64_t stride) { multiply_wide(rows, panels, t, stride); }
BF16_WIDE(1, 4) BF16_WIDE(2, 4) BF16_WIDE(3, 2) BF16_WIDE(4, 2)
static void (*const wide_tiles[BF16_WIDE_ROWS])(const bf16_tile *, int64_t) = {wide_1, wide_2, wide_3, wide_4};
static const int wide_panels[BF16_WIDE_ROWS] = {4, 4, 2, 2};

#define BF16_TILE(rows)                                                                                    \
    BF16_ENTRY static void tile_##rows(const bf16_tile *t) { multiply_tile(rows, 0, t); }                  \
    BF16_ENTRY static void tile_transposed_##rows(const bf16_tile *t) { multiply_tile(rows, 1, t); }
BF16_TILE(1) BF16_TILE(2) BF16_TILE(3) BF16_TILE(4)
#if BF16_ROWS > 4
BF16_TILE(5) BF16_TILE(6) BF16_TILE(7) BF16_TILE(8) BF16_TILE(9) BF16_TILE(10) BF16_TILE(11) BF16_TILE(12)
#define BF16_HIGH_TILES(name) , name##5, name##6, name##7, name##8, name##9, name##10, name##11, name##12
#else
#define BF16_HIGH_TILES(name)
#endif

#define BF16_TILES(name) {name##1, name##2, name##3, name##4 BF16_HIGH_TILES(name)}
static void (*const tiles[2][BF16_ROWS])(const bf16_tile *) = {BF16_TILES(tile_),
                                                               BF16_TILES(tile_transposed_)};

// A block of op(A): rows first ..< first + rows, terms k ..< k + terms.
typedef struct {
    int64_t first, rows, k, terms;
} bf16_block;

// Asks for part i of n of a block of A, so that it lies in the second-level cache when it is rounded.
BF16_INLINE void expect_block(const bf16_product *g, const bf16_block *next, int64_t i, int64_t n) {
    int64_t size = g->rounded ? sizeof *g->rounded : sizeof *g->a;
    const char *a = g->rounded ? (const char *)g->rounded : (const char *)g->a;
    a += size * (g->transposed ? next->k * g->lda + next->first : next->first * g->lda + next->k);
    int64_t lines = g->transposed ? next->terms : next->rows;
    int64_t width = size * (g->transposed ? next->rows : next->terms);
    for (int64_t line = lines * i / n; line < lines * (i + 1) / n; line++)
        for (int64_t x = 0; x < width; x += 64) __builtin_prefetch(a + size * line * g->lda + x, 0, 2);
}

// Up to BF16_BLOCK_TERMS terms of a block of A, from term k on, rounded.
BF16_INLINE void round_block(uint32_t *y, const bf16_product *g, int64_t row, int64_t rows, int64_t k,
                             int64_t terms) {
    int64_t start = g->transposed ? k * g->lda + row : row * g->lda + k;
    if (g->rounded)
        g->transposed ? copy_columns(y, g->rounded + start, g->lda, rows, terms)
                      : copy_rows(y, g->rounded + start, g->lda, rows, terms);
    else
        g->transposed ? round_columns(y, g->a + start, g->lda, rows, terms)
                      : round_rows(y, g->a + start, g->lda, rows, terms);
}

// The sums of one block of terms for all tiles of a block of A and one panel of B. The next `slice` of B is asked for
// meanwhile, `lines` in all.
BF16_INLINE void multiply_panel(const bf16_product *g, bf16_tile *t, const uint32_t *block, float *c, int64_t rows,
                                const uint32_t *slice, int64_t lines) {
    int64_t tile_count = (rows + BF16_ROWS - 1) / BF16_ROWS;
    // Tiles of nearly equal height: every one keeps the multipliers busy.
    for (int64_t i = 0, r = 0; i < tile_count; i++) {
        int64_t height = (rows - r) / (tile_count - i);
        for (int64_t line = lines * i / tile_count; line < lines * (i + 1) / tile_count; line++)
            __builtin_prefetch(slice + line * LANES, 0, 2);
        t->a = block + r * (g->transposed ? 1 : BF16_ROW_STRIDE);
        t->c = c + r * g->ldc;
        tiles[g->transposed][height - 1](t);
        r += height;
    }
}

// One block of A, which `next` will follow, times some panels of B.
BF16_ENTRY static void multiply_block(const bf16_product *g, const bf16_block *own, const bf16_block *next,
                                      int64_t begin, int64_t end) {
    uint32_t blocks[BF16_BLOCKS][BF16_BLOCK_WORDS] __attribute__((aligned(64)));
    int64_t pairs = (g->k + 1) / 2, count = 0;
    for (int64_t k = 0; k < own->terms || count == 0; k += BF16_BLOCK_TERMS, count++) {
        int64_t terms = own->terms - k < BF16_BLOCK_TERMS ? own->terms - k : BF16_BLOCK_TERMS;
        round_block(blocks[count], g, own->first, own->rows, own->k + k, terms);
    }
    int64_t wide = g->transposed || own->rows > BF16_WIDE_ROWS ? 1 : wide_panels[own->rows - 1];
    for (int64_t panel = begin; panel < end; panel += wide) {
        if (panel + wide > end || (panel + wide) * BF16_COLUMNS > g->n) wide = 1;
        bf16_tile t = {.ldc = g->ldc, .columns = g->n - panel * BF16_COLUMNS};
        float *c = g->c + own->first * g->ldc + panel * BF16_COLUMNS;
        for (int64_t i = 0; i < count; i++) {
            int64_t k = own->k + i * BF16_BLOCK_TERMS, left = own->terms - i * BF16_BLOCK_TERMS;
            t.pairs = ((left < BF16_BLOCK_TERMS ? left : BF16_BLOCK_TERMS) + 1) / 2;
            t.b = g->b + (panel * pairs + k / 2) * BF16_COLUMNS;
            t.accumulate = g->accumulate || k > 0;
            t.bias = g->bias && k == 0 ? g->bias + panel * BF16_COLUMNS : 0;
            if (wide > 1) {
                t.a = blocks[i];
                t.c = c;
                wide_tiles[own->rows - 1](&t, pairs * BF16_COLUMNS);
                continue;
            }
            int at_end = i + 1 == count;
            const uint32_t *slice = at_end ? g->b + ((panel + 1) * pairs + own->k / 2) * BF16_COLUMNS
                                           : t.b + t.pairs * BF16_COLUMNS;
            int64_t lines = at_end && panel + 1 == end ? 0 : t.pairs * BF16_COLUMNS / LANES;
            multiply_panel(g, &t, blocks[i], c, own->rows, slice, lines);
            expect_block(g, next, (panel - begin) * count + i, (end - begin) * count);
        }
    }
}

static bf16_block block_at(const bf16_product *g, int64_t row, int64_t stop, int64_t k) {
    int64_t rows = stop - row, terms = g->k - k, most = BF16_BLOCKS * BF16_BLOCK_TERMS;
    return (bf16_block){row, rows < BF16_BLOCK_ROWS ? rows : BF16_BLOCK_ROWS, k, terms < most ? terms : most};
}

static void product_range(void *context, int64_t begin, int64_t end) {
    const bf16_product *g = (const bf16_product *)context;
    int64_t row = g->splits_columns ? 0 : begin, stop = g->splits_columns ? g->m : end, k = 0;
    int64_t panels = (g->n + BF16_COLUMNS - 1) / BF16_COLUMNS;
    while (row < stop) {
        bf16_block own = block_at(g, row, stop, k);
        k += own.terms;
        // At least one block a row: a sum of no terms is 0.
        if (k >= g->k) {
            k = 0;
            row += own.rows;
        }
        bf16_block next = row < stop ? block_at(g, row, stop, k) : (bf16_block){0, 0, 0, 0};
        multiply_block(g, &own, &next, g->splits_columns ? begin : 0, g->splits_columns ? end : panels);
    }
}
