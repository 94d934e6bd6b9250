// Scalar twins: the LSTM step, attention and the gated unit.
#include <math.h>

#include "ckernels_reference.h"

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

void ck_reference_lstm_forward(double *h, double *c, double *gates, const double *gi,
                               const double *gc, const double *gh, const double *input_bias,
                               const double *hidden_bias, const double *c_prev, int64_t rows,
                               int64_t previous_rows, int64_t width) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t unit = 0; unit < width; unit++) {
            double gate[4];
            for (int64_t j = 0; j < 4; j++) {
                int64_t at = (row * 4 + j) * width + unit;
                double x = gi[at] + (gc ? gc[at] : 0) + (row < previous_rows ? gh[at] : 0) +
                           input_bias[j * width + unit] + hidden_bias[j * width + unit];
                gates[at] = gate[j] = j == 2 ? tanh(x) : sigmoid(x);
            }
            double previous = row < previous_rows ? c_prev[row * width + unit] : 0;
            double cell = gate[1] * previous + gate[0] * gate[2];
            c[row * width + unit] = cell;
            h[row * width + unit] = gate[3] * tanh(cell);
        }
    }
}

void ck_reference_lstm_backward(double *dgates, double *dc, const double *dh, const double *gates,
                                const double *c, const double *c_prev, int64_t rows,
                                int64_t previous_rows, int64_t width) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t unit = 0; unit < width; unit++) {
            int64_t at = row * 4 * width + unit, state = row * width + unit;
            double i = gates[at], f = gates[at + width], g = gates[at + 2 * width];
            double o = gates[at + 3 * width], cell = tanh(c[state]);
            double previous = row < previous_rows ? c_prev[state] : 0;
            double d = dc[state] + dh[state] * o * (1 - cell * cell);
            dgates[at] = d * g * i * (1 - i);
            dgates[at + width] = d * previous * f * (1 - f);
            dgates[at + 2 * width] = d * i * (1 - g * g);
            dgates[at + 3 * width] = dh[state] * cell * o * (1 - o);
            dc[state] = d * f;
        }
    }
}

// Number `c` of a row of one head, rotated when there are angles.
static double rotated(const double *x, int64_t width, int64_t c, const double *cosines,
                      const double *sines) {
    if (!cosines) return x[c];
    int64_t half = width / 2, pair = c % half;
    double a = x[pair], b = x[pair + half];
    return c < half ? a * cosines[pair] - b * sines[pair] : b * cosines[pair] + a * sines[pair];
}

static const double *angles(const ck_reference_attention *a, const double *table, int64_t p) {
    return table ? table + p * (a->head_width / 2) : 0;
}

// The score of query row `q`, at `position`, with key `k` of sentence b.
static double score(const ck_reference_attention *a, int64_t b, int64_t head, const double *q,
                    int64_t position, int64_t k) {
    int64_t width = a->head_width, column = head * width;
    const double *key = k < a->memory_count
        ? a->memory_keys + (b * a->memory_count + k) * a->memory_stride + column
        : a->keys + (a->offset[k - a->memory_count] + b) * a->stride + column;
    double sum = 0;
    for (int64_t c = 0; c < width; c++)
        sum += rotated(q, width, c, angles(a, a->cosines, position),
                       angles(a, a->sines, position)) *
               rotated(key, width, c, angles(a, a->cosines, k), angles(a, a->sines, k));
    return sum / sqrt((double)width);
}

void ck_reference_attention_forward(const ck_reference_attention *a, double *context) {
    int64_t width = a->head_width;
    for (int64_t b = 0; b < a->batch; b++) {
        for (int64_t head = 0; head < a->heads; head++) {
            for (int64_t t = 0; t < a->length[b]; t++) {
                int64_t row = a->offset[t] + b;
                int64_t own = !a->keys ? 0 : a->is_causal ? t + 1 : a->length[b];
                int64_t keys = a->memory_count + own, position = a->memory_count + t;
                const double *q = a->queries + row * a->query_stride + head * width;
                double *out = context + (row * a->heads + head) * width, most = -INFINITY, sum = 0;
                for (int64_t k = 0; k < keys; k++)
                    most = fmax(most, score(a, b, head, q, position, k));
                for (int64_t k = 0; k < keys; k++)
                    sum += exp(score(a, b, head, q, position, k) - most);
                for (int64_t c = 0; c < width; c++) out[c] = 0;
                for (int64_t k = 0; k < keys; k++) {
                    double weight = exp(score(a, b, head, q, position, k) - most) / sum;
                    const double *value = k < a->memory_count
                        ? a->memory_values + (b * a->memory_count + k) * a->memory_stride
                        : a->values + (a->offset[k - a->memory_count] + b) * a->stride;
                    for (int64_t c = 0; c < width; c++) out[c] += weight * value[head * width + c];
                }
            }
        }
    }
}

void ck_reference_swiglu(double *y, const double *x, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = 0; c < width; c++) {
            double a = x[2 * r * width + c], b = x[(2 * r + 1) * width + c];
            y[r * width + c] = a * sigmoid(a) * b;
        }
    }
}
