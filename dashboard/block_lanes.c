/* How far the lanes are: in the figures, in Redis, in Kafka. */
#include <stdlib.h>

#include "dashboard/blocks.h"
#include "dashboard/lane_state.h"
#include "dashboard/names.h"
#include "dashboard/pieces.h"
#include "dashboard/say.h"
#include "support/clock.h"

/* Of a clock: how long ago where it is the wall's, else the moment. */
static void put_moment(struct page *page, bool is_events, bool is_there, int64_t moment)
{
    put(page, "<td class=\"n\">");
    if (!is_there) {
        put(page, "\xE2\x80\x93");
    } else if (is_events) {
        say_day_short(page->out, page->language, day_of_time(moment, 7));
    } else {
        say_duration(page->out, page->language, clock_wall_us() - moment);
    }
    put(page, "</td>");
}

static void put_lag(struct page *page, const struct lane_ends *ends, unsigned topic)
{
    if (ends == NULL) {
        put(page, "<td class=\"n\">\xE2\x80\x93</td>");
    } else {
        cell_number(page, lane_ends_lag(ends, topic));
    }
}

static void put_lane(struct page *page, size_t lane, const struct lane_ends *ends)
{
    const struct lane_stand *stand = &page->board->stands[lane];
    const int64_t shown = page->board->figures.sequences[lane];
    const enum lane_state state = lane_state_of(stand, shown, ends);
    put(page, "<tr><th scope=\"row\">");
    buffer_number(page->out, (int64_t)lane);
    put(page, lane_state_is_trouble(state) ? "</th><td class=\"concern\">" : "</th><td>");
    put(page, name_of(page->language, "lane", lane_state_name(state)));
    put(page, "</td>");
    cell_number(page, shown);
    put_moment(page, stand->clock_is_events, stand->has_view, stand->view_now);
    put_moment(page, stand->clock_is_events, stand->has_copy, stand->copy_now);
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        put_lag(page, ends, topic);
    }
    put(page, "</tr>\n");
}

static void put_head(struct page *page)
{
    table_begin(page, "Keadaan tiap jalur; empat kolom terakhir: peristiwa yang menunggu",
                "How each lane does; the last four columns: events that wait");
    column(page, "Jalur", "Lane", false);
    put(page, "<th scope=\"col\">");
    put_defined(page, "lane_state");
    put(page, "</th>");
    column_defined(page, "position");
    column_defined(page, "view_age");
    column_defined(page, "copy_age");
    for (unsigned topic = 0; topic < INPUT_TOPIC_COUNT; topic++) {
        column_defined_as(page, "lag", name_of(page->language, "topic", lane_topic_name(topic)));
    }
    table_rows(page);
}

/* What Kafka said, and when. */
static void put_kafka(struct page *page, const struct kafka_seen *seen)
{
    if (seen->seen_at == 0) {
        put(page, "<p class=\"warn\">");
        put_either(page,
                   "Kafka tidak menjawab: berapa yang menunggu dan siapa yang memegang jalur tidak "
                   "diketahui. Yang terlihat di sini adalah kata Redis.",
                   "Kafka does not answer: how much waits and who has the lanes is not known. What "
                   "you see here is what Redis says.");
        put(page, "</p>\n");
        return;
    }
    put(page, seen->is_up ? "<p>" : "<p class=\"warn\">");
    if (!seen->is_up) {
        put_either(page, "Kafka tidak menjawab lagi. ", "Kafka does not answer any more. ");
    }
    put_either(page, "Kafka dilihat ", "Kafka was looked at ");
    say_duration(page->out, page->language, clock_wall_us() - seen->seen_at);
    put_either(page, " yang lalu.</p>\n", " ago.</p>\n");
}

static void put_verdict(struct page *page, const struct kafka_seen *seen)
{
    unsigned troubled = 0;
    for (size_t lane = 0; lane < page->board->figures.lane_count; lane++) {
        const enum lane_state state =
            lane_state_of(&page->board->stands[lane], page->board->figures.sequences[lane],
                          lane_ends_seen(seen, lane));
        if (!lane_state_is_trouble(state)) {
            continue;
        }
        put(page, troubled++ == 0 ? "<ul class=\"warn\" role=\"alert\">\n<li>" : "<li>");
        put_either(page, "Jalur ", "Lane ");
        buffer_number(page->out, (int64_t)lane);
        put(page, ": ");
        put(page, name_of(page->language, "lane", lane_state_name(state)));
        put(page, ".</li>\n");
    }
    if (troubled > 0) {
        put(page, "</ul>\n");
    }
}

void block_lanes(struct page *page)
{
    struct kafka_seen seen;
    kafka_watch_seen(page->exchange->watch, &seen);
    section_begin(page, "lanes", "lanes", either(page, "Jalur pengolahan", "Lanes"));
    put_verdict(page, &seen);
    put_kafka(page, &seen);
    put_head(page);
    for (size_t lane = 0; lane < page->board->figures.lane_count; lane++) {
        put_lane(page, lane, lane_ends_seen(&seen, lane));
    }
    table_end(page);
    section_end(page);
    free(seen.lanes);
}
