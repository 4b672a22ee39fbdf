#include "core/measure.h"

#include <assert.h>

const struct flow flows[FLOW_COUNT] = {
    {"new_today", "begun", MEASURE_BEGUN, -1, 0},
    {"ended_today", "ended", MEASURE_ENDED, -1, 0},
    {"ending_7", "ended", MEASURE_ENDED, 0, 7},
    {"ending_30", "ended", MEASURE_ENDED, 0, 30},
};

unsigned measure_of_open(unsigned programme, unsigned verdict)
{
    assert(programme < PROGRAMME_COUNT);
    assert(verdict == HELD || verdict == WAITING);
    return MEASURE_OPEN + programme * OPEN_STATE_COUNT + (verdict == WAITING);
}

unsigned total_of_death(unsigned programme, unsigned category)
{
    assert(programme == JKK || programme == JKM);
    assert(category < CATEGORIES_MAX);
    return TOTAL_DEATHS + (programme == JKM ? CATEGORIES_MAX : 0U) + category;
}

/* Names. */

struct name {
    char *at, *end; /* one byte is kept for the final zero */
};

static void add_part(struct name *name, const char *part)
{
    const size_t length = strlen(part);
    assert(length <= (size_t)(name->end - name->at));
    memcpy(name->at, part, length);
    name->at += length;
    *name->at = '\0';
}

static struct name name_open(char out[MEASURE_NAME_BYTES], const char *first)
{
    struct name name = {out, out + MEASURE_NAME_BYTES - 1};
    add_part(&name, first);
    return name;
}

/* A number that this bundle does not use stands as its two digits. */
static void add_category(struct name *name, const struct rules *rules, unsigned category)
{
    assert(category < CATEGORIES_MAX);
    const char digits[] = {(char)('0' + category / 10), (char)('0' + category % 10), '\0'};
    const char *code = rules->categories[category].code;
    add_part(name, code[0] == '\0' ? digits : code);
}

static void add_claim_state(struct name *name, unsigned programme, unsigned verdict)
{
    add_part(name, term_name(&programme_names, programme));
    add_part(name, ":");
    add_part(name, term_name(&verdict_names, verdict));
}

static void add_death(struct name *name, const struct rules *rules, unsigned number)
{
    add_part(name, term_name(&programme_names, number < CATEGORIES_MAX ? JKK : JKM));
    add_part(name, ":category:");
    add_category(name, rules, number % CATEGORIES_MAX);
}

/* Measures stand in groups: one name, or a beginning and what each number adds to it. */
enum ending {
    ALONE,
    PROGRAMME,
    SEGMENT,
    SPONSOR,
    CATEGORY,
    CLAIM_STATE,
    OPEN_STATE,
    PAYMENT_STATE,
    DEATH
};
struct group {
    unsigned first; /* number of its first measure */
    const char *begins;
    enum ending ending;
};

static const struct group day_groups[] = {
    {MEASURE_REGISTERED, "registered", ALONE},
    {MEASURE_ACTIVE, "active", ALONE},
    {MEASURE_MEMBERSHIPS, "memberships", ALONE},
    {MEASURE_PROGRAMME, "programme:", PROGRAMME},
    {MEASURE_SEGMENT, "segment:", SEGMENT},
    {MEASURE_SPONSOR, "sponsor:", SPONSOR},
    {MEASURE_CATEGORY, "category:", CATEGORY},
    {MEASURE_OVERDUE_IDR, "overdue_idr:programme:", PROGRAMME},
    {MEASURE_OVERDUE, "overdue:programme:", PROGRAMME},
    {MEASURE_OPEN, "open:", OPEN_STATE},
    {MEASURE_OPEN_PAST_DUE, "open_past_due:", PROGRAMME},
    {MEASURE_GRACE, "grace", ALONE},
    {MEASURE_BEGUN, "begun", ALONE},
    {MEASURE_BEGUN_SPONSOR, "begun:sponsor:", SPONSOR},
    {MEASURE_BEGUN_CATEGORY, "begun:category:", CATEGORY},
    {MEASURE_ENDED, "ended", ALONE},
    {MEASURE_ENDED_SPONSOR, "ended:sponsor:", SPONSOR},
    {MEASURE_ENDED_CATEGORY, "ended:category:", CATEGORY},
};
#define DAY_GROUP_COUNT (sizeof day_groups / sizeof *day_groups)

static const struct group total_groups[] = {
    {TOTAL_CLAIMS, "claims:", CLAIM_STATE},
    {TOTAL_PAYMENTS, "payments", ALONE},
    {TOTAL_PAID_IDR, "paid_idr", ALONE},
    {TOTAL_PAYMENTS_PROGRAMME, "payments:programme:", PROGRAMME},
    {TOTAL_PAID_IDR_PROGRAMME, "paid_idr:programme:", PROGRAMME},
    {TOTAL_PAYMENTS_CATEGORY, "payments:category:", CATEGORY},
    {TOTAL_PAID_IDR_CATEGORY, "paid_idr:category:", CATEGORY},
    {TOTAL_PAYMENTS_STATUS, "payments:status:", PAYMENT_STATE},
    {TOTAL_PAID_IDR_STATUS, "paid_idr:status:", PAYMENT_STATE},
    {TOTAL_DEATHS, "deaths:", DEATH},
    {TOTAL_CONTRIBUTIONS_IDR, "contributions_idr:programme:", PROGRAMME},
    {TOTAL_EXTERNAL_IDR, "external_idr", ALONE},
    {TOTAL_LATE_COST_IDR, "late_cost_idr:programme:", PROGRAMME},
};
#define TOTAL_GROUP_COUNT (sizeof total_groups / sizeof *total_groups)

static void add_ending(struct name *name, const struct rules *rules, enum ending ending,
                       unsigned number)
{
    switch (ending) {
    case ALONE: break;
    case PROGRAMME: add_part(name, term_name(&programme_names, number)); break;
    case SEGMENT: add_part(name, term_name(&segment_names, number)); break;
    case SPONSOR: add_part(name, term_name(&sponsor_kind_names, number)); break;
    case CATEGORY: add_category(name, rules, number); break;
    case CLAIM_STATE: add_claim_state(name, number / VERDICT_COUNT, number % VERDICT_COUNT); break;
    case OPEN_STATE:
        add_claim_state(name, number / OPEN_STATE_COUNT, HELD + number % OPEN_STATE_COUNT);
        break;
    case PAYMENT_STATE:
        add_part(name, number == ORDERED_STATE ? "ORDERED"
                                               : term_name(&payment_status_names, number - 1));
        break;
    case DEATH: add_death(name, rules, number); break;
    }
}

static_assert(WAITING == HELD + 1, "the open states follow one another");

static void name_of(const struct group *groups, size_t count, const struct rules *rules,
                    unsigned measure, char out[MEASURE_NAME_BYTES])
{
    size_t at = count - 1;
    while (groups[at].first > measure) {
        at--;
    }
    struct name name = name_open(out, groups[at].begins);
    add_ending(&name, rules, groups[at].ending, measure - groups[at].first);
}

void day_measure_name(const struct rules *rules, unsigned measure, char out[MEASURE_NAME_BYTES])
{
    assert(measure < DAY_MEASURE_COUNT);
    name_of(day_groups, DAY_GROUP_COUNT, rules, measure, out);
}

void total_measure_name(const struct rules *rules, unsigned total, char out[MEASURE_NAME_BYTES])
{
    assert(total < TOTAL_COUNT);
    name_of(total_groups, TOTAL_GROUP_COUNT, rules, total, out);
}

void late_cost_name(unsigned programme, char out[MEASURE_NAME_BYTES])
{
    struct name name = name_open(out, "late_cost_to_date_idr:programme:");
    add_part(&name, term_name(&programme_names, programme));
}

bool name_is_of_day(const char *name)
{
    for (size_t i = 0; i < DAY_GROUP_COUNT; i++) {
        const char *begins = day_groups[i].begins;
        const bool fits = day_groups[i].ending == ALONE
                              ? strcmp(name, begins) == 0
                              : strncmp(name, begins, strlen(begins)) == 0;
        if (fits) {
            return true;
        }
    }
    for (size_t i = 0; i < FLOW_COUNT; i++) {
        if (strcmp(name, flows[i].name) == 0) {
            return true;
        }
    }
    return strcmp(name, EMPLOYERS_NAME) == 0;
}
