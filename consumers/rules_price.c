/* `jaga rules price`: what a month, a project or a package costs, by which rows of law. The amount
   of a month is what the core expects of a contribution. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/rules_quote.h"
#include "core/price.h"
#include "core/terms.h"
#include "support/command.h"

const struct flag rules_price_flags[] = {
    {"segment", "SEGMENT", "PU, PU_STATE, BPU, JAKON or PMI."},
    {"programmes", "A,B", "Programmes held; else all that are open to the segment."},
    {"month", "YYYY-MM", "Month paid for (PU, PU_STATE, BPU); else this one."},
    {"wage", "IDR", "Monthly wage; for BPU the base of the bracket."},
    {"income", "IDR", "Monthly income (BPU): its bracket gives the base."},
    {"risk-group", "1-5", "Of the employer (PU, PU_STATE)."},
    {"relief", "ID", "Relief that the payer declares."},
    {"sponsor", "KIND", "Who pays, for the relief; else SELF for BPU, EMPLOYER for others."},
    {"category", "CODE", "What the member does, for the relief; else OTHER."},
    {"contract", "IDR", "Value of the contract before VAT (JAKON)."},
    {"wages", "IDR", "Wages of the workers, where they are known (JAKON)."},
    {"package", "WHICH", "before, 24, 12 or 6 months (PMI)."},
    {"extra-months", "N", "Months added to the package (PMI)."},
    {"on", "DATE", "Day of the contract or package (JAKON, PMI); else today."},
    {"of", "RULES", "A folder, a bundle's file, a hash on the topic, or log; else rules.dir."},
    {"json", NULL, "One JSON object."},
    {NULL, NULL, NULL},
};

#define WAGE_MOST_IDR INT64_C(1000000000000)
#define MONTHS_MOST 600

struct wish {
    uint8_t segment, sponsor_kind;
    uint32_t programmes; /* 0: all that are open */
    int64_t risk_group;  /* NUMBER_NONE, like those below, when it was not given */
    int64_t wage_idr, income_idr, contract_idr, wages_idr, extra_months;
    const char *package, *relief, *category;
    month_t month;
    day_t on;
};

struct pricing {
    struct wish wish;
    struct rules_source source;
    struct rules *rules;
    struct quote quote;
};

/* ---- What is asked ---- */

static struct error wrong(const char *flag, const char *value, const char *remedy)
{
    return error_make(ERROR_USAGE, "usage", "--%s %s: %s", flag, value, remedy);
}

static struct error read_number(const struct arguments *arguments, const char *flag, int64_t least,
                                int64_t most, int64_t *out)
{
    const char *value = argument(arguments, flag);
    *out = NUMBER_NONE;
    if (value == NULL) {
        return no_error();
    }
    int64_t number = 0;
    const size_t length = strlen(value);
    for (size_t i = 0; i < length && number <= most; i++) {
        const bool is_digit = value[i] >= '0' && value[i] <= '9';
        number = is_digit ? number * 10 + (value[i] - '0') : INT64_MAX;
    }
    if (length == 0 || number < least || number > most) {
        return error_make(ERROR_USAGE, "usage",
                          "--%s %s: give a number of %" PRId64 " to %" PRId64
                          ", digits without points",
                          flag, value, least, most);
    }
    *out = number;
    return no_error();
}

static struct error read_term(const struct arguments *arguments, const char *flag,
                              const struct names *names, uint8_t fallback, uint8_t *out)
{
    const char *value = argument(arguments, flag);
    *out = value == NULL ? fallback : term_find(names, text_of_string(value));
    if (value != NULL && *out == TERM_UNKNOWN) {
        return wrong(flag, value, "no such word; docs/rules.md lists them");
    }
    return no_error();
}

static struct error read_programmes(const struct arguments *arguments, uint32_t *out)
{
    const char *at = argument(arguments, "programmes");
    *out = 0;
    while (at != NULL) {
        const size_t length = strcspn(at, ",");
        const uint8_t programme = term_find(&programme_names, text_of(at, length));
        if (programme == TERM_UNKNOWN) {
            return wrong("programmes", at, "write JKK,JKM,JHT,JP,JKP or some of them");
        }
        *out |= UINT32_C(1) << programme;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return no_error();
}

static struct error read_month(const struct arguments *arguments, month_t *out)
{
    const char *value = argument(arguments, "month");
    *out = day_month(rules_today());
    if (value != NULL && !month_parse(value, (uint32_t)strlen(value), out)) {
        return wrong("month", value, "give a month such as 2026-03");
    }
    return no_error();
}

static struct error read_numbers(const struct arguments *arguments, struct wish *wish)
{
    TRY(read_number(arguments, "risk-group", 1, 5, &wish->risk_group));
    TRY(read_number(arguments, "wage", 1, WAGE_MOST_IDR, &wish->wage_idr));
    TRY(read_number(arguments, "income", 0, WAGE_MOST_IDR, &wish->income_idr));
    TRY(read_number(arguments, "contract", 1, PRICE_PROJECT_MOST_IDR, &wish->contract_idr));
    TRY(read_number(arguments, "wages", 1, PRICE_PROJECT_MOST_IDR, &wish->wages_idr));
    return read_number(arguments, "extra-months", 0, MONTHS_MOST, &wish->extra_months);
}

static struct error read_wish(const struct arguments *arguments, struct wish *wish)
{
    TRY(read_term(arguments, "segment", &segment_names, TERM_UNKNOWN, &wish->segment));
    if (wish->segment == TERM_UNKNOWN) {
        return error_make(ERROR_USAGE, "usage", "give --segment PU, PU_STATE, BPU, JAKON or PMI");
    }
    TRY(read_term(arguments, "sponsor", &sponsor_kind_names,
                  wish->segment == BPU ? SPONSOR_SELF : SPONSOR_EMPLOYER, &wish->sponsor_kind));
    TRY(read_programmes(arguments, &wish->programmes));
    TRY(read_month(arguments, &wish->month));
    TRY(rules_day_flag(arguments, "on", rules_today(), &wish->on));
    TRY(read_numbers(arguments, wish));
    wish->package = argument(arguments, "package");
    wish->relief = argument(arguments, "relief");
    wish->category = argument(arguments, "category");
    return no_error();
}

/* What one segment heeds another would pass over in silence. */
static struct error check_flags(const struct arguments *arguments, const struct wish *wish)
{
    static const struct {
        const char *flag;
        uint32_t segments; /* that heed it */
    } heeded[] = {
        {"month", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"wage", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"relief", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"sponsor", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"category", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"risk-group", 1U << PU | 1U << PU_STATE},
        {"income", 1U << BPU},
        {"programmes", 1U << PU | 1U << PU_STATE | 1U << BPU},
        {"contract", 1U << JAKON},
        {"wages", 1U << JAKON},
        {"package", 1U << PMI},
        {"extra-months", 1U << PMI},
        {"on", 1U << JAKON | 1U << PMI},
    };
    for (size_t i = 0; i < sizeof heeded / sizeof *heeded; i++) {
        if (argument_given(arguments, heeded[i].flag) &&
            (heeded[i].segments >> wish->segment & 1) == 0) {
            return error_make(ERROR_USAGE, "usage", "--%s says nothing about %s", heeded[i].flag,
                              term_name(&segment_names, wish->segment));
        }
    }
    return no_error();
}

/* ---- A month ---- */

static struct error find_relief(struct pricing *pricing, const struct relief_row **out)
{
    const struct wish *wish = &pricing->wish;
    const char *code = wish->category == NULL ? "OTHER" : wish->category;
    const int category = rules_category(pricing->rules, text_of_string(code));
    *out = NULL;
    if (category < 0) {
        return wrong("category", code, "no such category; see jaga rules show --case categories");
    }
    for (uint32_t i = 0; wish->relief != NULL && i < pricing->rules->relief_count; i++) {
        const struct relief_row *row = &pricing->rules->reliefs[i];
        if (strcmp(row->relief, wish->relief) == 0 &&
            price_relief_fits(row, (enum segment)wish->segment, wish->sponsor_kind,
                              (unsigned)category, wish->month)) {
            *out = row;
        }
    }
    if (wish->relief != NULL && *out == NULL) {
        return error_make(
            ERROR_FATAL, "no_relief",
            "no row of relief %s holds for %s, sponsor %s, category %s in that month; "
            "see jaga rules show --case reliefs",
            wish->relief, term_name(&segment_names, wish->segment),
            term_name(&sponsor_kind_names, wish->sponsor_kind), code);
    }
    return no_error();
}

/* The wage that a month is reckoned on; BPU: the base of the income's bracket. */
static struct error find_wage(struct pricing *pricing, day_t day, int64_t *wage_idr)
{
    const struct wish *wish = &pricing->wish;
    char income[QUOTE_TEXT_BYTES];
    char base[QUOTE_TEXT_BYTES];
    *wage_idr = wish->wage_idr;
    if ((wish->wage_idr == NUMBER_NONE) == (wish->income_idr == NUMBER_NONE)) {
        return error_make(ERROR_USAGE, "usage",
                          wish->segment == BPU ? "give --income, or --wage with the base"
                                               : "give --wage");
    }
    if (wish->wage_idr != NUMBER_NONE) {
        return no_error();
    }
    const struct bracket_row *bracket = price_bracket(pricing->rules, wish->income_idr, day);
    if (bracket == NULL) {
        return error_make(ERROR_FATAL, "no_bracket", "no bracket is in force in that month");
    }
    *wage_idr = bracket->base_idr;
    quote_row(quote_line(&pricing->quote, "base", NUMBER_NONE), &bracket->row,
              "an income of %s stands for %s", money_text(wish->income_idr, income),
              money_text(bracket->base_idr, base));
    return no_error();
}

static void quote_tariff(struct quote_line *line, const struct price *price, int64_t wage_idr)
{
    char rate[QUOTE_TEXT_BYTES];
    char base[QUOTE_TEXT_BYTES];
    const struct tariff_row *tariff = price->tariff;
    if (tariff->base == TARIFF_FIXED_IDR && tariff->value == 0) {
        quote_row(line, &tariff->row, "nothing more is collected");
    } else if (tariff->base == TARIFF_FIXED_IDR) {
        quote_row(line, &tariff->row, "%s a month", money_text(tariff->value, base));
    } else {
        quote_row(line, &tariff->row, "%s of %s", percent_text(tariff->value, rate),
                  money_text(price->base_idr, base));
    }
    if (price->cap != NULL) {
        quote_row(line, &price->cap->row, "of a wage of at most %s%s",
                  money_text(price->cap->cap_idr, base),
                  wage_idr > price->cap->cap_idr ? "" : ": not reached");
    }
}

/* Out of which contributions JKP is paid: nothing is collected for it. */
static void quote_recomposition(const struct pricing *pricing, struct quote_line *line,
                                int64_t wage_idr, day_t day)
{
    static const char *const from[] = {[RECOMPOSED_STATE] = "from the state",
                                       [RECOMPOSED_JKK] = "out of JKK",
                                       [RECOMPOSED_JKM] = "out of JKM"};
    char rate[QUOTE_TEXT_BYTES];
    char base[QUOTE_TEXT_BYTES];
    char part[QUOTE_TEXT_BYTES];
    const struct wage_cap_row *cap = rules_wage_cap_row(pricing->rules, JKP, day);
    const int64_t most = cap == NULL || wage_idr < cap->cap_idr ? wage_idr : cap->cap_idr;
    for (unsigned source = RECOMPOSED_STATE; source < RECOMPOSED_COUNT; source++) {
        const struct recomposition_row *row = price_recomposition(
            pricing->rules, (enum recomposed)source, pricing->wish.risk_group, day);
        if (row != NULL) {
            quote_row(line, &row->row, "%s of %s: %s %s", percent_text(row->to_jkp_ppm, rate),
                      money_text(most, base),
                      money_text(price_share(most, row->to_jkp_ppm, PARTS_OF_ONE), part),
                      from[source]);
        }
    }
    if (cap != NULL) {
        quote_row(line, &cap->row, "of a wage of at most %s", money_text(cap->cap_idr, base));
    }
}

static void quote_programme(struct pricing *pricing, const struct price_case *of)
{
    char part[QUOTE_TEXT_BYTES];
    struct price price;
    price_month(pricing->rules, of, &price);
    struct quote_line *line =
        quote_line(&pricing->quote, term_name(&programme_names, of->programme), price.amount_idr);
    if (price.tariff == NULL) {
        return;
    }
    quote_tariff(line, &price, of->wage_idr);
    if (price.factor_ppm != PARTS_OF_ONE) {
        quote_row(line, &of->relief->row, "%s of it is due", percent_text(price.factor_ppm, part));
    }
    if (of->programme == JKP) {
        quote_recomposition(pricing, line, of->wage_idr, of->day);
    }
}

static struct error find_programmes(const struct pricing *pricing, uint32_t *out)
{
    const struct wish *wish = &pricing->wish;
    const uint32_t open = pricing->rules->programmes_of_segment[wish->segment];
    *out = wish->programmes == 0 ? open : wish->programmes;
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if ((*out & ~open) >> i & 1) {
            return error_make(ERROR_USAGE, "usage", "%s is not open to %s",
                              term_name(&programme_names, i),
                              term_name(&segment_names, wish->segment));
        }
    }
    const bool by_group = (*out & (1U << JKK | 1U << JKP)) != 0;
    if (wish->segment != BPU && by_group && wish->risk_group == NUMBER_NONE) {
        return error_make(ERROR_USAGE, "usage", "give --risk-group 1 to 5");
    }
    return no_error();
}

static void describe_month(struct pricing *pricing, const struct price_case *of)
{
    const struct wish *wish = &pricing->wish;
    char month[MONTH_TEXT_BYTES];
    char wage[QUOTE_TEXT_BYTES];
    char group[40] = "";
    month_print(wish->month, month);
    if (wish->risk_group != NUMBER_NONE) {
        (void)snprintf(group, sizeof group, ", risk group %" PRId64, wish->risk_group);
    }
    (void)snprintf(pricing->quote.of, sizeof pricing->quote.of, "%s%s, %s %s, month %s%s%s",
                   term_name(&segment_names, wish->segment), group,
                   wish->segment == BPU ? "base" : "wage", money_text(of->wage_idr, wage), month,
                   wish->relief == NULL ? "" : ", relief ",
                   wish->relief == NULL ? "" : wish->relief);
}

static struct error price_a_month(struct pricing *pricing)
{
    struct price_case of = {.segment = (enum segment)pricing->wish.segment,
                            .risk_group = pricing->wish.risk_group,
                            .day = month_first_day(pricing->wish.month)};
    uint32_t programmes;
    TRY(find_programmes(pricing, &programmes));
    TRY(find_relief(pricing, &of.relief));
    TRY(find_wage(pricing, of.day, &of.wage_idr));
    describe_month(pricing, &of);
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        if ((programmes >> i & 1) != 0) {
            of.programme = (enum programme)i;
            quote_programme(pricing, &of);
        }
    }
    return no_error();
}

/* ---- A project ---- */

static void quote_project(struct pricing *pricing, enum programme programme,
                          enum construction_basis basis, int64_t value_idr)
{
    char rate[QUOTE_TEXT_BYTES];
    char part[QUOTE_TEXT_BYTES];
    struct project_price price;
    price_project(pricing->rules, programme, basis, value_idr, pricing->wish.on, &price);
    if (price.count == 0) {
        return;
    }
    struct quote_line *line =
        quote_line(&pricing->quote, term_name(&programme_names, programme), price.amount_idr);
    for (uint32_t i = 0; i < price.count; i++) {
        quote_row(line, &price.bands[i].row->row, "%s of %s",
                  percent_text(price.bands[i].row->rate_ppm, rate),
                  money_text(price.bands[i].part_idr, part));
    }
}

static struct error price_a_project(struct pricing *pricing)
{
    const struct wish *wish = &pricing->wish;
    const bool by_wages = wish->wages_idr != NUMBER_NONE;
    const int64_t value_idr = by_wages ? wish->wages_idr : wish->contract_idr;
    char value[QUOTE_TEXT_BYTES];
    char on[DAY_TEXT_BYTES];
    if (by_wages == (wish->contract_idr != NUMBER_NONE)) {
        return error_make(ERROR_USAGE, "usage", "give --contract, or --wages where they are known");
    }
    day_print(wish->on, on);
    (void)snprintf(pricing->quote.of, sizeof pricing->quote.of, "JAKON, %s %s, on %s",
                   by_wages ? "wages of" : "a contract of", money_text(value_idr, value), on);
    for (unsigned i = 0; i < PROGRAMME_COUNT; i++) {
        quote_project(pricing, (enum programme)i,
                      by_wages ? CONSTRUCTION_WAGES : CONSTRUCTION_CONTRACT, value_idr);
    }
    return no_error();
}

/* ---- A package ---- */

static struct error quote_package(struct pricing *pricing, enum package package, int64_t months,
                                  int64_t count)
{
    char amount[QUOTE_TEXT_BYTES];
    const struct package_row *row =
        price_package(pricing->rules, package, months, pricing->wish.on);
    if (row == NULL) {
        return error_make(ERROR_FATAL, "no_package",
                          "there is no such package on that day; see "
                          "jaga rules show --case packages");
    }
    struct quote_line *line =
        quote_line(&pricing->quote, package == PACKAGE_EXTRA_MONTH ? "extra" : "package",
                   count * row->amount_idr);
    const char *money = money_text(row->amount_idr, amount);
    if (package == PACKAGE_BEFORE_PLACEMENT) {
        quote_row(line, &row->row, "%s for JKK and JKM before placement", money);
    } else if (package == PACKAGE_EXTRA_MONTH) {
        quote_row(line, &row->row, "%" PRId64 " months of %s", count, money);
    } else {
        quote_row(line, &row->row, "%s for JKK and JKM, %" PRId64 " months", money, months);
    }
    return no_error();
}

static struct error price_a_package(struct pricing *pricing)
{
    const struct wish *wish = &pricing->wish;
    const bool extra = wish->extra_months != NUMBER_NONE && wish->extra_months > 0;
    char on[DAY_TEXT_BYTES];
    if (wish->package == NULL && !extra) {
        return error_make(ERROR_USAGE, "usage",
                          "give --package before, 24, 12 or 6, or "
                          "--extra-months");
    }
    day_print(wish->on, on);
    (void)snprintf(pricing->quote.of, sizeof pricing->quote.of, "PMI, on %s", on);
    if (wish->package != NULL && strcmp(wish->package, "before") == 0) {
        TRY(quote_package(pricing, PACKAGE_BEFORE_PLACEMENT, 0, 1));
    } else if (wish->package != NULL) {
        int64_t months = 0;
        const struct arguments given = {.given = {{"package", wish->package}}, .given_count = 1};
        TRY(read_number(&given, "package", 1, MONTHS_MOST, &months));
        TRY(quote_package(pricing, PACKAGE_PLACEMENT, months, 1));
    }
    return extra ? quote_package(pricing, PACKAGE_EXTRA_MONTH, 1, wish->extra_months) : no_error();
}

/* ---- All of it ---- */

static struct error price(const struct settings *settings, const struct arguments *arguments,
                          struct pricing *pricing)
{
    TRY(read_wish(arguments, &pricing->wish));
    TRY(check_flags(arguments, &pricing->wish));
    TRY(rules_source_read(settings, argument(arguments, "of"), &pricing->source));
    TRY(rules_source_parse(&pricing->source, pricing->rules));
    switch ((enum segment)pricing->wish.segment) {
    case PU:
    case PU_STATE:
    case BPU: TRY(price_a_month(pricing)); break;
    case JAKON: TRY(price_a_project(pricing)); break;
    case PMI: TRY(price_a_package(pricing)); break;
    }
    if (argument_given(arguments, "json")) {
        quote_print_json(&pricing->quote, &pricing->source);
    } else {
        quote_print(&pricing->quote, &pricing->source);
    }
    return no_error();
}

/* Nothing is priced there: an answer. */
static bool is_no(const struct error *error)
{
    return strcmp(error->code, "no_relief") == 0 || strcmp(error->code, "no_bracket") == 0 ||
           strcmp(error->code, "no_package") == 0;
}

int command_rules_price(const struct settings *settings, const struct arguments *arguments)
{
    struct pricing *pricing = calloc(1, sizeof *pricing);
    assert(pricing != NULL);
    pricing->rules = calloc(1, sizeof *pricing->rules);
    assert(pricing->rules != NULL);
    const struct error error = price(settings, arguments, pricing);
    const bool priced = pricing->quote.line_count > 0;
    rules_source_clear(&pricing->source);
    free(pricing->rules);
    free(pricing);
    const int code = command_report("rules price", &error);
    if (failed(&error)) {
        return is_no(&error) ? EXIT_ANSWER_NO : code;
    }
    if (!priced) {
        (void)fprintf(stderr, "jaga rules price: no row is in force on that day\n");
    }
    return priced ? EXIT_SUCCESS : EXIT_ANSWER_NO;
}
