#include "support/settings.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/settings_rows.h"

static const char *const origin_names[] = {
    [FROM_DEFAULT] = "default",
    [FROM_FILE] = "file",
    [FROM_ENVIRONMENT] = "environment",
    [FROM_FLAG] = "flag",
};
static_assert(sizeof origin_names / sizeof *origin_names == SETTING_ORIGIN_COUNT,
              "every origin has a name");

static struct error apply_defaults(struct settings *settings)
{
    for (size_t row = 0; row < setting_row_count; row++) {
        TRY(setting_put(settings, row, setting_rows[row].fallback, FROM_DEFAULT, "default"));
    }
    return no_error();
}

static struct error apply_file(struct settings *settings, const struct words *words)
{
    const char *path = words->config != NULL ? words->config : getenv("JAGA_CONFIG");
    return path == NULL ? no_error() : settings_read_file(settings, path);
}

static struct error apply_environment(struct settings *settings)
{
    for (size_t row = 0; row < setting_row_count; row++) {
        const char *name = setting_rows[row].environment;
        const char *value = getenv(name);
        if (value != NULL) {
            TRY(setting_put(settings, row, value, FROM_ENVIRONMENT, name));
        }
    }
    return no_error();
}

static struct error apply_words(struct settings *settings, const struct words *words)
{
    for (size_t row = 0; row < setting_row_count; row++) {
        if (words->values[row] != NULL) {
            char where[128];
            (void)snprintf(where, sizeof where, "--%s", setting_rows[row].name);
            TRY(setting_put(settings, row, words->values[row], FROM_FLAG, where));
        }
    }
    return no_error();
}

static struct error load(struct settings *settings, struct arguments *arguments,
                         const struct flag *flags, int argc, char **argv)
{
    struct words words;
    memset(&words, 0, sizeof words);
    TRY(apply_defaults(settings));
    TRY(settings_read_words(&words, arguments, flags, argc, argv));
    if (arguments->help) {
        return no_error(); /* who asks for help may have a broken file */
    }
    TRY(apply_file(settings, &words));
    TRY(apply_environment(settings));
    return apply_words(settings, &words);
}

struct error settings_load(struct settings *settings, struct arguments *arguments,
                           const struct flag *flags, int argc, char **argv)
{
    memset(settings, 0, sizeof *settings);
    memset(arguments, 0, sizeof *arguments);
    const struct error error = load(settings, arguments, flags, argc, argv);
    if (failed(&error)) {
        settings_clear(settings);
    }
    return error;
}

size_t settings_count(void)
{
    return setting_row_count;
}

static void show_value(const struct settings *settings, const struct setting *row, char *out,
                       size_t size)
{
    const void *place = (const char *)settings + row->offset;
    const char *text = "";
    switch (row->kind) {
    case SETTING_TEXT:
    case SETTING_OPTION: text = *(const char *const *)place; break;
    case SETTING_SECRET: text = **(const char *const *)place == '\0' ? "" : "***"; break;
    case SETTING_NUMBER: (void)snprintf(out, size, "%u", *(const uint32_t *)place); return;
    case SETTING_CHOICE: text = row->choices[*(const unsigned *)place]; break;
    case SETTING_SWITCH: text = *(const bool *)place ? "true" : "false"; break;
    }
    (void)snprintf(out, size, "%s", text);
}

void settings_describe(size_t row, struct setting_shown *out)
{
    assert(row < setting_row_count);
    const struct setting *setting = &setting_rows[row];
    memset(out, 0, sizeof *out);
    out->name = setting->name;
    out->environment = setting->environment;
    out->fallback = setting->fallback;
    out->summary = setting->summary;
    out->source = "";
    out->has_flag = setting->kind != SETTING_SECRET;
    out->is_switch = setting->kind == SETTING_SWITCH;
    setting_values(setting, out->values, sizeof out->values);
}

void settings_show(const struct settings *settings, size_t row, struct setting_shown *out)
{
    settings_describe(row, out);
    out->source = origin_names[settings->origins[row]];
    show_value(settings, &setting_rows[row], out->value, sizeof out->value);
}

bool kafka_setting_is_secret(const char *name)
{
    return strstr(name, "password") != NULL || strstr(name, "secret") != NULL ||
           strstr(name, ".pem") != NULL || strstr(name, "sasl.oauthbearer.config") != NULL;
}

bool setting_is_given(const struct settings *settings, const char *name)
{
    const int row = setting_find(name);
    assert(row >= 0);
    return settings->origins[row] != FROM_DEFAULT;
}
