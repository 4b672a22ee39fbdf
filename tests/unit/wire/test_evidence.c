/* Evidence: made, printed, read and verified; and every way to tamper with it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "evidence_fixture.h"
#include "wire/digest.h"
#include "wire/json_print.h"
#include "wire/record.h"
#include "wire_fixture.h"

static struct evidence_fixture *fixture;
static struct evidence_file *evidence;
static struct output outputs[EVIDENCE_RECORDS_MAX];
static char printed[EVIDENCE_BYTES_MAX];
static size_t printed_length;

static void print(void)
{
    struct buffer out = buffer_over(printed, sizeof printed);
    evidence_print(&out, evidence);
    cr_assert(!out.overflow);
    printed_length = out.length;
}

static void make(int64_t sequence, int64_t records)
{
    fixture = evidence_fixture_open(sequence, records);
    evidence = evidence_open();
    const struct evidence_source source = evidence_fixture_source(fixture);
    const struct error error = evidence_build(&source, evidence);
    cr_assert(!failed(&error), "%s", error.detail);
    print();
}

static void start(void)
{
    cr_assert(digest_start());
    make(54321, 100000);
}

static void end(void)
{
    evidence_close(evidence);
    evidence_close(NULL);
    evidence_fixture_close(fixture);
}

TestSuite(evidence, .init = start, .fini = end);

static struct error parse(const char *text, size_t length)
{
    char *copy = malloc(length + 1); /* so that a byte read behind it is seen */
    memcpy(copy, text, length);
    const struct error error = evidence_parse(copy, length, evidence);
    free(copy);
    return error;
}

static struct error parse_and_verify(const char *text, size_t length, const uint8_t *key)
{
    const struct error error = parse(text, length);
    return failed(&error) ? error : evidence_verify(evidence, key, outputs);
}

Test(evidence, comes_back_and_proves_what_was_put_out)
{
    const struct error error = parse_and_verify(printed, printed_length, fixture->key.public_key);
    cr_assert(!failed(&error), "%s", error.detail);
    cr_assert_eq(evidence->count, 3);
    cr_expect_eq(evidence->records[0].index, FIXTURE_DECISION);
    cr_expect_eq(evidence->records[2].index, FIXTURE_PAYMENT + 1);
    cr_expect(text_equal(outputs[0].decision.claim_id, TEXT("C-2024-000123")));
    cr_expect_eq(outputs[0].decision.total_idr, 42000000);
    cr_expect_eq(outputs[1].payment.amount_idr, 32000000);
    cr_expect_eq(outputs[2].payment.amount_idr, 10000000);
    cr_expect_null(fixture_difference(&journal_body_fields, &evidence->journal, &fixture->journal));
    char *first = malloc(printed_length);
    const size_t length = printed_length;
    memcpy(first, printed, length);
    print();
    cr_expect(length == printed_length && memcmp(first, printed, length) == 0);
    free(first);
}

/* The claim's decision and two payments, a batch of 300 outputs, a journal of 100,000 records. */
Test(evidence, of_a_usual_claim_is_below_four_kilobytes)
{
    cr_expect_lt(printed_length, 4096, "%zu bytes", printed_length);
    cr_expect_gt(printed_length, 3000, "%zu bytes: is everything in it?", printed_length);
}

Test(evidence, every_output_of_a_batch_can_be_proven)
{
    struct evidence_source source = evidence_fixture_source(fixture);
    for (unsigned i = 0; i < FIXTURE_OUTPUTS; i += EVIDENCE_RECORDS_MAX) {
        for (unsigned k = 0; k < FIXTURE_OUTPUTS; k++) {
            fixture->outputs[k].wanted = k >= i && k < i + EVIDENCE_RECORDS_MAX;
        }
        struct error error = evidence_build(&source, evidence);
        cr_assert(!failed(&error), "%s", error.detail);
        print();
        error = parse_and_verify(printed, printed_length, fixture->key.public_key);
        cr_expect(!failed(&error), "from %u: %s", i, error.detail);
    }
    for (unsigned k = 0; k <= EVIDENCE_RECORDS_MAX; k++) {
        fixture->outputs[k].wanted = true;
    }
    const struct error error = evidence_build(&source, evidence);
    cr_expect_str_eq(error.code, "evidence_unfit");
}

Test(evidence, at_both_ends_of_journals_of_any_size)
{
    static const int64_t places[][2] = {{1, 1}, {1, 2}, {2, 2}, {1, 7}, {7, 7}, {5, 6}, {8, 9}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        end();
        make(places[i][0], places[i][1]);
        const struct error error =
            parse_and_verify(printed, printed_length, fixture->key.public_key);
        cr_expect(!failed(&error), "row %zu: %s", i, error.detail);
    }
}

static void expect_unbuilt(const struct evidence_source *source, const char *code)
{
    const struct error error = evidence_build(source, evidence);
    cr_expect_str_eq(error.code, code, "%s", error.detail);
}

Test(evidence, is_not_made_of_parts_that_do_not_fit)
{
    struct evidence_source source = evidence_fixture_source(fixture);
    source.output_count--;
    expect_unbuilt(&source, "evidence_unfit");
    source.output_count++;
    fixture->journal.sequence = 100001;
    expect_unbuilt(&source, "checkpoint_too_early");
    fixture->journal.sequence = 54322;
    expect_unbuilt(&source, "not_proven");
    fixture->journal.sequence = 54321;
    fixture->leaves[DIGEST_BYTES * 99999] ^= 1;
    expect_unbuilt(&source, "not_proven");
    fixture->leaves[DIGEST_BYTES * 99999] ^= 1;
    fixture->journal.lane = 2;
    expect_unbuilt(&source, "evidence_unfit");
    fixture->journal.lane = 1;
    const struct evidence_output kept = fixture->outputs[FIXTURE_OUTPUTS - 1];
    fixture->outputs[FIXTURE_OUTPUTS - 1].value.length--;
    expect_unbuilt(&source, "not_proven");
    fixture->outputs[FIXTURE_OUTPUTS - 1] = kept;
    fixture->checkpoint.signature[0] ^= 1;
    expect_unbuilt(&source, "not_proven");
    fixture->checkpoint.signature[0] ^= 1;
    const struct error error = evidence_build(&source, evidence);
    cr_expect(!failed(&error), "%s", error.detail);
}

/* ---- Tampering with what the file says ---- */

static void change_time(void)
{
    evidence->checkpoint.body.time++;
}
static void change_records(void)
{
    evidence->checkpoint.body.records++;
}
static void change_root(void)
{
    evidence->checkpoint.body.root[31] ^= 1;
}
static void change_signature(void)
{
    evidence->checkpoint.signature[0] ^= 1;
}
static void change_key(void)
{
    evidence->checkpoint.public_key[0] ^= 1;
}

static void sign_by_another(void)
{
    fixture->key.secret[0] ^= 1;
    fixture->key.public_key[0] ^= 1; /* a pair no more, but signed with it all the same */
    checkpoint_record_sign(&evidence->checkpoint, &fixture->key);
}

static void sign_anew(void)
{
    checkpoint_record_sign(&evidence->checkpoint, &fixture->key);
}

static void another_log(void)
{
    evidence->checkpoint.body.log_id[0] ^= 1;
    sign_anew();
}
static void another_lane(void)
{
    evidence->checkpoint.body.lane = 2;
    sign_anew();
}
static void other_lanes(void)
{
    evidence->checkpoint.body.lanes = 8;
    sign_anew();
}
static void fewer_records(void)
{
    evidence->checkpoint.body.records = 54320;
    sign_anew();
}
static void as_the_last(void)
{
    evidence->checkpoint.body.records = 54321;
    sign_anew();
}

static void change_sequence(void)
{
    evidence->journal.sequence++;
}
static void no_sequence(void)
{
    evidence->journal.sequence = 0;
}
static void change_payments_idr(void)
{
    evidence->journal.payments_idr++;
}
static void change_outputs_root(void)
{
    evidence->journal.outputs_root[0] ^= 1;
}
static void more_decisions(void)
{
    evidence->journal.decisions++;
}
static void change_journal_path(void)
{
    evidence->path.nodes[16][0] ^= 1;
}
static void cut_journal_path(void)
{
    evidence->path.count--;
}

static void no_records(void)
{
    evidence->count = 0;
}
static void change_index(void)
{
    evidence->records[1].index++;
}
static void negative_index(void)
{
    evidence->records[0].index = -1;
}
static void index_too_high(void)
{
    evidence->records[2].index = FIXTURE_OUTPUTS;
}
static void wrong_kind(void)
{
    evidence->records[1].kind = OUTPUT_DECISION;
}
static void as_an_exception(void)
{
    evidence->records[2].kind = OUTPUT_EXCEPTION;
}
static void change_key_of_record(void)
{
    evidence->records[0].key = TEXT("P-000124");
}
static void no_key_of_record(void)
{
    evidence->records[0].key = (struct text){0};
}
static void change_record_path(void)
{
    evidence->records[1].path.nodes[0][5] ^= 1;
}
static void swap_paths(void)
{
    const struct merkle_path kept = evidence->records[1].path;
    evidence->records[1].path = evidence->records[2].path;
    evidence->records[2].path = kept;
}
static void same_twice(void)
{
    evidence->records[2] = evidence->records[1];
}
static void out_of_order(void)
{
    const struct evidence_record kept = evidence->records[1];
    evidence->records[1] = evidence->records[2];
    evidence->records[2] = kept;
}

static void one_rupiah_more(void)
{
    static uint8_t bytes[4096];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    struct payment payment = outputs[1].payment;
    payment.amount_idr++;
    record_encode(&out, RECORD_PAYMENT, &payment);
    evidence->records[1].value = buffer_view(&out);
}

static void cut_value(void)
{
    evidence->records[1].value.length--;
}

Test(evidence, tampering_is_told)
{
    static const struct {
        const char *what;
        void (*change)(void);
        const char *told;
    } rows[] = {
        {"time", change_time, "signature does not hold"},
        {"records", change_records, "signature does not hold"},
        {"root", change_root, "signature does not hold"},
        {"signature", change_signature, "signature does not hold"},
        {"public key", change_key, "signature does not hold"},
        {"another signer", sign_by_another, "signature does not hold"},
        {"log id", another_log, "of another log or lane"},
        {"lane", another_lane, "of another log or lane"},
        {"lanes", other_lanes, "of another log or lane"},
        {"fewer records", fewer_records, "does not cover the journal record"},
        {"as the last", as_the_last, "does not lead to the checkpoint's root"},
        {"sequence", change_sequence, "does not lead to the checkpoint's root"},
        {"sequence 0", no_sequence, "does not cover the journal record"},
        {"payments_idr", change_payments_idr, "does not lead to the checkpoint's root"},
        {"outputs_root", change_outputs_root, "does not lead to the checkpoint's root"},
        {"decisions", more_decisions, "does not lead to the checkpoint's root"},
        {"journal path", change_journal_path, "does not lead to the checkpoint's root"},
        {"journal path cut", cut_journal_path, "does not lead to the checkpoint's root"},
        {"no records", no_records, "no record to prove"},
        {"index", change_index, "does not lead to the journal record's outputs_root (record 2"},
        {"negative index", negative_index, "no output with this index (record 1"},
        {"index too high", index_too_high, "no output with this index (record 3"},
        {"payment as decision", wrong_kind, "is of another kind (record 2"},
        {"payment as exception", as_an_exception, "is of another kind (record 3"},
        {"key", change_key_of_record, "outputs_root (record 1"},
        {"no key", no_key_of_record, "outputs_root (record 1"},
        {"record path", change_record_path, "outputs_root (record 2"},
        {"paths swapped", swap_paths, "outputs_root (record 2"},
        {"same twice", same_twice, "not behind the one before (record 3"},
        {"out of order", out_of_order, "not behind the one before (record 3"},
        {"one rupiah more", one_rupiah_more, "outputs_root (record 2"},
        {"value cut", cut_value, "outputs_root (record 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = parse_and_verify(printed, printed_length, NULL);
        cr_assert(!failed(&error), "%s: %s", rows[i].what, error.detail);
        const struct signing_key kept = fixture->key;
        rows[i].change();
        fixture->key = kept;
        error = evidence_verify(evidence, NULL, outputs);
        cr_expect_str_eq(error.code, "not_proven", "%s", rows[i].what);
        cr_expect_not_null(strstr(error.detail, rows[i].told), "%s: %s", rows[i].what,
                           error.detail);
    }
}

Test(evidence, another_key_is_named)
{
    uint8_t other[PUBLIC_KEY_BYTES];
    char hex[KEY_TEXT_BYTES];
    memcpy(other, fixture->key.public_key, sizeof other);
    other[31] ^= 1;
    const struct error error = parse_and_verify(printed, printed_length, other);
    cr_expect_str_eq(error.code, "not_proven");
    public_key_print(fixture->key.public_key, hex);
    cr_expect_not_null(strstr(error.detail, hex), "%s", error.detail);
}

/* The signer itself may lie: what leads to the roots must still be an output of that batch. */
static void seal(void)
{
    struct merkle merkle;
    merkle_init(&merkle);
    for (unsigned i = 0; i < FIXTURE_OUTPUTS; i++) {
        merkle_add(&merkle, fixture->outputs[i].key, fixture->outputs[i].value);
    }
    merkle_root(&merkle, fixture->journal.outputs_root);
    journal_leaf(&fixture->journal, fixture->leaves + (size_t)DIGEST_BYTES * 54320);
    merkle_init(&merkle);
    for (unsigned i = 0; i < 100000; i++) {
        merkle_add_leaf(&merkle, fixture->leaves + (size_t)DIGEST_BYTES * i);
    }
    merkle_root(&merkle, fixture->checkpoint.body.root);
    evidence_fixture_sign(fixture);
}

static void expect_lie(const char *told)
{
    seal();
    const struct evidence_source source = evidence_fixture_source(fixture);
    const struct error error = evidence_build(&source, evidence);
    cr_expect_str_eq(error.code, "not_proven");
    cr_expect_not_null(strstr(error.detail, told), "%s", error.detail);
}

Test(evidence, a_true_path_to_something_else_proves_nothing)
{
    struct evidence_output *decision = &fixture->outputs[FIXTURE_DECISION];
    const struct evidence_output kept = *decision;
    decision->value.length--;
    expect_lie("cannot be read with jaga's own schema (record 1");
    decision->value = fixture->outputs[FIXTURE_PAYMENT].value;
    expect_lie("cannot be read with jaga's own schema (record 1");
    *decision = kept;
    decision->key = TEXT("P-000999");
    expect_lie("lane, sequence or participant are not those of its place (record 1");
    *decision = kept;
    uint8_t bytes[4096];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    const struct error error = parse_and_verify(printed, printed_length, NULL);
    cr_assert(!failed(&error));
    struct decision elsewhere = outputs[0].decision;
    elsewhere.head.sequence++;
    record_encode(&out, RECORD_DECISION, &elsewhere);
    decision->value = buffer_view(&out);
    expect_lie("lane, sequence or participant are not those of its place (record 1");
}

Test(evidence, counts_below_zero_are_told)
{
    fixture->journal.exceptions = -1;
    fixture->journal.payments += 81;
    expect_lie("counts fewer outputs than none");
}

Test(evidence, the_last_record_is_the_one_that_the_checkpoint_names)
{
    end();
    make(6, 6);
    fixture->checkpoint.body.chain[0] ^= 1;
    evidence_fixture_sign(fixture);
    const struct evidence_source source = evidence_fixture_source(fixture);
    struct error error = evidence_build(&source, evidence);
    cr_expect_not_null(strstr(error.detail, "not the one that the checkpoint names"));
    fixture->checkpoint.body.chain[0] ^= 1;
    fixture->checkpoint.body.time++;
    evidence_fixture_sign(fixture);
    error = evidence_build(&source, evidence);
    cr_expect_not_null(strstr(error.detail, "not the one that the checkpoint names"));
}

/* ---- Hostile files ---- */

/* Every byte of the file once, another bit each time: nothing but white space and the like may
   change without being noticed, and that proves the same. */
Test(evidence, no_byte_can_be_changed, .timeout = 100)
{
    static char changed[EVIDENCE_BYTES_MAX];
    const size_t length = printed_length;
    size_t proven = 0;
    for (size_t i = 0; i < length; i++) {
        memcpy(changed, printed, length);
        changed[i] ^= (char)(1U << i % 7);
        const struct error error = parse_and_verify(changed, length, fixture->key.public_key);
        proven += !failed(&error);
    }
    cr_expect_eq(proven, 0, "%zu of %zu", proven, length);
    for (size_t i = 0; i + 1 < length; i++) {
        const struct error error = parse(printed, i);
        cr_expect_str_eq(error.code, "evidence_unreadable", "cut at %zu", i);
    }
}

/* The printed file with its first `from` replaced by `to`. */
static struct error parse_replaced(const char *from, const char *to)
{
    static char changed[EVIDENCE_BYTES_MAX];
    const char *at = memmem(printed, printed_length, from, strlen(from));
    cr_assert_not_null(at, "%s", from);
    const size_t before = (size_t)(at - printed), after = before + strlen(from);
    memcpy(changed, printed, before);
    memcpy(changed + before, to, strlen(to));
    memcpy(changed + before + strlen(to), printed + after, printed_length - after);
    return parse(changed, printed_length - strlen(from) + strlen(to));
}

Test(evidence, what_is_no_evidence_is_not_read)
{
    static const struct {
        const char *from, *to, *told;
    } rows[] = {
        {"evidence.v1", "evidence.v2", "format is not"},
        {"\"format\":\"jaga.evidence.v1\"", "\"format\":1", "format is not"},
        {"\"format\":\"jaga.evidence.v1\",", "", "format is not"},
        {"{\"format\"", "{\"extra\":1,\"format\"", "not an object of format"},
        {"{\"format\"", "{\"journal\":1,\"format\"", "is not JSON"},
        {"\"checkpoint\":\"", "\"checkpoint\":\"AAAA", "checkpoint is no checkpoint"},
        {"\"checkpoint\":\"", "\"checkpoint\":\" ", "checkpoint is no checkpoint"},
        {"\"journal\":{", "\"journal\":{\"more\":1,", "not an object of body and path"},
        {"\"body\":\"", "\"body\":\"AAAA", "journal.body is no"},
        {"\"body\":\"", "\"body\":\"\",\"x\":\"", "not an object of body and path"},
        {"\"path\":\"", "\"path\":\"AAAA", "journal.path is not"},
        {"\"path\":\"", "\"path\":\"!", "journal.path is not"},
        {"\"records\":[", "\"records\":[1,", "a record is not an object"},
        {"\"records\":[", "\"records\":[[],", "a record is not an object"},
        {"\"kind\":\"decision\"", "\"kind\":\"Decision\"", "kind is not decision"},
        {"\"kind\":\"decision\"", "\"kind\":null", "kind is not decision"},
        {"\"index\":17", "\"index\":17.0", "index is not a whole number"},
        {"\"index\":17", "\"index\":\"17\"", "index is not a whole number"},
        {"\"index\":17", "\"index\":170000000000000000000", "is not JSON"},
        {"\"index\":17", "\"index\":17,\"count\":300", "a record is not an object of kind"},
        {"\"key\":\"P-000123\"", "\"key\":\"\"", "key is neither null nor a text"},
        {"\"key\":\"P-000123\"", "\"key\":1", "key is neither null nor a text"},
        {"\"key\":\"P-000123\"", "\"key\":\"\\u0000\"", "is not JSON"},
        {"\"key\":\"P-000123\"", "\"key\":\"\xFF\"", "is not JSON"},
        {"\"value\":\"", "\"value\":\"A", "value is not base64"},
        {"\"value\":\"", "\"value\":\"AA==", "value is not base64"},
        {"]}\n", "]}\n{}", "is not JSON"},
        {"]}\n", ",]}\n", "is not JSON"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct error error = parse_replaced(rows[i].from, rows[i].to);
        cr_expect_str_eq(error.code, "evidence_unreadable", "row %zu", i);
        cr_expect_not_null(strstr(error.detail, rows[i].told), "row %zu: %s", i, error.detail);
    }
    static const char *const others[] = {"",
                                         "null",
                                         "[]",
                                         "{}",
                                         "1",
                                         "\"x\"",
                                         "{",
                                         "\xEF\xBB\xBF{}",
                                         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct error error = parse(others[i], strlen(others[i]));
        cr_expect_str_eq(error.code, "evidence_unreadable", "%s", others[i]);
    }
}

/* The same numbers in more bytes than they need: lanes stand behind the 16 bytes of the log. */
static struct error parse_longer(struct text binary)
{
    static char from[2048], to[2048];
    char longer[1024];
    memcpy(longer, binary.at, 16);
    memcpy(longer + 16, "\x88\0", 2);
    memcpy(longer + 18, binary.at + 17, binary.length - 17);
    struct buffer out = buffer_over(from, sizeof from - 1);
    json_base64_write(&out, binary);
    from[out.length] = '\0';
    out = buffer_over(to, sizeof to - 1);
    json_base64_write(&out, text_of(longer, binary.length + 1));
    to[out.length] = '\0';
    return parse_replaced(from, to);
}

Test(evidence, only_the_one_form_is_read)
{
    uint8_t bytes[JOURNAL_RECORD_BYTES_MAX];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    checkpoint_record_encode(&out, &fixture->checkpoint);
    struct error error = parse_longer(text_of((const char *)bytes + 5, out.length - 5));
    cr_expect_not_null(strstr(error.detail, "checkpoint is no checkpoint"), "%s", error.detail);
    out = buffer_over(bytes, sizeof bytes);
    journal_body_encode(&out, &fixture->journal);
    error = parse_longer(buffer_view(&out));
    cr_expect_not_null(strstr(error.detail, "journal.body is no"), "%s", error.detail);
}

/* `from`, then so many times `repeated`. */
static struct error parse_repeated(const char *from, const char *repeated, unsigned times)
{
    static char to[8192];
    struct buffer out = buffer_over(to, sizeof to - 1);
    buffer_string(&out, from);
    for (unsigned i = 0; i < times; i++) {
        buffer_string(&out, repeated);
    }
    cr_assert(!out.overflow);
    to[out.length] = '\0';
    return parse_replaced(from, to);
}

Test(evidence, too_much_is_refused)
{
    static char many[EVIDENCE_BYTES_MAX + 1];
    memset(many, ' ', sizeof many);
    struct error error = parse(many, sizeof many);
    cr_expect_not_null(strstr(error.detail, "too long"), "%s", error.detail);
    error = parse_repeated("\"records\":[",
                           "{\"kind\":\"decision\",\"index\":0,\"key\":null,\"value\":\"\","
                           "\"path\":\"\"},",
                           EVIDENCE_RECORDS_MAX);
    cr_expect_not_null(strstr(error.detail, "too long a one"), "%s", error.detail);
    /* Twelve nodes more than there are are too many only together with those that are. */
    error = parse_repeated("\"path\":\"", "AAAA", 32 * 12 / 3);
    cr_expect(!failed(&error), "%s", error.detail);
    error = evidence_verify(evidence, NULL, outputs);
    cr_expect_str_eq(error.code, "not_proven");
    error = parse_repeated("\"path\":\"", "AAAA", 32 * 33 / 3);
    cr_expect_not_null(strstr(error.detail, "journal.path"), "%s", error.detail);
}

/* White space and the order of members are free. */
Test(evidence, is_json_and_not_a_text)
{
    struct error error = parse_replaced(",\"journal\":", ",\n  \"journal\" :\t");
    cr_expect(!failed(&error), "%s", error.detail);
    error = evidence_verify(evidence, fixture->key.public_key, outputs);
    cr_expect(!failed(&error), "%s", error.detail);
    error =
        parse_replaced("\"kind\":\"decision\",\"index\":17", "\"index\":17,\"kind\":\"decision\"");
    cr_expect(!failed(&error), "%s", error.detail);
    error = evidence_verify(evidence, fixture->key.public_key, outputs);
    cr_expect(!failed(&error), "%s", error.detail);
}
