/* `jaga dashboard`: one page and a JSON API over the public keys. */
#include <stdlib.h>

#include "dashboard/routes.h"
#include "support/clock.h"
#include "support/command.h"
#include "support/log.h"
#include "support/shutdown.h"

const struct flag dashboard_flags[] = {
    {NULL, NULL, NULL},
};

#define LOOK_MS 500

static struct error serve(const struct settings *settings, struct sources *sources)
{
    const struct http_service service = {
        .setting = "dashboard.address", .answer = routes_answer, .context = sources};
    struct server *server = NULL;
    TRY(server_open(settings->dashboard_address, &service, &server));
    log_at(LOG_INFO, "dashboard_ready", LOG_TEXT("address", server_address(server)));
    while (!shutdown_wanted()) {
        clock_sleep_ms(LOOK_MS);
        server_sweep(server);
    }
    server_close(server);
    log_at(LOG_INFO, "dashboard_ends");
    return no_error();
}

static struct error dashboard(const struct settings *settings)
{
    struct sources sources = {NULL, NULL};
    struct error error = board_source_open(settings, &sources.board);
    if (!failed(&error)) {
        error = kafka_watch_open(settings, &sources.watch);
    }
    if (!failed(&error)) {
        error = serve(settings, &sources);
    }
    kafka_watch_close(sources.watch);
    board_source_close(sources.board);
    return error;
}

int command_dashboard(const struct settings *settings, const struct arguments *arguments)
{
    (void)arguments;
    shutdown_watch();
    const struct error error = dashboard(settings);
    return command_report("dashboard", &error);
}
