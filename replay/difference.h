/* The first place where a log does not agree with its replay. */
#ifndef JAGA_REPLAY_DIFFERENCE_H
#define JAGA_REPLAY_DIFFERENCE_H

#include "kafka/kafka.h"
#include "support/error.h"

#define DIFFERENCE_TEXT_BYTES 8192

struct difference {
    bool found;
    char topic[TOPIC_NAME_BYTES]; /* with its prefix; or a key of Redis */
    int32_t partition;            /* of the topic; −1 for Redis */
    int64_t offset;               /* −1: none */
    int64_t sequence;             /* of the journal record in hand; 0: before the first */
    char what[200];               /* "payment was changed", "chain" … */
    char expected[DIFFERENCE_TEXT_BYTES], seen[DIFFERENCE_TEXT_BYTES]; /* "(none)" for nothing */
};

/* Fills it, once: a difference that is there already stands. */
void difference_set(struct difference *difference, const char *topic, int32_t partition,
                    int64_t offset, int64_t sequence, const char *format, ...) PRINTF_LIKE(6, 7);
/* The two values as texts, cut where they do not fit. */
void difference_values(struct difference *difference, const char *expected, const char *seen);
void difference_numbers(struct difference *difference, int64_t expected, int64_t seen);

/* FATAL "replay_disagrees": for who cannot go on with a log that does not agree. */
struct error difference_error(const struct difference *difference, int32_t lane);

#endif
