/* What every part of kafka/ needs to know of the cluster, and the names of the topics. kafka/ is
   the only home of librdkafka; nothing of it shows in these headers. */
#ifndef JAGA_KAFKA_KAFKA_H
#define JAGA_KAFKA_KAFKA_H

#include <stddef.h>
#include <stdint.h>

#include "core/event.h"
#include "support/error.h"

struct kafka_option {
    const char *name, *value; /* any librdkafka setting, from the section kafka { } */
};

struct kafka_settings { /* borrowed for as long as anything opened with it */
    const char *brokers;
    const char *prefix; /* topic.prefix, "jaga" */
    const char *group_id, *instance_id;
    const struct kafka_option *options;
    size_t option_count;
    uint32_t input_bytes_max;
    uint32_t timeout_ms; /* for one request to the cluster: 30,000 */
};

enum topic {
    TOPIC_ENROLLMENT,
    TOPIC_CONTRIBUTION,
    TOPIC_CLAIM,
    TOPIC_PAYMENT_STATUS, /* as enum input_topic */
    TOPIC_REFERENCE,
    TOPIC_DECISION,
    TOPIC_PAYMENT,
    TOPIC_EXCEPTION,
    TOPIC_JOURNAL,
    TOPIC_RULES,
    TOPIC_SCHEMA,
    TOPIC_CHECKPOINT,
};
#define TOPIC_COUNT 12
#define TOPIC_NAME_BYTES 200
/* "jaga.payment-status" */
void topic_name(const struct kafka_settings *settings, enum topic topic,
                char out[TOPIC_NAME_BYTES]);
/* -1 when no topic has that name (without or with the prefix: "enrollment", "jaga.enrollment"). */
int topic_find(const struct kafka_settings *settings, const char *name);

/* Java's default partition of a key: murmur2_random. `key` must not be absent. */
int32_t kafka_partition_of(struct text key, int32_t partitions);

/* How often librdkafka told an error of the cluster (a broker that cannot be reached, credentials),
   over all handles of this process. */
uint64_t kafka_errors_told(void);

#endif
