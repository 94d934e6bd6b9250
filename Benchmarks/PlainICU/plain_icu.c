#include "plain_icu.h"

#include <stdlib.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

plain_pass plain_icu_pass(int32_t kind, const uint8_t *bytes, int64_t count, int32_t rounds) {
    plain_pass pass = {-1, 0, 0};
    UErrorCode code = U_ZERO_ERROR;
    UChar *units = malloc(((size_t)count + 1) * sizeof *units);
    if (units == NULL || count > INT32_MAX - 1) {
        free(units);
        return pass;
    }
    int32_t length = 0, replaced = 0;
    u_strFromUTF8WithSub(
        units, (int32_t)count + 1, &length, (const char *)bytes, (int32_t)count, 0xFFFD, &replaced,
        &code);
    UBreakIterator *iterator =
        ubrk_open(kind == PLAIN_WORDS ? UBRK_WORD : UBRK_CHARACTER, "", NULL, 0, &code);
    for (int32_t round = 0; code <= 0 && round < rounds; round++) {
        pass.segments = 0;
        pass.checksum = 0;
        double start = now();
        ubrk_setText(iterator, units, length, &code);
        for (int32_t end; (end = ubrk_next(iterator)) != UBRK_DONE;) {
            pass.checksum = pass.checksum * 31 + (uint64_t)(end ^ ubrk_getRuleStatus(iterator));
            pass.segments++;
        }
        double seconds = now() - start;
        if (pass.seconds < 0 || seconds < pass.seconds) pass.seconds = seconds;
    }
    if (iterator != NULL) ubrk_close(iterator);
    free(units);
    return pass;
}
