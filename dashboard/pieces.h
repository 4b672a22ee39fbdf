/* What several blocks of the pages are made of: tables, cards, and how a number moved. Texts are of
   our own. */
#ifndef JAGA_DASHBOARD_PIECES_H
#define JAGA_DASHBOARD_PIECES_H

#include "dashboard/page.h"

/* A table that scrolls by itself on a narrow screen, up to its columns; then the columns; then
   table_rows begins the rows. */
void table_begin(struct page *page, const char *indonesian, const char *english);
void column(struct page *page, const char *indonesian, const char *english, bool numbers);
/* A column of numbers whose head is a link to their definition: its title, or a text. */
void column_defined(struct page *page, const char *definition);
void column_defined_as(struct page *page, const char *definition, const char *text);
void table_rows(struct page *page);
void table_end(struct page *page);
/* The head of a group of rows within a table of `columns`: what the codes below are. */
void table_group(struct page *page, const char *definition, unsigned columns);

/* A paragraph that says that there is nothing to show. */
void nothing(struct page *page, const char *indonesian, const char *english);
/* A heading below that of the section, a link to its definition. */
void subheading(struct page *page, const char *definition, const char *text);

/* One of a list of cards: <dl class="cards"> … </dl>. */
void card_begin(struct page *page, const char *definition, bool is_big);
void card_number(struct page *page, const char *definition, int64_t number);
void card_end(struct page *page);

/* When a month is seen from the day: behind it, around it, before it. */
enum tense { BEHIND, AROUND, AHEAD };
/* "fell by 51, from 300 to 249." */
void put_movement(struct page *page, int64_t before, int64_t after, enum tense tense);

/* The measures of a kind, the greatest first; returns how many. The caller frees `*out`. */
size_t measures_of(const struct region_figures *region, const char *kind, struct figure **out);

#endif
