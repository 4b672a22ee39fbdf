#include "producers/population.h"

#include <assert.h>
#include <stdio.h>

#define MILLISECOND INT64_C(1000)
#define WIB_US (INT64_C(7) * 3600 * MICROSECONDS_A_SECOND)
#define JKK_JKM ((1U << JKK) | (1U << JKM))
#define ALL_FIVE ((1U << PROGRAMME_COUNT) - 1)

/* People of one kind: who they are and how they came in. */
struct group {
    int64_t first; /* number of its first participant in the population */
    int64_t count;
    enum segment segment;
    const char *const *categories; /* drawn from these */
    unsigned category_count;
    const char *const *regions;
    unsigned region_count;
    uint32_t programmes;
    int64_t employers; /* everybody has one of so many, and each has somebody; 0: nobody has one */
    enum sponsor_kind sponsor;
    const char *sponsor_ref, *source, *batch_id;
    int64_t wage_least, wage_most; /* drawn between, in steps of 50,000 */
    const char *enrolled_on;       /* recorded, and cover_from */
    const char *cover_to;
    const char *paid_on; /* NULL: nothing paid */
    const char *month;
    int64_t months;
};

struct maker {
    uint64_t seed;
    event_made made;
    void *context;
    int64_t event_count;
    struct event event;
    char participant_id[16], membership_id[16], id[24], employer_id[16], payment_ref[32],
        claim_id[24];
};

int64_t scaled(int64_t count, int64_t scale_ppm)
{
    return (count * scale_ppm + SCALE_ONE_PPM / 2) / SCALE_ONE_PPM;
}

static uint64_t mixed(uint64_t value) /* splitmix64's finalizer: one to one */
{
    value ^= value >> 30;
    value *= UINT64_C(0xBF58476D1CE4E5B9);
    value ^= value >> 27;
    value *= UINT64_C(0x94D049BB133111EB);
    return value ^ value >> 31;
}

/* A number that depends on the seed, the participant and what is drawn, and on nothing else. */
static uint64_t drawn(const struct maker *maker, int64_t participant, uint64_t what)
{
    return mixed(mixed(maker->seed * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)participant) + what);
}

static day_t day_of(const char *text)
{
    day_t day;
    const bool parsed = day_parse(text, (uint32_t)strlen(text), &day);
    assert(parsed);
    return day;
}

static month_t month_of(const char *text)
{
    month_t month;
    const bool parsed = month_parse(text, (uint32_t)strlen(text), &month);
    assert(parsed);
    return month;
}

/* 08:00 WIB of the day, and a millisecond later for each participant of the population: in a wave
   and over the groups that share its day the times ascend. */
static int64_t time_in_wave(day_t day, int64_t index)
{
    return day * MICROSECONDS_A_DAY + INT64_C(8) * 3600 * MICROSECONDS_A_SECOND - WIB_US +
           index * MILLISECOND;
}

/* Twelve symbols of 60 mixed bits: opaque and, the mixing being one to one, never twice. */
static struct text participant_id(struct maker *maker, int64_t participant)
{
    static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint64_t value = ((uint64_t)participant + maker->seed) & ((UINT64_C(1) << 60) - 1);
    value = (value * UINT64_C(0x9E3779B97F4A7C15)) & ((UINT64_C(1) << 60) - 1);
    value ^= value >> 31;
    value = (value * UINT64_C(0xBF58476D1CE4E5B9)) & ((UINT64_C(1) << 60) - 1);
    for (unsigned i = 0; i < 12; i++) {
        maker->participant_id[i] = symbols[value & 31];
        value >>= 5;
    }
    return text_of(maker->participant_id, 12);
}

static struct text membership_of(struct maker *maker, int64_t participant)
{
    const int length = snprintf(maker->membership_id, sizeof maker->membership_id, "%011lld",
                                (long long)(10000000000 + participant));
    return text_of(maker->membership_id, (size_t)length);
}

static struct event *begin(struct maker *maker, enum event_type type, int64_t time,
                           const char *source)
{
    struct event *event = &maker->event;
    event_init(event, type);
    event->time = time;
    event->source = text_of_string(source);
    const int length =
        snprintf(maker->id, sizeof maker->id, "g%lld", (long long)maker->event_count++);
    event->id = text_of(maker->id, (size_t)length);
    return event;
}

static bool finish(struct maker *maker)
{
    return maker->made(maker->context, &maker->event);
}

static const char *chosen(const struct maker *maker, int64_t participant, uint64_t what,
                          const char *const *from, unsigned count)
{
    return from[drawn(maker, participant, what) % count];
}

static int64_t wage_of(const struct maker *maker, const struct group *group, int64_t participant)
{
    const uint64_t steps = (uint64_t)(group->wage_most - group->wage_least) / 50000 + 1;
    return group->wage_least + (int64_t)(drawn(maker, participant, 1) % steps) * 50000;
}

static int64_t risk_of(const struct maker *maker, const struct group *group, int64_t participant)
{
    return group->segment == PU ? 1 + (int64_t)(drawn(maker, participant, 2) % 5) : 1;
}

/* The first people of the group one each, so that none stays without anybody. */
static struct text employer_of(struct maker *maker, const struct group *group, int64_t index)
{
    const uint64_t employers = (uint64_t)group->employers;
    const uint64_t employer = index < group->employers
                                  ? (uint64_t)index
                                  : drawn(maker, group->first + index, 5) % employers;
    const int length = snprintf(maker->employer_id, sizeof maker->employer_id, "%08llu",
                                (unsigned long long)employer);
    return text_of(maker->employer_id, (size_t)length);
}

static bool make_enrolled(struct maker *maker, const struct group *group, int64_t index)
{
    const int64_t who = group->first + index;
    const day_t day = day_of(group->enrolled_on);
    struct event *event = begin(maker, EVENT_ENROLLED, time_in_wave(day, who), group->source);
    struct enrolled *body = &event->enrolled;
    event->participant_id = participant_id(maker, who);
    if (group->batch_id != NULL) {
        event->batch_id = text_of_string(group->batch_id);
    }
    body->membership_id = membership_of(maker, who);
    body->segment = (uint8_t)group->segment;
    body->category =
        text_of_string(chosen(maker, who, 3, group->categories, group->category_count));
    body->programmes = group->programmes;
    body->region_home = text_of_string(chosen(maker, who, 4, group->regions, group->region_count));
    body->sponsor.kind = (uint8_t)group->sponsor;
    if (group->sponsor_ref != NULL) {
        body->sponsor.ref = text_of_string(group->sponsor_ref);
    }
    if (group->employers > 0) {
        body->employer_id = employer_of(maker, group, index);
    }
    body->risk_group = risk_of(maker, group, who);
    body->wage_idr = wage_of(maker, group, who);
    body->cover_from = day;
    body->cover_to = group->cover_to == NULL ? DAY_NONE : day_of(group->cover_to);
    body->birth_date = day - 20 * 365 - (day_t)(drawn(maker, who, 6) % (40 * 365));
    return finish(maker);
}

/* What the tables ask for one month of JKK and JKM (rules.md, Contributions), half up. */
static int64_t month_jkk(const struct group *group, int64_t wage, int64_t risk)
{
    static const int64_t ppm[] = {2400, 5400, 8900, 12700, 17400};
    const int64_t rate = group->segment == BPU ? 10000 : ppm[risk - 1];
    return (wage * rate + 500000) / 1000000;
}

static int64_t month_jkm(const struct group *group, int64_t wage)
{
    return group->segment == BPU ? 6800 : (wage * 3000 + 500000) / 1000000;
}

static bool make_paid(struct maker *maker, const struct group *group, int64_t index, day_t day,
                      month_t month, int64_t months)
{
    const int64_t who = group->first + index;
    const int64_t wage = wage_of(maker, group, who);
    struct event *event =
        begin(maker, EVENT_CONTRIBUTION_PAID, time_in_wave(day, who), group->source);
    struct contribution *body = &event->contribution;
    event->participant_id = participant_id(maker, who);
    body->membership_id = membership_of(maker, who);
    body->month = month;
    body->months = months;
    body->line_count = 2;
    body->lines[0] = (struct contribution_line){
        JKK, months * month_jkk(group, wage, risk_of(maker, group, who))};
    body->lines[1] = (struct contribution_line){JKM, months * month_jkm(group, wage)};
    body->paid_at = event->time;
    body->payer_present = true;
    body->payer.kind = (uint8_t)group->sponsor;
    const int length =
        snprintf(maker->payment_ref, sizeof maker->payment_ref, "VA%lld-%d", (long long)who, month);
    body->payment_ref = text_of(maker->payment_ref, (size_t)length);
    return finish(maker);
}

static bool make_enrolments(struct maker *maker, const struct group *group)
{
    for (int64_t i = 0; i < group->count; i++) {
        if (!make_enrolled(maker, group, i)) {
            return false;
        }
    }
    return true;
}

static bool make_payments(struct maker *maker, const struct group *group)
{
    for (int64_t i = 0; group->paid_on != NULL && i < group->count; i++) {
        if (!make_paid(maker, group, i, day_of(group->paid_on), month_of(group->month),
                       group->months)) {
            return false;
        }
    }
    return true;
}

static bool make_base(struct maker *maker, day_t day, int64_t index, const char *region,
                      enum base_kind kind, int64_t year, int64_t value, const char *publisher)
{
    struct event *event =
        begin(maker, EVENT_BASE_PUBLISHED, time_in_wave(day, index), "/bps/reported");
    event->base = (struct base_published){text_of_string(region), (uint8_t)kind, year, value,
                                          text_of_string(publisher)};
    return finish(maker);
}

static bool make_declaration(struct maker *maker, day_t day, const char *batch_id,
                             const char *source, int64_t count)
{
    struct event *event = begin(maker, EVENT_BATCH_DECLARED, time_in_wave(day, 0), source);
    event->batch_id = text_of_string(batch_id);
    event->batch =
        (struct batch_declared){text_of_string(batch_id), text_of_string(source), count, 0};
    return finish(maker);
}

struct death {
    day_t died_on, filed_on;
    enum cause cause;
};

static bool make_death(struct maker *maker, const struct group *group, int64_t index,
                       const struct death *death)
{
    const int64_t who = group->first + index;
    struct event *event = begin(maker, EVENT_DEATH_CLAIM_FILED,
                                time_in_wave(death->filed_on, index), "/branch/claims");
    struct death_claim *body = &event->death;
    event->participant_id = participant_id(maker, who);
    const int length = snprintf(maker->claim_id, sizeof maker->claim_id, "D-%lld", (long long)who);
    body->claim_id = text_of(maker->claim_id, (size_t)length);
    body->membership_id = membership_of(maker, who);
    body->died_on = death->died_on;
    body->cause = (uint8_t)death->cause;
    body->heir.rank = (uint8_t)(drawn(maker, who, 7) % 2 == 0 ? HEIR_SPOUSE : HEIR_CHILD);
    body->heir.payee_ref = TEXT("ACC-HEIR");
    body->documents_complete_on = death->filed_on;
    return finish(maker);
}

/* --- reported-2024: the five newspaper reports
 * ------------------------------------------------------- */

static const char *const tangsel[] = {"36.74"};
static const char *const kota_tangerang[] = {"36.71"};
static const char *const palembang[] = {"16.71"};
static const char *const sumsel[] = {
    "16.01", "16.02", "16.03", "16.04", "16.05", "16.06", "16.07", "16.08", "16.09",
    "16.10", "16.11", "16.12", "16.13", "16.71", "16.72", "16.73", "16.74",
};
static const char *const employees[] = {"KARYAWAN"};
static const char *const city_carried[] = {"NON_ASN", "PEKERJA_RENTAN", "KETUA_RT", "GURU_NGAJI"};
static const char *const vulnerable[] = {"PEKERJA_RENTAN", "PETANI", "NELAYAN", "PEDAGANG"};
static const char *const neighbours[] = {"ART", "TUKANG_KEBUN", "PEDAGANG", "OJOL"};
static const char *const polling_staff[] = {"KPPS"};

static const struct {
    const char *category[1];
    int64_t count;
} bodies_2019[] = {
    {{"KETUA_RT"}, 3844}, {{"KETUA_RW"}, 735},     {{"GURU_NGAJI"}, 2285},
    {{"MARBOT"}, 450},    {{"AMIL_JENAZAH"}, 375}, {{"KADER_KESEHATAN"}, 5257},
};
#define BODIES_2019 (sizeof bodies_2019 / sizeof *bodies_2019)
#define BATCH_2019 "tangsel-2019-11"
#define BATCH_2019_MISSING 18

/* The nine who died at work. Eight wages add up to 18,375,000; the last of these eight, 2,375,000,
   is no published honorarium: no sum of honoraria gives the reported total. The ninth is at the
   floor. */
static const struct {
    const char *category[1];
    int64_t wage_idr;
} at_work[] = {
    {{"PPK"}, 2500000}, {{"PPK"}, 2500000}, {{"PPK"}, 2200000},
    {{"PPK"}, 2200000}, {{"PPK"}, 2200000}, {{"PPK"}, 2200000},
    {{"PPK"}, 2200000}, {{"PPK"}, 2375000}, {{"LINMAS_TPS"}, 400000},
};
#define AT_WORK (sizeof at_work / sizeof *at_work)
#define OF_ILLNESS 35

static struct group officers_of(int64_t first, int64_t count, const char *const *category,
                                int64_t wage)
{
    return (struct group){
        .first = first,
        .count = count,
        .segment = PU_STATE,
        .categories = category,
        .category_count = 1,
        .regions = palembang,
        .region_count = 1,
        .programmes = JKK_JKM,
        .sponsor = SPONSOR_NPHD,
        .sponsor_ref = "NPHD-16.71-2024",
        .source = "/kpu/16.71",
        .wage_least = wage,
        .wage_most = wage,
        .enrolled_on = "2024-01-25",
        .cover_to = "2024-02-23",
        .paid_on = "2024-01-26",
        .month = "2024-01",
        .months = 2,
    };
}

#define GROUPS_MAX 32
struct report {
    struct group groups[GROUPS_MAX];
    unsigned count;
    unsigned first_at_work, illness; /* groups of the officers who died */
    int64_t people;
};

static void add_group(struct report *report, struct group group)
{
    assert(report->count < GROUPS_MAX);
    group.first = report->people;
    report->people += group.count;
    report->groups[report->count++] = group;
}

/* Employees with all five programmes, whose enrolment alone covers them. The employers of both
   cities are the same companies: in their province each counts once. */
static struct group employed(int64_t count, int64_t scale, const char *const *region,
                             const char *source, const char *enrolled_on)
{
    return (struct group){.count = count,
                          .employers = scaled(15702, scale),
                          .segment = PU,
                          .categories = employees,
                          .category_count = 1,
                          .regions = region,
                          .region_count = 1,
                          .programmes = ALL_FIVE,
                          .sponsor = SPONSOR_EMPLOYER,
                          .source = source,
                          .wage_least = 3000000,
                          .wage_most = 9000000,
                          .enrolled_on = enrolled_on};
}

/* People of Tangerang Selatan, or of elsewhere if the caller says so, for whom somebody pays a year
   of JKK and JKM at the lowest bracket. Dates and categories are the caller's. */
static struct group sponsored(int64_t count, enum sponsor_kind sponsor)
{
    return (struct group){.count = count,
                          .segment = BPU,
                          .regions = tangsel,
                          .region_count = 1,
                          .programmes = JKK_JKM,
                          .sponsor = sponsor,
                          .sponsor_ref = "36.74",
                          .source = "/pemda/36.74",
                          .wage_least = 1000000,
                          .wage_most = 1000000,
                          .months = 12};
}

static void plan_2019(struct report *report, int64_t scale)
{
    for (size_t i = 0; i < BODIES_2019; i++) {
        struct group group = sponsored(scaled(bodies_2019[i].count, scale), SPONSOR_APBD_KABKOTA);
        group.categories = bodies_2019[i].category;
        group.category_count = 1;
        group.batch_id = BATCH_2019;
        group.enrolled_on = "2019-11-04";
        group.cover_to = "2020-10-31";
        group.paid_on = "2019-11-06";
        group.month = "2019-11";
        add_group(report, group);
    }
}

static void plan_tangerang(struct report *report, int64_t scale)
{
    add_group(report, employed(scaled(736000, scale), scale, kota_tangerang, "/employer/36.71",
                               "2023-01-03"));
}

static void plan_sumsel(struct report *report, int64_t scale)
{
    struct group group = sponsored(scaled(90000, scale), SPONSOR_APBD_PROV);
    group.categories = vulnerable;
    group.category_count = 4;
    group.regions = sumsel;
    group.region_count = sizeof sumsel / sizeof *sumsel;
    group.sponsor_ref = "16";
    group.source = "/pemda/16";
    group.enrolled_on = "2024-01-08";
    group.paid_on = "2024-01-10";
    group.month = "2024-01";
    add_group(report, group);
}

/* 311,751 active: 82,577 by the city's budget, 7,600 by civil servants, the rest by employers; each
   number is scaled alone, so the employers' part is what remains of the scaled total. */
static void plan_tangsel(struct report *report, int64_t scale)
{
    const int64_t by_city = scaled(82577, scale);
    const int64_t by_neighbours = scaled(7600, scale);
    struct group group = sponsored(by_city, SPONSOR_APBD_KABKOTA);
    group.categories = city_carried;
    group.category_count = 4;
    group.enrolled_on = "2024-01-12";
    group.paid_on = "2024-01-14";
    group.month = "2024-01";
    add_group(report, group);
    add_group(report, employed(scaled(311751, scale) - by_city - by_neighbours, scale, tangsel,
                               "/employer/36.74", "2024-01-16"));
}

static void plan_officers(struct report *report, int64_t scale)
{
    add_group(report, officers_of(0, scaled(700, scale), polling_staff, 1100000));
    report->illness = report->count;
    add_group(report, officers_of(0, OF_ILLNESS, polling_staff, 1100000));
    report->first_at_work = report->count;
    for (size_t i = 0; i < AT_WORK; i++) {
        add_group(report, officers_of(0, 1, at_work[i].category, at_work[i].wage_idr));
    }
}

static void plan_jaga_salira(struct report *report, int64_t scale)
{
    struct group group = sponsored(scaled(7600, scale), SPONSOR_JAGA_SALIRA);
    group.categories = neighbours;
    group.category_count = 4;
    group.enrolled_on = "2024-08-01";
    group.paid_on = "2024-08-02";
    group.month = "2024-08";
    add_group(report, group);
}

/* A group's enrolments and payments, and those of the groups beside it on the same days. */
static bool make_groups(struct maker *maker, const struct report *report, unsigned from,
                        unsigned until)
{
    for (unsigned i = from; i < until; i++) {
        if (!make_enrolments(maker, &report->groups[i])) {
            return false;
        }
    }
    for (unsigned i = from; i < until; i++) {
        if (!make_payments(maker, &report->groups[i])) {
            return false;
        }
    }
    return true;
}

static bool make_bases(struct maker *maker, int64_t scale)
{
    const day_t day = day_of("2019-11-01");
    return make_base(maker, day, 0, "36.74", BASE_WORKERS, 2024, scaled(754223, scale),
                     "Kota Tangerang Selatan") &&
           make_base(maker, day, 1, "36.71", BASE_LABOUR_FORCE, 2023, scaled(1190000, scale),
                     "Kota Tangerang") &&
           make_base(maker, day, 2, "36.71", BASE_POPULATION, 2023, scaled(1930000, scale),
                     "Kota Tangerang") &&
           make_base(maker, day, 3, "16", BASE_POPULATION, 2020, scaled(8467432, scale),
                     "BPS census 2020") &&
           make_base(maker, day, 4, "16", BASE_VULNERABLE, 2024, scaled(30200000, scale),
                     "newspaper 2024-03-22");
}

static bool make_officer_claims(struct maker *maker, const struct report *report)
{
    const struct group *ill = &report->groups[report->illness];
    for (int64_t i = 0; i < ill->count; i++) {
        const struct death death = {.died_on = day_of("2024-02-15") + (day_t)(i % 6),
                                    .filed_on = day_of("2024-02-26") + (day_t)(i / 4),
                                    .cause = CAUSE_ILLNESS};
        if (!make_death(maker, ill, i, &death)) {
            return false;
        }
    }
    for (unsigned i = 0; i < AT_WORK; i++) {
        const struct death death = {.died_on = day_of("2024-02-14"),
                                    .filed_on = day_of("2024-03-07") + (day_t)i,
                                    .cause = i % 2 == 0 ? CAUSE_SUDDEN_DEATH_AT_WORK
                                                        : CAUSE_WORK_ACCIDENT};
        if (!make_death(maker, &report->groups[report->first_at_work + i], 0, &death)) {
            return false;
        }
    }
    return true;
}

static void plan_report(struct report *report, int64_t scale)
{
    plan_2019(report, scale);
    plan_tangerang(report, scale);
    plan_sumsel(report, scale);
    plan_tangsel(report, scale);
    plan_officers(report, scale);
    plan_jaga_salira(report, scale);
}

static int64_t declared_2019(int64_t scale)
{
    int64_t counted = 0;
    for (size_t i = 0; i < BODIES_2019; i++) {
        counted += scaled(bodies_2019[i].count, scale);
    }
    const int64_t missing = scaled(BATCH_2019_MISSING, scale);
    return counted - (missing > 1 ? missing : 1);
}

static bool make_reported(const struct population_wish *wish, event_made made, void *context)
{
    struct maker maker = {.seed = wish->seed, .made = made, .context = context};
    struct report report = {.count = 0};
    const unsigned tangerang = BODIES_2019;
    plan_report(&report, wish->scale_ppm);
    const unsigned last = report.count - 1;
    return make_bases(&maker, wish->scale_ppm) &&
           make_declaration(&maker, day_of("2019-11-03"), BATCH_2019, "/pemda/36.74",
                            declared_2019(wish->scale_ppm)) &&
           make_groups(&maker, &report, 0, tangerang) &&
           make_groups(&maker, &report, tangerang, tangerang + 1) &&
           make_groups(&maker, &report, tangerang + 1, tangerang + 2) &&
           make_groups(&maker, &report, tangerang + 2, tangerang + 3) &&
           make_groups(&maker, &report, tangerang + 3, tangerang + 4) &&
           make_groups(&maker, &report, tangerang + 4, last) &&
           make_officer_claims(&maker, &report) && make_groups(&maker, &report, last, last + 1);
}

/* --- bench: an enrolment, monthly contributions, and a death claim for one in fifty
 * ------------------- */

#define CLAIM_ONE_IN 50

static bool make_bench(const struct population_wish *wish, event_made made, void *context)
{
    static const char *const categories[] = {"KARYAWAN", "NON_ASN", "PPS", "KPPS", "OTHER"};
    static const char *const regions[] = {"36.71", "36.74", "36.03", "16.71", "31.71", "32.73",
                                          "33.74", "35.78", "51.71", "73.71", "12.71", "91.71"};
    const struct group group = {.count = wish->participants,
                                .segment = PU_STATE,
                                .categories = categories,
                                .category_count = 5,
                                .regions = regions,
                                .region_count = 12,
                                .programmes = JKK_JKM,
                                .sponsor = SPONSOR_EMPLOYER,
                                .source = "/bench",
                                .wage_least = 1000000,
                                .wage_most = 5000000,
                                .enrolled_on = "2024-01-02"};
    struct maker maker = {.seed = wish->seed, .made = made, .context = context};
    if (!make_enrolments(&maker, &group)) {
        return false;
    }
    const month_t first = month_of("2024-01");
    for (month_t month = 0; month < wish->months; month++) {
        const day_t day = month_first_day(first + month) + 19;
        for (int64_t i = 0; i < group.count; i++) {
            if (!make_paid(&maker, &group, i, day, first + month, 1)) {
                return false;
            }
        }
    }
    const day_t end = month_last_day(first + (month_t)wish->months - 1);
    const struct death death = {.died_on = end, .filed_on = end + 5, .cause = CAUSE_ILLNESS};
    for (int64_t i = 0; i < group.count; i += CLAIM_ONE_IN) {
        if (!make_death(&maker, &group, i, &death)) {
            return false;
        }
    }
    return true;
}

const struct preset presets[] = {
    {"reported-2024", "The figures of five newspaper reports of 2019 to 2024 (--scale).",
     make_reported},
    {"bench", "One enrolment, monthly contributions, 2 % death claims (--participants, --months).",
     make_bench},
};
const size_t preset_count = sizeof presets / sizeof *presets;
