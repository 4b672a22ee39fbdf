#include "lane/table.h"

#include <assert.h>
#include <stdlib.h>

#define SEGMENT_BYTES (1024 * 1024)
#define DEAD_SHARE 6 /* one in so many bytes may be dead */
#define INDEX_FIRST 1024
#define SLACK_BYTES_MAX 32 /* an entry with more room than this to spare is written anew */

/* An entry in a segment: the header, the term, the id, the bytes, padded to 4. */
struct entry_header {
    uint32_t number;
    uint32_t length; /* of the bytes */
    uint32_t room;   /* padded size of the whole entry */
    uint8_t id_length;
};
#define HEADER_BYTES 13
#define ID_AT (HEADER_BYTES + TERM_BYTES)

struct slot { /* where a participant's entry lies */
    uint32_t segment, offset;
};

struct segment {
    uint8_t *at;
    uint32_t used, live;
};

struct index_cell {
    uint32_t number_plus_one; /* 0: free */
    uint32_t hash;
};

struct table {
    struct slot *slots;
    uint32_t count, slot_capacity;
    struct segment *segments;
    uint32_t segment_count, segment_capacity;
    uint32_t current; /* segment that is being filled */
    uint64_t live_bytes;
    uint32_t spare; /* an empty segment kept for compaction, or UINT32_MAX */
    struct index_cell *index;
    uint32_t index_capacity; /* a power of two */
    uint8_t *changed_bits;
    uint32_t *changed;
    uint32_t changed_count;
};

static void *grown(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    assert(larger != NULL);
    return larger;
}

static struct entry_header header_read(const uint8_t *at)
{
    struct entry_header header;
    memcpy(&header.number, at, 4);
    memcpy(&header.length, at + 4, 4);
    memcpy(&header.room, at + 8, 4);
    header.id_length = at[12];
    return header;
}

static void header_write(uint8_t *at, struct entry_header header)
{
    memcpy(at, &header.number, 4);
    memcpy(at + 4, &header.length, 4);
    memcpy(at + 8, &header.room, 4);
    at[12] = header.id_length;
}

/* FNV-1a with a final mix: ids are short and chosen by publishers, order never depends on it. */
static uint32_t hash_id(struct text id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (uint32_t i = 0; i < id.length; i++) {
        hash = (hash ^ (uint8_t)id.at[i]) * UINT64_C(1099511628211);
    }
    hash ^= hash >> 29;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return (uint32_t)(hash >> 32);
}

static uint32_t segment_add(struct table *table)
{
    if (table->segment_count == table->segment_capacity) {
        table->segment_capacity = table->segment_capacity == 0 ? 16 : 2 * table->segment_capacity;
        table->segments = grown(table->segments, table->segment_capacity * sizeof *table->segments);
    }
    table->segments[table->segment_count] = (struct segment){.at = grown(NULL, SEGMENT_BYTES)};
    return table->segment_count++;
}

struct table *table_open(void)
{
    struct table *table = calloc(1, sizeof *table);
    assert(table != NULL);
    table->index_capacity = INDEX_FIRST;
    table->index = calloc(table->index_capacity, sizeof *table->index);
    assert(table->index != NULL);
    table->spare = UINT32_MAX;
    table->current = segment_add(table);
    return table;
}

void table_close(struct table *table)
{
    if (table == NULL) {
        return;
    }
    for (uint32_t i = 0; i < table->segment_count; i++) {
        free(table->segments[i].at);
    }
    free(table->segments);
    free(table->slots);
    free(table->index);
    free(table->changed_bits);
    free(table->changed);
    free(table);
}

uint32_t table_count(const struct table *table)
{
    return table->count;
}

static const uint8_t *entry_at(const struct table *table, uint32_t number)
{
    assert(number < table->count);
    const struct slot slot = table->slots[number];
    return table->segments[slot.segment].at + slot.offset;
}

struct text table_id(const struct table *table, uint32_t number)
{
    const uint8_t *at = entry_at(table, number);
    return text_of((const char *)at + ID_AT, at[12]);
}

struct text table_bytes(const struct table *table, uint32_t number)
{
    const uint8_t *at = entry_at(table, number);
    const struct entry_header header = header_read(at);
    return text_of((const char *)at + ID_AT + header.id_length, header.length);
}

const uint8_t *table_term(const struct table *table, uint32_t number)
{
    return entry_at(table, number) + HEADER_BYTES;
}

static struct index_cell *cell_of(const struct table *table, struct text id, uint32_t hash)
{
    uint32_t at = hash & (table->index_capacity - 1);
    for (;;) {
        struct index_cell *cell = &table->index[at];
        if (cell->number_plus_one == 0) {
            return cell;
        }
        if (cell->hash == hash && text_equal(table_id(table, cell->number_plus_one - 1), id)) {
            return cell;
        }
        at = (at + 1) & (table->index_capacity - 1);
    }
}

uint32_t table_find(const struct table *table, struct text id)
{
    const struct index_cell *cell = cell_of(table, id, hash_id(id));
    return cell->number_plus_one == 0 ? PARTICIPANT_NUMBER_NONE : cell->number_plus_one - 1;
}

static void index_double(struct table *table)
{
    const uint32_t old_capacity = table->index_capacity;
    struct index_cell *old = table->index;
    table->index_capacity = 2 * old_capacity;
    table->index = calloc(table->index_capacity, sizeof *table->index);
    assert(table->index != NULL);
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].number_plus_one == 0) {
            continue;
        }
        uint32_t at = old[i].hash & (table->index_capacity - 1);
        while (table->index[at].number_plus_one != 0) {
            at = (at + 1) & (table->index_capacity - 1);
        }
        table->index[at] = old[i];
    }
    free(old);
}

static void slots_grow(struct table *table)
{
    if (table->count < table->slot_capacity) {
        return;
    }
    const uint32_t old = table->slot_capacity;
    table->slot_capacity = old == 0 ? 1024 : old + old / 2;
    const size_t bits = (size_t)table->slot_capacity / 8 + 1;
    const size_t old_bits = old == 0 ? 0 : (size_t)old / 8 + 1;
    table->slots = grown(table->slots, table->slot_capacity * sizeof *table->slots);
    table->changed_bits = grown(table->changed_bits, bits);
    memset(table->changed_bits + old_bits, 0, bits - old_bits);
    table->changed = grown(table->changed, table->slot_capacity * sizeof *table->changed);
}

static void note_changed(struct table *table, uint32_t number)
{
    uint8_t *byte = &table->changed_bits[number / 8];
    const uint8_t bit = (uint8_t)(1U << (number % 8));
    if ((*byte & bit) == 0) {
        *byte = (uint8_t)(*byte | bit);
        table->changed[table->changed_count++] = number;
    }
}

static uint32_t segment_empty(struct table *table)
{
    if (table->spare != UINT32_MAX) {
        const uint32_t spare = table->spare;
        table->spare = UINT32_MAX;
        return spare;
    }
    return segment_add(table);
}

static uint8_t *take(struct table *table, uint32_t room, struct slot *slot)
{
    assert(room <= SEGMENT_BYTES);
    if (table->segments[table->current].used + room > SEGMENT_BYTES) {
        table->current = segment_empty(table);
    }
    struct segment *segment = &table->segments[table->current];
    *slot = (struct slot){table->current, segment->used};
    uint8_t *at = segment->at + segment->used;
    segment->used += room;
    segment->live += room;
    table->live_bytes += room;
    return at;
}

static void release(struct table *table, uint32_t number)
{
    const struct slot slot = table->slots[number];
    const struct entry_header header = header_read(entry_at(table, number));
    table->segments[slot.segment].live -= header.room;
    table->live_bytes -= header.room;
}

static void entry_append(struct table *table, uint32_t number, struct text id, struct text bytes,
                         const uint8_t term[TERM_BYTES])
{
    const uint32_t size = ID_AT + id.length + bytes.length;
    const struct entry_header header = {number, bytes.length, (size + 3) & ~UINT32_C(3),
                                        (uint8_t)id.length};
    struct slot slot;
    uint8_t *at = take(table, header.room, &slot);
    header_write(at, header);
    memcpy(at + HEADER_BYTES, term, TERM_BYTES);
    memcpy(at + ID_AT, id.at, id.length);
    memcpy(at + ID_AT + id.length, bytes.at, bytes.length);
    table->slots[number] = slot;
}

/* The fullest waste first; the one being filled is never a victim. */
static uint32_t victim(const struct table *table)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < table->segment_count; i++) {
        const bool usable = i != table->current && i != table->spare;
        if (usable &&
            (best == UINT32_MAX || table->segments[i].live < table->segments[best].live)) {
            best = i;
        }
    }
    return best;
}

static void segment_copy_out(struct table *table, uint32_t from)
{
    const struct segment segment = table->segments[from];
    for (uint32_t offset = 0; offset < segment.used;) {
        const uint8_t *at = segment.at + offset;
        const struct entry_header header = header_read(at);
        const struct slot slot = table->slots[header.number];
        if (slot.segment == from && slot.offset == offset) {
            struct slot moved;
            memcpy(take(table, header.room, &moved), at, header.room);
            table->slots[header.number] = moved;
            table->live_bytes -= header.room;
        }
        offset += header.room;
    }
    table->segments[from].used = 0;
    table->segments[from].live = 0;
}

static void compact(struct table *table)
{
    const uint64_t used =
        (uint64_t)(table->segment_count - (table->spare != UINT32_MAX)) * SEGMENT_BYTES;
    if (table->spare != UINT32_MAX || used < 8 * (uint64_t)SEGMENT_BYTES ||
        used - table->live_bytes <= used / DEAD_SHARE + 2 * (uint64_t)SEGMENT_BYTES) {
        return;
    }
    const uint32_t from = victim(table);
    segment_copy_out(table, from);
    table->spare = from;
}

uint32_t table_add(struct table *table, struct text id, struct text bytes,
                   const uint8_t term[TERM_BYTES])
{
    assert(id.length > 0 && id.length <= 255);
    if ((uint64_t)(table->count + 1) * 4 > (uint64_t)table->index_capacity * 3) {
        index_double(table);
    }
    const uint32_t hash = hash_id(id);
    struct index_cell *cell = cell_of(table, id, hash);
    assert(cell->number_plus_one == 0);
    slots_grow(table);
    const uint32_t number = table->count++;
    *cell = (struct index_cell){number + 1, hash};
    entry_append(table, number, id, bytes, term);
    note_changed(table, number);
    compact(table);
    return number;
}

void table_put(struct table *table, uint32_t number, struct text bytes,
               const uint8_t term[TERM_BYTES])
{
    uint8_t *at = (uint8_t *)entry_at(table, number);
    struct entry_header header = header_read(at);
    const uint32_t room = header.room - ID_AT - header.id_length;
    if (bytes.length <= room && bytes.length + SLACK_BYTES_MAX > room) {
        header.length = bytes.length;
        header_write(at, header);
        memcpy(at + HEADER_BYTES, term, TERM_BYTES);
        memcpy(at + ID_AT + header.id_length, bytes.at, bytes.length);
    } else {
        char id_bytes[255];
        memcpy(id_bytes, at + ID_AT, header.id_length);
        release(table, number);
        entry_append(table, number, text_of(id_bytes, header.id_length), bytes, term);
        compact(table);
    }
    note_changed(table, number);
}

uint32_t table_changed_count(const struct table *table)
{
    return table->changed_count;
}

uint32_t table_changed(const struct table *table, uint32_t index)
{
    assert(index < table->changed_count);
    return table->changed[index];
}

void table_clear_changed(struct table *table)
{
    for (uint32_t i = 0; i < table->changed_count; i++) {
        table->changed_bits[table->changed[i] / 8] = 0;
    }
    table->changed_count = 0;
}

size_t table_memory(const struct table *table)
{
    return (size_t)table->segment_count * SEGMENT_BYTES +
           (size_t)table->slot_capacity * (sizeof *table->slots + sizeof *table->changed) +
           (size_t)table->index_capacity * sizeof *table->index;
}
