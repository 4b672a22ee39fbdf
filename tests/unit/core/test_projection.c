#include <criterion/criterion.h>

#include "core/projection.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define MODEL_FIRST 18900 /* days around the random participants */
#define MODEL_LAST 20600

static struct rules rules;
static struct participant participant;
static struct projection projection, other;

static void set_up(void)
{
    const uint8_t by_segment = ANY;
    rules.parameter_count = 3;
    rules.parameters[0] = (struct parameter_row){
        {.valid_from = DAY_NONE, .valid_to = DAY_NEVER}, PARAMETER_GRACE_MONTHS, by_segment, 3};
    rules.parameters[1] = (struct parameter_row){
        {.valid_from = DAY_NONE, .valid_to = 19500}, PARAMETER_BACKDATING_DAYS, by_segment, 0};
    rules.parameters[2] = (struct parameter_row){
        {.valid_from = 19501, .valid_to = DAY_NEVER}, PARAMETER_BACKDATING_DAYS, by_segment, 30};
    strncpy(rules.categories[5].code, "KPPS", CATEGORY_CODE_BYTES_MAX);
    participant_init(&participant, TEXT("P1"));
}

TestSuite(projection, .init = set_up);

/* The model: each day by itself, by looking backwards from it, as rules.md reads. */

struct day_count {
    uint16_t region;
    unsigned measures[DAY_MEASURE_COUNT];
};

/* The value that holds on a day: of the nearest day at or before it that has entries, the last. */
static const struct entry *model_entry(const struct timeline *timeline, day_t day)
{
    for (day_t from = day; from >= MODEL_FIRST - 400; from--) {
        for (unsigned i = timeline->count; i-- > 0;) {
            if (timeline->entries[i].from == from) {
                return &timeline->entries[i];
            }
        }
    }
    return NULL;
}

static struct timeline known_regions(void)
{
    struct timeline known = {.count = 0};
    for (unsigned i = 0; i < participant.regions.count; i++) {
        const struct entry *entry = &participant.regions.entries[i];
        const int64_t origin = entry->value >> 16;
        if (origin == 0 || !participant.memberships[origin - 1].is_void) {
            known.entries[known.count++] = *entry;
        }
    }
    return known;
}

static uint16_t model_region(day_t day)
{
    const struct timeline known = known_regions();
    for (day_t ahead = day; known.count > 0 && ahead <= MODEL_LAST + 400; ahead++) {
        const struct entry *entry = model_entry(&known, ahead);
        if (entry != NULL) {
            return (uint16_t)(entry->value & 0xFFFF);
        }
    }
    return 0;
}

static bool model_month_paid(const struct membership *membership, month_t month)
{
    for (unsigned i = 0; i < membership->run_count; i++) {
        for (int32_t k = 0; k < membership->runs[i].count; k++) {
            if (membership->runs[i].first + k == month) {
                return true;
            }
        }
    }
    return false;
}

/* How many months a day lies after `paid_through`. */
static int32_t model_months_unpaid(const struct membership *membership, day_t day)
{
    month_t month = day_month(MODEL_FIRST);
    while (!model_month_paid(membership, month)) {
        month++;
    }
    while (model_month_paid(membership, month + 1)) {
        month++;
    }
    return day_month(day) - month;
}

static bool model_ended(const struct membership *membership, day_t day)
{
    day_t last_day = DAY_NEVER;
    for (day_t recorded = MODEL_LAST + 400; recorded >= MODEL_FIRST - 400; recorded--) {
        for (unsigned i = membership->end_count; i-- > 0;) {
            if (membership->ends[i].recorded == recorded && last_day == DAY_NEVER) {
                last_day = membership->ends[i].last_day;
            }
        }
    }
    return day > last_day;
}

static bool model_covers(const struct membership *membership, day_t day)
{
    const day_t allowance = membership->recorded > 19500 ? 30 : 0;
    if (membership->is_void || day < membership->cover_from ||
        day < membership->recorded - allowance || day > membership->cover_to ||
        (participant.died_on != DAY_NONE && day > participant.died_on) ||
        model_ended(membership, day)) {
        return false;
    }
    if (membership->segment != BPU) {
        return true;
    }
    return membership->run_count > 0 && day >= membership->first_paid_day &&
           model_months_unpaid(membership, day) <= 3;
}

static void model_membership(struct day_count *count, const struct membership *membership,
                             day_t day)
{
    count->measures[MEASURE_ACTIVE] = 1;
    count->measures[MEASURE_MEMBERSHIPS]++;
    count->measures[MEASURE_GRACE] +=
        membership->segment == BPU && model_months_unpaid(membership, day) > 0;
    count->measures[MEASURE_SEGMENT + membership->segment] = 1;
    const struct entry *programmes = model_entry(&membership->programmes, day);
    for (unsigned i = 0; programmes != NULL && i < PROGRAMME_COUNT; i++) {
        if ((programmes->value >> i & 1) != 0) {
            count->measures[MEASURE_PROGRAMME + i] = 1;
        }
    }
    const struct entry *sponsor = model_entry(&membership->sponsors, day);
    if (sponsor != NULL) {
        count->measures[MEASURE_SPONSOR + (sponsor->value & 0xFF)] = 1;
    }
    const struct entry *category = model_entry(&membership->categories, day);
    if (category != NULL) {
        count->measures[MEASURE_CATEGORY + category->value] = 1;
    }
}

static struct day_count model_day(day_t day)
{
    struct day_count count = {.region = 0};
    for (unsigned i = 0; i < participant.membership_count; i++) {
        const struct membership *membership = &participant.memberships[i];
        if (!membership->is_void && day >= membership->cover_from) {
            count.measures[MEASURE_REGISTERED] = 1;
        }
        if (model_covers(membership, day)) {
            model_membership(&count, membership, day);
        }
    }
    count.region = count.measures[MEASURE_REGISTERED] == 1 ? model_region(day) : 0;
    return count;
}

/* The same day, read from the spans. */
static struct day_count span_day(const struct projection *of, day_t day)
{
    struct day_count count = {.region = 0};
    const struct span *span = NULL;
    for (uint32_t i = 0; i < of->span_count && of->spans[i].from <= day; i++) {
        span = &of->spans[i];
    }
    if (span == NULL) {
        return count;
    }
    count.region = span->region;
    for (unsigned i = 0; i < MEASURE_CATEGORY; i++) {
        count.measures[i] = span->measures >> i & 1;
    }
    for (unsigned i = 0; i < CATEGORIES_MAX; i++) {
        count.measures[MEASURE_CATEGORY + i] = (unsigned)(span->categories >> i & 1);
    }
    cr_assert_eq(count.measures[MEASURE_MEMBERSHIPS], 0);
    count.measures[MEASURE_MEMBERSHIPS] = span->covers;
    count.measures[MEASURE_GRACE] = span->graces;
    return count;
}

static uint64_t seed;

static int up_to(int most)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)((seed >> 11) % ((unsigned)most + 1));
}

static void random_timeline(struct timeline *timeline, const struct membership *membership,
                            int count, int most)
{
    timeline->count = 0;
    for (int i = 0; i < count; i++) {
        const day_t from = membership->cover_from + (i == 0 || up_to(3) == 0 ? 0 : up_to(400));
        timeline->entries[timeline->count++] =
            (struct entry){from, membership->recorded + i, up_to(most)};
    }
}

static void random_payments(struct membership *membership)
{
    membership->run_count = (uint8_t)up_to(3);
    membership->first_paid_day =
        membership->run_count == 0 ? DAY_NONE : membership->cover_from + up_to(100) - 20;
    month_t next = day_month(membership->cover_from);
    for (unsigned i = 0; i < membership->run_count; i++) {
        membership->runs[i] = (struct run){next, 1 + up_to(8)};
        next += membership->runs[i].count + 1 + up_to(2);
    }
}

static void random_membership(struct membership *membership, int changes)
{
    membership->is_void = up_to(5) == 0;
    membership->segment = (uint8_t)up_to(SEGMENT_COUNT - 1);
    membership->cover_from = MODEL_FIRST + 20 + up_to(900);
    membership->cover_to = up_to(1) == 0 ? DAY_NEVER : membership->cover_from + up_to(700);
    membership->recorded = membership->cover_from + up_to(120) - 60;
    random_timeline(&membership->categories, membership, up_to(changes) + 1, CATEGORIES_MAX - 1);
    random_timeline(&membership->programmes, membership, up_to(changes) + 1,
                    (1 << PROGRAMME_COUNT) - 1);
    random_timeline(&membership->sponsors, membership, up_to(changes) + 1, SPONSOR_KIND_COUNT - 1);
    membership->end_count = (uint8_t)(up_to(2) == 0 ? up_to(2) : 0);
    for (unsigned i = 0; i < membership->end_count; i++) {
        membership->ends[i] = (struct end){membership->cover_from + up_to(600),
                                           membership->recorded + up_to(3), END_OTHER};
    }
    random_payments(membership);
}

static void random_participant(int memberships, int changes)
{
    participant_init(&participant, TEXT("P1"));
    participant.membership_count = (uint8_t)memberships;
    participant.died_on = up_to(3) == 0 ? MODEL_FIRST + up_to(1400) : DAY_NONE;
    for (int i = 0; i < memberships; i++) {
        struct membership *membership = &participant.memberships[i];
        random_membership(membership, changes);
        participant.regions.entries[participant.regions.count++] =
            (struct entry){membership->cover_from, membership->recorded,
                           region_value((uint16_t)(3671 + up_to(3)), i)};
    }
    for (int moves = up_to(changes); moves > 0; moves--) {
        const day_t from = MODEL_FIRST + up_to(1500);
        participant.regions.entries[participant.regions.count++] =
            (struct entry){from, from, region_value((uint16_t)(3671 + up_to(3)), -1)};
    }
}

static void check_spans(uint64_t started)
{
    for (uint32_t i = 0; i < projection.span_count; i++) {
        const struct span *span = &projection.spans[i];
        const struct span *next = span + 1;
        cr_assert_neq(span->measures & 1U << MEASURE_REGISTERED, 0U);
        if (i + 1 < projection.span_count) {
            cr_assert_lt(span->from, next->from, "seed %lx", started);
            cr_assert(span->region != next->region || span->covers != next->covers ||
                          span->graces != next->graces || span->measures != next->measures ||
                          span->categories != next->categories,
                      "seed %lx", started);
        }
    }
}

/* What the membership is on a day on which it covers. */
static void expect_turn(const struct turn *turn, const struct membership *membership, day_t day,
                        day_t looked_at, uint64_t started)
{
    const struct entry *category = model_entry(&membership->categories, looked_at);
    const struct entry *sponsor = model_entry(&membership->sponsors, looked_at);
    cr_assert_eq(turn->day, day, "seed %lx: day %d, not %d", started, turn->day, day);
    cr_assert_eq(turn->region, model_region(looked_at), "seed %lx", started);
    cr_assert_eq(turn->category, category->value, "seed %lx", started);
    cr_assert_eq(turn->sponsor, sponsor->value & 0xFF, "seed %lx", started);
}

/* Walks through the days, and looks where each cover begins and where it is over. */
static void compare_turns(uint64_t started)
{
    uint32_t at = 0;
    for (unsigned i = 0; i < participant.membership_count; i++) {
        const struct membership *membership = &participant.memberships[i];
        const struct cover_projection *turns = &projection.covers[at];
        bool covered = false;
        for (day_t day = MODEL_FIRST; day <= MODEL_LAST; day++) {
            const bool before = covered;
            covered = model_covers(membership, day);
            if (covered && !before) {
                expect_turn(&turns->begins, membership, day, day, started);
                at++;
            } else if (before && !covered) {
                expect_turn(&turns->ends, membership, day, day - 1, started);
            }
        }
        cr_assert(!covered || turns->ends.day > MODEL_LAST, "seed %lx", started);
    }
    cr_assert_eq(projection.cover_count, at, "seed %lx", started);
}

static void compare_with_model(uint64_t started)
{
    projection_of(&participant, &rules, &projection);
    check_spans(started);
    compare_turns(started);
    for (day_t day = MODEL_FIRST; day <= MODEL_LAST; day++) {
        const struct day_count expected = model_day(day);
        const struct day_count counted = span_day(&projection, day);
        cr_assert_eq(counted.region, expected.region, "seed %lx day %d: region", started, day);
        for (unsigned i = 0; i < DAY_MEASURE_COUNT; i++) {
            cr_assert_eq(counted.measures[i], expected.measures[i],
                         "seed %lx day %d: measure %u is %u, not %u", started, day, i,
                         counted.measures[i], expected.measures[i]);
        }
    }
}

Test(projection, counts_ordinary_participants_as_the_model_does)
{
    seed = UINT64_C(0x123456789ABCDEF);
    for (unsigned round = 0; round < 60; round++) {
        const uint64_t started = seed;
        random_participant(1, 0);
        compare_with_model(started);
    }
}

Test(projection, counts_any_participant_as_the_model_does)
{
    seed = UINT64_C(0xFEDCBA987654321);
    for (unsigned round = 0; round < 60; round++) {
        const uint64_t started = seed;
        random_participant(up_to(4), up_to(5));
        compare_with_model(started);
    }
}

Test(projection, holds_a_participant_with_every_timeline_full)
{
    seed = 99;
    participant.membership_count = MEMBERSHIPS_MAX;
    for (int i = 0; i < MEMBERSHIPS_MAX; i++) {
        struct membership *membership = &participant.memberships[i];
        *membership = (struct membership){.segment = PU,
                                          .cover_from = 19600 + i,
                                          .cover_to = 30000 + i,
                                          .recorded = 19600,
                                          .first_paid_day = DAY_NONE};
        for (int k = 0; k < TIMELINE_MAX; k++) {
            const day_t from = 19600 + i + k * 48;
            membership->categories.entries[k] = (struct entry){from, 19600, up_to(63)};
            membership->programmes.entries[k] = (struct entry){from + 16, 19600, 1 << up_to(4)};
            membership->sponsors.entries[k] = (struct entry){from + 32, 19600, up_to(10)};
            participant.regions.entries[k] =
                (struct entry){from + 10000, 19600, region_value((uint16_t)(1000 + k), -1)};
        }
        membership->categories.count = TIMELINE_MAX;
        membership->programmes.count = TIMELINE_MAX;
        membership->sponsors.count = TIMELINE_MAX;
    }
    participant.regions.count = TIMELINE_MAX;
    projection_of(&participant, &rules, &projection);
    cr_assert_gt(projection.span_count, 1000);
    check_spans(0);
}

/* One membership, PU, enrolled on its first day. */
static struct membership *given_ordinary(void)
{
    participant.membership_count = 1;
    struct membership *membership = &participant.memberships[0];
    *membership = (struct membership){.id_length = 2,
                                      .id = "M1",
                                      .segment = PU,
                                      .cover_from = 19700,
                                      .cover_to = 19799,
                                      .recorded = 19700,
                                      .first_paid_day = DAY_NONE};
    membership->categories = (struct timeline){1, {{19700, 19700, 5}}};
    membership->programmes = (struct timeline){1, {{19700, 19700, 1 << JKK | 1 << JKM}}};
    membership->sponsors = (struct timeline){1, {{19700, 19700, SPONSOR_NPHD}}};
    participant.regions = (struct timeline){1, {{19700, 19700, region_value(3674, 0)}}};
    return membership;
}

#define OF_ORDINARY                                                                                \
    (1U << MEASURE_REGISTERED | 1U << MEASURE_ACTIVE | 1U << (MEASURE_PROGRAMME + JKK) |           \
     1U << (MEASURE_PROGRAMME + JKM) | 1U << (MEASURE_SEGMENT + PU) |                              \
     1U << (MEASURE_SPONSOR + SPONSOR_NPHD))

static void expect_span(uint32_t i, day_t from, uint16_t region, unsigned covers, uint32_t measures)
{
    const struct span *span = &projection.spans[i];
    cr_assert_eq(span->from, from, "span %u from %d", i, span->from);
    cr_assert_eq(span->region, region, "span %u", i);
    cr_assert_eq(span->covers, covers, "span %u", i);
    cr_assert_eq(span->measures, measures, "span %u", i);
    cr_assert_eq(span->categories, covers == 0 ? 0 : UINT64_C(1) << 5, "span %u", i);
}

Test(projection, of_an_ordinary_participant_is_active_then_only_registered)
{
    (void)given_ordinary();
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 2);
    expect_span(0, 19700, 3674, 1, OF_ORDINARY);
    expect_span(1, 19800, 3674, 0, 1U << MEASURE_REGISTERED);
}

Test(projection, of_an_open_cover_has_no_last_day)
{
    given_ordinary()->cover_to = DAY_NEVER;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 1);
    expect_span(0, 19700, 3674, 1, OF_ORDINARY);
}

Test(projection, of_a_late_enrolment_is_registered_before_it_is_active)
{
    given_ordinary()->recorded = 19740;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 3);
    expect_span(0, 19700, 3674, 0, 1U << MEASURE_REGISTERED);
    expect_span(1, 19710, 3674, 1, OF_ORDINARY);
    expect_span(2, 19800, 3674, 0, 1U << MEASURE_REGISTERED);
}

Test(projection, of_an_unpaid_bpu_is_registered_only)
{
    given_ordinary()->segment = BPU;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 1);
    expect_span(0, 19700, 3674, 0, 1U << MEASURE_REGISTERED);
}

Test(projection, follows_a_move_for_ever)
{
    (void)given_ordinary();
    participant.regions.entries[1] = (struct entry){19850, 19850, region_value(5171, -1)};
    participant.regions.entries[2] = (struct entry){19650, 19850, region_value(9171, -1)};
    participant.regions.count = 3;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 3);
    expect_span(1, 19800, 3674, 0, 1U << MEASURE_REGISTERED);
    expect_span(2, 19850, 5171, 0, 1U << MEASURE_REGISTERED);
}

Test(projection, of_nothing_and_of_the_void_is_empty)
{
    projection_of(&participant, &rules, &projection);
    cr_assert(projection.span_count == 0 && projection.claim_count == 0);
    cr_assert_eq(projection.cover_count, 0);
    given_ordinary()->is_void = true;
    projection_of(&participant, &rules, &projection);
    cr_assert(projection.span_count == 0 && projection.claim_count == 0);
    cr_assert_eq(projection.cover_count, 0);
}

Test(projection, of_a_cover_to_the_end_of_the_calendar_is_not_over_within_it)
{
    static const day_t ends[] = {DAY_NEVER, DAY_LAST};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        given_ordinary()->cover_to = ends[i];
        projection_of(&participant, &rules, &projection);
        cr_assert_eq(projection.span_count, 1);
        cr_assert_eq(projection.covers[0].ends.day, DAY_NEVER);
    }
    given_ordinary()->cover_to = DAY_LAST - 1;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.covers[0].ends.day, DAY_LAST);
}

/* A BPU that has paid `months` from the month of cover_from on. */
static void given_bpu(int32_t months, day_t paid_on)
{
    struct membership *membership = given_ordinary();
    membership->segment = BPU;
    membership->cover_to = DAY_NEVER;
    membership->run_count = 1;
    membership->runs[0] = (struct run){day_month(19700), months};
    membership->first_paid_day = paid_on;
}

Test(projection, counts_the_days_after_the_last_paid_month_as_grace)
{
    given_bpu(2, 19700); /* December 2023 and January 2024: paid through 2024-01-31 (19753) */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 3);
    cr_assert_eq(projection.spans[0].graces, 0);
    cr_assert_eq(projection.spans[1].from, 19754);
    cr_assert_eq(projection.spans[1].graces, 1);
    cr_assert_eq(projection.spans[1].covers, 1);
    cr_assert_eq(projection.spans[2].from, 19844); /* 2024-05-01: three months later */
    cr_assert_eq(projection.spans[2].graces, 0);
    cr_assert_eq(projection.covers[0].ends.day, 19844);
}

Test(projection, counts_a_cover_that_begins_in_grace_as_grace_from_its_first_day)
{
    given_bpu(1, 19760); /* December 2023, paid in February 2024 */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 3); /* registered, in grace, over */
    cr_assert_eq(projection.spans[1].from, 19760);
    cr_assert_eq(projection.spans[1].graces, 1);
    given_bpu(2, 19700);
    participant.memberships[0].cover_to = 19753; /* ends with the last paid month */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.span_count, 2);
    cr_assert(projection.spans[0].graces == 0 && projection.spans[1].graces == 0);
}

Test(projection, tells_a_cover_as_what_and_where_it_began_and_ended)
{
    struct membership *membership = given_ordinary();
    membership->categories.entries[1] = (struct entry){19799, 19700, 6};
    membership->categories.count = 2;
    membership->sponsors.entries[1] = (struct entry){19799, 19700, SPONSOR_APBN};
    membership->sponsors.count = 2;
    participant.regions.entries[1] = (struct entry){19799, 19850, region_value(5171, -1)};
    participant.regions.entries[2] = (struct entry){19800, 19850, region_value(9171, -1)};
    participant.regions.count = 3;
    projection_of(&participant, &rules, &projection);
    const struct cover_projection *cover = &projection.covers[0];
    cr_assert_eq(projection.cover_count, 1);
    cr_assert(cover->begins.day == 19700 && cover->ends.day == 19800);
    cr_assert(cover->begins.region == 3674 && cover->ends.region == 5171);
    cr_assert(cover->begins.category == 5 && cover->ends.category == 6);
    cr_assert(cover->begins.sponsor == SPONSOR_NPHD && cover->ends.sponsor == SPONSOR_APBN);
}

static struct claim *given_claim(void)
{
    struct claim *claim = &participant.claims[participant.claim_count++];
    *claim = (struct claim){.id_length = 2,
                            .id = "C1",
                            .type = CLAIM_DEATH,
                            .membership_id_length = 2,
                            .membership_id = "M1",
                            .event_on = 19750,
                            .cause = CAUSE_ILLNESS,
                            .died_on = 19750,
                            .accident_on = DAY_NONE,
                            .heir_rank = HEIR_SPOUSE,
                            .payee_length = 1,
                            .payee = "a",
                            .verdict = APPROVED,
                            .reason = REASON_OK,
                            .line_count = 3,
                            .lines = {{COMPONENT_LUMP, 20000000},
                                      {COMPONENT_PERIODIC, 12000000},
                                      {COMPONENT_BURIAL, 10000000}}};
    return claim;
}

static void expect_claim(uint16_t region, unsigned category, unsigned payments, int64_t paid_idr)
{
    projection_of(&participant, &rules, &projection);
    const struct claim_projection *claim = &projection.claims[projection.claim_count - 1];
    cr_assert_eq(claim->region, region);
    cr_assert_eq(claim->programme, JKM);
    cr_assert_eq(claim->category, category);
    cr_assert_eq(claim->payments, payments);
    cr_assert_eq(claim->paid_idr, paid_idr);
}

Test(projection, counts_what_an_approved_claim_pays)
{
    (void)given_ordinary();
    struct claim *claim = given_claim();
    expect_claim(3674, 5, 1, 42000000);
    claim->burial_payee_length = 1;
    claim->burial_payee[0] = 'b';
    expect_claim(3674, 5, 2, 42000000);
    cr_assert_eq(projection.claims[0].verdict, APPROVED);
}

Test(projection, counts_only_the_verdict_of_any_other_claim)
{
    (void)given_ordinary();
    struct claim *claim = given_claim();
    static const uint8_t verdicts[] = {REJECTED, HELD, WAITING};
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        claim->verdict = verdicts[i];
        expect_claim(3674, 5, 0, 0);
        cr_assert_eq(projection.claims[0].verdict, verdicts[i]);
    }
}

Test(projection, counts_a_claim_as_open_since_it_was_recorded)
{
    (void)given_ordinary();
    struct claim *claim = given_claim();
    claim->recorded = 19760;
    static const struct {
        uint8_t verdict;
        day_t open_from;
    } rows[] = {{HELD, 19760}, {WAITING, 19760}, {APPROVED, DAY_NEVER}, {REJECTED, DAY_NEVER}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        claim->verdict = rows[i].verdict;
        projection_of(&participant, &rules, &projection);
        cr_assert_eq(projection.claims[0].open_from, rows[i].open_from, "row %zu", i);
        cr_assert_eq(projection.claims[0].past_due_from, DAY_NEVER, "row %zu", i);
    }
}

Test(projection, counts_an_open_claim_as_late_after_its_legal_day)
{
    (void)given_ordinary();
    struct claim *claim = given_claim();
    rules.parameters[rules.parameter_count++] = (struct parameter_row){
        {.valid_from = DAY_NONE, .valid_to = DAY_NEVER}, PARAMETER_DUE_DAYS_JKM, ANY, 3};
    claim->verdict = HELD;
    claim->recorded = 19758;
    claim->document_count = 2; /* the last is in force */
    claim->documents[0] = 19000;
    claim->documents[1] = 19758; /* Monday 5 February 2024 */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.claims[0].past_due_from, 19762); /* due on Thursday the 8th */
    claim->recorded = 19800;                                 /* filed when it was late already */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.claims[0].past_due_from, 19800);
    claim->recorded = 19762; /* on the first late day */
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.claims[0].past_due_from, 19762);
    claim->verdict = APPROVED;
    projection_of(&participant, &rules, &projection);
    cr_assert_eq(projection.claims[0].past_due_from, DAY_NEVER);
}

Test(projection, tells_the_state_of_each_payment)
{
    (void)given_ordinary();
    struct claim *claim = given_claim();
    claim->burial_payee_length = 1;
    claim->burial_payee[0] = 'b';
    claim->attempts[1] = (struct attempts){.count = 2,
                                           .seen = {1U << STATUS_REJECTED, 1U << STATUS_SETTLED},
                                           .status = STATUS_SETTLED,
                                           .settled_on = 19770};
    claim->attempts[0].settled_on = DAY_NONE;
    claim->due_on = DAY_LAST;
    projection_of(&participant, &rules, &projection);
    const struct claim_projection *of = &projection.claims[0];
    cr_assert_eq(of->payments, 2);
    cr_assert(of->payment_states[0] == ORDERED_STATE && of->amounts_idr[0] == 32000000);
    cr_assert(of->payment_states[1] == 1 + STATUS_SETTLED && of->amounts_idr[1] == 10000000);
    cr_assert(of->is_death);
}

Test(projection, counts_a_claim_of_an_unknown_membership_where_the_person_lives)
{
    struct claim *claim = given_claim();
    claim->verdict = WAITING;
    expect_claim(0, CATEGORIES_MAX, 0, 0);
    (void)given_ordinary();
    claim->membership_id[1] = '2';
    expect_claim(3674, CATEGORIES_MAX, 0, 0);
    cr_assert_eq(projection.span_count, 2);
}

Test(projection, counts_a_claim_where_and_as_what_the_person_was_that_day)
{
    struct membership *membership = given_ordinary();
    struct claim *claim = given_claim();
    participant.regions.entries[1] = (struct entry){19740, 19850, region_value(5171, -1)};
    participant.regions.count = 2;
    membership->categories.entries[1] = (struct entry){19750, 19850, 6};
    membership->categories.count = 2;
    expect_claim(5171, 6, 1, 42000000);
    claim->event_on = 19739;
    expect_claim(3674, 5, 1, 42000000);
    claim->event_on = 19699;
    expect_claim(3674, CATEGORIES_MAX, 1, 42000000);
}

Test(projection, is_equal_to_itself_and_to_nothing_else)
{
    (void)given_ordinary();
    (void)given_claim();
    projection_of(&participant, &rules, &projection);
    for (unsigned i = 0; i < 24; i++) {
        projection_of(&participant, &rules, &other);
        cr_assert(projection_equal(&projection, &other));
        struct span *span = &other.spans[1];
        struct claim_projection *claim = &other.claims[0];
        switch (i) {
        case 0: other.span_count--; break;
        case 1: other.claim_count--; break;
        case 2: span->from++; break;
        case 3: span->region++; break;
        case 4: span->covers++; break;
        case 5: span->categories++; break;
        case 6: span->measures++; break;
        case 7: claim->region++; break;
        case 8: claim->programme++; break;
        case 9: claim->verdict++; break;
        case 10: claim->category++; break;
        case 11: claim->payments++; break;
        case 12: claim->is_death = !claim->is_death; break;
        case 13: claim->open_from = 0; break;
        case 14: claim->past_due_from = 0; break;
        case 15: claim->payment_states[0]++; break;
        case 16: claim->amounts_idr[0]++; break;
        case 17: span->graces++; break;
        case 18: other.cover_count--; break;
        case 19: other.covers[0].begins.day++; break;
        case 20: other.covers[0].begins.region++; break;
        case 21: other.covers[0].ends.category++; break;
        case 22: other.covers[0].ends.sponsor++; break;
        default: claim->paid_idr++; break;
        }
        cr_assert_not(projection_equal(&projection, &other), "row %u", i);
    }
}
