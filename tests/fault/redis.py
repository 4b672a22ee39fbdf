"""Whatever happens to Redis, it ends with what the journal says, bit for bit: restored from an earlier copy,
emptied, damaged, torn, away or hanging; and a Redis that is not of this log is refused."""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402
import wire  # noqa: E402

LIVE = {"JAGA_BATCH_EVENTS_MAX": 50, "JAGA_VIEW_FLUSH_MS": 20}


# ---- What the tests do

def people(numbers, lane=None, **changes):
    return [dict(event, **changes) for event in wire.story(numbers, lane)]


def send(scenario, events):
    with wire.Wire(scenario) as tool:
        tool.send(events)


def decided(scenario):
    return len(scenario.read("decision"))


def wait_decided(scenario, count, process=None, seconds=30):
    scenario.wait_for("there are not %d decisions" % count, lambda: decided(scenario) >= count,
                      process, seconds)


def meta(scenario, lane):
    redis = scenario.stack.redis()
    try:
        return redis.hash("jaga:{%d}:meta" % lane)
    except RuntimeError:  # a key of another type
        return {}
    finally:
        redis.close()


def tail(scenario, lane):
    with wire.Wire(scenario) as tool:
        return tool.journal(lane)[-1]["body"]["sequence"]


def is_shown(scenario):
    """Redis holds view and copy at the end of the journal, in every lane."""
    for lane in range(scenario.lanes):
        found, last = meta(scenario, lane), b"%d" % tail(scenario, lane)
        if found.get(b"view_sequence") != last or found.get(b"copy_sequence") != last:
            return False
    return True


def wait_shown(scenario, process=None, seconds=30):
    scenario.wait_for("Redis does not follow the journal", lambda: is_shown(scenario), process, seconds)


def stopped_agrees(scenario, process):
    """The process ends cleanly, and an emptied Redis, redone, holds what it left."""
    scenario.stop(process)
    population.redo_agrees(scenario)


def live(scenario, numbers=range(10), **env):
    """A running process that has decided and shown the claims of some people."""
    scenario.init()
    send(scenario, people(numbers))
    process = scenario.start("process", **dict(LIVE, **env))
    scenario.wait_until(process, "lane_ready", times=scenario.lanes)
    wait_decided(scenario, len(numbers), process)
    wait_shown(scenario, process)
    return process


def drained(scenario, numbers=range(10)):
    """Some people decided and shown, and nobody running."""
    scenario.init()
    send(scenario, people(numbers))
    scenario.drain(**LIVE)
    assert decided(scenario) == len(numbers)
    return scenario.lane_keys()


def command(scenario, *words):
    redis = scenario.stack.redis()
    try:
        return redis(*words)
    finally:
        redis.close()


def refused(scenario, *texts):
    """The processor stops both lanes with exit code 2, says why, and leaves the keys as they were."""
    before = scenario.lane_keys()
    done = scenario.drain(expect=2)
    for text in ("Redis is not of this log", "empty this one") + texts:
        assert text in done.stderr, "%r is not in:\n%s" % (text, done.stderr[-3000:])
    assert done.stderr.count("lane_stopped") == scenario.lanes, done.stderr
    population.same_keys(before, scenario.lane_keys())


# ---- Restored from an earlier copy

def test_restored_from_an_earlier_copy(scenario):
    drained(scenario)
    scenario.stack.save("redis", "earlier")
    send(scenario, people(range(100, 120)))
    scenario.drain(**LIVE)
    whole = scenario.lane_keys()
    scenario.stack.restore("redis", "earlier")
    assert scenario.lane_keys() != whole
    said = scenario.drain(**LIVE).stderr
    assert said.count("redo_begins") == 2 and "from=1 " not in said, said
    population.same_keys(whole, scenario.lane_keys())
    population.redo_agrees(scenario)


def test_restored_under_a_running_process(scenario):
    process = live(scenario)
    scenario.stack.save("redis", "earlier")
    scenario.wait_until(process, "redis_back", times=2)
    send(scenario, people(range(100, 120)))
    wait_decided(scenario, 30, process)
    wait_shown(scenario, process)
    scenario.stack.restore("redis", "earlier")
    scenario.wait_until(process, "redo_begins", times=2)  # without any new event
    wait_shown(scenario, process)
    send(scenario, people(range(200, 210)))
    wait_decided(scenario, 40, process)
    stopped_agrees(scenario, process)


# ---- Emptied

def test_emptied_under_an_idle_process(scenario):
    process = live(scenario)
    before = scenario.lane_keys()
    population.empty_redis(scenario)
    scenario.wait_for("the lanes are not filled again", lambda: scenario.lane_keys() == before, process)
    scenario.wait_for("the public figures do not come back",
                      lambda: command(scenario, "EXISTS", "jaga:{pub}:kpi"), process)
    assert "redo_begins lane=0 from=1 " in scenario.said(process), scenario.said(process)
    stopped_agrees(scenario, process)


def test_emptied_under_load(scenario):
    process = live(scenario, JAGA_BATCH_EVENTS_MAX=1)
    send(scenario, people(range(100, 140)))
    scenario.wait_for("no more decisions", lambda: decided(scenario) > 10, process)
    population.empty_redis(scenario)
    wait_decided(scenario, 50, process)
    wait_shown(scenario, process)
    stopped_agrees(scenario, process)


def test_leftovers_without_meta(scenario):
    """No meta means empty, whatever else lies there."""
    whole = drained(scenario)
    redis = scenario.stack.redis()
    redis("DEL", "jaga:{0}:meta")
    redis("HSET", "jaga:{0}:p:999", "stranger", "bytes")
    redis("SET", "jaga:{0}:region:99.99", "no hash")
    redis("HSET", "jaga:{0}:tally", "stranger", "1")
    redis.close()
    said = scenario.drain().stderr
    assert "redo_begins lane=0 from=1 " in said and "redo_begins lane=1" not in said, said
    population.same_keys(whole, scenario.lane_keys())


# ---- Damaged

def plant(scenario, key):
    """A key of the wrong type where the lane writes a hash."""
    command(scenario, "DEL", key)
    command(scenario, "SET", key, "no hash")


def damaged_while_running(key):
    """An error inside EXEC: the other writes of that transaction took effect. All is written anew."""
    def test(scenario):
        process = live(scenario)
        who = wire.person(0, lane=0)
        plant(scenario, key)
        send(scenario, [wire.paid(who, "2024-02-13T01:00:00Z", "2024-03"),
                        dict(wire.enrolled(who, "2024-02-13T02:00:00Z", event="bad"), category="NOBODY")])
        scenario.wait_until(process, "store_damaged lane=0")
        scenario.wait_for("the key stays what it is",
                          lambda: command(scenario, "TYPE", key) == b"hash", process)
        wait_shown(scenario, process)
        assert "lane_reopens" not in scenario.said(process), scenario.said(process)
        assert scenario.said(process).count("store_damaged") == 1, scenario.said(process)
        stopped_agrees(scenario, process)
    return test


def test_participants_damaged_while_running(scenario):
    damaged_while_running("jaga:{0}:p:0")(scenario)


def test_counters_damaged_while_running(scenario):
    damaged_while_running("jaga:{0}:region:36.71")(scenario)


def test_tallies_damaged_while_running(scenario):
    damaged_while_running("jaga:{0}:tally")(scenario)


def test_public_key_damaged_while_running(scenario):
    process = live(scenario)
    plant(scenario, "jaga:{pub}:kpi")
    send(scenario, people(range(100, 110)))
    scenario.wait_for("the key stays what it is",
                      lambda: command(scenario, "TYPE", "jaga:{pub}:kpi") == b"hash", process)
    wait_decided(scenario, 20, process)
    scenario.stop(process)
    before = scenario.coverage()
    assert before
    population.redo_agrees(scenario)
    assert scenario.coverage() == before


def test_meta_damaged_while_running(scenario):
    process = live(scenario)
    plant(scenario, "jaga:{0}:meta")
    scenario.wait_until(process, "lane_reopens lane=0")
    wait_shown(scenario, process)
    stopped_agrees(scenario, process)


def flip(scenario, key, at=-1):
    redis = scenario.stack.redis()
    field, value = sorted(redis.hash(key).items())[0]
    redis("HSET", key, field, value[:at] + bytes([value[at] ^ 1]) + value[at:][1:])
    redis.close()


def damaged_before_start(damage, dropped):
    """The lane comes back bit for bit; `dropped`: because the copy was seen to be wrong."""
    def test(scenario):
        whole = drained(scenario, range(40))
        damage(scenario)
        assert scenario.lane_keys() != whole
        said = scenario.drain().stderr
        assert ("copy_dropped lane=0" in said) == dropped, said
        assert ("redo_begins lane=0 from=1 " in said) == dropped, said
        assert "copy_dropped lane=1" not in said and "lane_reopens" not in said, said
        population.same_keys(whole, scenario.lane_keys())
    return test


def test_participant_bytes_flipped(scenario):
    damaged_before_start(lambda s: flip(s, "jaga:{0}:p:0"), True)(scenario)


def test_participant_number_flipped(scenario):
    damaged_before_start(lambda s: flip(s, "jaga:{0}:p:0", 0), True)(scenario)


def test_participant_gone(scenario):
    def damage(s):
        command(s, "HDEL", "jaga:{0}:p:0", sorted(s.lane_keys()["jaga:{0}:p:0"])[0])
    damaged_before_start(damage, True)(scenario)


def test_participants_of_wrong_type(scenario):
    damaged_before_start(lambda s: plant(s, "jaga:{0}:p:0"), True)(scenario)


def test_tally_changed(scenario):
    def damage(s):
        command(s, "HSET", "jaga:{0}:tally", sorted(s.lane_keys()["jaga:{0}:tally"])[0], "77")
    damaged_before_start(damage, True)(scenario)


def test_counters_damaged_before_start(scenario):
    """The view is written anew at every opening; the copy is good."""
    def damage(s):
        plant(s, "jaga:{0}:region:36.71")
        command(s, "HSET", "jaga:{0}:days:36.71", "active:2024-02-01", "77")
    damaged_before_start(damage, False)(scenario)


# ---- Not of this log

def test_of_another_log(scenario):
    drained(scenario)
    other = harness.Scenario(scenario.stack, scenario.prefix + "b", empty=False)
    other.init()
    send(other, people(range(5)))
    refused(other, "Redis holds log")
    population.empty_redis(other)
    other.drain()
    assert decided(other) == 5


def place_of_copy_is_wrong(offset):
    def test(scenario):
        drained(scenario)
        for lane in range(2):
            command(scenario, "HSET", "jaga:{%d}:meta" % lane, "copy_journal_offset", offset)
        refused(scenario, "its chain is not the journal's")
    return test


def test_place_of_copy_outside_the_journal(scenario):
    place_of_copy_is_wrong(1000000)(scenario)


def test_place_of_copy_is_no_record(scenario):
    place_of_copy_is_wrong(1)(scenario)


def test_kafka_restored_from_an_older_copy(scenario):
    """Redis is then ahead of the journal, and after the log went on another way the chain differs."""
    drained(scenario, range(5))
    scenario.stack.save("kafka", "older")
    send(scenario, people(range(100, 110)))
    scenario.drain(JAGA_BATCH_EVENTS_MAX=10)
    scenario.stack.restore("kafka", "older")
    refused(scenario, "it is ahead of the journal")
    scenario.stack.save("redis", "ahead")
    population.empty_redis(scenario)
    send(scenario, people(range(200, 230)))
    scenario.drain(JAGA_BATCH_EVENTS_MAX=5)
    assert decided(scenario) == 35
    scenario.stack.restore("redis", "ahead")
    refused(scenario, "its chain is not the journal's")


# ---- Away

def test_stopped_while_running(scenario):
    process = live(scenario)
    scenario.stack.command("stop", "redis")
    send(scenario, people(range(100, 110)))
    wait_decided(scenario, 20, process)
    scenario.wait_until(process, "WARN redis_away", times=2)
    done = scenario.run("status", expect=2)
    assert "Redis at 127.0.0.1" in done.stderr, done.stderr
    scenario.stack.command("start", "redis")
    scenario.wait_until(process, "redis_back", times=2)
    wait_shown(scenario, process)
    assert "lane_reopens" not in scenario.said(process), scenario.said(process)
    assert scenario.said(process).count("WARN redis_away") == 2, scenario.said(process)
    stopped_agrees(scenario, process)


def age_ms(scenario):
    updated_at = command(scenario, "HGET", "jaga:{pub}:meta", "updated_at").decode()
    return time.time() * 1000 - wire.micros(updated_at) / 1000


def told_age_ms(scenario):
    for line in scenario.run("status", "--json").stdout.splitlines():
        status = json.loads(line)
        if status["kind"] == "public":
            return status["updated_ms_ago"]
    raise AssertionError("no freshness in the status")


def test_freshness_grows(scenario):
    """What Redis shows grows old while nobody writes it, and is fresh again afterwards."""
    process = live(scenario)
    scenario.wait_for("the status is not good",
                      lambda: scenario.run("status", expect=None).returncode == 0, process)
    process.send_signal(signal.SIGSTOP)
    scenario.wait_for("the age does not grow", lambda: age_ms(scenario) > 1500, process)
    assert told_age_ms(scenario) > 1500
    process.send_signal(signal.SIGCONT)
    send(scenario, people(range(100, 101)))
    scenario.wait_for("the age stays", lambda: age_ms(scenario) < 1000, process)
    scenario.stop(process)


def test_hangs_while_running(scenario):
    """A server that takes commands and answers none: what it does when it wakes up changes nothing."""
    process = live(scenario, JAGA_REDIS_TIMEOUT_MS=300)
    pid = scenario.stack.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    try:
        send(scenario, people(range(100, 110)))
        wait_decided(scenario, 20, process)
        scenario.wait_until(process, "redis_away", times=2)
    finally:
        os.kill(pid, signal.SIGCONT)
    scenario.wait_until(process, "redis_back", times=2)
    send(scenario, people(range(200, 205)))
    wait_decided(scenario, 25, process)
    wait_shown(scenario, process)
    stopped_agrees(scenario, process)


def test_stop_while_redis_is_away(scenario):
    process = live(scenario)
    scenario.stack.command("stop", "redis")
    send(scenario, people(range(100, 110)))
    wait_decided(scenario, 20, process)
    scenario.stop(process, seconds=20)
    scenario.stack.command("start", "redis")
    scenario.drain()
    population.redo_agrees(scenario)


def away_at_open(scenario):
    """Two processes with a lane each; Redis goes, one process ends, the other is given its lane."""
    scenario.init()
    send(scenario, people(range(10)))
    first, second = scenario.start("process", **LIVE), scenario.start("process", **LIVE)
    for process in (first, second):
        scenario.wait_until(process, "lane_ready")
    wait_decided(scenario, 10)
    wait_shown(scenario)
    scenario.stack.command("stop", "redis")
    before = scenario.said(second).count("lane_ready")
    scenario.stop(first)
    scenario.wait_until(second, "lane_reopens")
    assert "redis_away" in scenario.said(second), scenario.said(second)
    return second, before


def test_away_at_open(scenario):
    process, ready = away_at_open(scenario)
    send(scenario, people(range(100, 120)))
    scenario.wait_until(process, "code=redis_away", times=3)
    assert decided(scenario) < 30, "a lane works that was not opened"
    scenario.stack.command("start", "redis")
    wait_decided(scenario, 30, process)
    wait_shown(scenario, process)
    assert scenario.said(process).count("lane_ready") == ready + 1, scenario.said(process)
    assert "redo_begins" not in scenario.said(process), scenario.said(process)
    stopped_agrees(scenario, process)


def test_stop_while_waiting_at_open(scenario):
    process, _ = away_at_open(scenario)
    scenario.stop(process, seconds=10)
    scenario.stack.command("start", "redis")
    scenario.drain()
    population.redo_agrees(scenario)


# ---- Torn

def test_torn_append_only_file(scenario):
    drained(scenario)
    folder = scenario.stack.path("redis", "appendonlydir")
    part, = [name for name in os.listdir(folder) if name.endswith(".incr.aof")]
    part = os.path.join(folder, part)
    earlier = os.path.getsize(part)
    send(scenario, people(range(100, 130)))
    scenario.drain(**LIVE)
    whole = scenario.lane_keys()
    scenario.stack.command("stop", "redis")
    os.truncate(part, (earlier + os.path.getsize(part)) // 2)
    try:
        scenario.stack.command("start", "redis")
        raise AssertionError("Redis starts on a torn file")
    except RuntimeError as refusal:
        assert "redis did not start" in str(refusal), refusal
    manifest, = [name for name in os.listdir(folder) if name.endswith(".manifest")]
    subprocess.run(["redis-check-aof", "--fix", os.path.join(folder, manifest)], input="y\n",
                   text=True, capture_output=True, check=True)
    scenario.stack.command("start", "redis")
    assert scenario.lane_keys() != whole
    scenario.drain()
    population.same_keys(whole, scenario.lane_keys())
    population.redo_agrees(scenario)


TESTS = [test for name, test in list(globals().items()) if name.startswith("test_")]
# A Kafka with few topics stops and starts sooner.
TESTS.sort(key=lambda test: test is not test_kafka_restored_from_an_older_copy)

if __name__ == "__main__":
    harness.run(TESTS, "redis", 19400)
