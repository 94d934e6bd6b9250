// Cuts runs in scripts without spaces as ICU's dictionary engines do, over ICU's own dictionaries.
#pragma once

#include "cicu_internal.h"

/// Who cuts a character; the first four have dictionaries of bytes.
enum { CUT_THAI, CUT_LAO, CUT_BURMESE, CUT_KHMER, CUT_EAST_ASIAN, CUT_SCRIPTS, CUT_NOBODY = 15 };

/// What a character is to its cutter, as bits beside the script.
enum { CUT_SCRIPT = 0x0F, CUT_MARK = 0x10, CUT_ENDS_WORD = 0x20, CUT_BEGINS_WORD = 0x40, CUT_PLAIN = 0x80 };

/// Dictionaries and what is known of the characters of the BMP: one for the process, only read.
typedef struct {
    const uint8_t *words[CUT_SCRIPTS];  // tries; of units for East Asia; NULL where there is none
    uint32_t first[CUT_SCRIPTS];        // the character that byte 0 of a trie stands for
    uint8_t kinds[0x10000];
} cicu_lexicon;

/// Reads ICU's dictionaries, once. NULL when there are none or their format is another.
const cicu_lexicon *cicu_lexicon_get(void);

/// Where two bytes lead to in a trie, and what they find on the way.
typedef struct {
    int32_t place;  // from the root, + 1; 0 not known yet
    int16_t rest;
    uint8_t first, second;  // of the first byte and of the second
} cicu_pair;

enum { CUT_PAIR_BYTES = 128 };

/// Where a first unit leads to in the East Asian trie, whose root has thousands of branches.
typedef struct {
    int32_t place;  // from the root, + 1; 0 not known
    uint16_t cost;  // if there is a word
    uint8_t result;
} cicu_first;

/// Where two units lead to in the East Asian trie, and what they find there.
typedef struct {
    uint32_t units;  // the first above the second; 0 where none are kept
    int32_t place;   // from the root
    int16_t rest;
    uint8_t result;
    uint32_t cost;   // if there is a word
} cicu_bigram;

enum { CUT_BIGRAM_BITS = 16 };

/// Scratch of a cutter. One per walker.
typedef struct {
    cicu_pair *pairs[CUT_EAST_ASIAN];  // [first byte, second byte] of a dictionary
    int64_t capacity;
    uint32_t *costs;
    int32_t *previous;
    cicu_first *firsts;    // of each unit
    cicu_bigram *bigrams;  // the last seen of each slot
    int32_t *ends;
    int64_t ends_capacity, end_count;
} cicu_cutter;

void cicu_cutter_free(cicu_cutter *cutter);

/// Finds the ends inside a run and at its end (in units), in `cutter->ends`. `is_dictionary` says of
/// each unit whether the rules leave it to dictionaries. Returns 0 when ICU has to be asked.
int cicu_cutter_cut(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t count,
    const uint8_t *is_dictionary);

/// Parts of a run, each of one script: `start` and `end` are units.
int cicu_cut_south_east(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, int script, const uint16_t *units,
    int64_t start, int64_t end);
int cicu_cut_east_asian(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t start,
    int64_t end);

static inline int cicu_cutter_add(cicu_cutter *cutter, int64_t end) {
    if (!cicu_reserve(
            (void **)&cutter->ends, &cutter->ends_capacity, cutter->end_count + 1,
            sizeof *cutter->ends)) {
        return 0;
    }
    cutter->ends[cutter->end_count++] = (int32_t)end;
    return 1;
}
