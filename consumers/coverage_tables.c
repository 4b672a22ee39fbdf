#include "consumers/coverage_tables.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/coverage_region.h"
#include "consumers/text_table.h"
#include "support/clock.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))
#define BAR_COLUMNS 20
#define BAR_BYTES (3 * BAR_COLUMNS + 1)
#define FULL_BP 10000
#define LANES_LISTED_MAX 4
#define SEQUENCES_BYTES 160

enum region_level region_level_of(const char *code)
{
    if (strcmp(code, "ID") == 0) {
        return LEVEL_COUNTRY;
    }
    return strlen(code) == 2 ? LEVEL_PROVINCE : LEVEL_REGENCY;
}

/* ---- What it is ---- */

/* "sequences 12, 9 of lanes 0 to 1"; of many lanes the least and the most. */
static void print_sequences(const struct figures *figures, char out[SEQUENCES_BYTES])
{
    int64_t least = INT64_MAX;
    int64_t most = 0;
    int length = snprintf(out, SEQUENCES_BYTES, "sequences ");
    for (size_t lane = 0; lane < figures->lane_count; lane++) {
        const int64_t sequence = figures->sequences[lane];
        least = sequence < least ? sequence : least;
        most = sequence > most ? sequence : most;
        if (figures->lane_count <= LANES_LISTED_MAX) {
            length += snprintf(out + length, SEQUENCES_BYTES - (size_t)length, "%s%" PRId64,
                               lane > 0 ? ", " : "", sequence);
        }
    }
    if (figures->lane_count > LANES_LISTED_MAX) {
        length += snprintf(out + length, SEQUENCES_BYTES - (size_t)length,
                           "%" PRId64 " to %" PRId64, least, most);
    }
    (void)snprintf(out + length, SEQUENCES_BYTES - (size_t)length, " of lanes 0 to %zu",
                   figures->lane_count - 1);
}

static void say_position(const struct figures *figures, const struct terminal *terminal, FILE *out)
{
    char sequences[SEQUENCES_BYTES];
    char age[AGE_BYTES];
    age_print(clock_wall_us() - figures->meta.updated_at, age);
    print_sequences(figures, sequences);
    terminal_say(terminal, out, STYLE_DIM,
                 "written to Redis %s ago, from the journals' %s; jaga status says whether that is "
                 "all there is",
                 age, sequences);
}

static void say_heading(const struct coverage_view *view, const struct figures *figures,
                        const struct terminal *terminal, FILE *out)
{
    char date[DAY_TEXT_BYTES];
    char as_of[TIME_TEXT_BYTES];
    day_print(figures->day, date);
    time_print(figures->meta.as_of, as_of);
    terminal_say(terminal, out, STYLE_HEADING, "Coverage on %s, as known at %s%s", date, as_of,
                 view->is_replayed ? " (the log replayed until then)" : "");
    if (figures->lane_count > 0) {
        say_position(figures, terminal, out);
    }
    if (view->by == NULL) {
        terminal_say(
            terminal, out, STYLE_DIM,
            "coverage: people covered on the day as a share of the base, cut to 0.01 %%. "
            "Base: ELIGIBLE, else WORKERS, else LABOUR_FORCE, of the nearest year; -: there is "
            "none");
    } else if (strcmp(view->by, "late") != 0) {
        terminal_say(terminal, out, STYLE_DIM,
                     "share: of the people covered on the day. One person may count in several "
                     "rows");
    }
}

/* ---- A region's share ---- */

void share_print(int64_t basis_points, char out[SHARE_BYTES])
{
    char whole[THOUSANDS_BYTES];
    thousands(basis_points / 100, whole);
    (void)snprintf(out, SHARE_BYTES, "%s.%02d %%", whole, (int)(basis_points % 100));
}

/* A full bar is 100 %; what is above it ends in ">". */
static void bar_print(const struct terminal *terminal, int64_t basis_points, char out[BAR_BYTES])
{
    const bool is_over = basis_points > FULL_BP;
    const int64_t full = is_over ? BAR_COLUMNS - 1 : basis_points * BAR_COLUMNS / FULL_BP;
    char *to = out;
    for (int64_t i = 0; i < BAR_COLUMNS; i++) {
        const char *mark = terminal->utf8 ? "\xE2\x96\x91" : ".";
        if (i < full) {
            mark = terminal->utf8 ? "\xE2\x96\x88" : "#";
        } else if (is_over) {
            mark = ">";
        }
        to = mempcpy(to, mark, strlen(mark));
    }
    *to = '\0';
}

void remark_print(const struct region_figures *region, char out[REMARK_BYTES])
{
    const struct base_figure *base = &region->quarantined;
    out[0] = '\0';
    if (base->present) {
        char value[THOUSANDS_BYTES];
        char more[32] = "";
        thousands(base->value, value);
        if (region->quarantined_count > 1) {
            (void)snprintf(more, sizeof more, ", and %u more", region->quarantined_count - 1);
        }
        (void)snprintf(out, REMARK_BYTES,
                       "%s %" PRId64 " (%s, %s) quarantined: it exceeds the population%s",
                       base->kind, base->year, value, base->source, more);
    } else if (region->coverage_bp == NUMBER_NONE) {
        (void)snprintf(out, REMARK_BYTES, "no base");
    }
}

/* ---- The ranking ---- */

static bool is_shown(const struct coverage_view *view, const char *code)
{
    const enum region_level level = region_level_of(code);
    if (view->region != NULL) {
        return strcmp(view->region, code) == 0;
    }
    return view->level == LEVEL_ALL || level == LEVEL_COUNTRY || level == view->level;
}

static const struct text_table_column ranking_columns[] = {
    {"rank", ALIGN_RIGHT, 0, 0, false},     {"code", ALIGN_LEFT, 0, 0, false},
    {"region", ALIGN_LEFT, 0, 16, false},   {"registered", ALIGN_RIGHT, 5, 0, false},
    {"active", ALIGN_RIGHT, 0, 0, false},   {"coverage", ALIGN_RIGHT, 0, 0, false},
    {"0 to 100 %", ALIGN_LEFT, 6, 0, true}, {"base", ALIGN_RIGHT, 1, 0, false},
    {"kind", ALIGN_LEFT, 2, 0, false},      {"year", ALIGN_RIGHT, 3, 0, false},
    {"source", ALIGN_LEFT, 4, 8, false},
};

static void add_coverage(struct text_table *table, const struct terminal *terminal,
                         int64_t coverage_bp)
{
    char share[SHARE_BYTES] = "-";
    char bar[BAR_BYTES] = "";
    enum style style = STYLE_DIM;
    if (coverage_bp != NUMBER_NONE) {
        style = coverage_bp > FULL_BP ? STYLE_BAD : STYLE_PLAIN;
        share_print(coverage_bp, share);
        if (terminal->is_terminal) {
            bar_print(terminal, coverage_bp, bar);
        }
    }
    text_table_text(table, style, share);
    text_table_text(table, style, bar);
}

static void add_base(struct text_table *table, const struct region_figures *region)
{
    if (region->base.present) {
        text_table_number(table, STYLE_PLAIN, region->base.value);
        text_table_text(table, STYLE_PLAIN, region->base.kind);
        text_table_format(table, STYLE_PLAIN, "%" PRId64, region->base.year);
        text_table_text(table, STYLE_DIM, region->base.source);
    } else {
        text_table_text(table, STYLE_DIM, "-");
        text_table_text(table, STYLE_PLAIN, "");
        text_table_text(table, STYLE_PLAIN, "");
        text_table_text(table, STYLE_PLAIN, "");
    }
}

/* Bases that cannot be right, of the regions shown. */
static void say_quarantined(const struct coverage_view *view, const struct figures *figures,
                            const struct terminal *terminal, FILE *out)
{
    bool any = false;
    for (size_t i = 0; i < figures->count; i++) {
        const struct region_figures *region = &figures->regions[i];
        if (is_shown(view, region->code) && region->quarantined.present) {
            char remark[REMARK_BYTES];
            remark_print(region, remark);
            fputs(any ? "" : "\n", out);
            any = true;
            terminal_say(terminal, out, STYLE_BAD, "%s %s: %s", region->code,
                         region_name(view->rules, region->code), remark);
        }
    }
}

/* `rank` 0: it has none. */
static void add_ranked(struct text_table *table, const struct coverage_view *view,
                       const struct region_figures *region, size_t rank,
                       const struct terminal *terminal)
{
    if (rank > 0) {
        text_table_number(table, STYLE_PLAIN, (int64_t)rank);
    } else {
        text_table_text(table, STYLE_PLAIN, "");
    }
    text_table_text(table, STYLE_PLAIN, region->code);
    text_table_text(table, STYLE_PLAIN, region_name(view->rules, region->code));
    text_table_number(table, STYLE_PLAIN, region_figure(region, "registered"));
    text_table_number(table, STYLE_PLAIN, region_figure(region, "active"));
    add_coverage(table, terminal, region->coverage_bp);
    add_base(table, region);
}

/* The highest share first, then those without a base by people covered, then by code. */
static int by_rank(const void *a, const void *b)
{
    const struct region_figures *x = *(const struct region_figures *const *)a;
    const struct region_figures *y = *(const struct region_figures *const *)b;
    const int64_t active_x = region_figure(x, "active");
    const int64_t active_y = region_figure(y, "active");
    if (x->coverage_bp != y->coverage_bp) { /* NUMBER_NONE is the smallest of all */
        return x->coverage_bp > y->coverage_bp ? -1 : 1;
    }
    if (active_x != active_y) {
        return active_x > active_y ? -1 : 1;
    }
    return strcmp(x->code, y->code);
}

static void add_level(struct text_table *table, const struct coverage_view *view,
                      const struct figures *figures, enum region_level level,
                      const struct terminal *terminal)
{
    const struct region_figures **ranked = calloc(figures->count + 1, sizeof *ranked);
    assert(ranked != NULL);
    size_t count = 0;
    for (size_t i = 0; i < figures->count; i++) {
        if (region_level_of(figures->regions[i].code) == level) {
            ranked[count++] = &figures->regions[i];
        }
    }
    qsort(ranked, count, sizeof *ranked, by_rank);
    for (size_t i = 0; i < count; i++) {
        const bool has_rank = level != LEVEL_COUNTRY && ranked[i]->coverage_bp != NUMBER_NONE;
        add_ranked(table, view, ranked[i], has_rank ? i + 1 : 0, terminal);
    }
    text_table_rule(table);
    free(ranked);
}

static void print_ranking(const struct coverage_view *view, const struct figures *figures,
                          const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(ranking_columns, COUNT_OF(ranking_columns));
    add_level(table, view, figures, LEVEL_COUNTRY, terminal);
    if (view->level != LEVEL_REGENCY) {
        add_level(table, view, figures, LEVEL_PROVINCE, terminal);
    }
    if (view->level != LEVEL_PROVINCE) {
        add_level(table, view, figures, LEVEL_REGENCY, terminal);
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
    say_quarantined(view, figures, terminal, out);
}

/* ---- A split of each region ---- */

const char *figure_part(const char *name, const char *by)
{
    const size_t length = strlen(by);
    return strncmp(name, by, length) == 0 && name[length] == ':' ? name + length + 1 : NULL;
}

static void add_split_row(struct text_table *table, const struct coverage_view *view,
                          const struct region_figures *region, const char *part, int64_t value)
{
    char share[SHARE_BYTES] = "-";
    const int64_t active = region_figure(region, "active");
    const enum style style = part == NULL ? STYLE_PLAIN : STYLE_DIM;
    if (active > 0) {
        share_print(coverage_basis_points(value, active), share);
    }
    text_table_text(table, style, region->code);
    text_table_text(table, style, region_name(view->rules, region->code));
    text_table_text(table, STYLE_PLAIN, part == NULL ? "all" : part);
    text_table_number(table, STYLE_PLAIN, value);
    text_table_text(table, STYLE_PLAIN, share);
}

static void print_split(const struct coverage_view *view, const struct figures *figures,
                        const struct terminal *terminal, FILE *out)
{
    const struct text_table_column columns[] = {
        {"code", ALIGN_LEFT, 0, 0, false},   {"region", ALIGN_LEFT, 1, 12, false},
        {view->by, ALIGN_LEFT, 0, 0, false}, {"active", ALIGN_RIGHT, 0, 0, false},
        {"share", ALIGN_RIGHT, 2, 0, false},
    };
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    for (size_t i = 0; i < figures->count; i++) {
        const struct region_figures *region = &figures->regions[i];
        if (!is_shown(view, region->code)) {
            continue;
        }
        add_split_row(table, view, region, NULL, region_figure(region, "active"));
        for (size_t j = 0; j < region->count; j++) {
            const char *part = figure_part(region->figures[j].name, view->by);
            if (part != NULL) {
                add_split_row(table, view, region, part, region->figures[j].value);
            }
        }
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}

/* Rupiah overdue on the day, what lateness has cost until then if nothing else arrives, and what
   came of payments that arrived late. */
static bool is_late(const char *name)
{
    return figure_part(name, "overdue_idr") != NULL ||
           figure_part(name, "late_cost_to_date_idr") != NULL ||
           figure_part(name, "late_cost_idr") != NULL;
}

static void print_late(const struct coverage_view *view, const struct figures *figures,
                       const struct terminal *terminal, FILE *out)
{
    static const struct text_table_column columns[] = {
        {"code", ALIGN_LEFT, 0, 0, false},
        {"region", ALIGN_LEFT, 1, 12, false},
        {"late", ALIGN_LEFT, 0, 0, false},
        {"Rp", ALIGN_RIGHT, 0, 0, false},
    };
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    bool any = false;
    for (size_t i = 0; i < figures->count; i++) {
        const struct region_figures *region = &figures->regions[i];
        for (size_t j = 0; j < region->count && is_shown(view, region->code); j++) {
            if (is_late(region->figures[j].name)) {
                any = true;
                text_table_text(table, STYLE_PLAIN, region->code);
                text_table_text(table, STYLE_PLAIN, region_name(view->rules, region->code));
                text_table_text(table, STYLE_PLAIN, region->figures[j].name);
                text_table_number(table, STYLE_PLAIN, region->figures[j].value);
            }
        }
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
    if (!any) {
        terminal_say(terminal, out, STYLE_GOOD, "Nothing is overdue, and nothing was late.");
    }
}

void coverage_print(const struct coverage_view *view, const struct figures *figures,
                    const struct terminal *terminal, FILE *out)
{
    const struct region_figures *region =
        view->region == NULL ? NULL : figures_region(figures, view->region);
    say_heading(view, figures, terminal, out);
    fputc('\n', out);
    if (view->region != NULL && region == NULL) {
        terminal_say(terminal, out, STYLE_PLAIN, "There are no figures for %s on that day.",
                     view->region);
    } else if (view->by != NULL && strcmp(view->by, "late") == 0) {
        print_late(view, figures, terminal, out);
    } else if (view->by != NULL) {
        print_split(view, figures, terminal, out);
    } else if (region != NULL) {
        region_print_all(view->rules, region, terminal, out);
    } else {
        print_ranking(view, figures, terminal, out);
    }
}
