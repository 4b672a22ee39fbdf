/* The tallies of a lane: counts of events by name, fixed when the event is applied; part of the
   state digest and of the copy. The names stand in docs/participant-bytes.md. */
#ifndef JAGA_LANE_TALLIES_H
#define JAGA_LANE_TALLIES_H

#include "core/output.h"

#define TALLY_NAME_BYTES_MAX 128
#define BATCHES_MAX 4096 /* declared batches counted apart; later ones under batch_other */
#define SOURCES_MAX 1024 /* sources of exceptions counted apart; later ones under SOURCE_OTHER */

struct tallies;

struct tallies *tallies_open(void);
void tallies_close(struct tallies *tallies); /* accepts NULL */

/* Counts it under its code, and under its code and source (absent or empty: of nobody). */
void tallies_exception(struct tallies *tallies, enum exception_code code, struct text source);
void tallies_apply(struct tallies *tallies, const struct tally_change *change);
/* Sets a tally as loaded; it counts as neither changed nor new to the digest. */
void tallies_load(struct tallies *tallies, struct text name, int64_t value);

struct tally {
    struct text name; /* a view, good while the tallies are open */
    int64_t value;
    int64_t digested; /* the value the digest has; meaningless unless `in_digest` */
    bool in_digest;
};
uint32_t tallies_count(const struct tallies *tallies);
struct tally tallies_at(const struct tallies *tallies, uint32_t index);

/* Three sets of changed tallies, each cleared on its own: for the digest, the copy and the view. */
enum tally_use { TALLY_FOR_DIGEST, TALLY_FOR_COPY, TALLY_FOR_VIEW };
#define TALLY_USE_COUNT 3
uint32_t tallies_changed_count(const struct tallies *tallies, enum tally_use use);
uint32_t tallies_changed(const struct tallies *tallies, enum tally_use use, uint32_t index);
/* For the digest: notes the present values as digested. */
void tallies_clear_changed(struct tallies *tallies, enum tally_use use);

#endif
