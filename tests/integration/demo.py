"""The demo's own program: its table is right at a small scale, and one changed event turns a line red. The
generated populations are lawful: in order, the same for a seed, and without an exception."""
import json
import os
import re
import subprocess

import harness

DEMO = os.path.join(harness.ROOT, "deploy", "local", "demo")
SCALE = "0.01"
LINES = 25
TOPICS = {"Enrolled": "enrollment", "ContributionPaid": "contribution", "DeathClaimFiled": "claim",
          "BasePublished": "reference", "BatchDeclared": "reference"}


def demo(scenario, *words):
    """As `./dev demo` calls it, but from some other folder: it needs nothing of the one it is called in."""
    place = scenario.stack.env["JAGA_STACK_DIR"]
    env = scenario.environment(JAGA=harness.JAGA, JAGA_STACK_DIR=place)
    for name in "JAGA_CLOCK", "JAGA_RULES_DIR":
        env.pop(name)
    return subprocess.run([DEMO, *words], env=env, cwd=place, capture_output=True, text=True, timeout=120)


def marks(done):
    return [line for line in done.stdout.splitlines() if line.startswith(("ok ", "DIFFERS "))]


def red(done):
    return [line for line in marks(done) if line.startswith("DIFFERS ")]


def generate(scenario, name, *words):
    path = scenario.stack.path(name + ".jsonl")
    scenario.run("generate", *words, "--out", path)
    return path


def events_of(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def write(path, events):
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def test_the_reported_figures_come_out(scenario):
    done = demo(scenario, "--scale", SCALE, "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(marks(done)) == LINES and not red(done), done.stdout
    for figure in ("41.34 % of 7,542 WORKERS", "61.84 % of 11,900 LABOUR_FORCE", "Rp 2,570,000,000",
                   "302,000 VULNERABLE 2024: no share", "MISMATCH by 1"):
        line = [line for line in marks(done) if line.count(figure) == 2]  # reported, and computed
        assert len(line) == 1, (figure, done.stdout)
    assert re.search(r"13,586 events, [0-9,]+ a second; 0 exceptions", done.stderr), done.stderr
    assert "\r" not in done.stderr + done.stdout and "\033" not in done.stderr + done.stdout


def test_one_changed_enrolment_turns_two_lines_red(scenario):
    path = generate(scenario, "changed", "reported-2024", "--scale", SCALE)
    events = events_of(path)
    changed = next(e for e in events if e["type"] == "Enrolled" and e["category"] == "KETUA_RT")
    changed["category"] = "KETUA_RW"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(red(done)) == 2 and "KETUA_RT " in red(done)[0] and "KETUA_RW " in red(done)[1], done.stdout
    assert "reported 38, computed 37" in done.stderr, done.stderr


def test_one_death_a_day_after_cover_turns_five_lines_red(scenario):
    path = generate(scenario, "late", "reported-2024", "--scale", SCALE)
    events = events_of(path)
    claim = next(e for e in events if e["type"] == "DeathClaimFiled" and e["cause"] == "ILLNESS")
    claim["died_on"] = "2024-02-24"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Rp 2,528,000,000" in done.stdout, done.stdout
    # Payments, JKM, total; and one officer more lived to the last day of cover, and fell on the next.
    assert len(red(done)) == 5, done.stdout


def test_a_wrong_scale_is_refused(scenario):
    for scale in "nonsense", "0", "2", "1e-2", "0.0000001", "0.00001", "-1", "":
        done = demo(scenario, "--scale=" + scale)
        assert done.returncode == 64, (scale, done)
        assert "usage: ./dev demo" in done.stderr and "no share" in done.stderr, (scale, done.stderr)
        scenario.run("generate", "reported-2024", "--scale=" + scale, "--out", "-", expect=64)


def check_order(events):
    last = {}
    for event in events:
        topic = TOPICS[event["type"]]
        time = event["time"].rstrip("Z").ljust(20, ".").ljust(26, "0")
        assert last.get(topic, "") <= time, event
        last[topic] = time


def test_a_population_is_in_order_and_the_same_for_a_seed(scenario):
    one, same, other = (generate(scenario, name, "reported-2024", "--scale", SCALE, "--seed", seed)
                        for name, seed in (("one", "5"), ("same", "5"), ("other", "6")))
    with open(one) as a, open(same) as b, open(other) as c:
        a = a.read()
        assert a == b.read() and a != c.read()
    events = events_of(one)
    check_order(events)
    in_batch = {e["type"] for e in events if e.get("batch_id") and e["type"] != "BatchDeclared"}
    assert in_batch == {"Enrolled"}, in_batch
    assert len({(e["source"], e["id"]) for e in events}) == len(events)


def test_the_bench_population_has_no_exception_and_every_claim_is_paid(scenario):
    path = generate(scenario, "bench", "bench", "--participants", "2000")
    events = events_of(path)
    check_order(events)
    kinds = [event["type"] for event in events]
    assert [kinds.count(kind) for kind in ("Enrolled", "ContributionPaid", "DeathClaimFiled")] == [2000, 12000, 40]
    lines = [json.loads(line) for line in scenario.run("try", path, "--clock", "events").stdout.splitlines()]
    found = [(line["kind"], line.get("verdict")) for line in lines]
    assert found.count(("decision", "APPROVED")) == found.count(("payment", None)) == 40, found
    assert len(found) == 80, [line for line in lines if line["kind"] == "exception"][:3]


if __name__ == "__main__":
    harness.run([
        test_the_reported_figures_come_out, test_one_changed_enrolment_turns_two_lines_red,
        test_one_death_a_day_after_cover_turns_five_lines_red, test_a_wrong_scale_is_refused,
        test_a_population_is_in_order_and_the_same_for_a_seed,
        test_the_bench_population_has_no_exception_and_every_claim_is_paid,
    ], "demo", 19000)
