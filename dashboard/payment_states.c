#include "dashboard/payment_states.h"

const struct payment_state payment_states[] = {
    {"ORDERED", false},    {"INSTRUCTED", false}, {"ACCEPTED", false}, {"SETTLED", false},
    {"RECONCILED", false}, {"REJECTED", true},    {"RETURNED", true},  {"UNKNOWN", true},
};
const size_t payment_state_count = sizeof payment_states / sizeof *payment_states;
