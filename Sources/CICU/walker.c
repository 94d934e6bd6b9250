// The walk over ICU's tables: blocks where text is simple, steps where it is not, single matches
// where care is needed, ICU's dictionaries where they rule.
#include "walker.h"

enum { LEAST_PATIENCE = 8, MOST_PATIENCE = 512, LITTLE = 48, OVERLAP = 32, LEAST_BLOCK = 16 };

cicu_walker *cicu_walker_open(const cicu_rules *rules, int32_t reference, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    cicu_walker *walker = calloc(1, sizeof *walker);
    *status = U_MEMORY_ALLOCATION_ERROR;
    if (walker == NULL) return NULL;
    walker->rules = (cicu_rules *)rules;
    walker->asks_icu = reference || rules->tables == NULL;
    if (rules->tables != NULL) {
        walker->slots =
            malloc(((size_t)rules->tables->lookahead_count + 1) * sizeof *walker->slots);
    }
    walker->reference.iterator = ubrk_clone(rules->prototype, &code);
    if (code > 0 || (rules->tables != NULL && walker->slots == NULL)) {
        if (code > 0) *status = code;
        cicu_walker_close(walker);
        return NULL;
    }
    *status = 0;
    cicu_walker_begin(walker, NULL, 0, 1);
    return walker;
}

void cicu_walker_close(cicu_walker *walker) {
    if (walker == NULL) return;
    cicu_reference_free(&walker->reference);
    cicu_dictionary_free(&walker->dictionary);
    free(walker->slots);
    free(walker);
}

int32_t cicu_walker_reads_tables(const cicu_walker *walker) { return !walker->asks_icu; }

void cicu_walker_begin(
    cicu_walker *walker, const uint8_t *bytes, ptrdiff_t count, int32_t is_last) {
    walker->bytes = bytes;
    walker->count = bytes == NULL ? 0 : count;
    walker->is_last = is_last;
    walker->position = walker->place = walker->told = 0;
    walker->state = 0;
    walker->pending = NULL;
    walker->pending_count = 0;
    walker->block_from = 0;
    walker->patience = LEAST_PATIENCE;
    walker->reference.is_open = 0;
    if (walker->slots == NULL) return;
    for (int32_t k = 0; k <= walker->rules->tables->lookahead_count; k++) walker->slots[k] = -1;
}

void cicu_walker_attach_spaces(cicu_walker *walker) { walker->attaches_spaces = 1; }

/// Moves spaces among the ends from `first` on, which are boundaries so far.
static void attach_spaces(cicu_walker *walker, cicu_output *out, ptrdiff_t first) {
    // TAB, LF, VT, FF, CR and space.
    const uint64_t white_space = UINT64_C(1) << 0x20 | UINT64_C(0x1F) << 0x09;
    const uint8_t *bytes = walker->bytes;
    ptrdiff_t written = first;
    for (ptrdiff_t at = first; at < out->written; at++) {
        ptrdiff_t end = out->ends[at];
        // Without a branch for ASCII: spaces come too irregularly to be foreseen.
        ptrdiff_t is_space = bytes[end - 1] == 0x20;
        uint32_t after = end < walker->count ? bytes[end] : 0x20;
        if (__builtin_expect(after >= 0x80, 0)) {
            end -= is_space && !cicu_begins_white_space(bytes + end, walker->count - end);
        } else {
            end -= is_space & !(after < 64 && (white_space >> (after & 63) & 1));
        }
        // One space alone is no word: what begins with it goes on.
        out->ends[written] = end;
        written += end > walker->told;
        walker->told = end;
    }
    out->written = written;
}

/// Gives what blocks can decide; where they have little to say they are not asked again so soon.
static void walk_blocks(cicu_walker *walker, cicu_output *out) {
    const cicu_tables *tables = walker->rules->tables;
    ptrdiff_t start = walker->position, before = out->written;
    cicu_run run = {
        .bytes = walker->bytes, .count = walker->count, .ends = out->ends,
        .statuses = out->statuses, .capacity = out->capacity, .written = out->written,
        .attaches_spaces = walker->attaches_spaces, .told = walker->told,
        .boundary = start, .decided = start, .undecided = start, .place = start};
    cicu_blocks_walk(tables, &run);
    out->written = run.written;
    if (run.attaches_spaces) {
        walker->told = run.told;
    } else if (walker->attaches_spaces) {
        attach_spaces(walker, out, before);
    }
    walker->position = run.boundary;
    walker->place = run.place;
    walker->state = run.state;
    if (run.undecided - start >= LITTLE) {
        walker->patience = LEAST_PATIENCE;
    } else if (walker->patience < MOST_PATIENCE) {
        walker->patience *= 2;
    }
    walker->block_from = run.undecided + walker->patience;
}

/// Goes on from `i` while the automaton stays in its state. No step waits for the one before, which a
/// run of marks would do at every character.
static inline ptrdiff_t skip_run(
    const cicu_tables *tables, const uint8_t *bytes, ptrdiff_t i, ptrdiff_t limit, ptrdiff_t count,
    uint32_t row) {
    while (i < limit) {
        ptrdiff_t next = i;
        uint32_t category = (uint32_t)cicu_category_at(tables, bytes, &next, count);
        if (tables->steps[row + category] != row) break;
        i = next;
    }
    return i;
}

/// Steps from a boundary to the next place that needs care, or to a boundary where blocks may be
/// asked again.
static inline __attribute__((always_inline)) void walk_steps(
    cicu_walker *walker, cicu_output *out, int has_statuses, int has_blocks) {
    const cicu_tables *tables = walker->rules->tables;
    const uint8_t *bytes = walker->bytes;
    const uint32_t *steps = tables->steps;
    ptrdiff_t *ends = out->ends;
    int32_t *statuses = out->statuses;
    ptrdiff_t capacity = out->capacity, written = out->written, before = written;
    ptrdiff_t i = walker->place, limit = walker->count - 3;
    ptrdiff_t stop = has_blocks ? walker->block_from + OVERLAP : limit;
    int shift = tables->shift;
    uint32_t row = (uint32_t)(walker->state == 0 ? tables->start : walker->state) << shift;
    for (;;) {
        if (stop > limit) stop = limit;
        uint32_t step = 0;
        while (i < stop && written < capacity) {
            ptrdiff_t from = i;
            step = steps[row + (uint32_t)cicu_category_at(tables, bytes, &i, walker->count)];
            if (__builtin_expect(step >= CICU_CAREFUL, 0)) {
                i = from;
                break;
            }
            ends[written] = from;
            if (has_statuses) statuses[written] = tables->row_status[row >> shift];
            written += step >> 16;
            row = step & CICU_ROW;
        }
        if (step >= CICU_CAREFUL || i < stop || i >= limit) break;
        if (written > before && ends[written - 1] >= walker->block_from) break;
        if (written == before || i - ends[written - 1] > OVERLAP) {
            i = skip_run(tables, bytes, i, limit, walker->count, row);
        }
        stop = i + OVERLAP;
    }
    if (written > before) walker->position = ends[written - 1];
    out->written = written;
    // A match may be taken up again where it could end and nothing is open.
    const cicu_state *state = &tables->states[row >> shift];
    int is_resumable = i > walker->position && state->accepting == 1 && state->lookahead == 0;
    walker->place = is_resumable ? i : walker->position;
    walker->state = is_resumable ? (int32_t)(row >> shift) : 0;
}

static void walk_steps_as_wanted(cicu_walker *walker, cicu_output *out) {
    int has_blocks = walker->rules->tables->blocks.is_usable;
    if (out->statuses != NULL) {
        walk_steps(walker, out, 1, has_blocks);
    } else {
        walk_steps(walker, out, 0, has_blocks);
    }
}

/// Hands a run to the dictionary. Returns 0 when there is none to be trusted.
static int cut_run(cicu_walker *walker, const cicu_match *match, int32_t *status) {
    cicu_dictionary *dictionary = &walker->dictionary;
    if (dictionary->reference.iterator == NULL
        && !cicu_rules_dictionary(walker->rules, dictionary)) {
        return 0;
    }
    walker->pending_count = cicu_dictionary_cut(
        dictionary, walker->bytes + walker->position, match->end - walker->position,
        &walker->pending, status);
    walker->pending_index = 0;
    walker->pending_start = walker->position;
    walker->pending_status = match->status;
    return 1;
}

static void write_pending(cicu_walker *walker, cicu_output *out) {
    while (walker->pending_index < walker->pending_count && out->written < out->capacity) {
        walker->position = walker->pending_start + walker->pending[walker->pending_index++];
        if (out->statuses != NULL) out->statuses[out->written] = walker->pending_status;
        out->ends[out->written++] = walker->position;
    }
}

ptrdiff_t cicu_walker_next(
    cicu_walker *walker, ptrdiff_t *ends, int32_t *statuses, ptrdiff_t capacity,
    int32_t *status) {
    cicu_output out = {ends, statuses, capacity, 0};
    const cicu_tables *tables = walker->rules->tables;
    *status = 0;
    while (!walker->asks_icu && out.written < capacity) {
        ptrdiff_t pending = out.written;
        write_pending(walker, &out);
        if (walker->attaches_spaces) attach_spaces(walker, &out, pending);
        if (walker->pending_index < walker->pending_count) continue;
        walker->pending_count = walker->pending_index = 0;
        if (walker->position >= walker->count) break;
        if (tables->blocks.is_usable && walker->place == walker->position
            && walker->position >= walker->block_from
            && walker->count - walker->position >= LEAST_BLOCK
            && capacity - out.written >= CICU_BLOCK_ROOM) {
            walk_blocks(walker, &out);
        }
        ptrdiff_t before = walker->position, first = out.written;
        walk_steps_as_wanted(walker, &out);
        if (walker->attaches_spaces) attach_spaces(walker, &out, first);
        if (out.written == capacity || walker->position >= walker->count) break;
        if (walker->position > before && walker->position >= walker->block_from
            && tables->blocks.is_usable) {
            // Blocks begin at boundaries; what was walked behind this one is little.
            walker->place = walker->position;
            walker->state = 0;
            continue;
        }
        cicu_match match;
        if (!cicu_match_next(
                tables, walker->bytes, walker->count, walker->is_last, walker->position,
                walker->place, walker->state, walker->slots, &match)) {
            break;
        }
        walker->place = match.end;
        walker->state = 0;
        if (match.has_dictionary) {
            if (!cut_run(walker, &match, status)) {
                walker->asks_icu = 1;
                break;
            }
            if (*status > 0) return -1;
            continue;
        }
        if (statuses != NULL) statuses[out.written] = match.status;
        ends[out.written++] = walker->position = match.end;
        if (walker->attaches_spaces) attach_spaces(walker, &out, out.written - 1);
    }
    while (walker->asks_icu && out.written < capacity) {
        ptrdiff_t first = out.written;
        ptrdiff_t more = cicu_reference_next(
            &walker->reference, walker->bytes, walker->count, walker->is_last, &walker->position,
            ends + out.written, statuses == NULL ? NULL : statuses + out.written,
            capacity - out.written, status);
        if (more < 0) return -1;
        if (more == 0) break;
        out.written += more;
        if (!walker->attaches_spaces) break;
        attach_spaces(walker, &out, first);
    }
    return out.written;
}

ptrdiff_t cicu_scalar_ends(
    const uint8_t *bytes, ptrdiff_t count, ptrdiff_t start, int32_t is_last, ptrdiff_t *ends,
    ptrdiff_t capacity) {
    ptrdiff_t written = 0;
    for (ptrdiff_t i = start; i < count && written < capacity; ends[written++] = i) {
        if (bytes[i] < 0x80) {
            i++;
        } else if (cicu_decode(bytes, &i, count, is_last) < 0) {
            break;
        }
    }
    return written;
}

ptrdiff_t cicu_plain_ends(
    const cicu_rules *rules, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t start, ptrdiff_t stop,
    ptrdiff_t *ends, ptrdiff_t capacity) {
    const cicu_tables *tables = rules->tables;
    if (tables == NULL) return 0;
    ptrdiff_t written = 0, i = start;
    uint32_t row = (uint32_t)tables->start << tables->shift;
    while (i < stop) {
        if (written == capacity) return 0;
        ends[written] = i;
        int category = i + 4 <= count
            ? cicu_category_at(tables, bytes, &i, count)
            : cicu_category(tables, cicu_decode(bytes, &i, count, 1));
        uint32_t step = tables->steps[row + (uint32_t)category];
        if (step >= CICU_CAREFUL) return 0;
        written += step >> 16;
        row = step & CICU_ROW;
    }
    // A look-ahead open here fails with the text, unless the end of the text is what it looks for.
    const cicu_state *last = &tables->states[row >> tables->shift];
    const cicu_state *over = &tables->states[tables->next[row + CICU_END_OF_TEXT]];
    if (i != stop || written == capacity || last->accepting != 1 || over->accepting > 1) return 0;
    ends[written++] = stop;
    return written;
}
