#include "token_key.h"

/// Other bits than those that tell the slot, unless the table is very large.
static inline uint32_t tag_of(const ctoken_index *index, uint64_t hash) {
    return (uint32_t)(hash >> 16) & ~index->id_bits;
}

int32_t ctoken_character(const uint8_t *bytes, ptrdiff_t count) {
    if (count == 2 && bytes[0] >= 0xC2 && bytes[0] <= 0xDF && (bytes[1] & 0xC0) == 0x80) {
        return (bytes[0] & 31) << 6 | (bytes[1] & 63);
    }
    if (count != 3 || (bytes[0] & 0xF0) != 0xE0 || (bytes[1] & 0xC0) != 0x80
        || (bytes[2] & 0xC0) != 0x80) {
        return -1;
    }
    int32_t scalar = (bytes[0] & 15) << 12 | (bytes[1] & 63) << 6 | (bytes[2] & 63);
    return scalar < 0x800 ? -1 : scalar;
}

uint32_t ctoken_slot(const ctoken_index *index, ctoken_key key) {
    return (uint32_t)(hash_of(key) >> index->shift);
}

uint32_t ctoken_entry(const ctoken_index *index, ctoken_key key, int32_t id) {
    return tag_of(index, hash_of(key)) | (uint32_t)id;
}

ctoken_key ctoken_make_key(const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    return key_of(bytes, count, readable);
}

/// Whether the token with this id, which has the key of the piece, is the piece.
static inline int is_token(
    const ctoken_index *index, int32_t id, const uint8_t *bytes, ptrdiff_t count) {
    if (count <= CTOKEN_LONGEST) return 1;
    return memcmp(index->bytes + index->offsets[id], bytes, (size_t)count) == 0;
}

int32_t ctoken_find(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t readable) {
    if (count <= 0 || count > CTOKEN_LONGEST_TOKEN) return 0;
    ctoken_key key = key_of(bytes, count, readable);
    uint64_t hash = hash_of(key);
    uint32_t tag = tag_of(index, hash);
    for (uint64_t slot = hash >> index->shift;; slot = (slot + 1) & index->mask) {
        uint32_t entry = index->slots[slot];
        if (entry == 0) return 0;
        if ((entry & ~index->id_bits) != tag) continue;
        int32_t id = (int32_t)(entry & index->id_bits);
        ctoken_key found = index->keys[id];
        if (found.low == key.low && found.high == key.high && is_token(index, id, bytes, count)) {
            return id;
        }
    }
}

typedef struct {
    ptrdiff_t start, length;
} place;

/// Looks up to `GROUP` pieces up, as `ctoken_find` does one, each step for all of them.
static void find_group(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, const place *places,
    ptrdiff_t size, int32_t *ids) {
    ctoken_key wanted[GROUP];
    for (ptrdiff_t k = 0; k < size; k++) {
        place p = places[k];
        if (p.length > CTOKEN_LONGEST_TOKEN) p.length = 0;
        wanted[k] = ctoken_make_key(bytes + p.start, p.length, count - p.start);
        __builtin_prefetch(index->slots + (hash_of(wanted[k]) >> index->shift));
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        uint64_t hash = hash_of(wanted[k]), slot = hash >> index->shift;
        uint32_t tag = tag_of(index, hash), entry;
        while ((entry = index->slots[slot]) != 0 && (entry & ~index->id_bits) != tag) {
            slot = (slot + 1) & index->mask;
        }
        ids[k] = (int32_t)(entry & index->id_bits);
        __builtin_prefetch(index->keys + ids[k]);
        if (places[k].length > CTOKEN_LONGEST) __builtin_prefetch(index->offsets + ids[k]);
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        if (ids[k] == 0) continue;
        ctoken_key found = index->keys[ids[k]];
        if (found.low != wanted[k].low || found.high != wanted[k].high) {
            // Another with the same tag.
            ptrdiff_t start = places[k].start;
            ids[k] = ctoken_find(index, bytes + start, places[k].length, count - start);
        } else if (places[k].length > CTOKEN_LONGEST) {
            __builtin_prefetch(index->bytes + index->offsets[ids[k]]);
        }
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        const uint8_t *piece = bytes + places[k].start;
        ptrdiff_t length = places[k].length;
        if (ids[k] != 0 && !is_token(index, ids[k], piece, length)) {
            ids[k] = ctoken_find(index, piece, length, count - places[k].start);
        }
    }
}

void ctoken_find_batch(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, ctoken_batch *batch) {
    const uint32_t *slots = index->slots;
    const ctoken_key *keys = index->keys;
    const ptrdiff_t *starts = batch->starts;
    int shift = index->shift;
    uint32_t id_bits = index->id_bits;
    int32_t *ids = batch->ids, *open = batch->unknown;
    ptrdiff_t near = batch->count, open_count = 0, left = 0;
    while (near > 0 && count - starts[near - 1] <= CTOKEN_LONGEST) near--;
    // First the slot a piece is sent to, where most are: without a branch, so that the processor has
    // many of them under way. Those that are elsewhere or nowhere are noted.
    for (ptrdiff_t first = 0; first < near; first += GROUP) {
        ptrdiff_t size = near - first < GROUP ? near - first : GROUP;
        ctoken_key wanted[GROUP];
        const uint32_t *at[GROUP];
        for (ptrdiff_t k = 0; k < size; k++) {
            const ptrdiff_t *start = starts + first + k;
            wanted[k] = wide_key(bytes + start[0], start[1] - start[0]);
            at[k] = slots + (hash_of(wanted[k]) >> shift);
            __builtin_prefetch(at[k]);
        }
        for (ptrdiff_t k = 0; k < size; k++) {
            uint32_t id = *at[k] & id_bits;
            __builtin_prefetch(keys + id);
            ids[first + k] = (int32_t)id;
        }
        for (ptrdiff_t k = 0; k < size; k++) {
            ctoken_key found = keys[ids[first + k]];
            uint64_t other = (found.low ^ wanted[k].low) | (found.high ^ wanted[k].high);
            int32_t kept = other == 0 ? -1 : 0;
            __asm__("" : "+r"(kept));  // or compilers see a branch in it
            ids[first + k] &= kept;
            open[open_count] = (int32_t)(first + k);
            open_count += ids[first + k] == 0;
        }
    }
    for (ptrdiff_t i = near; i < batch->count; i++) open[open_count++] = (int32_t)i;
    place places[GROUP];
    int32_t found[GROUP];
    for (ptrdiff_t first = 0; first < open_count; first += GROUP) {
        ptrdiff_t size = open_count - first < GROUP ? open_count - first : GROUP;
        for (ptrdiff_t k = 0; k < size; k++) {
            const ptrdiff_t *start = starts + open[first + k];
            places[k] = (place){start[0], start[1] - start[0]};
        }
        find_group(index, bytes, count, places, size, found);
        for (ptrdiff_t k = 0; k < size; k++) {
            int32_t i = open[first + k];
            ids[i] = found[k];
            open[left] = i;
            left += found[k] == 0;
        }
    }
    for (ptrdiff_t first = 0; first < left; first += GROUP) {
        ptrdiff_t size = left - first < GROUP ? left - first : GROUP;
        for (ptrdiff_t k = 0; k < size; k++) {
            const ptrdiff_t *start = starts + open[first + k];
            // No piece is empty, but what is left of one may be: that is nowhere.
            int is_spaced = bytes[start[0]] == 0x20;
            places[k] = (place){start[0] + is_spaced, is_spaced ? start[1] - start[0] - 1 : 0};
        }
        find_group(index, bytes, count, places, size, batch->bare + first);
    }
    batch->unknown_count = left;
    batch->next = batch->next_unknown = 0;
}

static int is_ascii(const uint8_t *bytes, ptrdiff_t count) {
    uint64_t high = 0;
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) high |= load(bytes + i);
    for (; i < count; i++) high |= (uint64_t)bytes[i] << 56 | bytes[i];
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

static inline void write_eight(const ctoken_index *index, const uint8_t *bytes, int32_t *ids) {
    for (int k = 0; k < 8; k++) ids[k] = index->first + bytes[k];
}

static inline ptrdiff_t write_bytes(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t count, int32_t *ids) {
    if (count < 8) {
        for (ptrdiff_t i = 0; i < count; i++) ids[i] = index->first + bytes[i];
        return count;
    }
    for (ptrdiff_t i = 0; i < count - 8; i += 8) write_eight(index, bytes + i, ids + i);
    write_eight(index, bytes + count - 8, ids + count - 8);
    return count;
}

/// Copies a run, in chunks where the room allows: runs are short.
static inline void copy(int32_t *to, const int32_t *from, ptrdiff_t count, ptrdiff_t room) {
    enum { CHUNK = 16 };
    if (room - count < CHUNK) {
        memcpy(to, from, (size_t)count * sizeof *to);
        return;
    }
    for (ptrdiff_t i = 0; i < count; i += CHUNK) memcpy(to + i, from + i, CHUNK * sizeof *to);
}

/// Whether a word begins with the one space before it: white space is a word by itself. -1 if that
/// takes more than a byte to tell.
static inline int has_space(const uint8_t *word, ptrdiff_t length) {
    if (length < 2 || word[0] != 0x20) return 0;
    if (word[1] == 0xC2 || (word[1] >= 0xE1 && word[1] <= 0xE3)) return -1;
    return word[1] != 0x20 && (word[1] < 0x09 || word[1] > 0x0D);
}

ptrdiff_t ctoken_write_words(
    const ctoken_index *index, const uint8_t *bytes, ctoken_batch *batch, int32_t *ids,
    ptrdiff_t capacity) {
    ptrdiff_t written = 0;
    for (;;) {
        int is_known = batch->next_unknown == batch->unknown_count;
        ptrdiff_t next = is_known ? batch->count : batch->unknown[batch->next_unknown];
        ptrdiff_t run = next - batch->next, room = capacity - written;
        if (run > room) run = room;
        copy(ids + written, batch->ids + batch->next, run, room);
        written += run;
        batch->next += run;
        if (is_known || batch->next < next) return written;
        const uint8_t *word = bytes + batch->starts[next];
        ptrdiff_t length = batch->starts[next + 1] - batch->starts[next];
        if (length > capacity - written) return written;
        int32_t bare = batch->bare[batch->next_unknown];
        int is_spaced = has_space(word, length);
        if (is_spaced < 0) return written;
        if (is_spaced && bare != 0) {
            ids[written] = index->first + 0x20;
            ids[written + 1] = bare;
            written += 2;
        } else {
            if (!is_ascii(word, length)) return written;
            int32_t spaced = is_spaced ? index->spaced[word[1]] : 0;
            ids[written] = spaced;
            written += spaced != 0;
            ptrdiff_t done = spaced != 0 ? 2 : 0;
            written += write_bytes(index, word + done, length - done, ids + written);
        }
        batch->next++;
        batch->next_unknown++;
    }
}

ptrdiff_t ctoken_write_characters(
    const ctoken_index *index, const uint8_t *bytes, ptrdiff_t readable, int32_t is_spaced,
    const ptrdiff_t *starts, ptrdiff_t count, int32_t *ids) {
    // A word of one character is what has been looked up already.
    if (!is_spaced && count == 1) {
        return write_bytes(index, bytes + starts[0], starts[1] - starts[0], ids);
    }
    ptrdiff_t written = 0, from = 0;
    if (is_spaced && count > 0) {
        ptrdiff_t start = starts[0] - 1;
        ids[written] = ctoken_find(index, bytes + start, starts[1] - start, readable - start);
        from = ids[written] != 0;
        if (from == 0) ids[written] = index->first + 0x20;
        written++;
    }
    for (ptrdiff_t i = from; i < count; i++) {
        ptrdiff_t start = starts[i], length = starts[i + 1] - start;
        if (length == 1) {
            ids[written++] = index->first + bytes[start];
            continue;
        }
        int32_t scalar = ctoken_character(bytes + start, length);
        int32_t id = scalar >= 0 ? index->characters[scalar]
                                 : ctoken_find(index, bytes + start, length, readable - start);
        if (id != 0) {
            ids[written++] = id;
        } else {
            written += write_bytes(index, bytes + start, length, ids + written);
        }
    }
    return written;
}
