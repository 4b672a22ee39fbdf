/* The part of `jaga audit` that looks at Redis. */
#ifndef JAGA_CONSUMERS_AUDIT_STORE_H
#define JAGA_CONSUMERS_AUDIT_STORE_H

#include "lane/connect.h"
#include "replay/log_source.h"
#include "replay/store_check.h"

struct audit_store;

/* Reads all that Redis holds of the log. Errors of store_check_open. */
MUST_USE struct error audit_store_open(const struct connections *connections,
                                       const struct log_source *source, struct audit_store **out);
void audit_store_close(struct audit_store *store); /* accepts NULL */
/* For the lanes; NULL when `store` is. */
struct store_check *audit_store_check(const struct audit_store *store);

/* After all lanes, none of which differs. */
MUST_USE struct error audit_store_public(struct audit_store *store, const struct log_source *source,
                                         struct difference *difference);

/* "compared", "nothing there", "not reached" or "left out" (`store` NULL). */
const char *audit_store_lane_word(const struct audit_store *store, int32_t lane);
const char *audit_store_public_word(const struct audit_store *store);

#endif
