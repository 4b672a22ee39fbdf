#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "wire/rules_table.h"

/* What the rows of a day say together: bands of money begin at 0, follow one another and have no
   end; the parts of a contribution add up to the published rates. Rows change on their first days
   and on the days after their last, so looking at those days is looking at all. */

struct band {
    const struct rule_row *row;
    int64_t from, to; /* INT64_MAX: no end */
    uint32_t line;
};

struct bands { /* of one list, by their amounts */
    const struct rules_load *load;
    enum rules_table_number table;
    const char *what;
    uint32_t count;
    struct band rows[BRACKETS_MAX];
};
static_assert(BRACKETS_MAX >= CONSTRUCTION_MAX, "the rows of both tables fit");

static bool in_force(const struct rule_row *row, day_t day)
{
    return row->valid_from <= day && day <= row->valid_to;
}

/* The row with this index in its table. */
static void add_band(struct bands *bands, const struct rule_row *row, uint32_t index, int64_t from,
                     int64_t to)
{
    assert(bands->count < BRACKETS_MAX);
    uint32_t at = bands->count++;
    while (at > 0 && bands->rows[at - 1].from > from) {
        bands->rows[at] = bands->rows[at - 1];
        at--;
    }
    bands->rows[at] = (struct band){row, from, to, bands->load->lines[bands->table][index]};
}

static struct error broken_bands(const struct bands *bands, uint32_t line, day_t day,
                                 int64_t reached, const char *what)
{
    char text[DAY_TEXT_BYTES];
    day_print(day, text);
    const struct rules_load *load = bands->load;
    return rules_found(load, rules_invalid(load->dir, bands->table, line,
                                           "%s, on %s: %s %" PRId64
                                           "; let each band begin where the one before ends, from "
                                           "0 to none",
                                           bands->what, text, what, reached));
}

static struct error check_bands_on(const struct bands *bands, day_t day)
{
    int64_t reached = 0;
    uint32_t line = 0;
    for (uint32_t i = 0; i < bands->count; i++) {
        const struct band *band = &bands->rows[i];
        if (!in_force(band->row, day)) {
            continue;
        }
        line = band->line;
        if (band->from != reached) {
            return broken_bands(bands, line, day, reached,
                                band->from > reached ? "no band holds what follows"
                                                     : "two bands hold what lies below");
        }
        reached = band->to;
    }
    if (line != 0 && reached != INT64_MAX) {
        return broken_bands(bands, line, day, reached, "no band holds what follows");
    }
    return no_error();
}

static struct error check_bands(const struct bands *bands)
{
    for (uint32_t i = 0; i < bands->count; i++) {
        const struct rule_row *row = bands->rows[i].row;
        TRY(check_bands_on(bands, row->valid_from));
        if (row->valid_to != DAY_NEVER) {
            TRY(check_bands_on(bands, row->valid_to + 1));
        }
    }
    return no_error();
}

static struct error check_brackets(const struct rules_load *load)
{
    struct bands bands = {.load = load, .table = TABLE_BRACKETS, .what = "brackets of BPU"};
    for (uint32_t i = 0; i < load->rules->bracket_count; i++) {
        const struct bracket_row *row = &load->rules->brackets[i];
        add_band(&bands, &row->row, i, row->income_from_idr, row->income_below_idr);
    }
    return check_bands(&bands);
}

static struct error check_construction(const struct rules_load *load, unsigned programme,
                                       unsigned basis)
{
    char what[64];
    (void)snprintf(what, sizeof what, "%s of JAKON by %s", term_name(&programme_names, programme),
                   basis == CONSTRUCTION_CONTRACT ? "contract" : "wages");
    struct bands bands = {.load = load, .table = TABLE_CONSTRUCTION, .what = what};
    for (uint32_t i = 0; i < load->rules->construction_count; i++) {
        const struct construction_row *row = &load->rules->construction[i];
        if (row->programme == programme && row->basis == basis) {
            add_band(&bands, &row->row, i, row->above_idr, row->up_to_idr);
        }
    }
    return check_bands(&bands);
}

/* ---- What goes to JKP ---- */

struct parts { /* of one day and risk group */
    const struct rules_load *load;
    day_t day;
    uint8_t risk_group;
    const struct recomposition_row *rows[RECOMPOSED_COUNT]; /* NULL: none in force */
};

static struct error wrong_parts(const struct parts *parts, unsigned source, int64_t found,
                                const char *what, int64_t wanted)
{
    const struct rules_load *load = parts->load;
    const uint32_t index = (uint32_t)(parts->rows[source] - load->rules->recomposition);
    char day[DAY_TEXT_BYTES];
    day_print(parts->day, day);
    return rules_found(load, rules_invalid(load->dir, TABLE_RECOMPOSITION,
                                           load->lines[TABLE_RECOMPOSITION][index],
                                           "%s, risk group %u, on %s: the parts come to %" PRId64
                                           ", %s is %" PRId64 "; make them agree",
                                           rules_recomposed_name(source), parts->risk_group, day,
                                           found, what, wanted));
}

static struct error check_collected(const struct parts *parts, unsigned source,
                                    enum programme programme)
{
    const struct recomposition_row *row = parts->rows[source];
    if (row == NULL) {
        return no_error(); /* missing in the sum of what goes to JKP */
    }
    const struct tariff_row *tariff =
        rules_tariff(parts->load->rules, programme, PU, parts->risk_group, parts->day);
    const int64_t rate = tariff == NULL ? 0 : tariff->value;
    const int64_t sum = row->stays_ppm + row->to_jkp_ppm;
    return sum == rate ? no_error() : wrong_parts(parts, source, sum, "the tariff", rate);
}

static struct error check_parts(const struct parts *parts)
{
    TRY(check_collected(parts, RECOMPOSED_JKK, JKK));
    TRY(check_collected(parts, RECOMPOSED_JKM, JKM));
    if (parts->rows[RECOMPOSED_JKP] == NULL) {
        return no_error();
    }
    int64_t sum = 0;
    for (unsigned source = RECOMPOSED_JKP + 1; source < RECOMPOSED_COUNT; source++) {
        sum += parts->rows[source] == NULL ? 0 : parts->rows[source]->to_jkp_ppm;
    }
    const int64_t rate = parts->rows[RECOMPOSED_JKP]->to_jkp_ppm;
    return sum == rate ? no_error()
                       : wrong_parts(parts, RECOMPOSED_JKP, sum, "the published rate", rate);
}

static struct error check_parts_on(const struct rules_load *load, day_t day)
{
    const struct rules *rules = load->rules;
    for (uint8_t group = 1; group <= 5; group++) {
        struct parts parts = {.load = load, .day = day, .risk_group = group};
        for (uint32_t i = 0; i < rules->recomposition_count; i++) {
            const struct recomposition_row *row = &rules->recomposition[i];
            if ((row->risk_group == ANY || row->risk_group == group) && in_force(&row->row, day)) {
                parts.rows[row->source] = row;
            }
        }
        TRY(check_parts(&parts));
    }
    return no_error();
}

static struct error check_parts_around(const struct rules_load *load, const struct rule_row *row)
{
    TRY(check_parts_on(load, row->valid_from));
    return row->valid_to == DAY_NEVER ? no_error() : check_parts_on(load, row->valid_to + 1);
}

static struct error check_recomposition(const struct rules_load *load)
{
    const struct rules *rules = load->rules;
    for (uint32_t i = 0; i < rules->recomposition_count; i++) {
        TRY(check_parts_around(load, &rules->recomposition[i].row));
    }
    for (uint32_t i = 0; i < rules->tariff_count; i++) {
        if (rules->tariffs[i].segment == PU) {
            TRY(check_parts_around(load, &rules->tariffs[i].row));
        }
    }
    return no_error();
}

struct error rules_check_bands(const struct rules_load *load)
{
    TRY(check_brackets(load));
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        for (unsigned basis = 0; basis < CONSTRUCTION_BASIS_COUNT; basis++) {
            TRY(check_construction(load, programme, basis));
        }
    }
    return check_recomposition(load);
}
