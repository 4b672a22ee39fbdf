/* The view: every counter and tally, and what meta says of it. */
#include <assert.h>
#include <stdlib.h>

#include "lane/view_items.h"
#include "replay/store_check_parts.h"
#include "replay/store_difference.h"

/* What is 0 is not there. */
static void tell(struct picture *picture, int32_t lane, const struct view_item *item)
{
    const struct key key = view_key_of(lane, item->key, item->region);
    if (view_item_is_nothing(item)) {
        return;
    }
    picture_key(picture, key_text(&key));
    if (item->key == VIEW_EMPLOYERS) {
        picture_text(picture, item->field, item->days);
    } else {
        picture_number(picture, item->field, item->value);
    }
}

static void tell_employers(struct picture *picture, int32_t lane, struct state *state)
{
    const struct employers *employers = state_employers(state);
    for (uint32_t i = 0; i < employers_count(employers); i++) {
        struct view_item item;
        char *text = malloc(view_employer_bytes(employers_at(employers, i).steps));
        assert(text != NULL);
        (void)view_item_of_employer(employers, i, text, &item);
        tell(picture, lane, &item);
        free(text);
    }
}

static void tell_view(struct picture *picture, int32_t lane, struct state *state)
{
    char name[VIEW_NAME_BYTES];
    struct view_item item;
    const struct counters *counters = state_counters(state);
    const struct tallies *tallies = state_tallies(state);
    for (uint32_t i = 0; i < counters_count(counters); i++) {
        const struct counter counter = counters_at(counters, i);
        view_item_of_counter(state_rules(state), &counter, name, &item);
        tell(picture, lane, &item);
    }
    for (uint32_t i = 0; i < tallies_count(tallies); i++) {
        const struct tally tally = tallies_at(tallies, i);
        view_item_of_tally(&tally, &item);
        tell(picture, lane, &item);
    }
    tell_employers(picture, lane, state);
}

static bool agrees(struct lane_check *lane_check, int32_t lane, int64_t sequence,
                   struct state *state, struct difference *difference)
{
    struct picture expected = {.bytes = NULL};
    tell_view(&expected, lane, state);
    const bool differs = store_differs(difference, sequence, &expected, &lane_check->found.view);
    picture_close(&expected);
    if (!differs) {
        lane_check->view_rules = state_rules(state);
    }
    return !differs;
}

/* A lane counts anew when it finds another bundle, and may show that before any batch: so the view
   of a sequence may be counted under each bundle from the batch's own on. */
static bool agrees_under_later(const struct store_check *check, struct lane_check *lane_check,
                               int32_t lane, int64_t sequence, struct state *state)
{
    static _Thread_local struct difference unused;
    const struct rules *rules = state_rules(state);
    bool found = false;
    for (size_t i = bundle_number(check, rules) + 1; i < rules_log_count(check->bundles) && !found;
         i++) {
        const struct rules *later = rules_log_bundle(check->bundles, i);
        if (later != NULL) {
            unused.found = false;
            state_set_rules(state, later);
            found = agrees(lane_check, lane, sequence, state, &unused);
        }
    }
    if (state_rules(state) != rules) {
        state_set_rules(state, rules);
    }
    return found;
}

void store_check_view(struct store_check *check, int32_t lane, const struct position *position,
                      struct state *state, struct difference *difference)
{
    static _Thread_local struct difference first;
    struct lane_check *lane_check = &check->lanes[lane];
    const int64_t sequence = position->sequence;
    store_check_stand(lane, "view", position, &lane_check->found.meta.view.position, difference);
    first.found = false;
    if (!difference->found && !agrees(lane_check, lane, sequence, state, &first) &&
        !(state_rules(state) != NULL &&
          agrees_under_later(check, lane_check, lane, sequence, state))) {
        *difference = first;
    }
    lane_check->view_compared = true;
    lane_found_drop_view(&lane_check->found);
}
