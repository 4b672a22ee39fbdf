/* The hash `jaga:{n}:meta`: what log it is of, and where copy and view stand. Decimal and hex text,
   so that two stores at the same position hold identical values. */
#ifndef JAGA_STORE_LANE_META_H
#define JAGA_STORE_LANE_META_H

#include "store/connection.h"
#include "store/encode.h"
#include "store/lane_store.h"

struct stand { /* of the copy or of the view */
    bool present;
    struct position position;
};

/* Its fields, "copy_" or "view_" before the name. */
enum stand_field { STAND_SEQUENCE, STAND_CHAIN, STAND_JOURNAL_OFFSET, STAND_POSITIONS, STAND_NOW };
#define STAND_FIELDS 5
#define STAND_VALUE_BYTES 96
extern const char *const stand_fields[STAND_FIELDS];
/* The value of one as text; returns its length. */
size_t stand_value(const struct position *position, enum stand_field field,
                   char out[STAND_VALUE_BYTES]);

struct lane_meta {
    bool present; /* there is a meta hash */
    uint8_t log_id[16];
    int64_t lane, lanes, format;
    bool clock_is_events;
    uint64_t participants;
    struct stand copy, view;
};

/* Appends the words of a HSET: `meta` key first. The view or the copy, and with it the identity. */
void lane_meta_append_copy(struct redis *redis, const struct lane_store_options *options,
                           const struct position *position, uint64_t participants);
void lane_meta_append_view(struct redis *redis, const struct lane_store_options *options,
                           const struct position *position);
/* Appends HDEL of the view's fields. */
void lane_meta_append_no_view(struct redis *redis, const struct lane_store_options *options);

/* From the reply to HGETALL. What cannot be read counts as not there; a missing identity leaves
   lane, lanes or format −1. */
void lane_meta_parse(const struct reply *reply, struct lane_meta *out);

bool lane_meta_is_of(const struct lane_meta *meta, const struct lane_store_options *options);
bool stand_equal(const struct stand *a, const struct stand *b);

#endif
