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
    const ctoken_key *keys;  // of id `first` and those after it
    const uint8_t *bytes;    // the tokens longer than a key, one after another,
    const uint32_t *offsets; // and where they begin, by id as the keys
    uint64_t mask;           // number of slots - 1
    uint32_t id_bits;        // which bits of a slot are the id
    int32_t first;
} ctoken_index;

/// The key of a piece; `readable` bytes can be read from `bytes` on, `count` or more.
ctoken_key ctoken_make_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable);
uint64_t ctoken_hash(ctoken_key key);

/// The id of the token with these bytes, or 0 if there is none.
int32_t ctoken_find(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable);

/// Cuts the next words and looks them up. Returns their number, at most `capacity`: word i is
/// `starts[i]..<starts[i + 1]`, of which there is one more than words, and its id `ids[i]`, or 0 if it
/// has none.
///
/// `ends` are the ends of segments, of which those from `*next` on are taken and `*next` moves. A
/// U+0020 that ends a segment of spaces belongs to the word behind it, unless that is white space.
ptrdiff_t ctoken_find_words(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, const ptrdiff_t *ends,
    ptrdiff_t end_count, ptrdiff_t *next, ptrdiff_t start, ptrdiff_t *starts, int32_t *ids,
    ptrdiff_t capacity);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
