/* The only file that knows hiredis. */
#include "store/connection.h"

#include <hiredis/hiredis.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "store/encode.h"

#define HOST_BYTES 256
#define OUT_SENT_AT (256u * 1024) /* the server works on this much while we write the rest */
#define TIMEOUT_DEFAULT_MS 5000

struct address {
    char host[HOST_BYTES];
    int port;
};

struct redis {
    redisContext *context; /* NULL: not connected */
    struct address configured, current;
    char *username, *password; /* never NULL */
    struct timeval timeout;
    char *out; /* commands not sent yet */
    size_t out_length, out_capacity;
    size_t pending;      /* commands whose replies were not read */
    bool partly_sent;    /* some of them left already, so they cannot be sent again elsewhere */
    struct error broken; /* met while appending; told by the next reading call */
};

static struct error away(const struct redis *redis, const char *why)
{
    return error_make(ERROR_RETRY, "redis_away", "Redis at %s:%d: %s", redis->current.host,
                      redis->current.port, why);
}

static const redisReply *raw(const struct reply *reply)
{
    return (const redisReply *)(const void *)reply;
}

/* Opening. */

static bool address_parse(struct text text, struct address *out)
{
    while (text.length > 0 && text.at[0] == ' ') {
        text = text_of(text.at + 1, text.length - 1);
    }
    while (text.length > 0 && text.at[text.length - 1] == ' ') {
        text.length--;
    }
    const char *colon = text.length == 0 ? NULL : memrchr(text.at, ':', text.length);
    if (colon == NULL) {
        return false;
    }
    int64_t port = 0;
    struct text host = text_of(text.at, (size_t)(colon - text.at));
    const struct text digits = text_of(colon + 1, text.length - host.length - 1);
    if (host.length >= 2 && host.at[0] == '[' && host.at[host.length - 1] == ']') {
        host = text_of(host.at + 1, host.length - 2);
    }
    if (!number_parse(digits, &port) || port < 1 || port > 65535 || host.length >= HOST_BYTES) {
        return false;
    }
    memcpy(out->host, host.at, host.length);
    out->host[host.length] = '\0';
    out->port = (int)port;
    return true;
}

/* The entry of a list "a:1,b:2" that serves a lane. */
static struct text address_of_lane(const char *list, int32_t lane)
{
    int32_t count = 1;
    for (const char *at = list; *at != '\0'; at++) {
        count += *at == ',';
    }
    int32_t wanted = lane < 0 ? 0 : lane % count;
    const char *start = list;
    while (wanted-- > 0) {
        start = strchr(start, ',') + 1;
    }
    return text_of(start, strcspn(start, ","));
}

static char *copy_of(const char *text)
{
    char *copy = strdup(text == NULL ? "" : text);
    assert(copy != NULL);
    return copy;
}

struct error redis_open(const struct redis_settings *settings, int32_t lane, struct redis **out)
{
    *out = NULL;
    struct address address;
    if (!address_parse(address_of_lane(settings->address, lane), &address) ||
        address.host[0] == '\0') {
        return error_make(ERROR_USAGE, "redis_address",
                          "redis.address \"%s\" is not host:port or a list of them",
                          settings->address);
    }
    struct redis *redis = calloc(1, sizeof *redis);
    assert(redis != NULL);
    redis->configured = redis->current = address;
    redis->username = copy_of(settings->username);
    redis->password = copy_of(settings->password);
    const uint32_t wait_ms = settings->timeout_ms == 0 ? TIMEOUT_DEFAULT_MS : settings->timeout_ms;
    redis->timeout = (struct timeval){.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    redis->broken = no_error();
    *out = redis;
    return no_error();
}

void redis_close(struct redis *redis)
{
    if (redis == NULL) {
        return;
    }
    connection_drop(redis);
    free(redis->username);
    free(redis->password);
    free(redis->out);
    free(redis);
}

/* Connecting. */

void connection_drop(struct redis *redis)
{
    if (redis->context != NULL) {
        redisFree(redis->context);
    }
    redis->context = NULL;
    redis->out_length = 0;
    redis->pending = 0;
    redis->partly_sent = false;
    redis->broken = no_error();
}

static redisReply *ask_to_be(const struct redis *redis)
{
    return redis->username[0] == '\0'
               ? redisCommand(redis->context, "AUTH %s", redis->password)
               : redisCommand(redis->context, "AUTH %s %s", redis->username, redis->password);
}

static struct error authenticate(struct redis *redis)
{
    if (redis->username[0] == '\0' && redis->password[0] == '\0') {
        return no_error();
    }
    redisReply *reply = ask_to_be(redis);
    if (reply == NULL) {
        return away(redis, redis->context->errstr);
    }
    const bool refused = reply->type == REDIS_REPLY_ERROR;
    const struct error error =
        refused ? error_make(ERROR_RETRY, "redis_away",
                             "Redis at %s:%d refuses redis.username and redis.password: %s",
                             redis->current.host, redis->current.port, reply->str)
                : no_error();
    freeReplyObject(reply);
    return error;
}

static struct error connect_to(struct redis *redis)
{
    redis->context =
        redisConnectWithTimeout(redis->current.host, redis->current.port, redis->timeout);
    if (redis->context == NULL) {
        return away(redis, "out of memory");
    }
    if (redis->context->err != 0) {
        return away(redis, redis->context->errstr);
    }
    if (redisSetTimeout(redis->context, redis->timeout) != REDIS_OK) {
        return away(redis, "cannot set a time-out");
    }
    (void)redisEnableKeepAlive(redis->context);
    return authenticate(redis);
}

/* Keeps what was appended. A node learned by MOVED that is away is forgotten: the configured one
   knows where its slots went. */
static struct error connected(struct redis *redis)
{
    if (redis->context != NULL) {
        return no_error();
    }
    const struct error error = connect_to(redis);
    if (failed(&error)) {
        redis->current = redis->configured;
        if (redis->context != NULL) {
            redisFree(redis->context);
        }
        redis->context = NULL;
    }
    return error;
}

/* Commands. */

static void out_append(struct redis *redis, const char *at, size_t length)
{
    if (redis->out_length + length > redis->out_capacity) {
        size_t capacity = redis->out_capacity == 0 ? 2 * OUT_SENT_AT : redis->out_capacity;
        while (capacity < redis->out_length + length) {
            capacity *= 2;
        }
        redis->out = realloc(redis->out, capacity);
        assert(redis->out != NULL);
        redis->out_capacity = capacity;
    }
    if (length > 0) {
        memcpy(redis->out + redis->out_length, at, length);
    }
    redis->out_length += length;
}

static void out_header(struct redis *redis, char kind, uint64_t number)
{
    char line[NUMBER_TEXT_BYTES + 3];
    line[0] = kind;
    size_t length = 1 + number_print((int64_t)number, line + 1);
    line[length++] = '\r';
    line[length++] = '\n';
    out_append(redis, line, length);
}

static struct error out_send(struct redis *redis)
{
    TRY(connected(redis));
    int done = 0;
    if (redisAppendFormattedCommand(redis->context, redis->out, redis->out_length) != REDIS_OK) {
        return away(redis, redis->context->errstr);
    }
    while (done == 0) {
        if (redisBufferWrite(redis->context, &done) != REDIS_OK) {
            return away(redis, redis->context->errstr);
        }
    }
    return no_error();
}

/* Sends what is there; an error waits for the next reading call. */
static void out_flush(struct redis *redis)
{
    if (failed(&redis->broken) || redis->out_length == 0) {
        return;
    }
    redis->broken = out_send(redis);
    redis->partly_sent = true;
    redis->out_length = 0;
}

void command_begin(struct redis *redis, size_t words)
{
    if (failed(&redis->broken)) {
        redis->out_length = 0;
    }
    if (redis->out_length >= OUT_SENT_AT) {
        out_flush(redis);
    }
    redis->pending++;
    out_header(redis, '*', words);
}

void command_key(struct redis *redis, const char *command, struct key key)
{
    command_begin(redis, 2);
    command_string(redis, command);
    command_text(redis, key_text(&key));
}

void command_parts(struct redis *redis, struct text first, struct text second)
{
    out_header(redis, '$', (uint64_t)first.length + second.length);
    out_append(redis, first.at, first.length);
    out_append(redis, second.at, second.length);
    out_append(redis, "\r\n", 2);
}

void command_text(struct redis *redis, struct text word)
{
    command_parts(redis, word, TEXT(""));
}

void command_string(struct redis *redis, const char *word)
{
    command_text(redis, text_of_string(word));
}

void command_number(struct redis *redis, int64_t word)
{
    char digits[NUMBER_TEXT_BYTES];
    command_text(redis, text_of(digits, number_print(word, digits)));
}

/* Reading. */

static struct error read_one(struct redis *redis, struct reply **out)
{
    void *reply = NULL;
    if (redisGetReply(redis->context, &reply) != REDIS_OK) {
        return away(redis, redis->context->errstr);
    }
    *out = reply;
    return no_error();
}

struct error connection_next(struct redis *redis, struct reply **out)
{
    assert(redis->pending > 0);
    *out = NULL;
    out_flush(redis);
    struct error error = redis->broken;
    if (!failed(&error)) {
        error = read_one(redis, out);
    }
    if (failed(&error)) {
        connection_drop(redis);
        return error;
    }
    redis->pending--;
    redis->partly_sent = redis->pending > 0;
    return no_error();
}

/* "MOVED 3999 127.0.0.1:6381"; an empty host is the one that answered. */
static bool moved_to(const struct redis *redis, const struct reply *reply, struct address *out)
{
    const struct text text = reply_text(reply);
    if (reply_kind(reply) != REPLY_ERROR || text.length < 6 || memcmp(text.at, "MOVED ", 6) != 0) {
        return false;
    }
    const char *space = memrchr(text.at, ' ', text.length);
    const size_t before = (size_t)(space + 1 - text.at);
    if (!address_parse(text_of(space + 1, text.length - before), out)) {
        return false;
    }
    if (out->host[0] == '\0') {
        memcpy(out->host, redis->current.host, sizeof out->host);
    }
    return true;
}

static bool any_moved(const struct redis *redis, struct reply **replies, size_t count,
                      struct address *out)
{
    for (size_t i = 0; i < count; i++) {
        if (moved_to(redis, replies[i], out)) {
            return true;
        }
    }
    return false;
}

static struct error send_and_read(struct redis *redis, struct reply **replies, size_t count)
{
    struct error error = redis->broken;
    if (!failed(&error)) {
        error = out_send(redis);
    }
    size_t got = 0;
    while (!failed(&error) && got < count) {
        error = read_one(redis, &replies[got]);
        got += !failed(&error);
    }
    if (failed(&error)) {
        replies_free(replies, got);
        connection_drop(redis);
    }
    return error;
}

struct error connection_exchange(struct redis *redis, struct reply **replies, size_t count)
{
    assert(redis->pending == count && count > 0);
    TRY(send_and_read(redis, replies, count));
    struct address address;
    if (!redis->partly_sent && any_moved(redis, replies, count, &address)) {
        replies_free(replies, count);
        redisFree(redis->context);
        redis->context = NULL;
        redis->current = address;
        TRY(send_and_read(redis, replies, count));
    }
    redis->out_length = 0;
    redis->pending = 0;
    redis->partly_sent = false;
    return no_error();
}

/* Transactions. */

void multi_begin(struct redis *redis)
{
    assert(redis->pending == 0);
    command_begin(redis, 1);
    command_string(redis, "MULTI");
}

/* Reads the replies before EXEC's; the first that is an error is kept, and a MOVED remembered. */
static struct error queued(struct redis *redis, struct error *refusal)
{
    while (redis->pending > 1) {
        struct reply *reply = NULL;
        TRY(connection_next(redis, &reply));
        if (reply_kind(reply) == REPLY_ERROR && !failed(refusal)) {
            *refusal = away(redis, raw(reply)->str);
            struct address address;
            if (moved_to(redis, reply, &address)) {
                redis->current = address;
            }
        }
        reply_free(reply);
    }
    return no_error();
}

static struct error applied(const struct redis *redis, const struct reply *results)
{
    for (size_t i = 0; i < reply_count(results); i++) {
        const struct reply *result = reply_at(results, i);
        if (reply_kind(result) == REPLY_ERROR) {
            return error_make(ERROR_RETRY, "store_damaged",
                              "Redis at %s:%d: command %zu of a transaction failed: %s",
                              redis->current.host, redis->current.port, i + 1,
                              reply_text(result).at);
        }
    }
    return no_error();
}

/* `judge`: a command that failed inside it is an error. */
static struct error execute(struct redis *redis, bool judge, struct reply **results)
{
    *results = NULL;
    command_begin(redis, 1);
    command_string(redis, "EXEC");
    struct error error = no_error();
    TRY(queued(redis, &error));
    struct reply *reply = NULL;
    TRY(connection_next(redis, &reply));
    if (!failed(&error) && reply_kind(reply) == REPLY_ERROR) {
        error = away(redis, raw(reply)->str);
    }
    if (!failed(&error) && judge) {
        error = applied(redis, reply);
    }
    if (failed(&error)) {
        reply_free(reply);
        connection_drop(redis);
        return error;
    }
    if (reply_kind(reply) == REPLY_LIST) {
        *results = reply;
        return no_error();
    }
    reply_free(reply);
    return no_error();
}

struct error multi_execute(struct redis *redis, struct reply **results)
{
    return execute(redis, true, results);
}

struct error multi_read(struct redis *redis, struct reply **results)
{
    return execute(redis, false, results);
}

/* Replies. */

enum reply_kind reply_kind(const struct reply *reply)
{
    switch (raw(reply)->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS: return REPLY_TEXT;
    case REDIS_REPLY_INTEGER: return REPLY_NUMBER;
    case REDIS_REPLY_ARRAY: return REPLY_LIST;
    case REDIS_REPLY_ERROR: return REPLY_ERROR;
    default: return REPLY_NULL;
    }
}

struct text reply_text(const struct reply *reply)
{
    const enum reply_kind kind = reply_kind(reply);
    if (kind != REPLY_TEXT && kind != REPLY_ERROR) {
        return text_of(NULL, 0);
    }
    return text_of(raw(reply)->str, raw(reply)->len);
}

int64_t reply_number(const struct reply *reply)
{
    return reply_kind(reply) == REPLY_NUMBER ? (int64_t)raw(reply)->integer : 0;
}

size_t reply_count(const struct reply *reply)
{
    return reply_kind(reply) == REPLY_LIST ? raw(reply)->elements : 0;
}

const struct reply *reply_at(const struct reply *reply, size_t index)
{
    assert(index < reply_count(reply));
    return (const struct reply *)(const void *)raw(reply)->element[index];
}

struct text reply_field(const struct reply *reply, const char *field)
{
    const struct text wanted = text_of_string(field);
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        if (text_equal(reply_text(reply_at(reply, i)), wanted)) {
            return reply_text(reply_at(reply, i + 1));
        }
    }
    return text_of(NULL, 0);
}

void reply_free(struct reply *reply)
{
    if (reply != NULL) {
        freeReplyObject(reply);
    }
}

void replies_free(struct reply **replies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        reply_free(replies[i]);
        replies[i] = NULL;
    }
}

struct error reply_refusal(const struct redis *redis, const struct reply *reply)
{
    const char *text = raw(reply)->str;
    if (strncmp(text, "WRONGTYPE", 9) == 0) {
        return error_make(ERROR_RETRY, "store_changed", "Redis at %s:%d: %s", redis->current.host,
                          redis->current.port, text);
    }
    return away(redis, text);
}

struct error reply_check(const struct redis *redis, const struct reply *reply)
{
    return reply_kind(reply) == REPLY_ERROR ? reply_refusal(redis, reply) : no_error();
}

/* Start-up demands. */

struct error redis_ping(struct redis *redis)
{
    struct reply *reply = NULL;
    command_begin(redis, 1);
    command_string(redis, "PING");
    TRY(connection_exchange(redis, &reply, 1));
    const struct error error = reply_check(redis, reply);
    reply_free(reply);
    return error;
}

struct demand {
    const char *name, *value, *why;
};

static const struct demand demands[] = {
    {"maxmemory-policy", "noeviction", "a key that Redis evicts is a figure that is lost"},
    {"appendonly", "yes", "without the append-only file a restart empties Redis"},
    {"aof-load-truncated", "no", "a torn append-only file must be seen, not read in part"},
};
#define DEMAND_COUNT (sizeof demands / sizeof *demands)

static struct error verify_one(const struct redis *redis, const struct demand *demand,
                               const struct reply *reply)
{
    const struct address *address = &redis->current;
    if (reply_kind(reply) != REPLY_LIST || reply_count(reply) < 2) {
        return error_make(ERROR_FATAL, "redis_unsafe",
                          "Redis at %s:%d does not tell its setting %s (%s): allow CONFIG GET",
                          address->host, address->port, demand->name,
                          reply_kind(reply) == REPLY_ERROR ? raw(reply)->str : "no answer");
    }
    const struct text value = reply_text(reply_at(reply, 1));
    if (text_equal(value, text_of_string(demand->value))) {
        return no_error();
    }
    return error_make(ERROR_FATAL, "redis_unsafe",
                      "Redis at %s:%d has %s %.*s, needed is %s (%s): put \"%s %s\" into "
                      "redis.conf or run CONFIG SET %s %s and CONFIG REWRITE",
                      address->host, address->port, demand->name, (int)value.length, value.at,
                      demand->value, demand->why, demand->name, demand->value, demand->name,
                      demand->value);
}

/* Not yet ready to answer (loading, a password missing) is away, not unsafe. */
static bool is_not_ready(const struct reply *reply)
{
    static const char *const words[] = {"LOADING", "NOAUTH", "MASTERDOWN", "BUSY"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (reply_kind(reply) == REPLY_ERROR &&
            strncmp(raw(reply)->str, words[i], strlen(words[i])) == 0) {
            return true;
        }
    }
    return false;
}

struct error redis_verify(struct redis *redis)
{
    struct reply *replies[DEMAND_COUNT];
    for (size_t i = 0; i < DEMAND_COUNT; i++) {
        command_begin(redis, 3);
        command_string(redis, "CONFIG");
        command_string(redis, "GET");
        command_string(redis, demands[i].name);
    }
    TRY(connection_exchange(redis, replies, DEMAND_COUNT));
    struct error error = no_error();
    for (size_t i = 0; i < DEMAND_COUNT && !failed(&error); i++) {
        error = is_not_ready(replies[i]) ? away(redis, raw(replies[i])->str)
                                         : verify_one(redis, &demands[i], replies[i]);
    }
    replies_free(replies, DEMAND_COUNT);
    return error;
}
