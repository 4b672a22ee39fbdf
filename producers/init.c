/* `jaga init`: topics, schemas, log identity, rules, and the settings of Redis. Repeatable: what is
   there is left as it is and checked. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kafka/admin.h"
#include "kafka/law_topics.h"
#include "lane/connect.h"
#include "producers/law.h"
#include "support/command.h"
#include "wire/hex.h"

const struct flag init_flags[] = {{NULL, NULL, NULL}};

static struct error make_topics(const struct settings *settings,
                                const struct connections *connections, int32_t *lanes)
{
    unsigned created;
    TRY(topics_create(&connections->kafka, (int32_t)settings->lanes, settings->dev, &created));
    TRY(topics_verify(&connections->kafka, settings->dev, lanes));
    TRY(checkpoint_topic_verify(&connections->kafka, settings->dev));
    printf("topics: %u created, %u there already, %d lanes\n", created, TOPIC_COUNT - created,
           *lanes);
    if (setting_is_given(settings, "lanes") && (int32_t)settings->lanes != *lanes) {
        return error_make(ERROR_FATAL, "lanes_changed",
                          "the topics have %d lanes, --lanes asks for %u. More lanes later are a "
                          "migration, not a setting: ask for %d, or choose another --topic.prefix "
                          "for a new log",
                          (int)*lanes, settings->lanes, (int)*lanes);
    }
    return no_error();
}

static void print_log(const char *what, const struct log_identity *identity)
{
    char log_id[2 * LOG_ID_BYTES + 1];
    hex_print(identity->log_id, LOG_ID_BYTES, log_id);
    printf("log: %s, id %s, %d lanes\n", what, log_id, identity->lanes);
}

/* Random bytes of the system: two logs never share an id. */
static struct error log_id_draw(uint8_t log_id[LOG_ID_BYTES])
{
    if (getentropy(log_id, LOG_ID_BYTES) != 0) {
        return error_make(ERROR_FATAL, "no_entropy",
                          "the system gave no random bytes for a log id");
    }
    return no_error();
}

static struct error make_identity(const struct connections *connections,
                                  struct publisher *publisher, int32_t lanes)
{
    struct log_identity identity = {.lanes = lanes};
    struct error error = log_identity_read(&connections->kafka, &identity);
    if (!failed(&error)) {
        print_log("there already", &identity);
        return no_error();
    }
    if (strcmp(error.code, "log_missing") != 0) {
        return error;
    }
    TRY(log_id_draw(identity.log_id));
    identity.lanes = lanes;
    TRY(log_identity_publish(publisher, &identity));
    TRY(publisher_flush(publisher));
    TRY(log_identity_read(&connections->kafka,
                          &identity)); /* the first counts, if two began at once */
    print_log("begun", &identity);
    return no_error();
}

static struct error make_rules(const struct connections *connections, struct publisher *publisher,
                               const struct law *law)
{
    bool published;
    TRY(law_publish(connections, publisher, law, &published));
    printf("rules: %s, hash %s\n", published ? "published" : "in force already", law->hash);
    return no_error();
}

static struct error publish_law(const struct connections *connections, struct publisher *publisher,
                                const struct law *law, int32_t lanes)
{
    unsigned published;
    TRY(make_identity(connections, publisher, lanes));
    TRY(schemas_publish(&connections->kafka, publisher, &published));
    TRY(publisher_flush(publisher));
    printf("schemas: %u published, %u there already\n", published, RECORD_KIND_COUNT - published);
    return make_rules(connections, publisher, law);
}

static struct error check_redis(const struct connections *connections, int32_t lanes)
{
    for (int32_t lane = 0; lane < lanes; lane++) {
        struct redis *redis = NULL;
        struct error error = redis_open(&connections->redis, lane, &redis);
        if (!failed(&error)) {
            error = redis_verify(redis);
        }
        redis_close(redis);
        TRY(error);
    }
    printf("redis: settings are right\n");
    return no_error();
}

static struct error init(const struct settings *settings, struct law *law)
{
    struct connections connections;
    connections_of(settings, &connections);
    int32_t lanes;
    TRY(law_load(settings->rules_dir, "init", law));
    TRY(make_topics(settings, &connections, &lanes));
    struct publisher *publisher = NULL;
    TRY(publisher_open(&connections.kafka, &publisher));
    const struct error error = publish_law(&connections, publisher, law, lanes);
    publisher_close(publisher);
    TRY(error);
    return check_redis(&connections, lanes);
}

int command_init(const struct settings *settings, const struct arguments *arguments)
{
    (void)arguments;
    struct law law = {.text = NULL};
    const struct error error = init(settings, &law);
    law_clear(&law);
    return command_report("init", &error);
}
