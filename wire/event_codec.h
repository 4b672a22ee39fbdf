/* Events to and from the wire: framed Avro and flat JSON. Reading does not judge: whether a value
   is in range is event_check.h's to say. */
#ifndef JAGA_WIRE_EVENT_CODEC_H
#define JAGA_WIRE_EVENT_CODEC_H

#include "core/event.h"
#include "core/output.h"
#include "wire/schemas.h"

enum event_reading { EVENT_READ, EVENT_MALFORMED, EVENT_UNKNOWN_SCHEMA };

/* What is wrong with an unreadable record, as the pairs of an exception's detail: the same bytes
   give the same pairs on every machine. Nothing in it is borrowed. */
#define PROBLEM_PAIRS_MAX 3
#define PROBLEM_FIELD_BYTES 48
#define PROBLEM_VALUE_BYTES 72 /* a detail shows 64 bytes of a value */
struct event_problem {
    uint32_t pair_count;
    struct {
        char field[PROBLEM_FIELD_BYTES]; /* ends with a zero byte */
        char value[PROBLEM_VALUE_BYTES];
        uint32_t value_length;
    } pairs[PROBLEM_PAIRS_MAX];
};

/* Empties a problem and appends a pair; what does not fit is cut. Serves the lane too, for what it
   finds wrong itself (a value that is too long). */
void event_problem_clear(struct event_problem *problem);
void event_problem_add(struct event_problem *problem, const char *field, struct text value);
void event_problem_add_number(struct event_problem *problem, const char *field, int64_t value);
/* Appends the pairs to an exception's detail. */
void event_problem_detail(struct exception *exception, const struct event_problem *problem);

/* Reads a record's value. `topic` is 0–3 as enum input_topic, or EVENT_TOPIC_REFERENCE; a record of
   another topic is MALFORMED. Texts are views on `value`. `problem` is written only when it is not
   EVENT_READ, `event` is whole only when it is. */
enum event_reading event_decode(const struct schemas *schemas, int64_t through, unsigned topic,
                                struct text value, struct event *event,
                                struct event_problem *problem);

/* The same for a payload without framing, of a schema of events (an Avro container). */
enum event_reading event_read_payload(const struct schema *schema, struct text payload,
                                      struct event *event, struct event_problem *problem);

/* The value for the event's topic, framed with jaga's own id. The event must have passed
   event_check(): asserts that every term is in its list. */
void event_encode(struct buffer *out, const struct event *event);
#define EVENT_BYTES_MAX 2048 /* no event that passes the check is longer on the wire */

/* Owns what the texts of events read from JSON view. One thread. */
struct json_scratch;
struct json_scratch *json_scratch_open(void);
void json_scratch_close(struct json_scratch *scratch); /* accepts NULL */
/* Ends the life of every event read since the last reset. */
void json_scratch_reset(struct json_scratch *scratch);

/* Reads one flat JSON object (docs: the contract's JSON rules). Never EVENT_UNKNOWN_SCHEMA. */
enum event_reading event_from_json(struct json_scratch *scratch, const char *line, size_t length,
                                   struct event *event, struct event_problem *problem);

/* True for a line {"clock": TIME} and nothing else (`jaga try`). */
bool clock_from_json(const char *line, size_t length, int64_t *time_us);

/* One flat object without a line end. Nullable fields that are null are left out; a term that is
   not in its list is "?". */
void event_to_json(struct buffer *out, const struct event *event);

#endif
