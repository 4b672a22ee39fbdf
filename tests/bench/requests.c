/* Asks an HTTP server on this host at an even pace, and prints how long each answer took.

       bench_requests PORT RATE PATH...

   Open loop: request i is due at the start + i / RATE whatever became of the ones before, and its
   time counts from then to the last byte of its answer. A server that stalls is so charged for
   everybody who would have come meanwhile. Paths take turns. SIGTERM ends it; then it prints one
   line of JSON: how many answers were not 200 or did not come, and the times in microseconds. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS                                                                                    \
    64 /* so many answers may be outstanding; those due after them wait, and it counts */
#define TIMES_MAX 1000000
#define ANSWER_BYTES_MAX (4 * 1024 * 1024)
#define TIMEOUT_SECONDS 30

static struct {
    struct sockaddr_in server;
    int64_t rate, start_us;
    char **paths;
    size_t path_count;
    _Atomic int64_t next, failed;
    atomic_bool ends;
    int64_t times[TIMES_MAX]; /* by request; -1: failed, 0: none was sent */
} work;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until(int64_t moment_us)
{
    const struct timespec moment = {moment_us / 1000000, moment_us % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) != 0) {
    }
}

static int open_connection(void)
{
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    const struct timeval timeout = {TIMEOUT_SECONDS, 0};
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    if (connect(connection, (const struct sockaddr *)&work.server, sizeof work.server) != 0) {
        close(connection);
        return -1;
    }
    return connection;
}

/* Head and body of an answer with Content-Length; whether it came whole and is 200. */
static bool read_answer(int connection, char *answer)
{
    size_t length = 0;
    size_t whole = SIZE_MAX;
    while (length < whole) {
        const ssize_t got = recv(connection, answer + length, ANSWER_BYTES_MAX - length, 0);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
        answer[length] = '\0';
        const char *body = strstr(answer, "\r\n\r\n");
        if (whole == SIZE_MAX && body != NULL) {
            const char *said = strcasestr(answer, "\r\nContent-Length:");
            if (said == NULL || said > body) {
                return false;
            }
            whole = (size_t)(body - answer) + 4 + strtoul(said + 17, NULL, 10);
        }
    }
    return length == whole && strncmp(answer, "HTTP/1.1 200 ", 13) == 0;
}

static bool ask(int connection, const char *path, char *answer)
{
    char request[512];
    const int length = snprintf(request, sizeof request,
                                "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n", path);
    return length < (int)sizeof request &&
           send(connection, request, (size_t)length, MSG_NOSIGNAL) == length &&
           read_answer(connection, answer);
}

/* Keeps its connection; opens another when one is gone. */
static void *client(void *unused)
{
    char *answer = malloc(ANSWER_BYTES_MAX + 1);
    int connection = -1;
    (void)unused;
    while (answer != NULL) {
        const int64_t number = atomic_fetch_add(&work.next, 1);
        const int64_t due_us = work.start_us + number * 1000000 / work.rate;
        sleep_until(due_us);
        if (atomic_load(&work.ends) || number >= TIMES_MAX) {
            break;
        }
        connection = connection < 0 ? open_connection() : connection;
        const bool good = connection >= 0 &&
                          ask(connection, work.paths[(size_t)number % work.path_count], answer);
        work.times[number] = good ? now_us() - due_us : -1;
        if (!good) {
            atomic_fetch_add(&work.failed, 1);
            if (connection >= 0) {
                close(connection);
            }
            connection = -1;
        }
    }
    free(answer);
    return NULL;
}

static void print_result(void)
{
    const char *between = "";
    printf("{\"failed\":%lld,\"times_us\":[", (long long)atomic_load(&work.failed));
    for (size_t i = 0; i < TIMES_MAX; i++) {
        if (work.times[i] > 0) {
            printf("%s%lld", between, (long long)work.times[i]);
            between = ",";
        }
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    pthread_t clients[CLIENTS];
    sigset_t end;
    int got = 0;
    if (argc < 4 || strtol(argv[2], NULL, 10) < 1) {
        fprintf(stderr, "usage: bench_requests PORT RATE PATH...\n");
        return 64;
    }
    work.server.sin_family = AF_INET;
    work.server.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    work.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    work.rate = strtol(argv[2], NULL, 10);
    work.paths = argv + 3;
    work.path_count = (size_t)argc - 3;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &end, NULL);
    work.start_us = now_us();
    for (size_t i = 0; i < CLIENTS; i++) {
        if (pthread_create(&clients[i], NULL, client, NULL) != 0) {
            return 2;
        }
    }
    sigwait(&end, &got);
    atomic_store(&work.ends, true);
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i], NULL);
    }
    print_result();
    return 0;
}
