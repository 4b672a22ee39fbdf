/* Reads one partition from an offset to its stable end, in order (read_committed): rules, schemas,
   reference, the journal, and `jaga read`. */
#ifndef JAGA_KAFKA_LOG_READER_H
#define JAGA_KAFKA_LOG_READER_H

#include "kafka/kafka.h"
#include "wire/log_record.h"

struct log_reader;

#define LOG_FROM_START (-2)

/* From the first offset there is when `from` is LOG_FROM_START. */
struct error log_reader_open(const struct kafka_settings *settings, enum topic topic,
                             int32_t partition, int64_t from, struct log_reader **out);
void log_reader_close(struct log_reader *reader);

/* The next record, or `*at_end` when the stable end is reached (call again later for more:
   following). Waits at most `wait_ms`; neither record nor end by then: `*at_end` false and
   record->offset −1. */
struct error log_reader_next(struct log_reader *reader, int wait_ms, struct log_record *record,
                             bool *at_end);

/* The present stable end, and the next record below `end`: `*at_end` when all of them were given.
   Waits up to timeout_ms, then RETRY "kafka_away". Reading to a present end is not cut short by an
   older one. */
struct error log_reader_end(struct log_reader *reader, int64_t *stable_end);
struct error log_reader_below(struct log_reader *reader, int64_t end, struct log_record *record,
                              bool *at_end);

/* Gives every record below the present stable end, which `*end` tells, to `take`, as far as it
   takes them without an error. */
typedef struct error (*log_record_taken)(void *context, const struct log_record *record);
struct error log_reader_take_all(struct log_reader *reader, log_record_taken take, void *context,
                                 int64_t *end);

/* First offset and stable end (read_committed) of a partition. */
struct error log_bounds(const struct kafka_settings *settings, enum topic topic, int32_t partition,
                        int64_t *low, int64_t *stable_end);

#endif
