/* `jaga config`: the settings in force; and the sample file and the page of docs/ from the same
 * table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/command.h"

const struct flag config_flags[] = {
    {"sample", NULL, "Print a file for --config with every setting at its default."},
    {"page", NULL, "Print docs/settings.md."},
    {NULL, NULL, NULL},
};

static void print_effective(const struct settings *settings)
{
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_show(settings, row, &shown);
        printf("%-20s %-28s %s\n", shown.name, shown.value, shown.source);
    }
    for (size_t i = 0; i < settings->kafka_option_count; i++) {
        const struct kafka_setting *option = &settings->kafka_options[i];
        printf("kafka { %s } %s file\n", option->name,
               kafka_setting_is_secret(option->name) ? "***" : option->value);
    }
}

static void print_sample(void)
{
    printf("# Settings of jaga. What is commented out stands at its default. ${NAME} is the\n"
           "# environment's NAME. An unknown line is refused.\n");
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_describe(row, &shown);
        printf("\n# %s (%s)\n#%s = \"%s\"\n", shown.summary, shown.values, shown.name,
               shown.fallback);
    }
    printf("\n# Handed to librdkafka under its own names.\n#kafka {\n"
           "#    security.protocol = SASL_SSL\n#    sasl.password = ${KAFKA_PASSWORD}\n#}\n");
}

static void print_page(void)
{
    printf("# Settings\n\n"
           "Printed by `jaga config --page` from the table in `support/settings_rows.c`; a test "
           "compares.\n\n"
           "A setting has one name as a flag (`--redis.address`), in the environment\n"
           "(`JAGA_REDIS_ADDRESS`) and in the file named by `--config` or `JAGA_CONFIG`. A flag "
           "goes before\n"
           "the environment, that before the file, that before the default. An unknown flag or "
           "line, or a\n"
           "value out of range, is refused at start. `jaga config` shows each value in force and "
           "its source.\n"
           "\n"
           "In the file `${NAME}` is the environment's `NAME`, and a section `kafka { }` hands "
           "settings to\n"
           "librdkafka under its own names. `jaga config --sample` prints a file to begin with.\n\n"
           "| setting | environment | default | may be | |\n| --- | --- | --- | --- | --- |\n");
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_describe(row, &shown);
        printf("| `%s` | `%s` | %s%s%s | %s | %s |\n", shown.name, shown.environment,
               shown.fallback[0] == '\0' ? "" : "`", shown.fallback,
               shown.fallback[0] == '\0' ? "" : "`", shown.values, shown.summary);
    }
}

int command_config(const struct settings *settings, const struct arguments *arguments)
{
    if (argument_given(arguments, "page")) {
        print_page();
    } else if (argument_given(arguments, "sample")) {
        print_sample();
    } else {
        print_effective(settings);
    }
    return EXIT_SUCCESS;
}
