/* Every setting of every command: one table of rows, one plain struct filled from it. A setting has
   one name in all its places: flag --redis.address, environment JAGA_REDIS_ADDRESS, a line in the
   file. A flag goes before the environment, that before the file, that before the default. */
#ifndef JAGA_SUPPORT_SETTINGS_H
#define JAGA_SUPPORT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/terms.h"
#include "support/error.h"
#include "support/flags.h"
#include "support/log.h"

#define SETTINGS_KAFKA_OPTIONS_MAX 64
#define SETTINGS_ROWS_MAX 40

struct kafka_setting {
    const char *name, *value; /* as librdkafka spells them */
};

/* Who gives schemas their ids. */
enum schema_registry { SCHEMA_REGISTRY_NONE }; /* jaga itself, on topic jaga.schema */

/* Texts are owned, until settings_clear. Units stand in the names. */
struct settings {
    const char *kafka_brokers;  /* host:port,host:port */
    const char *redis_address;  /* host:port, or a list by lane */
    const char *redis_username; /* empty: the user "default" */
    const char *redis_password; /* empty: none */
    const char *topic_prefix;
    const char *group_id;
    const char *instance_id; /* empty: none, membership is then not static */
    const char *rules_dir;
    const char *schemas_dir;
    const char *dashboard_address; /* host:port */
    const char *metrics_address;   /* host:port; empty: nowhere */
    uint32_t lanes;                /* for jaga init only */
    uint32_t batch_events_max;
    uint32_t batch_wait_ms;
    uint32_t view_flush_ms;
    uint32_t schema_wait_ms;
    uint32_t commit_deadline_ms;
    uint32_t kafka_timeout_ms; /* of one request */
    uint32_t redis_timeout_ms; /* of one command */
    uint32_t input_bytes_max;
    enum clock_mode clock;
    enum schema_registry schema_registry;
    enum log_level log_level;
    bool dev; /* one broker will do */

    /* Section kafka { } of the file, in its order. */
    struct kafka_setting kafka_options[SETTINGS_KAFKA_OPTIONS_MAX];
    size_t kafka_option_count;

    struct settings_memory *memory; /* of the texts */
    uint8_t origins[SETTINGS_ROWS_MAX];
};

/* Fills both structs from the defaults, the file named by --config, the environment and the words
   argv[1] … (argv[0] is the command's name). `flags` are the command's own, ended by a row without
   a name. USAGE "usage" or "setting_wrong" (an unknown flag, key or value: the detail says where
   and suggests), FATAL "config_unreadable". On an error nothing is left to clear. */
MUST_USE struct error settings_load(struct settings *settings, struct arguments *arguments,
                                    const struct flag *flags, int argc, char **argv);
void settings_clear(struct settings *settings);

/* The rows as a person is shown them, in the table's order; a secret's value reads "***". */
struct setting_shown {
    const char *name, *environment, *fallback, *summary;
    const char *source; /* default, file, environment or flag */
    bool has_flag, is_switch;
    char values[128]; /* what it may be: "1 to 65536", "wall or events" */
    char value[512];  /* cut at its size */
};
size_t settings_count(void);
/* The row alone: value and source are left empty. */
void settings_describe(size_t row, struct setting_shown *out);
void settings_show(const struct settings *settings, size_t row, struct setting_shown *out);

/* Whether somebody chose the value of the setting with this name, which must exist. */
bool setting_is_given(const struct settings *settings, const char *name);

/* Whether a setting of librdkafka holds a password or a key, so that its value is not to be shown.
 */
bool kafka_setting_is_secret(const char *name);

#endif
