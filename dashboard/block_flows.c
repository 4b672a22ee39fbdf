/* Why coverage changed last month, and what begins and ends around the day and in the months to
   come. */
#include <stdlib.h>
#include <string.h>

#include "dashboard/blocks.h"
#include "dashboard/flows.h"
#include "dashboard/parts.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

#define NAMED_MAX 3 /* codes named in a sentence */

static void put_number(struct page *page, int64_t number)
{
    put(page, "<b>");
    say_number(page->out, page->language, number);
    put(page, "</b>");
}

/* The row with the greatest value of a column after `before` (NULL: of all); NULL when there is
   none above 0. Equal ones follow in their order. */
static const struct flow_row *next_greatest(const struct flow_table *table, unsigned at,
                                            const struct flow_row *before)
{
    const struct flow_row *next = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct flow_row *row = &table->rows[i];
        const bool comes = before == NULL || row->values[at] < before->values[at] ||
                           (row->values[at] == before->values[at] && row > before);
        if (comes && row->values[at] > 0 && (next == NULL || row->values[at] > next->values[at])) {
            next = row;
        }
    }
    return next;
}

/* " 40 KPPS petugas …, 8 PPK …": the greatest of a column. */
static void put_greatest(struct page *page, const struct flow_table *table, unsigned at,
                         const char *kind)
{
    const struct flow_row *row = next_greatest(table, at, NULL);
    for (unsigned named = 0; named < NAMED_MAX && row != NULL; named++) {
        put(page, named == 0 ? " " : ", ");
        say_number(page->out, page->language, row->values[at]);
        put(page, " ");
        put_code(page, kind, row->code);
        row = next_greatest(table, at, row);
    }
}

struct by_kind { /* the same by category and by sponsor */
    struct flow_table category, sponsor;
};

static void by_kind_close(struct by_kind *both)
{
    flow_table_close(&both->category);
    flow_table_close(&both->sponsor);
}

/* ": 40 KPPS …, 8 PPK …; paid for by: 48 NPHD …." */
static void put_who(struct page *page, const struct by_kind *both, unsigned at)
{
    if (both->category.all[at] == 0) {
        put(page, ".");
        return;
    }
    put(page, ":<span class=\"because\">");
    put_defined(page, "category");
    put(page, ":");
    put_greatest(page, &both->category, at, "category");
    put(page, ".</span><span class=\"because\">");
    put_defined(page, "sponsor");
    put(page, ":");
    put_greatest(page, &both->sponsor, at, "sponsor");
    put(page, ".</span>");
}

static void put_third(struct page *page, int64_t number, bool net)
{
    if (!net) {
        cell_number(page, number);
        return;
    }
    put(page, "<td class=\"n\">");
    say_change(page->out, page->language, number);
    put(page, "</td>");
}

static void put_row(struct page *page, const char *kind, const struct flow_row *row, bool net)
{
    put(page, "<tr><th scope=\"row\">");
    put_code(page, kind, row->code);
    put(page, "</th>");
    cell_number(page, row->values[0]);
    cell_number(page, row->values[1]);
    put_third(page, row->values[2], net);
    put(page, "</tr>\n");
}

static void put_rows(struct page *page, const char *kind, const struct flow_table *table, bool net)
{
    table_group(page, kind, 1 + FLOW_COLUMNS);
    for (size_t i = 0; i < table->count; i++) {
        put_row(page, kind, &table->rows[i], net);
    }
}

static void put_all(struct page *page, const int64_t all[FLOW_COLUMNS], bool net)
{
    put(page, "<tr class=\"total\"><th scope=\"row\">");
    put_either(page, "semua", "all");
    put(page, "</th>");
    cell_number(page, all[0]);
    cell_number(page, all[1]);
    put_third(page, all[2], net);
    put(page, "</tr>\n");
}

/* Why it changed. */

struct past_month {
    day_t from, to; /* the last days of the month before, and of its own */
    int64_t before, after;
    struct by_kind moves;
};

static void put_begun(struct page *page, const struct past_month *month)
{
    const int64_t begun = month->moves.category.all[MOVED_BEGUN];
    put(page, "<li>");
    put_number(page, begun);
    put_either(page, " perlindungan mulai, dengan hari pertama ",
               begun == 1 ? " cover began, first day " : " covers began, first day ");
    say_days(page->out, page->language, month->from + 1, month->to);
    put_who(page, &month->moves, MOVED_BEGUN);
    put(page, "</li>\n");
}

static void put_ended(struct page *page, const struct past_month *month)
{
    const int64_t ended = month->moves.category.all[MOVED_ENDED];
    put(page, "<li>");
    put_number(page, ended);
    put_either(page, " perlindungan berakhir, dengan hari terakhir ",
               ended == 1 ? " cover ended, last day " : " covers ended, last day ");
    say_days(page->out, page->language, month->from, month->to - 1);
    put_who(page, &month->moves, MOVED_ENDED);
    put(page, "</li>\n");
}

/* People are counted once and where they live, covers each: the rest of the change. */
static void put_other(struct page *page, const struct past_month *month)
{
    const int64_t other = month->after - month->before - month->moves.category.all[MOVED_NET];
    if (other == 0) {
        return;
    }
    put(page, "<li><b>");
    say_change(page->out, page->language, other);
    put(page, "</b> ");
    put_defined_as(page, "why_other",
                   either(page,
                          "karena sebab lain: pindah tempat tinggal, atau orang dengan lebih "
                          "dari satu perlindungan",
                          "for other reasons: people who moved, or who have more than one cover"));
    put(page, ".</li>\n");
}

static void put_reasons(struct page *page, const struct past_month *month)
{
    const int64_t *all = month->moves.category.all;
    if (all[MOVED_BEGUN] == 0 && all[MOVED_ENDED] == 0 && month->before == month->after) {
        nothing(page, "Tidak ada perlindungan yang mulai atau berakhir.",
                "No cover began and none ended.");
        return;
    }
    put(page, "<ul class=\"months\">\n");
    if (month->after < month->before) { /* what explains it first */
        put_ended(page, month);
        put_begun(page, month);
    } else {
        put_begun(page, month);
        put_ended(page, month);
    }
    put_other(page, month);
    put(page, "</ul>\n");
}

static void put_moves(struct page *page, const struct past_month *month)
{
    const struct by_kind *moves = &month->moves;
    if (moves->category.all[MOVED_BEGUN] == 0 && moves->category.all[MOVED_ENDED] == 0) {
        return;
    }
    table_begin(page, "Perlindungan yang mulai dan berakhir bulan lalu",
                "Covers that began and ended last month");
    column(page, "Kategori atau pembayar", "Category or sponsor", false);
    column_defined(page, "begun");
    column_defined(page, "ended");
    column_defined(page, "moved");
    table_rows(page);
    put_all(page, moves->category.all, true);
    put_rows(page, "category", &moves->category, true);
    put_rows(page, "sponsor", &moves->sponsor, true);
    table_end(page);
}

void block_why(struct page *page, const struct region_days *days)
{
    const day_t day = page->board->figures.day;
    struct past_month month = {.from = calendar_month_of(day, -2).last,
                               .to = calendar_month_of(day, -1).last};
    month.before = region_days_value(days, "active", month.from);
    month.after = region_days_value(days, "active", month.to);
    moves_of(days, month.from, month.to, "category", &month.moves.category);
    moves_of(days, month.from, month.to, "sponsor", &month.moves.sponsor);
    section_begin(page, "why", "why",
                  either(page, "Mengapa berubah bulan lalu", "Why it changed last month"));
    put(page, "<p class=\"lead\">");
    put_either(page, "Jumlah yang terlindungi pada ", "In ");
    say_month(page->out, page->language, month.to);
    put_either(page, " ", " the number covered ");
    put_movement(page, month.before, month.after, BEHIND);
    put(page, "</p>\n");
    put_reasons(page, &month);
    put_moves(page, &month);
    section_end(page);
    by_kind_close(&month.moves);
}

/* What begins and ends. */

static void card_of_days(struct page *page, const char *definition, int64_t number, day_t first,
                         day_t last)
{
    card_begin(page, definition, false);
    put_number(page, number);
    put(page, "<span class=\"days\">");
    say_days(page->out, page->language, first, last);
    put(page, "</span>");
    card_end(page);
}

static void card_of_day(struct page *page, const char *definition, int64_t number, day_t day)
{
    card_begin(page, definition, false);
    put_number(page, number);
    put(page, "<span class=\"days\">");
    say_day_short(page->out, page->language, day);
    put(page, "</span>");
    card_end(page);
}

static void put_cards(struct page *page, const struct region_days *days)
{
    const day_t day = page->board->figures.day;
    const struct flows flows = flows_of(days, day);
    put(page, "<dl class=\"cards flows\">\n");
    card_of_day(page, "new_today", flows.new_today, day);
    card_of_day(page, "ended_today", flows.ended_today, day_within((int64_t)day - 1));
    card_of_days(page, "ending_7", flows.ending_7, day, day_within((int64_t)day + 6));
    card_of_days(page, "ending_30", flows.ending_30, day, day_within((int64_t)day + 29));
    card_of_day(page, "grace", flows.grace, day);
    card_of_day(page, "employers", flows.employers, day);
    put(page, "</dl>\n");
}

/* "Bulan depan, 1–30 Apr 2025, berakhir 826 perlindungan: …" */
static void put_month(struct page *page, const struct by_kind *ending, unsigned months,
                      const char *words)
{
    const struct calendar_month month = calendar_month_of(page->board->figures.day, (int)months);
    const int64_t count = ending->category.all[months];
    put(page, "<li>");
    put(page, words);
    put(page, ", ");
    say_days(page->out, page->language, month.first, month.last);
    if (count == 0) {
        put_either(page, ", tidak ada perlindungan yang berakhir", ", no cover ends");
    } else {
        put_either(page, ", berakhir ", ", ");
        put_number(page, count);
        put_either(page, " perlindungan", count == 1 ? " cover ends" : " covers end");
    }
    put_who(page, ending, months);
    put(page, "</li>\n");
}

/* Who looks a day ahead of the month's end must not miss those of this month. */
static void put_months_in_words(struct page *page, const struct by_kind *ending)
{
    put(page, "<ul class=\"months\">\n");
    put_month(page, ending, 1, either(page, "Bulan depan", "Next month"));
    put_month(page, ending, 0, either(page, "Bulan ini", "This month"));
    put(page, "</ul>\n<p class=\"nothing\">");
    put_either(
        page,
        "Perlindungan masih dihitung pada hari terakhirnya: yang berakhir pada hari terakhir "
        "sebuah bulan mengurangi jumlah yang terlindungi mulai bulan berikutnya.",
        "A cover still counts on its last day: one that ends on the last day of a month "
        "lowers the number covered from the month after on.");
    put(page, "</p>\n");
}

static void put_months(struct page *page, const struct by_kind *ending)
{
    static const char *const words[FLOW_COLUMNS][LANGUAGE_COUNT] = {
        {"Bulan ini", "This month"}, {"Bulan depan", "Next month"}, {"Sesudahnya", "Then"}};
    table_begin(page, "Perlindungan menurut bulan hari terakhirnya, sejauh diketahui sekarang",
                "Covers by the month of their last day, as known now");
    column(page, "Kategori atau pembayar", "Category or sponsor", false);
    for (int months = 0; months < FLOW_COLUMNS; months++) {
        put(page, "<th scope=\"col\" class=\"n\">");
        put(page, words[months][page->language]);
        put(page, "<br>");
        say_month(page->out, page->language,
                  calendar_month_of(page->board->figures.day, months).first);
        put(page, "</th>");
    }
    table_rows(page);
    put_all(page, ending->category.all, false);
    put_rows(page, "category", &ending->category, false);
    put_rows(page, "sponsor", &ending->sponsor, false);
    table_end(page);
}

void block_flows(struct page *page, const struct region_days *days)
{
    struct by_kind ending;
    ending_of(days, page->board->figures.day, "category", &ending.category);
    ending_of(days, page->board->figures.day, "sponsor", &ending.sponsor);
    section_begin(page, "flows", "flows",
                  either(page, "Yang mulai dan berakhir", "What begins and ends"));
    put_cards(page, days);
    subheading(page, "ending", either(page, "Yang berakhir bulan depan", "What ends next month"));
    if (ending.category.count == 0 && ending.sponsor.count == 0) {
        nothing(page, "Tidak ada perlindungan yang berakhir bulan ini dan dua bulan sesudahnya.",
                "No cover ends this month or in the two months after it.");
    } else {
        put_months_in_words(page, &ending);
        put_months(page, &ending);
    }
    section_end(page);
    by_kind_close(&ending);
}
