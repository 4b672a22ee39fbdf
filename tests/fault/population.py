"""What the fault tests publish, and what must be the same however often a processor was killed over it.

Some hundred people with contributions and claims, and among them every kind of trouble that leaves a state
behind or lets a timer fire: repeats, unreadable and refused events, contributions and claims that overtake
their enrolment or wait for it in vain, documents that come later, a payment that comes back.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import wire  # noqa: E402

DAYS = ["2024-01-01", "2024-01-02", "2024-03-31", "2024-04-01", "2025-01-01"]
APPROVED = 30  # 4 of the bench, 20 of the story, 6 of those with late documents


def bench(scenario, participants=200, months=3):
    path = scenario.stack.path("bench-%d-%d.jsonl" % (participants, months))
    if not os.path.exists(path):
        scenario.run("generate", "bench", "--participants", str(participants), "--months",
                     str(months), "--seed", "7", "--out", path)
    with open(path) as file:
        return [json.loads(line) for line in file]


def with_late_documents(numbers):
    for event in wire.story(numbers):
        if event["type"] == "DeathClaimFiled":
            event["documents_complete_on"] = None
            yield dict(event)
            yield {"type": "DocumentsCompleted", "id": "docs-" + event["participant_id"],
                   "source": "/branch/36", "time": "2024-02-20T01:00:00Z",
                   "participant_id": event["participant_id"], "claim_id": event["claim_id"],
                   "documents_complete_on": "2024-02-20"}
        else:
            yield event


def unlawful(number):
    """Refused, parked and waiting in vain: each leaves an exception or a rejection behind."""
    who, stranger, late = wire.person(number), wire.person(number + 1), wire.person(number + 2)
    return [
        wire.enrolled(who, "2024-01-04T01:00:00Z"),
        wire.enrolled(who, "2024-01-04T02:00:00Z", event="again", wage_idr=2000000),
        wire.enrolled(who, "2024-01-04T03:00:00Z", event="nowhere", region_home="99.99"),
        wire.paid(stranger, "2024-01-05T01:00:00Z", "2024-01"),
        wire.death_claim(stranger, "2024-01-06T01:00:00Z", "2024-01-05"),
        wire.paid(late, "2024-01-10T01:00:00Z", "2024-01"),
        wire.death_claim(late, "2024-01-11T01:00:00Z", "2024-01-10"),
        wire.enrolled(late, "2024-01-12T01:00:00Z", cover_from="2024-01-09"),
    ]


def events(scenario):
    made = bench(scenario)
    made += wire.story(range(1000, 1020))
    made += with_late_documents(range(2000, 2006))
    for number in range(3000, 3040, 4):
        made += unlawful(number)
    made += [dict(event) for event in made[::9]]  # sent twice
    return sorted(made, key=lambda event: wire.micros(event["time"]))


def publish(scenario):
    """Topics and everything on them, the same bytes each time but for the clock of the broker."""
    scenario.init()
    with wire.Wire(scenario) as tool:
        tool.send(events(scenario))
        for lane in range(scenario.lanes):
            tool.produce("contribution", lane, [(b"x", b"\0\0\0\0\2nonsense", 1704412800000)])


def figures(scenario):
    redis = scenario.stack.redis()
    public = redis.snapshot("jaga:{pub}:*")
    redis.close()
    meta = public.pop("jaga:{pub}:meta")
    return {
        "outputs": scenario.outputs(),
        "coverage": [scenario.coverage("--as-of", day) for day in DAYS],
        "public": {key: value for key, value in public.items() if ":series:" not in key},
        "day": meta[b"day"],
    }


def check(found):
    """That the figures to compare with say something."""
    outputs = found["outputs"]
    approved = [d for (topic, _), records in outputs.items() if topic == "decision"
                for d in records if d["verdict"] == "APPROVED"]
    paid = [p for (topic, _), records in outputs.items() if topic == "payment" for p in records]
    codes = {e["code"] for (topic, _), records in outputs.items() if topic == "exception"
             for e in records}
    assert len(approved) == len(paid) == APPROVED, (len(approved), len(paid))
    assert codes >= {"MALFORMED", "PARKED", "MEMBERSHIP_UNKNOWN", "MEMBERSHIP_EXISTS",
                     "UNKNOWN_REGION"}, codes
    timers = [d for (topic, _), records in outputs.items() if topic == "decision"
              for d in records if d["input"] is None]
    assert timers, "no timer fired"
    assert all(found["coverage"]), "no coverage"
    assert any(":days:" in key for key in found["public"]), sorted(found["public"])


def compare(found, wanted):
    for part, value in wanted.items():
        if found[part] != value:
            raise AssertionError("%s: %s" % (part, first_difference(found[part], value)))


def first_difference(found, wanted, path=""):
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in list(wanted) + [key for key in found if key not in wanted]:
            if found.get(key) != wanted.get(key):
                return first_difference(found.get(key), wanted.get(key), "%s[%r]" % (path, key))
    if isinstance(found, list) and isinstance(wanted, list):
        for at in range(max(len(found), len(wanted))):
            pair = [side[at] if at < len(side) else "nothing" for side in (found, wanted)]
            if pair[0] != pair[1]:
                return first_difference(*pair, "%s[%d]" % (path, at))
    return "%s is %.600r and should be %.600r" % (path, found, wanted)


def same_keys(before, after):
    assert before, "no lane keys"
    if before != after:
        raise AssertionError("lane keys: " + first_difference(after, before))


def empty_redis(scenario):
    redis = scenario.stack.redis()
    redis("FLUSHALL")
    redis.close()


def redo_agrees(scenario, **env):
    """An emptied Redis, redone from the journal, holds every lane key bit for bit."""
    before = scenario.lane_keys()
    empty_redis(scenario)
    said = scenario.drain(**env).stderr
    assert said.count("redo_begins") == scenario.lanes, said
    same_keys(before, scenario.lane_keys())
