// Boundaries of simple text by bit masks, 64 bytes at a time.
//
// Where the rules are local, a class for each character decides: two characters are kept together
//
//     always            x·y      if (x, y) is a pair,
//     around a middle   x·m·z    if (x, m, z) is a triple ("can't", "3.14"),
//
// and apart otherwise. Pairs and triples are read off the rule tables, whatever they say, and then
// proven: every state the automaton can reach on such characters is held against them. Rules that are
// not local (sentences, lines) have no blocks.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { CICU_MASKS = 8, CICU_PAIRS = 4, CICU_TRIPLES = 4, CICU_WIDE_CLASSES = 6, CICU_NUMBERS = 32 };

/// Classes that are no sets of bits: of characters that blocks cannot decide, and of characters
/// outside ASCII that are kept together with their like and with nothing else (Hangul in ICU's words).
enum { CICU_UNKNOWN = 0xFF, CICU_LONELY = 0xFE };
/// A rule status that depends on more than a character and whether it begins a segment.
enum { CICU_ASK = 0x80 };

/// A class is a byte with one bit for each set of characters that pairs and triples are made of.
typedef struct {
    int32_t is_usable;
    int32_t mask_count, pair_count, triple_count, wide_count;
    // Bit numbers; those not in use are CICU_MASKS, a set without members.
    uint8_t pair[CICU_PAIRS][2], triple[CICU_TRIPLES][3];
    uint8_t ascii[128];  // classes
    uint8_t single[128], several[128];  // statuses of a segment ending here, alone or not alone
    int32_t status[16];  // what the numbers of statuses stand for
    uint8_t wide_class[CICU_WIDE_CLASSES], wide_status[CICU_WIDE_CLASSES];
    uint8_t lead_class[16];  // of all characters with the lead bytes E0 ... EF, if they have one
    // The automaton's state after two characters in one segment, by the numbers of their categories;
    // 0 where it depends on more.
    int32_t states[CICU_NUMBERS][CICU_NUMBERS];
    uint8_t numbers[256];
    uint8_t *classes;  // of U+0000 to U+FFFF, CICU_UNKNOWN for those that need ASCII's care
} cicu_blocks;

/// What goes in and out of a walk by blocks.
typedef struct {
    const uint8_t *bytes;
    ptrdiff_t count;
    ptrdiff_t *ends;
    int32_t *statuses;  // or NULL
    ptrdiff_t capacity, written;
    int32_t attaches_spaces;  // see cicu_walker_attach_spaces; out: 0 if that is still to be done
    ptrdiff_t told;      // the last end written, by this run or before
    ptrdiff_t boundary;  // in: where to begin; out: the last boundary
    ptrdiff_t decided;   // out: every boundary before this byte is known
    ptrdiff_t undecided; // out: the first byte that blocks have nothing to say about
    ptrdiff_t place;     // out: a place in the segment behind the boundary, or the boundary itself
    int32_t state;       // out: the automaton's state there, or 0
} cicu_run;

/// Room a block needs in the buffers.
enum { CICU_BLOCK_ROOM = 72 };
