#include "dashboard/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "dashboard/parts.h"
#include "dashboard/say.h"

/* Tables. */

void table_begin(struct page *page, const char *indonesian, const char *english)
{
    put(page, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"");
    put_either(page, indonesian, english);
    put(page, "\"><table><caption>");
    put_either(page, indonesian, english);
    put(page, "</caption><thead><tr>");
}

void column(struct page *page, const char *indonesian, const char *english, bool numbers)
{
    put(page, numbers ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    put_either(page, indonesian, english);
    put(page, "</th>");
}

void column_defined(struct page *page, const char *definition)
{
    put(page, "<th scope=\"col\" class=\"n\">");
    put_defined(page, definition);
    put(page, "</th>");
}

void column_defined_as(struct page *page, const char *definition, const char *text)
{
    put(page, "<th scope=\"col\" class=\"n\">");
    put_defined_as(page, definition, text);
    put(page, "</th>");
}

void table_rows(struct page *page)
{
    put(page, "</tr></thead><tbody>\n");
}

void table_end(struct page *page)
{
    put(page, "</tbody></table></div>\n");
}

void table_group(struct page *page, const char *definition, unsigned columns)
{
    put(page, "</tbody><tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"");
    buffer_number(page->out, columns);
    put(page, "\">");
    put_defined(page, definition);
    put(page, "</th></tr>\n");
}

/* Paragraphs, headings, cards. */

void nothing(struct page *page, const char *indonesian, const char *english)
{
    put(page, "<p class=\"nothing\">");
    put_either(page, indonesian, english);
    put(page, "</p>\n");
}

void subheading(struct page *page, const char *definition, const char *text)
{
    put(page, "<h3>");
    put_defined_as(page, definition, text);
    put(page, "</h3>\n");
}

void card_begin(struct page *page, const char *definition, bool is_big)
{
    put(page, is_big ? "<div class=\"card big\"><dt>" : "<div class=\"card\"><dt>");
    put_defined(page, definition);
    put(page, "</dt><dd>");
}

void card_number(struct page *page, const char *definition, int64_t number)
{
    card_begin(page, definition, false);
    put(page, "<b>");
    say_number(page->out, page->language, number);
    put(page, "</b>");
    card_end(page);
}

void card_end(struct page *page)
{
    put(page, "</dd></div>\n");
}

/* Movements and days. */

void put_movement(struct page *page, int64_t before, int64_t after, enum tense tense)
{
    static const char *const words[LANGUAGE_COUNT][3][3] = {
        [INDONESIAN] = {[BEHIND] = {"turun ", "tetap ", "naik "},
                        [AROUND] = {"turun ", "tetap ", "naik "},
                        [AHEAD] = {"akan turun ", "tetap ", "akan naik "}},
        [ENGLISH] = {[BEHIND] = {"fell by ", "stayed at ", "rose by "},
                     [AROUND] = {"falls by ", "stays at ", "rises by "},
                     [AHEAD] = {"will fall by ", "stays at ", "will rise by "}},
    };
    const int direction = after < before ? 0 : after == before ? 1 : 2;
    put(page, "<b>");
    put(page, words[page->language][tense][direction]);
    say_number(page->out, page->language, direction == 1 ? after : llabs(after - before));
    put(page, "</b>");
    if (direction != 1) {
        put_either(page, ", dari ", ", from ");
        say_number(page->out, page->language, before);
        put_either(page, " menjadi ", " to ");
        say_number(page->out, page->language, after);
    }
    put(page, ".");
}

/* Measures. */

static int by_value(const void *a, const void *b)
{
    const struct figure *x = a;
    const struct figure *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

size_t measures_of(const struct region_figures *region, const char *kind, struct figure **out)
{
    size_t count = 0;
    *out = calloc(region->count + 1, sizeof **out);
    for (size_t i = 0; *out != NULL && i < region->count; i++) {
        if (measure_part(region->figures[i].name, kind) != NULL) {
            (*out)[count++] = region->figures[i];
        }
    }
    if (count > 0) {
        qsort(*out, count, sizeof **out, by_value);
    }
    return count;
}
