// One match of the automaton, step by step as ICU takes them.
#include "tables.h"

int cicu_match_next(
    const cicu_tables *tables, const uint8_t *bytes, ptrdiff_t count, int is_last, ptrdiff_t start,
    ptrdiff_t from, int32_t state, ptrdiff_t *slots, cicu_match *match) {
    ptrdiff_t end = from, first_dictionary = PTRDIFF_MAX, i = from;
    int32_t status = tables->states[state].status;
    if (state == 0) state = tables->start;
    for (int is_over = 0; !is_over;) {
        int category;
        if (i < count) {
            ptrdiff_t at = i;
            if (i + 3 < count) {
                category = cicu_category_at(tables, bytes, &i, count);
            } else {
                int32_t scalar = cicu_decode(bytes, &i, count, is_last);
                if (scalar < 0) return 0;
                category = cicu_category(tables, scalar);
            }
            if (tables->is_dictionary[category] && at < first_dictionary) first_dictionary = at;
        } else {
            if (!is_last) return 0;
            category = CICU_END_OF_TEXT;
            is_over = 1;
        }
        state = tables->next[((size_t)state << tables->shift) + (size_t)category];
        const cicu_state *to = &tables->states[state];
        if (to->accepting == 1) {
            end = i;
            status = to->status;
        } else if (to->accepting > 1 && slots[to->accepting] >= start) {
            end = slots[to->accepting];
            status = to->status;
            break;
        }
        if (to->lookahead > 1) slots[to->lookahead] = i;
        if (state == 0) break;
    }
    if (end == start) {
        // No rule matches: at least one character, so that there is an end.
        (void)cicu_decode(bytes, &end, count, 1);
        status = 0;
    }
    match->end = end;
    match->status = status;
    match->has_dictionary = first_dictionary < end;
    return 1;
}
