"""Streams of events that are likely to hurt, the same for the same seed.

A few participants, close together in time: memberships that overlap, changes in any order, late
and early contributions, reversals, repeats, conflicts, deaths, claims in all states, jumps past the
days of waiting, ends of months and leap days. The plain implementation runs along, so that a
contribution can be exact and a review can name the decision of the moment.
"""
import datetime
import json
import random

import contract
import plain
import stories
from contract import DAY

REGIONS = ("36.71", "36.74", "16.71", "64.72", "91.71", "51.71")
WAGES = (1, 400000, 416667, 1000000, 1100000, 4750000, 4750001, 12000000)
CATEGORIES = ("KPPS", "PETANI", "OJOL", "KARYAWAN", "PEKERJA_RENTAN")
STARTS = ("2014-12-03", "2015-06-01", "2019-11-20", "2021-01-29", "2024-01-20", "2020-02-20",
          "2020-09-28", "2021-03-25", "2023-12-25", "2024-02-10", "2024-06-28", "2025-01-15",
          "2025-05-28", "2025-12-20", "2026-03-01", "2026-03-20")
STARTS_OF = {"SCHOLARSHIP": STARTS + STARTS[:1] * 4 + STARTS[2:3] * 2,  # sixty months, one child
             "JOB_LOSS": STARTS[3:]}
STATUSES = ("INSTRUCTED", "ACCEPTED", "SETTLED", "RECONCILED", "REJECTED", "RETURNED", "UNKNOWN")
SHARES = (0, 1, 333, 1700, 3500, 7000, 9999, 10000)
COSTS = (0, 1, 999999, 1000000, 1500001, 2000000, 2000001, 2500001, 5000000, 5000001, 10000001,
         20000000, 20000001)
BILLS = (230000000, 249999999, 250000000, 250000001)
SUBSETS = (["JKK", "JKM"], ["JKM", "JKK"], ["JKK"], ["JKM"], ["JKK", "JKM", "JHT"],
           ["JKK", "JKM", "JHT", "JP"], ["JKK", "JKM", "JHT", "JP", "JKP"], ["JHT", "JP"])
REASONS = ("RESIGNED", "DISMISSED", "OTHER")
# Whether most of a stream is about one type of claim, and how a participant begins in it.
THEMES = {"DEATH": (stories.death,), "INJURY": (stories.injury, stories.injury, stories.death),
          "SCHOLARSHIP": (stories.scholarship,), "JOB_LOSS": (stories.job_loss,),
          "ANY": (stories.death, stories.injury, stories.scholarship, stories.job_loss)}


class Stream:
    WAGES = WAGES

    def __init__(self, seed, law):
        self.random = random.Random(seed)
        self.world, self.law = plain.World(law), law
        self.events = []
        self.theme = self.pick(("DEATH", "DEATH", "INJURY", "SCHOLARSHIP", "JOB_LOSS", "ANY"))
        start = self.pick(STARTS_OF.get(self.theme, STARTS))
        self.now = datetime.datetime.fromisoformat(start + "T10:00:00+00:00")
        self.first = self.now.date()
        self.people = ["P%d" % n for n in range(1, self.pick((1, 1, 2, 3)) + 1)]
        self.days = [self.first]  # days worth coming back to
        self.longest = self.pick((12, 30, 60, 120))
        self.lively = self.pick((1, 1, 4, 20))  # days between two events
        self.orderly = self.chance(0.7)         # most claims are for a day inside a cover
        self.relieved = self.chance(0.15)       # contributions declare a relief
        self.accidents = []   # (day, first day of inability, days) of injuries
        self.dismissals = []  # days
        self.makers = list(MAKERS) + [(maker, weight) for maker, weight in OF_THEME.items()
                                      if maker.__name__ in CLAIMS_OF[self.theme]]
        if self.chance(0.15):  # a crowd of one kind, up to a limit
            self.longest = self.pick((100, 180))
            self.people = self.people[:1]
            maker, _ = self.pick(MAKERS)
            self.makers += [(maker, 120)]
            self.crowd = True
        else:
            self.crowd = False

    def pick(self, words):
        return self.random.choice(words)

    def chance(self, share):
        return self.random.random() < share

    def make(self):
        makers, weights = zip(*self.makers)
        for person in self.people:
            if self.chance(0.7 if self.theme == "DEATH" else 0.9):
                self.pick(THEMES[self.theme])(self, person)
        self.longest += len(self.events) // 2
        while len(self.events) < self.longest:
            self.pass_time()
            if self.events and self.chance(0.04):
                self.again()
                continue
            (maker,) = self.random.choices(makers, weights)
            person = self.pick(self.people)
            self.put_some(person, maker(self, person))
        return self.events

    def move_to(self, day):
        """On, never back; the hour stays."""
        self.now = max(self.now, datetime.datetime.combine(day, self.now.timetz()))

    def pass_time(self):
        if self.chance(0.08):
            return
        self.now += datetime.timedelta(hours=self.random.randrange(24 * self.lively),
                                       minutes=self.random.randrange(60))
        if self.chance(0.03):
            self.now += datetime.timedelta(days=self.pick((14, 30, 31, 90, 400)))
        if self.chance(0.02) and self.events:  # to the microsecond of a deadline, or beside it
            last = self.world.clock + 14 * 86400 * 1000000 + self.pick((-1, 0, 1))
            self.now = max(self.now, contract.utc(last))
        if self.chance(0.03):  # late in the evening of the last day of a month
            month = contract.month_of(self.now.date())
            self.now = datetime.datetime.combine(
                contract.last_day(month), datetime.time(self.pick((14, 15, 16, 17, 23)), 59, 59),
                datetime.timezone.utc)

    def put_some(self, person, event):
        if event is not None:
            self.put(person, event)

    def put(self, person, event):
        recorded = self.now
        if self.chance(0.05):
            recorded -= datetime.timedelta(days=self.random.randrange(40))
        event = {"id": "e%d" % len(self.events), "source": "/s",
                 "time": recorded.isoformat().replace("+00:00", "Z"), "participant_id": person,
                 **{name: value for name, value in event.items() if value is not None}}
        if self.chance(0.01):
            self.spoil(event)
        self.add(event)
        if self.chance(0.01):
            self.add({"clock": contract.time_text(self.world.clock)})

    def spoil(self, event):
        """One field is missing, of a wrong kind, out of range, or not of this event."""
        name = self.pick(sorted(event))
        kind = self.random.randrange(5)
        if kind == 0:
            del event[name]
        elif kind == 4:
            event["colour"] = "red"
        else:
            event[name] = {1: "", 2: -1, 3: "x" * 70}[kind]

    def add(self, event):
        self.events.append(event)
        self.world.line(json.dumps(event), len(self.events) - 1)

    def again(self):
        """An earlier event: itself, under another id, or with another body under its id."""
        event = dict(self.pick(self.events[-12:]))
        if "clock" in event:
            return
        event["time"] = self.now.isoformat().replace("+00:00", "Z")
        if self.chance(0.5):
            event["id"] = "e%d" % len(self.events)
        elif self.chance(0.3):
            for name in ("died_on", "effective_from", "cover_from", "month"):
                if name in event:
                    event[name] = self.month() if name == "month" else self.day()
        self.add(event)

    # -- Values

    def day(self, spread=40):
        """Today, a day that was used already or one beside it, an end of a month, any day near."""
        today = self.now.date()
        kind = self.random.randrange(6)
        if kind == 0:
            day = today
        elif kind in (1, 2):
            day = self.pick(self.days) + datetime.timedelta(days=self.pick((-1, 0, 0, 0, 1)))
        elif kind == 3:
            day = contract.last_day(contract.month_of(today) - self.random.randrange(4))
            day += datetime.timedelta(days=self.pick((0, 1)))
        elif kind == 4:
            day = today - datetime.timedelta(days=self.pick((1, 2, 29, 30, 31, 32, 89, 90, 91)))
        else:
            day = today + datetime.timedelta(days=self.random.randint(-spread, spread))
        self.days = (self.days + [day])[-12:]
        return day.isoformat()

    def past_day(self):
        day = self.day()
        return day if self.chance(0.05) else min(day, self.now.date().isoformat())

    def month(self):
        return contract.month_text(contract.month_of(self.now.date()) + self.random.randint(-4, 3))

    def known(self, person):
        return self.world.participants.get(person) or plain.Participant(person)

    def membership(self, person):
        known = list(self.known(person).memberships)
        return self.pick(known) if known and self.chance(0.93) else self.pick(
            ("M1", "M2", "M3"))

    def member(self, person):
        return self.known(person).memberships.get(self.membership(person))

    def sponsor(self):
        ref = {"ref": "r"} if self.chance(0.2) else {}
        return {"kind": self.pick(contract.SPONSORS[:6]), **ref}

    # -- Enrolment

    def enrolled(self, person):
        if len(self.known(person).memberships) > 3 and self.chance(0.9) and not self.crowd:
            return None
        segment = self.pick(("PU", "PU_STATE", "BPU", "BPU", "BPU", "JAKON", "PMI"))
        allowed = self.law.open_to(segment)
        subsets = [words for words in SUBSETS if set(words) <= allowed or self.chance(0.01)]
        cover_from = self.day()
        ends = self.chance(0.4)
        number = self.random.randrange(24) if self.crowd else self.pick((1, 2, 3, 4))
        return {"type": "Enrolled", "membership_id": "M%d" % number, "segment": segment,
                "category": "NONE" if self.chance(0.02) else self.pick(CATEGORIES),
                "programmes": self.pick(subsets), "region_home": self.pick(REGIONS + ("99.99",) *
                                                                          self.chance(0.02)),
                "sponsor": self.sponsor(), "wage_idr": self.pick(WAGES),
                "risk_group": self.pick((1, 2, 5)) if segment != "BPU" or self.chance(0.02) else 1,
                "cover_from": cover_from,
                "cover_to": (contract.date_of(cover_from) + datetime.timedelta(
                    days=self.pick((-1, 0, 29, 30, 90, 365)))).isoformat() if ends else None,
                "employer_id": self.pick((None, "A", "B", "B", "C")),
                "region_work": self.pick((None, None, None) + REGIONS),
                "birth_date": self.pick(("1959-02-14", "1990-02-28", None, None, None))}

    def wage_changed(self, person):
        return {"type": "WageChanged", "membership_id": self.membership(person),
                "wage_idr": self.pick(WAGES + (0,) * self.chance(0.02)),
                "effective_from": self.day()}

    def category_changed(self, person):
        return {"type": "CategoryChanged", "membership_id": self.membership(person),
                "category": self.pick(CATEGORIES), "effective_from": self.day()}

    def programmes_changed(self, person):
        member = self.member(person)
        allowed = self.law.open_to(member.segment if member else "PU")
        subsets = [words for words in SUBSETS if set(words) <= allowed or self.chance(0.02)]
        return {"type": "ProgrammesChanged", "membership_id": member.id if member else "M1",
                "programmes": self.pick(subsets), "effective_from": self.day()}

    def sponsor_changed(self, person):
        return {"type": "SponsorChanged", "membership_id": self.membership(person),
                "sponsor": self.sponsor(), "effective_from": self.day()}

    def moved(self, person):
        return {"type": "Moved", "region_home": self.pick(REGIONS), "effective_from": self.day()}

    def ended(self, person):
        return {"type": "MembershipEnded", "membership_id": self.membership(person),
                "last_day": self.pick(self.dismissals).isoformat()
                if self.dismissals and self.chance(0.7) else self.day(),
                "reason": self.pick(REASONS)}

    def voided(self, person):
        return {"type": "EnrollmentVoided", "membership_id": self.membership(person),
                "reason": "twice"}

    def died(self, person):
        return {"type": "ParticipantDied", "died_on": self.past_day(), "evidence": "FAMILY"}

    # -- Contributions

    def contribution(self, person):
        member = self.member(person)
        months = self.pick((1, 1, 1, 2, 3, 6, 24))
        month = contract.month_of(contract.date_of(self.month() + "-01"))
        if member is not None and self.chance(0.7):
            through = member.paid.through
            start = contract.month_of(member.cover_from)
            month = start if through is None else through + 1 + self.pick((0, 0, 0, 1, 3, 4))
        paid_at = self.now - datetime.timedelta(
            days=self.pick((0, 0, 0, 1, 20, 45, -1) if self.chance(0.3) else (0,)))
        if member is not None and self.chance(0.2):  # long ago, in the first days of cover
            paid_at = min(self.now, datetime.datetime.combine(
                member.cover_from, datetime.time(16, 30), datetime.timezone.utc) +
                datetime.timedelta(days=self.pick((0, 0, 1, 5))))
        event = {"type": "ContributionPaid",
                 "membership_id": member.id if member else self.membership(person),
                 "month": contract.month_text(month), "months": months,
                 "paid_at": paid_at.isoformat().replace("+00:00", "Z"),
                 "payment_ref": "R%d" % (self.random.randrange(4) if self.chance(0.15)
                                         else len(self.events) + 10)}
        if self.chance(0.05) or self.relieved:
            event["relief"] = self.pick(("PP49-2020", "PP7-2025", "PP50-2025", "NONE"))
        event["lines"] = self.amounts(member, event)
        return event

    def costs(self, member, event):
        costs = dict.fromkeys(("JKK", "JKM"), 5000)
        if member is not None:
            named = type("Named", (), {"month": contract.month(event["month"], None),
                                       "months": event["months"], "relief": event.get("relief")})
            try:
                costs = {programme: cost for programme, (cost, _)
                         in plain.expected(member, named, self.law).items() if cost}
            except (contract.Refused, AttributeError, TypeError):
                pass
        return [{"programme": programme, "amount_idr": cost} for programme, cost in costs.items()]

    def amounts(self, member, event):
        """The exact sums, or nearly."""
        off = event["months"]
        noise = (0, 0, 0, 0, 0, 0, off, -off, off + 1, -off - 1, 1000, -1000)
        if self.chance(0.6):
            noise = (0,)
        lines = [{**line, "amount_idr": max(0, line["amount_idr"] + self.pick(noise))}
                 for line in self.costs(member, event) if not self.chance(0.03)]
        if self.chance(0.05):
            lines.append({"programme": self.pick(contract.PROGRAMMES),
                          "amount_idr": self.pick((1, 2, 500))})
        return lines

    def reversed(self, person):
        member = self.member(person)
        if member is None or not member.ledger:
            return None
        _, named, ref, _ = self.pick(member.ledger)
        start = self.pick(list(named))
        return {"type": "ContributionReversed", "membership_id": member.id,
                "month": contract.month_text(start), "months": self.pick((1, len(named))),
                "payment_ref": ref, "reason": ""}

    # -- Claims

    def claim_id(self, person):
        return "%s-C%d" % (person, self.random.randrange(
            90 if self.crowd else 14 if self.theme == "DEATH" else 40))

    def filed(self, person):
        known = self.known(person)
        died_on = self.past_day()
        if known.died_on and self.chance(0.7):
            died_on = known.died_on.isoformat()
        dead_claims = [claim for claim in known.claims.values() if claim.type == "DEATH"]
        if dead_claims and self.chance(0.5):
            died_on = dead_claims[-1].event.died_on.isoformat()
        cause = self.pick(("ILLNESS", "ILLNESS", "WORK_ACCIDENT", "SUDDEN_DEATH_AT_WORK",
                           "UNKNOWN" if self.chance(0.3) else "NON_WORK_ACCIDENT"))
        member = self.member(person)
        if self.orderly and member is not None and (known.died_on is None or self.chance(0.2)):
            died_on = self.day_of_cover(known, member).isoformat()
        accident = min(self.past_day(), died_on) if self.chance(0.2) else None
        if accident and self.chance(0.05):
            accident = (contract.date_of(died_on) - datetime.timedelta(days=800)).isoformat()
        return {"type": "DeathClaimFiled", "claim_id": self.claim_id(person),
                "membership_id": member.id if member else self.membership(person),
                "died_on": died_on, "cause": cause,
                "accident_on": accident,
                "heir": {"rank": "NONE" if self.chance(0.1) else "SPOUSE", "payee_ref": "HEIR"},
                "burial_payee_ref": self.pick((None, None, "UNCLE", "HEIR")),
                "documents_complete_on": self.past_day() if self.chance(0.7) else None}

    def day_of_cover(self, known, member):
        """Its first or last day, one beside them, the end of a waiting time, any inside."""
        today = self.now.date()
        start = member.start(self.law) or member.cover_from
        end = contract.earliest([member.end(self.law, known.died_on), today])
        inside = start + datetime.timedelta(days=self.random.randrange(
            max(1, (end - start).days + 1)))
        edge = self.pick((start, end)) + datetime.timedelta(days=self.pick((-1, 0, 1)))
        waiting = start + datetime.timedelta(days=self.pick((89, 90)))
        return min(self.pick((inside, inside, inside, today, edge, waiting)), today)

    def injured(self, person, on=None):
        known, member = self.known(person), self.member(person)
        if on is None and self.accidents and self.chance(0.6):
            on, _, _ = self.pick(self.accidents[-3:])
        if on is None and self.orderly and member is not None:
            on = self.day_of_cover(known, member)
        on = on or contract.date_of(self.past_day())
        first, days = self.inability(on)
        self.accidents.append((on, first or on, days))
        kind = self.pick(("NONE", "NONE", "NONE", "PARTIAL_ANATOMICAL", "PARTIAL_FUNCTIONAL",
                          "TOTAL"))
        return {"type": "InjuryClaimFiled", "claim_id": self.claim_id(person),
                "membership_id": member.id if member else self.membership(person),
                "accident_on": on.isoformat(), "cause": self.cause(), "payee_ref": "W",
                "unable_from": first and first.isoformat(), "days_unable": days,
                "disability": {"kind": kind, "table_bp": self.pick(SHARES),
                               "loss_bp": self.pick(SHARES)},
                "transport": [{"mode": self.pick(("LAND", "SEA", "AIR")),
                               "cost_idr": self.pick(COSTS)}
                              for _ in range(self.pick((0, 0, 1, 2, 3)))],
                "treatment": {"payee_ref": self.pick(("RS", "RS", "W")),
                              "cost_idr": self.pick(COSTS + BILLS)} if self.chance(0.4) else None,
                "home_care_idr": self.pick((0, 0) + COSTS),
                "documents_complete_on": self.past_day() if self.chance(0.7) else None}

    def cause(self):
        kind = self.random.randrange(20)
        return "ILLNESS" if kind == 0 else "UNKNOWN" if kind == 1 else self.pick(
            contract.WORK_CAUSES)

    def inability(self, accident):
        """First day or None, and how many days: over a limit of months, or beside those before."""
        days = self.pick((0, 0, 1, 2, 29, 45, 181, 182, 183, 184, 185, 364, 365, 366, 367, 740,
                          20000))
        if self.chance(0.4):
            return None, days
        if self.accidents and self.chance(0.6):
            on, first, before = self.pick(self.accidents[-3:])
            first = self.pick((first + before * DAY, first + (before - 1) * DAY, first - days * DAY,
                               first - (days - 1) * DAY))
            return max(accident, first), days
        return accident + self.pick((0, 1, 30, 181, 182, 183, 184, 364, 365, 366, 800)) * DAY, days

    def child(self, person):
        parents = [claim.id for claim in self.known(person).claims.values()
                   if claim.type in ("DEATH", "INJURY")]
        parent = self.claim_id(person)
        if self.theme != "DEATH":
            parent = person + "-C0" if self.chance(0.5) else parent
        if parents and self.chance(0.7):
            parent = self.pick(parents)
        name = self.pick(("K1", "K1", "K1", "K2", "K2", "K3"))
        birthday = contract.months_later(self.now.date(), -12 * 23) + self.pick((-1, 0, 1)) * DAY
        return {"type": "ScholarshipClaimed", "claim_id": self.claim_id(person),
                "parent_claim_id": parent, "child_ref": name,
                "child_birth_date": birthday.isoformat() if self.chance(0.2) else "2012-02-29",
                "level": self.pick(("TK_SD", "SMP", "SMP", "SMP", "SMA", "TERTIARY")),
                "school_year": 2010 + self.random.randrange(9), "payee_ref": "G",
                "documents_complete_on": self.past_day() if self.chance(0.6) else None}

    def lost(self, person, number=None):
        member = self.member(person)
        on = contract.date_of(self.day())
        if self.dismissals and self.chance(0.85):
            on = self.pick(self.dismissals)
        elif member is not None and member.ends:
            on = self.pick(member.ends)[0]
        self.dismissals = (self.dismissals + [on])[-3:]
        filed_on = contract.months_later(on, 6) + self.pick((-1, 0, 0, 1)) * DAY
        if self.chance(0.6):
            filed_on = self.now.date()
        return {"type": "JobLossClaimed", "claim_id": self.claim_id(person),
                "membership_id": member.id if member else self.membership(person),
                "dismissed_on": on.isoformat(), "filed_on": filed_on.isoformat(),
                "month_number": number or self.random.randrange(1, 7), "payee_ref": "W",
                "documents_complete_on": self.past_day() if self.chance(0.7) else None}

    def claim(self, person):
        known = list(self.known(person).claims.values())
        still_open = [claim for claim in known if claim.open]
        if still_open and self.chance(0.9):
            known = still_open
        return self.pick(known) if known else None

    def documents(self, person):
        claim = self.claim(person)
        return {"type": "DocumentsCompleted",
                "claim_id": claim.id if claim else self.claim_id(person),
                "documents_complete_on": self.past_day()}

    def reviewed(self, person):
        claim = self.claim(person)
        held = [claim for claim in self.known(person).claims.values() if claim.verdict == "HELD" and
                claim.decisions[-1][1] not in plain.NOT_TO_OVERRULE]
        if held and self.chance(0.8):
            claim = self.pick(held)
        if claim is None:
            return None
        return {"type": "ClaimReviewed", "claim_id": claim.id,
                "revision": max(1, len(claim.decisions) - self.chance(0.1)),
                "reviewer": self.pick(("anna", "budi")), "note": "",
                "verdict": "REJECT" if self.chance(0.08) else "APPROVE"}

    def cancelled(self, person):
        claim = self.claim(person)
        return claim and {"type": "ClaimCancelled", "claim_id": claim.id, "reason": ""}

    def external(self, person):
        return {"type": "ExternalBenefitRecorded", "payer": "KPU", "amount_idr": 36000000,
                "paid_on": self.day(), "kind": "santunan"}

    def status(self, person):
        known = list(self.known(person).payments)
        if not known:
            return None if self.chance(0.9) else {
                "type": "PaymentStatusReported", "payment_id": "X", "attempt": 1,
                "status": "SETTLED", "at": "2024-01-01T00:00:00Z"}
        id = self.pick(known)
        history = self.known(person).payments[id]
        attempt = history[-1][0] if history else 1
        return {"type": "PaymentStatusReported", "payment_id": id,
                "attempt": max(1, attempt + self.pick((0, 0, 0, 1, 1, -1))),
                "status": self.pick(STATUSES), "at": "2024-01-01T00:00:00Z"}


MAKERS = ((Stream.enrolled, 8), (Stream.wage_changed, 4), (Stream.category_changed, 3),
          (Stream.programmes_changed, 3), (Stream.sponsor_changed, 2), (Stream.moved, 4),
          (Stream.ended, 3), (Stream.voided, 0.6), (Stream.died, 1.5), (Stream.contribution, 22),
          (Stream.reversed, 5), (Stream.filed, 9), (Stream.injured, 1), (Stream.child, 1),
          (Stream.lost, 1),
          (Stream.documents, 4), (Stream.reviewed, 9), (Stream.cancelled, 0.6),
          (Stream.external, 1), (Stream.status, 5))

OF_THEME = {Stream.injured: 25, Stream.child: 30, Stream.lost: 25}
CLAIMS_OF = {"DEATH": (), "INJURY": ("injured",), "SCHOLARSHIP": ("child",),
             "JOB_LOSS": ("lost",), "ANY": ("injured", "child", "lost")}


def stream(seed, law):
    """The events of a seed, and days on which it is worth looking at the measures."""
    made = Stream(seed, law)
    events = made.make()
    days = {made.now.date(), made.random.choice(made.days), made.random.choice(made.days)}
    return events, sorted(day.isoformat() for day in days)
