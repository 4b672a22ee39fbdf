/* The four input partitions of a lane as one stream, merged by `time` (docs/architecture.md, Head
   merge). One thread owns it. */
#ifndef JAGA_KAFKA_LANE_INPUT_H
#define JAGA_KAFKA_LANE_INPUT_H

#include "kafka/kafka.h"
#include "wire/input_record.h"

struct lane_input;

struct lane_input_options {
    int32_t lane;
    int64_t next[INPUT_TOPIC_COUNT]; /* first offset to take, by topic */
    const struct schemas *schemas;   /* borrowed */
    int64_t schemas_through;         /* schemas at or above this offset do not exist yet */
    uint32_t batch_wait_ms;
};

/* Subscribes by manual assignment at explicit offsets. FATAL "input_replaced" when an offset is
   outside the log (replaced or truncated topic). */
struct error lane_input_open(const struct kafka_settings *settings,
                             const struct lane_input_options *options, struct lane_input **out);
void lane_input_close(struct lane_input *input);

/* Restricts what is taken to offsets below `until` (redo of one batch); a topic is ended there,
   when the record until − 1 (or one after it, or the end) was delivered. NULL: no bound. A later
   record or the end of the partition before until − 1 was taken: FATAL "input_missing". */
void lane_input_bound(struct lane_input *input, const int64_t until[INPUT_TOPIC_COUNT],
                      int64_t schemas_through);

/* From the next take on, schemas below `through` exist; heads that were of an unknown schema are
   decoded again. Call between batches only (the journal record names one `through` for a whole
   batch). The lane, not the input, waits for a schema that is not there. */
void lane_input_schemas(struct lane_input *input, int64_t through);

/* Begins a batch: looks at each queue without a head once; an ended one that is empty stays out. */
struct error lane_input_begin(struct lane_input *input);

enum take {
    TAKE_RECORD, /* `*record` is the next in order */
    TAKE_ENDED,  /* all four topics are ended and empty: close the batch with what it has */
    TAKE_WAITED, /* the batch waited batch_wait_ms for an unknown topic: the same */
};
struct error lane_input_take(struct lane_input *input, enum take *what,
                             const struct input_record **record);

/* Gives the record just taken back as the head of its topic (the batch closed before it). */
void lane_input_untake(struct lane_input *input);

/* Sleeps until some topic has more, `wait_ms` passed, or lane_input_wake was called (any thread).
 */
void lane_input_sleep(struct lane_input *input, int wait_ms);
void lane_input_wake(struct lane_input *input);

/* `next` of each topic: last record taken + 1 (or where it began). */
void lane_input_next(const struct lane_input *input, int64_t next[INPUT_TOPIC_COUNT]);

/* Records below what was expected, skipped. */
uint64_t lane_input_skipped(const struct lane_input *input);

struct input_lag {
    int64_t records[INPUT_TOPIC_COUNT]; /* offsets from the next to take to the end, as the last
                                           fetch told it; 0 where the end was reached */
    /* Kafka's time of the oldest of them, by the heads; of a topic whose next record was not
       fetched yet, by the last one taken. 0: nothing is left. */
    int64_t oldest_ms;
};
/* What was not taken yet. Asks nobody. */
void lane_input_lag(const struct lane_input *input, struct input_lag *out);

/* What a lane that makes no progress waits for: "jaga.claim: leader away" or NULL. */
const char *lane_input_stalled(const struct lane_input *input);

/* Reads the one record at `offset` of an input topic, for comparing its digest. FATAL
   "input_replaced" when there is none. `*record` is good until the next call on `input`. */
struct error lane_input_peek(const struct kafka_settings *settings, int32_t lane,
                             enum input_topic topic, int64_t offset,
                             void (*look)(void *context, int64_t offset, int64_t timestamp_ms,
                                          struct text key, struct text value),
                             void *context);

#endif
