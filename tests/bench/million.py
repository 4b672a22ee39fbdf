"""Memory and restart: a processor with a million people."""
import time

from bench import LANES, Processor, Trouble, note, number, resident_bytes
from live import Stream

IDLE_SECONDS = 3
RATE = 2000


def settled(read, seconds=60):
    """The figure once it has changed by less than 1 % for three seconds."""
    end = time.monotonic() + seconds
    same, last = 0, read()
    while time.monotonic() < end:
        time.sleep(0.5)
        now = read()
        same = same + 1 if abs(now - last) * 100 < last else 0
        last = now
        if same >= 2 * IDLE_SECONDS:
            return now
    raise Trouble("the figure does not settle")


def idle_sizes(bench):
    """A processor that was just started and has nothing to do: its resident size, its tables, Redis."""
    processor = Processor(bench)
    ready = processor.wait("lane_ready", LANES, 600)
    resident = settled(lambda: resident_bytes(processor.pid))
    used = settled(bench.used_memory)
    processor.stop()
    tables = sum(int(event["table_bytes"]) for event in ready)
    people = sum(int(event["participants"]) for event in ready)
    return {"resident": resident, "redis": used, "tables": tables, "people": people}


def opening(processor):
    return ", ".join("lane %s %.1f s" % (event["lane"], int(event["took_ms"]) / 1000)
                     for event in processor.named("lane_ready"))


def stands(bench):
    """How many people the copies in Redis hold, and how many batches lane 0's copy is behind its view."""
    metas = [bench.lane_meta(lane) for lane in range(LANES)]
    people = sum(int(meta.get("participants", 0)) for meta in metas)
    behind = int(metas[0].get("view_sequence", 0)) - int(metas[0].get("copy_sequence", 0))
    return people, behind


def kill_at_worst(bench, processor, people):
    """Kills at full speed, everybody there, when lane 0's copy is nearly as old as it gets: 90 % of the
    largest age of the round before. False: it had ended by then."""
    ages, before = [0], 0
    while not processor.ended:
        there, behind = stands(bench)
        if behind < before:
            ages.append(0)
        ages[-1] = max(ages[-1], behind)
        before = behind
        if there >= people and len(ages) >= 3 and 10 * behind >= 9 * ages[-2] > 0:
            processor.kill()
            bench.worst_behind = behind
            return True
        time.sleep(0.05)
    processor.finish()
    return False


def load(bench, people):
    """Everybody into the log and into Redis; the processor is killed once on the way."""
    bench.publish_population(people)
    note("working it off, with one kill on the way")
    processor = Processor(bench, "--drain", "--clock", "events")
    bench.worst_seconds = None
    if kill_at_worst(bench, processor, people):
        processor = Processor(bench, "--drain", "--clock", "events")
        bench.worst_seconds = processor.ready_seconds()
        bench.worst_opening = opening(processor)
        processor.finish(3600)
    bench.million_people = people


def prepare(bench):
    """The million and what is there without it, once for memory and restart."""
    people = bench.people(1000000)
    if bench.million_people != people:
        bench.fresh()
        bench.without = idle_sizes(bench)
        load(bench, people)
    return people


def measure_memory(bench):
    people = bench.people(1000000)
    bench.title("memory",
                "method: resident size (VmRSS) of an idle processor started on a log with %s people minus that of"
                % number(people),
                "one started on an empty log, for each person; both just started, so fetch queues are empty, and",
                "settled for %d s. Redis: used_memory likewise." % IDLE_SECONDS,
                "command: jaga generate bench --participants %d; jaga process --drain --clock events; jaga process"
                % people)
    prepare(bench)
    without, filled = bench.without, idle_sizes(bench)
    if filled["people"] != people:
        raise Trouble("the processor has %d people, not %d" % (filled["people"], people))
    bench.figure("resident with none, with all", "%s MB, %s MB" % (
        number(without["resident"] / 1e6), number(filled["resident"] / 1e6)))
    bench.figure("of that the tables of participants", "%.0f bytes a participant" % (
        filled["tables"] / people))
    bench.goal("processor", (filled["resident"] - without["resident"]) / people,
               "bytes a participant", most=300)
    bench.figure("Redis with none, with all", "%s MB, %s MB" % (
        number(without["redis"] / 1e6), number(filled["redis"] / 1e6)))
    bench.goal("Redis", (filled["redis"] - without["redis"]) / people,
               "bytes a participant", most=200)


def after_kill_idle(bench, **env):
    processor = Processor(bench, **env)
    processor.ready_seconds()
    time.sleep(IDLE_SECONDS)
    processor.kill()
    processor = Processor(bench, **env)
    return processor, processor.ready_seconds()


def after_kill_live(bench, people, processor):
    """The stream goes on over the kill, so its slowest payment is the outage that its publishers see."""
    live = Stream(bench, people, RATE, 15)
    live.expect("producing")
    time.sleep(5)
    processor.kill()
    processor = Processor(bench)
    ready = processor.ready_seconds()
    live.expect("produced")
    longest = live.result()["max_us"] / 1e6
    processor.stop()
    return ready, longest


def measure_restart(bench):
    people = bench.people(1000000)
    bench.title("restart",
                "method: SIGKILL of a processor with %s people, started again at once; from the start of the new"
                % number(people),
                "process to its last lane_ready: idle; under %s events/s; and in a catch-up at full speed when the"
                % number(RATE),
                "copy in Redis is nearly as old as it gets. The group gives the lanes of a killed process away",
                "after session.timeout.ms (6 s), and at once to a process of the same instance.id.",
                "command: kill -KILL; jaga process")
    prepare(bench)
    processor, named = after_kill_idle(bench, JAGA_INSTANCE_ID="bench")
    processor.stop()
    bench.figure("killed while idle, with instance.id", "%.1f s" % named)
    processor, idle = after_kill_idle(bench)
    bench.goal("killed while idle, all lanes ready", idle, "s", most=15)
    bench.figure("  of that opening the lanes", opening(processor))
    ready, longest = after_kill_live(bench, people, processor)
    bench.goal("killed under %s events/s, all lanes ready" % number(RATE), ready, "s", most=15)
    bench.figure("  longest wait of a payment meanwhile",
                 "%.1f s, and every payment was made once" % longest)
    if bench.worst_seconds is None:
        bench.figure("killed in a catch-up", "not measured: it had ended before the copy was old")
    else:
        bench.goal("killed in a catch-up, all lanes ready", bench.worst_seconds, "s", most=15)
        bench.figure("  of that opening the lanes", "%s (%d batches to redo)" % (
            bench.worst_opening, bench.worst_behind))
