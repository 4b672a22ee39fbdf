#include "consumers/rules_quote.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

#include "core/field.h"
#include "wire/json_print.h"

#define JSON_BYTES (64 * 1024)

struct quote_line *quote_line(struct quote *quote, const char *what, int64_t amount_idr)
{
    assert(quote->line_count < QUOTE_LINES_MAX);
    struct quote_line *line = &quote->lines[quote->line_count++];
    line->what = what;
    line->amount_idr = amount_idr;
    line->row_count = 0;
    return line;
}

void quote_row(struct quote_line *line, const struct rule_row *row, const char *format, ...)
{
    assert(line->row_count < QUOTE_ROWS_MAX);
    struct quote_row *out = &line->rows[line->row_count++];
    out->id = row->id;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(out->how, sizeof out->how, format, arguments);
    va_end(arguments);
}

const char *money_text(int64_t amount_idr, char out[QUOTE_TEXT_BYTES])
{
    char digits[QUOTE_TEXT_BYTES];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, amount_idr);
    int at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

const char *percent_text(int64_t ppm, char out[QUOTE_TEXT_BYTES])
{
    int length =
        snprintf(out, QUOTE_TEXT_BYTES, "%" PRId64 ".%04" PRId64, ppm / 10000, ppm % 10000);
    while (out[length - 1] == '0') {
        length--;
    }
    length -= out[length - 1] == '.';
    (void)snprintf(out + length, QUOTE_TEXT_BYTES - (size_t)length, " %%");
    return out;
}

static int64_t total_of(const struct quote *quote)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < quote->line_count; i++) {
        total += quote->lines[i].amount_idr == NUMBER_NONE ? 0 : quote->lines[i].amount_idr;
    }
    return total;
}

static const struct rules_line *line_of(const struct rules_source *source,
                                        const struct quote_row *row)
{
    const struct rules_line *line = rules_listing_find(&source->listing, text_of_string(row->id));
    assert(line != NULL); /* the rules were read from this text */
    return line;
}

static uint32_t count_unverified(const struct quote *quote, const struct rules_source *source)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < quote->line_count; i++) {
        for (uint32_t j = 0; j < quote->lines[i].row_count; j++) {
            count += !rules_line_is_verified(line_of(source, &quote->lines[i].rows[j]));
        }
    }
    return count;
}

void quote_print(const struct quote *quote, const struct rules_source *source)
{
    char money[QUOTE_TEXT_BYTES];
    (void)printf("%s\nby the rules in %s, hash %.16s\n\n", quote->of, source->name, source->hash);
    for (uint32_t i = 0; i < quote->line_count; i++) {
        const struct quote_line *line = &quote->lines[i];
        const bool counts = line->amount_idr != NUMBER_NONE;
        (void)printf("%-8s %16s\n", line->what, counts ? money_text(line->amount_idr, money) : "");
        for (uint32_t j = 0; j < line->row_count; j++) {
            const struct rules_line *law = line_of(source, &line->rows[j]);
            const struct text article = rules_line_field(law, "law");
            (void)printf("    %-22s %s\n    %-22s %.*s%s\n", line->rows[j].id, line->rows[j].how,
                         "", (int)article.length, article.at,
                         rules_line_is_verified(law) ? "" : " (not verified)");
        }
    }
    (void)printf("%-8s %16s\n", "total", money_text(total_of(quote), money));
    const uint32_t unverified = count_unverified(quote, source);
    if (unverified > 0) {
        (void)printf("\nThis rests on rows that are not verified: %u.\n", unverified);
    }
}

static void put_rows(struct buffer *out, const struct quote_line *line,
                     const struct rules_source *source)
{
    buffer_byte(out, '[');
    for (uint32_t i = 0; i < line->row_count; i++) {
        const struct rules_line *law = line_of(source, &line->rows[i]);
        struct json_object json;
        buffer_string(out, i > 0 ? "," : "");
        json_object_open(&json, out, NULLS_PRINTED);
        json_put_text(&json, "id", text_of_string(line->rows[i].id));
        json_put_text(&json, "how", text_of_string(line->rows[i].how));
        json_put_text(&json, "law", rules_line_field(law, "law"));
        json_put_bool(&json, "verified", rules_line_is_verified(law));
        json_object_close(&json);
    }
    buffer_byte(out, ']');
}

static void put_lines(struct buffer *out, const struct quote *quote,
                      const struct rules_source *source)
{
    buffer_byte(out, '[');
    for (uint32_t i = 0; i < quote->line_count; i++) {
        struct json_object json;
        buffer_string(out, i > 0 ? "," : "");
        json_object_open(&json, out, NULLS_PRINTED);
        json_put_text(&json, "what", text_of_string(quote->lines[i].what));
        json_put_number(&json, "amount_idr", quote->lines[i].amount_idr);
        json_put_name(&json, "rows");
        put_rows(out, &quote->lines[i], source);
        json_object_close(&json);
    }
    buffer_byte(out, ']');
}

void quote_print_json(const struct quote *quote, const struct rules_source *source)
{
    static char bytes[JSON_BYTES];
    struct buffer buffer = buffer_over(bytes, sizeof bytes);
    struct json_object json;
    json_object_open(&json, &buffer, NULLS_PRINTED);
    json_put_text(&json, "of", text_of_string(quote->of));
    json_put_text(&json, "rules_hash", text_of_string(source->hash));
    json_put_number(&json, "total_idr", total_of(quote));
    json_put_bool(&json, "verified", count_unverified(quote, source) == 0);
    json_put_name(&json, "lines");
    put_lines(&buffer, quote, source);
    json_object_close(&json);
    assert(!buffer.overflow);
    (void)fwrite(bytes, 1, buffer.length, stdout);
    (void)putchar('\n');
}
