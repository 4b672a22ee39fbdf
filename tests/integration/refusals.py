"""Every stop, refusal, abort and wait that concerns topics, made to happen on a real Kafka: the message and
the exit code are right, nothing is lost or written wrongly, and nobody spins while waiting."""
import hashlib
import os
import re
import time

import harness
import wire
from wire import Wire

OUTPUTS = ("decision", "payment", "exception", "journal")


def refused(scenario, *texts, words=("process", "--drain"), code=2, **env):
    """The command ends with `code` and its messages hold all the texts."""
    done = scenario.run(*words, expect=code, **env)
    for text in texts:
        assert text in done.stderr, "%r is not in:\n%s" % (text, done.stderr[-3000:])
    return done


def committed(tool, lanes=2):
    """Everything that a reader of the outputs and the journal sees, byte for byte."""
    return {(topic, lane): [(r["offset"], r["key"], r["value"]) for r in tool.read(topic, lane)]
            for topic in OUTPUTS for lane in range(lanes)}


def until(what, holds, process=None, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        gone = process is not None and process.poll() is not None
        if gone or time.monotonic() > end:
            raise AssertionError("this did not come: %s\n%s" % (
                what, "" if process is None else harness.Scenario.said(process)[-3000:]))
        time.sleep(0.1)


def cpu_seconds(process):
    with open("/proc/%d/stat" % process.pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_quiet(process, seconds=2.0, most=0.25):
    """While it waits the process uses at most `most` of a core, sanitizers included."""
    before = cpu_seconds(process)
    time.sleep(seconds)
    used = cpu_seconds(process) - before
    assert used <= most * seconds, "%.2f s of CPU in %.1f s of waiting" % (used, seconds)


def empty_redis(scenario):
    redis = scenario.stack.redis()
    redis("FLUSHALL")
    redis.close()


def redo_agrees(scenario):
    """An emptied Redis, redone from the journal, holds every lane key bit for bit."""
    before = scenario.lane_keys()
    empty_redis(scenario)
    scenario.drain()
    after = scenario.lane_keys()
    assert before == after, [key for key in set(before) | set(after)
                             if before.get(key) != after.get(key)][:5]


def decided(scenario):
    """Approved claims. A claim that came live may have waited for its enrolment before."""
    return sorted(d["claim_id"] for d in scenario.read("decision") if d["verdict"] == "APPROVED")


# ---- Before a lane is touched

def test_nobody_is_there(scenario):
    away = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_KAFKA_TIMEOUT_MS": 1500}
    refused(scenario, "127.0.0.1:1", "is Kafka running?", "--kafka.brokers", words=("process",), **away)
    refused(scenario, "enrollment does not exist", "jaga init", words=("process",))
    refused(scenario, "Redis at 127.0.0.1:1", words=("init",), JAGA_REDIS_ADDRESS="127.0.0.1:1")
    refused(scenario, "Redis at 127.0.0.1:1", words=("process",), JAGA_REDIS_ADDRESS="127.0.0.1:1")
    refused(scenario, "Redis at 127.0.0.1:1", words=("coverage",), JAGA_REDIS_ADDRESS="127.0.0.1:1")


def test_unsafe_redis(scenario):
    scenario.init()
    redis = scenario.stack.redis()
    for name, bad, good in (("maxmemory-policy", "allkeys-lru", "noeviction"),
                            ("appendonly", "no", "yes"), ("aof-load-truncated", "yes", "no")):
        redis("CONFIG", "SET", name, bad)
        try:
            for words in (("process",), ("init",)):
                refused(scenario, "has %s %s" % (name, bad),
                        "run CONFIG SET %s %s" % (name, good), words=words)
        finally:
            redis("CONFIG", "SET", name, good)
    assert redis.keys("*") == []
    redis.close()
    scenario.drain()


def test_wrong_topic_settings(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3)))
        for topic, name, bad in (("claim", "retention.ms", "604800000"),
                                 ("journal", "retention.bytes", "1000000000"),
                                 ("rules", "cleanup.policy", "compact"),
                                 ("contribution", "message.timestamp.type", "LogAppendTime"),
                                 ("decision", "message.timestamp.after.max.ms", "3600000")):
            settings = dict(wire.RIGHT_SETTINGS)
            settings[name] = bad
            tool.ask("alter_topic", topic=tool.topic(topic), settings=settings)
            refused(scenario, "topic %s" % tool.topic(topic), "%s is %s" % (name, bad))
            tool.ask("alter_topic", topic=tool.topic(topic), settings=wire.RIGHT_SETTINGS)
        refused(scenario, "replication is 1 and must be 3", JAGA_DEV="false")
        assert all(records == [] for records in committed(tool).values())
    scenario.drain()
    assert len(decided(scenario)) == 3


def test_more_partitions(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3)))
        scenario.drain()
        before = committed(tool)
        tool.ask("create_partitions", topic=tool.topic("contribution"), total=3)
        refused(scenario, "topic %s: the number of partitions is 3 and must be 2"
                % tool.topic("contribution"))
        for topic in wire.TOPICS:
            if topic not in ("contribution", "reference"):
                tool.ask("create_partitions", topic=tool.topic(topic), total=3)
        refused(scenario, "have 3 partitions", "has 2 lanes", "a migration")
        assert committed(tool) == before


def test_topic_missing(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3)))
        scenario.drain()
        before, redis = committed(tool), scenario.lane_keys()
        tool.ask("delete_topics", topics=[tool.topic("rules")])
        refused(scenario, "topic %s does not exist" % tool.topic("rules"), "jaga init")
        scenario.init()  # which draws another log id
        refused(scenario, "the journal of lane 0 is of another log")
        assert committed(tool) == before and scenario.lane_keys() == redis


# ---- Whose log it is

def test_second_log_record_is_ignored(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        first = tool.read("rules", 0)[0]
        assert first["key"] == b"log", first
        other = first["value"].replace(first["value"][11:43], b"ab" * 16)
        assert other != first["value"] and len(other) == len(first["value"])
        tool.produce("rules", 0, [(b"log", other)])
        tool.send(wire.story(range(3)))
        scenario.drain()
        scenario.init()
        body = tool.journal(0)[-1]["body"]
        assert body["log_id"].hex().encode() == first["value"][11:43]
    assert len(decided(scenario)) == 3


def journal_ends_with(change, *texts):
    """The last journal record of lane 0 is followed by one that differs in `change`."""
    def test(scenario):
        scenario.init()
        with Wire(scenario) as tool:
            tool.send(wire.story(range(4)))
            scenario.drain()
            record = tool.journal(0)[-1]
            record["body"].update(previous=record["chain"], sequence=record["body"]["sequence"] + 1)
            record["body"].update(change)
            tool.produce("journal", 0, [(b"0", wire.journal_value(record))])
            before = committed(tool)
            redis_before = scenario.lane_keys()
            tool.send(wire.story(range(100, 104)))
            refused(scenario, "lane_stopped lane=0", *texts)
            after = committed(tool)
            for topic in OUTPUTS:
                assert after[topic, 0] == before[topic, 0], topic
                assert len(after[topic, 1]) >= len(before[topic, 1])
            keys = scenario.lane_keys()
            for key in redis_before:
                assert "{1}" in key or keys[key] == redis_before[key], key
    return test


def test_journal_of_another_log(scenario):
    journal_ends_with({"log_id": b"\xab" * 16}, "is of another log")(scenario)


def test_journal_of_more_lanes(scenario):
    journal_ends_with({"lanes": 3}, "is of another log", "migration")(scenario)


def test_newer_semantics(scenario):
    journal_ends_with({"semantics": 4}, "semantics 4", "use a newer jaga")(scenario)


def test_older_semantics(scenario):
    journal_ends_with({"semantics": 2}, "semantics 2", "use the jaga that wrote it")(scenario)


# ---- Foreign records and lost ones

def foreign_record(scenario, record_of, *texts):
    """A record is appended to the journal of lane 0 behind the back of the process that owns it."""
    scenario.init()
    zero = wire.story(range(3), lane=0)
    with Wire(scenario) as tool:
        tool.send(zero)
        process = scenario.start("process")
        until("the first events", lambda: applied(tool) == 9, process)
        until("copy", lambda: b"copy_sequence" in scenario.lane_keys().get("jaga:{0}:meta", {}))
        tool.produce("journal", 0, [(b"0", record_of(tool))])
        before = committed(tool)
        tool.send(wire.story(range(100, 103), lane=0) + wire.story(range(200, 203), lane=1))
        scenario.wait_until(process, "lane_stopped lane=0")
        until("lane 1 goes on", lambda: len(tool.read("decision", 1)) > 0)
        scenario.stop(process, expect=2)
        said = scenario.said(process)
        for text in texts:
            assert re.search(text, said), "%r is not in:\n%s" % (text, said[-3000:])
        after = committed(tool)
        for topic in OUTPUTS:
            assert after[topic, 0] == before[topic, 0], topic
        refused(scenario, "lane_stopped lane=0")
        assert committed(tool)["journal", 0] == before["journal", 0]


def test_foreign_record_on_the_journal(scenario):
    foreign_record(scenario, lambda tool: b"somebody else was here",
                   "somebody else writes to this partition", "this is no journal record")


def test_journal_record_written_twice(scenario):
    """The last record of the journal; how many batches the first events took is not ours to say."""
    foreign_record(scenario, lambda tool: tool.read("journal", 0)[-1]["value"],
                   "somebody else writes to this partition", "holds sequence [0-9]+ twice")


def recreate(tool, topic, partitions=2):
    name = tool.topic(topic)
    tool.ask("delete_topics", topics=[name])

    def succeeds(what):
        try:
            what()
            return True
        except AssertionError:
            return False
    until(name + " is made again", lambda: succeeds(lambda: tool.ask(
        "create_topic", topic=name, partitions=partitions, settings=wire.RIGHT_SETTINGS)))
    until(name + " is seen", lambda: succeeds(lambda: tool.read(topic, partitions - 1)))


def test_input_replaced(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(4), lane=0))
        scenario.drain()
        before, redis = committed(tool), scenario.lane_keys()
        records = [(r["key"], r["value"], r["timestamp"]) for r in tool.read("contribution", 0)]
        recreate(tool, "contribution")
        refused(scenario, "lane_stopped lane=0", "replaced or truncated", "contribution")
        other = wire.paid(wire.person(7, lane=0), "2024-02-02T01:00:00Z", "2024-02")
        tool.send([other] * len(records))
        refused(scenario, "input log was replaced or truncated", "contribution, partition 0, offset 3")
        assert committed(tool) == before and scenario.lane_keys() == redis
        recreate(tool, "contribution")
        tool.produce("contribution", 0, records)
        tool.send(wire.story(range(100, 102), lane=0))
        scenario.drain()
        assert len(decided(scenario)) == 6
    redo_agrees(scenario)


def test_input_replaced_in_part(scenario):
    """The last record is the right one; one before it is another, or is gone: only redo can tell."""
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(4), lane=0))
        scenario.drain(JAGA_BATCH_EVENTS_MAX=1)
        before = committed(tool)
        records = [(r["key"], r["value"], r["timestamp"]) for r in tool.read("enrollment", 0)]
        assert len(records) == 4, records
        recreate(tool, "enrollment")
        tool.produce("enrollment", 0, [records[0], records[0], records[2], records[3]])
        empty_redis(scenario)
        refused(scenario, "replay disagrees at lane 0, sequence 2")
        recreate(tool, "enrollment")
        tool.produce("enrollment", 0, records[:1])
        tool.ask("begin", id="upstream")
        tool.produce("enrollment", 0, records[1:2])
        tool.ask("abort")
        tool.produce("enrollment", 0, records[3:])
        empty_redis(scenario)
        refused(scenario, "the journal says that the record at offset 1 was taken, and it is not there")
        assert committed(tool) == before
        assert scenario.lane_keys().get("jaga:{0}:meta") is None
        recreate(tool, "enrollment")
        tool.produce("enrollment", 0, records)
        scenario.drain()
        assert committed(tool) == before


def test_records_removed(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(4), lane=0))
        scenario.drain(JAGA_BATCH_EVENTS_MAX=2)
        before = committed(tool)
        tool.ask("delete_records", topic=tool.topic("enrollment"), partition=0, before=2)
        scenario.drain()  # the copy holds what they did
        redis = scenario.lane_keys()
        empty_redis(scenario)
        refused(scenario, "lane_stopped lane=0", "enrollment", "truncated")
        assert committed(tool) == before
        assert scenario.lane_keys().get("jaga:{0}:meta") is None and redis
        tool.ask("delete_records", topic=tool.topic("journal"), partition=0, before=2)
        refused(scenario, "lane_stopped lane=0", "The journal is kept for ever")
        assert committed(tool)["decision", 0] == before["decision", 0]


# ---- Outputs that are refused

BAD = b"\0\0\0\0\1" + hashlib.shake_256(b"nothing that could be compressed").digest(2000)


def test_output_over_its_maximum(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3), lane=0))
        tool.produce("contribution", 0, [(b"x", BAD)])
        tool.send(wire.story(range(100, 103), lane=0))
        small = dict(wire.RIGHT_SETTINGS)
        small["max.message.bytes"] = "700"
        tool.ask("alter_topic", topic=tool.topic("exception"), settings=small)
        refused(scenario, "lane_stopped lane=0", "an output of lane 0 is refused", "max.message.bytes")
        assert all(records == [] for records in committed(tool).values())
        tool.ask("alter_topic", topic=tool.topic("exception"), settings=wire.RIGHT_SETTINGS)
        scenario.drain()
        assert len(decided(scenario)) == 6
        assert [e["code"] for e in scenario.read("exception")] == ["MALFORMED"]
        journal = [r["body"] for r in tool.journal(0)]
        assert [b["sequence"] for b in journal] == [1] and journal[0]["exceptions"] == 1
    redo_agrees(scenario)


def test_produce_call_refused(scenario):
    """The client's own limit: the call itself is refused, in the middle of the batch."""
    path = os.path.join(scenario.stack.env["JAGA_STACK_DIR"], "small.conf")
    with open(path, "w") as file:
        file.write("kafka {\n message.max.bytes = 1000\n}\n")
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3), lane=0))
        tool.produce("claim", 0, [(b"x", BAD)])
        tool.send(wire.story(range(100, 103), lane=0))
        refused(scenario, "lane_stopped lane=0", "an output of lane 0 is refused", JAGA_CONFIG=path)
        assert all(records == [] for records in committed(tool).values())
        scenario.drain()
        assert len(decided(scenario)) == 6 and len(scenario.read("exception")) == 1


def attempt_fails_at(label):
    """The attempt is aborted and the same bytes are sent again."""
    def test(scenario):
        scenario.init()
        with Wire(scenario) as tool:
            tool.send(wire.story(range(6), lane=0))
            done = scenario.drain(JAGA_FAULT=label, JAGA_FAULT_ACTION="fail",
                                  JAGA_BATCH_EVENTS_MAX=16)
            assert "fault " + label.split(":")[0] in done.stderr, done.stderr
            assert "lane_reopens" not in done.stderr, done.stderr
            assert len(tool.read("decision", 0)) == 6
            if label.startswith("produced"):
                assert len(tool.read("decision", 0, uncommitted=True)) > 6, "nothing was aborted"
            sequences = [r["body"]["sequence"] for r in tool.journal(0)]
            assert sequences == list(range(1, len(sequences) + 1)), sequences
        redo_agrees(scenario)
    return test


def test_attempt_refused_in_the_middle(scenario):
    attempt_fails_at("refuse:3")(scenario)


def test_attempt_not_delivered(scenario):
    attempt_fails_at("produced:2")(scenario)


# ---- Waiting

def upstream_transaction(ending):
    def test(scenario):
        scenario.init()
        with Wire(scenario) as tool:
            tool.send(wire.story(range(2), lane=0))
            tool.ask("begin", id="upstream")
            tool.send(wire.story(range(50, 52), lane=0))
            with Wire(scenario) as other:  # behind the open transaction, in the same partitions
                other.send(wire.story(range(100, 102), lane=0))
            process = scenario.start("process")
            until("what lies before it", lambda: len(tool.read("payment", 0)) == 2, process)
            is_quiet(process)
            assert len(tool.read("payment", 0)) == 2
            tool.ask(ending)
            count = 4 if ending == "abort" else 6
            until("what lies behind it", lambda: len(tool.read("payment", 0)) == count, process)
            scenario.stop(process)
            assert len(decided(scenario)) == count
        redo_agrees(scenario)
    return test


def test_upstream_transaction_aborted(scenario):
    upstream_transaction("abort")(scenario)


def test_upstream_transaction_committed(scenario):
    upstream_transaction("commit")(scenario)


def with_extra(topic, name="note_of_newer_publisher"):
    """The schema of a newer publisher: one more field in the envelope and one in the body."""
    schema = wire.Schema(wire.schema_text(topic))
    more = {"name": name, "type": ["null", {"type": "map", "values": "string"}], "default": None}
    schema.root["fields"].insert(1, more)
    schema.root["fields"][-1]["type"][0]["fields"].append(
        {"name": name, "type": "string", "default": "x"})
    return wire.Schema(schema.root)


def send_with(tool, event, schema, schema_id):
    key = event["participant_id"]
    tool.produce(wire.TOPIC_OF_TYPE[event["type"]], wire.partition_of(key, tool.scenario.lanes), [
        (key.encode(), wire.value_of(event, schema, schema_id), wire.micros(event["time"]) // 1000)])


def publish_schema(tool, schema, schema_id):
    tool.produce("schema", 0, [(b"%d" % schema_id, schema.text.encode())])


def applied(tool, lane=0):
    return sum(r["body"]["applied"] for r in tool.journal(lane))


def test_event_ahead_of_its_schema(scenario):
    scenario.init()
    schema = with_extra("enrollment")
    who = [wire.person(n, lane=0) for n in (0, 100, 200, 300, 400)]
    event = [wire.enrolled(p, "2024-02-0%dT01:00:00Z" % (i + 1)) for i, p in enumerate(who)]
    with Wire(scenario) as tool:
        process = scenario.start("process", JAGA_SCHEMA_WAIT_MS=6000)
        scenario.wait_until(process, "lane_ready lane=0")
        send_with(tool, event[0], schema, 900)
        scenario.wait_until(process, "schema_wanted lane=0 schema=900")
        is_quiet(process)
        assert tool.read("journal", 0) == []
        publish_schema(tool, schema, 900)
        until("the event is applied", lambda: applied(tool) == 1, process)

        begun = time.monotonic()
        send_with(tool, event[1], schema, 901)
        until("UNKNOWN_SCHEMA", lambda: len(tool.read("exception", 0)) == 1)
        assert time.monotonic() - begun > 5.5, "it did not wait"
        begun = time.monotonic()
        send_with(tool, event[2], schema, 901)
        until("UNKNOWN_SCHEMA", lambda: len(tool.read("exception", 0)) == 2)
        assert time.monotonic() - begun < 4, "it waited twice for one id"
        for exception in scenario.read("exception"):
            assert (exception["code"], exception["detail"]) == ("UNKNOWN_SCHEMA", "schema=901")

        publish_schema(tool, schema, 901)  # late, but from now on its events are good
        time.sleep(1.2)
        send_with(tool, event[2], schema, 901)
        until("the event sent again is applied", lambda: applied(tool) == 2)

        send_with(tool, event[3], schema, 903)
        scenario.wait_until(process, "schema_wanted lane=0 schema=903")
        scenario.stop(process)  # the wait is not over: nothing is rejected
        assert len(tool.read("exception", 0)) == 2
        publish_schema(tool, schema, 903)
        scenario.drain()
        assert applied(tool) == 3 and len(tool.read("exception", 0)) == 2
    redo_agrees(scenario)


def test_schemas_of_newer_publishers(scenario):
    scenario.init()
    newer = with_extra("enrollment")
    symbol = wire.Schema(wire.schema_text("enrollment").replace('"NPHD"', '"NPHD", "BAITULMAL"'))
    who = [wire.person(n, lane=0) for n in (0, 100, 200)]
    with Wire(scenario) as tool:
        publish_schema(tool, newer, 700)
        publish_schema(tool, symbol, 701)
        tool.produce("schema", 0, [(b"702", b"{this is no schema"), (b"seven", b"{}"), (None, b"x")])
        send_with(tool, wire.enrolled(who[0], "2024-02-01T01:00:00Z"), newer, 700)
        send_with(tool, wire.enrolled(who[1], "2024-02-01T01:00:00Z"), symbol, 701)
        send_with(tool, wire.enrolled(who[2], "2024-02-01T01:00:00Z",
                                      sponsor={"kind": "BAITULMAL", "ref": None}), symbol, 701)
        scenario.drain()
        assert applied(tool) == 2
        exception, = scenario.read("exception")
        assert exception["code"] == "INVALID_FIELD" and exception["participant_id"] == who[2]
        assert exception["detail"].startswith("field=sponsor.kind"), exception["detail"]
    redo_agrees(scenario)


def test_broker_goes_and_comes_back(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3)))
        process = scenario.start("process")
        until("the first decisions", lambda: len(decided(scenario)) == 3)
    scenario.stack.command("stop", "kafka")
    is_quiet(process, 3.0)
    assert process.poll() is None, scenario.said(process)
    scenario.stack.command("start", "kafka")
    with Wire(scenario) as tool:
        tool.send(wire.story(range(100, 103)))
        until("the next decisions", lambda: len(decided(scenario)) == 6, process, 60)
        # The group may have given the process up meanwhile: then its lanes write no more until they are
        # opened anew, and a stop in between leaves Redis behind.
        until("Redis is up to date", lambda: wire.is_shown(scenario), process, 60)
    scenario.stop(process)
    redo_agrees(scenario)


TESTS = [
    test_nobody_is_there, test_unsafe_redis, test_wrong_topic_settings, test_more_partitions,
    test_topic_missing, test_second_log_record_is_ignored, test_journal_of_another_log,
    test_journal_of_more_lanes, test_newer_semantics, test_older_semantics,
    test_foreign_record_on_the_journal,
    test_journal_record_written_twice, test_input_replaced, test_input_replaced_in_part,
    test_records_removed, test_output_over_its_maximum, test_produce_call_refused,
    test_attempt_refused_in_the_middle, test_attempt_not_delivered,
    test_upstream_transaction_aborted, test_upstream_transaction_committed,
    test_event_ahead_of_its_schema, test_schemas_of_newer_publishers,
    test_broker_goes_and_comes_back,
]

if __name__ == "__main__":
    harness.run(TESTS, "refusals", 19700)
