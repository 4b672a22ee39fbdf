#include "wire/csv_row.h"

enum place { CELL_START, PLAIN, QUOTED, QUOTE_SEEN };

/* A line end of two bytes counts as one, but not within quotes, where bytes stay as they are. */
static int next_byte(struct csv_row *row, FILE *stream, enum place place)
{
    int byte = getc_unlocked(stream);
    if (byte == '\r' && place != QUOTED) {
        byte = getc_unlocked(stream);
        if (byte != '\n') {
            ungetc(byte, stream);
            byte = '\r';
        }
    }
    row->line_ends += byte == '\n';
    return byte;
}

static void put(struct csv_row *row, int byte)
{
    if (row->length < row->capacity) {
        row->bytes[row->length] = (char)byte;
    }
    row->length++;
}

static void complain(struct csv_row *row, const char *what)
{
    if (row->wrong == NULL) {
        row->wrong = what;
        row->wrong_cell = row->count;
    }
}

static void end_cell(struct csv_row *row, size_t *start)
{
    if (row->count < CSV_CELLS_MAX && row->length <= row->capacity) {
        row->cells[row->count] = text_of(row->bytes + *start, row->length - *start);
    }
    row->count++;
    *start = row->length;
}

static enum place within_quotes(struct csv_row *row, int byte)
{
    if (byte == '"') {
        return QUOTE_SEEN;
    }
    put(row, byte);
    return QUOTED;
}

/* A byte that ends neither cell nor row. */
static enum place take(struct csv_row *row, enum place place, int byte)
{
    switch (place) {
    case CELL_START:
        if (byte == '"') {
            return QUOTED;
        }
        break;
    case QUOTED: return within_quotes(row, byte);
    case QUOTE_SEEN:
        if (byte == '"') {
            put(row, byte);
            return QUOTED;
        }
        complain(row, "text_after_quotes");
        break;
    case PLAIN: break;
    }
    if (byte == '"') {
        complain(row, "quote_within_text");
    }
    put(row, byte);
    return PLAIN;
}

static enum csv_reading pass_line(struct csv_row *row, FILE *stream, int byte)
{
    while (byte != '\n' && byte != EOF) {
        byte = next_byte(row, stream, QUOTED);
    }
    return ferror(stream) ? CSV_FAILED : CSV_TOO_LONG;
}

enum csv_reading csv_row_read(struct csv_row *row, FILE *stream)
{
    row->length = 0;
    row->count = 0;
    row->wrong = NULL;
    row->line_ends = 0;
    enum place place = CELL_START;
    size_t start = 0, taken = 0;
    int byte;
    while ((byte = next_byte(row, stream, place)) != EOF && (byte != '\n' || place == QUOTED)) {
        if (++taken > row->capacity) {
            return pass_line(row, stream, byte);
        }
        if (byte == ',' && place != QUOTED) {
            end_cell(row, &start);
            place = CELL_START;
        } else {
            place = take(row, place, byte);
        }
    }
    if (ferror(stream)) {
        return CSV_FAILED;
    }
    if (taken == 0) {
        return byte == EOF ? CSV_END : CSV_EMPTY_LINE;
    }
    if (place == QUOTED) {
        complain(row, "quote_not_closed");
    }
    end_cell(row, &start);
    return CSV_ROW;
}
