#include "lane/view_items.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/employer_days.h"

static void name_counter(const struct rules *rules, const struct counter *counter,
                         char name[VIEW_NAME_BYTES])
{
    char measure[MEASURE_NAME_BYTES];
    if (counter->is_total) {
        total_measure_name(rules, counter->measure, measure);
        (void)snprintf(name, VIEW_NAME_BYTES, "%s", measure);
        return;
    }
    char day[DAY_TEXT_BYTES];
    day_measure_name(rules, counter->measure, measure);
    day_print(counter->day, day);
    (void)snprintf(name, VIEW_NAME_BYTES, "%s:%s", measure, day);
}

void view_item_of_counter(const struct rules *rules, const struct counter *counter,
                          char name[VIEW_NAME_BYTES], struct view_item *out)
{
    name_counter(rules, counter, name);
    *out = (struct view_item){
        .key = counter->is_total ? VIEW_REGION : VIEW_DAYS,
        .region = counter->region,
        .field = text_of_string(name),
        .value = counter->value,
    };
}

void view_item_of_tally(const struct tally *tally, struct view_item *out)
{
    *out = (struct view_item){.key = VIEW_TALLY, .field = tally->name, .value = tally->value};
}

/* An interval takes two steps, but for an open one. */
size_t view_employer_bytes(uint32_t steps)
{
    return EMPLOYER_TEXT_BYTES + ((size_t)steps + 1) / 2 * DAYS_TEXT_BYTES + 1;
}

#define DAYS_USUAL 16

size_t view_item_of_employer(const struct employers *employers, uint32_t index, char *text,
                             struct view_item *out)
{
    const struct employer employer = employers_at(employers, index);
    struct days usual[DAYS_USUAL];
    struct days *days = usual;
    if (employer.steps > DAYS_USUAL) {
        days = calloc(employer.steps, sizeof *days);
        assert(days != NULL);
    }
    employer_print(employer.hash, text);
    char *value = text + EMPLOYER_TEXT_BYTES;
    const size_t length = days_print(days, employers_days(employers, index, days), value);
    if (days != usual) {
        free(days);
    }
    *out = (struct view_item){.key = VIEW_EMPLOYERS,
                              .region = employer.region,
                              .field = text_of_string(text),
                              .days = text_of(value, length)};
    return EMPLOYER_TEXT_BYTES + length + 1;
}
