// Chinese and Japanese: the cheapest way through the run, a word costing what the dictionary says.
#include "cutter.h"
#include "trie.h"

enum { LONGEST_WORD = 20, LONGEST_KATAKANA = 8, MOST_KATAKANA = 20, UNKNOWN_COST = 255, DEAR = 8192, FETCHED = 16 };
#define UNREACHED UINT32_MAX

static int is_katakana(uint16_t c) {
    return (c >= 0x30A1 && c <= 0x30FE && c != 0x30FB) || (c >= 0xFF66 && c <= 0xFF9F);
}

/// The cost of a run of Katakana as one word, whether or not it is in the dictionary.
static uint32_t katakana_cost(int64_t length) {
    static const uint16_t costs[LONGEST_KATAKANA + 1] = {
        DEAR, 984, 408, 240, 204, 252, 300, 372, 480};
    return length > LONGEST_KATAKANA ? DEAR : costs[length];
}

static int prepare(cicu_cutter *cutter, int64_t count) {
    if (cutter->firsts == NULL) cutter->firsts = calloc(0x10000, sizeof *cutter->firsts);
    if (cutter->bigrams == NULL) {
        cutter->bigrams = calloc((size_t)1 << CUT_BIGRAM_BITS, sizeof *cutter->bigrams);
    }
    if (cutter->firsts == NULL || cutter->bigrams == NULL) return 0;
    int64_t capacity = cutter->capacity;
    return cicu_reserve((void **)&cutter->costs, &capacity, count + 1, sizeof *cutter->costs)
        && cicu_reserve(
               (void **)&cutter->previous, &cutter->capacity, count + 1, sizeof *cutter->previous);
}

static inline void offer(cicu_cutter *cutter, int64_t from, int64_t to, uint32_t cost) {
    cost += cutter->costs[from];
    if (cost >= cutter->costs[to]) return;
    cutter->costs[to] = cost;
    cutter->previous[to] = (int32_t)from;
}

/// The place behind a first unit. Returns what is found there, and the cost of the unit as a word.
static inline trie_result first_step(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, uint16_t unit, trie_place *place,
    uint32_t *cost) {
    const uint16_t *root = (const uint16_t *)(const void *)lexicon->words[CUT_EAST_ASIAN];
    cicu_first *first = cutter->firsts + unit;
    if (first->place == 0) {
        place->at = root;
        place->rest = -1;
        trie_result result = unit_step(place, unit);
        *cost = result >= TRIE_VALUE ? unit_value_at(place) : UNKNOWN_COST;
        // A first unit inside a linear match has no place by itself.
        if (place->rest >= 0 || *cost > UINT16_MAX) return result;
        first->result = (uint8_t)result;
        first->cost = (uint16_t)*cost;
        first->place = (int32_t)((const uint16_t *)place->at - root) + 1;
        return result;
    }
    place->at = root + first->place - 1;
    place->rest = -1;
    *cost = first->cost;
    return (trie_result)first->result;
}

static inline uint32_t bigram_of(const uint16_t *units) {
    return (uint32_t)units[0] << 16 | units[1];
}

static inline cicu_bigram *bigram_slot(const cicu_cutter *cutter, uint32_t units) {
    return cutter->bigrams + (units * UINT32_C(0x9E3779B1) >> (32 - CUT_BIGRAM_BITS));
}

/// Fetches what the next places will ask for, all at once: it lies scattered over megabytes.
static inline void fetch(
    const cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t at,
    int64_t end) {
    const uint16_t *root = (const uint16_t *)(const void *)lexicon->words[CUT_EAST_ASIAN];
    for (int64_t i = at; i < end; i++) {
        __builtin_prefetch(cutter->firsts + units[i]);
        if (i + 1 < end) __builtin_prefetch(bigram_slot(cutter, bigram_of(units + i)));
    }
    for (int64_t i = at; i + 2 < end; i++) {
        const cicu_bigram *bigram = bigram_slot(cutter, bigram_of(units + i));
        int goes_on = bigram->result == TRIE_ON || bigram->result == TRIE_VALUE;
        __builtin_prefetch(root + (goes_on ? bigram->place : 0));
    }
}

/// The step behind a first unit, remembered too: there are hundreds of branches still.
static inline const cicu_bigram *second_step(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *both, trie_place *place) {
    const uint16_t *root = (const uint16_t *)(const void *)lexicon->words[CUT_EAST_ASIAN];
    uint32_t units = bigram_of(both);
    cicu_bigram *bigram = bigram_slot(cutter, units);
    if (bigram->units == units) {
        place->at = root + bigram->place;
        place->rest = bigram->rest;
        return bigram;
    }
    trie_result result = unit_step(place, both[1]);
    bigram->units = units;
    bigram->place = (int32_t)((const uint16_t *)place->at - root);
    bigram->rest = (int16_t)place->rest;
    bigram->result = (uint8_t)result;
    bigram->cost = result >= TRIE_VALUE ? unit_value_at(place) : 0;
    return bigram;
}

static void offer_words(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t at,
    int64_t count) {
    int64_t longest = count - at < LONGEST_WORD ? count - at : LONGEST_WORD;
    trie_place place;
    uint32_t cost;
    trie_result result = first_step(cutter, lexicon, units[at], &place, &cost);
    int has_single = result == TRIE_VALUE || result == TRIE_LAST;
    if (has_single) offer(cutter, at, at + 1, cost);
    int64_t length = 2;
    if (longest >= 2 && (result == TRIE_ON || result == TRIE_VALUE)) {
        const cicu_bigram *bigram = second_step(cutter, lexicon, units + at, &place);
        result = (trie_result)bigram->result;
        if (result >= TRIE_VALUE) offer(cutter, at, at + 2, bigram->cost);
        length = 3;
    }
    for (; length <= longest && (result == TRIE_ON || result == TRIE_VALUE); length++) {
        result = unit_step(&place, units[at + length - 1]);
        if (result == TRIE_VALUE || result == TRIE_LAST) {
            offer(cutter, at, at + length, unit_value_at(&place));
        }
    }
    // A character that is no word is one all the same, at the highest cost.
    if (!has_single) offer(cutter, at, at + 1, cost);
}

int cicu_cut_east_asian(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t start,
    int64_t end) {
    int64_t count = end - start;
    units += start;
    if (!prepare(cutter, count)) return 0;
    for (int64_t i = 1; i <= count; i++) cutter->costs[i] = UNREACHED;
    cutter->costs[0] = 0;
    int was_katakana = 0;
    for (int64_t at = 0; at < count; at++) {
        if (at % FETCHED == 0) {
            fetch(cutter, lexicon, units, at, count - at < FETCHED ? count : at + FETCHED);
        }
        if (cutter->costs[at] == UNREACHED) continue;
        offer_words(cutter, lexicon, units, at, count);
        int is_now = is_katakana(units[at]);
        if (is_now && !was_katakana) {
            int64_t last = at + 1;
            while (last < count && last - at < MOST_KATAKANA && is_katakana(units[last])) last++;
            if (last - at < MOST_KATAKANA) offer(cutter, at, last, katakana_cost(last - at));
        }
        was_katakana = is_now;
    }
    // Back from the end; then in order.
    int64_t first = cutter->end_count;
    for (int64_t at = cutter->previous[count]; at > 0; at = cutter->previous[at]) {
        if (!cicu_cutter_add(cutter, at + start)) return 0;
    }
    for (int64_t left = first, right = cutter->end_count - 1; left < right; left++, right--) {
        int32_t end_left = cutter->ends[left];
        cutter->ends[left] = cutter->ends[right];
        cutter->ends[right] = end_left;
    }
    return 1;
}
