// What `cicu_rules` holds.
#pragma once

#include <pthread.h>

#include "dictionary.h"

struct cicu_rules {
    UBreakIterator *prototype;  // only ever cloned
    cicu_tables *tables;        // NULL: not understood, or failed the test
    uint64_t digest;
    uint8_t *binary;            // what the prototype reads, if it was opened in compiled form
    // Made when the first dictionary run is met, as loading takes milliseconds.
    pthread_mutex_t lock;
    UBreakIterator *dictionary;
    int is_dictionary_tried;
    const cicu_lexicon *lexicon;  // NULL: ICU cuts every run
};

/// Makes a dictionary ready, which is tested when it is first wanted. Returns 0 if it is not to be
/// trusted: ask ICU for every boundary from now on.
int cicu_rules_dictionary(struct cicu_rules *rules, cicu_dictionary *dictionary);

/// Whether a walker over the tables finds what ICU finds, on a sample of every category. With
/// `dictionary` the sample is of dictionary characters.
int cicu_rules_are_understood(const struct cicu_rules *rules, UBreakIterator *dictionary);
