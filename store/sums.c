#include "store/sums.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"

#define INDEX_SIZE (4 * MEASURES_MAX)

struct measures {
    uint16_t count;
    char names[MEASURES_MAX][MEASURE_NAME_BYTES];
    uint16_t index[INDEX_SIZE]; /* number + 1 by hash; 0: free */
};

struct measures *measures_open(void)
{
    struct measures *measures = calloc(1, sizeof *measures);
    assert(measures != NULL);
    return measures;
}

void measures_close(struct measures *measures)
{
    free(measures);
}

uint16_t measures_count(const struct measures *measures)
{
    return measures->count;
}

const char *measures_name(const struct measures *measures, uint16_t number)
{
    assert(number < measures->count);
    return measures->names[number];
}

/* Where the name stands in the index, or would. */
static uint32_t place_of(const struct measures *measures, struct text name)
{
    uint32_t at = hash_text(name) % INDEX_SIZE;
    while (measures->index[at] != 0 &&
           !text_equal(text_of_string(measures->names[measures->index[at] - 1]), name)) {
        at = (at + 1) % INDEX_SIZE;
    }
    return at;
}

bool measures_find(const struct measures *measures, struct text name, uint16_t *out)
{
    const uint16_t found = measures->index[place_of(measures, name)];
    if (found != 0) {
        *out = (uint16_t)(found - 1);
    }
    return found != 0;
}

bool measures_number(struct measures *measures, struct text name, uint16_t *out)
{
    const uint32_t at = place_of(measures, name);
    if (measures->index[at] != 0) {
        *out = (uint16_t)(measures->index[at] - 1);
        return true;
    }
    if (measures->count == MEASURES_MAX || name.length == 0 || name.length >= MEASURE_NAME_BYTES ||
        memchr(name.at, '\0', name.length) != NULL) {
        return false;
    }
    memcpy(measures->names[measures->count], name.at, name.length);
    *out = measures->count++;
    measures->index[at] = measures->count;
    return true;
}

void sums_clear(struct sums *sums)
{
    free(sums->items);
    *sums = (struct sums){NULL, 0, 0};
}

static void reserve(struct sums *sums, size_t count)
{
    if (count <= sums->capacity) {
        return;
    }
    size_t capacity = sums->capacity == 0 ? 64 : sums->capacity;
    while (capacity < count) {
        capacity *= 2;
    }
    sums->items = realloc(sums->items, capacity * sizeof *sums->items);
    assert(sums->items != NULL);
    sums->capacity = capacity;
}

void sums_add(struct sums *sums, uint16_t measure, day_t day, int64_t value)
{
    reserve(sums, sums->count + 1);
    sums->items[sums->count++] = (struct sum_item){measure, day, value};
}

void sums_add_all(struct sums *sums, const struct sums *other)
{
    if (other->count > 0) {
        reserve(sums, sums->count + other->count);
        memcpy(sums->items + sums->count, other->items, other->count * sizeof *other->items);
        sums->count += other->count;
    }
}

static int compare(const struct sum_item *a, const struct sum_item *b)
{
    const int by_measure = (a->measure > b->measure) - (a->measure < b->measure);
    return by_measure != 0 ? by_measure : (a->day > b->day) - (a->day < b->day);
}

static int compare_items(const void *a, const void *b)
{
    return compare(a, b);
}

void sums_settle(struct sums *sums)
{
    if (sums->count == 0) {
        return;
    }
    qsort(sums->items, sums->count, sizeof *sums->items, compare_items);
    size_t kept = 0;
    for (size_t i = 0; i < sums->count;) {
        struct sum_item item = sums->items[i++];
        while (i < sums->count && compare(&item, &sums->items[i]) == 0) {
            item.value += sums->items[i++].value;
        }
        if (item.value != 0) {
            sums->items[kept++] = item;
        }
    }
    sums->count = kept;
}

void sums_combine(const struct sums *a, const struct sums *b, int sign, struct sums *out)
{
    assert(out != a && out != b && (sign == 1 || sign == -1));
    out->count = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < a->count || j < b->count) {
        const int order = i == a->count   ? 1
                          : j == b->count ? -1
                                          : compare(&a->items[i], &b->items[j]);
        struct sum_item item = order <= 0 ? a->items[i] : b->items[j];
        item.value =
            (order <= 0 ? a->items[i].value : 0) + (order >= 0 ? sign * b->items[j].value : 0);
        i += order <= 0;
        j += order >= 0;
        if (item.value != 0) {
            sums_add(out, item.measure, item.day, item.value);
        }
    }
}

int64_t sums_value(const struct sums *sums, uint16_t measure, day_t day)
{
    const struct sum_item wanted = {measure, day, 0};
    if (sums->count == 0) {
        return 0;
    }
    const struct sum_item *found =
        bsearch(&wanted, sums->items, sums->count, sizeof *sums->items, compare_items);
    return found == NULL ? 0 : found->value;
}

int64_t sums_between(const struct sums *sums, uint16_t measure, day_t after, day_t until)
{
    const struct sum_item first = {measure, after, 0};
    size_t low = 0;
    for (size_t high = sums->count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&sums->items[middle], &first) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    int64_t value = 0;
    while (low < sums->count && sums->items[low].measure == measure &&
           sums->items[low].day <= until) {
        value += sums->items[low++].value;
    }
    return value;
}

void sums_on_day(const struct sums *sums, day_t day, measure_seen seen, void *context)
{
    for (size_t i = 0; i < sums->count;) {
        const uint16_t measure = sums->items[i].measure;
        const bool is_total = sums->items[i].day == DAY_NONE;
        int64_t value = 0;
        while (i < sums->count && sums->items[i].measure == measure) {
            value += sums->items[i].day <= day ? sums->items[i].value : 0;
            i++;
        }
        seen(context, measure, is_total, value);
    }
}

bool sums_take_totals(struct sums *sums, struct measures *measures, const struct reply *reply)
{
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        uint16_t measure = 0;
        int64_t value = 0;
        if (!number_parse(reply_text(reply_at(reply, i + 1)), &value) ||
            !measures_number(measures, reply_text(reply_at(reply, i)), &measure)) {
            return false;
        }
        sums_add(sums, measure, DAY_NONE, value);
    }
    return true;
}

/* "active:2024-02-14" */
static bool take_day(struct sums *sums, struct measures *measures, struct text field, int64_t value)
{
    const char *colon = field.length == 0 ? NULL : memrchr(field.at, ':', field.length);
    if (colon == NULL) {
        return false;
    }
    day_t day = 0;
    uint16_t measure = 0;
    const uint32_t length = (uint32_t)(colon - field.at);
    if (!day_parse(colon + 1, field.length - length - 1, &day) ||
        !measures_number(measures, text_of(field.at, length), &measure)) {
        return false;
    }
    sums_add(sums, measure, day, value);
    return true;
}

bool sums_take_days(struct sums *sums, struct measures *measures, const struct reply *reply)
{
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        int64_t value = 0;
        if (!number_parse(reply_text(reply_at(reply, i + 1)), &value) ||
            !take_day(sums, measures, reply_text(reply_at(reply, i)), value)) {
            return false;
        }
    }
    return true;
}
