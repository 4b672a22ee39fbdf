/* The table of settings, for the parts of the loader. Not for others: they read struct settings. */
#ifndef JAGA_SUPPORT_SETTINGS_ROWS_H
#define JAGA_SUPPORT_SETTINGS_ROWS_H

#include "support/settings.h"

enum setting_kind {
    SETTING_TEXT,   /* not empty */
    SETTING_OPTION, /* a text that may be empty */
    SETTING_SECRET, /* the same, never shown and never a flag */
    SETTING_NUMBER, /* uint32_t from min to max */
    SETTING_CHOICE, /* an enum, by the words of `choices` */
    SETTING_SWITCH, /* bool */
};

struct setting {
    const char *name, *environment, *fallback;
    enum setting_kind kind;
    uint32_t min, max;
    const char *const *choices; /* in the enum's order, ended by NULL */
    size_t offset;              /* in struct settings */
    const char *summary;
};

extern const struct setting setting_rows[];
extern const size_t setting_row_count;

enum setting_origin { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };
#define SETTING_ORIGIN_COUNT 4

/* The row of a name, or −1. */
int setting_find(const char *name);

/* What a value of the row may be, as "1 to 65536", into `out`. */
void setting_values(const struct setting *row, char *out, size_t size);

/* Parses `value` into its place. `where` names the place it was read from: "--lanes",
   "jaga.conf:12". USAGE "setting_wrong". */
MUST_USE struct error setting_put(struct settings *settings, size_t row, const char *value,
                                  enum setting_origin origin, const char *where);

/* A copy of a text, owned by `settings`. */
const char *settings_keep(struct settings *settings, const char *text);

/* Applies the file's lines (settings_file.c), the only user of libConfuse. */
MUST_USE struct error settings_read_file(struct settings *settings, const char *path);

/* What the words of the command line say about settings, before it is applied (settings_words.c).
 */
struct words {
    const char *config; /* of --config, or NULL */
    const char *values[SETTINGS_ROWS_MAX];
};
MUST_USE struct error settings_read_words(struct words *words, struct arguments *arguments,
                                          const struct flag *flags, int argc, char **argv);

#endif
