// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011), sixteen blocks at a time.
#pragma once
#include "lanes.h"

typedef uint64_t vul __attribute__((ext_vector_type(16)));

// Elements that sixteen blocks yield.
enum { PHILOX_BATCH = 64 };

CK_INLINE void philox_multiply(vu *high, vu *low, const vu *x, uint32_t by) {
    vul product = __builtin_convertvector(*x, vul) * (vul)(uint64_t)by;
    *high = __builtin_convertvector(product >> 32, vu);
    *low = __builtin_convertvector(product, vu);
}

// Fills 64 words: blocks block ... block + 15, four words each.
CK_INLINE void philox_batch(uint32_t *out, uint64_t key, uint64_t counter_high, uint64_t block) {
    vul low = __builtin_convertvector(v_iota, vul) + (vul)block;
    vu c0 = __builtin_convertvector(low, vu), c1 = __builtin_convertvector(low >> 32, vu);
    vu c2 = (vu)(uint32_t)counter_high, c3 = (vu)(uint32_t)(counter_high >> 32);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        vu high0, low0, high1, low1;
        philox_multiply(&high0, &low0, &c0, 0xD2511F53u);
        philox_multiply(&high1, &low1, &c2, 0xCD9E8D57u);
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    // Words of a block side by side: interleave (0, 2) and (1, 3), then the two results.
#define PHILOX_LOW(a, b)                                                                           \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define PHILOX_HIGH(a, b)                                                                          \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    vu even0 = PHILOX_LOW(c0, c2), even1 = PHILOX_HIGH(c0, c2);
    vu odd0 = PHILOX_LOW(c1, c3), odd1 = PHILOX_HIGH(c1, c3);
    vu words[4] = {PHILOX_LOW(even0, odd0), PHILOX_HIGH(even0, odd0), PHILOX_LOW(even1, odd1),
                   PHILOX_HIGH(even1, odd1)};
    memcpy(out, words, sizeof words);
#undef PHILOX_LOW
#undef PHILOX_HIGH
}

// (bits >> 9 + ½)·2⁻²³, exact.
CK_INLINE void v_uniform(vf *u, const uint32_t *bits) {
    vu b;
    memcpy(&b, bits, sizeof b);
    vi top = (vi)(b >> 9);
    *u = (__builtin_convertvector(top, vf) + 0.5f) * 1.1920928955078125e-7f;
}
