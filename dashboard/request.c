#include "dashboard/request.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define STATUS_BAD 400
#define STATUS_LONG 414
#define WEIGHT_FULL 1000

static bool refuse(struct refusal *refusal, int status, const char *detail)
{
    refusal->status = status;
    (void)snprintf(refusal->detail, sizeof refusal->detail, "%s", detail);
    return false;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static bool take_word(struct text value, char out[WORD_BYTES])
{
    if (value.length >= WORD_BYTES) {
        return false;
    }
    memcpy(out, value.at, value.length);
    out[value.length] = '\0';
    return true;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool region_code_is_formed(const char *code)
{
    const size_t length = strlen(code);
    const bool two =
        length >= 2 && isdigit((unsigned char)code[0]) != 0 && isdigit((unsigned char)code[1]) != 0;
    if (strcmp(code, "ID") == 0 || (two && length == 2)) {
        return true;
    }
    return two && length == 5 && code[2] == '.' && isdigit((unsigned char)code[3]) != 0 &&
           isdigit((unsigned char)code[4]) != 0;
}

/* The values. */

static bool take_date(struct text value, day_t *out)
{
    return day_parse(value.at, value.length, out);
}

static bool take_by(struct request *request, struct text value)
{
    static const char *const kinds[] = {"programme", "segment", "category", "sponsor", NULL};
    return take_word(value, request->by) && is_one_of(request->by, kinds);
}

static bool take_level(struct request *request, struct text value)
{
    static const char *const levels[] = {"province", "regency", NULL};
    return take_word(value, request->level) && is_one_of(request->level, levels);
}

static bool take_language(struct request *request, struct text value)
{
    request->language = text_equal(value, TEXT("en")) ? ENGLISH : INDONESIAN;
    return text_equal(value, TEXT("en")) || text_equal(value, TEXT("id"));
}

static bool take_region(struct request *request, struct text value)
{
    return take_word(value, request->region) && region_code_is_formed(request->region);
}

static bool take_province(struct request *request, struct text value)
{
    return take_word(value, request->province) && strlen(request->province) == 2 &&
           region_code_is_formed(request->province) && request->province[0] != 'I';
}

static bool take_value(struct request *request, enum parameter_bit bit, struct text value)
{
    switch (bit) {
    case ASKS_DATE: return take_date(value, &request->date);
    case ASKS_FROM: return take_date(value, &request->from);
    case ASKS_TO: return take_date(value, &request->to);
    case ASKS_BY: return take_by(request, value);
    case ASKS_LEVEL: return take_level(request, value);
    case ASKS_LANG: return take_language(request, value);
    case ASKS_REGION: return take_region(request, value);
    case ASKS_PROVINCE: return take_province(request, value);
    }
    return false;
}

static const struct parameter_name {
    const char *name;
    enum parameter_bit bit;
    const char *wanted;
} parameter_names[] = {
    {"date", ASKS_DATE, "date: give a day such as 2024-03-22"},
    {"by", ASKS_BY, "by: give programme, segment, category or sponsor"},
    {"region", ASKS_REGION, "region: give a code such as 36.74, 36 or ID"},
    {"province", ASKS_PROVINCE, "province: give a code such as 36"},
    {"level", ASKS_LEVEL, "level: give province or regency"},
    {"lang", ASKS_LANG, "lang: give id or en"},
    {"from", ASKS_FROM, "from: give a day such as 2024-03-22"},
    {"to", ASKS_TO, "to: give a day such as 2024-03-22"},
};

/* One "name=value". Every name at most once. */
static bool take_pair(struct request *request, struct text pair, unsigned *seen,
                      struct refusal *refusal)
{
    const char *equals = pair.length == 0 ? NULL : memchr(pair.at, '=', pair.length);
    if (equals == NULL) {
        return refuse(refusal, STATUS_BAD, "the query is not of name=value");
    }
    const struct text name = text_of(pair.at, (size_t)(equals - pair.at));
    const struct text value = text_of(equals + 1, pair.length - name.length - 1);
    for (size_t i = 0; i < sizeof parameter_names / sizeof *parameter_names; i++) {
        const struct parameter_name *row = &parameter_names[i];
        if (!text_equal(name, text_of_string(row->name))) {
            continue;
        }
        if ((*seen & row->bit) != 0) {
            return refuse(refusal, STATUS_BAD, "a name stands twice in the query");
        }
        *seen |= row->bit;
        if (value.length > 0 && !take_value(request, row->bit, value)) {
            return refuse(refusal, STATUS_BAD, row->wanted);
        }
        request->given |= value.length > 0 ? (unsigned)row->bit : 0;
        return true;
    }
    return refuse(refusal, STATUS_BAD, "the query has a name that is not known");
}

static bool take_query(struct request *request, struct text query, struct refusal *refusal)
{
    unsigned seen = 0;
    for (uint32_t i = 0; i < query.length; i++) {
        if (!is_plain(query.at[i]) && query.at[i] != '=' && query.at[i] != '&') {
            return refuse(refusal, STATUS_BAD, "the query has a character that is not used here");
        }
    }
    while (query.length > 0) {
        const char *end = memchr(query.at, '&', query.length);
        const uint32_t length = end == NULL ? query.length : (uint32_t)(end - query.at);
        if (!take_pair(request, text_of(query.at, length), &seen, refusal)) {
            return false;
        }
        const uint32_t step = end == NULL ? length : length + 1;
        query = text_of(query.at + step, query.length - step);
    }
    return true;
}

static bool take_path(struct request *request, struct text path, struct refusal *refusal)
{
    if (path.length == 0 || path.at[0] != '/') {
        return refuse(refusal, STATUS_BAD, "the path does not begin with /");
    }
    for (uint32_t i = 0; i < path.length; i++) {
        if (!is_plain(path.at[i]) && path.at[i] != '/') {
            return refuse(refusal, STATUS_BAD, "the path has a character that is not used here");
        }
    }
    /* None of ours is so long: what is cut is not found either. */
    (void)snprintf(request->path, sizeof request->path, "%.*s", (int)path.length, path.at);
    return true;
}

bool request_parse(struct text target, struct request *out, struct refusal *refusal)
{
    memset(out, 0, sizeof *out);
    memset(refusal, 0, sizeof *refusal);
    (void)snprintf(out->path, sizeof out->path, "/");
    out->date = out->from = out->to = DAY_NONE;
    if (target.length > TARGET_BYTES_MAX) {
        return refuse(refusal, STATUS_LONG, "the target is too long");
    }
    const char *mark = target.length == 0 ? NULL : memchr(target.at, '?', target.length);
    const uint32_t length = mark == NULL ? target.length : (uint32_t)(mark - target.at);
    if (!take_path(out, text_of(target.at, length), refusal)) {
        return false;
    }
    return mark == NULL || take_query(out, text_of(mark + 1, target.length - length - 1), refusal);
}

bool request_allows(const struct request *request, unsigned allowed, struct refusal *refusal)
{
    return (request->given & ~allowed) == 0 ||
           refuse(refusal, STATUS_BAD, "the query has a name that is not used here");
}

/* Accept-Language. */

/* ";q=0.7" behind a tag in thousandths; without it 1,000. What is not of this form weighs 0. */
static int weight_of(struct text rest)
{
    int weight = 0;
    if (rest.length == 0) {
        return WEIGHT_FULL;
    }
    if (rest.length < 4 || memcmp(rest.at, ";q=", 3) != 0) {
        return 0;
    }
    if (rest.at[3] == '1') {
        return WEIGHT_FULL;
    }
    for (uint32_t i = 5, unit = 100; i < rest.length && unit > 0; i++, unit /= 10) {
        if (rest.at[i] < '0' || rest.at[i] > '9') {
            return 0;
        }
        weight += (rest.at[i] - '0') * (int)unit;
    }
    return weight;
}

static struct text without_blanks(struct text tag, char out[32])
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < tag.length && length < 32; i++) {
        if (tag.at[i] != ' ' && tag.at[i] != '\t') {
            out[length++] = (char)tolower((unsigned char)tag.at[i]);
        }
    }
    return text_of(out, length);
}

static bool is_tag(struct text tag, const char *language)
{
    return tag.length >= 2 && memcmp(tag.at, language, 2) == 0 &&
           (tag.length == 2 || tag.at[2] == '-' || tag.at[2] == ';');
}

enum language language_of_header(const char *header)
{
    enum language best = INDONESIAN;
    int most = 0;
    while (header != NULL && *header != '\0') {
        char bytes[32];
        const size_t length = strcspn(header, ",");
        const struct text tag = without_blanks(text_of(header, length), bytes);
        const char *semicolon = tag.length == 0 ? NULL : memchr(tag.at, ';', tag.length);
        const size_t before = semicolon == NULL ? tag.length : (size_t)(semicolon - tag.at);
        const int weight = weight_of(text_of(tag.at + before, tag.length - before));
        const bool indonesian = is_tag(tag, "id") || is_tag(tag, "in");
        if (weight > most && (indonesian || is_tag(tag, "en"))) {
            most = weight;
            best = indonesian ? INDONESIAN : ENGLISH;
        }
        header += length + (header[length] == ',');
    }
    return best;
}
