/* Stopping on a signal: the first SIGTERM or SIGINT sets a flag that loops look at, a second one
   ends the process at once. */
#ifndef JAGA_SUPPORT_SHUTDOWN_H
#define JAGA_SUPPORT_SHUTDOWN_H

#include <stdbool.h>

/* Installs the handlers and ignores SIGPIPE. Call it before starting threads. */
void shutdown_watch(void);

bool shutdown_wanted(void);

/* What the second signal writes to standard output before the process ends: for who must leave a
   terminal as it was. A constant; NULL: nothing. */
void shutdown_last_words(const char *words);

/* As if a signal had come: for a thread that found out that the process must end. */
void shutdown_request(void);

#endif
