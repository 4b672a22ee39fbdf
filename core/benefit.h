/* What a claim is worth: the lines of its benefit by the rows of law in force on the event's date
   (rules.md, Benefits). Integers only; nothing here decides whether it is paid. */
#ifndef JAGA_CORE_BENEFIT_H
#define JAGA_CORE_BENEFIT_H

#include "core/cover.h"

/* Lines of 0 are left out. `rule` of a line views the rules. */
struct worth {
    bool is_known; /* false: no row in force on the event's date, or no wage to count by */
    uint32_t line_count;
    struct benefit_line lines[LINES_OUT_MAX];
    int64_t total_idr;
};

/* The monthly wage the benefit is counted by: in force on the event's date as recorded by then, or
   the enrolment's when that was recorded only after the event. NUMBER_NONE when there is none. */
int64_t benefit_wage_idr(const struct membership *membership, const struct claim *claim);

/* The whole benefit of a claim on this membership, whose cover for claims is `cover`. */
struct worth benefit_of(const struct membership *membership, const struct claim *claim,
                        const struct cover *cover, const struct rules *rules);

/* What of it would be paid: BURIAL only when no heir is known. */
struct worth benefit_payable(const struct worth *whole, const struct claim *claim);

/* The row of a scholarship's amount and of how often it is given; NULL: none in force. */
const struct benefit_row *benefit_scholarship_row(const struct claim *claim,
                                                  const struct rules *rules);

#endif
