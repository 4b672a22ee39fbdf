/* From a writer's schema and our table of fields to the steps that read one into the other. */
#include <assert.h>
#include <stdlib.h>

#include "wire/avro_parts.h"

static void *zeroed(size_t count, size_t size)
{
    void *taken = calloc(count + 1, size);
    assert(taken != NULL);
    return taken;
}

static bool fails(struct error *error, const char *record, const char *field, const char *what)
{
    *error =
        error_make(ERROR_USAGE, "schema_unusable", "record %s, field %s: %s", record, field, what);
    return false;
}

static const struct field *find_field(const struct fields *fields, const char *name)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->fields[i].name, name) == 0) {
            return &fields->fields[i];
        }
    }
    return NULL;
}

/* Looks through a union of null and one other, or of one alone. */
static bool open_union(struct avro_step *step, const struct avro_type **type)
{
    if ((*type)->kind != WIRE_UNION) {
        return true;
    }
    const struct avro_type *outer = *type;
    if (outer->count == 0 || outer->count > 2) {
        return false;
    }
    step->is_union = true;
    step->branches = (uint8_t)outer->count;
    step->null_branch = NO_BRANCH;
    *type = NULL;
    for (uint32_t i = 0; i < outer->count; i++) {
        if (outer->children[i]->kind == WIRE_NULL) {
            step->null_branch = (uint8_t)i;
        } else if (*type != NULL) {
            return false;
        } else {
            *type = outer->children[i];
        }
    }
    return *type != NULL;
}

/* Which wire kinds a field of ours is read from. */
struct fit {
    enum avro_action action;
    enum wire_kind kind, other;
};

static const struct fit fits[] = {
    [FIELD_TEXT] = {ACTION_TEXT, WIRE_STRING, WIRE_STRING},
    [FIELD_BYTES] = {ACTION_BYTES, WIRE_BYTES, WIRE_BYTES},
    [FIELD_INT] = {ACTION_NUMBER, WIRE_INT, WIRE_LONG},
    [FIELD_LONG] = {ACTION_NUMBER, WIRE_INT, WIRE_LONG},
    [FIELD_DAY] = {ACTION_DAY, WIRE_INT, WIRE_INT},
    [FIELD_TIME] = {ACTION_TIME, WIRE_LONG, WIRE_LONG},
    [FIELD_MONTH] = {ACTION_MONTH, WIRE_INT, WIRE_LONG},
    [FIELD_TERM] = {ACTION_TERM, WIRE_ENUM, WIRE_ENUM},
    [FIELD_NAMED] = {ACTION_NAMED, WIRE_STRING, WIRE_STRING},
    [FIELD_SET] = {ACTION_SET, WIRE_ARRAY, WIRE_ARRAY},
    [FIELD_FIXED] = {ACTION_FIXED, WIRE_FIXED, WIRE_FIXED},
    [FIELD_RECORD] = {ACTION_RECORD, WIRE_RECORD, WIRE_RECORD},
    [FIELD_ARRAY] = {ACTION_ARRAY, WIRE_ARRAY, WIRE_ARRAY},
};

static void map_symbols(struct avro_step *step, const struct avro_type *list,
                        const struct names *names)
{
    step->count = (uint32_t)list->size;
    step->symbols = zeroed(step->count, sizeof *step->symbols);
    for (uint32_t i = 0; i < step->count; i++) {
        const char *symbol = avro_schema_enum_get(list->schema, (int)i);
        step->symbols[i] = term_find(names, text_of_string(symbol));
    }
}

static struct avro_record *compile_record(const struct fields *fields,
                                          const struct avro_variants *variants,
                                          const struct avro_type *type, struct error *error);

static bool compile_array(struct avro_step *step, const struct avro_type *items,
                          struct error *error)
{
    const struct field *field = step->field;
    if (field->kind == FIELD_SET && items->kind == WIRE_ENUM) {
        map_symbols(step, items, field->names);
        return true;
    }
    if (field->kind == FIELD_ARRAY && items->kind == WIRE_RECORD) {
        step->record = compile_record(field->record, NULL, items, error);
        return step->record != NULL;
    }
    return fails(error, "array", field->name, "its items do not fit");
}

static bool compile_known(struct avro_step *step, const char *record, struct error *error)
{
    const struct avro_type *type = step->type;
    const struct field *field = step->field;
    if (!open_union(step, &type)) {
        return fails(error, record, field->name, "a union of more than null and one other");
    }
    const struct fit *fit = &fits[field->kind];
    if (type->kind != fit->kind && type->kind != fit->other) {
        return fails(error, record, field->name, "its type does not fit");
    }
    if (field->kind == FIELD_FIXED && type->size != field->size) {
        return fails(error, record, field->name, "its size is another");
    }
    step->action = fit->action;
    step->type = type;
    step->is_int = type->kind == WIRE_INT;
    step->alone = (struct fields){field->name, field, 1, 0};
    switch (field->kind) {
    case FIELD_TERM: map_symbols(step, type, field->names); return true;
    case FIELD_RECORD:
        step->record = compile_record(field->record, NULL, type, error);
        return step->record != NULL;
    case FIELD_SET:
    case FIELD_ARRAY: return compile_array(step, type->children[0], error);
    default: return true;
    }
}

static unsigned find_variant(const struct avro_variants *variants, const char *name)
{
    unsigned number = 0;
    while (number < variants->count && strcmp(variants->records[number].title, name) != 0) {
        number++;
    }
    return number;
}

static bool compile_variants(struct avro_step *step, const struct avro_variants *variants,
                             const char *record, struct error *error)
{
    const struct avro_type *type = step->type;
    if (type->kind != WIRE_UNION) {
        return fails(error, record, variants->field, "not a union");
    }
    step->action = ACTION_VARIANT;
    step->count = type->count;
    step->variants = zeroed(type->count, sizeof(struct avro_record *));
    step->variant_numbers = zeroed(type->count, sizeof *step->variant_numbers);
    for (uint32_t i = 0; i < type->count; i++) {
        const struct avro_type *branch = type->children[i];
        if (branch->kind != WIRE_RECORD) {
            continue;
        }
        const unsigned number = find_variant(variants, avro_schema_name(branch->schema));
        step->variant_numbers[i] = number;
        if (number == variants->count) {
            continue;
        }
        step->variants[i] = compile_record(&variants->records[number], NULL, branch, error);
        if (step->variants[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool compile_step(struct avro_step *step, const struct fields *fields,
                         const struct avro_variants *variants, struct error *error)
{
    if (variants != NULL && strcmp(step->name, variants->field) == 0) {
        return compile_variants(step, variants, fields->title, error);
    }
    step->field = find_field(fields, step->name);
    if (step->field == NULL) {
        step->action = ACTION_SKIP;
        return true;
    }
    return compile_known(step, fields->title, error);
}

static bool has_step(const struct avro_record *record, const char *name)
{
    for (uint32_t i = 0; i < record->step_count; i++) {
        if (strcmp(record->steps[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool collect_missing(struct avro_record *record, const struct fields *fields,
                            const struct avro_variants *variants, struct error *error)
{
    if (variants != NULL && !has_step(record, variants->field)) {
        return fails(error, fields->title, variants->field, "it is missing");
    }
    record->missing_fields = zeroed(fields->count, sizeof(struct field));
    record->missing =
        (struct fields){fields->title, record->missing_fields, 0, fields->struct_size};
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->fields[i];
        if (has_step(record, field->name)) {
            continue;
        }
        if (!field->nullable) {
            return fails(error, fields->title, field->name, "it is missing");
        }
        record->missing_fields[record->missing.count++] = *field;
    }
    return true;
}

static void close_record(struct avro_record *record)
{
    if (record == NULL) {
        return;
    }
    for (uint32_t i = 0; i < record->step_count; i++) {
        struct avro_step *step = &record->steps[i];
        close_record(step->record);
        for (uint32_t k = 0; step->variants != NULL && k < step->count; k++) {
            close_record(step->variants[k]);
        }
        free(step->variants);
        free(step->variant_numbers);
        free(step->symbols);
    }
    free(record->steps);
    free(record->missing_fields);
    free(record);
}

/* The recursion follows our tables, which end; the writer's schema may refer to itself. */
static struct avro_record *compile_record(const struct fields *fields,
                                          const struct avro_variants *variants,
                                          const struct avro_type *type, struct error *error)
{
    struct avro_record *record = zeroed(0, sizeof *record);
    record->steps = zeroed(type->count, sizeof *record->steps);
    record->step_count = type->count;
    bool compiled = true;
    for (uint32_t i = 0; i < type->count; i++) {
        record->steps[i].name = avro_type_field_name(type, i);
        record->steps[i].type = type->children[i];
    }
    for (uint32_t i = 0; compiled && i < type->count; i++) {
        compiled = compile_step(&record->steps[i], fields, variants, error);
    }
    if (!compiled || !collect_missing(record, fields, variants, error)) {
        close_record(record);
        return NULL;
    }
    return record;
}

struct avro_plan *avro_plan_compile_variants(const struct fields *fields,
                                             const struct avro_variants *variants,
                                             const char *schema_json, size_t length,
                                             struct error *error)
{
    struct avro_plan *plan = zeroed(0, sizeof *plan);
    *error = no_error();
    const struct avro_type *root = avro_types_parse(&plan->types, schema_json, length, error);
    if (root != NULL) {
        plan->root = compile_record(fields, variants, root, error);
    }
    if (plan->root == NULL) {
        avro_plan_close(plan);
        return NULL;
    }
    return plan;
}

bool avro_schema_title(const char *schema_json, size_t length, char *title, size_t capacity,
                       struct error *error)
{
    struct avro_types types;
    const struct avro_type *root = avro_types_parse(&types, schema_json, length, error);
    const char *name = root == NULL ? "" : avro_schema_name(root->schema);
    const bool holds = root != NULL && strlen(name) < capacity;
    if (root != NULL && !holds) {
        *error =
            error_make(ERROR_USAGE, "schema_unusable", "record %.64s… is none of jaga's", name);
    }
    if (holds) {
        memcpy(title, name, strlen(name) + 1);
    }
    avro_types_clear(&types);
    return holds;
}

struct avro_plan *avro_plan_compile(const struct fields *fields, const char *schema_json,
                                    size_t length, struct error *error)
{
    return avro_plan_compile_variants(fields, NULL, schema_json, length, error);
}

void avro_plan_close(struct avro_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    close_record(plan->root);
    avro_types_clear(&plan->types);
    free(plan);
}
