/* jaga: one program, one table of commands (cli/commands.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "wire/digest.h"

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* `group` NULL: the name is that of a command of one word. */
static int refuse_name(const char *name, const char *group)
{
    const char *nearest = command_nearest(name, group);
    const char *before = group == NULL ? "" : group;
    const char *blank = group == NULL ? "" : " ";
    (void)fprintf(stderr, "jaga: there is no command %s%s%s%s%s%s%s; jaga %s%s--help lists them\n",
                  before, blank, name, nearest == NULL ? "" : ", did you mean ",
                  nearest == NULL ? "" : before, nearest == NULL ? "" : blank,
                  nearest == NULL ? "" : nearest, before, blank);
    return EXIT_WRONG_USAGE;
}

/* What a command printed must have arrived: a full disk turns an answer into none. */
static int flush(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return code;
    }
    (void)fprintf(stderr, "jaga: the output could not be written\n");
    return code == EXIT_SUCCESS ? EXIT_NOT_DONE : code;
}

/* The name of a region after `coverage`, say, must not be passed over. */
static struct error check_operands(const struct command *command, const struct arguments *arguments)
{
    if (command->operands[0] != '\0' || arguments->operand_count == 0 || arguments->help) {
        return no_error();
    }
    return error_make(ERROR_USAGE, "usage", "takes no operand, but got %s", arguments->operands[0]);
}

static int run_checked(const struct command *command, const struct settings *settings,
                       const struct arguments *arguments)
{
    const struct error error = check_operands(command, arguments);
    if (failed(&error)) {
        return command_report(command->name, &error);
    }
    if (arguments->help) {
        help_print_command(stdout, command);
        return EXIT_SUCCESS;
    }
    return command->run(settings, arguments);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct settings settings;
    struct arguments arguments;
    const struct error error = settings_load(&settings, &arguments, command->flags, argc, argv);
    if (failed(&error)) {
        return command_report(command->name, &error);
    }

    log_start(settings.log_level);
    const int code = run_checked(command, &settings, &arguments);
    settings_clear(&settings);
    return flush(code);
}

/* `words[0]` is the group, as in `jaga rules show`. */
static int run_of_group(int count, char **words)
{
    if (count < 2) {
        help_print_group(stderr, words[0]);
        return EXIT_WRONG_USAGE;
    }
    if (is_one_of(words[1], "--help", "-h")) {
        help_print_group(stdout, words[0]);
        return flush(EXIT_SUCCESS);
    }
    const struct command *command = command_find(words[0], words[1]);
    return command == NULL ? refuse_name(words[1], words[0]) : run(command, count - 1, words + 1);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help_print(stderr);
        return EXIT_WRONG_USAGE;
    }
    if (is_one_of(argv[1], "--help", "-h")) {
        help_print(stdout);
        return flush(EXIT_SUCCESS);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("jaga %s\n", JAGA_VERSION);
        return flush(EXIT_SUCCESS);
    }
    if (!digest_start()) {
        (void)fprintf(stderr, "jaga: libsodium refuses to start\n");
        return EXIT_NOT_DONE;
    }
    if (command_is_group(argv[1])) {
        return run_of_group(argc - 1, argv + 1);
    }
    const struct command *command = command_find(argv[1], NULL);
    return command == NULL ? refuse_name(argv[1], NULL) : run(command, argc - 1, argv + 1);
}
