/* The copy: participants, tallies and what meta says of it. */
#include <stdio.h>

#include "lane/table.h"
#include "replay/store_check_parts.h"
#include "replay/store_difference.h"

void store_check_stand(int32_t lane, const char *prefix, const struct position *expected,
                       const struct position *found, struct difference *difference)
{
    const struct key meta = lane_key(lane, "meta");
    for (unsigned at = 0; at < STAND_FIELDS && !difference->found; at++) {
        char field[32];
        char values[2][STAND_VALUE_BYTES];
        const size_t length = stand_value(expected, (enum stand_field)at, values[0]);
        const size_t found_length = stand_value(found, (enum stand_field)at, values[1]);
        const struct text wanted = text_of(values[0], length);
        const struct text seen = text_of(values[1], found_length);
        (void)snprintf(field, sizeof field, "%s_%s", prefix, stand_fields[at]);
        if (!text_equal(wanted, seen)) {
            store_difference(difference, expected->sequence, key_text(&meta), text_of_string(field),
                             wanted, seen);
        }
    }
}

static struct participant_item expected_participant(const struct table *table, uint32_t number)
{
    return (struct participant_item){number, table_id(table, number), table_bytes(table, number)};
}

static bool is_right(const struct table *table, const struct lane_found *found, uint32_t number)
{
    if (number >= found->count) {
        return false;
    }
    const struct participant_item expected = expected_participant(table, number);
    const struct participant_item seen = lane_found_participant(found, number);
    return text_equal(expected.id, seen.id) && text_equal(expected.bytes, seen.bytes);
}

/* The bucket of a participant that is not right, field by field. */
static void name_participant(const struct lane_found *found, int32_t lane,
                             const struct table *table, uint32_t wrong, int64_t sequence,
                             struct difference *difference)
{
    struct picture expected = {.bytes = NULL};
    struct picture seen = {.bytes = NULL};
    const uint64_t bucket = wrong / PARTICIPANTS_PER_BUCKET;
    const uint64_t first = bucket * PARTICIPANTS_PER_BUCKET;
    const bool is_torn = found->is_torn && found->count / PARTICIPANTS_PER_BUCKET == bucket;
    const struct key key = lane_bucket_key(lane, bucket);
    picture_key(&expected, key_text(&key));
    picture_key(&seen, key_text(&key));
    for (uint64_t i = first; i < first + PARTICIPANTS_PER_BUCKET; i++) {
        if (i < table_count(table)) {
            const struct participant_item item = expected_participant(table, (uint32_t)i);
            picture_participant(&expected, &item);
        }
        if (i < found->count) {
            const struct participant_item item = lane_found_participant(found, i);
            picture_participant(&seen, &item);
        }
    }
    struct picture torn = found->torn;
    if (!store_differs(difference, sequence, &expected, is_torn ? &torn : &seen)) {
        store_difference(difference, sequence, key_text(&key), TEXT(""), TEXT("(a whole bucket)"),
                         TEXT("(a torn one, changed while it was read)"));
    }
    picture_close(&expected);
    picture_close(&seen);
}

static void compare_participants(const struct lane_found *found, int32_t lane,
                                 const struct table *table, int64_t sequence,
                                 struct difference *difference)
{
    const struct key meta = lane_key(lane, "meta");
    if (found->meta.participants != table_count(table)) {
        store_difference(difference, sequence, key_text(&meta), TEXT("participants"), TEXT(""),
                         TEXT(""));
        difference_numbers(difference, table_count(table), (int64_t)found->meta.participants);
        return;
    }
    for (uint32_t number = 0; number < table_count(table); number++) {
        if (!is_right(table, found, number)) {
            name_participant(found, lane, table, number, sequence, difference);
            return;
        }
    }
}

static void compare_tallies(struct lane_found *found, int32_t lane, const struct tallies *tallies,
                            int64_t sequence, struct difference *difference)
{
    struct picture expected = {.bytes = NULL};
    const struct key key = lane_key(lane, "tally");
    picture_key(&expected, key_text(&key));
    for (uint32_t i = 0; i < tallies_count(tallies); i++) {
        const struct tally tally = tallies_at(tallies, i);
        picture_number(&expected, tally.name, tally.value);
    }
    (void)store_differs(difference, sequence, &expected, &found->tallies);
    picture_close(&expected);
}

void store_check_copy(struct lane_check *lane_check, int32_t lane, const struct position *position,
                      const struct table *table, struct tallies *tallies,
                      struct difference *difference)
{
    struct lane_found *found = &lane_check->found;
    store_check_stand(lane, "copy", position, &found->meta.copy.position, difference);
    if (!difference->found) {
        compare_participants(found, lane, table, position->sequence, difference);
    }
    if (!difference->found) {
        compare_tallies(found, lane, tallies, position->sequence, difference);
    }
    lane_check->copy_compared = true;
    lane_found_drop_copy(found);
}
