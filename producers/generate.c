/* `jaga generate PRESET`: a synthetic population to Kafka, or to a file as JSON Lines. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kafka/publisher.h"
#include "lane/connect.h"
#include "producers/population.h"
#include "producers/send.h"
#include "support/command.h"
#include "support/shutdown.h"
#include "wire/event_codec.h"

const struct flag generate_flags[] = {
    {"seed", "N", "Another seed gives another population. Default: 2024."},
    {"scale", "SHARE", "reported-2024: share of the reported counts, 0.0001 to 1. Default: 1."},
    {"participants", "N", "bench: how many people. Default: 300000."},
    {"months", "N", "bench: monthly contributions of each, 1 to 24. Default: 6."},
    {"out", "FILE", "Write JSON Lines to this file (- is stdout) instead of sending to Kafka."},
    {NULL, NULL, NULL},
};

#define PROGRESS_EVENTS 50000
#define FILE_BUFFER_BYTES (1024 * 1024)

struct generation {
    struct connections connections;
    struct population_wish wish;
    const struct preset *preset;
    struct publisher *publisher; /* or */
    FILE *out;
    uint64_t events;
    bool shows_progress;
    struct error error;
};

static struct error usage(const char *flag, const char *value)
{
    return error_make(ERROR_USAGE, "usage", "--%s %s: see jaga generate --help", flag, value);
}

static struct error read_number(const struct arguments *arguments, const char *flag, int64_t least,
                                int64_t most, int64_t fallback, int64_t *out)
{
    const char *value = argument(arguments, flag);
    *out = fallback;
    return value == NULL || whole_number(value, least, most, out) ? no_error() : usage(flag, value);
}

/* "0.01" as millionths, exactly: at most six digits after the point. */
static struct error read_scale(const struct arguments *arguments, int64_t *out)
{
    const char *value = argument(arguments, "scale");
    int64_t ppm = 0;
    int64_t unit = SCALE_ONE_PPM;
    bool after_point = false;
    *out = SCALE_ONE_PPM;
    if (value == NULL) {
        return no_error();
    }
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (*at < '0' || *at > '9' || ppm > SCALE_ONE_PPM || (after_point && unit == 1)) {
            return usage("scale", value);
        }
        if (after_point) {
            unit /= 10;
            ppm += (*at - '0') * unit;
        } else {
            ppm = 10 * ppm + (*at - '0') * (int64_t)SCALE_ONE_PPM;
        }
    }
    *out = ppm;
    const bool good = ppm >= SCALE_LEAST_PPM && ppm <= SCALE_ONE_PPM;
    return good ? no_error() : usage("scale", value);
}

static struct error read_wish(struct generation *generation, const struct arguments *arguments)
{
    int64_t seed;
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage", "name one preset: reported-2024 or bench");
    }
    for (size_t i = 0; i < preset_count; i++) {
        if (strcmp(presets[i].name, arguments->operands[0]) == 0) {
            generation->preset = &presets[i];
        }
    }
    if (generation->preset == NULL) {
        return error_make(ERROR_USAGE, "usage", "no preset %s: there are reported-2024 and bench",
                          arguments->operands[0]);
    }
    TRY(read_number(arguments, "seed", 0, INT64_MAX, 2024, &seed));
    generation->wish.seed = (uint64_t)seed;
    TRY(read_number(arguments, "participants", 1, 100000000, 300000,
                    &generation->wish.participants));
    TRY(read_number(arguments, "months", 1, 24, 6, &generation->wish.months));
    return read_scale(arguments, &generation->wish.scale_ppm);
}

static void show_progress(const struct generation *generation)
{
    if (generation->shows_progress && generation->events % PROGRESS_EVENTS == 0) {
        fprintf(stderr, "\r%llu events", (unsigned long long)generation->events);
    }
}

static struct error write_line(struct generation *generation, const struct event *event)
{
    uint8_t bytes[8 * EVENT_BYTES_MAX];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    event_to_json(&buffer, event);
    buffer_byte(&buffer, '\n');
    assert(!buffer.overflow);
    if (fwrite(bytes, 1, buffer.length, generation->out) != buffer.length) {
        return error_make(ERROR_FATAL, "file_failed",
                          "writing failed after %llu events: is the disk full?",
                          (unsigned long long)generation->events);
    }
    return no_error();
}

static bool take_event(void *context, const struct event *event)
{
    struct generation *generation = context;
    if (shutdown_wanted()) {
        generation->error = error_make(ERROR_FATAL, "interrupted", "interrupted: not all was sent");
        return false;
    }
    generation->error = generation->out != NULL
                            ? write_line(generation, event)
                            : send_event(generation->publisher, event, event->time / 1000, false);
    generation->events++;
    show_progress(generation);
    return !failed(&generation->error);
}

static struct error make(struct generation *generation)
{
    generation->error = no_error();
    generation->preset->make(&generation->wish, take_event, generation);
    if (generation->shows_progress) {
        fprintf(stderr, "\r%llu events\n", (unsigned long long)generation->events);
    }
    return generation->error;
}

static struct error to_file(struct generation *generation, const char *path)
{
    const bool is_stdout = strcmp(path, "-") == 0;
    generation->out = is_stdout ? stdout : fopen(path, "wb");
    if (generation->out == NULL) {
        return error_make(ERROR_FATAL, "file_failed", "%s: cannot be opened for writing: %s", path,
                          strerror(errno));
    }
    setvbuf(generation->out, NULL, _IOFBF, FILE_BUFFER_BYTES);
    const struct error error = make(generation);
    const bool closed = is_stdout ? fflush(stdout) == 0 : fclose(generation->out) == 0;
    TRY(error);
    return closed ? no_error()
                  : error_make(ERROR_FATAL, "file_failed",
                               "%s: not all was written: is the disk full?", path);
}

static struct error to_kafka(struct generation *generation)
{
    TRY(publisher_open(&generation->connections.kafka, &generation->publisher));
    struct error error = make(generation);
    if (!failed(&error)) {
        error = publisher_flush(generation->publisher);
    }
    publisher_close(generation->publisher);
    return error;
}

static struct error generate(struct generation *generation, const struct arguments *arguments)
{
    const char *path = argument(arguments, "out");
    TRY(read_wish(generation, arguments));
    TRY(path != NULL ? to_file(generation, path) : to_kafka(generation));
    fprintf(stderr, "%llu events %s\n", (unsigned long long)generation->events,
            path != NULL ? "written" : "sent");
    return no_error();
}

int command_generate(const struct settings *settings, const struct arguments *arguments)
{
    struct generation generation = {.shows_progress = isatty(STDERR_FILENO) == 1};
    connections_of(settings, &generation.connections);
    shutdown_watch();
    const struct error error = generate(&generation, arguments);
    return command_report("generate", &error);
}
