#include "producers/law.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/law_topics.h"
#include "support/clock.h"
#include "wire/digest.h"
#include "wire/hex.h"
#include "wire/rules_bundle.h"

#define WIB_HOURS 7

day_t law_today(void)
{
    return day_of_time(clock_wall_us(), WIB_HOURS);
}

static void take_hash(struct law *law)
{
    uint8_t hash[DIGEST_BYTES];
    digest_of(law->text, law->length, hash);
    hex_print(hash, DIGEST_BYTES, law->hash);
}

struct error law_load(const char *dir, const char *command, struct law *out)
{
    struct rules_warnings warnings = {.count = 0};
    struct rules *rules = calloc(1, sizeof *rules);
    assert(rules != NULL);
    const struct error error =
        rules_bundle_load(dir, law_today(), &out->text, &out->length, rules, &warnings);
    free(rules);
    TRY(error);
    take_hash(out);
    for (uint32_t i = 0; i < warnings.count; i++) {
        (void)fprintf(stderr, "jaga %s: %s\n", command, warnings.texts[i]);
    }
    return no_error();
}

void law_clear(struct law *law)
{
    free(law->text);
    law->text = NULL;
}

struct error law_in_force(const struct connections *connections, struct law *out)
{
    const struct error error = rules_text_read(&connections->kafka, NULL, &out->text, &out->length);
    if (failed(&error)) {
        return strcmp(error.code, "rules_missing") == 0 ? no_error() : error;
    }
    take_hash(out);
    return no_error();
}

struct error law_publish(const struct connections *connections, struct publisher *publisher,
                         const struct law *law, bool *published)
{
    struct law before = {.text = NULL};
    TRY(law_in_force(connections, &before));
    *published = before.text == NULL || strcmp(before.hash, law->hash) != 0;
    law_clear(&before);
    if (*published) {
        TRY(rules_publish(publisher, law->text, law->length));
        TRY(publisher_flush(publisher));
    }
    return no_error();
}
