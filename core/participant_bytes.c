/* The canonical bytes of a participant, as docs/participant-bytes.md specifies them: one form for
   one state. Usual values are flags, dates are differences from the membership's `cover_from` or
   from its date of recording, and numbers are the shortest LEB128. */
#include <assert.h>

#include "core/participant.h"
#include "core/rules.h"

#define PARTICIPANT_BYTES_VERSION 3

/* The second byte of all. */
#define HEAD_RECENT_MASK 0x0F
#define HEAD_DIED 0x10
#define HEAD_REGION_USUAL 0x20
#define HEAD_COUNTS_USUAL 0x40 /* one membership, no claim, nothing parked */
#define HEAD_UNUSED 0x80

/* The two bytes before a membership's id. */
#define FLAG_VOID 0x01
#define FLAG_WAGE_USUAL 0x02
#define FLAG_CATEGORY_USUAL 0x04
#define FLAG_PROGRAMMES_USUAL 0x08
#define FLAG_SPONSOR_USUAL 0x10
#define FLAG_COVER_TO 0x20
#define FLAG_ENDS 0x40
#define FLAG_REVERSED 0x80
#define KIND_SEGMENT_MASK 0x07
#define KIND_RISK_SHIFT 3
#define KIND_RISK_MASK 0x07
#define KIND_ONE_RUN 0x40
#define KIND_REFS_REPEAT 0x80

#define SPONSOR_HAS_REF 0x80
#define REGION_PLAIN 1U /* from and recorded are those of the membership that brought it */

#define CLAIM_TYPE_MASK 0x03
#define CLAIM_VERDICT_SHIFT 2
#define CLAIM_VERDICT_MASK 0x03
#define CLAIM_CONTRADICTED 0x10
#define CLAIM_UNUSED 0xE0

#define PARKED_REVERSED 0x01
#define PARKED_PAYER 0x02
#define PARKED_UNUSED 0xFC

/* A contribution names at most 24 months from one of year 1 to 9999 on. */
#define STORED_MONTH_LAST (MONTH_LAST + 24)

/* What a filing may say at most (events.md, Envelope). */
#define DAYS_UNABLE_MOST 20000
#define BASIS_POINTS_MOST 10000
#define SCHOOL_YEAR_MOST 9999
#define MONTH_NUMBER_MOST 6

static_assert(RECENT_IDS_MAX <= HEAD_RECENT_MASK, "the recent ids fit the head");
static_assert(SEGMENT_COUNT <= KIND_SEGMENT_MASK + 1, "a segment fits its bits");
static_assert(SPONSOR_KIND_COUNT < SPONSOR_HAS_REF, "a sponsor's kind leaves a bit free");
static_assert(CLAIM_TYPE_COUNT <= CLAIM_TYPE_MASK + 1, "a claim's type fits its bits");
static_assert(VERDICT_COUNT <= CLAIM_VERDICT_MASK + 1, "a verdict fits its bits");
static_assert(PAYEES_MAX <= 8, "a byte says which payments have reports");
static_assert(TRANSPORT_MODE_COUNT == 3, "a claim's bytes have a cost for each mode");
static_assert(MEMBERSHIPS_MAX < 64, "a region's origin is one byte");

enum value_kind { VALUE_WAGE, VALUE_CATEGORY, VALUE_PROGRAMMES, VALUE_SPONSOR };

/* Writing. */

struct writer {
    uint8_t *at, *end;
};

static void put_byte(struct writer *writer, unsigned byte)
{
    assert(writer->at < writer->end);
    *writer->at++ = (uint8_t)byte;
}

static void put_raw(struct writer *writer, const void *bytes, size_t length)
{
    assert(length <= (size_t)(writer->end - writer->at));
    if (length > 0) {
        memcpy(writer->at, bytes, length);
        writer->at += length;
    }
}

static void put_u32(struct writer *writer, uint32_t number)
{
    const uint8_t bytes[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                             (uint8_t)(number >> 24)};
    put_raw(writer, bytes, sizeof bytes);
}

static void put_u64(struct writer *writer, uint64_t number)
{
    put_u32(writer, (uint32_t)number);
    put_u32(writer, (uint32_t)(number >> 32));
}

static void put_number(struct writer *writer, uint64_t number)
{
    while (number >= 0x80) {
        put_byte(writer, (unsigned)(number & 0x7F) | 0x80);
        number >>= 7;
    }
    put_byte(writer, (unsigned)number);
}

static void put_amount(struct writer *writer, int64_t amount)
{
    assert(amount >= 0);
    put_number(writer, (uint64_t)amount);
}

static uint64_t zigzag(int64_t number)
{
    return (uint64_t)number << 1 ^ (uint64_t)(number < 0 ? -1 : 0);
}

/* A date or a month, as its difference from one that is known by then. */
static void put_day(struct writer *writer, int32_t day, int32_t base)
{
    put_number(writer, zigzag((int64_t)day - base));
}

static void put_day_or_none(struct writer *writer, day_t day, day_t base)
{
    put_number(writer, day == DAY_NONE ? 0 : zigzag((int64_t)day - base) + 1);
}

static void put_count(struct writer *writer, unsigned count, unsigned most)
{
    assert(count <= most);
    put_number(writer, count);
}

static void put_term(struct writer *writer, unsigned term, unsigned count)
{
    assert(term < count);
    put_byte(writer, term);
}

static void put_chars(struct writer *writer, const char *chars, unsigned length, unsigned most)
{
    put_count(writer, length, most);
    put_raw(writer, chars, length);
}

static void put_text(struct writer *writer, struct text text)
{
    if (text_is_absent(text)) {
        put_number(writer, 0);
        return;
    }
    put_number(writer, (uint64_t)text.length + 1);
    put_raw(writer, text.at, text.length);
}

static void put_sponsor(struct writer *writer, int64_t value)
{
    const uint64_t hash = (uint64_t)value >> 8;
    assert(sponsor_kind_of(value) < SPONSOR_KIND_COUNT);
    put_byte(writer, sponsor_kind_of(value) | (hash == 0 ? 0U : SPONSOR_HAS_REF));
    if (hash != 0) {
        put_u32(writer, (uint32_t)hash);
        put_byte(writer, (unsigned)(hash >> 32) & 0xFF);
        put_byte(writer, (unsigned)(hash >> 40) & 0xFF);
        put_byte(writer, (unsigned)(hash >> 48));
    }
}

/* How large a timeline's value may be. */
static uint64_t value_most(enum value_kind kind)
{
    switch (kind) {
    case VALUE_WAGE: return INT64_MAX;
    case VALUE_CATEGORY: return CATEGORIES_MAX - 1;
    case VALUE_PROGRAMMES: return (UINT64_C(1) << PROGRAMME_COUNT) - 1;
    case VALUE_SPONSOR: break;
    }
    return UINT64_MAX;
}

static void put_value(struct writer *writer, int64_t value, enum value_kind kind)
{
    if (kind == VALUE_SPONSOR) {
        put_sponsor(writer, value);
        return;
    }
    assert(value >= 0);
    assert((uint64_t)value <= value_most(kind));
    put_number(writer, (uint64_t)value);
}

/* Only the enrolment's own entry: its dates need not be said. */
static bool timeline_is_usual(const struct timeline *timeline, const struct membership *membership)
{
    return timeline->count == 1 && timeline->entries[0].from == membership->cover_from &&
           timeline->entries[0].recorded == membership->recorded;
}

static void put_timeline(struct writer *writer, const struct timeline *timeline,
                         const struct membership *membership, enum value_kind kind)
{
    if (timeline_is_usual(timeline, membership)) {
        put_value(writer, timeline->entries[0].value, kind);
        return;
    }
    put_count(writer, timeline->count, TIMELINE_MAX);
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct entry *entry = &timeline->entries[i];
        put_day(writer, entry->from, membership->cover_from);
        put_day(writer, entry->recorded, membership->recorded);
        put_value(writer, entry->value, kind);
    }
}

static void put_ends(struct writer *writer, const struct membership *membership)
{
    if (membership->end_count == 0) {
        return;
    }
    put_count(writer, membership->end_count, ENDS_MAX);
    for (unsigned i = 0; i < membership->end_count; i++) {
        const struct end *end = &membership->ends[i];
        put_day(writer, end->last_day, membership->cover_from);
        put_day(writer, end->recorded, membership->recorded);
        put_term(writer, end->reason, END_REASON_COUNT);
    }
}

/* The first run counts from the month of `cover_from`, each later one from where it would touch the
   run before it. */
static void put_runs(struct writer *writer, const struct membership *membership)
{
    if (membership->run_count != 1) {
        put_count(writer, membership->run_count, RUNS_MAX);
    }
    int64_t next = 0;
    for (unsigned i = 0; i < membership->run_count; i++) {
        const struct run *run = &membership->runs[i];
        assert(run->count >= 1);
        if (i == 0) {
            assert(run->first >= MONTH_FIRST);
            put_day(writer, run->first, day_month(membership->cover_from));
        } else {
            assert(run->first > next);
            put_number(writer, (uint64_t)(run->first - next - 1));
        }
        put_number(writer, (uint64_t)run->count - 1);
        next = (int64_t)run->first + run->count;
        assert(next - 1 <= STORED_MONTH_LAST);
    }
}

/* Bit i − 1: ref i is the same as the one before it (a payment for several months). */
static uint32_t repeats_of(const struct membership *membership)
{
    uint32_t repeats = 0;
    for (unsigned i = 1; i < membership->ref_count; i++) {
        repeats |= (uint32_t)(membership->refs[i] == membership->refs[i - 1]) << (i - 1);
    }
    return repeats;
}

static void put_refs(struct writer *writer, const struct membership *membership, uint32_t repeats)
{
    put_count(writer, membership->ref_count, REFS_MAX);
    for (unsigned i = 0; repeats != 0 && i + 1 < membership->ref_count; i += 8) {
        put_byte(writer, repeats >> i & 0xFF);
    }
    for (unsigned i = 0; i < membership->ref_count; i++) {
        if (i == 0 || (repeats >> (i - 1) & 1) == 0) {
            put_u32(writer, membership->refs[i]);
        }
    }
}

static void put_reversed(struct writer *writer, const struct membership *membership)
{
    if (membership->reversed_count == 0) {
        return;
    }
    put_count(writer, membership->reversed_count, REVERSED_REFS_MAX);
    for (unsigned i = 0; i < membership->reversed_count; i++) {
        put_u32(writer, membership->reversed[i]);
    }
}

static unsigned flag_if(bool condition, unsigned flag)
{
    return condition ? flag : 0;
}

static unsigned membership_flags(const struct membership *membership)
{
    return flag_if(membership->is_void, FLAG_VOID) |
           flag_if(timeline_is_usual(&membership->wages, membership), FLAG_WAGE_USUAL) |
           flag_if(timeline_is_usual(&membership->categories, membership), FLAG_CATEGORY_USUAL) |
           flag_if(timeline_is_usual(&membership->programmes, membership), FLAG_PROGRAMMES_USUAL) |
           flag_if(timeline_is_usual(&membership->sponsors, membership), FLAG_SPONSOR_USUAL) |
           flag_if(membership->cover_to != DAY_NEVER, FLAG_COVER_TO) |
           flag_if(membership->end_count > 0, FLAG_ENDS) |
           flag_if(membership->reversed_count > 0, FLAG_REVERSED);
}

static unsigned membership_kind(const struct membership *membership, uint32_t repeats)
{
    assert(membership->segment < SEGMENT_COUNT);
    assert(membership->risk_group <= KIND_RISK_MASK);
    return membership->segment | (unsigned)membership->risk_group << KIND_RISK_SHIFT |
           flag_if(membership->run_count == 1, KIND_ONE_RUN) |
           flag_if(repeats != 0, KIND_REFS_REPEAT);
}

/* Without an employer the region of work counts for nothing and is not kept. */
static void put_employer(struct writer *writer, const struct membership *membership)
{
    if (!membership->has_employer) {
        put_number(writer, 0);
        return;
    }
    assert(membership->region_work < REGION_CODES);
    put_number(writer, 1 + (uint64_t)membership->region_work);
    put_u64(writer, membership->employer_hash);
}

static void put_membership(struct writer *writer, const struct membership *membership)
{
    const uint32_t repeats = repeats_of(membership);
    put_byte(writer, membership_flags(membership));
    put_byte(writer, membership_kind(membership, repeats));
    put_chars(writer, membership->id, membership->id_length, MEMBERSHIP_ID_BYTES_MAX);
    put_day(writer, membership->cover_from, 0);
    put_day(writer, membership->recorded, membership->cover_from);
    if (membership->cover_to != DAY_NEVER) {
        put_day(writer, membership->cover_to, membership->cover_from);
    }
    put_u64(writer, membership->body_hash);
    put_employer(writer, membership);
    put_timeline(writer, &membership->wages, membership, VALUE_WAGE);
    put_timeline(writer, &membership->categories, membership, VALUE_CATEGORY);
    put_timeline(writer, &membership->programmes, membership, VALUE_PROGRAMMES);
    put_timeline(writer, &membership->sponsors, membership, VALUE_SPONSOR);
    put_ends(writer, membership);
    put_runs(writer, membership);
    put_day_or_none(writer, membership->first_paid_day, membership->cover_from);
    put_refs(writer, membership, repeats);
    put_reversed(writer, membership);
}

static bool region_is_plain(const struct participant *participant, const struct entry *entry)
{
    const uint64_t origin = (uint64_t)entry->value >> 16;
    if (origin == 0) {
        return false;
    }
    const struct membership *membership = &participant->memberships[origin - 1];
    return entry->from == membership->cover_from && entry->recorded == membership->recorded;
}

/* Only the home region of the first enrolment. */
static bool region_is_usual(const struct participant *participant)
{
    return participant->regions.count == 1 &&
           (uint64_t)participant->regions.entries[0].value >> 16 == 1 &&
           participant->membership_count > 0 &&
           region_is_plain(participant, &participant->regions.entries[0]);
}

static void put_region(struct writer *writer, const struct participant *participant,
                       const struct entry *entry)
{
    const uint64_t origin = (uint64_t)entry->value >> 16;
    assert(origin <= participant->membership_count);
    assert(region_of(entry->value) < REGION_CODES);
    const bool plain = region_is_plain(participant, entry);
    put_byte(writer, (unsigned)origin << 1 | (plain ? REGION_PLAIN : 0));
    put_number(writer, region_of(entry->value));
    if (!plain) {
        put_day(writer, entry->from, 0);
        put_day(writer, entry->recorded, entry->from);
    }
}

static void put_regions(struct writer *writer, const struct participant *participant)
{
    const struct timeline *regions = &participant->regions;
    if (region_is_usual(participant)) {
        assert(region_of(regions->entries[0].value) < REGION_CODES);
        put_number(writer, region_of(regions->entries[0].value));
        return;
    }
    put_count(writer, regions->count, TIMELINE_MAX);
    for (unsigned i = 0; i < regions->count; i++) {
        put_region(writer, participant, &regions->entries[i]);
    }
}

static void put_death(struct writer *writer, const struct claim *claim)
{
    put_term(writer, claim->cause, CAUSE_COUNT);
    put_day(writer, claim->died_on, claim->recorded);
    put_day_or_none(writer, claim->accident_on, claim->recorded);
    put_term(writer, claim->heir_rank, HEIR_RANK_COUNT);
    put_chars(writer, claim->burial_payee, claim->burial_payee_length, TEXT_BYTES_MAX);
}

static void put_number_to(struct writer *writer, int64_t number, int64_t most)
{
    assert(number <= most);
    put_amount(writer, number);
}

/* The accident's day is the event's. */
static void put_injury(struct writer *writer, const struct claim *claim)
{
    const struct injury_facts *injury = &claim->injury;
    assert(claim->accident_on == claim->event_on);
    put_term(writer, claim->cause, CAUSE_COUNT);
    put_day(writer, injury->unable_from, claim->event_on);
    put_number_to(writer, injury->days_unable, DAYS_UNABLE_MOST);
    put_term(writer, injury->disability, DISABILITY_KIND_COUNT);
    put_number_to(writer, injury->table_bp, BASIS_POINTS_MOST);
    put_number_to(writer, injury->loss_bp, BASIS_POINTS_MOST);
    for (unsigned mode = 0; mode < TRANSPORT_MODE_COUNT; mode++) {
        put_amount(writer, injury->transport_idr[mode]);
    }
    put_chars(writer, injury->treatment_payee, injury->treatment_payee_length, TEXT_BYTES_MAX);
    put_amount(writer, injury->treatment_idr);
    put_amount(writer, injury->home_care_idr);
}

static void put_scholarship(struct writer *writer, const struct claim *claim)
{
    const struct scholarship_facts *scholarship = &claim->scholarship;
    put_term(writer, scholarship->programme, PROGRAMME_COUNT);
    put_chars(writer, scholarship->parent, scholarship->parent_length, CLAIM_ID_BYTES_MAX);
    put_u64(writer, scholarship->child_hash);
    put_day(writer, scholarship->child_birth_date, claim->recorded);
    put_term(writer, scholarship->level, SCHOOL_LEVEL_COUNT);
    put_number_to(writer, scholarship->school_year, SCHOOL_YEAR_MOST);
}

static void put_job_loss(struct writer *writer, const struct claim *claim)
{
    put_day(writer, claim->job_loss.filed_on, claim->event_on);
    put_number_to(writer, claim->job_loss.month_number, MONTH_NUMBER_MOST);
}

static void put_by_type(struct writer *writer, const struct claim *claim)
{
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH: put_death(writer, claim); break;
    case CLAIM_INJURY: put_injury(writer, claim); break;
    case CLAIM_SCHOLARSHIP: put_scholarship(writer, claim); break;
    case CLAIM_JOB_LOSS: put_job_loss(writer, claim); break;
    }
}

static void put_claim_facts(struct writer *writer, const struct claim *claim)
{
    put_chars(writer, claim->id, claim->id_length, CLAIM_ID_BYTES_MAX);
    put_chars(writer, claim->membership_id, claim->membership_id_length, MEMBERSHIP_ID_BYTES_MAX);
    put_u64(writer, claim->body_hash);
    put_u64(writer, (uint64_t)claim->waits_until);
    put_day(writer, claim->recorded, 0);
    put_day(writer, claim->event_on, claim->recorded);
    put_chars(writer, claim->payee, claim->payee_length, TEXT_BYTES_MAX);
    put_count(writer, claim->document_count, DOCUMENT_DATES_MAX);
    for (unsigned i = 0; i < claim->document_count; i++) {
        put_day(writer, claim->documents[i], claim->recorded);
    }
    put_by_type(writer, claim);
}

static void put_reviews(struct writer *writer, const struct claim *claim)
{
    put_count(writer, claim->review_count, REVIEWS_MAX);
    for (unsigned i = 0; i < claim->review_count; i++) {
        put_term(writer, claim->reviews[i].reason, REASON_COUNT);
        put_amount(writer, claim->reviews[i].total_idr);
        put_u64(writer, claim->reviews[i].reviewer_hash);
    }
}

static void put_lines(struct writer *writer, const struct claim *claim)
{
    put_count(writer, claim->line_count, LINES_OUT_MAX);
    for (unsigned i = 0; i < claim->line_count; i++) {
        put_term(writer, claim->lines[i].component, COMPONENT_COUNT);
        put_amount(writer, claim->lines[i].amount_idr);
    }
}

static bool is_settled(const struct attempts *attempts)
{
    return attempts->status == STATUS_SETTLED || attempts->status == STATUS_RECONCILED;
}

static void put_payment_reports(struct writer *writer, const struct attempts *attempts,
                                day_t recorded)
{
    put_count(writer, attempts->count, ATTEMPTS_MAX);
    for (unsigned k = 0; k < attempts->count; k++) {
        put_term(writer, attempts->seen[k], 1U << PAYMENT_STATUS_COUNT);
    }
    put_term(writer, attempts->status, PAYMENT_STATUS_COUNT);
    if (is_settled(attempts)) {
        put_day(writer, attempts->settled_on, recorded);
    }
}

/* A byte says which of the payments have reports; the others take no room. */
static void put_attempts(struct writer *writer, const struct claim *claim)
{
    unsigned reported = 0;
    for (unsigned i = 0; i < PAYEES_MAX; i++) {
        reported |= flag_if(claim->attempts[i].count > 0, 1U << i);
    }
    put_byte(writer, reported);
    for (unsigned i = 0; i < PAYEES_MAX; i++) {
        if (claim->attempts[i].count > 0) {
            put_payment_reports(writer, &claim->attempts[i], claim->recorded);
        }
    }
}

static void put_claim(struct writer *writer, const struct claim *claim)
{
    assert(claim->type < CLAIM_TYPE_COUNT);
    assert(claim->verdict < VERDICT_COUNT);
    put_byte(writer, claim->type | (unsigned)claim->verdict << CLAIM_VERDICT_SHIFT |
                         flag_if(claim->contradicted, CLAIM_CONTRADICTED));
    put_claim_facts(writer, claim);
    put_term(writer, claim->reason, REASON_COUNT);
    put_number(writer, claim->revision);
    put_reviews(writer, claim);
    put_byte(writer, claim->approval);
    if (claim->approval > 0) {
        put_day(writer, claim->due_on, claim->recorded);
    }
    put_lines(writer, claim);
    put_attempts(writer, claim);
}

static void put_payment(struct writer *writer, const struct contribution *body)
{
    put_count(writer, body->line_count, LINES_IN_MAX);
    for (unsigned i = 0; i < body->line_count; i++) {
        put_term(writer, body->lines[i].programme, PROGRAMME_COUNT);
        put_amount(writer, body->lines[i].amount_idr);
    }
    put_text(writer, body->relief);
    put_u64(writer, (uint64_t)body->paid_at);
    if (body->payer_present) {
        put_term(writer, body->payer.kind, SPONSOR_KIND_COUNT);
        put_text(writer, body->payer.ref);
    }
}

/* A reversal has none of a payment's other fields: what its struct holds there is not looked at. */
static void put_parked(struct writer *writer, const struct parked *parked)
{
    const struct contribution *body = &parked->body;
    const bool reversed = parked->type == EVENT_CONTRIBUTION_REVERSED;
    assert(reversed || parked->type == EVENT_CONTRIBUTION_PAID);
    assert(body->month >= MONTH_FIRST);
    assert(body->month <= MONTH_LAST);
    put_byte(writer, flag_if(reversed, PARKED_REVERSED) |
                         flag_if(!reversed && body->payer_present, PARKED_PAYER));
    put_u64(writer, (uint64_t)parked->deadline);
    put_u64(writer, (uint64_t)parked->time);
    put_text(writer, parked->id);
    put_text(writer, parked->source);
    put_text(writer, parked->batch_id);
    put_chars(writer, parked->topic, parked->topic_length, TOPIC_BYTES_MAX);
    put_amount(writer, parked->partition);
    put_amount(writer, parked->offset);
    put_text(writer, body->membership_id);
    put_number(writer, (uint64_t)body->month);
    put_amount(writer, body->months);
    put_text(writer, body->payment_ref);
    if (reversed) {
        put_text(writer, body->reason);
    } else {
        put_payment(writer, body);
    }
}

static bool counts_are_usual(const struct participant *participant)
{
    return participant->membership_count == 1 && participant->claim_count == 0 &&
           participant->parked_count == 0;
}

static void put_head(struct writer *writer, const struct participant *participant)
{
    assert(participant->recent_count <= RECENT_IDS_MAX);
    put_byte(writer, PARTICIPANT_BYTES_VERSION);
    put_byte(writer, participant->recent_count |
                         flag_if(participant->died_on != DAY_NONE, HEAD_DIED) |
                         flag_if(region_is_usual(participant), HEAD_REGION_USUAL) |
                         flag_if(counts_are_usual(participant), HEAD_COUNTS_USUAL));
    if (!counts_are_usual(participant)) {
        put_count(writer, participant->membership_count, MEMBERSHIPS_MAX);
        put_count(writer, participant->claim_count, CLAIMS_MAX);
        put_count(writer, participant->parked_count, PARKED_MAX);
    }
    for (unsigned i = 0; i < participant->recent_count; i++) {
        put_u64(writer, participant->recent[i]);
    }
    if (participant->died_on != DAY_NONE) {
        put_day(writer, participant->died_on, 0);
    }
}

size_t participant_encode(const struct participant *participant, uint8_t *out, size_t capacity)
{
    struct writer writer = {out, out + capacity};
    put_head(&writer, participant);
    for (unsigned i = 0; i < participant->membership_count; i++) {
        put_membership(&writer, &participant->memberships[i]);
    }
    put_regions(&writer, participant);
    for (unsigned i = 0; i < participant->claim_count; i++) {
        put_claim(&writer, &participant->claims[i]);
    }
    for (unsigned i = 0; i < participant->parked_count; i++) {
        put_parked(&writer, &participant->parked[i]);
    }
    return (size_t)(writer.at - out);
}

/* Reading. `ok` turns false at the first byte that no writer would have put there; from then on
   everything reads as zero, so that counts end loops and only the last caller has to look. */

struct reader {
    const uint8_t *at, *end;
    bool ok;
};

static void refuse_if(struct reader *reader, bool condition)
{
    if (condition) {
        reader->ok = false;
        reader->at = reader->end;
    }
}

static const uint8_t *take(struct reader *reader, size_t length)
{
    if ((size_t)(reader->end - reader->at) < length) {
        refuse_if(reader, true);
        return NULL;
    }
    const uint8_t *at = reader->at;
    reader->at += length;
    return at;
}

static uint8_t get_byte(struct reader *reader)
{
    const uint8_t *at = take(reader, 1);
    return at == NULL ? 0 : *at;
}

static uint32_t get_u32(struct reader *reader)
{
    const uint8_t *at = take(reader, 4);
    if (at == NULL) {
        return 0;
    }
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t get_u64(struct reader *reader)
{
    const uint64_t low = get_u32(reader);
    return low | (uint64_t)get_u32(reader) << 32;
}

/* The shortest form only: a last byte of zero would say nothing, a tenth holds one bit. */
static uint64_t get_long_number(struct reader *reader, uint64_t number)
{
    number &= 0x7F;
    for (unsigned shift = 7; shift < 64; shift += 7) {
        const uint8_t byte = get_byte(reader);
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            const bool refused = byte == 0 || (shift == 63 && byte > 1);
            refuse_if(reader, refused);
            return refused ? 0 : number;
        }
    }
    refuse_if(reader, true);
    return 0;
}

static uint64_t get_number(struct reader *reader)
{
    const uint8_t first = get_byte(reader);
    return first < 0x80 ? first : get_long_number(reader, first);
}

static uint64_t get_number_to(struct reader *reader, uint64_t most)
{
    const uint64_t number = get_number(reader);
    refuse_if(reader, number > most);
    return number > most ? 0 : number;
}

static int64_t get_amount(struct reader *reader)
{
    return (int64_t)get_number_to(reader, INT64_MAX);
}

static uint8_t get_count(struct reader *reader, unsigned most)
{
    assert(most <= UINT8_MAX);
    return (uint8_t)get_number_to(reader, most);
}

static uint8_t get_term(struct reader *reader, unsigned count)
{
    const uint8_t term = get_byte(reader);
    refuse_if(reader, term >= count);
    return term < count ? term : 0;
}

static int32_t day_from(struct reader *reader, uint64_t difference, int32_t base)
{
    const int64_t half = (int64_t)(difference >> 1);
    const int64_t number = (difference & 1) != 0 ? -half - 1 : half;
    const bool small = number >= -INT64_C(0x100000000) && number <= INT64_C(0x100000000);
    const int64_t day = small ? base + number : INT64_MAX;
    const bool fits = day >= INT32_MIN && day <= INT32_MAX;
    refuse_if(reader, !fits);
    return fits ? (int32_t)day : 0;
}

static int32_t get_day(struct reader *reader, int32_t base)
{
    return day_from(reader, get_number(reader), base);
}

static day_t get_day_or_none(struct reader *reader, day_t base)
{
    const uint64_t number = get_number(reader);
    if (number == 0) {
        return DAY_NONE;
    }
    const day_t day = day_from(reader, number - 1, base);
    refuse_if(reader, day == DAY_NONE);
    return day;
}

static uint8_t get_chars(struct reader *reader, char *out, unsigned most)
{
    const uint8_t length = get_count(reader, most);
    const uint8_t *at = take(reader, length);
    if (at == NULL) {
        return 0;
    }
    memcpy(out, at, length);
    return length;
}

static int64_t get_sponsor(struct reader *reader)
{
    const uint8_t first = get_byte(reader);
    const uint8_t kind = first & (SPONSOR_HAS_REF - 1);
    refuse_if(reader, kind >= SPONSOR_KIND_COUNT);
    uint64_t hash = 0;
    if ((first & SPONSOR_HAS_REF) != 0) {
        hash = get_u32(reader);
        hash |= (uint64_t)get_byte(reader) << 32;
        hash |= (uint64_t)get_byte(reader) << 40;
        hash |= (uint64_t)get_byte(reader) << 48;
        refuse_if(reader, hash == 0);
    }
    return (int64_t)(hash << 8 | kind);
}

static int64_t get_value(struct reader *reader, enum value_kind kind)
{
    if (kind == VALUE_SPONSOR) {
        return get_sponsor(reader);
    }
    return (int64_t)get_number_to(reader, value_most(kind));
}

static void get_timeline(struct reader *reader, struct timeline *timeline, bool usual,
                         const struct membership *membership, enum value_kind kind)
{
    if (usual) {
        timeline->count = 1;
        timeline->entries[0] =
            (struct entry){membership->cover_from, membership->recorded, get_value(reader, kind)};
        return;
    }
    timeline->count = get_count(reader, TIMELINE_MAX);
    for (unsigned i = 0; i < timeline->count; i++) {
        struct entry *entry = &timeline->entries[i];
        entry->from = get_day(reader, membership->cover_from);
        entry->recorded = get_day(reader, membership->recorded);
        entry->value = get_value(reader, kind);
    }
    refuse_if(reader, timeline_is_usual(timeline, membership));
}

static void get_ends(struct reader *reader, struct membership *membership, bool present)
{
    membership->end_count = present ? get_count(reader, ENDS_MAX) : 0;
    refuse_if(reader, present && membership->end_count == 0);
    for (unsigned i = 0; i < membership->end_count; i++) {
        struct end *end = &membership->ends[i];
        end->last_day = get_day(reader, membership->cover_from);
        end->recorded = get_day(reader, membership->recorded);
        end->reason = get_term(reader, END_REASON_COUNT);
    }
}

static void get_runs(struct reader *reader, struct membership *membership, bool one)
{
    membership->run_count = one ? 1 : get_count(reader, RUNS_MAX);
    refuse_if(reader, !one && membership->run_count == 1);
    int64_t next = 0;
    for (unsigned i = 0; i < membership->run_count; i++) {
        const int64_t first = i == 0 ? get_day(reader, day_month(membership->cover_from))
                                     : next + 1 + (int64_t)get_number_to(reader, STORED_MONTH_LAST);
        const int64_t more = (int64_t)get_number_to(reader, STORED_MONTH_LAST);
        const bool fits = first >= MONTH_FIRST && first + more <= STORED_MONTH_LAST;
        refuse_if(reader, !fits);
        membership->runs[i].first = fits ? (month_t)first : MONTH_FIRST;
        membership->runs[i].count = fits ? (int32_t)more + 1 : 1;
        next = first + more + 1;
    }
}

static uint32_t get_repeats(struct reader *reader, unsigned ref_count)
{
    uint32_t repeats = 0;
    for (unsigned i = 0; i + 1 < ref_count; i += 8) {
        repeats |= (uint32_t)get_byte(reader) << i;
    }
    refuse_if(reader, repeats == 0 || repeats >> (ref_count - 1) != 0);
    return repeats;
}

static void get_refs(struct reader *reader, struct membership *membership, bool repeat)
{
    membership->ref_count = get_count(reader, REFS_MAX);
    const uint32_t repeats = repeat ? get_repeats(reader, membership->ref_count) : 0;
    for (unsigned i = 0; i < membership->ref_count; i++) {
        const bool same = i > 0 && (repeats >> (i - 1) & 1) != 0;
        membership->refs[i] = same ? membership->refs[i - 1] : get_u32(reader);
    }
    refuse_if(reader, repeats_of(membership) != repeats);
}

static void get_reversed(struct reader *reader, struct membership *membership, bool present)
{
    membership->reversed_count = present ? get_count(reader, REVERSED_REFS_MAX) : 0;
    refuse_if(reader, present && membership->reversed_count == 0);
    for (unsigned i = 0; i < membership->reversed_count; i++) {
        membership->reversed[i] = get_u32(reader);
    }
}

static void get_membership_dates(struct reader *reader, struct membership *membership,
                                 unsigned flags)
{
    membership->cover_from = get_day(reader, 0);
    membership->recorded = get_day(reader, membership->cover_from);
    membership->cover_to = DAY_NEVER;
    if ((flags & FLAG_COVER_TO) != 0) {
        membership->cover_to = get_day(reader, membership->cover_from);
        refuse_if(reader, membership->cover_to == DAY_NEVER);
    }
}

static void get_timelines(struct reader *reader, struct membership *membership, unsigned flags)
{
    get_timeline(reader, &membership->wages, flags & FLAG_WAGE_USUAL, membership, VALUE_WAGE);
    get_timeline(reader, &membership->categories, flags & FLAG_CATEGORY_USUAL, membership,
                 VALUE_CATEGORY);
    get_timeline(reader, &membership->programmes, flags & FLAG_PROGRAMMES_USUAL, membership,
                 VALUE_PROGRAMMES);
    get_timeline(reader, &membership->sponsors, flags & FLAG_SPONSOR_USUAL, membership,
                 VALUE_SPONSOR);
}

static uint16_t get_region_code(struct reader *reader)
{
    return (uint16_t)get_number_to(reader, REGION_CODES - 1);
}

static void get_employer(struct reader *reader, struct membership *membership)
{
    const uint64_t number = get_number_to(reader, REGION_CODES);
    membership->has_employer = number > 0;
    membership->region_work = (uint16_t)(number > 0 ? number - 1 : 0);
    membership->employer_hash = number > 0 ? get_u64(reader) : 0;
}

static void get_membership(struct reader *reader, struct membership *membership)
{
    const unsigned flags = get_byte(reader);
    const unsigned kind = get_byte(reader);
    membership->is_void = (flags & FLAG_VOID) != 0;
    membership->segment = kind & KIND_SEGMENT_MASK;
    refuse_if(reader, membership->segment >= SEGMENT_COUNT);
    membership->risk_group = kind >> KIND_RISK_SHIFT & KIND_RISK_MASK;
    membership->id_length = get_chars(reader, membership->id, MEMBERSHIP_ID_BYTES_MAX);
    get_membership_dates(reader, membership, flags);
    membership->body_hash = get_u64(reader);
    get_employer(reader, membership);
    get_timelines(reader, membership, flags);
    get_ends(reader, membership, flags & FLAG_ENDS);
    get_runs(reader, membership, kind & KIND_ONE_RUN);
    membership->first_paid_day = get_day_or_none(reader, membership->cover_from);
    get_refs(reader, membership, kind & KIND_REFS_REPEAT);
    get_reversed(reader, membership, flags & FLAG_REVERSED);
}

static void get_usual_region(struct reader *reader, struct participant *participant)
{
    participant->regions.count = 0;
    refuse_if(reader, participant->membership_count == 0);
    if (reader->ok) {
        const struct membership *membership = &participant->memberships[0];
        participant->regions.count = 1;
        participant->regions.entries[0] = (struct entry){
            membership->cover_from, membership->recorded, region_value(get_region_code(reader), 0)};
    }
}

static void get_region(struct reader *reader, const struct participant *participant,
                       struct entry *entry)
{
    const unsigned head = get_byte(reader);
    const unsigned origin = head >> 1;
    const bool plain = (head & REGION_PLAIN) != 0;
    refuse_if(reader, origin > participant->membership_count || (plain && origin == 0));
    if (!reader->ok) {
        return;
    }
    entry->value = region_value(get_region_code(reader), (int)origin - 1);
    if (plain) {
        entry->from = participant->memberships[origin - 1].cover_from;
        entry->recorded = participant->memberships[origin - 1].recorded;
        return;
    }
    entry->from = get_day(reader, 0);
    entry->recorded = get_day(reader, entry->from);
    refuse_if(reader, reader->ok && region_is_plain(participant, entry));
}

static void get_regions(struct reader *reader, struct participant *participant, bool usual)
{
    if (usual) {
        get_usual_region(reader, participant);
        return;
    }
    participant->regions.count = get_count(reader, TIMELINE_MAX);
    for (unsigned i = 0; reader->ok && i < participant->regions.count; i++) {
        get_region(reader, participant, &participant->regions.entries[i]);
    }
    refuse_if(reader, reader->ok && region_is_usual(participant));
}

static void get_death(struct reader *reader, struct claim *claim)
{
    claim->cause = get_term(reader, CAUSE_COUNT);
    claim->died_on = get_day(reader, claim->recorded);
    refuse_if(reader, claim->died_on == DAY_NONE);
    claim->accident_on = get_day_or_none(reader, claim->recorded);
    claim->heir_rank = get_term(reader, HEIR_RANK_COUNT);
    claim->burial_payee_length = get_chars(reader, claim->burial_payee, TEXT_BYTES_MAX);
}

static void get_injury(struct reader *reader, struct claim *claim)
{
    struct injury_facts *injury = &claim->injury;
    claim->accident_on = claim->event_on;
    claim->cause = get_term(reader, CAUSE_COUNT);
    injury->unable_from = get_day(reader, claim->event_on);
    injury->days_unable = (int64_t)get_number_to(reader, DAYS_UNABLE_MOST);
    injury->disability = get_term(reader, DISABILITY_KIND_COUNT);
    injury->table_bp = (int64_t)get_number_to(reader, BASIS_POINTS_MOST);
    injury->loss_bp = (int64_t)get_number_to(reader, BASIS_POINTS_MOST);
    for (unsigned mode = 0; mode < TRANSPORT_MODE_COUNT; mode++) {
        injury->transport_idr[mode] = get_amount(reader);
    }
    injury->treatment_payee_length = get_chars(reader, injury->treatment_payee, TEXT_BYTES_MAX);
    injury->treatment_idr = get_amount(reader);
    injury->home_care_idr = get_amount(reader);
}

static void get_scholarship(struct reader *reader, struct claim *claim)
{
    struct scholarship_facts *scholarship = &claim->scholarship;
    scholarship->programme = get_term(reader, PROGRAMME_COUNT);
    scholarship->parent_length = get_chars(reader, scholarship->parent, CLAIM_ID_BYTES_MAX);
    scholarship->child_hash = get_u64(reader);
    scholarship->child_birth_date = get_day(reader, claim->recorded);
    scholarship->level = get_term(reader, SCHOOL_LEVEL_COUNT);
    scholarship->school_year = (int64_t)get_number_to(reader, SCHOOL_YEAR_MOST);
}

static void get_job_loss(struct reader *reader, struct claim *claim)
{
    claim->job_loss.filed_on = get_day(reader, claim->event_on);
    claim->job_loss.month_number = (int64_t)get_number_to(reader, MONTH_NUMBER_MOST);
}

static void get_by_type(struct reader *reader, struct claim *claim)
{
    claim->cause = TERM_NONE;
    claim->died_on = DAY_NONE;
    claim->accident_on = DAY_NONE;
    claim->heir_rank = TERM_NONE;
    claim->burial_payee_length = 0;
    switch ((enum claim_type)claim->type) {
    case CLAIM_DEATH: get_death(reader, claim); break;
    case CLAIM_INJURY: get_injury(reader, claim); break;
    case CLAIM_SCHOLARSHIP: get_scholarship(reader, claim); break;
    case CLAIM_JOB_LOSS: get_job_loss(reader, claim); break;
    }
}

static void get_claim_facts(struct reader *reader, struct claim *claim)
{
    claim->id_length = get_chars(reader, claim->id, CLAIM_ID_BYTES_MAX);
    claim->membership_id_length = get_chars(reader, claim->membership_id, MEMBERSHIP_ID_BYTES_MAX);
    claim->body_hash = get_u64(reader);
    claim->waits_until = (int64_t)get_u64(reader);
    claim->recorded = get_day(reader, 0);
    claim->event_on = get_day(reader, claim->recorded);
    claim->payee_length = get_chars(reader, claim->payee, TEXT_BYTES_MAX);
    claim->document_count = get_count(reader, DOCUMENT_DATES_MAX);
    for (unsigned i = 0; i < claim->document_count; i++) {
        claim->documents[i] = get_day(reader, claim->recorded);
    }
    get_by_type(reader, claim);
}

static void get_reviews(struct reader *reader, struct claim *claim)
{
    claim->review_count = get_count(reader, REVIEWS_MAX);
    for (unsigned i = 0; i < claim->review_count; i++) {
        claim->reviews[i].reason = get_term(reader, REASON_COUNT);
        claim->reviews[i].total_idr = get_amount(reader);
        claim->reviews[i].reviewer_hash = get_u64(reader);
    }
}

static void get_lines(struct reader *reader, struct claim *claim)
{
    claim->line_count = get_count(reader, LINES_OUT_MAX);
    for (unsigned i = 0; i < claim->line_count; i++) {
        claim->lines[i].component = get_term(reader, COMPONENT_COUNT);
        claim->lines[i].amount_idr = get_amount(reader);
    }
}

static void get_payment_reports(struct reader *reader, struct attempts *attempts, day_t recorded)
{
    attempts->count = get_count(reader, ATTEMPTS_MAX);
    refuse_if(reader, attempts->count == 0);
    for (unsigned k = 0; k < attempts->count; k++) {
        attempts->seen[k] = get_term(reader, 1U << PAYMENT_STATUS_COUNT);
    }
    attempts->status = get_term(reader, PAYMENT_STATUS_COUNT);
    if (is_settled(attempts)) {
        attempts->settled_on = get_day(reader, recorded);
        refuse_if(reader, attempts->settled_on == DAY_NONE);
    }
}

static void get_attempts(struct reader *reader, struct claim *claim)
{
    const unsigned reported = get_term(reader, 1U << PAYEES_MAX);
    for (unsigned i = 0; i < PAYEES_MAX; i++) {
        struct attempts *attempts = &claim->attempts[i];
        attempts->count = 0;
        attempts->status = 0;
        attempts->settled_on = DAY_NONE;
        if ((reported >> i & 1) != 0) {
            get_payment_reports(reader, attempts, claim->recorded);
        }
    }
}

static void get_claim(struct reader *reader, struct claim *claim)
{
    const unsigned head = get_byte(reader);
    refuse_if(reader, (head & CLAIM_UNUSED) != 0);
    claim->type = head & CLAIM_TYPE_MASK;
    claim->verdict = head >> CLAIM_VERDICT_SHIFT & CLAIM_VERDICT_MASK;
    claim->contradicted = (head & CLAIM_CONTRADICTED) != 0;
    get_claim_facts(reader, claim);
    claim->reason = get_term(reader, REASON_COUNT);
    claim->revision = (uint32_t)get_number_to(reader, UINT32_MAX);
    get_reviews(reader, claim);
    claim->approval = get_byte(reader);
    claim->due_on = DAY_NONE;
    if (claim->approval > 0) {
        claim->due_on = get_day(reader, claim->recorded);
        refuse_if(reader, claim->due_on == DAY_NONE);
    }
    get_lines(reader, claim);
    get_attempts(reader, claim);
}

/* Copies a text into the parked event's own bytes, which it views from then on. */
static struct text get_text(struct reader *reader, struct parked *parked)
{
    const uint64_t number = get_number(reader);
    if (number == 0) {
        return (struct text){0};
    }
    const uint64_t length = number - 1;
    refuse_if(reader, length > sizeof parked->bytes - parked->bytes_length);
    const uint8_t *at = reader->ok ? take(reader, length) : NULL;
    if (at == NULL) {
        return (struct text){0};
    }
    char *kept = parked->bytes + parked->bytes_length;
    memcpy(kept, at, length);
    parked->bytes_length = (uint16_t)(parked->bytes_length + length);
    return text_of(kept, length);
}

static void get_payment(struct reader *reader, struct parked *parked)
{
    struct contribution *body = &parked->body;
    body->line_count = get_count(reader, LINES_IN_MAX);
    for (unsigned i = 0; i < body->line_count; i++) {
        body->lines[i].programme = get_term(reader, PROGRAMME_COUNT);
        body->lines[i].amount_idr = get_amount(reader);
    }
    body->relief = get_text(reader, parked);
    body->paid_at = (int64_t)get_u64(reader);
    if (body->payer_present) {
        body->payer.kind = get_term(reader, SPONSOR_KIND_COUNT);
        body->payer.ref = get_text(reader, parked);
    }
}

static void clear_body(struct contribution *body, bool payer_present)
{
    body->line_count = 0;
    body->relief = (struct text){0};
    body->paid_at = 0;
    body->payer_present = payer_present;
    body->payer = (struct party){0};
    body->reason = (struct text){0};
}

static void get_body(struct reader *reader, struct parked *parked)
{
    struct contribution *body = &parked->body;
    body->membership_id = get_text(reader, parked);
    body->month = (month_t)get_number_to(reader, MONTH_LAST);
    refuse_if(reader, body->month < MONTH_FIRST);
    body->months = get_amount(reader);
    body->payment_ref = get_text(reader, parked);
    if (parked->type == EVENT_CONTRIBUTION_REVERSED) {
        body->reason = get_text(reader, parked);
    } else {
        get_payment(reader, parked);
    }
}

static void get_parked(struct reader *reader, struct parked *parked)
{
    const unsigned head = get_byte(reader);
    const bool reversed = (head & PARKED_REVERSED) != 0;
    refuse_if(reader, (head & PARKED_UNUSED) != 0 || head == (PARKED_REVERSED | PARKED_PAYER));
    parked->type = reversed ? EVENT_CONTRIBUTION_REVERSED : EVENT_CONTRIBUTION_PAID;
    parked->bytes_length = 0;
    clear_body(&parked->body, (head & PARKED_PAYER) != 0);
    parked->deadline = (int64_t)get_u64(reader);
    parked->time = (int64_t)get_u64(reader);
    parked->id = get_text(reader, parked);
    parked->source = get_text(reader, parked);
    parked->batch_id = get_text(reader, parked);
    parked->topic_length = get_chars(reader, parked->topic, TOPIC_BYTES_MAX);
    parked->partition = get_amount(reader);
    parked->offset = get_amount(reader);
    get_body(reader, parked);
}

static void get_counts(struct reader *reader, struct participant *participant, bool usual)
{
    participant->membership_count = usual ? 1 : get_count(reader, MEMBERSHIPS_MAX);
    participant->claim_count = usual ? 0 : get_count(reader, CLAIMS_MAX);
    participant->parked_count = usual ? 0 : get_count(reader, PARKED_MAX);
    refuse_if(reader, !usual && counts_are_usual(participant));
}

/* Returns the flags that later parts need. */
static unsigned get_head(struct reader *reader, struct participant *participant)
{
    refuse_if(reader, get_byte(reader) != PARTICIPANT_BYTES_VERSION);
    const unsigned head = get_byte(reader);
    refuse_if(reader, (head & HEAD_UNUSED) != 0 || (head & HEAD_RECENT_MASK) > RECENT_IDS_MAX);
    get_counts(reader, participant, head & HEAD_COUNTS_USUAL);
    participant->recent_count = reader->ok ? (uint8_t)(head & HEAD_RECENT_MASK) : 0;
    for (unsigned i = 0; i < participant->recent_count; i++) {
        participant->recent[i] = get_u64(reader);
    }
    participant->died_on = DAY_NONE;
    if ((head & HEAD_DIED) != 0) {
        participant->died_on = get_day(reader, 0);
        refuse_if(reader, participant->died_on == DAY_NONE);
    }
    return head;
}

bool participant_decode(struct participant *participant, struct text id, const uint8_t *bytes,
                        size_t length)
{
    participant_init(participant, id);
    struct reader reader = {bytes, length == 0 ? bytes : bytes + length, true};
    const unsigned head = get_head(&reader, participant);
    for (unsigned i = 0; reader.ok && i < participant->membership_count; i++) {
        get_membership(&reader, &participant->memberships[i]);
    }
    get_regions(&reader, participant, head & HEAD_REGION_USUAL);
    for (unsigned i = 0; reader.ok && i < participant->claim_count; i++) {
        get_claim(&reader, &participant->claims[i]);
    }
    for (unsigned i = 0; reader.ok && i < participant->parked_count; i++) {
        get_parked(&reader, &participant->parked[i]);
    }
    if (!reader.ok || reader.at != reader.end) {
        participant_init(participant, id);
        return false;
    }
    return true;
}
