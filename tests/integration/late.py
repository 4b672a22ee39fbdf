#!/usr/bin/env python3
"""Late cost (rules.md: 1 % of the amount a day after `due_on`): measured when the bank says that money arrived, and
as a forecast for what is open; through `jaga try`, no server.

One death in Kota Tangerang on 10 February 2024, documents complete on Monday the 12th, so due on Friday the 16th
(14 February was a holiday): 32 million to the heir, 10 million for the burial to somebody else. A row says what
the bank reports, and what has to come of it on a day.
"""
import json
import os
import subprocess
import sys
import tempfile

import harness
import wire

MILLION = 1000000
WHO = "P1"


def claim(**more):
    return wire.death_claim(WHO, "2024-02-12T01:00:00Z", "2024-02-10", **more)


def events(cause="ILLNESS", burial="BUR", documents="2024-02-12"):
    return [wire.enrolled(WHO, "2024-02-01T01:00:00Z"), wire.paid(WHO, "2024-02-02T01:00:00Z", "2024-02"),
            claim(cause=cause, burial_payee_ref=burial, documents_complete_on=documents)]


def reported(payment, status, day, attempt=1):
    return {"type": "PaymentStatusReported", "id": "%s-%d-%s" % (payment[:6], attempt, status),
            "source": "/bank", "time": day + "T03:00:00Z", "participant_id": WHO, "payment_id": payment,
            "attempt": attempt, "status": status, "at": day + "T02:00:00Z", "bank_ref": None, "reason": None}


def attempt(lines, date=None):
    words = [harness.JAGA, "try", "--clock", "events"] + (["--coverage", date] if date else [])
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
        file.flush()
        done = subprocess.run(words + [file.name], capture_output=True, text=True, check=True,
                              env=dict(os.environ, JAGA_RULES_DIR=os.path.join(harness.ROOT, "rules")))
    return [json.loads(line) for line in done.stdout.splitlines()]


def payments(lines):
    return {p["payee_ref"]: p["payment_id"] for p in attempt(lines) if p["kind"] == "payment"}


# (what, reports as (payee, status, day[, attempt]), day, overdue, cost until that day, cost of late arrivals)
HEIR = "ACC-" + WHO
ROWS = [
    ("the last day in time", [], "2024-02-16", 0, 0, 0),
    ("one day late", [], "2024-02-17", 42 * MILLION, 420000, 0),
    ("a fortnight, nothing arrived", [], "2024-03-01", 42 * MILLION, 14 * 420000, 0),
    ("forecast of a year, leap day included", [], "2025-02-16", 42 * MILLION, 366 * 420000, 0),
    ("arrived in time", [(HEIR, "SETTLED", "2024-02-16"), ("BUR", "SETTLED", "2024-02-15")], "2024-03-01",
     0, 0, 0),
    ("arrived on the day after", [(HEIR, "SETTLED", "2024-02-17"), ("BUR", "SETTLED", "2024-02-16")],
     "2024-03-01", 0, 320000, 320000),
    ("one of two arrived late", [(HEIR, "SETTLED", "2024-02-20")], "2024-03-01", 10 * MILLION,
     4 * 320000 + 14 * 100000, 4 * 320000),
    ("as of a day before it arrived", [(HEIR, "SETTLED", "2024-02-20")], "2024-02-18", 42 * MILLION, 840000,
     4 * 320000),
    ("accepted is not arrived", [(HEIR, "ACCEPTED", "2024-02-16")], "2024-02-18", 42 * MILLION, 840000, 0),
    ("reconciled without settled", [(HEIR, "RECONCILED", "2024-02-18")], "2024-03-01", 10 * MILLION,
     2 * 320000 + 14 * 100000, 2 * 320000),
    ("reconciled later: the day it was settled", [(HEIR, "SETTLED", "2024-02-18"),
                                                   (HEIR, "RECONCILED", "2024-02-25")], "2024-03-01",
     10 * MILLION, 2 * 320000 + 14 * 100000, 2 * 320000),
    ("returned: open again, from the first day on", [(HEIR, "SETTLED", "2024-02-16"),
                                                      (HEIR, "RETURNED", "2024-02-22")], "2024-03-01",
     42 * MILLION, 14 * 420000, 0),
    ("returned and paid again", [(HEIR, "SETTLED", "2024-02-16"), (HEIR, "RETURNED", "2024-02-22"),
                                  (HEIR, "SETTLED", "2024-02-26", 2)], "2024-03-01",
     10 * MILLION, 10 * 320000 + 14 * 100000, 10 * 320000),
]


def check(what, lines, date, programme, expected):
    found = {line["region"]: line for line in attempt(lines, date) if line["kind"] == "coverage"}
    names = ("overdue_idr", "late_cost_to_date_idr", "late_cost_idr")
    wrong = []
    for region in ("36.71", "36", "ID"):
        seen = tuple(found[region].get("%s:programme:%s" % (name, programme), 0) for name in names)
        if seen != tuple(expected):
            wrong.append("%s, %s on %s: %s, not %s" % (what, region, date, seen, tuple(expected)))
    return wrong


def rows():
    ids = payments(events())
    for what, reports, date, *expected in ROWS:
        told = [reported(ids[payee], status, day, *more) for payee, status, day, *more in reports]
        yield what, events() + sorted(told, key=lambda e: e["time"]), date, "JKM", expected
    work = events(cause="SUDDEN_DEATH_AT_WORK", burial=None)  # seven working days: due on 22 February
    yield "JKK, the last day", work, "2024-02-22", "JKK", (0, 0, 0)
    yield "JKK, one day late", work, "2024-02-23", "JKK", (74800000, 748000, 0)
    yield "not approved costs nothing", events(documents=None), "2024-06-01", "JKM", (0, 0, 0)


def main():
    wrong, count = [], 0
    for row in rows():
        count += 1
        wrong += check(*row)
    for line in wrong:
        print("FAILED  " + line)
    print("%d rows, %d wrong" % (count, len(wrong)))
    return 1 if wrong or count < 15 else 0


if __name__ == "__main__":
    sys.exit(main())
