#include "wire/avro_frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "wire/schemas.h"

#define KEY_BYTES_MAX 64

static bool fails(struct avro_frame *frame, const char *what)
{
    frame->wrong = what;
    return false;
}

static bool take_bytes(struct avro_frame *frame, FILE *stream, void *out, size_t count)
{
    return fread(out, 1, count, stream) == count || fails(frame, "it is cut short");
}

static bool take_long(struct avro_frame *frame, FILE *stream, int64_t *out)
{
    uint64_t bits = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte;
        if (!take_bytes(frame, stream, &byte, 1)) {
            return false;
        }
        bits |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
            return true;
        }
    }
    return fails(frame, "a number in its frame is too long");
}

/* A length that is allowed and that the rest of the file can hold. */
static bool take_length(struct avro_frame *frame, FILE *stream, int64_t most, size_t *out)
{
    int64_t length;
    if (!take_long(frame, stream, &length)) {
        return false;
    }
    if (length < 0 || length > most) {
        return fails(frame, "a length in its frame is not allowed");
    }
    *out = (size_t)length;
    return length <= frame->size - (int64_t)ftello(stream) || fails(frame, "it is cut short");
}

static bool pass_over(struct avro_frame *frame, FILE *stream, size_t count)
{
    return fseeko(stream, (off_t)count, SEEK_CUR) == 0 || fails(frame, "it cannot be sought in");
}

static bool take_schema(struct avro_frame *frame, FILE *stream, size_t length)
{
    if (length > SCHEMA_TEXT_BYTES_MAX) {
        return fails(frame, "its schema is too long");
    }
    free(frame->schema);
    frame->schema = malloc(length + 1);
    assert(frame->schema != NULL);
    frame->schema_length = length;
    return take_bytes(frame, stream, frame->schema, length);
}

static bool take_codec(struct avro_frame *frame, FILE *stream, size_t length)
{
    if (length >= AVRO_CODEC_BYTES_MAX) {
        return fails(frame, "its codec is unknown");
    }
    memset(frame->codec, 0, sizeof frame->codec);
    return take_bytes(frame, stream, frame->codec, length);
}

/* One entry of the header's map; a key that is too long is none of ours. */
static bool take_entry(struct avro_frame *frame, FILE *stream)
{
    char key[KEY_BYTES_MAX + 1] = "";
    size_t key_length, length;
    if (!take_length(frame, stream, INT64_MAX, &key_length)) {
        return false;
    }
    if (key_length > KEY_BYTES_MAX ? !pass_over(frame, stream, key_length)
                                   : !take_bytes(frame, stream, key, key_length)) {
        return false;
    }
    if (!take_length(frame, stream, INT64_MAX, &length)) {
        return false;
    }
    if (strcmp(key, "avro.schema") == 0) {
        return take_schema(frame, stream, length);
    }
    if (strcmp(key, "avro.codec") == 0) {
        return take_codec(frame, stream, length);
    }
    return pass_over(frame, stream, length);
}

/* A map comes in runs of entries; a negative count has the run's bytes after it. */
static bool take_header(struct avro_frame *frame, FILE *stream)
{
    char magic[4];
    if (!take_bytes(frame, stream, magic, sizeof magic) ||
        memcmp(magic, "Obj\x01", sizeof magic) != 0) {
        return fails(frame, "it does not begin like one");
    }
    int64_t count, bytes;
    do {
        if (!take_long(frame, stream, &count) || (count < 0 && !take_long(frame, stream, &bytes))) {
            return false;
        }
        if (count == INT64_MIN) {
            return fails(frame, "a length in its frame is not allowed");
        }
        count = count < 0 ? -count : count;
        for (int64_t i = 0; i < count; i++) {
            if (!take_entry(frame, stream)) {
                return false;
            }
        }
    } while (count > 0);
    return take_bytes(frame, stream, frame->sync, sizeof frame->sync);
}

bool avro_frame_block(struct avro_frame *frame, FILE *stream, uint64_t *records, size_t *length)
{
    int64_t count;
    if (!take_long(frame, stream, &count) ||
        !take_length(frame, stream, AVRO_BLOCK_BYTES_MAX, length)) {
        return false;
    }
    *records = (uint64_t)count;
    return count > 0 || fails(frame, "a block has no records");
}

static bool walk_block(struct avro_frame *frame, FILE *stream)
{
    uint64_t records;
    size_t length;
    uint8_t sync[AVRO_SYNC_BYTES];
    if (!avro_frame_block(frame, stream, &records, &length) || !pass_over(frame, stream, length) ||
        !take_bytes(frame, stream, sync, sizeof sync)) {
        return false;
    }
    frame->records += records;
    return memcmp(sync, frame->sync, sizeof sync) == 0 ||
           fails(frame, "a block does not end with the file's mark");
}

bool avro_frame_read(struct avro_frame *frame, FILE *stream)
{
    struct stat state;
    *frame = (struct avro_frame){0};
    if (fflush(stream) != 0 || fstat(fileno(stream), &state) != 0) {
        return fails(frame, "its size is unknown");
    }
    frame->size = (int64_t)state.st_size;
    bool whole = take_header(frame, stream);
    frame->blocks_at = (int64_t)ftello(stream);
    while (whole && (int64_t)ftello(stream) < frame->size) {
        whole = walk_block(frame, stream);
    }
    return whole;
}

void avro_frame_clear(struct avro_frame *frame)
{
    free(frame->schema);
    *frame = (struct avro_frame){0};
}
