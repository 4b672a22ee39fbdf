#include "core/field.h"

#include "core/day.h"

static void set_absent(const struct field *field, char *base)
{
    if (field->nullable) {
        *(bool *)(base + field->present) = false;
    }
}

static void set_null(const struct field *field, char *base)
{
    char *at = base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: *(struct text *)at = (struct text){0}; break;
    case FIELD_INT:
    case FIELD_LONG: *(int64_t *)at = field->nullable ? NUMBER_NONE : 0; break;
    case FIELD_TIME: *(int64_t *)at = field->nullable ? TIME_NONE : 0; break;
    case FIELD_DAY: *(day_t *)at = DAY_NONE; break;
    case FIELD_MONTH: *(month_t *)at = MONTH_NONE; break;
    case FIELD_TERM:
    case FIELD_NAMED: *(uint8_t *)at = TERM_NONE; break;
    case FIELD_SET: *(uint32_t *)at = 0; break;
    case FIELD_FIXED:
        memset(at, 0, field->size);
        set_absent(field, base);
        break;
    case FIELD_RECORD:
        memset(at, 0, field->record->struct_size);
        set_absent(field, base);
        break;
    case FIELD_ARRAY: *(uint32_t *)(void *)(base + field->count) = 0; break;
    }
}

void fields_clear(const struct fields *fields, void *object)
{
    for (uint16_t i = 0; i < fields->count; i++) {
        set_null(&fields->fields[i], object);
    }
}
