#include "lane/connect.h"

#include <stdlib.h>

#include "wire/rules_bundle.h"

void connections_of(const struct settings *settings, struct connections *out)
{
    for (size_t i = 0; i < settings->kafka_option_count; i++) {
        out->options[i] = (struct kafka_option){settings->kafka_options[i].name,
                                                settings->kafka_options[i].value};
    }
    out->kafka = (struct kafka_settings){
        .brokers = settings->kafka_brokers,
        .prefix = settings->topic_prefix,
        .group_id = settings->group_id,
        .instance_id = settings->instance_id,
        .options = out->options,
        .option_count = settings->kafka_option_count,
        .input_bytes_max = settings->input_bytes_max,
        .timeout_ms = settings->kafka_timeout_ms,
    };
    out->redis = (struct redis_settings){
        .address = settings->redis_address,
        .username = settings->redis_username,
        .password = settings->redis_password,
        .timeout_ms = settings->redis_timeout_ms,
    };
}

struct error rules_of_settings(const struct settings *settings, struct rules *out)
{
    char *text = NULL;
    size_t length;
    const struct error error =
        rules_bundle_load(settings->rules_dir, DAY_NONE, &text, &length, out, NULL);
    free(text);
    return error;
}
