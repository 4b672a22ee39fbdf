/* The frame of every page and the small pieces of HTML that its parts are made of. Every page is
   whole without scripts. */
#ifndef JAGA_DASHBOARD_PAGE_H
#define JAGA_DASHBOARD_PAGE_H

#include "dashboard/exchange.h"

struct page { /* all of it borrowed */
    struct exchange *exchange;
    const struct board *board; /* NULL: a page without figures */
    const struct rules *rules; /* NULL likewise */
    struct buffer *out;
    enum language language;
};

struct page page_of(struct exchange *exchange);

/* From the doctype to the beginning of the main part, and its end. */
void page_begin(struct page *page, const char *title);
void page_end(struct page *page);
/* A form that asks for a day, of the page at `path`. */
void page_day_form(struct page *page, const char *path);
/* As of when, how fresh, which position. */
void page_head(struct page *page, const char *heading);

/* Markup of our own, and one of two texts of our own. */
void put(struct page *page, const char *markup);
void put_either(struct page *page, const char *indonesian, const char *english);
const char *either(const struct page *page, const char *indonesian, const char *english);

/* href="PATH?lang=…&date=…" with what was given in this request. */
void put_link(struct page *page, const char *path);
/* A link to what a number means, with its title, or with a text of our own. */
void put_defined(struct page *page, const char *definition);
void put_defined_as(struct page *page, const char *definition, const char *text);
/* <section> with a heading, a text of our own, that is a link to its definition. */
void section_begin(struct page *page, const char *id, const char *definition, const char *heading);
void section_end(struct page *page);
/* "KPPS" with its name: <b>KPPS</b> petugas … */
void put_code(struct page *page, const char *kind, const char *code);
/* A number in a cell of a table. */
void cell_number(struct page *page, int64_t number);
void cell_rupiah(struct page *page, int64_t number);
/* A number that is of no concern when it is 0. */
void cell_concern(struct page *page, int64_t number);
void cell_concern_rupiah(struct page *page, int64_t number);
/* A bar of `value` in `most`, with a mark where `mark` is (0: none). */
void put_bar(struct page *page, int64_t value, int64_t most, int64_t mark);

int page_country(struct exchange *exchange, struct refusal *refusal);
int page_region(struct exchange *exchange, struct refusal *refusal); /* rest: CODE */
int page_definitions(struct exchange *exchange, struct refusal *refusal);
/* A page that says what is wrong. `waits`: it asks again by itself. */
void page_error(struct exchange *exchange, const struct refusal *refusal, bool waits);

#endif
