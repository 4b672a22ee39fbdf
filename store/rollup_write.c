/* Writing the public keys. */
#include "store/rollup_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/encode.h"
#include "store/shown.h"

#define SERIES_ENTRIES_MAX 10080 /* a week of minutes */

static const char *const in_series[] = {"registered", "active", "memberships", "payments",
                                        "paid_idr"};
#define IN_SERIES_COUNT (sizeof in_series / sizeof *in_series)

/* What is at hand while the keys are written. */
struct writing {
    struct redis *redis;
    const struct rollup *rollup;
    const struct moment *moment;
    struct shown shown;
    struct picture picture; /* of the key being written */
};

/* Small commands. */

static void append_member(struct redis *redis, const char *command, const char *set,
                          struct text member)
{
    const struct key key = public_key(set);
    command_begin(redis, 3);
    command_string(redis, command);
    command_text(redis, key_text(&key));
    command_text(redis, member);
}

static void append_hset(struct redis *redis, struct key key, size_t fields)
{
    command_begin(redis, 2 + 2 * fields);
    command_string(redis, "HSET");
    command_text(redis, key_text(&key));
}

static void append_number(struct redis *redis, const char *field, int64_t value)
{
    command_string(redis, field);
    command_number(redis, value);
}

static void append_text(struct redis *redis, const char *field, const char *value)
{
    command_string(redis, field);
    command_string(redis, value);
}

static struct text code_of(const struct node *node)
{
    return text_of_string(node->code);
}

/* A node's keys. */

/* HSET of what the picture tells, or HDEL of its fields; nothing when it is empty. */
static void write_fields(struct writing *writing, bool gone)
{
    struct redis *redis = writing->redis;
    const struct picture *picture = &writing->picture;
    if (picture->count > 0) {
        command_begin(redis, 2 + (gone ? 1 : 2) * picture->count);
        command_string(redis, gone ? "HDEL" : "HSET");
        command_text(redis, picture_key_at(picture, 0));
    }
    for (size_t i = 0; i < picture->count; i++) {
        command_text(redis, picture_field_at(picture, i));
        if (!gone) {
            command_text(redis, picture_value_at(picture, i));
        }
    }
    picture_reset(&writing->picture);
}

static void write_region(struct writing *writing, const struct node *node)
{
    command_key(writing->redis, "DEL", shown_region_key(node));
    shown_region(node, &writing->shown, &writing->picture);
    write_fields(writing, false);
}

static void write_days(struct writing *writing, const struct node *node)
{
    const struct public_known *known = &writing->rollup->known;
    const bool whole = writing->moment->whole;
    if (whole) {
        command_key(writing->redis, "DEL", public_key_of("days", code_of(node)));
    }
    shown_days(known, node, whole ? &node->sums : &node->change, false, &writing->picture);
    write_fields(writing, false);
    if (!whole) {
        shown_days(known, node, &node->change, true, &writing->picture);
        write_fields(writing, true);
    }
}

static void write_rank(struct redis *redis, const struct node *node, const struct shown *shown)
{
    const char *level = shown_rank(node);
    if (level == NULL) {
        return;
    }
    if (shown->base == NULL) {
        append_member(redis, "ZREM", level, code_of(node));
        return;
    }
    const struct key key = public_key(level);
    command_begin(redis, 4);
    command_string(redis, "ZADD");
    command_text(redis, key_text(&key));
    command_number(redis, shown->coverage_bp);
    command_text(redis, code_of(node));
}

static void write_series(struct redis *redis, const struct shown *shown, const struct node *node,
                         int64_t interval_ms)
{
    const struct key key = public_key_of("series", code_of(node));
    const bool has_share = shown->base != NULL;
    size_t count = has_share ? 1 : 0;
    for (size_t i = 0; i < shown->count; i++) {
        for (size_t j = 0; j < IN_SERIES_COUNT; j++) {
            count += strcmp(shown->figures[i].name, in_series[j]) == 0;
        }
    }
    command_begin(redis, 5 + 2 * count);
    command_string(redis, "XADD");
    command_text(redis, key_text(&key));
    command_string(redis, "MAXLEN");
    command_number(redis, SERIES_ENTRIES_MAX);
    command_number(redis, interval_ms);
    for (size_t i = 0; i < shown->count; i++) {
        for (size_t j = 0; j < IN_SERIES_COUNT; j++) {
            if (strcmp(shown->figures[i].name, in_series[j]) == 0) {
                append_number(redis, in_series[j], shown->figures[i].value);
            }
        }
    }
    if (has_share) {
        append_number(redis, "coverage_bp", shown->coverage_bp);
    }
}

static void remove_node(struct redis *redis, const struct node *node)
{
    command_key(redis, "UNLINK", shown_region_key(node));
    command_key(redis, "UNLINK", public_key_of("days", code_of(node)));
    append_member(redis, "SREM", "regions", code_of(node));
    append_member(redis, "ZREM", "rank:coverage:province", code_of(node));
    append_member(redis, "ZREM", "rank:coverage:regency", code_of(node));
}

/* Which nodes. */

bool rollup_series_due(const struct rollup *rollup, const struct moment *moment)
{
    if (moment->interval_ms <= rollup->interval_ms) {
        return false;
    }
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        const struct node *node = rollup->known.nodes[i];
        if (node != NULL && node->series_due && node_has_content(node)) {
            return true;
        }
    }
    return false;
}

static bool is_touched(const struct node *node, const struct moment *moment)
{
    return moment->whole || moment->day_changed || node->change.count > 0 || node->bases_changed;
}

static void write_touched(struct writing *writing, const struct node *node)
{
    struct redis *redis = writing->redis;
    const struct moment *moment = writing->moment;
    write_region(writing, node);
    write_days(writing, node);
    write_rank(redis, node, &writing->shown);
    if (moment->whole || node->bases_changed) {
        shown_bases(node, &writing->picture);
        write_fields(writing, false);
    }
    if (!node->is_public) {
        append_member(redis, "SADD", "regions", code_of(node));
    }
    if (moment->whole && !moment->of_this_log) {
        command_key(redis, "UNLINK", public_key_of("series", code_of(node)));
    }
}

static void write_node(struct writing *writing, const struct node *node)
{
    const struct moment *moment = writing->moment;
    const bool in_the_series =
        moment->interval_ms > writing->rollup->interval_ms && node->series_due;
    if (!node_has_content(node)) {
        if (node->is_public) {
            remove_node(writing->redis, node);
        }
        return;
    }
    if (!is_touched(node, moment) && !in_the_series) {
        return;
    }
    shown_node(&writing->rollup->known, node, moment->day, &writing->shown);
    if (is_touched(node, moment)) {
        write_touched(writing, node);
    }
    if (in_the_series) {
        write_series(writing->redis, &writing->shown, node, moment->interval_ms);
    }
}

/* Counts. */

static void write_exceptions(struct writing *writing)
{
    command_key(writing->redis, "DEL", public_key("exceptions"));
    shown_exceptions(&writing->rollup->known.counts, &writing->picture);
    write_fields(writing, false);
    shown_sources(&writing->rollup->known.counts, writing->moment->whole, &writing->picture);
    write_fields(writing, false);
}

static void write_counts(struct writing *writing)
{
    const struct public_counts *counts = &writing->rollup->known.counts;
    const bool whole = writing->moment->whole;
    if (whole || writing->rollup->counts_changed) {
        write_exceptions(writing);
        shown_batch_other(&counts->other, &writing->picture);
        write_fields(writing, false);
    }
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        const struct batch *batch = &counts->batches[i];
        if (whole || batch->is_changed) {
            shown_batch(batch, &writing->picture);
            write_fields(writing, false);
            append_member(writing->redis, "SADD", "batches", text_of(batch->id, batch->id_length));
        }
    }
}

/* Meta. */

static struct meta_field *next_field(struct rollup *rollup, const char *name)
{
    struct meta_field *field = &rollup->written[rollup->written_count++];
    (void)snprintf(field->name, sizeof field->name, "%s", name);
    return field;
}

static void note_text(struct rollup *rollup, const char *name, const char *value)
{
    struct meta_field *field = next_field(rollup, name);
    (void)snprintf(field->value, sizeof field->value, "%s", value);
}

static void note_number(struct rollup *rollup, const char *name, int64_t value)
{
    (void)number_print(value, next_field(rollup, name)->value);
}

static void note_meta(struct rollup *rollup, const struct rules *rules, const struct moment *moment,
                      int64_t interval_ms)
{
    char time[TIME_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    char log_id[2 * sizeof rollup->log_id + 1];
    hex_print(rollup->log_id, sizeof rollup->log_id, log_id);
    hex_print(rules->hash, DIGEST_BYTES, rollup->rules);
    day_print(moment->day, day);
    rollup->written_count = 0;
    note_text(rollup, "log_id", log_id);
    note_number(rollup, "lanes", rollup->lane_count);
    time_print(moment->as_of, time);
    note_text(rollup, "as_of", time);
    note_text(rollup, "day", day);
    note_number(rollup, "reference_through", rollup->reference_through);
    note_text(rollup, "rules", rollup->rules);
    note_text(rollup, "build", rollup->build);
    note_number(rollup, "series_through", interval_ms);
    time_print(moment->wall_us, time);
    note_text(rollup, "updated_at", time);
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        char name[META_NAME_BYTES];
        (void)snprintf(name, sizeof name, "sequence:%d", (int)lane);
        note_number(rollup, name, rollup->seen[lane].sequence);
    }
}

static void write_meta(struct redis *redis, const struct rollup *rollup)
{
    command_key(redis, "DEL", public_key("meta"));
    append_hset(redis, public_key("meta"), rollup->written_count);
    for (size_t i = 0; i < rollup->written_count; i++) {
        append_text(redis, rollup->written[i].name, rollup->written[i].value);
    }
}

/* The whole. */

static const char *const single_keys[] = {
    "kpi",
    "exceptions",
    "exceptions_by_source",
    "bases",
    "batch_other",
    "regions",
    "batches",
    "days:ID",
    "rank:coverage:province",
    "rank:coverage:regency",
};

/* What an earlier roll-up left, from its own lists: `lists` are the members of `regions`,
 * `batches`. */
static void write_removal(struct redis *redis, struct reply *const lists[2], bool series_too)
{
    for (size_t i = 0; i < sizeof single_keys / sizeof *single_keys; i++) {
        command_key(redis, "UNLINK", public_key(single_keys[i]));
    }
    for (size_t i = 0; i < reply_count(lists[0]); i++) {
        const struct text code = reply_text(reply_at(lists[0], i));
        if (code.length < NODE_TEXT_BYTES) {
            command_key(redis, "UNLINK", public_key_of("region", code));
            command_key(redis, "UNLINK", public_key_of("days", code));
            if (series_too) {
                command_key(redis, "UNLINK", public_key_of("series", code));
            }
        }
    }
    for (size_t i = 0; i < reply_count(lists[1]); i++) {
        const struct text id = reply_text(reply_at(lists[1], i));
        if (id.length < BATCH_TEXT_BYTES) {
            command_key(redis, "UNLINK", public_key_of("batch", id));
        }
    }
}

static struct error read_lists(struct redis *redis, struct reply *lists[2])
{
    command_key(redis, "SMEMBERS", public_key("regions"));
    command_key(redis, "SMEMBERS", public_key("batches"));
    return connection_exchange(redis, lists, 2);
}

static void finish(struct rollup *rollup, const struct moment *moment, int64_t interval_ms)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        struct node *node = rollup->known.nodes[i];
        if (node == NULL) {
            continue;
        }
        node->is_public = node_has_content(node);
        node->bases_changed = false;
        node->series_due = node->series_due && moment->interval_ms <= rollup->interval_ms;
        sums_clear(&node->change);
    }
    for (uint32_t i = 0; i < rollup->known.counts.batch_count; i++) {
        rollup->known.counts.batches[i].is_changed = false;
    }
    for (uint32_t i = 0; i < rollup->known.counts.source_count; i++) {
        rollup->known.counts.sources[i].is_changed = false;
    }
    rollup->interval_ms = interval_ms;
    rollup->day = moment->day;
    rollup->reference_written = rollup->reference_through;
    rollup->is_loaded = true;
}

static void write_keys(struct redis *redis, const struct rollup *rollup,
                       const struct moment *moment)
{
    struct writing *writing = calloc(1, sizeof *writing);
    assert(writing != NULL);
    writing->redis = redis;
    writing->rollup = rollup;
    writing->moment = moment;
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (rollup->known.nodes[i] != NULL) {
            write_node(writing, rollup->known.nodes[i]);
        }
    }
    write_counts(writing);
    picture_close(&writing->picture);
    free(writing);
}

struct error rollup_write(struct rollup *rollup, const struct rules *rules,
                          const struct moment *moment)
{
    struct redis *redis = rollup->public;
    struct reply *lists[2] = {NULL, NULL};
    struct reply *results = NULL;
    const int64_t interval_ms =
        rollup_series_due(rollup, moment) ? moment->interval_ms : rollup->interval_ms;
    if (moment->whole) {
        TRY(read_lists(redis, lists));
    }
    multi_begin(redis);
    if (moment->whole) {
        write_removal(redis, lists, !moment->of_this_log);
    }
    replies_free(lists, 2);
    write_keys(redis, rollup, moment);
    note_meta(rollup, rules, moment, interval_ms);
    write_meta(redis, rollup);
    TRY(multi_execute(redis, &results));
    if (results == NULL) {
        return error_make(ERROR_RETRY, "store_changed",
                          "another process wrote the public keys at the same time");
    }
    reply_free(results);
    finish(rollup, moment, interval_ms);
    return no_error();
}
