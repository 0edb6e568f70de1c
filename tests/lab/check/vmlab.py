"""Shared by the checks of the kernel lab: running the tool, reading a case's files."""

import json
import os
import re
import shlex
import struct
import subprocess
import sys
import time

CACHE = os.environ.get("VMATLAS_CACHE") or os.path.expanduser("~/.cache/vmatlas")
PAGE = 4096
TIMEOUT = 60


class Wrong(Exception):
    """What the tool did is not what it must do; one line."""


# ---- The tool ----

class Result:
    def __init__(self, argv, status, out, err):
        self.argv, self.status, self.out, self.err = argv, status, out, err

    @property
    def text(self):
        return self.out.decode(errors="replace")

    @property
    def error(self):
        return self.err.decode(errors="replace")

    def words(self):
        return shlex.join(self.argv[1:8]) + (" …" if len(self.argv) > 8 else "")


class Tool:
    def __init__(self, path, vmlinux, vmcore):
        self.path, self.vmlinux, self.vmcore = os.path.abspath(path), vmlinux, vmcore

    def run(self, command, *arguments, files=None):
        argv = [self.path, command, *(files or (self.vmlinux, self.vmcore)), *arguments]
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise Wrong(f"{command}: no end after {TIMEOUT} s") from None
        except OSError as error:
            raise Wrong(f"{command}: {error}") from None
        result = Result(argv, done.returncode, done.stdout, done.stderr)
        # A signal, or what a sanitizer says; the first line of it is enough here.
        if result.status not in (0, 1, 2, 3) or b"runtime error" in result.err:
            raise Wrong(f"{result.words()}: status {result.status}: {first_line(result.error)}")
        return result

    def good(self, command, *arguments, status=(0,), files=None):
        """A run that must end with one of these statuses, and without complaint."""
        result = self.run(command, *arguments, files=files)
        if result.status not in status or result.err:
            raise Wrong(f"{result.words()}: status {result.status}, {first_line(result.error)}")
        return result

    def json(self, command, *arguments, status=(0,)):
        result = self.good(command, "-J", *arguments, status=status)
        try:
            return json.loads(result.out)
        except ValueError as error:
            raise Wrong(f"{result.words()}: {error}") from None

    def refused(self, command, *arguments, files=None):
        """It could not look: one line on stderr, nothing on stdout, status 2."""
        result = self.run(command, *arguments, files=files)
        if result.status != 2:
            raise Wrong(f"{result.words()}: status {result.status} where 2 was due")
        if result.out or result.error.count("\n") != 1 or not result.error.startswith("vmatlas: "):
            raise Wrong(f"{result.words()}: not one line: {result.error!r}")
        return result.error.strip()


def number(text):
    """Of an address in the tool's JSON."""
    return None if text is None else int(text, 16)


def first_line(text):
    return next(iter(text.splitlines()), "without a word")[:200]


# ---- Files ----

class Elf:
    """The headers of an ELF file, and symbols by name."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            head = file.read(64)
        self.bits = 64 if head[4] == 2 else 32
        self.entry, self.phoff, self.shoff = struct.unpack_from("<QQQ" if self.bits == 64 else
                                                                "<III", head, 24)
        numbers = struct.unpack_from("<6H", head, 52 if self.bits == 64 else 40)
        self.phnum, self.shnum = numbers[2], numbers[4]

    def read(self, offset, size):
        with open(self.path, "rb") as file:
            file.seek(offset)
            return file.read(size)

    def phdrs(self):
        """Dictionaries, in the order of the file."""
        if self.bits == 64:
            names, form = "type flags offset vaddr paddr filesz memsz align", "<IIQQQQQQ"
        else:
            names, form = "type offset vaddr paddr filesz memsz flags align", "<8I"
        raw = self.read(self.phoff, self.phnum * struct.calcsize(form))
        return [dict(zip(names.split(), values)) for values in struct.iter_unpack(form, raw)]

    def sections(self):
        form = "<IIQQQQIIQQ" if self.bits == 64 else "<10I"
        names = "name type flags addr offset size link info align entsize".split()
        raw = self.read(self.shoff, self.shnum * struct.calcsize(form))
        return [dict(zip(names, values)) for values in struct.iter_unpack(form, raw)]

    def symbols(self, *wanted):
        """{name: link address} of those that there are."""
        sections = self.sections()
        table = next(s for s in sections if s["type"] == 2)
        strings = sections[table["link"]]
        strings = self.read(strings["offset"], strings["size"])
        names = {}
        for name in wanted:
            # The tail of a longer name is another symbol's place in the table.
            for found in re.finditer(re.escape(name.encode()) + rb"\0", strings):
                names[found.start()] = name
        form, value = ("<IBBHQQ", 4) if self.bits == 64 else ("<IIIBBH", 1)
        raw = self.read(table["offset"], table["size"])
        return {names[s[0]]: s[value] for s in struct.iter_unpack(form, raw)
                if s[0] in names and s[value]}


def key_values(path):
    with open(path, encoding="ascii") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)


class Case:
    """One directory of $VMATLAS_CACHE/cases; see README.md for its files."""

    def __init__(self, name):
        self.name = name
        self.dir = os.path.join(CACHE, "cases", name)
        self.facts = {key: " ".join(shlex.split(value))
                      for key, value in key_values(self.path("case")).items()}
        self.macros = {key: int(value, 16)
                       for key, value in key_values(self.path("macros.txt")).items()
                       if value != "-"}
        # As Debian names it, but that the two 32-bit ARMs are one CPU.
        cpu = self.facts["KERNEL"].split("-")[0]
        self.cpu = "arm" if cpu in ("armel", "armhf") else cpu
        self.version = tuple(map(int, self.facts["RELEASE"].split("-")[0].split(".")[:2]))
        self.page = 1 << self.macros["PAGE_SHIFT"]

    @property
    def phys_base(self):
        """What the direct map begins with; on x86-64 how far the image was moved."""
        names = {"amd64": "phys_base", "arm64": "memstart_addr", "riscv64": "phys_ram_base"}
        return self.macros[names.get(self.cpu, "PHYS_OFFSET")]

    def path(self, name):
        return os.path.join(self.dir, name)

    def has(self, name):
        return os.path.exists(self.path(name))

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def bytes(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def tool(self, path):
        return Tool(path, self.path("vmlinux"), self.path("vmcore"))


# ---- Rows ----

class Row:
    """One line of the report: a name, cells, the verdict and the time it took."""

    def __init__(self, name, widths):
        self.name, self.widths, self.cells, self.below = name, widths, [], []
        self.failed, self.start = False, time.monotonic()

    def judge(self, function, *arguments):
        """Add a cell: what FUNCTION returns, or FAIL and why below the row."""
        try:
            self.cells.append(function(*arguments) or "-")
        except Wrong as wrong:
            self.failed = True
            self.cells.append("FAIL")
            self.below.append(str(wrong))

    def fail(self, why):
        """Judged already; the row says so."""
        self.failed = True
        self.below.append(str(why))
        return self.finish()

    def note(self, text):
        self.below.append(text)

    def finish(self):
        """Print it; true if it passed."""
        cells = " ".join(f"{cell:{width}}" for cell, width in zip(self.cells, self.widths))
        seconds = time.monotonic() - self.start
        print(f"{self.name:25}{cells} {'FAIL' if self.failed else 'PASS'} {seconds:5.1f} s"
              + os.environ.get("LAB_PROGRESS", ""))
        for line in self.below:
            print(f"    {line}")
        sys.stdout.flush()
        self.record(seconds)
        return not self.failed

    def record(self, seconds):
        """For `table`."""
        if "LAB_RESULTS" in os.environ:
            with open(os.environ["LAB_RESULTS"], "a", encoding="utf-8") as file:
                row = {"program": os.path.basename(sys.argv[0]), "name": self.name,
                       "cells": self.cells, "below": self.below, "failed": self.failed,
                       "seconds": round(seconds, 1)}
                print(json.dumps(row), file=file)
