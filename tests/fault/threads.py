"""The thread sanitizer watches lanes at work: load, a process that joins and leaves, a Redis that goes, a stop;
and lanes that are replayed side by side.
Needs a build with JAGA_SANITIZE=thread."""
import os
import re
import shutil
import sys
import threading
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402
import takeover  # noqa: E402
import wire  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TSAN = "exitcode=66 suppressions=" + os.path.join(HERE, "tsan.supp")


class Scrapes:
    """Asks a process for its metrics again and again until the context ends; each answer must be whole."""

    def __init__(self, scenario, process):
        self.scenario, self.process, self.count, self.failed = scenario, process, 0, None
        scenario.wait_until(process, "metrics_ready")
        self.url = re.search(r"metrics_ready address=(\S+)", scenario.said(process)).group(1)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.ended.wait(0.05):
            try:
                for path in "/metrics", "/readyz":
                    self.ask(path)
                self.count += 1
            except OSError as error:
                self.failed = error
                return

    def ask(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                text = answer.read().decode()
            assert text == "ready\n" or text.endswith("_count %s\n" % text.split()[-1]), text[-200:]
        except urllib.error.HTTPError as error:
            if (path, error.code) != ("/readyz", 503):
                raise

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        assert self.failed is None and self.count > 10, (self.failed, self.count)


def unraced(scenario, *processes):
    """Each ends cleanly and the sanitizer has said nothing."""
    for process in processes:
        scenario.stop(process)
        said = scenario.said(process)
        assert "ThreadSanitizer" not in said, said[said.index("ThreadSanitizer") - 200:][:6000]


def test_lanes_at_work(scenario):
    scenario.settings["TSAN_OPTIONS"] = TSAN
    takeover.prepare(scenario)
    first = scenario.start("process", JAGA_METRICS_ADDRESS="127.0.0.1:0", **takeover.LIVE)
    with takeover.Load(scenario) as load, Scrapes(scenario, first):
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


def test_lanes_replayed(scenario):
    """What looks at several lanes side by side: the audit with Redis, the figures of an earlier time, a
    rehearsal, from the topics and from an archive."""
    scenario.settings["TSAN_OPTIONS"] = TSAN
    scenario.init()
    scenario.publish(wire.story(range(60)))
    scenario.drain(JAGA_BATCH_EVENTS_MAX=7)
    folder = scenario.stack.path("archive-%s" % scenario.prefix)
    shutil.rmtree(folder, ignore_errors=True)
    rules = os.path.join(harness.ROOT, "rules")
    for words in (("archive", folder), ("audit", "--threads", "2"), ("audit", "--archive", folder),
                  ("coverage", "--known-at", "2024-02-09T00:00:00Z"),
                  ("rules", "rehearse", rules, "--archive", folder)):
        done = scenario.run(*words)
        assert "ThreadSanitizer" not in done.stderr, done.stderr[:6000]
    population.empty_redis(scenario)
    done = scenario.run("rebuild")
    assert "ThreadSanitizer" not in done.stderr, done.stderr[:6000]
    done = scenario.run("audit")
    assert "ThreadSanitizer" not in done.stderr and "agrees" in done.stdout, done.stdout + done.stderr


if __name__ == "__main__":
    harness.run([test_lanes_at_work, test_lanes_replayed], "threads", 24600)
