/* The country's figures as they stand in Redis, without asking for any region: what a look that is
   repeated every few seconds needs. */
#ifndef JAGA_STORE_COUNTRY_H
#define JAGA_STORE_COUNTRY_H

#include "store/figures.h"

struct country {
    day_t day;               /* of the measures of a day */
    struct public_meta meta; /* who wrote them, as of when */
    int64_t *sequences;      /* by lane: the journal sequence shown */
    size_t lane_count;
    struct region_figures figures; /* of ID, by name, without base */
};

/* RETRY "redis_away", FATAL "no_figures". */
MUST_USE struct error country_read(struct redis *redis, struct country *out);
void country_close(struct country *country); /* accepts a zeroed one */

#endif
