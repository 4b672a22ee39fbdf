#include "support/log.h"

#include <assert.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "support/clock.h"

/* One write of at most PIPE_BUF bytes is not torn by other writers to the same pipe. */
#define LINE_BYTES_MAX 4096

static const char *const level_names[] = {
    [LOG_DEBUG] = "DEBUG",
    [LOG_INFO] = "INFO",
    [LOG_WARN] = "WARN",
    [LOG_ERROR] = "ERROR",
};
static_assert(sizeof level_names / sizeof *level_names == LOG_LEVEL_COUNT,
              "every level has a name");

static atomic_int level_shown = LOG_INFO;

struct line {
    char bytes[LINE_BYTES_MAX];
    size_t used; /* one byte is always left for the line's end */
};

static void line_put(struct line *line, const char *bytes, size_t count)
{
    const size_t left = sizeof line->bytes - 1 - line->used;
    const size_t taken = count < left ? count : left;
    memcpy(line->bytes + line->used, bytes, taken);
    line->used += taken;
}

static void line_put_string(struct line *line, const char *string)
{
    line_put(line, string, strlen(string));
}

static void line_put_time(struct line *line, int64_t now_us)
{
    const time_t seconds = (time_t)(now_us / 1000000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL) {
        return;
    }
    char text[64];
    const size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    line_put(line, text, length);
    (void)snprintf(text, sizeof text, ".%06dZ", (int)(now_us % 1000000));
    line_put_string(line, text);
}

/* What stands without quotes reads back as one word. */
static bool is_plain(struct text text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) {
            return false;
        }
    }
    return text.length > 0;
}

static void line_put_quoted(struct line *line, struct text text)
{
    line_put(line, "\"", 1);
    for (uint32_t i = 0; i < text.length; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            line_put(line, "\\", 1);
            line_put(line, &text.at[i], 1);
        } else if (c < ' ' || c == 0x7f) {
            char escape[8];
            (void)snprintf(escape, sizeof escape, "\\x%02x", c);
            line_put_string(line, escape);
        } else {
            line_put(line, &text.at[i], 1);
        }
    }
    line_put(line, "\"", 1);
}

static void line_put_field(struct line *line, const struct log_field *field)
{
    line_put(line, " ", 1);
    line_put_string(line, field->key);
    line_put(line, "=", 1);
    if (field->kind == LOG_FIELD_NUMBER) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)field->number);
        line_put_string(line, number);
    } else if (is_plain(field->text)) {
        line_put(line, field->text.at, field->text.length);
    } else {
        line_put_quoted(line, field->text);
    }
}

static void line_begin(struct line *line, enum log_level level, const char *event)
{
    line->used = 0;
    line_put_time(line, clock_wall_us());
    line_put(line, " ", 1);
    line_put_string(line, log_level_name(level));
    line_put(line, " ", 1);
    line_put_string(line, event);
}

static void line_end(struct line *line)
{
    line->bytes[line->used] = '\n';
    /* Nobody could be told that stderr is gone. */
    if (write(STDERR_FILENO, line->bytes, line->used + 1) < 0) {
        return;
    }
}

void log_start(enum log_level level)
{
    atomic_store(&level_shown, (int)level);
}

bool log_wanted(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&level_shown, memory_order_relaxed);
}

void log_write(enum log_level level, const char *event, ...)
{
    struct line line;
    line_begin(&line, level, event);

    va_list fields;
    va_start(fields, event);
    for (;;) {
        const struct log_field field = va_arg(fields, struct log_field);
        if (field.kind == LOG_FIELD_END) {
            break;
        }
        line_put_field(&line, &field);
    }
    va_end(fields);
    line_end(&line);
}

static enum log_level level_of_severity(int severity)
{
    if (severity <= 3) {
        return LOG_ERROR;
    }
    if (severity == 4) {
        return LOG_WARN;
    }
    return severity <= 6 ? LOG_INFO : LOG_DEBUG;
}

void log_library(const char *library, int severity, const char *facility, const char *message)
{
    log_at(level_of_severity(severity), "library_says", LOG_TEXT("library", library),
           LOG_TEXT("facility", facility), LOG_TEXT("message", message));
}

const char *log_level_name(enum log_level level)
{
    assert((int)level >= 0 && (int)level < LOG_LEVEL_COUNT);
    return level_names[level];
}

bool log_level_find(const char *name, enum log_level *out)
{
    for (int level = 0; level < LOG_LEVEL_COUNT; level++) {
        if (strcasecmp(name, level_names[level]) == 0) {
            *out = (enum log_level)level;
            return true;
        }
    }
    return false;
}
