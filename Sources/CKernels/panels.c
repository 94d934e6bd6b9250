// Products of floats on tiles of C that stay in registers, from panels of B that stream through the caches.
#include "ckernels_panels.h"

#include "lanes.h"
#include "parallel.h"

enum {
    PANEL = 32,        // columns of B side by side: two vectors
    TILE_ROWS = 12,    // 24 sums, two vectors of B and one of A in 32 registers
    SLICE = 768,       // terms that are summed in one or two parts
    CACHED = 1 << 16,  // numbers of B that stay close while the rows of A go by
};

typedef struct {
    float *c;
    const float *a, *b;
    int64_t ldc, lda, ldb;  // from row to row
    int64_t panel_stride;   // from panel to panel
    int64_t m, n, k;
    int accumulate, is_padded, splits_columns;
    int64_t group_a, group_b, group_c;  // from group to group
} product;

// The terms of the part of a sum over k that begins at `start`: the parts oneDNN makes.
CK_INLINE int64_t part_of_sum(int64_t k, int64_t start) {
    int64_t slice = start - start % SLICE, length = k - slice < SLICE ? k - slice : SLICE;
    int64_t first = length <= SLICE / 2 ? length : (length + 1) / 2;
    return start == slice ? first : length - first;
}

// A row of one or more panels.
CK_INLINE void load_row(vf *y, const float *b, int64_t panel_stride, int vectors) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v += 2, b += panel_stride) {
        y[v] = *(const vf_unaligned *)b;
        y[v + 1] = *(const vf_unaligned *)(b + LANES);
    }
}

// The rows first ..< first + rows of one to four panels of C.
CK_INLINE void tile(const product *p, int64_t first, int64_t panel, int rows, int panels) {
    int64_t columns = p->n - panel * PANEL, start = 0;
    const int vectors = 2 * panels;
    do {
        int64_t terms = part_of_sum(p->k, start);
        const float *a = p->a + first * p->lda + start;
        const float *b = p->b + panel * p->panel_stride + start * p->ldb;
        vf s[TILE_ROWS][8];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) s[r][v] = v_splat(0);
        if (p->is_padded || columns >= PANEL * panels) {
            for (int64_t t = 0; t < terms; t++, b += p->ldb) {
                vf y[8];
                load_row(y, b, p->panel_stride, vectors);
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) {
                    vf x = v_splat(a[r * p->lda + t]);
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; v++) s[r][v] = v_fma(x, y[v], s[r][v]);
                }
            }
        } else {
            for (int64_t t = 0; t < terms; t++, b += p->ldb) {
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) {
                    int64_t left = columns - v * LANES;
                    if (left <= 0) continue;
                    vf y;
                    v_load(&y, b + v * LANES, left < LANES ? left : LANES);
#pragma clang loop unroll(full)
                    for (int r = 0; r < rows; r++)
                        s[r][v] = v_fma(v_splat(a[r * p->lda + t]), y, s[r][v]);
                }
            }
        }
        int adds = p->accumulate || start > 0;
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float *c = p->c + (first + r) * p->ldc + panel * PANEL;
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) {
                int64_t left = columns - v * LANES;
                if (left > 0) v_put(c + v * LANES, &s[r][v], left < LANES ? left : LANES, adds);
            }
        }
        start += terms;
    } while (start < p->k);
}

#define TILE(name, rows, panels)                                                                   \
    CK_CLONES static void name##_##rows(const product *p, int64_t first, int64_t panel) {          \
        tile(p, first, panel, rows, panels);                                                       \
    }
TILE(tile, 1, 1) TILE(tile, 2, 1) TILE(tile, 3, 1) TILE(tile, 4, 1)
TILE(tile, 5, 1) TILE(tile, 6, 1) TILE(tile, 7, 1) TILE(tile, 8, 1)
TILE(tile, 9, 1) TILE(tile, 10, 1) TILE(tile, 11, 1) TILE(tile, 12, 1)
TILE(wide, 1, 4) TILE(wide, 2, 2) TILE(wide, 3, 2) TILE(wide, 4, 2)

// By number of rows.
typedef void (*tile_function)(const product *, int64_t, int64_t);
static const tile_function tiles[TILE_ROWS] = {tile_1, tile_2, tile_3, tile_4,  tile_5,  tile_6,
                                               tile_7, tile_8, tile_9, tile_10, tile_11, tile_12};
// With few rows several panels at a time keep the multipliers busy.
static const tile_function wide_tiles[] = {wide_1, wide_2, wide_3, wide_4};
static const int wide_panels[] = {4, 2, 2, 2};

static void multiply(const product *p, int64_t row, int64_t stop, int64_t begin, int64_t end) {
    int64_t near = CACHED / (PANEL * (p->k > 0 ? p->k : 1));
    if (near < 4) near = 4;
    for (; begin < end; begin += near) {
        int64_t until = end - begin < near ? end : begin + near;
        // Tiles of nearly equal height.
        int64_t count = (stop - row + TILE_ROWS - 1) / TILE_ROWS;
        for (int64_t i = 0, r = row; i < count; i++) {
            int64_t height = (stop - r) / (count - i), panel = begin;
            if (height <= 4) {
                int wide = wide_panels[height - 1];
                for (; panel + wide <= until && (panel + wide) * PANEL <= p->n; panel += wide)
                    wide_tiles[height - 1](p, r, panel);
            }
            for (; panel < until; panel++) tiles[height - 1](p, r, panel);
            r += height;
        }
    }
}

static void product_range(void *context, int64_t begin, int64_t end) {
    const product *p = (const product *)context;
    int64_t panels = (p->n + PANEL - 1) / PANEL;
    if (p->splits_columns)
        multiply(p, 0, p->m, begin, end);
    else
        multiply(p, begin, end, 0, panels);
}

// Cheap elements that one product of a row and a column stands for.
static int64_t cost_of(int64_t k) { return k / 16 + 1; }

// The same for a column of B and m rows: with few of them reading B is the work.
static int64_t panel_cost(int64_t m, int64_t k) {
    int64_t products = m * cost_of(k), reading = k / 4;
    return products > reading ? products : reading;
}

void ck_panels_product(float *c, int64_t ldc, const float *a, int64_t lda, const float *panels,
                       int64_t m, int64_t n, int64_t k, int accumulate) {
    if (m <= 0 || n <= 0) return;
    int64_t panel_count = (n + PANEL - 1) / PANEL;
    product p = {.c = c, .a = a, .b = panels, .ldc = ldc, .lda = lda, .ldb = PANEL,
                 .panel_stride = PANEL * k, .m = m, .n = n, .k = k, .accumulate = accumulate,
                 .is_padded = 1, .splits_columns = panel_count >= 8};
    if (p.splits_columns)
        ck_parallel_for(product_range, &p, panel_count, 1, PANEL * panel_cost(m, k));
    else
        ck_parallel_for(product_range, &p, m, TILE_ROWS, n * cost_of(k));
}

static void group_range(void *context, int64_t begin, int64_t end) {
    const product *all = (const product *)context;
    for (int64_t group = begin; group < end; group++) {
        product p = *all;
        p.a += group * p.group_a;
        p.b += group * p.group_b;
        p.c += group * p.group_c;
        multiply(&p, 0, p.m, 0, (p.n + PANEL - 1) / PANEL);
    }
}

void ck_grouped_product(float *c, const float *a, const float *b, int64_t m, int64_t groups,
                        int64_t n, int64_t k, int accumulate) {
    if (m <= 0 || n <= 0) return;
    product p = {.c = c, .a = a, .b = b, .ldc = groups * n, .lda = groups * k, .ldb = n,
                 .panel_stride = PANEL, .m = m, .n = n, .k = k, .accumulate = accumulate,
                 .group_a = k, .group_b = k * n, .group_c = n};
    ck_parallel_for(group_range, &p, groups, 1, m * n * cost_of(k));
}

typedef struct {
    float *y;
    const float *b;
    int64_t ldb, k, n;
} packing;

// The terms from t on of 16 columns, a term a vector.
CK_INLINE void load_block(vf *block, const packing *g, int64_t column, int64_t t, int64_t terms) {
    for (int i = 0; i < LANES; i++) {
        block[i] = v_splat(0);
        if (column + i < g->n) v_load(&block[i], g->b + (column + i) * g->ldb + t, terms);
    }
    v_transpose(block);
}

CK_CLONES static void pack_range(void *context, int64_t begin, int64_t end) {
    const packing g = *(const packing *)context;
    for (int64_t panel = begin; panel < end; panel++) {
        for (int64_t t = 0; t < g.k; t += LANES) {
            int64_t terms = g.k - t < LANES ? g.k - t : LANES;
            vf left[LANES], right[LANES];
            load_block(left, &g, panel * PANEL, t, terms);
            load_block(right, &g, panel * PANEL + LANES, t, terms);
            for (int64_t i = 0; i < terms; i++) {
                int64_t row = panel * g.k + t + i;
                v_store(g.y + row * PANEL, &left[i], LANES);
                v_store(g.y + row * PANEL + LANES, &right[i], LANES);
            }
        }
    }
}

void ck_panels_pack_transposed(float *panels, const float *b, int64_t ldb, int64_t k, int64_t n) {
    packing g = {panels, b, ldb, k, n};
    ck_parallel_for(pack_range, &g, (n + PANEL - 1) / PANEL, 1, PANEL * k);
}

int64_t ck_panels_count(int64_t k, int64_t n) { return (n + PANEL - 1) / PANEL * PANEL * k; }

int ck_panels_are_fast(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}
