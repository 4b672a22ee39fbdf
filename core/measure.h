/* The measures: their numbers and names (docs/redis-keys.md). What counts in each is in
   projection.h. */
#ifndef JAGA_CORE_MEASURE_H
#define JAGA_CORE_MEASURE_H

#include "core/rules.h"

#define OPEN_STATE_COUNT 2      /* HELD, WAITING */
#define DEATH_PROGRAMME_COUNT 2 /* JKK, JKM */
#define ORDERED_STATE 0         /* of a payment: nothing was reported of it yet */
#define PAYMENT_STATE_COUNT (1 + PAYMENT_STATUS_COUNT) /* ORDERED, then 1 + enum payment_status */

/* Measures of a day. The number orders nothing but the figures that are shown. */
#define MEASURE_REGISTERED 0
#define MEASURE_ACTIVE 1
#define MEASURE_MEMBERSHIPS 2
#define MEASURE_PROGRAMME 3                                     /* + enum programme */
#define MEASURE_SEGMENT (MEASURE_PROGRAMME + PROGRAMME_COUNT)   /* + enum segment */
#define MEASURE_SPONSOR (MEASURE_SEGMENT + SEGMENT_COUNT)       /* + enum sponsor_kind */
#define MEASURE_CATEGORY (MEASURE_SPONSOR + SPONSOR_KIND_COUNT) /* + category number */
/* Not a count of people but rupiah: authorised payments that are due and have not arrived. Each day
   of it costs LATE_COST_PPM, so the cost up to a day is that rate on the sum of the days until it.
 */
#define MEASURE_OVERDUE_IDR (MEASURE_CATEGORY + CATEGORIES_MAX) /* + enum programme */
#define MEASURE_OVERDUE (MEASURE_OVERDUE_IDR + PROGRAMME_COUNT) /* + enum programme */
#define MEASURE_OPEN (MEASURE_OVERDUE + PROGRAMME_COUNT)        /* + measure_of_open() */
#define MEASURE_OPEN_PAST_DUE                                                                      \
    (MEASURE_OPEN + PROGRAMME_COUNT * OPEN_STATE_COUNT) /* + programme                             \
                                                         */
#define MEASURE_GRACE (MEASURE_OPEN_PAST_DUE + PROGRAMME_COUNT)
/* Covers that have begun, and those that are over: sums that only grow from day to day. */
#define MEASURE_BEGUN (MEASURE_GRACE + 1)
#define MEASURE_BEGUN_SPONSOR (MEASURE_BEGUN + 1)
#define MEASURE_BEGUN_CATEGORY (MEASURE_BEGUN_SPONSOR + SPONSOR_KIND_COUNT)
#define MEASURE_ENDED (MEASURE_BEGUN_CATEGORY + CATEGORIES_MAX)
#define MEASURE_ENDED_SPONSOR (MEASURE_ENDED + 1)
#define MEASURE_ENDED_CATEGORY (MEASURE_ENDED_SPONSOR + SPONSOR_KIND_COUNT)
#define DAY_MEASURE_COUNT (MEASURE_ENDED_CATEGORY + CATEGORIES_MAX)

/* Measures without a date (running totals). */
#define TOTAL_CLAIMS 0 /* + programme × VERDICT_COUNT + verdict */
#define TOTAL_PAYMENTS (TOTAL_CLAIMS + PROGRAMME_COUNT * VERDICT_COUNT)
#define TOTAL_PAID_IDR (TOTAL_PAYMENTS + 1)
#define TOTAL_PAYMENTS_PROGRAMME (TOTAL_PAID_IDR + 1)
#define TOTAL_PAID_IDR_PROGRAMME (TOTAL_PAYMENTS_PROGRAMME + PROGRAMME_COUNT)
#define TOTAL_PAYMENTS_CATEGORY (TOTAL_PAID_IDR_PROGRAMME + PROGRAMME_COUNT)
#define TOTAL_PAID_IDR_CATEGORY (TOTAL_PAYMENTS_CATEGORY + CATEGORIES_MAX)
#define TOTAL_PAYMENTS_STATUS (TOTAL_PAID_IDR_CATEGORY + CATEGORIES_MAX) /* + payment state */
#define TOTAL_PAID_IDR_STATUS (TOTAL_PAYMENTS_STATUS + PAYMENT_STATE_COUNT)
#define TOTAL_DEATHS (TOTAL_PAID_IDR_STATUS + PAYMENT_STATE_COUNT) /* + total_of_death() */
/* Money received and external benefits are tallies of events, shown with a region's totals. */
#define TOTAL_CONTRIBUTIONS_IDR                                                                    \
    (TOTAL_DEATHS + DEATH_PROGRAMME_COUNT * CATEGORIES_MAX) /* + programme */
#define TOTAL_EXTERNAL_IDR (TOTAL_CONTRIBUTIONS_IDR + PROGRAMME_COUNT)
/* Of payments that arrived late: the cost that came of it. */
#define TOTAL_LATE_COST_IDR (TOTAL_EXTERNAL_IDR + 1) /* + programme */
#define TOTAL_COUNT (TOTAL_LATE_COST_IDR + PROGRAMME_COUNT)

/* Of a claim that is HELD or WAITING. */
unsigned measure_of_open(unsigned programme, unsigned verdict);
/* Of an approved death claim of JKK or JKM. */
unsigned total_of_death(unsigned programme, unsigned category);

#define MEASURE_NAME_BYTES 64
/* A measure of a day without a number here: a set, counted by who holds all of it
   (employment.h). */
#define EMPLOYERS_NAME "employers"
/* What lateness up to a day has cost, told with the day's measures: "late_cost_to_date_idr:…". */
void late_cost_name(unsigned programme, char out[MEASURE_NAME_BYTES]);
/* "active", "programme:JKK", "category:KPPS" …; "claims:JKK:APPROVED", "paid_idr:category:KPPS" …
 */
void day_measure_name(const struct rules *rules, unsigned measure, char out[MEASURE_NAME_BYTES]);
void total_measure_name(const struct rules *rules, unsigned total, char out[MEASURE_NAME_BYTES]);

/* What a region's figures tell of a day beside its measures: by how much one of them that only
   grows, grows from the end of one day to the end of another, counted from the day. */
struct flow {
    const char *name; /* "ending_7" */
    const char *of;   /* "ended" */
    unsigned measure; /* the same by number */
    int after, until; /* days from the day told of: changes on day + after + 1 … day + until */
};
#define FLOW_COUNT 4
extern const struct flow flows[FLOW_COUNT];

/* Whether a name is of a day measure or a flow, of whatever bundle's categories; any other figure
   of a region is a total. */
bool name_is_of_day(const char *name);

#endif
