"""Corners of injuries, scholarships and job losses: limits to the day, month, year and rupiah.

The cases of one corner are participants of one stream, in the order of their times.
"""
import contract
import corners
from contract import DAY, date_of, month_text, months_later
from corners import died, enrolled, event, month, reversed_

PROGRAMMES = ["JKK", "JKM", "JHT", "JP", "JKP"]


def merged(cases):
    events = []
    for at, case in enumerate(cases):
        events += [made if "clock" in made else dict(made, participant_id="P%d" % at)
                   for made in case]
    return sorted(events, key=lambda made: made.get("clock") or made["time"])


def text(date):
    return date.isoformat()


def earner(on, wage=1000000, member="M1", cover_from=None, **other):
    return enrolled(on, member, segment="PU", wage_idr=wage, cover_from=cover_from, **other)


def pays(on, first, months=1, member="M1", wage=1000000, ref=None, programmes=("JKK", "JKM")):
    """What a wage earner of risk group 1 owes since July 2015; `first`: months after January 2024
    or a month."""
    first = month(first) if isinstance(first, int) else first
    rates = {"JKK": 2400, "JKM": 3000, "JHT": 57000, "JP": 30000}
    lines = [(word, wage * rates[word] * months // 10 ** 6) for word in programmes]
    return corners.paid(on, first, months, ref, lines, member)


def injured(on, accident_on, id="C1", cause="WORK_ACCIDENT", kind="NONE", bp=(0, 0), days=0,
            ways=(), treatment=None, home=0, member="M1", **other):
    return event("InjuryClaimFiled", on, **{
        "claim_id": id, "membership_id": member, "accident_on": accident_on, "cause": cause,
        "payee_ref": "W", "days_unable": days, "home_care_idr": home,
        "disability": {"kind": kind, "table_bp": bp[0], "loss_bp": bp[1]},
        "transport": [{"mode": mode, "cost_idr": cost} for mode, cost in ways],
        "treatment": treatment and {"payee_ref": treatment[0], "cost_idr": treatment[1]},
        "documents_complete_on": on[:10], **other})


def child(on, id, parent="C1", ref="K1", year=2024, level="SMP", born="2012-01-01", **other):
    return event("ScholarshipClaimed", on, **{
        "claim_id": id, "parent_claim_id": parent, "child_ref": ref, "child_birth_date": born,
        "level": level, "school_year": year, "payee_ref": "G", "documents_complete_on": on[:10],
        **other})


def lost(on, dismissed_on, id="J1", number=1, filed_on=None, member="M1", **other):
    return event("JobLossClaimed", on, **{
        "claim_id": id, "membership_id": member, "dismissed_on": dismissed_on,
        "filed_on": filed_on or on[:10], "month_number": number, "payee_ref": "W",
        "documents_complete_on": on[:10], **other})


def ended(on, last_day, reason="DISMISSED", member="M1"):
    return event("MembershipEnded", on, membership_id=member, last_day=last_day, reason=reason)


def reviewed(on, id, reviewer="a", revision=1, verdict="APPROVE"):
    return event("ClaimReviewed", on, claim_id=id, revision=revision, reviewer=reviewer,
                 verdict=verdict, note="")


def cancelled(on, id):
    return event("ClaimCancelled", on, claim_id=id, reason="")


# ---- Injuries ----------------------------------------------------------------------------------

def hurt(on, *claims, wage=1000000):
    """Enrolled and paid on the day of the accident, each claim (on, fields)."""
    return [earner(on, wage), pays(on, on[:7], wage=wage)] + [
        injured(filed, on, id="C%d" % at, **fields) for at, (filed, fields) in enumerate(claims)]


def inabilities():
    for accident in ("2019-06-02", "2019-08-31", "2019-12-01", "2019-12-02", "2020-02-29",
                     "2023-03-31", "2023-08-31"):
        for months in (6, 12):
            limit = months_later(date_of(accident), months)
            for first in (date_of(accident), limit - 2 * DAY, limit - DAY, limit, limit + DAY):
                for days in (1, 2, (limit - date_of(accident)).days,
                             (limit - date_of(accident)).days + 1):
                    yield hurt(accident, (accident, {"unable_from": text(first), "days": days}),
                               wage=1000007)
    for days in (59, 1, 0, 20000):
        yield hurt("2024-01-01", ("2024-01-01", {"days": days}), wage=1)
        yield hurt("2024-01-01", ("2024-01-01", {"days": days, "unable_from": "9999-12-31"}))
        yield hurt("2019-11-01", ("2024-01-01", {"days": days}), wage=10 ** 9)


def disabilities():
    for on in ("2019-12-01", "2019-12-02", "2024-01-01"):
        for wage in (1, 124, 1000007, 10 ** 9):
            for kind in ("NONE", "PARTIAL_ANATOMICAL", "PARTIAL_FUNCTIONAL", "TOTAL"):
                for bp in ((0, 0), (1, 1), (3333, 6667), (10000, 9999), (10000, 10000)):
                    yield hurt(on, (on, {"kind": kind, "bp": bp}), wage=wage)


def costs():
    for on in ("2019-12-01", "2019-12-02"):
        for ways in ((("LAND", 0),), (("SEA", 1500000), ("SEA", 1), ("SEA", 500000)),
                     (("LAND", 999999), ("AIR", 2500001), ("LAND", 2)), (("AIR", 10000001),) * 2,
                     (("LAND", 10 ** 12), ("SEA", 10 ** 12), ("AIR", 10 ** 12)),
                     (("AIR", 1),) * 8, (("AIR", 1),) * 9, (("CAR", 1),) * 9):
            yield hurt(on, (on, {"ways": ways, "home": 20000001, "treatment": ("RS", 1)}))
        for home in (1, 19999999, 20000000, 10 ** 12):
            yield hurt(on, (on, {"home": home, "treatment": ("W", 5), "days": 10, "kind": "TOTAL"}))
        for cost in (0, 249999999, 250000000, 250000001, 10 ** 12):
            yield hurt(on, (on, {"treatment": ("RS", cost)}),
                       (on, {"treatment": ("RS", cost), "home": 1})) + [
                reviewed(on, "C0", "a"), reviewed(on, "C0", "a"), reviewed(on, "C0", "b"),
                reviewed(on, "C1", "b"), reviewed(on, "C1", "a")]


def same_accident():
    on = "2024-01-10"
    ten = {"days": 10}
    for second in ({"days": 10, "unable_from": "2024-01-20"},
                   {"days": 10, "unable_from": "2024-01-19"}, {"days": 1}, {"days": 0},
                   {"home": 5}, {"kind": "TOTAL"}, {"days": 10, "member": "M2"}):
        for first in (ten, {"days": 0}, {"days": 9, "unable_from": "2024-01-11"},
                      {"kind": "PARTIAL_ANATOMICAL", "bp": (100, 0)},
                      {"kind": "PARTIAL_ANATOMICAL", "bp": (0, 0)}, {"kind": "TOTAL"}):
            yield [earner(on, member="M2"), pays(on, on[:7], member="M2")] + hurt(
                on, (on, first), (on, second)) + [reviewed("2024-01-11", "C1"),
                                                  injured("2024-01-12", on, id="C2", days=2)]
    for cause in ("WORK_ACCIDENT", "ILLNESS"):
        for first in ({"days": 5}, {"kind": "TOTAL"}, {"ways": (("LAND", 7),)}):
            for accident_on in (on, None, "2024-01-09"):
                death = dict(died("2024-01-14", "2024-01-12", cause=cause, accident_on=accident_on),
                             claim_id="D")
                yield hurt(on, (on, first)) + [death, reviewed("2024-01-15", "D")]
                # The injury is told after the death, and is on a day of cover all the same.
                yield hurt(on) + [death, injured("2024-01-16", on, id="C1", **first),
                                  injured("2024-01-16", "2024-01-12", id="C2", **first),
                                  injured("2024-01-16", "2024-01-13", id="C3", **first)]
    for first in ({"days": 5}, {"kind": "TOTAL"}):  # held claims are no obstacle, either may go
        yield hurt(on, (on, {"documents_complete_on": None, **first}), (on, first)) + [
            event("DocumentsCompleted", on, claim_id="C0", documents_complete_on=on),
            reviewed(on, "C0", revision=2)]


def expiries():
    for accident in ("2019-11-30", "2019-12-01", "2019-12-02", "2020-02-29", "2024-01-31"):
        for months in (24, 60):
            last = months_later(date_of(accident), months)
            yield [earner(accident), pays(accident, accident[:7])] + [
                injured(text(last + at * DAY), accident, id="C%d" % at) for at in (0, 1)]
    for accident in ("2015-06-30", "2015-07-01"):  # the first day with rows of law
        yield [earner(accident), corners.paid(accident, accident[:7], lines=[]),
               injured(accident, accident, days=3, kind="TOTAL"), reviewed(accident, "C1"),
               child(accident, "S1"), injured(accident, accident, id="C2", days=3)]


def causes():
    for cause in contract.CAUSES:
        for kind in ("NONE", "TOTAL"):
            yield hurt("2024-01-10", ("2024-01-10", {"cause": cause, "kind": kind})) + [
                reviewed("2024-01-10", "C0"), child("2024-01-11", "S", parent="C0")]


# ---- Scholarships ------------------------------------------------------------------------------

def disabled(on="2024-01-04", id="C1"):
    return hurt(on) + [injured(on, on, id=id, kind="TOTAL")]


def years():
    for level, many in (("TK_SD", 9), ("SMP", 4), ("SMA", 4), ("TERTIARY", 6)):
        for on in ("2019-12-01", "2019-12-02"):
            yield disabled(on) + [child(on, "S%d" % at, level=level, year=2000 + at)
                                  for at in range(many)] + [
                child(on, "T", level="SMA" if level == "SMP" else "SMP", year=1990)]
    kinds = [child("2024-01-05", "S%d" % at, ref="K%d" % (at % 3), year=2000 + at // 3)
             for at in range(7)]
    yield disabled() + kinds
    yield disabled() + [dict(made, documents_complete_on=None) for made in kinds] + [
        event("DocumentsCompleted", "2024-01-06", claim_id="S%d" % at,
              documents_complete_on="2024-01-06") for at in (6, 2, 0, 1, 3, 5)]
    # A disability under the old law and a death under the new one: the same child, the same limits.
    for born in ("2012-01-01", "1999-01-01"):
        yield disabled("2019-12-01") + [
            child("2019-12-01", "S0", year=1, born=born), pays("2019-12-03", "2020-01"),
            died("2019-12-20", "2019-12-15", cause="DUTY_TRAVEL", accident_on="2019-12-14") |
            {"claim_id": "D"},
            *(child("2022-01-01", "S%d" % at, parent="D", year=at, born=born)
              for at in range(1, 5)), child("2022-01-02", "S9", year=9, ref="K2", born=born)]


def paid_months():
    """As many paid months as needed for the child of a member who died of illness, or one fewer."""
    for died_on, start, needed in (("2024-01-20", "2021-02", 36), ("2019-12-02", "2017-01", 36),
                                   ("2019-12-01", "2015-01", 60)):
        first = contract.month(start, None)
        for short in (0, 1):
            opening = month_text(first) + "-01"
            base = [earner(opening)]
            for at in range(0, needed, 12):
                count = min(12, needed - at - (short if at + 12 >= needed else 0))
                lines = [("JKK", 2400 * count), ("JKM", 3000 * count)]
                if month_text(first + at) < "2015-07":  # half of it is before the first tariffs
                    lines = [("JKK", 2400 * 6), ("JKM", 3000 * 6)]
                base.append(corners.paid(opening, month_text(first + at), count, lines=lines))
            death = died(died_on, died_on)
            yield base + [child(died_on, "S0"), death, child(died_on, "S1", year=2025)]
            last = month_text(contract.month_of(date_of(died_on)))
            after = month_text(contract.month_of(date_of(died_on)) + 1)
            for extra in ([pays(died_on, last, member="M2")], [pays(died_on, after, member="M2")],
                          [pays(died_on, last, member="M2"),
                           event("EnrollmentVoided", died_on, membership_id="M2", reason="")]):
                yield base + [earner(died_on, member="M2"), *extra, death, child(died_on, "S1"),
                              child(died_on, "S2", year=2025),
                              dict(reversed_(died_on, last, extra[0]["payment_ref"]),
                                   membership_id="M2"),
                              reversed_(died_on, base[-1]["month"], base[-1]["payment_ref"])]


def birthdays():
    on = "2024-01-04"
    for recorded in ("2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2025-03-01"):
        for born in ("2001-02-28", "2001-03-01", "2002-03-01", "2002-02-28", "1996-02-29",
                     "9999-01-01", "0001-01-01"):
            yield disabled(on) + [child(recorded, "S", born=born)]
    # 23:59 in Jakarta is the day after in Jayapura.
    for region in ("36.71", "64.72", "91.71"):
        yield [dict(disabled(on)[0], region_home=region), *disabled(on)[1:]] + [
            child("2025-02-27T%s:59:59Z" % hour, "S" + hour, born="2002-02-28", year=int(hour),
                  documents_complete_on=on) for hour in ("14", "15", "16", "17")]


def parents():
    on = "2024-01-04"
    yield [child(on, "S", parent="S"), cancelled(on, "S")]
    yield [child(on, "S", parent="T"), child(on, "T", parent="S"), cancelled(on, "S")]
    yield disabled() + [child(on, "S"), child(on, "T", parent="S"),
                        child(on, "U", parent="T"), child(on, "V", parent="Z")]
    for kind in ("NONE", "PARTIAL_ANATOMICAL", "PARTIAL_FUNCTIONAL", "TOTAL"):
        yield [child(on, "S", ref="K2"), *hurt(on), injured(on, on, kind=kind, bp=(9, 9)),
               child(on, "T")]
    yield [child(on, "S", parent="J1"), lost(on, on), child(on, "T", parent="J1"),
           cancelled("2024-01-05", "J1")]
    yield hurt(on) + [child(on, "S"), died("2024-01-06", "2024-01-06", rank="NONE"),
                      child("2024-01-06", "T"), reviewed("2024-01-07", "C1"),
                      child("2024-01-07", "U")]
    for closing in (cancelled("2024-01-06", "C1"), reviewed("2024-01-06", "C1", verdict="REJECT"),
                    reviewed("2024-01-06", "S"), cancelled("2024-01-06", "S"),
                    event("EnrollmentVoided", "2024-01-06", membership_id="M1", reason="")):
        yield [child(on, "S"), *hurt(on), injured("2024-01-05", on, cause="UNKNOWN", kind="TOTAL"),
               child("2024-01-05", "T", ref="K2"), closing, child("2024-01-07", "U", ref="K3")]
    for voids in (("M1",), ("M2",), ("M1", "M2")):
        yield [earner(on, member="M2"), pays(on, on[:7], member="M2"), *disabled(), *(
            event("EnrollmentVoided", on, membership_id=id, reason="") for id in voids),
            child(on, "S")]
    # Two parents, one child and school year.
    yield disabled() + [child(on, "S"), died("2024-01-06", "2024-01-05", cause="DUTY_TRAVEL") |
                        {"claim_id": "D"}, child("2024-01-06", "T", parent="D"),
                        child("2024-01-06", "U", parent="D", year=2025)]
    yield disabled() + [child("2024-01-05", "S", documents_complete_on=None),
                        child("2024-01-05", "T"), child("2024-01-05", "U", year=2025),
                        pays("2024-01-05", 1, ref="late"),
                        event("EnrollmentVoided", "2024-01-06", membership_id="M1", reason="")]


def late_parents():
    """A parent that comes before, at and after the end of the wait; a child closed before it."""
    for time in ("2024-01-18T04:59:59.999999Z", "2024-01-18T05:00:00Z", "2024-01-18T05:00:01Z"):
        yield [child("2024-01-04", "S"), child("2024-01-04", "T", ref="K2", parent="N"),
               {"clock": time},
               earner(time, cover_from="2024-01-01", region_home="64.72"),
               injured(time, "2024-01-18", kind="TOTAL"), pays("2024-01-19", "2024-01"),
               child("2024-01-20", "U", year=2025)]
    yield [earner("2024-01-01"), pays("2024-01-01", "2024-01"), child("2024-01-04", "S"),
           cancelled("2024-01-05", "S"), injured("2024-01-06", "2024-01-05", kind="TOTAL"),
           event("Moved", "2024-01-06", region_home="64.72", effective_from="2024-01-05")]
    # A claim that is waited for waits itself, and times out with all of its children.
    yield [child("2024-01-04", "A", "B"), dict(died("2024-01-05", "2024-01-04"), claim_id="B"),
           child("2024-01-05", "C", "B", ref="K2"), child("2024-01-06", "D", "A"),
           {"clock": "2024-02-04T05:00:00Z"}]


# ---- Job losses --------------------------------------------------------------------------------

def dismissed(on, wage=4000000, first=-12, months=12, programmes=PROGRAMMES, **other):
    """Paid for months before the month of dismissal, told on that day; a wage below JP's caps."""
    start = contract.month_of(date_of(on)) + first
    opening = month_text(start) + "-01"
    lines = [("JKK", wage * 2400), ("JKM", wage * 3000), ("JHT", wage * 57000),
             ("JP", wage * 30000)]
    return [earner(opening, wage, programmes=programmes, **other)] + [
        corners.paid(opening, month_text(start + at), lines=[
            (word, (cost + 500000) // 10 ** 6) for word, cost in lines
            if word in programmes]) for at in range(months)] + [ended(on, on)]


def shares():
    for on in ("2022-01-31", "2022-02-01", "2025-02-06", "2025-02-07"):
        for wage in (1, 4999999, 5000001, 5000005, 8000000):
            yield dismissed(on, wage) + [lost(on, on, id="J%d" % at, number=at)
                                         for at in range(1, 7)] + [
                lost(on, on, id="K", number=3)]


def filings():
    for on in ("2024-02-29", "2024-08-31", "2024-06-15"):
        limit = months_later(date_of(on), 6)
        yield dismissed(on) + [lost(text(limit), on, id="J%d" % at, number=at + 2,
                                    filed_on=text(limit + at * DAY)) for at in (-1, 0, 1)]
    for on, filed_on in (("9999-12-31", "9999-12-31"), ("0001-01-01", "2024-01-01")):
        yield dismissed("2024-03-10") + [lost("2024-03-10", on, filed_on=filed_on)]


def windows():
    for first, months in ((-12, 12), (-12, 11), (-24, 12), (-25, 12), (-25, 13), (-11, 12),
                          (-11, 11), (0, 12), (-24, 24)):
        yield dismissed("2024-06-15", first=first, months=months) + [lost("2024-06-15",
                                                                          "2024-06-15")]
    opening = "2023-06-01"  # months of another membership do not count, nor what a reversal took
    yield dismissed("2024-06-15", months=11) + [
        earner(opening, member="M2"), pays(opening, "2023-06", 24, member="M2"),
        lost("2024-06-15", "2024-06-15")]
    paid = dismissed("2024-06-15")
    yield paid + [lost("2024-06-15", "2024-06-15", documents_complete_on=None),
                  reversed_("2024-06-16", "2024-01", paid[8]["payment_ref"]),
                  event("DocumentsCompleted", "2024-06-17", claim_id="J1",
                        documents_complete_on="2024-06-17")]
    yield paid + [lost("2024-06-15", "2024-06-15"),
                  reversed_("2024-06-16", "2024-01", paid[8]["payment_ref"])]


def dismissals():
    on = "2024-06-15"
    story = dismissed(on)
    for ends in ((), (("2024-06-14", "DISMISSED"),), ((on, "RESIGNED"),),
                 ((on, "RESIGNED"), (on, "DISMISSED")), ((on, "DISMISSED"), (on, "RESIGNED")),
                 ((on, "DISMISSED"), ("2024-06-16", "DISMISSED"))):
        told = [ended("2024-06-15", *end) for end in ends]
        yield story[:-1] + [lost(on, on, number=2), *told, lost(on, on, id="J2"),
                            reviewed("2024-06-16", "J2"), reviewed("2024-06-16", "J1"),
                            lost("2024-06-17", on, id="J3")]
        yield story[:-1] + told + [lost(on, on, id="J2"), reviewed("2024-06-16", "J2"),
                                   ended("2024-06-18", on, "OTHER"),
                                   ended("2024-06-18", "2024-07-01")]
    for programmes, effective_from in ((["JKK", "JKM"], on), (["JKK", "JKM"], "2024-06-16"),
                                       (["JKK", "JKM"], "2024-06-14")):
        yield story + [event("ProgrammesChanged", "2024-06-20", membership_id="M1",
                             programmes=programmes, effective_from=effective_from),
                       lost("2024-06-21", on)]
    yield dismissed(on, programmes=["JKK", "JKM"]) + [lost(on, on)]
    yield [enrolled("2023-06-01", segment="PU_STATE"), ended(on, on), lost(on, on),
           event("EnrollmentVoided", on, membership_id="M1", reason=""), lost(on, on, id="J2")]
    yield story + [event("EnrollmentVoided", on, membership_id="M1", reason=""), lost(on, on)]
    yield story + [lost(on, on), event("WageChanged", on, membership_id="M1", wage_idr=100,
                                       effective_from="2024-06-01"), lost(on, on, id="J2",
                                                                          number=2)]
    # Dismissed before cover began, by one who looked: no wage of that day.
    yield story + [lost(on, "2023-05-20"), reviewed(on, "J1")]
    yield story + [lost(on, on, member="M9"), {"clock": "2024-07-15T00:00:00Z"}]
    # Dismissed from two memberships on one day, and twice in turn from one.
    second = [dict(made, membership_id="M2", **{
        name: made[name] + "x" for name in ("payment_ref",) if name in made}) for made in story]
    second = [dict(made, id=made["id"] + "x") for made in second]
    yield story + second + [lost(on, on, id="J%d" % at, member="M%d" % (at % 2 + 1), number=at // 2
                                 + 1) for at in range(6)]
    yield story + [lost(on, on), ended("2024-07-01", "2024-06-30"), lost("2024-07-01", on, id="J2"),
                   lost("2024-07-01", "2024-06-30", id="J3"), lost("2024-07-01", on, id="J4",
                                                                   number=2)]


# ---- Fields ------------------------------------------------------------------------------------

FIELDS = {
    injured: {"days_unable": (0, 20000, 20001, -1, "5", 1.0, None),
              "home_care_idr": (10 ** 12 + 1, -1), "cause": ("SUNBURN", None),
              "payee_ref": ("", "x" * 64, "x" * 65),
              "unable_from": ("2024-01-03", "2024-01-04", "2024-02-30", 5),
              "accident_on": ("2024-01-04", "2024-01-05", None), "treatment": ({}, 5, None),
              "disability": (None, {"kind": "TOTAL", "table_bp": 0}),
              "transport": (None, [{"mode": "LAND"}], [{"mode": "LAND", "cost_idr": -1}], [5]),
              "claim_id": ("x" * 40, "x" * 41, "")},
    child: {"school_year": (0, 1, 9999, 10000, -5), "level": ("S2", None),
            "child_ref": ("", "x" * 65), "child_birth_date": (None, "2024-1-1", "2030-01-01"),
            "parent_claim_id": ("", "x" * 41)},
    lost: {"month_number": (0, 1, 6, 7, None), "filed_on": (None, "2030-01-01", "2000-01-01"),
           "dismissed_on": (None, "2030-01-01"), "membership_id": ("", "x" * 20, "x" * 21, "a-b"),
           "documents_complete_on": ("2024-01-04", "2024-01-05", "soon")},
}


def fields():
    """Each value at its limits and beside them, of a participant of whom nothing is known."""
    for made, names in FIELDS.items():
        first = made("2024-01-04", *{injured: ("2024-01-04",), child: ("S",),
                                     lost: ("2024-01-04",)}[made])
        for name, values in names.items():
            yield from ([dict(first, **{name: value}, id="%s %s" % (name, at))]
                        for at, value in enumerate(values))
            yield [{key: value for key, value in first.items() if key != name}]
        for bp in (-1, 0, 10000, 10001):
            if made is injured:
                for field in ("table_bp", "loss_bp"):
                    yield [dict(first, disability={**first["disability"], field: bp})]


CORNERS = {"claims: " + made.__name__: merged(made()) for made in (
    inabilities, disabilities, costs, same_accident, expiries, causes, years, paid_months,
    birthdays, parents, shares, filings, windows, dismissals, fields)}
CORNERS.update(("claims: late parents %d" % at, case) for at, case in enumerate(late_parents()))
