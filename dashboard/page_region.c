/* The page of the country, and that of a province, regency or city. */
#include <stdio.h>
#include <string.h>

#include "dashboard/blocks.h"
#include "dashboard/parts.h"
#include "dashboard/say.h"

static const struct region_figures nobody = {.code = "ID", .coverage_bp = NUMBER_NONE};

/* What a region's page has, and what the country's has besides. */
static void put_contents(struct page *page, bool of_country)
{
    static const struct part {
        const char *link, *words[LANGUAGE_COUNT];
        bool of_country;
    } parts[] = {
        {"#ranking", {"Peringkat", "Ranking"}, true},
        {"#why", {"Bulan lalu", "Last month"}, false},
        {"#flows", {"Mulai dan berakhir", "Begin and end"}, false},
        {"#curve", {"Kurva", "Curve"}, false},
        {"#splits", {"Rincian", "Split"}, false},
        {"#claims", {"Klaim", "Claims"}, false},
        {"#payments", {"Pembayaran", "Payments"}, false},
        {"#exceptions", {"Pengecualian", "Exceptions"}, true},
        {"#batches", {"Kiriman", "Batches"}, true},
        {"#lanes", {"Jalur", "Lanes"}, true},
    };
    put(page, "<nav aria-label=\"");
    put_either(page, "Bagian halaman", "Parts of this page");
    put(page, "\"><ul class=\"contents\">");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].of_country && !of_country) {
            continue;
        }
        put(page, "<li><a href=\"");
        put(page, parts[i].link);
        put(page, "\">");
        put(page, parts[i].words[page->language]);
        put(page, "</a></li>");
    }
    put(page, "</ul></nav>\n");
}

/* What the country and a region have in common, below the key figures. */
static void put_blocks(struct page *page, const struct region_figures *region,
                       const struct region_days *days)
{
    block_why(page, days);
    block_flows(page, days);
    block_curve(page, days);
    block_splits(page, region);
    block_election(page, region);
    block_claims(page, region, days);
    block_payments(page, region);
}

int page_country(struct exchange *exchange, struct refusal *refusal)
{
    (void)refusal;
    struct page page = page_of(exchange);
    const struct region_figures *country = figures_region(&page.board->figures, "ID");
    country = country == NULL ? &nobody : country;
    page_begin(&page, "Indonesia");
    page_head(&page, "Indonesia");
    page_day_form(&page, "/");
    put_contents(&page, true);
    block_figures(&page, country);
    block_ranking(&page);
    put_blocks(&page, country, published_days(page.board->published, "ID"));
    block_exceptions(&page);
    block_batches(&page);
    block_lanes(&page);
    page_end(&page);
    return STATUS_OK;
}

/* Indonesia › Banten › Kota Tangerang Selatan */
static void put_way(struct page *page, const char *code)
{
    put(page, "<nav aria-label=\"");
    put_either(page, "Letak", "Where this is");
    put(page, "\"><ol class=\"way\"><li><a ");
    put_link(page, "/");
    put(page, ">Indonesia</a></li>");
    if (region_level(code) == LEVEL_REGENCY) {
        char path[32];
        char province[3] = {code[0], code[1], '\0'};
        (void)snprintf(path, sizeof path, "/regions/%s", province);
        put(page, "<li><a ");
        put_link(page, path);
        put(page, ">");
        say_text(page->out, region_name(page->rules, province));
        put(page, "</a></li>");
    }
    put(page, "<li aria-current=\"page\">");
    say_text(page->out, region_name(page->rules, code));
    put(page, "</li></ol></nav>\n");
}

/* The regencies of a province: the front page filtered. */
static void put_parts_link(struct page *page, const char *code)
{
    if (region_level(code) != LEVEL_PROVINCE) {
        return;
    }
    put(page, "<p><a href=\"/?province=");
    put(page, code);
    if (page->exchange->request->date != DAY_NONE) {
        char date[DAY_TEXT_BYTES];
        day_print(page->exchange->request->date, date);
        put(page, "&amp;date=");
        put(page, date);
    }
    if ((page->exchange->request->given & ASKS_LANG) != 0) {
        put(page, page->language == ENGLISH ? "&amp;lang=en" : "&amp;lang=id");
    }
    put(page, "#ranking\">");
    put_either(page, "Kabupaten dan kota di provinsi ini", "Regencies and cities of this province");
    put(page, "</a></p>\n");
}

static void put_region(struct page *page, const struct region_figures *region,
                       const struct region_days *days)
{
    const char *name = region_name(page->rules, region->code);
    page_begin(page, name);
    put_way(page, region->code);
    page_head(page, name);
    page_day_form(page, page->exchange->request->path);
    put_contents(page, false);
    block_figures(page, region);
    put_parts_link(page, region->code);
    put_blocks(page, region, days);
    page_end(page);
}

/* A region that is known has a page on every day, be it an empty one. */
static bool find_region(const struct page *page, const char *code, struct region_figures *out)
{
    const struct region_figures *found = figures_region(&page->board->figures, code);
    *out = nobody;
    if (found != NULL) {
        *out = *found;
        return true;
    }
    (void)snprintf(out->code, sizeof out->code, "%s", code);
    return strcmp(region_name(page->rules, code), region_name(page->rules, "-")) != 0;
}

int page_region(struct exchange *exchange, struct refusal *refusal)
{
    struct page page = page_of(exchange);
    struct region_figures region;
    const char *code = exchange->rest;
    if (!region_code_is_formed(code) || !find_region(&page, code, &region)) {
        refusal->status = STATUS_NOT_FOUND;
        (void)snprintf(refusal->detail, sizeof refusal->detail, "%s",
                       either(&page, "Tidak ada wilayah dengan kode ini.",
                              "There is no region of this code."));
        return refusal->status;
    }
    put_region(&page, &region, published_days(page.board->published, code));
    return STATUS_OK;
}
