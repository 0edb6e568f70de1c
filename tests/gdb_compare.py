#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print expressions with gdb and with us, and say where the texts differ.

	tests/gdb_compare.py [--gdb GDB] BUILD VMLINUX VMCORE LIST

A line of LIST is a command of gdb: "print/x jiffies", "whatis init_mm.pgd",
"ptype/o struct page". Blank lines and lines that begin with # are no commands.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

STUB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gdb_stub.py")


def commands(path):
    with open(path) as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.strip() and not line.startswith("#"):
                yield line


def kaslr_offset(args):
    """Not by qOffsets: gdb 13 moves .text, .data and .bss then, and leaves .rodata behind."""
    out = subprocess.run([f"{args.build}/vmatlas", "info", "-J", args.vmlinux, args.core],
                         stdout=subprocess.PIPE, check=True).stdout
    value = json.loads(out)["info"].get("kaslr_offset")
    return int(value, 16) if value else 0


def by_gdb(args, todo):
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
        offset = kaslr_offset(args)
        argv = [args.gdb, "-nx", "-batch", "-ex", "set remotetimeout 60",
                "-ex", "set language c", "-ex", "set width 0", "-ex", "set max-value-size unlimited",
                "-ex", f"file {args.vmlinux}",
                "-ex", f"symbol-file -o {offset} {args.vmlinux}",
                "-ex", f"target remote | {STUB} {args.build}/libvmatlas.so {args.vmlinux} "
                       f"{args.core}"]
        if args.index_cache:
            argv[1:1] = ["-iex", f"set index-cache directory {args.index_cache}",
                         "-iex", "set index-cache enabled on"]
        for i, command in enumerate(todo):
            argv += ["-ex", f"echo @@{i}\\n", "-ex", command]
        out = subprocess.run(argv + ["-ex", "echo @@end\\n"] , stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="surrogateescape", env=dict(os.environ, LC_ALL="C")).stdout
    found = {}
    for part in out.split("@@")[1:]:
        number, _, text = part.partition("\n")
        if number.isdigit():
            found[int(number)] = text.rstrip("\n")
    if not found:
        sys.exit(f"gdb said nothing: {out[-2000:]}")
    return found


def by_us(args, command):
    word, _, rest = command.partition(" ")
    word, _, letter = word.partition("/")
    word = {"p": "print", "x": "rd"}.get(word, word)
    argv = [f"{args.build}/vmatlas", word, "-k", args.vmlinux, "-c", args.core]
    if letter:
        argv.append("/" + letter)
    done = subprocess.run(argv + ["--", rest], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="surrogateescape")
    return done.stdout.rstrip("\n") if not done.returncode else "ERROR " + done.stderr.strip()


def plain(text):
    """Without the number of the value; warnings of gdb's are no part of it."""
    lines = [line for line in text.split("\n") if not line.startswith("warning: ")]
    text = "\n".join(lines)
    if text.startswith("$"):
        return text.partition(" = ")[2]
    return text


def refuses(text):
    """gdb has no answer either; its words are its own."""
    return text.startswith(("No symbol ", "No struct ", "No union ", "No enum ", "Cannot access ",
                            "There is no member named ", "Attempt to take ", "A syntax error",
                            "Structure has no component", "'", "Value can't be"))


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--gdb", default="gdb")
    args.add_argument("--index-cache")
    args.add_argument("--verbose", action="store_true")
    for name in ("build", "vmlinux", "core", "list"):
        args.add_argument(name)
    args = args.parse_args()
    todo = list(commands(args.list))
    theirs = by_gdb(args, todo)
    differ = 0
    for i, command in enumerate(todo):
        a, b = plain(theirs.get(i, "")), plain(by_us(args, command))
        if a == b or (b.startswith("ERROR ") and refuses(a)):
            continue
        differ += 1
        print(f"{command}\n  gdb:     {a}\n  vmatlas: {b}")
    if args.verbose:
        print(f"# {len(todo) - differ} of {len(todo)} the same")
    sys.exit(differ > 0)


main()
