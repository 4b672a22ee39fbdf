#include "support/error.h"

#include <stdarg.h>
#include <stdio.h>

struct error error_make(enum error_kind kind, const char *code, const char *format, ...)
{
    struct error error;
    error.kind = kind;
    error.code = code;

    va_list arguments;
    va_start(arguments, format);
    /* A cut detail is still a detail; a broken format leaves an empty one. */
    if (vsnprintf(error.detail, sizeof error.detail, format, arguments) < 0) {
        error.detail[0] = '\0';
    }
    va_end(arguments);
    return error;
}
