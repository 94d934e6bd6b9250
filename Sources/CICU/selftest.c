// The test a rule set passes before its tables are trusted: a fixed sample, both ways.
#include <unicode/utf8.h>

#include "walker.h"

enum { SCALARS = 3072, MOST_BYTES = 4 * SCALARS, CHUNK = 200 };

/// A small generator: the sample is the same everywhere.
static uint32_t draw(uint64_t *state, uint32_t below) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*state >> 33) % below);
}

/// Up to three scalars of each category: the first, and two later ones.
static int32_t find_scalars(const cicu_tables *tables, int dictionary, int32_t *scalars) {
    uint8_t known[256] = {0};
    int32_t count = 0;
    for (int32_t block = 0; block < 0x110000 / CICU_BLOCK; block++) {
        if (block > 0 && tables->stage[block] == tables->stage[block - 1]) continue;
        if (block >= 0xD800 / CICU_BLOCK && block < 0xE000 / CICU_BLOCK) continue;
        for (int32_t k = 0; k < CICU_BLOCK; k++) {
            uint8_t category = tables->categories[tables->stage[block] + (uint32_t)k];
            if (known[category] == 3 || tables->is_dictionary[category] != dictionary) continue;
            if (known[category] > 0 && k % 23 != 7) continue;
            known[category]++;
            scalars[count++] = block * CICU_BLOCK + k;
        }
    }
    return count;
}

static int32_t make_sample(const cicu_tables *tables, int dictionary, uint8_t *bytes) {
    int32_t scalars[3 * 256], count = find_scalars(tables, 0, scalars), length = 0;
    // Han and kana, Thai, Lao, Khmer and Burmese that make words in ICU's dictionaries.
    static const int32_t words[] = {
        0x4E2D, 0x6587, 0x6771, 0x4EAC, 0x90FD, 0x306B, 0x4F4F, 0x3093, 0x3067, 0x30AB, 0x30BF,
        0x30CA, 0x30FC, 0xAC00, 0xAC01, 0x0E20, 0x0E32, 0x0E29, 0x0E44, 0x0E17, 0x0E22, 0x0E44,
        0x0E21, 0x0E48, 0x0EA5, 0x0EB2, 0x0EA7, 0x0E9E, 0x1797, 0x17B6, 0x179F, 0x1781, 0x17D2,
        0x1798, 0x17C2, 0x179A, 0x1019, 0x103C, 0x1014, 0x103A, 0x1019, 0x102C, 0x20, 0x61};
    enum { WORDS = sizeof words / sizeof *words };
    uint64_t state = 1;
    for (int32_t k = 0; k < SCALARS; k++) {
        int32_t scalar;
        if (dictionary) {
            scalar = k % 64 < 56 ? words[k % WORDS] : scalars[draw(&state, (uint32_t)count)];
        } else if (k % 192 < 128) {
            scalar = (int32_t)draw(&state, k % 2 ? 0x80 : 0x7F);
            if (k % 3 == 0) scalar |= 0x60;
            if (scalar == 0x0A && k % 5) scalar = 0x2E;
        } else {
            scalar = scalars[draw(&state, (uint32_t)count)];
        }
        U8_APPEND_UNSAFE(bytes, length, scalar);
    }
    return length;
}

static int is_same(cicu_walker *ours, cicu_walker *icu, const uint8_t *bytes, int32_t length) {
    ptrdiff_t ends[2][CHUNK];
    int32_t statuses[2][CHUNK], status = 0;
    cicu_walker_begin(ours, bytes, length, 1);
    cicu_walker_begin(icu, bytes, length, 1);
    for (;;) {
        ptrdiff_t count = cicu_walker_next(ours, ends[0], statuses[0], CHUNK, &status);
        if (count < 0 || ours->asks_icu) return 0;
        if (count != cicu_walker_next(icu, ends[1], statuses[1], CHUNK, &status)) return 0;
        if (count == 0) return 1;
        if (memcmp(ends[0], ends[1], (size_t)count * sizeof **ends) != 0
            || memcmp(statuses[0], statuses[1], (size_t)count * sizeof **statuses) != 0) {
            return 0;
        }
    }
}

int cicu_rules_are_understood(const cicu_rules *rules, UBreakIterator *dictionary) {
    int32_t status = 0;
    UErrorCode code = U_ZERO_ERROR;
    cicu_walker *ours = cicu_walker_open(rules, 0, &status);
    cicu_walker *icu = cicu_walker_open(rules, 1, &status);
    uint8_t *bytes = malloc(MOST_BYTES);
    int is_understood = ours != NULL && icu != NULL && bytes != NULL;
    if (is_understood && dictionary != NULL) {
        ours->dictionary.reference.iterator = ubrk_clone(dictionary, &code);
        ours->dictionary.tables = rules->tables;
        ours->dictionary.lexicon = rules->lexicon;
        is_understood = code <= 0;
    }
    if (is_understood) {
        int32_t length = make_sample(rules->tables, dictionary != NULL, bytes);
        is_understood = is_same(ours, icu, bytes, length);
    }
    free(bytes);
    cicu_walker_close(ours);
    cicu_walker_close(icu);
    return is_understood;
}
