#include "support/flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *argument(const struct arguments *arguments, const char *name)
{
    for (size_t i = arguments->given_count; i > 0; i--) {
        if (strcmp(arguments->given[i - 1].name, name) == 0) {
            return arguments->given[i - 1].value;
        }
    }
    return NULL;
}

const char *argument_nth(const struct arguments *arguments, const char *name, size_t nth)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].name, name) == 0 && nth-- == 0) {
            return arguments->given[i].value;
        }
    }
    return NULL;
}

bool whole_number(const char *value, int64_t least, int64_t most, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(value, &end, 10);
    return errno == 0 && end != value && *end == '\0' && *out >= least && *out <= most;
}

bool argument_given(const struct arguments *arguments, const char *name)
{
    return argument(arguments, name) != NULL;
}
