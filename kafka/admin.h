/* Topics: creating them and refusing to work on wrong ones. */
#ifndef JAGA_KAFKA_ADMIN_H
#define JAGA_KAFKA_ADMIN_H

#include "kafka/kafka.h"

/* Creates what is missing (lane topics with `lanes` partitions, reference, rules, schema and
   checkpoint with one), with the topic settings of docs/architecture.md; replication 1 with `dev`,
   else 3 and min.insync.replicas 2. `created` counts the new ones. Existing topics are left as they
   are. */
struct error topics_create(const struct kafka_settings *settings, int32_t lanes, bool dev,
                           unsigned *created);

/* Requires every topic and every setting of start-up; FATAL "topics_wrong" names topic, setting,
   value found and value needed. RETRY "kafka_away" when no broker answers. `lanes` receives the
   partition count of the lane topics. jaga.checkpoint is left out: no lane reads or writes it, so a
   log that was begun without it runs on. */
struct error topics_verify(const struct kafka_settings *settings, bool dev, int32_t *lanes);

/* The same of jaga.checkpoint alone, for who signs and reads checkpoints. */
struct error checkpoint_topic_verify(const struct kafka_settings *settings, bool dev);

#endif
