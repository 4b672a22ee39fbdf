"""The dashboard's pages in a real browser (Chromium), at the sizes of a phone and of a desk, in both languages: what a
person reads there is what `jaga coverage --json` says, nothing is cut off, and the checkers find no fault: the Nu Html
Checker in HTML, CSS and SVG, axe-core in accessibility. Pictures of the pages are left in build/pictures.

Figures are found by what the page is to a reader: a heading or label links to its definition, a row is headed by
the code of a region, programme, category … So more blocks and columns may come without a change here."""
import base64
import contextlib
import datetime
import glob
import json
import os
import re
import subprocess
import time
import zipfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import harness
from dashboard import DAY, Dashboard, load

BASE = 25300
CHECKERS = os.path.join(harness.ROOT, "build", "checkers")
PICTURES = os.path.join(harness.ROOT, "build", "pictures")
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
LANGUAGES = "id", "en"
PAGES = {"country": "/", "provinces": "/?level=province", "city": "/regions/36.74", "province": "/regions/36",
         "quarantined": "/regions/16", "other-day": "/?date=" + DAY, "definitions": "/definitions",
         "error": "/regions/99.99"}
VERDICTS = {"APPROVED": ("disetujui", "approved"), "HELD": ("ditahan untuk diperiksa", "held for review"),
            "REJECTED": ("ditolak", "rejected"), "WAITING": ("menunggu berkas atau data", "waiting for facts")}
# Of SVG, and known to browsers for long, but not to the checker.
UNKNOWN_CSS = ".*Property “vector-effect” doesn't exist.*"


class Browser:
    """A Chromium of its own, which reaches nothing but this host."""

    def __init__(self, dashboard):
        options = webdriver.ChromeOptions()
        for word in ("headless=new", "no-first-run", "disable-background-networking", "disable-component-update",
                     "disable-default-apps", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars=false",
                     "host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"):
            options.add_argument("--" + word)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's does not work for root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver", port=BASE + 95), options=options)
        self.home = "http://127.0.0.1:%d" % dashboard.port
        self.be("desk")

    def close(self):
        self.driver.quit()

    def tell(self, command, **values):
        return self.driver.execute_cdp_cmd(command, values)

    def be(self, size, scheme="light"):
        width, height = SIZES[size]
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=size == "phone")
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path, language):
        self.driver.get(self.home + path + ("&" if "?" in path else "?") + "lang=" + language)

    def ask(self, script, *values):
        return self.driver.execute_script(script, *values)

    def complaints(self, of_error_page=False):
        """What the console has said since the last time; that an error page has an error's status is no complaint."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if not (of_error_page and "status of 404" in entry["message"])]

    def picture(self, name):
        os.makedirs(PICTURES, exist_ok=True)
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.tell("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        with open(os.path.join(PICTURES, name + ".png"), "wb") as file:
            file.write(base64.b64decode(shot["data"]))


@contextlib.contextmanager
def browser_of(scenario):
    """A dashboard of the demo's people at a hundredth, and a browser."""
    load(scenario)
    dashboard = Dashboard(scenario)
    browser = Browser(dashboard)
    try:
        yield browser
    finally:
        browser.close()
    dashboard.stop()


# ---- what a reader finds

READ = """
const text = element => element.textContent.replace(/[\\s\\u00a0]+/g, ' ').replace(/\\u2212/g, '-').trim();
const about = element => { const link = element.querySelector('a.def'); return link ? link.hash.slice(1) : ''; };
const rows = table => {
    const heads = [...table.querySelectorAll('thead th')];
    return [...table.querySelectorAll('tbody tr')].map(row => {
        const cells = {};
        [...row.children].forEach((cell, i) => {
            if (heads[i]) { cells[about(heads[i])] = cells[text(heads[i])] = text(cell); }
        });
        const head = row.querySelector('th');
        const code = head && (head.querySelector('small') || head.querySelector('b'));
        return {code: code ? text(code) : '', cells: cells, all: [...row.children].map(text),
                total: row.classList.contains('total')};
    });
};
const found = {cards: {}, ranking: [], tables: {}, title: text(document.querySelector('h1')), live: ''};
document.querySelectorAll('.card').forEach(card => {
    found.cards[about(card)] = {big: text(card.querySelector('dd > b')), all: text(card.querySelector('dd'))};
});
document.querySelectorAll('main section').forEach(section => {
    found.tables[section.id] = [...section.querySelectorAll('table')].map(table => ({
        about: about(table.caption || table), rows: rows(table)}));
});
found.live = text(document.querySelector('#live') || document.createElement('p'));
return found;
"""


def number(text, language):
    """"Rp 1.234" in Indonesian, "1,234" in English; also the number at the beginning of a longer text."""
    point = "." if language == "id" else ","
    match = re.match(r"(?:Rp )?(-?\d{1,3}(?:%s\d{3})*)(?![\d%s])" % (re.escape(point), re.escape(point)), text)
    assert match, (text, language)
    return int(match.group(1).replace(point, ""))


def share(text, language):
    """Basis points of "41,33 %" or "41.33 %"; None for a dash."""
    if text.startswith("–"):
        return None
    point, comma = (".", ",") if language == "id" else (",", ".")
    match = re.match(r"([\d%s]+)%s(\d\d) %%" % (re.escape(point), re.escape(comma)), text)
    assert match, (text, language)
    return int(match.group(1).replace(point, "")) * 100 + int(match.group(2))


def base(text, language):
    """Value, kind and year of "… 7,542 workers (WORKERS) 2024 …"; None where there is none, or one in quarantine only."""
    match = re.search(r"([\d.,]+) [^(\d]*\(([A-Z_]+)\) (\d{4})", text)
    quarantined = re.search(r"karantina|quarantine", text, re.IGNORECASE)
    if not match or (quarantined and quarantined.start() < match.start()):
        return None
    return number(match.group(1), language), match.group(2), int(match.group(3))


def base_of(line):
    return (line["base"], line["base_kind"], line["base_year"]) if "base" in line else None


def check_cards(found, line, language):
    cards = found["cards"]
    for name in "active", "registered", "memberships":
        assert number(cards[name]["big"], language) == line.get(name, 0), (name, cards[name], line)
    assert share(cards["coverage"]["big"], language) == line.get("coverage_bp"), (cards["coverage"], line)
    assert base(cards["coverage"]["all"], language) == base_of(line), (cards["coverage"], line)


def check_splits(found, line, language):
    shown = {}
    for table in found["tables"]["splits"]:
        for row in table["rows"]:
            shown["%s:%s" % (table["about"], row["code"])] = number(row["all"][1], language)
    told = {name: value for name, value in line.items()
            if name.split(":")[0] in ("programme", "segment", "category", "sponsor")}
    assert shown == told and (told or not line.get("active")), (shown, told)


def check_claims(found, line, language):
    tables = found["tables"]["claims"]
    shown = {}
    for row in tables[0]["rows"] if tables else []:
        for verdict, names in VERDICTS.items():
            shown["claims:%s:%s" % (row["code"], verdict)] = number(row["cells"][names[LANGUAGES.index(language)]], language)
    told = {name: value for name, value in line.items() if name.startswith("claims:")}
    assert {name: value for name, value in shown.items() if value != 0} == told, (shown, told)


def paid(found):
    """The rows of payments by programme and category, and those by state: the first have a row of all."""
    tables = [table["rows"] for table in found["tables"]["payments"]]
    amounts = [row for rows in tables if any(row["total"] for row in rows) for row in rows]
    states = [row for rows in tables if not any(row["total"] for row in rows) for row in rows]
    return amounts, states, [row["all"] for row in amounts if row["total"]]


def check_payments(found, line, language):
    rows, states, total = paid(found)
    assert bool(total) == bool(states) == ("payments" in line), (rows, states)
    for row in states:
        if row["code"]:
            seen = [number(cell, language) for cell in row["all"][1:3]]
            assert seen == [line.get(name + ":status:" + row["code"], 0) for name in ("payments", "paid_idr")], row
    if total:
        assert number(total[0][1], language) == line["payments"], (total, line)
        assert number(total[0][2], language) == line["paid_idr"], (total, line)
        by_code = {row["code"]: row["all"] for row in rows}
        for name, value in line.items():
            kind, _, code = name.rpartition(":")
            if kind in ("paid_idr:programme", "paid_idr:category"):
                assert number(by_code[code][2], language) == value, (name, by_code)
                count = line[name.replace("paid_idr", "payments")]
                assert number(by_code[code][1], language) == count, (name, by_code)


def check_page(found, line, language):
    for check in check_cards, check_splits, check_claims, check_payments:
        check(found, line, language)


def check_ranking(found, lines, language):
    """Every region of the level that `jaga coverage` tells, once, each with its own figures, the highest first."""
    rows = [row for table in found["tables"]["ranking"] for row in table["rows"]]
    assert sorted(row["code"] for row in rows) == sorted(lines), ([row["code"] for row in rows], list(lines))
    shares = []
    for row in rows:
        line, cells = lines[row["code"]], row["cells"]
        assert number(cells["active"], language) == line.get("active", 0), (row, line)
        assert share(cells["coverage"], language) == line.get("coverage_bp"), (row, line)
        assert base(cells["base"], language) == base_of(line), (row, line)
        shares.append(line.get("coverage_bp", -1))
    assert shares == sorted(shares, reverse=True), shares


def lines_of(scenario, *words):
    return {line["region"]: line for line in scenario.coverage(*words)}


def of_level(lines, length):
    return {code: line for code, line in lines.items() if len(code) == length and code != "ID"}


def check_all(browser, lines, language, date=""):
    """Country, ranking of both levels, and each region's own page; how many regions."""
    query = "?date=" + date if date else ""
    for level, length in ("", 5), ("level=province", 2):
        browser.open("/" + query + (("&" if query else "?") + level if level else ""), language)
        found = browser.ask(READ)
        check_page(found, lines["ID"], language)
        check_ranking(found, of_level(lines, length), language)
    codes = [code for code in lines if code != "ID"]
    for code in codes:
        browser.open("/regions/%s%s" % (code, query), language)
        check_page(browser.ask(READ), lines[code], language)
    return len(codes)


def test_every_figure_in_the_browser_is_that_of_coverage(scenario):
    with browser_of(scenario) as browser:
        for date in "", DAY, "2025-06-01":
            lines = lines_of(scenario, *(("--as-of", date) if date else ()))
            for language in LANGUAGES:
                assert check_all(browser, lines, language, date) > 5
        assert browser.complaints() == []


def test_without_scripts_the_figures_are_the_same(scenario):
    with browser_of(scenario) as browser:
        browser.tell("Emulation.setScriptExecutionDisabled", value=True)
        browser.open("/", "en")
        time.sleep(1)
        assert not any("/api/v1/meta" in name for name in browser.ask(
            "return performance.getEntriesByType('resource').map(entry => entry.name)"))  # so it is true: none runs
        lines = lines_of(scenario)
        for language in LANGUAGES:
            check_all(browser, lines, language)
        browser.driver.find_element(By.CSS_SELECTOR, "summary").click()
        assert browser.driver.find_element(By.CSS_SELECTOR, "#months table").is_displayed()


def test_what_the_newspapers_reported(scenario):
    """The figures of the demo's table, at a hundredth."""
    with browser_of(scenario) as browser:
        for language in LANGUAGES:
            browser.open("/regions/36.74?date=2024-08-07", language)
            found = browser.ask(READ)
            assert found["title"] == "Kota Tangerang Selatan", found["title"]
            card = found["cards"]["coverage"]
            assert share(card["big"], language) == 4134, card  # 3,118 of 7,542; of the whole 41.33
            assert base(card["all"], language) == (7542, "WORKERS", 2024), card
            assert number(found["cards"]["active"]["big"], language) == 3118
            browser.open("/regions/36.71?date=2023-12-31", language)
            card = browser.ask(READ)["cards"]["coverage"]
            assert share(card["big"], language) == 6184 and base(card["all"], language)[:2] == (11900, "LABOUR_FORCE")
            browser.open("/regions/16?date=2024-03-22", language)
            found = browser.ask(READ)
            assert share(found["cards"]["coverage"]["big"], language) is None
            assert ("302.000", "302,000")[LANGUAGES.index(language)] in found["cards"]["coverage"]["all"]
            browser.open("/regions/16.71?date=2024-03-22", language)
            _, _, (total,) = paid(browser.ask(READ))
            assert [number(cell, language) for cell in total[1:3]] == [44, 2570000000], total


# ---- any day, and the newest without asking

def test_any_day_by_the_picker(scenario):
    with browser_of(scenario) as browser:
        for path, code in ("/", "ID"), ("/regions/16.71", "16.71"):
            browser.open(path, "en")
            for date in datetime.date(2024, 2, 23), datetime.date(2024, 2, 24), datetime.date(2023, 1, 1):
                field = browser.driver.find_element(By.ID, "date")
                field.send_keys(date.strftime("%m%d%Y"))
                assert field.get_property("value") == str(date), field.get_property("value")
                field.send_keys(Keys.ENTER)
                scenario.wait_for("the day is not shown", lambda: "date=%s" % date in browser.driver.current_url)
                lines = lines_of(scenario, "--as-of", str(date))
                found = browser.ask(READ)
                check_page(found, lines.get(code, {}), "en")
                assert browser.driver.find_element(By.ID, "date").get_property("value") == str(date)
                assert browser.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
        assert browser.complaints() == []


def enrolled(participant, day):
    """As the people of the demo, in its city."""
    return {"type": "Enrolled", "id": "e-" + participant, "source": "/pemda/36.74", "time": day + "T16:00:00Z",
            "participant_id": participant, "membership_id": "99%s" % participant[-9:], "segment": "BPU",
            "category": "GURU_NGAJI", "programmes": ["JKK", "JKM"], "region_home": "36.74",
            "sponsor": {"kind": "APBD_KABKOTA", "ref": "36.74"}, "risk_group": 1, "wage_idr": 1000000,
            "cover_from": day, "birth_date": "1990-01-01"}


def test_a_new_figure_appears_without_reloading(scenario):
    with browser_of(scenario) as browser:
        line = lines_of(scenario)["ID"]
        browser.be("phone")
        browser.open("/", "en")
        check_page(browser.ask(READ), line, "en")
        browser.ask("window.sameDocument = true; document.querySelector('#months').open = true;"
                    "document.querySelector('#batches .wide').scrollLeft = 40;")
        day = line["date"]
        scenario.publish([enrolled("NEW%09d" % i, day) for i in range(3)])
        scenario.drain()
        newer = lines_of(scenario)["ID"]
        assert newer["registered"] == line["registered"] + 3, (newer, line)
        scenario.wait_for("the page shows the old figure still",
                          lambda: number(browser.ask(READ)["cards"]["registered"]["big"], "en") == newer["registered"],
                          seconds=30)
        check_page(browser.ask(READ), newer, "en")
        assert browser.ask("return window.sameDocument === true && document.querySelector('#months').open")
        assert browser.ask("return document.querySelector('#batches .wide').scrollLeft") == 40
        assert browser.complaints() == []


# ---- form

STRUCTURE = """
const shown = element => element.checkVisibility();
const name = element => (element.getAttribute('aria-label') || (element.caption ? element.caption.textContent : '') ||
    (element.getAttribute('aria-labelledby') || '').split(' ').map(id => (document.getElementById(id) || {}).textContent)
        .join('')).trim();
const root = document.documentElement;
return {
    width: root.clientWidth, needed: root.scrollWidth, language: root.lang,
    mains: document.querySelectorAll('main, [role=main]').length,
    headings: [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => [Number(h.tagName[1]), h.textContent.trim()]),
    nameless: [...document.querySelectorAll('table')].filter(table => !name(table)).map(table => table.outerHTML.slice(0, 200)),
    unnamed: [...document.querySelectorAll('section')].filter(section => !name(section)).map(section => section.id),
    outside: [...document.querySelectorAll('main *')].filter(element => shown(element) && !element.closest('.wide, .hidden, svg')
        && element.getBoundingClientRect().right > root.clientWidth + 1).map(element => element.outerHTML.slice(0, 120)),
    cut: [...document.querySelectorAll('caption')].filter(caption => shown(caption)
        && caption.getBoundingClientRect().right > root.clientWidth + 1).map(caption => caption.textContent),
    narrow: [...document.querySelectorAll('.ranking td.base')].filter(base => shown(base)
        && base.getBoundingClientRect().width < 280).map(base => base.textContent),
};
"""


def check_structure(browser, where, language):
    found = browser.ask(STRUCTURE)
    assert found["needed"] <= found["width"] and not found["outside"], (where, found)
    assert not found["cut"] and not found["narrow"], (where, found["cut"], found["narrow"])
    assert found["mains"] == 1 and found["language"] == language, (where, found)
    assert not found["nameless"] and not found["unnamed"], (where, found["nameless"], found["unnamed"])
    levels = [level for level, _ in found["headings"]]
    assert levels[0] == 1 and levels.count(1) == 1, (where, found["headings"])
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), (where, found["headings"])
    assert all(text for _, text in found["headings"]), (where, found["headings"])


def axe():
    jar, = glob.glob(os.path.join(CHECKERS, "selenium-*.jar"))
    with zipfile.ZipFile(jar) as file:
        return file.read("axe.min.js").decode()


def check_axe(browser, where, rules=None):
    """By all that it checks unless asked (WCAG 2, levels A and AA, and good practice), or by these rules."""
    options = {"runOnly": rules} if rules else {}
    done = browser.driver.execute_async_script(
        "const done = arguments[1]; axe.run(arguments[0]).then(done, fault => done({error: String(fault)}));", options)
    faults = [(fault["id"], fault["help"], [node["html"][:160] for node in fault["nodes"]][:3])
              for fault in done["violations"]]
    assert not faults, (where, faults)
    passed = {rule["id"] for rule in done["passes"]}
    assert "color-contrast" in passed and (rules or len(passed) > 10), (where, passed)


def test_every_page_at_both_sizes_in_both_languages(scenario):
    with browser_of(scenario) as browser:
        script = axe()
        for size in SIZES:
            for language in LANGUAGES:
                for name, path in PAGES.items():
                    where = (size, language, path)
                    browser.be(size)
                    browser.open(path, language)
                    check_structure(browser, where, language)
                    browser.ask(script)
                    check_axe(browser, where)
                    browser.picture("%s-%s-%s" % (name, size, language))
                    browser.be(size, "dark")
                    check_axe(browser, (*where, "dark"), ["color-contrast"])
                    if language == "id":
                        browser.picture("%s-%s-dark" % (name, size))
                    assert browser.complaints(name == "error") == [], where


FOCUS = """
const element = document.activeElement;
if (!element || element === document.body) { return null; }
const box = element.getBoundingClientRect(), style = getComputedStyle(element);
return {html: element.outerHTML.slice(0, 120), at: [...document.querySelectorAll('*')].indexOf(element),
    visible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2};
"""
REACHABLE = """
return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]')]
    .filter(element => element.checkVisibility({visibilityProperty: true}))
    .map(element => [...document.querySelectorAll('*')].indexOf(element));
"""


def test_the_keyboard_reaches_everything_and_shows_where_it_is(scenario):
    with browser_of(scenario) as browser:
        for size, path in (("desk", "/"), ("phone", "/regions/36.74"), ("desk", "/definitions")):
            browser.be(size)
            browser.open(path, "en")
            wanted = browser.ask(REACHABLE)
            reached = []
            for _ in range(len(wanted) + 20):
                webdriver.ActionChains(browser.driver).send_keys(Keys.TAB).perform()
                here = browser.ask(FOCUS)
                if here is None:
                    break
                if not reached or reached[-1] != here["at"]:  # a date is several stops, the inner ones the browser's
                    assert here["visible"] and here["marked"], (path, here)
                    reached.append(here["at"])
            assert reached == wanted, (path, [at for at in wanted if at not in reached], reached)
        browser.open("/", "en")
        webdriver.ActionChains(browser.driver).send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
        assert browser.ask("return document.activeElement.id") == "main"


# ---- the Nu Html Checker

def faults_of(*names):
    """What the checker says of HTML, CSS and SVG files, warnings too."""
    done = subprocess.run(["java", "-cp", os.path.join(CHECKERS, "*"), "nu.validator.client.SimpleCommandLineValidator",
                           "--Werror", "--also-check-css", "--also-check-svg", "--filterpattern", UNKNOWN_CSS, *names],
                          capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    assert (done.returncode == 0) == (said == ""), (done.returncode, said)
    return said


def test_html_css_and_svg_are_valid(scenario):
    load(scenario)
    dashboard = Dashboard(scenario)
    folder = scenario.stack.path("pages")
    os.makedirs(folder, exist_ok=True)
    names = [os.path.join(harness.ROOT, "dashboard", "assets", name) for name in ("style.css", "icon.svg")]
    for language in LANGUAGES:
        for name, path in PAGES.items():
            text = dashboard.ask(path + ("&" if "?" in path else "?") + "lang=" + language)[2]
            names.append(os.path.join(folder, "%s-%s.html" % (name, language)))
            with open(names[-1], "w") as file:
                file.write(text)
    dashboard.stop()
    faults = faults_of(*names)
    assert faults == "", faults[:6000]
    broken = {"broken.html": text.replace("</main>", "", 1), "broken.css": "a { colour: red; }", "broken.svg": "<svg><"}
    for name, text in broken.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    said = faults_of(*(os.path.join(folder, name) for name in broken))
    assert all(name in said for name in broken), said  # so it does look


if __name__ == "__main__":
    harness.run([
        test_every_figure_in_the_browser_is_that_of_coverage, test_without_scripts_the_figures_are_the_same,
        test_what_the_newspapers_reported, test_any_day_by_the_picker, test_a_new_figure_appears_without_reloading,
        test_every_page_at_both_sizes_in_both_languages, test_the_keyboard_reaches_everything_and_shows_where_it_is,
        test_html_css_and_svg_are_valid,
    ], "browser", BASE)
