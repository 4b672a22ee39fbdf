/* One librdkafka handle, opened the way all of kafka/ opens them. Internal to kafka/. */
#ifndef JAGA_KAFKA_CLIENT_H
#define JAGA_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>

#include "kafka/kafka.h"

#define CLIENT_REASON_BYTES 200

struct client {
    rd_kafka_t *rk; /* NULL: not open */
    const struct kafka_settings *settings;
    void *owner;                      /* for callbacks: their opaque is the client */
    char reason[CLIENT_REASON_BYTES]; /* librdkafka's last complaint about a broker, or empty */
    bool refused;                     /* that complaint was about credentials or TLS */
};

struct client_options {
    rd_kafka_type_t type;
    const struct kafka_option *options;     /* ours, ended by a name of NULL; may be NULL */
    void (*prepare)(rd_kafka_conf_t *conf); /* sets callbacks; may be NULL */
    void *owner;
};

/* Opens a handle: what every handle needs, then `options`, then the user's. USAGE "kafka_option"
   names an option of the user that librdkafka refuses or on which a guarantee rests. The client
   must not move in memory. */
struct error client_open(struct client *client, const struct kafka_settings *settings,
                         const struct client_options *options);

/* Destroys the handle without leaving any group; safe on a zeroed client. */
void client_close(struct client *client);

/* A consumer for reading by manual assignment. */
enum client_isolation { READ_COMMITTED, READ_UNCOMMITTED };
struct error client_open_reader(struct client *client, const struct kafka_settings *settings,
                                enum client_isolation isolation);

/* First offset and end of a partition, the end as the handle's isolation level sees it. While a
   broker that went away meanwhile refuses connections librdkafka goes on asking (2.0.2): for lanes,
   which wait for it anyway. */
struct error client_bounds(struct client *client, const char *topic, int32_t partition,
                           int64_t *low, int64_t *end);
/* The same within twice `kafka.timeout-ms`, whatever the broker does: for who only looks. */
struct error client_bounds_in_time(struct client *client, const char *topic, int32_t partition,
                                   int64_t *low, int64_t *end);

/* How many partitions a topic has, asked of the cluster. FATAL "topic_missing". */
struct error client_topic_partitions(struct client *client, rd_kafka_topic_t *topic,
                                     int32_t *partitions);

/* Hands one record over, copied. A timestamp of 0 is the wall clock. `headers` may be NULL; they
   are taken over or destroyed. `mark` comes back in the delivery report. */
struct client_record {
    rd_kafka_topic_t *topic;
    int32_t partition;
    struct text key, value; /* absent: null */
    int64_t timestamp_ms;
    rd_kafka_headers_t *headers;
    void *mark;
};
rd_kafka_resp_err_t client_produce(struct client *client, const struct client_record *record);

/* Runs the callbacks that wait (errors, delivery reports) without waiting for more. */
void client_serve(struct client *client);

#endif
