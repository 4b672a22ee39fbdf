/* Reading the public keys, all at one moment. */
#include "store/figures.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/terms.h"
#include "store/encode.h"
#include "store/keys.h"
#include "store/sums.h"

#define ROUNDS_MAX 20
#define RESULTS_BEFORE_REGIONS 3 /* meta, regions, bases */

/* Commands. */

static void append_get(struct redis *redis, const char *command, struct key key)
{
    command_begin(redis, 2);
    command_string(redis, command);
    command_text(redis, key_text(&key));
}

static struct key region_key(struct text code)
{
    return text_equal(code, TEXT("ID")) ? public_key("kpi") : public_key_of("region", code);
}

static struct error ask(struct redis *redis, const struct reply *regions, struct reply **results)
{
    multi_begin(redis);
    append_get(redis, "HGETALL", public_key("meta"));
    append_get(redis, "SMEMBERS", public_key("regions"));
    append_get(redis, "HGETALL", public_key("bases"));
    for (size_t i = 0; i < reply_count(regions); i++) {
        const struct text code = reply_text(reply_at(regions, i));
        append_get(redis, "HGETALL", region_key(code));
        append_get(redis, "HGETALL", public_key_of("days", code));
    }
    return multi_execute(redis, results);
}

static bool same_members(const struct reply *a, const struct reply *b)
{
    if (reply_count(a) != reply_count(b)) {
        return false;
    }
    for (size_t i = 0; i < reply_count(a); i++) {
        if (!text_equal(reply_text(reply_at(a, i)), reply_text(reply_at(b, i)))) {
            return false;
        }
    }
    return true;
}

/* Only codes of the usual length: a key is made of them. */
static bool are_codes(const struct reply *regions)
{
    for (size_t i = 0; i < reply_count(regions); i++) {
        if (reply_text(reply_at(regions, i)).length >= sizeof((struct region_figures *)0)->code) {
            return false;
        }
    }
    return true;
}

/* The list of regions is read first, then everything with the list again in one MULTI. `*regions`
   is the list that `*results` follow. */
static struct error read_all(struct redis *redis, struct reply **regions, struct reply **results)
{
    append_get(redis, "SMEMBERS", public_key("regions"));
    TRY(connection_exchange(redis, regions, 1));
    TRY(reply_check(redis, *regions));
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (!are_codes(*regions)) {
            break;
        }
        TRY(ask(redis, *regions, results));
        const struct reply *now = reply_at(*results, 1);
        if (same_members(*regions, now)) {
            return no_error();
        }
        reply_free(*regions);
        *regions = NULL;
        reply_free(*results);
        *results = NULL;
        append_get(redis, "SMEMBERS", public_key("regions"));
        TRY(connection_exchange(redis, regions, 1));
    }
    return error_make(ERROR_RETRY, "store_changed",
                      "the public keys do not hold still, or jaga:{pub}:regions is foreign");
}

/* Meta. */

static void take_text(const struct reply *meta, const char *field, char *out, size_t size)
{
    const struct text text = reply_field(meta, field);
    (void)snprintf(out, size, "%.*s", (int)text.length, text.at == NULL ? "" : text.at);
}

static struct error take_meta(const struct reply *meta, struct public_meta *out)
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

static void take_sequences(const struct reply *meta, struct figures *out)
{
    int64_t lanes = 0;
    if (!number_parse(reply_field(meta, "lanes"), &lanes) || lanes < 1 ||
        lanes > FIGURES_LANES_MAX) {
        return;
    }
    out->sequences = calloc((size_t)lanes, sizeof *out->sequences);
    assert(out->sequences != NULL);
    out->lane_count = (size_t)lanes;
    for (size_t lane = 0; lane < out->lane_count; lane++) {
        char field[32];
        (void)snprintf(field, sizeof field, "sequence:%zu", lane);
        if (!number_parse(reply_field(meta, field), &out->sequences[lane])) {
            out->sequences[lane] = 0;
        }
    }
}

/* The day asked for, else the one the public figures are evaluated for. */
static struct error take_day(const struct reply *meta, day_t wanted, day_t *out)
{
    const struct text day = reply_field(meta, "day");
    *out = wanted;
    if (wanted == DAY_NONE && !day_parse(day.at, day.length, out)) {
        return error_make(ERROR_FATAL, "no_figures", "jaga:{pub}:meta names no day");
    }
    return no_error();
}

struct error figures_meta(struct redis *redis, struct public_meta *out)
{
    struct reply *meta = NULL;
    append_get(redis, "HGETALL", public_key("meta"));
    TRY(connection_exchange(redis, &meta, 1));
    struct error error = reply_check(redis, meta);
    if (!failed(&error)) {
        error = take_meta(meta, out);
    }
    reply_free(meta);
    return error;
}

struct error figures_mark(struct redis *redis, uint8_t out[DIGEST_BYTES])
{
    struct reply *meta = NULL;
    append_get(redis, "HGETALL", public_key("meta"));
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

/* Bases. */

/* "36.74:ELIGIBLE:2024" → its region, kind and year. */
static bool base_field_parse(struct text field, struct text *region, struct base_fact *fact)
{
    const char *first = field.length == 0 ? NULL : memchr(field.at, ':', field.length);
    const char *last = field.length == 0 ? NULL : memrchr(field.at, ':', field.length);
    if (first == NULL || first == last) {
        return false;
    }
    *region = text_of(field.at, (size_t)(first - field.at));
    fact->kind = term_find(&base_kind_names, text_of(first + 1, (size_t)(last - first - 1)));
    const size_t before = (size_t)(last + 1 - field.at);
    return fact->kind < BASE_KIND_COUNT &&
           number_parse(text_of(last + 1, field.length - before), &fact->year);
}

/* "30200000 BPS" */
static bool base_value_parse(struct text value, struct base_fact *fact)
{
    const char *space = value.length == 0 ? NULL : memchr(value.at, ' ', value.length);
    if (space == NULL ||
        !number_parse(text_of(value.at, (size_t)(space - value.at)), &fact->value)) {
        return false;
    }
    const size_t length = value.length - (size_t)(space + 1 - value.at);
    memset(fact->source, 0, sizeof fact->source);
    memcpy(fact->source, space + 1, length < BASE_TEXT_BYTES ? length : BASE_TEXT_BYTES - 1);
    return true;
}

static int by_kind_and_year(const void *a, const void *b)
{
    const struct base_fact *x = a;
    const struct base_fact *y = b;
    const int by_kind = (x->kind > y->kind) - (x->kind < y->kind);
    return by_kind != 0 ? by_kind : (x->year > y->year) - (x->year < y->year);
}

/* The facts of a region, by kind and year. The caller frees them. */
static struct base_fact *facts_of(const struct reply *bases, struct text code, size_t *count)
{
    struct base_fact *facts = malloc((reply_count(bases) / 2 + 1) * sizeof *facts);
    assert(facts != NULL);
    *count = 0;
    for (size_t i = 0; i + 1 < reply_count(bases); i += 2) {
        struct text region;
        struct base_fact fact;
        if (base_field_parse(reply_text(reply_at(bases, i)), &region, &fact) &&
            text_equal(region, code) &&
            base_value_parse(reply_text(reply_at(bases, i + 1)), &fact)) {
            facts[(*count)++] = fact;
        }
    }
    qsort(facts, *count, sizeof *facts, by_kind_and_year);
    return facts;
}

/* Measures of a region. */

static bool is_base_field(struct text field)
{
    return text_equal(field, TEXT("coverage_bp")) ||
           (field.length >= 4 && memcmp(field.at, "base", 4) == 0);
}

/* The totals of a region's hash; its day measures are for its own day and are left out. */
static void take_totals(const struct reply *region, struct measures *measures, struct sums *sums)
{
    for (size_t i = 0; i + 1 < reply_count(region); i += 2) {
        const struct text field = reply_text(reply_at(region, i));
        uint16_t measure = 0;
        int64_t value = 0;
        if (!is_base_field(field) && measures_number(measures, field, &measure) &&
            !name_is_of_day(measures_name(measures, measure)) &&
            number_parse(reply_text(reply_at(region, i + 1)), &value)) {
            sums_add(sums, measure, DAY_NONE, value);
        }
    }
}

/* Numbers the names these rules know in the order in which figures are shown. Returns how many. */
static uint16_t number_names(const struct rules *rules, struct measures *measures)
{
    char name[MEASURE_NAME_BYTES];
    uint16_t number = 0;
    for (unsigned measure = 0; measure < DAY_MEASURE_COUNT; measure++) {
        day_measure_name(rules, measure, name);
        (void)measures_number(measures, text_of_string(name), &number);
    }
    (void)measures_number(measures, TEXT(EMPLOYERS_NAME), &number);
    for (unsigned total = 0; total < TOTAL_COUNT; total++) {
        total_measure_name(rules, total, name);
        (void)measures_number(measures, text_of_string(name), &number);
    }
    return measures_count(measures);
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

/* What the loop over regions needs. */
struct reading {
    const struct rules *rules;
    struct measures *measures;
    uint16_t known_names;
    const struct reply *bases;
    day_t day;
};

static void add_flows(const struct reading *reading, const struct sums *sums,
                      struct region_figures *out)
{
    for (size_t i = 0; i < FLOW_COUNT; i++) {
        const int64_t value =
            sums_between(sums, (uint16_t)flows[i].measure, reading->day + flows[i].after,
                         reading->day + flows[i].until);
        if (value != 0) {
            struct figure *figure = &out->figures[out->count++];
            (void)snprintf(figure->name, sizeof figure->name, "%s", flows[i].name);
            figure->value = value;
        }
    }
}

static void add_late_cost(const struct reading *reading, const struct sums *sums,
                          unsigned programme, struct region_figures *out)
{
    int64_t idr_days = 0;
    for (size_t i = 0; i < sums->count; i++) {
        const struct sum_item *item = &sums->items[i];
        if (item->measure == MEASURE_OVERDUE_IDR + programme && item->day <= reading->day) {
            idr_days += item->value * ((int64_t)reading->day - item->day + 1);
        }
    }
    const int64_t cost_idr = late_cost_idr(reading->rules, idr_days, reading->day);
    if (cost_idr != 0) {
        struct figure *figure = &out->figures[out->count++];
        late_cost_name(programme, figure->name);
        figure->value = cost_idr;
    }
}

static void evaluate(const struct reading *reading, const struct sums *sums,
                     struct region_figures *out)
{
    struct collected collected = {
        .region = out, .measures = reading->measures, .known_names = reading->known_names};
    const size_t most = (size_t)measures_count(reading->measures) + FLOW_COUNT + PROGRAMME_COUNT;
    out->figures = calloc(most, sizeof *out->figures);
    assert(out->figures != NULL);
    sums_on_day(sums, reading->day, collect, &collected);
    if (out->count > collected.known) {
        qsort(out->figures + collected.known, out->count - collected.known, sizeof *out->figures,
              by_name);
    }
    add_flows(reading, sums, out);
    for (unsigned programme = 0; programme < PROGRAMME_COUNT; programme++) {
        add_late_cost(reading, sums, programme, out);
    }
    size_t count = 0;
    struct base_fact *facts = facts_of(reading->bases, text_of_string(out->code), &count);
    region_figures_bases(out, facts, count, reading->day, collected.active);
    free(facts);
}

static struct error take_region(const struct reading *reading, struct text code,
                                const struct reply *region, const struct reply *days,
                                struct region_figures *out)
{
    struct sums sums = {NULL, 0, 0};
    memcpy(out->code, code.at, code.length);
    take_totals(region, reading->measures, &sums);
    if (!sums_take_days(&sums, reading->measures, days)) {
        sums_clear(&sums);
        return error_make(ERROR_RETRY, "store_changed",
                          "a field of jaga:{pub}:days:%s is no counter", out->code);
    }
    sums_settle(&sums);
    evaluate(reading, &sums, out);
    sums_clear(&sums);
    return no_error();
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

static struct error take_regions(const struct reading *reading, const struct reply *regions,
                                 const struct reply *results, struct figures *out)
{
    out->regions = calloc(reply_count(regions) + 1, sizeof *out->regions);
    assert(out->regions != NULL);
    for (size_t i = 0; i < reply_count(regions); i++) {
        struct region_figures *region = &out->regions[out->count];
        const struct reply *hash = reply_at(results, RESULTS_BEFORE_REGIONS + 2 * i);
        const struct reply *days = reply_at(results, RESULTS_BEFORE_REGIONS + 2 * i + 1);
        TRY(take_region(reading, reply_text(reply_at(regions, i)), hash, days, region));
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

static struct error take_all(const struct rules *rules, const struct reply *regions,
                             const struct reply *results, day_t day, struct figures *out)
{
    TRY(take_meta(reply_at(results, 0), &out->meta));
    TRY(take_day(reply_at(results, 0), day, &out->day));
    take_sequences(reply_at(results, 0), out);
    struct reading reading = {
        .rules = rules, .measures = measures_open(), .bases = reply_at(results, 2)};
    reading.known_names = number_names(rules, reading.measures);
    reading.day = out->day;
    const struct error error = take_regions(&reading, regions, results, out);
    measures_close(reading.measures);
    return error;
}

struct error figures_read(struct redis *redis, const struct rules *rules, day_t day,
                          struct figures *out)
{
    struct reply *regions = NULL;
    struct reply *results = NULL;
    memset(out, 0, sizeof *out);
    struct error error = read_all(redis, &regions, &results);
    if (!failed(&error)) {
        error = take_all(rules, regions, results, day, out);
    }
    reply_free(regions);
    reply_free(results);
    if (failed(&error)) {
        figures_close(out);
    }
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
        append_get(redis, "HGETALL", public_key_of("batch", reply_text(reply_at(ids, i))));
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
    append_get(redis, "SMEMBERS", public_key("batches"));
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
    append_get(redis, "HGETALL", public_key("exceptions"));
    append_get(redis, "HGETALL", public_key("exceptions_by_source"));
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
