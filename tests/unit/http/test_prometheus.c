/* Prometheus text byte by byte. */
#include "http/prometheus.h"

#include <criterion/criterion.h>
#include <string.h>

#define TEXT_BYTES 2048

struct page {
    char bytes[TEXT_BYTES];
    struct buffer out;
};

static void begin(struct page *page)
{
    memset(page, 0, sizeof *page);
    page->out = buffer_over(page->bytes, sizeof page->bytes - 1);
}

static const struct metric events = {"jaga_events_total", "counter", "Events."};

Test(prometheus, writes_help_type_and_samples)
{
    struct page page;
    begin(&page);
    const char *one[] = {"lane", "0", NULL};
    const char *two[] = {"lane", "1", "topic", "claim", NULL};
    const char *none[] = {NULL};
    metric_begin(&page.out, &events);
    metric_number(&page.out, &events, one, 17);
    metric_number(&page.out, &events, two, INT64_MAX);
    metric_number(&page.out, &events, none, 0);
    metric_number(&page.out, &events, NULL, -5);
    cr_expect_str_eq(page.bytes, "# HELP jaga_events_total Events.\n"
                                 "# TYPE jaga_events_total counter\n"
                                 "jaga_events_total{lane=\"0\"} 17\n"
                                 "jaga_events_total{lane=\"1\",topic=\"claim\"} "
                                 "9223372036854775807\n"
                                 "jaga_events_total 0\n"
                                 "jaga_events_total -5\n");
}

Test(prometheus, writes_a_gauge_alone)
{
    struct page page;
    begin(&page);
    metric_gauge(&page.out, "jaga_up", "Up.", 1);
    cr_expect_str_eq(page.bytes, "# HELP jaga_up Up.\n# TYPE jaga_up gauge\njaga_up 1\n");
}

static const struct label_row {
    const char *value, *shown;
} label_rows[] = {
    {"KPPS", "KPPS"},
    {"", ""},
    {"a\"b", "a\\\"b"},
    {"a\\n", "a\\\\n"},
    {"a\nb", "a\\nb"},
    {"\"} 1\njaga_up 0", "\\\"} 1\\njaga_up 0"}, /* stays one label */
    {"caf\xC3\xA9", "caf\xC3\xA9"},
    {"\xFFz", "?z"},
    {"a\tb\r", "a\tb\r"},
};

Test(prometheus, escapes_labels)
{
    for (size_t i = 0; i < sizeof label_rows / sizeof *label_rows; i++) {
        struct page page;
        begin(&page);
        metric_label(&page.out, label_rows[i].value);
        cr_expect_str_eq(page.bytes, label_rows[i].shown, "row %zu: %s", i, page.bytes);
    }
}

static const struct seconds_row {
    int64_t us;
    const char *shown;
} seconds_rows[] = {
    {0, "0.0"},
    {1, "0.000001"},
    {1000, "0.001"},
    {250000, "0.25"},
    {1000000, "1.0"},
    {10000000, "10.0"},
    {1700000000123456, "1700000000.123456"},
    {INT64_MAX, "9223372036854.775807"},
    {-1, "0.0"},
    {INT64_MIN, "0.0"},
};

Test(prometheus, shows_microseconds_as_seconds)
{
    const struct metric age = {"jaga_age_seconds", "gauge", "Age."};
    for (size_t i = 0; i < sizeof seconds_rows / sizeof *seconds_rows; i++) {
        struct page page;
        begin(&page);
        metric_seconds(&page.out, &age, NULL, seconds_rows[i].us);
        page.bytes[page.out.length - 1] = '\0';
        cr_expect_str_eq(page.bytes + strlen("jaga_age_seconds "), seconds_rows[i].shown, "row %zu",
                         i);
    }
}

Test(prometheus, adds_buckets_up)
{
    static const struct histogram_bounds bounds = {3, {1, 16, 256}};
    static const int64_t observed[] = {0, 1, 2, 16, 17, 256, 257, 100000};
    static struct histogram histogram;
    struct histogram_read read = {.sum = 0};
    const struct metric metric = {"jaga_batch", "histogram", "Batch."};
    struct page page;
    begin(&page);
    for (size_t i = 0; i < sizeof observed / sizeof *observed; i++) {
        histogram_observe(&histogram, &bounds, observed[i]);
    }
    histogram_add(&histogram, &read);
    metric_histogram(&page.out, &metric, &bounds, &read, false);
    cr_expect_str_eq(page.bytes, "# HELP jaga_batch Batch.\n# TYPE jaga_batch histogram\n"
                                 "jaga_batch_bucket{le=\"1\"} 2\n"
                                 "jaga_batch_bucket{le=\"16\"} 4\n"
                                 "jaga_batch_bucket{le=\"256\"} 6\n"
                                 "jaga_batch_bucket{le=\"+Inf\"} 8\n"
                                 "jaga_batch_sum 100549\n"
                                 "jaga_batch_count 8\n");
}

Test(prometheus, adds_two_histograms_and_shows_bounds_as_seconds)
{
    static const struct histogram_bounds bounds = {2, {2500, 1000000}};
    static struct histogram one;
    static struct histogram other;
    struct histogram_read read = {.sum = 0};
    const struct metric metric = {"jaga_time_seconds", "histogram", "Time."};
    struct page page;
    begin(&page);
    histogram_observe(&one, &bounds, 2500);
    histogram_observe(&other, &bounds, 2501);
    histogram_observe(&other, &bounds, 3000000);
    histogram_add(&one, &read);
    histogram_add(&other, &read);
    metric_histogram(&page.out, &metric, &bounds, &read, true);
    cr_expect_str_eq(page.bytes,
                     "# HELP jaga_time_seconds Time.\n# TYPE jaga_time_seconds histogram\n"
                     "jaga_time_seconds_bucket{le=\"0.0025\"} 1\n"
                     "jaga_time_seconds_bucket{le=\"1.0\"} 2\n"
                     "jaga_time_seconds_bucket{le=\"+Inf\"} 3\n"
                     "jaga_time_seconds_sum 3.005001\n"
                     "jaga_time_seconds_count 3\n");
}
