/* The law as tables: CSV files to one canonical text (what jaga.rules carries and the hash is taken
   over), and that text to struct rules. docs/rules.md describes the tables.

   The canonical text holds every table in a fixed order: a line `[file]`, the header line, the rows
   with fields trimmed, comments and blank lines left out, each line ended by one LF. */
#ifndef JAGA_WIRE_RULES_BUNDLE_H
#define JAGA_WIRE_RULES_BUNDLE_H

#include <stddef.h>

#include "core/rules.h"
#include "support/error.h"

#define RULES_TABLE_COUNT 14
#define RULES_TEXT_BYTES_MAX (900 * 1000) /* below the size of one Kafka message */
#define RULES_REVIEW_WARNING_DAYS 90

struct rules_warnings {
    uint32_t count; /* at most one a table */
    char texts[RULES_TABLE_COUNT][240];
};

#define RULES_FINDINGS_MAX 100
struct rules_findings { /* in the order in which they were met */
    uint32_t count;
    bool more;                           /* than there is room for */
    char texts[RULES_FINDINGS_MAX][480]; /* as long as an error's detail */
};

/* Reads and checks the tables of a directory; `*text_out` is the caller's to free(), and NULL on
   failure. Errors have the code `rules_invalid` and name file and line. Whether rows are past their
   review is not looked at: rules_bundle_load() or rules_bundle_parse() do. */
MUST_USE struct error rules_bundle_read_files(const char *dir, char **text_out, size_t *length_out);

/* Fills `out` from a canonical text; errors (`rules_invalid`) name the table's file and the line
   within its canonical rows (the header is line 1). With a `today` a row whose reviewed_until is
   past is an error, and one that ends within RULES_REVIEW_WARNING_DAYS a warning; so are a
   recorded_on that cannot be and a law that names no article and does not say so. DAY_NONE leaves
   all of them out: a bundle read from the log is never refused because of today. `warnings` may be
   NULL. */
MUST_USE struct error rules_bundle_parse(const char *text, size_t length, day_t today,
                                         struct rules *out, struct rules_warnings *warnings);

/* The two above for files, with the files' own line numbers in review errors and warnings as well.
   `text_out` is as in rules_bundle_read_files(). */
MUST_USE struct error rules_bundle_load(const char *dir, day_t today, char **text_out,
                                        size_t *length_out, struct rules *out,
                                        struct rules_warnings *warnings);

/* Every finding about the files of a directory, as the texts of the errors above; an error only
   when there is no memory. Overlaps, gaps and sums are looked for when every row could be read. */
MUST_USE struct error rules_bundle_lint(const char *dir, day_t today,
                                        struct rules_findings *findings,
                                        struct rules_warnings *warnings);

#endif
