/* One row of a CSV file as RFC 4180 has it: cells between commas, quoted where they hold commas,
   quotes or line ends. */
#ifndef JAGA_WIRE_CSV_ROW_H
#define JAGA_WIRE_CSV_ROW_H

#include <stdio.h>

#include "core/text.h"

#define CSV_CELLS_MAX 256

struct csv_row {
    char *bytes; /* lent by the caller: the cells view them */
    size_t capacity, length;
    struct text cells[CSV_CELLS_MAX];
    uint32_t count;      /* may be larger: seen, not kept */
    const char *wrong;   /* the first thing against RFC 4180, a constant word, or NULL */
    uint32_t wrong_cell; /* where it was */
    uint64_t line_ends;
};

enum csv_reading { CSV_ROW, CSV_EMPTY_LINE, CSV_TOO_LONG, CSV_END, CSV_FAILED };

/* Reads to the end of the row, also of one that is wrong; of one that is too long to the next line
   end. Set `bytes` and `capacity` before. */
enum csv_reading csv_row_read(struct csv_row *row, FILE *stream);

#endif
