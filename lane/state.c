#include "lane/state.h"

#include <assert.h>
#include <stdlib.h>

static_assert(TERM_BYTES == DIGEST_BYTES, "the table keeps a whole term");

struct state {
    int32_t lane, lanes;
    struct table *table;
    struct counters *counters;
    struct employers *employers;
    struct tallies *tallies;
    struct timers *timers;
    const struct rules *rules;
    int64_t now;
    uint8_t digest[DIGEST_BYTES];
    /* Scratch, kept here because it is large. */
    struct participant participant;
    struct projection before, after;
    struct outputs outputs;
    uint8_t bytes[PARTICIPANT_BYTES_MAX];
};

struct state *state_open(int32_t lane, int32_t lanes)
{
    struct state *state = calloc(1, sizeof *state);
    assert(state != NULL);
    state->lane = lane;
    state->lanes = lanes;
    state->table = table_open();
    state->counters = counters_open();
    state->employers = employers_open();
    state->tallies = tallies_open();
    state->timers = timers_open(state->table);
    return state;
}

void state_close(struct state *state)
{
    if (state == NULL) {
        return;
    }
    timers_close(state->timers);
    tallies_close(state->tallies);
    employers_close(state->employers);
    counters_close(state->counters);
    table_close(state->table);
    free(state);
}

struct table *state_table(struct state *state)
{
    return state->table;
}

struct counters *state_counters(struct state *state)
{
    return state->counters;
}

struct employers *state_employers(struct state *state)
{
    return state->employers;
}

struct tallies *state_tallies(struct state *state)
{
    return state->tallies;
}

const struct rules *state_rules(const struct state *state)
{
    return state->rules;
}

int64_t state_now(const struct state *state)
{
    return state->now;
}

void state_move_clock(struct state *state, int64_t now)
{
    if (now > state->now) {
        state->now = now;
    }
}

static void load_scratch(struct state *state, uint32_t number)
{
    const bool canonical = participant_decode(&state->participant, table_id(state->table, number),
                                              (const uint8_t *)table_bytes(state->table, number).at,
                                              table_bytes(state->table, number).length);
    assert(canonical); /* everything in the table was encoded or checked by us */
}

/* Counters of money follow the tallies; those of people the projections. */
static void add_money(struct state *state, const struct tally_change *change)
{
    if (change->kind == TALLY_CONTRIBUTIONS_IDR) {
        counters_add_total(state->counters, change->region,
                           TOTAL_CONTRIBUTIONS_IDR + change->programme, change->amount_idr);
    }
    if (change->kind == TALLY_EXTERNAL_IDR) {
        counters_add_total(state->counters, change->region, TOTAL_EXTERNAL_IDR, change->amount_idr);
    }
}

/* The inverse of the names that tallies.c gives to money. */
static bool money_of_name(struct text name, struct tally_change *change)
{
    const struct text contributions = TEXT("contributions_idr:");
    const struct text external = TEXT("external_idr:");
    const bool received = name.length > contributions.length &&
                          memcmp(name.at, contributions.at, contributions.length) == 0;
    const struct text head = received ? contributions : external;
    if (name.length < head.length + 5 || memcmp(name.at, head.at, head.length) != 0) {
        return false;
    }
    change->kind = received ? TALLY_CONTRIBUTIONS_IDR : TALLY_EXTERNAL_IDR;
    const bool named = region_parse(text_of(name.at + head.length, 5), &change->region);
    assert(named); /* tallies.c printed it, whatever regions the rules know by now */
    const uint32_t used = head.length + 6;
    change->programme =
        received ? term_find(&programme_names, text_of(name.at + used, name.length - used)) : 0;
    return true;
}

static void recount_money(struct state *state)
{
    for (uint32_t i = 0; i < tallies_count(state->tallies); i++) {
        const struct tally tally = tallies_at(state->tallies, i);
        struct tally_change change = {.amount_idr = tally.value};
        if (money_of_name(tally.name, &change)) {
            add_money(state, &change);
        }
    }
}

static void recount(struct state *state)
{
    counters_close(state->counters);
    state->counters = counters_open();
    employers_close(state->employers);
    state->employers = employers_open();
    for (uint32_t number = 0; number < table_count(state->table); number++) {
        load_scratch(state, number);
        projection_of(&state->participant, state->rules, &state->after);
        counters_apply(state->counters, &state->after, 1);
        employers_replace(state->employers, NULL, &state->after.employments);
    }
    recount_money(state);
}

void state_set_rules(struct state *state, const struct rules *rules)
{
    const bool same =
        state->rules != NULL && memcmp(state->rules->hash, rules->hash, DIGEST_BYTES) == 0;
    state->rules = rules;
    if (!same) {
        recount(state);
    }
}

bool state_load_participant(struct state *state, uint64_t number, struct text id, struct text bytes)
{
    const bool expected = number == table_count(state->table) && id.length > 0 &&
                          id.length <= PARTICIPANT_ID_BYTES_MAX &&
                          table_find(state->table, id) == PARTICIPANT_NUMBER_NONE;
    if (!expected ||
        !participant_decode(&state->participant, id, (const uint8_t *)bytes.at, bytes.length)) {
        return false;
    }
    uint8_t term[DIGEST_BYTES];
    participant_term(id, bytes, term);
    table_add(state->table, id, bytes, term);
    state_digest_add(state->digest, term);
    const int64_t deadline = participant_deadline(&state->participant);
    if (deadline != INT64_MAX) {
        timers_add(state->timers, deadline, (uint32_t)number);
    }
    return true;
}

void state_load_tally(struct state *state, struct text name, int64_t value)
{
    tallies_load(state->tallies, name, value);
    uint8_t term[DIGEST_BYTES];
    tally_term(name, value, term);
    state_digest_add(state->digest, term);
}

void state_loaded(struct state *state, int64_t now)
{
    table_clear_changed(state->table);
    state->now = now;
}

static void encode_scratch(struct state *state, struct text *bytes)
{
    const size_t length =
        participant_encode(&state->participant, state->bytes, sizeof state->bytes);
    *bytes = text_of((const char *)state->bytes, length);
}

/* Keeps the participant's new bytes, its digest and its first deadline. */
static void store(struct state *state, uint32_t number, struct text id, int64_t deadline_before)
{
    struct text bytes;
    uint8_t term[DIGEST_BYTES];
    encode_scratch(state, &bytes);
    participant_term(id, bytes, term);
    if (number == PARTICIPANT_NUMBER_NONE) {
        number = table_add(state->table, id, bytes, term);
    } else {
        state_digest_subtract(state->digest, table_term(state->table, number));
        table_put(state->table, number, bytes, term);
    }
    state_digest_add(state->digest, term);
    const int64_t deadline = participant_deadline(&state->participant);
    if (deadline != INT64_MAX && deadline != deadline_before) {
        timers_add(state->timers, deadline, number);
    }
}

static void count_difference(struct state *state)
{
    projection_of(&state->participant, state->rules, &state->after);
    if (!projection_equal(&state->before, &state->after)) {
        counters_apply(state->counters, &state->before, -1);
        counters_apply(state->counters, &state->after, 1);
        employers_replace(state->employers, &state->before.employments, &state->after.employments);
    }
}

static void count_tallies(struct state *state)
{
    const struct outputs *outputs = &state->outputs;
    for (uint32_t i = 0; i < outputs->tally_count; i++) {
        tallies_apply(state->tallies, &outputs->tallies[i]);
        add_money(state, &outputs->tallies[i]);
    }
    for (uint32_t i = 0; i < outputs->count; i++) {
        if (outputs->items[i].kind == OUTPUT_EXCEPTION) {
            const struct exception *exception = &outputs->items[i].exception;
            tallies_exception(state->tallies, (enum exception_code)exception->code,
                              exception->source);
        }
    }
}

static void put_out(struct state *state, const struct input_record *record, struct batch *batch)
{
    count_tallies(state);
    batch_put(batch, &state->outputs, record);
}

static void fire(struct state *state, uint32_t number, struct batch *batch)
{
    const int64_t deadline = participant_deadline(&state->participant);
    char id_bytes[PARTICIPANT_ID_BYTES_MAX];
    const struct text view = table_id(state->table, number);
    memcpy(id_bytes, view.at, view.length);
    projection_of(&state->participant, state->rules, &state->before);
    outputs_reset(&state->outputs, state->now, NULL);
    transition_timer(&state->participant, state->rules, &state->outputs);
    count_difference(state);
    timers_remove_first(state->timers);
    store(state, number, text_of(id_bytes, view.length), INT64_MIN);
    assert(participant_deadline(&state->participant) >= deadline);
    batch_note_timer(batch);
    put_out(state, NULL, batch);
}

bool state_fire_due(struct state *state, struct batch *batch, uint32_t most)
{
    int64_t deadline;
    uint32_t number;
    uint32_t fired = 0;
    while (timers_first(state->timers, &deadline, &number) && deadline <= state->now) {
        load_scratch(state, number);
        if (participant_deadline(&state->participant) != deadline) {
            timers_remove_first(state->timers); /* what it waited for has come */
            continue;
        }
        if (fired == most || !batch_has_room(batch)) {
            return false;
        }
        fire(state, number, batch);
        fired++;
    }
    return true;
}

static bool is_unreadable(const struct input_record *record)
{
    return record->reading != EVENT_READ;
}

void refuse_unreadable(const struct input_record *record, struct outputs *outputs)
{
    const enum exception_code code =
        record->reading == EVENT_UNKNOWN_SCHEMA ? EXCEPTION_UNKNOWN_SCHEMA : EXCEPTION_MALFORMED;
    struct exception *exception = outputs_exception(outputs, code);
    event_problem_detail(exception, &record->problem);
    outputs->rejected++;
}

struct delivery delivery_of(const struct input_record *record, int32_t lane, int32_t lanes)
{
    if (lanes == 0) {
        return (struct delivery){true, true, TIME_NONE};
    }
    const struct text key = record->key;
    return (struct delivery){
        .key_matches = !text_is_absent(key) && text_equal(key, record->event.participant_id),
        .partition_matches = !text_is_absent(key) && kafka_partition_of(key, lanes) == lane,
        .kafka_time_us = kafka_time(record->timestamp_ms),
    };
}

/* A refusal or a duplicate leaves the participant as it was. */
static bool may_have_changed(const struct outputs *outputs)
{
    return outputs->applied > 0 || outputs->duplicates + outputs->rejected == 0;
}

static void apply_event(struct state *state, const struct input_record *record)
{
    struct text id = record->event.participant_id;
    if (id.length > PARTICIPANT_ID_BYTES_MAX) {
        id.length = PARTICIPANT_ID_BYTES_MAX; /* refused by its field check, whoever it is */
    }
    const uint32_t number = id.length == 0 ? PARTICIPANT_NUMBER_NONE : table_find(state->table, id);
    if (number == PARTICIPANT_NUMBER_NONE) {
        participant_init(&state->participant, id);
    } else {
        load_scratch(state, number);
    }
    const int64_t deadline = participant_deadline(&state->participant);
    projection_of(&state->participant, state->rules, &state->before);
    const struct delivery delivery = delivery_of(record, state->lane, state->lanes);
    transition_event(&state->participant, &record->event, &delivery, state->rules, &state->outputs);
    if (may_have_changed(&state->outputs)) {
        count_difference(state);
        store(state, number, id, deadline);
    }
}

void state_apply(struct state *state, const struct input_record *record, struct text topic,
                 struct batch *batch)
{
    const int64_t partition = state->lanes == 0 ? 0 : state->lane;
    const struct place place = {topic, partition, record->offset};
    outputs_reset(&state->outputs, state->now, &place);
    batch_take(batch, record);
    if (is_unreadable(record)) {
        refuse_unreadable(record, &state->outputs);
    } else {
        apply_event(state, record);
    }
    put_out(state, record, batch);
}

const uint8_t *state_digest(struct state *state)
{
    for (uint32_t i = 0; i < tallies_changed_count(state->tallies, TALLY_FOR_DIGEST); i++) {
        const uint32_t at = tallies_changed(state->tallies, TALLY_FOR_DIGEST, i);
        const struct tally tally = tallies_at(state->tallies, at);
        uint8_t term[DIGEST_BYTES];
        if (tally.in_digest) {
            tally_term(tally.name, tally.digested, term);
            state_digest_subtract(state->digest, term);
        }
        tally_term(tally.name, tally.value, term);
        state_digest_add(state->digest, term);
    }
    tallies_clear_changed(state->tallies, TALLY_FOR_DIGEST);
    return state->digest;
}
