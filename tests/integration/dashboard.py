"""`jaga dashboard` on a real Redis and Kafka: its figures are those of `jaga coverage --json`, it says so when Redis
is away, and whatever a client does it answers with a clear status and goes on."""
import collections
import html.parser
import http.client
import json
import re
import shlex
import socket
import time

import harness
import wire

DEMO = ("generate", "reported-2024", "--scale", "0.01")
DAY = "2024-02-20"  # the election officers are covered


class Dashboard:
    """A running `jaga dashboard`, and requests to it."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.process = scenario.start("dashboard", JAGA_DASHBOARD_ADDRESS="127.0.0.1:0")
        scenario.wait_until(self.process, "dashboard_ready")
        self.port = int(re.search(r"address=http://127\.0\.0\.1:(\d+)", scenario.said(self.process)).group(1))

    def ask(self, path, method="GET", headers=None, body=None):
        """Status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def json(self, path, expect=200):
        status, headers, text = self.ask(path)
        assert status == expect, (path, status, text)
        assert headers["Content-Type"].startswith("application/json"), headers
        return json.loads(text)

    def raw(self, request, wait=10):
        """What comes back until the connection ends, for bytes that no library would send."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(request)
            answer = b""
            try:
                while True:
                    part = connection.recv(65536)
                    if not part:
                        break
                    answer += part
            except (socket.timeout, ConnectionResetError):
                pass
            return answer

    def lives(self):
        status, _, text = self.ask("/healthz")
        assert (status, text) == (200, "lives\n"), (status, text)
        assert self.process.poll() is None

    def stop(self, expect=0):
        self.scenario.stop(self.process, expect)
        assert "ERROR: AddressSanitizer" not in self.scenario.said(self.process)


def look(dashboard):
    """Who asks a second after the last look has the dashboard look again; he may not wait for it, whoever asks next
    sees what it saw."""
    time.sleep(1.1)
    dashboard.ask("/readyz")
    time.sleep(0.5)


def touch(redis, dashboard):
    """Lets the dashboard see what was written by hand: it looks at the public meta, once a second."""
    redis("HINCRBY", "jaga:{pub}:meta", "touched", "1")
    look(dashboard)


def give(redis, code, days, totals):
    """Writes measures of a region by hand: of days ("begun:2024-08-01") and totals. What it has of the same kind goes."""
    region = "jaga:{pub}:kpi" if code == "ID" else "jaga:{pub}:region:" + code
    for key, given in ("jaga:{pub}:days:" + code, days), (region, totals):
        kinds = tuple(name.split(":")[0] + ":" for name in given)
        gone = [name for name in redis.hash(key) if (name.decode() + ":").startswith(kinds)]
        if gone:
            redis("HDEL", key, *gone)
        for name, value in given.items():
            redis("HSET", key, name, value)


def load(scenario):
    scenario.init()
    scenario.run(*DEMO)
    scenario.drain()


# ---- the same figures

def test_the_api_says_what_coverage_says(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    for date, words in (("", ()), ("?date=" + DAY, ("--as-of", DAY)), ("?date=2023-01-01", ("--as-of", "2023-01-01"))):
        told = dashboard.json("/api/v1/coverage" + date)
        expected = scenario.coverage(*words)
        assert len(expected) > 2
        own = ("name", "level", "quarantined", "quarantined_count")
        shown = [{k: v for k, v in region.items() if k not in own} for region in told["regions"]]
        assert shown == expected, date
        assert told["date"] == expected[0]["date"]
    dashboard.stop()


def test_a_region_alone_has_base_splits_and_goal(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    region = dashboard.json("/api/v1/regions/36.74?date=2024-08-01")
    line = next(r for r in scenario.coverage("--as-of", "2024-08-01") if r["region"] == "36.74")
    for name, value in line.items():
        assert region["figures"][name] == value, name
    assert region["figures"]["coverage_bp"] == line["active"] * 10000 // line["base"]
    for kind in "programme", "segment", "category", "sponsor":
        found = {row["code"]: row["active"] for row in region["split"][kind]}
        assert found == {k.split(":")[1]: v for k, v in line.items() if k.startswith(kind + ":")}, kind
    goal = region["goal"]
    assert goal["wanted"] == -(-line["base"] * 995 // 1000) and goal["years"] == 21
    assert goal["missing"] == goal["wanted"] - line["active"] and goal["per_year"] == -(-goal["missing"] // 21)
    officers = dashboard.json("/api/v1/regions/16")["figures"]
    assert officers["quarantined"]["reason"] == "EXCEEDS_POPULATION" and officers["quarantined"]["value"] == 302000
    assert "coverage_bp" not in officers and "base" not in officers
    country = dashboard.json("/api/v1/coverage?region=ID&by=segment")["regions"]
    assert [r["region"] for r in country] == ["ID"] and len(country[0]["segment"]) == 2
    dashboard.stop()


def test_the_curve_is_coverage_day_by_day(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    curve = dashboard.json("/api/v1/regions/16/curve?from=2024-01-20&to=2024-03-05")
    assert len(curve["values"]) == 46 and max(curve["values"]) > min(curve["values"])
    for at, date in ((0, "2024-01-20"), (25, "2024-02-14"), (45, "2024-03-05")):
        line = [r for r in scenario.coverage("--as-of", date, "--region", "16")]
        assert curve["values"][at] == (line[0].get("active", 0) if line else 0), date
    usual = dashboard.json("/api/v1/regions/ID/curve")
    assert usual["from"] == "2023-08-02" and usual["to"] == "2025-08-02" and len(usual["values"]) == 732
    dashboard.json("/api/v1/regions/16/curve?from=2024-03-05&to=2024-01-01", expect=400)
    dashboard.json("/api/v1/regions/16/curve?from=1900-01-01&to=2024-01-01", expect=400)
    dashboard.json("/api/v1/regions/16/curves", expect=404)
    dashboard.stop()


def test_claims_payments_batches_exceptions_and_meta(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    country = scenario.coverage("--region", "ID")[0]
    claims = dashboard.json("/api/v1/claims")["claims"]
    assert {"claims:%s:%s" % (c["programme"], c["verdict"]): c["count"] for c in claims} == {
        k: v for k, v in country.items() if k.startswith("claims:")}
    paid = dashboard.json("/api/v1/payments")["payments"]
    assert (paid["count"], paid["paid_idr"]) == (country["payments"], country["paid_idr"]) == (44, 2570000000)
    assert sum(row["paid_idr"] for row in paid["by_category"]) == 2570000000
    batches = [json.loads(line) for line in scenario.run("coverage", "--batches", "--json").stdout.splitlines()]
    assert dashboard.json("/api/v1/batches")["batches"] == [
        {k: v for k, v in batch.items() if k != "kind"} for batch in batches] and batches[0]["state"] == "MISMATCH"
    assert batches[0]["source"].startswith("/"), batches[0]
    assert dashboard.json("/api/v1/exceptions")["exceptions"] == []
    meta = dashboard.json("/api/v1/meta")
    status = [json.loads(line) for line in scenario.run("status", "--json").stdout.splitlines()]
    public = next(line for line in status if line["kind"] == "public")
    for name in "as_of", "rules", "build", "log_id":
        assert meta[name] == public[name], name
    assert all(lane["sequence"] == lane["view_sequence"] > 0 for lane in meta["lanes"]), meta
    assert len(meta["lanes"]) == 2 and meta["fresh"] is True, meta
    dashboard.stop()


# ---- the page

VOID = {"meta", "link", "input", "br"}


class Page(html.parser.HTMLParser):
    """A page taken apart: tags must nest, ids be unique; text by id, rows of tables, links."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.rows, self.labels, self.fields = [], [], [], [], [], []
        self.pointed, self.problems, self.text = [], [], ""
        self.section, self.sections = "", {}  # rows and text by the id of their section
        self.feed(text)
        self.close()
        assert not self.open and not self.problems, (self.open, self.problems)

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        for name in attributes:
            if name == "style" or name.startswith("on"):
                self.problems.append((tag, name))
        if tag == "script" and "src" not in attributes:
            self.problems.append((tag, "inline"))
        if tag == "th" and "scope" not in attributes:
            self.problems.append((tag, "scope"))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in "href", "src", "action":
            if name in attributes:
                self.links.append(attributes[name])
        if tag == "label":
            self.labels.append(attributes["for"])
        if tag in ("input", "select") and attributes.get("type") != "hidden":
            self.fields.append(attributes["id"])
        self.pointed.extend(attributes.get("aria-labelledby", "").split())
        if tag == "section":
            self.section = attributes["id"]
            self.sections[self.section] = {"rows": [], "text": ""}
        if tag == "tr":
            self.rows.append([])
            if self.section:
                self.sections[self.section]["rows"].append(self.rows[-1])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, pairs):  # of SVG
        if tag not in ("rect", "line", "path"):
            self.problems.append((tag, "closed"))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(("/" + tag, self.getpos()))
        if tag == "section":
            self.section = ""

    def handle_data(self, data):
        data = data.replace("\u00a0", " ").replace("\u2212", "-")
        self.text += data
        if self.section:
            self.sections[self.section]["text"] += data
        if self.rows and self.rows[-1] and ("td" in self.open or "th" in self.open):
            self.rows[-1][-1] += data

    def row(self, begin, section=None):
        """The first row, of the page or a section, one of whose cells begins so."""
        rows = self.rows if section is None else self.sections[section]["rows"]
        return next(row for row in rows if any(cell.startswith(begin) for cell in row))

    def ranking(self):
        return [row for row in self.sections["ranking"]["rows"] if len(row) == 5]

    def check(self):
        assert len(self.ids) == len(set(self.ids)), self.ids
        assert set(self.pointed) <= set(self.ids), self.pointed
        assert sorted(self.labels) == sorted(self.fields), (self.labels, self.fields)
        assert "main" in self.ids


def grouped(number, language):
    return "{:,}".format(number).replace(",", "." if language == "id" else ",")


def share(basis_points, language):
    return "%s%s%02d %%" % (grouped(basis_points // 100, language), "," if language == "id" else ".",
                            basis_points % 100)


def page_of(dashboard, path, expect=200, **headers):
    status, answer, text = dashboard.ask(path, headers=headers)
    assert status == expect, (path, status, text[:500])
    assert answer["Content-Type"] == "text/html; charset=utf-8", answer["Content-Type"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy, policy
    page = Page(text)
    page.check()
    return page


def check_region(page, line, language):
    """Every figure of a line of `jaga coverage --json` is on its page."""
    for name in "active", "registered", "memberships":
        assert grouped(line.get(name, 0), language) in page.text, name
    if "coverage_bp" in line:
        assert share(line["coverage_bp"], language) in page.text
        assert grouped(line["base"], language) in page.text and line["base_source"] in page.text
        assert "%d, " % line["base_year"] in page.text and line["base_kind"] in page.text
    for name, value in line.items():
        kind, _, code = name.partition(":")
        if kind in ("programme", "segment", "category", "sponsor"):
            row = page.row(code, "splits")
            assert row[1] == grouped(value, language), (name, row)


def test_the_pages_say_what_coverage_says_in_both_languages(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    for language in "id", "en":
        for date in ("2024-08-02", DAY, "2025-06-01"):
            lines = {line["region"]: line for line in scenario.coverage("--as-of", date)}
            query = "?lang=%s&date=%s" % (language, date)
            for code in "36.74", "36", "16", "16.71":
                check_region(page_of(dashboard, "/regions/" + code + query), lines[code], language)
            country = page_of(dashboard, "/" + query)
            check_region(country, lines["ID"], language)
            for code, line in lines.items():
                if len(code) != 5 or code == "00.00":
                    continue
                row = next(row for row in country.ranking() if row[1].endswith(" " + code))
                assert row[3] == grouped(line.get("active", 0), language), row
                expected = share(line["coverage_bp"], language) if "coverage_bp" in line else "\u2013"
                assert row[2] == expected, row
            ranked = [row[2] for row in country.ranking() if row[2].endswith(" %")]
            assert len(ranked) == 2 and ranked == sorted(ranked, reverse=True), ranked
    assert grouped(2570000000, "en") in country.text
    row = country.row("tangsel-2019-11")
    assert row[1:6] == ["does not match", "129", "130", "+1", "0"] and row[8].startswith("/"), row
    dashboard.stop()


def test_filters_languages_links_and_definitions(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    assert "Terlindungi" in page_of(dashboard, "/").text
    assert "Covered" in page_of(dashboard, "/", **{"Accept-Language": "en-GB,en;q=0.8"}).text
    assert "Terlindungi" in page_of(dashboard, "/?lang=id", **{"Accept-Language": "en"}).text
    only = page_of(dashboard, "/?province=16&level=&lang=en")
    names = [row[1] for row in only.ranking()]
    assert all(name.endswith(("Region",)) or " 16." in name for name in names) and len(names) == 18, names
    provinces = page_of(dashboard, "/?level=province&lang=en")
    assert [row[1] for row in provinces.ranking()][1:] == ["Banten 36", "Sumatera Selatan 16"]
    officers = page_of(dashboard, "/regions/16?lang=en")
    assert "302,000 vulnerable workers (VULNERABLE) 2024" in officers.text
    no_share = officers.text.index("it exceeds the population, so there is no percentage")
    assert officers.text.index("Memberships in force") < no_share  # what is known leads
    tangsel = page_of(dashboard, "/regions/36.74?lang=en").text
    assert tangsel.index("people at work (WORKERS) 2024") < tangsel.index("Memberships in force")
    assert " % " not in officers.text.split("Towards")[0][-200:]
    empty = page_of(dashboard, "/regions/36.74?date=2001-01-01&lang=en")
    assert "no base" in empty.text or "0.00 %" in empty.text
    definitions = page_of(dashboard, "/definitions")
    seen = set()
    for page in page_of(dashboard, "/?lang=en&date=" + DAY), page_of(dashboard, "/regions/36.74"), officers:
        for link in page.links:
            assert link.startswith(("/", "#")), link
            path, _, fragment = link.partition("#")
            if fragment and path.startswith("/definitions"):
                assert fragment in definitions.ids, link
            elif fragment and not path:
                assert fragment in page.ids, link
            seen.add(path or "/")
    for path in seen:
        assert dashboard.ask(path)[0] == 200, path
    assert len(seen) > 30
    dashboard.stop()


def test_the_curve_names_what_ends(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    page = page_of(dashboard, "/regions/16?lang=en&date=" + DAY)
    ends = {date: scenario.coverage("--as-of", date, "--region", "16")[0] for date in ("2024-01-31", "2024-02-29")}
    before, after = (ends[date]["active"] for date in sorted(ends))
    assert before - after == 51
    assert "This month (February 2024): falls by 51, from %d to %d." % (before, after) in page.text, page.text
    assert "Category: -42 KPPS polling station officers, -8 PPK" in page.text
    assert "Sponsor: -51 NPHD regional grant." in page.text
    assert page.row("February 2024") == ["February 2024", str(after), "-51"]
    why = page_of(dashboard, "/regions/16?lang=en&date=2024-03-22").sections["why"]["text"]
    assert "In February 2024 the number covered fell by 51" in why and \
        why.index("51 covers ended") < why.index("0 covers began"), why  # what explains it first
    region = page_of(dashboard, "/regions/36.74?lang=id")
    assert "Penurunan terbesar sesudahnya (April 2025): akan turun 826, dari 3.118 menjadi 2.292." in region.text
    dashboard.stop()


def test_what_stands_in_redis_is_never_markup(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    evil = "<img src=x onerror=alert(1)>\"'&"
    batch = "</td><script>alert(1)</script>"
    redis("SADD", "jaga:{pub}:batches", batch, b"\xff\xfe<b>")
    redis("HSET", "jaga:{pub}:batch:" + batch, "state", "MISMATCH", "declared", "1", "counted", "2", "refused", "0")
    redis("HSET", b"jaga:{pub}:batch:\xff\xfe<b>", "state", "OPEN\"><i>", "declared", "1")
    redis("HSET", "jaga:{pub}:days:36.74", "sponsor:<s>:2024-01-01", "5", "category:%s:2024-01-01" % evil, "3")
    redis("HSET", "jaga:{pub}:bases", "36.74:WORKERS:2024", "7542 " + evil)
    redis("HSET", "jaga:{pub}:exceptions", evil, "4", b"\xed\xa0\x80", "1", "PARKED", "3")
    redis("HSET", "jaga:{pub}:exceptions_by_source", evil + ":" + evil, "4", b"PARKED:\xff\xfe", "1", "PARKED:" + evil, "2")
    redis("HSET", "jaga:{pub}:batch:" + batch, "source", evil)
    redis("HSET", "jaga:{pub}:meta", "build", "<u>1</u>", "rules", evil, "log_id", "</main>")
    redis.close()
    dashboard = Dashboard(scenario)
    for path in "/", "/regions/36.74", "/?lang=en", "/regions/36.74?lang=en":
        text = dashboard.ask(path)[2]
        page_of(dashboard, path)
        for markup in "<img", "<script>", "<s>", "<b>\"", "<i>", "<u>", "onerror=alert(1)>", "</main>\n</footer":
            assert markup not in text, (path, markup)
        assert text.count("</main>") == 1
    assert "&lt;/td&gt;&lt;script&gt;" in dashboard.ask("/")[2]
    first = dashboard.json("/api/v1/batches")["batches"][0]
    assert (first["batch_id"], first["source"]) == (batch, evil), first
    for path in "/api/v1/exceptions", "/api/v1/regions/36.74", "/api/v1/meta", "/api/v1/coverage":
        dashboard.json(path)
    dashboard.stop()


# ---- who sent what is refused

BANK, AGENT, BRANCH = "/bank/demo", "urn:agen:36.74", "/kantor/\u00e9\u20ac \"x\" it's $HOME"


def bad_events(round):
    """Contributions to memberships nobody enrolled, a region there is none of, sources that are none."""
    people = [wire.person(1000 * round + n) for n in range(40)]
    time = "2024-0%d-02T01:00:00Z" % (2 * round)
    for who in people[:20]:
        yield wire.paid(who, time, "2024-01", source=BANK)
    for who in people[20:25]:
        yield wire.paid(who, time, "2024-01", source=AGENT)
    for number, who in enumerate(people[25:]):
        yield wire.enrolled(who, time, region_home="99.99", source=(
            BANK, AGENT, BRANCH, "", "x" * 65, "a\0b", "a\0c")[number % 7])


def sent_by(scenario):
    """Code and source of every record of the exceptions' topic, each counted."""
    return collections.Counter((record["code"], record["source"] or "") for record in scenario.read("exception"))


def public_hash(scenario, name):
    redis = scenario.stack.redis()
    fields = redis.hash("jaga:{pub}:" + name)
    redis.close()
    return {field.decode(): int(value) for field, value in fields.items()}


def check_exceptions(scenario, expected):
    """Redis, the API, `jaga status` and the audit say what the topic holds."""
    assert public_hash(scenario, "exceptions_by_source") == {"%s:%s" % key: n for key, n in expected.items()}
    codes = collections.Counter()
    for (code, _), count in expected.items():
        codes[code] += count
    assert public_hash(scenario, "exceptions") == codes
    dashboard = Dashboard(scenario)
    listed = dashboard.json("/api/v1/exceptions")["exceptions"]
    assert [(row["code"], row["count"]) for row in listed] == sorted(codes.items())
    for row in listed:
        wanted = [(source.replace("\0", "?"), n) for (code, source), n in expected.items() if code == row["code"]]
        assert [(s["source"], s["count"]) for s in row["sources"]] == sorted(
            wanted, key=lambda pair: (-pair[1], pair[0].encode())), row
        assert sum(s["count"] for s in row["sources"]) == row["count"]
    dashboard.stop()
    status = [json.loads(line) for line in scenario.run("status", "--json").stdout.splitlines()]
    assert {s["code"]: s["count"] for s in status if s["kind"] == "exceptions"} == codes
    scenario.run("audit")


def check_commands(scenario, expected):
    """Each command on the page shows as many records as stand beside it."""
    dashboard = Dashboard(scenario)
    page = page_of(dashboard, "/?lang=en")
    rows = [row for row in page.rows if len(row) == 3 and row[2].startswith("jaga read exception --where")]
    labels = {"": "publisher cannot be read"}
    told = [(row[0], int(row[1])) for row in rows]
    for (code, source), count in expected.items():
        if "\0" not in source:
            assert (labels.get(source, source), count) in told, (source, count, told)
            row = rows[told.index((labels.get(source, source), count))]
            assert len(scenario.run(*shlex.split(row[2])[1:]).stdout.splitlines()) == count, row
    assert len(rows) == len(expected) + len({code for code, _ in expected})
    dashboard.stop()


def test_exceptions_by_publisher(scenario):
    scenario.init()
    with wire.Wire(scenario) as tool:
        tool.send(list(bad_events(1)))
    scenario.drain(JAGA_BATCH_EVENTS_MAX=7)
    expected = sent_by(scenario)
    assert expected["PARKED", BANK] == 20 and expected["PARKED", AGENT] == 5, expected
    assert expected["UNKNOWN_REGION", BRANCH] == 2 and expected["INVALID_FIELD", ""] == 4, expected
    assert expected["UNKNOWN_REGION", "a\0b"] == expected["UNKNOWN_REGION", "a\0c"] == 2, expected
    check_exceptions(scenario, expected)
    check_commands(scenario, expected)
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{pub}:exceptions_by_source", "PARKED:/nobody", "5")
    process = scenario.start("process", JAGA_VIEW_FLUSH_MS=5, JAGA_BATCH_EVENTS_MAX=7)
    scenario.wait_until(process, "lane_ready", times=2)
    scenario.wait_for("what nobody sent stays", lambda: redis(
        "HEXISTS", "jaga:{pub}:exceptions_by_source", "PARKED:/nobody") == 0, process)
    with wire.Wire(scenario) as tool:
        later = list(bad_events(2))  # two months later: what was parked runs out
        tool.send(later[:20])
        scenario.wait_for("a change is not shown", lambda: redis(
            "HGET", "jaga:{pub}:exceptions_by_source", "PARKED:" + BANK) == b"40", process)
        tool.send(later[20:])
        tool.produce("claim", 1, [(b"somebody", b"noise", wire.micros("2024-04-02T01:00:00Z") // 1000)])
        scenario.wait_for("Redis lags behind", lambda: wire.is_shown(scenario), process)
    scenario.stop(process)
    scenario.drain()
    expected = sent_by(scenario)
    assert expected["MEMBERSHIP_UNKNOWN", BANK] == 20 and expected["PARKED", BANK] == 40, expected
    assert expected["MEMBERSHIP_UNKNOWN", AGENT] == 5 and expected["MALFORMED", ""] == 1, expected
    check_exceptions(scenario, expected)
    before = scenario.lane_keys()
    redis("FLUSHALL")
    redis.close()
    scenario.drain()
    check_exceptions(scenario, expected)
    assert scenario.lane_keys() == before, "done again from the log it is something else"


def test_many_publishers_of_one_code(scenario):
    """The page names the ten that sent most; the API all."""
    scenario.init()
    with wire.Wire(scenario) as tool:
        tool.send([wire.paid(wire.person(n), "2024-02-02T01:00:00Z", "2024-01", source="/s/%02d" % (n % 13))
                   for n in range(30)])
    scenario.drain()
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{pub}:exceptions_by_source", "PARKED:(other)", "9", "PARKED", "7", "NOTHING:/a", "8",
          "PARKED:" + "x" * 99, "6")
    redis.close()
    dashboard = Dashboard(scenario)
    listed, = dashboard.json("/api/v1/exceptions")["exceptions"]
    most = sorted(((-n, source) for source, n in (
        (s["source"], s["count"]) for s in listed["sources"])))
    assert len(most) == 14 and most[0] == (-9, "(other)"), most
    page = page_of(dashboard, "/?lang=en")
    at = page.rows.index(page.row("other publishers"))
    shown = page.rows[at:at + 11]
    assert shown[0] == ["other publishers", "9", ""], shown
    assert [(-int(row[1]), row[0]) for row in shown[1:10]] == most[1:10], shown
    assert shown[10] == ["The first 10; all of them: /api/v1/exceptions"], shown
    dashboard.stop()


def test_assets_are_in_the_program(scenario):
    dashboard = Dashboard(scenario)
    for name, kind in ("style.css", "text/css"), ("live.js", "text/javascript"), ("icon.svg", "image/svg+xml"):
        status, headers, text = dashboard.ask("/assets/" + name)
        with open(harness.os.path.join(harness.ROOT, "dashboard", "assets", name)) as file:
            assert (status, text) == (200, file.read())
        assert headers["Content-Type"].startswith(kind) and headers["Cache-Control"] == "max-age=60"
    assert dashboard.ask("/assets/none.css")[0] == 404
    dashboard.stop()


# ---- what begins and ends, ages, states, the election, lanes

MOVES = {  # of 36.74, by hand; the figures are of 2 August 2024
    "begun:2024-07-01": 6, "begun:2024-08-01": 2, "begun:2024-08-02": 3,
    "begun:category:OJOL:2024-07-01": 4, "begun:category:ART:2024-07-01": 2, "begun:sponsor:SELF:2024-07-01": 6,
    "ended:2024-07-01": 7, "ended:2024-07-31": 5,  # last days: 30 June, 30 July
    "ended:category:KETUA_RT:2024-07-01": 7, "ended:category:ART:2024-07-31": 5,
    "ended:sponsor:APBD_KABKOTA:2024-07-01": 7, "ended:sponsor:SELF:2024-07-31": 5,
    "ended:2024-08-01": 11, "ended:2024-08-02": 13, "ended:2024-08-09": 17, "ended:2024-08-10": 19,
    "ended:2024-09-01": 23, "ended:2024-09-02": 29, "ended:2024-10-01": 31, "ended:2024-10-02": 37,
    "ended:2024-11-01": 41, "ended:2024-11-02": 43,
    "ended:category:ART:2024-09-02": 29, "ended:category:OJOL:2024-10-01": 31,
    "ended:sponsor:SELF:2024-09-02": 29, "ended:sponsor:JAGA_SALIRA:2024-10-01": 31,
    "grace:2024-01-01": 9, "employers:2024-01-01": 4, "employers:2024-08-03": 1,
}


def test_what_begins_and_ends(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    give(redis, "36.74", MOVES, {})
    redis.close()
    dashboard = Dashboard(scenario)
    region = dashboard.json("/api/v1/regions/36.74")
    assert region["date"] == "2024-08-02"
    assert region["flows"] == {"new_today": 3, "ended_today": 13, "ending_7": 17, "ending_30": 17 + 19 + 23, "grace": 9,
                               "employers": 4}
    august, september, october = region["ending"]
    assert (august["from"], august["to"], august["count"]) == ("2024-08-01", "2024-08-31", 13 + 17 + 19 + 23)
    assert (september["from"], september["to"], september["count"]) == ("2024-09-01", "2024-09-30", 29 + 31)
    assert (october["from"], october["to"], october["count"]) == ("2024-10-01", "2024-10-31", 37 + 41)
    assert september["category"] == [{"code": "OJOL", "count": 31}, {"code": "ART", "count": 29}]
    assert september["sponsor"] == [{"code": "JAGA_SALIRA", "count": 31}, {"code": "SELF", "count": 29}]
    assert october["category"] == []
    july = region["last_month"]
    assert (july["from"], july["to"], july["begun"], july["ended"]) == ("2024-06-30", "2024-07-31", 6, 12)
    assert july["active_from"] == july["active_to"] == 3042
    assert {row["code"]: (row["begun"], row["ended"]) for row in july["category"]} == {
        "OJOL": (4, 0), "ART": (2, 5), "KETUA_RT": (0, 7)}
    assert {row["code"]: (row["begun"], row["ended"]) for row in july["sponsor"]} == {
        "SELF": (6, 5), "APBD_KABKOTA": (0, 7)}
    page = page_of(dashboard, "/regions/36.74?lang=en")
    why = page.sections["why"]["text"]
    assert "In July 2024 the number covered stayed at 3,042." in why, why
    assert "6 covers began, first day 1\u201331 Jul 2024:Category: 4 OJOL" in why, why
    assert "12 covers ended, last day 30 Jun \u2013 30 Jul 2024:Category: 7 KETUA_RT heads of neighbourhoods, 5 ART" in why, why
    assert "Sponsor: 7 APBD_KABKOTA budget of the regency or city, 5 SELF" in why, why
    assert "+6 for other reasons" in why, why
    assert page.row("ART", "why")[1:] == ["2", "5", "-3"] and page.row("all", "why")[1:] == ["6", "12", "-6"]
    flows = page.sections["flows"]["text"]
    for words in ("Begin today32 Aug 2024", "Just ended131 Aug 2024", "End within 7 days172\u20138 Aug 2024",
                  "End within 30 days592\u201331 Aug 2024", "In grace9", "Employers4"):
        assert words in flows, (words, flows)
    assert "Next month, 1\u201330 Sep 2024, 60 covers end:Category: 31 OJOL motorcycle taxi riders, 29 ART" in flows, flows
    assert page.row("all", "flows")[1:] == ["72", "60", "78"] and page.row("OJOL", "flows")[1:] == ["0", "31", "0"]
    assert page.row("JAGA_SALIRA", "flows")[1:] == ["0", "31", "0"]
    words = page_of(dashboard, "/regions/36.74").sections
    assert "Bulan depan, 1\u201330 Sep 2024, berakhir 60 perlindungan:" in words["flows"]["text"], words["flows"]["text"]
    assert "12 perlindungan berakhir, dengan hari terakhir 30 Jun \u2013 30 Jul 2024:" in words["why"]["text"]
    quiet = page_of(dashboard, "/regions/36.74?lang=en&date=2020-05-05").sections
    assert "No cover began and none ended." in quiet["why"]["text"]
    assert "No cover ends this month or in the two months after it." in quiet["flows"]["text"]
    for edge in "0001-01-01", "9999-12-31":
        page_of(dashboard, "/regions/36.74?date=" + edge)
        dashboard.json("/api/v1/regions/ID?date=" + edge)
    dashboard.stop()


def test_open_claims_by_age_and_the_legal_clock(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    ages = (0, 7, 8, 14, 15, 30, 31, 90, 91, 400)
    days = {"2024-08-02": 1, "2024-07-26": 2, "2024-07-25": 4, "2024-07-19": 8, "2024-07-18": 16, "2024-07-03": 32,
            "2024-07-02": 64, "2024-05-04": 128, "2024-05-03": 256, "2023-06-29": 512}
    assert len(ages) == len(days)
    give(redis, "16", dict({"open:JKM:HELD:" + day: count for day, count in days.items()}, **{
        "open:JKK:WAITING:2024-08-01": 1, "open_past_due:JKM:2024-08-02": 5, "open_past_due:JKK:2024-08-03": 6,
        "overdue:programme:JKM:2024-07-01": 3, "overdue_idr:programme:JKM:2024-08-01": 42000000}), {})
    redis.close()
    dashboard = Dashboard(scenario)
    claims = dashboard.json("/api/v1/claims?region=16")
    held = next(row for row in claims["ages"] if row["programme"] == "JKM")
    assert held == {"programme": "JKM", "verdict": "HELD", "open": 1023, "days_to_7": 3, "days_to_14": 12,
                    "days_to_30": 48, "days_to_90": 192, "older": 768, "oldest_on": "2023-06-29", "oldest_days": 400}
    assert [row["verdict"] for row in claims["ages"] if row["programme"] == "JKK"] == ["WAITING"]
    late = next(row for row in claims["past_due"] if row["programme"] == "JKM")
    assert late == {"programme": "JKM", "claims": 5, "payments": 3, "overdue_idr": 42000000,
                    "late_cost_idr": 2 * 420000}, late
    assert "JKK" not in [row["programme"] for row in claims["past_due"] if row["claims"]]
    earlier = dashboard.json("/api/v1/claims?region=16&date=2024-05-03")["ages"]
    assert earlier == [{"programme": "JKM", "verdict": "HELD", "open": 768, "days_to_7": 256, "days_to_14": 0,
                        "days_to_30": 0, "days_to_90": 0, "older": 512, "oldest_on": "2023-06-29", "oldest_days": 309}]
    page = page_of(dashboard, "/regions/16?lang=en")
    assert page.row("JKM held for review", "claims")[1:] == ["3", "12", "48", "192", "768", "1,023", "29 Jun 2023 400 days"]
    assert page.row("JKK waiting", "claims")[-1] == "1 Aug 2024 1 day"
    assert page.row("Rp 42,000,000", "claims")[1:] == ["5", "3", "Rp 42,000,000", "Rp 840,000"]
    words = page_of(dashboard, "/definitions").text
    assert "3 hari kerja (JKM) atau 7 hari kerja (program lain) sesudah berkasnya lengkap" in words
    quiet = page_of(dashboard, "/regions/16?lang=en&date=2020-01-01").sections["claims"]["text"]
    assert "No claim is open." in quiet and "No claim and no payment is past its legal day." in quiet, quiet
    dashboard.stop()


def test_payments_by_state(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    give(redis, "16", {}, {"payments:status:ORDERED": 20, "paid_idr:status:ORDERED": 900, "payments:status:RECONCILED": 22,
                           "paid_idr:status:RECONCILED": 2569000000, "payments:status:UNKNOWN": 2,
                           "paid_idr:status:UNKNOWN": 100, "payments": 44, "paid_idr": 2570000000})
    redis.close()
    dashboard = Dashboard(scenario)
    states = dashboard.json("/api/v1/payments?region=16")["payments"]["by_status"]
    assert [state["code"] for state in states] == ["ORDERED", "INSTRUCTED", "ACCEPTED", "SETTLED", "RECONCILED", "REJECTED",
                                                   "RETURNED", "UNKNOWN"]
    assert states[4] == {"code": "RECONCILED", "payments": 22, "paid_idr": 2569000000}
    assert states[6] == {"code": "RETURNED", "payments": 0, "paid_idr": 0}
    page = page_of(dashboard, "/regions/16?lang=en")
    assert page.row("ORDERED ordered", "payments")[1:] == ["20", "Rp 900"]
    assert page.row("UNKNOWN fate not known", "payments")[1:] == ["2", "Rp 100"]
    text = dashboard.ask("/regions/16?lang=en")[2]
    assert text.count('<tr class="trouble">') == 1, text.count('<tr class="trouble">')
    assert "There are no payments yet." in page_of(dashboard, "/regions/36.74?lang=en").sections["payments"]["text"]
    dashboard.stop()


def test_the_election_bodies(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    give(redis, "16", {"begun:category:KPPS:2024-01-25": 42, "begun:category:PETANI:2024-01-01": 9},
         {"deaths:JKK:category:KPPS": 4, "deaths:JKM:category:KPPS": 31, "deaths:JKM:category:PETANI": 2})
    redis.close()
    dashboard = Dashboard(scenario)
    line = scenario.coverage("--region", "16", "--as-of", DAY)[0]
    election = dashboard.json("/api/v1/election?region=16&date=" + DAY)
    bodies = {body["category"]: body for body in election["bodies"]}
    assert set(bodies) == {"KPPS", "PPK", "LINMAS_TPS"}, bodies
    assert bodies["KPPS"] == {
        "category": "KPPS", "registered": 42, "covered": line.get("category:KPPS", 0), "deaths_jkk": 4, "deaths_jkm": 31,
        "payments": line["payments:category:KPPS"], "paid_idr": line["paid_idr:category:KPPS"]}
    assert election["all"]["paid_idr"] == 2570000000 and election["all"]["deaths_jkm"] == 31
    page = page_of(dashboard, "/regions/16?lang=en&date=" + DAY)
    assert page.row("KPPS", "election")[1:] == ["42", str(line.get("category:KPPS", 0)), "4", "31", "35",
                                                "Rp 1,470,000,000"]
    assert page.row("all", "election")[-1] == "Rp 2,570,000,000"
    assert "election" not in page_of(dashboard, "/regions/36.74").sections
    assert dashboard.json("/api/v1/election?region=36.74")["bodies"] == []
    assert dashboard.json("/api/v1/election?region=99.99")["bodies"] == []
    dashboard.stop()


def lanes_of(dashboard):
    return {lane["lane"]: lane for lane in dashboard.json("/api/v1/lanes")["lanes"]}


def test_lanes_that_are_up_to_date_unowned_or_not_shown(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    states = lambda: [lane["state"] for lane in lanes_of(dashboard).values()]
    scenario.wait_for("Kafka was not looked at", lambda: states() == ["IDLE", "IDLE"], dashboard.process)
    processor = scenario.start("process")
    scenario.wait_for("nobody has the lanes", lambda: states() == ["UP_TO_DATE"] * 2, dashboard.process)
    lane = lanes_of(dashboard)[0]
    assert lane["owned"] is True and lane["sequence"] == lane["view_sequence"] > 0
    assert lane["input"]["enrollment"]["lag"] == 0 and lane["input"]["enrollment"]["end"] > 0
    page = page_of(dashboard, "/?lang=en")
    assert page.row("0", "lanes")[1] == "up to date" and "Kafka was looked at" in page.sections["lanes"]["text"]
    scenario.stop(processor)
    scenario.run("generate", "reported-2024", "--scale", "0.02")
    scenario.wait_for("it does not see what waits", lambda: states() == ["UNOWNED"] * 2, dashboard.process)
    assert lanes_of(dashboard)[1]["input"]["enrollment"]["lag"] > 1
    words = page_of(dashboard, "/?lang=en").sections["lanes"]["text"]
    assert "Lane 0: events wait and no processor (jaga process) has it." in words, words
    scenario.drain()
    scenario.wait_for("it still waits", lambda: states() == ["IDLE"] * 2, dashboard.process)
    redis = scenario.stack.redis()
    shown = int(redis.hash("jaga:{pub}:meta")[b"sequence:1"])
    redis("HSET", "jaga:{pub}:meta", "sequence:1", str(shown - 1))
    touch(redis, dashboard)
    redis.close()
    assert states() == ["IDLE", "NOT_SHOWN"]
    dashboard.stop()


def test_lanes_when_kafka_does_not_answer(scenario):
    load(scenario)
    scenario.stack.command("stop", "kafka")
    try:
        dashboard = Dashboard(scenario)
        lanes = dashboard.json("/api/v1/lanes")
        assert lanes["kafka_up"] is False and lanes["kafka_seen_at"] is None
        assert [lane["state"] for lane in lanes["lanes"]] == ["AS_SHOWN", "AS_SHOWN"] and "owned" not in lanes["lanes"][0]
        page = page_of(dashboard, "/?lang=en")
        assert "Kafka does not answer" in page.sections["lanes"]["text"]
        assert page.row("0", "lanes")[1] == "all that is in Redis is shown" and page.row("0", "lanes")[5:] == ["\u2013"] * 4
        dashboard.stop()
    finally:
        scenario.stack.command("start", "kafka")


def reads_of(redis):
    """Hashes and sets read from Redis so far."""
    calls = re.findall(r"cmdstat_(?:hgetall|smembers):calls=(\d+)", redis("INFO", "commandstats").decode())
    return sum(int(count) for count in calls)


def test_it_reads_again_only_when_the_figures_changed(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    dashboard = Dashboard(scenario)
    for _ in range(2):
        for path in "/", "/regions/36.74", "/?date=" + DAY, "/metrics", "/api/v1/regions/16/curve":
            dashboard.ask(path)
    before, begun = reads_of(redis), time.monotonic()
    for _ in range(20):
        page_of(dashboard, "/")
        page_of(dashboard, "/regions/36.74")
        dashboard.json("/api/v1/regions/16")
        dashboard.ask("/?date=" + DAY)
        time.sleep(0.1)
    looks = int(time.monotonic() - begun) + 2
    assert 0 < reads_of(redis) - before <= looks * 3, (reads_of(redis) - before, looks)  # meta and two lanes
    redis("HSET", "jaga:{pub}:exceptions", "LATE_NEWS", "4")
    give(redis, "36.74", {"begun:2024-08-02": 77}, {})
    look(dashboard)
    assert dashboard.json("/api/v1/exceptions")["exceptions"] == []
    touch(redis, dashboard)
    assert dashboard.json("/api/v1/exceptions")["exceptions"][0]["count"] == 4
    assert dashboard.json("/api/v1/regions/36.74")["flows"]["new_today"] == 77
    redis.close()
    dashboard.stop()


def test_who_comes_after_a_pause_is_shown_nothing_old(scenario):
    load(scenario)
    redis = scenario.stack.redis()
    dashboard = Dashboard(scenario)
    flows = lambda: dashboard.json("/api/v1/regions/36.74")["flows"]
    assert flows().get("new_today", 0) != 77
    time.sleep(1.1)
    redis("CLIENT", "PAUSE", "500", "ALL")
    begun = time.monotonic()
    flows()
    assert time.monotonic() - begun < 0.4  # the look takes longer than anybody waits
    time.sleep(1)
    give(redis, "36.74", {"begun:2024-08-02": 77}, {})
    redis("HINCRBY", "jaga:{pub}:meta", "touched", "1")
    time.sleep(10)
    assert flows()["new_today"] == 77
    redis.close()
    dashboard.stop()


# ---- metrics

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (-?[0-9]+(?:\.[0-9]{1,6})?)')


def metrics_of(dashboard):
    """Name and labels -> value; the text's form is checked on the way."""
    status, headers, text = dashboard.ask("/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers
    found, helped, typed = {}, [], {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped.append(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert helped[-1] == name and name not in typed and kind in ("gauge", "counter"), line
            assert name.endswith("_total") == (kind == "counter"), line
            typed[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match and match.group(1) == helped[-1], line
            key = (match.group(1), match.group(2) or "")
            assert key not in found, line
            found[key] = float(match.group(3))
    return found


def test_metrics_tell_what_status_and_coverage_tell(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    scenario.wait_for("Kafka was not looked at", lambda: ("jaga_kafka_age_seconds", "") in metrics_of(dashboard))
    for path in "/nothing", "/nothing", "/api/v1/meta":
        dashboard.ask(path)
    found = metrics_of(dashboard)
    country = scenario.coverage("--region", "ID")[0]
    assert found["jaga_covered_people", ""] == country["active"]
    assert found["jaga_payments_total", ""] == 44 and found["jaga_paid_rupiah_total", ""] == 2570000000
    assert found["jaga_claims", 'programme="JKM",verdict="APPROVED"'] == country["claims:JKM:APPROVED"]
    assert found["jaga_batches", 'state="MISMATCH"'] == 1 and found["jaga_batches", 'state="OPEN"'] == 0
    lanes = [json.loads(line) for line in scenario.run("status", "--json").stdout.splitlines()][:2]
    for lane in lanes:
        label = 'lane="%d"' % lane["lane"]
        assert found["jaga_journal_end_offset", label] == lane["journal_end"]
        assert found["jaga_lane_view_sequence", label] == found["jaga_lane_shown_sequence", label] > 0
        for topic in "enrollment", "contribution", "claim":
            assert found["jaga_input_end_offset", '%s,topic="%s"' % (label, topic)] == lane[topic]["end"]
            assert found["jaga_input_lag_offsets", '%s,topic="%s"' % (label, topic)] == 0
    assert sum(v for (name, _), v in found.items() if name == "jaga_lane_participants") == 11559
    assert found["jaga_dashboard_requests_total", 'path="other",status="404"'] == 2
    assert found["jaga_dashboard_requests_total", 'path="/api/v1/meta",status="200"'] == 1
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{pub}:exceptions", 'a"b\\c\nd', "4")
    touch(redis, dashboard)
    redis.close()
    assert metrics_of(dashboard)["jaga_exceptions_total", 'code="a\\"b\\\\c\\nd"'] == 4
    dashboard.stop()


def test_metrics_come_without_redis_and_kafka(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    scenario.wait_for("Kafka was not looked at", lambda: metrics_of(dashboard)["jaga_kafka_up", ""] == 1)
    try:
        scenario.stack.command("stop")
        scenario.wait_for("Redis is still there", lambda: metrics_of(dashboard)["jaga_redis_up", ""] == 0)
        scenario.wait_for("Kafka is still there", lambda: metrics_of(dashboard)["jaga_kafka_up", ""] == 0)
        found = metrics_of(dashboard)
        assert found["jaga_kafka_age_seconds", ""] > 1 and ("jaga_figures_age_seconds", "") not in found
        assert not any(name == "jaga_input_lag_offsets" for name, _ in found), found  # nobody knows
        assert scenario.said(dashboard.process).count("WARN kafka_away") == 1
        begun = time.monotonic()
        dashboard.stop()
        assert time.monotonic() - begun < 15
    finally:
        scenario.stack.command("start")


# ---- troubles

def test_before_the_first_figures_and_without_redis(scenario):
    dashboard = Dashboard(scenario)
    assert dashboard.json("/api/v1/coverage", expect=503)["error"]["code"] == "no_figures"
    dashboard.lives()
    scenario.init()
    scenario.run(*DEMO)
    scenario.drain()
    scenario.wait_for("no figures", lambda: dashboard.ask("/readyz")[0] == 200, dashboard.process)
    try:
        scenario.stack.command("stop", "redis")
        scenario.wait_for("Redis is still there", lambda: dashboard.ask("/readyz")[0] == 503, dashboard.process)
        status, headers, text = dashboard.ask("/api/v1/meta")
        assert status == 503 and json.loads(text)["error"]["code"] == "redis_away", text
        assert headers["Retry-After"] == "2" and "127.0.0.1" not in text
        assert "Redis tidak menjawab" in page_of(dashboard, "/", expect=503).text
        assert "Redis does not answer" in page_of(dashboard, "/regions/36.74?lang=en", expect=503).text
        page_of(dashboard, "/definitions")
        dashboard.lives()
    finally:
        scenario.stack.command("start", "redis")
    scenario.wait_for("Redis is not back", lambda: dashboard.ask("/readyz")[0] == 200, dashboard.process)
    said = scenario.said(dashboard.process)
    assert said.count("figures_away") == 2 and said.count("figures_back") == 2, said
    dashboard.stop()


def test_figures_that_nobody_writes_any_more_are_not_fresh(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    assert dashboard.ask("/readyz")[0] == 200
    redis = scenario.stack.redis()
    redis("HSET", "jaga:{pub}:meta", "updated_at", "2024-01-01T00:00:00Z")
    look(dashboard)
    assert dashboard.ask("/readyz")[0] == 200  # the events' clock: all that the lanes show is there
    redis("HSET", "jaga:{pub}:meta", "sequence:1", "0")
    look(dashboard)
    status, _, text = dashboard.ask("/readyz")
    assert status == 503 and "is jaga process running" in text, text
    assert dashboard.json("/api/v1/meta")["fresh"] is False
    assert "These figures are not fresh" in page_of(dashboard, "/?lang=en").text
    redis.close()
    dashboard.stop()


def test_addresses_that_cannot_be_had(scenario):
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    done = scenario.run("dashboard", "--dashboard.address", "127.0.0.1:%d" % port, expect=2)
    assert "cannot listen on 127.0.0.1:%d: Address already in use" % port in done.stderr, done.stderr
    for wrong in "8080", "localhost:8080", "127.0.0.1:", "127.0.0.1:99999", ":8080", "127.0.0.1:80a":
        done = scenario.run("dashboard", "--dashboard.address", wrong, expect=64)
        assert "no address and port" in done.stderr, done.stderr
    taken.close()


# ---- hostile clients

def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None


def test_odd_requests_get_a_clear_status(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    for path, expected in (
            ("/nothing", 404), ("/api/v1/nothing", 404), ("/api/v1/regions/", 404), ("/api/v1/regions/../../etc", 404),
            ("/assets/../etc/passwd", 404), ("/%2e%2e/", 400), ("/a%00b", 400), ("/%ff%fe", 400), ("/%zz", 400),
            ("/?" + "date=2024-01-01&" * 50, 400), ("/?" + "&" * 500, 400), ("/?x[]=1", 400), ("/?date=%27", 400),
            ("/" + "a" * 1023, 404), ("/" + "a" * 1024, 414), ("/" + "a" * 8000, 414), ("/?lang=" + "e" * 4000, 414),
            ("//", 404), ("/healthz?date=2024-01-01", 400), ("/api/v1/coverage?date=0000-00-00", 400),
            ("/api/v1/coverage?date=9999-12-31", 200), ("/api/v1/coverage?date=0001-01-01", 200),
            ("/api/v1/regions/36.74/curve?from=0001-01-01&to=9999-12-31", 400)):
        status, headers, text = dashboard.ask(path)
        assert status == expected, (path[:60], status, text[:200])
        assert headers["X-Content-Type-Options"] == "nosniff", path
    for method in "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW", "get":
        status, headers, _ = dashboard.ask("/healthz", method=method)
        assert status == 405 and headers["Allow"] == "GET, HEAD", (method, status)
    assert dashboard.ask("/healthz", body="x" * 10)[0] == 413
    status, headers, text = dashboard.ask("/api/v1/coverage", method="HEAD")
    assert status == 200 and text == "" and int(headers["Content-Length"]) > 1000
    dashboard.lives()
    dashboard.stop()


def test_bytes_that_are_no_http_are_refused(scenario):
    dashboard = Dashboard(scenario)
    for request in (
            b"\r\n\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 200,
            b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\x00x HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40000 + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
            b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET /?" + b"a=1&" * 12000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET /?" + b"&" * 1000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",  # dropped, unanswered
            b"GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n"):
        answer = dashboard.raw(request, wait=1)
        status = status_of(answer)
        assert status is None and answer == b"" or 400 <= status < 600, (request[:60], answer[:200])
        dashboard.lives()
    answer = dashboard.raw(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 3, wait=1)
    assert answer.count(b"lives\n") == 3, answer  # pipelined
    dashboard.stop()


def test_slow_and_many_clients_do_not_keep_others_out(scenario):
    dashboard = Dashboard(scenario)
    idle = [socket.create_connection(("127.0.0.1", dashboard.port), timeout=30) for _ in range(200)]
    dribbling = [socket.create_connection(("127.0.0.1", dashboard.port), timeout=30) for _ in range(20)]
    begun = time.monotonic()
    for one in dribbling:
        one.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
    dashboard.lives()
    assert time.monotonic() - begun < 5
    gone = set()
    while len(gone) < len(dribbling) and time.monotonic() - begun < 40:
        time.sleep(1)
        for one in dribbling:
            try:
                one.sendall(b"y")
            except OSError:
                gone.add(one)
    assert len(gone) == len(dribbling), "%d of %d still hold on" % (len(dribbling) - len(gone), len(dribbling))
    assert time.monotonic() - begun > 15  # they were given their time
    more = [socket.create_connection(("127.0.0.1", dashboard.port), timeout=30) for _ in range(400)]
    time.sleep(0.2)
    for one in idle + dribbling + more:
        one.close()
    scenario.wait_for("it does not come back", lambda: dashboard.ask("/healthz")[0] == 200, dashboard.process)
    dashboard.stop()


def test_it_ends_on_a_signal_with_clients_connected(scenario):
    dashboard = Dashboard(scenario)
    held = [socket.create_connection(("127.0.0.1", dashboard.port), timeout=30) for _ in range(5)]
    held[0].sendall(b"GET /hea")
    begun = time.monotonic()
    dashboard.stop()
    assert time.monotonic() - begun < 5
    for one in held:
        one.close()


if __name__ == "__main__":
    harness.run([
        test_the_api_says_what_coverage_says, test_a_region_alone_has_base_splits_and_goal,
        test_the_curve_is_coverage_day_by_day, test_claims_payments_batches_exceptions_and_meta,
        test_the_pages_say_what_coverage_says_in_both_languages, test_filters_languages_links_and_definitions,
        test_the_curve_names_what_ends, test_what_stands_in_redis_is_never_markup, test_exceptions_by_publisher,
        test_many_publishers_of_one_code,
        test_assets_are_in_the_program,
        test_what_begins_and_ends, test_open_claims_by_age_and_the_legal_clock, test_payments_by_state,
        test_the_election_bodies, test_lanes_that_are_up_to_date_unowned_or_not_shown,
        test_lanes_when_kafka_does_not_answer, test_it_reads_again_only_when_the_figures_changed,
        test_who_comes_after_a_pause_is_shown_nothing_old,
        test_metrics_tell_what_status_and_coverage_tell, test_metrics_come_without_redis_and_kafka,
        test_before_the_first_figures_and_without_redis, test_figures_that_nobody_writes_any_more_are_not_fresh,
        test_addresses_that_cannot_be_had, test_odd_requests_get_a_clear_status,
        test_bytes_that_are_no_http_are_refused, test_slow_and_many_clients_do_not_keep_others_out,
        test_it_ends_on_a_signal_with_clients_connected,
    ], "dashboard", 25100)
