#include "core/benefit.h"

#include <assert.h>

#include "core/internal.h"

static struct worth death_benefit(const struct membership *membership, const struct claim *claim,
                                  const struct cover *cover, const struct rules *rules);
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
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH: return death_benefit(membership, claim, cover, rules);
    case CLAIM_INJURY:
    case CLAIM_SCHOLARSHIP:
    case CLAIM_JOB_LOSS: break;
    }
    return (struct worth){.is_known = false};
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

static enum benefit benefit_case(const struct membership *membership, const struct claim *claim,
                                 const struct cover *cover, const struct rules *rules)
{
    if (claim_programme(claim) == JKK) {
        return BENEFIT_JKK_DEATH;
    }
    return in_waiting_time(membership, claim, cover, rules) ? BENEFIT_JKM_WAITING : BENEFIT_JKM;
}

/* False when the row counts by a wage that there is not. */
static bool row_amount(const struct benefit_row *row, int64_t wage_idr, int64_t *out)
{
    switch ((enum formula)row->formula) {
    case FORMULA_FIXED_IDR: *out = row->value; break;
    case FORMULA_WAGE_TIMES:
        if (wage_idr == NUMBER_NONE) {
            return false;
        }
        *out = row->value * wage_idr;
        break;
    }
    if (*out < row->least_idr) {
        *out = row->least_idr;
    }
    assert(*out >= 0);
    return true;
}

static struct worth death_benefit(const struct membership *membership, const struct claim *claim,
                                  const struct cover *cover, const struct rules *rules)
{
    const struct benefit_row *rows[LINES_OUT_MAX];
    const uint32_t row_count =
        rules_benefit(rules, benefit_case(membership, claim, cover, rules), claim->event_on, rows);
    const int64_t wage_idr = benefit_wage_idr(membership, claim);
    struct worth worth = {.is_known = row_count > 0};
    for (uint32_t i = 0; i < row_count; i++) {
        struct benefit_line line = {.component = rows[i]->component,
                                    .rule = text_of_string(rows[i]->row.id)};
        if (!row_amount(rows[i], wage_idr, &line.amount_idr)) {
            return (struct worth){.is_known = false};
        }
        worth_add(&worth, &line);
    }
    return worth;
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
