"""Signed checkpoints on a real log: what is signed is computed here a second time, from the raw records; a
checkpoint that contradicts the journal is not followed by another."""
import base64
import hashlib
import json
import os
import stat

import ed25519
import harness
import wire
from wire import Wire

ALL = "checkpoint", "--json"


def hashed(*data):
    return hashlib.blake2b(b"".join(data), digest_size=32).digest()


def root_of(leaves):
    """RFC 6962, 2.1, as it stands there."""
    if not leaves:
        return hashed(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashed(b"\1", root_of(leaves[:k]), root_of(leaves[k:]))


CHECKPOINT = wire.Schema(wire.schema_text("checkpoint"))


def body_bytes(body):
    return CHECKPOINT._write(CHECKPOINT.names["CheckpointBody"], body)


def value_of(body, seed):
    message = b"jaga.checkpoint.v1\n" + body_bytes(body)
    return wire.frame(body_bytes(body) + ed25519.public_of(seed) + ed25519.sign(seed, message), 10)


def new_key(scenario, name):
    path = scenario.stack.path("%s-%s" % (scenario.prefix, name))
    for old in (path, path + ".pub"):
        if os.path.exists(old):
            os.unlink(old)
    scenario.run("checkpoint", "--new-key", path)
    return path


def seed_of(path):
    with open(path) as file:
        word, digits = file.read().split()
    assert word == "jaga-ed25519-secret"
    return bytes.fromhex(digits)


def sign(scenario, key, *words, expect=0):
    done = scenario.run(*ALL, "--key", key, *words, expect=expect)
    assert "Sanitizer" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def outcomes(lines):
    return [line["outcome"] for line in lines]


def on_topic(tool):
    return [dict(record, **CHECKPOINT.decode(record["value"][5:]))
            for record in tool.read("checkpoint", 0)]


def filled(scenario, tool, numbers):
    tool.send(wire.story(numbers))
    # One event a batch: journals long enough for a tree.
    scenario.drain(**{"JAGA_BATCH_EVENTS_MAX": 1})


def test_what_is_signed(scenario):
    scenario.init()
    key = new_key(scenario, "key")
    with Wire(scenario) as tool:
        lines, _ = sign(scenario, key)
        assert outcomes(lines) == ["empty", "empty"] and on_topic(tool) == []

        filled(scenario, tool, range(5))
        lines, said = sign(scenario, key)
        assert outcomes(lines) == ["signed", "signed"] and said == "", (lines, said)
        found = on_topic(tool)
        assert sorted(record["key"] for record in found) == [b"0", b"1"]
        for record in found:
            body, lane = record["body"], record["body"]["lane"]
            raw = [r["value"] for r in tool.read("journal", lane)]
            bodies, last = [value[5:-32] for value in raw], tool.journal(lane)[-1]
            assert record["key"] == b"%d" % lane and record["value"][:5] == b"\0\0\0\0\x0a"
            assert body["records"] == len(raw) > 3
            assert body["root"] == root_of([hashed(b"\0", b) for b in bodies])
            assert body["chain"] == last["chain"] == hashed(bodies[-1])
            assert body["time"] == last["body"]["now"] and body["log_id"] == last["body"]["log_id"]
            assert record["public_key"] == ed25519.public_of(seed_of(key))
            message = b"jaga.checkpoint.v1\n" + body_bytes(body)
            assert ed25519.verify(record["public_key"], message, record["signature"])
            assert lines[lane]["body"]["root"] == body["root"].hex()

        shown = scenario.read("checkpoint")
        assert [s["body"]["root"] for s in shown] == [r["body"]["root"].hex() for r in found]

        lines, said = sign(scenario, key)
        assert outcomes(lines) == ["unchanged", "unchanged"] and said == ""
        assert len(on_topic(tool)) == 2, "nothing new is not signed again"
        table = scenario.run("checkpoint", "--key", key).stdout
        assert table.count("unchanged") == 2 and lines[0]["body"]["root"] in table, table

        filled(scenario, tool, [n for n in range(100, 120)
                                if wire.partition_of(wire.person(n), 2) == 1][:2])
        lines, _ = sign(scenario, key)
        assert outcomes(lines) == ["unchanged", "signed"]
        assert len(on_topic(tool)) == 3


def test_contradictions(scenario):
    """A checkpoint of the key, or of a former key, that the journal does not bear out."""
    scenario.init()
    key, former, stranger = (new_key(scenario, name) for name in ("key", "former", "stranger"))
    with Wire(scenario) as tool:
        filled(scenario, tool, range(5))
        sign(scenario, key)
        good = {r["body"]["lane"]: r["body"] for r in on_topic(tool)}
        right = value_of(good[0], seed_of(key))
        tool.produce("checkpoint", 0, [
            (b"0", None), (b"0", b"nonsense"), (b"0", right[:-1] + bytes([right[-1] ^ 1])),
            (b"0", value_of(dict(good[0], log_id=bytes(16)), seed_of(key))),
            (b"1", value_of(dict(good[1], root=bytes(32)), seed_of(stranger)))])
        lines, said = sign(scenario, key)
        assert outcomes(lines) == ["unchanged", "unchanged"], lines
        assert "ignored on the topic: 4" in said and "not compared: 1 by other keys" in said, said

        # A statement about fewer records that is true, then what a former key said and is not.
        bodies = [r["value"][5:-32] for r in tool.read("journal", 1)]
        third = tool.journal(1)[2]
        earlier = dict(good[1], records=3, root=root_of([hashed(b"\0", b) for b in bodies[:3]]),
                       chain=third["chain"], time=third["body"]["now"])
        tool.produce("checkpoint", 0, [(b"1", value_of(earlier, seed_of(key)))])
        lines, _ = sign(scenario, key)
        assert outcomes(lines) == ["unchanged", "unchanged"], lines
        for name, changed in (("root", hashed(b"another")), ("chain", bytes(32)), ("time", 1)):
            tool.produce("checkpoint", 0, [(b"1", value_of(dict(earlier, **{name: changed}),
                                                           seed_of(former)))])
        at = tool.read("checkpoint", 0)[-1]["offset"]
        sign(scenario, key)  # nobody said that the former key counts
        for given in (former + ".pub", ed25519.public_of(seed_of(former)).hex()):
            lines, said = sign(scenario, key, "--former-key", given, expect=1)
            assert lines == [] and said.count("says what the journal does not") == 3, said
            assert "lane 1: the checkpoint at offset %d of the topic, over records 1 to 3," % at in said
            assert "nothing was signed" in said

        before = len(on_topic_values(tool))
        filled(scenario, tool, range(200, 205))
        tool.produce("checkpoint", 0, [(b"0", value_of(dict(good[0], root=bytes(32)), seed_of(key)))])
        lines, said = sign(scenario, key, expect=1)
        assert lines == [] and "lane 0" in said and "lane 1" not in said, said
        assert "records 1 to %d, says what the journal does not" % good[0]["records"] in said, said
        assert len(on_topic_values(tool)) == before + 1, "no lane was signed"


def on_topic_values(tool):
    return tool.read("checkpoint", 0)


def test_more_than_the_journal_has(scenario):
    scenario.init()
    key = new_key(scenario, "key")
    with Wire(scenario) as tool:
        filled(scenario, tool, range(5))
        sign(scenario, key)
        body = on_topic(tool)[0]["body"]
        tool.produce("checkpoint", 0, [(b"x", value_of(dict(body, records=9999), seed_of(key)))])
    lines, said = sign(scenario, key, expect=1)
    assert lines == [] and "records 1 to 9999, covers records that the journal has not" in said, said


def test_slips(scenario):
    """A log that was begun without the topic runs on; what is wrong with the topic or a key is said."""
    scenario.init()
    key = new_key(scenario, "key")
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    with Wire(scenario) as tool:
        tool.ask("delete_topics", topics=[tool.topic("checkpoint")])
        filled(scenario, tool, range(2))  # jaga process does not need it
        done = scenario.run("checkpoint", "--key", key, expect=2)
        assert "topic %s.checkpoint does not exist" % scenario.prefix in done.stderr
        assert "jaga init" in done.stderr, done.stderr
        assert "topics: 1 created, 11 there already" in scenario.init().stdout
        lines, _ = sign(scenario, key)
        assert outcomes(lines) == ["signed", "signed"]

        tool.ask("alter_topic", topic=tool.topic("checkpoint"),
                 settings=dict(wire.RIGHT_SETTINGS, **{"retention.ms": "1000"}))
        done = scenario.run("checkpoint", "--key", key, expect=2)
        assert "retention.ms is 1000 and must be -1" in done.stderr, done.stderr
        done = scenario.run("init", expect=2)
        assert "retention.ms is 1000 and must be -1" in done.stderr, done.stderr
        scenario.drain()

    os.chmod(key, 0o640)
    for words, code, text in ((("--key", key), 2, "chmod 600"),
                              (("--key", key + ".pub"), 2, "this is a public key"),
                              (("--key", "/nowhere/key"), 2, "No such file"),
                              (("--key", key, "--former-key", key), 2, "this is a secret key"),
                              (("--new-key", key), 2, "is there already"),
                              (("--new-key", "/nowhere/key"), 2, "No such file"),
                              ((), 64, "--new-key FILE makes one")):
        done = scenario.run("checkpoint", *words, expect=code)
        assert text in done.stderr and done.stdout == "", (words, done.stderr)
    os.chmod(key, 0o600)


def path_of(leaves, index):
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return b""
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if index < k:
        return path_of(leaves[:k], index) + root_of(leaves[k:])
    return path_of(leaves[k:], index - k) + root_of(leaves[:k])


def text64(data):
    return base64.b64encode(data).decode()


def outputs_of(tool, lane, sequence):
    """Kind, key and value of a batch's outputs, in the order of its tree."""
    found = []
    for kind in ("decision", "payment", "exception"):
        for record in tool.read(kind, lane):
            if wire.SCHEMAS[kind].decode(record["value"][5:])["sequence"] == sequence:
                found.append((kind, record["key"], record["value"]))
    return found


def evidence_of(tool, checkpoint, sequence, wanted):
    """An evidence file, made from what lies on the topics and without jaga."""
    lane = checkpoint["body"]["lane"]
    bodies = [record["value"][5:-32] for record in tool.read("journal", lane)]
    outputs = outputs_of(tool, lane, sequence)
    leaves = [hashed(b"\0", len(key or b"").to_bytes(4, "little"), key or b"",
                     len(value).to_bytes(4, "little"), value) for _, key, value in outputs]
    bodies_leaves = [hashed(b"\0", b) for b in bodies[:checkpoint["body"]["records"]]]
    return {
        "format": "jaga.evidence.v1", "checkpoint": text64(checkpoint["value"][5:]),
        "journal": {"body": text64(bodies[sequence - 1]),
                    "path": text64(path_of(bodies_leaves, sequence - 1))},
        "records": [{"kind": kind, "index": i, "key": key and key.decode(), "value": text64(value),
                     "path": text64(path_of(leaves, i))}
                    for i, (kind, key, value) in enumerate(outputs) if kind in wanted]}


def test_evidence(scenario):
    """Evidence made here from the raw records is proven by jaga, and no longer when it is changed."""
    scenario.init()
    key = new_key(scenario, "key")
    with Wire(scenario) as tool:
        filled(scenario, tool, range(5))
        tool.send(wire.story(range(50, 90)))
        scenario.drain()
        filled(scenario, tool, range(100, 103))
        sign(scenario, key)
        proven = 0
        for checkpoint in on_topic(tool):
            lane = checkpoint["body"]["lane"]
            for record in tool.journal(lane):
                body = record["body"]
                if not body["payments"]:
                    continue
                evidence = evidence_of(tool, checkpoint, body["sequence"], ("decision", "payment"))
                if len(evidence["records"]) > 16:  # as many as a file holds
                    evidence["records"] = evidence["records"][:8] + evidence["records"][-8:]
                done = scenario.run("verify", "-", "--json", "--public-key", key + ".pub",
                                    stdin=json.dumps(evidence))
                found = json.loads(done.stdout)
                assert found["proven"] and found["journal"]["sequence"] == body["sequence"], found
                payment = found["records"][-1]
                stored, = scenario.read("payment", "--where", "payment_id=" + payment["payment_id"])
                payment.pop("kind")
                assert payment == stored, (payment, stored)
                proven += len(found["records"])

                evidence["records"][0]["index"] += 1
                done = scenario.run("verify", "-", "--public-key", key + ".pub", expect=1,
                                    stdin=json.dumps(evidence))
                assert "not proven" in done.stderr and done.stdout == "", done.stderr
        assert proven > 40, proven


TESTS = [test_evidence, test_what_is_signed, test_contradictions, test_more_than_the_journal_has, test_slips]

if __name__ == "__main__":
    harness.run(TESTS, "checkpoint", 18300)
