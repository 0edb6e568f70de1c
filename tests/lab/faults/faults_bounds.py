"""Faults in what exists once: bounds of regions, which other sources have as well, and
the list of modules.
"""

from faults.faults_vmap_area import LIST, Fault

BOUNDS = frozenset({"bounds-disagree"})
# A region that moves leaves what lies in it behind.
LEFT = frozenset({"area-out-of-range", "va-unaccounted", "region-overlap", "stale-pte",
                  "unmapped-area", "list-corrupt", "unreadable", "lowmem-at-limit",
                  "ram-ignored", "ram-in-highmem", "area-overlap", "va-exhausted"})
EVERYWHERE = [(0, 1 << 64)]
MIB, GIB = 1 << 20, 1 << 30
VARIABLES = ("vmalloc_base", "vmemmap_base", "page_offset_base", "high_memory")


def variables(m):
    w = m.p.word
    for name in VARIABLES:
        at = m.reader.symbols.get(name)
        if not at or (name == "high_memory" and w == 8):
            continue
        old = m.p.read(at)
        deltas = (MIB, -MIB, 64 * MIB, -64 * MIB) if w == 4 else (
            GIB, -GIB, 512 * GIB, -512 * GIB)
        if w == 4:
            for what, value in (("zero", 0), ("user space", 0x12345), ("all ones", m.mask)):
                yield Fault(name, what, at, w, value, BOUNDS, LEFT | BOUNDS, EVERYWHERE)
        for delta in deltas:
            what = f"{'+' if delta > 0 else '-'}{abs(delta) >> 20} MiB"
            # The kernel itself rounds lowmem down to a PMD: less than that is no fault.
            rounded = name == "high_memory" and abs(delta) < 2 * MIB
            fault = Fault(name, what, at, w, old + delta, () if rounded else BOUNDS,
                          LEFT | BOUNDS, EVERYWHERE)
            fault.silent = "less than the kernel itself rounds" if rounded else None
            yield fault


def kcore(m):
    """struct kcore_list: what /proc/kcore says of vmalloc and module space."""
    for name in ("kcore_vmalloc", "kcore_modules"):
        record = m.reader.symbols.get(name)
        if not record or not m.reader.layout["kcore_list"]:
            continue
        for member in ("addr", "size"):
            at, size = m.reader.place("kcore_list", member, record)
            old = m.p.read(at)
            if not old:
                continue
            for what, value in (("a MiB more", old + MIB), ("a MiB less", old - MIB),
                                ("high bit", old ^ 1 << 8 * size - 12), ("doubled", 2 * old)):
                yield Fault(f"{name}.{member}", what, at, size, value, BOUNDS, LEFT,
                            EVERYWHERE)


def modules(m):
    w, offset = m.p.word, m.reader.layout["module"]["list"][0]
    for record in m.some(m.reader.modules[1:-1], 1):
        others = [o + offset for o in m.reader.modules if o is not record]
        for name, at in (("next", record + offset), ("prev", record + offset + w)):
            for what, value in m.pointers(m.p.read(at), others):
                yield Fault(f"module.list.{name}", what, at, w, value, LIST, (),
                            m.module_places(record) + [(value - 64, value + 64)])


def sums(m):
    """What the kernel counts, against what it counts."""
    w = m.p.word
    for name in ("vmap_lazy_nr", "nr_vmalloc_pages"):
        at = m.reader.symbols.get(name)
        if not at:
            continue
        old = m.p.read(at)
        for what, value in (("zero", 0), ("one less", old - 1), ("one more", old + 1),
                            ("high bit", old ^ 1 << 8 * w - 2)):
            if value != old:
                yield Fault(name, what, at, w, value, {"sum-mismatch"}, (), EVERYWHERE)


def zones(m):
    """What zones and their nodes count, and the sum of all: (name, address, bytes)."""
    w, at = m.p.word, m.reader.symbols
    total = at.get("_totalram_pages") or at.get("totalram_pages")
    node = at.get("contig_page_data") or (m.p.read(at["node_data"]) if "node_data" in at else 0)
    if not node or not total:
        return
    yield "totalram_pages", total, w
    zone = node + m.reader.layout["pglist_data"]["node_zones"][0]
    for member in ("managed_pages", "present_pages", "spanned_pages", "zone_start_pfn"):
        yield f"zone.{member}", zone + m.reader.layout["zone"][member][0], w
    for member in ("node_start_pfn", "node_present_pages", "node_spanned_pages"):
        yield f"pglist_data.{member}", node + m.reader.layout["pglist_data"][member][0], w


def zone_books(m):
    for name, at, size in zones(m):
        old = m.p.read(at, size)
        old = old if isinstance(old, int) else int.from_bytes(old, "little")
        # A span may be larger than what is in it, and begin before: a zone has holes.
        more = old + 0x100000 if "start" in name else old - 1 if "spanned" in name else old + 1
        if more >= 0:
            fault = Fault(name, "by little", at, size, more, {"sum-mismatch"}, (), EVERYWHERE)
            if name == "zone.spanned_pages":
                fault.must, fault.may = set(), {"sum-mismatch"}
                fault.silent = "zones have holes: nothing else counts what they span"
            yield fault
        yield Fault(name, "high bit", at, size, old ^ 1 << 8 * size - 2, {"sum-mismatch"}, (),
                    EVERYWHERE)


def stacks(m):
    """Stacks of tasks, where they are areas."""
    task, first = m.reader.layout["task_struct"], m.reader.symbols["init_task"]
    if "stack_vm_area" not in task:
        return
    found, at = [], m.p.read(first + task["tasks"][0])
    while at - task["tasks"][0] != first and len(found) < 40:
        found.append(at - task["tasks"][0])
        m.p.prefetch({found[-1] + task[member][0] for member in ("tasks", "stack")})
        at = m.p.read(at)
    for record in m.some(found, 3):
        at, size = record + task["stack"][0], m.p.word
        others = [m.p.read(o + task["stack"][0]) for o in found if o != record]
        for what, value in m.pointers(m.p.read(at), [o for o in others if o]):
            if what != "null":
                yield Fault("task.stack", what, at, size, value, {"task-stack"}, (), EVERYWHERE)


def module_pieces(m):
    """Base and size of a module's text: (what, address, bytes)."""
    layout = m.reader.layout
    inner = layout.get("module_memory") or layout.get("module_layout")
    first = layout["module"].get("mem") or layout["module"].get("core_layout")
    if not inner or not first:
        return
    for record in m.some(m.reader.modules[1:-1], 2):
        for member in ("base", "size"):
            offset, size = inner[member]
            yield record, member, record + first[0] + offset, size


def hidden_module(m):
    """Its neighbour's link leads past it; the link back is told as the broken list it is."""
    w, offset = m.p.word, m.reader.layout["module"]["list"][0]
    for record in m.some(m.reader.modules[1:-1], 1):
        after = m.p.read(record + offset)
        before = m.p.read(record + offset + w)
        yield Fault("module.list, past one", "next", before, w, after, LIST, {"module-area"},
                    EVERYWHERE)


def modules_memory(m):
    for record, member, at, size in module_pieces(m):
        old = int.from_bytes(m.p.read(at, size), "little")
        values = (("16 MiB away", old + 16 * MIB), ("doubled", 2 * old)) if member == "base" else (
            ("a MiB more", old + MIB), ("high bit", old ^ 1 << 30))
        for what, value in values:
            yield Fault(f"module.{member}", what, at, size, value, {"module-area"},
                        {"wx-mapping", "unmapped-area", "stale-pte"}, EVERYWHERE)


def everything(m):
    yield from variables(m)
    yield from modules_memory(m)
    yield from hidden_module(m)
    yield from sums(m)
    yield from zone_books(m)
    yield from stacks(m)
    yield from kcore(m)
    yield from modules(m)
