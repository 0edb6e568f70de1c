#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Saved logs of real machines (tests/logs/*.log, personal details replaced), each with what
must be found in it (tests/logs/expect); and each again as terminals, forums, mailers and
vendors' kernels would have it. Prints TAP.

    O=build/release tests/logs.t [LOG…]
"""

import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
LOGS = os.path.join(TOP, "tests/logs")
TOOL = os.path.join(os.path.realpath(os.environ.get("O", os.path.join(TOP, "build/release"))),
                    "vmatlas")
os.environ.update(LC_ALL="C", TZ="UTC")
# What kernels say when something is wrong; without these lines nothing may be found.
TELLING = re.compile(r"memory layout|0x.*-.*0x|\.\.0x|Ignoring|Truncating|Warning|highmem ignored|"
                     r"vmap alloc|vmalloc|oom|out of memory|BUG|OVERLAP|overlaps|Killed|Unable to", re.I)


def bare(line):
    """Without whatever stands before the message."""
    return re.sub(r"^(?:[>+ ]*)(?:<\d>)?(?:\[[\s\d.]+\] ?)?(?:c0\s+0 ?)?", "", line)


# How others print, quote or mangle a line; NR is its number.
FORMS = {
    "plus": lambda line, nr: "+ " + line,
    "slashes": lambda line, nr: "// " + line,
    "quoted twice": lambda line, nr: "> > " + line,
    "console": lambda line, nr: "console: " + bare(line),
    "arduino": lambda line, nr: f"01:02:{nr % 60:02}.{nr:03} -> " + line,
    "a terminal's date": lambda line, nr: f"[2026-11-23 01:02:{nr % 60:02}] " + line,
    "syslog": lambda line, nr: f"Nov 23 01:02:{nr % 60:02} host kernel: " + line,
    "journal": lambda line, nr: f"2026-11-23T01:02:{nr % 60:02}+0100 host kernel: " + line,
    "dmesg -x": lambda line, nr: "kern  :info  : " + line,
    "kmsg": lambda line, nr: f"6,{nr},{nr * 100},-;" + bare(line),
    "HTML": lambda line, nr: line.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;") + "<br>",
    "colours": lambda line, nr: "\x1b[32m" + line[:3] + "\x1b[0m" + line[3:],
    "CRLF": lambda line, nr: line + "\r",
    "caller": lambda line, nr: f"[    0.{nr:06}][    T0] " + bare(line),
    "Samsung": lambda line, nr: f"[    0.{nr:06}] c0      0 " + bare(line),
    "Samsung's task": lambda line, nr: f"<6>[    0.{nr:06}]  [0:      swapper/0:    0] " +
                                       bare(line),
    "MediaTek": lambda line, nr: f"[    0.{nr:06}]-(0)[0:swapper]" + bare(line),
    "Unisoc": lambda line, nr: f"[    0.{nr:06}] c0 " + bare(line),
    "blank lines": lambda line, nr: line + "\n",
    "hashes between": lambda line, nr: line + "\n#",
    "others between": lambda line, nr: line if nr % 3 else
                      line + "\n<6>[    0.000000] random: fast init done",
}
# Continuation lines of mailers have no head of their own.
NOT_WRAPPED = {"arm64-mail-wrapped.log": {"console", "kmsg", "caller", "Samsung", "MediaTek",
                                          "Samsung's task", "Unisoc", "arduino", "dmesg -x",
                                          "a terminal's date", "syslog", "journal", "HTML",
                                          "others between", "hashes between",
                                          "blank lines"}}

tap = 0


def ok(name, problems):
    global tap
    tap += 1
    print(f"{'not ok' if problems else 'ok'} {tap} - {name}")
    for problem in problems:
        for line in str(problem).splitlines()[:30]:
            print("#", line)


def run(command, path, *args):
    done = subprocess.run([TOOL, command, *args, "--boot-log", path], capture_output=True,
                          text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def rows_of(path):
    """The table as claims, without where each was read."""
    rc, out, _ = run("map", path, "--json")
    return sorted((c["name"], c["start"], c["end"])
                  for c in json.loads(out).get("regions", [])) if rc in (0, 3) else []


def findings_of(path):
    rc, out, err = run("check", path, "--json")
    found = json.loads(out)["findings"] if out.startswith("{") else []
    return rc, sorted(f"{f['severity']} {f['code']}" for f in found), err


def as_they_stand(name, rc, nr_rows, codes, phrases):
    path = os.path.join(LOGS, name)
    got_rc, got, err = findings_of(path)
    _, text, _ = run("check", path)
    text = " ".join(text.split())
    problems = []
    if got_rc != rc or got != codes:
        problems.append(f"exit {got_rc}, {got}; expected {rc}, {codes} {err}")
    if len(rows_of(path)) != nr_rows:
        problems.append(f"rows: {rows_of(path)}, expected {nr_rows}")
    problems += [f"{phrase!r} is not said in: {text}" for phrase in phrases if phrase not in text]
    ok(name, problems)


def in_other_forms(name, where):
    with open(os.path.join(LOGS, name), encoding="ascii") as file:
        lines = file.read().splitlines()
    path = os.path.join(LOGS, name)
    want = findings_of(path)[:2], rows_of(path)
    problems = []
    for form, change in FORMS.items():
        if form in NOT_WRAPPED.get(name, ()):
            continue
        changed = os.path.join(where, "changed.log")
        with open(changed, "w", encoding="ascii") as file:
            file.writelines(change(line, nr) + "\n" for nr, line in enumerate(lines))
        got = findings_of(changed)[:2], rows_of(changed)
        if got != want:
            problems.append(f"{form}: {got}\ninstead of {want}")
    ok(f"{name} in other forms", problems)


def without_words(name, where):
    """No log without a table or a failure becomes a finding."""
    changed = os.path.join(where, "silent.log")
    with open(os.path.join(LOGS, name), encoding="ascii") as file:
        lines = [line for line in file if not TELLING.search(line)]
    with open(changed, "w", encoding="ascii") as file:
        file.writelines(lines)
    rc, got, err = findings_of(changed)
    ok(f"{name} without its telling lines",
       [] if not got and rc in (0, 2, 3) else [f"exit {rc}, {got} {err}"])


def main():
    with open(os.path.join(LOGS, "expect"), encoding="ascii") as file:
        table = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    wanted = sys.argv[1:]
    missing = set(os.listdir(LOGS)) - {row[0] for row in table} - {"expect"}
    ok("every log has its expectation", sorted(missing))
    with tempfile.TemporaryDirectory() as where:
        for name, rc, rows, codes, *phrases in table:
            if wanted and name not in wanted:
                continue
            as_they_stand(name, int(rc), int(rows),
                          [] if codes == "-" else sorted(codes.split(", ")), phrases)
            in_other_forms(name, where)
            without_words(name, where)
    print(f"1..{tap}")


main()
