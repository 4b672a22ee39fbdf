#!/usr/bin/env python3
"""What a contribution must be (rules.md, Contributions), through `jaga try` and `jaga rules price`; no server.

A row is a month of a member: what is held, and the published amount of each programme. Each row is paid exactly,
1 rupiah off either way (tolerated), and 2 off (UNDERPAID, OVERPAID) in each programme; `jaga rules price` must
name the same amounts. Then come payments in a row: paid twice, lapsed, enrolled anew.
"""
import json
import os
import subprocess
import sys

import figures
import harness
from cases import MILLION, bpu, enrolled, event, instant, noon, paid

RULES = os.path.join(harness.ROOT, "rules")
ALL = ("JKK", "JKM", "JHT", "JP", "JKP")
STATE = ("JKK", "JKM", "JHT", "JP")
SELF = ("JKK", "JKM", "JHT")


class Row:
    def __init__(self, source, segment, month, wage, due, group=1, months=1, relief=None, sponsor=None,
                 category="OTHER", cover_from=None):
        self.source, self.segment, self.month, self.wage, self.due = source, segment, month, wage, due
        self.group, self.months, self.relief, self.category = group, months, relief, category
        self.sponsor = sponsor or ("SELF" if segment == "BPU" else "EMPLOYER")
        self.cover_from = cover_from or month + "-01"

    def __str__(self):
        return "%s %s group %d, %s of %d, %s%s (%s)" % (
            self.segment, self.month, self.group, "+".join(self.due), self.wage, self.sponsor,
            " " + self.relief if self.relief else "", self.source)

    def enrolment(self):
        return enrolled(self.cover_from, segment=self.segment, wage=self.wage, risk_group=self.group,
                        programmes=list(self.due), sponsor=self.sponsor, category=self.category)

    def payment(self, **other):
        """The amounts due, some of them changed."""
        amounts = dict(self.due, **other)
        return paid(self.month, self.cover_from, self.months, relief=self.relief, **amounts)


# ---- What is published

GROUPS = (9600, 21600, 35600, 50800, 69600)  # JKK on 4,000,000: 0.24 / 0.54 / 0.89 / 1.27 / 1.74 %
HALVED = (4800, 10800, 17800, 25400, 34800)  # 0.12 / 0.27 / 0.445 / 0.635 / 0.87 %
CAPS = (  # the first month of each cap of JP, the cap, 3 % of it
    ("2015-07", 7000000, 210000), ("2016-03", 7335300, 220059), ("2017-03", 7703500, 231105),
    ("2018-03", 8094000, 242820), ("2019-03", 8512400, 255372), ("2020-03", 8939700, 268191),
    ("2021-03", 8754600, 262638), ("2022-03", 9077600, 272328), ("2023-03", 9559600, 286788),
    ("2024-03", 10042300, 301269), ("2025-03", 10547400, 316422), ("2026-03", 11086300, 332589))
BASES = ([1000000] + [1200000 + 200000 * step for step in range(8)] + [2950000]
         + [3450000 + 500000 * step for step in range(10)] + [8700000]
         + [9700000 + MILLION * step for step in range(11)] + [20700000])
SPONSORS = ("SELF", "EMPLOYER", "APBN", "APBD_PROV", "APBD_KABKOTA", "APBDES", "NPHD", "CSR", "SERTAKAN",
            "JAGA_SALIRA", "KORPRI")
BUDGETS = ("APBN", "APBD_PROV", "APBD_KABKOTA")  # PP 50/2025 leaves out who is paid from them
RIDERS = ("OJOL", "KURIR", "SOPIR")


def before(month):
    year, number = int(month[:4]), int(month[5:])
    return "%04d-%02d" % ((year, number - 1) if number > 1 else (year - 1, 12))


def risk_groups():
    for group, jkk in enumerate(GROUPS, 1):
        due = {"JKK": jkk, "JKM": 12000, "JHT": 228000, "JP": 120000}
        for month in ("2015-07", "2024-02"):
            yield Row("PP 44/2015 art. 16, 18; PP 46/2015; PP 45/2015", "PU", month, 4000000,
                      dict(due, JKP=0), group)
            yield Row("PP 44/2015 art. 16, 18; PP 46/2015; PP 45/2015", "PU_STATE", month, 4000000, due, group)
    for month in ("2021-01", "2021-02", "2025-02", "2025-03"):  # JKP collects nothing, before and after
        yield Row("PP 37/2021, PP 6/2025: recomposed", "PU", month, 4000000,
                  {"JKK": 9600, "JKM": 12000, "JKP": 0})
    yield Row("nothing is due before 1 July 2015", "PU", "2015-06", 4000000,
              {"JKK": 0, "JKM": 0, "JHT": 0, "JP": 0})
    yield Row("half up: 3,301.5 and 2,641.2", "PU_STATE", "2024-02", 1100500, {"JKK": 2641, "JKM": 3302})
    yield Row("half up: 3,301.497", "PU_STATE", "2024-02", 1100499, {"JKM": 3301})
    yield Row("KPPS member: 5,940", "PU_STATE", "2024-02", 1100000, {"JKK": 2640, "JKM": 3300})


def caps():
    source = "PP 45/2015 art. 28, 29"
    for at, (month, cap, jp) in enumerate(CAPS):
        for segment in ("PU", "PU_STATE"):
            yield Row(source, segment, month, 20 * MILLION, {"JP": jp})
        yield Row(source, "PU", month, cap, {"JP": jp})
        yield Row(source, "PU", month, cap - 100, {"JP": jp - 3})
        yield Row(source, "PU", month, cap + 100, {"JP": jp})
        if at > 0:  # February still has last year's cap
            yield Row(source, "PU", before(month), 20 * MILLION, {"JP": CAPS[at - 1][2]})
    yield Row("W 20 m in March 2026: worker 110,863 and employer 221,726", "PU", "2026-03", 20 * MILLION,
              {"JP": 110863 + 221726})
    yield Row("two months over the fall of 2021", "PU", "2021-02", 20 * MILLION, {"JP": 268191 + 262638},
              months=2)
    yield Row("the last row is open", "PU", "2027-03", 20 * MILLION, {"JP": 332589})


def brackets():
    for base in BASES:
        yield Row("PP 44/2015 annex (BPU)", "BPU", "2024-02", base,
                  {"JKK": base // 100, "JKM": 6800, "JHT": base // 50})
    yield Row("16,800 for two programmes", "BPU", "2024-02", MILLION, {"JKK": 10000, "JKM": 6800})
    yield Row("since 1 July 2015", "BPU", "2015-07", MILLION, {"JKK": 10000, "JKM": 6800, "JHT": 20000})
    yield Row("nothing is due before", "BPU", "2015-06", MILLION, {"JKK": 0, "JKM": 0, "JHT": 0})
    yield Row("36,800 with JHT", "BPU", "2024-02", MILLION, {"JKK": 10000, "JKM": 6800, "JHT": 20000})
    yield Row("top bracket: 207,000 and 414,000", "BPU", "2024-02", 20700000,
              {"JKK": 207000, "JKM": 6800, "JHT": 414000})
    yield Row("six months at once", "BPU", "2024-02", MILLION, {"JKK": 60000, "JKM": 40800}, months=6)


def relief_of_2020():
    source = "PP 49/2020: JKK, JKM, JP at 1 %"
    for month in ("2020-08", "2021-01"):
        for segment, programmes in (("PU", ALL), ("PU_STATE", STATE)):
            for group, jkk in enumerate(GROUPS, 1):
                due = {"JKK": jkk // 100, "JKM": 120, "JHT": 228000, "JP": 1200, "JKP": 0}
                yield Row(source, segment, month, 4000000, {key: due[key] for key in programmes}, group,
                          relief="PP49-2020")
        for sponsor in SPONSORS:
            yield Row(source + "; BPU JKM 68", "BPU", month, MILLION, {"JKK": 100, "JKM": 68, "JHT": 20000},
                      relief="PP49-2020", sponsor=sponsor)
    yield Row(source + ", all its months", "BPU", "2020-08", MILLION, {"JKK": 600, "JKM": 408}, months=6,
              relief="PP49-2020")


def relief_of_2025():
    for month in ("2025-02", "2025-07"):
        for group, jkk in enumerate(HALVED, 1):
            yield Row("PP 7/2025: JKK halved", "PU", month, 4000000,
                      {"JKK": jkk, "JKM": 12000, "JHT": 228000, "JP": 120000, "JKP": 0}, group,
                      relief="PP7-2025")


def relief_of_2026():
    source = "PP 50/2025: 16,800 becomes 8,400"
    due = {"JKK": 5000, "JKM": 3400}
    for category in RIDERS:
        for month in ("2026-01", "2027-03"):
            yield Row(source, "BPU", month, MILLION, due, relief="PP50-2025", category=category)
    for category in ("PETANI", "OTHER"):
        for month in ("2026-04", "2026-12"):
            yield Row(source, "BPU", month, MILLION, due, relief="PP50-2025", category=category)
    for sponsor in SPONSORS:
        if sponsor not in BUDGETS:
            yield Row(source, "BPU", "2026-04", MILLION, dict(due, JHT=20000), relief="PP50-2025",
                      sponsor=sponsor)


ROWS = [row for rows in (risk_groups, caps, brackets, relief_of_2020, relief_of_2025, relief_of_2026)
        for row in rows()]


def refused_reliefs():
    """A relief where it does not hold: INVALID_FIELD, whatever is paid."""
    due = {"JKK": 100, "JKM": 68}
    for month in ("2020-07", "2021-02"):
        for segment in ("PU", "PU_STATE", "BPU"):
            yield Row("month", segment, month, MILLION, due, relief="PP49-2020")
    for months, month in ((7, "2020-08"), (2, "2020-07"), (2, "2021-01")):
        yield Row("a month of several", "BPU", month, MILLION, due, months=months, relief="PP49-2020")
    for month in ("2025-01", "2025-08"):
        yield Row("month", "PU", month, MILLION, due, relief="PP7-2025")
    for segment in ("PU_STATE", "BPU"):
        yield Row("segment", segment, "2025-02", MILLION, due, relief="PP7-2025")
    for sponsor in BUDGETS:
        for category in RIDERS + ("PETANI",):
            yield Row("sponsor", "BPU", "2026-04", MILLION, due, relief="PP50-2025", sponsor=sponsor,
                      category=category)
    for category, month in (("OJOL", "2025-12"), ("KURIR", "2027-04"), ("PETANI", "2026-03"),
                            ("PETANI", "2027-01")):
        yield Row("month of the category", "BPU", month, MILLION, due, relief="PP50-2025", category=category)
    for segment in ("PU", "PU_STATE"):
        yield Row("segment", segment, "2026-04", MILLION, due, relief="PP50-2025")
    yield Row("no such relief", "BPU", "2026-04", MILLION, due, relief="PP51-2025")


# ---- Payments in a row

def bpu_pays(month, recorded, months=1, ref="R1", jkk=10000, jkm=6800, **more):
    return paid(month, recorded, months, ref=ref, JKK=jkk * months, JKM=jkm * months, **more)


def sequences():
    first = bpu("2024-01-01")
    yield "paid twice", [first, bpu_pays("2024-01", "2024-01-05"), bpu_pays("2024-01", "2024-01-06", ref="R2")], \
        ["MONTH_ALREADY_PAID"]
    yield "the same payment again", [first, bpu_pays("2024-01", "2024-01-05"), bpu_pays("2024-01", "2024-01-06")], []
    yield "one month of three was paid", [first, bpu_pays("2024-01", "2024-01-05", 3),
                                          bpu_pays("2024-03", "2024-03-05", 2, "R2")], ["MONTH_ALREADY_PAID"]
    yield "the month after", [first, bpu_pays("2024-01", "2024-01-05", 3),
                              bpu_pays("2024-04", "2024-03-05", 2, "R2")], []
    yield "short pays no month", [first, bpu_pays("2024-01", "2024-01-05", jkk=9998),
                                  bpu_pays("2024-01", "2024-01-06", ref="R2")], ["UNDERPAID"]
    yield "over pays the month", [first, bpu_pays("2024-01", "2024-01-05", jkk=10002),
                                  bpu_pays("2024-01", "2024-01-06", ref="R2")], ["OVERPAID", "MONTH_ALREADY_PAID"]
    yield "short by 2 a month over 2 months, tolerated 2", [first, bpu_pays("2024-01", "2024-01-05", 2, jkk=9999)], []
    yield "programmes are not added together", [first, bpu_pays("2024-01", "2024-01-05", jkk=10002, jkm=6798)], \
        ["UNDERPAID"]
    # Grace: the last day of the month 3 months after the last paid one.
    yield "arrears on the last day of grace", [first, bpu_pays("2024-01", "2024-01-05"),
                                               bpu_pays("2024-02", "2024-04-30", 3, "R2")], []
    yield "arrears a day late", [first, bpu_pays("2024-01", "2024-01-05"),
                                 bpu_pays("2024-02", "2024-05-01", 3, "R2")], ["MEMBERSHIP_LAPSED"]
    yield "never paid, on the last day", [first, bpu_pays("2024-01", "2024-04-30")], []
    yield "never paid, a day late", [first, bpu_pays("2024-01", "2024-05-01")], ["MEMBERSHIP_LAPSED"]
    yield "three months left out", [first, bpu_pays("2024-01", "2024-01-05"),
                                    bpu_pays("2024-04", "2024-01-06", ref="R2")], []
    yield "four months left out", [first, bpu_pays("2024-01", "2024-01-05"),
                                   bpu_pays("2024-05", "2024-01-06", ref="R2")], ["MEMBERSHIP_LAPSED"]
    yield "lapsed, enrolled anew", [first, bpu_pays("2024-01", "2024-01-05"),
                                    bpu_pays("2024-05", "2024-05-02", ref="R2"),
                                    bpu("2024-05-03", membership="M2"),
                                    bpu_pays("2024-05", "2024-05-03", ref="R3", membership="M2")], ["MEMBERSHIP_LAPSED"]
    yield "a wage earner does not lapse", [enrolled("2024-01-01"), paid("2024-01", "2024-12-05", JKK=2640, JKM=3300)], []
    yield "before the cover", [first, bpu_pays("2023-12", "2024-01-05")], ["INTERVAL_INVALID"]
    for segment in ("JAKON", "PMI"):
        member = enrolled("2024-01-01", segment=segment, sponsor="EMPLOYER", category="OTHER")
        for amount in (0, 1, 37500):
            yield "%s pays %d" % (segment, amount), [member, paid("2024-01", "2024-01-05", JKK=amount)], []
    reversed_ = event("ContributionReversed", noon("2024-01-07"), membership_id="M1", month="2024-01",
                      months=1, payment_ref="R1", reason="BOUNCED")
    yield "reversed and paid anew", [first, bpu_pays("2024-01", "2024-01-05"), reversed_,
                                     bpu_pays("2024-01", "2024-01-08", ref="R2")], []


def detail(row, programme, amount):
    return "membership_id=M1 month=%s months=%d programme=%s expected=%d paid=%d" % (
        row.month, row.months, programme, row.due[programme], amount)


def trials():
    """Name, events, what must be found: codes, with the detail where it is told."""
    for row in ROWS:
        yield "%s, exact" % row, [row.enrolment(), row.payment()], []
        for programme, due in row.due.items():
            for off, code in ((-2, "UNDERPAID"), (-1, None), (1, None), (2, "OVERPAID")):
                amount = due + off * row.months
                if amount < 0:
                    continue
                found = [] if code is None else ["%s %s" % (code, detail(row, programme, amount))]
                yield "%s, %s %+d" % (row, programme, off), \
                    [row.enrolment(), row.payment(**{programme: amount})], found
    for row in refused_reliefs():
        yield "%s, refused" % row, [row.enrolment(), row.payment()], ["INVALID_FIELD"]
    yield from sequences()


def tried(all_trials):
    """The exceptions of each trial by its number."""
    made = []
    for number, (_, events, _) in enumerate(all_trials):
        for at, one in enumerate(events):
            whole = dict(one, participant_id="P%d" % number, source="/test")
            whole.setdefault("id", "%d-%d" % (number, at))
            made.append(whole)
    made.sort(key=instant)
    env = dict(os.environ, JAGA_RULES_DIR=RULES)
    done = subprocess.run([harness.JAGA, "try", "--clock", "events", "-"], text=True, env=env, timeout=300,
                          input="".join(json.dumps(one) + "\n" for one in made), capture_output=True)
    if done.returncode != 0:
        raise AssertionError("jaga try: exit %d\n%s" % (done.returncode, done.stderr[-4000:]))
    found = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        assert record["kind"] == "exception", record
        found.setdefault(record["participant_id"], []).append((record["code"], record["detail"]))
    return found


def test_try():
    all_trials = list(trials())
    found = tried(all_trials)
    wrong = []
    for number, (name, _, wanted) in enumerate(all_trials):
        got = found.get("P%d" % number, [])
        told = ["%s %s" % (code, text) if " " in want else code
                for (code, text), want in zip(got, list(wanted) + [""] * len(got))]
        if told != wanted:
            wrong.append("%s:\n  got      %s\n  expected %s" % (name, got, wanted))
    if wrong:
        raise AssertionError("%d of %d do not hold:\n%s" % (len(wrong), len(all_trials), "\n".join(wrong[:20])))
    return len(all_trials)


def test_price():
    """The amounts of `jaga rules price` are those of the rows, and on the first and last month of every row of
    law there is one that rests on it."""
    count, used = 0, figures.Used()
    for row in ROWS:
        if row.months != 1:
            continue
        words = ["rules", "price", "--segment", row.segment, "--programmes", ",".join(row.due), "--wage",
                 str(row.wage), "--month", row.month, "--json"]
        words += [] if row.segment == "BPU" else ["--risk-group", str(row.group)]
        if row.relief:
            words += ["--relief", row.relief, "--sponsor", row.sponsor, "--category", row.category]
        done = subprocess.run([harness.JAGA, *words, "--rules.dir", RULES], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, "%s\n%s" % (row, done.stderr)
        quote = json.loads(done.stdout)
        got = {line["what"]: line["amount_idr"] for line in quote["lines"]}
        assert got == row.due and quote["total_idr"] == sum(row.due.values()), "%s: %s" % (row, quote)
        used.price(quote, row.month + "-01")
        count += 1
    without = list(figures.missing(used, figures.BY_MONTH))
    assert not without, "rows of law without a figure:\n" + "\n".join(without)
    for row in refused_reliefs():
        if row.months == 1:
            done = subprocess.run([harness.JAGA, "rules", "price", "--segment", row.segment, "--wage",
                                   str(row.wage), "--month", row.month, "--relief", row.relief, "--sponsor",
                                   row.sponsor, "--category", row.category, "--rules.dir", RULES]
                                  + ([] if row.segment == "BPU" else ["--risk-group", "1"]),
                                  capture_output=True, text=True, timeout=60)
            assert done.returncode == 1 and "no row of relief" in done.stderr, "%s: %s" % (row, done)
            count += 1
    return count


if __name__ == "__main__":
    failed = 0
    for test in (test_try, test_price):
        try:
            print("ok      %s (%d)" % (test.__name__, test()), flush=True)
        except AssertionError as problem:
            failed += 1
            print("FAILED  %s: %s" % (test.__name__, problem), flush=True)
    sys.exit(failed > 0)
