/* The manifest of an archive: one text for one content, and nothing believed that cannot be. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/archive_manifest.h"

static char folder[] = "/tmp/jaga-manifest-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/manifest.json", folder);
}

static void remove_folder(void)
{
    (void)unlink(path);
    cr_expect_eq(rmdir(folder), 0, "something was left behind");
}

TestSuite(archive_manifest, .init = make_folder, .fini = remove_folder);

static void cr_works(const struct error *error)
{
    cr_assert(!failed(error), "%s", error->detail);
}

static void add(struct archive_manifest *manifest, const char *topic, int32_t partition,
                int64_t first, int64_t next)
{
    struct archive_entry entry = {
        .partition = partition, .first = first, .next = next, .records = 1, .bytes = 500};
    snprintf(entry.topic, sizeof entry.topic, "%s", topic);
    archive_entry_name(&entry);
    memset(entry.digest, 0xAB, sizeof entry.digest);
    archive_manifest_add(manifest, &entry);
}

static struct archive_manifest make_manifest(void)
{
    struct archive_manifest manifest = {.log_id = {0xDE, 0xAD}, .lanes = 11, .prefix = "jaga"};
    add(&manifest, "jaga.payment", 10, 0, 4);
    add(&manifest, "jaga.payment", 2, 3, 7);
    add(&manifest, "jaga.journal", 0, 0, 2);
    add(&manifest, "jaga.payment", 2, 7, 9);
    add(&manifest, "jaga.schema", 0, 0, 9);
    return manifest;
}

#define HASH "abababababababababababababababababababababababababababababababab"
#define FILE_LINE(topic, partition, path_, first, next)                                            \
    "{\"topic\":\"" topic "\",\"partition\":" partition ",\"path\":\"" path_ "\",\"first\":" first \
    ",\"next\":" next ",\"records\":1,\"bytes\":500,\"blake2b_256\":\"" HASH "\"}"
#define JOURNAL_LINE                                                                               \
    FILE_LINE("jaga.journal", "0", "jaga.journal/0/00000000000000000000.avro", "0", "2")
#define PAYMENT_LINE(number, first, next)                                                          \
    FILE_LINE("jaga.payment", "2", "jaga.payment/2/0000000000000000000" number ".avro", first, next)
#define START "{\"format\":1,\"log_id\":\"dead0000000000000000000000000000\",\"lanes\":11,"
#define OPEN START "\"prefix\":\"jaga\",\"files\":[\n"
#define SHUT "\n]}\n"

static const char settled[] = OPEN JOURNAL_LINE
    ",\n" PAYMENT_LINE("3", "3", "7") ",\n" PAYMENT_LINE("7", "7", "9") ",\n" FILE_LINE(
        "jaga.payment", "10", "jaga.payment/10/00000000000000000000.avro", "0",
        "4") ",\n" FILE_LINE("jaga.schema", "0", "jaga.schema/0/00000000000000000000.avro", "0",
                             "9") SHUT;

static void cr_content(const char *expected)
{
    static char text[8192];
    FILE *in = fopen(path, "rb");
    cr_assert_not_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    cr_assert_eq(fclose(in), 0);
    cr_assert_str_eq(text, expected);
}

Test(archive_manifest, is_one_text_whatever_the_order_of_adding)
{
    struct archive_manifest manifest = make_manifest(), loaded;
    struct error error = archive_manifest_save(folder, &manifest);
    cr_works(&error);
    cr_content(settled);
    error = archive_manifest_load(folder, &loaded);
    cr_works(&error);
    cr_assert_eq(loaded.count, manifest.count);
    cr_assert_eq(loaded.lanes, 11);
    cr_assert_str_eq(loaded.prefix, "jaga");
    cr_assert_eq(memcmp(loaded.log_id, manifest.log_id, sizeof loaded.log_id), 0);
    for (size_t i = 0; i < loaded.count; i++) {
        cr_assert_eq(memcmp(&loaded.entries[i], &manifest.entries[i], sizeof *loaded.entries), 0);
    }
    error = archive_manifest_save(folder, &loaded);
    cr_works(&error);
    cr_content(settled);
    archive_manifest_clear(&loaded);
    archive_manifest_clear(&loaded);
    archive_manifest_clear(&manifest);
}

Test(archive_manifest, finds_the_files_of_a_partition)
{
    static const struct {
        const char *topic;
        int32_t partition;
        size_t first, count;
    } rows[] = {
        {"jaga.journal", 0, 0, 1},   {"jaga.payment", 2, 1, 2}, {"jaga.payment", 10, 3, 1},
        {"jaga.schema", 0, 4, 1},    {"jaga.payment", 0, 1, 0}, {"jaga.payment", 3, 3, 0},
        {"jaga.payment", 11, 4, 0},  {"jaga.a", 0, 0, 0},       {"jaga.z", 0, 5, 0},
        {"jaga.z", INT32_MAX, 5, 0},
    };
    struct archive_manifest manifest = make_manifest();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = 99;
        const size_t first =
            archive_manifest_find(&manifest, rows[i].topic, rows[i].partition, &count);
        cr_assert_eq(count, rows[i].count, "row %zu", i);
        cr_assert_eq(first, rows[i].first, "row %zu", i);
    }
    archive_manifest_clear(&manifest);
}

Test(archive_manifest, a_gap_is_not_added, .signal = SIGABRT)
{
    struct archive_manifest manifest = make_manifest();
    add(&manifest, "jaga.payment", 2, 10, 11);
}

Test(archive_manifest, what_cannot_be_is_refused)
{
    static const struct {
        const char *text, *what;
    } rows[] = {
        {settled, NULL},
        {OPEN SHUT, NULL},
        {"", "line 1"},
        {"[]", "format"},
        {"{}", "format"},
        {"{\"format\":2,\"files\":[]}", "format"},
        {"{\"format\":1,\"format\":1}", "duplicate"},
        {OPEN, "line 2"},
        {OPEN SHUT "x", "line 4"},
        {START "\"prefix\":\"jaga\"}", "fields"},
        {START "\"prefix\":\"jaga\",\"files\":{}}", "fields"},
        {START "\"prefix\":\"jaga\",\"files\":[],\"more\":1}", "fields"},
        {START "\"prefix\":\"\",\"files\":[]}", "prefix"},
        {START "\"prefix\":\"a/b\",\"files\":[]}", "prefix"},
        {"{\"format\":1,\"log_id\":\"dead\",\"lanes\":1,\"prefix\":\"jaga\",\"files\":[]}",
         "log_id"},
        {"{\"format\":1,\"log_id\":\"DEAD0000000000000000000000000000\",\"lanes\":1,\"prefix\":"
         "\"jaga\",\"files\":[]}",
         "log_id"},
        {"{\"format\":1,\"log_id\":\"dead0000000000000000000000000000\",\"lanes\":0,\"prefix\":"
         "\"jaga\",\"files\":[]}",
         "lanes"},
        {OPEN "1" SHUT, "file 1 of its list: its fields"},
        {OPEN "{\"topic\":\"jaga.journal\"}" SHUT, "its fields"},
        {OPEN FILE_LINE("other.journal", "0", "other.journal/0/00000000000000000000.avro", "0", "2")
             SHUT,
         "topic"},
        {OPEN FILE_LINE("jaga.", "0", "jaga./0/00000000000000000000.avro", "0", "2") SHUT, "topic"},
        {OPEN FILE_LINE("jaga./x", "0", "jaga./x/0/00000000000000000000.avro", "0", "2") SHUT,
         "topic"},
        {OPEN FILE_LINE("jaga.journal", "0", "../0/00000000000000000000.avro", "0", "2") SHUT,
         "path"},
        {OPEN FILE_LINE("jaga.journal", "0", "/etc/passwd", "0", "2") SHUT, "path"},
        {OPEN FILE_LINE("jaga.journal", "0", "jaga.journal/0/00000000000000000001.avro", "0", "2")
             SHUT,
         "path"},
        {OPEN FILE_LINE("jaga.journal", "-1", "jaga.journal/-1/00000000000000000000.avro", "0", "2")
             SHUT,
         "numbers"},
        {OPEN FILE_LINE("jaga.journal", "0", "jaga.journal/0/00000000000000000000.avro", "0", "0")
             SHUT,
         "numbers"},
        {OPEN FILE_LINE("jaga.journal", "0", "jaga.journal/0/00000000000000000000.avro", "0",
                        "\"2\"") SHUT,
         "its fields"},
        {OPEN JOURNAL_LINE ",\n" JOURNAL_LINE SHUT, "file 2 of its list: it overlaps"},
        {OPEN PAYMENT_LINE("3", "3", "7") ",\n" PAYMENT_LINE("6", "6", "9") SHUT, "overlaps"},
        {OPEN PAYMENT_LINE("3", "3", "7") ",\n" PAYMENT_LINE("8", "8", "9") SHUT, "missing"},
        {OPEN PAYMENT_LINE("3", "3", "7") ",\n" JOURNAL_LINE SHUT, "order"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILE *out = fopen(path, "wb");
        cr_assert_not_null(out);
        cr_assert_geq(fputs(rows[i].text, out), 0);
        cr_assert_eq(fclose(out), 0);
        struct archive_manifest manifest;
        const struct error error = archive_manifest_load(folder, &manifest);
        if (rows[i].what == NULL) {
            cr_works(&error);
            archive_manifest_clear(&manifest);
            continue;
        }
        cr_assert(failed(&error), "row %zu was taken", i);
        cr_assert_str_eq(error.code, "archive_damaged", "row %zu: %s", i, error.detail);
        cr_assert_not_null(strstr(error.detail, rows[i].what), "row %zu: %s", i, error.detail);
        cr_assert_not_null(strstr(error.detail, path), "row %zu: %s", i, error.detail);
    }
}

Test(archive_manifest, a_folder_without_one_is_no_archive)
{
    struct archive_manifest manifest;
    struct error error = archive_manifest_load(folder, &manifest);
    cr_assert_str_eq(error.code, "archive_missing");
    cr_assert_eq(error.kind, ERROR_USAGE);
    error = archive_manifest_save("/proc/no-such-folder", &(struct archive_manifest){.lanes = 1});
    cr_assert_str_eq(error.code, "file_failed");
}
