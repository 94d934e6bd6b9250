// Properties of single scalars. Like cicu.h, no ICU type in sight.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Whether text that begins with `scalar` is normalized the same whatever stands before it. `form` is
/// one of the forms of cicu.h.
int32_t cicu_has_boundary_before(int32_t form, uint32_t scalar);

/// The number of a scalar's script (Script property), below `cicu_script_limit()`; 103 is Unknown.
int32_t cicu_script(uint32_t scalar);

/// The long English name of a script, such as "Latin".
const char *cicu_script_name(int32_t script);

/// How many scripts this ICU knows.
int32_t cicu_script_limit(void);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
