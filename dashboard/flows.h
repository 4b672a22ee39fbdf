/* What begins and ends, from the differences of a region's days: the flows of a day, the covers
   whose last day lies in a month, and what a month began and ended. */
#ifndef JAGA_DASHBOARD_FLOWS_H
#define JAGA_DASHBOARD_FLOWS_H

#include "store/region_days.h"

struct flows {
    int64_t new_today;   /* covers whose first day is the day */
    int64_t ended_today; /* covers that are over since the day: their last day was the one before */
    int64_t ending_7;    /* last day among the 7 days from the day on */
    int64_t ending_30;
    int64_t grace, employers; /* on the day */
};
struct flows flows_of(const struct region_days *days, day_t day);

/* A calendar month, `months` from the day's. */
struct calendar_month {
    day_t first, last;
};
struct calendar_month calendar_month_of(day_t day, int months);

#define FLOW_COLUMNS 3
struct flow_row {
    char code[64];
    int64_t values[FLOW_COLUMNS];
};
struct flow_table { /* the greatest rows first, those of nothing but zeros left out */
    struct flow_row *rows;
    size_t count;
    int64_t all[FLOW_COLUMNS]; /* not by code: every cover once */
};
void flow_table_close(struct flow_table *table);

/* Covers by the month of their last day: the day's month, the next, and the one after. `kind` is
   category or sponsor. */
void ending_of(const struct region_days *days, day_t day, const char *kind, struct flow_table *out);

/* Covers begun after `from` and until `to`, covers over by `to` that were not by `from`, and the
   first less the second. Over: the last day lies from `from` until the day before `to`. */
enum { MOVED_BEGUN, MOVED_ENDED, MOVED_NET };
void moves_of(const struct region_days *days, day_t from, day_t to, const char *kind,
              struct flow_table *out);

#endif
