#include "support/shutdown.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

Test(shutdown, is_not_wanted_at_first)
{
    shutdown_watch();
    cr_assert(!shutdown_wanted());
}

Test(shutdown, is_wanted_after_one_signal)
{
    shutdown_watch();
    cr_assert_eq(raise(SIGTERM), 0);
    cr_assert(shutdown_wanted());
}

Test(shutdown, may_be_asked_for_from_inside)
{
    shutdown_request();
    cr_assert(shutdown_wanted());
}

Test(shutdown, ends_at_once_at_the_second_signal)
{
    const pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        shutdown_watch();
        (void)raise(SIGTERM);
        (void)raise(SIGINT);
        _exit(0);
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), 128 + SIGINT);
}

Test(shutdown, says_last_words_at_the_second_signal_only)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    const pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        shutdown_watch();
        shutdown_last_words("once");
        (void)raise(SIGTERM);
        shutdown_last_words("twice");
        (void)raise(SIGTERM);
        _exit(0);
    }
    char said[16];
    cr_assert_eq(close(ends[1]), 0);
    cr_assert_eq(read(ends[0], said, sizeof said), 5);
    cr_assert_arr_eq(said, "twice", 5);
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(WEXITSTATUS(status), 128 + SIGTERM);
}

Test(shutdown, makes_a_broken_pipe_an_error)
{
    shutdown_watch();
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(close(ends[0]), 0);
    cr_assert_eq(write(ends[1], "x", 1), -1);
    cr_assert_eq(errno, EPIPE);
}
