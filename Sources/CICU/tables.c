// Reads what `ubrk_getBinaryRules` gives: a layout internal to ICU, so nothing in it is trusted.
#include "tables.h"

#include <unicode/ucptrie.h>
#include <unicode/utf8.h>

/// The header of ICU's compiled rules, format 6 (ICU 69 and later).
typedef struct {
    uint32_t magic;
    uint8_t format[4];
    uint32_t length, category_count;
    uint32_t forward, forward_length, reverse, reverse_length;
    uint32_t trie, trie_length, source, source_length, statuses, statuses_length;
    uint32_t reserved[6];
} header;

typedef struct {
    uint32_t state_count, row_length, dictionary_start, lookahead_count, flags;
} table_header;

enum { NEEDS_START_OF_TEXT = 2, EIGHT_BIT_ROWS = 4, KNOWN_FLAGS = 7, FIRST_STATE = 1 };

int32_t cicu_decode(const uint8_t *bytes, ptrdiff_t *i, ptrdiff_t count, int is_last) {
    UChar32 scalar;
    ptrdiff_t at = *i;
    U8_NEXT(bytes, at, count, scalar);
    if (scalar < 0) {
        // A valid beginning that reaches the end of the buffer may be continued.
        if (!is_last && at == count && bytes[*i] >= 0xC2) {
            static const uint8_t tails[] = {0x80, 0xA0, 0x90};
            for (int t = 0; t < 3; t++) {
                uint8_t longer[8];
                ptrdiff_t known = count - *i, j = 0;
                memcpy(longer, bytes + *i, (size_t)known);
                longer[known] = tails[t];
                longer[known + 1] = longer[known + 2] = 0x80;
                UChar32 whole;
                U8_NEXT(longer, j, 6, whole);
                if (whole >= 0 && j > known) return -1;
            }
        }
        scalar = 0xFFFD;
    }
    *i = at;
    return scalar;
}

static int in_bounds(uint32_t offset, uint32_t size, uint32_t length) {
    return offset <= length && size <= length - offset;
}

/// A row of either width.
static uint16_t cell(const uint8_t *row, int is_narrow, uint32_t index) {
    uint16_t value;
    if (is_narrow) return row[index];
    memcpy(&value, row + 2 * index, sizeof value);
    return value;
}

/// States and transitions. Returns the first dictionary category, or -1.
static int64_t read_states(cicu_tables *tables, const uint8_t *rules, const header *head) {
    table_header table;
    if (head->forward_length < sizeof table) return -1;
    memcpy(&table, rules + head->forward, sizeof table);
    int is_narrow = (table.flags & EIGHT_BIT_ROWS) != 0;
    uint32_t width = is_narrow ? 1 : 2, columns = head->category_count + 3;
    if ((table.flags & ~(uint32_t)KNOWN_FLAGS) != 0 || table.state_count <= FIRST_STATE
        || table.state_count > UINT16_MAX || table.row_length < columns * width
        || (uint64_t)table.state_count * table.row_length > head->forward_length - sizeof table
        || table.lookahead_count > UINT16_MAX) {
        return -1;
    }
    while ((1u << tables->shift) < head->category_count + 4) tables->shift++;  // room for clones
    if ((uint64_t)table.state_count << tables->shift > CICU_ROW) return -1;
    size_t cells = (size_t)table.state_count << tables->shift;
    tables->state_count = (int32_t)table.state_count;
    tables->lookahead_count = (int32_t)table.lookahead_count;
    tables->states = calloc(table.state_count, sizeof *tables->states);
    tables->row_status = calloc(table.state_count, sizeof *tables->row_status);
    tables->next = calloc(cells, sizeof *tables->next);
    tables->steps = calloc(cells, sizeof *tables->steps);
    if (tables->states == NULL || tables->row_status == NULL || tables->next == NULL
        || tables->steps == NULL) {
        return -1;
    }
    uint32_t status_count = head->statuses_length / 4;
    for (uint32_t s = 0; s < table.state_count; s++) {
        const uint8_t *row =
            rules + head->forward + sizeof table + (size_t)s * table.row_length;
        cicu_state *state = &tables->states[s];
        state->accepting = cell(row, is_narrow, 0);
        state->lookahead = cell(row, is_narrow, 1);
        uint32_t tags = cell(row, is_narrow, 2);
        int32_t group = 0;
        if (tags >= status_count) return -1;
        memcpy(&group, rules + head->statuses + 4 * tags, 4);
        if (group < 0 || (uint32_t)group >= status_count - tags) return -1;
        // The values ascend, and ICU tells the largest.
        memcpy(&state->status, rules + head->statuses + 4 * (tags + (uint32_t)group), 4);
        tables->row_status[s] = state->status;
        if ((state->accepting > 1 && state->accepting >= table.lookahead_count)
            || (state->lookahead > 0 && state->lookahead >= table.lookahead_count)) {
            return -1;
        }
        for (uint32_t c = 0; c < head->category_count; c++) {
            uint16_t next = cell(row, is_narrow, 3 + c);
            if (next >= table.state_count) return -1;
            tables->next[((size_t)s << tables->shift) + c] = next;
        }
    }
    tables->start = FIRST_STATE;
    if (table.flags & NEEDS_START_OF_TEXT) {
        tables->start = tables->next[((size_t)FIRST_STATE << tables->shift) + CICU_START_OF_TEXT];
        // That a match could end before the first character is of no effect.
        const cicu_state *state = &tables->states[tables->start];
        if (tables->start == 0 || state->accepting > 1 || state->lookahead != 0) return -1;
    }
    return table.dictionary_start;
}

/// Hangul syllables are in the dictionary sets of words, but there is no dictionary for them: they
/// get a category of their own, which behaves the same and is none of the dictionary's.
static int clone_category(cicu_tables *tables, int32_t original, int32_t *clones) {
    for (int32_t c = tables->category_count; c < *clones; c++) {
        int is_same = 1;
        for (int32_t s = 0; is_same && s < tables->state_count; s++) {
            const uint16_t *row = tables->next + ((size_t)s << tables->shift);
            is_same = row[c] == row[original];
        }
        if (is_same) return c;
    }
    if (*clones >= 1 << tables->shift) return -1;
    int32_t clone = (*clones)++;
    for (int32_t s = 0; s < tables->state_count; s++) {
        uint16_t *row = tables->next + ((size_t)s << tables->shift);
        row[clone] = row[original];
    }
    return clone;
}

/// The map from scalars to categories, in one sweep over the ranges of ICU's trie.
static int read_categories(
    cicu_tables *tables, const uint8_t *rules, const header *head, uint32_t dictionary_start) {
    UErrorCode code = U_ZERO_ERROR;
    UCPTrie *trie = ucptrie_openFromBinary(
        UCPTRIE_TYPE_ANY, UCPTRIE_VALUE_BITS_ANY, rules + head->trie, (int32_t)head->trie_length,
        NULL, &code);
    if (code > 0) return 0;
    int64_t capacity = 0, length = 0, uniform[256];
    int32_t clones = tables->category_count;
    memset(uniform, -1, sizeof uniform);
    UChar32 end = -1;
    uint32_t value = 0;
    int category = 0, is_good = 1;
    for (UChar32 scalar = 0; is_good && scalar < 0x110000;) {
        if (scalar > end) {
            end = ucptrie_getRange(trie, scalar, UCPMAP_RANGE_NORMAL, 0, NULL, NULL, &value);
            is_good = end >= scalar && value < head->category_count;
            if (!is_good) break;
        }
        category = (int)value;
        UChar32 last = end;
        if (value >= dictionary_start) {
            if (scalar < 0xAC00 && last >= 0xAC00) last = 0xABFF;
            if (scalar >= 0xAC00 && scalar <= 0xD7A3) {
                if (last > 0xD7A3) last = 0xD7A3;
                category = clone_category(tables, category, &clones);
                is_good = category >= 0;
            }
        }
        if (!is_good
            || !cicu_reserve((void **)&tables->categories, &capacity, length + 2 * CICU_BLOCK, 1)) {
            is_good = 0;
            break;
        }
        if (scalar % CICU_BLOCK == 0 && last - scalar >= CICU_BLOCK - 1) {
            if (uniform[category] < 0) {
                memset(tables->categories + length, category, CICU_BLOCK);
                uniform[category] = length;
                length += CICU_BLOCK;
            }
            for (; last - scalar >= CICU_BLOCK - 1; scalar += CICU_BLOCK) {
                tables->stage[scalar / CICU_BLOCK] = (uint32_t)uniform[category];
            }
        } else {
            if (scalar % CICU_BLOCK == 0) {
                tables->stage[scalar / CICU_BLOCK] = (uint32_t)length;
                length += CICU_BLOCK;
            }
            UChar32 stop = (scalar | (CICU_BLOCK - 1)) < last ? scalar | (CICU_BLOCK - 1) : last;
            for (; scalar <= stop; scalar++) {
                tables->categories[tables->stage[scalar / CICU_BLOCK] + scalar % CICU_BLOCK] =
                    (uint8_t)category;
            }
        }
    }
    ucptrie_close(trie);
    for (uint32_t c = dictionary_start; c < head->category_count; c++) tables->is_dictionary[c] = 1;
    tables->category_count = clones;
    for (int32_t c = 0; is_good && c < 0x800; c++) tables->two_bytes[c] = cicu_category(tables, c);
    return is_good;
}

/// Whether a match that stops before category `c`, in state `s`, ends with the character before it.
static int ends_before(const cicu_tables *tables, int32_t s, int32_t c) {
    const cicu_state *state = &tables->states[s];
    int32_t next = tables->next[((size_t)s << tables->shift) + (size_t)c];
    if (s == tables->start || state->accepting != 1) return 0;
    if (next == 0) return 1;
    // A look-ahead that began where this state was entered, and is complete with this character.
    const cicu_state *to = &tables->states[next];
    return to->accepting > 1 && to->accepting == state->lookahead && to->status == state->status;
}

/// Transitions without a stop: where a match ends before this very character, the next one begins.
static void fuse(cicu_tables *tables) {
    for (int32_t s = 1; s < tables->state_count; s++) {
        for (int32_t c = 0; c < tables->category_count; c++) {
            size_t at = ((size_t)s << tables->shift) + (size_t)c;
            int32_t next = tables->next[at];
            uint32_t flags = 0;
            if (ends_before(tables, s, c)) {
                next = tables->next[((size_t)tables->start << tables->shift) + (size_t)c];
                flags = tables->states[next].accepting == 1 ? CICU_BOUNDARY : CICU_CAREFUL;
            }
            // With a look-ahead open, only its end or its failure at this character is simple.
            const cicu_state *to = &tables->states[next];
            if (next == 0 || to->accepting > 1 || (to->lookahead != 0 && to->accepting == 0)
                || (tables->states[s].lookahead != 0 && flags != CICU_BOUNDARY)
                || tables->is_dictionary[c]) {
                flags = CICU_CAREFUL;
            }
            tables->steps[at] = (uint32_t)next << tables->shift | flags;
        }
    }
}

/// Whether a match ends with every line feed, whatever stands around it.
static int ends_at_line_feed(const cicu_tables *tables) {
    for (int32_t s = 1; s < tables->state_count; s++) {
        int32_t after = tables->next[((size_t)s << tables->shift) + tables->two_bytes[0x0A]];
        const cicu_state *state = &tables->states[after];
        if (after == 0 && s != tables->start) continue;
        if (state->accepting != 1 || state->lookahead != 0) return 0;
        for (int32_t c = 0; c < tables->category_count; c++) {
            if (c != CICU_START_OF_TEXT && tables->next[((size_t)after << tables->shift) + c] != 0) {
                return 0;
            }
        }
    }
    return 1;
}

cicu_tables *cicu_tables_open(const uint8_t *rules, int64_t length) {
    header head;
    if (length < (int64_t)sizeof head || length > INT32_MAX) return NULL;
    memcpy(&head, rules, sizeof head);
    uint32_t size = (uint32_t)length;
    if (head.magic != 0xB1A0 || head.format[0] != 6 || head.length > size
        || head.category_count < 4 || head.category_count > CICU_MOST_CATEGORIES
        || !in_bounds(head.forward, head.forward_length, size)
        || !in_bounds(head.trie, head.trie_length, size) || head.trie % 4 != 0
        || !in_bounds(head.statuses, head.statuses_length, size)) {
        return NULL;
    }
    cicu_tables *tables = calloc(1, sizeof *tables);
    if (tables == NULL) return NULL;
    tables->category_count = (int32_t)head.category_count;
    int64_t dictionary_start = read_states(tables, rules, &head);
    if (dictionary_start < 0
        || !read_categories(tables, rules, &head, (uint32_t)dictionary_start)) {
        cicu_tables_close(tables);
        return NULL;
    }
    fuse(tables);
    tables->ends_at_line_feed = ends_at_line_feed(tables);
    cicu_blocks_derive(tables);
    return tables;
}

void cicu_tables_close(cicu_tables *tables) {
    if (tables == NULL) return;
    free(tables->states);
    free(tables->row_status);
    free(tables->next);
    free(tables->steps);
    free(tables->categories);
    free(tables->blocks.classes);
    free(tables);
}
