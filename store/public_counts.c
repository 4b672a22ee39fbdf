#include "store/public_counts.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"

void counts_clear(struct public_counts *counts)
{
    free(counts->batches);
    free(counts->batch_index.cells);
    free(counts->sources);
    free(counts->source_index.cells);
    memset(counts, 0, sizeof *counts);
}

/* Names and their places. */

static struct text batch_id(const struct public_counts *counts, uint32_t number)
{
    return text_of(counts->batches[number].id, counts->batches[number].id_length);
}

static struct text source_name(const struct public_counts *counts, uint32_t number)
{
    return text_of(counts->sources[number].name, counts->sources[number].length);
}

typedef struct text (*name_at)(const struct public_counts *counts, uint32_t number);

/* Where a name stands in the index, or the free place for it. */
static uint32_t *place_of(const struct public_counts *counts, const struct count_index *index,
                          name_at name_of, struct text name)
{
    uint32_t at = hash_text(name) % index->size;
    while (index->cells[at] != 0 && !text_equal(name_of(counts, index->cells[at] - 1), name)) {
        at = (at + 1) % index->size;
    }
    return &index->cells[at];
}

/* Puts the first `count` names into the emptied index. */
static void index_anew(const struct public_counts *counts, struct count_index *index,
                       name_at name_of, uint32_t count)
{
    if (index->size > 0) {
        memset(index->cells, 0, index->size * sizeof *index->cells);
    }
    for (uint32_t i = 0; i < count; i++) {
        *place_of(counts, index, name_of, name_of(counts, i)) = i + 1;
    }
}

static void index_grow(struct count_index *index, uint32_t capacity)
{
    index->size = 3 * capacity;
    free(index->cells);
    index->cells = calloc(index->size, sizeof *index->cells);
    assert(index->cells != NULL);
}

static uint32_t doubled(uint32_t capacity)
{
    return capacity == 0 ? 64 : 2 * capacity;
}

static struct batch *batch_of(struct public_counts *counts, struct text id)
{
    if (counts->batch_count == counts->batch_capacity) {
        counts->batch_capacity = doubled(counts->batch_capacity);
        counts->batches =
            realloc(counts->batches, counts->batch_capacity * sizeof *counts->batches);
        assert(counts->batches != NULL);
        index_grow(&counts->batch_index, counts->batch_capacity);
        index_anew(counts, &counts->batch_index, batch_id, counts->batch_count);
    }
    uint32_t *place = place_of(counts, &counts->batch_index, batch_id, id);
    if (*place != 0) {
        return &counts->batches[*place - 1];
    }
    struct batch *batch = &counts->batches[counts->batch_count];
    memset(batch, 0, sizeof *batch);
    memcpy(batch->id, id.at, id.length);
    batch->id_length = id.length;
    *place = ++counts->batch_count;
    return batch;
}

static struct source_count *source_of(struct public_counts *counts, struct text name)
{
    if (counts->source_count == counts->source_capacity) {
        counts->source_capacity = doubled(counts->source_capacity);
        counts->sources =
            realloc(counts->sources, counts->source_capacity * sizeof *counts->sources);
        assert(counts->sources != NULL);
        index_grow(&counts->source_index, counts->source_capacity);
        index_anew(counts, &counts->source_index, source_name, counts->source_count);
    }
    uint32_t *place = place_of(counts, &counts->source_index, source_name, name);
    if (*place != 0) {
        return &counts->sources[*place - 1];
    }
    struct source_count *source = &counts->sources[counts->source_count];
    memset(source, 0, sizeof *source);
    memcpy(source->name, name.at, name.length);
    source->length = name.length;
    *place = ++counts->source_count;
    return source;
}

/* What is declared and counted. */

void counts_declare(struct public_counts *counts, struct text id, struct text source, int64_t count,
                    int64_t total_idr)
{
    if (id.length == 0 || id.length >= BATCH_TEXT_BYTES || source.length >= BATCH_TEXT_BYTES) {
        return;
    }
    struct batch *batch = batch_of(counts, id);
    if (source.length > 0) {
        memcpy(batch->source, source.at, source.length);
    }
    batch->source_length = source.length;
    batch->is_declared = true;
    batch->declared = count;
    batch->declared_total_idr = total_idr;
    batch->is_changed = true;
}

void counts_begin(struct public_counts *counts)
{
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        counts->batches[i].before = counts->batches[i].now;
        counts->batches[i].now = (struct batch_count){0, 0, 0};
    }
    for (uint32_t i = 0; i < counts->source_count; i++) {
        counts->sources[i].before = counts->sources[i].now;
        counts->sources[i].now = 0;
    }
    counts->other = (struct batch_count){0, 0, 0};
    counts->exception_count = 0;
}

static bool is_prefix(struct text text, struct text prefix)
{
    return text.length > prefix.length && memcmp(text.at, prefix.at, prefix.length) == 0;
}

static struct text after(struct text text, struct text prefix)
{
    return text_of(text.at + prefix.length, text.length - prefix.length);
}

static bool take_exception(struct public_counts *counts, struct text code, int64_t value)
{
    uint32_t at = 0;
    while (at < counts->exception_count &&
           !text_equal(text_of(counts->exceptions[at].code, counts->exceptions[at].length), code)) {
        at++;
    }
    if (at == EXCEPTION_NAMES_MAX || code.length >= EXCEPTION_NAME_BYTES) {
        return false;
    }
    struct exception_count *exception = &counts->exceptions[at];
    if (at == counts->exception_count) {
        memcpy(exception->code, code.at, code.length);
        exception->length = code.length;
        exception->value = 0;
        counts->exception_count++;
    }
    exception->value += value;
    return true;
}

/* "<code>:<source>"; a source may be empty and may hold colons itself. */
static bool take_source(struct public_counts *counts, struct text name, int64_t value)
{
    const char *colon = memchr(name.at, ':', name.length);
    if (colon == NULL || colon - name.at >= EXCEPTION_NAME_BYTES ||
        name.at + name.length - colon > BATCH_TEXT_BYTES) {
        return false;
    }
    source_of(counts, name)->now += value;
    return true;
}

static bool add_count(struct batch_count *count, struct text what, int64_t value)
{
    if (text_equal(what, TEXT("applied"))) {
        count->applied += value;
        return true;
    }
    if (text_equal(what, TEXT("refused"))) {
        count->refused += value;
        return true;
    }
    if (text_equal(what, TEXT("total_idr"))) {
        count->total_idr += value;
        return true;
    }
    return false;
}

/* "<batch_id>:applied"; an id may hold colons itself. */
static bool take_batch(struct public_counts *counts, struct text name, int64_t value)
{
    const char *colon = memrchr(name.at, ':', name.length);
    if (colon == NULL || colon == name.at || colon - name.at >= BATCH_TEXT_BYTES) {
        return false;
    }
    const uint32_t length = (uint32_t)(colon - name.at);
    struct batch *batch = batch_of(counts, text_of(name.at, length));
    return add_count(&batch->now, text_of(colon + 1, name.length - length - 1), value);
}

/* Money tallies have a region and come with the regions' totals. */
bool counts_take_one(struct public_counts *counts, struct text name, int64_t value)
{
    if (is_prefix(name, TEXT("exceptions:"))) {
        return take_exception(counts, after(name, TEXT("exceptions:")), value);
    }
    if (is_prefix(name, TEXT("exceptions_by_source:"))) {
        return take_source(counts, after(name, TEXT("exceptions_by_source:")), value);
    }
    if (is_prefix(name, TEXT("batch_other:"))) {
        return add_count(&counts->other, after(name, TEXT("batch_other:")), value);
    }
    if (is_prefix(name, TEXT("batch:"))) {
        return take_batch(counts, after(name, TEXT("batch:")), value);
    }
    return is_prefix(name, TEXT("contributions_idr:")) || is_prefix(name, TEXT("external_idr:"));
}

bool counts_take(struct public_counts *counts, const struct reply *reply)
{
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        int64_t value = 0;
        if (!number_parse(reply_text(reply_at(reply, i + 1)), &value) ||
            !counts_take_one(counts, reply_text(reply_at(reply, i)), value)) {
            return false;
        }
    }
    return true;
}

void counts_end(struct public_counts *counts)
{
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        struct batch *batch = &counts->batches[i];
        batch->is_changed = batch->is_changed || batch->now.applied != batch->before.applied ||
                            batch->now.refused != batch->before.refused ||
                            batch->now.total_idr != batch->before.total_idr;
    }
    for (uint32_t i = 0; i < counts->source_count; i++) {
        struct source_count *source = &counts->sources[i];
        source->is_changed = source->is_changed || source->now != source->before;
    }
}

/* Batches that nobody declared go; the declared ones are to be written anew. */
void counts_forget(struct public_counts *counts)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        struct batch batch = counts->batches[i];
        batch.now = batch.before = (struct batch_count){0, 0, 0};
        batch.is_changed = true;
        if (batch.is_declared) {
            counts->batches[kept++] = batch;
        }
    }
    counts->batch_count = kept;
    index_anew(counts, &counts->batch_index, batch_id, kept);
    counts->source_count = 0;
    index_anew(counts, &counts->source_index, source_name, 0);
    counts->other = (struct batch_count){0, 0, 0};
    counts->exception_count = 0;
}

const char *batch_state(const struct batch *batch)
{
    const struct batch_count *now = &batch->now;
    if (batch->is_declared && now->applied == batch->declared &&
        now->total_idr == batch->declared_total_idr) {
        return "MATCHED";
    }
    return now->applied + now->refused < batch->declared ? "OPEN" : "MISMATCH";
}
