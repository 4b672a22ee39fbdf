/* `jaga explain CLAIM_ID|PAYMENT_ID`: why a claim stands as it does, from the topics or an archive,
   with everything computed again. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/explanation.h"
#include "consumers/source_flags.h"
#include "replay/proof.h"
#include "support/clock.h"

const struct flag explain_flags[] = {
    SOURCE_FLAGS,
    {"participant", "ID", "Whose claim, when several participants have one with this id."},
    {"proof", "FILE", "Write evidence of the last decision and its payments, for jaga verify."},
    {"public-key", "FILE|HEX", "With --proof: under a checkpoint by this key. May be given often."},
    {"json", NULL, "One JSON object."},
    {NULL, NULL, NULL},
};

struct explain {
    struct connections connections;
    struct log_source *source;
    struct schemas *schemas;
    struct text id, participant; /* participant absent: whoever */
    bool json;
    const char *proof; /* NULL: none is wanted */
    struct public_keys signers;
    struct claim_search search;
    struct explanation explanation;
    int64_t begun_us;
};

static struct error read_keys(const struct arguments *arguments, struct explain *explain)
{
    const char *given = argument_nth(arguments, "public-key", 0);
    if (given != NULL && explain->proof == NULL) {
        return error_make(ERROR_USAGE, "usage", "--public-key %s: it goes with --proof FILE",
                          given);
    }
    return public_keys_of_flags(arguments, &explain->signers);
}

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
    explain->proof = argument(arguments, "proof");
    return read_keys(arguments, explain);
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

/* The last decision, and the payments that came with it. */
static void wish_for_proof(const struct explain *explain, struct proof_wish *wish)
{
    const struct claim_records *records = &explain->explanation.records;
    const struct recorded *last = explain->explanation.last;
    *wish = (struct proof_wish){
        .lane = explain->explanation.owner.lane,
        .sequence = last->decision.head.sequence,
        .outputs = {{TOPIC_DECISION, last->offset}},
        .count = 1,
        .keys = explain->signers.keys[0],
        .key_count = explain->signers.count,
    };
    for (uint32_t i = 0; i < records->payment_count && wish->count < EVIDENCE_RECORDS_MAX; i++) {
        if (records->payments[i].payment.head.sequence == wish->sequence) {
            wish->outputs[wish->count].topic = TOPIC_PAYMENT;
            wish->outputs[wish->count++].offset = records->payments[i].offset;
        }
    }
}

static struct error write_file(const char *path, struct text text)
{
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(text.at, 1, text.length, file) == text.length;
    if (file != NULL) {
        written = fclose(file) == 0 && written;
    }
    return written ? no_error()
                   : error_make(ERROR_FATAL, "file_failed", "%s: cannot be written: %s", path,
                                strerror(errno));
}

static struct error prove(const struct explain *explain)
{
    if (explain->proof == NULL) {
        return no_error();
    }
    struct proof_wish wish;
    wish_for_proof(explain, &wish);
    uint8_t *bytes = malloc(EVIDENCE_BYTES_MAX);
    assert(bytes != NULL);
    struct buffer buffer = buffer_over(bytes, EVIDENCE_BYTES_MAX);
    struct error error = proof_make(explain->source, &wish, &buffer);
    if (!failed(&error) && buffer.overflow) {
        error = error_make(ERROR_FATAL, "evidence_unfit", "the evidence is too long");
    }
    if (!failed(&error)) {
        error = write_file(explain->proof, buffer_view(&buffer));
    }
    if (!failed(&error)) {
        (void)fprintf(stderr, "evidence of %zu records: %s, %zu bytes\n", wish.count,
                      explain->proof, buffer.length);
    }
    free(bytes);
    return error;
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
    return prove(explain);
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
