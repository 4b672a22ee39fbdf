/* Payment ids against vectors made by Python's hashlib and base64, and the split by payee. */
#include <criterion/criterion.h>

#include "core/internal.h"

struct id_row {
    struct text participant, claim, membership, payee;
    const char *expected;
};

static const struct id_row id_rows[] = {
    {{"P1", 2}, {"C1", 2}, {"M1", 2}, {"HEIR", 4}, "H6CHQYUFRXSBLHQGNEHK"},
    {{"P1", 2}, {"C1", 2}, {"M1", 2}, {"BURIER", 6}, "U6DKBTSIMNZ3ZDN4GTX5"},
    {{"P1", 2}, {"C1", 2}, {"M2", 2}, {"HEIR", 4}, "MWMDW765OFXW6QM2JFK3"},
    {{"P-1_x", 5},
     {"klaim/\xC3\xA9 1", 10},
     {"12345678901", 11},
     {"bank:0001", 9},
     "2TG2GT4SMCUU2OEPWPLM"},
    {{"pppppppppppppppppppppppppppppppp", 32},
     {"cccccccccccccccccccccccccccccccccccccccc", 40},
     {"mmmmmmmmmmmmmmmmmmmm", 20},
     {"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 64},
     "VFQEOW3ZZBKKNGHQJ43O"},
};

Test(payment, id_is_that_of_the_contract)
{
    for (size_t i = 0; i < sizeof id_rows / sizeof *id_rows; i++) {
        const struct id_row *row = &id_rows[i];
        char id[PAYMENT_ID_BYTES];
        payment_id(row->participant, row->claim, row->membership, row->payee, id);
        cr_expect(memcmp(id, row->expected, sizeof id) == 0, "row %zu: %.20s", i, id);
    }
}

Test(payment, id_keeps_the_parts_apart)
{
    char one[PAYMENT_ID_BYTES];
    char other[PAYMENT_ID_BYTES];
    payment_id(TEXT("P1"), TEXT("C1"), TEXT("M1"), TEXT("HEIR"), one);
    payment_id(TEXT("P1"), TEXT("C"), TEXT("1M1"), TEXT("HEIR"), other);
    cr_expect(memcmp(one, other, sizeof one) != 0);
}

static struct claim death_claim(const char *burial_payee)
{
    struct claim claim = {.type = CLAIM_DEATH, .payee_length = 4, .payee = "HEIR"};
    claim.burial_payee_length = (uint8_t)strlen(burial_payee);
    memcpy(claim.burial_payee, burial_payee, claim.burial_payee_length);
    return claim;
}

static void add_line(struct claim *claim, enum component component, int64_t amount_idr)
{
    claim->lines[claim->line_count++] =
        (struct paid_line){.component = (uint8_t)component, .amount_idr = amount_idr};
}

struct split_row {
    const char *name, *burial_payee;
    enum component components[3];
    uint32_t component_count, payment_count;
    const char *payees[2];
    int64_t amounts[2];
};

/* Line i is of 10^i rupiah, so that an amount tells its lines. */
static const struct split_row split_rows[] = {
    {"all to the heir",
     "",
     {COMPONENT_LUMP, COMPONENT_PERIODIC, COMPONENT_BURIAL},
     3,
     1,
     {"HEIR"},
     {111}},
    {"burial to another",
     "UNCLE",
     {COMPONENT_LUMP, COMPONENT_PERIODIC, COMPONENT_BURIAL},
     3,
     2,
     {"HEIR", "UNCLE"},
     {11, 100}},
    {"burial to the heir by name",
     "HEIR",
     {COMPONENT_LUMP, COMPONENT_BURIAL},
     2,
     1,
     {"HEIR"},
     {11}},
    {"in the order of first lines",
     "UNCLE",
     {COMPONENT_BURIAL, COMPONENT_LUMP, COMPONENT_PERIODIC},
     3,
     2,
     {"UNCLE", "HEIR"},
     {1, 110}},
    {"burial only", "UNCLE", {COMPONENT_BURIAL}, 1, 1, {"UNCLE"}, {1}},
    {"a prefix of the heir is another",
     "HEI",
     {COMPONENT_LUMP, COMPONENT_BURIAL},
     2,
     2,
     {"HEIR", "HEI"},
     {1, 10}},
    {"nothing to pay", "UNCLE", {COMPONENT_LUMP}, 0, 0, {NULL}, {0}},
};

static void check_split(const struct split_row *row)
{
    struct claim claim = death_claim(row->burial_payee);
    int64_t amount_idr = 1;
    for (uint32_t i = 0; i < row->component_count; i++, amount_idr *= 10) {
        add_line(&claim, row->components[i], amount_idr);
    }
    struct payee_payment payments[PAYEES_MAX];
    const uint32_t count = claim_payments(&claim, payments);
    cr_assert_eq(count, row->payment_count, "%s", row->name);
    for (uint32_t i = 0; i < count; i++) {
        cr_expect(text_equal(payments[i].payee_ref, text_of_string(row->payees[i])), "%s",
                  row->name);
        cr_expect_eq(payments[i].amount_idr, row->amounts[i], "%s", row->name);
    }
}

Test(payment, is_split_by_payee_and_never_within_one)
{
    for (size_t i = 0; i < sizeof split_rows / sizeof *split_rows; i++) {
        check_split(&split_rows[i]);
    }
}

Test(payment, lists_its_lines_in_order)
{
    struct claim claim = death_claim("UNCLE");
    add_line(&claim, COMPONENT_DEATH, 5);
    add_line(&claim, COMPONENT_BURIAL, 7);
    add_line(&claim, COMPONENT_PERIODIC, 9);
    struct payee_payment payments[PAYEES_MAX];
    cr_assert_eq(claim_payments(&claim, payments), 2);
    cr_assert_eq(payments[0].line_count, 2);
    cr_expect_eq(payments[0].lines[0], 0);
    cr_expect_eq(payments[0].lines[1], 2);
    cr_assert_eq(payments[1].line_count, 1);
    cr_expect_eq(payments[1].lines[0], 1);
}
