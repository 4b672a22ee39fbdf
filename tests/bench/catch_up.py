"""Catch-up: a log that is full when the processor starts, until all of it is applied, committed and shown."""
import statistics

from bench import LANES, Processor, Trouble, busy_seconds, cpu_seconds, note, number

PROCESS = ["--drain", "--clock", "events"]


class Costs:
    """CPU seconds of everybody, at one moment."""

    def __init__(self, bench, processor):
        self.jaga = cpu_seconds(processor.pid)
        self.kafka = cpu_seconds(bench.server_pid("kafka"))
        self.redis = cpu_seconds(bench.server_pid("redis"))
        self.machine = busy_seconds()

    def since(self, before):
        spent = {name: getattr(self, name) - getattr(before, name)
                 for name in ("jaga", "kafka", "redis", "machine")}
        spent["others"] = spent.pop("machine") - sum(spent.values())
        return spent


def check_shown(bench, drained):
    """What a lane said that it reached is what Redis holds, view and copy."""
    for event in drained:
        meta = bench.lane_meta(int(event["lane"]))
        for stand in ("view_sequence", "copy_sequence"):
            if meta.get(stand) != event["sequence"]:
                raise Trouble("lane %s: Redis has %s %s, not %s" % (
                    event["lane"], stand, meta.get(stand), event["sequence"]))


def one_run(bench, people):
    bench.fresh()
    published = bench.publish_population(people)
    note("catching up with %s events" % number(published))
    processor = Processor(bench, *PROCESS)
    costs = {}
    processor.when("lane_ready", 1, lambda: costs.update(ready=Costs(bench, processor)))
    processor.when("lane_drained", LANES, lambda: costs.update(drained=Costs(bench, processor)))
    drained = processor.wait("lane_drained", LANES, 3600)
    ready = processor.wait("lane_ready", LANES, 1)
    peak = processor.finish()
    applied = sum(int(event["events"]) for event in drained)
    if applied != published:
        raise Trouble("%d events were published, %d applied" % (published, applied))
    check_shown(bench, drained)
    seconds = max(event["at"] for event in drained) - min(event["at"] for event in ready)
    return {"events": applied, "seconds": seconds, "rate": applied / seconds, "peak": peak,
            "lanes": drained, "spent": costs["drained"].since(costs["ready"])}


def print_run(bench, name, run):
    spent = run["spent"]
    bench.figure(name, "%s events in %.2f s = %s events/s" % (
        number(run["events"]), run["seconds"], number(run["rate"])))
    for lane in run["lanes"]:
        bench.figure("  lane " + lane["lane"], "%s events in %.2f s = %s events/s" % (
            number(int(lane["events"])), int(lane["took_ms"]) / 1000,
            number(int(lane["events_per_second"]))))
    bench.figure("  CPU seconds", "jaga %.1f, Kafka %.1f, Redis %.1f; all else on the machine %.1f" % (
        spent["jaga"], spent["kafka"], spent["redis"], spent["others"]))
    bench.figure("  CPU of jaga an event", "%.2f us" % (spent["jaga"] / run["events"] * 1e6))
    bench.figure("  peak resident size of jaga", "%s MB" % number(run["peak"] / 1e6))


def measure(bench):
    people = bench.people(300000)
    bench.title("catch-up",
                "method: %s people, %d lanes, seed 2024, published beforehand into an empty Kafka; then one"
                % (number(people), LANES),
                "processor. From its first lane_ready to its last lane_drained by the times in its log: all is",
                "applied, committed and in Redis, view and copy (compared). CPU from /proc in that span.",
                "command: jaga generate bench --participants %d; jaga process %s" % (
                    people, " ".join(PROCESS)))
    runs = []
    for index in range(bench.options.runs):
        runs.append(one_run(bench, people))
        print_run(bench, "run %d" % (index + 1), runs[-1])
    rates = [run["rate"] for run in runs]
    bench.figure("events/s, smallest, median, largest", "%s, %s, %s" % (
        number(min(rates)), number(statistics.median(rates)), number(max(rates))))
    bench.goal("catch-up (median)", statistics.median(rates), "events/s", least=200000)
