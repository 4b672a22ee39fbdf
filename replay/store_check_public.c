/* The public keys: what the lanes and the facts of jaga.reference make of them. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay/store_check_parts.h"
#include "replay/store_difference.h"
#include "store/shown.h"

#define WIB_HOURS 7

/* ---- What they are made of ---- */

static bool add_counter(struct public_known *known, const struct rules *rules,
                        const struct counter *counter)
{
    char name[MEASURE_NAME_BYTES];
    if (counter->is_total) {
        total_measure_name(rules, counter->measure, name);
    } else {
        day_measure_name(rules, counter->measure, name);
    }
    return public_known_add(known, counter->region, text_of_string(name),
                            counter->is_total ? DAY_NONE : counter->day, counter->value);
}

static void add_employers(struct public_known *known, int32_t lane, struct state *state)
{
    const struct employers *employers = state_employers(state);
    for (uint32_t i = 0; i < employers_count(employers); i++) {
        const struct employer employer = employers_at(employers, i);
        struct days *days = calloc(employer.steps + 1, sizeof *days);
        assert(days != NULL);
        const uint32_t count = employers_days(employers, i, days);
        public_known_employer(known, lane, employer.region, employer.hash, days, count);
        free(days);
    }
    public_known_settle_employers(known);
}

static void add_lane(struct public_known *known, int32_t lane, struct state *state)
{
    const struct counters *counters = state_counters(state);
    const struct tallies *tallies = state_tallies(state);
    for (uint32_t i = 0; i < counters_count(counters); i++) {
        const struct counter counter = counters_at(counters, i);
        const bool taken = counter.value == 0 || add_counter(known, state_rules(state), &counter);
        assert(taken); /* measures of the bundles are fewer than the names that fit */
    }
    for (uint32_t i = 0; i < tallies_count(tallies); i++) {
        const struct tally tally = tallies_at(tallies, i);
        const bool taken =
            tally.value == 0 || counts_take_one(&known->counts, tally.name, tally.value);
        assert(taken); /* tallies.c made the name */
    }
    public_known_settle(known);
    add_employers(known, lane, state);
}

/* The public keys take the view as it is: under the bundle that it was counted under. */
void store_check_note_public(struct store_check *check, int32_t lane,
                             const struct position *position, struct state *state)
{
    struct lane_check *lane_check = &check->lanes[lane];
    const struct rules *rules = state_rules(state);
    const bool is_of_view = lane_check->view_rules != NULL &&
                            lane_check->found.meta.view.position.sequence == position->sequence;
    if (is_of_view && lane_check->view_rules != rules) {
        state_set_rules(state, lane_check->view_rules);
    }
    pthread_mutex_lock(&check->mutex);
    add_lane(&check->known, lane, state);
    const size_t number = rules == NULL ? 0 : bundle_number(check, state_rules(state));
    check->bundles_needed = number > check->bundles_needed ? number : check->bundles_needed;
    pthread_mutex_unlock(&check->mutex);
    if (state_rules(state) != rules) {
        state_set_rules(state, rules);
    }
    lane_check->public_noted = true;
    lane_check->public_now = position->now;
}

void store_check_base(struct store_check *check, struct text region, uint8_t kind, int64_t year,
                      int64_t value, struct text publisher)
{
    public_known_base(&check->known, region, kind, year, value, publisher);
}

void store_check_batch(struct store_check *check, struct text batch_id, struct text source,
                       int64_t count, int64_t total_idr)
{
    counts_declare(&check->known.counts, batch_id, source, count, total_idr);
}

/* ---- Meta ---- */

static struct text found_field(struct store_check *check, const char *field)
{
    const struct key meta = public_key("meta");
    return picture_value(&check->public, key_text(&meta), text_of_string(field));
}

int64_t store_check_reference_through(struct store_check *check)
{
    int64_t through = 0;
    return number_parse(found_field(check, "reference_through"), &through) ? through : 0;
}

/* The smallest clock of the lanes, when they follow the events'. */
static bool as_of_follows(const struct store_check *check, int64_t *as_of)
{
    bool by_events = false;
    *as_of = INT64_MAX;
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        const struct lane_check *lane_check = &check->lanes[lane];
        by_events = by_events || lane_check->found.meta.clock_is_events;
        *as_of = lane_check->public_now < *as_of ? lane_check->public_now : *as_of;
    }
    return by_events;
}

/* The bundle that meta names, if it can be; else the newest. */
static void expect_rules(struct store_check *check, char out[2 * DIGEST_BYTES + 1])
{
    const struct text found = found_field(check, "rules");
    out[0] = '\0';
    for (size_t i = check->bundles_needed; i < rules_log_count(check->bundles); i++) {
        const struct rules *rules = rules_log_bundle(check->bundles, i);
        if (rules != NULL) {
            hex_print(rules->hash, DIGEST_BYTES, out);
            if (text_equal(found, text_of_string(out))) {
                return;
            }
        }
    }
}

static void expect_text(struct picture *expected, const char *field, const char *value)
{
    picture_text(expected, text_of_string(field), text_of_string(value));
}

/* What is of the moment of writing is taken as it is, if it is there. */
static void expect_given(struct store_check *check, struct picture *expected, const char *field)
{
    const struct text found = found_field(check, field);
    picture_text(expected, text_of_string(field),
                 text_is_absent(found) ? TEXT("(a value)") : found);
}

static day_t expect_time(struct store_check *check, struct picture *expected)
{
    char time[TIME_TEXT_BYTES];
    char text[DAY_TEXT_BYTES];
    int64_t as_of;
    if (!as_of_follows(check, &as_of)) {
        const struct text found = found_field(check, "as_of");
        if (!time_parse(found.at, found.length, &as_of)) {
            expect_text(expected, "as_of", "(a time)");
            return DAY_NONE;
        }
    }
    const day_t day = day_of_time(as_of, WIB_HOURS);
    time_print(as_of, time);
    day_print(day, text);
    expect_text(expected, "as_of", time);
    expect_text(expected, "day", text);
    return day;
}

/* Returns the day that everything is evaluated for; DAY_NONE when meta has no time. */
static day_t expect_meta(struct store_check *check, struct picture *expected)
{
    static const char *const given[] = {"reference_through", "build", "series_through",
                                        "updated_at"};
    char log_id[2 * LOG_ID_BYTES + 1];
    char rules[2 * DIGEST_BYTES + 1];
    const struct key meta = public_key("meta");
    picture_key(expected, key_text(&meta));
    hex_print(check->identity.log_id, LOG_ID_BYTES, log_id);
    expect_text(expected, "log_id", log_id);
    picture_number(expected, TEXT("lanes"), check->identity.lanes);
    expect_rules(check, rules);
    expect_text(expected, "rules", rules);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        expect_given(check, expected, given[i]);
    }
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        char field[32];
        (void)snprintf(field, sizeof field, "sequence:%" PRId32, lane);
        expect_given(check, expected, field);
    }
    return expect_time(check, expected);
}

/* ---- The whole ---- */

void store_check_public(struct store_check *check, struct difference *difference)
{
    struct picture expected = {.bytes = NULL};
    assert(store_check_public_comparable(check));
    const day_t day = expect_meta(check, &expected);
    if (day != DAY_NONE) {
        shown_all(&check->known, day, &expected);
        (void)store_differs(difference, -1, &expected, &check->public);
    } else {
        const struct key meta = public_key("meta");
        store_difference(difference, -1, key_text(&meta), TEXT("as_of"), TEXT("(a time)"),
                         found_field(check, "as_of"));
    }
    picture_close(&expected);
}
