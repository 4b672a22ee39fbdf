/* Claims by programme and verdict with the payments ordered, of a region or the country. */
#ifndef JAGA_CONSUMERS_CLAIMS_TABLE_H
#define JAGA_CONSUMERS_CLAIMS_TABLE_H

#include "consumers/terminal.h"
#include "store/figures.h"

/* Nothing when no claim was ever made. */
void claims_print(const struct region_figures *region, const struct terminal *terminal, FILE *out);
/* Payments by their present status, where Redis holds it. */
void payments_print(const struct region_figures *region, const struct terminal *terminal,
                    FILE *out);

/* A line without text, then a heading. */
void title_print(const struct terminal *terminal, FILE *out, const char *text);

#endif
