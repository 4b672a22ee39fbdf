#include "lane/view_items.h"

#include <assert.h>
#include <stdio.h>

static_assert(MEASURE_NAME_BYTES + DAY_TEXT_BYTES <= VIEW_NAME_BYTES,
              "a measure with its day fits");

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
        .field = name,
        .value = counter->value,
    };
}

void view_item_of_tally(const struct tally *tally, char name[VIEW_NAME_BYTES],
                        struct view_item *out)
{
    assert(tally->name.length < VIEW_NAME_BYTES);
    memcpy(name, tally->name.at, tally->name.length);
    name[tally->name.length] = '\0';
    *out = (struct view_item){.key = VIEW_TALLY, .field = name, .value = tally->value};
}
