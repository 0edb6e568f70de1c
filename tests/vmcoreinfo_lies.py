#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmcoreinfo_lies.py TOOL NR SEED VMLINUX VMCORE [OTHER…]: NR copies of an ELF core whose VMCOREINFO
tells one lie: a value of another dump (OTHER), of another size, with a bit that fell, no number at
all, or a line that is not there. The answer is that of the true dump, or a refusal in one line
(exit 2), or incomplete (exit 3); a lie of the note is never blamed on the kernel. Prints what
is wrong, and nothing else; --report as incomplete.py."""

import collections
import os
import random
import re
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from incomplete import Dump, Headers  # noqa: E402

PT_NOTE = 4
# What says that the note lies; and what follows if it is believed in nothing else.
OF_THE_NOTE = {"vmcoreinfo-wrong"}


def notes_of(path, headers):
    """(name, type, desc) of each note."""
    with open(path, "rb") as file:
        for segment in headers.others:
            if segment[0] != PT_NOTE:
                continue
            file.seek(segment[2])
            raw, at = file.read(segment[5]), 0
            while at + 12 <= len(raw):
                name, desc, kind = struct.unpack_from(headers.order + "III", raw, at)
                start = at + 12 + (name + 3 & ~3)
                yield raw[at + 12:at + 12 + name], kind, raw[start:start + desc]
                at = start + (desc + 3 & ~3)


def vmcoreinfo(path):
    headers = Headers(path)
    if not headers.order:
        return None
    for name, _, desc in notes_of(path, headers):
        if name.rstrip(b"\0") == b"VMCOREINFO":
            return desc.decode(errors="replace").rstrip("\0")
    return None


def with_note(dump, vmcore, text):
    """The copy gets a segment of notes behind its end, the same but for this text."""
    headers, raw = dump.headers, b""
    for name, kind, desc in notes_of(vmcore, headers):
        if name.rstrip(b"\0") == b"VMCOREINFO":
            desc = text.encode()
        raw += struct.pack(headers.order + "III", len(name), len(desc), kind)
        raw += name.ljust(len(name) + 3 & ~3, b"\0") + desc.ljust(len(desc) + 3 & ~3, b"\0")
    headers.restore(dump.copy)
    with open(dump.copy, "r+b") as file:
        file.seek(headers.end)
        file.write(raw)
    others, end = headers.others, headers.end
    note = [PT_NOTE, 0, end, 0, 0, len(raw), len(raw), 4]
    headers.others = [s for s in others if s[0] != PT_NOTE] + [note]
    headers.end = end + (len(raw) + 7 & ~7)
    headers.write(dump.copy, headers.loads)
    headers.others, headers.end = others, end


def number_lies(value, chance):
    base = 16 if re.search("[a-fx]", value) else 10
    number = int(value, base)
    bits = max(number.bit_length(), 6)
    lie = chance.choice((0, 1, (1 << 64) - 1, number + 4096, number - 4096, number * 2, number + 8,
                         number ^ 1 << chance.randrange(bits), -number, number + (1 << 21)))
    return f"{lie & (1 << 64) - 1:x}" if base == 16 else str(lie)


def lie_about(line, chance, others):
    key, _, value = line.partition("=")
    kind = chance.choice(("number", "number", "other", "word", "gone", "empty"))
    if kind == "gone":
        return None
    if kind == "empty":
        return key + "="
    if kind == "other":
        theirs = [o for o in chance.choice(others).splitlines() if o.startswith(key + "=")]
        if theirs:
            return theirs[0]
    if kind != "word" and re.fullmatch("-?(0x)?[0-9a-f]+", value):
        return f"{key}={number_lies(value, chance)}"
    return key + "=" + chance.choice(("none", "-", "0x", value[::-1], value + "1", "9" * 40, "%s%n"))


def main():
    words = [w for w in sys.argv[1:] if w != "--report"]
    tool, nr, seed, vmlinux, vmcore, *others = words
    text = vmcoreinfo(vmcore)
    if not text:
        return
    others = [t for t in map(vmcoreinfo, others) if t] or [text]
    ends = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="vmatlas-lies-", dir="/var/tmp") as directory:
        dump = Dump(tool, vmlinux, vmcore, [], os.path.join(directory, "vmcore"))
        dump.found = {(code, "") for code in OF_THE_NOTE} | dump.found
        lines = text.splitlines()
        for i in range(int(nr)):
            chance = random.Random(f"{seed} {i}")
            at = chance.randrange(len(lines))
            lie = lie_about(lines[at], chance, others)
            told = lines[:at] + ([lie] if lie is not None else []) + lines[at + 1:]
            with_note(dump, vmcore, "\n".join(told) + "\n")
            status, found, _ = dump.check()
            name = f"{os.path.basename(os.path.dirname(vmcore))}, lie {i}: {lines[at]} -> {lie}"
            if status == 1 and {c for c, _ in found} <= {c for c, _ in dump.found}:
                ends[1] += 1		# the lie itself was found
                continue
            ends[dump.judge(name)] += 1
    if "--report" in sys.argv:
        print(", ".join(f"{n} ended with {s}" for s, n in sorted(ends.items(), key=str)))


if __name__ == "__main__":
    main()
