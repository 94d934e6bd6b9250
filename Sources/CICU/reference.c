// The plain path: the whole text becomes UTF-16, and `ubrk_next` is asked for every boundary.
#include "reference.h"

#include <pthread.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

/// Most bytes handed to ICU at once: its offsets have 32 bits, and a unit is at least one byte.
#define WINDOW (INT64_C(1) << 30)
/// Segments at the end of an unfinished window that what follows might change.
enum { DOUBTFUL = 16 };

void cicu_reference_free(cicu_reference *reference) {
    if (reference->iterator != NULL) ubrk_close(reference->iterator);
    free(reference->units);
    free(reference->widths);
    memset(reference, 0, sizeof *reference);
}

static void load_dictionaries(void) {
    static const UChar text[] = {0x4E00, 0x4E8C, 0x4E09, 0};
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", text, 3, &code);
    while (code <= 0 && ubrk_next(iterator) != UBRK_DONE) {}
    if (iterator != NULL) ubrk_close(iterator);
}

void cicu_load_dictionaries(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load_dictionaries);
}

int32_t cicu_reference_widen(cicu_reference *reference, const uint8_t *bytes, int64_t count) {
    if (count >= INT32_MAX) return U_INDEX_OUTOFBOUNDS_ERROR;
    if (!cicu_reserve(
            (void **)&reference->units, &reference->units_capacity, count + 1, sizeof(UChar))
        || !cicu_reserve(
            (void **)&reference->widths, &reference->widths_capacity, count + 1, 1)) {
        return U_MEMORY_ALLOCATION_ERROR;
    }
    UChar *units = reference->units;
    uint8_t *widths = reference->widths;
    int64_t length = 0, i = 0;
    // Most runs that are cut by dictionaries are nothing but characters of three bytes.
    for (; i + 3 <= count; i += 3) {
        uint32_t lead = bytes[i], second = bytes[i + 1] ^ 0x80u, third = bytes[i + 2] ^ 0x80u;
        uint32_t unit = (lead & 15) << 12 | second << 6 | third;
        if ((lead & 0xF0) != 0xE0 || second > 63 || third > 63 || unit < 0x800
            || U16_IS_SURROGATE(unit)) {
            break;
        }
        units[length] = (UChar)unit;
        widths[length++] = 3;
    }
    reference->triples = length;
    while (i < count) {
        if (bytes[i] < 0x80) {
            widths[length] = 1;
            units[length++] = bytes[i++];
            continue;
        }
        int64_t start = i;
        UChar32 scalar;
        U8_NEXT(bytes, i, count, scalar);
        if (scalar < 0) scalar = 0xFFFD;
        widths[length] = (uint8_t)(i - start);
        if (scalar <= 0xFFFF) {
            units[length++] = (UChar)scalar;
        } else {
            units[length++] = U16_LEAD(scalar);
            widths[length] = 0;
            units[length++] = U16_TRAIL(scalar);
        }
    }
    reference->unit_count = length;
    reference->unit = 0;
    reference->offset = 0;
    return 0;
}

int32_t cicu_reference_set(cicu_reference *reference, const uint8_t *bytes, int64_t count) {
    int32_t status = cicu_reference_widen(reference, bytes, count);
    if (status > 0) return status;
    UErrorCode code = U_ZERO_ERROR;
    ubrk_setText(
        reference->iterator, reference->units, (int32_t)reference->unit_count, &code);
    return code > 0 ? code : 0;
}

/// Where to stop in a window that does not end the text: at the last boundary after a line feed, or
/// else before the last segments.
static int64_t doubtless(cicu_reference *reference) {
    int32_t last[DOUBTFUL + 1] = {0};
    int64_t line = 0, count = 0;
    int32_t end;
    while ((end = ubrk_next(reference->iterator)) != UBRK_DONE) {
        last[count++ % (DOUBTFUL + 1)] = end;
        if (end < reference->unit_count && reference->units[end - 1] == 0x0A) line = end;
    }
    ubrk_first(reference->iterator);
    if (line > 0) return line;
    return count > DOUBTFUL ? last[(count - 1 - DOUBTFUL) % (DOUBTFUL + 1)] : 0;
}

ptrdiff_t cicu_reference_next(
    cicu_reference *reference, const uint8_t *bytes, ptrdiff_t count, int is_last,
    ptrdiff_t *position, ptrdiff_t *ends, int32_t *statuses, ptrdiff_t capacity, int32_t *status) {
    ptrdiff_t written = 0;
    while (written < capacity) {
        if (!reference->is_open) {
            if (*position >= count) break;
            int64_t size = count - *position, is_whole = size <= WINDOW;
            if (!is_whole) {
                for (size = WINDOW; size > WINDOW - 4; size--) {
                    if ((bytes[*position + size] & 0xC0) != 0x80) break;
                }
            }
            cicu_load_dictionaries();
            *status = cicu_reference_set(reference, bytes + *position, size);
            if (*status > 0) return -1;
            reference->base = *position;
            reference->stop = reference->unit_count;
            reference->is_open = 1;
            if (!is_whole || !is_last) {
                reference->stop = doubtless(reference);
                // A segment longer than a window is cut; one that may still grow is held back.
                if (reference->stop == 0 && !is_whole) reference->stop = reference->unit_count;
            }
        }
        int32_t end =
            reference->unit < reference->stop ? ubrk_next(reference->iterator) : UBRK_DONE;
        if (end == UBRK_DONE || end > reference->stop) {
            reference->is_open = 0;
            if (reference->unit == 0) break;
            if (!is_last && count - *position <= WINDOW) break;
            continue;
        }
        for (; reference->unit < end; reference->unit++) {
            reference->offset += reference->widths[reference->unit];
        }
        *position = reference->base + reference->offset;
        if (statuses != NULL) statuses[written] = ubrk_getRuleStatus(reference->iterator);
        ends[written++] = *position;
    }
    return written;
}
