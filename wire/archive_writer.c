#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "wire/archive_parts.h"
#include "wire/avro.h"
#include "wire/digest.h"
#include "wire/hex.h"

#define DEFLATE_LEVEL 1
#define RAW_DEFLATE_BITS (-15) /* as Avro has it: no zlib header, no checksum */
#define DEFLATE_MEMORY 8

/* Part of the format: another text would be another kind of file. */
#define SCHEMA                                                                                     \
    "{\"type\":\"record\",\"name\":\"ArchivedRecord\",\"namespace\":\"id.jaga\",\"fields\":["      \
    "{\"name\":\"offset\",\"type\":\"long\"},"                                                     \
    "{\"name\":\"timestamp\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"  \
    "{\"name\":\"key\",\"type\":[\"null\",\"bytes\"]},"                                            \
    "{\"name\":\"value\",\"type\":[\"null\",\"bytes\"]}]}"

struct archive_writer {
    int file;
    char *path;
    char *topic;
    struct archive_file_head head; /* its topic is ours */
    enum archive_codec codec;
    uint8_t sync[AVRO_SYNC_BYTES];
    struct digest *digest;
    int64_t written; /* bytes in the file */
    struct buffer block;
    int64_t block_records;
    uint8_t *packed;
    size_t packed_capacity;
    z_stream deflate;
    bool deflate_ready, begun, broken;
    int64_t last_offset;
};

static void put_entry(struct buffer *out, const char *name, struct text value)
{
    const struct text key = text_of_string(name);
    avro_write_long(out, key.length);
    buffer_text(out, key);
    avro_write_long(out, value.length);
    buffer_text(out, value);
}

void archive_header_write(struct buffer *out, const struct archive_file_head *head,
                          enum archive_codec codec)
{
    char number[16], log_id[2 * sizeof head->log_id + 1];
    struct buffer decimal = buffer_over(number, sizeof number);
    buffer_number(&decimal, head->partition);
    hex_print(head->log_id, sizeof head->log_id, log_id);
    buffer_put(out, "Obj\x01", 4);
    avro_write_long(out, 5);
    put_entry(out, "avro.schema", TEXT(SCHEMA));
    put_entry(out, "jaga.topic", text_of_string(head->topic));
    put_entry(out, "jaga.partition", buffer_view(&decimal));
    put_entry(out, "jaga.log_id", text_of_string(log_id));
    put_entry(out, "avro.codec", codec == ARCHIVE_NULL ? TEXT("null") : TEXT("deflate"));
    avro_write_long(out, 0);
    assert(!out->overflow);
}

void archive_sync_mark(const struct archive_file_head *head, int64_t first,
                       uint8_t out[AVRO_SYNC_BYTES])
{
    struct digest digest;
    uint8_t hash[DIGEST_BYTES];
    digest_init(&digest);
    digest_bytes(&digest, head->log_id, sizeof head->log_id);
    digest_text(&digest, text_of_string(head->topic));
    digest_u32(&digest, (uint32_t)head->partition);
    digest_u64(&digest, (uint64_t)first);
    digest_final(&digest, hash);
    memcpy(out, hash, AVRO_SYNC_BYTES);
}

static struct error write_failed(struct archive_writer *writer, int number)
{
    writer->broken = true;
    return error_make(ERROR_FATAL, "file_failed", "%.300s: %s", writer->path, strerror(number));
}

static void make_packer(struct archive_writer *writer)
{
    if (writer->codec == ARCHIVE_NULL) {
        return;
    }
    const int ready = deflateInit2(&writer->deflate, DEFLATE_LEVEL, Z_DEFLATED, RAW_DEFLATE_BITS,
                                   DEFLATE_MEMORY, Z_DEFAULT_STRATEGY);
    assert(ready == Z_OK);
    writer->deflate_ready = true;
    writer->packed_capacity = deflateBound(&writer->deflate, ARCHIVE_BLOCK_BYTES_MAX);
    writer->packed = malloc(writer->packed_capacity);
    assert(writer->packed != NULL);
}

struct error archive_writer_open(const char *path, const struct archive_file_head *head,
                                 enum archive_codec codec, struct archive_writer **out)
{
    struct archive_writer *writer = calloc(1, sizeof *writer);
    assert(writer != NULL);
    writer->path = strdup(path);
    writer->topic = strdup(head->topic);
    writer->digest = aligned_alloc(_Alignof(struct digest), sizeof *writer->digest);
    uint8_t *block = malloc(ARCHIVE_BLOCK_BYTES_MAX);
    assert(writer->path != NULL && writer->topic != NULL && writer->digest != NULL);
    assert(block != NULL);
    writer->block = buffer_over(block, ARCHIVE_BLOCK_BYTES_MAX);
    writer->head = *head;
    writer->head.topic = writer->topic;
    writer->codec = codec;
    writer->last_offset = -1;
    digest_init(writer->digest);
    make_packer(writer);
    struct error error = no_error();
    writer->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->file < 0) {
        error = write_failed(writer, errno);
        archive_writer_close(writer);
        writer = NULL;
    }
    *out = writer;
    return error;
}

void archive_writer_close(struct archive_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    if (writer->file >= 0) {
        (void)close(writer->file);
    }
    if (writer->deflate_ready) {
        (void)deflateEnd(&writer->deflate);
    }
    free(writer->packed);
    free(writer->block.at);
    free(writer->digest);
    free(writer->topic);
    free(writer->path);
    free(writer);
}

static struct error put(struct archive_writer *writer, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    for (size_t left = count; left > 0;) {
        const ssize_t taken = write(writer->file, at, left);
        if (taken < 0 && errno == EINTR) {
            continue;
        }
        if (taken <= 0) {
            return write_failed(writer, taken < 0 ? errno : ENOSPC);
        }
        at += taken;
        left -= (size_t)taken;
    }
    digest_bytes(writer->digest, bytes, count);
    writer->written += (int64_t)count;
    return no_error();
}

static struct error begin(struct archive_writer *writer, int64_t first)
{
    uint8_t bytes[ARCHIVE_HEADER_BYTES_MAX];
    struct buffer header = buffer_over(bytes, sizeof bytes);
    archive_header_write(&header, &writer->head, writer->codec);
    archive_sync_mark(&writer->head, first, writer->sync);
    buffer_put(&header, writer->sync, sizeof writer->sync);
    assert(!header.overflow);
    writer->begun = true;
    return put(writer, header.at, header.length);
}

static struct text pack(struct archive_writer *writer)
{
    if (writer->codec == ARCHIVE_NULL) {
        return buffer_view(&writer->block);
    }
    z_stream *deflater = &writer->deflate;
    const int reset = deflateReset(deflater);
    assert(reset == Z_OK);
    deflater->next_in = writer->block.at;
    deflater->avail_in = (uInt)writer->block.length;
    deflater->next_out = writer->packed;
    deflater->avail_out = (uInt)writer->packed_capacity;
    const int done = deflate(deflater, Z_FINISH);
    assert(done == Z_STREAM_END);
    return text_of((const char *)writer->packed, writer->packed_capacity - deflater->avail_out);
}

static struct error close_block(struct archive_writer *writer)
{
    if (writer->block_records == 0) {
        return no_error();
    }
    uint8_t bytes[ARCHIVE_BLOCK_HEAD_BYTES];
    struct buffer head = buffer_over(bytes, sizeof bytes);
    const struct text data = pack(writer);
    avro_write_long(&head, writer->block_records);
    avro_write_long(&head, data.length);
    TRY(put(writer, head.at, head.length));
    TRY(put(writer, data.at, data.length));
    TRY(put(writer, writer->sync, sizeof writer->sync));
    buffer_reset(&writer->block);
    writer->block_records = 0;
    return no_error();
}

static void put_bytes(struct buffer *out, struct text bytes)
{
    if (text_is_absent(bytes)) {
        avro_write_long(out, 0);
        return;
    }
    avro_write_long(out, 1);
    avro_write_long(out, bytes.length);
    buffer_text(out, bytes);
}

struct error archive_writer_add(struct archive_writer *writer, const struct log_record *record)
{
    assert(!writer->broken);
    assert(record->offset > writer->last_offset);
    if ((int64_t)record->key.length + record->value.length > ARCHIVE_RECORD_BYTES_MAX) {
        writer->broken = true;
        return error_make(ERROR_FATAL, "record_too_long",
                          "%.300s: the record at offset %lld has more than %d bytes", writer->path,
                          (long long)record->offset, ARCHIVE_RECORD_BYTES_MAX);
    }
    if (!writer->begun) {
        TRY(begin(writer, record->offset));
    }
    if (writer->block.length >= ARCHIVE_BLOCK_BYTES) {
        TRY(close_block(writer));
    }
    avro_write_long(&writer->block, record->offset);
    avro_write_long(&writer->block, record->timestamp_ms);
    put_bytes(&writer->block, record->key);
    put_bytes(&writer->block, record->value);
    assert(!writer->block.overflow);
    writer->block_records++;
    writer->last_offset = record->offset;
    return no_error();
}

int64_t archive_writer_bytes(const struct archive_writer *writer)
{
    return writer->written + (int64_t)writer->block.length;
}

int64_t archive_writer_block(const struct archive_writer *writer)
{
    assert(writer->block_records > 0);
    return writer->written;
}

struct error archive_writer_finish(struct archive_writer *writer, int64_t *bytes,
                                   uint8_t digest[DIGEST_BYTES])
{
    assert(!writer->broken);
    if (!writer->begun) {
        TRY(begin(writer, 0));
    }
    TRY(close_block(writer));
    if (fsync(writer->file) != 0) {
        return write_failed(writer, errno);
    }
    *bytes = writer->written;
    digest_final(writer->digest, digest);
    writer->broken = true; /* nothing can be added any more */
    return no_error();
}
