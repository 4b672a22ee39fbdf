"""What `jaga process` tells of itself on /metrics, /healthz and /readyz, on a real Kafka and Redis: the numbers are
those of the topics, lag comes and goes, and every name that alerts.yml and the Grafana board use is one that the
programs tell. And the users of Redis in deploy/redis/users.acl: what each may do, and may not."""
import collections
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from prometheus_client.parser import text_string_to_metric_families

import dashboard
import harness
import wire

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "fault"))
import population  # noqa: E402

BASE = 25200
ACL_PORT = BASE + 80  # of a Redis with users; the stack's own has none
LIVE = {"JAGA_BATCH_EVENTS_MAX": 20, "JAGA_VIEW_FLUSH_MS": 10, "JAGA_METRICS_ADDRESS": "127.0.0.1:0"}
OUTCOMES = ("applied", "duplicate", "rejected", "parked")


class Processor(dashboard.Dashboard):
    """A running `jaga process`, and requests to it."""

    def __init__(self, scenario, *words, **env):
        self.scenario = scenario
        self.process = scenario.start("process", *words, **dict(LIVE, **env))
        scenario.wait_until(self.process, "metrics_ready")
        self.port = int(re.search(r"address=http://127\.0\.0\.1:(\d+)", scenario.said(self.process)).group(1))

    def metrics(self):
        return Metrics(self)

    def wait(self, complaint, holds, seconds=60):
        self.scenario.wait_for(complaint, lambda: holds(self.metrics()), self.process, seconds)

    def is_ready(self):
        return self.ask("/readyz")[0] == 200

    def wait_ready(self):
        self.scenario.wait_for("not ready", self.is_ready, self.process)


class Metrics:
    """One scrape, read strictly."""

    def __init__(self, program):
        status, headers, self.text = program.ask("/metrics")
        assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers
        self.types, self.samples = {}, {}
        for family in text_string_to_metric_families(self.text):
            self.take(family)
        for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", self.text, re.MULTILINE):
            assert self.types.setdefault(name, kind) == kind, name  # the parser leaves out what has no samples

    def take(self, family):
        # The parser takes the end off a counter's name.
        name = family.name + ("_total" if family.type == "counter" else "")
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        assert name not in self.types and re.fullmatch(r"jaga_[a-z_]*[a-z]", name), name
        self.types[name] = family.type
        assert "# HELP %s " % name in self.text and "# TYPE %s %s\n" % (name, family.type) in self.text, name
        for sample in family.samples:
            own = name if family.type != "histogram" else re.sub("_(bucket|sum|count)$", "", sample.name)
            assert own == name and sample.timestamp is None, sample
            key = sample.name, frozenset(sample.labels.items())
            assert key not in self.samples and sample.value >= 0, sample
            self.samples[key] = sample.value
        if family.type == "histogram":
            self.check_histogram(name)

    def check_histogram(self, name):
        buckets = [(float(dict(labels)["le"]), value) for (sample, labels), value in self.samples.items()
                   if sample == name + "_bucket"]
        assert buckets == sorted(buckets) and [v for _, v in buckets] == sorted(v for _, v in buckets), buckets
        assert buckets[-1] == (float("inf"), self.one(name + "_count")), name

    def one(self, name, **labels):
        return self.samples[name, frozenset(labels.items())]

    def all(self, name, **wanted):
        return {labels: value for (sample, labels), value in self.samples.items()
                if sample == name and wanted.items() <= dict(labels).items()}

    def sum(self, name, **wanted):
        return sum(self.all(name, **wanted).values())


def lag(metrics):
    return metrics.sum("jaga_processor_input_lag_offsets")


def promtool(text):
    if shutil.which("promtool") is not None:
        done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
        assert done.returncode == 0 and done.stderr + done.stdout == "", done.stdout + done.stderr


# ---- the numbers

def test_the_numbers_are_those_of_the_topics(scenario):
    population.publish(scenario)
    events = population.events(scenario)
    sent = collections.Counter(wire.TOPIC_OF_TYPE[event["type"]] for event in events)
    sent["contribution"] += scenario.lanes  # what cannot be read
    processor = Processor(scenario)
    processor.wait("not all was applied", lambda m: m.sum("jaga_processor_events_total") == sum(sent.values()))
    processor.wait("Redis does not follow", lambda m: m.sum("jaga_processor_copy_lag_seconds") == 0)
    found = processor.metrics()
    promtool(found.text)
    for topic in wire.INPUTS:
        assert found.sum("jaga_processor_events_total", topic=topic) == sent[topic], topic
    with wire.Wire(scenario) as tool:
        journal = [record["body"] for lane in range(scenario.lanes) for record in tool.journal(lane)]
    for outcome, field in (("applied", "applied"), ("duplicate", "duplicates"), ("rejected", "rejected")):
        told = found.sum("jaga_processor_events_total", outcome=outcome) + \
            found.sum("jaga_processor_parked_settled_total", outcome=outcome)
        assert told == sum(body[field] for body in journal) > 0, outcome
    parked = found.sum("jaga_processor_events_total", outcome="parked")
    assert parked >= found.sum("jaga_processor_parked_settled_total") > 0
    assert found.sum("jaga_processor_timers_fired_total") == sum(body["timers"] for body in journal) > 0
    assert found.sum("jaga_processor_batches_total") == len(journal) == \
        found.one("jaga_processor_batch_events_count") == \
        found.one("jaga_processor_transaction_duration_seconds_count")
    assert found.one("jaga_processor_batch_events_sum") == sum(sent.values())
    outputs_are_told(scenario, found)
    stands(scenario, found, journal)
    processor.stop()


def outputs_are_told(scenario, found):
    codes = collections.Counter(e["code"] for e in scenario.read("exception"))
    told = {dict(labels)["code"]: n for labels, n in found.all("jaga_processor_exceptions_total").items()}
    assert len(told) == 29 and {code: n for code, n in told.items() if n} == codes and len(codes) > 3, (told, codes)
    decisions = collections.Counter((d["programme"], d["verdict"]) for d in scenario.read("decision"))
    told = {(dict(labels)["programme"], dict(labels)["verdict"]): n
            for labels, n in found.all("jaga_processor_decisions_total").items()}
    assert {key: n for key, n in told.items() if n} == decisions and len(decisions) > 1, (told, decisions)
    payments = scenario.read("payment")
    assert found.sum("jaga_processor_payments_total") == len(payments) == population.APPROVED
    assert found.sum("jaga_processor_paid_rupiah_total", programme="JKM") == \
        sum(p["amount_idr"] for p in payments if p["programme"] == "JKM") > 0
    assert found.sum("jaga_processor_paid_rupiah_total") == sum(p["amount_idr"] for p in payments)


def stands(scenario, found, journal):
    """What a lane at rest tells."""
    redis = scenario.stack.redis()
    for lane in "0", "1":
        meta = redis.hash("jaga:{%s}:meta" % lane)
        assert found.one("jaga_processor_participants", lane=lane) == int(meta[b"participants"]) > 0
        assert found.one("jaga_processor_lane_sequence", lane=lane) == \
            max(body["sequence"] for body in journal if str(body["lane"]) == lane)
        assert found.one("jaga_processor_lane_state", lane=lane, state="running") == 1
        assert found.sum("jaga_processor_lane_state", lane=lane) == 1
        assert found.one("jaga_processor_table_bytes", lane=lane) > 1000
        assert found.one("jaga_processor_lane_turn_age_seconds", lane=lane) < 5
        for still in ("input_lag_seconds", "view_lag_seconds", "copy_lag_seconds", "input_stalled"):
            assert found.one("jaga_processor_" + still, lane=lane) == 0, still
        assert found.one("jaga_processor_lane_seconds_total", lane=lane, part="commit") > 0
    redis.close()
    assert lag(found) == 0 and found.one("jaga_processor_lanes_owned") == 2
    for none in ("lane_reopens_total", "transactions_aborted_total", "redis_errors_total", "redone_batches_total"):
        assert found.sum("jaga_processor_" + none) == 0, none


def test_what_is_redone_is_not_counted_again(scenario):
    population.publish(scenario)
    scenario.drain(JAGA_BATCH_EVENTS_MAX=20)
    population.empty_redis(scenario)
    with wire.Wire(scenario) as tool:
        batches = sum(len(tool.journal(lane)) for lane in range(scenario.lanes))
    processor = Processor(scenario)
    processor.wait_ready()
    found = processor.metrics()
    assert found.sum("jaga_processor_redone_batches_total") == batches
    for name, kind in found.types.items():
        if kind == "counter" and name not in ("jaga_processor_redone_batches_total",
                                              "jaga_processor_lane_seconds_total",
                                              "jaga_processor_kafka_errors_total"):
            assert found.sum(name) == 0, name
    processor.stop()


# ---- lag

def test_lag_rises_while_kafka_holds_and_goes(scenario):
    scenario.init()
    with wire.Wire(scenario) as tool:
        tool.send(wire.story(range(1500)), timestamps=None)  # published now
    kafka = scenario.stack.pid("kafka")
    processor = Processor(scenario, JAGA_BATCH_EVENTS_MAX=5)
    processor.wait("nothing is applied", lambda m: m.sum("jaga_processor_batches_total") > 5)
    os.kill(kafka, signal.SIGSTOP)
    try:
        time.sleep(0.5)
        before = processor.metrics()
        assert lag(before) > 100, lag(before)
        time.sleep(2)
        held = processor.metrics()
        for lane in "0", "1":
            rise = [m.one("jaga_processor_input_lag_seconds", lane=lane) for m in (before, held)]
            assert rise[1] > rise[0] + 1.5 and rise[1] < 300, rise
        assert lag(held) <= lag(before) and \
            held.sum("jaga_processor_batches_total") <= before.sum("jaga_processor_batches_total") + 4
    finally:
        os.kill(kafka, signal.SIGCONT)
    processor.wait("lag does not go", lambda m: lag(m) == 0 and m.sum("jaga_processor_input_lag_seconds") == 0)
    assert processor.metrics().sum("jaga_processor_events_total") == 4500
    processor.stop()


def test_a_redis_that_is_away_is_seen(scenario):
    scenario.init()
    processor = Processor(scenario, JAGA_REDIS_TIMEOUT_MS=200)
    processor.wait_ready()
    redis = scenario.stack.pid("redis")
    os.kill(redis, signal.SIGSTOP)
    try:
        scenario.publish(wire.story(range(10)))
        processor.wait("Redis seems to be there", lambda m: m.sum("jaga_processor_redis_up") == 0)
        status, headers, text = processor.ask("/readyz")
        assert status == 503 and text == "lane 0: Redis does not answer\n" and headers["Retry-After"] == "2", text
        before = processor.metrics().sum("jaga_processor_view_lag_seconds")
        time.sleep(1)
        found = processor.metrics()
        assert found.sum("jaga_processor_view_lag_seconds") > before + 1.5  # of two lanes
        assert found.sum("jaga_processor_copy_lag_seconds") > 2
        assert found.sum("jaga_processor_redis_errors_total", kind="away") >= 2
        processor.wait("it does not go on", lambda m: m.sum("jaga_processor_events_total") == 30 and lag(m) == 0)
        processor.lives()
    finally:
        os.kill(redis, signal.SIGCONT)
    processor.wait("Redis does not come back", lambda m: m.sum("jaga_processor_redis_up") == 2 and
                   m.sum("jaga_processor_view_lag_seconds") == 0)
    processor.wait_ready()
    processor.stop()


def test_a_kafka_that_is_away_is_seen(scenario):
    scenario.init()
    processor = Processor(scenario)
    processor.wait_ready()
    told = processor.metrics().one("jaga_processor_kafka_errors_total")
    try:
        scenario.stack.command("stop", "kafka")
        processor.wait("no error", lambda m: m.one("jaga_processor_kafka_errors_total") > told)
        processor.lives()
    finally:
        scenario.stack.command("start", "kafka")
    processor.stop(expect=None)


# ---- lanes and readiness

def test_lanes_move_between_processes(scenario):
    scenario.kafka_options(session_timeout_ms=6000, heartbeat_interval_ms=300)
    scenario.init()
    first = Processor(scenario)
    first.wait_ready()
    assert first.metrics().one("jaga_processor_lanes_owned") == 2
    scenario.publish(wire.story(range(10)))
    first.wait("not applied", lambda m: m.sum("jaga_processor_events_total") == 30)
    second, third = Processor(scenario), Processor(scenario)
    each = (first, second, third)

    def is_shared():
        owned = [p.metrics().one("jaga_processor_lanes_owned") for p in each]
        return sorted(owned) == [0, 1, 1] and all(p.is_ready() for p in each)
    scenario.wait_for("the lanes are not shared", is_shared, first.process)
    owners = [p.metrics().one("jaga_processor_lane_owned", lane=lane) for p in each for lane in ("0", "1")]
    assert sum(owners) == 2, owners
    found = first.metrics()
    assert found.sum("jaga_processor_events_total") == 30  # what was given away is not forgotten
    assert len(found.all("jaga_processor_participants")) == found.one("jaga_processor_lanes_owned")
    for processor in each:
        processor.stop()


def test_not_ready_while_a_lane_opens(scenario):
    scenario.init()
    scenario.publish(wire.story(range(10)))
    scenario.drain()
    population.empty_redis(scenario)
    processor = Processor(scenario, JAGA_FAULT="redo", JAGA_FAULT_ACTION="sleep:4000")
    scenario.wait_until(processor.process, "fault redo")
    status, _, text = processor.ask("/readyz")
    assert status == 503 and re.fullmatch(r"lane \d is opening\n", text), text
    assert processor.metrics().sum("jaga_processor_lane_state", state="opening") >= 1
    processor.lives()
    processor.wait_ready()
    processor.stop()


# ---- requests and addresses

def test_odd_requests_get_a_clear_status(scenario):
    scenario.init()
    processor = Processor(scenario)
    for path, expected in (("/", 404), ("/metrics/", 404), ("/metrics?x=1", 404), ("/METRICS", 404), ("/%6detrics", 404),
                           ("/../metrics", 404), ("/" + "a" * 1023, 404), ("/" + "a" * 1024, 414), ("/" + "a" * 9000, 414)):
        status, headers, _ = processor.ask(path)
        assert status == expected, (path[:40], status)
        assert headers["Content-Type"].startswith("text/plain") and headers["X-Content-Type-Options"] == "nosniff"
    for method in "POST", "PUT", "DELETE", "BREW":
        status, headers, text = processor.ask("/metrics", method=method)
        assert (status, headers["Allow"], text) == (405, "GET, HEAD", "only GET and HEAD are answered\n")
    assert processor.ask("/metrics", body="x")[0] == 413
    status, headers, text = processor.ask("/metrics", method="HEAD")
    assert status == 200 and text == "" and int(headers["Content-Length"]) > 5000
    for request in b"\x16\x03\x01\x02\0\1\0\1", b"GET / HTTP/9.9\r\n\r\n", b"GET /metrics HTTP/1.1\r\n\r\n":
        answer = processor.raw(request, wait=1)
        assert answer == b"" or 400 <= dashboard.status_of(answer) < 600, answer
    processor.lives()
    processor.stop()


def test_addresses_that_cannot_be_had(scenario):
    scenario.init()
    processor = Processor(scenario)
    done = scenario.run("process", "--metrics.address", "127.0.0.1:%d" % processor.port, expect=2)
    assert "cannot listen on 127.0.0.1:%d: Address already in use. Give another --metrics.address" % processor.port \
        in done.stderr, done.stderr
    for wrong in "9464", "localhost:9464", "127.0.0.1:", "127.0.0.1:99999", ":9464", "127.0.0.1:94a":
        done = scenario.run("process", "--metrics.address", wrong, expect=64)
        assert "metrics.address \"%s\" is no address and port" % wrong in done.stderr, done.stderr
    processor.stop()
    quiet = scenario.start("process")
    scenario.wait_until(quiet, "lane_ready", times=2)
    assert "metrics_ready" not in scenario.said(quiet)
    scenario.stop(quiet)


# ---- what is built on the names

def names_in(text):
    return set(re.findall(r"\bjaga_[a-z_]*[a-z]\b", text))


def asked_of_redis(board):
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            if target["datasource"]["type"] == "redis-datasource":
                yield target


def test_alerts_and_board_use_what_is_told(scenario):
    population.publish(scenario)
    scenario.drain("--until", "2025-06-01T00:00:00+07:00")  # when payments are overdue
    processor, shown = Processor(scenario), dashboard.Dashboard(scenario)
    processor.wait("not all was applied", lambda m: lag(m) == 0 and m.sum("jaga_processor_view_lag_seconds") == 0)
    scenario.wait_for("no figures", lambda: shown.ask("/readyz")[0] == 200, shown.process)
    scenario.wait_for("Kafka was not looked at", lambda: "jaga_kafka_age_seconds" in Metrics(shown).types)
    of_processor, of_dashboard = processor.metrics(), Metrics(shown)
    promtool(of_dashboard.text)
    overdue = scenario.coverage("--region", "ID")[0]["overdue_idr:programme:JKM"]
    assert of_dashboard.one("jaga_overdue_rupiah", programme="JKM") == overdue > 0
    common = set(of_processor.types) & set(of_dashboard.types)
    assert common == {"jaga_build_info"}, common
    told = set()
    for found in of_processor, of_dashboard:
        told |= set(found.types) | {name for name, _ in found.samples}
    alerts = open(os.path.join(harness.ROOT, "deploy/prometheus/alerts.yml")).read()
    board = open(os.path.join(harness.ROOT, "deploy/grafana/jaga.json")).read()
    page = open(os.path.join(harness.ROOT, "docs/metrics.md")).read()
    for what, text in (("alerts.yml", alerts), ("jaga.json", board)):
        used = names_in(text)
        assert len(used) > 10 and used <= told, (what, sorted(used - told))
    documented = names_in(page)
    families = set(of_processor.types) | set(of_dashboard.types)
    assert documented == families, sorted(documented ^ families)
    redis = scenario.stack.redis()
    for target in asked_of_redis(json.loads(board)):
        assert redis("EXISTS", target["keyName"]) == 1 or "coverage" in target["keyName"], target
    redis.close()
    shown.stop()
    processor.stop()


# ---- users of Redis

class Guarded:
    """A Redis with the users of deploy/redis/users.acl, and one more for the test. Use as a context."""

    PASSWORDS = {"processor": "of the processor", "reader": "of readers"}

    def __init__(self, scenario):
        self.folder = scenario.stack.path("guarded")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        with open(os.path.join(harness.ROOT, "deploy/redis/users.acl")) as file:
            self.users = file.read()

    def start(self, users):
        path = os.path.join(self.folder, "users.acl")
        with open(path, "w") as file:
            file.write(users)
        return subprocess.Popen(
            ["redis-server", os.path.join(harness.ROOT, "deploy/local/redis.conf"), "--bind", "127.0.0.1", "--port",
             str(ACL_PORT), "--dir", self.folder, "--aclfile", path], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        users = self.users
        for user, password in self.PASSWORDS.items():
            users = users.replace("%s_PASSWORD_SHA256" % user.upper(), hashlib.sha256(password.encode()).hexdigest())
        self.process = self.start(users + "user tester on nopass ~* &* +@all\n")
        end = time.monotonic() + 20
        while True:
            try:
                self.tester = harness.Redis(ACL_PORT)
                self.tester("AUTH", "tester", "any")
                return self
            except (OSError, RuntimeError):
                assert time.monotonic() < end and self.process.poll() is None, self.process.stdout.read()
                time.sleep(0.05)

    def __exit__(self, *_):
        self.tester.close()
        self.process.terminate()
        self.process.communicate(timeout=30)

    def environment(self, user):
        return {"JAGA_REDIS_ADDRESS": "127.0.0.1:%d" % ACL_PORT, "JAGA_REDIS_USERNAME": user,
                "JAGA_REDIS_PASSWORD": self.PASSWORDS[user]}

    def client(self, user):
        redis = harness.Redis(ACL_PORT)
        redis("AUTH", user, self.PASSWORDS[user])
        return redis


def refused(redis, *words):
    try:
        answer = redis(*words)
    except RuntimeError as error:
        assert str(error).startswith("NOPERM"), (words, error)
        return
    raise AssertionError("%s is allowed: %r" % (words, answer))


def test_the_file_of_users_is_refused_with_its_placeholders(scenario):
    guarded = Guarded(scenario)
    process = guarded.start(guarded.users)
    said, _ = process.communicate(timeout=30)
    assert process.returncode != 0 and "ACL" in said, said


def test_readers_read_what_is_public_and_nothing_else(scenario):
    with Guarded(scenario) as guarded:
        scenario.settings.update(guarded.environment("processor"))
        scenario.init()
        population.publish(scenario)
        processor = Processor(scenario)
        processor.wait("not applied", lambda m: lag(m) == 0 and m.sum("jaga_processor_copy_lag_seconds") == 0)
        denied = guarded.tester("ACL", "LOG")
        assert denied == [], denied  # the processor was refused nothing
        scenario.wait_for("no figures", lambda: int(guarded.tester.hash("jaga:{pub}:kpi").get(b"registered", 0)) > 100)
        scenario.settings.update(guarded.environment("reader"))
        country = scenario.coverage("--region", "ID")[0]
        assert country["registered"] > 100
        status = [json.loads(line) for line in scenario.run("status", "--json").stdout.splitlines()]
        assert {"lane", "public", "exceptions"} <= {line["kind"] for line in status}, status
        shown = dashboard.Dashboard(scenario)
        scenario.wait_for("not ready", lambda: shown.ask("/readyz")[0] == 200, shown.process)
        assert shown.json("/api/v1/coverage")["regions"] and shown.json("/api/v1/meta")["lanes"]
        assert shown.json("/api/v1/regions/ID/curve")["values"] and shown.json("/api/v1/exceptions")["exceptions"]
        shown.json("/api/v1/batches")
        assert Metrics(shown).one("jaga_redis_up") == 1 and shown.ask("/")[0] == 200
        shown.stop()
        denied = guarded.tester("ACL", "LOG")
        assert denied == [], denied
        reads_with_grafana(guarded.client("reader"))
        is_kept_out(guarded.client("reader"))
        processor.stop()
        done = scenario.run("process", "--drain", expect=2)
        assert "CONFIG GET" in done.stderr, done.stderr
        scenario.settings.update(guarded.environment("processor"))
        scenario.run("audit")
        guarded.tester("FLUSHALL")
        scenario.run("rebuild")
        assert [entry for entry in guarded.tester("ACL", "LOG") if b"processor" in entry] == []
        scenario.settings["JAGA_REDIS_PASSWORD"] = "wrong"
        done = scenario.run("coverage", expect=2)
        assert "refuses redis.username and redis.password" in done.stderr, done.stderr


def reads_with_grafana(redis):
    with open(os.path.join(harness.ROOT, "deploy/grafana/jaga.json")) as file:
        board = json.load(file)
    asked = 0
    for target in asked_of_redis(board):
        words = {"zrange": (target.get("min"), target.get("max"), "WITHSCORES"), "hgetall": (),
                 "xrange": (target.get("start") or "-", target.get("end") or "+")}[target["command"]]
        redis(target["command"].upper(), target["keyName"], *words)
        asked += 1
    assert asked >= 3
    redis("PING")
    redis("INFO")
    redis("ZREVRANGE", "jaga:{pub}:rank:coverage:province", 0, -1)
    assert int(redis.hash("jaga:{pub}:kpi")[b"registered"]) > 100
    redis.close()


def is_kept_out(redis):
    for key in "jaga:{0}:tally", "jaga:{0}:counts", "jaga:{0}:days:36.71", "jaga:{0}:p:0", "other":
        refused(redis, "HGETALL", key)
    refused(redis, "GET", "jaga:{0}:owner")
    for words in (("SET", "jaga:{pub}:kpi", "1"), ("HSET", "jaga:{pub}:kpi", "active", "1"), ("DEL", "jaga:{pub}:kpi"),
                  ("HSET", "jaga:{0}:meta", "a", "b"), ("XADD", "jaga:{pub}:series:ID", "*", "a", "b"),
                  ("EXPIRE", "jaga:{pub}:kpi", "1"), ("RENAME", "jaga:{pub}:kpi", "jaga:{pub}:a"),
                  ("CONFIG", "GET", "dir"), ("CONFIG", "SET", "dir", "/"), ("FLUSHALL",), ("KEYS", "*"), ("SCAN", "0"),
                  ("EVAL", "return 1", "0"), ("SHUTDOWN",), ("ACL", "LIST"), ("MONITOR",), ("SUBSCRIBE", "a"),
                  ("SAVE",), ("CLIENT", "LIST"), ("SORT", "jaga:{pub}:regions", "BY", "nosort",
                                                                          "GET", "jaga:{0}:owner")):
        refused(redis, *words)
    redis.close()
    nobody = harness.Redis(ACL_PORT)
    for words in ("PING",), ("HGETALL", "jaga:{pub}:kpi"):
        try:
            nobody(*words)
            raise AssertionError("%s without a user" % (words,))
        except RuntimeError as error:
            assert "NOAUTH" in str(error), error
    nobody.close()


if __name__ == "__main__":
    harness.run([
        test_the_numbers_are_those_of_the_topics, test_what_is_redone_is_not_counted_again,
        test_lag_rises_while_kafka_holds_and_goes, test_a_redis_that_is_away_is_seen, test_a_kafka_that_is_away_is_seen,
        test_lanes_move_between_processes, test_not_ready_while_a_lane_opens, test_odd_requests_get_a_clear_status,
        test_addresses_that_cannot_be_had, test_alerts_and_board_use_what_is_told,
        test_the_file_of_users_is_refused_with_its_placeholders, test_readers_read_what_is_public_and_nothing_else,
    ], "metrics", BASE)
