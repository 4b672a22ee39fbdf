/* `jaga rules lint [DIR]`: everything that is wrong with the tables of a folder, by file and line.
 */
#include <assert.h>
#include <stdlib.h>

#include "consumers/rules_source.h"
#include "support/command.h"
#include "wire/json_print.h"
#include "wire/rules_bundle.h"

const struct flag rules_lint_flags[] = {
    {"on", "DATE", "As if today were this day, for what must be reviewed by then."},
    {"json", NULL, "One JSON object a finding."},
    {NULL, NULL, NULL},
};

struct linting {
    struct rules_findings findings;
    struct rules_warnings warnings;
};

/* "dir/file.csv:12: sentence" in its parts; a line of 0: it is about the whole file or folder. */
struct finding_place {
    struct text file, sentence;
    int64_t line;
};

static struct finding_place place_of(const char *text)
{
    const char *end = strstr(text, ": ");
    struct finding_place place = {.sentence = text_of_string(text)};
    if (end == NULL) {
        return place;
    }
    place.file = text_of(text, (size_t)(end - text));
    place.sentence = text_of_string(end + 2);
    const char *digits = end;
    for (int64_t unit = 1; digits > text && digits[-1] >= '0' && digits[-1] <= '9'; unit *= 10) {
        digits--;
        place.line += unit * (digits[0] - '0');
    }
    if (digits == end || digits == text || digits[-1] != ':') {
        place.line = 0;
        return place;
    }
    place.file.length = (uint32_t)(digits - 1 - text);
    return place;
}

static void print_json(const char *severity, const char *text)
{
    char bytes[4096];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json;
    const struct finding_place place = place_of(text);
    json_object_open(&json, &buffer, NULLS_PRINTED);
    json_put_text(&json, "severity", text_of_string(severity));
    json_put_text_or_null(&json, "file", place.file);
    json_put_name(&json, "line");
    if (place.line > 0) {
        buffer_number(&buffer, place.line);
    } else {
        buffer_string(&buffer, "null");
    }
    json_put_text(&json, "text", place.sentence);
    json_object_close(&json);
    assert(!buffer.overflow);
    (void)fwrite(bytes, 1, buffer.length, stdout);
    (void)putchar('\n');
}

static void print_one(bool json, const char *severity, const char *prefix, const char *text)
{
    if (json) {
        print_json(severity, text);
    } else {
        (void)printf("%s%s\n", prefix, text);
    }
}

static void print_all(const struct linting *linting, const char *dir, bool json)
{
    const struct rules_findings *findings = &linting->findings;
    for (uint32_t i = 0; i < findings->count; i++) {
        print_one(json, "finding", "", findings->texts[i]);
    }
    for (uint32_t i = 0; i < linting->warnings.count; i++) {
        print_one(json, "warning", "warning: ", linting->warnings.texts[i]);
    }
    if (!json) {
        (void)printf("%s: findings: %u%s, warnings: %u\n", dir, findings->count,
                     findings->more ? " or more" : "", linting->warnings.count);
    }
}

static struct error lint(const struct settings *settings, const struct arguments *arguments,
                         struct linting *linting)
{
    day_t today = DAY_NONE;
    if (arguments->operand_count > 1) {
        return error_make(ERROR_USAGE, "usage", "name one folder: jaga rules lint [DIR]");
    }
    TRY(rules_day_flag(arguments, "on", rules_today(), &today));
    const char *dir = arguments->operand_count == 1 ? arguments->operands[0] : settings->rules_dir;
    TRY(rules_bundle_lint(dir, today, &linting->findings, &linting->warnings));
    print_all(linting, dir, argument_given(arguments, "json"));
    return no_error();
}

int command_rules_lint(const struct settings *settings, const struct arguments *arguments)
{
    struct linting *linting = calloc(1, sizeof *linting);
    assert(linting != NULL);
    const struct error error = lint(settings, arguments, linting);
    const bool clean = linting->findings.count == 0;
    free(linting);
    if (failed(&error)) {
        return command_report("rules lint", &error);
    }
    return clean ? EXIT_SUCCESS : EXIT_ANSWER_NO;
}
