#include "core/price.h"

#include <assert.h>

/* Every product stays in 64 bits. */
int64_t price_share(int64_t base_idr, int64_t rate_ppm, int64_t factor_ppm)
{
    const int64_t parts = base_idr * rate_ppm;
    const int64_t whole =
        parts / PARTS_OF_ONE * factor_ppm + parts % PARTS_OF_ONE * factor_ppm / PARTS_OF_ONE;
    return (whole + PARTS_OF_ONE / 2) / PARTS_OF_ONE;
}

static int64_t factor_of(const struct relief_row *relief, enum programme programme)
{
    const bool relieved = relief != NULL && (relief->programmes >> programme & 1) != 0;
    return relieved ? relief->factor_ppm : PARTS_OF_ONE;
}

static void take_cap(const struct rules *rules, const struct price_case *of, struct price *out)
{
    out->cap = rules_wage_cap_row(rules, of->programme, of->day);
    if (out->cap != NULL && out->cap->cap_idr < out->base_idr) {
        out->base_idr = out->cap->cap_idr;
    }
}

void price_month(const struct rules *rules, const struct price_case *of, struct price *out)
{
    const struct tariff_row *tariff =
        rules_tariff(rules, of->programme, of->segment, of->risk_group, of->day);
    *out = (struct price){.tariff = tariff,
                          .base_idr = of->wage_idr,
                          .factor_ppm = factor_of(of->relief, of->programme)};
    if (tariff == NULL) {
        return;
    }
    switch ((enum tariff_base)tariff->base) {
    case TARIFF_FIXED_IDR:
        out->amount_idr = price_share(tariff->value, PARTS_OF_ONE, out->factor_ppm);
        return;
    case TARIFF_CAPPED_WAGE_PPM:
        take_cap(rules, of, out);
        out->amount_idr = price_share(out->base_idr, tariff->value, out->factor_ppm);
        return;
    case TARIFF_WAGE_PPM:
        out->amount_idr = price_share(out->base_idr, tariff->value, out->factor_ppm);
        return;
    case TARIFF_ANY_AMOUNT: return;
    }
    assert(false && "every base has its amount");
}

bool price_relief_fits(const struct relief_row *relief, enum segment segment, unsigned sponsor_kind,
                       unsigned category, month_t month)
{
    return (relief->segments >> segment & 1) != 0 &&
           (relief->sponsor_kinds >> sponsor_kind & 1) != 0 &&
           (relief->categories >> category & 1) != 0 &&
           relief->row.valid_from <= month_first_day(month) &&
           month_last_day(month) <= relief->row.valid_to;
}

static bool in_force(const struct rule_row *row, day_t day)
{
    return row->valid_from <= day && day <= row->valid_to;
}

const struct bracket_row *price_bracket(const struct rules *rules, int64_t income_idr, day_t day)
{
    for (uint32_t i = 0; i < rules->bracket_count; i++) {
        const struct bracket_row *row = &rules->brackets[i];
        if (row->income_from_idr <= income_idr && income_idr < row->income_below_idr &&
            in_force(&row->row, day)) {
            return row;
        }
    }
    return NULL;
}

void price_project(const struct rules *rules, enum programme programme,
                   enum construction_basis basis, int64_t value_idr, day_t day,
                   struct project_price *out)
{
    assert(value_idr > 0);
    assert(value_idr <= PRICE_PROJECT_MOST_IDR);
    int64_t parts = 0;
    out->count = 0;
    for (uint32_t i = 0; i < rules->construction_count; i++) {
        const struct construction_row *row = &rules->construction[i];
        if (row->programme != programme || row->basis != basis || !in_force(&row->row, day) ||
            value_idr <= row->above_idr) {
            continue;
        }
        const int64_t end = value_idr < row->up_to_idr ? value_idr : row->up_to_idr;
        out->bands[out->count].row = row;
        out->bands[out->count++].part_idr = end - row->above_idr;
        parts += (end - row->above_idr) * row->rate_ppm;
    }
    out->amount_idr = (parts + PARTS_OF_ONE / 2) / PARTS_OF_ONE;
}

const struct package_row *price_package(const struct rules *rules, enum package package,
                                        int64_t months, day_t day)
{
    for (uint32_t i = 0; i < rules->package_count; i++) {
        const struct package_row *row = &rules->packages[i];
        if (row->package == package && row->months == months && in_force(&row->row, day)) {
            return row;
        }
    }
    return NULL;
}

const struct recomposition_row *price_recomposition(const struct rules *rules,
                                                    enum recomposed source, int64_t risk_group,
                                                    day_t day)
{
    for (uint32_t i = 0; i < rules->recomposition_count; i++) {
        const struct recomposition_row *row = &rules->recomposition[i];
        if (row->source == source && in_force(&row->row, day) &&
            (row->risk_group == ANY || row->risk_group == risk_group)) {
            return row;
        }
    }
    return NULL;
}
