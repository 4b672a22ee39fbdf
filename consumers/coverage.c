/* `jaga coverage`: the public figures by region, for any day. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "consumers/batches.h"
#include "consumers/coverage_tables.h"
#include "consumers/known_at.h"
#include "consumers/region_lines.h"
#include "consumers/watch.h"
#include "lane/connect.h"
#include "support/command.h"

const struct flag coverage_flags[] = {
    {"as-of", "DATE", "The figures of this day, as known now. Default: the day of the figures."},
    {"by", "KIND",
     "Split by programme, segment, category or sponsor; late: payments overdue and their cost."},
    {"region", "CODE", "Only this region, in full: 36.74, a province such as 36, or ID."},
    {"level", "LEVEL", "Only regions of this level: province or regency (cities are regencies)."},
    {"json", NULL, "One JSON object a region, as `jaga try --coverage` prints them."},
    {"known-at", "TIME", "As it was known at this time: the log is replayed until then."},
    {"archive", "DIR", "With --known-at: replay this archive; no server is needed."},
    {"batches", NULL, "The declared batches and what was counted of them."},
    WATCH_FLAG,
    {NULL, NULL, NULL},
};

#define WIB_HOURS 7

struct coverage {
    struct rules rules;
    struct connections connections;
    struct redis *redis;
    struct coverage_view view;
    day_t day;
    bool json, batches;
    uint32_t seconds;         /* of --watch; 0: once */
    struct known_at known_at; /* time INT64_MAX: as known now */
};

/* ---- What is wanted ---- */

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || strcmp(word, words[i]) == 0;
    }
    return found;
}

static struct error read_known_at(const struct arguments *arguments, struct coverage *out)
{
    const char *time = argument(arguments, "known-at");
    out->known_at.time = INT64_MAX;
    out->known_at.archive = argument(arguments, "archive");
    out->view.is_replayed = time != NULL;
    if (time == NULL && out->known_at.archive != NULL) {
        return error_make(ERROR_USAGE, "usage", "--archive goes with --known-at TIME");
    }
    if (time != NULL && (out->batches || out->seconds > 0)) {
        return error_make(ERROR_USAGE, "usage", "--%s shows what is known now",
                          out->batches ? "batches" : "watch");
    }
    if (time != NULL && !time_parse(time, (uint32_t)strlen(time), &out->known_at.time)) {
        return error_make(ERROR_USAGE, "usage",
                          "--known-at %s: give a time such as 2024-03-22T17:00:00Z", time);
    }
    return no_error();
}

/* "ID", "36" or "36.74". */
static bool is_region_code(const char *code)
{
    static const char digits[] = "0123456789";
    const size_t length = strlen(code);
    if (strcmp(code, "ID") == 0) {
        return true;
    }
    return strspn(code, digits) == 2 &&
           (length == 2 || (length == 5 && code[2] == '.' && strspn(code + 3, digits) == 2));
}

static struct error read_regions(const struct arguments *arguments, struct coverage_view *view)
{
    const char *level = argument(arguments, "level");
    view->region = argument(arguments, "region");
    view->level = LEVEL_ALL;
    if (view->region != NULL && !is_region_code(view->region)) {
        return error_make(ERROR_USAGE, "usage",
                          "--region %s: give a code such as 36.74, a province such as 36, or ID",
                          view->region);
    }
    if (level != NULL && view->region != NULL) {
        return error_make(ERROR_USAGE, "usage", "--region and --level exclude each other");
    }
    if (level != NULL) {
        view->level = strcmp(level, "province") == 0  ? LEVEL_PROVINCE
                      : strcmp(level, "regency") == 0 ? LEVEL_REGENCY
                                                      : LEVEL_COUNTRY;
    }
    if (view->level == LEVEL_COUNTRY) {
        return error_make(ERROR_USAGE, "usage", "--level %s: give province or regency", level);
    }
    return no_error();
}

static struct error read_wish(const struct arguments *arguments, struct coverage *out)
{
    static const char *const kinds[] = {"programme", "segment", "category", "sponsor", "late"};
    const char *date = argument(arguments, "as-of");
    out->day = DAY_NONE;
    out->json = argument_given(arguments, "json");
    out->batches = argument_given(arguments, "batches");
    out->view.by = argument(arguments, "by");
    if (date != NULL && !day_parse(date, (uint32_t)strlen(date), &out->day)) {
        return error_make(ERROR_USAGE, "usage", "--as-of %s: give a date such as 2024-03-22", date);
    }
    TRY(watch_seconds(arguments, &out->seconds));
    TRY(read_known_at(arguments, out));
    TRY(read_regions(arguments, &out->view));
    if (out->view.by != NULL && !is_one_of(out->view.by, kinds, sizeof kinds / sizeof *kinds)) {
        return error_make(ERROR_USAGE, "usage",
                          "--by %s: give programme, segment, category or sponsor, or late",
                          out->view.by);
    }
    return no_error();
}

/* ---- Printing ---- */

static void print_json(const struct coverage *coverage, const struct figures *figures, FILE *out)
{
    for (size_t i = 0; i < figures->count; i++) {
        const char *code = figures->regions[i].code;
        const struct coverage_view *view = &coverage->view;
        if ((view->region == NULL || strcmp(view->region, code) == 0) &&
            (view->level == LEVEL_ALL || view->level == region_level_of(code))) {
            region_line_print(out, figures->day, &figures->regions[i]);
        }
    }
}

static void print_figures(const struct coverage *coverage, const struct figures *figures,
                          const struct terminal *terminal, FILE *out)
{
    if (coverage->json) {
        print_json(coverage, figures, out);
    } else {
        coverage_print(&coverage->view, figures, terminal, out);
    }
}

static struct error print_batches(const struct coverage *coverage, const struct terminal *terminal,
                                  FILE *out)
{
    struct batch_figure *batches = NULL;
    size_t count = 0;
    TRY(figures_batches(coverage->redis, &batches, &count));
    for (size_t i = 0; i < count && coverage->json; i++) {
        batch_print_json(out, &batches[i]);
    }
    if (!coverage->json) {
        batches_print(batches, count, false, terminal, out);
    }
    free(batches);
    return no_error();
}

static struct error answer(void *context, const struct terminal *terminal, FILE *out)
{
    struct coverage *coverage = context;
    struct figures figures;
    if (coverage->batches) {
        return print_batches(coverage, terminal, out);
    }
    TRY(figures_read(coverage->redis, &coverage->rules, coverage->day, &figures));
    print_figures(coverage, &figures, terminal, out);
    figures_close(&figures);
    return no_error();
}

/* ---- Running ---- */

/* Without a day of its own, that of the time in Jakarta, as the roll-up does. */
static struct error show_known_at(struct coverage *coverage)
{
    struct figures figures = {.count = 0};
    const struct terminal terminal = terminal_of(STDOUT_FILENO);
    const day_t day =
        coverage->day != DAY_NONE ? coverage->day : day_of_time(coverage->known_at.time, WIB_HOURS);
    const struct error error =
        known_at_read(&coverage->connections, &coverage->known_at, day, &figures);
    if (!failed(&error)) {
        print_figures(coverage, &figures, &terminal, stdout);
    }
    figures_close(&figures);
    return error;
}

static struct error show_now(struct coverage *coverage)
{
    if (coverage->seconds == 0) {
        const struct terminal terminal = terminal_of(STDOUT_FILENO);
        return answer(coverage, &terminal, stdout);
    }
    watch_run(&(struct watch){.seconds = coverage->seconds,
                              .json = coverage->json,
                              .title = "jaga coverage",
                              .context = coverage,
                              .answer = answer});
    return no_error();
}

static struct error run(const struct settings *settings, const struct arguments *arguments,
                        struct coverage *coverage)
{
    TRY(read_wish(arguments, coverage));
    connections_of(settings, &coverage->connections);
    coverage->view.rules = &coverage->rules;
    if (!coverage->batches) {
        TRY(rules_of_settings(settings, &coverage->rules));
    }
    if (coverage->view.is_replayed) {
        coverage->known_at.input_bytes_max = settings->input_bytes_max;
        return show_known_at(coverage);
    }
    if (coverage->seconds > 0) {
        watch_hasten(&coverage->connections);
    }
    TRY(redis_open(&coverage->connections.redis, -1, &coverage->redis));
    const struct error error = show_now(coverage);
    redis_close(coverage->redis);
    return error;
}

int command_coverage(const struct settings *settings, const struct arguments *arguments)
{
    struct coverage *coverage = calloc(1, sizeof *coverage);
    assert(coverage != NULL);
    const struct error error = run(settings, arguments, coverage);
    free(coverage);
    return command_report("coverage", &error);
}
