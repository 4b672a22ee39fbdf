"""Short streams for corners that chance seldom reaches: what is forgotten, limits, deadlines."""
import random

import contract
import plain

DAYS = ("2024-01-04", "2024-06-30", "2026-03-01")
FIRST = 2024 * 12  # January 2024


class Made:
    """Numbers the events."""

    count = 0


def event(type, on, **body):
    """`on` is a date (noon in Jakarta) or a time."""
    Made.count += 1
    return {"id": body.pop("id", "e%d" % Made.count), "source": "/s", "participant_id": "P1",
            "time": on if "T" in on else on + "T05:00:00Z", "type": type, **body}


def enrolled(on, member="M1", segment="BPU", cover_from=None, **other):
    return event("Enrolled", on, **{
        "membership_id": member, "segment": segment, "category": "OJOL", "risk_group": 1,
        "programmes": ["JKK", "JKM"], "region_home": "36.71", "sponsor": {"kind": "SELF"},
        "wage_idr": 1000000, "cover_from": cover_from or on, **other})


def paid(on, month, months=1, ref=None, lines=None, member="M1", **other):
    """Of a BPU with a base of one million, unless lines are given."""
    if lines is None:
        lines = [("JKK", 10000 * months), ("JKM", 6800 * months)]
    return event("ContributionPaid", on, membership_id=member, month=month, months=months,
                 lines=[{"programme": programme, "amount_idr": amount}
                        for programme, amount in lines],
                 paid_at=on + "T05:00:00Z", payment_ref=ref or "r%d" % Made.count, **other)


def reversed_(on, month, ref):
    return event("ContributionReversed", on, membership_id="M1", month=month, months=1,
                 payment_ref=ref, reason="")


def died(on, died_on, cause="ILLNESS", rank="SPOUSE", **other):
    return event("DeathClaimFiled", on, claim_id="C1", membership_id="M1", died_on=died_on,
                 cause=cause, heir={"rank": rank, "payee_ref": "H"}, documents_complete_on=on,
                 **other)


def reviewed(on, reviewer, revision=1):
    return event("ClaimReviewed", on, claim_id="C1", revision=revision, reviewer=reviewer,
                 verdict="APPROVE", note="")


def status(attempt, word):
    return event("PaymentStatusReported", "2024-01-06", attempt=attempt, status=word,
                 payment_id=plain.payment_id("P1", "C1", "M1", "H"), at="2024-01-06T00:00:00Z")


def month(number):
    return contract.month_text(FIRST + number)


def moved(effective_from):
    return event("Moved", "2024-01-01", region_home="36.74", effective_from=effective_from)


def bodies():
    first = enrolled("2026-01-01", id="x")
    return [first, dict(first, programmes=["JKM", "JKK"]), dict(first, id="y", batch_id="b"),
            dict(first, employer_id=None, region_work=None), dict(first, wage_idr=5),
            dict(first, wage_idr=5, id="z")]


def forgotten_refs():
    """The refs of 24 months and of 8 reversals are kept."""
    months = range(30)
    return ([enrolled("2024-01-01")] +
            [paid("2024-01-02", month(at), ref="q%d" % at) for at in months] +
            [paid("2024-01-03", month(at), ref="q%d" % at) for at in months] +
            [reversed_("2024-01-04", month(at), "q%d" % at) for at in months] +
            [paid("2024-01-05", month(at), ref="q%d" % at) for at in months])


def one_ref_in_parts():
    events = [enrolled("2024-01-01"), paid("2024-01-02", month(0), 24, "w")]
    events += [reversed_("2024-01-03", month(at), "w") for at in range(12)]
    events += [paid("2024-01-03", month(0), ref="w"), paid("2024-01-03", month(0), ref="n"),
               reversed_("2024-01-04", month(0), "n"), paid("2024-01-05", month(0), ref="w")]
    for at in range(9):
        events += [paid("2024-01-05", month(0), ref="k%d" % at),
                   reversed_("2024-01-05", month(0), "k%d" % at)]
    return events + [paid("2024-01-06", month(0), ref="k0"), paid("2024-01-06", month(1), ref="w")]


def arrears_forgotten_at_once():
    return [enrolled("2024-01-01"), paid("2024-01-02", "2024-04", 23, "a"),
            paid("2024-01-02", "2024-02", 2, "b"), paid("2024-01-03", "2024-02", 2, "b"),
            reversed_("2024-01-04", "2024-03", "b"), reversed_("2024-01-04", "2024-02", "b"),
            reversed_("2024-01-04", "2026-02", "a"), reversed_("2024-01-04", "2024-02", "b")]


def far_days():
    for cover_from, cover_to in (("0001-01-01", "0001-01-31"), ("9999-12-01", "9999-12-31")):
        yield [enrolled("2024-01-01", cover_from=cover_from, cover_to=cover_to),
               moved(cover_from), event("WageChanged", "2024-01-01", membership_id="M1", wage_idr=7,
                                        effective_from=cover_to)]
    yield [enrolled("2024-01-01"), paid("2024-01-02", "9999-12", 24)]
    yield [enrolled("2024-01-01", segment="JAKON"), paid("2024-01-02", "9999-12", 24),
           paid("2024-01-02", "9999-12")]


def officer(wage, **claim):
    """A wage earner who dies at work."""
    return [enrolled("2024-01-01", segment="PU", wage_idr=wage),
            paid("2024-01-02", "2024-01", lines=[("JKK", wage * 24 // 10000),
                                                 ("JKM", wage * 3 // 1000)]),
            died("2024-01-05", "2024-01-04", cause="WORK_ACCIDENT", **claim)]


def parked():
    yield [paid("2024-01-02", "2024-01", ref="a", id="p"),
           paid("2024-01-02", "2024-01", ref="a", id="p"), reversed_("2024-01-03", "2024-01", "a"),
           paid("2024-01-03", "2024-01", ref="b"), paid("2024-01-02", "2024-01", member="M2"),
           enrolled("2024-01-04", cover_from="2024-01-01"), died("2024-01-05", "2024-01-04")]
    for clock in ("2024-01-16T04:59:59.999999Z", "2024-01-16T05:00:00Z"):
        yield [paid("2024-01-02", "2024-01"), died("2024-01-02", "2024-01-01"), {"clock": clock},
               enrolled(clock, cover_from="2024-01-01")]


def statuses(seed):
    chance = random.Random(seed)
    words = ("INSTRUCTED", "ACCEPTED", "SETTLED", "RECONCILED", "REJECTED", "RETURNED", "UNKNOWN")
    return officer(1000000) + [status(chance.choice((1, 1, 2, 2, 3)), chance.choice(words))
                               for _ in range(25)]


def corners():
    yield "a relief over two rows", [
        enrolled("2026-01-01"), event("CategoryChanged", "2026-01-02", membership_id="M1",
                                      category="PETANI", effective_from="2026-04-01"),
        paid("2026-03-01", "2026-03", 2, lines=[("JKK", 10000), ("JKM", 6800)], relief="PP50-2025")]
    yield "a project, any amount", [
        enrolled("2026-01-01", segment="JAKON"), paid("2026-01-02", "2026-01", lines=[]),
        paid("2026-01-02", "2026-02", lines=[("JP", 5)]),
        paid("2026-01-02", "2026-03", lines=[("JKK", 5)], relief="PP50-2025"),
        died("2026-01-04", "2026-01-03")]
    yield "a programme twice", [
        enrolled("2026-01-01"), paid("2026-01-02", "2026-01", lines=[("JKK", 10000), ("JKM", 6800),
                                                                     ("JKK", 10000)])]
    yield "bodies that are the same", bodies()
    yield "forgotten refs", forgotten_refs()
    yield "one ref in parts", one_ref_in_parts()
    yield "arrears forgotten at once", arrears_forgotten_at_once()
    for at, events in enumerate(far_days()):
        yield "far days %d" % at, events
    yield "before the first tariffs", [
        enrolled("2024-01-01", segment="PU", cover_from="1990-01-01"),
        paid("2024-01-02", "1990-01", lines=[]),
        paid("2024-01-02", "2015-06", 2, lines=[("JKK", 2400), ("JKM", 3000)]),
        died("2024-02-02", "2024-02-01")]
    late = event("WageChanged", "2024-01-03T01:00:00Z", membership_id="M1", wage_idr=6000000,
                 effective_from="2024-01-04")
    yield "another total needs its own reviews", officer(5000000) + [
        reviewed("2024-01-06", "a"), late, reviewed("2024-01-06", "a"), reviewed("2024-01-06", "b")]
    yield "the limit looks at the burial alone", officer(5000000, rank="NONE",
                                                         burial_payee_ref="U") + [
        reviewed("2024-01-06", "a")]
    yield "an end moved after the death", officer(1000000)[:2] + [
        event("MembershipEnded", on, membership_id="M1", last_day=last_day, reason="RESIGNED")
        for on, last_day in (("2024-01-20", "2024-01-20"), ("2024-01-25", "2024-02-10"))] + [
        died("2024-01-26", "2024-01-22")]
    yield "grace ends with the cover", [
        enrolled("2024-01-01", cover_to="2024-04-30"), paid("2024-01-01", "2024-01"),
        died("2024-05-02", "2024-05-01")]
    yield "grace ends before the cover", [
        enrolled("2024-01-01", cover_to="2024-05-01"), paid("2024-01-01", "2024-01"),
        died("2024-05-02", "2024-05-01")]
    dates = [contract.date_of("2023-12-31") - at * contract.DAY for at in range(66)]
    yield "documents completed too often", officer(1000000, rank="NONE") + [
        event("DocumentsCompleted", "2024-01-06", claim_id="C1",
              documents_complete_on=date.isoformat()) for date in dates]
    rising = [event("WageChanged", "2024-01-03T01:00:00Z", membership_id="M1",
                    wage_idr=6000000 + at, effective_from="2024-01-04") for at in range(66)]
    yield "a review for each of many totals", officer(5000000) + [
        made for raise_ in rising for made in (reviewed("2024-01-06", "a"), raise_)]
    yield "a province is no home", [enrolled("2024-01-01", region_home="36"),
                                    enrolled("2024-01-01", region_work="36")]
    for at, events in enumerate(parked()):
        yield "parked %d" % at, events
    yield "the region of a void membership", [
        enrolled("2024-01-01", region_home="51.71"), enrolled("2024-01-02", "M2"),
        event("EnrollmentVoided", "2024-01-02", membership_id="M1", reason="x"),
        moved("2024-01-01"), event("ExternalBenefitRecorded", "2024-01-03", payer="k", amount_idr=3,
                                   paid_on="2023-01-01", kind="s")]
    for seed in range(10):
        yield "payment status %d" % seed, statuses(seed)


CORNERS = dict(corners())
