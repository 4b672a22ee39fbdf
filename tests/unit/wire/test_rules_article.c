#include <criterion/criterion.h>
#include <stdlib.h>

#include "wire/rules_article.h"
#include "wire/rules_bundle.h"

static char *bundle; /* the canonical text of the project's own tables */
static size_t bundle_length;

static void prepare(void)
{
    const struct error error = rules_bundle_read_files(JAGA_RULES_DIR, &bundle, &bundle_length);
    cr_assert(!failed(&error), "%s", error.detail);
}

static void clean_up(void)
{
    free(bundle);
}

TestSuite(rules_article, .init = prepare, .fini = clean_up);

static bool find(const char *id, struct rules_article *out)
{
    return rules_article_find(text_of(bundle, bundle_length), text_of_string(id), out);
}

static void expect(struct text found, const char *wanted)
{
    cr_expect(text_equal(found, text_of_string(wanted)), "%.*s, not %s", (int)found.length,
              found.at, wanted);
}

static void expect_value(const struct rules_article *article, uint32_t at, const char *column,
                         const char *value)
{
    cr_assert_lt(at, article->value_count);
    expect(article->values[at].column, column);
    expect(article->values[at].value, value);
}

Test(rules_article, a_row_of_benefits)
{
    struct rules_article article;
    cr_assert(find("jkm-lump-2019", &article));
    expect(article.table, "benefits.csv");
    expect(article.id, "jkm-lump-2019");
    expect(article.valid_from, "2019-12-02");
    expect(article.valid_to, "open");
    expect(article.law, "PP 82/2019 art. I (art. 34 of PP 44/2015)");
    expect(article.verified, "yes");
    cr_expect_eq(article.value_count, 6);
    expect_value(&article, 0, "benefit", "JKM");
    expect_value(&article, 1, "component", "LUMP");
    expect_value(&article, 2, "formula", "FIXED_IDR");
    expect_value(&article, 3, "value", "20000000");
    expect_value(&article, 4, "least_idr", "0");
    expect_value(&article, 5, "most_times", "none");
}

Test(rules_article, a_row_of_another_table)
{
    struct rules_article article;
    cr_assert(find("bi-fast", &article));
    expect(article.table, "channels.csv");
    expect_value(&article, 0, "channel", "BI_FAST");
    expect_value(&article, 1, "most_idr", "250000000");
    cr_expect_eq(article.value_count, 2);
}

Test(rules_article, what_is_no_row_is_not_found)
{
    struct rules_article article;
    const char *const none[] = {"",   "jkm-lump",     "jkm-lump-2019,JKM",
                                "id", "benefits.csv", "[benefits.csv]"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        cr_expect(!find(none[i], &article), "%s", none[i]);
    }
    cr_expect(!rules_article_find(TEXT(""), TEXT("jkm-lump-2019"), &article));
    cr_expect(!rules_article_find((struct text){0}, TEXT("jkm-lump-2019"), &article));
    cr_expect(rules_article_find(TEXT("[a.csv]\nid,law\nx,y"), TEXT("x"), &article));
    expect(article.law, "y");
}
