#include <string.h>

#include "cli/commands.h"

#define FLAG_COLUMN 30
#define NAME_COLUMN 14

void help_print(FILE *out)
{
    (void)fprintf(
        out, "usage: jaga COMMAND [FLAG...]\n\n"
             "Events of employment social security in; decisions and payments out, each exactly\n"
             "once; coverage in Redis.\n\n");
    for (size_t i = 0; i < command_count; i++) {
        (void)fprintf(out, "  %-*s %s\n", NAME_COLUMN, commands[i].name, commands[i].summary);
    }
    (void)fprintf(
        out,
        "\njaga COMMAND --help says more; jaga --version says which jaga this is.\n"
        "Exit codes: 0 done or agrees, 1 the answer is no, 2 could not do it, 64 wrong usage.\n");
}

void help_print_group(FILE *out, const char *group)
{
    (void)fprintf(out, "usage: jaga %s COMMAND [FLAG...]\n\n", group);
    for (size_t i = 0; i < command_count; i++) {
        if (command_is_of(&commands[i], group)) {
            (void)fprintf(out, "  %-*s %s\n", NAME_COLUMN, commands[i].name, commands[i].summary);
        }
    }
    (void)fprintf(out, "\njaga %s COMMAND --help says more.\n", group);
}

/* `value` NULL: it takes none. */
static void print_flag(FILE *out, const char *name, const char *value, const char *summary)
{
    char left[128];
    const bool stands_apart = value != NULL && value[0] != '[';
    (void)snprintf(left, sizeof left, "--%s%s%s", name, stands_apart ? " " : "",
                   value == NULL ? "" : value);
    (void)fprintf(out, "  %-*s %s\n", FLAG_COLUMN, left, summary);
}

/* Whether `name` begins with one of the words. */
static bool is_heeded(const char *words, const char *name)
{
    for (const char *word = words; *word != '\0';) {
        const size_t length = strcspn(word, " ");
        if (length > 0 && strncmp(name, word, length) == 0) {
            return true;
        }
        word += length + strspn(word + length, " ");
    }
    return false;
}

static void print_settings(FILE *out, const char *words)
{
    (void)fprintf(out, "\nsettings, as flags (jaga config --help has the other ways):\n");
    print_flag(out, "config", "FILE", "Read settings from this file.");
    for (size_t row = 0; row < settings_count(); row++) {
        struct setting_shown shown;
        settings_describe(row, &shown);
        if (!shown.has_flag || (words[0] != '\0' && !is_heeded(words, shown.name))) {
            continue;
        }
        print_flag(out, shown.name, shown.is_switch ? NULL : "VALUE", shown.summary);
        (void)fprintf(out, "  %-*s %s; default: %s\n", FLAG_COLUMN, "", shown.values,
                      shown.fallback[0] == '\0' ? "empty" : shown.fallback);
    }
}

void help_print_command(FILE *out, const struct command *command)
{
    (void)fprintf(out, "usage: jaga %s [FLAG...]%s%s\n\n%s\n%s\n", command->name,
                  command->operands[0] == '\0' ? "" : " ", command->operands, command->summary,
                  command->help);
    if (command->flags[0].name != NULL) {
        (void)fprintf(out, "\nflags:\n");
    }
    for (const struct flag *flag = command->flags; flag->name != NULL; flag++) {
        print_flag(out, flag->name, flag->value, flag->summary);
    }
    (void)fprintf(out, "\nexamples:\n%s", command->examples);
    print_settings(out, command->settings);
}
