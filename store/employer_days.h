/* Employers as a set: for each the days on which it has somebody in cover, by lane and region as
   the lanes say, and how the number of employers of a region, a province and the country changes
   with that. Counted of the union over lanes, and over regions. Heap; one thread owns it. */
#ifndef JAGA_STORE_EMPLOYER_DAYS_H
#define JAGA_STORE_EMPLOYER_DAYS_H

#include <stddef.h>

#include "core/employment.h"
#include "store/nodes.h"

struct employer_days;

struct employer_days *employer_days_open(void);
void employer_days_close(struct employer_days *set); /* accepts NULL */
/* Empties it, without a word of what changes. */
void employer_days_clear(struct employer_days *set);

/* From `day` on a node has `by` employers more. */
typedef void (*employers_changed_by)(void *context, uint32_t node, day_t day, int64_t by);

/* Takes the days of an employer in a region, as a lane says them now, instead of those before:
   intervals that neither overlap nor touch, ascending. */
void employer_days_put(struct employer_days *set, int32_t lane, uint16_t region, uint64_t employer,
                       const struct days *days, size_t count, employers_changed_by changed,
                       void *context);
/* Takes away all that a lane has said. */
void employer_days_forget(struct employer_days *set, int32_t lane, employers_changed_by changed,
                          void *context);

/* An employer's hash as 16 hex digits. */
#define EMPLOYER_TEXT_BYTES 17 /* and a zero byte */
void employer_print(uint64_t employer, char out[EMPLOYER_TEXT_BYTES]);
bool employer_parse(struct text text, uint64_t *out);

/* "2024-01-01/2024-03-31 2024-05-01/": first and last day of each interval, the last of them open.
   Returns the length; a zero byte follows. */
#define DAYS_TEXT_BYTES (2 * DAY_TEXT_BYTES) /* for each interval, and one byte for all */
size_t days_print(const struct days *days, size_t count, char *out);
/* An upper limit of the intervals a text can have. */
size_t days_most(struct text text);
/* The printed form only: false for anything else. */
bool days_parse(struct text text, struct days *out, size_t *count);

#endif
