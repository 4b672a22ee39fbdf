/* The writer's schema as a graph of types, made from what the Avro C library parsed. */
#include <assert.h>
#include <avro/errors.h>
#include <stdlib.h>

#include "wire/avro_parts.h"

static const char *const kind_words[] = {
    [WIRE_NULL] = "null",   [WIRE_BOOLEAN] = "boolean", [WIRE_INT] = "int",
    [WIRE_LONG] = "long",   [WIRE_FLOAT] = "float",     [WIRE_DOUBLE] = "double",
    [WIRE_BYTES] = "bytes", [WIRE_STRING] = "string",   [WIRE_ENUM] = "enum",
    [WIRE_FIXED] = "fixed", [WIRE_RECORD] = "record",   [WIRE_ARRAY] = "array",
    [WIRE_MAP] = "map",     [WIRE_UNION] = "union",
};

const char *avro_type_word(const struct avro_type *type)
{
    return kind_words[type->kind];
}

const char *avro_type_field_name(const struct avro_type *record, uint32_t index)
{
    assert(record->kind == WIRE_RECORD);
    return avro_schema_record_field_name(record->schema, (int)index);
}

static enum wire_kind kind_of(avro_schema_t schema)
{
    switch (avro_typeof(schema)) {
    case AVRO_STRING: return WIRE_STRING;
    case AVRO_BYTES: return WIRE_BYTES;
    case AVRO_INT32: return WIRE_INT;
    case AVRO_INT64: return WIRE_LONG;
    case AVRO_FLOAT: return WIRE_FLOAT;
    case AVRO_DOUBLE: return WIRE_DOUBLE;
    case AVRO_BOOLEAN: return WIRE_BOOLEAN;
    case AVRO_NULL: return WIRE_NULL;
    case AVRO_RECORD: return WIRE_RECORD;
    case AVRO_ENUM: return WIRE_ENUM;
    case AVRO_FIXED: return WIRE_FIXED;
    case AVRO_MAP: return WIRE_MAP;
    case AVRO_ARRAY: return WIRE_ARRAY;
    case AVRO_UNION: return WIRE_UNION;
    case AVRO_LINK: break;
    }
    assert(avro_typeof(schema) != AVRO_LINK); /* Links are followed before. */
    return WIRE_NULL;
}

static struct avro_type *find(const struct avro_types *types, avro_schema_t schema)
{
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->all[i]->schema == schema) {
            return types->all[i];
        }
    }
    return NULL;
}

static struct avro_type *append(struct avro_types *types, avro_schema_t schema)
{
    if (types->count == types->capacity) {
        types->capacity = types->capacity == 0 ? 64 : types->capacity * 2;
        types->all = realloc(types->all, types->capacity * sizeof *types->all);
        assert(types->all != NULL);
    }
    struct avro_type *type = calloc(1, sizeof *type);
    assert(type != NULL);
    type->schema = schema;
    type->kind = kind_of(schema);
    types->all[types->count++] = type;
    return type;
}

static uint32_t child_count(const struct avro_type *type)
{
    switch (type->kind) {
    case WIRE_RECORD: return (uint32_t)avro_schema_record_size(type->schema);
    case WIRE_UNION: return (uint32_t)avro_schema_union_size(type->schema);
    case WIRE_ARRAY:
    case WIRE_MAP: return 1;
    default: return 0;
    }
}

static avro_schema_t child_schema(const struct avro_type *type, uint32_t index)
{
    switch (type->kind) {
    case WIRE_RECORD: return avro_schema_record_field_get_by_index(type->schema, (int)index);
    case WIRE_UNION: return avro_schema_union_branch(type->schema, (int)index);
    case WIRE_ARRAY: return avro_schema_array_items(type->schema);
    default: return avro_schema_map_values(type->schema);
    }
}

/* A record that is met again inside itself is not empty: `is_empty` is set only when all is known.
 */
static void note_size(struct avro_type *type)
{
    if (type->kind == WIRE_FIXED) {
        type->size = avro_schema_fixed_size(type->schema);
        type->is_empty = type->size == 0;
    }
    if (type->kind == WIRE_ENUM) {
        type->size = avro_schema_enum_number_of_symbols(type->schema);
    }
    type->is_empty = type->is_empty || type->kind == WIRE_NULL;
    if (type->kind == WIRE_RECORD) {
        bool all = true;
        for (uint32_t i = 0; i < type->count; i++) {
            all = all && type->children[i]->is_empty;
        }
        type->is_empty = all;
    }
}

static struct avro_type *build(struct avro_types *types, avro_schema_t schema)
{
    while (avro_typeof(schema) == AVRO_LINK) {
        schema = avro_schema_link_target(schema);
    }
    struct avro_type *type = find(types, schema);
    if (type != NULL) {
        return type;
    }
    type = append(types, schema);
    type->count = child_count(type);
    type->children = calloc((size_t)type->count + 1, sizeof *type->children);
    assert(type->children != NULL);
    for (uint32_t i = 0; i < type->count; i++) {
        type->children[i] = build(types, child_schema(type, i));
    }
    note_size(type);
    return type;
}

struct avro_type *avro_types_parse(struct avro_types *types, const char *text, size_t length,
                                   struct error *error)
{
    *types = (struct avro_types){0};
    if (avro_schema_from_json_length(text, length, &types->schema) != 0) {
        types->schema = NULL;
        *error =
            error_make(ERROR_USAGE, "schema_unusable", "not an Avro schema: %s", avro_strerror());
        return NULL;
    }
    struct avro_type *root = build(types, types->schema);
    if (root->kind != WIRE_RECORD) {
        *error = error_make(ERROR_USAGE, "schema_unusable", "a schema of %s, not of a record",
                            avro_type_word(root));
        return NULL;
    }
    return root;
}

void avro_types_clear(struct avro_types *types)
{
    for (uint32_t i = 0; i < types->count; i++) {
        free(types->all[i]->children);
        free(types->all[i]);
    }
    free(types->all);
    if (types->schema != NULL) {
        avro_schema_decref(types->schema);
    }
    *types = (struct avro_types){0};
}
