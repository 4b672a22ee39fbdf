/* The key figures of a region, and the ranking of all. */
#include <stdlib.h>
#include <string.h>

#include "dashboard/blocks.h"
#include "dashboard/goal.h"
#include "dashboard/names.h"
#include "dashboard/parts.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

#define FULL_BP 10000
#define RANKS_OPEN 30

static void put_base(struct page *page, const struct base_figure *base)
{
    const char *name = name_of(page->language, "base", base->kind);
    say_number(page->out, page->language, base->value);
    put(page, " ");
    put(page, name == NULL ? "" : name);
    put(page, " <small>(");
    say_text(page->out, base->kind);
    put(page, ")</small> ");
    buffer_number(page->out, base->year);
    put_either(page, ", sumber: ", ", source: ");
    say_text(page->out, base->source);
}

/* "754.223 penduduk bekerja 2022, BPS"; of a quarantined base why; or that there is none. */
static void put_bases(struct page *page, const struct region_figures *region)
{
    if (region->base.present) {
        put_base(page, &region->base);
    }
    if (region->quarantined.present) {
        put(page, region->base.present ? "<br>" : "");
        put(page, "<span class=\"quarantined\">");
        put_defined(page, "quarantined");
        put(page, ": ");
        put_base(page, &region->quarantined);
        put_either(page, " \xE2\x80\x94 lebih besar daripada jumlah penduduk",
                   " \xE2\x80\x94 it exceeds the population");
        put(page, "</span>");
    }
    if (!region->base.present && !region->quarantined.present) {
        put_either(page, "tidak ada dasar", "no base");
    }
}

static void card_coverage(struct page *page, const struct region_figures *region)
{
    card_begin(page, "coverage", true);
    put(page, "<b>");
    say_share(page->out, page->language, region->coverage_bp);
    put(page, "</b> ");
    put_bar(page, region->coverage_bp,
            region->coverage_bp > FULL_BP ? region->coverage_bp : FULL_BP, FULL_BP);
    put_defined_as(page, "base", either(page, "dari", "of"));
    put(page, " ");
    put_bases(page, region);
    card_end(page);
}

static void card_no_coverage(struct page *page, const struct region_figures *region)
{
    card_begin(page, "coverage", true);
    put(page, "<b>\xE2\x80\x93</b> ");
    put_bases(page, region);
    put_either(page, ", jadi tidak ada persentase", ", so there is no percentage");
    card_end(page);
}

static void card_goal(struct page *page, const struct region_figures *region)
{
    const struct goal goal =
        goal_of(region_figure(region, "active"), region->base.value, page->board->figures.day);
    card_begin(page, "goal", true);
    put(page, "<b>");
    if (goal.missing == 0) {
        put_either(page, "tercapai", "reached");
        put(page, "</b>");
        card_end(page);
        return;
    }
    put_either(page, "kurang ", "gap ");
    say_number(page->out, page->language, goal.missing);
    put(page, "</b> ");
    put_either(page, "Laju yang perlu: ", "Pace needed: ");
    say_number(page->out, page->language, goal.per_year);
    put_either(page, " orang setahun selama ", " people a year for ");
    say_number(page->out, page->language, goal.years);
    put_either(page, " tahun", goal.years == 1 ? " year" : " years");
    card_end(page);
}

/* What is known comes first: without a base that is the number of people. */
void block_figures(struct page *page, const struct region_figures *region)
{
    const bool has_coverage = region->coverage_bp != NUMBER_NONE;
    put(page, "<section id=\"figures\" aria-labelledby=\"figures-h\"><h2 id=\"figures-h\" "
              "class=\"hidden\">");
    put_either(page, "Angka utama", "Key figures");
    put(page, "</h2>\n<dl class=\"cards\">\n");
    if (has_coverage) {
        card_coverage(page, region);
        card_goal(page, region);
    }
    card_number(page, "active", region_figure(region, "active"));
    card_number(page, "registered", region_figure(region, "registered"));
    card_number(page, "memberships", region_figure(region, "memberships"));
    if (!has_coverage) {
        card_no_coverage(page, region);
    }
    put(page, "</dl>\n");
    section_end(page);
}

/* The ranking. */

static enum level level_wanted(const struct page *page)
{
    return strcmp(page->exchange->request->level, "province") == 0 ? LEVEL_PROVINCE : LEVEL_REGENCY;
}

static bool is_ranked(const struct page *page, const struct region_figures *region)
{
    const char *province = page->exchange->request->province;
    return region_level(region->code) == level_wanted(page) &&
           strncmp(region->code, province, strlen(province)) == 0;
}

/* By coverage, those without a base behind, by people; then by code. */
static int by_rank(const void *a, const void *b)
{
    const struct region_figures *x = *(const struct region_figures *const *)a;
    const struct region_figures *y = *(const struct region_figures *const *)b;
    const int64_t shares[] = {x->coverage_bp == NUMBER_NONE ? -1 : x->coverage_bp,
                              y->coverage_bp == NUMBER_NONE ? -1 : y->coverage_bp};
    const int64_t people[] = {region_figure(x, "active"), region_figure(y, "active")};
    if (shares[0] != shares[1]) {
        return shares[0] < shares[1] ? 1 : -1;
    }
    if (people[0] != people[1]) {
        return people[0] < people[1] ? 1 : -1;
    }
    return strcmp(x->code, y->code);
}

static void put_option(struct page *page, const char *value, const char *chosen, const char *text)
{
    put(page, "<option value=\"");
    put(page, value);
    put(page, strcmp(value, chosen) == 0 ? "\" selected>" : "\">");
    say_text(page->out, text);
    put(page, "</option>");
}

static void put_provinces(struct page *page)
{
    const char *chosen = page->exchange->request->province;
    put_option(page, "", chosen, either(page, "semua", "all"));
    for (size_t i = 0; i < page->board->figures.count; i++) {
        const char *code = page->board->figures.regions[i].code;
        if (region_level(code) == LEVEL_PROVINCE && strcmp(code, "00") != 0) {
            put_option(page, code, chosen, region_name(page->rules, code));
        }
    }
}

static void put_hidden(struct page *page, const char *name, const char *value)
{
    put(page, "<input type=\"hidden\" name=\"");
    put(page, name);
    put(page, "\" value=\"");
    put(page, value);
    put(page, "\">");
}

static void put_filter(struct page *page)
{
    const struct request *request = page->exchange->request;
    put(page, "<form class=\"filter\" method=\"get\" action=\"/#ranking\">");
    if ((request->given & ASKS_LANG) != 0) {
        put_hidden(page, "lang", page->language == ENGLISH ? "en" : "id");
    }
    if (request->date != DAY_NONE) {
        char date[DAY_TEXT_BYTES];
        day_print(request->date, date);
        put_hidden(page, "date", date);
    }
    put(page, "<span class=\"field\"><label for=\"level\">");
    put_either(page, "Tingkat", "Level");
    put(page, "</label> <select id=\"level\" name=\"level\">");
    put_option(page, "", request->level,
               either(page, "kabupaten dan kota", "regencies and cities"));
    put_option(page, "province", request->level, either(page, "provinsi", "provinces"));
    put(page, "</select></span> <span class=\"field\"><label for=\"province\">");
    put_either(page, "Provinsi", "Province");
    put(page, "</label> <select id=\"province\" name=\"province\">");
    put_provinces(page);
    put(page, "</select></span> <button>");
    put_either(page, "Saring", "Filter");
    put(page, "</button></form>\n");
}

static void put_region_link(struct page *page, const char *code)
{
    char path[32] = "/regions/";
    strncat(path, code, sizeof path - strlen(path) - 1);
    put(page, "<a ");
    put_link(page, path);
    put(page, ">");
    say_text(page->out, region_name(page->rules, code));
    put(page, "</a> <small>");
    say_text(page->out, code);
    put(page, "</small>");
}

static void put_ranked(struct page *page, const struct region_figures *region, int64_t rank,
                       int64_t most)
{
    put(page, "<tr><td class=\"n rank\">");
    if (region->coverage_bp != NUMBER_NONE) {
        say_number(page->out, page->language, rank);
    }
    put(page, "</td><th scope=\"row\">");
    put_region_link(page, region->code);
    put(page, "</th><td class=\"share\">");
    if (region->coverage_bp == NUMBER_NONE) {
        put(page, "\xE2\x80\x93");
    } else {
        say_share(page->out, page->language, region->coverage_bp);
        put_bar(page, region->coverage_bp, most, FULL_BP);
    }
    put(page, "</td>");
    cell_number(page, region_figure(region, "active"));
    put(page, region->base.present || region->quarantined.present ? "<td class=\"base\">"
                                                                  : "<td class=\"base none\">");
    put_bases(page, region);
    put(page, "</td></tr>\n");
}

static void put_ranking_head(struct page *page)
{
    put(page, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"ranking-h\">"
              "<table class=\"ranking\"><caption>");
    put_either(page,
               "Cakupan menurut wilayah, tertinggi lebih dahulu; \xE2\x80\x93: tidak ada dasar. "
               "Garis pada batang: ",
               "Coverage by region, highest first; \xE2\x80\x93: there is no base. "
               "The line on a bar: ");
    put(page, "100\xC2\xA0%</caption>\n<thead><tr><th scope=\"col\"><abbr title=\"");
    put_either(page, "Peringkat\">No.", "Rank\">No.");
    put(page, "</abbr></th><th scope=\"col\">");
    put_either(page, "Wilayah", "Region");
    put(page, "</th><th scope=\"col\">");
    put_defined(page, "coverage");
    put(page, "</th><th scope=\"col\" class=\"n\">");
    put_defined(page, "active");
    put(page, "</th><th scope=\"col\">");
    put_defined(page, "base");
    put(page, "</th></tr></thead>\n<tbody>\n");
}

static void put_ranks(struct page *page, const struct region_figures **ranked, size_t from,
                      size_t to)
{
    const int64_t first = ranked[0]->coverage_bp;
    put_ranking_head(page);
    for (size_t i = from; i < to; i++) {
        put_ranked(page, ranked[i], (int64_t)i + 1, first > FULL_BP ? first : FULL_BP);
    }
    put(page, "</tbody></table></div>\n");
}

/* Of the whole country's regencies the first, the rest behind a click: the page goes on below. */
static void put_rows(struct page *page, const struct region_figures **ranked, size_t count)
{
    const bool is_all = (page->exchange->request->given & (ASKS_PROVINCE | ASKS_LEVEL)) == 0;
    const size_t open = is_all && count > RANKS_OPEN ? RANKS_OPEN : count;
    if (count == 0) {
        nothing(page, "Tidak ada wilayah dengan angka di sini.",
                "There is no region with figures here.");
        return;
    }
    put_ranks(page, ranked, 0, open);
    if (open < count) {
        put(page, "<details id=\"ranking-rest\"><summary>");
        put_either(page, "Peringkat selanjutnya: ", "The ranking goes on: ");
        say_number(page->out, page->language, (int64_t)(count - open));
        put_either(page, " wilayah</summary>\n", " regions</summary>\n");
        put_ranks(page, ranked, open, count);
        put(page, "</details>\n");
    }
}

void block_ranking(struct page *page)
{
    const struct figures *figures = &page->board->figures;
    const struct region_figures **ranked = calloc(figures->count + 1, sizeof *ranked);
    size_t count = 0;
    if (ranked == NULL) {
        return;
    }
    for (size_t i = 0; i < figures->count; i++) {
        if (is_ranked(page, &figures->regions[i])) {
            ranked[count++] = &figures->regions[i];
        }
    }
    qsort(ranked, count, sizeof *ranked, by_rank);
    section_begin(page, "ranking", "coverage",
                  either(page, "Peringkat wilayah", "Ranking of regions"));
    put_filter(page);
    put_rows(page, ranked, count);
    section_end(page);
    free(ranked);
}
