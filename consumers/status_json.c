/* One line of JSON a lane, then the public figures: a contract, to which only more may be added. */
#include <assert.h>

#include "consumers/batches.h"
#include "consumers/status_tables.h"
#include "wire/record.h"

#define LINE_BYTES 4096
#define FIELD_BYTES 512

static void put_name(struct buffer *line, const char *name)
{
    buffer_byte(line, line->length == 0 ? '{' : ',');
    json_string_write(line, text_of_string(name));
    buffer_byte(line, ':');
}

static void put_text(struct buffer *line, const char *name, const char *value)
{
    put_name(line, name);
    json_string_write(line, text_of_string(value));
}

static void put_number(struct buffer *line, const char *name, int64_t value)
{
    put_name(line, name);
    buffer_number(line, value);
}

static void put_bool(struct buffer *line, const char *name, bool value)
{
    put_name(line, name);
    buffer_string(line, value ? "true" : "false");
}

static void end(struct buffer *line, FILE *out)
{
    assert(!line->overflow);
    fprintf(out, "%.*s}\n", (int)line->length, (const char *)line->at);
    buffer_reset(line);
}

static void put_topics(struct buffer *line, const struct lane_look *lane)
{
    static const char *const names[] = {"enrollment", "contribution", "claim", "payment-status"};
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        put_name(line, names[topic]);
        buffer_string(line, "{\"next\":");
        buffer_number(line, lane->ends.next[topic]);
        buffer_string(line, ",\"end\":");
        buffer_number(line, lane->ends.end[topic]);
        buffer_string(line, ",\"lag\":");
        buffer_number(line, lane->lag[topic]);
        buffer_byte(line, '}');
    }
}

static void put_stand(struct buffer *line, const struct lane_stand *stand)
{
    if (stand->has_view) {
        put_number(line, "view_sequence", stand->view_sequence);
    }
    if (stand->has_copy) {
        put_number(line, "copy_sequence", stand->copy_sequence);
        put_number(line, "participants", (int64_t)stand->participants);
    }
}

static void print_lane(struct buffer *line, const struct look *look, int32_t number, FILE *out)
{
    const struct lane_look *lane = &look->lanes[number];
    put_text(line, "kind", "lane");
    put_number(line, "lane", number);
    put_number(line, "lag", lane->lag_all);
    put_number(line, "journal_end", lane->ends.journal_end);
    put_topics(line, lane);
    put_name(line, "owner");
    if (!lane_is_owned(&lane->ends)) {
        buffer_string(line, "null");
    } else {
        json_string_write(line, text_of_string(lane->ends.owner));
    }
    put_number(line, "sequence", lane->sequence);
    if (lane->sequence > 0) {
        char now[TIME_TEXT_BYTES];
        time_print(lane->now, now);
        put_text(line, "now", now);
        put_text(line, "clock", lane->clock_is_events ? "EVENTS" : "WALL");
    }
    if (look->has_stands) {
        put_stand(line, &lane->stand);
    }
    put_bool(line, "stands_still", lane->stands_still);
    end(line, out);
}

static void print_public(struct buffer *line, const struct look *look, FILE *out)
{
    const struct public_meta *meta = &look->country.meta;
    char as_of[TIME_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    time_print(meta->as_of, as_of);
    day_print(look->country.day, day);
    put_text(line, "kind", "public");
    put_text(line, "as_of", as_of);
    put_number(line, "updated_ms_ago", look->age_us / 1000);
    put_text(line, "rules", meta->rules);
    put_text(line, "build", meta->build);
    put_text(line, "log_id", meta->log_id);
    put_text(line, "day", day);
    put_bool(line, "fresh", look->is_fresh);
    end(line, out);
}

static void print_exceptions(struct buffer *line, const struct look *look, FILE *out)
{
    const struct exception_figures *exceptions = &look->exceptions;
    for (size_t i = 0; i < exceptions->count; i++) {
        put_text(line, "kind", "exceptions");
        put_text(line, "code", exceptions->codes[i].code);
        put_number(line, "count", exceptions->codes[i].value);
        end(line, out);
    }
    for (size_t i = 0; i < exceptions->source_count; i++) {
        put_text(line, "kind", "exceptions_by_source");
        put_text(line, "code", exceptions->sources[i].code);
        put_text(line, "source", exceptions->sources[i].source);
        put_number(line, "count", exceptions->sources[i].value);
        end(line, out);
    }
}

/* Every figure of the country by its name: claims, payments and whatever else Redis holds. */
static void print_country(const struct look *look, FILE *out)
{
    const struct region_figures *figures = &look->country.figures;
    fprintf(out, "{\"kind\":\"country\"");
    for (size_t i = 0; i < figures->count; i++) {
        char text[FIELD_BYTES];
        struct buffer field = buffer_over(text, sizeof text);
        buffer_byte(&field, ',');
        json_string_write(&field, text_of_string(figures->figures[i].name));
        buffer_byte(&field, ':');
        buffer_number(&field, figures->figures[i].value);
        assert(!field.overflow);
        fprintf(out, "%.*s", (int)field.length, text);
    }
    fprintf(out, "}\n");
}

void status_print_json(const struct look *look, FILE *out)
{
    char text[LINE_BYTES];
    struct buffer line = buffer_over(text, sizeof text);
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        print_lane(&line, look, lane, out);
    }
    if (failed(&look->redis)) {
        return;
    }
    print_public(&line, look, out);
    print_exceptions(&line, look, out);
    print_country(look, out);
    for (size_t i = 0; i < look->batch_count; i++) {
        if (batch_is_mismatch(&look->batches[i])) {
            batch_print_json(out, &look->batches[i]);
        }
    }
}
