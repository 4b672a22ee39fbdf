#include "lane/view_items.h"

#include <stdio.h>

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
