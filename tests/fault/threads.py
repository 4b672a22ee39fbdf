"""The thread sanitizer watches lanes at work: load, a process that joins and leaves, a Redis that goes, a stop.
Needs a build with JAGA_SANITIZE=thread."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402
import takeover  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TSAN = "exitcode=66 suppressions=" + os.path.join(HERE, "tsan.supp")


def unraced(scenario, *processes):
    """Each ends cleanly and the sanitizer has said nothing."""
    for process in processes:
        scenario.stop(process)
        said = scenario.said(process)
        assert "ThreadSanitizer" not in said, said[said.index("ThreadSanitizer") - 200:][:6000]


def test_lanes_at_work(scenario):
    scenario.settings["TSAN_OPTIONS"] = TSAN
    takeover.prepare(scenario)
    with takeover.Load(scenario) as load:
        first = scenario.start("process", **takeover.LIVE)
        scenario.wait_until(first, "lane_ready", times=2)
        takeover.wait_approved(scenario, 8, first)
        second = scenario.start("process", **takeover.LIVE)
        scenario.wait_until(second, "lane_ready")
        scenario.wait_until(first, "lane_kept")
        scenario.stack.command("stop", "redis")
        scenario.wait_until(first, "WARN redis_away")
        scenario.stack.command("start", "redis")
        scenario.wait_until(first, "redis_back")
        population.empty_redis(scenario)
        scenario.wait_until(first, "lane_reopens")
        unraced(scenario, second)
        scenario.wait_until(first, "lane_assigned", times=3)
    takeover.wait_approved(scenario, load.count, first)
    unraced(scenario, first)
    takeover.decided_exactly_once(scenario, load.count)


if __name__ == "__main__":
    harness.run([test_lanes_at_work], "threads", 24600)
