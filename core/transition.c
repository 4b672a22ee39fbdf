#include "core/transition.h"

#include <assert.h>

#include "core/internal.h"

#define MICROSECONDS_TESTED_AHEAD MICROSECONDS_A_DAY

int64_t kafka_time(int64_t timestamp_ms)
{
    int64_t time_us;
    if (__builtin_mul_overflow(timestamp_ms, 1000, &time_us)) {
        return timestamp_ms < 0 ? TIME_NONE + 1 : INT64_MAX;
    }
    return time_us;
}

bool event_time_is_refused(const struct event *event, int64_t kafka_time_us)
{
    if (kafka_time_us == TIME_NONE || event->time <= kafka_time_us) {
        return false;
    }
    const uint64_t ahead = (uint64_t)event->time - (uint64_t)kafka_time_us;
    return ahead > (uint64_t)MICROSECONDS_TESTED_AHEAD;
}

static void refuse_time(const struct application *application, const struct delivery *delivery)
{
    char time[TIME_TEXT_BYTES], most[TIME_TEXT_BYTES];
    time_print(application->event->time, time);
    time_print(delivery->kafka_time_us + MICROSECONDS_TESTED_AHEAD, most);
    struct exception *exception =
        event_refuse(application->event, EXCEPTION_INVALID_FIELD, application->outputs);
    detail_text(exception, "field", TEXT("time"));
    detail_text(exception, "value", text_of_string(time));
    detail_text(exception, "most", text_of_string(most));
}

enum outcome refuse_count(struct application *application, const char *what, int64_t most)
{
    struct exception *exception =
        event_refuse(application->event, EXCEPTION_TOO_MANY, application->outputs);
    detail_text(exception, "field", text_of_string(what));
    detail_number(exception, "most", most);
    return OUTCOME_REJECTED;
}

enum outcome refuse_membership(struct application *application, enum exception_code code,
                               struct text id)
{
    struct exception *exception = event_refuse(application->event, code, application->outputs);
    detail_text(exception, "field", TEXT("membership_id"));
    detail_text(exception, "value", id);
    return OUTCOME_REJECTED;
}

/* Tests that need neither the participant nor an earlier event. */
static bool is_admitted(const struct application *application, const struct delivery *delivery)
{
    const struct event *event = application->event;
    if (!delivery->key_matches) {
        (void)event_refuse(event, EXCEPTION_KEY_MISMATCH, application->outputs);
        return false;
    }
    if (!delivery->partition_matches) {
        (void)event_refuse(event, EXCEPTION_PARTITION_MISMATCH, application->outputs);
        return false;
    }
    if (!event_check(event, application->rules, application->outputs)) {
        return false;
    }
    if (event_time_is_refused(event, delivery->kafka_time_us)) {
        refuse_time(application, delivery);
        return false;
    }
    return true;
}

/* The date of recording: in the zone of the event's own home region, else of the participant's. */
static day_t date_of_recording(const struct application *application)
{
    const struct event *event = application->event;
    struct text home = {0};
    if (event->type == EVENT_ENROLLED) {
        home = event->enrolled.region_home;
    } else if (event->type == EVENT_MOVED) {
        home = event->change.region_home;
    } else {
        return participant_local_day(application->participant, application->rules, event->time);
    }
    const uint16_t region = rules_region(application->rules, home);
    assert(region != 0);
    return day_of_time(event->time, rules_utc_offset(application->rules, region));
}

/* The 8 ids. OUTCOME_APPLIED: not among them. */
static enum outcome test_ids(const struct application *application, uint64_t recent)
{
    const struct participant *participant = application->participant;
    for (unsigned i = 0; i < participant->recent_count; i++) {
        if (participant->recent[i] == recent) {
            return OUTCOME_DUPLICATE;
        }
        if (((participant->recent[i] ^ recent) & RECENT_ID_MASK) == 0) {
            (void)event_refuse(application->event, EXCEPTION_EVENT_CONFLICT, application->outputs);
            return OUTCOME_REJECTED;
        }
    }
    return OUTCOME_APPLIED;
}

static void remember(struct participant *participant, uint64_t recent)
{
    assert(participant->recent_count <= RECENT_IDS_MAX);
    if (participant->recent_count == RECENT_IDS_MAX) {
        memmove(participant->recent, participant->recent + 1,
                (RECENT_IDS_MAX - 1) * sizeof *participant->recent);
        participant->recent_count--;
    }
    participant->recent[participant->recent_count++] = recent;
}

int64_t wait_deadline(const struct rules *rules, int64_t now)
{
    const int64_t days = rules_parameter(rules, PARAMETER_WAIT_DAYS, ANY, day_of_time(now, 0));
    return now + days * MICROSECONDS_A_DAY;
}

/* A claim keeps until when it waits for its membership, so that its bytes alone tell its deadline.
 */
static enum outcome apply_claim_topic(struct application *application)
{
    struct participant *participant = application->participant;
    const uint8_t filed = participant->claim_count;
    const enum outcome outcome = apply_claim(application);
    for (uint8_t i = filed; i < participant->claim_count; i++) {
        participant->claims[i].waits_until =
            wait_deadline(application->rules, application->outputs->now);
    }
    return outcome;
}

static enum outcome apply_by_topic(struct application *application)
{
    switch ((enum input_topic)event_topic(application->event->type)) {
    case INPUT_ENROLLMENT: return apply_enrollment(application);
    case INPUT_CONTRIBUTION: return apply_contribution(application);
    case INPUT_CLAIM: return apply_claim_topic(application);
    case INPUT_PAYMENT_STATUS: return apply_payment_status(application);
    }
    assert(false && "only events of a lane's topics come here");
    return OUTCOME_REJECTED;
}

static void judge(const struct application *application)
{
    const unsigned topic = event_topic(application->event->type);
    judge_claims(application->participant, application->rules, application->outputs);
    if (topic == INPUT_ENROLLMENT || topic == INPUT_CONTRIBUTION) {
        judge_approved_claims(application->participant, application->event, application->rules,
                              application->outputs);
    }
}

/* From the 8 ids on, for an event that comes and for one that was parked. */
static enum outcome take(struct application *application)
{
    application->body_hash = body_hash(application->event);
    const uint64_t recent = recent_hash(application->event, application->body_hash);
    enum outcome outcome = test_ids(application, recent);
    if (outcome != OUTCOME_APPLIED) {
        return outcome;
    }
    application->recorded = date_of_recording(application);
    outcome = apply_by_topic(application);
    if (outcome == OUTCOME_APPLIED) {
        remember(application->participant, recent);
        judge(application);
    }
    return outcome;
}

static int64_t money_of(const struct event *event)
{
    int64_t amount_idr = 0;
    if (event->type == EVENT_CONTRIBUTION_PAID) {
        for (uint32_t i = 0; i < event->contribution.line_count; i++) {
            amount_idr += event->contribution.lines[i].amount_idr;
        }
    }
    return amount_idr;
}

/* A batch id that is none (too long) names no batch. */
static bool has_batch(const struct event *event)
{
    return event->batch_id.length > 0 && event->batch_id.length <= TEXT_BYTES_MAX;
}

static void count_batch(const struct event *event, bool applied, struct outputs *outputs)
{
    if (!has_batch(event)) {
        return;
    }
    struct tally_change *tally = outputs_tally(outputs, TALLY_BATCH);
    tally->batch_id = event->batch_id;
    tally->applied = applied ? 1 : 0;
    tally->refused = applied ? 0 : 1;
    tally->amount_idr = applied ? money_of(event) : 0;
}

/* The journal's counts; a parked event counts when it is settled. */
static void count(const struct event *event, enum outcome outcome, struct outputs *outputs)
{
    switch (outcome) {
    case OUTCOME_APPLIED:
        outputs->applied++;
        count_batch(event, true, outputs);
        break;
    case OUTCOME_DUPLICATE: outputs->duplicates++; break;
    case OUTCOME_REJECTED:
        outputs->rejected++;
        count_batch(event, false, outputs);
        break;
    case OUTCOME_PARKED: break;
    }
}

/* Parked events. */

static struct text moved_text(struct text text, const struct parked *from, struct parked *to)
{
    if (text_is_absent(text)) {
        return text;
    }
    assert(text.at >= from->bytes);
    assert(text.at + text.length <= from->bytes + sizeof from->bytes);
    return text_of(to->bytes + (text.at - from->bytes), text.length);
}

/* The texts of the copy view the copy's own bytes. */
static void move_parked(struct parked *to, const struct parked *from)
{
    memcpy(to, from, sizeof *to);
    struct contribution *body = &to->body;
    to->id = moved_text(to->id, from, to);
    to->source = moved_text(to->source, from, to);
    to->batch_id = moved_text(to->batch_id, from, to);
    body->membership_id = moved_text(body->membership_id, from, to);
    body->relief = moved_text(body->relief, from, to);
    body->payer.ref = moved_text(body->payer.ref, from, to);
    body->payment_ref = moved_text(body->payment_ref, from, to);
    body->reason = moved_text(body->reason, from, to);
}

/* Puts a parked event behind the others and takes it off the count. It stays there untouched until
   the next event of this participant, so that outputs can view its texts. */
static struct parked *unpark(struct participant *participant, unsigned index)
{
    assert(index < participant->parked_count);
    const unsigned last = participant->parked_count - 1U;
    struct parked released;
    move_parked(&released, &participant->parked[index]);
    for (unsigned i = index; i < last; i++) {
        move_parked(&participant->parked[i], &participant->parked[i + 1]);
    }
    move_parked(&participant->parked[last], &released);
    participant->parked_count--;
    return &participant->parked[last];
}

static void event_of_parked(const struct participant *participant, const struct parked *parked,
                            struct event *event)
{
    event_init(event, (enum event_type)parked->type);
    event->time = parked->time;
    event->id = parked->id;
    event->source = parked->source;
    event->participant_id = text_of(participant->id, participant->id_length);
    event->batch_id = parked->batch_id;
    event->contribution = parked->body;
}

/* The record of a parked event is no longer at hand. */
static void want_no_original(struct outputs *outputs, uint32_t first)
{
    for (uint32_t i = first; i < outputs->count; i++) {
        if (outputs->items[i].kind == OUTPUT_EXCEPTION) {
            outputs->items[i].exception.original_wanted = false;
        }
    }
}

static void apply_parked(const struct application *enrolled, const struct parked *parked)
{
    struct event event;
    event_of_parked(enrolled->participant, parked, &event);
    struct application application = *enrolled;
    application.event = &event;
    struct outputs *outputs = application.outputs;
    const uint32_t first = outputs->count;
    outputs->input = (struct place){text_of(parked->topic, parked->topic_length), parked->partition,
                                    parked->offset};
    const enum outcome outcome = take(&application);
    assert(outcome != OUTCOME_PARKED);
    count(&event, outcome, outputs);
    want_no_original(outputs, first);
}

/* Each parked event of a membership that has just become known comes next, in order. All are
   released before the first is applied, since outputs view their texts from then on; the first
   released lies last. */
static void apply_all_parked(const struct application *enrolled)
{
    struct participant *participant = enrolled->participant;
    const struct text wanted = enrolled->event->enrolled.membership_id;
    const unsigned before = participant->parked_count;
    unsigned index = 0;
    while (index < participant->parked_count) {
        if (text_equal(participant->parked[index].body.membership_id, wanted)) {
            (void)unpark(participant, index);
        } else {
            index++;
        }
    }
    const struct place input = enrolled->outputs->input;
    for (unsigned next = before; next > participant->parked_count; next--) {
        apply_parked(enrolled, &participant->parked[next - 1]);
    }
    enrolled->outputs->input = input;
}

void transition_event(struct participant *participant, const struct event *event,
                      const struct delivery *delivery, const struct rules *rules,
                      struct outputs *outputs)
{
    assert(event_topic(event->type) != EVENT_TOPIC_REFERENCE);
    struct application application = {
        .participant = participant, .event = event, .rules = rules, .outputs = outputs};
    enum outcome outcome = OUTCOME_REJECTED;
    if (is_admitted(&application, delivery)) {
        outcome = take(&application);
    }
    count(event, outcome, outputs);
    if (outcome == OUTCOME_APPLIED && event->type == EVENT_ENROLLED) {
        apply_all_parked(&application);
    }
}

/* Timers. */

static int64_t claim_deadline(const struct claim *claim)
{
    const bool waits = claim->verdict == WAITING && (claim->reason == REASON_MEMBERSHIP_UNKNOWN ||
                                                     claim->reason == REASON_PARENT_UNKNOWN);
    return waits ? claim->waits_until : INT64_MAX;
}

/* The first of the parked events with the earliest deadline; `parked_count` when there is none. */
static unsigned first_parked(const struct participant *participant)
{
    unsigned first = 0;
    for (unsigned i = 1; i < participant->parked_count; i++) {
        if (participant->parked[i].deadline < participant->parked[first].deadline) {
            first = i;
        }
    }
    return first;
}

static unsigned first_claim(const struct participant *participant)
{
    unsigned first = 0;
    for (unsigned i = 1; i < participant->claim_count; i++) {
        if (claim_deadline(&participant->claims[i]) < claim_deadline(&participant->claims[first])) {
            first = i;
        }
    }
    return first;
}

static int64_t parked_deadline(const struct participant *participant)
{
    return participant->parked_count == 0 ? INT64_MAX
                                          : participant->parked[first_parked(participant)].deadline;
}

static int64_t claims_deadline(const struct participant *participant)
{
    return participant->claim_count == 0
               ? INT64_MAX
               : claim_deadline(&participant->claims[first_claim(participant)]);
}

int64_t participant_deadline(const struct participant *participant)
{
    const int64_t parked = parked_deadline(participant);
    const int64_t claims = claims_deadline(participant);
    return parked < claims ? parked : claims;
}

static void give_up_parked(struct participant *participant, struct outputs *outputs)
{
    const struct parked *parked = unpark(participant, first_parked(participant));
    struct event event;
    event_of_parked(participant, parked, &event);
    struct exception *exception = event_refuse(&event, EXCEPTION_MEMBERSHIP_UNKNOWN, outputs);
    exception->original_wanted = false;
    detail_text(exception, "membership_id", parked->body.membership_id);
    detail_text(exception, "topic", text_of(parked->topic, parked->topic_length));
    detail_number(exception, "partition", parked->partition);
    detail_number(exception, "offset", parked->offset);
    count(&event, OUTCOME_REJECTED, outputs);
}

void transition_timer(struct participant *participant, const struct rules *rules,
                      struct outputs *outputs)
{
    assert(!outputs->input_present);
    assert(participant_deadline(participant) <= outputs->now);
    if (parked_deadline(participant) <= claims_deadline(participant)) {
        give_up_parked(participant, outputs);
    } else {
        struct claim *claim = &participant->claims[first_claim(participant)];
        close_claim(participant, claim, REJECTED, (enum reason)claim->reason, rules, outputs);
    }
    judge_claims(participant, rules, outputs);
}
