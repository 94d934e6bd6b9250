// Plain scalar twins of the kernels, in double precision: what each kernel means, loop by loop.
// Tests compare with them and take central differences of them. Arguments are those of the kernels
// in ckernels.h with `double` for `float`; where a kernel works in place, so does its twin.
// Kernels without arithmetic of their own (fill, copy, gather …) need no twin.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// ---- rows and columns
void ck_reference_column_sum(double *out, const double *x, int64_t rows, int64_t cols, int accumulate);
void ck_reference_row_dot(double *out, const double *a, const double *b, int64_t rows, int64_t cols, int accumulate);
void ck_reference_scatter_add_rows(double *table, const double *x, const int32_t *index, int64_t rows, int64_t cols);

// ---- activations
double ck_reference_tanh(double x);
double ck_reference_sigmoid(double x);
double ck_reference_relu(double x);
double ck_reference_gelu(double x);
// Derivatives by the input x.
double ck_reference_tanh_slope(double x);
double ck_reference_sigmoid_slope(double x);
double ck_reference_relu_slope(double x);
double ck_reference_gelu_slope(double x);

// ---- normalisation
void ck_reference_layer_norm(double *y, double *mean, double *rstd, const double *x, const double *gain, const double *bias,
                             int64_t rows, int64_t cols, double epsilon);
void ck_reference_layer_norm_backward(double *dx, double *dgain, double *dbias, const double *x, const double *mean,
                                      const double *rstd, const double *gain, const double *dy, int64_t rows,
                                      int64_t cols);

// ---- softmax and losses
void ck_reference_softmax(double *y, const double *x, int64_t rows, int64_t cols);
void ck_reference_log_softmax(double *y, const double *x, int64_t rows, int64_t cols);
void ck_reference_softmax_backward(double *dx, const double *y, const double *dy, int64_t rows, int64_t cols);
void ck_reference_log_softmax_backward(double *dx, const double *y, const double *dy, int64_t rows, int64_t cols);
void ck_reference_cross_entropy(double *logits, double *log_likelihood, int32_t *best, const int32_t *target,
                                const double *_Nullable row_gradient, int64_t rows, int64_t cols);
void ck_reference_bernoulli_log_likelihood(double *out, const double *logits, const double *target, int64_t rows, int64_t cols);
void ck_reference_bernoulli_backward(double *dlogits, const double *logits, const double *target,
                                     const double *row_gradient, int64_t rows, int64_t cols);

// ---- GRU
void ck_reference_gru_forward(double *h, double *gates, double *hidden_n, const double *gi, const double *_Nullable gc,
                              const double *gh, const double *input_bias, const double *hidden_bias,
                              const double *h_prev, int64_t rows, int64_t previous_rows, int64_t width);
void ck_reference_gru_backward(double *dgi, double *dgh, double *dh_prev, const double *dh, const double *gates,
                               const double *hidden_n, const double *h_prev, int64_t rows, int64_t previous_rows,
                               int64_t width);

// ---- LSTM
void ck_reference_lstm_forward(double *h, double *c, double *gates, const double *gi, const double *_Nullable gc,
                               const double *gh, const double *input_bias, const double *hidden_bias,
                               const double *c_prev, int64_t rows, int64_t previous_rows, int64_t width);
void ck_reference_lstm_backward(double *dgates, double *dc, const double *dh, const double *gates, const double *c,
                                const double *c_prev, int64_t rows, int64_t previous_rows, int64_t width);

// ---- attention
typedef struct {
    const double *queries;
    int64_t query_stride;
    const double *_Nullable keys, *_Nullable values;
    int64_t stride;
    const double *_Nullable memory_keys, *_Nullable memory_values;
    int64_t memory_stride, memory_count;
    const double *_Nullable cosines, *_Nullable sines;
    const int32_t *offset, *length;
    int64_t batch, heads, head_width;
    int is_causal;
} ck_reference_attention;
void ck_reference_attention_forward(const ck_reference_attention *a, double *context);
void ck_reference_swiglu(double *y, const double *x, int64_t rows, int64_t width);

// ---- attention pooling
void ck_reference_attention_pool(double *pooled, double *weights, const double *states, const double *scores,
                                 const int32_t *offset, const int32_t *length, int64_t batch, int64_t queries, int64_t width);
void ck_reference_attention_pool_backward(double *dstates, double *dscores, const double *states, const double *weights,
                                          const double *dpooled, const int32_t *offset, const int32_t *length,
                                          int64_t batch, int64_t queries, int64_t width);

void ck_reference_window_scores(double *scores, const double *centre, const double *log_width, const int32_t *offset,
                                const int32_t *length, int64_t batch, int64_t queries);
void ck_reference_window_scores_backward(double *dcentre, double *dlog_width, const double *dscores,
                                         const double *centre, const double *log_width, const int32_t *offset,
                                         const int32_t *length, int64_t batch, int64_t queries);

// ---- random numbers
void ck_reference_philox_bits(uint32_t *out, int64_t n, uint64_t key, uint64_t counter_high, uint64_t first_block);
double ck_reference_uniform(uint32_t bits);
double ck_reference_gumbel(double uniform);
// Element i of a stream of uniforms turned normal; reads the pair that i belongs to.
double ck_reference_normal(const double *uniforms, int64_t i);

// ---- optimizers
void ck_reference_adam(double *w, double *m, double *v, const double *g, int64_t n, double rate, double beta1, double beta2,
                       double epsilon, double correction1, double correction2, double l2, double decoupled_decay,
                       double gradient_scale);
void ck_reference_sgd(double *w, double *m, const double *g, int64_t n, double rate, double momentum, double l2,
                      double gradient_scale);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
