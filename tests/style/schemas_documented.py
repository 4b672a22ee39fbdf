#!/usr/bin/env python3
"""schemas_documented.py ROOT: every schemas/*.avsc is JSON, and says in words what each record, enum, fixed and field is.

Prints file: path: finding; ends with 1 if there is one.
"""

import json
import pathlib
import sys

NAMED = ("record", "enum", "fixed")
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")


class Schema:
    """One file: walks the types and collects findings."""

    def __init__(self, name):
        self.name = name
        self.known = set()
        self.findings = []

    def find(self, path, text):
        self.findings.append(f"{self.name}: {path}: {text}")

    def check_doc(self, path, thing):
        doc = thing.get("doc")
        if doc is None:
            self.find(path, "no doc")
        elif not isinstance(doc, str):
            self.find(path, "doc is no string")
        elif not doc.strip() or doc != doc.strip():
            self.find(path, "doc is empty or has blanks around it")

    def check_field(self, path, field):
        path = f"{path}.{field.get('name', '?')}"
        self.check_doc(path, field)
        kind = field.get("type")
        if isinstance(kind, list) and kind[:1] == ["null"] and field.get("default", 0) is not None:
            self.find(path, "may be null and has no default null")
        self.check_type(path, kind)

    def check_named(self, path, kind):
        path = f"{path}/{kind.get('name', '?')}" if path else kind.get("name", "?")
        self.check_doc(path, kind)
        if kind["name"] in self.known:
            self.find(path, "this name is defined twice")
        self.known.add(kind["name"])
        for field in kind.get("fields", []):
            self.check_field(path, field)
        if kind["type"] == "record" and not kind.get("fields"):
            self.find(path, "a record without fields")
        symbols = kind.get("symbols", [])
        if len(set(symbols)) != len(symbols):
            self.find(path, "a symbol twice")

    def check_type(self, path, kind):
        if isinstance(kind, list):
            for branch in kind:
                self.check_type(path, branch)
        elif isinstance(kind, str):
            if kind not in PRIMITIVES and kind not in self.known:
                self.find(path, f"type {kind} is not defined before its use")
        elif not isinstance(kind, dict):
            self.find(path, "no type")
        elif kind.get("type") in NAMED:
            self.check_named(path, kind)
        elif kind.get("type") == "array":
            self.check_type(path, kind.get("items"))
        else:
            self.check_type(path, kind.get("type"))


def no_key_twice(pairs):
    keys = [key for key, _ in pairs]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"twice in one object: {', '.join(sorted(twice))}")
    return dict(pairs)


def findings_of(path):
    schema = Schema(path.name)
    try:
        text = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_key_twice)
    except ValueError as error:
        return [f"{path.name}: {error}"]
    if not isinstance(text, dict) or text.get("type") != "record" or text.get("namespace") != "id.jaga":
        return [f"{path.name}: not a record of namespace id.jaga"]
    schema.check_type("", text)
    return schema.findings


def main():
    paths = sorted(pathlib.Path(sys.argv[1], "schemas").glob("*.avsc"))
    findings = [] if paths else ["schemas: no .avsc there"]
    for path in paths:
        findings += findings_of(path)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
