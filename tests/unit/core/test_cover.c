#include <criterion/criterion.h>

#include "core/cover.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define DAY(year, month, day_of_month) day_on((year), (month), (day_of_month))
#define MONTH(year, month) ((month_t)((year)*12 + (month)-1))

static struct rules rules;
static struct participant participant;

static day_t day_on(int year, int month, int day_of_month)
{
    day_t day = DAY_NONE;
    cr_assert(day_from_civil(year, month, day_of_month, &day));
    return day;
}

static void add_parameter(enum parameter parameter, uint8_t segment, day_t from, day_t to,
                          int64_t value)
{
    rules.parameters[rules.parameter_count++] = (struct parameter_row){
        .row = {.valid_from = from, .valid_to = to},
        .parameter = (uint8_t)parameter,
        .segment = segment,
        .value = value,
    };
}

/* Until 2010 an enrolment could be 90 days late, so that a row's date shows. */
static void set_up(void)
{
    const day_t change = day_on(2010, 1, 1);
    for (uint8_t segment = 0; segment < SEGMENT_COUNT; segment++) {
        const int64_t days = segment == BPU ? 0 : 30;
        add_parameter(PARAMETER_BACKDATING_DAYS, segment, DAY_NONE, change - 1, 90);
        add_parameter(PARAMETER_BACKDATING_DAYS, segment, change, DAY_NEVER, days);
    }
    add_parameter(PARAMETER_GRACE_MONTHS, BPU, DAY_NONE, DAY_NEVER, 3);
    memset(rules.utc_offset_hours, 7, sizeof rules.utc_offset_hours);
    rules.utc_offset_hours[51] = 8;
    rules.utc_offset_hours[91] = 9;
    participant_init(&participant, TEXT("P1"));
}

TestSuite(cover, .init = set_up);

static struct timeline timeline_of(const struct entry *entries, uint8_t count)
{
    struct timeline timeline = {.count = count};
    memcpy(timeline.entries, entries, count * sizeof *entries);
    return timeline;
}

Test(cover, takes_the_latest_entry_not_after_the_day)
{
    static const struct entry entries[] = {
        {100, 100, 1}, {200, 150, 2}, {100, 160, 3}, {200, 140, 4}, {150, 300, 5}};
    const struct timeline timeline = timeline_of(entries, COUNT_OF(entries));
    static const struct {
        day_t day, recorded_by;
        int64_t value; /* 0: none */
    } rows[] = {
        {99, RECORDED_ANY, 0},  {100, RECORDED_ANY, 3}, {149, RECORDED_ANY, 3},
        {150, RECORDED_ANY, 5}, {199, RECORDED_ANY, 5}, {200, RECORDED_ANY, 4},
        {999, RECORDED_ANY, 4}, {100, 99, 0},           {100, 100, 1},
        {100, 159, 1},          {100, 160, 3},          {199, 299, 3},
        {200, 139, 1},          {200, 140, 4},          {200, 150, 4},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t value = 0;
        const bool found = timeline_value(&timeline, rows[i].day, rows[i].recorded_by, &value);
        cr_assert(found == (rows[i].value != 0) && value == rows[i].value, "row %zu", i);
    }
    const struct timeline empty = {.count = 0};
    int64_t value = 7;
    cr_assert_not(timeline_value(&empty, 100, RECORDED_ANY, &value));
    cr_assert_eq(value, 7);
}

static void add_region(day_t from, uint16_t region, int membership)
{
    struct timeline *regions = &participant.regions;
    regions->entries[regions->count++] =
        (struct entry){from, from, region_value(region, membership)};
}

Test(cover, has_no_region_before_anything_is_known)
{
    cr_assert_eq(participant_region(&participant, 100), 0);
}

Test(cover, takes_the_first_region_before_the_first_entry)
{
    participant.membership_count = 2;
    participant.memberships[0].is_void = false;
    participant.memberships[1].is_void = false;
    add_region(300, 3674, 0);
    add_region(100, 5171, -1);
    add_region(100, 3671, 1);
    add_region(200, 9171, -1);
    static const struct {
        day_t day;
        uint16_t region;
    } rows[] = {{-5000, 3671}, {99, 3671},  {100, 3671}, {199, 3671},
                {200, 9171},   {299, 9171}, {300, 3674}, {999, 3674}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_assert_eq(participant_region(&participant, rows[i].day), rows[i].region, "row %zu", i);
    }
}

Test(cover, leaves_regions_of_void_memberships_out)
{
    participant.membership_count = 2;
    participant.memberships[0].is_void = true;
    participant.memberships[1].is_void = false;
    add_region(100, 3674, 0);
    cr_assert_eq(participant_region(&participant, 100), 0);
    add_region(200, 3671, 1);
    add_region(300, 5171, 0);
    cr_assert_eq(participant_region(&participant, 100), 3671);
    cr_assert_eq(participant_region(&participant, 300), 3671);
}

Test(cover, takes_local_days_in_the_zone_of_the_region_on_the_utc_date)
{
    const int64_t late = MICROSECONDS_A_DAY - 1; /* 1970-01-01T23:59:59.999999Z */
    const int64_t at_15 = INT64_C(15) * 3600 * MICROSECONDS_A_SECOND;
    cr_assert_eq(participant_local_day(&participant, &rules, late), 1);
    cr_assert_eq(participant_local_day(&participant, &rules, at_15), 0); /* WIB */
    add_region(1, 3674, -1);
    add_region(0, 9171, -1);
    cr_assert_eq(participant_local_day(&participant, &rules, at_15), 1); /* WIT */
    cr_assert_eq(participant_local_day(&participant, &rules, at_15 - 1), 0);
    cr_assert_eq(participant_local_day(&participant, &rules, at_15 + MICROSECONDS_A_DAY), 1);
    participant.regions.count = 0;
    add_region(0, 5171, -1);
    cr_assert_eq(participant_local_day(&participant, &rules, at_15), 0); /* WITA */
    cr_assert_eq(participant_local_day(&participant, &rules, at_15 + MICROSECONDS_A_DAY / 24), 1);
}

Test(cover, has_the_end_recorded_last_in_force)
{
    static struct membership membership;
    cr_assert_null(membership_end(&membership, RECORDED_ANY));
    membership.end_count = 3;
    membership.ends[0] = (struct end){500, 100, END_RESIGNED};
    membership.ends[1] = (struct end){400, 90, END_DISMISSED};
    membership.ends[2] = (struct end){300, 100, END_OTHER};
    cr_assert_eq(membership_end(&membership, RECORDED_ANY), &membership.ends[2]);
    cr_assert_eq(membership_end(&membership, 100), &membership.ends[2]);
    cr_assert_eq(membership_end(&membership, 99), &membership.ends[1]);
    cr_assert_null(membership_end(&membership, 89));
}

/* One membership, with what decides its cover. Zero dates are left as in `usual`. */
struct row {
    uint8_t segment;
    bool is_void;
    day_t recorded_after; /* days after cover_from, 2024-02-10 */
    day_t cover_to, last_day, died_on;
    month_t first_month;
    int32_t months;
    day_t first_paid;
    bool any;
    day_t start, end, grace_end;
    bool by_grace;
};

static struct membership *given(const struct row *row)
{
    participant_init(&participant, TEXT("P1"));
    participant.membership_count = 1;
    participant.died_on = row->died_on == 0 ? DAY_NONE : row->died_on;
    struct membership *membership = &participant.memberships[0];
    *membership = (struct membership){
        .segment = row->segment,
        .is_void = row->is_void,
        .cover_from = day_on(2024, 2, 10),
        .recorded = day_on(2024, 2, 10) + row->recorded_after,
        .cover_to = row->cover_to == 0 ? DAY_NEVER : row->cover_to,
        .first_paid_day = row->months == 0 ? DAY_NONE : row->first_paid,
        .run_count = row->months > 0,
    };
    membership->runs[0] = (struct run){row->first_month, row->months};
    if (row->last_day != 0) {
        membership->end_count = 1;
        membership->ends[0] = (struct end){row->last_day, membership->recorded, END_OTHER};
    }
    return membership;
}

static void expect(const struct cover *cover, const struct row *row, size_t i)
{
    cr_assert_eq(cover->any, row->any, "row %zu any", i);
    cr_assert_eq(cover->start, row->start, "row %zu start %d", i, cover->start);
    cr_assert_eq(cover->end, row->end, "row %zu end %d", i, cover->end);
    cr_assert_eq(cover->grace_end, row->grace_end, "row %zu grace %d", i, cover->grace_end);
    cr_assert_eq(cover->by_grace, row->by_grace, "row %zu by grace", i);
}

Test(cover, of_the_segments_that_need_no_payment)
{
    const day_t from = DAY(2024, 2, 10);
    const day_t to = DAY(2024, 6, 30);
    const struct row rows[] = {
        {.segment = PU, .any = true, .start = from, .end = DAY_NEVER},
        {.segment = PU_STATE, .recorded_after = -5, .any = true, .start = from, .end = DAY_NEVER},
        {.segment = PU, .recorded_after = 30, .any = true, .start = from, .end = DAY_NEVER},
        {.segment = PU, .recorded_after = 31, .any = true, .start = from + 1, .end = DAY_NEVER},
        {.segment = JAKON, .recorded_after = 40, .any = true, .start = from + 10, .end = DAY_NEVER},
        {.segment = PMI, .cover_to = to, .any = true, .start = from, .end = to},
        {.segment = PU,
         .cover_to = to,
         .last_day = to - 9,
         .any = true,
         .start = from,
         .end = to - 9},
        {.segment = PU, .cover_to = to, .last_day = to + 9, .any = true, .start = from, .end = to},
        {.segment = PU,
         .cover_to = to,
         .died_on = to - 20,
         .any = true,
         .start = from,
         .end = to - 20},
        {.segment = PU,
         .cover_to = to,
         .last_day = from,
         .died_on = to,
         .any = true,
         .start = from,
         .end = from},
        {.segment = PU, .died_on = from - 1, .any = false, .start = from, .end = from - 1},
        {.segment = PU,
         .recorded_after = 60,
         .cover_to = from + 29,
         .any = false,
         .start = from + 30,
         .end = from + 29},
        {.segment = PU,
         .recorded_after = 60,
         .cover_to = from + 30,
         .any = true,
         .start = from + 30,
         .end = from + 30},
        {.segment = PU, .is_void = true, .any = false, .start = DAY_NEVER, .end = DAY_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct row row = rows[i];
        row.grace_end = DAY_NEVER;
        const struct membership *membership = given(&row);
        const struct cover cover = cover_of(&participant, membership, &rules);
        const struct cover claim = cover_of_claim(&participant, membership, &rules);
        expect(&cover, &row, i);
        expect(&claim, &row, i);
    }
}

Test(cover, of_a_bpu_hangs_on_its_payments)
{
    const day_t from = DAY(2024, 2, 10);
    const day_t grace = DAY(2024, 5, 31); /* paid through February */
    const struct row rows[] = {
        {.months = 1,
         .first_paid = from,
         .any = true,
         .start = from,
         .end = grace,
         .grace_end = grace,
         .by_grace = true},
        {.months = 1,
         .first_paid = from - 9,
         .any = true,
         .start = from,
         .end = grace,
         .grace_end = grace,
         .by_grace = true},
        {.months = 1,
         .first_paid = from + 9,
         .any = true,
         .start = from + 9,
         .end = grace,
         .grace_end = grace,
         .by_grace = true},
        {.months = 1,
         .first_paid = from,
         .recorded_after = 3,
         .any = true,
         .start = from + 3,
         .end = grace,
         .grace_end = grace,
         .by_grace = true},
        {.months = 12,
         .first_paid = from,
         .any = true,
         .start = from,
         .end = DAY(2025, 4, 30),
         .grace_end = DAY(2025, 4, 30),
         .by_grace = true},
        {.months = 1,
         .first_paid = from,
         .cover_to = grace,
         .any = true,
         .start = from,
         .end = grace,
         .grace_end = grace},
        {.months = 1,
         .first_paid = from,
         .cover_to = grace + 1,
         .any = true,
         .start = from,
         .end = grace,
         .grace_end = grace,
         .by_grace = true},
        {.months = 1,
         .first_paid = from,
         .last_day = from + 5,
         .any = true,
         .start = from,
         .end = from + 5,
         .grace_end = grace},
        {.months = 1,
         .first_paid = from,
         .died_on = from + 6,
         .any = true,
         .start = from,
         .end = from + 6,
         .grace_end = grace},
        {.months = 1,
         .first_paid = from + 9,
         .last_day = from + 5,
         .any = false,
         .start = from + 9,
         .end = from + 5,
         .grace_end = grace},
        {.months = 0, .any = false, .start = DAY_NEVER, .end = DAY_NONE, .grace_end = DAY_NEVER},
        {.months = 1,
         .first_paid = from,
         .is_void = true,
         .any = false,
         .start = DAY_NEVER,
         .end = DAY_NONE,
         .grace_end = DAY_NEVER},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct row row = rows[i];
        row.segment = BPU;
        row.first_month = MONTH(2024, 2);
        const struct cover cover = cover_of(&participant, given(&row), &rules);
        expect(&cover, &row, i);
    }
}

Test(cover, for_claims_of_a_bpu_with_nothing_paid_starts_when_recorded)
{
    const day_t from = DAY(2024, 2, 10);
    const struct row rows[] = {
        {.any = true, .start = from, .end = DAY_NEVER},
        {.recorded_after = -3, .any = true, .start = from, .end = DAY_NEVER},
        {.recorded_after = 3, .any = true, .start = from + 3, .end = DAY_NEVER},
        {.last_day = from + 9, .any = true, .start = from, .end = from + 9},
        {.recorded_after = 10, .last_day = from + 9, .start = from + 10, .end = from + 9},
        {.is_void = true, .start = DAY_NEVER, .end = DAY_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct row row = rows[i];
        row.segment = BPU;
        row.grace_end = DAY_NEVER;
        const struct cover cover = cover_of_claim(&participant, given(&row), &rules);
        expect(&cover, &row, i);
    }
}

Test(cover, takes_the_allowance_that_held_on_the_day_of_recording)
{
    const struct row row = {.segment = PU};
    struct membership *membership = given(&row);
    membership->cover_from = DAY(2009, 10, 1);
    membership->recorded = DAY(2009, 12, 30);
    cr_assert_eq(cover_of(&participant, membership, &rules).start, DAY(2009, 10, 1));
    membership->recorded = DAY(2010, 1, 1);
    cr_assert_eq(cover_of(&participant, membership, &rules).start, DAY(2009, 12, 2));
}

Test(cover, survives_the_ends_of_the_calendar)
{
    const struct row row = {.segment = BPU, .first_month = MONTH_LAST, .months = 24};
    struct membership *membership = given(&row);
    membership->cover_from = DAY_FIRST;
    membership->recorded = DAY_NONE;
    membership->first_paid_day = DAY_NONE;
    const struct cover cover = cover_of(&participant, membership, &rules);
    cr_assert(cover.any && cover.start == DAY_FIRST && cover.end > DAY_LAST);
    cr_assert_lt(cover.end, DAY_NEVER);
}

Test(cover, counts_paid_months)
{
    static struct membership membership;
    cr_assert_eq(months_paid(&membership), 0);
    cr_assert_eq(paid_through(&membership), MONTH_NONE);
    cr_assert_not(month_is_paid(&membership, 0));
    membership.run_count = 3;
    membership.runs[0] = (struct run){100, 2};
    membership.runs[1] = (struct run){103, 1};
    membership.runs[2] = (struct run){110, 5};
    cr_assert_eq(months_paid(&membership), 8);
    cr_assert_eq(paid_through(&membership), 101);
    for (month_t month = 90; month < 120; month++) {
        const bool paid =
            (month >= 100 && month <= 101) || month == 103 || (month >= 110 && month <= 114);
        cr_assert_eq(month_is_paid(&membership, month), paid, "month %d", month);
    }
    static const struct {
        month_t first, last;
        int64_t paid;
    } rows[] = {{0, 200, 8},   {100, 114, 8}, {101, 110, 3},
                {102, 102, 0}, {104, 109, 0}, {112, 113, 2},
                {115, 200, 0}, {113, 112, 0}, {MONTH_FIRST, MONTH_LAST, 8}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_assert_eq(months_paid_between(&membership, rows[i].first, rows[i].last), rows[i].paid,
                     "row %zu", i);
    }
}
