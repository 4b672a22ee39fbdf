/* The schema files, the field tables and the set of schemas by id. */
#include <avro.h>
#include <criterion/criterion.h>
#include <jansson.h>

#include "wire/journal_record.h"
#include "wire/schemas.h"
#include "wire_fixture.h"

static const enum record_kind all[] = {
    RECORD_ENROLLMENT, RECORD_CONTRIBUTION, RECORD_CLAIM,   RECORD_PAYMENT_STATUS,
    RECORD_REFERENCE,  RECORD_DECISION,     RECORD_PAYMENT, RECORD_EXCEPTION,
    RECORD_JOURNAL,    RECORD_CHECKPOINT,
};

static avro_schema_t followed(avro_schema_t schema)
{
    return avro_typeof(schema) == AVRO_LINK ? avro_schema_link_target(schema) : schema;
}

static avro_schema_t parsed(enum record_kind record)
{
    const struct text text = schema_own_text(record);
    avro_schema_t schema = NULL;
    cr_assert_eq(avro_schema_from_json_length(text.at, text.length, &schema), 0, "%s: %s",
                 record_title(record), avro_strerror());
    return schema;
}

static void agree_fields(const struct fields *fields, avro_schema_t schema, size_t from);

static void agree_enum(const struct names *names, avro_schema_t schema)
{
    cr_assert(is_avro_enum(schema));
    cr_expect_str_eq(avro_schema_name(schema), names->title);
    cr_assert_eq(avro_schema_enum_number_of_symbols(schema), names->count, "%s", names->title);
    for (int i = 0; i < names->count; i++) {
        cr_expect_str_eq(avro_schema_enum_get(schema, i), names->names[i]);
    }
}

static void agree_type(const struct field *field, avro_schema_t schema)
{
    static const avro_type_t types[] = {
        [FIELD_TEXT] = AVRO_STRING, [FIELD_BYTES] = AVRO_BYTES, [FIELD_INT] = AVRO_INT32,
        [FIELD_LONG] = AVRO_INT64,  [FIELD_DAY] = AVRO_INT32,   [FIELD_TIME] = AVRO_INT64,
        [FIELD_MONTH] = AVRO_INT32, [FIELD_TERM] = AVRO_ENUM,   [FIELD_NAMED] = AVRO_STRING,
        [FIELD_SET] = AVRO_ARRAY,   [FIELD_FIXED] = AVRO_FIXED, [FIELD_RECORD] = AVRO_RECORD,
        [FIELD_ARRAY] = AVRO_ARRAY,
    };
    cr_assert_eq(avro_typeof(schema), types[field->kind], "type of %s", field->name);
    switch (field->kind) {
    case FIELD_TERM: agree_enum(field->names, schema); break;
    case FIELD_SET: agree_enum(field->names, followed(avro_schema_array_items(schema))); break;
    case FIELD_FIXED: cr_expect_eq(avro_schema_fixed_size(schema), field->size); break;
    case FIELD_RECORD: agree_fields(field->record, schema, 0); break;
    case FIELD_ARRAY:
        agree_fields(field->record, followed(avro_schema_array_items(schema)), 0);
        break;
    default: break;
    }
}

static void agree_field(const struct field *field, avro_schema_t schema)
{
    schema = followed(schema);
    cr_assert_eq(is_avro_union(schema), field->nullable, "nullability of %s", field->name);
    if (field->nullable) {
        cr_assert_eq(avro_schema_union_size(schema), 2);
        cr_expect(is_avro_null(avro_schema_union_branch(schema, 0)), "null first: %s", field->name);
        schema = followed(avro_schema_union_branch(schema, 1));
    }
    agree_type(field, schema);
}

/* The schema's fields from index `from` on are those of the table, `more` others come after. */
static void agree_run(const struct fields *fields, avro_schema_t schema, size_t from, size_t more)
{
    cr_assert_eq(avro_schema_record_size(schema), from + fields->count + more, "fields of %s",
                 fields->title);
    for (uint16_t i = 0; i < fields->count; i++) {
        const int at = (int)from + i;
        cr_expect_str_eq(avro_schema_record_field_name(schema, at), fields->fields[i].name);
        agree_field(&fields->fields[i], avro_schema_record_field_get_by_index(schema, at));
    }
}

static void agree_fields(const struct fields *fields, avro_schema_t schema, size_t from)
{
    cr_assert(is_avro_record(schema));
    cr_expect_str_eq(avro_schema_name(schema), fields->title);
    agree_run(fields, schema, from, 0);
}

static void agree_event(enum record_kind record, avro_schema_t schema)
{
    enum event_type first;
    unsigned count;
    event_topic_types((unsigned)record, &first, &count);
    agree_run(record == RECORD_REFERENCE ? &event_envelope_reference : &event_envelope, schema, 0,
              1);
    avro_schema_t body = avro_schema_record_field_get(schema, "body");
    cr_assert(body != NULL && is_avro_union(body));
    cr_assert_eq(avro_schema_union_size(body), count);
    for (unsigned i = 0; i < count; i++) {
        agree_fields(event_body((enum event_type)(first + i)),
                     followed(avro_schema_union_branch(body, (int)i)), 0);
    }
}

Test(schemas, agree_with_the_field_tables)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        avro_schema_t schema = parsed(all[i]);
        cr_expect_str_eq(avro_schema_name(schema), record_title(all[i]));
        cr_expect_str_eq(avro_schema_namespace(schema), "id.jaga");
        if (all[i] <= RECORD_REFERENCE) {
            agree_event(all[i], schema);
        } else {
            agree_fields(record_fields(all[i]), schema, 0);
        }
        avro_schema_decref(schema);
    }
}

/* What the Avro C library does not keep is looked at as JSON. */
static void walk(const json_t *type);

static void walk_field(const json_t *field)
{
    const char *name = json_string_value(json_object_get(field, "name"));
    const json_t *type = json_object_get(field, "type");
    cr_expect(json_string_length(json_object_get(field, "doc")) > 8, "doc of %s", name);
    const bool nullable = json_is_array(type) && json_is_string(json_array_get(type, 0)) &&
                          strcmp(json_string_value(json_array_get(type, 0)), "null") == 0;
    cr_expect_eq(json_is_null(json_object_get(field, "default")), nullable, "default of %s", name);
    walk(type);
}

static void walk(const json_t *type)
{
    size_t i;
    json_t *item;
    if (json_is_array(type)) {
        json_array_foreach(type, i, item)
        {
            walk(item);
        }
        return;
    }
    if (!json_is_object(type)) {
        return;
    }
    walk(json_object_get(type, "items"));
    if (json_object_get(type, "name") != NULL) {
        cr_expect(json_string_length(json_object_get(type, "doc")) > 8, "doc of %s",
                  json_string_value(json_object_get(type, "name")));
    }
    json_array_foreach(json_object_get(type, "fields"), i, item)
    {
        walk_field(item);
    }
}

Test(schemas, have_a_doc_on_every_record_and_field_and_a_default_where_null)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct text text = schema_own_text(all[i]);
        json_t *schema = json_loadb(text.at, text.length, 0, NULL);
        cr_assert(schema != NULL);
        cr_assert(json_array_size(json_object_get(schema, "fields")) > 1);
        walk(schema);
        json_decref(schema);
    }
}

/* The logical type of a field's type, in a union too; "" when there is none. */
static const char *logical_type(const json_t *fields, const char *name)
{
    size_t i;
    json_t *field;
    json_array_foreach(fields, i, field)
    {
        if (strcmp(json_string_value(json_object_get(field, "name")), name) != 0) {
            continue;
        }
        const json_t *type = json_object_get(field, "type");
        type = json_is_array(type) ? json_array_get(type, 1) : type;
        const char *logical = json_string_value(json_object_get(type, "logicalType"));
        return logical == NULL ? "" : logical;
    }
    return "missing";
}

static void agree_logical(const struct fields *fields, const json_t *list)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->fields[i];
        const char *due = field->kind == FIELD_DAY    ? "date"
                          : field->kind == FIELD_TIME ? "timestamp-micros"
                                                      : "";
        cr_expect_str_eq(logical_type(list, field->name), due, "%s", field->name);
    }
}

Test(schemas, have_the_logical_types_of_dates_and_times)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct text text = schema_own_text(all[i]);
        json_t *schema = json_loadb(text.at, text.length, 0, NULL);
        const json_t *list = json_object_get(schema, "fields");
        if (all[i] > RECORD_REFERENCE) {
            agree_logical(record_fields(all[i]), list);
            json_decref(schema);
            continue;
        }
        enum event_type first;
        unsigned count;
        event_topic_types((unsigned)all[i], &first, &count);
        agree_logical(fixture_envelope(first), list);
        const json_t *body = json_array_get(list, json_array_size(list) - 1);
        const json_t *bodies = json_object_get(body, "type");
        for (unsigned k = 0; k < count; k++) {
            agree_logical(event_body((enum event_type)(first + k)),
                          json_object_get(json_array_get(bodies, k), "fields"));
        }
        json_decref(schema);
    }
}

Test(schemas, own_ids_are_one_to_ten_and_texts_have_no_white_space_outside_strings)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect_eq(schema_own_id(all[i]), (int32_t)i + 1);
        const struct text text = schema_own_text(all[i]);
        cr_expect(text.at[0] == '{' && text.at[text.length - 1] == '}');
        bool inside = false;
        for (uint32_t k = 0; k < text.length; k++) {
            inside = text.at[k] == '"' ? !inside : inside;
            cr_expect(inside || (text.at[k] != ' ' && text.at[k] != '\n'));
        }
    }
    cr_expect_str_eq(record_topic(RECORD_PAYMENT_STATUS), "payment-status");
}

static const char small[] =
    "{\"type\":\"record\",\"name\":\"Decision\",\"fields\":[{\"name\":\"lane\",\"type\":\"int\"}]}";
static const char foreign[] =
    "{\"type\":\"record\",\"name\":\"Weather\",\"fields\":[{\"name\":\"lane\",\"type\":\"int\"}]}";

Test(schemas, count_from_their_offset_on)
{
    struct schemas *schemas = schemas_open();
    cr_expect_null(schemas_find(schemas, 1, INT64_MAX));
    schemas_add_own(schemas, 10);
    cr_expect_null(schemas_find(schemas, 1, 10));
    for (int32_t id = 1; id <= RECORD_KIND_COUNT; id++) {
        const struct schema *schema = schemas_find(schemas, id, 11);
        cr_assert_not_null(schema);
        cr_expect_eq(schema->record, id - 1);
        cr_expect_not_null(schema->plan);
    }
    cr_expect_null(schemas_find(schemas, 0, INT64_MAX));
    cr_expect_null(schemas_find(schemas, 11, INT64_MAX));
    schemas_close(schemas);
    schemas_close(NULL);
}

Test(schemas, first_text_of_an_id_stands)
{
    struct schemas *schemas = schemas_open();
    const struct text own = schema_own_text(RECORD_CLAIM);
    struct error error = schemas_add(schemas, 77, own.at, own.length, 3);
    cr_expect(!failed(&error));
    error = schemas_add(schemas, 77, own.at, own.length, 4);
    cr_expect(!failed(&error), "the same text again is nothing new");
    error = schemas_add(schemas, 77, foreign, strlen(foreign), 5);
    cr_expect_str_eq(error.code, "schema_conflict");
    const struct schema *schema = schemas_find(schemas, 77, 4);
    cr_assert_not_null(schema);
    cr_expect_eq(schema->record, RECORD_CLAIM);
    schemas_close(schemas);
}

Test(schemas, unusable_texts_are_known_but_have_no_plan)
{
    static const char *const texts[] = {
        small,
        foreign,
        "",
        "{",
        "[]",
        "\"string\"",
        "{\"type\":\"record\"}",
        "{\"type\":\"enum\",\"name\":\"Decision\",\"symbols\":[\"A\"]}",
    };
    struct schemas *schemas = schemas_open();
    for (int32_t i = 0; i < (int32_t)(sizeof texts / sizeof *texts); i++) {
        const struct error error = schemas_add(schemas, i, texts[i], strlen(texts[i]), i);
        cr_expect_str_eq(error.code, "schema_unusable", "%s", texts[i]);
        cr_expect(error.kind == ERROR_USAGE);
        const struct schema *schema = schemas_find(schemas, i, INT64_MAX);
        cr_assert_not_null(schema);
        cr_expect_eq(schema->record, -1);
        cr_expect_null(schema->plan);
    }
    schemas_close(schemas);
}

Test(schemas, framing)
{
    static const struct {
        const char *bytes;
        uint32_t length;
        bool framed;
        int32_t id;
    } rows[] = {
        {"\0\0\0\0\x07", 5, true, 7},        {"\0\x01\x02\x03\x04rest", 9, true, 0x01020304},
        {"\0\xFF\xFF\xFF\xFF", 5, true, -1}, {"\0\0\0\0", 4, false, 0},
        {"\x01\0\0\0\x07", 5, false, 0},     {"", 0, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t id = 0;
        struct text payload;
        const struct text value = text_of(rows[i].bytes, rows[i].length);
        cr_expect_eq(framing_read(value, &id, &payload), rows[i].framed, "row %zu", i);
        cr_expect_eq(id, rows[i].id, "row %zu", i);
        uint8_t bytes[FRAMING_BYTES];
        struct buffer out = buffer_over(bytes, sizeof bytes);
        framing_write(&out, id);
        cr_expect(!rows[i].framed || memcmp(bytes, rows[i].bytes, FRAMING_BYTES) == 0);
    }
    int32_t id;
    struct text payload;
    cr_expect(!framing_read((struct text){0}, &id, &payload));
}
