/* One participant applied again: what each step tells, the clock, and timers. That it comes to what
   a lane put out is tested on a real log (tests/integration/explain.py). */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "kafka/kafka.h"
#include "replay/participant_replay.h"
#include "wire/rules_bundle.h"

#define SECOND MICROSECONDS_A_SECOND
#define HOUR (3600 * SECOND)
#define DAY_US (24 * HOUR)
#define ID "\"source\":\"/t\",\"participant_id\":\"P1\""
#define ENROLLED                                                                                   \
    "{\"type\":\"Enrolled\",\"id\":\"e1\",\"time\":\"2024-01-25T02:00:00Z\"," ID                   \
    ",\"membership_id\":\"M1\",\"segment\":\"PU_STATE\",\"category\":\"KPPS\","                    \
    "\"programmes\":[\"JKK\",\"JKM\"],\"region_home\":\"36.71\","                                  \
    "\"sponsor\":{\"kind\":\"APBN\"},\"risk_group\":1,\"wage_idr\":1100000,"                       \
    "\"cover_from\":\"2024-01-25\"}"
#define PAID                                                                                       \
    "{\"type\":\"ContributionPaid\",\"id\":\"c1\",\"time\":\"2024-01-25T03:00:00Z\"," ID           \
    ",\"membership_id\":\"M1\",\"month\":\"2024-01\",\"months\":1,\"lines\":"                      \
    "[{\"programme\":\"JKK\",\"amount_idr\":2640},{\"programme\":\"JKM\",\"amount_idr\":3300}],"   \
    "\"paid_at\":\"2024-01-25T02:30:00Z\",\"payment_ref\":\"R1\"}"
#define CLAIMED                                                                                    \
    "{\"type\":\"DeathClaimFiled\",\"id\":\"d1\",\"time\":\"2024-02-16T02:00:00Z\"," ID            \
    ",\"claim_id\":\"C1\",\"membership_id\":\"M1\",\"died_on\":\"2024-02-14\","                    \
    "\"cause\":\"SUDDEN_DEATH_AT_WORK\",\"heir\":{\"rank\":\"SPOUSE\",\"payee_ref\":\"H1\"},"      \
    "\"documents_complete_on\":\"2024-02-15\"}"

static struct rules *rules;
static struct json_scratch *scratch;
static struct participant_replay *replay;

/* What the last steps told. */
#define STEPS_MAX 8
static struct told {
    enum step_outcome outcome;
    int64_t sequence, now, lane_of_output, sequence_of_output;
    uint32_t outputs;
    uint8_t code; /* of the first exception; 255: none */
    bool is_timer;
    unsigned memberships, claims;
} told[STEPS_MAX];
static uint32_t told_count;

static void note(void *context, const struct participant_step *step)
{
    (void)context;
    cr_assert_lt(told_count, STEPS_MAX);
    struct told *to = &told[told_count++];
    *to = (struct told){
        .outcome = step->outcome,
        .sequence = step->sequence,
        .now = step->now,
        .outputs = step->outputs->count,
        .code = 255,
        .is_timer = step->record == NULL,
        .memberships = step->participant->membership_count,
        .claims = step->participant->claim_count,
    };
    for (uint32_t i = 0; i < step->outputs->count; i++) {
        const struct output *output = &step->outputs->items[i];
        to->lane_of_output = output->decision.head.lane;
        to->sequence_of_output = output->decision.head.sequence;
        cr_expect_eq(output->decision.head.input_present, step->record != NULL);
        if (output->kind == OUTPUT_EXCEPTION && to->code == 255) {
            to->code = output->exception.code;
        }
    }
}

static void prepare_in(int32_t lane, int32_t lanes)
{
    char *text;
    size_t length;
    rules = calloc(1, sizeof *rules);
    scratch = json_scratch_open();
    const struct error read = rules_bundle_read_files(JAGA_RULES_DIR, &text, &length);
    cr_assert(!failed(&read), "%s", read.detail);
    const struct error parsed = rules_bundle_parse(text, length, DAY_NONE, rules, NULL);
    cr_assert(!failed(&parsed), "%s", parsed.detail);
    free(text);
    told_count = 0;
    replay = participant_replay_open(TEXT("P1"), lane, lanes, note, NULL);
}

static void prepare(void)
{
    prepare_in(0, 0);
}

static void clean_up(void)
{
    participant_replay_close(replay);
    json_scratch_close(scratch);
    free(rules);
}

TestSuite(participant_replay, .init = prepare, .fini = clean_up);

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    cr_assert(time_parse(text, (uint32_t)strlen(text), &time), "%s", text);
    return time;
}

/* The event of a line, applied at its own time. */
static const struct told *apply(const char *line)
{
    struct input_record record = {.offset = 7, .key = TEXT("P1")};
    record.reading = event_from_json(scratch, line, strlen(line), &record.event, &record.problem);
    record.value = text_of_string(line);
    const uint32_t before = told_count;
    if (record.reading == EVENT_READ) {
        record.timestamp_ms = record.event.time / 1000;
        participant_replay_clock(replay, record.event.time);
    }
    participant_replay_apply(replay, &record, TEXT("jaga.claim"));
    cr_assert_gt(told_count, before);
    return &told[told_count - 1];
}

static void begin(int64_t sequence, int64_t timers)
{
    participant_replay_begin(replay, rules, sequence, timers);
}

Test(participant_replay, every_outcome_is_told)
{
    begin(3, 0);
    cr_expect_eq(apply(ENROLLED)->outcome, STEP_APPLIED);
    cr_expect_eq(told[0].memberships, 1);
    cr_expect_eq(told[0].now, time_of("2024-01-25T02:00:00Z"));
    cr_expect_eq(apply(ENROLLED)->outcome, STEP_DUPLICATE);
    cr_expect_eq(told[1].outputs, 0);
    cr_expect_eq(apply(PAID)->outcome, STEP_APPLIED);

    begin(4, 0);
    const struct told *decided = apply(CLAIMED);
    cr_expect_eq(decided->outcome, STEP_APPLIED);
    cr_expect_eq(decided->outputs, 2, "a decision and its payment");
    cr_expect_eq(decided->sequence, 4);
    cr_expect_eq(decided->sequence_of_output, 4);
    cr_expect_eq(decided->claims, 1);

    const struct told *unreadable = apply("{\"type\":\"Enrolled\"");
    cr_expect_eq(unreadable->outcome, STEP_REJECTED);
    cr_expect_eq(unreadable->code, EXCEPTION_MALFORMED);
    cr_expect_eq(unreadable->now, time_of("2024-02-16T02:00:00Z"), "it moves no clock");
    cr_expect_eq(participant_replay_state(replay)->claims[0].verdict, APPROVED);
}

Test(participant_replay, a_refusal_is_told_with_its_code)
{
    begin(1, 0);
    const struct told *unknown = apply("{\"type\":\"MembershipEnded\",\"id\":\"x\",\"time\":"
                                       "\"2024-01-25T03:00:00Z\"," ID ",\"membership_id\":\"M9\","
                                       "\"last_day\":\"2024-01-25\",\"reason\":\"RESIGNED\"}");
    cr_expect_eq(unknown->outcome, STEP_REJECTED);
    cr_expect_eq(unknown->code, EXCEPTION_MEMBERSHIP_UNKNOWN);
    cr_expect_eq(unknown->outputs, 1);
    cr_expect(participant_is_empty(participant_replay_state(replay)));
}

Test(participant_replay, parked_and_let_go)
{
    begin(1, 0);
    cr_expect_eq(apply(PAID)->outcome, STEP_PARKED);
    cr_expect_eq(told[0].code, EXCEPTION_PARKED);
    cr_expect_eq(apply(ENROLLED)->outcome, STEP_APPLIED);
    cr_expect_eq(participant_replay_state(replay)->parked_count, 0);
    cr_expect_eq(months_paid(&participant_replay_state(replay)->memberships[0]), 1);
}

Test(participant_replay, a_timer_fires_when_the_clock_comes_to_it)
{
    begin(1, 0);
    (void)apply(CLAIMED);
    const int64_t deadline = participant_deadline(participant_replay_state(replay));
    cr_assert_lt(deadline, INT64_MAX);
    begin(2, 1);
    participant_replay_clock(replay, deadline - 1);
    cr_expect_eq(told_count, 1);
    participant_replay_clock(replay, deadline + HOUR);
    cr_assert_eq(told_count, 2);
    cr_expect(told[1].is_timer);
    cr_expect_eq(told[1].outcome, STEP_TIMER);
    cr_expect_eq(told[1].now, deadline + HOUR);
    cr_expect_eq(told[1].sequence, 2);
    cr_expect_eq(participant_replay_state(replay)->claims[0].verdict, REJECTED);
    participant_replay_clock(replay, deadline + 2 * HOUR);
    cr_expect_eq(told_count, 2);
}

/* A batch may end while timers are due: they fire in the next one. */
Test(participant_replay, no_more_timers_than_the_journal_says)
{
    begin(1, 0);
    (void)apply(CLAIMED);
    const int64_t deadline = participant_deadline(participant_replay_state(replay));
    begin(2, 0);
    participant_replay_clock(replay, deadline + HOUR);
    cr_expect_eq(told_count, 1);
    begin(3, 5);
    participant_replay_clock(replay, INT64_MIN);
    cr_assert_eq(told_count, 2);
    cr_expect_eq(told[1].sequence, 3);
    cr_expect_eq(told[1].now, deadline + HOUR);
}

Test(participant_replay, the_clock_does_not_go_back)
{
    begin(1, 0);
    participant_replay_clock(replay, DAY_US);
    participant_replay_clock(replay, HOUR);
    cr_expect_eq(participant_replay_now(replay), DAY_US);
}

Test(participant_replay, sequences_go_forward, .signal = SIGABRT)
{
    begin(2, 0);
    begin(2, 0);
}

/* With a lane the key is looked at: a record under another key is refused. */
Test(participant_replay, the_lane_is_part_of_it)
{
    clean_up();
    const int32_t lane = kafka_partition_of(TEXT("P1"), 4);
    prepare_in(lane, 4);
    begin(1, 0);
    struct input_record record = {.key = TEXT("P2"), .reading = EVENT_READ};
    cr_assert_eq(
        event_from_json(scratch, ENROLLED, strlen(ENROLLED), &record.event, &record.problem),
        EVENT_READ);
    record.timestamp_ms = record.event.time / 1000;
    participant_replay_apply(replay, &record, TEXT("jaga.enrollment"));
    cr_expect_eq(told[0].code, EXCEPTION_KEY_MISMATCH);
    cr_expect_eq(told[0].lane_of_output, lane);
    record.key = TEXT("P1");
    participant_replay_apply(replay, &record, TEXT("jaga.enrollment"));
    cr_expect_eq(told[1].outcome, STEP_APPLIED);
}
