#include "support/shutdown.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t wanted;
static const char *volatile last_words;

/* Of the calls that are safe in a handler. Nobody could be told that it did not work. */
static void say_last_words(void)
{
    const char *words = last_words;
    if (words != NULL && write(STDOUT_FILENO, words, strlen(words)) < 0) {
        return;
    }
}

static void on_signal(int signal_number)
{
    /* Whoever asks twice does not want to wait; what the journal holds is safe. */
    if (wanted != 0) {
        say_last_words();
        _exit(128 + signal_number);
    }
    wanted = 1;
}

void shutdown_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);

    /* Without SA_RESTART: a signal ends a wait, so that the flag is seen. */
    action.sa_handler = on_signal;
    int answer = sigaction(SIGTERM, &action, NULL);
    assert(answer == 0);
    answer = sigaction(SIGINT, &action, NULL);
    assert(answer == 0);

    action.sa_handler = SIG_IGN;
    answer = sigaction(SIGPIPE, &action, NULL);
    assert(answer == 0);
}

bool shutdown_wanted(void)
{
    return wanted != 0;
}

void shutdown_last_words(const char *words)
{
    last_words = words;
}

void shutdown_request(void)
{
    wanted = 1;
}
