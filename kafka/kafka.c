#include "kafka/kafka.h"

#include <assert.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>

static const char *const topic_names[] = {
    [TOPIC_ENROLLMENT] = "enrollment", [TOPIC_CONTRIBUTION] = "contribution",
    [TOPIC_CLAIM] = "claim",           [TOPIC_PAYMENT_STATUS] = "payment-status",
    [TOPIC_REFERENCE] = "reference",   [TOPIC_DECISION] = "decision",
    [TOPIC_PAYMENT] = "payment",       [TOPIC_EXCEPTION] = "exception",
    [TOPIC_JOURNAL] = "journal",       [TOPIC_RULES] = "rules",
    [TOPIC_SCHEMA] = "schema",         [TOPIC_CHECKPOINT] = "checkpoint",
};
static_assert(sizeof topic_names / sizeof *topic_names == TOPIC_COUNT, "every topic has a name");
static_assert((int)TOPIC_ENROLLMENT == (int)INPUT_ENROLLMENT &&
                  (int)TOPIC_PAYMENT_STATUS == (int)INPUT_PAYMENT_STATUS,
              "the input topics have the same numbers in both enums");

void topic_name(const struct kafka_settings *settings, enum topic topic, char out[TOPIC_NAME_BYTES])
{
    assert((unsigned)topic < TOPIC_COUNT);
    const int length =
        snprintf(out, TOPIC_NAME_BYTES, "%s.%s", settings->prefix, topic_names[topic]);
    assert(length > 0 && length < TOPIC_NAME_BYTES);
}

int topic_find(const struct kafka_settings *settings, const char *name)
{
    const size_t length = strlen(settings->prefix);
    const bool prefixed = strncmp(name, settings->prefix, length) == 0 && name[length] == '.';
    for (int topic = 0; topic < TOPIC_COUNT; topic++) {
        if (strcmp(name, topic_names[topic]) == 0 ||
            (prefixed && strcmp(name + length + 1, topic_names[topic]) == 0)) {
            return topic;
        }
    }
    return -1;
}

int32_t kafka_partition_of(struct text key, int32_t partitions)
{
    assert(!text_is_absent(key));
    assert(partitions > 0);
    return rd_kafka_msg_partitioner_murmur2(NULL, key.at, key.length, partitions, NULL, NULL);
}
