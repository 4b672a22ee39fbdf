#include "kafka/head_merge.h"

#include <assert.h>

void head_merge_begin(struct head_merge *merge)
{
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        merge->heads[topic].out = false;
    }
}

void head_merge_record(struct head_merge *merge, enum input_topic topic, int64_t time, bool at_once)
{
    struct head *head = &merge->heads[topic];
    assert(!head->held);
    assert(!head->out);
    *head = (struct head){.held = true, .at_once = at_once, .time = time};
}

void head_merge_end(struct head_merge *merge, enum input_topic topic)
{
    struct head *head = &merge->heads[topic];
    assert(!head->held);
    head->ended = true;
    head->out = true;
}

void head_merge_nothing(struct head_merge *merge, enum input_topic topic)
{
    struct head *head = &merge->heads[topic];
    assert(!head->held);
    head->out = head->ended;
}

bool head_merge_wants(const struct head_merge *merge, enum input_topic topic)
{
    const struct head *head = &merge->heads[topic];
    return !head->held && !head->out;
}

/* At equal time the first topic's goes first, as does the first topic's of two that have no place.
 */
static bool goes_before(const struct head *head, const struct head *best)
{
    if (head->at_once || best->at_once) {
        return head->at_once && !best->at_once;
    }
    return head->time < best->time;
}

int head_merge_next(const struct head_merge *merge)
{
    int best = HEADS_ENDED;
    for (int topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        const struct head *head = &merge->heads[topic];
        if (head_merge_wants(merge, (enum input_topic)topic)) {
            return HEADS_UNKNOWN;
        }
        if (head->held && (best < 0 || goes_before(head, &merge->heads[best]))) {
            best = topic;
        }
    }
    return best;
}

void head_merge_take(struct head_merge *merge, enum input_topic topic)
{
    struct head *head = &merge->heads[topic];
    assert(head->held);
    head->held = false;
}

void head_merge_untake(struct head_merge *merge, enum input_topic topic)
{
    struct head *head = &merge->heads[topic];
    assert(!head->held);
    assert(!head->out);
    head->held = true;
}
