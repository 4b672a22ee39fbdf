#include "wire/rules_table.h"

#include <assert.h>

/* Names of the tables' own lists; those of the contract are in core/terms.h. */
#define NAMES(list, title_)                                                                        \
    {                                                                                              \
        title_, list, sizeof(list) / sizeof *(list)                                                \
    }

static const char *const parameter_list[] = {
    [PARAMETER_BACKDATING_DAYS] = "BACKDATING_DAYS",
    [PARAMETER_GRACE_MONTHS] = "GRACE_MONTHS",
    [PARAMETER_WAIT_DAYS] = "WAIT_DAYS",
    [PARAMETER_AUTO_APPROVE_MAX_IDR] = "AUTO_APPROVE_MAX_IDR",
    [PARAMETER_EXPIRY_MONTHS] = "EXPIRY_MONTHS",
    [PARAMETER_EMPLOYER_MONTHS] = "EMPLOYER_MONTHS",
    [PARAMETER_AGE_LIMIT_YEARS] = "AGE_LIMIT_YEARS",
    [PARAMETER_TOLERANCE_IDR] = "TOLERANCE_IDR",
    [PARAMETER_WAITING_TENURE_DAYS] = "WAITING_TENURE_DAYS",
    [PARAMETER_DUE_DAYS_JKM] = "DUE_DAYS_JKM",
    [PARAMETER_DUE_DAYS_OTHER] = "DUE_DAYS_OTHER",
    [PARAMETER_SCHOLARSHIP_PAID_MONTHS] = "SCHOLARSHIP_PAID_MONTHS",
    [PARAMETER_SCHOLARSHIP_CHILDREN] = "SCHOLARSHIP_CHILDREN",
    [PARAMETER_SCHOLARSHIP_AGE_YEARS] = "SCHOLARSHIP_AGE_YEARS",
    [PARAMETER_JKP_FILING_MONTHS] = "JKP_FILING_MONTHS",
    [PARAMETER_JKP_PAID_MONTHS] = "JKP_PAID_MONTHS",
    [PARAMETER_JKP_WINDOW_MONTHS] = "JKP_WINDOW_MONTHS",
    [PARAMETER_LATE_COST_PPM] = "LATE_COST_PPM",
};
static const char *const base_list[] = {
    [TARIFF_FIXED_IDR] = "FIXED_IDR",
    [TARIFF_WAGE_PPM] = "WAGE_PPM",
    [TARIFF_CAPPED_WAGE_PPM] = "CAPPED_WAGE_PPM",
    [TARIFF_ANY_AMOUNT] = "ANY_AMOUNT",
};
static const char *const benefit_list[] = {
    [BENEFIT_JKM] = "JKM",
    [BENEFIT_JKM_WAITING] = "JKM_WAITING",
    [BENEFIT_JKK_DEATH] = "JKK_DEATH",
    [BENEFIT_JKK_TOTAL] = "JKK_TOTAL",
    [BENEFIT_JKK_PARTIAL_ANATOMICAL] = "JKK_PARTIAL_ANATOMICAL",
    [BENEFIT_JKK_PARTIAL_FUNCTIONAL] = "JKK_PARTIAL_FUNCTIONAL",
    [BENEFIT_JKK_INJURY] = "JKK_INJURY",
    [BENEFIT_SCHOLARSHIP] = "SCHOLARSHIP",
    [BENEFIT_JKP] = "JKP",
};
static const char *const formula_list[] = {
    [FORMULA_FIXED_IDR] = "FIXED_IDR",
    [FORMULA_WAGE_TIMES] = "WAGE_TIMES",
    [FORMULA_WAGE_TIMES_TABLE] = "WAGE_TIMES_TABLE",
    [FORMULA_WAGE_TIMES_TABLE_LOSS] = "WAGE_TIMES_TABLE_LOSS",
    [FORMULA_INABILITY_PPM] = "INABILITY_PPM",
    [FORMULA_COST_BY_MODE] = "COST_BY_MODE",
    [FORMULA_COST_UP_TO] = "COST_UP_TO",
    [FORMULA_COST_AS_BILLED] = "COST_AS_BILLED",
    [FORMULA_FIXED_BY_LEVEL] = "FIXED_BY_LEVEL",
    [FORMULA_CAPPED_WAGE_PPM] = "CAPPED_WAGE_PPM",
};
static const char *const basis_list[] = {
    [CONSTRUCTION_CONTRACT] = "CONTRACT",
    [CONSTRUCTION_WAGES] = "WAGES",
};
static const char *const package_list[] = {
    [PACKAGE_BEFORE_PLACEMENT] = "BEFORE_PLACEMENT",
    [PACKAGE_PLACEMENT] = "PLACEMENT",
    [PACKAGE_EXTRA_MONTH] = "EXTRA_MONTH",
};
static const char *const recomposed_list[] = {
    [RECOMPOSED_JKP] = "JKP",
    [RECOMPOSED_STATE] = "STATE",
    [RECOMPOSED_JKK] = "JKK",
    [RECOMPOSED_JKM] = "JKM",
};
static_assert(sizeof basis_list / sizeof *basis_list == CONSTRUCTION_BASIS_COUNT, "a name each");
static_assert(sizeof package_list / sizeof *package_list == PACKAGE_COUNT, "a name each");
static_assert(sizeof recomposed_list / sizeof *recomposed_list == RECOMPOSED_COUNT, "a name each");
static_assert(sizeof parameter_list / sizeof *parameter_list == PARAMETER_COUNT, "a name each");
static_assert(sizeof base_list / sizeof *base_list == TARIFF_BASE_COUNT, "a name each");
static_assert(sizeof benefit_list / sizeof *benefit_list == BENEFIT_COUNT, "a name each");
static_assert(sizeof formula_list / sizeof *formula_list == FORMULA_COUNT, "a name each");

static const struct names parameter_names = NAMES(parameter_list, "parameter");
static const struct names base_names = NAMES(base_list, "base");
static const struct names benefit_names = NAMES(benefit_list, "benefit");
static const struct names formula_names = NAMES(formula_list, "formula");
static const struct names basis_names = NAMES(basis_list, "basis");
static const struct names package_names = NAMES(package_list, "package");
static const struct names recomposed_names = NAMES(recomposed_list, "source");

const char *rules_parameter_name(unsigned parameter)
{
    return term_name(&parameter_names, parameter);
}

const char *rules_benefit_name(unsigned benefit)
{
    return term_name(&benefit_names, benefit);
}

const char *rules_recomposed_name(unsigned source)
{
    return term_name(&recomposed_names, source);
}

#define MONEY_MOST INT64_C(1000000000000)
#define PPM_MOST INT64_C(1000000)
#define COUNT_MOST INT64_C(100000) /* days, months, years: far beyond use, far below overflow */
#define WAGES_MOST INT64_C(1000)
#define BAND_PPM_MOST                                                                              \
    INT64_C(100000) /* so that a whole contract stays in 64 bits (core/price.h)                    \
                     */

/* The last columns of every table. */
#define TAIL ",valid_from,valid_to,law,recorded_on,reviewed_until,verified"
enum tail { TAIL_VALID_FROM, TAIL_VALID_TO, TAIL_LAW, TAIL_RECORDED, TAIL_REVIEWED, TAIL_VERIFIED };
#define TAIL_COUNT 6

uint32_t rules_split(struct text line, struct text fields[RULES_COLUMNS_MAX])
{
    uint32_t count = 0;
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= line.length; i++) {
        if (i < line.length && line.at[i] != ',') {
            continue;
        }
        if (count < RULES_COLUMNS_MAX) {
            fields[count] = text_of(line.at + begin, i - begin);
        }
        count++;
        begin = i + 1;
    }
    return count;
}

/* The name of a column, for errors. */
static struct text column_name(const struct rules_load *load, uint32_t column)
{
    struct text columns[RULES_COLUMNS_MAX];
    (void)rules_split(text_of_string(rules_tables[rules_current(load)].header), columns);
    return columns[column];
}

/* "column 'value': <what>; <what to do>" with the value cut at a readable length. */
static struct error invalid_field(const struct rules_load *load, uint32_t column, const char *what,
                                  const char *remedy)
{
    const struct text name = column_name(load, column);
    const struct text value = load->fields[column];
    return rules_invalid(load->dir, rules_current(load), load->line, "%.*s '%.*s' %s; %s",
                         (int)name.length, name.at, (int)(value.length < 60 ? value.length : 60),
                         value.at, what, remedy);
}

/* Strict decimal without sign, blank or leading zero, so that a number has one spelling. */
static bool number_parse(struct text text, int64_t most, int64_t *out)
{
    assert(most <= MONEY_MOST); /* so that the sum below cannot overflow */
    if (text.length == 0 || (text.at[0] == '0' && text.length > 1)) {
        return false;
    }
    int64_t value = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        const int digit = text.at[i] - '0';
        if (digit < 0 || digit > 9 || value * 10 + digit > most) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static struct error number_field(const struct rules_load *load, uint32_t column, int64_t most,
                                 int64_t *out)
{
    if (!number_parse(load->fields[column], most, out)) {
        return invalid_field(load, column, "is not a number in range",
                             "write digits only, without points or blanks");
    }
    return no_error();
}

static struct error day_field(const struct rules_load *load, uint32_t column, day_t *out)
{
    if (!day_parse(load->fields[column].at, load->fields[column].length, out)) {
        return invalid_field(load, column, "is not a date", "write it like 2024-02-14");
    }
    return no_error();
}

static struct error term_field(const struct rules_load *load, uint32_t column,
                               const struct names *names, uint8_t *out)
{
    *out = term_find(names, load->fields[column]);
    if (*out == TERM_UNKNOWN) {
        return invalid_field(load, column, "is not known", "docs/rules.md lists the words");
    }
    return no_error();
}

static bool is_star(struct text text)
{
    return text_equal(text, TEXT("*"));
}

static struct error term_or_any_field(const struct rules_load *load, uint32_t column,
                                      const struct names *names, uint8_t *out)
{
    if (is_star(load->fields[column])) {
        *out = ANY;
        return no_error();
    }
    return term_field(load, column, names, out);
}

/* Copies a text of 1 to `most` bytes and its zero byte. */
static struct error text_field(const struct rules_load *load, uint32_t column, char *out,
                               uint32_t most)
{
    const struct text value = load->fields[column];
    if (value.length == 0 || value.length > most) {
        return invalid_field(load, column, "is empty or too long", "shorten it or fill it in");
    }
    memcpy(out, value.at, value.length);
    out[value.length] = '\0';
    return no_error();
}

static bool is_id(struct text text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        const char c = text.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.') {
            return false;
        }
    }
    return true;
}

static struct error id_field(const struct rules_load *load, uint32_t column, char *out,
                             uint32_t most)
{
    if (!is_id(load->fields[column])) {
        return invalid_field(load, column, "holds more than letters, digits and '-_.'",
                             "rename it");
    }
    return text_field(load, column, out, most);
}

/* The number of a set's member; `names` NULL: of a category. 255 when there is none. */
static uint8_t member_find(const struct rules_load *load, const struct names *names,
                           struct text name)
{
    if (names != NULL) {
        return term_find(names, name);
    }
    const int category = rules_category(load->rules, name);
    return category < 0 ? TERM_UNKNOWN : (uint8_t)category;
}

static uint64_t every_member(const struct rules_load *load, const struct names *names)
{
    if (names != NULL) {
        return (UINT64_C(1) << names->count) - 1;
    }
    uint64_t all = 0;
    for (unsigned i = 0; i < CATEGORIES_MAX; i++) {
        all |= load->rules->categories[i].code[0] == '\0' ? 0 : UINT64_C(1) << i;
    }
    return all;
}

/* Members separated by '|', none twice. */
static bool members_parse(const struct rules_load *load, const struct names *names,
                          struct text text, uint64_t *out)
{
    uint64_t set = 0;
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= text.length; i++) {
        if (i < text.length && text.at[i] != '|') {
            continue;
        }
        const uint8_t member = member_find(load, names, text_of(text.at + begin, i - begin));
        if (member >= 64 || (set >> member & 1) != 0) {
            return false;
        }
        set |= UINT64_C(1) << member;
        begin = i + 1;
    }
    *out = set;
    return true;
}

/* "A|B", "*" all, "!A|B" all but these. */
static struct error set_field(const struct rules_load *load, uint32_t column,
                              const struct names *names, uint64_t *out)
{
    const struct text text = load->fields[column];
    const uint64_t all = every_member(load, names);
    if (is_star(text)) {
        *out = all;
        return no_error();
    }
    const bool but = text.length > 0 && text.at[0] == '!';
    uint64_t members = 0;
    if (!members_parse(load, names, text_of(text.at + but, text.length - but), &members)) {
        return invalid_field(load, column, "is not a set of known words, each once",
                             "write A|B, * for all, or !A|B for all but these");
    }
    *out = but ? all & ~members : members;
    return no_error();
}

static struct error small_set_field(const struct rules_load *load, uint32_t column,
                                    const struct names *names, uint32_t *out)
{
    uint64_t set = 0;
    TRY(set_field(load, column, names, &set));
    *out = (uint32_t)set;
    return no_error();
}

static struct error valid_fields(struct rules_load *load, uint32_t tail)
{
    struct rule_row *row = &load->row;
    const uint32_t to = tail + TAIL_VALID_TO;
    TRY(day_field(load, tail + TAIL_VALID_FROM, &row->valid_from));
    row->valid_to = DAY_NEVER;
    if (!text_equal(load->fields[to], TEXT("open"))) {
        TRY(day_field(load, to, &row->valid_to));
    }
    if (row->valid_to < row->valid_from) {
        return invalid_field(load, to, "is before valid_from", "give a later day or 'open'");
    }
    const bool always = row->valid_from == DAY_FIRST && row->valid_to == DAY_NEVER;
    if (!rules_tables[rules_current(load)].dated && !always) {
        return invalid_field(load, to, "dates a row of a table that has no dates",
                             "write 0001-01-01 and open");
    }
    return no_error();
}

static struct error review(struct rules_load *load, uint32_t column, day_t until)
{
    if (until < load->today) {
        return invalid_field(load, column, "is past",
                             "review the row against the law and move the date");
    }
    if (until - load->today <= RULES_REVIEW_WARNING_DAYS) {
        struct rules_soon *soon = &load->soon[rules_current(load)];
        if (soon->count++ == 0 || until < soon->until) {
            soon->until = until;
            soon->line = load->line;
        }
    }
    return no_error();
}

/* The latest year of a regulation in a text such as "PP 82/2019 art. I (PP 44/2015)"; 0: none. */
static int latest_year(struct text law)
{
    int latest = 0;
    for (uint32_t i = 0; i + 5 <= law.length; i++) {
        int64_t year = 0;
        if (law.at[i] == '/' && number_parse(text_of(law.at + i + 1, 4), 9999, &year) &&
            year >= 1900 && year > latest) {
            latest = (int)year;
        }
    }
    return latest;
}

static struct error recorded_when(const struct rules_load *load, uint32_t tail, day_t recorded)
{
    if (recorded > load->today) {
        return invalid_field(load, tail + TAIL_RECORDED, "lies in the future",
                             "give the day on which the row was entered");
    }
    int year;
    int month;
    int day;
    day_to_civil(recorded, &year, &month, &day);
    if (year < latest_year(load->fields[tail + TAIL_LAW])) {
        return invalid_field(load, tail + TAIL_RECORDED, "is before the year of the law",
                             "give the day on which the row was entered");
    }
    return no_error();
}

/* Whether the law is told as far as a reader needs it: the article, or plainly that there is none
   or that it was not looked up. Lists of codes and holidays have no articles. */
static bool names_article(const struct rules_load *load, struct text law)
{
    static const char *const words[] = {" art. ", " annex", "article not checked", "house rule"};
    const enum rules_table_number table = rules_current(load);
    bool named = !rules_tables[table].dated || table == TABLE_HOLIDAYS;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        named = named || memmem(law.at, law.length, words[i], strlen(words[i])) != NULL;
    }
    return named;
}

static struct error yes_field(const struct rules_load *load, uint32_t column, bool *out)
{
    const struct text answer = load->fields[column];
    *out = text_equal(answer, TEXT("yes"));
    if (!*out && !text_equal(answer, TEXT("no"))) {
        return invalid_field(load, column, "is not an answer", "write yes or no");
    }
    return no_error();
}

static struct error reviewed_fields(struct rules_load *load, uint32_t tail)
{
    day_t recorded = DAY_NONE;
    day_t until = DAY_NONE;
    TRY(day_field(load, tail + TAIL_RECORDED, &recorded));
    TRY(day_field(load, tail + TAIL_REVIEWED, &until));
    if (until < recorded) {
        return invalid_field(load, tail + TAIL_REVIEWED, "is before recorded_on",
                             "give the day by which the row is to be looked at again");
    }
    TRY(yes_field(load, tail + TAIL_VERIFIED, &load->row.verified));
    if (load->today == DAY_NONE) {
        return no_error();
    }
    TRY(recorded_when(load, tail, recorded));
    if (!names_article(load, load->fields[tail + TAIL_LAW])) {
        return invalid_field(load, tail + TAIL_LAW, "names no article",
                             "add 'art. …', or 'article not checked', or write 'house rule; …'");
    }
    return review(load, tail + TAIL_REVIEWED, until);
}

/* One spelling a row: what the reader of files trims must not come back through the log. */
static struct error plain_fields(const struct rules_load *load)
{
    for (uint32_t i = 0; i < load->field_count; i++) {
        const struct text value = load->fields[i];
        if (value.length == 0) {
            return invalid_field(load, i, "is missing", "every row fills every column");
        }
        if (value.length > RULES_FIELD_BYTES_MAX) {
            return invalid_field(load, i, "is too long", "shorten it");
        }
        if (value.at[0] == ' ' || value.at[value.length - 1] == ' ') {
            return invalid_field(load, i, "has blanks at its ends", "take them out");
        }
        if (memchr(value.at, '"', value.length) != NULL) {
            return invalid_field(load, i, "is quoted", "fields hold neither quotes nor commas");
        }
    }
    return no_error();
}

struct error rules_take_common(struct rules_load *load)
{
    assert(load->field_count > TAIL_COUNT);
    assert(load->id_count < RULES_ROWS_MAX);
    const uint32_t tail = load->field_count - TAIL_COUNT;
    memset(&load->row, 0, sizeof load->row);
    TRY(plain_fields(load));
    TRY(id_field(load, 0, load->row.id, RULE_ID_BYTES_MAX));
    TRY(valid_fields(load, tail));
    TRY(reviewed_fields(load, tail));
    load->ids[load->id_count] =
        (struct rules_id){load->fields[0], rules_current(load), load->line, load->id_count};
    load->id_count++;
    return no_error();
}

static struct error take_category(struct rules_load *load)
{
    int64_t number = 0;
    TRY(number_field(load, 1, CATEGORIES_MAX - 1, &number));
    char *code = load->rules->categories[number].code;
    if (code[0] != '\0') {
        return invalid_field(load, 1, "is taken already", "take the next free number");
    }
    if (rules_category(load->rules, load->fields[2]) >= 0) {
        return invalid_field(load, 2, "is in the table already", "take one of the rows out");
    }
    TRY(id_field(load, 2, code, CATEGORY_CODE_BYTES_MAX));
    return yes_field(load, 4, &load->rules->categories[number].election);
}

/* "36" → 3600 or "36.74" → 3674; 0 when it is neither. */
static uint16_t region_code_parse(struct text text)
{
    const bool regency = text.length == 5 && text.at[2] == '.';
    if (!regency && text.length != 2) {
        return 0;
    }
    uint32_t code = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        const char c = text.at[i];
        if (i == 2) {
            continue;
        }
        if (c < '0' || c > '9') {
            return 0;
        }
        code = code * 10 + (uint32_t)(c - '0');
    }
    if (!regency) {
        return (uint16_t)(code * 100);
    }
    return code < 100 || code % 100 == 0 ? 0 : (uint16_t)code;
}

/* The hours stand at the province only, so that they cannot differ within it. */
static struct error offset_field(struct rules_load *load, uint32_t column, uint16_t code)
{
    if (code % 100 != 0) {
        return text_equal(load->fields[column], TEXT("-"))
                   ? no_error()
                   : invalid_field(load, column, "stands at a regency or city",
                                   "write - and give the hours at the province");
    }
    int64_t hours = 0;
    TRY(number_field(load, column, 14, &hours));
    load->rules->utc_offset_hours[code / 100] = (int8_t)hours;
    return no_error();
}

static struct error take_region(struct rules_load *load)
{
    const uint16_t code = region_code_parse(load->fields[1]);
    if (code == 0) {
        return invalid_field(load, 1, "is no region's code", "write it like 36 or 36.74");
    }
    if (load->rules->region_known[code] != 0) {
        return invalid_field(load, 1, "is in the table already", "take one of the rows out");
    }
    load->rules->region_known[code] = code % 100 == 0 ? 2 : 1;
    struct region *region = &load->rules->regions[load->rules->region_count++];
    region->code = code;
    TRY(text_field(load, 2, region->name, REGION_NAME_BYTES_MAX));
    return offset_field(load, 3, code);
}

static bool holiday_known(const struct rules *rules, day_t day)
{
    for (uint32_t i = 0; i < rules->holiday_count; i++) {
        if (rules->holidays[i] == day) {
            return true;
        }
    }
    return false;
}

static struct error take_holiday(struct rules_load *load)
{
    struct rules *rules = load->rules;
    if (load->row.valid_to == DAY_NEVER) {
        return invalid_field(load, 3, "is no day", "give the last day of the holiday");
    }
    for (day_t day = load->row.valid_from; day <= load->row.valid_to; day++) {
        if (holiday_known(rules, day)) {
            return invalid_field(load, 2, "overlaps a row before", "take one of the rows out");
        }
        if (rules->holiday_count == HOLIDAYS_MAX) {
            return invalid_field(load, 3, "makes more days than there is room for",
                                 "take rows out or raise the limit in the program");
        }
        rules->holidays[rules->holiday_count++] = day;
    }
    return no_error();
}

static struct error take_programme(struct rules_load *load)
{
    uint8_t segment = 0;
    uint8_t programme = 0;
    TRY(term_field(load, 1, &segment_names, &segment));
    TRY(term_field(load, 2, &programme_names, &programme));
    uint32_t *open = &load->rules->programmes_of_segment[segment];
    if ((*open >> programme & 1) != 0) {
        return invalid_field(load, 2, "is open to the segment already", "take one row out");
    }
    *open |= UINT32_C(1) << programme;
    return no_error();
}

static struct error take_parameter(struct rules_load *load)
{
    struct parameter_row *row = &load->rules->parameters[load->rules->parameter_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &parameter_names, &row->parameter));
    TRY(term_or_any_field(load, 2, &segment_names, &row->segment));
    const bool money = row->parameter == PARAMETER_AUTO_APPROVE_MAX_IDR ||
                       row->parameter == PARAMETER_TOLERANCE_IDR;
    return number_field(load, 3, money ? MONEY_MOST : COUNT_MOST, &row->value);
}

static int64_t tariff_value_most(uint8_t base)
{
    switch ((enum tariff_base)base) {
    case TARIFF_FIXED_IDR: return MONEY_MOST;
    case TARIFF_WAGE_PPM:
    case TARIFF_CAPPED_WAGE_PPM: return PPM_MOST;
    case TARIFF_ANY_AMOUNT: return 0;
    }
    return 0;
}

static struct error risk_group_field(const struct rules_load *load, uint32_t column, uint8_t *out)
{
    int64_t group = ANY;
    if (!is_star(load->fields[column])) {
        TRY(number_field(load, column, 5, &group));
        if (group == 0) {
            return invalid_field(load, column, "is no risk group", "write 1 to 5, or *");
        }
    }
    *out = (uint8_t)group;
    return no_error();
}

static struct error take_tariff(struct rules_load *load)
{
    struct tariff_row *row = &load->rules->tariffs[load->rules->tariff_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &programme_names, &row->programme));
    TRY(term_field(load, 2, &segment_names, &row->segment));
    TRY(risk_group_field(load, 3, &row->risk_group));
    TRY(term_field(load, 4, &base_names, &row->base));
    TRY(number_field(load, 5, tariff_value_most(row->base), &row->value));
    if ((load->rules->programmes_of_segment[row->segment] >> row->programme & 1) == 0) {
        return invalid_field(load, 1, "is not open to the segment (programmes.csv)",
                             "open it there or take the row out");
    }
    return no_error();
}

static struct error take_wage_cap(struct rules_load *load)
{
    struct wage_cap_row *row = &load->rules->wage_caps[load->rules->wage_cap_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &programme_names, &row->programme));
    return number_field(load, 2, MONEY_MOST, &row->cap_idr);
}

/* A band of money: `none` is no end. */
static struct error band_fields(const struct rules_load *load, uint32_t column, int64_t *from,
                                int64_t *to)
{
    *to = INT64_MAX;
    TRY(number_field(load, column, MONEY_MOST, from));
    if (!text_equal(load->fields[column + 1], TEXT("none"))) {
        TRY(number_field(load, column + 1, MONEY_MOST, to));
    }
    return *to > *from ? no_error()
                       : invalid_field(load, column + 1, "ends the band before it begins",
                                       "give a larger amount or 'none'");
}

static struct error take_bracket(struct rules_load *load)
{
    struct bracket_row *row = &load->rules->brackets[load->rules->bracket_count++];
    row->row = load->row;
    TRY(band_fields(load, 1, &row->income_from_idr, &row->income_below_idr));
    return number_field(load, 3, MONEY_MOST, &row->base_idr);
}

static struct error take_construction(struct rules_load *load)
{
    struct construction_row *row = &load->rules->construction[load->rules->construction_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &programme_names, &row->programme));
    TRY(term_field(load, 2, &basis_names, &row->basis));
    TRY(band_fields(load, 3, &row->above_idr, &row->up_to_idr));
    return number_field(load, 5, BAND_PPM_MOST, &row->rate_ppm);
}

static struct error take_package(struct rules_load *load)
{
    struct package_row *row = &load->rules->packages[load->rules->package_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &package_names, &row->package));
    TRY(number_field(load, 2, COUNT_MOST, &row->months));
    const bool fits = row->package == PACKAGE_BEFORE_PLACEMENT ? row->months == 0
                      : row->package == PACKAGE_EXTRA_MONTH    ? row->months == 1
                                                               : row->months > 0;
    if (!fits) {
        return invalid_field(load, 2, "does not fit the package",
                             "write 0 for BEFORE_PLACEMENT, 1 for EXTRA_MONTH, else how many");
    }
    return number_field(load, 3, MONEY_MOST, &row->amount_idr);
}

static struct error take_recomposition(struct rules_load *load)
{
    struct recomposition_row *row = &load->rules->recomposition[load->rules->recomposition_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &recomposed_names, &row->source));
    TRY(risk_group_field(load, 2, &row->risk_group));
    TRY(number_field(load, 3, PPM_MOST, &row->stays_ppm));
    return number_field(load, 4, PPM_MOST, &row->to_jkp_ppm);
}

/* What a formula's values are by, and how large one may be. */
enum cases_kind { CASES_NONE, CASES_MODES, CASES_LEVELS, CASES_MONTHS };

static enum cases_kind formula_cases(uint8_t formula)
{
    switch ((enum formula)formula) {
    case FORMULA_FIXED_IDR:
    case FORMULA_WAGE_TIMES:
    case FORMULA_WAGE_TIMES_TABLE:
    case FORMULA_WAGE_TIMES_TABLE_LOSS:
    case FORMULA_COST_UP_TO:
    case FORMULA_COST_AS_BILLED: break;
    case FORMULA_COST_BY_MODE: return CASES_MODES;
    case FORMULA_FIXED_BY_LEVEL: return CASES_LEVELS;
    case FORMULA_INABILITY_PPM:
    case FORMULA_CAPPED_WAGE_PPM: return CASES_MONTHS;
    }
    return CASES_NONE;
}

static int64_t formula_value_most(uint8_t formula)
{
    switch ((enum formula)formula) {
    case FORMULA_FIXED_IDR:
    case FORMULA_COST_UP_TO:
    case FORMULA_COST_BY_MODE:
    case FORMULA_FIXED_BY_LEVEL: return MONEY_MOST;
    case FORMULA_WAGE_TIMES:
    case FORMULA_WAGE_TIMES_TABLE:
    case FORMULA_WAGE_TIMES_TABLE_LOSS: return WAGES_MOST;
    case FORMULA_INABILITY_PPM:
    case FORMULA_CAPPED_WAGE_PPM: return PPM_MOST;
    case FORMULA_COST_AS_BILLED: break;
    }
    return 0;
}

/* "LAND": one case of a list; "*": all of them. */
static bool named_case_parse(struct text text, const struct names *names, struct benefit_part *out)
{
    if (is_star(text)) {
        out->last = names->count - 1;
        return true;
    }
    const uint8_t term = term_find(names, text);
    out->first = term;
    out->last = term;
    return term != TERM_UNKNOWN;
}

/* "1-12", or "13-" without an end. */
static bool months_parse(struct text text, struct benefit_part *out)
{
    const char *dash = memchr(text.at, '-', text.length);
    if (dash == NULL) {
        return false;
    }
    const uint32_t before = (uint32_t)(dash - text.at);
    const struct text end = text_of(dash + 1, text.length - before - 1);
    int64_t first = 0;
    int64_t last = BENEFIT_CASE_LAST;
    if (!number_parse(text_of(text.at, before), COUNT_MOST, &first) ||
        (end.length > 0 && !number_parse(end, COUNT_MOST, &last))) {
        return false;
    }
    out->first = (int32_t)first;
    out->last = (int32_t)last;
    return last >= first;
}

static bool case_parse(struct text text, enum cases_kind kind, struct benefit_part *out)
{
    *out = (struct benefit_part){.first = 0};
    switch (kind) {
    case CASES_NONE: break;
    case CASES_MODES: return named_case_parse(text, &transport_mode_names, out);
    case CASES_LEVELS: return named_case_parse(text, &school_level_names, out);
    case CASES_MONTHS: return months_parse(text, out);
    }
    return false;
}

/* "CASE=NUMBER" in `out`, whose value it is. */
static bool part_parse(struct text text, enum cases_kind kind, int64_t most,
                       struct benefit_part *out)
{
    const char *sign = memchr(text.at, '=', text.length);
    if (sign == NULL) {
        return false;
    }
    const uint32_t before = (uint32_t)(sign - text.at);
    return case_parse(text_of(text.at, before), kind, out) &&
           number_parse(text_of(sign + 1, text.length - before - 1), most, &out->value);
}

/* The cases follow one another from the first to the last: none twice, none forgotten. Months begin
   with 1 and end where they end. */
static bool parts_follow(const struct benefit_part *parts, uint32_t count, enum cases_kind kind)
{
    int64_t next = kind == CASES_MONTHS ? 1 : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].first != next) {
            return false;
        }
        next = (int64_t)parts[i].last + 1;
    }
    const int64_t all = kind == CASES_MODES ? TRANSPORT_MODE_COUNT : SCHOOL_LEVEL_COUNT;
    return count > 0 && (kind == CASES_MONTHS || next == all);
}

/* "CASE=NUMBER|CASE=NUMBER": how many parts, 0 when it is none of that. */
static uint32_t parts_parse(struct text text, enum cases_kind kind, int64_t most,
                            struct benefit_part parts[BENEFIT_PARTS_MAX])
{
    uint32_t count = 0;
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= text.length; i++) {
        if (i < text.length && text.at[i] != '|') {
            continue;
        }
        if (count == BENEFIT_PARTS_MAX ||
            !part_parse(text_of(text.at + begin, i - begin), kind, most, &parts[count])) {
            return 0;
        }
        count++;
        begin = i + 1;
    }
    return parts_follow(parts, count, kind) ? count : 0;
}

static struct error value_field(const struct rules_load *load, uint32_t column,
                                struct benefit_row *row)
{
    const enum cases_kind kind = formula_cases(row->formula);
    const int64_t most = formula_value_most(row->formula);
    if (kind == CASES_NONE) {
        row->part_count = 1;
        row->parts[0] = (struct benefit_part){.last = BENEFIT_CASE_LAST};
        return number_field(load, column, most, &row->parts[0].value);
    }
    row->part_count = (uint8_t)parts_parse(load->fields[column], kind, most, row->parts);
    if (row->part_count == 0) {
        return invalid_field(load, column, "is no value for each case of the formula",
                             "write CASE=NUMBER|CASE=NUMBER, every case once and in its order");
    }
    return no_error();
}

/* How often for one child, for the same cases as the value. */
static struct error times_field(const struct rules_load *load, uint32_t column,
                                struct benefit_row *row)
{
    struct benefit_part times[BENEFIT_PARTS_MAX];
    if (text_equal(load->fields[column], TEXT("none"))) {
        return no_error();
    }
    const enum cases_kind kind = formula_cases(row->formula);
    bool alike = kind == CASES_LEVELS &&
                 parts_parse(load->fields[column], kind, COUNT_MOST, times) == row->part_count;
    for (uint32_t i = 0; alike && i < row->part_count; i++) {
        alike = times[i].last == row->parts[i].last && times[i].value > 0;
        row->parts[i].times = times[i].value;
    }
    if (!alike) {
        return invalid_field(load, column, "is no limit for each case of the value",
                             "write none, or school levels as in the value, each with how often");
    }
    return no_error();
}

/* The facts a formula counts by stand in one type of claim only. */
static struct error check_formula(const struct rules_load *load, const struct benefit_row *row)
{
    bool fits = true;
    switch ((enum formula)row->formula) {
    case FORMULA_FIXED_IDR:
    case FORMULA_WAGE_TIMES: break;
    case FORMULA_WAGE_TIMES_TABLE:
    case FORMULA_WAGE_TIMES_TABLE_LOSS:
    case FORMULA_INABILITY_PPM:
    case FORMULA_COST_BY_MODE:
        fits = row->benefit >= BENEFIT_JKK_TOTAL && row->benefit <= BENEFIT_JKK_INJURY;
        break;
    case FORMULA_COST_UP_TO:
    case FORMULA_COST_AS_BILLED:
        fits = row->component == COMPONENT_TREATMENT || row->component == COMPONENT_HOME_CARE;
        break;
    case FORMULA_FIXED_BY_LEVEL: fits = row->benefit == BENEFIT_SCHOLARSHIP; break;
    case FORMULA_CAPPED_WAGE_PPM: fits = row->benefit == BENEFIT_JKP; break;
    }
    return fits ? no_error()
                : invalid_field(load, 3, "does not go with the benefit or component",
                                "docs/rules.md says which formula counts by what");
}

static struct error take_benefit(struct rules_load *load)
{
    struct benefit_row *row = &load->rules->benefits[load->rules->benefit_count++];
    row->row = load->row;
    TRY(term_field(load, 1, &benefit_names, &row->benefit));
    TRY(term_field(load, 2, &component_names, &row->component));
    TRY(term_field(load, 3, &formula_names, &row->formula));
    TRY(check_formula(load, row));
    TRY(value_field(load, 4, row));
    const bool has_floor = row->formula == FORMULA_WAGE_TIMES;
    TRY(number_field(load, 5, has_floor ? MONEY_MOST : 0, &row->least_idr));
    return times_field(load, 6, row);
}

/* Contributions are by month: a relief that cut one would hold for the month or not by chance. */
static struct error whole_months(const struct rules_load *load)
{
    const struct rule_row *row = &load->row;
    const uint32_t tail = load->field_count - TAIL_COUNT;
    if (row->valid_to == DAY_NEVER) {
        return invalid_field(load, tail + TAIL_VALID_TO, "is no end", "a relief has a last month");
    }
    if (row->valid_from != month_first_day(day_month(row->valid_from)) ||
        row->valid_to != month_last_day(day_month(row->valid_to))) {
        return invalid_field(load, tail + TAIL_VALID_FROM, "and valid_to do not bound whole months",
                             "give the first day of a month and the last of one");
    }
    return no_error();
}

static struct error take_relief(struct rules_load *load)
{
    struct relief_row *row = &load->rules->reliefs[load->rules->relief_count++];
    row->row = load->row;
    TRY(whole_months(load));
    TRY(id_field(load, 1, row->relief, RULE_ID_BYTES_MAX));
    TRY(small_set_field(load, 2, &segment_names, &row->segments));
    TRY(small_set_field(load, 3, &sponsor_kind_names, &row->sponsor_kinds));
    TRY(set_field(load, 4, NULL, &row->categories));
    TRY(small_set_field(load, 5, &programme_names, &row->programmes));
    return number_field(load, 6, PPM_MOST, &row->factor_ppm);
}

static struct error take_channel(struct rules_load *load)
{
    struct channel_row *row = &load->rules->channels[load->rules->channel_count++];
    row->row = load->row;
    TRY(id_field(load, 1, row->channel, sizeof row->channel - 1));
    if (text_equal(load->fields[2], TEXT("none"))) {
        row->most_idr = INT64_MAX;
        return no_error();
    }
    return number_field(load, 2, MONEY_MOST, &row->most_idr);
}

const struct rules_table rules_tables[RULES_TABLE_COUNT] = {
    [TABLE_CATEGORIES] = {"categories.csv", "id,number,code,name,election" TAIL, CATEGORIES_MAX,
                          false, take_category},
    [TABLE_REGIONS] = {"regions.csv", "id,code,name,utc_offset_hours" TAIL, REGIONS_MAX, false,
                       take_region},
    [TABLE_HOLIDAYS] = {"holidays.csv", "id,name" TAIL, HOLIDAYS_MAX, true, take_holiday},
    [TABLE_PROGRAMMES] = {"programmes.csv", "id,segment,programme" TAIL,
                          SEGMENT_COUNT *PROGRAMME_COUNT, false, take_programme},
    [TABLE_PARAMETERS] = {"parameters.csv", "id,parameter,segment,value" TAIL, PARAMETERS_MAX, true,
                          take_parameter},
    [TABLE_TARIFFS] = {"tariffs.csv", "id,programme,segment,risk_group,base,value" TAIL,
                       TARIFFS_MAX, true, take_tariff},
    [TABLE_WAGE_CAPS] = {"wage_caps.csv", "id,programme,cap_idr" TAIL, WAGE_CAPS_MAX, true,
                         take_wage_cap},
    [TABLE_BENEFITS] = {"benefits.csv",
                        "id,benefit,component,formula,value,least_idr,most_times" TAIL,
                        BENEFITS_MAX, true, take_benefit},
    [TABLE_RELIEFS] = {"reliefs.csv",
                       "id,relief,segments,sponsor_kinds,categories,programmes,factor_ppm" TAIL,
                       RELIEFS_MAX, true, take_relief},
    [TABLE_CHANNELS] = {"channels.csv", "id,channel,most_idr" TAIL, CHANNELS_MAX, true,
                        take_channel},
    [TABLE_BRACKETS] = {"brackets.csv", "id,income_from_idr,income_below_idr,base_idr" TAIL,
                        BRACKETS_MAX, true, take_bracket},
    [TABLE_CONSTRUCTION] = {"construction.csv",
                            "id,programme,basis,above_idr,up_to_idr,rate_ppm" TAIL,
                            CONSTRUCTION_MAX, true, take_construction},
    [TABLE_PACKAGES] = {"packages.csv", "id,package,months,amount_idr" TAIL, PACKAGES_MAX, true,
                        take_package},
    [TABLE_RECOMPOSITION] = {"recomposition.csv", "id,source,risk_group,stays_ppm,to_jkp_ppm" TAIL,
                             RECOMPOSITION_MAX, true, take_recomposition},
};
