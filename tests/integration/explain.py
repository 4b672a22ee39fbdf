#!/usr/bin/env python3
"""`jaga explain` and `jaga history` on a real log: one claim's reasons test by test, and every output of
every participant computed again from its own events alone."""
import hashlib
import json
import os
import shutil
import subprocess

import cases
import harness
import wire
from wire import Wire



def json_of(scenario, *words, expect=0):
    done = scenario.run(*words, "--json", expect=expect)
    assert "Sanitizer" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def explained(scenario, *words, expect=0):
    found = json_of(scenario, "explain", *words, expect=expect)
    assert len(found) == 1, found
    return found[0]


def placed(scenario, topic):
    """What `jaga read --place` prints, by (partition, offset)."""
    return {(line["partition"], line["offset"]): line["record"]
            for line in scenario.read(topic, "--place")}


def archived(scenario, name="archive"):
    folder = scenario.stack.path("%s-%s" % (scenario.prefix, name))
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier run, of another log
    scenario.run("archive", folder)
    return folder


def status(who, payment, attempt, state, time, bank_ref=None):
    return {"type": "PaymentStatusReported", "id": "s-%s-%s" % (payment[:4], time),
            "source": "/bank/demo", "time": time, "participant_id": who, "payment_id": payment,
            "attempt": attempt, "status": state, "at": time, "bank_ref": bank_ref}


def review(who, reviewer, time, revision=1):
    return {"type": "ClaimReviewed", "id": "r-%s-%s" % (who, time), "source": "/branch/36",
            "time": time, "participant_id": who, "claim_id": "C-%s" % who, "revision": revision,
            "reviewer": reviewer, "verdict": "APPROVE", "note": "seen"}


def documents(who, time):
    return {"type": "DocumentsCompleted", "id": "d-%s" % who, "source": "/branch/36", "time": time,
            "participant_id": who, "claim_id": "C-%s" % who, "documents_complete_on": time[:10]}


def at_work(who, time, died_on, **more):
    return wire.death_claim(who, time, died_on, cause="SUDDEN_DEATH_AT_WORK", **more)


class People:
    """All of lane 0, so that each moves the others' clock."""

    def __init__(self):
        self.officer = wire.person(1, lane=0)
        self.early = wire.person(1000, lane=0)
        self.high = wire.person(2000, lane=0)
        self.unknown = wire.person(3000, lane=0)
        self.last = wire.person(4000, lane=0)
        self.payment = cases.payment_id(self.officer, "ACC-%s" % self.officer, "C-%s" % self.officer,
                                        self.officer.replace("-", ""))
        self.burial = cases.payment_id(self.officer, "BURIAL", "C-%s" % self.officer,
                                       self.officer.replace("-", ""))

    def events(self):
        dear = dict(wage_idr=10000000)
        return [
            wire.enrolled(self.officer, "2024-01-25T02:00:00Z", cover_from="2024-01-25"),
            wire.enrolled(self.officer, "2024-01-25T02:00:00Z", cover_from="2024-01-25"),
            wire.paid(self.officer, "2024-01-26T02:00:00Z", "2024-01"),
            at_work(self.officer, "2024-02-16T02:00:00Z", "2024-02-14", burial_payee_ref="BURIAL"),
            status(self.officer, self.payment, 1, "INSTRUCTED", "2024-02-19T02:00:00Z"),
            status(self.officer, self.payment, 1, "SETTLED", "2024-02-20T02:00:00Z", "BANK-7"),
            status(self.officer, self.payment, 1, "INSTRUCTED", "2024-02-21T02:00:00Z"),

            wire.enrolled(self.early, "2024-02-10T02:00:00Z", cover_from="2024-02-10"),
            wire.paid(self.early, "2024-02-10T03:00:00Z", "2024-02"),
            at_work(self.early, "2024-02-16T03:00:00Z", "2024-02-09"),

            wire.enrolled(self.high, "2024-01-25T04:00:00Z", cover_from="2024-01-25", **dear),
            wire.paid(self.high, "2024-01-26T04:00:00Z", "2024-01", lines=[
                {"programme": "JKK", "amount_idr": 24000}, {"programme": "JKM", "amount_idr": 30000}]),
            at_work(self.high, "2024-02-16T04:00:00Z", "2024-02-14", documents_complete_on=None),
            documents(self.high, "2024-02-17T04:00:00Z"),
            review(self.high, "anna", "2024-02-18T04:00:00Z", 2),
            review(self.high, "anna", "2024-02-18T05:00:00Z", 2),
            review(self.high, "budi", "2024-02-19T04:00:00Z", 2),

            wire.paid(self.unknown, "2024-01-26T05:00:00Z", "2024-01"),
            wire.death_claim(self.unknown, "2024-02-16T05:00:00Z", "2024-02-14"),

            wire.enrolled(self.last, "2025-01-25T02:00:00Z", cover_from="2025-01-25"),
        ]


def made(scenario, **env):
    people = People()
    scenario.init()
    scenario.publish(sorted(people.events(), key=lambda event: event["time"]))
    scenario.drain(**env)
    return people


def test_an_approved_claim(scenario):
    people = made(scenario, JAGA_BATCH_EVENTS_MAX=4)
    claim = "C-%s" % people.officer
    found = explained(scenario, claim)
    assert (found["verdict"], found["reason"], found["agrees"]) == ("APPROVED", "OK", True), found
    assert found["difference"] is None and found["closed_by"] is None
    assert (found["participant_id"], found["claim_id"], found["lane"]) == (people.officer, claim, 0)

    decisions = placed(scenario, "decision")
    assert [d["record"] for d in found["decisions"]] == \
        [record for record in decisions.values() if record["claim_id"] == claim]
    for decision in found["decisions"]:
        assert decision["recomputed"] is True
        assert decisions[decision["partition"], decision["offset"]] == decision["record"]
    lines = found["decisions"][-1]["record"]["lines"]
    assert sum(line["amount_idr"] for line in lines) == found["total_idr"] > 0

    assert [test["test"] for test in found["tests"]][:2] == ["membership_unknown", "membership_void"]
    assert [test["test"] for test in found["tests"] if test["holds"]] == ["always"]
    facts = {test["test"]: test["facts"] for test in found["tests"]}
    assert facts["before_cover"] == {"event_on": "2024-02-14", "cover_start": "2024-01-25"}, facts
    assert facts["no_month_paid"]["months_paid"] == 1, facts

    rows = {rule["id"]: rule for rule in found["rules"]}
    assert set(line["rule"] for line in lines) < set(rows), rows
    for rule in rows.values():
        line = [text for text in law() if text.startswith(rule["id"] + ",")]
        assert len(line) == 1, rule
        columns = line[0].split(",")
        assert columns[-6:-2] == [rule["valid_from"], rule["valid_to"], rule["law"], columns[-3]], rule
        assert list(rule["values"].values()) == columns[1:-6], rule

    payments = placed(scenario, "payment")
    assert len(found["payments"]) == 2
    for payment in found["payments"]:
        assert payment["recomputed"] is True
        assert payments[payment["partition"], payment["offset"]] == payment["record"]
    by_id = {payment["record"]["payment_id"]: payment for payment in found["payments"]}
    assert set(by_id) == {people.payment, people.burial}
    assert by_id[people.burial]["states"] == []
    assert [(state["attempt"], state["status"], state["bank_ref"], state["outcome"])
            for state in by_id[people.payment]["states"]] == [
        (1, "INSTRUCTED", None, "applied"), (1, "SETTLED", "BANK-7", "applied"),
        (1, "INSTRUCTED", None, "duplicate")], by_id

    inputs = {topic: placed(scenario, topic) for topic in wire.INPUTS}
    for event in found["events"]:
        topic = event["topic"][len(scenario.prefix) + 1:]
        record = inputs[topic][event["partition"], event["offset"]]
        assert all(record[name] == event[name] for name in ("id", "source", "time")), (record, event)
    assert [(event["type"], event["outcome"]) for event in found["events"]] == [
        ("Enrolled", "applied"), ("Enrolled", "duplicate"), ("ContributionPaid", "applied"),
        ("DeathClaimFiled", "applied")], found["events"]
    for payment in (people.payment, people.burial):
        assert explained(scenario, payment) == found

    text = scenario.run("explain", claim).stdout
    for part in (claim, "APPROVED OK", "recomputed: the same", "recomputed from the events: agrees",
                 "before_cover", "cover_start=2024-01-25", "PP 44/2015", people.payment, "BANK-7",
                 "%s.enrollment [0] offset 0" % scenario.prefix, "nothing reported yet"):
        assert part in text, (part, text)


def law():
    lines = []
    for name in os.listdir(os.path.join(harness.ROOT, "rules")):
        with open(os.path.join(harness.ROOT, "rules", name)) as file:
            lines += file.read().splitlines()
    return lines


def test_claims_that_were_not_simple(scenario):
    """Rejected by a test; held until two persons reviewed it; given up when a deadline passed."""
    people = made(scenario, JAGA_BATCH_EVENTS_MAX=3)
    early = explained(scenario, "C-%s" % people.early)
    assert (early["verdict"], early["reason"]) == ("REJECTED", "BEFORE_COVER")
    assert early["tests"][-1]["test"] == "before_cover" and early["tests"][-1]["holds"]
    assert early["tests"][-1]["facts"] == {"event_on": "2024-02-09", "cover_start": "2024-02-10"}
    assert early["payments"] == [] and early["agrees"], early

    high = explained(scenario, "C-%s" % people.high)
    assert [(d["record"]["verdict"], d["record"]["reason"]) for d in high["decisions"]] == [
        ("WAITING", "DOCUMENTS_MISSING"), ("HELD", "ABOVE_AUTO_LIMIT"), ("APPROVED", "OK")], high
    limit = [test for test in high["tests"] if test["test"] == "above_auto_limit"][0]
    assert limit["holds"] and limit["overruled"] and limit["rule"], limit
    assert limit["facts"]["total_idr"] > limit["facts"]["limit_idr"], limit
    assert [(event["type"], event["outcome"]) for event in high["events"]][2:] == [
        ("DeathClaimFiled", "applied"), ("DocumentsCompleted", "applied"),
        ("ClaimReviewed", "applied"), ("ClaimReviewed", "rejected"),
        ("ClaimReviewed", "applied")], high["events"]
    assert high["agrees"] and "set aside by review" in \
        scenario.run("explain", "C-%s" % people.high).stdout

    waited = explained(scenario, "C-%s" % people.unknown)
    assert (waited["verdict"], waited["reason"], waited["closed_by"]) == (
        "REJECTED", "MEMBERSHIP_UNKNOWN", "deadline"), waited
    assert [event["kind"] for event in waited["events"]] == ["event", "event", "timer"], waited
    assert waited["agrees"] and waited["events"][0]["outcome"] == "parked", waited


def test_ids_that_are_not_there(scenario):
    people = made(scenario)
    done = scenario.run("explain", "C-nobody", expect=1)
    assert "no claim and no payment C-nobody" in done.stderr and "decision" in done.stderr, done.stderr
    assert "2 lanes" in done.stderr and done.stdout == ""
    done = scenario.run("history", "P-nobody", expect=1)
    assert "no event of participant P-nobody" in done.stderr and done.stdout == "", done.stderr
    for words in (("explain",), ("explain", "a", "b"), ("explain", ""), ("history",),
                  ("history", "x" * 33), ("history", "P", "--as-of", "today"),
                  ("history", "P", "--known-at", "2024"), ("history", "P", "--sequence", "0"),
                  ("history", "P", "--with-topics")):
        scenario.run(*words, expect=64)
    scenario.run("explain", "C-1", "--archive", "/nowhere", expect=64)
    scenario.run("explain", "C-1", expect=2, JAGA_KAFKA_BROKERS="127.0.0.1:1", JAGA_KAFKA_TIMEOUT_MS=1200)

    twin = wire.person(5000, lane=1)
    scenario.publish([wire.death_claim(twin, "2025-02-01T02:00:00Z", "2025-01-30",
                                       claim_id="C-%s" % people.officer)])
    scenario.drain()
    done = scenario.run("explain", "C-%s" % people.officer, expect=1)
    for who in (twin, people.officer):
        assert "participant %s" % who in done.stderr, done.stderr
        assert explained(scenario, "C-%s" % people.officer, "--participant", who)["participant_id"] == who
    scenario.run("explain", "C-%s" % people.officer, "--participant", people.high, expect=1)
    with open("/dev/full", "w") as full:
        done = subprocess.run([harness.JAGA, "explain", people.payment], env=scenario.environment(),
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2 and "could not be written" in done.stderr, done.stderr


def test_ids_only(scenario):
    """Nothing of a person but ids: what the events say besides stays in them."""
    scenario.init()
    who = wire.person(1, lane=0)
    scenario.publish([
        wire.enrolled(who, "2024-01-25T02:00:00Z", birth_date="1980-05-17", employer_id="EMPLOYER-1"),
        wire.death_claim(who, "2024-02-16T02:00:00Z", "2024-02-14", documents_complete_on=None),
        review(who, "anna", "2024-02-18T04:00:00Z"), documents(who, "2024-02-19T04:00:00Z")])
    scenario.drain()
    for words in (("explain", "C-%s" % who), ("history", who), ("history", who, "--as-of", "2024-02-14")):
        for more in ((), ("--json",)):
            said = scenario.run(*words, *more).stdout
            assert who in said or words[0] == "history", said
            for secret in ("1980-05-17", "EMPLOYER-1", "seen", "anna", "SPOUSE"):
                assert secret not in said or (secret, words[0]) == ("SPOUSE", "explain"), (secret, said)
    member = json_of(scenario, "history", who, "--as-of", "2024-02-14")[-1]["memberships"][0]
    counted = b"\x0a\0\0\0EMPLOYER-1"
    hashed = hashlib.blake2b(counted, digest_size=32).digest()[:8][::-1].hex()
    assert (member["employer"], member["region_work"]) == (hashed, None), member
    redis = scenario.stack.redis()
    assert hashed.encode() in redis.hash("jaga:{0}:employers:36.71"), "the lane names it so too"
    redis.close()


def test_states(scenario):
    """As of a day, as known at a time or a sequence."""
    people = made(scenario, JAGA_BATCH_EVENTS_MAX=2)
    scenario.publish([dict(type="WageChanged", id="w", source="/kpu", time="2025-01-26T02:00:00Z",
                           participant_id=people.last, membership_id=people.last.replace("-", ""),
                           wage_idr=1300000, effective_from="2025-01-26")])
    scenario.drain()

    def state(who, *words):
        return json_of(scenario, "history", who, *words)[-1]

    before, after = (state(people.last, "--as-of", day)["memberships"][0]
                     for day in ("2025-01-25", "2025-01-26"))
    assert (before["wage_idr"], after["wage_idr"]) == (1100000, 1300000), (before, after)
    assert not state(people.last, "--as-of", "2025-01-24")["memberships"][0]["covered"]
    assert before["covered"] and after["category"] == "KPPS" and after["programmes"] == ["JKK", "JKM"]

    full = json_of(scenario, "history", people.high)
    assert all(line["kind"] == "event" for line in full)
    for line in full:
        known = json_of(scenario, "history", people.high, "--sequence", str(line["sequence"]))
        assert known[:-1] == [step for step in full if step["sequence"] <= line["sequence"]]
        assert known[-1]["kind"] == "state" and known[-1]["sequence"] == line["sequence"]
        decided = [output for step in known[:-1] for output in step["outputs"]
                   if output["kind"] == "decision"]
        claims = known[-1]["claims"]
        assert [claim["verdict"] for claim in claims] == [d["verdict"] for d in decided][-1:], known
    end = state(people.officer, "--as-of", "2024-02-15")
    assert end["died_on"] == "2024-02-14" and not end["memberships"][0]["covered"], end
    payments = {p["payment_id"]: p for p in end["claims"][0]["payments"]}
    assert payments[people.payment]["status"] == "SETTLED" and payments[people.burial]["status"] is None
    then = state(people.officer, "--known-at", "2024-02-15T00:00:00Z")
    assert then["claims"] == [] and then["died_on"] is None and then["now"] <= "2024-02-15", then
    text = scenario.run("history", people.officer, "--as-of", "2024-02-14").stdout
    for part in ("applied", "duplicate", "covered on this day", people.payment, "SETTLED"):
        assert part in text, (part, text)


def recomputed(scenario, who, *words):
    """What a history puts out, by kind."""
    found = {"decision": [], "payment": [], "exception": []}
    for step in json_of(scenario, "history", who, *words):
        for output in step["outputs"]:
            found[output.pop("kind")].append(output)
    return found


def every_output(scenario, **env):
    """The outputs of all participants, each computed from its own events alone, are those on the topics;
    from the topics and from an archive, with its indexes and without."""
    scenario.init()
    unsent = {cases.participant(number) for number, case in enumerate(cases.CASES) if case.unsent}
    events = [event for event in cases.stream() if event["participant_id"] not in unsent]
    scenario.publish(events)
    scenario.drain(**env)
    folder = archived(scenario)
    recorded = {topic: {} for topic in ("decision", "payment", "exception")}
    for topic, found in recorded.items():
        for record in scenario.read(topic):
            found.setdefault(record["participant_id"], []).append(record)
    people = sorted({event["participant_id"] for event in events})
    assert len(people) > 50
    histories = {}
    for who in people:
        histories[who] = json_of(scenario, "history", who, "--archive", folder)
        found = recomputed(scenario, who, "--archive", folder)
        for topic in ("decision", "payment"):
            assert found[topic] == recorded[topic].get(who, []), (who, topic, found[topic])
        assert [(e["code"], e["severity"], e["detail"]) for e in found["exception"]] == [
            (e["code"], e["severity"], e["detail"]) for e in recorded["exception"].get(who, [])], who
    for claim in {record["claim_id"] for found in recorded["decision"].values() for record in found}:
        owners = [who for who, found in recorded["decision"].items()
                  if claim in (record["claim_id"] for record in found)]
        for who in owners:
            done = scenario.run("explain", claim, "--participant", who, "--archive", folder)
            assert "recomputed from the events: agrees" in done.stdout, done.stdout
    for who in people[::10]:
        assert json_of(scenario, "history", who) == histories[who]
    for place, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".index"):
                os.remove(os.path.join(place, name))
    for who in people[::5]:
        assert json_of(scenario, "history", who, "--archive", folder) == histories[who]
    return folder, histories


def test_every_output_with_the_clock_of_events(scenario):
    folder, histories = every_output(scenario, JAGA_BATCH_EVENTS_MAX=7)
    timers = [step for history in histories.values() for step in history if step["kind"] == "timer"]
    assert timers, "a timer is among them"
    # The rest from the topics: the archive ends before the new event.
    who = min(histories)
    scenario.publish([wire.enrolled(who, "2025-03-01T02:00:00Z", event="new", membership="M77")])
    scenario.drain()
    assert json_of(scenario, "history", who, "--archive", folder) == histories[who]
    both = json_of(scenario, "history", who, "--archive", folder, "--with-topics")
    assert both[:-1] == histories[who] and both[-1]["id"] == "new-%s" % who, both[-1]
    assert json_of(scenario, "history", who) == both


def test_every_output_with_the_wall_clock(scenario):
    every_output(scenario, JAGA_CLOCK="wall", JAGA_BATCH_EVENTS_MAX=11)


def forged(scenario, topic, **change):
    """A record that somebody put on an output topic beside the one that jaga wrote."""
    people = made(scenario)
    schema = wire.SCHEMAS[topic]
    claim = "C-%s" % people.officer
    assert explained(scenario, claim)["agrees"]
    with Wire(scenario) as tool:
        first = [record for record in tool.read(topic, 0) if record["key"] == people.officer.encode()][0]
        value = wire.frame(schema.encode(dict(schema.decode(first["value"][5:]), **change)),
                           wire.TOPICS.index(topic) + 1)
        tool.produce(topic, 0, [(first["key"], value)])
    found = explained(scenario, claim, expect=1)
    assert not found["agrees"] and "the %s at offset" % topic in found["difference"], found["difference"]
    assert [one["recomputed"] for one in found[topic + "s"]].count(False) == 1, found[topic + "s"]
    assert "recomputed from the events: differs: " in scenario.run("explain", claim, expect=1).stdout


def test_a_decision_nobody_took(scenario):
    forged(scenario, "decision", revision=9, verdict="REJECTED")


def test_a_payment_that_was_changed(scenario):
    forged(scenario, "payment", amount_idr=1)


if __name__ == "__main__":
    harness.run([test_an_approved_claim, test_claims_that_were_not_simple, test_ids_that_are_not_there,
                 test_ids_only, test_states, test_every_output_with_the_clock_of_events,
                 test_every_output_with_the_wall_clock, test_a_decision_nobody_took,
                 test_a_payment_that_was_changed],
                "explain", 18500)
