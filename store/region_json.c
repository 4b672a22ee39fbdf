#include "store/region_json.h"

#include "wire/record.h"

static void put_name(struct buffer *out, const char *name)
{
    buffer_byte(out, ',');
    json_string_write(out, text_of_string(name));
    buffer_byte(out, ':');
}

static void put_number(struct buffer *out, const char *name, int64_t value)
{
    put_name(out, name);
    buffer_number(out, value);
}

static void put_string(struct buffer *out, const char *name, const char *value)
{
    put_name(out, name);
    json_string_write(out, text_of_string(value));
}

static void put_base(struct buffer *out, const struct region_figures *region)
{
    if (!region->base.present) {
        return;
    }
    put_number(out, "base", region->base.value);
    put_string(out, "base_kind", region->base.kind);
    put_number(out, "base_year", region->base.year);
    put_string(out, "base_source", region->base.source);
    if (region->coverage_bp != NUMBER_NONE) {
        put_number(out, "coverage_bp", region->coverage_bp);
    }
}

void region_json_begin(struct buffer *out, day_t day, const struct region_figures *region)
{
    char date[DAY_TEXT_BYTES];
    day_print(day, date);
    buffer_string(out, "{\"kind\":\"coverage\"");
    put_string(out, "date", date);
    put_string(out, "region", region->code);
    for (size_t i = 0; i < region->count; i++) {
        put_number(out, region->figures[i].name, region->figures[i].value);
    }
    put_base(out, region);
}

void region_json_write(struct buffer *out, day_t day, const struct region_figures *region)
{
    region_json_begin(out, day, region);
    buffer_byte(out, '}');
}
