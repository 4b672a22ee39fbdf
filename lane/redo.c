#include "lane/redo.h"

void redo_move_clock(struct state *state, enum clock_mode mode, const struct input_record *record)
{
    if (mode == CLOCK_EVENTS && !record->too_long && !input_record_is_at_once(record)) {
        state_move_clock(state, record->event.time);
    }
}

/* A batch may have ended while timers were due: exactly as many fire again. */
static bool fire_recorded(const struct redo *redo, const struct journal_body *body)
{
    const uint32_t fired = batch_timers(redo->batch);
    const uint32_t most = (uint32_t)body->timers > fired ? (uint32_t)body->timers - fired : 0;
    return state_fire_due(redo->state, redo->batch, most);
}

struct error redo_events(const struct redo *redo, const struct journal_body *body,
                         bool *too_many_due)
{
    *too_many_due = false;
    if (body->clock == CLOCK_WALL) {
        state_move_clock(redo->state, body->now);
    }
    bool fired_all = fire_recorded(redo, body);
    for (;;) {
        const struct input_record *record;
        TRY(redo->take(redo->context, &record));
        if (record == NULL) {
            break;
        }
        redo_move_clock(redo->state, (enum clock_mode)body->clock, record);
        fired_all = fired_all && fire_recorded(redo, body);
        if (!fired_all) {
            *too_many_due = true;
            return no_error();
        }
        state_apply(redo->state, record, text_of_string(redo->topic_names[record->topic]),
                    redo->batch);
    }
    state_move_clock(redo->state, body->now);
    fire_recorded(redo, body);
    return no_error();
}

void redo_seal(const struct redo *redo, const struct journal_record *record,
               struct journal_record *again)
{
    *again = *record;
    batch_seal(redo->batch, &again->body);
    memcpy(again->body.state_digest, state_digest(redo->state), DIGEST_BYTES);
    again->body.now = state_now(redo->state);
    journal_chain(&again->body, again->chain);
}
