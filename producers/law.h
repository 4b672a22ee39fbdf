/* A bundle of rules from its files onto jaga.rules: `jaga init` and `jaga rules publish`. */
#ifndef JAGA_PRODUCERS_LAW_H
#define JAGA_PRODUCERS_LAW_H

#include "kafka/publisher.h"
#include "lane/connect.h"

struct law {
    char *text; /* canonical */
    size_t length;
    char hash[2 * DIGEST_BYTES + 1];
};

/* Reads and checks the tables of a folder as of today; warnings go to stderr, as `jaga <command>`.
   FATAL "rules_invalid" names file and line. law_clear() frees what there is, also after an error.
 */
MUST_USE struct error law_load(const char *dir, const char *command, struct law *out);
void law_clear(struct law *law);

/* The bundle in force on the topic; `out->text` is NULL when there is none. */
MUST_USE struct error law_in_force(const struct connections *connections, struct law *out);

/* Publishes the bundle and waits for it, unless it is in force already. */
MUST_USE struct error law_publish(const struct connections *connections,
                                  struct publisher *publisher, const struct law *law,
                                  bool *published);

/* Today in western Indonesia. */
day_t law_today(void);

#endif
