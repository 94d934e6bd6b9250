// Ranges of work on the OpenMP pool that oneDNN uses (libgomp), called without compiler support.
#pragma once
#include <stdint.h>

typedef void (*ck_range)(void *context, int64_t begin, int64_t end);

#if defined(__linux__)
extern void GOMP_parallel(void (*fn)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
#else
static inline int omp_get_max_threads(void) { return 1; }
#endif

// Elements of cheap work below which a second thread costs more than it brings.
enum { CK_GRAIN = 16384 };

typedef struct {
    ck_range range;
    void *context;
    int64_t count, unit;
} ck_split;

#if defined(__linux__)
// One thread's share: a run of whole units.
static inline void ck_run_share(void *data) {
    const ck_split *s = (const ck_split *)data;
    int64_t thread = omp_get_thread_num(), threads = omp_get_num_threads();
    int64_t units = (s->count + s->unit - 1) / s->unit;
    int64_t share = units / threads, left = units % threads;
    int64_t first = share * thread + (thread < left ? thread : left);
    int64_t begin = first * s->unit, end = (first + share + (thread < left)) * s->unit;
    if (end > s->count) end = s->count;
    if (begin < end) s->range(s->context, begin, end);
}
#endif

// Runs range(context, begin, end) over 0 ..< count, cut at multiples of `unit`, on as many threads
// as leave each at least CK_GRAIN elements; `cost` is the number of cheap elements one index
// stands for. The cuts must not reach the result.
static inline void ck_parallel_for(ck_range range, void *context, int64_t count, int64_t unit,
                                   int64_t cost) {
    if (count <= 0) return;
#if defined(__linux__)
    int64_t units = (count + unit - 1) / unit;
    int64_t threads = count * (cost > 0 ? cost : 1) / CK_GRAIN;
    if (threads > units) threads = units;
    if (threads > 1) {
        int64_t most = omp_get_max_threads();
        if (threads > most) threads = most;
    }
    if (threads > 1) {
        ck_split split = {range, context, count, unit};
        GOMP_parallel(ck_run_share, &split, (unsigned)threads, 0);
        return;
    }
#else
    (void)unit;
    (void)cost;
#endif
    range(context, 0, count);
}
