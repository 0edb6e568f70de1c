"""What mapping_bugs.c did to page tables and records, and what must be reported of it."""

import re

from check.guest_bug import claim
from check.vmlab import PAGE, Wrong, number


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


def mapping_bugs(case):
    plain = None
    for kind, values, area, _ in case.logged_facts():
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
