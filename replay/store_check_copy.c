/* The copy: participants, tallies and what meta says of it. */
#include <assert.h>
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

/* Whether a field is one of the table's participants with that number and those bytes. Fields have
   different names, so as many right ones as there are participants are all of them. */
static bool is_right(const struct table *table, uint64_t bucket, struct text field,
                     struct text value)
{
    uint64_t number = 0;
    if (!varint_take(&value, &number) || number / PARTICIPANTS_PER_BUCKET != bucket ||
        number >= table_count(table)) {
        return false;
    }
    const struct participant_item expected = expected_participant(table, (uint32_t)number);
    return text_equal(expected.id, field) && text_equal(expected.bytes, value);
}

static bool bucket_is_right(const struct table *table, const struct lane_found *found,
                            uint64_t bucket)
{
    const size_t count = lane_found_fields(found, bucket);
    const uint64_t left = table_count(table) - bucket * PARTICIPANTS_PER_BUCKET;
    if (count != (left < PARTICIPANTS_PER_BUCKET ? left : PARTICIPANTS_PER_BUCKET)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_right(table, bucket, lane_found_field(found, bucket, i),
                      lane_found_value(found, bucket, i))) {
            return false;
        }
    }
    return true;
}

static void name_participant(const struct lane_found *found, int32_t lane,
                             const struct table *table, uint64_t bucket, int64_t sequence,
                             struct difference *difference)
{
    struct picture expected = {.bytes = NULL};
    struct picture seen = {.bytes = NULL};
    const uint64_t first = bucket * PARTICIPANTS_PER_BUCKET;
    const struct key key = lane_bucket_key(lane, bucket);
    picture_key(&expected, key_text(&key));
    picture_key(&seen, key_text(&key));
    for (uint64_t i = first; i < first + PARTICIPANTS_PER_BUCKET && i < table_count(table); i++) {
        const struct participant_item item = expected_participant(table, (uint32_t)i);
        picture_participant(&expected, &item);
    }
    for (size_t i = 0; i < lane_found_fields(found, bucket); i++) {
        picture_text(&seen, lane_found_field(found, bucket, i), lane_found_value(found, bucket, i));
    }
    const bool differs = store_differs(difference, sequence, &expected, &seen);
    assert(differs);
    picture_close(&expected);
    picture_close(&seen);
}

static void compare_buckets(const struct lane_found *found, const struct found_piece *piece,
                            int32_t lane, const struct table *table, struct difference *difference)
{
    const int64_t sequence = piece->position.sequence;
    const struct key meta = lane_key(lane, "meta");
    if (piece->participants != table_count(table)) {
        store_difference(difference, sequence, key_text(&meta), TEXT("participants"), TEXT(""),
                         TEXT(""));
        difference_numbers(difference, table_count(table), (int64_t)piece->participants);
        return;
    }
    for (uint64_t i = 0; i < piece->buckets; i++) {
        if (!bucket_is_right(table, found, piece->first_bucket + i)) {
            name_participant(found, lane, table, piece->first_bucket + i, sequence, difference);
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

static void compare_piece(struct lane_found *found, const struct found_piece *piece, int32_t lane,
                          const struct position *position, struct state *state,
                          struct difference *difference)
{
    store_check_stand(lane, "copy", position, &piece->position, difference);
    if (!difference->found) {
        compare_buckets(found, piece, lane, state_table(state), difference);
    }
    if (!difference->found && piece->first_bucket == 0) {
        compare_tallies(found, lane, state_tallies(state), position->sequence, difference);
    }
}

void store_check_copy(struct lane_check *lane_check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference)
{
    struct lane_found *found = &lane_check->found;
    while (lane_check->pieces_compared < found->piece_count && !difference->found) {
        const struct found_piece *piece = &found->pieces[lane_check->pieces_compared];
        if (piece->position.sequence != position->sequence) {
            return;
        }
        compare_piece(found, piece, lane, position, state, difference);
        lane_check->pieces_compared++;
    }
    if (found->piece_count > 0 && lane_check->pieces_compared == found->piece_count) {
        lane_check->copy_compared = true;
        lane_found_drop_copy(found);
    }
}
