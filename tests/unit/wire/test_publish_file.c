/* Files of events: what is read from each of the three forms, and how what is wrong is told. */
#include <avro.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/publish_file.h"
#include "wire_fixture.h"

#define TEXT_BYTES 4096

static char folder[] = "/tmp/jaga-publish-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    (void)unlink(path);
    cr_expect_eq(rmdir(folder), 0);
}

TestSuite(publish_file, .init = make_folder, .fini = remove_folder);

static const char *write_file(const char *name, const void *bytes, size_t length)
{
    (void)unlink(path);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    cr_assert_not_null(out);
    cr_assert_eq(fwrite(bytes, 1, length, out), length);
    cr_assert_eq(fclose(out), 0);
    return path;
}

/* Reads to the end: "type@line" for an event, "!detail" without the folder for a refusal. */
static void told(struct publish_file *file, char out[TEXT_BYTES])
{
    size_t length = 0;
    out[0] = '\0';
    for (unsigned calls = 0;; calls++) {
        struct event event;
        bool at_end;
        const struct error error = publish_file_next(file, &event, &at_end);
        if (!failed(&error) && at_end) {
            return;
        }
        cr_assert_lt(calls, 100);
        const char *slash = strrchr(publish_file_name(file), '/');
        const size_t skip = slash == NULL ? 0 : (size_t)(slash + 1 - publish_file_name(file));
        if (failed(&error)) {
            cr_assert_str_eq(error.code, "input_refused", "%s", error.detail);
            cr_assert_eq(error.kind, ERROR_USAGE);
            cr_assert_gt(publish_file_problem(file)->pair_count, 0);
        }
        const int added = failed(&error) ? snprintf(out + length, TEXT_BYTES - length, "!%s\n",
                                                    error.detail + skip)
                                         : snprintf(out + length, TEXT_BYTES - length, "%s@%llu\n",
                                                    term_text(&event_type_names, event.type).at,
                                                    (unsigned long long)publish_file_line(file));
        cr_assert(added > 0 && (size_t)added < TEXT_BYTES - length);
        length += (size_t)added;
    }
}

static void expect_file(const char *name, const void *bytes, size_t length, const char *wanted)
{
    char text[TEXT_BYTES];
    struct publish_file *file = NULL;
    const struct error error = publish_file_open(write_file(name, bytes, length), &file);
    cr_assert(!failed(&error), "%s", error.detail);
    for (unsigned pass = 0; pass < 2; pass++) {
        told(file, text);
        cr_expect_str_eq(text, wanted, "pass %u of %.80s\n%s--- wanted\n%s", pass,
                         (const char *)bytes, text, wanted);
        const struct error again = publish_file_rewind(file);
        cr_assert(!failed(&again), "%s", again.detail);
    }
    publish_file_close(file);
}

static void expect_not_opened(const char *name, const void *bytes, size_t length, const char *why)
{
    struct publish_file *file = NULL;
    const struct error error = publish_file_open(write_file(name, bytes, length), &file);
    cr_assert_str_eq(error.code, "file_form", "%s: %s", why, error.detail);
    cr_expect_eq(error.kind, ERROR_USAGE);
    cr_expect_not_null(strstr(error.detail, name), "%s", error.detail);
    cr_expect_not_null(strstr(error.detail, why), "wanted %s in %s", why, error.detail);
    cr_expect_null(file);
}

struct row {
    const char *text, *wanted;
};

static void expect_rows(const char *name, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_file(name, rows[i].text, strlen(rows[i].text), rows[i].wanted);
    }
}
#define EXPECT_ROWS(name, rows) expect_rows(name, rows, sizeof(rows) / sizeof *(rows))

#define BASE_HEAD                                                                                  \
    "{\"id\":\"1\",\"source\":\"/s\",\"time\":\"2024-02-14T10:00:00+07:00\","                      \
    "\"type\":\"BasePublished\",\"region\":\"36.71\",\"kind\":\"WORKERS\",\"year\":2023,"
#define BASE BASE_HEAD "\"value\":41334,\"publisher\":\"BPS\"}"
#define BASE_VALUE(value) BASE_HEAD "\"value\":" value ",\"publisher\":\"BPS\"}"

Test(publish_file, json_lines)
{
    static const struct row rows[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {BASE "\n", "BasePublished@1\n"},
        {BASE, "BasePublished@1\n"},
        {"\xEF\xBB\xBF" BASE "\n", "BasePublished@1\n"},
        {"\n" BASE "\r\n\r\n" BASE "\r\n", "BasePublished@2\nBasePublished@4\n"},
        {BASE "\n" BASE_VALUE("\"41,334\"") "\n" BASE "\n",
         "BasePublished@1\n!events.jsonl:2: MALFORMED value=41,334 problem=not_an_integer\n"
         "BasePublished@3\n"},
        {BASE_VALUE("1.5"), "!events.jsonl:1: MALFORMED value=1.5 problem=not_an_integer\n"},
        {BASE_VALUE("null"), "!events.jsonl:1: MALFORMED field=value problem=null\n"},
        {BASE_VALUE("1,\"value\":2"),
         "!events.jsonl:1: MALFORMED field=value problem=field_twice\n"},
        {BASE_VALUE("1,\"valeu\":2"),
         "!events.jsonl:1: MALFORMED field=valeu problem=unknown_field\n"},
        {BASE_VALUE("\"a\\u001b[31m\\nb\""),
         "!events.jsonl:1: MALFORMED value=a?[31m?b problem=not_an_integer\n"},
        {"{}", "!events.jsonl:1: MALFORMED field=type problem=missing\n"},
        {"{\"type\":\"Enroled\"}",
         "!events.jsonl:1: MALFORMED type=Enroled problem=unknown_type\n"},
        {"[]\n7", "!events.jsonl:1: MALFORMED problem=not_an_object\n"
                  "!events.jsonl:2: MALFORMED problem=not_an_object\n"},
    };
    EXPECT_ROWS("events.jsonl", rows);
    expect_file("EVENTS.JSON", BASE, strlen(BASE), "BasePublished@1\n");
    expect_file("events.ndjson", BASE, strlen(BASE), "BasePublished@1\n");
}

Test(publish_file, a_line_that_is_no_json_is_told)
{
    char text[TEXT_BYTES];
    struct publish_file *file = NULL;
    const struct error error =
        publish_file_open(write_file("events.jsonl", "{\"a\":\n{\xFF}\n", 11), &file);
    cr_assert(!failed(&error));
    told(file, text);
    cr_expect_not_null(strstr(text, "!events.jsonl:1: MALFORMED problem=not_json near_byte="));
    cr_expect_not_null(strstr(text, "!events.jsonl:2: MALFORMED problem=not_json near_byte="));
    publish_file_close(file);
}

Test(publish_file, a_value_that_is_cut_within_a_character_stays_a_text)
{
    char line[1024], text[TEXT_BYTES];
    char value[130];
    memset(value, 'x', 71);
    snprintf(value + 71, sizeof value - 71, "\xC3\xA9yy");
    snprintf(line, sizeof line, BASE_HEAD "\"value\":\"%s\",\"publisher\":\"BPS\"}", value);
    struct publish_file *file = NULL;
    const struct error error =
        publish_file_open(write_file("events.jsonl", line, strlen(line)), &file);
    cr_assert(!failed(&error));
    told(file, text);
    cr_expect_not_null(strstr(text, "xxx problem=not_an_integer"), "%s", text);
    publish_file_close(file);
}

/* `count` bytes of a line that would be good, but for its length. */
static char *long_text(const char *head, char fill, const char *tail, size_t count, size_t *length)
{
    *length = strlen(head) + count + strlen(tail);
    char *text = malloc(*length + 1);
    cr_assert_not_null(text);
    memcpy(text, head, strlen(head));
    memset(text + strlen(head), fill, count);
    memcpy(text + strlen(head) + count, tail, strlen(tail) + 1);
    return text;
}

#define MEBIBYTE (1024 * 1024)

Test(publish_file, a_line_of_a_mebibyte_is_read_and_a_longer_one_refused)
{
    static const char head[] = BASE "\n" BASE;
    size_t length;
    char *text = long_text(head, ' ', "\n" BASE "\n", MEBIBYTE - strlen(BASE), &length);
    expect_file("events.jsonl", text, length,
                "BasePublished@1\nBasePublished@2\nBasePublished@3\n");
    free(text);
    text = long_text(head, ' ', "\n" BASE "\n", 3 * MEBIBYTE, &length);
    expect_file("events.jsonl", text, length,
                "BasePublished@1\n"
                "!events.jsonl:2: MALFORMED bytes_max=1048576 problem=record_too_long\n"
                "BasePublished@3\n");
    free(text);
}

#define BASE_HEADER "id,source,time,type,region,kind,year,value,publisher"
#define BASE_ROW "1,/s,2024-02-14T10:00:00+07:00,BasePublished,36.71,WORKERS,2023,41334,BPS"
#define CELLS(value) "1,/s,2024-02-14T10:00:00+07:00,BasePublished,36.71,WORKERS,2023," value ",BPS"

Test(publish_file, csv)
{
    static const struct row rows[] = {
        {BASE_HEADER, ""},
        {BASE_HEADER "\n" BASE_ROW, "BasePublished@2\n"},
        {"\xEF\xBB\xBF" BASE_HEADER "\r\n\r\n" BASE_ROW "\r\n\n" BASE_ROW "\r\n",
         "BasePublished@3\nBasePublished@5\n"},
        {"\n\"id\",source,time,type,region,kind,year,value,\"publisher\"\n" BASE_ROW "\n",
         "BasePublished@3\n"},
        {BASE_HEADER "\n" CELLS("\"41,334\"") "\n" BASE_ROW "\n",
         "!events.csv:2: MALFORMED value=41,334 problem=not_an_integer\nBasePublished@3\n"},
        {BASE_HEADER "\n" CELLS("41,334"),
         "!events.csv:2: MALFORMED cells=10 columns=9 problem=cells_do_not_match_columns\n"},
        {BASE_HEADER "\n1,/s", "!events.csv:2: MALFORMED cells=2 columns=9 "
                               "problem=cells_do_not_match_columns\n"},
        {BASE_HEADER "\n" CELLS(""), "!events.csv:2: MALFORMED field=value problem=missing\n"},
        {BASE_HEADER "\n" CELLS("\"\""), "!events.csv:2: MALFORMED field=value problem=missing\n"},
        {BASE_HEADER "\n" CELLS("1.5"),
         "!events.csv:2: MALFORMED value=1.5 problem=not_an_integer\n"},
        {BASE_HEADER "\n" CELLS(" 1"),
         "!events.csv:2: MALFORMED value= 1 problem=not_an_integer\n"},
        {BASE_HEADER "\n" CELLS("+1"),
         "!events.csv:2: MALFORMED value=+1 problem=not_an_integer\n"},
        {BASE_HEADER "\n" CELLS("007"),
         "!events.csv:2: MALFORMED value=007 problem=not_an_integer\n"},
        {BASE_HEADER "\n" CELLS("1e3"),
         "!events.csv:2: MALFORMED value=1e3 problem=not_an_integer\n"},
        {BASE_HEADER "\n" CELLS("-1"), "BasePublished@2\n"},
        {BASE_HEADER "\n" CELLS("99999999999999999999"), "BasePublished@2\n"},
        {"type,id\n,1\nEnroled,1\n",
         "!events.csv:2: MALFORMED field=type problem=missing\n"
         "!events.csv:3: MALFORMED type=Enroled problem=unknown_type\n"},
        {"type,died_on,last_day\nParticipantDied,2024-02-14,2024-02-14\n",
         "!events.csv:2: MALFORMED field=last_day value=2024-02-14 problem=unknown_field\n"},
    };
    EXPECT_ROWS("events.csv", rows);
}

Test(publish_file, csv_quotes)
{
    static const struct row rows[] = {
        {BASE_HEADER "\n\"1\",\"/s\",\"2024-02-14T10:00:00+07:00\",\"BasePublished\",\"36.71\","
                     "\"WORKERS\",\"2023\",\"1\",\"B\"\"P,\r\n\nS\"\r\n" BASE_ROW,
         "BasePublished@2\nBasePublished@5\n"},
        {BASE_HEADER "\n" CELLS("4\"1") "\n" BASE_ROW,
         "!events.csv:2: MALFORMED field=value value=4\"1 problem=quote_within_text\n"
         "BasePublished@3\n"},
        {BASE_HEADER "\n" CELLS("\"4\"1") "\n" BASE_ROW,
         "!events.csv:2: MALFORMED field=value value=41 problem=text_after_quotes\n"
         "BasePublished@3\n"},
        {BASE_HEADER "\n" CELLS("\"4") "\n" BASE_ROW,
         "!events.csv:2: MALFORMED field=value "
         "value=4,BPS?1,/s,2024-02-14T10:00:00+07:00,BasePublished,36.71,WORKERS,2023,41"
         " problem=quote_not_closed\n"},
        {BASE_HEADER "\n" CELLS("1") ",\"", "!events.csv:2: MALFORMED cell=10 "
                                            "problem=quote_not_closed\n"},
        {BASE_HEADER "\n" CELLS("\xFF\xFE"),
         "!events.csv:2: MALFORMED field=value value=?? problem=not_utf8\n"},
    };
    EXPECT_ROWS("events.csv", rows);
}

Test(publish_file, a_row_that_is_too_long_is_refused)
{
    size_t length;
    char *text = long_text(BASE_HEADER "\n\"", 'x', "\n" BASE_ROW "\n", 2 * MEBIBYTE, &length);
    expect_file("events.csv", text, length,
                "!events.csv:2: MALFORMED bytes_max=1048576 problem=record_too_long\n"
                "BasePublished@3\n");
    free(text);
    text = long_text("", 'x', "\n" BASE_ROW "\n", 2 * MEBIBYTE, &length);
    expect_not_opened("events.csv", text, length, "the header is longer than 1048576 bytes");
    free(text);
}

Test(publish_file, csv_headers_that_are_refused)
{
    static const struct row rows[] = {
        {"", "there is no header"},
        {"\n\n", "there is no header"},
        {"id,source\n", "no column \"type\""},
        {"id;source;type\n", "column 1, \"id;source;type\""},
        {"type,wage\n", "column 2, \"wage\""},
        {"type,Id\n", "\"Id\""},
        {"type, id\n", "\" id\""},
        {"type,\n", "column 2, \"\""},
        {"type,id,id\n", "names column id twice"},
        {"type,type\n", "names column type twice"},
        {"type,sponsor\n", "\"sponsor\""},
        {"type,sponsor.\n", "\"sponsor.\""},
        {"type,sponsor.name\n", "\"sponsor.name\""},
        {"type,sponsor.0.kind\n", "\"sponsor.0.kind\""},
        {"type,sponsor.x.kind\n", "\"sponsor.x.kind\""},
        {"type,sponsor..kind\n", "\"sponsor..kind\""},
        {"type,lines\n", "\"lines\""},
        {"type,lines.0\n", "\"lines.0\""},
        {"type,lines.programme\n", "\"lines.programme\""},
        {"type,lines.01.programme\n", "\"lines.01.programme\""},
        {"type,lines.64.programme\n", "\"lines.64.programme\""},
        {"type,lines.-1.programme\n", "\"lines.-1.programme\""},
        {"type,lines.0.programme.x\n", "\"lines.0.programme.x\""},
        {"type,id.x\n", "\"id.x\""},
        {"type,i\"d\n", "quote_within_text in column 2"},
        {"type,\"id\n", "quote_not_closed in column 2"},
        {"type,\xFF\n", "column 2 is no text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_not_opened("events.csv", rows[i].text, strlen(rows[i].text), rows[i].wanted);
    }
    char many[2048] = "type";
    for (unsigned i = 0; i < 256; i++) {
        strncat(many, ",id", sizeof many - strlen(many) - 1);
    }
    expect_not_opened("events.csv", many, strlen(many), "the header has 257 columns");
}

static void read_one(const char *text, struct publish_file **file, struct event *event)
{
    bool at_end;
    *file = NULL;
    struct error error = publish_file_open(write_file("events.csv", text, strlen(text)), file);
    cr_assert(!failed(&error), "%s", error.detail);
    error = publish_file_next(*file, event, &at_end);
    cr_assert(!failed(&error) && !at_end, "%s", error.detail);
}

#define ENVELOPE "id,source,time,participant_id,type"
#define ENVELOPE_OF(type) "1,/s,2024-02-14T10:00:00+07:00,p1," type

Test(publish_file, csv_nests_as_json_does)
{
    struct publish_file *file;
    struct event event;
    read_one(ENVELOPE ",membership_id,segment,category,programmes,region_home,sponsor.ref,"
                      "sponsor.kind,risk_group,wage_idr,cover_from,region_work\n" ENVELOPE_OF(
                          "Enrolled") ",123,BPU,KPPS,JKK|JKM,36.71,\"a,b\",APBN,1,1000000,"
                                      "2024-02-14,\n",
             &file, &event);
    cr_expect_eq(event.enrolled.programmes, 1u << JKK | 1u << JKM);
    cr_expect_eq(event.enrolled.sponsor.kind, SPONSOR_APBN);
    cr_expect(text_equal(event.enrolled.sponsor.ref, TEXT("a,b")));
    cr_expect_eq(event.enrolled.wage_idr, 1000000);
    cr_expect(text_is_absent(event.enrolled.region_work));
    cr_expect_eq(event.enrolled.cover_to, DAY_NONE);
    publish_file_close(file);
}

#define LINES                                                                                      \
    ENVELOPE ",membership_id,month,months,paid_at,payment_ref,payer.kind,lines.1.programme,"       \
             "lines.1.amount_idr,lines.0.programme,lines.0.amount_idr\n"
#define PAID ENVELOPE_OF("ContributionPaid") ",123,2024-02,1,2024-02-14T10:00:00+07:00,r1,SELF,"

Test(publish_file, csv_lists_go_by_index)
{
    static const struct row rows[] = {
        {LINES PAID "JKM,2,JKK,1\n", "ContributionPaid@2\n"},
        {LINES PAID ",,JKK,1\n", "ContributionPaid@2\n"},
        {LINES PAID ",,,\n", "ContributionPaid@2\n"},
        {LINES PAID "JKM,2,,\n",
         "!events.csv:2: MALFORMED field=lines.0.programme problem=missing\n"},
        {LINES PAID "JKM,,JKK,1\n",
         "!events.csv:2: MALFORMED field=lines.1.amount_idr problem=missing\n"},
        {LINES PAID "JKM,x,JKK,1\n",
         "!events.csv:2: MALFORMED lines.1.amount_idr=x problem=not_an_integer\n"},
        {ENVELOPE ",membership_id,month,months,paid_at,payment_ref,payer.kind\n" ENVELOPE_OF(
             "ContributionPaid") ",123,2024-02,1,2024-02-14T10:00:00+07:00,r1,SELF\n",
         "!events.csv:2: MALFORMED field=lines problem=missing\n"},
    };
    EXPECT_ROWS("events.csv", rows);
    struct publish_file *file;
    struct event event;
    read_one(rows[0].text, &file, &event);
    cr_assert_eq(event.contribution.line_count, 2);
    cr_expect_eq(event.contribution.lines[0].programme, JKK);
    cr_expect_eq(event.contribution.lines[1].amount_idr, 2);
    publish_file_close(file);
    read_one(rows[1].text, &file, &event);
    cr_expect_eq(event.contribution.line_count, 1);
    publish_file_close(file);
    read_one(rows[2].text, &file, &event);
    cr_expect_eq(event.contribution.line_count, 0);
    publish_file_close(file);
}

/* `payer` is a text in one event and an object in another. */
Test(publish_file, csv_columns_mean_what_the_type_of_the_row_says)
{
    static const char header[] = ENVELOPE ",payer,amount_idr,paid_on,kind,payer.kind\n";
    char text[1024];
    snprintf(text, sizeof text, "%s%s\n%s\n%s\n", header,
             ENVELOPE_OF("ExternalBenefitRecorded") ",KPU,5,2024-02-14,GRANT,",
             ENVELOPE_OF("ExternalBenefitRecorded") ",KPU,5,2024-02-14,GRANT,SELF",
             ENVELOPE_OF("ContributionPaid") ",KPU,,,,SELF");
    expect_file("events.csv", text, strlen(text),
                "ExternalBenefitRecorded@2\n"
                "!events.csv:3: MALFORMED field=payer.kind value=SELF problem=unknown_field\n"
                "!events.csv:4: MALFORMED field=payer value=KPU problem=unknown_field\n");
}

/* Null and empty are one in a cell: only where null is not allowed and empty is, it is empty. */
Test(publish_file, csv_texts_that_may_be_empty)
{
    struct publish_file *file;
    struct event event;
    read_one(ENVELOPE ",claim_id,revision,reviewer,verdict,note\n" ENVELOPE_OF(
                 "ClaimReviewed") ",c1,1,alice,APPROVE,\n",
             &file, &event);
    cr_expect(!text_is_absent(event.reviewed.note));
    cr_expect_eq(event.reviewed.note.length, 0);
    publish_file_close(file);
    read_one(ENVELOPE ",payment_id,attempt,status,at,reason\n" ENVELOPE_OF(
                 "PaymentStatusReported") ",p,1,SETTLED,2024-02-14T10:00:00Z,\n",
             &file, &event);
    cr_expect(text_is_absent(event.status.reason));
    publish_file_close(file);
    static const struct row rows[] = {
        {ENVELOPE ",claim_id,revision,reviewer,verdict\n" ENVELOPE_OF(
             "ClaimReviewed") ",c1,1,alice,APPROVE\n",
         "!events.csv:2: MALFORMED field=note problem=missing\n"},
    };
    EXPECT_ROWS("events.csv", rows);
}

Test(publish_file, form_is_told_by_the_first_bytes)
{
    expect_file("events", BASE, strlen(BASE), "BasePublished@1\n");
    expect_file("events.txt", "\n  " BASE, strlen(BASE) + 3, "BasePublished@2\n");
    expect_file("events.log", "", 0, "");
    expect_file("events", BASE_HEADER "\n" BASE_ROW, strlen(BASE_HEADER "\n" BASE_ROW),
                "BasePublished@2\n");
    expect_not_opened("events", "Obj", 3, "\"Obj\"");
    expect_not_opened("events", "Obj\x01", 4, "it is cut short");
}

Test(publish_file, names_that_cannot_be_opened)
{
    struct publish_file *file = NULL;
    struct error error = publish_file_open("/nowhere/events.jsonl", &file);
    cr_expect_str_eq(error.code, "file_missing");
    cr_expect_eq(error.kind, ERROR_USAGE);
    cr_expect_not_null(strstr(error.detail, "/nowhere/events.jsonl"));
    error = publish_file_open(folder, &file);
    cr_expect_str_eq(error.code, "file_missing");
    cr_expect_not_null(strstr(error.detail, "directory"), "%s", error.detail);
    cr_expect_null(file);
    publish_file_close(NULL);
}

Test(publish_file, the_caller_refuses_in_the_same_words)
{
    struct publish_file *file;
    struct event event;
    read_one(BASE_HEADER "\n\n" BASE_ROW, &file, &event);
    const struct error error = publish_file_refuse(file, TEXT("INVALID_FIELD field=year"));
    cr_expect_str_eq(error.code, "input_refused");
    cr_expect_not_null(strstr(error.detail, "/events.csv:3: INVALID_FIELD field=year"));
    publish_file_close(file);
}

static void feed_stdin(const char *text)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(close(ends[1]), 0);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    cr_assert_eq(close(ends[0]), 0);
    clearerr(stdin);
}

static void expect_stdin(const char *input, const char *wanted)
{
    char text[TEXT_BYTES];
    struct publish_file *file = NULL;
    feed_stdin(input);
    const struct error error = publish_file_open("-", &file);
    cr_assert(!failed(&error), "%s", error.detail);
    for (unsigned pass = 0; pass < 2; pass++) {
        told(file, text);
        cr_expect_str_eq(text, wanted);
        const struct error again = publish_file_rewind(file);
        cr_assert(!failed(&again));
    }
    publish_file_close(file);
}

Test(publish_file, stdin_is_read_twice_like_any_other)
{
    expect_stdin(BASE "\n{}\n",
                 "BasePublished@1\n!stdin:2: MALFORMED field=type problem=missing\n");
    expect_stdin(BASE_HEADER "\n" BASE_ROW "\n", "BasePublished@2\n");
    expect_stdin("", "");
}

/* Containers, written by the Avro C library. */
static avro_schema_t schema_of(const char *text, size_t length)
{
    avro_schema_t schema = NULL;
    cr_assert_eq(avro_schema_from_json_length(text, length, &schema), 0, "%s", avro_strerror());
    return schema;
}

#define CONTAINER_BYTES_MAX (256 * 1024)

struct container {
    uint8_t bytes[CONTAINER_BYTES_MAX];
    size_t length;
    avro_schema_t schema;
    avro_file_writer_t writer;
};

static void container_open(struct container *container, struct text schema, const char *codec)
{
    (void)unlink(path);
    snprintf(path, sizeof path, "%s/events.avro", folder);
    container->schema = schema_of(schema.at, schema.length);
    cr_assert_eq(avro_file_writer_create_with_codec(path, container->schema, &container->writer,
                                                    codec, 16 * 1024),
                 0, "%s", avro_strerror());
}

static void container_add(struct container *container, const struct event *event)
{
    uint8_t bytes[EVENT_BYTES_MAX];
    struct buffer out = buffer_over(bytes, sizeof bytes);
    event_encode(&out, event);
    cr_assert(!out.overflow);
    cr_assert_eq(avro_file_writer_append_encoded(container->writer, bytes + FRAMING_BYTES,
                                                 (int64_t)(out.length - FRAMING_BYTES)),
                 0);
}

static void container_close(struct container *container)
{
    cr_assert_eq(avro_file_writer_close(container->writer), 0);
    avro_schema_decref(container->schema);
    FILE *in = fopen(path, "rb");
    cr_assert_not_null(in);
    container->length = fread(container->bytes, 1, sizeof container->bytes, in);
    cr_assert_lt(container->length, sizeof container->bytes);
    fclose(in);
}

static struct container made;

static void make_container(const char *codec, unsigned records)
{
    struct event event;
    container_open(&made, schema_own_text(RECORD_ENROLLMENT), codec);
    for (unsigned i = 0; i < records; i++) {
        fixture_event(&event, (enum event_type)(i % 9), i, i % 2 == 0);
        container_add(&made, &event);
        if (i % 5 == 4) {
            cr_assert_eq(avro_file_writer_sync(made.writer), 0);
        }
    }
    container_close(&made);
}

static void expect_container(unsigned records)
{
    struct publish_file *file = NULL;
    struct error error =
        publish_file_open(write_file("events.avro", made.bytes, made.length), &file);
    cr_assert(!failed(&error), "%s", error.detail);
    for (unsigned i = 0; i < 2 * records; i++) {
        struct event event, wanted;
        bool at_end;
        error = publish_file_next(file, &event, &at_end);
        cr_assert(!failed(&error) && !at_end, "%u: %s", i, error.detail);
        fixture_event(&wanted, (enum event_type)(i % records % 9), i % records,
                      i % records % 2 == 0);
        cr_expect_null(fixture_event_difference(&wanted, &event), "record %u", i);
        cr_expect_eq(publish_file_line(file), i % records + 1);
        if (i == records - 1) {
            error = publish_file_next(file, &event, &at_end);
            cr_assert(!failed(&error) && at_end);
            error = publish_file_rewind(file);
            cr_assert(!failed(&error), "%s", error.detail);
        }
    }
    publish_file_close(file);
}

Test(publish_file, avro_container)
{
    static const char *const codecs[] = {"null", "deflate"};
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        make_container(codecs[i], 1);
        expect_container(1);
        make_container(codecs[i], 23);
        expect_container(23);
    }
    make_container("null", 0);
    expect_file("events.avro", made.bytes, made.length, "");
}

Test(publish_file, avro_container_that_is_cut_is_refused_wherever_it_ends)
{
    make_container("null", 7);
    const size_t whole = made.length;
    size_t frames = 0;
    for (size_t length = 0; length < whole; length += length < whole - 1200 ? 97 : 1) {
        struct publish_file *file = NULL;
        const struct error error =
            publish_file_open(write_file("events.avro", made.bytes, length), &file);
        if (!failed(&error)) {
            frames++; /* Between two blocks it is a shorter file, but a whole one. */
        } else {
            cr_expect_str_eq(error.code, "file_form");
            cr_expect_not_null(strstr(error.detail, "no Avro container of events"));
        }
        publish_file_close(file);
    }
    cr_expect_leq(frames, 2);
}

Test(publish_file, avro_container_with_a_bad_frame)
{
    make_container("null", 7);
    const uint8_t kept = made.bytes[made.length - 1];
    made.bytes[made.length - 1] ^= 1;
    expect_not_opened("events.avro", made.bytes, made.length,
                      "a block does not end with the file's mark");
    made.bytes[made.length - 1] = kept;
    made.bytes[3] = 2;
    expect_not_opened("events.avro", made.bytes, made.length, "it does not begin like one");
    made.bytes[3] = 1;
    /* A block of no records, and one of more bytes than there are. */
    static const struct {
        uint8_t frame[11];
        size_t length;
        const char *why;
    } rows[] = {
        {{0, 0}, 2, "a block has no records"},
        {{1, 0}, 2, "a block has no records"},
        {{2, 1}, 2, "a length in its frame is not allowed"},
        {{2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F, 0}, 11, "not allowed"},
        {{2, 100}, 2, "it is cut short"},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1}, 11, "too long"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memcpy(made.bytes + made.length, rows[i].frame, rows[i].length);
        expect_not_opened("events.avro", made.bytes, made.length + rows[i].length, rows[i].why);
    }
}

/* A record that is cut takes bytes of the next one; the next block is whole. */
Test(publish_file, avro_records_that_cannot_be_read)
{
    struct event event;
    uint8_t bytes[EVENT_BYTES_MAX];
    fixture_event(&event, EVENT_MEMBERSHIP_ENDED, 3, false);
    struct buffer out = buffer_over(bytes, sizeof bytes);
    event_encode(&out, &event);
    const int64_t length = (int64_t)(out.length - FRAMING_BYTES);
    container_open(&made, schema_own_text(RECORD_ENROLLMENT), "null");
    container_add(&made, &event);
    cr_assert_eq(avro_file_writer_append_encoded(made.writer, bytes + FRAMING_BYTES, length - 3),
                 0);
    container_add(&made, &event);
    cr_assert_eq(avro_file_writer_sync(made.writer), 0);
    container_add(&made, &event);
    container_close(&made);
    expect_file("events.avro", made.bytes, made.length,
                "MembershipEnded@1\n"
                "!events.avro, record 2: MALFORMED records_after_it_unread=1 problem=unreadable\n"
                "MembershipEnded@4\n");
}

/* What Avro C takes and we do not: the next record is read all the same. */
Test(publish_file, avro_records_that_are_read_but_refused)
{
    struct event good, bad;
    fixture_event(&good, EVENT_ENROLLMENT_VOIDED, 1, false);
    fixture_event(&bad, EVENT_ENROLLMENT_VOIDED, 1, false);
    bad.voided.reason = text_of("\xFF\xFE", 2);
    container_open(&made, schema_own_text(RECORD_ENROLLMENT), "null");
    container_add(&made, &bad);
    container_add(&made, &good);
    container_close(&made);
    expect_file("events.avro", made.bytes, made.length,
                "!events.avro, record 1: MALFORMED field=reason problem=not_utf8\n"
                "EnrollmentVoided@2\n");
}

Test(publish_file, avro_container_of_something_else)
{
    static const char weather[] = "{\"type\":\"record\",\"name\":\"Weather\",\"fields\":"
                                  "[{\"name\":\"lane\",\"type\":\"int\"}]}";
    static const char claim[] = "{\"type\":\"record\",\"name\":\"ClaimEvent\",\"fields\":"
                                "[{\"name\":\"lane\",\"type\":\"int\"}]}";
    container_open(&made, text_of_string(weather), "null");
    container_close(&made);
    expect_not_opened("events.avro", made.bytes, made.length, "Weather");
    container_open(&made, text_of_string(claim), "null");
    container_close(&made);
    expect_not_opened("events.avro", made.bytes, made.length, "it is missing");
    container_open(&made, schema_own_text(RECORD_PAYMENT), "null");
    container_close(&made);
    expect_not_opened("events.avro", made.bytes, made.length,
                      "records Payment, which are no events");
    expect_not_opened("events.avro", BASE, strlen(BASE), "it does not begin like one");
    expect_not_opened("events.avro", "", 0, "it does not begin like one");
}

Test(publish_file, avro_container_of_each_topic)
{
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        struct event event;
        char wanted[64];
        fixture_event(&event, (enum event_type)type, type, false);
        container_open(&made, schema_own_text((enum record_kind)event_topic((enum event_type)type)),
                       "deflate");
        container_add(&made, &event);
        container_close(&made);
        snprintf(wanted, sizeof wanted, "%s@1\n", term_text(&event_type_names, type).at);
        expect_file("events.avro", made.bytes, made.length, wanted);
    }
}

/* A block that says it has fewer records than it holds: none may be lost in silence. */
Test(publish_file, avro_block_with_more_than_it_says)
{
    make_container("null", 2);
    uint8_t *mark = made.bytes + made.length - 16, *block = made.bytes;
    while (memcmp(block, mark, 16) != 0) {
        block++;
    }
    cr_assert_eq(block[16], 4, "two records");
    block[16] = 2;
    expect_file("events.avro", made.bytes, made.length,
                "Enrolled@1\n!events.avro, record 1: MALFORMED "
                "problem=bytes_after_the_last_record_of_a_block\n");
}

Test(publish_file, avro_schema_that_holds_itself)
{
    static char schema[SCHEMA_TEXT_BYTES_MAX];
    const struct text own = schema_own_text(RECORD_ENROLLMENT);
    cr_assert(own.at[own.length - 2] == ']');
    snprintf(schema, sizeof schema,
             "%.*s,{\"name\":\"x\",\"type\":{\"type\":\"record\",\"name\":\"Node\","
             "\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}}]}",
             (int)own.length - 2, own.at);
    container_open(&made, text_of_string(schema), "null");
    container_close(&made);
    expect_not_opened("events.avro", made.bytes, made.length, "a record that holds itself");
}
