"""Named faults: each function writes to a WritableDump, by its Records, and returns words that
`check` must say; the table tells what it must lead to.
"""

from check.vmlab import PAGE, Wrong, number


def region(p, name):
    return next((r for r in p.regions if r["name"] == name), None)


def overlap(p, r):
    a, b = r.neighbours()
    r.move(a, number(a["start"]), number(b["start"]) + PAGE)
    return ["4 KiB", a["record"], b["record"]]


def overlap_end(p, r):
    """Only va_end was overwritten: the vm_struct still has the real range."""
    a, b = r.neighbours()
    p.write(r.end(a), number(b["start"]) + PAGE)
    return [a["record"], b["record"], a["vm_struct"]]


def overlap_start(p, r):
    a, b = r.neighbours()
    p.write(r.start(b), number(a["end"]) - PAGE)
    return [a["record"], b["record"], b["vm_struct"]]


def moved_away(p, r):
    """Whole, but where no allocator hands out anything."""
    a, _ = r.neighbours()
    r.verify(a)
    start = number(region(p, "vmalloc")["end"]) + (64 << 20 if p.word == 8 else 0x300000)
    r.move(a, start, start + a["size"])
    return [a["record"]]


def over_the_edge(p, r):
    """The last area of vmalloc space ends 1 MiB behind it."""
    space = region(p, "vmalloc")
    last = max((a for a in r.busy if number(a["start"]) < number(space["end"])),
               key=lambda a: number(a["start"]))
    r.verify(last)
    if number(last["end"]) < number(space["end"]):
        p.also = {"area-overlap"}       # with the free one behind it
    end = number(space["end"]) + (1 << 20)
    r.move(last, number(last["start"]), end)
    behind = [q["name"] for q in p.regions if number(q["start"]) == number(space["end"])]
    return [last["record"], "1 MiB"] + [f"into {name}" for name in behind]


def inside_out(p, r):
    """It ends where it starts: no range at all, so one area less."""
    a, _ = r.neighbours()
    p.write(r.end(a), number(a["start"]))
    p.gone = {a["record"]}
    return [a["record"]]


def loop_back(p, r):
    first, middle = r.of_one_list()
    p.write(r.next(middle), r.next(first))
    return [f"{r.next(first):x}"]


def loop_self(p, r):
    _, middle = r.of_one_list()
    p.write(r.next(middle), r.next(middle))
    return [f"{r.next(middle):x}"]


def loop_closed(p, r):
    """Both links agree with each other: only the way there tells."""
    first, middle = r.of_one_list()
    p.write(r.next(middle), r.next(first))
    p.write(r.next(first) + p.word, r.next(middle))
    return [f"{r.next(first):x}"]


def wild_null(p, r):
    p.write(r.next(r.of_one_list()[1]), 0)
    return [f"{r.next(r.of_one_list()[1]):x}"]


def wild_user(p, r):
    p.write(r.next(r.of_one_list()[1]), 0x10008)
    return ["0x10008"]


def wild_poison(p, r):
    """As freed memory holds it: no address at all on x86-64."""
    p.write(r.next(r.of_one_list()[1]), 0xdead000000000100 if p.word == 8 else 0x100)
    return ["0xdead000000000100" if p.word == 8 else "0x100"]


def wild_unmapped(p, r):
    """A kernel address behind which there is nothing."""
    wild = number(region(p, "vmalloc")["start"]) + (1 << 36 if p.word == 8 else 0x7000000)
    p.write(r.next(r.of_one_list()[1]), wild)
    return [f"{wild:x}"]


def wild_back(p, r):
    _, middle = r.of_one_list()
    p.write(r.next(middle) + p.word, 0x6b6b6b6b6b6b6b6b)
    return [f"{r.next(middle):x}"]


def odd_size(p, r):
    a, _ = r.neighbours()
    p.write(r.vm_size(a), a["size"] + PAGE)
    return [a["record"], a["vm_struct"], f"{a['size'] + PAGE:#x}"]


def odd_addr(p, r):
    a, _ = r.neighbours()
    p.write(r.vm_addr(a), number(a["start"]) + 64 * PAGE)
    return [a["vm_struct"]]


def wild_vm(p, r):
    a, _ = r.neighbours()
    p.write(r.vm(a), 0x4141414141414141)
    return ["0x4141414141414141" if p.word == 8 else "0x41414141"]


def unmapped_vm(p, r):
    a, _ = r.neighbours()
    wild = number(region(p, "vmalloc")["start"]) + (1 << 36 if p.word == 8 else 0x7000000)
    p.write(r.vm(a), wild)
    return [f"{wild:x}"]


def filtered_vm(p, r):
    """The page of a vm_struct: what else it holds is not read either, but nothing is lost."""
    a, _ = r.neighbours()
    p.filter_page(p.physical(number(a["vm_struct"])))
    return [a["vm_struct"]]


def filtered_area(p, r):
    """The page of a vmap_area: what is linked with anything left is still reached."""
    a, _ = r.neighbours()
    page = p.physical(number(a["record"]))
    p.gone = r.cut_off_by(records_in(p, page))
    p.filter_page(page)
    return []


def records_in(p, page):
    """The vmap_areas that lie in a physical page."""
    records = (number(a["record"]) for a in p.areas)
    return {record for record in records if p.physical(record) & -PAGE == page & -PAGE}


def cut_off(p, r):
    """The upper half of RAM, or what lies above the kernel, has no bytes in the file."""
    load = max(p.loads, key=lambda load: load["memsz"])
    half = load["paddr"] + load["memsz"] // 2
    p.cut_after(max(half, p.physical(p.symbol("_end") - PAGE)) + (8 << 20) & -PAGE)
    return []


def truncated(p, r):
    """The file ends early, but not before the kernel does: without it there is no verdict."""
    kernel = p.offset(p.physical(p.symbol("_end") - PAGE))
    p.file.truncate(max(p.size - p.size // 4, kernel + (8 << 20)))
    return []


def base_moved(p, r):
    """With its end moves vmalloc space away from the per-CPU areas, which lie there."""
    p.write(p.symbol("vmalloc_base"), p.read(p.symbol("vmalloc_base")) - (64 << 20))
    return ["start of vmalloc", "end of vmalloc", "kcore_vmalloc", "percpu area"]


def vmemmap_moved(p, r):
    p.write(p.symbol("vmemmap_base"), p.read(p.symbol("vmemmap_base")) + (64 << 20))
    return ["start of vmemmap", "address_markers"]


def high_memory_up(p, r):
    """Too little to move vmalloc space, which starts at a multiple of 8 MiB."""
    p.write(p.symbol("high_memory"), p.read(p.symbol("high_memory")) + (3 << 20))
    return ["end of lowmem", "page tables"]


def high_memory_down(p, r):
    """Far: the page tables still tell where lowmem ends."""
    end = number(region(p, "lowmem")["end"])
    p.write(p.symbol("high_memory"), p.read(p.symbol("high_memory")) - (128 << 20))
    return ["end of lowmem", f"{end:x}, page tables"]


def kcore_moved(p, r):
    at = p.symbol("kcore_vmalloc")
    start = number(region(p, "vmalloc")["start"])
    # struct kcore_list: list (two words), addr
    if p.read(at + 2 * p.word) != start:
        raise Wrong("kcore_vmalloc is not laid out as expected")
    p.write(at + 2 * p.word, start + (1 << 30))
    return ["kcore_vmalloc", "start of vmalloc", "end of vmalloc"]


def direct_map_moved(p, r):
    p.write(p.symbol("page_offset_base"), p.read(p.symbol("page_offset_base")) + (64 << 30))
    return ["start of direct map", "address_markers"]


def kcore_modules_moved(p, r):
    at = p.symbol("kcore_modules")
    p.write(at + 2 * p.word, p.read(at + 2 * p.word) + (2 << 20))
    return ["kcore_modules", "start of modules", "end of modules"]


def said_by(p, name, source):
    """The claim on a region that is a source's own; it knows its record."""
    return next(c for c in p.tool.json("map")["regions"]
                if c["name"] == name and c["source"] == source)


def marker_moved(p, r):
    """struct addr_marker begins with its address."""
    claim = said_by(p, "vmalloc", "address_markers")
    p.write(number(claim["record"]), number(claim["start"]) + (1 << 30))
    return ["start of vmalloc", "address_markers"]


def window_moved(p, r):
    """struct execmem_range begins with start and end; the window is all of module space's."""
    claim = said_by(p, "execmem window", "execmem_info")
    p.write(number(claim["record"]) + p.word, number(claim["end"]) - (1 << 20))
    return ["end of modules", "execmem_info"]


def window_astray(p, r):
    claim = said_by(p, "execmem window", "execmem_info")
    p.write(number(claim["record"]), number(claim["start"]) - (2 << 30))
    return ["execmem window", "leaves the regions"]


def window_inside_out(p, r):
    claim = said_by(p, "execmem window", "execmem_info")
    p.write(number(claim["record"]) + p.word, number(claim["start"]) - (1 << 20))
    return ["execmem_info holds the impossible range"]


def banner_gone(p, r):
    """The build ID still proves which kernel it is."""
    p.write(p.symbol("linux_banner"), 0)
    return []


def proof_gone(p, r):
    """VMCOREINFO, a note of the file, names the kernel; its page tables tell the place."""
    banner_gone(p, r)
    notes = p.symbol("__start_notes")
    build_id = bytes.fromhex(p.tool.json("info")["info"]["build_id"])
    at = p.read(notes, PAGE - notes % PAGE).find(build_id)
    if at < 0:
        raise Wrong("no build ID in memory")
    p.write(notes + at, 0)
    return []


def wild_nodes(p, r):
    p.write(p.symbol("nr_vmap_nodes"), 0x7fffffff, 4)
    return ["nr_vmap_nodes"]


def map_page(p, address):
    """16 MiB of RAM, by an entry of a table that is there."""
    step = p.tool.json("addr", f"{address:#x}")["addresses"][0]["walk"]["steps"][-1]
    if step["level"] != "PTE":
        raise Wrong(f"{address:#x} has no table of entries")
    p.write_file(p.offset(number(step["at"])), (0x8000000001000163).to_bytes(8, "little"))
    return [f"{address:x}"]


def boot_slot(p, r):
    """One of early_ioremap()'s: from the next multiple of 512 slots on (asm/fixmap.h)."""
    top = p.case.macros["FIXADDR_TOP"]
    permanent = (top - p.case.macros["FIXADDR_START"]) // PAGE
    return map_page(p, top - (permanent // 512 * 512 + 612) * PAGE) + ["for booting only"]


def no_slot(p, r):
    """Above vsyscall's page, which is the first slot."""
    return map_page(p, p.case.macros["FIXADDR_TOP"] - 16 * PAGE) + ["no slot"]


# ---- What each must lead to ----

# Those that the fault names in p.gone, and no others; or some.
ALL, GONE, FEWER = "all", "gone", "fewer"
CLEAN, ERROR, INCOMPLETE = 0, 1, 3

# Fault, exit code, codes (all of them, and no others), how many of the areas are left.
FAULTS = (
    (overlap, ERROR, {"area-overlap"}, ALL),
    (overlap_end, ERROR, {"area-overlap", "vm-struct-mismatch"}, ALL),
    (overlap_start, ERROR, {"area-overlap", "vm-struct-mismatch"}, ALL),
    # Where it was, nobody has it now.
    (moved_away, ERROR, {"list-corrupt", "area-out-of-range", "stale-pte", "va-unaccounted"}, ALL),
    (over_the_edge, ERROR, {"area-out-of-range"}, ALL),
    (inside_out, ERROR, {"list-corrupt"}, GONE),
    (loop_back, ERROR, {"list-corrupt"}, ALL),
    (loop_self, ERROR, {"list-corrupt"}, ALL),
    (loop_closed, ERROR, {"list-corrupt"}, ALL),
    (wild_null, ERROR, {"list-corrupt"}, ALL),
    (wild_user, ERROR, {"list-corrupt"}, ALL),
    (wild_poison, ERROR, {"list-corrupt"}, ALL),
    (wild_unmapped, ERROR, {"list-corrupt"}, ALL),
    (wild_back, ERROR, {"list-corrupt"}, ALL),
    (odd_size, ERROR, {"vm-struct-mismatch"}, ALL),
    (odd_addr, ERROR, {"vm-struct-mismatch"}, ALL),
    (wild_vm, ERROR, {"vm-struct-mismatch"}, ALL),
    (unmapped_vm, ERROR, {"vm-struct-mismatch"}, ALL),
    (filtered_vm, INCOMPLETE, {"unreadable"}, ALL),
    (filtered_area, INCOMPLETE, {"unreadable"}, GONE),
    (cut_off, INCOMPLETE, {"unreadable"}, FEWER),
    (truncated, INCOMPLETE, {"unreadable"}, FEWER),
    (base_moved, ERROR, {"bounds-disagree", "area-out-of-range"}, ALL),
    (vmemmap_moved, ERROR, {"bounds-disagree"}, ALL),
    (high_memory_up, ERROR, {"bounds-disagree"}, ALL),
    (high_memory_down, ERROR, {"bounds-disagree"}, ALL),
    (kcore_moved, ERROR, {"bounds-disagree"}, ALL),
    (direct_map_moved, ERROR, {"bounds-disagree"}, ALL),
    (kcore_modules_moved, ERROR, {"bounds-disagree"}, ALL),
    (marker_moved, ERROR, {"bounds-disagree"}, ALL),
    (window_moved, ERROR, {"bounds-disagree"}, ALL),
    (window_astray, ERROR, {"bounds-disagree"}, ALL),
    (window_inside_out, ERROR, {"bounds-disagree"}, ALL),
    (banner_gone, CLEAN, set(), ALL),
    (proof_gone, CLEAN, set(), ALL),
    (boot_slot, ERROR, {"stale-pte"}, ALL),
    (no_slot, ERROR, {"stale-pte"}, ALL),
    (wild_nodes, ERROR, {"list-corrupt"}, FEWER),
)

# What this kernel has not.
NEEDS = {kcore_moved: "kcore_vmalloc", wild_nodes: "vmap_nodes", base_moved: "vmalloc_base",
         vmemmap_moved: "vmemmap_base", high_memory_up: "swapper_pg_dir",
         high_memory_down: "swapper_pg_dir", direct_map_moved: "page_offset_base",
         kcore_modules_moved: "kcore_modules", marker_moved: "page_offset_base",
         window_moved: "execmem_alloc", window_astray: "execmem_alloc",
         window_inside_out: "execmem_alloc", proof_gone: "phys_base",
         boot_slot: "level1_fixmap_pgt", no_slot: "level1_fixmap_pgt"}

# What makes `check` ask vmlinux for more than it does of a healthy dump.
ASKS_MORE = {boot_slot, no_slot}
