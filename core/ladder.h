/* Why a claim stands as it does: its ladder of tests, one after the other, down to the one that
   decides (rules.md, Claims). For who explains a decision; the transition itself keeps no trace. */
#ifndef JAGA_CORE_LADDER_H
#define JAGA_CORE_LADDER_H

#include "core/benefit.h"

#define LADDER_STEPS_MAX 24
#define LADDER_FACTS_MAX 5

enum fact_kind { FACT_NUMBER, FACT_DAY, FACT_MONTH, FACT_TEXT };

/* Something a test looked at. Nothing there: NUMBER_NONE, DAY_NONE, MONTH_NONE, an absent text; an
   open end is DAY_NEVER. */
struct ladder_fact {
    const char *name;
    enum fact_kind kind;
    int64_t number; /* or the day, or the month */
    struct text text;
};

struct ladder_step {
    const char *test; /* "membership_unknown": stable */
    bool holds;
    bool overruled;       /* holds, and reviews set it aside */
    enum verdict verdict; /* what it gives when it holds */
    enum reason reason;
    struct text rule; /* id of the row of law it looked at; absent: none */
    uint32_t fact_count;
    struct ladder_fact facts[LADDER_FACTS_MAX];
};

struct ladder_trace {
    uint32_t step_count; /* the last one decides */
    struct ladder_step steps[LADDER_STEPS_MAX];
    struct worth whole;   /* what the claim would be worth; not known: see worth.is_known */
    struct worth payable; /* what of it is paid when it is approved */
    struct text due_rule; /* the row that says how many working days there are to pay */
    int64_t due_days;
};

/* The tests of one of the participant's claims as they stand now. Texts are views on the
   participant and the rules. */
void ladder_trace(const struct participant *participant, const struct claim *claim,
                  const struct rules *rules, struct ladder_trace *out);

#endif
