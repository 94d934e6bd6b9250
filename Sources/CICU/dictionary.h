// Words in scripts that are written without spaces, by ICU's dictionaries.
#pragma once

#include "cutter.h"
#include "reference.h"
#include "tables.h"

/// One run remembered: its bytes, and behind them the ends found in it.
typedef struct {
    uint64_t hash;
    uint32_t offset;  // into the arena
    uint16_t length, end_count;  // length 0: free
} cicu_memory;

enum { CICU_SHORT_BYTES = 40, CICU_SHORT_ENDS = 22, CICU_SHORT_RUNS = 1 << 12 };

/// A short run and its ends in one cache line.
typedef struct {
    uint8_t length, end_count;  // length 0: free
    uint8_t ends[CICU_SHORT_ENDS], bytes[CICU_SHORT_BYTES];
} cicu_short_run;

/// Cuts runs and remembers short ones by their raw bytes. One per walker.
typedef struct {
    cicu_reference reference;
    cicu_memory *memories;
    int32_t memory_count;
    uint8_t *arena;
    int64_t arena_used;
    cicu_short_run *short_runs;  // of South-East Asia: the last seen of each slot
    int32_t *ends;
    int64_t ends_capacity;
    // Our own cutter, or ICU for every run.
    const cicu_tables *tables;
    const cicu_lexicon *lexicon;  // NULL: ask ICU
    cicu_cutter cutter;
    uint8_t *is_dictionary;  // of each unit
    int64_t units_capacity;
} cicu_dictionary;

/// An iterator whose only rule takes everything, over the same dictionary characters as `tables`:
/// what ICU does with such a run is all it does. NULL with `status` set on failure.
UBreakIterator *cicu_dictionary_iterator(const cicu_tables *tables, int32_t *status);

void cicu_dictionary_free(cicu_dictionary *dictionary);

/// The ends in a run, the last of which is `count`; valid until the next call. Returns their number,
/// or -1 with `status` set.
int64_t cicu_dictionary_cut(
    cicu_dictionary *dictionary, const uint8_t *bytes, int64_t count, const int32_t **ends,
    int32_t *status);
