"""Input that is wrong in every way: one exception record each, complete and exact, the lane goes on, and
nothing leaks (the sanitizers speak at exit)."""
import base64
import hashlib
import time

import harness
import wire
from wire import Wire

DAY_MS = 24 * 60 * 60 * 1000
LIMIT = 256 * 1024
TIME = "2024-02-01T01:00:00Z"
STAMP = wire.micros(TIME) // 1000


def framed(payload, schema_id=1):
    return wire.frame(payload, schema_id)


def good(who, **more):
    event = more.pop("event", "enrol")
    return dict(wire.enrolled(who, TIME, event), **more)


def noise(length):
    return hashlib.shake_256(b"noise %d" % length).digest(length)


def long_text(value, field, text):
    """The encoded event with one text of it replaced by a longer one."""
    old = value_bytes(field)
    assert value.count(old) == 1, (field, value.count(old))
    return value.replace(old, wire.long_bytes(len(text)) + text)


def value_bytes(text):
    return wire.long_bytes(len(text)) + text.encode()


class Case:
    """A record and what becomes of it."""

    def __init__(self, name, value, code, detail, key=None, stamp=STAMP, partition=None, **fields):
        self.name, self.value, self.code, self.detail = name, value, code, detail
        self.key, self.stamp, self.partition, self.fields = key, stamp, partition, fields


def unreadable_cases(who):
    whole = wire.value_of(good(who))
    blow = b"\0\0\0\0\1" + b"\x02" * 1 + wire.long_bytes(2 ** 40)
    return [
        Case("truncated", whole[:-1], "MALFORMED", "problem=truncated"),
        Case("only a frame", whole[:5], "MALFORMED", "problem=truncated"),
        Case("trailing bytes", whole + b"\0", "MALFORMED", "problem=trailing"),
        Case("wrong magic byte", b"\1" + whole[1:], "MALFORMED", "problem=not_framed"),
        Case("four bytes", whole[:4], "MALFORMED", "problem=not_framed"),
        Case("JSON", b'{"type":"Enrolled"}', "MALFORMED", "problem=not_framed"),
        Case("empty value", b"", "MALFORMED", "problem=not_framed"),
        Case("tombstone", None, "MALFORMED", "problem=not_framed"),
        Case("unknown schema", framed(whole[5:], 4711), "UNKNOWN_SCHEMA", "schema=4711"),
        Case("schema id below zero", framed(whole[5:], 2 ** 32 - 1), "UNKNOWN_SCHEMA", "schema=-1"),
        Case("schema of another topic", framed(whole[5:], 3), "MALFORMED", "schema=3"),
        Case("schema of an output", framed(whole[5:], 6), "MALFORMED", "schema=6"),
        Case("text longer than the record", blow, "MALFORMED", "problem=truncated"),
        Case("invalid UTF-8", whole.replace(b"/kpu/36.71", b"/kpu\xff36.71"), "MALFORMED",
             "problem=not_utf8"),
        Case("over 256 KiB", framed(noise(LIMIT - 4)), "MALFORMED", "value_length=%d" % (LIMIT + 1)),
        Case("at 256 KiB", framed(noise(LIMIT - 5)), "MALFORMED", "problem="),
    ]


def refused_cases(who, other):
    whole = wire.value_of(good(who))
    ids = {"participant_id": who, "source": "/kpu/36.71", "id": "enrol-" + who, "type": "Enrolled"}

    def case(name, code, detail, event=None, value=None, **more):
        return Case(name, value or wire.value_of(event), code, detail, **dict(ids, **more))
    odd = next(text for text in ("P\0%06d" % n for n in range(100))
               if wire.partition_of(text, 2) == 0)
    long_source = long_text(whole, "/kpu/36.71", b"/" + b"s" * 100000)
    return [
        case("null key", "KEY_MISMATCH", "", value=whole, key=False),
        case("empty key", "KEY_MISMATCH", "", value=whole, key=b""),
        case("wrong key", "KEY_MISMATCH", "", value=whole, key=other.encode()),
        case("wrong partition", "PARTITION_MISMATCH", "", value=whole, partition=1),
        case("giant string", "INVALID_FIELD", "field=source", value=long_source, source=None),
        case("zero byte in an id", "INVALID_FIELD", "field=participant_id",
             value=whole.replace(value_bytes(who), value_bytes(odd)), key=odd.encode(),
             participant_id=odd),
        case("unknown category", "UNKNOWN_CATEGORY", "field=category value=DUKUN",
             good(who, category="DUKUN")),
        case("unknown region", "UNKNOWN_REGION", "field=region_home value=99.99",
             good(who, region_home="99.99")),
        case("no region at all", "UNKNOWN_REGION", "field=region_home value=x", good(who, region_home="x")),
        case("programme not open", "INVALID_FIELD", "programmes", good(who, programmes=["JKK", "JKP"])),
        case("no programme", "INVALID_FIELD", "field=programmes", good(who, programmes=[])),
        case("wage of nothing", "INVALID_FIELD", "field=wage_idr value=0", good(who, wage_idr=0)),
        case("wage below zero", "INVALID_FIELD", "field=wage_idr value=-1", good(who, wage_idr=-1)),
        case("cover ends before it begins", "INTERVAL_INVALID", "cover_to",
             good(who, cover_to="2024-01-31")),
        case("a date past every calendar", "INVALID_FIELD", "field=cover_from",
             good(who, cover_from=2 ** 31 - 1)),
        case("a date before every calendar", "INVALID_FIELD", "field=cover_from",
             good(who, cover_from=-2 ** 31)),
        case("a time past every calendar", "INVALID_FIELD", "field=time",
             good(who, time=2 ** 63 - 1)),
        case("a day and a second ahead", "INVALID_FIELD", "field=time", value=whole,
             stamp=STAMP - DAY_MS - 1),
    ]


def check(exception, record, case):
    """Every field of the exception, against the input record it names."""
    def equals(found, wanted, what):
        assert found == wanted, "%s: %s is %.300r, wanted %.300r" % (case.name, what, found, wanted)
    value = case.value or b""
    equals(exception["code"], case.code, "code")
    equals(exception["severity"], "REJECTED", "severity")
    assert case.detail in exception["detail"], (case.name, exception["detail"], case.detail)
    equals(exception["input"], {"topic": record["topic"], "partition": record["partition"],
                                "offset": record["offset"]}, "input")
    equals(base64.b64decode(exception["value"] or ""), value[:1024], "value")
    equals(base64.b64decode(exception["key"] or ""), (record["key"] or b"")[:1024], "key")
    equals(exception["value_length"], len(value), "value_length")
    equals(exception["value_digest"], wire.digest(value), "value_digest")
    for field in ("source", "id", "participant_id", "type"):
        equals(exception[field], case.fields.get(field), field)


def check_headers(raw, exception, case):
    headers = raw["headers"]
    wanted = {"topic": exception["input"]["topic"], "partition": "%d" % exception["input"]["partition"],
              "offset": "%d" % exception["input"]["offset"], "connector.name": "jaga",
              "task.id": "%d" % exception["lane"], "exception.class.name": case.code,
              "exception.message": exception["detail"]}
    assert headers == {"__connect.errors." + name: value for name, value in wanted.items()}, headers
    who = exception["participant_id"]
    assert raw["key"] == (None if who is None else who.encode()), raw["key"]


def test_one_exception_each(scenario):
    scenario.init()
    lane0, lane1 = wire.person(0, lane=0), wire.person(0, lane=1)
    cases = unreadable_cases(lane0) + refused_cases(lane0, lane1)
    with Wire(scenario) as tool:
        offsets = [0, 0]
        for case in cases:
            lane = case.partition or 0
            key = lane0.encode() if case.key is None else None if case.key is False else case.key
            record = (key, case.value, case.stamp)
            tool.produce("enrollment", lane, [record])
            case.record = {"topic": tool.topic("enrollment"), "partition": lane, "key": key,
                           "offset": offsets[lane]}
            offsets[lane] += 1
        tool.send(wire.story([0], lane=0) + wire.story([500], lane=1))
        scenario.drain(JAGA_SCHEMA_WAIT_MS=0)
        for lane in (0, 1):
            mine = [case for case in cases if case.record["partition"] == lane]
            exceptions = sorted(scenario.read("exception", "--partition", str(lane)),
                                key=lambda e: e["input"]["offset"])
            found = [(e["code"], e["detail"]) for e in exceptions]
            assert len(exceptions) == len(mine), (len(mine), found)
            raws = {r["offset"]: r for r in tool.read("exception", lane)}
            assert len(raws) == len(mine)
            by_offset = {}
            for raw in raws.values():
                by_offset[raw["headers"]["__connect.errors.offset"]] = raw
            for case, exception in zip(mine, exceptions):
                check(exception, case.record, case)
                check_headers(by_offset[str(case.record["offset"])], exception, case)
            body = tool.journal(lane)[-1]["body"]
            assert sum(r["body"]["rejected"] for r in tool.journal(lane)) == len(mine)
            assert body["ranges"][0]["next"] == offsets[lane] + 1
    decided = sorted(d["participant_id"] for d in scenario.read("decision"))
    assert decided == sorted([lane0, wire.person(500, lane=1)]), decided
    redo_agrees(scenario, JAGA_SCHEMA_WAIT_MS=0)


def redo_agrees(scenario, **env):
    before = scenario.lane_keys()
    redis = scenario.stack.redis()
    redis("FLUSHALL")
    redis.close()
    scenario.drain(**env)
    assert scenario.lane_keys() == before


def test_same_id_with_another_body(scenario):
    scenario.init()
    who = wire.person(0, lane=0)
    first = good(who)
    conflict = good(who, wage_idr=1200000)
    claim = wire.death_claim(who, "2024-02-12T01:00:00Z", "2024-02-10")
    again = dict(claim, died_on="2024-02-09")
    with Wire(scenario) as tool:
        tool.send([first, first, conflict, good(who, event="other")])
        tool.send([wire.paid(who, "2024-02-02T01:00:00Z", "2024-02")] * 2)
        tool.send([claim, claim, again, dict(again, id="new-id")])
        scenario.drain()
        codes = [(e["code"], e["type"], e["id"]) for e in scenario.read("exception")]
        assert codes == [("EVENT_CONFLICT", "Enrolled", "enrol-" + who),
                         ("EVENT_CONFLICT", "DeathClaimFiled", "claim-" + who),
                         ("EVENT_CONFLICT", "DeathClaimFiled", "new-id")], codes
        bodies = [r["body"] for r in tool.journal(0)]
        assert [sum(b[n] for b in bodies) for n in ("applied", "duplicates", "rejected")] == [3, 4, 3]
        assert len(scenario.read("decision")) == len(scenario.read("payment")) == 1


def test_time_at_the_limit(scenario):
    """A day after the Kafka timestamp to the microsecond is still good, and moves the clock; one more is
    not, and does not."""
    scenario.init()
    who = [wire.person(n, lane=0) for n in (0, 100)]
    at_limit = wire.enrolled(who[0], TIME)
    beyond = good(who[1], time=wire.micros(TIME) + 1)
    with Wire(scenario) as tool:
        for event in (at_limit, beyond):
            tool.produce("enrollment", 0, [(event["participant_id"].encode(), wire.value_of(event),
                                            STAMP - DAY_MS)])
        scenario.drain()
        body = tool.journal(0)[-1]["body"]
        exception, = scenario.read("exception")
        assert exception["participant_id"] == who[1] and "field=time" in exception["detail"]
        assert body["applied"] == 1 and body["now"] == wire.micros(TIME), body


def rss_kib(process):
    with open("/proc/%d/status" % process.pid) as status:
        return [int(line.split()[1]) for line in status if line.startswith("VmRSS:")][0]


def storm(count, start):
    whole = wire.value_of(good(wire.person(0, lane=0)))
    wrong = [lambda n: whole[:n % len(whole)], lambda n: framed(noise(40), 4711),
             lambda n: whole + b"%d" % n, lambda n: None, lambda n: noise(64)]
    return [(b"K%d" % n, wrong[n % len(wrong)](n), STAMP) for n in range(start, start + count)]


def rejected(tool):
    return sum(r["body"]["rejected"] for r in tool.journal(0))


def wait_for(count, tool, process, seconds=60):
    end = time.monotonic() + seconds
    while rejected(tool) < count:
        assert process.poll() is None, harness.Scenario.said(process)[-3000:]
        assert time.monotonic() < end, "%d of %d" % (rejected(tool), count)
        time.sleep(0.2)


def test_before_any_clock(scenario):
    """The very first record has no time to set the events' clock by: its exception is the same at every replay."""
    scenario.init()
    with Wire(scenario) as tool:
        tool.produce("enrollment", 0, [(b"P1", b"torn", STAMP)])
    scenario.drain()
    scenario.run("audit")
    exception, = scenario.read("exception")
    assert exception["code"] == "MALFORMED", exception


def test_storm(scenario):
    """20,000 bad records leave nothing behind in memory: what the second half needs is in the first."""
    scenario.init()
    with Wire(scenario) as tool:
        process = scenario.start("process", JAGA_SCHEMA_WAIT_MS=0, JAGA_BATCH_EVENTS_MAX=500,
                                 ASAN_OPTIONS="quarantine_size_mb=8")
        scenario.wait_until(process, "lane_ready lane=0")
        tool.produce("enrollment", 0, storm(10000, 0))
        wait_for(10000, tool, process)
        first = rss_kib(process)
        tool.produce("enrollment", 0, storm(10000, 10000))
        wait_for(20000, tool, process)
        grown = rss_kib(process) - first
        assert grown < 8 * 1024, "%d KiB more after the second 10,000" % grown
        tool.send(wire.story([0], lane=0))
        scenario.stop(process)
    scenario.drain()
    assert len(scenario.read("decision")) == 1
    counts = {}
    for exception in scenario.read("exception"):
        counts[exception["code"]] = counts.get(exception["code"], 0) + 1
    assert counts == {"MALFORMED": 16000, "UNKNOWN_SCHEMA": 4000}, counts
    rows = [line.split() for line in scenario.run("status").stdout.splitlines()]
    shown = [row[:2] for row in rows if row[2:3] == ["refused"]]
    assert shown == [["MALFORMED", "16,000"], ["UNKNOWN_SCHEMA", "4,000"]], rows


if __name__ == "__main__":
    harness.run([test_one_exception_each, test_same_id_with_another_body, test_time_at_the_limit,
                 test_before_any_clock, test_storm], "bad_input", 19800)
