#include "core/projection.h"

#include <assert.h>

#include "core/internal.h"

static_assert(MEASURE_CATEGORY <= 32, "the measures without categories fit the bits of a span");
static_assert(CATEGORIES_MAX <= 64, "the categories fit the bits of a span");
static_assert(MEMBERSHIPS_MAX <= UINT8_MAX, "the covers of a day fit a span");

/* What is looked up once for a participant: the covers, and the days on which anything may change.
 */
struct survey {
    day_t registered_from; /* DAY_NEVER: no membership counts */
    struct cover covers[MEMBERSHIPS_MAX];
    uint32_t day_count;
    day_t days[SPANS_MAX];
};

static bool span_counts_alike(const struct span *a, const struct span *b)
{
    return a->region == b->region && a->covers == b->covers && a->categories == b->categories &&
           a->measures == b->measures;
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
static void count_membership(struct span *span, const struct membership *membership, day_t day)
{
    int64_t value;
    span->covers++;
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

static void project_ordinary(const struct participant *participant, const struct rules *rules,
                             struct projection *out)
{
    const struct membership *membership = &participant->memberships[0];
    const struct cover cover = cover_of(participant, membership, rules);
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
    count_membership(&span, membership, cover.start);
    add_span(out, &span);
    if (cover.end != DAY_NEVER) {
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
    if (cover->end != DAY_NEVER) {
        add_day(survey, cover->end + 1);
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

static void survey_participant(struct survey *survey, const struct participant *participant,
                               const struct rules *rules)
{
    survey->registered_from = DAY_NEVER;
    survey->day_count = 0;
    for (unsigned i = 0; i < participant->membership_count; i++) {
        const struct membership *membership = &participant->memberships[i];
        survey->covers[i] = cover_of(participant, membership, rules);
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
            count_membership(&span, &participant->memberships[i], day);
        }
    }
    return span;
}

static void project_any(const struct participant *participant, const struct rules *rules,
                        struct projection *out)
{
    struct survey survey;
    survey_participant(&survey, participant, rules);
    for (uint32_t i = 0; i < survey.day_count; i++) {
        if (i == 0 || survey.days[i] != survey.days[i - 1]) {
            const struct span span = span_on(&survey, participant, survey.days[i]);
            add_span(out, &span);
        }
    }
}

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

static uint8_t category_on(const struct membership *membership, day_t day)
{
    int64_t value;
    if (membership == NULL || !timeline_value(&membership->categories, day, RECORDED_ANY, &value)) {
        return CATEGORIES_MAX;
    }
    return (uint8_t)value;
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

static void project_payments(const struct claim *claim, const struct rules *rules,
                             struct claim_projection *out)
{
    struct payee_payment payments[PAYEES_MAX];
    out->payments = (uint8_t)claim_payments(claim, payments);
    for (unsigned i = 0; i < out->payments; i++) {
        out->paid_idr += payments[i].amount_idr;
        project_overdue(claim, &claim->attempts[i], payments[i].amount_idr, rules, out);
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
    };
    if (claim->verdict == APPROVED) {
        project_payments(claim, rules, &projection);
    }
    return projection;
}

void projection_of(const struct participant *participant, const struct rules *rules,
                   struct projection *out)
{
    out->span_count = 0;
    if (is_ordinary(participant)) {
        project_ordinary(participant, rules, out);
    } else {
        project_any(participant, rules, out);
    }
    out->claim_count = participant->claim_count;
    for (unsigned i = 0; i < participant->claim_count; i++) {
        out->claims[i] = project_claim(participant, &participant->claims[i], rules);
    }
    employments_of(participant, rules, &out->employments);
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

static bool claims_equal(const struct claim_projection *a, const struct claim_projection *b)
{
    return a->region == b->region && a->programme == b->programme && a->verdict == b->verdict &&
           a->category == b->category && a->payments == b->payments && a->paid_idr == b->paid_idr &&
           overdue_equal(a, b);
}

bool projection_equal(const struct projection *a, const struct projection *b)
{
    if (a->span_count != b->span_count || a->claim_count != b->claim_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->span_count; i++) {
        if (a->spans[i].from != b->spans[i].from ||
            !span_counts_alike(&a->spans[i], &b->spans[i])) {
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

/* Names. */

struct name {
    char *at, *end; /* one byte is kept for the final zero */
};

static void add_part(struct name *name, const char *part)
{
    const size_t length = strlen(part);
    assert(length <= (size_t)(name->end - name->at));
    memcpy(name->at, part, length);
    name->at += length;
    *name->at = '\0';
}

static struct name name_open(char out[MEASURE_NAME_BYTES], const char *first)
{
    struct name name = {out, out + MEASURE_NAME_BYTES - 1};
    add_part(&name, first);
    return name;
}

/* A number that this bundle does not use stands as its two digits. */
static void add_category(struct name *name, const struct rules *rules, unsigned category)
{
    assert(category < CATEGORIES_MAX);
    const char digits[] = {(char)('0' + category / 10), (char)('0' + category % 10), '\0'};
    const char *code = rules->categories[category].code;
    add_part(name, code[0] == '\0' ? digits : code);
}

static void programme_name(char out[MEASURE_NAME_BYTES], const char *first, unsigned programme)
{
    struct name name = name_open(out, first);
    add_part(&name, term_name(&programme_names, programme));
}

void late_cost_name(unsigned programme, char out[MEASURE_NAME_BYTES])
{
    programme_name(out, "late_cost_to_date_idr:programme:", programme);
}

void day_measure_name(const struct rules *rules, unsigned measure, char out[MEASURE_NAME_BYTES])
{
    assert(measure < DAY_MEASURE_COUNT);
    static const char *const plain[MEASURE_PROGRAMME] = {
        [MEASURE_REGISTERED] = "registered",
        [MEASURE_ACTIVE] = "active",
        [MEASURE_MEMBERSHIPS] = "memberships",
    };
    if (measure < MEASURE_PROGRAMME) {
        (void)name_open(out, plain[measure]);
    } else if (measure < MEASURE_SEGMENT) {
        struct name name = name_open(out, "programme:");
        add_part(&name, term_name(&programme_names, measure - MEASURE_PROGRAMME));
    } else if (measure < MEASURE_SPONSOR) {
        struct name name = name_open(out, "segment:");
        add_part(&name, term_name(&segment_names, measure - MEASURE_SEGMENT));
    } else if (measure < MEASURE_CATEGORY) {
        struct name name = name_open(out, "sponsor:");
        add_part(&name, term_name(&sponsor_kind_names, measure - MEASURE_SPONSOR));
    } else if (measure < MEASURE_OVERDUE_IDR) {
        struct name name = name_open(out, "category:");
        add_category(&name, rules, measure - MEASURE_CATEGORY);
    } else {
        programme_name(out, "overdue_idr:programme:", measure - MEASURE_OVERDUE_IDR);
    }
}

static void category_name(char out[MEASURE_NAME_BYTES], const char *first,
                          const struct rules *rules, unsigned category)
{
    struct name name = name_open(out, first);
    add_category(&name, rules, category);
}

static void claims_name(char out[MEASURE_NAME_BYTES], unsigned number)
{
    struct name name = name_open(out, "claims:");
    add_part(&name, term_name(&programme_names, number / VERDICT_COUNT));
    add_part(&name, ":");
    add_part(&name, term_name(&verdict_names, number % VERDICT_COUNT));
}

void total_measure_name(const struct rules *rules, unsigned total, char out[MEASURE_NAME_BYTES])
{
    assert(total < TOTAL_COUNT);
    if (total < TOTAL_PAYMENTS) {
        claims_name(out, total - TOTAL_CLAIMS);
    } else if (total < TOTAL_PAID_IDR) {
        (void)name_open(out, "payments");
    } else if (total < TOTAL_PAYMENTS_PROGRAMME) {
        (void)name_open(out, "paid_idr");
    } else if (total < TOTAL_PAID_IDR_PROGRAMME) {
        programme_name(out, "payments:programme:", total - TOTAL_PAYMENTS_PROGRAMME);
    } else if (total < TOTAL_PAYMENTS_CATEGORY) {
        programme_name(out, "paid_idr:programme:", total - TOTAL_PAID_IDR_PROGRAMME);
    } else if (total < TOTAL_PAID_IDR_CATEGORY) {
        category_name(out, "payments:category:", rules, total - TOTAL_PAYMENTS_CATEGORY);
    } else if (total < TOTAL_CONTRIBUTIONS_IDR) {
        category_name(out, "paid_idr:category:", rules, total - TOTAL_PAID_IDR_CATEGORY);
    } else if (total < TOTAL_EXTERNAL_IDR) {
        programme_name(out, "contributions_idr:programme:", total - TOTAL_CONTRIBUTIONS_IDR);
    } else if (total < TOTAL_LATE_COST_IDR) {
        (void)name_open(out, "external_idr");
    } else {
        programme_name(out, "late_cost_idr:programme:", total - TOTAL_LATE_COST_IDR);
    }
}
