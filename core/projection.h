/* What one participant adds to the figures (rules.md, Measures). Additive: counters change by the
   difference of two projections, and are the sum of all of them. */
#ifndef JAGA_CORE_PROJECTION_H
#define JAGA_CORE_PROJECTION_H

#include "core/employment.h"
#include "core/measure.h"

/* From `from` until the next span's `from`, in `region`: the set of day measures that count one
   (but MEASURE_MEMBERSHIPS, of which there are `covers`, and MEASURE_GRACE: `graces` of these). The
   last span is open. Neighbours differ. */
struct span {
    day_t from;
    uint16_t region;
    uint8_t covers, graces;
    uint64_t categories; /* by category number */
    uint32_t measures;   /* bits of the measures below MEASURE_CATEGORY, memberships left out */
};

#define SPANS_MAX (MEMBERSHIPS_MAX * (3 + 3 * TIMELINE_MAX + 1) + TIMELINE_MAX + 2)

/* A cover begins, or is over from a day on (DAY_NEVER: it is open): where, and as what, on its
   first or its last day. */
struct turn {
    day_t day;
    uint16_t region;
    uint8_t category; /* CATEGORIES_MAX when none */
    uint8_t sponsor;  /* enum sponsor_kind; SPONSOR_KIND_COUNT when none */
};
struct cover_projection {
    struct turn begins, ends;
};

struct overdue {       /* of one payment: on the days from `from` on, and before `until` */
    day_t from, until; /* DAY_NEVER: it has not arrived */
    int64_t amount_idr;
};

struct claim_projection {
    uint16_t region;
    uint8_t programme, verdict;
    uint8_t category; /* on the event's date; CATEGORIES_MAX when none */
    bool is_death;
    day_t open_from;     /* HELD, WAITING: the day of recording; else DAY_NEVER */
    day_t past_due_from; /* HELD, WAITING: the first day on which a decision is late; else DAY_NEVER
                          */
    uint8_t payments;    /* 0 unless APPROVED */
    uint8_t payment_states[PAYEES_MAX]; /* ORDERED_STATE or 1 + enum payment_status */
    int64_t amounts_idr[PAYEES_MAX];
    int64_t paid_idr;      /* of all payments */
    int64_t late_cost_idr; /* of what arrived late */
    uint8_t overdue_count;
    struct overdue overdue[PAYEES_MAX];
};

struct projection {
    uint32_t span_count, cover_count, claim_count;
    struct span spans[SPANS_MAX];
    struct cover_projection covers[MEMBERSHIPS_MAX]; /* in the order of memberships */
    struct claim_projection claims[CLAIMS_MAX];
    struct employments employments; /* counted by lane/employers.h, the rest by lane/counters.h */
};

void projection_of(const struct participant *participant, const struct rules *rules,
                   struct projection *out);
bool projection_equal(const struct projection *a, const struct projection *b);

#endif
