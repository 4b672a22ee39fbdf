#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/day.h"
#include "support/clock.h"

#define THREADS 4
#define CONNECTIONS_MAX 256
/* Request line and headers of one connection, and what libmicrohttpd makes of them: of a query of
   a thousand names much more than its bytes. */
#define CONNECTION_BYTES_MAX (64 * 1024)
#define IDLE_SECONDS 10
#define CONNECTION_SECONDS 20
#define BACKLOG 256
#define HOST_BYTES 64
#define PORT_BYTES 8
#define ADDRESS_BYTES (HOST_BYTES + PORT_BYTES + 16)

struct seat { /* of one connection */
    /* Under the mutex, for the sweep. */
    bool is_used;
    int socket;
    int64_t since; /* accepted, or its last answer finished; steady clock */

    /* Of the request in hand. */
    bool headers_seen;
    size_t target_length;
    char target[TARGET_BYTES_MAX + 1]; /* cut: one byte too many tells */
};

struct server {
    struct MHD_Daemon *daemon;
    const struct http_service *service;
    int socket;
    char address[ADDRESS_BYTES];
    pthread_mutex_t mutex; /* of the seats */
    struct seat seats[CONNECTIONS_MAX];
};

/* The address. */

static bool split_address(const char *address, char host[HOST_BYTES], char port[PORT_BYTES])
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || strlen(colon + 1) == 0 || strlen(colon + 1) >= PORT_BYTES) {
        return false;
    }
    size_t length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    uint32_t number = 0;
    for (const char *at = colon + 1; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (uint32_t)(*at - '0');
    }
    if (number > UINT16_MAX || length == 0 || length >= HOST_BYTES ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1)) {
        return false;
    }
    (void)snprintf(host, HOST_BYTES, "%.*s", (int)length, address);
    (void)snprintf(port, PORT_BYTES, "%s", colon + 1);
    return true;
}

static struct error listen_at(struct server *server, const struct addrinfo *place,
                              const char *address)
{
    const int one = 1;
    server->socket = socket(place->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->socket < 0 ||
        setsockopt(server->socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(server->socket, place->ai_addr, place->ai_addrlen) != 0 ||
        listen(server->socket, BACKLOG) != 0) {
        return error_make(ERROR_FATAL, "address_refused",
                          "cannot listen on %s: %s. Give another --%s", address, strerror(errno),
                          server->service->setting);
    }
    return no_error();
}

/* The port as it came out, when 0 was asked for. */
static void note_address(struct server *server, const char *host, bool is_six)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    memset(&bound, 0, sizeof bound);
    const int answer = getsockname(server->socket, (struct sockaddr *)&bound, &size);
    assert(answer == 0);
    const uint16_t port = is_six ? ntohs(((struct sockaddr_in6 *)&bound)->sin6_port)
                                 : ntohs(((struct sockaddr_in *)&bound)->sin_port);
    (void)snprintf(server->address, sizeof server->address,
                   is_six ? "http://[%s]:%u" : "http://%s:%u", host, (unsigned)port);
}

static struct error listen_on(struct server *server, const char *address)
{
    char host[HOST_BYTES];
    char port[PORT_BYTES];
    struct addrinfo *place = NULL;
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    if (!split_address(address, host, port) || getaddrinfo(host, port, &wanted, &place) != 0) {
        return error_make(ERROR_USAGE, "setting_wrong",
                          "%s \"%s\" is no address and port, such as 127.0.0.1:8080",
                          server->service->setting, address);
    }
    const bool is_six = place->ai_family == AF_INET6;
    const struct error error = listen_at(server, place, address);
    freeaddrinfo(place);
    if (!failed(&error)) {
        note_address(server, host, is_six);
    }
    return error;
}

/* Connections. */

static struct seat *take_seat(struct seat *seat, int connected)
{
    seat->is_used = true;
    seat->socket = connected;
    seat->since = clock_steady_us();
    return seat;
}

static struct seat *seat_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **own,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    (void)pthread_mutex_lock(&server->mutex);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        for (size_t i = 0; i < CONNECTIONS_MAX && *own == NULL && info != NULL; i++) {
            if (!server->seats[i].is_used) {
                *own = take_seat(&server->seats[i], info->connect_fd);
            }
        }
    } else if (*own != NULL) {
        ((struct seat *)*own)->is_used = false;
    }
    (void)pthread_mutex_unlock(&server->mutex);
}

void server_sweep(struct server *server)
{
    const int64_t oldest = clock_steady_us() - CONNECTION_SECONDS * MICROSECONDS_A_SECOND;
    (void)pthread_mutex_lock(&server->mutex);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (server->seats[i].is_used && server->seats[i].since < oldest) {
            (void)shutdown(server->seats[i].socket, SHUT_RDWR);
        }
    }
    (void)pthread_mutex_unlock(&server->mutex);
}

/* Requests. */

/* The target as it came, before libmicrohttpd decodes any of it. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct seat *seat = seat_of(connection);
    (void)context;
    if (seat != NULL) {
        seat->headers_seen = false;
        seat->target_length = strnlen(target, sizeof seat->target);
        memcpy(seat->target, target, seat->target_length);
    }
    return seat;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **own,
                         enum MHD_RequestTerminationCode code)
{
    struct server *server = context;
    struct seat *seat = *own;
    (void)connection;
    (void)code;
    *own = NULL;
    if (seat != NULL) {
        (void)pthread_mutex_lock(&server->mutex);
        seat->since = clock_steady_us();
        (void)pthread_mutex_unlock(&server->mutex);
    }
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void add_headers(struct MHD_Response *response, const struct answer *answer)
{
    static const char *const pairs[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
         "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Vary", "Accept-Language"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        (void)MHD_add_response_header(response, pairs[i][0], pairs[i][1]);
    }
    (void)MHD_add_response_header(response, "Content-Type", answer->type);
    (void)MHD_add_response_header(response, "Cache-Control",
                                  answer->is_asset ? "max-age=60" : "no-store");
    if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(response, "Allow", "GET, HEAD");
    }
    if (answer->status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        (void)MHD_add_response_header(response, "Retry-After", "2");
    }
}

static bool has_body(struct MHD_Connection *connection)
{
    const char *length = header(connection, "Content-Length");
    return header(connection, "Transfer-Encoding") != NULL ||
           (length != NULL && strcmp(length, "0") != 0);
}

static bool is_reading(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static struct http_request request_of(struct MHD_Connection *connection, const struct seat *seat,
                                      const char *method)
{
    if (!is_reading(method)) {
        return (struct http_request){.refused_status = MHD_HTTP_METHOD_NOT_ALLOWED,
                                     .refused_detail = "only GET and HEAD are answered"};
    }
    if (has_body(connection)) {
        return (struct http_request){.refused_status = MHD_HTTP_CONTENT_TOO_LARGE,
                                     .refused_detail = "a request has no body here"};
    }
    return (struct http_request){.target = text_of(seat->target, seat->target_length),
                                 .languages = header(connection, "Accept-Language")};
}

static bool is_refused(struct MHD_Connection *connection, const char *method)
{
    return !is_reading(method) || has_body(connection);
}

static enum MHD_Result queue(struct MHD_Connection *connection, const struct answer *answer,
                             const struct buffer *out)
{
    void *fitted = realloc(out->at, out->length + 1);
    void *memory = fitted == NULL ? out->at : fitted;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(out->length, memory, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(memory);
        return MHD_NO;
    }
    add_headers(response, answer);
    const enum MHD_Result result =
        MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Called first with the headers read. What is refused is answered then, whatever would follow, and
   the connection closed; all else at the second call, which lets the connection live. MHD_NO drops
   the connection. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **own)
{
    const struct http_service *service = ((struct server *)context)->service;
    struct seat *seat = *own;
    (void)url;
    (void)version;
    (void)upload;
    (void)upload_size;
    if (seat != NULL && !seat->headers_seen && !is_refused(connection, method)) {
        seat->headers_seen = true;
        return MHD_YES;
    }
    void *memory = seat == NULL ? NULL : malloc(ANSWER_BYTES_MAX);
    if (memory == NULL) {
        return MHD_NO;
    }
    struct buffer out = buffer_over(memory, ANSWER_BYTES_MAX);
    const struct http_request request = request_of(connection, seat, method);
    struct answer answer = {0};
    service->answer(service->context, &request, &out, &answer);
    return queue(connection, &answer, &out);
}

/* Its words about clients that behave badly are of no use to an operator. */
static void say_nothing(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}

static struct error start(struct server *server)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_request, server, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET,
        server->socket, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    return server->daemon != NULL
               ? no_error()
               : error_make(ERROR_FATAL, "http_refused", "the HTTP server does not start: %s",
                            strerror(errno));
}

struct error server_open(const char *address, const struct http_service *service,
                         struct server **out)
{
    struct server *server = calloc(1, sizeof *server);
    assert(server != NULL);
    server->service = service;
    server->socket = -1;
    const int answer = pthread_mutex_init(&server->mutex, NULL);
    assert(answer == 0);
    struct error error = listen_on(server, address);
    if (!failed(&error)) {
        error = start(server);
    }
    if (failed(&error)) {
        server_close(server);
        return error;
    }
    *out = server;
    return no_error();
}

void server_close(struct server *server)
{
    if (server == NULL) {
        return;
    }
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon); /* closes the socket too */
    } else if (server->socket >= 0) {
        (void)close(server->socket);
    }
    (void)pthread_mutex_destroy(&server->mutex);
    free(server);
}

const char *server_address(const struct server *server)
{
    return server->address;
}
