// Sums of whole buffers in double precision, and the search for a non-finite element.
//
// A buffer is cut into chunks of fixed length; the chunks' results lie on the stack until they are
// put together in order, a batch of chunks at a time.
#include "ckernels.h"
#include "lanes.h"
#include "parallel.h"

enum { CHUNK = 8192, BATCH = 512 };

typedef struct {
    const float *x;
    int64_t n;
    double sum[BATCH];
    int64_t place[BATCH];
} chunks;

CK_INLINE int64_t chunk_end(const chunks *s, int64_t chunk) {
    return s->n - chunk * CHUNK < CHUNK ? s->n : (chunk + 1) * CHUNK;
}

CK_INLINE double chunk_sum(const float *x, int64_t n, int squares) {
    vd s[2] = {(vd)0.0, (vd)0.0};
    for (int64_t i = 0; i < n; i += LANES) {
        vf v;
        if (n - i >= LANES)
            v_load(&v, x + i, LANES);
        else
            v_load(&v, x + i, n - i);
        vd d = __builtin_convertvector(v, vd);
        s[(i / LANES) & 1] += squares ? d * d : d;
    }
    vd total = s[0] + s[1];
    return v_sum_double(&total);
}

CK_CLONES static void sum_range(void *context, int64_t begin, int64_t end) {
    chunks *s = (chunks *)context;
    for (int64_t c = begin; c < end; c++)
        s->sum[c] = chunk_sum(s->x + c * CHUNK, chunk_end(s, c) - c * CHUNK, 0);
}

CK_CLONES static void squares_range(void *context, int64_t begin, int64_t end) {
    chunks *s = (chunks *)context;
    for (int64_t c = begin; c < end; c++)
        s->sum[c] = chunk_sum(s->x + c * CHUNK, chunk_end(s, c) - c * CHUNK, 1);
}

CK_CLONES static void finite_range(void *context, int64_t begin, int64_t end) {
    chunks *s = (chunks *)context;
    for (int64_t c = begin; c < end; c++) {
        int64_t stop = chunk_end(s, c), n = stop - c * CHUNK;
        const float *x = s->x + c * CHUNK;
        vf seen = v_splat(0);
        for (int64_t i = 0; i < n; i += LANES) {
            vf v;
            if (n - i >= LANES)
                v_load(&v, x + i, LANES);
            else
                v_load(&v, x + i, n - i);
            seen += v - v;  // 0 while finite, NaN from then on
        }
        s->place[c] = -1;
        float sum = v_sum(&seen);
        if (sum == 0.0f) continue;
        int64_t i = 0;
        while (x[i] - x[i] == 0.0f) i++;
        s->place[c] = c * CHUNK + i;
    }
}

static int64_t batch_count(int64_t n) { return n <= 0 ? 0 : (n - 1) / ((int64_t)CHUNK * BATCH) + 1; }

// Runs `range` over the chunks of one batch and returns their number.
static int64_t run_batch(ck_range range, chunks *s, const float *x, int64_t n, int64_t batch) {
    int64_t first = batch * CHUNK * BATCH, most = (int64_t)CHUNK * BATCH;
    s->x = x + first;
    s->n = n - first < most ? n - first : most;
    int64_t count = (s->n + CHUNK - 1) / CHUNK;
    ck_parallel_for(range, s, count, 1, CHUNK);
    return count;
}

static double add_chunks(ck_range range, const float *x, int64_t n) {
    chunks s;
    double total = 0;
    for (int64_t batch = 0; batch < batch_count(n); batch++) {
        int64_t count = run_batch(range, &s, x, n, batch);
        for (int64_t c = 0; c < count; c++) total += s.sum[c];
    }
    return total;
}

double ck_sum_of_squares(const float *x, int64_t n) { return add_chunks(squares_range, x, n); }

double ck_sum(const float *x, int64_t n) { return add_chunks(sum_range, x, n); }

int64_t ck_first_non_finite(const float *x, int64_t n) {
    chunks s;
    for (int64_t batch = 0; batch < batch_count(n); batch++) {
        int64_t count = run_batch(finite_range, &s, x, n, batch);
        for (int64_t c = 0; c < count; c++)
            if (s.place[c] >= 0) return batch * CHUNK * BATCH + s.place[c];
    }
    return -1;
}
