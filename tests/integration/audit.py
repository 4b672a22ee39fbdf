"""jaga audit on a real Kafka, by someone who did not write it: a log that is right agrees, however it is read, and
every planted fraud is found where it was planted."""
import hashlib
import json
import os
import re
import signal
import subprocess
import threading
import time

import archive
import frauds
import harness
import wire
from wire import Wire

TOPICS_ONLY = ("audit", "--topics-only", "--json")


def audit(scenario, *words, expect=0, command=TOPICS_ONLY, **env):
    """Lines by lane, the total, and what was said."""
    done = scenario.run(*command, *words, expect=expect, **env)
    assert "Sanitizer" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["audit"] * scenario.lanes + ["audit_total"], lines
    assert [line["lane"] for line in lines[:-1]] == list(range(scenario.lanes))
    return lines[:-1], lines[-1], done


def agrees(scenario, *words, **env):
    lanes, total, done = audit(scenario, *words, **env)
    assert [line["result"] for line in lanes + [total]] == ["agrees"] * (scenario.lanes + 1), done.stdout
    assert not any("difference" in line for line in lanes)
    return lanes, total


# ---- A right log

def counted(scenario, tool):
    """What the topics hold, by `jaga read` and by the journal's own words."""
    found = {}
    for lane in range(scenario.lanes):
        read = {topic: scenario.read(topic, "--partition", str(lane)) for topic in frauds.OUTPUTS}
        journal = tool.journal(lane)
        people = {r["key"] for topic in ("enrollment",) for r in tool.read(topic, lane)}
        found[lane] = {
            "sequence": len(journal), "events": sum(len(tool.read(topic, lane)) for topic in wire.INPUTS),
            "decisions": len(read["decision"]), "payments": len(read["payment"]),
            "exceptions": len(read["exception"]), "checkpoints": 0,
            "payments_idr": sum(p["amount_idr"] for p in read["payment"]),
            "now": wire.at(journal[-1]["body"]["now"]), "chain": journal[-1]["chain"].hex(),
            "state_digest": journal[-1]["body"]["state_digest"].hex(),
        }
        assert len(people) > 20
    return found


def is_rich(scenario, tool):
    """That the log says something."""
    decisions = scenario.read("decision")
    codes = {e["code"] for e in scenario.read("exception")}
    bodies = [r["body"] for lane in range(scenario.lanes) for r in tool.journal(lane)]
    assert {d["verdict"] for d in decisions} == {"APPROVED", "REJECTED", "HELD", "WAITING"}
    assert any(d["input"] is None for d in decisions), "no timer decided"
    assert codes >= {"MALFORMED", "PARKED", "MEMBERSHIP_UNKNOWN", "MEMBERSHIP_EXISTS", "UNKNOWN_REGION",
                     "UNDERPAID", "STATUS_OUT_OF_ORDER", "PAYMENT_UNKNOWN"}, codes
    assert sum(b["duplicates"] for b in bodies) > 20 and sum(b["timers"] for b in bodies) > 5
    assert len({b["rules"] for b in bodies}) == 2 and len(bodies) > 40, len(bodies)
    assert max(b["payments"] for b in bodies) > 2, "no batch with several payments"


FILLED = {}  # one rich log for all tests: its scenario and what it says when it is right


def rich_log(scenario):
    """The scenario of the rich log, which is filled once, and its content."""
    if not FILLED:
        shared = scenario.stack.scenario()
        with Wire(shared) as tool:
            frauds.fill(shared, tool)
            is_rich(shared, tool)
            FILLED.update(scenario=shared, log=frauds.Log(tool, shared.lanes), right=audit(shared)[2].stdout)
    return FILLED["scenario"], FILLED["log"], FILLED["right"]


def test_agrees(scenario):
    scenario, _, right = rich_log(scenario)
    with Wire(scenario) as tool:
        lanes, total = agrees(scenario)
        wanted = counted(scenario, tool)
        for line in lanes:
            mine = wanted[line["lane"]]
            assert wire.micros(line.pop("now")) == wire.micros(mine.pop("now"))
            assert {name: line[name] for name in mine} == mine, (line, mine)
        for name in ("events", "decisions", "payments", "payments_idr", "exceptions", "participants"):
            assert total[name] == sum(line[name] for line in lanes), name
        assert total["journal_records"] == sum(line["sequence"] for line in lanes)
        assert total["lanes"] == scenario.lanes
        stopped_early(scenario, tool)
    read_in_any_way(scenario, right)


def stopped_early(scenario, tool):
    """At a sequence, and at a time: as many records as the journal has until then."""
    lanes, _ = agrees(scenario, "--until", "7")
    assert [line["sequence"] for line in lanes] == [7, 7]
    for line in lanes:
        journal = tool.journal(line["lane"])
        assert line["chain"] == journal[6]["chain"].hex()
        assert line["decisions"] == sum(r["body"]["decisions"] for r in journal[:7])
    assert agrees(scenario, "--until", "1000000") == agrees(scenario)
    time_ = "2024-02-12T00:00:00Z"
    lanes, _ = agrees(scenario, "--as-of", time_)
    for line in lanes:
        nows = [r["body"]["now"] for r in tool.journal(line["lane"])]
        assert line["sequence"] == sum(now <= wire.micros(time_) for now in nows) > 0, (line, nows)
    lanes, total = agrees(scenario, "--as-of", "1999-12-31T00:00:00Z")
    assert [line["sequence"] for line in lanes] == [0, 0] and total["payments_idr"] == 0


def read_in_any_way(scenario, right):
    """Byte for byte the same answer."""
    assert audit(scenario, "--threads", "1")[2].stdout == right
    assert audit(scenario, "--threads", "2")[2].stdout == right
    assert audit(scenario, TZ="Asia/Jayapura", LC_ALL="id_ID.UTF-8", LANG="id_ID.UTF-8")[2].stdout == right
    locales = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    for name in [name for name in locales if not name.startswith(("C", "POSIX"))][:2] + ["C"]:
        assert audit(scenario, LC_ALL=name)[2].stdout == right, name
    for size in ("300", "3000", "50000000"):
        scenario.kafka_options(fetch_message_max_bytes=size)
        assert audit(scenario)[2].stdout == right, size
    del scenario.settings["JAGA_CONFIG"]


def publish_until(scenario, is_over, first):
    with Wire(scenario) as tool:
        for number in range(first, first + 90000, 100):
            if is_over.is_set():
                return
            tool.send(wire.story(range(number, number + 40)))


def in_motion(clock):
    def test(scenario):
        """Topics and Redis, at any moment, while events come in and are processed."""
        scenario.clock = clock
        scenario.init()
        is_over = threading.Event()
        publisher = threading.Thread(target=publish_until, args=(scenario, is_over, 0))
        process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=64, JAGA_INSTANCE_ID="one")
        publisher.start()
        seen = set()
        try:
            scenario.wait_until(process, "lane_ready", times=2)
            for _ in range(5):
                lanes, _ = audit_with_redis(scenario)
                seen.add(sum(line["sequence"] for line in lanes))
        finally:
            is_over.set()
            publisher.join()
        scenario.stop(process)
        assert len(seen) == 5, seen
        lanes, public = audit_with_redis(scenario)
        assert [line["redis"] for line in lanes] + [public["result"]] == ["compared"] * 3, (lanes, public)
    test.__name__ = "test_a_log_in_motion_agrees_by_the_clock_of_%s" % clock
    return test


# ---- Planted frauds

class Planter:
    """The topics of a scenario made to hold what a Log says."""

    def __init__(self, scenario, tool, log):
        self.scenario, self.tool = scenario, tool
        self.there = {place: None for place in log.records}  # unknown: transaction markers lie between

    def plant(self, log):
        wanted = {place: (records, log.low.get(place, 0)) for place, records in log.records.items()}
        topics = sorted({place[0] for place in wanted if self.there[place] != wanted[place]})
        self.tool.ask("delete_topics", topics=[self.tool.topic(topic) for topic in topics])
        for topic in topics:
            self.create(topic)
        for (topic, partition), (records, low) in wanted.items():
            if topic in topics:
                self.patiently(lambda: self.tool.produce(topic, partition, records))
                if low > 0:
                    self.tool.ask("delete_records", topic=self.tool.topic(topic), partition=partition,
                                  before=low)
        self.there = wanted

    def create(self, topic):
        self.patiently(lambda: self.tool.ask(
            "create_topic", topic=self.tool.topic(topic), settings=wire.RIGHT_SETTINGS,
            partitions=1 if topic in frauds.ONE_PARTITION else self.scenario.lanes))

    @staticmethod
    def patiently(what):
        """A topic that was just deleted is still there for a moment, one just made is not known yet; nothing of a
        request has been done then."""
        end = time.monotonic() + 20
        while True:
            try:
                return what()
            except AssertionError as error:
                if time.monotonic() > end or not re.search("exists|Unknown topic", str(error)):
                    raise
                time.sleep(0.02)


def is_found(scenario, lanes, done, found):
    for line in lanes:
        assert line["result"] == ("differs" if line["lane"] in found.lanes else "agrees"), done.stdout
    lane = found.partition if found.partition in found.lanes else found.lanes[-1]
    difference = lanes[lane]["difference"]
    assert found.is_in(difference, scenario.prefix), "wanted %s, said %s" % (vars(found), difference)


def chosen(some=lambda plant: True):
    """Frauds to plant; FRAUDS narrows them down by name."""
    wanted = os.environ.get("FRAUDS", "")
    return [plant for plant in frauds.FRAUDS if re.search(wanted, plant.__name__) and some(plant)]


def all_are_found(scenario, log, plants, put_down, command, **env):
    """`put_down` brings a log to where `command` looks at it."""
    right, failures = audit(scenario, command=command, **env)[2].stdout, []
    for plant in plants:
        changed = log.copy()
        try:
            found = plant(changed)
            put_down(changed)
            lanes, total, done = audit(scenario, command=command, expect=1, **env)
            assert total["result"] == "differs"
            is_found(scenario, lanes, done, found)
        except Exception as error:
            failures.append("%s: %s %s" % (plant.__name__, type(error).__name__, str(error)[:1500]))
    put_down(log.copy())
    assert audit(scenario, command=command, **env)[2].stdout == right, "the log was not mended"
    assert not failures, "\n".join(["%d frauds were not found as they should be:" % len(failures)] + failures)


def test_frauds_on_the_topics(scenario):
    scenario, log, right = rich_log(scenario)
    with Wire(scenario) as tool:
        planter = Planter(scenario, tool, log)
        planter.plant(log.copy())
        assert audit(scenario)[2].stdout == right, "the copy is not the log"
        all_are_found(scenario, log, chosen(), planter.plant, TOPICS_ONLY)


# ---- The same in an archive

def container_of(metadata, records):
    """An Avro container of one block, as any Avro writer makes it."""
    schema = wire.Schema(metadata["avro.schema"])
    block = b"".join(schema._write(schema.root, record) for record in records)
    texts = [part.encode() for pair in metadata.items() for part in pair]
    sync = hashlib.blake2b(block, digest_size=16).digest()
    head = b"Obj\1" + wire.long_bytes(len(metadata)) + b"".join(
        wire.long_bytes(len(text)) + text for text in texts) + b"\0" + sync
    if not records:
        return head
    return head + wire.long_bytes(len(records)) + wire.long_bytes(len(block)) + block + sync


class Folder:
    """An archive by jaga, its files then written anew as a log says and the manifest mended: only the audit can find
    what was changed."""

    def __init__(self, scenario, log):
        self.path = archive.folder_of(scenario)
        scenario.run("archive", self.path)
        self.manifest = archive.manifest_of(self.path)
        self.metadata = {}
        for entry in self.manifest["files"]:
            with open(os.path.join(self.path, entry["path"]), "rb") as file:
                self.metadata[entry["topic"], entry["partition"]], _ = archive.container(file.read())
        self.there = {}
        self.put_down(log)

    def put_down(self, log):
        entries = []
        for (topic, partition), metadata in sorted(self.metadata.items()):
            place = topic.split(".", 1)[1], partition
            entries += self.write(topic, partition, metadata, log[place], log.low.get(place, 0))
        with open(os.path.join(self.path, "manifest.json"), "w") as file:
            json.dump(dict(self.manifest, files=entries), file)

    def write(self, topic, partition, metadata, records, low):
        if len(records) == low:
            return []
        path = "%s/%d/%020d.avro" % (topic, partition, low)
        if self.there.get(path) != records:
            data = container_of(metadata, [
                {"offset": at, "timestamp": stamp, "key": key, "value": value}
                for at, (key, value, stamp) in enumerate(records) if at >= low])
            with open(os.path.join(self.path, path), "wb") as file:
                file.write(data)
            self.there[path] = list(records)
        with open(os.path.join(self.path, path), "rb") as file:
            data = file.read()
        return [{"topic": topic, "partition": partition, "path": path, "first": low, "next": len(records),
                 "records": len(records) - low, "bytes": len(data),
                 "blake2b_256": hashlib.blake2b(data, digest_size=32).hexdigest()}]


# An archive ends where it was made, its journal a moment before its outputs: what lies behind the last journal
# record is left to the next one.
ONLY_ON_TOPICS = ("payment_from_the_future_at_the_end", "journal_without_its_end")
NO_SERVER = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_REDIS_ADDRESS": "127.0.0.1:1"}


def test_frauds_in_an_archive(scenario):
    scenario, log, right = rich_log(scenario)
    folder = Folder(scenario, log)
    command = ("audit", "--json", "--archive", folder.path)
    assert audit(scenario, command=command, **NO_SERVER)[2].stdout == right, "the copy is not the log"
    all_are_found(scenario, log, chosen(lambda plant: plant.__name__ not in ONLY_ON_TOPICS),
                  folder.put_down, command, **NO_SERVER)
    for plant in chosen(lambda plant: plant.__name__ in ONLY_ON_TOPICS):
        changed = log.copy()
        plant(changed)
        folder.put_down(changed)
        _, _, done = audit(scenario, command=command, **NO_SERVER)
        assert "behind the last journal record" in done.stderr, done.stderr


def test_a_damaged_archive(scenario):
    """What the manifest finds is no answer of the audit: it could not look."""
    scenario, _, right = rich_log(scenario)
    folder = archive.folder_of(scenario, "damaged")
    scenario.run("archive", folder)
    command = ("audit", "--json", "--archive", folder)
    assert audit(scenario, command=command, **NO_SERVER)[2].stdout == right
    assert audit(scenario, "--with-topics", "--topics-only", command=command)[2].stdout == right
    for topic in ("payment", "claim", "journal"):
        path = "%s.%s/1/%020d.avro" % (scenario.prefix, topic, 0)
        with open(os.path.join(folder, path), "r+b") as file:
            data = file.read()
            file.seek(len(data) // 2)
            file.write(bytes([data[len(data) // 2] ^ 1]))
        # A changed byte may also make a record that cannot be: then that is what is said.
        done = scenario.run(*command, expect=None, **NO_SERVER)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert lines[0]["result"] == "agrees", done.stdout
        assert done.returncode == 2 and path in done.stderr, (done.returncode, done.stdout, done.stderr)
        assert lines[1]["result"] in ("not looked at", "not finished"), lines[1]
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data)
    assert audit(scenario, command=command, **NO_SERVER)[2].stdout == right


# ---- Redis

WITH_REDIS = ("audit", "--json")


def audit_with_redis(scenario, expect=0, **env):
    """Lanes, and what is said of the public keys."""
    done = scenario.run(*WITH_REDIS, expect=expect, **env)
    assert "Sanitizer" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["audit"] * scenario.lanes + ["audit_public", "audit_total"], lines
    assert lines[-1]["result"] == ("agrees" if expect == 0 else "differs"), lines[-1]
    return lines[:-2], lines[-2]


class Change:
    """One key of Redis changed by a function that is given the connection and the key; `field` is what the audit must
    name besides the key."""

    def __init__(self, name, key, field, change):
        self.name, self.key, self.field, self.change = name, key, field, change


def one_more(field):
    return lambda redis, key: redis("HINCRBY", key, field, 1)


def one_byte(field, at=-1):
    def change(redis, key):
        value = bytearray(redis("HGET", key, field))
        value[at] ^= 1
        redis("HSET", key, field, bytes(value))
    return change


def one_digit(field):
    """Another digit at the end of a number or of hex."""
    def change(redis, key):
        value = redis("HGET", key, field)
        redis("HSET", key, field, value[:-1] + (b"1" if value.endswith(b"0") else b"0"))
    return change


def of_lane(redis):
    """Changes to the keys of one lane."""
    region, days, bucket = "jaga:{1}:region:36.71", "jaga:{1}:days:36.71", "jaga:{1}:p:0"
    fields = {key: sorted(redis.hash(key)) for key in (region, days, bucket, "jaga:{1}:tally", "jaga:{1}:counts")}
    counter, day, who = fields[region][0], fields[days][1], fields[bucket][2]
    tally, count = fields["jaga:{1}:tally"][0], fields["jaga:{1}:counts"][0]
    return [
        Change("a counter off by one", region, counter, one_more(counter)),
        Change("a missing counter", region, counter, lambda r, key: r("HDEL", key, counter)),
        Change("an extra counter", region, "of_nobody", lambda r, key: r("HSET", key, "of_nobody", "1")),
        Change("all counters of a region missing", region, "", lambda r, key: r("DEL", key)),
        Change("a region too much", "jaga:{1}:region:99.01", "", lambda r, key: r("HSET", key, "active", "1")),
        Change("a change of a day off by one", days, day, one_more(day)),
        Change("a day moved", days, day, lambda r, key: [
            r("HSET", key, "active:2031-01-01", r("HGET", key, day)), r("HDEL", key, day)]),
        Change("a participant's bytes flipped", bucket, who, one_byte(who)),
        Change("a participant's number flipped", bucket, who, one_byte(who, 0)),
        Change("a participant missing", bucket, who, lambda r, key: r("HDEL", key, who)),
        Change("a participant too much", bucket, "P-NOBODY", lambda r, key: r(
            "HSET", key, "P-NOBODY", r("HGET", key, who))),
        Change("a bucket missing", bucket, "", lambda r, key: r("DEL", key)),
        Change("a tally changed", "jaga:{1}:tally", tally, one_more(tally)),
        Change("a count changed", "jaga:{1}:counts", count, one_more(count)),
        Change("a chain changed", "jaga:{1}:meta", "copy_chain", one_digit("copy_chain")),
        Change("a number of participants", "jaga:{1}:meta", "participants", one_more("participants")),
        Change("a position moved", "jaga:{1}:meta", "view_positions", one_digit("view_positions")),
        Change("a view that is ahead", "jaga:{1}:meta", "view_sequence", one_more("view_sequence")),
    ]


def of_public(redis):
    kpi, region, days = "jaga:{pub}:kpi", "jaga:{pub}:region:36.71", "jaga:{pub}:days:36.71"
    fields = {key: sorted(redis.hash(key)) for key in (kpi, region, days, "jaga:{pub}:exceptions")}
    total, code = fields[kpi][0], fields["jaga:{pub}:exceptions"][0]
    return [
        Change("a national total off by one", kpi, total, one_more(total)),
        Change("a region's total off by one", region, b"active", one_more(b"active")),
        Change("a region missing", region, "", lambda r, key: r("DEL", key)),
        Change("a region too much", "jaga:{pub}:region:99.01", "", lambda r, key: r("HSET", key, "active", "1")),
        Change("a day off by one", days, fields[days][0], one_more(fields[days][0])),
        Change("a count of exceptions", "jaga:{pub}:exceptions", code, one_more(code)),
        Change("a total too much", kpi, "of_nobody", lambda r, key: r("HSET", key, "of_nobody", "1")),
        Change("other rules", "jaga:{pub}:meta", "rules", one_digit("rules")),
        Change("another day", "jaga:{pub}:meta", "day", one_digit("day")),
        Change("kind of a key", "jaga:{pub}:exceptions", "", lambda r, key: [r("DEL", key), r("SET", key, "1")]),
    ]


def text_of(value):
    return value.decode() if isinstance(value, bytes) else value


def restored(redis, key, dump):
    redis("DEL", key)
    if dump is not None:
        redis("RESTORE", key, 0, dump)


def redis_is_compared(scenario, changes, lane_of):
    """`lane_of` picks the difference out of what the audit says."""
    failures, redis = [], scenario.stack.redis()
    for change in changes(redis):
        dump = redis("DUMP", change.key)
        change.change(redis, change.key)
        assert redis("DUMP", change.key) != dump, change.name
        try:
            difference = lane_of(*audit_with_redis(scenario, expect=1))
            said = difference["topic"], difference["partition"], difference["offset"]
            assert said == (change.key, -1, None) and text_of(change.field) in difference["what"], difference
        except Exception as error:
            failures.append("%s (%s %s): %s" % (change.name, change.key, text_of(change.field), str(error)[:1500]))
        restored(redis, change.key, dump)
    redis.close()
    audit_with_redis(scenario)
    assert not failures, "\n".join(failures)


def test_redis(scenario):
    with Wire(scenario) as tool:
        frauds.fill(scenario, tool)
    lanes, public = audit_with_redis(scenario)
    assert [line["redis"] for line in lanes] == ["compared"] * 2 and public["result"] == "compared"

    def of_lane_1(lanes, _):
        assert lanes[0]["result"] == "agrees" and lanes[1]["result"] == "differs", lanes
        return lanes[1]["difference"]

    def of_the_public(lanes, public):
        assert [line["result"] for line in lanes] == ["agrees", "agrees"], lanes
        return public["difference"]
    redis_is_compared(scenario, of_lane, of_lane_1)
    redis_is_compared(scenario, of_public, of_the_public)
    stopped = scenario.run(*WITH_REDIS, "--until", "5")
    assert stopped.stdout.count('"redis":"not reached"') == 2, stopped.stdout
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{0}:meta", "log_id", "0" * 32)
    done = scenario.run(*WITH_REDIS, expect=2)
    assert "lane 0: Redis holds log 0000" in done.stderr and "--topics-only" in done.stderr, done.stderr
    redis("FLUSHALL")
    redis.close()
    lanes, public = audit_with_redis(scenario)
    assert {line["redis"] for line in lanes} == {public["result"]} == {"nothing there"}
    done = scenario.run(*WITH_REDIS, expect=2, JAGA_REDIS_ADDRESS="127.0.0.1:1")
    assert "127.0.0.1:1" in done.stderr, done.stderr


# ---- As a new user would

def refused(scenario, code, text, *words, **env):
    done = scenario.run("audit", *words, expect=code, **env)
    assert text in done.stderr and done.stdout == "", (done.stderr, done.stdout)


def test_slips(scenario):
    away = dict(NO_SERVER, JAGA_KAFKA_TIMEOUT_MS=1500)
    refused(scenario, 2, "is Kafka running?", "--topics-only", **away)
    refused(scenario, 2, "jaga init", "--topics-only")  # no such log
    for words, text in ((("--threads", "0"), "--threads 0: give a whole number"), (("--threads", "two"), "--threads two"),
                        (("--until", "0"), "--until 0"), (("--until", "-3"), "--until -3"),
                        (("--as-of", "yesterday"), "--as-of yesterday"), (("--as-of", "2024-03-22"), "give a time"),
                        (("--with-topics",), "goes with --archive"), (("payment",), "no operand"),
                        (("--bogus",), "no flag --bogus"),
                        (("--archive", "/nowhere"), "/nowhere is no archive"),
                        (("--archive", scenario.stack.path()), "is no archive")):
        refused(scenario, 64, text, *words)
    scenario.init()
    lanes, total = agrees(scenario)
    assert total["journal_records"] == total["events"] == 0
    assert [(line["sequence"], line["now"]) for line in lanes] == [(0, None), (0, None)]
    with Wire(scenario) as tool:
        tool.send(wire.story(range(5)))
    assert agrees(scenario) == (lanes, total), "input that no journal record names"
    folder = archive.folder_of(scenario)
    scenario.run("archive", folder)
    assert agrees(scenario, command=("audit", "--json", "--archive", folder), **NO_SERVER) == (lanes, total)
    table = scenario.run("audit", "--topics-only").stdout
    assert table.count("agrees") == 3, table


def test_of_another_log(scenario):
    shared, _, _ = rich_log(scenario)
    folder = archive.folder_of(shared, "other")
    shared.run("archive", folder)
    scenario.init()
    refused(scenario, 2, "is the archive of another log", "--archive", folder, "--with-topics")


def test_interrupted(scenario):
    """Ctrl-C: how far each lane agrees, and that it is not the answer."""
    scenario, _, _ = rich_log(scenario)
    scenario.kafka_options(fetch_message_max_bytes="300")
    try:
        early, late = 0.1, 6.0  # what is too early and too late is learnt on the way, whatever the machine's speed
        for _ in range(60):
            process = scenario.start(*TOPICS_ONLY)
            delay = (early + late) / 2
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            code, said = process.wait(60), scenario.said(process)
            assert code in (0, 2), (code, said)
            lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
            stopped = [line for line in lines[:-1] if line["result"] == "not finished"]
            assert code == 0 or said.strip(), "ended without a word"
            if stopped and max(line["sequence"] for line in stopped) > 3:
                break
            if code == 0:
                late = delay
            else:
                early = delay
            if late - early < 0.05:
                early, late = early / 2, late * 1.5
        else:
            raise AssertionError("never interrupted in the middle")
    finally:
        del scenario.settings["JAGA_CONFIG"]
    assert code == 2 and lines[-1]["result"] == "not finished", said
    for line in stopped:
        assert "lane %d: interrupted after journal record %d, which agrees" % (
            line["lane"], line["sequence"]) in said, said


TESTS = [test_agrees, test_a_damaged_archive, test_interrupted, test_of_another_log, in_motion("wall"), in_motion("events"),
         test_redis, test_slips, test_frauds_on_the_topics, test_frauds_in_an_archive]

if __name__ == "__main__":
    harness.run(TESTS, "audit", 18600)
