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
import datetime
import hashlib
import json
import os
import sys

sys.dont_write_bytecode = True
from contract import (CLAIM_TYPES, DAY, PROGRAMMES, TOPIC_OF, WORK_CAUSES, Event, Law, Refused,
                      Repeat, after, check_together, date_of, earliest, first_day, in_order, in_set,
                      last_day, month_of, month_text, months_later, must, time, time_text, unable,
                      utc)

FINDINGS = ("PARKED", "UNDERPAID", "OVERPAID", "BACKDATED", "STATUS_OUT_OF_ORDER",
            "APPROVED_CLAIM_CONTRADICTED")
NOT_TO_OVERRULE = ("CAUSE_UNKNOWN", "NOT_AUTOMATED")
TIMED = ("MEMBERSHIP_UNKNOWN", "PARENT_UNKNOWN")
BY_PROJECT = ("JAKON", "PMI")
IDS_KEPT, REFS_KEPT, REVERSALS_KEPT = 8, 24, 8
MEMBERSHIPS_MAX, ENTRIES_MAX, CLAIMS_MAX, PARKED_MAX = 16, 64, 64, 8


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
        end = self.end_in_force(recorded_by)
        return None if end is None else end[0]

    def end_in_force(self, recorded_by=None):
        """(last day, reason) or None: the last by date of recording, of one the last applied."""
        known = [(end[2], at) for at, end in enumerate(self.ends)
                 if recorded_by is None or end[2] <= recorded_by]
        return self.ends[max(known)[1]][:2] if known else None

    def grace_end(self, law):
        through = self.paid.through
        if self.segment != "BPU" or through is None:
            return None
        return last_day(through + law.parameter("GRACE_MONTHS", last_day(through)))

    def in_grace(self, day):
        through = self.paid.through
        return self.segment == "BPU" and through is not None and day > last_day(through)

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
    def __init__(self, event, recorded_on, filed_at):
        self.event, self.type = event, CLAIM_TYPES[event.type]
        self.id, self.recorded_on, self.filed_at = event.claim_id, recorded_on, filed_at
        self.documents = [event.documents_complete_on] if event.documents_complete_on else []
        self.approvals = []  # (reason, total, reviewer)
        self.decisions = []  # (verdict, reason, lines)
        self.stem = None     # as of the last of them
        self.approved_as = None  # the how-manieth approval of the participant
        self.given_up = self.rejected = self.cancelled = self.contradicted = False

    @property
    def verdict(self):
        return self.decisions[-1][0] if self.decisions else None

    @property
    def open(self):
        return self.verdict in (None, "WAITING", "HELD")

    @property
    def waits_for_a_time(self):
        return self.decisions[-1][1] in TIMED if self.verdict == "WAITING" else False


class Participant:
    def __init__(self, id):
        self.id = id
        self.memberships, self.claims, self.payments = {}, {}, {}
        self.arrived = {}  # (attempt, payment_id) -> the local day on which it was settled first
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
    days = [max(first_day(month), member.cover_from) for month in months_named(event)]
    row = None
    if event.relief is not None:
        row = law.relief_row(event.relief, member.segment,
                             [(month, member.sponsor.on(day)["kind"], member.category.on(day))
                              for month, day in zip(months_named(event), days)])
    for day in days:
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

def parent_of(person, claim):
    """Of a scholarship: the claim that it names, which may be filed later."""
    return person.claims.get(claim.event.parent_claim_id)


def stem_of(person, claim):
    """Whose programme, membership and event's date count: of a scholarship its parent's, None when
    that is unknown or itself a scholarship. One that comes too late for it changes nothing."""
    if claim.type != "SCHOLARSHIP":
        return claim
    if not claim.open:
        return claim.stem
    parent = parent_of(person, claim)
    return parent if parent is not None and parent.type != "SCHOLARSHIP" else None


def programme_of(person, claim):
    claim = stem_of(person, claim)
    if claim is None:
        return "JKM"
    if claim.type == "JOB_LOSS":
        return "JKP"
    return "JKK" if claim.event.cause in WORK_CAUSES else "JKM"  # an injury that is refused too


def membership_of(person, claim):
    """Its id"""
    claim = stem_of(person, claim)
    return None if claim is None else claim.event.membership_id


def event_date(person, claim):
    stem = stem_of(person, claim)
    if stem is None:
        return claim.recorded_on
    event = stem.event
    if stem.type == "DEATH":
        by_work = programme_of(person, stem) == "JKK"
        return event.accident_on if by_work and event.accident_on else event.died_on
    return event.accident_on if stem.type == "INJURY" else event.dismissed_on


def wage_used(member, day):
    """In force on the day as recorded by then; of an enrolment recorded later, its own."""
    if member.recorded_on > day:
        return member.enrolled.wage_idr
    return member.wage.on(day, recorded_by=day)


def presumed_start(member, law):
    """A BPU with nothing paid is looked at as if it had paid when it was recorded."""
    return member.start(law) or max(member.cover_from, member.recorded_on)


def benefits_of(person, claim, member, law):
    """The names under which the tables keep what such a claim is due."""
    if claim.type == "INJURY":
        kind = claim.event.disability["kind"]
        return ["JKK_INJURY"] + (["JKK_" + kind] if kind != "NONE" else [])
    if claim.type == "SCHOLARSHIP":
        return ["SCHOLARSHIP"]
    if claim.type == "JOB_LOSS":
        return ["JKP"]
    if programme_of(person, claim) == "JKK":
        return ["JKK_DEATH"]
    tenure = (claim.event.died_on - presumed_start(member, law)).days
    least = law.parameter("WAITING_TENURE_DAYS", claim.event.died_on, member.segment)
    return ["JKM_WAITING" if tenure < least else "JKM"]


def whole_benefit(person, claim, member, law):
    day = event_date(person, claim)
    return in_order([line for benefit in benefits_of(person, claim, member, law)
                     for line in law.benefit_lines(benefit, day, wage_used(member, day) or 0,
                                                   claim.event)])


def without_rows(person, claim, member, law):
    return not all(law.benefit_rows(benefit, event_date(person, claim))
                   for benefit in benefits_of(person, claim, member, law))


def payee_of(claim, component):
    event = claim.event
    if component == "TREATMENT":
        return event.treatment["payee_ref"]
    if claim.type == "DEATH":
        burial = event.burial_payee_ref if component == "BURIAL" else None
        return burial or event.heir["payee_ref"]
    return event.payee_ref


def total_of(lines):
    return sum(line["amount_idr"] for line in lines)


def same_accident(claim, other):
    """`other` is approved, of the same membership; days count whether or not they were paid."""
    if not other.event.body.get("accident_on"):
        return False
    if other.event.accident_on != claim.event.accident_on:
        return False
    held = {line["component"] for line in other.decisions[-1][2]}
    if held & {"DISABILITY", "PERIODIC", "DEATH"}:
        return True
    if (other.type, claim.type) != ("INJURY", "INJURY"):
        return False
    return bool(set(unable(other.event)) & set(unable(claim.event)))


def death_or_injury(person, claim, member, law, contradiction, approved):
    """The ladder: (holds, verdict, reason), in order; the number of the test is beside it."""
    event, day = claim.event, event_date(person, claim)
    programme, start = programme_of(person, claim), presumed_start(member, law)
    month, paid = month_of(day), member.paid
    other_ends = earliest([member.enrolled.cover_to, member.last_day(), person.died_on])
    grace_end = member.grace_end(law)
    deaths = [other for other in person.claims.values()
              if other is not claim and other.type == "DEATH"]
    same = [other for other in approved if other.type in ("DEATH", "INJURY") and
            other.event.membership_id == member.id]
    expiry = months_later(day, law.parameter("EXPIRY_MONTHS", day))
    unpaid = [m for m in range(month_of(start), month) if m not in paid.refs]
    known = member.programmes.on(day, recorded_by=day)
    is_death = claim.type == "DEATH"

    yield member.void, "REJECTED", "VOIDED"  # 2
    yield (is_death and any(other.type == "DEATH" for other in same),
           "REJECTED", "ALREADY_PAID")  # 3
    yield any(same_accident(claim, other) for other in same), "HELD", "SAME_ACCIDENT"  # 4
    yield event.cause == "UNKNOWN", "HELD", "CAUSE_UNKNOWN"  # 5
    yield not is_death and event.cause not in WORK_CAUSES, "REJECTED", "NOT_WORK_RELATED"
    yield (is_death and person.died_on not in (None, event.died_on),
           "HELD", "DEATH_DATE_CONFLICT")  # 6
    yield programme == "JKK" and claim.recorded_on > expiry, "REJECTED", "EXPIRED"  # 7
    yield day < start, "REJECTED", "BEFORE_COVER"  # 8
    yield member.recorded_on > day, "HELD", "RECORDED_AFTER_EVENT"  # 9
    by_grace = grace_end is not None and (other_ends is None or grace_end < other_ends)
    yield (after(day, earliest([other_ends, grace_end])), "REJECTED",
           "LAPSED" if by_grace else "COVER_ENDED")  # 10
    yield (programme not in (member.programmes.on(day) or ()), "REJECTED",
           "PROGRAMME_NOT_HELD")  # 11
    yield (after(day, earliest([member.enrolled.cover_to, member.last_day(day)])) or
           programme not in (known or ()), "HELD", "RECORDED_AFTER_EVENT")  # 12
    yield not paid.refs and member.segment not in BY_PROJECT, "HELD", "NO_CONTRIBUTION"  # 13
    yield (member.segment == "BPU" and paid.refs and month > paid.through,
           "HELD", "IN_GRACE")  # 14
    yield (member.segment in ("PU", "PU_STATE") and
           len(unpaid) > law.parameter("EMPLOYER_MONTHS", day), "HELD", "EMPLOYER_PAYS_FIRST")  # 15
    if is_death and not contradiction:
        yield (any(other.event.membership_id != member.id and other.event.cause != "UNKNOWN" and
                   other.verdict not in (None, "REJECTED") and
                   programme_of(person, other) != programme for other in deaths),
               "HELD", "MIXED_PROGRAMMES")  # 16
    yield is_death and event.heir["rank"] == "NONE", "HELD", "HEIR_UNKNOWN"  # 17
    yield not claim.documents, "WAITING", "DOCUMENTS_MISSING"  # 18
    yield without_rows(person, claim, member, law), "HELD", "NOT_AUTOMATED"
    if not contradiction:
        most = law.parameter("AUTO_APPROVE_MAX_IDR", day)
        lines = lines_paid(claim, whole_benefit(person, claim, member, law))
        yield total_of(lines) > most, "HELD", "ABOVE_AUTO_LIMIT"  # 19


def scholarship(person, claim, member, law, contradiction, approved):
    """A parent is known; it is a scholarship itself when there is no membership."""
    event, day, parent = claim.event, event_date(person, claim), parent_of(person, claim)
    yield parent.open, "WAITING", "PARENT_OPEN"
    gives = parent.type == "DEATH" or (parent.type == "INJURY" and
                                       parent.event.disability["kind"] == "TOTAL")
    yield not gives or parent.verdict != "APPROVED", "REJECTED", "PARENT_NOT_APPROVED"
    yield member.void, "REJECTED", "VOIDED"
    others = [other.event for other in approved if other.type == "SCHOLARSHIP"]
    yield (any((other.child_ref, other.school_year) == (event.child_ref, event.school_year)
               for other in others), "REJECTED", "ALREADY_PAID")
    paid = {month for member in person.memberships.values() if not member.void
            for month in member.paid.refs if month <= month_of(day)}
    yield (programme_of(person, claim) == "JKM" and
           len(paid) < law.parameter("SCHOLARSHIP_PAID_MONTHS", day), "REJECTED", "TOO_FEW_MONTHS")
    years = law.parameter("SCHOLARSHIP_AGE_YEARS", day)
    yield (claim.recorded_on >= months_later(event.child_birth_date, 12 * years),
           "REJECTED", "CHILD_TOO_OLD")
    most, of_level = law.years_of_scholarship(day, event.level)
    had = [other for other in others if other.child_ref == event.child_ref and
           (other.level == event.level or not of_level)]
    siblings = {other.child_ref for other in others} - {event.child_ref}
    yield (len(had) >= most or len(siblings) >= law.parameter("SCHOLARSHIP_CHILDREN", day),
           "REJECTED", "SCHOLARSHIP_LIMIT")
    yield not claim.documents, "WAITING", "DOCUMENTS_MISSING"


def job_loss(person, claim, member, law, contradiction, approved):
    """A dismissal is a day of one membership, and its paid months are that membership's."""
    event, day = claim.event, claim.event.dismissed_on
    yield member.segment != "PU", "REJECTED", "PROGRAMME_NOT_HELD"
    yield member.void, "REJECTED", "VOIDED"
    yield member.end_in_force() != (day, "DISMISSED"), "HELD", "NOT_DISMISSED"
    yield not law.benefit_rows("JKP", day), "REJECTED", "BEFORE_COVER"
    yield (event.filed_on > months_later(day, law.parameter("JKP_FILING_MONTHS", day)),
           "REJECTED", "EXPIRED")
    yield (any(other.type == "JOB_LOSS" and
               (other.event.membership_id, other.event.dismissed_on, other.event.month_number) ==
               (member.id, day, event.month_number) for other in approved),
           "REJECTED", "ALREADY_PAID")
    yield "JKP" not in (member.programmes.on(day) or ()), "REJECTED", "PROGRAMME_NOT_HELD"
    month = month_of(day)
    window = range(month - law.parameter("JKP_WINDOW_MONTHS", day), month)
    yield (len(set(window) & set(member.paid.refs)) < law.parameter("JKP_PAID_MONTHS", day),
           "REJECTED", "TOO_FEW_MONTHS")
    yield not claim.documents, "WAITING", "DOCUMENTS_MISSING"


LADDERS = {"DEATH": death_or_injury, "INJURY": death_or_injury, "SCHOLARSHIP": scholarship,
           "JOB_LOSS": job_loss}


def lines_paid(claim, lines):
    """Without an heir the burial alone is paid."""
    if claim.type == "DEATH" and claim.event.heir["rank"] == "NONE":
        return [line for line in lines if line["component"] == "BURIAL"]
    return lines


def overruled(claim, reason, total):
    reviewers = {approval[2] for approval in claim.approvals if approval[:2] == (reason, total)}
    return len(reviewers) >= (2 if reason == "ABOVE_AUTO_LIMIT" else 1)


def unknown_to(person, claim):
    """None, or what the claim waits for until its time is over."""
    if claim.type == "SCHOLARSHIP":
        return "PARENT_UNKNOWN" if parent_of(person, claim) is None else None
    return None if claim.event.membership_id in person.memberships else "MEMBERSHIP_UNKNOWN"


def judge(person, claim, law, contradiction=False):
    """(verdict, reason, lines)"""
    if claim.rejected or claim.cancelled:
        return "REJECTED", "REVIEW_REJECTED" if claim.rejected else "CANCELLED", []
    unknown = unknown_to(person, claim)
    if unknown:
        return "REJECTED" if claim.given_up else "WAITING", unknown, []
    member = person.memberships.get(membership_of(person, claim))
    approved = [other for other in person.claims.values()
                if other is not claim and other.verdict == "APPROVED" and
                not (contradiction and other.approved_as > claim.approved_as)]
    ladder = LADDERS[claim.type](person, claim, member, law, contradiction, approved)
    for holds, verdict, reason in ladder:
        if holds and not (verdict == "HELD" and overruled(
                claim, reason, total_of(whole_benefit(person, claim, member, law)))):
            return verdict, reason, []
    return "APPROVED", "OK", lines_paid(claim, whole_benefit(person, claim, member, law))


def facts_of(person, claim, law):
    member = person.memberships.get(membership_of(person, claim))
    if member is None:
        return None
    day, paid = event_date(person, claim), member.paid
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

IDR_DAYS = "rupiah times days late"  # added up first, so that the cost is cut once a place


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
            if claim.waits_for_a_time:
                yield claim.filed_at + self.wait(claim.filed_at), id, 1, at

    def wait(self, since):
        days = self.law.parameter("WAIT_DAYS", utc(since).date())
        return days * 24 * 3600 * 1000000

    def fire(self, person, kind, at):
        if kind == 0:
            event, _ = person.parked.pop(at)
            self.exception("MEMBERSHIP_UNKNOWN", event, None)
        else:
            claim = list(person.claims.values())[at]
            claim.given_up = True
            self.judge_one(person, claim, None)  # what closes a claim comes before the others
        self.judge_open(person, None)
        if not list(self.timers(person.id)):
            self.waiting.discard(person.id)

    # -- One event

    def take(self, person, event):
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
        self.judge_open(person, event.place)
        self.find_contradictions(person, event)
        if event.type == "Enrolled":
            self.take_parked(person, event.membership_id)

    def take_parked(self, person, membership_id):
        mine = [event for event, _ in person.parked if event.membership_id == membership_id]
        person.parked = [parked for parked in person.parked if parked[0] not in mine]
        for event in mine:
            self.take(person, event)

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
        claim = person.claims[event.claim_id] = Claim(event, recorded_on, self.clock)
        self.judge_one(person, claim, event.place)
        if claim.waits_for_a_time:
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
        must(len(claim.documents) < ENTRIES_MAX, "TOO_MANY")
        claim.documents.append(event.documents_complete_on)

    def apply_ClaimReviewed(self, person, event, recorded_on):
        claim = self.open_claim(person, event)
        must(claim.verdict == "HELD" and event.revision == len(claim.decisions),
             "REVIEW_NOT_NEEDED")
        if event.verdict == "REJECT":
            claim.rejected = True
            self.judge_one(person, claim, event.place)
            return
        reason = claim.decisions[-1][1]
        must(reason not in NOT_TO_OVERRULE, "CANNOT_OVERRULE")
        member = person.memberships[claim.event.membership_id]
        total = total_of(whole_benefit(person, claim, member, self.law))
        approval = (reason, total, event.reviewer)
        must(approval not in claim.approvals, "SAME_REVIEWER")
        claim.approvals.append(approval)

    def apply_ClaimCancelled(self, person, event, recorded_on):
        claim = self.open_claim(person, event)
        claim.cancelled = True
        self.judge_one(person, claim, event.place)

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
        if event.status in ("SETTLED", "RECONCILED"):
            person.arrived.setdefault(step[0:1] + (event.payment_id,),
                                      person.local_date(event.at, self.law))

    # -- Judging

    def judge_open(self, person, place):
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
        claim.stem = stem_of(person, claim)
        claim.decisions.append((verdict, reason, lines))
        if verdict == "APPROVED":
            person.approvals += 1
            claim.approved_as = person.approvals
        decision = self.decision(person, claim, place)
        if verdict == "APPROVED":
            if claim.type == "DEATH":
                person.died_on = person.died_on or claim.event.died_on
            self.pay(person, claim, decision)
        return True

    def decision(self, person, claim, place):
        verdict, reason, lines = claim.decisions[-1]
        programme = programme_of(person, claim)
        due = self.law.due_on(programme, claim.documents[-1]) if claim.documents else None
        decision = {
            "kind": "decision", "now": time_text(self.clock), "offset": place,
            "claim_id": claim.id, "revision": len(claim.decisions), "participant_id": person.id,
            "membership_id": membership_of(person, claim), "programme": programme,
            "claim_type": claim.type, "verdict": verdict, "reason": reason,
            "event_on": event_date(person, claim).isoformat(), "lines": lines,
            "total_idr": total_of(lines), "facts": facts_of(person, claim, self.law),
            "due_on": due and due.isoformat()}
        self.decisions.append(decision)
        return decision

    def pay(self, person, claim, decision):
        """One payment for each payee, in the order of its first line."""
        shares = {}
        for line in decision["lines"]:
            shares.setdefault(payee_of(claim, line["component"]), []).append(line)
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
        figures, employers = {}, {}
        for person in self.participants.values():
            for code, measure, amount in self.measures(person, day):
                for place in (code or "00.00", (code or "00.00")[:2], "ID"):
                    of_place = figures.setdefault(place, {})
                    of_place[measure] = of_place.get(measure, 0) + amount
            for code, employer in self.employers(person, day):
                for place in (code or "00.00", (code or "00.00")[:2], "ID"):
                    employers.setdefault(place, set()).add(employer)
        for place, names in employers.items():
            figures.setdefault(place, {})["employers"] = len(names)
        rate = self.law.parameter("LATE_COST_PPM", day)
        for of_place in figures.values():
            for measure in [name for name in of_place if name.startswith(IDR_DAYS)]:
                cost = of_place.pop(measure) * rate // 1000000
                of_place["late_cost_to_date_idr" + measure[len(IDR_DAYS):]] = cost
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
            yield home, "grace", sum(member.in_grace(day) for member in inside)
        words = set()
        for member in inside:
            words |= {"programme:" + word for word in member.programmes.on(day)}
            words |= {"segment:" + member.segment, "category:" + member.category.on(day),
                      "sponsor:" + member.sponsor.on(day)["kind"]}
        for word in words:
            yield home, word, 1
        for member in valid:
            yield from self.turns(person, member, day)
        for claim in person.claims.values():
            yield from self.claim_measures(person, claim, day)
        yield from person.tallies

    def turns(self, person, member, day):
        """Covers that began and that ended until the day, and those that do around it."""
        start, end = member.start(self.law), member.end(self.law, person.died_on)
        if start is None or after(start, end):
            return
        yield from self.turn(person, member, "begun", start, (day - start).days, {"new_today": (0, 0)})
        if end is not None and end < datetime.date.max:
            yield from self.turn(person, member, "ended", end, (day - end).days - 1, {
                "ended_today": (0, 0), "ending_7": (-7, -1), "ending_30": (-30, -1)})

    @staticmethod
    def turn(person, member, name, looked_at, since, flows):
        """`since`: days since the first with cover, or the first without it again."""
        place = person.region(looked_at)
        if since >= 0:
            yield place, name, 1
            yield place, name + ":category:" + member.category.on(looked_at), 1
            yield place, name + ":sponsor:" + member.sponsor.on(looked_at)["kind"], 1
        for flow, (least, most) in flows.items():
            if least <= since <= most:
                yield place, flow, 1

    def employers(self, person, day):
        """(region, employer) of each cover that has one: where the work is, else at home."""
        for member in person.memberships.values():
            if member.enrolled.employer_id and member.covers(day, self.law, person.died_on):
                yield member.enrolled.region_work or person.region(day), member.enrolled.employer_id

    def claim_measures(self, person, claim, day):
        on, programme = event_date(person, claim), programme_of(person, claim)
        place = person.region(on)
        yield place, "claims:%s:%s" % (programme, claim.verdict), 1
        if claim.verdict in ("HELD", "WAITING"):
            if claim.recorded_on <= day:
                yield place, "open:%s:%s" % (programme, claim.verdict), 1
            if claim.recorded_on <= day and claim.documents and self.law.due_on(programme, claim.documents[-1]) < day:
                yield place, "open_past_due:" + programme, 1
        if claim.verdict != "APPROVED":
            return
        lines = claim.decisions[-1][2]
        member = person.memberships[membership_of(person, claim)]
        payees = {payee_of(claim, line["component"]) for line in lines}
        if claim.type == "DEATH":
            yield place, "deaths:%s:category:%s" % (programme, member.category.on(on)), 1
        for split in ("", ":programme:" + programme, ":category:" + member.category.on(on)):
            yield place, "payments" + split, len(payees)
            yield place, "paid_idr" + split, total_of(lines)
        for payment in (p for p in self.payments if p["participant_id"] == person.id
                        and p["claim_id"] == claim.id):
            history = person.payments[payment["payment_id"]]
            state = history[-1][1] if history else "ORDERED"
            yield place, "payments:status:" + state, 1
            yield place, "paid_idr:status:" + state, payment["amount_idr"]
            yield from self.late_measures(person, payment, place, day)

    def late_measures(self, person, payment, place, day):
        """Rupiah that were due before the day and had not arrived, and what that costs."""
        due, amount = date_of(payment["due_on"]), payment["amount_idr"]
        history, end = person.payments[payment["payment_id"]], ":programme:" + payment["programme"]
        arrived = None
        if history and history[-1][1] != "RETURNED":
            arrived = person.arrived.get((history[-1][0], payment["payment_id"]))
        last = min(day, arrived) if arrived else day  # the last day, until `day`, on which it is late
        if last > due:
            yield place, IDR_DAYS + end, amount * (last - due).days
            if last == day:
                yield place, "overdue_idr" + end, amount
                yield place, "overdue" + end, 1
        if arrived and arrived > due:
            rate = self.law.parameter("LATE_COST_PPM", due)
            yield place, "late_cost_idr" + end, amount * (arrived - due).days * rate // 1000000


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
