#include "dashboard/page.h"

#include <assert.h>
#include <string.h>

#include "dashboard/names.h"
#include "dashboard/say.h"

struct page page_of(struct exchange *exchange)
{
    return (struct page){
        .exchange = exchange,
        .board = exchange->board,
        .rules = exchange->board == NULL ? NULL : board_rules(exchange->source),
        .out = exchange->out,
        .language = exchange->request->language,
    };
}

/* Pieces. */

void put(struct page *page, const char *markup)
{
    buffer_string(page->out, markup);
}

const char *either(const struct page *page, const char *indonesian, const char *english)
{
    return page->language == INDONESIAN ? indonesian : english;
}

void put_either(struct page *page, const char *indonesian, const char *english)
{
    put(page, either(page, indonesian, english));
}

static const char *language_code(enum language language)
{
    return language == ENGLISH ? "en" : "id";
}

/* The query of a link in this language and to the day asked for. */
static void put_query(struct page *page, enum language language, bool with_language)
{
    const struct request *request = page->exchange->request;
    if (with_language) {
        put(page, "?lang=");
        put(page, language_code(language));
    }
    if (request->date != DAY_NONE) {
        char date[DAY_TEXT_BYTES];
        day_print(request->date, date);
        put(page, with_language ? "&amp;date=" : "?date=");
        put(page, date);
    }
}

void put_link(struct page *page, const char *path)
{
    put(page, "href=\"");
    put(page, path);
    put_query(page, page->language, (page->exchange->request->given & ASKS_LANG) != 0);
    put(page, "\"");
}

void put_defined_as(struct page *page, const char *id, const char *text)
{
    assert(definition_of(id) != NULL);
    put(page, "<a class=\"def\" href=\"/definitions");
    put_query(page, page->language, (page->exchange->request->given & ASKS_LANG) != 0);
    put(page, "#");
    put(page, id);
    put(page, "\">");
    put(page, text);
    put(page, "</a>");
}

void put_defined(struct page *page, const char *id)
{
    const struct definition *definition = definition_of(id);
    assert(definition != NULL);
    put_defined_as(page, id, definition->title[page->language]);
}

void section_begin(struct page *page, const char *id, const char *definition, const char *heading)
{
    put(page, "<section id=\"");
    put(page, id);
    put(page, "\" aria-labelledby=\"");
    put(page, id);
    put(page, "-h\"><h2 id=\"");
    put(page, id);
    put(page, "-h\">");
    put_defined_as(page, definition, heading);
    put(page, "</h2>\n");
}

void section_end(struct page *page)
{
    put(page, "</section>\n");
}

void put_code(struct page *page, const char *kind, const char *code)
{
    const char *name = name_of(page->language, kind, code);
    put(page, "<b>");
    say_text(page->out, code);
    put(page, "</b>");
    if (name != NULL) {
        put(page, " <span class=\"name\">");
        put(page, name);
        put(page, "</span>");
    }
}

/* A number; a 0 stands back. */
static void put_cell(struct page *page, const char *begin,
                     void (*say)(struct buffer *, enum language, int64_t), int64_t number)
{
    put(page, number == 0 ? "<td class=\"n zero\">" : begin);
    say(page->out, page->language, number);
    put(page, "</td>");
}

void cell_number(struct page *page, int64_t number)
{
    put_cell(page, "<td class=\"n\">", say_number, number);
}

void cell_rupiah(struct page *page, int64_t number)
{
    put_cell(page, "<td class=\"n\">", say_rupiah, number);
}

void cell_concern(struct page *page, int64_t number)
{
    put_cell(page, "<td class=\"n concern\">", say_number, number);
}

void cell_concern_rupiah(struct page *page, int64_t number)
{
    put_cell(page, "<td class=\"n concern\">", say_rupiah, number);
}

void put_bar(struct page *page, int64_t value, int64_t most, int64_t mark)
{
    const int64_t whole = most < 1 ? 1 : most;
    put(page, "<svg class=\"bar\" viewBox=\"0 0 ");
    buffer_number(page->out, whole);
    put(page, " 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
              "<rect class=\"track\" width=\"");
    buffer_number(page->out, whole);
    put(page, "\" height=\"8\"/><rect class=\"fill\" width=\"");
    buffer_number(page->out, value < 0 ? 0 : value);
    put(page, "\" height=\"8\"/>");
    if (mark > 0 && mark < whole) {
        put(page, "<line class=\"mark\" y2=\"8\" x1=\"");
        buffer_number(page->out, mark);
        put(page, "\" x2=\"");
        buffer_number(page->out, mark);
        put(page, "\"/>");
    }
    put(page, "</svg>");
}

/* The frame. */

static void put_language_links(struct page *page)
{
    static const char *const names[LANGUAGE_COUNT] = {"Bahasa Indonesia", "English"};
    put(page, "<p class=\"lang\">");
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        const enum language language = (enum language)i;
        put(page, i == 0 ? "" : " ");
        if (language == page->language) {
            put(page, "<b>");
            put(page, names[i]);
            put(page, "</b>");
            continue;
        }
        put(page, "<a lang=\"");
        put(page, language_code(language));
        put(page, "\" hreflang=\"");
        put(page, language_code(language));
        put(page, "\" href=\"");
        say_text(page->out, page->exchange->request->path);
        put_query(page, language, true);
        put(page, "\">");
        put(page, names[i]);
        put(page, "</a>");
    }
    put(page, "</p>");
}

void page_begin(struct page *page, const char *title)
{
    put(page, "<!DOCTYPE html>\n<html lang=\"");
    put(page, language_code(page->language));
    put(page, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    say_text(page->out, title);
    put(page, " \xC2\xB7 jaga</title>\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"color-scheme\" content=\"light dark\">\n"
              "<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n"
              "<link rel=\"stylesheet\" href=\"/assets/style.css\">\n");
    put(page, page->board == NULL ? "" : "<script src=\"/assets/live.js\" defer></script>\n");
    put(page, "</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    put_either(page, "Langsung ke isi", "Skip to content");
    put(page, "</a>\n<header>\n<p class=\"brand\"><a ");
    put_link(page, "/");
    put(page, "><b>jaga</b> <span>");
    put_either(page, "cakupan jaminan sosial ketenagakerjaan",
               "coverage of workers\xE2\x80\x99 social insurance");
    put(page, "</span></a></p>\n");
    put_language_links(page);
    put(page, "\n</header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

static void put_source(struct page *page)
{
    const struct public_meta *meta = &page->board->figures.meta;
    put(page, "<p>");
    put_defined(page, "rules");
    put(page, " <code>");
    say_text(page->out, meta->rules);
    put(page, "</code> \xC2\xB7 jaga ");
    say_text(page->out, meta->build);
    put(page, " \xC2\xB7 log <code>");
    say_text(page->out, meta->log_id);
    put(page, "</code></p>\n");
}

void page_end(struct page *page)
{
    put(page, "</main>\n<footer>\n<p><a ");
    put_link(page, "/definitions");
    put(page, ">");
    put_either(page, "Arti setiap angka", "What every number means");
    put(page, "</a> \xC2\xB7 <a href=\"/api/v1/coverage\">");
    put_either(page, "angka sebagai JSON", "the figures as JSON");
    put(page, "</a></p>\n");
    if (page->board != NULL) {
        put_source(page);
    }
    put(page, "</footer>\n</body>\n</html>\n");
}

void page_day_form(struct page *page, const char *path)
{
    char date[DAY_TEXT_BYTES];
    day_print(page->board->figures.day, date);
    put(page, "<form class=\"day\" method=\"get\" action=\"");
    put(page, path);
    put(page, "\">");
    if ((page->exchange->request->given & ASKS_LANG) != 0) {
        put(page, "<input type=\"hidden\" name=\"lang\" value=\"");
        put(page, language_code(page->language));
        put(page, "\">");
    }
    put(page, "<label for=\"date\">");
    put_either(page, "Tanggal", "Day");
    put(page, "</label> <input type=\"date\" id=\"date\" name=\"date\" value=\"");
    put(page, date);
    put(page, "\"> <button>");
    put_either(page, "Tampilkan", "Show");
    put(page, "</button>");
    if (page->exchange->request->date != DAY_NONE) {
        put(page, " <a href=\"");
        put(page, path);
        put(page, (page->exchange->request->given & ASKS_LANG) == 0 ? "\">"
                  : page->language == ENGLISH                       ? "?lang=en\">"
                                                                    : "?lang=id\">");
        put_either(page, "Hari terbaru", "Latest day");
        put(page, "</a>");
    }
    put(page, "</form>\n");
}

static void put_position(struct page *page)
{
    const struct figures *figures = &page->board->figures;
    put_defined(page, "position");
    for (size_t lane = 0; lane < figures->lane_count; lane++) {
        put(page, lane == 0 ? " <span class=\"lanes\">" : ", ");
        buffer_number(page->out, (int64_t)lane);
        put(page, ":");
        buffer_number(page->out, figures->sequences[lane]);
    }
    put(page, figures->lane_count == 0 ? "" : "</span>");
}

/* The state tells the script which figures these are. */
static void put_age(struct page *page)
{
    char time[TIME_TEXT_BYTES];
    time_print(page->board->figures.meta.updated_at, time);
    put(page, " <span id=\"age\" data-state=\"");
    put(page, time);
    put(page, page->board->is_fresh ? "\">" : " old\">");
    say_duration(page->out, page->language, page->board->age_us);
    put_either(page, " yang lalu</span>", " ago</span>");
}

void page_head(struct page *page, const char *heading)
{
    const struct board *board = page->board;
    put(page, "<h1>");
    say_text(page->out, heading);
    put(page, "</h1>\n<p class=\"asof\"><b>");
    say_day(page->out, page->language, board->figures.day);
    put(page, "</b> \xC2\xB7 ");
    put_defined(page, "as_of");
    put(page, " ");
    say_time(page->out, page->language, board->figures.meta.as_of);
    put(page, " \xC2\xB7 ");
    put_defined(page, "age");
    put_age(page);
    put(page, " \xC2\xB7 ");
    put_position(page);
    put(page, "</p>\n<p id=\"live\" role=\"status\"></p>\n");
    if (!board->is_fresh) {
        put(page, "<p class=\"warn\" role=\"alert\">");
        put_either(page,
                   "Angka ini tidak baru lagi: pengolah (jaga process) tidak menulisnya lebih "
                   "dari dua menit.",
                   "These figures are not fresh: the processor (jaga process) has not written "
                   "them for more than two minutes.");
        put(page, "</p>\n");
    }
}

void page_error(struct exchange *exchange, const struct refusal *refusal, bool waits)
{
    struct page page = page_of(exchange);
    page.board = NULL;
    page_begin(&page, either(&page, "Tidak dapat ditampilkan", "Cannot be shown"));
    put(&page, "<h1>");
    put_either(&page, waits ? "Angka belum dapat ditampilkan" : "Halaman ini tidak ada",
               waits ? "The figures cannot be shown now" : "There is no such page");
    put(&page, "</h1>\n<p class=\"warn\" role=\"alert\" lang=\"en\">");
    say_text(&page.out[0], refusal->detail);
    put(&page, "</p>\n<p><a ");
    put_link(&page, waits ? exchange->request->path : "/");
    put(&page, ">");
    put_either(&page, waits ? "Coba lagi" : "Ke halaman depan",
               waits ? "Try again" : "To the front page");
    put(&page, "</a></p>\n");
    page_end(&page);
}

int page_definitions(struct exchange *exchange, struct refusal *refusal)
{
    struct page page = page_of(exchange);
    (void)refusal;
    page_begin(&page, either(&page, "Arti setiap angka", "What every number means"));
    put(&page, "<h1>");
    put_either(&page, "Arti setiap angka", "What every number means");
    put(&page, "</h1>\n<dl>\n");
    for (size_t i = 0; i < definition_count; i++) {
        put(&page, "<dt id=\"");
        put(&page, definitions[i].id);
        put(&page, "\">");
        put(&page, definitions[i].title[page.language]);
        put(&page, "</dt><dd>");
        put(&page, definitions[i].text[page.language]);
        put(&page, "</dd>\n");
    }
    put(&page, "</dl>\n");
    page_end(&page);
    return STATUS_OK;
}
