/* An Avro object container file of one of jaga's event records. Values are read by Avro C, which
   knows where one ends and the next begins, and written again for our own reader. Blocks that are
   not compressed are taken from the file here, so that nothing in them is passed over in silence;
   for the others Avro C's file reader is needed. */
#include <assert.h>
#include <avro.h>
#include <errno.h>
#include <stdlib.h>

#include "wire/avro_frame.h"
#include "wire/avro_parts.h"
#include "wire/publish_parts.h"

#define SCHEMA_ID 1
#define DEPTH_MAX 32
#define STEPS_MAX 100000

struct avro_container {
    struct avro_frame frame;
    struct schemas *schemas;
    const struct schema *schema;
    avro_value_iface_t *interface;
    avro_value_t value;
    uint64_t read;            /* records, and those that were passed over */
    avro_file_reader_t whole; /* compressed: of the file; else NULL */
    uint8_t *block;           /* not compressed: the block in hand */
    avro_reader_t reader;     /* over it, or NULL */
    uint64_t left;            /* its records not read yet */
    int64_t next_block_at;
};

static void close_block(struct avro_container *container)
{
    if (container->reader != NULL) {
        avro_reader_free(container->reader);
        container->reader = NULL;
    }
    free(container->block);
    container->block = NULL;
}

void publish_avro_close(struct avro_container *container)
{
    if (container == NULL) {
        return;
    }
    close_block(container);
    if (container->interface != NULL) {
        avro_value_decref(&container->value);
        avro_value_iface_decref(container->interface);
    }
    if (container->whole != NULL) {
        avro_file_reader_close(container->whole);
    }
    schemas_close(container->schemas);
    avro_frame_clear(&container->frame);
    free(container);
}

/* Avro C reads a value by recursion: one that holds itself could be as deep as the file is long. A
   schema that takes too many steps to walk is treated alike. */
static bool holds_itself(const struct avro_type *type, unsigned depth, unsigned *steps)
{
    if (depth == DEPTH_MAX || ++*steps > STEPS_MAX) {
        return true;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        if (holds_itself(type->children[i], depth + 1, steps)) {
            return true;
        }
    }
    return false;
}

static struct error find_schema(struct publish_file *file, struct avro_container *container)
{
    const struct avro_frame *frame = &container->frame;
    if (frame->schema == NULL) {
        return publish_form_error(file, "it is no Avro container of events: it has no schema");
    }
    container->schemas = schemas_open();
    const struct error error =
        schemas_add(container->schemas, SCHEMA_ID, frame->schema, frame->schema_length, 0);
    if (failed(&error)) {
        return publish_form_error(file, "it is no Avro container of events: %.180s", error.detail);
    }
    container->schema = schemas_find(container->schemas, SCHEMA_ID, INT64_MAX);
    assert(container->schema != NULL);
    if (container->schema->record > RECORD_REFERENCE) {
        return publish_form_error(file, "it holds records %s, which are no events",
                                  record_title((enum record_kind)container->schema->record));
    }
    return no_error();
}

static struct error make_value(struct publish_file *file, struct avro_container *container)
{
    struct avro_types types;
    struct error error;
    const struct avro_type *root =
        avro_types_parse(&types, container->frame.schema, container->frame.schema_length, &error);
    assert(root != NULL); /* It was compiled before. */
    unsigned steps = 0;
    const bool is_endless = holds_itself(root, 0, &steps);
    if (!is_endless) {
        container->interface = avro_generic_class_from_schema(types.schema);
    }
    avro_types_clear(&types);
    if (is_endless) {
        return publish_form_error(file,
                                  "its schema has a record that holds itself, or is too deep");
    }
    assert(container->interface != NULL);
    const int made = avro_generic_value_new(container->interface, &container->value);
    assert(made == 0);
    return no_error();
}

static struct error open_whole(struct publish_file *file, struct avro_container *container)
{
    static const char *const codecs[] = {"deflate", "snappy", "lzma"};
    size_t codec = 0;
    while (codec < sizeof codecs / sizeof *codecs &&
           strcmp(container->frame.codec, codecs[codec]) != 0) {
        codec++;
    }
    if (codec == sizeof codecs / sizeof *codecs) {
        return publish_form_error(file, "its codec \"%s\" cannot be read; null and deflate can",
                                  container->frame.codec);
    }
    if (fseeko(file->stream, 0, SEEK_SET) != 0) {
        return publish_failed(file);
    }
    if (avro_file_reader_fp(file->stream, file->name, 0, &container->whole) != 0) {
        container->whole = NULL;
        return publish_form_error(file, "its first block cannot be decompressed (codec \"%s\")",
                                  container->frame.codec);
    }
    return no_error();
}

static bool is_compressed(const struct avro_container *container)
{
    const char *codec = container->frame.codec;
    return codec[0] != '\0' && strcmp(codec, "null") != 0;
}

struct error publish_avro_begin(struct publish_file *file)
{
    publish_avro_close(file->avro);
    file->avro = calloc(1, sizeof *file->avro);
    assert(file->avro != NULL);
    struct avro_container *container = file->avro;
    if (!avro_frame_read(&container->frame, file->stream)) {
        return ferror(file->stream)
                   ? publish_failed(file)
                   : publish_form_error(file, "it is no Avro container of events: %s (byte %lld)",
                                        container->frame.wrong, (long long)ftello(file->stream));
    }
    TRY(find_schema(file, container));
    TRY(make_value(file, container));
    container->next_block_at = container->frame.blocks_at;
    return is_compressed(container) && container->frame.records > 0 ? open_whole(file, container)
                                                                    : no_error();
}

/* False when the file is not what it was when its frame was walked. */
static bool open_block(struct publish_file *file, struct avro_container *container)
{
    size_t length;
    close_block(container);
    if (fseeko(file->stream, (off_t)container->next_block_at, SEEK_SET) != 0 ||
        !avro_frame_block(&container->frame, file->stream, &container->left, &length)) {
        return false;
    }
    container->block = malloc(length + 1);
    assert(container->block != NULL);
    if (fread(container->block, 1, length, file->stream) != length) {
        return false;
    }
    container->next_block_at = (int64_t)ftello(file->stream) + AVRO_SYNC_BYTES;
    container->reader = avro_reader_memory((const char *)container->block, (int64_t)length);
    assert(container->reader != NULL);
    return true;
}

/* Records lie one after the other without a mark between: after one that cannot be read the next is
   found in the next block only, and behind Avro C's file reader not at all. */
static enum publish_step pass_unreadable(struct publish_file *file)
{
    struct avro_container *container = file->avro;
    const uint64_t lost =
        container->whole != NULL ? container->frame.records - container->read : container->left;
    container->read += lost;
    close_block(container);
    event_problem_add_number(&file->problem, "records_after_it_unread", (int64_t)lost);
    return publish_refused(file, "unreadable");
}

static enum publish_step read_value(struct publish_file *file)
{
    struct avro_container *container = file->avro;
    avro_value_reset(&container->value);
    file->line = ++container->read;
    if (container->whole != NULL) {
        return avro_file_reader_read_value(container->whole, &container->value) == 0
                   ? STEP_EVENT
                   : pass_unreadable(file);
    }
    container->left--;
    return avro_value_read(container->reader, &container->value) == 0 ? STEP_EVENT
                                                                      : pass_unreadable(file);
}

/* The record's own bytes, as our reader takes them. */
static enum publish_step encode(struct publish_file *file, struct text *payload)
{
    size_t length;
    if (avro_value_sizeof(&file->avro->value, &length) != 0) {
        return publish_refused(file, "unreadable");
    }
    if (length > RECORD_BYTES_MAX) {
        return publish_too_long(file);
    }
    avro_writer_t writer = avro_writer_memory(file->record, RECORD_BYTES_MAX);
    assert(writer != NULL);
    const int written = avro_value_write(writer, &file->avro->value);
    avro_writer_free(writer);
    *payload = text_of(file->record, length);
    return written == 0 ? STEP_EVENT : publish_refused(file, "unreadable");
}

/* Avro C does not tell where its reader stands, but whether one more byte can be taken. */
static bool has_byte(avro_reader_t reader)
{
    avro_schema_t byte = avro_schema_fixed("Byte", 1);
    assert(byte != NULL);
    const bool taken = avro_skip_data(reader, byte) == 0;
    avro_schema_decref(byte);
    return taken;
}

/* Told once, after the block's last record. */
static bool has_bytes_left(struct avro_container *container)
{
    if (container->reader == NULL || container->left > 0) {
        return false;
    }
    const bool left = has_byte(container->reader);
    close_block(container);
    return left;
}

enum publish_step publish_avro_next(struct publish_file *file, struct event *event)
{
    struct avro_container *container = file->avro;
    if (has_bytes_left(container)) {
        return publish_refused(file, "bytes_after_the_last_record_of_a_block");
    }
    if (container->read == container->frame.records) {
        return STEP_END;
    }
    if (container->whole == NULL && container->reader == NULL && !open_block(file, container)) {
        return STEP_FAILED;
    }
    struct text payload = {0};
    enum publish_step step = read_value(file);
    if (step == STEP_EVENT) {
        step = encode(file, &payload);
    }
    if (step != STEP_EVENT) {
        return step;
    }
    return event_read_payload(container->schema, payload, event, &file->problem) == EVENT_READ
               ? STEP_EVENT
               : STEP_REFUSED;
}
