/* What the files of the roll-up share. */
#ifndef JAGA_STORE_ROLLUP_INTERNAL_H
#define JAGA_STORE_ROLLUP_INTERNAL_H

#include "store/figures.h"
#include "store/keys.h"
#include "store/lane_meta.h"
#include "store/public_counts.h"
#include "store/rollup.h"
#include "store/sums.h"

/* Nodes: regencies and cities by code, then provinces, then the country. */
#define NODE_PROVINCES REGION_CODES
#define NODE_COUNTRY (NODE_PROVINCES + 100)
#define NODE_COUNT (NODE_COUNTRY + 1)
#define NODE_TEXT_BYTES 6
#define NODE_NONE UINT32_MAX

struct node {
    char code[NODE_TEXT_BYTES]; /* "36.74", "36", "ID" */
    struct sums sums;           /* of all lanes */
    struct sums change;         /* of `sums` since the public keys were written */
    struct base_fact *facts;
    size_t fact_count;
    bool bases_changed;
    bool is_public;  /* it has public keys */
    bool series_due; /* changed since its last entry of the series */
};

#define MARK_BYTES 40
struct lane_seen { /* what the sums hold of a lane */
    int64_t sequence;
    char mark[MARK_BYTES]; /* of its last `all`; "" for none */
};

struct lane_read { /* what a lane said just now */
    struct lane_meta meta;
    char mark[MARK_BYTES];
    struct reply *results;
};

#define META_NAME_BYTES 32
#define META_VALUE_BYTES 80
struct meta_field {
    char name[META_NAME_BYTES], value[META_VALUE_BYTES];
};

struct rollup {
    struct redis *public;
    struct redis **lanes;
    int32_t lane_count;
    uint8_t log_id[16];
    char build[64];
    struct measures *measures;
    struct node *nodes[NODE_COUNT]; /* NULL: nothing known of it */
    struct public_counts counts;
    bool counts_changed;
    int64_t reference_through;
    struct lane_seen *seen;
    struct lane_read *read;

    bool is_loaded; /* sums and public keys are what was written last, as `written` says */
    struct meta_field *written;
    size_t written_count;
    day_t day;
    int64_t interval_ms; /* start of the last interval in the series; 0: none */
    char rules[2 * DIGEST_BYTES + 1];
    int64_t reference_written;

    /* While refreshing: what is asked of the lanes. */
    bool wanted[REGION_CODES];
    bool counts_wanted;
    uint16_t asked[REGION_CODES];
    size_t asked_count;
    bool counts_asked;
};

/* The moment being shown. */
struct moment {
    int64_t wall_us, as_of;
    day_t day;
    int64_t interval_ms; /* start of its interval of the series */
    bool whole;          /* every public key is written anew */
    bool of_this_log;    /* the public meta found is of this log */
    bool day_changed;
};

/* rollup.c */
struct node *rollup_node(struct rollup *rollup, uint32_t number); /* made when new */
/* "ID", "36", "36.74" → its number, NODE_NONE for anything else. */
uint32_t node_number(struct text code);
bool node_has_content(const struct node *node);

/* rollup_read.c: reads all lanes, each at one sequence, so that the changes of every lane lie
   within what was asked of all. `*complete` false: a lane has no view of this log, or is behind
   what was seen, or does not hold still. */
MUST_USE struct error rollup_read_lanes(struct rollup *rollup, const struct rules *rules,
                                        bool *complete);
/* Adds what was read to the sums. */
MUST_USE struct error rollup_take_lanes(struct rollup *rollup);
void rollup_free_read(struct rollup *rollup);
bool rollup_lanes_moved(const struct rollup *rollup);
/* Forgets the sums: everything is read and written anew. */
void rollup_forget(struct rollup *rollup);

/* rollup_write.c: whether an entry of the series is due, and the public keys in one MULTI. */
bool rollup_series_due(const struct rollup *rollup, const struct moment *moment);
MUST_USE struct error rollup_write(struct rollup *rollup, const struct rules *rules,
                                   const struct moment *moment);

#endif
