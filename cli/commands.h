/* The commands of jaga as a table, and the pages of help printed from it. */
#ifndef JAGA_CLI_COMMANDS_H
#define JAGA_CLI_COMMANDS_H

#include <stdio.h>

#include "support/command.h"

struct command {
    const char *name;
    const char *operands; /* "FILE...", or "" */
    const char *summary;  /* one sentence */
    const char *help;     /* what else must be known */
    const char *settings; /* first letters of those it heeds, between spaces: "kafka. redis." */
    const char *examples; /* lines */
    const struct flag *flags;
    int (*run)(const struct settings *settings, const struct arguments *arguments);
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL when there is none of that name. */
const struct command *command_find(const char *name);
/* The name most like it, or NULL. */
const char *command_nearest(const char *name);

void help_print(FILE *out);
void help_print_command(FILE *out, const struct command *command);

#endif
