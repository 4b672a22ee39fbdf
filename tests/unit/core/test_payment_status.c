/* What became of a payment (events.md, jaga.payment-status). */
#include <criterion/criterion.h>

#include "stage.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FROM date(2024, 1, 10)

static char heir_id[PAYMENT_ID_BYTES], burial_id[PAYMENT_ID_BYTES];

/* A death on 9 February, approved: one payment to the heir, one to who buries. */
static struct stage *stage_paid_out(void)
{
    struct stage *stage = stage_new();
    stage_enrolled(stage, "M1", JAKON, 1000000, FROM);
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    stage_death_claim(stage, "C1", "M1", FROM + 30);
    stage->event.death.burial_payee_ref = TEXT("UNCLE");
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
    cr_assert_eq(stage_count(stage, OUTPUT_PAYMENT), 2);
    memcpy(heir_id, stage_payment(stage, 0)->payment_id_bytes, sizeof heir_id);
    memcpy(burial_id, stage_payment(stage, 1)->payment_id_bytes, sizeof burial_id);
    return stage;
}

static enum outcome report_on(struct stage *stage, const char id[PAYMENT_ID_BYTES], int64_t attempt,
                              uint8_t status)
{
    stage_event(stage, EVENT_PAYMENT_STATUS_REPORTED, FROM + 40);
    stage->event.status =
        (struct payment_status_report){.payment_id = text_of(id, PAYMENT_ID_BYTES),
                                       .attempt = attempt,
                                       .status = status,
                                       .at = stage->event.time};
    return stage_apply(stage);
}

/* Reports in order, "A1" and so on: I, A, S, C (reconciled), R (rejected), T (returned), U; a digit
   is the attempt from there on. What becomes of each: '+' taken, '=' a repeat, '!' out of order. */
struct status_row {
    const char *reports, *become;
};

static const struct status_row status_rows[] = {
    {"1IASC", "++++"},
    {"1IASCIASC", "++++===="},
    {"1S", "+"},
    {"1C", "+"},
    {"1R", "+"},
    {"1U", "+"},
    {"1T", "!"},
    {"1IT", "+!"},
    {"1AT", "+!"},
    {"1AI", "+!"},
    {"1SI", "+!"},
    {"1SA", "+!"},
    {"1SR", "+!"},
    {"1SU", "+!"},
    {"1ST", "++"},
    {"1CT", "++"},
    {"1CS", "+!"},
    {"1CR", "+!"},
    {"1RA", "+!"},
    {"1RU", "+!"},
    {"1RT", "+!"},
    {"1STC", "++!"},
    {"1STS", "++="},
    {"1UI", "++"},
    {"1UA", "++"},
    {"1US", "++"},
    {"1UC", "++"},
    {"1UR", "++"},
    {"1UT", "++"},
    {"1UU", "+="},
    {"1AUIUA", "+++=="},
    {"1IU2I", "++!"},
    {"1I2I", "+!"},
    {"2I", "!"},
    {"1R2I", "++"},
    {"1R2R3U3S", "++++"},
    {"1ST2IASC", "++++++"},
    {"1R3I", "+!"},
    {"1R2I1R", "++="},
    {"1R2I1A", "++!"},
    {"1R2I1I", "++!"},
    {"1R2T", "+!"},
    {"1IR1IR2IR", "++==++"},
};

static uint8_t status_of(char letter)
{
    static const char letters[] = "IASCRTU";
    const char *at = strchr(letters, letter);
    cr_assert_not_null(at);
    return (uint8_t)(at - letters);
}

static void check_report(struct stage *stage, const char *row, enum outcome outcome, char wanted)
{
    if (wanted == '=') {
        cr_expect_eq(outcome, OUTCOME_DUPLICATE, "%s", row);
        return;
    }
    cr_expect_eq(outcome, OUTCOME_APPLIED, "%s", row);
    if (wanted == '!') {
        stage_expect_exception(stage, EXCEPTION_STATUS_OUT_OF_ORDER, NULL, row);
    } else {
        cr_expect_eq(stage->outputs.count, 0, "%s", row);
    }
}

Test(payment_status, reports_come_in_order)
{
    for (size_t i = 0; i < COUNT_OF(status_rows); i++) {
        struct stage *stage = stage_paid_out();
        const char *become = status_rows[i].become;
        int64_t attempt = 1;
        for (const char *at = status_rows[i].reports; *at != '\0'; at++) {
            if (*at >= '1' && *at <= '9') {
                attempt = *at - '0';
                continue;
            }
            const struct attempts before = stage_claim(stage, "C1")->attempts[0];
            const enum outcome outcome = report_on(stage, heir_id, attempt, status_of(*at));
            check_report(stage, status_rows[i].reports, outcome, *become);
            const struct attempts *after = &stage_claim(stage, "C1")->attempts[0];
            cr_expect_eq(memcmp(&before, after, sizeof before) == 0, *become++ != '+', "%s",
                         status_rows[i].reports);
        }
        cr_assert_eq(*become, '\0', "%s", status_rows[i].reports);
    }
}

/* A status that was out of order is no status: it is a finding again, under another id. */
Test(payment_status, out_of_order_is_not_remembered_as_a_status)
{
    struct stage *stage = stage_paid_out();
    cr_assert_eq(report_on(stage, heir_id, 1, STATUS_RETURNED), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_STATUS_OUT_OF_ORDER, NULL, "first");
    cr_expect_eq(stage_apply(stage), OUTCOME_DUPLICATE, "the event itself is remembered");
    cr_assert_eq(report_on(stage, heir_id, 1, STATUS_RETURNED), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_STATUS_OUT_OF_ORDER, NULL, "again");
    cr_assert_eq(report_on(stage, heir_id, 1, STATUS_SETTLED), OUTCOME_APPLIED);
    cr_assert_eq(report_on(stage, heir_id, 1, STATUS_RETURNED), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
}

Test(payment_status, each_payment_has_its_own_attempts)
{
    struct stage *stage = stage_paid_out();
    cr_assert_eq(report_on(stage, heir_id, 1, STATUS_SETTLED), OUTCOME_APPLIED);
    cr_assert_eq(report_on(stage, burial_id, 1, STATUS_INSTRUCTED), OUTCOME_APPLIED);
    cr_expect_eq(stage->outputs.count, 0);
    const struct claim *claim = stage_claim(stage, "C1");
    cr_expect_eq(claim->attempts[0].status, STATUS_SETTLED);
    cr_expect_eq(claim->attempts[1].status, STATUS_INSTRUCTED);
}

Test(payment_status, of_no_payment_is_refused)
{
    struct stage *stage = stage_paid_out();
    char other[PAYMENT_ID_BYTES];
    memcpy(other, heir_id, sizeof other);
    other[0] = other[0] == 'A' ? 'B' : 'A';
    cr_expect_eq(report_on(stage, other, 1, STATUS_SETTLED), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_PAYMENT_UNKNOWN, NULL, "another id");
    stage = stage_new();
    cr_expect_eq(report_on(stage, heir_id, 1, STATUS_SETTLED), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_PAYMENT_UNKNOWN, NULL, "nobody");
}

Test(payment_status, there_are_at_most_64_attempts)
{
    struct stage *stage = stage_paid_out();
    for (int64_t attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        cr_assert_eq(report_on(stage, heir_id, attempt, STATUS_REJECTED), OUTCOME_APPLIED);
    }
    cr_expect_eq(report_on(stage, heir_id, 65, STATUS_SETTLED), OUTCOME_REJECTED);
    stage_expect_exception(stage, EXCEPTION_TOO_MANY, NULL, "the 65th");
    cr_expect_eq(report_on(stage, heir_id, 66, STATUS_SETTLED), OUTCOME_APPLIED);
    stage_expect_exception(stage, EXCEPTION_STATUS_OUT_OF_ORDER, NULL, "order before number");
}

/* The day on which the money arrived: the local day of the first report that it had. */

static void report_at(struct stage *stage, int64_t attempt, char letter, int64_t at)
{
    stage_event(stage, EVENT_PAYMENT_STATUS_REPORTED, FROM + 60);
    stage->event.status =
        (struct payment_status_report){.payment_id = text_of(heir_id, PAYMENT_ID_BYTES),
                                       .attempt = attempt,
                                       .status = status_of(letter),
                                       .at = at};
    cr_assert_eq(stage_apply(stage), OUTCOME_APPLIED);
}

static int64_t noon(day_t day)
{
    return (int64_t)day * MICROSECONDS_A_DAY + MICROSECONDS_A_DAY / 2;
}

Test(payment_status, the_day_it_settled_is_kept)
{
    static const struct {
        const char *reports; /* one a day, from FROM + 40 on; a digit is the attempt */
        int settled;         /* days after FROM + 40; -1: not */
    } rows[] = {
        {"1I", -1},    {"1IA", -1},   {"1R", -1},   {"1U", -1},    {"1S", 0},
        {"1IAS", 2},   {"1C", 0},     {"1SC", 0},   {"1UC", 1},    {"1ST", -1},
        {"1SCT", -1},  {"1ST2I", -1}, {"1ST2S", 2}, {"1R2C", 1},   {"1ST2SC", 2},
        {"1UT2US", 3}, {"1IAT", -1},  {"1SA", 0},   {"1ST1S", -1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *stage = stage_paid_out();
        int64_t attempt = 1;
        day_t day = FROM + 40;
        for (const char *at = rows[i].reports; *at != '\0'; at++) {
            if (*at >= '1' && *at <= '9') {
                attempt = *at - '0';
                continue;
            }
            stage_event(stage, EVENT_PAYMENT_STATUS_REPORTED, FROM + 60);
            stage->event.status =
                (struct payment_status_report){.payment_id = text_of(heir_id, PAYMENT_ID_BYTES),
                                               .attempt = attempt,
                                               .status = status_of(*at),
                                               .at = noon(day++)};
            (void)stage_apply(stage); /* some are repeats or out of order: they change nothing */
        }
        const struct claim *claim = stage_claim(stage, "C1");
        const day_t wanted = rows[i].settled < 0 ? DAY_NONE : FROM + 40 + rows[i].settled;
        cr_expect_eq(claim->attempts[0].settled_on, wanted, "%s: %d", rows[i].reports,
                     claim->attempts[0].settled_on - FROM - 40);
        cr_expect_eq(claim->attempts[1].settled_on, DAY_NONE, "the other payment");
        cr_expect_gt(claim->due_on, FROM + 30);
    }
}

Test(payment_status, the_day_is_that_of_the_region)
{
    struct stage *stage = stage_paid_out(); /* Tangerang: UTC + 7 */
    const int64_t midnight = (int64_t)(FROM + 41) * MICROSECONDS_A_DAY;
    report_at(stage, 1, 'S', midnight - 7 * 3600 * MICROSECONDS_A_SECOND - 1);
    cr_expect_eq(stage_claim(stage, "C1")->attempts[0].settled_on, FROM + 40);
    report_at(stage, 1, 'T', midnight);
    report_at(stage, 2, 'S', midnight - 7 * 3600 * MICROSECONDS_A_SECOND);
    cr_expect_eq(stage_claim(stage, "C1")->attempts[0].settled_on, FROM + 41);
}
