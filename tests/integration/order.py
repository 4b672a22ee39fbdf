"""The order in which a lane works: the merge of the four topics by time, timers, clocks, and that all of it
can be done again from the journal, bit for bit."""
import base64
import datetime
import hashlib
import json
import os
import random
import signal
import struct
import threading
import time

import harness
import wire
from wire import Wire

DAY_US = 24 * 60 * 60 * 1000000
UNREADABLE = b"\1 this is no event"


def redo_agrees(scenario, **env):
    before = scenario.lane_keys()
    redis = scenario.stack.redis()
    redis("FLUSHALL")
    redis.close()
    scenario.drain(**env)
    after = scenario.lane_keys()
    assert before == after, [key for key in set(before) | set(after)
                             if before.get(key) != after.get(key)][:5]


def bodies(tool, lane=0):
    return [record["body"] for record in tool.journal(lane)]


def total(tool, name, lanes=2):
    return sum(body[name] for lane in range(lanes) for body in bodies(tool, lane))


# ---- The merge, done again by other means

def input_bytes(topic, record):
    """A record as it goes into the digests of the journal."""
    key, value = record["key"] or b"", record["value"] or b""
    return (struct.pack("<IQQ", topic, record["offset"], record["timestamp"]) +
            struct.pack("<I", len(key)) + key + struct.pack("<I", len(value)) + value)


def place_in_time(record):
    """None: it cannot be read and goes at once. `time` is the first field of every event."""
    value = record["value"]
    return wire.long_from(value[5:])[0] if value[:1] == b"\0" else None


def merged(ranges, topics):
    """The records inside the ranges in the order of the contract."""
    heads = [[r for r in records if span["first"] <= r["offset"] < span["next"]]
             for span, records in zip(ranges, topics)]
    while any(heads):
        at_hand = [topic for topic in range(4) if heads[topic]]
        at_once = [topic for topic in at_hand if place_in_time(heads[topic][0]) is None]
        best = at_once[0] if at_once else min(
            at_hand, key=lambda topic: (place_in_time(heads[topic][0]), topic))
        yield best, heads[best].pop(0)


def order_is_the_merge(tool, lane=0):
    topics = [tool.read(topic, lane) for topic in wire.INPUTS]
    position = [0, 0, 0, 0]
    for body in bodies(tool, lane):
        assert [span["first"] for span in body["ranges"]] == position, body["ranges"]
        position = [span["next"] for span in body["ranges"]]
        digest, counts = hashlib.blake2b(digest_size=32), [0, 0, 0, 0]
        for topic, record in merged(body["ranges"], topics):
            digest.update(input_bytes(topic, record))
            counts[topic] += 1
        assert counts == [span["count"] for span in body["ranges"]], (counts, body["ranges"])
        assert digest.digest() == body["inputs_digest"], "sequence %d" % body["sequence"]
    assert position == [len(records) for records in topics], (position, [len(r) for r in topics])


def feed(scenario, seed):
    """People's events in small steps, topic by topic, each topic in order but for some older times."""
    chance = random.Random(seed)
    waiting = {topic: [] for topic in wire.INPUTS[:3]}
    for event in wire.story(range(0, 400, 4), lane=0):
        minutes = chance.randrange(60 * 24)
        late = wire.micros(event["time"]) + minutes * 60000000
        waiting[wire.TOPIC_OF_TYPE[event["type"]]].append(
            (late, dict(event, time=wire.at(late))))
    for events in waiting.values():
        events.sort(key=lambda pair: pair[0])
        for _ in range(8):  # an older time arrives late
            at = chance.randrange(len(events) - 1)
            events.append(events.pop(at))
    with Wire(scenario) as tool:
        while any(waiting.values()):
            topic = chance.choice([name for name in waiting if waiting[name]])
            count = chance.randrange(1, 9)
            records = [(event["participant_id"].encode(), wire.value_of(event), time_us // 1000)
                       for time_us, event in waiting[topic][:count]]
            del waiting[topic][:count]
            if chance.random() < 0.1:
                records.insert(chance.randrange(len(records)), (b"x", UNREADABLE, 1706000000000))
            tool.produce(topic, 0, records)
            if chance.random() < 0.2:
                time.sleep(chance.random() * 0.1)


def test_topics_that_come_as_they_like(scenario):
    """Live, in batches of 20 at most, fetched in small pieces: what was taken is the merge of the ranges, and redo
    agrees with it."""
    scenario.init()
    scenario.kafka_options(fetch_message_max_bytes="1500")
    feeder = threading.Thread(target=feed, args=(scenario, 11))
    feeder.start()
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=20, JAGA_BATCH_WAIT_MS=15)
    feeder.join(120)
    with Wire(scenario) as tool:
        ends = [len(tool.read(topic, 0)) for topic in wire.INPUTS]
        scenario.wait_for("not everything was taken", lambda: bodies(tool) and ends == [
            span["next"] for span in bodies(tool)[-1]["ranges"]], process)
        scenario.stop(process)
        assert len(bodies(tool)) > 8, len(bodies(tool))
        order_is_the_merge(tool)
    redo_agrees(scenario)


def test_older_time_in_an_ended_topic(scenario):
    """A topic that was at its end when the batch looked stays out until the batch closes."""
    scenario.init()
    people = [wire.person(10 * n, lane=0) for n in range(20)]
    people = list(dict.fromkeys(people))
    enrolments = [wire.enrolled(who, "2024-02-%02dT01:00:00Z" % (n + 1)) for n, who in enumerate(people)]
    with Wire(scenario) as tool:
        tool.send(enrolments)
        process = scenario.start("process", JAGA_FAULT="take:5", JAGA_FAULT_ACTION="sleep:1500",
                                 JAGA_BATCH_WAIT_MS=5000)
        scenario.wait_until(process, "fault take")
        claim = wire.death_claim(people[0], "2024-02-01T02:00:00Z", "2024-02-01")
        tool.send([claim])
        scenario.wait_for("the claim was not decided", lambda: tool.read("decision", 0) != [], process)
        scenario.stop(process)
        first, rest = bodies(tool)[0], bodies(tool)[1:]
        assert first["ranges"][0]["count"] == len(people) and first["ranges"][2]["count"] == 0
        assert sum(body["ranges"][2]["count"] for body in rest) == 1
        order_is_the_merge(tool)
        decision, = scenario.read("decision")
        assert wire.micros(decision["now"]) == wire.micros(enrolments[-1]["time"]), decision
    redo_agrees(scenario)


def test_equal_times(scenario):
    """Enrolment, contribution, claim, payment status: at one time, each rests on the one before."""
    scenario.init()
    who, moment = wire.person(0, lane=0), "2024-02-12T01:00:00Z"
    text = "jaga.payment.v1\n%s\nC-%s\n%s\nACC-%s" % (who, who, who.replace("-", ""), who)
    payment = base64.b32encode(hashlib.blake2b(text.encode(), digest_size=32).digest())[:20].decode()
    events = [wire.enrolled(who, moment), wire.paid(who, moment, "2024-02"),
              wire.death_claim(who, moment, "2024-02-12"),
              {"type": "PaymentStatusReported", "id": "s1", "source": "/bank/demo", "time": moment,
               "participant_id": who, "payment_id": payment, "attempt": 1, "status": "INSTRUCTED",
               "at": moment}]
    with Wire(scenario) as tool:
        tool.send(list(reversed(events)))
        scenario.drain()
        decisions = scenario.read("decision")
        assert [(d["verdict"], d["revision"]) for d in decisions] == [("APPROVED", 1)], decisions
        assert [p["payment_id"] for p in scenario.read("payment")] == [payment]
        assert scenario.read("exception") == []
        assert total(tool, "applied") == 4
        order_is_the_merge(tool)


def test_batch_sizes(scenario):
    """The same input gives the same decisions, whatever the batches."""
    found = {}
    events = wire.story(range(40))
    late = [wire.person(n) for n in range(500, 503)]
    events += [wire.paid(who, "2024-02-03T01:00:00Z", "2024-02") for who in late]
    events += [wire.enrolled(who, "2024-02-14T01:00:00Z", cover_from="2024-02-01") for who in late]
    for size in (1, 7, 5000):
        own = scenario if size == 1 else scenario.stack.scenario()
        own.init()
        with Wire(own) as tool:
            tool.send(sorted(events, key=lambda event: event["time"]))
            own.drain(JAGA_BATCH_EVENTS_MAX=size, JAGA_BATCH_WAIT_MS=5000)
            assert total(tool, "applied") == len(events), (total(tool, "applied"), len(events),
                                                           own.outputs()["exception", 0])
            assert (len(bodies(tool)) > 1) == (size < 5000)
            for lane in (0, 1):
                order_is_the_merge(tool, lane)
        found[size] = (own.outputs(), own.coverage("--as-of", "2024-02-11"))
    assert found[1] == found[7] == found[5000]
    assert len([d for lane in (0, 1) for d in found[1][0]["decision", lane]]) == 40


# ---- Clocks and timers

def test_timers(scenario):
    """What waits for an enrolment is given up after 14 days to the microsecond, before the event that moves
    the clock there, and by `--until` alone."""
    scenario.init()
    parked, claimed, late = (wire.person(n, lane=0) for n in (0, 100, 200))
    first, second = "2024-02-01T01:00:00Z", "2024-02-02T01:00:00Z"
    with Wire(scenario) as tool:
        tool.send([wire.paid(parked, first, "2024-02"), wire.paid(late, second, "2024-02"),
                   wire.death_claim(claimed, second, "2024-02-01")])
        scenario.drain()
        deadline = wire.micros(first) + 14 * DAY_US
        scenario.drain("--until", wire.at(deadline - 1))
        codes = [e["code"] for e in scenario.read("exception")]
        assert codes == ["PARKED", "PARKED"], codes
        before = len(bodies(tool))
        scenario.drain("--until", wire.at(deadline))
        exception = scenario.read("exception")[-1]
        assert exception["code"] == "MEMBERSHIP_UNKNOWN" and exception["participant_id"] == parked
        assert wire.micros(exception["now"]) == deadline and exception["input"] is None, exception
        assert exception["value"] is None and "offset" in exception["detail"], exception
        body = bodies(tool)[-1]
        assert (len(bodies(tool)), body["timers"], body["now"]) == (before + 1, 1, deadline), body
        assert all(span["first"] == span["next"] for span in body["ranges"])
        scenario.drain("--until", first)  # long past: nothing is due, nothing is written
        assert len(bodies(tool)) == before + 1

        tool.send([wire.enrolled(late, "2024-02-25T01:00:00Z", cover_from="2024-02-01")])
        scenario.drain()
        assert bodies(tool)[-1]["timers"] == 2, bodies(tool)[-1]
        decision = scenario.read("decision")[-1]
        assert (decision["verdict"], decision["reason"]) == ("REJECTED", "MEMBERSHIP_UNKNOWN")
        assert decision["input"] is None and decision["revision"] == 2
        exceptions = [(e["code"], e["participant_id"]) for e in scenario.read("exception")]
        assert exceptions[3:] == [("MEMBERSHIP_UNKNOWN", late)], exceptions
        assert total(tool, "timers") == 3 and total(tool, "rejected") == 2
        order_is_the_merge(tool)
    redo_agrees(scenario)
    for words in (("--until", "2024-03-01T00:00:00Z"), ("--drain", "--until", "tomorrow")):
        done = scenario.run("process", *words, expect=64)
        assert "--until" in done.stderr, done.stderr


def test_many_timers_at_once(scenario):
    """More timers are due than a batch may hold: they go on in the next one, before any event."""
    scenario.init()
    people = sorted({wire.person(n, lane=0) for n in range(0, 60)})
    with Wire(scenario) as tool:
        tool.send([wire.paid(who, "2024-02-01T01:00:00Z", "2024-02") for who in people])
        scenario.drain(JAGA_BATCH_EVENTS_MAX=7)
        scenario.drain("--until", "2024-02-20T00:00:00Z", JAGA_BATCH_EVENTS_MAX=7)
        refused = [e["participant_id"] for e in scenario.read("exception")
                   if e["code"] == "MEMBERSHIP_UNKNOWN"]
        assert refused == people, refused  # by deadline, then by participant id
        assert total(tool, "timers") == len(people)
    redo_agrees(scenario)


def test_wall_clock(scenario):
    scenario.clock = "wall"
    scenario.init()
    now = int(time.time() * 1000000)
    who, waits = wire.person(0, lane=0), wire.person(100, lane=0)

    def ago(days):
        return wire.at(now - days * DAY_US)

    def local(days):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7 - 24 * days)
        return moment.date().isoformat()
    with Wire(scenario) as tool:
        tool.send([
            wire.enrolled(who, ago(9), cover_from=local(9)),
            wire.paid(who, ago(8), local(8)[:7]), wire.paid(waits, ago(30), local(30)[:7]),
            wire.death_claim(who, ago(1), local(2), documents_complete_on=local(1))], timestamps=None)
        scenario.drain()
        body = bodies(tool)[-1]
        assert body["clock"] == "WALL" and body["now"] >= now, body
        decision, = scenario.read("decision")
        assert decision["verdict"] == "APPROVED" and wire.micros(decision["now"]) >= now, decision
        # It was recorded long ago, but it waits since it came.
        assert [e["code"] for e in scenario.read("exception")] == ["PARKED"]
        assert wire.micros(scenario.run("status", "--json").stdout.split('"as_of":"')[1].split('"')[0]) \
            >= now
    redo_agrees(scenario)


# ---- The same once more, and looking at it

def test_a_file_sent_twice(scenario):
    scenario.init()
    path = scenario.stack.path("events.jsonl")
    events = sorted(wire.story(range(60)), key=lambda event: event["time"])
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
    scenario.run("publish", path)
    scenario.drain()
    outputs, coverage = scenario.outputs(), scenario.coverage("--as-of", "2024-02-05")
    scenario.run("publish", path)
    scenario.drain(JAGA_BATCH_EVENTS_MAX=50)
    assert scenario.outputs() == outputs
    assert scenario.coverage("--as-of", "2024-02-05") == coverage
    with Wire(scenario) as tool:
        assert total(tool, "applied") == total(tool, "duplicates") == len(events)
        assert total(tool, "rejected") == 0
    redo_agrees(scenario)
    os.unlink(path)


def lines_of(process):
    return [line for line in harness.Scenario.said(process).splitlines() if line.startswith("{")]


def test_read_and_status(scenario):
    scenario.init()

    def lags():
        lines = [json.loads(line) for line in scenario.run("status", "--json", expect=None)
                 .stdout.splitlines()]
        return [line["lag"] for line in lines if line["kind"] == "lane"]
    scenario.drain()  # so that there are figures
    assert scenario.run("status").stderr == ""
    with Wire(scenario) as tool:
        tool.ask("begin", id="publisher")  # its marker stands behind the last record and is no lag
        tool.send(wire.story(range(10)))
        tool.ask("commit")
    assert sum(lags()) == 30 + 6, lags()
    done = scenario.run("status", expect=1)
    for lane in (0, 1):
        assert "lane %d stands still with" % lane in done.stderr, done.stderr
    assert "Is jaga process running?" in done.stderr
    scenario.drain()
    assert lags() == [0, 0]
    assert scenario.run("status").stderr == ""
    decisions = scenario.read("decision")
    assert len(decisions) == 10
    who = decisions[3]["participant_id"]
    assert scenario.read("decision", "--where", "participant_id=" + who) == [decisions[3]]
    assert scenario.read("decision", "--where", "amount_idr=20000000") == decisions
    assert scenario.read("decision", "--where", "amount_idr=2000000") == []
    assert scenario.read("jaga.decision".replace("jaga", scenario.prefix), "--where", "verdict=APPROVED",
                         "--where", "participant_id=nobody") == []
    first, second = (scenario.read("decision", "--partition", lane) for lane in "01")
    assert first + second == decisions and first and second
    assert scenario.read("decision", "--from", "3", "--partition", "0") == first[3:]
    placed = scenario.read("decision", "--place", "--from", "2", "--partition", "1")
    assert [(p["partition"], p["offset"]) for p in placed] == [
        (1, offset) for offset in range(2, len(second))]
    assert [p["record"] for p in placed] == second[2:]
    assert {e["type"] for e in scenario.read("claim")} == {"DeathClaimFiled"}

    follower = scenario.start("read", "decision", "--follow")
    scenario.wait_for("the first ten", lambda: len(lines_of(follower)) == 10, follower)
    with Wire(scenario) as tool:
        tool.send(wire.story(range(100, 103)))
    scenario.drain()
    scenario.wait_for("three more", lambda: len(lines_of(follower)) == 13, follower)
    follower.send_signal(signal.SIGINT)
    assert follower.wait(30) == 0, scenario.said(follower)
    for words in (("read",), ("read", "nothing"), ("read", "decision", "--from", "-1"),
                  ("read", "decision", "--partition", "2"), ("read", "decision", "--where", "x")):
        scenario.run(*words, expect=64)


if __name__ == "__main__":
    harness.run([test_topics_that_come_as_they_like, test_older_time_in_an_ended_topic,
                 test_equal_times, test_batch_sizes, test_timers, test_many_timers_at_once,
                 test_wall_clock, test_a_file_sent_twice, test_read_and_status], "order", 19900)
