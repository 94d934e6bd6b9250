// Shared by the C files of this target only.
#pragma once

#include <stdlib.h>
#include <string.h>
#include <unicode/utypes.h>

#include "cicu.h"

/// Makes `*buffer` hold at least `wanted` items. Contents are kept. Returns 0 when out of memory.
static inline int cicu_reserve(void **buffer, int64_t *capacity, int64_t wanted, size_t size) {
    if (wanted <= *capacity && *buffer != NULL) return 1;
    int64_t grown = *capacity + *capacity / 2;
    if (grown < wanted) grown = wanted;
    if (grown < 256) grown = 256;
    void *moved = realloc(*buffer, (size_t)grown * size);
    if (moved == NULL) return 0;
    *buffer = moved;
    *capacity = grown;
    return 1;
}

/// Length of the ASCII prefix.
static inline int64_t cicu_ascii_prefix(const uint8_t *bytes, int64_t count) {
    int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        uint64_t words[4];
        memcpy(words, bytes + i, 32);
        if ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ull) break;
    }
    while (i < count && bytes[i] < 0x80) i++;
    return i;
}

/// Whether a character with the White_Space property begins here, where `readable` bytes stand.
static inline int cicu_begins_white_space(const uint8_t *bytes, ptrdiff_t readable) {
    uint32_t first = bytes[0], second = readable > 1 ? bytes[1] : 0, third = readable > 2 ? bytes[2] : 0;
    if (first < 0x80) return first == 0x20 || (first >= 0x09 && first <= 0x0D);
    if (first == 0xC2) return second == 0x85 || second == 0xA0;
    uint32_t scalar = (first & 15) << 12 | (second & 63) << 6 | (third & 63);
    if (first < 0xE1 || first > 0xE3 || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) return 0;
    return scalar == 0x1680 || (scalar >= 0x2000 && scalar <= 0x200A) || scalar == 0x2028
        || scalar == 0x2029 || scalar == 0x202F || scalar == 0x205F || scalar == 0x3000;
}
