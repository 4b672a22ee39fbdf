/* The public keys: the lanes' views added up (docs/architecture.md, Redis keys, Public). Owned by
   whoever owns lane 0; keeps sums in memory, and reads everything again when the public meta is not
   what it wrote last. One thread owns it. */
#ifndef JAGA_STORE_ROLLUP_H
#define JAGA_STORE_ROLLUP_H

#include "core/rules.h"
#include "store/redis.h"

struct rollup;

struct rollup_options {
    int32_t lanes;
    uint8_t log_id[16];
    const char *build;
};

struct error rollup_open(const struct redis_settings *settings,
                         const struct rollup_options *options, struct rollup **out);
void rollup_close(struct rollup *rollup);

/* Facts of jaga.reference, given by the owner as it reads them. `through`: offset after the record.
 */
void rollup_base(struct rollup *rollup, struct text region, uint8_t kind, int64_t year,
                 int64_t value, struct text publisher, int64_t through);
void rollup_batch(struct rollup *rollup, struct text batch_id, struct text source, int64_t count,
                  int64_t total_idr, int64_t through);

/* Reads what changed in the lanes and writes the public keys in one MULTI. Does nothing when
   nothing moved and the day of as_of is the same. `wall_us`: the wall clock (as_of is it, or with
   the events' clock the smallest `now` of the lanes). A lane without meta yet: nothing is written,
   `*written` false. */
struct error rollup_refresh(struct rollup *rollup, const struct rules *rules, int64_t wall_us,
                            bool *written);

#endif
