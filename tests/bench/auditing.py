"""Audit: a log that was processed, recomputed from its topics and from an archive; and one payment explained
out of ten million events."""
import json
import os
import re
import shutil
import statistics
import subprocess
import time

from bench import LANES, Processor, Trouble, note, number

PROCESS = ["--drain", "--clock", "events"]
RATE = re.compile(r"(\d+) events in (\d+\.\d+) s")


def processed(bench, people, *words):
    """A fresh log with that population, drained; the events published."""
    bench.fresh()
    note("publishing and processing the population of %s" % number(people))
    said = bench.run("generate", "bench", "--participants", str(people), *words)
    published = int(re.search(r"(\d+) events sent", said).group(1))
    processor = Processor(bench, *PROCESS)
    drained = processor.wait("lane_drained", LANES, 3600)
    processor.finish()
    if sum(int(event["events"]) for event in drained) != published:
        raise Trouble("not all events were applied")
    return published


def timed(bench, *words):
    """A command of jaga to its end: output, seconds, peak resident bytes, CPU seconds."""
    begun = time.monotonic()
    process = subprocess.Popen([bench.jaga, *words], env=bench.environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, said = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Trouble("jaga %s ended with %d: %s" % (" ".join(words), process.returncode, said))
    return {"out": out, "said": said, "seconds": time.monotonic() - begun,
            "peak": usage.ru_maxrss * 1024, "cpu": usage.ru_utime + usage.ru_stime}


def audits(bench, name, published, least, *words):
    """So many audits; the median rate, reading and comparing all lanes, against its goal."""
    rates = []
    for index in range(bench.options.runs):
        run = timed(bench, "audit", "--json", *words)
        events, seconds = RATE.search(run["said"]).groups()
        if int(events) != published or json.loads(run["out"].splitlines()[-1])["result"] != "agrees":
            raise Trouble("the audit does not agree: %s" % run["out"][-2000:])
        rates.append(published / float(seconds))
        bench.figure("%s, run %d" % (name, index + 1),
                     "%s events in %s s = %s events/s, CPU %.2f us an event, peak %s MB" % (
                         number(published), seconds, number(rates[-1]),
                         run["cpu"] / published * 1e6, number(run["peak"] / 1e6)))
    bench.goal(name + " (median)", statistics.median(rates), "events/s", least=least)
    return run["peak"]


def measure_audit(bench):
    people = bench.people(300000)
    bench.title("audit",
                "method: %s people, %d lanes, seed 2024, processed; then `jaga audit --topics-only` from Kafka"
                % (number(people), LANES),
                "on the same host, and `jaga audit --archive` without any server: from opening the first",
                "stream to the last comparison, one thread a lane. Memory: the same people with 24 monthly",
                "contributions instead of 6, so more than three times the events.")
    published = processed(bench, people)
    audits(bench, "from topics", published, 300000, "--topics-only")
    for codec in ("null", "deflate"):
        folder = os.path.join(bench.place, "archive-" + codec)
        shutil.rmtree(folder, ignore_errors=True)
        made = timed(bench, "archive", folder, "--codec", codec)
        size = sum(os.path.getsize(os.path.join(path, name))
                   for path, _, names in os.walk(folder) for name in names if name.endswith(".avro"))
        bench.figure("archive made, " + codec, "%.1f s, %s MB" % (made["seconds"], number(size / 1e6)))
        few = audits(bench, "from an archive, " + codec, published, 500000, "--archive", folder)
        shutil.rmtree(folder)
    many = processed(bench, people, "--months", "24")
    folder = os.path.join(bench.place, "archive-many")
    shutil.rmtree(folder, ignore_errors=True)
    timed(bench, "archive", folder, "--codec", "deflate")
    peak = timed(bench, "audit", "--archive", folder)["peak"]
    shutil.rmtree(folder)
    bench.figure("peak with %s events, with %s" % (number(published), number(many)),
                 "%s MB, %s MB" % (number(few / 1e6), number(peak / 1e6)))


def explained(bench, name, goal, *words):
    runs = [timed(bench, "explain", *words)["seconds"] for _ in range(3)]
    if goal:
        bench.goal(name + " (median of 3)", statistics.median(runs), "s", most=2)
    else:
        bench.figure(name + " (median of 3)", "%.2f s" % statistics.median(runs))


def measure_explain(bench):
    people = bench.people(1430000)
    bench.title("explain",
                "method: %s people, %d lanes, seed 2024, processed and archived; then `jaga explain` of a payment"
                % (number(people), LANES),
                "in the middle of the log, from the archive (its index finds the participant's events) and",
                "from the topics (the lane's inputs are scanned for the key); from start to end of the command.")
    published = processed(bench, people)
    folder = os.path.join(bench.place, "archive-explain")
    shutil.rmtree(folder, ignore_errors=True)
    made = timed(bench, "archive", folder)
    bench.figure("events; archive made", "%s; %.1f s" % (number(published), made["seconds"]))
    payments = timed(bench, "read", "payment", "--partition", "1")["out"].splitlines()
    payment = json.loads(payments[len(payments) // 2])["payment_id"]
    explained(bench, "from the archive", True, payment, "--archive", folder)
    explained(bench, "from the topics", False, payment)
    shutil.rmtree(folder)
