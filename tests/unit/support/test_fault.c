#include "support/fault.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "support/clock.h"

static void ask(const char *fault, const char *action)
{
    cr_assert_eq(setenv("JAGA_FAULT", fault, 1), 0);
    if (action != NULL) {
        cr_assert_eq(setenv("JAGA_FAULT_ACTION", action, 1), 0);
    }
}

Test(fault, kills_at_its_label, .signal = SIGKILL)
{
    ask("commit", NULL);
    fault_point("commit");
}

Test(fault, kills_at_the_hit_asked_for, .signal = SIGKILL)
{
    ask("commit:3", "kill");
    fault_point("commit");
    fault_point("begin");
    fault_point("commit");
    fault_point("commit");
}

Test(fault, leaves_other_labels_and_hits_alone)
{
    ask("commit:3", NULL);
    fault_point("commit");
    fault_point("commit");
    fault_point("commi");
    fault_point("commit-done");
    fault_point("");
}

Test(fault, is_nothing_when_none_is_asked_for)
{
    cr_assert_eq(unsetenv("JAGA_FAULT"), 0);
    fault_point("commit");
    cr_assert(!fault_wanted("commit"));
}

Test(fault, sleeps)
{
    ask("commit", "sleep:30");
    const int64_t before = clock_steady_us();
    fault_point("commit");
    cr_assert_geq(clock_steady_us() - before, 30000);
}

Test(fault, fails_once)
{
    ask("produce:2", "fail");
    fault_point("produce");
    cr_expect(!fault_wanted("produce"));
    cr_expect(fault_wanted("produce"));
    cr_expect(!fault_wanted("produce"));
}
