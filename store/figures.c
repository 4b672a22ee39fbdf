/* The public figures of a day, and what has none: batches and exceptions. */
#include "store/figures.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/terms.h"
#include "store/encode.h"
#include "store/keys.h"
#include "store/published_parts.h"

/* Commands. */

/* Meta. */

static void take_text(const struct reply *meta, const char *field, char *out, size_t size)
{
    const struct text text = reply_field(meta, field);
    (void)snprintf(out, size, "%.*s", (int)text.length, text.at == NULL ? "" : text.at);
}

struct error public_meta_take(const struct reply *meta, struct public_meta *out)
{
    const struct text as_of = reply_field(meta, "as_of");
    const struct text updated_at = reply_field(meta, "updated_at");
    if (!time_parse(as_of.at, as_of.length, &out->as_of) ||
        !time_parse(updated_at.at, updated_at.length, &out->updated_at)) {
        return error_make(ERROR_FATAL, "no_figures",
                          "Redis holds no figures yet: is jaga process running?");
    }
    take_text(meta, "rules", out->rules, sizeof out->rules);
    take_text(meta, "build", out->build, sizeof out->build);
    take_text(meta, "log_id", out->log_id, sizeof out->log_id);
    return no_error();
}

void public_sequences_take(const struct reply *meta, int64_t **out, size_t *lane_count)
{
    int64_t lanes = 0;
    if (!number_parse(reply_field(meta, "lanes"), &lanes) || lanes < 1 ||
        lanes > FIGURES_LANES_MAX) {
        return;
    }
    int64_t *sequences = calloc((size_t)lanes, sizeof *sequences);
    assert(sequences != NULL);
    for (int64_t lane = 0; lane < lanes; lane++) {
        char field[32];
        (void)snprintf(field, sizeof field, "sequence:%lld", (long long)lane);
        if (!number_parse(reply_field(meta, field), &sequences[lane])) {
            sequences[lane] = 0;
        }
    }
    *out = sequences;
    *lane_count = (size_t)lanes;
}

struct error figures_mark(struct redis *redis, uint8_t out[DIGEST_BYTES])
{
    struct reply *meta = NULL;
    command_key(redis, "HGETALL", public_key("meta"));
    TRY(connection_exchange(redis, &meta, 1));
    const struct error error = reply_check(redis, meta);
    if (!failed(&error)) {
        struct digest digest;
        digest_init(&digest);
        for (size_t i = 0; i < reply_count(meta); i++) {
            digest_text(&digest, reply_text(reply_at(meta, i)));
        }
        digest_final(&digest, out);
    }
    reply_free(meta);
    return error;
}

struct collected {
    struct region_figures *region;
    const struct measures *measures;
    size_t known; /* figures of names these rules know: they come first */
    uint16_t known_names;
    int64_t active;
};

static void collect(void *context, uint16_t measure, bool is_total, int64_t value)
{
    (void)is_total;
    struct collected *collected = context;
    const char *name = measures_name(collected->measures, measure);
    if (value == 0) {
        return;
    }
    if (strcmp(name, "active") == 0) {
        collected->active = value;
    }
    collected->known += measure < collected->known_names;
    struct figure *figure = &collected->region->figures[collected->region->count++];
    (void)snprintf(figure->name, sizeof figure->name, "%s", name);
    figure->value = value;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct figure *)a)->name, ((const struct figure *)b)->name);
}

static void add_flows(const struct region_days *days, day_t day, struct region_figures *out)
{
    for (size_t i = 0; i < FLOW_COUNT; i++) {
        uint16_t measure = 0;
        if (!measures_find(days->measures, text_of_string(flows[i].of), &measure)) {
            continue;
        }
        const int64_t value =
            sums_between(&days->sums, measure, day + flows[i].after, day + flows[i].until);
        if (value != 0) {
            struct figure *figure = &out->figures[out->count++];
            (void)snprintf(figure->name, sizeof figure->name, "%s", flows[i].name);
            figure->value = value;
        }
    }
}

static void add_late_cost(const struct rules *rules, const struct region_days *days, day_t day,
                          unsigned programme, struct region_figures *out)
{
    char name[MEASURE_NAME_BYTES];
    uint16_t measure = 0;
    int64_t idr_days = 0;
    const struct sums *sums = &days->sums;
    day_measure_name(rules, MEASURE_OVERDUE_IDR + programme, name);
    if (!measures_find(days->measures, text_of_string(name), &measure)) {
        return;
    }
    for (size_t i = 0; i < sums->count; i++) {
        const struct sum_item *item = &sums->items[i];
        if (item->measure == measure && item->day <= day) {
            idr_days += item->value * ((int64_t)day - item->day + 1);
        }
    }
    const int64_t cost_idr = late_cost_idr(rules, idr_days, day);
    if (cost_idr != 0) {
        struct figure *figure = &out->figures[out->count++];
        late_cost_name(programme, figure->name);
        figure->value = cost_idr;
    }
}

static void evaluate(const struct published *published, const struct published_region *region,
                     day_t day, struct region_figures *out)
{
    const struct sums *sums = &region->days.sums;
    struct collected collected = {
        .region = out, .measures = published->measures, .known_names = published->known_names};
    const size_t most = (size_t)measures_count(published->measures) + FLOW_COUNT + PROGRAMME_COUNT;
    memcpy(out->code, region->code, sizeof out->code);
    out->coverage_bp = NUMBER_NONE;
    out->figures = calloc(most, sizeof *out->figures);
    assert(out->figures != NULL);
    sums_on_day(sums, day, collect, &collected);
    if (out->count > collected.known) {
        qsort(out->figures + collected.known, out->count - collected.known, sizeof *out->figures,
              by_name);
    }
    add_flows(&region->days, day, out);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        add_late_cost(published->rules, &region->days, day, programme, out);
    }
    region_figures_bases(out, region->facts, region->fact_count, day, collected.active);
}

static bool has_anything(const struct region_figures *region)
{
    return region->count > 0 || region->base.present || region->quarantined.present;
}

/* The country first, then by code: a province stands before its regencies. */
static int by_code(const void *a, const void *b)
{
    const char *x = ((const struct region_figures *)a)->code;
    const char *y = ((const struct region_figures *)b)->code;
    const int by_country = (strcmp(y, "ID") == 0) - (strcmp(x, "ID") == 0);
    return by_country != 0 ? by_country : strcmp(x, y);
}

void figures_sort(struct figures *figures)
{
    qsort(figures->regions, figures->count, sizeof *figures->regions, by_code);
}

static void take_sequences(const struct published *published, struct figures *out)
{
    out->lane_count = published->lane_count;
    out->sequences = calloc(out->lane_count + 1, sizeof *out->sequences);
    assert(out->sequences != NULL);
    if (out->lane_count > 0) {
        memcpy(out->sequences, published->sequences, out->lane_count * sizeof *out->sequences);
    }
}

struct error figures_on(const struct published *published, day_t day, struct figures *out)
{
    memset(out, 0, sizeof *out);
    if (day == DAY_NONE && published->day == DAY_NONE) {
        return error_make(ERROR_FATAL, "no_figures", "jaga:{pub}:meta names no day");
    }
    out->meta = published->meta;
    out->day = day == DAY_NONE ? published->day : day;
    take_sequences(published, out);
    out->regions = calloc(published->count + 1, sizeof *out->regions);
    assert(out->regions != NULL);
    for (size_t i = 0; i < published->count; i++) {
        struct region_figures *region = &out->regions[out->count];
        evaluate(published, &published->regions[i], out->day, region);
        if (has_anything(region)) {
            out->count++;
        } else {
            free(region->figures);
            memset(region, 0, sizeof *region);
        }
    }
    figures_sort(out);
    return no_error();
}

struct error figures_read(struct redis *redis, const struct rules *rules, day_t day,
                          struct figures *out)
{
    struct published *published = NULL;
    memset(out, 0, sizeof *out);
    TRY(published_read(redis, rules, &published));
    const struct error error = figures_on(published, day, out);
    published_close(published);
    return error;
}

void figures_close(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        free(figures->regions[i].figures);
    }
    free(figures->regions);
    free(figures->sequences);
    memset(figures, 0, sizeof *figures);
}

/* Batches. */

static int64_t number_of(const struct reply *reply, const char *field)
{
    int64_t number = 0;
    return number_parse(reply_field(reply, field), &number) ? number : 0;
}

static void take_batch(struct text id, const struct reply *reply, struct batch_figure *out)
{
    (void)snprintf(out->batch_id, sizeof out->batch_id, "%.*s", (int)id.length, id.at);
    take_text(reply, "source", out->source, sizeof out->source);
    take_text(reply, "state", out->state, sizeof out->state);
    out->declared = number_of(reply, "declared");
    out->declared_total_idr = number_of(reply, "declared_total_idr");
    out->counted = number_of(reply, "counted");
    out->counted_total_idr = number_of(reply, "counted_total_idr");
    out->refused = number_of(reply, "refused");
}

static int by_batch_id(const void *a, const void *b)
{
    const struct batch_figure *x = a;
    const struct batch_figure *y = b;
    return strcmp(x->batch_id, y->batch_id);
}

/* All batches in one MULTI; one that the roll-up removed meanwhile is left out. */
static struct error read_batches(struct redis *redis, const struct reply *ids,
                                 struct batch_figure *batches, size_t *count)
{
    struct reply *results = NULL;
    multi_begin(redis);
    for (size_t i = 0; i < reply_count(ids); i++) {
        command_key(redis, "HGETALL", public_key_of("batch", reply_text(reply_at(ids, i))));
    }
    TRY(multi_execute(redis, &results));
    for (size_t i = 0; i < reply_count(results); i++) {
        if (reply_count(reply_at(results, i)) > 0) {
            take_batch(reply_text(reply_at(ids, i)), reply_at(results, i), &batches[(*count)++]);
        }
    }
    reply_free(results);
    qsort(batches, *count, sizeof *batches, by_batch_id);
    return no_error();
}

struct error figures_batches(struct redis *redis, struct batch_figure **out, size_t *count)
{
    struct reply *ids = NULL;
    *out = NULL;
    *count = 0;
    command_key(redis, "SMEMBERS", public_key("batches"));
    TRY(connection_exchange(redis, &ids, 1));
    struct error error = reply_check(redis, ids);
    if (!failed(&error)) {
        *out = calloc(reply_count(ids) + 1, sizeof **out);
        assert(*out != NULL);
        error = read_batches(redis, ids, *out, count);
    }
    reply_free(ids);
    if (failed(&error)) {
        free(*out);
        *out = NULL;
    }
    return error;
}

/* Exceptions. */

static int by_exception_code(const void *a, const void *b)
{
    return strcmp(((const struct exception_figure *)a)->code,
                  ((const struct exception_figure *)b)->code);
}

static int by_code_and_count(const void *a, const void *b)
{
    const struct source_figure *x = a;
    const struct source_figure *y = b;
    const int by_the_code = strcmp(x->code, y->code);
    const int by_count = (x->value < y->value) - (x->value > y->value);
    return by_the_code != 0 ? by_the_code : by_count != 0 ? by_count : strcmp(x->source, y->source);
}

static void take_codes(const struct reply *reply, struct exception_figures *out)
{
    out->codes = calloc(reply_count(reply) / 2 + 1, sizeof *out->codes);
    assert(out->codes != NULL);
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        const struct text code = reply_text(reply_at(reply, i));
        struct exception_figure *figure = &out->codes[out->count++];
        (void)snprintf(figure->code, sizeof figure->code, "%.*s", (int)code.length, code.at);
        if (!number_parse(reply_text(reply_at(reply, i + 1)), &figure->value)) {
            figure->value = 0;
        }
    }
    qsort(out->codes, out->count, sizeof *out->codes, by_exception_code);
}

/* "<code>:<source>", its two ends as strings; a zero byte in a source is shown as "?". */
static bool take_source(struct text field, struct source_figure *out)
{
    const char *colon = field.length == 0 ? NULL : memchr(field.at, ':', field.length);
    const size_t code = colon == NULL ? 0 : (size_t)(colon - field.at);
    const size_t source = field.length - code - 1;
    if (code == 0 || code >= sizeof out->code || source >= sizeof out->source) {
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out->code, field.at, code);
    for (size_t i = 0; i < source; i++) {
        out->source[i] = colon[1 + i] == '\0' ? '?' : colon[1 + i];
    }
    return true;
}

static void take_sources(const struct reply *reply, struct exception_figures *out)
{
    out->sources = calloc(reply_count(reply) / 2 + 1, sizeof *out->sources);
    assert(out->sources != NULL);
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        struct source_figure *figure = &out->sources[out->source_count];
        out->source_count += take_source(reply_text(reply_at(reply, i)), figure) &&
                             number_parse(reply_text(reply_at(reply, i + 1)), &figure->value);
    }
    qsort(out->sources, out->source_count, sizeof *out->sources, by_code_and_count);
}

/* Both stand in the order of codes. */
static void give_codes_their_sources(struct exception_figures *out)
{
    size_t at = 0;
    for (size_t i = 0; i < out->count; i++) {
        struct exception_figure *code = &out->codes[i];
        while (at < out->source_count && strcmp(out->sources[at].code, code->code) < 0) {
            at++;
        }
        code->sources = &out->sources[at];
        while (at < out->source_count && strcmp(out->sources[at].code, code->code) == 0) {
            at++;
            code->source_count++;
        }
    }
}

struct error figures_exceptions(struct redis *redis, struct exception_figures *out)
{
    struct reply *results = NULL;
    memset(out, 0, sizeof *out);
    multi_begin(redis);
    command_key(redis, "HGETALL", public_key("exceptions"));
    command_key(redis, "HGETALL", public_key("exceptions_by_source"));
    TRY(multi_execute(redis, &results));
    take_codes(reply_at(results, 0), out);
    take_sources(reply_at(results, 1), out);
    give_codes_their_sources(out);
    reply_free(results);
    return no_error();
}

void exception_figures_close(struct exception_figures *figures)
{
    free(figures->codes);
    free(figures->sources);
    memset(figures, 0, sizeof *figures);
}
