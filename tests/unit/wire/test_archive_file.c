/* Archive files: what is written is read, by us and by Avro C; the same records give the same
   bytes; anything damaged is told and never believed. */
#include <avro.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/archive_parts.h"
#include "wire/avro.h"
#include "wire/digest.h"
#include "wire/hex.h"

#define RECORDS_MAX 4096

static char folder[] = "/tmp/jaga-archive-XXXXXX";
static char path[64];

static const struct archive_file_head head = {
    .topic = "jaga.payment",
    .partition = 3,
    .log_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255},
};

static void make_folder(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.avro", folder);
}

static void remove_folder(void)
{
    (void)unlink(path);
    cr_expect_eq(rmdir(folder), 0);
}

TestSuite(archive_file, .init = make_folder, .fini = remove_folder);

static const struct log_record few[] = {
    {.offset = 7, .timestamp_ms = 1700000000123, .key = {"P1", 2}, .value = {"one", 3}},
    {.offset = 8, .timestamp_ms = -1, .key = {NULL, 0}, .value = {"two", 3}},
    {.offset = 11, .timestamp_ms = INT64_MAX, .key = {"", 0}, .value = {NULL, 0}},
    {.offset = INT64_MAX, .timestamp_ms = INT64_MIN, .key = {"a\0b", 3}, .value = {"", 0}},
};
#define FEW (sizeof few / sizeof *few)

static void cr_works(const struct error *error)
{
    cr_assert(!failed(error), "%s", error->detail);
}

static void write_records(const struct log_record *records, size_t count, enum archive_codec codec,
                          uint8_t digest[DIGEST_BYTES])
{
    struct archive_writer *writer = NULL;
    struct error error = archive_writer_open(path, &head, codec, &writer);
    cr_works(&error);
    for (size_t i = 0; i < count; i++) {
        error = archive_writer_add(writer, &records[i]);
        cr_works(&error);
    }
    int64_t bytes = 0;
    error = archive_writer_finish(writer, &bytes, digest);
    cr_works(&error);
    archive_writer_close(writer);
    struct stat state;
    cr_assert_eq(stat(path, &state), 0);
    cr_assert_eq(state.st_size, bytes);
}

static size_t file_bytes(uint8_t *bytes, size_t capacity)
{
    FILE *in = fopen(path, "rb");
    cr_assert_not_null(in);
    const size_t length = fread(bytes, 1, capacity, in);
    cr_assert_eq(fclose(in), 0);
    return length;
}

static void write_bytes(const void *bytes, size_t length)
{
    FILE *out = fopen(path, "wb");
    cr_assert_not_null(out);
    cr_assert_eq(fwrite(bytes, 1, length, out), length);
    cr_assert_eq(fclose(out), 0);
}

static bool same_text(struct text a, struct text b)
{
    return text_is_absent(a) == text_is_absent(b) && text_equal(a, b);
}

static void cr_same(const struct log_record *found, const struct log_record *expected)
{
    cr_assert_eq(found->offset, expected->offset);
    cr_assert_eq(found->timestamp_ms, expected->timestamp_ms);
    cr_assert(same_text(found->key, expected->key), "key of offset %lld", (long long)found->offset);
    cr_assert(same_text(found->value, expected->value), "value of offset %lld",
              (long long)found->offset);
}

/* Every record is looked at once more while the one behind it is in hand. */
static void cr_reads(const struct log_record *records, size_t count,
                     const uint8_t digest[DIGEST_BYTES])
{
    struct archive_reader *reader = NULL;
    struct error error = archive_reader_open(path, &head, &reader);
    cr_works(&error);
    struct log_record record, before;
    bool at_end = false;
    for (size_t i = 0; i < count; i++) {
        error = archive_reader_next(reader, &record, &at_end);
        cr_works(&error);
        cr_assert(!at_end);
        cr_same(&record, &records[i]);
        if (i > 0) {
            cr_same(&before, &records[i - 1]);
        }
        before = record;
    }
    for (unsigned i = 0; i < 2; i++) {
        error = archive_reader_next(reader, &record, &at_end);
        cr_works(&error);
        cr_assert(at_end);
        cr_assert_eq(record.offset, -1);
    }
    uint8_t found[DIGEST_BYTES];
    archive_reader_digest(reader, found);
    cr_assert_eq(memcmp(found, digest, DIGEST_BYTES), 0, "the digest is another");
    archive_reader_close(reader);
}

/* So many records of pseudo-random length, over many blocks. */
static struct log_record many[RECORDS_MAX];
static char noise[RECORDS_MAX + 700];

static void make_many(void)
{
    uint32_t dice = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        dice = dice * 1664525 + 1013904223;
        noise[i] = (char)(dice >> 24);
    }
    int64_t offset = 0;
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        offset += 1 + (int64_t)((uint8_t)noise[i] % 3);
        many[i] = (struct log_record){offset, 1700000000000 + (int64_t)i,
                                      text_of(noise + i, 8 + i % 9), text_of(noise + i, i % 700)};
    }
}

Test(archive_file, what_is_written_is_read)
{
    make_many();
    const struct {
        const struct log_record *records;
        size_t count;
    } rows[] = {{few, 0}, {few, 1}, {few, FEW}, {many, RECORDS_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
            uint8_t digest[DIGEST_BYTES];
            write_records(rows[i].records, rows[i].count, (enum archive_codec)codec, digest);
            cr_reads(rows[i].records, rows[i].count, digest);
        }
    }
}

Test(archive_file, a_record_larger_than_a_block)
{
    char *large = malloc(ARCHIVE_RECORD_BYTES_MAX);
    cr_assert_not_null(large);
    memset(large, 'x', ARCHIVE_RECORD_BYTES_MAX);
    const struct log_record records[] = {
        {1, 1, TEXT("a"), text_of(large, 100)},
        {2, 2, TEXT("b"), text_of(large, ARCHIVE_RECORD_BYTES_MAX - 1)},
        {3, 3, TEXT("c"), text_of(large, 1000)},
    };
    uint8_t digest[DIGEST_BYTES];
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        write_records(records, 3, (enum archive_codec)codec, digest);
        cr_reads(records, 3, digest);
    }
    struct archive_writer *writer = NULL;
    struct error error = archive_writer_open(path, &head, ARCHIVE_NULL, &writer);
    cr_works(&error);
    const struct log_record too_long = {4, 4, TEXT("ab"),
                                        text_of(large, ARCHIVE_RECORD_BYTES_MAX - 1)};
    error = archive_writer_add(writer, &too_long);
    cr_assert_str_eq(error.code, "record_too_long");
    archive_writer_close(writer);
    free(large);
}

/* The form is settled: these bytes are those of format 1. */
Test(archive_file, the_same_records_give_the_same_bytes)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    write_records(few, FEW, ARCHIVE_NULL, digest);
    hex_print(digest, DIGEST_BYTES, hex);
    cr_assert_str_eq(hex, "bb54704f7c5278c5426f293d6ba0d7fb4a1c6713d9a8b6021922fd9ea9209593");
    static uint8_t bytes[4096];
    const size_t length = file_bytes(bytes, sizeof bytes);
    uint8_t whole[DIGEST_BYTES];
    digest_of(bytes, length, whole);
    cr_assert_eq(memcmp(whole, digest, DIGEST_BYTES), 0);
}

/* Another implementation reads it: Avro C, with the schema that stands in the file. */
static void cr_avro_bytes(avro_value_t *record, size_t field, struct text expected)
{
    avro_value_t both, branch;
    const void *at;
    size_t length;
    int chosen;
    cr_assert_eq(avro_value_get_by_index(record, field, &both, NULL), 0);
    cr_assert_eq(avro_value_get_discriminant(&both, &chosen), 0);
    cr_assert_eq(chosen, text_is_absent(expected) ? 0 : 1);
    if (chosen == 1) {
        cr_assert_eq(avro_value_get_current_branch(&both, &branch), 0);
        cr_assert_eq(avro_value_get_bytes(&branch, &at, &length), 0);
        cr_assert_eq(length, expected.length);
        cr_assert(length == 0 || memcmp(at, expected.at, length) == 0);
    }
}

static void cr_avro_record(avro_value_t *value, const struct log_record *expected)
{
    avro_value_t field;
    int64_t number;
    cr_assert_eq(avro_value_get_by_name(value, "offset", &field, NULL), 0);
    cr_assert_eq(avro_value_get_long(&field, &number), 0);
    cr_assert_eq(number, expected->offset);
    cr_assert_eq(avro_value_get_by_name(value, "timestamp", &field, NULL), 0);
    cr_assert_eq(avro_value_get_long(&field, &number), 0);
    cr_assert_eq(number, expected->timestamp_ms);
    cr_avro_bytes(value, 2, expected->key);
    cr_avro_bytes(value, 3, expected->value);
}

Test(archive_file, avro_c_reads_it)
{
    make_many();
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        uint8_t digest[DIGEST_BYTES];
        write_records(many, RECORDS_MAX, (enum archive_codec)codec, digest);
        avro_file_reader_t reader;
        cr_assert_eq(avro_file_reader(path, &reader), 0, "%s", avro_strerror());
        avro_schema_t schema = avro_file_reader_get_writer_schema(reader);
        cr_assert_str_eq(avro_schema_name(schema), "ArchivedRecord");
        cr_assert_str_eq(avro_schema_namespace(schema), "id.jaga");
        avro_value_iface_t *interface = avro_generic_class_from_schema(schema);
        avro_value_t value;
        cr_assert_eq(avro_generic_value_new(interface, &value), 0);
        for (size_t i = 0; i < RECORDS_MAX; i++) {
            cr_assert_eq(avro_file_reader_read_value(reader, &value), 0, "%s", avro_strerror());
            cr_avro_record(&value, &many[i]);
        }
        cr_assert_eq(avro_file_reader_read_value(reader, &value), EOF);
        avro_value_decref(&value);
        avro_value_iface_decref(interface);
        avro_schema_decref(schema);
        avro_file_reader_close(reader);
    }
}

/* Reads to the end or the first error; `digest` is that of what was read. */
static struct error read_through(size_t *count, uint8_t digest[DIGEST_BYTES])
{
    struct archive_reader *reader = NULL;
    struct error error = archive_reader_open(path, &head, &reader);
    bool at_end = false;
    *count = 0;
    while (!failed(&error) && !at_end) {
        struct log_record record;
        error = archive_reader_next(reader, &record, &at_end);
        *count += !failed(&error) && !at_end;
    }
    if (!failed(&error)) {
        archive_reader_digest(reader, digest);
    }
    archive_reader_close(reader);
    return error;
}

static void cr_damaged(const struct error *error)
{
    cr_assert_str_eq(error->code, "archive_damaged", "%s", error->detail);
    cr_assert_eq(error->kind, ERROR_FATAL);
    cr_assert_eq(strncmp(error->detail, path, strlen(path)), 0, "%s", error->detail);
    cr_assert_not_null(strstr(error->detail, ": byte "), "%s", error->detail);
}

Test(archive_file, cut_short_at_every_byte)
{
    static uint8_t bytes[4096];
    uint8_t digest[DIGEST_BYTES], found[DIGEST_BYTES];
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        write_records(few, 0, (enum archive_codec)codec, digest);
        const size_t header = file_bytes(bytes, sizeof bytes);
        write_records(few, FEW, (enum archive_codec)codec, digest);
        const size_t length = file_bytes(bytes, sizeof bytes);
        for (size_t cut = 0; cut < length; cut++) {
            size_t count;
            write_bytes(bytes, cut);
            const struct error error = read_through(&count, found);
            if (cut == header) { /* whole, without records: the manifest knows better */
                cr_works(&error);
                cr_assert_neq(memcmp(found, digest, DIGEST_BYTES), 0);
            } else {
                cr_damaged(&error);
            }
        }
    }
}

Test(archive_file, a_flipped_bit_is_an_error_or_another_digest)
{
    static uint8_t bytes[4096];
    uint8_t digest[DIGEST_BYTES], found[DIGEST_BYTES];
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        write_records(few, FEW, (enum archive_codec)codec, digest);
        const size_t length = file_bytes(bytes, sizeof bytes);
        for (size_t bit = 0; bit < 8 * length; bit++) {
            size_t count;
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            write_bytes(bytes, length);
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            const struct error error = read_through(&count, found);
            if (failed(&error)) {
                cr_damaged(&error);
            } else {
                cr_assert_neq(memcmp(found, digest, DIGEST_BYTES), 0, "bit %zu", bit);
            }
        }
    }
}

Test(archive_file, files_of_something_else_are_refused)
{
    static const struct {
        const char *topic;
        int32_t partition;
        uint8_t log_id;
    } rows[] = {
        {"jaga.payments", 3, 1}, {"jaga.paymen", 3, 1},   {"jaga.decision", 3, 1},
        {"jaga.payment", 2, 1},  {"jaga.payment", 33, 1}, {"jaga.payment", 3, 2},
    };
    uint8_t digest[DIGEST_BYTES];
    write_records(few, FEW, ARCHIVE_NULL, digest);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct archive_file_head other = head;
        other.topic = rows[i].topic;
        other.partition = rows[i].partition;
        other.log_id[0] = rows[i].log_id;
        struct archive_reader *reader = NULL;
        const struct error error = archive_reader_open(path, &other, &reader);
        cr_damaged(&error);
        cr_assert_null(reader);
        cr_assert_not_null(strstr(error.detail, rows[i].topic), "%s", error.detail);
    }
}

static void put_long(struct buffer *out, int64_t number)
{
    avro_write_long(out, number);
}

/* A file with one block that says of itself what the row says. */
struct hostile {
    int64_t records, bytes;
    struct text data;
    const char *what;
};

static void write_hostile(const struct hostile *row, enum archive_codec codec)
{
    static uint8_t bytes[4096];
    uint8_t sync[AVRO_SYNC_BYTES];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    archive_header_write(&out, &head, codec);
    archive_sync_mark(&head, 1, sync);
    buffer_put(&out, sync, sizeof sync);
    put_long(&out, row->records);
    put_long(&out, row->bytes);
    buffer_text(&out, row->data);
    buffer_put(&out, sync, sizeof sync);
    cr_assert(!out.overflow);
    write_bytes(out.at, out.length);
}

#define WHOLE TEXT("\x02\x02\x00\x00") /* offset 1, time 1, null, null */

Test(archive_file, sizes_that_lie_are_refused)
{
    const struct hostile rows[] = {
        {1, 4, WHOLE, NULL},
        {0, 4, WHOLE, "not allowed"},
        {-1, 4, WHOLE, "not allowed"},
        {INT64_MIN, 4, WHOLE, "not allowed"},
        {INT64_MAX, 4, WHOLE, "not allowed"},
        {2, 4, WHOLE, "cannot be read"},
        {1, 0, WHOLE, "not allowed"},
        {1, -4, WHOLE, "not allowed"},
        {1, INT64_MAX, WHOLE, "not allowed"},
        {1, ARCHIVE_BLOCK_BYTES_MAX, WHOLE, "cut short"},
        {1, 3, WHOLE, "mark"},
        {1, 5, TEXT("\x02\x02\x00\x00\x00"), "after its last record"},
        {2, 8, TEXT("\x04\x02\x00\x00\x04\x02\x00\x00"), "does not go up"},
        {1, 4, TEXT("\x01\x02\x00\x00"), "does not go up"},
        {1, 4, TEXT("\x02\x02\x04\x00"), "cannot be read"},
        {1, 5, TEXT("\x02\x02\x00\x02\x02"), "cannot be read"},
        {1, 5, TEXT("\x02\x02\x00\x02\x01"), "cannot be read"},
        {1, 14, TEXT("\x02\x02\x00\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "cannot be read"},
        {1, 14, TEXT("\x02\x02\x00\x02\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "cannot be read"},
        {1, 11, TEXT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "cannot be read"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count;
        uint8_t digest[DIGEST_BYTES];
        write_hostile(&rows[i], ARCHIVE_NULL);
        const struct error error = read_through(&count, digest);
        if (rows[i].what == NULL) {
            cr_works(&error);
            cr_assert_eq(count, 1);
            continue;
        }
        cr_damaged(&error);
        cr_assert_not_null(strstr(error.detail, rows[i].what), "row %zu: %s", i, error.detail);
    }
}

/* Raw deflate: a stored block of 4 bytes; then the same with a byte behind it, and cut. */
Test(archive_file, a_compressed_block_is_exactly_one_stream)
{
    const struct hostile rows[] = {
        {1, 9, TEXT("\x01\x04\x00\xFB\xFF\x02\x02\x00\x00"), NULL},
        {1, 10, TEXT("\x01\x04\x00\xFB\xFF\x02\x02\x00\x00\x00"), "cannot be decompressed"},
        {1, 8, TEXT("\x01\x04\x00\xFB\xFF\x02\x02\x00"), "cannot be decompressed"},
        {1, 4, WHOLE, "cannot be"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count;
        uint8_t digest[DIGEST_BYTES];
        write_hostile(&rows[i], ARCHIVE_DEFLATE);
        const struct error error = read_through(&count, digest);
        if (rows[i].what == NULL) {
            cr_works(&error);
            cr_assert_eq(count, 1);
            continue;
        }
        cr_damaged(&error);
        cr_assert_not_null(strstr(error.detail, rows[i].what), "row %zu: %s", i, error.detail);
    }
}

Test(archive_file, a_block_can_be_gone_to)
{
    make_many();
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        static int64_t blocks[RECORDS_MAX];
        struct archive_writer *writer = NULL;
        struct error error = archive_writer_open(path, &head, (enum archive_codec)codec, &writer);
        cr_works(&error);
        for (size_t i = 0; i < RECORDS_MAX; i++) {
            error = archive_writer_add(writer, &many[i]);
            cr_works(&error);
            blocks[i] = archive_writer_block(writer);
        }
        int64_t bytes;
        uint8_t digest[DIGEST_BYTES];
        error = archive_writer_finish(writer, &bytes, digest);
        cr_works(&error);
        archive_writer_close(writer);
        cr_assert_gt(blocks[RECORDS_MAX - 1], blocks[0], "one block only");

        struct archive_reader *reader = NULL;
        error = archive_reader_open(path, &head, &reader);
        cr_works(&error);
        for (size_t i = RECORDS_MAX; i-- > 0;) {
            if (i > 0 && blocks[i] == blocks[i - 1]) {
                continue;
            }
            struct log_record record;
            bool at_end;
            error = archive_reader_seek(reader, blocks[i]);
            cr_works(&error);
            error = archive_reader_next(reader, &record, &at_end);
            cr_works(&error);
            cr_same(&record, &many[i]);
        }
        error = archive_reader_seek(reader, blocks[0] - 1);
        cr_damaged(&error);
        error = archive_reader_seek(reader, bytes);
        cr_damaged(&error);
        archive_reader_close(reader);
    }
}

Test(archive_file, files_that_cannot_be_used_are_named)
{
    struct archive_reader *reader = NULL;
    struct archive_writer *writer = NULL;
    struct error error = archive_reader_open(path, &head, &reader);
    cr_assert_str_eq(error.code, "file_failed");
    cr_assert_not_null(strstr(error.detail, "a.avro: No such file"), "%s", error.detail);
    error = archive_reader_open(folder, &head, &reader);
    cr_assert_str_eq(error.code, "file_failed");
    cr_assert_eq(mkfifo(path, 0600), 0);
    error = archive_reader_open(path, &head, &reader); /* and does not wait for a writer */
    cr_assert_str_eq(error.code, "file_failed");
    error = archive_writer_open(folder, &head, ARCHIVE_NULL, &writer);
    cr_assert_str_eq(error.code, "file_failed");
    cr_assert_null(writer);
}

Test(archive_file, a_full_disk_is_told)
{
    make_many();
    struct archive_writer *writer = NULL;
    struct error error = archive_writer_open("/dev/full", &head, ARCHIVE_NULL, &writer);
    cr_works(&error);
    error = archive_writer_add(writer, &few[0]);
    cr_assert_str_eq(error.code, "file_failed");
    cr_assert_str_eq(error.detail, "/dev/full: No space left on device");
    archive_writer_close(writer);
}
