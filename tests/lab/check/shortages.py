"""Space and RAM that ran out, very many areas, crashes: what must be reported."""

import re

from check.guest_bug import claim
from check.vmlab import PAGE, Wrong, number


# ---- Very many areas: fill_and_free.c ----

def accounting(case):
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
    space, due = accounting(case)
    left = values["pieces"] - values["freed"] + values["others"]
    found = len(case.of("[fill_and_free]"))
    if found != left:
        raise Wrong(f"{found} areas by fill_and_free, {left} are due")
    if due["largest"] != values["largest"]:
        raise Wrong(f"the largest hole has {due['largest']}, {values['largest']:#x} is due")
    return "usage: holes by /proc/vmallocinfo", \
        f"{due['holes']} holes, {due['free']} free, largest {due['largest']}, " \
        f"fragmentation {100 - 100 * due['largest'] / due['free']:.1f}%"


def fits(case, values):
    """What the kernel had room for, and a page more."""
    largest = values["largest"] - PAGE
    for size, answer in ((largest, "yes"), (largest + PAGE, "no")):
        said = case.tool.json("usage", "--simulate", str(size))["would_fit"]
        if said["fits"] != answer:
            raise Wrong(f"--simulate {size}: {said['fits']}, not {answer}")
    return "--simulate: as the kernel answered", f"{largest}: yes, {largest + PAGE}: no"


def was_full(case, values):
    """When the message was logged; pieces were given back since, and so now it is not."""
    failed = re.compile(r"(?:vmap allocation|vmalloc_node_range) for size (\d+) failed")
    sizes = [int(size) for line in case.log for size in failed.findall(line)]
    found = claim(case, "va-exhausted", "warning",
                  words=f"^vmalloc was full for a while: {min(sizes) // 1024} KiB .* the largest "
                        f"hole is {values['largest'] // 1024} KiB$")
    return found, f"{len(sizes)} messages, {min(sizes)} to {max(sizes)} bytes"


def unpurged(case):
    _, due = accounting(case)
    ours = [(v["areas"], v["each"]) for kind, v, *_ in case.logged_facts() if kind == "unpurged"]
    size = sum(areas * each for areas, each in ours)
    if due["unpurged"] < size:
        raise Wrong(f"{due['unpurged']} bytes unpurged, {size} were freed")
    rows = sorted((s, e) for s, e, line in case.rows() if "unpurged" in line)
    told = sorted((number(a["start"]), number(a["end"])) for a in case.areas
                  if a["type"] == "unpurged")
    if rows != told:
        raise Wrong(f"areas: {len(told)} unpurged, by /proc/vmallocinfo {len(rows)}")
    for kind, v, *_ in case.logged_facts():
        if kind == "unpurged-one" and not any(s <= v["at"] and v["at"] + v["size"] <= e
                                              for s, e in told):
            raise Wrong(f"{v['at']:#x} was freed, and is not unpurged")
    return "usage, areas: as /proc/vmallocinfo", \
        f"{len(told)} rows, {due['unpurged']} bytes, {size} by {sum(n for n, _ in ours)} areas"


def filled_and_freed(case):
    if case.bug == "unpurged":
        return [("unpurged", unpurged)]
    values = next(v for kind, v, *_ in case.logged_facts() if kind == "fragments")
    return [("fragments", fragments, values), ("simulate", fits, values),
            ("was full", was_full, values)]


# ---- Exhaustion: guest_bugs.c ----

def filled(case, caller):
    """As many areas as were taken, and the largest hole that is left."""
    taken = int(case.said(r"guest_bugs: (\d+) (?:mappings|windows|pieces)")[0])
    severity = "error"
    claim(case, "va-exhausted", severity, words="is full", evidence=re.escape(caller))
    space = case.space("modules" if case.claimed[-1]["message"].startswith("modules")
                       else "vmalloc")
    # fill_space() tries vmalloc() at last; pages of a large area need one for themselves
    found = [area for area in case.of(caller)
             if area["type"] == "vmap" or (case.bug != "space" and
                (space["space"] == "vmalloc" or
                 number(space["start"]) <= number(area["start"]) < number(space["end"])))]
    if len(found) != taken:
        raise Wrong(f"{len(found)} areas by {caller}, {taken} were taken")
    largest = max(case.holes(space))
    if space["largest"] != largest:
        raise Wrong(f"usage: largest {space['largest']}, by /proc/vmallocinfo {largest}")
    same_bug(case, caller)
    return f"{severity} va-exhausted", f"{space['space']}: {taken} areas, largest hole {largest}"


def same_bug(case, caller):
    """Windows without pages, writable text: what was taken is odd in itself, all of it."""
    for code in ("unmapped-area", "wx-mapping"):
        odd = [f for f in case.findings if f["code"] == code]
        many = sum(int((re.match(r"(\d+) more", f["message"]) or [0, 1])[1]) for f in odd)
        if many > len(case.of(caller)):
            raise Wrong(f"{many} times {code}, {len(case.of(caller))} areas were taken")
        case.claimed += odd


def out_of_ram(case, severity):
    """All but the sixteen that were given back."""
    taken = int(case.said(r"guest_bugs: (\d+) MiB of RAM taken")[0]) - 16
    claim(case, "ram-exhausted", severity, words="RAM is short",
          evidence=rf"fill_ram\S* \[guest_bugs\]: {taken} MiB in {taken} areas")
    return f"{severity} ram-exhausted", f"{taken} MiB in {taken} areas"


def too_much(case):
    (size,) = case.said(r"vmalloc error: size (\d+), exceeds total pages")
    claim(case, "limit-reached", "warning", words="more than all of RAM",
          evidence=f"size {size}")
    return "warning limit-reached", f"{size} bytes"


# ---- Crashes: guest_bugs.c, stale_timer.c ----

# Where in the area that it names guest_bugs.c stumbled, and in whose words that is.
FAULT_PLACES = {
    "freed-area": (5 * PAGE + 0x128, "read from .*(a freed area|a hole in vmalloc space)"),
    "purged-area": (5 * PAGE + 0x128, "read from .*(a freed area|a hole in vmalloc space)"),
    "freed-slab": (8, "KASAN: .*use-after-free.*read from"),
    "guard": (3 * PAGE + 8, "write to .*a guard page after an area"),
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
    words, address = WORDS.get(case.bug), None
    if case.bug in FAULT_PLACES:
        offset, words = FAULT_PLACES[case.bug]
        (start,) = case.said(r"guest_bugs: (?:freed )?(?:area|object) ([0-9a-f]+)")
        address = int(start, 16) + offset
    elif case.bug == "null":
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


# ---- Which of them ----

FILLED = {"space": "fill_space", "io": "leak_ioremap", "modules": "leak_text"}


def shortages(case):
    """(name, function, argument…) of what is checked of the bug of this case."""
    kind = case.bug
    if kind in ("fragments", "unpurged"):
        return filled_and_freed(case)
    if kind in ("ram", "ram-politely"):
        return [(kind, out_of_ram, "error" if kind == "ram" else "warning")]
    if kind == "too-much":
        return [(kind, too_much)]
    if kind in FILLED:
        return [(kind, filled, FILLED[kind])]
    return [(kind, crash)]
