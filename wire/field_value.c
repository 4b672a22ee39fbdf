#include "wire/field_value.h"

#include "core/day.h"

bool field_is_null(const struct field *field, const void *object)
{
    const char *base = object;
    const void *at = base + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BYTES: return text_is_absent(*(const struct text *)at);
    case FIELD_INT:
    case FIELD_LONG: return *(const int64_t *)at == NUMBER_NONE;
    case FIELD_TIME: return *(const int64_t *)at == TIME_NONE;
    case FIELD_DAY: return *(const day_t *)at == DAY_NONE;
    case FIELD_MONTH: return *(const month_t *)at == MONTH_NONE;
    case FIELD_TERM:
    case FIELD_NAMED: return *(const uint8_t *)at == TERM_NONE;
    case FIELD_FIXED:
    case FIELD_RECORD: return field->nullable && !*(const bool *)(base + field->present);
    case FIELD_SET:
    case FIELD_ARRAY: break;
    }
    return false;
}
