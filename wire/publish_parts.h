/* The parts of a file of events, shared by publish_file.c, which opens it and tells what is wrong,
   and by the readers of its three forms. */
#ifndef JAGA_WIRE_PUBLISH_PARTS_H
#define JAGA_WIRE_PUBLISH_PARTS_H

#include <stdio.h>

#include "wire/event_json.h"
#include "wire/publish_file.h"

/* A line, a row or a record of a container; what is longer is refused, never held. */
#define RECORD_BYTES_MAX (1024 * 1024)

enum publish_form { FORM_JSON, FORM_CSV, FORM_AVRO };

struct csv_table;
struct avro_container;

struct publish_file {
    char *name;   /* as messages say it */
    FILE *stream; /* can be sought in: stdin and pipes are spooled */
    enum publish_form form;
    uint64_t line;       /* of the record just read */
    uint64_t lines_read; /* line ends so far */
    struct event_problem problem;
    char *record;                /* RECORD_BYTES_MAX bytes, for the record just read */
    json_t *object;              /* what the event's texts view, unless that is `record` */
    struct csv_table *table;     /* FORM_CSV */
    struct avro_container *avro; /* FORM_AVRO */
};

/* What the reader of a form met. */
enum publish_step {
    STEP_EVENT,
    STEP_NOTHING, /* an empty line */
    STEP_REFUSED, /* the file's problem says why */
    STEP_END,
    STEP_FAILED, /* reading failed */
};

/* Reads the head of a file from its beginning, anew at each call: USAGE "file_form", FATAL
   "file_failed". The closing ones accept NULL. */
MUST_USE struct error publish_csv_begin(struct publish_file *file);
enum publish_step publish_csv_next(struct publish_file *file, struct event *event);
void publish_csv_close(struct csv_table *table);

MUST_USE struct error publish_avro_begin(struct publish_file *file);
enum publish_step publish_avro_next(struct publish_file *file, struct event *event);
void publish_avro_close(struct avro_container *container);

/* Notes what is wrong with the record just read: a constant word, after the pairs that were added
   to the problem already. */
enum publish_step publish_refused(struct publish_file *file, const char *what);
/* The same for one that is too long to be read. */
enum publish_step publish_too_long(struct publish_file *file);
/* The event of an object, which the file keeps from now on. */
enum publish_step publish_object(struct publish_file *file, json_t *object, struct event *event);

/* "file_form" and "file_failed". */
struct error publish_form_error(const struct publish_file *file, const char *format, ...)
    PRINTF_LIKE(2, 3);
struct error publish_failed(const struct publish_file *file);

#endif
