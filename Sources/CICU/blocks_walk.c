// Walks by blocks: classes of 64 bytes, masks of the classes, ends from the masks.
#include "tables.h"

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#define HAS_WIDE_VECTORS 1
#define WIDE                                                                                       \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))
#endif

/// What is carried from one block to the next: bits of the last byte decided.
typedef struct {
    uint64_t left[CICU_TRIPLES];  // it is on the left of a triple
    uint64_t joined;              // it is joined to the byte after it
} carry;

/// Bit i: the boundary between bytes i and i + 1 is none.
static inline __attribute__((always_inline)) uint64_t joins(
    const cicu_blocks *blocks, const uint64_t *masks, const carry *from) {
    uint64_t result = 0;
    for (int k = 0; k < CICU_PAIRS; k++) {
        result |= masks[blocks->pair[k][0]] & masks[blocks->pair[k][1]] >> 1;
    }
    for (int k = 0; k < blocks->triple_count; k++) {
        uint64_t left = masks[blocks->triple[k][0]], middle = masks[blocks->triple[k][1]],
                 right = masks[blocks->triple[k][2]];
        result |= (left << 1 | from->left[k]) & middle & right >> 1;
        result |= left & middle >> 1 & right >> 2;
    }
    return result;
}

static inline __attribute__((always_inline)) void carry_on(
    const cicu_blocks *blocks, const uint64_t *masks, uint64_t joined, int decided, carry *to) {
    for (int k = 0; k < blocks->triple_count; k++) {
        to->left[k] = masks[blocks->triple[k][0]] >> (decided - 1) & 1;
    }
    to->joined = joined >> (decided - 1) & 1;
}

/// Statuses that need the automaton: `asked` are ends in the block at `base`.
static __attribute__((noinline)) void ask(
    const cicu_tables *tables, const cicu_run *run, uint64_t asked, uint64_t ends,
    ptrdiff_t boundary) {
    for (; asked != 0; asked &= asked - 1) {
        uint64_t below = ends & ((asked & (~asked + 1)) - 1);
        ptrdiff_t at = run->written + __builtin_popcountll(below);
        ptrdiff_t start = below == 0 ? boundary : run->ends[at - 1];
        // Blocks only meet plain states: a short walk over known characters, without look-aheads.
        size_t state = (size_t)tables->start;
        for (ptrdiff_t i = start; i < run->ends[at];) {
            int category = run->bytes[i] < 0x80
                ? tables->two_bytes[run->bytes[i++]]
                : cicu_category(tables, cicu_decode(run->bytes, &i, run->count, 1));
            state = tables->next[(state << tables->shift) + (size_t)category];
        }
        run->statuses[at] = tables->states[state].status;
    }
}

/// ASCII only, on any processor.
static void walk_portably(const cicu_tables *tables, cicu_run *run) {
    const cicu_blocks *blocks = &tables->blocks;
    carry from = {{0}, 0};
    ptrdiff_t at = run->boundary;
    run->decided = at;
    while (run->capacity - run->written >= CICU_BLOCK_ROOM) {
        ptrdiff_t rest = run->count - at;
        int size = rest < 64 ? (int)rest : 64, known = 0;
        if (size < 8) break;
        const uint8_t *bytes = run->bytes + at;
        uint8_t classes[64] = {0};
        while (known < size && bytes[known] < 0x80 && blocks->ascii[bytes[known]] != CICU_UNKNOWN) {
            classes[known] = blocks->ascii[bytes[known]];
            known++;
        }
        int decided = known - 2;
        if (decided <= 0) {
            at += known;
            break;
        }
        uint64_t masks[CICU_MASKS + 1] = {0};
        for (int group = 0; group < 8; group++) {
            uint64_t eight;
            memcpy(&eight, classes + 8 * group, 8);
            for (int k = 0; k < blocks->mask_count; k++) {
                uint64_t bits = (eight >> k & 0x0101010101010101) * 0x0102040810204080 >> 56;
                masks[k] |= bits << (8 * group);
            }
        }
        uint64_t joined = joins(blocks, masks, &from);
        uint64_t ends = ~joined & ((UINT64_C(1) << decided) - 1);
        uint64_t several = joined << 1 | from.joined;
        ptrdiff_t *out = run->ends + run->written;
        ptrdiff_t boundary = run->boundary;
        uint64_t asked = 0;
        int written = 0;
        for (uint64_t rest_ends = ends; rest_ends != 0; rest_ends &= rest_ends - 1) {
            int i = __builtin_ctzll(rest_ends);
            if (run->statuses != NULL) {
                uint8_t number =
                    (several >> i & 1 ? blocks->several : blocks->single)[bytes[i]];
                if (number & CICU_ASK) asked |= UINT64_C(1) << i;
                run->statuses[run->written + written] = blocks->status[number & 15];
            }
            out[written++] = at + i + 1;
        }
        if (asked != 0) ask(tables, run, asked, ends, boundary);
        run->written += written;
        if (written > 0) run->boundary = out[written - 1];
        carry_on(blocks, masks, joined, decided, &from);
        run->decided = at += decided;
        if (known < 64) {
            at += 2;
            break;
        }
    }
    run->undecided = at;
}

#ifdef HAS_WIDE_VECTORS

/// How far ahead of a block the text is fetched; it need not be there.
enum { AHEAD = 1024 };

/// The bytes of a block and what is known of them.
typedef struct {
    __m512i bytes, classes;
    uint64_t high;     // bytes of characters outside ASCII
    uint64_t inside;   // bytes that are not the last of their character
    uint64_t trails;
} block;

/// Classes of two- and three-byte characters, at each of their bytes.
WIDE static inline __attribute__((always_inline)) void classify_wide(
    const cicu_blocks *blocks, const uint8_t *at, block *b) {
    __m512i bytes = b->bytes, classes = b->classes;
    uint64_t trails = b->high & _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8((char)0xC0));
    uint64_t leads2 = b->high & _mm512_cmpge_epu8_mask(bytes, _mm512_set1_epi8((char)0xC2))
        & _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8((char)0xE0)) & trails >> 1;
    uint64_t leads3 = b->high & _mm512_cmpge_epu8_mask(bytes, _mm512_set1_epi8((char)0xE0))
        & _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8((char)0xF0)) & trails >> 1 & trails >> 2;
    for (uint64_t rest = leads2; rest != 0;) {
        uint8_t lead = at[__builtin_ctzll(rest)];
        uint64_t same = _mm512_mask_cmpeq_epi8_mask(rest, bytes, _mm512_set1_epi8((char)lead));
        __m512i table = _mm512_loadu_si512(blocks->classes + 64 * (lead & 31));
        classes = _mm512_mask_permutexvar_epi8(classes, same << 1, bytes, table);
        rest &= ~same;
    }
    for (uint64_t rest = leads3; rest != 0;) {
        int i = __builtin_ctzll(rest);
        uint8_t lead = at[i], second = at[i + 1], class = blocks->lead_class[lead & 15];
        uint64_t same = _mm512_mask_cmpeq_epi8_mask(rest, bytes, _mm512_set1_epi8((char)lead));
        if (class != CICU_UNKNOWN) {
            classes = _mm512_mask_mov_epi8(classes, same << 2, _mm512_set1_epi8((char)class));
        } else {
            int number = (lead & 15) << 6 | (second & 63);
            if (number < 0x800 / 64) break;  // ill-formed
            same &= _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)second)) >> 1;
            __m512i table = _mm512_loadu_si512(blocks->classes + 64 * number);
            classes = _mm512_mask_permutexvar_epi8(classes, same << 2, bytes, table);
            // Behind the first character that blocks cannot decide nothing matters.
            if (blocks->classes[64 * number + (at[i + 2] & 63)] == CICU_UNKNOWN) break;
        }
        rest &= ~same;
    }
    // A character's class stands at its last byte; from there it is copied forward.
    const __m512i behind = _mm512_set_epi8(
        63, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42,
        41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19,
        18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    classes = _mm512_mask_permutexvar_epi8(classes, leads3 << 1, behind, classes);
    classes = _mm512_mask_permutexvar_epi8(classes, leads2 | leads3, behind, classes);
    b->classes = classes;
    b->inside = leads2 | leads3 | leads3 << 1;
    b->trails = trails;
}

/// Numbers of the statuses of segments that end at each byte.
WIDE static inline __attribute__((always_inline)) __m512i status_numbers(
    const cicu_blocks *blocks, const block *b, uint64_t several) {
    __m512i alone = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(blocks->single), b->bytes, _mm512_loadu_si512(blocks->single + 64));
    __m512i other = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(blocks->several), b->bytes, _mm512_loadu_si512(blocks->several + 64));
    __m512i numbers = _mm512_mask_mov_epi8(alone, several, other);
    if (b->high != 0) {
        for (int k = 0; k < blocks->wide_count; k++) {
            uint64_t same = _mm512_mask_cmpeq_epi8_mask(
                b->high, b->classes, _mm512_set1_epi8((char)blocks->wide_class[k]));
            numbers = _mm512_mask_mov_epi8(
                numbers, same, _mm512_set1_epi8((char)blocks->wide_status[k]));
        }
    }
    return numbers;
}

/// Ends as words have them: before a space that goes with what is behind it, not after.
WIDE static inline __attribute__((always_inline)) uint64_t with_spaces(
    cicu_run *run, const block *b, ptrdiff_t at, uint64_t ends) {
    __m512i bytes = b->bytes;
    uint64_t spaces = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x20));
    uint64_t white = spaces
        | _mm512_cmple_epu8_mask(
            _mm512_sub_epi8(bytes, _mm512_set1_epi8(0x09)), _mm512_set1_epi8(0x0D - 0x09));
    uint64_t moved = ends & spaces & ~(white >> 1);
    if (b->high != 0) {
        // White space outside ASCII begins with C2, E1, E2 or E3.
        uint64_t candidates = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xC2))
            | _mm512_cmple_epu8_mask(
                _mm512_sub_epi8(bytes, _mm512_set1_epi8((char)0xE1)), _mm512_set1_epi8(2));
        for (uint64_t rest = moved & candidates >> 1; rest != 0; rest &= rest - 1) {
            ptrdiff_t next = at + __builtin_ctzll(rest) + 1;
            if (cicu_begins_white_space(run->bytes + next, run->count - next)) {
                moved &= ~(rest & (~rest + 1));
            }
        }
    }
    // An end that moves in front of the block is new if a space stands there too.
    if ((moved & 1) && run->told != at) run->ends[run->written++] = at;
    return (ends & ~moved) | moved >> 1;
}

/// Writes ends and statuses; there is room for whole vectors.
WIDE static inline __attribute__((always_inline)) void write_ends(
    const cicu_tables *tables, cicu_run *run, const block *b, ptrdiff_t at, uint64_t ends,
    uint64_t several) {
    const __m512i positions = _mm512_set_epi8(
        64, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42,
        41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19,
        18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    ptrdiff_t boundary = run->boundary;
    if (ends != 0) run->boundary = at + 64 - (ptrdiff_t)_lzcnt_u64(ends);
    if (run->attaches_spaces) ends = with_spaces(run, b, at, ends);
    int written = __builtin_popcountll(ends);
    uint8_t offsets[64];
    _mm512_storeu_si512(offsets, _mm512_maskz_compress_epi8(ends, positions));
    __m512i base = _mm512_set1_epi64(at);
    ptrdiff_t *out = run->ends + run->written;
    // Few blocks have more ends than this, and a number that varies is foreseen badly.
    enum { USUAL = 24 };
    for (int j = 0; j < USUAL; j += 8) {
        __m512i eight = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(offsets + j)));
        _mm512_storeu_si512(out + j, _mm512_add_epi64(eight, base));
    }
    for (int j = USUAL; j < written; j += 8) {
        __m512i eight = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(offsets + j)));
        _mm512_storeu_si512(out + j, _mm512_add_epi64(eight, base));
    }
    if (run->statuses != NULL) {
        __m512i numbers = status_numbers(&tables->blocks, b, several);
        uint8_t packed[64];
        _mm512_storeu_si512(packed, _mm512_maskz_compress_epi8(ends, numbers));
        __m512i values = _mm512_loadu_si512(tables->blocks.status);
        int32_t *statuses = run->statuses + run->written;
        for (int j = 0; j < written; j += 16) {
            __m512i wanted =
                _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(packed + j)));
            _mm512_storeu_si512(statuses + j, _mm512_permutexvar_epi32(wanted, values));
        }
        uint64_t asked = _mm512_movepi8_mask(numbers) & ends;
        if (asked != 0) ask(tables, run, asked, ends, boundary);
    }
    run->written += written;
    if (run->written > 0) run->told = run->ends[run->written - 1];
}

/// The sets of pairs and triples as bits of a class, in vectors; without members where not in use.
typedef struct {
    __m512i pair[CICU_PAIRS][2], triple[CICU_TRIPLES][3];
} sets;

WIDE static inline __attribute__((always_inline)) sets sets_of(const cicu_blocks *blocks) {
    sets s;
    for (int k = 0; k < CICU_PAIRS; k++) {
        for (int i = 0; i < 2; i++) {
            s.pair[k][i] = _mm512_set1_epi8((char)(1u << blocks->pair[k][i]));
        }
    }
    for (int k = 0; k < CICU_TRIPLES; k++) {
        for (int i = 0; i < 3; i++) {
            s.triple[k][i] = _mm512_set1_epi8((char)(1u << blocks->triple[k][i]));
        }
    }
    return s;
}

/// ASCII and the well-formed characters of two and three bytes that behave like some in ASCII.
///
/// `pairs` and `triples` are constants, so that all sets stay in registers.
WIDE static inline __attribute__((always_inline)) void walk_wide(
    const cicu_tables *tables, cicu_run *run, int pairs, int triples) {
    const cicu_blocks *blocks = &tables->blocks;
    const sets s = sets_of(blocks);
    const __m512i low = _mm512_loadu_si512(blocks->ascii);
    const __m512i high = _mm512_loadu_si512(blocks->ascii + 64);
    const __m512i unknown_class = _mm512_set1_epi8((char)CICU_UNKNOWN);
    carry from = {{0}, 0};
    ptrdiff_t at = run->boundary;
    run->decided = at;
    while (run->capacity - run->written >= CICU_BLOCK_ROOM) {
        ptrdiff_t rest = run->count - at;
        if (rest < 8) break;
        uint64_t present = rest >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << rest) - 1;
        block b;
        // Who reads the ends in turns with the text is out of the processor's foresight.
        __builtin_prefetch(run->bytes + at + AHEAD);
        b.bytes = _mm512_maskz_loadu_epi8(present, run->bytes + at);
        b.classes = _mm512_permutex2var_epi8(low, b.bytes, high);
        b.high = _mm512_movepi8_mask(b.bytes);
        b.inside = b.trails = 0;
        uint64_t plain = ~UINT64_C(0), lonely = 0;
        if (b.high != 0) {
            b.classes = _mm512_mask_mov_epi8(b.classes, b.high, unknown_class);
            classify_wide(blocks, run->bytes + at, &b);
            lonely = _mm512_cmpeq_epi8_mask(b.classes, _mm512_set1_epi8((char)CICU_LONELY));
            plain = ~lonely;
        }
        uint64_t unknown = _mm512_cmpeq_epi8_mask(b.classes, unknown_class) | ~present;
        int known = unknown == 0 ? 64 : __builtin_ctzll(unknown);
        int decided = known - 2;
        while (decided > 0 && (b.trails >> decided & 1)) decided--;
        if (decided <= 0) {
            at += known;
            break;
        }
        uint64_t joined = b.inside | (lonely & lonely >> 1);
        for (int k = 0; k < pairs; k++) {
            uint64_t x = _mm512_test_epi8_mask(b.classes, s.pair[k][0]) & plain;
            uint64_t y = _mm512_test_epi8_mask(b.classes, s.pair[k][1]) & plain;
            joined |= x & y >> 1;
        }
        for (int k = 0; k < triples; k++) {
            uint64_t x = _mm512_test_epi8_mask(b.classes, s.triple[k][0]) & plain;
            uint64_t m = _mm512_test_epi8_mask(b.classes, s.triple[k][1]) & plain;
            uint64_t z = _mm512_test_epi8_mask(b.classes, s.triple[k][2]) & plain;
            joined |= ((x << 1 | from.left[k]) & m & z >> 1) | (x & m >> 1 & z >> 2);
            from.left[k] = x >> (decided - 1) & 1;
        }
        uint64_t ends = ~joined & ((UINT64_C(1) << decided) - 1);
        write_ends(tables, run, &b, at, ends, joined << 1 | from.joined);
        from.joined = joined >> (decided - 1) & 1;
        run->decided = at += decided;
        if (known < 62) {
            at += known - decided;
            break;
        }
    }
    run->undecided = at;
}

/// As many sets as words have.
WIDE static void walk_few(const cicu_tables *tables, cicu_run *run) {
    walk_wide(tables, run, 3, 2);
}

WIDE static void walk_many(const cicu_tables *tables, cicu_run *run) {
    walk_wide(tables, run, CICU_PAIRS, CICU_TRIPLES);
}

static int has_wide_vectors(void) {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}
#endif

/// Looks for the automaton's state in a segment that blocks left unfinished; a short one may as well
/// be walked from its beginning.
static void find_place(const cicu_tables *tables, cicu_run *run) {
    enum { SHORT = 32, TRIES = 3 };
    const cicu_blocks *blocks = &tables->blocks;
    run->place = run->boundary;
    run->state = 0;
    if (run->decided - run->boundary <= SHORT) return;
    ptrdiff_t ends[TRIES + 2];
    int category[TRIES + 2], count = 0;
    for (ptrdiff_t end = run->decided; count < TRIES + 2; count++) {
        ptrdiff_t start = end - 1, i;
        while ((run->bytes[start] & 0xC0) == 0x80) start--;
        i = start;
        category[count] = cicu_category(tables, cicu_decode(run->bytes, &i, end, 1));
        ends[count] = end;
        end = start;
    }
    for (int x = 0; x < TRIES; x++) {
        int w = blocks->numbers[category[x + 1]], last = blocks->numbers[category[x]];
        if (w == CICU_NUMBERS || last == CICU_NUMBERS || blocks->states[w][last] == 0) continue;
        run->place = ends[x];
        run->state = blocks->states[w][last];
        return;
    }
}

void cicu_blocks_walk(const cicu_tables *tables, cicu_run *run) {
#ifdef HAS_WIDE_VECTORS
    if (has_wide_vectors()) {
        int is_small = tables->blocks.pair_count <= 3 && tables->blocks.triple_count <= 2;
        (is_small ? walk_few : walk_many)(tables, run);
        find_place(tables, run);
        return;
    }
#endif
    run->attaches_spaces = 0;
    walk_portably(tables, run);
    find_place(tables, run);
}
