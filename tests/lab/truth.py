"""What a guest says about the regions of its address space, under the names of `map`.

The numbers come from the oracle's macros, /proc/kcore, /proc/iomem, /proc/vmallocinfo and
the boot log; nothing here is computed from what vmatlas says.
"""

import re

from vmlab import PAGE, Elf, Wrong

MASK = (1 << 64) - 1


def regions(case):
    """{name: (start, exclusive end)}, None for a bound of which the guest tells nothing."""
    truth = arm(case) if case.is_arm else x86_64(case)
    return {name: bounds for name, bounds in truth.items() if bounds != (None, None)}


def iomem(case, name):
    """First and last physical address of a line of /proc/iomem."""
    found = re.search(rf"^ *([0-9a-f]+)-([0-9a-f]+) : {name}$", case.text("iomem.txt"), re.M)
    if not found:
        raise Wrong(f"no '{name}' in iomem.txt")
    return int(found[1], 16), int(found[2], 16)


# ---- x86-64 ----

def x86_64(case):
    m = case.macros
    image = m["__START_KERNEL_map"]
    # The last byte of what may ever be mapped; under this name since 6.13.
    physmem = m.get("direct_map_physmem_end", m.get("physmem_end"))
    rodata = [image + pa - m["phys_base"] & MASK for pa in iomem(case, "Kernel rodata")]
    check_iomem(case, "Kernel code", "_text", "_etext")
    check_iomem(case, "Kernel data", "_sdata", "_edata")
    check_iomem(case, "Kernel bss", "__bss_start", "__bss_stop")
    check_kcore(case)
    return {
        "LDT remap": (m["LDT_BASE_ADDR"], m["LDT_END_ADDR"]),
        "direct map": (m["PAGE_OFFSET"], physmem and m["PAGE_OFFSET"] + physmem + 1),
        # VMALLOC_END is the last byte on this CPU.
        "vmalloc": (m["VMALLOC_START"], m["VMALLOC_END"] + 1),
        "vmemmap": (m["VMEMMAP_START"], None),
        "cpu entry area": (m["CPU_ENTRY_AREA_BASE"],
                           m["CPU_ENTRY_AREA_BASE"] + m["CPU_ENTRY_AREA_MAP_SIZE"]),
        "espfix": (m["ESPFIX_BASE_ADDR"], None),
        # The kernel hands these addresses out downwards: START is the higher one.
        "EFI runtime": (m["EFI_VA_END"], m["EFI_VA_START"]),
        "kernel image": (image, image + m["KERNEL_IMAGE_SIZE"]),
        ".text": (m["_text"], m["_etext"]),
        ".rodata": (rodata[0], rodata[1] + 1),
        ".data": (m["_sdata"], m["_edata"]),
        ".init": (m["__init_begin"], m["__init_end"]),
        ".bss": (m["__bss_start"], m["__bss_stop"]),
        "modules": (m["MODULES_VADDR"], m["MODULES_END"]),
        "fixmap": (m["FIXADDR_START"], m["FIXADDR_TOP"]),
        "vsyscall": (m["VSYSCALL_ADDR"], m["VSYSCALL_ADDR"] + (1 << m["PAGE_SHIFT"])),
    }


def check_iomem(case, name, start, end):
    """Two voices of the guest must not contradict each other, or neither proves anything."""
    base = case.macros["__START_KERNEL_map"] - case.macros["phys_base"]
    first, last = iomem(case, name)
    if (base + first - case.macros[start]) & MASK or (base + last + 1 - case.macros[end]) & MASK:
        raise Wrong(f"iomem.txt's {name} is not the oracle's {start}..{end}")


def kcore_segments(case):
    """(virtual, physical, size) of the PT_LOADs of /proc/kcore; its first 8 KiB were kept."""
    return [(p["vaddr"], p["paddr"], p["memsz"]) for p in Elf(case.path("kcore.bin")).phdrs()
            if p["type"] == 1]


def check_kcore(case):
    m, seen = case.macros, {}
    for vaddr, paddr, size in kcore_segments(case):
        seen[vaddr] = size
        if m["VMEMMAP_START"] <= vaddr < m["CPU_ENTRY_AREA_BASE"]:
            continue
        # RAM in the direct map: the distance from its physical address is PAGE_OFFSET.
        if vaddr < m["VMALLOC_START"] and vaddr - paddr != m["PAGE_OFFSET"]:
            raise Wrong(f"/proc/kcore has RAM at {vaddr:#x}, PAGE_OFFSET + {paddr:#x} it is not")
    # Its size is END - START, and END is the last byte here.
    if seen.get(m["VMALLOC_START"]) != m["VMALLOC_END"] - m["VMALLOC_START"]:
        raise Wrong("/proc/kcore has another vmalloc region than the oracle")
    if seen.get(m["MODULES_VADDR"]) != m["MODULES_END"] - m["MODULES_VADDR"]:
        raise Wrong("/proc/kcore has another module region than the oracle")


# ---- ARM ----

def arm(case):
    m = case.macros
    code, data = iomem(case, "Kernel code"), iomem(case, "Kernel data")
    up = m["PAGE_OFFSET"] - m["PHYS_OFFSET"]
    init = re.search(r"Memory: .* (\d+)K init,", case.text("dmesg.txt"))
    # "Kernel code" is _text up to __init_begin, "Kernel data" _sdata up to _end.
    init_start = code[1] + 1 + up
    return {
        "modules": (m["MODULES_VADDR"], m["MODULES_END"]),
        "pkmap": pkmap(m),
        "lowmem": (m["PAGE_OFFSET"], m["high_memory"]),
        "gap": (m["high_memory"], m["VMALLOC_START"]),
        "vmalloc": (m["VMALLOC_START"], m["VMALLOC_END"]),
        "PCI I/O": pci_io(case),
        "FDT": (m["FDT_FIXED_BASE"], m["FDT_FIXED_BASE"] + m["FDT_FIXED_SIZE"]),
        "fixmap": (m["FIXADDR_START"], m["FIXADDR_END"]),
        "vector": (m["VECTORS_BASE"], None),
        ".text": (code[0] + up, m["_etext"]),
        ".init": (init_start, init and init_start + int(init[1]) * 1024),
        ".data": (data[0] + up, None),
        ".bss": (None, data[1] + 1 + up),
    }


def pkmap(m):
    if "PKMAP_BASE" not in m:
        return None, None
    return m["PKMAP_BASE"], m["PKMAP_BASE"] + m["LAST_PKMAP"] * PAGE


def pci_io(case):
    """Reserved by kernels with PCI only; then it is an area, too."""
    found = re.search(r"^0x(\w+)-0x(\w+) .* pci_reserve_io", case.text("vmallocinfo.txt"), re.M)
    if not found:
        return None, None
    if int(found[1], 16) != case.macros["PCI_IO_VIRT_BASE"]:
        raise Wrong("PCI I/O was not reserved at PCI_IO_VIRT_BASE")
    return int(found[1], 16), int(found[2], 16)


# ---- Which kernel ----

def kaslr_offset(case):
    """How far _text lies from where vmlinux has it."""
    if case.is_arm:
        return 0
    linked = Elf(case.path("vmlinux")).symbols("_text")["_text"]
    return case.macros["_text"] - linked


def phys_base(case):
    return case.macros["PHYS_OFFSET" if case.is_arm else "phys_base"]


def core_format(case):
    if "EXTRACT" in case.facts:
        return "ELF, extract"
    return {"elf": "ELF", "kdump-zlib": "kdump (zlib), flattened", "kexec-l": "kdump (lzo)",
            "kexec-z": "kdump (zstd)"}[case.facts["FORMAT"]]


def vmallocinfo_ranges(case):
    """(start, exclusive end) of its lines, sorted."""
    lines = re.findall(r"^0x(\w+)-0x(\w+) ", case.text("vmallocinfo.txt"), re.M)
    return sorted((int(start, 16), int(end, 16)) for start, end in lines)


def walks(text, is_arm=False):
    """(address, leaf size or 0, physical) by the kernel's own page table accessors."""
    sizes = {"pte": PAGE, "pmd": 1 << 20 if is_arm else 2 << 20, "pud": 1 << 30}
    for address, found in (line.split("=") for line in text.split()):
        level, _, physical = found.partition(":")
        yield int(address, 16), sizes.get(level, 0), int(physical or "0", 16)


def same_walks(ours, theirs):
    """Addresses of `addr -J` against those of walks()."""
    if len(ours) != len(theirs):
        raise Wrong(f"addr: {len(ours)} answers to {len(theirs)} addresses")
    for said, (address, size, physical) in zip(ours, theirs):
        walk, got = said["walk"], (0, 0)
        if walk["mapped"]:
            got = walk["page_size"], int(walk["phys"], 16)
        if int(said["address"], 16) != address or got != (size, physical):
            raise Wrong(f"addr {address:#x}: a leaf of {got[0]} bytes at {got[1]:#x}, "
                        f"the guest says {size} at {physical:#x}")
