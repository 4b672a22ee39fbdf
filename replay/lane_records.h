/* The input records of one lane in the order its journal says: the four topics merged by time,
   batch by batch. Its own way through the data, apart from the lane's: bounded by the journal, it
   never waits for anything. */
#ifndef JAGA_REPLAY_LANE_RECORDS_H
#define JAGA_REPLAY_LANE_RECORDS_H

#include "replay/difference.h"
#include "replay/log_source.h"
#include "wire/input_record.h"
#include "wire/journal_record.h"

struct lane_records;

/* From `next` of each topic on. `schemas` is borrowed; `bytes_max` is input.bytes-max. */
MUST_USE struct error lane_records_open(const struct log_source *source, int32_t lane,
                                        const int64_t next[INPUT_TOPIC_COUNT],
                                        const struct schemas *schemas, uint32_t bytes_max,
                                        struct lane_records **out);
void lane_records_close(struct lane_records *records); /* accepts NULL */

/* Goes on from `next` of each topic: what lies before is passed over unread. */
MUST_USE struct error lane_records_skip(struct lane_records *records,
                                        const int64_t next[INPUT_TOPIC_COUNT]);

/* Begins the batch of a journal record: its ranges, and the schemas it knew. */
void lane_records_begin(struct lane_records *records, const struct journal_body *body);

/* The next record of the batch, good until the next call; NULL when all were given. A record that
   the journal took and that is not there: `difference` is filled, and NULL. */
MUST_USE struct error lane_records_take(struct lane_records *records, struct difference *difference,
                                        const struct input_record **record);

/* First offset and end of each topic, as they were at the opening. */
int64_t lane_records_end(const struct lane_records *records, enum input_topic topic);

#endif
