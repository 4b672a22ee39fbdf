#include "wire/publish_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "wire/utf8.h"

#define HEAD_BYTES 4
#define WHAT_BYTES_MAX 400

static struct error open_stream(struct publish_file *file, const char *path);
static struct error tell_form(struct publish_file *file, const char *path);

struct error publish_file_open(const char *path, struct publish_file **out)
{
    struct publish_file *file = calloc(1, sizeof *file);
    assert(file != NULL);
    file->name = strdup(strcmp(path, "-") == 0 ? "stdin" : path);
    file->record = malloc(RECORD_BYTES_MAX);
    assert(file->name != NULL && file->record != NULL);
    struct error error = open_stream(file, path);
    if (!failed(&error)) {
        error = tell_form(file, path);
    }
    if (!failed(&error)) {
        error = publish_file_rewind(file);
    }
    if (failed(&error)) {
        publish_file_close(file);
        return error;
    }
    *out = file;
    return no_error();
}

void publish_file_close(struct publish_file *file)
{
    if (file == NULL) {
        return;
    }
    json_decref(file->object);
    publish_csv_close(file->table);
    publish_avro_close(file->avro);
    if (file->stream != NULL) {
        fclose(file->stream);
    }
    free(file->record);
    free(file->name);
    free(file);
}

/* Some editors write three bytes before a text to say that it is UTF-8. */
static struct error pass_byte_order_mark(const struct publish_file *file)
{
    char head[3];
    const size_t count = fread(head, 1, sizeof head, file->stream);
    if (ferror(file->stream)) {
        return publish_failed(file);
    }
    const bool is_mark = count == sizeof head && memcmp(head, "\xEF\xBB\xBF", sizeof head) == 0;
    if (!is_mark && fseeko(file->stream, 0, SEEK_SET) != 0) {
        return publish_failed(file);
    }
    return no_error();
}

struct error publish_file_rewind(struct publish_file *file)
{
    file->line = 0;
    file->lines_read = 0;
    event_problem_clear(&file->problem);
    if (fseeko(file->stream, 0, SEEK_SET) != 0) {
        return publish_failed(file);
    }
    switch (file->form) {
    case FORM_JSON: return pass_byte_order_mark(file);
    case FORM_CSV: TRY(pass_byte_order_mark(file)); return publish_csv_begin(file);
    case FORM_AVRO: return publish_avro_begin(file);
    }
    return no_error();
}

static enum publish_step next_json(struct publish_file *file, struct event *event);

static enum publish_step next_record(struct publish_file *file, struct event *event)
{
    switch (file->form) {
    case FORM_JSON: return next_json(file, event);
    case FORM_CSV: return publish_csv_next(file, event);
    case FORM_AVRO: return publish_avro_next(file, event);
    }
    return STEP_END;
}

static struct error refusal_of(const struct publish_file *file);

struct error publish_file_next(struct publish_file *file, struct event *event, bool *at_end)
{
    *at_end = false;
    event_problem_clear(&file->problem);
    enum publish_step step;
    do {
        step = next_record(file, event);
    } while (step == STEP_NOTHING);
    switch (step) {
    case STEP_REFUSED: return refusal_of(file);
    case STEP_FAILED: return publish_failed(file);
    case STEP_END: *at_end = true; break;
    case STEP_NOTHING:
    case STEP_EVENT: break;
    }
    return no_error();
}

uint64_t publish_file_line(const struct publish_file *file)
{
    return file->line;
}

const char *publish_file_name(const struct publish_file *file)
{
    return file->name;
}

const struct event_problem *publish_file_problem(const struct publish_file *file)
{
    return &file->problem;
}

struct error publish_file_refuse(const struct publish_file *file, struct text what)
{
    const int length = (int)(what.length < WHAT_BYTES_MAX ? what.length : WHAT_BYTES_MAX);
    return error_make(ERROR_USAGE, "input_refused",
                      file->form == FORM_AVRO ? "%.200s, record %llu: %.*s" : "%.200s:%llu: %.*s",
                      file->name, (unsigned long long)file->line, length, what.at);
}

/* A value as a terminal can bear it. Values are cut, perhaps within a character. */
static void print_value(struct buffer *out, const char *value, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)value;
    size_t whole = length;
    while (length == PROBLEM_VALUE_BYTES && length - whole < 3 && !utf8_is_valid(bytes, whole)) {
        whole--;
    }
    const bool is_text = utf8_is_valid(bytes, whole);
    for (size_t i = 0; i < whole; i++) {
        const bool plain = bytes[i] >= ' ' && bytes[i] != 0x7F && (is_text || bytes[i] < 0x80);
        buffer_byte(out, plain ? bytes[i] : '?');
    }
}

static struct error refusal_of(const struct publish_file *file)
{
    char what[WHAT_BYTES_MAX];
    struct buffer out = buffer_over(what, sizeof what);
    buffer_string(&out, "MALFORMED");
    for (uint32_t i = 0; i < file->problem.pair_count; i++) {
        buffer_byte(&out, ' ');
        buffer_string(&out, file->problem.pairs[i].field);
        buffer_byte(&out, '=');
        print_value(&out, file->problem.pairs[i].value, file->problem.pairs[i].value_length);
    }
    return publish_file_refuse(file, buffer_view(&out));
}

enum publish_step publish_refused(struct publish_file *file, const char *what)
{
    event_problem_add(&file->problem, "problem", text_of_string(what));
    return STEP_REFUSED;
}

enum publish_step publish_too_long(struct publish_file *file)
{
    event_problem_add_number(&file->problem, "bytes_max", RECORD_BYTES_MAX);
    return publish_refused(file, "record_too_long");
}

enum publish_step publish_object(struct publish_file *file, json_t *object, struct event *event)
{
    json_decref(file->object);
    file->object = object;
    return event_from_object(object, event, &file->problem) == EVENT_READ ? STEP_EVENT
                                                                          : STEP_REFUSED;
}

struct error publish_form_error(const struct publish_file *file, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(what, sizeof what, format, arguments) < 0) {
        what[0] = '\0';
    }
    va_end(arguments);
    return error_make(ERROR_USAGE, "file_form", "%.200s: %s", file->name, what);
}

struct error publish_failed(const struct publish_file *file)
{
    return error_make(ERROR_FATAL, "file_failed", "%.200s: reading failed: %s", file->name,
                      strerror(errno));
}

/* A pipe is read once, the events in it twice. */
static struct error spool(struct publish_file *file, FILE *from)
{
    file->stream = tmpfile();
    size_t count = 0;
    do {
        count = file->stream == NULL ? 0 : fread(file->record, 1, RECORD_BYTES_MAX, from);
        if (file->stream == NULL || fwrite(file->record, 1, count, file->stream) != count) {
            return error_make(ERROR_FATAL, "file_failed",
                              "%.200s: no room for a copy in the folder for temporary files: %s",
                              file->name, strerror(errno));
        }
    } while (count > 0);
    return ferror(from) ? publish_failed(file) : no_error();
}

static struct error open_stream(struct publish_file *file, const char *path)
{
    if (strcmp(path, "-") == 0) {
        return spool(file, stdin);
    }
    FILE *stream = fopen(path, "rb");
    struct stat state;
    if (stream == NULL || fstat(fileno(stream), &state) != 0 || S_ISDIR(state.st_mode)) {
        const int why = stream == NULL ? errno : EISDIR;
        if (stream != NULL) {
            fclose(stream);
        }
        return error_make(ERROR_USAGE, "file_missing", "%.200s: cannot be opened for reading: %s",
                          path, strerror(why));
    }
    if (S_ISREG(state.st_mode)) {
        file->stream = stream;
        return no_error();
    }
    const struct error error = spool(file, stream);
    fclose(stream);
    return error;
}

static bool ends_with(const char *path, const char *extension)
{
    const size_t length = strlen(path), end = strlen(extension);
    return length > end && strcasecmp(path + length - end, extension) == 0;
}

/* Nothing and what begins with a brace is JSON; a CSV header cannot begin with one, since no field
   is named so. */
static struct error tell_form_by_head(struct publish_file *file)
{
    char head[HEAD_BYTES];
    if (fseeko(file->stream, 0, SEEK_SET) != 0) {
        return publish_failed(file);
    }
    TRY(pass_byte_order_mark(file));
    int first;
    do {
        first = getc_unlocked(file->stream);
    } while (first == '\n' || first == '\r' || first == ' ');
    file->form = first == EOF || first == '{' || first == '[' ? FORM_JSON : FORM_CSV;
    if (first == 'O' && fread(head, 1, HEAD_BYTES - 1, file->stream) == HEAD_BYTES - 1 &&
        memcmp(head, "bj\x01", HEAD_BYTES - 1) == 0) {
        file->form = FORM_AVRO;
    }
    return ferror(file->stream) ? publish_failed(file) : no_error();
}

static struct error tell_form(struct publish_file *file, const char *path)
{
    static const struct {
        const char *extension;
        enum publish_form form;
    } forms[] = {
        {".jsonl", FORM_JSON}, {".ndjson", FORM_JSON}, {".json", FORM_JSON},
        {".csv", FORM_CSV},    {".avro", FORM_AVRO},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (ends_with(path, forms[i].extension)) {
            file->form = forms[i].form;
            return no_error();
        }
    }
    return tell_form_by_head(file);
}

/* The rest of a line that does not fit is passed over, so that the next is found. */
static enum publish_step read_line(struct publish_file *file, size_t *length)
{
    size_t count = 0;
    int byte;
    while ((byte = getc_unlocked(file->stream)) != EOF && byte != '\n') {
        if (count < RECORD_BYTES_MAX) {
            file->record[count] = (char)byte;
        }
        count++;
    }
    if (ferror(file->stream)) {
        return STEP_FAILED;
    }
    if (byte == EOF && count == 0) {
        return STEP_END;
    }
    file->line = ++file->lines_read;
    if (count > RECORD_BYTES_MAX) {
        return publish_too_long(file);
    }
    while (count > 0 && file->record[count - 1] == '\r') {
        count--;
    }
    *length = count;
    return count == 0 ? STEP_NOTHING : STEP_EVENT;
}

static enum publish_step next_json(struct publish_file *file, struct event *event)
{
    size_t length = 0;
    const enum publish_step step = read_line(file, &length);
    if (step != STEP_EVENT) {
        return step;
    }
    json_t *object = json_parse_strictly(file->record, length, &file->problem);
    return object == NULL ? STEP_REFUSED : publish_object(file, object, event);
}
