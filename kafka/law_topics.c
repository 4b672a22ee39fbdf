#include "kafka/law_topics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/log_reader.h"
#include "support/log.h"
#include "wire/digest.h"
#include "wire/hex.h"
#include "wire/rules_bundle.h"

#define IDENTITY_BYTES 128
#define HEX_BYTES(bytes) (2 * (bytes) + 1)

/* The value of the identity record, written in exactly this form and read in no other. */
#define IDENTITY_START "{\"log_id\":\""
#define IDENTITY_MIDDLE "\",\"lanes\":"
#define IDENTITY_KEY TEXT("log")

struct bundle {
    int64_t offset;
    struct rules *rules;
    struct error unreadable; /* none when `rules` is filled */
};

struct rules_log {
    struct log_reader *log;
    struct bundle *bundles; /* by offset */
    size_t count, capacity;
};

/* ---- Log identity ---- */

static void identity_write(const struct log_identity *identity, char out[IDENTITY_BYTES])
{
    char hex[HEX_BYTES(LOG_ID_BYTES)];
    hex_print(identity->log_id, LOG_ID_BYTES, hex);
    (void)snprintf(out, IDENTITY_BYTES, IDENTITY_START "%s" IDENTITY_MIDDLE "%" PRId32 "}", hex,
                   identity->lanes);
}

static bool digits_read(struct text text, int32_t *out)
{
    int64_t number = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || number > INT32_MAX / 10) {
            return false;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    *out = (int32_t)number;
    return text.length > 0 && text.length <= 10 && number <= INT32_MAX;
}

/* What was written is the measure: the parts are taken out and must give the same text again. */
static bool identity_parse(struct text value, struct log_identity *out)
{
    const size_t hex_at = sizeof IDENTITY_START - 1;
    const size_t lanes_at = hex_at + 2 * LOG_ID_BYTES + sizeof IDENTITY_MIDDLE - 1;
    if (text_is_absent(value) || value.length < lanes_at + 2 || value.length >= IDENTITY_BYTES) {
        return false;
    }
    if (!hex_parse(text_of(value.at + hex_at, 2 * LOG_ID_BYTES), out->log_id, LOG_ID_BYTES)) {
        return false;
    }
    char again[IDENTITY_BYTES];
    if (!digits_read(text_of(value.at + lanes_at, value.length - lanes_at - 1), &out->lanes)) {
        return false;
    }
    identity_write(out, again);
    return out->lanes > 0 && text_equal(value, text_of_string(again));
}

struct error log_identity_missing(void)
{
    return error_make(ERROR_FATAL, "log_missing", "the rules topic names no log: run `jaga init`");
}

struct error log_identity_take(const struct log_record *record, struct log_identity *out,
                               bool *found)
{
    *found = text_equal(record->key, IDENTITY_KEY);
    if (*found && !identity_parse(record->value, out)) {
        return error_make(ERROR_FATAL, "log_invalid",
                          "the record at offset %" PRId64
                          " of the rules topic should name the log and cannot be read",
                          record->offset);
    }
    return no_error();
}

static struct error find_identity(struct log_reader *log, struct log_identity *out)
{
    int64_t end = 0;
    TRY(log_reader_end(log, &end));
    for (;;) {
        struct log_record record;
        bool at_end = false;
        TRY(log_reader_below(log, end, &record, &at_end));
        if (at_end) {
            return log_identity_missing();
        }
        bool found;
        TRY(log_identity_take(&record, out, &found));
        if (found) {
            return no_error();
        }
    }
}

struct error log_identity_read(const struct kafka_settings *settings, struct log_identity *out)
{
    struct log_reader *log = NULL;
    TRY(log_reader_open(settings, TOPIC_RULES, 0, LOG_FROM_START, &log));
    const struct error error = find_identity(log, out);
    log_reader_close(log);
    return error;
}

struct error log_identity_publish(struct publisher *publisher, const struct log_identity *identity)
{
    char value[IDENTITY_BYTES];
    identity_write(identity, value);
    return publisher_send(publisher, TOPIC_RULES, IDENTITY_KEY, text_of_string(value), -1, NULL, 0);
}

/* ---- Rules bundles ---- */

struct rules_log *rules_log_make(void)
{
    struct rules_log *log = calloc(1, sizeof *log);
    assert(log != NULL);
    return log;
}

struct error rules_log_open(const struct kafka_settings *settings, struct rules_log **out)
{
    struct rules_log *log = rules_log_make();
    const struct error error = log_reader_open(settings, TOPIC_RULES, 0, LOG_FROM_START, &log->log);
    if (failed(&error)) {
        free(log);
        log = NULL;
    }
    *out = log;
    return error;
}

void rules_log_close(struct rules_log *log)
{
    if (log == NULL) {
        return;
    }
    for (size_t i = 0; i < log->count; i++) {
        free(log->bundles[i].rules);
    }
    free(log->bundles);
    log_reader_close(log->log);
    free(log);
}

/* A bundle is a record whose key is the hash of its value; anything else on the topic is none, for
   every reader alike. */
static bool is_bundle(const struct log_record *record)
{
    uint8_t hash[DIGEST_BYTES];
    char hex[HEX_BYTES(DIGEST_BYTES)];
    if (text_is_absent(record->value)) {
        return false;
    }
    digest_of(record->value.at, record->value.length, hash);
    hex_print(hash, DIGEST_BYTES, hex);
    return text_equal(record->key, text_of_string(hex));
}

static struct bundle *add_bundle(struct rules_log *log)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? 8 : 2 * log->capacity;
        log->bundles = realloc(log->bundles, log->capacity * sizeof *log->bundles);
        assert(log->bundles != NULL);
    }
    return &log->bundles[log->count++];
}

/* A text that this binary cannot read stops a lane only when it is the one in force. */
struct error rules_log_take(void *log, const struct log_record *record)
{
    if (!is_bundle(record)) {
        return no_error();
    }
    struct bundle *bundle = add_bundle(log);
    *bundle = (struct bundle){.offset = record->offset, .rules = calloc(1, sizeof *bundle->rules)};
    assert(bundle->rules != NULL);
    bundle->unreadable =
        rules_bundle_parse(record->value.at, record->value.length, DAY_NONE, bundle->rules, NULL);
    return no_error();
}

struct error rules_log_refresh(struct rules_log *log, int64_t *through)
{
    return log_reader_take_all(log->log, rules_log_take, log, through);
}

static const struct bundle *find_bundle(const struct rules_log *log, int64_t through)
{
    const struct bundle *found = NULL;
    for (size_t i = 0; i < log->count && log->bundles[i].offset < through; i++) {
        found = &log->bundles[i];
    }
    return found;
}

struct error rules_log_at(struct rules_log *log, int64_t through, const struct rules **out)
{
    const struct bundle *found = find_bundle(log, through);
    if (found == NULL) {
        return error_make(ERROR_FATAL, "rules_missing",
                          "the rules topic has no bundle below offset %" PRId64 ": run `jaga init`",
                          through);
    }
    *out = found->rules;
    return found->unreadable;
}

int64_t rules_log_offset(const struct rules_log *log, int64_t through)
{
    const struct bundle *found = find_bundle(log, through);
    return found == NULL ? -1 : found->offset;
}

size_t rules_log_count(const struct rules_log *log)
{
    return log->count;
}

const struct rules *rules_log_bundle(const struct rules_log *log, size_t index)
{
    assert(index < log->count);
    const struct bundle *bundle = &log->bundles[index];
    return failed(&bundle->unreadable) ? NULL : bundle->rules;
}

struct wanted_text {
    struct text hash; /* the beginning of the wanted one, in hex */
    char *text;       /* NULL: not found */
    size_t length;
};

static struct error take_text(void *context, const struct log_record *record)
{
    struct wanted_text *wanted = context;
    if (!is_bundle(record) || record->key.length < wanted->hash.length ||
        memcmp(record->key.at, wanted->hash.at, wanted->hash.length) != 0) {
        return no_error();
    }
    free(wanted->text);
    wanted->length = record->value.length;
    wanted->text = malloc(wanted->length + 1);
    assert(wanted->text != NULL);
    memcpy(wanted->text, record->value.at, wanted->length);
    wanted->text[wanted->length] = '\0';
    return no_error();
}

struct error rules_text_read(const struct kafka_settings *settings, const char *hash, char **text,
                             size_t *length)
{
    struct wanted_text wanted = {.hash = text_of_string(hash == NULL ? "" : hash)};
    struct log_reader *log = NULL;
    int64_t end;
    *text = NULL;
    TRY(log_reader_open(settings, TOPIC_RULES, 0, LOG_FROM_START, &log));
    struct error error = log_reader_take_all(log, take_text, &wanted, &end);
    log_reader_close(log);
    if (!failed(&error) && wanted.text == NULL) {
        error = error_make(ERROR_FATAL, "rules_missing",
                           hash == NULL ? "the rules topic has no bundle: run `jaga init`%s"
                                        : "the rules topic has no bundle with the hash %s",
                           hash == NULL ? "" : hash);
    }
    if (failed(&error)) {
        free(wanted.text);
        return error;
    }
    *text = wanted.text;
    *length = wanted.length;
    return no_error();
}

struct error rules_publish(struct publisher *publisher, const char *text, size_t length)
{
    uint8_t hash[DIGEST_BYTES];
    char key[HEX_BYTES(DIGEST_BYTES)];
    digest_of(text, length, hash);
    hex_print(hash, DIGEST_BYTES, key);
    return publisher_send(publisher, TOPIC_RULES, text_of_string(key), text_of(text, length), -1,
                          NULL, 0);
}

/* ---- Schemas ---- */

/* Anyone may publish a text that is of no use: that is news, and no reason to stop. */
struct error schema_log_take(void *schemas, const struct log_record *record)
{
    int32_t id = 0;
    if (!digits_read(record->key, &id) || text_is_absent(record->value)) {
        log_at(LOG_WARN, "schema_ignored", LOG_NUMBER("offset", record->offset));
        return no_error();
    }
    const struct error error =
        schemas_add(schemas, id, record->value.at, record->value.length, record->offset);
    if (failed(&error)) {
        log_at(LOG_WARN, "schema_ignored", LOG_NUMBER("offset", record->offset),
               LOG_NUMBER("id", id), LOG_ERROR_FIELDS(&error));
    }
    return no_error();
}

struct error schema_log_refresh(const struct kafka_settings *settings, int64_t *from,
                                struct schemas *schemas)
{
    struct log_reader *log = NULL;
    TRY(log_reader_open(settings, TOPIC_SCHEMA, 0, *from, &log));
    int64_t end;
    const struct error error = log_reader_take_all(log, schema_log_take, schemas, &end);
    log_reader_close(log);
    if (!failed(&error)) {
        *from = end;
    }
    return error;
}

enum published { PUBLISHED_NOT, PUBLISHED_SAME, PUBLISHED_OTHER };

static struct error note_published(void *context, const struct log_record *record)
{
    enum published *found = context;
    int32_t id = 0;
    if (!digits_read(record->key, &id)) {
        return no_error();
    }
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const enum record_kind record_kind = (enum record_kind)kind;
        if (schema_own_id(record_kind) == id && found[kind] == PUBLISHED_NOT) {
            const bool same = text_equal(record->value, schema_own_text(record_kind));
            found[kind] = same ? PUBLISHED_SAME : PUBLISHED_OTHER;
        }
    }
    return no_error();
}

static struct error publish_own(struct publisher *publisher, enum record_kind kind)
{
    char key[12];
    (void)snprintf(key, sizeof key, "%" PRId32, schema_own_id(kind));
    return publisher_send(publisher, TOPIC_SCHEMA, text_of_string(key), schema_own_text(kind), -1,
                          NULL, 0);
}

struct error schemas_publish(const struct kafka_settings *settings, struct publisher *publisher,
                             unsigned *published)
{
    enum published found[RECORD_KIND_COUNT] = {PUBLISHED_NOT};
    struct log_reader *log = NULL;
    TRY(log_reader_open(settings, TOPIC_SCHEMA, 0, LOG_FROM_START, &log));
    int64_t end;
    const struct error error = log_reader_take_all(log, note_published, found, &end);
    log_reader_close(log);
    TRY(error);
    *published = 0;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (found[kind] == PUBLISHED_OTHER) {
            return error_make(ERROR_FATAL, "schema_conflict",
                              "schema %" PRId32 " on the schema topic is not jaga's %s: this topic "
                              "belongs to another version or another system",
                              schema_own_id((enum record_kind)kind),
                              record_title((enum record_kind)kind));
        }
        if (found[kind] == PUBLISHED_NOT) {
            TRY(publish_own(publisher, (enum record_kind)kind));
            (*published)++;
        }
    }
    return publisher_flush(publisher);
}
