#include "support/settings_rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AT(field) offsetof(struct settings, field)
#define TEXT_AT(field) SETTING_TEXT, 0, 0, NULL, AT(field)
#define OPTION_AT(field) SETTING_OPTION, 0, 0, NULL, AT(field)
#define SECRET_AT(field) SETTING_SECRET, 0, 0, NULL, AT(field)
#define SWITCH_AT(field) SETTING_SWITCH, 0, 0, NULL, AT(field)
#define NUMBER_AT(field, min, max) SETTING_NUMBER, (min), (max), NULL, AT(field)
#define CHOICE_AT(field, words) SETTING_CHOICE, 0, 0, (words), AT(field)

static const char *const clock_words[] = {
    [CLOCK_WALL] = "wall", [CLOCK_EVENTS] = "events", [CLOCK_MODE_COUNT] = NULL};
static const char *const registry_words[] = {[SCHEMA_REGISTRY_NONE] = "none", NULL};
static const char *const level_words[] = {[LOG_DEBUG] = "debug",
                                          [LOG_INFO] = "info",
                                          [LOG_WARN] = "warn",
                                          [LOG_ERROR] = "error",
                                          [LOG_LEVEL_COUNT] = NULL};

/* clang-format off */
const struct setting setting_rows[] = {
    {"kafka.brokers", "JAGA_KAFKA_BROKERS", "127.0.0.1:19092", TEXT_AT(kafka_brokers),
     "Kafka brokers to begin with, host:port, with commas between them."},
    {"kafka.timeout-ms", "JAGA_KAFKA_TIMEOUT_MS", "30000", NUMBER_AT(kafka_timeout_ms, 100, 600000),
     "How long one request to Kafka may take."},
    {"redis.address", "JAGA_REDIS_ADDRESS", "127.0.0.1:19079", TEXT_AT(redis_address),
     "Redis, host:port; a list with commas spreads the lanes over several."},
    {"redis.username", "JAGA_REDIS_USERNAME", "", OPTION_AT(redis_username),
     "User of Redis's access rules; empty: its user default."},
    {"redis.password", "JAGA_REDIS_PASSWORD", "", SECRET_AT(redis_password),
     "Password for Redis. Never a flag, since others can see those."},
    {"redis.timeout-ms", "JAGA_REDIS_TIMEOUT_MS", "5000", NUMBER_AT(redis_timeout_ms, 10, 600000),
     "How long one command to Redis may take before the connection is dropped."},
    {"topic.prefix", "JAGA_TOPIC_PREFIX", "jaga", TEXT_AT(topic_prefix),
     "First part of every topic's name."},
    {"lanes", "JAGA_LANES", "2", NUMBER_AT(lanes, 1, 1024),
     "Partitions of every lane topic. For jaga init only: more later is a migration."},
    {"group.id", "JAGA_GROUP_ID", "jaga", TEXT_AT(group_id),
     "Consumer group by which processes share the lanes."},
    {"instance.id", "JAGA_INSTANCE_ID", "", OPTION_AT(instance_id),
     "Lasting name of this process in the group, unlike any other's; empty: none."},
    {"rules.dir", "JAGA_RULES_DIR", "rules", TEXT_AT(rules_dir),
     "Folder of the dated tables of law that jaga init publishes and jaga try uses."},
    {"schemas.dir", "JAGA_SCHEMAS_DIR", "schemas", TEXT_AT(schemas_dir),
     "Folder of the Avro schemas."},
    {"schema.registry", "JAGA_SCHEMA_REGISTRY", "none", CHOICE_AT(schema_registry, registry_words),
     "Who gives schemas their ids; none: jaga itself, on its topic of schemas."},
    {"schema.wait-ms", "JAGA_SCHEMA_WAIT_MS", "10000", NUMBER_AT(schema_wait_ms, 0, 600000),
     "How long a lane waits, once for each, for a schema that an event names."},
    {"input.bytes-max", "JAGA_INPUT_BYTES_MAX", "262144",
     NUMBER_AT(input_bytes_max, 1024, 16777216),
     "Longest event that is read; longer ones become exceptions."},
    {"batch.events-max", "JAGA_BATCH_EVENTS_MAX", "16384", NUMBER_AT(batch_events_max, 1, 65536),
     "Events in one commit at most."},
    {"batch.wait-ms", "JAGA_BATCH_WAIT_MS", "25", NUMBER_AT(batch_wait_ms, 1, 60000),
     "How long a batch waits for a topic of which it is not known whether it has more."},
    {"commit.deadline-ms", "JAGA_COMMIT_DEADLINE_MS", "60000",
     NUMBER_AT(commit_deadline_ms, 100, 600000),
     "How long an unanswered commit is repeated before the lane is opened anew."},
    {"view.flush-ms", "JAGA_VIEW_FLUSH_MS", "200", NUMBER_AT(view_flush_ms, 1, 60000),
     "How often the counters in Redis are brought up to date."},
    {"clock", "JAGA_CLOCK", "wall", CHOICE_AT(clock, clock_words),
     "What moves time: the wall clock, or the events, for demos and history."},
    {"dashboard.address", "JAGA_DASHBOARD_ADDRESS", "127.0.0.1:8080", TEXT_AT(dashboard_address),
     "Where jaga dashboard listens, host:port; port 0 takes any that is free."},
    {"metrics.address", "JAGA_METRICS_ADDRESS", "", OPTION_AT(metrics_address),
     "Where jaga process serves its metrics, host:port such as 127.0.0.1:9464; empty: nowhere."},
    {"log.level", "JAGA_LOG_LEVEL", "info", CHOICE_AT(log_level, level_words),
     "Log events of this level and above are written to stderr."},
    {"dev", "JAGA_DEV", "false", SWITCH_AT(dev),
     "Accept a cluster of one broker without replication."},
};
/* clang-format on */
const size_t setting_row_count = sizeof setting_rows / sizeof *setting_rows;
static_assert(sizeof setting_rows / sizeof *setting_rows <= SETTINGS_ROWS_MAX,
              "every row has an origin");
static_assert(sizeof(enum clock_mode) == sizeof(unsigned) &&
                  sizeof(enum log_level) == sizeof(unsigned) &&
                  sizeof(enum schema_registry) == sizeof(unsigned),
              "a choice is stored as an unsigned number");

struct settings_memory {
    struct settings_memory *next;
    char text[];
};

int setting_find(const char *name)
{
    for (size_t row = 0; row < setting_row_count; row++) {
        if (strcmp(setting_rows[row].name, name) == 0) {
            return (int)row;
        }
    }
    return -1;
}

static void choices_join(const char *const *choices, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; choices[i] != NULL; i++) {
        const char *between = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";
        const size_t used = strlen(out);
        (void)snprintf(out + used, size - used, "%s%s", between, choices[i]);
    }
}

void setting_values(const struct setting *row, char *out, size_t size)
{
    switch (row->kind) {
    case SETTING_TEXT: (void)snprintf(out, size, "text"); return;
    case SETTING_OPTION:
    case SETTING_SECRET: (void)snprintf(out, size, "text or empty"); return;
    case SETTING_NUMBER: (void)snprintf(out, size, "%u to %u", row->min, row->max); return;
    case SETTING_CHOICE: choices_join(row->choices, out, size); return;
    case SETTING_SWITCH: (void)snprintf(out, size, "true or false"); return;
    }
}

const char *settings_keep(struct settings *settings, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    struct settings_memory *kept = malloc(sizeof *kept + bytes);
    assert(kept != NULL); /* at start, a few bytes */
    memcpy(kept->text, text, bytes);
    kept->next = settings->memory;
    settings->memory = kept;
    return kept->text;
}

void settings_clear(struct settings *settings)
{
    while (settings->memory != NULL) {
        struct settings_memory *kept = settings->memory;
        settings->memory = kept->next;
        free(kept);
    }
    memset(settings, 0, sizeof *settings);
}

static bool number_read(const char *value, uint32_t min, uint32_t max, uint32_t *out)
{
    uint64_t number = 0;
    const char *at = value;
    for (; *at >= '0' && *at <= '9' && number <= UINT32_MAX; at++) {
        number = number * 10 + (uint64_t)(*at - '0');
    }
    if (at == value || *at != '\0' || number < min || number > max) {
        return false;
    }
    *out = (uint32_t)number;
    return true;
}

static bool choice_read(const char *const *choices, const char *value, unsigned *out)
{
    for (unsigned i = 0; choices[i] != NULL; i++) {
        if (strcasecmp(choices[i], value) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool switch_read(const char *value, bool *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "0", "1", "off", "on", NULL};
    unsigned index;
    if (!choice_read(words, value, &index)) {
        return false;
    }
    *out = index % 2 == 1;
    return true;
}

static bool text_read(struct settings *settings, bool may_be_empty, const char *value,
                      const char **out)
{
    if (value[0] == '\0' && !may_be_empty) {
        return false;
    }
    *out = settings_keep(settings, value);
    return true;
}

static bool value_read(struct settings *settings, const struct setting *row, const char *value)
{
    void *place = (char *)settings + row->offset;
    switch (row->kind) {
    case SETTING_TEXT: return text_read(settings, false, value, place);
    case SETTING_OPTION:
    case SETTING_SECRET: return text_read(settings, true, value, place);
    case SETTING_NUMBER: return number_read(value, row->min, row->max, place);
    case SETTING_CHOICE: return choice_read(row->choices, value, place);
    case SETTING_SWITCH: return switch_read(value, place);
    }
    return false;
}

struct error setting_put(struct settings *settings, size_t row, const char *value,
                         enum setting_origin origin, const char *where)
{
    assert(row < setting_row_count);
    const struct setting *setting = &setting_rows[row];
    if (!value_read(settings, setting, value)) {
        char values[128];
        setting_values(setting, values, sizeof values);
        return error_make(ERROR_USAGE, "setting_wrong", "%s: %s cannot be \"%s\"; it may be %s",
                          where, setting->name, value, values);
    }
    settings->origins[row] = (uint8_t)origin;
    return no_error();
}
