/* `jaga status`: lanes, lag, freshness, claims, exceptions, and what is wrong. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "consumers/status_tables.h"
#include "consumers/watch.h"
#include "support/clock.h"
#include "support/command.h"

const struct flag status_flags[] = {
    {"json", NULL, "One JSON object a line: lanes, public figures, exceptions, troubles."},
    WATCH_FLAG,
    {NULL, NULL, NULL},
};

struct status {
    struct connections connections;
    struct looker *looker;
    const char *group_id;
    bool json;
    struct troubles troubles;
};

static void print_json(const struct look *look, const struct troubles *troubles, FILE *out)
{
    status_print_json(look, out);
    for (size_t i = 0; i < troubles->count; i++) {
        watch_print_trouble(out, troubles->list[i].code, troubles->list[i].lane,
                            troubles->list[i].text);
    }
}

/* Remarks are part of the answer; `all`: what changes the exit code too. */
static void print_troubles(const struct troubles *troubles, bool all,
                           const struct terminal *terminal, FILE *out)
{
    if (troubles->count == 0) {
        terminal_say(terminal, out, STYLE_GOOD, "Nothing is wrong: every lane is owned and moves.");
    }
    for (size_t i = 0; i < troubles->count; i++) {
        if (all || troubles->list[i].exit_code == EXIT_SUCCESS) {
            terminal_say(terminal, out, STYLE_BAD, "%s.", troubles->list[i].text);
        }
    }
}

static struct error answer(void *context, const struct terminal *terminal, FILE *out)
{
    struct status *status = context;
    const struct look *look = looker_look(status->looker);
    troubles_find(look, status->group_id, &status->troubles);
    if (status->json) {
        print_json(look, &status->troubles, out);
    } else {
        print_troubles(&status->troubles, true, terminal, out);
        status_print_tables(look, terminal, out);
    }
    return no_error();
}

/* What changes the exit code is said on stderr, as every command does. */
static int answer_once(struct status *status)
{
    const struct terminal terminal = terminal_of(STDOUT_FILENO);
    const struct look *look = looker_look(status->looker);
    if (look_has_work(look)) {
        clock_sleep_ms(LOOK_AGAIN_MS);
        look = looker_look(status->looker);
    }
    troubles_find(look, status->group_id, &status->troubles);
    if (status->json) {
        print_json(look, &status->troubles, stdout);
    } else {
        print_troubles(&status->troubles, false, &terminal, stdout);
        status_print_tables(look, &terminal, stdout);
    }
    (void)fflush(stdout);
    for (size_t i = 0; i < status->troubles.count; i++) {
        if (status->troubles.list[i].exit_code != EXIT_SUCCESS) {
            (void)fprintf(stderr, "jaga status: %s\n", status->troubles.list[i].text);
        }
    }
    return troubles_exit_code(&status->troubles);
}

static void watch(struct status *status, uint32_t seconds)
{
    watch_run(&(struct watch){.seconds = seconds,
                              .json = status->json,
                              .title = "jaga status",
                              .context = status,
                              .answer = answer});
}

static struct error run(const struct arguments *arguments, struct status *status, int *code)
{
    uint32_t seconds = 0;
    TRY(watch_seconds(arguments, &seconds));
    if (seconds > 0) {
        watch_hasten(&status->connections);
    }
    TRY(looker_open(&status->connections, &status->looker));
    if (seconds > 0) {
        watch(status, seconds);
    } else {
        *code = answer_once(status);
    }
    looker_close(status->looker);
    return no_error();
}

int command_status(const struct settings *settings, const struct arguments *arguments)
{
    int code = EXIT_SUCCESS;
    struct status *status = calloc(1, sizeof *status);
    assert(status != NULL);
    connections_of(settings, &status->connections);
    status->group_id = settings->group_id;
    status->json = argument_given(arguments, "json");
    const struct error error = run(arguments, status, &code);
    free(status);
    return failed(&error) ? command_report("status", &error) : code;
}
