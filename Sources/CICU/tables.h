// ICU's compiled rules as tables of ours.
#pragma once

#include "blocks.h"
#include "cicu_internal.h"

/// Scalars per block of the category map.
enum { CICU_BLOCK = 64, CICU_MOST_CATEGORIES = 250 };

/// Pseudo categories of ICU's tables.
enum { CICU_END_OF_TEXT = 1, CICU_START_OF_TEXT = 2 };

/// A transition that needs the careful walk: a look-ahead, a dictionary, a step back.
#define CICU_CAREFUL UINT32_C(0x80000000)
/// There is a boundary before the character, which begins a new segment.
#define CICU_BOUNDARY UINT32_C(0x00010000)
#define CICU_ROW UINT32_C(0x0000FFFF)

/// One state of ICU's automaton.
typedef struct {
    uint16_t accepting;  // 0: no, 1: a match ends here, else the look-ahead slot that is complete
    uint16_t lookahead;  // 0, or the slot that takes this position
    int32_t status;      // the rule status if a match ends here
} cicu_state;

/// Rule tables. A row is a state times `1 << shift`; states are numbered as in ICU, 0 is the stop.
typedef struct {
    int32_t state_count, category_count, shift;
    int32_t start;             // the state before the first character
    int32_t lookahead_count;   // slots
    int32_t ends_at_line_feed;
    cicu_state *states;
    uint16_t *next;            // [row + category]: the next state
    uint32_t *steps;           // [row + category]: row | CICU_BOUNDARY, or CICU_CAREFUL
    int32_t *row_status;       // [state]: rule status
    uint8_t *categories;       // blocks of 64
    uint32_t stage[0x110000 / CICU_BLOCK];  // where the block of a scalar begins in `categories`
    uint8_t two_bytes[0x800];  // categories of U+0000 to U+07FF
    uint8_t is_dictionary[256];
    cicu_blocks blocks;
} cicu_tables;

/// Reads compiled rules; NULL when their format is not the one known here (or without memory).
cicu_tables *cicu_tables_open(const uint8_t *rules, int64_t length);
void cicu_tables_close(cicu_tables *tables);

static inline uint8_t cicu_category(const cicu_tables *tables, int32_t scalar) {
    return tables->categories[tables->stage[scalar >> 6] + (scalar & 63)];
}

/// Decodes one scalar at `*i`; an ill-formed maximal subpart gives U+FFFD. With `is_last` 0 returns
/// -1 where the sequence could go on behind `count`.
int32_t cicu_decode(const uint8_t *bytes, ptrdiff_t *i, ptrdiff_t count, int is_last);

/// The category of the scalar at `*i`, four bytes of which can be read.
static inline __attribute__((always_inline)) int cicu_category_at(
    const cicu_tables *tables, const uint8_t *bytes, ptrdiff_t *i, ptrdiff_t count) {
    const uint8_t *at = bytes + *i;
    uint32_t lead = at[0], second = at[1] ^ 0x80u, third = at[2] ^ 0x80u;
    // One and two bytes without a branch: they alternate in text, at random.
    if (lead < 0xE0) {
        uint32_t is_two = lead >= 0xC0;
        uint32_t scalar = is_two ? (lead & 31) << 6 | (second & 63) : lead;
        if (lead < 0x80 || (lead >= 0xC2 && second < 64)) {
            *i += 1 + (ptrdiff_t)is_two;
            return tables->two_bytes[scalar];
        }
    } else if (lead < 0xF0 && second < 64 && third < 64) {
        uint32_t number = (lead & 15) << 6 | second;
        if (number >= 0x800 / 64 && (number < 0xD800 / 64 || number >= 0xE000 / 64)) {
            *i += 3;
            return tables->categories[tables->stage[number] + third];
        }
    } else if (lead < 0xF5 && second < 64 && third < 64 && (at[3] ^ 0x80u) < 64) {
        uint32_t number = (lead & 7) << 12 | second << 6 | third;
        if (number >= 0x10000 / 64 && number < 0x110000 / 64) {
            *i += 4;
            return tables->categories[tables->stage[number] + (at[3] & 63)];
        }
    }
    return cicu_category(tables, cicu_decode(bytes, i, count, 1));
}

/// Finds pairs and triples and proves them; leaves `blocks` unusable if the rules have none.
void cicu_blocks_derive(cicu_tables *tables);

/// Decides what blocks can decide, from a boundary on.
void cicu_blocks_walk(const cicu_tables *tables, cicu_run *run);

/// One match of the automaton.
typedef struct {
    ptrdiff_t end;
    int32_t status;
    int32_t has_dictionary;  // there are characters in it that a dictionary cuts
} cicu_match;

/// ICU's `handleNext`: the match that begins at `start`. Returns 0 when it is unfinished, because
/// the text does not end where the buffer does. `slots` is scratch for look-aheads.
///
/// `from` is `start` and `state` 0, or they are a place on the way where a match could end: no
/// look-ahead is open there, and no dictionary character stands before it.
int cicu_match_next(
    const cicu_tables *tables, const uint8_t *bytes, ptrdiff_t count, int is_last, ptrdiff_t start,
    ptrdiff_t from, int32_t state, ptrdiff_t *slots, cicu_match *match);
