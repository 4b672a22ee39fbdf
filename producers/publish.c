/* `jaga publish FILE…`: every file is read and checked as a whole before anything of it is sent. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/event_check.h"
#include "lane/connect.h"
#include "producers/send.h"
#include "support/command.h"
#include "wire/publish_file.h"

const struct flag publish_flags[] = {
    {"check", NULL, "Validate only; send nothing."},
    {"headers", NULL,
     "Add the envelope as CloudEvents headers (ce_id, ce_source, ce_type, ce_time)."},
    {NULL, NULL, NULL},
};

#define REFUSALS_SHOWN 20

struct publication {
    const struct settings *settings;
    struct connections connections;
    struct rules *rules;
    struct outputs *outputs;
    bool headers;
    uint64_t events, refused;
};

static void say_refusal(struct publication *publication, const struct error *error)
{
    publication->refused++;
    if (publication->refused <= REFUSALS_SHOWN) {
        fprintf(stderr, "jaga publish: %s\n", error->detail);
    }
}

static struct error judge(struct publication *publication, const struct publish_file *file,
                          const struct event *event)
{
    outputs_reset(publication->outputs, 0, NULL);
    if (event_check(event, publication->rules, publication->outputs)) {
        return no_error();
    }
    const struct exception *exception = &publication->outputs->items[0].exception;
    char what[DETAIL_BYTES_MAX + 64];
    snprintf(what, sizeof what, "%s %.*s", term_name(&exception_code_names, exception->code),
             (int)exception->detail.length, exception->detail.at);
    return publish_file_refuse(file, text_of_string(what));
}

/* Reads the file once and says everything that is wrong with it. */
static struct error check_file(struct publication *publication, struct publish_file *file)
{
    for (;;) {
        struct event event;
        bool at_end = false;
        struct error error = publish_file_next(file, &event, &at_end);
        if (!failed(&error) && at_end) {
            return no_error();
        }
        if (!failed(&error)) {
            error = judge(publication, file, &event);
        }
        if (failed(&error) && error.kind != ERROR_USAGE) {
            return error;
        }
        if (failed(&error)) {
            say_refusal(publication, &error);
        } else {
            publication->events++;
        }
    }
}

static struct error send_file(const struct publication *publication, struct publisher *publisher,
                              struct publish_file *file)
{
    TRY(publish_file_rewind(file));
    for (;;) {
        struct event event;
        bool at_end = false;
        TRY(publish_file_next(file, &event, &at_end));
        if (at_end) {
            return no_error();
        }
        TRY(send_event(publisher, &event, -1, publication->headers));
    }
}

static struct error check_all(struct publication *publication, struct publish_file **files,
                              const struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->operand_count; i++) {
        TRY(publish_file_open(arguments->operands[i], &files[i]));
        TRY(check_file(publication, files[i]));
    }
    if (publication->refused > REFUSALS_SHOWN) {
        fprintf(stderr, "jaga publish: … and %llu more\n",
                (unsigned long long)(publication->refused - REFUSALS_SHOWN));
    }
    return no_error();
}

static struct error send_all(struct publication *publication, struct publish_file **files,
                             size_t count)
{
    struct publisher *publisher = NULL;
    TRY(publisher_open(&publication->connections.kafka, &publisher));
    struct error error = no_error();
    for (size_t i = 0; i < count && !failed(&error); i++) {
        error = send_file(publication, publisher, files[i]);
    }
    if (!failed(&error)) {
        error = publisher_flush(publisher);
    }
    publisher_close(publisher);
    return error;
}

static struct error publish(struct publication *publication, struct publish_file **files,
                            const struct arguments *arguments)
{
    if (arguments->operand_count == 0) {
        return error_make(ERROR_USAGE, "usage",
                          "name at least one file of events, or - for stdin: jaga publish FILE…");
    }
    TRY(rules_of_settings(publication->settings, publication->rules));
    TRY(check_all(publication, files, arguments));
    const bool check_only = argument_given(arguments, "check");
    if (publication->refused > 0 || check_only) {
        printf("%llu events, %llu refused, nothing sent\n", (unsigned long long)publication->events,
               (unsigned long long)publication->refused);
        return no_error();
    }
    TRY(send_all(publication, files, arguments->operand_count));
    printf("%llu events published\n", (unsigned long long)publication->events);
    return no_error();
}

int command_publish(const struct settings *settings, const struct arguments *arguments)
{
    struct publication publication = {.settings = settings,
                                      .rules = calloc(1, sizeof(struct rules)),
                                      .outputs = calloc(1, sizeof(struct outputs)),
                                      .headers = argument_given(arguments, "headers")};
    struct publish_file **files =
        calloc(arguments->operand_count + 1, sizeof(struct publish_file *));
    assert(publication.rules != NULL && publication.outputs != NULL && files != NULL);
    connections_of(settings, &publication.connections);
    const struct error error = publish(&publication, files, arguments);
    for (size_t i = 0; i < arguments->operand_count; i++) {
        publish_file_close(files[i]);
    }
    free(files);
    free(publication.outputs);
    free(publication.rules);
    const int code = command_report("publish", &error);
    return code == EXIT_SUCCESS && publication.refused > 0 ? EXIT_ANSWER_NO : code;
}
