/* What the public keys show of what is known: the same for who writes them and for who checks
   them. */
#ifndef JAGA_STORE_SHOWN_H
#define JAGA_STORE_SHOWN_H

#include "store/keys.h"
#include "store/picture.h"
#include "store/public_known.h"

#define QUARANTINED_BYTES 512

struct shown { /* of one node on one day */
    struct measure_value {
        const char *name;
        int64_t value;
    } figures[MEASURES_MAX + FLOW_COUNT];
    size_t count;
    const struct measures *measures;
    const struct base_fact *base; /* NULL: none */
    int64_t coverage_bp;
    char quarantined[QUARANTINED_BYTES]; /* "VULNERABLE:2023:30200000,…"; "": none */
};

void shown_node(const struct public_known *known, const struct node *node, day_t day,
                struct shown *out);

/* Each tells one key with its fields. */
struct key shown_region_key(const struct node *node);
void shown_region(const struct node *node, const struct shown *shown, struct picture *picture);
/* Those of `items` that are days, and `gone` from the node's sums or not. */
void shown_days(const struct public_known *known, const struct node *node, const struct sums *items,
                bool gone, struct picture *picture);
void shown_bases(const struct node *node, struct picture *picture);
/* The name of the sorted set that ranks it by coverage; NULL for the country. */
const char *shown_rank(const struct node *node);
void shown_exceptions(const struct public_counts *counts, struct picture *picture);
/* Of all sources, or of those that changed since they were written last. */
void shown_sources(const struct public_counts *counts, bool all, struct picture *picture);
void shown_batch_other(const struct batch_count *other, struct picture *picture);
void shown_batch(const struct batch *batch, struct picture *picture);

/* Every key but meta and the series. */
void shown_all(const struct public_known *known, day_t day, struct picture *picture);

#endif
