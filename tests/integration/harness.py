"""What the tests that run programs share: a stack of their own, the jaga program, topics and Redis.

A test file is a list of functions named test_*, each given a fresh Scenario (its own topics on the file's
own Kafka, and an empty Redis). run() calls them and ends with a line `N passed, N failed`.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JAGA = os.environ.get("JAGA", os.path.join(ROOT, "build", "asan", "jaga"))


class Redis:
    """As much of the protocol as the tests need."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def __call__(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        message = b"*%d\r\n" % len(words)
        for word in words:
            message += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(message)
        return self._reply()

    def _reply(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("redis went away")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if rest == b"-1":
                return None
            value = self.file.read(int(rest))
            self.file.read(2)
            return value
        if kind == b"*":
            return None if rest == b"-1" else [self._reply() for _ in range(int(rest))]
        raise RuntimeError("unknown reply %r" % line)

    def hash(self, key):
        flat = self("HGETALL", key)
        return dict(zip(flat[::2], flat[1::2]))

    def keys(self, pattern):
        return sorted(self("KEYS", pattern))

    def snapshot(self, pattern, leave_out=()):
        """Every key that matches, with its whole content."""
        found = {}
        for key in self.keys(pattern):
            name = key.decode()
            if name in leave_out:
                continue
            kind = self("TYPE", key)
            if kind == b"hash":
                found[name] = self.hash(key)
            elif kind == b"string":
                found[name] = self("GET", key)
            elif kind == b"set":
                found[name] = sorted(self("SMEMBERS", key))
            elif kind == b"zset":
                found[name] = self("ZRANGE", key, 0, -1, "WITHSCORES")
            elif kind == b"stream":
                found[name] = self("XRANGE", key, "-", "+")
            else:
                raise RuntimeError("%s is a %s" % (name, kind))
        return found


class Stack:
    """A Kafka and a Redis on private loopback ports, below build/stacks."""

    def __init__(self, name, base):
        stacks = os.environ.get("JAGA_STACKS_DIR", os.path.join(ROOT, "build", "stacks"))
        self.env = dict(os.environ, JAGA_STACK_DIR=os.path.join(stacks, name),
                        JAGA_STACK_PORT_BASE=str(base), JAGA_KAFKA_HEAP="512m")
        self.redis_port, self.kafka_port = base + 79, base + 92
        self.scenarios = 0

    def command(self, *words):
        done = subprocess.run([os.path.join(ROOT, "dev"), "stack", *words], env=self.env,
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError("stack %s: %s%s" % (" ".join(words), done.stdout, done.stderr))

    def __enter__(self):
        os.makedirs(self.env["JAGA_STACK_DIR"], exist_ok=True)
        self.command("start", "--fresh")
        return self

    def __exit__(self, *_):
        self.command("stop")

    def redis(self):
        return Redis(self.redis_port)

    def scenario(self, **settings):
        self.scenarios += 1
        return Scenario(self, "t%d" % self.scenarios, **settings)

    def pid(self, name):
        with open(os.path.join(self.env["JAGA_STACK_DIR"], name + ".pid")) as file:
            return int(file.read())

    def save(self, part, name):
        """Keeps the data of `part` ("kafka" or "redis"), stopped for that, under a name."""
        self.command("stop", part)
        shutil.rmtree(self.path(name), ignore_errors=True)
        shutil.copytree(self.path(part), self.path(name))
        self.command("start", part)

    def restore(self, part, name):
        self.command("stop", part)
        shutil.rmtree(self.path(part))
        shutil.copytree(self.path(name), self.path(part))
        self.command("start", part)

    def path(self, *names):
        return os.path.join(self.env["JAGA_STACK_DIR"], *names)


class Scenario:
    """One log: topics under a prefix of their own, an empty Redis, and the programs that work on them."""

    def __init__(self, stack, prefix, lanes=2, clock="events", empty=True):
        self.stack, self.prefix, self.lanes, self.clock = stack, prefix, lanes, clock
        self.settings = {}  # environment of every command, below what a call gives
        self.running = []
        if empty:
            redis = stack.redis()
            redis("FLUSHALL")
            redis.close()

    def environment(self, **more):
        env = dict(os.environ)
        env.update({
            "JAGA_KAFKA_BROKERS": "127.0.0.1:%d" % self.stack.kafka_port,
            "JAGA_REDIS_ADDRESS": "127.0.0.1:%d" % self.stack.redis_port,
            "JAGA_TOPIC_PREFIX": self.prefix, "JAGA_GROUP_ID": self.prefix,
            "JAGA_DEV": "true", "JAGA_LANES": str(self.lanes), "JAGA_CLOCK": self.clock,
            "JAGA_RULES_DIR": os.path.join(ROOT, "rules"),
        })
        for settings in (self.settings, more):
            env.update({key: str(value) for key, value in settings.items()})
        return env

    def kafka_options(self, **options):
        """Options of librdkafka for every command from here on; '_' stands for '.'."""
        path = self.stack.path(self.prefix + ".conf")
        with open(path, "w") as file:
            file.write("kafka {\n%s}\n" % "".join(
                "    %s = \"%s\"\n" % (name.replace("_", "."), value) for name, value in options.items()))
        self.settings["JAGA_CONFIG"] = path

    def run(self, *words, expect=0, stdin=None, timeout=120, **env):
        """A command to its end; `expect` is its exit code (None: any)."""
        done = subprocess.run([JAGA, *words], env=self.environment(**env), input=stdin, text=True,
                              capture_output=True, timeout=timeout)
        if expect is not None and done.returncode != expect:
            raise AssertionError("jaga %s: exit %d, not %d\n%s\n%s" % (
                " ".join(words), done.returncode, expect, done.stdout[-3000:], done.stderr[-6000:]))
        return done

    def start(self, *words, **env):
        """A command in the background; its stderr goes to a file that `said` reads."""
        path = self.stack.path("%s-%d.log" % (self.prefix, len(self.running)))
        log = open(path, "wb")
        process = subprocess.Popen([JAGA, *words], env=self.environment(**env), stdout=log, stderr=log)
        log.close()
        process.log_path = path
        self.running.append(process)
        return process

    @staticmethod
    def said(process):
        with open(process.log_path, errors="replace") as log:
            return log.read()

    def wait_until(self, process, text, seconds=60, times=1):
        """Until the process has said `text`, so many times."""
        self.wait_for("%r was not said" % text, lambda: self.said(process).count(text) >= times,
                      process, seconds)

    def wait_for(self, complaint, holds, process=None, seconds=60):
        """Until `holds()` is true; `process` must live meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            gone = process is not None and process.poll() is not None
            if (gone and not holds()) or time.monotonic() > end:
                raise AssertionError(complaint + ("" if process is None else "; exit %s:\n%s" % (
                    process.poll(), self.said(process)[-4000:])))
            time.sleep(0.02)

    def stop(self, process, expect=0, seconds=60):
        process.send_signal(signal.SIGTERM)
        code = process.wait(seconds)
        if expect is not None and code != expect:
            raise AssertionError("exit %d, not %d\n%s" % (code, expect, self.said(process)[-6000:]))

    def clean_up(self):
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(30)

    def init(self):
        return self.run("init")

    def publish(self, events):
        lines = "".join(json.dumps(event) + "\n" for event in events)
        return self.run("publish", "-", stdin=lines)

    def drain(self, *words, expect=0, **env):
        return self.run("process", "--drain", *words, expect=expect, timeout=300, **env)

    def read(self, topic, *words):
        done = self.run("read", topic, *words, timeout=300)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def outputs(self):
        """Decisions, payments and exceptions by partition, without what may differ between runs."""
        found = {}
        for topic in ("decision", "payment", "exception"):
            for lane in range(self.lanes):
                found[topic, lane] = []
            for record in self.read(topic):  # partition after partition
                record.pop("sequence")
                record.pop("now")
                if record.get("input"):
                    record["input"]["topic"] = self.without_prefix(record["input"]["topic"])
                if "detail" in record:
                    record["detail"] = self.without_prefix(record["detail"])
                found[topic, record["lane"]].append(record)
        return found

    def without_prefix(self, text):
        for topic in ("enrollment", "contribution", "claim", "payment-status"):
            text = text.replace("%s.%s" % (self.prefix, topic), topic)
        return text

    def coverage(self, *words):
        done = self.run("coverage", "--json", *words)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def lane_keys(self):
        redis = self.stack.redis()
        found = {}
        for lane in range(self.lanes):
            found.update(redis.snapshot("jaga:{%d}:*" % lane, ("jaga:{%d}:owner" % lane,)))
        redis.close()
        return found


def run(tests, name, base, **settings):
    """Runs the functions (or those named on the command line) and exits with 1 when one failed."""
    wanted = sys.argv[1:]
    passed = failed = 0
    with Stack(name, base) as stack:
        for test in tests:
            if wanted and test.__name__ not in wanted:
                continue
            scenario = stack.scenario(**settings)
            begun = time.monotonic()
            try:
                test(scenario)
                passed += 1
                print("ok      %s (%.1f s)" % (test.__name__, time.monotonic() - begun), flush=True)
            except Exception:  # every failure is reported, then the next test runs
                failed += 1
                print("FAILED  %s" % test.__name__, flush=True)
                traceback.print_exc(file=sys.stdout)
            finally:
                scenario.clean_up()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)
