/* All that the public keys are made of: the lanes' counters added up by region, exceptions and
   batches, and the facts of jaga.reference. One thread owns it. */
#ifndef JAGA_STORE_PUBLIC_KNOWN_H
#define JAGA_STORE_PUBLIC_KNOWN_H

#include "store/employer_days.h"
#include "store/figures.h"
#include "store/nodes.h"
#include "store/public_counts.h"
#include "store/sums.h"

struct node {
    char code[NODE_TEXT_BYTES]; /* "36.74", "36", "ID" */
    struct sums sums;           /* of all lanes */
    struct base_fact *facts;
    size_t fact_count;
    struct sums employers; /* what is still to be added to `sums` */

    /* The roll-up's own. */
    struct sums change; /* of `sums` since the public keys were written */
    bool bases_changed;
    bool is_public;  /* it has public keys */
    bool series_due; /* changed since its last entry of the series */
};

#define EMPLOYERS_TOLD_MAX 1000000 /* changes of employers that wait to be added up: 16 MB */

struct public_known {
    struct measures *measures;
    struct node *nodes[NODE_COUNT]; /* NULL: nothing known of it */
    struct employer_days *employers;
    uint16_t employers_measure;
    uint32_t employers_told; /* changes of `employers` of all nodes that were not added up */
    struct public_counts counts;
};

void public_known_open(struct public_known *known);
void public_known_close(struct public_known *known);

struct node *node_of(struct public_known *known, uint32_t number); /* made when new */
/* "ID", "36", "36.74" → its number, NODE_NONE for anything else. */
uint32_t node_number(struct text code);
bool node_has_content(const struct node *node);

/* Facts of jaga.reference; what has no place among the public keys is ignored. */
void public_known_base(struct public_known *known, struct text region, uint8_t kind, int64_t year,
                       int64_t value, struct text publisher);
/* A region's counter; what was added is settled by public_known_settle. False when there are too
   many names. */
MUST_USE bool public_known_add(struct public_known *known, uint16_t region, struct text measure,
                               day_t day, int64_t value);
void public_known_settle(struct public_known *known);
/* The days on which a lane has somebody in cover with an employer in a region, instead of what it
   said before. Shows in the sums, and their changes, with public_known_settle_employers. */
void public_known_employer(struct public_known *known, int32_t lane, uint16_t region,
                           uint64_t employer, const struct days *days, size_t count);
void public_known_forget_employers(struct public_known *known, int32_t lane);
void public_known_settle_employers(struct public_known *known);

#endif
