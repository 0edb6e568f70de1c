"""Guests in trouble: what was done to each, and what vmatlas must find. See check-troubles."""

import os
import re
import shlex

from vmlab import CACHE, PAGE, Tool, Wrong, key_values, number

WORST = ("warning", "error")


# ---- What the guest said ----

class Case:
    """One directory of $VMATLAS_CACHE/troubles, and what the tool says of it."""

    def __init__(self, path, name):
        self.name, self.dir = name, os.path.join(CACHE, "troubles", name)
        facts = {key: " ".join(shlex.split(value))
                 for key, value in key_values(os.path.join(self.dir, "case")).items()}
        self.kernel, self.trouble = facts["KERNEL"], facts["TROUBLE"]
        self.is_x86 = self.kernel.startswith(("amd64", "i386"))
        self.tool = Tool(path, self.path("vmlinux"), self.path("vmcore"))
        self.log = self.read_log()
        self.check = self.tool.json("check", status=(0, 1))
        self.findings = [f for f in self.check["findings"] if f["severity"] in WORST]
        self.claimed = []               # findings that something was done for
        self.areas = self.tool.json("areas")["areas"]

    def path(self, name):
        return os.path.join(self.dir, name)

    def read_log(self):
        """Without the time; the console's has the last words of one that panicked."""
        path = self.path("dmesg.txt")
        if not os.path.exists(path) or not os.path.getsize(path):
            path = self.path("console.log")
        with open(path, encoding="utf-8", errors="replace") as file:
            return [re.sub(r"^\[ *[0-9.]+\] ", "", line.rstrip()) for line in file]

    def said(self, pattern):
        """The groups of the first line of the log that matches."""
        for line in self.log:
            match = re.search(pattern, line)
            if match:
                return match.groups()
        raise Wrong(f"the guest's log has no line like '{pattern}'")

    def truths(self):
        """(kind, {name: number}, area or None, whole line) of each TRUTH line."""
        for line in self.log:
            match = re.match(r"TRUTH ([a-z-]+): (.*)", line)
            if not match:
                continue
            area = re.search(r"area 0x([0-9a-f]+)-0x([0-9a-f]+)", line)
            values = {key: int(value, 16)
                      for key, value in re.findall(r"([a-z]+)=0x([0-9a-f]+)", line)}
            yield (match[1], values, tuple(int(end, 16) for end in area.groups())
                   if area else None, line)

    def area(self, start):
        for area in self.areas:
            if number(area["start"]) == start:
                return area
        raise Wrong(f"no area at {start:#x}")

    def of(self, caller):
        """Areas in use whose caller's name has @caller."""
        return [area for area in self.areas if caller in (area["caller"] or "")]

    def holes(self, space):
        """By the guest's own /proc/vmallocinfo: sizes of what is between its areas."""
        at, end, sizes = number(space["start"]), number(space["end"]), []
        for start, stop, _ in sorted(self.rows()):
            if start >= end or stop <= at:
                continue
            if start > at:
                sizes.append(start - at)
            at = stop
        return sizes + [end - at] if at < end else sizes

    def rows(self):
        """(start, end, whole line) of /proc/vmallocinfo."""
        with open(self.path("vmallocinfo.txt"), encoding="utf-8") as file:
            for line in file:
                start, end = line.split()[0].split("-")
                yield int(start, 16), int(end, 16), line

    def space(self, name="vmalloc"):
        usage = self.tool.json("usage")
        return next(s for s in usage["spaces"] if s["space"] == name)


# ---- Findings ----

def claim(case, code, severity, start=None, end=None, words="", evidence=""):
    """The one finding that is due, or what is wrong with it."""
    near = [f for f in case.check["findings"] if f["code"] == code and f not in case.claimed and
            (start is None or number(f["start"]) == start)]
    if not near:
        raise Wrong(f"no {code} at {start:#x}" if start is not None else f"no {code}")
    f = near[0]
    if end is not None and number(f["end"]) != end:
        raise Wrong(f"{code} to {f['end']} where {end:#x} is due")
    if f["severity"] != severity:
        raise Wrong(f"{code} is of severity {f['severity']}, not {severity}")
    if not re.search(words, f["message"]):
        raise Wrong(f"{code}: '{f['message']}' has no '{words}'")
    said = " ".join(line["text"] for line in f["evidence"])
    if not re.search(evidence, said):
        raise Wrong(f"{code}: its evidence has no '{evidence}': {said}")
    case.claimed.append(f)
    return f"{severity} {code}"


def nothing_else(case):
    for f in case.findings:
        if f not in case.claimed:
            raise Wrong(f"{f['severity']} {f['code']}: {f['message']}")
    if not case.check["summary"]["complete"]:
        raise Wrong("not complete: " + "; ".join(
            f"{c['subject']} {c['detail']}" for c in case.check["coverage"]
            if c["state"] != "covered"))
    notes = sorted(f["code"] for f in case.check["findings"] if f["severity"] not in WORST)
    worst = sum(f["severity"] in WORST for f in case.claimed)
    return "complete", f"{worst} above a note" + ("; notes: " if notes else "") + ", ".join(notes)


# ---- Mistakes: mistakes.c ----

def no_finding(case, values, area, kind):
    """In order, whatever it looks like; the area is told, its memory as well."""
    told = case.area(area[0])
    if number(told["end"]) != area[1]:
        raise Wrong(f"area {told['start']} to {told['end']} where {area[1]:#x} is due")
    if kind == "ioremap" and number(told["phys"]) != values["phys"]:
        raise Wrong(f"area {told['start']} of {told['phys']}, not {values['phys']:#x}")
    if told["type"] != kind:
        raise Wrong(f"area {told['start']} is {told['type']}, not {kind}")
    for f in case.findings:
        if number(f["start"]) == area[0]:
            raise Wrong(f"{f['code']}: {f['message']}")
    return "no finding: all in order", f"{values['phys']:#x} at {area[0]:x}"


def pair(case, first, second, phys, size):
    """In the one note that lists them all."""
    note = next((f for f in case.check["findings"] if f["code"] == "double-ioremap"), None)
    if not note or note["severity"] != "note":
        raise Wrong("no note double-ioremap")
    said = [line["text"] for line in note["evidence"]]
    at = f"{phys:#x}-{phys + size - 1:#x}"
    if at not in said:
        raise Wrong(f"double-ioremap has no {at}: {said}")
    here = said.index(at)
    for area, text in zip(sorted((first, second)), sorted(said[here + 1:here + 3])):
        if not re.match(f"ioremap area {area[0]:x}-{area[1]:x} ", text):
            raise Wrong(f"double-ioremap: '{text}' is not {area[0]:x}-{area[1]:x}")
    return "note double-ioremap", f"{at} at {first[0]:x} and {second[0]:x}"


def offset(case, values, area, plain):
    no_finding(case, values, area, "ioremap")
    return pair(case, plain, area, values["phys"], 2 * PAGE)


def two_types(case, values, area, plain, kind):
    """PAT makes of the second what the first is (arch/x86/mm/pat/memtype.c), ARM does not."""
    phys = values["phys"]
    if not area:
        return "the kernel refused", f"{phys:#x}"
    if case.is_x86 and not kind.endswith("by-hand"):
        no_finding(case, values, area, "ioremap")
        found, numbers = pair(case, plain, area, phys, PAGE)
        return f"{found}: of one type", numbers
    start = max(area[0], plain[0])
    claim(case, "memtype-conflict", "warning", start, start + PAGE,
          rf"^physical {phys:#x} is mapped (device|uncached) at {plain[0]:x} and "
          f"{'cached' if kind == 'cached' else 'write-combining'} at {area[0]:x}$")
    return "warning memtype-conflict", f"{phys:#x} at {plain[0]:x} and {area[0]:x}"


def uncached_ram(case, values, area):
    """Beside the kernel's own cached mapping: so does DMA on ARM; on x86 nobody may."""
    return claim(case, "memtype-conflict", "warning" if case.is_x86 else "note", *area,
                 f"maps RAM at physical {values['phys']:#x} (uncached|device), and the direct map "
                 "has it cached"), f"{values['phys']:#x} at {area[0]:x}"


def ram(case, values, area):
    if not area:
        return "the kernel refused: RAM is RAM", f"{values['phys']:#x}"
    return claim(case, "ram-ioremapped", "warning", *area,
                 f"RAM at physical {values['phys']:#x} as (uncached|device)$"), \
        f"{values['phys']:#x} at {area[0]:x}"


def wx(case, values, area):
    if not area:
        return "the kernel refused", f"{values['at']:#x}"
    at, end = values["at"], values["at"] + values["pages"] * PAGE
    return claim(case, "wx-mapping", "warning", at, end, "can be written and executed"), \
        f"{at:x}-{end:x}"


def stale(case, values, _):
    at, pages = values["at"], values["pages"]
    return claim(case, "stale-pte", "warning", at, at + pages * PAGE,
                 rf"^{pages} pages? (is|are) mapped", f"physical {values['phys']:#x},"), \
        f"{pages} page{'s' if pages > 1 else ''} at {at:x}"


def unmapped(case, values, area, severity):
    used = (area[1] - area[0]) // PAGE - 1
    return claim(case, "unmapped-area", severity, *area,
                 f"{values['pages']} of {used} pages are not mapped, the first at "
                 f"{values['at']:x}$"), \
        f"{values['pages']} of {used} pages, from {values['at']:x}"


def wrong(case, values, area):
    said = "" if case.area(area[0])["type"] == "vmalloc" else f"physical {values['said']:#x},.*"
    return claim(case, "wrong-page", "error", *area,
                 rf"1 page is mapped .* the first at {values['at']:x}$",
                 rf"{said}physical {values['found']:#x}"), \
        f"{values['at']:x}: {values['found']:#x}, not {values['said']:#x}"


def guard(case, values, area):
    at = values["at"]
    return claim(case, "guard-mapped", "error", at, at + PAGE, f"the guard page at {at:x}"), \
        f"{at:x}-{at + PAGE:x}"


def record(case, values, area, addr, size):
    found = claim(case, "vm-struct-mismatch", "error", *area,
                  rf"its vm_struct says 0*{addr:x} \+ (0x)?{size:x}$")
    if number(case.claimed[-1]["record"]) != values["record"]:
        raise Wrong(f"record {case.claimed[-1]['record']}, not {values['record']:#x}")
    return found, f"{values['record']:#x} of {area[0]:x}-{area[1]:x}"


def mistakes(case):
    plain = None
    for kind, values, area, _ in case.truths():
        if kind == "plain":
            plain = area
        elif kind == "offset":
            yield kind, offset, values, area, plain
        elif kind in ("outside", "share"):
            yield kind, no_finding, values, area, "vmap" if kind == "share" else "ioremap"
        elif kind == "share-uncached":
            yield kind, uncached_ram, values, area
        elif kind in ("combining", "cached", "combining-by-hand"):
            yield kind, two_types, values, area, plain, kind
        elif kind in ("ram", "ram-by-hand"):
            yield kind, ram, values, area
        elif kind.startswith("unmapped"):
            yield kind, unmapped, values, area, "error" if kind == "unmapped" else "warning"
        elif kind == "record-size":
            yield kind, record, values, area, area[0], area[1] - area[0] + PAGE
        elif kind == "record-addr":
            yield kind, record, values, area, area[0] + 0x40, area[1] - area[0]
        elif kind == "record-zero":
            yield kind, record, values, area, 0, 0
        else:
            yield kind, {"wx": wx, "stale": stale, "wrong": wrong, "guard": guard}[kind], \
                values, area


# ---- Crowds: crowd.c ----

def ledger(case):
    """Each sum of `usage` against /proc/vmallocinfo, to the byte."""
    space, holes = case.space(), case.holes(case.space())
    unpurged = sum(end - start for start, end, line in case.rows() if "unpurged" in line)
    due = {"free": sum(holes), "holes": len(holes), "largest": max(holes),
           "unpurged": unpurged, "lost": 0}
    # what pools keep is in no area, and so a hole between them
    if not space["pooled"]:
        for name, value in due.items():
            if space[name] != value:
                raise Wrong(f"usage: {name} {space[name]}, by /proc/vmallocinfo {value}")
    return space, due


def fragments(case, values):
    space, due = ledger(case)
    left = values["pieces"] - values["freed"] + values["others"]
    found = len(case.of("[crowd]"))
    if found != left:
        raise Wrong(f"{found} areas by crowd, {left} are due")
    if due["largest"] != values["largest"]:
        raise Wrong(f"the largest hole has {due['largest']}, {values['largest']:#x} is due")
    return "usage: holes by /proc/vmallocinfo", \
        f"{due['holes']} holes, {due['free']} free, largest {due['largest']}, " \
        f"fragmentation {100 - 100 * due['largest'] / due['free']:.1f}%"


def fits(case, values):
    """What the kernel had room for, and a page more."""
    largest = values["largest"] - PAGE
    for size, answer in ((largest, "yes"), (largest + PAGE, "no")):
        fit = case.tool.json("usage", "--would-fit", str(size))["would_fit"]
        if fit["fits"] != answer:
            raise Wrong(f"--would-fit {size}: {fit['fits']}, not {answer}")
    return "--would-fit: as the kernel answered", f"{largest}: yes, {largest + PAGE}: no"


def was_full(case, values):
    """When the message was logged; pieces were given back since, and so now it is not."""
    sizes = [int(size) for line in case.log
             for size in re.findall(r"(?:vmap allocation|vmalloc_node_range) for size (\d+)", line)]
    found = claim(case, "va-exhausted", "warning",
                  words=f"^vmalloc was full for a while: {min(sizes) // 1024} KiB .* the largest "
                        f"hole is {values['largest'] // 1024} KiB$")
    return found, f"{len(sizes)} messages, {min(sizes)} to {max(sizes)} bytes"


def unpurged(case):
    _, due = ledger(case)
    ours = [(v["areas"], v["each"]) for kind, v, *_ in case.truths() if kind == "unpurged"]
    size = sum(areas * each for areas, each in ours)
    if due["unpurged"] < size:
        raise Wrong(f"{due['unpurged']} bytes unpurged, {size} were freed")
    rows = sorted((s, e) for s, e, line in case.rows() if "unpurged" in line)
    told = sorted((number(a["start"]), number(a["end"])) for a in case.areas
                  if a["type"] == "unpurged")
    if rows != told:
        raise Wrong(f"areas: {len(told)} unpurged, by /proc/vmallocinfo {len(rows)}")
    for kind, v, *_ in case.truths():
        if kind == "unpurged-one" and not any(s <= v["at"] and v["at"] + v["size"] <= e
                                              for s, e in told):
            raise Wrong(f"{v['at']:#x} was freed, and is not unpurged")
    return "usage, areas: as /proc/vmallocinfo", \
        f"{len(told)} rows, {due['unpurged']} bytes, {size} by {sum(n for n, _ in ours)} areas"


def crowd(case):
    if case.trouble == "unpurged":
        return [("unpurged", unpurged)]
    values = next(v for kind, v, *_ in case.truths() if kind == "fragments")
    return [("fragments", fragments, values), ("would fit", fits, values),
            ("was full", was_full, values)]


# ---- Exhaustion: troubles.c ----

def filled(case, caller):
    """As many areas as were taken, and the largest hole that is left."""
    taken = int(case.said(r"troubles: (\d+) (?:mappings|windows|pieces)")[0])
    severity = "error"
    claim(case, "va-exhausted", severity, words="is full", evidence=re.escape(caller))
    space = case.space("modules" if case.claimed[-1]["message"].startswith("modules")
                       else "vmalloc")
    # fill_space() tries vmalloc() at last; pages of a large area need one for themselves
    found = [area for area in case.of(caller)
             if area["type"] == "vmap" or (case.trouble != "space" and
                (space["space"] == "vmalloc" or
                 number(space["start"]) <= number(area["start"]) < number(space["end"])))]
    if len(found) != taken:
        raise Wrong(f"{len(found)} areas by {caller}, {taken} were taken")
    largest = max(case.holes(space))
    if space["largest"] != largest:
        raise Wrong(f"usage: largest {space['largest']}, by /proc/vmallocinfo {largest}")
    same_trouble(case, caller)
    return f"{severity} va-exhausted", f"{space['space']}: {taken} areas, largest hole {largest}"


def same_trouble(case, caller):
    """Windows without pages, writable text: what was taken is odd in itself, all of it."""
    for code in ("unmapped-area", "wx-mapping"):
        odd = [f for f in case.findings if f["code"] == code]
        many = sum(int((re.match(r"(\d+) more", f["message"]) or [0, 1])[1]) for f in odd)
        if many > len(case.of(caller)):
            raise Wrong(f"{many} times {code}, {len(case.of(caller))} areas were taken")
        case.claimed += odd


def out_of_ram(case, severity):
    """All but the sixteen that were given back."""
    taken = int(case.said(r"troubles: (\d+) MiB of RAM taken")[0]) - 16
    claim(case, "ram-exhausted", severity, words="RAM is short",
          evidence=rf"fill_ram\S* \[troubles\]: {taken} MiB in {taken} areas")
    return f"{severity} ram-exhausted", f"{taken} MiB in {taken} areas"


def too_much(case):
    (size,) = case.said(r"vmalloc error: size (\d+), exceeds total pages")
    claim(case, "limit-reached", "warning", words="more than all of RAM",
          evidence=f"size {size}")
    return "warning limit-reached", f"{size} bytes"


# ---- The log ----

def log(case):
    """As the guest printed it."""
    with open(case.path("dmesg.txt"), "rb") as file:
        due = file.read().splitlines()
    told = case.tool.good("log").out.splitlines()[:len(due)]
    for ours, theirs in zip(told, due):
        if ours != theirs:
            raise Wrong(f"log: '{ours.decode(errors='replace')}' for "
                        f"'{theirs.decode(errors='replace')}'")
    if len(told) != len(due):
        raise Wrong(f"log: {len(told)} lines, the guest had {len(due)}")
    return "as dmesg printed it", f"{len(due)} lines"


# ---- Crashes: troubles.c, leaver.c ----

# Where in the area that it names troubles.c stumbled, and in whose words that is.
STUMBLES = {
    "freed-area": (5 * PAGE + 0x128, "read from .*(a freed area|a hole in vmalloc space)"),
    "purged-area": (5 * PAGE + 0x128, "read from .*(a freed area|a hole in vmalloc space)"),
    "freed-slab": (8, "KASAN: .*use-after-free.*read from"),
    "guard": (3 * PAGE + 8, "write to .*a guard page behind an area"),
}
WORDS = {
    "stack-overflow": "the guard page below a stack",
    "freed-text": "jump to .*module space without a module",
    "freed-data": "module space without a module",
    "freed-slab": "KASAN: .*in read_freed_slab.*read from .*",
    "null": "a NULL pointer",
    "wild": "a pointer out of freed memory",
}


def crash(case):
    """The address must be the kernel's word, too."""
    words, address = WORDS.get(case.trouble), None
    if case.trouble in STUMBLES:
        offset, words = STUMBLES[case.trouble]
        address = int(case.said(r"troubles: (?:freed )?(?:area|object) ([0-9a-f]+)")[0], 16) + offset
    elif case.trouble == "null":
        address = 0x48
    f = next((f for f in case.check["findings"]
              if f["code"] == "crash" and re.search(words, f["message"])), None)
    if not f:
        raise Wrong(f"no crash like '{words}'")
    told = re.search(r"(?<![\w+])[0-9a-f]{8,16}\b", f["message"])
    if not told or (address is not None and int(told[0], 16) != address):
        raise Wrong(f"crash: not at {address:#x}: {f['message']}")
    if not any(re.search(rf"\b(0x)?0*{told[0].lstrip('0')}\b", line) for line in case.log):
        raise Wrong(f"crash: the kernel never said {told[0]}")
    case.claimed.append(f)
    where = re.search(r"(?:the|a|an) [^,]*$|module space[^,]*$", f["message"])
    return f"{f['severity']} crash", f"{told[0]}: {where[0] if where else f['message']}"


# ---- The report ----

def report(case):
    """All that check has, the worst in its first lines."""
    whole = case.tool.json("report")
    if whole["findings"] != case.check["findings"]:
        raise Wrong("report has other findings than check")
    worst = case.check["findings"][0]["message"] if case.check["findings"] else "no findings"
    text = " ".join(case.tool.good("report", "-n").text.split())
    verdict = text[text.index("VERDICT"):]
    if " ".join(worst.split()) not in verdict[:len(worst) + 200]:
        raise Wrong(f"the verdict is '{verdict[:200]}'")
    return "the worst first, all findings", verdict[len("VERDICT "):][:56]


def judges(case):
    """(name, function, argument…) of all that is judged, in order."""
    yield from troubles(case)
    yield "report", report
    if os.path.exists(case.path("dmesg.txt")):
        yield "log", log
    yield "nothing else", nothing_else


def troubles(case):
    """What the trouble of this case wants judged."""
    kind = case.trouble
    if kind == "mistakes":
        return mistakes(case)
    if kind in ("fragments", "unpurged"):
        return crowd(case)
    if kind in ("ram", "ram-politely"):
        return [(kind, out_of_ram, "error" if kind == "ram" else "warning")]
    if kind == "too-much":
        return [(kind, too_much)]
    if kind in ("space", "io", "modules"):
        return [(kind, filled, {"space": "fill_space", "io": "leak_ioremap",
                                "modules": "leak_text"}[kind])]
    return [(kind, crash)]
