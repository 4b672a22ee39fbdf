/* JSON by Jansson, strictly. Jansson refuses a line for a whole number beyond 64 bits; the contract
   says that such a number has the right type and is out of range, so it is read as the nearest
   there is. */
#include <assert.h>
#include <stdlib.h>

#include "wire/event_json.h"

#define PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)

static bool is_in_number(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

/* A whole number as JSON writes it: digits, no zero before others, perhaps a minus. */
static bool is_whole(const char *at, size_t length)
{
    const size_t sign = at[0] == '-' ? 1 : 0;
    if (length == sign || (at[sign] == '0' && length > sign + 1)) {
        return false;
    }
    for (size_t i = sign; i < length; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return false;
        }
    }
    return true;
}

/* A fraction of any size is refused for what it is, so one that fits may stand for it. */
static bool has_exponent(const char *at, size_t length)
{
    return memchr(at, 'e', length) != NULL || memchr(at, 'E', length) != NULL;
}

/* Writes a number's token, or what stands for it when it is too large; never longer than the token.
 */
static size_t put_token(char *out, const char *token, size_t length)
{
    static const char fraction[] = "0.5";
    if (has_exponent(token, length) && length >= strlen(fraction)) {
        memcpy(out, fraction, strlen(fraction));
        return strlen(fraction);
    }
    const char *nearest = token[0] == '-' ? "-9223372036854775807" : "9223372036854775807";
    const size_t most = strlen(nearest);
    if (is_whole(token, length) &&
        (length > most || (length == most && memcmp(token, nearest, most) > 0))) {
        memcpy(out, nearest, most);
        return most;
    }
    memcpy(out, token, length);
    return length;
}

static size_t string_length(const char *at, size_t left)
{
    size_t length = 1;
    while (length < left && at[length] != '"') {
        length += at[length] == '\\' ? 2 : 1;
    }
    return length < left ? length + 1 : left;
}

/* A copy in which every number fits; everything else stays as it is. */
static size_t clamp_numbers(char *out, const char *line, size_t length)
{
    size_t written = 0, at = 0;
    while (at < length) {
        size_t taken = 1;
        if (line[at] == '"') {
            taken = string_length(line + at, length - at);
        } else if ((line[at] >= '0' && line[at] <= '9') || line[at] == '-') {
            while (at + taken < length && is_in_number(line[at + taken])) {
                taken++;
            }
            written += put_token(out + written, line + at, taken);
            at += taken;
            continue;
        }
        memcpy(out + written, line + at, taken);
        written += taken;
        at += taken;
    }
    return written;
}

static json_t *parse_clamped(const char *line, size_t length, json_error_t *error)
{
    char *copy = malloc(length + 1);
    assert(copy != NULL);
    const size_t written = clamp_numbers(copy, line, length);
    json_t *parsed = json_loadb(copy, written, PARSE_FLAGS, error);
    free(copy);
    return parsed;
}

/* Jansson tells the key in words only: duplicate object key near '"id"'. */
static void tell_twice(const json_error_t *error, struct event_problem *problem)
{
    const char *from = strstr(error->text, "near '\"");
    const char *to = from == NULL ? NULL : strstr(from + 7, "\"'");
    if (to != NULL) {
        event_problem_add(problem, "field", text_of(from + 7, (size_t)(to - from) - 7));
    }
    event_problem_add(problem, "problem", TEXT("field_twice"));
}

json_t *json_parse_strictly(const char *at, size_t length, struct event_problem *problem)
{
    json_error_t error;
    json_t *parsed = json_loadb(at, length, PARSE_FLAGS, &error);
    if (parsed == NULL && json_error_code(&error) == json_error_numeric_overflow) {
        parsed = parse_clamped(at, length, &error);
    }
    if (parsed != NULL) {
        return parsed;
    }
    event_problem_clear(problem);
    if (json_error_code(&error) == json_error_duplicate_key) {
        tell_twice(&error, problem);
        return NULL;
    }
    event_problem_add(problem, "problem", TEXT("not_json"));
    event_problem_add_number(problem, "near_byte", error.position);
    return NULL;
}
