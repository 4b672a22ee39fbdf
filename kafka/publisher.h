/* An idempotent producer for `jaga publish`, `jaga generate` and `jaga init`. */
#ifndef JAGA_KAFKA_PUBLISHER_H
#define JAGA_KAFKA_PUBLISHER_H

#include "kafka/kafka.h"

struct publisher;

struct publisher_header {
    const char *name;
    struct text value;
};

struct error publisher_open(const struct kafka_settings *settings, struct publisher **out);
void publisher_close(struct publisher *publisher);

/* Hands one record over (copied); waits while the queue is full. `timestamp_ms` −1: the wall clock.
   Partition by murmur2_random of the key. */
struct error publisher_send(struct publisher *publisher, enum topic topic, struct text key,
                            struct text value, int64_t timestamp_ms,
                            const struct publisher_header *headers, size_t header_count);

/* Waits until all is acknowledged; an error names how many were not. */
struct error publisher_flush(struct publisher *publisher);

/* Acknowledged so far. */
uint64_t publisher_delivered(const struct publisher *publisher);

#endif
