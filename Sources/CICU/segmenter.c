// Text boundaries: bytes are widened to UTF-16, which is what ICU defines its boundaries on.
#include <unicode/ubrk.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "cicu_internal.h"

struct cicu_segmenter {
    UBreakIterator *iterator;
    UChar *units;
    int64_t units_capacity;
    uint8_t *widths;  // source bytes of each unit
    int64_t widths_capacity;
};

static cicu_segmenter *wrap(UBreakIterator *iterator, int32_t *status) {
    if (*status > 0 || iterator == NULL) {
        if (iterator != NULL) ubrk_close(iterator);
        if (*status <= 0) *status = U_INTERNAL_PROGRAM_ERROR;
        return NULL;
    }
    *status = 0;  // a warning ("locale fell back to root") is no failure
    cicu_segmenter *segmenter = calloc(1, sizeof *segmenter);
    if (segmenter == NULL) {
        ubrk_close(iterator);
        *status = U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    segmenter->iterator = iterator;
    return segmenter;
}

cicu_segmenter *cicu_open(int32_t kind, const char *locale, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    UBreakIteratorType type = kind == CICU_CHARACTERS ? UBRK_CHARACTER : UBRK_WORD;
    UBreakIterator *iterator = ubrk_open(type, locale, NULL, 0, &code);
    *status = code;
    return wrap(iterator, status);
}

cicu_segmenter *cicu_open_rules(
    const char *rules, int32_t length, int32_t *line, int32_t *column, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    UParseError place = {0};
    UChar *text = malloc(((size_t)length + 1) * sizeof *text);
    if (text == NULL) {
        *status = U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    for (int32_t i = 0; i < length; i++) text[i] = (uint8_t)rules[i];
    text[length] = 0;
    UBreakIterator *iterator = ubrk_openRules(text, length, NULL, 0, &place, &code);
    free(text);
    *line = place.line;
    *column = place.offset;
    *status = code;
    return wrap(iterator, status);
}

cicu_segmenter *cicu_clone(const cicu_segmenter *source, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_clone(source->iterator, &code);
    *status = code;
    return wrap(iterator, status);
}

void cicu_close(cicu_segmenter *segmenter) {
    if (segmenter == NULL) return;
    ubrk_close(segmenter->iterator);
    free(segmenter->units);
    free(segmenter->widths);
    free(segmenter);
}

/// Widens UTF-8 to UTF-16 and notes how many source bytes each unit stands for.
static int64_t widen(
    const uint8_t *bytes, int64_t ascii, int64_t count, UChar *units, uint8_t *widths) {
    for (int64_t i = 0; i < ascii; i++) units[i] = bytes[i];
    memset(widths, 1, (size_t)ascii);
    int64_t length = ascii;
    for (int64_t i = ascii; i < count;) {
        int64_t start = i;
        UChar32 scalar;
        U8_NEXT(bytes, i, count, scalar);
        uint8_t width = (uint8_t)(i - start);
        if (scalar < 0) scalar = 0xFFFD;
        widths[length] = width;
        if (scalar <= 0xFFFF) {
            units[length++] = (UChar)scalar;
        } else {
            units[length++] = U16_LEAD(scalar);
            widths[length] = 0;
            units[length++] = U16_TRAIL(scalar);
        }
    }
    return length;
}

int64_t cicu_segment(
    cicu_segmenter *segmenter, const uint8_t *bytes, int64_t count, int32_t *ends,
    int32_t *status) {
    *status = 0;
    if (count <= 0) return 0;
    if (count >= INT64_C(1) << 30) {
        *status = U_INDEX_OUTOFBOUNDS_ERROR;
        return -1;
    }
    int64_t ascii = cicu_ascii_prefix(bytes, count);
    if (!cicu_reserve((void **)&segmenter->units, &segmenter->units_capacity, count, sizeof(UChar))
        || (ascii < count
            && !cicu_reserve(
                (void **)&segmenter->widths, &segmenter->widths_capacity, count, 1))) {
        *status = U_MEMORY_ALLOCATION_ERROR;
        return -1;
    }
    int64_t length = count;
    if (ascii == count) {
        for (int64_t i = 0; i < count; i++) segmenter->units[i] = bytes[i];
    } else {
        length = widen(bytes, ascii, count, segmenter->units, segmenter->widths);
    }

    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *iterator = segmenter->iterator;
    ubrk_setText(iterator, segmenter->units, (int32_t)length, &code);
    if (code > 0) {
        *status = code;
        return -1;
    }
    int64_t segments = 0;
    if (ascii == count) {
        for (int32_t end; (end = ubrk_next(iterator)) != UBRK_DONE;) ends[segments++] = end;
        return segments;
    }
    int32_t unit = 0, offset = 0;
    for (int32_t end; (end = ubrk_next(iterator)) != UBRK_DONE;) {
        for (; unit < end; unit++) offset += segmenter->widths[unit];
        ends[segments++] = offset;
    }
    return segments;
}

uint64_t cicu_rules_digest(cicu_segmenter *segmenter, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t length = ubrk_getBinaryRules(segmenter->iterator, NULL, 0, &code);
    if (code == U_BUFFER_OVERFLOW_ERROR) code = U_ZERO_ERROR;
    uint8_t *rules = code > 0 ? NULL : malloc((size_t)length + 1);
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    if (rules != NULL) {
        length = ubrk_getBinaryRules(segmenter->iterator, rules, length, &code);
        for (int32_t i = 0; code <= 0 && i < length; i++) {
            digest = (digest ^ rules[i]) * UINT64_C(0x100000001b3);
        }
        free(rules);
    } else if (code <= 0) {
        code = U_MEMORY_ALLOCATION_ERROR;
    }
    *status = code > 0 ? code : 0;
    return digest;
}
