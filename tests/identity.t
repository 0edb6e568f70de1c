#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which kernel is it, and where: notes that lie, no notes at all, files that are no dumps.
On the bundled cases of real kernels. Prints TAP.

    make cases; O=build/release tests/identity.t
"""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
CASES = os.path.join(TOP, "build/cases")
TOOL = os.path.join(TOP, os.environ.get("O") or "build/release", "vmatlas")
os.environ.pop("SUDO_UID", None)
os.environ.pop("SUDO_COMMAND", None)
os.environ.update(LC_ALL="C", TZ="UTC")
for sanitizer in ("ASAN", "UBSAN", "LSAN"):
    variable = sanitizer + "_OPTIONS"
    os.environ[variable] = ":".join(filter(None, (os.environ.get(variable), "exitcode=99")))


class Wrong(Exception):
    pass


def run(*arguments, cwd=None):
    return subprocess.run((TOOL, *arguments), capture_output=True, text=True, timeout=120,
                          check=False, cwd=cwd, errors="replace")


def refused(words, *arguments, cwd=None):
    done = run(*arguments, cwd=cwd)
    if done.returncode != 2 or done.stdout or len(done.stderr.splitlines()) != 1:
        raise Wrong(f"exit {done.returncode}, not one line:\n{done.stdout}{done.stderr}")
    if words not in done.stderr:
        raise Wrong(f"does not say '{words}':\n{done.stderr}")


def check(*arguments):
    done = run("check", "-J", *arguments)
    if done.returncode not in (0, 1, 2, 3):
        raise Wrong(f"exit {done.returncode}: {done.stderr}")
    return done.returncode, json.loads(done.stdout) if done.returncode != 2 else None


def codes(document):
    return {f["code"] for f in document["findings"] if f["severity"] != "note"}


def case(name, file):
    return os.path.join(CASES, name, file)


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def written(directory, name, content):
    path = os.path.join(directory, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def lie(content, pattern, new):
    """The note's line that matches gets new text of the same length."""
    found = re.search(pattern, content)
    if not found:
        raise Wrong(f"no {pattern} in the note")
    text = new(found.group(0)) if callable(new) else new
    text = text.ljust(len(found.group(0)), b" ")[:len(found.group(0))]
    return content[:found.start()] + text + content[found.end():]


def digit(at):
    return lambda old: old[:at] + (b"3" if old[at:at + 1] != b"3" else b"5") + old[at + 1:]


# ---- A note that lies: memory is the proof ----

LIES = (
    ("amd64-6.1", rb"KERNELOFFSET=[0-9a-f]+", digit(13)),
    ("amd64-6.1", rb"NUMBER\(phys_base\)=\d{4,}", digit(19)),
    ("amd64-6.1", rb"NUMBER\(phys_base\)=\d{4,}", digit(22)),
    ("amd64-6.1", rb"PAGESIZE=4096", b"PAGESIZE=8192"),
    ("amd64-6.1", rb"NUMBER\(pgtable_l5_enabled\)=0", b"NUMBER(pgtable_l5_enabled)=1"),
    ("amd64-6.1-la57", rb"NUMBER\(pgtable_l5_enabled\)=1", b"NUMBER(pgtable_l5_enabled)=0"),
    ("arm64-6.12", rb"NUMBER\(kimage_voffset\)=0x[0-9a-f]+", digit(32)),
    ("arm64-6.12", rb"NUMBER\(kimage_voffset\)=0x[0-9a-f]+", digit(34)),
    ("arm64-6.12", rb"KERNELOFFSET=[0-9a-f]+", digit(14)),
    ("arm64-6.12-16k", rb"PAGESIZE=16384", b"PAGESIZE=65536"),
)


def lies(directory):
    for name, pattern, new in LIES:
        content = bytes_of(case(name, "vmcore"))
        if not re.search(pattern, content):
            continue
        path = written(directory, "lie", lie(content, pattern, new))
        status, document = check(case(name, "vmlinux"), path)
        if status == 2:
            raise Wrong(f"{name} {pattern}: not opened")
        if codes(document) - {"vmcoreinfo-wrong"}:
            raise Wrong(f"{name} {pattern}: {codes(document)}")


def harmless(directory):
    """Numbers of the CPU that the page tables prove: no word is needed of them."""
    for name, pattern, new in (("arm64-6.1-va39", rb"NUMBER\(VA_BITS\)=39", b"NUMBER(VA_BITS)=48"),
                               ("arm64-6.1-64k", rb"NUMBER\(TCR_EL1_T1SZ\)=0x[0-9a-f]+",
                                digit(24))):
        path = written(directory, "lie", lie(bytes_of(case(name, "vmcore")), pattern, new))
        status, document = check(case(name, "vmlinux"), path)
        if status not in (0, 3) and codes(document) != {"vmcoreinfo-wrong"}:
            raise Wrong(f"{name} {pattern}: exit {status}, {codes(document)}")


# ---- No name given ----

def beside(name):
    done = run("report", "vmcore", cwd=os.path.join(CASES, name))
    if done.returncode or done.stderr:
        raise Wrong(done.stderr)


def no_mismatch_unseen(directory):
    os.link(case("armhf-6.1", "vmlinux"), os.path.join(directory, "vmlinux"))
    written(directory, "vmcore", bytes_of(case("armel-6.1-rpi", "vmcore")))
    refused("neither build ID nor banner was found", "report", "vmcore", cwd=directory)


# ---- What is no dump of a kernel we know ----

FORMATS = (
    ("AVML", b"AVML" + struct.pack("<IQQQ", 2, 0, 0x9ffff, 0)),
    ("VMware", struct.pack("<III", 0xbed2bed0, 8, 1)),
    ("VMware", struct.pack("<III", 0xbed3bed3, 8, 1)),
    ("dump-guest-memory -w", b"PAGEDU64"),
    ("Windows", b"PAGEDUMP"),
    ("qcow2", b"QFI\xfb" + struct.pack(">I", 3)),
    ("LKCD", struct.pack("<Q", 0xa8190173618f23ed)),
    ("LKCD", struct.pack(">Q", 0xa8190173618f23ed)),
    ("s390", struct.pack(">Q", 0xa8190173618f23fd)),
    ("LiME", struct.pack("<IIQQQ", 0x4c694d45, 1, 0, 0xfff, 0)),
    ("LiME", struct.pack(">IIQQQ", 0x4c694d45, 1, 0, 0xfff, 0)),
    ("Xen", b"\xff" * 8 + b"XENF"),
    ("Xen", b"Xen saved domain, xl format\n"),
    ("libvirt", b"LibvirtQemudSave"),
    ("QEMU", b"QEVM"),
    ("gunzip", b"\x1f\x8b\x08"),
    ("unlz4", b"\x04\x22\x4d\x18"),
    ("lzop", b"\x89LZO\0\r\n\x1a\n"),
    ("unzip", b"PK\3\4"),
    ("no kernel in this dump", b""),
    ("known format", b"To whom it may concern"),
)


def formats(directory):
    for name, head in FORMATS:
        path = written(directory, "file", head + bytes(65536 - len(head)))
        refused(name, "check", path, case("amd64-6.1", "vmlinux"))


def elf(machine, note_type, big=False, memory=bytes(65536)):
    """A 64-bit ELF core of one note and one segment."""
    order = ">" if big else "<"
    note = struct.pack(order + "III", 5, 8, note_type) + b"CORE\0\0\0\0" + bytes(8)
    start = 64 + 2 * 56
    ident = b"\x7fELF\2" + (b"\2" if big else b"\1") + b"\1" + bytes(9)
    head = ident + struct.pack(order + "HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 0, 0, 64, 56, 2,
                               0, 0, 0)
    rows = ((4, start, 0, len(note)), (1, start + len(note), 0x1000000, len(memory)))
    for kind, offset, paddr, size in rows:
        head += struct.pack(order + "IIQQQQQQ", kind, 4, offset, 0, paddr, size, size, 0)
    return head + note + memory


def machines(directory):
    for machine, name, big in ((21, "PowerPC 64", True), (22, "s390", True),
                               (258, "LoongArch", False), (8, "MIPS", True)):
        path = written(directory, "core", elf(machine, 1, big))
        refused(f"{name} is not supported", "check", path)
        refused(f"{name} is not supported", "check", path, case("amd64-6.1", "vmlinux"))
    image = bytearray(bytes_of(case("amd64-6.1", "vmlinux"))[:4096])
    image[18:20] = struct.pack("<H", 258)
    refused("LoongArch is not supported", "check", written(directory, "image", image),
            case("amd64-6.1", "vmcore"))


def no_kernel(directory):
    refused("no kernel in this dump", "check", written(directory, "core", elf(62, 6)),
            case("amd64-6.1", "vmlinux"))
    refused("no kernel in this dump", "check", written(directory, "core", elf(62, 6)))
    refused("no kernel in this dump", "check", written(directory, "core", elf(62, 1)),
            case("amd64-6.1", "vmlinux"))


# ---- Types and variables of the environment ----

def damaged_member(directory):
    """A member of vmap_area that BTF puts outside of it."""
    image = bytearray(bytes_of(case("amd64-6.1", "vmlinux")))
    btf = image.index(struct.pack("<HBBI", 0xeb9f, 1, 0, 24))
    types, types_size, strings, strings_size = struct.unpack_from("<IIII", image, btf + 8)
    start = btf + 24 + strings
    for name in (b"va_start", b"subtree_max_size"):
        copy = bytearray(image)
        name_at = copy.find(b"\0" + name + b"\0", start, start + strings_size) + 1 - start
        nr = 0
        for at in range(btf + 24 + types, btf + 24 + types + types_size - 8, 4):
            if struct.unpack_from("<I", copy, at)[0] == name_at:
                struct.pack_into("<I", copy, at + 8, 4096 * 8)
                nr += 1
        if not nr:
            raise Wrong(f"no {name} in the BTF")
        refused("is not inside the", "check", written(directory, "image", copy),
                case("amd64-6.1", "vmcore"))


def plugin_path(_):
    for path in (".", ":/tmp", "/tmp:", "/tmp::/tmp", "here", "/tmp:."):
        os.environ["VMATLAS_PLUGIN_PATH"] = path
        try:
            refused("absolute directories", "check", "--plugin", "nothing",
                    case("amd64-6.1", "vmlinux"), case("amd64-6.1", "vmcore"))
        finally:
            del os.environ["VMATLAS_PLUGIN_PATH"]


def main():
    nr = 0
    names = sorted(n for n in os.listdir(CASES) if os.path.exists(case(n, "vmcore")))
    rows = [("a note that lies is found out", lies), ("numbers of the CPU", harmless),
            ("no mismatch is claimed that was not seen", no_mismatch_unseen),
            ("formats by name", formats), ("CPUs by name", machines),
            ("a dump without a kernel", no_kernel),
            ("a member outside of its struct", damaged_member),
            ("plugins come from absolute directories", plugin_path)]
    rows += [(f"{name}: vmlinux beside it is found", beside) for name in names]
    for what, function in rows:
        nr += 1
        try:
            if function is beside:
                function(what.split(":")[0])
            else:
                with tempfile.TemporaryDirectory(dir=CASES, prefix=".") as directory:
                    function(directory)
            print(f"ok {nr} - {what}")
        except Exception as wrong:          # a test that breaks has failed
            print(f"not ok {nr} - {what}")
            why = str(wrong) if isinstance(wrong, Wrong) else repr(wrong)
            print("".join(f"# {line}\n" for line in why.splitlines()), end="")
        sys.stdout.flush()
    print(f"1..{nr}")


if __name__ == "__main__":
    main()
