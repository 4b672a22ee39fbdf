/* Targets of requests: what is taken, and what is refused with which status. */
#include "dashboard/request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct row {
    const char *target;
    int status;        /* 0: taken */
    const char *shown; /* path, then what was given */
} rows[] = {
    {"/", 0, "/"},
    {"/?", 0, "/"},
    {"/regions/36.74", 0, "/regions/36.74"},
    {"/api/v1/coverage?date=2024-03-22", 0, "/api/v1/coverage date=2024-03-22"},
    {"/?date=2024-02-29&lang=en", 0, "/ date=2024-02-29 en"},
    {"/?lang=id&province=36&level=regency", 0, "/ province=36 level=regency"},
    {"/?province=&date=", 0, "/"}, /* a form sends what was left empty */
    {"/x?by=category&region=ID", 0, "/x by=category region=ID"},
    {"/x?region=36.74&", 0, "/x region=36.74"},
    {"/a/b/c//", 0, "/a/b/c//"},
    {"", 400, NULL},
    {"*", 400, NULL},
    {"http://example.org/", 400, NULL},
    {"/%41", 400, NULL},
    {"/..%2f", 400, NULL},
    {"/\xC3\xA9", 400, NULL},
    {"/<script>", 400, NULL},
    {"/a b", 400, NULL},
    {"/\x01", 400, NULL},
    {"/?date", 400, NULL},
    {"/?=x", 400, NULL},
    {"/?date=2023-02-29", 400, NULL},
    {"/?date=2024-3-22", 400, NULL},
    {"/?date=20240322", 400, NULL},
    {"/?date=2024-03-22&date=2024-03-23", 400, NULL},
    {"/?date=&date=", 400, NULL},
    {"/?unknown=1", 400, NULL},
    {"/?Date=2024-03-22", 400, NULL},
    {"/?by=name", 400, NULL},
    {"/?level=village", 400, NULL},
    {"/?lang=fr", 400, NULL},
    {"/?region=3674", 400, NULL},
    {"/?region=36.7", 400, NULL},
    {"/?region=36.74.01", 400, NULL},
    {"/?region=xx", 400, NULL},
    {"/?province=36.74", 400, NULL},
    {"/?province=ID", 400, NULL},
    {"/?date=%32024-03-22", 400, NULL},
    {"/?date=2024-03-22+", 400, NULL},
    {"/?a=1?b=2", 400, NULL},
    {"/?&date=2024-03-22", 400, NULL},
    {"/?by=programmeprogrammeprogramme", 400, NULL},
};

static void show(const struct request *request, char *out, size_t size)
{
    char date[DAY_TEXT_BYTES] = "";
    if (request->date != DAY_NONE) {
        day_print(request->date, date);
    }
    (void)snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s%s%s", request->path,
                   date[0] == '\0' ? "" : " date=", date,
                   request->by[0] == '\0' ? "" : " by=", request->by,
                   request->region[0] == '\0' ? "" : " region=", request->region,
                   request->province[0] == '\0' ? "" : " province=", request->province,
                   request->level[0] == '\0' ? "" : " level=", request->level,
                   request->language == ENGLISH ? " en" : "");
}

Test(request, takes_what_is_well_formed_and_refuses_the_rest)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request;
        struct refusal refusal;
        char shown[256];
        const bool taken = request_parse(text_of_string(rows[i].target), &request, &refusal);
        cr_expect_eq(refusal.status, rows[i].status, "%s: status %d", rows[i].target,
                     refusal.status);
        cr_expect_eq(taken, rows[i].status == 0, "%s", rows[i].target);
        cr_expect(taken == (refusal.detail[0] == '\0'), "%s: %s", rows[i].target, refusal.detail);
        if (taken && rows[i].shown != NULL) {
            show(&request, shown, sizeof shown);
            cr_expect_str_eq(shown, rows[i].shown);
        }
    }
}

Test(request, refuses_what_is_long)
{
    static char target[TARGET_BYTES_MAX + 2];
    struct request request;
    struct refusal refusal;
    memset(target, 'a', sizeof target - 1);
    target[0] = '/';
    cr_expect_not(request_parse(text_of(target, TARGET_BYTES_MAX + 1), &request, &refusal));
    cr_expect_eq(refusal.status, 414);
    cr_expect(request_parse(text_of(target, TARGET_BYTES_MAX), &request, &refusal));
    cr_expect_lt(strlen(request.path), PATH_BYTES);
}

Test(request, refuses_a_zero_byte)
{
    struct request request;
    struct refusal refusal;
    cr_expect_not(request_parse(text_of("/\0x", 3), &request, &refusal));
    cr_expect_not(request_parse(text_of("/?lang=e\0", 9), &request, &refusal));
    cr_expect_eq(refusal.status, 400);
}

Test(request, allows_only_what_the_route_takes)
{
    struct request request;
    struct refusal refusal;
    cr_assert(request_parse(TEXT("/?date=2024-03-22&by="), &request, &refusal));
    cr_expect(request_allows(&request, ASKS_DATE, &refusal));
    cr_expect(request_allows(&request, ASKS_DATE | ASKS_BY, &refusal));
    cr_expect_not(request_allows(&request, ASKS_BY, &refusal));
    cr_expect_eq(refusal.status, 400);
}

static const struct language_row {
    const char *header;
    enum language language;
} language_rows[] = {
    {NULL, INDONESIAN},
    {"", INDONESIAN},
    {"en", ENGLISH},
    {"id", INDONESIAN},
    {"in-ID", INDONESIAN},
    {"en-US,en;q=0.9,id;q=0.8", ENGLISH},
    {"en;q=0.5, id;q=0.7", INDONESIAN},
    {"de,en;q=0.3", ENGLISH},
    {"de", INDONESIAN},
    {"EN-gb", ENGLISH},
    {"english", INDONESIAN},
    {"en;q=0", INDONESIAN},
    {"en;q=x", INDONESIAN},
    {"en;q=0.x", INDONESIAN},
    {",,,", INDONESIAN},
    {";q=1", INDONESIAN},
    {"*;q=0.1,en;q=0.1", ENGLISH},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,en", ENGLISH},
};

Test(request, finds_the_language)
{
    for (size_t i = 0; i < sizeof language_rows / sizeof *language_rows; i++) {
        const struct language_row *row = &language_rows[i];
        cr_expect_eq(language_of_header(row->header), row->language, "%s",
                     row->header == NULL ? "(none)" : row->header);
    }
}
