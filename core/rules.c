#include "core/rules.h"

#include <assert.h>

static_assert(PARAMETERS_MAX <= UINT16_MAX && TARIFFS_MAX <= UINT16_MAX &&
                  BENEFITS_MAX <= UINT16_MAX,
              "a row's index fits the index arrays");
static_assert(REGION_CODES == 100 * 100, "a region is two digits of province and two of its own");

#define WIB_HOURS 7 /* western Indonesia: also where no region is known */

/* Rows `first` up to, not including, `end` of a table. */
struct range {
    uint32_t first, end;
};

static struct range range_of(const struct rules *rules, const uint16_t *from, uint32_t key,
                             uint32_t row_count)
{
    if (!rules->indexed) {
        return (struct range){0, row_count};
    }
    return (struct range){from[key], from[key + 1]};
}

static bool in_force(const struct rule_row *row, day_t day)
{
    return row->valid_from <= day && day <= row->valid_to;
}

static bool fits(int64_t of_row, int64_t wanted)
{
    return of_row == ANY || of_row == wanted;
}

/* Later rows are looked at first: most events are recent. */
const struct parameter_row *rules_parameter_row(const struct rules *rules, enum parameter parameter,
                                                uint8_t segment, day_t day)
{
    const struct range range =
        range_of(rules, rules->parameter_from, (uint32_t)parameter, rules->parameter_count);
    const struct parameter_row *found = NULL;
    for (uint32_t i = range.end; i-- > range.first && found == NULL;) {
        const struct parameter_row *row = &rules->parameters[i];
        if (row->parameter == parameter && fits(row->segment, segment) &&
            in_force(&row->row, day)) {
            found = row;
        }
    }
    assert(found != NULL);
    return found;
}

int64_t rules_parameter(const struct rules *rules, enum parameter parameter, uint8_t segment,
                        day_t day)
{
    return rules_parameter_row(rules, parameter, segment, day)->value;
}

const struct tariff_row *rules_tariff(const struct rules *rules, enum programme programme,
                                      enum segment segment, int64_t risk_group, day_t day)
{
    const uint32_t key = (uint32_t)programme * SEGMENT_COUNT + (uint32_t)segment;
    const struct range range = range_of(rules, rules->tariff_from, key, rules->tariff_count);
    for (uint32_t i = range.end; i-- > range.first;) {
        const struct tariff_row *row = &rules->tariffs[i];
        if (row->programme == programme && row->segment == segment &&
            fits(row->risk_group, risk_group) && in_force(&row->row, day)) {
            return row;
        }
    }
    return NULL;
}

const struct wage_cap_row *rules_wage_cap_row(const struct rules *rules, enum programme programme,
                                              day_t day)
{
    for (uint32_t i = rules->wage_cap_count; i-- > 0;) {
        const struct wage_cap_row *row = &rules->wage_caps[i];
        if (row->programme == programme && in_force(&row->row, day)) {
            return row;
        }
    }
    return NULL;
}

int64_t rules_wage_cap(const struct rules *rules, enum programme programme, day_t day)
{
    const struct wage_cap_row *row = rules_wage_cap_row(rules, programme, day);
    return row == NULL ? INT64_MAX : row->cap_idr;
}

uint32_t rules_benefit(const struct rules *rules, enum benefit benefit, day_t day,
                       const struct benefit_row *out[LINES_OUT_MAX])
{
    const struct range range =
        range_of(rules, rules->benefit_from, (uint32_t)benefit, rules->benefit_count);
    uint32_t count = 0;
    for (uint32_t i = range.first; i < range.end; i++) {
        const struct benefit_row *row = &rules->benefits[i];
        if (row->benefit == benefit && in_force(&row->row, day)) {
            assert(count < LINES_OUT_MAX);
            out[count++] = row;
        }
    }
    return count;
}

day_t rules_benefit_begins(const struct rules *rules, enum benefit benefit)
{
    const struct range range =
        range_of(rules, rules->benefit_from, (uint32_t)benefit, rules->benefit_count);
    day_t first = DAY_NEVER;
    for (uint32_t i = range.first; i < range.end; i++) {
        const struct benefit_row *row = &rules->benefits[i];
        if (row->benefit == benefit && row->row.valid_from < first) {
            first = row->row.valid_from;
        }
    }
    return first;
}

const struct benefit_part *benefit_part(const struct benefit_row *row, int64_t number)
{
    for (uint32_t i = 0; i < row->part_count; i++) {
        if (row->parts[i].first <= number && number <= row->parts[i].last) {
            return &row->parts[i];
        }
    }
    return NULL;
}

struct text rules_channel(const struct rules *rules, int64_t amount_idr, day_t day)
{
    const struct channel_row *found = NULL;
    for (uint32_t i = 0; i < rules->channel_count && found == NULL; i++) {
        const struct channel_row *row = &rules->channels[i];
        if (amount_idr <= row->most_idr && in_force(&row->row, day)) {
            found = row;
        }
    }
    assert(found != NULL);
    return text_of_string(found->channel);
}

int64_t late_cost_idr(const struct rules *rules, int64_t idr_days, day_t due_on)
{
    const int64_t ppm = rules_parameter(rules, PARAMETER_LATE_COST_PPM, ANY, due_on);
    return idr_days / 1000000 * ppm + idr_days % 1000000 * ppm / 1000000;
}

int rules_category(const struct rules *rules, struct text code)
{
    if (code.length == 0 || code.length > CATEGORY_CODE_BYTES_MAX) {
        return -1;
    }
    for (int i = 0; i < CATEGORIES_MAX; i++) {
        const char *known = rules->categories[i].code;
        const bool same_length = known[code.length - 1] != '\0' && known[code.length] == '\0';
        if (same_length && memcmp(known, code.at, code.length) == 0) {
            return i;
        }
    }
    return -1;
}

/* The value of two decimal digits, or -1. */
static int two_digits(const char *at)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') {
        return -1;
    }
    return (at[0] - '0') * 10 + (at[1] - '0');
}

bool region_parse(struct text code, uint16_t *out)
{
    if (code.length != REGION_TEXT_BYTES - 1 || code.at[2] != '.') {
        return false;
    }
    const int province = two_digits(code.at);
    const int regency = two_digits(code.at + 3);
    *out = (uint16_t)(province * 100 + regency);
    return province >= 0 && regency >= 0;
}

uint16_t rules_region(const struct rules *rules, struct text code)
{
    uint16_t region;
    return region_parse(code, &region) && rules->region_known[region] == 1 ? region : 0;
}

void region_print(uint16_t code, char out[REGION_TEXT_BYTES])
{
    assert(code < REGION_CODES);
    out[0] = (char)('0' + code / 1000);
    out[1] = (char)('0' + code / 100 % 10);
    if (code != 0 && code % 100 == 0) {
        out[2] = '\0';
        return;
    }
    out[2] = '.';
    out[3] = (char)('0' + code / 10 % 10);
    out[4] = (char)('0' + code % 10);
    out[5] = '\0';
}

int rules_utc_offset(const struct rules *rules, uint16_t region)
{
    assert(region < REGION_CODES);
    return region == 0 ? WIB_HOURS : rules->utc_offset_hours[region / 100];
}

/* The index of the first holiday that is not before `day`. */
static uint32_t holiday_from(const struct rules *rules, day_t day)
{
    uint32_t low = 0;
    uint32_t high = rules->holiday_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (rules->holidays[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_holiday(const struct rules *rules, uint32_t next, day_t day)
{
    return next < rules->holiday_count && rules->holidays[next] == day;
}

day_t rules_working_days_after(const struct rules *rules, day_t from, int days)
{
    assert(from != DAY_NONE && from != DAY_NEVER);
    assert(days >= 0);
    day_t day = from;
    uint32_t next = holiday_from(rules, from + 1);
    while (days > 0) {
        day++;
        const bool holiday = is_holiday(rules, next, day);
        next += holiday;
        days -= !holiday && day_weekday(day) < 5;
    }
    return day;
}

/* Ends an index whose rows of keys below `key` are placed: the keys up to `key` begin at `row`. */
static uint32_t index_until(uint16_t *from, uint32_t filled, uint32_t key, uint32_t row)
{
    assert(key + 1 >= filled); /* sorted by key */
    while (filled <= key) {
        from[filled++] = (uint16_t)row;
    }
    return filled;
}

static void index_parameters(struct rules *rules)
{
    uint32_t filled = 0;
    for (uint32_t i = 0; i < rules->parameter_count; i++) {
        filled = index_until(rules->parameter_from, filled, rules->parameters[i].parameter, i);
    }
    (void)index_until(rules->parameter_from, filled, PARAMETER_COUNT, rules->parameter_count);
}

static void index_tariffs(struct rules *rules)
{
    uint32_t filled = 0;
    for (uint32_t i = 0; i < rules->tariff_count; i++) {
        const struct tariff_row *row = &rules->tariffs[i];
        assert(row->segment < SEGMENT_COUNT);
        const uint32_t key = (uint32_t)row->programme * SEGMENT_COUNT + row->segment;
        filled = index_until(rules->tariff_from, filled, key, i);
    }
    (void)index_until(rules->tariff_from, filled, PROGRAMME_COUNT * SEGMENT_COUNT,
                      rules->tariff_count);
}

static void index_benefits(struct rules *rules)
{
    uint32_t filled = 0;
    for (uint32_t i = 0; i < rules->benefit_count; i++) {
        filled = index_until(rules->benefit_from, filled, rules->benefits[i].benefit, i);
    }
    (void)index_until(rules->benefit_from, filled, BENEFIT_COUNT, rules->benefit_count);
}

void rules_index(struct rules *rules)
{
    index_parameters(rules);
    index_tariffs(rules);
    index_benefits(rules);
    rules->indexed = true;
}
