// Filling, copying, sums and products of buffers, and the transpose.
#include "ckernels.h"
#include "elementwise.h"

CK_INLINE void fill_step(const elementwise *e, int64_t i, int64_t k) {
    vf x = v_splat(e->s);
    v_store(e->y + i, &x, k);
}
CK_RANGE(fill_range, elementwise, fill_step)

void ck_fill(float *y, float value, int64_t n) {
    elementwise e = {.y = y, .s = value};
    ck_parallel_for(fill_range, &e, n, LANES, 1);
}

static void copy_range(void *context, int64_t begin, int64_t end) {
    const elementwise *e = (const elementwise *)context;
    memcpy(e->y + begin, e->a + begin, (size_t)(end - begin) * sizeof(float));
}

void ck_copy(float *y, const float *x, int64_t n) {
    elementwise e = {.y = y, .a = x};
    ck_parallel_for(copy_range, &e, n, LANES, 1);
}

CK_INLINE void sum_of_two_step(const elementwise *e, int64_t i, int64_t k) {
    vf a, b;
    v_load(&a, e->a + i, k);
    v_load(&b, e->b + i, k);
    a += b;
    v_store(e->y + i, &a, k);
}
CK_RANGE(sum_of_two_range, elementwise, sum_of_two_step)

void ck_sum_of_two(float *y, const float *a, const float *b, int64_t n) {
    elementwise e = {.y = y, .a = a, .b = b};
    ck_parallel_for(sum_of_two_range, &e, n, LANES, 1);
}

CK_INLINE void add_step(const elementwise *e, int64_t i, int64_t k) {
    vf x;
    v_load(&x, e->a + i, k);
    v_put(e->y + i, &x, k, 1);
}
CK_RANGE(add_range, elementwise, add_step)

void ck_add(float *y, const float *x, int64_t n) {
    elementwise e = {.y = y, .a = x};
    ck_parallel_for(add_range, &e, n, LANES, 1);
}

CK_INLINE void scale_step(const elementwise *e, int64_t i, int64_t k) {
    vf x;
    v_load(&x, e->a + i, k);
    if (e->accumulate) {
        vf y;
        v_load(&y, e->y + i, k);
        x = v_fma(e->s, x, y);
    } else {
        x = e->s * x;
    }
    v_store(e->y + i, &x, k);
}
CK_RANGE(scale_range, elementwise, scale_step)

void ck_scale(float *y, float a, const float *x, int64_t n, int accumulate) {
    elementwise e = {.y = y, .a = x, .s = a, .accumulate = accumulate};
    ck_parallel_for(scale_range, &e, n, LANES, 1);
}

void ck_axpy(float *y, float a, const float *x, int64_t n) { ck_scale(y, a, x, n, 1); }

CK_INLINE void multiply_step(const elementwise *e, int64_t i, int64_t k) {
    vf a, b;
    v_load(&a, e->a + i, k);
    v_load(&b, e->b + i, k);
    if (e->accumulate) {
        vf y;
        v_load(&y, e->y + i, k);
        a = v_fma(a, b, y);
    } else {
        a = a * b;
    }
    v_store(e->y + i, &a, k);
}
CK_RANGE(multiply_range, elementwise, multiply_step)

void ck_multiply(float *y, const float *a, const float *b, int64_t n, int accumulate) {
    elementwise e = {.y = y, .a = a, .b = b, .accumulate = accumulate};
    ck_parallel_for(multiply_range, &e, n, LANES, 1);
}

// ---- transpose ---------------------------------------------------------------------------------

typedef struct {
    float *y;
    const float *x;
    int64_t rows, cols;
} transpose;

// Sixteen rows of sixteen, or fewer.
CK_INLINE void transpose_tile(const transpose *t, int64_t r, int64_t c, int64_t height,
                              int64_t breadth) {
    vf a[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
        a[i] = v_splat(0);
        if (i < height) v_load(&a[i], t->x + (r + i) * t->cols + c, breadth);
    }
    v_transpose(a);
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++)
        if (i < breadth) v_store(t->y + (c + i) * t->rows + r, &a[i], height);
}

// A range of columns of x, that is of rows of y.
CK_CLONES static void transpose_range(void *context, int64_t begin, int64_t end) {
    const transpose t = *(const transpose *)context;
    for (int64_t c = begin; c < end; c += LANES) {
        int64_t breadth = end - c < LANES ? end - c : LANES, r = 0;
        if (breadth == LANES)
            for (; r + LANES <= t.rows; r += LANES) transpose_tile(&t, r, c, LANES, LANES);
        for (; r < t.rows; r += LANES) {
            int64_t height = t.rows - r < LANES ? t.rows - r : LANES;
            for (int64_t i = 0; i < height; i++)
                for (int64_t j = 0; j < breadth; j++)
                    t.y[(c + j) * t.rows + r + i] = t.x[(r + i) * t.cols + c + j];
        }
    }
}

void ck_transpose(float *y, const float *x, int64_t rows, int64_t cols) {
    transpose t = {y, x, rows, cols};
    ck_parallel_for(transpose_range, &t, cols, LANES, rows);
}
