/* Produces events at an even pace on a log that holds the bench population, and measures how long
   each death claim's payment takes to be visible to a read_committed reader.

       bench_live [--participants N] [--rate N] [--seconds N] [--patience N]

   Of ten events two are enrolments, two the first contributions of people enrolled a second ago,
   five contributions of the population and one a claim of it that is approved at once. Says
   `producing` and `produced` when it begins and has ended, then one line of JSON; ends with 1 when
   payments are missing or there were exceptions. Once a log: a second run would claim the same
   deaths again. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kafka/law_topics.h"
#include "kafka/log_reader.h"
#include "lane/connect.h"
#include "producers/population.h"
#include "producers/send.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/shutdown.h"
#include "wire/record.h"

#define CYCLE 10
#define LANES_READ_MAX 64
#define STRIDE_CLAIMS 104729 /* primes: everybody once, in no order of numbers */
#define STRIDE_MONTHS 15485863
#define LOOK_MS 50
#define NAME_BYTES 40
#define NEW_WAGE_IDR 2000000

static const struct flag flags[] = {
    {"participants", "N", "How many people the bench population has. Default: 300000."},
    {"rate", "N", "Events a second. Default: 2000."},
    {"seconds", "N", "How long. Default: 20."},
    {"patience", "N", "Seconds to wait for the last payment. Default: 60."},
    {NULL, NULL, NULL},
};

struct person { /* of the population */
    char participant_id[16], membership_id[16];
    int64_t jkk_idr, jkm_idr; /* of a month */
};

struct claim {
    int64_t produced_us;        /* steady clock */
    _Atomic int64_t visible_us; /* 0: not yet */
};

struct live {
    struct connections connections;
    struct publisher *publisher;
    int64_t people_count, rate, seconds, patience;
    struct person *people;
    struct claim *claims;
    int64_t claim_count, made, enrolled, paid_new, paid_old;
    int64_t late_us;  /* farthest behind the pace */
    int64_t begun_us; /* wall clock; tells this run's ids from another's */
    int32_t lanes;
    int64_t payments_from[LANES_READ_MAX], exceptions_from[LANES_READ_MAX];
    atomic_bool stop;
    _Atomic int64_t seen;
};

/* ---- The population that is there already ---- */

static void keep(char out[16], struct text text)
{
    assert(text.length < 16);
    memcpy(out, text.at, text.length);
    out[text.length] = '\0';
}

struct collecting {
    struct live *live;
    int64_t enrolled, paid;
};

/* The first month's payments follow the enrolments in the same order. */
static bool collect(void *context, const struct event *event)
{
    struct collecting *collecting = context;
    if (event->type == EVENT_ENROLLED) {
        struct person *person = &collecting->live->people[collecting->enrolled++];
        keep(person->participant_id, event->participant_id);
        keep(person->membership_id, event->enrolled.membership_id);
        return true;
    }
    struct person *person = &collecting->live->people[collecting->paid++];
    assert(event->type == EVENT_CONTRIBUTION_PAID && event->contribution.line_count == 2);
    assert(text_equal(text_of_string(person->participant_id), event->participant_id));
    person->jkk_idr = event->contribution.lines[0].amount_idr;
    person->jkm_idr = event->contribution.lines[1].amount_idr;
    return collecting->paid < collecting->live->people_count;
}

static const struct preset *bench_preset(void)
{
    for (size_t i = 0; i < preset_count; i++) {
        if (strcmp(presets[i].name, "bench") == 0) {
            return &presets[i];
        }
    }
    return NULL;
}

static void know_people(struct live *live)
{
    const struct population_wish wish = {
        .seed = 2024, .scale_ppm = SCALE_ONE_PPM, .participants = live->people_count, .months = 6};
    struct collecting collecting = {.live = live};
    const struct preset *preset = bench_preset();
    assert(preset != NULL);
    live->people = calloc((size_t)live->people_count, sizeof *live->people);
    assert(live->people != NULL);
    (void)preset->make(&wish, collect, &collecting);
    assert(collecting.paid == live->people_count);
}

/* ---- Events ---- */

static struct text name_of(char out[NAME_BYTES], const char *kind, const struct live *live,
                           int64_t number)
{
    const int length = snprintf(out, NAME_BYTES, "%s%llx-%lld", kind,
                                (unsigned long long)live->begun_us / 1000, (long long)number);
    assert(length > 0 && length < NAME_BYTES);
    return text_of(out, (uint32_t)length);
}

/* Eleven digits that no member of the population has. */
static struct text new_membership(char out[NAME_BYTES], int64_t number)
{
    const int length = snprintf(out, NAME_BYTES, "2%010lld", (long long)number);
    return text_of(out, (uint32_t)length);
}

static day_t today_of(const struct event *event)
{
    return day_of_time(event->time, 7);
}

static void make_enrolled(struct live *live, struct event *event, char names[3][NAME_BYTES])
{
    struct enrolled *body = &event->enrolled;
    event->participant_id = name_of(names[1], "N", live, live->enrolled);
    body->membership_id = new_membership(names[2], live->enrolled);
    live->enrolled++;
    body->segment = PU_STATE;
    body->category = TEXT("NON_ASN");
    body->programmes = (1U << JKK) | (1U << JKM);
    body->region_home = TEXT("36.71");
    body->sponsor.kind = SPONSOR_EMPLOYER;
    body->risk_group = 1;
    body->wage_idr = NEW_WAGE_IDR;
    body->cover_from = today_of(event);
}

static void make_paid(struct event *event, month_t month, int64_t jkk_idr, int64_t jkm_idr)
{
    struct contribution *body = &event->contribution;
    body->month = month;
    body->months = 1;
    body->line_count = 2;
    body->lines[0] = (struct contribution_line){JKK, jkk_idr};
    body->lines[1] = (struct contribution_line){JKM, jkm_idr};
    body->paid_at = event->time;
    body->payment_ref = event->id;
}

/* For one who was enrolled a second ago; the tables ask for 0.24 % and 0.30 % of the wage. */
static void make_paid_new(struct live *live, struct event *event, char names[3][NAME_BYTES])
{
    event->participant_id = name_of(names[1], "N", live, live->paid_new);
    event->contribution.membership_id = new_membership(names[2], live->paid_new);
    live->paid_new++;
    make_paid(event, day_month(today_of(event)), NEW_WAGE_IDR / 10000 * 24,
              NEW_WAGE_IDR / 1000 * 3);
}

/* The months after the population's own six, each of a person once. */
static void make_paid_old(struct live *live, struct event *event)
{
    static const month_t first = 2024 * 12 + 6;
    const int64_t index = live->paid_old * STRIDE_MONTHS % live->people_count;
    const month_t month = first + (month_t)(live->paid_old / live->people_count);
    const struct person *person = &live->people[index];
    live->paid_old++;
    event->participant_id = text_of_string(person->participant_id);
    event->contribution.membership_id = text_of_string(person->membership_id);
    make_paid(event, month, person->jkk_idr, person->jkm_idr);
}

/* One in fifty of the population has a claim already: the others in turn. */
static int64_t claimant(const struct live *live, int64_t number)
{
    const int64_t others = live->people_count - (live->people_count + 49) / 50;
    assert(number < others && others % STRIDE_CLAIMS != 0);
    const int64_t index = number * STRIDE_CLAIMS % others;
    return index / 49 * 50 + index % 49 + 1;
}

static void make_claim(struct live *live, struct event *event, char names[3][NAME_BYTES])
{
    struct death_claim *body = &event->death;
    const struct person *person = &live->people[claimant(live, live->claim_count)];
    event->participant_id = text_of_string(person->participant_id);
    body->claim_id = name_of(names[1], "L", live, live->claim_count);
    body->membership_id = text_of_string(person->membership_id);
    body->died_on = month_last_day(2024 * 12 + 5);
    body->cause = CAUSE_ILLNESS;
    body->heir.rank = HEIR_SPOUSE;
    body->heir.payee_ref = TEXT("ACC-HEIR");
    body->documents_complete_on = today_of(event);
}

static struct error produce(struct live *live)
{
    struct event event;
    char names[3][NAME_BYTES];
    const int64_t turn = live->made % CYCLE;
    const bool is_enrolment = turn == 0 || turn == 5;
    const bool is_first_paid =
        (turn == 2 || turn == 7) && live->paid_new + live->rate / 5 < live->enrolled;
    const bool is_claim = turn == 9;
    event_init(&event, is_enrolment ? EVENT_ENROLLED
                       : is_claim   ? EVENT_DEATH_CLAIM_FILED
                                    : EVENT_CONTRIBUTION_PAID);
    event.time = clock_wall_us();
    event.source = TEXT("/bench/live");
    event.id = name_of(names[0], "E", live, live->made++);
    if (is_enrolment) {
        make_enrolled(live, &event, names);
    } else if (is_first_paid) {
        make_paid_new(live, &event, names);
    } else if (is_claim) {
        make_claim(live, &event, names);
        live->claims[live->claim_count++].produced_us = clock_steady_us();
    } else {
        make_paid_old(live, &event);
    }
    return send_event(live->publisher, &event, -1, false);
}

static void sleep_until(int64_t steady_us)
{
    const struct timespec at = {.tv_sec = steady_us / MICROSECONDS_A_SECOND,
                                .tv_nsec = steady_us % MICROSECONDS_A_SECOND * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

static struct error produce_all(struct live *live)
{
    const int64_t begun = clock_steady_us();
    for (int64_t i = 0; i < live->rate * live->seconds && !shutdown_wanted(); i++) {
        const int64_t due = begun + i * MICROSECONDS_A_SECOND / live->rate;
        sleep_until(due);
        const int64_t late = clock_steady_us() - due;
        live->late_us = late > live->late_us ? late : live->late_us;
        TRY(produce(live));
    }
    return publisher_flush(live->publisher);
}

/* ---- Payments ---- */

/* The number behind "L<run>-"; −1 for a payment of another run. */
static int64_t number_of(const struct live *live, struct text claim_id)
{
    char name[NAME_BYTES];
    const struct text head = name_of(name, "L", live, 0);
    const uint32_t prefix = head.length - 1;
    int64_t number = 0;
    if (claim_id.length <= prefix || memcmp(claim_id.at, head.at, prefix) != 0) {
        return -1;
    }
    for (uint32_t i = prefix; i < claim_id.length; i++) {
        number = 10 * number + (claim_id.at[i] - '0');
    }
    return number;
}

static void note_payment(struct live *live, const struct schemas *schemas, struct text value)
{
    const int64_t now = clock_steady_us();
    struct payment payment;
    const bool readable = record_decode(schemas, INT64_MAX, RECORD_PAYMENT, value, &payment);
    assert(readable);
    const int64_t number = number_of(live, payment.claim_id);
    if (number < 0) {
        return;
    }
    assert(number < live->rate * live->seconds);
    int64_t unseen = 0;
    const bool first =
        atomic_compare_exchange_strong(&live->claims[number].visible_us, &unseen, now);
    assert(first); /* money is paid once */
    atomic_fetch_add(&live->seen, 1);
}

struct watching {
    struct live *live;
    int32_t partition;
    pthread_t thread;
    struct error error;
};

static struct error watch(struct live *live, int32_t partition, const struct schemas *schemas)
{
    struct log_reader *reader = NULL;
    TRY(log_reader_open(&live->connections.kafka, TOPIC_PAYMENT, partition,
                        live->payments_from[partition], &reader));
    struct error error = no_error();
    while (!live->stop && !failed(&error)) {
        struct log_record record;
        bool at_end;
        error = log_reader_next(reader, LOOK_MS, &record, &at_end);
        if (!failed(&error) && record.offset >= 0) {
            note_payment(live, schemas, record.value);
        }
    }
    log_reader_close(reader);
    return error;
}

static void *watch_main(void *argument)
{
    struct watching *watching = argument;
    struct schemas *schemas = schemas_open();
    schemas_add_own(schemas, 0);
    watching->error = watch(watching->live, watching->partition, schemas);
    schemas_close(schemas);
    return NULL;
}

static struct error find_ends(struct live *live, enum topic topic, int64_t out[LANES_READ_MAX])
{
    for (int32_t partition = 0; partition < live->lanes; partition++) {
        int64_t low;
        TRY(log_bounds(&live->connections.kafka, topic, partition, &low, &out[partition]));
    }
    return no_error();
}

static struct error wait_for_payments(struct live *live)
{
    const int64_t until = clock_steady_us() + live->patience * MICROSECONDS_A_SECOND;
    while (live->seen < live->claim_count && clock_steady_us() < until && !shutdown_wanted()) {
        clock_sleep_ms(10);
    }
    return no_error();
}

static struct error measure(struct live *live)
{
    struct watching watching[LANES_READ_MAX];
    for (int32_t lane = 0; lane < live->lanes; lane++) {
        watching[lane] = (struct watching){.live = live, .partition = lane};
        const int failure =
            pthread_create(&watching[lane].thread, NULL, watch_main, &watching[lane]);
        assert(failure == 0);
    }
    printf("producing\n");
    fflush(stdout);
    struct error error = produce_all(live);
    printf("produced\n");
    fflush(stdout);
    if (!failed(&error)) {
        error = wait_for_payments(live);
    }
    live->stop = true;
    for (int32_t lane = 0; lane < live->lanes; lane++) {
        pthread_join(watching[lane].thread, NULL);
        error = failed(&error) ? error : watching[lane].error;
    }
    return error;
}

/* ---- The result ---- */

static int ascending(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The smallest that is at least as large as so many in a hundred. */
static int64_t percentile(const int64_t *sorted, int64_t count, int64_t percent)
{
    return count == 0 ? -1 : sorted[(count * percent + 99) / 100 - 1];
}

static struct error report(const struct live *live, bool *good)
{
    int64_t *took = calloc((size_t)live->claim_count + 1, sizeof *took);
    assert(took != NULL);
    int64_t count = 0;
    for (int64_t i = 0; i < live->claim_count; i++) {
        if (live->claims[i].visible_us != 0) {
            took[count++] = live->claims[i].visible_us - live->claims[i].produced_us;
        }
    }
    qsort(took, (size_t)count, sizeof *took, ascending);
    int64_t ends[LANES_READ_MAX];
    int64_t exceptions = 0;
    const struct error error = find_ends((struct live *)live, TOPIC_EXCEPTION, ends);
    for (int32_t lane = 0; lane < live->lanes && !failed(&error); lane++) {
        exceptions += ends[lane] - live->exceptions_from[lane];
    }
    printf("{\"events\":%lld,\"claims\":%lld,\"payments\":%lld,\"exceptions\":%lld,"
           "\"p50_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld,\"late_us\":%lld}\n",
           (long long)live->made, (long long)live->claim_count, (long long)count,
           (long long)exceptions, (long long)percentile(took, count, 50),
           (long long)percentile(took, count, 99), (long long)percentile(took, count, 100),
           (long long)live->late_us);
    free(took);
    *good = count == live->claim_count && exceptions == 0;
    return error;
}

static struct error number_given(const struct arguments *arguments, const char *flag,
                                 int64_t fallback, int64_t *out)
{
    const char *value = argument(arguments, flag);
    char *end = NULL;
    *out = value == NULL ? fallback : strtoll(value, &end, 10);
    if (*out < 1 || *out > 100000000 || (value != NULL && *end != '\0')) {
        return error_make(ERROR_USAGE, "usage", "--%s %s", flag, value);
    }
    return no_error();
}

static struct error prepare(struct live *live, const struct arguments *arguments)
{
    struct log_identity identity;
    TRY(number_given(arguments, "participants", 300000, &live->people_count));
    TRY(number_given(arguments, "rate", 2000, &live->rate));
    TRY(number_given(arguments, "seconds", 20, &live->seconds));
    TRY(number_given(arguments, "patience", 60, &live->patience));
    know_people(live);
    live->claims = calloc((size_t)(live->rate * live->seconds), sizeof *live->claims);
    assert(live->claims != NULL);
    TRY(log_identity_read(&live->connections.kafka, &identity));
    live->lanes = identity.lanes;
    assert(live->lanes <= LANES_READ_MAX);
    TRY(find_ends(live, TOPIC_PAYMENT, live->payments_from));
    TRY(find_ends(live, TOPIC_EXCEPTION, live->exceptions_from));
    return publisher_open(&live->connections.kafka, &live->publisher);
}

static struct error run(struct live *live, const struct arguments *arguments, bool *good)
{
    TRY(prepare(live, arguments));
    live->begun_us = clock_wall_us();
    TRY(measure(live));
    return report(live, good);
}

int main(int argc, char **argv)
{
    struct settings settings;
    struct arguments arguments;
    bool good = false;
    struct error error = settings_load(&settings, &arguments, flags, argc, argv);
    if (failed(&error)) {
        return command_report("bench_live", &error);
    }
    struct live *live = calloc(1, sizeof *live);
    assert(live != NULL);
    connections_of(&settings, &live->connections);
    shutdown_watch();
    error = run(live, &arguments, &good);
    publisher_close(live->publisher);
    free(live->people);
    free(live->claims);
    free(live);
    settings_clear(&settings);
    const int code = command_report("bench_live", &error);
    return code == EXIT_SUCCESS && !good ? EXIT_ANSWER_NO : code;
}
