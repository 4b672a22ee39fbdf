"""What else a replay is good for: a Redis filled beside the live one (`jaga rebuild`), the figures as they were
known at an earlier time (`jaga coverage --known-at`), evidence of a payment, and another law rehearsed."""
import json
import os
import shutil
import subprocess

import harness
import wire

BASE = {"type": "BasePublished", "id": "b1", "source": "/bps", "time": "2024-01-01T00:00:00Z",
        "region": "36.71", "kind": "WORKERS", "year": 2024, "value": 100, "publisher": "BPS"}
LATER_BASE = dict(BASE, id="b2", time="2024-02-20T00:00:00Z", value=50)


class SecondRedis:
    """Another Redis with the settings of the local stack, three ports above the first."""

    def __init__(self, scenario):
        self.port = scenario.stack.redis_port + 3
        folder = scenario.stack.path("redis-%s" % scenario.prefix)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.process = subprocess.Popen(
            ["redis-server", os.path.join(harness.ROOT, "deploy", "local", "redis.conf"), "--bind",
             "127.0.0.1", "--port", str(self.port), "--dir", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.address = "127.0.0.1:%d" % self.port
        scenario.wait_for("no second redis", self.answers)

    def answers(self):
        try:
            redis = harness.Redis(self.port)
        except OSError:
            return False
        redis.close()
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def keys(self, lanes):
        redis = harness.Redis(self.port)
        try:
            found = {}
            for lane in range(lanes):
                found.update(redis.snapshot("jaga:{%d}:*" % lane, ("jaga:{%d}:owner" % lane,)))
            return found, public(redis)
        finally:
            redis.close()


def public(redis):
    """The public keys without the series, whose entries are of the past, and without who wrote when."""
    keys = {name: value for name, value in redis.snapshot("jaga:{pub}:*").items()
            if ":series:" not in name}
    for field in (b"updated_at", b"series_through"):
        keys["jaga:{pub}:meta"].pop(field)
    return keys


def place(scenario, name):
    """A path of the scenario's own at which nothing is left of an earlier run."""
    path = scenario.stack.path("%s-%s" % (name, scenario.prefix))
    shutil.rmtree(path, ignore_errors=True)
    for left in (path, path + ".pub"):
        if os.path.exists(left):
            os.remove(left)
    return path


def filled(scenario, numbers=range(40)):
    scenario.init()
    scenario.publish([BASE] + wire.story(numbers))
    scenario.drain(JAGA_BATCH_EVENTS_MAX=7)


def test_rebuild_beside(scenario):
    """The second Redis holds what the first does, key for key; a processor goes on from it without a
    redo, and from the first as before."""
    filled(scenario)
    redis = scenario.stack.redis()
    with SecondRedis(scenario) as second:
        done = scenario.run("rebuild", JAGA_REDIS_ADDRESS=second.address)
        assert "participants" in done.stdout, done.stdout
        lanes, public_keys = second.keys(2)
        assert lanes == scenario.lane_keys() and len(lanes) > 10
        assert public_keys == public(redis)
        scenario.publish([wire.enrolled(wire.person(500), "2024-03-01T01:00:00Z")])
        went_on = scenario.drain(JAGA_REDIS_ADDRESS=second.address)
        assert "redo_begins" not in went_on.stderr, went_on.stderr
        went_on = scenario.drain()
        assert "redo_begins" in went_on.stderr, went_on.stderr
        assert second.keys(2)[0] == scenario.lane_keys()
    redis.close()


def test_rebuild_from_archive(scenario):
    """The archive gives what it holds, the topics the rest."""
    filled(scenario)
    folder = place(scenario, "archive")
    scenario.run("archive", folder)
    scenario.publish(wire.story(range(100, 110)))
    scenario.drain()
    with SecondRedis(scenario) as second:
        scenario.run("rebuild", "--archive", folder, JAGA_REDIS_ADDRESS=second.address)
        assert second.keys(2)[0] == scenario.lane_keys()


def test_rebuild_refused(scenario):
    """A Redis that holds the log, or another one, is left as it is; so is one whose log disagrees."""
    filled(scenario)
    before = scenario.lane_keys()
    done = scenario.run("rebuild", expect=2)
    assert "holds lane 0 already" in done.stderr and "--redis.address" in done.stderr, done.stderr
    assert scenario.lane_keys() == before
    done = scenario.run("rebuild", expect=2, JAGA_REDIS_ADDRESS="127.0.0.1:1",
                        JAGA_REDIS_TIMEOUT_MS=300)
    assert "127.0.0.1:1" in done.stderr, done.stderr
    done = scenario.run("rebuild", "extra", expect=64)
    with wire.Wire(scenario) as tool, SecondRedis(scenario) as second:
        tool.ask("delete_records", topic=tool.topic("enrollment"), partition=0, before=3)
        done = scenario.run("rebuild", expect=2, JAGA_REDIS_ADDRESS=second.address)
        assert "does not agree with its log" in done.stderr, done.stderr
        assert scenario.prefix + ".enrollment" in done.stderr, done.stderr
        redis = harness.Redis(second.port)
        assert redis.keys("jaga:{0}:meta") == [], "a lane that disagrees was written"
        redis.close()


def test_known_at(scenario):
    """What was shown then is what a replay until then gives, on every day; facts that came later do not
    count, nor does what a batch that reaches further had not applied yet."""
    scenario.init()
    people = wire.story(range(30))
    scenario.publish([BASE] + [e for e in people if e["time"] < "2024-02-10"])
    scenario.drain(JAGA_BATCH_EVENTS_MAX=7)
    days = ("2024-02-01", "2024-02-11", "2024-06-01")
    then = {day: scenario.coverage("--as-of", day) for day in days}
    assert then["2024-02-11"][0]["active"] == 30
    scenario.publish([LATER_BASE] + [e for e in people if e["time"] >= "2024-02-10"] +
                     [wire.enrolled(wire.person(900), "2024-02-15T01:00:00Z")])
    scenario.drain()
    now = {day: scenario.coverage("--as-of", day) for day in days}
    assert now["2024-02-11"] != then["2024-02-11"]
    for day in days:
        known = scenario.coverage("--as-of", day, "--known-at", "2024-02-09T00:00:00Z")
        assert known == then[day], (day, known, then[day])
        assert scenario.coverage("--as-of", day, "--known-at", "2030-01-01T00:00:00Z") == now[day]
    assert then["2024-02-11"] == scenario.coverage("--known-at", "2024-02-10T20:00:00Z"), \
        "without a date: the day of that time in Jakarta"
    folder = place(scenario, "archive")
    scenario.run("archive", folder)
    away = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_REDIS_ADDRESS": "127.0.0.1:1"}
    done = scenario.run("coverage", "--json", "--as-of", days[1], "--known-at",
                        "2024-02-09T00:00:00Z", "--archive", folder, **away)
    assert done.stdout.count("\n") == len(then[days[1]])
    for words, code, text in (
            (("--known-at", "2010-01-01T00:00:00Z"), 2, "nothing was known at that time"),
            (("--known-at", "yesterday"), 64, "give a time such as"),
            (("--archive", folder), 64, "--known-at"),
            (("--known-at", "2024-02-09T00:00:00Z", "--batches"), 64, "known now"),
            (("--known-at", "2024-02-09T00:00:00Z", "--archive", "/nowhere"), 64, "/nowhere")):
        done = scenario.run("coverage", *words, expect=code)
        assert text in done.stderr, (words, done.stderr)


def test_proof(scenario):
    """From a claim's id to evidence that is checked without any server, and that fits on a page."""
    filled(scenario, range(300))
    away = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_REDIS_ADDRESS": "127.0.0.1:1"}
    who = wire.person(7)
    evidence, key, other = (place(scenario, name) for name in ("evidence", "key", "other"))
    done = scenario.run("explain", "C-" + who, "--proof", evidence, expect=2)
    assert "no signed checkpoint covers" in done.stderr and "jaga checkpoint" in done.stderr, done.stderr
    scenario.run("checkpoint", "--new-key", key)
    scenario.run("checkpoint", "--key", key)
    folder = place(scenario, "archive")
    scenario.run("archive", folder)
    payment = [p for p in scenario.read("payment") if p["participant_id"] == who][0]
    texts = []
    for words, env in ((("C-" + who,), {}), ((payment["payment_id"], "--archive", folder), away),
                       (("C-" + who, "--public-key", key + ".pub"), {})):
        scenario.run("explain", *words, "--proof", evidence, **env)
        with open(evidence) as file:
            texts.append(file.read())
    assert texts[0] == texts[1] == texts[2] and len(texts[0]) < 4096, len(texts[0])
    done = scenario.run("verify", evidence, "--public-key", key + ".pub", "--json", **away)
    proven = json.loads(done.stdout)
    assert [r["participant_id"] for r in proven["records"]] == [who, who], proven
    assert proven["records"][1]["amount_idr"] == 42000000, proven
    scenario.run("checkpoint", "--new-key", other)
    done = scenario.run("verify", evidence, "--public-key", other + ".pub", expect=1, **away)
    done = scenario.run("explain", "C-" + who, "--public-key", other + ".pub", "--proof", evidence,
                        expect=2)
    assert "no signed checkpoint covers" in done.stderr, done.stderr
    with open(evidence, "w") as file:
        file.write(texts[0].replace('"index":', '"index":1', 1))
    scenario.run("verify", evidence, "--public-key", key + ".pub", expect=1, **away)
    done = scenario.run("explain", "C-" + who, "--public-key", key + ".pub", expect=64)
    assert "--proof" in done.stderr, done.stderr
    scenario.run("explain", "C-" + who, "--proof", "/nowhere/evidence.json", expect=2)


def other_rules(scenario, name, old, new):
    """A copy of the tables with one text changed."""
    folder = place(scenario, "rules")
    shutil.copytree(os.path.join(harness.ROOT, "rules"), folder)
    path = os.path.join(folder, name)
    with open(path) as file:
        text = file.read()
    assert text.count(old) == 1, old
    with open(path, "w") as file:
        file.write(text.replace(old, new))
    return folder


def test_rehearse(scenario):
    """Another law on the recorded claims: amounts, verdicts, and deadlines that fire at other times; nothing
    is put out, and the bundle in force stays."""
    late = wire.person(700)
    scenario.init()
    scenario.publish(wire.story(range(30)) + [
        wire.death_claim(late, "2024-02-12T01:00:00Z", "2024-02-10"),
        wire.enrolled(late, "2024-02-17T01:00:00Z", cover_from="2024-02-01"),
        wire.paid(late, "2024-02-17T02:00:00Z", "2024-02")])
    scenario.drain(JAGA_BATCH_EVENTS_MAX=7)
    before = scenario.outputs(), scenario.lane_keys()
    same = scenario.run("rules", "rehearse", os.path.join(harness.ROOT, "rules"), "--json")
    assert json.loads(same.stdout)["differ"] == 0 and json.loads(same.stdout)["claims"] == 31, same.stdout
    burial = other_rules(scenario, "benefits.csv", "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000",
                         "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,11000000")
    done = scenario.run("rules", "rehearse", burial, "--json", expect=1)
    *claims, total = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(claims) == total["differ"] == 30, total  # the late one is HELD by both
    assert total["difference_idr"] == 30 * 1000000, total
    assert {(c["recorded"]["total_idr"], c["rehearsed"]["total_idr"]) for c in claims} == {
        (42000000, 43000000)}, claims[0]
    waiting = other_rules(scenario, "parameters.csv", "wait-days,WAIT_DAYS,*,14,",
                          "wait-days,WAIT_DAYS,*,2,")
    done = scenario.run("rules", "rehearse", waiting, "--json", expect=1)
    *claims, total = [json.loads(line) for line in done.stdout.splitlines()]
    assert [c["participant_id"] for c in claims] == [late], claims
    assert claims[0]["recorded"]["verdict"] == "HELD", claims
    assert claims[0]["rehearsed"]["verdict"] == "REJECTED", claims
    assert claims[0]["rehearsed"]["reason"] == "MEMBERSHIP_UNKNOWN", claims
    text = scenario.run("rules", "rehearse", waiting, expect=1).stdout
    assert "1 would be decided otherwise" in text and late in text, text
    assert (scenario.outputs(), scenario.lane_keys()) == before
    scenario.run("rules", "rehearse", expect=64)
    scenario.run("rules", "rehearse", "/nowhere", expect=64)


def test_a_new_law_from_a_record_on(scenario):
    """A bundle that is published takes effect at a journal record: what was decided stays, what comes is decided
    by it, and a replay follows."""
    scenario.init()
    first, second = wire.story(range(20)), wire.story(range(100, 120))
    scenario.publish(first)
    scenario.drain()
    dearer = other_rules(scenario, "benefits.csv", "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,10000000",
                         "jkm-burial-2019,JKM,BURIAL,FIXED_IDR,11000000")
    scenario.run("rules", "publish", dearer)
    scenario.publish(second)
    scenario.drain()
    totals = [d["total_idr"] for d in scenario.read("decision") if d["verdict"] == "APPROVED"]
    assert sorted(totals) == [42000000] * 20 + [43000000] * 20, totals
    assert json.loads(scenario.run("audit", "--json").stdout.splitlines()[-1])["result"] == "agrees"
    done = scenario.run("rules", "rehearse", dearer, "--json", expect=1)
    assert json.loads(done.stdout.splitlines()[-1])["differ"] == 20, done.stdout


if __name__ == "__main__":
    harness.run([test_rebuild_beside, test_rebuild_from_archive, test_rebuild_refused, test_known_at,
                 test_proof, test_rehearse, test_a_new_law_from_a_record_on],
                "replay", 18800)
