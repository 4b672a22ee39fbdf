#!/usr/bin/env python3
"""What is told of a day beside who is active: covers that begin and end, grace, open claims with their age, payments
by state, deaths by category. Figures worked out by hand, on real servers; `jaga try` and Redis say the same.
"""
import json

import harness
import wire

ZEROES = ("begun", "ended", "new_today", "ended_today", "ending_7", "ending_30", "grace")


def bank(payment, status, day):
    return {"type": "PaymentStatusReported", "id": "%s-%s" % (payment[:8], status), "source": "/bank",
            "time": day + "T03:00:00Z", "participant_id": "DEAD", "payment_id": payment, "attempt": 1,
            "status": status, "at": day + "T02:00:00Z", "bank_ref": None, "reason": None}


def moved(who, day, region):
    return {"type": "Moved", "id": "moved-" + who, "source": "/pemda", "time": day + "T01:00:00Z",
            "participant_id": who, "region_home": region, "effective_from": day}


OFFICER = dict(cover_to="2024-02-25")
RIDER = dict(segment="BPU", category="OJOL", sponsor={"kind": "SELF", "ref": None}, region_home="36.74",
             wage_idr=1000000)
RIDER_PAYS = dict(lines=[{"programme": "JKK", "amount_idr": 10000}, {"programme": "JKM", "amount_idr": 6800}])
EVENTS = [
    wire.enrolled("RIDER", "2024-01-01T01:00:00Z", **RIDER),
    wire.paid("RIDER", "2024-01-10T01:00:00Z", "2024-01", **RIDER_PAYS),
    wire.enrolled("KPPS1", "2024-02-01T01:00:00Z", **OFFICER),
    wire.enrolled("KPPS2", "2024-02-01T01:10:00Z", **OFFICER),
    wire.enrolled("DEAD", "2024-02-01T01:20:00Z", **OFFICER),
    wire.paid("DEAD", "2024-02-02T01:00:00Z", "2024-02"),
    wire.paid("KPPS1", "2024-02-02T01:10:00Z", "2024-02"),
    wire.death_claim("KPPS2", "2024-02-12T01:00:00Z", "2024-02-10"),  # nothing was paid: HELD
    wire.death_claim("DEAD", "2024-02-12T02:00:00Z", "2024-02-10", cause="SUDDEN_DEATH_AT_WORK",
                     burial_payee_ref="BUR"),
    wire.death_claim("KPPS1", "2024-02-13T01:00:00Z", "2024-02-10", documents_complete_on=None),
    moved("KPPS1", "2024-03-01", "36.74"),
]

# (region, day, figures; what is not named of ZEROES is 0)
ROWS = [
    ("36.71", "2024-01-31", {}),
    ("36.71", "2024-02-01", {"begun": 3, "new_today": 3, "begun:category:KPPS": 3, "begun:sponsor:NPHD": 3,
                              "memberships": 3, "ending_30": 3}),
    ("36.71", "2024-02-02", {"begun": 3, "ending_30": 3}),
    # the day after the death
    ("36.71", "2024-02-11", {"begun": 3, "ended": 1, "ended_today": 1, "ended:category:KPPS": 1,
                              "ended:sponsor:NPHD": 1, "memberships": 2, "ending_30": 2}),
    ("36.71", "2024-02-10", {"begun": 3, "memberships": 3, "ending_7": 1, "ending_30": 3}),
    ("36.71", "2024-02-19", {"begun": 3, "ended": 1, "memberships": 2, "ending_7": 2, "ending_30": 2}),
    ("36.71", "2024-02-18", {"begun": 3, "ended": 1, "ending_30": 2}),
    ("36.71", "2024-02-26", {"begun": 3, "ended": 3, "ended_today": 2, "ended:category:KPPS": 3}),
    # one of them lives elsewhere now: the cover ended where it was
    ("36.71", "2024-03-02", {"begun": 3, "ended": 3, "registered": 2}),
    ("36.74", "2024-03-02", {"begun": 1, "registered": 2, "grace": 1}),
    ("36", "2024-03-02", {"begun": 4, "ended": 3, "registered": 4, "grace": 1}),
    ("ID", "2024-03-02", {"begun": 4, "ended": 3, "grace": 1}),
    ("36.74", "2024-01-09", {"registered": 1}),
    ("36.74", "2024-01-10", {"begun": 1, "new_today": 1, "memberships": 1, "begun:category:OJOL": 1,
                              "begun:sponsor:SELF": 1}),
    ("36.74", "2024-01-31", {"begun": 1, "memberships": 1}),
    ("36.74", "2024-02-01", {"begun": 1, "memberships": 1, "grace": 1}),
    ("36.74", "2024-04-24", {"begun": 1, "grace": 1, "ending_7": 1, "ending_30": 1}),
    ("36.74", "2024-04-30", {"begun": 1, "grace": 1, "ending_7": 1, "ending_30": 1}),
    ("36.74", "2024-05-01", {"begun": 1, "ended": 1, "ended_today": 1, "ended:category:OJOL": 1,
                              "ended:sponsor:SELF": 1}),
    # open claims by the day of their filing, and those past their legal day (16 February: the 14th was a holiday)
    ("36.71", "2024-02-11", {"open:JKM:HELD": 0}),
    ("36.71", "2024-02-12", {"open:JKM:HELD": 1, "open:JKM:WAITING": 0}),
    ("36.71", "2024-02-13", {"open:JKM:HELD": 1, "open:JKM:WAITING": 1, "open_past_due:JKM": 0}),
    ("36.71", "2024-02-16", {"open_past_due:JKM": 0}),
    ("36.71", "2024-02-17", {"open_past_due:JKM": 1}),
    ("36.71", "2024-06-01", {"open_past_due:JKM": 1, "open:JKM:HELD": 1, "open:JKM:WAITING": 1}),
    # what the bank said of the payments: one of two arrived, in time; the other is late from 22 February on
    ("36.71", "2024-02-21", {"overdue:programme:JKK": 0, "payments:status:ORDERED": 0}),
    ("36.71", "2024-02-23", {"overdue:programme:JKK": 1, "payments:status:ACCEPTED": 1,
                              "payments:status:SETTLED": 1, "paid_idr:status:SETTLED": 10000000,
                              "deaths:JKK:category:KPPS": 1, "deaths:JKM:category:KPPS": 0}),
]


def complaints(lines_of, rows):
    for region, day, expected in rows:
        line = {line["region"]: line for line in lines_of(day)}.get(region, {})
        around = expected if ":" in next(iter(expected), "") else dict.fromkeys(ZEROES, 0) | expected
        for name, value in around.items():
            if "ending" in name and name not in expected and value == 0:
                continue  # told where it is meant
            if line.get(name, 0) != value:
                yield "%s on %s: %s is %s, not %s" % (region, day, name, line.get(name, 0), value)


def reported(scenario):
    payments = {p["payee_ref"]: p["payment_id"] for p in scenario.read("payment")}
    return [bank(payments["BUR"], "SETTLED", "2024-02-20"), bank(payments["ACC-DEAD"], "ACCEPTED", "2024-02-20")]


def test_figures_of_a_day(scenario):
    scenario.init()
    scenario.publish(EVENTS)
    scenario.drain()
    before = scenario.coverage("--as-of", "2024-02-20")
    assert {line["region"]: line for line in before}["36.71"]["payments:status:ORDERED"] == 2
    told = reported(scenario)
    scenario.publish(told)
    scenario.drain()
    wrong = list(complaints(lambda day: scenario.coverage("--as-of", day), ROWS))
    assert not wrong, "\n".join(wrong)

    path = scenario.stack.path("events.jsonl")
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in sorted(EVENTS + told, key=lambda e: e["time"]))
    for day in sorted({row[1] for row in ROWS}):
        lines = scenario.run("try", path, "--clock", "events", "--coverage", day).stdout.splitlines()
        tried = {line["region"]: line for line in map(json.loads, lines) if line["kind"] == "coverage"}
        assert tried == {line["region"]: line for line in scenario.coverage("--as-of", day)}, day
    scenario.run("audit")


def test_redis_shows_what_the_command_says(scenario):
    """The hash of a region holds the same figures, evaluated for the day of meta; and they follow the day."""
    scenario.init()
    scenario.publish(EVENTS)
    redis = scenario.stack.redis()
    for until, expected in (("2024-02-24T20:00:00Z", {"ended_today": 0, "ending_7": 2, "new_today": 0}),
                            ("2024-02-25T20:00:00Z", {"ended_today": 2, "ending_7": 0})):
        scenario.drain("--until", until)
        shown = redis.hash("jaga:{pub}:region:36.71")
        for line in scenario.coverage():
            if line["region"] == "36.71":
                said = {name: str(value) for name, value in line.items()
                        if name not in ("kind", "date", "region") and "to_date" not in name}
        shown = {name.decode(): value.decode() for name, value in shown.items() if value != b"0"}
        assert said == shown, "said %s\nshown %s" % (said, shown)
        for name, value in expected.items():
            assert int(shown.get(name, 0)) == value, (until, name, shown.get(name))
    redis.close()


if __name__ == "__main__":
    harness.run([test_figures_of_a_day, test_redis_shows_what_the_command_says], "measures", 25500)
