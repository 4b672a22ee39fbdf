#include "wire/rules_article.h"

#include "wire/rules_table.h"

/* Takes the next line, without its end, off the front. */
static struct text take_line(struct text *rest)
{
    const char *end = memchr(rest->at, '\n', rest->length);
    const uint32_t length = end == NULL ? rest->length : (uint32_t)(end - rest->at);
    const struct text line = text_of(rest->at, length);
    const uint32_t taken = length + (end != NULL);
    *rest = text_of(rest->at + taken, rest->length - taken);
    return line;
}

static bool is_row_of(struct text line, struct text id)
{
    return line.length > id.length && line.at[id.length] == ',' &&
           memchr(id.at, ',', id.length) == NULL && memcmp(line.at, id.at, id.length) == 0;
}

static void put_column(struct rules_article *out, struct text column, struct text value)
{
    const struct {
        struct text name;
        struct text *to;
    } common[] = {
        {TEXT("id"), &out->id},
        {TEXT("valid_from"), &out->valid_from},
        {TEXT("valid_to"), &out->valid_to},
        {TEXT("law"), &out->law},
        {TEXT("verified"), &out->verified},
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (text_equal(column, common[i].name)) {
            *common[i].to = value;
            return;
        }
    }
    if (out->value_count < RULES_ARTICLE_VALUES_MAX && !text_equal(column, TEXT("recorded_on")) &&
        !text_equal(column, TEXT("reviewed_until"))) {
        out->values[out->value_count].column = column;
        out->values[out->value_count++].value = value;
    }
}

static void fill(struct rules_article *out, struct text header, struct text line)
{
    struct text columns[RULES_COLUMNS_MAX];
    struct text fields[RULES_COLUMNS_MAX];
    const uint32_t column_count = rules_split(header, columns);
    const uint32_t field_count = rules_split(line, fields);
    out->value_count = 0;
    for (uint32_t i = 0; i < column_count && i < field_count && i < RULES_COLUMNS_MAX; i++) {
        put_column(out, columns[i], fields[i]);
    }
}

bool rules_article_find(struct text bundle, struct text id, struct rules_article *out)
{
    struct text header = {0};
    bool header_is_next = false;
    *out = (struct rules_article){.value_count = 0};
    while (id.length > 0 && bundle.length > 0) {
        const struct text line = take_line(&bundle);
        if (line.length > 2 && line.at[0] == '[') {
            out->table = text_of(line.at + 1, line.length - 2);
            header_is_next = true;
        } else if (header_is_next) {
            header = line;
            header_is_next = false;
        } else if (is_row_of(line, id)) {
            fill(out, header, line);
            return true;
        }
    }
    return false;
}
