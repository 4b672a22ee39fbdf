/* `jaga explain CLAIM_ID|PAYMENT_ID`: why a claim stands as it does, from the topics or an archive,
   with everything computed again. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/explanation.h"
#include "consumers/source_flags.h"
#include "support/clock.h"

const struct flag explain_flags[] = {
    SOURCE_FLAGS,
    {"participant", "ID", "Whose claim, when several participants have one with this id."},
    {"json", NULL, "One JSON object."},
    {NULL, NULL, NULL},
};

struct explain {
    struct connections connections;
    struct log_source *source;
    struct schemas *schemas;
    struct text id, participant; /* participant absent: whoever */
    bool json;
    struct claim_search search;
    struct explanation explanation;
    int64_t begun_us;
};

static struct error read_wish(const struct arguments *arguments, struct explain *explain)
{
    const char *participant = argument(arguments, "participant");
    if (arguments->operand_count != 1 || arguments->operands[0][0] == '\0') {
        return error_make(ERROR_USAGE, "usage",
                          "name one claim or payment: jaga explain CLAIM_ID|PAYMENT_ID");
    }
    explain->id = text_of_string(arguments->operands[0]);
    explain->participant = participant == NULL ? (struct text){0} : text_of_string(participant);
    explain->json = argument_given(arguments, "json");
    return no_error();
}

static int tell_none(const struct explain *explain)
{
    (void)fprintf(stderr,
                  "jaga explain: no claim and no payment %.*s%s%.*s: %" PRIu64
                  " records of %s and %" PRIu64 " of %s, in all %" PRId32 " lanes, were searched\n",
                  (int)explain->id.length, explain->id.at,
                  text_is_absent(explain->participant) ? "" : " of participant ",
                  (int)explain->participant.length, explain->participant.at,
                  explain->search.decisions, log_source_topic(explain->source, TOPIC_DECISION),
                  explain->search.payments, log_source_topic(explain->source, TOPIC_PAYMENT),
                  log_source_identity(explain->source)->lanes);
    return EXIT_ANSWER_NO;
}

static int tell_several(const struct explain *explain)
{
    (void)fprintf(stderr,
                  "jaga explain: %.*s is the id of %" PRIu32
                  " claims; say whose with --participant ID:\n",
                  (int)explain->id.length, explain->id.at, explain->search.count);
    for (uint32_t i = 0; i < explain->search.count && i < CLAIM_OWNERS_MAX; i++) {
        const struct claim_owner *owner = &explain->search.owners[i];
        (void)fprintf(stderr, "  participant %s, claim %s, lane %" PRId32 "\n", owner->participant,
                      owner->claim, owner->lane);
    }
    return EXIT_ANSWER_NO;
}

static void say_how(const struct explain *explain)
{
    const struct participant_log_result *result = &explain->explanation.result;
    const int64_t took_us = clock_steady_us() - explain->begun_us;
    (void)fprintf(stderr,
                  "%" PRIu64 " decisions and %" PRIu64 " payments searched, %" PRId64 " of %" PRId64
                  " journal records of lane %" PRId32 " merged again, %" PRIu64
                  " inputs read, %" PRIu64 " named by an index, %" PRId64 ".%03" PRId64 " s\n",
                  explain->search.decisions, explain->search.payments, result->merged,
                  result->records, result->lane, result->inputs, result->indexed,
                  took_us / MICROSECONDS_A_SECOND, took_us % MICROSECONDS_A_SECOND / 1000);
}

static int tell(const struct explain *explain)
{
    const struct explanation *explanation = &explain->explanation;
    if (explain->json) {
        explanation_print_json(stdout, explanation);
        (void)fputc('\n', stdout);
    } else {
        explanation_print_text(stdout, explanation);
    }
    say_how(explain);
    return explanation->difference[0] == '\0' ? EXIT_SUCCESS : EXIT_ANSWER_NO;
}

static struct error look(struct explain *explain, uint32_t input_bytes_max, int *code)
{
    TRY(log_source_schemas(explain->source, explain->schemas));
    TRY(claim_search(explain->source, explain->schemas, explain->id, explain->participant,
                     &explain->search));
    if (explain->search.count != 1) {
        *code = explain->search.count == 0 ? tell_none(explain) : tell_several(explain);
        return no_error();
    }
    explain->explanation.source = explain->source;
    explain->explanation.json = explain->json;
    explain->explanation.owner = explain->search.owners[0];
    TRY(explanation_make(&explain->explanation, explain->schemas, input_bytes_max));
    *code = tell(explain);
    return no_error();
}

static struct error run(const struct settings *settings, const struct arguments *arguments,
                        struct explain *explain, int *code)
{
    explain->begun_us = clock_steady_us();
    TRY(read_wish(arguments, explain));
    connections_of(settings, &explain->connections);
    TRY(source_of_flags(&explain->connections, arguments, &explain->source));
    return look(explain, settings->input_bytes_max, code);
}

int command_explain(const struct settings *settings, const struct arguments *arguments)
{
    struct explain *explain = calloc(1, sizeof *explain);
    assert(explain != NULL);
    explain->schemas = schemas_open();
    int code = EXIT_SUCCESS;
    const struct error error = run(settings, arguments, explain, &code);
    explanation_clear(&explain->explanation);
    schemas_close(explain->schemas);
    log_source_close(explain->source);
    free(explain);
    return failed(&error) ? command_report("explain", &error) : code;
}
