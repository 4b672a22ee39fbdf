#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "wire/archive_parts.h"
#include "wire/avro.h"
#include "wire/digest.h"

#define RAW_DEFLATE_BITS (-15)
#define ROOM_BYTES_AT_FIRST (512 * 1024)
#define ROOM_BYTES_MAX (ARCHIVE_BLOCK_BYTES_MAX + AVRO_SYNC_BYTES)

struct room { /* grows to what a file proves to need, up to ROOM_BYTES_MAX */
    uint8_t *at;
    size_t capacity;
};

struct archive_reader {
    int file;
    char *path;
    int64_t size; /* of the file, in bytes */
    enum archive_codec codec;
    uint8_t sync[AVRO_SYNC_BYTES];
    struct digest *digest;
    struct room blocks[2]; /* records are views on them: the block before stays */
    unsigned current;
    struct room packed;
    z_stream inflate;
    bool inflate_ready;
    int64_t blocks_at, block_at, data_at, next_at; /* bytes of the file */
    const uint8_t *at, *end;                       /* what is left of the block in hand */
    int64_t left;                                  /* its records */
    int64_t last_offset;
};

static struct error damaged(const struct archive_reader *reader, int64_t byte, const char *what)
{
    return error_make(ERROR_FATAL, "archive_damaged", "%.300s: byte %lld: %s", reader->path,
                      (long long)byte, what);
}

static struct error read_failed(const struct archive_reader *reader, int number)
{
    return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", reader->path, strerror(number));
}

/* Exactly `count` bytes at `from`, which the file had when it was opened. */
static struct error read_at(const struct archive_reader *reader, int64_t from, void *bytes,
                            size_t count)
{
    uint8_t *at = bytes;
    while (count > 0) {
        const ssize_t given = pread(reader->file, at, count, (off_t)from);
        if (given < 0 && errno == EINTR) {
            continue;
        }
        if (given < 0) {
            return read_failed(reader, errno);
        }
        if (given == 0) {
            return damaged(reader, from, "it is cut short");
        }
        at += given;
        from += given;
        count -= (size_t)given;
    }
    return no_error();
}

static size_t common_bytes(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
    size_t count = 0;
    while (count < a_length && count < b_length && a[count] == b[count]) {
        count++;
    }
    return count;
}

/* The header can only be one of two texts. */
static struct error check_header(struct archive_reader *reader,
                                 const struct archive_file_head *head)
{
    uint8_t found[ARCHIVE_HEADER_BYTES_MAX], bytes[ARCHIVE_HEADER_BYTES_MAX];
    const size_t length =
        reader->size < (int64_t)sizeof found ? (size_t)reader->size : sizeof found;
    TRY(read_at(reader, 0, found, length));
    size_t most = 0;
    for (unsigned codec = ARCHIVE_NULL; codec <= ARCHIVE_DEFLATE; codec++) {
        struct buffer header = buffer_over(bytes, sizeof bytes);
        archive_header_write(&header, head, (enum archive_codec)codec);
        const size_t common = common_bytes(found, length, header.at, header.length);
        if (common == header.length && length >= common + AVRO_SYNC_BYTES) {
            reader->codec = (enum archive_codec)codec;
            memcpy(reader->sync, found + common, AVRO_SYNC_BYTES);
            reader->blocks_at = (int64_t)common + AVRO_SYNC_BYTES;
            digest_bytes(reader->digest, found, (size_t)reader->blocks_at);
            return no_error();
        }
        most = common > most ? common : most;
    }
    if (most == length || reader->size < (int64_t)most + AVRO_SYNC_BYTES) {
        return damaged(reader, reader->size, "it is cut short");
    }
    return error_make(ERROR_FATAL, "archive_damaged",
                      "%.200s: byte %zu: it does not begin as a file of %.100s, partition %d, of "
                      "this log does",
                      reader->path, most, head->topic, (int)head->partition);
}

static struct error reader_start(struct archive_reader *reader,
                                 const struct archive_file_head *head)
{
    struct stat state;
    reader->file = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->file < 0 || fstat(reader->file, &state) != 0) {
        return read_failed(reader, errno);
    }
    if (!S_ISREG(state.st_mode)) {
        return error_make(ERROR_FATAL, "file_failed", "%.300s: it is no file", reader->path);
    }
    (void)posix_fadvise(reader->file, 0, 0, POSIX_FADV_SEQUENTIAL);
    reader->size = (int64_t)state.st_size;
    TRY(check_header(reader, head));
    reader->next_at = reader->blocks_at;
    if (reader->codec == ARCHIVE_DEFLATE) {
        const int ready = inflateInit2(&reader->inflate, RAW_DEFLATE_BITS);
        assert(ready == Z_OK);
        reader->inflate_ready = true;
    }
    return no_error();
}

struct error archive_reader_open(const char *path, const struct archive_file_head *head,
                                 struct archive_reader **out)
{
    struct archive_reader *reader = calloc(1, sizeof *reader);
    assert(reader != NULL);
    reader->path = strdup(path);
    reader->digest = aligned_alloc(_Alignof(struct digest), sizeof *reader->digest);
    assert(reader->path != NULL && reader->digest != NULL);
    reader->file = -1;
    reader->last_offset = -1;
    digest_init(reader->digest);
    const struct error error = reader_start(reader, head);
    if (failed(&error)) {
        archive_reader_close(reader);
        reader = NULL;
    }
    *out = reader;
    return error;
}

void archive_reader_close(struct archive_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->file >= 0) {
        (void)close(reader->file);
    }
    if (reader->inflate_ready) {
        (void)inflateEnd(&reader->inflate);
    }
    free(reader->blocks[0].at);
    free(reader->blocks[1].at);
    free(reader->packed.at);
    free(reader->digest);
    free(reader->path);
    free(reader);
}

/* Not more than that: so a sanitizer sees who reads behind a block. */
static void make_room(struct room *room, size_t size)
{
    assert(size <= ROOM_BYTES_MAX);
    if (size > room->capacity) {
        room->at = realloc(room->at, size);
        assert(room->at != NULL);
        room->capacity = size;
    }
}

/* For what is decompressed: its size is only known when it is done. */
static void make_more_room(struct room *room)
{
    const size_t size =
        room->capacity < ROOM_BYTES_AT_FIRST ? ROOM_BYTES_AT_FIRST : 2 * room->capacity;
    make_room(room, size < ROOM_BYTES_MAX ? size : ROOM_BYTES_MAX);
}

/* The head of the block at next_at: its records and bytes, both bounded by what the file has. */
static struct error read_head(struct archive_reader *reader, size_t *length)
{
    uint8_t head[ARCHIVE_BLOCK_HEAD_BYTES];
    const int64_t rest = reader->size - reader->block_at;
    const size_t taken = rest < (int64_t)sizeof head ? (size_t)rest : sizeof head;
    TRY(read_at(reader, reader->block_at, head, taken));
    const uint8_t *at = head;
    int64_t bytes;
    if (!avro_long_read(&at, head + taken, &reader->left) ||
        !avro_long_read(&at, head + taken, &bytes)) {
        return damaged(reader, reader->block_at + (at - head),
                       at == head + taken ? "it is cut short" : "a number is too long");
    }
    reader->data_at = reader->block_at + (at - head);
    if (reader->left < 1 || reader->left > ARCHIVE_BLOCK_BYTES_MAX / ARCHIVE_RECORD_BYTES_MIN ||
        bytes < 1 || bytes > ARCHIVE_BLOCK_BYTES_MAX) {
        return damaged(reader, reader->block_at, "a block has a size that is not allowed");
    }
    if (bytes + AVRO_SYNC_BYTES > reader->size - reader->data_at) {
        return damaged(reader, reader->size, "it is cut short");
    }
    digest_bytes(reader->digest, head, (size_t)(at - head));
    *length = (size_t)bytes;
    return no_error();
}

static struct error unpack(struct archive_reader *reader, size_t length, struct room *out,
                           size_t *unpacked)
{
    z_stream *inflater = &reader->inflate;
    const int reset = inflateReset(inflater);
    assert(reset == Z_OK);
    inflater->next_in = reader->packed.at;
    inflater->avail_in = (uInt)length;
    int step = Z_OK;
    for (*unpacked = 0; step == Z_OK;) {
        if (*unpacked == ARCHIVE_BLOCK_BYTES_MAX) {
            return damaged(reader, reader->block_at, "a block is too long once decompressed");
        }
        if (*unpacked == out->capacity) {
            make_more_room(out);
        }
        size_t space = out->capacity - *unpacked;
        const size_t allowed = ARCHIVE_BLOCK_BYTES_MAX - *unpacked;
        space = space < allowed ? space : allowed;
        inflater->next_out = out->at + *unpacked;
        inflater->avail_out = (uInt)space;
        step = inflate(inflater, Z_NO_FLUSH);
        *unpacked += space - inflater->avail_out;
    }
    if (step != Z_STREAM_END || inflater->avail_in != 0) {
        return damaged(reader, reader->data_at + (int64_t)length - inflater->avail_in,
                       "a block cannot be decompressed");
    }
    return no_error();
}

static struct error read_block(struct archive_reader *reader)
{
    size_t length = 0;
    reader->block_at = reader->next_at;
    TRY(read_head(reader, &length));
    reader->current ^= 1;
    struct room *block = &reader->blocks[reader->current];
    struct room *data = reader->codec == ARCHIVE_NULL ? block : &reader->packed;
    make_room(data, length + AVRO_SYNC_BYTES);
    TRY(read_at(reader, reader->data_at, data->at, length + AVRO_SYNC_BYTES));
    if (memcmp(data->at + length, reader->sync, AVRO_SYNC_BYTES) != 0) {
        return damaged(reader, reader->data_at + (int64_t)length,
                       "a block does not end with the file's mark");
    }
    digest_bytes(reader->digest, data->at, length + AVRO_SYNC_BYTES);
    reader->next_at = reader->data_at + (int64_t)length + AVRO_SYNC_BYTES;
    if (reader->codec == ARCHIVE_DEFLATE) {
        TRY(unpack(reader, length, block, &length));
    }
    reader->at = block->at;
    reader->end = block->at + length;
    return no_error();
}

/* Of a compressed block only its beginning has a place in the file. */
static struct error bad_record(const struct archive_reader *reader, const char *what)
{
    const int64_t inside = reader->at - reader->blocks[reader->current].at;
    return damaged(
        reader, reader->codec == ARCHIVE_NULL ? reader->data_at + inside : reader->block_at, what);
}

static inline bool take_number(struct archive_reader *reader, int64_t *out)
{
    return avro_long_read(&reader->at, reader->end, out);
}

static inline bool take_bytes(struct archive_reader *reader, struct text *out)
{
    int64_t branch, length;
    if (!take_number(reader, &branch) || (branch != 0 && branch != 1)) {
        return false;
    }
    if (branch == 0) {
        *out = (struct text){NULL, 0};
        return true;
    }
    if (!take_number(reader, &length) || length < 0 || length > reader->end - reader->at) {
        return false;
    }
    *out = text_of((const char *)reader->at, (size_t)length);
    reader->at += length;
    return true;
}

struct error archive_reader_next(struct archive_reader *reader, struct log_record *record,
                                 bool *at_end)
{
    record->offset = -1;
    *at_end = false;
    if (reader->left == 0) {
        if (reader->next_at == reader->size) {
            *at_end = true;
            return no_error();
        }
        TRY(read_block(reader));
    }
    int64_t offset;
    if (!take_number(reader, &offset) || !take_number(reader, &record->timestamp_ms) ||
        !take_bytes(reader, &record->key) || !take_bytes(reader, &record->value)) {
        return bad_record(reader, "a record cannot be read");
    }
    if (offset <= reader->last_offset) {
        return bad_record(reader, "the record before here has an offset that does not go up");
    }
    reader->last_offset = offset;
    reader->left--;
    if (reader->left == 0 && reader->at != reader->end) {
        return bad_record(reader, "a block has bytes after its last record");
    }
    record->offset = offset;
    return no_error();
}

int64_t archive_reader_block(const struct archive_reader *reader)
{
    return reader->block_at;
}

void archive_reader_digest(const struct archive_reader *reader, uint8_t digest[DIGEST_BYTES])
{
    struct digest whole = *reader->digest;
    digest_final(&whole, digest);
}

struct error archive_reader_seek(struct archive_reader *reader, int64_t position)
{
    if (position < reader->blocks_at || position >= reader->size) {
        return damaged(reader, position, "no block begins here");
    }
    reader->next_at = position;
    reader->left = 0;
    reader->last_offset = -1;
    return no_error();
}
