"""The processor is killed at every labelled step, started again, and must end as if nothing had happened."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402

LABELS = ["take:40", "apply:700", "begin:2", "produce:2", "produced:2", "commit:2", "committed:2",
          "view:1", "viewed:1", "view:2", "viewed:2", "copy:1", "copied:1", "copy:2", "copied:2"]
POPULATION = ["generate", "bench", "--participants", "300", "--months", "3", "--seed", "7"]
SMALL_BATCHES = {"JAGA_BATCH_EVENTS_MAX": "150", "JAGA_VIEW_FLUSH_MS": "1"}
DAYS = ["2024-01-01", "2024-01-02", "2024-03-31", "2024-04-01", "2025-01-01"]


def prepare(scenario):
    scenario.init()
    scenario.run(*POPULATION)


def figures(scenario):
    redis = scenario.stack.redis()
    public = redis.snapshot("jaga:{pub}:*")
    redis.close()
    meta = public.pop("jaga:{pub}:meta")
    return {
        "outputs": scenario.outputs(),
        "coverage": [scenario.coverage("--as-of", day) for day in DAYS],
        "public": {key: value for key, value in public.items() if ":series:" not in key},
        "day": meta[b"day"],
    }


def compare(found, wanted):
    for part, value in wanted.items():
        if found[part] != value:
            raise AssertionError("%s differ:\n%.1500s\n--- wanted\n%.1500s" % (
                part, found[part], value))


def rebuilt_lane_keys_agree(scenario):
    """An emptied Redis, redone from the journal, holds every lane key bit for bit."""
    before = scenario.lane_keys()
    redis = scenario.stack.redis()
    redis("FLUSHALL")
    redis.close()
    scenario.drain()
    after = scenario.lane_keys()
    if before != after:
        keys = [key for key in set(before) | set(after) if before.get(key) != after.get(key)]
        raise AssertionError("lane keys differ: %s\n%s\n%s" % (
            keys[:5], before.get(keys[0]), after.get(keys[0])))


UNDISTURBED = {}


def test_undisturbed(scenario):
    prepare(scenario)
    scenario.drain(**SMALL_BATCHES)
    UNDISTURBED.update(figures(scenario))
    approved = [d for (topic, _), records in UNDISTURBED["outputs"].items() if topic == "decision"
                for d in records if d["verdict"] == "APPROVED"]
    assert len(approved) == 6, approved
    rebuilt_lane_keys_agree(scenario)


def killed_at(label):
    def test(scenario):
        prepare(scenario)
        process = scenario.start("process", "--drain", JAGA_FAULT=label, **SMALL_BATCHES)
        process.wait(120)
        said = scenario.said(process)
        assert "fault " + label.split(":")[0] in said, "label not reached:\n" + said[-3000:]
        assert process.returncode == -signal.SIGKILL, process.returncode
        scenario.drain(**SMALL_BATCHES)
        compare(figures(scenario), UNDISTURBED)
        rebuilt_lane_keys_agree(scenario)
    test.__name__ = "test_killed_at_" + label.replace(":", "_")
    return test


def batches_of(size):
    def test(scenario):
        prepare(scenario)
        scenario.drain(JAGA_BATCH_EVENTS_MAX=size)
        compare(figures(scenario), UNDISTURBED)
    test.__name__ = "test_batches_of_%s" % size
    return test


if __name__ == "__main__":
    harness.run([test_undisturbed] + [killed_at(label) for label in LABELS] +
                [batches_of(size) for size in ("1", "7", "5000")], "crash", 19300)
