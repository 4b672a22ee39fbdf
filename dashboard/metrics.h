/* /metrics: Prometheus text (version 0.0.4) of what Redis, Kafka and this program tell. */
#ifndef JAGA_DASHBOARD_METRICS_H
#define JAGA_DASHBOARD_METRICS_H

#include "dashboard/exchange.h"

/* Answers without Redis and Kafka too: jaga_redis_up and jaga_kafka_up then say 0, and what they
   would have told is left out. */
int metrics_answer(struct exchange *exchange, struct refusal *refusal);

#endif
