/* --watch: the same answer again and again, until Ctrl-C. In place on a terminal, else one after
   another. */
#ifndef JAGA_CONSUMERS_WATCH_H
#define JAGA_CONSUMERS_WATCH_H

#include "consumers/terminal.h"
#include "lane/connect.h"
#include "support/flags.h"

#define WATCH_FLAG                                                                                 \
    {                                                                                              \
        "watch", "[=SECONDS]",                                                                     \
            "Again and again until Ctrl-C; every 2 seconds when none are named."                   \
    }

/* The seconds of --watch; 0 when it was not given. USAGE when they are no number from 1 to 3600. */
MUST_USE struct error watch_seconds(const struct arguments *arguments, uint32_t *seconds);

struct watch {
    uint32_t seconds;
    bool json;
    const char *title; /* "jaga status" */
    void *context;
    /* Writes the answer of now to `out`. An error is shown in its place, and the next is tried. */
    struct error (*answer)(void *context, const struct terminal *terminal, FILE *out);
};

/* Servers are waited for no longer than a few seconds, so that a watch says soon what is away. */
void watch_hasten(struct connections *connections);

/* Until the first signal, or until standard output takes no more; a second signal ends the process
   at once. */
void watch_run(const struct watch *watch);

/* A line of JSON that says what is wrong; `lane` −1: with no lane. */
void watch_print_trouble(FILE *out, const char *code, int32_t lane, const char *detail);

#endif
