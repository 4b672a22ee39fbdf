/* An evidence file comes from whoever wants to be paid: whatever it is, it is refused, or what was
   read is printed and read again as the same. */
#include <assert.h>
#include <stdlib.h>

#include "wire/digest.h"
#include "wire/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct output outputs[EVIDENCE_RECORDS_MAX];
static uint8_t first[EVIDENCE_BYTES_MAX], second[EVIDENCE_BYTES_MAX];

static struct buffer print(const struct evidence_file *evidence, uint8_t *into)
{
    struct buffer out = buffer_over(into, EVIDENCE_BYTES_MAX);
    evidence_print(&out, evidence);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct evidence_file *evidence;
    if (evidence == NULL) {
        evidence = evidence_open();
    }
    struct error error = evidence_parse((const char *)data, size, evidence);
    if (failed(&error)) {
        return 0;
    }
    const struct error before = evidence_verify(evidence, NULL, outputs);
    const struct buffer printed = print(evidence, first);
    if (printed.overflow) { /* its keys are longer with escapes than without */
        return 0;
    }
    error = evidence_parse((const char *)printed.at, printed.length, evidence);
    const struct error after = evidence_verify(evidence, NULL, outputs);
    const struct buffer again = print(evidence, second);
    if (failed(&error) || !text_equal(buffer_view(&printed), buffer_view(&again)) ||
        failed(&before) != failed(&after)) {
        abort();
    }
    return 0;
}
