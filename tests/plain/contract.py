"""What both sides of the plain implementation read: days and months, the tables of law, events.

The form of an event and the limits of its fields are those of the contract of events; the form of
the tables is that of docs/rules.md. Nothing here knows a participant.
"""
import calendar
import csv
import datetime
import os
import re

PROGRAMMES = ("JKK", "JKM", "JHT", "JP", "JKP")
SEGMENTS = ("PU", "PU_STATE", "BPU", "JAKON", "PMI")
SPONSORS = ("SELF", "EMPLOYER", "APBN", "APBD_PROV", "APBD_KABKOTA", "APBDES", "NPHD", "CSR",
            "SERTAKAN", "JAGA_SALIRA", "KORPRI")
WORK_CAUSES = ("WORK_ACCIDENT", "COMMUTE_ACCIDENT", "DUTY_TRAVEL", "OCCUPATIONAL_DISEASE",
               "SUDDEN_DEATH_AT_WORK")
CAUSES = WORK_CAUSES + ("ILLNESS", "NON_WORK_ACCIDENT", "UNKNOWN")
COMPONENTS = ("LUMP", "DEATH", "DISABILITY", "PERIODIC", "BURIAL", "INABILITY", "TRANSPORT",
              "TREATMENT", "HOME_CARE", "SCHOLARSHIP", "CASH")
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
    year, month = divmod(month, 12)
    return datetime.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def month_text(month):
    return "%04d-%02d" % (month // 12, month % 12 + 1)


def months_later(date, months):
    """Keeps the day, or takes the last one of a shorter month; there is no day after year 9999."""
    year, month = divmod(month_of(date) + months, 12)
    if year > 9999:
        return datetime.date.max
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
                  if row["parameter"] == name and row["segment"] in ("*", segment)]
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

    def relief_row(self, relief, segment, months):
        """The one row that all months fit; `months`: (month, sponsor kind, category) of each."""
        for row in self.reliefs:
            if (row["relief"] == relief and in_set(row["segments"], segment) and
                    all(row["first"] <= first_day(month) and
                        not after(last_day(month), row["last"]) and
                        in_set(row["sponsor_kinds"], sponsor_kind) and
                        in_set(row["categories"], category)
                        for month, sponsor_kind, category in months)):
                return row
        raise Refused("INVALID_FIELD")

    def benefit_rows(self, benefit, date):
        return [row for row in self.of_day(self.benefits, date) if row["benefit"] == benefit]

    def benefit_lines(self, benefit, date, wage, event):
        lines = []
        for row in self.benefit_rows(benefit, date):
            amount = self.amount(row, date, wage, event)
            if amount > 0:
                lines.append({"component": row["component"], "amount_idr": amount,
                              "rule": row["id"]})
        return in_order(lines)

    def amount(self, row, date, wage, event):
        """Rupiah; a division is cut, once."""
        formula, value = row["formula"], row["value"]
        if formula == "FIXED_IDR":
            return int(value)
        if formula == "WAGE_TIMES":
            return max(int(value) * wage, int(row["least_idr"]))
        if formula == "WAGE_TIMES_TABLE":
            return int(value) * wage * event.disability["table_bp"] // 10000
        if formula == "WAGE_TIMES_TABLE_LOSS":
            disability = event.disability
            return int(value) * wage * disability["table_bp"] * disability["loss_bp"] // 10 ** 8
        if formula == "INABILITY_PPM":
            days = sum(share * days_of_months(event, first, last)
                       for first, last, share in ranges(value))
            return wage * days // (30 * 10 ** 6)
        if formula == "COST_BY_MODE":
            costs = dict.fromkeys(("LAND", "SEA", "AIR"), 0)
            for way in event.transport:
                costs[way["mode"]] += way["cost_idr"]
            return sum(min(cost, int(cases(value)[mode])) for mode, cost in costs.items())
        if formula == "COST_AS_BILLED":
            return event.treatment["cost_idr"] if event.treatment else 0
        if formula == "COST_UP_TO":
            return min(event.home_care_idr, int(value))
        if formula == "FIXED_BY_LEVEL":
            return int(of_case(value, event.level))
        if formula == "CAPPED_WAGE_PPM":
            (cap,) = [int(cap["cap_idr"]) for cap in self.of_day(self.wage_caps, date)
                      if cap["programme"] == "JKP"]
            (share,) = [share for first, last, share in ranges(value)
                        if first <= event.month_number <= last]
            return min(wage, cap) * share // 10 ** 6
        raise AssertionError(formula)

    def years_of_scholarship(self, date, level):
        """(at most so many, counted at this level only)"""
        (row,) = self.benefit_rows("SCHOLARSHIP", date)
        return int(of_case(row["most_times"], level)), level in cases(row["most_times"])

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


def in_order(lines):
    return sorted(lines, key=lambda line: COMPONENTS.index(line["component"]))


def cases(value):
    """LAND=1000|SEA=2000"""
    return dict(case.split("=") for case in value.split("|"))


def of_case(value, word):
    return cases(value)[word if word in cases(value) else "*"]


def ranges(value):
    """1-6=1000|7-=500 as (first, last, number); without an end far more than is ever asked for."""
    for range, number in cases(value).items():
        first, last = range.split("-")
        yield int(first), int(last or 1000), int(number)


def unable(event):
    """The days of inability as numbers, the last not included."""
    first = (event.unable_from or event.accident_on).toordinal()
    return range(first, first + event.days_unable)


def days_of_months(event, first, last):
    """How many of them are in the months from first to last since the accident, the first is 1."""
    start = months_later(event.accident_on, first - 1).toordinal()
    days = unable(event)
    if last >= 1000:
        return len(range(max(days.start, start), days.stop))
    end = months_later(event.accident_on, last).toordinal()
    return len(range(max(days.start, start), min(days.stop, end)))


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


def list_of(read_one, most=None):
    def read(value, law):
        must(isinstance(value, list), "MALFORMED")
        whole = [read_one(one, law) for one in value]
        must(most is None or len(whole) <= most, "INVALID_FIELD")
        return whole
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
            "transport": list_of(record(mode=one_of("LAND", "SEA", "AIR"), cost_idr=money), 8),
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
    if "months" in event.body:
        must(event.month + event.months <= 10000 * 12, "INVALID_FIELD")
    if event.type == "ContributionPaid":
        named = [line["programme"] for line in event.lines]
        must(len(set(named)) == len(named), "INVALID_FIELD")
    if event.type == "DeathClaimFiled" and event.accident_on:
        must(event.accident_on <= event.died_on, "INVALID_FIELD")
    if event.type == "InjuryClaimFiled" and event.unable_from:
        must(event.unable_from >= event.accident_on, "INVALID_FIELD")
