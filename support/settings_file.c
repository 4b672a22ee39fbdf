#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "support/settings_rows.h"

/* libConfuse hands its callbacks no context of ours, so the file being read stands here; files are
   read at start, by one thread. */
static struct reading {
    struct settings *settings;
    struct error error; /* the first thing that went wrong */
} reading;

static void remember(struct error error)
{
    if (!failed(&reading.error)) {
        reading.error = error;
    }
}

static void where_of(const cfg_t *cfg, char *out, size_t size)
{
    (void)snprintf(out, size, "%s:%d", cfg->filename == NULL ? "?" : cfg->filename, cfg->line);
}

static void on_error(cfg_t *cfg, const char *format, va_list arguments)
{
    char message[256];
    (void)vsnprintf(message, sizeof message, format, arguments);
    char where[256];
    where_of(cfg, where, sizeof where);
    remember(error_make(ERROR_USAGE, "setting_wrong", "%s: %s", where, message));
}

/* Called after each line of the file that sets a row; the line number is at hand only here. */
static int on_value(cfg_t *cfg, cfg_opt_t *option)
{
    const int row = setting_find(cfg_opt_name(option));
    const char *value = cfg_opt_getstr(option);
    if (row < 0 || value == NULL) {
        return 0;
    }
    char where[256];
    where_of(cfg, where, sizeof where);
    const struct error error = setting_put(reading.settings, (size_t)row, value, FROM_FILE, where);
    if (failed(&error)) {
        remember(error);
        return -1;
    }
    return 0;
}

static struct error keep_kafka_options(struct settings *settings, cfg_t *cfg, const char *path)
{
    cfg_t *section = cfg_getsec(cfg, "kafka");
    for (unsigned i = 0; section != NULL && i < cfg_num(section); i++) {
        cfg_opt_t *option = cfg_getnopt(section, i);
        if (option == NULL || cfg_opt_name(option) == NULL || cfg_opt_getstr(option) == NULL) {
            continue;
        }
        if (settings->kafka_option_count == SETTINGS_KAFKA_OPTIONS_MAX) {
            return error_make(ERROR_USAGE, "setting_wrong",
                              "%s: section kafka has more than %d lines", path,
                              SETTINGS_KAFKA_OPTIONS_MAX);
        }
        struct kafka_setting *kept = &settings->kafka_options[settings->kafka_option_count++];
        kept->name = settings_keep(settings, cfg_opt_name(option));
        kept->value = settings_keep(settings, cfg_opt_getstr(option));
    }
    return no_error();
}

static cfg_t *new_reader(void)
{
    static cfg_opt_t kafka[] = {CFG_END()};
    cfg_opt_t options[SETTINGS_ROWS_MAX + 2];
    for (size_t row = 0; row < setting_row_count; row++) {
        options[row] = (cfg_opt_t)CFG_STR(setting_rows[row].name, NULL, CFGF_NONE);
    }
    options[setting_row_count] = (cfg_opt_t)CFG_SEC("kafka", kafka, CFGF_KEYSTRVAL);
    options[setting_row_count + 1] = (cfg_opt_t)CFG_END();

    cfg_t *cfg = cfg_init(options, CFGF_NONE);
    if (cfg != NULL) {
        cfg_set_error_function(cfg, on_error);
        for (size_t row = 0; row < setting_row_count; row++) {
            cfg_set_validate_func(cfg, setting_rows[row].name, on_value);
        }
    }
    return cfg;
}

/* libConfuse's scanner ends the process when it is given a folder. */
static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

struct error settings_read_file(struct settings *settings, const char *path)
{
    if (is_folder(path)) {
        return error_make(ERROR_FATAL, "config_unreadable", "%s is a folder", path);
    }
    cfg_t *cfg = new_reader();
    if (cfg == NULL) {
        return error_make(ERROR_FATAL, "out_of_memory", "no memory to read %s", path);
    }
    reading = (struct reading){settings, no_error()};
    const int answer = cfg_parse(cfg, path);
    struct error error = no_error();
    if (answer == CFG_FILE_ERROR) {
        error = error_make(ERROR_FATAL, "config_unreadable", "%s: %s", path, strerror(errno));
    } else if (answer != CFG_SUCCESS) {
        error = reading.error;
    } else {
        error = keep_kafka_options(settings, cfg, path);
    }
    cfg_free(cfg);
    return error;
}
