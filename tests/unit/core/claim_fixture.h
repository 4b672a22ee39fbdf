/* A participant, a claim event and what became of it, for the tests of claims. The base case is a
   KPPS member who dies at work: covered from 25 January 2024, dead on 14 February, everything in
   order. */
#ifndef JAGA_TESTS_CLAIM_FIXTURE_H
#define JAGA_TESTS_CLAIM_FIXTURE_H

#include "core/internal.h"
#include "core/ladder.h"
#include "rules_fixture.h"

#define KPPS_WAGE_IDR INT64_C(1100000)

struct scene {
    struct participant participant;
    struct event event; /* the next one; a death claim "C1" on membership "M1" at first */
    day_t recorded;     /* its date of recording */
    int64_t now;
    struct rules rules; /* a copy: a test may change it */
    struct outputs outputs;
    enum outcome outcome;
};

/* The base case, in one static place: the scene before is gone. */
struct scene *scene_new(void);

struct membership *scene_membership(struct scene *scene, const char *id);
/* Another membership like the base one. */
struct membership *scene_add_membership(struct scene *scene, const char *id);
/* Makes `membership` one of `segment`, enrolled and recorded on `from`, paid from that month
   through `paid_through` (MONTH_NONE: nothing), first paid on `from`. */
void membership_make(struct membership *membership, enum segment segment, day_t from,
                     int64_t wage_idr, month_t paid_through);
void membership_record(struct membership *membership, day_t recorded);
void membership_pay(struct membership *membership, month_t first, int count);
void timeline_add(struct timeline *timeline, day_t from, day_t recorded, int64_t value);
void membership_end_add(struct membership *membership, day_t last_day, day_t recorded);

/* A claim that stands as APPROVED with one line, or as whatever the test makes of it. */
struct claim *scene_add_approved(struct scene *scene, const char *id, enum claim_type type,
                                 const char *membership, enum component component);

/* Puts the event of scene->event in its empty form of `type`, with envelope. */
void scene_event(struct scene *scene, enum event_type type);
void scene_death_claim(struct scene *scene, const char *id, const char *membership);
/* A crash on the way home on 14 February, 45 days unable to work. */
void scene_injury_claim(struct scene *scene, const char *id, const char *membership);
/* Of a child born on 1 January 2010 at SMP, for school year 2024. */
void scene_scholarship_claim(struct scene *scene, const char *id, const char *parent);
/* Month 1 after a dismissal on 14 February. */
void scene_job_loss_claim(struct scene *scene, const char *id, const char *membership);
/* Applies scene->event as transition.c does after the common tests, and judges. */
enum outcome scene_apply(struct scene *scene);
/* Judges all open claims with fresh outputs. */
void scene_judge(struct scene *scene);
enum outcome scene_review(struct scene *scene, const char *id, int64_t revision,
                          const char *reviewer, enum review_verdict verdict);
enum outcome scene_documents(struct scene *scene, const char *id, day_t documents);

/* A row of a table of cases: what it makes of a base case, and what comes of the claim. */
typedef void arrange(struct scene *scene);
struct row {
    const char *name;
    arrange *first, *second; /* `second` may be NULL */
    enum verdict verdict;
    enum reason reason;
    int64_t total_idr; /* of an approved claim */
};
/* The base case of each row is scene_new(), then `base` (NULL: nothing more). The trace of the
   ladder must come to the same answer as the decision. */
void check_rows(const struct row *rows, size_t count, arrange *base);

struct claim *scene_claim(struct scene *scene, const char *id);
/* The nth output of a kind, from 0; NULL when there are fewer. */
const struct decision *scene_decision(const struct scene *scene, uint32_t nth);
const struct payment *scene_payment(const struct scene *scene, uint32_t nth);
const struct exception *scene_exception(const struct scene *scene, uint32_t nth);
uint32_t scene_count(const struct scene *scene, enum output_kind kind);

#endif
