"""The demo's own program: its table is right at a small scale, and one changed event turns a line red."""
import json
import os
import subprocess

import harness

DEMO = os.path.join(harness.ROOT, "deploy", "local", "demo")
SCALE = "0.01"


def demo(scenario, *words):
    env = scenario.environment(JAGA=harness.JAGA, JAGA_STACK_DIR=scenario.stack.env["JAGA_STACK_DIR"])
    return subprocess.run([DEMO, *words], env=env, capture_output=True, text=True, timeout=120)


def marks(done):
    lines = done.stdout.splitlines()
    return [line for line in lines if line.startswith(("ok ", "DIFFERS "))]


def generated(scenario):
    path = os.path.join(scenario.stack.env["JAGA_STACK_DIR"], "events.jsonl")
    scenario.run("generate", "reported-2024", "--scale", SCALE, "--out", path)
    with open(path) as file:
        return path, [json.loads(line) for line in file]


def write(path, events):
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def test_the_reported_figures_come_out(scenario):
    done = demo(scenario, "--scale", SCALE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(marks(done)) == 23, done.stdout
    assert "DIFFERS" not in done.stdout, done.stdout
    for figure in "61.84 %", "Rp 2,570,000,000", "VULNERABLE:2024:302000", "MISMATCH by 1":
        assert figure in done.stdout, (figure, done.stdout)


def test_a_file_of_the_same_events_gives_the_same(scenario):
    path, _ = generated(scenario)
    done = demo(scenario, "--scale", SCALE, "--events", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_changed_enrolment_turns_two_lines_red(scenario):
    path, events = generated(scenario)
    changed = next(e for e in events if e["type"] == "Enrolled" and e["category"] == "KETUA_RT")
    changed["category"] = "KETUA_RW"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    red = [line for line in marks(done) if line.startswith("DIFFERS")]
    assert len(red) == 2 and "KETUA_RT " in red[0] and "KETUA_RW " in red[1], done.stdout
    assert "reported 38, computed 37" in done.stderr, done.stderr


def test_one_death_a_day_after_cover_turns_the_total_red(scenario):
    path, events = generated(scenario)
    claim = next(e for e in events if e["type"] == "DeathClaimFiled" and e["cause"] == "ILLNESS")
    claim["died_on"] = "2024-02-24"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Rp 2,528,000,000" in done.stdout, done.stdout


def test_a_wrong_scale_is_refused(scenario):
    for scale in "0", "2", "x", "0.0000001", "-1", "":
        done = demo(scenario, "--scale=" + scale)
        assert done.returncode == 2 and "no share" in done.stderr, (scale, done.stderr)


if __name__ == "__main__":
    harness.run([
        test_the_reported_figures_come_out, test_a_file_of_the_same_events_gives_the_same,
        test_one_changed_enrolment_turns_two_lines_red,
        test_one_death_a_day_after_cover_turns_the_total_red, test_a_wrong_scale_is_refused,
    ], "demo", 19000)
