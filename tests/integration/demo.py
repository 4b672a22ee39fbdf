"""The demo's own program: its table is right at a small scale, and one changed event turns a line red. `./dev demo`
shows the page until it is told to stop, and leaves no process behind. The generated populations are lawful: in
order, the same for a seed, and without an exception."""
import contextlib
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import harness

DEMO = os.path.join(harness.ROOT, "deploy", "local", "demo")
SCALE = "0.01"
LINES = 25
TOPICS = {"Enrolled": "enrollment", "ContributionPaid": "contribution", "DeathClaimFiled": "claim",
          "BasePublished": "reference", "BatchDeclared": "reference"}


def demo(scenario, *words, **more):
    """As `./dev demo` calls it, but from some other folder: it needs nothing of the one it is called in."""
    place = scenario.stack.env["JAGA_STACK_DIR"]
    env = scenario.environment(JAGA=harness.JAGA, JAGA_STACK_DIR=place, **more)
    for name in "JAGA_CLOCK", "JAGA_RULES_DIR":
        env.pop(name)
    return subprocess.run([DEMO, *words], env=env, cwd=place, capture_output=True, text=True, timeout=120)


def marks(done):
    return [line for line in done.stdout.splitlines() if line.startswith(("ok ", "DIFFERS "))]


def red(done):
    return [line for line in marks(done) if line.startswith("DIFFERS ")]


def generate(scenario, name, *words):
    path = scenario.stack.path(name + ".jsonl")
    scenario.run("generate", *words, "--out", path)
    return path


def events_of(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def write(path, events):
    with open(path, "w") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def test_the_reported_figures_come_out(scenario):
    done = demo(scenario, "--scale", SCALE, "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(marks(done)) == LINES and not red(done), done.stdout
    for figure in ("41.34 % of 7,542 WORKERS", "61.84 % of 11,900 LABOUR_FORCE", "Rp 2,570,000,000",
                   "302,000 VULNERABLE 2024: no share", "MISMATCH by 1"):
        line = [line for line in marks(done) if line.count(figure) == 2]  # reported, and computed
        assert len(line) == 1, (figure, done.stdout)
    assert re.search(r"13,586 events, [0-9,]+ a second; 0 exceptions", done.stderr), done.stderr
    assert "\r" not in done.stderr + done.stdout and "\033" not in done.stderr + done.stdout


def test_one_changed_enrolment_turns_two_lines_red(scenario):
    path = generate(scenario, "changed", "reported-2024", "--scale", SCALE)
    events = events_of(path)
    changed = next(e for e in events if e["type"] == "Enrolled" and e["category"] == "KETUA_RT")
    changed["category"] = "KETUA_RW"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--once", "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(red(done)) == 2 and "KETUA_RT " in red(done)[0] and "KETUA_RW " in red(done)[1], done.stdout
    assert "reported 38, computed 37" in done.stderr, done.stderr


def test_one_death_a_day_after_cover_turns_five_lines_red(scenario):
    path = generate(scenario, "late", "reported-2024", "--scale", SCALE)
    events = events_of(path)
    claim = next(e for e in events if e["type"] == "DeathClaimFiled" and e["cause"] == "ILLNESS")
    claim["died_on"] = "2024-02-24"
    write(path, events)
    done = demo(scenario, "--scale", SCALE, "--once", "--events", path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Rp 2,528,000,000" in done.stdout, done.stdout
    # Payments, JKM, total; and one officer more lived to the last day of cover, and fell on the next.
    assert len(red(done)) == 5, done.stdout


def test_a_wrong_scale_is_refused(scenario):
    for scale in "nonsense", "0", "2", "1e-2", "0.0000001", "0.00001", "-1", "":
        done = demo(scenario, "--scale=" + scale, "--once")
        assert done.returncode == 64, (scale, done)
        assert "usage: ./dev demo" in done.stderr and "no share" in done.stderr, (scale, done.stderr)
        scenario.run("generate", "reported-2024", "--scale=" + scale, "--out", "-", expect=64)


# ---- ./dev demo, to the page and its end

OWN_BASE = 25310
SMALL = ("--scale", "0.001")


class Run:
    """`./dev demo` with a stack of its own, on a terminal or into a file."""

    def __init__(self, scenario, *words, terminal=False, **env):
        self.scenario, self.terminal = scenario, None
        self.folder = scenario.stack.path("own")
        env = dict(os.environ, JAGA=harness.JAGA, JAGA_OWN_STACK_DIR=self.folder,
                   JAGA_STACK_PORT_BASE=str(OWN_BASE), **env)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.out = os.path.join(self.folder, "said")
        words = [os.path.join(harness.ROOT, "dev"), "demo", *words]
        with open(self.out, "wb") as out:
            if terminal:
                self.pid, self.terminal = pty.fork()
                if self.pid == 0:
                    os.dup2(out.fileno(), 2)  # what is said on stderr is easier to read without the terminal's marks
                    os.execve(words[0], words, env)
            else:
                self.pid = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True).pid
        self.table = ""

    def said(self):
        if self.terminal is not None:
            os.set_blocking(self.terminal, False)
            with contextlib.suppress(BlockingIOError, OSError):  # the latter: everybody who wrote there is gone
                while part := os.read(self.terminal, 65536):
                    self.table += part.decode()
        with open(self.out, errors="replace") as out:
            return self.table + out.read()

    def wait_until(self, text, seconds=60):
        self.scenario.wait_for("%r was not said" % text, lambda: text in self.said(), seconds=seconds)

    def address(self):
        self.wait_until("Ctrl-C stops the page")
        return re.search(r"The page: (http://\S+)/\s", self.said()).group(1)

    def left(self):
        """What it started and still lives: this run's folder is in its environment, or (Redis writes its title
        over that) it works there."""
        mark, found = ("JAGA_OWN_STACK_DIR=" + self.folder).encode(), []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open("/proc/%s/environ" % pid, "rb") as file:
                    environ = file.read().split(b"\0")
                with open("/proc/%s/cmdline" % pid, "rb") as file:
                    command = file.read().replace(b"\0", b" ")[:200].decode()
                if mark in environ or os.readlink("/proc/%s/cwd" % pid).startswith(self.folder):
                    found.append(command)
        return found

    def ends(self, code, seconds=60):
        end = time.monotonic() + seconds
        pid = 0
        while pid == 0 and time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            time.sleep(0.05)
        assert pid != 0, ("it does not end", self.said(), self.left())
        assert os.waitstatus_to_exitcode(status) == code, (status, self.said())
        assert self.left() == [], self.left()


def get(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


@contextlib.contextmanager
def run_of(scenario, *words, **more):
    run = Run(scenario, *words, **more)
    try:
        yield run
    finally:
        with contextlib.suppress(ChildProcessError, ProcessLookupError):
            os.kill(run.pid, signal.SIGTERM)
            os.waitpid(run.pid, 0)


def test_the_page_stays_until_ctrl_c_and_a_second_one_leaves_nothing_either(scenario):
    opener = scenario.stack.path("bin", "xdg-open")
    os.makedirs(os.path.dirname(opener), exist_ok=True)
    with open(opener, "w") as file:
        file.write("#!/bin/sh\necho opened \"$@\" >\"$JAGA_STACK_DIR/opened\"\n")
    os.chmod(opener, 0o755)
    path = "%s:%s" % (os.path.dirname(opener), os.environ["PATH"])
    with run_of(scenario, *SMALL, terminal=True, DISPLAY=":9", PATH=path) as run:
        address = run.address()
        assert address == "http://127.0.0.1:%d" % (OWN_BASE + 80), address
        assert len(run.left()) == 5, run.left()  # dev, demo, page, Kafka, Redis: so `left` sees them
        region = get(address + "/regions/36.74?lang=en&date=2024-08-07")
        assert "41.37" in region, region  # 312 of 754
        assert "2,570,000,000" in get(address + "/?lang=en")
        opened = os.path.join(run.folder, "opened")
        scenario.wait_for("no browser was opened", lambda: os.path.exists(opened) and os.path.getsize(opened))
        with open(opened) as file:
            assert file.read() == "opened %s\n" % address
        second = subprocess.run([os.path.join(harness.ROOT, "dev"), "demo", "--once"], capture_output=True, text=True,
                                env=dict(os.environ, JAGA=harness.JAGA, JAGA_OWN_STACK_DIR=run.folder), timeout=60)
        assert second.returncode == 2 and "another ./dev demo is running" in second.stderr, second
        get(address + "/readyz")
        os.write(run.terminal, b"\x03")
        run.wait_until("stopping")
        os.write(run.terminal, b"\x03")
        scenario.wait_for("the demo does not end", lambda: not any("local/demo" in one for one in run.left()))
        os.write(run.terminal, b"\x03")  # while ./dev stops Kafka
        run.ends(0)


def test_without_a_terminal_it_waits_too_and_its_code_tells_of_the_figures(scenario):
    path = generate(scenario, "own", "reported-2024", *SMALL)
    events = events_of(path)
    changed = next(e for e in events if e["type"] == "Enrolled" and e["category"] == "KETUA_RT")
    changed["category"] = "KETUA_RW"
    write(path, events)
    with run_of(scenario, *SMALL, "--events", path, DISPLAY=":9", JAGA_DASHBOARD_ADDRESS="127.0.0.1:0") as run:
        address = run.address()
        assert not address.endswith(":0")
        time.sleep(2)
        assert "Tangerang Selatan" in get(address + "/")
        assert "DIFFERS" in run.said() and "\033" not in run.said()
        os.kill(run.pid, signal.SIGTERM)
        run.ends(1)


def test_a_page_that_dies_is_an_error(scenario):
    with run_of(scenario, *SMALL) as run:
        run.address()
        with open(os.path.join(run.folder, "dashboard.log")) as log:
            assert "dashboard_ready" in log.read()
        pids = [pid for pid in filter(str.isdigit, os.listdir("/proc"))
                if os.path.exists("/proc/%s/fd/1" % pid) and
                os.readlink("/proc/%s/fd/1" % pid) == os.path.join(run.folder, "dashboard.log")]
        assert len(pids) == 1, pids
        os.kill(int(pids[0]), signal.SIGKILL)
        run.ends(2)
        assert "jaga dashboard ended with -9" in run.said(), run.said()


def test_ctrl_c_before_the_page(scenario):
    for moment, wish, code in (("kafka ", signal.SIGTERM, 143), ("jaga init", b"\x03\x03", 130)):
        with run_of(scenario, *SMALL, terminal=True) as run:
            run.wait_until(moment)
            if isinstance(wish, bytes):
                os.write(run.terminal, wish)
            else:
                os.kill(run.pid, wish)
            run.ends(code)
            assert "The page" not in run.said()


def test_once_ends_by_itself(scenario):
    with run_of(scenario, *SMALL, "--once", DISPLAY=":9") as run:
        run.ends(0)
        assert "The page" not in run.said() and "Rp 2,570,000,000" in run.said(), run.said()


def test_a_taken_address_is_told_before_anything_is_started(scenario):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        with run_of(scenario, *SMALL, JAGA_DASHBOARD_ADDRESS=address) as run:
            run.ends(2)
            said = run.said()
        assert "the page cannot have %s: Address already in use" % address in said, said
        assert "./dev demo --once" in said and "kafka " not in said and "jaga init" not in said, said
        assert demo(scenario, "--scale", "0.001", "--once", JAGA_DASHBOARD_ADDRESS=address).returncode == 0


def check_order(events):
    last = {}
    for event in events:
        topic = TOPICS[event["type"]]
        time = event["time"].rstrip("Z").ljust(20, ".").ljust(26, "0")
        assert last.get(topic, "") <= time, event
        last[topic] = time


def test_a_population_is_in_order_and_the_same_for_a_seed(scenario):
    one, same, other = (generate(scenario, name, "reported-2024", "--scale", SCALE, "--seed", seed)
                        for name, seed in (("one", "5"), ("same", "5"), ("other", "6")))
    with open(one) as a, open(same) as b, open(other) as c:
        a = a.read()
        assert a == b.read() and a != c.read()
    events = events_of(one)
    check_order(events)
    in_batch = {e["type"] for e in events if e.get("batch_id") and e["type"] != "BatchDeclared"}
    assert in_batch == {"Enrolled"}, in_batch
    assert len({(e["source"], e["id"]) for e in events}) == len(events)


def test_the_bench_population_has_no_exception_and_every_claim_is_paid(scenario):
    path = generate(scenario, "bench", "bench", "--participants", "2000")
    events = events_of(path)
    check_order(events)
    kinds = [event["type"] for event in events]
    assert [kinds.count(kind) for kind in ("Enrolled", "ContributionPaid", "DeathClaimFiled")] == [2000, 12000, 40]
    lines = [json.loads(line) for line in scenario.run("try", path, "--clock", "events").stdout.splitlines()]
    found = [(line["kind"], line.get("verdict")) for line in lines]
    assert found.count(("decision", "APPROVED")) == found.count(("payment", None)) == 40, found
    assert len(found) == 80, [line for line in lines if line["kind"] == "exception"][:3]


if __name__ == "__main__":
    harness.run([
        test_the_reported_figures_come_out, test_one_changed_enrolment_turns_two_lines_red,
        test_one_death_a_day_after_cover_turns_five_lines_red, test_a_wrong_scale_is_refused,
        test_the_page_stays_until_ctrl_c_and_a_second_one_leaves_nothing_either,
        test_without_a_terminal_it_waits_too_and_its_code_tells_of_the_figures,
        test_a_page_that_dies_is_an_error, test_ctrl_c_before_the_page, test_once_ends_by_itself,
        test_a_taken_address_is_told_before_anything_is_started,
        test_a_population_is_in_order_and_the_same_for_a_seed,
        test_the_bench_population_has_no_exception_and_every_claim_is_paid,
    ], "demo", 19000)
