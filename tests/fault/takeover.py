"""Processes share the lanes through the group: whoever is killed, paused, stopped, fenced or joined by others,
everything published is decided exactly once, and nothing of an owner that is no longer one lands anywhere."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
import population  # noqa: E402
import wire  # noqa: E402

SESSION_MS = 2000
LIVE = {"JAGA_BATCH_EVENTS_MAX": 20, "JAGA_VIEW_FLUSH_MS": 10}


def prepare(scenario, lanes=2):
    scenario.lanes = lanes
    scenario.kafka_options(session_timeout_ms=SESSION_MS, heartbeat_interval_ms=300)
    scenario.init()


def story(numbers):
    return wire.story(numbers)


def send(scenario, numbers):
    with wire.Wire(scenario) as tool:
        tool.send(story(numbers))


class Load:
    """People who come a few at a time until the context ends; `count` says how many were sent."""

    def __init__(self, scenario, first=10000, a_time=4):
        self.scenario, self.first, self.a_time, self.count = scenario, first, a_time, 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with wire.Wire(self.scenario) as tool:
            while not self.ended.wait(0.02):
                tool.send(story(range(self.first + self.count, self.first + self.count + self.a_time)))
                self.count += self.a_time

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def approved(scenario):
    return [d["claim_id"] for d in scenario.read("decision") if d["verdict"] == "APPROVED"]


def wait_approved(scenario, count, process=None, seconds=40):
    scenario.wait_for("there are not %d approved claims" % count,
                      lambda: len(approved(scenario)) >= count, process, seconds)


def decided_exactly_once(scenario, count):
    """Every claim approved once and paid once, its decisions numbered without gaps, as the journal."""
    decisions, payments = {}, scenario.read("payment")
    for decision in scenario.read("decision"):
        decisions.setdefault(decision["claim_id"], []).append(decision)
    assert len(decisions) == count, (len(decisions), count)
    for claim, of_claim in decisions.items():
        assert [d["revision"] for d in of_claim] == list(range(1, len(of_claim) + 1)), of_claim
        assert [d["verdict"] for d in of_claim].count("APPROVED") == 1, of_claim
    assert sorted(p["claim_id"] for p in payments) == sorted(decisions), len(payments)
    assert len({p["payment_id"] for p in payments}) == count
    with wire.Wire(scenario) as tool:
        for lane in range(scenario.lanes):
            sequences = [r["body"]["sequence"] for r in tool.journal(lane)]
            assert sequences == list(range(1, len(sequences) + 1)), sequences


def agrees(scenario, count):
    decided_exactly_once(scenario, count)
    population.redo_agrees(scenario, JAGA_INSTANCE_ID="")


def ready(scenario, process):
    """The lanes whose opening the process has told."""
    return [int(line.split("lane=")[1].split()[0])
            for line in scenario.said(process).splitlines() if " lane_ready " in line]


def sharing(scenario, count=2, **env):
    """So many processes, each with at least one lane."""
    processes = []
    for _ in range(count):
        processes.append(scenario.start("process", **dict(LIVE, **env)))
        scenario.wait_until(processes[-1], "lane_ready")
    return processes


def committed(scenario):
    with wire.Wire(scenario) as tool:
        return {(topic, lane): tool.read(topic, lane) for lane in range(scenario.lanes)
                for topic in ("decision", "payment", "exception", "journal")}


# ---- Killed

def test_one_is_killed(scenario):
    prepare(scenario)
    first, second = sharing(scenario)
    with Load(scenario) as load:
        wait_approved(scenario, 8)
        before = len(ready(scenario, second))
        first.kill()
        first.wait(10)
        scenario.wait_for("the lane is not taken over",
                          lambda: len(ready(scenario, second)) > before, second)
        wait_approved(scenario, len(approved(scenario)) + 8, second)
    wait_approved(scenario, load.count, second)
    scenario.stop(second)
    agrees(scenario, load.count)


# ---- Paused

class Sequences:
    """What each lane's meta in Redis says, looked at again and again while the context lasts."""

    def __init__(self, scenario):
        self.scenario, self.seen = scenario, set()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        redis = self.scenario.stack.redis()
        while not self.ended.is_set():
            self.seen.add(tuple(tuple(redis("HMGET", "jaga:{%d}:meta" % lane, "view_sequence", "copy_sequence"))
                                for lane in range(self.scenario.lanes)))
        redis.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def paused_at(label, *texts):
    """An owner stops in the middle of its work for longer than its session, another one takes its lanes, and
    the first goes on where it stood. `texts`: one of them is how it learns that it is stale."""
    def test(scenario):
        prepare(scenario)
        send(scenario, range(40))
        stale = scenario.start("process", JAGA_FAULT=label, JAGA_FAULT_ACTION="stop", **LIVE)
        scenario.wait_until(stale, "fault " + label.split(":")[0])
        owner = scenario.start("process", **LIVE)
        scenario.wait_until(owner, "lane_ready", times=2)
        wait_approved(scenario, 40, owner)
        send(scenario, range(1000, 1010))
        wait_approved(scenario, 50, owner)
        decided_exactly_once(scenario, 50)
        scenario.wait_for("Redis does not follow", lambda: wire.is_shown(scenario), owner)
        log, keys = committed(scenario), scenario.lane_keys()
        with Sequences(scenario) as sequences:
            ready_then = len(ready(scenario, stale))
            stale.send_signal(signal.SIGCONT)
            scenario.wait_for("the stale owner does not notice",
                              lambda: any(text in scenario.said(stale) for text in texts), stale)
            scenario.wait_for("the stale owner does not join again and is given a lane",
                              lambda: len(ready(scenario, stale)) > ready_then, stale)
        assert len(sequences.seen) == 1, "the stale owner wrote to Redis: %s" % sequences.seen
        assert committed(scenario) == log, "something of the stale owner landed"
        assert "lane_reopens" not in scenario.said(owner), scenario.said(owner)
        population.same_keys(keys, scenario.lane_keys())
        send(scenario, range(2000, 2010))
        wait_approved(scenario, 60, owner)
        for process in (stale, owner):
            assert "lane_stopped" not in scenario.said(process), scenario.said(process)
            scenario.stop(process)
        agrees(scenario, 60)
    return test


def test_paused_in_a_batch(scenario):
    paused_at("apply:70", "lane_released")(scenario)


def test_paused_before_producing(scenario):
    paused_at("produce:4", "fenced", "lane_released")(scenario)


def test_paused_before_commit(scenario):
    paused_at("commit:4", "fenced", "lane_released")(scenario)


def test_paused_before_the_view(scenario):
    paused_at("view_exec:5", "store_taken", "lane_released")(scenario)


def test_paused_before_the_copy(scenario):
    paused_at("copy_exec:4", "store_taken", "lane_released")(scenario)


def test_paused_while_draining(scenario):
    """A drain whose lanes are lost has not drained them: it joins again."""
    prepare(scenario)
    send(scenario, range(40))
    process = scenario.start("process", "--drain", JAGA_FAULT="commit:4", JAGA_FAULT_ACTION="stop",
                             **LIVE)
    scenario.wait_until(process, "fault commit")
    time.sleep(2 * SESSION_MS / 1000)  # the broker tells nobody that the session has ended
    process.send_signal(signal.SIGCONT)
    assert process.wait(40) == 0, scenario.said(process)
    agrees(scenario, 40)


# ---- Stopped

def test_clean_stop_under_load(scenario):
    prepare(scenario)
    send(scenario, range(300))
    # View and public figures wait for the stop.
    process = scenario.start("process", **dict(LIVE, JAGA_VIEW_FLUSH_MS=60000))
    wait_approved(scenario, 1, process)
    with wire.Wire(scenario) as tool:
        scenario.wait_for("a lane has not begun", lambda: all(tool.journal(lane) for lane in range(2)), process)
    scenario.stop(process, seconds=20)
    with wire.Wire(scenario) as tool:
        ends = [tool.journal(lane)[-1]["body"] for lane in range(2)]
    assert sum(r["next"] for body in ends for r in body["ranges"][:3]) > 0
    redis = scenario.stack.redis()
    for lane, body in enumerate(ends):
        meta = redis.hash("jaga:{%d}:meta" % lane)
        assert meta[b"view_sequence"] == meta[b"copy_sequence"] == b"%d" % body["sequence"], meta
    public = redis.hash("jaga:{pub}:meta")
    assert [public[b"sequence:%d" % lane] for lane in range(2)] == [
        b"%d" % body["sequence"] for body in ends], public
    redis.close()
    assert "lane_released lane=0" in scenario.said(process), scenario.said(process)
    said = scenario.drain(**LIVE).stderr
    assert "redo_begins" not in said, said
    agrees(scenario, 300)


def stopped_twice(sent, code):
    def test(scenario):
        prepare(scenario)
        send(scenario, range(40))
        process = scenario.start("process", JAGA_FAULT="commit:3", JAGA_FAULT_ACTION="sleep:60000",
                                 **LIVE)
        scenario.wait_until(process, "fault commit")
        process.send_signal(sent)
        time.sleep(0.3)
        assert process.poll() is None, "the batch in hand was not waited for"
        process.send_signal(sent)
        assert process.wait(5) == code, process.returncode
        scenario.drain(**LIVE)
        agrees(scenario, 40)
    return test


def test_sigterm_twice(scenario):
    stopped_twice(signal.SIGTERM, 143)(scenario)


def test_ctrl_c_twice(scenario):
    stopped_twice(signal.SIGINT, 130)(scenario)


# ---- Fenced

def fence(tool, scenario, lane):
    """What a process with the same transactional id does when it starts."""
    tool.ask("begin", id="%s/%s.journal/%d" % (scenario.prefix, scenario.prefix, lane))
    tool.ask("abort")


def test_three_fences_in_a_minute(scenario):
    prepare(scenario)
    process = scenario.start("process", **LIVE)
    scenario.wait_until(process, "lane_ready", times=2)
    with wire.Wire(scenario) as tool:
        for time_of_fence in range(1, 4):
            fence(tool, scenario, 0)
            tool.send(wire.story(range(1000 * time_of_fence, 1000 * time_of_fence + 2), lane=0))
            said = "lane_reopens lane=0" if time_of_fence < 3 else "lane_stopped lane=0"
            scenario.wait_until(process, said, times=time_of_fence if time_of_fence < 3 else 1)
            if time_of_fence < 3:
                wait_approved(scenario, 2 * time_of_fence, process)
        assert "another process uses this transactional id" in scenario.said(process)
        tool.send(wire.story(range(9000, 9002), lane=1))
    wait_approved(scenario, 6, process)  # the other lane goes on
    scenario.stop(process, expect=2)
    scenario.drain(**LIVE)
    agrees(scenario, 8)


def test_second_writer(scenario):
    """A record is not where it was to lie: the batch is aborted, the lane opened anew, the batch done again."""
    prepare(scenario)
    send(scenario, range(10))
    process = scenario.start("process", **LIVE)
    wait_approved(scenario, 10, process)
    with wire.Wire(scenario) as tool:
        tool.ask("begin", id="stranger")
        tool.produce("journal", 0, [(b"0", b"nothing")])
        tool.ask("abort")
        tool.send(wire.story(range(1000, 1005), lane=0))
    scenario.wait_until(process, "lane_reopens lane=0 code=second_writer")
    wait_approved(scenario, 15, process)
    scenario.stop(process)
    agrees(scenario, 15)


def test_two_groups_on_one_log(scenario):
    """The group does not keep them apart: the journal's offsets and the owner's token do."""
    prepare(scenario)
    with Load(scenario, a_time=2) as load:
        processes = [scenario.start("process", JAGA_GROUP_ID=scenario.prefix + name, **LIVE)
                     for name in ("x", "y")]
        for process in processes:
            scenario.wait_for("they do not notice each other", lambda: any(
                word in scenario.said(process) for word in ("lane_reopens", "lane_stopped")))
        scenario.wait_for("they go on", lambda: any(
            "uses this transactional id" in scenario.said(process) for process in processes))
    for process in processes:
        if process.poll() is None:
            scenario.stop(process, expect=None)
    scenario.drain(**LIVE)
    agrees(scenario, load.count)


def test_same_instance_id(scenario):
    prepare(scenario)
    send(scenario, range(10))
    first = scenario.start("process", **dict(LIVE, JAGA_INSTANCE_ID="one"))
    scenario.wait_until(first, "lane_ready", times=2)
    second = scenario.start("process", **dict(LIVE, JAGA_INSTANCE_ID="one"))
    assert first.wait(30) == 2, scenario.said(first)
    assert "same group.instance.id" in scenario.said(first), scenario.said(first)
    scenario.wait_until(second, "lane_ready", times=2)
    wait_approved(scenario, 10, second)
    scenario.stop(second)
    agrees(scenario, 10)


# ---- Rebalanced

def test_lanes_go_and_come_back(scenario):
    """A second process joins and leaves. The lane that stays with the first keeps its memory."""
    prepare(scenario)
    with Load(scenario) as load:
        first, = sharing(scenario, 1)
        scenario.wait_until(first, "lane_ready", times=2)
        wait_approved(scenario, 4, first)
        second = scenario.start("process", **LIVE)
        scenario.wait_until(second, "lane_ready")
        moved, = ready(scenario, second)
        scenario.wait_until(first, "lane_kept lane=%d" % (1 - moved))
        assert "lane_released lane=%d" % moved in scenario.said(first), scenario.said(first)
        wait_approved(scenario, len(approved(scenario)) + 8, second)
        scenario.stop(second)
        scenario.wait_for("the lane does not come back",
                          lambda: ready(scenario, first).count(moved) == 2, first)
        wait_approved(scenario, len(approved(scenario)) + 8, first)
    wait_approved(scenario, load.count, first)
    assert ready(scenario, first).count(1 - moved) == 1, scenario.said(first)
    assert "lane_reopens" not in scenario.said(first), scenario.said(first)
    scenario.stop(first)
    agrees(scenario, load.count)


def test_a_third_joins_and_leaves(scenario):
    prepare(scenario, lanes=3)
    with Load(scenario) as load:
        processes = sharing(scenario, 3)
        wait_approved(scenario, len(approved(scenario)) + 8)
        scenario.stop(processes.pop())
        scenario.wait_for("its lane is not taken", lambda: sum(
            scenario.said(process).count("lane_assigned") - scenario.said(process).count("lane_released")
            for process in processes) == 3)
        wait_approved(scenario, len(approved(scenario)) + 8)
    wait_approved(scenario, load.count)
    for process in processes:
        scenario.stop(process)
    agrees(scenario, load.count)


def test_journal_moved_while_paused(scenario):
    """A lane that is given back does not trust its memory when the journal ends elsewhere."""
    prepare(scenario)
    send(scenario, range(10))
    first, = sharing(scenario, 1)
    wait_approved(scenario, 10, first)
    scenario.wait_until(first, "lane_ready", times=2)
    with wire.Wire(scenario) as tool:
        tool.ask("begin", id="stranger")
        for lane in range(2):
            tool.produce("journal", lane, [(b"0", b"nothing")])
        tool.ask("abort")
    second = scenario.start("process", **LIVE)
    scenario.wait_until(second, "lane_ready")
    scenario.wait_until(first, "code=lane_went_on")
    send(scenario, range(1000, 1010))
    wait_approved(scenario, 20, first)
    for process in (first, second):
        scenario.stop(process)
    agrees(scenario, 20)


TESTS = [test for name, test in list(globals().items()) if name.startswith("test_")]

if __name__ == "__main__":
    harness.run(TESTS, "takeover", 19600)
