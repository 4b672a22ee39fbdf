#include "store/keys.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static struct key key_finished(struct key key, int length)
{
    assert(length > 0 && length < KEY_BYTES);
    key.length = (uint32_t)length;
    return key;
}

static struct key with_suffix(struct key key, struct text suffix)
{
    assert(key.length + 1 + suffix.length < KEY_BYTES);
    key.bytes[key.length++] = ':';
    memcpy(key.bytes + key.length, suffix.at, suffix.length);
    key.length += suffix.length;
    key.bytes[key.length] = '\0';
    return key;
}

struct key lane_key(int32_t lane, const char *name)
{
    struct key key;
    const int length = snprintf(key.bytes, sizeof key.bytes, "jaga:{%" PRId32 "}:%s", lane, name);
    return key_finished(key, length);
}

struct key lane_key_of(int32_t lane, const char *name, struct text suffix)
{
    return with_suffix(lane_key(lane, name), suffix);
}

struct key lane_bucket_key(int32_t lane, uint64_t bucket)
{
    struct key key;
    const int length =
        snprintf(key.bytes, sizeof key.bytes, "jaga:{%" PRId32 "}:p:%" PRIu64, lane, bucket);
    return key_finished(key, length);
}

struct key lane_pattern(int32_t lane)
{
    return lane_key(lane, "*");
}

struct key changed_key(int32_t lane)
{
    struct key key;
    const int length = snprintf(key.bytes, sizeof key.bytes, "jaga:changed:{%" PRId32 "}", lane);
    return key_finished(key, length);
}

struct key changed_all_key(int32_t lane)
{
    return with_suffix(changed_key(lane), TEXT("all"));
}

struct key changed_employers_key(int32_t lane)
{
    return with_suffix(changed_key(lane), TEXT("employers"));
}

struct key public_key(const char *name)
{
    struct key key;
    const int length = snprintf(key.bytes, sizeof key.bytes, "jaga:{pub}:%s", name);
    return key_finished(key, length);
}

struct key public_key_of(const char *name, struct text suffix)
{
    return with_suffix(public_key(name), suffix);
}
