/* `jaga verify FILE`: what an evidence file proves, without any server. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/day.h"
#include "support/command.h"
#include "wire/evidence.h"
#include "wire/record.h"

const struct flag verify_flags[] = {
    {"public-key", "FILE|HEX", "The key that must have signed: a .pub file or its 64 hex digits."},
    {"json", NULL, "One JSON object."},
    {NULL, NULL, NULL},
};

/* A byte of a text becomes six at most, as \\u001f. */
#define WORDS_BYTES (8 * EVIDENCE_BYTES_MAX)

struct verification {
    struct evidence_file *evidence;
    struct output outputs[EVIDENCE_RECORDS_MAX];
    uint8_t public_key[PUBLIC_KEY_BYTES];
    char file[EVIDENCE_BYTES_MAX + 1]; /* one byte more tells that it is too long */
    size_t length;
    char words[WORDS_BYTES];
};

/* ---- Words ---- */

/* Quoted, so that no text of a publisher plays with the terminal. */
static void put_text(struct buffer *out, const char *before, struct text text)
{
    buffer_string(out, before);
    json_string_write(out, text);
}

static void put_number(struct buffer *out, const char *before, int64_t number)
{
    buffer_string(out, before);
    buffer_number(out, number);
}

static void put_term(struct buffer *out, const char *before, const struct names *names,
                     uint8_t term)
{
    buffer_string(out, before);
    buffer_string(out, term < names->count ? term_name(names, term) : "?");
}

static void put_time(struct buffer *out, const char *before, int64_t time)
{
    char text[TIME_TEXT_BYTES];
    buffer_string(out, before);
    if (time >= TIME_FIRST && time <= TIME_LAST) {
        time_print(time, text);
        buffer_string(out, text);
    } else {
        buffer_number(out, time);
    }
}

static void put_hex(struct buffer *out, const char *before, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    buffer_string(out, before);
    for (size_t i = 0; i < count; i++) {
        buffer_byte(out, (uint8_t)digits[bytes[i] >> 4]);
        buffer_byte(out, (uint8_t)digits[bytes[i] & 15]);
    }
}

static void put_decision(struct buffer *out, const struct decision *decision)
{
    put_text(out, "decision   claim ", decision->claim_id);
    put_text(out, " of participant ", decision->participant_id);
    put_number(out, ", revision ", decision->revision);
    put_term(out, ": ", &verdict_names, decision->verdict);
    put_term(out, ", ", &reason_names, decision->reason);
    put_number(out, ", Rp ", decision->total_idr);
}

static void put_payment(struct buffer *out, const struct payment *payment)
{
    put_text(out, "payment    ", payment->payment_id);
    put_number(out, ": Rp ", payment->amount_idr);
    put_text(out, " to ", payment->payee_ref);
    put_text(out, " for claim ", payment->claim_id);
    put_text(out, " of participant ", payment->participant_id);
}

static void put_exception(struct buffer *out, const struct exception *exception)
{
    put_term(out, "exception  ", &severity_names, exception->severity);
    put_term(out, " ", &exception_code_names, exception->code);
    if (!text_is_absent(exception->participant_id)) {
        put_text(out, ", participant ", exception->participant_id);
    }
    put_text(out, ": ", exception->detail);
}

static void put_output(struct buffer *out, const struct output *output)
{
    switch (output->kind) {
    case OUTPUT_DECISION: put_decision(out, &output->decision); break;
    case OUTPUT_PAYMENT: put_payment(out, &output->payment); break;
    case OUTPUT_EXCEPTION: put_exception(out, &output->exception); break;
    }
    buffer_byte(out, '\n');
}

static void put_words(struct buffer *out, const struct verification *verification)
{
    const struct evidence_file *evidence = verification->evidence;
    const struct checkpoint_body *checkpoint = &evidence->checkpoint.body;
    buffer_string(out, "proven: jaga put this out, and the signed journal says so\n");
    for (uint32_t i = 0; i < evidence->count; i++) {
        put_output(out, &verification->outputs[i]);
    }
    put_number(out, "in         record ", evidence->journal.sequence);
    put_number(out, " of the journal of lane ", evidence->journal.lane);
    put_time(out, ", clock ", evidence->journal.now);
    put_hex(out, ", log ", evidence->journal.log_id, JOURNAL_LOG_ID_BYTES);
    put_number(out, "\nsigned     records 1 to ", checkpoint->records);
    put_time(out, " of it, clock ", checkpoint->time);
    put_hex(out, ", public key ", evidence->checkpoint.public_key, PUBLIC_KEY_BYTES);
    buffer_byte(out, '\n');
}

/* ---- JSON ---- */

static void put_json(struct buffer *out, const struct verification *verification)
{
    const struct evidence_file *evidence = verification->evidence;
    put_hex(out, "{\"proven\":true,\"public_key\":\"", evidence->checkpoint.public_key,
            PUBLIC_KEY_BYTES);
    buffer_string(out, "\",\"checkpoint\":");
    record_to_json(out, &checkpoint_body_fields, &evidence->checkpoint.body, NULL);
    buffer_string(out, ",\"journal\":");
    record_to_json(out, &journal_body_fields, &evidence->journal, NULL);
    buffer_string(out, ",\"records\":[");
    for (uint32_t i = 0; i < evidence->count; i++) {
        const struct output *output = &verification->outputs[i];
        buffer_string(out, i > 0 ? "," : "");
        record_to_json(out, evidence_kind_fields(output->kind), &output->decision,
                       evidence_kind_name(output->kind));
    }
    buffer_string(out, "]}\n");
}

static void put_refusal(struct buffer *out, const struct error *error)
{
    put_text(out, "{\"proven\":false,\"why\":", text_of_string(error->detail));
    buffer_string(out, "}\n");
}

/* ---- The command ---- */

static struct error file_failed(const char *path, const char *what)
{
    return error_make(ERROR_FATAL, "file_failed", "%s: %s: %s", path, what, strerror(errno));
}

static struct error read_stream(struct verification *verification, FILE *stream, const char *path)
{
    verification->length = fread(verification->file, 1, sizeof verification->file, stream);
    return ferror(stream) != 0 ? file_failed(path, "reading failed") : no_error();
}

static struct error read_file(struct verification *verification, const char *path)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(verification, stdin, "standard input");
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return file_failed(path, "cannot be opened");
    }
    const struct error error = read_stream(verification, stream, path);
    (void)fclose(stream);
    return error;
}

static struct error verify(struct verification *verification, const struct arguments *arguments)
{
    const char *path = arguments->operands[0];
    TRY(public_key_read(argument(arguments, "public-key"), verification->public_key));
    TRY(read_file(verification, path));
    const struct error error =
        evidence_parse(verification->file, verification->length, verification->evidence);
    if (failed(&error)) {
        return error_make(ERROR_FATAL, error.code, "%.200s: %.250s", path, error.detail);
    }
    return evidence_verify(verification->evidence, verification->public_key, verification->outputs);
}

static int tell(struct verification *verification, const struct error *error, bool json)
{
    struct buffer out = buffer_over(verification->words, sizeof verification->words);
    const bool refused = failed(error) && strcmp(error->code, "not_proven") == 0;
    if (failed(error)) {
        (void)command_report("verify", error);
        if (refused && json) {
            put_refusal(&out, error);
        }
    } else {
        (json ? put_json : put_words)(&out, verification);
    }
    assert(!out.overflow);
    (void)fwrite(out.at, 1, out.length, stdout);
    return !failed(error) ? EXIT_SUCCESS : refused ? EXIT_ANSWER_NO : EXIT_NOT_DONE;
}

static struct error check_words(const struct arguments *arguments)
{
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage", "name one evidence file; - is standard input");
    }
    if (argument(arguments, "public-key") == NULL) {
        return error_make(ERROR_USAGE, "usage",
                          "say whose signature counts: --public-key FILE|HEX. Get the key from "
                          "whoever signs the checkpoints (the .pub file of `jaga checkpoint "
                          "--new-key`), never from where the evidence came from");
    }
    return no_error();
}

int command_verify(const struct settings *settings, const struct arguments *arguments)
{
    (void)settings;
    struct error error = check_words(arguments);
    if (failed(&error)) {
        return command_report("verify", &error);
    }
    struct verification *verification = calloc(1, sizeof *verification);
    assert(verification != NULL);
    verification->evidence = evidence_open();
    error = verify(verification, arguments);
    const int code = tell(verification, &error, argument_given(arguments, "json"));
    evidence_close(verification->evidence);
    free(verification);
    return code;
}
