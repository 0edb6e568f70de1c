"""Guests with a bug: what one said, and what vmatlas reports. See check-guest-bugs."""

import os
import re
import shlex

from check.vmlab import CACHE, Tool, Wrong, key_values, number

WORST = ("warning", "error")


# ---- What the guest said ----

class GuestBugCase:
    """One directory of $VMATLAS_CACHE/guest-bugs, and what the tool says of it."""

    def __init__(self, path, name):
        self.name, self.dir = name, os.path.join(CACHE, "guest-bugs", name)
        facts = {key: " ".join(shlex.split(value))
                 for key, value in key_values(os.path.join(self.dir, "case")).items()}
        self.kernel, self.bug = facts["KERNEL"], facts["BUG"]
        self.is_x86 = self.kernel.startswith(("amd64", "i386"))
        self.tool = Tool(path, self.path("vmlinux"), self.path("vmcore"))
        self.log = self.read_log()
        self.check = self.tool.json("check", status=(0, 1))
        self.findings = [f for f in self.check["findings"] if f["severity"] in WORST]
        self.claimed = []               # findings that something was done for
        self.areas = self.tool.json("areas")["areas"]

    def path(self, name):
        return os.path.join(self.dir, name)

    def has(self, name):
        return os.path.exists(self.path(name))

    def read_log(self):
        """Without the time; the console's has the last words of one that panicked."""
        path = self.path("dmesg.txt" if self.has("dmesg.txt") else "console.log")
        with open(path, encoding="utf-8", errors="replace") as file:
            return [re.sub(r"^\[ *[0-9.]+\] ", "", line.rstrip()) for line in file]

    def said(self, pattern):
        """The groups of the first line of the log that matches."""
        for line in self.log:
            match = re.search(pattern, line)
            if match:
                return match.groups()
        raise Wrong(f"the guest's log has no line like '{pattern}'")

    def logged_facts(self):
        """(kind, {name: number}, area or None, whole line) of each FACT line."""
        for line in self.log:
            match = re.match(r"FACT ([a-z-]+): (.*)", line)
            if not match:
                continue
            area = re.search(r"area 0x([0-9a-f]+)-0x([0-9a-f]+)", line)
            values = {key: int(value, 16)
                      for key, value in re.findall(r"([a-z]+)=0x([0-9a-f]+)", line)}
            yield (match[1], values, tuple(int(end, 16) for end in area.groups())
                   if area else None, line)

    def area(self, start):
        for area in self.areas:
            if number(area["start"]) == start:
                return area
        raise Wrong(f"no area at {start:#x}")

    def of(self, caller):
        """Areas in use whose caller's name has @caller."""
        return [area for area in self.areas if caller in (area["caller"] or "")]

    def holes(self, space):
        """By the guest's own /proc/vmallocinfo: sizes of what is between its areas."""
        at, end, sizes = number(space["start"]), number(space["end"]), []
        for start, stop, _ in sorted(self.rows()):
            if start >= end or stop <= at:
                continue
            if start > at:
                sizes.append(start - at)
            at = stop
        return sizes + [end - at] if at < end else sizes

    def rows(self):
        """(start, end, whole line) of /proc/vmallocinfo."""
        with open(self.path("vmallocinfo.txt"), encoding="utf-8") as file:
            for line in file:
                start, end = line.split()[0].split("-")
                yield int(start, 16), int(end, 16), line

    def space(self, name="vmalloc"):
        usage = self.tool.json("usage")
        return next(s for s in usage["spaces"] if s["space"] == name)


# ---- Findings ----

def claim(case, code, severity, start=None, end=None, words="", evidence=""):
    """The one finding that is due, or what is wrong with it."""
    near = [f for f in case.check["findings"] if f["code"] == code and f not in case.claimed and
            (start is None or number(f["start"]) == start)]
    if not near:
        raise Wrong(f"no {code} at {start:#x}" if start is not None else f"no {code}")
    f = near[0]
    if end is not None and number(f["end"]) != end:
        raise Wrong(f"{code} to {f['end']} where {end:#x} is due")
    if f["severity"] != severity:
        raise Wrong(f"{code} is of severity {f['severity']}, not {severity}")
    if not re.search(words, f["message"]):
        raise Wrong(f"{code}: '{f['message']}' has no '{words}'")
    said = " ".join(line["text"] for line in f["evidence"])
    if not re.search(evidence, said):
        raise Wrong(f"{code}: its evidence has no '{evidence}': {said}")
    case.claimed.append(f)
    return f"{severity} {code}"


def nothing_else(case):
    for f in case.findings:
        if f not in case.claimed:
            raise Wrong(f"{f['severity']} {f['code']}: {f['message']}")
    if not case.check["summary"]["complete"]:
        raise Wrong("not complete: " + "; ".join(
            f"{c['subject']} {c['detail']}" for c in case.check["coverage"]
            if c["state"] != "covered"))
    notes = sorted(f["code"] for f in case.check["findings"] if f["severity"] not in WORST)
    worst = sum(f["severity"] in WORST for f in case.claimed)
    return "complete", f"{worst} above a note" + ("; notes: " if notes else "") + ", ".join(notes)


# ---- The log ----

def log(case):
    """As the guest printed it."""
    with open(case.path("dmesg.txt"), "rb") as file:
        due = file.read().splitlines()
    told = case.tool.good("log").out.splitlines()[:len(due)]
    for ours, theirs in zip(told, due):
        if ours != theirs:
            raise Wrong(f"log: '{ours.decode(errors='replace')}' for "
                        f"'{theirs.decode(errors='replace')}'")
    if len(told) != len(due):
        raise Wrong(f"log: {len(told)} lines, the guest had {len(due)}")
    return "as dmesg printed it", f"{len(due)} lines"


# ---- The report ----

def report(case):
    """All that check has, the worst in its first lines."""
    whole = case.tool.json("report")
    if whole["findings"] != case.check["findings"]:
        raise Wrong("report has other findings than check")
    worst = case.check["findings"][0]["message"] if case.check["findings"] else "no findings"
    text = " ".join(case.tool.good("report", "-n").text.split())
    verdict = text[text.index("VERDICT"):]
    if " ".join(worst.split()) not in verdict[:len(worst) + 200]:
        raise Wrong(f"the verdict is '{verdict[:200]}'")
    return "the worst first, all findings", verdict[len("VERDICT "):][:56]
