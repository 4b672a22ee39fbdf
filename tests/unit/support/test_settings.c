#include "support/settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 12

static const struct flag own_flags[] = {
    {"as-of", "DATE", "The day asked about."},
    {"where", "FIELD=VALUE", "May be repeated."},
    {"json", NULL, "A switch."},
    {NULL, NULL, NULL},
};

static struct settings settings;
static struct arguments arguments;
static char words_copy[WORDS_MAX][256];
static char *argv_made[WORDS_MAX + 1];

/* Words end with NULL; the command's name is put before them. */
static struct error load(const char *const *words)
{
    int argc = 0;
    (void)snprintf(words_copy[argc++], sizeof *words_copy, "coverage");
    for (size_t i = 0; words[i] != NULL; i++) {
        cr_assert_lt(argc, WORDS_MAX);
        (void)snprintf(words_copy[argc++], sizeof *words_copy, "%s", words[i]);
    }
    for (int i = 0; i < argc; i++) {
        argv_made[i] = words_copy[i];
    }
    argv_made[argc] = NULL;
    return settings_load(&settings, &arguments, own_flags, argc, argv_made);
}

#define LOAD(...) load((const char *const[]){__VA_ARGS__, NULL})

static char file_name[] = "/tmp/settings-XXXXXX";

static const char *file_with(const char *content)
{
    (void)snprintf(file_name, sizeof file_name, "/tmp/settings-XXXXXX");
    const int file = mkstemp(file_name);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, content, strlen(content)), (ssize_t)strlen(content));
    cr_assert_eq(close(file), 0);
    return file_name;
}

static struct error load_file(const char *content)
{
    const struct error error = LOAD("--config", file_with(content));
    cr_assert_eq(unlink(file_name), 0);
    return error;
}

static const char *source_of(const char *name)
{
    static struct setting_shown shown;
    for (size_t row = 0; row < settings_count(); row++) {
        settings_show(&settings, row, &shown);
        if (strcmp(shown.name, name) == 0) {
            return shown.source;
        }
    }
    return "no such setting";
}

static void assert_loaded(struct error error)
{
    cr_assert(!failed(&error), "%s", error.detail);
}

Test(settings, have_defaults)
{
    assert_loaded(load((const char *const[]){NULL}));
    cr_expect_str_eq(settings.topic_prefix, "jaga");
    cr_expect_str_eq(settings.redis_username, "");
    cr_expect_str_eq(settings.redis_password, "");
    cr_expect_str_eq(settings.metrics_address, "");
    cr_expect_eq(settings.batch_events_max, 16384);
    cr_expect_eq(settings.view_flush_ms, 200);
    cr_expect_eq(settings.input_bytes_max, 262144);
    cr_expect_eq(settings.clock, CLOCK_WALL);
    cr_expect_eq(settings.log_level, LOG_INFO);
    cr_expect(!settings.dev);
    cr_expect_eq(settings.kafka_option_count, 0);
    cr_expect_str_eq(source_of("lanes"), "default");
    settings_clear(&settings);
}

Test(settings, take_a_flag_before_the_environment_before_the_file)
{
    const char *file = file_with("lanes = 3\nview.flush-ms = 3\nbatch.wait-ms = 3\n");
    cr_assert_eq(setenv("JAGA_LANES", "4", 1), 0);
    cr_assert_eq(setenv("JAGA_VIEW_FLUSH_MS", "4", 1), 0);
    assert_loaded(LOAD("--lanes", "5", "--config", file));
    cr_assert_eq(unlink(file_name), 0);
    cr_expect_eq(settings.lanes, 5);
    cr_expect_eq(settings.view_flush_ms, 4);
    cr_expect_eq(settings.batch_wait_ms, 3);
    cr_expect_str_eq(source_of("lanes"), "flag");
    cr_expect_str_eq(source_of("view.flush-ms"), "environment");
    cr_expect_str_eq(source_of("batch.wait-ms"), "file");
    settings_clear(&settings);
}

Test(settings, find_the_file_by_the_environment_too)
{
    cr_assert_eq(setenv("JAGA_CONFIG", file_with("lanes = 9\n"), 1), 0);
    assert_loaded(load((const char *const[]){NULL}));
    cr_assert_eq(unlink(file_name), 0);
    cr_expect_eq(settings.lanes, 9);
    settings_clear(&settings);
}

Test(settings, of_the_file_may_name_the_environment_and_librdkafkas_own)
{
    cr_assert_eq(setenv("THE_SECRET", "hush", 1), 0);
    assert_loaded(load_file("# A comment.\n"
                            "redis.username = reader\n"
                            "redis.password = ${THE_SECRET}\n"
                            "metrics.address = 127.0.0.1:9464\n"
                            "dev = true\n"
                            "clock = \"events\"\n"
                            "kafka {\n"
                            "    security.protocol = SASL_SSL\n"
                            "    ssl.ca.location = \"/etc/a b\"\n"
                            "}\n"));
    cr_expect_str_eq(settings.redis_username, "reader");
    cr_expect_str_eq(settings.redis_password, "hush");
    cr_expect_str_eq(settings.metrics_address, "127.0.0.1:9464");
    cr_expect(settings.dev);
    cr_expect_eq(settings.clock, CLOCK_EVENTS);
    cr_assert_eq(settings.kafka_option_count, 2);
    cr_expect_str_eq(settings.kafka_options[0].name, "security.protocol");
    cr_expect_str_eq(settings.kafka_options[0].value, "SASL_SSL");
    cr_expect_str_eq(settings.kafka_options[1].name, "ssl.ca.location");
    cr_expect_str_eq(settings.kafka_options[1].value, "/etc/a b");
    settings_clear(&settings);
}

Test(settings, read_a_long_line_whole)
{
    static char line[16000] = "kafka.brokers = \"";
    while (strlen(line) < sizeof line - 64) {
        (void)strncat(line, "broker.example:9092,", 21);
    }
    (void)strncat(line, "last:1\"\n", 9);
    assert_loaded(load_file(line));
    cr_expect_eq(strlen(settings.kafka_brokers), strlen(line) - strlen("kafka.brokers = \"\"\n"));
    settings_clear(&settings);
}

Test(settings, never_show_a_secret)
{
    cr_assert_eq(setenv("JAGA_REDIS_PASSWORD", "hush", 1), 0);
    assert_loaded(load((const char *const[]){NULL}));
    int seen = 0;
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_show(&settings, row, &shown);
        cr_expect_null(strstr(shown.value, "hush"), "%s", shown.name);
        seen += strcmp(shown.value, "***") == 0;
    }
    cr_expect_eq(seen, 1);
    cr_expect(kafka_setting_is_secret("sasl.password"));
    cr_expect(kafka_setting_is_secret("ssl.key.pem"));
    cr_expect(!kafka_setting_is_secret("security.protocol"));
    settings_clear(&settings);
}

static const struct file_row {
    const char *content, *detail; /* the detail after the file's name */
} file_rows[] = {
    {"lanes = 2\nlane = 3\n", ":2: no such option 'lane'"},
    {"\n\nlanes = 0\n", ":3: lanes cannot be \"0\"; it may be 1 to 1024"},
    {"lanes = 1025\n", ":1: lanes cannot be \"1025\"; it may be 1 to 1024"},
    {"lanes = 2x\n", ":1: lanes cannot be \"2x\"; it may be 1 to 1024"},
    {"lanes = -2\n", ":1: lanes cannot be \"-2\"; it may be 1 to 1024"},
    {"lanes = \"\"\n", ":1: lanes cannot be \"\"; it may be 1 to 1024"},
    {"clock = sun\n", ":1: clock cannot be \"sun\"; it may be wall or events"},
    {"log.level = loud\n",
     ":1: log.level cannot be \"loud\"; it may be debug, info, warn or error"},
    {"dev = perhaps\n", ":1: dev cannot be \"perhaps\"; it may be true or false"},
    {"topic.prefix = \"\"\n", ":1: topic.prefix cannot be \"\"; it may be text"},
};

Test(settings, refuse_a_wrong_line_with_its_number)
{
    for (size_t i = 0; i < sizeof file_rows / sizeof *file_rows; i++) {
        const struct error error = load_file(file_rows[i].content);
        cr_expect_eq(error.kind, ERROR_USAGE);
        cr_expect_str_eq(error.code, "setting_wrong");
        char wanted[256];
        (void)snprintf(wanted, sizeof wanted, "%s%s", file_name, file_rows[i].detail);
        cr_expect_str_eq(error.detail, wanted);
    }
}

Test(settings, refuse_a_line_that_is_no_setting)
{
    const struct error error = load_file("lanes = 2\nlanes lanes\n");
    cr_expect_eq(error.kind, ERROR_USAGE);
    cr_expect_not_null(strstr(error.detail, ":2: "), "%s", error.detail);
}

Test(settings, refuse_more_kafka_options_than_they_hold)
{
    static char content[4096] = "kafka {\n";
    for (int i = 0; i <= SETTINGS_KAFKA_OPTIONS_MAX; i++) {
        const size_t used = strlen(content);
        (void)snprintf(content + used, sizeof content - used, "option.%d = x\n", i);
    }
    (void)strncat(content, "}\n", 3);
    const struct error error = load_file(content);
    cr_expect_eq(error.kind, ERROR_USAGE);
    cr_expect_not_null(strstr(error.detail, "more than 64"), "%s", error.detail);
}

Test(settings, refuse_a_file_that_cannot_be_read)
{
    struct error error = LOAD("--config", "/nowhere/jaga.conf");
    cr_expect_eq(error.kind, ERROR_FATAL);
    cr_expect_str_eq(error.code, "config_unreadable");
    cr_expect_str_eq(error.detail, "/nowhere/jaga.conf: No such file or directory");
    error = LOAD("--config", "/tmp");
    cr_expect_str_eq(error.code, "config_unreadable");
}

Test(settings, refuse_a_wrong_value_of_the_environment_by_its_name)
{
    cr_assert_eq(setenv("JAGA_LANES", "many", 1), 0);
    const struct error error = load((const char *const[]){NULL});
    cr_expect_eq(error.kind, ERROR_USAGE);
    cr_expect_str_eq(error.detail, "JAGA_LANES: lanes cannot be \"many\"; it may be 1 to 1024");
}

static const struct word_row {
    const char *words[3], *detail;
} word_rows[] = {
    {{"--lan", "3"}, "there is no flag --lan; did you mean --lanes?"},
    {{"--lane=3"}, "there is no flag --lane=3; did you mean --lanes?"},
    {{"--brokers=x"}, "there is no flag --brokers=x; did you mean --kafka.brokers?"},
    {{"--as-off", "x"}, "there is no flag --as-off; did you mean --as-of?"},
    {{"--zzzzzzzz"}, "there is no flag --zzzzzzzz"},
    {{"-x"}, "there is no flag -x"},
    {{"--lanes"}, "--lanes needs a value"},
    {{"--as-of"}, "--as-of needs a value"},
    {{"--json=3"}, "--json takes no value"},
    {{"--lanes", "99999999999999999999999"},
     "--lanes: lanes cannot be \"99999999999999999999999\"; it may be 1 to 1024"},
    {{"--redis.password=x"},
     "redis.password is never a flag; use JAGA_REDIS_PASSWORD or the file of --config"},
};

Test(settings, refuse_wrong_words_and_suggest_right_ones)
{
    for (size_t i = 0; i < sizeof word_rows / sizeof *word_rows; i++) {
        const struct error error = load(word_rows[i].words);
        cr_expect_eq(error.kind, ERROR_USAGE);
        cr_expect_str_eq(error.detail, word_rows[i].detail);
    }
}

Test(settings, leave_a_commands_own_words_to_it)
{
    assert_loaded(LOAD("one", "--where", "a=b", "--json", "--as-of=2024-01-01", "-",
                       "--where=c=--d", "--", "--two"));
    cr_expect_str_eq(argument(&arguments, "as-of"), "2024-01-01");
    cr_expect(argument_given(&arguments, "json"));
    cr_expect_str_eq(argument(&arguments, "where"), "c=--d");
    cr_expect_str_eq(argument_nth(&arguments, "where", 0), "a=b");
    cr_expect_str_eq(argument_nth(&arguments, "where", 1), "c=--d");
    cr_expect_null(argument_nth(&arguments, "where", 2));
    cr_expect_null(argument(&arguments, "lanes"));
    cr_assert_eq(arguments.operand_count, 3);
    cr_expect_str_eq(arguments.operands[0], "one");
    cr_expect_str_eq(arguments.operands[1], "-");
    cr_expect_str_eq(arguments.operands[2], "--two");
    settings_clear(&settings);
}

Test(settings, let_a_switch_stand_alone_or_be_put_off)
{
    cr_assert_eq(setenv("JAGA_DEV", "yes", 1), 0);
    assert_loaded(LOAD("--dev=false", "--dev"));
    cr_expect(settings.dev);
    settings_clear(&settings);
    assert_loaded(LOAD("--dev=false"));
    cr_expect(!settings.dev);
    settings_clear(&settings);
}

Test(settings, let_help_through_when_the_rest_is_broken)
{
    cr_assert_eq(setenv("JAGA_LANES", "many", 1), 0);
    assert_loaded(LOAD("--config", "/nowhere", "-h"));
    cr_expect(arguments.help);
    settings_clear(&settings);
    assert_loaded(LOAD("--help"));
    cr_expect(arguments.help);
    settings_clear(&settings);
}

/* One name in all places. */
Test(settings, have_an_environment_name_that_follows_from_their_name)
{
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_describe(row, &shown);
        char wanted[128] = "JAGA_";
        for (const char *c = shown.name; *c != '\0'; c++) {
            const size_t used = strlen(wanted);
            wanted[used] = *c == '.' || *c == '-' ? '_' : (char)(*c - ('a' - 'A'));
            wanted[used + 1] = '\0';
        }
        cr_expect_str_eq(shown.environment, wanted);
    }
}
