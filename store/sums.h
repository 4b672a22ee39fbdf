/* Counters added up: totals and difference arrays of one region as a sorted list, with the names of
   measures as numbers. Heap; only the roll-up and `figures` use it. */
#ifndef JAGA_STORE_SUMS_H
#define JAGA_STORE_SUMS_H

#include "core/day.h"
#include "core/projection.h"
#include "store/connection.h"

/* Names met so far, each once. */
#define MEASURES_MAX 4096
struct measures;
struct measures *measures_open(void);
void measures_close(struct measures *measures); /* accepts NULL */
uint16_t measures_count(const struct measures *measures);
const char *measures_name(const struct measures *measures, uint16_t number);
/* The number of a name, new or known; false when it is too long or there are too many. */
bool measures_number(struct measures *measures, struct text name, uint16_t *out);

/* The number of a name that was met; false when it was not. */
bool measures_find(const struct measures *measures, struct text name, uint16_t *out);

/* A day measure's change on a day, or with DAY_NONE a total. */
struct sum_item {
    uint16_t measure;
    day_t day;
    int64_t value;
};

struct sums {
    struct sum_item *items;
    size_t count, capacity;
};

void sums_clear(struct sums *sums); /* frees what it holds */
void sums_add(struct sums *sums, uint16_t measure, day_t day, int64_t value);
/* Appends another's items. */
void sums_add_all(struct sums *sums, const struct sums *other);
/* Sorts by measure and day, adds up equals and leaves out zeros: what the functions below demand.
 */
void sums_settle(struct sums *sums);
/* Makes `out` a + sign × b. `out` is neither of them. */
void sums_combine(const struct sums *a, const struct sums *b, int sign, struct sums *out);
/* 0 when it is not there. */
int64_t sums_value(const struct sums *sums, uint16_t measure, day_t day);

/* How much of a measure changed on the days after `after` and not after `until`. */
int64_t sums_between(const struct sums *sums, uint16_t measure, day_t after, day_t until);

/* Each measure on a day: the sum of its changes until then; a total is what it is. */
typedef void (*measure_seen)(void *context, uint16_t measure, bool is_total, int64_t value);
void sums_on_day(const struct sums *sums, day_t day, measure_seen seen, void *context);

/* Adds a hash of totals (`<measure>` → value) or of days (`<measure>:<day>` → change); false when a
   field is neither. */
bool sums_take_totals(struct sums *sums, struct measures *measures, const struct reply *reply);
bool sums_take_days(struct sums *sums, struct measures *measures, const struct reply *reply);

#endif
