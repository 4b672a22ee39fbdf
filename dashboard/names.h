/* What the codes of the contract are called in words, and what every number on the page means. */
#ifndef JAGA_DASHBOARD_NAMES_H
#define JAGA_DASHBOARD_NAMES_H

#include <stddef.h>

#include "dashboard/request.h"

/* `kind`: programme, segment, category, sponsor, base, verdict, state (of a batch), status (of a
   payment), lane (its state), topic or exception. NULL for a code
   that has no name. Plain text of our own. */
const char *name_of(enum language language, const char *kind, const char *code);

struct definition {
    const char *id; /* the anchor on /definitions */
    const char *title[LANGUAGE_COUNT];
    const char *text[LANGUAGE_COUNT];
};
extern const struct definition definitions[];
extern const size_t definition_count;
/* NULL when there is none. */
const struct definition *definition_of(const char *id);

#endif
