#!/usr/bin/env python3
"""Every published figure, as a row of figures.json, through `jaga try` and `jaga rules price`.

    figures.py            all rows
    figures.py WORD ...   only groups whose section, source or text has one of the words
    figures.py --count    how many rows there are, by section

docs/law-cases.md says how a row is written. Each row is a participant of its own; all of them go
through one `jaga try`, in order of time. What is expected is written in the row and never read from
rules/; the tables are read only to ask whether every row of law has a figure.
"""
import collections
import concurrent.futures
import csv
import datetime
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
JAGA = os.environ.get("JAGA", os.path.join(ROOT, "build", "asan", "jaga"))
RULES = os.environ.get("JAGA_RULES_DIR", os.path.join(ROOT, "rules"))
END = "2060-01-01T00:00:00Z"  # whatever waits has been given up by then

# The tables whose rows decide an amount; contributions.py asks the same of tariffs, wage_caps and reliefs.
# Numbers of the procedure (parameters.csv) are named by no decision, so that they cannot be counted.
CITED = ("benefits", "brackets", "channels", "construction", "packages", "recomposition")
BY_MONTH = ("tariffs", "wage_caps", "reliefs")  # the day that counts is the first of a month
MEMBERS = {
    "PU": {"category": "KARYAWAN", "sponsor": "EMPLOYER"},
    "PU_STATE": {"category": "KPPS", "sponsor": "NPHD"},
    "BPU": {"category": "PETANI", "sponsor": "SELF"},
    "JAKON": {"category": "KONSTRUKSI", "sponsor": "EMPLOYER"},
    "PMI": {"category": "PMI", "sponsor": "SELF"},
}


class Wrong(Exception):
    """A row that does not hold, or cannot be read."""


def day(date, more=0):
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days=more)).isoformat()


def noon(date, minute=0):
    return date if "T" in date else "%sT12:%02d:00+07:00" % (date, minute)


def month_after(month, more):
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + more, 12)
    return "%04d-%02d" % (year, number + 1)


def filled(template, values):
    """The template with every $name replaced: whole texts by the value itself, others within them.
    `with` is an object whose fields are added."""
    if isinstance(template, dict):
        made = {filled(key, values): filled(value, values) for key, value in template.items()}
        more = made.pop("with", {})
        return {**made, **more}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    if re.fullmatch(r"[$%][a-z_]+", template) and template in values:
        return values[template]
    return re.sub(r"[$%][a-z_]+", lambda match: str(values.get(match[0], match[0])), template)


class Row:
    """One row of one group, with its numbers put in."""

    def __init__(self, group, values):
        body = filled({key: value for key, value in group.items() if key not in ("columns", "rows")},
                      values)
        self.section, self.what = body.pop("section"), body.pop("what")
        self.source = body.pop("source")
        self.expect = body.pop("expect", {})
        self.body = body

    def __str__(self):
        return "%s [%s]" % (self.what, self.source)


def rows_of(groups):
    for group in groups:
        columns = group.get("columns", [])
        for row in group.get("rows", [[]]):
            if len(row) != len(columns):
                raise Wrong("%s: a row of %d values for %d columns: %s" % (
                    group["what"], len(row), len(columns), row))
            yield Row(group, dict(zip(["$" + name for name in columns], row)))


# ---- events


def due_of_member(segment, wage, months):
    """What such a member pays for JKK (risk group 1) and JKM; the rows of section 2.2 prove it."""
    if segment == "BPU":
        return {"JKK": wage * months // 100, "JKM": 6800 * months}
    return {"JKK": wage * 24 * months // 10000, "JKM": wage * 3 * months // 1000}


def enrolled(member):
    segment = member.get("segment", "PU")
    usual = MEMBERS[segment]
    return {"type": "Enrolled", "time": noon(member.get("on", member["from"])),
            "membership_id": member.get("as", "M1"), "segment": segment,
            "category": member.get("category", usual["category"]),
            "programmes": member.get("programmes", ["JKK", "JKM"]), "region_home":
            member.get("region", "36.71"), "sponsor": {"kind": member.get("sponsor", usual["sponsor"])},
            "risk_group": member.get("risk_group", 1), "wage_idr": member.get("wage", 1000000),
            "cover_from": member["from"], "cover_to": member.get("to")}


def payment(month, months, lines, on, ref, membership="M1", relief=None, minute=1):
    return {"type": "ContributionPaid", "time": noon(on, minute), "membership_id": membership,
            "month": month, "months": months, "relief": relief, "paid_at": noon(on, minute),
            "payment_ref": ref, "lines": [{"programme": programme, "amount_idr": amount}
                                          for programme, amount in lines.items()]}


def covered(member):
    """An enrolment and its contributions: `months` of them from the month of `from` on, paid that day."""
    yield enrolled(member)
    month, left = member["from"][:7], member.get("months", 1)
    while left > 0:
        now = min(left, 24)
        lines = due_of_member(member.get("segment", "PU"), member.get("wage", 1000000), now)
        yield payment(month, now, lines, member.get("on", member["from"]),
                      "%s-%s" % (member.get("as", "M1"), month), member.get("as", "M1"))
        month, left = month_after(month, now), left - now


def claim(made, on):
    """What a claim of that kind has when the row does not say otherwise."""
    usual = {"claim_id": "C1", "membership_id": "M1", "documents_complete_on": on[:10]}
    if made["type"] == "DeathClaimFiled":
        usual.update(cause="ILLNESS", heir={"rank": "SPOUSE", "payee_ref": "HEIR"})
    elif made["type"] == "InjuryClaimFiled":
        usual.update(cause="WORK_ACCIDENT", payee_ref="WORKER", days_unable=0, transport=[],
                     home_care_idr=0, disability={"kind": "NONE", "table_bp": 0, "loss_bp": 0})
    elif made["type"] == "JobLossClaimed":
        usual.update(payee_ref="WORKER", filed_on=on[:10], month_number=1)
    elif made["type"] == "ScholarshipClaimed":
        usual.update(claim_id="S1", parent_claim_id="C1", child_ref="CHILD", payee_ref="GUARDIAN")
        usual.pop("membership_id")
    return {**usual, **made}


def event_of(made, minute):
    """An event of a row; `on` is its date of recording: the day after what it tells of, if not given."""
    made = dict(made)
    told = made.get("died_on") or made.get("accident_on") or made.get("dismissed_on")
    on = made.pop("on", None) or day(told, 1)
    if made["type"] in ("DeathClaimFiled", "InjuryClaimFiled", "JobLossClaimed", "ScholarshipClaimed"):
        made = claim(made, on)
    made.setdefault("time", noon(on, minute))
    return made


def each(made):
    """An event with `each` stands for one event a row of its table, and of a table within it."""
    if "each" not in made:
        return [made]
    table = dict(made["each"])
    rest = {key: value for key, value in made.items() if key != "each"}
    if "each" in table:
        rest["each"] = table["each"]
    return [one for row in table["rows"]
            for one in each(filled(rest, dict(zip(table["columns"], row))))]


class Trial:
    """The events of one participant, and what must come of them."""

    def __init__(self, row, events, expect, name=""):
        self.row, self.expect, self.name = row, expect, name
        self.events = list(events)
        self.decisions, self.payments, self.exceptions = [], [], []

    def __str__(self):
        return str(self.row) + (", " + self.name if self.name else "")


def trials_of_claim(row):
    members = row.body.get("member", [])
    members = members if isinstance(members, list) else [members]
    for _ in range(row.body.get("copies", 1)):
        events = [event for member in members for event in covered(member)]
        minute = 2
        for template in row.body.get("events", []):
            for made in each(template):
                events.append(event_of(made, minute % 60))
                minute += 1
        yield Trial(row, events, row.expect)


def trials_of_payment(row):
    """What is due, exactly; then each programme a rupiah a month off, which is let pass, and one more,
    which is not. A second payment of the same months says whether the first one paid them."""
    pays = row.body["pays"]
    lines, months = pays["lines"], pays.get("months", 1)
    member = {"from": pays["month"] + "-01", "programmes": list(lines), **row.body.get("member", {})}
    on = max(member["from"], pays["month"] + "-01")

    def trial(name, changed, expected):
        first = payment(pays["month"], months, changed, on, "R1", relief=pays.get("relief"))
        second = payment(pays["month"], months, lines, on, "R2", relief=pays.get("relief"), minute=2)
        return Trial(row, [enrolled(member), first, second], {"exceptions": expected}, name)
    if "refused" in row.expect:
        yield trial("refused", lines, [row.expect["refused"]] * 2)
        return
    paid = "MONTH_ALREADY_PAID"
    yield trial("exactly", lines, [paid])
    for programme, amount in lines.items():
        for more, expected in ((-months, [paid]), (-months - 1, ["UNDERPAID"]), (months, [paid]),
                               (months + 1, ["OVERPAID", paid])):
            if amount + more >= 0 and (more < 0 or not row.expect.get("any_amount")):
                yield trial("%s %+d" % (programme, more), {**lines, programme: amount + more},
                            [paid] if row.expect.get("any_amount") else expected)


def trials_of(row):
    if "pays" in row.body:
        return list(trials_of_payment(row))
    if "price" in row.body or "show" in row.body:
        return []
    return list(trials_of_claim(row))


# ---- the program


def run(*arguments, text=None):
    done = subprocess.run([JAGA, *arguments], input=text, capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, JAGA_RULES_DIR=RULES, JAGA_LOG_LEVEL="error"))
    return done


def streamed(trials):
    """The events of all trials in order of time, each with its envelope."""
    made = []
    for number, trial in enumerate(trials):
        for at, event in enumerate(trial.events):
            made.append({"id": "%d-%d" % (number, at), "source": "/figures",
                         "participant_id": "row-%05d" % number,
                         **{key: value for key, value in event.items() if value is not None}})
    made.sort(key=lambda event: datetime.datetime.fromisoformat(event["time"]))
    return "".join(json.dumps(event) + "\n" for event in made) + json.dumps({"clock": END}) + "\n"


def tried(trials, *flags):
    """Gives each trial its outputs; returns the lines of coverage."""
    text = streamed(trials)
    done = run("try", "--clock", "events", *flags, "-", text=text)
    if done.returncode != 0:
        raise Wrong("jaga try: exit %d\n%s" % (done.returncode, done.stderr[-4000:]))
    coverage = []
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record["kind"] == "coverage":
            coverage.append(record)
        elif record["participant_id"] is None:
            line = text.splitlines()[record["input"]["offset"]]
            raise Wrong("jaga try cannot read %s: %s %s" % (line, record["code"], record["detail"]))
        else:
            trial = trials[int(record["participant_id"][4:])]
            getattr(trial, record["kind"] + "s").append(record)
    return coverage


# ---- what must hold


def same(name, wanted, got):
    if wanted != got:
        raise Wrong("%s\n    expected %s\n    got      %s" % (name, wanted, got))


def lines_of(record):
    return [[line["component"], line["amount_idr"]] for line in record["lines"]]


def decided(trial, claim_id):
    found = [record for record in trial.decisions if claim_id in (None, record["claim_id"])]
    if not found:
        raise Wrong("no decision; exceptions %s" % [
            (record["code"], record["detail"]) for record in trial.exceptions])
    return found[-1]


def check_claim(trial):
    expect = trial.expect
    last = decided(trial, expect.get("claim"))
    same("verdict", expect.get("verdict", "APPROVED OK"), "%(verdict)s %(reason)s" % last)
    wanted = [[component, amount] for component, amount in expect.get("lines", {}).items() if amount]
    same("lines", wanted, lines_of(last))
    same("total", expect.get("total", 0), last["total_idr"])
    if sum(amount for _, amount in wanted) != expect.get("total", 0):
        raise Wrong("the row's own lines do not make its total")
    if "due_on" in expect:
        same("due_on", expect["due_on"], last["due_on"])
    if "event_on" in expect:
        same("event_on", expect["event_on"], last["event_on"])
    payments = [record for record in trial.payments if record["claim_id"] == last["claim_id"]]
    same("paid", expect.get("total", 0), sum(record["amount_idr"] for record in payments))
    if "payments" in expect:
        same("payments", expect["payments"], [
            "%(payee_ref)s %(amount_idr)d %(channel)s" % record for record in payments])


def check(trial):
    expect = trial.expect
    if "decisions" in expect:
        same("decisions", expect["decisions"], [
            "%(claim_id)s %(verdict)s %(reason)s %(total_idr)d" % record for record in trial.decisions])
    if "paid_idr" in expect:
        same("paid_idr", expect["paid_idr"], sum(record["amount_idr"] for record in trial.payments))
    if "lines" in expect or "verdict" in expect:
        check_claim(trial)
    if "refused" in expect and "exceptions" not in expect:
        expect = {"exceptions": [expect["refused"]]}
    same("exceptions", expect.get("exceptions", []), [record["code"] for record in trial.exceptions])


def check_coverage(row, trials):
    wanted = row.expect["coverage"]
    for found in tried(trials, "--coverage", wanted["date"]):
        if found["region"] == wanted["region"]:
            same("coverage", wanted, {key: found.get(key) for key in wanted})
            return
    raise Wrong("no coverage of " + wanted["region"])


# ---- prices and tables


def price_of_payment(row):
    """The question to `jaga rules price` that a contribution answers."""
    pays, member = row.body["pays"], row.body.get("member", {})
    segment = member.get("segment", "PU")
    usual = MEMBERS[segment]
    words = ["--segment", segment, "--month", max(pays["month"], member.get("from", "")[:7]),
             "--wage", member.get("wage", 1000000), "--programmes", ",".join(pays["lines"]),
             "--sponsor", member.get("sponsor", usual["sponsor"]),
             "--category", member.get("category", usual["category"])]
    if segment != "BPU":
        words += ["--risk-group", member.get("risk_group", 1)]
    if pays.get("relief"):
        words += ["--relief", pays["relief"]]
    return words


def priced(words):
    done = run("rules", "price", "--json", *[str(word) for word in words])
    if done.returncode == 1:
        return None
    if done.returncode != 0:
        raise Wrong("jaga rules price %s: exit %d\n%s" % (words, done.returncode, done.stderr))
    return json.loads(done.stdout)


def questions(words):
    """A list among the words stands for one question each."""
    made = [[]]
    for word in words:
        made = [before + [one] for before in made for one in (word if isinstance(word, list) else [word])]
    return made


def check_price(row):
    """The lines, and how each row of law is used (its words) where the row says so. Returns the last
    answer."""
    for words in questions(row.body["price"]):
        found = check_one_price(row.expect, words)
    return found


def check_one_price(expect, words):
    found = priced(words)
    if "refused" in expect:
        same("price", None, found)
        return None
    if found is None:
        raise Wrong("not priced")
    same("lines", expect["lines"], {line["what"]: line["amount_idr"] for line in found["lines"]})
    same("total", sum(amount or 0 for amount in expect["lines"].values()), found["total_idr"])
    ways = {cited["id"]: cited["how"] for line in found["lines"] for cited in line["rows"]}
    for cited, how in expect.get("how", {}).items():
        same("how " + cited, how, ways.get(cited))
    return found


def check_price_of_payment(row):
    months = row.body["pays"].get("months", 1)
    found = priced(price_of_payment(row))
    if "refused" in row.expect:
        same("price", None, found)
        return None
    if found is None:
        raise Wrong("not priced")
    same("price", row.body["pays"]["lines"], {
        line["what"]: line["amount_idr"] * months for line in found["lines"]
        if line["amount_idr"] is not None})
    return found


def check_show(row):
    done = run("rules", "show", "--json", *row.body["show"])
    found = {}
    for line in done.stdout.splitlines():
        shown = json.loads(line)
        found[shown["id"]] = {**shown["values"], "verified": shown["verified"]}
    for name, wanted in row.expect["rows"].items():
        if name not in found:
            raise Wrong("no row %s in force; there are %s" % (name, sorted(found)))
        same(name, wanted, {key: found[name].get(key) for key in wanted})
    return list(row.expect["rows"])


# ---- every row of law has a figure


class Used:
    """By row of law: the days (or first days of months) on which a figure rested on it."""

    def __init__(self):
        self.on = collections.defaultdict(set)

    def decision(self, record):
        for line in record["lines"]:
            self.on[line["rule"]].add(record["event_on"])

    def price(self, found, date):
        for line in found["lines"]:
            for cited in line["rows"]:
                self.on[cited["id"]].add(date)

    def shown(self, names, date):
        for name in names:
            self.on[name].add(date)

    def channel(self, record, name):
        self.on[name].add(record["due_on"])


def law_rows(tables):
    for table in tables:
        with open(os.path.join(RULES, table + ".csv")) as file:
            lines = [line for line in file if line.strip() and not line.startswith("#")]
        for row in csv.DictReader(lines):
            yield table, row


def first_month(date):
    return date if date.endswith("-01") else month_after(date[:7], 1) + "-01"


def bounds(table, row):
    """The days on which a figure must rest on the row: its first and its last, where it has them."""
    first, last = row["valid_from"], row["valid_to"]
    if first != "0001-01-01":
        yield first_month(first) if table in BY_MONTH else first
    if last != "open":
        yield last[:7] + "-01" if table in BY_MONTH else last


def missing(used, tables):
    """The rows of law that no figure rests on, or none on their first or last day. Brackets have all one
    first day, and are asked for at both ends of their incomes instead; any amount is no figure."""
    for table, row in law_rows(tables):
        if row.get("base") == "ANY_AMOUNT":
            continue
        on = used.on[row["id"]]
        if not on:
            yield "%s.csv %s: no figure rests on it" % (table, row["id"])
        elif table != "brackets":
            for date in sorted(set(bounds(table, row)) - on):
                yield "%s.csv %s: no figure rests on it on %s" % (table, row["id"], date)


# ---- all of it


def result(row, check_, *arguments):
    """(text of what is wrong or None, what the check returned)"""
    try:
        return None, check_(*arguments)
    except Wrong as wrong:
        return "%s: %s" % (row if not isinstance(arguments[0], Trial) else arguments[0], wrong), None


def price_date(row):
    if "pays" in row.body:
        member = row.body.get("member", {})
        return max(row.body["pays"]["month"], member.get("from", "")[:7]) + "-01"
    words = row.body["price"]
    for flag, rest in (("--month", "-01"), ("--on", "")):
        if flag in words:
            return words[words.index(flag) + 1] + rest
    raise Wrong("%s: a price needs --month or --on" % row)


def check_commands(rows, used):
    """The rows that are questions to `jaga rules`, each a process of its own."""
    asked = [(row, check_price) for row in rows if "price" in row.body]
    asked += [(row, check_price_of_payment) for row in rows
              if "pays" in row.body and not row.expect.get("any_amount")]
    asked += [(row, check_show) for row in rows if "show" in row.body]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda one: result(one[0], one[1], one[0]), asked))
    for (row, _), (wrong, found) in zip(asked, results):
        if wrong:
            yield row, wrong
        elif "show" in row.body:
            used.shown(found, row.body["show"][1])
        elif found:
            used.price(found, price_date(row))


def check_trials(rows, used):
    trials = [trial for row in rows for trial in trials_of(row)]
    tried(trials)
    for trial in trials:
        wrong, _ = result(trial.row, check, trial)
        if wrong:
            yield trial.row, wrong
        for record in trial.decisions:
            used.decision(record)
        for record in trial.payments:
            used.channel(record, {"BI_FAST": "bi-fast", "RTGS": "rtgs"}[record["channel"]])
    for row in rows:
        if "coverage" in row.expect:
            wrong, _ = result(row, check_coverage, row, [trial for trial in trials_of(row)])
            if wrong:
                yield row, wrong


def main(words):
    unknown = [word for word in words if word.startswith("-") and word != "--count"]
    if unknown:
        print(__doc__, file=sys.stderr)
        return 64
    with open(os.path.join(HERE, "figures.json")) as file:
        groups = json.load(file)
    only = [word for word in words if not word.startswith("--")]
    chosen = [group for group in groups if not only or any(
        word.lower() in json.dumps([group[key] for key in ("section", "source", "what")]).lower()
        for word in only)]
    rows = list(rows_of(chosen))
    counted = collections.Counter(row.section for row in rows)
    if "--count" in words:
        for section, number in counted.items():
            print("%5d  %s" % (number, section))
        print("%5d" % len(rows))
        return 0
    used = Used()
    wrong = list(check_commands(rows, used)) + list(check_trials(rows, used))
    red = {id(row) for row, _ in wrong}
    for _, text in wrong:
        print("WRONG " + text)
    gaps = [] if only else list(missing(used, CITED))
    for text in gaps:
        print("NO FIGURE " + text)
    print("%d rows, %d do not hold, %d rows of law without a figure" % (len(rows), len(red), len(gaps)))
    return 1 if wrong or gaps or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
