#include "store/country.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/connection.h"
#include "store/encode.h"
#include "store/keys.h"
#include "store/published_parts.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct figure *)a)->name, ((const struct figure *)b)->name);
}

/* What is no number is a base's text. */
static void take_figures(const struct reply *reply, struct region_figures *out)
{
    out->figures = calloc(reply_count(reply) / 2 + 1, sizeof *out->figures);
    assert(out->figures != NULL);
    (void)snprintf(out->code, sizeof out->code, "ID");
    out->coverage_bp = NUMBER_NONE;
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        const struct text name = reply_text(reply_at(reply, i));
        struct figure *figure = &out->figures[out->count];
        if (name.length < sizeof figure->name &&
            number_parse(reply_text(reply_at(reply, i + 1)), &figure->value)) {
            memcpy(figure->name, name.at, name.length);
            figure->name[name.length] = '\0';
            out->count++;
        }
    }
    qsort(out->figures, out->count, sizeof *out->figures, by_name);
}

static struct error take(const struct reply *results, struct country *out)
{
    const struct reply *meta = reply_at(results, 0);
    const struct text day = reply_field(meta, "day");
    TRY(public_meta_take(meta, &out->meta));
    public_sequences_take(meta, &out->sequences, &out->lane_count);
    take_figures(reply_at(results, 1), &out->figures);
    if (!day_parse(day.at, day.length, &out->day)) {
        return error_make(ERROR_FATAL, "no_figures", "jaga:{pub}:meta names no day");
    }
    return no_error();
}

struct error country_read(struct redis *redis, struct country *out)
{
    struct reply *results = NULL;
    memset(out, 0, sizeof *out);
    multi_begin(redis);
    command_key(redis, "HGETALL", public_key("meta"));
    command_key(redis, "HGETALL", public_key("kpi"));
    TRY(multi_execute(redis, &results));
    const struct error error = take(results, out);
    reply_free(results);
    if (failed(&error)) {
        country_close(out);
    }
    return error;
}

void country_close(struct country *country)
{
    free(country->sequences);
    free(country->figures.figures);
    memset(country, 0, sizeof *country);
}
