/* Writing the public keys. */
#include "store/rollup_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/terms.h"
#include "store/encode.h"

#define SERIES_ENTRIES_MAX 10080 /* a week of minutes */
#define QUARANTINED_BYTES 512

/* What one node shows at the moment. */
struct shown {
    struct measure_value {
        const char *name;
        int64_t value;
    } figures[MEASURES_MAX];
    size_t count;
    const struct measures *measures;
    const struct base_fact *base; /* NULL: none */
    int64_t coverage_bp;
    char quarantined[QUARANTINED_BYTES]; /* "VULNERABLE:2023:30200000,…"; "": none */
};

static const char *const always_shown[] = {"registered", "active", "memberships"};
#define ALWAYS_SHOWN_COUNT (sizeof always_shown / sizeof *always_shown)
static const char *const in_series[] = {"registered", "active", "memberships", "payments",
                                        "paid_idr"};
#define IN_SERIES_COUNT (sizeof in_series / sizeof *in_series)

static bool is_always_shown(const char *name)
{
    for (size_t i = 0; i < ALWAYS_SHOWN_COUNT; i++) {
        if (strcmp(name, always_shown[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void show_measure(void *context, uint16_t measure, bool is_total, int64_t value)
{
    (void)is_total;
    struct shown *shown = context;
    const char *name = measures_name(shown->measures, measure);
    if (value != 0 && !is_always_shown(name)) {
        shown->figures[shown->count++] = (struct measure_value){name, value};
    }
}

struct wanted_value {
    const struct measures *measures;
    const char *name;
    int64_t value;
};

static void pick_measure(void *context, uint16_t measure, bool is_total, int64_t value)
{
    (void)is_total;
    struct wanted_value *wanted = context;
    if (strcmp(measures_name(wanted->measures, measure), wanted->name) == 0) {
        wanted->value = value;
    }
}

static int64_t value_on(const struct rollup *rollup, const struct node *node, const char *name,
                        day_t day)
{
    struct wanted_value wanted = {rollup->measures, name, 0};
    sums_on_day(&node->sums, day, pick_measure, &wanted);
    return wanted.value;
}

/* "KIND:YEAR:VALUE" of each quarantined base, as many as fit. */
static void list_quarantined(const struct node *node, char out[QUARANTINED_BYTES])
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < node->fact_count; i++) {
        const struct base_fact *fact = &node->facts[i];
        if (!base_is_quarantined(node->facts, node->fact_count, fact)) {
            continue;
        }
        char entry[64];
        const int wrote = snprintf(entry, sizeof entry, "%s%s:%lld:%lld", length > 0 ? "," : "",
                                   term_name(&base_kind_names, fact->kind), (long long)fact->year,
                                   (long long)fact->value);
        if (wrote > 0 && length + (size_t)wrote < QUARANTINED_BYTES) {
            memcpy(out + length, entry, (size_t)wrote + 1);
            length += (size_t)wrote;
        }
    }
}

static int year_of(day_t day)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    day_to_civil(day, &year, &month, &day_of_month);
    return year;
}

static void show_node(const struct rollup *rollup, const struct node *node, day_t day,
                      struct shown *out)
{
    out->count = 0;
    out->measures = rollup->measures;
    for (size_t i = 0; i < ALWAYS_SHOWN_COUNT; i++) {
        const int64_t value = value_on(rollup, node, always_shown[i], day);
        out->figures[out->count++] = (struct measure_value){always_shown[i], value};
    }
    sums_on_day(&node->sums, day, show_measure, out);
    out->base = base_choose(node->facts, node->fact_count, year_of(day));
    out->coverage_bp =
        out->base == NULL
            ? NUMBER_NONE
            : coverage_basis_points(value_on(rollup, node, "active", day), out->base->value);
    list_quarantined(node, out->quarantined);
}

/* Small commands. */

static void append_key_command(struct redis *redis, const char *command, struct key key)
{
    command_begin(redis, 2);
    command_string(redis, command);
    command_text(redis, key_text(&key));
}

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

static struct key region_key(const struct node *node)
{
    return strcmp(node->code, "ID") == 0 ? public_key("kpi")
                                         : public_key_of("region", code_of(node));
}

static void write_region(struct redis *redis, const struct node *node, const struct shown *shown)
{
    const bool has_quarantined = shown->quarantined[0] != '\0';
    append_key_command(redis, "DEL", region_key(node));
    append_hset(redis, region_key(node),
                shown->count + (shown->base != NULL ? 5 : 0) + (has_quarantined ? 1 : 0));
    for (size_t i = 0; i < shown->count; i++) {
        append_number(redis, shown->figures[i].name, shown->figures[i].value);
    }
    if (shown->base != NULL) {
        append_number(redis, "base", shown->base->value);
        append_text(redis, "base_kind", term_name(&base_kind_names, shown->base->kind));
        append_number(redis, "base_year", shown->base->year);
        append_text(redis, "base_source", shown->base->source);
        append_number(redis, "coverage_bp", shown->coverage_bp);
    }
    if (has_quarantined) {
        append_text(redis, "base_quarantined", shown->quarantined);
    }
}

static void append_day_field(struct redis *redis, const struct rollup *rollup,
                             const struct sum_item *item)
{
    char day[DAY_TEXT_BYTES];
    char field[MEASURE_NAME_BYTES + DAY_TEXT_BYTES + 1];
    day_print(item->day, day);
    const int length =
        snprintf(field, sizeof field, "%s:%s", measures_name(rollup->measures, item->measure), day);
    command_text(redis, text_of(field, (size_t)length));
}

/* The items of a list that are days, and in `sums` are zero or not. */
static bool is_day_with(const struct sums *sums, const struct sum_item *item, bool zero)
{
    return item->day != DAY_NONE && (sums_value(sums, item->measure, item->day) == 0) == zero;
}

static void write_day_fields(struct redis *redis, const struct rollup *rollup,
                             const struct node *node, const struct sums *items, bool zero)
{
    const struct key key = public_key_of("days", code_of(node));
    size_t count = 0;
    for (size_t i = 0; i < items->count; i++) {
        count += is_day_with(&node->sums, &items->items[i], zero);
    }
    if (count == 0) {
        return;
    }
    command_begin(redis, 2 + (zero ? 1 : 2) * count);
    command_string(redis, zero ? "HDEL" : "HSET");
    command_text(redis, key_text(&key));
    for (size_t i = 0; i < items->count; i++) {
        const struct sum_item *item = &items->items[i];
        if (is_day_with(&node->sums, item, zero)) {
            append_day_field(redis, rollup, item);
            if (!zero) {
                command_number(redis, sums_value(&node->sums, item->measure, item->day));
            }
        }
    }
}

static void write_days(struct redis *redis, const struct rollup *rollup, const struct node *node,
                       bool whole)
{
    if (whole) {
        append_key_command(redis, "DEL", public_key_of("days", code_of(node)));
        write_day_fields(redis, rollup, node, &node->sums, false);
        return;
    }
    write_day_fields(redis, rollup, node, &node->change, false);
    write_day_fields(redis, rollup, node, &node->change, true);
}

static void write_rank(struct redis *redis, const struct node *node, const struct shown *shown)
{
    if (strcmp(node->code, "ID") == 0) {
        return;
    }
    const char *level =
        code_of(node).length == 2 ? "rank:coverage:province" : "rank:coverage:regency";
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

static void write_bases(struct redis *redis, const struct node *node)
{
    if (node->fact_count == 0) {
        return;
    }
    append_hset(redis, public_key("bases"), node->fact_count);
    for (size_t i = 0; i < node->fact_count; i++) {
        const struct base_fact *fact = &node->facts[i];
        char field[64];
        char value[NUMBER_TEXT_BYTES + BASE_TEXT_BYTES + 1];
        (void)snprintf(field, sizeof field, "%s:%s:%lld", node->code,
                       term_name(&base_kind_names, fact->kind), (long long)fact->year);
        (void)snprintf(value, sizeof value, "%lld %s", (long long)fact->value, fact->source);
        append_text(redis, field, value);
    }
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
    append_key_command(redis, "UNLINK", region_key(node));
    append_key_command(redis, "UNLINK", public_key_of("days", code_of(node)));
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
        const struct node *node = rollup->nodes[i];
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

static void write_touched(struct redis *redis, const struct rollup *rollup, const struct node *node,
                          const struct moment *moment, const struct shown *shown)
{
    write_region(redis, node, shown);
    write_days(redis, rollup, node, moment->whole);
    write_rank(redis, node, shown);
    if (moment->whole || node->bases_changed) {
        write_bases(redis, node);
    }
    if (!node->is_public) {
        append_member(redis, "SADD", "regions", code_of(node));
    }
    if (moment->whole && !moment->of_this_log) {
        append_key_command(redis, "UNLINK", public_key_of("series", code_of(node)));
    }
}

static void write_node(struct redis *redis, const struct rollup *rollup, const struct node *node,
                       const struct moment *moment, struct shown *shown)
{
    const bool in_the_series = moment->interval_ms > rollup->interval_ms && node->series_due;
    if (!node_has_content(node)) {
        if (node->is_public) {
            remove_node(redis, node);
        }
        return;
    }
    if (!is_touched(node, moment) && !in_the_series) {
        return;
    }
    show_node(rollup, node, moment->day, shown);
    if (is_touched(node, moment)) {
        write_touched(redis, rollup, node, moment, shown);
    }
    if (in_the_series) {
        write_series(redis, shown, node, moment->interval_ms);
    }
}

/* Counts. */

static void write_exceptions(struct redis *redis, const struct public_counts *counts)
{
    append_key_command(redis, "DEL", public_key("exceptions"));
    if (counts->exception_count == 0) {
        return;
    }
    append_hset(redis, public_key("exceptions"), counts->exception_count);
    for (uint32_t i = 0; i < counts->exception_count; i++) {
        const struct exception_count *exception = &counts->exceptions[i];
        command_text(redis, text_of(exception->code, exception->length));
        command_number(redis, exception->value);
    }
}

static void write_other(struct redis *redis, const struct batch_count *other)
{
    if (other->applied != 0 || other->refused != 0 || other->total_idr != 0) {
        append_hset(redis, public_key("batch_other"), 3);
        append_number(redis, "counted", other->applied);
        append_number(redis, "counted_total_idr", other->total_idr);
        append_number(redis, "refused", other->refused);
    }
}

static void write_batch(struct redis *redis, const struct batch *batch)
{
    const struct text id = text_of(batch->id, batch->id_length);
    append_hset(redis, public_key_of("batch", id), 4 + (batch->is_declared ? 3 : 0));
    append_number(redis, "counted", batch->now.applied);
    append_number(redis, "counted_total_idr", batch->now.total_idr);
    append_number(redis, "refused", batch->now.refused);
    append_text(redis, "state", batch_state(batch));
    if (batch->is_declared) {
        append_number(redis, "declared", batch->declared);
        append_number(redis, "declared_total_idr", batch->declared_total_idr);
        command_string(redis, "source");
        command_text(redis, text_of(batch->source, batch->source_length));
    }
    append_member(redis, "SADD", "batches", id);
}

static void write_counts(struct redis *redis, const struct rollup *rollup,
                         const struct moment *moment)
{
    if (moment->whole || rollup->counts_changed) {
        write_exceptions(redis, &rollup->counts);
        write_other(redis, &rollup->counts.other);
    }
    for (uint32_t i = 0; i < rollup->counts.batch_count; i++) {
        if (moment->whole || rollup->counts.batches[i].is_changed) {
            write_batch(redis, &rollup->counts.batches[i]);
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
    append_key_command(redis, "DEL", public_key("meta"));
    append_hset(redis, public_key("meta"), rollup->written_count);
    for (size_t i = 0; i < rollup->written_count; i++) {
        append_text(redis, rollup->written[i].name, rollup->written[i].value);
    }
}

/* The whole. */

static const char *const single_keys[] = {
    "kpi",     "exceptions", "bases",   "batch_other",           "rank:coverage:province",
    "regions", "batches",    "days:ID", "rank:coverage:regency",
};

/* What an earlier roll-up left, from its own lists: `lists` are the members of `regions`,
 * `batches`. */
static void write_removal(struct redis *redis, struct reply *const lists[2], bool series_too)
{
    for (size_t i = 0; i < sizeof single_keys / sizeof *single_keys; i++) {
        append_key_command(redis, "UNLINK", public_key(single_keys[i]));
    }
    for (size_t i = 0; i < reply_count(lists[0]); i++) {
        const struct text code = reply_text(reply_at(lists[0], i));
        if (code.length < NODE_TEXT_BYTES) {
            append_key_command(redis, "UNLINK", public_key_of("region", code));
            append_key_command(redis, "UNLINK", public_key_of("days", code));
            if (series_too) {
                append_key_command(redis, "UNLINK", public_key_of("series", code));
            }
        }
    }
    for (size_t i = 0; i < reply_count(lists[1]); i++) {
        const struct text id = reply_text(reply_at(lists[1], i));
        if (id.length < BATCH_TEXT_BYTES) {
            append_key_command(redis, "UNLINK", public_key_of("batch", id));
        }
    }
}

static struct error read_lists(struct redis *redis, struct reply *lists[2])
{
    append_key_command(redis, "SMEMBERS", public_key("regions"));
    append_key_command(redis, "SMEMBERS", public_key("batches"));
    return connection_exchange(redis, lists, 2);
}

static void finish(struct rollup *rollup, const struct moment *moment, int64_t interval_ms)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        struct node *node = rollup->nodes[i];
        if (node == NULL) {
            continue;
        }
        node->is_public = node_has_content(node);
        node->bases_changed = false;
        node->series_due = node->series_due && moment->interval_ms <= rollup->interval_ms;
        sums_clear(&node->change);
    }
    for (uint32_t i = 0; i < rollup->counts.batch_count; i++) {
        rollup->counts.batches[i].is_changed = false;
    }
    rollup->interval_ms = interval_ms;
    rollup->day = moment->day;
    rollup->reference_written = rollup->reference_through;
    rollup->is_loaded = true;
}

static void write_all_nodes(struct redis *redis, const struct rollup *rollup,
                            const struct moment *moment)
{
    struct shown *shown = malloc(sizeof *shown);
    assert(shown != NULL);
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (rollup->nodes[i] != NULL) {
            write_node(redis, rollup, rollup->nodes[i], moment, shown);
        }
    }
    free(shown);
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
    write_all_nodes(redis, rollup, moment);
    write_counts(redis, rollup, moment);
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
