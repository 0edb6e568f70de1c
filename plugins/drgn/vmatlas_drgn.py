# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmatlas in drgn: the tool judges the program that is open, whose memory drgn reads.

    >>> import vmatlas_drgn
    >>> vmatlas_drgn.run(prog, "check")
    >>> vmatlas_drgn.check(prog)["findings"]

The tool runs as a process of its own and asks for memory over a socket (plugins/README.md,
"Hosts"), so dumps, live systems and whatever else drgn can open will do. From drgn 0.3 on,
which finds this module by the entry point drgn.plugins, there is also %vmatlas.
"""

import json
import mmap
import os
import re
import selectors
import shlex
import socket
import struct
import subprocess
import sys

from drgn import FaultError, Object, ProgramFlags

__all__ = ("run", "check", "report", "records")

MOST = 1 << 14


def _link_address(path, name):
    """Where vmlinux has a symbol, before KASLR. ELF of 64 bits; None if it is not there."""
    name = name.encode()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as elf:
        order = "<" if elf[5] == 1 else ">"
        if elf[4] != 2:
            return None
        start, = struct.unpack_from(order + "Q", elf, 40)
        size, number = struct.unpack_from(order + "HH", elf, 58)
        sections = [struct.unpack_from(order + "IIQQQQII", elf, start + i * size)
                    for i in range(number)]
        for _, kind, _, _, at, length, link, _ in sections:
            if kind != 2 or link >= number:  # SHT_SYMTAB
                continue
            strings, most = sections[link][4:6]
            place = elf.find(b"\0" + name + b"\0", strings, strings + most) + 1 - strings
            for offset in range(at, at + length, 24):
                text, _, _, _, value, _ = struct.unpack_from(order + "IBBHQQ", elf, offset)
                if text == place:
                    return value
    return None


class _Host:
    """Answers of one socket; see plugins/README.md."""

    def __init__(self, prog, sock, vmlinux):
        self.prog, self.sock, self.bytes, self.vmlinux = prog, sock, b"", vmlinux

    def memory(self, operand, physical):
        address, length = (int(word, 16) for word in operand.split(","))
        if not 0 < length <= MOST:
            return "E01"
        try:
            return self.prog.read(address, length, physical).hex()
        except (FaultError, ValueError):
            return "E01"

    def vmcoreinfo(self):
        for name in ("VMCOREINFO", "vmcoreinfo_data"):  # drgn's own; the kernel's
            try:
                return self.prog[name].string_().hex()
            except (LookupError, FaultError, TypeError):
                pass
        return self.found_out().encode().hex()

    def found_out(self):
        """What drgn itself knows of where the kernel is, in the words of VMCOREINFO."""
        linked, lines = _link_address(self.vmlinux, "_stext"), []
        if linked is None:
            return ""
        offset = self.prog.symbol("_stext").address - linked
        lines.append(f"KERNELOFFSET={offset & (1 << 64) - 1:x}")
        for line, name in (("phys_base", "phys_base"), ("kimage_voffset", "kimage_voffset"),
                           ("PHYS_OFFSET", "memstart_addr")):
            try:
                # phys_base is assembly: it has no type
                value = self.prog.read_u64(self.prog.symbol(name).address)
                signed = value - (1 << 64) if value >> 63 else value
                lines.append(f"NUMBER({line})=" +
                             (f"{signed}" if line == "phys_base" else f"{value:#x}"))
            except (LookupError, FaultError):
                pass
        return "\n".join(lines) + "\n"

    def symbol(self, name):
        try:
            symbol = self.prog.symbol(bytes.fromhex(name).decode("ascii"))
            return f"{symbol.address:x},{symbol.size:x}"
        except (LookupError, ValueError):
            return "E01"

    def answer(self, question):
        word, _, operand = question.partition(":")
        if word[:1] == "m":
            return self.memory(word[1:], False)
        if word == "qvmatlas.physical":
            return self.memory(operand, True)
        if word == "qvmatlas.symbol":
            return self.symbol(operand)
        return self.vmcoreinfo() if word == "qvmatlas.vmcoreinfo" else ""

    def serve(self):
        """Take what has come; False at its end."""
        try:
            got = self.sock.recv(1 << 16)
        except ConnectionError:
            return False
        self.bytes += got
        while True:
            found = re.match(rb"[^$]*\$([^#]*)#..", self.bytes, re.S)
            if not found:
                return bool(got)
            self.bytes = self.bytes[found.end():]
            text = self.answer(found.group(1).decode("latin-1")).encode("ascii")
            self.sock.sendall(b"$%s#%02x" % (text, sum(text) & 0xFF))


def _vmlinux(prog, given):
    """The file with debug information: named, or what drgn itself took."""
    if given:
        return given
    try:
        module = prog.main_module()
        return module.debug_file_path or module.loaded_file_path
    except (AttributeError, LookupError):
        pass
    release = prog["UTS_RELEASE"].string_().decode()
    for path in (f"/usr/lib/debug/boot/vmlinux-{release}", f"/boot/vmlinux-{release}",
                 f"/usr/lib/debug/lib/modules/{release}/vmlinux",
                 f"/lib/modules/{release}/build/vmlinux"):
        if os.path.exists(path):
            return path
    raise LookupError("which vmlinux? drgn before 0.3 does not say: vmlinux=PATH")


def _exchange(prog, words, vmlinux, out):
    ours, theirs = socket.socketpair()
    vmlinux = _vmlinux(prog, vmlinux)
    command = ["vmatlas", *words[:1], "--host-fd", str(theirs.fileno()), "--vmlinux", vmlinux,
               *words[1:]]
    with ours, selectors.DefaultSelector() as select:
        with theirs:
            try:
                child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT if out else subprocess.PIPE,
                                         pass_fds=(theirs.fileno(),))
            except FileNotFoundError:
                raise RuntimeError("vmatlas is not in PATH") from None
        host, text = _Host(prog, ours, vmlinux), b""
        select.register(ours, selectors.EVENT_READ, "memory")
        select.register(child.stdout, selectors.EVENT_READ, "output")
        try:
            while "output" in {key.data for key in select.get_map().values()}:
                for key, _ in select.select():
                    if key.data == "memory" and not host.serve():
                        select.unregister(ours)
                    elif key.data == "output":
                        got = os.read(child.stdout.fileno(), 1 << 16)
                        if not got:
                            select.unregister(child.stdout)
                        elif out:
                            out.write(got.decode("utf-8", "replace"))
                        text += got
        except BaseException:  # Ctrl-C, too: the tool ends, the session stays
            child.kill()
            raise
        finally:
            complaint = b"" if out else child.stderr.read()
            child.stdout.close()
            status = child.wait()
    return status, text, complaint.decode("utf-8", "replace").strip()


def run(prog, line, vmlinux=None):
    """Run a command line of vmatlas on PROG, its output to stdout; return its exit code."""
    if not prog.flags & ProgramFlags.IS_LINUX_KERNEL:
        raise ValueError("not a Linux kernel")
    return _exchange(prog, shlex.split(line) or ["check"], vmlinux, sys.stdout)[0]


def _document(prog, command, vmlinux):
    status, text, complaint = _exchange(prog, [command, "-J"], vmlinux, None)
    try:
        return json.loads(text)
    except ValueError:
        raise RuntimeError(complaint or f"vmatlas ended with {status}") from None


def records(prog, document):
    """Give each finding with a record, in place, a drgn object: finding["object"]."""
    for finding in document["findings"]:
        if finding.get("record"):
            finding["object"] = Object(prog, "void *", int(finding["record"], 16))
    return document


def check(prog, vmlinux=None):
    """The verdict as "vmatlas check -J" has it, findings with drgn objects of their records."""
    return records(prog, _document(prog, "check", vmlinux))


def report(prog, vmlinux=None):
    """The same of "vmatlas report -J"."""
    return records(prog, _document(prog, "report", vmlinux))


# ---- drgn 0.3 and later ----

try:
    from drgn.commands.linux import linux_kernel_raw_command
except ImportError:
    pass
else:
    @linux_kernel_raw_command(
        name="vmatlas",
        description="the kernel's virtual address space, and its verdict",
        usage="**vmatlas** [*command*] [*operands*]",
        long_description="Run vmatlas on the program: check, report, map, areas, usage, addr, ...",
    )
    def _vmatlas_command(prog, name, args, **kwargs):
        return run(prog, args)


def drgn_prog_set(prog):
    """Called by drgn 0.3 with each program: importing this module made the command."""
