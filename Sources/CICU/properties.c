// Properties of single scalars.
#include "cicu_properties.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include "cicu_internal.h"

int32_t cicu_has_boundary_before(int32_t form, uint32_t scalar) {
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *instance = NULL;
    switch (form) {
    case CICU_NFC: instance = unorm2_getNFCInstance(&code); break;
    case CICU_NFD: instance = unorm2_getNFDInstance(&code); break;
    case CICU_NFKC: instance = unorm2_getNFKCInstance(&code); break;
    case CICU_NFKD: instance = unorm2_getNFKDInstance(&code); break;
    case CICU_NFKC_CASEFOLD: instance = unorm2_getNFKCCasefoldInstance(&code); break;
    default: return 1;
    }
    return code > 0 || instance == NULL || unorm2_hasBoundaryBefore(instance, (UChar32)scalar);
}

int32_t cicu_script(uint32_t scalar) {
    UErrorCode code = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)scalar, &code);
    return code > 0 || script < 0 ? USCRIPT_UNKNOWN : (int32_t)script;
}

const char *cicu_script_name(int32_t script) {
    const char *name = uscript_getName((UScriptCode)script);
    return name == NULL ? "Unknown" : name;
}

int32_t cicu_script_limit(void) { return u_getIntPropertyMaxValue(UCHAR_SCRIPT) + 1; }
