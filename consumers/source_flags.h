/* --archive, --with-topics and --public-key, as every command has them that reads a whole log. */
#ifndef JAGA_CONSUMERS_SOURCE_FLAGS_H
#define JAGA_CONSUMERS_SOURCE_FLAGS_H

#include "lane/connect.h"
#include "replay/log_source.h"
#include "support/command.h"
#include "wire/signature.h"

#define SOURCE_FLAGS                                                                               \
    {"archive", "DIR", "Read the archive in this folder; no server is needed."},                   \
    {                                                                                              \
        "with-topics", NULL, "With --archive: what the archive does not hold yet from the topics." \
    }

/* `connections` must live as long as the source. */
MUST_USE struct error source_of_flags(const struct connections *connections,
                                      const struct arguments *arguments, struct log_source **out);

#define PUBLIC_KEYS_MAX 32
struct public_keys { /* of --public-key, in their order */
    uint8_t keys[PUBLIC_KEYS_MAX][PUBLIC_KEY_BYTES];
    size_t count;
};
/* Adds to an empty list; errors of public_key_read, and USAGE for more than there is room for. */
MUST_USE struct error public_keys_of_flags(const struct arguments *arguments,
                                           struct public_keys *out);

#endif
