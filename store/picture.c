#include "store/picture.h"

#include <assert.h>
#include <stdlib.h>

#include "store/encode.h"

void picture_close(struct picture *picture)
{
    free(picture->bytes);
    free(picture->entries);
    *picture = (struct picture){.bytes = NULL};
}

void picture_reset(struct picture *picture)
{
    picture->length = 0;
    picture->count = 0;
    picture->key = 0;
    picture->key_length = 0;
    picture->is_sorted = false;
}

/* Telling. */

static size_t keep(struct picture *picture, struct text text)
{
    const size_t at = picture->length;
    if (at + text.length > picture->bytes_capacity) {
        picture->bytes_capacity = 2 * (at + text.length) + 1024;
        picture->bytes = realloc(picture->bytes, picture->bytes_capacity);
        assert(picture->bytes != NULL);
    }
    if (text.length > 0) {
        memcpy(picture->bytes + at, text.at, text.length);
    }
    picture->length += text.length;
    return at;
}

void picture_key(struct picture *picture, struct text key)
{
    picture->key = keep(picture, key);
    picture->key_length = key.length;
}

void picture_parts(struct picture *picture, struct text field, struct text first,
                   struct text second)
{
    assert(picture->key_length > 0);
    if (picture->count == picture->entries_capacity) {
        picture->entries_capacity = 2 * picture->entries_capacity + 64;
        picture->entries =
            realloc(picture->entries, picture->entries_capacity * sizeof *picture->entries);
        assert(picture->entries != NULL);
    }
    struct picture_entry *entry = &picture->entries[picture->count++];
    entry->key = picture->key;
    entry->key_length = picture->key_length;
    entry->field = keep(picture, field);
    entry->field_length = field.length;
    entry->value_length = first.length + second.length;
    (void)keep(picture, first);
    (void)keep(picture, second);
    picture->is_sorted = false;
}

void picture_text(struct picture *picture, struct text field, struct text value)
{
    picture_parts(picture, field, value, TEXT(""));
}

void picture_number(struct picture *picture, struct text field, int64_t value)
{
    char text[NUMBER_TEXT_BYTES];
    const size_t length = number_print(value, text);
    picture_text(picture, field, text_of(text, length));
}

/* An error, or what a key of another type replies. */
static bool is_no_list(struct picture *picture, struct text key, const struct reply *reply)
{
    picture_key(picture, key);
    if (reply_kind(reply) == REPLY_LIST) {
        return false;
    }
    picture_text(picture, TEXT(""), TEXT("(a key of another type)"));
    return true;
}

void picture_hash(struct picture *picture, struct text key, const struct reply *reply)
{
    if (is_no_list(picture, key, reply)) {
        return;
    }
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        picture_text(picture, reply_text(reply_at(reply, i)), reply_text(reply_at(reply, i + 1)));
    }
}

void picture_set(struct picture *picture, struct text key, const struct reply *reply)
{
    if (is_no_list(picture, key, reply)) {
        return;
    }
    for (size_t i = 0; i < reply_count(reply); i++) {
        picture_text(picture, reply_text(reply_at(reply, i)), TEXT(""));
    }
}

/* Looking. */

struct text picture_key_at(const struct picture *picture, size_t index)
{
    assert(index < picture->count);
    const struct picture_entry *entry = &picture->entries[index];
    return text_of(picture->bytes + entry->key, entry->key_length);
}

struct text picture_field_at(const struct picture *picture, size_t index)
{
    assert(index < picture->count);
    const struct picture_entry *entry = &picture->entries[index];
    return text_of(picture->bytes + entry->field, entry->field_length);
}

struct text picture_value_at(const struct picture *picture, size_t index)
{
    assert(index < picture->count);
    const struct picture_entry *entry = &picture->entries[index];
    return text_of(picture->bytes + entry->field + entry->field_length, entry->value_length);
}

static int by_key_and_field(const void *a, const void *b, void *context)
{
    const struct picture_entry *x = a;
    const struct picture_entry *y = b;
    const char *bytes = context;
    const int by_key = x->key == y->key ? 0
                                        : text_compare(text_of(bytes + x->key, x->key_length),
                                                       text_of(bytes + y->key, y->key_length));
    return by_key != 0 ? by_key
                       : text_compare(text_of(bytes + x->field, x->field_length),
                                      text_of(bytes + y->field, y->field_length));
}

static void sort(struct picture *picture)
{
    if (!picture->is_sorted && picture->count > 1) {
        qsort_r(picture->entries, picture->count, sizeof *picture->entries, by_key_and_field,
                picture->bytes);
    }
    picture->is_sorted = true;
}

void picture_unique(struct picture *picture)
{
    size_t kept = 0;
    sort(picture);
    for (size_t i = 0; i < picture->count; i++) {
        if (kept == 0 || by_key_and_field(&picture->entries[kept - 1], &picture->entries[i],
                                          picture->bytes) != 0) {
            picture->entries[kept++] = picture->entries[i];
        }
    }
    picture->count = kept;
}

static int compare_place(struct text key, struct text field, const struct picture *picture,
                         size_t index)
{
    const int by_key = text_compare(key, picture_key_at(picture, index));
    return by_key != 0 ? by_key : text_compare(field, picture_field_at(picture, index));
}

struct text picture_value(struct picture *picture, struct text key, struct text field)
{
    size_t from = 0;
    size_t to = picture->count;
    sort(picture);
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = compare_place(key, field, picture, middle);
        if (order == 0) {
            return picture_value_at(picture, middle);
        }
        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    return (struct text){NULL, 0};
}

/* Comparing. */

static void take(struct picture_difference *out, const struct picture *picture, size_t index,
                 struct text *value)
{
    out->key = picture_key_at(picture, index);
    out->field = picture_field_at(picture, index);
    *value = picture_value_at(picture, index);
}

bool picture_differs(struct picture *expected, struct picture *found,
                     struct picture_difference *out)
{
    *out = (struct picture_difference){.key = {NULL, 0}};
    sort(expected);
    sort(found);
    for (size_t i = 0; i < expected->count || i < found->count; i++) {
        int order = 0;
        if (i >= expected->count || i >= found->count) {
            order = i >= found->count ? -1 : 1;
        } else {
            order =
                compare_place(picture_key_at(expected, i), picture_field_at(expected, i), found, i);
        }
        if (order == 0 && text_equal(picture_value_at(expected, i), picture_value_at(found, i))) {
            continue;
        }
        if (order <= 0) {
            take(out, expected, i, &out->expected);
        }
        if (order >= 0) {
            take(out, found, i, &out->found);
        }
        return true;
    }
    return false;
}
