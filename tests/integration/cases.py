#!/usr/bin/env python3
"""The cases that must hold (rules.md), once: through `jaga try`, and through Kafka.

A case is a name, the events of one participant, and what must come of them in order: decisions
("C1 APPROVED OK 74800000"), payments ("HEIR 74800000 BI_FAST 2024-02-26", or the beginning of that) and
exceptions ("UNDERPAID"). An event that `arrives` after it was recorded stands in its topic behind
one of another participant with that time, so that the order in which topics are merged cannot mend it.
"""
import base64
import datetime
import hashlib
import json
import os
import subprocess
import sys

import harness
import wire

LANES = 2
LAST = "2025-02-01T00:00:00Z"  # every clock gets there: what waits has been given up
MILLION = 1000000


def day(date, more=0):
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days=more)).isoformat()


def noon(date, minute=0):
    return "%sT12:%02d:00+07:00" % (date, minute)


class Case:
    """`unsent`: `jaga publish` refuses it already, since the event alone is wrong."""

    def __init__(self, name, events, decisions=(), payments=(), exceptions=(), unsent=False):
        self.name, self.events, self.unsent = name, events, unsent
        self.decisions, self.payments, self.exceptions = decisions, payments, exceptions


def event(type, recorded, arrives=None, **body):
    """`recorded` is a date (noon) or a time."""
    time = recorded if "T" in recorded else noon(recorded)
    made = dict(body, type=type, time=time)
    if arrives is not None:
        made["arrives"] = noon(arrives)
    return {key: value for key, value in made.items() if value is not None}


def enrolled(cover_from, recorded=None, segment="PU_STATE", wage=1100000, cover_to=None,
             membership="M1", category="KPPS", programmes=("JKK", "JKM"), region="36.71",
             sponsor="NPHD", risk_group=1, birth_date=None, arrives=None):
    return event("Enrolled", recorded or cover_from, arrives, membership_id=membership,
                 segment=segment, category=category, programmes=list(programmes),
                 region_home=region, sponsor={"kind": sponsor}, risk_group=risk_group,
                 wage_idr=wage, cover_from=cover_from, cover_to=cover_to, birth_date=birth_date)


def bpu(cover_from, wage=MILLION, **more):
    more.setdefault("category", "PETANI")
    more.setdefault("sponsor", "SELF")
    return enrolled(cover_from, segment="BPU", wage=wage, **more)


def paid(month, recorded, months=1, membership="M1", ref="R1", relief=None, arrives=None,
         paid_at=None, **amounts):
    lines = [{"programme": programme, "amount_idr": amount} for programme, amount in amounts.items()]
    time = recorded if "T" in recorded else noon(recorded, 1)
    return event("ContributionPaid", time, arrives, membership_id=membership, month=month,
                 months=months, lines=lines, relief=relief, paid_at=paid_at or time, payment_ref=ref)


def kpps_paid(recorded, month="2024-02", **more):
    return paid(month, recorded, JKK=2640, JKM=3300, **more)


def bpu_paid(month, recorded, months=1, **more):
    return paid(month, recorded, months, JKK=10000 * months, JKM=6800 * months, **more)


def pu_paid(month, recorded, months=1, wage=1100000, **more):
    """Of risk group 1, exactly."""
    return paid(month, recorded, months, JKK=wage * 24 * months // 10000,
                JKM=wage * 3 * months // 1000, **more)


def died(died_on, cause="ILLNESS", claim="C1", membership="M1", recorded=None, accident_on=None,
         heir="SPOUSE", payee="HEIR", burial=None, documents="recorded", **more):
    recorded = recorded or day(died_on, 1)
    return event("DeathClaimFiled", noon(recorded, 2), claim_id=claim, membership_id=membership,
                 died_on=died_on, cause=cause, accident_on=accident_on,
                 heir={"rank": heir, "payee_ref": payee}, burial_payee_ref=burial,
                 documents_complete_on=recorded if documents == "recorded" else documents, **more)


def at_work(died_on, **more):
    return died(died_on, cause="SUDDEN_DEATH_AT_WORK", **more)


def reviewed(recorded, revision=1, reviewer="anna", verdict="APPROVE", claim="C1"):
    return event("ClaimReviewed", noon(recorded, 3), claim_id=claim, revision=revision,
                 reviewer=reviewer, verdict=verdict, note="")


def injured(accident_on, cause="COMMUTE_ACCIDENT", days=45, kind="NONE", table_bp=0, loss_bp=0,
            claim="C1", membership="M1", after=60, documents="recorded", unable_from=None,
            transport=(), treatment=None, home_care=0):
    recorded = day(accident_on, after)
    return event("InjuryClaimFiled", noon(recorded, 2), claim_id=claim, membership_id=membership,
                 accident_on=accident_on, cause=cause, payee_ref="WORKER", days_unable=days,
                 unable_from=unable_from,
                 disability={"kind": kind, "table_bp": table_bp, "loss_bp": loss_bp},
                 transport=[{"mode": mode, "cost_idr": cost} for mode, cost in transport],
                 treatment=treatment, home_care_idr=home_care,
                 documents_complete_on=recorded if documents == "recorded" else documents)


def scholarship(recorded, claim="S1", parent="C1", child="ADI", born="2010-01-01", level="SMP",
                year=2024, documents="recorded"):
    return event("ScholarshipClaimed", noon(recorded, 6), claim_id=claim, parent_claim_id=parent,
                 child_ref=child, child_birth_date=born, level=level, school_year=year,
                 payee_ref="GUARDIAN",
                 documents_complete_on=recorded if documents == "recorded" else documents)


def lost_job(dismissed_on, month=1, claim="C1", after=1, filed_on=None, documents="recorded"):
    recorded = day(dismissed_on, after)
    return event("JobLossClaimed", noon(recorded, 2), claim_id=claim, membership_id="M1",
                 dismissed_on=dismissed_on, filed_on=filed_on or recorded, month_number=month,
                 payee_ref="WORKER",
                 documents_complete_on=recorded if documents == "recorded" else documents)


def dismissed(last_day, reason="DISMISSED", recorded=None):
    return event("MembershipEnded", recorded or last_day, membership_id="M1", last_day=last_day,
                 reason=reason)


def approved(total, claim="C1", earlier=()):
    return [*earlier, "%s APPROVED OK %d" % (claim, total)]


def payment_id(participant, payee, claim="C1", membership="M1"):
    text = "jaga.payment.v1\n%s\n%s\n%s\n%s" % (participant, claim, membership, payee)
    return base64.b32encode(hashlib.blake2b(text.encode(), digest_size=32).digest())[:20].decode()


def officer(wage, recorded="2024-02-13"):
    jkk, jkm = (wage * 24 + 5000) // 10000, (wage * 3 + 500) // 1000
    return [enrolled("2024-02-13", recorded, wage=wage, cover_to="2024-03-12"),
            paid("2024-02", recorded, JKK=jkk, JKM=jkm)]


def officers():
    """Published figures: dies at work, dies at home, dies the day after the cover has ended."""
    for name, wage, total in (("KPPS member", 1100000, 74800000), ("KPPS chair", 1200000, 79600000),
                              ("polling-station guard", 700000, 55600000),
                              ("PPK chair", 2500000, 142000000)):
        yield Case(name + " at work", [*officer(wage), at_work("2024-02-14")], approved(total),
                   ["HEIR %d BI_FAST 2024-02-26" % total])
        yield Case(name + " at home", [*officer(wage), died("2024-02-14")], approved(42 * MILLION),
                   ["HEIR 42000000 BI_FAST 2024-02-20"])
        yield Case(name + " after cover", [*officer(wage), died("2024-03-13")],
                   ["C1 REJECTED COVER_ENDED 0"])
        yield Case(name + " after cover, at work", [*officer(wage), at_work("2024-03-13")],
                   ["C1 REJECTED COVER_ENDED 0"])
        yield Case(name + " on the last day", [*officer(wage), at_work("2024-03-12")],
                   approved(total), ["HEIR %d" % total])
    wage = [enrolled("2024-02-13", wage=400000), paid("2024-02", "2024-02-13", JKK=960, JKM=1200)]
    yield Case("wage 400,000: the floor", [*wage, at_work("2024-02-14")], approved(42 * MILLION),
               ["HEIR 42000000"])
    for wage, total in ((416666, 42 * MILLION), (416667, 42000016)):
        yield Case("wage %d at the floor" % wage, [*officer(wage), at_work("2024-02-14")],
                   approved(total), ["HEIR %d" % total])


def injuries():
    officer_ = officer(1100000)
    yield Case("stroke, survived", [*officer_, injured("2024-02-14", "ILLNESS")],
               ["C1 REJECTED NOT_WORK_RELATED 0"])
    yield Case("motorbike crash, 45 days", [*officer_, injured("2024-02-14")], approved(1650000),
               ["WORKER 1650000"])
    yield Case("BPU, total disability",
               [bpu("2024-01-01"), bpu_paid("2024-01", "2024-01-01", 6),
                injured("2024-02-14", "WORK_ACCIDENT", 0, "TOTAL")], approved(68 * MILLION),
               ["WORKER 68000000"])
    yield Case("a thumb", [*officer_, injured("2024-02-14", days=0, kind="PARTIAL_ANATOMICAL",
                                              table_bp=1500)], approved(13200000),
               ["WORKER 13200000"])
    yield Case("half of a thumb", [*officer_, injured("2024-02-14", days=0,
                                                      kind="PARTIAL_FUNCTIONAL", table_bp=1500,
                                                      loss_bp=5000)], approved(6600000),
               ["WORKER 6600000"])
    hospital = {"payee_ref": "HOSPITAL", "cost_idr": 80000007}
    yield Case("everything an injury may bring",
               [*officer_, injured("2024-02-14", kind="TOTAL", treatment=hospital,
                                   home_care=25 * MILLION,
                                   transport=[("AIR", 20 * MILLION), ("LAND", 400000)])],
               approved(61600000 + 12000000 + 1650000 + 10400000 + 80000007 + 20000000),
               ["WORKER 105650000 BI_FAST", "HOSPITAL 80000007 BI_FAST"])
    yield Case("nothing to pay", [*officer_, injured("2024-02-14", days=0)], approved(0))
    yield Case("cause unknown, filed anew",
               [*officer_, injured("2024-02-14", "UNKNOWN"), reviewed("2024-04-20"),
                reviewed("2024-04-21", verdict="REJECT"),
                injured("2024-02-14", claim="C2", after=80)],
               ["C1 HELD CAUSE_UNKNOWN 0", "C1 REJECTED REVIEW_REJECTED 0",
                *approved(1650000, "C2")], ["WORKER 1650000"], ["CANNOT_OVERRULE"])
    yield Case("the same days twice",
               [*officer_, injured("2024-02-14"), injured("2024-02-14", claim="C2", after=61),
                injured("2024-02-14", claim="C3", after=62, days=10,
                        unable_from=day("2024-02-14", 45))],
               [*approved(1650000), "C2 HELD SAME_ACCIDENT 0", *approved(366666, "C3")],
               ["WORKER 1650000", "WORKER 366666"])
    yield Case("disabled, then dead of it",
               [*officer_, injured("2024-02-14", days=0, kind="TOTAL", after=10),
                at_work("2024-02-28", accident_on="2024-02-14", claim="C2"),
                reviewed("2024-03-01", claim="C2")],
               [*approved(73600000), "C2 HELD SAME_ACCIDENT 0", *approved(74800000, "C2")],
               ["WORKER 73600000", "HEIR 74800000"])
    old = [enrolled("2019-11-01"), pu_paid("2019-11", "2019-11-01", 2)]
    modes = [("LAND", 9 * MILLION), ("SEA", 9 * MILLION), ("AIR", 19 * MILLION)]
    for accident, total in (("2019-12-01", 5 * MILLION), ("2019-12-02", 17 * MILLION)):
        yield Case("all modes of transport on " + accident,
                   [*old, injured(accident, days=0, transport=modes)], approved(total),
                   ["WORKER %d" % total])
    for accident, total in (("2019-12-01", 6710000 + 5032500 + 55000),
                            ("2019-12-02", 13420000 + 55000)):
        yield Case("a year and three days unable from " + accident,
                   [*old, injured(accident, days=369)], approved(total), ["WORKER %d" % total])
    yield Case("no row of law", [enrolled("2015-06-01"), pu_paid("2015-06", "2015-06-01"),
                                 injured("2015-06-30"), reviewed("2015-09-01")],
               ["C1 HELD NOT_AUTOMATED 0"], exceptions=["OVERPAID", "CANNOT_OVERRULE"])


def scholarships():
    dead = [*officer(1100000), at_work("2024-02-14")]
    paid_ = [*approved(74800000)]
    for level, amount in (("TK_SD", 1500000), ("SMP", 2000000), ("SMA", 3000000),
                          ("TERTIARY", 12000000)):
        yield Case("scholarship, " + level, [*dead, scholarship("2024-03-01", level=level)],
                   [*paid_, *approved(amount, "S1")],
                   ["HEIR 74800000", "GUARDIAN %d BI_FAST" % amount])
    for born, verdict in (("2001-03-01", "REJECTED CHILD_TOO_OLD 0"),
                          ("2001-03-02", "APPROVED OK 2000000")):
        yield Case("child of 23, born " + born, [*dead, scholarship("2024-03-01", born=born)],
                   [*paid_, "S1 " + verdict],
                   ["HEIR 74800000"] + ["GUARDIAN 2000000"] * verdict.startswith("APPROVED"))
    years = [scholarship("2024-03-%02d" % (n + 1), "S%d" % n, year=2020 + n) for n in range(1, 5)]
    yield Case("four years of SMP", [*dead, *years],
               [*paid_, *[("S%d APPROVED OK 2000000" % n) for n in (1, 2, 3)],
                "S4 REJECTED SCHOLARSHIP_LIMIT 0"], ["HEIR 74800000", *["GUARDIAN 2000000"] * 3])
    yield Case("three children",
               [*dead, *[scholarship("2024-03-0%d" % n, "S%d" % n, child="K%d" % n)
                         for n in (1, 2, 3)]],
               [*paid_, *approved(2000000, "S1"), *approved(2000000, "S2"),
                "S3 REJECTED SCHOLARSHIP_LIMIT 0"], ["HEIR 74800000", *["GUARDIAN 2000000"] * 2])
    yield Case("a school year twice",
               [*dead, scholarship("2024-03-01"), scholarship("2024-03-02", "S2", level="SMA")],
               [*paid_, *approved(2000000, "S1"), "S2 REJECTED ALREADY_PAID 0"],
               ["HEIR 74800000", "GUARDIAN 2000000"])
    late = dict(segment="PU", category="KARYAWAN", sponsor="EMPLOYER")
    for months, verdict in ((35, "REJECTED TOO_FEW_MONTHS 0"), (36, "APPROVED OK 2000000")):
        first = "2021-0%d-01" % (39 - months)
        yield Case("%d months paid" % months,
                   [enrolled(first, **late), pu_paid(first[:7], first, 24),
                    pu_paid("2023-0%d" % (39 - months), "2023-04-01", months - 24, ref="R2"),
                    died("2024-02-14"), scholarship("2024-03-01")],
                   [*approved(42 * MILLION), "S1 " + verdict],
                   ["HEIR 42000000"] + ["GUARDIAN 2000000"] * (months == 36))
    yield Case("the parent arrives later",
               [*officer(1100000), scholarship("2024-02-14"), at_work("2024-02-14")],
               ["S1 WAITING PARENT_UNKNOWN 0", *paid_, *approved(2000000, "S1")],
               ["HEIR 74800000", "GUARDIAN 2000000"])
    yield Case("the parent never comes", [*officer(1100000), scholarship("2024-02-14")],
               ["S1 WAITING PARENT_UNKNOWN 0", "S1 REJECTED PARENT_UNKNOWN 0"])
    yield Case("the parent is open, then closed",
               [*officer(1100000), died("2024-02-14", cause="UNKNOWN"), scholarship("2024-02-16"),
                reviewed("2024-02-17", verdict="REJECT")],
               ["C1 HELD CAUSE_UNKNOWN 0", "S1 WAITING PARENT_OPEN 0",
                "C1 REJECTED REVIEW_REJECTED 0", "S1 REJECTED PARENT_NOT_APPROVED 0"])
    yield Case("total disability is a parent",
               [*officer(1100000), injured("2024-02-14", days=0, kind="TOTAL"),
                scholarship("2024-05-01")], [*approved(73600000), *approved(2000000, "S1")],
               ["WORKER 73600000", "GUARDIAN 2000000"])
    yield Case("another disability is none",
               [*officer(1100000), injured("2024-02-14"), scholarship("2024-05-01")],
               [*approved(1650000), "S1 REJECTED PARENT_NOT_APPROVED 0"], ["WORKER 1650000"])
    old = [enrolled("2019-11-01"), pu_paid("2019-11", "2019-11-01"),
           at_work("2019-12-01", recorded="2019-12-03"),
           scholarship("2019-12-04", level="TK_SD"),
           scholarship("2019-12-05", "S2", level="TERTIARY", year=2025)]
    yield Case("before 2 December 2019: once", old,
               [*approved(60600000), *approved(12000000, "S1"), "S2 REJECTED SCHOLARSHIP_LIMIT 0"],
               ["HEIR 60600000", "GUARDIAN 12000000"])


def job_losses():
    def worked(first, months, wage=6 * MILLION):
        all_five = ["JKK", "JKM", "JKP"]
        return [enrolled(first, segment="PU", category="KARYAWAN", sponsor="EMPLOYER", wage=wage,
                         programmes=all_five), pu_paid(first[:7], first, months, wage)]
    for last_day, months, totals in (("2024-02-14", (1, 3, 4, 6), (2250000, 2250000, 1250000, 1250000)),
                                     ("2025-02-06", (1, 6), (2250000, 1250000)),
                                     ("2025-02-07", (1, 6), (3000000, 3000000))):
        first = day(last_day, -500)[:8] + "01"
        yield Case("dismissed on " + last_day,
                   [*worked(first, 16), dismissed(last_day),
                    *[lost_job(last_day, month, "C%d" % month, after=month) for month in months]],
                   [("C%d APPROVED OK %d" % pair) for pair in zip(months, totals)],
                   ["WORKER %d" % total for total in totals])
    job = [*worked("2023-01-01", 12), dismissed("2024-02-14")]
    yield Case("not dismissed, then it is",
               [*job[:2], lost_job("2024-02-14"), dismissed("2024-02-14", recorded="2024-02-20")],
               ["C1 HELD NOT_DISMISSED 0", *approved(2250000)], ["WORKER 2250000"])
    yield Case("resigned", [*job[:2], dismissed("2024-02-14", "RESIGNED"), lost_job("2024-02-14")],
               ["C1 HELD NOT_DISMISSED 0"])
    yield Case("a month twice", [*job, lost_job("2024-02-14"), lost_job("2024-02-14", 1, "C2", 2)],
               [*approved(2250000), "C2 REJECTED ALREADY_PAID 0"], ["WORKER 2250000"])
    yield Case("filed on the last day", [*job, lost_job("2024-02-14", after=182)],
               approved(2250000), ["WORKER 2250000"])
    yield Case("filed a day late", [*job, lost_job("2024-02-14", after=183)],
               ["C1 REJECTED EXPIRED 0"])
    yield Case("11 months paid", [*worked("2023-01-01", 11), dismissed("2024-02-14"),
                                  lost_job("2024-02-14")], ["C1 REJECTED TOO_FEW_MONTHS 0"])
    for last_day, verdict in (("2022-01-31", "REJECTED BEFORE_COVER 0"),
                              ("2022-02-01", "APPROVED OK 2250000")):
        yield Case("dismissed on " + last_day,
                   [*worked("2021-01-01", 13), dismissed(last_day), lost_job(last_day)],
                   ["C1 " + verdict], ["WORKER 2250000"] * verdict.startswith("APPROVED"))
    yield Case("an officer is not insured for it",
               [*officer(1100000), dismissed("2024-02-20", "DUTY_ENDED"), lost_job("2024-02-20")],
               ["C1 REJECTED PROGRAMME_NOT_HELD 0"])


def self_employed():
    yield Case("BPU base 1.0 m, work death",
               [bpu("2024-01-01"), bpu_paid("2024-01", "2024-01-01", 6), at_work("2024-02-14")],
               approved(70 * MILLION), ["HEIR 70000000"])
    for days, total in ((89, 10 * MILLION), (90, 42 * MILLION)):
        yield Case("BPU dies of illness after %d days" % days,
                   [bpu("2024-01-01"), bpu_paid("2024-01", "2024-01-01", 6),
                    died(day("2024-01-01", days))], approved(total), ["HEIR %d" % total])
        yield Case("BPU dies %d days after the first paid day" % days,
                   [bpu("2024-01-01"), bpu_paid("2024-01", "2024-01-21", 6),
                    died(day("2024-01-21", days))], approved(total), ["HEIR %d" % total])
    for last, total in (("2021-03-31", 42 * MILLION), ("2021-04-01", 10 * MILLION)):
        first = day(last, -89)
        yield Case("BPU, 89 days, dead on " + last,
                   [bpu(first), bpu_paid(first[:7], first, 6), died(last)], approved(total),
                   ["HEIR %d" % total])
    yield Case("BPU dies on the day before the first paid day",
               [bpu("2024-01-01"), bpu_paid("2024-01", "2024-01-21", 6), died("2024-01-20")],
               ["C1 REJECTED BEFORE_COVER 0"])
    yield Case("BPU never paid", [bpu("2024-01-01"), died("2024-01-20")],
               ["C1 HELD NO_CONTRIBUTION 0"])
    ten_months = [bpu("2023-01-01"), bpu_paid("2023-01", "2023-01-01", 10)]
    yield Case("BPU on the last paid day", [*ten_months, died("2023-10-31")], approved(42 * MILLION),
               ["HEIR 42000000"])
    yield Case("BPU on the first day of grace", [*ten_months, died("2023-11-01")],
               ["C1 HELD IN_GRACE 0"])
    yield Case("BPU on the last day of grace", [*ten_months, died("2024-01-31")],
               ["C1 HELD IN_GRACE 0"])
    yield Case("BPU on the day after grace", [*ten_months, died("2024-02-01")],
               ["C1 REJECTED LAPSED 0"])
    yield Case("BPU in grace, arrears settled",
               [*ten_months, died("2023-12-05"), bpu_paid("2023-11", "2024-01-31", 2, ref="R2")],
               ["C1 HELD IN_GRACE 0", *approved(42 * MILLION)], ["HEIR 42000000"])
    yield Case("BPU pays on the last day of grace", [*ten_months, bpu_paid("2023-11", "2024-01-31",
                                                                          ref="R2")])
    yield Case("BPU pays on the day after grace", [*ten_months, bpu_paid("2023-11", "2024-02-01",
                                                                        ref="R2")],
               exceptions=["MEMBERSHIP_LAPSED"])
    yield Case("BPU of 65", [bpu("2024-02-14", birth_date="1959-02-14")], exceptions=["AGE_LIMIT"],
               unsent=True)
    yield Case("BPU of 64", [bpu("2024-02-14", birth_date="1959-02-15")])


def law_of_the_day():
    def covered(first, wage=1100000):
        return [enrolled(first, wage=wage), pu_paid(first[:7], first, 24, wage)]
    yield Case("natural death 1 December 2019", [*covered("2019-11-01"), died("2019-12-01")],
               approved(24 * MILLION), ["HEIR 24000000"])
    yield Case("natural death 2 December 2019", [*covered("2019-11-01"), died("2019-12-02")],
               approved(42 * MILLION), ["HEIR 42000000"])
    yield Case("work death 1 December 2019", [*covered("2019-11-01"), at_work("2019-12-01")],
               approved(60600000), ["HEIR 60600000"])
    yield Case("work death 1 December 2019, floor",
               [*covered("2019-11-01", 300000), at_work("2019-12-01")], approved(24 * MILLION),
               ["HEIR 24000000"])
    yield Case("accident before, death after", [*covered("2019-11-01"),
                                               at_work("2019-12-02", accident_on="2019-12-01")],
               approved(60600000), ["HEIR 60600000"])
    yield Case("leap day", [*covered("2024-02-01"), died("2024-02-29")], approved(42 * MILLION),
               ["HEIR 42000000 BI_FAST 2024-03-06"])
    for accident, last in (("2019-12-02", "2024-12-02"), ("2019-12-01", "2021-12-01"),
                           ("2016-02-29", "2018-02-28")):
        begun = day(accident, -30)
        total = 74800000 if accident >= "2019-12-02" else 60600000
        claimed = dict(accident_on=accident)
        yield Case("accident of %s claimed in time" % accident,
                   [*covered(begun), at_work(day(accident, 1), recorded=last, **claimed)],
                   approved(total), ["HEIR %d" % total])
        yield Case("accident of %s claimed a day late" % accident,
                   [*covered(begun), at_work(day(accident, 1), recorded=day(last, 1), **claimed)],
                   ["C1 REJECTED EXPIRED 0"])


def enrolment_and_event():
    late = dict(segment="PU", category="KARYAWAN", sponsor="EMPLOYER")
    yield Case("recorded 30 days late", [enrolled("2024-01-01", "2024-01-31", **late),
                                         pu_paid("2024-01", "2024-01-31"), died("2024-01-01",
                                                                               recorded="2024-02-02")],
               ["C1 HELD RECORDED_AFTER_EVENT 0"])
    yield Case("recorded 31 days late", [enrolled("2024-01-01", "2024-02-01", **late),
                                         pu_paid("2024-01", "2024-02-01"), died("2024-01-01",
                                                                               recorded="2024-02-02")],
               ["C1 REJECTED BEFORE_COVER 0"], exceptions=["BACKDATED"])
    yield Case("recorded 31 days late, dead on the first day covered",
               [enrolled("2024-01-01", "2024-02-01", **late), pu_paid("2024-01", "2024-02-01"),
                died("2024-01-02", recorded="2024-02-02")],
               ["C1 HELD RECORDED_AFTER_EVENT 0"], exceptions=["BACKDATED"])
    yield Case("recorded late, overruled",
               [enrolled("2024-01-01", "2024-01-31", **late), pu_paid("2024-01", "2024-01-31"),
                died("2024-01-20", recorded="2024-02-02"), reviewed("2024-02-03")],
               ["C1 HELD RECORDED_AFTER_EVENT 0", *approved(42 * MILLION)], ["HEIR 42000000"])
    yield Case("dead on the day before cover", [*officer(1100000), died("2024-02-12")],
               ["C1 REJECTED BEFORE_COVER 0"])
    yield Case("dead on the first day of cover", [*officer(1100000), died("2024-02-13")],
               approved(42 * MILLION), ["HEIR 42000000"])
    ended = event("MembershipEnded", "2024-02-20", membership_id="M1", last_day="2024-02-20",
                  reason="RESIGNED")
    yield Case("dead on the last day", [*officer(1100000), ended, died("2024-02-20")],
               approved(42 * MILLION), ["HEIR 42000000"])
    yield Case("dead after the last day", [*officer(1100000), ended, died("2024-02-21")],
               ["C1 REJECTED COVER_ENDED 0"])
    later = event("MembershipEnded", "2024-02-22", membership_id="M1", last_day="2024-03-01",
                  reason="RESIGNED")
    yield Case("an end moved after the death",
               [*officer(1100000), ended, later, died("2024-02-21", recorded="2024-02-23")],
               ["C1 HELD RECORDED_AFTER_EVENT 0"])
    yield Case("programme not held", [enrolled("2024-02-13", programmes=["JKK"]),
                                      paid("2024-02", "2024-02-13", JKK=2640), died("2024-02-14")],
               ["C1 REJECTED PROGRAMME_NOT_HELD 0"])
    voided = event("EnrollmentVoided", "2024-02-15", membership_id="M1", reason="TWICE")
    yield Case("void", [*officer(1100000), voided, died("2024-02-14", recorded="2024-02-16")],
               ["C1 REJECTED VOIDED 0"])
    yield Case("void after it was paid",
               [*officer(1100000), at_work("2024-02-14"),
                event("EnrollmentVoided", "2024-02-16", membership_id="M1", reason="TWICE")],
               approved(74800000), ["HEIR 74800000"], ["APPROVED_CLAIM_CONTRADICTED"])
    for unpaid, ends in ((3, approved(42 * MILLION)), (4, ["C1 HELD EMPLOYER_PAYS_FIRST 0"])):
        first = "2024-0%d-01" % (7 - unpaid)
        yield Case("%d months unpaid" % unpaid,
                   [enrolled(first, **late), pu_paid("2024-07", "2024-07-01"), died("2024-07-20")],
                   ends, ["HEIR 42000000"] if unpaid == 3 else [])


def lateness():
    yield Case("enrolment arrives after the claim",
               [enrolled("2024-02-13", arrives="2024-02-17"), kpps_paid("2024-02-18"),
                at_work("2024-02-14")],
               ["C1 WAITING MEMBERSHIP_UNKNOWN 0", "C1 HELD NO_CONTRIBUTION 0", *approved(74800000)],
               ["HEIR 74800000"])
    yield Case("enrolment arrives after the contribution",
               [enrolled("2024-02-13", arrives="2024-02-14"), kpps_paid("2024-02-13"),
                at_work("2024-02-14")], approved(74800000), ["HEIR 74800000"], ["PARKED"])
    yield Case("enrolment arrives after both",
               [enrolled("2024-02-13", arrives="2024-02-17"), kpps_paid("2024-02-13"),
                at_work("2024-02-14")],
               ["C1 WAITING MEMBERSHIP_UNKNOWN 0", "C1 HELD NO_CONTRIBUTION 0", *approved(74800000)],
               ["HEIR 74800000"], ["PARKED"])
    yield Case("enrolment on the last day of waiting",
               [enrolled("2024-02-13", arrives="2024-02-29"),
                kpps_paid("2024-02-16"), at_work("2024-02-14")],
               ["C1 WAITING MEMBERSHIP_UNKNOWN 0", "C1 HELD NO_CONTRIBUTION 0", *approved(74800000)],
               ["HEIR 74800000"], ["PARKED"])
    yield Case("enrolment never arrives", [kpps_paid("2024-02-13"), at_work("2024-02-14")],
               ["C1 WAITING MEMBERSHIP_UNKNOWN 0", "C1 REJECTED MEMBERSHIP_UNKNOWN 0"],
               exceptions=["PARKED", "MEMBERSHIP_UNKNOWN"])
    yield Case("enrolment a day after the waiting",
               [enrolled("2024-02-13", arrives="2024-03-01"), kpps_paid("2024-02-17"),
                at_work("2024-02-14")],
               ["C1 WAITING MEMBERSHIP_UNKNOWN 0", "C1 REJECTED MEMBERSHIP_UNKNOWN 0"],
               exceptions=["PARKED"])
    yield Case("contribution arrives after the claim",
               [officer(1100000)[0], at_work("2024-02-14"), kpps_paid("2024-02-20")],
               ["C1 HELD NO_CONTRIBUTION 0", *approved(74800000)],
               ["HEIR 74800000 BI_FAST 2024-02-26"])
    yield Case("documents arrive later",
               [*officer(1100000), at_work("2024-02-14", documents=None),
                event("DocumentsCompleted", "2024-04-06", claim_id="C1",
                      documents_complete_on="2024-04-05")],
               ["C1 WAITING DOCUMENTS_MISSING 0", *approved(74800000)],
               ["HEIR 74800000 BI_FAST 2024-04-24"])
    yield Case("documents do not time out", [*officer(1100000), at_work("2024-02-14", documents=None)],
               ["C1 WAITING DOCUMENTS_MISSING 0"])


def repeats():
    claim = at_work("2024-02-14", id="same")
    other = dict(claim, died_on="2024-02-13", time=noon("2024-02-16"))
    yield Case("claim event three times, once with another date",
               [*officer(1100000), claim, dict(claim, time=noon("2024-02-15", 30)), other],
               approved(74800000), ["HEIR 74800000"], ["EVENT_CONFLICT"])
    yield Case("claim id three times, once with another date",
               [*officer(1100000), at_work("2024-02-14"), dict(at_work("2024-02-14"),
                                                               time=noon("2024-02-15", 30)),
                dict(at_work("2024-02-13"), time=noon("2024-02-16"))],
               approved(74800000), ["HEIR 74800000"], ["EVENT_CONFLICT"])
    yield Case("a second claim for the same death",
               [*officer(1100000), at_work("2024-02-14"),
                at_work("2024-02-14", claim="C2", recorded="2024-02-17")],
               [*approved(74800000), "C2 REJECTED ALREADY_PAID 0"], ["HEIR 74800000"])
    second = [enrolled("2024-02-13", membership="M2", wage=700000),
              paid("2024-02", "2024-02-13", membership="M2", ref="R2", JKK=1680, JKM=2100)]
    yield Case("one death, two memberships",
               [*officer(1100000), *second, died("2024-02-14"),
                died("2024-02-14", claim="C2", membership="M2", recorded="2024-02-16")],
               [*approved(42 * MILLION), *approved(42 * MILLION, "C2")],
               ["HEIR 42000000", "HEIR 42000000"])
    yield Case("one death, two programmes",
               [*officer(1100000), *second, died("2024-02-14", documents=None),
                at_work("2024-02-14", claim="C2", membership="M2", recorded="2024-02-16")],
               ["C1 WAITING DOCUMENTS_MISSING 0", "C2 HELD MIXED_PROGRAMMES 0",
                "C1 HELD MIXED_PROGRAMMES 0"])


def reviews():
    limit = "ABOVE_AUTO_LIMIT"
    yield Case("exactly the limit", [*officer(4750000), at_work("2024-02-14")],
               approved(250 * MILLION), ["HEIR 250000000 BI_FAST"])
    yield Case("above the limit", [*officer(4750001), at_work("2024-02-14")],
               ["C1 HELD %s 0" % limit])
    yield Case("above the limit, two reviewers",
               [*officer(4750001), at_work("2024-02-14"), reviewed("2024-02-16"),
                reviewed("2024-02-17"), reviewed("2024-02-18", reviewer="budi")],
               ["C1 HELD %s 0" % limit, *approved(250000048)], ["HEIR 250000048 RTGS"],
               ["SAME_REVIEWER"])
    yield Case("above the limit, burial to another",
               [*officer(4750001), at_work("2024-02-14", burial="UNCLE"), reviewed("2024-02-16"),
                reviewed("2024-02-18", reviewer="budi")],
               ["C1 HELD %s 0" % limit, *approved(250000048)],
               ["HEIR 240000048 BI_FAST", "UNCLE 10000000 BI_FAST"])
    yield Case("no heir", [*officer(1100000), at_work("2024-02-14", heir="NONE", burial="UNCLE"),
                           reviewed("2024-02-16")],
               ["C1 HELD HEIR_UNKNOWN 0", *approved(10 * MILLION)], ["UNCLE 10000000"])
    yield Case("cause unknown",
               [*officer(1100000), died("2024-02-14", cause="UNKNOWN"), reviewed("2024-02-16"),
                reviewed("2024-02-17", verdict="REJECT"),
                at_work("2024-02-14", claim="C2", recorded="2024-02-18")],
               ["C1 HELD CAUSE_UNKNOWN 0", "C1 REJECTED REVIEW_REJECTED 0",
                *approved(74800000, "C2")], ["HEIR 74800000"], ["CANNOT_OVERRULE"])
    yield Case("cancelled", [*officer(1100000), at_work("2024-02-14", documents=None),
                             event("ClaimCancelled", "2024-02-16", claim_id="C1", reason="")],
               ["C1 WAITING DOCUMENTS_MISSING 0", "C1 REJECTED CANCELLED 0"])
    yield Case("reviews nobody needs",
               [*officer(1100000), at_work("2024-02-14", documents=None), reviewed("2024-02-16"),
                reviewed("2024-02-17", claim="C9")],
               ["C1 WAITING DOCUMENTS_MISSING 0"],
               exceptions=["REVIEW_NOT_NEEDED", "CLAIM_UNKNOWN"])
    dead = event("ParticipantDied", "2024-02-16", died_on="2024-02-15", evidence="FAMILY")
    yield Case("another date of death", [*officer(1100000), dead, at_work("2024-02-14",
                                                                         recorded="2024-02-17"),
                                         reviewed("2024-02-18")],
               ["C1 HELD DEATH_DATE_CONFLICT 0", *approved(74800000)], ["HEIR 74800000"])
    yield Case("another date of death after it was paid", [*officer(1100000), at_work("2024-02-14"),
                                                          dead],
               approved(74800000), ["HEIR 74800000"], ["DEATH_DATE_CONFLICT"])


def contributions():
    yield Case("KPPS 5,940", [enrolled("2024-02-01"), paid("2024-02", "2024-02-01", JKK=2640,
                                                          JKM=3300)])
    yield Case("KPPS short", [enrolled("2024-02-01"), paid("2024-02", "2024-02-01", JKK=2638,
                                                          JKM=3300)], exceptions=["UNDERPAID"])
    yield Case("KPPS over", [enrolled("2024-02-01"), paid("2024-02", "2024-02-01", JKK=2640,
                                                         JKM=3302)], exceptions=["OVERPAID"])
    yield Case("BPU 16,800", [bpu("2024-02-01"), paid("2024-02", "2024-02-01", JKK=10000, JKM=6800)])
    yield Case("BPU 16,798", [bpu("2024-02-01"), paid("2024-02", "2024-02-01", JKK=9998, JKM=6800)],
               exceptions=["UNDERPAID"])
    rich = enrolled("2026-02-01", "2024-02-01", segment="PU", wage=20 * MILLION, programmes=["JP"],
                    category="KARYAWAN", sponsor="EMPLOYER")
    for month, due in (("2026-02", 316422), ("2026-03", 332589)):
        yield Case("JP on 20 m in " + month, [rich, paid(month, "2024-02-01", JP=due)])
        yield Case("JP on 20 m in %s, short" % month, [rich, paid(month, "2024-02-01", JP=due - 2)],
                   exceptions=["UNDERPAID"])
        yield Case("JP on 20 m in %s, over" % month, [rich, paid(month, "2024-02-01", JP=due + 2)],
                   exceptions=["OVERPAID"])
    yield Case("relief of 2020", [bpu("2020-08-01"), paid("2020-08", "2020-08-01", 6, JKK=600,
                                                         JKM=408, relief="PP49-2020")])
    yield Case("relief of 2020 in February 2021",
               [bpu("2021-02-01"), paid("2021-02", "2021-02-01", JKK=100, JKM=68,
                                        relief="PP49-2020")], exceptions=["INVALID_FIELD"])
    yield Case("relief of 2025", [enrolled("2025-02-01", "2024-02-01", segment="PU"),
                                  paid("2025-02", "2024-02-02", JKK=1320, JKM=3300,
                                       relief="PP7-2025")])
    yield Case("a rider's relief", [bpu("2026-01-01", recorded="2024-02-01", category="OJOL"),
                                    paid("2026-01", "2024-02-02", JKK=5000, JKM=3400,
                                         relief="PP50-2025")])
    yield Case("a farmer's relief in January 2026",
               [bpu("2026-01-01", recorded="2024-02-01"),
                paid("2026-01", "2024-02-02", JKK=5000, JKM=3400, relief="PP50-2025")],
               exceptions=["INVALID_FIELD"])
    reversed_ = event("ContributionReversed", noon("2024-02-15", 5), membership_id="M1",
                      month="2024-02", months=1, payment_ref="R1", reason="BOUNCED")
    yield Case("reversed, paid again under the old ref and a new one",
               [officer(1100000)[0], kpps_paid("2024-02-13"), reversed_, kpps_paid("2024-02-16"),
                at_work("2024-02-14", recorded="2024-02-16"), kpps_paid("2024-02-17", ref="R2")],
               ["C1 HELD NO_CONTRIBUTION 0", *approved(74800000)], ["HEIR 74800000"])
    yield Case("paid twice", [officer(1100000)[0], kpps_paid("2024-02-13"), kpps_paid("2024-02-14"),
                              kpps_paid("2024-02-15", ref="R2")], exceptions=["MONTH_ALREADY_PAID"])
    yield Case("before the cover", [officer(1100000)[0], kpps_paid("2024-02-13", "2024-01")],
               exceptions=["INTERVAL_INVALID"])


def payments():
    yield Case("burial payee", [*officer(1100000), at_work("2024-02-14", burial="UNCLE")],
               approved(74800000), ["HEIR 64800000", "UNCLE 10000000"])
    yield Case("burial payee is the heir", [*officer(1100000), at_work("2024-02-14", burial="HEIR")],
               approved(74800000), ["HEIR 74800000"])
    yield Case("due over holidays", [*officer(1100000), died("2024-03-07", documents="2024-03-08")],
               approved(42 * MILLION), ["HEIR 42000000 BI_FAST 2024-03-15"])
    yield Case("due over a long holiday", [enrolled("2024-02-13"), kpps_paid("2024-02-13"),
                                           at_work("2024-04-04")],
               approved(74800000), ["HEIR 74800000 BI_FAST 2024-04-24"])

    def status(recorded, status, attempt=1):
        return event("PaymentStatusReported", noon(recorded, 4), payment_id="HEIR", attempt=attempt,
                     status=status, at=noon(recorded))
    yield Case("payment status",
               [*officer(1100000), at_work("2024-02-14"), status("2024-02-16", "INSTRUCTED"),
                status("2024-02-17", "RETURNED"), status("2024-02-18", "SETTLED"),
                status("2024-02-19", "RETURNED"), status("2024-02-20", "INSTRUCTED", 2),
                status("2024-02-21", "SETTLED")],
               approved(74800000), ["HEIR 74800000"], ["STATUS_OUT_OF_ORDER"])
    yield Case("status of no payment", [status("2024-02-16", "SETTLED")],
               exceptions=["PAYMENT_UNKNOWN"])
    yield Case("external grant is not offset",
               [*officer(1100000), at_work("2024-02-14"),
                event("ExternalBenefitRecorded", "2024-02-20", payer="KPU", amount_idr=36000000,
                      paid_on="2024-02-19", kind="santunan")],
               approved(74800000), ["HEIR 74800000"])


CASES = [case for group in (officers, injuries, scholarships, job_losses, self_employed, law_of_the_day,
                            enrolment_and_event, lateness, repeats, reviews, contributions, payments)
         for case in group()]


def participant(number):
    return "case-%03d" % number


def others(lanes):
    """A participant of no case in each lane."""
    found = {}
    number = 0
    while len(found) < lanes:
        name = "other-%d" % number
        found.setdefault(wire.partition_of(name, lanes), name)
        number += 1
    return found


def topic_of(made):
    for topic, types in (("enrollment", ("Enrolled", "EnrollmentVoided", "ParticipantDied",
                                         "MembershipEnded")),
                         ("contribution", ("ContributionPaid", "ContributionReversed")),
                         ("payment-status", ("PaymentStatusReported",))):
        if made["type"] in types:
            return topic
    return "claim"


def moved(name, time, serial):
    return {"type": "Moved", "id": "moved-%d" % serial, "source": "/test", "time": time,
            "participant_id": name, "region_home": "36.71",
            "effective_from": day("2024-01-01", serial % 60)}


def instant(made):
    return datetime.datetime.fromisoformat(made.get("arrives", made["time"]).replace("Z", "+00:00"))


def finished(made, number, at):
    """An event of a case as it is published."""
    whole = dict(made, participant_id=participant(number), source="/test")
    whole.setdefault("id", "%d-%d" % (number, at))
    if made.get("payment_id") == "HEIR":
        whole["payment_id"] = payment_id(participant(number), "HEIR")
    return whole


def stream(lanes=LANES):
    """All events of all cases in the order in which they arrive, each time once in a lane."""
    made = [finished(made, number, at) for number, case in enumerate(CASES)
            for at, made in enumerate(case.events)]
    other = others(lanes)
    for whole in list(made):
        if "arrives" in whole:
            assert topic_of(whole) == "enrollment", "only enrolments have somebody to wait behind"
            lane = wire.partition_of(whole["participant_id"], lanes)
            made.append(moved(other[lane], whole["arrives"], len(made)))
    made += [moved(name, LAST, 100000 + lane) for lane, name in other.items()]
    made.sort(key=lambda whole: (instant(whole), "arrives" in whole))
    return [{key: value for key, value in whole.items() if key != "arrives"} for whole in made]


class Outcome:
    """What came of one participant, from records of the three outputs."""

    def __init__(self):
        self.decisions, self.payments, self.exceptions = [], [], []

    def words(self):
        return ([("%(claim_id)s %(verdict)s %(reason)s %(total_idr)d" % d) for d in self.decisions],
                [("%(payee_ref)s %(amount_idr)d %(channel)s %(due_on)s" % p) for p in self.payments],
                [e["code"] for e in self.exceptions])


def outcomes(records):
    found = {}
    for kind, record in records:
        outcome = found.setdefault(record["participant_id"], Outcome())
        getattr(outcome, kind + "s").append(record)
    return found


def differences(found, sent_only):
    """The cases that do not hold, each as a line."""
    for number, case in enumerate(CASES):
        if sent_only and case.unsent:
            continue
        decisions, payments, exceptions = found.get(participant(number), Outcome()).words()
        pays = len(payments) == len(case.payments) and all(
            got == want or got.startswith(want + " ") for got, want in zip(payments, case.payments))
        if list(case.decisions) != decisions or not pays or list(case.exceptions) != exceptions:
            yield "%s (%s):\n  got      %s %s %s\n  expected %s %s %s" % (
                case.name, participant(number), decisions, payments, exceptions,
                list(case.decisions), list(case.payments), list(case.exceptions))


def must_hold(found, sent_only=False):
    wrong = list(differences(found, sent_only))
    if wrong:
        raise AssertionError("%d of %d cases do not hold:\n%s" % (
            len(wrong), len(CASES), "\n".join(wrong)))


def check_records(found):
    """What must be true of each record, whatever the case."""
    ids = []
    for outcome in found.values():
        for decision in outcome.decisions:
            assert sum(line["amount_idr"] for line in decision["lines"]) == decision["total_idr"]
            assert (decision["due_on"] is None) <= (decision["verdict"] != "APPROVED")
        for payment in outcome.payments:
            assert sum(line["amount_idr"] for line in payment["lines"]) == payment["amount_idr"]
            assert payment["payment_id"] == payment_id(
                payment["participant_id"], payment["payee_ref"], payment["claim_id"],
                payment["membership_id"]), payment
            ids.append(payment["payment_id"])
        for claim in {payment["claim_id"] for payment in outcome.payments}:
            total = [d["total_idr"] for d in outcome.decisions
                     if d["claim_id"] == claim and d["verdict"] == "APPROVED"]
            assert total == [sum(p["amount_idr"] for p in outcome.payments
                                 if p["claim_id"] == claim)], claim
    assert len(ids) == len(set(ids)), "a payment is made twice"


def tried():
    """The outcomes through `jaga try`."""
    lines = "".join(json.dumps(made) + "\n" for made in stream())
    env = dict(os.environ, JAGA_RULES_DIR=os.path.join(harness.ROOT, "rules"))
    done = subprocess.run([harness.JAGA, "try", "--clock", "events", "-"], input=lines, text=True,
                          capture_output=True, env=env, timeout=60)
    if done.returncode != 0:
        raise AssertionError("jaga try: exit %d\n%s" % (done.returncode, done.stderr[-4000:]))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return outcomes([(record.pop("kind"), record) for record in records])


def bare(record):
    """Without what depends on where the event came from."""
    places = ["kind", "lane", "sequence", "input", "key", "value", "value_length", "value_digest"]
    if record["input"] is None:
        # Of a timer: the place of the parked event, and the event of the lane that moved the clock.
        places += ["detail", "now"]
    return {key: value for key, value in record.items() if key not in places}


def test_through_try(_):
    found = tried()
    must_hold(found)
    check_records(found)


def test_through_kafka(scenario):
    scenario.init()
    unsent = {participant(number): case for number, case in enumerate(CASES) if case.unsent}
    events = stream()
    scenario.publish([made for made in events if made["participant_id"] not in unsent])
    for name, case in unsent.items():
        lines = "".join(json.dumps(made) + "\n" for made in events if made["participant_id"] == name)
        done = scenario.run("publish", "-", stdin=lines, expect=1)
        assert case.exceptions[0] in done.stderr, done.stderr
    scenario.drain()
    records = [(topic, record) for topic in ("decision", "payment", "exception")
               for record in scenario.read(topic)]
    found = outcomes(records)
    must_hold(found, sent_only=True)
    check_records(found)
    for name, wanted in tried().items():
        if name in unsent:
            continue
        for kind in ("decisions", "payments", "exceptions"):
            got = [bare(record) for record in getattr(found.get(name, Outcome()), kind)]
            want = [bare(record) for record in getattr(wanted, kind)]
            assert got == want, "%s: %s\n%s\n%s" % (name, kind, got, want)


if __name__ == "__main__":
    if sys.argv[1:] == ["test_through_try"]:  # needs no stack
        test_through_try(None)
        print("%d cases hold" % len(CASES))
    else:
        harness.run([test_through_try, test_through_kafka], "cases", 19500)
