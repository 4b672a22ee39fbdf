"""Live: events at an even pace on a log that is not empty; how soon payments are visible, how old Redis is."""
import json
import threading
import time

from bench import LANES, Processor, Trouble, cpu_seconds, note, number, percentile

SAMPLE_SECONDS = 0.05
WARM_UP_SECONDS = 1.0


class RedisAge:
    """Samples how far the view of each lane is behind the wall clock, until it is stopped."""

    def __init__(self, bench):
        self.redis = bench.redis()
        self.ages = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.sample, daemon=True)
        self.thread.start()

    def sample(self):
        time.sleep(WARM_UP_SECONDS)
        while not self.stopped.wait(SAMPLE_SECONDS):
            for lane in range(LANES):
                shown = int(self.redis("HGET", "jaga:{%d}:meta" % lane, "view_now"))
                self.ages.append(time.time() - shown / 1e6)

    def stop(self):
        self.stopped.set()
        self.thread.join(30)
        self.redis.close()
        return self.ages


class Stream:
    """bench_live: says when it begins, when it has ended, and then what it measured."""

    def __init__(self, bench, people, rate, seconds):
        self.words = ["--participants", str(people), "--rate", str(rate), "--seconds", str(seconds)]
        self.process = bench.program("bench_live", *self.words)

    def expect(self, word):
        line = self.process.stdout.readline().strip()
        if line != word:
            self.process.kill()
            raise Trouble("bench_live said %r instead of %s" % (line, word))

    def result(self):
        line = self.process.stdout.readline()
        self.process.wait(60)
        if not line:
            raise Trouble("bench_live gave no result")
        result = json.loads(line)
        if result["payments"] != result["claims"] or result["exceptions"] != 0:
            raise Trouble("live: %s" % line.strip())
        return result


def prepare(bench, people):
    bench.fresh()
    bench.publish_population(people)
    note("working it off before the live part")
    bench.run("process", "--drain", "--clock", "events")


def stream(bench, people):
    options = bench.options
    processor = Processor(bench)
    processor.ready_seconds()
    live = Stream(bench, people, options.rate, options.seconds)
    live.expect("producing")
    note("%d events a second for %d s" % (options.rate, options.seconds))
    before = cpu_seconds(processor.pid)
    age = RedisAge(bench)
    live.expect("produced")
    ages = age.stop()
    spent = cpu_seconds(processor.pid) - before
    result = live.result()
    processor.stop()
    return result, ages, spent


def measure(bench):
    people, options = bench.people(300000), bench.options
    bench.title("live",
                "method: `jaga process` with default settings (wall clock) on a log with %s people already in;"
                % number(people),
                "bench_live produces %s events/s for %d s at an even pace (a fifth enrolments, a tenth death"
                % (number(options.rate), options.seconds),
                "claims that are approved at once, the rest contributions) and reads jaga.payment with",
                "read_committed. Time from just before a claim is handed to the producer (linger 5 ms) to its",
                "payment in the reader's hands. Redis: every 50 ms wall clock minus the view's `now`, each lane,",
                "from one second after the first event to the last.",
                "command: jaga process; bench_live --participants %d --rate %d --seconds %d" % (
                    people, options.rate, options.seconds))
    prepare(bench, people)
    result, ages, spent = stream(bench, people)
    bench.figure("events, claims, payments", "%s, %s, %s" % (
        number(result["events"]), number(result["claims"]), number(result["payments"])))
    bench.figure("the producer was behind its pace at most", "%.1f ms" % (result["late_us"] / 1000))
    bench.figure("CPU of jaga while it lasted", "%.1f s" % spent)
    bench.figure("claim produced to payment visible, median", "%.1f ms" % (result["p50_us"] / 1000))
    bench.goal("claim produced to payment visible, p99", result["p99_us"] / 1000, "ms", most=150)
    bench.figure("claim produced to payment visible, largest", "%.1f ms" % (result["max_us"] / 1000))
    bench.figure("Redis behind, p99 of %d samples" % len(ages), "%.0f ms" % (
        percentile(ages, 99) * 1000))
    bench.goal("Redis behind, largest", max(ages) * 1000, "ms", most=1000)
