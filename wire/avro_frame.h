/* The frame of an Avro object container file: its header, and the blocks of records with a mark
   after each. It is walked before a record is read, so that no size in it is trusted. */
#ifndef JAGA_WIRE_AVRO_FRAME_H
#define JAGA_WIRE_AVRO_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define AVRO_SYNC_BYTES 16
#define AVRO_CODEC_BYTES_MAX 16
#define AVRO_BLOCK_BYTES_MAX (64 * 1024 * 1024)

struct avro_frame {
    char *schema; /* owned; NULL: there is none */
    size_t schema_length;
    char codec[AVRO_CODEC_BYTES_MAX]; /* ends with a zero byte */
    uint8_t sync[AVRO_SYNC_BYTES];
    uint64_t records;
    int64_t blocks_at; /* where the first block begins */
    int64_t size;      /* of the file */
    const char *wrong; /* words for a person, after a function here said false */
};

/* Walks the whole file, whose first byte is next, and fills the frame. False when it is cut short
   or not a container; ferror() tells whether reading failed instead. */
bool avro_frame_read(struct avro_frame *frame, FILE *stream);
void avro_frame_clear(struct avro_frame *frame);

/* The head of the block that is next in the stream: its records, at least one, and its bytes, which
   come next, then the mark. */
bool avro_frame_block(struct avro_frame *frame, FILE *stream, uint64_t *records, size_t *length);

#endif
