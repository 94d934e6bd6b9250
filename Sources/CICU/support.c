// Versions, names of errors, and the check of UTF-8.
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include "cicu_internal.h"

/// How many of the bytes from here on are certainly characters of two bytes: Greek, Cyrillic, Hebrew,
/// Arabic and others come in such runs.
static int64_t pairs_prefix(const uint8_t *bytes, int64_t count) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        // 110xxxxx 10xxxxxx, and of the first five bits not only the last.
        uint64_t leads = (word & UINT64_C(0x001E001E001E001E)) + UINT64_C(0x001E001E001E001E);
        if ((word & UINT64_C(0xC0E0C0E0C0E0C0E0)) != UINT64_C(0x80C080C080C080C0)
            || (leads & UINT64_C(0x0020002000200020)) != UINT64_C(0x0020002000200020)) {
            break;
        }
    }
    return i;
}

int64_t cicu_next_ill_formed(
    const uint8_t *bytes, int64_t count, int64_t start, int64_t *length) {
    *length = 0;
    for (int64_t i = start; i < count;) {
        if (bytes[i] < 0x80) {
            i += cicu_ascii_prefix(bytes + i, count - i);
            continue;
        }
        i += pairs_prefix(bytes + i, count - i);
        if (i == count || bytes[i] < 0x80) continue;
        int64_t from = i;
        UChar32 scalar;
        U8_NEXT(bytes, i, count, scalar);
        if (scalar < 0) {
            *length = i - from;
            return from;
        }
    }
    return -1;
}

const char *cicu_version(void) {
    static _Thread_local char text[U_MAX_VERSION_STRING_LENGTH];
    UVersionInfo version;
    u_getVersion(version);
    u_versionToString(version, text);
    return text;
}

const char *cicu_unicode_version(void) {
    static _Thread_local char text[U_MAX_VERSION_STRING_LENGTH];
    UVersionInfo version;
    u_getUnicodeVersion(version);
    u_versionToString(version, text);
    return text;
}

const char *cicu_status_name(int32_t status) { return u_errorName((UErrorCode)status); }
