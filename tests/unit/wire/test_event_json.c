/* Events as flat JSON: what is MALFORMED, what is read for the check to judge, and that nothing is
   lost on the way through JSON or Avro. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

#include "wire/event_codec.h"
#include "wire/event_json.h"
#include "wire_fixture.h"

#define JSON_BYTES_MAX (16 * 1024)
#define PAIRS_BYTES_MAX 512

static struct json_scratch *scratch;

static void open_scratch(void)
{
    scratch = json_scratch_open();
}

static void close_scratch(void)
{
    json_scratch_close(scratch);
    json_scratch_close(NULL);
}

TestSuite(event_json, .init = open_scratch, .fini = close_scratch);

/* The pairs of a problem, " field=value" each. */
static const char *pairs_of(const struct event_problem *problem)
{
    static char pairs[PAIRS_BYTES_MAX];
    struct buffer out = buffer_over(pairs, sizeof pairs - 1);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        buffer_string(&out, i > 0 ? " " : "");
        buffer_string(&out, problem->pairs[i].field);
        buffer_byte(&out, '=');
        buffer_put(&out, problem->pairs[i].value, problem->pairs[i].value_length);
    }
    pairs[out.length] = '\0';
    return pairs;
}

static enum event_reading read_line(const char *line, size_t length, struct event *event,
                                    struct event_problem *problem)
{
    /* A copy of its exact size, so that a byte read beyond it is found. */
    char *copy = malloc(length + (length == 0));
    cr_assert_not_null(copy);
    memcpy(copy, line, length);
    event_problem_clear(problem);
    const enum event_reading reading = event_from_json(scratch, copy, length, event, problem);
    free(copy);
    return reading;
}

struct row {
    const char *line, *pairs; /* NULL: it is read */
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event event;
        struct event_problem problem;
        const enum event_reading reading =
            read_line(rows[i].line, strlen(rows[i].line), &event, &problem);
        if (rows[i].pairs == NULL) {
            cr_expect_eq(reading, EVENT_READ, "%s: %s", rows[i].line, pairs_of(&problem));
        } else {
            cr_expect_eq(reading, EVENT_MALFORMED, "%s", rows[i].line);
            cr_expect_str_eq(pairs_of(&problem), rows[i].pairs, "%s\ntold  %s\nwanted %s",
                             rows[i].line, pairs_of(&problem), rows[i].pairs);
        }
    }
}
#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof *(rows))

#define ENVELOPE                                                                                   \
    "\"id\":\"1\",\"source\":\"/"                                                                  \
    "s\",\"time\":\"2024-02-14T10:00:00+07:00\",\"participant_id\":\"p\""
#define WAGE(wage)                                                                                 \
    "{" ENVELOPE ",\"type\":\"WageChanged\",\"membership_id\":\"1\",\"wage_idr\":" wage            \
    ",\"effective_from\":\"2024-02-01\"}"
#define PROGRAMMES(programmes)                                                                     \
    "{" ENVELOPE                                                                                   \
    ",\"type\":\"ProgrammesChanged\",\"membership_id\":\"1\",\"programmes\":" programmes           \
    ",\"effective_from\":\"2024-02-01\"}"
#define SPONSOR(sponsor)                                                                           \
    "{" ENVELOPE ",\"type\":\"SponsorChanged\",\"membership_id\":\"1\",\"sponsor\":" sponsor       \
    ",\"effective_from\":\"2024-02-01\"}"
#define DIED(day)                                                                                  \
    "{" ENVELOPE ",\"type\":\"ParticipantDied\",\"died_on\":" day ",\"evidence\":\"HOSPITAL\"}"
#define PAID(lines, month)                                                                         \
    "{" ENVELOPE ",\"type\":\"ContributionPaid\",\"membership_id\":\"1\",\"month\":" month         \
    ",\"months\":1,\"lines\":" lines ",\"paid_at\":\"2024-02-14T10:00:00Z\","                      \
    "\"payer\":{\"kind\":\"SELF\"},\"payment_ref\":\"r\"}"
#define LINE(amount) "{\"programme\":\"JKK\",\"amount_idr\":" amount "}"

Test(event_json, unreadable_lines)
{
    static const char *const lines[] = {
        "",
        " ",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":NaN}",
        "{\"a\":\"\xFF\"}",
        "{\"a\":\"\xED\xA0\x80\"}",
        "{} {}",
        "{\"a\":\"\n\"}",
        "\xEF\xBB\xBF{}",
        "{\"a\":1",
        "{\"a\":99999999999999999999,}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct event event;
        struct event_problem problem;
        cr_expect_eq(read_line(lines[i], strlen(lines[i]), &event, &problem), EVENT_MALFORMED, "%s",
                     lines[i]);
        cr_expect(strncmp(pairs_of(&problem), "problem=not_json near_byte=", 27) == 0, "%s: %s",
                  lines[i], pairs_of(&problem));
    }
}

Test(event_json, what_is_no_event)
{
    static const struct row rows[] = {
        {"7", "problem=not_an_object"},
        {"null", "problem=not_an_object"},
        {"[{}]", "problem=not_an_object"},
        {"{}", "field=type problem=missing"},
        {"{\"type\":null}", "type=null problem=not_a_text"},
        {"{\"type\":3}", "type=3 problem=not_a_text"},
        {"{\"type\":\"enrolled\"}", "type=enrolled problem=unknown_type"},
        {"{\"type\":\"\"}", "type= problem=unknown_type"},
        {"{\"type\":\"Moved\\u0000\"}", NULL},
    };
    expect_rows(rows, sizeof rows / sizeof *rows - 1);
    struct event event;
    struct event_problem problem;
    const char *line = rows[sizeof rows / sizeof *rows - 1].line;
    cr_expect_eq(read_line(line, strlen(line), &event, &problem), EVENT_MALFORMED);
    cr_expect(problem.pairs[0].value_length == 6 && problem.pairs[0].value[5] == '\0');
}

Test(event_json, keys)
{
    static const struct row rows[] = {
        {WAGE("1"), NULL},
        {WAGE("1,\"wage_idr\":1"), "field=wage_idr problem=field_twice"},
        {WAGE("1,\"type\":\"WageChanged\""), "field=type problem=field_twice"},
        {SPONSOR("{\"kind\":\"SELF\",\"kind\":\"SELF\"}"), "field=kind problem=field_twice"},
        {WAGE("99999999999999999999,\"wage_idr\":1"), "field=wage_idr problem=field_twice"},
        {WAGE("1,\"wage\":1"), "field=wage problem=unknown_field"},
        {WAGE("1,\"Wage_idr\":1"), "field=Wage_idr problem=unknown_field"},
        {WAGE("1,\"\":1"), "field= problem=unknown_field"},
        {WAGE("1,\"body\":{}"), "field=body problem=unknown_field"},
        {WAGE("1,\"region_home\":\"36.71\""), "field=region_home problem=unknown_field"},
        {SPONSOR("{\"kind\":\"SELF\",\"name\":\"x\"}"),
         "within=sponsor field=name problem=unknown_field"},
        {PAID("[{\"programme\":\"JKK\",\"amount_idr\":1,\"x\":1}]", "\"2024-02\""),
         "within=lines field=x problem=unknown_field"},
        {"{\"type\":\"WageChanged\",\"id\":\"1\"}", "field=time problem=missing"},
        {"{" ENVELOPE ",\"type\":\"WageChanged\"}", "field=membership_id problem=missing"},
        {"{\"type\":\"BasePublished\",\"participant_id\":\"p\"}", "field=time problem=missing"},
        {"{" ENVELOPE ",\"type\":\"BasePublished\",\"region\":\"36\",\"kind\":\"WORKERS\","
         "\"year\":1,\"value\":1,\"publisher\":\"x\"}",
         "field=participant_id problem=unknown_field"},
        {SPONSOR("{\"ref\":\"x\"}"), "field=sponsor.kind problem=missing"},
        {SPONSOR("{\"kind\":\"SELF\",\"ref\":null}"), NULL},
        {PAID("[" LINE("1") ",{\"programme\":\"JKM\"}]", "\"2024-02\""),
         "field=lines.1.amount_idr problem=missing"},
    };
    EXPECT_ROWS(rows);
}

Test(event_json, numbers)
{
    static const struct row rows[] = {
        {WAGE("\"41,334\""), "wage_idr=41,334 problem=not_an_integer"},
        {WAGE("\"41334\""), "wage_idr=41334 problem=not_an_integer"},
        {WAGE("41334.5"), "wage_idr=41334.5 problem=not_an_integer"},
        {WAGE("41334.0"), "wage_idr=41334.0 problem=not_an_integer"},
        {WAGE("1e3"), "wage_idr=1000.0 problem=not_an_integer"},
        {WAGE("true"), "wage_idr=true problem=not_an_integer"},
        {WAGE("null"), "field=wage_idr problem=null"},
        {WAGE("[1]"), "wage_idr=[1] problem=not_an_integer"},
        {WAGE("{}"), "wage_idr={} problem=not_an_integer"},
        {WAGE("0"), NULL},
        {WAGE("-1"), NULL},
        {WAGE("9223372036854775807"), NULL},
        {WAGE("9223372036854775808"), NULL},
        {WAGE("-9223372036854775808"), NULL},
        {WAGE("-9223372036854775809"), NULL},
        {WAGE("123456789012345678901234567890"), NULL},
        {PAID("[" LINE("\"5\"") "]", "\"2024-02\""), "lines.0.amount_idr=5 problem=not_an_integer"},
    };
    EXPECT_ROWS(rows);
}

/* A fraction that is too large for a machine's number is a fraction, not unreadable. */
Test(event_json, numbers_beyond_the_machine)
{
    static const char *const lines[] = {WAGE("1e999"), WAGE("-1e999"), WAGE("1.5e+999")};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct event event;
        struct event_problem problem;
        cr_expect_eq(read_line(lines[i], strlen(lines[i]), &event, &problem), EVENT_MALFORMED);
        cr_expect_not_null(strstr(pairs_of(&problem), "problem=not_an_integer"), "%s: %s", lines[i],
                           pairs_of(&problem));
    }
}

/* No number is ever taken for null, nor for one in range. */
Test(event_json, numbers_out_of_range_stay_out_of_range)
{
    static const struct {
        const char *line;
        int64_t wage;
    } rows[] = {
        {WAGE("9223372036854775808"), INT64_MAX},
        {WAGE("18446744073709551617"), INT64_MAX},
        {WAGE("-9223372036854775808"), INT64_MIN + 1},
        {WAGE("-18446744073709551617"), INT64_MIN + 1},
        {WAGE("1"), 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event;
        struct event_problem problem;
        cr_assert_eq(read_line(rows[i].line, strlen(rows[i].line), &event, &problem), EVENT_READ);
        cr_expect_eq(event.change.wage_idr, rows[i].wage, "%s", rows[i].line);
    }
}

Test(event_json, texts_dates_times_and_months)
{
    static const struct row rows[] = {
        {DIED("\"2024-02-29\""), NULL},
        {DIED("\"0001-01-01\""), NULL},
        {DIED("\"2023-02-29\""), "died_on=2023-02-29 problem=not_a_date"},
        {DIED("\"2024-2-9\""), "died_on=2024-2-9 problem=not_a_date"},
        {DIED("\"14-02-2024\""), "died_on=14-02-2024 problem=not_a_date"},
        {DIED("\"2024-02-14T00:00:00Z\""), "died_on=2024-02-14T00:00:00Z problem=not_a_date"},
        {DIED("\"\""), "died_on= problem=not_a_date"},
        {DIED("19767"), "died_on=19767 problem=not_a_date"},
        {PAID("[]", "\"2024-13\""), "month=2024-13 problem=not_a_month"},
        {PAID("[]", "\"2024-02-01\""), "month=2024-02-01 problem=not_a_month"},
        {PAID("[]", "202402"), "month=202402 problem=not_a_month"},
        {"{\"time\":\"2024-02-14 10:00\",\"type\":\"Moved\"}",
         "time=2024-02-14 10:00 problem=not_a_time"},
        {"{\"time\":\"2024-02-14T10:00:00\",\"type\":\"Moved\"}",
         "time=2024-02-14T10:00:00 problem=not_a_time"},
        {"{\"time\":1707904500,\"type\":\"Moved\"}", "time=1707904500 problem=not_a_time"},
        {"{\"time\":\"2024-02-14T10:00:00Z\",\"id\":7,\"type\":\"Moved\"}",
         "id=7 problem=not_a_text"},
    };
    EXPECT_ROWS(rows);
}

Test(event_json, lists_objects_and_sets)
{
    static const struct row rows[] = {
        {PROGRAMMES("[\"JKK\"]"), NULL},
        {PROGRAMMES("[]"), NULL},
        {PROGRAMMES("\"JKK\""), "programmes=JKK problem=not_a_list"},
        {PROGRAMMES("{\"JKK\":true}"), "programmes={\"JKK\":true} problem=not_a_list"},
        {PROGRAMMES("[1]"), "programmes=[1] problem=not_a_list_of_texts"},
        {PROGRAMMES("[null]"), "programmes=[null] problem=not_a_list_of_texts"},
        {PROGRAMMES("null"), "field=programmes problem=null"},
        {SPONSOR("\"SELF\""), "sponsor=SELF problem=not_an_object"},
        {SPONSOR("[]"), "sponsor=[] problem=not_an_object"},
        {SPONSOR("{\"kind\":1}"), "sponsor.kind=1 problem=not_a_text"},
        {SPONSOR("{\"kind\":\"SELF\",\"ref\":1}"), "sponsor.ref=1 problem=not_a_text"},
        {PAID("{}", "\"2024-02\""), "lines={} problem=not_a_list"},
        {PAID("[1]", "\"2024-02\""), "lines=1 problem=not_an_object"},
        {PAID("[]", "\"2024-02\""), NULL},
    };
    EXPECT_ROWS(rows);
}

/* A symbol that no list of ours has is read: the check makes it INVALID_FIELD. */
Test(event_json, unknown_symbols)
{
    struct event event;
    struct event_problem problem;
    static const char sponsor[] = SPONSOR("{\"kind\":\"MOON\"}");
    cr_assert_eq(read_line(sponsor, strlen(sponsor), &event, &problem), EVENT_READ);
    cr_expect_eq(event.change.sponsor.kind, TERM_UNKNOWN);
    static const char empty[] = SPONSOR("{\"kind\":\"\"}");
    cr_assert_eq(read_line(empty, strlen(empty), &event, &problem), EVENT_READ);
    cr_expect_eq(event.change.sponsor.kind, TERM_UNKNOWN);
    static const struct {
        const char *line;
        uint32_t set;
    } rows[] = {
        {PROGRAMMES("[\"JKM\",\"JKK\"]"), 1u << JKK | 1u << JKM},
        {PROGRAMMES("[\"JKK\",\"MOON\"]"), 1u << JKK | SET_UNKNOWN_BIT},
        {PROGRAMMES("[\"MOON\",\"MOON\"]"), SET_UNKNOWN_BIT},
        {PROGRAMMES("[\"JKK\",\"JKK\"]"), 1u << JKK | SET_TWICE_BIT},
        {PROGRAMMES("[\"jkk\"]"), SET_UNKNOWN_BIT},
        {PROGRAMMES("[]"), 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(read_line(rows[i].line, strlen(rows[i].line), &event, &problem), EVENT_READ);
        cr_expect_eq(event.change.programmes, rows[i].set, "%s", rows[i].line);
    }
}

/* More elements than are kept are counted, and read as strictly. */
Test(event_json, long_lists)
{
    char line[4096], lines[2048] = "[";
    for (unsigned i = 0; i < LINES_IN_MAX + 2; i++) {
        strncat(lines, i > 0 ? "," LINE("5") : LINE("5"), sizeof lines - strlen(lines) - 1);
    }
    struct event event;
    struct event_problem problem;
    snprintf(line, sizeof line, PAID("%s]", "\"2024-02\""), lines);
    cr_assert_eq(read_line(line, strlen(line), &event, &problem), EVENT_READ, "%s",
                 pairs_of(&problem));
    cr_expect_eq(event.contribution.line_count, LINES_IN_MAX + 2);
    snprintf(line, sizeof line,
             PAID("%s,{\"programme\":\"JKK\",\"amount_idr\":\"5\"}]", "\"2024-02\""), lines);
    cr_assert_eq(read_line(line, strlen(line), &event, &problem), EVENT_MALFORMED);
    cr_expect_str_eq(pairs_of(&problem), "lines.10.amount_idr=5 problem=not_an_integer");
}

Test(event_json, nullable_fields_may_be_null_or_left_out)
{
    static const char *const lines[] = {
        "{" ENVELOPE ",\"type\":\"PaymentStatusReported\",\"payment_id\":\"p\",\"attempt\":1,"
        "\"status\":\"SETTLED\",\"at\":\"2024-02-14T10:00:00Z\"}",
        "{" ENVELOPE ",\"batch_id\":null,\"type\":\"PaymentStatusReported\",\"payment_id\":\"p\","
        "\"attempt\":1,\"status\":\"SETTLED\",\"at\":\"2024-02-14T10:00:00Z\",\"bank_ref\":null,"
        "\"reason\":null}",
    };
    struct event event[2];
    struct event_problem problem;
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(read_line(lines[i], strlen(lines[i]), &event[i], &problem), EVENT_READ, "%s",
                     pairs_of(&problem));
        cr_expect(text_is_absent(event[i].batch_id) && text_is_absent(event[i].status.bank_ref));
    }
    cr_expect_null(fixture_event_difference(&event[0], &event[1]));
}

/* In flat JSON they are the envelope's and the body's at once. */
Test(event_json, batch_and_source_of_a_declared_batch)
{
    static const char line[] =
        "{\"id\":\"1\",\"source\":\"/kpu\",\"time\":\"2024-02-14T10:00:00Z\",\"batch_id\":\"b\","
        "\"type\":\"BatchDeclared\",\"count\":3,\"total_idr\":0}";
    struct event event;
    struct event_problem problem;
    cr_assert_eq(read_line(line, strlen(line), &event, &problem), EVENT_READ);
    cr_expect(text_equal(event.batch.batch_id, TEXT("b")));
    cr_expect(text_equal(event.batch_id, TEXT("b")));
    cr_expect(text_equal(event.batch.source, TEXT("/kpu")));
    cr_expect(text_equal(event.source, TEXT("/kpu")));
}

#define SEEDS 40

/* A batch's envelope says what its body says, as a flat line would. */
static void make_event(struct event *event, enum event_type type, unsigned seed, bool nulls)
{
    fixture_event(event, type, seed, nulls);
    if (type == EVENT_BATCH_DECLARED) {
        event->batch_id = event->batch.batch_id;
        event->source = event->batch.source;
    }
}

Test(event_json, every_event_comes_back_from_json)
{
    static char bytes[JSON_BYTES_MAX];
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            struct event event, back;
            struct event_problem problem;
            struct buffer out = buffer_over(bytes, sizeof bytes);
            make_event(&event, (enum event_type)type, seed, seed % 2 == 0);
            event_to_json(&out, &event);
            cr_assert(!out.overflow);
            cr_assert_eq(read_line(bytes, out.length, &back, &problem), EVENT_READ, "%.*s: %s",
                         (int)out.length, bytes, pairs_of(&problem));
            const char *difference = fixture_event_difference(&event, &back);
            cr_expect_null(difference, "%s of %.*s", difference, (int)out.length, bytes);
            json_scratch_reset(scratch);
        }
    }
}

/* What is written is JSON by another reader's rules too, and has nothing twice. */
Test(event_json, every_event_is_json_without_nulls)
{
    static char bytes[JSON_BYTES_MAX];
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        struct event event;
        struct buffer out = buffer_over(bytes, sizeof bytes);
        make_event(&event, (enum event_type)type, type, true);
        event_to_json(&out, &event);
        json_t *object =
            json_loadb(bytes, out.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        cr_assert_not_null(object, "%.*s", (int)out.length, bytes);
        cr_expect_str_eq(json_string_value(json_object_get(object, "type")),
                         term_text(&event_type_names, type).at);
        const char *name;
        json_t *value;
        json_object_foreach(object, name, value)
        {
            cr_expect(!json_is_null(value), "%s", name);
        }
        json_decref(object);
    }
}

Test(event_json, every_event_comes_back_from_avro)
{
    struct schemas *schemas = schemas_open();
    schemas_add_own(schemas, 0);
    for (unsigned type = 0; type < EVENT_TYPE_COUNT; type++) {
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            uint8_t bytes[EVENT_BYTES_MAX];
            struct event event, back;
            struct event_problem problem;
            struct buffer out = buffer_over(bytes, sizeof bytes);
            fixture_event(&event, (enum event_type)type, seed, seed % 2 == 0);
            event_encode(&out, &event);
            cr_assert(!out.overflow);
            event_problem_clear(&problem);
            cr_assert_eq(event_decode(schemas, 1, event_topic(event.type), buffer_view(&out), &back,
                                      &problem),
                         EVENT_READ, "%u: %s", type, pairs_of(&problem));
            const char *difference = fixture_event_difference(&event, &back);
            cr_expect_null(difference, "%s of type %u", difference, type);
        }
    }
    schemas_close(schemas);
}

Test(event_json, records_that_are_not_what_their_topic_holds)
{
    struct schemas *schemas = schemas_open();
    schemas_add_own(schemas, 0);
    uint8_t bytes[EVENT_BYTES_MAX];
    struct event event, back;
    struct event_problem problem;
    struct buffer out = buffer_over(bytes, sizeof bytes);
    fixture_event(&event, EVENT_MOVED, 1, false);
    event_encode(&out, &event);
    const struct text value = buffer_view(&out);
    cr_expect_eq(event_decode(schemas, 1, INPUT_CLAIM, value, &back, &problem), EVENT_MALFORMED);
    cr_expect_str_eq(pairs_of(&problem), "schema=1 problem=schema_of_another_topic");
    cr_expect_eq(event_decode(schemas, 0, INPUT_ENROLLMENT, value, &back, &problem),
                 EVENT_UNKNOWN_SCHEMA, "it counts from its offset on");
    cr_expect_str_eq(pairs_of(&problem), "schema=1");
    for (uint32_t length = 0; length < value.length; length++) {
        cr_expect_eq(
            event_decode(schemas, 1, INPUT_ENROLLMENT, text_of(value.at, length), &back, &problem),
            EVENT_MALFORMED, "%u bytes", length);
    }
    buffer_byte(&out, 0);
    cr_expect_eq(event_decode(schemas, 1, INPUT_ENROLLMENT, buffer_view(&out), &back, &problem),
                 EVENT_MALFORMED);
    cr_expect_str_eq(pairs_of(&problem), "problem=trailing");
    schemas_close(schemas);
}

Test(event_json, the_clock_of_a_trial)
{
    static const struct {
        const char *line;
        bool is_clock;
    } rows[] = {
        {"{\"clock\":\"2024-02-14T10:00:00Z\"}", true},
        {"{\"clock\":\"2024-02-14\"}", false},
        {"{\"clock\":1}", false},
        {"{\"clock\":\"2024-02-14T10:00:00Z\",\"x\":1}", false},
        {"{\"clock\":\"2024-02-14T10:00:00Z\",\"clock\":\"2024-02-14T10:00:00Z\"}", false},
        {"{}", false},
        {"[]", false},
        {"7", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time = 0;
        cr_expect_eq(clock_from_json(rows[i].line, strlen(rows[i].line), &time), rows[i].is_clock,
                     "%s", rows[i].line);
        cr_expect_eq(time, rows[i].is_clock ? INT64_C(1707904800000000) : 0, "%s", rows[i].line);
    }
}
