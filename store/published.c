/* Reading the public keys, all at one moment. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/terms.h"
#include "store/encode.h"
#include "store/keys.h"
#include "store/published_parts.h"

#define ROUNDS_MAX 20
#define RESULTS_BEFORE_REGIONS 3 /* meta, regions, bases */

/* Commands. */

static struct key region_key(struct text code)
{
    return text_equal(code, TEXT("ID")) ? public_key("kpi") : public_key_of("region", code);
}

static struct error ask(struct redis *redis, const struct reply *regions, struct reply **results)
{
    multi_begin(redis);
    command_key(redis, "HGETALL", public_key("meta"));
    command_key(redis, "SMEMBERS", public_key("regions"));
    command_key(redis, "HGETALL", public_key("bases"));
    for (size_t i = 0; i < reply_count(regions); i++) {
        const struct text code = reply_text(reply_at(regions, i));
        command_key(redis, "HGETALL", region_key(code));
        command_key(redis, "HGETALL", public_key_of("days", code));
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
    command_key(redis, "SMEMBERS", public_key("regions"));
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
        command_key(redis, "SMEMBERS", public_key("regions"));
        TRY(connection_exchange(redis, regions, 1));
    }
    return error_make(ERROR_RETRY, "store_changed",
                      "the public keys do not hold still, or jaga:{pub}:regions is foreign");
}

/* Meta. */

static struct error take_meta(const struct reply *meta, struct published *out)
{
    const struct text day = reply_field(meta, "day");
    TRY(public_meta_take(meta, &out->meta));
    if (!day_parse(day.at, day.length, &out->day)) {
        out->day = DAY_NONE;
    }
    public_sequences_take(meta, &out->sequences, &out->lane_count);
    return no_error();
}

/* Bases. */

/* "36.74:ELIGIBLE:2024" → its kind and year. */
static bool base_field_parse(struct text field, struct base_fact *fact)
{
    const char *first = field.length == 0 ? NULL : memchr(field.at, ':', field.length);
    const char *last = field.length == 0 ? NULL : memrchr(field.at, ':', field.length);
    if (first == NULL || first == last) {
        return false;
    }
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

static bool is_of_region(struct text field, struct text code)
{
    return field.length > code.length && memcmp(field.at, code.at, code.length) == 0 &&
           field.at[code.length] == ':';
}

/* The facts of a region, by kind and year. The caller frees them. */
static struct base_fact *facts_of(const struct reply *bases, struct text code, size_t *count)
{
    struct base_fact *facts = malloc((reply_count(bases) / 2 + 1) * sizeof *facts);
    assert(facts != NULL);
    *count = 0;
    for (size_t i = 0; i + 1 < reply_count(bases); i += 2) {
        const struct text field = reply_text(reply_at(bases, i));
        struct base_fact fact;
        /* Every region looks through all: what is another's is not parsed. */
        if (is_of_region(field, code) && base_field_parse(field, &fact) &&
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

static struct error take_region(struct published *published, struct text code,
                                const struct reply *region, const struct reply *days,
                                const struct reply *bases, struct published_region *out)
{
    struct sums *sums = &out->days.sums;
    memcpy(out->code, code.at, code.length);
    out->days.measures = published->measures;
    out->facts = facts_of(bases, code, &out->fact_count);
    take_totals(region, published->measures, sums);
    if (!sums_take_days(sums, published->measures, days)) {
        return error_make(ERROR_RETRY, "store_changed",
                          "a field of jaga:{pub}:days:%s is no counter", out->code);
    }
    sums_settle(sums);
    return no_error();
}

static struct error take_all(const struct reply *regions, const struct reply *results,
                             struct published *out)
{
    TRY(take_meta(reply_at(results, 0), out));
    out->regions = calloc(reply_count(regions) + 1, sizeof *out->regions);
    assert(out->regions != NULL);
    for (size_t i = 0; i < reply_count(regions); i++) {
        const size_t at = RESULTS_BEFORE_REGIONS + 2 * i;
        out->count++;
        TRY(take_region(out, reply_text(reply_at(regions, i)), reply_at(results, at),
                        reply_at(results, at + 1), reply_at(results, 2), &out->regions[i]));
    }
    return no_error();
}

static struct published *published_new(const struct rules *rules)
{
    struct published *published = calloc(1, sizeof *published);
    assert(published != NULL);
    published->rules = rules;
    published->measures = measures_open();
    published->known_names = number_names(rules, published->measures);
    published->nowhere.measures = published->measures;
    return published;
}

struct error published_read(struct redis *redis, const struct rules *rules, struct published **out)
{
    struct reply *regions = NULL;
    struct reply *results = NULL;
    struct published *published = published_new(rules);
    *out = NULL;
    struct error error = read_all(redis, &regions, &results);
    if (!failed(&error)) {
        error = take_all(regions, results, published);
    }
    reply_free(regions);
    reply_free(results);
    if (failed(&error)) {
        published_close(published);
        return error;
    }
    *out = published;
    return no_error();
}

void published_close(struct published *published)
{
    if (published == NULL) {
        return;
    }
    for (size_t i = 0; i < published->count; i++) {
        sums_clear(&published->regions[i].days.sums);
        free(published->regions[i].facts);
    }
    free(published->regions);
    free(published->sequences);
    measures_close(published->measures);
    free(published);
}

const struct region_days *published_days(const struct published *published, const char *code)
{
    for (size_t i = 0; i < published->count; i++) {
        if (strcmp(published->regions[i].code, code) == 0) {
            return &published->regions[i].days;
        }
    }
    return &published->nowhere;
}
