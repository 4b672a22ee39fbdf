/* Errors as values. What an event or a claim deserves is never an error but a result (core/). */
#ifndef JAGA_SUPPORT_ERROR_H
#define JAGA_SUPPORT_ERROR_H

#include <stdbool.h>

/* RETRY: the same may work later (a server is away). FENCED: another owner took the lane; drop it
   and open again. FATAL: stop; a person must look. USAGE: the caller's words are wrong. */
enum error_kind { ERROR_NONE, ERROR_RETRY, ERROR_FENCED, ERROR_FATAL, ERROR_USAGE };

struct error {
    enum error_kind kind;
    const char *code; /* a constant word for logs and tests, e.g. "redis_away" */
    char detail[480]; /* a sentence for a person: what is wrong, where, what to do */
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define TRY(call)                                                                                  \
    do {                                                                                           \
        struct error e_ = (call);                                                                  \
        if (failed(&e_)) {                                                                         \
            return e_;                                                                             \
        }                                                                                          \
    } while (0)

static inline bool failed(const struct error *error)
{
    return error->kind != ERROR_NONE;
}

/* Leaves `detail` unset: nobody reads it. */
static inline struct error no_error(void)
{
    struct error error;
    error.kind = ERROR_NONE;
    error.code = "";
    error.detail[0] = '\0';
    return error;
}

/* `code` must be a constant; the detail is cut at its size. */
struct error error_make(enum error_kind kind, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
