"""A small log with everything in it, and every fraud that the audit must find in such a log.

A `Log` is the content of all topics, in memory. A fraud changes a copy of it and says where it was planted;
whoever calls it brings the changed copy onto a real Kafka, or into an archive. Outputs and journal are renumbered
from 0: a copy has no transaction markers.
"""
import base64
import copy
import hashlib
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import harness  # noqa: E402
import population  # noqa: E402
import wire  # noqa: E402

ONE_PARTITION = ("reference", "rules", "schema", "checkpoint")
ALL_TOPICS = wire.TOPICS + ["rules", "schema", "checkpoint"]
OUTPUTS = ("decision", "payment", "exception")
NEWER = 77  # id of a schema that is not jaga's own
LANE = 1    # where most frauds are planted; the other lane must agree all the same


# ---- The log

def payment_id(who, claim, membership, payee):
    text = "jaga.payment.v1\n%s\n%s\n%s\n%s" % (who, claim, membership, payee)
    return base64.b32encode(hashlib.blake2b(text.encode(), digest_size=32).digest())[:20].decode()


def status(who, time, what, payee=None, attempt=1):
    return {"type": "PaymentStatusReported", "id": "status-%s-%s-%d" % (who, what, attempt),
            "source": "/bank/demo", "time": time, "participant_id": who,
            "payment_id": payment_id(who, "C-" + who, who.replace("-", ""), payee or "ACC-" + who),
            "attempt": attempt, "status": what, "at": time, "bank_ref": None, "reason": None}


def reversed_payment(who, time, month):
    return {"type": "ContributionReversed", "id": "back-" + who, "source": "/kpu/36.71", "time": time,
            "participant_id": who, "membership_id": who.replace("-", ""), "month": month, "months": 1,
            "payment_ref": "R-%s-%s" % (who, month), "reason": "sent in error"}


def people(first, count):
    return [wire.person(first + n) for n in range(count)]


def held_and_paid():
    """Claims that are held, have two payees, come back from the bank; money that comes short or is taken back."""
    made = wire.story(range(4000, 4012)) + wire.story(range(4100, 4108)) + wire.story(range(4200, 4206))
    two_payees, unclear = people(4000, 12), people(4100, 4)
    for event in made:
        if event["type"] == "DeathClaimFiled" and event["participant_id"] in two_payees:
            event["burial_payee_ref"] = "BUR-" + event["participant_id"]
        if event["type"] == "DeathClaimFiled" and event["participant_id"] in unclear:
            event["cause"] = "UNKNOWN"
    for who in people(4200, 6):
        made += [status(who, "2024-02-13T01:00:00Z", "ACCEPTED"), status(who, "2024-02-14T01:00:00Z", "SETTLED"),
                 status(who, "2024-02-15T01:00:00Z", "INSTRUCTED")]  # goes back: a finding
    made.append(status(wire.person(4001), "2024-02-13T02:00:00Z", "ACCEPTED", payee="nobody"))
    for who in people(4300, 4):
        made += [wire.enrolled(who, "2024-02-01T01:00:00Z"),
                 wire.paid(who, "2024-02-03T01:00:00Z", "2024-02",
                           lines=[{"programme": "JKK", "amount_idr": 2640}, {"programme": "JKM", "amount_idr": 1}]),
                 wire.paid(who, "2024-03-03T01:00:00Z", "2024-03"),
                 reversed_payment(who, "2024-03-05T01:00:00Z", "2024-03")]
    return made


def in_order(events):
    return sorted(events, key=lambda event: wire.micros(event["time"]))


def first_part(scenario):
    made = population.bench(scenario, 30, 2) + wire.story(range(1000, 1010))
    made += list(population.with_late_documents(range(2000, 2004)))
    for number in range(3000, 3012, 4):
        made += population.unlawful(number)
    made += held_and_paid()
    return in_order(made + [dict(event) for event in made[::11]])  # sent twice


def second_part():
    return in_order(wire.story(range(5000, 5012))[:12] +
                    [wire.paid(who, "2024-06-02T01:00:00Z", "2024-06") for who in people(5000, 12)] +
                    [wire.death_claim(who, "2024-06-12T01:00:00Z", "2024-06-10") for who in people(5000, 12)])


def newer_schema():
    """Of a publisher that knows one field more."""
    schema = wire.Schema(wire.schema_text("enrollment"))
    schema.root["fields"].insert(1, {"name": "office", "type": ["null", "string"], "default": None})
    return wire.Schema(schema.root)


def send_newer(tool, scenario):
    schema = newer_schema()
    tool.produce("schema", 0, [(b"%d" % NEWER, schema.text.encode())])
    for who in people(6000, 8):
        event = wire.enrolled(who, "2024-02-01T02:00:00Z")
        tool.produce("enrollment", wire.partition_of(who, scenario.lanes), [
            (who.encode(), wire.value_of(event, schema, NEWER), wire.micros(event["time"]) // 1000)])


def other_rules(scenario, old="jkm-burial-2019", new="jkm-burial-2019-b"):
    """A folder of rules like ours but for the id of one row."""
    path = scenario.stack.path(scenario.prefix + "-rules-" + new)
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(os.path.join(harness.ROOT, "rules"), path)
    place = os.path.join(path, "benefits.csv")
    with open(place) as file:
        text = file.read()
    assert text.count("\n%s," % old) == 1
    with open(place, "w") as file:
        file.write(text.replace("\n%s," % old, "\n%s," % new))
    return path


def fill(scenario, tool, **env):
    """Two lanes, many batches, two bundles of rules, a foreign schema and every kind of output."""
    env = dict({"JAGA_BATCH_EVENTS_MAX": 8, "JAGA_INSTANCE_ID": "one"}, **env)
    scenario.init()
    send_newer(tool, scenario)
    tool.send(first_part(scenario))
    for lane in range(scenario.lanes):
        tool.produce("contribution", lane, [(b"x", b"\0\0\0\0\2nonsense", 1704412800000)])
    scenario.drain(**env)
    scenario.run("init", JAGA_RULES_DIR=other_rules(scenario))
    tool.send(second_part())
    scenario.drain(**env)


class Log:
    """Records of every topic by (topic, partition); an offset is a place in the list, unless a fraud gives `low`
    (the first offset that is left)."""

    def __init__(self, tool, lanes):
        self.lanes, self.records, self.low = lanes, {}, {}
        for topic in ALL_TOPICS:
            for partition in range(1 if topic in ONE_PARTITION else lanes):
                self.records[topic, partition] = [
                    (r["key"], r["value"], r["timestamp"]) for r in tool.read(topic, partition)]

    def copy(self):
        return copy.deepcopy(self)

    def __getitem__(self, place):
        return self.records[place]

    def values(self, topic, partition):
        return [wire.SCHEMAS[topic].decode(value[5:]) for _, value, _ in self[topic, partition]]

    def put(self, topic, partition, at, **fields):
        """Changes fields of an output in place."""
        key, value, stamp = self[topic, partition][at]
        record = wire.SCHEMAS[topic].decode(value[5:])
        changed = wire.frame(wire.SCHEMAS[topic].encode(dict(record, **fields)), wire.TOPICS.index(topic) + 1)
        assert changed != value, (topic, fields)
        self[topic, partition][at] = (key, changed, stamp)

    # ---- the journal

    def journal(self, lane):
        return self.values("journal", lane)

    def put_journal(self, lane, at, record, keep_chain=False):
        key, _, stamp = self["journal", lane][at]
        value = wire.journal_value(record)
        if keep_chain:
            value = value[:-32] + record["chain"]
        self["journal", lane][at] = (key, value, stamp)

    def chain_again(self, lane, start):
        """The clever one: every chain from `start` on fits again."""
        for at in range(start, len(self["journal", lane])):
            record = self.journal(lane)[at]
            if at > 0:
                record["body"]["previous"] = self.journal(lane)[at - 1]["chain"]
            self.put_journal(lane, at, record)

    def sequence_of(self, topic, lane, offset):
        """Of the batch that took an input, by its topic and offset."""
        index = wire.INPUTS.index(topic)
        for record in self.journal(lane):
            span = record["body"]["ranges"][index]
            if span["first"] <= offset < span["next"]:
                return record["body"]["sequence"]
        raise AssertionError("no batch took %s %d" % (topic, offset))


class Found:
    """What the audit must say: topic, partition, offset, words of `what` and the journal record in hand; and which
    lanes differ."""

    def __init__(self, topic, partition, offset, what, sequence=None, lanes=None, or_else=None):
        self.topic, self.partition, self.offset = topic, partition, offset
        self.what, self.sequence = what, sequence
        self.lanes, self.or_else = lanes or [partition], or_else

    def is_in(self, difference, prefix):
        said = {name: difference[name] for name in ("topic", "partition", "offset")}
        mine = {"topic": "%s.%s" % (prefix, self.topic), "partition": self.partition, "offset": self.offset}
        if said == mine and self.what in difference["what"] and \
                self.sequence in (None, difference["sequence"]):
            return True
        return self.or_else is not None and self.or_else.is_in(difference, prefix)


FRAUDS = []


def fraud(function):
    FRAUDS.append(function)
    return function


def middle(records, holds=lambda value: True):
    """Index of a record in the middle half for which `holds`."""
    for at in range(len(records) // 4, len(records)):
        if holds(records[at]):
            return at
    raise AssertionError("no such record")


# ---- Payments

def some_payment(log):
    return middle(log.values("payment", LANE))


@fraud
def payment_added(log):
    at = some_payment(log)
    payments = log["payment", LANE]
    payments.insert(at, payments[at])
    log.put("payment", LANE, at, payment_id="A" * 20, claim_id="C-nobody", payee_ref="ACC-thief")
    return Found("payment", LANE, at, "payment was added, or put out of order")


@fraud
def payment_added_at_the_end(log):
    payments = log["payment", LANE]
    payments.append(payments[-1])
    log.put("payment", LANE, -1, payment_id="A" * 20, claim_id="C-nobody", payee_ref="ACC-thief")
    return Found("payment", LANE, len(payments) - 1, "payment was added")


@fraud
def payment_removed(log):
    at = middle(log.values("payment", LANE), lambda p: "-b" not in p["lines"][0]["rule"])
    del log["payment", LANE][at]
    return Found("payment", LANE, at, "payment is missing")


@fraud
def payment_removed_that_was_the_last_of_its_batch(log):
    """In its place lies one of another batch."""
    payments = log.values("payment", LANE)
    at = next(at for at in range(len(payments) - 1) if payments[at]["sequence"] < payments[at + 1]["sequence"])
    del log["payment", LANE][at]
    return Found("payment", LANE, at, "payment is missing", sequence=payments[at]["sequence"])


@fraud
def last_payment_removed(log):
    payments = log["payment", LANE]
    sequence = log.values("payment", LANE)[-1]["sequence"]
    del payments[-1]
    return Found("payment", LANE, None, "payment is missing", sequence=sequence)


@fraud
def payment_doubled(log):
    at = some_payment(log)
    payments = log["payment", LANE]
    payments.insert(at, payments[at])
    return Found("payment", LANE, at + 1, "payment was doubled")


@fraud
def last_payment_doubled(log):
    payments = log["payment", LANE]
    payments.append(payments[-1])
    return Found("payment", LANE, len(payments) - 1, "payment was doubled")


@fraud
def payment_of_one_rupiah_more(log):
    at = some_payment(log)
    log.put("payment", LANE, at, amount_idr=log.values("payment", LANE)[at]["amount_idr"] + 1)
    return Found("payment", LANE, at, "payment was changed: amount_idr")


@fraud
def payment_of_one_rupiah_less_in_the_other_lane(log):
    log.put("payment", 0, 0, amount_idr=log.values("payment", 0)[0]["amount_idr"] - 1)
    return Found("payment", 0, 0, "payment was changed: amount_idr")


@fraud
def payment_to_another_payee(log):
    at = some_payment(log)
    log.put("payment", LANE, at, payee_ref="ACC-thief")
    return Found("payment", LANE, at, "payment was changed: payee_ref")


@fraud
def payment_to_another_payee_with_the_id_of_that(log):
    at = some_payment(log)
    old = log.values("payment", LANE)[at]
    log.put("payment", LANE, at, payee_ref="ACC-thief", payment_id=payment_id(
        old["participant_id"], old["claim_id"], old["membership_id"], "ACC-thief"))
    return Found("payment", LANE, at, "payment was")


@fraud
def payment_under_another_key(log):
    at = some_payment(log)
    _, value, stamp = log["payment", LANE][at]
    log["payment", LANE][at] = (b"P-000000", value, stamp)
    return Found("payment", LANE, at, "payment was changed: key or timestamp")


@fraud
def payment_dated_back(log):
    at = some_payment(log)
    key, value, stamp = log["payment", LANE][at]
    log["payment", LANE][at] = (key, value, stamp - 1)
    return Found("payment", LANE, at, "payment was changed: key or timestamp")


@fraud
def payment_moved_to_the_other_lane(log):
    at = some_payment(log)
    log["payment", 0].append(log["payment", LANE].pop(at))
    return Found("payment", LANE, at, "payment is missing", lanes=[0, 1])


@fraud
def payment_from_the_future_at_the_end(log):
    """As if a later batch, which nobody knows, had put it out."""
    payments = log["payment", LANE]
    payments.append(payments[-1])
    log.put("payment", LANE, -1, sequence=1000000)
    return Found("payment", LANE, len(payments) - 1, "payment was added")


@fraud
def payments_first_records_removed_by_retention(log):
    log.low["payment", LANE] = 3
    return Found("payment", LANE, 3, "payment is missing")


@fraud
def all_payments_removed(log):
    log["payment", LANE].clear()
    return Found("payment", LANE, None, "payment is missing")


@fraud
def forged_with_everything_that_follows(log):
    """A payment of one rupiah more; its batch's totals and all later chains say the same."""
    at = some_payment(log)
    old = log.values("payment", LANE)[at]
    log.put("payment", LANE, at, amount_idr=old["amount_idr"] + 1)
    record = log.journal(LANE)[old["sequence"] - 1]
    record["body"]["payments_idr"] += 1
    record["body"]["outputs_root"] = hashlib.blake2b(b"another", digest_size=32).digest()
    log.put_journal(LANE, old["sequence"] - 1, record)
    log.chain_again(LANE, old["sequence"] - 1)
    return Found("payment", LANE, at, "payment was changed: amount_idr", sequence=old["sequence"])


# ---- Decisions

def with_rule(decision, new):
    lines = copy.deepcopy(decision["lines"])
    lines[0]["rule"] = new
    return lines


@fraud
def decision_under_a_rule_not_in_force(log):
    """The amount is right, the row of law is one of years before."""
    at = middle(log.values("decision", LANE), lambda d: d["lines"])
    log.put("decision", LANE, at, lines=with_rule(log.values("decision", LANE)[at], "jkm-burial-2015"))
    return Found("decision", LANE, at, "decision was changed: lines")


@fraud
def decision_under_the_rules_of_later(log):
    """The same row as it is called in the second bundle, and that bundle's hash."""
    decisions = log.values("decision", LANE)
    at = middle(decisions, lambda d: any(line["rule"] == "jkm-burial-2019" for line in d["lines"]))
    lines = [dict(line, rule="jkm-burial-2019-b") if line["rule"] == "jkm-burial-2019" else line
             for line in decisions[at]["lines"]]
    log.put("decision", LANE, at, lines=lines, rules=decisions[-1]["rules"])
    assert decisions[-1]["rules"] != decisions[at]["rules"]
    return Found("decision", LANE, at, "decision was changed: lines")


@fraud
def decision_reordered(log):
    at = middle(log["decision", LANE])
    decisions = log["decision", LANE]
    decisions[at], decisions[at + 1] = decisions[at + 1], decisions[at]
    return Found("decision", LANE, at, "decision")


@fraud
def verdict_turned(log):
    at = middle(log.values("decision", LANE), lambda d: d["verdict"] == "HELD")
    log.put("decision", LANE, at, verdict="APPROVED")
    return Found("decision", LANE, at, "decision was changed: verdict")


@fraud
def unreadable_decision(log):
    at = middle(log["decision", LANE])
    key, value, stamp = log["decision", LANE][at]
    log["decision", LANE][at] = (key, value[:-1], stamp)
    return Found("decision", LANE, at, "decision")


# ---- Exceptions

@fraud
def exception_removed(log):
    at = middle(log["exception", LANE])
    del log["exception", LANE][at]
    return Found("exception", LANE, at, "exception is missing")


@fraud
def exception_softened(log):
    at = middle(log.values("exception", LANE), lambda e: e["severity"] == "REJECTED")
    log.put("exception", LANE, at, severity="FINDING")
    return Found("exception", LANE, at, "exception was changed: severity")


# ---- The journal

@fraud
def journal_body_changed(log):
    at = middle(log["journal", LANE])
    record = log.journal(LANE)[at]
    record["body"]["payments_idr"] += 1
    log.put_journal(LANE, at, record, keep_chain=True)
    return Found("journal", LANE, at, "its chain is not of its body", sequence=at + 1)


@fraud
def journal_chain_changed(log):
    at = middle(log["journal", LANE])
    record = log.journal(LANE)[at]
    record["chain"] = bytes([record["chain"][0] ^ 1]) + record["chain"][1:]
    log.put_journal(LANE, at, record, keep_chain=True)
    return Found("journal", LANE, at, "its chain is not of its body", sequence=at + 1)


@fraud
def journal_record_removed(log):
    at = middle(log["journal", LANE])
    del log["journal", LANE][at]
    return Found("journal", LANE, at, "removed, added or put elsewhere: sequence")


@fraud
def journal_first_record_removed(log):
    del log["journal", LANE][0]
    return Found("journal", LANE, 0, "removed, added or put elsewhere: sequence")


@fraud
def journal_removed_by_retention(log):
    log.low["journal", LANE] = 2
    return Found("journal", LANE, 0, "journal records were removed")


@fraud
def journal_records_swapped(log):
    at = middle(log["journal", LANE])
    journal = log["journal", LANE]
    journal[at], journal[at + 1] = journal[at + 1], journal[at]
    return Found("journal", LANE, at, "removed, added or put elsewhere: sequence")


@fraud
def journal_record_doubled(log):
    at = middle(log["journal", LANE])
    log["journal", LANE].insert(at, log["journal", LANE][at])
    return Found("journal", LANE, at + 1, "removed, added or put elsewhere: sequence")


@fraud
def journal_of_the_other_lane(log):
    log["journal", LANE][0] = log["journal", 0][0]
    return Found("journal", LANE, 0, "journal record")


@fraud
def journal_without_its_end(log):
    """The last record that put something out is gone, and all behind it: its outputs hang in the air."""
    bodies = [record["body"] for record in log.journal(LANE)]
    at = max(at for at, body in enumerate(bodies) if body["payments"])
    del log["journal", LANE][at:]
    return Found("decision", LANE, next(
        n for n, d in enumerate(log.values("decision", LANE)) if d["sequence"] > at), "decision was added")


def changed_and_chained_again(name, change):
    """A field of a body changed, and every chain after it computed again, so that only the replay can tell."""
    def plant(log):
        at = middle([record["body"] for record in log.journal(LANE)], lambda body: body["payments"])
        record = log.journal(LANE)[at]
        record["body"][name] = change(record["body"][name])
        log.put_journal(LANE, at, record)
        log.chain_again(LANE, at)
        return Found("journal", LANE, at, name, sequence=at + 1)
    plant.__name__ = "journal_%s_changed_and_chained_again" % name
    FRAUDS.append(plant)


def flipped(data):
    return data[:7] + bytes([data[7] ^ 0x40]) + data[8:]


for field in ("payments_idr", "decisions", "applied", "duplicates", "rejected", "lanes", "lane"):
    changed_and_chained_again(field, lambda value: value + 1)
for field in ("outputs_root", "state_digest", "rules", "log_id"):
    changed_and_chained_again(field, flipped)


@fraud
def journal_another_clock(log):
    """The end of a clock a microsecond later. Where nothing that was put out depends on it, the journal's word stands
    alone; but the next record says that it was earlier."""
    bodies = [record["body"] for record in log.journal(LANE)]
    at = next(at for at in range(len(bodies) - 1) if bodies[at]["now"] == bodies[at + 1]["now"] and not any(
        bodies[at + 1][name] for name in ("decisions", "payments", "exceptions", "timers")))
    record = log.journal(LANE)[at]
    record["body"]["now"] += 1
    log.put_journal(LANE, at, record)
    log.chain_again(LANE, at)
    return Found("journal", LANE, at + 1, "now", sequence=at + 2)


@fraud
def journal_skips_an_input(log):
    """A batch that leaves out the last record it took, and the next one that begins with it: who looks at the
    order sees it, since the records between are merged by time."""
    index, at = next((i, n) for n, r in enumerate(log.journal(LANE)) if n > 5
                     for i, s in enumerate(r["body"]["ranges"]) if s["count"] > 2)
    record = log.journal(LANE)[at]
    record["body"]["ranges"][index]["first"] += 1
    record["body"]["ranges"][index]["count"] -= 1
    log.put_journal(LANE, at, record)
    log.chain_again(LANE, at)
    return Found("journal", LANE, at, "a range does not begin where the last one ended", sequence=at + 1)


# ---- Inputs

def batch_with(log, topic, count):
    """A range of the topic with so many records, in the middle."""
    index = wire.INPUTS.index(topic)
    bodies = [record["body"] for record in log.journal(LANE)]
    return bodies[middle(bodies, lambda body: body["ranges"][index]["count"] >= count)], index


def inputs_begin(log, body):
    """Where a batch begins: the places that may be named when only the digest over all its inputs differs."""
    return {wire.INPUTS[i]: span["first"] for i, span in enumerate(body["ranges"]) if span["count"]}


@fraud
def input_changed_within_a_batch(log):
    """The journal keeps one digest over the batch: the audit names the batch, not the record."""
    body, index = batch_with(log, "contribution", 3)
    at = body["ranges"][index]["first"] + 1
    key, value, stamp = log["contribution", LANE][at]
    log["contribution", LANE][at] = (key, value[:-1] + bytes([value[-1] ^ 2]), stamp)
    topic, offset = next(iter(inputs_begin(log, body).items()))
    return Found(topic, LANE, offset, "not those that the journal applied", sequence=body["sequence"])


@fraud
def input_that_is_the_last_of_its_batch_changed(log):
    body, index = batch_with(log, "claim", 1)
    at = body["ranges"][index]["next"] - 1
    key, value, stamp = log["claim", LANE][at]
    log["claim", LANE][at] = (key, value, stamp + 1)
    return Found("claim", LANE, at, "not the one that the journal applied", sequence=body["sequence"])


@fraud
def inputs_swapped(log):
    """All there, in another order."""
    body, index = batch_with(log, "enrollment", 4)
    span, records = body["ranges"][index], log["enrollment", LANE]
    at = next(at for at in range(span["first"], span["next"] - 2) if records[at] != records[at + 1])
    records[at], records[at + 1] = records[at + 1], records[at]
    topic, offset = next(iter(inputs_begin(log, body).items()))
    return Found(topic, LANE, offset, "not those that the journal applied", sequence=body["sequence"])


@fraud
def input_taken_out(log):
    """What comes after it moves up: the first batch whose last record is another one is named."""
    body, index = batch_with(log, "contribution", 3)
    del log["contribution", LANE][body["ranges"][index]["first"] + 1]
    return Found("contribution", LANE, body["ranges"][index]["next"] - 1, "not the one that the journal applied",
                 sequence=body["sequence"])


@fraud
def last_input_taken_out(log):
    del log["claim", LANE][-1]
    return Found("claim", LANE, len(log["claim", LANE]), "is not there")


@fraud
def input_removed_by_retention(log):
    log.low["enrollment", LANE] = 4
    return Found("enrollment", LANE, 0, "input records were removed")


@fraud
def input_topic_replaced(log):
    """As many records, of other people."""
    count = len(log["claim", LANE])
    first = next(r["body"] for r in log.journal(LANE) if r["body"]["ranges"][2]["count"])
    log["claim", LANE][:] = [(b"P-%06d" % n, b"\0\0\0\0\3nothing", 1704412800000) for n in range(count)]
    return Found("claim", LANE, first["ranges"][2]["next"] - 1, "not the one that the journal applied",
                 sequence=first["sequence"])


@fraud
def input_topic_emptied(log):
    first = next(r["body"] for r in log.journal(LANE) if r["body"]["ranges"][2]["count"])
    log["claim", LANE].clear()
    return Found("claim", LANE, first["ranges"][2]["next"] - 1, "is not there", sequence=first["sequence"])


# ---- The law

def bundles(log):
    return [at for at, (key, value, _) in enumerate(log["rules", 0])
            if key == hashlib.blake2b(value, digest_size=32).hexdigest().encode()]


def first_with_rules(log, lane, which):
    hashes = [record["body"]["rules"] for record in log.journal(lane)]
    wanted = hashes[0] if which == 0 else hashes[-1]
    assert hashes[0] != hashes[-1]
    return hashes.index(wanted)


@fraud
def bundle_replaced(log):
    """The second bundle was another one all the time, under its right hash."""
    at = bundles(log)[1]
    _, value, stamp = log["rules", 0][at]
    other = value.replace(b"jkm-burial-2019-b", b"jkm-burial-2019-c")
    assert other != value
    log["rules", 0][at] = (hashlib.blake2b(other, digest_size=32).hexdigest().encode(), other, stamp)
    return Found("rules", 0, at, "rules", lanes=[0, 1])


@fraud
def bundle_changed_under_its_hash(log):
    """What has another hash than its key is no bundle, and the one before is taken."""
    at = bundles(log)[1]
    key, value, stamp = log["rules", 0][at]
    log["rules", 0][at] = (key, value.replace(b"jkm-burial-2019-b", b"jkm-burial-2019-c"), stamp)
    return Found("rules", 0, bundles(log)[0], "rules", lanes=[0, 1])


@fraud
def first_bundle_gone(log):
    at = bundles(log)[0]
    key, value, stamp = log["rules", 0][at]
    log["rules", 0][at] = (key, b"nothing", stamp)
    return Found("rules", 0, None, "rules", lanes=[0, 1])


@fraud
def schema_gone(log):
    """Events that could be read cannot be read any more, and what cannot be read has no place in time."""
    at = next(at for at, (key, _, _) in enumerate(log["schema", 0]) if key == b"%d" % NEWER)
    log["schema", 0][at] = (b"78",) + log["schema", 0][at][1:]
    taken = [at for at, (_, value, _) in enumerate(log["enrollment", LANE])
             if value[:5] == wire.frame(b"", NEWER)]
    sequence = min(log.sequence_of("enrollment", LANE, at) for at in taken)
    topic, offset = next(iter(inputs_begin(log, log.journal(LANE)[sequence - 1]["body"]).items()))
    before = sum(e["sequence"] < sequence for e in log.values("exception", LANE))
    return Found(topic, LANE, offset, "or not in its order: inputs_digest", sequence=sequence, lanes=[0, 1],
                 or_else=Found("exception", LANE, before, "exception is missing", sequence=sequence))


@fraud
def another_log(log):
    key, value, stamp = log["rules", 0][0]
    assert key == b"log"
    log["rules", 0][0] = (key, value.replace(value[11:15], b"0bad"), stamp)
    return Found("journal", LANE, 0, "log_id", lanes=[0, 1])
