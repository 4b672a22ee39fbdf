#include "support/command.h"

#include <stdio.h>
#include <stdlib.h>

int command_report(const char *command, const struct error *error)
{
    if (!failed(error)) {
        return EXIT_SUCCESS;
    }
    (void)fprintf(stderr, "jaga %s: %s\n", command, error->detail);
    return error->kind == ERROR_USAGE ? EXIT_WRONG_USAGE : EXIT_NOT_DONE;
}
