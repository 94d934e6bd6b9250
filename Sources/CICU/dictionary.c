// Runs of dictionary characters: cut by our own cutter, or by ICU and then remembered.
#include "dictionary.h"

#include <unicode/utf16.h>

enum {
    MEMORIES = 1 << 16,
    MOST_MEMORIES = MEMORIES / 4 * 3,
    LONGEST_RUN = 1024,
    ARENA = 1 << 23
};
/// Most bytes handed to ICU at once.
#define WINDOW (INT64_C(1) << 30)

static void append(UChar *text, int32_t *length, const char *ascii) {
    while (*ascii != 0) text[(*length)++] = (UChar)*ascii++;
}

static void append_scalar(UChar *text, int32_t *length, int32_t scalar) {
    append(text, length, "\\U");
    for (int shift = 28; shift >= 0; shift -= 4) {
        text[(*length)++] = (UChar)"0123456789ABCDEF"[scalar >> shift & 15];
    }
}

UBreakIterator *cicu_dictionary_iterator(const cicu_tables *tables, int32_t *status) {
    UChar *text = NULL;
    int64_t capacity = 0;
    int32_t length = 0, start = -1;
    *status = U_MEMORY_ALLOCATION_ERROR;
    if (!cicu_reserve((void **)&text, &capacity, 256, sizeof *text)) return NULL;
    append(text, &length, "!!quoted_literals_only; $dictionary = [");
    for (int32_t scalar = 0; scalar <= 0x110000; scalar++) {
        int is_dictionary = scalar < 0x110000
            && tables->is_dictionary[cicu_category(tables, scalar)];
        if (is_dictionary && start < 0) start = scalar;
        if (is_dictionary || start < 0) continue;
        if (!cicu_reserve((void **)&text, &capacity, (int64_t)length + 64, sizeof *text)) {
            free(text);
            return NULL;
        }
        append_scalar(text, &length, start);
        if (scalar - 1 > start) {
            append(text, &length, "-");
            append_scalar(text, &length, scalar - 1);
        }
        start = -1;
    }
    append(text, &length, "]; .+;");
    UErrorCode code = U_ZERO_ERROR;
    UParseError place;
    UBreakIterator *iterator = ubrk_openRules(text, length, NULL, 0, &place, &code);
    free(text);
    *status = code > 0 ? code : 0;
    if (code <= 0) return iterator;
    if (iterator != NULL) ubrk_close(iterator);
    return NULL;
}

void cicu_dictionary_free(cicu_dictionary *dictionary) {
    cicu_reference_free(&dictionary->reference);
    free(dictionary->memories);
    free(dictionary->arena);
    free(dictionary->short_runs);
    free(dictionary->ends);
    free(dictionary->is_dictionary);
    cicu_cutter_free(&dictionary->cutter);
    memset(dictionary, 0, sizeof *dictionary);
}

static uint64_t hash_of(const uint8_t *bytes, int64_t count) {
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)count;
    for (int64_t i = 0; i < count; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, count - i < 8 ? (size_t)(count - i) : 8);
        __uint128_t product =
            (__uint128_t)(word ^ hash) * UINT64_C(0xE7037ED1A0B428DB);
        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return hash;
}

/// Notes an end given in units.
static int note(cicu_dictionary *dictionary, int64_t index, int32_t end) {
    cicu_reference *reference = &dictionary->reference;
    if (!cicu_reserve(
            (void **)&dictionary->ends, &dictionary->ends_capacity, index + 1,
            sizeof *dictionary->ends)) {
        return 0;
    }
    if (end <= reference->triples) {
        reference->unit = end;
        reference->offset = 3 * (ptrdiff_t)end;
    }
    for (; reference->unit < end; reference->unit++) {
        reference->offset += reference->widths[reference->unit];
    }
    dictionary->ends[index] = (int32_t)reference->offset;
    return 1;
}

/// Cuts a run by our own cutter. Returns -1 when ICU has to be asked.
static int64_t cut_ourselves(cicu_dictionary *dictionary, const uint8_t *bytes, int64_t count) {
    cicu_reference *reference = &dictionary->reference;
    cicu_cutter *cutter = &dictionary->cutter;
    if (dictionary->lexicon == NULL || count > WINDOW
        || cicu_reference_widen(reference, bytes, count) > 0
        || !cicu_reserve(
            (void **)&dictionary->is_dictionary, &dictionary->units_capacity,
            reference->unit_count, 1)) {
        return -1;
    }
    for (int64_t i = 0; i < reference->unit_count; i++) {
        if (U16_IS_SURROGATE(reference->units[i])) return -1;
        uint8_t category = cicu_category(dictionary->tables, reference->units[i]);
        dictionary->is_dictionary[i] = dictionary->tables->is_dictionary[category];
    }
    if (!cicu_cutter_cut(
            cutter, dictionary->lexicon, reference->units, reference->unit_count,
            dictionary->is_dictionary)) {
        return -1;
    }
    for (int64_t k = 0; k < cutter->end_count; k++) {
        if (!note(dictionary, k, cutter->ends[k])) return -1;
    }
    return cutter->end_count;
}

/// Asks ICU; the ends go to `dictionary->ends`.
static int64_t ask_icu(
    cicu_dictionary *dictionary, const uint8_t *bytes, int64_t count, int32_t *status) {
    cicu_reference *reference = &dictionary->reference;
    *status = count > WINDOW ? U_INDEX_OUTOFBOUNDS_ERROR
                             : cicu_reference_set(reference, bytes, count);
    if (*status > 0) return -1;
    int64_t found = 0;
    int32_t end;
    while ((end = ubrk_next(reference->iterator)) != UBRK_DONE) {
        if (!note(dictionary, found++, end)) {
            *status = U_MEMORY_ALLOCATION_ERROR;
            return -1;
        }
    }
    return found;
}

static int prepare(cicu_dictionary *dictionary) {
    if (dictionary->memories == NULL) {
        dictionary->memories = calloc(MEMORIES, sizeof *dictionary->memories);
    }
    if (dictionary->arena == NULL) dictionary->arena = malloc(ARENA);
    return dictionary->memories != NULL && dictionary->arena != NULL;
}

/// Where a run is remembered if it is short and South-East Asian (Chinese and Japanese ones are seldom
/// met again); NULL if it is not.
static cicu_short_run *short_run(
    cicu_dictionary *dictionary, const uint8_t *bytes, int64_t count) {
    if (count < 8 || count > CICU_SHORT_BYTES || (bytes[0] != 0xE0 && bytes[0] != 0xE1)) return NULL;
    if (dictionary->short_runs == NULL) {
        size_t size = CICU_SHORT_RUNS * sizeof *dictionary->short_runs;
        dictionary->short_runs = aligned_alloc(sizeof *dictionary->short_runs, size);
        if (dictionary->short_runs == NULL) return NULL;
        memset(dictionary->short_runs, 0, size);
    }
    uint64_t hash = (uint64_t)count;
    for (int64_t i = 0; i < count; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + (i + 8 <= count ? i : count - 8), sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return dictionary->short_runs + hash % CICU_SHORT_RUNS;
}

static void remember(
    cicu_short_run *run, const uint8_t *bytes, int64_t count, const int32_t *ends, int64_t found) {
    if (run == NULL || found > CICU_SHORT_ENDS) return;
    run->length = (uint8_t)count;
    run->end_count = (uint8_t)found;
    memcpy(run->bytes, bytes, (size_t)count);
    for (int64_t k = 0; k < found; k++) run->ends[k] = (uint8_t)ends[k];
}

int64_t cicu_dictionary_cut(
    cicu_dictionary *dictionary, const uint8_t *bytes, int64_t count, const int32_t **ends,
    int32_t *status) {
    *status = 0;
    cicu_short_run *known = short_run(dictionary, bytes, count);
    if (known != NULL && known->length == count
        && memcmp(known->bytes, bytes, (size_t)count) == 0) {
        // The run was cut, so there is room for its ends.
        for (int32_t k = 0; k < known->end_count; k++) dictionary->ends[k] = known->ends[k];
        *ends = dictionary->ends;
        return known->end_count;
    }
    int64_t found = cut_ourselves(dictionary, bytes, count);
    if (found >= 0) {
        remember(known, bytes, count, dictionary->ends, found);
        *ends = dictionary->ends;
        return found;
    }
    if (count > LONGEST_RUN) {
        found = ask_icu(dictionary, bytes, count, status);
        *ends = dictionary->ends;
        return found;
    }
    if (!prepare(dictionary)
        || !cicu_reserve(
            (void **)&dictionary->ends, &dictionary->ends_capacity, LONGEST_RUN,
            sizeof *dictionary->ends)) {
        *status = U_MEMORY_ALLOCATION_ERROR;
        return -1;
    }
    uint64_t hash = hash_of(bytes, count);
    size_t slot = (size_t)hash % MEMORIES;
    for (; dictionary->memories[slot].length != 0; slot = (slot + 1) % MEMORIES) {
        const cicu_memory *memory = &dictionary->memories[slot];
        const uint8_t *key = dictionary->arena + memory->offset;
        if (memory->hash != hash || memory->length != count
            || memcmp(key, bytes, (size_t)count) != 0) {
            continue;
        }
        for (int32_t k = 0; k < memory->end_count; k++) {
            uint16_t end;
            memcpy(&end, key + count + 2 * k, sizeof end);
            dictionary->ends[k] = end;
        }
        *ends = dictionary->ends;
        return memory->end_count;
    }
    found = ask_icu(dictionary, bytes, count, status);
    *ends = dictionary->ends;
    if (found < 0) return found;
    int64_t size = count + 2 * found;
    if (dictionary->memory_count == MOST_MEMORIES || dictionary->arena_used + size > ARENA) {
        // Full: start afresh rather than keep what came first for ever.
        memset(dictionary->memories, 0, MEMORIES * sizeof *dictionary->memories);
        dictionary->memory_count = 0;
        dictionary->arena_used = 0;
        slot = (size_t)hash % MEMORIES;
    }
    uint8_t *key = dictionary->arena + dictionary->arena_used;
    memcpy(key, bytes, (size_t)count);
    for (int64_t k = 0; k < found; k++) {
        uint16_t end = (uint16_t)dictionary->ends[k];
        memcpy(key + count + 2 * k, &end, sizeof end);
    }
    dictionary->memories[slot] = (cicu_memory){
        hash, (uint32_t)dictionary->arena_used, (uint16_t)count, (uint16_t)found};
    dictionary->memory_count++;
    dictionary->arena_used += size;
    return found;
}
