#include "store/scan.h"

#define SCAN_COUNT 5000

/* False when the reply is none of SCAN's. */
static bool take_cursor(const struct reply *page, char cursor[NUMBER_TEXT_BYTES])
{
    if (reply_count(page) != 2) {
        return false;
    }
    const struct text next = reply_text(reply_at(page, 0));
    if (next.length == 0 || next.length >= NUMBER_TEXT_BYTES) {
        return false;
    }
    memcpy(cursor, next.at, next.length);
    cursor[next.length] = '\0';
    return true;
}

struct error scan_page(struct redis *redis, struct text pattern, char cursor[NUMBER_TEXT_BYTES],
                       struct reply **page)
{
    command_begin(redis, 6);
    command_string(redis, "SCAN");
    command_string(redis, cursor);
    command_string(redis, "MATCH");
    command_text(redis, pattern);
    command_string(redis, "COUNT");
    command_number(redis, SCAN_COUNT);
    TRY(connection_exchange(redis, page, 1));
    struct error error = reply_check(redis, *page);
    if (!failed(&error) && !take_cursor(*page, cursor)) {
        error = error_make(ERROR_RETRY, "redis_away", "Redis answers SCAN with something else");
    }
    if (failed(&error)) {
        reply_free(*page);
        *page = NULL;
    }
    return error;
}

struct error scan_all(struct redis *redis, struct text pattern, key_seen seen, void *context)
{
    char cursor[NUMBER_TEXT_BYTES] = "0";
    do {
        struct reply *page = NULL;
        TRY(scan_page(redis, pattern, cursor, &page));
        const struct reply *keys = reply_at(page, 1);
        for (size_t i = 0; i < reply_count(keys); i++) {
            seen(context, reply_text(reply_at(keys, i)));
        }
        reply_free(page);
    } while (strcmp(cursor, "0") != 0);
    return no_error();
}
