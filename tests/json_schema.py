#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# json_schema.py SCHEMAS FILE...: each FILE is an answer with -J, and must be what the schema
# of its command says; each schema must describe every property, and refuse what was changed.
import copy
import glob
import json
import os
import sys

import jsonschema

schemas, bad = {}, 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    schemas[os.path.basename(path)[:-5]] = schema


def wrong(*words):
    global bad
    bad += 1
    print(*words)


def closed(name, node):
    """Every object is closed, every property described."""
    if isinstance(node, list):
        for item in node:
            closed(name, item)
    if not isinstance(node, dict):
        return
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        wrong(name, "has an object that is not closed")
    if node.get("type") == "object":
        for key, prop in node["properties"].items():
            if key != "vmatlas" and "description" not in prop:
                wrong(name, key, "has no description")
    for value in node.values():
        closed(name, value)


def mutants(doc):
    """Copies of @doc with one thing wrong in each."""
    places = []

    def walk(node, path):
        if isinstance(node, dict):
            places.append(path)
            for key, value in node.items():
                walk(value, path + [key])
        elif isinstance(node, list) and node:
            walk(node[0], path + [0])

    def at(path):
        copied = copy.deepcopy(doc)
        node = copied
        for key in path:
            node = node[key]
        return copied, node

    walk(doc, [])
    for path in places:
        other, node = at(path)
        node["no_such_key"] = 1
        yield path + ["no_such_key"], other
        for key in node:
            if key != "no_such_key":
                other, changed = at(path)
                changed[key] = [["wrong"]]
                yield path + [key], other
    for key in ("vmatlas", "coverage"):
        if key in doc:
            yield ["without", key], {k: v for k, v in doc.items() if k != key}


for name, schema in schemas.items():
    closed(name, schema)
validators = {n: jsonschema.Draft202012Validator(s) for n, s in schemas.items()}
mutated = set()
nr_mutants = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        doc = json.load(file)
    command = doc["vmatlas"]["command"]
    for error in validators[command].iter_errors(doc):
        wrong(path, "/".join(map(str, error.absolute_path)), error.message[:200])
        break
    shape = (command, tuple(doc))
    if shape in mutated:
        continue
    mutated.add(shape)
    for place, other in mutants(doc):
        nr_mutants += 1
        if validators[command].is_valid(other):
            wrong(path, "is valid with a wrong", "/".join(map(str, place)))
for name in schemas:
    if name not in {command for command, _ in mutated}:
        wrong("no answer of", name, "was looked at")
print(f"# {len(sys.argv) - 2} answers, {nr_mutants} mutants, {bad} mistakes")
sys.exit(bad != 0)
