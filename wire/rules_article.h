/* One row of law as the bundle's text has it, with the article that struct rules leaves out: for
   who explains what a decision rests on. */
#ifndef JAGA_WIRE_RULES_ARTICLE_H
#define JAGA_WIRE_RULES_ARTICLE_H

#include "core/text.h"

#define RULES_ARTICLE_VALUES_MAX 12

struct rules_article { /* views on the bundle's text */
    struct text table; /* "benefits.csv" */
    struct text id, valid_from, valid_to, law, verified;
    uint32_t value_count; /* the table's own columns: component, value … */
    struct {
        struct text column, value;
    } values[RULES_ARTICLE_VALUES_MAX];
};

/* The row with this id in a canonical text (wire/rules_bundle.h); false when there is none. */
bool rules_article_find(struct text bundle, struct text id, struct rules_article *out);

#endif
