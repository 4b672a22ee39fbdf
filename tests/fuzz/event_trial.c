#include "event_trial.h"

#include <assert.h>
#include <stdlib.h>

#include "../unit/wire/wire_fixture.h"
#include "core/event_check.h"
#include "core/projection.h"
#include "core/transition.h"
#include "wire/event_codec.h"
#include "wire/rules_bundle.h"

#ifndef JAGA_RULES_DIR
#define JAGA_RULES_DIR "rules"
#endif

static struct rules rules;
static struct participant participant, reread;
static struct outputs outputs;
static struct projection projection;
static uint8_t bytes[PARTICIPANT_BYTES_MAX], bytes_again[PARTICIPANT_BYTES_MAX];
static int64_t now, offset;

static const struct rules *the_rules(void)
{
    if (rules.parameter_count == 0) {
        char *text = NULL;
        size_t length;
        const struct error error =
            rules_bundle_load(JAGA_RULES_DIR, DAY_NONE, &text, &length, &rules, NULL);
        if (failed(&error)) {
            abort(); /* run it where the tables are */
        }
        free(text);
    }
    return &rules;
}

void trial_begin(void)
{
    now = INT64_MIN;
    offset = 0;
    participant_init(&participant, TEXT("P1"));
}

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void same_in_avro(const struct event *event)
{
    static struct schemas *schemas;
    static char out[EVENT_BYTES_MAX];
    static struct event again;
    struct event_problem problem;
    if (schemas == NULL) {
        schemas = schemas_open();
        schemas_add_own(schemas, 0);
    }
    struct buffer buffer = buffer_over(out, sizeof out);
    event_encode(&buffer, event);
    must(!buffer.overflow);
    must(event_decode(schemas, 1, event_topic(event->type), text_of(out, buffer.length), &again,
                      &problem) == EVENT_READ);
    must(fixture_event_difference(event, &again) == NULL);
    must(body_hash(event) == body_hash(&again));
}

static void same_in_json(const struct event *event)
{
    static char out[16 * EVENT_BYTES_MAX];
    static struct json_scratch *scratch;
    static struct event again;
    struct event_problem problem;
    if (scratch == NULL) {
        scratch = json_scratch_open();
    }
    struct buffer buffer = buffer_over(out, sizeof out);
    event_to_json(&buffer, event);
    must(!buffer.overflow);
    must(event_from_json(scratch, out, buffer.length, &again, &problem) == EVENT_READ);
    must(fixture_event_difference(event, &again) == NULL);
    json_scratch_reset(scratch);
}

static void check_participant(void)
{
    const size_t length = participant_encode(&participant, bytes, sizeof bytes);
    must(participant_decode(&reread, TEXT("P1"), bytes, length));
    must(participant_encode(&reread, bytes_again, sizeof bytes_again) == length);
    must(memcmp(bytes, bytes_again, length) == 0);
    projection_of(&participant, the_rules(), &projection);
    must(participant_decode(&participant, TEXT("P1"), bytes, length));
}

/* The clock follows the event, as with --clock events. */
static void apply(const struct event *event)
{
    const struct delivery delivery = {
        .key_matches = true, .partition_matches = true, .kafka_time_us = TIME_NONE};
    const struct place place = {.topic = TEXT("jaga.fuzz"), .partition = 0, .offset = offset++};
    now = event->time > now ? event->time : now;
    while (participant_deadline(&participant) <= now) {
        outputs_reset(&outputs, now, NULL);
        transition_timer(&participant, the_rules(), &outputs);
        check_participant();
    }
    outputs_reset(&outputs, now, &place);
    transition_event(&participant, event, &delivery, the_rules(), &outputs);
    check_participant();
}

void trial_event(const struct event *event)
{
    static struct event mine;
    outputs_reset(&outputs, 0, NULL);
    const bool passes = event_check(event, the_rules(), &outputs);
    must(passes == (outputs.count == 0));
    if (passes) {
        same_in_avro(event);
    }
    if (passes && event->type != EVENT_BATCH_DECLARED) { /* flat, it names its batch once only */
        same_in_json(event);
    }
    if (event_topic(event->type) == EVENT_TOPIC_REFERENCE || event->time < TIME_FIRST ||
        event->time > TIME_LAST) {
        return;
    }
    mine = *event;
    mine.participant_id = passes ? TEXT("P1") : mine.participant_id;
    apply(&mine);
}
