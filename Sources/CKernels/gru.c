// One time step of a GRU: every gate of sixteen units in one pass, forward and backward.
#include "ckernels.h"
#include "lanes_math.h"
#include "parallel.h"

// Units of a row that one index of a range stands for: few rows are split across the width.
enum { GRU_BLOCK = 64 };

typedef struct {
    float *h, *gates, *hidden_n;
    const float *gi, *gc, *gh, *input_bias, *hidden_bias, *h_prev;
    const int32_t *index;  // the row of gi that a row reads, or none: its own
    int64_t previous_rows, width;
    int64_t ldh, ldp;  // from row to row of h and h_prev
} gru_forward;

CK_INLINE void forward_step(const gru_forward *g, int64_t row, int64_t c, int64_t k) {
    int64_t w = g->width, at = row * 3 * w + c;
    const float *gi = g->gi + (g->index ? g->index[row] : row) * 3 * w + c;
    int has_previous = row < g->previous_rows;
    vf gate[3], recurrent[3], x;
#pragma clang loop unroll(full)
    for (int j = 0; j < 3; j++) {
        v_load(&gate[j], gi + j * w, k);
        if (g->gc) {
            v_load(&x, g->gc + at + j * w, k);
            gate[j] += x;
        }
        v_load(&x, g->input_bias + j * w + c, k);
        gate[j] += x;
        v_load(&recurrent[j], g->hidden_bias + j * w + c, k);
        if (has_previous) {
            v_load(&x, g->gh + at + j * w, k);
            recurrent[j] += x;
        }
    }
    vf r = gate[0] + recurrent[0], z = gate[1] + recurrent[1];
    v_sigmoid(&r);
    v_sigmoid(&z);
    vf n = v_fma(r, recurrent[2], gate[2]);
    v_tanh(&n);
    vf previous = v_splat(0);
    if (has_previous) v_load(&previous, g->h_prev + row * g->ldp + c, k);
    vf h = v_fma(z, previous - n, n);
    v_store(g->h + row * g->ldh + c, &h, k);
    if (!g->gates) return;
    v_store(g->gates + at, &r, k);
    v_store(g->gates + at + w, &z, k);
    v_store(g->gates + at + 2 * w, &n, k);
    v_store(g->hidden_n + row * w + c, &recurrent[2], k);
}

typedef struct {
    float *dgi, *dgh, *dh_prev;
    const float *dh, *gates, *hidden_n, *h_prev;
    int64_t previous_rows, width;
} gru_backward;

CK_INLINE void backward_step(const gru_backward *g, int64_t row, int64_t c, int64_t k) {
    int64_t w = g->width, at = row * 3 * w + c, unit = row * w + c;
    int has_previous = row < g->previous_rows;
    vf r, z, n, hidden, dh, previous = v_splat(0);
    v_load(&r, g->gates + at, k);
    v_load(&z, g->gates + at + w, k);
    v_load(&n, g->gates + at + 2 * w, k);
    v_load(&hidden, g->hidden_n + unit, k);
    v_load(&dh, g->dh + unit, k);
    if (has_previous) v_load(&previous, g->h_prev + unit, k);
    vf dn = dh * (1.0f - z) * (1.0f - n * n);
    vf dz = dh * (previous - n) * (z * (1.0f - z));
    vf dr = dn * hidden * (r * (1.0f - r));
    vf dn_hidden = dn * r;
    v_store(g->dgi + at, &dr, k);
    v_store(g->dgi + at + w, &dz, k);
    v_store(g->dgi + at + 2 * w, &dn, k);
    v_store(g->dgh + at, &dr, k);
    v_store(g->dgh + at + w, &dz, k);
    v_store(g->dgh + at + 2 * w, &dn_hidden, k);
    if (has_previous) {
        vf direct = dh * z;
        v_store(g->dh_prev + unit, &direct, k);
    }
}

// Runs `step` over blocks begin ..< end of the grid rows × ⌈width / GRU_BLOCK⌉.
#define GRU_RANGE(name, type, step)                                                                \
    CK_CLONES static void name(void *context, int64_t begin, int64_t end) {                        \
        const type g = *(const type *)context;                                                     \
        int64_t blocks = (g.width + GRU_BLOCK - 1) / GRU_BLOCK;                                    \
        for (int64_t b = begin; b < end; b++) {                                                    \
            int64_t row = b / blocks, c = (b % blocks) * GRU_BLOCK;                                \
            int64_t stop = g.width - c < GRU_BLOCK ? g.width : c + GRU_BLOCK;                      \
            for (; c + LANES <= stop; c += LANES) step(&g, row, c, LANES);                         \
            if (c < stop) step(&g, row, c, stop - c);                                              \
        }                                                                                          \
    }

GRU_RANGE(forward_range, gru_forward, forward_step)
GRU_RANGE(backward_range, gru_backward, backward_step)

static int64_t block_count(int64_t rows, int64_t width) {
    return rows * ((width + GRU_BLOCK - 1) / GRU_BLOCK);
}

static void run_forward(gru_forward g, int64_t rows) {
    int64_t cost = 16 * (g.width < GRU_BLOCK ? g.width : GRU_BLOCK);
    ck_parallel_for(forward_range, &g, block_count(rows, g.width), 1, cost);
}

void ck_gru_forward(float *h, float *gates, float *hidden_n, const float *gi, const float *gc,
                    const float *gh, const float *input_bias, const float *hidden_bias,
                    const float *h_prev, int64_t rows, int64_t previous_rows, int64_t width) {
    gru_forward g = {h, gates, hidden_n, gi, gc, gh, input_bias, hidden_bias, h_prev, 0,
                     previous_rows, width, width, width};
    run_forward(g, rows);
}

void ck_gru_states(float *h, int64_t ldh, const float *gi, const int32_t *index, const float *gc,
                   const float *gh, const float *input_bias, const float *hidden_bias,
                   const float *h_prev, int64_t ldp, int64_t rows, int64_t previous_rows,
                   int64_t width) {
    gru_forward g = {h, 0, 0, gi, gc, gh, input_bias, hidden_bias, h_prev, index,
                     previous_rows, width, ldh, ldp};
    run_forward(g, rows);
}

void ck_gru_backward(float *dgi, float *dgh, float *dh_prev, const float *dh, const float *gates,
                     const float *hidden_n, const float *h_prev, int64_t rows,
                     int64_t previous_rows, int64_t width) {
    gru_backward g = {dgi, dgh, dh_prev, dh, gates, hidden_n, h_prev, previous_rows, width};
    int64_t cost = 8 * (width < GRU_BLOCK ? width : GRU_BLOCK);
    ck_parallel_for(backward_range, &g, block_count(rows, width), 1, cost);
}
