// How often each distinct piece of text came.
#pragma once

#include "ctoken_index.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A distinct piece. Types stand in the order in which they came, so that the few that most text
/// consists of share few cache lines.
typedef struct {
    ctoken_key key;
    uint64_t count;
    uint64_t start;  // of the bytes of a type longer than a key
} ctoken_type;

/// A table of open addressing, at most half full. Out of memory the process ends, as it does where
/// Swift asks for memory.
typedef struct {
    uint64_t *slots;     // the upper half of a hash and the number of a type; 0 is free
    ctoken_type *types;  // from 1 on
    uint8_t *bytes;      // types longer than a key, one after another
    uint64_t count;      // of the types
    uint64_t room;       // for so many types; half as many as there are slots
    uint64_t byte_count, byte_room;
    int32_t shift;       // of a hash, to have the number of a slot
} ctoken_counter;

/// What of the pieces was no type's.
typedef struct {
    uint64_t occurrences;  // all pieces
    uint64_t too_long;     // those with more bytes than a token may have
} ctoken_tally;

/// Makes a table for so many types, which grows.
void ctoken_counter_open(ctoken_counter *counter, uint64_t capacity);
void ctoken_counter_copy(ctoken_counter *counter, const ctoken_counter *other);
void ctoken_counter_close(ctoken_counter *counter);

/// Forgets all types and keeps the memory.
void ctoken_counter_clear(ctoken_counter *counter);

/// Counts a piece of 1 to 255 bytes, `readable` of which can be read.
void ctoken_count_one(
    ctoken_counter *counter, const uint8_t *bytes, ptrdiff_t length, ptrdiff_t readable,
    uint64_t occurrences);

/// Counts `piece_count` pieces of a text of `count` bytes, none of them empty: piece i is bytes
/// `starts[i]..<starts[i + 1]`.
///
/// With `is_lines` a line feed that ends a piece is no part of it, and the piece is none if nothing is
/// left. Pieces shorter than `least` are only tallied.
void ctoken_count_batch(
    ctoken_counter *counter, const uint8_t *bytes, ptrdiff_t count, const ptrdiff_t *starts,
    ptrdiff_t piece_count, ptrdiff_t least, int32_t is_lines, ctoken_tally *tally);

/// Counts all that another table has counted.
void ctoken_count_all(ctoken_counter *counter, const ctoken_counter *other);

/// Copies the bytes of a type, 255 at most, and returns their number.
ptrdiff_t ctoken_type_bytes(const ctoken_counter *counter, uint32_t type, uint8_t *bytes);

/// Writes the numbers of the types that were counted so often, by count, descending, and among equals
/// by bytes, ascending; returns how many. Those behind the first `limit` may be left out. `order` has
/// room for all types.
uint64_t ctoken_rank(
    const ctoken_counter *counter, uint64_t minimum_count, uint64_t limit, uint32_t *order);

/// Takes from a list of types those in ASCII without a carriage return, each character of which is a
/// byte, and returns how many are left. Words with one space before them are counted in `spaced` by the
/// character behind it.
ptrdiff_t ctoken_take_ascii(
    const ctoken_counter *counter, uint32_t *types, ptrdiff_t count, uint64_t *spaced);

/// How often a byte stands in a text. In C, because Swift's own vectors are slow where the processor is not
/// named to the compiler.
static inline ptrdiff_t ctoken_count_byte(const uint8_t *bytes, ptrdiff_t count, uint8_t byte) {
    ptrdiff_t found = 0;
    for (ptrdiff_t start = 0; start < count; start += 255) {
        // As many as a sum in one byte can take.
        ptrdiff_t end = count - start < 255 ? count : start + 255;
        uint8_t sum = 0;
        for (ptrdiff_t i = start; i < end; i++) sum += bytes[i] == byte;
        found += sum;
    }
    return found;
}

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
