// Tiles of up to 12 rows by two vectors: 24 sums keep the multipliers of AVX-512 busy, and fill its registers. With
// fewer registers the tiles are lower; the sums run in the same order.
#include "small_product.h"

#include "lanes.h"

enum { MOST_ROWS = 12, MOST_ROWS_OF_16_REGISTERS = 4 };

typedef struct {
    float *c;
    const float *a, *b;
    int64_t c_row, a_row, a_inner, b_row, inner;
    int accumulate;
} small_tile;

// For constant `rows` and `vectors`: all sums in registers.
CK_INLINE void run_tile(const small_tile *t, const int rows, const int vectors) {
    vf sum[MOST_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            sum[r][v] = v_splat(0);
            if (t->accumulate) v_load(&sum[r][v], t->c + r * t->c_row + v * LANES, LANES);
        }
    }
    const float *a = t->a, *b = t->b;
    const int64_t a_row = t->a_row;
    for (int64_t i = 0; i < t->inner; i++, a += t->a_inner, b += t->b_row) {
        vf x[2];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) v_load(&x[v], b + v * LANES, LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float weight = a[r * a_row];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[r][v] = v_fma(weight, x[v], sum[r][v]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) v_store(t->c + r * t->c_row + v * LANES, &sum[r][v], LANES);
    }
}

#define TILE(rows)                                                                                                \
    CK_CLONES static void narrow_##rows(const small_tile *t) { run_tile(t, rows, 1); }                            \
    CK_CLONES static void wide_##rows(const small_tile *t) { run_tile(t, rows, 2); }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)

#define TILES(name)                                                                                               \
    {name##1, name##2, name##3, name##4, name##5, name##6, name##7, name##8, name##9, name##10, name##11, name##12}

static int64_t most_rows(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") ? MOST_ROWS : MOST_ROWS_OF_16_REGISTERS;
#else
    return MOST_ROWS_OF_16_REGISTERS;
#endif
}

void ck_small_product(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t a_inner, const float *b,
                      int64_t b_row, int64_t rows, int64_t inner, int64_t columns, int accumulate) {
    static void (*const tiles[2][MOST_ROWS])(const small_tile *) = {TILES(narrow_), TILES(wide_)};
    small_tile t = {.c_row = c_row, .a_row = a_row, .a_inner = a_inner, .b_row = b_row, .inner = inner,
                    .accumulate = accumulate};
    int64_t count = (rows + most_rows() - 1) / most_rows();
    // A strip of b stays in the first cache for all rows.
    for (int64_t column = 0; column < columns;) {
        int is_wide = column + 2 * LANES <= columns;
        t.b = b + column;
        for (int64_t i = 0, r = 0; i < count; i++) {
            int64_t height = (rows - r) / (count - i);
            t.a = a + r * a_row;
            t.c = c + r * c_row + column;
            tiles[is_wide][height - 1](&t);
            r += height;
        }
        column += is_wide ? 2 * LANES : LANES;
    }
}
