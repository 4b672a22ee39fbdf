/* A batch of 300 outputs in a journal of many records, signed: a claim of ordinary size and its
   payments are among the outputs. */
#ifndef JAGA_TESTS_EVIDENCE_FIXTURE_H
#define JAGA_TESTS_EVIDENCE_FIXTURE_H

#include "wire/evidence.h"

#define FIXTURE_DECISIONS 120
#define FIXTURE_PAYMENTS 100
#define FIXTURE_EXCEPTIONS 80
#define FIXTURE_OUTPUTS (FIXTURE_DECISIONS + FIXTURE_PAYMENTS + FIXTURE_EXCEPTIONS)
#define FIXTURE_DECISION 17 /* index of the claim's decision; its payments follow one another */
#define FIXTURE_PAYMENT (FIXTURE_DECISIONS + 23)

struct evidence_fixture {
    struct signing_key key;
    struct checkpoint_record checkpoint;
    uint8_t *leaves; /* of the journal */
    struct journal_body journal;
    struct evidence_output outputs[FIXTURE_OUTPUTS];
    uint8_t bytes[2 * 1024 * 1024];
};

/* The batch is record `sequence` of `records`. The decision and its two payments are wanted. */
struct evidence_fixture *evidence_fixture_open(int64_t sequence, int64_t records);
void evidence_fixture_close(struct evidence_fixture *fixture);
/* Signs again after a change of the checkpoint's body. */
void evidence_fixture_sign(struct evidence_fixture *fixture);
struct evidence_source evidence_fixture_source(const struct evidence_fixture *fixture);

#endif
