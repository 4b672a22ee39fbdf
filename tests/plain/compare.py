#!/usr/bin/env python3
"""`jaga try` and the plain implementation must say the same of generated streams.

    compare.py                        some seeded streams, the corners, the presets of `generate`
    compare.py --seeds FIRST COUNT    as many seeded streams as are asked for
    compare.py --corners [WORD]       the corners whose name has the word

A difference is told with its seed and the fewest events that still show it.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import claim_corners
import contract
import corners
import plain
import streams

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JAGA = os.environ.get("JAGA", os.path.join(ROOT, "build", "asan", "jaga"))
RULES = os.path.join(ROOT, "rules")
SEEDS = (1, 80)
CORNERS = {**corners.CORNERS, **claim_corners.CORNERS}
PRESETS = ((["reported-2024", "--scale", "0.01"], ("2019-11-30", "2024-02-14", "2024-06-30")),
           (["bench", "--participants", "400", "--months", "3"], ("2024-01-31", "2024-07-01")))
KINDS = {
    "decision": ("now", "claim_id", "revision", "participant_id", "membership_id", "programme",
                 "claim_type", "verdict", "reason", "event_on", "lines", "total_idr", "facts",
                 "due_on"),
    "payment": ("now", "payment_id", "claim_id", "revision", "participant_id", "membership_id",
                "programme", "payee_ref", "amount_idr", "lines", "channel", "due_on"),
    "exception": ("now", "code", "severity", "source", "id", "participant_id", "type"),
}


def run(*arguments):
    done = subprocess.run([JAGA, *arguments], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, JAGA_RULES_DIR=RULES, JAGA_LOG_LEVEL="error"))
    if done.returncode != 0:
        raise AssertionError("jaga %s: exit %d\n%s" % (" ".join(arguments), done.returncode,
                                                       done.stderr[-4000:]))
    return done.stdout


def bare(output):
    """What both must agree on, the place of the event among it."""
    place = output["offset"] if "offset" in output else (output["input"] or {}).get("offset")
    return {"offset": place, **{name: output[name] for name in KINDS[output["kind"]]}}


def of_jaga(file, days):
    """(outputs by kind, measures by day)"""
    outputs, measures = {kind: [] for kind in KINDS}, {}
    for day in days:
        found, of_day = {kind: [] for kind in KINDS}, {}
        for line in run("try", "--clock", "events", "--coverage", day, file).splitlines():
            output = json.loads(line)
            if output["kind"] == "coverage":
                of_day[output["region"]] = {
                    name: value for name, value in output.items()
                    if name not in ("kind", "date", "region") and value != 0}
            else:
                found[output["kind"]].append(bare(output))
        outputs, measures[day] = found, {code: m for code, m in of_day.items() if m}
    return outputs, measures


def of_plain(lines, days, law):
    world = plain.run(lines, law)
    outputs = {"decision": world.decisions, "payment": world.payments,
               "exception": world.exceptions}
    return ({kind: [bare(output) for output in found] for kind, found in outputs.items()},
            {day: world.coverage(contract.date_of(day)) for day in days})


def first_difference(events, days, law):
    """None, or what each of the two says, in words."""
    lines = [json.dumps(event) for event in events]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("".join(line + "\n" for line in lines))
        file.flush()
        jaga = of_jaga(file.name, days)
    return difference(jaga, of_plain(lines, days, law))


def difference(jaga, ours):
    for kind in KINDS:
        for at in range(max(len(jaga[0][kind]), len(ours[0][kind]))):
            pair = [found[0][kind][at] if at < len(found[0][kind]) else None
                    for found in (jaga, ours)]
            if pair[0] != pair[1]:
                return "%s %d\n  jaga:  %s\n  plain: %s" % (kind, at, *only_unequal(*pair))
    for day in jaga[1]:
        for code in sorted(set(jaga[1][day]) | set(ours[1][day])):
            pair = [found[1][day].get(code, {}) for found in (jaga, ours)]
            if pair[0] != pair[1]:
                return "measures of %s on %s\n  jaga:  %s\n  plain: %s" % (
                    code, day, *only_unequal(*pair))
    return None


def only_unequal(one, other):
    if one is None or other is None:
        return one, other
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    named = [name for name in ("code", "claim_id", "verdict", "reason") if name in one]
    return tuple({name: side.get(name) for name in names + named} for side in (one, other))


def smallest(events, days, law):
    """Drops events, many at a time and then one by one, while a difference is left."""
    size = max(1, len(events) // 2)
    while True:
        at, dropped = 0, False
        while at < len(events):
            fewer = events[:at] + events[at + size:]
            if fewer and first_difference(fewer, days, law) is not None:
                events, dropped = fewer, True
            else:
                at += size
        if size == 1 and not dropped:
            return events
        size = max(1, size // 2)


def compare_seed(seed, law):
    events, days = streams.stream(seed, law)
    found = first_difference(events, days, law)
    if found is None:
        return None
    events = smallest(events, days, law)
    return "seed %d: %s\n%s" % (seed, first_difference(events, days, law),
                                "\n".join("  " + json.dumps(event) for event in events))


def compare_corner(name, law):
    found = first_difference(CORNERS[name], corners.DAYS, law)
    if found is None:
        return None
    events = smallest(CORNERS[name], corners.DAYS, law)
    return "%s: %s\n%s" % (name, first_difference(events, corners.DAYS, law),
                           "\n".join("  " + json.dumps(event) for event in events))


def compare_preset(arguments, days, law):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "events.jsonl")
        run("generate", *arguments, "--out", file)
        with open(file, encoding="utf-8") as opened:
            lines = opened.read().splitlines()
        found = difference(of_jaga(file, days), of_plain(lines, days, law))
    return None if found is None else "%s: %s" % (" ".join(arguments), found)


def main():
    law = contract.Law(RULES)
    first, count = SEEDS
    if sys.argv[1:2] == ["--seeds"]:
        first, count = int(sys.argv[2]), int(sys.argv[3])
    tests = [lambda seed=seed: compare_seed(seed, law) for seed in range(first, first + count)]
    if sys.argv[1:2] == ["--corners"]:
        tests = []
    if sys.argv[1:2] != ["--seeds"]:
        tests += [lambda name=name: compare_corner(name, law) for name in CORNERS
                  if "".join(sys.argv[2:3]) in name]
    if not sys.argv[1:]:
        tests += [lambda preset=preset: compare_preset(*preset, law) for preset in PRESETS]
    wrong = 0
    for test in tests:
        words = test()
        if words is not None:
            wrong += 1
            print(words, flush=True)
    print("%d streams, %d differ" % (len(tests), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
