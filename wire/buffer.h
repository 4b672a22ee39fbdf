/* A writer into memory of a fixed capacity: it never grows. What does not fit sets `overflow`, and
   nothing is written from then on, so that a caller tests once, at the end. */
#ifndef JAGA_WIRE_BUFFER_H
#define JAGA_WIRE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct buffer {
    uint8_t *at;             /* borrowed */
    size_t length, capacity; /* bytes */
    bool overflow;
};

static inline struct buffer buffer_over(void *at, size_t capacity)
{
    return (struct buffer){.at = at, .length = 0, .capacity = capacity, .overflow = false};
}

static inline void buffer_reset(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->overflow = false;
}

/* What was written so far, as a view. */
static inline struct text buffer_view(const struct buffer *buffer)
{
    return text_of((const char *)buffer->at, buffer->length);
}

static inline void buffer_put(struct buffer *buffer, const void *bytes, size_t count)
{
    if (buffer->overflow || count > buffer->capacity - buffer->length) {
        buffer->overflow = true;
        return;
    }
    if (count > 0) {
        memcpy(buffer->at + buffer->length, bytes, count);
        buffer->length += count;
    }
}

static inline void buffer_byte(struct buffer *buffer, uint8_t byte)
{
    if (buffer->overflow || buffer->length == buffer->capacity) {
        buffer->overflow = true;
        return;
    }
    buffer->at[buffer->length++] = byte;
}

static inline void buffer_text(struct buffer *buffer, struct text text)
{
    buffer_put(buffer, text.at, text.length);
}

static inline void buffer_string(struct buffer *buffer, const char *string)
{
    buffer_put(buffer, string, strlen(string));
}

/* A number in decimal. */
void buffer_number(struct buffer *buffer, int64_t number);

#endif
