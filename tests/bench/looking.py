"""Dashboard: what people who look cost the processor at full speed, and how long they wait meanwhile."""
import json
import re
import statistics
import subprocess

from bench import LANES, Processor, Trouble, cpu_seconds, note, number, percentile
from catch_up import PROCESS, check_shown

BEFORE = ["generate", "bench", "--participants", "2000", "--seed", "7"]  # so that there are figures from the start
PAGES_OF = 10  # of so many requests one is for the front page, the others for regions


class Page:
    """`jaga dashboard` and bench_requests, until stopped."""

    def __init__(self, bench, regions):
        self.process = subprocess.Popen([bench.jaga, "dashboard"], stderr=subprocess.PIPE, text=True,
                                        env=bench.environment(JAGA_DASHBOARD_ADDRESS="127.0.0.1:0"))
        self.asking = None
        bench.helpers.append(self)
        ready = re.search(r"dashboard_ready address=http://\S+:(\d+)", self.process.stderr.readline())
        if not ready:
            raise Trouble("the dashboard does not start")
        paths = ["/api/v1/regions/" + regions[i % len(regions)] for i in range(PAGES_OF * len(regions))]
        paths[::PAGES_OF] = ["/"] * len(regions)
        self.words = [ready.group(1), str(bench.options.requests), *paths]
        self.bench = bench

    def ask(self):
        self.asking = self.bench.program("bench_requests", *self.words)

    def end_asking(self):
        self.cpu = cpu_seconds(self.process.pid)
        self.asking.terminate()

    def result(self):
        said, _ = self.asking.communicate(timeout=60)
        return json.loads(said)

    def stop(self):
        for process in self.asking, self.process:
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(30)
        self.process.stderr.close()


def regions_of(bench):
    done = subprocess.run([bench.jaga, "coverage", "--json"], env=bench.environment(), capture_output=True, text=True)
    codes = [json.loads(line)["region"] for line in done.stdout.splitlines()]
    codes = [code for code in codes if re.fullmatch(r"\d\d\.\d\d", code) and code != "00.00"]
    if not codes:
        raise Trouble("there are no regions to ask for: %s" % done.stderr)
    return codes


def one_run(bench, people, looked_at):
    bench.fresh()
    bench.run(*BEFORE)
    bench.run("process", *PROCESS)
    page = Page(bench, regions_of(bench)) if looked_at else None
    published = bench.publish_population(people)
    note("catching up with %s events%s" % (number(published), ", looked at" if page else ""))
    processor = Processor(bench, *PROCESS)
    if page:
        processor.when("lane_ready", 1, page.ask)
        processor.when("lane_drained", LANES, page.end_asking)
    drained = processor.wait("lane_drained", LANES, 3600)
    ready = processor.wait("lane_ready", LANES, 1)
    processor.finish()
    applied = sum(int(event["events"]) for event in drained)
    if applied != published:
        raise Trouble("%d events were published, %d applied" % (published, applied))
    check_shown(bench, drained)
    seconds = max(event["at"] for event in drained) - min(event["at"] for event in ready)
    run = {"rate": applied / seconds, "seconds": seconds}
    if page:
        run.update(page.result(), cpu=page.cpu)
        page.stop()
        if run["failed"] or len(run["times_us"]) < bench.options.requests * (seconds - 1):
            raise Trouble("%d requests failed, %d were answered in %.1f s" % (
                run["failed"], len(run["times_us"]), seconds))
    return run


def milliseconds(times, percent):
    return percentile(times, percent) / 1000


def print_run(bench, index, alone, looked_at):
    times = looked_at["times_us"]
    bench.figure("pair %d: alone, looked at" % (index + 1), "%s, %s events/s; %s requests, p50 %.1f, p99 %.1f, "
                 "largest %.1f ms; CPU of the dashboard %.2f of %.2f s" % (
                     number(alone["rate"]), number(looked_at["rate"]), number(len(times)), milliseconds(times, 50),
                     milliseconds(times, 99), milliseconds(times, 100), looked_at["cpu"], looked_at["seconds"]))


def measure(bench):
    people, rate = bench.people(300000), bench.options.requests
    bench.title("dashboard",
                "method: catch-up of %s people (2,000 others are in before), alone and looked at in turn:"
                % number(people),
                "`jaga dashboard` on the same host, and bench_requests asks it %s times a second, one in %d for"
                % (number(rate), PAGES_OF),
                "the front page, the others for /api/v1/regions/CODE of each region in turn, from the first",
                "lane_ready to the last lane_drained. Each request has its moment by the clock, and its time",
                "counts from then to the last byte, however late it could be sent. Medians of the pairs; the",
                "times of all pairs together.",
                "command: jaga process %s; jaga dashboard; bench_requests PORT %d PATH..." % (
                    " ".join(PROCESS), rate))
    pairs = []
    for index in range(bench.options.runs):
        pairs.append([one_run(bench, people, looked_at) for looked_at in (False, True)])
        print_run(bench, index, *pairs[-1])
    alone, looked_at = (statistics.median(pair[side]["rate"] for pair in pairs) for side in (0, 1))
    times = [time for pair in pairs for time in pair[1]["times_us"]]
    bench.figure("events/s alone, looked at", "%s, %s" % (number(alone), number(looked_at)))
    bench.goal("slowdown by who looks", (alone - looked_at) / alone * 100, "%", most=5)
    bench.figure("answer, median", "%.1f ms" % milliseconds(times, 50))
    bench.goal("answer, p99", milliseconds(times, 99), "ms", most=50)
    bench.figure("answer, largest", "%.1f ms" % milliseconds(times, 100))
