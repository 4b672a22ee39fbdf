/* The main() of a fuzz target without libFuzzer: every file of a corpus, then so many seeded
   mutations of them, the same on every machine. A failure prints the seed and the bytes' name:
   fuzz_NAME CORPUS [MUTATIONS [SEED]]. */
#include <assert.h>
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 512
#define INPUT_BYTES_MAX (64 * 1024)
#define CHANGES_MAX 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    char name[256];
    uint8_t *bytes;
    size_t size;
};

static struct input inputs[FILES_MAX];
static unsigned input_count;
static uint64_t dice;

static uint32_t draw(uint32_t below)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((dice >> 33) % below);
}

static void read_input(const char *dir, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "rb");
    assert(file != NULL);
    assert(input_count < FILES_MAX);
    struct input *input = &inputs[input_count++];
    (void)snprintf(input->name, sizeof input->name, "%s", name);
    input->bytes = malloc(INPUT_BYTES_MAX);
    assert(input->bytes != NULL);
    input->size = fread(input->bytes, 1, INPUT_BYTES_MAX, file);
    fclose(file);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static void read_corpus(const char *dir)
{
    DIR *corpus = opendir(dir);
    if (corpus == NULL) {
        fprintf(stderr, "%s: no such corpus\n", dir);
        exit(1);
    }
    for (struct dirent *entry = readdir(corpus); entry != NULL; entry = readdir(corpus)) {
        if (entry->d_name[0] != '.') {
            read_input(dir, entry->d_name);
        }
    }
    closedir(corpus);
    if (input_count == 0) {
        fprintf(stderr, "%s: an empty corpus\n", dir);
        exit(1);
    }
    qsort(inputs, input_count, sizeof *inputs, by_name);
}

/* A copy of exactly this size, so that a sanitizer sees the first byte read beyond it. */
static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert(copy != NULL);
    memcpy(copy, bytes, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static size_t remove_some(uint8_t *bytes, size_t size, size_t at)
{
    const size_t count = 1 + draw((uint32_t)(size - at < 16 ? size - at : 16));
    memmove(bytes + at, bytes + at + count, size - at - count);
    return size - count;
}

static size_t insert_some(uint8_t *bytes, size_t size, size_t at)
{
    const struct input *other = &inputs[draw(input_count)];
    const size_t from = other->size == 0 ? 0 : draw((uint32_t)other->size);
    size_t count = 1 + draw(32);
    count = count < other->size - from ? count : other->size - from;
    count = count < INPUT_BYTES_MAX - size ? count : INPUT_BYTES_MAX - size;
    memmove(bytes + at + count, bytes + at, size - at);
    memcpy(bytes + at, other->bytes + from, count);
    return size + count;
}

static size_t change(uint8_t *bytes, size_t size)
{
    static const uint8_t telling[] = {0,   1,   2,   0x7F, 0x80, 0xFF, '0',
                                      '9', '-', '"', '{',  ',',  '\n'};
    if (size == 0) {
        return insert_some(bytes, size, 0);
    }
    const size_t at = draw((uint32_t)size);
    switch (draw(8)) {
    case 0: bytes[at] ^= (uint8_t)(1U << draw(8)); return size;
    case 1: bytes[at] = (uint8_t)draw(256); return size;
    case 2: bytes[at] = telling[draw(sizeof telling)]; return size;
    case 3: bytes[at]++; return size;
    case 4: bytes[at]--; return size;
    case 5: return remove_some(bytes, size, at);
    case 6: return insert_some(bytes, size, at);
    default: return draw(8) == 0 ? at : size;
    }
}

static void run_mutation(uint64_t seed)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    dice = seed;
    const struct input *input = &inputs[draw(input_count)];
    size_t size = input->size;
    memcpy(bytes, input->bytes, size);
    for (uint32_t left = 1 + draw(CHANGES_MAX); left > 0; left--) {
        size = change(bytes, size);
    }
    run(bytes, size);
}

/* What was being run, in case it ends the program: `step` is a file's name or a seed. */
static char step[300];

static void tell(void)
{
    if (step[0] != '\0') {
        fprintf(stderr, "failed at %s\n", step);
    }
}

static void tell_and_die(int signal_number)
{
    (void)signal_number;
    tell();
    _exit(1);
}

void __asan_set_death_callback(void (*callback)(void)) __attribute__((weak));

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS [MUTATIONS [SEED]]\n", argv[0]);
        return 2;
    }
    if (__asan_set_death_callback != NULL) {
        __asan_set_death_callback(tell);
    }
    (void)signal(SIGABRT, tell_and_die);
    read_corpus(argv[1]);
    const uint64_t mutations = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    for (unsigned i = 0; i < input_count; i++) {
        (void)snprintf(step, sizeof step, "file %.200s", inputs[i].name);
        run(inputs[i].bytes, inputs[i].size);
    }
    for (uint64_t seed = first; seed < first + mutations; seed++) {
        (void)snprintf(step, sizeof step, "seed %llu", (unsigned long long)seed);
        run_mutation(seed);
    }
    step[0] = '\0';
    printf("%u files, %llu mutations\n", input_count, (unsigned long long)mutations);
    for (unsigned i = 0; i < input_count; i++) {
        free(inputs[i].bytes);
    }
    return 0;
}
