"""Faults in the kernel's records of areas: each is one value overwritten, with the codes it
must lead to and those that may follow from it, worked out from the records as Python reads
them.
"""

from check.vmlab import PAGE, number

LIST = frozenset({"list-corrupt"})
# What the page tables show once a record is moved, shortened or lost.
TABLES = frozenset({"stale-pte", "unmapped-area", "wrong-page", "guard-mapped",
                    "memtype-conflict", "double-ioremap", "page-shared", "sum-mismatch"})


class Fault:
    """Write VALUE of SIZE bytes at kernel address AT. NEAR: ranges that a finding may be
    about; MUST, MAY: codes. With HARMLESS, a reason, nothing may be found.
    """

    def __init__(self, kind, what, at, size, value, must=(), may=(), near=(), harmless=None,
                 physical=False):
        self.kind, self.what, self.at, self.size, self.value = kind, what, at, size, value
        self.must, self.may, self.near = set(must), set(may), list(near)
        self.harmless, self.physical = harmless, physical
        self.silent = None      # why nothing may be found; but what MAY be is as good


class FaultMaker:
    """What making faults needs: the dump, its reader, a seeded random source."""

    def __init__(self, dump, reader, chance):
        self.p, self.reader, self.chance = dump, reader, chance
        self.mask = (1 << 8 * dump.word) - 1
        self.homes = [(number(r["start"]), number(r["end"])) for r in dump.regions
                      if r["kind"] in ("vmalloc-space", "module-space", "module-window")]
        self.spaces = [(number(r["start"]), number(r["end"])) for r in dump.regions
                       if r["kind"] in ("vmalloc-space", "module-space")]

    def some(self, things, nr):
        things = list(things)
        return self.chance.sample(things, min(nr, len(things)))

    def is_home(self, start, end):
        return any(first <= start and end <= last for first, last in self.homes)

    def is_module(self, address):
        """In module space, or where a module went that found no room there."""
        return any(number(r["start"]) <= address < number(r["end"]) for r in self.p.regions
                   if r["kind"] == "module-space") or any(
                       module - PAGE <= address < module + 2 * PAGE for module in self.reader.modules)

    def module_places(self, address):
        """Records of modules that lie in the page of an address, and those beside them."""
        near, all_of_them = [], self.reader.modules
        for at, module in enumerate(all_of_them):
            if (module ^ address) & -PAGE == 0 or module <= address < module + 2 * PAGE:
                near += [(m, m + 2 * PAGE) for m in all_of_them[max(0, at - 1):at + 2]]
        return near + [(self.reader.symbols["modules"], self.reader.symbols["modules"] + 16)]

    def plain(self):
        """Busy areas that lie where areas do."""
        return [a for a in self.reader.busy if self.is_home(a.start, a.end)]

    # ---- Values ----

    def numbers(self, old, others):
        yield "zero", 0
        yield "all ones", self.mask
        yield "low bit", old ^ 1 << self.chance.randrange(12)
        yield "high bit", old ^ 1 << self.chance.randrange(12, 8 * self.p.word)
        yield "a page more", old + PAGE & self.mask
        yield "a page less", old - PAGE & self.mask
        yield "another's", self.chance.choice(others)

    def pointers(self, old, others):
        yield "null", 0
        yield "all ones", self.mask
        yield "low bit", old ^ 1 << self.chance.randrange(2, 12)
        yield "high bit", old ^ 1 << self.chance.randrange(12, 8 * self.p.word)
        yield "another's", self.chance.choice(others)
        yield "misaligned", old + 1 & self.mask
        yield "user space", 0x10008
        yield "unmapped", self.unmapped()
        yield "poison", 0xdead000000000100 if self.p.word == 8 else 0x100
        if self.reader.free:
            yield "freed record", self.chance.choice(self.reader.free).record

    def unmapped(self):
        """A kernel address behind which there is nothing."""
        start, end = max(self.spaces, key=lambda s: s[1] - s[0])
        return (start + end) // 2 & -PAGE

    # ---- Places ----

    def area_places(self, a):
        """Its record, its vm_struct, its range, and those beside it in its list."""
        w = self.p.word
        near = [(a.head, a.head + 2 * w), (a.head - 4 * w, a.head)]
        near += [(root, root + w) for _, head, root in self.reader.heads + self.reader.free_heads
                 if head == a.head and root]
        for one in a.around + [a]:
            near.append((one.record, one.record + self.reader.layout["vmap_area"][""][1]))
            near.append((one.start, one.end))
            if one.vm:
                near.append((one.vm, one.vm + self.reader.layout["vm_struct"][""][1]))
        return near

    def pages_places(self, a):
        """Areas whose arrays of pages lie in A."""
        return [(o.start, o.end) for o in self.reader.busy
                if o.vm and a.start <= (o.vm_pages or 0) < a.end]

    def tree_places(self):
        """A size that is wrong is told at the lowest node that is, which may be far above."""
        size = self.reader.layout["vmap_area"][""][1]
        return [(a.record, a.record + size) for a in self.reader.free]


# ---- Ranges of areas ----

def met_by(m, a, start, end):
    """Codes for an area that is said to be START to END: who else has that?"""
    must = set()
    for other in m.reader.busy + m.reader.lazy:
        if other is not a and start < other.end and other.start < end:
            must.add("area-overlap")
    for hole in m.reader.free + m.reader.pooled:
        for first, last in m.spaces:
            if hole is not a and max(start, hole.start, first) < min(end, hole.end, last):
                must.add("area-overlap")
    return must


def is_lost(m, a, start, end):
    """Is there a byte of it, in a space, that nobody has any more?"""
    for piece in ((a.start, min(a.end, start)), (max(a.start, end), a.end)):
        for first, last in m.spaces:
            if max(piece[0], first) < min(piece[1], last):
                return True
    return False


def of_range(m, a, start, end):
    """(must, may) for a busy or lazy area whose record says START to END."""
    if end <= start:
        return set(LIST), TABLES
    must = met_by(m, a, start, end)
    if a.vm and (start != a.vm_addr or end - start != a.vm_size):
        must.add("vm-struct-mismatch")
    if not m.is_home(start, end):
        must.add("area-out-of-range")
    if m.reader.free and is_lost(m, a, start, end):
        must.add("va-unaccounted")
    # Where its start is elsewhere, its tree and list are out of order.
    return must, TABLES | LIST


def area_ranges(m, areas, nr):
    for a in m.some(areas, nr):
        for member in ("va_start", "va_end"):
            at, size = m.reader.place("vmap_area", member, a.record)
            old = a.start if member == "va_start" else a.end
            others = [getattr(o, member[3:]) for o in areas]
            for what, value in m.numbers(old, others):
                start, end = (value, a.end) if member == "va_start" else (a.start, value)
                must, may = of_range(m, a, start, end)
                if m.is_module(a.start):
                    may = may | {"module-area"}
                near = m.area_places(a) + ([(start, end)] if start < end else [])
                yield Fault(f"vmap_area.{member}, {a.state}", what, at, size, value,
                            must, may, near)


# ---- Links ----

def links(m, areas, members, nr):
    node = m.reader.layout["vmap_area"]
    for a in m.some(areas, nr):
        for member in members:
            at, size = m.reader.place("vmap_area", member, a.record)
            shift = node["list"][0] if member.startswith("list") else node["rb_node"][0]
            others = [o.record + shift for o in areas if o is not a]
            near = m.area_places(a)
            if a.state == "free":
                near += m.tree_places()     # told where the list goes on and the tree does not
            for what, value in m.pointers(m.p.read(at), others):
                yield Fault(f"vmap_area.{member}, {a.state}", what, at, size, value,
                            LIST, (), near)


def parents(m, areas, nr):
    """The colour, in the two lowest bits, is nothing that an answer rests on."""
    for a in m.some(areas, nr):
        at, size = m.reader.place("vmap_area", "rb_node.__rb_parent_color", a.record)
        old = m.p.read(at)
        others = [o.record + m.reader.layout["vmap_area"]["rb_node"][0] for o in areas]
        for what, value in list(m.pointers(old, others)) + [("colour", old ^ 1)]:
            same = value & ~3 == old & ~3
            yield Fault(f"vmap_area.rb_parent, {a.state}", what, at, size, value,
                        () if same else LIST, (), m.area_places(a),
                        "the colour bits only balance the tree" if same else None)


def heads(m):
    w = m.p.word
    for state, head, root in m.reader.heads + m.reader.free_heads:
        mine = [a for a in m.reader.busy + m.reader.lazy + m.reader.free if a.head == head]
        others = [a.record + m.reader.layout["vmap_area"]["list"][0] for a in mine[1:-1]]
        if not others:
            continue
        near = [(head - 4 * w, head + 2 * w), (root, root + w)]
        for a in (mine[0], mine[-1]):
            near += m.area_places(a)
        for name, at in (("next", head), ("prev", head + w)):
            for what, value in m.pointers(m.p.read(at), others):
                yield Fault(f"list head.{name}, {state}", what, at, w, value, LIST, (), near)
        if root:
            others = [a.record + m.reader.layout["vmap_area"]["rb_node"][0] for a in mine[1:-1]]
            for what, value in m.pointers(m.p.read(root), others):
                yield Fault(f"rb_root, {state}", what, root, w, value, LIST, (),
                            near + [(value - 64, value + 64)])


# ---- The free tree ----

def in_order(m, a, start, end):
    """As the tree is walked: each node above the one before."""
    at = m.reader.free.index(a)
    before, behind = m.reader.free[max(0, at - 1):at], m.reader.free[at + 1:at + 2]
    return all(o.start < start for o in before) and all(start < o.start for o in behind)


def of_hole(m, a, start, end):
    """(must, may) for a free area whose record says START to END."""
    if end <= start or not in_order(m, a, start, end):
        return set(LIST), ()
    must = met_by(m, a, start, end)
    kept = a.start, a.end
    a.start, a.end = start, end
    if any(o.sub != most for o, most in ((o, m.reader.largest().get(o.record)) for o in m.reader.free)):
        must |= LIST
    a.start, a.end = kept
    if is_lost(m, a, start, end):
        must.add("va-unaccounted")
    return must, ()


def holes(m, nr):
    """Those that lie in a space, if there are some."""
    inside = [a for a in m.reader.free if m.is_home(a.start, a.end)] or m.reader.free
    for a in m.some(inside, nr):
        for member in ("va_start", "va_end"):
            at, size = m.reader.place("vmap_area", member, a.record)
            old = a.start if member == "va_start" else a.end
            for what, value in m.numbers(old, [getattr(o, member[3:]) for o in m.reader.free]):
                start, end = (value, a.end) if member == "va_start" else (a.start, value)
                must, may = of_hole(m, a, start, end)
                near = m.area_places(a) + m.tree_places() + ([(start, end)] if start < end else [])
                yield Fault(f"vmap_area.{member}, free", what, at, size, value, must, may, near)


def sizes(m, nr):
    for a in m.some(m.reader.free, nr):
        at, size = m.reader.place("vmap_area", "subtree_max_size", a.record)
        for what, value in m.numbers(a.sub, [o.sub for o in m.reader.free]):
            yield Fault("vmap_area.subtree_max_size", what, at, size, value, LIST, (),
                        m.area_places(a) + m.tree_places())
