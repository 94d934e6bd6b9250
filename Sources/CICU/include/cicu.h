// A small C interface to the system's ICU: one call per buffer, no ICU type in sight.
//
// Foundation on Linux carries an ICU of its own whose headers clash with the system's as soon as
// one compilation sees both, so this header includes none of them.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Compiled boundary rules: immutable, shared by all threads.
typedef struct cicu_rules cicu_rules;

/// Finds the boundaries of one text after another. Not for concurrent use: one per thread.
typedef struct cicu_walker cicu_walker;

/// Which built-in boundaries `cicu_rules_open` looks for.
enum { CICU_GRAPHEMES = 0, CICU_WORDS = 1, CICU_LINES = 2, CICU_SENTENCES = 3 };

/// Opens ICU's own rules for a locale ("" is the root). Returns NULL and an ICU error in `status`.
cicu_rules *_Nullable cicu_rules_open(int32_t kind, const char *locale, int32_t *status);

/// Compiles rule text (UTF-8). On a syntax error `line` and `column` say where it stands, from 1.
cicu_rules *_Nullable cicu_rules_compile(
    const uint8_t *text, int64_t length, int32_t *line, int32_t *column, int32_t *status);

/// Opens rules in their compiled form: `cicu_rules_binary` of the same version of ICU. The bytes are
/// copied. They are held against their format only: see to it that they are whole.
cicu_rules *_Nullable cicu_rules_open_binary(const uint8_t *bytes, int64_t length, int32_t *status);

/// The length of the compiled form, which is written to `bytes` if `capacity` is enough; -1 with
/// `status` set.
int64_t cicu_rules_binary(
    const cicu_rules *rules, uint8_t *_Nullable bytes, int64_t capacity, int32_t *status);

void cicu_rules_close(cicu_rules *_Nullable rules);

/// FNV-1a 64 of ICU's compiled rules.
uint64_t cicu_rules_digest(const cicu_rules *rules);

/// What is known of a rule set, as bits.
enum {
    /// The compiled tables are understood and passed their test: walkers read them themselves.
    CICU_WALKS_TABLES = 1,
    /// Simple text is decided by bit masks, 64 bytes at a time.
    CICU_WALKS_BLOCKS = 2,
    /// There is a boundary after every line feed, and nothing before it matters after it.
    CICU_ENDS_AT_LINE_FEED = 4
};
int32_t cicu_rules_features(const cicu_rules *rules);

/// A walker; with `reference` it asks ICU for every boundary, whatever is known of the rules.
cicu_walker *_Nullable cicu_walker_open(const cicu_rules *rules, int32_t reference, int32_t *status);

void cicu_walker_close(cicu_walker *_Nullable walker);

/// From now on ends are those of words that carry the one space before them: a U+0020 that ends a
/// segment belongs to what stands behind it, unless that is white space or the text ends there.
/// Only for whole texts (`is_last` is 1), and without statuses.
void cicu_walker_attach_spaces(cicu_walker *walker);

/// Starts on a text, which must stay in place while its boundaries are read. When more will follow
/// (`is_last` is 0) segments that could still grow are held back.
void cicu_walker_begin(
    cicu_walker *walker, const uint8_t *_Nullable bytes, ptrdiff_t count, int32_t is_last);

/// Writes the ends (byte offsets) and rule statuses of the next segments and returns their number,
/// 0 when there are no more, or -1 with `status` set. Each maximal subpart of an ill-formed sequence
/// counts as one U+FFFD.
ptrdiff_t cicu_walker_next(
    cicu_walker *walker, ptrdiff_t *ends, int32_t *_Nullable statuses, ptrdiff_t capacity,
    int32_t *status);

/// 1 while the walker reads the tables itself, 0 when it asks ICU for every boundary.
int32_t cicu_walker_reads_tables(const cicu_walker *walker);

/// Writes the ends of the segments of `start..<stop`, a text by itself within one of `count` bytes, if
/// plain steps of the automaton tell them; 0 if not, or if there are more than `capacity`. For texts as
/// short as words this is faster than to begin a walk.
ptrdiff_t cicu_plain_ends(
    const cicu_rules *rules, const uint8_t *bytes, ptrdiff_t count, ptrdiff_t start, ptrdiff_t stop,
    ptrdiff_t *ends, ptrdiff_t capacity);

/// Writes the ends of the next scalar values at or after `start`, one per maximal subpart where the
/// text is ill-formed, and returns their number. With `is_last` 0 a sequence cut off is held back.
ptrdiff_t cicu_scalar_ends(
    const uint8_t *bytes, ptrdiff_t count, ptrdiff_t start, int32_t is_last, ptrdiff_t *ends,
    ptrdiff_t capacity);

/// Rewrites text in a normalization form. Not for concurrent use: one per thread.
typedef struct cicu_normalizer cicu_normalizer;

enum {
    CICU_FORM_NONE = 0,
    CICU_NFC = 1,
    CICU_NFD = 2,
    CICU_NFKC = 3,
    CICU_NFKD = 4,
    CICU_NFKC_CASEFOLD = 5
};
enum { CICU_FOLD_NONE = 0, CICU_FOLD_FULL = 1, CICU_FOLD_TURKIC = 2 };

cicu_normalizer *_Nullable cicu_normalizer_open(int32_t form, int32_t fold, int32_t *status);
void cicu_normalizer_close(cicu_normalizer *_Nullable normalizer);

/// Returns the length of the normalized text, or -1 with `status` set. `output` is valid until the
/// next call and may be `bytes` itself. Ill-formed bytes are copied and separate what stands around.
int64_t cicu_normalize(
    cicu_normalizer *normalizer, const uint8_t *bytes, int64_t count,
    const uint8_t *_Nullable *_Nonnull output, int32_t *status);

/// Offset of the first ill-formed sequence at or after `start`, its length (one maximal subpart) in
/// `length`; -1 when the rest is well-formed UTF-8.
int64_t cicu_next_ill_formed(
    const uint8_t *bytes, int64_t count, int64_t start, int64_t *length);

/// Versions of the library loaded now, such as "72.1" and "15.0".
const char *cicu_version(void);
const char *cicu_unicode_version(void);

/// ICU's name of a status, such as "U_MEMORY_ALLOCATION_ERROR".
const char *cicu_status_name(int32_t status);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
