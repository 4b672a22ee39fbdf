#include "core/benefit.h"

#include <assert.h>

#include "core/internal.h"

#define BASIS_POINTS INT64_C(10000)
#define PPM INT64_C(1000000)
#define DAYS_OF_A_WAGE 30
#define MONTHS_MOST 100000 /* beyond any day there is */

/* What the rows are applied to. */
struct basis {
    const struct claim *claim;
    const struct rules *rules;
    int64_t wage_idr; /* NUMBER_NONE: there is none */
};

/* The benefits of a claim, in the order of their lines. */
struct benefits {
    uint32_t count;
    enum benefit of[2];
};

static struct benefits benefits_of(const struct membership *membership, const struct claim *claim,
                                   const struct cover *cover, const struct rules *rules);
static bool worth_add_benefit(struct worth *worth, const struct basis *basis, enum benefit benefit);
static void worth_add(struct worth *worth, const struct benefit_line *line);

int64_t benefit_wage_idr(const struct membership *membership, const struct claim *claim)
{
    if (membership->recorded > claim->event_on) {
        assert(membership->wages.count > 0);
        return membership->wages.entries[0].value; /* the enrolment's own entry was applied first */
    }
    int64_t wage = NUMBER_NONE;
    if (!timeline_value(&membership->wages, claim->event_on, claim->event_on, &wage)) {
        return NUMBER_NONE;
    }
    return wage;
}

struct worth benefit_of(const struct membership *membership, const struct claim *claim,
                        const struct cover *cover, const struct rules *rules)
{
    const struct basis basis = {claim, rules, benefit_wage_idr(membership, claim)};
    const struct benefits benefits = benefits_of(membership, claim, cover, rules);
    struct worth worth = {.is_known = true};
    for (uint32_t i = 0; i < benefits.count; i++) {
        if (!worth_add_benefit(&worth, &basis, benefits.of[i])) {
            return (struct worth){.is_known = false};
        }
    }
    return worth;
}

const struct benefit_row *benefit_scholarship_row(const struct claim *claim,
                                                  const struct rules *rules)
{
    const struct benefit_row *rows[LINES_OUT_MAX];
    assert(claim->type == CLAIM_SCHOLARSHIP);
    return rules_benefit(rules, BENEFIT_SCHOLARSHIP, claim->event_on, rows) == 0 ? NULL : rows[0];
}

struct worth benefit_payable(const struct worth *whole, const struct claim *claim)
{
    if (claim->type != CLAIM_DEATH || claim->heir_rank != HEIR_NONE) {
        return *whole;
    }
    struct worth payable = {.is_known = whole->is_known};
    for (uint32_t i = 0; i < whole->line_count; i++) {
        if (whole->lines[i].component == COMPONENT_BURIAL) {
            worth_add(&payable, &whole->lines[i]);
        }
    }
    assert(payable.total_idr <= whole->total_idr);
    return payable;
}

/* A young cover of a BPU member pays the burial only. */
static bool in_waiting_time(const struct membership *membership, const struct claim *claim,
                            const struct cover *cover, const struct rules *rules)
{
    if (membership->segment != BPU) {
        return false;
    }
    const int64_t waiting_days =
        rules_parameter(rules, PARAMETER_WAITING_TENURE_DAYS, BPU, claim->event_on);
    return (int64_t)claim->event_on - cover->start < waiting_days;
}

static enum benefit death_benefit(const struct membership *membership, const struct claim *claim,
                                  const struct cover *cover, const struct rules *rules)
{
    if (claim_programme(claim) == JKK) {
        return BENEFIT_JKK_DEATH;
    }
    return in_waiting_time(membership, claim, cover, rules) ? BENEFIT_JKM_WAITING : BENEFIT_JKM;
}

static struct benefits injury_benefits(const struct claim *claim)
{
    switch ((enum disability_kind)claim->injury.disability) {
    case DISABILITY_NONE: break;
    case DISABILITY_PARTIAL_ANATOMICAL:
        return (struct benefits){2, {BENEFIT_JKK_PARTIAL_ANATOMICAL, BENEFIT_JKK_INJURY}};
    case DISABILITY_PARTIAL_FUNCTIONAL:
        return (struct benefits){2, {BENEFIT_JKK_PARTIAL_FUNCTIONAL, BENEFIT_JKK_INJURY}};
    case DISABILITY_TOTAL: return (struct benefits){2, {BENEFIT_JKK_TOTAL, BENEFIT_JKK_INJURY}};
    }
    return (struct benefits){1, {BENEFIT_JKK_INJURY}};
}

static struct benefits benefits_of(const struct membership *membership, const struct claim *claim,
                                   const struct cover *cover, const struct rules *rules)
{
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH: return (struct benefits){1, {death_benefit(membership, claim, cover, rules)}};
    case CLAIM_INJURY: return injury_benefits(claim);
    case CLAIM_SCHOLARSHIP: return (struct benefits){1, {BENEFIT_SCHOLARSHIP}};
    case CLAIM_JOB_LOSS: return (struct benefits){1, {BENEFIT_JKP}};
    }
    assert(false && "every claim type has a benefit");
    return (struct benefits){.count = 0};
}

/* The formulas. Each divides once, at the end. */

/* a × b / c, cut; for a × (b / c) that fits where a × b does not. */
static int64_t multiply_divide(int64_t a, int64_t b, int64_t c)
{
    assert(a >= 0 && b >= 0 && c > 0);
    return a / c * b + a % c * b / c;
}

static int64_t up_to(int64_t amount_idr, int64_t most_idr)
{
    return amount_idr < most_idr ? amount_idr : most_idr;
}

/* How many of the days of inability lie in the months `part->first` to `part->last` after the
   accident, a month beginning on the accident's day of the month. */
static int64_t days_in_part(const struct claim *claim, const struct benefit_part *part)
{
    const int64_t from = claim->injury.unable_from;
    const int64_t end = from + claim->injury.days_unable; /* the day after the last */
    const day_t first = day_add_months(claim->accident_on, (int)part->first - 1);
    const bool open = part->last >= MONTHS_MOST;
    const int64_t after = open ? INT64_MAX : day_add_months(claim->accident_on, (int)part->last);
    const int64_t begin = from > first ? from : first;
    const int64_t until = end < after ? end : after;
    return until > begin ? until - begin : 0;
}

/* A day is worth a thirtieth of the wage, times the share of its part. */
static int64_t inability_idr(const struct claim *claim, const struct benefit_row *row,
                             int64_t wage_idr)
{
    int64_t shares = 0;
    for (uint32_t i = 0; i < row->part_count; i++) {
        shares += days_in_part(claim, &row->parts[i]) * row->parts[i].value;
    }
    return multiply_divide(wage_idr, shares, DAYS_OF_A_WAGE * PPM);
}

static int64_t transport_idr(const struct claim *claim, const struct benefit_row *row)
{
    int64_t amount_idr = 0;
    for (uint32_t mode = 0; mode < TRANSPORT_MODE_COUNT; mode++) {
        const struct benefit_part *part = benefit_part(row, mode);
        amount_idr += part == NULL ? 0 : up_to(claim->injury.transport_idr[mode], part->value);
    }
    return amount_idr;
}

/* What was spent on a component. */
static int64_t cost_idr(const struct claim *claim, uint8_t component)
{
    if (claim->type != CLAIM_INJURY) {
        return 0;
    }
    return component == COMPONENT_TREATMENT   ? claim->injury.treatment_idr
           : component == COMPONENT_HOME_CARE ? claim->injury.home_care_idr
                                              : 0;
}

static int64_t of_part(const struct benefit_row *row, int64_t number)
{
    const struct benefit_part *part = benefit_part(row, number);
    return part == NULL ? 0 : part->value;
}

static int64_t capped_wage_idr(const struct basis *basis, const struct benefit_row *row)
{
    const struct claim *claim = basis->claim;
    const int64_t cap_idr = rules_wage_cap(basis->rules, claim_programme(claim), claim->event_on);
    return multiply_divide(up_to(basis->wage_idr, cap_idr),
                           of_part(row, claim->job_loss.month_number), PPM);
}

static bool counts_by_wage(uint8_t formula)
{
    return formula == FORMULA_WAGE_TIMES || formula == FORMULA_WAGE_TIMES_TABLE ||
           formula == FORMULA_WAGE_TIMES_TABLE_LOSS || formula == FORMULA_INABILITY_PPM ||
           formula == FORMULA_CAPPED_WAGE_PPM;
}

static int64_t formula_idr(const struct basis *basis, const struct benefit_row *row)
{
    const struct claim *claim = basis->claim;
    const struct injury_facts *injury = &claim->injury;
    const int64_t value = row->parts[0].value;
    switch ((enum formula)row->formula) {
    case FORMULA_FIXED_IDR: return value;
    case FORMULA_WAGE_TIMES: return value * basis->wage_idr;
    case FORMULA_WAGE_TIMES_TABLE:
        return multiply_divide(value * basis->wage_idr, injury->table_bp, BASIS_POINTS);
    case FORMULA_WAGE_TIMES_TABLE_LOSS:
        return multiply_divide(value * basis->wage_idr, injury->table_bp * injury->loss_bp,
                               BASIS_POINTS * BASIS_POINTS);
    case FORMULA_INABILITY_PPM: return inability_idr(claim, row, basis->wage_idr);
    case FORMULA_COST_BY_MODE: return transport_idr(claim, row);
    case FORMULA_COST_UP_TO: return up_to(cost_idr(claim, row->component), value);
    case FORMULA_COST_AS_BILLED: return cost_idr(claim, row->component);
    case FORMULA_FIXED_BY_LEVEL: return of_part(row, claim->scholarship.level);
    case FORMULA_CAPPED_WAGE_PPM: return capped_wage_idr(basis, row);
    }
    assert(false && "every formula is known");
    return 0;
}

/* False when the row counts by a wage that there is not. */
static bool row_amount(const struct basis *basis, const struct benefit_row *row, int64_t *out)
{
    if (counts_by_wage(row->formula) && basis->wage_idr == NUMBER_NONE) {
        return false;
    }
    *out = formula_idr(basis, row);
    if (*out < row->least_idr) {
        *out = row->least_idr;
    }
    assert(*out >= 0);
    return true;
}

/* False when it is not known what the benefit is worth. */
static bool worth_add_benefit(struct worth *worth, const struct basis *basis, enum benefit benefit)
{
    const struct benefit_row *rows[LINES_OUT_MAX];
    const uint32_t row_count = rules_benefit(basis->rules, benefit, basis->claim->event_on, rows);
    for (uint32_t i = 0; i < row_count; i++) {
        struct benefit_line line = {.component = rows[i]->component,
                                    .rule = text_of_string(rows[i]->row.id)};
        if (!row_amount(basis, rows[i], &line.amount_idr)) {
            return false;
        }
        worth_add(worth, &line);
    }
    return row_count > 0;
}

static void worth_add(struct worth *worth, const struct benefit_line *line)
{
    if (line->amount_idr == 0) {
        return;
    }
    assert(worth->line_count < LINES_OUT_MAX);
    worth->lines[worth->line_count++] = *line;
    worth->total_idr += line->amount_idr;
}
