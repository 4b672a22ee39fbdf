"""The processor is killed at every labelled step, started again, and must end as if nothing had happened:
the same decisions, payments and exceptions in the same order, the same coverage on every day, the same public
figures; and an emptied Redis, redone from the journal, holds every lane key bit for bit."""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402

# Label and hit, counted over both lanes. A batch is 50 of some 450 events a lane, so that the ninth commit has
# state before it and input after it. The first copy of all is the end of a lane's first fill.
LABELS = ["take:300", "apply:500", "begin:9", "produce:9", "produced:9", "commit:9", "committed:9",
          "view:9", "view_exec:9", "view_done:9", "viewed:9",
          "copy_exec:1", "copy_done:1", "view_exec:1", "view_done:1",
          "copy:1", "copy_exec:3", "copy_done:3", "copied:2"]
# The instance id lets a restarted process take its lanes back at once.
SMALL = {"JAGA_BATCH_EVENTS_MAX": 50, "JAGA_VIEW_FLUSH_MS": 1, "JAGA_INSTANCE_ID": "one"}
UNDISTURBED = {}


def killed(scenario, label, **env):
    """Runs until the label kills it."""
    process = scenario.start("process", "--drain", JAGA_FAULT=label, **dict(SMALL, **env))
    process.wait(120)
    said = scenario.said(process)
    assert "fault " + label.split(":")[0] in said, "label not reached:\n" + said[-3000:]
    assert process.returncode == -signal.SIGKILL, process.returncode
    return said


def undisturbed(scenario):
    population.publish(scenario)
    scenario.drain(**SMALL)
    UNDISTURBED.update(population.figures(scenario))
    population.check(UNDISTURBED)


def test_undisturbed(scenario):
    undisturbed(scenario)
    population.redo_agrees(scenario, **SMALL)


def prepare(scenario):
    if not UNDISTURBED:  # the test was asked for alone
        undisturbed(scenario.stack.scenario())
        population.empty_redis(scenario)
    population.publish(scenario)


def as_undisturbed(scenario):
    population.compare(population.figures(scenario), UNDISTURBED)


def killed_at(label):
    def test(scenario):
        prepare(scenario)
        killed(scenario, label)
        said = scenario.drain(**SMALL).stderr
        assert "copy_dropped" not in said, said  # what was saved is good
        as_undisturbed(scenario)
        population.redo_agrees(scenario, **SMALL)
    test.__name__ = "test_killed_at_" + label.replace(":", "_")
    return test


def test_killed_again_and_again(scenario):
    """One log, killed at one step after the other, each time a little further on."""
    prepare(scenario)
    for label in ("copy_exec:1", "committed:1", "produced:3", "commit:3", "view_done:5", "copy:2"):
        killed(scenario, label)
    scenario.drain(**SMALL)
    as_undisturbed(scenario)
    population.redo_agrees(scenario, **SMALL)


def batches_of(size):
    def test(scenario):
        prepare(scenario)
        scenario.drain(JAGA_BATCH_EVENTS_MAX=size)
        as_undisturbed(scenario)
    test.__name__ = "test_batches_of_%s" % size
    return test


def applied_by(scenario, process):
    return sum(int(count) for count in re.findall(r"lane_drained .* events=(\d+)", scenario.said(process)))


def test_two_processes(scenario):
    """The first is held in the middle of a batch until the second has joined and is given a lane."""
    prepare(scenario)
    both = {"JAGA_BATCH_EVENTS_MAX": 1}
    first = scenario.start("process", "--drain", JAGA_FAULT="apply:60",
                           JAGA_FAULT_ACTION="sleep:1000", **both)
    scenario.wait_until(first, "fault apply")
    second = scenario.start("process", "--drain", **both)
    for process in (first, second):
        assert process.wait(60) == 0, scenario.said(process)
        assert applied_by(scenario, process) > 0, scenario.said(process)
    as_undisturbed(scenario)


def test_the_last_of_two_shows_everything(scenario):
    """The owner of lane 0 is done first; a static member's lanes are not given on before its session ends, so
    the other ends without ever owning lane 0, and the public figures must have its lane all the same."""
    prepare(scenario)
    both = {"JAGA_BATCH_EVENTS_MAX": 1}
    first = scenario.start("process", "--drain", JAGA_INSTANCE_ID="one", JAGA_FAULT="apply:60",
                           JAGA_FAULT_ACTION="sleep:2000", **both)
    scenario.wait_until(first, "fault apply")
    second = scenario.start("process", "--drain", JAGA_INSTANCE_ID="two", JAGA_FAULT="apply:5",
                            JAGA_FAULT_ACTION="stop", **both)
    scenario.wait_until(second, "fault apply")
    assert first.wait(60) == 0, scenario.said(first)
    second.send_signal(signal.SIGCONT)
    assert second.wait(60) == 0, scenario.said(second)
    assert "lane_assigned lane=0" not in scenario.said(second), scenario.said(second)
    as_undisturbed(scenario)


def chunked(scenario):
    """More people than one chunk of a fill holds, in one lane."""
    scenario.init()
    scenario.run("generate", "bench", "--participants", "4300", "--months", "1", "--seed", "7")
    scenario.drain(JAGA_INSTANCE_ID="one")
    return scenario.lane_keys()


def test_killed_in_redo_and_between_chunks_of_a_fill(scenario):
    whole = chunked(scenario)
    redis = scenario.stack.redis()
    for label in ("redo:1", "fill:4", "filled:2", "copy_exec:1"):
        redis("FLUSHALL")
        killed(scenario, label, JAGA_BATCH_EVENTS_MAX=5000)
        unfinished = [lane for lane in range(2) if not redis("EXISTS", "jaga:{%d}:meta" % lane)]
        buckets = [redis.keys("jaga:{%d}:p:*" % lane) for lane in unfinished]
        assert unfinished, "meta before the end of the fill"
        assert any(buckets) == (label != "redo:1"), (label, unfinished)
        scenario.drain(JAGA_INSTANCE_ID="one")
        population.same_keys(whole, scenario.lane_keys())
    redis.close()


ALL = ([test_undisturbed] + [killed_at(label) for label in LABELS] + [test_killed_again_and_again] +
       [batches_of(size) for size in ("1", "7", "5000")] +
       [test_two_processes, test_the_last_of_two_shows_everything,
        test_killed_in_redo_and_between_chunks_of_a_fill])

if __name__ == "__main__":
    harness.run(ALL, "crash", 19300)
