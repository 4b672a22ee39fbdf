/* What one participant adds to the figures (rules.md, Measures). Additive: counters change by the
   difference of two projections, and are the sum of all of them. */
#ifndef JAGA_CORE_PROJECTION_H
#define JAGA_CORE_PROJECTION_H

#include "core/employment.h"

/* Measures that are days, by number; the number orders digests of nothing but names the Redis
 * field. */
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
#define DAY_MEASURE_COUNT (MEASURE_OVERDUE_IDR + PROGRAMME_COUNT)

/* Measures without a date (running totals). */
#define TOTAL_CLAIMS 0 /* + programme × VERDICT_COUNT + verdict */
#define TOTAL_PAYMENTS (TOTAL_CLAIMS + PROGRAMME_COUNT * VERDICT_COUNT)
#define TOTAL_PAID_IDR (TOTAL_PAYMENTS + 1)
#define TOTAL_PAYMENTS_PROGRAMME (TOTAL_PAID_IDR + 1)
#define TOTAL_PAID_IDR_PROGRAMME (TOTAL_PAYMENTS_PROGRAMME + PROGRAMME_COUNT)
#define TOTAL_PAYMENTS_CATEGORY (TOTAL_PAID_IDR_PROGRAMME + PROGRAMME_COUNT)
#define TOTAL_PAID_IDR_CATEGORY (TOTAL_PAYMENTS_CATEGORY + CATEGORIES_MAX)
/* Money received and external benefits are tallies of events, shown with a region's totals. */
#define TOTAL_CONTRIBUTIONS_IDR (TOTAL_PAID_IDR_CATEGORY + CATEGORIES_MAX) /* + programme */
#define TOTAL_EXTERNAL_IDR (TOTAL_CONTRIBUTIONS_IDR + PROGRAMME_COUNT)
/* Of payments that arrived late: the cost that came of it. */
#define TOTAL_LATE_COST_IDR (TOTAL_EXTERNAL_IDR + 1) /* + programme */
#define TOTAL_COUNT (TOTAL_LATE_COST_IDR + PROGRAMME_COUNT)

#define MEASURE_NAME_BYTES 64
/* What lateness up to a day has cost, told with the day's measures: "late_cost_to_date_idr:…". */
void late_cost_name(unsigned programme, char out[MEASURE_NAME_BYTES]);
/* "active", "programme:JKK", "category:KPPS" …; "claims:JKK:APPROVED", "paid_idr:category:KPPS" …
 */
void day_measure_name(const struct rules *rules, unsigned measure, char out[MEASURE_NAME_BYTES]);
void total_measure_name(const struct rules *rules, unsigned total, char out[MEASURE_NAME_BYTES]);

/* From `from` until the next span's `from`, in `region`: the set of day measures that count one
   (but MEASURE_MEMBERSHIPS, of which there are `covers`). The last span is open. Neighbours differ.
 */
struct span {
    day_t from;
    uint16_t region;
    uint8_t covers;
    uint64_t categories; /* by category number */
    uint32_t measures;   /* bits of the measures below MEASURE_CATEGORY, memberships left out */
};

#define SPANS_MAX (MEMBERSHIPS_MAX * (2 + 3 * TIMELINE_MAX + 1) + TIMELINE_MAX + 2)

struct overdue {       /* of one payment: on the days from `from` on, and before `until` */
    day_t from, until; /* DAY_NEVER: it has not arrived */
    int64_t amount_idr;
};

struct claim_projection {
    uint16_t region;
    uint8_t programme, verdict;
    uint8_t category; /* on the event's date; CATEGORIES_MAX when none */
    uint8_t payments; /* 0 unless APPROVED */
    int64_t paid_idr;
    int64_t late_cost_idr; /* of what arrived late */
    uint8_t overdue_count;
    struct overdue overdue[PAYEES_MAX];
};

struct projection {
    uint32_t span_count, claim_count;
    struct span spans[SPANS_MAX];
    struct claim_projection claims[CLAIMS_MAX];
    struct employments employments; /* counted by lane/employers.h, the rest by lane/counters.h */
};

void projection_of(const struct participant *participant, const struct rules *rules,
                   struct projection *out);
bool projection_equal(const struct projection *a, const struct projection *b);

#endif
