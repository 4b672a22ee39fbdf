#include "consumers/source_flags.h"

struct error source_of_flags(const struct connections *connections,
                             const struct arguments *arguments, struct log_source **out)
{
    const char *archive = argument(arguments, "archive");
    const bool with_topics = argument_given(arguments, "with-topics");
    if (with_topics && archive == NULL) {
        return error_make(ERROR_USAGE, "usage", "--with-topics: it goes with --archive DIR");
    }
    const bool topics = archive == NULL || with_topics;
    return log_source_open(topics ? &connections->kafka : NULL, archive, out);
}

struct error public_keys_of_flags(const struct arguments *arguments, struct public_keys *out)
{
    const char *given;
    while ((given = argument_nth(arguments, "public-key", out->count)) != NULL) {
        if (out->count == PUBLIC_KEYS_MAX) {
            return error_make(ERROR_USAGE, "usage", "--public-key %s: these are too many", given);
        }
        TRY(public_key_read(given, out->keys[out->count]));
        out->count++;
    }
    return no_error();
}
