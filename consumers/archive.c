/* `jaga archive`: the topics as files that need no server, with a manifest and hashes. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "consumers/archive_copy.h"
#include "lane/connect.h"
#include "support/command.h"
#include "support/shutdown.h"

const struct flag archive_flags[] = {
    {"codec", "CODEC", "null, or deflate for a third of the size. Default: null."},
    {"file-bytes", "N", "A file that has so many bytes is finished. Default: 268435456."},
    {"verify", NULL, "Check the files against the manifest; no server is needed."},
    {"index", NULL, "Make missing or wrong indexes again; no server is needed."},
    {"json", NULL, "One JSON object a partition, then one for the whole."},
    {NULL, NULL, NULL},
};

#define FILE_BYTES_DEFAULT (256 * 1024 * 1024)
#define FILE_BYTES_MIN 65536
#define FILE_BYTES_MAX (1024 * 1024 * 1024)
static_assert(FILE_BYTES_MAX < ARCHIVE_INDEX_BYTES_MAX / 4 * 3,
              "an index can tell of a whole file");

enum action { ACTION_COPY, ACTION_VERIFY, ACTION_INDEX };

struct archiving {
    struct archive_wish wish;
    struct connections connections;
    enum action action;
    bool json;
};

static struct error usage(const char *flag, const char *value, const char *wanted)
{
    return error_make(ERROR_USAGE, "usage", "%s %s: %s", flag, value, wanted);
}

static struct error read_codec(const char *name, enum archive_codec *out)
{
    if (strcmp(name, "null") != 0 && strcmp(name, "deflate") != 0) {
        return usage("--codec", name, "give null or deflate");
    }
    *out = strcmp(name, "null") == 0 ? ARCHIVE_NULL : ARCHIVE_DEFLATE;
    return no_error();
}

static struct error read_file_bytes(const char *text, int64_t *out)
{
    return whole_number(text, FILE_BYTES_MIN, FILE_BYTES_MAX, out)
               ? no_error()
               : usage("--file-bytes", text, "give a whole number from 65536 to 1073741824");
}

static struct error read_wish(const struct arguments *arguments, struct archiving *archiving)
{
    const char *codec = argument(arguments, "codec");
    const char *file_bytes = argument(arguments, "file-bytes");
    const bool verify = argument_given(arguments, "verify");
    const bool index = argument_given(arguments, "index");
    archiving->json = argument_given(arguments, "json");
    archiving->wish = (struct archive_wish){.codec = ARCHIVE_NULL,
                                            .file_bytes = FILE_BYTES_DEFAULT,
                                            .shows_progress = isatty(STDERR_FILENO) == 1};
    if (arguments->operand_count != 1) {
        return error_make(ERROR_USAGE, "usage", "name one folder");
    }
    if (verify && index) {
        return usage("--verify", "--index", "one at a time");
    }
    if ((verify || index) && (codec != NULL || file_bytes != NULL)) {
        return usage(verify ? "--verify" : "--index", "",
                     "it writes no files: leave --codec and "
                     "--file-bytes out");
    }
    archiving->wish.folder = arguments->operands[0];
    archiving->action = verify ? ACTION_VERIFY : index ? ACTION_INDEX : ACTION_COPY;
    TRY(codec == NULL ? no_error() : read_codec(codec, &archiving->wish.codec));
    return file_bytes == NULL ? no_error()
                              : read_file_bytes(file_bytes, &archiving->wish.file_bytes);
}

/* ---- What there is ---- */

struct stretch_total { /* of one partition */
    const struct archive_entry *first, *last;
    int64_t files, records, bytes;
};

static size_t add_partition(const struct archive_manifest *manifest, size_t at,
                            struct stretch_total *out)
{
    const struct archive_entry *first = &manifest->entries[at];
    *out = (struct stretch_total){.first = first};
    size_t count = 0;
    (void)archive_manifest_find(manifest, first->topic, first->partition, &count);
    for (size_t i = 0; i < count; i++) {
        out->last = first + i;
        out->files++;
        out->records += out->last->records;
        out->bytes += out->last->bytes;
    }
    return at + count;
}

static void print_partition(const struct stretch_total *total, bool json)
{
    if (json) {
        printf("{\"kind\":\"partition\",\"topic\":\"%s\",\"partition\":%" PRId32
               ",\"first\":%" PRId64 ",\"next\":%" PRId64 ",\"files\":%" PRId64
               ",\"records\":%" PRId64 ",\"bytes\":%" PRId64 "}\n",
               total->first->topic, total->first->partition, total->first->first, total->last->next,
               total->files, total->records, total->bytes);
        return;
    }
    printf("%-28s %4" PRId32 " %12" PRId64 " %12" PRId64 " %6" PRId64 " %12" PRId64 " %15" PRId64
           "\n",
           total->first->topic, total->first->partition, total->first->first, total->last->next,
           total->files, total->records, total->bytes);
}

static void print_manifest(const struct archive_manifest *manifest, bool json)
{
    if (!json && manifest->count > 0) {
        printf("%-28s %4s %12s %12s %6s %12s %15s\n", "topic", "part", "from", "next", "files",
               "records", "bytes");
    }
    for (size_t at = 0; at < manifest->count;) {
        struct stretch_total total;
        at = add_partition(manifest, at, &total);
        print_partition(&total, json);
    }
}

static void print_work(const struct archiving *archiving, const struct archive_work *work,
                       bool agrees)
{
    static const char *const verbs[] = {
        [ACTION_COPY] = "added", [ACTION_VERIFY] = "checked", [ACTION_INDEX] = "indexed"};
    if (archiving->json) {
        printf("{\"kind\":\"archive\",\"%s\":{\"files\":%" PRId64 ",\"records\":%" PRId64
               ",\"bytes\":%" PRId64 "},\"agrees\":%s}\n",
               verbs[archiving->action], work->files, work->records, work->bytes,
               agrees ? "true" : "false");
        return;
    }
    printf("%s %" PRId64 " files, %" PRId64 " records, %" PRId64 " bytes%s\n",
           verbs[archiving->action], work->files, work->records, work->bytes,
           archiving->action != ACTION_VERIFY ? ""
           : agrees                           ? ": the manifest agrees"
                                              : ": the manifest differs");
}

static struct error act(const struct archiving *archiving, struct archive_work *work, bool *agrees)
{
    switch (archiving->action) {
    case ACTION_COPY: return archive_copy(work);
    case ACTION_VERIFY: return archive_verify(work, agrees);
    case ACTION_INDEX: return archive_reindex(work);
    }
    return no_error();
}

static struct error archive(struct archiving *archiving, const struct arguments *arguments,
                            bool *agrees)
{
    TRY(read_wish(arguments, archiving));
    struct archive_work work = {
        .wish = &archiving->wish, .kafka = &archiving->connections.kafka, .folder = -1};
    const struct error error = act(archiving, &work, agrees);
    if (!failed(&error)) {
        if (archiving->action == ACTION_COPY) {
            print_manifest(&work.manifest, archiving->json);
        }
        print_work(archiving, &work, *agrees);
    } else if (archiving->action == ACTION_COPY && work.manifest.lanes > 0) {
        fprintf(stderr,
                "jaga archive: %" PRId64 " files with %" PRId64
                " records were added and are whole; the same command goes on behind them\n",
                work.files, work.records);
    }
    archive_work_clear(&work);
    return error;
}

int command_archive(const struct settings *settings, const struct arguments *arguments)
{
    struct archiving *archiving = calloc(1, sizeof *archiving);
    assert(archiving != NULL);
    bool agrees = true;
    connections_of(settings, &archiving->connections);
    shutdown_watch();
    const struct error error = archive(archiving, arguments, &agrees);
    free(archiving);
    const int code = command_report("archive", &error);
    return code == EXIT_SUCCESS && !agrees ? EXIT_ANSWER_NO : code;
}
