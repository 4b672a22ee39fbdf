/* Payments by programme, category and state. */
#include <stdio.h>
#include <stdlib.h>

#include "core/projection.h"
#include "dashboard/blocks.h"
#include "dashboard/parts.h"
#include "dashboard/payment_states.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

/* By programme and category. */

static void put_paid_by(struct page *page, const struct region_figures *region, const char *kind)
{
    char measure[MEASURE_NAME_BYTES];
    struct figure *parts = NULL;
    (void)snprintf(measure, sizeof measure, "paid_idr:%s", kind);
    const size_t count = measures_of(region, measure, &parts);
    table_group(page, kind, 3);
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

static void put_amounts(struct page *page, const struct region_figures *region)
{
    subheading(page, "payments",
               either(page, "Untuk program dan kategori mana", "For which programme and category"));
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
}

/* By state. */

static bool has_states(const struct region_figures *region)
{
    for (size_t i = 0; i < region->count; i++) {
        if (measure_part(region->figures[i].name, "payments:status") != NULL) {
            return true;
        }
    }
    return false;
}

static void put_state(struct page *page, const struct region_figures *region,
                      const struct payment_state *state)
{
    char name[MEASURE_NAME_BYTES];
    (void)snprintf(name, sizeof name, "payments:status:%s", state->code);
    const int64_t payments = region_figure(region, name);
    (void)snprintf(name, sizeof name, "paid_idr:status:%s", state->code);
    const int64_t paid_idr = region_figure(region, name);
    const bool is_concern = state->is_trouble && payments != 0;
    put(page, is_concern ? "<tr class=\"trouble\"><th scope=\"row\">" : "<tr><th scope=\"row\">");
    put_code(page, "status", state->code);
    if (!state->is_trouble) {
        put_bar(page, payments, region_figure(region, "payments"), 0);
    }
    put(page, "</th>");
    if (state->is_trouble) {
        cell_concern(page, payments);
        cell_concern_rupiah(page, paid_idr);
    } else {
        cell_number(page, payments);
        cell_rupiah(page, paid_idr);
    }
    put(page, "</tr>\n");
}

/* Along its way from order to the books, then what went wrong. */
static void put_states(struct page *page, const struct region_figures *region)
{
    bool in_trouble = false;
    subheading(page, "status",
               either(page, "Sampai di mana pembayaran itu", "How far the payments are"));
    table_begin(page, "Setiap pembayaran sekali, menurut keadaannya sekarang",
                "Each payment once, by its present state");
    column(page, "Keadaan", "State", false);
    column(page, "Pembayaran", "Payments", true);
    column(page, "Nilai", "Amount", true);
    table_rows(page);
    for (size_t i = 0; i < payment_state_count; i++) {
        if (payment_states[i].is_trouble && !in_trouble) {
            in_trouble = true;
            table_group(page, "trouble", 3);
        }
        put_state(page, region, &payment_states[i]);
    }
    table_end(page);
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
    if (has_states(region)) {
        put_states(page, region);
    }
    put_amounts(page, region);
    section_end(page);
}
