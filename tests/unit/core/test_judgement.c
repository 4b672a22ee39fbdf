/* The ladder of rules.md: every test just true and just false, its order, and the published cases.
 */
#include <criterion/criterion.h>
#include <signal.h>

#include "claim_fixture.h"

#define MILLION INT64_C(1000000)

static struct membership *m1(struct scene *scene)
{
    return scene_membership(scene, "M1");
}

static void dies(struct scene *scene, day_t died_on)
{
    scene->event.death.died_on = died_on;
    scene->event.death.documents_complete_on = died_on + 1;
    scene->recorded = died_on + 1;
}

/* 1 and 2 */
static void membership_is_another(struct scene *scene)
{
    scene->event.death.membership_id = TEXT("M9");
}
static void membership_is_void(struct scene *scene)
{
    m1(scene)->is_void = true;
}

/* 3 */
static void death_is_approved(struct scene *scene)
{
    (void)scene_add_approved(scene, "C0", CLAIM_DEATH, "M1", COMPONENT_DEATH);
}
static void death_is_approved_elsewhere(struct scene *scene)
{
    (void)scene_add_membership(scene, "M2");
    (void)scene_add_approved(scene, "C0", CLAIM_DEATH, "M2", COMPONENT_DEATH);
}
static void death_was_rejected(struct scene *scene)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_DEATH, "M1", COMPONENT_DEATH);
    claim->verdict = REJECTED;
    claim->reason = REASON_REVIEW_REJECTED;
    claim->approval = 0;
    claim->line_count = 0;
}

/* 4 */
static struct claim *injury_is_approved(struct scene *scene, const char *membership,
                                        enum component component)
{
    scene->event.death.accident_on = date(2024, 2, 14);
    return scene_add_approved(scene, "C0", CLAIM_INJURY, membership, component);
}
static void disability_is_approved(struct scene *scene)
{
    (void)injury_is_approved(scene, "M1", COMPONENT_DISABILITY);
}
static void periodic_is_approved(struct scene *scene)
{
    (void)injury_is_approved(scene, "M1", COMPONENT_PERIODIC);
}
static void treatment_is_approved(struct scene *scene)
{
    (void)injury_is_approved(scene, "M1", COMPONENT_TREATMENT);
}
static void disability_is_approved_elsewhere(struct scene *scene)
{
    (void)injury_is_approved(scene, "M2", COMPONENT_DISABILITY);
}
static void disability_of_another_day(struct scene *scene)
{
    injury_is_approved(scene, "M1", COMPONENT_DISABILITY)->accident_on = date(2024, 2, 13);
}
static void accident_is_not_given(struct scene *scene)
{
    injury_is_approved(scene, "M1", COMPONENT_DISABILITY)->accident_on = DAY_NONE;
    scene->event.death.accident_on = DAY_NONE;
}

/* 5 and 6 */
static void cause_is_unknown(struct scene *scene)
{
    scene->event.death.cause = CAUSE_UNKNOWN;
}
static void other_death_on_record(struct scene *scene)
{
    scene->participant.died_on = date(2024, 2, 17);
}
static void same_death_on_record(struct scene *scene)
{
    scene->participant.died_on = scene->event.death.died_on;
}

/* 7 */
static void accident_recorded(struct scene *scene, day_t accident_on, day_t recorded)
{
    membership_make(m1(scene), PU, accident_on - 31, KPPS_WAGE_IDR, month_of(2024, 12));
    scene->event.death.accident_on = accident_on;
    scene->event.death.died_on = accident_on + 500;
    scene->event.death.documents_complete_on = recorded;
    scene->recorded = recorded;
}
static void claimed_after_60_months(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 2), date(2024, 12, 2));
}
static void claimed_after_60_months_and_a_day(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 2), date(2024, 12, 3));
}
static void claimed_after_24_months(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 1), date(2021, 12, 1));
}
static void claimed_after_24_months_and_a_day(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 1), date(2021, 12, 2));
}
static void illness_claimed_late(struct scene *scene)
{
    claimed_after_60_months_and_a_day(scene);
    scene->event.death.cause = CAUSE_ILLNESS;
}
static void no_accident_counts_from_death(struct scene *scene)
{
    accident_recorded(scene, date(2019, 12, 2), date(2024, 12, 3));
    scene->event.death.accident_on = DAY_NONE;
}

/* 8 */
static void on_the_day_before_cover(struct scene *scene)
{
    dies(scene, date(2024, 1, 24));
}
static void on_the_first_day_of_cover(struct scene *scene)
{
    dies(scene, date(2024, 1, 25));
}
static void bpu_unpaid_enrolled_on_the_day_after(struct scene *scene)
{
    membership_make(m1(scene), BPU, date(2024, 2, 1), MILLION, MONTH_NONE);
    membership_record(m1(scene), date(2024, 2, 15));
}
static void accident_before_cover(struct scene *scene)
{
    scene->event.death.accident_on = date(2024, 1, 24);
}

static void cover_begins_after_the_accident(struct scene *scene)
{
    m1(scene)->cover_from = date(2020, 1, 1);
}

/* 9 */
static void enrolment_recorded_on_the_day_after(struct scene *scene)
{
    membership_record(m1(scene), date(2024, 2, 15));
}
static void enrolment_recorded_on_the_day(struct scene *scene)
{
    membership_record(m1(scene), date(2024, 2, 14));
}

/* 10 */
static void cover_ends_on_the_day_before(struct scene *scene)
{
    m1(scene)->cover_to = date(2024, 2, 13);
}
static void cover_ends_on_the_day(struct scene *scene)
{
    m1(scene)->cover_to = date(2024, 2, 14);
}
static void ended_on_the_day_before(struct scene *scene)
{
    membership_end_add(m1(scene), date(2024, 2, 13), date(2024, 2, 1));
}
static void bpu_paid_through(struct scene *scene, month_t through)
{
    membership_make(m1(scene), BPU, date(2023, 6, 1), MILLION, through);
}
static void grace_ended(struct scene *scene)
{
    bpu_paid_through(scene, month_of(2023, 10));
}
static void grace_ends_on_the_day(struct scene *scene)
{
    bpu_paid_through(scene, month_of(2023, 10));
    dies(scene, date(2024, 1, 31));
}
static void grace_and_cover_ended_together(struct scene *scene)
{
    grace_ended(scene);
    m1(scene)->cover_to = date(2024, 1, 31);
}
static void grace_ended_before_cover(struct scene *scene)
{
    grace_ended(scene);
    m1(scene)->cover_to = date(2024, 2, 1);
}

/* 11 */
static void programme_is_not_held(struct scene *scene)
{
    m1(scene)->programmes.entries[0].value = 1 << JKM;
}
static void programme_is_dropped_on_the_day(struct scene *scene)
{
    timeline_add(&m1(scene)->programmes, date(2024, 2, 14), date(2024, 2, 1), 1 << JKM);
}
static void programme_is_dropped_on_the_day_after(struct scene *scene)
{
    timeline_add(&m1(scene)->programmes, date(2024, 2, 15), date(2024, 2, 1), 1 << JKM);
}

/* 12 */
static void programme_added(struct scene *scene, day_t recorded)
{
    programme_is_not_held(scene);
    timeline_add(&m1(scene)->programmes, date(2024, 2, 1), recorded, 1 << JKK | 1 << JKM);
}
static void programme_recorded_on_the_day(struct scene *scene)
{
    programme_added(scene, date(2024, 2, 14));
}
static void programme_recorded_on_the_day_after(struct scene *scene)
{
    programme_added(scene, date(2024, 2, 15));
}
static void end_moved(struct scene *scene, day_t recorded)
{
    membership_end_add(m1(scene), date(2024, 2, 13), date(2024, 2, 1));
    membership_end_add(m1(scene), date(2024, 2, 20), recorded);
}
static void end_moved_on_the_day(struct scene *scene)
{
    end_moved(scene, date(2024, 2, 14));
}
static void end_moved_on_the_day_after(struct scene *scene)
{
    end_moved(scene, date(2024, 2, 15));
}

/* 13 */
static void nothing_is_paid(struct scene *scene)
{
    membership_pay(m1(scene), 0, 0);
}
static void segment_without_months(struct scene *scene, enum segment segment)
{
    membership_make(m1(scene), segment, date(2024, 1, 25), KPPS_WAGE_IDR, MONTH_NONE);
}
static void jakon_unpaid(struct scene *scene)
{
    segment_without_months(scene, JAKON);
}
static void pmi_unpaid(struct scene *scene)
{
    segment_without_months(scene, PMI);
}
static void bpu_unpaid(struct scene *scene)
{
    segment_without_months(scene, BPU);
}
static void pu_unpaid(struct scene *scene)
{
    membership_make(m1(scene), PU, date(2023, 10, 1), KPPS_WAGE_IDR, MONTH_NONE);
}

/* 14 */
static void bpu_paid_to_the_month_before(struct scene *scene)
{
    bpu_paid_through(scene, month_of(2024, 1));
}
static void bpu_paid_to_the_month(struct scene *scene)
{
    bpu_paid_through(scene, month_of(2024, 2));
}
static void bpu_paid_beyond_a_hole(struct scene *scene)
{
    bpu_paid_through(scene, month_of(2024, 2));
    struct membership *membership = m1(scene);
    membership->run_count = 2;
    membership->runs[0].count = 5;
    membership->runs[1] = (struct run){.first = month_of(2023, 12), .count = 3};
}

/* 15 */
static void employer_paid(struct scene *scene, enum segment segment, month_t first)
{
    membership_make(m1(scene), segment, date(2023, 10, 20), KPPS_WAGE_IDR, MONTH_NONE);
    membership_pay(m1(scene), first, 2);
}
static void pu_4_months_unpaid(struct scene *scene)
{
    employer_paid(scene, PU, month_of(2024, 2));
}
static void pu_state_4_months_unpaid(struct scene *scene)
{
    employer_paid(scene, PU_STATE, month_of(2024, 2));
}
static void pu_3_months_unpaid(struct scene *scene)
{
    employer_paid(scene, PU, month_of(2024, 1));
}
static void jakon_4_months_unpaid(struct scene *scene)
{
    employer_paid(scene, JAKON, month_of(2024, 2));
}

/* 16 */
static struct claim *claim_on_m2(struct scene *scene, enum cause cause, enum verdict verdict)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_DEATH, "M2", COMPONENT_DEATH);
    claim->membership_id[1] = '2';
    claim->accident_on = DAY_NONE;
    claim->cause = (uint8_t)cause;
    claim->verdict = (uint8_t)verdict;
    if (verdict != APPROVED) {
        claim->approval = 0;
        claim->line_count = 0;
    }
    return claim;
}
static void other_is_of_jkm(struct scene *scene)
{
    struct claim *claim = claim_on_m2(scene, CAUSE_ILLNESS, WAITING);
    claim->reason = REASON_MEMBERSHIP_UNKNOWN;
}
static void other_is_approved_of_jkm(struct scene *scene)
{
    (void)claim_on_m2(scene, CAUSE_NON_WORK_ACCIDENT, APPROVED);
}
static void other_is_of_jkk(struct scene *scene)
{
    struct claim *claim = claim_on_m2(scene, CAUSE_DUTY_TRAVEL, WAITING);
    claim->reason = REASON_MEMBERSHIP_UNKNOWN;
}
static void other_is_of_unknown_cause(struct scene *scene)
{
    struct claim *claim = claim_on_m2(scene, CAUSE_UNKNOWN, WAITING);
    claim->reason = REASON_MEMBERSHIP_UNKNOWN;
}
static void other_was_rejected(struct scene *scene)
{
    struct claim *claim = claim_on_m2(scene, CAUSE_ILLNESS, REJECTED);
    claim->reason = REASON_CANCELLED;
}
static void injury_is_of_jkm(struct scene *scene)
{
    struct claim *claim = scene_add_approved(scene, "C0", CLAIM_INJURY, "M2", COMPONENT_TREATMENT);
    claim->cause = CAUSE_ILLNESS;
    claim->accident_on = DAY_NONE;
}

/* 17 and 18 */
static void heir_is_unknown(struct scene *scene)
{
    scene->event.death.heir.rank = HEIR_NONE;
}
static void documents_are_missing(struct scene *scene)
{
    scene->event.death.documents_complete_on = DAY_NONE;
}

/* No row of law, and 19 */
static void no_law_for_the_day(struct scene *scene)
{
    scene->rules.benefit_count = 0;
    scene->rules.indexed = false;
}
static void wage_is(struct scene *scene, int64_t wage_idr)
{
    m1(scene)->wages.entries[0].value = wage_idr;
}
static void worth_the_limit(struct scene *scene)
{
    wage_is(scene, 4750000);
}
static void worth_more_than_the_limit(struct scene *scene)
{
    wage_is(scene, 4750001);
}
static void nothing_more(struct scene *scene)
{
    (void)scene;
}

#define KPPS_TOTAL (74800 * INT64_C(1000))
#define BPU_TOTAL (70 * MILLION)

static const struct row test_rows[] = {
    {"20 base case", nothing_more, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"1 unknown", membership_is_another, NULL, WAITING, REASON_MEMBERSHIP_UNKNOWN, 0},
    {"2 void", membership_is_void, NULL, REJECTED, REASON_VOIDED, 0},
    {"3 approved", death_is_approved, NULL, REJECTED, REASON_ALREADY_PAID, 0},
    {"3 approved elsewhere", death_is_approved_elsewhere, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"3 rejected before", death_was_rejected, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"4 disability", disability_is_approved, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 periodic", periodic_is_approved, NULL, HELD, REASON_SAME_ACCIDENT, 0},
    {"4 treatment", treatment_is_approved, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"4 elsewhere", disability_is_approved_elsewhere, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"4 another day", disability_of_another_day, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"4 null", accident_is_not_given, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"5 cause", cause_is_unknown, NULL, HELD, REASON_CAUSE_UNKNOWN, 0},
    {"6 other date", other_death_on_record, NULL, HELD, REASON_DEATH_DATE_CONFLICT, 0},
    {"6 same date", same_death_on_record, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"7 60 months", claimed_after_60_months, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"7 and a day", claimed_after_60_months_and_a_day, NULL, REJECTED, REASON_EXPIRED, 0},
    {"7 24 months", claimed_after_24_months, NULL, APPROVED, REASON_OK, 60600 * INT64_C(1000)},
    {"7 and a day", claimed_after_24_months_and_a_day, NULL, REJECTED, REASON_EXPIRED, 0},
    {"7 illness", illness_claimed_late, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"7 from death", no_accident_counts_from_death, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"8 before", on_the_day_before_cover, NULL, REJECTED, REASON_BEFORE_COVER, 0},
    {"8 first day", on_the_first_day_of_cover, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"8 unpaid BPU", bpu_unpaid_enrolled_on_the_day_after, NULL, REJECTED, REASON_BEFORE_COVER, 0},
    {"8 accident", accident_before_cover, NULL, REJECTED, REASON_BEFORE_COVER, 0},
    {"9 after", enrolment_recorded_on_the_day_after, NULL, HELD, REASON_RECORDED_AFTER_EVENT, 0},
    {"9 that day", enrolment_recorded_on_the_day, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"10 after", cover_ends_on_the_day_before, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"10 that day", cover_ends_on_the_day, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"10 ended", ended_on_the_day_before, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"10 lapsed", grace_ended, NULL, REJECTED, REASON_LAPSED, 0},
    {"10 last day of grace", grace_ends_on_the_day, NULL, HELD, REASON_IN_GRACE, 0},
    {"10 both ends", grace_and_cover_ended_together, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"10 grace first", grace_ended_before_cover, NULL, REJECTED, REASON_LAPSED, 0},
    {"11 not held", programme_is_not_held, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"11 dropped", programme_is_dropped_on_the_day, NULL, REJECTED, REASON_PROGRAMME_NOT_HELD, 0},
    {"11 later", programme_is_dropped_on_the_day_after, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"12 that day", programme_recorded_on_the_day, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"12 after", programme_recorded_on_the_day_after, NULL, HELD, REASON_RECORDED_AFTER_EVENT, 0},
    {"12 end that day", end_moved_on_the_day, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"12 end after", end_moved_on_the_day_after, NULL, HELD, REASON_RECORDED_AFTER_EVENT, 0},
    {"13 unpaid", nothing_is_paid, NULL, HELD, REASON_NO_CONTRIBUTION, 0},
    {"13 unpaid BPU", bpu_unpaid, NULL, HELD, REASON_NO_CONTRIBUTION, 0},
    {"13 JAKON", jakon_unpaid, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"13 PMI", pmi_unpaid, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"14 grace", bpu_paid_to_the_month_before, NULL, HELD, REASON_IN_GRACE, 0},
    {"14 paid", bpu_paid_to_the_month, NULL, APPROVED, REASON_OK, BPU_TOTAL},
    {"14 hole", bpu_paid_beyond_a_hole, NULL, REJECTED, REASON_LAPSED, 0},
    {"15 PU", pu_4_months_unpaid, NULL, HELD, REASON_EMPLOYER_PAYS_FIRST, 0},
    {"15 PU_STATE", pu_state_4_months_unpaid, NULL, HELD, REASON_EMPLOYER_PAYS_FIRST, 0},
    {"15 3 months", pu_3_months_unpaid, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"15 JAKON", jakon_4_months_unpaid, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"16 JKM", other_is_of_jkm, NULL, HELD, REASON_MIXED_PROGRAMMES, 0},
    {"16 approved", other_is_approved_of_jkm, NULL, HELD, REASON_MIXED_PROGRAMMES, 0},
    {"16 JKK", other_is_of_jkk, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"16 unknown cause", other_is_of_unknown_cause, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"16 rejected", other_was_rejected, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"16 injury", injury_is_of_jkm, NULL, APPROVED, REASON_OK, KPPS_TOTAL},
    {"17 no heir", heir_is_unknown, NULL, HELD, REASON_HEIR_UNKNOWN, 0},
    {"18 documents", documents_are_missing, NULL, WAITING, REASON_DOCUMENTS_MISSING, 0},
    {"no law", no_law_for_the_day, NULL, HELD, REASON_NOT_AUTOMATED, 0},
    {"19 limit", worth_the_limit, NULL, APPROVED, REASON_OK, 250 * MILLION},
    {"19 above", worth_more_than_the_limit, NULL, HELD, REASON_ABOVE_AUTO_LIMIT, 0},
};

/* Two tests hold: the earlier decides, in whichever order the facts came about. */
static const struct row order_rows[] = {
    {"1 before 5", membership_is_another, cause_is_unknown, WAITING, REASON_MEMBERSHIP_UNKNOWN, 0},
    {"1 before 6", membership_is_another, other_death_on_record, WAITING, REASON_MEMBERSHIP_UNKNOWN,
     0},
    {"2 before 3", membership_is_void, death_is_approved, REJECTED, REASON_VOIDED, 0},
    {"3 before 4", death_is_approved, disability_is_approved, REJECTED, REASON_ALREADY_PAID, 0},
    {"4 before 5", disability_is_approved, cause_is_unknown, HELD, REASON_SAME_ACCIDENT, 0},
    {"5 before 6", cause_is_unknown, other_death_on_record, HELD, REASON_CAUSE_UNKNOWN, 0},
    {"6 before 7", claimed_after_60_months_and_a_day, other_death_on_record, HELD,
     REASON_DEATH_DATE_CONFLICT, 0},
    {"7 before 8", claimed_after_60_months_and_a_day, cover_begins_after_the_accident, REJECTED,
     REASON_EXPIRED, 0},
    {"8 before 9", on_the_day_before_cover, enrolment_recorded_on_the_day_after, REJECTED,
     REASON_BEFORE_COVER, 0},
    {"9 before 10", enrolment_recorded_on_the_day_after, cover_ends_on_the_day_before, HELD,
     REASON_RECORDED_AFTER_EVENT, 0},
    {"10 before 11", cover_ends_on_the_day_before, programme_is_not_held, REJECTED,
     REASON_COVER_ENDED, 0},
    {"10 before 11, lapsed", grace_ended, programme_is_not_held, REJECTED, REASON_LAPSED, 0},
    {"11 before 12", programme_is_not_held, end_moved_on_the_day_after, REJECTED,
     REASON_PROGRAMME_NOT_HELD, 0},
    {"12 before 13", programme_recorded_on_the_day_after, nothing_is_paid, HELD,
     REASON_RECORDED_AFTER_EVENT, 0},
    {"13 before 15", pu_unpaid, nothing_more, HELD, REASON_NO_CONTRIBUTION, 0},
    {"13 before 16", nothing_is_paid, other_is_of_jkm, HELD, REASON_NO_CONTRIBUTION, 0},
    {"14 before 16", bpu_paid_to_the_month_before, other_is_of_jkm, HELD, REASON_IN_GRACE, 0},
    {"15 before 16", pu_4_months_unpaid, other_is_of_jkm, HELD, REASON_EMPLOYER_PAYS_FIRST, 0},
    {"16 before 17", other_is_of_jkm, heir_is_unknown, HELD, REASON_MIXED_PROGRAMMES, 0},
    {"17 before 18", heir_is_unknown, documents_are_missing, HELD, REASON_HEIR_UNKNOWN, 0},
    {"17 before 19", heir_is_unknown, worth_more_than_the_limit, HELD, REASON_HEIR_UNKNOWN, 0},
    {"18 before no law", documents_are_missing, no_law_for_the_day, WAITING,
     REASON_DOCUMENTS_MISSING, 0},
    {"18 before 19", documents_are_missing, worth_more_than_the_limit, WAITING,
     REASON_DOCUMENTS_MISSING, 0},
};

/* Published figures and arithmetic: the base case with another wage or another death. */
static void kpps_chair(struct scene *scene)
{
    wage_is(scene, 1200000);
}
static void guard(struct scene *scene)
{
    wage_is(scene, 700000);
}
static void ppk_chair(struct scene *scene)
{
    wage_is(scene, 2500000);
}
static void wage_at_the_floor(struct scene *scene)
{
    wage_is(scene, 400000);
}
static void enrolled_the_day_before(struct scene *scene)
{
    membership_make(m1(scene), PU_STATE, date(2024, 2, 13), KPPS_WAGE_IDR, month_of(2024, 2));
}
static void of_illness(struct scene *scene)
{
    scene->event.death.cause = CAUSE_ILLNESS;
}
static void the_day_after_cover(struct scene *scene)
{
    dies(scene, date(2024, 2, 26));
}
static void bpu_base_1m(struct scene *scene)
{
    membership_make(m1(scene), BPU, date(2024, 1, 1), MILLION, month_of(2024, 2));
}
static void bpu_dies_after(struct scene *scene, day_t from, int days)
{
    membership_make(m1(scene), BPU, from, MILLION, day_month(from) + 6);
    scene->event.death.cause = CAUSE_ILLNESS;
    dies(scene, from + days);
}
static void bpu_89_days(struct scene *scene)
{
    bpu_dies_after(scene, date(2024, 1, 1), 89);
}
static void bpu_90_days(struct scene *scene)
{
    bpu_dies_after(scene, date(2024, 1, 1), 90);
}
static void bpu_89_days_before_the_rule(struct scene *scene)
{
    bpu_dies_after(scene, date(2021, 3, 31) - 89, 89);
}
static void bpu_89_days_at_the_rule(struct scene *scene)
{
    bpu_dies_after(scene, date(2021, 4, 1) - 89, 89);
}
static void natural_death(struct scene *scene, day_t died_on)
{
    membership_make(m1(scene), PU, date(2019, 11, 1), KPPS_WAGE_IDR, month_of(2019, 12));
    scene->event.death.cause = CAUSE_ILLNESS;
    dies(scene, died_on);
}
static void natural_death_under_the_old_law(struct scene *scene)
{
    natural_death(scene, date(2019, 12, 1));
}
static void natural_death_under_the_new_law(struct scene *scene)
{
    natural_death(scene, date(2019, 12, 2));
}
static void wage_raised(struct scene *scene, day_t recorded)
{
    timeline_add(&m1(scene)->wages, date(2024, 2, 1), recorded, 2 * MILLION);
}
static void wage_raised_and_recorded_on_the_day(struct scene *scene)
{
    wage_raised(scene, date(2024, 2, 14));
}
static void wage_raised_and_recorded_on_the_day_after(struct scene *scene)
{
    wage_raised(scene, date(2024, 2, 15));
}

static const struct row case_rows[] = {
    {"KPPS member", enrolled_the_day_before, NULL, APPROVED, REASON_OK, 74800000},
    {"KPPS chair", enrolled_the_day_before, kpps_chair, APPROVED, REASON_OK, 79600000},
    {"guard", enrolled_the_day_before, guard, APPROVED, REASON_OK, 55600000},
    {"PPK chair", enrolled_the_day_before, ppk_chair, APPROVED, REASON_OK, 142 * MILLION},
    {"KPPS member, illness", of_illness, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"KPPS chair, illness", of_illness, kpps_chair, APPROVED, REASON_OK, 42 * MILLION},
    {"guard, illness", of_illness, guard, APPROVED, REASON_OK, 42 * MILLION},
    {"PPK chair, illness", of_illness, ppk_chair, APPROVED, REASON_OK, 42 * MILLION},
    {"after cover", of_illness, the_day_after_cover, REJECTED, REASON_COVER_ENDED, 0},
    {"after cover, work", the_day_after_cover, NULL, REJECTED, REASON_COVER_ENDED, 0},
    {"BPU at work", bpu_base_1m, NULL, APPROVED, REASON_OK, 70 * MILLION},
    {"BPU 89 days", bpu_89_days, NULL, APPROVED, REASON_OK, 10 * MILLION},
    {"BPU 90 days", bpu_90_days, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"BPU 31 March 2021", bpu_89_days_before_the_rule, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"BPU 1 April 2021", bpu_89_days_at_the_rule, NULL, APPROVED, REASON_OK, 10 * MILLION},
    {"floor", wage_at_the_floor, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"1 December 2019", natural_death_under_the_old_law, NULL, APPROVED, REASON_OK, 24 * MILLION},
    {"2 December 2019", natural_death_under_the_new_law, NULL, APPROVED, REASON_OK, 42 * MILLION},
    {"wage as recorded", wage_raised_and_recorded_on_the_day, NULL, APPROVED, REASON_OK,
     118 * MILLION},
    {"wage not yet recorded", wage_raised_and_recorded_on_the_day_after, NULL, APPROVED, REASON_OK,
     KPPS_TOTAL},
};

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows), NULL);

Test(judgement, each_test_just_true_and_just_false){CHECK_ROWS(test_rows)}

Test(judgement, the_earlier_test_decides){CHECK_ROWS(order_rows)}

Test(judgement, published_cases){CHECK_ROWS(case_rows)}

Test(judgement, a_decision_says_what_it_rests_on)
{
    struct scene *scene = scene_new();
    scene->event.death.burial_payee_ref = TEXT("UNCLE");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect(text_equal(decision->claim_id, TEXT("C1")));
    cr_expect(text_equal(decision->participant_id, TEXT("P1")));
    cr_expect(text_equal(decision->membership_id, TEXT("M1")));
    cr_expect_eq(decision->revision, 1);
    cr_expect_eq(decision->programme, JKK);
    cr_expect_eq(decision->claim_type, CLAIM_DEATH);
    cr_expect_eq(decision->event_on, date(2024, 2, 14));
    cr_expect_eq(decision->due_on, date(2024, 2, 26), "seven working days after a Thursday");
    cr_expect_eq(decision->head.now, scene->now);
    cr_expect_eq(decision->head.input.offset, 7);
    cr_expect_arr_eq(decision->rules, scene->rules.hash, DIGEST_BYTES);
    cr_assert_eq(decision->line_count, 3);
    cr_expect_eq(decision->lines[0].component, COMPONENT_DEATH);
    cr_expect_eq(decision->lines[0].amount_idr, 52800000);
    cr_expect_eq(decision->lines[1].component, COMPONENT_PERIODIC);
    cr_expect_eq(decision->lines[1].amount_idr, 12000000);
    cr_expect_eq(decision->lines[2].component, COMPONENT_BURIAL);
    cr_expect_eq(decision->lines[2].amount_idr, 10000000);
    for (uint32_t i = 0; i < decision->line_count; i++) {
        cr_expect_gt(decision->lines[i].rule.length, 0);
    }
}

Test(judgement, a_jkm_decision_is_due_in_three_working_days)
{
    struct scene *scene = scene_new();
    scene->event.death.cause = CAUSE_ILLNESS;
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->programme, JKM);
    cr_expect_eq(decision->due_on, date(2024, 2, 20));
    cr_assert_eq(decision->line_count, 3);
    cr_expect_eq(decision->lines[0].component, COMPONENT_LUMP);
    cr_expect_eq(decision->lines[1].component, COMPONENT_PERIODIC);
    cr_expect_eq(decision->lines[2].component, COMPONENT_BURIAL);
}

Test(judgement, payments_follow_their_decision)
{
    struct scene *scene = scene_new();
    scene->event.death.burial_payee_ref = TEXT("BURIER");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene->outputs.count, 3);
    cr_expect_eq(scene->outputs.items[0].kind, OUTPUT_DECISION);
    const struct payment *heir = scene_payment(scene, 0);
    const struct payment *burier = scene_payment(scene, 1);
    cr_expect(text_equal(heir->payment_id, TEXT("H6CHQYUFRXSBLHQGNEHK")));
    cr_expect(text_equal(heir->payee_ref, TEXT("HEIR")));
    cr_expect_eq(heir->amount_idr, 64800000);
    cr_expect_eq(heir->line_count, 2);
    cr_expect_eq(heir->lines[1].component, COMPONENT_PERIODIC);
    cr_expect(text_equal(burier->payment_id, TEXT("U6DKBTSIMNZ3ZDN4GTX5")));
    cr_expect(text_equal(burier->payee_ref, TEXT("BURIER")));
    cr_expect_eq(burier->amount_idr, 10000000);
    cr_assert_eq(burier->line_count, 1);
    cr_expect_eq(burier->lines[0].component, COMPONENT_BURIAL);
    cr_expect(text_equal(burier->claim_id, TEXT("C1")));
    cr_expect(text_equal(burier->membership_id, TEXT("M1")));
    cr_expect(text_equal(burier->channel, TEXT("BI_FAST")));
    cr_expect_eq(burier->due_on, date(2024, 2, 26));
    cr_expect_eq(burier->revision, 1);
    cr_expect_eq(burier->programme, JKK);
}

Test(judgement, facts_are_those_of_the_membership)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_assert(decision->facts_present);
    cr_expect_eq(decision->facts.wage_idr, KPPS_WAGE_IDR);
    cr_expect_eq(decision->facts.cover_from, date(2024, 1, 25));
    cr_expect_eq(decision->facts.cover_to, date(2024, 2, 25));
    cr_expect_eq(decision->facts.tenure_days, 20);
    cr_expect_eq(decision->facts.months_paid, 2);
    cr_expect_eq(decision->facts.paid_through, month_of(2024, 2));
}

Test(judgement, facts_are_null_while_the_membership_is_unknown)
{
    struct scene *scene = scene_new();
    membership_is_another(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_not(decision->facts_present);
    cr_expect(text_equal(decision->membership_id, TEXT("M9")));
    cr_expect_eq(decision->line_count, 0);
}

Test(judgement, facts_without_cover_have_no_tenure)
{
    struct scene *scene = scene_new();
    bpu_unpaid(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_assert(decision->facts_present);
    cr_expect_eq(decision->facts.cover_from, DAY_NONE);
    cr_expect_eq(decision->facts.cover_to, DAY_NONE);
    cr_expect_eq(decision->facts.tenure_days, NUMBER_NONE);
    cr_expect_eq(decision->facts.months_paid, 0);
    cr_expect_eq(decision->facts.paid_through, MONTH_NONE);
}

Test(judgement, an_open_cover_has_no_end)
{
    struct scene *scene = scene_new();
    m1(scene)->cover_to = DAY_NEVER;
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->facts.cover_to, DAY_NONE);
    cr_expect_eq(decision->due_on, DAY_NONE);
}

Test(judgement, the_limit_of_a_channel_is_its_own)
{
    struct scene *scene = scene_new();
    worth_the_limit(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_expect_eq(scene_payment(scene, 0)->amount_idr, 250 * MILLION);
    cr_expect(text_equal(scene_payment(scene, 0)->channel, TEXT("BI_FAST")));
}

Test(judgement, lines_of_nothing_are_left_out)
{
    struct scene *scene = scene_new();
    for (uint32_t i = 0; i < scene->rules.benefit_count; i++) {
        scene->rules.benefits[i].formula = FORMULA_FIXED_IDR;
        scene->rules.benefits[i].parts[0].value = 0;
        scene->rules.benefits[i].least_idr = 0;
    }
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->verdict, APPROVED);
    cr_expect_eq(decision->line_count, 0);
    cr_expect_eq(decision->total_idr, 0);
    cr_expect_eq(scene_count(scene, OUTPUT_PAYMENT), 0);
}

/* Judging again. */

Test(judgement, judging_again_with_nothing_changed_says_nothing)
{
    static arrange *const open[] = {
        membership_is_another,     cause_is_unknown, nothing_is_paid,   documents_are_missing,
        worth_more_than_the_limit, nothing_more,     membership_is_void};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        struct scene *scene = scene_new();
        open[i](scene);
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        scene_judge(scene);
        cr_expect_eq(scene->outputs.count, 0, "row %zu", i);
    }
}

Test(judgement, an_enrolment_that_arrives_decides)
{
    struct scene *scene = scene_new();
    scene_death_claim(scene, "C1", "M2");
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->verdict, WAITING);
    (void)scene_add_membership(scene, "M2");
    scene_judge(scene);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1);
    const struct decision *decision = scene_decision(scene, 0);
    cr_expect_eq(decision->verdict, APPROVED);
    cr_expect_eq(decision->revision, 2);
    cr_expect_eq(decision->total_idr, KPPS_TOTAL);
    cr_expect_eq(scene_payment(scene, 0)->revision, 2);
}

Test(judgement, a_contribution_that_arrives_decides)
{
    struct scene *scene = scene_new();
    nothing_is_paid(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_claim(scene, "C1")->reason, REASON_NO_CONTRIBUTION);
    membership_pay(m1(scene), month_of(2024, 1), 2);
    scene_judge(scene);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 1);
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
}

Test(judgement, what_is_final_stays)
{
    struct scene *scene = scene_new();
    membership_is_void(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    m1(scene)->is_void = false;
    scene_judge(scene);
    cr_expect_eq(scene->outputs.count, 0);
    cr_expect_eq(scene_claim(scene, "C1")->reason, REASON_VOIDED);
}

Test(judgement, an_approved_claim_decides_the_open_ones_in_order_of_filing)
{
    struct scene *scene = scene_new();
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_death_claim(scene, "C2", "M1");
    scene->event.death.died_on = date(2024, 2, 13);
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    (void)scene_add_membership(scene, "M2");
    scene_death_claim(scene, "C3", "M2");
    scene->event.death.died_on = date(2024, 2, 13);
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);

    cr_assert_eq(scene_documents(scene, "C2", date(2024, 2, 15)), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    cr_expect(text_equal(scene_decision(scene, 0)->claim_id, TEXT("C2")));
    cr_expect_eq(scene_decision(scene, 0)->verdict, APPROVED);
    cr_expect(text_equal(scene_decision(scene, 1)->claim_id, TEXT("C1")));
    cr_expect_eq(scene_decision(scene, 1)->reason, REASON_ALREADY_PAID);
    cr_expect_eq(scene_claim(scene, "C3")->reason, REASON_DOCUMENTS_MISSING);
    cr_expect_eq(scene->participant.died_on, date(2024, 2, 13));
}

Test(judgement, a_rejected_claim_frees_the_other_programme)
{
    struct scene *scene = scene_new();
    other_is_of_jkm(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    struct claim *other = scene_claim(scene, "C0");
    outputs_reset(&scene->outputs, scene->now, NULL);
    close_claim(&scene->participant, other, REJECTED, REASON_MEMBERSHIP_UNKNOWN, &scene->rules,
                &scene->outputs);
    judge_claims(&scene->participant, &scene->rules, &scene->outputs);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    cr_expect_eq(scene_decision(scene, 0)->verdict, REJECTED);
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_MEMBERSHIP_UNKNOWN);
    cr_expect_eq(scene_decision(scene, 0)->revision, 2);
    cr_expect_not(scene_decision(scene, 0)->head.input_present, "a timer has no input");
    cr_expect_eq(scene_decision(scene, 1)->verdict, APPROVED);
    cr_expect(text_equal(scene_decision(scene, 1)->claim_id, TEXT("C1")));
}

Test(judgement, a_closed_claim_cannot_be_closed, .signal = SIGABRT)
{
    struct scene *scene = scene_new();
    (void)scene_apply(scene);
    close_claim(&scene->participant, scene_claim(scene, "C1"), REJECTED, REASON_CANCELLED,
                &scene->rules, &scene->outputs);
}

/* One death, two memberships. */

Test(judgement, two_memberships_are_both_paid)
{
    struct scene *scene = scene_new();
    (void)scene_add_membership(scene, "M2");
    of_illness(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    char first[PAYMENT_ID_BYTES];
    memcpy(first, scene_payment(scene, 0)->payment_id_bytes, sizeof first);
    cr_expect_eq(scene_payment(scene, 0)->amount_idr, 42 * MILLION);
    scene_death_claim(scene, "C2", "M2");
    of_illness(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_PAYMENT), 1);
    cr_expect_eq(scene_payment(scene, 0)->amount_idr, 42 * MILLION);
    cr_expect(memcmp(first, scene_payment(scene, 0)->payment_id_bytes, sizeof first) != 0);
    cr_expect_eq(scene_claim(scene, "C1")->approval, 1);
    cr_expect_eq(scene_claim(scene, "C2")->approval, 2);
}

Test(judgement, mixed_programmes_hold_whichever_is_open)
{
    struct scene *scene = scene_new();
    (void)scene_add_membership(scene, "M2");
    documents_are_missing(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    scene_death_claim(scene, "C2", "M2");
    of_illness(scene);
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    cr_assert_eq(scene_count(scene, OUTPUT_DECISION), 2);
    cr_expect(text_equal(scene_decision(scene, 0)->claim_id, TEXT("C2")));
    cr_expect_eq(scene_decision(scene, 0)->reason, REASON_MIXED_PROGRAMMES);
    cr_expect(text_equal(scene_decision(scene, 1)->claim_id, TEXT("C1")));
    cr_expect_eq(scene_decision(scene, 1)->reason, REASON_MIXED_PROGRAMMES);
    cr_expect_eq(scene_decision(scene, 1)->revision, 2);
}

/* Approved claims that later facts contradict. */

static uint32_t contradictions(struct scene *scene)
{
    scene_event(scene, EVENT_WAGE_CHANGED);
    scene->event.id = TEXT("E9");
    outputs_reset(&scene->outputs, scene->now, NULL);
    judge_approved_claims(&scene->participant, &scene->event, &scene->rules, &scene->outputs);
    return scene_count(scene, OUTPUT_EXCEPTION);
}

Test(judgement, an_approved_claim_agrees_with_itself)
{
    static arrange *const approved[] = {
        nothing_more,       other_is_of_jkk,      bpu_base_1m,     bpu_89_days,
        death_was_rejected, same_death_on_record, worth_the_limit, claimed_after_60_months};
    for (size_t i = 0; i < sizeof approved / sizeof *approved; i++) {
        struct scene *scene = scene_new();
        approved[i](scene);
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        cr_assert_eq(scene_claim(scene, "C1")->verdict, APPROVED);
        cr_expect_eq(contradictions(scene), 0, "row %zu", i);
    }
}

Test(judgement, each_contradiction_is_told_once)
{
    static arrange *const against[] = {membership_is_void,      cover_ends_on_the_day_before,
                                       ended_on_the_day_before, nothing_is_paid,
                                       programme_is_not_held,   guard,
                                       no_law_for_the_day};
    for (size_t i = 0; i < sizeof against / sizeof *against; i++) {
        struct scene *scene = scene_new();
        cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
        against[i](scene);
        cr_assert_eq(contradictions(scene), 1, "row %zu", i);
        const struct exception *finding = scene_exception(scene, 0);
        cr_expect_eq(finding->code, EXCEPTION_APPROVED_CLAIM_CONTRADICTED);
        cr_expect_eq(finding->severity, SEVERITY_FINDING);
        cr_expect(text_equal(finding->detail, TEXT("claim_id=C1")));
        cr_expect(text_equal(finding->id, TEXT("E9")));
        cr_expect_eq(contradictions(scene), 0, "row %zu again", i);
        cr_expect_eq(scene_claim(scene, "C1")->verdict, APPROVED, "nothing is taken back");
    }
}

Test(judgement, claims_approved_later_do_not_contradict)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    struct claim *later = scene_add_approved(scene, "C2", CLAIM_DEATH, "M1", COMPONENT_DEATH);
    later->contradicted = true;
    cr_expect_eq(contradictions(scene), 0);
    scene_claim(scene, "C1")->approval = 3;
    cr_expect_eq(contradictions(scene), 1, "approved earlier, it does");
}

Test(judgement, mixed_and_limit_are_left_out_of_contradictions)
{
    struct scene *scene = scene_new();
    cr_assert_eq(scene_apply(scene), OUTCOME_APPLIED);
    other_is_of_jkm(scene);
    cr_expect_eq(contradictions(scene), 0);
    for (uint32_t i = 0; i < scene->rules.parameter_count; i++) {
        if (scene->rules.parameters[i].parameter == PARAMETER_AUTO_APPROVE_MAX_IDR) {
            scene->rules.parameters[i].value = 1;
        }
    }
    cr_expect_eq(contradictions(scene), 0);
}
