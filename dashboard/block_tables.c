/* Splits, claims, payments, exceptions and batches as tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/projection.h"
#include "core/terms.h"
#include "dashboard/blocks.h"
#include "dashboard/names.h"
#include "dashboard/parts.h"
#include "dashboard/say.h"

#define BATCHES_SHOWN_MAX 100
#define SOURCES_SHOWN_MAX 10 /* of a code */

static void table_begin(struct page *page, const char *indonesian, const char *english)
{
    put(page, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"");
    put_either(page, indonesian, english);
    put(page, "\"><table><caption>");
    put_either(page, indonesian, english);
    put(page, "</caption><thead><tr>");
}

static void column(struct page *page, const char *indonesian, const char *english, bool numbers)
{
    put(page, numbers ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    put_either(page, indonesian, english);
    put(page, "</th>");
}

static void table_rows(struct page *page)
{
    put(page, "</tr></thead><tbody>\n");
}

static void table_end(struct page *page)
{
    put(page, "</tbody></table></div>\n");
}

static void nothing(struct page *page, const char *indonesian, const char *english)
{
    put(page, "<p>");
    put_either(page, indonesian, english);
    put(page, "</p>\n");
}

/* Splits. */

static int by_value(const void *a, const void *b)
{
    const struct figure *x = a;
    const struct figure *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

/* The measures of a kind, the greatest first; returns how many. The caller frees `*out`. */
static size_t measures_of(const struct region_figures *region, const char *kind,
                          struct figure **out)
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

/* Claims. */

static int64_t claims_of(const struct region_figures *region, const char *programme,
                         const char *verdict)
{
    char name[MEASURE_NAME_BYTES];
    (void)snprintf(name, sizeof name, "claims:%s:%s", programme, verdict);
    return region_figure(region, name);
}

static void put_claims_row(struct page *page, const struct region_figures *region,
                           const char *programme)
{
    int64_t total = 0;
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        total += claims_of(region, programme, verdict_names.names[verdict]);
    }
    if (total == 0) {
        return;
    }
    put(page, "<tr><th scope=\"row\">");
    put_code(page, "programme", programme);
    put(page, "</th>");
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        cell_number(page, claims_of(region, programme, verdict_names.names[verdict]));
    }
    cell_number(page, total);
    put(page, "</tr>\n");
}

static bool has_claims(const struct region_figures *region)
{
    for (size_t i = 0; i < region->count; i++) {
        if (measure_part(region->figures[i].name, "claims") != NULL) {
            return true;
        }
    }
    return false;
}

void block_claims(struct page *page, const struct region_figures *region)
{
    section_begin(page, "claims", "claims", either(page, "Klaim", "Claims"));
    if (!has_claims(region)) {
        nothing(page, "Tidak ada klaim.", "There are no claims.");
        section_end(page);
        return;
    }
    table_begin(page, "Jumlah klaim sejak awal, menurut keadaan sekarang",
                "Claims since the beginning, by present state");
    column(page, "Program", "Programme", false);
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        const char *name = name_of(page->language, "verdict", verdict_names.names[verdict]);
        column(page, name, name, true);
    }
    column(page, "semua", "all", true);
    table_rows(page);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        put_claims_row(page, region, programme_names.names[programme]);
    }
    table_end(page);
    section_end(page);
}

/* Payments. */

static void put_paid_by(struct page *page, const struct region_figures *region, const char *kind)
{
    char measure[MEASURE_NAME_BYTES];
    struct figure *parts = NULL;
    (void)snprintf(measure, sizeof measure, "paid_idr:%s", kind);
    const size_t count = measures_of(region, measure, &parts);
    put(page, "</tbody><tbody><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"3\">");
    put_defined(page, kind);
    put(page, "</th></tr>\n");
    for (size_t i = 0; i < count; i++) {
        const char *code = measure_part(parts[i].name, measure);
        char name[MEASURE_NAME_BYTES];
        (void)snprintf(name, sizeof name, "payments:%s:%.40s", kind, code);
        put(page, "<tr><th scope=\"row\">");
        put_code(page, kind, code);
        put(page, "</th>");
        cell_number(page, region_figure(region, name));
        cell_rupiah(page, parts[i].value);
        put(page, "</tr>\n");
    }
    free(parts);
}

static void put_received(struct page *page, const struct region_figures *region)
{
    int64_t total = 0;
    for (size_t i = 0; i < region->count; i++) {
        if (measure_part(region->figures[i].name, "contributions_idr:programme") != NULL) {
            total += region->figures[i].value;
        }
    }
    put(page, "<p>");
    put_defined(page, "contributions");
    put(page, ": <b>");
    say_rupiah(page->out, page->language, total);
    put(page, "</b></p>\n");
}

void block_payments(struct page *page, const struct region_figures *region)
{
    section_begin(page, "payments", "payments", either(page, "Pembayaran", "Payments"));
    put_received(page, region);
    if (region_figure(region, "payments") == 0) {
        nothing(page, "Belum ada pembayaran.", "There are no payments yet.");
        section_end(page);
        return;
    }
    table_begin(page, "Pembayaran sejak awal, menurut program dan kategori",
                "Payments since the beginning, by programme and category");
    column(page, "Program atau kategori", "Programme or category", false);
    column(page, "Pembayaran", "Payments", true);
    column(page, "Nilai", "Amount", true);
    put(page, "</tr></thead><tbody>\n<tr class=\"total\"><th scope=\"row\">");
    put_either(page, "semua", "all");
    put(page, "</th>");
    cell_number(page, region_figure(region, "payments"));
    cell_rupiah(page, region_figure(region, "paid_idr"));
    put(page, "</tr>\n");
    put_paid_by(page, region, "programme");
    put_paid_by(page, region, "category");
    table_end(page);
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
