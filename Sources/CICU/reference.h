// Boundaries as ICU itself tells them.
#pragma once

#include <unicode/ubrk.h>

#include "cicu_internal.h"

/// One iterator over UTF-16, which is what ICU defines its boundaries on.
typedef struct {
    UBreakIterator *iterator;
    UChar *units;
    int64_t units_capacity, unit_count;
    uint8_t *widths;  // source bytes of each unit
    int64_t widths_capacity;
    int64_t triples;  // how many units at the beginning have three bytes each
    ptrdiff_t base;   // where in the text the buffer begins
    int64_t unit;     // units gone through
    ptrdiff_t offset; // bytes gone through
    int64_t stop;     // the boundary to stop at, in units
    int is_open;      // there is a buffer in progress
} cicu_reference;

void cicu_reference_free(cicu_reference *reference);

/// Turns `bytes` into UTF-16. Returns an ICU error or 0.
int32_t cicu_reference_widen(cicu_reference *reference, const uint8_t *bytes, int64_t count);

/// Widens `bytes` and sets them before the iterator. Returns an ICU error or 0.
int32_t cicu_reference_set(cicu_reference *reference, const uint8_t *bytes, int64_t count);

/// The next boundaries from `*position` on, which moves along. As `cicu_walker_next`.
ptrdiff_t cicu_reference_next(
    cicu_reference *reference, const uint8_t *bytes, ptrdiff_t count, int is_last,
    ptrdiff_t *position, ptrdiff_t *ends, int32_t *statuses, ptrdiff_t capacity, int32_t *status);

/// Loads ICU's dictionary of Chinese and Japanese. ICU treats some characters common to both and to
/// other scripts by it only if something has loaded it before: with this, always.
void cicu_load_dictionaries(void);
