/* What `jaga status` sees of Kafka and Redis at one moment, and what has become of the lanes since
   it looked before. */
#ifndef JAGA_CONSUMERS_STATUS_LOOK_H
#define JAGA_CONSUMERS_STATUS_LOOK_H

#include "kafka/group.h"
#include "kafka/lane_ends.h"
#include "lane/connect.h"
#include "store/country.h"
#include "store/lane_stands.h"

/* Positions come once a second: what has not moved for so long stands still. */
#define LOOK_AGAIN_MS 3000

struct lane_look {
    struct lane_ends ends;
    int64_t lag[INPUT_TOPIC_COUNT], lag_all; /* events; markers behind the last one do not count */
    int64_t sequence, now;                   /* of the journal's last record; 0: there is none */
    bool clock_is_events;
    struct lane_stand stand; /* when Redis was there */

    bool stands_still; /* it has work and has not moved for LOOK_AGAIN_MS */
    int64_t grown_by;  /* lag of now less that of LOOK_AGAIN_MS ago or earlier */
};

struct look {
    struct error kafka, redis; /* what could not be looked at, and why */
    char log_id[2 * 16 + 1];
    int32_t lane_count; /* 0 without Kafka */
    struct lane_look lanes[LANES_MAX];
    bool has_stands;

    struct country country; /* this and what follows: when Redis was there */
    struct exception_figures exceptions;
    struct batch_figure *batches;
    size_t batch_count;
    int64_t age_us;
    bool is_fresh;
};

struct looker;
/* Borrows the connections; nothing is asked yet. USAGE when an address is none. */
MUST_USE struct error looker_open(const struct connections *connections, struct looker **out);
void looker_close(struct looker *looker); /* accepts NULL */

/* Never fails: what is away is said in `kafka` and `redis`. Borrowed until the next look. */
const struct look *looker_look(struct looker *looker);
/* Whether some lane has work, so that only a second look can say if it moves. */
bool look_has_work(const struct look *look);
/* Sequences of the journal that Redis does not show yet. */
int64_t lane_view_behind(const struct look *look, const struct lane_look *lane);
int64_t lane_copy_behind(const struct look *look, const struct lane_look *lane);

#endif
