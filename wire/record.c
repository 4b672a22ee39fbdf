#include "wire/record.h"

#include <assert.h>

#include "wire/journal_record.h"
#include "wire/json_print.h"

void record_encode(struct buffer *out, enum record_kind kind, const void *object)
{
    if (kind == RECORD_JOURNAL) {
        journal_record_encode(out, object);
        return;
    }
    framing_write(out, schema_own_id(kind));
    avro_write_fields(out, record_fields(kind), object);
}

bool record_decode(const struct schemas *schemas, int64_t through, enum record_kind kind,
                   struct text value, void *object)
{
    assert(kind > RECORD_REFERENCE);
    int32_t id;
    struct text payload;
    if (!framing_read(value, &id, &payload)) {
        return false;
    }
    const struct schema *schema = schemas_find(schemas, id, through);
    return schema != NULL && schema->record == (int)kind &&
           avro_plan_read(schema->plan, (const uint8_t *)payload.at, payload.length, object);
}

void record_to_json(struct buffer *out, const struct fields *fields, const void *object,
                    const char *kind)
{
    struct json_object json;
    json_object_open(&json, out, NULLS_PRINTED);
    if (kind != NULL) {
        json_put_text(&json, "kind", text_of_string(kind));
    }
    json_put_fields(&json, fields, object);
    json_object_close(&json);
}

void field_to_json(struct buffer *out, const struct field *field, const void *object)
{
    struct json_object json = {out, NULLS_PRINTED, false};
    json_put_field(&json, field, object);
}
