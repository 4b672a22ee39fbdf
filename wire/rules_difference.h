/* What differs between two bundles of rules: rows by their id, field by field. */
#ifndef JAGA_WIRE_RULES_DIFFERENCE_H
#define JAGA_WIRE_RULES_DIFFERENCE_H

#include "wire/rules_listing.h"

struct rules_difference {
    uint32_t added, removed, changed;
};

/* A row that differs: `before` NULL when it was added, `after` NULL when it was removed. */
typedef void (*rules_row_differs)(void *context, const struct rules_line *before,
                                  const struct rules_line *after);

/* Tells every row that differs: those of `before` in their order, then what was added. A row that
   moved to another table has changed. */
struct rules_difference rules_compare(const struct rules_listing *before,
                                      const struct rules_listing *after, rules_row_differs tell,
                                      void *context);

/* For `tell`: the row in lines for a person; `context` is the FILE. */
void rules_difference_print(void *context, const struct rules_line *before,
                            const struct rules_line *after);
/* The same as one JSON object a row: {"change":…,"id":…,"fields":[…],"before":…,"after":…}. */
void rules_difference_print_json(void *context, const struct rules_line *before,
                                 const struct rules_line *after);

#endif
