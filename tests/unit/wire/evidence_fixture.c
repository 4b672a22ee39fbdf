#include "evidence_fixture.h"

#include <assert.h>
#include <sodium/crypto_sign.h>
#include <stdlib.h>

#include "core/day.h"
#include "wire/digest.h"
#include "wire/record.h"
#include "wire_fixture.h"

#define NOW INT64_C(1708394400000000)

static void fill_lines(struct benefit_line *lines, uint32_t from, uint32_t count)
{
    static const struct benefit_line all[] = {
        {COMPONENT_LUMP, 20000000, {"jkm-lump-2019", 13}},
        {COMPONENT_PERIODIC, 12000000, {"jkm-periodic-2019", 17}},
        {COMPONENT_BURIAL, 10000000, {"jkm-burial-2019", 15}},
    };
    memcpy(lines, all + from, count * sizeof *lines);
}

static void fill_head(struct output_head *head, const struct journal_body *journal)
{
    head->lane = journal->lane;
    head->sequence = journal->sequence;
    head->now = NOW;
    head->input_present = true;
    head->input = (struct place){.topic = TEXT("jaga.claim"), .partition = 1, .offset = 412345};
}

/* What `jaga try` gives for the death of a member with two payees. */
static void claim_decided(struct decision *decision, const struct journal_body *journal)
{
    fields_clear(&decision_fields, decision);
    fill_head(&decision->head, journal);
    decision->claim_id = TEXT("C-2024-000123");
    decision->revision = 1;
    decision->participant_id = TEXT("P-000123");
    decision->membership_id = TEXT("24000123456");
    decision->programme = JKM;
    decision->claim_type = CLAIM_DEATH;
    decision->verdict = APPROVED;
    decision->reason = REASON_OK;
    decision->event_on = 19768;
    decision->line_count = 3;
    fill_lines(decision->lines, 0, 3);
    decision->total_idr = 42000000;
    decision->facts_present = true;
    decision->facts = (struct facts){.wage_idr = 1100000,
                                     .cover_from = 19754,
                                     .cover_to = DAY_NONE,
                                     .tenure_days = 14,
                                     .months_paid = 1,
                                     .paid_through = 2024 * 12 + 1};
    decision->due_on = 19775;
    memset(decision->rules, 0x5A, DIGEST_BYTES);
}

static void claim_paid(struct payment *payment, const struct journal_body *journal, bool burial)
{
    fields_clear(&payment_fields, payment);
    fill_head(&payment->head, journal);
    payment->payment_id = burial ? TEXT("VP5ZL7Y3722WZ5Z272VR") : TEXT("JUP26N5HOMMSUCCWNCGM");
    payment->claim_id = TEXT("C-2024-000123");
    payment->revision = 1;
    payment->participant_id = TEXT("P-000123");
    payment->membership_id = TEXT("24000123456");
    payment->programme = JKM;
    payment->payee_ref = burial ? TEXT("ACC-000124") : TEXT("ACC-000123");
    payment->amount_idr = burial ? 10000000 : 32000000;
    payment->line_count = burial ? 1 : 2;
    fill_lines(payment->lines, burial ? 2 : 0, payment->line_count);
    payment->channel = TEXT("BI_FAST");
    payment->due_on = 19775;
}

/* Every other output is any that its fields can carry. */
static void any_output(struct output *output, const struct journal_body *journal, unsigned index)
{
    fixture_fill(evidence_kind_fields(output->kind), &output->decision, index, false);
    fill_head(output->kind == OUTPUT_DECISION  ? &output->decision.head
              : output->kind == OUTPUT_PAYMENT ? &output->payment.head
                                               : &output->exception.head,
              journal);
}

static void make_output(struct evidence_fixture *fixture, struct buffer *out, unsigned index)
{
    static const enum record_kind kinds[] = {RECORD_DECISION, RECORD_PAYMENT, RECORD_EXCEPTION};
    static struct output output;
    struct evidence_output *made = &fixture->outputs[index];
    output.kind = index < FIXTURE_DECISIONS                      ? OUTPUT_DECISION
                  : index < FIXTURE_DECISIONS + FIXTURE_PAYMENTS ? OUTPUT_PAYMENT
                                                                 : OUTPUT_EXCEPTION;
    made->wanted =
        index == FIXTURE_DECISION || index == FIXTURE_PAYMENT || index == FIXTURE_PAYMENT + 1;
    any_output(&output, &fixture->journal, index);
    if (index == FIXTURE_DECISION) {
        claim_decided(&output.decision, &fixture->journal);
    } else if (made->wanted) {
        claim_paid(&output.payment, &fixture->journal, index != FIXTURE_PAYMENT);
    }
    const struct text key = output.kind == OUTPUT_DECISION  ? output.decision.participant_id
                            : output.kind == OUTPUT_PAYMENT ? output.payment.participant_id
                                                            : output.exception.participant_id;
    made->key = text_of((const char *)out->at + out->length, key.length);
    buffer_text(out, key);
    const size_t at = out->length;
    record_encode(out, kinds[output.kind], &output.decision);
    made->value = text_of((const char *)out->at + at, out->length - at);
    assert(!out->overflow);
}

static void make_journal(struct evidence_fixture *fixture, int64_t sequence)
{
    struct journal_body *journal = &fixture->journal;
    fixture_fill(&journal_body_fields, journal, 200, false);
    memset(journal->log_id, 0x0A, sizeof journal->log_id);
    journal->lanes = 4;
    journal->lane = 1;
    journal->sequence = sequence;
    journal->range_count = INPUT_TOPIC_COUNT;
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        journal->ranges[topic] =
            (struct journal_range){.first = 40000000, .next = 40016384, .count = 16384};
        memset(journal->ranges[topic].last_digest, (int)topic + 1, DIGEST_BYTES);
    }
    journal->applied = 16384;
    journal->now = NOW;
    journal->decisions = FIXTURE_DECISIONS;
    journal->payments = FIXTURE_PAYMENTS;
    journal->exceptions = FIXTURE_EXCEPTIONS;
    journal->payments_idr = 2100000000;
}

static void make_outputs(struct evidence_fixture *fixture)
{
    struct buffer out = buffer_over(fixture->bytes, sizeof fixture->bytes);
    struct merkle merkle;
    merkle_init(&merkle);
    for (unsigned i = 0; i < FIXTURE_OUTPUTS; i++) {
        make_output(fixture, &out, i);
        merkle_add(&merkle, fixture->outputs[i].key, fixture->outputs[i].value);
    }
    merkle_root(&merkle, fixture->journal.outputs_root);
}

static void make_checkpoint(struct evidence_fixture *fixture, int64_t records)
{
    struct checkpoint_body *body = &fixture->checkpoint.body;
    struct merkle merkle;
    merkle_init(&merkle);
    fixture->leaves = malloc((size_t)records * DIGEST_BYTES);
    assert(fixture->leaves != NULL);
    for (int64_t i = 0; i < records; i++) {
        uint8_t *leaf = fixture->leaves + i * DIGEST_BYTES;
        digest_of(&i, sizeof i, leaf);
        if (i + 1 == fixture->journal.sequence) {
            journal_leaf(&fixture->journal, leaf);
        }
        merkle_add_leaf(&merkle, leaf);
    }
    *body = (struct checkpoint_body){.lanes = 4, .lane = 1, .records = records, .time = NOW};
    memset(body->log_id, 0x0A, sizeof body->log_id);
    merkle_root(&merkle, body->root);
    journal_chain(&fixture->journal, body->chain); /* right when it is the last one */
}

void evidence_fixture_sign(struct evidence_fixture *fixture)
{
    checkpoint_record_sign(&fixture->checkpoint, &fixture->key);
}

struct evidence_fixture *evidence_fixture_open(int64_t sequence, int64_t records)
{
    static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
    struct evidence_fixture *fixture = calloc(1, sizeof *fixture);
    assert(fixture != NULL);
    const int done = crypto_sign_seed_keypair(fixture->key.public_key, fixture->key.secret, seed);
    assert(done == 0);
    make_journal(fixture, sequence);
    make_outputs(fixture);
    make_checkpoint(fixture, records);
    evidence_fixture_sign(fixture);
    return fixture;
}

void evidence_fixture_close(struct evidence_fixture *fixture)
{
    free(fixture->leaves);
    free(fixture);
}

struct evidence_source evidence_fixture_source(const struct evidence_fixture *fixture)
{
    return (struct evidence_source){.checkpoint = &fixture->checkpoint,
                                    .journal_leaves = fixture->leaves,
                                    .journal = &fixture->journal,
                                    .outputs = fixture->outputs,
                                    .output_count = FIXTURE_OUTPUTS};
}
