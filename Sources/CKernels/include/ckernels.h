// Fused elementwise, reduction, recurrent, sampling and optimizer kernels on float buffers.
//
// Conventions. Matrices are row-major and dense: x[rows, cols]. `accumulate` 0 overwrites the output,
// 1 adds to it. Outputs may alias an input only where a comment says so. Every kernel runs on the
// OpenMP pool (the one oneDNN uses) when the work is worth it, and gives the same bits for any
// number of threads: elementwise work is split, reductions run in a fixed order.
// Each kernel is compiled for x86-64-v4, -v3 and the baseline and dispatched at load time.
// `ck_reference_*` twins (ckernels_reference.h) are the plain scalar forms that tests compare with.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// ---- memory and arithmetic ---------------------------------------------------------------------
void ck_fill(float *y, float value, int64_t n);
void ck_copy(float *y, const float *x, int64_t n);
void ck_sum_of_two(float *y, const float *a, const float *b, int64_t n);    // y = a + b
void ck_add(float *y, const float *x, int64_t n);                           // y += x
void ck_axpy(float *y, float a, const float *x, int64_t n);                 // y += a·x
void ck_scale(float *y, float a, const float *x, int64_t n, int accumulate); // y (+)= a·x; may alias
void ck_multiply(float *y, const float *a, const float *b, int64_t n, int accumulate); // y (+)= a·b
void ck_transpose(float *y, const float *x, int64_t rows, int64_t cols);    // y[cols, rows] = xᵀ

// ---- rows and columns --------------------------------------------------------------------------
void ck_add_row(float *y, const float *row, int64_t rows, int64_t cols);    // y[r, :] += row
void ck_set_rows(float *y, const float *row, int64_t rows, int64_t cols);   // y[r, :]  = row
void ck_column_sum(float *out, const float *x, int64_t rows, int64_t cols, int accumulate);
void ck_row_sum(float *out, const float *x, int64_t rows, int64_t cols, int accumulate);
void ck_row_dot(float *out, const float *a, const float *b, int64_t rows, int64_t cols, int accumulate);
// y[r, :] (+)= s[r] · x[r, :]; may alias when not accumulating
void ck_scale_rows(float *y, const float *s, const float *x, int64_t rows, int64_t cols, int accumulate);
// y[r, 0 ..< cols] (+)= x[r, 0 ..< cols] between matrices whose rows lie y_stride and x_stride apart
void ck_copy_columns(float *y, int64_t y_stride, const float *x, int64_t x_stride, int64_t rows, int64_t cols,
                     int accumulate);
// y[r, :] (+)= table[index[r], :]
void ck_gather_rows(float *y, const float *table, const int32_t *index, int64_t rows, int64_t cols, int accumulate);
// table[index[r], :] += x[r, :], rows in increasing order for each table row (deterministic)
void ck_scatter_add_rows(float *table, const float *x, const int32_t *index, int64_t rows, int64_t cols);

void ck_exp(float *y, const float *x, int64_t n);                           // may alias
void ck_log(float *y, const float *x, int64_t n);                           // may alias; log 0 = −∞

// ---- activations (dx (+)= dy · f′, given the output y for tanh, sigmoid, relu and the input x for gelu)
void ck_tanh(float *y, const float *x, int64_t n);                          // may alias
void ck_sigmoid(float *y, const float *x, int64_t n);                       // may alias
void ck_relu(float *y, const float *x, int64_t n);                          // may alias
void ck_gelu(float *y, const float *x, int64_t n);                          // exact, with erf
void ck_tanh_backward(float *dx, const float *y, const float *dy, int64_t n, int accumulate);
void ck_sigmoid_backward(float *dx, const float *y, const float *dy, int64_t n, int accumulate);
void ck_relu_backward(float *dx, const float *y, const float *dy, int64_t n, int accumulate);
void ck_gelu_backward(float *dx, const float *x, const float *dy, int64_t n, int accumulate);
// y[r, :] = silu(a)·b for rows x[r] = (a, b), each of `width` numbers; silu a = a·σ(a)
void ck_swiglu(float *y, const float *x, int64_t rows, int64_t width);
void ck_swiglu_backward(float *dx, const float *x, const float *dy, int64_t rows, int64_t width, int accumulate);

// ---- normalisation -----------------------------------------------------------------------------
// y = (x − mean)·rstd·gain + bias; mean[rows], rstd[rows] are saved. rstd = 1/√(variance + epsilon).
void ck_layer_norm(float *y, float *mean, float *rstd, const float *x, const float *gain, const float *bias,
                   int64_t rows, int64_t cols, float epsilon);
// The same of rows [x[r], scale·table[index[r]]], with nothing saved: y[rows, x_cols + table_cols].
void ck_layer_norm_joined(float *y, const float *x, int64_t x_cols, const float *table, const int32_t *index,
                          int64_t table_cols, float scale, const float *gain, const float *bias, int64_t rows,
                          float epsilon);
// dx (+)= …; dgain and dbias (+)= column sums.
void ck_layer_norm_backward(float *dx, float *dgain, float *dbias, const float *x, const float *mean,
                            const float *rstd, const float *gain, const float *dy, int64_t rows, int64_t cols,
                            int accumulate_dx, int accumulate_parameters);

// ---- softmax and losses ------------------------------------------------------------------------
void ck_softmax(float *y, const float *x, int64_t rows, int64_t cols);      // may alias
void ck_log_softmax(float *y, const float *x, int64_t rows, int64_t cols);  // may alias
// dx (+)= y·(dy − ⟨y, dy⟩), row by row: the softmax Jacobian J(y)·dy
void ck_softmax_backward(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols, int accumulate);
// dx (+)= dy − exp(y)·Σdy, y = log-softmax
void ck_log_softmax_backward(float *dx, const float *y, const float *dy, int64_t rows, int64_t cols, int accumulate);
// Per row: log_likelihood[r] = log softmax(logits[r])[target[r]], best[r] = first index of the largest logit.
// When row_gradient is given, logits are overwritten by the gradient
//   row_gradient[r] · (onehot(target[r]) − softmax(logits[r]))   (row_gradient = ∂loss/∂log_likelihood).
// log-sum-exp is accumulated in a fixed order; finite for any finite logits.
void ck_cross_entropy(float *logits, float *log_likelihood, int32_t *best, const int32_t *target,
                      const float *_Nullable row_gradient, int64_t rows, int64_t cols);
// out[r] = Σ_c t·l − log(1 + eˡ), the Bernoulli log-likelihood with logits l, targets t in [0, 1]; stable for any l
void ck_bernoulli_log_likelihood(float *out, const float *logits, const float *target, int64_t rows, int64_t cols);
// dlogits (+)= row_gradient[r]·(t − sigmoid(l))
void ck_bernoulli_backward(float *dlogits, const float *logits, const float *target, const float *row_gradient,
                           int64_t rows, int64_t cols, int accumulate);

// ---- GRU, one time step ------------------------------------------------------------------------
// PyTorch's cell, gates in the order r, z, n:
//   r = σ(gi_r + b_r + gh_r), z = σ(gi_z + b_z + gh_z) with b = input_bias + hidden_bias,
//   n = tanh(gi_n + input_bias_n + r·(gh_n + hidden_bias_n)),  h = (1 − z)·n + z·h_prev.
// gi[rows, 3H] input products, gc[rows, 3H] optional second input product added to gi (a condition constant in time),
// gh[previous_rows, 3H] and h_prev[previous_rows, H]: rows ≥ previous_rows start from a zero state (gh = h_prev = 0).
// Saved for the backward pass: gates[rows, 3H] = (r, z, n) and hidden_n[rows, H] = gh_n + hidden_bias_n.
void ck_gru_forward(float *h, float *gates, float *hidden_n, const float *gi, const float *_Nullable gc,
                    const float *gh, const float *input_bias, const float *hidden_bias,
                    const float *h_prev, int64_t rows, int64_t previous_rows, int64_t width);
// The same states with nothing saved: row r reads row index[r] of gi, or row r without an index; the rows of h lie ldh
// apart, those of h_prev ldp.
void ck_gru_states(float *h, int64_t ldh, const float *gi, const int32_t *_Nullable index, const float *_Nullable gc,
                   const float *gh, const float *input_bias, const float *hidden_bias,
                   const float *h_prev, int64_t ldp, int64_t rows, int64_t previous_rows, int64_t width);
// dh[rows, H] is the gradient of h. Writes dgi[rows, 3H] (gradient of gi, gc and input_bias),
// dgh[rows, 3H] (gradient of gh and hidden_bias; differs in the n part by the factor r) and
// dh_prev[previous_rows, H] = dh·z (the direct path; the caller adds dgh·W).
void ck_gru_backward(float *dgi, float *dgh, float *dh_prev, const float *dh, const float *gates,
                     const float *hidden_n, const float *h_prev, int64_t rows, int64_t previous_rows, int64_t width);

// ---- LSTM, one time step -----------------------------------------------------------------------
// PyTorch's cell, gates in the order i, f, g, o, each gi + gc + gh + input_bias + hidden_bias:
//   i, f, o = σ(…), g = tanh(…),  c = f·c_prev + i·g,  h = o·tanh c.
// Arguments as for the GRU; rows ≥ previous_rows start from a zero state (gh = c_prev = 0).
// Saved for the backward pass: c[rows, H] and gates[rows, 4H] = (i, f, g, o).
void ck_lstm_forward(float *h, float *c, float *gates, const float *gi, const float *_Nullable gc,
                     const float *gh, const float *input_bias, const float *hidden_bias,
                     const float *c_prev, int64_t rows, int64_t previous_rows, int64_t width);
// dh[rows, H] is the gradient of h, dc[rows, H] what reaches c from later steps. Writes dgates[rows, 4H], the gradient
// of gi, gc, gh and both biases, and puts the gradient of c_prev into dc (the caller adds dgates·W to dh_prev).
void ck_lstm_backward(float *dgates, float *dc, const float *dh, const float *gates, const float *c,
                      const float *c_prev, int64_t rows, int64_t previous_rows, int64_t width);

// ---- multi-head attention over packed sequences ------------------------------------------------
// Queries are the tokens of a packed batch (below). A query of sentence b sees `memory_count` rows of memory that its
// sentence has, at b·memory_count + p, and then, when `keys` is given, its sentence's tokens: all of them or, when
// causal, those up to itself. Per head with n keys: context = softmax(q·Kᵀ/√head_width)·V.
// Row r of head h starts at r·stride + h·head_width; head_width is even. Where cosines and sines are given
// ([memory_count + longest, head_width/2]), queries and keys are rotated (Su et al. 2021) by the angles of their
// position: memory p at p, token t at memory_count + t.
typedef struct {
    const float *queries;
    int64_t query_stride;
    const float *_Nullable keys, *_Nullable values;
    int64_t stride;
    const float *_Nullable memory_keys, *_Nullable memory_values;
    int64_t memory_stride, memory_count;
    const float *_Nullable cosines, *_Nullable sines;
    const int32_t *offset, *length;
    int64_t batch, heads, head_width;
    int is_causal;
} ck_attention;
// Where gradients go: laid out as what they are the gradients of.
typedef struct {
    float *queries, *_Nullable keys, *_Nullable values, *_Nullable memory_keys, *_Nullable memory_values;
    int accumulate_tokens, accumulate_memory_keys, accumulate_memory_values;
} ck_attention_gradients;
// Floats of scratch that a call wants.
int64_t ck_attention_forward_workspace(const ck_attention *a);
int64_t ck_attention_backward_workspace(const ck_attention *a);
// context[N, heads·head_width]; log_sums[N, heads] = log Σ exp of the scores, saved for the backward pass.
void ck_attention_forward(const ck_attention *a, float *context, float *log_sums, float *workspace);
void ck_attention_backward(const ck_attention *a, const ck_attention_gradients *d, const float *context,
                           const float *log_sums, const float *dcontext, float *workspace);

// ---- the same, one token per sequence at a time ------------------------------------------------
// Keys and values of earlier tokens: [rows, heads, ck_attention_cache_size(head_width, capacity)] floats.
typedef struct {
    float *storage;
    int64_t rows, heads, head_width, capacity;
} ck_attention_cache;
int64_t ck_attention_cache_size(int64_t head_width, int64_t capacity);
// Copies a cache to one of the same rows and heads and no less capacity.
void ck_attention_cache_copy(const ck_attention_cache *to, const ck_attention_cache *from);
// Puts the key and value of one more token of each row, at keys + r·stride + h·head_width, at place `position`; cosines
// and sines[head_width/2] are the angles of that position.
void ck_attention_append(const ck_attention_cache *cache, const float *keys, const float *values, int64_t stride,
                         int64_t position, const float *_Nullable cosines, const float *_Nullable sines);
// Puts `count` keys and values of each row, [rows, count, heads·head_width] each, at the places from 0 on, without positions.
void ck_attention_fill(const ck_attention_cache *cache, const float *keys, const float *values, int64_t count);
int64_t ck_attention_step_workspace(const ck_attention_cache *cache);
// context[rows, heads·head_width] of one query a row over the first `count` keys: the bits of ck_attention_forward.
void ck_attention_step(const ck_attention_cache *cache, float *context, const float *queries, int64_t stride,
                       int64_t count, const float *_Nullable cosines, const float *_Nullable sines, float *workspace);

// ---- attention pooling over packed sequences ---------------------------------------------------
// A packed batch holds its tokens time-major: the row of sentence b at time t is offset[t] + b; sentences are sorted
// by decreasing length, so sentence b has length[b] tokens and at time t the sentences 0 ..< rows_t are alive.
// weights[N, D] = softmax over the tokens of each sentence of scores[N, D], for each query d;
// pooled[B, D, H] = Σ_t weights[t, d]·states[t, :].
void ck_attention_pool(float *pooled, float *weights, const float *states, const float *scores,
                       const int32_t *offset, const int32_t *length, int64_t batch, int64_t queries, int64_t width);
// The same with the layer norm of each row of pooled in its place.
void ck_attention_pool_normalized(float *pooled, float *weights, const float *states, const float *scores,
                                  const float *gain, const float *bias, const int32_t *offset,
                                  const int32_t *length, int64_t batch, int64_t queries, int64_t width,
                                  float epsilon);
// dstates[N, H] (+)=, dscores[N, D] is overwritten.
void ck_attention_pool_backward(float *dstates, float *dscores, const float *states, const float *weights,
                                const float *dpooled, const int32_t *offset, const int32_t *length,
                                int64_t batch, int64_t queries, int64_t width, int accumulate);

// Windows of attention pooling: token t of a sentence of T tokens stands at x = (t + 1/2)/T, and
// scores[n, d] −= ½·((x_n − centre[d])/exp(log_width[d]))². `times` is the number of time steps, `tokens` = N.
void ck_window_scores(float *scores, const float *centre, const float *log_width, const int32_t *offset,
                      const int32_t *length, int64_t times, int64_t tokens, int64_t queries);
void ck_window_scores_backward(float *dcentre, float *dlog_width, const float *dscores, const float *centre,
                               const float *log_width, const int32_t *offset, const int32_t *length, int64_t times,
                               int64_t tokens, int64_t queries, int accumulate);

// Step t of a sentence of exp(log_length) tokens stands at x = (t + 1/2)/exp(log_length), told by
// y[n] = √2·(cos f_0 x, sin f_0 x, cos f_1 x, …): packed rows, of which the first step is step `first`.
void ck_pace(float *y, const float *log_length, const float *frequency, const int32_t *offset, int64_t steps,
             int64_t rows, int64_t first, int64_t count);

// ---- random numbers: Philox 4x32-10 (Salmon et al. 2011) ---------------------------------------
// Element i of a stream is lane i mod 4 of the block with counter (low: first_block + i/4, high: counter_high)
// and the 64-bit key; lanes in increasing order, 32 bits each.
void ck_philox_bits(uint32_t *out, int64_t n, uint64_t key, uint64_t counter_high, uint64_t first_block);
// Uniform in the open interval (0, 1): (bits >> 9 + 0.5)·2⁻²³, never 0 and never 1.
void ck_philox_uniform(float *out, int64_t n, uint64_t key, uint64_t counter_high, uint64_t first_block);
// Standard Gumbel −log(−log u), finite.
void ck_philox_gumbel(float *out, int64_t n, uint64_t key, uint64_t counter_high, uint64_t first_block);
// Standard normal by Box–Muller on the uniform pairs (u₂ᵢ, u₂ᵢ₊₁).
void ck_philox_normal(float *out, int64_t n, uint64_t key, uint64_t counter_high, uint64_t first_block);
// y (+)= x·keep/(1 − rate) with keep_i = [u_i ≥ rate], u the uniform stream; may alias when not accumulating.
void ck_dropout(float *y, const float *x, int64_t n, float rate, uint64_t key, uint64_t counter_high, int accumulate);
// index[r] drawn from softmax(logits[r]) by the Gumbel-max rule with the given noise[rows, cols]; first maximum wins.
void ck_argmax_sum(int32_t *index, const float *logits, const float *_Nullable noise, int64_t rows, int64_t cols);

// ---- optimizers --------------------------------------------------------------------------------
// g' = gradient_scale·g (+ l2·w when not decoupled); m, v moments; w −= rate·(m̂/(√v̂ + epsilon) + decoupled_decay·w)
// with m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ) given as correction1 = 1−β₁ᵗ, correction2 = 1−β₂ᵗ.
void ck_adam(float *w, float *m, float *v, const float *g, int64_t n, float rate, float beta1, float beta2,
             float epsilon, float correction1, float correction2, float l2, float decoupled_decay, float gradient_scale);
// m = momentum·m + gradient_scale·g + l2·w;  w −= rate·m
void ck_sgd(float *w, float *m, const float *g, int64_t n, float rate, float momentum, float l2, float gradient_scale);
// Σx², partial sums of fixed chunks in double, added in order.
double ck_sum_of_squares(const float *x, int64_t n);
double ck_sum(const float *x, int64_t n);
// Index of the first element that is NaN or infinite, or −1.
int64_t ck_first_non_finite(const float *x, int64_t n);

// ---- threads -----------------------------------------------------------------------------------
int ck_thread_count(void);   // of the shared OpenMP pool

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
