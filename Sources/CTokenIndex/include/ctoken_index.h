// Many pieces of text to token ids at once.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Up to 15 bytes, padded with zeros, and their number in the last byte; of longer pieces two hashes
/// and the length.
typedef struct {
    uint64_t low, high;
} ctoken_key;

/// Longest piece that is its own key.
enum { CTOKEN_LONGEST = 15 };

/// A table of open addressing. A slot is an id, and as many bits of the hash as are left over; 0 is
/// free. Keys stand in the order of ids, which is that of frequency, so that the few that most text
/// asks for share few cache lines.
typedef struct {
    const uint32_t *slots;
    const ctoken_key *keys;  // by id; zeros, which is no piece's key, before `first`
    const uint8_t *bytes;    // the tokens longer than a key, one after another,
    const uint32_t *offsets; // and where they begin, by id as the keys
    const int32_t *spaced;   // ids of U+0020 with each ASCII character behind it, or 0
    const int32_t *characters; // ids of the characters U+0080 to U+FFFF, or 0
    uint64_t mask;           // number of slots - 1; a power of two of them
    int32_t shift;           // of a hash, to have the number of a slot
    uint32_t id_bits;        // which bits of a slot are the id
    int32_t first;           // the lowest id with bytes; of byte 0 where bytes have ids
} ctoken_index;

/// Pieces looked up together. The caller gives the memory.
typedef struct {
    const ptrdiff_t *starts;  // piece i is bytes `starts[i]..<starts[i + 1]`
    int32_t *ids;             // 0 where it is no token; 16 more can be read behind them
    int32_t *unknown;         // the numbers of those, ascending,
    int32_t *bare;            // and their ids without the space they begin with, or 0
    ptrdiff_t count, unknown_count;
    ptrdiff_t next, next_unknown;  // the first that is not written
} ctoken_batch;

/// The key of a piece; `readable` bytes can be read from `bytes` on, `count` or more.
ctoken_key ctoken_make_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable);

/// The number of one character from U+0080 to U+FFFF; -1 if these bytes are something else.
int32_t ctoken_character(const uint8_t *bytes, ptrdiff_t count);

/// The first slot of a key, and what stands there or in the next that is free.
uint32_t ctoken_slot(const ctoken_index *index, ctoken_key key);
uint32_t ctoken_entry(const ctoken_index *index, ctoken_key key, int32_t id);

/// The id of the token with these bytes, or 0 if there is none.
int32_t ctoken_find(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable);

/// Looks the pieces of a batch up, none of which is empty, in a text of `count` bytes.
void ctoken_find_batch(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ctoken_batch *batch);

/// Writes the ids of words and returns their number: of unknown words in ASCII first the space, if the
/// rest is a token, or else the ids of the characters, the first with the space if that is a token.
///
/// Stops before an unknown word that takes more knowledge of characters than there is here, and where
/// there might be no room: then `batch->next` is below `batch->count`.
ptrdiff_t ctoken_write_words(
    const ctoken_index *index, const uint8_t *bytes, ctoken_batch *batch, int32_t *ids,
    ptrdiff_t capacity);

/// Writes the ids of the `count` characters of an unknown word, character i of which is
/// `starts[i]..<starts[i + 1]`, and of the space before it if there is one: that and the first character
/// are one token if there is such. Characters that are no tokens are written as bytes.
///
/// Writes no more ids than there are bytes.
ptrdiff_t ctoken_write_characters(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t readable, int32_t is_spaced,
    const ptrdiff_t *starts, ptrdiff_t count, int32_t *ids);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
