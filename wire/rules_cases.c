#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/rules_table.h"

/* For every case that can be asked for (a parameter and segment; a programme, segment and risk
   group; …) the rows that answer it must follow one another: no day twice, no day missing between
   two. */

#define SPANS_OF_CASE_MAX TARIFFS_MAX
static_assert(TARIFFS_MAX >= PARAMETERS_MAX && TARIFFS_MAX >= WAGE_CAPS_MAX &&
                  TARIFFS_MAX >= BENEFITS_MAX && TARIFFS_MAX >= RELIEFS_MAX &&
                  TARIFFS_MAX >= CHANNELS_MAX,
              "the rows of any dated table fit");
static_assert(COMPONENT_COUNT <= 32, "components fit a set");

struct days {
    day_t from, to;
    uint32_t line;
};

/* The rows of one case, by their first day. */
struct cases {
    const struct rules_load *load;
    enum rules_table_number table;
    char what[160]; /* the case, for errors */
    uint32_t count;
    struct days days[SPANS_OF_CASE_MAX];
};

static void case_begin(struct cases *cases, enum rules_table_number table)
{
    cases->table = table;
    cases->count = 0;
}

/* The row with this index in its table; kept in order of the first day. */
static void case_add(struct cases *cases, const struct rule_row *row, uint32_t index)
{
    assert(cases->count < SPANS_OF_CASE_MAX);
    uint32_t at = cases->count++;
    while (at > 0 && cases->days[at - 1].from > row->valid_from) {
        cases->days[at] = cases->days[at - 1];
        at--;
    }
    cases->days[at] =
        (struct days){row->valid_from, row->valid_to, cases->load->lines[cases->table][index]};
}

static struct error overlap(const struct cases *cases, const struct days *a, const struct days *b)
{
    char day[DAY_TEXT_BYTES];
    day_print(b->from, day);
    const uint32_t later = a->line > b->line ? a->line : b->line;
    const uint32_t earlier = a->line > b->line ? b->line : a->line;
    return rules_invalid(cases->load->dir, cases->table, later,
                         "%s: a second row on %s, the other is in line %u; end one before the "
                         "other begins",
                         cases->what, day, earlier);
}

static struct error gap(const struct cases *cases, const struct days *a, const struct days *b)
{
    char day[DAY_TEXT_BYTES];
    day_print(a->to + 1, day);
    return rules_invalid(cases->load->dir, cases->table, b->line,
                         "%s: no row on %s, after the one in line %u; close the gap between them",
                         cases->what, day, a->line);
}

static struct error check_case(const struct cases *cases)
{
    for (uint32_t i = 1; i < cases->count; i++) {
        const struct days *a = &cases->days[i - 1];
        const struct days *b = &cases->days[i];
        if (b->from <= a->to) {
            TRY(rules_found(cases->load, overlap(cases, a, b)));
        } else if (b->from > a->to + 1) {
            TRY(rules_found(cases->load, gap(cases, a, b)));
        }
    }
    return no_error();
}

/* The same, and no day at either end is left out. */
static struct error check_every_day(const struct cases *cases)
{
    TRY(check_case(cases));
    const bool any = cases->count > 0;
    const struct days *first = &cases->days[0];
    const struct days *last = any ? &cases->days[cases->count - 1] : first;
    if (any && first->from == DAY_FIRST && last->to == DAY_NEVER) {
        return no_error();
    }
    char day[DAY_TEXT_BYTES];
    day_print(any && first->from == DAY_FIRST ? last->to + 1 : DAY_FIRST, day);
    return rules_found(
        cases->load,
        rules_invalid(cases->load->dir, cases->table, any ? last->line : 1,
                      "%s: no row on %s; there must be one on every day, from 0001-01-01 to open",
                      cases->what, day));
}

static bool fits(uint8_t of_row, unsigned wanted)
{
    return of_row == ANY || of_row == wanted;
}

static struct error check_parameter(struct cases *cases, unsigned parameter, unsigned segment)
{
    const struct rules *rules = cases->load->rules;
    case_begin(cases, TABLE_PARAMETERS);
    (void)snprintf(cases->what, sizeof cases->what, "%s for %s", rules_parameter_name(parameter),
                   term_name(&segment_names, segment));
    for (uint32_t i = 0; i < rules->parameter_count; i++) {
        const struct parameter_row *row = &rules->parameters[i];
        if (row->parameter == parameter && fits(row->segment, segment)) {
            case_add(cases, &row->row, i);
        }
    }
    return check_every_day(cases);
}

static struct error check_parameters(struct cases *cases)
{
    for (unsigned parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        for (unsigned segment = 0; segment < SEGMENT_COUNT; segment++) {
            TRY(check_parameter(cases, parameter, segment));
        }
    }
    return no_error();
}

static struct error check_tariff(struct cases *cases, unsigned programme, unsigned segment,
                                 unsigned group)
{
    const struct rules *rules = cases->load->rules;
    case_begin(cases, TABLE_TARIFFS);
    (void)snprintf(cases->what, sizeof cases->what, "%s for %s, risk group %u",
                   term_name(&programme_names, programme), term_name(&segment_names, segment),
                   group);
    for (uint32_t i = 0; i < rules->tariff_count; i++) {
        const struct tariff_row *row = &rules->tariffs[i];
        if (row->programme == programme && row->segment == segment &&
            fits(row->risk_group, group)) {
            case_add(cases, &row->row, i);
        }
    }
    return check_case(cases);
}

static struct error check_tariffs(struct cases *cases)
{
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        for (unsigned segment = 0; segment < SEGMENT_COUNT; segment++) {
            for (unsigned group = 1; group <= 5; group++) {
                TRY(check_tariff(cases, programme, segment, group));
            }
        }
    }
    return no_error();
}

static struct error check_wage_caps(struct cases *cases)
{
    const struct rules *rules = cases->load->rules;
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        case_begin(cases, TABLE_WAGE_CAPS);
        (void)snprintf(cases->what, sizeof cases->what, "wage cap of %s",
                       term_name(&programme_names, programme));
        for (uint32_t i = 0; i < rules->wage_cap_count; i++) {
            if (rules->wage_caps[i].programme == programme) {
                case_add(cases, &rules->wage_caps[i].row, i);
            }
        }
        TRY(check_case(cases));
    }
    return no_error();
}

static struct error check_component(struct cases *cases, unsigned benefit, unsigned component)
{
    const struct rules *rules = cases->load->rules;
    case_begin(cases, TABLE_BENEFITS);
    (void)snprintf(cases->what, sizeof cases->what, "%s of %s",
                   term_name(&component_names, component), rules_benefit_name(benefit));
    for (uint32_t i = 0; i < rules->benefit_count; i++) {
        const struct benefit_row *row = &rules->benefits[i];
        if (row->benefit == benefit && row->component == component) {
            case_add(cases, &row->row, i);
        }
    }
    return check_case(cases);
}

/* A decision has room for LINES_OUT_MAX lines. */
static struct error check_component_count(const struct cases *cases, unsigned benefit)
{
    const struct rules *rules = cases->load->rules;
    uint32_t seen = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < rules->benefit_count; i++) {
        const struct benefit_row *row = &rules->benefits[i];
        const uint32_t bit = UINT32_C(1) << row->component;
        if (row->benefit != benefit || (seen & bit) != 0) {
            continue;
        }
        seen |= bit;
        if (++count > LINES_OUT_MAX) {
            TRY(rules_found(cases->load,
                            rules_invalid(cases->load->dir, TABLE_BENEFITS,
                                          cases->load->lines[TABLE_BENEFITS][i],
                                          "%s: more than %d components; take one out",
                                          rules_benefit_name(benefit), LINES_OUT_MAX)));
        }
    }
    return no_error();
}

static struct error check_benefits(struct cases *cases)
{
    for (unsigned benefit = 0; benefit < BENEFIT_COUNT; benefit++) {
        for (unsigned component = 0; component < COMPONENT_COUNT; component++) {
            TRY(check_component(cases, benefit, component));
        }
        TRY(check_component_count(cases, benefit));
    }
    return no_error();
}

static bool same_relief_case(const struct relief_row *a, const struct relief_row *b)
{
    return text_equal(text_of_string(a->relief), text_of_string(b->relief)) &&
           (a->segments & b->segments) != 0 && (a->sponsor_kinds & b->sponsor_kinds) != 0 &&
           (a->categories & b->categories) != 0 && (a->programmes & b->programmes) != 0;
}

/* Reliefs are compared in pairs: their cases are sets, too many to go through one by one. */
static struct error check_relief_pair(struct cases *cases, uint32_t a, uint32_t b)
{
    const struct relief_row *reliefs = cases->load->rules->reliefs;
    case_begin(cases, TABLE_RELIEFS);
    (void)snprintf(cases->what, sizeof cases->what, "relief %s", reliefs[b].relief);
    case_add(cases, &reliefs[a].row, a);
    case_add(cases, &reliefs[b].row, b);
    return check_case(cases);
}

/* Whether a row between two others may stand in the gap between them. */
static bool relief_between(const struct rules *rules, uint32_t a, uint32_t b)
{
    const struct relief_row *first = &rules->reliefs[a];
    const struct relief_row *last = &rules->reliefs[b];
    if (first->row.valid_from > last->row.valid_from) {
        first = &rules->reliefs[b];
        last = &rules->reliefs[a];
    }
    for (uint32_t i = 0; i < rules->relief_count; i++) {
        const struct relief_row *row = &rules->reliefs[i];
        if (i != a && i != b && same_relief_case(row, first) && same_relief_case(row, last) &&
            row->row.valid_from > first->row.valid_to && row->row.valid_to < last->row.valid_from) {
            return true;
        }
    }
    return false;
}

static struct error check_reliefs(struct cases *cases)
{
    const struct rules *rules = cases->load->rules;
    for (uint32_t b = 1; b < rules->relief_count; b++) {
        for (uint32_t a = 0; a < b; a++) {
            if (same_relief_case(&rules->reliefs[a], &rules->reliefs[b]) &&
                !relief_between(rules, a, b)) {
                TRY(check_relief_pair(cases, a, b));
            }
        }
    }
    return no_error();
}

/* Two channels with one limit on a day would leave the choice to chance; so would a name twice. */
static struct error check_channel(struct cases *cases, uint32_t wanted, bool by_name)
{
    const struct rules *rules = cases->load->rules;
    const struct channel_row *channel = &rules->channels[wanted];
    case_begin(cases, TABLE_CHANNELS);
    (void)snprintf(cases->what, sizeof cases->what, "%s %s", by_name ? "channel" : "the limit of",
                   channel->channel);
    for (uint32_t i = 0; i < rules->channel_count; i++) {
        const struct channel_row *row = &rules->channels[i];
        const bool same_name =
            text_equal(text_of_string(row->channel), text_of_string(channel->channel));
        if (by_name ? same_name : row->most_idr == channel->most_idr) {
            case_add(cases, &row->row, i);
        }
    }
    return check_case(cases);
}

static struct error check_unlimited_channel(struct cases *cases)
{
    const struct rules *rules = cases->load->rules;
    case_begin(cases, TABLE_CHANNELS);
    (void)snprintf(cases->what, sizeof cases->what, "a channel with the limit none");
    for (uint32_t i = 0; i < rules->channel_count; i++) {
        if (rules->channels[i].most_idr == INT64_MAX) {
            case_add(cases, &rules->channels[i].row, i);
        }
    }
    return check_every_day(cases);
}

static struct error check_channels(struct cases *cases)
{
    for (uint32_t i = 0; i < cases->load->rules->channel_count; i++) {
        TRY(check_channel(cases, i, true));
        TRY(check_channel(cases, i, false));
    }
    return check_unlimited_channel(cases);
}

static struct error check_packages(struct cases *cases)
{
    const struct rules *rules = cases->load->rules;
    for (uint32_t wanted = 0; wanted < rules->package_count; wanted++) {
        const struct package_row *package = &rules->packages[wanted];
        case_begin(cases, TABLE_PACKAGES);
        (void)snprintf(cases->what, sizeof cases->what, "the package of %lld months",
                       (long long)package->months);
        for (uint32_t i = 0; i < rules->package_count; i++) {
            const struct package_row *row = &rules->packages[i];
            if (row->package == package->package && row->months == package->months) {
                case_add(cases, &row->row, i);
            }
        }
        TRY(check_case(cases));
    }
    return no_error();
}

static struct error check_recomposed(struct cases *cases, unsigned source, unsigned group)
{
    const struct rules *rules = cases->load->rules;
    case_begin(cases, TABLE_RECOMPOSITION);
    (void)snprintf(cases->what, sizeof cases->what, "the part of %s, risk group %u",
                   rules_recomposed_name(source), group);
    for (uint32_t i = 0; i < rules->recomposition_count; i++) {
        const struct recomposition_row *row = &rules->recomposition[i];
        if (row->source == source && fits(row->risk_group, group)) {
            case_add(cases, &row->row, i);
        }
    }
    return check_case(cases);
}

static struct error check_recomposition(struct cases *cases)
{
    for (unsigned source = 0; source < RECOMPOSED_COUNT; source++) {
        for (unsigned group = 1; group <= 5; group++) {
            TRY(check_recomposed(cases, source, group));
        }
    }
    return no_error();
}

static int compare_ids(const void *a_, const void *b_)
{
    const struct rules_id *a = a_;
    const struct rules_id *b = b_;
    const int order = text_compare(a->id, b->id);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* A decision names a row by its id alone, so an id is used once in the whole bundle. */
static struct error check_ids(struct rules_load *load)
{
    qsort(load->ids, load->id_count, sizeof *load->ids, compare_ids);
    for (uint32_t i = 1; i < load->id_count; i++) {
        const struct rules_id *a = &load->ids[i - 1];
        const struct rules_id *b = &load->ids[i];
        if (text_equal(a->id, b->id)) {
            TRY(rules_found(
                load,
                rules_invalid(load->dir, b->table, b->line,
                              "id '%.*s' is used in %s:%u already; give the row its own",
                              (int)b->id.length, b->id.at, rules_tables[a->table].file, a->line)));
        }
    }
    return no_error();
}

struct error rules_check_cases(struct rules_load *load)
{
    struct cases cases = {.load = load};
    TRY(check_ids(load));
    if (load->has_bad_rows) {
        return no_error(); /* one that is left out would look like a gap */
    }
    TRY(check_parameters(&cases));
    TRY(check_tariffs(&cases));
    TRY(check_wage_caps(&cases));
    TRY(check_benefits(&cases));
    TRY(check_reliefs(&cases));
    TRY(check_packages(&cases));
    TRY(check_recomposition(&cases));
    return check_channels(&cases);
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* By three keys, then the first day; no two rows are equal, as none overlap. */
static int compare_rows(const int64_t a[4], const int64_t b[4])
{
    for (int i = 0; i < 4; i++) {
        const int order = compare_numbers(a[i], b[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int compare_parameters(const void *a_, const void *b_)
{
    const struct parameter_row *a = a_;
    const struct parameter_row *b = b_;
    return compare_rows((int64_t[4]){a->parameter, a->segment, 0, a->row.valid_from},
                        (int64_t[4]){b->parameter, b->segment, 0, b->row.valid_from});
}

static int compare_tariffs(const void *a_, const void *b_)
{
    const struct tariff_row *a = a_;
    const struct tariff_row *b = b_;
    return compare_rows((int64_t[4]){a->programme, a->segment, a->risk_group, a->row.valid_from},
                        (int64_t[4]){b->programme, b->segment, b->risk_group, b->row.valid_from});
}

static int compare_wage_caps(const void *a_, const void *b_)
{
    const struct wage_cap_row *a = a_;
    const struct wage_cap_row *b = b_;
    return compare_rows((int64_t[4]){a->programme, 0, 0, a->row.valid_from},
                        (int64_t[4]){b->programme, 0, 0, b->row.valid_from});
}

/* Components in the order of their numbers, which is that of rules.md. */
static int compare_benefits(const void *a_, const void *b_)
{
    const struct benefit_row *a = a_;
    const struct benefit_row *b = b_;
    return compare_rows((int64_t[4]){a->benefit, a->component, 0, a->row.valid_from},
                        (int64_t[4]){b->benefit, b->component, 0, b->row.valid_from});
}

static int compare_channels(const void *a_, const void *b_)
{
    const struct channel_row *a = a_;
    const struct channel_row *b = b_;
    return compare_rows((int64_t[4]){a->most_idr, 0, 0, a->row.valid_from},
                        (int64_t[4]){b->most_idr, 0, 0, b->row.valid_from});
}

static int compare_construction(const void *a_, const void *b_)
{
    const struct construction_row *a = a_;
    const struct construction_row *b = b_;
    return compare_rows((int64_t[4]){a->programme, a->basis, a->above_idr, a->row.valid_from},
                        (int64_t[4]){b->programme, b->basis, b->above_idr, b->row.valid_from});
}

static int compare_regions(const void *a_, const void *b_)
{
    const struct region *a = a_;
    const struct region *b = b_;
    return compare_numbers(a->code, b->code);
}

static int compare_days(const void *a, const void *b)
{
    return compare_numbers(*(const day_t *)a, *(const day_t *)b);
}

void rules_sort(struct rules *rules)
{
    qsort(rules->parameters, rules->parameter_count, sizeof *rules->parameters, compare_parameters);
    qsort(rules->tariffs, rules->tariff_count, sizeof *rules->tariffs, compare_tariffs);
    qsort(rules->wage_caps, rules->wage_cap_count, sizeof *rules->wage_caps, compare_wage_caps);
    qsort(rules->benefits, rules->benefit_count, sizeof *rules->benefits, compare_benefits);
    qsort(rules->channels, rules->channel_count, sizeof *rules->channels, compare_channels);
    qsort(rules->construction, rules->construction_count, sizeof *rules->construction,
          compare_construction);
    qsort(rules->regions, rules->region_count, sizeof *rules->regions, compare_regions);
    qsort(rules->holidays, rules->holiday_count, sizeof *rules->holidays, compare_days);
}
