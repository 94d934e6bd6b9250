// Rounding to bf16, by integer arithmetic: the bits of AVX512-BF16 on any processor.
#pragma once
#include "lanes.h"

// Rounds to the nearest bf16, ties to even, in the upper half; the lower half is undefined.
CK_INLINE void bf16_round(vu *word, const vf *x) {
    vu bits = (vu)*x, size = bits & 0x7fffffffu;
    vu rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    rounded = size > 0x7f800000u ? (bits | 0x400000u) : rounded;
    *word = size < 0x800000u ? (bits & 0x80000000u) : rounded;
}

// y = x in bf16, `count` (1 ... 16) numbers.
CK_INLINE void bf16_store(uint16_t *y, const vf *x, int64_t count) {
    typedef uint16_t half_words __attribute__((ext_vector_type(16)));
    vu word;
    bf16_round(&word, x);
    word >>= 16;
    half_words half = __builtin_convertvector(word, half_words);
    if (count == LANES)
        memcpy(y, &half, sizeof half);
    else
        memcpy(y, &half, (size_t)count * sizeof *y);
}

// Loads `count` (1 ... 16) bf16 numbers; the other lanes are 0.
CK_INLINE void bf16_load(vf *x, const uint16_t *p, int64_t count) {
    typedef uint16_t half_words __attribute__((ext_vector_type(16)));
    half_words half = (half_words)0;
    if (count == LANES)
        memcpy(&half, p, sizeof half);
    else
        memcpy(&half, p, (size_t)count * sizeof *p);
    vu word = __builtin_convertvector(half, vu);
    *x = (vf)(word << 16);
}
