/* How old the open claims of a region are, and what is past its legal day. */
#ifndef JAGA_DASHBOARD_CLAIM_AGES_H
#define JAGA_DASHBOARD_CLAIM_AGES_H

#include "core/terms.h"
#include "store/region_days.h"

#define AGE_BUCKETS 5
/* The greatest age of each bucket in days: 0–7, 8–14, 15–30, 31–90, and over. */
extern const int age_bucket_last[AGE_BUCKETS - 1];

struct claim_ages { /* of one programme and verdict, recorded by the day */
    const char *programme, *verdict;
    int64_t counts[AGE_BUCKETS];
    int64_t open;    /* their sum */
    day_t oldest_on; /* the day on which the oldest was recorded */
};

/* HELD and WAITING of each programme of which any is open; returns how many. */
#define CLAIM_AGES_MAX (2 * PROGRAMME_COUNT)
size_t claim_ages_of(const struct region_days *days, day_t day,
                     struct claim_ages out[CLAIM_AGES_MAX]);

struct past_due { /* of one programme */
    const char *programme;
    int64_t claims;        /* open, with the documents complete, after their legal day */
    int64_t payments;      /* authorised, due and not arrived */
    int64_t overdue_idr;   /* their sum */
    int64_t late_cost_idr; /* of everything late until the day */
};
/* The programmes in which there is any; returns how many. */
size_t past_due_of(const struct region_figures *region, struct past_due out[PROGRAMME_COUNT]);

#endif
