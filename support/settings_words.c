#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "support/nearest.h"
#include "support/settings_rows.h"

/* getopt_long's numbers for what is not a row: rows are OPTION_ROW + row, a command's own flags
   OPTION_FLAG + index. */
enum { OPTION_HELP = 256, OPTION_CONFIG = 257, OPTION_ROW = 1000, OPTION_FLAG = 2000 };
#define FLAGS_MAX 32
#define OPTIONS_MAX (SETTINGS_ROWS_MAX + FLAGS_MAX + 3)

struct option_table {
    struct option options[OPTIONS_MAX];
    const char *names[OPTIONS_MAX];
    size_t count;
};

static void table_add(struct option_table *table, const char *name, int has_value, int number)
{
    table->options[table->count] = (struct option){name, has_value, NULL, number};
    table->names[table->count] = name;
    table->count++;
}

static void table_fill(struct option_table *table, const struct flag *flags)
{
    memset(table, 0, sizeof *table);
    table_add(table, "help", no_argument, OPTION_HELP);
    table_add(table, "config", required_argument, OPTION_CONFIG);
    for (int i = 0; flags[i].name != NULL; i++) {
        assert(i < FLAGS_MAX);
        const int has_value = flags[i].value == NULL     ? no_argument
                              : flags[i].value[0] == '[' ? optional_argument
                                                         : required_argument;
        table_add(table, flags[i].name, has_value, OPTION_FLAG + i);
    }
    for (size_t row = 0; row < setting_row_count; row++) {
        const struct setting *setting = &setting_rows[row];
        if (setting->kind != SETTING_SECRET) {
            const bool is_switch = setting->kind == SETTING_SWITCH;
            table_add(table, setting->name, is_switch ? optional_argument : required_argument,
                      OPTION_ROW + (int)row);
        }
    }
}

/* The flag's name in a word: "--lanes=2" is "lanes". */
static struct text flag_name(const char *word)
{
    const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : word;
    return text_of(name, strcspn(name, "="));
}

static struct error unknown_flag(const struct option_table *table, const char *word)
{
    char name[128];
    const struct text given = flag_name(word);
    const size_t length = given.length < sizeof name ? given.length : sizeof name - 1;
    memcpy(name, given.at, length);
    name[length] = '\0';

    const char *near = nearest_word(name, table->names, table->count);
    if (near != NULL && strcmp(near, name) == 0) {
        return error_make(ERROR_USAGE, "usage", "--%s takes no value", name);
    }
    const int row = setting_find(name);
    if (row >= 0) {
        return error_make(ERROR_USAGE, "usage",
                          "%s is never a flag; use %s or the file of --config", name,
                          setting_rows[row].environment);
    }
    return error_make(ERROR_USAGE, "usage", "there is no flag %s%s%s%s", word,
                      near == NULL ? "" : "; did you mean --", near == NULL ? "" : near,
                      near == NULL ? "" : "?");
}

/* getopt_long takes "--lan" for "--lanes"; a script that leans on that breaks with the next
 * setting. */
static bool is_whole(const char *word, const char *name)
{
    return text_equal(flag_name(word), text_of_string(name));
}

/* What getopt_long could not place: -h, another short flag, a flag without its value, an unknown
 * one. */
static struct error take_oddity(const struct option_table *table, struct arguments *arguments,
                                int option, char **argv)
{
    const bool is_short = optopt > 0 && optopt < OPTION_HELP;
    if (option == ':') {
        return error_make(ERROR_USAGE, "usage", "%s needs a value", argv[optind - 1]);
    }
    if (is_short && optopt != 'h') {
        return error_make(ERROR_USAGE, "usage", "there is no flag -%c", optopt);
    }
    if (!is_short) {
        return unknown_flag(table, argv[optind - 1]);
    }
    arguments->help = true;
    return no_error();
}

static struct error take(struct words *words, struct arguments *arguments, int option,
                         const struct flag *flags)
{
    if (option == OPTION_HELP) {
        arguments->help = true;
    } else if (option == OPTION_CONFIG) {
        words->config = optarg;
    } else if (option >= OPTION_FLAG) {
        const struct flag *flag = &flags[option - OPTION_FLAG];
        if (arguments->given_count == ARGUMENTS_GIVEN_MAX) {
            return error_make(ERROR_USAGE, "usage", "more than %d flags", ARGUMENTS_GIVEN_MAX);
        }
        arguments->given[arguments->given_count].name = flag->name;
        arguments->given[arguments->given_count].value = optarg == NULL ? "" : optarg;
        arguments->given_count++;
    } else {
        words->values[option - OPTION_ROW] = optarg == NULL ? "true" : optarg;
    }
    return no_error();
}

/* The word that getopt_long just read: the last, or the one before a value of its own. */
static const char *word_read(char **argv)
{
    return argv[optarg != NULL && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
}

struct error settings_read_words(struct words *words, struct arguments *arguments,
                                 const struct flag *flags, int argc, char **argv)
{
    struct option_table table;
    table_fill(&table, flags);
    opterr = 0;
    optind = 0; /* GNU: begin anew, also after an earlier call */
    for (;;) {
        int index = 0;
        const int option = getopt_long(argc, argv, ":", table.options, &index);
        if (option == -1) {
            break;
        }
        if (option == ':' || option == '?') {
            TRY(take_oddity(&table, arguments, option, argv));
        } else if (!is_whole(word_read(argv), table.names[index])) {
            return unknown_flag(&table, word_read(argv));
        } else {
            TRY(take(words, arguments, option, flags));
        }
    }
    arguments->operands = argv + optind;
    arguments->operand_count = (size_t)(argc - optind);
    return no_error();
}
