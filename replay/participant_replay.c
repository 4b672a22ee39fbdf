#include "replay/participant_replay.h"

#include <assert.h>
#include <stdlib.h>

#include "lane/state.h"

struct participant_replay {
    int32_t lane, lanes;
    participant_step_seen seen;
    void *context;
    const struct rules *rules;
    int64_t sequence, now;
    int64_t timers_left; /* that the journal record fired, of whomever */
    char id[PARTICIPANT_ID_BYTES_MAX];
    struct participant participant;
    struct outputs outputs;
};

struct participant_replay *participant_replay_open(struct text id, int32_t lane, int32_t lanes,
                                                   participant_step_seen seen, void *context)
{
    assert(id.length <= PARTICIPANT_ID_BYTES_MAX);
    struct participant_replay *replay = calloc(1, sizeof *replay);
    assert(replay != NULL);
    replay->lane = lane;
    replay->lanes = lanes;
    replay->seen = seen;
    replay->context = context;
    memcpy(replay->id, id.at, id.length);
    participant_init(&replay->participant, text_of(replay->id, id.length));
    return replay;
}

void participant_replay_close(struct participant_replay *replay)
{
    free(replay);
}

void participant_replay_begin(struct participant_replay *replay, const struct rules *rules,
                              int64_t sequence, int64_t timers)
{
    assert(sequence > replay->sequence);
    replay->rules = rules;
    replay->sequence = sequence;
    replay->timers_left = timers;
}

static struct output_head *head_of(struct output *output)
{
    switch (output->kind) {
    case OUTPUT_DECISION: return &output->decision.head;
    case OUTPUT_PAYMENT: return &output->payment.head;
    case OUTPUT_EXCEPTION: return &output->exception.head;
    }
    return NULL;
}

/* What the lane adds to what the core puts out. */
static void fill_heads(struct participant_replay *replay)
{
    for (uint32_t i = 0; i < replay->outputs.count; i++) {
        struct output_head *head = head_of(&replay->outputs.items[i]);
        head->lane = replay->lane;
        head->sequence = replay->sequence;
    }
}

static void tell(struct participant_replay *replay, const struct input_record *record,
                 struct text topic, enum step_outcome outcome)
{
    const struct participant_step step = {
        .record = record,
        .topic = topic,
        .partition = replay->lane,
        .sequence = replay->sequence,
        .now = replay->now,
        .outcome = outcome,
        .outputs = &replay->outputs,
        .participant = &replay->participant,
        .rules = replay->rules,
    };
    fill_heads(replay);
    replay->seen(replay->context, &step);
}

void participant_replay_clock(struct participant_replay *replay, int64_t now)
{
    assert(replay->rules != NULL);
    if (now > replay->now) {
        replay->now = now;
    }
    while (replay->timers_left > 0 && participant_deadline(&replay->participant) <= replay->now) {
        outputs_reset(&replay->outputs, replay->now, NULL);
        transition_timer(&replay->participant, replay->rules, &replay->outputs);
        replay->timers_left--;
        tell(replay, NULL, (struct text){0}, STEP_TIMER);
    }
}

/* An enrolment that lets parked events go counts them too, after itself. */
static enum step_outcome outcome_of(const struct outputs *outputs)
{
    if (outputs->applied > 0) {
        return STEP_APPLIED;
    }
    if (outputs->duplicates > 0) {
        return STEP_DUPLICATE;
    }
    return outputs->rejected > 0 ? STEP_REJECTED : STEP_PARKED;
}

void participant_replay_apply(struct participant_replay *replay, const struct input_record *record,
                              struct text topic)
{
    assert(replay->rules != NULL);
    const int64_t partition = replay->lanes == 0 ? 0 : replay->lane;
    const struct place place = {topic, partition, record->offset};
    outputs_reset(&replay->outputs, replay->now, &place);
    if (record->reading != EVENT_READ) {
        refuse_unreadable(record, &replay->outputs);
    } else {
        const struct delivery delivery = delivery_of(record, replay->lane, replay->lanes);
        transition_event(&replay->participant, &record->event, &delivery, replay->rules,
                         &replay->outputs);
    }
    tell(replay, record, topic, outcome_of(&replay->outputs));
}

const struct participant *participant_replay_state(const struct participant_replay *replay)
{
    return &replay->participant;
}

int64_t participant_replay_now(const struct participant_replay *replay)
{
    return replay->now;
}

const char *step_outcome_name(enum step_outcome outcome)
{
    static const char *const names[] = {
        [STEP_APPLIED] = "applied", [STEP_DUPLICATE] = "duplicate", [STEP_REJECTED] = "rejected",
        [STEP_PARKED] = "parked",   [STEP_TIMER] = "timer",
    };
    static_assert(sizeof names / sizeof *names == STEP_OUTCOME_COUNT, "every outcome has a name");
    return names[outcome];
}
