/* What those share who read the public keys and who work figures out of them. */
#ifndef JAGA_STORE_PUBLISHED_PARTS_H
#define JAGA_STORE_PUBLISHED_PARTS_H

#include "store/published.h"
#include "store/sums.h"

struct region_days { /* settled; running totals are among them, without a day */
    const struct measures *measures;
    struct sums sums;
};

struct published_region {
    char code[sizeof((struct region_figures *)0)->code];
    struct region_days days;
    struct base_fact *facts; /* by kind and year */
    size_t fact_count;
};

struct published {
    const struct rules *rules;
    struct public_meta meta;
    day_t day; /* of meta; DAY_NONE when it names none */
    int64_t *sequences;
    size_t lane_count;
    struct measures *measures;
    uint16_t known_names; /* measures these rules know have the first numbers */
    struct published_region *regions;
    size_t count;
    struct region_days nowhere; /* of a region that has none */
};

/* figures.c */
MUST_USE struct error public_meta_take(const struct reply *meta, struct public_meta *out);
/* By lane: the journal sequence shown; nothing when meta names no lanes. The caller frees them. */
void public_sequences_take(const struct reply *meta, int64_t **out, size_t *lane_count);

#endif
