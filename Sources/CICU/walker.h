// What `cicu_walker` holds.
#pragma once

#include "rules.h"

struct cicu_walker {
    cicu_rules *rules;
    const uint8_t *bytes;
    ptrdiff_t count;
    int is_last;
    int asks_icu;
    int attaches_spaces;
    ptrdiff_t told;      // the last end told, which is not the last boundary where a space moved
    ptrdiff_t position;  // the last boundary told
    ptrdiff_t place;     // how far the segment behind it was walked already,
    int32_t state;       // and the automaton's state there; 0 at the boundary itself
    ptrdiff_t *slots;    // of look-aheads
    // Ends in a dictionary run that are not told yet.
    const int32_t *pending;
    int64_t pending_count, pending_index;
    ptrdiff_t pending_start;
    int32_t pending_status;
    // Where blocks are worth asking again, and how long to wait after that.
    ptrdiff_t block_from, patience;
    cicu_reference reference;
    cicu_dictionary dictionary;
};

/// The caller's buffers.
typedef struct {
    ptrdiff_t *ends;
    int32_t *statuses;  // or NULL
    ptrdiff_t capacity, written;
} cicu_output;
