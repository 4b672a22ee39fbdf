#include "store/employer_days.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/hex.h"

struct piece { /* on the days from `from` on, and before `until`, as one lane says of one region */
    uint16_t region, lane;
    day_t from, until;
};

struct employer {
    uint64_t hash;
    struct piece *pieces; /* ascending by `from` */
    uint32_t count, capacity;
};

struct union_of { /* intervals that neither overlap nor touch */
    struct days *items;
    size_t count, capacity;
};

#define SCOPES 3 /* region, province, country */

struct employer_days {
    struct employer *employers;
    uint32_t count, capacity;
    uint32_t *index; /* employer + 1 by hash; 0: free */
    uint32_t index_capacity;
    struct union_of before[SCOPES], after; /* scratch */
};

static void *allocated(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    assert(larger != NULL);
    return larger;
}

/* The employers. */

static void index_fill(struct employer_days *set, uint32_t capacity)
{
    set->index_capacity = capacity;
    set->index = allocated(set->index, capacity * sizeof *set->index);
    memset(set->index, 0, capacity * sizeof *set->index);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t at = (uint32_t)set->employers[i].hash & (capacity - 1);
        while (set->index[at] != 0) {
            at = (at + 1) & (capacity - 1);
        }
        set->index[at] = i + 1;
    }
}

static void grow(struct employer_days *set)
{
    set->capacity = set->capacity == 0 ? 256 : 2 * set->capacity;
    set->employers = allocated(set->employers, set->capacity * sizeof *set->employers);
    index_fill(set, 2 * set->capacity);
}

struct employer_days *employer_days_open(void)
{
    struct employer_days *set = calloc(1, sizeof *set);
    assert(set != NULL);
    grow(set);
    return set;
}

void employer_days_clear(struct employer_days *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        free(set->employers[i].pieces);
    }
    set->count = 0;
    index_fill(set, set->index_capacity);
}

void employer_days_close(struct employer_days *set)
{
    if (set == NULL) {
        return;
    }
    employer_days_clear(set);
    for (size_t i = 0; i < SCOPES; i++) {
        free(set->before[i].items);
    }
    free(set->after.items);
    free(set->employers);
    free(set->index);
    free(set);
}

static struct employer *employer_of(struct employer_days *set, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (set->index_capacity - 1);
    while (set->index[at] != 0) {
        if (set->employers[set->index[at] - 1].hash == hash) {
            return &set->employers[set->index[at] - 1];
        }
        at = (at + 1) & (set->index_capacity - 1);
    }
    if (set->count == set->capacity) {
        grow(set);
        return employer_of(set, hash);
    }
    set->employers[set->count] = (struct employer){.hash = hash};
    set->index[at] = set->count + 1;
    return &set->employers[set->count++];
}

/* Its pieces. */

static void remove_pieces(struct employer *employer, int32_t lane, uint16_t region)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < employer->count; i++) {
        const struct piece *piece = &employer->pieces[i];
        if (piece->lane != lane || piece->region != region) {
            employer->pieces[kept++] = *piece;
        }
    }
    employer->count = kept;
}

static void add_piece(struct employer *employer, struct piece piece)
{
    if (employer->count == employer->capacity) {
        employer->capacity = employer->capacity == 0 ? 2 : 2 * employer->capacity;
        employer->pieces =
            allocated(employer->pieces, employer->capacity * sizeof *employer->pieces);
    }
    uint32_t at = employer->count++;
    for (; at > 0 && employer->pieces[at - 1].from > piece.from; at--) {
        employer->pieces[at] = employer->pieces[at - 1];
    }
    employer->pieces[at] = piece;
}

/* Unions. */

static void add_to_union(struct union_of *out, day_t from, day_t until)
{
    struct days *last = out->count == 0 ? NULL : &out->items[out->count - 1];
    if (last != NULL && from <= last->until) {
        last->until = until > last->until ? until : last->until;
        return;
    }
    if (out->count == out->capacity) {
        out->capacity = out->capacity == 0 ? 8 : 2 * out->capacity;
        out->items = allocated(out->items, out->capacity * sizeof *out->items);
    }
    out->items[out->count++] = (struct days){from, until};
}

static bool is_within(unsigned scope, uint16_t region, uint16_t of)
{
    return scope == 0 ? region == of : scope == 1 ? region / 100 == of / 100 : true;
}

/* The days of the employer in the region, its province or the country. */
static void unite(const struct employer *employer, unsigned scope, uint16_t region,
                  struct union_of *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < employer->count; i++) {
        const struct piece *piece = &employer->pieces[i];
        if (is_within(scope, piece->region, region)) {
            add_to_union(out, piece->from, piece->until);
        }
    }
}

static bool are_equal(const struct union_of *a, const struct union_of *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = a->items[i].from == b->items[i].from && a->items[i].until == b->items[i].until;
    }
    return equal;
}

static void tell(const struct union_of *days, uint32_t node, int by, employers_changed_by changed,
                 void *context)
{
    for (size_t i = 0; i < days->count; i++) {
        changed(context, node, days->items[i].from, by);
        if (days->items[i].until != DAY_NEVER) {
            changed(context, node, days->items[i].until, -by);
        }
    }
}

static bool says_so_already(const struct employer *employer, int32_t lane, uint16_t region,
                            const struct days *days, size_t count)
{
    size_t same = 0;
    size_t of_lane = 0;
    for (uint32_t i = 0; i < employer->count; i++) {
        const struct piece *piece = &employer->pieces[i];
        if (piece->lane == lane && piece->region == region) {
            same += of_lane < count && piece->from == days[of_lane].from &&
                    piece->until == days[of_lane].until;
            of_lane++;
        }
    }
    return of_lane == count && same == count;
}

static void replace(struct employer_days *set, struct employer *employer, int32_t lane,
                    uint16_t region, const struct days *days, size_t count,
                    employers_changed_by changed, void *context)
{
    const uint32_t nodes[SCOPES] = {region, NODE_PROVINCES + region / 100u, NODE_COUNTRY};
    for (unsigned scope = 0; scope < SCOPES; scope++) {
        unite(employer, scope, region, &set->before[scope]);
    }
    remove_pieces(employer, lane, region);
    for (size_t i = 0; i < count; i++) {
        add_piece(employer, (struct piece){region, (uint16_t)lane, days[i].from, days[i].until});
    }
    for (unsigned scope = 0; scope < SCOPES; scope++) {
        unite(employer, scope, region, &set->after);
        if (!are_equal(&set->before[scope], &set->after)) {
            tell(&set->before[scope], nodes[scope], -1, changed, context);
            tell(&set->after, nodes[scope], 1, changed, context);
        }
    }
}

void employer_days_put(struct employer_days *set, int32_t lane, uint16_t region, uint64_t employer,
                       const struct days *days, size_t count, employers_changed_by changed,
                       void *context)
{
    assert(lane >= 0 && lane <= UINT16_MAX && region < REGION_CODES);
    struct employer *known = employer_of(set, employer);
    if (!says_so_already(known, lane, region, days, count)) {
        replace(set, known, lane, region, days, count, changed, context);
    }
}

static const struct piece *piece_of_lane(const struct employer *employer, int32_t lane)
{
    for (uint32_t i = 0; i < employer->count; i++) {
        if (employer->pieces[i].lane == lane) {
            return &employer->pieces[i];
        }
    }
    return NULL;
}

void employer_days_forget(struct employer_days *set, int32_t lane, employers_changed_by changed,
                          void *context)
{
    for (uint32_t i = 0; i < set->count; i++) {
        struct employer *employer = &set->employers[i];
        const struct piece *piece = piece_of_lane(employer, lane);
        for (; piece != NULL; piece = piece_of_lane(employer, lane)) {
            replace(set, employer, lane, piece->region, NULL, 0, changed, context);
        }
    }
}

/* Text. */

void employer_print(uint64_t employer, char out[EMPLOYER_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < 16; i++) {
        out[i] = digits[employer >> (60 - 4 * i) & 15];
    }
    out[16] = '\0';
}

bool employer_parse(struct text text, uint64_t *out)
{
    uint8_t bytes[8];
    if (!hex_parse(text, bytes, sizeof bytes)) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        *out = *out << 8 | bytes[i];
    }
    return true;
}

size_t days_print(const struct days *days, size_t count, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            out[length++] = ' ';
        }
        day_print(days[i].from, out + length);
        length += DAY_TEXT_BYTES - 1;
        out[length++] = '/';
        if (days[i].until != DAY_NEVER) {
            day_print(days[i].until - 1, out + length);
            length += DAY_TEXT_BYTES - 1;
        }
    }
    out[length] = '\0';
    return length;
}

size_t days_most(struct text text)
{
    return text.length / DAY_TEXT_BYTES + 1;
}

/* One interval off the front of the text. */
static bool take_days(struct text *text, struct days *out)
{
    const uint32_t day = DAY_TEXT_BYTES - 1;
    if (text->length < day + 1 || text->at[day] != '/' || !day_parse(text->at, day, &out->from)) {
        return false;
    }
    *text = text_of(text->at + day + 1, text->length - day - 1);
    out->until = DAY_NEVER;
    if (text->length == 0) {
        return true;
    }
    if (text->length < day || !day_parse(text->at, day, &out->until) || out->until < out->from) {
        return false;
    }
    out->until++;
    *text = text_of(text->at + day, text->length - day);
    return true;
}

bool days_parse(struct text text, struct days *out, size_t *count)
{
    *count = 0;
    while (text.length > 0) {
        if (*count > 0) { /* behind a space, and a gap */
            if (text.at[0] != ' ') {
                return false;
            }
            text = text_of(text.at + 1, text.length - 1);
        }
        struct days *days = &out[*count];
        if (!take_days(&text, days) || (*count > 0 && days->from <= out[*count - 1].until)) {
            return false;
        }
        (*count)++;
    }
    return true;
}
