#include "core/projection.h"

#include <assert.h>

#include "core/internal.h"

static_assert(MEASURE_CATEGORY <= 32, "the measures without categories fit the bits of a span");
static_assert(CATEGORIES_MAX <= 64, "the categories fit the bits of a span");
static_assert(MEMBERSHIPS_MAX <= UINT8_MAX, "the covers of a day fit a span");

/* What is looked up once for a participant: the covers, and the days on which anything may change.
 */
struct survey {
    day_t registered_from;      /* DAY_NEVER: no membership counts */
    const struct cover *covers; /* of each membership */
    uint32_t day_count;
    day_t days[SPANS_MAX];
};

static bool span_counts_alike(const struct span *a, const struct span *b)
{
    return a->region == b->region && a->covers == b->covers && a->graces == b->graces &&
           a->categories == b->categories && a->measures == b->measures;
}

static void add_span(struct projection *out, const struct span *span)
{
    if (out->span_count > 0 && span_counts_alike(&out->spans[out->span_count - 1], span)) {
        return;
    }
    assert(out->span_count < SPANS_MAX);
    out->spans[out->span_count++] = *span;
}

static uint32_t measure_bit(unsigned measure)
{
    return UINT32_C(1) << measure;
}

/* What a membership adds to a day inside its cover. */
static void count_membership(struct span *span, const struct membership *membership,
                             const struct cover *cover, day_t day)
{
    int64_t value;
    span->covers++;
    span->graces = (uint8_t)(span->graces + (day >= cover->grace_from));
    span->measures |= measure_bit(MEASURE_ACTIVE);
    span->measures |= measure_bit(MEASURE_SEGMENT + membership->segment);
    if (timeline_value(&membership->programmes, day, RECORDED_ANY, &value)) {
        span->measures |= (uint32_t)value << MEASURE_PROGRAMME;
    }
    if (timeline_value(&membership->sponsors, day, RECORDED_ANY, &value)) {
        span->measures |= measure_bit(MEASURE_SPONSOR + sponsor_kind_of(value));
    }
    if (timeline_value(&membership->categories, day, RECORDED_ANY, &value)) {
        span->categories |= UINT64_C(1) << value;
    }
}

/* After the first day of the cover: a cover of days of grace alone begins with one. */
static bool grace_begins_within(const struct cover *cover)
{
    return cover->grace_from != DAY_NEVER && cover->grace_from > cover->start &&
           cover->grace_from <= cover->end;
}

/* The usual case, without looking anything up twice: one membership whose category, programmes and
   sponsor, like the region, never changed. */

static bool never_changed(const struct timeline *timeline, day_t since)
{
    return timeline->count == 1 && timeline->entries[0].from <= since;
}

static bool is_ordinary(const struct participant *participant)
{
    if (participant->membership_count != 1 || participant->regions.count != 1) {
        return false;
    }
    const struct membership *membership = &participant->memberships[0];
    const day_t since = membership->cover_from;
    return !membership->is_void && never_changed(&membership->categories, since) &&
           never_changed(&membership->programmes, since) &&
           never_changed(&membership->sponsors, since);
}

static void project_ordinary(const struct participant *participant, const struct cover *covers,
                             struct projection *out)
{
    const struct membership *membership = &participant->memberships[0];
    const struct cover cover = covers[0];
    struct span span = {.from = membership->cover_from,
                        .region = participant_region(participant, membership->cover_from),
                        .measures = measure_bit(MEASURE_REGISTERED)};
    const struct span outside = span;
    if (!cover.any || cover.start > membership->cover_from) {
        add_span(out, &span);
    }
    if (!cover.any) {
        return;
    }
    span.from = cover.start;
    count_membership(&span, membership, &cover, cover.start);
    add_span(out, &span);
    if (grace_begins_within(&cover)) {
        span.from = cover.grace_from;
        span.graces = 1;
        add_span(out, &span);
    }
    if (cover.end < DAY_LAST) {
        span = outside;
        span.from = cover.end + 1;
        add_span(out, &span);
    }
}

/* Any other case: evaluate the first day of each interval between two days of change. */

static void add_day(struct survey *survey, day_t day)
{
    assert(survey->day_count < SPANS_MAX);
    survey->days[survey->day_count++] = day;
}

static void add_changes(struct survey *survey, const struct timeline *timeline,
                        const struct cover *cover)
{
    for (unsigned i = 0; i < timeline->count; i++) {
        const day_t from = timeline->entries[i].from;
        if (from > cover->start && from <= cover->end) {
            add_day(survey, from);
        }
    }
}

static void survey_membership(struct survey *survey, const struct membership *membership,
                              const struct cover *cover)
{
    if (membership->cover_from < survey->registered_from) {
        survey->registered_from = membership->cover_from;
    }
    if (!cover->any) {
        return;
    }
    add_day(survey, cover->start);
    if (cover->end < DAY_LAST) {
        add_day(survey, cover->end + 1);
    }
    if (grace_begins_within(cover)) {
        add_day(survey, cover->grace_from);
    }
    add_changes(survey, &membership->categories, cover);
    add_changes(survey, &membership->programmes, cover);
    add_changes(survey, &membership->sponsors, cover);
}

/* Shell sort: the days are few, or come in a handful of sorted runs. */
static void sort_days(day_t *days, uint32_t count)
{
    static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (unsigned g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        const uint32_t gap = gaps[g];
        for (uint32_t i = gap; i < count; i++) {
            const day_t day = days[i];
            uint32_t at = i;
            for (; at >= gap && days[at - gap] > day; at -= gap) {
                days[at] = days[at - gap];
            }
            days[at] = day;
        }
    }
}

static void survey_participant(struct survey *survey, const struct participant *participant)
{
    survey->registered_from = DAY_NEVER;
    survey->day_count = 0;
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct membership *membership = &participant->memberships[i];
        if (!membership->is_void) {
            survey_membership(survey, membership, &survey->covers[i]);
        }
    }
    if (survey->registered_from == DAY_NEVER) {
        return;
    }
    add_day(survey, survey->registered_from);
    for (unsigned i = 0; i < participant->regions.count; i++) {
        if (participant->regions.entries[i].from > survey->registered_from) {
            add_day(survey, participant->regions.entries[i].from);
        }
    }
    sort_days(survey->days, survey->day_count);
}

static struct span span_on(const struct survey *survey, const struct participant *participant,
                           day_t day)
{
    struct span span = {.from = day,
                        .region = participant_region(participant, day),
                        .measures = measure_bit(MEASURE_REGISTERED)};
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct cover *cover = &survey->covers[i];
        if (cover->any && cover->start <= day && day <= cover->end) {
            count_membership(&span, &participant->memberships[i], cover, day);
        }
    }
    return span;
}

static void project_any(const struct participant *participant, const struct cover *covers,
                        struct projection *out)
{
    struct survey survey;
    survey.covers = covers;
    survey_participant(&survey, participant);
    for (uint32_t i = 0; i < survey.day_count; i++) {
        if (i == 0 || survey.days[i] != survey.days[i - 1]) {
            const struct span span = span_on(&survey, participant, survey.days[i]);
            add_span(out, &span);
        }
    }
}

/* Covers. */

static uint8_t category_on(const struct membership *membership, day_t day)
{
    int64_t value;
    if (membership == NULL || !timeline_value(&membership->categories, day, RECORDED_ANY, &value)) {
        return CATEGORIES_MAX;
    }
    return (uint8_t)value;
}

static struct turn turn_on(const struct participant *participant,
                           const struct membership *membership, day_t day)
{
    int64_t value;
    struct turn turn = {.day = day,
                        .region = participant_region(participant, day),
                        .category = category_on(membership, day),
                        .sponsor = SPONSOR_KIND_COUNT};
    if (timeline_value(&membership->sponsors, day, RECORDED_ANY, &value)) {
        turn.sponsor = sponsor_kind_of(value);
    }
    return turn;
}

static void project_covers(const struct participant *participant, const struct cover *covers,
                           struct projection *out)
{
    out->cover_count = 0;
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct membership *membership = &participant->memberships[i];
        const struct cover cover = covers[i];
        if (!cover.any) {
            continue;
        }
        struct cover_projection *turns = &out->covers[out->cover_count++];
        turns->begins = turn_on(participant, membership, cover.start);
        turns->ends = (struct turn){.day = DAY_NEVER};
        if (cover.end < DAY_LAST) {
            turns->ends = turn_on(participant, membership, cover.end);
            turns->ends.day = cover.end + 1;
        }
    }
}

/* Claims. */

static const struct membership *membership_of(const struct participant *participant,
                                              const struct claim *claim)
{
    const struct text id = text_of(claim->membership_id, claim->membership_id_length);
    for (unsigned i = 0; i < participant->membership_count; i++) {
        if (text_equal(membership_id(&participant->memberships[i]), id)) {
            return &participant->memberships[i];
        }
    }
    return NULL;
}

/* A payment that arrives on its last day is not late; one that arrives a day later is so for one
   day. */
static void project_overdue(const struct claim *claim, const struct attempts *attempts,
                            int64_t amount_idr, const struct rules *rules,
                            struct claim_projection *out)
{
    const bool arrived = attempts->settled_on != DAY_NONE;
    if (amount_idr == 0 || (arrived && attempts->settled_on <= claim->due_on)) {
        return;
    }
    if (claim->due_on >= DAY_LAST) { /* no day is left to be late on */
        return;
    }
    out->overdue[out->overdue_count++] = (struct overdue){
        .from = claim->due_on + 1,
        .until = arrived && attempts->settled_on < DAY_LAST ? attempts->settled_on + 1 : DAY_NEVER,
        .amount_idr = amount_idr,
    };
    if (arrived) {
        const int64_t days = (int64_t)attempts->settled_on - claim->due_on;
        out->late_cost_idr += late_cost_idr(rules, amount_idr * days, claim->due_on);
    }
}

static uint8_t payment_state(const struct attempts *attempts)
{
    return attempts->count == 0 ? ORDERED_STATE : (uint8_t)(1 + attempts->status);
}

static void project_payments(const struct claim *claim, const struct rules *rules,
                             struct claim_projection *out)
{
    struct payee_payment payments[PAYEES_MAX];
    out->payments = (uint8_t)claim_payments(claim, payments);
    for (unsigned i = 0; i < out->payments; i++) {
        out->payment_states[i] = payment_state(&claim->attempts[i]);
        out->amounts_idr[i] = payments[i].amount_idr;
        out->paid_idr += payments[i].amount_idr;
        project_overdue(claim, &claim->attempts[i], payments[i].amount_idr, rules, out);
    }
}

static void project_open(const struct claim *claim, const struct rules *rules,
                         struct claim_projection *out)
{
    const day_t due = claim_due_on(claim, rules);
    out->open_from = claim->recorded;
    if (due != DAY_NONE &&
        due < DAY_LAST) { /* recorded when it was late already: late since then */
        out->past_due_from = due < claim->recorded ? claim->recorded : due + 1;
    }
}

static struct claim_projection project_claim(const struct participant *participant,
                                             const struct claim *claim, const struct rules *rules)
{
    struct claim_projection projection = {
        .region = participant_region(participant, claim->event_on),
        .programme = (uint8_t)claim_programme(claim),
        .verdict = claim->verdict,
        .category = category_on(membership_of(participant, claim), claim->event_on),
        .is_death = claim->type == CLAIM_DEATH,
        .open_from = DAY_NEVER,
        .past_due_from = DAY_NEVER,
    };
    if (claim->verdict == APPROVED) {
        project_payments(claim, rules, &projection);
    }
    if (claim->verdict == HELD || claim->verdict == WAITING) {
        project_open(claim, rules, &projection);
    }
    return projection;
}

void projection_of(const struct participant *participant, const struct rules *rules,
                   struct projection *out)
{
    struct cover covers[MEMBERSHIPS_MAX];
    for (unsigned i = 0; i < participant->membership_count; i++) {
        covers[i] = cover_of(participant, &participant->memberships[i], rules);
    }
    out->span_count = 0;
    if (is_ordinary(participant)) {
        project_ordinary(participant, covers, out);
    } else {
        project_any(participant, covers, out);
    }
    project_covers(participant, covers, out);
    out->claim_count = participant->claim_count;
    for (unsigned i = 0; i < participant->claim_count; i++) {
        out->claims[i] = project_claim(participant, &participant->claims[i], rules);
    }
    employments_of(participant, covers, &out->employments);
}

static bool overdue_equal(const struct claim_projection *a, const struct claim_projection *b)
{
    bool equal = a->overdue_count == b->overdue_count && a->late_cost_idr == b->late_cost_idr;
    for (unsigned i = 0; equal && i < a->overdue_count; i++) {
        equal = a->overdue[i].from == b->overdue[i].from &&
                a->overdue[i].until == b->overdue[i].until &&
                a->overdue[i].amount_idr == b->overdue[i].amount_idr;
    }
    return equal;
}

static bool payments_equal(const struct claim_projection *a, const struct claim_projection *b)
{
    bool equal = a->payments == b->payments && a->paid_idr == b->paid_idr;
    for (unsigned i = 0; equal && i < a->payments; i++) {
        equal =
            a->payment_states[i] == b->payment_states[i] && a->amounts_idr[i] == b->amounts_idr[i];
    }
    return equal;
}

static bool claims_equal(const struct claim_projection *a, const struct claim_projection *b)
{
    return a->region == b->region && a->programme == b->programme && a->verdict == b->verdict &&
           a->category == b->category && a->is_death == b->is_death &&
           a->open_from == b->open_from && a->past_due_from == b->past_due_from &&
           payments_equal(a, b) && overdue_equal(a, b);
}

static bool turns_equal(const struct turn *a, const struct turn *b)
{
    return a->day == b->day && a->region == b->region && a->category == b->category &&
           a->sponsor == b->sponsor;
}

bool projection_equal(const struct projection *a, const struct projection *b)
{
    if (a->span_count != b->span_count || a->cover_count != b->cover_count ||
        a->claim_count != b->claim_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->span_count; i++) {
        if (a->spans[i].from != b->spans[i].from ||
            !span_counts_alike(&a->spans[i], &b->spans[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < a->cover_count; i++) {
        if (!turns_equal(&a->covers[i].begins, &b->covers[i].begins) ||
            !turns_equal(&a->covers[i].ends, &b->covers[i].ends)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < a->claim_count; i++) {
        if (!claims_equal(&a->claims[i], &b->claims[i])) {
            return false;
        }
    }
    return employments_equal(&a->employments, &b->employments);
}
