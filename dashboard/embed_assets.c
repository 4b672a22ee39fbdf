/* A program of the build: prints files as C. Usage: embed_assets FILE… > asset_bytes.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A_LINE 24

static int print_file(const char *path, int number)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return EXIT_FAILURE;
    }
    printf("static const unsigned char bytes_%d[] = {", number);
    int byte = 0;
    for (size_t i = 0; (byte = getc(file)) != EOF; i++) {
        printf("%s%d,", i % A_LINE == 0 ? "\n    " : "", byte);
    }
    printf("\n};\n\n");
    const int failed = ferror(file);
    (void)fclose(file);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

int main(int argc, char **argv)
{
    printf("#include \"dashboard/assets.h\"\n\n");
    for (int i = 1; i < argc; i++) {
        if (print_file(argv[i], i) != EXIT_SUCCESS) {
            return EXIT_FAILURE;
        }
    }
    printf("const struct asset assets[] = {\n");
    for (int i = 1; i < argc; i++) {
        printf("    {\"/assets/%s\", bytes_%d, sizeof bytes_%d},\n", last_part(argv[i]), i, i);
    }
    printf("};\nconst size_t asset_count = %d;\n", argc - 1);
    return EXIT_SUCCESS;
}
