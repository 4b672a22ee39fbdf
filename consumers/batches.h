/* Batches and what was counted of them, for `jaga coverage --batches` and `jaga status`. */
#ifndef JAGA_CONSUMERS_BATCHES_H
#define JAGA_CONSUMERS_BATCHES_H

#include "consumers/terminal.h"
#include "store/figures.h"

bool batch_is_mismatch(const struct batch_figure *batch);
void batch_print_json(FILE *out, const struct batch_figure *batch);
void batches_print(const struct batch_figure *batches, size_t count, bool mismatches_only,
                   const struct terminal *terminal, FILE *out);

#endif
