/* A record of an input topic as a lane takes it: decoded once, whatever it was read from. */
#ifndef JAGA_WIRE_INPUT_RECORD_H
#define JAGA_WIRE_INPUT_RECORD_H

#include "wire/event_codec.h"
#include "wire/log_record.h"

struct input_record { /* views on the record it was made of */
    enum input_topic topic;
    int64_t offset, timestamp_ms;
    struct text key, value;
    enum event_reading reading; /* EVENT_READ: `event` is filled; else `problem` is */
    bool too_long;              /* over input.bytes-max: MALFORMED, not decoded */
    bool time_refused;          /* readable, but its time is a day past the Kafka timestamp */
    struct event event;
    struct event_problem problem;
};

/* Fills everything but the event. `bytes_max`: input.bytes-max. */
void input_record_view(struct input_record *record, enum input_topic topic,
                       const struct log_record *from, uint32_t bytes_max);

/* Reads the event with the schemas below `schemas_through`; may be called again when more of them
   count. */
void input_record_decode(struct input_record *record, const struct schemas *schemas,
                         int64_t schemas_through);

/* True when it has no place in time and is taken at once: it cannot be read, or its time is
   refused. */
bool input_record_is_at_once(const struct input_record *record);

#endif
