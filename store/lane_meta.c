#include "store/lane_meta.h"

#include <assert.h>
#include <stdio.h>

#include "store/keys.h"

#define LOG_ID_BYTES 16
#define IDENTITY_FIELDS 5
#define FIELD_NAME_BYTES 32

const char *const stand_fields[STAND_FIELDS] = {
    [STAND_SEQUENCE] = "sequence",
    [STAND_CHAIN] = "chain",
    [STAND_JOURNAL_OFFSET] = "journal_offset",
    [STAND_POSITIONS] = "positions",
    [STAND_NOW] = "now",
};

static struct key meta_key(const struct lane_store_options *options)
{
    return lane_key(options->lane, "meta");
}

static void append_identity(struct redis *redis, const struct lane_store_options *options)
{
    char hex[2 * LOG_ID_BYTES + 1];
    hex_print(options->log_id, LOG_ID_BYTES, hex);
    command_string(redis, "log_id");
    command_string(redis, hex);
    command_string(redis, "lane");
    command_number(redis, options->lane);
    command_string(redis, "lanes");
    command_number(redis, options->lanes);
    command_string(redis, "format");
    command_number(redis, STORE_FORMAT);
    command_string(redis, "clock");
    command_string(redis, options->clock_is_events ? "EVENTS" : "WALL");
}

static void append_name(struct redis *redis, const char *prefix, const char *field)
{
    char name[FIELD_NAME_BYTES];
    const int length = snprintf(name, sizeof name, "%s_%s", prefix, field);
    command_text(redis, text_of(name, (size_t)length));
}

static_assert(INPUT_TOPIC_COUNT * NUMBER_TEXT_BYTES <= STAND_VALUE_BYTES, "positions fit");
static_assert(2 * CHAIN_BYTES < STAND_VALUE_BYTES, "a chain fits");

/* "12,40,7,0" in the order of the input topics. */
static size_t print_positions(const int64_t next[INPUT_TOPIC_COUNT], char out[STAND_VALUE_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < INPUT_TOPIC_COUNT; i++) {
        if (i > 0) {
            out[length++] = ',';
        }
        length += number_print(next[i], out + length);
    }
    return length;
}

size_t stand_value(const struct position *position, enum stand_field field,
                   char out[STAND_VALUE_BYTES])
{
    switch (field) {
    case STAND_SEQUENCE: return number_print(position->sequence, out);
    case STAND_CHAIN: hex_print(position->chain, CHAIN_BYTES, out); return 2 * CHAIN_BYTES;
    case STAND_JOURNAL_OFFSET: return number_print(position->journal_offset, out);
    case STAND_POSITIONS: return print_positions(position->next, out);
    case STAND_NOW: return number_print(position->now, out);
    }
    assert(false);
    return 0;
}

static void append_stand(struct redis *redis, const char *prefix, const struct position *position)
{
    for (unsigned field = 0; field < STAND_FIELDS; field++) {
        char value[STAND_VALUE_BYTES];
        const size_t length = stand_value(position, (enum stand_field)field, value);
        append_name(redis, prefix, stand_fields[field]);
        command_text(redis, text_of(value, length));
    }
}

static void begin_hset(struct redis *redis, const struct lane_store_options *options, size_t fields)
{
    const struct key key = meta_key(options);
    command_begin(redis, 2 + 2 * fields);
    command_string(redis, "HSET");
    command_text(redis, key_text(&key));
}

void lane_meta_append_copy(struct redis *redis, const struct lane_store_options *options,
                           const struct position *position, uint64_t participants)
{
    begin_hset(redis, options, IDENTITY_FIELDS + STAND_FIELDS + 1);
    append_identity(redis, options);
    append_stand(redis, "copy", position);
    command_string(redis, "participants");
    command_number(redis, (int64_t)participants);
}

void lane_meta_append_view(struct redis *redis, const struct lane_store_options *options,
                           const struct position *position)
{
    begin_hset(redis, options, IDENTITY_FIELDS + STAND_FIELDS);
    append_identity(redis, options);
    append_stand(redis, "view", position);
}

void lane_meta_append_no_view(struct redis *redis, const struct lane_store_options *options)
{
    const struct key key = meta_key(options);
    command_begin(redis, 2 + STAND_FIELDS);
    command_string(redis, "HDEL");
    command_text(redis, key_text(&key));
    for (size_t i = 0; i < STAND_FIELDS; i++) {
        append_name(redis, "view", stand_fields[i]);
    }
}

/* Reading back. */

static struct text field_of(const struct reply *reply, const char *prefix, const char *field)
{
    char name[FIELD_NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s_%s", prefix, field);
    return reply_field(reply, name);
}

static bool positions_parse(struct text list, int64_t next[INPUT_TOPIC_COUNT])
{
    for (size_t i = 0; i < INPUT_TOPIC_COUNT; i++) {
        const char *comma = list.length == 0 ? NULL : memchr(list.at, ',', list.length);
        const bool is_last = i + 1 == INPUT_TOPIC_COUNT;
        if (is_last != (comma == NULL)) {
            return false;
        }
        const size_t length = is_last ? list.length : (size_t)(comma - list.at);
        if (!number_parse(text_of(list.at, length), &next[i])) {
            return false;
        }
        if (!is_last) {
            list = text_of(comma + 1, list.length - length - 1);
        }
    }
    return true;
}

static void stand_parse(const struct reply *reply, const char *prefix, struct stand *out)
{
    struct position *position = &out->position;
    memset(out, 0, sizeof *out);
    out->present =
        number_parse(field_of(reply, prefix, "sequence"), &position->sequence) &&
        hex_parse(field_of(reply, prefix, "chain"), position->chain, CHAIN_BYTES) &&
        number_parse(field_of(reply, prefix, "journal_offset"), &position->journal_offset) &&
        positions_parse(field_of(reply, prefix, "positions"), position->next) &&
        number_parse(field_of(reply, prefix, "now"), &position->now);
}

static int64_t number_of(const struct reply *reply, const char *field)
{
    int64_t number = -1;
    return number_parse(reply_field(reply, field), &number) ? number : -1;
}

void lane_meta_parse(const struct reply *reply, struct lane_meta *out)
{
    memset(out, 0, sizeof *out);
    out->present = reply_count(reply) > 0;
    out->lane = number_of(reply, "lane");
    out->lanes = number_of(reply, "lanes");
    out->format = number_of(reply, "format");
    if (!hex_parse(reply_field(reply, "log_id"), out->log_id, LOG_ID_BYTES)) {
        out->format = -1;
    }
    out->clock_is_events = text_equal(reply_field(reply, "clock"), TEXT("EVENTS"));
    const int64_t participants = number_of(reply, "participants");
    stand_parse(reply, "copy", &out->copy);
    stand_parse(reply, "view", &out->view);
    out->copy.present = out->copy.present && participants >= 0;
    out->participants = participants < 0 ? 0 : (uint64_t)participants;
}

bool lane_meta_is_of(const struct lane_meta *meta, const struct lane_store_options *options)
{
    return meta->format == STORE_FORMAT && meta->lane == options->lane &&
           meta->lanes == options->lanes &&
           memcmp(meta->log_id, options->log_id, LOG_ID_BYTES) == 0;
}

bool stand_equal(const struct stand *a, const struct stand *b)
{
    if (!a->present || !b->present) {
        return a->present == b->present;
    }
    const struct position *x = &a->position;
    const struct position *y = &b->position;
    return x->sequence == y->sequence && x->journal_offset == y->journal_offset &&
           x->now == y->now && memcmp(x->chain, y->chain, CHAIN_BYTES) == 0 &&
           memcmp(x->next, y->next, sizeof x->next) == 0;
}
