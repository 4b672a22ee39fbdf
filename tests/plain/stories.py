"""How a stream begins: a participant to whom something happens, so that much can be turned later.

Each story enrols, pays and claims, mostly in order and close to a limit: of days, months, years of
school, filing. What comes after it in a stream is left to chance.
"""
import contract
from contract import DAY, months_later

FIRST_ROWS, NEW_BENEFITS = contract.date_of("2015-07-01"), contract.date_of("2019-12-02")
FIRST_JKP, NEW_JKP = contract.date_of("2022-02-01"), contract.date_of("2025-02-07")


def death(stream, person):
    """Enrolled in time, paid for some months, dead within cover."""
    for at in range(stream.pick((1, 1, 2))):
        event = stream.enrolled(person) or {}
        first = stream.now.date() - stream.pick((0, 0, 0, 1, 29, 30)) * DAY
        if stream.chance(0.3):
            event.update(segment="PU", risk_group=1, wage_idr=stream.pick((4750000, 4750001)))
        event.update(cover_from=first.isoformat(), membership_id="M%d" % (at + 1), birth_date=None,
                     programmes=stream.pick((["JKK", "JKM"], ["JKK", "JKM"], ["JKK"], ["JKM"])))
        if event["cover_to"]:
            event["cover_to"] = (first + stream.pick((60, 100, 365)) * DAY).isoformat()
        stream.put(person, event)
    for _ in range(stream.random.randrange(6)):
        stream.put(person, stream.contribution(person))
        stream.now += stream.random.randrange(stream.pick((10, 32, 32, 150))) * DAY
    if stream.chance(0.3):
        stream.put(person, {"type": "WageChanged", "membership_id": "M1",
                            "wage_idr": stream.pick(stream.WAGES), "effective_from": stream.day()})
    for _ in range(stream.pick((1, 1, 2))):
        stream.put(person, with_documents(stream, stream.filed(person)))


def with_documents(stream, claim):
    if claim["documents_complete_on"] is None and stream.chance(0.5):
        claim["documents_complete_on"] = stream.now.date().isoformat()
    return claim


def enrol(stream, person, member="M1", programmes=("JKK", "JKM"), segment=None, **other):
    stream.put(person, {
        "type": "Enrolled", "membership_id": member, "segment": segment or stream.pick(
            ("PU", "PU", "BPU", "PU_STATE", "JAKON")),
        "category": "KARYAWAN", "programmes": list(programmes), "region_home": "36.71",
        "sponsor": {"kind": "EMPLOYER"}, "risk_group": 1, "wage_idr": stream.pick(stream.WAGES),
        "cover_from": (stream.now.date() - stream.pick((0, 0, 0, 30)) * DAY).isoformat(), **other})


def pay(stream, person, month, months, member_id="M1"):
    """Exactly what is due, 24 months at most at once."""
    member = stream.known(person).memberships.get(member_id)
    for start in range(month, month + months, 24):
        event = {"type": "ContributionPaid", "membership_id": member_id, "relief": None,
                 "month": contract.month_text(start), "months": min(24, month + months - start),
                 "paid_at": stream.now.isoformat().replace("+00:00", "Z"),
                 "payment_ref": "S%d" % len(stream.events)}
        event["lines"] = stream.costs(member, event)
        stream.put(person, event)


def injury(stream, person):
    """An accident within cover, near a change of the law if one is near; then more claims for it,
    one of them when the time to claim is nearly over."""
    enrol(stream, person, cover_to=None)
    pay(stream, person, contract.month_of(stream.now.date()), stream.pick((1, 6, 24)))
    if stream.chance(0.2):
        stream.put(person, stream.wage_changed(person))
    on = stream.now.date() + stream.random.randrange(60) * DAY
    for turn in (FIRST_ROWS, NEW_BENEFITS):
        if abs((on - turn).days) < 70 and stream.chance(0.8):
            on = max(stream.now.date(), turn + stream.pick((-1, 0)) * DAY)
    stream.accidents.append((on, on, 45))
    stream.move_to(on + stream.pick((0, 0, 1, 40)) * DAY)
    for _ in range(stream.pick((1, 2, 2, 4))):
        stream.put(person, with_documents(stream, stream.injured(person, on)))
        if stream.chance(0.4):
            stream.put_some(person, stream.reviewed(person))
    if stream.chance(0.25):
        months = stream.law.parameter("EXPIRY_MONTHS", on)
        stream.move_to(months_later(on, months) + stream.pick((-1, 0, 1)) * DAY)
        stream.put(person, with_documents(stream, stream.injured(person, on)))


def scholarship(stream, person):
    """A parent who is dead or disabled, children who go to school before and after it is known."""
    segment = stream.pick(("PU", "PU", "BPU", "JAKON"))
    enrol(stream, person, segment=segment, cover_to=None)
    start = contract.month_of(stream.now.date())
    needed = stream.law.parameter("SCHOLARSHIP_PAID_MONTHS", stream.now.date())
    months = needed + stream.pick((-1, 0, 0, 0, 1, 12))
    if stream.chance(0.5):
        pay(stream, person, start, months)
    else:  # the rest of the months is of another membership, and some are of both
        enrol(stream, person, "M2", segment=stream.pick((segment, "PU")), cover_to=None)
        share = stream.random.randrange(1, months)
        pay(stream, person, start, share)
        over = stream.pick((0, 0, 1, 2))
        pay(stream, person, max(start, start + share - over), months - share + over, "M2")
    if stream.chance(0.4):
        stream.put(person, stream.child(person))
    last = contract.first_day(start + needed - 1 + stream.pick((-1, 0, 0, 0, 1)))
    if stream.chance(0.75):
        stream.move_to(last + stream.random.randrange(28) * DAY)
        if abs((stream.now.date() - NEW_BENEFITS).days) < 70 and stream.chance(0.8):
            stream.move_to(NEW_BENEFITS + stream.pick((-1, 0)) * DAY)
    today = stream.now.date().isoformat()
    if stream.chance(0.5):
        stream.put(person, stream.child(person))
    parent = stream.filed(person) if stream.chance(0.8) else stream.injured(person)
    parent.update(membership_id="M1", claim_id=person + "-C0", accident_on=None,
                  documents_complete_on=today if stream.chance(0.85) else None)
    if parent["type"] == "DeathClaimFiled":
        parent.update(died_on=today, cause=stream.pick(("ILLNESS", "ILLNESS", "WORK_ACCIDENT")))
    else:
        parent.update(accident_on=today, disability={"kind": "TOTAL", "table_bp": 0, "loss_bp": 0},
                      unable_from=None, cause="DUTY_TRAVEL")
    stream.put(person, parent)
    for _ in range(stream.random.randrange(12)):
        if stream.chance(0.15):
            stream.put_some(person, stream.documents(person))
        if stream.chance(0.1):
            stream.now += 365 * DAY
        stream.put(person, with_documents(stream, stream.child(person)))
    for _ in range(stream.random.randrange(3)):
        stream.put_some(person, stream.reversed(person))


def job_loss(stream, person):
    """Dismissed after about twelve paid months, near a change of the law if one is near."""
    enrol(stream, person, segment="PU" if stream.chance(0.93) else "PU_STATE",
          programmes=("JKK", "JKM", "JHT", "JP", "JKP") if stream.chance(0.9) else ("JKK", "JKM"),
          wage_idr=stream.pick((3, 3333333, 4999999, 5000000, 5000001, 12000000)), cover_to=None)
    start = contract.month_of(stream.now.date())
    pay(stream, person, start + stream.pick((0, 0, 0, 1)), stream.pick((11, 12, 12, 13, 30)))
    if stream.chance(0.2):
        stream.put(person, stream.wage_changed(person))
    on = contract.first_day(start + stream.pick((11, 12, 13, 14, 24, 25, 26)))
    on += stream.random.randrange(28) * DAY
    for turn in (FIRST_JKP, NEW_JKP):
        if abs((on - turn).days) < 200 and stream.chance(0.8):
            on = turn + stream.pick((-1, 0)) * DAY
    stream.dismissals.append(on)
    stream.move_to(on + stream.pick((-1, 0, 1, 20)) * DAY)
    ended = {"type": "MembershipEnded", "membership_id": "M1", "last_day": on.isoformat(),
             "reason": "DISMISSED" if stream.chance(0.9) else "RESIGNED"}
    early = stream.chance(0.3)
    if not early:
        stream.put(person, ended)
    for at in range(stream.random.randrange(1, 8)):
        claim = stream.lost(person, at % 6 + 1)
        claim["dismissed_on"] = on.isoformat()
        stream.put(person, with_documents(stream, claim))
        if early and stream.chance(0.4):
            stream.put(person, ended)
        if stream.chance(0.3):
            stream.put_some(person, stream.reviewed(person))
        stream.now += stream.pick((0, 0, 1, 30, 31)) * DAY
    if stream.chance(0.3):
        stream.put_some(person, stream.reversed(person))
