#include "kafka/kafka_error.h"

#include <stdarg.h>
#include <stdio.h>

#define DOING_BYTES 120

struct mapping {
    rd_kafka_resp_err_t from;
    enum error_kind kind;
    const char *code;
    const char *advice;
};

#define ADVICE_AWAY                                                                                \
    "is Kafka running? `./dev stack start` starts the local one, --kafka.brokers names another"
#define ADVICE_REFUSED "check the credentials and TLS files in the section kafka { }"
#define ADVICE_DENIED "the access rules of the cluster do not let this user do it"
#define ADVICE_TOPIC "create the topics with `jaga init`, or check topic.prefix"
#define ADVICE_OFFSET "the topic was deleted and created again, or cut"
#define ADVICE_FENCED "another process uses this transactional id"

/* First match wins; what is not listed is something the cluster may get over. */
static const struct mapping mappings[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "kafka_away", ADVICE_AWAY},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, ERROR_RETRY, "kafka_away", ADVICE_AWAY},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, ERROR_RETRY, "kafka_away", ADVICE_AWAY},
    {RD_KAFKA_RESP_ERR__RESOLVE, ERROR_RETRY, "kafka_away", ADVICE_AWAY},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, ERROR_RETRY, "kafka_away", ADVICE_AWAY},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_FATAL, "kafka_refused", ADVICE_REFUSED},
    {RD_KAFKA_RESP_ERR__SSL, ERROR_FATAL, "kafka_refused", ADVICE_REFUSED},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, ERROR_FATAL, "kafka_refused", ADVICE_REFUSED},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ERROR_FATAL, "kafka_denied", ADVICE_DENIED},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ERROR_FATAL, "kafka_denied", ADVICE_DENIED},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, ERROR_FATAL, "kafka_denied", ADVICE_DENIED},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ERROR_FATAL, "kafka_denied",
     ADVICE_DENIED},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, ERROR_FATAL, "topic_missing", ADVICE_TOPIC},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, ERROR_FATAL, "topic_missing", ADVICE_TOPIC},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ERROR_FATAL, "topic_missing", ADVICE_TOPIC},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, ERROR_FATAL, "topic_missing", ADVICE_TOPIC},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ERROR_FATAL, "offset_outside", ADVICE_OFFSET},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, ERROR_FATAL, "offset_outside", ADVICE_OFFSET},
    {RD_KAFKA_RESP_ERR__FENCED, ERROR_FENCED, "fenced", ADVICE_FENCED},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, ERROR_FENCED, "fenced", ADVICE_FENCED},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, ERROR_FENCED, "fenced", ADVICE_FENCED},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ERROR_FENCED, "fenced",
     "another process has the same group.instance.id"},
};
static const struct mapping unlisted = {RD_KAFKA_RESP_ERR_UNKNOWN, ERROR_RETRY, "kafka_error",
                                        "the cluster may get over it"};

static const struct mapping *mapping_of(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof mappings / sizeof *mappings; i++) {
        if (mappings[i].from == code) {
            return &mappings[i];
        }
    }
    return &unlisted;
}

/* "Fatal" and "timed out" say little: what is behind them is kept by the handle. */
static rd_kafka_resp_err_t sharpen(const struct client *client, rd_kafka_resp_err_t code)
{
    if (code == RD_KAFKA_RESP_ERR__FATAL && client->rk != NULL) {
        char why[CLIENT_REASON_BYTES];
        return rd_kafka_fatal_error(client->rk, why, sizeof why);
    }
    const bool away = mapping_of(code)->from == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                      mapping_of(code)->from == RD_KAFKA_RESP_ERR__TRANSPORT ||
                      mapping_of(code)->from == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    return away && client->refused ? RD_KAFKA_RESP_ERR__AUTHENTICATION : code;
}

static struct error say(const struct client *client, rd_kafka_resp_err_t code, const char *reason,
                        const char *doing)
{
    const struct mapping *mapping = mapping_of(sharpen(client, code));
    const char *separator = client->reason[0] == '\0' ? "" : "; last complaint: ";
    return error_make(mapping->kind, mapping->code, "%s at %s: %s%s%s. What to do: %s", doing,
                      client->settings->brokers, reason == NULL ? rd_kafka_err2str(code) : reason,
                      separator, client->reason, mapping->advice);
}

struct error kafka_error(const struct client *client, rd_kafka_resp_err_t code, const char *reason,
                         const char *doing, ...)
{
    char words[DOING_BYTES];
    va_list arguments;
    va_start(arguments, doing);
    (void)vsnprintf(words, sizeof words, doing, arguments);
    va_end(arguments);
    return say(client, code, reason, words);
}

struct error kafka_error_take(const struct client *client, rd_kafka_error_t *error,
                              const char *doing, ...)
{
    char words[DOING_BYTES];
    va_list arguments;
    va_start(arguments, doing);
    (void)vsnprintf(words, sizeof words, doing, arguments);
    va_end(arguments);
    const struct error ours =
        say(client, rd_kafka_error_code(error), rd_kafka_error_string(error), words);
    rd_kafka_error_destroy(error);
    return ours;
}
