/* The commands of jaga as a table, and the pages of help printed from it. */
#ifndef JAGA_CLI_COMMANDS_H
#define JAGA_CLI_COMMANDS_H

#include <stdio.h>

#include "support/command.h"

struct command {
    const char *name;     /* "read", or "rules show": one of the group `rules` */
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

/* The command of one word (`second` NULL) or of two; NULL when there is none of that name. */
const struct command *command_find(const char *first, const char *second);
/* Whether a command is of the group, and whether there is such a group. */
bool command_is_of(const struct command *command, const char *group);
bool command_is_group(const char *name);
/* The name most like it, among the second words of a group or (NULL) all commands; or NULL. */
const char *command_nearest(const char *name, const char *group);

void help_print(FILE *out);
void help_print_group(FILE *out, const char *group);
void help_print_command(FILE *out, const struct command *command);

#endif
