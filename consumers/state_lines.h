/* One participant as it stands: memberships with their cover, what was in force on a day, claims
   and payments. Ids only. */
#ifndef JAGA_CONSUMERS_STATE_LINES_H
#define JAGA_CONSUMERS_STATE_LINES_H

#include <stdio.h>

#include "core/cover.h"

struct state_wish {
    const struct participant *participant;
    const struct rules *rules;
    day_t day;             /* entries in force on it, cover on it */
    int64_t sequence, now; /* journal record and clock it is known at */
};

/* {"kind":"state", …} without a line end. */
void state_json(FILE *out, const struct state_wish *wish);
void state_text(FILE *out, const struct state_wish *wish);

#endif
