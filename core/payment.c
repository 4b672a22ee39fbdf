/* The payments of an approved claim: to whom, how much, and under which id. */
#include <assert.h>
#include <sodium/crypto_generichash.h>

#include "core/internal.h"

#define PAYMENT_TEXT_VERSION TEXT("jaga.payment.v1")
#define PAYMENT_TEXT_BYTES_MAX                                                                     \
    (32 + PARTICIPANT_ID_BYTES_MAX + CLAIM_ID_BYTES_MAX + MEMBERSHIP_ID_BYTES_MAX + TEXT_BYTES_MAX)

/* BURIAL goes to whoever arranged the burial when that is said, TREATMENT to the facility, all else
   to the claim's payee. */
static struct text line_payee(const struct claim *claim, const struct paid_line *line)
{
    if (line->component == COMPONENT_BURIAL && claim->burial_payee_length > 0) {
        return text_of(claim->burial_payee, claim->burial_payee_length);
    }
    if (line->component == COMPONENT_TREATMENT && claim->type == CLAIM_INJURY &&
        claim->injury.treatment_payee_length > 0) {
        return text_of(claim->injury.treatment_payee, claim->injury.treatment_payee_length);
    }
    return text_of(claim->payee, claim->payee_length);
}

static struct payee_payment *payment_to(struct payee_payment out[PAYEES_MAX], uint32_t *count,
                                        struct text payee)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (text_equal(out[i].payee_ref, payee)) {
            return &out[i];
        }
    }
    assert(*count < PAYEES_MAX);
    struct payee_payment *added = &out[(*count)++];
    *added = (struct payee_payment){.payee_ref = payee};
    return added;
}

uint32_t claim_payments(const struct claim *claim, struct payee_payment out[PAYEES_MAX])
{
    assert(claim->line_count <= LINES_OUT_MAX);
    uint32_t count = 0;
    for (uint8_t i = 0; i < claim->line_count; i++) {
        const struct paid_line *line = &claim->lines[i];
        struct payee_payment *payment = payment_to(out, &count, line_payee(claim, line));
        payment->amount_idr += line->amount_idr;
        payment->lines[payment->line_count++] = i;
    }
    return count;
}

struct hashed_text {
    char bytes[PAYMENT_TEXT_BYTES_MAX];
    size_t length;
};

static void add_text(struct hashed_text *hashed, struct text text)
{
    assert(hashed->length + text.length <= sizeof hashed->bytes);
    if (text.length > 0) {
        memcpy(hashed->bytes + hashed->length, text.at, text.length);
    }
    hashed->length += text.length;
}

static void add_line(struct hashed_text *hashed, struct text line)
{
    add_text(hashed, TEXT("\n"));
    add_text(hashed, line);
}

/* RFC 4648, from the first bit on: five bits a character. */
static void base32_print(const uint8_t *bytes, char *out, uint32_t characters)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (uint32_t i = 0; i < characters; i++) {
        const uint32_t bit = i * 5;
        const unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        out[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
}

static_assert(PAYMENT_ID_BYTES * 5 / 8 + 1 < DIGEST_BYTES,
              "the digest has bits for every character");

void payment_id(struct text participant_id, struct text claim_id, struct text membership_id,
                struct text payee_ref, char out[PAYMENT_ID_BYTES])
{
    struct hashed_text hashed = {.length = 0};
    add_text(&hashed, PAYMENT_TEXT_VERSION);
    add_line(&hashed, participant_id);
    add_line(&hashed, claim_id);
    add_line(&hashed, membership_id);
    add_line(&hashed, payee_ref);

    uint8_t digest[DIGEST_BYTES];
    const int failed = crypto_generichash(digest, sizeof digest, (const uint8_t *)hashed.bytes,
                                          hashed.length, NULL, 0);
    assert(failed == 0);
    base32_print(digest, out, PAYMENT_ID_BYTES);
}
