/* Evidence as JSON. A path is one base64 text of its nodes, one after the other: a usual file then
   stays below 4 KB. */
#include <inttypes.h>
#include <jansson.h>
#include <sodium/utils.h>

#include "wire/evidence.h"
#include "wire/json_print.h"
#include "wire/record.h"
#include "wire/schemas.h"

#define FORMAT "jaga.evidence.v1"

/* ---- Printing ---- */

static void print_path(struct buffer *out, const struct merkle_path *path)
{
    buffer_string(out, ",\"path\":");
    json_base64_write(out, text_of((const char *)path->nodes, (size_t)path->count * DIGEST_BYTES));
}

/* Without the framing: the form is part of the format's name. */
static void print_checkpoint(struct buffer *out, const struct checkpoint_record *checkpoint)
{
    uint8_t bytes[CHECKPOINT_RECORD_BYTES_MAX];
    struct buffer binary = buffer_over(bytes, sizeof bytes);
    checkpoint_record_encode(&binary, checkpoint);
    json_base64_write(out,
                      text_of((const char *)bytes + FRAMING_BYTES, binary.length - FRAMING_BYTES));
}

static void print_journal(struct buffer *out, const struct evidence_file *evidence)
{
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX];
    struct buffer binary = buffer_over(bytes, sizeof bytes);
    journal_body_encode(&binary, &evidence->journal);
    buffer_string(out, "{\"body\":");
    json_base64_write(out, buffer_view(&binary));
    print_path(out, &evidence->path);
    buffer_string(out, "}");
}

static void print_record(struct buffer *out, const struct evidence_record *record)
{
    buffer_string(out, "{\"kind\":\"");
    buffer_string(out, evidence_kind_name(record->kind));
    buffer_string(out, "\",\"index\":");
    buffer_number(out, record->index);
    buffer_string(out, ",\"key\":");
    if (record->key.length == 0) {
        buffer_string(out, "null");
    } else {
        json_string_write(out, record->key);
    }
    buffer_string(out, ",\"value\":");
    json_base64_write(out, record->value);
    print_path(out, &record->path);
    buffer_string(out, "}");
}

void evidence_print(struct buffer *out, const struct evidence_file *evidence)
{
    buffer_string(out, "{\"format\":\"" FORMAT "\",\"checkpoint\":");
    print_checkpoint(out, &evidence->checkpoint);
    buffer_string(out, ",\"journal\":");
    print_journal(out, evidence);
    buffer_string(out, ",\"records\":[");
    for (uint32_t i = 0; i < evidence->count; i++) {
        buffer_string(out, i > 0 ? "," : "");
        print_record(out, &evidence->records[i]);
    }
    buffer_string(out, "]}\n");
}

/* ---- Parsing ---- */

static struct error unreadable(const char *part, const char *what)
{
    return error_make(ERROR_FATAL, "evidence_unreadable", "this is no evidence file: %s %s", part,
                      what);
}

/* An object with exactly these members. */
static bool has_members(const json_t *object, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(object, names[i]) == NULL) {
            return false;
        }
    }
    return json_object_size(object) == count;
}

/* What a base64 text holds, put behind what the buffer has already. */
static bool bytes_of(const json_t *text, struct buffer *into, struct text *out)
{
    size_t count = 0;
    if (!json_is_string(text) ||
        sodium_base642bin(into->at + into->length, into->capacity - into->length,
                          json_string_value(text), json_string_length(text), NULL, &count, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return false;
    }
    *out = text_of((const char *)into->at + into->length, count);
    into->length += count;
    return true;
}

static bool path_of(const json_t *text, struct merkle_path *out)
{
    struct buffer nodes = buffer_over(out->nodes, sizeof out->nodes);
    struct text bytes;
    if (!bytes_of(text, &nodes, &bytes) || bytes.length % DIGEST_BYTES != 0) {
        return false;
    }
    out->count = bytes.length / DIGEST_BYTES;
    return true;
}

/* Only the one form that jaga writes: what is shown and what is hashed are then the same. */
static bool checkpoint_of(const json_t *text, struct checkpoint_record *out)
{
    uint8_t given[CHECKPOINT_RECORD_BYTES_MAX], again[CHECKPOINT_RECORD_BYTES_MAX];
    struct buffer bytes = buffer_over(given, sizeof given);
    struct buffer written = buffer_over(again, sizeof again);
    struct text ignored;
    framing_write(&bytes, schema_own_id(RECORD_CHECKPOINT));
    if (!bytes_of(text, &bytes, &ignored) || !checkpoint_record_decode(buffer_view(&bytes), out)) {
        return false;
    }
    checkpoint_record_encode(&written, out);
    return text_equal(buffer_view(&bytes), buffer_view(&written));
}

static bool body_of(const json_t *text, struct journal_body *out)
{
    uint8_t given[JOURNAL_RECORD_BYTES_MAX], again[JOURNAL_RECORD_BYTES_MAX];
    struct buffer bytes = buffer_over(given, sizeof given);
    struct buffer written = buffer_over(again, sizeof again);
    struct text body;
    if (!bytes_of(text, &bytes, &body) || !journal_body_decode(body, out)) {
        return false;
    }
    journal_body_encode(&written, out);
    return text_equal(body, buffer_view(&written));
}

static struct error parse_journal(const json_t *journal, struct evidence_file *out)
{
    static const char *const names[] = {"body", "path"};
    if (!has_members(journal, names, sizeof names / sizeof *names)) {
        return unreadable("journal", "is not an object of body and path");
    }
    if (!body_of(json_object_get(journal, "body"), &out->journal)) {
        return unreadable("journal.body", "is no journal body in base64");
    }
    if (!path_of(json_object_get(journal, "path"), &out->path)) {
        return unreadable("journal.path", "is not a row of digests in base64");
    }
    return no_error();
}

static bool kind_of(const json_t *name, enum output_kind *out)
{
    for (int kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        if (json_is_string(name) &&
            strcmp(json_string_value(name), evidence_kind_name((enum output_kind)kind)) == 0) {
            *out = (enum output_kind)kind;
            return true;
        }
    }
    return false;
}

/* Null, or a text that is not empty: both forms would be hashed alike. */
static bool key_of(const json_t *key, struct buffer *into, struct text *out)
{
    *out = (struct text){0};
    if (json_is_null(key)) {
        return true;
    }
    if (!json_is_string(key) || json_string_length(key) == 0) {
        return false;
    }
    *out = text_of((const char *)into->at + into->length, json_string_length(key));
    buffer_put(into, json_string_value(key), json_string_length(key));
    return !into->overflow;
}

static struct error parse_record(const json_t *record, struct buffer *into,
                                 struct evidence_record *out)
{
    static const char *const names[] = {"kind", "index", "key", "value", "path"};
    const json_t *index = json_object_get(record, "index");
    if (!has_members(record, names, sizeof names / sizeof *names)) {
        return unreadable("a record", "is not an object of kind, index, key, value and path");
    }
    if (!kind_of(json_object_get(record, "kind"), &out->kind)) {
        return unreadable("a record's kind", "is not decision, payment or exception");
    }
    if (!json_is_integer(index)) {
        return unreadable("a record's index", "is not a whole number");
    }
    out->index = json_integer_value(index);
    if (!key_of(json_object_get(record, "key"), into, &out->key)) {
        return unreadable("a record's key", "is neither null nor a text");
    }
    if (!bytes_of(json_object_get(record, "value"), into, &out->value)) {
        return unreadable("a record's value", "is not base64");
    }
    if (!path_of(json_object_get(record, "path"), &out->path)) {
        return unreadable("a record's path", "is not a row of digests in base64");
    }
    return no_error();
}

static struct error parse_records(const json_t *records, struct evidence_file *out)
{
    struct buffer into = buffer_over(out->bytes, sizeof out->bytes);
    if (!json_is_array(records) || json_array_size(records) > EVIDENCE_RECORDS_MAX) {
        return unreadable("records", "is not a list, or too long a one");
    }
    for (size_t i = 0; i < json_array_size(records); i++) {
        TRY(parse_record(json_array_get(records, i), &into, &out->records[i]));
        out->count++;
    }
    return no_error();
}

static struct error parse_object(const json_t *object, struct evidence_file *out)
{
    static const char *const names[] = {"format", "checkpoint", "journal", "records"};
    const json_t *format = json_object_get(object, "format");
    if (!json_is_string(format) || strcmp(json_string_value(format), FORMAT) != 0) {
        return unreadable("format", "is not " FORMAT);
    }
    if (!has_members(object, names, sizeof names / sizeof *names)) {
        return unreadable("it", "is not an object of format, checkpoint, journal and records");
    }
    if (!checkpoint_of(json_object_get(object, "checkpoint"), &out->checkpoint)) {
        return unreadable("checkpoint", "is no checkpoint in base64");
    }
    TRY(parse_journal(json_object_get(object, "journal"), out));
    return parse_records(json_object_get(object, "records"), out);
}

struct error evidence_parse(const char *at, size_t length, struct evidence_file *out)
{
    json_error_t why;
    out->count = 0;
    if (length > EVIDENCE_BYTES_MAX) {
        return unreadable("it", "is too long");
    }
    json_t *object = json_loadb(at, length, JSON_REJECT_DUPLICATES, &why);
    if (object == NULL) {
        return unreadable("it", "is not JSON");
    }
    const struct error error = parse_object(object, out);
    json_decref(object);
    return error;
}
