"""What the parts share: fresh servers, jaga's commands, a processor whose log is followed, figures of /proc,
and goals."""
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
from harness import Redis

LANES = 2
TICKS = os.sysconf("SC_CLK_TCK")
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')


class Trouble(Exception):
    """Something could not be measured."""


def note(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def number(value):
    return "{:,}".format(round(value))


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def cpu_seconds(pid):
    """User and system time of all threads; a process that has ended still tells it until it is waited for."""
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def busy_seconds():
    """Of the whole machine."""
    with open("/proc/stat") as stat:
        fields = [int(word) for word in stat.readline().split()[1:9]]
    user, nice, system, _, _, irq, softirq, _ = fields
    return (user + nice + system + irq + softirq) / TICKS


def resident_bytes(pid, name="VmRSS"):
    with open("/proc/%d/status" % pid) as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    raise Trouble("process %d has no %s" % (pid, name))


class Processor:
    """`jaga process` with its log followed line by line, as it is written."""

    def __init__(self, bench, *words, **env):
        self.events = []
        self.came = threading.Condition()
        self.ended = False  # its log has; asking the process itself would take finish() its figures
        self.watchers = {}
        self.log = open(os.path.join(bench.place, "process.log"), "a")
        self.begun = time.monotonic()
        self.process = subprocess.Popen([bench.jaga, "process", *words], env=bench.environment(**env),
                                        stderr=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()
        bench.processors.append(self)

    def follow(self):
        for line in self.process.stderr:
            arrived = time.monotonic()
            self.log.write(line)
            words = line.split(None, 3)
            if len(words) < 3 or not words[0].endswith("Z"):
                continue
            at = datetime.strptime(words[0], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
            fields = {key: value.strip('"') for key, value in FIELD.findall(line)}
            self.take(words[2], at.timestamp(), arrived, fields)
        with self.came:
            self.ended = True
            self.came.notify_all()
        self.log.close()

    def take(self, name, at, arrived, fields):
        with self.came:
            self.events.append({"name": name, "at": at, "arrived": arrived, **fields})
            watcher = self.watchers.get((name, len(self.named(name))))
            if watcher:
                watcher()
            self.came.notify_all()

    def when(self, name, nth, watcher):
        """Calls `watcher` as soon as the nth (from 1) event of that name is read."""
        self.watchers[(name, nth)] = watcher

    def named(self, name):
        return [event for event in self.events if event["name"] == name]

    def wait(self, name, count, seconds):
        """The first so many events of that name."""
        end = time.monotonic() + seconds
        with self.came:
            while len(self.named(name)) < count:
                left = end - time.monotonic()
                if self.ended or left <= 0:
                    raise Trouble("the processor did not say %s %d times; its log is %s" % (
                        name, count, self.log.name))
                self.came.wait(left)
            return self.named(name)[:count]

    def ready_seconds(self, seconds=600):
        """From the start of the process to its last lane's readiness."""
        return self.wait("lane_ready", LANES, seconds)[-1]["arrived"] - self.begun

    def finish(self, seconds=600):
        """Waits for its end and gives the largest resident size it had, in bytes."""
        self.thread.join(seconds)
        if self.thread.is_alive():
            raise Trouble("the processor does not end; its log is %s" % self.log.name)
        _, status, usage = os.wait4(self.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise Trouble("the processor ended with %d; its log is %s" % (
                self.process.returncode, self.log.name))
        return usage.ru_maxrss * 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.finish(60)

    def kill(self):
        self.process.kill()
        self.process.wait(60)
        self.thread.join(60)


class Bench:
    def __init__(self, options):
        self.options = options
        for name in ("JAGA", "JAGA_KAFKA_BROKERS", "JAGA_REDIS_ADDRESS", "JAGA_STACK_DIR"):
            if not os.environ.get(name):
                raise SystemExit("bench: %s is not set; run ./dev bench" % name)
        self.jaga = os.environ["JAGA"]
        self.place = os.environ["JAGA_STACK_DIR"]
        self.programs = os.path.join(os.path.dirname(self.jaga), "tests", "bench")
        self.processors = []
        self.helpers = []  # what else runs, and has stop()
        self.missed = []
        self.million_people = 0

    def environment(self, **more):
        env = dict(os.environ, JAGA_LANES=str(LANES), JAGA_DEV="true")
        env.setdefault("JAGA_RULES_DIR", os.path.join(ROOT, "rules"))
        env.update({key: str(value) for key, value in more.items()})
        return env

    def people(self, usual):
        return self.options.participants or usual

    def fresh(self):
        """Empty servers, so that no part feels the one before."""
        self.end()
        self.million_people = 0
        note("fresh Kafka and Redis")
        done = subprocess.run([os.path.join(ROOT, "dev"), "stack", "start", "--fresh"],
                              env=self.environment(), capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble("the servers do not start: %s" % done.stderr.strip())
        self.run("init")

    def run(self, *words):
        """A command of jaga to its end; what it wrote on stderr."""
        done = subprocess.run([self.jaga, *words], env=self.environment(), capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise Trouble("jaga %s ended with %d: %s" % (
                " ".join(words), done.returncode, done.stderr[-2000:]))
        return done.stderr

    def publish_population(self, people):
        """How many events `jaga generate bench` sent."""
        note("publishing the population of %s" % number(people))
        said = self.run("generate", "bench", "--participants", str(people))
        return int(re.search(r"(\d+) events sent", said).group(1))

    def program(self, name, *words):
        """Starts bench_live or bench_parts."""
        return subprocess.Popen([os.path.join(self.programs, name), *words], stdout=subprocess.PIPE,
                                env=self.environment(), text=True)

    def server_pid(self, name):
        with open(os.path.join(self.place, name + ".pid")) as file:
            return int(file.read())

    def redis(self):
        return Redis(int(os.environ["JAGA_REDIS_ADDRESS"].rsplit(":", 1)[1]))

    def used_memory(self):
        redis = self.redis()
        info = redis("INFO", "memory").decode()
        redis.close()
        return int(re.search(r"used_memory:(\d+)", info).group(1))

    def lane_meta(self, lane):
        redis = self.redis()
        meta = redis.hash("jaga:{%d}:meta" % lane)
        redis.close()
        return {key.decode(): value.decode() for key, value in meta.items()}

    def end(self):
        for processor in self.processors:
            if processor.process.poll() is None:
                processor.kill()
        for helper in self.helpers:
            helper.stop()
        self.processors, self.helpers = [], []

    # ---- What is printed

    @staticmethod
    def title(name, *lines):
        print("\n" + name)
        for line in lines:
            print("  " + line)

    @staticmethod
    def figure(name, value):
        print("  %-44s %s" % (name, value), flush=True)

    def goal(self, name, value, unit, least=None, most=None):
        """A figure that has a goal: `least` or `most`, one of the two."""
        met = value >= least if least is not None else value <= most
        wanted = "at least %s" % number(least) if least is not None else "at most %s" % number(most)
        shown = number(value) if abs(value) >= 100 else "%.1f" % value
        self.figure(name, "%s %s   goal: %s: %s" % (shown, unit, wanted, "met" if met else "MISSED"))
        if not met:
            self.missed.append("%s: %s %s, goal %s" % (name, shown, unit, wanted))

    def summary(self):
        print()
        for line in self.missed:
            print("MISSED  " + line)
        if not self.missed:
            print("every goal measured is met")
        return 1 if self.missed else 0
