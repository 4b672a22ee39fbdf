/* The short hashes kept in a participant, all taken from BLAKE2b-256 over a text that
   docs/participant-bytes.md lays down. */
#include <assert.h>
#include <sodium/crypto_generichash.h>

#include "core/participant.h"

static_assert(crypto_generichash_BYTES == DIGEST_BYTES, "libsodium's default is BLAKE2b-256");

/* The largest body is an injury claim: its texts, eight transports and their counts. Nothing that
   passed event_check() is longer, so a message never has to be hashed piecewise. */
#define MESSAGE_BYTES_MAX 2048

struct message {
    uint8_t bytes[MESSAGE_BYTES_MAX];
    size_t length;
};

static void add_bytes(struct message *message, const void *bytes, size_t length)
{
    assert(length <= sizeof message->bytes - message->length);
    if (length > 0) {
        memcpy(message->bytes + message->length, bytes, length);
        message->length += length;
    }
}

/* The shifts say what the bytes are on any machine; a compiler makes one store of them. */
static void add_u32(struct message *message, uint32_t number)
{
    const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                              (uint8_t)(number >> 24)};
    add_bytes(message, bytes, sizeof bytes);
}

static void add_u64(struct message *message, uint64_t number)
{
    const uint8_t bytes[8] = {(uint8_t)number,         (uint8_t)(number >> 8),
                              (uint8_t)(number >> 16), (uint8_t)(number >> 24),
                              (uint8_t)(number >> 32), (uint8_t)(number >> 40),
                              (uint8_t)(number >> 48), (uint8_t)(number >> 56)};
    add_bytes(message, bytes, sizeof bytes);
}

static void add_number(struct message *message, int64_t number)
{
    add_u64(message, (uint64_t)number);
}

static void add_text(struct message *message, struct text text)
{
    add_u32(message, text.length);
    add_bytes(message, text.at, text.length);
}

static uint64_t first_bytes(const struct message *message, unsigned count)
{
    uint8_t digest[DIGEST_BYTES];
    const int failed =
        crypto_generichash(digest, sizeof digest, message->bytes, message->length, NULL, 0);
    assert(failed == 0);
    uint64_t number = 0;
    for (unsigned i = 0; i < count; i++) {
        number |= (uint64_t)digest[i] << (8 * i);
    }
    return number;
}

/* A symbol we do not know, and null, are like an empty name. */
static struct text term_or_empty(const struct names *names, uint8_t value)
{
    return value < names->count ? term_text(names, value) : (struct text){0};
}

static void add_fields(struct message *message, const struct fields *fields, const char *base);

/* A nullable record stands like an array of none or one. */
static void add_record(struct message *message, const struct field *field, const char *base)
{
    const bool present = !field->nullable || *(const bool *)(base + field->present);
    if (field->nullable) {
        add_u32(message, present);
    }
    if (present) {
        add_fields(message, field->record, base + field->offset);
    }
}

static void add_array(struct message *message, const struct field *field, const char *base)
{
    const uint32_t count = *(const uint32_t *)(const void *)(base + field->count);
    assert(count <= field->capacity);
    add_u32(message, count);
    for (uint32_t i = 0; i < count; i++) {
        add_fields(message, field->record, base + field->offset + (size_t)i * field->size);
    }
}

static void add_fixed(struct message *message, const struct field *field, const char *base)
{
    const bool present = !field->nullable || *(const bool *)(base + field->present);
    add_text(message, text_of(base + field->offset, present ? field->size : 0));
}

static void add_field(struct message *message, const struct field *field, const char *base)
{
    const void *at = base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: add_text(message, *(const struct text *)at); break;
    case FIELD_INT:
    case FIELD_LONG:
    case FIELD_TIME: add_number(message, *(const int64_t *)at); break;
    case FIELD_DAY: add_number(message, *(const day_t *)at); break;
    case FIELD_MONTH: add_number(message, *(const month_t *)at); break;
    case FIELD_TERM:
    case FIELD_NAMED: add_text(message, term_or_empty(field->names, *(const uint8_t *)at)); break;
    case FIELD_SET: add_u64(message, *(const uint32_t *)at); break;
    case FIELD_FIXED: add_fixed(message, field, base); break;
    case FIELD_RECORD: add_record(message, field, base); break;
    case FIELD_ARRAY: add_array(message, field, base); break;
    }
}

static void add_fields(struct message *message, const struct fields *fields, const char *base)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        add_field(message, &fields->fields[i], base);
    }
}

uint64_t body_hash(const struct event *event)
{
    struct message message;
    message.length = 0;
    add_text(&message, term_text(&event_type_names, event->type));
    add_fields(&message, event_body(event->type), (const char *)event);
    return first_bytes(&message, 8);
}

static uint64_t hash_of_text(struct text text, unsigned bytes)
{
    struct message message;
    message.length = 0;
    add_text(&message, text);
    return first_bytes(&message, bytes);
}

uint64_t text_hash(struct text text)
{
    return hash_of_text(text, 8);
}

uint32_t ref_hash(struct text payment_ref)
{
    const uint32_t hash = (uint32_t)hash_of_text(payment_ref, 4);
    return hash == 0 ? 1 : hash; /* 0 stands for a ref that was forgotten */
}

uint64_t recent_hash(const struct event *event, uint64_t body)
{
    struct message message;
    message.length = 0;
    add_text(&message, event->source);
    add_text(&message, event->id);
    return body << 48 | first_bytes(&message, 6);
}

int64_t sponsor_value(uint8_t kind, struct text ref)
{
    assert(kind < SPONSOR_KIND_COUNT);
    if (ref.length == 0) {
        return kind;
    }
    const uint64_t hash = hash_of_text(ref, 7);
    return (int64_t)((hash == 0 ? 1 : hash) << 8 | kind); /* 0 stands for no ref */
}
