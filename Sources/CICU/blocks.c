// Derives the classes of blocks from the rule tables, and proves them.
#include "tables.h"

enum { MOST = CICU_NUMBERS };

/// Sets of characters are sets of their categories, as bits.
typedef struct {
    const cicu_tables *tables;
    int count;
    int category[MOST];
    int32_t first[MOST];                    // state after the character alone
    uint32_t pairs[MOST];                   // [x]: every y of a pair
    uint32_t triples[MOST][MOST];           // [x][m]: every z of a triple
    int32_t status[2][MOST];                // alone, not alone
    int32_t states[MOST][MOST];             // [w][x]: the state after both, -1 if there are several
    uint8_t knows_status[2][MOST], asks_status[2][MOST];
    int lonely;                             // the x with CICU_LONELY, or -1
} model;

static int32_t next_state(const model *m, int32_t state, int x) {
    return m->tables->next[((size_t)state << m->tables->shift) + (size_t)m->category[x]];
}

/// A match ends here and nothing else happens.
static int is_plain(const model *m, int32_t state) {
    const cicu_state *s = &m->tables->states[state];
    return s->accepting == 1 && s->lookahead == 0;
}

/// Nothing happens here.
static int is_silent(const model *m, int32_t state) {
    const cicu_state *s = &m->tables->states[state];
    return state != 0 && s->accepting == 0 && s->lookahead == 0;
}

static void add_category(model *m, int category) {
    for (int x = 0; x < m->count; x++) {
        if (m->category[x] == category) return;
    }
    if (m->count == MOST) return;
    m->category[m->count] = category;
    int32_t state = next_state(m, m->tables->start, m->count);
    if (m->tables->is_dictionary[category] || !is_plain(m, state)) return;
    m->first[m->count++] = state;
}

static void find_pairs_and_triples(model *m) {
    for (int x = 0; x < m->count; x++) {
        for (int y = 0; y < m->count; y++) {
            int32_t after = next_state(m, m->first[x], y);
            if (is_plain(m, after)) {
                m->pairs[x] |= 1u << y;
            } else if (is_silent(m, after)) {
                for (int z = 0; z < m->count; z++) {
                    if (is_plain(m, next_state(m, after, z))) m->triples[x][y] |= 1u << z;
                }
            }
        }
    }
}

/// What was read so far: the state after x, and the character w before x in its segment.
typedef struct {
    int32_t state;
    int8_t w, x;  // w is -1 where x begins the segment
} place;

static void note(model *m, place p) {
    int several = p.w >= 0;
    int32_t status = m->tables->states[p.state].status;
    if (m->knows_status[several][p.x] && m->status[several][p.x] != status) {
        m->asks_status[several][p.x] = 1;
    }
    m->knows_status[several][p.x] = 1;
    m->status[several][p.x] = status;
    if (!several) return;
    int32_t *state = &m->states[p.w][p.x];
    *state = *state == 0 || *state == p.state ? p.state : -1;
}

/// Visits every place that can be reached and checks there what pairs and triples say of x and y.
static int prove(model *m) {
    size_t places = (size_t)m->tables->state_count * (size_t)(m->count + 1) * (size_t)m->count;
    uint8_t *seen = calloc(places, 1);
    place *queue = malloc(places * sizeof *queue);
    size_t length = 0;
    int is_true = seen != NULL && queue != NULL;
#define VISIT(state_, w_, x_)                                                                      \
    do {                                                                                           \
        place p_ = {state_, (int8_t)(w_), (int8_t)(x_)};                                           \
        size_t at_ = ((size_t)p_.state * (size_t)(m->count + 1) + (size_t)(p_.w + 1))              \
            * (size_t)m->count + (size_t)p_.x;                                                     \
        if (!seen[at_]) {                                                                          \
            seen[at_] = 1;                                                                         \
            queue[length++] = p_;                                                                  \
        }                                                                                          \
    } while (0)
    for (int x = 0; is_true && x < m->count; x++) VISIT(m->first[x], -1, x);
    for (size_t at = 0; is_true && at < length; at++) {
        place p = queue[at];
        note(m, p);
        for (int y = 0; is_true && y < m->count; y++) {
            int32_t after = next_state(m, p.state, y);
            if ((m->pairs[p.x] >> y & 1) || (p.w >= 0 && (m->triples[p.w][p.x] >> y & 1))) {
                is_true = is_plain(m, after);
                if (is_true) VISIT(after, p.x, y);
                continue;
            }
            is_true = after == 0 || is_silent(m, after);
            for (int z = 0; is_true && z < m->count; z++) {
                int32_t later = after == 0 ? 0 : next_state(m, after, z);
                if (m->triples[p.x][y] >> z & 1) {
                    is_true = is_plain(m, later);
                    if (is_true) VISIT(later, y, z);
                } else {
                    is_true = later == 0;
                }
            }
        }
    }
#undef VISIT
    free(seen);
    free(queue);
    return is_true;
}

/// The bit of a set, given to it if it is new; -1 when there is none left.
static int bit_of(uint32_t set, uint32_t *sets, int32_t *count) {
    for (int b = 0; b < *count; b++) {
        if (sets[b] == set) return b;
    }
    if (*count == CICU_MASKS) return -1;
    sets[*count] = set;
    return (*count)++;
}

/// Looks for a character that has only its like for company; `ascii` is the number of those in ASCII.
static void find_lonely(model *m, int ascii) {
    m->lonely = -1;
    for (int x = ascii; x < m->count && m->lonely < 0; x++) {
        int is_lonely = m->pairs[x] == 1u << x;
        for (int y = 0; is_lonely && y < m->count; y++) {
            is_lonely = y == x || (m->pairs[y] >> x & 1) == 0;
            for (int z = 0; is_lonely && z < m->count; z++) {
                int has_x = x == y || x == z;
                is_lonely = (m->triples[y][z] >> x & 1) == 0 && (!has_x || m->triples[y][z] == 0);
            }
        }
        if (is_lonely) m->lonely = x;
    }
}

/// Writes pairs and triples as products of few sets. Returns 0 when there are too many.
static int factor(const model *m, cicu_blocks *blocks, uint32_t *sets) {
    for (int x = 0; x < m->count; x++) {
        if (x == m->lonely) continue;
        uint32_t left = 0;
        int is_first = 1;
        for (int other = 0; other < m->count; other++) {
            if (m->pairs[other] != m->pairs[x]) continue;
            left |= 1u << other;
            is_first &= other >= x;
        }
        if (m->pairs[x] == 0 || !is_first) continue;
        int a = bit_of(left, sets, &blocks->mask_count);
        int b = bit_of(m->pairs[x], sets, &blocks->mask_count);
        if (a < 0 || b < 0 || blocks->pair_count == CICU_PAIRS) return 0;
        blocks->pair[blocks->pair_count][0] = (uint8_t)a;
        blocks->pair[blocks->pair_count++][1] = (uint8_t)b;
    }
    // Middles with the same sets on both sides share a triple.
    uint32_t left[CICU_TRIPLES], middle[CICU_TRIPLES], right[CICU_TRIPLES];
    for (int y = 0; y < m->count; y++) {
        for (int x = 0; x < m->count; x++) {
            uint32_t z = m->triples[x][y], same = 0;
            for (int other = 0; other < m->count; other++) {
                if (m->triples[other][y] == z) same |= 1u << other;
            }
            if (z == 0 || (same & ((1u << x) - 1)) != 0) continue;
            int t = 0;
            while (t < blocks->triple_count && (left[t] != same || right[t] != z)) t++;
            if (t == CICU_TRIPLES) return 0;
            if (t == blocks->triple_count) {
                left[t] = same;
                right[t] = z;
                middle[t] = 0;
                blocks->triple_count++;
            }
            middle[t] |= 1u << y;
        }
    }
    for (int t = 0; t < blocks->triple_count; t++) {
        uint32_t parts[3] = {left[t], middle[t], right[t]};
        for (int k = 0; k < 3; k++) {
            int bit = bit_of(parts[k], sets, &blocks->mask_count);
            if (bit < 0) return 0;
            blocks->triple[t][k] = (uint8_t)bit;
        }
    }
    return 1;
}

/// The number of a status; CICU_ASK where it is not known or there are too many.
static uint8_t status_number(const model *m, cicu_blocks *blocks, int *count, int several, int x) {
    if (m->asks_status[several][x]) return CICU_ASK;
    int32_t status = m->status[several][x];
    for (int k = 0; k < *count; k++) {
        if (blocks->status[k] == status) return (uint8_t)k;
    }
    if (*count == 16) return CICU_ASK;
    blocks->status[*count] = status;
    return (uint8_t)(*count)++;
}

/// The class of a category outside ASCII: there it must end segments of any length alike.
static uint8_t wide_class(
    cicu_blocks *blocks, uint8_t class, uint8_t single, uint8_t several, int is_middle) {
    if (is_middle || single != several || single == CICU_ASK) return CICU_UNKNOWN;
    for (int k = 0; k < blocks->wide_count; k++) {
        if (blocks->wide_class[k] != class) continue;
        return blocks->wide_status[k] == single ? class : CICU_UNKNOWN;
    }
    if (blocks->wide_count == CICU_WIDE_CLASSES) return CICU_UNKNOWN;
    blocks->wide_class[blocks->wide_count] = class;
    blocks->wide_status[blocks->wide_count++] = single;
    return class;
}

/// Writes the classes. Returns 0 when one of them is taken for another purpose.
static int fill(const model *m, cicu_blocks *blocks, const uint32_t *sets) {
    const cicu_tables *tables = m->tables;
    uint8_t narrow[256], single[256], several[256], wide[256], is_wide[256] = {0};
    for (int32_t scalar = 0x80; scalar < 0x10000; scalar++) {
        is_wide[cicu_category(tables, scalar)] = 1;
    }
    memset(narrow, CICU_UNKNOWN, sizeof narrow);
    memset(wide, CICU_UNKNOWN, sizeof wide);
    memset(single, 0, sizeof single);
    memset(several, 0, sizeof several);
    int statuses = 0;
    for (int x = 0; x < m->count; x++) {
        int c = m->category[x], is_middle = 0;
        uint8_t class = 0;
        for (int b = 0; b < blocks->mask_count; b++) class |= (uint8_t)((sets[b] >> x & 1) << b);
        for (int other = 0; other < m->count; other++) is_middle |= m->triples[other][x] != 0;
        if (class == CICU_UNKNOWN || class == CICU_LONELY) return 0;
        if (x == m->lonely) class = CICU_LONELY;
        narrow[c] = class;
        single[c] = status_number(m, blocks, &statuses, 0, x);
        several[c] = m->knows_status[1][x] ? status_number(m, blocks, &statuses, 1, x) : single[c];
        if (!is_wide[c]) continue;
        wide[c] = wide_class(blocks, class, single[c], several[c], is_middle);
    }
    memset(blocks->numbers, CICU_NUMBERS, sizeof blocks->numbers);
    for (int x = 0; x < m->count; x++) {
        blocks->numbers[m->category[x]] = (uint8_t)x;
        for (int w = 0; w < m->count; w++) {
            blocks->states[w][x] = m->states[w][x] < 0 ? 0 : m->states[w][x];
        }
    }
    for (int byte = 0; byte < 128; byte++) {
        int c = tables->two_bytes[byte];
        blocks->ascii[byte] = narrow[c];
        blocks->single[byte] = single[c];
        blocks->several[byte] = several[c];
    }
    for (int32_t scalar = 0; scalar < 0x10000; scalar++) {
        int is_surrogate = scalar >= 0xD800 && scalar <= 0xDFFF;
        blocks->classes[scalar] = is_surrogate ? CICU_UNKNOWN : wide[cicu_category(tables, scalar)];
    }
    for (int lead = 0; lead < 16; lead++) {
        const uint8_t *classes = blocks->classes + 0x1000 * lead;
        int is_uniform = lead != 0;
        for (int i = 1; is_uniform && i < 0x1000; i++) is_uniform = classes[i] == classes[0];
        blocks->lead_class[lead] = is_uniform ? classes[0] : CICU_UNKNOWN;
    }
    return 1;
}

void cicu_blocks_derive(cicu_tables *tables) {
    cicu_blocks *blocks = &tables->blocks;
    uint32_t sets[CICU_MASKS] = {0};
    model *m = calloc(1, sizeof *m);
    uint8_t *classes = malloc(0x10000);
    if (m != NULL && classes != NULL) {
        m->tables = tables;
        memset(blocks->pair, CICU_MASKS, sizeof blocks->pair);
        memset(blocks->triple, CICU_MASKS, sizeof blocks->triple);
        for (int byte = 0; byte < 128; byte++) add_category(m, tables->two_bytes[byte]);
        int ascii = m->count;
        // Hangul has few categories and much text.
        add_category(m, cicu_category(tables, 0xAC00));
        add_category(m, cicu_category(tables, 0xAC01));
        find_pairs_and_triples(m);
        find_lonely(m, ascii);
        blocks->classes = classes;
        blocks->is_usable = prove(m) && factor(m, blocks, sets) && fill(m, blocks, sets);
        classes = NULL;
    }
    free(classes);
    free(m);
}
