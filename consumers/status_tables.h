/* What was seen, as tables for people and as lines of JSON. */
#ifndef JAGA_CONSUMERS_STATUS_TABLES_H
#define JAGA_CONSUMERS_STATUS_TABLES_H

#include "consumers/status_troubles.h"
#include "consumers/terminal.h"

void status_print_tables(const struct look *look, const struct terminal *terminal, FILE *out);
void status_print_json(const struct look *look, FILE *out);

#endif
