/* The national goal: 99.5 % of the base in 2045. */
#ifndef JAGA_DASHBOARD_GOAL_H
#define JAGA_DASHBOARD_GOAL_H

#include "core/day.h"

#define GOAL_YEAR 2045
#define GOAL_PER_MILLE 995

struct goal {         /* people */
    int64_t wanted;   /* 99.5 % of the base, rounded up */
    int64_t missing;  /* 0 when it is reached */
    int64_t years;    /* from the day's year to 2045; at least 1 */
    int64_t per_year; /* missing spread over them, rounded up */
};

struct goal goal_of(int64_t active, int64_t base, day_t day);

#endif
