/* Which of the four input topics gives the next record (docs/architecture.md, Head merge): the
   rules alone, without librdkafka. The order depends on nothing but the records between two batch
   ends. */
#ifndef JAGA_KAFKA_HEAD_MERGE_H
#define JAGA_KAFKA_HEAD_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/place.h"

struct head {
    bool held;    /* a record is at hand */
    bool at_once; /* it cannot be read, or its time is refused: it has no place in time */
    int64_t time; /* of the record, when it has one */
    bool ended;   /* the last thing the topic gave is the end of its partition */
    bool out;     /* ended and empty: stays out until the batch closes */
};

struct head_merge {
    struct head heads[INPUT_TOPIC_COUNT];
};

/* What head_merge_next says besides a topic's number. */
#define HEADS_ENDED (-1)   /* every topic is out */
#define HEADS_UNKNOWN (-2) /* some topic gave a record and nothing since: nobody goes past it */

/* A batch begins: nobody is out any more; each topic that holds nothing is to be looked at once. */
void head_merge_begin(struct head_merge *merge);

/* The look at a topic found a record, the end of its partition, or nothing. */
void head_merge_record(struct head_merge *merge, enum input_topic topic, int64_t time,
                       bool at_once);
void head_merge_end(struct head_merge *merge, enum input_topic topic);
void head_merge_nothing(struct head_merge *merge, enum input_topic topic);

/* True when nothing is known of the topic's next record: look again. */
bool head_merge_wants(const struct head_merge *merge, enum input_topic topic);

/* The topic whose record is next, or one of the two above. */
int head_merge_next(const struct head_merge *merge);

/* The topic's record goes into the batch; it is given back when the batch closed before it. */
void head_merge_take(struct head_merge *merge, enum input_topic topic);
void head_merge_untake(struct head_merge *merge, enum input_topic topic);

#endif
