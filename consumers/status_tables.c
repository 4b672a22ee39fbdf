#include "consumers/status_tables.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/batches.h"
#include "consumers/claims_table.h"
#include "consumers/text_table.h"
#include "core/terms.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static enum style bad_when(bool wrong)
{
    return wrong ? STYLE_BAD : STYLE_PLAIN;
}

static void finish(struct text_table *table, const struct terminal *terminal, FILE *out)
{
    text_table_print(table, out, terminal);
    text_table_close(table);
}

/* ---- Lanes ---- */

static const struct text_table_column lane_columns[] = {
    {"lane", ALIGN_RIGHT, 0, 0, false},         {"owner", ALIGN_LEFT, 4, 12, false},
    {"lag", ALIGN_RIGHT, 0, 0, false},          {"sequence", ALIGN_RIGHT, 2, 0, false},
    {"view lag", ALIGN_RIGHT, 1, 0, false},     {"copy lag", ALIGN_RIGHT, 3, 0, false},
    {"participants", ALIGN_RIGHT, 5, 0, false}, {"clock", ALIGN_LEFT, 6, 0, false},
};

static void add_behind(struct text_table *table, bool is_known, int64_t behind, bool is_bad)
{
    if (is_known) {
        text_table_number(table, bad_when(is_bad && behind > 0), behind);
    } else {
        text_table_text(table, STYLE_DIM, "?");
    }
}

static void add_clock(struct text_table *table, const struct lane_look *lane)
{
    char now[TIME_TEXT_BYTES];
    if (lane->sequence == 0) {
        text_table_text(table, STYLE_DIM, "-");
        return;
    }
    time_print(lane->now, now);
    text_table_format(table, STYLE_PLAIN, "%s %s", now, lane->clock_is_events ? "events" : "wall");
}

static void add_lane(struct text_table *table, const struct look *look, int32_t number)
{
    const struct lane_look *lane = &look->lanes[number];
    const bool is_owned = lane_is_owned(&lane->ends);
    text_table_number(table, STYLE_PLAIN, number);
    text_table_text(table, is_owned ? STYLE_PLAIN : STYLE_BAD,
                    is_owned ? lane->ends.owner : "nobody");
    text_table_number(table, bad_when(lane->lag_all > 0 && lane->stands_still), lane->lag_all);
    text_table_number(table, STYLE_PLAIN, lane->sequence);
    add_behind(table, look->has_stands, lane_view_behind(look, lane), lane->stands_still);
    add_behind(table, look->has_stands, lane_copy_behind(look, lane), false);
    if (look->has_stands) {
        text_table_number(table, STYLE_PLAIN, (int64_t)lane->stand.participants);
    } else {
        text_table_text(table, STYLE_DIM, "?");
    }
    add_clock(table, lane);
}

static void print_lanes(const struct look *look, const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(lane_columns, COUNT_OF(lane_columns));
    title_print(terminal, out,
                "Lanes: events to go, journal sequence, batches that Redis is behind");
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        add_lane(table, look, lane);
    }
    finish(table, terminal, out);
}

static const struct text_table_column lag_columns[] = {
    {"lane", ALIGN_RIGHT, 0, 0, false},           {"enrollment", ALIGN_RIGHT, 1, 0, false},
    {"contribution", ALIGN_RIGHT, 2, 0, false},   {"claim", ALIGN_RIGHT, 3, 0, false},
    {"payment-status", ALIGN_RIGHT, 4, 0, false}, {"all", ALIGN_RIGHT, 0, 0, false},
};

static void add_lag(struct text_table *table, const int64_t lag[INPUT_TOPIC_COUNT], int64_t all)
{
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        text_table_number(table, STYLE_PLAIN, lag[topic]);
    }
    text_table_number(table, STYLE_PLAIN, all);
}

static void print_lags(const struct look *look, const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(lag_columns, COUNT_OF(lag_columns));
    int64_t sums[INPUT_TOPIC_COUNT] = {0};
    int64_t all = 0;
    title_print(terminal, out, "Lag by topic: records to go");
    for (int32_t lane = 0; lane < look->lane_count; lane++) {
        const struct lane_look *seen = &look->lanes[lane];
        text_table_number(table, STYLE_PLAIN, lane);
        add_lag(table, seen->lag, seen->lag_all);
        for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
            sums[topic] += seen->lag[topic];
        }
        all += seen->lag_all;
    }
    text_table_rule(table);
    text_table_text(table, STYLE_PLAIN, "all");
    add_lag(table, sums, all);
    finish(table, terminal, out);
}

/* ---- Public figures ---- */

static void print_freshness(const struct look *look, const struct terminal *terminal, FILE *out)
{
    const struct public_meta *meta = &look->country.meta;
    char as_of[TIME_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    char age[AGE_BYTES];
    time_print(meta->as_of, as_of);
    day_print(look->country.day, day);
    age_print(look->age_us, age);
    title_print(terminal, out, "Public figures");
    terminal_say(terminal, out, bad_when(!look->is_fresh),
                 "as of %s, measures of the day %s, written %s ago: %s", as_of, day, age,
                 look->is_fresh ? "fresh" : "not fresh");
    terminal_say(terminal, out, STYLE_DIM, "rules %s, build %s, log %s", meta->rules, meta->build,
                 meta->log_id);
}

static const struct text_table_column exception_columns[] = {
    {"exceptions", ALIGN_LEFT, 0, 0, false},
    {"count", ALIGN_RIGHT, 0, 0, false},
    {"kind", ALIGN_LEFT, 1, 0, false},
    {"most from", ALIGN_LEFT, 2, 12, false},
};

static const char *kind_of(const struct exception_figure *exception)
{
    const uint8_t code = term_find(&exception_code_names, text_of_string(exception->code));
    if (code == TERM_UNKNOWN) {
        return "";
    }
    return code < EXCEPTION_FINDING_COUNT ? "finding" : "refused";
}

static const char *most_from(const struct exception_figure *exception)
{
    if (exception->source_count == 0 || exception->sources[0].source[0] == '\0') {
        return "(source not known)";
    }
    return exception->sources[0].source;
}

static void print_exceptions(const struct look *look, const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(exception_columns, COUNT_OF(exception_columns));
    title_print(terminal, out,
                look->exceptions.count > 0
                    ? "Exceptions by code (a finding was applied, the others were refused)"
                    : "Exceptions: none");
    for (size_t i = 0; i < look->exceptions.count; i++) {
        const struct exception_figure *exception = &look->exceptions.codes[i];
        text_table_text(table, STYLE_PLAIN, exception->code);
        text_table_number(table, STYLE_PLAIN, exception->value);
        text_table_text(table, STYLE_DIM, kind_of(exception));
        text_table_text(table, STYLE_PLAIN, most_from(exception));
    }
    finish(table, terminal, out);
}

static void print_batches(const struct look *look, const struct terminal *terminal, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < look->batch_count; i++) {
        any = any || batch_is_mismatch(&look->batches[i]);
    }
    if (any) {
        title_print(terminal, out, "Batches that do not match what was declared of them");
        batches_print(look->batches, look->batch_count, true, terminal, out);
    }
}

void status_print_tables(const struct look *look, const struct terminal *terminal, FILE *out)
{
    if (look->lane_count > 0) {
        print_lanes(look, terminal, out);
        print_lags(look, terminal, out);
    }
    if (!failed(&look->redis)) {
        print_freshness(look, terminal, out);
        claims_print(&look->country.figures, terminal, out);
        payments_print(&look->country.figures, terminal, out);
        print_exceptions(look, terminal, out);
        print_batches(look, terminal, out);
    }
}
