/* The roll-up: what it knows, and one refresh. Reading the lanes is in rollup_read.c, writing the
   public keys in rollup_write.c. */
#include "store/rollup_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/encode.h"

#define WIB_HOURS 7
#define SERIES_INTERVAL_US (60 * MICROSECONDS_A_SECOND)
#define META_FIELDS_FIXED 12

/* Opening. */

static struct error open_connections(struct rollup *rollup, const struct redis_settings *settings)
{
    TRY(redis_open(settings, -1, &rollup->public));
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        TRY(redis_open(settings, lane, &rollup->lanes[lane]));
    }
    return no_error();
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    assert(memory != NULL);
    return memory;
}

struct error rollup_open(const struct redis_settings *settings,
                         const struct rollup_options *options, struct rollup **out)
{
    *out = NULL;
    assert(options->lanes > 0);
    const size_t lanes = (size_t)options->lanes;
    struct rollup *rollup = zeroed(1, sizeof *rollup);
    rollup->lane_count = options->lanes;
    rollup->lanes = zeroed(lanes, sizeof(struct redis *));
    rollup->seen = zeroed(lanes, sizeof *rollup->seen);
    rollup->read = zeroed(lanes, sizeof *rollup->read);
    rollup->written = zeroed(lanes + META_FIELDS_FIXED, sizeof *rollup->written);
    public_known_open(&rollup->known);
    memcpy(rollup->log_id, options->log_id, sizeof rollup->log_id);
    (void)snprintf(rollup->build, sizeof rollup->build, "%s",
                   options->build == NULL ? "" : options->build);
    const struct error error = open_connections(rollup, settings);
    if (failed(&error)) {
        rollup_close(rollup);
        return error;
    }
    *out = rollup;
    return no_error();
}

void rollup_close(struct rollup *rollup)
{
    if (rollup == NULL) {
        return;
    }
    rollup_free_read(rollup);
    redis_close(rollup->public);
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        redis_close(rollup->lanes[lane]);
    }
    public_known_close(&rollup->known);
    free(rollup->lanes);
    free(rollup->seen);
    free(rollup->read);
    free(rollup->written);
    free(rollup);
}

void rollup_forget(struct rollup *rollup)
{
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        if (rollup->known.nodes[i] != NULL) {
            sums_clear(&rollup->known.nodes[i]->sums);
            sums_clear(&rollup->known.nodes[i]->change);
            sums_clear(&rollup->known.nodes[i]->employers);
            rollup->known.nodes[i]->is_public = false;
            rollup->known.nodes[i]->series_due = true;
        }
    }
    counts_forget(&rollup->known.counts);
    employer_days_clear(rollup->known.employers);
    memset(rollup->seen, 0, (size_t)rollup->lane_count * sizeof *rollup->seen);
    rollup->is_loaded = false;
}

/* Facts of jaga.reference. */

static void note_through(struct rollup *rollup, int64_t through)
{
    if (through > rollup->reference_through) {
        rollup->reference_through = through;
    }
}

void rollup_base(struct rollup *rollup, struct text region, uint8_t kind, int64_t year,
                 int64_t value, struct text publisher, int64_t through)
{
    note_through(rollup, through);
    public_known_base(&rollup->known, region, kind, year, value, publisher);
}

void rollup_batch(struct rollup *rollup, struct text batch_id, struct text source, int64_t count,
                  int64_t total_idr, int64_t through)
{
    note_through(rollup, through);
    counts_declare(&rollup->known.counts, batch_id, source, count, total_idr);
}

/* One refresh. */

/* Watches the public meta from the first look until EXEC. `*found` is the reply. */
static struct error watch_public(struct rollup *rollup, struct reply **found)
{
    struct reply *replies[3] = {NULL, NULL, NULL};
    const struct key meta = public_key("meta");
    command_begin(rollup->public, 1);
    command_string(rollup->public, "UNWATCH");
    command_begin(rollup->public, 2);
    command_string(rollup->public, "WATCH");
    command_text(rollup->public, key_text(&meta));
    command_begin(rollup->public, 2);
    command_string(rollup->public, "HGETALL");
    command_text(rollup->public, key_text(&meta));
    TRY(connection_exchange(rollup->public, replies, 3));
    struct error error = reply_check(rollup->public, replies[1]);
    if (!failed(&error)) {
        *found = replies[2];
        replies[2] = NULL;
    }
    for (size_t i = 0; i < 3; i++) {
        reply_free(replies[i]);
    }
    return error;
}

static bool is_as_written(const struct rollup *rollup, const struct reply *found)
{
    if (!rollup->is_loaded || reply_count(found) != 2 * rollup->written_count) {
        return false;
    }
    for (size_t i = 0; i < rollup->written_count; i++) {
        const struct meta_field *field = &rollup->written[i];
        if (!text_equal(reply_field(found, field->name), text_of_string(field->value))) {
            return false;
        }
    }
    return true;
}

static bool is_of_this_log(const struct rollup *rollup, const struct reply *found)
{
    char log_id[2 * sizeof rollup->log_id + 1];
    hex_print(rollup->log_id, sizeof rollup->log_id, log_id);
    return text_equal(reply_field(found, "log_id"), text_of_string(log_id));
}

static int64_t number_of(const struct reply *found, const char *field)
{
    int64_t number = 0;
    return number_parse(reply_field(found, field), &number) ? number : 0;
}

/* Another roll-up has shown more than we know: nothing public goes back. */
static bool is_ahead(const struct rollup *rollup, const struct reply *found)
{
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        char name[META_NAME_BYTES];
        (void)snprintf(name, sizeof name, "sequence:%d", (int)lane);
        if (number_of(found, name) > rollup->read[lane].meta.view.position.sequence) {
            return true;
        }
    }
    return number_of(found, "reference_through") > rollup->reference_through;
}

/* With the events' clock in any lane, the smallest `now` of all. */
static int64_t as_of(const struct rollup *rollup, int64_t wall_us)
{
    bool by_events = false;
    int64_t smallest = INT64_MAX;
    for (int32_t lane = 0; lane < rollup->lane_count; lane++) {
        const struct lane_meta *meta = &rollup->read[lane].meta;
        by_events = by_events || meta->clock_is_events;
        smallest = meta->view.position.now < smallest ? meta->view.position.now : smallest;
    }
    return by_events ? smallest : wall_us;
}

static struct moment moment_of(const struct rollup *rollup, const struct reply *found,
                               int64_t wall_us)
{
    struct moment moment = {.wall_us = wall_us, .as_of = as_of(rollup, wall_us)};
    moment.day = day_of_time(moment.as_of, WIB_HOURS);
    moment.interval_ms = moment.as_of / SERIES_INTERVAL_US * (SERIES_INTERVAL_US / 1000);
    moment.whole = !rollup->is_loaded;
    moment.of_this_log = is_of_this_log(rollup, found);
    moment.day_changed = moment.whole || moment.day != rollup->day;
    return moment;
}

static bool has_work(const struct rollup *rollup, const struct rules *rules,
                     const struct moment *moment)
{
    char hash[2 * DIGEST_BYTES + 1];
    hex_print(rules->hash, DIGEST_BYTES, hash);
    return moment->whole || moment->day_changed || rollup_lanes_moved(rollup) ||
           rollup->reference_through != rollup->reference_written ||
           strcmp(hash, rollup->rules) != 0 || rollup_series_due(rollup, moment);
}

static struct error show(struct rollup *rollup, const struct rules *rules,
                         const struct reply *found, int64_t wall_us, bool *written)
{
    bool complete = false;
    TRY(rollup_read_lanes(rollup, rules, &complete));
    if (!complete || (is_of_this_log(rollup, found) && is_ahead(rollup, found))) {
        return no_error();
    }
    if (!rollup->is_loaded) {
        rollup->interval_ms =
            is_of_this_log(rollup, found) ? number_of(found, "series_through") : 0;
    }
    const struct moment moment = moment_of(rollup, found, wall_us);
    if (!has_work(rollup, rules, &moment)) {
        return no_error();
    }
    struct error error = rollup_take_lanes(rollup);
    if (!failed(&error)) {
        error = rollup_write(rollup, rules, &moment);
    }
    if (failed(&error)) {
        rollup_forget(rollup);
        return error;
    }
    *written = true;
    return no_error();
}

struct error rollup_refresh(struct rollup *rollup, const struct rules *rules, int64_t wall_us,
                            bool *written)
{
    *written = false;
    struct reply *found = NULL;
    TRY(watch_public(rollup, &found));
    if (!is_as_written(rollup, found)) {
        rollup_forget(rollup);
    }
    const struct error error = show(rollup, rules, found, wall_us, written);
    rollup_free_read(rollup);
    reply_free(found);
    return error;
}
