/* The election bodies of a region: which categories they are says the rules' categories.csv. */
#ifndef JAGA_DASHBOARD_ELECTION_H
#define JAGA_DASHBOARD_ELECTION_H

#include "core/rules.h"
#include "store/figures.h"

struct election_body {
    const char *category; /* the rules' */
    int64_t registered;   /* covers begun by the day */
    int64_t covered;      /* people, on the day */
    int64_t deaths_jkk, deaths_jkm;
    int64_t payments, paid_idr;
};

/* Those of which there is anything, in the order of the table; returns how many. `all` is their
   sum. */
size_t election_of(const struct rules *rules, const struct region_figures *region,
                   struct election_body out[CATEGORIES_MAX], struct election_body *all);

#endif
