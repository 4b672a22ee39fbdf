/* The events of jaga.contribution: months are paid and unpaid again, what comes before its
   enrolment is parked (rules.md, Contributions). */
#include <assert.h>

#include "core/internal.h"
#include "core/price.h"

static enum outcome pay(struct application *application, struct membership *membership);
static enum outcome reverse(struct application *application, struct membership *membership);

static const struct contribution *body_of(const struct application *application)
{
    return &application->event->contribution;
}

static month_t last_month(const struct contribution *body)
{
    return body->month + (month_t)body->months - 1;
}

/* Refusals. */

static enum outcome refuse_months(struct application *application, enum exception_code code)
{
    const struct contribution *body = body_of(application);
    struct exception *exception = event_refuse(application->event, code, application->outputs);
    detail_text(exception, "membership_id", body->membership_id);
    detail_month(exception, "month", body->month);
    detail_number(exception, "months", body->months);
    return OUTCOME_REJECTED;
}

static day_t paid_day_of(const struct application *application)
{
    return participant_local_day(application->participant, application->rules,
                                 body_of(application)->paid_at);
}

static bool is_paid_later_than_recorded(struct application *application)
{
    if (application->event->type != EVENT_CONTRIBUTION_PAID) {
        return false;
    }
    const day_t paid_day = paid_day_of(application);
    if (paid_day <= application->recorded) {
        return false;
    }
    struct exception *exception =
        event_refuse(application->event, EXCEPTION_INVALID_FIELD, application->outputs);
    detail_text(exception, "field", TEXT("paid_at"));
    detail_day(exception, "value", paid_day);
    detail_day(exception, "recorded", application->recorded);
    return true;
}

enum outcome apply_contribution(struct application *application)
{
    const struct contribution *body = body_of(application);
    if (is_paid_later_than_recorded(application)) {
        return OUTCOME_REJECTED;
    }
    struct membership *membership =
        participant_membership(application->participant, body->membership_id);
    if (membership == NULL) {
        return park_contribution(application);
    }
    if (membership->is_void) {
        return refuse_membership(application, EXCEPTION_MEMBERSHIP_UNKNOWN, body->membership_id);
    }
    if (body->month < day_month(membership->cover_from)) {
        return refuse_months(application, EXCEPTION_INTERVAL_INVALID);
    }
    return application->event->type == EVENT_CONTRIBUTION_PAID ? pay(application, membership)
                                                               : reverse(application, membership);
}

/* Parking. */

static struct text keep_text(struct parked *parked, struct text text)
{
    if (text_is_absent(text)) {
        return text;
    }
    assert(parked->bytes_length + text.length <= sizeof parked->bytes);
    char *at = parked->bytes + parked->bytes_length;
    memcpy(at, text.at, text.length);
    parked->bytes_length = (uint16_t)(parked->bytes_length + text.length);
    return text_of(at, text.length);
}

static void keep_place(struct parked *parked, const struct place *input)
{
    const uint32_t length =
        input->topic.length < TOPIC_BYTES_MAX ? input->topic.length : TOPIC_BYTES_MAX;
    parked->topic_length = (uint8_t)length;
    memcpy(parked->topic, input->topic.at, length);
    parked->partition = input->partition;
    parked->offset = input->offset;
}

static void keep_payment(struct parked *parked, const struct contribution *from)
{
    struct contribution *body = &parked->body;
    body->line_count = from->line_count;
    memcpy(body->lines, from->lines, sizeof body->lines);
    body->relief = keep_text(parked, from->relief);
    body->paid_at = from->paid_at;
    body->payer_present = from->payer_present;
    if (from->payer_present) {
        body->payer.kind = from->payer.kind;
        body->payer.ref = keep_text(parked, from->payer.ref);
    }
}

/* Only the fields that the event's type has: the others hold what an earlier event left there. */
static void keep_event(struct parked *parked, const struct event *event)
{
    const struct contribution *from = &event->contribution;
    struct contribution *body = &parked->body;
    parked->time = event->time;
    parked->type = (uint8_t)event->type;
    parked->bytes_length = 0;
    parked->id = keep_text(parked, event->id);
    parked->source = keep_text(parked, event->source);
    parked->batch_id = keep_text(parked, event->batch_id);
    memset(body, 0, sizeof *body);
    body->membership_id = keep_text(parked, from->membership_id);
    body->month = from->month;
    body->months = from->months;
    body->payment_ref = keep_text(parked, from->payment_ref);
    if (event->type == EVENT_CONTRIBUTION_PAID) {
        keep_payment(parked, from);
    } else {
        body->reason = keep_text(parked, from->reason);
    }
}

enum outcome park_contribution(struct application *application)
{
    struct participant *participant = application->participant;
    if (participant->parked_count == PARKED_MAX) {
        return refuse_count(application, "parked", PARKED_MAX);
    }
    assert(application->outputs->input_present);
    struct parked *parked = &participant->parked[participant->parked_count++];
    keep_event(parked, application->event);
    keep_place(parked, &application->outputs->input);
    parked->deadline = wait_deadline(application->rules, application->outputs->now);
    struct exception *finding =
        event_finding(application->event, EXCEPTION_PARKED, application->outputs);
    detail_text(finding, "membership_id", parked->body.membership_id);
    return OUTCOME_PARKED;
}

/* Paid months and the refs that paid them. A ref stands at the place of its month among the paid
   months, latest first. */

static unsigned months_after(const struct membership *membership, month_t last)
{
    return (unsigned)months_paid_between(membership, last + 1, MONTH_LAST);
}

/* `count` refs open at `place`. What lies between the known refs and the place is forgotten. */
static void insert_refs(struct membership *membership, unsigned place, unsigned count, uint32_t ref)
{
    while (membership->ref_count < place && membership->ref_count < REFS_MAX) {
        membership->refs[membership->ref_count++] = 0;
    }
    for (unsigned i = 0; i < count && place + i < REFS_MAX; i++) {
        const unsigned at = place + i;
        const unsigned kept =
            membership->ref_count < REFS_MAX ? membership->ref_count : REFS_MAX - 1;
        memmove(membership->refs + at + 1, membership->refs + at,
                (kept - at) * sizeof *membership->refs);
        membership->refs[at] = ref;
        membership->ref_count = (uint8_t)(kept + 1);
    }
}

static void remove_refs(struct membership *membership, unsigned place, unsigned count)
{
    const unsigned end =
        place + count < membership->ref_count ? place + count : membership->ref_count;
    if (place >= end) {
        return;
    }
    memmove(membership->refs + place, membership->refs + end,
            (membership->ref_count - end) * sizeof *membership->refs);
    membership->ref_count = (uint8_t)(membership->ref_count - (end - place));
}

/* Each of the months was paid, and by this ref. */
static bool all_paid_by(const struct membership *membership, const struct contribution *body,
                        uint32_t ref)
{
    const month_t last = last_month(body);
    if (months_paid_between(membership, body->month, last) != body->months) {
        return false;
    }
    const unsigned place = months_after(membership, last);
    if (place + (unsigned)body->months > membership->ref_count) {
        return false;
    }
    for (unsigned i = 0; i < (unsigned)body->months; i++) {
        if (membership->refs[place + i] != ref) {
            return false;
        }
    }
    return true;
}

/* How the runs change: `at` is the first run that ends in or after the month before `first`. */
static unsigned run_at(const struct membership *membership, month_t first)
{
    unsigned at = 0;
    while (at < membership->run_count &&
           membership->runs[at].first + membership->runs[at].count < first) {
        at++;
    }
    return at;
}

static void replace_runs(struct membership *membership, unsigned at, unsigned removed,
                         const struct run *runs, unsigned added)
{
    assert(at + removed <= membership->run_count);
    assert(membership->run_count - removed + added <= RUNS_MAX);
    memmove(membership->runs + at + added, membership->runs + at + removed,
            (membership->run_count - at - removed) * sizeof *membership->runs);
    for (unsigned i = 0; i < added; i++) {
        membership->runs[at + i] = runs[i];
    }
    membership->run_count = (uint8_t)(membership->run_count - removed + added);
}

/* The unpaid months join the runs they touch. */
static void add_months(struct membership *membership, month_t first, month_t last)
{
    const unsigned at = run_at(membership, first);
    struct run joined = {first, last - first + 1};
    unsigned removed = 0;
    while (at + removed < membership->run_count &&
           membership->runs[at + removed].first <= last + 1) {
        const struct run *run = &membership->runs[at + removed++];
        joined.first = run->first < joined.first ? run->first : joined.first;
        joined.count += run->count;
    }
    replace_runs(membership, at, removed, &joined, 1);
}

/* Whether the months, not paid yet, would make one run too many. */
static bool fits_runs(const struct membership *membership, month_t first, month_t last)
{
    const unsigned at = run_at(membership, first);
    const bool touches = at < membership->run_count && membership->runs[at].first <= last + 1;
    return touches || membership->run_count < RUNS_MAX;
}

/* What is left of a run before and after the months that leave it. */
static unsigned rest_of_run(const struct run *run, month_t first, month_t last, struct run out[2])
{
    const month_t end = run->first + run->count - 1;
    unsigned count = 0;
    if (run->first < first) {
        out[count++] = (struct run){run->first, first - run->first};
    }
    if (end > last) {
        out[count++] = (struct run){last + 1, end - last};
    }
    return count;
}

/* The run that holds the months. */
static unsigned run_of(const struct membership *membership, month_t month)
{
    unsigned at = 0;
    while (membership->runs[at].first + membership->runs[at].count <= month) {
        at++;
        assert(at < membership->run_count);
    }
    return at;
}

/* Expected amounts. */

struct due {
    const struct membership *membership;
    const struct rules *rules;
    const struct relief_row *relief; /* NULL: none declared */
};

/* Programmes, wage and sponsor of a month are taken on this day. */
static day_t day_of_month(const struct membership *membership, month_t month)
{
    const day_t first = month_first_day(month);
    return first > membership->cover_from ? first : membership->cover_from;
}

static int64_t value_on(const struct timeline *timeline, day_t day)
{
    int64_t value = 0;
    const bool any = timeline_value(timeline, day, RECORDED_ANY, &value);
    assert(any); /* an enrolment's own entry begins with the cover */
    return value;
}

static int64_t month_idr(const struct due *due, enum programme programme, int64_t wage_idr,
                         day_t day)
{
    const struct price_case of = {.programme = programme,
                                  .segment = (enum segment)due->membership->segment,
                                  .risk_group = due->membership->risk_group,
                                  .wage_idr = wage_idr,
                                  .day = day,
                                  .relief = due->relief};
    struct price price;
    price_month(due->rules, &of, &price);
    return price.amount_idr;
}

/* Expected and paid by programme, summed over the months of a contribution. */
struct bill {
    int64_t expected_idr[PROGRAMME_COUNT], paid_idr[PROGRAMME_COUNT];
    int64_t tolerance_idr;
};

static void bill_month(const struct due *due, month_t month, struct bill *bill)
{
    const day_t day = day_of_month(due->membership, month);
    const int64_t wage_idr = value_on(&due->membership->wages, day);
    const int64_t programmes = value_on(&due->membership->programmes, day);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        if ((programmes >> programme & 1) != 0) {
            bill->expected_idr[programme] +=
                month_idr(due, (enum programme)programme, wage_idr, day);
        }
    }
}

/* Where any amount pays, what is due is what was paid. */
static void bill_months(const struct due *due, const struct contribution *body, struct bill *bill)
{
    const uint8_t segment = due->membership->segment;
    if (segment == JAKON || segment == PMI) {
        memcpy(bill->expected_idr, bill->paid_idr, sizeof bill->expected_idr);
        return;
    }
    for (month_t month = body->month; month <= last_month(body); month++) {
        bill_month(due, month, bill);
    }
}

static struct bill bill_of(const struct due *due, const struct contribution *body)
{
    const day_t day = day_of_month(due->membership, body->month);
    struct bill bill = {.tolerance_idr =
                            body->months *
                            rules_parameter(due->rules, PARAMETER_TOLERANCE_IDR, ANY, day)};
    for (uint32_t i = 0; i < body->line_count; i++) {
        bill.paid_idr[body->lines[i].programme] = body->lines[i].amount_idr;
    }
    bill_months(due, body, &bill);
    return bill;
}

/* The first programme that is short (`sign` −1) or over (1) by more than the tolerance;
   PROGRAMME_COUNT when none is. */
static unsigned first_difference(const struct bill *bill, int sign)
{
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if (sign * (bill->paid_idr[i] - bill->expected_idr[i]) > bill->tolerance_idr) {
            return i;
        }
    }
    return PROGRAMME_COUNT;
}

/* Reliefs. */

static bool relief_fits_month(const struct relief_row *relief, const struct membership *membership,
                              month_t month)
{
    const day_t day = day_of_month(membership, month);
    const unsigned sponsor = sponsor_kind_of(value_on(&membership->sponsors, day));
    const unsigned category = (unsigned)value_on(&membership->categories, day);
    return price_relief_fits(relief, (enum segment)membership->segment, sponsor, category, month);
}

static bool relief_fits(const struct relief_row *relief, const struct membership *membership,
                        const struct contribution *body)
{
    if (!text_equal(text_of_string(relief->relief), body->relief)) {
        return false;
    }
    for (month_t month = body->month; month <= last_month(body); month++) {
        if (!relief_fits_month(relief, membership, month)) {
            return false;
        }
    }
    return true;
}

/* The row of the relief that was declared; false, and the event refused, when none fits. */
static bool find_relief(struct application *application, struct due *due)
{
    const struct contribution *body = body_of(application);
    if (text_is_absent(body->relief)) {
        return true;
    }
    for (uint32_t i = 0; i < due->rules->relief_count; i++) {
        if (relief_fits(&due->rules->reliefs[i], due->membership, body)) {
            due->relief = &due->rules->reliefs[i];
            return true;
        }
    }
    struct exception *exception =
        event_refuse(application->event, EXCEPTION_INVALID_FIELD, application->outputs);
    detail_text(exception, "field", TEXT("relief"));
    detail_text(exception, "value", body->relief);
    return false;
}

/* Paying. */

/* The last day on which a contribution for these months may be paid; the date of death is left out
   so that arrears can still be settled. */
static day_t last_day_to_pay(const struct application *application,
                             const struct membership *membership)
{
    const month_t through =
        membership->run_count > 0 ? paid_through(membership) : last_month(body_of(application));
    const int64_t grace = rules_parameter(application->rules, PARAMETER_GRACE_MONTHS,
                                          membership->segment, month_last_day(through));
    day_t last = month_last_day(through + (month_t)grace);
    last = membership->cover_to < last ? membership->cover_to : last;
    const struct end *end = membership_end(membership, RECORDED_ANY);
    return end != NULL && end->last_day < last ? end->last_day : last;
}

static bool is_beyond_grace(const struct application *application,
                            const struct membership *membership)
{
    if (membership->run_count == 0) {
        return false;
    }
    const month_t through = paid_through(membership);
    const int64_t grace = rules_parameter(application->rules, PARAMETER_GRACE_MONTHS,
                                          membership->segment, month_last_day(through));
    return body_of(application)->month > through + (month_t)grace;
}

static bool has_lapsed(const struct application *application, const struct membership *membership,
                       day_t paid_day)
{
    return membership->segment == BPU && (paid_day > last_day_to_pay(application, membership) ||
                                          is_beyond_grace(application, membership));
}

static bool was_reversed(const struct membership *membership, uint32_t ref)
{
    for (unsigned i = 0; i < membership->reversed_count; i++) {
        if (membership->reversed[i] == ref) {
            return true;
        }
    }
    return false;
}

static void find_difference(struct application *application, enum exception_code code,
                            const struct bill *bill, unsigned programme)
{
    const struct contribution *body = body_of(application);
    struct exception *finding = event_finding(application->event, code, application->outputs);
    detail_text(finding, "membership_id", body->membership_id);
    detail_month(finding, "month", body->month);
    detail_number(finding, "months", body->months);
    detail_text(finding, "programme", term_text(&programme_names, programme));
    detail_number(finding, "expected", bill->expected_idr[programme]);
    detail_number(finding, "paid", bill->paid_idr[programme]);
}

/* Reports the first programme that is short or over, when there is one. */
static bool differs(struct application *application, const struct bill *bill, int sign,
                    enum exception_code code)
{
    const unsigned programme = first_difference(bill, sign);
    if (programme == PROGRAMME_COUNT) {
        return false;
    }
    find_difference(application, code, bill, programme);
    return true;
}

static void tally_money(struct application *application, day_t paid_day)
{
    const struct contribution *body = body_of(application);
    const uint16_t region = participant_region(application->participant, paid_day);
    for (uint32_t i = 0; i < body->line_count; i++) {
        if (body->lines[i].amount_idr > 0) {
            struct tally_change *tally =
                outputs_tally(application->outputs, TALLY_CONTRIBUTIONS_IDR);
            tally->region = region;
            tally->programme = body->lines[i].programme;
            tally->amount_idr = body->lines[i].amount_idr;
        }
    }
}

static void mark_paid(struct membership *membership, const struct contribution *body,
                      day_t paid_day, uint32_t ref)
{
    const month_t last = last_month(body);
    const unsigned place = months_after(membership, last);
    const bool earlier =
        membership->first_paid_day == DAY_NONE || paid_day < membership->first_paid_day;
    if (earlier) {
        membership->first_paid_day = paid_day;
    }
    add_months(membership, body->month, last);
    insert_refs(membership, place, (unsigned)body->months, ref);
}

/* Tests in the order of rules.md; OUTCOME_APPLIED: none holds. */
static enum outcome test_payment(struct application *application,
                                 const struct membership *membership, day_t paid_day, uint32_t ref)
{
    const struct contribution *body = body_of(application);
    if (was_reversed(membership, ref) || all_paid_by(membership, body, ref)) {
        return OUTCOME_DUPLICATE;
    }
    if (has_lapsed(application, membership, paid_day)) {
        return refuse_months(application, EXCEPTION_MEMBERSHIP_LAPSED);
    }
    if (months_paid_between(membership, body->month, last_month(body)) > 0) {
        return refuse_months(application, EXCEPTION_MONTH_ALREADY_PAID);
    }
    return OUTCOME_APPLIED;
}

/* Refused when the months would make one run too many: tested last, and only for what pays. */
static enum outcome settle(struct application *application, struct membership *membership,
                           const struct bill *bill, day_t paid_day, uint32_t ref)
{
    const struct contribution *body = body_of(application);
    if (!differs(application, bill, -1, EXCEPTION_UNDERPAID)) {
        if (!fits_runs(membership, body->month, last_month(body))) {
            return refuse_count(application, "month", RUNS_MAX);
        }
        (void)differs(application, bill, 1, EXCEPTION_OVERPAID);
        mark_paid(membership, body, paid_day, ref);
    }
    tally_money(application, paid_day);
    return OUTCOME_APPLIED;
}

static enum outcome pay(struct application *application, struct membership *membership)
{
    const struct contribution *body = body_of(application);
    const day_t paid_day = paid_day_of(application);
    const uint32_t ref = ref_hash(body->payment_ref);
    struct due due = {.membership = membership, .rules = application->rules};
    const enum outcome outcome = test_payment(application, membership, paid_day, ref);
    if (outcome != OUTCOME_APPLIED) {
        return outcome;
    }
    if (!find_relief(application, &due)) {
        return OUTCOME_REJECTED;
    }
    const struct bill bill = bill_of(&due, body);
    return settle(application, membership, &bill, paid_day, ref);
}

/* Reversing. */

static void remember_reversed(struct membership *membership, uint32_t ref)
{
    if (membership->reversed_count == REVERSED_REFS_MAX) {
        memmove(membership->reversed, membership->reversed + 1,
                (REVERSED_REFS_MAX - 1) * sizeof *membership->reversed);
        membership->reversed_count--;
    }
    membership->reversed[membership->reversed_count++] = ref;
}

static enum outcome reverse(struct application *application, struct membership *membership)
{
    const struct contribution *body = body_of(application);
    const uint32_t ref = ref_hash(body->payment_ref);
    const month_t last = last_month(body);
    if (!all_paid_by(membership, body, ref)) {
        return refuse_months(application, EXCEPTION_MONTH_NOT_PAID);
    }
    const unsigned at = run_of(membership, body->month);
    struct run rest[2];
    const unsigned left = rest_of_run(&membership->runs[at], body->month, last, rest);
    if (membership->run_count - 1 + left > RUNS_MAX) {
        return refuse_count(application, "month", RUNS_MAX);
    }
    remove_refs(membership, months_after(membership, last), (unsigned)body->months);
    replace_runs(membership, at, 1, rest, left);
    if (membership->run_count == 0) {
        membership->first_paid_day = DAY_NONE;
    }
    remember_reversed(membership, ref);
    return OUTCOME_APPLIED;
}
