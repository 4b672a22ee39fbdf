/* The end of the journal, or of an output topic, once every transaction on it is settled. */
#ifndef JAGA_KAFKA_JOURNAL_END_H
#define JAGA_KAFKA_JOURNAL_END_H

#include "kafka/kafka.h"

/* Waits until the stable end equals the end. RETRY "kafka_away" when it does not within timeout_ms.
 */
struct error journal_settled_end(const struct kafka_settings *settings, int32_t lane, int64_t *end);

/* The same for a partition of any topic, with its first offset. */
struct error settled_bounds(const struct kafka_settings *settings, enum topic topic,
                            int32_t partition, int64_t *low, int64_t *end);

#endif
