#include "store/public_counts.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"

void counts_clear(struct public_counts *counts)
{
    free(counts->batches);
    free(counts->index);
    memset(counts, 0, sizeof *counts);
}

static struct text batch_id(const struct batch *batch)
{
    return text_of(batch->id, batch->id_length);
}

static uint32_t hash_text(struct text text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (uint32_t i = 0; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.at[i]) * UINT32_C(16777619);
    }
    return hash;
}

/* Where an id stands in the index, or the free place for it. */
static uint32_t place_of(const struct public_counts *counts, struct text id)
{
    uint32_t at = hash_text(id) % counts->index_size;
    while (counts->index[at] != 0 &&
           !text_equal(batch_id(&counts->batches[counts->index[at] - 1]), id)) {
        at = (at + 1) % counts->index_size;
    }
    return at;
}

static void grow(struct public_counts *counts)
{
    counts->batch_capacity = counts->batch_capacity == 0 ? 64 : 2 * counts->batch_capacity;
    counts->index_size = 3 * counts->batch_capacity;
    counts->batches = realloc(counts->batches, counts->batch_capacity * sizeof *counts->batches);
    free(counts->index);
    counts->index = calloc(counts->index_size, sizeof *counts->index);
    assert(counts->batches != NULL && counts->index != NULL);
    for (uint32_t i = 0; i < counts->batch_count; i++) {
        counts->index[place_of(counts, batch_id(&counts->batches[i]))] = i + 1;
    }
}

static struct batch *batch_of(struct public_counts *counts, struct text id)
{
    if (counts->batch_count == counts->batch_capacity) {
        grow(counts);
    }
    const uint32_t at = place_of(counts, id);
    if (counts->index[at] != 0) {
        return &counts->batches[counts->index[at] - 1];
    }
    struct batch *batch = &counts->batches[counts->batch_count];
    memset(batch, 0, sizeof *batch);
    memcpy(batch->id, id.at, id.length);
    batch->id_length = id.length;
    counts->index[at] = ++counts->batch_count;
    return batch;
}

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
    if (counts->index_size > 0) {
        memset(counts->index, 0, counts->index_size * sizeof *counts->index);
    }
    for (uint32_t i = 0; i < kept; i++) {
        counts->index[place_of(counts, batch_id(&counts->batches[i]))] = i + 1;
    }
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
