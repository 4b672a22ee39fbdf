#include "consumers/rules_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kafka/law_topics.h"
#include "support/clock.h"
#include "wire/digest.h"
#include "wire/hex.h"
#include "wire/rules_bundle.h"

#define WIB_HOURS 7
#define HASH_DIGITS_LEAST 8

static struct error read_file(const char *path, struct rules_source *out)
{
    FILE *file = fopen(path, "rb");
    out->text = malloc(RULES_TEXT_BYTES_MAX + 1);
    if (file == NULL || out->text == NULL) {
        const int number = errno;
        if (file != NULL) {
            (void)fclose(file);
        }
        return error_make(ERROR_FATAL, "rules_unreadable", "%s: %s", path, strerror(number));
    }
    out->length = fread(out->text, 1, RULES_TEXT_BYTES_MAX + 1, file);
    const int number = ferror(file) != 0 ? EIO : 0;
    (void)fclose(file);
    if (number != 0) {
        return error_make(ERROR_FATAL, "rules_unreadable", "%s: %s", path, strerror(number));
    }
    return out->length <= RULES_TEXT_BYTES_MAX
               ? no_error()
               : error_make(ERROR_FATAL, "rules_unreadable", "%s: longer than any bundle of rules",
                            path);
}

static bool is_hash(const char *name)
{
    const size_t length = strlen(name);
    return length >= HASH_DIGITS_LEAST && length <= 2 * DIGEST_BYTES &&
           strspn(name, "0123456789abcdef") == length;
}

static struct error read_topic(const struct settings *settings, const char *hash,
                               struct rules_source *out)
{
    struct connections connections;
    connections_of(settings, &connections);
    return rules_text_read(&connections.kafka, hash, &out->text, &out->length);
}

static struct error read_text(const struct settings *settings, struct rules_source *out)
{
    struct stat about;
    if (strcmp(out->name, "log") == 0) {
        return read_topic(settings, NULL, out);
    }
    if (stat(out->name, &about) == 0) {
        return S_ISDIR(about.st_mode) ? rules_bundle_read_files(out->name, &out->text, &out->length)
                                      : read_file(out->name, out);
    }
    if (is_hash(out->name)) {
        return read_topic(settings, out->name, out);
    }
    return error_make(ERROR_USAGE, "usage",
                      "%s: %s; give a folder of tables, a file with a bundle, the first %d or more "
                      "digits of a hash on the rules topic, or log for the bundle in force there",
                      out->name, strerror(errno), HASH_DIGITS_LEAST);
}

struct error rules_source_read(const struct settings *settings, const char *name,
                               struct rules_source *out)
{
    *out = (struct rules_source){.name = name == NULL ? settings->rules_dir : name};
    TRY(read_text(settings, out));
    uint8_t hash[DIGEST_BYTES];
    digest_of(out->text, out->length, hash);
    hex_print(hash, DIGEST_BYTES, out->hash);
    struct error error = rules_listing_read(text_of(out->text, out->length), &out->listing);
    if (failed(&error)) {
        return error_make(ERROR_FATAL, error.code, "%s: %s", out->name, error.detail);
    }
    return no_error();
}

void rules_source_clear(struct rules_source *source)
{
    rules_listing_clear(&source->listing);
    free(source->text);
    source->text = NULL;
}

struct error rules_source_parse(const struct rules_source *source, struct rules *out)
{
    return rules_bundle_parse(source->text, source->length, DAY_NONE, out, NULL);
}

struct error rules_day_flag(const struct arguments *arguments, const char *flag, day_t fallback,
                            day_t *out)
{
    const char *value = argument(arguments, flag);
    *out = fallback;
    if (value != NULL && !day_parse(value, (uint32_t)strlen(value), out)) {
        return error_make(ERROR_USAGE, "usage", "--%s %s: give a date such as 2026-03-01", flag,
                          value);
    }
    return no_error();
}

day_t rules_today(void)
{
    return day_of_time(clock_wall_us(), WIB_HOURS);
}
