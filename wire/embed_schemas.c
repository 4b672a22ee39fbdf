/* A program of the build: prints the schema files as C, without white space, in the order of jaga's
   own ids. Usage: embed_schemas FILE… > schema_texts.c */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_text(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        printf("%s%d,", i % 24 == 0 ? "\n    " : "", (unsigned char)text[i]);
    }
}

static int print_file(const char *path, int number)
{
    json_error_t error;
    json_t *schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (schema == NULL) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        return EXIT_FAILURE;
    }
    char *text = json_dumps(schema, JSON_COMPACT);
    if (text == NULL) {
        json_decref(schema);
        return EXIT_FAILURE;
    }
    printf("static const char text_%d[] = {", number);
    print_text(text);
    printf("\n};\n\n");
    free(text);
    json_decref(schema);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    printf("#include \"wire/schema_texts.h\"\n\n");
    for (int i = 1; i < argc; i++) {
        if (print_file(argv[i], i) != EXIT_SUCCESS) {
            return EXIT_FAILURE;
        }
    }
    printf("const struct text schema_texts[] = {\n");
    for (int i = 1; i < argc; i++) {
        printf("    {text_%d, sizeof text_%d},\n", i, i);
    }
    printf("};\nconst unsigned schema_text_count = %d;\n", argc - 1);
    return EXIT_SUCCESS;
}
