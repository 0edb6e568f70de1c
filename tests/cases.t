#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every bundled case of a real kernel (vmcores/) against every command: what its guest
said, what is expected as text, and that it extracts again to itself. Prints TAP.

    make cases; O=build/release tests/cases.t [CASE…]    UPDATE=1 rewrites vmcores/*/expect
"""

import difflib
import hashlib
import importlib.machinery
import importlib.util
import os
import sys
import tempfile

sys.dont_write_bytecode = True

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
LAB, BUNDLES = os.path.join(TOP, "tests/lab"), os.path.join(TOP, "vmcores")
# `make cases` unpacks them where the lab would have its own.
os.environ["VMATLAS_CACHE"] = os.path.join(TOP, "build")
os.environ.update(LC_ALL="C", TZ="UTC")
for sanitizer in ("ASAN", "UBSAN", "LSAN"):
    # Its complaint must not look like a finding's exit code.
    name = sanitizer + "_OPTIONS"
    os.environ[name] = ":".join(filter(None, (os.environ.get(name), "exitcode=99")))
for name in ("POSIXLY_CORRECT", "VMATLAS_PLUGIN_PATH", "TMPDIR"):
    os.environ.pop(name, None)
sys.path.insert(0, LAB)

from faults.fault_cases import FAULTS  # noqa: E402
from check.vmlab import Case, Tool, Wrong  # noqa: E402


def load(name):
    """A program of the lab as a module."""
    loader = importlib.machinery.SourceFileLoader(os.path.basename(name), os.path.join(LAB, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


lab, bundle = load("check/check-case"), load("bundle")

# What is expected as text: the file in expect/, the arguments, its exit codes.
GOLDEN = (
    ("report", ("report",)),
    ("check", ("check",)),
    ("map", ("map",)),
    ("map-boot", ("map", "--boot")),
    ("areas-by-caller", ("areas", "--by", "caller")),
    ("info", ("info",)),
)
# Lines that tell of this run, not of the kernel.
PASSING = ("bytes read", "reads ")
PLAINLY = (("plugins",), ("areas",), ("map", "--gaps"), ("report", "--full"))
JSON = (("info",), ("map",), ("areas",), ("areas", "--by", "caller"), ("check",), ("report",),
        ("plugins",))
MAX_BYTES = 15 << 20


class Tap:
    def __init__(self):
        self.nr = 0

    def ok(self, what, function, *arguments):
        self.nr += 1
        try:
            function(*arguments)
        except Exception as wrong:          # a test that breaks has failed
            why = str(wrong) if isinstance(wrong, Wrong) else repr(wrong)
            print(f"not ok {self.nr} - {what}")
            print("".join(f"# {line}\n" for line in why.splitlines()), end="")
        else:
            print(f"ok {self.nr} - {what}")
        sys.stdout.flush()

    def skip(self, what, why):
        self.nr += 1
        print(f"ok {self.nr} - {what} # SKIP {why}")


class Quiet:
    def note(self, text):
        pass


def bundled(name):
    case = Case(name)
    # Reports name their files: the same ones wherever this runs.
    os.chdir(case.dir)
    return case, Tool(os.path.join(BUILD, "vmatlas"), "vmlinux", "vmcore")


def sound(case):
    """What was unpacked is what was packed."""
    for file in ("vmlinux", "vmcore"):
        found = hashlib.sha256(case.bytes(file)).hexdigest()
        lab.same(f"SHA256 of {file}", found, case.facts["SHA256_" + file.upper()])


# ---- Texts ----

def golden(name, tool, file, arguments):
    text = tool.good(*arguments, status=(0, 1)).text
    text = "".join(line for line in text.splitlines(keepends=True)
                   if not line.startswith(PASSING))
    path = os.path.join(BUNDLES, name, "expect", file)
    if os.environ.get("UPDATE"):
        bundle.write(path, text.encode())
    with open(path, encoding="utf-8") as expected:
        lines = expected.read().splitlines(), text.splitlines()
    if lines[0] != lines[1]:
        raise Wrong("\n".join(difflib.unified_diff(*lines, path, "got", lineterm="")))


def goldens(name, tool):
    for file, arguments in GOLDEN:
        golden(name, tool, file, arguments)


def plainly(tool):
    for arguments in PLAINLY:
        if not tool.good(*arguments).text:
            raise Wrong(f"{' '.join(arguments)}: prints nothing")


def documents(tool):
    for arguments in JSON:
        document = tool.json(*arguments, status=(0, 1))
        if "vmatlas" not in document:
            raise Wrong(f"{' '.join(arguments)} -J: of which schema?")


def explained(tool):
    """Each code that is found has its explanation, and a report of it names it."""
    found = tool.json("check", status=(0, 1))["findings"]
    reported = tool.json("report")["findings"]
    lab.same("report -J", reported, found)
    for code in {finding["code"] for finding in found}:
        if code not in tool.run("explain", code, files=("--",)).text:
            raise Wrong(f"explain {code}: says nothing of it")


def addresses(case, tool):
    walks = [line.split("=")[0] for line in case.text("walks.txt").splitlines()]
    text = tool.good("addr", *walks).text
    for address in walks:
        if address[2:] not in text:
            raise Wrong(f"addr: nothing about {address}")


# ---- What was done to it ----

def with_fault(tool, fault):
    """Found under the codes that are due, and no others."""
    _, status, codes, _ = next(row for row in FAULTS if row[0].__name__ == fault)
    document = tool.json("check", status=(0, 1, 3))
    lab.same("codes", {f["code"] for f in document["findings"]}, codes)
    lab.same("exit code", document["summary"]["exit_code"], status)


def files_of(directory):
    return [bundle.read(os.path.join(directory, file)) for file in ("vmlinux", "vmcore")]


def again(case, tool):
    """Bundled by this vmatlas, it comes out as it is. Where this one asks for more than was
    kept, its own extract must."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        tool.good("extract", "-o", first)
        if files_of(first) == [case.bytes("vmlinux"), case.bytes("vmcore")]:
            return
        once = Tool(tool.path, *(os.path.join(first, file) for file in ("vmlinux", "vmcore")))
        once.good("extract", "-o", second)
        for file, was, now in zip(("vmlinux", "vmcore"), files_of(first), files_of(second)):
            if was != now:
                raise Wrong(f"{file} differs")


def judge(tap, name, row):
    if not os.path.isdir(os.path.join(BUNDLES, name)):
        tap.skip(name, f"not bundled: tests/lab/bundle TOOL {name}")
        return
    fault, (case, tool) = row[1], bundled(name)
    tap.ok(f"{name}: unpacked as it was packed", sound, case)
    if fault:
        tap.ok(f"{name}: {fault} is reported, and nothing else", with_fault, tool, fault)
    else:
        tap.ok(f"{name}: areas --vmallocinfo is the guest's", lab.vmallocinfo, case, tool)
        tap.ok(f"{name}: check gives the verdict due", lab.check, case, tool)
        tap.ok(f"{name}: text and JSON say the same", lab.texts, case, tool)
    tap.ok(f"{name}: map has the guest's bounds", lab.map_bounds, case, tool, Quiet())
    tap.ok(f"{name}: addr walks as the guest did", lab.walks, case, tool)
    tap.ok(f"{name}: addr tells about each of them", addresses, case, tool)
    tap.ok(f"{name}: info is true", lab.info, case, tool)
    tap.ok(f"{name}: the texts are as expected", goldens, name, tool)
    tap.ok(f"{name}: the other commands print something", plainly, tool)
    tap.ok(f"{name}: JSON is JSON", documents, tool)
    tap.ok(f"{name}: every code is explained", explained, tool)
    tap.ok(f"{name}: extracts again to itself", again, case, tool)


# ---- The collection ----

def listed(rows):
    folders = {entry.name for entry in os.scandir(BUNDLES) if entry.is_dir()} - {"kernels"}
    lab.same("folders that are in no table", folders - set(rows), set())
    with open(os.path.join(BUNDLES, "README.md"), encoding="utf-8") as file:
        told = file.read()
    for name in rows:
        if f"`{name}`" not in told:
            raise Wrong(f"README.md says nothing of {name}")


def small():
    size = sum(os.path.getsize(os.path.join(directory, file))
               for directory, _, files in os.walk(BUNDLES) for file in files)
    if size > MAX_BYTES:
        raise Wrong(f"vmcores has {size} bytes")


def main():
    tap, rows = Tap(), bundle.table()
    for name in sys.argv[1:] or rows:
        judge(tap, name, rows[name])
    tap.ok("every case is in the table and in the README", listed, rows)
    tap.ok("together they are small", small)
    print(f"1..{tap.nr}")


BUILD = os.path.join(TOP, os.environ.get("O") or "build/release")
if __name__ == "__main__":
    main()
