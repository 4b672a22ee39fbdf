/* `jaga rules diff A B`: what differs between two bundles of rules, row by row. */
#include <stdlib.h>

#include "consumers/rules_source.h"
#include "support/command.h"
#include "wire/rules_difference.h"

const struct flag rules_diff_flags[] = {
    {"json", NULL, "One JSON object a row that differs."},
    {NULL, NULL, NULL},
};

static struct error read_both(const struct settings *settings, const struct arguments *arguments,
                              struct rules_source sources[2])
{
    if (arguments->operand_count != 2) {
        return error_make(ERROR_USAGE, "usage", "name two: jaga rules diff A B");
    }
    TRY(rules_source_read(settings, arguments->operands[0], &sources[0]));
    return rules_source_read(settings, arguments->operands[1], &sources[1]);
}

/* Says what differs; false when it is the same bundle. */
static bool tell(const struct rules_source *before, const struct rules_source *after, bool json)
{
    if (!json) {
        (void)printf("A  %.16s  %s\nB  %.16s  %s\n", before->hash, before->name, after->hash,
                     after->name);
    }
    const struct rules_difference found =
        rules_compare(&before->listing, &after->listing,
                      json ? rules_difference_print_json : rules_difference_print, stdout);
    const bool same = strcmp(before->hash, after->hash) == 0;
    const bool same_rows = found.added + found.removed + found.changed == 0;
    if (json) {
        return !same;
    }
    if (same) {
        (void)printf("the same bundle\n");
    } else if (same_rows) {
        (void)printf("the same rows, in another order\n");
    } else {
        (void)printf("%u added, %u removed, %u changed\n", found.added, found.removed,
                     found.changed);
    }
    return !same;
}

int command_rules_diff(const struct settings *settings, const struct arguments *arguments)
{
    struct rules_source sources[2] = {{.text = NULL}, {.text = NULL}};
    const struct error error = read_both(settings, arguments, sources);
    int code = command_report("rules diff", &error);
    if (!failed(&error) && tell(&sources[0], &sources[1], argument_given(arguments, "json"))) {
        code = EXIT_ANSWER_NO;
    }
    rules_source_clear(&sources[0]);
    rules_source_clear(&sources[1]);
    return code;
}
