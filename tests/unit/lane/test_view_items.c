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
        cr_expect(text_equal(item.field, text_of_string(rows[i].field)), "%s", rows[i].field);
        cr_expect_eq(item.key, rows[i].key);
        cr_expect_eq(item.region, rows[i].counter.region);
        cr_expect_eq(item.value, rows[i].counter.value);
    }
}

/* Names differ where a zero byte stands in them, too. */
Test(view_items, name_tallies_whole)
{
    char longest[TALLY_NAME_BYTES_MAX];
    memset(longest, 'x', sizeof longest);
    const struct tally tallies[] = {
        {.name = text_of(longest, sizeof longest), .value = 7},
        {.name = TEXT("exceptions:PARKED"), .value = 8},
        {.name = TEXT("batch:a\0b:applied"), .value = 9},
    };
    for (size_t i = 0; i < sizeof tallies / sizeof *tallies; i++) {
        struct view_item item;
        view_item_of_tally(&tallies[i], &item);
        cr_expect(text_equal(item.field, tallies[i].name), "tally %zu", i);
        cr_expect_eq(item.key, VIEW_TALLY);
        cr_expect_eq(item.value, tallies[i].value);
    }
}
