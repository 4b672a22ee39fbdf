/* Inside the core: a claim with all that its tests look at, and the tests (judgement.c, ladder.c).
 */
#ifndef JAGA_CORE_JUDGEMENT_H
#define JAGA_CORE_JUDGEMENT_H

#include "core/internal.h"
#include "core/ladder.h"

struct judgement {
    const struct participant *participant;
    const struct membership *membership; /* NULL: unknown */
    const struct claim *claim;
    const struct rules *rules;
    bool again;         /* an approved claim, to see whether it has been contradicted */
    struct cover cover; /* for claims; unset while the membership is unknown */
    struct worth whole, payable;
};

struct test {
    const char *name;
    bool (*holds)(const struct judgement *judgement);
    enum verdict verdict;
    enum reason reason;
    /* Notes what the test looked at; NULL: nothing but the claim's being there. */
    void (*tell)(const struct judgement *judgement, struct ladder_step *step);
};

struct ladder {
    const struct test *tests;
    uint32_t count;
};

/* ladder.c: the tests of a claim's type; the last always holds. */
const struct ladder *ladder_of(const struct claim *claim);

/* judgement.c */
struct judgement judgement_of(const struct participant *participant, const struct claim *claim,
                              const struct rules *rules);
/* Overruled: reviewed for this reason and for the total that stands now. */
bool is_overruled(const struct judgement *judgement, enum reason reason);
/* How many working days there are to pay. */
enum parameter due_parameter(const struct claim *claim);

#endif
