#include "consumers/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/day.h"
#include "support/clock.h"
#include "support/log.h"
#include "support/shutdown.h"
#include "wire/record.h"

#define SECONDS_USUAL 2
#define SECONDS_MAX 3600
#define KAFKA_TIMEOUT_MS_MAX 3000
#define REDIS_TIMEOUT_MS_MAX 2000
#define STEP_MS 200
#define TROUBLE_BYTES 4096

/* The other screen, on which lines end where the terminal ends; and back, with everything as it
   was. */
#define SCREEN_ENTER "\033[?1049h\033[?7l"
#define SCREEN_LEAVE "\033[?7h\033[?1049l"
#define SCREEN_HOME "\033[H"
#define SCREEN_CLEAR_LINE "\033[K"
#define SCREEN_CLEAR_BELOW "\033[J"

struct error watch_seconds(const struct arguments *arguments, uint32_t *seconds)
{
    int64_t number = SECONDS_USUAL;
    const char *value = argument(arguments, "watch");
    *seconds = 0;
    if (value == NULL) {
        return no_error();
    }
    if (value[0] != '\0' && !whole_number(value, 1, SECONDS_MAX, &number)) {
        return error_make(ERROR_USAGE, "usage", "--watch=%s: give whole seconds from 1 to %d",
                          value, SECONDS_MAX);
    }
    *seconds = (uint32_t)number;
    return no_error();
}

void watch_hasten(struct connections *connections)
{
    if (connections->kafka.timeout_ms > KAFKA_TIMEOUT_MS_MAX) {
        connections->kafka.timeout_ms = KAFKA_TIMEOUT_MS_MAX;
    }
    if (connections->redis.timeout_ms > REDIS_TIMEOUT_MS_MAX) {
        connections->redis.timeout_ms = REDIS_TIMEOUT_MS_MAX;
    }
}

void watch_print_trouble(FILE *out, const char *code, int32_t lane, const char *detail)
{
    char text[TROUBLE_BYTES];
    struct buffer buffer = buffer_over(text, sizeof text);
    buffer_string(&buffer, "{\"kind\":\"trouble\",\"code\":");
    json_string_write(&buffer, text_of_string(code));
    if (lane >= 0) {
        buffer_string(&buffer, ",\"lane\":");
        buffer_number(&buffer, lane);
    }
    buffer_string(&buffer, ",\"detail\":");
    json_string_write(&buffer, text_of_string(detail));
    assert(!buffer.overflow);
    fprintf(out, "%.*s}\n", (int)buffer.length, text);
}

/* ---- One answer ---- */

static void print_now(const struct watch *watch, const struct terminal *terminal, FILE *out)
{
    char now[TIME_TEXT_BYTES];
    time_print(clock_wall_us() / MICROSECONDS_A_SECOND * MICROSECONDS_A_SECOND, now);
    if (watch->json) {
        fprintf(out, "{\"kind\":\"frame\",\"at\":\"%s\"}\n", now);
    } else if (terminal->is_terminal) {
        terminal_say(terminal, out, STYLE_DIM, "%s, every %u s, at %s. Ctrl-C ends it.",
                     watch->title, watch->seconds, now);
    } else {
        fprintf(out, "---- %s %s\n", watch->title, now);
    }
}

/* The whole answer in memory, so that it is drawn at once. The caller frees it. */
static char *answer_now(const struct watch *watch, const struct terminal *terminal)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out != NULL);
    print_now(watch, terminal, out);
    const struct error error = watch->answer(watch->context, terminal, out);
    if (failed(&error) && watch->json) {
        watch_print_trouble(out, error.code, -1, error.detail);
    } else if (failed(&error)) {
        terminal_say(terminal, out, STYLE_BAD, "%s", error.detail);
        terminal_say(terminal, out, STYLE_PLAIN, "Asked again every %u s.", watch->seconds);
    }
    const int answer = fclose(out);
    assert(answer == 0);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

/* As many lines as the terminal has rows; where there are more, the last row says how many. */
static void draw(const struct terminal *terminal, const char *text)
{
    const size_t lines = count_lines(text);
    const size_t most = lines <= terminal->height ? lines : terminal->height - 1U;
    fputs(SCREEN_HOME, stdout);
    for (size_t i = 0; i < most; i++) {
        const size_t length = strcspn(text, "\n");
        printf("%.*s" SCREEN_CLEAR_LINE "%s", (int)length, text,
               i + 1 < terminal->height ? "\n" : "");
        text += length + 1;
    }
    if (most < lines) {
        printf("(%zu lines more)" SCREEN_CLEAR_LINE, lines - most);
    }
    fputs(SCREEN_CLEAR_BELOW, stdout);
}

/* False when standard output takes no more; whoever ends the program says so. */
static bool show_once(const struct watch *watch)
{
    const struct terminal terminal = terminal_of(STDOUT_FILENO);
    char *text = answer_now(watch, &terminal);
    if (terminal.is_terminal && !watch->json) {
        draw(&terminal, text);
    } else {
        fputs(text, stdout);
    }
    free(text);
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}

/* ---- Again and again ---- */

static void wait_seconds(uint32_t seconds)
{
    const int64_t until = clock_steady_us() + seconds * MICROSECONDS_A_SECOND;
    while (!shutdown_wanted() && clock_steady_us() < until) {
        clock_sleep_ms(STEP_MS);
    }
}

static void show_until_stopped(const struct watch *watch)
{
    while (!shutdown_wanted() && show_once(watch)) {
        wait_seconds(watch->seconds);
    }
}

void watch_run(const struct watch *watch)
{
    const bool in_place = !watch->json && isatty(STDOUT_FILENO) != 0;
    shutdown_watch();
    if (!in_place) {
        show_until_stopped(watch);
        return;
    }
    if (isatty(STDERR_FILENO) != 0) {
        log_start(LOG_LEVEL_COUNT); /* lines of the log would lie across the answer */
    }
    shutdown_last_words(SCREEN_LEAVE);
    fputs(SCREEN_ENTER, stdout);
    show_until_stopped(watch);
    fputs(SCREEN_LEAVE, stdout);
    (void)fflush(stdout);
    shutdown_last_words(NULL);
}
