#include "support/log.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What was written to stderr since capture_begin, in a file without a name. */
static FILE *captured;
static char text[1 << 20];

static void capture_begin(void)
{
    captured = tmpfile();
    cr_assert_not_null(captured);
    cr_assert_geq(dup2(fileno(captured), STDERR_FILENO), 0);
}

static const char *capture_end(void)
{
    rewind(captured);
    const size_t length = fread(text, 1, sizeof text - 1, captured);
    text[length] = '\0';
    return text;
}

/* The line without its time, which is 28 characters long. */
static const char *only_line(void)
{
    const char *line = capture_end();
    cr_assert_gt(strlen(line), 28);
    cr_assert_eq(line[10], 'T');
    cr_assert_eq(line[26], 'Z');
    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
    return line + 28;
}

static const char nul_inside[] = {'a', '\0', 'b'};

static const struct row {
    struct log_field field;
    const char *shown;
} rows[] = {
    {{LOG_FIELD_TEXT, "k", {"plain-1.2/3", 11}, 0}, "k=plain-1.2/3"},
    {{LOG_FIELD_TEXT, "k", {"", 0}, 0}, "k=\"\""},
    {{LOG_FIELD_TEXT, "k", {NULL, 0}, 0}, "k=\"\""},
    {{LOG_FIELD_TEXT, "k", {"two words", 9}, 0}, "k=\"two words\""},
    {{LOG_FIELD_TEXT, "k", {"a=b", 3}, 0}, "k=\"a=b\""},
    {{LOG_FIELD_TEXT, "k", {"\"\\", 2}, 0}, "k=\"\\\"\\\\\""},
    {{LOG_FIELD_TEXT, "k", {"a\nb\t", 4}, 0}, "k=\"a\\x0ab\\x09\""},
    {{LOG_FIELD_TEXT, "k", {nul_inside, 3}, 0}, "k=\"a\\x00b\""},
    {{LOG_FIELD_TEXT, "k", {"caf\xc3\xa9", 5}, 0}, "k=caf\xc3\xa9"},
    {{LOG_FIELD_NUMBER, "k", {NULL, 0}, INT64_MIN}, "k=-9223372036854775808"},
    {{LOG_FIELD_NUMBER, "k", {NULL, 0}, 0}, "k=0"},
};

Test(log, shows_a_field_as_one_word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        capture_begin();
        log_at(LOG_WARN, "something", rows[i].field);
        char wanted[128];
        (void)snprintf(wanted, sizeof wanted, "WARN something %s\n", rows[i].shown);
        cr_expect_str_eq(only_line(), wanted);
    }
}

Test(log, writes_an_event_with_and_without_fields)
{
    capture_begin();
    log_at(LOG_ERROR, "bare");
    cr_expect_str_eq(only_line(), "ERROR bare\n");

    capture_begin();
    log_at(LOG_INFO, "three", LOG_TEXT("a", NULL), LOG_NUMBER("b", 7u), LOG_VIEW("c", TEXT("x")));
    cr_expect_str_eq(only_line(), "INFO three a=\"\" b=7 c=x\n");
}

static int evaluated;
static int count_evaluation(void)
{
    return ++evaluated;
}

Test(log, tests_the_level_before_it_evaluates_arguments)
{
    capture_begin();
    log_start(LOG_WARN);
    log_at(LOG_INFO, "quiet", LOG_NUMBER("n", count_evaluation()));
    cr_expect_eq(evaluated, 0);
    log_at(LOG_WARN, "loud", LOG_NUMBER("n", count_evaluation()));
    cr_expect_eq(evaluated, 1);
    cr_expect_str_eq(only_line(), "WARN loud n=1\n");
}

Test(log, cuts_a_line_that_is_too_long)
{
    static char long_text[10000];
    memset(long_text, 'x', sizeof long_text - 1);
    capture_begin();
    log_at(LOG_WARN, "long", LOG_TEXT("a", long_text), LOG_TEXT("b", long_text));
    cr_expect_eq(strlen(only_line()), 4096 - 28);
}

Test(log, takes_a_librarys_severities)
{
    static const char *const levels[] = {"ERROR", "ERROR", "ERROR", "ERROR",
                                         "WARN",  "INFO",  "INFO",  "DEBUG"};
    log_start(LOG_DEBUG);
    for (int severity = 0; severity < 8; severity++) {
        capture_begin();
        log_library("rdkafka", severity, "FAIL", "broker down");
        char wanted[128];
        (void)snprintf(wanted, sizeof wanted,
                       "%s library_says library=rdkafka facility=FAIL message=\"broker down\"\n",
                       levels[severity]);
        cr_expect_str_eq(only_line(), wanted);
    }
}

#define LINES_A_THREAD 500
static void *write_lines(void *context)
{
    for (int i = 0; i < LINES_A_THREAD; i++) {
        log_at(LOG_WARN, "line", LOG_TEXT("from", context), LOG_TEXT("more", "0123456789"));
    }
    return NULL;
}

Test(log, does_not_mix_the_lines_of_threads)
{
    static char a[] = "a", b[] = "b";
    capture_begin();
    pthread_t threads[2];
    cr_assert_eq(pthread_create(&threads[0], NULL, write_lines, a), 0);
    cr_assert_eq(pthread_create(&threads[1], NULL, write_lines, b), 0);
    cr_assert_eq(pthread_join(threads[0], NULL), 0);
    cr_assert_eq(pthread_join(threads[1], NULL), 0);

    int lines = 0;
    char *rest = NULL;
    (void)capture_end();
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        cr_assert_eq(strlen(line), 28 + strlen("WARN line from=a more=0123456789"), "%s", line);
        lines++;
    }
    cr_assert_eq(lines, 2 * LINES_A_THREAD);
}

Test(log, finds_levels_by_name)
{
    enum log_level level = LOG_DEBUG;
    cr_expect(log_level_find("warn", &level) && level == LOG_WARN);
    cr_expect(log_level_find("ERROR", &level) && level == LOG_ERROR);
    cr_expect(!log_level_find("loud", &level));
    cr_expect(!log_level_find("", &level));
}
