"""Faults in vm_structs, in their page arrays, and in what holds the lists."""

from check.vmlab import PAGE
from faults.faults_vmap_area import LIST, TABLES, Fault

STRUCT = frozenset({"vm-struct-mismatch"})
VM_IOREMAP, VM_ALLOC, VM_MAP, VM_UNINITIALIZED, VM_NO_GUARD = 1, 2, 4, 0x20, 0x40

UNREAD = {
    "next": "nothing reads it once vmalloc_init() is over",
    "caller": "a name for people: nothing to hold it against",
    "requested_size": "a number for people: nothing to hold it against",
    "page_order": "read when the area is freed, from then on in the pages themselves",
}


def plain_faults(m, nr, member, must, may, harmless=None):
    for a in m.some((a for a in m.plain() if a.vm), nr):
        at, size = m.reader.place("vm_struct", member, a.vm)
        old = int.from_bytes(m.p.read(at, size), "little")
        others = [m.reader.get("vm_struct", member, o.vm) for o in m.some(m.plain(), 9) if o.vm]
        for what, value in m.numbers(old, others):
            yield Fault(f"vm_struct.{member}", what, at, size, value, must, may,
                        m.area_places(a), harmless)


def fields(m):
    for member in ("addr", "size"):
        yield from plain_faults(m, 2, member, STRUCT, TABLES)
    for member, reason in UNREAD.items():
        if m.reader.has("vm_struct", member):
            yield from plain_faults(m, 1, member, (), (), reason)


def vm_pointers(m):
    """Without one, an area is vm_map_ram()'s; since 6.3 a flag must say so, too."""
    for a in m.some((a for a in m.plain() if a.vm), 2):
        at, size = m.reader.place("vmap_area", "vm", a.record)
        for what, value in m.pointers(a.vm, [o.vm for o in m.plain() if o.vm not in (0, a.vm)]):
            lost = None if value or m.reader.has("vmap_area", "flags") else \
                "an area of vm_map_ram() has none, and looks the same before 6.3"
            yield Fault("vmap_area.vm", what, at, size, value, () if lost else STRUCT,
                        {"wrong-page", "page-shared"}, m.area_places(a) + [(value, value + 1)], lost)


def phys(m):
    """vm_struct.phys_addr: what ioremap() areas map, and nothing of others."""
    remaps = [a for a in m.plain() if a.vm and a.vm_flags & VM_IOREMAP and a.vm_phys_addr]
    for a in m.some(remaps, 2):
        at, size = m.reader.place("vm_struct", "phys_addr", a.vm)
        for what, value in m.numbers(a.vm_phys_addr, [o.vm_phys_addr for o in remaps]):
            value &= (1 << 8 * size) - 1
            reason = None
            if not value:
                reason = "ioremap() areas without an address are mapped page by page"
            elif not (value ^ a.vm_phys_addr) // PAGE:
                reason = "less than a page: what the page tables map is the same"
            yield Fault("vm_struct.phys_addr", what, at, size, value,
                        () if reason else {"wrong-page"}, (), m.area_places(a), reason)


def counted(m):
    """vmalloc() areas: whose pages are counted, named and mapped."""
    return [a for a in m.plain() if a.vm and a.vm_flags & VM_ALLOC and a.vm_pages
            and a.vm_nr_pages and not a.vm_flags & VM_UNINITIALIZED]


def counts(m):
    for a in m.some(counted(m), 2):
        at, size = m.reader.place("vm_struct", "nr_pages", a.vm)
        others = [o.vm_nr_pages for o in counted(m)]
        for what, value in m.numbers(a.vm_nr_pages, others):
            yield Fault("vm_struct.nr_pages", what, at, size, value, STRUCT, TABLES,
                        m.area_places(a))


def arrays(m):
    for a in m.some(counted(m), 2):
        at, size = m.reader.place("vm_struct", "pages", a.vm)
        others = [o.vm_pages for o in counted(m) if o is not a]
        for what, value in m.pointers(a.vm_pages, others):
            # Other memory than an array of pages, or none at all.
            must = {"wrong-page"} if value in others else STRUCT if not value else ()
            yield Fault("vm_struct.pages", what, at, size, value, must,
                        STRUCT | {"wrong-page", "page-shared"}, m.area_places(a))


def entries(m):
    """The page array itself: each names one page of the area."""
    w = m.p.word
    for a in m.some(counted(m), 3):
        for index in m.some(range(a.vm_nr_pages), 2):
            at = a.vm_pages + index * w
            m.p.prefetch({at} | {o.vm_pages for o in counted(m)})
            others = [m.p.read(o.vm_pages) for o in m.some(counted(m), 5) if o is not a]
            for what, value in m.pointers(m.p.read(at), others):
                yield Fault("vm_struct.pages[]", what, at, w, value, {"wrong-page"}, {"page-shared"},
                            m.area_places(a))


def references(m):
    """struct page._refcount: of a page that is in no compound page, and was freed."""
    for a in m.some(counted(m), 3):
        m.p.prefetch({a.vm_pages})
        page = m.p.read(a.vm_pages)
        m.p.prefetch({page})
        at, size = m.reader.place("page", "_refcount", page)
        if int.from_bytes(m.p.read(at, size), "little") == 1:
            yield Fault("page._refcount", "zero", at, size, 0, {"page-shared"}, (),
                        m.area_places(a))


def area_flags(m):
    """Since 6.3: VMAP_RAM and VMAP_BLOCK; above them, since 6.9, the node it came from."""
    if not m.reader.has("vmap_area", "flags"):
        return
    for a in m.some((a for a in m.plain() if a.vm), 2):
        at, size = m.reader.place("vmap_area", "flags", a.record)
        for what, value in m.numbers(a.flags, [1, 3]):
            ram = value & 1
            yield Fault("vmap_area.flags", what, at, size, value, STRUCT if ram else (), (),
                        m.area_places(a),
                        None if ram else "which node it came from is asked when it is purged")


def struct_flags(m):
    """What an area is, nothing else tells; but its pages may contradict it."""
    for a in m.some((a for a in m.plain() if a.vm), 3):
        at, size = m.reader.place("vm_struct", "flags", a.vm)
        for what, value in m.numbers(a.vm_flags, [o.vm_flags for o in m.plain() if o.vm]):
            fault = Fault("vm_struct.flags", what, at, size, value, (),
                          STRUCT | TABLES | {"ram-ioremapped"}, m.area_places(a))
            fault.silent = "what kind of area it is, nothing else tells; no page contradicts it"
            yield fault


def nodes(m):
    """vmap_nodes and nr_vmap_nodes: where the lists hang."""
    s, w = m.reader.symbols, m.p.word
    if "vmap_nodes" not in s:
        return
    near = [(s["vmap_nodes"], s["vmap_nodes"] + w), (s["nr_vmap_nodes"], s["nr_vmap_nodes"] + 4)]
    for a in m.reader.busy + m.reader.lazy:
        near += [(a.start, a.end), (a.record, a.record + 1), (a.head - w, a.head + 3 * w)]
    node = m.reader.nodes[0]
    for what, value in m.pointers(node, [a.record for a in m.reader.busy]):
        # What stands there instead leads anywhere.
        yield Fault("vmap_nodes", what, s["vmap_nodes"], w, value, LIST,
                    TABLES | STRUCT | {"unreadable"}, [(0, 1 << 64)])
    for what, value in (("zero", 0), ("all ones", 0xffffffff), ("high bit", 0x80000002),
                        ("a wild number", 5000)):
        yield Fault("nr_vmap_nodes", what, s["nr_vmap_nodes"], 4, value, LIST, TABLES, near)


def everything(m):
    yield from fields(m)
    yield from vm_pointers(m)
    yield from phys(m)
    yield from counts(m)
    yield from arrays(m)
    yield from entries(m)
    yield from references(m)
    yield from area_flags(m)
    yield from struct_flags(m)
    yield from nodes(m)
