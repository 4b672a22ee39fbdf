/* `jaga rules publish [DIR]`: checks the tables of a folder and puts them on jaga.rules; says what
   changes against the bundle that was in force. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka/law_topics.h"
#include "producers/law.h"
#include "support/command.h"
#include "wire/rules_bundle.h"
#include "wire/rules_difference.h"

const struct flag rules_publish_flags[] = {
    {"json", NULL, "One JSON object a row that changes, and one for the bundle."},
    {NULL, NULL, NULL},
};

struct publishing {
    const char *dir;
    bool json;
    struct connections connections;
    struct law before, after; /* before.text NULL: none was in force */
    bool published;
};

/* Says every finding; `*clean` when there is none. */
static struct error lint(const struct publishing *publishing, bool *clean)
{
    struct {
        struct rules_findings findings;
        struct rules_warnings warnings;
    } *found = calloc(1, sizeof *found);
    assert(found != NULL);
    const struct error error =
        rules_bundle_lint(publishing->dir, law_today(), &found->findings, &found->warnings);
    for (uint32_t i = 0; i < found->findings.count; i++) {
        (void)fprintf(stderr, "jaga rules publish: %s\n", found->findings.texts[i]);
    }
    *clean = found->findings.count == 0;
    if (!*clean) {
        (void)fprintf(stderr, "jaga rules publish: nothing is published; findings: %u%s\n",
                      found->findings.count, found->findings.more ? " or more" : "");
    }
    free(found);
    return error;
}

static struct error put(struct publishing *publishing)
{
    struct publisher *publisher = NULL;
    TRY(publisher_open(&publishing->connections.kafka, &publisher));
    const struct error error = law_publish(&publishing->connections, publisher, &publishing->after,
                                           &publishing->published);
    publisher_close(publisher);
    return error;
}

static struct error tell_rows(const struct publishing *publishing)
{
    struct rules_listing before = {.lines = NULL};
    struct rules_listing after;
    TRY(rules_listing_read(text_of(publishing->after.text, publishing->after.length), &after));
    struct error error =
        rules_listing_read(text_of(publishing->before.text, publishing->before.length), &before);
    if (!failed(&error)) {
        const struct rules_difference found = rules_compare(
            &before, &after,
            publishing->json ? rules_difference_print_json : rules_difference_print, stdout);
        if (!publishing->json) {
            (void)printf("%u added, %u removed, %u changed\n", found.added, found.removed,
                         found.changed);
        }
    }
    rules_listing_clear(&before);
    rules_listing_clear(&after);
    return error;
}

static struct error tell(const struct publishing *publishing)
{
    const struct law *before = &publishing->before;
    if (publishing->published && before->text != NULL) {
        TRY(tell_rows(publishing));
    }
    if (publishing->json) {
        (void)printf("{\"hash\":\"%s\",\"published\":%s,\"before\":%s%s%s}\n",
                     publishing->after.hash, publishing->published ? "true" : "false",
                     before->text == NULL ? "null" : "\"", before->text == NULL ? "" : before->hash,
                     before->text == NULL ? "" : "\"");
        return no_error();
    }
    if (publishing->published && before->text != NULL) {
        (void)printf("before: hash %s\n", before->hash);
    }
    (void)printf("rules: %s, hash %s\n", publishing->published ? "published" : "in force already",
                 publishing->after.hash);
    return no_error();
}

static struct error publish(struct publishing *publishing, bool *clean)
{
    struct log_identity identity;
    TRY(lint(publishing, clean));
    if (!*clean) {
        return no_error();
    }
    TRY(law_load(publishing->dir, "rules publish", &publishing->after));
    TRY(log_identity_read(&publishing->connections.kafka, &identity));
    TRY(law_in_force(&publishing->connections, &publishing->before));
    TRY(put(publishing));
    return tell(publishing);
}

int command_rules_publish(const struct settings *settings, const struct arguments *arguments)
{
    struct publishing publishing = {.dir = settings->rules_dir,
                                    .json = argument_given(arguments, "json")};
    bool clean = true;
    struct error error = no_error();
    if (arguments->operand_count > 1) {
        error = error_make(ERROR_USAGE, "usage", "name one folder: jaga rules publish [DIR]");
    } else {
        publishing.dir =
            arguments->operand_count == 1 ? arguments->operands[0] : settings->rules_dir;
        connections_of(settings, &publishing.connections);
        error = publish(&publishing, &clean);
    }
    law_clear(&publishing.before);
    law_clear(&publishing.after);
    const int code = command_report("rules publish", &error);
    return failed(&error) || clean ? code : EXIT_ANSWER_NO;
}
