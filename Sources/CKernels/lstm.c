// One time step of an LSTM: every gate of sixteen units in one pass, forward and backward.
#include "ckernels.h"
#include "lanes_math.h"
#include "parallel.h"

// Units of a row that one index of a range stands for: few rows are split across the width.
enum { LSTM_BLOCK = 64 };

typedef struct {
    float *h, *c, *gates;
    const float *gi, *gc, *gh, *input_bias, *hidden_bias, *c_prev;
    int64_t previous_rows, width;
} lstm_forward;

CK_INLINE void forward_step(const lstm_forward *s, int64_t row, int64_t at, int64_t k) {
    int64_t w = s->width, first = row * 4 * w + at;
    int has_previous = row < s->previous_rows;
    vf gate[4], x;
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
        v_load(&gate[j], s->gi + first + j * w, k);
        if (s->gc) {
            v_load(&x, s->gc + first + j * w, k);
            gate[j] += x;
        }
        v_load(&x, s->input_bias + j * w + at, k);
        gate[j] += x;
        v_load(&x, s->hidden_bias + j * w + at, k);
        if (has_previous) {
            vf recurrent;
            v_load(&recurrent, s->gh + first + j * w, k);
            x += recurrent;
        }
        gate[j] += x;
    }
    v_sigmoid(&gate[0]);
    v_sigmoid(&gate[1]);
    v_tanh(&gate[2]);
    v_sigmoid(&gate[3]);
    vf cell = gate[0] * gate[2];
    if (has_previous) {
        v_load(&x, s->c_prev + row * w + at, k);
        cell = v_fma(gate[1], x, cell);
    }
    v_store(s->c + row * w + at, &cell, k);
    v_tanh(&cell);
    vf h = gate[3] * cell;
    v_store(s->h + row * w + at, &h, k);
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) v_store(s->gates + first + j * w, &gate[j], k);
}

typedef struct {
    float *dgates, *dc;
    const float *dh, *gates, *c, *c_prev;
    int64_t previous_rows, width;
} lstm_backward;

CK_INLINE void backward_step(const lstm_backward *s, int64_t row, int64_t at, int64_t k) {
    int64_t w = s->width, first = row * 4 * w + at, unit = row * w + at;
    vf i, f, g, o, cell, dh, dc, previous = v_splat(0);
    v_load(&i, s->gates + first, k);
    v_load(&f, s->gates + first + w, k);
    v_load(&g, s->gates + first + 2 * w, k);
    v_load(&o, s->gates + first + 3 * w, k);
    v_load(&cell, s->c + unit, k);
    v_load(&dh, s->dh + unit, k);
    v_load(&dc, s->dc + unit, k);
    if (row < s->previous_rows) v_load(&previous, s->c_prev + unit, k);
    v_tanh(&cell);
    dc = v_fma(dh * o, 1.0f - cell * cell, dc);
    vf di = dc * g * (i * (1.0f - i));
    vf df = dc * previous * (f * (1.0f - f));
    vf dg = dc * i * (1.0f - g * g);
    vf dout = dh * cell * (o * (1.0f - o));
    v_store(s->dgates + first, &di, k);
    v_store(s->dgates + first + w, &df, k);
    v_store(s->dgates + first + 2 * w, &dg, k);
    v_store(s->dgates + first + 3 * w, &dout, k);
    dc *= f;
    v_store(s->dc + unit, &dc, k);
}

// Runs `step` over blocks begin ..< end of the grid rows × ⌈width / LSTM_BLOCK⌉.
#define LSTM_RANGE(name, type, step)                                                               \
    CK_CLONES static void name(void *context, int64_t begin, int64_t end) {                        \
        const type s = *(const type *)context;                                                     \
        int64_t blocks = (s.width + LSTM_BLOCK - 1) / LSTM_BLOCK;                                  \
        for (int64_t b = begin; b < end; b++) {                                                    \
            int64_t row = b / blocks, at = (b % blocks) * LSTM_BLOCK;                              \
            int64_t stop = s.width - at < LSTM_BLOCK ? s.width : at + LSTM_BLOCK;                  \
            for (; at + LANES <= stop; at += LANES) step(&s, row, at, LANES);                      \
            if (at < stop) step(&s, row, at, stop - at);                                           \
        }                                                                                          \
    }

LSTM_RANGE(forward_range, lstm_forward, forward_step)
LSTM_RANGE(backward_range, lstm_backward, backward_step)

static int64_t block_count(int64_t rows, int64_t width) {
    return rows * ((width + LSTM_BLOCK - 1) / LSTM_BLOCK);
}

void ck_lstm_forward(float *h, float *c, float *gates, const float *gi, const float *gc,
                     const float *gh, const float *input_bias, const float *hidden_bias,
                     const float *c_prev, int64_t rows, int64_t previous_rows, int64_t width) {
    lstm_forward s = {h, c, gates, gi, gc, gh, input_bias, hidden_bias, c_prev, previous_rows,
                      width};
    int64_t cost = 24 * (width < LSTM_BLOCK ? width : LSTM_BLOCK);
    ck_parallel_for(forward_range, &s, block_count(rows, width), 1, cost);
}

void ck_lstm_backward(float *dgates, float *dc, const float *dh, const float *gates,
                      const float *c, const float *c_prev, int64_t rows, int64_t previous_rows,
                      int64_t width) {
    lstm_backward s = {dgates, dc, dh, gates, c, c_prev, previous_rows, width};
    int64_t cost = 16 * (width < LSTM_BLOCK ? width : LSTM_BLOCK);
    ck_parallel_for(backward_range, &s, block_count(rows, width), 1, cost);
}
