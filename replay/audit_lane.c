#include "replay/audit_lane.h"

#include "replay/outputs_check.h"

struct audit {
    const struct audit_options *options;
    int32_t lane;
    struct replay_options replay_options;
    struct replay *replay;
    struct outputs_check *outputs;
    struct checkpoint_walk walk;
    struct audit_result *result;
};

static bool stops_early(const struct audit_options *options)
{
    return options->until_sequence != INT64_MAX || options->until_time != INT64_MAX;
}

/* In this order: what is committed to the outputs before the journal's end is read has to be in the
   journal, and what is in the journal is on the outputs when their ends are read again. */
static struct error open_parts(struct audit *audit)
{
    const struct audit_options *options = audit->options;
    struct output_ends ends = {0};
    if (!stops_early(options)) {
        TRY(output_ends_read(options->source, audit->lane, &ends));
    }
    audit->replay_options = (struct replay_options){
        .source = options->source,
        .lane = audit->lane,
        .input_bytes_max = options->input_bytes_max,
        .until_sequence = options->until_sequence,
        .until_time = options->until_time,
    };
    TRY(replay_open(&audit->replay_options, &audit->replay));
    return outputs_check_open(options->source, audit->lane, replay_schemas(audit->replay), &ends,
                              &audit->outputs);
}

/* Inputs first, since what follows from a changed input differs too; then the outputs, since their
   own place says more than the journal's. */
static struct error compare(struct audit *audit)
{
    struct difference *difference = &audit->result->difference;
    size_t count;
    replay_compare_inputs(audit->replay, difference);
    if (difference->found) {
        return no_error();
    }
    const struct outgoing *outgoing = replay_outgoing(audit->replay, &count);
    TRY(outputs_check_batch(audit->outputs, outgoing, count,
                            replay_record(audit->replay)->body.sequence, difference));
    replay_compare(audit->replay, difference);
    if (!difference->found) {
        checkpoint_walk_take(&audit->walk, replay_record(audit->replay), difference);
    }
    return no_error();
}

static void compare_store(struct audit *audit)
{
    if (audit->options->store != NULL) {
        store_check_lane(audit->options->store, audit->lane, replay_position(audit->replay),
                         replay_state(audit->replay), &audit->result->difference);
    }
}

static void note_result(struct audit *audit)
{
    struct audit_result *result = audit->result;
    const struct position *position = replay_position(audit->replay);
    result->sequence = position->sequence;
    result->now = position->now;
    result->payments_idr += replay_record(audit->replay)->body.payments_idr;
    memcpy(result->chain, position->chain, DIGEST_BYTES);
    memcpy(result->state_digest, replay_record(audit->replay)->body.state_digest, DIGEST_BYTES);
    result->participants = table_count(state_table(replay_state(audit->replay)));
    result->checkpoints = audit->walk.agreed;
    result->events = replay_applied(audit->replay);
    for (int kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        result->outputs[kind] = outputs_check_count(audit->outputs, (enum output_kind)kind);
    }
}

static void note_progress(const struct audit *audit, struct audit_progress *progress)
{
    atomic_store(&progress->events, replay_applied(audit->replay));
    atomic_store(&progress->offsets_left, replay_offsets_left(audit->replay));
}

/* What lies behind the last journal record. */
static struct error look_behind(struct audit *audit)
{
    struct difference *difference = &audit->result->difference;
    const int64_t sequence = audit->result->sequence;
    const bool early = stops_early(audit->options);
    if (early) {
        TRY(outputs_check_end(audit->outputs, sequence, difference));
    } else {
        checkpoint_walk_end(&audit->walk, sequence, difference);
        TRY(outputs_check_behind(audit->outputs, sequence, difference, &audit->result->behind));
    }
    if (audit->options->store != NULL) {
        store_check_lane_end(audit->options->store, audit->lane, sequence, !early, difference);
    }
    return no_error();
}

static struct error look(struct audit *audit, const atomic_bool *stop,
                         struct audit_progress *progress)
{
    struct difference *difference = &audit->result->difference;
    TRY(open_parts(audit));
    compare_store(audit);
    while (!difference->found) {
        bool at_end;
        note_progress(audit, progress);
        TRY(replay_next(audit->replay, difference, &at_end));
        if (at_end || difference->found) {
            break;
        }
        TRY(compare(audit));
        if (difference->found) {
            break;
        }
        note_result(audit);
        compare_store(audit);
        if (atomic_load(stop)) {
            return error_make(ERROR_RETRY, "interrupted",
                              "interrupted after journal record %lld, which agrees like all before "
                              "it",
                              (long long)audit->result->sequence);
        }
    }
    return difference->found ? no_error() : look_behind(audit);
}

/* A file that is not the one of the manifest is read as it is until its end shows it: what differs
   on the way says nothing of the log. */
static struct error look_soundly(struct audit *audit, const atomic_bool *stop,
                                 struct audit_progress *progress)
{
    struct difference *difference = &audit->result->difference;
    TRY(look(audit, stop, progress));
    if (difference->found) {
        const struct error damage = log_source_check_archive(audit->options->source, audit->lane);
        difference->found = !failed(&damage);
        return damage;
    }
    return no_error();
}

void audit_lane(const struct audit_options *options, int32_t lane, const atomic_bool *stop,
                struct audit_progress *progress, struct audit_result *result)
{
    struct audit audit = {.options = options, .lane = lane, .result = result};
    checkpoint_walk_begin(&audit.walk, options->checkpoints, lane);
    result->error = look_soundly(&audit, stop, progress);
    outputs_check_close(audit.outputs);
    replay_close(audit.replay);
    atomic_store(&progress->is_over, true);
}
