#include "rules_fixture.h"

#include <assert.h>
#include <string.h>

day_t date(int year, int month, int day_of_month)
{
    day_t day = DAY_NONE;
    const bool exists = day_from_civil(year, month, day_of_month, &day);
    assert(exists);
    return day;
}

int64_t wib(int year, int month, int day_of_month, int hour, int minute)
{
    const int64_t seconds = ((int64_t)hour - 7) * 3600 + (int64_t)minute * 60;
    return (int64_t)date(year, month, day_of_month) * MICROSECONDS_A_DAY +
           seconds * MICROSECONDS_A_SECOND;
}

month_t month_of(int year, int month)
{
    return (month_t)(year * 12 + month - 1);
}

static void copy_text(char *out, size_t capacity, const char *text)
{
    const size_t length = strlen(text);
    assert(length < capacity);
    memcpy(out, text, length + 1);
}

static struct rule_row row(const char *id, day_t from, day_t to)
{
    struct rule_row row = {.valid_from = from, .valid_to = to, .verified = true};
    copy_text(row.id, sizeof row.id, id);
    return row;
}

static void parameter(struct rules *rules, enum parameter which, uint8_t segment, int64_t value,
                      day_t from, day_t to)
{
    assert(rules->parameter_count < PARAMETERS_MAX);
    rules->parameters[rules->parameter_count++] =
        (struct parameter_row){.row = row("parameter", from, to), (uint8_t)which, segment, value};
}

static void always(struct rules *rules, enum parameter which, uint8_t segment, int64_t value)
{
    parameter(rules, which, segment, value, DAY_FIRST, DAY_NEVER);
}

static void fill_parameters(struct rules *rules)
{
    always(rules, PARAMETER_BACKDATING_DAYS, PU, 30);
    always(rules, PARAMETER_BACKDATING_DAYS, PU_STATE, 30);
    always(rules, PARAMETER_BACKDATING_DAYS, BPU, 0);
    always(rules, PARAMETER_BACKDATING_DAYS, JAKON, 30);
    always(rules, PARAMETER_BACKDATING_DAYS, PMI, 30);
    always(rules, PARAMETER_GRACE_MONTHS, ANY, 3);
    always(rules, PARAMETER_WAIT_DAYS, ANY, 14);
    always(rules, PARAMETER_AUTO_APPROVE_MAX_IDR, ANY, 250000000);
    parameter(rules, PARAMETER_EXPIRY_MONTHS, ANY, 24, DAY_FIRST, date(2019, 12, 1));
    parameter(rules, PARAMETER_EXPIRY_MONTHS, ANY, 60, date(2019, 12, 2), DAY_NEVER);
    always(rules, PARAMETER_EMPLOYER_MONTHS, ANY, 3);
    always(rules, PARAMETER_AGE_LIMIT_YEARS, ANY, 65);
    always(rules, PARAMETER_TOLERANCE_IDR, ANY, 1);
    parameter(rules, PARAMETER_WAITING_TENURE_DAYS, BPU, 0, DAY_FIRST, date(2021, 3, 31));
    parameter(rules, PARAMETER_WAITING_TENURE_DAYS, BPU, 90, date(2021, 4, 1), DAY_NEVER);
    always(rules, PARAMETER_WAITING_TENURE_DAYS, PU, 0);
    always(rules, PARAMETER_WAITING_TENURE_DAYS, PU_STATE, 0);
    always(rules, PARAMETER_WAITING_TENURE_DAYS, JAKON, 0);
    always(rules, PARAMETER_WAITING_TENURE_DAYS, PMI, 0);
    always(rules, PARAMETER_DUE_DAYS_JKM, ANY, 3);
    always(rules, PARAMETER_DUE_DAYS_OTHER, ANY, 7);
    const day_t last = date(2019, 12, 1);
    parameter(rules, PARAMETER_SCHOLARSHIP_PAID_MONTHS, ANY, 60, DAY_FIRST, last);
    parameter(rules, PARAMETER_SCHOLARSHIP_PAID_MONTHS, ANY, 36, last + 1, DAY_NEVER);
    parameter(rules, PARAMETER_SCHOLARSHIP_CHILDREN, ANY, 1, DAY_FIRST, last);
    parameter(rules, PARAMETER_SCHOLARSHIP_CHILDREN, ANY, 2, last + 1, DAY_NEVER);
    always(rules, PARAMETER_SCHOLARSHIP_AGE_YEARS, ANY, 23);
    always(rules, PARAMETER_JKP_FILING_MONTHS, ANY, 6);
    always(rules, PARAMETER_JKP_PAID_MONTHS, ANY, 12);
    always(rules, PARAMETER_JKP_WINDOW_MONTHS, ANY, 24);
    always(rules, PARAMETER_LATE_COST_PPM, ANY, 10000);
}

static void tariff(struct rules *rules, enum programme programme, enum segment segment,
                   uint8_t risk_group, enum tariff_base base, int64_t value, day_t from, day_t to)
{
    assert(rules->tariff_count < TARIFFS_MAX);
    rules->tariffs[rules->tariff_count++] = (struct tariff_row){.row = row("tariff", from, to),
                                                                .programme = (uint8_t)programme,
                                                                .segment = (uint8_t)segment,
                                                                .risk_group = risk_group,
                                                                .base = (uint8_t)base,
                                                                .value = value};
}

static void tariff_2015(struct rules *rules, enum programme programme, enum segment segment,
                        uint8_t risk_group, enum tariff_base base, int64_t value)
{
    tariff(rules, programme, segment, risk_group, base, value, date(2015, 7, 1), DAY_NEVER);
}

static void fill_risk_groups(struct rules *rules, enum segment segment)
{
    static const int64_t ppm[] = {2400, 5400, 8900, 12700, 17400};
    for (uint8_t group = 1; group <= 5; group++) {
        tariff_2015(rules, JKK, segment, group, TARIFF_WAGE_PPM, ppm[group - 1]);
    }
}

static void fill_tariffs(struct rules *rules)
{
    fill_risk_groups(rules, PU);
    fill_risk_groups(rules, PU_STATE);
    tariff_2015(rules, JKK, BPU, ANY, TARIFF_WAGE_PPM, 10000);
    tariff_2015(rules, JKK, JAKON, ANY, TARIFF_ANY_AMOUNT, 0);
    tariff_2015(rules, JKK, PMI, ANY, TARIFF_ANY_AMOUNT, 0);
    tariff_2015(rules, JKM, PU, ANY, TARIFF_WAGE_PPM, 3000);
    tariff_2015(rules, JKM, PU_STATE, ANY, TARIFF_WAGE_PPM, 3000);
    tariff_2015(rules, JKM, BPU, ANY, TARIFF_FIXED_IDR, 6800);
    tariff_2015(rules, JKM, JAKON, ANY, TARIFF_ANY_AMOUNT, 0);
    tariff_2015(rules, JKM, PMI, ANY, TARIFF_ANY_AMOUNT, 0);
    tariff_2015(rules, JHT, PU, ANY, TARIFF_WAGE_PPM, 57000);
    tariff_2015(rules, JHT, PU_STATE, ANY, TARIFF_WAGE_PPM, 57000);
    tariff_2015(rules, JHT, BPU, ANY, TARIFF_WAGE_PPM, 20000);
    tariff_2015(rules, JHT, PMI, ANY, TARIFF_ANY_AMOUNT, 0);
    tariff_2015(rules, JP, PU, ANY, TARIFF_CAPPED_WAGE_PPM, 30000);
    tariff_2015(rules, JP, PU_STATE, ANY, TARIFF_CAPPED_WAGE_PPM, 30000);
    tariff(rules, JKP, PU, ANY, TARIFF_FIXED_IDR, 0, date(2021, 2, 1), DAY_NEVER);
}

static void cap(struct rules *rules, int year, int64_t cap_idr, day_t to)
{
    const day_t from = year == 2015 ? date(2015, 7, 1) : date(year, 3, 1);
    assert(rules->wage_cap_count < WAGE_CAPS_MAX);
    rules->wage_caps[rules->wage_cap_count++] =
        (struct wage_cap_row){.row = row("cap", from, to), .programme = JP, .cap_idr = cap_idr};
}

static void fill_caps(struct rules *rules)
{
    static const int64_t caps[] = {7000000, 7335300, 7703500, 8094000,  8512400,  8939700,
                                   8754600, 9077600, 9559600, 10042300, 10547400, 11086300};
    for (int year = 2015; year <= 2026; year++) {
        const day_t to = year == 2026 ? DAY_NEVER : (day_t)(date(year + 1, 3, 1) - 1);
        cap(rules, year, caps[year - 2015], to);
    }
    rules->wage_caps[rules->wage_cap_count++] = (struct wage_cap_row){
        .row = row("jkp-cap", date(2021, 2, 1), DAY_NEVER), .programme = JKP, .cap_idr = 5000000};
}

static void benefit(struct rules *rules, const char *id, enum benefit which,
                    enum component component, int64_t value, int64_t least_idr, day_t from,
                    day_t to)
{
    const bool by_wage = component == COMPONENT_DEATH;
    assert(rules->benefit_count < BENEFITS_MAX);
    rules->benefits[rules->benefit_count++] =
        (struct benefit_row){.row = row(id, from, to),
                             .benefit = (uint8_t)which,
                             .component = (uint8_t)component,
                             .formula = by_wage ? FORMULA_WAGE_TIMES : FORMULA_FIXED_IDR,
                             .part_count = 1,
                             .parts = {{.last = BENEFIT_CASE_LAST, .value = value}},
                             .least_idr = least_idr};
}

/* The last of the rows with another formula. */
static struct benefit_row *formula(struct rules *rules, enum formula formula)
{
    struct benefit_row *row = &rules->benefits[rules->benefit_count - 1];
    row->formula = (uint8_t)formula;
    return row;
}

/* The next part of a row by cases. */
static void part(struct benefit_row *row, int32_t first, int32_t last, int64_t value, int64_t times)
{
    if (row->part_count == 1 && row->parts[0].value == 0) {
        row->part_count = 0;
    }
    row->parts[row->part_count++] = (struct benefit_part){first, last, value, times};
}

/* The rows of a benefit stand together. */
static void fill_disability(struct rules *rules, day_t from, day_t last)
{
    const day_t starts[] = {from, last + 1};
    const day_t ends[] = {last, DAY_NEVER};
    const int64_t periodic_idr[] = {4800000, 12000000};
    for (int i = 0; i < 2; i++) {
        benefit(rules, "jkk-total", BENEFIT_JKK_TOTAL, COMPONENT_DISABILITY, 56, 0, starts[i],
                ends[i]);
        (void)formula(rules, FORMULA_WAGE_TIMES);
        benefit(rules, "jkk-total-periodic", BENEFIT_JKK_TOTAL, COMPONENT_PERIODIC, periodic_idr[i],
                0, starts[i], ends[i]);
    }
    benefit(rules, "jkk-anatomical", BENEFIT_JKK_PARTIAL_ANATOMICAL, COMPONENT_DISABILITY, 80, 0,
            from, DAY_NEVER);
    (void)formula(rules, FORMULA_WAGE_TIMES_TABLE);
    benefit(rules, "jkk-functional", BENEFIT_JKK_PARTIAL_FUNCTIONAL, COMPONENT_DISABILITY, 80, 0,
            from, DAY_NEVER);
    (void)formula(rules, FORMULA_WAGE_TIMES_TABLE_LOSS);
}

static struct benefit_row *injury(struct rules *rules, enum component component, enum formula which,
                                  day_t from, day_t to)
{
    benefit(rules, "jkk-injury", BENEFIT_JKK_INJURY, component, 0, 0, from, to);
    return formula(rules, which);
}

static void fill_injury(struct rules *rules, day_t from, day_t last)
{
    const day_t next = last + 1;
    struct benefit_row *row = injury(rules, COMPONENT_INABILITY, FORMULA_INABILITY_PPM, from, last);
    part(row, 1, 6, 1000000, 0);
    part(row, 7, 12, 750000, 0);
    part(row, 13, BENEFIT_CASE_LAST, 500000, 0);
    row = injury(rules, COMPONENT_INABILITY, FORMULA_INABILITY_PPM, next, DAY_NEVER);
    part(row, 1, 12, 1000000, 0);
    part(row, 13, BENEFIT_CASE_LAST, 500000, 0);
    row = injury(rules, COMPONENT_TRANSPORT, FORMULA_COST_BY_MODE, from, last);
    part(row, TRANSPORT_LAND, TRANSPORT_LAND, 1000000, 0);
    part(row, TRANSPORT_SEA, TRANSPORT_SEA, 1500000, 0);
    part(row, TRANSPORT_AIR, TRANSPORT_AIR, 2500000, 0);
    row = injury(rules, COMPONENT_TRANSPORT, FORMULA_COST_BY_MODE, next, DAY_NEVER);
    part(row, TRANSPORT_LAND, TRANSPORT_LAND, 5000000, 0);
    part(row, TRANSPORT_SEA, TRANSPORT_SEA, 2000000, 0);
    part(row, TRANSPORT_AIR, TRANSPORT_AIR, 10000000, 0);
    (void)injury(rules, COMPONENT_TREATMENT, FORMULA_COST_AS_BILLED, from, last);
    (void)injury(rules, COMPONENT_TREATMENT, FORMULA_COST_AS_BILLED, next, DAY_NEVER);
    row = injury(rules, COMPONENT_HOME_CARE, FORMULA_COST_UP_TO, next, DAY_NEVER);
    row->parts[0].value = 20000000;
}

static void fill_scholarship(struct rules *rules, day_t from, day_t last)
{
    benefit(rules, "scholarship-2015", BENEFIT_SCHOLARSHIP, COMPONENT_SCHOLARSHIP, 0, 0, from,
            last);
    part(formula(rules, FORMULA_FIXED_BY_LEVEL), LEVEL_TK_SD, LEVEL_TERTIARY, 12000000, 1);
    benefit(rules, "scholarship-2019", BENEFIT_SCHOLARSHIP, COMPONENT_SCHOLARSHIP, 0, 0, last + 1,
            DAY_NEVER);
    struct benefit_row *row = formula(rules, FORMULA_FIXED_BY_LEVEL);
    part(row, LEVEL_TK_SD, LEVEL_TK_SD, 1500000, 8);
    part(row, LEVEL_SMP, LEVEL_SMP, 2000000, 3);
    part(row, LEVEL_SMA, LEVEL_SMA, 3000000, 3);
    part(row, LEVEL_TERTIARY, LEVEL_TERTIARY, 12000000, 5);
}

static void fill_job_loss(struct rules *rules)
{
    benefit(rules, "jkp-2022", BENEFIT_JKP, COMPONENT_CASH, 0, 0, date(2022, 2, 1),
            date(2025, 2, 6));
    struct benefit_row *row = formula(rules, FORMULA_CAPPED_WAGE_PPM);
    part(row, 1, 3, 450000, 0);
    part(row, 4, 6, 250000, 0);
    benefit(rules, "jkp-2025", BENEFIT_JKP, COMPONENT_CASH, 0, 0, date(2025, 2, 7), DAY_NEVER);
    part(formula(rules, FORMULA_CAPPED_WAGE_PPM), 1, 6, 600000, 0);
}

static void fill_benefits(struct rules *rules)
{
    const day_t from = date(2015, 7, 1);
    const day_t last = date(2019, 12, 1);
    const day_t next = date(2019, 12, 2);
    benefit(rules, "jkm-lump-2015", BENEFIT_JKM, COMPONENT_LUMP, 16200000, 0, from, last);
    benefit(rules, "jkm-periodic-2015", BENEFIT_JKM, COMPONENT_PERIODIC, 4800000, 0, from, last);
    benefit(rules, "jkm-burial-2015", BENEFIT_JKM, COMPONENT_BURIAL, 3000000, 0, from, last);
    benefit(rules, "jkm-lump-2019", BENEFIT_JKM, COMPONENT_LUMP, 20000000, 0, next, DAY_NEVER);
    benefit(rules, "jkm-periodic-2019", BENEFIT_JKM, COMPONENT_PERIODIC, 12000000, 0, next,
            DAY_NEVER);
    benefit(rules, "jkm-burial-2019", BENEFIT_JKM, COMPONENT_BURIAL, 10000000, 0, next, DAY_NEVER);
    benefit(rules, "jkm-waiting-burial-2021", BENEFIT_JKM_WAITING, COMPONENT_BURIAL, 10000000, 0,
            date(2021, 4, 1), DAY_NEVER);
    benefit(rules, "jkk-death-2015", BENEFIT_JKK_DEATH, COMPONENT_DEATH, 48, 16200000, from, last);
    benefit(rules, "jkk-periodic-2015", BENEFIT_JKK_DEATH, COMPONENT_PERIODIC, 4800000, 0, from,
            last);
    benefit(rules, "jkk-burial-2015", BENEFIT_JKK_DEATH, COMPONENT_BURIAL, 3000000, 0, from, last);
    benefit(rules, "jkk-death-2019", BENEFIT_JKK_DEATH, COMPONENT_DEATH, 48, 20000000, next,
            DAY_NEVER);
    benefit(rules, "jkk-periodic-2019", BENEFIT_JKK_DEATH, COMPONENT_PERIODIC, 12000000, 0, next,
            DAY_NEVER);
    benefit(rules, "jkk-burial-2019", BENEFIT_JKK_DEATH, COMPONENT_BURIAL, 10000000, 0, next,
            DAY_NEVER);
    fill_disability(rules, from, last);
    fill_injury(rules, from, last);
    fill_scholarship(rules, from, last);
    fill_job_loss(rules);
}

static void fill_channels(struct rules *rules)
{
    rules->channels[0] = (struct channel_row){
        .row = row("bi-fast", DAY_FIRST, DAY_NEVER), .channel = "BI_FAST", .most_idr = 250000000};
    rules->channels[1] = (struct channel_row){
        .row = row("rtgs", DAY_FIRST, DAY_NEVER), .channel = "RTGS", .most_idr = INT64_MAX};
    rules->channel_count = 2;
}

static void fill_categories(struct rules *rules)
{
    static const char *const codes[] = {
        "KPPS",
        "PPS",
        "PPK",
        "PANTARLIH",
        "LINMAS_TPS",
        "PANWASCAM",
        "PKD",
        "PTPS",
        "SEKRETARIAT_ADHOC",
        "KETUA_RT",
        "KETUA_RW",
        "PENGURUS_RTRW",
        "GURU_NGAJI",
        "MARBOT",
        "AMIL_JENAZAH",
        "KADER_KESEHATAN",
        "MAJELIS_TAKLIM",
        "RELAWAN_DAMKAR",
        "PENGGALI_KUBUR",
        "SISKAMLING",
        "ATLET",
        "VETERAN",
        "NON_ASN",
        "PEKERJA_RENTAN",
        "PETANI",
        "NELAYAN",
        "PEDAGANG",
        "OJOL",
        "KURIR",
        "SOPIR",
        "ART",
        "TUKANG_KEBUN",
        "PEKERJA_SENI",
        "UMKM",
        "KARYAWAN",
        "KONSTRUKSI",
        "PMI",
        "OTHER",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        copy_text(rules->categories[i + 1].code, sizeof rules->categories[i + 1].code, codes[i]);
    }
}

static uint64_t category_bit(const struct rules *rules, const char *code)
{
    const int number = rules_category(rules, text_of_string(code));
    assert(number > 0);
    return UINT64_C(1) << number;
}

static struct relief_row relief(const char *id, const char *declared, day_t from, day_t to)
{
    struct relief_row relief = {.row = row(id, from, to),
                                .segments = 1U << BPU,
                                .sponsor_kinds = (1U << SPONSOR_KIND_COUNT) - 1,
                                .categories = UINT64_MAX,
                                .programmes = 1U << JKK | 1U << JKM,
                                .factor_ppm = 500000};
    copy_text(relief.relief, sizeof relief.relief, declared);
    return relief;
}

static void fill_reliefs(struct rules *rules)
{
    struct relief_row covid = relief("pp49-2020", "PP49-2020", date(2020, 8, 1), date(2021, 1, 31));
    covid.segments = 1U << PU | 1U << PU_STATE | 1U << BPU;
    covid.programmes = 1U << JKK | 1U << JKM | 1U << JP;
    covid.factor_ppm = 10000;

    struct relief_row industry =
        relief("pp7-2025", "PP7-2025", date(2025, 2, 1), date(2025, 7, 31));
    industry.segments = 1U << PU;
    industry.programmes = 1U << JKK;

    const uint32_t budget =
        1U << SPONSOR_APBN | 1U << SPONSOR_APBD_PROV | 1U << SPONSOR_APBD_KABKOTA;
    const uint64_t riders =
        category_bit(rules, "OJOL") | category_bit(rules, "KURIR") | category_bit(rules, "SOPIR");
    struct relief_row transport =
        relief("pp50-2025-transport", "PP50-2025", date(2026, 1, 1), date(2027, 3, 31));
    transport.sponsor_kinds &= ~budget;
    transport.categories = riders;
    struct relief_row other =
        relief("pp50-2025-other", "PP50-2025", date(2026, 4, 1), date(2026, 12, 31));
    other.sponsor_kinds &= ~budget;
    other.categories = ~riders;

    rules->reliefs[0] = covid;
    rules->reliefs[1] = industry;
    rules->reliefs[2] = transport;
    rules->reliefs[3] = other;
    rules->relief_count = 4;
}

static void region(struct rules *rules, uint16_t code, const char *name)
{
    assert(rules->region_count < REGIONS_MAX);
    struct region *region = &rules->regions[rules->region_count++];
    region->code = code;
    copy_text(region->name, sizeof region->name, name);
    rules->region_known[code] = code % 100 == 0 ? 2 : 1;
}

static void fill_regions(struct rules *rules)
{
    region(rules, 3600, "Banten");
    region(rules, REGION_TANGERANG, "Kota Tangerang");
    region(rules, REGION_TANGSEL, "Kota Tangerang Selatan");
    region(rules, 5100, "Bali");
    region(rules, REGION_DENPASAR, "Kota Denpasar");
    region(rules, 9100, "Papua");
    region(rules, REGION_JAYAPURA, "Kota Jayapura");
    for (unsigned province = 0; province < 100; province++) {
        rules->utc_offset_hours[province] = 7;
    }
    rules->utc_offset_hours[51] = 8;
    rules->utc_offset_hours[91] = 9;
}

static void fill_programmes(struct rules *rules)
{
    const uint32_t work = 1U << JKK | 1U << JKM;
    rules->programmes_of_segment[PU] = work | 1U << JHT | 1U << JP | 1U << JKP;
    rules->programmes_of_segment[PU_STATE] = work | 1U << JHT | 1U << JP;
    rules->programmes_of_segment[BPU] = work | 1U << JHT;
    rules->programmes_of_segment[JAKON] = work;
    rules->programmes_of_segment[PMI] = work | 1U << JHT;
}

static void fill_holidays(struct rules *rules)
{
    const day_t days[] = {
        date(2024, 1, 1),  date(2024, 2, 8),  date(2024, 2, 9),  date(2024, 2, 10),
        date(2024, 2, 14), date(2024, 3, 11), date(2024, 3, 12), date(2024, 3, 29),
    };
    rules->holiday_count = (uint32_t)(sizeof days / sizeof *days);
    memcpy(rules->holidays, days, sizeof days);
}

void rules_fixture_copy(struct rules *out)
{
    memset(out, 0, sizeof *out);
    memset(out->hash, 0x5A, sizeof out->hash);
    fill_parameters(out);
    fill_tariffs(out);
    fill_caps(out);
    fill_benefits(out);
    fill_channels(out);
    fill_categories(out);
    fill_reliefs(out);
    fill_regions(out);
    fill_programmes(out);
    fill_holidays(out);
}

const struct rules *rules_fixture(void)
{
    static struct rules rules;
    if (!rules.indexed) {
        rules_fixture_copy(&rules);
        rules_index(&rules);
    }
    return &rules;
}
