// Versions, names of errors, and the check of UTF-8.
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include "cicu_internal.h"

int64_t cicu_next_ill_formed(
    const uint8_t *bytes, int64_t count, int64_t start, int64_t *length) {
    *length = 0;
    for (int64_t i = start; i < count;) {
        if (bytes[i] < 0x80) {
            i += cicu_ascii_prefix(bytes + i, count - i);
            continue;
        }
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
