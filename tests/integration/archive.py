"""jaga archive on a real Kafka: what it keeps is what is on the topics, byte for byte; it goes on where it
ended, whatever ended it; and anything changed afterwards is found."""
import fcntl
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import time
import zlib

import harness
import wire
from wire import Wire

SMALL = ("--file-bytes", "65536")
ONE_PARTITION = ("reference", "rules", "schema", "checkpoint")


def folder_of(scenario, name="archive"):
    path = scenario.stack.path("%s-%s" % (scenario.prefix, name))
    shutil.rmtree(path, ignore_errors=True)
    return path


def manifest_of(folder):
    with open(os.path.join(folder, "manifest.json")) as file:
        return json.load(file)


def content(folder):
    """Every file of an archive by its path."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                found[os.path.relpath(os.path.join(path, name), folder)] = file.read()
    return found


def filled(scenario, people=range(20)):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(people))
    scenario.drain()


def many(scenario):
    """Some 20,000 events, 4 MB."""
    scenario.init()
    scenario.run("generate", "reported-2024", "--scale", "0.02")
    scenario.drain()


# ---- Another reader of the files: the container format by hand

def documented_schema():
    with open(os.path.join(harness.ROOT, "docs", "archive.md")) as page:
        return re.search(r"```json\n(\{\"type\":\"record\".*?)```", page.read(), re.S).group(1)


def container(data):
    """Metadata and records of an Avro container."""
    assert data[:4] == b"Obj\1"
    rest, metadata = data[4:], {}
    count, rest = wire.long_from(rest)
    while count:
        for _ in range(count):
            length, rest = wire.long_from(rest)
            key, rest = rest[:length], rest[length:]
            length, rest = wire.long_from(rest)
            metadata[key.decode()], rest = rest[:length].decode(), rest[length:]
        count, rest = wire.long_from(rest)
    sync, rest = rest[:16], rest[16:]
    schema, records = wire.Schema(metadata["avro.schema"]), []
    while rest:
        count, rest = wire.long_from(rest)
        length, rest = wire.long_from(rest)
        block, rest = rest[:length], rest[length:]
        assert rest[:16] == sync
        rest = rest[16:]
        if metadata["avro.codec"] == "deflate":
            block = zlib.decompress(block, -15)
        for _ in range(count):
            record, block = schema._read(schema.root, block)
            records.append(record)
        assert block == b""
    return metadata, records


def is_what_is_on_the_topics(scenario, folder, tool):
    """Manifest, metadata and records of the whole archive, against the topics read by other means."""
    manifest = manifest_of(folder)
    assert manifest["format"] == 1 and manifest["lanes"] == scenario.lanes
    places = {}
    for entry in manifest["files"]:
        with open(os.path.join(folder, entry["path"]), "rb") as file:
            data = file.read()
        assert len(data) == entry["bytes"]
        assert hashlib.blake2b(data, digest_size=32).hexdigest() == entry["blake2b_256"]
        metadata, records = container(data)
        assert json.loads(metadata["avro.schema"]) == json.loads(documented_schema())
        assert metadata["jaga.topic"] == entry["topic"], metadata
        assert metadata["jaga.partition"] == str(entry["partition"]), metadata
        assert metadata["jaga.log_id"] == manifest["log_id"], metadata
        assert len(records) == entry["records"]
        assert all(entry["first"] <= r["offset"] < entry["next"] for r in records)
        before, records_before = places.setdefault((entry["topic"], entry["partition"]), [0, []])
        assert before == entry["first"]
        places[entry["topic"], entry["partition"]] = [entry["next"], records_before + records]
    for topic in wire.TOPICS + [t for t in ("rules", "schema", "checkpoint") if t not in wire.TOPICS]:
        for partition in range(1 if topic in ONE_PARTITION else scenario.lanes):
            kept = places.pop(("%s.%s" % (scenario.prefix, topic), partition), [0, []])[1]
            there = tool.read(topic, partition)
            assert [(r["offset"], r["timestamp"], r["key"], r["value"]) for r in kept] == \
                [(r["offset"], r["timestamp"], r["key"], r["value"]) for r in there], (topic, partition)
    assert places == {}, list(places)


def test_what_is_kept_is_what_is_on_the_topics(scenario):
    filled(scenario)
    with Wire(scenario) as tool:
        tool.ask("begin", id="nobody")
        tool.produce("claim", 0, [(b"P", b"aborted")] * 3)
        tool.ask("abort")
        tool.produce("claim", 0, [(None, b"no key"), (b"", b""), (b"no value", None)])
        for codec in ("null", "deflate"):
            folder = folder_of(scenario, codec)
            done = scenario.run("archive", folder, "--codec", codec, *SMALL)
            assert "%s.payment " % scenario.prefix in done.stdout, done.stdout
            is_what_is_on_the_topics(scenario, folder, tool)
            scenario.run("archive", folder, "--verify")
    scenario.run("audit", "--archive", folder)


def test_goes_on_where_it_ended(scenario):
    filled(scenario)
    folder = folder_of(scenario)
    scenario.run("archive", folder)
    before = content(folder)
    again = json.loads(scenario.run("archive", folder, "--json").stdout.splitlines()[-1])
    assert again["added"] == {"files": 0, "records": 0, "bytes": 0}, again
    assert content(folder) == before
    with Wire(scenario) as tool:
        tool.send(wire.story(range(1000, 1020)))
        scenario.drain()
        scenario.run("archive", folder)
        after = content(folder)
        assert all(after[path] == before[path] for path in before if path != "manifest.json")
        assert len(after) > len(before)
        is_what_is_on_the_topics(scenario, folder, tool)
    scenario.run("archive", folder, "--verify")
    scenario.run("audit", "--archive", folder)


def without_disturbance(scenario):
    folder = folder_of(scenario, "undisturbed")
    scenario.run("archive", folder, *SMALL)
    return content(folder)


def stopped(scenario, folder, how):
    """Stops a run that has finished some files; its exit code."""
    process = scenario.start("archive", folder, *SMALL)

    def has_files():
        try:
            return len(manifest_of(folder)["files"]) >= 8
        except FileNotFoundError:
            return False
    scenario.wait_for("no files", has_files, process)
    process.send_signal(how)
    return process.wait(60), scenario.said(process)


def test_interrupted_and_resumed_is_undisturbed(scenario):
    many(scenario)
    expected = without_disturbance(scenario)
    assert len(expected) > 60, len(expected)
    folder = folder_of(scenario)
    code, said = stopped(scenario, folder, signal.SIGINT)
    assert code == 2 and "stopped in %s." % scenario.prefix in said, said
    assert "goes on behind them" in said, said
    kept = content(folder)
    assert 8 < len(kept) < len(expected), len(kept)
    assert all(kept[path] == expected[path] for path in kept if path != "manifest.json"), list(kept)
    assert not [path for path in kept if path.endswith(".part")]
    scenario.run("archive", folder, "--verify")
    scenario.run("archive", folder, *SMALL)
    assert content(folder) == expected


def test_killed_and_resumed_is_undisturbed(scenario):
    many(scenario)
    expected = without_disturbance(scenario)
    folder = folder_of(scenario)
    for _ in range(3):
        code, _ = stopped(scenario, folder, signal.SIGKILL)
        assert code == -signal.SIGKILL
        for part in ("claim", "schema"):  # as if it had been killed there
            path = os.path.join(folder, "%s.%s" % (scenario.prefix, part), "0")
            os.makedirs(path, exist_ok=True)
            if not [name for name in os.listdir(path) if name.endswith(".avro")]:
                with open(os.path.join(path, "00000000000000000000.avro.part"), "w") as left:
                    left.write("left over")
    scenario.run("archive", folder, *SMALL)
    assert content(folder) == expected


def test_full_disk(scenario):
    many(scenario)
    expected = without_disturbance(scenario)
    folder = folder_of(scenario)

    def no_large_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
    done = subprocess.run([harness.JAGA, "archive", folder, *SMALL], env=scenario.environment(),
                          preexec_fn=no_large_files, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done
    assert "File too large" in done.stderr and folder in done.stderr, done.stderr
    assert not [path for path in content(folder) if path.endswith(".part")]
    scenario.run("archive", folder, "--verify")
    scenario.run("archive", folder, *SMALL)
    assert content(folder) == expected


def test_broker_goes_away(scenario):
    many(scenario)
    expected = without_disturbance(scenario)
    folder = folder_of(scenario)
    process = scenario.start("archive", folder, *SMALL, JAGA_KAFKA_TIMEOUT_MS=3000)
    scenario.wait_for("no files", lambda: os.path.exists(folder) and
                      os.path.exists(os.path.join(folder, "manifest.json")), process)
    os.kill(scenario.stack.pid("kafka"), signal.SIGKILL)
    try:
        code = process.wait(60)
    finally:
        scenario.stack.command("start", "kafka")
    said = scenario.said(process)
    assert code == 2 and "goes on behind them" in said, (code, said)
    scenario.run("archive", folder, "--verify")
    scenario.run("archive", folder, *SMALL)
    assert content(folder) == expected


def differs(scenario, folder, *texts):
    done = scenario.run("archive", folder, "--verify", expect=1)
    lines = [line for line in done.stdout.splitlines() if line.startswith("differs: ")]
    assert len(lines) == 1, done.stdout
    for text in texts:
        assert text in lines[0], lines[0]
    assert "the manifest differs" in done.stdout


def test_what_was_changed_is_found(scenario):
    filled(scenario)
    folder = folder_of(scenario)
    scenario.run("archive", folder)
    path = "%s.payment/0/00000000000000000000.avro" % scenario.prefix
    place = os.path.join(folder, path)
    with open(place, "rb") as file:
        right = file.read()
    for at, texts in ((len(right) // 2, ("its hash is",)), (3, ("byte 3", "does not begin")),
                      (len(right) - 1, ("does not end with the file's mark",))):
        with open(place, "wb") as file:
            file.write(right[:at] + bytes([right[at] ^ 1]) + right[at + 1:])
        differs(scenario, folder, path, *texts)
    with open(place, "wb") as file:
        file.write(right[:-1])
    differs(scenario, folder, path, "%d bytes" % (len(right) - 1))
    os.remove(place)
    differs(scenario, folder, path, "it is missing")
    other = place.replace(".payment/0", ".payment/1")
    shutil.copyfile(other, place)
    differs(scenario, folder, path)
    with open(place, "wb") as file:
        file.write(right)
    scenario.run("archive", folder, "--verify")

    manifest = os.path.join(folder, "manifest.json")
    with open(manifest) as file:
        text = file.read()
    entry, = [e for e in manifest_of(folder)["files"] if e["path"] == path]
    line = json.dumps(entry, separators=(",", ":"))
    assert line in text
    for name, value, told in (("records", entry["records"] - 1, "records"),
                              ("bytes", entry["bytes"] + 1, "bytes"),
                              ("next", entry["records"] - 1, "holds offset"),
                              ("blake2b_256", "0" * 64, "its hash is")):
        changed = json.dumps(dict(entry, **{name: value, "records": min(
            entry["records"], value) if name == "next" else dict(entry, **{name: value})["records"]}),
            separators=(",", ":"))
        with open(manifest, "w") as file:
            file.write(text.replace(line, changed))
        differs(scenario, folder, path, told)
    with open(manifest, "w") as file:
        file.write(text.replace('"format":1', '"format":2'))
    done = scenario.run("archive", folder, "--verify", expect=2)
    assert "manifest.json: its format" in done.stderr, done.stderr


def test_index_is_made_again(scenario):
    filled(scenario)
    folder = folder_of(scenario)
    scenario.run("archive", folder)
    before = content(folder)
    indexes = sorted(path for path in before if path.endswith(".index"))
    assert len(indexes) == len(manifest_of(folder)["files"])
    os.remove(os.path.join(folder, indexes[0]))
    with open(os.path.join(folder, indexes[1]), "r+b") as file:
        file.seek(60)
        file.write(b"\xff")
    done = scenario.run("archive", folder, "--verify")
    assert done.stderr.count("--index makes it again") == 2, done.stderr
    done = scenario.run("archive", folder, "--index", JAGA_KAFKA_BROKERS="127.0.0.1:1")
    assert done.stdout.startswith("indexed 2 files"), done.stdout
    assert content(folder) == before
    assert scenario.run("archive", folder, "--verify").stderr == ""


def test_an_archive_of_a_log_in_motion_agrees(scenario):
    """The audit of an archive that is made while events come in and are processed."""
    scenario.init()
    folder = folder_of(scenario)
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=64)
    scenario.wait_until(process, "lane_ready", times=2)
    is_over = threading.Event()

    def publish():
        with Wire(scenario) as tool:
            for number in range(0, 100000, 200):
                if is_over.is_set():
                    return
                tool.send(wire.story(range(number, number + 40)))
    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        for _ in range(6):
            time.sleep(1)
            scenario.run("archive", folder)
            scenario.run("audit", "--archive", folder)
    finally:
        is_over.set()
        publisher.join()
    scenario.stop(process)
    journals = [e for e in manifest_of(folder)["files"] if e["topic"].endswith(".journal")]
    assert sum(e["records"] for e in journals) > 20, journals
    assert len(journals) > 6, "nothing was in motion"


def refused(scenario, code, text, *words, **env):
    done = scenario.run("archive", *words, expect=code, **env)
    assert text in done.stderr, done.stderr
    assert done.stdout == "", done.stdout


def test_refusals(scenario):
    filled(scenario, range(3))
    folder = folder_of(scenario)
    refused(scenario, 64, "name one folder")
    refused(scenario, 64, "give null or deflate", folder, "--codec", "zstd")
    refused(scenario, 64, "from 65536", folder, "--file-bytes", "1")
    refused(scenario, 64, "from 65536", folder, "--file-bytes", "1M")
    refused(scenario, 64, "one at a time", folder, "--verify", "--index")
    refused(scenario, 64, "leave --codec", folder, "--verify", "--codec", "null")
    refused(scenario, 64, "is no archive", scenario.stack.path(), "--verify")
    refused(scenario, 64, "holds something else", scenario.stack.path())
    refused(scenario, 2, "No such file", os.path.join(folder, "a", "b"))
    refused(scenario, 2, "127.0.0.1:1", folder, JAGA_KAFKA_BROKERS="127.0.0.1:1",
            JAGA_KAFKA_TIMEOUT_MS=1000)
    assert not os.path.exists(folder)
    scenario.run("archive", folder)
    place = os.open(folder, os.O_RDONLY)
    fcntl.flock(place, fcntl.LOCK_EX)
    refused(scenario, 2, "another jaga archive", folder)
    os.close(place)

    other = scenario.stack.scenario()
    other.init()
    before = content(folder)
    refused(other, 2, "of another log", folder)
    assert content(folder) == before


def test_with_and_without_checkpoints(scenario):
    """A log from before checkpoints lacks their topic; later they are kept like anything else."""
    filled(scenario, range(3))
    folder = folder_of(scenario)
    with Wire(scenario) as tool:
        tool.ask("delete_topics", topics=[tool.topic("checkpoint")])
        scenario.run("archive", folder)
        assert not [path for path in content(folder) if "checkpoint" in path]
        scenario.init()
        key = scenario.stack.path("archive.key")
        for left in (key, key + ".pub"):  # of a run before
            if os.path.exists(left):
                os.remove(left)
        scenario.run("checkpoint", "--new-key", key)
        scenario.run("checkpoint", "--key", key)
        scenario.run("archive", folder)
        assert len(tool.read("checkpoint", 0)) == scenario.lanes
        is_what_is_on_the_topics(scenario, folder, tool)
    scenario.run("audit", "--archive", folder)


def test_removed_records_stop_it(scenario):
    filled(scenario)
    folder = folder_of(scenario)
    with Wire(scenario) as tool:
        scenario.run("archive", folder)
        tool.send(wire.story(range(1000, 1020)))
        end = len(tool.read("enrollment", 0))
        tool.ask("delete_records", topic=tool.topic("enrollment"), partition=0, before=end)
        refused(scenario, 2, "enrollment, partition 0: the archive ends at", folder)
    scenario.run("archive", folder, "--verify")


TESTS = [
    test_what_is_kept_is_what_is_on_the_topics, test_goes_on_where_it_ended,
    test_interrupted_and_resumed_is_undisturbed, test_killed_and_resumed_is_undisturbed,
    test_full_disk, test_broker_goes_away, test_what_was_changed_is_found, test_index_is_made_again,
    test_an_archive_of_a_log_in_motion_agrees, test_refusals,
    test_with_and_without_checkpoints, test_removed_records_stop_it,
]

if __name__ == "__main__":
    harness.run(TESTS, "archive", 18100)
