#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gdb_client.py SCENARIO COMMAND…: talk to a gdb server as gdb does, and as it does not. Prints
what is wrong, and nothing else. COMMAND speaks the protocol on stdin and stdout.
"""

import os
import random
import re
import select
import subprocess
import sys

TIMEOUT = 10


def frame(data):
    data = data if isinstance(data, bytes) else data.encode("latin-1")
    return b"$%s#%02x" % (data, sum(data) & 255)


class Server:
    def __init__(self, command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
        self.bytes, self.acks = b"", True

    def send(self, raw):
        try:
            self.child.stdin.write(raw)
            self.child.stdin.flush()
        except BrokenPipeError:
            pass

    def more(self, timeout=TIMEOUT):
        ready, _, _ = select.select([self.child.stdout], [], [], timeout)
        got = os.read(self.child.stdout.fileno(), 1 << 16) if ready else b""
        self.bytes += got
        return bool(got)

    def packet(self, timeout=TIMEOUT):
        """The next packet's data; None if none comes."""
        while True:
            found = re.match(rb"[+-]*\$([^#]*)#(..)", self.bytes, re.S)
            if found:
                self.bytes = self.bytes[found.end():]
                if int(found[2], 16) != sum(found[1]) & 255:
                    raise ValueError(f"checksum of {found[1]!r}")
                if self.acks:
                    self.send(b"+")
                return found[1]
            if not self.more(timeout):
                return None

    def ask(self, data, timeout=TIMEOUT):
        self.send(frame(data))
        return self.packet(timeout)

    def start(self):
        self.ask("qSupported:xmlRegisters=i386")
        self.ask("vMustReplyEmpty")
        self.ask("QStartNoAckMode")
        self.acks = False
        self.ask("Hg0")

    def document(self, what, piece=64):
        text = b""
        while True:
            part = self.ask(f"qXfer:{what}:{len(text):x},{piece:x}")
            text += part[1:]
            if part[:1] != b"m":
                return text

    def monitor(self, line):
        """(output, the last answer)"""
        self.send(frame("qRcmd," + line.encode().hex()))
        text = b""
        while True:
            answer = self.packet()
            if answer is None or answer[:1] != b"O" or answer == b"OK":
                return text, answer
            text += bytes.fromhex(answer[1:].decode())

    def end(self):
        self.child.stdin.close()
        try:
            status = self.child.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            say("it does not end")
            return None, b""
        return status, self.child.stderr.read()


def say(text):
    print(text)


def want(what, got, wanted):
    if not (wanted(got) if callable(wanted) else got == wanted):
        say(f"{what}: {got!r}")


# ---- Scenarios ----

def handshake(s):
    """Before anything is opened; unknown packets are empty."""
    want("qSupported", s.ask("qSupported:multiprocess+;xmlRegisters=i386"),
         lambda a: b"PacketSize=" in a and b"QStartNoAckMode+" in a)
    want("unknown", s.ask("vMustReplyEmpty"), b"")
    want("unknown q", s.ask("qNothing:1"), b"")
    want("acks", s.ask("QStartNoAckMode"), b"OK")
    s.acks = False
    want("Hg0", s.ask("Hg0"), b"OK")


def session(s):
    s.start()
    description = s.document("features:read:target.xml")
    registers = [int(bits) // 8 for bits in re.findall(rb'bitsize="(\d+)"', description)]
    want("target.xml", description, lambda d: b"</target>" in d and registers)
    want("in one piece", s.ask("qXfer:features:read:target.xml:0,3ff0")[1:], description)
    want("behind the end", s.ask("qXfer:features:read:target.xml:ffff,10"), b"l")
    want("no such range", s.ask("qXfer:features:read:target.xml:x,y"), b"E01")
    want("?", s.ask("?"), lambda a: re.fullmatch(rb"T00thread:[0-9a-f]+;", a))
    threads = re.findall(rb'<thread id="([0-9a-f]+)"', s.document("threads:read:"))
    want("threads", threads, lambda t: t and t == [b"%x" % (i + 1) for i in range(len(t))])
    want("g", s.ask("g"), lambda a: len(a) == 2 * sum(registers) and re.fullmatch(rb"[0-9a-fx]*", a))
    want("p", s.ask("p0"), lambda a: len(a) == 2 * registers[0])
    want("p of none", s.ask("pffff"), b"E01")
    want("Hg1", s.ask("Hg1"), b"OK")
    want("no such thread", s.ask("Hgfffff"), b"E01")
    want("T1", s.ask("T1"), b"OK")
    want("no such T", s.ask("Tfffff"), b"E01")
    want("qC", s.ask("qC"), lambda a: a.startswith(b"QC"))
    want("qOffsets", s.ask("qOffsets"), lambda a: a.startswith((b"Text=", b"TextSeg=")))
    want("qAttached", s.ask("qAttached"), b"1")
    want("D", s.ask("D"), b"OK")
    want("its end", s.end()[0], 0)


def memory(s, address):
    s.start()
    whole = s.ask(f"m{address},40")
    want("m", whole, lambda a: re.fullmatch(rb"[0-9a-f]{128}", a))
    want("a piece", s.ask(f"m{address},10"), whole[:32])
    want("nothing", s.ask(f"m{address},0"), b"")
    want("x", s.ask(f"x{address},10"), lambda a: a[:1] == b"b" and
         re.sub(rb"\}(.)", lambda m: bytes([m[1][0] ^ 0x20]), a[1:], flags=re.S) == bytes.fromhex(whole[:32].decode()))
    want("too much", s.ask(f"m{address},ffffffff"), lambda a: len(a) >= 128 and a[:128] == whole)
    for bad in ("m10,4", "mffffffffffffffff,8", "m", "m1", "m,", "mx,4", f"m{address},", f"m{address},4junk",
                "m11111111111111111,4", "x10,4"):
        want(bad, s.ask(bad), lambda a: a == b"E01")
    want("afterwards", s.ask(f"m{address},10"), whole[:32])


def refused(s):
    s.start()
    s.ask("?")
    for packet in ("M0,1:00", "X0,1:a", "G00", "P0=00", "Z0,0,1", "z0,0,1", "c", "s", "C05", "S05"):
        want(packet, s.ask(packet), b"E01")
    for packet in ("vCont?", "vCont;c", "vRun;", "vFile:open:61,0,0", "qSearch:memory:0;1;a", "R00"):
        want(packet, s.ask(packet), b"")
    want("afterwards", s.ask("qAttached"), b"1")


def repeated(s):
    """gdb sends a packet again, and "-", when an answer took long: it is answered once."""
    s.send(frame("qSupported") + b"-" + frame("qSupported"))
    want("qSupported", s.packet(), lambda a: a and b"PacketSize" in a)
    want("no second answer", s.packet(0.5), None)
    want("goes on", s.ask("vMustReplyEmpty"), b"")
    s.send(b"$qAttached#00")
    want("bad checksum", s.packet(0.5), None)
    want("goes on", s.ask("qAttached"), b"1")


def monitor(s, scratch):
    s.start()
    text, last = s.monitor("check")
    want("check", (text, last), lambda g: b"COVERAGE" in g[0] and g[1] == b"OK")
    text, last = s.monitor("print 6 * 7")
    want("print", text, b"$1 = 42\n")
    text, last = s.monitor(f"map > {scratch}")
    want("> FILE", (text, last), (b"", b"OK"))
    with open(scratch, "rb") as file:
        want("the file", file.read(), lambda t: b"vmalloc" in t)
    text, last = s.monitor("nonsense")
    want("nonsense", (text, last), lambda g: b"no command 'nonsense'" in g[0] and g[1] == b"OK")
    for line in ("gdbserver", "diff a b", "extract -o x", "check -c other", "check --live"):
        want(line, s.monitor(line)[0], lambda t: b"does not work" in t or b"do not work" in t)
    want("help", s.monitor("help")[0], lambda t: b"report" in t)
    want("empty", s.monitor("")[0], lambda t: b"report" in t)
    want("no hex", s.ask("qRcmd,xyz"), b"E01")
    want("afterwards", s.ask("qAttached"), b"1")


def garbage(s):
    """Any bytes: it answers, or ends; it never hangs."""
    chance = random.Random(1)
    words = ["qSupported", "g", "p", "m", "x", "Hg", "T", "?", "qXfer:threads:read::", "qRcmd,", "qOffsets",
             "qXfer:features:read:target.xml:", "qThreadExtraInfo,", "qfThreadInfo", "vCont", "Z0,", "\x03", "+", "-", "$", "#"]
    for _ in range(400):
        text = "".join(chance.choice(words) + "".join(chance.choice("0123456789abcdef,:;-$#}*\x00\xff")
                                                      for _ in range(chance.randrange(8)))
                       for _ in range(chance.randrange(3)))
        if "qRcmd" in text:
            continue
        s.send(frame(text) if chance.randrange(2) else text.encode("latin-1"))
        s.more(0)
    s.send(b"#00" + frame("QStartNoAckMode"))
    s.acks = False
    s.packet(2)
    status, _ = s.end()
    want("status", status, lambda g: g in (0, 2))


def unopened(s):
    """The dump is not one: a line on stderr, an error for gdb, exit code 2 or 0."""
    s.start()
    want("?", s.ask("?"), b"E01")
    status, complaint = s.end()
    want("one line", complaint.count(b"\n"), 1)
    want("said", complaint, lambda c: c.startswith(b"vmatlas: "))
    want("exit code", status, 2)


def cut(s):
    s.send(b"$qSuppor")
    want("its end", s.end()[0], 0)


def main():
    scenario, *rest = sys.argv[1:]
    at = rest.index("--") if "--" in rest else 0
    extra, command = rest[:at], rest[at + 1:] if "--" in rest else rest
    server = Server(command)
    globals()[scenario](server, *extra)
    if server.child.poll() is None and not server.child.stdin.closed:
        server.end()


if __name__ == "__main__":
    main()
