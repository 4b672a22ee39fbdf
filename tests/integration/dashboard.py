"""`jaga dashboard` on a real Redis and Kafka: its figures are those of `jaga coverage --json`, it says so when Redis
is away, and whatever a client does it answers with a clear status and goes on."""
import http.client
import json
import re
import socket
import time

import harness

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

    def stop(self):
        self.scenario.stop(self.process)
        assert "ERROR: AddressSanitizer" not in self.scenario.said(self.process)


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
    assert dashboard.json("/api/v1/exceptions")["exceptions"] == []
    meta = dashboard.json("/api/v1/meta")
    status = [json.loads(line) for line in scenario.run("status", "--json").stdout.splitlines()]
    public = next(line for line in status if line["kind"] == "public")
    for name in "as_of", "rules", "build", "log_id":
        assert meta[name] == public[name], name
    assert [lane["sequence"] for lane in meta["lanes"]] == [1, 1] and meta["fresh"] is True
    dashboard.stop()


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
    time.sleep(1.2)
    assert dashboard.ask("/readyz")[0] == 200  # the events' clock: all that the lanes show is there
    redis("HSET", "jaga:{pub}:meta", "sequence:1", "0")
    time.sleep(1.2)
    status, _, text = dashboard.ask("/readyz")
    assert status == 503 and "is jaga process running" in text, text
    assert dashboard.json("/api/v1/meta")["fresh"] is False
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
        test_before_the_first_figures_and_without_redis, test_figures_that_nobody_writes_any_more_are_not_fresh,
        test_addresses_that_cannot_be_had, test_odd_requests_get_a_clear_status,
        test_bytes_that_are_no_http_are_refused, test_slow_and_many_clients_do_not_keep_others_out,
        test_it_ends_on_a_signal_with_clients_connected,
    ], "dashboard", 25100)
