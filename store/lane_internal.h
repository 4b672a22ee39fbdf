/* What the files of the lane store share: the store itself and its compare-and-set. */
#ifndef JAGA_STORE_LANE_INTERNAL_H
#define JAGA_STORE_LANE_INTERNAL_H

#include "store/connection.h"
#include "store/keys.h"
#include "store/lane_meta.h"
#include "store/lane_store.h"

#define TOKEN_BYTES 16

/* What meta should say: as read by lane_store_meta or written last. */
struct expected {
    struct stand copy, view;
    uint64_t participants;
};

struct lane_store {
    struct redis *redis;
    struct lane_store_options options;
    char token[2 * TOKEN_BYTES + 1];
    bool is_owned; /* the token was written */
    bool is_known; /* `expected` holds */
    struct expected expected;
    /* A write whose EXEC was sent and whose answer never came: meta may say either. */
    bool is_unsure;
    struct expected attempted;
    uint32_t *order; /* scratch: indexes of items in the order of writing */
    size_t order_capacity;
    char *changes; /* scratch: members of the hint of employers */
    size_t changes_capacity;
};

/* WATCH owner (and meta unless `owner_only`), look whether both are ours, and open the transaction:
   what is appended next belongs to it. */
MUST_USE struct error guarded_begin(struct lane_store *store, bool owner_only);
/* EXEC. `after`: what meta says then (NULL: as before). Nothing happened when a watched key
   changed: FENCED or RETRY as the header says. */
MUST_USE struct error guarded_end(struct lane_store *store, const struct expected *after);
/* Names a fault point on either side of the EXEC of guarded_end. */
#define GUARDED_END_AT(store, after, before_label, after_label)                                    \
    do {                                                                                           \
        fault_point(before_label);                                                                 \
        TRY(guarded_end(store, after));                                                            \
        fault_point(after_label);                                                                  \
    } while (0)

/* A random word in hex. */
MUST_USE struct error fresh_token(char out[2 * TOKEN_BYTES + 1]);
/* Scratch for `count` indexes, filled 0, 1, 2 … */
uint32_t *order_of(struct lane_store *store, size_t count);

MUST_USE struct error store_changed(const struct lane_store *store, const char *what);
/* What a command replied when it must not fail. Frees the reply. */
MUST_USE struct error settle(const struct lane_store *store, struct reply *reply);

#endif
