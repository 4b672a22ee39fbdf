/* The events of jaga.enrollment (events.md): what is stored, what is a repeat, what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/cover.h"
#include "stage.h"

#define MILLION INT64_C(1000000)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FROM date(2024, 1, 10)

static struct stage *stage_enrolled_on(enum segment segment)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", segment, MILLION, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    return stage;
}

/* Enrolled. */

Test(enrollment, an_enrolment_is_stored)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "24000000017", PU, 5 * MILLION, FROM);
    struct enrolled *enrolled = &stage->event.enrolled;
    enrolled->risk_group = 4;
    enrolled->category = TEXT("KARYAWAN");
    enrolled->programmes = WORK | 1U << JHT;
    enrolled->cover_to = date(2024, 12, 31);
    enrolled->sponsor = (struct party){SPONSOR_CSR, TEXT("acme")};
    stage->event.time += 3 * MICROSECONDS_A_DAY;
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
    const struct membership *membership = stage_membership(stage, "24000000017");
    cr_expect_eq(membership->segment, PU);
    cr_expect_eq(membership->risk_group, 4);
    cr_expect_eq(membership->cover_from, FROM);
    cr_expect_eq(membership->cover_to, date(2024, 12, 31));
    cr_expect_eq(membership->recorded, FROM + 3);
    cr_expect_eq(membership->wages.entries[0].value, 5 * MILLION);
    cr_expect_eq(membership->wages.entries[0].from, FROM);
    cr_expect_eq(membership->wages.entries[0].recorded, FROM + 3);
    cr_expect_eq(membership->programmes.entries[0].value, WORK | 1 << JHT);
    cr_expect_eq(membership->categories.entries[0].value,
                 rules_category(&stage->rules, TEXT("KARYAWAN")));
    cr_expect_eq(sponsor_kind_of(membership->sponsors.entries[0].value), SPONSOR_CSR);
    cr_expect_eq(participant_region(&stage->participant, FROM - 500), REGION_TANGERANG);
}

struct repeat_row {
    const char *name;
    int64_t wage_idr;
    bool is_void;
    enum outcome outcome;
};

Test(enrollment, an_id_is_used_once)
{
    static const struct repeat_row rows[] = {
        {"the same body", MILLION, false, OUTCOME_DUPLICATE},
        {"another body", MILLION + 1, false, OUTCOME_REJECTED},
        {"the same body, void", MILLION, true, OUTCOME_DUPLICATE},
        {"another body, void", MILLION + 1, true, OUTCOME_REJECTED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_enrolled_on(PU);
        if (rows[i].is_void) {
            stage_voided(stage, "M1", FROM);
            cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        }
        stage_enrolled(stage, "M1", PU, rows[i].wage_idr, FROM);
        cr_expect_eq(stage_apply(stage), rows[i].outcome, "%s", rows[i].name);
        if (rows[i].outcome == OUTCOME_REJECTED) {
            stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_EXISTS,
                                   "field=membership_id value=M1", rows[i].name);
        }
    }
}

struct backdating_row {
    const char *name;
    enum segment segment;
    int days;
    bool found;
};

Test(enrollment, backdating_is_found_beyond_the_allowance)
{
    static const struct backdating_row rows[] = {
        {"PU 30", PU, 30, false},
        {"PU 31", PU, 31, true},
        {"PU_STATE 31", PU_STATE, 31, true},
        {"PMI 30", PMI, 30, false},
        {"JAKON 31", JAKON, 31, true},
        {"BPU on the day", BPU, 0, false},
        {"BPU a day later", BPU, 1, true},
        {"ahead", PU, -100, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_new();
        stage_enrolled(stage, "M1", rows[i].segment, MILLION, FROM);
        stage->event.time += rows[i].days * MICROSECONDS_A_DAY;
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s", rows[i].name);
        if (rows[i].found) {
            stage_expect_exception(stage, EXCEPTION_BACKDATED, NULL, rows[i].name);
        } else {
            cr_expect_eq(stage->outputs.count, 0, "%s", rows[i].name);
        }
        const struct cover cover =
            cover_of_claim(&stage->participant, stage_membership(stage, "M1"), &stage->rules);
        const int late = rows[i].segment == BPU ? rows[i].days : rows[i].days - 30;
        cr_expect_eq(cover.start, FROM + (late > 0 ? late : 0), "%s", rows[i].name);
    }
}

/* Changes. */

typedef void set_change(struct stage *stage, bool other);

static void set_wage(struct stage *stage, bool other)
{
    stage->event.change.wage_idr = other ? 3 * MILLION : 2 * MILLION;
}
static void set_category(struct stage *stage, bool other)
{
    stage->event.change.category = other ? TEXT("OJOL") : TEXT("KURIR");
}
static void set_programmes(struct stage *stage, bool other)
{
    stage->event.change.programmes = other ? 1U << JKM : 1U << JKK;
}
static void set_sponsor(struct stage *stage, bool other)
{
    stage->event.change.sponsor = (struct party){SPONSOR_CSR, other ? TEXT("b") : TEXT("a")};
}
static void set_region(struct stage *stage, bool other)
{
    stage->event.change.region_home = other ? TEXT("51.71") : TEXT("36.74");
}

struct change_row {
    enum event_type type;
    set_change *set;
    const char *field;
};

static const struct change_row change_rows[] = {
    {EVENT_WAGE_CHANGED, set_wage, "wage_idr"},
    {EVENT_CATEGORY_CHANGED, set_category, "category"},
    {EVENT_PROGRAMMES_CHANGED, set_programmes, "programmes"},
    {EVENT_SPONSOR_CHANGED, set_sponsor, "sponsor"},
    {EVENT_MOVED, set_region, "region_home"},
};

static struct timeline *timeline_of(struct stage *stage, enum event_type type)
{
    struct membership *membership = &stage->participant.memberships[0];
    switch (type) {
    case EVENT_WAGE_CHANGED: return &membership->wages;
    case EVENT_CATEGORY_CHANGED: return &membership->categories;
    case EVENT_PROGRAMMES_CHANGED: return &membership->programmes;
    case EVENT_SPONSOR_CHANGED: return &membership->sponsors;
    default: return &stage->participant.regions;
    }
}

static void change(struct stage *stage, const struct change_row *row, bool other, day_t from)
{
    stage_event(stage, row->type, FROM + 20);
    if (row->type != EVENT_MOVED) {
        stage->event.change.membership_id = TEXT("M1");
    }
    stage->event.change.effective_from = from;
    row->set(stage, other);
}

Test(enrollment, a_change_is_kept_with_its_date_of_recording)
{
    for (size_t i = 0; i < COUNT_OF(change_rows); i++) {
        const struct change_row *row = &change_rows[i];
        struct stage *stage = stage_enrolled_on(PU);
        change(stage, row, false, FROM + 5);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s", row->field);
        const struct timeline *timeline = timeline_of(stage, row->type);
        cr_assert_eq(timeline->count, 2, "%s", row->field);
        cr_expect_eq(timeline->entries[1].from, FROM + 5);
        cr_expect_eq(timeline->entries[1].recorded, FROM + 20);
        cr_expect_neq(timeline->entries[1].value, timeline->entries[0].value);
    }
}

Test(enrollment, a_change_equal_to_any_entry_is_a_repeat)
{
    for (size_t i = 0; i < COUNT_OF(change_rows); i++) {
        const struct change_row *row = &change_rows[i];
        struct stage *stage = stage_enrolled_on(PU);
        change(stage, row, false, FROM + 5);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        change(stage, row, true, FROM + 5);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s: another value", row->field);
        change(stage, row, false, FROM + 5);
        stage->event.time += 9 * MICROSECONDS_A_DAY;
        cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "%s: not the last", row->field);
        cr_expect_eq(timeline_of(stage, row->type)->entries[1].recorded, FROM + 20,
                     "%s keeps its first date", row->field);
        change(stage, row, false, FROM + 6);
        cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "%s: another day", row->field);
    }
}

Test(enrollment, a_change_equal_to_the_enrolment_is_a_repeat)
{
    struct stage *stage = stage_enrolled_on(PU);
    stage_event(stage, EVENT_WAGE_CHANGED, FROM);
    stage->event.change =
        (struct change){.membership_id = TEXT("M1"), .wage_idr = MILLION, .effective_from = FROM};
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE);
    stage_event(stage, EVENT_MOVED, FROM);
    stage->event.change.region_home = TEXT("36.71");
    stage->event.change.effective_from = FROM;
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE);
    stage_voided(stage, "M1", FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_event(stage, EVENT_MOVED, FROM);
    stage->event.change.region_home = TEXT("36.71");
    stage->event.change.effective_from = FROM;
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "what is void says nothing");
    cr_expect_eq(participant_region(&stage->participant, FROM), REGION_TANGERANG);
}

Test(enrollment, changes_need_a_membership_and_a_day_of_its_cover)
{
    for (size_t i = 0; i + 1 < COUNT_OF(change_rows); i++) {
        const struct change_row *row = &change_rows[i];
        struct stage *stage = stage_enrolled_on(PU);
        change(stage, row, false, FROM - 1);
        cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
        stage_expect_exception(stage, EXCEPTION_INTERVAL_INVALID,
                               "field=effective_from value=2024-01-09 cover_from=2024-01-10",
                               row->field);
        change(stage, row, false, FROM);
        cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "%s on the first day", row->field);
        change(stage, row, false, FROM - 1);
        stage->event.change.membership_id = TEXT("M2");
        cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
        stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN, NULL, row->field);
        stage_voided(stage, "M1", FROM);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        change(stage, row, true, FROM);
        cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
        stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN, NULL, row->field);
    }
}

Test(enrollment, a_move_needs_no_membership)
{
    struct stage *stage = stage_new();
    stage_event(stage, EVENT_MOVED, FROM);
    stage->event.change.region_home = TEXT("91.71");
    stage->event.change.effective_from = FROM - 10000;
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(participant_region(&stage->participant, FROM), REGION_JAYAPURA);
}

Test(enrollment, programmes_must_be_open_to_the_segment)
{
    static const uint32_t open[SEGMENT_COUNT] = {
        [PU] = WORK | 1U << JHT | 1U << JP | 1U << JKP,
        [PU_STATE] = WORK | 1U << JHT | 1U << JP,
        [BPU] = WORK | 1U << JHT,
        [JAKON] = WORK,
        [PMI] = WORK | 1U << JHT,
    };
    for (unsigned segment = 0; segment < SEGMENT_COUNT; segment++) {
        for (uint32_t set = 1; set < 1U << PROGRAMME_COUNT; set++) {
            const bool fits = (set & ~open[segment]) == 0;
            const enum outcome wanted = fits ? OUTCOME_APPLIED : OUTCOME_REJECTED;
            struct stage *stage = stage_new();
            stage_enrolled(stage, "M1", (enum segment)segment, MILLION, FROM);
            stage->event.enrolled.programmes = set;
            cr_expect_eq(stage_apply(stage), wanted, "segment %u, set %u", segment, set);
            stage = stage_enrolled_on((enum segment)segment);
            change(stage, &change_rows[2], false, FROM + 1);
            stage->event.change.programmes = set;
            cr_expect_eq(stage_apply(stage), wanted, "segment %u, changed to %u", segment, set);
            if (!fits) {
                stage_expect_exception(stage, EXCEPTION_INVALID_FIELD, NULL, "set");
            }
        }
    }
}

/* A closed programme is told before a bad day; both after an unknown membership. */
Test(enrollment, refusals_of_a_change_come_in_order)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    change(stage, &change_rows[2], false, FROM - 1);
    stage->event.change.programmes = 1U << JP;
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_INVALID_FIELD, "field=programmes segment=JAKON",
                           "open");
    stage->event.change.membership_id = TEXT("M2");
    cr_assert_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN, NULL, "unknown");
}

/* Ends. */

static enum outcome end_on(struct stage *stage, day_t last_day, enum end_reason reason,
                           day_t recorded)
{
    stage_event(stage, EVENT_MEMBERSHIP_ENDED, recorded);
    stage->event.ended = (struct membership_ended){TEXT("M1"), last_day, (uint8_t)reason};
    return stage_apply(stage);
}

static day_t end_in_force(struct stage *stage)
{
    return cover_of(&stage->participant, stage_membership(stage, "M1"), &stage->rules).end;
}

Test(enrollment, the_end_in_force_is_the_last_recorded)
{
    struct stage *stage = stage_enrolled_on(PU);
    cr_assert_eq(end_on(stage, FROM + 50, END_RESIGNED, FROM + 40), OUTCOME_APPLIED);
    cr_expect_eq(end_in_force(stage), FROM + 50);
    cr_assert_eq(end_on(stage, FROM + 70, END_RESIGNED, FROM + 30), OUTCOME_APPLIED);
    cr_expect_eq(end_in_force(stage), FROM + 50, "recorded before, applied after");
    cr_assert_eq(end_on(stage, FROM + 60, END_RESIGNED, FROM + 40), OUTCOME_APPLIED);
    cr_expect_eq(end_in_force(stage), FROM + 60, "of one date the last applied");
    cr_assert_eq(end_on(stage, FROM, END_RESIGNED, FROM + 41), OUTCOME_APPLIED);
    cr_expect_eq(end_in_force(stage), FROM);
}

Test(enrollment, an_end_equal_to_any_is_a_repeat)
{
    struct stage *stage = stage_enrolled_on(PU);
    cr_assert_eq(end_on(stage, FROM + 50, END_RESIGNED, FROM + 40), OUTCOME_APPLIED);
    cr_assert_eq(end_on(stage, FROM + 60, END_RESIGNED, FROM + 41), OUTCOME_APPLIED);
    cr_expect_eq(end_on(stage, FROM + 50, END_RESIGNED, FROM + 42), OUTCOME_DUPLICATE);
    cr_expect_eq(end_in_force(stage), FROM + 60, "a repeat renews nothing");
    cr_expect_eq(end_on(stage, FROM + 50, END_DISMISSED, FROM + 42), OUTCOME_APPLIED,
                 "another reason is another end");
}

Test(enrollment, refusals_of_an_end)
{
    struct stage *stage = stage_enrolled_on(PU);
    cr_expect_eq(end_on(stage, FROM - 1, END_RESIGNED, FROM), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_INTERVAL_INVALID,
                           "field=last_day value=2024-01-09 cover_from=2024-01-10", "before");
    stage_ended(stage, "M2", FROM - 1);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN, NULL, "unknown");
    stage_voided(stage, "M1", FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(end_on(stage, FROM, END_RESIGNED, FROM), OUTCOME_REJECTED);
    stage_voided(stage, "M1", FROM);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED, "void already");
    stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_UNKNOWN, NULL, "void already");
}

/* Death. */

Test(enrollment, the_first_date_of_death_stands)
{
    struct stage *stage = stage_enrolled_on(PU);
    stage_died(stage, FROM + 30);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(end_in_force(stage), FROM + 30);
    stage_died(stage, FROM + 30);
    stage->event.died.evidence = EVIDENCE_HOSPITAL;
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the date counts, not who says so");
    stage_died(stage, FROM + 29);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_DEATH_DATE_CONFLICT,
                           "field=died_on value=2024-02-08 in_force=2024-02-09", "another");
}

Test(enrollment, nobody_dies_after_it_is_recorded)
{
    struct stage *stage = stage_enrolled_on(PU);
    stage_died(stage, FROM + 30);
    stage->event.died.died_on = FROM + 32;
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_INVALID_FIELD,
                           "field=died_on value=2024-02-11 recorded=2024-02-10", "tomorrow");
    stage->event.died.died_on = FROM + 31;
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "today");
}

Test(enrollment, an_approved_claim_sets_the_date_of_death)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    stage_death_claim(stage, "C1", "M1", FROM + 30);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C1")->verdict, APPROVED);
    stage_died(stage, FROM + 29);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_DEATH_DATE_CONFLICT, NULL, "the claim came first");
    stage_died(stage, FROM + 30);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE);
}

Test(enrollment, an_approved_claim_with_another_date_does_not_change_it)
{
    struct stage *stage = stage_enrolled_on(JAKON);
    stage_died(stage, FROM + 35);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_death_claim(stage, "C1", "M1", FROM + 30);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_claim(stage, "C1")->reason, REASON_DEATH_DATE_CONFLICT);
    stage_event(stage, EVENT_CLAIM_REVIEWED, FROM + 40);
    stage->event.reviewed =
        (struct claim_reviewed){TEXT("C1"), 1, TEXT("anna"), REVIEW_APPROVE, TEXT("")};
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_expect_eq(stage_claim(stage, "C1")->verdict, APPROVED);
    cr_expect_eq(stage->participant.died_on, FROM + 35);
}

Test(enrollment, after_death_gives_no_cover)
{
    struct stage *stage = stage_enrolled_on(PU);
    stage_died(stage, FROM + 30);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_enrolled(stage, "M2", PU, MILLION, FROM + 31);
    cr_expect_eq(stage_apply(stage), OUTCOME_APPLIED, "accepted");
    cr_expect_not(cover_of(&stage->participant, stage_membership(stage, "M2"), &stage->rules).any);
}

/* TOO_MANY. */

Test(enrollment, there_are_at_most_16_memberships)
{
    struct stage *stage = stage_new();
    char id[4] = "M00";
    for (int i = 0; i <= MEMBERSHIPS_MAX; i++) {
        id[1] = (char)('0' + i / 10);
        id[2] = (char)('0' + i % 10);
        stage_enrolled(stage, id, PU, MILLION, FROM);
        cr_expect_eq(stage_apply(stage), i < MEMBERSHIPS_MAX ? OUTCOME_APPLIED : OUTCOME_REJECTED,
                     "%s", id);
        if (i == 3) {
            stage_voided(stage, id, FROM);
            cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "void ones count");
        }
    }
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, "field=memberships most=16", "the 17th");
    stage_enrolled(stage, "M05", PU, MILLION, FROM);
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "a repeat comes before the limit");
    stage_enrolled(stage, "M05", PU, MILLION + 1, FROM);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_MEMBERSHIP_EXISTS, NULL, "so does a known id");
}

Test(enrollment, there_are_at_most_64_entries_of_a_timeline)
{
    for (size_t i = 0; i < COUNT_OF(change_rows); i++) {
        const struct change_row *row = &change_rows[i];
        struct stage *stage = stage_enrolled_on(PU);
        for (int k = 1; k < TIMELINE_MAX; k++) {
            change(stage, row, false, FROM + k);
            cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED, "%s %d", row->field, k);
        }
        change(stage, row, false, FROM + TIMELINE_MAX);
        cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED, "%s: the enrolment's own counts",
                     row->field);
        char detail[64];
        (void)snprintf(detail, sizeof detail, "field=%s most=64", row->field);
        stage_expect_exception(stage, EXCEPTION_TOO_MANY, detail, row->field);
        change(stage, row, false, FROM + 1);
        cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "%s", row->field);
    }
}

Test(enrollment, an_enrolment_needs_room_for_its_region)
{
    struct stage *stage = stage_enrolled_on(PU);
    for (int k = 1; k < TIMELINE_MAX; k++) {
        change(stage, &change_rows[4], false, FROM + k);
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    }
    stage_enrolled(stage, "M2", PU, MILLION, FROM);
    cr_expect_eq(stage_apply(stage), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, "field=region_home most=64", "regions");
}

Test(enrollment, there_are_at_most_64_ends)
{
    struct stage *stage = stage_enrolled_on(PU);
    for (int k = 0; k < ENDS_MAX; k++) {
        cr_assert_eq(end_on(stage, FROM + k, END_RESIGNED, FROM + 90), OUTCOME_APPLIED);
    }
    cr_expect_eq(end_on(stage, FROM + 64, END_RESIGNED, FROM + 90), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, "field=last_day most=64", "the 65th");
    cr_expect_eq(end_on(stage, FROM, END_RESIGNED, FROM + 90), OUTCOME_DUPLICATE);
}

/* The date of recording: the event's own home region, else the participant's on that UTC date. */

Test(enrollment, is_recorded_on_the_local_date_of_its_own_region)
{
    static const struct {
        const char *region;
        int hour; /* UTC of 9 January */
        int days; /* after 9 January */
    } rows[] = {{"36.71", 16, 0}, {"36.71", 17, 1}, {"51.71", 15, 0},
                {"51.71", 16, 1}, {"91.71", 14, 0}, {"91.71", 15, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_new();
        stage_event(stage, EVENT_MOVED, FROM - 100);
        stage->event.change.region_home = TEXT("36.74");
        stage->event.change.effective_from = FROM - 200;
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        stage_enrolled(stage, "M1", PU, MILLION, FROM);
        stage->event.enrolled.region_home = text_of_string(rows[i].region);
        stage->event.time = (int64_t)(FROM - 1) * MICROSECONDS_A_DAY +
                            rows[i].hour * INT64_C(3600) * MICROSECONDS_A_SECOND;
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        cr_expect_eq(stage_membership(stage, "M1")->recorded, FROM - 1 + rows[i].days, "%s at %d",
                     rows[i].region, rows[i].hour);
    }
}

Test(enrollment, other_events_are_recorded_where_the_participant_is_that_day)
{
    struct stage *stage = stage_enrolled_on(PU);
    change(stage, &change_rows[4], true, FROM + 10); /* to Denpasar */
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    for (int moved = 0; moved <= 1; moved++) {
        stage_event(stage, EVENT_WAGE_CHANGED, FROM);
        stage->event.change.membership_id = TEXT("M1");
        stage->event.change.wage_idr = 2 * MILLION + moved;
        stage->event.change.effective_from = FROM;
        stage->event.time = (int64_t)(FROM + 9 + moved) * MICROSECONDS_A_DAY +
                            INT64_C(16) * 3600 * MICROSECONDS_A_SECOND;
        cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
        const struct timeline *wages = &stage_membership(stage, "M1")->wages;
        cr_expect_eq(wages->entries[wages->count - 1].recorded, FROM + 9 + 2 * moved);
    }
}
