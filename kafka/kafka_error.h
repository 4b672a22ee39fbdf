/* librdkafka's error codes as ours: the one place that maps them. Internal to kafka/. */
#ifndef JAGA_KAFKA_KAFKA_ERROR_H
#define JAGA_KAFKA_KAFKA_ERROR_H

#include "kafka/client.h"

/* What went wrong while `doing` ("reading jaga.claim [3]"); `reason` is librdkafka's own sentence,
   or NULL. RETRY "kafka_away" (no broker answers), RETRY "kafka_error" (anything the cluster may
   get over), FENCED "fenced", FATAL "kafka_refused" (credentials, TLS), "kafka_denied" (access
   rules), "topic_missing", "offset_outside" (the log does not have the offset asked for). */
struct error kafka_error(const struct client *client, rd_kafka_resp_err_t code, const char *reason,
                         const char *doing, ...) PRINTF_LIKE(4, 5);

/* The same for an error object, which is destroyed. */
struct error kafka_error_take(const struct client *client, rd_kafka_error_t *error,
                              const char *doing, ...) PRINTF_LIKE(3, 4);

#endif
