/* Coverage over time: a year back and a year ahead, as a picture, in words and as a table. */
#include <stdlib.h>
#include <string.h>

#include "dashboard/blocks.h"
#include "dashboard/names.h"
#include "dashboard/parts.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

#define MONTHS 12
#define DAYS_MAX 740
#define HEIGHT 1000 /* of the picture, in its own units; its width is its days × 10 */
#define DAY_WIDTH 10
#define NAMED_MAX 3 /* categories and sponsors named in a sentence */

struct curve {
    day_t from, day;
    size_t count;
    int64_t values[DAYS_MAX];
    int64_t top; /* of the picture: a round number, at least the greatest value */
};

/* The next of 1, 1.2, 1.6, 2 … times a power of ten. */
static int64_t round_up(int64_t value)
{
    static const int64_t tenths[] = {10, 12, 16, 20, 24, 32, 40, 60, 80, 100};
    int64_t unit = 1;
    while (unit <= value / 100) {
        unit *= 10;
    }
    for (size_t i = 0; i < sizeof tenths / sizeof *tenths; i++) {
        if (value <= tenths[i] * unit) {
            return tenths[i] * unit;
        }
    }
    return value;
}

static void curve_of(const struct region_days *days, day_t day, struct curve *curve)
{
    int64_t most = 1;
    curve->day = day;
    curve->from = day_add_months(day, -MONTHS);
    const day_t to = day_add_months(day, MONTHS);
    curve->count = (size_t)(to - curve->from) + 1;
    curve->count = curve->count > DAYS_MAX ? DAYS_MAX : curve->count;
    region_days_series(days, "active", curve->from, curve->count, curve->values);
    for (size_t i = 0; i < curve->count; i++) {
        most = curve->values[i] > most ? curve->values[i] : most;
    }
    curve->top = round_up(most);
}

static int64_t value_on(const struct curve *curve, day_t day)
{
    const int64_t at = (int64_t)day - curve->from;
    return at < 0 || at >= (int64_t)curve->count ? 0 : curve->values[at];
}

/* The picture. */

static int64_t height_of(const struct curve *curve, int64_t value)
{
    /* Down from the top; what is below 0 cannot be. */
    return HEIGHT - value * HEIGHT / curve->top;
}

/* Days from `first` to `last` as steps: cover ends at the end of a day, not along it. */
static void put_path(struct page *page, const struct curve *curve, size_t first, size_t last,
                     const char *class_name)
{
    put(page, "<path class=\"");
    put(page, class_name);
    put(page, "\" d=\"M");
    buffer_number(page->out, (int64_t)first * DAY_WIDTH);
    put(page, " ");
    buffer_number(page->out, height_of(curve, curve->values[first]));
    for (size_t i = first + 1; i <= last; i++) {
        if (curve->values[i] != curve->values[i - 1] || i == last) {
            put(page, "H");
            buffer_number(page->out, (int64_t)i * DAY_WIDTH);
            put(page, "V");
            buffer_number(page->out, height_of(curve, curve->values[i]));
        }
    }
    put(page, "\"/>");
}

static void put_line(struct page *page, int64_t x1, int64_t y1, int64_t x2, int64_t y2,
                     const char *class_name)
{
    const int64_t places[] = {x1, y1, x2, y2};
    static const char *const names[] = {" x1=\"", "\" y1=\"", "\" x2=\"", "\" y2=\""};
    put(page, "<line class=\"");
    put(page, class_name);
    put(page, "\"");
    for (size_t i = 0; i < 4; i++) {
        put(page, names[i]);
        buffer_number(page->out, places[i]);
    }
    put(page, "\"/>");
}

static void put_svg(struct page *page, const struct curve *curve)
{
    const int64_t width = (int64_t)(curve->count - 1) * DAY_WIDTH;
    const size_t today = (size_t)(curve->day - curve->from);
    put(page, "<svg class=\"curve\" role=\"img\" aria-labelledby=\"curve-words\" viewBox=\"0 0 ");
    buffer_number(page->out, width);
    put(page, " ");
    buffer_number(page->out, HEIGHT);
    put(page, "\" preserveAspectRatio=\"none\" focusable=\"false\">");
    for (int64_t i = 0; i <= 4; i++) {
        put_line(page, 0, i * HEIGHT / 4, width, i * HEIGHT / 4, "grid");
    }
    put_line(page, (int64_t)today * DAY_WIDTH, 0, (int64_t)today * DAY_WIDTH, HEIGHT, "today");
    put_path(page, curve, 0, today, "past");
    put_path(page, curve, today, curve->count - 1, "ahead");
    put(page, "</svg>");
}

static void put_axis(struct page *page, const struct curve *curve)
{
    put(page, "<div class=\"y\" aria-hidden=\"true\">");
    for (int64_t i = 4; i >= 0; i--) {
        put(page, "<span>");
        if (curve->top % 4 == 0 || i % 4 == 0) {
            say_number(page->out, page->language, curve->top * i / 4);
        }
        put(page, "</span>");
    }
    put(page, "</div>");
}

static void put_times(struct page *page, const struct curve *curve)
{
    put(page, "<div class=\"x\" aria-hidden=\"true\">");
    for (int months = -MONTHS; months <= MONTHS; months += MONTHS / 2) {
        put(page, months == 0 ? "<b>" : "<span>");
        say_day_short(page->out, page->language, day_add_months(curve->day, months));
        put(page, months == 0 ? "</b>" : "</span>");
    }
    put(page, "</div>\n");
}

/* In words. */

static int by_size(const void *a, const void *b)
{
    const struct figure *x = a;
    const struct figure *y = b;
    const int64_t sizes[] = {llabs(x->value), llabs(y->value)};
    if (sizes[0] != sizes[1]) {
        return sizes[0] < sizes[1] ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

/* "−35 KPPS petugas …, −8 PPK …" of one kind. */
static void put_most(struct page *page, const struct figure *changes, size_t count,
                     const char *kind)
{
    unsigned named = 0;
    for (size_t i = 0; i < count && named < NAMED_MAX; i++) {
        const char *code = measure_part(changes[i].name, kind);
        if (code == NULL) {
            continue;
        }
        if (named == 0) {
            put(page, " <span class=\"because\">");
            put_defined(page, kind);
            put(page, ": ");
        } else {
            put(page, ", ");
        }
        say_change(page->out, page->language, changes[i].value);
        put(page, " ");
        put_code(page, kind, code);
        named++;
    }
    put(page, named == 0 ? "" : ".</span>");
}

/* Cover that is missed from the first day of a month on had its last day before it. */
static void put_last_days(struct page *page, bool falls, day_t from, day_t to)
{
    if (falls) {
        put_either(page, " Hari terakhir: ", " Last day: ");
        say_days(page->out, page->language, from, to - 1);
        put(page, ".");
    }
}

/* What a month changes, from the last day of the one before to its own. */
static void put_month(struct page *page, const struct curve *curve, const struct region_days *days,
                      int months, const char *words)
{
    const day_t from = month_end(curve->day, months - 1);
    const day_t to = month_end(curve->day, months);
    struct figure *changes = NULL;
    size_t count = 0;
    region_days_change(days, from, to, &changes, &count);
    qsort(changes, count, sizeof *changes, by_size);
    put(page, "<li>");
    put(page, words);
    put(page, " (");
    say_month(page->out, page->language, to);
    put(page, "): ");
    put_movement(page, value_on(curve, from), value_on(curve, to), months == 0 ? AROUND : AHEAD);
    put_last_days(page, value_on(curve, to) < value_on(curve, from), from, to);
    put_most(page, changes, count, "category");
    put_most(page, changes, count, "sponsor");
    put(page, "</li>\n");
    free(changes);
}

/* The month after the next in which most is lost; 0: none of them loses anybody. */
static int worst_month(const struct curve *curve)
{
    int worst = 0;
    int64_t most = 0;
    for (int months = 2; months < MONTHS; months++) {
        const int64_t change = value_on(curve, month_end(curve->day, months)) -
                               value_on(curve, month_end(curve->day, months - 1));
        if (change < most) {
            most = change;
            worst = months;
        }
    }
    return worst;
}

static void put_words(struct page *page, const struct curve *curve, const struct region_days *days)
{
    const int worst = worst_month(curve);
    put(page, "<ul class=\"months\" id=\"curve-words\">\n");
    put_month(page, curve, days, 0, either(page, "Bulan ini", "This month"));
    put_month(page, curve, days, 1, either(page, "Bulan depan", "Next month"));
    if (worst != 0) {
        put_month(page, curve, days, worst,
                  either(page, "Penurunan terbesar sesudahnya", "The greatest fall after that"));
    }
    put(page, "</ul>\n");
}

/* As a table. */

static void put_table(struct page *page, const struct curve *curve)
{
    put(page, "<details id=\"months\"><summary>");
    put_either(page, "Kurva sebagai tabel", "The curve as a table");
    put(page, "</summary><table><caption class=\"hidden\">");
    put_either(page, "Terlindungi pada hari terakhir setiap bulan",
               "Covered on the last day of each month");
    put(page, "</caption><thead><tr><th scope=\"col\">");
    put_either(page, "Akhir bulan", "End of");
    put(page, "</th><th scope=\"col\" class=\"n\">");
    put_defined(page, "active");
    put(page, "</th><th scope=\"col\" class=\"n\">");
    put_defined(page, "change");
    put(page, "</th></tr></thead><tbody>\n");
    for (int months = -MONTHS + 1; months < MONTHS; months++) {
        const int64_t value = value_on(curve, month_end(curve->day, months));
        put(page, months < 0 ? "<tr>" : "<tr class=\"ahead\">");
        put(page, "<th scope=\"row\">");
        say_month(page->out, page->language, month_end(curve->day, months));
        put(page, "</th>");
        cell_number(page, value);
        put(page, "<td class=\"n\">");
        say_change(page->out, page->language,
                   value - value_on(curve, month_end(curve->day, months - 1)));
        put(page, "</td></tr>\n");
    }
    put(page, "</tbody></table></details>\n");
}

void block_curve(struct page *page, const struct region_days *days)
{
    static _Thread_local struct curve curve;
    curve_of(days, page->board->figures.day, &curve);
    section_begin(
        page, "curve", "curve",
        either(page, "Setahun ke belakang, setahun ke depan", "A year back, a year ahead"));
    put_words(page, &curve, days);
    put(page, "<div class=\"plot\">");
    put_axis(page, &curve);
    put_svg(page, &curve);
    put_times(page, &curve);
    put(page, "</div>\n");
    put_table(page, &curve);
    section_end(page);
}
