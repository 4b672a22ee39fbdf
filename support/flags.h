/* The words after a command's name: its own flags, and operands. */
#ifndef JAGA_SUPPORT_FLAGS_H
#define JAGA_SUPPORT_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGUMENTS_GIVEN_MAX 64

/* One row of a command's own flags. A table of them ends with a row without a name. */
struct flag {
    const char *name;    /* "as-of", given as --as-of */
    const char *value;   /* "DATE", shown in the help; NULL: a switch without a value; "[=SECONDS]":
                            it may be left out, and is "" then */
    const char *summary; /* a sentence */
};

struct arguments { /* views on argv */
    struct {
        const char *name;  /* of the flag */
        const char *value; /* "" for a switch */
    } given[ARGUMENTS_GIVEN_MAX];
    size_t given_count;
    char *const *operands; /* what is not a flag, in order; "-" is one */
    size_t operand_count;
    bool help; /* --help was among them */
};

/* The value of a flag, the last if it was given more than once; NULL when it was not given. */
const char *argument(const struct arguments *arguments, const char *name);

/* The value of the nth (from 0) giving of a flag; NULL when there are no so many. */
const char *argument_nth(const struct arguments *arguments, const char *name, size_t nth);

/* Whether a value is a whole decimal number from `least` to `most`, and which. */
bool whole_number(const char *value, int64_t least, int64_t most, int64_t *out);

/* Whether a flag was given. */
bool argument_given(const struct arguments *arguments, const char *name);

#endif
