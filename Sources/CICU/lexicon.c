// Opens ICU's dictionaries and sorts characters by who cuts them.
#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/udata.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include "cutter.h"

/// Where the package of boundary data is: "icudt72l-brkitr" and the like.
#define PACKAGE U_ICUDATA_NAME "-brkitr"

/// The head of a dictionary, format 1: offsets, and what its units stand for.
typedef struct {
    int32_t trie, reserved[2], size, type, transform, unused[2];
} header;

enum { BYTES = 0, UNITS = 1, TYPE = 7, OFFSETS = 0x1000000, OFFSET = 0x1FFFFF };

static cicu_lexicon lexicon;
static int is_known;

static UBool is_dictionary(
    void *context, const char *type, const char *name, const UDataInfo *info) {
    (void)context;
    (void)type;
    (void)name;
    return memcmp(info->dataFormat, "Dict", 4) == 0 && info->formatVersion[0] == 1
        && info->isBigEndian == U_IS_BIG_ENDIAN;
}

static int open_dictionary(int script, const char *name) {
    UErrorCode code = U_ZERO_ERROR;
    UDataMemory *data = udata_openChoice(PACKAGE, "dict", name, is_dictionary, NULL, &code);
    if (code > 0) return 0;
    header head;
    const uint8_t *bytes = udata_getMemory(data);  // stays open as long as the process lives
    memcpy(&head, bytes, sizeof head);
    int is_wide = script == CUT_EAST_ASIAN;
    if ((head.type & TYPE) != (is_wide ? UNITS : BYTES) || head.trie < (int32_t)sizeof head) return 0;
    if (!is_wide && (head.transform & ~OFFSET) != OFFSETS) return 0;
    lexicon.words[script] = bytes + head.trie;
    lexicon.first[script] = (uint32_t)(head.transform & OFFSET);
    return 1;
}

static int script_of(UChar32 c) {
    UErrorCode code = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &code);
    int is_complex = u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
    switch (script) {
    case USCRIPT_THAI: return is_complex ? CUT_THAI : CUT_NOBODY;
    case USCRIPT_LAO: return is_complex ? CUT_LAO : CUT_NOBODY;
    case USCRIPT_MYANMAR: return is_complex ? CUT_BURMESE : CUT_NOBODY;
    case USCRIPT_KHMER: return is_complex ? CUT_KHMER : CUT_NOBODY;
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return CUT_EAST_ASIAN;
    default:
        // Marks shared by kana and others: prolonged and (half-width) voiced sounds.
        return c == 0x30FC || c == 0xFF70 || c == 0xFF9E || c == 0xFF9F ? CUT_EAST_ASIAN : CUT_NOBODY;
    }
}

static int is_between(UChar32 c, UChar32 first, UChar32 last) { return first <= c && c <= last; }

/// Characters a word may end with, and begin with, where a text has to be taken up again.
static int role_of(UChar32 c, int script) {
    int ends = 1, begins = 0;
    switch (script) {
    case CUT_THAI:
        ends = c != 0x0E31 && !is_between(c, 0x0E40, 0x0E44);
        begins = is_between(c, 0x0E01, 0x0E2E) || is_between(c, 0x0E40, 0x0E44);
        break;
    case CUT_LAO:
        ends = !is_between(c, 0x0EC0, 0x0EC4);
        begins = is_between(c, 0x0E81, 0x0EAE) || is_between(c, 0x0EDC, 0x0EDD)
            || is_between(c, 0x0EC0, 0x0EC4);
        break;
    case CUT_BURMESE: begins = is_between(c, 0x1000, 0x102A); break;
    case CUT_KHMER:
        ends = c != 0x17D2;
        begins = is_between(c, 0x1780, 0x17B3);
        break;
    default: return 0;
    }
    int is_mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    return (is_mark ? CUT_MARK : 0) | (ends ? CUT_ENDS_WORD : 0) | (begins ? CUT_BEGINS_WORD : 0);
}

static void open_all(void) {
    int is_good = open_dictionary(CUT_THAI, "thaidict")
        && open_dictionary(CUT_LAO, "laodict") && open_dictionary(CUT_BURMESE, "burmesedict")
        && open_dictionary(CUT_KHMER, "khmerdict") && open_dictionary(CUT_EAST_ASIAN, "cjdict");
    if (!is_good) return;
    memset(lexicon.kinds, CUT_NOBODY, sizeof lexicon.kinds);
    for (UChar32 c = 0x0E00; c < 0x10000; c++) {
        if (is_between(c, 0x1100, 0x177F) || is_between(c, 0xAC00, 0xDFFF)) continue;
        int script = script_of(c);
        if (script == CUT_NOBODY) continue;
        int kind = script | role_of(c, script);
        // ICU normalizes East Asian runs before it looks words up; these need none of that.
        int is_plain = u_getIntPropertyValue(c, UCHAR_NFKC_QUICK_CHECK) == UNORM_YES
            && u_getCombiningClass(c) == 0;
        if (script == CUT_EAST_ASIAN && is_plain) kind |= CUT_PLAIN;
        lexicon.kinds[c] = (uint8_t)kind;
    }
    is_known = 1;
}

const cicu_lexicon *cicu_lexicon_get(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, open_all);
    return is_known ? &lexicon : NULL;
}
