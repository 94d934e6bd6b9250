#include "ctoken_counter.h"

#include <stdlib.h>

#include "token_key.h"

enum { LEAST_ROOM = 128 };

/// No piece has the key of type 0, which stands in free slots.
static const ctoken_type nothing = {{UINT64_MAX, UINT64_MAX}, 0, 0};

static void *there(void *memory) {
    if (memory == NULL) abort();
    return memory;
}

static uint64_t *new_slots(ctoken_counter *counter) {
    counter->shift = 64 - __builtin_ctzll(2 * counter->room);
    return there(calloc(2 * counter->room, sizeof *counter->slots));
}

void ctoken_counter_open(ctoken_counter *counter, uint64_t capacity) {
    *counter = (ctoken_counter){.room = LEAST_ROOM};
    while (counter->room < capacity) counter->room *= 2;
    counter->slots = new_slots(counter);
    counter->types = there(malloc((counter->room + 1) * sizeof *counter->types));
    counter->types[0] = nothing;
    counter->byte_room = LEAST_ROOM;
    counter->bytes = there(malloc(counter->byte_room));
}

void ctoken_counter_copy(ctoken_counter *counter, const ctoken_counter *other) {
    *counter = *other;
    counter->slots = new_slots(counter);
    memcpy(counter->slots, other->slots, 2 * other->room * sizeof *other->slots);
    counter->types = there(malloc((other->room + 1) * sizeof *other->types));
    memcpy(counter->types, other->types, (other->count + 1) * sizeof *other->types);
    counter->bytes = there(malloc(other->byte_room));
    memcpy(counter->bytes, other->bytes, other->byte_count);
}

void ctoken_counter_close(ctoken_counter *counter) {
    free(counter->slots);
    free(counter->types);
    free(counter->bytes);
}

void ctoken_counter_clear(ctoken_counter *counter) {
    memset(counter->slots, 0, 2 * counter->room * sizeof *counter->slots);
    counter->count = counter->byte_count = 0;
}

static inline uint64_t entry_of(uint64_t hash, uint64_t type) {
    return (hash & ~(uint64_t)UINT32_MAX) | type;
}

/// The types that came first, which are the frequent ones, get the slots they are sent to.
static void grow(ctoken_counter *counter) {
    counter->room *= 2;
    free(counter->slots);
    counter->slots = new_slots(counter);
    counter->types = there(realloc(counter->types, (counter->room + 1) * sizeof *counter->types));
    uint64_t mask = 2 * counter->room - 1;
    for (uint64_t type = 1; type <= counter->count; type++) {
        uint64_t hash = hash_of(counter->types[type].key), slot = hash >> counter->shift;
        while (counter->slots[slot] != 0) slot = (slot + 1) & mask;
        counter->slots[slot] = entry_of(hash, type);
    }
}

static uint64_t keep_bytes(ctoken_counter *counter, const uint8_t *bytes, ptrdiff_t length) {
    uint64_t start = counter->byte_count;
    counter->byte_count += (uint64_t)length;
    if (counter->byte_count > counter->byte_room) {
        while (counter->byte_count > counter->byte_room) counter->byte_room *= 2;
        counter->bytes = there(realloc(counter->bytes, counter->byte_room));
    }
    memcpy(counter->bytes + start, bytes, (size_t)length);
    return start;
}

/// Counts a piece by its key; the bytes are only asked for where the key is not all of it.
static void count_key(
    ctoken_counter *counter, ctoken_key key, const uint8_t *bytes, ptrdiff_t length,
    uint64_t occurrences) {
    uint64_t hash = hash_of(key), slot = hash >> counter->shift, mask = 2 * counter->room - 1;
    for (; counter->slots[slot] != 0; slot = (slot + 1) & mask) {
        uint64_t entry = counter->slots[slot];
        if ((entry ^ hash) >> 32 != 0) continue;
        ctoken_type *type = counter->types + (uint32_t)entry;
        if (type->key.low != key.low || type->key.high != key.high) continue;
        if (length > CTOKEN_LONGEST
            && memcmp(counter->bytes + type->start, bytes, (size_t)length) != 0) {
            continue;
        }
        type->count += occurrences;
        return;
    }
    if (counter->count == UINT32_MAX - 1) abort();
    uint64_t type = ++counter->count;
    counter->slots[slot] = entry_of(hash, type);
    uint64_t start = length > CTOKEN_LONGEST ? keep_bytes(counter, bytes, length) : 0;
    counter->types[type] = (ctoken_type){key, occurrences, start};
    if (counter->count == counter->room) grow(counter);
}

void ctoken_count_one(
    ctoken_counter *counter, const uint8_t *bytes, ptrdiff_t length, ptrdiff_t readable,
    uint64_t occurrences) {
    count_key(counter, key_of(bytes, length, readable), bytes, length, occurrences);
}

/// Counts those that stand in the slot they are sent to, `amounts` or one each; notes the others.
static inline ptrdiff_t count_near(
    ctoken_counter *counter, const ctoken_key *keys, const ctoken_type *amounts, ptrdiff_t size,
    int32_t *open) {
    uint32_t numbers[GROUP];
    ptrdiff_t open_count = 0;
    for (ptrdiff_t k = 0; k < size; k++) {
        numbers[k] = (uint32_t)counter->slots[hash_of(keys[k]) >> counter->shift];
        __builtin_prefetch(counter->types + numbers[k], 1);
    }
    for (ptrdiff_t k = 0; k < size; k++) {
        ctoken_type *type = counter->types + numbers[k];
        uint64_t other = (type->key.low ^ keys[k].low) | (type->key.high ^ keys[k].high);
        // Equal keys are equal pieces only where the key is all of the piece.
        uint64_t is_same = other == 0 && keys[k].high >> 56 <= CTOKEN_LONGEST;
        uint64_t amount = amounts == NULL ? 1 : amounts[k].count;
        type->count += amount & -is_same;
        open[open_count] = (int32_t)k;
        open_count += !is_same;
    }
    return open_count;
}

void ctoken_count_batch(
    ctoken_counter *counter, const uint8_t *bytes, ptrdiff_t count, const ptrdiff_t *starts,
    ptrdiff_t piece_count, ptrdiff_t least, int32_t is_lines, ctoken_tally *tally) {
    ptrdiff_t begins[GROUP], lengths[GROUP];
    ctoken_key keys[GROUP];
    int32_t open[GROUP];
    for (ptrdiff_t first = 0; first < piece_count; first += GROUP) {
        ptrdiff_t size = piece_count - first < GROUP ? piece_count - first : GROUP, kept = 0;
        for (ptrdiff_t k = first; k < first + size; k++) {
            ptrdiff_t begin = starts[k], end = starts[k + 1];
            ptrdiff_t length = end - begin - (is_lines & (bytes[end - 1] == '\n'));
            tally->occurrences += length > 0;
            tally->too_long += length > CTOKEN_LONGEST_TOKEN;
            begins[kept] = begin;
            lengths[kept] = length;
            kept += (length >= least) & (length > 0) & (length <= CTOKEN_LONGEST_TOKEN);
        }
        ptrdiff_t near = kept;
        while (near > 0 && count - begins[near - 1] <= CTOKEN_LONGEST) near--;
        for (ptrdiff_t k = 0; k < near; k++) {
            keys[k] = wide_key(bytes + begins[k], lengths[k]);
        }
        ptrdiff_t open_count = count_near(counter, keys, NULL, near, open);
        for (ptrdiff_t k = near; k < kept; k++) open[open_count++] = (int32_t)k;
        for (ptrdiff_t k = 0; k < open_count; k++) {
            ptrdiff_t begin = begins[open[k]];
            ctoken_count_one(counter, bytes + begin, lengths[open[k]], count - begin, 1);
        }
    }
}

void ctoken_count_all(ctoken_counter *counter, const ctoken_counter *other) {
    ctoken_key keys[GROUP];
    int32_t open[GROUP];
    for (uint64_t first = 1; first <= other->count; first += GROUP) {
        uint64_t left = other->count - first + 1;
        ptrdiff_t size = left < GROUP ? (ptrdiff_t)left : GROUP;
        const ctoken_type *types = other->types + first;
        for (ptrdiff_t k = 0; k < size; k++) keys[k] = types[k].key;
        ptrdiff_t open_count = count_near(counter, keys, types, size, open);
        for (ptrdiff_t k = 0; k < open_count; k++) {
            const ctoken_type *type = types + open[k];
            count_key(
                counter, type->key, other->bytes + type->start, (ptrdiff_t)(type->key.high >> 56),
                type->count);
        }
    }
}

/// The bytes of a word from the lowest on.
static inline void store(uint8_t *bytes, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(bytes, &word, sizeof word);
}

ptrdiff_t ctoken_type_bytes(const ctoken_counter *counter, uint32_t type, uint8_t *bytes) {
    const ctoken_type *found = counter->types + type + 1;
    ptrdiff_t length = (ptrdiff_t)(found->key.high >> 56);
    if (length > CTOKEN_LONGEST) {
        memcpy(bytes, counter->bytes + found->start, (size_t)length);
    } else {
        store(bytes, found->key.low);
        store(bytes + 8, found->key.high);
    }
    return length;
}

ptrdiff_t ctoken_take_ascii(
    const ctoken_counter *counter, uint32_t *types, ptrdiff_t count, uint64_t *spaced) {
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint8_t bytes[CTOKEN_LONGEST_TOKEN + 1];
        const ctoken_type *type = counter->types + types[i] + 1;
        ptrdiff_t length = (ptrdiff_t)(type->key.high >> 56);
        uint64_t high = type->key.low | (type->key.high & ~(UINT64_C(0xFF) << 56));
        types[left] = types[i];
        if (length > CTOKEN_LONGEST || (high & UINT64_C(0x8080808080808080)) != 0) {
            left++;
            continue;
        }
        ctoken_type_bytes(counter, types[i], bytes);
        if (memchr(bytes, '\r', (size_t)length) != NULL) {
            left++;
            continue;
        }
        int is_spaced = length > 1 && bytes[0] == 0x20 && bytes[1] != 0x20
            && (bytes[1] < 0x09 || bytes[1] > 0x0D);
        spaced[bytes[1] & 127] += (uint64_t)is_spaced;
    }
    return left;
}
