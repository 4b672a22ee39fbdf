"""`jaga coverage` and `jaga status` for people: their tables say what --json says, they fit the terminal, have colours
on one only, and --watch goes on through troubles and leaves the terminal as it was."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import harness
import wire

DEMO = ("generate", "reported-2024", "--scale", "0.01")
ENTER, LEAVE = b"\x1b[?1049h\x1b[?7l", b"\x1b[?7h\x1b[?1049l"
COLOUR = re.compile(r"\x1b\[[0-9]+m")


def base(region, kind, value, year=2024, id=None):
    return {"type": "BasePublished", "id": id or "b-%s-%s" % (region, kind), "source": "/bps",
            "time": "2024-01-01T00:00:00Z", "region": region, "kind": kind, "year": year, "value": value,
            "publisher": "BPS"}


def load(scenario, *more):
    scenario.init()
    scenario.run(*DEMO)
    if more:
        scenario.publish(more)
    scenario.drain()


def grouped(number):
    return "{:,}".format(number)


def share(basis_points):
    return "%s.%02d %%" % (grouped(basis_points // 100), basis_points % 100)


def rows_of(text, *heading):
    """The rows of the table below the line that begins with these headings, as dictionaries by column. Cells are cut
    where headings begin or end, so that a value that is not below its heading is not found."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if re.split(r"  +", line.strip())[:len(heading)] == list(heading))
    spans = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\S+(?: \S+)*", lines[at])]
    rows = []
    for line in lines[at + 1:]:
        cells = [(m.group(), m.start(), m.end()) for m in re.finditer(r"\S+(?: \S+)*", line)]
        if line.startswith("---"):
            continue
        fits = all(any(c[1] == s[1] or c[2] == s[2] for s in spans) for c in cells)
        if line.startswith("Left out") or not cells or not fits:
            break
        row = {name: "" for name, _, _ in spans}
        for text_of, start, end in cells:
            row[next(name for name, s, e in spans if s == start or e == end)] = text_of
        rows.append(row)
    return rows


class Terminal:
    """A command on a terminal of so many columns and rows."""

    def __init__(self, scenario, *words, width=120, height=40, **env):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.before = termios.tcgetattr(slave)
        settings = scenario.environment(TERM="xterm", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        settings.pop("NO_COLOR", None)
        settings.update(env)
        self.process = subprocess.Popen([harness.JAGA, *words], env=settings, stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        self.master, self.slave, self.said = master, slave, b""

    def read(self, seconds=0.1):
        while select.select([self.master], [], [], seconds)[0]:
            self.said += os.read(self.master, 65536)
            seconds = 0

    def wait(self, seconds=60):
        """To its end; its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, self.said[-2000:]
            self.read()
        self.read()
        return self.process.returncode

    def frames(self):
        """What each drawing of a --watch put on the screen, without escapes but colours."""
        drawn = self.said.split(b"\x1b[H")[1:]
        return [frame.split(b"\x1b[J")[0].decode().replace("\x1b[K", "").replace("\r\n", "\n")
                for frame in drawn if b"\x1b[J" in frame]

    def wait_frame(self, holds, complaint, seconds=30):
        """Until a frame drawn from here on holds."""
        begun, end = len(self.frames()), time.monotonic() + seconds
        while True:
            self.read()
            found = [frame for frame in self.frames()[begun:] if holds(frame)]
            if found:
                return found[0]
            assert self.process.poll() is None and time.monotonic() < end, (complaint, self.frames()[-1:])

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)


def on_terminal(scenario, *words, expect=0, **more):
    terminal = Terminal(scenario, *words, **more)
    try:
        code = terminal.wait()
        text = terminal.said.decode().replace("\r\n", "\n")
        assert code == expect, (code, text)
        return text
    finally:
        terminal.close()


# ---- the same figures

def test_the_ranking_says_what_json_says(scenario):
    load(scenario, base("36", "WORKERS", 10000), base("16.71", "WORKERS", 99))
    for words in ((), ("--as-of", "2024-02-20"), ("--known-at", "2024-03-22T17:00:00Z")):
        told = {line["region"]: line for line in scenario.coverage(*words)}
        text = scenario.run("coverage", *words).stdout
        rows = rows_of(text, "rank", "code", "region")
        assert [row["code"] for row in rows][0] == "ID" and len(rows) == len(told) > 10, text
        for row in rows:
            line = told[row["code"]]
            assert row["registered"] == grouped(line.get("registered", 0)), (row, line)
            assert row["active"] == grouped(line.get("active", 0)), (row, line)
            if "coverage_bp" in line:
                assert (row["coverage"], row["base"], row["kind"], row["year"], row["source"]) == (
                    share(line["coverage_bp"]), grouped(line["base"]), line["base_kind"], str(line["base_year"]),
                    line["base_source"]), (row, line)
            else:
                assert row["coverage"] == row["base"] == "-" and row["kind"] == "", row
        for length in 2, 5:  # provinces, then regencies: each ranked from 1 on, those without a base last
            level = [row for row in rows if len(row["code"]) == length and row["code"] != "ID"]
            ranked = [row for row in level if row["rank"]]
            assert ranked == level[:len(ranked)] and [r["rank"] for r in ranked] == [
                str(i + 1) for i in range(len(ranked))] and ranked, level
            shares = [told[row["code"]]["coverage_bp"] for row in ranked]
            assert shares == sorted(shares, reverse=True), shares
        assert "as known at" in text and "cut to 0.01 %" in text and "\x1b" not in text
    text = scenario.run("coverage").stdout
    rows = {row["code"]: row for row in rows_of(text, "rank", "code", "region")}
    assert rows["36"]["region"] == "Banten" and rows["36"]["coverage"] == share(
        scenario.coverage("--region", "36")[0]["coverage_bp"]) > "100.00 %", rows["36"]
    assert "16 Sumatera Selatan: VULNERABLE 2024 (302,000, newspaper 2024-03-22) quarantined" in text, text
    assert re.search(r"written to Redis \S+ m?s ago, from the journals' sequences \d+, \d+ of lanes 0 to 1", text), text


def test_levels_and_splits_say_what_json_says(scenario):
    load(scenario)
    lines = scenario.coverage("--as-of", "2024-02-20")
    for level, length in ("province", 2), ("regency", 5):
        chosen = [line for line in lines if line["region"] != "ID" and len(line["region"]) == length]
        assert scenario.coverage("--as-of", "2024-02-20", "--level", level) == chosen and chosen
        text = scenario.run("coverage", "--as-of", "2024-02-20", "--level", level).stdout
        codes = re.findall(r"^ *(?:\d+ +)?(ID|\d\d(?:\.\d\d)?)  ", text, re.M)
        assert codes[0] == "ID" and sorted(codes[1:]) == sorted(line["region"] for line in chosen), codes
    for kind in "programme", "segment", "category", "sponsor":
        found = {}
        text = scenario.run("coverage", "--as-of", "2024-02-20", "--by", kind).stdout
        for row in rows_of(text, "code", "region", kind):
            found[row["code"], row[kind]] = row["active"], row["share"]
        wanted = {}
        for line in lines:
            wanted[line["region"], "all"] = line["active"]
            for name, value in line.items():
                if name.startswith(kind + ":"):
                    wanted[line["region"], name.split(":", 1)[1]] = value
        assert {key: active for key, (active, _) in found.items()} == {k: grouped(v) for k, v in wanted.items()}
        for (code, part), (_, part_of) in found.items():
            assert part_of == share(wanted[code, part] * 10000 // wanted[code, "all"]), (code, part, part_of)
    late = rows_of(scenario.run("coverage", "--by", "late").stdout, "code", "region", "late")
    told = {(line["region"], name): grouped(value) for line in scenario.coverage() for name, value in line.items()
            if name.split(":")[0] in ("overdue_idr", "late_cost_to_date_idr", "late_cost_idr")}
    assert {(row["code"], row["late"]): row["Rp"] for row in late} == told and told
    assert "Nothing is overdue" in scenario.run("coverage", "--by", "late", "--as-of", "2023-01-01").stdout


def figures_of_region(text):
    """Every figure of a region's page by its name in --json."""
    found = {row["figure"]: row["value"] for row in rows_of(text, "figure", "value")}
    for kind in "programme", "segment", "category", "sponsor":
        for row in rows_of(text, kind, "active"):
            found["%s:%s" % (kind, row[kind])] = row["active"]
    for row in rows_of(text, "claims", "approved"):
        whole = row["claims"] == "all"
        for verdict in () if whole else ("approved", "rejected", "held", "waiting"):
            found["claims:%s:%s" % (row["claims"], verdict.upper())] = row[verdict]
        found["payments" if whole else "payments:programme:" + row["claims"]] = row["payments"]
        found["paid_idr" if whole else "paid_idr:programme:" + row["claims"]] = row["ordered, Rp"]
    if "Payments by present status" in text:
        for row in rows_of(text, "payments now", "count"):
            found["payments:status:" + row["payments now"]] = row["count"]
            found["paid_idr:status:" + row["payments now"]] = row["Rp"]
    for row in rows_of(text, "other figures", "value"):
        found[row["other figures"]] = row["value"]
    return {name: int(value.replace(",", "")) for name, value in found.items() if value != "0"}


def test_a_region_shows_every_figure(scenario):
    load(scenario)
    for code in "16.71", "16", "ID":
        line = scenario.coverage("--region", code)[0]
        text = scenario.run("coverage", "--region", code).stdout
        told = {name: value for name, value in line.items() if isinstance(value, int) and value != 0 and
                name not in ("base", "base_year", "coverage_bp")}
        assert figures_of_region(text) == told, (figures_of_region(text), told)
    text = scenario.run("coverage", "--region", "36.74").stdout
    assert re.search(r"^coverage 41\.34 % of 7,542 WORKERS 2024 \(Kota Tangerang Selatan\)$", text, re.M), text
    text = scenario.run("coverage", "--region", "16").stdout
    assert "quarantined: it exceeds the population" in text, text
    done = scenario.run("coverage", "--region", "99.99")
    assert "There are no figures for 99.99 on that day." in done.stdout and not scenario.coverage("--region", "99.99")


def status_lines(scenario, expect=0):
    return [json.loads(line) for line in scenario.run("status", "--json", expect=expect).stdout.splitlines()]


def test_status_says_what_json_says(scenario):
    load(scenario)
    with wire.Wire(scenario) as tool:
        tool.send([wire.enrolled("P-1", "2024-02-01T01:00:00Z", category="NOBODY_KNOWS")])
    scenario.drain()
    lines = status_lines(scenario)
    done = scenario.run("status")
    assert done.stderr == "" and "\x1b" not in done.stdout
    lanes = [line for line in lines if line["kind"] == "lane"]
    rows = rows_of(done.stdout, "lane", "owner", "lag")
    assert len(rows) == len(lanes) == 2
    for row, lane in zip(rows, lanes):
        assert lane["sequence"] == lane["view_sequence"] == lane["copy_sequence"] > 0 and lane["owner"] is None
        assert row == {"lane": str(lane["lane"]), "owner": "nobody", "lag": "0", "view lag": "0", "copy lag": "0",
                       "sequence": grouped(lane["sequence"]), "participants": grouped(lane["participants"]),
                       "clock": lane["now"] + " events"}, row
    country = next(line for line in lines if line["kind"] == "country")
    line = scenario.coverage("--region", "ID")[0]
    for name, value in line.items():
        if not name.startswith("late_cost_to_date") and isinstance(value, int):
            assert country[name] == value, name
    claims = {row.pop("claims"): row for row in rows_of(done.stdout, "claims", "approved")}
    assert set(claims) == {"JKK", "JKM", "all"}, claims
    for programme in "JKK", "JKM":
        for verdict in "APPROVED", "REJECTED", "HELD", "WAITING":
            assert claims[programme][verdict.lower()] == grouped(
                country.get("claims:%s:%s" % (programme, verdict), 0)), claims
        assert claims[programme]["ordered, Rp"] == grouped(country["paid_idr:programme:" + programme])
    assert (claims["all"]["payments"], claims["all"]["ordered, Rp"]) == ("44", "2,570,000,000"), claims
    exceptions = {line["code"]: line["count"] for line in lines if line["kind"] == "exceptions"}
    assert exceptions == {"UNKNOWN_CATEGORY": 1}, exceptions
    assert rows_of(done.stdout, "exceptions", "count") == [
        {"exceptions": "UNKNOWN_CATEGORY", "count": "1", "kind": "refused", "most from": "/kpu/36.71"}], done.stdout
    batches = [line for line in lines if line["kind"] == "batch"]
    assert [(b["batch_id"], b["state"]) for b in batches] == [("tangsel-2019-11", "MISMATCH")]
    assert rows_of(done.stdout, "batch", "state")[0]["counted"] == grouped(batches[0]["counted"]), done.stdout
    assert {line["code"] for line in lines if line["kind"] == "trouble"} == {"lane_unowned", "batches_mismatch"}
    public = next(line for line in lines if line["kind"] == "public")
    assert public["fresh"] is True and public["day"] == line["date"] and ": fresh\n" in done.stdout


def owners(scenario):
    return [line["owner"] for line in status_lines(scenario, expect=None) if line["kind"] == "lane"]


def test_status_says_who_has_a_lane_and_what_is_wrong(scenario):
    """A process that has its lanes and hangs, and one that is gone."""
    scenario.init()
    scenario.drain()
    process = scenario.start("process", JAGA_INSTANCE_ID="hall-1", JAGA_FAULT="apply",
                             JAGA_FAULT_ACTION="sleep:600000")
    scenario.wait_for("nobody has the lanes", lambda: owners(scenario) == ["hall-1", "hall-1"], process)
    done = scenario.run("status")
    assert "Nothing is wrong: every lane is owned and moves." in done.stdout and done.stderr == "", done.stdout
    scenario.publish(wire.story(range(4), lane=0))
    scenario.wait_until(process, "fault apply")
    done = scenario.run("status", expect=1)
    assert "lane 0 stands still with 12 events to go, although hall-1 has it" in done.stderr, done.stderr
    row = rows_of(done.stdout, "lane", "enrollment")
    assert [r["all"] for r in row] == ["12", "0", "12"] and row[0]["contribution"] == "4", done.stdout
    lines = status_lines(scenario, expect=1)
    assert [(t["code"], t["lane"]) for t in lines if t["kind"] == "trouble"] == [("lane_still", 0)], lines
    lane = lines[0]
    assert lane["stands_still"] is True and lane["enrollment"]["lag"] == lane["claim"]["lag"] == 4, lane
    process.kill()
    process.wait()
    scenario.wait_for("a killed process keeps its lanes", lambda: owners(scenario) == [None, None])
    done = scenario.run("status", expect=1)
    assert "and no process of group %s has it. Is jaga process running?" % scenario.prefix in done.stderr, done.stderr
    scenario.drain()
    assert scenario.run("status").stderr == ""


def test_status_tells_a_view_behind_and_figures_that_grow_old(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{pub}:meta", "updated_at", "2024-01-01T00:00:00Z", "sequence:1", "0")
    done = scenario.run("status")
    assert re.search(r"the public figures were written \d+ days ago and are not fresh", done.stdout), done.stdout
    assert ": not fresh\n" in done.stdout
    redis("HSET", "jaga:{1}:meta", "view_sequence", "0")
    redis.close()
    done = scenario.run("status", expect=1)
    assert re.search(r"lane 1: Redis is \d+ batch(es)? behind the journal and does not move", done.stderr), done.stderr
    row = rows_of(done.stdout, "lane", "owner", "lag")[1]
    assert row["view lag"] == row["sequence"] != "0" and row["copy lag"] == "0", row


# ---- the terminal

def test_colours_are_for_terminals(scenario):
    load(scenario)
    for words in ("coverage",), ("status",), ("coverage", "--batches"), ("coverage", "--region", "36.74"):
        plain = scenario.run(*words).stdout
        coloured = on_terminal(scenario, *words, width=250)
        assert "\x1b[1m" in coloured and "\x1b" not in plain, words
        for env in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
            bare = on_terminal(scenario, *words, width=250, **env)
            assert "\x1b" not in bare and bare == COLOUR.sub("", bare), (words, env)
    assert "\x1b[31mMISMATCH\x1b[0m" in on_terminal(scenario, "coverage", "--batches")
    assert "\x1b[31mnobody\x1b[0m" in on_terminal(scenario, "status")
    for words in ("coverage", "--json"), ("status", "--json"):
        assert "\x1b" not in on_terminal(scenario, *words, width=250), words
    ranking = on_terminal(scenario, "coverage", width=250, NO_COLOR="1")
    assert re.search(r"36\.71 .* 61\.84 %  \u2588{12}\u2591{8}  11,900", ranking), ranking
    ranking = on_terminal(scenario, "coverage", width=250, NO_COLOR="1", LC_ALL="C")
    assert re.search(r"36\.71 .* 61\.84 %  #{12}\.{8}  11,900", ranking), ranking
    assert "####" not in scenario.run("coverage").stdout


def test_what_is_shown_fits_the_terminal(scenario):
    load(scenario)
    for width in 200, 130, 100, 80, 64, 50:
        for words in ("coverage",), ("status",), ("coverage", "--by", "category"), ("coverage", "--region", "36.74"):
            text = on_terminal(scenario, *words, width=width, NO_COLOR="1")
            for line in text.splitlines():
                # A hash is one word, which is not broken.
                assert len(line) <= width or re.fullmatch(r"\S+", line), (width, words, line)
    text = on_terminal(scenario, "coverage", width=64, NO_COLOR="1")
    assert "Left out, the terminal is too narrow: registered" in text.replace("\n", " "), text
    told = {line["region"]: line for line in scenario.coverage()}
    rows = rows_of(text, "rank", "code", "region")
    assert len(rows) == len(told), text
    for row in rows:
        assert row["active"] == grouped(told[row["code"]]["active"]), row


def test_what_others_sent_cannot_steer_the_terminal(scenario):
    scenario.init()
    evil = 'b\x1b[2J"\u009b31m\n'
    scenario.publish([wire.enrolled("P-1", "2024-02-01T01:00:00Z", batch_id=evil)])
    scenario.drain()
    for words in ("coverage", "--batches"), ("coverage", "--batches", "--json"):
        text = on_terminal(scenario, *words, NO_COLOR="1")
        assert "\x1b" not in text and ("--json" in words or "\u009b" not in text), repr(text)
    batches = [json.loads(line) for line in scenario.run("coverage", "--batches", "--json").stdout.splitlines()]
    assert [batch["batch_id"] for batch in batches] == [evil], batches
    assert 'b?[2J"?31m?' in scenario.run("coverage", "--batches").stdout


# ---- watching

def test_a_watch_shows_what_changes_and_restores_the_terminal(scenario):
    load(scenario)
    for words, shows in (("coverage", "--region", "36.74"), "active"), (("status",), "enrollment"):
        terminal = Terminal(scenario, *words, "--watch=1", NO_COLOR="1")
        try:
            first = terminal.wait_frame(lambda frame: shows in frame, "nothing is shown")
            title = "jaga %s, every 1 s, at 20" % words[0]
            assert first.startswith(title) and "Ctrl-C ends it" in first, first
            if words[0] == "coverage":
                count = int(re.search(r"registered +([0-9,]+)", first).group(1).replace(",", ""))
                scenario.publish([wire.enrolled("P-new", "2024-02-01T01:00:00Z", region_home="36.74")])
                scenario.drain()
                terminal.wait_frame(lambda frame: re.search(r"registered +" + grouped(count + 1), frame),
                                    "the new figure does not come")
            else:
                scenario.publish([wire.enrolled("P-newer", "2024-02-01T01:00:00Z")])
                terminal.wait_frame(lambda frame: "stands still with 1 events to go" in frame.replace("\n", " "),
                                    "the lag does not come")
                scenario.drain()
                terminal.wait_frame(lambda frame: "stands still" not in frame, "the lag does not go")
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.wait() == 0
            assert terminal.said.startswith(ENTER) and terminal.said.endswith(LEAVE), terminal.said[-200:]
            assert terminal.said.count(ENTER) == terminal.said.count(LEAVE) == 1
            assert termios.tcgetattr(terminal.slave) == terminal.before
            height = max(frame.count("\n") + 1 for frame in terminal.frames())
            assert height <= 40, height
        finally:
            terminal.close()


def test_a_watch_fits_a_low_terminal(scenario):
    load(scenario)
    terminal = Terminal(scenario, "coverage", "--watch", height=10, NO_COLOR="1")
    try:
        frame = terminal.wait_frame(lambda f: True, "nothing is shown")
        lines = frame.split("\n")
        assert len(lines) == 10 and re.fullmatch(r"\(\d+ lines more\)", lines[-1]), frame
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait() == 0
    finally:
        terminal.close()


def test_the_second_interrupt_ends_a_watch_at_once(scenario):
    load(scenario)
    pid = scenario.stack.pid("redis")
    terminal = Terminal(scenario, "coverage", "--watch=1", NO_COLOR="1")
    try:
        terminal.wait_frame(lambda frame: "Indonesia" in frame, "nothing is shown")
        os.kill(pid, signal.SIGSTOP)  # it answers nothing: the command waits
        time.sleep(1.3)
        begun = time.monotonic()
        terminal.process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        assert terminal.process.poll() is None, "it did not wait"
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait() == 128 + signal.SIGINT
        assert time.monotonic() - begun < 1, "not at once"
        assert terminal.said.endswith(LEAVE), terminal.said[-200:]
    finally:
        os.kill(pid, signal.SIGCONT)
        terminal.close()


def test_a_watch_in_a_pipe_appends(scenario):
    load(scenario)
    process = scenario.start("coverage", "--region", "36.74", "--watch=1")
    scenario.wait_until(process, "---- jaga coverage 20", times=3)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    said = scenario.said(process)
    assert "\x1b" not in said and said.count("36.74  Kota Tangerang Selatan") == said.count("---- jaga coverage") >= 3

    process = scenario.start("status", "--json", "--watch=1")
    scenario.wait_until(process, '"kind":"frame"', times=3)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    sets = []
    for line in map(json.loads, scenario.said(process).splitlines()):
        sets.append([]) if line["kind"] == "frame" else sets[-1].append(line["kind"])
    assert len(sets) >= 3 and all(kinds[:3] == ["lane", "lane", "public"] for kinds in sets), sets

    process = subprocess.Popen([harness.JAGA, "coverage", "--watch=1", "--json"], env=scenario.environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(b'{"kind":"frame"')
    process.stdout.close()  # nobody reads on
    assert process.wait(30) == 2
    assert b"could not be written" in process.stderr.read()
    process.stderr.close()


def test_a_watch_goes_on_through_troubles(scenario):
    load(scenario)
    coverage = Terminal(scenario, "coverage", "--watch=1", NO_COLOR="1")
    status = Terminal(scenario, "status", "--watch=1", NO_COLOR="1")
    lines = scenario.start("status", "--json", "--watch=1")
    try:
        coverage.wait_frame(lambda frame: "Indonesia" in frame, "no figures")
        status.wait_frame(lambda frame: "Public figures" in frame, "no figures")
        try:
            scenario.stack.command("stop", "redis")
            gone = coverage.wait_frame(lambda frame: "Redis at 127.0.0.1" in frame, "it does not say so")
            assert "Asked again every 1 s." in gone and "Indonesia" not in gone, gone
            gone = status.wait_frame(lambda frame: "Redis at 127.0.0.1" in frame, "it does not say so")
            assert "Lag by topic" in gone and "Public figures" not in gone and "?" in gone, gone
            scenario.wait_until(lines, '"code":"redis_away"')
        finally:
            scenario.stack.command("start", "redis")
        coverage.wait_frame(lambda frame: "Indonesia" in frame, "the figures do not come back")
        status.wait_frame(lambda frame: "Public figures" in frame, "the figures do not come back")
        try:
            scenario.stack.command("stop", "kafka")
            gone = status.wait_frame(lambda frame: "is Kafka running?" in frame.replace("\n", " "),
                                     "it does not say so")
            assert "Lag by topic" not in gone and "Public figures" in gone, gone
            scenario.wait_until(lines, '"code":"kafka_away"')
        finally:
            scenario.stack.command("start", "kafka")
        back = status.wait_frame(lambda frame: "Lag by topic" in frame, "the lanes do not come back", seconds=60)
        assert "is Kafka running?" not in back and "library_says" not in status.said.decode(), back
        for terminal in coverage, status:
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.wait() == 0 and terminal.said.endswith(LEAVE)
        lines.send_signal(signal.SIGINT)
        assert lines.wait(20) == 0
    finally:
        coverage.close()
        status.close()


def test_a_watch_before_there_is_anything(scenario):
    process = scenario.start("coverage", "--watch=1")
    scenario.wait_until(process, "Redis holds no figures yet", times=2)
    load(scenario)
    scenario.wait_until(process, "Kota Tangerang Selatan")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


if __name__ == "__main__":
    harness.run([
        test_the_ranking_says_what_json_says, test_levels_and_splits_say_what_json_says,
        test_a_region_shows_every_figure, test_status_says_what_json_says,
        test_status_says_who_has_a_lane_and_what_is_wrong,
        test_status_tells_a_view_behind_and_figures_that_grow_old, test_colours_are_for_terminals,
        test_what_is_shown_fits_the_terminal, test_what_others_sent_cannot_steer_the_terminal,
        test_a_watch_shows_what_changes_and_restores_the_terminal, test_a_watch_fits_a_low_terminal,
        test_the_second_interrupt_ends_a_watch_at_once, test_a_watch_in_a_pipe_appends,
        test_a_watch_goes_on_through_troubles, test_a_watch_before_there_is_anything,
    ], "tables", 25400)
