// A run, script by script.
#include "cutter.h"

void cicu_cutter_free(cicu_cutter *cutter) {
    for (int script = 0; script < CUT_EAST_ASIAN; script++) free(cutter->pairs[script]);
    free(cutter->costs);
    free(cutter->previous);
    free(cutter->firsts);
    free(cutter->bigrams);
    free(cutter->ends);
    memset(cutter, 0, sizeof *cutter);
}

int cicu_cutter_cut(
    cicu_cutter *cutter, const cicu_lexicon *lexicon, const uint16_t *units, int64_t count,
    const uint8_t *is_dictionary) {
    cutter->end_count = 0;
    for (int64_t start = 0; start < count;) {
        if (!is_dictionary[start]) {
            start++;
            continue;
        }
        uint16_t first = units[start];
        int script = lexicon->kinds[first] & CUT_SCRIPT;
        if (script == CUT_NOBODY) {
            // Hangul has no dictionary; of others ICU remembers what it has met before.
            if (first < 0xAC00 || first > 0xD7A3) return 0;
            start++;
            continue;
        }
        int64_t end = start;
        int plain = CUT_PLAIN;
        while (end < count && (lexicon->kinds[units[end]] & CUT_SCRIPT) == script) {
            plain &= lexicon->kinds[units[end++]];
        }
        int is_cut;
        if (script == CUT_EAST_ASIAN) {
            is_cut = plain && cicu_cut_east_asian(cutter, lexicon, units, start, end);
        } else {
            is_cut = cicu_cut_south_east(cutter, lexicon, script, units, start, end);
        }
        if (!is_cut) return 0;
        start = end;
    }
    return cicu_cutter_add(cutter, count);
}
