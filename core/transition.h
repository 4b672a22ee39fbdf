/* The pure core: one participant, one event or timer, the law and the clock in; the participant
   changed in place and outputs out. Refusals leave the participant as it was. */
#ifndef JAGA_CORE_TRANSITION_H
#define JAGA_CORE_TRANSITION_H

#include "core/cover.h"

/* Increased when the same log would give other participants, outputs or counts. */
#define SEMANTICS_VERSION 3

/* What is known of the record besides the event. */
struct delivery {
    bool key_matches, partition_matches;
    int64_t kafka_time_us; /* TIME_NONE: not tested (`jaga try`) */
};

/* More than a day after the record's own Kafka timestamp. */
bool event_time_is_refused(const struct event *event, const struct delivery *delivery);

/* Applies one readable event of a lane's topic to its participant (an empty one when unknown), in
   the order of tests of events.md. `outputs` was reset with the clock and the event's place. Adds
   to outputs->applied, ->duplicates or ->rejected, and nothing when the event is parked. */
void transition_event(struct participant *participant, const struct event *event,
                      const struct delivery *delivery, const struct rules *rules,
                      struct outputs *outputs);

/* The earliest deadline of the participant; INT64_MAX when it waits for nothing. */
int64_t participant_deadline(const struct participant *participant);

/* Fires the participant's one first timer, which must be due at outputs->now: by deadline, then
   parked events in order, then claims in order of filing. `outputs` was reset without a place. */
void transition_timer(struct participant *participant, const struct rules *rules,
                      struct outputs *outputs);

#endif
