"""Bytes on the wire for the tests: events as jaga's own schemas write them, Kafka's hash of a key, and the
program kafka_tool, which does to topics what nobody should.

An event is a flat object as in JSON Lines (events.md); `Wire` turns it into a record and sends it.
"""
import datetime
import hashlib
import json
import os
import struct
import subprocess

import harness

TOOL = os.environ.get("KAFKA_TOOL", os.path.join(
    os.path.dirname(harness.JAGA), "tests", "integration", "kafka_tool"))
TOPICS = ["enrollment", "contribution", "claim", "payment-status", "reference", "decision", "payment",
          "exception", "journal"]
INPUTS = TOPICS[:4]
RIGHT_SETTINGS = {
    "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": "9223372036854775807",
    "message.timestamp.before.max.ms": "9223372036854775807",
}


def schema_text(topic):
    with open(os.path.join(harness.ROOT, "schemas", "jaga.%s.avsc" % topic)) as file:
        return file.read()


def digest(value):
    return hashlib.blake2b(value, digest_size=32).hexdigest()


def partition_of(key, partitions):
    """murmur2 as Java's default partitioner uses it."""
    data = key.encode()
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    for at in range(0, len(data) - 3, 4):
        k = int.from_bytes(data[at:at + 4], "little") * m & mask
        k ^= k >> 24
        h = (h * m & mask) ^ (k * m & mask)
    rest = data[len(data) & ~3:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h ^= h >> 13
    h = h * m & mask
    h ^= h >> 15
    return (h & 0x7FFFFFFF) % partitions


def micros(time):
    if isinstance(time, int):
        return time
    moment = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    return int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) /
               datetime.timedelta(microseconds=1))


def at(micro):
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + \
        datetime.timedelta(microseconds=micro)
    return moment.isoformat().replace("+00:00", "Z")


def days(date):
    if isinstance(date, int):
        return date
    return (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days


class Schema:
    """An Avro schema: enough of the format for what the tests write and read."""

    def __init__(self, text):
        self.text = text if isinstance(text, str) else json.dumps(text)
        self.root = json.loads(self.text)
        self.names = {}
        self._name(self.root)

    def _name(self, kind):
        if isinstance(kind, list):
            for branch in kind:
                self._name(branch)
        elif isinstance(kind, dict):
            if "name" in kind and kind["type"] in ("record", "enum", "fixed"):
                self.names[kind["name"]] = kind
            for field in kind.get("fields", ()):
                self._name(field["type"])
            self._name(kind.get("items"))
            if isinstance(kind["type"], (dict, list)):
                self._name(kind["type"])

    def _resolve(self, kind):
        return self.names.get(kind, kind) if isinstance(kind, str) else kind

    def encode(self, value):
        return self._write(self.root, value)

    def _write(self, kind, value):
        kind = self._resolve(kind)
        if isinstance(kind, list):
            return self._write_union(kind, value)
        name = kind if isinstance(kind, str) else kind["type"]
        if name == "record":
            return b"".join(self._write_field(field, value) for field in kind["fields"])
        if name == "array":
            items = b"".join(self._write(kind["items"], item) for item in value)
            return (long_bytes(len(value)) + items if value else b"") + b"\0"
        if name == "enum":
            return long_bytes(kind["symbols"].index(value))
        if name == "fixed":
            return value
        if name == "null":
            return b""
        if name == "boolean":
            return b"\1" if value else b"\0"
        if name in ("string", "bytes"):
            data = value.encode() if isinstance(value, str) else value
            return long_bytes(len(data)) + data
        if isinstance(kind, dict) and kind.get("logicalType") == "date":
            value = days(value)
        if isinstance(kind, dict) and kind.get("logicalType") == "timestamp-micros":
            value = micros(value)
        return long_bytes(value)

    def _write_field(self, field, record):
        value = record.get(field["name"], field.get("default"))
        if field["name"] == "month" and isinstance(value, str):
            value = int(value.replace("-", ""))
        return self._write(field["type"], value)

    def _write_union(self, kind, value):
        branches = [self._resolve(branch) for branch in kind]
        if isinstance(value, tuple):
            chosen = [isinstance(b, dict) and b.get("name") == value[0] for b in branches]
            index, value = chosen.index(True), value[1]
        else:
            index = branches.index("null") if value is None else \
                [b != "null" for b in branches].index(True)
        return long_bytes(index) + self._write(kind[index], value)

    def decode(self, data):
        value, rest = self._read(self.root, data)
        assert rest == b"", rest
        return value

    def _read(self, kind, data):
        kind = self._resolve(kind)
        if isinstance(kind, list):
            index, data = long_from(data)
            return self._read(kind[index], data)
        name = kind if isinstance(kind, str) else kind["type"]
        if name == "record":
            record = {}
            for field in kind["fields"]:
                record[field["name"]], data = self._read(field["type"], data)
            return record, data
        if name == "array":
            items = []
            count, data = long_from(data)
            while count:
                for _ in range(count):
                    item, data = self._read(kind["items"], data)
                    items.append(item)
                count, data = long_from(data)
            return items, data
        if name == "fixed":
            return data[:kind["size"]], data[kind["size"]:]
        if name in ("string", "bytes"):
            length, data = long_from(data)
            text = data[:length]
            return text.decode() if name == "string" else text, data[length:]
        if name == "null":
            return None, data
        number, data = long_from(data)
        return kind["symbols"][number] if name == "enum" else number, data


def long_bytes(number):
    bits = (number << 1) ^ (number >> 63)
    out = bytearray()
    while bits > 0x7F:
        out.append(bits & 0x7F | 0x80)
        bits >>= 7
    out.append(bits)
    return bytes(out)


def long_from(data):
    bits = shift = used = 0
    while True:
        byte = data[used]
        bits |= (byte & 0x7F) << shift
        used += 1
        shift += 7
        if byte < 0x80:
            return (bits >> 1) ^ -(bits & 1), data[used:]


SCHEMAS = {topic: Schema(schema_text(topic)) for topic in TOPICS}
TOPIC_OF_TYPE = {branch["name"]: topic for topic in TOPICS[:5]
                 for field in SCHEMAS[topic].root["fields"] if field["name"] == "body"
                 for branch in field["type"]}


def frame(payload, schema_id):
    return b"\0" + struct.pack(">I", schema_id) + payload


def value_of(event, schema=None, schema_id=None):
    """The record's value for a flat event, by jaga's own schema or another one."""
    topic = TOPIC_OF_TYPE[event["type"]]
    record = dict(event, body=(event["type"], event))
    return frame((schema or SCHEMAS[topic]).encode(record), schema_id or TOPICS.index(topic) + 1)


class Wire:
    """kafka_tool for one scenario. Use as a context."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.process = subprocess.Popen(
            [TOOL, "127.0.0.1:%d" % scenario.stack.kafka_port], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def topic(self, name):
        return "%s.%s" % (self.scenario.prefix, name)

    def ask(self, do, expect=True, **words):
        self.process.stdin.write(json.dumps(dict(words, do=do)) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if answer["ok"] != expect:
            raise AssertionError("%s %s: %s" % (do, words.get("topic", ""), answer))
        return answer

    def produce(self, topic, partition, records):
        """Records are (key, value) or (key, value, milliseconds), in bytes or None."""
        self.ask("produce", topic=self.topic(topic), partition=partition, records=[
            {"key": None if r[0] is None else r[0].hex(),
             "value": None if r[1] is None else r[1].hex(),
             "timestamp": r[2] if len(r) > 2 else 0} for r in records])

    def send(self, events, timestamps="time"):
        """Events to their topics and lanes, each topic in the order given. The Kafka timestamp is the
        event's time ("time") or the wall clock (None)."""
        places = {}
        for event in events:
            key = event["participant_id"]
            topic = TOPIC_OF_TYPE[event["type"]]
            lane = partition_of(key, self.scenario.lanes)
            stamp = micros(event["time"]) // 1000 if timestamps == "time" else 0
            places.setdefault((topic, lane), []).append((key.encode(), value_of(event), stamp))
        for (topic, lane), records in places.items():
            self.produce(topic, lane, records)

    def read(self, topic, partition, start=None, uncommitted=False):
        words = {} if start is None else {"from": start}
        records = self.ask("read", topic=self.topic(topic), partition=partition,
                           uncommitted=uncommitted, **words)["records"]
        for record in records:
            for part in ("key", "value"):
                record[part] = None if record[part] is None else bytes.fromhex(record[part])
            record["headers"] = {name: bytes.fromhex(value).decode()
                                 for name, value in record["headers"].items()}
        return records

    def journal(self, lane):
        """The journal of a lane, decoded: body and chain."""
        return [SCHEMAS["journal"].decode(record["value"][5:])
                for record in self.read("journal", lane)]


def is_shown(scenario):
    """Redis holds view and copy at the end of the journal, in every lane."""
    redis = scenario.stack.redis()
    metas = [redis.hash("jaga:{%d}:meta" % lane) for lane in range(scenario.lanes)]
    redis.close()
    with Wire(scenario) as tool:
        ends = [b"%d" % tool.journal(lane)[-1]["body"]["sequence"] for lane in range(scenario.lanes)]
    return all(meta.get(b"view_sequence") == meta.get(b"copy_sequence") == end
               for meta, end in zip(metas, ends))


def journal_value(record):
    """A journal record's bytes with the chain that fits its body."""
    body = SCHEMAS["journal"]
    bytes_of_body = body._write(body.names["JournalBody"], record["body"])
    chain = hashlib.blake2b(bytes_of_body, digest_size=32).digest()
    return frame(bytes_of_body + chain, 9)


# ---- People: a wage earner of the state, enrolled and paid, and the claim of the heirs

def person(number, lanes=2, lane=None):
    """An id; with `lane`, the first from `number` on that lives there."""
    while lane is not None and partition_of("P-%06d" % number, lanes) != lane:
        number += 1
    return "P-%06d" % number


def enrolled(who, time, event="enrol", membership=None, **more):
    return dict({
        "type": "Enrolled", "id": "%s-%s" % (event, who), "source": "/kpu/36.71", "time": time,
        "participant_id": who, "membership_id": membership or who.replace("-", ""),
        "segment": "PU_STATE", "category": "KPPS", "programmes": ["JKK", "JKM"],
        "region_home": "36.71", "sponsor": {"kind": "NPHD", "ref": None}, "risk_group": 1,
        "wage_idr": 1100000, "cover_from": time[:10]}, **more)


def paid(who, time, month, event="pay", membership=None, **more):
    return dict({
        "type": "ContributionPaid", "id": "%s-%s-%s" % (event, who, month), "source": "/kpu/36.71",
        "time": time, "participant_id": who, "membership_id": membership or who.replace("-", ""),
        "month": month, "months": 1, "paid_at": time, "payment_ref": "R-%s-%s" % (who, month),
        "lines": [{"programme": "JKK", "amount_idr": 2640}, {"programme": "JKM", "amount_idr": 3300}],
        "payer": {"kind": "NPHD", "ref": None}}, **more)


def death_claim(who, time, died_on, event="claim", membership=None, **more):
    return dict({
        "type": "DeathClaimFiled", "id": "%s-%s" % (event, who), "source": "/branch/36",
        "time": time, "participant_id": who, "claim_id": "C-%s" % who,
        "membership_id": membership or who.replace("-", ""), "died_on": died_on, "cause": "ILLNESS",
        "accident_on": None, "heir": {"rank": "SPOUSE", "payee_ref": "ACC-%s" % who},
        "burial_payee_ref": None, "documents_complete_on": time[:10]}, **more)


def story(numbers, lane=None, lanes=2):
    """Enrolment, payment and an approved death claim of each: three events a person, in order of time."""
    people, after = [], -1
    for number in numbers:
        who = person(max(number, after + 1), lanes, lane)
        after = int(who[2:])
        people.append(who)
    return ([enrolled(who, "2024-02-01T01:00:00Z", employer_id="KPU-%d" % (at % 5),
                      region_work="36.74" if at % 3 == 0 else None)
             for at, who in enumerate(people)] +
            [paid(who, "2024-02-02T01:00:00Z", "2024-02") for who in people] +
            [death_claim(who, "2024-02-12T01:00:00Z", "2024-02-10") for who in people])
