/* The names under which the view shows counters and tallies, up to the longest. */
#include <criterion/criterion.h>

#include "lane/view_items.h"

static const struct row {
    struct counter counter;
    enum view_key key;
    const char *field;
} rows[] = {
    {{.is_total = false, .region = 3671, .measure = MEASURE_MEMBERSHIPS, .day = 0, .value = 2},
     VIEW_DAYS,
     "memberships:1970-01-01"},
    {{.is_total = true, .region = 3671, .measure = TOTAL_PAYMENTS, .value = -3},
     VIEW_REGION,
     "payments"},
    {{.is_total = true, .region = 0, .measure = TOTAL_EXTERNAL_IDR, .value = 1},
     VIEW_REGION,
     "external_idr"},
};

Test(view_items, name_counters)
{
    static struct rules rules;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[VIEW_NAME_BYTES];
        struct view_item item;
        view_item_of_counter(&rules, &rows[i].counter, name, &item);
        cr_expect_str_eq(item.field, rows[i].field);
        cr_expect_eq(item.key, rows[i].key);
        cr_expect_eq(item.region, rows[i].counter.region);
        cr_expect_eq(item.value, rows[i].counter.value);
    }
}

/* One longer than any measure's name must not run into the next item's. */
Test(view_items, name_the_longest_tally)
{
    char longest[TALLY_NAME_BYTES_MAX];
    char names[2][VIEW_NAME_BYTES];
    struct view_item items[2];
    memset(longest, 'x', sizeof longest);
    const struct tally tallies[] = {{.name = text_of(longest, sizeof longest), .value = 7},
                                    {.name = TEXT("exceptions:PARKED"), .value = 8}};
    for (size_t i = 0; i < 2; i++) {
        view_item_of_tally(&tallies[i], names[i], &items[i]);
    }
    cr_expect_eq(strlen(items[0].field), TALLY_NAME_BYTES_MAX);
    cr_expect_str_eq(items[1].field, "exceptions:PARKED");
    cr_expect_eq(items[0].key, VIEW_TALLY);
    cr_expect_eq(items[0].value, 7);
}
