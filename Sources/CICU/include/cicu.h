// A small C interface to the system's ICU: one call per buffer, no ICU type in sight.
//
// Foundation on Linux carries an ICU of its own whose headers clash with the system's as soon as
// one compilation sees both, so this header includes none of them.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Finds text boundaries in buffers of bytes. Not for concurrent use: clone one per thread.
typedef struct cicu_segmenter cicu_segmenter;

/// Which built-in boundaries `cicu_open` looks for.
enum { CICU_CHARACTERS = 0, CICU_WORDS = 1 };

/// Opens ICU's own rules for a locale ("" is the root). Returns NULL and an ICU error in `status`.
cicu_segmenter *_Nullable cicu_open(int32_t kind, const char *locale, int32_t *status);

/// Compiles rule text (ASCII). On a syntax error `line` and `column` say where it stands.
cicu_segmenter *_Nullable cicu_open_rules(
    const char *rules, int32_t length, int32_t *line, int32_t *column, int32_t *status);

/// Copies the rules, not the buffers. The source is only read, so threads may clone it at once.
cicu_segmenter *_Nullable cicu_clone(const cicu_segmenter *source, int32_t *status);

void cicu_close(cicu_segmenter *_Nullable segmenter);

/// Writes the end offset (in bytes) of each segment of `bytes` to `ends`, which has room for
/// `count` entries, and returns their number, or -1 with `status` set. `count` < 2^30.
/// Each maximal subpart of an ill-formed sequence counts as one U+FFFD.
int64_t cicu_segment(
    cicu_segmenter *segmenter, const uint8_t *bytes, int64_t count, int32_t *ends,
    int32_t *status);

/// FNV-1a 64 of ICU's compiled rules.
uint64_t cicu_rules_digest(cicu_segmenter *segmenter, int32_t *status);

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
