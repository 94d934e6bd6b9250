// Normalization and case folding, well-formed run by well-formed run.
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "cicu_internal.h"

/// Text is rewritten in blocks of at most this many bytes.
#define BLOCK (INT64_C(1) << 16)

typedef struct {
    UChar *units;
    int64_t capacity;
    int32_t length;
} buffer16;

struct cicu_normalizer {
    const UNormalizer2 *form;  // NULL: none
    int32_t fold;
    int lowers_ascii;  // all that happens to ASCII is A-Z -> a-z
    buffer16 text, scratch;
    uint8_t *output;
    int64_t capacity, length;
};

cicu_normalizer *cicu_normalizer_open(int32_t form, int32_t fold, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *instance = NULL;
    switch (form) {
    case CICU_FORM_NONE: break;
    case CICU_NFC: instance = unorm2_getNFCInstance(&code); break;
    case CICU_NFD: instance = unorm2_getNFDInstance(&code); break;
    case CICU_NFKC: instance = unorm2_getNFKCInstance(&code); break;
    case CICU_NFKD: instance = unorm2_getNFKDInstance(&code); break;
    case CICU_NFKC_CASEFOLD: instance = unorm2_getNFKCCasefoldInstance(&code); break;
    default: code = U_ILLEGAL_ARGUMENT_ERROR;
    }
    cicu_normalizer *normalizer = code > 0 ? NULL : calloc(1, sizeof *normalizer);
    if (normalizer == NULL) {
        *status = code > 0 ? code : U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    normalizer->form = instance;
    normalizer->fold = fold;
    normalizer->lowers_ascii = fold != CICU_FOLD_NONE || form == CICU_NFKC_CASEFOLD;
    *status = 0;
    return normalizer;
}

void cicu_normalizer_close(cicu_normalizer *normalizer) {
    if (normalizer == NULL) return;
    free(normalizer->text.units);
    free(normalizer->scratch.units);
    free(normalizer->output);
    free(normalizer);
}

static int reserve16(buffer16 *buffer, int64_t wanted) {
    return cicu_reserve((void **)&buffer->units, &buffer->capacity, wanted, sizeof(UChar));
}

static int append(cicu_normalizer *normalizer, const uint8_t *bytes, int64_t count) {
    int64_t wanted = normalizer->length + count;
    if (!cicu_reserve((void **)&normalizer->output, &normalizer->capacity, wanted, 1)) return 0;
    memcpy(normalizer->output + normalizer->length, bytes, (size_t)count);
    normalizer->length = wanted;
    return 1;
}

/// One step `text -> scratch`, then the two change places.
static void step(cicu_normalizer *normalizer, int folds, UErrorCode *code) {
    buffer16 *from = &normalizer->text, *to = &normalizer->scratch;
    uint32_t options =
        normalizer->fold == CICU_FOLD_TURKIC ? U_FOLD_CASE_EXCLUDE_SPECIAL_I : U_FOLD_CASE_DEFAULT;
    int64_t wanted = (int64_t)from->length + 16;
    for (int attempt = 0; attempt < 2; attempt++) {
        if (*code > 0) return;
        if (!reserve16(to, wanted)) {
            *code = U_MEMORY_ALLOCATION_ERROR;
            return;
        }
        int32_t capacity = (int32_t)to->capacity;
        to->length = folds
            ? u_strFoldCase(to->units, capacity, from->units, from->length, options, code)
            : unorm2_normalize(
                normalizer->form, from->units, from->length, to->units, capacity, code);
        if (*code != U_BUFFER_OVERFLOW_ERROR) break;
        *code = U_ZERO_ERROR;
        wanted = (int64_t)to->length + 1;
    }
    buffer16 swapped = *from;
    *from = *to;
    *to = swapped;
}

/// Rewrites the units gathered in `text` and appends them to the output.
static void flush(cicu_normalizer *normalizer, UErrorCode *code) {
    if (normalizer->text.length == 0 || *code > 0) return;
    // Folding may undo a normalization and needs one before it (U+0345 folds to a letter).
    if (normalizer->form != NULL) step(normalizer, 0, code);
    if (normalizer->fold != CICU_FOLD_NONE) {
        step(normalizer, 1, code);
        if (normalizer->form != NULL) step(normalizer, 0, code);
    }
    if (*code > 0) return;
    int64_t room = (int64_t)normalizer->text.length * 3;
    if (!cicu_reserve(
            (void **)&normalizer->output, &normalizer->capacity, normalizer->length + room, 1)) {
        *code = U_MEMORY_ALLOCATION_ERROR;
        return;
    }
    int32_t written = 0;
    u_strToUTF8(
        (char *)normalizer->output + normalizer->length, (int32_t)room, &written,
        normalizer->text.units, normalizer->text.length, code);
    if (*code == U_STRING_NOT_TERMINATED_WARNING) *code = U_ZERO_ERROR;
    normalizer->length += written;
    normalizer->text.length = 0;
}

/// Where the block that starts at `start` ends: no normalization reaches across the cut, unless 64
/// KiB hold not one boundary, which only marks without end can bring about.
static int64_t block_end(
    const cicu_normalizer *normalizer, const uint8_t *bytes, int64_t start, int64_t count) {
    if (count - start <= BLOCK) return count;
    int64_t limit = start + BLOCK;
    for (int64_t i = limit; i > start; i--) {
        if (bytes[i] < 0x80) return i;
    }
    int64_t forced = 0;
    for (int64_t i = limit; i > start; i--) {
        if ((bytes[i] & 0xC0) == 0x80) continue;
        if (forced == 0) forced = i;
        int64_t next = i;
        UChar32 scalar;
        U8_NEXT(bytes, next, count, scalar);
        if (scalar < 0 || normalizer->form == NULL
            || unorm2_hasBoundaryBefore(normalizer->form, scalar)) {
            return i;
        }
    }
    return forced > 0 ? forced : limit;
}

int64_t cicu_normalize(
    cicu_normalizer *normalizer, const uint8_t *bytes, int64_t count, const uint8_t **output,
    int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    normalizer->length = 0;
    normalizer->text.length = 0;
    *status = 0;
    int changes_ascii = normalizer->lowers_ascii;
    if (cicu_ascii_prefix(bytes, count) == count && normalizer->fold != CICU_FOLD_TURKIC) {
        if (!changes_ascii) {
            *output = bytes;
            return count;
        }
        if (!append(normalizer, bytes, count)) {
            *status = U_MEMORY_ALLOCATION_ERROR;
            return -1;
        }
        for (int64_t i = 0; i < count; i++) {
            uint8_t byte = normalizer->output[i];
            normalizer->output[i] = (uint8_t)(byte + ((byte >= 'A' && byte <= 'Z') ? 32 : 0));
        }
        *output = normalizer->output;
        return count;
    }

    for (int64_t start = 0; start < count && code <= 0;) {
        int64_t end = block_end(normalizer, bytes, start, count);
        if (!reserve16(&normalizer->text, end - start + 1)) code = U_MEMORY_ALLOCATION_ERROR;
        for (int64_t i = start; i < end && code <= 0;) {
            int64_t from = i;
            UChar32 scalar;
            U8_NEXT(bytes, i, end, scalar);
            if (scalar < 0) {
                flush(normalizer, &code);
                if (!append(normalizer, bytes + from, i - from)
                    || !reserve16(&normalizer->text, end - i + 1)) {
                    code = U_MEMORY_ALLOCATION_ERROR;
                }
            } else if (scalar <= 0xFFFF) {
                normalizer->text.units[normalizer->text.length++] = (UChar)scalar;
            } else {
                normalizer->text.units[normalizer->text.length++] = U16_LEAD(scalar);
                normalizer->text.units[normalizer->text.length++] = U16_TRAIL(scalar);
            }
        }
        flush(normalizer, &code);
        start = end;
    }
    *status = code > 0 ? code : 0;
    if (normalizer->output == NULL && !append(normalizer, bytes, 0)) {
        *status = U_MEMORY_ALLOCATION_ERROR;
    }
    *output = normalizer->output;
    return *status > 0 ? -1 : normalizer->length;
}
