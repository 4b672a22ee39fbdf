/* What a batch counts for who looks on: each record once, and what parked events became. */
#include "lane/batch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
    uint32_t applied, duplicates, rejected; /* as the core counts one event, or a timer */
    bool is_timer;
    enum event_outcome own;
    uint32_t settled[EVENT_OUTCOME_COUNT];
} rows[] = {
    {1, 0, 0, false, EVENT_APPLIED, {0}},
    {0, 1, 0, false, EVENT_DUPLICATE, {0}},
    {0, 0, 1, false, EVENT_REJECTED, {0}},
    {0, 0, 0, false, EVENT_PARKED, {0}},
    {3, 0, 0, false, EVENT_APPLIED, {2, 0, 0, 0}}, /* an enrolment that was waited for */
    {1, 1, 2, false, EVENT_APPLIED, {0, 1, 2, 0}},
    {0, 0, 1, true, EVENT_PARKED, {0, 0, 1, 0}}, /* waited in vain */
    {0, 0, 0, true, EVENT_PARKED, {0}},
};

Test(batch, counts_each_record_once)
{
    static const int64_t next[INPUT_TOPIC_COUNT];
    static const uint8_t digests[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    const struct input_record record = {.topic = INPUT_CLAIM};
    struct outputs *outputs = calloc(1, sizeof *outputs);
    struct batch *batch = batch_open();
    cr_assert_not_null(outputs);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        batch_begin(batch, 0, 1, next, digests); /* forgets the row before */
        outputs_reset(outputs, 0, NULL);
        outputs->applied = row->applied;
        outputs->duplicates = row->duplicates;
        outputs->rejected = row->rejected;
        batch_put(batch, outputs, row->is_timer ? NULL : &record);
        const struct batch_counts *counts = batch_counts_of(batch);
        uint32_t records = 0;
        for (unsigned outcome = 0; outcome < EVENT_OUTCOME_COUNT; outcome++) {
            records += counts->events[INPUT_CLAIM][outcome];
        }
        cr_expect_eq(records, row->is_timer ? 0 : 1, "row %zu", i);
        cr_expect(row->is_timer || counts->events[INPUT_CLAIM][row->own] == 1, "row %zu", i);
        cr_expect_arr_eq(counts->settled, row->settled, sizeof row->settled, "row %zu", i);
    }
    batch_close(batch);
    free(outputs);
}

Test(batch, counts_outputs_by_their_terms)
{
    static const int64_t next[INPUT_TOPIC_COUNT];
    static const uint8_t digests[INPUT_TOPIC_COUNT][DIGEST_BYTES];
    struct outputs *outputs = calloc(1, sizeof *outputs);
    struct batch *batch = batch_open();
    cr_assert_not_null(outputs);
    batch_begin(batch, 0, 1, next, digests);
    outputs_reset(outputs, 0, NULL);
    struct decision *decision = outputs_decision(outputs);
    decision->programme = JKM;
    decision->claim_type = CLAIM_DEATH;
    decision->verdict = APPROVED;
    decision->reason = REASON_OK;
    decision->claim_id = decision->participant_id = decision->membership_id = TEXT("a");
    for (int64_t amount = 32000000; amount > 0; amount -= 22000000) {
        struct payment *payment = outputs_payment(outputs);
        payment->programme = JKM;
        payment->amount_idr = amount;
        payment->claim_id = payment->participant_id = payment->membership_id = TEXT("a");
        payment->payment_id = payment->payee_ref = payment->channel = TEXT("a");
    }
    (void)outputs_exception(outputs, EXCEPTION_BACKDATED);
    batch_put(batch, outputs, NULL);
    const struct batch_counts *counts = batch_counts_of(batch);
    cr_expect_eq(counts->decisions[JKM][APPROVED], 1);
    cr_expect_eq(counts->decisions[JKK][APPROVED], 0);
    cr_expect_eq(counts->payments[JKM], 2);
    cr_expect_eq(counts->paid_idr[JKM], 42000000);
    cr_expect_eq(counts->exceptions[EXCEPTION_BACKDATED], 1);
    batch_close(batch);
    free(outputs);
}
