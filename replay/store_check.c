#include "replay/store_check.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay/store_check_parts.h"
#include "replay/store_difference.h"
#include "store/public_found.h"

/* ---- Opening ---- */

static struct error read_lanes(struct store_check *check, const struct redis_settings *redis)
{
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        struct lane_store_options options = {.lane = lane, .lanes = check->identity.lanes};
        memcpy(options.log_id, check->identity.log_id, LOG_ID_BYTES);
        TRY(lane_found_read(redis, &options, &check->lanes[lane].found));
    }
    return no_error();
}

/* Where each lane stands in the public keys. */
static void take_public_sequences(struct store_check *check)
{
    const struct key meta = public_key("meta");
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        char field[32];
        int64_t *sequence = &check->lanes[lane].public_sequence;
        (void)snprintf(field, sizeof field, "sequence:%" PRId32, lane);
        const struct text value =
            picture_value(&check->public, key_text(&meta), text_of_string(field));
        if (!number_parse(value, sequence)) {
            *sequence = -1;
        }
    }
}

struct error store_check_open(const struct redis_settings *redis,
                              const struct log_identity *identity, const struct rules_log *bundles,
                              struct store_check **out)
{
    struct store_check *check = calloc(1, sizeof *check);
    assert(check != NULL);
    check->identity = *identity;
    check->bundles = bundles;
    check->lanes = calloc((size_t)identity->lanes, sizeof *check->lanes);
    assert(check->lanes != NULL);
    const int failure = pthread_mutex_init(&check->mutex, NULL);
    assert(failure == 0);
    public_known_open(&check->known);
    /* The public keys first: they never lead the views. */
    struct error error = public_found_read(redis, &check->public);
    if (!failed(&error)) {
        error = read_lanes(check, redis);
    }
    if (failed(&error)) {
        store_check_close(check);
        check = NULL;
    } else {
        take_public_sequences(check);
    }
    *out = check;
    return error;
}

void store_check_close(struct store_check *check)
{
    if (check == NULL) {
        return;
    }
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        lane_found_close(&check->lanes[lane].found);
    }
    picture_close(&check->public);
    public_known_close(&check->known);
    pthread_mutex_destroy(&check->mutex);
    free(check->lanes);
    free(check);
}

size_t bundle_number(const struct store_check *check, const struct rules *rules)
{
    const size_t count = rules_log_count(check->bundles);
    for (size_t i = count; i > 0; i--) { /* one that was published twice counts where it is last */
        const struct rules *bundle = rules_log_bundle(check->bundles, i - 1);
        if (bundle != NULL && memcmp(bundle->hash, rules->hash, DIGEST_BYTES) == 0) {
            return i - 1;
        }
    }
    return count;
}

/* ---- A lane on its way ---- */

void store_check_lane(struct store_check *check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference)
{
    struct lane_check *at = &check->lanes[lane];
    const struct lane_meta *meta = &at->found.meta;
    const int64_t sequence = position->sequence;
    if (!difference->found && !at->copy_compared) {
        store_check_copy(at, lane, position, state, difference);
    }
    if (!difference->found && !at->view_compared && meta->view.present &&
        meta->view.position.sequence == sequence) {
        store_check_view(check, lane, position, state, difference);
    }
    if (!difference->found && !at->public_noted && at->public_sequence == sequence) {
        store_check_note_public(check, lane, position, state);
    }
}

/* ---- At its end ---- */

/* A field of the lane's meta as it is, by part ("copy" or "view"). */
static struct text stand_found(struct lane_check *at, int32_t lane, const char *part,
                               enum stand_field field, char name[32])
{
    const struct key meta = lane_key(lane, "meta");
    (void)snprintf(name, 32, "%s_%s", part, stand_fields[field]);
    return picture_value(&at->found.stands, key_text(&meta), text_of_string(name));
}

/* Meta names no position for a part, or one that the journal does not have. */
static void name_missing(struct lane_check *at, int32_t lane, const char *part, int64_t sequence,
                         struct difference *difference)
{
    char expected[64];
    char name[32];
    const struct key meta = lane_key(lane, "meta");
    unsigned field = 0;
    while (field < STAND_FIELDS &&
           !text_is_absent(stand_found(at, lane, part, (enum stand_field)field, name))) {
        field++;
    }
    const struct text found = stand_found(
        at, lane, part, field < STAND_FIELDS ? (enum stand_field)field : STAND_SEQUENCE, name);
    (void)snprintf(expected, sizeof expected, "a whole position, at most %" PRId64, sequence);
    store_difference(difference, sequence, key_text(&meta), text_of_string(name),
                     text_of_string(expected), found);
}

/* A part ahead of a replay that ends early cannot be judged. */
static bool is_out_of_reach(const struct stand *stand, int64_t sequence, bool to_the_end)
{
    return stand->present && stand->position.sequence > sequence && !to_the_end;
}

/* Where the copy, or the next piece of it, stands. */
static struct stand copy_stand(const struct lane_check *at)
{
    const struct lane_found *found = &at->found;
    return at->pieces_compared < found->piece_count
               ? (struct stand){true, found->pieces[at->pieces_compared].position}
               : found->meta.copy;
}

void store_check_lane_end(struct store_check *check, int32_t lane, int64_t sequence,
                          bool to_the_end, struct difference *difference)
{
    struct lane_check *at = &check->lanes[lane];
    const struct lane_meta *meta = &at->found.meta;
    const struct key public = public_key("meta");
    const struct stand copy = copy_stand(at);
    if (!difference->found && meta->present && !at->copy_compared &&
        !is_out_of_reach(&copy, sequence, to_the_end)) {
        name_missing(at, lane, "copy", sequence, difference);
    }
    if (!difference->found && meta->present && !at->view_compared &&
        !is_out_of_reach(&meta->view, sequence, to_the_end)) {
        name_missing(at, lane, "view", sequence, difference);
    }
    const bool is_later = at->public_sequence > sequence && !to_the_end;
    if (!difference->found && !store_check_public_missing(check) && !at->public_noted &&
        !is_later) {
        char field[32];
        char expected[64];
        (void)snprintf(field, sizeof field, "sequence:%" PRId32, lane);
        (void)snprintf(expected, sizeof expected, "a sequence, at most %" PRId64, sequence);
        store_difference(difference, sequence, key_text(&public), text_of_string(field),
                         text_of_string(expected), TEXT("(none)"));
        if (at->public_sequence != -1) {
            difference_numbers(difference, sequence, at->public_sequence);
        }
    }
}

/* ---- What was seen ---- */

bool store_check_lane_missing(const struct store_check *check, int32_t lane)
{
    return !check->lanes[lane].found.meta.present;
}

bool store_check_public_missing(const struct store_check *check)
{
    return check->public.count == 0;
}

bool store_check_copy_compared(const struct store_check *check, int32_t lane)
{
    return check->lanes[lane].copy_compared;
}

bool store_check_view_compared(const struct store_check *check, int32_t lane)
{
    return check->lanes[lane].view_compared;
}

bool store_check_public_comparable(const struct store_check *check)
{
    for (int32_t lane = 0; lane < check->identity.lanes; lane++) {
        if (!check->lanes[lane].public_noted) {
            return false;
        }
    }
    return !store_check_public_missing(check);
}
