#include "consumers/claims_table.h"

#include <string.h>

#include "consumers/text_table.h"
#include "core/terms.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

void title_print(const struct terminal *terminal, FILE *out, const char *text)
{
    fputc('\n', out);
    terminal_say(terminal, out, STYLE_HEADING, "%s", text);
}

static int64_t figure_of(const struct region_figures *region, const char *stem, const char *first,
                         const char *second)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s:%s%s%s", stem, first, second[0] == '\0' ? "" : ":",
                   second);
    return region_figure(region, name);
}

static const struct text_table_column claim_columns[] = {
    {"claims", ALIGN_LEFT, 0, 0, false},       {"approved", ALIGN_RIGHT, 0, 0, false},
    {"rejected", ALIGN_RIGHT, 0, 0, false},    {"held", ALIGN_RIGHT, 0, 0, false},
    {"waiting", ALIGN_RIGHT, 0, 0, false},     {"payments", ALIGN_RIGHT, 1, 0, false},
    {"ordered, Rp", ALIGN_RIGHT, 2, 0, false},
};

/* In the order of enum verdict, which is that of the columns. */
static bool take_claims(const struct region_figures *region, const char *programme,
                        int64_t counts[VERDICT_COUNT])
{
    bool any = false;
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        counts[verdict] =
            figure_of(region, "claims", programme, term_name(&verdict_names, verdict));
        any = any || counts[verdict] != 0;
    }
    return any;
}

static void add_claims(struct text_table *table, const char *name,
                       const int64_t counts[VERDICT_COUNT], int64_t payments, int64_t paid_idr)
{
    text_table_text(table, STYLE_PLAIN, name);
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        text_table_number(table, STYLE_PLAIN, counts[verdict]);
    }
    text_table_number(table, STYLE_PLAIN, payments);
    text_table_number(table, STYLE_PLAIN, paid_idr);
}

void claims_print(const struct region_figures *region, const struct terminal *terminal, FILE *out)
{
    struct text_table *table = text_table_open(claim_columns, COUNT_OF(claim_columns));
    int64_t sums[VERDICT_COUNT] = {0};
    bool any = false;
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        const char *name = term_name(&programme_names, programme);
        int64_t counts[VERDICT_COUNT];
        if (!take_claims(region, name, counts)) {
            continue;
        }
        for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
            sums[verdict] += counts[verdict];
        }
        any = true;
        add_claims(table, name, counts, figure_of(region, "payments:programme", name, ""),
                   figure_of(region, "paid_idr:programme", name, ""));
    }
    if (any) {
        title_print(terminal, out, "Claims by programme and verdict, payments ordered");
        text_table_rule(table);
        add_claims(table, "all", sums, region_figure(region, "payments"),
                   region_figure(region, "paid_idr"));
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}

static const struct text_table_column payment_columns[] = {
    {"payments now", ALIGN_LEFT, 0, 0, false},
    {"count", ALIGN_RIGHT, 0, 0, false},
    {"Rp", ALIGN_RIGHT, 0, 0, false},
};

void payments_print(const struct region_figures *region, const struct terminal *terminal, FILE *out)
{
    static const char stem[] = "payments:status:";
    struct text_table *table = text_table_open(payment_columns, COUNT_OF(payment_columns));
    bool any = false;
    for (size_t i = 0; i < region->count; i++) {
        if (strncmp(region->figures[i].name, stem, sizeof stem - 1) == 0) {
            const char *status = region->figures[i].name + sizeof stem - 1;
            any = true;
            text_table_text(table, STYLE_PLAIN, status);
            text_table_number(table, STYLE_PLAIN, region->figures[i].value);
            text_table_number(table, STYLE_PLAIN, figure_of(region, "paid_idr:status", status, ""));
        }
    }
    if (any) {
        title_print(terminal, out, "Payments by present status");
    }
    text_table_print(table, out, terminal);
    text_table_close(table);
}
