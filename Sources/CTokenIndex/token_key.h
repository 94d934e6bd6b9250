// Pieces of text as two words, and where to look for them.
#pragma once

#include "ctoken_index.h"

#include <string.h>

/// Nothing longer is a token: a length is one byte of a key.
enum { CTOKEN_LONGEST_TOKEN = 255 };

/// Pieces looked up together: each step is taken for all of them before the next, so that the
/// processor waits for many keys at the same time.
enum { GROUP = 64 };

/// The first eight bytes, lowest first on any processor.
static inline uint64_t load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline uint64_t mixed(uint64_t left, uint64_t right) {
    __uint128_t product = (__uint128_t)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/// The upper bits are the hash.
static inline uint64_t hash_of(ctoken_key key) {
    return (key.low ^ key.high * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xA0761D6478BD642F);
}

/// What of sixteen bytes is a key, by length, and the last byte; zeros where the length is more than a
/// key's.
typedef struct {
    uint64_t low, high, number, unused;
} part;
#define FULL UINT64_MAX
#define LOW(n) (FULL >> (64 - 8 * (n)))
#define PART(low, high, length) {low, high, UINT64_C(length) << 56, 0}
static const part parts[CTOKEN_LONGEST + 2] = {
    PART(0, 0, 0), PART(LOW(1), 0, 1), PART(LOW(2), 0, 2), PART(LOW(3), 0, 3),
    PART(LOW(4), 0, 4), PART(LOW(5), 0, 5), PART(LOW(6), 0, 6), PART(LOW(7), 0, 7),
    PART(FULL, 0, 8), PART(FULL, LOW(1), 9), PART(FULL, LOW(2), 10), PART(FULL, LOW(3), 11),
    PART(FULL, LOW(4), 12), PART(FULL, LOW(5), 13), PART(FULL, LOW(6), 14), PART(FULL, LOW(7), 15),
    PART(0, 0, 0)};
#undef PART
#undef LOW
#undef FULL

/// The key of a piece behind which sixteen bytes can be read; zeros if it is too long to be its own.
static inline ctoken_key wide_key(const uint8_t *bytes, ptrdiff_t count) {
    const part *p = parts + (count > CTOKEN_LONGEST ? CTOKEN_LONGEST + 1 : count);
    return (ctoken_key){load(bytes) & p->low, (load(bytes + 8) & p->high) | p->number};
}

static inline ctoken_key short_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    if (readable > CTOKEN_LONGEST) return wide_key(bytes, count);
    ctoken_key key = {0, (uint64_t)count << 56};
    for (ptrdiff_t i = 0; i < count; i++) {
        uint64_t byte = (uint64_t)bytes[i] << (8 * (i & 7));
        if (i < 8) {
            key.low |= byte;
        } else {
            key.high |= byte;
        }
    }
    return key;
}

/// The key of a piece too long to be its own.
static inline ctoken_key long_key(const uint8_t *bytes, ptrdiff_t count) {
    uint64_t hash = UINT64_C(0xE7037ED1A0B428DB);
    for (ptrdiff_t i = 0; i < count; i += 8) {
        hash = mixed(hash ^ load(bytes + (i + 8 <= count ? i : count - 8)),
                     UINT64_C(0x9E3779B97F4A7C15));
    }
    return (ctoken_key){hash, (uint64_t)count << 56 | (hash >> 8)};
}

static inline ctoken_key key_of(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    return count <= CTOKEN_LONGEST ? short_key(bytes, count, readable) : long_key(bytes, count);
}
