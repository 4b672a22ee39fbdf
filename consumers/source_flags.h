/* --archive and --with-topics, as every command has them that reads a whole log. */
#ifndef JAGA_CONSUMERS_SOURCE_FLAGS_H
#define JAGA_CONSUMERS_SOURCE_FLAGS_H

#include "lane/connect.h"
#include "replay/log_source.h"
#include "support/command.h"

#define SOURCE_FLAGS                                                                               \
    {"archive", "DIR", "Read the archive in this folder; no server is needed."},                   \
    {                                                                                              \
        "with-topics", NULL, "With --archive: what the archive does not hold yet from the topics." \
    }

/* `connections` must live as long as the source. */
MUST_USE struct error source_of_flags(const struct connections *connections,
                                      const struct arguments *arguments, struct log_source **out);

#endif
