#include <criterion/criterion.h>

#include "store/employer_days.h"
#include "store/public_known.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct employer_days *set;
static int64_t steps[NODE_COUNT][64]; /* changes of a node on a day */
static unsigned told;

static void set_up(void)
{
    set = employer_days_open();
    memset(steps, 0, sizeof steps);
}

static void tear_down(void)
{
    employer_days_close(set);
}

TestSuite(employer_days, .init = set_up, .fini = tear_down);

static void note(void *context, uint32_t node, day_t day, int64_t by)
{
    (void)context;
    cr_assert(node < NODE_COUNT && day >= 0 && day < 64);
    steps[node][day] += by;
    told++;
}

static void put(int32_t lane, uint16_t region, uint64_t employer, const char *days)
{
    struct days parsed[8];
    size_t count = 0;
    cr_assert(days_parse(text_of_string(days), parsed, &count), "%s", days);
    employer_days_put(set, lane, region, employer, parsed, count, note, NULL);
}

static int64_t on(uint32_t node, day_t day)
{
    int64_t value = 0;
    for (day_t at = 0; at <= day; at++) {
        value += steps[node][at];
    }
    return value;
}

#define BANTEN (NODE_PROVINCES + 36)
#define JAKARTA (NODE_PROVINCES + 31)

Test(employer_days, count_an_employer_once_in_a_region_whatever_the_lanes)
{
    put(0, 3671, 1, "1970-01-11/1970-01-20");
    put(1, 3671, 1, "1970-01-15/1970-01-25");
    put(2, 3671, 1, "1970-01-30/");
    put(2, 3671, 2, "1970-01-15/1970-01-15");
    const int64_t expected[] = {[9] = 0,  [10] = 1, [13] = 1, [14] = 2, [15] = 1, [19] = 1,
                                [24] = 1, [25] = 0, [28] = 0, [29] = 1, [60] = 1};
    static const day_t days[] = {9, 10, 13, 14, 15, 19, 24, 25, 28, 29, 60};
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        cr_expect_eq(on(3671, days[i]), expected[days[i]], "day %d", days[i]);
        cr_expect_eq(on(BANTEN, days[i]), expected[days[i]], "day %d", days[i]);
        cr_expect_eq(on(NODE_COUNTRY, days[i]), expected[days[i]], "day %d", days[i]);
    }
}

Test(employer_days, count_an_employer_of_two_cities_once_in_their_province)
{
    put(0, 3671, 1, "1970-01-11/1970-01-20");
    put(0, 3674, 1, "1970-01-15/1970-01-25");
    put(1, 3171, 1, "1970-01-02/1970-01-12");
    cr_expect_eq(on(3671, 15), 1);
    cr_expect_eq(on(3674, 15), 1);
    cr_expect_eq(on(BANTEN, 15), 1);
    cr_expect_eq(on(BANTEN, 24), 1);
    cr_expect_eq(on(BANTEN, 25), 0);
    cr_expect_eq(on(JAKARTA, 11), 1);
    cr_expect_eq(on(NODE_COUNTRY, 11), 1);
    cr_expect_eq(on(NODE_COUNTRY, 1), 1);
    cr_expect_eq(on(NODE_COUNTRY, 25), 0);
    put(0, 3671, 1, "");
    cr_expect_eq(on(3671, 15), 0);
    cr_expect_eq(on(BANTEN, 15), 1);
    cr_expect_eq(on(BANTEN, 13), 0);
}

Test(employer_days, tell_nothing_when_the_union_stays)
{
    put(0, 3671, 1, "1970-01-11/");
    told = 0;
    put(0, 3671, 1, "1970-01-11/");
    put(1, 3671, 1, "1970-01-15/1970-01-20");
    put(1, 3671, 1, "");
    cr_expect_eq(told, 0);
    put(0, 3671, 2, "1970-01-11/1970-01-20");
    put(1, 3671, 2, "1970-01-21/");
    told = 0;
    put(0, 3671, 2, "1970-01-11/"); /* the same days as the two that touch */
    cr_expect_eq(told, 0);
    put(1, 3674, 1, "1970-01-15/1970-01-20"); /* new in its region alone */
    cr_expect_eq(told, 2);
}

Test(employer_days, forget_what_a_lane_said)
{
    put(0, 3671, 1, "1970-01-11/1970-01-20");
    put(1, 3671, 1, "1970-01-15/1970-01-25 1970-01-28/");
    put(1, 3674, 1, "1970-01-15/");
    put(1, 3171, 2, "1970-01-15/");
    employer_days_forget(set, 1, note, NULL);
    for (day_t day = 0; day < 64; day++) {
        const int64_t expected = day >= 10 && day <= 19;
        cr_expect_eq(on(3671, day), expected, "day %d", day);
        cr_expect_eq(on(BANTEN, day), expected, "day %d", day);
        cr_expect_eq(on(NODE_COUNTRY, day), expected, "day %d", day);
        cr_expect_eq(on(3674, day), 0);
        cr_expect_eq(on(3171, day), 0);
    }
}

Test(employer_days, begin_anew_after_they_were_cleared)
{
    put(0, 3671, 1, "1970-01-11/");
    employer_days_clear(set);
    memset(steps, 0, sizeof steps);
    put(0, 3671, 1, "1970-01-12/");
    cr_expect_eq(on(3671, 10), 0);
    cr_expect_eq(on(3671, 11), 1);
}

/* The model: what each lane says of each employer and region on each day. */

enum { LANES = 3, REGIONS = 4, EMPLOYERS = 5, DAYS = 12 };

Test(employer_days, agree_with_counting_sets_day_by_day)
{
    static const uint16_t regions[REGIONS] = {3671, 3674, 3171, 0};
    static bool says[LANES][REGIONS][EMPLOYERS][DAYS];
    uint64_t seed = 99;
    for (unsigned round = 0; round < 1500; round++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const unsigned lane = (unsigned)(seed >> 33) % LANES;
        const unsigned region = (unsigned)(seed >> 36) % REGIONS;
        const unsigned employer = (unsigned)(seed >> 40) % EMPLOYERS;
        const unsigned bits = (unsigned)(seed >> 44) & ((1U << DAYS) - 1) & (unsigned)(seed >> 20);
        struct days days[DAYS];
        size_t count = 0;
        for (unsigned day = 0; day < DAYS; day++) {
            const bool is_in = (bits >> day & 1) != 0;
            says[lane][region][employer][day] = is_in;
            if (is_in && count > 0 && days[count - 1].until == (day_t)day) {
                days[count - 1].until++;
            } else if (is_in) {
                days[count++] = (struct days){(day_t)day, (day_t)day + 1};
            }
        }
        employer_days_put(set, (int32_t)lane, regions[region], employer, days, count, note, NULL);
        const uint32_t nodes[] = {3671,   3674,    3171,           0,
                                  BANTEN, JAKARTA, NODE_PROVINCES, NODE_COUNTRY};
        static const unsigned of_node[] = {1, 2, 4, 8, 3, 4, 8, 15}; /* regions, by bit */
        for (size_t node = 0; node < COUNT_OF(nodes); node++) {
            for (unsigned day = 0; day < DAYS; day++) {
                int64_t expected = 0;
                for (unsigned e = 0; e < EMPLOYERS; e++) {
                    bool any = false;
                    for (unsigned at = 0; at < LANES * REGIONS; at++) {
                        any = any || ((of_node[node] >> at % REGIONS & 1) != 0 &&
                                      says[at / REGIONS][at % REGIONS][e][day]);
                    }
                    expected += any;
                }
                cr_assert_eq(on(nodes[node], (day_t)day), expected, "round %u, node %u, day %u",
                             round, nodes[node], day);
            }
        }
    }
}

/* Text. */

Test(employer_days, are_printed_and_read_back)
{
    static const struct {
        struct days days[3];
        size_t count;
        const char *text;
    } rows[] = {
        {{{0, 0}}, 0, ""},
        {{{19723, DAY_NEVER}}, 1, "2024-01-01/"},
        {{{19723, 19724}}, 1, "2024-01-01/2024-01-01"},
        {{{DAY_FIRST, 19814}, {19815, DAY_LAST}, {DAY_LAST, DAY_NEVER}},
         2,
         "0001-01-01/2024-03-31 2024-04-02/9999-12-30"},
        {{{19723, 19724}, {19800, DAY_NEVER}}, 2, "2024-01-01/2024-01-01 2024-03-18/"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[3 * DAYS_TEXT_BYTES + 1];
        struct days days[8];
        size_t count = 99;
        cr_expect_eq(days_print(rows[i].days, rows[i].count, text), strlen(rows[i].text));
        cr_expect_str_eq(text, rows[i].text);
        cr_assert_leq(rows[i].count, days_most(text_of_string(text)));
        cr_assert(days_parse(text_of_string(text), days, &count), "%s", text);
        cr_assert_eq(count, rows[i].count);
        for (size_t k = 0; k < count; k++) {
            cr_expect_eq(days[k].from, rows[i].days[k].from);
            cr_expect_eq(days[k].until, rows[i].days[k].until);
        }
    }
}

Test(employer_days, that_are_not_the_printed_form_are_refused)
{
    static const char *const rows[] = {
        "x",
        "2024-01-01",
        "2024-01-01/2024-01",
        "2024-01-01/x",
        "2024-01-02/2024-01-01",
        "2024-01-01/2024-01-01 ",
        " 2024-01-01/2024-01-01",
        "2024-01-01/ 2024-02-01/",
        "2024-01-01/2024-01-01 2024-01-02/", /* they touch */
        "2024-01-01/2024-01-05 2024-01-03/", /* they overlap */
        "2024-01-01/2024-01-01,2024-03-01/",
        "2024-02-30/",
        "24-01-01/",
        "2024-01-01/2024-01-01/",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct days days[8];
        size_t count = 0;
        cr_expect_not(days_parse(text_of_string(rows[i]), days, &count), "%s", rows[i]);
    }
}

Test(employer_days, name_an_employer_by_sixteen_digits)
{
    char text[EMPLOYER_TEXT_BYTES];
    uint64_t hash = 0;
    employer_print(UINT64_C(0x00C5F24A3A7BD9E1), text);
    cr_expect_str_eq(text, "00c5f24a3a7bd9e1");
    cr_assert(employer_parse(text_of_string(text), &hash));
    cr_expect_eq(hash, UINT64_C(0x00C5F24A3A7BD9E1));
    cr_expect_not(employer_parse(TEXT("00C5F24A3A7BD9E1"), &hash));
    cr_expect_not(employer_parse(TEXT("c5f24a3a7bd9e1"), &hash));
    cr_expect_not(employer_parse(TEXT("00c5f24a3a7bd9e1 "), &hash));
}

/* Among the other measures of what the public keys are made of. */

Test(employer_days, go_to_the_sums_of_each_node_and_no_further_up)
{
    static struct public_known known;
    const struct days days = {10, 20};
    public_known_open(&known);
    cr_assert(public_known_add(&known, 3671, TEXT("active"), 10, 5));
    public_known_settle(&known);
    public_known_employer(&known, 0, 3671, 1, &days, 1);
    public_known_employer(&known, 1, 3674, 1, &days, 1);
    public_known_settle_employers(&known);
    const uint32_t nodes[] = {3671, 3674, BANTEN, NODE_COUNTRY};
    for (size_t i = 0; i < COUNT_OF(nodes); i++) {
        const struct node *node = known.nodes[nodes[i]];
        cr_expect_eq(sums_value(&node->sums, known.employers_measure, 10), 1);
        cr_expect_eq(sums_value(&node->sums, known.employers_measure, 20), -1);
        cr_expect_eq(node->change.count, 2);
        cr_expect(node->series_due);
    }
    uint16_t active = 0;
    cr_assert(measures_number(known.measures, TEXT("active"), &active));
    cr_expect_eq(sums_value(&known.nodes[BANTEN]->sums, active, 10), 5);
    public_known_forget_employers(&known, 1);
    public_known_settle_employers(&known);
    cr_expect_eq(known.nodes[3674]->sums.count, 0);
    cr_expect_eq(sums_value(&known.nodes[BANTEN]->sums, known.employers_measure, 10), 1);
    public_known_close(&known);
}

/* Each is told of in three nodes. */
#define EMPLOYERS_OF_MANY (EMPLOYERS_TOLD_MAX / 3 + 100000)

Test(employer_days, of_a_whole_lane_wait_added_up)
{
    static struct public_known known;
    const struct days days = {10, DAY_NEVER};
    public_known_open(&known);
    for (uint64_t employer = 0; employer < EMPLOYERS_OF_MANY; employer++) {
        public_known_employer(&known, 0, 3671, employer, &days, 1);
    }
    const struct node *country = known.nodes[NODE_COUNTRY];
    cr_expect_lt(country->employers.count, 200000);
    public_known_settle_employers(&known);
    cr_expect_eq(country->employers.count, 0);
    cr_expect_eq(sums_value(&country->sums, known.employers_measure, 10), EMPLOYERS_OF_MANY);
    public_known_close(&known);
}
