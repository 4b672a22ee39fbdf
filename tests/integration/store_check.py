"""jaga audit and Redis: what a processor leaves there agrees, at rest and while it works; every field that
somebody changed is named by its key."""
import json
import os
import shutil
import sys

import harness
import wire

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "fault"))
import population  # noqa: E402

LONG_BATCH = "BATCH-" + "x" * 58  # 64 bytes, as long as one may be
FACTS = [
    {"type": "BasePublished", "id": "b1", "source": "/bps", "time": "2024-01-01T00:00:00Z",
     "region": "36.71", "kind": "WORKERS", "year": 2024, "value": 400, "publisher": "BPS"},
    {"type": "BasePublished", "id": "b2", "source": "/bps", "time": "2024-01-01T00:00:00Z",
     "region": "36", "kind": "WORKERS", "year": 2023, "value": 900, "publisher": "BPS, Sakernas"},
    {"type": "BasePublished", "id": "b3", "source": "/bps", "time": "2024-01-01T00:00:00Z",
     "region": "36.74", "kind": "WORKERS", "year": 2024, "value": 5000, "publisher": "BPS"},
    {"type": "BasePublished", "id": "b4", "source": "/bps", "time": "2024-01-01T00:00:00Z",
     "region": "36.74", "kind": "POPULATION", "year": 2024, "value": 4000, "publisher": "BPS"},
    {"type": "BasePublished", "id": "b5", "source": "/bps", "time": "2024-01-01T00:00:00Z",
     "region": "36.74", "kind": "LABOUR_FORCE", "year": 2024, "value": 3000, "publisher": "BPS"},
    {"type": "BatchDeclared", "id": "d1", "source": "/agent/1", "time": "2024-01-02T00:00:00Z",
     "batch_id": LONG_BATCH, "count": 1, "total_idr": 5940},
    {"type": "BatchDeclared", "id": "d2", "source": "/agent/1", "time": "2024-01-02T00:00:00Z",
     "batch_id": "never-sent", "count": 3, "total_idr": 9},
]


def in_batches(events):
    """Contributions in two batches, the first person's in one with the longest id there is."""
    first = wire.person(1000)
    for event in events:
        if event["type"] == "ContributionPaid":
            event = dict(event, batch_id=LONG_BATCH if event["participant_id"] == first else "rest")
        yield event


def independent_workers():
    """Their cover ends with the grace months after what they paid for: rules matter."""
    for number in range(20000, 20010):
        who = wire.person(number)
        yield wire.enrolled(who, "2024-01-02T01:00:00Z", segment="BPU", category="PETANI",
                            sponsor={"kind": "SELF", "ref": None}, wage_idr=1000000,
                            birth_date="1990-01-01")
        yield wire.paid(who, "2024-01-03T01:00:00Z", "2024-01", payer={"kind": "SELF", "ref": None},
                        lines=[{"programme": "JKK", "amount_idr": 10000},
                               {"programme": "JKM", "amount_idr": 6800}])


def send(scenario, events):
    with wire.Wire(scenario) as tool:
        tool.send(list(events))


def fill(scenario, drain=True):
    scenario.init()
    scenario.publish(FACTS)
    events = list(in_batches(population.events(scenario))) + list(independent_workers())
    send(scenario, sorted(events, key=lambda event: wire.micros(event["time"])))
    if drain:
        scenario.drain(JAGA_BATCH_EVENTS_MAX=200)


def audit(scenario, *words, expect=0, **env):
    """The lanes' lines, that of the public keys, the total."""
    done = scenario.run("audit", "--json", *words, expect=expect, **env)
    assert "Sanitizer" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = ["audit"] * scenario.lanes + ["audit_public", "audit_total"]
    assert [line["kind"] for line in lines] == kinds, lines
    return lines[:-2], lines[-2], lines[-1], done


def agrees(scenario, *words, lane_word="compared", public_word="compared", **env):
    lanes, public, total, done = audit(scenario, *words, **env)
    assert [(line["result"], line["redis"]) for line in lanes] == [
        ("agrees", lane_word)] * scenario.lanes, done.stdout
    assert public["result"] == public_word and total["result"] == "agrees", done.stdout
    return lanes


def differs(scenario, key, field, expected=None, found=None):
    """The audit names this key and field, in its lane or for the public keys."""
    lanes, public, total, done = audit(scenario, expect=1)
    said = [line["difference"] for line in lanes + [public] if "difference" in line]
    assert len(said) == 1 and total["result"] == "differs", done.stdout
    what = "field " + field if field else "the key"
    assert (said[0]["topic"], said[0]["what"]) == (key, what), said
    assert said[0]["partition"] == -1 and said[0]["offset"] is None, said
    for name, value in (("expected", expected), ("found", found)):
        assert value is None or said[0][name] == value, (name, value, said)
    return said[0]


class Planted:
    """A change in Redis, undone at the end."""

    def __init__(self, scenario, *keys):
        self.redis = scenario.stack.redis()
        self.before = {key: self.redis("DUMP", key) for key in keys}

    def __enter__(self):
        return self.redis

    def __exit__(self, *_):
        for key, dumped in self.before.items():
            self.redis("DEL", key)
            if dumped is not None:
                self.redis("RESTORE", key, 0, dumped)
        self.redis.close()


def first_key(redis, pattern, wanted=lambda fields: True):
    for key in redis.keys(pattern):
        fields = redis.hash(key)
        if wanted(fields):
            return key.decode(), fields
    raise AssertionError("there is no key like " + pattern)


def changed(scenario, key, field, value, expected=None):
    """A field set to a value (None: removed) is named."""
    with Planted(scenario, key) as redis:
        before = redis("HGET", key, field)
        if value is None:
            redis("HDEL", key, field)
        else:
            redis("HSET", key, field, value)
        differs(scenario, key, field, expected or (before.decode() if before is not None else "(none)"),
                "(none)" if value is None else str(value))


def off_by_one(scenario, key, field):
    redis = scenario.stack.redis()
    value = int(redis("HGET", key, field))
    redis.close()
    changed(scenario, key, field, value + 1)


# ---- What agrees

def test_agrees(scenario):
    fill(scenario)
    agrees(scenario)
    before = scenario.lane_keys()
    agrees(scenario, "--threads", "1")
    assert scenario.lane_keys() == before, "the audit wrote to Redis"
    agrees(scenario, "--until", "1", lane_word="not reached", public_word="not reached")
    redis = scenario.stack.redis()
    assert redis("HGET", "jaga:{pub}:batch:" + LONG_BATCH, "state") == b"MATCHED"
    assert redis("HGET", "jaga:{pub}:batch:never-sent", "state") == b"OPEN"
    assert b"base_quarantined" in redis.hash("jaga:{pub}:region:36.74")
    assert redis("ZCARD", "jaga:{pub}:rank:coverage:regency") > 1
    redis("FLUSHALL")
    redis.close()
    agrees(scenario, lane_word="nothing there", public_word="nothing there")


def test_agrees_while_it_works(scenario):
    """View and copy stand at different sequences, and move while they are read."""
    fill(scenario, drain=False)
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=20, JAGA_VIEW_FLUSH_MS=5)
    scenario.wait_until(process, "lane_ready", times=scenario.lanes)
    done = 0
    for round in range(6):
        send(scenario, wire.story(range(10000 + 100 * round, 10030 + 100 * round)))
        scenario.wait_for("no public keys", lambda: command(scenario, "EXISTS", "jaga:{pub}:meta"))
        lanes = agrees(scenario)
        done = sum(line["events"] for line in lanes)
    assert done > 500, done
    scenario.stop(process)
    agrees(scenario)


def test_agrees_by_the_wall_clock(scenario):
    """When the public keys were written is not in the log; what they show of that day is."""
    scenario.clock = "wall"
    fill(scenario)
    agrees(scenario)
    with Planted(scenario, "jaga:{pub}:meta") as redis:
        day = redis("HGET", "jaga:{pub}:meta", "day").decode()
        redis("HSET", "jaga:{pub}:meta", "as_of", "2024-01-02T17:00:00Z")
        said = audit(scenario, expect=1)[1]["difference"]
        assert said["topic"].startswith("jaga:{pub}:"), said  # another day, other figures
        redis("HSET", "jaga:{pub}:meta", "as_of", day + "T01:00:00Z")
        agrees(scenario)


def shorter_grace(scenario):
    """A folder of rules with a month of grace instead of three."""
    folder = scenario.stack.path("rules-" + scenario.prefix)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(harness.ROOT, "rules"), folder)
    path = os.path.join(folder, "parameters.csv")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("grace-months,GRACE_MONTHS,*,3,", "grace-months,GRACE_MONTHS,*,1,"))
    return folder


def test_rules_nobody_met_yet(scenario):
    """A lane that is opened counts anew under the newest bundle, before any batch does."""
    fill(scenario)
    before = scenario.lane_keys()
    scenario.settings["JAGA_RULES_DIR"] = shorter_grace(scenario)
    scenario.init()
    agrees(scenario)  # the views are still those of the bundle before
    scenario.drain()
    assert scenario.lane_keys() != before, "the new bundle changes no counter"
    agrees(scenario)
    send(scenario, wire.story(range(5000, 5010)))
    scenario.drain()
    agrees(scenario)
    redis = scenario.stack.redis()
    rules = redis("HGET", "jaga:{pub}:meta", "rules").decode()
    redis.close()
    with Planted(scenario, "jaga:{pub}:meta") as redis:
        redis("HSET", "jaga:{pub}:meta", "rules", "0" * 64)
        differs(scenario, "jaga:{pub}:meta", "rules", rules, "0" * 64)


def test_rules_change_while_it_works(scenario):
    """What the views hold is counted anew at once, and nothing of the count before is left there."""
    fill(scenario)
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=20, JAGA_VIEW_FLUSH_MS=5)
    scenario.wait_until(process, "lane_ready", times=scenario.lanes)
    scenario.settings["JAGA_RULES_DIR"] = shorter_grace(scenario)
    scenario.init()
    send(scenario, wire.story(range(5000, 5010)))
    scenario.wait_for("nothing was counted anew", lambda: any(
        b"segment:BPU:2024-03-01" in value for key, value in scenario.lane_keys().items()
        if ":days:" in key), process)
    scenario.stop(process)
    agrees(scenario)


# ---- What does not

def command(scenario, *words):
    redis = scenario.stack.redis()
    try:
        return redis(*words)
    finally:
        redis.close()


def test_counters(scenario):
    fill(scenario)
    redis = scenario.stack.redis()
    region, totals = first_key(redis, "jaga:{0}:region:36.*", lambda fields: b"payments" in fields)
    days, steps = first_key(redis, "jaga:{1}:days:36.*", lambda fields: len(fields) > 3)
    employers, set_of = first_key(redis, "jaga:{0}:employers:36.*", lambda fields: len(fields) > 3)
    employer = sorted(set_of)[1].decode()
    redis.close()
    day = sorted(steps)[1].decode()
    off_by_one(scenario, region, "payments")
    changed(scenario, region, "payments", None)
    changed(scenario, region, "payments", "0" + totals[b"payments"].decode())  # equal as a number only
    changed(scenario, region, "zero", 0)
    off_by_one(scenario, days, day)
    changed(scenario, days, day, None)
    changed(scenario, days, "active:2031-01-01", 1)
    changed(scenario, "jaga:{0}:region:91.01", "payments", 1)
    changed(scenario, "jaga:{0}:counts", "exceptions:PARKED", 77)
    changed(scenario, employers, employer, "2024-02-01/")
    changed(scenario, employers, employer, None)
    changed(scenario, employers, employer, "")
    changed(scenario, employers, "0" * 16, "2024-02-01/2024-02-10")
    changed(scenario, "jaga:{0}:employers:91.01", employer, "2024-02-01/2024-02-10")
    with Planted(scenario, region) as redis:
        redis("DEL", region)
        redis("SET", region, "1")
        differs(scenario, region, "", "(none)", "(a key of another type)")


def test_strange_keys(scenario):
    fill(scenario)
    for key in ("jaga:{0}:region:36.00", "jaga:{1}:region:36.7", "jaga:{0}:days:ID", "jaga:{1}:p:9999",
                "jaga:{0}:employers:36.00", "jaga:{1}:employers",
                "jaga:{1}:p:01", "jaga:{0}:view", "jaga:{pub}:total", "jaga:{pub}:kpis"):
        with Planted(scenario, key) as redis:
            redis("HSET", key, "payments", 1)
            differs(scenario, key, "", "(none)", "(a hash)")
    with Planted(scenario, "jaga:{pub}:region:36.00") as redis:
        redis("HSET", "jaga:{pub}:region:36.00", "payments", 1)
        differs(scenario, "jaga:{pub}:region:36.00", "payments", "(none)", "1")
    agrees(scenario)


def test_participants(scenario):
    fill(scenario)
    bucket = "jaga:{1}:p:1"
    redis = scenario.stack.redis()
    people = redis.hash(bucket)
    meta = redis.hash("jaga:{1}:meta")
    redis.close()
    one, other = sorted(people)[:2]
    assert len(people) == 32

    def planted(field, changes):
        with Planted(scenario, bucket) as redis:
            for name, value in changes.items():
                if value is None:
                    redis("HDEL", bucket, name)
                else:
                    redis("HSET", bucket, name, value)
            return differs(scenario, bucket, field.decode())

    def hex_of(value):
        return value.hex() if value is not None else "(none)"

    flipped = people[one][:-1] + bytes([people[one][-1] ^ 1])
    said = planted(one, {one: flipped})
    assert (said["expected"], said["found"]) == (hex_of(people[one]), hex_of(flipped)), said
    swapped = {one: people[other][:1] + people[one][1:], other: people[one][:1] + people[other][1:]}
    assert people[one][0] != people[other][0] and swapped[one] != people[one]
    said = planted(one, swapped)
    assert (said["expected"], said["found"]) == (hex_of(people[one]), hex_of(swapped[one])), said
    said = planted(one, {one: None})
    assert (said["expected"], said["found"]) == (hex_of(people[one]), "(none)"), said
    said = planted(b"0000000000000001", {"0000000000000001": b"\x05\x01"})
    assert (said["expected"], said["found"]) == ("(none)", "0501"), said
    tallies = "jaga:{1}:tally"
    off_by_one(scenario, tallies, "exceptions:PARKED")
    off_by_one(scenario, tallies, "exceptions_by_source:PARKED:/kpu/36.71")
    changed(scenario, tallies, "exceptions:PARKED", None)
    changed(scenario, tallies, "exceptions:NOTHING", 1)
    count = int(meta[b"participants"])
    changed(scenario, "jaga:{1}:meta", "participants", count - 1)
    changed(scenario, "jaga:{1}:meta", "participants", 2 ** 62)


def test_positions(scenario):
    fill(scenario)
    redis = scenario.stack.redis()
    meta = redis.hash("jaga:{0}:meta")
    redis.close()
    for part in ("copy", "view"):
        changed(scenario, "jaga:{0}:meta", part + "_chain", "00" * 32)
        changed(scenario, "jaga:{0}:meta", part + "_journal_offset", 5)
        changed(scenario, "jaga:{0}:meta", part + "_positions", "1,2,3,4")
        changed(scenario, "jaga:{0}:meta", part + "_now", 1)
        last = int(meta[part.encode() + b"_sequence"])
        changed(scenario, "jaga:{0}:meta", part + "_sequence", last + 1,
                "a whole position, at most %d" % last)
        changed(scenario, "jaga:{0}:meta", part + "_now", None, "a whole position, at most %d" % last)
    with Planted(scenario, "jaga:{0}:meta") as redis:
        redis("HSET", "jaga:{0}:meta", "log_id", "0" * 32)
        done = scenario.run("audit", expect=2)
        assert "Redis holds log 0000" in done.stderr and "--topics-only" in done.stderr, done.stderr
    done = scenario.run("audit", expect=2, JAGA_REDIS_ADDRESS="127.0.0.1:1")
    assert "Redis at 127.0.0.1:1" in done.stderr, done.stderr


def test_public_keys(scenario):
    fill(scenario)
    redis = scenario.stack.redis()
    region = "jaga:{pub}:region:36.71"
    days, steps = first_key(redis, "jaga:{pub}:days:36.*", lambda fields: len(fields) > 3)
    rank = "jaga:{pub}:rank:coverage:regency"
    score = int(redis("ZSCORE", rank, "36.71"))
    meta = redis.hash("jaga:{pub}:meta")
    redis.close()
    off_by_one(scenario, "jaga:{pub}:kpi", "active")
    off_by_one(scenario, "jaga:{pub}:kpi", "payments")
    off_by_one(scenario, region, "base")
    changed(scenario, region, "base_source", "somebody")
    changed(scenario, region, "claims:JKP:APPROVED", 3)
    off_by_one(scenario, days, sorted(steps)[0].decode())
    for code in "36.71", "36", "ID":
        off_by_one(scenario, "jaga:{pub}:days:" + code, "employers:2024-02-01")
    changed(scenario, "jaga:{pub}:bases", "36:WORKERS:2023", None)
    changed(scenario, "jaga:{pub}:exceptions", "PARKED", 1)
    off_by_one(scenario, "jaga:{pub}:exceptions_by_source", "PARKED:/kpu/36.71")
    changed(scenario, "jaga:{pub}:exceptions_by_source", "PARKED:/kpu/36.71", None)
    changed(scenario, "jaga:{pub}:exceptions_by_source", "PARKED:/nobody", 1)
    changed(scenario, "jaga:{pub}:batch_other", "counted", 1)
    changed(scenario, "jaga:{pub}:batch:" + LONG_BATCH, "state", "OPEN", "MATCHED")
    off_by_one(scenario, "jaga:{pub}:batch:never-sent", "declared")
    with Planted(scenario, rank) as redis:
        redis("ZADD", rank, score + 1, "36.71")
        differs(scenario, rank, "36.71", str(score), str(score + 1))
        redis("ZREM", rank, "36.71")
        differs(scenario, rank, "36.71", str(score), "(none)")
    with Planted(scenario, "jaga:{pub}:regions", "jaga:{pub}:batches") as redis:
        redis("SREM", "jaga:{pub}:regions", "36.71")
        differs(scenario, "jaga:{pub}:regions", "36.71", "", "(none)")
        redis("SADD", "jaga:{pub}:regions", "36.71")
        redis("SADD", "jaga:{pub}:batches", "ghost")
        differs(scenario, "jaga:{pub}:batches", "ghost", "(none)", "")
    for field, value in (("day", "2024-01-01"), ("as_of", "2024-01-01T00:00:00.000000Z"), ("lanes", 3),
                         ("log_id", "0" * 32), ("rules", "0" * 64), ("extra", 1)):
        changed(scenario, "jaga:{pub}:meta", field, value)
    changed(scenario, "jaga:{pub}:meta", "updated_at", None, "(a value)")
    changed(scenario, "jaga:{pub}:meta", "sequence:1", int(meta[b"sequence:1"]) + 1)
    agrees(scenario)


def many_sources(lane, first, count):
    """Contributions to memberships nobody enrolled, each of its own source."""
    after = 1000 * first
    for number in range(first, first + count):
        who = wire.person(after + 1, lane=lane)
        after = int(who[2:])
        yield wire.paid(who, wire.at(wire.micros("2024-02-01T00:00:00Z") + number * 1000000), "2024-02",
                        source="/s/%d" % number)


def test_sources_beyond_those_kept_apart(scenario):
    """The first 1,024 of a lane in order of appearance, whether it goes on from its copy or begins anew."""
    scenario.init()
    for first, count in ((0, 1000), (1000, 60)):
        send(scenario, many_sources(0, first, count))
        send(scenario, many_sources(1, first, 30))
        scenario.drain(JAGA_BATCH_EVENTS_MAX=100)
        agrees(scenario)
    send(scenario, [dict(event, id="again-" + event["id"]) for event in many_sources(0, 1020, 10)])
    scenario.drain()
    before = scenario.lane_keys()
    redis = scenario.stack.redis()
    sources = {field.decode(): int(value) for field, value in
               redis.hash("jaga:{pub}:exceptions_by_source").items()}
    expected = {"PARKED:/s/%d" % number: 1 for number in range(1024)}
    expected.update({"PARKED:(other)": 36 + 6})
    for number in range(1020, 1024):
        expected["PARKED:/s/%d" % number] += 1
    for number in [*range(0, 30), *range(1000, 1030)]:
        key = "PARKED:/s/%d" % number
        expected[key] = expected.get(key, 0) + 1
    assert sources == expected, {key: (sources.get(key), expected.get(key)) for key in {*sources, *expected}
                                 if sources.get(key) != expected.get(key)}
    redis("FLUSHALL")
    redis.close()
    scenario.drain()
    assert scenario.lane_keys() == before
    agrees(scenario)


if __name__ == "__main__":
    harness.run([test_agrees, test_agrees_while_it_works, test_agrees_by_the_wall_clock,
                 test_rules_nobody_met_yet, test_rules_change_while_it_works, test_counters,
                 test_strange_keys, test_participants, test_positions, test_public_keys,
                 test_sources_beyond_those_kept_apart],
                "store_check", 18200)
