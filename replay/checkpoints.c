#include "replay/checkpoints.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/hex.h"

struct checkpoints {
    const struct log_source *source;
    const uint8_t *keys;
    size_t key_count;
    struct met_checkpoint *met; /* by lane and records */
    size_t count, capacity;
    uint64_t ignored, foreign;
};

static bool is_trusted(const struct checkpoints *checkpoints, const uint8_t *key)
{
    return checkpoints->key_count == 0 ||
           public_key_is_among(key, checkpoints->keys, checkpoints->key_count);
}

static void keep(struct checkpoints *checkpoints, const struct checkpoint_record *record,
                 int64_t offset)
{
    if (checkpoints->count == checkpoints->capacity) {
        checkpoints->capacity = checkpoints->capacity == 0 ? 64 : 2 * checkpoints->capacity;
        checkpoints->met =
            realloc(checkpoints->met, checkpoints->capacity * sizeof *checkpoints->met);
        assert(checkpoints->met != NULL);
    }
    checkpoints->met[checkpoints->count++] = (struct met_checkpoint){*record, offset};
}

static struct error take(void *context, const struct log_record *from)
{
    struct checkpoints *checkpoints = context;
    const struct log_identity *identity = log_source_identity(checkpoints->source);
    struct checkpoint_record record;
    if (!checkpoint_record_decode(from->value, &record) || !checkpoint_record_verify(&record) ||
        memcmp(record.body.log_id, identity->log_id, LOG_ID_BYTES) != 0 ||
        record.body.lanes != identity->lanes) {
        checkpoints->ignored++;
    } else if (!is_trusted(checkpoints, record.public_key)) {
        checkpoints->foreign++;
    } else {
        keep(checkpoints, &record, from->offset);
    }
    return no_error();
}

static int by_lane_and_records(const void *a, const void *b)
{
    const struct met_checkpoint *x = a;
    const struct met_checkpoint *y = b;
    if (x->record.body.lane != y->record.body.lane) {
        return x->record.body.lane < y->record.body.lane ? -1 : 1;
    }
    if (x->record.body.records != y->record.body.records) {
        return x->record.body.records < y->record.body.records ? -1 : 1;
    }
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* A log from before there were checkpoints lacks the topic. */
static struct error read_all(struct checkpoints *checkpoints)
{
    const struct error error =
        log_source_take_all(checkpoints->source, TOPIC_CHECKPOINT, take, checkpoints);
    return failed(&error) && strcmp(error.code, "topic_missing") == 0 ? no_error() : error;
}

struct error checkpoints_open(const struct log_source *source, const uint8_t *keys,
                              size_t key_count, struct checkpoints **out)
{
    struct checkpoints *checkpoints = calloc(1, sizeof *checkpoints);
    assert(checkpoints != NULL);
    checkpoints->source = source;
    checkpoints->keys = keys;
    checkpoints->key_count = key_count;
    const struct error error = read_all(checkpoints);
    if (failed(&error)) {
        checkpoints_close(checkpoints);
        checkpoints = NULL;
    } else if (checkpoints->count > 0) {
        qsort(checkpoints->met, checkpoints->count, sizeof *checkpoints->met, by_lane_and_records);
    }
    *out = checkpoints;
    return error;
}

void checkpoints_close(struct checkpoints *checkpoints)
{
    if (checkpoints != NULL) {
        free(checkpoints->met);
        free(checkpoints);
    }
}

uint64_t checkpoints_ignored(const struct checkpoints *checkpoints)
{
    return checkpoints->ignored;
}

uint64_t checkpoints_foreign(const struct checkpoints *checkpoints)
{
    return checkpoints->foreign;
}

const struct met_checkpoint *checkpoints_of_lane(const struct checkpoints *checkpoints,
                                                 int32_t lane, size_t *count)
{
    size_t first = 0;
    while (first < checkpoints->count && checkpoints->met[first].record.body.lane < lane) {
        first++;
    }
    size_t end = first;
    while (end < checkpoints->count && checkpoints->met[end].record.body.lane == lane) {
        end++;
    }
    *count = end - first;
    return checkpoints->met == NULL ? NULL : checkpoints->met + first;
}

bool checkpoints_first_over(const struct checkpoints *checkpoints, int32_t lane, int64_t sequence,
                            struct checkpoint_record *out)
{
    size_t count;
    const struct met_checkpoint *met = checkpoints_of_lane(checkpoints, lane, &count);
    for (size_t i = 0; i < count; i++) {
        if (met[i].record.body.records >= sequence) {
            *out = met[i].record;
            return true;
        }
    }
    return false;
}

void checkpoint_walk_begin(struct checkpoint_walk *walk, const struct checkpoints *checkpoints,
                           int32_t lane)
{
    size_t count;
    *walk = (struct checkpoint_walk){.checkpoints = checkpoints};
    merkle_init(&walk->merkle);
    walk->next = checkpoints_of_lane(checkpoints, lane, &count);
    walk->end = count == 0 ? walk->next : walk->next + count;
}

static void contradict(const struct checkpoint_walk *walk, int64_t sequence, const char *what,
                       struct difference *difference)
{
    const struct met_checkpoint *met = walk->next;
    difference_set(difference, log_source_topic(walk->checkpoints->source, TOPIC_CHECKPOINT), 0,
                   met->offset, sequence, "%s", what);
}

static void compare_hashes(const struct checkpoint_walk *walk, int64_t sequence, const char *what,
                           const uint8_t *expected, const uint8_t *seen,
                           struct difference *difference)
{
    char texts[2][2 * DIGEST_BYTES + 1];
    if (difference->found || memcmp(expected, seen, DIGEST_BYTES) == 0) {
        return;
    }
    contradict(walk, sequence, what, difference);
    hex_print(expected, DIGEST_BYTES, texts[0]);
    hex_print(seen, DIGEST_BYTES, texts[1]);
    difference_values(difference, texts[0], texts[1]);
}

static void compare(const struct checkpoint_walk *walk, const struct journal_record *record,
                    struct difference *difference)
{
    const struct checkpoint_body *body = &walk->next->record.body;
    uint8_t root[DIGEST_BYTES];
    merkle_root(&walk->merkle, root);
    compare_hashes(walk, body->records, "the journal is not the one that was signed: root", root,
                   body->root, difference);
    compare_hashes(walk, body->records, "the journal is not the one that was signed: chain",
                   record->chain, body->chain, difference);
    if (!difference->found && body->time != record->body.now) {
        contradict(walk, body->records, "the journal is not the one that was signed: time",
                   difference);
        difference_numbers(difference, record->body.now, body->time);
    }
}

void checkpoint_walk_take(struct checkpoint_walk *walk, const struct journal_record *record,
                          struct difference *difference)
{
    uint8_t leaf[DIGEST_BYTES];
    journal_leaf(&record->body, leaf);
    merkle_add_leaf(&walk->merkle, leaf);
    while (!difference->found && walk->next < walk->end &&
           walk->next->record.body.records == record->body.sequence) {
        compare(walk, record, difference);
        walk->agreed += !difference->found;
        walk->next += !difference->found;
    }
}

void checkpoint_walk_end(const struct checkpoint_walk *walk, int64_t sequence,
                         struct difference *difference)
{
    if (!difference->found && walk->next < walk->end) {
        contradict(walk, sequence, "journal records that were signed are not there: sequence",
                   difference);
        difference_numbers(difference, walk->next->record.body.records, sequence);
    }
}
