#include "support/nearest.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const known[] = {"lanes", "kafka.brokers", "redis.address", "drain"};

static const struct row {
    const char *word, *nearest;
} rows[] = {
    {"lanes", "lanes"},
    {"lane", "lanes"},
    {"lnaes", "lanes"},
    {"brokers", "kafka.brokers"},
    {"kafka-broker", "kafka.brokers"},
    {"redis.adress", "redis.address"},
    {"drian", "drain"},
    {"zzz", NULL},
    {"", NULL},
    {"completely.different", NULL},
};

Test(nearest, finds_what_was_meant_or_nothing)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *found = nearest_word(rows[i].word, known, sizeof known / sizeof *known);
        const char *wanted = rows[i].nearest;
        cr_expect((found == NULL) == (wanted == NULL) &&
                      (found == NULL || strcmp(found, wanted) == 0),
                  "%s: found %s", rows[i].word, found == NULL ? "nothing" : found);
    }
}

Test(nearest, bears_words_of_any_length)
{
    char word[1000];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *const words[] = {word};
    cr_expect_null(nearest_word("lanes", words, 1));
    cr_expect_null(nearest_word(word, known, sizeof known / sizeof *known));
}
