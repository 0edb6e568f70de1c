#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""incomplete.py TOOL NR SEED VMLINUX VMCORE [OPTION…]: NR incomplete copies of a dump: cut off at a
random place, without random segments, without random pages. What is absent is no evidence:
no finding above a note may come that the whole dump does not have, and the exit code is that
of the whole dump, or 2 with one line, or 3. Prints what is wrong, and nothing else; with
--report also how the copies ended. A copy is made anew from SEED and its number.
"""

import collections
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

PT_LOAD = 1
PAGE = 4096
TIMEOUT = 20


class Headers:
    """Program headers of an ELF core, read, changed, and written behind its end."""

    def __init__(self, path):
        with open(path, "rb") as file:
            head = file.read(64)
            self.order = "<>"[head[5] - 1] if head[:4] == b"\x7fELF" else None
            if not self.order:
                return
            self.wide = head[4] == 2
            self.head = head
            fields = struct.unpack_from(self.order + ("QQQIHHH" if self.wide else "IIIIHHH"), head, 24)
            _, phoff, _, _, _, size, number = fields
            file.seek(phoff)
            raw = file.read(size * number)
        self.kind = self.order + ("IIQQQQQQ" if self.wide else "IIIIIIII")
        self.loads, self.others = [], []
        for i in range(number):
            entry = struct.unpack_from(self.kind, raw, i * size)
            if self.wide:
                kind, flags, offset, vaddr, paddr, held, size_, align = entry
            else:
                kind, offset, vaddr, paddr, held, size_, flags, align = entry
            segment = [kind, flags, offset, vaddr, paddr, held, size_, align]
            (self.loads if kind == PT_LOAD else self.others).append(segment)
        self.end = os.path.getsize(path)

    def write(self, path, loads):
        """These segments and no others; the file is as long as it was but for them."""
        table = b""
        for kind, flags, offset, vaddr, paddr, held, size, align in self.others + loads:
            table += struct.pack(self.kind, *((kind, flags, offset, vaddr, paddr, held, size, align)
                                              if self.wide else
                                              (kind, offset, vaddr, paddr, held, size, flags, align)))
        with open(path, "r+b") as file:
            file.truncate(self.end)
            file.seek(self.end)
            file.write(table)
            file.seek(32 if self.wide else 28)
            file.write(struct.pack(self.order + ("Q" if self.wide else "I"), self.end))
            file.seek(56 if self.wide else 44)
            file.write(struct.pack(self.order + "H", len(self.others) + len(loads)))


    def restore(self, path):
        with open(path, "r+b") as file:
            file.write(self.head)
            file.truncate(self.end)


def part(segment, start, length, there):
    kind, flags, offset, vaddr, paddr, _, _, align = segment
    high = (1 << 64) - 1 if vaddr > 0xffffffff or paddr > 0xffffffff else (1 << 32) - 1
    return [kind, flags, offset + start, (vaddr + start) & high, (paddr + start) & high,
            length if there else 0, length, align]


def without_pages(loads, chance, nr):
    """Up to @nr pages of those in the file are filtered out, as makedumpfile leaves them."""
    total = sum(s[5] for s in loads) // PAGE
    gone = sorted(chance.sample(range(total), min(nr, total)))
    result, first = [], 0
    for segment in loads:
        here = segment[5] // PAGE
        at = 0
        for page in (g - first for g in gone if first <= g < first + here):
            if page * PAGE > at:
                result.append(part(segment, at, page * PAGE - at, True))
            result.append(part(segment, page * PAGE, PAGE, False))
            at = (page + 1) * PAGE
        rest = part(segment, at, segment[6] - at, True)
        rest[5] = segment[5] - at
        if rest[6]:
            result.append(rest)
        first += here
    return result[:60000]


class Dump:
    def __init__(self, tool, vmlinux, vmcore, options, copy):
        self.argv = [tool, "check", "-J", vmlinux, copy, *options]
        self.headers, self.copy = Headers(vmcore), copy
        self.size = os.path.getsize(vmcore)
        shutil.copyfile(vmcore, copy)
        self.status, self.found, _ = self.check()

    def check(self):
        """Exit status, findings above a note, and what stands on stderr."""
        try:
            done = subprocess.run(self.argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return None, set(), f"no end after {TIMEOUT} s"
        said = done.stderr.decode(errors="replace")
        if not done.stdout:
            return done.returncode, set(), said
        findings = json.loads(done.stdout)["findings"]
        return done.returncode, {(f["code"], f["message"]) for f in findings
                                 if f["severity"] != "note"}, said

    def judge(self, name):
        status, found, said = self.check()
        # a finding may be told with less; its code and place stay
        known = {code for code, _ in self.found}
        for code, message in sorted(found):
            if code not in known:
                print(f"{name}: {code}: {message}")
        if status not in (self.status, 2, 3) and not (status == 0 and self.status == 1):
            print(f"{name}: exit code {status}; of the whole dump {self.status}: {said[-300:]}")
        if status == 2 and said.count("\n") != 1:
            print(f"{name}: exit code 2, not one line: {said[-300:]}")
        return status


def copies(dump, nr, seed):
    """Cuts come last and go down, so that one copy of a large dump is enough."""
    cuts = []
    for i in range(nr):
        chance = random.Random(f"{seed} {i}")
        kind = chance.choice(("cut", "segments", "pages") if dump.headers.order else ("cut",))
        if kind == "cut":
            cuts.append((chance.randrange(dump.size), i))
            continue
        loads = dump.headers.loads
        if kind == "segments":
            keep = 1 - chance.choice((0.02, 0.1, 0.5))
            loads = [s for s in loads if chance.random() < keep]
        else:
            loads = without_pages(loads, chance, chance.choice((1, 3, 10, 100)))
        dump.headers.write(dump.copy, loads)
        yield f"copy {i}, {kind}"
    if dump.headers.order:
        dump.headers.restore(dump.copy)
    for size, i in sorted(cuts, reverse=True):
        os.truncate(dump.copy, size)
        yield f"copy {i}, cut at {size}"


def main():
    words = [w for w in sys.argv[1:] if w != "--report"]
    tool, nr, seed, vmlinux, vmcore = words[:5]
    with tempfile.TemporaryDirectory(prefix="vmatlas-incomplete-", dir="/var/tmp") as directory:
        dump = Dump(tool, vmlinux, vmcore, words[5:], os.path.join(directory, "vmcore"))
        ends = collections.Counter(dump.judge(f"{os.path.basename(vmcore)}, {name}")
                                   for name in copies(dump, int(nr), seed))
    if "--report" in sys.argv:
        print(f"whole {dump.status}; " + ", ".join(f"{n} ended with {s}" for s, n in sorted(
            ends.items(), key=str)))


if __name__ == "__main__":
    main()
