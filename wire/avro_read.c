/* The hot path: reading one record by its plan. Nothing is allocated and nothing copied but
 * numbers. */
#include <assert.h>

#include "core/day.h"
#include "wire/avro_parts.h"
#include "wire/utf8.h"

#define SKIP_DEPTH_MAX 64

struct reader {
    const uint8_t *at, *end;
    unsigned variant;
    struct avro_trouble trouble;
};

static bool fails(struct reader *reader, const char *what)
{
    reader->trouble.what = what;
    return false;
}

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static inline bool read_long(struct reader *reader, int64_t *out)
{
    if (reader->at < reader->end && *reader->at < 0x80) {
        const uint8_t bits = *reader->at++;
        *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
        return true;
    }
    return avro_long_read(&reader->at, reader->end, out) ||
           fails(reader, reader->at == reader->end ? "truncated" : "bad_number");
}

static inline bool read_number(struct reader *reader, bool is_int, int64_t *out)
{
    if (!read_long(reader, out)) {
        return false;
    }
    if (is_int && (*out < INT32_MIN || *out > INT32_MAX)) {
        return fails(reader, "bad_number");
    }
    return true;
}

/* An index below `count`: of a symbol or a branch. */
static inline bool read_index(struct reader *reader, uint64_t count, uint32_t *out)
{
    int64_t index;
    if (!read_long(reader, &index)) {
        return false;
    }
    if ((uint64_t)index >= count) {
        return fails(reader, "bad_index");
    }
    *out = (uint32_t)index;
    return true;
}

static bool read_run(struct reader *reader, struct text *out)
{
    int64_t length;
    if (!read_long(reader, &length)) {
        return false;
    }
    if (length < 0) {
        return fails(reader, "bad_length");
    }
    if ((uint64_t)length > left(reader) || length > INT32_MAX) {
        return fails(reader, "truncated");
    }
    *out = text_of((const char *)reader->at, (size_t)length);
    reader->at += length;
    return true;
}

static bool read_string(struct reader *reader, struct text *out)
{
    if (!read_run(reader, out)) {
        return false;
    }
    return utf8_is_valid((const uint8_t *)out->at, out->length) || fails(reader, "not_utf8");
}

/* A run of an array's or map's items. A negative count has the run's bytes after it. Every item
   takes a byte at least, else the caller does not come here for it: so a count is bounded by what
   is left. */
struct block {
    uint64_t count;
    const uint8_t *end; /* NULL: not said */
};

static bool read_block(struct reader *reader, struct block *block)
{
    int64_t count, size;
    *block = (struct block){0, NULL};
    if (!read_long(reader, &count)) {
        return false;
    }
    if (count < 0) {
        if (count == INT64_MIN || !read_long(reader, &size)) {
            return fails(reader, "bad_length");
        }
        if (size < 0 || (uint64_t)size > left(reader)) {
            return fails(reader, "bad_length");
        }
        block->end = reader->at + size;
        count = -count;
    }
    if ((uint64_t)count > left(reader)) {
        return fails(reader, "truncated");
    }
    block->count = (uint64_t)count;
    return true;
}

static bool end_block(struct reader *reader, const struct block *block)
{
    return block->end == NULL || block->end == reader->at || fails(reader, "bad_length");
}

static bool skip(struct reader *reader, const struct avro_type *type, unsigned depth);

static bool skip_bytes(struct reader *reader, uint64_t count)
{
    if (count > left(reader)) {
        return fails(reader, "truncated");
    }
    reader->at += count;
    return true;
}

static bool skip_items(struct reader *reader, const struct avro_type *type, unsigned depth)
{
    const struct avro_type *item = type->children[0];
    struct block block;
    struct text key;
    do {
        if (!read_block(reader, &block)) {
            return false;
        }
        const bool is_free = item->is_empty && type->kind == WIRE_ARRAY;
        for (uint64_t i = 0; !is_free && i < block.count; i++) {
            if ((type->kind == WIRE_MAP && !read_string(reader, &key)) ||
                !skip(reader, item, depth)) {
                return false;
            }
        }
        if (!end_block(reader, &block)) {
            return false;
        }
    } while (block.count > 0);
    return true;
}

static bool skip_fields(struct reader *reader, const struct avro_type *type, unsigned depth)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (!skip(reader, type->children[i], depth)) {
            return false;
        }
    }
    return true;
}

static bool skip_boolean(struct reader *reader)
{
    if (reader->at<reader->end && * reader->at> 1) {
        return fails(reader, "bad_number");
    }
    return skip_bytes(reader, 1);
}

/* What we do not know is still read as strictly as what we know. */
static bool skip(struct reader *reader, const struct avro_type *type, unsigned depth)
{
    int64_t number;
    uint32_t index;
    struct text text;
    if (type->is_empty) {
        return true;
    }
    if (depth == SKIP_DEPTH_MAX) {
        return fails(reader, "too_deep");
    }
    switch (type->kind) {
    case WIRE_NULL: return true;
    case WIRE_BOOLEAN: return skip_boolean(reader);
    case WIRE_INT: return read_number(reader, true, &number);
    case WIRE_LONG: return read_long(reader, &number);
    case WIRE_FLOAT: return skip_bytes(reader, 4);
    case WIRE_DOUBLE: return skip_bytes(reader, 8);
    case WIRE_BYTES: return read_run(reader, &text);
    case WIRE_STRING: return read_string(reader, &text);
    case WIRE_ENUM: return read_index(reader, (uint64_t)type->size, &index);
    case WIRE_FIXED: return skip_bytes(reader, (uint64_t)type->size);
    case WIRE_RECORD: return skip_fields(reader, type, depth + 1);
    case WIRE_ARRAY:
    case WIRE_MAP: return skip_items(reader, type, depth + 1);
    case WIRE_UNION:
        return read_index(reader, type->count, &index) &&
               skip(reader, type->children[index], depth + 1);
    }
    return false;
}

static bool read_record(struct reader *reader, const struct avro_record *record, char *object);

static bool read_set(struct reader *reader, const struct avro_step *step, char *at)
{
    uint32_t set = 0;
    struct block block;
    do {
        if (!read_block(reader, &block)) {
            return false;
        }
        for (uint64_t i = 0; i < block.count; i++) {
            uint32_t index;
            if (!read_index(reader, step->count, &index)) {
                return false;
            }
            const uint8_t term = step->symbols[index];
            const uint32_t bit = term == TERM_UNKNOWN ? SET_UNKNOWN_BIT : UINT32_C(1) << term;
            set |= (set & bit) != 0 && term != TERM_UNKNOWN ? SET_TWICE_BIT : bit;
        }
        if (!end_block(reader, &block)) {
            return false;
        }
    } while (block.count > 0);
    *(uint32_t *)(void *)at = set;
    return true;
}

/* Elements beyond the capacity are read as strictly, but not kept. */
static bool read_array(struct reader *reader, const struct avro_step *step, char *object)
{
    const struct field *field = step->field;
    const struct avro_type *item = step->type->children[0];
    uint32_t count = 0;
    struct block block;
    do {
        if (!read_block(reader, &block)) {
            return false;
        }
        for (uint64_t i = 0; i < block.count; i++, count++) {
            const bool is_kept = count < field->capacity;
            char *element = object + field->offset + (is_kept ? (size_t)field->size * count : 0);
            if (is_kept ? !read_record(reader, step->record, element) : !skip(reader, item, 0)) {
                return false;
            }
        }
        if (!end_block(reader, &block)) {
            return false;
        }
    } while (block.count > 0);
    *(uint32_t *)(void *)(object + field->count) = count;
    return true;
}

static bool read_variant(struct reader *reader, const struct avro_step *step, char *object)
{
    uint32_t branch;
    if (!read_index(reader, step->count, &branch)) {
        return false;
    }
    if (step->variants[branch] == NULL) {
        reader->trouble.branch = avro_schema_type_name(step->type->children[branch]->schema);
        return fails(reader, "unknown_type");
    }
    reader->variant = step->variant_numbers[branch];
    return read_record(reader, step->variants[branch], object);
}

static bool read_fixed(struct reader *reader, const struct avro_step *step, char *object)
{
    const struct field *field = step->field;
    if (left(reader) < field->size) {
        return fails(reader, "truncated");
    }
    memcpy(object + field->offset, reader->at, field->size);
    reader->at += field->size;
    return true;
}

static void note_present(const struct field *field, char *object)
{
    if (field->nullable) {
        *(bool *)(object + field->present) = true;
    }
}

/* The number that means null inside a struct is none that passes a check, but it is not null. */
static bool read_whole(struct reader *reader, const struct avro_step *step, char *at)
{
    int64_t number;
    if (!read_number(reader, step->is_int, &number)) {
        return false;
    }
    *(int64_t *)(void *)at = number == NUMBER_NONE ? NUMBER_NONE + 1 : number;
    return true;
}

static bool read_day(struct reader *reader, char *at)
{
    int64_t number;
    if (!read_number(reader, true, &number)) {
        return false;
    }
    *(day_t *)(void *)at = number == DAY_NONE ? DAY_NONE + 1 : (day_t)number;
    return true;
}

/* A number that names no month is null in the struct: where the field is required the check finds
 * it. */
static bool read_month(struct reader *reader, const struct avro_step *step, char *at)
{
    int64_t number;
    if (!read_number(reader, step->is_int, &number)) {
        return false;
    }
    const month_t month = month_from_number(number);
    *(month_t *)(void *)at = month;
    return month != MONTH_NONE || !step->field->nullable || fails(reader, "bad_month");
}

static bool read_term(struct reader *reader, const struct avro_step *step, char *at)
{
    uint32_t index;
    if (!read_index(reader, step->count, &index)) {
        return false;
    }
    *(uint8_t *)at = step->symbols[index];
    return true;
}

static bool read_named(struct reader *reader, const struct avro_step *step, char *at)
{
    struct text name;
    if (!read_string(reader, &name)) {
        return false;
    }
    *(uint8_t *)at = term_find(step->field->names, name);
    return true;
}

static bool read_value(struct reader *reader, const struct avro_step *step, char *object)
{
    char *at = object + (step->field == NULL ? 0 : step->field->offset);
    switch (step->action) {
    case ACTION_SKIP: return skip(reader, step->type, 0);
    case ACTION_TEXT: return read_string(reader, (struct text *)(void *)at);
    case ACTION_BYTES: return read_run(reader, (struct text *)(void *)at);
    case ACTION_NUMBER:
    case ACTION_TIME: return read_whole(reader, step, at);
    case ACTION_DAY: return read_day(reader, at);
    case ACTION_MONTH: return read_month(reader, step, at);
    case ACTION_TERM: return read_term(reader, step, at);
    case ACTION_NAMED: return read_named(reader, step, at);
    case ACTION_SET: return read_set(reader, step, at);
    case ACTION_FIXED: note_present(step->field, object); return read_fixed(reader, step, object);
    case ACTION_RECORD:
        note_present(step->field, object);
        return read_record(reader, step->record, at);
    case ACTION_ARRAY: return read_array(reader, step, object);
    case ACTION_VARIANT: return read_variant(reader, step, object);
    }
    return false;
}

/* Sets `*is_null` when the union says null, which is then stored. */
static bool read_union(struct reader *reader, const struct avro_step *step, char *object,
                       bool *is_null)
{
    uint32_t branch;
    if (!read_index(reader, step->branches, &branch)) {
        return false;
    }
    *is_null = branch == step->null_branch;
    if (*is_null && !step->field->nullable) {
        return fails(reader, "null");
    }
    if (*is_null) {
        fields_clear(&step->alone, object);
    }
    return true;
}

static bool read_step(struct reader *reader, const struct avro_step *step, char *object)
{
    bool is_null = false;
    if (step->is_union && !read_union(reader, step, object, &is_null)) {
        return false;
    }
    return is_null || read_value(reader, step, object);
}

static bool read_record(struct reader *reader, const struct avro_record *record, char *object)
{
    if (record->missing.count > 0) {
        fields_clear(&record->missing, object);
    }
    const struct avro_step *end = record->steps + record->step_count;
    for (const struct avro_step *step = record->steps; step < end; step++) {
        if (!read_step(reader, step, object)) {
            /* The innermost field is named: outer ones find it set. */
            if (reader->trouble.field == NULL) {
                reader->trouble.field = step->name;
            }
            return false;
        }
    }
    return true;
}

bool avro_plan_read_variants(const struct avro_plan *plan, const uint8_t *bytes, size_t length,
                             void *object, unsigned *variant, struct avro_trouble *trouble)
{
    struct reader reader = {.at = bytes, .end = bytes + length};
    bool whole = read_record(&reader, plan->root, object);
    if (whole && reader.at != reader.end) {
        whole = fails(&reader, "trailing");
    }
    *variant = reader.variant;
    *trouble = reader.trouble;
    return whole;
}

bool avro_plan_read(const struct avro_plan *plan, const uint8_t *bytes, size_t length, void *object)
{
    unsigned variant;
    struct avro_trouble trouble;
    return avro_plan_read_variants(plan, bytes, length, object, &variant, &trouble);
}
