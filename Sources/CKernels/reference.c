// Scalar twins: rows, activations, softmax, losses, random numbers and optimizers.
#include "ckernels_reference.h"

#include <math.h>

void ck_reference_column_sum(double *out, const double *x, int64_t rows, int64_t cols,
                             int accumulate) {
    for (int64_t c = 0; c < cols; c++) {
        double sum = accumulate ? out[c] : 0;
        for (int64_t r = 0; r < rows; r++) sum += x[r * cols + c];
        out[c] = sum;
    }
}

void ck_reference_row_dot(double *out, const double *a, const double *b, int64_t rows,
                          int64_t cols, int accumulate) {
    for (int64_t r = 0; r < rows; r++) {
        double sum = accumulate ? out[r] : 0;
        for (int64_t c = 0; c < cols; c++) sum += a[r * cols + c] * b[r * cols + c];
        out[r] = sum;
    }
}

void ck_reference_scatter_add_rows(double *table, const double *x, const int32_t *index,
                                   int64_t rows, int64_t cols) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < cols; c++) table[index[r] * cols + c] += x[r * cols + c];
}

// ---- activations -------------------------------------------------------------------------------

double ck_reference_tanh(double x) { return tanh(x); }
double ck_reference_sigmoid(double x) { return 1 / (1 + exp(-x)); }
double ck_reference_relu(double x) { return x > 0 ? x : 0; }
double ck_reference_gelu(double x) { return x * 0.5 * erfc(-x * sqrt(0.5)); }

double ck_reference_tanh_slope(double x) { return 1 - tanh(x) * tanh(x); }
double ck_reference_sigmoid_slope(double x) {
    double y = ck_reference_sigmoid(x);
    return y * (1 - y);
}
double ck_reference_relu_slope(double x) { return x > 0 ? 1 : 0; }
double ck_reference_gelu_slope(double x) {
    return 0.5 * erfc(-x * sqrt(0.5)) + x * exp(-0.5 * x * x) / sqrt(2 * acos(-1.0));
}

// ---- softmax and losses ------------------------------------------------------------------------

static double log_sum_exp(const double *x, int64_t n) {
    double most = -INFINITY, sum = 0;
    for (int64_t c = 0; c < n; c++) most = x[c] > most ? x[c] : most;
    for (int64_t c = 0; c < n; c++) sum += exp(x[c] - most);
    return most + log(sum);
}

void ck_reference_log_softmax(double *y, const double *x, int64_t rows, int64_t cols) {
    for (int64_t r = 0; r < rows; r++) {
        double total = log_sum_exp(x + r * cols, cols);
        for (int64_t c = 0; c < cols; c++) y[r * cols + c] = x[r * cols + c] - total;
    }
}

void ck_reference_softmax(double *y, const double *x, int64_t rows, int64_t cols) {
    ck_reference_log_softmax(y, x, rows, cols);
    for (int64_t i = 0; i < rows * cols; i++) y[i] = exp(y[i]);
}

void ck_reference_softmax_backward(double *dx, const double *y, const double *dy, int64_t rows,
                                   int64_t cols) {
    for (int64_t r = 0; r < rows; r++, dx += cols, y += cols, dy += cols) {
        double mean = 0;
        for (int64_t c = 0; c < cols; c++) mean += y[c] * dy[c];
        for (int64_t c = 0; c < cols; c++) dx[c] = y[c] * (dy[c] - mean);
    }
}

void ck_reference_log_softmax_backward(double *dx, const double *y, const double *dy, int64_t rows,
                                       int64_t cols) {
    for (int64_t r = 0; r < rows; r++, dx += cols, y += cols, dy += cols) {
        double sum = 0;
        for (int64_t c = 0; c < cols; c++) sum += dy[c];
        for (int64_t c = 0; c < cols; c++) dx[c] = dy[c] - exp(y[c]) * sum;
    }
}

void ck_reference_cross_entropy(double *logits, double *log_likelihood, int32_t *best,
                                const int32_t *target, const double *row_gradient, int64_t rows,
                                int64_t cols) {
    for (int64_t r = 0; r < rows; r++) {
        double *x = logits + r * cols, total = log_sum_exp(x, cols);
        best[r] = 0;
        for (int64_t c = 1; c < cols; c++)
            if (x[c] > x[best[r]]) best[r] = (int32_t)c;
        log_likelihood[r] = x[target[r]] - total;
        if (!row_gradient) continue;
        for (int64_t c = 0; c < cols; c++)
            x[c] = row_gradient[r] * ((c == target[r]) - exp(x[c] - total));
    }
}

void ck_reference_bernoulli_log_likelihood(double *out, const double *logits, const double *target,
                                           int64_t rows, int64_t cols) {
    for (int64_t r = 0; r < rows; r++) {
        out[r] = 0;
        for (int64_t i = r * cols; i < (r + 1) * cols; i++)
            out[r] += target[i] * logits[i] - fmax(logits[i], 0) - log1p(exp(-fabs(logits[i])));
    }
}

void ck_reference_bernoulli_backward(double *dlogits, const double *logits, const double *target,
                                     const double *row_gradient, int64_t rows, int64_t cols) {
    for (int64_t i = 0; i < rows * cols; i++)
        dlogits[i] = row_gradient[i / cols] * (target[i] - ck_reference_sigmoid(logits[i]));
}

// ---- random numbers ----------------------------------------------------------------------------

void ck_reference_philox_bits(uint32_t *out, int64_t n, uint64_t key, uint64_t counter_high,
                              uint64_t first_block) {
    for (int64_t i = 0; i < n; i += 4) {
        uint64_t low = first_block + (uint64_t)i / 4;
        uint32_t c[4] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)counter_high,
                         (uint32_t)(counter_high >> 32)};
        uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
        for (int round = 0; round < 10; round++) {
            uint64_t p = (uint64_t)c[0] * 0xD2511F53u, q = (uint64_t)c[2] * 0xCD9E8D57u;
            c[0] = (uint32_t)(q >> 32) ^ c[1] ^ k[0];
            c[2] = (uint32_t)(p >> 32) ^ c[3] ^ k[1];
            c[1] = (uint32_t)q;
            c[3] = (uint32_t)p;
            k[0] += 0x9E3779B9u;
            k[1] += 0xBB67AE85u;
        }
        for (int j = 0; j < 4 && i + j < n; j++) out[i + j] = c[j];
    }
}

double ck_reference_uniform(uint32_t bits) { return ((double)(bits >> 9) + 0.5) * 0x1p-23; }

double ck_reference_gumbel(double uniform) { return -log(-log(uniform)); }

double ck_reference_normal(const double *uniforms, int64_t i) {
    int64_t pair = i - i % 2;
    double radius = sqrt(-2 * log(uniforms[pair])), angle = 2 * acos(-1.0) * uniforms[pair + 1];
    return radius * (i % 2 ? sin(angle) : cos(angle));
}

// ---- optimizers --------------------------------------------------------------------------------

void ck_reference_adam(double *w, double *m, double *v, const double *g, int64_t n, double rate,
                       double beta1, double beta2, double epsilon, double correction1,
                       double correction2, double l2, double decoupled_decay,
                       double gradient_scale) {
    for (int64_t i = 0; i < n; i++) {
        double gradient = gradient_scale * g[i] + l2 * w[i];
        m[i] = beta1 * m[i] + (1 - beta1) * gradient;
        v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
        double step = m[i] / correction1 / (sqrt(v[i] / correction2) + epsilon);
        w[i] -= rate * (step + decoupled_decay * w[i]);
    }
}

void ck_reference_sgd(double *w, double *m, const double *g, int64_t n, double rate,
                      double momentum, double l2, double gradient_scale) {
    for (int64_t i = 0; i < n; i++) {
        m[i] = momentum * m[i] + gradient_scale * g[i] + l2 * w[i];
        w[i] -= rate * m[i];
    }
}
