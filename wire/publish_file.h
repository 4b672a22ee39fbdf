/* A file of events for `jaga publish`: JSON Lines, CSV or an Avro container. The whole of it is
   checked before anything is sent, so it is read twice: publish_file_rewind(), or a second opening.
 */
#ifndef JAGA_WIRE_PUBLISH_FILE_H
#define JAGA_WIRE_PUBLISH_FILE_H

#include "wire/event_codec.h"

struct publish_file;

/* `path` "-" is stdin. The form is told by the extension (.jsonl .ndjson .json, .csv, .avro), else
   by the first bytes. USAGE "file_missing", "file_form" (header without `type`, a column no event
   has, not a container of events); FATAL "file_failed" when reading fails. */
MUST_USE struct error publish_file_open(const char *path, struct publish_file **out);
void publish_file_close(struct publish_file *file); /* accepts NULL */

/* Back to the first record, also of stdin. Errors as for publish_file_open, since the head is read
   again; after one the file can only be closed. */
MUST_USE struct error publish_file_rewind(struct publish_file *file);

/* The next event, good until the next call. USAGE "input_refused" names file, line, field and
   value; the call after it goes on with the next record, so that all that is wrong can be told.
   Empty lines are passed over. */
MUST_USE struct error publish_file_next(struct publish_file *file, struct event *event,
                                        bool *at_end);

/* Of the record just read: its line (CSV: the first of its lines; Avro: the record's number), from
   1; and after "input_refused" what was wrong. */
uint64_t publish_file_line(const struct publish_file *file);
const char *publish_file_name(const struct publish_file *file);
const struct event_problem *publish_file_problem(const struct publish_file *file);

/* An error like publish_file_next's for the record just read, for what the caller finds wrong with
   it: file, line and then `what`, e.g. the detail of an exception. */
struct error publish_file_refuse(const struct publish_file *file, struct text what);

#endif
