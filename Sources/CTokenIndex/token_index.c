#include "ctoken_index.h"

#include <string.h>

/// Words looked up together: each step is taken for all of them before the next, so that the
/// processor waits for many slots, and then for many keys, at the same time.
enum { BATCH = 128 };

/// Nothing longer is a token: a length is one byte of a key.
enum { CTOKEN_LONGEST_TOKEN = 255 };

/// The first eight bytes, lowest first on any processor.
static inline uint64_t load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline uint64_t mixed(uint64_t left, uint64_t right) {
    __uint128_t product = (__uint128_t)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_of(ctoken_key key) {
    return mixed(key.low ^ UINT64_C(0x9E3779B97F4A7C15), key.high ^ UINT64_C(0xA0761D6478BD642F));
}

static inline ctoken_key short_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    ctoken_key key = {0, (uint64_t)count << 56};
    if (readable > CTOKEN_LONGEST) {
        // Both words whatever the length, and then only what counts of them: no branch.
        unsigned bits = 8 * (unsigned)count;
        uint64_t low_mask = bits >= 64 ? UINT64_MAX : (UINT64_C(1) << (bits & 63)) - 1;
        uint64_t high_mask = bits <= 64 ? 0 : (UINT64_C(1) << (bits & 63)) - 1;
        key.low = load(bytes) & low_mask;
        key.high |= load(bytes + 8) & high_mask;
        return key;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        uint64_t byte = (uint64_t)bytes[i] << (8 * (i & 7));
        if (i < 8) {
            key.low |= byte;
        } else {
            key.high |= byte;
        }
    }
    return key;
}

uint64_t ctoken_hash(ctoken_key key) { return hash_of(key); }

ctoken_key ctoken_make_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    if (count <= CTOKEN_LONGEST) return short_key(bytes, count, readable);
    uint64_t hash = UINT64_C(0xE7037ED1A0B428DB);
    for (ptrdiff_t i = 0; i < count; i += 8) {
        hash = mixed(hash ^ load(bytes + (i + 8 <= count ? i : count - 8)),
                     UINT64_C(0x9E3779B97F4A7C15));
    }
    return (ctoken_key){hash, (uint64_t)count << 56 | (hash >> 8)};
}

/// Whether a character with the White_Space property begins here.
static int begins_white_space(const uint8_t *bytes, ptrdiff_t readable) {
    uint32_t first = bytes[0], second = readable > 1 ? bytes[1] : 0, third = readable > 2 ? bytes[2] : 0;
    if (first < 0x80) return first == 0x20 || (first >= 0x09 && first <= 0x0D);
    if (first == 0xC2) return second == 0x85 || second == 0xA0;
    uint32_t scalar = (first & 15) << 12 | (second & 63) << 6 | (third & 63);
    if (first < 0xE1 || first > 0xE3 || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) return 0;
    return scalar == 0x1680 || (scalar >= 0x2000 && scalar <= 0x200A) || scalar == 0x2028
        || scalar == 0x2029 || scalar == 0x202F || scalar == 0x205F || scalar == 0x3000;
}

/// Whether the token with this id, which has the key of the piece, is the piece.
static inline int is_token(
    const ctoken_index *index, int32_t id, const uint8_t *bytes, ptrdiff_t count) {
    if (count <= CTOKEN_LONGEST) return 1;
    return memcmp(index->bytes + index->offsets[id - index->first], bytes, (size_t)count) == 0;
}

/// Looks on from the first slot.
static int32_t find(
    const ctoken_index *index, ctoken_key key, uint64_t hash, const uint8_t *bytes,
    ptrdiff_t count) {
    uint32_t tag = (uint32_t)(hash >> 32) & ~index->id_bits;
    for (uint64_t slot = hash & index->mask;; slot = (slot + 1) & index->mask) {
        uint32_t entry = index->slots[slot];
        if (entry == 0) return 0;
        if ((entry & ~index->id_bits) != tag) continue;
        int32_t id = (int32_t)(entry & index->id_bits);
        ctoken_key found = index->keys[id - index->first];
        if (found.low == key.low && found.high == key.high && is_token(index, id, bytes, count)) {
            return id;
        }
    }
}

int32_t ctoken_find(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    if (count <= 0 || count > CTOKEN_LONGEST_TOKEN) return 0;
    ctoken_key key = ctoken_make_key(bytes, count, readable);
    return find(index, key, hash_of(key), bytes, count);
}

static void look_up(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, const ptrdiff_t *starts,
    int32_t *ids, ptrdiff_t words) {
    ctoken_key keys[BATCH];
    uint64_t hashes[BATCH];
    for (ptrdiff_t i = 0; i < words; i++) {
        ptrdiff_t start = starts[i], length = starts[i + 1] - start;
        // What is longer than any token is not hashed to its end, and found unknown below.
        ptrdiff_t known = length > CTOKEN_LONGEST_TOKEN ? CTOKEN_LONGEST_TOKEN : length;
        keys[i] = known <= CTOKEN_LONGEST ? short_key(bytes + start, known, count - start)
                                          : ctoken_make_key(bytes + start, known, count - start);
        hashes[i] = hash_of(keys[i]);
        __builtin_prefetch(index->slots + (hashes[i] & index->mask));
    }
    for (ptrdiff_t i = 0; i < words; i++) {
        uint32_t entry = index->slots[hashes[i] & index->mask];
        int32_t id = (int32_t)(entry & index->id_bits);
        ids[i] = id < index->first ? index->first : id;
        __builtin_prefetch(index->keys + (ids[i] - index->first));
    }
    for (ptrdiff_t i = 0; i < words; i++) {
        ctoken_key found = index->keys[ids[i] - index->first];
        ptrdiff_t length = starts[i + 1] - starts[i];
        int is_same = found.low == keys[i].low && found.high == keys[i].high;
        if (is_same && length <= CTOKEN_LONGEST) continue;
        ids[i] = length > CTOKEN_LONGEST_TOKEN
            ? 0 : find(index, keys[i], hashes[i], bytes + starts[i], length);
    }
}

ptrdiff_t ctoken_find_words(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, const ptrdiff_t *ends,
    ptrdiff_t end_count, ptrdiff_t *next, ptrdiff_t start, ptrdiff_t *starts, int32_t *ids,
    ptrdiff_t capacity) {
    // TAB, LF, VT, FF, CR and space.
    const uint64_t white_space = UINT64_C(1) << 0x20 | UINT64_C(0x1F) << 0x09;
    ptrdiff_t words = 0, at = *next, last = start;
    starts[0] = start;
    for (; at < end_count && words < capacity; at++) {
        ptrdiff_t end = ends[at];
        // Only a segment of spaces can end in a space. Without a branch for ASCII: spaces come too
        // irregularly to be foreseen.
        ptrdiff_t is_space = bytes[end - 1] == 0x20;
        uint32_t after = end < count ? bytes[end] : 0x20;
        if (__builtin_expect(after >= 0x80, 0)) {
            end -= is_space && !begins_white_space(bytes + end, count - end);
        } else {
            end -= is_space & !(after < 64 && (white_space >> (after & 63) & 1));
        }
        // One space alone is no word: what begins with it goes on.
        starts[words + 1] = end;
        words += end > last;
        last = end;
    }
    *next = at;
    for (ptrdiff_t done = 0; done < words; done += BATCH) {
        ptrdiff_t size = words - done < BATCH ? words - done : BATCH;
        look_up(index, bytes, count, starts + done, ids + done, size);
    }
    return words;
}
