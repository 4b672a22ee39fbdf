/* The election bodies: registered, covered, deaths and payments. */
#include "dashboard/blocks.h"
#include "dashboard/election.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

static void put_cells(struct page *page, const struct election_body *body)
{
    cell_number(page, body->registered);
    cell_number(page, body->covered);
    cell_number(page, body->deaths_jkk);
    cell_number(page, body->deaths_jkm);
    cell_number(page, body->payments);
    cell_rupiah(page, body->paid_idr);
    put(page, "</tr>\n");
}

static void put_head(struct page *page)
{
    table_begin(page,
                "Penyelenggara dan pengawas pemilu menurut kategori; yang meninggal dan pembayaran "
                "dihitung sejak awal, sejauh diketahui sekarang",
                "Those who run and watch elections, by category; deaths and payments are counted "
                "since the beginning, as known now");
    column(page, "Badan", "Body", false);
    column_defined(page, "begun");
    column_defined(page, "active");
    column_defined_as(page, "deaths", either(page, "Meninggal, JKK", "Deaths, JKK"));
    column_defined_as(page, "deaths", either(page, "Meninggal, JKM", "Deaths, JKM"));
    column_defined(page, "payments");
    column_defined_as(page, "payments", either(page, "Nilai", "Amount"));
    table_rows(page);
}

void block_election(struct page *page, const struct region_figures *region)
{
    struct election_body bodies[CATEGORIES_MAX];
    struct election_body all;
    const size_t count = election_of(page->rules, region, bodies, &all);
    if (count == 0) {
        return;
    }
    section_begin(page, "election", "election",
                  either(page, "Badan penyelenggara pemilu", "Election bodies"));
    put_head(page);
    put(page, "<tr class=\"total\"><th scope=\"row\">");
    put_either(page, "semua", "all");
    put(page, "</th>");
    put_cells(page, &all);
    for (size_t i = 0; i < count; i++) {
        put(page, "<tr><th scope=\"row\">");
        put_code(page, "category", bodies[i].category);
        put(page, "</th>");
        put_cells(page, &bodies[i]);
    }
    table_end(page);
    section_end(page);
}
