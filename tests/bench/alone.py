"""The parts of the processor alone."""
import json

from bench import Trouble, note, number

COMMITS = [(1, 200), (1000, 100), (16384, 40)]


def ask(bench, *words):
    note("bench_parts " + " ".join(words))
    process = bench.program("bench_parts", *words)
    line = process.stdout.readline()
    if process.wait(600) != 0 or not line:
        raise Trouble("bench_parts %s ended with %d" % (" ".join(words), process.returncode))
    return json.loads(line)


def measure(bench):
    people = bench.people(300000)
    bench.title("parts",
                "method: one thread over the population of %s in memory. decode: framed Avro to the event."
                % number(people),
                "apply: transition, encoding of participant and outputs, every digest, in batches of 16,384,",
                "decoded beforehand. commit: one transaction of so many payments and the journal record on Kafka.",
                "command: bench_parts decode; bench_parts apply; bench_parts commit --outputs N")
    for part in ("decode", "apply"):
        result = ask(bench, part, "--participants", str(people))
        bench.figure(part, "%s events/s, %.2f us an event" % (
            number(result["events_per_second"]), result["took_us"] / result["events"]))
    bench.fresh()
    for outputs, rounds in COMMITS:
        result = ask(bench, "commit", "--outputs", str(outputs), "--rounds", str(rounds))
        bench.figure("commit of %s" % number(outputs), "%s events/s; median %.1f ms, p99 %.1f ms" % (
            number(result["events_per_second"]), result["p50_us"] / 1000, result["p99_us"] / 1000))
