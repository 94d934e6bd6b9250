// One-to-one kernels: a step on up to sixteen elements becomes a range function and a parallel call.
#pragma once
#include "lanes.h"
#include "parallel.h"

typedef struct {
    float *y;
    const float *a, *b;
    float s;
    int accumulate;
} elementwise;

// Defines `name`, which runs step(args, first, count) over a range, for every processor level.
#define CK_RANGE(name, type, step)                                                                 \
    CK_CLONES static void name(void *context, int64_t begin, int64_t end) {                        \
        const type args = *(const type *)context;                                                  \
        int64_t i = begin;                                                                         \
        for (; i + LANES <= end; i += LANES) step(&args, i, LANES);                                \
        if (i < end) step(&args, i, end - i);                                                      \
    }
