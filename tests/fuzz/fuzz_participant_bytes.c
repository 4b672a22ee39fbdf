/* Stored participant bytes are foreign bytes until they have been read: whatever they are, they are
   refused, or they are the one form of a state that every reader can work with. */
#include <assert.h>
#include <stdlib.h>

#include "core/projection.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct participant participant;
static struct projection projection;
static struct rules rules;
static uint8_t bytes[PARTICIPANT_BYTES_MAX];

static void add_parameter(enum parameter parameter, int64_t value)
{
    rules.parameters[rules.parameter_count++] =
        (struct parameter_row){.row = {.valid_from = DAY_NONE, .valid_to = DAY_NEVER},
                               .parameter = (uint8_t)parameter,
                               .segment = ANY,
                               .value = value};
}

static void prepare_rules(void)
{
    if (rules.parameter_count == 0) {
        add_parameter(PARAMETER_BACKDATING_DAYS, 30);
        add_parameter(PARAMETER_GRACE_MONTHS, 3);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare_rules();
    if (!participant_decode(&participant, TEXT("P1"), data, size)) {
        assert(participant_is_empty(&participant));
        return 0;
    }
    const size_t length = participant_encode(&participant, bytes, sizeof bytes);
    if (length != size || memcmp(bytes, data, size) != 0) {
        abort();
    }
    participant.claim_count = 0; /* their lines are judged elsewhere */
    projection_of(&participant, &rules, &projection);
    assert(projection_equal(&projection, &projection));
    return 0;
}
