#include "consumers/coverage_region.h"

#include <inttypes.h>
#include <string.h>

#include "consumers/claims_table.h"
#include "consumers/text_table.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

/* What a city hall asks for, in this order; those that Redis holds are shown. */
static const struct told {
    const char *name, *meaning;
    bool always;
} told[] = {
    {"active", "people covered on this day", true},
    {"registered", "people ever enrolled", true},
    {"memberships", "covers in force on this day", true},
    {"new_today", "covers that begin on this day", false},
    {"ended_today", "covers that are over from this day on", false},
    {"ending_7", "covers whose last day is among the 7 days from this day on", false},
    {"ending_30", "covers whose last day is among the 30 days from this day on", false},
    {"grace", "covers on a day of grace", false},
    {"employers", "employers with a cover on this day", false},
};

static bool has_figure(const struct region_figures *region, const char *name)
{
    for (size_t i = 0; i < region->count; i++) {
        if (strcmp(region->figures[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void say_share(const struct region_figures *region, const struct terminal *terminal,
                      FILE *out)
{
    char share[SHARE_BYTES];
    char base[THOUSANDS_BYTES];
    char remark[REMARK_BYTES];
    if (region->coverage_bp != NUMBER_NONE) {
        share_print(region->coverage_bp, share);
        thousands(region->base.value, base);
        terminal_say(terminal, out, STYLE_PLAIN, "coverage %s of %s %s %" PRId64 " (%s)", share,
                     base, region->base.kind, region->base.year, region->base.source);
    }
    remark_print(region, remark);
    if (remark[0] != '\0') {
        terminal_say(terminal, out, region->quarantined.present ? STYLE_BAD : STYLE_DIM, "%s",
                     remark);
    }
}

static void print_told(const struct region_figures *region, const struct terminal *terminal,
                       FILE *out)
{
    static const struct text_table_column columns[] = {
        {"figure", ALIGN_LEFT, 0, 0, false},
        {"value", ALIGN_RIGHT, 0, 0, false},
        {"what it is", ALIGN_LEFT, 1, 20, false},
    };
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        if (told[i].always || has_figure(region, told[i].name)) {
            text_table_text(table, STYLE_PLAIN, told[i].name);
            text_table_number(table, STYLE_PLAIN, region_figure(region, told[i].name));
            text_table_text(table, STYLE_DIM, told[i].meaning);
        }
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}

static void print_split(const struct region_figures *region, const char *by,
                        const struct terminal *terminal, FILE *out)
{
    const struct text_table_column columns[] = {
        {by, ALIGN_LEFT, 0, 0, false},
        {"active", ALIGN_RIGHT, 0, 0, false},
        {"share", ALIGN_RIGHT, 0, 0, false},
    };
    const int64_t active = region_figure(region, "active");
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    bool any = false;
    for (size_t i = 0; i < region->count; i++) {
        const char *part = figure_part(region->figures[i].name, by);
        if (part != NULL) {
            char share[SHARE_BYTES] = "-";
            if (active > 0) {
                share_print(coverage_basis_points(region->figures[i].value, active), share);
            }
            any = true;
            text_table_text(table, STYLE_PLAIN, part);
            text_table_number(table, STYLE_PLAIN, region->figures[i].value);
            text_table_text(table, STYLE_PLAIN, share);
        }
    }
    if (any) {
        fputc('\n', out);
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}

/* Whether one of the tables above has it. */
static bool is_told(const char *name)
{
    static const char *const kinds[] = {"programme",
                                        "segment",
                                        "category",
                                        "sponsor",
                                        "claims",
                                        "payments:programme",
                                        "paid_idr:programme",
                                        "payments:status",
                                        "paid_idr:status"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (figure_part(name, kinds[i]) != NULL) {
            return true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        if (strcmp(name, told[i].name) == 0) {
            return true;
        }
    }
    return strcmp(name, "payments") == 0 || strcmp(name, "paid_idr") == 0;
}

static void print_others(const struct region_figures *region, const struct terminal *terminal,
                         FILE *out)
{
    static const struct text_table_column columns[] = {
        {"other figures", ALIGN_LEFT, 0, 0, false},
        {"value", ALIGN_RIGHT, 0, 0, false},
    };
    struct text_table *table = text_table_open(columns, COUNT_OF(columns));
    bool any = false;
    for (size_t i = 0; i < region->count; i++) {
        if (!is_told(region->figures[i].name)) {
            any = true;
            text_table_text(table, STYLE_PLAIN, region->figures[i].name);
            text_table_number(table, STYLE_PLAIN, region->figures[i].value);
        }
    }
    if (any) {
        fputc('\n', out);
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}

void region_print_all(const struct rules *rules, const struct region_figures *region,
                      const struct terminal *terminal, FILE *out)
{
    static const char *const kinds[] = {"programme", "segment", "category", "sponsor"};
    terminal_say(terminal, out, STYLE_HEADING, "%s  %s", region->code,
                 region_name(rules, region->code));
    say_share(region, terminal, out);
    fputc('\n', out);
    print_told(region, terminal, out);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        print_split(region, kinds[i], terminal, out);
    }
    claims_print(region, terminal, out);
    payments_print(region, terminal, out);
    print_others(region, terminal, out);
}
