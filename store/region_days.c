#include "store/region_days.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/keys.h"
#include "store/sums.h"

struct region_days {
    struct measures *measures;
    struct sums sums;
};

static struct error take(struct region_days *days, const struct reply *reply, const char *code)
{
    if (!sums_take_days(&days->sums, days->measures, reply)) {
        return error_make(ERROR_RETRY, "store_changed",
                          "a field of jaga:{pub}:days:%s is no counter", code);
    }
    sums_settle(&days->sums);
    return no_error();
}

struct error region_days_read(struct redis *redis, const char *code, struct region_days **out)
{
    struct reply *reply = NULL;
    const struct key key = public_key_of("days", text_of_string(code));
    *out = NULL;
    command_begin(redis, 2);
    command_string(redis, "HGETALL");
    command_text(redis, key_text(&key));
    TRY(connection_exchange(redis, &reply, 1));
    struct error error = reply_check(redis, reply);
    struct region_days *days = calloc(1, sizeof *days);
    assert(days != NULL);
    days->measures = measures_open();
    if (!failed(&error)) {
        error = take(days, reply, code);
    }
    reply_free(reply);
    if (failed(&error)) {
        region_days_close(days);
        return error;
    }
    *out = days;
    return no_error();
}

void region_days_close(struct region_days *days)
{
    if (days != NULL) {
        measures_close(days->measures);
        sums_clear(&days->sums);
        free(days);
    }
}

void region_days_series(const struct region_days *days, const char *measure, day_t from,
                        size_t count, int64_t *values)
{
    memset(values, 0, count * sizeof *values);
    for (size_t i = 0; i < days->sums.count; i++) {
        const struct sum_item *item = &days->sums.items[i];
        const int64_t at = item->day <= from ? 0 : (int64_t)item->day - from;
        if (at < (int64_t)count &&
            strcmp(measures_name(days->measures, item->measure), measure) == 0) {
            values[at] += item->value;
        }
    }
    for (size_t i = 1; i < count; i++) {
        values[i] += values[i - 1];
    }
}

int64_t region_days_value(const struct region_days *days, const char *measure, day_t day)
{
    int64_t value = 0;
    region_days_series(days, measure, day, 1, &value);
    return value;
}

/* Settled sums stand in the order of days and without changes of 0. */
day_t region_days_first(const struct region_days *days, const char *measure)
{
    for (size_t i = 0; i < days->sums.count; i++) {
        if (strcmp(measures_name(days->measures, days->sums.items[i].measure), measure) == 0) {
            return days->sums.items[i].day;
        }
    }
    return DAY_NONE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct figure *)a)->name, ((const struct figure *)b)->name);
}

void region_days_change(const struct region_days *days, day_t from, day_t to, struct figure **out,
                        size_t *count)
{
    struct figure *changes = calloc(measures_count(days->measures) + 1U, sizeof *changes);
    assert(changes != NULL);
    *count = 0;
    for (size_t i = 0; i < days->sums.count;) {
        const uint16_t measure = days->sums.items[i].measure;
        int64_t value = 0;
        for (; i < days->sums.count && days->sums.items[i].measure == measure; i++) {
            const struct sum_item *item = &days->sums.items[i];
            value += item->day > from && item->day <= to ? item->value : 0;
        }
        if (value != 0) {
            struct figure *change = &changes[(*count)++];
            (void)snprintf(change->name, sizeof change->name, "%s",
                           measures_name(days->measures, measure));
            change->value = value;
        }
    }
    qsort(changes, *count, sizeof *changes, by_name);
    *out = changes;
}
