#include "support/fault.h"

/* Without JAGA_FAULTS this file holds one declaration, since C asks for one. */
typedef int fault_translation_unit;

#ifdef JAGA_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/clock.h"

static atomic_long hits;

/* True at exactly the hit that JAGA_FAULT names, whichever thread makes it. */
static bool is_the_hit(const char *label)
{
    const char *wanted = getenv("JAGA_FAULT");
    const size_t length = strlen(label);
    if (wanted == NULL || strncmp(wanted, label, length) != 0 ||
        (wanted[length] != '\0' && wanted[length] != ':')) {
        return false;
    }
    const long at = wanted[length] == ':' ? strtol(wanted + length + 1, NULL, 10) : 1;
    return atomic_fetch_add(&hits, 1) + 1 == at;
}

static void say(const char *label)
{
    char line[128] = "fault ";
    strncat(line, label, sizeof line - strlen("fault ") - 2);
    strncat(line, "\n", 2);
    if (write(STDERR_FILENO, line, strlen(line)) < 0) {
        return;
    }
}

static const char *asked_action(void)
{
    const char *action = getenv("JAGA_FAULT_ACTION");
    return action == NULL ? "kill" : action;
}

void fault_point(const char *label)
{
    const char *action = asked_action();
    if (strcmp(action, "fail") == 0 || !is_the_hit(label)) {
        return;
    }
    say(label);
    if (strncmp(action, "sleep:", 6) == 0) {
        clock_sleep_ms((uint32_t)strtoul(action + 6, NULL, 10));
        return;
    }
    if (strcmp(action, "stop") == 0) {
        (void)raise(SIGSTOP); /* to this thread: of a process another one might take the signal, and
                                 this one would go on for a moment */
        return;
    }
    (void)kill(getpid(), SIGKILL);
}

bool fault_wanted(const char *label)
{
    if (strcmp(asked_action(), "fail") != 0 || !is_the_hit(label)) {
        return false;
    }
    say(label);
    return true;
}

#endif
