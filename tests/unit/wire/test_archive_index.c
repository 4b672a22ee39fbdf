/* The index beside an archive file: every record of a key is found, and what is not its file's
   index is not used. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/archive_index.h"
#include "wire/digest.h"

#define RECORDS 5000
#define KEYS 700
#define FIRST 40
#define BLOCK_RECORDS 64

static char folder[] = "/tmp/jaga-index-XXXXXX";
static char path[300];
static struct archive_entry entry;

static void make_folder(void)
{
    char inner[256];
    cr_assert_not_null(mkdtemp(folder));
    entry = (struct archive_entry){.topic = "jaga.claim",
                                   .partition = 1,
                                   .first = FIRST,
                                   .next = FIRST + 2 * RECORDS,
                                   .records = RECORDS,
                                   .bytes = 100000};
    archive_entry_name(&entry);
    memset(entry.digest, 7, sizeof entry.digest);
    snprintf(inner, sizeof inner, "%s/jaga.claim", folder);
    cr_assert_eq(mkdir(inner, 0700), 0);
    snprintf(inner, sizeof inner, "%s/jaga.claim/1", folder);
    cr_assert_eq(mkdir(inner, 0700), 0);
    archive_index_name(folder, &entry, path, sizeof path);
}

static void remove_folder(void)
{
    char inner[256];
    (void)unlink(path);
    snprintf(inner, sizeof inner, "%s/jaga.claim/1", folder);
    cr_expect_eq(rmdir(inner), 0);
    snprintf(inner, sizeof inner, "%s/jaga.claim", folder);
    cr_expect_eq(rmdir(inner), 0);
    cr_expect_eq(rmdir(folder), 0);
}

TestSuite(archive_index, .init = make_folder, .fini = remove_folder);

static void cr_works(const struct error *error)
{
    cr_assert(!failed(error), "%s", error->detail);
}

static struct text key_of(unsigned number, char out[16])
{
    snprintf(out, 16, "P%u", number);
    return text_of_string(out);
}

static int64_t offset_of(unsigned record)
{
    return FIRST + 2 * (int64_t)record + 1;
}

static int64_t block_of(unsigned record)
{
    return 500 + 1000 * (int64_t)(record / BLOCK_RECORDS);
}

static void fill(struct archive_index *index, unsigned count)
{
    char text[16];
    archive_index_begin(index, FIRST);
    for (unsigned i = 0; i < count; i++) {
        archive_index_add(index, key_of(i * i % KEYS, text), offset_of(i), block_of(i));
    }
}

static void write_index(void)
{
    struct archive_index *index = archive_index_open();
    fill(index, RECORDS);
    const struct error error = archive_index_write(index, folder, &entry);
    cr_works(&error);
    archive_index_close(index);
}

struct search {
    unsigned key, record; /* the next one to be told */
};

static struct error take(void *context, int64_t block_at, int64_t offset)
{
    struct search *search = context;
    while (search->record < RECORDS && search->record * search->record % KEYS != search->key) {
        search->record++;
    }
    cr_assert_lt(search->record, RECORDS, "too many");
    cr_assert_eq(offset, offset_of(search->record));
    cr_assert_eq(block_at, block_of(search->record));
    search->record++;
    return no_error();
}

static struct error fails(void *context, int64_t block_at, int64_t offset)
{
    (void)context;
    return error_make(ERROR_FATAL, "mine", "%lld %lld", (long long)block_at, (long long)offset);
}

Test(archive_index, finds_every_record_of_a_key_in_order)
{
    char text[16];
    write_index();
    cr_assert(archive_index_fits(folder, &entry));
    for (unsigned key = 0; key < KEYS + 50; key++) {
        struct search search = {.key = key};
        unsigned expected = 0;
        for (unsigned i = 0; i < RECORDS; i++) {
            expected = i * i % KEYS == key ? i + 1 : expected;
        }
        const struct error error =
            archive_index_find(folder, &entry, key_of(key, text), take, &search);
        cr_works(&error);
        cr_assert_eq(search.record, expected, "key %u", key);
    }
    const struct error error = archive_index_find(folder, &entry, key_of(0, text), fails, NULL);
    cr_assert_str_eq(error.code, "mine");
}

Test(archive_index, tells_the_block_of_an_offset)
{
    const struct {
        int64_t offset, block_at;
    } rows[] = {
        {FIRST, block_of(0)},     {offset_of(0), block_of(0)},
        {offset_of(63), 500},     {offset_of(64) - 1, 500}, /* no record lies there */
        {offset_of(64), 1500},    {offset_of(RECORDS - 1), block_of(RECORDS - 1)},
        {FIRST - 1, block_of(0)}, {FIRST + 9 * RECORDS, block_of(RECORDS - 1)},
    };
    int64_t block_at = -1;
    struct error error = archive_index_block(folder, &entry, FIRST, &block_at);
    cr_assert_str_eq(error.code, "index_missing");
    write_index();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        error = archive_index_block(folder, &entry, rows[i].offset, &block_at);
        cr_works(&error);
        cr_expect_eq(block_at, rows[i].block_at, "%lld: %lld", (long long)rows[i].offset,
                     (long long)block_at);
    }
    entry.digest[0]++;
    error = archive_index_block(folder, &entry, FIRST, &block_at);
    cr_assert_str_eq(error.code, "index_damaged");
}

Test(archive_index, sixteen_bytes_a_record)
{
    struct stat state;
    write_index();
    cr_assert_eq(stat(path, &state), 0);
    cr_assert_eq(state.st_size, 24 + DIGEST_BYTES + 16 * RECORDS);
}

Test(archive_index, tells_whether_it_is_the_same)
{
    struct archive_index *index = archive_index_open();
    bool same = true;
    fill(index, RECORDS);
    struct error error = archive_index_same(index, folder, &entry, &same);
    cr_works(&error);
    cr_assert(!same, "there is none");
    write_index();
    fill(index, RECORDS);
    error = archive_index_same(index, folder, &entry, &same);
    cr_works(&error);
    cr_assert(same);
    const long rows[] = {0, 8, 16, 24, 24 + DIGEST_BYTES, 24 + DIGEST_BYTES + 16 * RECORDS - 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_index();
        FILE *file = fopen(path, "r+b");
        cr_assert_not_null(file);
        cr_assert_eq(fseek(file, rows[i], SEEK_SET), 0);
        const int byte = fgetc(file);
        cr_assert_eq(fseek(file, rows[i], SEEK_SET), 0);
        cr_assert_neq(fputc(byte ^ 1, file), EOF);
        cr_assert_eq(fclose(file), 0);
        fill(index, RECORDS);
        error = archive_index_same(index, folder, &entry, &same);
        cr_works(&error);
        cr_assert(!same, "byte %ld", rows[i]);
    }
    archive_index_close(index);
}

Test(archive_index, another_files_index_is_refused)
{
    char text[16];
    struct search search = {0};
    struct error error = archive_index_find(folder, &entry, key_of(0, text), take, &search);
    cr_assert_str_eq(error.code, "index_missing");
    write_index();
    struct archive_entry others[] = {entry, entry, entry};
    others[0].digest[31] ^= 1;
    others[1].records--;
    others[2].bytes = 600; /* its blocks lie beyond */
    for (unsigned i = 0; i < 3; i++) {
        cr_assert(archive_index_fits(folder, &others[i]) == (i == 2));
        error = archive_index_find(folder, &others[i], key_of(1, text), take,
                                   &(struct search){.key = 1});
        cr_assert_str_eq(error.code, "index_damaged");
        cr_assert_not_null(strstr(error.detail, "jaga archive"), "%s", error.detail);
    }
    cr_assert_eq(truncate(path, 24 + DIGEST_BYTES + 16 * RECORDS - 1), 0);
    error = archive_index_find(folder, &entry, key_of(0, text), take, &search);
    cr_assert_str_eq(error.code, "index_damaged");
    cr_assert(!archive_index_fits(folder, &entry));
}

Test(archive_index, a_file_without_records)
{
    char text[16];
    struct archive_entry empty = entry;
    empty.records = 0;
    struct archive_index *index = archive_index_open();
    archive_index_begin(index, FIRST);
    struct error error = archive_index_write(index, folder, &empty);
    cr_works(&error);
    archive_index_close(index);
    error = archive_index_find(folder, &empty, key_of(0, text), fails, NULL);
    cr_works(&error);
}
