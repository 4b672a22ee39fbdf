"""Employers are a set: whatever the order of events, the lanes and the refreshes, the number that is shown of a
region, a province and the country is what counting sets of them gives (tests/plain)."""
import json
import os
import random
import sys

import harness
import wire

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "plain"))
import contract  # noqa: E402
import plain  # noqa: E402

DAYS = ["2023-12-20", "2024-01-01", "2024-01-15", "2024-02-01", "2024-02-29", "2024-04-01", "2024-05-01",
        "2025-06-30"]
REGIONS = ("36.71", "36.74", "31.71", "16.71")
LAST_TIME = "2030-01-01T00:00:00Z"
CHANGES_MAX = 100000  # EMPLOYER_CHANGES_MAX


def at(day, minute):
    return "2024-%02d-%02dT%02d:%02d:00Z" % (1 + day // 28, 1 + day % 28, minute // 60, minute % 60)


def date(day):
    return at(day, 0)[:10]


class Maker:
    """People who are enrolled, move, leave, die; some enrolments are voided. All in order of time."""

    def __init__(self, seed, lanes):
        self.random, self.lanes, self.people = random.Random(seed), lanes, {}
        self.count, self.minute = 0, 0

    def pick(self, words):
        return self.random.choice(words)

    def event(self, who, type, day, **body):
        self.count += 1
        self.minute += 1
        return {"type": type, "id": "e%d" % self.count, "source": "/s", "participant_id": who,
                "time": at(day, self.minute % 1300), **body}

    def enrolled(self, day):
        who = wire.person(self.count if self.random.random() < 0.7 or not self.people
                          else int(self.pick(list(self.people))[2:]), self.lanes)
        member = "M%d" % self.count
        self.people.setdefault(who, []).append(member)
        ends = self.random.random() < 0.5
        segment = self.pick(("PU", "PU", "PU_STATE", "BPU"))
        events = [self.event(
            who, "Enrolled", day, membership_id=member, segment=segment, category="PETANI",
            programmes=["JKK", "JKM"], employer_id=self.pick((None, "PT A", "PT B", "PT C", "PT D")),
            region_home=self.pick(REGIONS), region_work=self.pick((None, None) + REGIONS),
            sponsor={"kind": "SELF", "ref": None}, risk_group=1, wage_idr=1000000,
            cover_from=date(max(0, day - self.random.randrange(20))),
            cover_to=date(day + self.random.randrange(60)) if ends else None)]
        if segment == "BPU":
            events.append(wire.paid(who, events[0]["time"], date(day)[:7], membership=member, lines=[
                {"programme": "JKK", "amount_idr": 10000}, {"programme": "JKM", "amount_idr": 6800}]))
        return events

    def changed(self, day):
        who = self.pick(list(self.people))
        member = self.pick(self.people[who])
        other = date(day + self.random.randrange(-10, 30) if day > 10 else day)
        return [self.pick((
            lambda: self.event(who, "Moved", day, region_home=self.pick(REGIONS), effective_from=other),
            lambda: self.event(who, "MembershipEnded", day, membership_id=member, last_day=other,
                               reason="RESIGNED"),
            lambda: self.event(who, "EnrollmentVoided", day, membership_id=member, reason="twice"),
            lambda: self.event(who, "ParticipantDied", day, died_on=date(day), evidence="FAMILY")))()]

    def some(self, day, count):
        made = []
        while len(made) < count:
            made += self.enrolled(day) if not self.people or self.random.random() < 0.6 else \
                self.changed(day)
        return sorted(made, key=lambda event: wire.micros(event["time"]))


def counted(events):
    """What sets of employers come to: (day, region) -> number."""
    world = plain.run([json.dumps(event) for event in events],
                      contract.Law(os.path.join(harness.ROOT, "rules")))
    return {(day, code): measures["employers"] for day in DAYS
            for code, measures in world.coverage(contract.date_of(day)).items()
            if "employers" in measures}


def of_lines(lines):
    return {(line["date"], line["region"]): line["employers"] for line in lines if "employers" in line}


def shown(scenario, *words):
    return {key: value for day in DAYS
            for key, value in of_lines(scenario.coverage("--as-of", day, *words)).items()}


def send(scenario, events):
    with wire.Wire(scenario) as tool:
        tool.send(events)


def settle(scenario, process, events):
    """Waits until the figures are those of these events; fails with the first that is not."""
    expected = counted(events)
    redis = scenario.stack.redis()
    scenario.wait_for("no public keys", lambda: redis("EXISTS", "jaga:{pub}:meta"), process)
    redis.close()
    try:
        scenario.wait_for("", lambda: shown(scenario) == expected, process, seconds=30)
    except AssertionError:
        found = shown(scenario)
        wrong = sorted(key for key in {**found, **expected} if found.get(key) != expected.get(key))
        raise AssertionError("%s: %s, and sets give %s" % (
            wrong[0], found.get(wrong[0]), expected.get(wrong[0])) if wrong else "too late")
    return expected


def agrees(scenario):
    done = scenario.run("audit", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["result"] == "agrees", done.stdout


def start(scenario):
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=7, JAGA_VIEW_FLUSH_MS=5)
    scenario.wait_until(process, "lane_ready", times=scenario.lanes)
    return process


def test_sets_of_employers(scenario):
    """Refresh by refresh, after a restart, from an empty Redis, in the past: always the same number."""
    maker, events = Maker(1, scenario.lanes), []
    scenario.init()
    process = start(scenario)
    for round in range(8):
        more = maker.some(10 + 12 * round, 40)
        send(scenario, more)
        events += more
        expected = settle(scenario, process, events)
    assert {code for _, code in expected} >= {"ID", "36", "36.71", "36.74", "31", "16"}, expected
    on = {code: value for (day, code), value in expected.items() if day == "2024-02-01"}
    assert on["36"] < on["36.71"] + on["36.74"], "the province is no sum of its cities: %s" % on
    agrees(scenario)
    scenario.stop(process)
    assert shown(scenario, "--known-at", LAST_TIME) == expected
    redis = scenario.stack.redis()
    before = redis.snapshot("jaga:{pub}:days:*")
    redis("FLUSHALL")
    redis.close()
    scenario.drain()
    redis = scenario.stack.redis()
    assert redis.snapshot("jaga:{pub}:days:*") == before
    redis.close()
    assert shown(scenario) == expected
    agrees(scenario)


def test_generated_streams(scenario):
    """More seeds, each through `jaga try`."""
    for seed in range(100, 112):
        maker = Maker(seed, scenario.lanes)
        events = [event for round in range(6) for event in maker.some(10 + 15 * round, 25)]
        path = scenario.stack.path("employers-%d.jsonl" % seed)
        with open(path, "w") as file:
            file.writelines(json.dumps(event) + "\n" for event in events)
        found = {}
        for day in DAYS:
            lines = scenario.run("try", "--clock", "events", "--coverage", day, path).stdout.splitlines()
            found.update(of_lines([json.loads(line) for line in lines if '"coverage"' in line]))
        assert found == counted(events), seed


def enrolled(number, lane, **more):
    return wire.enrolled(wire.person(number, 2, lane), "2024-01-02T01:00:00Z", **more)


def test_a_further_worker_writes_nothing(scenario):
    """Of a running employer; and what an employer's last worker takes away goes from Redis."""
    scenario.init()
    send(scenario, [enrolled(1, 0, employer_id="PT A"), enrolled(1, 1)])  # both clocks are there
    scenario.drain()
    redis = scenario.stack.redis()
    key, hint = "jaga:{0}:employers:36.71", "jaga:changed:{0}:employers"
    (field, days), = redis.hash(key).items()
    assert days == b"2024-01-02/" and len(field) == 16, redis.hash(key)
    process = start(scenario)
    try:
        scenario.wait_for("no public keys", lambda: redis("EXISTS", "jaga:{pub}:meta"))
        send(scenario, [enrolled(500, 0, employer_id="PT A", cover_to="2024-02-29"),
                        enrolled(900, 0, employer_id="PT A")])
        scenario.wait_for("two more", lambda: redis("HGET", "jaga:{pub}:kpi", "active") == b"4", process)
        assert redis("ZCARD", hint) == 0, redis("ZRANGE", hint, 0, -1)
        assert redis("HGET", "jaga:{pub}:kpi", "employers") == b"1"
        send(scenario, [dict(enrolled(1300, 0, employer_id="PT B"), id="b"), {
            "type": "EnrollmentVoided", "id": "v", "source": "/s", "time": "2024-01-02T03:00:00Z",
            "participant_id": wire.person(1, 2, 0), "membership_id": wire.person(1, 2, 0).replace("-", ""),
            "reason": "twice"}])
        scenario.wait_for("a second employer",
                          lambda: redis("HGET", "jaga:{pub}:kpi", "employers") == b"2", process)
        assert len(redis.hash(key)) == 2 and redis("ZCARD", hint) == 1
        send(scenario, [{
            "type": "EnrollmentVoided", "id": "w", "source": "/s", "time": "2024-01-02T04:00:00Z",
            "participant_id": wire.person(1300, 2, 0), "membership_id":
            wire.person(1300, 2, 0).replace("-", ""), "reason": "twice"}])
        scenario.wait_for("it is gone", lambda: redis("HGET", "jaga:{pub}:kpi", "employers") == b"1",
                          process)
        assert redis.hash(key) == {field: days}, redis.hash(key)
    finally:
        redis.close()
    agrees(scenario)
    scenario.stop(process)


def test_more_changes_than_the_hint_keeps(scenario):
    """All employers of the lane are read anew then; what is left of the hint counts for nothing."""
    scenario.init()
    process = start(scenario)
    maker, events = Maker(3, scenario.lanes), []
    events += maker.some(10, 40)
    send(scenario, events)
    settle(scenario, process, events)
    redis = scenario.stack.redis()
    after = int(redis("HGET", "jaga:{1}:meta", "view_sequence")) + 1
    for first in range(0, CHANGES_MAX, 10000):
        members = [word for number in range(first, first + 10000)
                   for word in (after, "36.71:%016x:2024-01-01/" % number)]
        redis("ZADD", "jaga:changed:{1}:employers", *members)
    redis.close()
    more = maker.some(30, 40)
    send(scenario, more)
    settle(scenario, process, events + more)
    agrees(scenario)
    scenario.stop(process)


if __name__ == "__main__":
    harness.run([test_sets_of_employers, test_generated_streams, test_a_further_worker_writes_nothing,
                 test_more_changes_than_the_hint_keeps], "employers", 26100)
