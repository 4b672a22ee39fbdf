"""The processor is killed again and again over one log, at seeded moments: its topics agree with themselves, and say
the same as those of a run that nobody disturbed.

JAGA_KILLS is how often (20), JAGA_SEED the moments."""
import json
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402

KILLS = int(os.environ.get("JAGA_KILLS", "20"))
SEED = int(os.environ.get("JAGA_SEED", "1"))
# Steps that every run comes to, and at most which hit, counted over both lanes.
LABELS = [("take", 12), ("apply", 12), ("begin", 9), ("produce", 9), ("produced", 9), ("commit", 9), ("committed", 9),
          ("view", 3), ("view_exec", 2), ("view_done", 2)]
SAME = ("events", "decisions", "payments", "payments_idr", "exceptions", "participants", "state_digest", "now")


def audited(scenario):
    done = scenario.run("audit", "--topics-only", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["result"] for line in lines] == ["agrees"] * (scenario.lanes + 1), done.stdout
    return lines[:-1]


def kill_once(scenario, chance, batch, label, hit):
    """At the step; or after a moment, and then at most at the step, where it stops of itself."""
    env = {"JAGA_BATCH_EVENTS_MAX": batch, "JAGA_VIEW_FLUSH_MS": 1, "JAGA_INSTANCE_ID": "one",
           "JAGA_FAULT": "%s:%d" % (label, hit)}
    if chance.random() < 0.7:
        process = scenario.start("process", **env)
    else:
        process = scenario.start("process", JAGA_FAULT_ACTION="stop", **env)
        time.sleep(chance.uniform(0.05, 0.8))
        process.send_signal(signal.SIGKILL)
    process.wait(120)
    assert process.returncode == -signal.SIGKILL, scenario.said(process)[-4000:]
    scenario.running.remove(process)


def kill_again_and_again(scenario, events):
    """How often Redis was lost on the way. Small batches, so that something is left for the last kill."""
    chance, emptied = random.Random(SEED), 0
    for kill in range(KILLS):
        label, most = chance.choice(LABELS)
        if kill > 4 and chance.random() < 0.1:  # there is something to redo
            population.empty_redis(scenario)
            emptied += 1
            label, most = "redo", 1
        kill_once(scenario, chance, max(1, events // (KILLS * 12)), label, chance.randint(1, most))
    return emptied


def test_killed_and_undisturbed_agree(scenario):
    population.publish(scenario)
    scenario.drain(JAGA_BATCH_EVENTS_MAX=50)
    wanted, outputs = audited(scenario), scenario.outputs()
    assert sum(line["payments"] for line in wanted) == population.APPROVED

    killed = scenario.stack.scenario()
    population.publish(killed)
    emptied = kill_again_and_again(killed, sum(line["events"] for line in wanted))
    before = sum(line["sequence"] for line in audited(killed))
    killed.drain(JAGA_INSTANCE_ID="one", JAGA_BATCH_EVENTS_MAX=5)
    found = audited(killed)
    after = sum(line["sequence"] for line in found)
    print("killed %d times (seed %d), Redis lost %d times: %d journal records, then %d; undisturbed %d" % (
        KILLS, SEED, emptied, before, after, sum(line["sequence"] for line in wanted)))
    assert before >= KILLS and after > before, "nothing was left for the last kill"
    for line, other in zip(found, wanted):
        assert {name: line[name] for name in SAME} == {name: other[name] for name in SAME}, (line, other)
    population.compare({"outputs": killed.outputs()}, {"outputs": outputs})


if __name__ == "__main__":
    harness.run([test_killed_and_undisturbed_agree], "audit_kills", 18640)
