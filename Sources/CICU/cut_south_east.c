// Thai, Lao, Burmese and Khmer: the words that leave the most words after them.
//
// At each place the longest word is taken that two more words can follow; short of that, one that a
// word can follow. What is in no dictionary joins a short word before it, up to a place where a word
// may begin and one does.
#include "cutter.h"
#include "trie.h"

enum { MOST_WORDS = 20, SHORT = 3, REPEAT = 0x0E46, ELISION = 0x0E2F };

/// The words that begin at a place, by length, and how far the dictionary followed the text.
typedef struct {
    int64_t at;
    int count, prefix;
    int32_t lengths[MOST_WORDS];
} words;

/// One part in work. Looking ahead asks for the same few places again: the last are kept.
typedef struct {
    const cicu_lexicon *lexicon;
    const uint16_t *units;
    int64_t end;
    int script;
    cicu_pair *pairs;
    words known[8];
} part;

/// Two steps from the root, remembered: there the trie branches most.
static trie_place two_steps(const part *p, uint32_t first, uint32_t second, cicu_pair *found) {
    const uint8_t *root = p->lexicon->words[p->script];
    trie_place place = {root, -1};
    cicu_pair *pair =
        first < CUT_PAIR_BYTES && second < CUT_PAIR_BYTES
        ? &p->pairs[first * CUT_PAIR_BYTES + second] : NULL;
    if (pair != NULL && pair->place != 0) {
        *found = *pair;
        place.at = root + pair->place - 1;
        place.rest = pair->rest;
        return place;
    }
    found->first = (uint8_t)(first > 0xFD ? TRIE_NONE : byte_step(&place, (uint8_t)first));
    found->second = TRIE_NONE;
    if (found->first != TRIE_NONE && found->first != TRIE_LAST && second <= 0xFD) {
        found->second = (uint8_t)byte_step(&place, (uint8_t)second);
    }
    found->place = (int32_t)((const uint8_t *)place.at - root) + 1;
    found->rest = (int16_t)place.rest;
    if (pair != NULL) *pair = *found;
    return place;
}

static const words *words_at(part *p, int64_t at) {
    words *found = &p->known[at & 7];
    if (found->at == at) return found;
    found->at = at;
    found->count = 0;
    found->prefix = 0;
    if (at == p->end) return found;
    // Joiners have bytes of their own in the trie, but stand in no run of one script.
    uint32_t base = p->lexicon->first[p->script], first = p->units[at] - base;
    uint32_t second = at + 1 < p->end ? p->units[at + 1] - base : UINT32_MAX;
    cicu_pair pair = {0};
    trie_place place = two_steps(p, first, second, &pair);
    found->prefix = 1;
    if (pair.first >= TRIE_VALUE) found->lengths[found->count++] = 1;
    if (pair.first == TRIE_NONE || pair.first == TRIE_LAST || at + 1 == p->end) return found;
    trie_result result = pair.second;
    for (int64_t i = at + 2;; i++) {
        found->prefix++;
        if (result >= TRIE_VALUE && found->count < MOST_WORDS) {
            found->lengths[found->count++] = (int32_t)(i - at);
        }
        if (result == TRIE_NONE || result == TRIE_LAST || i == p->end) break;
        uint32_t unit = p->units[i] - base;
        result = unit > 0xFD ? TRIE_NONE : byte_step(&place, (uint8_t)unit);
    }
    return found;
}

/// Length of the word to take at a place, 0 if there is none.
static int64_t best_word(part *p, int64_t at) {
    const words *found = words_at(p, at);
    if (found->count == 0) return 0;
    int64_t best = found->lengths[found->count - 1];
    if (found->count == 1 || at + best >= p->end) return best;
    // Looking ahead may take their memory for another place.
    words first = *found;
    for (int k = first.count - 1; k >= 0; k--) {
        int64_t behind = at + first.lengths[k];
        words second = *words_at(p, behind);
        if (second.count == 0) continue;
        best = first.lengths[k];
        if (behind + second.lengths[second.count - 1] >= p->end) return best;
        for (int j = second.count - 1; j >= 0; j--) {
            if (words_at(p, behind + second.lengths[j])->count > 0) return best;
        }
    }
    return best;
}

/// How much from `at` on is in no dictionary: up to where a word may begin and does.
static int64_t unknown_length(part *p, int64_t at) {
    const uint8_t *kinds = p->lexicon->kinds;
    int64_t i = at + 1;
    for (; i < p->end; i++) {
        if ((kinds[p->units[i - 1]] & CUT_ENDS_WORD) && (kinds[p->units[i]] & CUT_BEGINS_WORD)
            && words_at(p, i)->count > 0) {
            break;
        }
    }
    return i - at;
}

/// Thai signs of elision and repetition belong to the word before them.
static int64_t with_signs(part *p, int64_t i) {
    uint16_t sign = p->units[i];
    if ((sign != ELISION && sign != REPEAT) || words_at(p, i)->count > 0) return i;
    if (sign == ELISION && p->units[i - 1] != ELISION && p->units[i - 1] != REPEAT) {
        i++;
        sign = i < p->end ? p->units[i] : 0;
    }
    if (sign == REPEAT && p->units[i - 1] != REPEAT) i++;
    return i;
}

int cicu_cut_south_east(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, int script, const uint16_t *units,
    int64_t start, int64_t end) {
    // Too short for two words: Thai wants more than four characters, the others four.
    if (end - start < (script == CUT_THAI ? 5 : 4)) return 1;
    if (cutter->pairs[script] == NULL) {
        cutter->pairs[script] =
            calloc(CUT_PAIR_BYTES * CUT_PAIR_BYTES, sizeof *cutter->pairs[script]);
        if (cutter->pairs[script] == NULL) return 0;
    }
    part p;
    p.lexicon = lexicon;
    p.units = units;
    p.end = end;
    p.script = script;
    p.pairs = cutter->pairs[script];
    for (int k = 0; k < 8; k++) p.known[k].at = -1;
    for (int64_t at = start; at < end;) {
        int64_t length = best_word(&p, at), i = at + length;
        if (i < end && length < SHORT) {
            const words *next = words_at(&p, i);
            if (next->count == 0 && (length == 0 || next->prefix < SHORT)) i += unknown_length(&p, i);
        }
        while (i < end && (lexicon->kinds[units[i]] & CUT_MARK)) i++;
        if (script == CUT_THAI && i < end) i = with_signs(&p, i);
        if (i < end && !cicu_cutter_add(cutter, i)) return 0;
        at = i;
    }
    return 1;
}
