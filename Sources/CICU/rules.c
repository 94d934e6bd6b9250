// Opening of rule sets.
#include "rules.h"

#include <unicode/ustring.h>

/// Longest rule text taken.
#define LONGEST_TEXT (INT64_C(1) << 24)

static cicu_rules *wrap(UBreakIterator *iterator, int32_t *status) {
    if (*status > 0 || iterator == NULL) {
        if (iterator != NULL) ubrk_close(iterator);
        if (*status <= 0) *status = U_INTERNAL_PROGRAM_ERROR;
        return NULL;
    }
    *status = 0;  // a warning ("locale fell back to root") is no failure
    UErrorCode code = U_ZERO_ERROR;
    cicu_rules *rules = calloc(1, sizeof *rules);
    int32_t length = ubrk_getBinaryRules(iterator, NULL, 0, &code);
    code = U_ZERO_ERROR;
    uint8_t *binary = malloc((size_t)(length > 0 ? length : 0) + 1);
    if (rules == NULL || binary == NULL) {
        ubrk_close(iterator);
        free(rules);
        free(binary);
        *status = U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    rules->prototype = iterator;
    pthread_mutex_init(&rules->lock, NULL);
    length = ubrk_getBinaryRules(iterator, binary, length, &code);
    rules->digest = UINT64_C(0xcbf29ce484222325);
    if (code <= 0) {
        for (int32_t i = 0; i < length; i++) {
            rules->digest = (rules->digest ^ binary[i]) * UINT64_C(0x100000001b3);
        }
        rules->tables = cicu_tables_open(binary, length);
    }
    free(binary);
    if (rules->tables != NULL && !cicu_rules_are_understood(rules, NULL)) {
        cicu_tables_close(rules->tables);
        rules->tables = NULL;
    }
    return rules;
}

cicu_rules *cicu_rules_open(int32_t kind, const char *locale, int32_t *status) {
    static const UBreakIteratorType types[] = {
        UBRK_CHARACTER, UBRK_WORD, UBRK_LINE, UBRK_SENTENCE};
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *iterator = NULL;
    if (kind < 0 || kind > CICU_SENTENCES) {
        code = U_ILLEGAL_ARGUMENT_ERROR;
    } else {
        iterator = ubrk_open(types[kind], locale, NULL, 0, &code);
    }
    *status = code;
    return wrap(iterator, status);
}

cicu_rules *cicu_rules_compile(
    const uint8_t *text, int64_t length, int32_t *line, int32_t *column, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    UParseError place;
    memset(&place, 0, sizeof place);
    *line = *column = 0;
    UChar *units = NULL;
    if (length < 0 || length > LONGEST_TEXT) {
        *status = U_INDEX_OUTOFBOUNDS_ERROR;
        return NULL;
    }
    units = malloc(((size_t)length + 1) * sizeof *units);
    if (units == NULL) {
        *status = U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    int32_t count = 0, replaced = 0;
    u_strFromUTF8WithSub(
        units, (int32_t)length + 1, &count, (const char *)text, (int32_t)length, 0xFFFD, &replaced,
        &code);
    UBreakIterator *iterator = ubrk_openRules(units, count, NULL, 0, &place, &code);
    free(units);
    *line = place.line;
    *column = place.offset;
    *status = code;
    return wrap(iterator, status);
}

cicu_rules *cicu_rules_open_binary(const uint8_t *bytes, int64_t length, int32_t *status) {
    *status = U_INVALID_FORMAT_ERROR;
    if (length <= 0 || length > LONGEST_TEXT) return NULL;
    // ICU reads the bytes as long as an iterator or a clone of it lives, and wants them aligned.
    uint8_t *binary = malloc((size_t)length);
    *status = U_MEMORY_ALLOCATION_ERROR;
    if (binary == NULL) return NULL;
    memcpy(binary, bytes, (size_t)length);
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_openBinaryRules(binary, (int32_t)length, NULL, 0, &code);
    *status = code;
    cicu_rules *rules = wrap(iterator, status);
    if (rules == NULL) {
        free(binary);
    } else {
        rules->binary = binary;
    }
    return rules;
}

int64_t cicu_rules_binary(
    const cicu_rules *rules, uint8_t *bytes, int64_t capacity, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t length = ubrk_getBinaryRules(rules->prototype, NULL, 0, &code);
    code = U_ZERO_ERROR;
    if (length <= 0) {
        code = U_UNSUPPORTED_ERROR;
    } else if (bytes != NULL && capacity >= length) {
        ubrk_getBinaryRules(rules->prototype, bytes, length, &code);
    }
    *status = code > 0 ? code : 0;
    return code > 0 ? -1 : length;
}

void cicu_rules_close(cicu_rules *rules) {
    if (rules == NULL) return;
    ubrk_close(rules->prototype);
    if (rules->dictionary != NULL) ubrk_close(rules->dictionary);
    free(rules->binary);
    pthread_mutex_destroy(&rules->lock);
    cicu_tables_close(rules->tables);
    free(rules);
}

uint64_t cicu_rules_digest(const cicu_rules *rules) { return rules->digest; }

int32_t cicu_rules_features(const cicu_rules *rules) {
    if (rules->tables == NULL) return 0;
    return CICU_WALKS_TABLES | (rules->tables->blocks.is_usable ? CICU_WALKS_BLOCKS : 0)
        | (rules->tables->ends_at_line_feed ? CICU_ENDS_AT_LINE_FEED : 0);
}

int cicu_rules_dictionary(cicu_rules *rules, cicu_dictionary *dictionary) {
    UErrorCode code = U_ZERO_ERROR;
    pthread_mutex_lock(&rules->lock);
    if (!rules->is_dictionary_tried) {
        int32_t status = 0;
        cicu_load_dictionaries();
        rules->dictionary = cicu_dictionary_iterator(rules->tables, &status);
        // Our own cutter if it does as ICU does; else ICU run by run; else ICU alone.
        rules->lexicon = rules->dictionary == NULL ? NULL : cicu_lexicon_get();
        if (rules->lexicon != NULL && !cicu_rules_are_understood(rules, rules->dictionary)) {
            rules->lexicon = NULL;
        }
        if (rules->dictionary != NULL && rules->lexicon == NULL
            && !cicu_rules_are_understood(rules, rules->dictionary)) {
            ubrk_close(rules->dictionary);
            rules->dictionary = NULL;
        }
        rules->is_dictionary_tried = 1;
    }
    if (rules->dictionary != NULL) {
        dictionary->reference.iterator = ubrk_clone(rules->dictionary, &code);
        dictionary->tables = rules->tables;
        dictionary->lexicon = rules->lexicon;
    }
    pthread_mutex_unlock(&rules->lock);
    return dictionary->reference.iterator != NULL;
}
