/* One checked event to its topic, framed with jaga's own schema id. */
#ifndef JAGA_PRODUCERS_SEND_H
#define JAGA_PRODUCERS_SEND_H

#include "kafka/publisher.h"

/* `timestamp_ms` −1: the wall clock. `headers`: the envelope as CloudEvents headers too. */
struct error send_event(struct publisher *publisher, const struct event *event,
                        int64_t timestamp_ms, bool headers);

#endif
