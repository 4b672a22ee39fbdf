"""`jaga rules`: the tables looked at, shown, priced and compared without a server, and published on a real Kafka."""
import json
import os
import shutil

import harness

NOWHERE = {"JAGA_KAFKA_BROKERS": "127.0.0.1:1", "JAGA_KAFKA_TIMEOUT_MS": 1200, "JAGA_REDIS_ADDRESS": "127.0.0.1:1"}
RULES = os.path.join(harness.ROOT, "rules")
CAP_2026 = "jp-cap-2026,JP,11086300,2026-03-01,open,PP 45/2015 art. 29; yearly letter of BPJS Ketenagakerjaan 2026," \
    "2026-11-24,2027-12-31,yes\n"
CAP_2027 = "jp-cap-2027,JP,11600000,2027-03-01,open,PP 45/2015 art. 29; yearly letter of BPJS Ketenagakerjaan 2027," \
    "2026-11-26,2027-12-31,no\n"


def folder(scenario, name):
    """A copy of the project's tables."""
    path = scenario.stack.path(scenario.prefix + "-" + name)
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(RULES, path)
    return path


def change(path, table, find, put):
    """Puts `put` for `find` in a table and returns the line it stands in."""
    name = os.path.join(path, table)
    with open(name) as file:
        text = file.read()
    assert find in text, "%s is not in %s" % (find, table)
    with open(name, "w") as file:
        file.write(text.replace(find, put, 1))
    return text[:text.index(find)].count("\n") + 1


def new_cap(path):
    """A cap from 1 March 2027 on, as docs/rules.md tells it."""
    return change(path, "wage_caps.csv", CAP_2026,
                  CAP_2026.replace("open", "2027-02-28").replace("2026-11-24", "2026-11-26") + CAP_2027)


def says(scenario, words, code, *texts, **env):
    done = scenario.run(*words, expect=code, **dict(NOWHERE, **env))
    said = done.stdout + done.stderr
    for text in texts:
        assert text in said, "jaga %s: %r is not in:\n%s" % (" ".join(words), text, said[-3000:])
    assert "Sanitizer" not in said, said
    return done


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_words(scenario):
    """What a person may type wrong."""
    for words, code, *texts in (
            (("rules",), 64, "usage: jaga rules COMMAND", "rules lint", "rules publish"),
            (("rules", "--help"), 0, "rules lint", "rules show", "rules price", "rules diff", "rules publish"),
            (("rules", "shwo"), 64, "no command rules shwo, did you mean rules show; jaga rules --help"),
            (("rules", "xyzzy"), 64, "no command rules xyzzy; jaga rules --help"),
            (("rules", "show", "--help"), 0, "usage: jaga rules show", "--recorded DATE"),
            (("rules", "lint", "--jsn"), 64, "no flag --jsn; did you mean --json?"),
            (("rules", "lint", "/nowhere/rules"), 1, "/nowhere/rules: No such file"),
            (("rules", "lint", "a", "b"), 64, "name one folder"),
            (("rules", "lint", "--on", "tomorrow"), 64, "--on tomorrow: give a date such as"),
            (("rules", "show", "extra"), 64, "takes no operand, but got extra"),
            (("rules", "show", "--on", "2024-02-30"), 64, "--on 2024-02-30"),
            (("rules", "show", "--case", "tarif:JKX"), 64, "no row has the word JKX; did you mean JKK"),
            (("rules", "show", "--case", "tariff:"), 64, "words with : between them"),
            (("rules", "show", "--of", "/nowhere"), 64, "give a folder of tables"),
            (("rules", "show", "--case", "JKM_WAITING", "--on", "2021-03-31"), 1, "no row of that case is in force"),
            (("rules", "diff", RULES), 64, "name two"),
            (("rules", "diff", RULES, "/nowhere"), 64, "/nowhere: No such file"),
            (("rules", "diff", RULES, os.path.abspath(__file__)), 2, "this is no bundle of rules"),
            (("rules", "diff", RULES, "log"), 2, "127.0.0.1:1"),
            (("rules", "diff", RULES, "0123456789abcdef"), 2, "127.0.0.1:1"),
            (("rules", "publish"), 2, "127.0.0.1:1"),
            (("rules", "price"), 64, "give --segment"),
            (("rules", "price", "--segment", "PU"), 64, "give --risk-group 1 to 5"),
            (("rules", "price", "--segment", "PU", "--risk-group", "6"), 64, "--risk-group 6", "1 to 5"),
            (("rules", "price", "--segment", "PU", "--risk-group", "1"), 64, "give --wage"),
            (("rules", "price", "--segment", "PU", "--risk-group", "1", "--wage", "4.000.000"), 64, "without points"),
            (("rules", "price", "--segment", "BPU", "--programmes", "JKK,JP", "--wage", "1000000"), 64,
             "JP is not open to BPU"),
            (("rules", "price", "--segment", "BPU", "--programmes", "JKK,JKX"), 64, "write JKK,JKM"),
            (("rules", "price", "--segment", "BPU", "--wage", "1000000", "--income", "1"), 64, "give --income, or"),
            (("rules", "price", "--segment", "BPU", "--wage", "1000000", "--contract", "1"), 64,
             "--contract says nothing about BPU"),
            (("rules", "price", "--segment", "BPU", "--wage", "1", "--relief", "X", "--category", "Y"), 64, "category"),
            (("rules", "price", "--segment", "BPU", "--wage", "1", "--month", "2026-13"), 64, "--month 2026-13"),
            (("rules", "price", "--segment", "JAKON"), 64, "give --contract"),
            (("rules", "price", "--segment", "JAKON", "--contract", "1", "--wages", "1"), 64, "give --contract"),
            (("rules", "price", "--segment", "JAKON", "--contract", "1", "--on", "2015-06-30"), 1, "no row is in force"),
            (("rules", "price", "--segment", "PMI"), 64, "give --package"),
            (("rules", "price", "--segment", "PMI", "--package", "7"), 1, "no such package"),
            (("rules", "price", "--segment", "PMI", "--package", "soon"), 64, "--package soon"),
            (("rules", "price", "--segment", "PMI", "--package", "24", "--on", "2023-02-21"), 1, "no such package")):
        says(scenario, words, code, *texts)


def test_lint(scenario):
    path = folder(scenario, "lint")
    says(scenario, ("rules", "lint"), 0, "findings: 0, warnings: 0")
    says(scenario, ("rules", "lint", path, "--on", "2027-12-01"), 0, "findings: 0, warnings: 14",
         "warning: %s/tariffs.csv:" % path, "to be reviewed by 2027-12-31")
    late = says(scenario, ("rules", "lint", path, "--on", "2028-01-01"), 1, "findings: 100 or more", "is past")
    assert late.stderr == "", late.stderr
    places = [change(path, "tariffs.csv", "jkk-PU-2,JKK", "jkk-PU-2,JKX"),
              change(path, "wage_caps.csv", "2016-02-29", "2016-02-30"),
              change(path, "benefits.csv", "PP 44/2015 art. 34", "PP 44/2015")]
    says(scenario, ("rules", "lint", path), 1, "findings: 3", "programme 'JKX' is not known",
         "%s/tariffs.csv:%d: " % (path, places[0]), "%s/wage_caps.csv:%d: " % (path, places[1]),
         "%s/benefits.csv:%d: law 'PP 44/2015' names no article" % (path, places[2]))
    found = lines(says(scenario, ("rules", "lint", path, "--json"), 1))
    assert [(row["severity"], row["file"], row["line"]) for row in found] == [
        ("finding", path + "/" + table, line) for table, line in zip(
            ("tariffs.csv", "wage_caps.csv", "benefits.csv"), places)], found
    gap = folder(scenario, "gap")
    line = change(gap, "wage_caps.csv", "10547400,2025-03-01", "10547400,2025-03-02")
    over = change(gap, "recomposition.csv", "jkp-from-jkk-3,JKK,3,7500", "jkp-from-jkk-3,JKK,3,7600")
    says(scenario, ("rules", "lint", gap), 1, "findings: 2", "no row on 2025-03-01",
         "%s/wage_caps.csv:%d: wage cap of JP" % (gap, line),
         "%s/recomposition.csv:%d: JKK, risk group 3, on 2021-02-01: " % (gap, over), "the parts come to 9000, the tariff is 8900")
    os.remove(os.path.join(gap, "reliefs.csv"))
    says(scenario, ("rules", "lint", gap), 1, "reliefs.csv: No such file", "findings: 1")
    says(scenario, ("rules", "show", "--of", gap), 2, "reliefs.csv: No such file")


def ids(scenario, *words, code=0):
    done = says(scenario, ("rules", "show", "--json", *words), code)
    return [row["id"] for row in lines(done)]


def test_show(scenario):
    def benefit(on, of):
        return ids(scenario, "--on", on, "--case", "benefit:" + of)

    assert benefit("2019-12-01", "JKM") == ["jkm-lump-2015", "jkm-periodic-2015", "jkm-burial-2015"]
    assert benefit("2019-12-02", "JKM") == ["jkm-lump-2019", "jkm-periodic-2019", "jkm-burial-2019"]
    assert "jkk-death-2019" in benefit("2019-12-02", "JKK_DEATH")
    assert ids(scenario, "--case", "tariff:JKK:BPU") == ["jkk-BPU"]
    assert ids(scenario, "--case", "tariffs.csv:JKK:PU:3") == ["jkk-PU-3"]
    assert ids(scenario, "--case", "JP:wage_caps", "--on", "2021-02-28") == ["jp-cap-2020"]
    assert ids(scenario, "--case", "JP:wage_caps", "--on", "2021-03-01") == ["jp-cap-2021"]
    assert ids(scenario, "--case", "relief:OJOL", "--on", "2026-05-01") == ["pp50-2025-transport"]
    assert ids(scenario, "--case", "relief:PETANI", "--on", "2026-05-01") == ["pp50-2025-other"]
    assert ids(scenario, "--case", "relief:APBD_PROV", "--on", "2026-05-01", code=1) == []
    assert ids(scenario, "--case", "relief:SELF", "--on", "2026-05-01") == ["pp50-2025-transport", "pp50-2025-other"]
    assert ids(scenario, "--case", "parameter:WAIT_DAYS:BPU") == ["wait-days"]
    assert ids(scenario, "--case", "jp-PU") == ["jp-PU"]
    assert len(ids(scenario, "--case", "brackets", "--on", "2026-01-01")) == 33
    assert len(ids(scenario, "--case", "categories:KPPS")) == 1
    text = says(scenario, ("rules", "show", "--on", "2021-03-01", "--case", "JP:wage_caps"), 0,
                "rows in force on 2021-03-01", "yearly letter of BPJS Ketenagakerjaan 2021 (not verified)")
    assert "regions.csv" not in says(scenario, ("rules", "show", "--on", "2021-03-01"), 0, "tariffs.csv").stdout
    assert "2023" not in text.stdout
    row = lines(says(scenario, ("rules", "show", "--json", "--case", "jkm-BPU"), 0))[0]
    assert row == {"table": "tariffs.csv", "id": "jkm-BPU", "values": {
        "programme": "JKM", "segment": "BPU", "risk_group": "*", "base": "FIXED_IDR", "value": "6800"},
        "valid_from": "2015-07-01", "valid_to": "open", "law": "PP 44/2015; article not checked",
        "recorded_on": "2026-11-24", "reviewed_until": "2027-12-31", "verified": "yes"}, row


def test_two_dates(scenario):
    """The law of a day, as it was known on another."""
    path = folder(scenario, "dates")
    new_cap(path)
    change(path, "wage_caps.csv", "2027-02-28,PP 45/2015 art. 29; yearly letter of BPJS Ketenagakerjaan 2026,2026-11-26",
           "2027-02-28,PP 45/2015 art. 29; yearly letter of BPJS Ketenagakerjaan 2026,2026-11-24")

    def caps(on, recorded=None):
        words = ["--of", path, "--case", "wage_caps:JP", "--on", on]
        return ids(scenario, *words, *(["--recorded", recorded] if recorded else []),
                   code=1 if recorded == "2026-11-23" else 0)

    assert caps("2027-02-28") == ["jp-cap-2026"]
    assert caps("2027-03-01") == ["jp-cap-2027"]
    assert caps("2027-03-01", "2026-11-26") == ["jp-cap-2027"]
    assert caps("2027-03-01", "2026-11-25") == ["jp-cap-2026"]  # its end was not known then
    assert caps("2027-03-01", "2026-11-23") == []
    says(scenario, ("rules", "show", "--of", path, "--case", "wage_caps:JP", "--on", "2027-03-01", "--recorded",
                    "2026-11-25"), 0, "as known on 2026-11-25", "(its end was not known then)")


def test_diff_of_folders(scenario):
    path = folder(scenario, "diff")
    says(scenario, ("rules", "diff", RULES, path), 0, "the same bundle")
    assert says(scenario, ("rules", "diff", RULES, path, "--json"), 0).stdout == ""
    change(path, "channels.csv", "# ", "# A remark. ")
    says(scenario, ("rules", "diff", RULES, path), 0, "the same bundle")
    new_cap(path)
    with open(os.path.join(path, "tariffs.csv")) as file:
        kept = [line for line in file if not line.startswith("jkm-PMI,")]
    with open(os.path.join(path, "tariffs.csv"), "w") as file:
        file.writelines(kept)
    says(scenario, ("rules", "diff", RULES, path), 1, "1 added, 1 removed, 1 changed",
         "changed wage_caps.csv: jp-cap-2026", "valid_to        open -> 2027-02-28",
         "recorded_on     2026-11-24 -> 2026-11-26", "added   wage_caps.csv: jp-cap-2027",
         "programme=JP cap_idr=11600000", "not verified", "removed tariffs.csv: jkm-PMI")
    found = lines(says(scenario, ("rules", "diff", RULES, path, "--json"), 1))
    assert [(row["change"], row["id"], row["fields"]) for row in found] == [
        ("removed", "jkm-PMI", []), ("changed", "jp-cap-2026", ["valid_to", "recorded_on"]),
        ("added", "jp-cap-2027", [])], found
    assert found[2]["before"] is None and found[2]["after"]["values"]["cap_idr"] == "11600000"
    back = lines(says(scenario, ("rules", "diff", path, RULES, "--json"), 1))
    assert sorted(row["change"] for row in back) == ["added", "changed", "removed"]
    file = path + ".txt"
    with open(file, "w") as bundle:
        bundle.write(says(scenario, ("rules", "show", "--of", path, "--text"), 0).stdout)
    says(scenario, ("rules", "diff", path, file), 0, "the same bundle")
    says(scenario, ("rules", "diff", file, RULES), 1, "1 added, 1 removed, 1 changed")
    moved = folder(scenario, "moved")
    change(moved, "channels.csv", "rtgs,RTGS", "first,RTGS")
    with open(os.path.join(moved, "channels.csv")) as file:
        rows = file.readlines()
    rows[-2:] = reversed([rows[-2], rows[-1].replace("first,", "rtgs,")])
    with open(os.path.join(moved, "channels.csv"), "w") as file:
        file.writelines(rows)
    says(scenario, ("rules", "diff", RULES, moved), 1, "the same rows, in another order")


def test_price(scenario):
    """Published amounts of projects, packages and incomes; months are in contributions.py."""
    def price(*words):
        quote = lines(says(scenario, ("rules", "price", "--json", *words), 0))[0]
        return {line["what"]: line["amount_idr"] for line in quote["lines"]}, quote

    def contract(value):
        return price("--segment", "JAKON", "--contract", str(value))[0]

    assert contract(10 ** 8) == {"JKK": 210000, "JKM": 30000}
    assert contract(5 * 10 ** 8) == {"JKK": 890000, "JKM": 110000}
    assert contract(10 ** 9) == {"JKK": 1540000, "JKM": 210000}
    assert contract(5 * 10 ** 9) == {"JKK": 5940000, "JKM": 610000}
    assert contract(10 ** 10) == {"JKK": 10440000, "JKM": 1110000}
    assert price("--segment", "JAKON", "--wages", "100000000")[0] == {"JKK": 1740000, "JKM": 300000}
    for package, amount in (("before", 37500), ("24", 332500), ("12", 189000), ("6", 108000)):
        assert price("--segment", "PMI", "--package", package)[0] == {"package": amount}
        whole = price("--segment", "PMI", "--package", package, "--extra-months", "3")[1]
        assert whole["total_idr"] == amount + 3 * 13500, whole
    assert price("--segment", "PMI", "--extra-months", "1")[0] == {"extra": 13500}
    for income, base in ((0, 10 ** 6), (1099999, 10 ** 6), (1100000, 1200000), (2699999, 2600000),
                         (2700000, 2950000), (3199999, 2950000), (3200000, 3450000), (8199999, 7950000),
                         (8200000, 8700000), (9199999, 8700000), (9200000, 9700000), (20199999, 19700000),
                         (20200000, 20700000), (10 ** 12, 20700000)):
        found, quote = price("--segment", "BPU", "--income", str(income), "--month", "2024-02")
        assert found == {"base": None, "JKK": base // 100, "JKM": 6800, "JHT": base // 50}, (income, quote)
        assert not quote["verified"] and not quote["lines"][0]["rows"][0]["verified"], quote
    for month, parts in (("2025-02", (11000, 7000, 5000)), ("2025-03", (11000, 7000, 0))):
        quote = price("--segment", "PU", "--wage", "20000000", "--risk-group", "1", "--programmes", "JKP",
                      "--month", month)[1]
        told = [row["how"] for row in quote["lines"][0]["rows"]]
        for part, source in zip(parts, ("from the state", "out of JKK", "out of JKM")):
            assert any(row.endswith(": %s %s" % (format(part, ","), source)) for row in told), told
        assert quote["total_idr"] == 0 and quote["verified"], quote
    says(scenario, ("rules", "price", "--segment", "PU", "--risk-group", "1", "--wage", "9000000", "--month",
                    "2021-03", "--programmes", "JP"), 0, "262,638", "3 % of 8,754,600", "jp-cap-2021",
         "(not verified)", "rests on rows that are not verified: 1")


def test_publish(scenario):
    path = folder(scenario, "publish")
    live = {"JAGA_KAFKA_BROKERS": "127.0.0.1:%d" % scenario.stack.kafka_port, "JAGA_KAFKA_TIMEOUT_MS": 30000}
    early = scenario.run("rules", "publish", path, expect=2)
    assert "jaga init" in early.stderr, early.stderr
    scenario.run("init", JAGA_RULES_DIR=path)
    says(scenario, ("rules", "diff", "log", path), 0, "the same bundle", **live)
    says(scenario, ("rules", "publish", path), 0, "in force already", **live)
    first = lines(says(scenario, ("rules", "publish", path, "--json"), 0, **live))
    assert first[0]["published"] is False and first[0]["before"] == first[0]["hash"], first
    new_cap(path)
    says(scenario, ("rules", "diff", "log", path), 1, "1 added, 0 removed, 1 changed", **live)
    done = says(scenario, ("rules", "publish", path), 0, "changed wage_caps.csv: jp-cap-2026",
                "added   wage_caps.csv: jp-cap-2027", "1 added, 0 removed, 1 changed",
                "before: hash " + first[0]["hash"], "rules: published, hash ", **live)
    now = done.stdout.split()[-1]
    says(scenario, ("rules", "diff", "log", path), 0, "the same bundle", **live)
    says(scenario, ("rules", "diff", first[0]["hash"][:8], now), 1, "1 added, 0 removed, 1 changed", **live)
    says(scenario, ("rules", "diff", first[0]["hash"], RULES), 0, "the same bundle", **live)
    says(scenario, ("rules", "show", "--of", "log", "--on", "2027-03-01", "--case", "wage_caps:JP"), 0,
         "jp-cap-2027", **live)
    says(scenario, ("rules", "price", "--of", "log", "--segment", "PU", "--risk-group", "1", "--wage", "20000000",
                    "--month", "2027-03", "--programmes", "JP"), 0, "348,000", **live)
    says(scenario, ("rules", "diff", "00000000", path), 2, "no bundle with the hash 00000000", **live)
    says(scenario, ("init",), 0, "rules: in force already, hash " + now,
         JAGA_RULES_DIR=path, JAGA_REDIS_ADDRESS="127.0.0.1:%d" % scenario.stack.redis_port, **live)
    line = change(path, "tariffs.csv", "jkk-PU-2,JKK", "jkk-PU-2,JKX")
    refused = says(scenario, ("rules", "publish", path), 1, "tariffs.csv:%d: programme 'JKX'" % line,
                   "nothing is published; findings: 1", **live)
    assert refused.stdout == "", refused.stdout
    says(scenario, ("rules", "diff", "log", RULES), 1, "0 added, 1 removed, 1 changed", **live)


if __name__ == "__main__":
    harness.run([test_words, test_lint, test_show, test_two_dates, test_diff_of_folders, test_price, test_publish],
                "rules", 25000)
