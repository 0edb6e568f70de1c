"""Faults in page tables: entries that map pages of areas, and those above them."""

from check.vmlab import PAGE, number
from faults.faults_vmap_area import Fault
from faults.faults_vm_struct import VM_ALLOC, VM_IOREMAP, VM_NO_GUARD, counted

CORRUPT = frozenset({"page-table-corrupt"})
# What else may follow where an entry leads elsewhere.
SIDE = frozenset({"memtype-conflict", "ram-ioremapped", "wx-mapping", "double-ioremap"})
# Of modules: what is mapped away may be the record that their list goes through.
RECORDS = frozenset({"list-corrupt", "unreadable"})


class Format:
    """Bits of an entry that maps a page, by CPU (kernel-layout of each; ARM's and Intel's
    manuals): what makes it writable and executable, where the page frame stands.
    """

    def __init__(self, case):
        cpu, lpae = case.cpu, "lpae" in case.name
        short = cpu == "arm" and not lpae or cpu == "i386" and "pae" not in case.name
        self.size = 4 if short else 8
        self.frame = 10 if cpu == "riscv64" else 12
        self.high = 26 if lpae else 34  # of a frame's number, within what the CPU can address
        self.x86 = cpu in ("amd64", "i386")
        if self.x86:
            self.set, self.clear, self.reserved = 2, 1 << 63, 0
            self.beyond = 1 << 50
            if cpu == "i386":
                self.x86, self.reserved = False, 1 << 56
                if short:  # no NX: all that can be read can be executed
                    self.clear, self.reserved, self.high = 0, 0, 32
        elif cpu == "riscv64":
            self.set, self.clear, self.reserved = 8 | 4, 0, 1 << 56
        elif self.size == 4:
            self.set, self.clear, self.reserved = 0, 1 | 1 << 9, 0
        else:
            self.set, self.clear, self.reserved = 0, 3 << 53 | 1 << 7, 0


def walks(m, addresses):
    """{address: its walk}, of whole dump."""
    addresses = list(addresses)
    if not addresses:
        return {}
    found = m.p.tool.json("addr", *(f"{a:#x}" for a in addresses))["addresses"]
    return {number(f["address"]): f["walk"] for f in found if f["walk"]}


def step(walk, level=-1):
    """(where the entry is, what it is)"""
    s = walk["steps"][level]
    return number(s["at"]), number(s["entry"])


def is_small(walk):
    return walk["mapped"] and walk["page_size"] == PAGE


def guarded(a):
    return a.vm and not a.vm_flags & VM_NO_GUARD and (
        a.vm_flags & VM_IOREMAP or a.vm_flags & VM_ALLOC and a.vm_nr_pages)


def area_pages(m, nr):
    """(area, an address in it, walk, walk of its guard page)"""
    areas = m.some(counted(m), nr)
    areas += m.some((a for a in m.plain() if a.vm and a.vm_flags & VM_IOREMAP
                     and a.vm_phys_addr and a.size >= 2 * PAGE), nr)
    at = {a.record: a.start + PAGE * m.chance.randrange((a.size - 1) // PAGE) for a in areas}
    known = walks(m, list(at.values()) + [a.end - PAGE for a in areas])
    for a in areas:
        walk = known.get(at[a.record])
        if walk and is_small(walk):
            yield a, at[a.record], walk, known.get(a.end - PAGE)


def pages(m, f):
    everyone = list(area_pages(m, 5))
    for a, va, walk, guard in everyone:
        at, entry = step(walk)
        near = m.area_places(a) + m.pages_places(a) + [(va, va + PAGE)]
        if m.is_module(va):
            near += m.module_places(va)

        def fault(kind, what, value, must, may=(), harmless=None, at=at, near=near):
            return Fault(kind, what, at, f.size, value, must, may, near, harmless, True)

        lost = RECORDS if m.is_module(va) else frozenset()
        yield fault("PTE, page of an area", "cleared", 0, {"unmapped-area"}, SIDE | lost)
        others = [e for e in everyone if step(e[2])[1] >> f.frame != entry >> f.frame]
        other, _, theirs, _ = m.chance.choice(others)
        yield fault("PTE, page of an area", "another's", step(theirs)[1], {"wrong-page"},
                    SIDE | lost, near=near + m.area_places(other))
        yield fault("PTE, page of an area", "next page", entry + (1 << f.frame),
                    {"wrong-page"}, SIDE | lost)
        if (guard and not guard["mapped"] and guarded(a)
                and len(guard["steps"]) == len(walk["steps"])):
            yield fault("PTE, guard page", "set", entry, {"guard-mapped"},
                        SIDE | {"wrong-page"}, at=step(guard)[0])
        bare = m.p.case.cpu == "i386"
        yield fault("PTE, rights", "writable and executable", (entry | f.set) & ~f.clear,
                    () if bare else {"wx-mapping"}, SIDE,
                    "this CPU cannot forbid execution" if bare else None)
        if f.x86:
            yield fault("PTE, reserved bit", "set", entry | f.beyond, {"wrong-page"},
                        CORRUPT | SIDE | lost)
        if f.reserved:
            yield fault("PTE, reserved bit", "set", entry | f.reserved, CORRUPT,
                        {"unmapped-area", "wrong-page"} | SIDE | lost)


def unowned(m, f):
    """Entries of holes between areas, filled with what maps someone's page."""
    lies = sorted(m.reader.busy + m.reader.lazy, key=lambda a: a.start)
    gaps = [(a.end, b) for a, b in zip(lies, lies[1:]) if a.end < b.start
            and m.is_home(a.end, b.start)]
    chosen = m.some(gaps, 4)
    source = next(iter(area_pages(m, 3)))
    known = walks(m, [at for at, _ in chosen])
    for va, _ in chosen:
        walk = known.get(va)
        if not walk or walk["mapped"] or len(walk["steps"]) != len(source[2]["steps"]):
            continue
        at, _ = step(walk)
        yield Fault("PTE, hole", "set", at, f.size, step(source[2])[1], {"stale-pte"},
                    SIDE, [(va, va + PAGE)], None, True)


# What an entry above leads to is any part of the address space, the kernel's own records too.
ANYTHING = frozenset({"unmapped-area", "wrong-page", "stale-pte", "guard-mapped", "unreadable",
                      "page-table-corrupt", "list-corrupt", "vm-struct-mismatch",
                      "bounds-disagree"}) | SIDE


def upper(m, f):
    """Entries of the levels above: everything below is near, and at least one thing is found."""
    for _, _, walk, _ in m.some(list(area_pages(m, 4)), 3):
        for level in range(len(walk["steps"]) - 1):
            at, entry = step(walk, level)
            own = at & -PAGE
            beyond = entry | 1 << f.frame + f.high if f.size == 8 else entry ^ 1 << 31
            for what, value in (("cleared", 0), ("leads to its own table",
                                                 entry & (1 << f.frame) - 1 | own >> 12 << f.frame),
                                ("leads beyond RAM", beyond)):
                yield Fault(f"table entry, {walk['steps'][level]['level']}", what, at, f.size,
                            value, (), ANYTHING, [(0, 1 << 64)], None, True)


def everything(m):
    f = Format(m.p.case)
    yield from pages(m, f)
    yield from unowned(m, f)
    yield from upper(m, f)
