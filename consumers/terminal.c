#include "consumers/terminal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wire/utf8.h"

#define WIDTH_UNTOLD 80
#define HEIGHT_UNTOLD 24
#define PARAGRAPH_BYTES 2048

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

/* The first of the three that is set decides, as for every program. */
static bool names_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is_set(names[i])) {
            const char *value = getenv(names[i]);
            const char *code = strchr(value, '.');
            return code != NULL &&
                   (strncasecmp(code, ".UTF-8", 6) == 0 || strncasecmp(code, ".utf8", 5) == 0);
        }
    }
    return false;
}

struct terminal terminal_of(int descriptor)
{
    struct terminal terminal = {.is_terminal = false};
    if (isatty(descriptor) == 0) {
        return terminal;
    }
    const char *kind = getenv("TERM");
    struct winsize size = {.ws_col = 0};
    (void)ioctl(descriptor, TIOCGWINSZ, &size);
    terminal.is_terminal = true;
    terminal.colours = !is_set("NO_COLOR") && kind != NULL && strcmp(kind, "dumb") != 0;
    terminal.utf8 = names_utf8();
    terminal.width = size.ws_col > 0 ? size.ws_col : WIDTH_UNTOLD;
    terminal.height = size.ws_row > 0 ? size.ws_row : HEIGHT_UNTOLD;
    return terminal;
}

void style_begin(const struct terminal *terminal, FILE *out, enum style style)
{
    static const char *const codes[] = {[STYLE_PLAIN] = "",
                                        [STYLE_HEADING] = "\033[1m",
                                        [STYLE_GOOD] = "\033[32m",
                                        [STYLE_BAD] = "\033[31m",
                                        [STYLE_DIM] = "\033[2m"};
    if (terminal->colours) {
        fputs(codes[style], out);
    }
}

void style_end(const struct terminal *terminal, FILE *out, enum style style)
{
    if (terminal->colours && style != STYLE_PLAIN) {
        fputs("\033[0m", out);
    }
}

static bool begins_code_point(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

size_t text_columns(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        columns += begins_code_point(*text);
    }
    return columns;
}

size_t text_cut(const char *text, size_t columns)
{
    size_t at = 0;
    for (; text[at] != '\0'; at++) {
        if (begins_code_point(text[at]) && columns-- == 0) {
            break;
        }
    }
    return at;
}

char *text_shown(const char *text)
{
    char *copy = strdup(text);
    assert(copy != NULL);
    const bool is_utf8 = utf8_is_valid((const uint8_t *)copy, strlen(copy));
    char *to = copy;
    for (const char *from = copy; *from != '\0'; from++) {
        const unsigned char byte = (unsigned char)*from;
        const bool is_c1 = byte == 0xC2 && (unsigned char)from[1] < 0xA0;
        if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_utf8) || is_c1) {
            *to++ = '?';
            from += is_utf8 && is_c1;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return copy;
}

/* How much of it goes on a line: up to the last blank that fits, or one long word whole. */
static size_t line_length(const char *text, size_t width)
{
    const size_t whole = strlen(text);
    const size_t fits = width == 0 ? whole : text_cut(text, width);
    if (fits == whole) {
        return whole;
    }
    size_t at = fits;
    while (at > 0 && text[at] != ' ') {
        at--;
    }
    while (at > 0 && text[at - 1] == ' ') {
        at--;
    }
    return at > 0 ? at : strcspn(text, " ");
}

void terminal_say(const struct terminal *terminal, FILE *out, enum style style, const char *format,
                  ...)
{
    char said[PARAGRAPH_BYTES];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(said, sizeof said, format, values);
    va_end(values);

    char *shown = text_shown(said);
    const char *at = shown;
    do {
        const size_t length = line_length(at, terminal->width);
        style_begin(terminal, out, style);
        (void)fprintf(out, "%.*s", (int)length, at);
        style_end(terminal, out, style);
        fputc('\n', out);
        at += length;
        at += strspn(at, " ");
    } while (*at != '\0');
    free(shown);
}

void thousands(int64_t number, char out[THOUSANDS_BYTES])
{
    char digits[THOUSANDS_BYTES];
    const uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)size);
    char *to = out;
    if (number < 0) {
        *to++ = '-';
    }
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
}

void age_print(int64_t microseconds, char out[AGE_BYTES])
{
    static const struct {
        int64_t below_s, seconds;
        const char *unit;
    } rows[] = {
        {2 * 3600, 60, "min"},
        {48 * 3600, 3600, "h"},
        {INT64_MAX, 86400, "days"},
    };
    const int64_t seconds = microseconds / 1000000;
    if (seconds < 1) {
        (void)snprintf(out, AGE_BYTES, "%lld ms", (long long)(microseconds / 1000));
        return;
    }
    if (seconds < 120) {
        (void)snprintf(out, AGE_BYTES, "%lld.%d s", (long long)seconds,
                       (int)(microseconds / 100000 % 10));
        return;
    }
    size_t row = 0;
    while (seconds >= rows[row].below_s) {
        row++;
    }
    (void)snprintf(out, AGE_BYTES, "%lld %s", (long long)(seconds / rows[row].seconds),
                   rows[row].unit);
}
