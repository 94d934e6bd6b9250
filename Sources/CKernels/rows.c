// Rows of a matrix: broadcasts, sums along rows and down columns, gathering and scattering.
#include "rows.h"
#include "bfloat16_round.h"
#include "ckernels.h"
#include "ckernels_bfloat16.h"

// y[r, :] = row, or += row
CK_CLONES static void broadcast_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        float *y = w.y + r * w.cols;
        FOR_LANES(c, k, w.cols) {
            vf x;
            v_load(&x, w.a + c, k);
            v_put(y + c, &x, k, w.accumulate);
        }
    }
}

void ck_add_row(float *y, const float *row, int64_t rows, int64_t cols) {
    rowwise w = {.y = y, .a = row, .cols = cols, .accumulate = 1};
    ck_parallel_for(broadcast_range, &w, rows, 1, cols);
}

void ck_set_rows(float *y, const float *row, int64_t rows, int64_t cols) {
    rowwise w = {.y = y, .a = row, .cols = cols, .accumulate = 0};
    ck_parallel_for(broadcast_range, &w, rows, 1, cols);
}

// Columns in blocks whose sums fit the first-level cache, each summed from the first row to the last,
// four rows at a visit.
enum { COLUMN_BLOCK = 2048, ROW_BLOCK = 4 };

CK_INLINE void add_rows(vf *sum, const float *x, int64_t rows, int64_t stride, int64_t n) {
    FOR_LANES(c, k, n) {
        vf s = sum[c / LANES];
#pragma clang loop unroll(full)
        for (int64_t r = 0; r < rows; r++) {
            vf v;
            v_load(&v, x + r * stride + c, k);
            s += v;
        }
        sum[c / LANES] = s;
    }
}

CK_CLONES static void column_sum_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t first = begin; first < end; first += COLUMN_BLOCK) {
        int64_t n = end - first < COLUMN_BLOCK ? end - first : COLUMN_BLOCK, r = 0;
        const float *x = w.a + first;
        vf sum[COLUMN_BLOCK / LANES];
        memset(sum, 0, sizeof sum);
        for (; r + ROW_BLOCK <= w.rows; r += ROW_BLOCK)
            add_rows(sum, x + r * w.cols, ROW_BLOCK, w.cols, n);
        for (; r < w.rows; r++) add_rows(sum, x + r * w.cols, 1, w.cols, n);
        FOR_LANES(c, k, n) v_put(w.y + first + c, &sum[c / LANES], k, w.accumulate);
    }
}

void ck_column_sum(float *out, const float *x, int64_t rows, int64_t cols, int accumulate) {
    rowwise w = {.y = out, .a = x, .rows = rows, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(column_sum_range, &w, cols, 2 * LANES, rows);
}

typedef struct {
    float *y;
    const uint16_t *x;
    int64_t rows, cols;
    int accumulate;
} bf16_columns;

CK_CLONES static void bf16_column_sum_range(void *context, int64_t begin, int64_t end) {
    const bf16_columns w = *(const bf16_columns *)context;
    for (int64_t first = begin; first < end; first += COLUMN_BLOCK) {
        int64_t n = end - first < COLUMN_BLOCK ? end - first : COLUMN_BLOCK;
        vf sum[COLUMN_BLOCK / LANES];
        memset(sum, 0, sizeof sum);
        for (int64_t r = 0; r < w.rows; r++) {
            FOR_LANES(c, k, n) {
                vf v;
                bf16_load(&v, w.x + r * w.cols + first + c, k);
                sum[c / LANES] += v;
            }
        }
        FOR_LANES(c, k, n) v_put(w.y + first + c, &sum[c / LANES], k, w.accumulate);
    }
}

void ck_bf16_column_sum(float *out, const uint16_t *x, int64_t rows, int64_t cols, int accumulate) {
    bf16_columns w = {out, x, rows, cols, accumulate};
    ck_parallel_for(bf16_column_sum_range, &w, cols, 2 * LANES, rows);
}

CK_CLONES static void row_sum_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        float s = row_dot(w.a + r * w.cols, 0, w.cols);
        w.y[r] = w.accumulate ? w.y[r] + s : s;
    }
}

void ck_row_sum(float *out, const float *x, int64_t rows, int64_t cols, int accumulate) {
    rowwise w = {.y = out, .a = x, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(row_sum_range, &w, rows, LANES, cols);
}

CK_CLONES static void row_dot_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        float s = row_dot(w.a + r * w.cols, w.b + r * w.cols, w.cols);
        w.y[r] = w.accumulate ? w.y[r] + s : s;
    }
}

void ck_row_dot(float *out, const float *a, const float *b, int64_t rows, int64_t cols,
                int accumulate) {
    rowwise w = {.y = out, .a = a, .b = b, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(row_dot_range, &w, rows, LANES, cols);
}

CK_CLONES static void scale_rows_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *a = w.a + r * w.cols;
        float *y = w.y + r * w.cols, s = w.b[r];
        FOR_LANES(c, k, w.cols) {
            vf x, old = v_splat(0);
            v_load(&x, a + c, k);
            if (w.accumulate) {
                v_load(&old, y + c, k);
                x = v_fma(s, x, old);
            } else {
                x *= s;
            }
            v_store(y + c, &x, k);
        }
    }
}

void ck_scale_rows(float *y, const float *s, const float *x, int64_t rows, int64_t cols,
                   int accumulate) {
    rowwise w = {.y = y, .a = x, .b = s, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(scale_rows_range, &w, rows, 1, cols);
}

CK_CLONES static void gather_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = begin; r < end; r++) {
        const float *a = w.a + (int64_t)w.index[r] * w.cols;
        float *y = w.y + r * w.cols;
        FOR_LANES(c, k, w.cols) {
            vf x;
            v_load(&x, a + c, k);
            v_put(y + c, &x, k, w.accumulate);
        }
    }
}

void ck_gather_rows(float *y, const float *table, const int32_t *index, int64_t rows, int64_t cols,
                    int accumulate) {
    rowwise w = {.y = y, .a = table, .index = index, .cols = cols, .accumulate = accumulate};
    ck_parallel_for(gather_range, &w, rows, 1, cols);
}

typedef struct {
    float *y;
    const float *x;
    int64_t y_stride, x_stride, cols;
    int accumulate;
} columns;

CK_CLONES static void copy_columns_range(void *context, int64_t begin, int64_t end) {
    const columns w = *(const columns *)context;
    for (int64_t r = begin; r < end; r++) {
        FOR_LANES(c, k, w.cols) {
            vf x;
            v_load(&x, w.x + r * w.x_stride + c, k);
            v_put(w.y + r * w.y_stride + c, &x, k, w.accumulate);
        }
    }
}

void ck_copy_columns(float *y, int64_t y_stride, const float *x, int64_t x_stride, int64_t rows,
                     int64_t cols, int accumulate) {
    columns w = {y, x, y_stride, x_stride, cols, accumulate};
    ck_parallel_for(copy_columns_range, &w, rows, 1, cols);
}

// A range of columns of every row, so that a table row is summed in row order by one thread.
CK_CLONES static void scatter_range(void *context, int64_t begin, int64_t end) {
    const rowwise w = *(const rowwise *)context;
    for (int64_t r = 0; r < w.rows; r++) {
        const float *a = w.a + r * w.cols + begin;
        float *y = w.y + (int64_t)w.index[r] * w.cols + begin;
        FOR_LANES(c, k, end - begin) {
            vf x;
            v_load(&x, a + c, k);
            v_put(y + c, &x, k, 1);
        }
    }
}

void ck_scatter_add_rows(float *table, const float *x, const int32_t *index, int64_t rows,
                         int64_t cols) {
    rowwise w = {.y = table, .a = x, .index = index, .rows = rows, .cols = cols};
    ck_parallel_for(scatter_range, &w, cols, 2 * LANES, rows);
}
