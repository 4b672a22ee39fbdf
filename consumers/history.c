/* `jaga history PARTICIPANT`: every event of one participant with what became of it, and the
   participant as it stands, on any day, as known at any time. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/source_flags.h"
#include "consumers/state_lines.h"
#include "consumers/step_lines.h"
#include "replay/participant_log.h"

const struct flag history_flags[] = {
    SOURCE_FLAGS,
    {"as-of", "DATE", "The participant's state: cover and what was in force on this day."},
    {"known-at", "TIME", "Only what was known then: journal records up to this clock. With state."},
    {"sequence", "N", "Only journal records up to this one of the participant's lane. With state."},
    {"json", NULL, "One JSON object an event or timer, the state last."},
    {NULL, NULL, NULL},
};

struct history {
    struct connections connections;
    struct log_source *source;
    struct participant_log_options options;
    bool json, with_state;
    day_t day; /* DAY_NONE: that of the clock reached */
    uint64_t steps;
};

static struct error read_participant(const struct arguments *arguments, struct history *history)
{
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage", "name one participant: jaga history PARTICIPANT");
    }
    history->options.participant = text_of_string(arguments->operands[0]);
    const uint32_t length = history->options.participant.length;
    if (length == 0 || length > PARTICIPANT_ID_BYTES_MAX) {
        return error_make(ERROR_USAGE, "usage", "%.80s is no participant id: it has 1 to %d bytes",
                          arguments->operands[0], PARTICIPANT_ID_BYTES_MAX);
    }
    return no_error();
}

static struct error read_wish(const struct arguments *arguments, struct history *history)
{
    const char *as_of = argument(arguments, "as-of");
    const char *known_at = argument(arguments, "known-at");
    const char *sequence = argument(arguments, "sequence");
    struct participant_log_options *options = &history->options;
    options->until_time = options->until_sequence = INT64_MAX;
    history->day = DAY_NONE;
    history->json = argument_given(arguments, "json");
    history->with_state = as_of != NULL || known_at != NULL || sequence != NULL;
    if (as_of != NULL && !day_parse(as_of, (uint32_t)strlen(as_of), &history->day)) {
        return error_make(ERROR_USAGE, "usage", "--as-of %s: give a date such as 2024-03-22",
                          as_of);
    }
    if (known_at != NULL &&
        !time_parse(known_at, (uint32_t)strlen(known_at), &options->until_time)) {
        return error_make(ERROR_USAGE, "usage",
                          "--known-at %s: give a time such as 2024-03-22T17:00:00Z", known_at);
    }
    if (sequence != NULL && !whole_number(sequence, 1, INT64_MAX, &options->until_sequence)) {
        return error_make(ERROR_USAGE, "usage", "--sequence %s: give a whole number from 1 on",
                          sequence);
    }
    return read_participant(arguments, history);
}

static void print_step(void *context, const struct participant_step *step)
{
    struct history *history = context;
    history->steps++;
    if (history->json) {
        step_json(stdout, step);
        (void)fputc('\n', stdout);
    } else {
        step_text(stdout, step);
    }
}

/* The local date of the clock where the participant lives. */
static day_t day_of_clock(const struct participant_log_result *result)
{
    return participant_local_day(result->participant, result->rules, result->now);
}

static void print_state(const struct history *history, const struct participant_log_result *result)
{
    const struct state_wish wish = {
        .participant = result->participant,
        .rules = result->rules,
        .day = history->day != DAY_NONE ? history->day : day_of_clock(result),
        .sequence = result->sequence,
        .now = result->now,
    };
    if (history->json) {
        state_json(stdout, &wish);
        (void)fputc('\n', stdout);
    } else {
        (void)fputc('\n', stdout);
        state_text(stdout, &wish);
    }
}

static int tell_nothing(const struct history *history, const struct participant_log_result *result)
{
    (void)fprintf(stderr,
                  "jaga history: no event of participant %.*s: lane %" PRId32 ", its %" PRId64
                  " journal records up to %" PRId64 " and their four input topics were searched\n",
                  (int)history->options.participant.length, history->options.participant.at,
                  result->lane, result->records, result->sequence);
    return EXIT_ANSWER_NO;
}

static struct error look(struct history *history, int *code)
{
    struct participant_log *log = NULL;
    struct participant_log_result result;
    TRY(participant_log_replay(&history->options, &log, &result));
    if (history->steps == 0) {
        *code = tell_nothing(history, &result);
    } else if (history->with_state) {
        print_state(history, &result);
    }
    participant_log_close(log);
    return no_error();
}

static struct error run(const struct settings *settings, const struct arguments *arguments,
                        struct history *history, int *code)
{
    TRY(read_wish(arguments, history));
    connections_of(settings, &history->connections);
    TRY(source_of_flags(&history->connections, arguments, &history->source));
    history->options.source = history->source;
    history->options.input_bytes_max = settings->input_bytes_max;
    history->options.seen = print_step;
    history->options.context = history;
    return look(history, code);
}

int command_history(const struct settings *settings, const struct arguments *arguments)
{
    struct history *history = calloc(1, sizeof *history);
    assert(history != NULL);
    int code = EXIT_SUCCESS;
    const struct error error = run(settings, arguments, history, &code);
    log_source_close(history->source);
    free(history);
    return failed(&error) ? command_report("history", &error) : code;
}
