#include "ctoken_counter.h"

#include <stdlib.h>

#include "token_key.h"

/// What decides the place of a type: its count, and what its first bytes are worth.
typedef struct {
    uint64_t count, prefix;
    uint32_t type;
} place;

/// Counts below this are told apart when the least that has a place is looked for.
enum { SMALL_COUNTS = 4096, RADIX = 256 };

static uint64_t first_word(const ctoken_counter *counter, const ctoken_type *type) {
    int is_long = type->key.high >> 56 > CTOKEN_LONGEST;
    uint64_t word = is_long ? load(counter->bytes + type->start) : type->key.low;
    return __builtin_bswap64(word);
}

/// The least count so that at least `limit` types have it or more, but not below `least`.
static uint64_t least_count(const ctoken_counter *counter, uint64_t least, uint64_t limit) {
    uint64_t numbers[SMALL_COUNTS] = {0}, found = 0, count = SMALL_COUNTS - 1;
    for (uint64_t type = 1; type <= counter->count; type++) {
        uint64_t own = counter->types[type].count;
        numbers[own < SMALL_COUNTS ? own : SMALL_COUNTS - 1]++;
    }
    while (count > 0 && (found += numbers[count]) < limit) count--;
    // The last number is of all counts above too: those must all be looked at.
    return count > least ? count : least;
}

/// Sorts by one byte of the count, descending, or of the prefix, ascending, and keeps the order of
/// equals; 0 if all have the same, and nothing was moved.
static int sort_byte(const place *from, place *to, uint64_t size, int is_count, int shift) {
    uint64_t starts[RADIX] = {0}, sum = 0;
    uint64_t flip = is_count ? RADIX - 1 : 0;
    for (uint64_t i = 0; i < size; i++) {
        uint64_t word = is_count ? from[i].count : from[i].prefix;
        starts[(word >> shift & (RADIX - 1)) ^ flip]++;
    }
    for (int byte = 0; byte < RADIX; byte++) {
        if (starts[byte] == size) return 0;
        uint64_t number = starts[byte];
        starts[byte] = sum;
        sum += number;
    }
    for (uint64_t i = 0; i < size; i++) {
        uint64_t word = is_count ? from[i].count : from[i].prefix;
        to[starts[(word >> shift & (RADIX - 1)) ^ flip]++] = from[i];
    }
    return 1;
}

/// Whether the bytes of one type precede those of another that begins with the same eight.
static int precedes(const ctoken_counter *counter, uint32_t left, uint32_t right) {
    uint8_t a[CTOKEN_LONGEST_TOKEN + 1], b[CTOKEN_LONGEST_TOKEN + 1];
    ptrdiff_t m = ctoken_type_bytes(counter, left, a), n = ctoken_type_bytes(counter, right, b);
    int order = memcmp(a, b, (size_t)(m < n ? m : n));
    return order != 0 ? order < 0 : m < n;
}

/// Sorts a run of types that begin alike, by halves.
static void sort_run(const ctoken_counter *counter, place *run, place *spare, uint64_t size) {
    if (size < 2) return;
    uint64_t half = size / 2, i = 0, j = half;
    sort_run(counter, run, spare, half);
    sort_run(counter, run + half, spare, size - half);
    memcpy(spare, run, size * sizeof *run);
    for (uint64_t k = 0; k < size; k++) {
        int takes_left = j == size
            || (i < half && !precedes(counter, spare[j].type, spare[i].type));
        run[k] = takes_left ? spare[i++] : spare[j++];
    }
}

uint64_t ctoken_rank(
    const ctoken_counter *counter, uint64_t minimum_count, uint64_t limit, uint32_t *order) {
    uint64_t least = least_count(counter, minimum_count, limit), size = 0;
    for (uint64_t type = 1; type <= counter->count; type++) {
        size += counter->types[type].count >= least;
    }
    place *places = malloc((size + 1) * sizeof *places);
    place *spare = malloc((size + 1) * sizeof *spare);
    if (places == NULL || spare == NULL) abort();
    size = 0;
    for (uint64_t number = 1; number <= counter->count; number++) {
        const ctoken_type *type = counter->types + number;
        if (type->count < least) continue;
        places[size++] =
            (place){type->count, first_word(counter, type), (uint32_t)(number - 1)};
    }
    for (int byte = 0; byte < 16; byte++) {
        if (sort_byte(places, spare, size, byte >= 8, 8 * (byte & 7))) {
            place *sorted = spare;
            spare = places;
            places = sorted;
        }
    }
    for (uint64_t start = 0, end; start < size; start = end) {
        for (end = start + 1; end < size && places[end].count == places[start].count
             && places[end].prefix == places[start].prefix;) {
            end++;
        }
        sort_run(counter, places + start, spare, end - start);
    }
    for (uint64_t i = 0; i < size; i++) order[i] = places[i].type;
    free(places);
    free(spare);
    return size;
}
