/* Log events: a constant name and fields, one line each to stderr, written in one piece by any
   thread:

       2026-01-31T17:00:00.000000Z WARN lane_waits lane=0 topic=jaga.claim reason="leader away"

   No personal data beyond ids; errors are logged once, where they are handled. */
#ifndef JAGA_SUPPORT_LOG_H
#define JAGA_SUPPORT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"
#include "support/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
#define LOG_LEVEL_COUNT 4

enum log_field_kind { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_NUMBER };

struct log_field {
    enum log_field_kind kind;
    const char *key;
    struct text text;
    int64_t number;
};

/* `value` is a string (NULL is shown as empty), a struct text, or any number that fits int64_t. */
#define LOG_TEXT(key, value) log_text_field((key), (value))
#define LOG_VIEW(key, value) ((struct log_field){LOG_FIELD_TEXT, (key), (value), 0})
#define LOG_NUMBER(key, value)                                                                     \
    ((struct log_field){LOG_FIELD_NUMBER, (key), {NULL, 0}, (int64_t)(value)})

/* log_at(LOG_WARN, "event_name", LOG_TEXT("reason", error.code), LOG_NUMBER("lane", lane)); fields
   may be left out. The level is tested before any argument is evaluated. */
#define log_at(level, ...)                                                                         \
    do {                                                                                           \
        if (log_wanted(level)) {                                                                   \
            log_write((level), __VA_ARGS__,                                                        \
                      (struct log_field){LOG_FIELD_END, NULL, {NULL, 0}, 0});                      \
        }                                                                                          \
    } while (0)

/* A field for an error handled here: its code and its detail. */
#define LOG_ERROR_FIELDS(error) LOG_TEXT("code", (error)->code), LOG_TEXT("detail", (error)->detail)

/* Shows this level and those above; LOG_LEVEL_COUNT: none. Until it is called: LOG_INFO. */
void log_start(enum log_level level);
bool log_wanted(enum log_level level);

/* Use log_at. `event` is a constant; fields end with one of kind LOG_FIELD_END. */
void log_write(enum log_level level, const char *event, ...);

/* The sink for a library's log callback. `severity` is syslog's, 0 (emergency) to 7 (debug). */
void log_library(const char *library, int severity, const char *facility, const char *message);

/* "DEBUG" …; false when `name` (any case) is no level. */
const char *log_level_name(enum log_level level);
MUST_USE bool log_level_find(const char *name, enum log_level *out);

static inline struct log_field log_text_field(const char *key, const char *value)
{
    return (struct log_field){LOG_FIELD_TEXT, key, text_of_string(value == NULL ? "" : value), 0};
}

#endif
