// Packed sequences: the rows of time step `time` are offset[time] ..< rows_end.
#pragma once
#include "rows.h"

CK_INLINE int64_t rows_end(const int32_t *offset, int64_t times, int64_t time, int64_t tokens) {
    return time + 1 < times ? offset[time + 1] : tokens;
}
