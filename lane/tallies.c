#include "lane/tallies.h"

#include <assert.h>
#include <stdlib.h>

#include "core/rules.h"

#define BY_SOURCE "exceptions_by_source:"
static_assert(sizeof BY_SOURCE - 1 + EXCEPTION_CODE_BYTES_MAX + 1 + TEXT_BYTES_MAX <=
                  TALLY_NAME_BYTES_MAX,
              "any code with any source fits");
static_assert(TALLY_NAME_BYTES_MAX <= UINT8_MAX, "a name's length fits its cell");

struct cell {
    char name[TALLY_NAME_BYTES_MAX];
    uint8_t name_length;
    uint8_t changed; /* set of enum tally_use */
    bool in_digest;
    int64_t value, digested;
};

struct changes {
    uint32_t *cells;
    uint32_t count;
};

struct tallies {
    struct cell **cells; /* each allocated apart, so that names stay where they are */
    uint32_t count, capacity;
    uint32_t *index;
    uint32_t index_capacity;
    struct changes changes[TALLY_USE_COUNT];
    uint32_t batch_count, source_count;
    uint32_t exceptions[EXCEPTION_CODE_COUNT];         /* cell + 1 */
    uint32_t money[REGION_CODES][PROGRAMME_COUNT + 1]; /* cell + 1; last: external */
};

static void *allocated(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    assert(larger != NULL);
    return larger;
}

struct tallies *tallies_open(void)
{
    struct tallies *tallies = calloc(1, sizeof *tallies);
    assert(tallies != NULL);
    return tallies;
}

void tallies_close(struct tallies *tallies)
{
    if (tallies == NULL) {
        return;
    }
    for (uint32_t i = 0; i < tallies->count; i++) {
        free(tallies->cells[i]);
    }
    for (unsigned use = 0; use < TALLY_USE_COUNT; use++) {
        free(tallies->changes[use].cells);
    }
    free(tallies->cells);
    free(tallies->index);
    free(tallies);
}

static uint32_t hash_name(struct text name)
{
    uint32_t hash = UINT32_C(2166136261);
    for (uint32_t i = 0; i < name.length; i++) {
        hash = (hash ^ (uint8_t)name.at[i]) * UINT32_C(16777619);
    }
    return hash ^ hash >> 15;
}

static struct text cell_name(const struct cell *cell)
{
    return text_of(cell->name, cell->name_length);
}

static void grow(struct tallies *tallies)
{
    tallies->capacity = tallies->capacity == 0 ? 256 : 2 * tallies->capacity;
    tallies->cells = allocated(tallies->cells, tallies->capacity * sizeof *tallies->cells);
    for (unsigned use = 0; use < TALLY_USE_COUNT; use++) {
        struct changes *changes = &tallies->changes[use];
        changes->cells = allocated(changes->cells, tallies->capacity * sizeof *changes->cells);
    }
    tallies->index_capacity = 2 * tallies->capacity;
    tallies->index = allocated(tallies->index, tallies->index_capacity * sizeof *tallies->index);
    memset(tallies->index, 0, tallies->index_capacity * sizeof *tallies->index);
    for (uint32_t i = 0; i < tallies->count; i++) {
        uint32_t at = hash_name(cell_name(tallies->cells[i])) & (tallies->index_capacity - 1);
        while (tallies->index[at] != 0) {
            at = (at + 1) & (tallies->index_capacity - 1);
        }
        tallies->index[at] = i + 1;
    }
}

/* The place of a name in the index: free, or the cell of that name. */
static uint32_t place_of(const struct tallies *tallies, struct text name)
{
    uint32_t at = hash_name(name) & (tallies->index_capacity - 1);
    while (tallies->index[at] != 0 &&
           !text_equal(cell_name(tallies->cells[tallies->index[at] - 1]), name)) {
        at = (at + 1) & (tallies->index_capacity - 1);
    }
    return at;
}

static bool is_known(const struct tallies *tallies, struct text name)
{
    return tallies->count > 0 && tallies->index[place_of(tallies, name)] != 0;
}

static uint32_t cell_of(struct tallies *tallies, struct text name)
{
    assert(name.length <= TALLY_NAME_BYTES_MAX);
    if (tallies->count == tallies->capacity) {
        grow(tallies);
    }
    const uint32_t at = place_of(tallies, name);
    if (tallies->index[at] != 0) {
        return tallies->index[at] - 1;
    }
    struct cell *cell = allocated(NULL, sizeof *cell);
    *cell = (struct cell){.name_length = (uint8_t)name.length};
    memcpy(cell->name, name.at, name.length);
    tallies->cells[tallies->count] = cell;
    tallies->index[at] = tallies->count + 1;
    return tallies->count++;
}

static void add(struct tallies *tallies, uint32_t at, int64_t amount)
{
    struct cell *cell = tallies->cells[at];
    cell->value += amount;
    for (unsigned use = 0; use < TALLY_USE_COUNT; use++) {
        const uint8_t bit = (uint8_t)(1U << use);
        if ((cell->changed & bit) == 0) {
            cell->changed = (uint8_t)(cell->changed | bit);
            tallies->changes[use].cells[tallies->changes[use].count++] = at;
        }
    }
}

struct name {
    char bytes[TALLY_NAME_BYTES_MAX];
    uint32_t length;
};

static void name_add(struct name *name, struct text part)
{
    assert(name->length + part.length <= TALLY_NAME_BYTES_MAX);
    if (part.length > 0) {
        memcpy(name->bytes + name->length, part.at, part.length);
        name->length += part.length;
    }
}

static struct text name_text(const struct name *name)
{
    return text_of(name->bytes, name->length);
}

static struct name source_name(unsigned code, struct text source)
{
    struct name name = {.length = 0};
    name_add(&name, TEXT(BY_SOURCE));
    name_add(&name, term_text(&exception_code_names, code));
    name_add(&name, TEXT(":"));
    name_add(&name, source);
    return name;
}

/* No source is no publisher, and SOURCE_OTHER stands for many: neither takes a place. */
static bool takes_a_place(struct text source)
{
    return source.length > 0 && !text_equal(source, TEXT(SOURCE_OTHER));
}

/* A source is counted apart when it has a tally under any code: so the names alone tell which are,
   whatever they were loaded from. */
static bool source_is_known(const struct tallies *tallies, struct text source)
{
    for (unsigned code = 0; code < EXCEPTION_CODE_COUNT; code++) {
        const struct name name = source_name(code, source);
        if (is_known(tallies, name_text(&name))) {
            return true;
        }
    }
    return false;
}

static void count_source(struct tallies *tallies, unsigned code, struct text source)
{
    struct name name = source_name(code, source);
    if (takes_a_place(source) && !is_known(tallies, name_text(&name)) &&
        !source_is_known(tallies, source)) {
        if (tallies->source_count < SOURCES_MAX) {
            tallies->source_count++;
        } else {
            name = source_name(code, TEXT(SOURCE_OTHER));
        }
    }
    add(tallies, cell_of(tallies, name_text(&name)), 1);
}

void tallies_exception(struct tallies *tallies, enum exception_code code, struct text source)
{
    assert(source.length <= TEXT_BYTES_MAX);
    uint32_t *known = &tallies->exceptions[code];
    if (*known == 0) {
        struct name name = {.length = 0};
        name_add(&name, TEXT("exceptions:"));
        name_add(&name, term_text(&exception_code_names, (unsigned)code));
        *known = cell_of(tallies, name_text(&name)) + 1;
    }
    add(tallies, *known - 1, 1);
    count_source(tallies, (unsigned)code, source);
}

static uint32_t money_cell(struct tallies *tallies, uint16_t region, bool external,
                           unsigned programme)
{
    assert(region < REGION_CODES && programme < PROGRAMME_COUNT);
    uint32_t *known = &tallies->money[region][external ? PROGRAMME_COUNT : programme];
    if (*known == 0) {
        char code[REGION_TEXT_BYTES];
        region_print(region, code);
        struct name name = {.length = 0};
        name_add(&name, external ? TEXT("external_idr:") : TEXT("contributions_idr:"));
        name_add(&name, text_of_string(code));
        if (!external) {
            name_add(&name, TEXT(":"));
            name_add(&name, term_text(&programme_names, programme));
        }
        *known = cell_of(tallies, name_text(&name)) + 1;
    }
    return *known - 1;
}

/* "batch:<id>:applied", or "batch_other:applied" once BATCHES_MAX batches have a name of their own.
 */
static void batch_add(struct tallies *tallies, struct text batch_id, struct text what,
                      int64_t amount)
{
    struct name name = {.length = 0};
    name_add(&name, TEXT("batch:"));
    name_add(&name, batch_id);
    name_add(&name, TEXT(":"));
    name_add(&name, what);
    add(tallies, cell_of(tallies, name_text(&name)), amount);
}

static void batch_other_add(struct tallies *tallies, struct text what, int64_t amount)
{
    struct name name = {.length = 0};
    name_add(&name, TEXT("batch_other:"));
    name_add(&name, what);
    add(tallies, cell_of(tallies, name_text(&name)), amount);
}

static bool batch_has_room(struct tallies *tallies, struct text batch_id)
{
    struct name name = {.length = 0};
    name_add(&name, TEXT("batch:"));
    name_add(&name, batch_id);
    name_add(&name, TEXT(":applied"));
    return is_known(tallies, name_text(&name)) || tallies->batch_count < BATCHES_MAX;
}

static void apply_batch(struct tallies *tallies, const struct tally_change *change)
{
    const struct text names[3] = {TEXT("applied"), TEXT("refused"), TEXT("total_idr")};
    const int64_t amounts[3] = {change->applied, change->refused, change->amount_idr};
    const bool own = batch_has_room(tallies, change->batch_id);
    const uint32_t before = tallies->count;
    for (unsigned i = 0; i < 3; i++) {
        if (own) {
            batch_add(tallies, change->batch_id, names[i], amounts[i]);
        } else {
            batch_other_add(tallies, names[i], amounts[i]);
        }
    }
    tallies->batch_count += own && tallies->count > before;
}

void tallies_apply(struct tallies *tallies, const struct tally_change *change)
{
    switch (change->kind) {
    case TALLY_CONTRIBUTIONS_IDR:
        add(tallies, money_cell(tallies, change->region, false, change->programme),
            change->amount_idr);
        break;
    case TALLY_EXTERNAL_IDR:
        add(tallies, money_cell(tallies, change->region, true, 0), change->amount_idr);
        break;
    case TALLY_BATCH: apply_batch(tallies, change); break;
    }
}

static bool names_a_batch(struct text name)
{
    const struct text head = TEXT("batch:");
    const struct text tail = TEXT(":applied");
    return name.length > head.length + tail.length && memcmp(name.at, head.at, head.length) == 0 &&
           memcmp(name.at + name.length - tail.length, tail.at, tail.length) == 0;
}

/* A code has no colon, so the source begins after the first one. */
static bool names_a_source(struct text name, struct text *source)
{
    const struct text head = TEXT(BY_SOURCE);
    if (name.length <= head.length || memcmp(name.at, head.at, head.length) != 0) {
        return false;
    }
    const char *colon = memchr(name.at + head.length, ':', name.length - head.length);
    if (colon == NULL) {
        return false;
    }
    *source = text_of(colon + 1, (size_t)(name.at + name.length - colon - 1));
    return source->length <= TEXT_BYTES_MAX;
}

void tallies_load(struct tallies *tallies, struct text name, int64_t value)
{
    assert(!is_known(tallies, name));
    struct text source;
    if (names_a_source(name, &source) && takes_a_place(source)) {
        tallies->source_count += !source_is_known(tallies, source);
    }
    const uint32_t at = cell_of(tallies, name);
    struct cell *cell = tallies->cells[at];
    cell->value = value;
    cell->digested = value;
    cell->in_digest = true;
    tallies->batch_count += names_a_batch(name);
}

uint32_t tallies_count(const struct tallies *tallies)
{
    return tallies->count;
}

struct tally tallies_at(const struct tallies *tallies, uint32_t index)
{
    assert(index < tallies->count);
    const struct cell *cell = tallies->cells[index];
    return (struct tally){cell_name(cell), cell->value, cell->digested, cell->in_digest};
}

uint32_t tallies_changed_count(const struct tallies *tallies, enum tally_use use)
{
    return tallies->changes[use].count;
}

uint32_t tallies_changed(const struct tallies *tallies, enum tally_use use, uint32_t index)
{
    assert(index < tallies->changes[use].count);
    return tallies->changes[use].cells[index];
}

void tallies_clear_changed(struct tallies *tallies, enum tally_use use)
{
    struct changes *changes = &tallies->changes[use];
    for (uint32_t i = 0; i < changes->count; i++) {
        struct cell *cell = tallies->cells[changes->cells[i]];
        cell->changed = (uint8_t)(cell->changed & ~(1U << use));
        if (use == TALLY_FOR_DIGEST) {
            cell->digested = cell->value;
            cell->in_digest = true;
        }
    }
    changes->count = 0;
}
