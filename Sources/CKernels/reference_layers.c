// Scalar twins: layer normalisation, the GRU step and attention pooling.
#include <math.h>

#include "ckernels_reference.h"

void ck_reference_layer_norm(double *y, double *mean, double *rstd, const double *x,
                             const double *gain, const double *bias, int64_t rows, int64_t cols,
                             double epsilon) {
    for (int64_t r = 0; r < rows; r++, x += cols, y += cols) {
        double sum = 0, squares = 0;
        for (int64_t c = 0; c < cols; c++) sum += x[c];
        mean[r] = sum / (double)cols;
        for (int64_t c = 0; c < cols; c++) squares += (x[c] - mean[r]) * (x[c] - mean[r]);
        rstd[r] = 1 / sqrt(squares / (double)cols + epsilon);
        for (int64_t c = 0; c < cols; c++) y[c] = (x[c] - mean[r]) * rstd[r] * gain[c] + bias[c];
    }
}

void ck_reference_layer_norm_backward(double *dx, double *dgain, double *dbias, const double *x,
                                      const double *mean, const double *rstd, const double *gain,
                                      const double *dy, int64_t rows, int64_t cols) {
    for (int64_t c = 0; c < cols; c++) dgain[c] = dbias[c] = 0;
    for (int64_t r = 0; r < rows; r++, x += cols, dx += cols, dy += cols) {
        double mean_g = 0, mean_gx = 0;
        for (int64_t c = 0; c < cols; c++) {
            double normal = (x[c] - mean[r]) * rstd[r], g = dy[c] * gain[c];
            dgain[c] += dy[c] * normal;
            dbias[c] += dy[c];
            mean_g += g / (double)cols;
            mean_gx += g * normal / (double)cols;
        }
        for (int64_t c = 0; c < cols; c++) {
            double normal = (x[c] - mean[r]) * rstd[r];
            dx[c] = rstd[r] * (dy[c] * gain[c] - mean_g - normal * mean_gx);
        }
    }
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

void ck_reference_gru_forward(double *h, double *gates, double *hidden_n, const double *gi,
                              const double *gc, const double *gh, const double *input_bias,
                              const double *hidden_bias, const double *h_prev, int64_t rows,
                              int64_t previous_rows, int64_t width) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t c = 0; c < width; c++) {
            double in[3], rec[3];
            for (int64_t j = 0; j < 3; j++) {
                int64_t at = row * 3 * width + j * width + c;
                in[j] = gi[at] + (gc ? gc[at] : 0) + input_bias[j * width + c];
                rec[j] = (row < previous_rows ? gh[at] : 0) + hidden_bias[j * width + c];
            }
            double r = sigmoid(in[0] + rec[0]), z = sigmoid(in[1] + rec[1]);
            double n = tanh(in[2] + r * rec[2]);
            double previous = row < previous_rows ? h_prev[row * width + c] : 0;
            gates[row * 3 * width + c] = r;
            gates[row * 3 * width + width + c] = z;
            gates[row * 3 * width + 2 * width + c] = n;
            hidden_n[row * width + c] = rec[2];
            h[row * width + c] = (1 - z) * n + z * previous;
        }
    }
}

void ck_reference_gru_backward(double *dgi, double *dgh, double *dh_prev, const double *dh,
                               const double *gates, const double *hidden_n, const double *h_prev,
                               int64_t rows, int64_t previous_rows, int64_t width) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t c = 0; c < width; c++) {
            int64_t at = row * 3 * width + c, unit = row * width + c;
            double r = gates[at], z = gates[at + width], n = gates[at + 2 * width];
            double previous = row < previous_rows ? h_prev[unit] : 0;
            double dn = dh[unit] * (1 - z) * (1 - n * n);
            dgi[at] = dgh[at] = dn * hidden_n[unit] * r * (1 - r);
            dgi[at + width] = dgh[at + width] = dh[unit] * (previous - n) * z * (1 - z);
            dgi[at + 2 * width] = dn;
            dgh[at + 2 * width] = dn * r;
            if (row < previous_rows) dh_prev[unit] = dh[unit] * z;
        }
    }
}

void ck_reference_attention_pool(double *pooled, double *weights, const double *states,
                                 const double *scores, const int32_t *offset,
                                 const int32_t *length, int64_t batch, int64_t queries,
                                 int64_t width) {
    for (int64_t b = 0; b < batch; b++) {
        for (int64_t d = 0; d < queries; d++) {
            double most = -INFINITY, sum = 0, *out = pooled + (b * queries + d) * width;
            for (int64_t t = 0; t < length[b]; t++)
                most = fmax(most, scores[(offset[t] + b) * queries + d]);
            for (int64_t t = 0; t < length[b]; t++)
                sum += exp(scores[(offset[t] + b) * queries + d] - most);
            for (int64_t c = 0; c < width; c++) out[c] = 0;
            for (int64_t t = 0; t < length[b]; t++) {
                int64_t token = offset[t] + b;
                double weight = exp(scores[token * queries + d] - most) / sum;
                weights[token * queries + d] = weight;
                for (int64_t c = 0; c < width; c++) out[c] += weight * states[token * width + c];
            }
        }
    }
}

void ck_reference_attention_pool_backward(double *dstates, double *dscores, const double *states,
                                          const double *weights, const double *dpooled,
                                          const int32_t *offset, const int32_t *length,
                                          int64_t batch, int64_t queries, int64_t width) {
    for (int64_t b = 0; b < batch; b++) {
        for (int64_t t = 0; t < length[b]; t++)
            for (int64_t c = 0; c < width; c++) dstates[(offset[t] + b) * width + c] = 0;
        for (int64_t d = 0; d < queries; d++) {
            const double *g = dpooled + (b * queries + d) * width;
            double mean = 0;
            for (int64_t t = 0; t < length[b]; t++) {
                int64_t token = offset[t] + b;
                double weight = weights[token * queries + d], dot = 0;
                for (int64_t c = 0; c < width; c++) {
                    dot += g[c] * states[token * width + c];
                    dstates[token * width + c] += weight * g[c];
                }
                dscores[token * queries + d] = dot;
                mean += weight * dot;
            }
            for (int64_t t = 0; t < length[b]; t++) {
                double *score = dscores + (offset[t] + b) * queries + d;
                *score = weights[(offset[t] + b) * queries + d] * (*score - mean);
            }
        }
    }
}

void ck_reference_window_scores(double *scores, const double *centre, const double *log_width,
                                const int32_t *offset, const int32_t *length, int64_t batch,
                                int64_t queries) {
    for (int64_t b = 0; b < batch; b++)
        for (int64_t t = 0; t < length[b]; t++)
            for (int64_t d = 0; d < queries; d++) {
                double z = ((t + 0.5) / length[b] - centre[d]) / exp(log_width[d]);
                scores[(offset[t] + b) * queries + d] -= z * z / 2;
            }
}

void ck_reference_window_scores_backward(double *dcentre, double *dlog_width,
                                         const double *dscores, const double *centre,
                                         const double *log_width, const int32_t *offset,
                                         const int32_t *length, int64_t batch, int64_t queries) {
    for (int64_t d = 0; d < queries; d++) {
        dcentre[d] = dlog_width[d] = 0;
        for (int64_t b = 0; b < batch; b++)
            for (int64_t t = 0; t < length[b]; t++) {
                double width = exp(log_width[d]), z = ((t + 0.5) / length[b] - centre[d]) / width;
                double g = dscores[(offset[t] + b) * queries + d];
                dcentre[d] += g * z / width;
                dlog_width[d] += g * z * z;
            }
    }
}
