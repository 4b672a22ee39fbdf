/* The journal's end once every transaction on it is settled. Internal to kafka/. */
#ifndef JAGA_KAFKA_JOURNAL_END_H
#define JAGA_KAFKA_JOURNAL_END_H

#include "kafka/kafka.h"

/* Waits until the stable end equals the end. RETRY "kafka_away" when it does not within timeout_ms.
 */
struct error journal_settled_end(const struct kafka_settings *settings, int32_t lane, int64_t *end);

#endif
