"""What a new user meets on the first day: each slip is answered by a sentence that says what is wrong and
what to do, and by the exit code (0 done, 1 the answer is no, 2 could not do it, 64 wrong usage)."""
import json
import os
import signal
import subprocess
import time

import harness
import wire
from wire import Wire

AWAY = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_KAFKA_TIMEOUT_MS": 1200}
BASE = {"type": "BasePublished", "id": "b1", "source": "/bps", "time": "2024-01-01T00:00:00Z",
        "region": "36.74", "kind": "WORKERS", "year": 2023, "value": 754223, "publisher": "BPS"}


def says(scenario, words, code, *texts, **env):
    done = scenario.run(*words, expect=code, **env)
    said = done.stdout + done.stderr
    for text in texts:
        assert text in said, "jaga %s: %r is not in:\n%s" % (" ".join(words), text, said[-3000:])
    assert "Sanitizer" not in said, said
    return done


def ends(tool):
    return {topic: [len(tool.read(topic, lane)) for lane in range(1 if topic == "reference" else 2)]
            for topic in wire.TOPICS}


def file_of(scenario, name, *lines):
    path = scenario.stack.path(name)
    with open(path, "w") as file:
        file.writelines(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    return path


def test_words(scenario):
    """Flags, commands and operands that are not there; no server is asked for any of it."""
    nowhere = dict(AWAY, JAGA_REDIS_ADDRESS="127.0.0.1:1")
    for words, code, *texts in (
            ((), 64, "usage: jaga COMMAND"),
            (("--help",), 0, "Exit codes: 0 done", "process"),
            (("--version",), 0, "jaga 0."),
            (("proces",), 64, "no command proces, did you mean process"),
            (("xyzzy",), 64, "no command xyzzy", "jaga --help"),
            (("process", "--drian"), 64, "no flag --drian; did you mean --drain?"),
            (("process", "-d"), 64, "no flag -d"),
            (("process", "extra"), 64, "takes no operand, but got extra"),
            (("init", "extra"), 64, "takes no operand"),
            (("coverage", "36.74"), 64, "takes no operand, but got 36.74"),
            (("status", "extra"), 64, "takes no operand"),
            (("coverage", "--as-of", "yesterday"), 64, "--as-of yesterday", "2024-03-22"),
            (("coverage", "--by", "colour"), 64, "programme, segment, category or sponsor"),
            (("coverage", "--region", "Tangerang"), 64, "--region Tangerang", "36.74"),
            (("coverage", "--region", "36.7"), 64, "--region 36.7", "36.74"),
            (("coverage", "--level", "city"), 64, "--level city", "province or regency"),
            (("coverage", "--level", "province", "--region", "36"), 64, "exclude each other"),
            (("coverage", "--watch=0"), 64, "--watch=0", "1 to 3600"),
            (("coverage", "--watch=soon"), 64, "--watch=soon", "1 to 3600"),
            (("coverage", "--watch", "5"), 64, "takes no operand, but got 5"),
            (("coverage", "--watch", "--known-at", "2024-01-01T00:00:00Z"), 64, "--watch shows what is known now"),
            (("status", "--watch=3601"), 64, "--watch=3601", "1 to 3600"),
            (("status", "--watching"), 64, "no flag --watching; did you mean --watch?"),
            (("process", "--until", "2024-01-01T00:00:00Z"), 64, "--drain"),
            (("process", "--batch.events-max", "0"), 64, "cannot be \"0\"", "1 to 65536"),
            (("process", "--batch.events-max"), 64, "needs a value"),
            (("process", "--redis.password", "x"), 64, "never a flag", "JAGA_REDIS_PASSWORD"),
            (("process", "--config", "/nowhere.conf"), 2, "/nowhere.conf", "No such file"),
            (("read",), 64, "name one topic"),
            (("read", "decisions"), 64, "no such topic: decisions"),
            (("publish",), 64, "at least one file"),
            (("publish", "/nowhere.jsonl"), 64, "/nowhere.jsonl: cannot be opened", "No such file"),
            (("publish", scenario.stack.path()), 64, "Is a directory"),
            (("try", "/nowhere.jsonl"), 64, "/nowhere.jsonl: cannot be opened", "No such file"),
            (("try", scenario.stack.path()), 2, "reading failed", "Is a directory"),
            (("generate",), 64, "reported-2024"),
            (("generate", "nothing"), 64, "no preset nothing", "reported-2024"),
            (("generate", "bench", "--participants", "many"), 64, "--participants many"),
            (("generate", "reported-2024", "--scale", "2"), 64, "--scale 2"),
            (("generate", "bench", "--out", "/nowhere/x"), 2, "/nowhere/x", "No such file")):
        says(scenario, words, code, *texts, **nowhere)
    for command in ("init", "publish", "generate", "process", "try", "read", "coverage", "status", "config"):
        says(scenario, (command, "--help"), 0, "usage: jaga " + command, "examples:", **nowhere)
    says(scenario, ("init",), 2, "/nowhere: No such file", "rules.dir", JAGA_RULES_DIR="/nowhere")


def test_nothing_is_there_yet(scenario):
    good = file_of(scenario, "good.jsonl", BASE)
    for words in (("process",), ("read", "decision"), ("status",), ("publish", good),
                  ("generate", "bench", "--participants", "3")):
        says(scenario, words, 2, "is Kafka running?", "./dev stack start", "--kafka.brokers", **AWAY)
    for words in (("process",), ("publish", good), ("read", "decision"), ("status",)):
        says(scenario, words, 2, "jaga init")
    says(scenario, ("coverage",), 2, "Redis holds no figures yet", "jaga process")
    says(scenario, ("init",), 2, "Redis at 127.0.0.1:1", JAGA_REDIS_ADDRESS="127.0.0.1:1")
    says(scenario, ("init",), 64, "host:port", JAGA_REDIS_ADDRESS="localhost")

    first = says(scenario, ("init",), 0, "12 there already", "log: there already", "rules: in force already",
                 "redis: settings are right").stdout
    assert first == says(scenario, ("init",), 0).stdout
    for words, env in ((("init", "--lanes", "3"), {}), (("init",), {"JAGA_LANES": 3})):
        says(scenario, words, 2, "have 2 lanes, --lanes asks for 3", "migration", **env)
    environment = scenario.environment()
    environment.pop("JAGA_LANES")  # nobody asked for a number
    assert subprocess.run([harness.JAGA, "init"], env=environment, capture_output=True).returncode == 0

    says(scenario, ("status",), 2, "\n   0  nobody    0 ", "Redis holds no figures yet", "jaga process")
    says(scenario, ("coverage",), 2, "Redis holds no figures yet", "jaga process")
    assert says(scenario, ("read", "decision"), 0).stdout == ""
    scenario.drain()
    says(scenario, ("status",), 0, "\n   1  nobody    0 ")
    with Wire(scenario) as tool:
        assert all(count == 0 for counts in ends(tool).values() for count in counts)


def test_files_to_publish(scenario):
    """Nothing of a file with one bad line is sent, and of no file beside it."""
    scenario.init()
    good = file_of(scenario, "good.jsonl", BASE)
    wage = wire.enrolled("P-1", "2024-02-01T01:00:00Z")
    bad = file_of(scenario, "bad.jsonl", BASE, dict(BASE, id="b2", value="41,334"), "\n",
                  dict(wage, wage_idr="1100000"), dict(wage, wage_idr=0.5), dict(wage, wages=1),
                  {key: value for key, value in wage.items() if key != "segment"},
                  dict(wage, cover_from="2024-02-30"), dict(wage, region_home="99.99"),
                  "{\"type\": \"Enrolled\",\n", dict(wage, type="Enroled"), dict(wage, wage_idr=0))
    with Wire(scenario) as tool:
        for words in (("publish", bad), ("publish", good, bad), ("publish", "--check", bad)):
            done = says(scenario, words, 1, "10 refused, nothing sent")
            for line, *texts in ((2, "value=41,334"), (4, "wage_idr", "1100000"), (5, "wage_idr", "0.5"),
                                 (6, "wages"), (7, "segment"), (8, "cover_from", "2024-02-30"),
                                 (9, "UNKNOWN_REGION", "region_home", "99.99"), (10, "MALFORMED"),
                                 (11, "Enroled"), (12, "INVALID_FIELD", "wage_idr", "0")):
                found = [text for text in done.stderr.splitlines() if "%s:%d: " % (bad, line) in text]
                assert len(found) == 1, (line, done.stderr)
                assert all(text in found[0] for text in texts), (texts, found)
        empty = file_of(scenario, "empty.jsonl")
        says(scenario, ("publish", empty), 0, "0 events published")
        says(scenario, ("publish", "--check", good), 0, "1 events, 0 refused, nothing sent")
        says(scenario, ("publish", good, "/nowhere"), 64, "/nowhere")
        says(scenario, ("publish", harness.JAGA), 64, harness.JAGA)
        says(scenario, ("publish", good), 2, "is Kafka running?", **AWAY)
        assert all(count == 0 for counts in ends(tool).values() for count in counts)
        says(scenario, ("publish", good), 0, "1 events published")
        assert ends(tool)["reference"] == [1]
    says(scenario, ("try", bad), 0, "\"kind\":\"exception\"", "value=41%2C334 ")


def test_full_disk(scenario):
    """An answer that could not be written is none, whatever the command."""
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(3)))
    scenario.drain()
    events = file_of(scenario, "story.jsonl", *wire.story(range(3)))
    base = file_of(scenario, "good.jsonl", BASE)
    for words in (("--help",), ("--version",), ("process", "--help"), ("config",), ("config", "--page"),
                  ("config", "--sample"), ("init",), ("try", events), ("read", "decision"),
                  ("read", "decision", "--follow"), ("coverage",), ("coverage", "--json"), ("status",),
                  ("publish", "--check", base), ("generate", "bench", "--participants", "3", "--out", "-")):
        with open("/dev/full", "w") as full:
            done = subprocess.run([harness.JAGA, *words], env=scenario.environment(), stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 2, (words, done.returncode, done.stderr)
        assert "could not be written" in done.stderr or "disk full" in done.stderr, (words, done.stderr)
    says(scenario, ("generate", "bench", "--participants", "3", "--out", "/dev/full"), 2, "disk full")


def test_pipe_whose_reader_goes(scenario):
    scenario.init()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(30)))
    scenario.drain()
    process = subprocess.Popen([harness.JAGA, "read", "decision", "--follow"], env=scenario.environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"{")
    process.stdout.close()
    with Wire(scenario) as tool:
        tool.send(wire.story(range(100, 103)))
    scenario.drain()
    assert process.wait(30) == 2, process.stderr.read()
    process.stderr.close()


def interrupted_twice(process):
    """The second Ctrl-C ends at once."""
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 128 + signal.SIGINT, process.returncode
    assert time.monotonic() - begun < 10


def test_interrupt_generate(scenario):
    """Once: what was handed over is out or not, and the command says that not all is. Twice: at once."""
    scenario.init()
    with Wire(scenario) as tool:
        process = scenario.start("generate", "bench", "--participants", "3000000")
        scenario.wait_for("nothing came", lambda: len(tool.read("enrollment", 0)) > 0, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 2, scenario.said(process)[-2000:]
        assert "interrupted" in scenario.said(process), scenario.said(process)
        process = scenario.start("generate", "bench", "--participants", "3000000", **{
            "JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_KAFKA_TIMEOUT_MS": 60000})
        scenario.wait_until(process, "Connection refused")
        interrupted_twice(process)


def test_interrupt_process(scenario):
    """Once: the batch in hand is committed and shown, exit 0. Twice: at once, which is safe too."""
    scenario.init()
    scenario.run("generate", "bench", "--participants", "400", "--months", "3")
    process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=50)
    with Wire(scenario) as tool:
        scenario.wait_for("no batch", lambda: len(tool.read("journal", 0)) > 1, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, scenario.said(process)[-3000:]
        last = tool.journal(0)[-1]["body"]["sequence"]
        redis = scenario.stack.redis()
        meta = redis.hash("jaga:{0}:meta")
        redis.close()
        assert int(meta[b"view_sequence"]) == int(meta[b"copy_sequence"]) == last, (meta, last)

        # The first process may have applied everything: there must be batches for the second.
        scenario.run("generate", "bench", "--participants", "400", "--months", "3", "--seed", "9")
        process = scenario.start("process", JAGA_BATCH_EVENTS_MAX=50, JAGA_FAULT="produced:3",
                                 JAGA_FAULT_ACTION="sleep:20000")
        scenario.wait_until(process, "fault produced")
        interrupted_twice(process)
        scenario.drain()
        counts = [sum(r["body"]["applied"] for r in tool.journal(lane)) for lane in (0, 1)]
        inputs = [sum(len(tool.read(topic, lane)) for topic in wire.INPUTS) for lane in (0, 1)]
        assert counts == inputs, (counts, inputs)
    says(scenario, ("status",), 0)


if __name__ == "__main__":
    os.environ.pop("JAGA_CONFIG", None)
    harness.run([test_words, test_nothing_is_there_yet, test_files_to_publish, test_full_disk,
                 test_pipe_whose_reader_goes, test_interrupt_generate, test_interrupt_process],
                "first_day", 18900)
