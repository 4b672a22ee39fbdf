/* How a lane does, from what Redis and Kafka tell of it. */
#ifndef JAGA_DASHBOARD_LANE_STATE_H
#define JAGA_DASHBOARD_LANE_STATE_H

#include "kafka/lane_ends.h"
#include "store/lane_stands.h"

enum lane_state {
    LANE_UP_TO_DATE, /* nothing waits, and the figures show all of it */
    LANE_IDLE,       /* nothing waits; no processor has it now */
    LANE_AS_SHOWN,   /* Kafka tells nothing; the figures show all that is in Redis */
    LANE_BEHIND,     /* events wait, a processor is at them */
    LANE_NOT_SHOWN,  /* the figures do not show all that the lane has written to Redis */
    LANE_UNOWNED,    /* events wait, and no processor has the lane */
    LANE_EMPTY,      /* nothing of it is in Redis */
    LANE_STATE_COUNT,
};
const char *lane_state_name(enum lane_state state); /* "UP_TO_DATE" */
/* "enrollment": an input, as `jaga status` calls it. */
const char *lane_topic_name(unsigned topic);
/* Somebody must look. */
bool lane_state_is_trouble(enum lane_state state);

/* Offsets that wait in the inputs. One in a topic is left out: it is as a rule the marker behind a
   publisher's last transaction, for which nobody waits. */
int64_t lane_to_go(const struct lane_ends *ends);

/* `shown`: the sequence of the public figures. `ends` NULL: Kafka tells nothing. */
enum lane_state lane_state_of(const struct lane_stand *stand, int64_t shown,
                              const struct lane_ends *ends);

#endif
