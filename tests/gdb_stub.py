#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory of a dump for gdb, so that its print can be compared with ours.

	gdb -ex 'target remote | tests/gdb_stub.py LIBVMATLAS VMLINUX VMCORE' VMLINUX

The smallest stub that gdb talks to: reads of memory, and registers of zeros. It reads through libvmatlas, and knows nothing of expressions.
"""
import ctypes
import sys

REGISTERS = {"x86_64": 164, "i386": 64, "arm": 64, "arm64": 268}


class Opts(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("log_level", ctypes.c_uint32),
                ("vmlinux", ctypes.c_char_p), ("core", ctypes.c_char_p)]


class Info(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint32) for n in
                "size page_shift pointer_size big_endian live levels".split()] + \
               [(n, ctypes.c_char_p) for n in
                "arch release version nodename banner cpu core_path core_format vmlinux_path "
                "build_id vmcoreinfo_from verified_by kaslr_from phys_from".split()] + \
               [("kaslr_offset", ctypes.c_uint64)]


class Kernel:
    def __init__(self, library, vmlinux, core):
        self.lib = ctypes.CDLL(library)
        for name in ("vmatlas_open", "vmatlas_read"):
            getattr(self.lib, name).restype = ctypes.c_void_p
        self.lib.vmatlas_error_message.restype = ctypes.c_char_p
        self.lib.vmatlas_info.restype = ctypes.POINTER(Info)
        opts = Opts(ctypes.sizeof(Opts), 0, vmlinux.encode(), core.encode())
        self.atlas = ctypes.c_void_p()
        err = self.lib.vmatlas_open(ctypes.byref(opts), ctypes.byref(self.atlas))
        if err:
            sys.exit(self.lib.vmatlas_error_message(ctypes.c_void_p(err)).decode())
        self.info = self.lib.vmatlas_info(self.atlas).contents

    def read(self, addr, size):
        buf = ctypes.create_string_buffer(size)
        err = self.lib.vmatlas_read(self.atlas, ctypes.c_uint64(addr), buf,
                                    ctypes.c_size_t(size))
        if err:
            self.lib.vmatlas_error_free(ctypes.c_void_p(err))
            return None
        return buf.raw


def answer(kernel, packet):
    if packet.startswith("qSupported"):
        return "PacketSize=4000;QStartNoAckMode+"
    if not kernel:
        return ""
    info = kernel.info
    if packet == "QStartNoAckMode":
        return "OK"
    if packet == "?":
        return "S05"
    if packet == "g":
        return "00" * REGISTERS.get(info.arch.decode(), 0)
    if packet == "qAttached":
        return "1"
    if packet[0] == "m":
        addr, size = (int(x, 16) for x in packet[1:].split(","))
        data = kernel.read(addr, size)
        # what is there of it: gdb asks for the rest, and then reports that address
        while data is None and size > 1:
            size //= 2
            data = kernel.read(addr, size)
        return data.hex() if data is not None else "E01"
    if packet[0] in "HDk":
        return "OK"
    return ""


def packets(stream):
    while True:
        byte = stream.read(1)
        if not byte:
            return
        if byte != b"$":
            continue
        text = b""
        while (byte := stream.read(1)) not in (b"#", b""):
            text += byte
        stream.read(2)
        yield text.decode("latin-1")


def main():
    kernel = None
    acks = True
    out = sys.stdout.buffer
    for packet in packets(sys.stdin.buffer):
        if acks:
            out.write(b"+")
        if not kernel and not packet.startswith(("qSupported", "vMust")):
            kernel = Kernel(*sys.argv[1:4])
        text = answer(kernel, packet) if packet else ""
        out.write(f"${text}#{sum(text.encode()) & 255:02x}".encode())
        out.flush()
        if packet == "QStartNoAckMode":
            acks = False
        if packet[:1] in "Dk":
            return


main()
