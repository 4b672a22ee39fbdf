#include "dashboard/api_parts.h"

#include <stdio.h>

#include "dashboard/api.h"
#include "dashboard/parts.h"

int api_refuse(struct refusal *refusal, int status, const char *detail)
{
    refusal->status = status;
    (void)snprintf(refusal->detail, sizeof refusal->detail, "%s", detail);
    return status;
}

void api_put_string(struct json_object *object, const char *name, const char *value)
{
    char text[256];
    json_put_text(object, name, text_of_string(valid_text(value, text, sizeof text)));
}

void api_error(struct buffer *out, const char *code, const char *detail)
{
    struct json_object object, error;
    json_object_open(&object, out, NULLS_PRINTED);
    json_put_name(&object, "error");
    json_object_open(&error, out, NULLS_PRINTED);
    api_put_string(&error, "code", code);
    api_put_string(&error, "detail", detail);
    json_object_close(&error);
    json_object_close(&object);
    buffer_byte(out, '\n');
}

void api_begin(struct json_object *object, struct exchange *exchange)
{
    const struct figures *figures = &exchange->board->figures;
    json_object_open(object, exchange->out, NULLS_PRINTED);
    json_put_day(object, "date", figures->day);
    json_put_time(object, "as_of", figures->meta.as_of);
    json_put_time(object, "updated_at", figures->meta.updated_at);
    json_put_bool(object, "fresh", exchange->board->is_fresh);
}

int api_end(struct json_object *object, struct exchange *exchange)
{
    json_object_close(object);
    buffer_byte(exchange->out, '\n');
    return STATUS_OK;
}

void api_next(struct buffer *out, bool *any)
{
    if (*any) {
        buffer_byte(out, ',');
    }
    *any = true;
}

void api_list_begin(struct json_object *object, const char *name)
{
    json_put_name(object, name);
    buffer_byte(object->out, '[');
}

void api_list_end(struct json_object *object)
{
    buffer_byte(object->out, ']');
}

const struct region_figures *api_region_asked(struct exchange *exchange, const char **code)
{
    *code = exchange->request->region[0] == '\0' ? "ID" : exchange->request->region;
    return figures_region(&exchange->board->figures, *code);
}
