/* `jaga coverage`: the public figures by region, for any day. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/known_at.h"
#include "consumers/region_lines.h"
#include "kafka/law_topics.h"
#include "lane/connect.h"
#include "support/command.h"
#include "wire/json_print.h"

const struct flag coverage_flags[] = {
    {"as-of", "DATE", "The figures of this day, as known now. Default: the day of the figures."},
    {"by", "KIND",
     "Split by programme, segment, category or sponsor; late: payments overdue and their cost."},
    {"region", "CODE", "Only this region: 36.74, a province such as 36, or ID."},
    {"json", NULL, "One JSON object a region, as `jaga try --coverage` prints them."},
    {"known-at", "TIME", "As it was known at this time: the log is replayed until then."},
    {"archive", "DIR", "With --known-at: replay this archive; no server is needed."},
    {"batches", NULL, "The declared batches and what was counted of them."},
    {NULL, NULL, NULL},
};

#define WIB_HOURS 7
#define BATCH_LINE_BYTES 2048 /* three texts of 64 bytes, each up to six long as JSON */

struct view_wish {
    day_t day;
    const char *by, *region;
    bool json, batches;
    struct known_at known_at; /* time INT64_MAX: as known now */
};

static struct error read_known_at(const struct arguments *arguments, struct view_wish *wish)
{
    const char *time = argument(arguments, "known-at");
    wish->known_at.time = INT64_MAX;
    wish->known_at.archive = argument(arguments, "archive");
    if (time == NULL && wish->known_at.archive != NULL) {
        return error_make(ERROR_USAGE, "usage", "--archive goes with --known-at TIME");
    }
    if (time != NULL && wish->batches) {
        return error_make(ERROR_USAGE, "usage", "--batches shows what is known now");
    }
    if (time != NULL && !time_parse(time, (uint32_t)strlen(time), &wish->known_at.time)) {
        return error_make(ERROR_USAGE, "usage",
                          "--known-at %s: give a time such as 2024-03-22T17:00:00Z", time);
    }
    return no_error();
}

static struct error read_wish(const struct arguments *arguments, struct view_wish *wish)
{
    static const char *const kinds[] = {"programme", "segment", "category", "sponsor", "late"};
    const char *date = argument(arguments, "as-of");
    wish->day = DAY_NONE;
    wish->by = argument(arguments, "by");
    wish->region = argument(arguments, "region");
    wish->json = argument_given(arguments, "json");
    wish->batches = argument_given(arguments, "batches");
    if (date != NULL && !day_parse(date, (uint32_t)strlen(date), &wish->day)) {
        return error_make(ERROR_USAGE, "usage", "--as-of %s: give a date such as 2024-03-22", date);
    }
    TRY(read_known_at(arguments, wish));
    bool known = wish->by == NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        known = known || strcmp(wish->by, kinds[i]) == 0;
    }
    if (!known) {
        return error_make(ERROR_USAGE, "usage",
                          "--by %s: give programme, segment, category or sponsor, or late",
                          wish->by);
    }
    return no_error();
}

static void print_share(const struct region_figures *region)
{
    if (region->coverage_bp == NUMBER_NONE) {
        printf("  %8s  %s\n", "-",
               region->quarantined.present ? "base quarantined: it exceeds the population"
                                           : "no base");
        return;
    }
    printf("  %4" PRId64 ".%02" PRId64 " %%  of %" PRId64 " %s %" PRId64 " (%s)\n",
           region->coverage_bp / 100, region->coverage_bp % 100, region->base.value,
           region->base.kind, region->base.year, region->base.source);
}

/* Measures whose name begins with `by`, named by what follows, or with `whole` as they are. */
static void print_split(const struct region_figures *region, const char *by, bool whole)
{
    const size_t length = strlen(by);
    for (size_t i = 0; i < region->count; i++) {
        const char *name = region->figures[i].name;
        if (strncmp(name, by, length) == 0 && name[length] == ':') {
            printf("         %-34.34s %12" PRId64 "\n", whole ? name : name + length + 1,
                   region->figures[i].value);
        }
    }
}

/* Rupiah overdue on the day, what lateness has cost until then if nothing else arrives, and what
   came of payments that arrived late. */
static void print_late(const struct region_figures *region)
{
    print_split(region, "overdue_idr", true);
    print_split(region, "late_cost_to_date_idr", true);
    print_split(region, "late_cost_idr", true);
}

static void print_region(const struct rules *rules, const struct region_figures *region,
                         const struct view_wish *wish)
{
    printf("%-6s  %-34.34s %12" PRId64, region->code, region_name(rules, region->code),
           region_figure(region, "active"));
    print_share(region);
    if (wish->by != NULL && strcmp(wish->by, "late") == 0) {
        print_late(region);
    } else if (wish->by != NULL) {
        print_split(region, wish->by, false);
    }
}

static void print_figures(const struct rules *rules, const struct figures *figures,
                          const struct view_wish *wish)
{
    if (!wish->json) {
        char date[DAY_TEXT_BYTES];
        char as_of[TIME_TEXT_BYTES];
        day_print(figures->day, date);
        time_print(figures->meta.as_of, as_of);
        printf("active on %s, as known at %s\n", date, as_of);
    }
    for (size_t i = 0; i < figures->count; i++) {
        const struct region_figures *region = &figures->regions[i];
        if (wish->region != NULL && strcmp(wish->region, region->code) != 0) {
            continue;
        }
        if (wish->json) {
            region_line_print(stdout, figures->day, region);
        } else {
            print_region(rules, region, wish);
        }
    }
}

static void print_batch_line(const struct batch_figure *batch)
{
    uint8_t bytes[BATCH_LINE_BYTES];
    struct buffer line = buffer_over(bytes, sizeof bytes);
    struct json_object object;
    json_object_open(&object, &line, NULLS_PRINTED);
    json_put_text(&object, "kind", TEXT("batch"));
    json_put_text(&object, "batch_id", text_of_string(batch->batch_id));
    json_put_text(&object, "source", text_of_string(batch->source));
    json_put_text(&object, "state", text_of_string(batch->state));
    json_put_number(&object, "declared", batch->declared);
    json_put_number(&object, "counted", batch->counted);
    json_put_number(&object, "refused", batch->refused);
    json_put_number(&object, "declared_total_idr", batch->declared_total_idr);
    json_put_number(&object, "counted_total_idr", batch->counted_total_idr);
    json_object_close(&object);
    assert(!line.overflow);
    printf("%.*s\n", (int)line.length, (const char *)bytes);
}

static void print_batch(const struct batch_figure *batch, bool json)
{
    if (json) {
        print_batch_line(batch);
        return;
    }
    printf("%-40s %-8s  declared %10" PRId64 "  counted %10" PRId64 "  refused %8" PRId64
           "  declared by %s\n",
           batch->batch_id, batch->state, batch->declared, batch->counted, batch->refused,
           batch->source[0] == '\0' ? "nobody" : batch->source);
}

static struct error show_batches(struct redis *redis, bool json)
{
    struct batch_figure *batches = NULL;
    size_t count = 0;
    TRY(figures_batches(redis, &batches, &count));
    for (size_t i = 0; i < count; i++) {
        print_batch(&batches[i], json);
    }
    free(batches);
    return no_error();
}

static struct error show(const struct settings *settings, const struct view_wish *wish,
                         struct redis *redis, struct rules *rules)
{
    if (wish->batches) {
        return show_batches(redis, wish->json);
    }
    struct figures figures;
    TRY(rules_of_settings(settings, rules));
    TRY(figures_read(redis, rules, wish->day, &figures));
    print_figures(rules, &figures, wish);
    figures_close(&figures);
    return no_error();
}

/* Without a day of its own, that of the time in Jakarta, as the roll-up does. */
static struct error show_known_at(const struct settings *settings, struct view_wish *wish,
                                  const struct connections *connections, struct rules *rules)
{
    struct figures figures = {.count = 0};
    const day_t day =
        wish->day != DAY_NONE ? wish->day : day_of_time(wish->known_at.time, WIB_HOURS);
    wish->known_at.input_bytes_max = settings->input_bytes_max;
    TRY(rules_of_settings(settings, rules));
    const struct error error = known_at_read(connections, &wish->known_at, day, &figures);
    if (!failed(&error)) {
        print_figures(rules, &figures, wish);
    }
    figures_close(&figures);
    return error;
}

static struct error show_now(const struct settings *settings, const struct view_wish *wish,
                             const struct connections *connections, struct rules *rules)
{
    struct redis *redis = NULL;
    TRY(redis_open(&connections->redis, -1, &redis));
    const struct error error = show(settings, wish, redis, rules);
    redis_close(redis);
    return error;
}

static struct error coverage(const struct settings *settings, const struct arguments *arguments,
                             struct rules *rules)
{
    struct view_wish wish;
    TRY(read_wish(arguments, &wish));
    struct connections connections;
    connections_of(settings, &connections);
    return wish.known_at.time != INT64_MAX ? show_known_at(settings, &wish, &connections, rules)
                                           : show_now(settings, &wish, &connections, rules);
}

int command_coverage(const struct settings *settings, const struct arguments *arguments)
{
    struct rules *rules = calloc(1, sizeof *rules);
    assert(rules != NULL);
    const struct error error = coverage(settings, arguments, rules);
    free(rules);
    return command_report("coverage", &error);
}
