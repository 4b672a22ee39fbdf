/* From the settings of a command to what kafka/ and store/ ask for. */
#ifndef JAGA_LANE_CONNECT_H
#define JAGA_LANE_CONNECT_H

#include "core/rules.h"
#include "kafka/kafka.h"
#include "store/redis.h"
#include "support/settings.h"

struct connections { /* borrows the settings' texts */
    struct kafka_settings kafka;
    struct redis_settings redis;
    struct kafka_option options[SETTINGS_KAFKA_OPTIONS_MAX];
};

void connections_of(const struct settings *settings, struct connections *out);

/* The law and the names of the tables in rules.dir, for commands that decide nothing on the log; a
   row past its review does not stop them. */
struct error rules_of_settings(const struct settings *settings, struct rules *out);

#endif
