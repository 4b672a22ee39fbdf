/* `jaga try FILE…`: the pure core on JSON Lines, without Kafka or Redis (docs of the contract: jaga
 * try). */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/region_lines.h"
#include "core/event_check.h"
#include "lane/connect.h"
#include "lane/state.h"
#include "support/command.h"
#include "wire/record.h"

const struct flag try_flags[] = {
    {"coverage", "DATE", "Add the figures of every region on this date."},
    {NULL, NULL, NULL},
};

#define LINE_OUT_BYTES (64 * 1024)

struct trial {
    struct rules *rules;
    struct state *state;
    struct batch *batch;
    struct json_scratch *scratch;
    const char *file;
    int64_t line; /* from 1 */
    int64_t next[INPUT_TOPIC_COUNT];
    char out[LINE_OUT_BYTES];
};

static void print_output(struct trial *trial, const struct output *output)
{
    static const char *const kinds[] = {"decision", "payment", "exception"};
    static const struct fields *const fields[] = {&decision_fields, &payment_fields,
                                                  &exception_fields};
    struct buffer buffer = buffer_over(trial->out, sizeof trial->out);
    record_to_json(&buffer, fields[output->kind], &output->decision, kinds[output->kind]);
    assert(!buffer.overflow);
    fwrite(trial->out, 1, buffer.length, stdout);
    putchar('\n');
}

static void print_put(void *context, const struct output *output)
{
    print_output(context, output);
}

/* Sequence, lane and place of the outputs are those of the line. */
static void begin_line(struct trial *trial)
{
    static const uint8_t none[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    static const int64_t zero[INPUT_TOPIC_COUNT];
    batch_begin(trial->batch, 0, trial->line, zero, none);
}

static void fire_due(struct trial *trial)
{
    while (!state_fire_due(trial->state, trial->batch, UINT32_MAX)) {
        begin_line(trial);
    }
}

static void apply_event(struct trial *trial, const char *line, size_t length)
{
    struct input_record record = {
        .offset = trial->line - 1,
        .value = text_of(line, length),
    };
    record.reading = event_from_json(trial->scratch, line, length, &record.event, &record.problem);
    if (record.reading == EVENT_READ) {
        if (event_topic(record.event.type) == EVENT_TOPIC_REFERENCE) {
            return;
        }
        record.topic = (enum input_topic)event_topic(record.event.type);
        state_move_clock(trial->state, record.event.time);
        fire_due(trial);
    }
    state_apply(trial->state, &record, text_of_string(trial->file), trial->batch);
}

static void apply_line(struct trial *trial, const char *line, size_t length)
{
    int64_t time;
    json_scratch_reset(trial->scratch);
    begin_line(trial);
    if (clock_from_json(line, length, &time)) {
        state_move_clock(trial->state, time);
        fire_due(trial);
    } else {
        apply_event(trial, line, length);
    }
}

static struct error try_stream(struct trial *trial, FILE *stream)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    trial->line = 0;
    while ((length = getline(&line, &capacity, stream)) >= 0) {
        trial->line++;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) {
            length--;
        }
        if (length > 0) {
            apply_line(trial, line, (size_t)length);
        }
    }
    free(line);
    if (ferror(stream)) {
        return error_make(ERROR_FATAL, "file_failed", "%s: reading failed after line %lld: %s",
                          trial->file, (long long)trial->line, strerror(errno));
    }
    return no_error();
}

static struct error try_file(struct trial *trial, const char *path)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    if (stream == NULL) {
        return error_make(ERROR_USAGE, "file_missing", "%s: cannot be opened for reading: %s", path,
                          strerror(errno));
    }
    trial->file = path;
    const struct error error = try_stream(trial, stream);
    if (!is_stdin) {
        fclose(stream);
    }
    return error;
}

static struct error print_coverage(struct trial *trial, const char *date)
{
    day_t day;
    if (date == NULL) {
        return no_error();
    }
    if (!day_parse(date, (uint32_t)strlen(date), &day)) {
        return error_make(ERROR_USAGE, "usage", "--coverage %s: give a date such as 2024-03-22",
                          date);
    }
    struct region_lines *lines = region_lines_open(trial->rules);
    struct counters *counters = state_counters(trial->state);
    for (uint32_t i = 0; i < counters_count(counters); i++) {
        const struct counter counter = counters_at(counters, i);
        region_lines_add(lines, &counter, day);
    }
    region_lines_employers(lines, 0, state_employers(trial->state), day);
    region_lines_print(lines, day, stdout);
    region_lines_close(lines);
    return no_error();
}

static struct error run(struct trial *trial, const struct settings *settings,
                        const struct arguments *arguments)
{
    if (arguments->operand_count == 0) {
        return error_make(ERROR_USAGE, "usage",
                          "name at least one file of JSON Lines, or - for stdin: jaga try FILE…");
    }
    TRY(rules_of_settings(settings, trial->rules));
    state_set_rules(trial->state, trial->rules);
    batch_observe(trial->batch, print_put, trial);
    for (size_t i = 0; i < arguments->operand_count; i++) {
        TRY(try_file(trial, arguments->operands[i]));
    }
    return print_coverage(trial, argument(arguments, "coverage"));
}

int command_try(const struct settings *settings, const struct arguments *arguments)
{
    struct trial *trial = calloc(1, sizeof *trial);
    assert(trial != NULL);
    trial->rules = calloc(1, sizeof *trial->rules);
    assert(trial->rules != NULL);
    trial->state = state_open(0, 0);
    trial->batch = batch_open();
    trial->scratch = json_scratch_open();
    const struct error error = run(trial, settings, arguments);
    json_scratch_close(trial->scratch);
    batch_close(trial->batch);
    state_close(trial->state);
    free(trial->rules);
    free(trial);
    return command_report("try", &error);
}
