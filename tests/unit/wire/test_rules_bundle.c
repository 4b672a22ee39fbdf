#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/rules_bundle.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define TODAY date("2026-11-26")

static char *text; /* the canonical text of the project's own tables */
static size_t text_length;
static struct rules rules;

static day_t date(const char *string)
{
    day_t day = DAY_NONE;
    cr_assert(day_parse(string, (uint32_t)strlen(string), &day));
    return day;
}

static void prepare(void)
{
    const struct error error = rules_bundle_read_files(JAGA_RULES_DIR, &text, &text_length);
    cr_assert(!failed(&error), "%s", error.detail);
}

static void clean_up(void)
{
    free(text);
}

TestSuite(rules_bundle, .init = prepare, .fini = clean_up);

/* The text with the first `find` (which must be there) replaced; the caller frees it. */
static char *replaced(const char *from, size_t from_length, const char *find, const char *put,
                      size_t *length)
{
    const char *at = memmem(from, from_length, find, strlen(find));
    cr_assert_not_null(at, "'%s' is not in the text", find);
    const size_t before = (size_t)(at - from);
    const size_t after = from_length - before - strlen(find);
    *length = before + strlen(put) + after;
    char *out = malloc(*length + 1);
    cr_assert_not_null(out);
    memcpy(out, from, before);
    memcpy(out + before, put, strlen(put));
    memcpy(out + before + strlen(put), at + strlen(find), after);
    out[*length] = '\0';
    return out;
}

Test(rules_bundle, own_tables_are_valid)
{
    struct rules_warnings warnings;
    const struct error error = rules_bundle_parse(text, text_length, TODAY, &rules, &warnings);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_expect_eq(warnings.count, 0);
    cr_expect_eq(rules.region_count, 552);
    cr_expect_eq(rules.wage_cap_count, 13);
    cr_expect_eq(rules.holiday_count, 303);
    cr_expect(rules.indexed);
}

Test(rules_bundle, own_tables_say_what_the_contract_says)
{
    const struct error error = rules_bundle_parse(text, text_length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    const day_t day = date("2024-02-14");
    cr_expect_eq(rules_tariff(&rules, JKK, PU_STATE, 1, day)->value, 2400);
    cr_expect_eq(rules_tariff(&rules, JKM, BPU, 1, day)->value, 6800);
    cr_expect_eq(rules_tariff(&rules, JKP, PU, 1, day)->value, 0);
    cr_expect_eq(rules_wage_cap(&rules, JP, date("2026-02-28")), 10547400);
    cr_expect_eq(rules_wage_cap(&rules, JP, date("2026-03-01")), 11086300);
    cr_expect_eq(rules_category(&rules, TEXT("KPPS")), 1);
    cr_expect_eq(rules_category(&rules, TEXT("OTHER")), 38);
    cr_expect(rules.categories[9].election && !rules.categories[10].election);
    cr_expect_eq(rules_region(&rules, TEXT("36.74")), 3674);
    cr_expect_eq(rules_utc_offset(&rules, 3674), 7);
    cr_expect_eq(rules_utc_offset(&rules, 5171), 8);
    cr_expect_eq(rules_utc_offset(&rules, 9471), 9);
    cr_expect_eq(rules.programmes_of_segment[PU], 0x1F);
    cr_expect_eq(rules.programmes_of_segment[PU_STATE], 0x0F);
    cr_expect_eq(rules.programmes_of_segment[JAKON], 0x03);
    const struct benefit_row *lines[LINES_OUT_MAX];
    cr_assert_eq(rules_benefit(&rules, BENEFIT_JKK_DEATH, day, lines), 3);
    cr_expect_eq(lines[0]->component, COMPONENT_DEATH);
    cr_expect_eq(lines[1]->component, COMPONENT_PERIODIC);
    cr_expect_eq(lines[2]->component, COMPONENT_BURIAL);
}

Test(rules_bundle, values_by_cases_and_limits)
{
    const struct error error = rules_bundle_parse(text, text_length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    const struct benefit_row *lines[LINES_OUT_MAX];
    cr_assert_eq(rules_benefit(&rules, BENEFIT_SCHOLARSHIP, date("2024-02-14"), lines), 1);
    cr_expect_eq(benefit_part(lines[0], LEVEL_SMA)->value, 3000000);
    cr_expect_eq(benefit_part(lines[0], LEVEL_TK_SD)->times, 8);
    cr_assert_eq(rules_benefit(&rules, BENEFIT_SCHOLARSHIP, date("2019-12-01"), lines), 1);
    cr_expect_eq(benefit_part(lines[0], LEVEL_TERTIARY), benefit_part(lines[0], LEVEL_TK_SD));
    cr_expect_eq(benefit_part(lines[0], LEVEL_SMP)->times, 1);
    cr_assert_eq(rules_benefit(&rules, BENEFIT_JKK_INJURY, date("2024-02-14"), lines), 4);
    cr_expect_eq(lines[0]->component, COMPONENT_INABILITY);
    cr_expect_eq(benefit_part(lines[0], 12)->value, 1000000);
    cr_expect_eq(benefit_part(lines[0], 13)->value, 500000);
    cr_expect_eq(benefit_part(lines[0], 999)->value, 500000);
    cr_expect_eq(lines[3]->component, COMPONENT_HOME_CARE);
    cr_expect_eq(rules_benefit_begins(&rules, BENEFIT_JKP), date("2022-02-01"));
    cr_assert_eq(rules_benefit(&rules, BENEFIT_JKP, date("2025-02-06"), lines), 1);
    cr_expect_eq(benefit_part(lines[0], 3)->value, 450000);
    cr_expect_eq(benefit_part(lines[0], 4)->value, 250000);
    cr_expect_null(benefit_part(lines[0], 7));
    cr_expect_eq(rules_wage_cap(&rules, JKP, date("2022-02-01")), 5000000);
}

Test(rules_bundle, reliefs_are_sets)
{
    const struct error error = rules_bundle_parse(text, text_length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_assert_eq(rules.relief_count, 4);
    const struct relief_row *covid = &rules.reliefs[0];
    cr_expect_eq(covid->segments, 1U << PU | 1U << PU_STATE | 1U << BPU);
    cr_expect_eq(covid->sponsor_kinds, (1U << SPONSOR_KIND_COUNT) - 1);
    const uint64_t riders = UINT64_C(1) << rules_category(&rules, TEXT("OJOL")) |
                            UINT64_C(1) << rules_category(&rules, TEXT("KURIR")) |
                            UINT64_C(1) << rules_category(&rules, TEXT("SOPIR"));
    cr_expect_eq(rules.reliefs[2].categories, riders);
    cr_expect_eq(rules.reliefs[3].categories & riders, 0);
    cr_expect_eq(rules.reliefs[3].categories | riders, covid->categories);
    const uint32_t budget =
        1U << SPONSOR_APBN | 1U << SPONSOR_APBD_PROV | 1U << SPONSOR_APBD_KABKOTA;
    cr_expect_eq(rules.reliefs[2].sponsor_kinds, covid->sponsor_kinds & ~budget);
}

Test(rules_bundle, hash_follows_the_text)
{
    struct error error = rules_bundle_parse(text, text_length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error));
    uint8_t hash[DIGEST_BYTES];
    memcpy(hash, rules.hash, sizeof hash);
    error = rules_bundle_parse(text, text_length, TODAY, &rules, NULL);
    cr_assert(!failed(&error));
    cr_expect_arr_eq(rules.hash, hash, sizeof hash);
    size_t length = 0;
    char *changed = replaced(text, text_length, "48,20000000", "48,20000001", &length);
    error = rules_bundle_parse(changed, length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_expect_arr_neq(rules.hash, hash, sizeof hash);
    free(changed);
}

Test(rules_bundle, own_tables_price_what_is_published)
{
    const struct error error = rules_bundle_parse(text, text_length, DAY_NONE, &rules, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_expect_eq(rules.bracket_count, 33);
    cr_expect_eq(rules.brackets[0].base_idr, 1000000);
    cr_expect_eq(rules.brackets[32].base_idr, 20700000);
    cr_expect_eq(rules.construction_count, 12);
    cr_expect_eq(rules.package_count, 5);
    cr_expect_eq(rules.recomposition_count, 10);
    cr_expect_eq(rules_wage_cap(&rules, JKP, date("2025-02-07")), 5000000);
}

/* What only files are asked for: a day is given. */
Test(rules_bundle, refuses_what_a_reviewer_would)
{
    static const struct {
        const char *find, *put, *detail;
    } rows[] = {
        {"PP 44/2015 art. 16,2026-11-24", "PP 44/2015 art. 16,2026-11-27",
         "rules/tariffs.csv:2: recorded_on '2026-11-27' lies in the future"},
        {"PP 82/2019 art. I (art. 34 of PP 44/2015),2026-11-24",
         "PP 82/2019 art. I (art. 34 of PP 44/2015),2018-12-31",
         "recorded_on '2018-12-31' is before the year of the law"},
        {"PP 44/2015 art. 16,2026-11-24", "PP 44/2015,2026-11-24",
         "rules/tariffs.csv:2: law 'PP 44/2015' names no article"},
        {"house rule; no article known,2026", "our choice,2026",
         "law 'our choice' names no article"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t length = 0;
        char *changed = replaced(text, text_length, rows[i].find, rows[i].put, &length);
        struct error error = rules_bundle_parse(changed, length, TODAY, &rules, NULL);
        cr_expect_not_null(strstr(error.detail, rows[i].detail), "row %zu: %s", i, error.detail);
        error = rules_bundle_parse(changed, length, DAY_NONE, &rules, NULL);
        cr_expect(!failed(&error), "row %zu: a bundle on the log is not asked: %s", i,
                  error.detail);
        free(changed);
    }
}

/* One change to the canonical text each; the lines are those of canonical rows. */
static const struct {
    const char *find, *put, *detail;
} refusals[] = {
    /* the text as a whole */
    {"[categories.csv]", "[categories.cvs]", "line 1 of the bundle's text: not the table"},
    {"[regions.csv]", "[holidays.csv]", "not the table that comes next"},
    {"[categories.csv]\n", "", "a row outside a table"},
    {"jkp-rate-2021,JKP", "[more.csv]\njkp-rate-2021,JKP", "a table after the last one"},
    {"id,number,code,name", "[regions.csv]\nid,number,code,name", "has no header"},
    /* columns */
    {"risk_group,base,value", "risk,base,value", "rules/tariffs.csv:1: unknown column 'risk'"},
    {"base,value,valid_from", "value,base,valid_from", "column 5 must be 'base'"},
    {"cap_idr,valid_from,valid_to,law,recorded_on,reviewed_until,verified",
     "cap_idr,valid_from,valid_to,law,recorded_on,reviewed_until", "rules/wage_caps.csv:1: 8 col"},
    {"jkk-PU-1,JKK,PU,1,WAGE_PPM,2400,", "jkk-PU-1,JKK,PU,1,WAGE_PPM,2400,,",
     "rules/tariffs.csv:2: 13 fields; give one for each of the 12"},
    {"jkk-PU-1,JKK,PU,1,", "jkk-PU-1,JKK,PU,", "rules/tariffs.csv:2: 11 fields"},
    /* words, numbers, dates */
    {"jkk-PU-2,JKK,", "jkk-PU-2,JKX,", "rules/tariffs.csv:3: programme 'JKX' is not known"},
    {"jkk-PU-2,JKK,PU", "jkk-PU-2,JKK,pu", "segment 'pu' is not known"},
    {"jkk-PU-2,JKK,PU,2", "jkk-PU-2,JKK,PU,6", "risk_group '6'"},
    {"jkk-PU-2,JKK,PU,2", "jkk-PU-2,JKK,PU,0", "risk_group '0' is no risk group"},
    {"WAGE_PPM,5400", "WAGE,5400", "base 'WAGE' is not known"},
    {"WAGE_PPM,5400", "WAGE_PPM,5.400", "value '5.400' is not a number in range"},
    {"WAGE_PPM,5400", "WAGE_PPM,-5400", "value '-5400'"},
    {"WAGE_PPM,5400", "WAGE_PPM,05400", "value '05400'"},
    {"WAGE_PPM,5400", "WAGE_PPM,1000001", "value '1000001'"},
    {"FIXED_IDR,6800", "FIXED_IDR,99999999999999999999", "value '99999999999999999999'"},
    {"ANY_AMOUNT,0", "ANY_AMOUNT,1", "value '1'"},
    {"jp-PU,JP,PU,", "jp-PU,JP,BPU,", "programme 'JP' is not open to the segment"},
    {"wait-days,WAIT_DAYS,*,14", "wait-days,WAIT,*,14", "parameter 'WAIT' is not known"},
    {"wait-days,WAIT_DAYS,*,14", "wait-days,WAIT_DAYS,*,100001", "value '100001'"},
    {"jp-cap-2015,JP,7000000,2015-07-01", "jp-cap-2015,JP,7000000,1 July 2015",
     "rules/wage_caps.csv:2: valid_from '1 July 2015' is not a date"},
    {"7000000,2015-07-01,2016-02-29", "7000000,2015-07-01,2016-02-30",
     "valid_to '2016-02-30' is not a date"},
    {"7000000,2015-07-01,2016-02-29", "7000000,2015-07-01,2015-06-30",
     "valid_to '2015-06-30' is before valid_from"},
    {"FIXED_IDR,16200000,0", "FIXED_IDR,16200000,1", "least_idr '1'"},
    {"WAGE_TIMES,48,20000000", "WAGE_TIMES,1001,20000000", "value '1001'"},
    {"jkm-lump-2015,JKM,LUMP", "jkm-lump-2015,JKN,LUMP", "benefit 'JKN' is not known"},
    {"jkm-lump-2015,JKM,LUMP", "jkm-lump-2015,JKM,lump", "component 'lump' is not known"},
    /* values by cases, and limits */
    {"LAND=1000000|SEA=1500000|AIR=2500000", "LAND=1000000|SEA=1500000",
     "is no value for each case"},
    {"LAND=1000000|SEA=1500000", "SEA=1500000|LAND=1000000", "is no value for each case"},
    {"LAND=1000000|SEA", "LAND=1000000|LAND=1|SEA", "is no value for each case"},
    {"LAND=1000000", "ROAD=1000000", "is no value for each case"},
    {"LAND=1000000", "LAND1000000", "is no value for each case"},
    {"LAND=1000000", "LAND=1000000000001", "is no value for each case"},
    {"1-6=1000000|7-12", "1-6=1000001|7-12", "is no value for each case"},
    {"1-6=1000000|7-12", "1-6=1000000|8-12", "is no value for each case"},
    {"1-6=1000000|7-12", "2-6=1000000|7-12", "is no value for each case"},
    {"1-6=1000000|7-12=750000", "1-=1000000|7-12=750000", "is no value for each case"},
    {"1-3=450000|4-6=250000", "1-3=450000|4-3=250000", "is no value for each case"},
    {"1-3=450000|4-6=250000", "450000", "is no value for each case"},
    {"FIXED_IDR,16200000,0", "FIXED_IDR,*=16200000,0", "value '*=16200000' is not a number"},
    {"COST_AS_BILLED,0,0", "COST_AS_BILLED,1,0", "value '1' is not a number in range"},
    {"WAGE_TIMES_TABLE,80,0", "WAGE_TIMES_TABLE,80,1", "least_idr '1'"},
    {"*=12000000,0,*=1", "*=12000000,0,*=0", "most_times '*=0' is no limit"},
    {"*=12000000,0,*=1", "*=12000000,0,1", "most_times '1' is no limit"},
    {"0,TK_SD=8|SMP=3|SMA=3|TERTIARY=5", "0,*=19", "most_times '*=19' is no limit"},
    {"LAND=1000000|SEA=1500000|AIR=2500000,0,none", "LAND=1|SEA=1|AIR=1,0,LAND=1|SEA=1|AIR=1",
     "is no limit for each case"},
    {"JKK_INJURY,INABILITY,INABILITY_PPM", "JKP,INABILITY,INABILITY_PPM",
     "formula 'INABILITY_PPM' does not go"},
    {"JKK_INJURY,TREATMENT,COST_AS", "JKK_INJURY,TRANSPORT,COST_AS", "does not go with"},
    {"SCHOLARSHIP,SCHOLARSHIP,FIXED_BY", "JKP,SCHOLARSHIP,FIXED_BY", "does not go with"},
    {"JKP,CASH,CAPPED", "JKM,CASH,CAPPED", "does not go with"},
    {"jkk-inability-2019,JKK_INJURY,INABILITY,INABILITY_PPM,1-12=1000000|13-=500000,0,none,2019-12-"
     "02",
     "jkk-inability-2019,JKK_INJURY,INABILITY,INABILITY_PPM,1-12=1000000|13-=500000,0,none,2019-12-"
     "03",
     "INABILITY of JKK_INJURY: no row on 2019-12-02"},
    /* law, review, id */
    {"PP 44/2015 art. 16,2026-11-24", ",2026-11-24", "rules/tariffs.csv:2: law '' is missing"},
    {"PP 44/2015 art. 16,2026-11-24", " PP 44/2015,2026-11-24", "has blanks at its ends"},
    {"PP 44/2015 art. 16,2026-11-24", "PP \"44/2015\",2026-11-24", "is quoted"},
    {"PP 44/2015 art. 16,2026-11-24", "PP 44\t2015,2026-11-24", "not printable ASCII"},
    {"PP 44/2015 art. 16,2026-11-24,2027-12-31", "PP 44/2015,2026-11-24,2026-11-23",
     "reviewed_until '2026-11-23' is before recorded_on"},
    {"PP 44/2015 art. 16,2026-11-24,2027-12-31,yes", "PP 44/2015,2026-11-24,2027-12-31,maybe",
     "verified 'maybe' is not an answer"},
    {"jkk-PU-2,", "jkk PU 2,", "id 'jkk PU 2' holds more than letters"},
    {"jkk-PU-2,", "jkk-PU-2-with-a-name-that-goes-on-and-on-and-on,", "is empty or too long"},
    {"jkk-PU-2,", "jkk-PU-1,", "rules/tariffs.csv:3: id 'jkk-PU-1' is used in tariffs.csv:2"},
    {"jkk-PU-1,", "jp-cap-2015,", "rules/wage_caps.csv:2: id 'jp-cap-2015' is used in tariffs.csv"},
    /* overlap, gap, a parameter for every day */
    {"2015-07-01,2016-02-29", "2015-07-01,2016-03-01",
     "rules/wage_caps.csv:3: wage cap of JP: a second row on 2016-03-01, the other is in line 2"},
    {"2015-07-01,2016-02-29", "2015-07-01,2016-02-28",
     "rules/wage_caps.csv:3: wage cap of JP: no row on 2016-02-29, after the one in line 2"},
    {"jkk-PU-2,JKK,PU,2", "jkk-PU-2,JKK,PU,1", "JKK for PU, risk group 1: a second row on 2015-07"},
    {"jkk-PU-2,JKK,PU,2", "jkk-PU-2,JKK,PU,*", "JKK for PU, risk group 1: a second row on 2015-07"},
    {"jkp-PU-2025,JKP,PU,*,FIXED_IDR,0,2025-02-07", "jkp-PU-2025,JKP,PU,*,FIXED_IDR,0,2025-02-08",
     "JKP for PU, risk group 1: no row on 2025-02-07"},
    {"jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000,0,none,2019-12-02",
     "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000,0,none,2019-12-01",
     "BURIAL of JKM: a second row on 2019-12-01"},
    {"jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000,0,none,2019-12-02",
     "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000,0,none,2019-12-03",
     "BURIAL of JKM: no row on 2019-12-02"},
    {"24,0001-01-01,2019-12-01", "24,2015-07-01,2019-12-01",
     "EXPIRY_MONTHS for PU: no row on 0001-01-01"},
    {"60,2019-12-02,open", "60,2019-12-02,2030-12-31",
     "EXPIRY_MONTHS for PU: no row on 2031-01-01"},
    {"60,2019-12-02,open", "60,2019-12-03,open", "EXPIRY_MONTHS for PU: no row on 2019-12-02"},
    {"backdating-PMI,BACKDATING_DAYS,PMI", "backdating-PMI,BACKDATING_DAYS,BPU",
     "BACKDATING_DAYS for BPU: a second row on 0001-01-01"},
    {"tolerance,TOLERANCE_IDR", "tolerance,WAIT_DAYS", "WAIT_DAYS for PU: a second row"},
    /* channels */
    {"rtgs,RTGS,none", "rtgs,RTGS,500000000",
     "a channel with the limit none: no row on 0001-01-01"},
    {"bi-fast,BI_FAST,250000000", "bi-fast,BI_FAST,none", "a second row on 0001-01-01"},
    {"bi-fast,BI_FAST,", "bi-fast,RTGS,", "channel RTGS: a second row on 0001-01-01"},
    /* reliefs */
    {"*,*,JKK|JKM|JP", "*,*,JKK|JKM|JKK", "programmes 'JKK|JKM|JKK' is not a set"},
    {"*,*,JKK|JKM|JP", "*,*,JKK|", "programmes 'JKK|' is not a set"},
    {"OJOL|KURIR|SOPIR", "OJOL|OJEK", "categories 'OJOL|OJEK' is not a set"},
    {"!OJOL|KURIR|SOPIR", "!OJOL|KURIR", "relief PP50-2025: a second row on 2026-04-01"},
    {"2020-08-01,2021-01-31", "2020-08-01,open", "valid_to 'open' is no end"},
    {"2020-08-01,2021-01-31", "2020-08-02,2021-01-31", "do not bound whole months"},
    {"2020-08-01,2021-01-31", "2020-08-01,2021-01-30", "do not bound whole months"},
    /* brackets, construction, packages */
    {"bracket-01,0,1100000", "bracket-01,1,1100000",
     "rules/brackets.csv:2: brackets of BPU, on 2015-07-01: no band holds what follows 0;"},
    {"bracket-02,1100000,", "bracket-02,1100001,",
     "rules/brackets.csv:3: brackets of BPU, on 2015-07-01: no band holds what follows 1100000;"},
    {"bracket-02,1100000,", "bracket-02,1099999,",
     "rules/brackets.csv:3: brackets of BPU, on 2015-07-01: two bands hold what lies below "
     "1100000;"},
    {"bracket-33,20200000,none", "bracket-33,20200000,90000000",
     "rules/brackets.csv:34: brackets of BPU, on 2015-07-01: no band holds what follows 90000000;"},
    {"1200000,2015-07-01,open", "1200000,2015-07-01,2026-12-31",
     "rules/brackets.csv:4: brackets of BPU, on 2027-01-01: no band holds what follows 1100000;"},
    {"1200000,2015-07-01,open", "1200000,2015-08-01,open",
     "rules/brackets.csv:4: brackets of BPU, on 2015-07-01: no band holds what follows 1100000;"},
    {"bracket-02,1100000,1300000", "bracket-02,1100000,1100000",
     "income_below_idr '1100000' ends the band before it begins"},
    {"bracket-02,1100000,1300000", "bracket-02,1100000,open", "income_below_idr 'open'"},
    {"20200000,none,20700000", "20200000,none,none", "base_idr 'none' is not a number"},
    {"jkk-JAKON-band-2,JKK,CONTRACT,100000000", "jkk-JAKON-band-2,JKK,CONTRACT,200000000",
     "rules/construction.csv:3: JKK of JAKON by contract, on 2015-07-01: no band holds what "
     "follows"},
    {"jkm-JAKON-wages,JKM,WAGES,0", "jkm-JAKON-wages,JKM,WAGES,5",
     "JKM of JAKON by wages, on 2015-07-01: no band holds what follows 0"},
    {"jkm-JAKON-wages,JKM,WAGES", "jkm-JAKON-wages,JKK,WAGES",
     "JKK of JAKON by wages, on 2015-07-01: two bands hold what lies below"},
    {"JKK,WAGES,0,none,17400", "JKK,WAGES,0,none,100001", "rate_ppm '100001'"},
    {"jkm-JAKON-wages,JKM,WAGES", "jkm-JAKON-wages,JKM,HOURS", "basis 'HOURS' is not known"},
    {"pmi-12,PLACEMENT,12", "pmi-12,PLACEMENT,24",
     "rules/packages.csv:4: the package of 24 months: a second row on 2023-02-22"},
    {"pmi-12,PLACEMENT,12", "pmi-12,PLACEMENT,0", "months '0' does not fit the package"},
    {"pmi-before,BEFORE_PLACEMENT,0", "pmi-before,BEFORE_PLACEMENT,1", "months '1' does not fit"},
    {"pmi-extra-month,EXTRA_MONTH,1", "pmi-extra-month,EXTRA_MONTH,2", "months '2' does not fit"},
    {"pmi-12,PLACEMENT,12", "pmi-12,STAY,12", "package 'STAY' is not known"},
    /* recomposition: parts add up to the published rates */
    {"jkp-from-jkk-1,JKK,1,1000", "jkp-from-jkk-1,JKK,1,1100",
     "rules/recomposition.csv:5: JKK, risk group 1, on 2021-02-01: the parts come to 2500, the "
     "tariff is 2400;"},
    {"jkp-from-jkk-5,JKK,5,16000,1400", "jkp-from-jkk-5,JKK,5,16100,1300",
     "rules/recomposition.csv:2: JKP, risk group 5, on 2021-02-01: the parts come to 4500, the "
     "published rate is 4600;"},
    {"jkk-PU-5,JKK,PU,5,WAGE_PPM,17400", "jkk-PU-5,JKK,PU,5,WAGE_PPM,17300",
     "rules/recomposition.csv:9: JKK, risk group 5, on 2021-02-01: the parts come to 17400, the "
     "tariff is 17300;"},
    {"jkp-from-state,STATE,*,0,2200,2021-02-01,open",
     "jkp-from-state,STATE,*,0,2200,2021-02-01,2025-02-06",
     "JKP, risk group 1, on 2025-02-07: the parts come to 1400, the published rate is 3600;"},
    {"jkp-from-jkm-2025,JKM,*,3000,0,2025-02-07", "jkp-from-jkm-2025,JKM,*,3000,0,2025-02-08",
     "the part of JKM, risk group 1: no row on 2025-02-07"},
    {"jkp-from-jkk-2,JKK,2", "jkp-from-jkk-2,JKK,*",
     "the part of JKK, risk group 1: a second row on 2021-02-01"},
    {"jkp-from-state,STATE", "jkp-from-state,BUDGET", "source 'BUDGET' is not known"},
    /* codes */
    {"category-PPS,2,", "category-PPS,1,", "rules/categories.csv:3: number '1' is taken"},
    {"category-PPS,2,", "category-PPS,64,", "number '64' is not a number in range"},
    {"committee,yes,", "committee,Yes,", "election 'Yes' is not an answer"},
    {"category-PPS,2,PPS", "category-PPS,2,KPPS", "code 'KPPS' is in the table already"},
    {"category-PPS,2,PPS,village election committee,yes,0001-01-01",
     "category-PPS,2,PPS,village election committee,yes,2015-01-01",
     "valid_to 'open' dates a row of a table that has no dates"},
    {"region-36.74,36.74", "region-36.74,36.73", "code '36.73' is in the table already"},
    {"region-36.74,36.74", "region-36.74,3674", "code '3674' is no region's code"},
    {"region-36.74,36.74", "region-36.74,36.00", "code '36.00' is no region's code"},
    {"region-36.74,36.74", "region-36.74,99.74", "province 99 is not in the table"},
    {"Banten,7", "Banten,-", "utc_offset_hours '-' is not a number"},
    {"Kota Tangerang Selatan,-", "Kota Tangerang Selatan,8",
     "utc_offset_hours '8' stands at a regency"},
    {"open-PU-JKM,PU,JKM", "open-PU-JKM,PU,JKK", "programme 'JKK' is open to the segment already"},
    {"2015-01-03,2015-01-03", "2015-01-01,2015-01-03",
     "rules/holidays.csv:3: valid_from '2015-01-01' overlaps"},
    {"2015-01-03,2015-01-03", "2015-01-03,open", "rules/holidays.csv:3: valid_to 'open' is no day"},
    {"2027-12-25,2027-12-25", "2027-12-25,2047-12-25", "more days than there is room for"},
};

Test(rules_bundle, refuses)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        size_t length = 0;
        char *changed = replaced(text, text_length, refusals[i].find, refusals[i].put, &length);
        const struct error error = rules_bundle_parse(changed, length, DAY_NONE, &rules, NULL);
        cr_expect(failed(&error), "row %zu: '%s' was taken", i, refusals[i].put);
        cr_expect_str_eq(error.code, "rules_invalid", "row %zu", i);
        cr_expect_not_null(strstr(error.detail, refusals[i].detail), "row %zu: %s", i,
                           error.detail);
        free(changed);
    }
}

Test(rules_bundle, refuses_a_text_cut_anywhere_at_a_line)
{
    for (size_t length = 0; length < text_length; length++) {
        const bool at_line = length == 0 || text[length - 1] == '\n';
        const bool last_rows = length > text_length - 200;
        if (!at_line || length % 7 != 0 || last_rows) {
            continue;
        }
        const struct error error = rules_bundle_parse(text, length, DAY_NONE, &rules, NULL);
        cr_expect(failed(&error), "%zu bytes were taken", length);
    }
}

Test(rules_bundle, refuses_a_text_without_its_last_end_of_line)
{
    const struct error error = rules_bundle_parse(text, text_length - 1, DAY_NONE, &rules, NULL);
    cr_expect_not_null(strstr(error.detail, "the last line has no end"), "%s", error.detail);
}

Test(rules_bundle, refuses_more_rows_than_there_is_room_for)
{
    char rows[64 * 200] = "";
    for (int i = 0; i < CHANNELS_MAX; i++) {
        char row[200];
        (void)snprintf(row, sizeof row,
                       "more-%d,MORE-%d,%d,0001-01-01,open,law,2026-11-24,2027-12-31,no\n", i, i,
                       i + 1);
        strncat(rows, row, sizeof rows - strlen(rows) - 1);
    }
    strncat(rows, "bi-fast,", sizeof rows - strlen(rows) - 1);
    size_t length = 0;
    char *changed = replaced(text, text_length, "bi-fast,", rows, &length);
    const struct error error = rules_bundle_parse(changed, length, DAY_NONE, &rules, NULL);
    cr_expect_not_null(strstr(error.detail, "rules/channels.csv:18: more than 16 rows"), "%s",
                       error.detail);
    free(changed);
}

Test(rules_bundle, reviewed_until)
{
    const struct {
        const char *today; /* NULL: none */
        bool taken;
        uint32_t warnings;
    } rows[] = {
        {"2026-11-26", true, 0},  {"2027-10-01", true, 0},
        {"2027-10-02", true, 14}, /* 90 days before */
        {"2027-12-31", true, 14}, {"2028-01-01", false, 0},
        {NULL, true, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rules_warnings warnings;
        const day_t today = rows[i].today == NULL ? DAY_NONE : date(rows[i].today);
        const struct error error = rules_bundle_parse(text, text_length, today, &rules, &warnings);
        cr_expect_eq(!failed(&error), rows[i].taken, "row %zu: %s", i, error.detail);
        cr_expect_eq(warnings.count, rows[i].warnings, "row %zu", i);
    }
}

Test(rules_bundle, warning_names_the_first_row_and_how_many)
{
    size_t length = 0;
    char *changed = replaced(text, text_length, "PP 44/2015 art. 40,2026-11-24,2027-12-31",
                             "PP 44/2015 art. 40,2026-11-24,2027-01-15", &length);
    struct rules_warnings warnings;
    const struct error error = rules_bundle_parse(changed, length, TODAY, &rules, &warnings);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_assert_eq(warnings.count, 1);
    cr_expect_not_null(strstr(warnings.texts[0], "rules/parameters.csv:"), "%s", warnings.texts[0]);
    cr_expect_not_null(strstr(warnings.texts[0], "2027-01-15"), "%s", warnings.texts[0]);
    cr_expect_not_null(strstr(warnings.texts[0], "days: 1)"), "%s", warnings.texts[0]);
    free(changed);
}

/* A folder of its own with the project's tables. */
static char folder[64];

static void write_file(const char *name, const char *bytes, size_t length)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, length, file), length);
    cr_assert_eq(fclose(file), 0);
}

static char *read_own(const char *name, size_t *length)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", JAGA_RULES_DIR, name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    char *bytes = malloc(RULES_TEXT_BYTES_MAX);
    cr_assert_not_null(bytes);
    *length = fread(bytes, 1, RULES_TEXT_BYTES_MAX, file);
    (void)fclose(file);
    return bytes;
}

static const char *const files[] = {
    "categories.csv", "regions.csv",      "holidays.csv", "programmes.csv",    "parameters.csv",
    "tariffs.csv",    "wage_caps.csv",    "benefits.csv", "reliefs.csv",       "channels.csv",
    "brackets.csv",   "construction.csv", "packages.csv", "recomposition.csv",
};

static void copy_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/jaga_rules_XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        size_t length = 0;
        char *bytes = read_own(files[i], &length);
        write_file(files[i], bytes, length);
        free(bytes);
    }
}

static void remove_file(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
}

static void remove_folder(void)
{
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        remove_file(files[i]);
    }
    (void)rmdir(folder);
}

/* Puts `put` for `find` in a file of the folder and returns the line it stands in. */
static uint32_t change_file(const char *name, const char *find, const char *put)
{
    size_t length = 0;
    size_t changed_length = 0;
    char *bytes = read_own(name, &length);
    char *changed = replaced(bytes, length, find, put, &changed_length);
    write_file(name, changed, changed_length);
    uint32_t line = 1;
    for (const char *at = bytes; at < (char *)memmem(bytes, length, find, strlen(find)); at++) {
        line += *at == '\n';
    }
    free(changed);
    free(bytes);
    return line;
}

TestSuite(rules_files, .init = copy_folder, .fini = remove_folder);

static struct error load_folder(day_t today, struct rules_warnings *warnings)
{
    text = NULL;
    const struct error error =
        rules_bundle_load(folder, today, &text, &text_length, &rules, warnings);
    cr_expect_eq(text == NULL, failed(&error));
    free(text);
    return error;
}

Test(rules_files, errors_name_file_and_true_line)
{
    const struct {
        const char *file, *find, *put, *detail;
    } rows[] = {
        {"tariffs.csv", "jkk-PU-2,JKK", "jkk-PU-2,JKX", "programme 'JKX' is not known"},
        {"tariffs.csv", "id,programme", "id,program", "unknown column 'program'"},
        {"wage_caps.csv", "2016-03-01,2017-02-28", "2016-03-02,2017-02-28", "no row on 2016-03-01"},
        {"parameters.csv", "PP 44/2015 art. 40", "", "law '' is missing"},
        {"regions.csv", "region-36.74,36.74", "region-36.74,36.73", "in the table already"},
        {"benefits.csv", "jkm-lump-2015", "[x]", "a row begins with '['"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const uint32_t line = change_file(rows[i].file, rows[i].find, rows[i].put);
        char place[256];
        (void)snprintf(place, sizeof place, "%s/%s:%u: ", folder, rows[i].file, line);
        const struct error error = load_folder(DAY_NONE, NULL);
        cr_expect_eq(strncmp(error.detail, place, strlen(place)), 0, "row %zu: %s, not %s", i,
                     error.detail, place);
        cr_expect_not_null(strstr(error.detail, rows[i].detail), "row %zu: %s", i, error.detail);
        (void)change_file(rows[i].file, rows[i].find, rows[i].find);
    }
}

Test(rules_files, review_names_the_true_line)
{
    const uint32_t line = change_file("parameters.csv", "PP 44/2015 art. 40,2026-11-24,2027-12-31",
                                      "PP 44/2015 art. 40,2026-11-24,2026-12-31");
    char place[256];
    (void)snprintf(place, sizeof place, "%s/parameters.csv:%u: ", folder, line);
    struct rules_warnings warnings;
    struct error error = load_folder(TODAY, &warnings);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_assert_eq(warnings.count, 1);
    cr_expect_eq(strncmp(warnings.texts[0], place, strlen(place)), 0, "%s", warnings.texts[0]);
    error = load_folder(date("2027-01-01"), &warnings);
    cr_expect_eq(strncmp(error.detail, place, strlen(place)), 0, "%s", error.detail);
    cr_expect_not_null(strstr(error.detail, "reviewed_until '2026-12-31' is past"), "%s",
                       error.detail);
}

static struct rules_findings findings;

static void lint_folder(day_t today, struct rules_warnings *warnings)
{
    const struct error error = rules_bundle_lint(folder, today, &findings, warnings);
    cr_assert(!failed(&error), "%s", error.detail);
}

static bool finds(const char *file, uint32_t line, const char *detail)
{
    char place[256];
    (void)snprintf(place, sizeof place, "%s/%s:%u: ", folder, file, line);
    for (uint32_t i = 0; i < findings.count; i++) {
        const char *found = findings.texts[i];
        if (strncmp(found, place, strlen(place)) == 0 && strstr(found, detail) != NULL) {
            return true;
        }
    }
    return false;
}

Test(rules_files, lint_of_own_tables_finds_nothing)
{
    struct rules_warnings warnings;
    lint_folder(TODAY, &warnings);
    cr_expect_eq(findings.count, 0, "%s", findings.texts[0]);
    cr_expect_eq(warnings.count, 0);
    lint_folder(date("2027-12-01"), &warnings);
    cr_expect_eq(findings.count, 0, "%s", findings.texts[0]);
    cr_expect_eq(warnings.count, COUNT_OF(files));
}

Test(rules_files, lint_finds_every_bad_row)
{
    const uint32_t word = change_file("tariffs.csv", "jkk-PU-2,JKK", "jkk-PU-2,JKX");
    const uint32_t date_ = change_file("wage_caps.csv", "2016-02-29", "2016-02-30");
    const uint32_t law = change_file("parameters.csv", "PP 44/2015 art. 40", "PP 44/2015");
    const uint32_t twice = change_file("benefits.csv", "jkm-lump-2019,", "jp-cap-2017,");
    struct rules_warnings warnings;
    lint_folder(TODAY, &warnings);
    cr_expect_eq(findings.count, 4, "%u", findings.count);
    cr_expect(finds("tariffs.csv", word, "programme 'JKX' is not known"));
    cr_expect(finds("wage_caps.csv", date_, "is not a date"));
    cr_expect(finds("parameters.csv", law, "names no article"));
    cr_expect(finds("benefits.csv", twice, "is used in wage_caps.csv:"));
}

Test(rules_files, lint_finds_every_overlap_and_gap_once)
{
    const uint32_t over = change_file("wage_caps.csv", "2016-03-01", "2016-02-01");
    const uint32_t gap =
        change_file("benefits.csv", "10000000,0,none,2019-12-02", "10000000,0,none,2019-12-05");
    const uint32_t every = change_file("parameters.csv", "wait-days,WAIT_DAYS,*,14,0001-01-01",
                                       "wait-days,WAIT_DAYS,*,14,0001-01-02");
    struct rules_warnings warnings;
    lint_folder(TODAY, &warnings);
    cr_expect_eq(findings.count, 3, "%u", findings.count);
    cr_expect(finds("wage_caps.csv", over, "a second row on 2016-02-01"));
    cr_expect(finds("benefits.csv", gap, "no row on 2019-12-02"));
    cr_expect(finds("parameters.csv", every, "no row on 0001-01-01"));
}

Test(rules_files, lint_of_what_cannot_be_read_is_one_finding)
{
    remove_file("reliefs.csv");
    struct rules_warnings warnings;
    lint_folder(TODAY, &warnings);
    cr_assert_eq(findings.count, 1);
    cr_expect_not_null(strstr(findings.texts[0], "reliefs.csv: No such file"));
}

Test(rules_files, comments_blanks_and_line_ends_change_nothing)
{
    uint8_t hash[DIGEST_BYTES];
    struct error error = load_folder(DAY_NONE, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    memcpy(hash, rules.hash, sizeof hash);
    (void)change_file("tariffs.csv", "jkk-PU-2,JKK,PU,2",
                      "\n  # a remark, with a comma\n\t\n  jkk-PU-2 , JKK,\tPU, 2");
    (void)change_file("channels.csv", ",no\n", ",no\r\n");
    error = load_folder(DAY_NONE, NULL);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_expect_arr_eq(rules.hash, hash, sizeof hash);
}

Test(rules_files, last_line_may_lack_its_end)
{
    size_t length = 0;
    char *bytes = read_own("channels.csv", &length);
    write_file("channels.csv", bytes, length - 1);
    free(bytes);
    const struct error error = load_folder(DAY_NONE, NULL);
    cr_expect(!failed(&error), "%s", error.detail);
}

Test(rules_files, refuses_a_missing_file)
{
    remove_file("reliefs.csv");
    const struct error error = load_folder(DAY_NONE, NULL);
    cr_expect_not_null(strstr(error.detail, "reliefs.csv: No such file"), "%s", error.detail);
}

Test(rules_files, refuses_an_empty_file)
{
    write_file("reliefs.csv", "# nothing\n", 10);
    const struct error error = load_folder(DAY_NONE, NULL);
    cr_expect_not_null(strstr(error.detail, "reliefs.csv:1: no header line"), "%s", error.detail);
}

Test(rules_files, refuses_a_table_it_does_not_know)
{
    write_file("tarifs.csv", "id\n", 3);
    const struct error error = load_folder(DAY_NONE, NULL);
    remove_file("tarifs.csv");
    cr_expect_not_null(strstr(error.detail, "tarifs.csv: not one of the tables"), "%s",
                       error.detail);
}

Test(rules_files, refuses_a_file_that_is_too_long)
{
    char *bytes = malloc(RULES_TEXT_BYTES_MAX + 1);
    cr_assert_not_null(bytes);
    memset(bytes, '#', RULES_TEXT_BYTES_MAX + 1);
    write_file("reliefs.csv", bytes, RULES_TEXT_BYTES_MAX + 1);
    free(bytes);
    const struct error error = load_folder(DAY_NONE, NULL);
    cr_expect_not_null(strstr(error.detail, "reliefs.csv: longer than"), "%s", error.detail);
}

Test(rules_files, refuses_a_folder_that_is_not_there)
{
    char *none = NULL;
    size_t length = 0;
    const struct error error = rules_bundle_read_files("/nowhere/rules", &none, &length);
    cr_expect_not_null(strstr(error.detail, "/nowhere/rules: No such file"), "%s", error.detail);
    cr_expect_null(none);
}
