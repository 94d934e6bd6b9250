// ICU as its manual says to use it: what our own loop is held against.
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

enum { PLAIN_GRAPHEMES = 0, PLAIN_WORDS = 1 };

/// What one pass over a text took and found.
typedef struct {
    double seconds;       // of `ubrk_next` and `ubrk_getRuleStatus` alone, the best of `rounds`
    int64_t segments;
    uint64_t checksum;    // of ends (in UTF-16 units) and statuses
} plain_pass;

/// Goes over UTF-8 text that is turned into UTF-16 first, which is not timed.
plain_pass plain_icu_pass(int32_t kind, const uint8_t *bytes, int64_t count, int32_t rounds);

#pragma clang assume_nonnull end
