/* Splits, exceptions and batches as tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dashboard/blocks.h"
#include "dashboard/names.h"
#include "dashboard/parts.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

#define BATCHES_SHOWN_MAX 100
#define SOURCES_SHOWN_MAX 10 /* of a code */

/* Splits. */

static void put_split(struct page *page, const struct region_figures *region, const char *kind)
{
    struct figure *parts = NULL;
    const size_t count = measures_of(region, kind, &parts);
    const int64_t active = region_figure(region, "active");
    put(page, "<div class=\"split\"><table><caption>");
    put_defined(page, kind);
    put(page, "</caption><thead class=\"hidden\"><tr>");
    column(page, "Kode", "Code", false);
    column(page, "Terlindungi", "Covered", true);
    table_rows(page);
    for (size_t i = 0; i < count; i++) {
        put(page, "<tr><th scope=\"row\">");
        put_code(page, kind, measure_part(parts[i].name, kind));
        put_bar(page, parts[i].value, active, 0);
        put(page, "</th>");
        cell_number(page, parts[i].value);
        put(page, "</tr>\n");
    }
    put(page, "</tbody></table></div>\n");
    free(parts);
}

void block_splits(struct page *page, const struct region_figures *region)
{
    section_begin(page, "splits", "active",
                  either(page, "Rincian yang terlindungi", "Who is covered"));
    put(page, "<div class=\"splits\">\n");
    put_split(page, region, "programme");
    put_split(page, region, "segment");
    put_split(page, region, "category");
    put_split(page, region, "sponsor");
    put(page, "</div>\n");
    section_end(page);
}

/* Exceptions. */

static void put_exceptions_command(struct page *page, const char *code, const char *source)
{
    put(page, "<td><code>jaga read exception --where code=");
    say_text(page->out, code);
    if (source != NULL) {
        char where[80];
        (void)snprintf(where, sizeof where, "source=%s", source);
        put(page, " --where ");
        say_shell_word(page->out, where);
    }
    put(page, "</code></td></tr>\n");
}

static void put_source(struct page *page, const struct source_figure *figure)
{
    const bool is_other = strcmp(figure->source, SOURCE_OTHER) == 0;
    put(page, "<tr class=\"part\"><td>");
    if (is_other) {
        put_either(page, "pengirim lainnya", "other publishers");
    } else if (figure->source[0] == '\0') {
        put_either(page, "pengirim tidak terbaca", "publisher cannot be read");
    } else {
        say_text(page->out, figure->source);
    }
    put(page, "</td>");
    cell_number(page, figure->value);
    if (is_other) {
        put(page, "<td></td></tr>\n"); /* no one name finds them */
    } else {
        put_exceptions_command(page, figure->code, figure->source);
    }
}

/* A code, and below it who sent them: the most first. */
static void put_exception(struct page *page, const struct exception_figure *exception)
{
    put(page, "<tr><th scope=\"row\">");
    put_code(page, "exception", exception->code);
    put(page, "</th>");
    cell_number(page, exception->value);
    put_exceptions_command(page, exception->code, NULL);
    for (size_t i = 0; i < exception->source_count && i < SOURCES_SHOWN_MAX; i++) {
        put_source(page, &exception->sources[i]);
    }
    if (exception->source_count > SOURCES_SHOWN_MAX) {
        put(page, "<tr class=\"part\"><td colspan=\"3\">");
        put_either(page, "10 yang terbanyak; semuanya: ", "The first 10; all of them: ");
        put(page, "<a href=\"/api/v1/exceptions\">/api/v1/exceptions</a></td></tr>\n");
    }
}

void block_exceptions(struct page *page)
{
    const struct exception_figures *exceptions = &page->board->exceptions;
    section_begin(page, "exceptions", "exceptions", either(page, "Pengecualian", "Exceptions"));
    if (exceptions->count == 0) {
        nothing(page, "Tidak ada pengecualian.", "There are no exceptions.");
        section_end(page);
        return;
    }
    table_begin(page, "Menurut kode dan pengirim, dengan perintah yang menampilkannya",
                "By code and publisher, with the command that shows them");
    column(page, "Kode, pengirim", "Code, publisher", false);
    column(page, "Jumlah", "Count", true);
    column(page, "Perintah", "Command", false);
    table_rows(page);
    for (size_t i = 0; i < exceptions->count; i++) {
        put_exception(page, &exceptions->codes[i]);
    }
    table_end(page);
    section_end(page);
}

/* Batches. */

static void put_batch(struct page *page, const struct batch_figure *batch)
{
    const char *state = name_of(page->language, "state", batch->state);
    put(page, "<tr><th scope=\"row\">");
    say_text(page->out, batch->batch_id);
    put(page, "</th><td><b class=\"state-");
    say_text(page->out, batch->state);
    put(page, "\">");
    say_text(page->out, state == NULL ? batch->state : state);
    put(page, "</b></td>");
    cell_number(page, batch->declared);
    cell_number(page, batch->counted);
    put(page, "<td class=\"n\">");
    say_change(page->out, page->language, batch->counted - batch->declared);
    put(page, "</td>");
    cell_number(page, batch->refused);
    cell_rupiah(page, batch->declared_total_idr);
    cell_rupiah(page, batch->counted_total_idr);
    put(page, "<td>");
    say_text(page->out, batch->source);
    put(page, "</td></tr>\n");
}

/* What does not match first, then what is open. */
static void put_batches(struct page *page)
{
    static const char *const order[] = {"MISMATCH", "OPEN", "MATCHED"};
    const struct board *board = page->board;
    size_t shown = 0;
    for (size_t state = 0; state < sizeof order / sizeof *order; state++) {
        for (size_t i = 0; i < board->batch_count && shown < BATCHES_SHOWN_MAX; i++) {
            if (strcmp(board->batches[i].state, order[state]) == 0) {
                put_batch(page, &board->batches[i]);
                shown++;
            }
        }
    }
}

static void put_batches_head(struct page *page)
{
    table_begin(page, "Yang tidak cocok lebih dahulu; jumlah orang dan nilai uang",
                "What does not match first; people and money");
    column(page, "Kiriman", "Batch", false);
    column(page, "Keadaan", "State", false);
    column(page, "Diumumkan", "Declared", true);
    column(page, "Dihitung", "Counted", true);
    column(page, "Selisih", "Difference", true);
    column(page, "Ditolak", "Refused", true);
    column(page, "Nilai diumumkan", "Total declared", true);
    column(page, "Nilai dihitung", "Total counted", true);
    column(page, "Diumumkan oleh", "Declared by", false);
    table_rows(page);
}

void block_batches(struct page *page)
{
    section_begin(page, "batches", "batches", either(page, "Kiriman", "Batches"));
    if (page->board->batch_count == 0) {
        nothing(page, "Belum ada kiriman.", "There are no batches yet.");
        section_end(page);
        return;
    }
    put_batches_head(page);
    put_batches(page);
    table_end(page);
    if (page->board->batch_count > BATCHES_SHOWN_MAX) {
        put(page, "<p>");
        put_either(page, "100 pertama; semuanya: ", "The first 100; all of them: ");
        put(page, "<a href=\"/api/v1/batches\">/api/v1/batches</a></p>\n");
    }
    section_end(page);
}
