/* The rules a person names: a folder of tables, a file with a bundle's text, a hash on jaga.rules,
   or `log` for the bundle in force there. */
#ifndef JAGA_CONSUMERS_RULES_SOURCE_H
#define JAGA_CONSUMERS_RULES_SOURCE_H

#include "core/rules.h"
#include "lane/connect.h"
#include "wire/rules_listing.h"

struct rules_source {
    const char *name; /* as it was given; borrowed */
    char *text;       /* the bundle's canonical text */
    size_t length;
    char hash[2 * DIGEST_BYTES + 1];
    struct rules_listing listing;
};

/* `name` NULL: the folder of rules.dir. USAGE "usage" when it is none of these, FATAL when it
   cannot be read; Kafka is asked for a hash and for `log` only. rules_source_clear() frees what
   there is, also after an error. */
MUST_USE struct error rules_source_read(const struct settings *settings, const char *name,
                                        struct rules_source *out);
void rules_source_clear(struct rules_source *source);

/* The rules of the text; FATAL "rules_invalid" when this program cannot read it. */
MUST_USE struct error rules_source_parse(const struct rules_source *source, struct rules *out);

/* What --on or --recorded gives, `fallback` when the flag is not there. */
MUST_USE struct error rules_day_flag(const struct arguments *arguments, const char *flag,
                                     day_t fallback, day_t *out);
/* Today in western Indonesia. */
day_t rules_today(void);

#endif
