#!/usr/bin/env python3
"""The same law a second time: decisions, payments, exceptions and counters, deliberately plain.

Written from the contract of events and rules, not from the C code, so that the two can disagree.
Nothing is counted by difference and nothing is remembered but what was accepted: cover, paid months
and measures are worked out anew from it whenever they are asked for. Money and months are whole
numbers, days are dates, times are microseconds since 1970 in UTC.

    plain.py [--rules DIR] [--coverage DATE]... FILE    prints what `jaga try --clock events` prints
"""
import argparse
import base64
import calendar
import csv
import datetime
import hashlib
import json
import os
import re
import sys

PROGRAMMES = ("JKK", "JKM", "JHT", "JP", "JKP")
SEGMENTS = ("PU", "PU_STATE", "BPU", "JAKON", "PMI")
SPONSORS = ("SELF", "EMPLOYER", "APBN", "APBD_PROV", "APBD_KABKOTA", "APBDES", "NPHD", "CSR",
            "SERTAKAN", "JAGA_SALIRA", "KORPRI")
WORK_CAUSES = ("WORK_ACCIDENT", "COMMUTE_ACCIDENT", "DUTY_TRAVEL", "OCCUPATIONAL_DISEASE",
               "SUDDEN_DEATH_AT_WORK")
CAUSES = WORK_CAUSES + ("ILLNESS", "NON_WORK_ACCIDENT", "UNKNOWN")
COMPONENTS = ("LUMP", "DEATH", "DISABILITY", "PERIODIC", "BURIAL")
FINDINGS = ("PARKED", "UNDERPAID", "OVERPAID", "BACKDATED", "STATUS_OUT_OF_ORDER",
            "APPROVED_CLAIM_CONTRADICTED")
NOT_TO_OVERRULE = ("CAUSE_UNKNOWN", "NOT_AUTOMATED")
BY_PROJECT = ("JAKON", "PMI")
IDS_KEPT, REFS_KEPT, REVERSALS_KEPT = 8, 24, 8
MEMBERSHIPS_MAX, ENTRIES_MAX, CLAIMS_MAX, PARKED_MAX = 16, 64, 64, 8
DAY = datetime.timedelta(days=1)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)


class Refused(Exception):
    """The event has no effect; the argument is the code of its exception."""


class Repeat(Exception):
    """The event has been applied already: no effect, and nothing to report."""


# ---- Days and months ---------------------------------------------------------------------------

def date_of(text):
    return datetime.date.fromisoformat(text)


def month_of(date):
    return date.year * 12 + date.month - 1


def first_day(month):
    return datetime.date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return first_day(month + 1) - DAY


def month_text(month):
    return "%04d-%02d" % (month // 12, month % 12 + 1)


def months_later(date, months):
    """Keeps the day, or takes the last one of a shorter month."""
    year, month = divmod(month_of(date) + months, 12)
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def utc(time):
    return EPOCH + time * MICROSECOND


def time_text(time):
    whole = utc(time)
    fraction = ".%06d" % whole.microsecond if whole.microsecond else ""
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def earliest(dates):
    """None is an open end."""
    return min((date for date in dates if date is not None), default=None)


def after(date, end):
    return end is not None and date > end


# ---- The law: dated rows -----------------------------------------------------------------------

class Law:
    TABLES = ("categories", "regions", "holidays", "programmes", "parameters", "tariffs",
              "wage_caps", "benefits", "reliefs", "channels")

    def __init__(self, folder):
        for name in self.TABLES:
            with open(os.path.join(folder, name + ".csv"), encoding="ascii") as file:
                kept = (line for line in file if line.strip() and not line.startswith("#"))
                rows = [{key: value.strip() for key, value in row.items()}
                        for row in csv.DictReader(kept)]
            for row in rows:
                row["first"] = date_of(row["valid_from"])
                row["last"] = None if row["valid_to"] == "open" else date_of(row["valid_to"])
            setattr(self, name, rows)
        self.category_codes = {row["code"] for row in self.categories}
        self.region_codes = {row["code"] for row in self.regions}
        self.hours = {row["code"]: row["utc_offset_hours"] for row in self.regions}
        self.days_off = {row["first"] for row in self.holidays}

    @staticmethod
    def of_day(rows, date):
        return [row for row in rows if row["first"] <= date and not after(date, row["last"])]

    def parameter(self, name, date, segment="*"):
        rows = self.of_day(self.parameters, date)
        (row,) = [row for row in rows
                  if row["parameter"] == name and row["segment"] in ("*", segment) or
                  row["parameter"] == name and segment == "*"][:1]
        return int(row["value"])

    def open_to(self, segment):
        return {row["programme"] for row in self.programmes if row["segment"] == segment}

    def zone(self, region):
        """Hours ahead of UTC; WIB when no region is known."""
        return int(self.hours[region[:2]]) if region else 7

    def month_costs(self, segment, risk_group, programme, wage, date, factor_ppm):
        """Rupiah, half up, once; no row: the programme costs nothing."""
        for row in self.of_day(self.tariffs, date):
            if (row["programme"], row["segment"]) != (programme, segment):
                continue
            if row["risk_group"] not in ("*", str(risk_group)):
                continue
            value = int(row["value"])
            if row["base"] == "FIXED_IDR":
                return (value * factor_ppm + 500000) // 1000000
            if row["base"] == "CAPPED_WAGE_PPM":
                caps = [int(cap["cap_idr"]) for cap in self.of_day(self.wage_caps, date)
                        if cap["programme"] == programme]
                wage = min([wage, *caps])
            return (wage * value * factor_ppm + 500000 * 1000000) // (1000000 * 1000000)
        return 0

    def relief_row(self, relief, segment, sponsor_kind, category, month):
        for row in self.reliefs:
            if (row["relief"] == relief and row["first"] <= first_day(month) and
                    not after(last_day(month), row["last"]) and
                    in_set(row["segments"], segment) and
                    in_set(row["sponsor_kinds"], sponsor_kind) and
                    in_set(row["categories"], category)):
                return row
        raise Refused("INVALID_FIELD")

    def benefit_lines(self, benefit, date, wage):
        lines = []
        for row in self.of_day(self.benefits, date):
            if row["benefit"] != benefit:
                continue
            amount = int(row["value"])
            if row["formula"] == "WAGE_TIMES":
                amount = max(amount * (wage or 0), int(row["least_idr"]))
            if amount > 0:
                lines.append({"component": row["component"], "amount_idr": amount,
                              "rule": row["id"]})
        return sorted(lines, key=lambda line: COMPONENTS.index(line["component"]))

    def due_on(self, programme, complete):
        name = "DUE_DAYS_JKM" if programme == "JKM" else "DUE_DAYS_OTHER"
        left, day = self.parameter(name, complete), complete
        while left > 0:
            day += DAY
            if day.weekday() < 5 and day not in self.days_off:
                left -= 1
        return day

    def channel(self, amount, due_on):
        for row in self.of_day(self.channels, due_on):
            if row["most_idr"] == "none" or amount <= int(row["most_idr"]):
                return row["channel"]
        raise AssertionError("no channel")


def in_set(words, word):
    if words == "*":
        return True
    if words.startswith("!"):
        return word not in words[1:].split("|")
    return word in words.split("|")


# ---- Reading an event --------------------------------------------------------------------------

def text(least=1, most=64, form=None):
    def read(value, law):
        must(isinstance(value, str), "MALFORMED")
        must(least <= len(value.encode()) <= most, "INVALID_FIELD")
        must(form is None or re.fullmatch(form, value), "INVALID_FIELD")
        return value
    return read


def number(least, most):
    def read(value, law):
        must(isinstance(value, int) and not isinstance(value, bool), "MALFORMED")
        must(least <= value <= most, "INVALID_FIELD")
        return value
    return read


def one_of(*words):
    def read(value, law):
        must(isinstance(value, str), "MALFORMED")
        must(value in words, "INVALID_FIELD")
        return value
    return read


def date(value, law):
    must(isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value), "MALFORMED")
    return try_to(date_of, value)


def month(value, law):
    must(isinstance(value, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value), "MALFORMED")
    return int(value[:4]) * 12 + int(value[5:]) - 1


def time(value, law):
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)"
    must(isinstance(value, str) and re.fullmatch(form, value), "MALFORMED")
    value = re.sub(r"\.(\d+)", lambda m: "." + m.group(1).ljust(6, "0"), value)
    whole = try_to(datetime.datetime.fromisoformat, value.replace("Z", "+00:00"))
    return (whole - EPOCH) // MICROSECOND


def region(value, law):
    texts(value, law)
    must(len(value) == 5 and value in law.region_codes, "UNKNOWN_REGION")
    return value


def category(value, law):
    texts(value, law)
    must(value in law.category_codes, "UNKNOWN_CATEGORY")
    return value


def programmes(value, law):
    must(isinstance(value, list) and all(isinstance(word, str) for word in value), "MALFORMED")
    must(value and all(word in PROGRAMMES for word in value), "INVALID_FIELD")
    must(len(set(value)) == len(value), "INVALID_FIELD")
    return frozenset(value)


def or_null(read):
    def read_or_null(value, law):
        return None if value is None else read(value, law)
    read_or_null.nullable = True
    return read_or_null


def record(**fields):
    def read(value, law):
        must(isinstance(value, dict), "MALFORMED")
        return read_fields(value, fields, law)
    return read


def list_of(read_one):
    def read(value, law):
        must(isinstance(value, list), "MALFORMED")
        return [read_one(one, law) for one in value]
    return read


def must(holds, code):
    if not holds:
        raise Refused(code)


def try_to(read, value):
    try:
        return read(value)
    except ValueError:
        raise Refused("MALFORMED") from None


def read_fields(value, fields, law):
    """Unreadable comes before out of range; of several bad fields the first is reported."""
    must(not set(value) - set(fields), "MALFORMED")
    read, codes = {}, []
    for name, read_one in fields.items():
        must(name in value or hasattr(read_one, "nullable"), "MALFORMED")
        try:
            read[name] = read_one(value.get(name), law)
        except Refused as refused:
            codes += refused.args
    if codes:
        raise Refused("MALFORMED" if "MALFORMED" in codes else codes[0])
    return read


money, wage, texts = number(0, 10 ** 12), number(1, 10 ** 9), text()
membership, claim_id = text(1, 20, "[A-Za-z0-9]*"), text(1, 40)
sponsor = record(kind=one_of(*SPONSORS), ref=or_null(texts))
basis_points = number(0, 10000)

ENVELOPE = {"id": texts, "source": texts, "time": time,
            "participant_id": text(1, 32, "[A-Za-z0-9_-]*"), "batch_id": or_null(texts)}

TOPICS = {
    "enrollment": {
        "Enrolled": {
            "membership_id": membership, "segment": one_of(*SEGMENTS), "category": category,
            "programmes": programmes, "employer_id": or_null(texts), "region_home": region,
            "region_work": or_null(region), "sponsor": sponsor, "risk_group": number(1, 5),
            "wage_idr": wage, "cover_from": date, "cover_to": or_null(date),
            "birth_date": or_null(date)},
        "WageChanged": {"membership_id": membership, "wage_idr": wage, "effective_from": date},
        "CategoryChanged": {"membership_id": membership, "category": category,
                            "effective_from": date},
        "ProgrammesChanged": {"membership_id": membership, "programmes": programmes,
                              "effective_from": date},
        "SponsorChanged": {"membership_id": membership, "sponsor": sponsor, "effective_from": date},
        "Moved": {"region_home": region, "effective_from": date},
        "MembershipEnded": {
            "membership_id": membership, "last_day": date,
            "reason": one_of("RESIGNED", "DISMISSED", "DUTY_ENDED", "PROJECT_ENDED", "RETIRED",
                             "SPONSORSHIP_ENDED", "OTHER")},
        "EnrollmentVoided": {"membership_id": membership, "reason": text(0, 200)},
        "ParticipantDied": {"died_on": date,
                            "evidence": one_of("CIVIL_REGISTRY", "HOSPITAL", "EMPLOYER", "FAMILY")},
    },
    "contribution": {
        "ContributionPaid": {
            "membership_id": membership, "month": month, "months": number(1, 24),
            "lines": list_of(record(programme=one_of(*PROGRAMMES), amount_idr=money)),
            "relief": or_null(texts), "paid_at": time,
            "payer": or_null(record(kind=one_of(*SPONSORS), ref=or_null(texts))),
            "payment_ref": texts},
        "ContributionReversed": {"membership_id": membership, "month": month,
                                 "months": number(1, 24), "payment_ref": texts,
                                 "reason": text(0, 200)},
    },
    "claim": {
        "DeathClaimFiled": {
            "claim_id": claim_id, "membership_id": membership, "died_on": date,
            "cause": one_of(*CAUSES), "accident_on": or_null(date),
            "heir": record(rank=one_of("SPOUSE", "CHILD", "PARENT", "DESCENDANT", "SIBLING",
                                       "PARENT_IN_LAW", "TESTAMENT", "NONE"), payee_ref=texts),
            "burial_payee_ref": or_null(texts), "documents_complete_on": or_null(date)},
        "InjuryClaimFiled": {
            "claim_id": claim_id, "membership_id": membership, "accident_on": date,
            "cause": one_of(*CAUSES), "payee_ref": texts, "unable_from": or_null(date),
            "days_unable": number(0, 20000),
            "disability": record(kind=one_of("NONE", "PARTIAL_ANATOMICAL", "PARTIAL_FUNCTIONAL",
                                             "TOTAL"), table_bp=basis_points, loss_bp=basis_points),
            "transport": list_of(record(mode=one_of("LAND", "SEA", "AIR"), cost_idr=money)),
            "treatment": or_null(record(payee_ref=texts, cost_idr=money)),
            "home_care_idr": money, "documents_complete_on": or_null(date)},
        "ScholarshipClaimed": {
            "claim_id": claim_id, "parent_claim_id": claim_id, "child_ref": texts,
            "child_birth_date": date, "level": one_of("TK_SD", "SMP", "SMA", "TERTIARY"),
            "school_year": number(1, 9999), "payee_ref": texts,
            "documents_complete_on": or_null(date)},
        "JobLossClaimed": {
            "claim_id": claim_id, "membership_id": membership, "dismissed_on": date,
            "filed_on": date, "month_number": number(1, 6), "payee_ref": texts,
            "documents_complete_on": or_null(date)},
        "DocumentsCompleted": {"claim_id": claim_id, "documents_complete_on": date},
        "ClaimReviewed": {"claim_id": claim_id, "revision": number(1, 2 ** 31 - 1),
                          "reviewer": texts, "verdict": one_of("APPROVE", "REJECT"),
                          "note": text(0, 500)},
        "ClaimCancelled": {"claim_id": claim_id, "reason": text(0, 200)},
        "ExternalBenefitRecorded": {"payer": texts, "amount_idr": money, "paid_on": date,
                                    "kind": texts},
    },
    "payment-status": {
        "PaymentStatusReported": {
            "payment_id": texts, "attempt": number(1, 2 ** 31 - 1),
            "status": one_of("INSTRUCTED", "ACCEPTED", "SETTLED", "RECONCILED", "REJECTED",
                             "RETURNED", "UNKNOWN"),
            "at": time, "bank_ref": or_null(texts), "reason": or_null(text(0, 200))},
    },
}
TOPIC_OF = {type: topic for topic, types in TOPICS.items() for type in types}
CLAIM_TYPES = {"DeathClaimFiled": "DEATH", "InjuryClaimFiled": "INJURY",
               "ScholarshipClaimed": "SCHOLARSHIP", "JobLossClaimed": "JOB_LOSS"}


class Event:
    def __init__(self, flat, place, law):
        must(isinstance(flat, dict) and flat.get("type") in TOPIC_OF, "MALFORMED")
        self.type, self.place = flat["type"], place
        fields = TOPICS[TOPIC_OF[self.type]][self.type]
        values = {name: value for name, value in flat.items() if name != "type"}
        self.bad = None  # a value out of range: refused, but it moves the clock all the same
        try:
            whole = read_fields(values, {**ENVELOPE, **fields}, law)
        except Refused as refused:
            if refused.args[0] == "MALFORMED":
                raise
            self.bad, whole = refused, dict(values, time=time(values["time"], law))
            for name, most in (("id", 64), ("source", 64), ("participant_id", 32)):
                if len(whole[name].encode()) > most:  # an exception does not repeat it
                    whole[name] = None
        self.id, self.source, self.time = whole["id"], whole["source"], whole["time"]
        self.participant_id = whole["participant_id"]
        self.body = {name: whole.get(name) for name in fields}

    def __getattr__(self, name):
        try:
            return self.__dict__["body"][name]
        except KeyError:
            raise AttributeError(name) from None


def check_together(event, law):
    """Fields that must fit each other, whatever is known of the participant."""
    if event.type == "Enrolled":
        must(event.programmes <= law.open_to(event.segment), "INVALID_FIELD")
        must(event.segment != "BPU" or event.risk_group == 1, "INVALID_FIELD")
        must(not (event.cover_to and event.cover_to < event.cover_from), "INTERVAL_INVALID")
        if event.segment == "BPU" and event.birth_date:
            years = law.parameter("AGE_LIMIT_YEARS", event.cover_from)
            must(event.cover_from < months_later(event.birth_date, 12 * years), "AGE_LIMIT")
    if event.type == "ContributionPaid":
        named = [line["programme"] for line in event.lines]
        must(len(set(named)) == len(named), "INVALID_FIELD")
    if event.type == "DeathClaimFiled" and event.accident_on:
        must(event.accident_on <= event.died_on, "INVALID_FIELD")
    if event.type == "InjuryClaimFiled" and event.unable_from:
        must(event.unable_from >= event.accident_on, "INVALID_FIELD")


# ---- What is known of a participant ------------------------------------------------------------

class Timeline:
    """Entries in the order in which they were applied."""

    def __init__(self):
        self.entries = []  # (effective_from, recorded_on, value)

    def add(self, effective_from, recorded_on, value):
        self.entries.append((effective_from, recorded_on, value))

    def has(self, effective_from, value):
        return any(entry[0] == effective_from and entry[2] == value for entry in self.entries)

    def on(self, day, recorded_by=None):
        """The largest effective_from <= day, among equals the later applied; None before all."""
        best = None
        for entry in self.entries:
            if entry[0] <= day and (recorded_by is None or entry[1] <= recorded_by):
                if best is None or entry[0] >= best[0]:
                    best = entry
        return None if best is None else best[2]


class Paid:
    """What the accepted contributions of a membership come to."""

    def __init__(self, ledger):
        self.refs = {}          # paid month -> ref, None: forgotten
        self.first_day = None   # first paid day since the membership last had no paid month
        self.reversed = []      # refs of reversals
        for kind, months, ref, day in ledger:
            if kind == "paid":
                self.first_day = earliest([self.first_day, day])
                self.refs.update((month, ref) for month in months)
            else:
                for month in months:
                    del self.refs[month]
                self.reversed.append(ref)
            if not self.refs:
                self.first_day = None
            for month in sorted(self.refs)[:-REFS_KEPT]:
                self.refs[month] = None
        self.reversed = self.reversed[-REVERSALS_KEPT:]
        self.through = min(self.refs) if self.refs else None
        while self.through is not None and self.through + 1 in self.refs:
            self.through += 1


class Membership:
    def __init__(self, event, recorded_on):
        self.enrolled, self.recorded_on = event, recorded_on
        self.id, self.segment = event.membership_id, event.segment
        self.cover_from = event.cover_from
        self.void = False
        self.wage, self.category = Timeline(), Timeline()
        self.programmes, self.sponsor = Timeline(), Timeline()
        for timeline, value in ((self.wage, event.wage_idr), (self.category, event.category),
                                (self.programmes, event.programmes),
                                (self.sponsor, event.sponsor)):
            timeline.add(event.cover_from, recorded_on, value)
        self.ends = []    # (last_day, reason, recorded_on)
        self.ledger = []  # (paid or reversed, months, ref, day of payment)

    @property
    def paid(self):
        return Paid(self.ledger)

    def last_day(self, recorded_by=None):
        """The end in force: the last by date of recording, of one date the last applied."""
        known = [(end[2], at, end[0]) for at, end in enumerate(self.ends)
                 if recorded_by is None or end[2] <= recorded_by]
        return max(known)[2] if known else None

    def grace_end(self, law):
        through = self.paid.through
        if self.segment != "BPU" or through is None:
            return None
        return last_day(through + law.parameter("GRACE_MONTHS", last_day(through)))

    def backdated_start(self, law):
        days = law.parameter("BACKDATING_DAYS", self.recorded_on, self.segment)
        return max(self.cover_from, self.recorded_on - days * DAY)

    def start(self, law):
        """First day of cover; a BPU with nothing paid has none yet."""
        if self.segment != "BPU":
            return self.backdated_start(law)
        first = self.paid.first_day
        return None if first is None else max(self.backdated_start(law), first)

    def end(self, law, died_on):
        return earliest([self.enrolled.cover_to, self.last_day(), died_on, self.grace_end(law)])

    def covers(self, day, law, died_on):
        start = self.start(law)
        return (not self.void and start is not None and start <= day and
                not after(day, self.end(law, died_on)))


class Claim:
    def __init__(self, event, recorded_on, filed_at, parent):
        self.parent = parent  # of a scholarship: the claim known by then, not itself a scholarship
        self.event, self.type = event, CLAIM_TYPES[event.type]
        self.id, self.recorded_on, self.filed_at = event.claim_id, recorded_on, filed_at
        self.documents = [event.documents_complete_on] if event.documents_complete_on else []
        self.approvals = []  # (reason, total, reviewer)
        self.decisions = []  # (verdict, reason, lines)
        self.approved_as = None  # the how-manieth approval of the participant
        self.given_up = self.rejected = self.cancelled = self.contradicted = False

    @property
    def verdict(self):
        return self.decisions[-1][0] if self.decisions else None

    @property
    def open(self):
        return self.verdict in (None, "WAITING", "HELD")


class Participant:
    def __init__(self, id):
        self.id = id
        self.memberships, self.claims, self.payments = {}, {}, {}
        self.moves = []      # (effective_from, recorded_on, region, membership or None)
        self.ids = []        # (source, id, type, body) of the last applied events
        self.parked = []     # (event, deadline)
        self.died_on = None
        self.tallies = []    # (region, measure, amount)
        self.approvals = 0

    def regions(self):
        timeline = Timeline()
        for effective_from, recorded_on, code, member in self.moves:
            if member is None or not member.void:
                timeline.add(effective_from, recorded_on, code)
        return timeline

    def region(self, day):
        """Before the first entry the first counts; None when no region is known."""
        timeline = self.regions()
        if not timeline.entries:
            return None
        return timeline.on(max(day, min(entry[0] for entry in timeline.entries)))

    def local_date(self, time, law, region=None):
        hours = law.zone(region or self.region(utc(time).date()))
        return (utc(time) + datetime.timedelta(hours=hours)).date()


# ---- Contributions -----------------------------------------------------------------------------

def months_named(event):
    return range(event.month, event.month + event.months)


def expected(member, event, law):
    """(rupiah, tolerance) of each programme, over all the months."""
    costs = {programme: [0, 0] for programme in PROGRAMMES}
    for month in months_named(event):
        day = max(first_day(month), member.cover_from)
        row = None
        if event.relief is not None:
            row = law.relief_row(event.relief, member.segment, member.sponsor.on(day)["kind"],
                                 member.category.on(day), month)
        for programme in PROGRAMMES:
            costs[programme][1] += law.parameter("TOLERANCE_IDR", day)
            if programme in member.programmes.on(day):
                reduced = row is not None and in_set(row["programmes"], programme)
                costs[programme][0] += law.month_costs(
                    member.segment, member.enrolled.risk_group, programme, member.wage.on(day), day,
                    int(row["factor_ppm"]) if reduced else 1000000)
    return costs


def is_lapsed(member, event, paid_on, law):
    """Too late for a BPU: the member enrols anew."""
    if member.segment != "BPU":
        return False
    through, last = member.paid.through, event.month + event.months - 1
    if through is None:
        grace_end = last_day(last + law.parameter("GRACE_MONTHS", last_day(last)))
    else:
        grace_end = member.grace_end(law)
        if event.month > through + law.parameter("GRACE_MONTHS", last_day(through)):
            return True
    return after(paid_on, earliest([grace_end, member.enrolled.cover_to, member.last_day()]))


def contribution_finding(member, event, paid_on, law):
    """None, UNDERPAID or OVERPAID; raises what refuses it."""
    paid = member.paid
    refs = [paid.refs.get(month) for month in months_named(event)]
    if event.payment_ref in paid.reversed or all(ref == event.payment_ref for ref in refs):
        raise Repeat
    must(not is_lapsed(member, event, paid_on, law), "MEMBERSHIP_LAPSED")
    must(not any(month in paid.refs for month in months_named(event)), "MONTH_ALREADY_PAID")
    costs = expected(member, event, law)
    if member.segment in BY_PROJECT:
        return None
    over = {programme: -cost for programme, (cost, _) in costs.items()}
    for line in event.lines:
        over[line["programme"]] += line["amount_idr"]
    if any(over[programme] < -costs[programme][1] for programme in PROGRAMMES):
        return "UNDERPAID"
    if any(over[programme] > costs[programme][1] for programme in PROGRAMMES):
        return "OVERPAID"
    return None


# ---- Claims ------------------------------------------------------------------------------------

def programme_of(claim):
    if claim.type == "DEATH":
        return "JKK" if claim.event.cause in WORK_CAUSES else "JKM"
    if claim.type == "SCHOLARSHIP":
        return programme_of(claim.parent) if claim.parent else "JKM"
    return {"INJURY": "JKK", "JOB_LOSS": "JKP"}[claim.type]


def membership_of(claim):
    if claim.type != "SCHOLARSHIP":
        return claim.event.membership_id
    return membership_of(claim.parent) if claim.parent else None


def event_date(claim):
    event = claim.event
    if claim.type == "DEATH":
        by_work = programme_of(claim) == "JKK"
        return event.accident_on if by_work and event.accident_on else event.died_on
    if claim.type == "SCHOLARSHIP":
        return event_date(claim.parent) if claim.parent else claim.recorded_on
    return event.accident_on if claim.type == "INJURY" else event.dismissed_on


def wage_used(member, day):
    """In force on the day as recorded by then; of an enrolment recorded later, its own."""
    if member.recorded_on > day:
        return member.enrolled.wage_idr
    return member.wage.on(day, recorded_by=day)


def presumed_start(member, law):
    """A BPU with nothing paid is looked at as if it had paid when it was recorded."""
    return member.start(law) or max(member.cover_from, member.recorded_on)


def whole_benefit(person, claim, member, law):
    day = event_date(claim)
    if programme_of(claim) == "JKK":
        return law.benefit_lines("JKK_DEATH", day, wage_used(member, day))
    tenure = (claim.event.died_on - presumed_start(member, law)).days
    waiting = tenure < law.parameter("WAITING_TENURE_DAYS", day, member.segment)
    return law.benefit_lines("JKM_WAITING" if waiting else "JKM", day, None)


def total_of(lines):
    return sum(line["amount_idr"] for line in lines)


def tests(person, claim, member, law, contradiction):
    """The ladder of a death claim: (number, holds, verdict, reason), in order."""
    event, day = claim.event, event_date(claim)
    programme, start = programme_of(claim), presumed_start(member, law)
    month, paid = month_of(day), member.paid
    other_ends = earliest([member.enrolled.cover_to, member.last_day(), person.died_on])
    grace_end = member.grace_end(law)
    others = [other for other in person.claims.values()
              if other is not claim and other.type == "DEATH"]
    approved = [other for other in others if other.verdict == "APPROVED" and
                not (contradiction and other.approved_as > claim.approved_as)]
    same = [other for other in approved if other.event.membership_id == member.id]
    expiry = months_later(day, law.parameter("EXPIRY_MONTHS", day))
    unpaid = [m for m in range(month_of(start), month) if m not in paid.refs]
    known = member.programmes.on(day, recorded_by=day)

    yield 2, member.void, "REJECTED", "VOIDED"
    yield 3, same, "REJECTED", "ALREADY_PAID"
    yield 4, any(other.event.accident_on and other.event.accident_on == event.accident_on
                 for other in same), "HELD", "SAME_ACCIDENT"
    yield 5, event.cause == "UNKNOWN", "HELD", "CAUSE_UNKNOWN"
    yield 6, person.died_on not in (None, event.died_on), "HELD", "DEATH_DATE_CONFLICT"
    yield 7, programme == "JKK" and claim.recorded_on > expiry, "REJECTED", "EXPIRED"
    yield 8, day < start, "REJECTED", "BEFORE_COVER"
    yield 9, member.recorded_on > day, "HELD", "RECORDED_AFTER_EVENT"
    by_grace = grace_end is not None and (other_ends is None or grace_end < other_ends)
    yield (10, after(day, earliest([other_ends, grace_end])), "REJECTED",
           "LAPSED" if by_grace else "COVER_ENDED")
    yield (11, programme not in (member.programmes.on(day) or ()), "REJECTED",
           "PROGRAMME_NOT_HELD")
    yield (12, after(day, earliest([member.enrolled.cover_to, member.last_day(day)])) or
           programme not in (known or ()), "HELD", "RECORDED_AFTER_EVENT")
    yield (13, not paid.refs and member.segment not in BY_PROJECT, "HELD", "NO_CONTRIBUTION")
    yield (14, member.segment == "BPU" and paid.refs and month > paid.through, "HELD", "IN_GRACE")
    yield (15, member.segment in ("PU", "PU_STATE") and
           len(unpaid) > law.parameter("EMPLOYER_MONTHS", day), "HELD", "EMPLOYER_PAYS_FIRST")
    if not contradiction:
        yield (16, any(other.event.membership_id != member.id and other.event.cause != "UNKNOWN" and
                       other.verdict not in (None, "REJECTED") and
                       programme_of(other) != programme for other in others),
               "HELD", "MIXED_PROGRAMMES")
    yield 17, event.heir["rank"] == "NONE", "HELD", "HEIR_UNKNOWN"
    yield 18, not claim.documents, "WAITING", "DOCUMENTS_MISSING"
    benefit = whole_benefit(person, claim, member, law)
    yield None, not benefit, "HELD", "NOT_AUTOMATED"  # a day without rows for this benefit
    if not contradiction:
        most = law.parameter("AUTO_APPROVE_MAX_IDR", day)
        yield 19, total_of(lines_paid(claim, benefit)) > most, "HELD", "ABOVE_AUTO_LIMIT"


def lines_paid(claim, lines):
    """Without an heir the burial alone is paid."""
    if claim.event.heir["rank"] == "NONE":
        return [line for line in lines if line["component"] == "BURIAL"]
    return lines


def overruled(claim, reason, total):
    reviewers = {approval[2] for approval in claim.approvals if approval[:2] == (reason, total)}
    return len(reviewers) >= (2 if reason == "ABOVE_AUTO_LIMIT" else 1)


def judge(person, claim, law, contradiction=False):
    """(verdict, reason, lines)"""
    if claim.rejected or claim.cancelled:
        return "REJECTED", "REVIEW_REJECTED" if claim.rejected else "CANCELLED", []
    if claim.type != "DEATH":
        return "HELD", "NOT_AUTOMATED", []
    member = person.memberships.get(claim.event.membership_id)
    if member is None:
        return "REJECTED" if claim.given_up else "WAITING", "MEMBERSHIP_UNKNOWN", []
    lines = whole_benefit(person, claim, member, law)
    for _, holds, verdict, reason in tests(person, claim, member, law, contradiction):
        if holds and not (verdict == "HELD" and overruled(claim, reason, total_of(lines))):
            return verdict, reason, []
    return "APPROVED", "OK", lines_paid(claim, lines)


def facts_of(person, claim, law):
    member = person.memberships.get(membership_of(claim))
    if member is None:
        return None
    day, paid = event_date(claim), member.paid
    start = None if member.void else member.start(law)
    end = None if start is None else member.end(law, person.died_on)
    if start is not None and after(start, end):  # not one day
        start = end = None
    return {"wage_idr": wage_used(member, day),
            "cover_from": start and start.isoformat(), "cover_to": end and end.isoformat(),
            "tenure_days": start and (day - start).days, "months_paid": len(paid.refs),
            "paid_through": month_text(paid.through) if paid.refs else None}


def payment_id(*parts):
    digest = hashlib.blake2b("\n".join(("jaga.payment.v1",) + parts).encode(), digest_size=32)
    return base64.b32encode(digest.digest()).decode()[:20]


# ---- Payment status ----------------------------------------------------------------------------

FORWARD = ("INSTRUCTED", "ACCEPTED", "SETTLED", "RECONCILED")


def status_in_order(history, attempt, status):
    """`history`: the (attempt, status) that were in order."""
    last_attempt, last = history[-1] if history else (0, "REJECTED")
    if attempt == last_attempt + 1 and last in ("REJECTED", "RETURNED"):
        return status != "RETURNED"
    if attempt != last_attempt or last in ("REJECTED", "RETURNED"):
        return False
    if last == "UNKNOWN":
        return True
    if status in FORWARD:
        return FORWARD.index(status) > FORWARD.index(last)
    settled = last in ("SETTLED", "RECONCILED")
    return settled if status == "RETURNED" else not settled


# ---- The world ---------------------------------------------------------------------------------

class World:
    def __init__(self, law):
        self.law, self.clock = law, 0
        self.participants = {}
        self.waiting = set()  # participants of whom something waits for an enrolment
        self.decisions, self.payments, self.exceptions = [], [], []

    # -- Lines, clock and timers

    def line(self, line, offset):
        try:
            try:
                flat = json.loads(line)
            except ValueError:
                raise Refused("MALFORMED") from None
            if isinstance(flat, dict) and set(flat) == {"clock"}:
                self.move(time(flat["clock"], self.law))
                return
            if isinstance(flat, dict) and flat.get("type") in ("BasePublished", "BatchDeclared"):
                return
            event = Event(flat, offset, self.law)
        except Refused as refused:
            self.exception(refused.args[0], None, offset)
            return
        self.move(event.time)
        if event.bad is not None:
            self.exception(event.bad.args[0], event, offset)
            return
        person = self.participants.setdefault(event.participant_id,
                                              Participant(event.participant_id))
        self.take(person, event)

    def move(self, time):
        if time <= self.clock:
            return
        self.clock = time
        while True:
            due = sorted(timer for id in self.waiting for timer in self.timers(id)
                         if timer[0] <= self.clock)
            if not due:
                return
            _, id, kind, at = due[0]
            self.fire(self.participants[id], kind, at)

    def timers(self, id):
        """(deadline, participant, parked events before claims, their order)"""
        person = self.participants[id]
        for at, (_, deadline) in enumerate(person.parked):
            yield deadline, id, 0, at
        for at, claim in enumerate(person.claims.values()):
            if claim.decisions and claim.decisions[-1][:2] == ("WAITING", "MEMBERSHIP_UNKNOWN"):
                yield claim.filed_at + self.wait(claim.filed_at), id, 1, at

    def wait(self, since):
        days = self.law.parameter("WAIT_DAYS", utc(since).date())
        return days * 24 * 3600 * 1000000

    def fire(self, person, kind, at):
        if kind == 0:
            event, _ = person.parked.pop(at)
            self.exception("MEMBERSHIP_UNKNOWN", event, None)
        else:
            list(person.claims.values())[at].given_up = True
        self.judge_open(person, None)
        if not list(self.timers(person.id)):
            self.waiting.discard(person.id)

    # -- One event

    def take(self, person, event, was_parked=False):
        """Refuses it, passes it over as a repeat, parks it, or applies it and judges."""
        law = self.law
        known = (event.source, event.id)
        try:
            check_together(event, law)
            for source, id, type, body in person.ids:
                if (source, id) == known:
                    must((type, body) == (event.type, event.body), "EVENT_CONFLICT")
                    raise Repeat
            home = event.body.get("region_home")
            recorded_on = person.local_date(event.time, law, home)
            self.check_dates(person, event, recorded_on)
            if (TOPIC_OF[event.type] == "contribution" and
                    event.membership_id not in person.memberships):
                must(len(person.parked) < PARKED_MAX, "TOO_MANY")
                person.parked.append((event, self.clock + self.wait(self.clock)))
                self.waiting.add(person.id)
                self.exception("PARKED", event, event.place)
                return
            finding = getattr(self, "apply_" + event.type)(person, event, recorded_on)
        except Refused as refused:
            self.exception(refused.args[0], event, event.place)
            return
        except Repeat:
            return
        person.ids = (person.ids + [known + (event.type, event.body)])[-IDS_KEPT:]
        if finding is not None:
            self.exception(finding, event, event.place)
        self.judge_open(person, event.place, event)
        self.find_contradictions(person, event)
        if event.type == "Enrolled":
            self.take_parked(person, event.membership_id)

    def take_parked(self, person, membership_id):
        mine = [event for event, _ in person.parked if event.membership_id == membership_id]
        person.parked = [parked for parked in person.parked if parked[0] not in mine]
        for event in mine:
            self.take(person, event, was_parked=True)

    def check_dates(self, person, event, recorded_on):
        for name in ("died_on", "accident_on", "documents_complete_on", "paid_on"):
            day = event.body.get(name)
            must(day is None or day <= recorded_on, "INVALID_FIELD")
        if event.type == "ContributionPaid":
            must(person.local_date(event.paid_at, self.law) <= recorded_on, "INVALID_FIELD")

    @staticmethod
    def member(person, id):
        member = person.memberships.get(id)
        must(member is not None and not member.void, "MEMBERSHIP_UNKNOWN")
        return member

    # -- Enrolment

    def apply_Enrolled(self, person, event, recorded_on):
        known = person.memberships.get(event.membership_id)
        if known is not None:
            must(known.enrolled.body == event.body, "MEMBERSHIP_EXISTS")
            raise Repeat
        must(len(person.memberships) < MEMBERSHIPS_MAX, "TOO_MANY")
        must(len(person.moves) < ENTRIES_MAX, "TOO_MANY")
        member = Membership(event, recorded_on)
        person.memberships[member.id] = member
        person.moves.append((event.cover_from, recorded_on, event.region_home, member))
        late = recorded_on - event.cover_from
        allowed = self.law.parameter("BACKDATING_DAYS", recorded_on, member.segment)
        return "BACKDATED" if late > allowed * DAY else None

    def change(self, person, event, recorded_on, name, value):
        member = self.member(person, event.membership_id)
        must(event.effective_from >= member.cover_from, "INTERVAL_INVALID")
        timeline = getattr(member, name)
        if timeline.has(event.effective_from, value):
            raise Repeat
        must(len(timeline.entries) < ENTRIES_MAX, "TOO_MANY")
        timeline.add(event.effective_from, recorded_on, value)

    def apply_WageChanged(self, person, event, recorded_on):
        self.change(person, event, recorded_on, "wage", event.wage_idr)

    def apply_CategoryChanged(self, person, event, recorded_on):
        self.change(person, event, recorded_on, "category", event.category)

    def apply_SponsorChanged(self, person, event, recorded_on):
        self.change(person, event, recorded_on, "sponsor", event.sponsor)

    def apply_ProgrammesChanged(self, person, event, recorded_on):
        member = self.member(person, event.membership_id)
        must(event.programmes <= self.law.open_to(member.segment), "INVALID_FIELD")
        self.change(person, event, recorded_on, "programmes", event.programmes)

    def apply_Moved(self, person, event, recorded_on):
        if person.regions().has(event.effective_from, event.region_home):
            raise Repeat
        must(len(person.moves) < ENTRIES_MAX, "TOO_MANY")
        person.moves.append((event.effective_from, recorded_on, event.region_home, None))

    def apply_MembershipEnded(self, person, event, recorded_on):
        member = self.member(person, event.membership_id)
        must(event.last_day >= member.cover_from, "INTERVAL_INVALID")
        if any(end[:2] == (event.last_day, event.reason) for end in member.ends):
            raise Repeat
        must(len(member.ends) < ENTRIES_MAX, "TOO_MANY")
        member.ends.append((event.last_day, event.reason, recorded_on))

    def apply_EnrollmentVoided(self, person, event, recorded_on):
        self.member(person, event.membership_id).void = True

    def apply_ParticipantDied(self, person, event, recorded_on):
        if person.died_on == event.died_on:
            raise Repeat
        must(person.died_on is None, "DEATH_DATE_CONFLICT")
        person.died_on = event.died_on

    # -- Contributions

    def apply_ContributionPaid(self, person, event, recorded_on):
        member = self.member(person, event.membership_id)
        must(event.month >= month_of(member.cover_from), "INTERVAL_INVALID")
        paid_on = person.local_date(event.paid_at, self.law)
        finding = contribution_finding(member, event, paid_on, self.law)
        if finding != "UNDERPAID":
            member.ledger.append(("paid", months_named(event), event.payment_ref, paid_on))
        for line in event.lines:
            person.tallies.append((person.region(paid_on), "contributions_idr:programme:" +
                                   line["programme"], line["amount_idr"]))
        return finding

    def apply_ContributionReversed(self, person, event, recorded_on):
        member = self.member(person, event.membership_id)
        must(event.month >= month_of(member.cover_from), "INTERVAL_INVALID")
        must(all(member.paid.refs.get(month) == event.payment_ref
                 for month in months_named(event)), "MONTH_NOT_PAID")
        member.ledger.append(("reversed", months_named(event), event.payment_ref, None))

    # -- Claims

    def file(self, person, event, recorded_on):
        known = person.claims.get(event.claim_id)
        if known is not None:
            must((known.event.type, known.event.body) == (event.type, event.body),
                 "EVENT_CONFLICT")
            raise Repeat
        must(len(person.claims) < CLAIMS_MAX, "TOO_MANY")
        parent = person.claims.get(event.body.get("parent_claim_id"))
        parent = parent if parent is not None and parent.type != "SCHOLARSHIP" else None
        claim = person.claims[event.claim_id] = Claim(event, recorded_on, self.clock, parent)
        self.judge_one(person, claim, event.place)
        if claim.decisions[-1][:2] == ("WAITING", "MEMBERSHIP_UNKNOWN"):
            self.waiting.add(person.id)

    apply_DeathClaimFiled = apply_InjuryClaimFiled = file
    apply_ScholarshipClaimed = apply_JobLossClaimed = file

    @staticmethod
    def open_claim(person, event):
        claim = person.claims.get(event.claim_id)
        must(claim is not None, "CLAIM_UNKNOWN")
        must(claim.open, "CLAIM_CLOSED")
        return claim

    def apply_DocumentsCompleted(self, person, event, recorded_on):
        claim = self.open_claim(person, event)
        if event.documents_complete_on in claim.documents:
            raise Repeat
        claim.documents.append(event.documents_complete_on)

    def apply_ClaimReviewed(self, person, event, recorded_on):
        claim = self.open_claim(person, event)
        must(claim.verdict == "HELD" and event.revision == len(claim.decisions),
             "REVIEW_NOT_NEEDED")
        if event.verdict == "REJECT":
            claim.rejected = True
            return
        reason = claim.decisions[-1][1]
        must(reason not in NOT_TO_OVERRULE, "CANNOT_OVERRULE")
        member = person.memberships[claim.event.membership_id]
        total = total_of(whole_benefit(person, claim, member, self.law))
        approval = (reason, total, event.reviewer)
        must(approval not in claim.approvals, "SAME_REVIEWER")
        claim.approvals.append(approval)

    def apply_ClaimCancelled(self, person, event, recorded_on):
        self.open_claim(person, event).cancelled = True

    def apply_ExternalBenefitRecorded(self, person, event, recorded_on):
        person.tallies.append((person.region(event.paid_on), "external_idr", event.amount_idr))

    def apply_PaymentStatusReported(self, person, event, recorded_on):
        history = person.payments.get(event.payment_id)
        must(history is not None, "PAYMENT_UNKNOWN")
        step = (event.attempt, event.status)
        if step in history:
            raise Repeat
        if not status_in_order(history, *step):
            return "STATUS_OUT_OF_ORDER"
        history.append(step)

    # -- Judging

    def judge_open(self, person, place, event=None):
        changed = True
        while changed:
            changed = False
            for claim in person.claims.values():
                if claim.open and self.judge_one(person, claim, place):
                    changed = True

    def judge_one(self, person, claim, place):
        """Decides and pays when verdict or reason are new."""
        verdict, reason, lines = judge(person, claim, self.law)
        if claim.decisions and claim.decisions[-1][:2] == (verdict, reason):
            return False
        claim.decisions.append((verdict, reason, lines))
        if verdict == "APPROVED":
            person.approvals += 1
            claim.approved_as = person.approvals
        decision = self.decision(person, claim, place)
        if verdict == "APPROVED":
            person.died_on = person.died_on or claim.event.died_on
            self.pay(person, claim, decision)
        return True

    def decision(self, person, claim, place):
        verdict, reason, lines = claim.decisions[-1]
        programme = programme_of(claim)
        due = self.law.due_on(programme, claim.documents[-1]) if claim.documents else None
        decision = {
            "kind": "decision", "now": time_text(self.clock), "offset": place,
            "claim_id": claim.id, "revision": len(claim.decisions), "participant_id": person.id,
            "membership_id": membership_of(claim), "programme": programme,
            "claim_type": claim.type, "verdict": verdict, "reason": reason,
            "event_on": event_date(claim).isoformat(), "lines": lines,
            "total_idr": total_of(lines), "facts": facts_of(person, claim, self.law),
            "due_on": due and due.isoformat()}
        self.decisions.append(decision)
        return decision

    def pay(self, person, claim, decision):
        """One payment for each payee, in the order of its first line."""
        heir = claim.event.heir["payee_ref"]
        shares = {}
        for line in decision["lines"]:
            burial = claim.event.burial_payee_ref if line["component"] == "BURIAL" else None
            shares.setdefault(burial or heir, []).append(line)
        for payee, lines in shares.items():
            id = payment_id(person.id, claim.id, decision["membership_id"], payee)
            person.payments[id] = []
            same = ("now", "offset", "claim_id", "revision", "participant_id", "membership_id",
                    "programme")
            self.payments.append({
                "kind": "payment", **{name: decision[name] for name in same}, "payment_id": id,
                "payee_ref": payee, "amount_idr": total_of(lines), "lines": lines,
                "channel": self.law.channel(total_of(lines), date_of(decision["due_on"])),
                "due_on": decision["due_on"]})

    def find_contradictions(self, person, event):
        if TOPIC_OF[event.type] not in ("enrollment", "contribution"):
            return
        for claim in person.claims.values():
            if claim.verdict == "APPROVED" and not claim.contradicted:
                judged = judge(person, claim, self.law, contradiction=True)
                if judged != claim.decisions[-1]:
                    claim.contradicted = True
                    self.exception("APPROVED_CLAIM_CONTRADICTED", event, event.place)

    def exception(self, code, event, place):
        named = {name: getattr(event, name, None)
                 for name in ("source", "id", "participant_id", "type")}
        self.exceptions.append({"kind": "exception", "now": time_text(self.clock),
                                "offset": place, "code": code,
                                "severity": "FINDING" if code in FINDINGS else "REJECTED",
                                **named})

    # -- Measures

    def coverage(self, day):
        """region -> measure -> value, for each region, province and ID with anything in it."""
        figures = {}
        for person in self.participants.values():
            for code, measure, amount in self.measures(person, day):
                for place in (code or "00.00", (code or "00.00")[:2], "ID"):
                    of_place = figures.setdefault(place, {})
                    of_place[measure] = of_place.get(measure, 0) + amount
        kept = {place: {name: value for name, value in of_place.items() if value != 0}
                for place, of_place in figures.items()}
        return {place: of_place for place, of_place in kept.items() if of_place}

    def measures(self, person, day):
        """(region, measure, value) of one participant, from all that was accepted."""
        home = person.region(day)
        valid = [member for member in person.memberships.values() if not member.void]
        if any(member.cover_from <= day for member in valid):
            yield home, "registered", 1
        inside = [member for member in valid if member.covers(day, self.law, person.died_on)]
        if inside:
            yield home, "active", 1
            yield home, "memberships", len(inside)
        words = set()
        for member in inside:
            words |= {"programme:" + word for word in member.programmes.on(day)}
            words |= {"segment:" + member.segment, "category:" + member.category.on(day),
                      "sponsor:" + member.sponsor.on(day)["kind"]}
        for word in words:
            yield home, word, 1
        for claim in person.claims.values():
            yield from self.claim_measures(person, claim)
        yield from person.tallies

    @staticmethod
    def claim_measures(person, claim):
        on, programme = event_date(claim), programme_of(claim)
        place = person.region(on)
        yield place, "claims:%s:%s" % (programme, claim.verdict), 1
        if claim.verdict != "APPROVED":
            return
        lines = claim.decisions[-1][2]
        member = person.memberships[claim.event.membership_id]
        payees = {claim.event.burial_payee_ref or claim.event.heir["payee_ref"]
                  if line["component"] == "BURIAL" else claim.event.heir["payee_ref"]
                  for line in lines}
        for split in ("", ":programme:" + programme, ":category:" + member.category.on(on)):
            yield place, "payments" + split, len(payees)
            yield place, "paid_idr" + split, total_of(lines)


def run(lines, law):
    """A world in which these lines have happened."""
    world = World(law)
    for offset, line in enumerate(lines):
        if line.strip():
            world.line(line, offset)
    return world


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", default=os.path.join(here, "..", "..", "rules"))
    parser.add_argument("--coverage", action="append", default=[], metavar="DATE")
    parser.add_argument("file", metavar="FILE")
    flags = parser.parse_args()
    with open(flags.file, encoding="utf-8") as file:
        world = run(file.read().splitlines(), Law(flags.rules))
    for output in world.decisions + world.payments + world.exceptions:
        print(json.dumps(output))
    for day in flags.coverage:
        for region, measures in sorted(world.coverage(date_of(day)).items()):
            print(json.dumps({"kind": "coverage", "date": day, "region": region, **measures}))


if __name__ == "__main__":
    sys.exit(main())
