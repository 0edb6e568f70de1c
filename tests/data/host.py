#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""host.py HOW VMCORE COMMAND…: be the debugger that has a dump open: run COMMAND with "--host-fd N"
behind its second word, and answer its questions from the segments of VMCORE. HOW: well; or
quiet (nothing is known), short (half of what was asked), silly (no packet), gone (after five).
"""

import re
import socket
import struct
import subprocess
import sys


def segments(path):
    with open(path, "rb") as file:
        core = file.read()
    start, = struct.unpack_from("<Q", core, 32)
    size, number = struct.unpack_from("<HH", core, 54)
    for i in range(number):
        kind, _, at, virtual, physical, held, _, _ = struct.unpack_from("<IIQQQQQQ", core,
                                                                        start + i * size)
        if kind == 1:
            yield virtual, physical, core[at:at + held]


def memory(parts, space, address, length):
    for part in parts:
        offset = address - part[space]
        if 0 <= offset and offset + length <= len(part[2]):
            return part[2][offset:offset + length].hex()
    return "E01"


def answer(how, parts, question):
    if question == "qvmatlas.vmcoreinfo" and how != "quiet":
        moved = parts[0][1] - (parts[0][0] - 0xffffffff80000000)
        return f"KERNELOFFSET=0\nNUMBER(phys_base)={moved}\n".encode().hex()
    found = re.fullmatch(r"(m|qvmatlas\.physical:)([0-9a-f]+),([0-9a-f]+)", question)
    if not found or how == "quiet":
        return ""
    text = memory(parts, found[1] != "m", int(found[2], 16), int(found[3], 16))
    return text[:len(text) // 4 * 2] if how == "short" else text


def main():
    how, core, *command = sys.argv[1:]
    parts, (ours, theirs) = list(segments(core)), socket.socketpair()
    command[2:2] = ["--host-fd", str(theirs.fileno())]
    with theirs:
        child = subprocess.Popen(command, pass_fds=(theirs.fileno(),))
    waiting, nr = b"", 0
    while got := ours.recv(1 << 16):
        waiting += got
        while found := re.match(rb"\$([^#]*)#..", waiting):
            waiting = waiting[found.end():]
            text, nr = answer(how, parts, found[1].decode()).encode(), nr + 1
            if how == "gone" and nr > 5:
                ours.close()
                return child.wait()
            ours.sendall(b"what?" * 9 + b"$x#00" if how == "silly" else
                         b"$%s#%02x" % (text, sum(text) & 255))
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
