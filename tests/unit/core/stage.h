/* One participant to whom events come through transition_event(), as they do in a lane. Every event
   and timer also shows what must always hold: bytes that read back the same, refusals without a
   trace, one count, findings without the original. */
#ifndef JAGA_TESTS_STAGE_H
#define JAGA_TESTS_STAGE_H

#include "core/internal.h"
#include "rules_fixture.h"

#define WORK (1U << JKK | 1U << JKM)

struct stage {
    struct participant participant;
    struct event event; /* the next one */
    struct delivery delivery;
    int64_t now;    /* the clock: the largest time so far; a test may hold it back or push it on */
    int64_t offset; /* of the last record */
    struct rules rules; /* a copy: a test may change it */
    struct outputs outputs;
    char id[16]; /* of the event */
    unsigned events;
};

/* Nobody yet, in one static place: the stage before is gone. */
struct stage *stage_new(void);

/* Puts an event in its empty form, with an envelope and an id of its own; recorded at noon (WIB).
 */
void stage_event(struct stage *stage, enum event_type type, day_t recorded);
/* Applies stage->event and tells what became of it. Timers that are due are not fired. */
enum outcome stage_apply(struct stage *stage);
/* Moves the clock and fires what is due, one timer a call; false when nothing is. */
bool stage_fire(struct stage *stage, int64_t now);

/* An event that is ready: a test changes fields before it applies it. */
void stage_enrolled(struct stage *stage, const char *membership, enum segment segment,
                    int64_t wage_idr, day_t cover_from);
void stage_paid(struct stage *stage, const char *membership, month_t month, int64_t months,
                const char *ref);
void stage_line(struct stage *stage, enum programme programme, int64_t amount_idr);
void stage_reversed(struct stage *stage, const char *membership, month_t month, int64_t months,
                    const char *ref);
/* Of illness; heir and documents in order. */
void stage_death_claim(struct stage *stage, const char *claim, const char *membership,
                       day_t died_on);
void stage_died(struct stage *stage, day_t died_on);
void stage_ended(struct stage *stage, const char *membership, day_t last_day);
void stage_voided(struct stage *stage, const char *membership, day_t recorded);

struct membership *stage_membership(struct stage *stage, const char *id);
struct claim *stage_claim(struct stage *stage, const char *id);
const struct decision *stage_decision(const struct stage *stage, uint32_t nth);
const struct payment *stage_payment(const struct stage *stage, uint32_t nth);
const struct exception *stage_exception(const struct stage *stage, uint32_t nth);
uint32_t stage_count(const struct stage *stage, enum output_kind kind);

/* Fails, naming `name`, unless the outputs are one exception with this code, detail NULL: any. */
void stage_expect_exception(const struct stage *stage, enum exception_code code, const char *detail,
                            const char *name);

const char *outcome_name(enum outcome outcome);

#endif
