#include <criterion/criterion.h>
#include <signal.h>

#include "core/participant.h"
#include "core/rules.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define ID TEXT("P1")
#define POISON 0xA5

static struct participant before, after;
static uint8_t bytes[PARTICIPANT_BYTES_MAX], again[PARTICIPANT_BYTES_MAX];

static size_t encode(const struct participant *participant)
{
    return participant_encode(participant, bytes, sizeof bytes);
}

/* Random participants: every count from none to its limit, every kind of value, the usual ones
 * often. */

static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static unsigned up_to(unsigned most)
{
    return (unsigned)(next_random() >> 11) % (most + 1);
}

/* Mostly few, now and then up to the limit. */
static uint8_t some(unsigned most)
{
    return (uint8_t)(up_to(15) == 0 ? up_to(most) : up_to(most < 3 ? most : 3));
}

static day_t random_day(void)
{
    switch (up_to(9)) {
    case 0: return DAY_NONE + 1;
    case 1: return DAY_NEVER - 1;
    case 2: return DAY_FIRST;
    case 3: return DAY_LAST;
    default: return (day_t)(18000 + up_to(4000));
    }
}

static day_t day_or_none(void)
{
    return up_to(1) == 0 ? DAY_NONE : random_day();
}

static int64_t random_amount(void)
{
    return up_to(20) == 0 ? INT64_MAX : (int64_t)(next_random() >> (1 + up_to(62)));
}

static uint8_t random_chars(char *out, unsigned most)
{
    const uint8_t length = (uint8_t)up_to(most);
    for (unsigned i = 0; i < length; i++) {
        out[i] = (char)next_random();
    }
    return length;
}

static int64_t random_value(unsigned kind)
{
    switch (kind) {
    case 0: return random_amount();
    case 1: return up_to(CATEGORIES_MAX - 1);
    case 2: return up_to((1U << PROGRAMME_COUNT) - 1);
    default:
        return (int64_t)((up_to(1) == 0 ? 0 : next_random() >> 8) << 8 |
                         up_to(SPONSOR_KIND_COUNT - 1));
    }
}

static void random_timeline(struct timeline *timeline, const struct membership *membership,
                            unsigned kind)
{
    timeline->count = some(TIMELINE_MAX);
    for (unsigned i = 0; i < timeline->count; i++) {
        const bool usual = up_to(1) == 0;
        timeline->entries[i] = (struct entry){
            .from = usual ? membership->cover_from : random_day(),
            .recorded = usual || up_to(3) == 0 ? membership->recorded : random_day(),
            .value = random_value(kind),
        };
    }
}

static void random_runs(struct membership *membership)
{
    membership->run_count = some(RUNS_MAX);
    month_t next = up_to(5) == 0 ? MONTH_FIRST : (month_t)(2015 * 12 + up_to(100));
    for (unsigned i = 0; i < membership->run_count; i++) {
        membership->runs[i] = (struct run){next, (int32_t)(1 + up_to(30))};
        next += membership->runs[i].count + 1 + (month_t)up_to(5);
    }
}

static void random_refs(struct membership *membership)
{
    membership->ref_count = some(REFS_MAX);
    const unsigned alike = up_to(3);
    for (unsigned i = 0; i < membership->ref_count; i++) {
        const bool same = i > 0 && up_to(3) < alike;
        membership->refs[i] = same ? membership->refs[i - 1] : (uint32_t)next_random();
    }
    membership->reversed_count = some(REVERSED_REFS_MAX);
    for (unsigned i = 0; i < membership->reversed_count; i++) {
        membership->reversed[i] = (uint32_t)next_random();
    }
}

static void random_membership(struct membership *membership)
{
    membership->id_length = random_chars(membership->id, MEMBERSHIP_ID_BYTES_MAX);
    membership->is_void = up_to(3) == 0;
    membership->segment = (uint8_t)up_to(SEGMENT_COUNT - 1);
    membership->risk_group = (uint8_t)(1 + up_to(4));
    membership->cover_from = random_day();
    membership->cover_to = up_to(1) == 0 ? DAY_NEVER : random_day();
    membership->recorded = up_to(1) == 0 ? membership->cover_from : random_day();
    membership->body_hash = next_random();
    membership->has_employer = up_to(1) == 0;
    membership->region_work =
        (uint16_t)(membership->has_employer && up_to(1) == 0 ? up_to(REGION_CODES - 1) : 0);
    membership->employer_hash = membership->has_employer ? next_random() : 0;
    random_timeline(&membership->wages, membership, 0);
    random_timeline(&membership->categories, membership, 1);
    random_timeline(&membership->programmes, membership, 2);
    random_timeline(&membership->sponsors, membership, 3);
    membership->end_count = some(ENDS_MAX);
    for (unsigned i = 0; i < membership->end_count; i++) {
        membership->ends[i] =
            (struct end){random_day(), random_day(), (uint8_t)up_to(END_REASON_COUNT - 1)};
    }
    random_runs(membership);
    membership->first_paid_day = day_or_none();
    random_refs(membership);
}

static void random_regions(struct participant *participant)
{
    participant->regions.count = some(TIMELINE_MAX);
    for (unsigned i = 0; i < participant->regions.count; i++) {
        const int by = (int)up_to(participant->membership_count) - 1;
        const bool plain = by >= 0 && up_to(3) > 0;
        const struct membership *membership = &participant->memberships[by < 0 ? 0 : by];
        participant->regions.entries[i] = (struct entry){
            .from = plain ? membership->cover_from : random_day(),
            .recorded = plain ? membership->recorded : random_day(),
            .value = region_value((uint16_t)up_to(REGION_CODES - 1), by),
        };
    }
}

static void random_history(struct claim *claim)
{
    claim->document_count = some(DOCUMENT_DATES_MAX);
    for (unsigned i = 0; i < claim->document_count; i++) {
        claim->documents[i] = random_day();
    }
    claim->review_count = some(REVIEWS_MAX);
    for (unsigned i = 0; i < claim->review_count; i++) {
        claim->reviews[i] =
            (struct review){(uint8_t)up_to(REASON_COUNT - 1), random_amount(), next_random()};
    }
    claim->line_count = (uint8_t)up_to(LINES_OUT_MAX);
    for (unsigned i = 0; i < claim->line_count; i++) {
        claim->lines[i] = (struct paid_line){(uint8_t)up_to(COMPONENT_COUNT - 1), random_amount()};
    }
    for (unsigned i = 0; i < PAYEES_MAX; i++) {
        struct attempts *attempts = &claim->attempts[i];
        attempts->count = some(ATTEMPTS_MAX);
        attempts->status = attempts->count == 0 ? 0 : (uint8_t)up_to(PAYMENT_STATUS_COUNT - 1);
        for (unsigned k = 0; k < attempts->count; k++) {
            attempts->seen[k] = (uint8_t)up_to((1U << PAYMENT_STATUS_COUNT) - 1);
        }
        const bool settled = attempts->count > 0 && (attempts->status == STATUS_SETTLED ||
                                                     attempts->status == STATUS_RECONCILED);
        attempts->settled_on = settled ? random_day() : DAY_NONE;
    }
}

static void random_injury(struct claim *claim)
{
    struct injury_facts *injury = &claim->injury;
    claim->cause = (uint8_t)up_to(CAUSE_COUNT - 1);
    claim->accident_on = claim->event_on;
    *injury = (struct injury_facts){.unable_from = random_day(),
                                    .days_unable = up_to(20000),
                                    .disability = (uint8_t)up_to(DISABILITY_KIND_COUNT - 1),
                                    .table_bp = up_to(10000),
                                    .loss_bp = up_to(10000),
                                    .treatment_idr = random_amount(),
                                    .home_care_idr = random_amount()};
    for (unsigned mode = 0; mode < TRANSPORT_MODE_COUNT; mode++) {
        injury->transport_idr[mode] = random_amount();
    }
    injury->treatment_payee_length = random_chars(injury->treatment_payee, TEXT_BYTES_MAX);
}

static void random_by_type(struct claim *claim)
{
    claim->cause = TERM_NONE;
    claim->died_on = DAY_NONE;
    claim->accident_on = DAY_NONE;
    claim->heir_rank = TERM_NONE;
    claim->burial_payee_length = 0;
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH:
        claim->cause = (uint8_t)up_to(CAUSE_COUNT - 1);
        claim->died_on = random_day();
        claim->accident_on = day_or_none();
        claim->heir_rank = (uint8_t)up_to(HEIR_RANK_COUNT - 1);
        claim->burial_payee_length = random_chars(claim->burial_payee, TEXT_BYTES_MAX);
        break;
    case CLAIM_INJURY: random_injury(claim); break;
    case CLAIM_SCHOLARSHIP:
        claim->scholarship =
            (struct scholarship_facts){.programme = (uint8_t)up_to(PROGRAMME_COUNT - 1),
                                       .child_hash = next_random(),
                                       .child_birth_date = random_day(),
                                       .level = (uint8_t)up_to(SCHOOL_LEVEL_COUNT - 1),
                                       .school_year = up_to(9999)};
        claim->scholarship.parent_length =
            random_chars(claim->scholarship.parent, CLAIM_ID_BYTES_MAX);
        break;
    case CLAIM_JOB_LOSS: claim->job_loss = (struct job_loss_facts){random_day(), up_to(6)}; break;
    }
}

static void random_claim(struct claim *claim)
{
    claim->id_length = random_chars(claim->id, CLAIM_ID_BYTES_MAX);
    claim->type = (uint8_t)up_to(CLAIM_TYPE_COUNT - 1);
    claim->membership_id_length = random_chars(claim->membership_id, MEMBERSHIP_ID_BYTES_MAX);
    claim->body_hash = next_random();
    claim->waits_until = (int64_t)next_random();
    claim->recorded = random_day();
    claim->event_on = random_day();
    claim->payee_length = random_chars(claim->payee, TEXT_BYTES_MAX);
    random_by_type(claim);
    claim->revision = up_to(5) == 0 ? UINT32_MAX : up_to(300);
    claim->verdict = (uint8_t)up_to(VERDICT_COUNT - 1);
    claim->reason = (uint8_t)up_to(REASON_COUNT - 1);
    claim->approval = (uint8_t)up_to(CLAIMS_MAX);
    claim->due_on = claim->approval == 0 ? DAY_NONE : random_day();
    claim->contradicted = up_to(1) == 0;
    random_history(claim);
}

static struct text random_text(struct parked *parked, unsigned most)
{
    if (up_to(4) == 0) {
        return (struct text){0};
    }
    char *at = parked->bytes + parked->bytes_length;
    const uint8_t length = random_chars(at, most);
    parked->bytes_length = (uint16_t)(parked->bytes_length + length);
    return text_of(at, length);
}

static void random_parked(struct parked *parked)
{
    struct contribution *body = &parked->body;
    const bool reversed = up_to(2) == 0;
    *parked =
        (struct parked){.deadline = (int64_t)next_random(),
                        .time = (int64_t)next_random(),
                        .type = reversed ? EVENT_CONTRIBUTION_REVERSED : EVENT_CONTRIBUTION_PAID,
                        .partition = up_to(99),
                        .offset = random_amount()};
    parked->id = random_text(parked, TEXT_BYTES_MAX);
    parked->source = random_text(parked, TEXT_BYTES_MAX);
    parked->batch_id = random_text(parked, TEXT_BYTES_MAX);
    parked->topic_length = random_chars(parked->topic, TOPIC_BYTES_MAX);
    body->membership_id = random_text(parked, MEMBERSHIP_ID_BYTES_MAX);
    body->month = (month_t)(MONTH_FIRST + up_to(MONTH_LAST - MONTH_FIRST));
    body->months = 1 + up_to(23);
    body->payment_ref = random_text(parked, TEXT_BYTES_MAX);
    if (reversed) {
        body->reason = random_text(parked, 200);
        return;
    }
    body->line_count = up_to(LINES_IN_MAX);
    for (unsigned i = 0; i < body->line_count; i++) {
        body->lines[i] =
            (struct contribution_line){(uint8_t)up_to(PROGRAMME_COUNT - 1), random_amount()};
    }
    body->relief = random_text(parked, TEXT_BYTES_MAX);
    body->paid_at = (int64_t)next_random();
    body->payer_present = up_to(1) == 0;
    if (body->payer_present) {
        body->payer.kind = (uint8_t)up_to(SPONSOR_KIND_COUNT - 1);
        body->payer.ref = random_text(parked, TEXT_BYTES_MAX);
    }
}

static void random_participant(struct participant *participant)
{
    participant_init(participant, ID);
    participant->recent_count = (uint8_t)up_to(RECENT_IDS_MAX);
    for (unsigned i = 0; i < participant->recent_count; i++) {
        participant->recent[i] = next_random();
    }
    participant->died_on = day_or_none();
    participant->membership_count = some(MEMBERSHIPS_MAX);
    for (unsigned i = 0; i < participant->membership_count; i++) {
        random_membership(&participant->memberships[i]);
    }
    random_regions(participant);
    participant->claim_count = up_to(1) == 0 ? 0 : some(CLAIMS_MAX);
    for (unsigned i = 0; i < participant->claim_count; i++) {
        random_claim(&participant->claims[i]);
    }
    participant->parked_count = up_to(1) == 0 ? 0 : some(PARKED_MAX);
    for (unsigned i = 0; i < participant->parked_count; i++) {
        random_parked(&participant->parked[i]);
    }
}

/* Equality of states, field by field, so that what the bytes forget is seen. */

#define SAME(field) cr_assert(a->field == b->field, "%s", #field)

static void same_chars(const char *a, unsigned length_a, const char *b, unsigned length_b)
{
    cr_assert_eq(length_a, length_b);
    cr_assert_eq(memcmp(a, b, length_a), 0);
}

static void same_timeline(const struct timeline *a, const struct timeline *b)
{
    SAME(count);
    for (unsigned i = 0; i < a->count; i++) {
        SAME(entries[i].from);
        SAME(entries[i].recorded);
        SAME(entries[i].value);
    }
}

static void same_payments(const struct membership *a, const struct membership *b)
{
    SAME(run_count);
    for (unsigned i = 0; i < a->run_count; i++) {
        SAME(runs[i].first);
        SAME(runs[i].count);
    }
    SAME(first_paid_day);
    SAME(ref_count);
    for (unsigned i = 0; i < a->ref_count; i++) {
        SAME(refs[i]);
    }
    SAME(reversed_count);
    for (unsigned i = 0; i < a->reversed_count; i++) {
        SAME(reversed[i]);
    }
}

static void same_membership(const struct membership *a, const struct membership *b)
{
    same_chars(a->id, a->id_length, b->id, b->id_length);
    SAME(is_void);
    SAME(segment);
    SAME(risk_group);
    SAME(cover_from);
    SAME(cover_to);
    SAME(recorded);
    SAME(body_hash);
    SAME(has_employer);
    SAME(region_work);
    SAME(employer_hash);
    same_timeline(&a->wages, &b->wages);
    same_timeline(&a->categories, &b->categories);
    same_timeline(&a->programmes, &b->programmes);
    same_timeline(&a->sponsors, &b->sponsors);
    SAME(end_count);
    for (unsigned i = 0; i < a->end_count; i++) {
        SAME(ends[i].last_day);
        SAME(ends[i].recorded);
        SAME(ends[i].reason);
    }
    same_payments(a, b);
}

static void same_history(const struct claim *a, const struct claim *b)
{
    SAME(document_count);
    for (unsigned i = 0; i < a->document_count; i++) {
        SAME(documents[i]);
    }
    SAME(review_count);
    for (unsigned i = 0; i < a->review_count; i++) {
        SAME(reviews[i].reason);
        SAME(reviews[i].total_idr);
        SAME(reviews[i].reviewer_hash);
    }
    SAME(line_count);
    for (unsigned i = 0; i < a->line_count; i++) {
        SAME(lines[i].component);
        SAME(lines[i].amount_idr);
    }
    for (unsigned i = 0; i < PAYEES_MAX; i++) {
        SAME(attempts[i].count);
        SAME(attempts[i].status);
        SAME(attempts[i].settled_on);
        for (unsigned k = 0; k < a->attempts[i].count; k++) {
            SAME(attempts[i].seen[k]);
        }
    }
}

static void same_injury(const struct injury_facts *a, const struct injury_facts *b)
{
    SAME(unable_from);
    SAME(days_unable);
    SAME(disability);
    SAME(table_bp);
    SAME(loss_bp);
    for (unsigned mode = 0; mode < TRANSPORT_MODE_COUNT; mode++) {
        SAME(transport_idr[mode]);
    }
    same_chars(a->treatment_payee, a->treatment_payee_length, b->treatment_payee,
               b->treatment_payee_length);
    SAME(treatment_idr);
    SAME(home_care_idr);
}

static void same_by_type(const struct claim *a, const struct claim *b)
{
    if (a->type == CLAIM_INJURY) {
        same_injury(&a->injury, &b->injury);
    } else if (a->type == CLAIM_SCHOLARSHIP) {
        SAME(scholarship.programme);
        same_chars(a->scholarship.parent, a->scholarship.parent_length, b->scholarship.parent,
                   b->scholarship.parent_length);
        SAME(scholarship.child_hash);
        SAME(scholarship.child_birth_date);
        SAME(scholarship.level);
        SAME(scholarship.school_year);
    } else if (a->type == CLAIM_JOB_LOSS) {
        SAME(job_loss.filed_on);
        SAME(job_loss.month_number);
    }
}

static void same_claim(const struct claim *a, const struct claim *b)
{
    same_chars(a->id, a->id_length, b->id, b->id_length);
    SAME(type);
    same_chars(a->membership_id, a->membership_id_length, b->membership_id,
               b->membership_id_length);
    SAME(body_hash);
    SAME(waits_until);
    SAME(recorded);
    SAME(event_on);
    SAME(cause);
    SAME(died_on);
    SAME(accident_on);
    SAME(heir_rank);
    same_chars(a->payee, a->payee_length, b->payee, b->payee_length);
    same_chars(a->burial_payee, a->burial_payee_length, b->burial_payee, b->burial_payee_length);
    SAME(revision);
    SAME(verdict);
    SAME(reason);
    SAME(approval);
    SAME(due_on);
    same_by_type(a, b);
    SAME(contradicted);
    same_history(a, b);
}

static void same_text(const struct parked *b, struct text a, struct text text)
{
    cr_assert_eq(text_is_absent(a), text_is_absent(text));
    cr_assert(text_equal(a, text));
    cr_assert(text_is_absent(text) ||
              (text.at >= b->bytes && text.at + text.length <= b->bytes + b->bytes_length));
}

static void same_parked(const struct parked *a, const struct parked *b)
{
    SAME(deadline);
    SAME(time);
    SAME(type);
    same_text(b, a->id, b->id);
    same_text(b, a->source, b->source);
    same_text(b, a->batch_id, b->batch_id);
    same_chars(a->topic, a->topic_length, b->topic, b->topic_length);
    SAME(partition);
    SAME(offset);
    same_text(b, a->body.membership_id, b->body.membership_id);
    SAME(body.month);
    SAME(body.months);
    SAME(body.line_count);
    for (unsigned i = 0; i < a->body.line_count; i++) {
        SAME(body.lines[i].programme);
        SAME(body.lines[i].amount_idr);
    }
    same_text(b, a->body.relief, b->body.relief);
    SAME(body.paid_at);
    SAME(body.payer_present);
    SAME(body.payer.kind);
    same_text(b, a->body.payer.ref, b->body.payer.ref);
    same_text(b, a->body.payment_ref, b->body.payment_ref);
    same_text(b, a->body.reason, b->body.reason);
    SAME(bytes_length);
}

static void same_participant(const struct participant *a, const struct participant *b)
{
    same_chars(a->id, a->id_length, b->id, b->id_length);
    SAME(recent_count);
    for (unsigned i = 0; i < a->recent_count; i++) {
        SAME(recent[i]);
    }
    SAME(died_on);
    same_timeline(&a->regions, &b->regions);
    SAME(membership_count);
    for (unsigned i = 0; i < a->membership_count; i++) {
        same_membership(&a->memberships[i], &b->memberships[i]);
    }
    SAME(claim_count);
    for (unsigned i = 0; i < a->claim_count; i++) {
        same_claim(&a->claims[i], &b->claims[i]);
    }
    SAME(parked_count);
    for (unsigned i = 0; i < a->parked_count; i++) {
        same_parked(&a->parked[i], &b->parked[i]);
    }
}

/* The participant of the bench: one membership, six months paid one by one. */
static void make_usual(struct participant *participant)
{
    participant_init(participant, ID);
    participant->recent_count = 7;
    for (unsigned i = 0; i < 7; i++) {
        participant->recent[i] = UINT64_C(0x0101010101010101) * (i + 1);
    }
    participant->membership_count = 1;
    struct membership *membership = &participant->memberships[0];
    *membership = (struct membership){.id_length = 11,
                                      .id = "24000000017",
                                      .segment = BPU,
                                      .risk_group = 1,
                                      .cover_from = 19723, /* 2024-01-01 */
                                      .cover_to = DAY_NEVER,
                                      .recorded = 19722,
                                      .body_hash = UINT64_C(0x1122334455667788),
                                      .run_count = 1,
                                      .first_paid_day = 19724,
                                      .ref_count = 6};
    const day_t from = membership->cover_from;
    const day_t recorded = membership->recorded;
    membership->wages = (struct timeline){1, {{from, recorded, 1000000}}};
    membership->categories = (struct timeline){1, {{from, recorded, 27}}};
    membership->programmes = (struct timeline){1, {{from, recorded, 3}}};
    membership->sponsors =
        (struct timeline){1, {{from, recorded, INT64_C(0x0706050403020100) | SPONSOR_SELF}}};
    membership->runs[0] = (struct run){2024 * 12, 6};
    for (unsigned i = 0; i < 6; i++) {
        membership->refs[i] = 0xC0C0C000U + i;
    }
    participant->regions = (struct timeline){1, {{from, recorded, region_value(3674, 0)}}};
}

/* The example of docs/participant-bytes.md. */
static const uint8_t usual_bytes[] = {
    0x03, 0x67, /* version; 7 recent ids, usual region, counts */
    0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, /* recent ids */
    0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x03, 0x03, 0x03, 0x03, 0x03,
    0x03, 0x03, 0x03, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04, 0x05, 0x05,
    0x05, 0x05, 0x05, 0x05, 0x05, 0x05, 0x06, 0x06, 0x06, 0x06, 0x06, 0x06, 0x06,
    0x06, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x1E, 0x4A, /* flags; BPU, risk 1, one run
                                                                       */
    0x0B, '2',  '4',  '0',  '0',  '0',  '0',  '0',  '0',  '0',  '1',  '7', /* id */
    0x96, 0xB4, 0x02, 0x01,                         /* cover_from, recorded − 1 */
    0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, /* hash of the body */
    0x00,                                           /* no employer */
    0xC0, 0x84, 0x3D, 0x1B, 0x03,                   /* wage, category, programmes */
    0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, /* sponsor SELF and its ref */
    0x00, 0x05, 0x03,                               /* run, 6 months; first paid day + 1 */
    0x06, 0x00, 0xC0, 0xC0, 0xC0, 0x01, 0xC0, 0xC0, 0xC0, 0x02, 0xC0, 0xC0, 0xC0,
    0x03, 0xC0, 0xC0, 0xC0, 0x04, 0xC0, 0xC0, 0xC0, 0x05, 0xC0, 0xC0, 0xC0, /* refs */
    0xDA, 0x1C,                                                             /* region 36.74 */
};

Test(participant_bytes, of_a_usual_participant_are_the_documented_ones)
{
    make_usual(&before);
    const size_t length = encode(&before);
    cr_assert_eq(length, sizeof usual_bytes, "%zu", length);
    for (size_t i = 0; i < length; i++) {
        cr_assert_eq(bytes[i], usual_bytes[i], "byte %zu is %02x", i, bytes[i]);
    }
    cr_assert_leq(length, 150);
    cr_assert(participant_decode(&after, ID, bytes, length));
    same_participant(&before, &after);
}

/* The number of the region of work, none given and the last there can be, then the hash. */
Test(participant_bytes, hold_an_employer_and_where_the_work_is)
{
    static const struct {
        uint16_t region;
        uint8_t bytes[10];
        size_t length;
    } rows[] = {
        {0, {0x01, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01}, 9},
        {3671, {0xD8, 0x1C, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01}, 10},
        {REGION_CODES - 1, {0x90, 0x4E, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01}, 10},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        make_usual(&before);
        before.memberships[0].has_employer = true;
        before.memberships[0].region_work = rows[i].region;
        before.memberships[0].employer_hash = UINT64_C(0x0102030405060708);
        const size_t length = encode(&before);
        cr_assert_eq(length, sizeof usual_bytes - 1 + rows[i].length);
        cr_assert_eq(memcmp(bytes + 84, rows[i].bytes, rows[i].length), 0, "row %zu", i);
        cr_assert(participant_decode(&after, ID, bytes, length));
        same_participant(&before, &after);
    }
}

/* The second example: a death claim that waits and a contribution that is parked. */
static const uint8_t waiting_bytes[] = {
    0x03, 0x01, 0x00, 0x01, 0x01, 0xEF, 0x2A, 0xEA, 0xED, 0x3E, 0xED, 0x23, 0xA1, 0x00, 0x0C,
    0x03, 0x43, 0x2D, 0x31, 0x0B, 0x32, 0x34, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31,
    0x37, 0x23, 0xA1, 0x94, 0xF1, 0x48, 0xCC, 0xCC, 0xB1, 0x00, 0x81, 0xB0, 0x1E, 0x88, 0x12,
    0x06, 0x00, 0xF0, 0xB4, 0x02, 0x01, 0x05, 0x61, 0x63, 0x63, 0x2D, 0x37, 0x01, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0xD9, 0x00,
    0x74, 0x12, 0x06, 0x00, 0x00, 0xE1, 0x11, 0x5F, 0x5A, 0x11, 0x06, 0x00, 0x04, 0x70, 0x2D,
    0x31, 0x0B, 0x2F, 0x62, 0x61, 0x6E, 0x6B, 0x2F, 0x64, 0x65, 0x6D, 0x6F, 0x00, 0x11, 0x6A,
    0x61, 0x67, 0x61, 0x2E, 0x63, 0x6F, 0x6E, 0x74, 0x72, 0x69, 0x62, 0x75, 0x74, 0x69, 0x6F,
    0x6E, 0x00, 0x29, 0x0C, 0x32, 0x34, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31, 0x37,
    0xE1, 0xBD, 0x01, 0x01, 0x06, 0x54, 0x52, 0x58, 0x2D, 0x31, 0x02, 0x00, 0x90, 0x4E, 0x01,
    0x90, 0x35, 0x00, 0x00, 0xE1, 0x11, 0x5F, 0x5A, 0x11, 0x06, 0x00,
};

Test(participant_bytes, of_a_claim_that_waits_are_the_documented_ones)
{
    cr_assert(participant_decode(&after, TEXT("P2"), waiting_bytes, sizeof waiting_bytes));
    cr_assert_eq(after.claim_count, 1);
    const struct claim *claim = &after.claims[0];
    cr_expect(text_equal(claim_id(claim), TEXT("C-1")));
    cr_expect_eq(claim->type, CLAIM_DEATH);
    cr_expect_eq(claim->verdict, WAITING);
    cr_expect_eq(claim->reason, REASON_MEMBERSHIP_UNKNOWN);
    cr_expect_eq(claim->recorded, 19768);
    cr_expect_eq(claim->died_on, 19767);
    cr_expect_eq(claim->event_on, 19767);
    cr_expect_eq(claim->accident_on, DAY_NONE);
    cr_expect_eq(claim->cause, CAUSE_ILLNESS);
    cr_expect_eq(claim->heir_rank, HEIR_SPOUSE);
    cr_expect(text_equal(text_of(claim->payee, claim->payee_length), TEXT("acc-7")));
    cr_expect_eq(claim->burial_payee_length, 0);
    cr_expect_eq(claim->document_count, 1);
    cr_expect_eq(claim->documents[0], 19768);
    cr_assert_eq(after.parked_count, 1);
    cr_expect(text_equal(after.parked[0].body.payment_ref, TEXT("TRX-1")));
    cr_assert_eq(encode(&after), sizeof waiting_bytes);
    cr_expect_eq(memcmp(bytes, waiting_bytes, sizeof waiting_bytes), 0);
}

Test(participant_bytes, of_twelve_months_paid_at_once_hold_their_ref_once)
{
    make_usual(&before);
    struct membership *membership = &before.memberships[0];
    membership->runs[0].count = 12;
    membership->ref_count = 12;
    for (unsigned i = 0; i < 12; i++) {
        membership->refs[i] = 0xC0C0C0C0U;
    }
    const size_t length = encode(&before);
    cr_assert_eq(length, sizeof usual_bytes - 5 * 4 + 2);
    cr_assert(participant_decode(&after, ID, bytes, length));
    same_participant(&before, &after);
}

Test(participant_bytes, of_nothing_are_six)
{
    participant_init(&before, ID);
    cr_assert(participant_is_empty(&before));
    const size_t length = encode(&before);
    static const uint8_t empty[] = {3, 0, 0, 0, 0, 0};
    cr_assert(length == sizeof empty && memcmp(bytes, empty, length) == 0);
    cr_assert(participant_decode(&after, ID, bytes, length));
    cr_assert(participant_is_empty(&after));
    same_participant(&before, &after);
}

Test(participant_bytes, tell_an_empty_participant_from_every_other)
{
    for (unsigned i = 0; i < 6; i++) {
        participant_init(&before, ID);
        before.recent_count = i == 0;
        before.died_on = i == 1 ? 1 : DAY_NONE;
        before.regions.count = i == 2;
        before.membership_count = i == 3;
        before.claim_count = i == 4;
        before.parked_count = i == 5;
        cr_assert_not(participant_is_empty(&before), "row %u", i);
    }
}

Test(participant_bytes, hold_any_state_and_have_one_form)
{
    seed = UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned round = 0; round < 3000; round++) {
        const uint64_t started = seed;
        random_participant(&before);
        const size_t length = encode(&before);
        memset(&after, POISON, sizeof after);
        cr_assert(participant_decode(&after, ID, bytes, length), "seed %lx", started);
        same_participant(&before, &after);
        cr_assert_eq(participant_encode(&after, again, sizeof again), length, "seed %lx", started);
        cr_assert_eq(memcmp(bytes, again, length), 0, "seed %lx", started);
    }
}

static void fill_membership(struct membership *membership)
{
    random_membership(membership);
    struct timeline *timelines[] = {&membership->wages, &membership->categories,
                                    &membership->programmes, &membership->sponsors};
    for (unsigned k = 0; k < TIMELINE_MAX; k++) {
        for (unsigned t = 0; t < COUNT_OF(timelines); t++) {
            timelines[t]->count = TIMELINE_MAX;
            timelines[t]->entries[k] = (struct entry){DAY_NEVER, DAY_NONE, random_value(t)};
        }
        membership->ends[k] = (struct end){DAY_NEVER, DAY_NONE, 0};
    }
    membership->end_count = ENDS_MAX;
}

static void fill_claim(struct claim *claim)
{
    random_claim(claim);
    claim->document_count = DOCUMENT_DATES_MAX;
    claim->review_count = REVIEWS_MAX;
    for (unsigned k = 0; k < REVIEWS_MAX; k++) {
        claim->documents[k] = DAY_NEVER;
        claim->reviews[k] = (struct review){0, INT64_MAX, UINT64_MAX};
    }
}

Test(participant_bytes, of_the_largest_participant_fit)
{
    const struct text id = TEXT("12345678901234567890123456789012");
    seed = 42;
    participant_init(&before, id);
    for (; before.membership_count < MEMBERSHIPS_MAX; before.membership_count++) {
        fill_membership(&before.memberships[before.membership_count]);
    }
    for (; before.claim_count < CLAIMS_MAX; before.claim_count++) {
        fill_claim(&before.claims[before.claim_count]);
    }
    for (; before.parked_count < PARKED_MAX; before.parked_count++) {
        random_parked(&before.parked[before.parked_count]);
    }
    const size_t length = encode(&before);
    cr_assert(participant_decode(&after, id, bytes, length));
    same_participant(&before, &after);
}

Test(participant_bytes, are_read_without_touching_what_they_do_not_use)
{
    make_usual(&before);
    const size_t length = encode(&before);
    memset(&after, POISON, sizeof after);
    cr_assert(participant_decode(&after, ID, bytes, length));
    const uint8_t *at = (const uint8_t *)&after.memberships[1];
    for (; at < (const uint8_t *)(&after + 1); at++) {
        cr_assert_eq(*at, POISON);
    }
    cr_assert_eq(*(const uint8_t *)&after.memberships[0].wages.entries[1], POISON);
}

Test(participant_bytes, cut_short_or_followed_by_more_are_refused)
{
    seed = 7;
    for (unsigned round = 0; round < 40; round++) {
        random_participant(&before);
        const size_t length = encode(&before);
        const size_t step = 1 + length / 500;
        for (size_t cut = 0; cut < length; cut += step) {
            cr_assert_not(participant_decode(&after, ID, bytes, cut), "%zu of %zu", cut, length);
            cr_assert(participant_is_empty(&after));
        }
        bytes[length] = 0;
        cr_assert_not(participant_decode(&after, ID, bytes, length + 1));
    }
    cr_assert_not(participant_decode(&after, ID, NULL, 0));
}

Test(participant_bytes, damaged_are_refused_or_are_another_state)
{
    seed = 11;
    for (unsigned round = 0; round < 60; round++) {
        random_participant(&before);
        const size_t length = encode(&before);
        const size_t step = 1 + length / 300;
        for (size_t i = 0; i < length; i += step) {
            const uint8_t kept = bytes[i];
            bytes[i] ^= (uint8_t)(1U << up_to(7));
            if (participant_decode(&after, ID, bytes, length)) {
                const size_t other = participant_encode(&after, again, sizeof again);
                cr_assert(other == length && memcmp(bytes, again, length) == 0, "byte %zu", i);
            }
            bytes[i] = kept;
        }
    }
}

/* Bytes that say something no writer says. A row replaces `count` bytes of the usual participant.
 */
struct damage {
    const char *what;
    size_t at;
    size_t count;
    uint8_t with[12];
    size_t with_count;
};

enum place_in_usual {
    AT_VERSION = 0,
    AT_HEAD = 1,
    AT_FLAGS = 58,
    AT_KIND = 59,
    AT_ID = 60,
    AT_COVER_FROM = 72,
    AT_RECORDED = 75,
    AT_EMPLOYER = 84,
    AT_WAGE = 85,
    AT_CATEGORY = 88,
    AT_PROGRAMMES = 89,
    AT_SPONSOR = 90,
    AT_RUN = 98,
    AT_FIRST_PAID = 100,
    AT_REFS = 101,
    AT_REGION = 126,
};

static const struct damage damages[] = {
    {"version 0", AT_VERSION, 1, {0}, 1},
    {"version 2", AT_VERSION, 1, {2}, 1},
    {"version 4", AT_VERSION, 1, {4}, 1},
    {"an unused bit of the head", AT_HEAD, 1, {0xE7}, 1},
    {"nine recent ids", AT_HEAD, 1, {0x69}, 1},
    {"usual counts spelt out", AT_HEAD, 1, {0x27, 1, 0, 0}, 4},
    {"17 memberships", AT_HEAD, 1, {0x27, 17, 0, 0}, 4},
    {"65 claims", AT_HEAD, 1, {0x27, 1, 65, 0}, 4},
    {"nine parked", AT_HEAD, 1, {0x27, 1, 0, 9}, 4},
    {"a segment there is not", AT_KIND, 1, {0x4D}, 1},
    {"ends, but none", AT_FLAGS, 1, {0x5E}, 1},
    {"reversals, but none", AT_FLAGS, 1, {0x9E}, 1},
    {"one run spelt out", AT_KIND, 1, {0x0A}, 1},
    {"refs that repeat, but do not", AT_KIND, 1, {0xCA}, 1},
    {"an id of 21", AT_ID, 1, {21}, 1},
    {"a long form of a length", AT_ID, 1, {0x8B, 0x00}, 2},
    {"a long form of a day", AT_COVER_FROM, 3, {0x96, 0xB4, 0x82, 0x00}, 4},
    {"a day beyond its type", AT_COVER_FROM, 3, {0x80, 0x80, 0x80, 0x80, 0x10}, 5},
    {"a day far beyond its type",
     AT_COVER_FROM,
     3,
     {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
     10},
    {"a number of more than 64 bits",
     AT_COVER_FROM,
     3,
     {0x96, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02},
     10},
    {"a number without an end",
     AT_COVER_FROM,
     3,
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
     11},
    {"an employer in region 100.00",
     AT_EMPLOYER,
     1,
     {0x91, 0x4E, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01},
     10},
    {"a long form of no employer", AT_EMPLOYER, 1, {0x80, 0x00}, 2},
    {"a long form of an employer's region",
     AT_EMPLOYER,
     1,
     {0x81, 0x00, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01},
     10},
    {"a negative wage",
     AT_WAGE,
     3,
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
     10},
    {"category 64", AT_CATEGORY, 1, {64}, 1},
    {"a programme there is not", AT_PROGRAMMES, 1, {32}, 1},
    {"a sponsor there is not", AT_SPONSOR, 1, {0x8B}, 1},
    {"a sponsor's ref of nothing", AT_SPONSOR, 8, {0x80, 0, 0, 0, 0, 0, 0, 0}, 8},
    {"a run of too many months", AT_RUN, 2, {0x00, 0xFF, 0xFF, 0x3F}, 4},
    {"a run before the year 1", AT_RUN, 1, {0xA9, 0xFB, 0x02}, 3},
    {"25 refs", AT_REFS, 1, {25}, 1},
    {"region 100.00", AT_REGION, 2, {0x90, 0x4E}, 2},
    {"a long form of a region", AT_REGION, 2, {0xDA, 0x9C, 0x00}, 3},
};

Test(participant_bytes, that_no_writer_writes_are_refused)
{
    cr_assert(participant_decode(&after, ID, usual_bytes, sizeof usual_bytes));
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        const struct damage *damage = &damages[i];
        const size_t rest = damage->at + damage->count;
        memcpy(bytes, usual_bytes, damage->at);
        memcpy(bytes + damage->at, damage->with, damage->with_count);
        memcpy(bytes + damage->at + damage->with_count, usual_bytes + rest,
               sizeof usual_bytes - rest);
        const size_t length = sizeof usual_bytes - damage->count + damage->with_count;
        cr_assert_not(participant_decode(&after, ID, bytes, length), "%s", damage->what);
    }
}

Test(participant_bytes, with_a_usual_value_spelt_out_are_refused)
{
    /* A timeline as it would stand with its flag off: count, from, recorded, then the value. */
    static const struct {
        size_t at;
        uint8_t flag;
    } rows[] = {{AT_WAGE, 0x02}, {AT_CATEGORY, 0x04}, {AT_PROGRAMMES, 0x08}, {AT_SPONSOR, 0x10}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (uint8_t from = 0; from < 2; from++) {
            const uint8_t spelt[] = {1, from, 0};
            memcpy(bytes, usual_bytes, rows[i].at);
            bytes[AT_FLAGS] = (uint8_t)(bytes[AT_FLAGS] & ~rows[i].flag);
            memcpy(bytes + rows[i].at, spelt, sizeof spelt);
            memcpy(bytes + rows[i].at + sizeof spelt, usual_bytes + rows[i].at,
                   sizeof usual_bytes - rows[i].at);
            const bool read =
                participant_decode(&after, ID, bytes, sizeof usual_bytes + sizeof spelt);
            cr_assert_eq(read, from != 0, "row %zu, from %d", i, from); /* 1: another day */
        }
    }
}

Test(participant_bytes, with_a_usual_region_spelt_out_are_refused)
{
    static const struct {
        uint8_t tail[10];
        size_t length;
        bool read;
    } rows[] = {
        {{1, 3, 0xDA, 0x1C}, 4, false},                         /* usual: has a flag */
        {{1, 2, 0xDA, 0x1C, 0x96, 0xB4, 0x02, 0x01}, 8, false}, /* plain, spelt out */
        {{1, 2, 0xDA, 0x1C, 0x96, 0xB4, 0x02, 0x02}, 8, true},  /* recorded elsewhen */
        {{1, 0, 0xDA, 0x1C, 0x96, 0xB4, 0x02, 0x01}, 8, true},  /* Moved */
        {{1, 1, 0xDA, 0x1C}, 4, false},                         /* Moved cannot be plain */
        {{1, 4, 0xDA, 0x1C, 0x96, 0xB4, 0x02, 0x01}, 8, false}, /* no second membership */
        {{1, 5, 0xDA, 0x1C}, 4, false},                         /* the same, plain */
        {{2, 3, 0xDA, 0x1C, 3, 0x01}, 6, true},                 /* two plain ones */
        {{0}, 1, true},                                         /* none */
        {{65}, 1, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memcpy(bytes, usual_bytes, AT_REGION);
        bytes[AT_HEAD] = 0x47;
        memcpy(bytes + AT_REGION, rows[i].tail, rows[i].length);
        const bool read = participant_decode(&after, ID, bytes, AT_REGION + rows[i].length);
        cr_assert_eq(read, rows[i].read, "row %zu", i);
    }
}

Test(participant_bytes, are_not_written_beyond_the_room_there_is, .signal = SIGABRT)
{
    make_usual(&before);
    (void)participant_encode(&before, bytes, sizeof usual_bytes - 1);
}

Test(participant_bytes, fill_exactly_the_room_they_need)
{
    make_usual(&before);
    cr_assert_eq(participant_encode(&before, bytes, sizeof usual_bytes), sizeof usual_bytes);
}

Test(participant_bytes, are_not_written_for_runs_that_touch, .signal = SIGABRT)
{
    make_usual(&before);
    before.memberships[0].run_count = 2;
    before.memberships[0].runs[1] = (struct run){2024 * 12 + 6, 1};
    (void)encode(&before);
}

Test(participant_bytes, finds_memberships_and_claims_by_id)
{
    make_usual(&before);
    before.claim_count = 1;
    before.claims[0].id_length = 2;
    memcpy(before.claims[0].id, "C1", 2);
    cr_assert_eq(participant_membership(&before, TEXT("24000000017")), &before.memberships[0]);
    cr_assert_null(participant_membership(&before, TEXT("2400000001")));
    cr_assert_eq(participant_claim(&before, TEXT("C1")), &before.claims[0]);
    cr_assert_null(participant_claim(&before, TEXT("C2")));
    cr_assert_null(participant_claim(&before, TEXT("")));
}
