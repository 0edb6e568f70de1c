"""Faults in the kernel's own mappings: its image, its root table, what init_mm says of it."""

from check.vmlab import PAGE
from faults.faults_page_tables import ANYTHING, CORRUPT, Format, area_pages, step, walks
from faults.faults_vmap_area import Fault

EVERYWHERE = [(0, 1 << 64)]

# Where records themselves are read from elsewhere.
RECORDS = {"page-shared", "va-exhausted", "area-out-of-range", "sum-mismatch", "area-overlap",
           "va-unaccounted"}


def user_bit(f, cpu, size):
    """What lets user space in, in a leaf of SIZE bytes (AP[1] of ARM's)."""
    if cpu in ("amd64", "i386"):
        return 1 << 2
    if cpu == "riscv64":
        return 1 << 4
    if f.size == 8:
        return 1 << 6
    return 1 << 11 if size > 16 * PAGE else 1 << 5


def image(m, f):
    """Leaves of the kernel's text: each is its own place in memory."""
    start, end = m.reader.symbols["_stext"], m.reader.symbols["_etext"]
    places = [m.chance.randrange(start + PAGE, end - PAGE) & -PAGE for _ in range(3)]
    for _, walk in walks(m, places).items():
        at, entry = step(walk)
        size = walk["page_size"]
        moved = entry ^ 2 * size >> 12 << f.frame
        user = entry | user_bit(f, m.p.case.cpu, size)
        for what, value, must in (("cleared", 0, CORRUPT),
                                  ("leads elsewhere", moved, {"wrong-page"}),
                                  ("open to user space", user, CORRUPT)):
            yield Fault("image, text", what, at, f.size, value, must, ANYTHING,
                        EVERYWHERE, None, True)


def rights(m, f):
    """Leaves of areas that user space may use."""
    for a, va, walk, _ in m.some(list(area_pages(m, 3)), 3):
        at, entry = step(walk)
        yield Fault("PTE, rights", "open to user space", at, f.size,
                    entry | user_bit(f, m.p.case.cpu, PAGE), CORRUPT, ANYTHING,
                    m.area_places(a) + [(va, va + PAGE)], None, True)


def user_half(m, f):
    """The root table's entries for user space, where boot clears them."""
    walk = next(iter(walks(m, [m.reader.symbols["_stext"]]).values()))
    at, entry = step(walk, 0)
    cpu = m.p.case.cpu
    if cpu in ("amd64", "riscv64"):
        root, indices = at & -PAGE, (0, 1, m.chance.randrange(256), 255)
    elif cpu == "arm" and f.size == 4:
        root, indices = at & -4 * PAGE, (2, m.chance.randrange(2, 0xbef), 0xbef)
    elif cpu == "arm" or cpu == "i386" and f.size == 8:
        root, indices = at & -32, (0, 1)
    elif cpu == "i386":
        root, indices = at & -PAGE, (1, m.chance.randrange(1, 0x2ff), 0x2ff)
    else:
        return
    for index in indices:
        yield Fault("root, user half", f"entry {index}", root + index * f.size, f.size, entry,
                    CORRUPT, ANYTHING, EVERYWHERE, None, True)


def init_mm(m):
    at, size = m.reader.place("mm_struct", "pgd", m.reader.symbols["init_mm"])
    m.p.prefetch({at})
    for what, value in m.pointers(m.p.read(at), [a.record for a in m.reader.busy]):
        yield Fault("init_mm.pgd", what, at, size, value, CORRUPT, (), [(at, at + size)])


def direct_map(m, f):
    """Leaves of the direct map, by the records that lie in them: slabs."""
    cpu = m.p.case.cpu
    records = [a.record for a in m.some(m.plain(), 3)]
    for _, walk in walks(m, records).items():
        at, entry = step(walk)
        yield Fault("direct map", "cleared", at, f.size, 0, CORRUPT, ANYTHING, EVERYWHERE,
                    None, True)
        yield Fault("direct map", "open to user space", at, f.size,
                    entry | user_bit(f, cpu, walk["page_size"]), CORRUPT, ANYTHING, EVERYWHERE,
                    None, True)
        yield Fault("direct map", "writable and executable", at, f.size,
                    (entry | f.set) & ~f.clear, {"wx-mapping"}, ANYTHING, EVERYWHERE, None, True)
        size = walk["page_size"]
        yield Fault("direct map", "leads elsewhere", at, f.size,
                    entry ^ 2 * size >> 12 << f.frame, {"wrong-page"}, ANYTHING | RECORDS,
                    EVERYWHERE, None, True)


def vmemmap(m, f):
    """Leaves of the array of struct page: that of a record's page, and of others nearby."""
    cpu = m.p.case.cpu
    region = [r for r in m.p.regions if r["kind"] == "vmemmap"]
    if not region or m.p.word == 4:
        return
    pages = [m.p.read(a.vm_pages) for a in m.some([a for a in m.plain() if a.vm and a.vm_pages], 3)]
    for _, walk in walks(m, pages).items():
        at, entry = step(walk)
        size = walk["page_size"]
        yield Fault("vmemmap", "cleared", at, f.size, 0, CORRUPT, ANYTHING | RECORDS, EVERYWHERE,
                    None, True)
        yield Fault("vmemmap", "open to user space", at, f.size, entry | user_bit(f, cpu, size),
                    CORRUPT, ANYTHING, EVERYWHERE, None, True)
        yield Fault("vmemmap", "writable and executable", at, f.size,
                    (entry | f.set) & ~f.clear, {"wx-mapping"}, ANYTHING, EVERYWHERE, None, True)
        yield Fault("vmemmap", "leads beyond RAM", at, f.size, entry ^ 1 << f.frame + f.high - 8,
                    {"wrong-page"}, ANYTHING | RECORDS, EVERYWHERE, None, True)


def everything(m):
    f = Format(m.p.case)
    yield from image(m, f)
    yield from rights(m, f)
    yield from user_half(m, f)
    yield from init_mm(m)
    yield from direct_map(m, f)
    yield from vmemmap(m, f)
