/* Claims by state, the age of those that are open, and what is past its legal day. */
#include <stdio.h>
#include <string.h>

#include "core/projection.h"
#include "core/terms.h"
#include "dashboard/blocks.h"
#include "dashboard/claim_ages.h"
#include "dashboard/names.h"
#include "dashboard/parts.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"

/* By state. */

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

static void put_states(struct page *page, const struct region_figures *region)
{
    table_begin(page, "Jumlah klaim sejak awal, menurut keadaan sekarang",
                "Claims since the beginning, by present state");
    column(page, "Program", "Programme", false);
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        column_defined_as(page, "verdict",
                          name_of(page->language, "verdict", verdict_names.names[verdict]));
    }
    column(page, "semua", "all", true);
    table_rows(page);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        put_claims_row(page, region, programme_names.names[programme]);
    }
    table_end(page);
}

/* By age. */

static void put_bucket(struct page *page, unsigned bucket)
{
    put(page, "<th scope=\"col\" class=\"n\">");
    if (bucket == AGE_BUCKETS - 1) {
        put(page, "&gt;\xC2\xA0");
        buffer_number(page->out, age_bucket_last[bucket - 1]);
    } else {
        buffer_number(page->out, bucket == 0 ? 0 : age_bucket_last[bucket - 1] + 1);
        put(page, "\xE2\x80\x93");
        buffer_number(page->out, age_bucket_last[bucket]);
    }
    put_either(page, "\xC2\xA0hari</th>",
               "\xC2\xA0"
               "days</th>");
}

static void put_ages_row(struct page *page, const struct claim_ages *ages)
{
    const int64_t days = (int64_t)page->board->figures.day - ages->oldest_on;
    put(page, "<tr><th scope=\"row\"><b>");
    put(page, ages->programme);
    put(page, "</b> ");
    put(page, name_of(page->language, "verdict", ages->verdict));
    put(page, "</th>");
    for (unsigned bucket = 0; bucket < AGE_BUCKETS; bucket++) {
        if (bucket == AGE_BUCKETS - 1) {
            cell_concern(page, ages->counts[bucket]);
        } else {
            cell_number(page, ages->counts[bucket]);
        }
    }
    cell_number(page, ages->open);
    put(page, "<td class=\"n\">");
    say_day_short(page->out, page->language, ages->oldest_on);
    put(page, " <small>");
    say_number(page->out, page->language, days);
    put_either(page, "\xC2\xA0hari</small></td></tr>\n",
               days == 1 ? "\xC2\xA0"
                           "day</small></td></tr>\n"
                         : "\xC2\xA0"
                           "days</small></td></tr>\n");
}

static void put_ages(struct page *page, const struct region_days *days)
{
    struct claim_ages ages[CLAIM_AGES_MAX];
    const size_t count = claim_ages_of(days, page->board->figures.day, ages);
    subheading(page, "ages", either(page, "Klaim terbuka menurut umur", "Open claims by age"));
    if (count == 0) {
        nothing(page, "Tidak ada klaim terbuka.", "No claim is open.");
        return;
    }
    table_begin(page, "Klaim yang belum diputuskan, menurut hari sejak dicatat",
                "Claims that are not decided, by days since they were recorded");
    column(page, "Klaim", "Claims", false);
    for (unsigned bucket = 0; bucket < AGE_BUCKETS; bucket++) {
        put_bucket(page, bucket);
    }
    column(page, "semua", "all", true);
    column(page, "Tertua, dicatat", "Oldest, recorded", true);
    table_rows(page);
    for (size_t i = 0; i < count; i++) {
        put_ages_row(page, &ages[i]);
    }
    table_end(page);
}

/* By the law's clock. */

static void put_past_due(struct page *page, const struct region_figures *region)
{
    struct past_due rows[PROGRAMME_COUNT];
    const size_t count = past_due_of(region, rows);
    subheading(page, "clock", either(page, "Lewat batas hukum", "Past the legal day"));
    if (count == 0) {
        nothing(page, "Tidak ada klaim atau pembayaran yang lewat batas hukum.",
                "No claim and no payment is past its legal day.");
        return;
    }
    table_begin(page, "Klaim dan pembayaran yang lewat batas hukum, menurut program",
                "Claims and payments past their legal day, by programme");
    column(page, "Program", "Programme", false);
    column_defined(page, "past_due");
    column_defined(page, "overdue");
    column_defined(page, "overdue_idr");
    column_defined(page, "late_cost");
    table_rows(page);
    for (size_t i = 0; i < count; i++) {
        put(page, "<tr><th scope=\"row\">");
        put_code(page, "programme", rows[i].programme);
        put(page, "</th>");
        cell_concern(page, rows[i].claims);
        cell_concern(page, rows[i].payments);
        cell_concern_rupiah(page, rows[i].overdue_idr);
        cell_concern_rupiah(page, rows[i].late_cost_idr);
        put(page, "</tr>\n");
    }
    table_end(page);
}

void block_claims(struct page *page, const struct region_figures *region,
                  const struct region_days *days)
{
    section_begin(page, "claims", "claims", either(page, "Klaim", "Claims"));
    if (!has_claims(region)) {
        nothing(page, "Tidak ada klaim.", "There are no claims.");
        section_end(page);
        return;
    }
    put_states(page, region);
    put_ages(page, days);
    put_past_due(page, region);
    section_end(page);
}
