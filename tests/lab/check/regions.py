"""What a guest says about the regions of its address space, under the names of `map`.

Its voices are the oracle's macros, /proc/iomem, /proc/kcore, /proc/vmallocinfo, the boot
log and the oracle's walks; nothing here is computed from what vmatlas says. Where two
of them speak of the same bound, they must agree, or neither proves anything.
"""

import re

from check.vmlab import Elf, Wrong

MASK = (1 << 64) - 1


class Word:
    def __init__(self):
        self.bounds = {}

    def say(self, name, start=None, end=None):
        """END is exclusive; None for what this voice does not tell."""
        known = self.bounds.setdefault(name, [None, None])
        for index, value in enumerate((start, end)):
            if value is not None and known[index] not in (None, value):
                raise Wrong(f"the guest contradicts itself: {('start', 'end')[index]} of {name} "
                            f"is {known[index]:#x} and {value:#x}")
            known[index] = known[index] if value is None else value


def regions(case):
    """{name: [start, exclusive end]}, None for a bound of which the guest tells nothing."""
    word = Word()
    CPUS[case.cpu](case, word.say)
    sections(case, word.say)
    iomem_sections(case, word.say)
    init_of_log(case, word)
    execmem(case, word.say)
    if case.has("kcore.bin"):
        kcore(case, word)
    return {name: bounds for name, bounds in word.bounds.items() if bounds != [None, None]}


def plus(*numbers):
    """Their sum, unless one of them is not known."""
    return None if None in numbers else sum(numbers)


# ---- The macros of each CPU ----

def pairs(case, say, *rows):
    """(region, macro of its start, macro of its exclusive end)"""
    for name, start, end in rows:
        say(name, case.macros.get(start), case.macros.get(end))


def x86_64(case, say):
    m = case.macros
    image = m["__START_KERNEL_map"]
    # The last byte of what may ever be mapped; under this name since 6.13.
    physmem = m.get("direct_map_physmem_end", m.get("physmem_end"))
    pairs(case, say, ("LDT remap", "LDT_BASE_ADDR", "LDT_END_ADDR"),
          ("vmemmap", "VMEMMAP_START", None), ("espfix", "ESPFIX_BASE_ADDR", None),
          # The kernel hands these addresses out downwards: START is the higher one.
          ("EFI runtime", "EFI_VA_END", "EFI_VA_START"),
          ("modules", "MODULES_VADDR", "MODULES_END"),
          ("fixmap", "FIXADDR_START", "FIXADDR_TOP"),
          ("KASAN shadow", "KASAN_SHADOW_START", "KASAN_SHADOW_END"))
    say("direct map", m["PAGE_OFFSET"], plus(m["PAGE_OFFSET"], physmem, 1))
    # VMALLOC_END is the last byte on this CPU.
    say("vmalloc", m["VMALLOC_START"], m["VMALLOC_END"] + 1)
    say("cpu entry area", m["CPU_ENTRY_AREA_BASE"],
        m["CPU_ENTRY_AREA_BASE"] + m["CPU_ENTRY_AREA_MAP_SIZE"])
    say("kernel image", image, image + m["KERNEL_IMAGE_SIZE"])
    say("vsyscall", m["VSYSCALL_ADDR"], m["VSYSCALL_ADDR"] + case.page)


def lowmem(case, say):
    """32-bit CPUs: RAM up to high_memory, then a gap, then vmalloc."""
    pairs(case, say, ("lowmem", "PAGE_OFFSET", "high_memory"),
          ("gap", "high_memory", "VMALLOC_START"), ("vmalloc", "VMALLOC_START", "VMALLOC_END"),
          ("modules", "MODULES_VADDR", "MODULES_END"))
    pkmap = case.macros.get("PKMAP_BASE")
    say("pkmap", pkmap, pkmap and pkmap + case.macros["LAST_PKMAP"] * case.page)


def i386(case, say):
    m = case.macros
    lowmem(case, say)
    pairs(case, say, ("LDT remap", "LDT_BASE_ADDR", "LDT_END_ADDR"),
          ("fixmap", "FIXADDR_START", "FIXADDR_TOP"))
    say("cpu entry area", m["CPU_ENTRY_AREA_BASE"],
        m["CPU_ENTRY_AREA_BASE"] + m["CPU_ENTRY_AREA_MAP_SIZE"])


def arm(case, say):
    m = case.macros
    lowmem(case, say)
    pairs(case, say, ("fixmap", "FIXADDR_START", "FIXADDR_END"))
    say("FDT", m["FDT_FIXED_BASE"], m["FDT_FIXED_BASE"] + m["FDT_FIXED_SIZE"])
    say("PCI I/O", *pci_io(case))
    vectors(case, say)
    # execmem_arch_setup() of arch/arm/mm/init.c, 6.10: what a window lacks, vmalloc has.
    if case.version >= (6, 10):
        pairs(case, say, ("execmem window", "MODULES_VADDR", "MODULES_END"),
              ("execmem fallback", "VMALLOC_START", "VMALLOC_END"))


def pci_io(case):
    """Reserved by kernels with PCI only; then it is an area, too."""
    found = re.search(r"^0x(\w+)-0x(\w+) .* pci_reserve_io", case.text("vmallocinfo.txt"), re.M)
    if not found:
        return None, None
    if int(found[1], 16) != case.macros["PCI_IO_VIRT_BASE"]:
        raise Wrong("PCI I/O was not reserved at PCI_IO_VIRT_BASE")
    return int(found[1], 16), int(found[2], 16)


def vectors(case, say):
    """As far as the guest's walks find pages there."""
    base = case.macros["VECTORS_BASE"]
    say("vector", base)
    walked = dict(line.split("=") for line in case.text("walks.txt").split())
    for name, page in (("vector", base), ("vector stubs", base + case.page)):
        # They are walked somewhere in their page; older oracles did not.
        if any(found.startswith("pte") and int(address, 16) & -case.page == page
               for address, found in walked.items()):
            say(name, page, page + case.page)


def arm64(case, say):
    m = case.macros
    # What the CPU's VA leaves of it the kernel says since 6.9 (arch/arm64/mm/ptdump.c).
    vmemmap = "vmemmap_used" if case.version >= (6, 9) else "VMEMMAP_START"
    pairs(case, say, ("direct map", "PAGE_OFFSET", "PAGE_END"),
          ("BPF", "BPF_JIT_REGION_START", "BPF_JIT_REGION_END"),
          ("modules", "MODULES_VADDR", "MODULES_END"),
          ("vmalloc", "VMALLOC_START", "VMALLOC_END"), ("vmemmap", vmemmap, "VMEMMAP_END"),
          ("PCI I/O", "PCI_IO_START", "PCI_IO_END"), ("fixmap", "FIXADDR_START", "FIXADDR_TOP"),
          ("KASAN shadow", "KASAN_SHADOW_START", "KASAN_SHADOW_END"),
          ("kernel image", "_text", "_end"))
    if m["VA_BITS"] == m["vabits_actual"]:
        say("vmemmap", m["VMEMMAP_START"])
    # Whose end is no macro: arch/arm64/kernel/module.c, up to 6.9.
    if case.version < (6, 10):
        for name, bases in (("module window", ("module_alloc_base", "module_direct_base")),
                            ("module PLT window", ("module_plt_base",))):
            for base in bases:
                say(name, m.get(base) or None)


def riscv64(case, say):
    m = case.macros
    pairs(case, say, ("direct map", "PAGE_OFFSET", None),
          ("modules", "MODULES_VADDR", "MODULES_END"),
          ("vmalloc", "VMALLOC_START", "VMALLOC_END"), ("vmemmap", "VMEMMAP_START", "VMEMMAP_END"),
          ("PCI I/O", "PCI_IO_START", "PCI_IO_END"), ("fixmap", "FIXADDR_START", "FIXADDR_TOP"),
          ("KASAN shadow", "KASAN_SHADOW_START", "KASAN_SHADOW_END"))
    say("kernel image", m["kernel_map.virt_addr"],
        m["kernel_map.virt_addr"] + m["kernel_map.size"])
    # BPF_JIT_REGION_END is MODULES_END.
    if "BPF_JIT_REGION_SIZE" in m:
        say("BPF", m["MODULES_END"] - m["BPF_JIT_REGION_SIZE"], m["MODULES_END"])


CPUS = {"amd64": x86_64, "i386": i386, "arm": arm, "arm64": arm64, "riscv64": riscv64}


# ---- The image ----

def sections(case, say):
    """By the addresses of symbols, of which some kernels tell the oracle only a few."""
    # _sdata of riscv64 lies before .rodata; /proc/iomem has the place of _data.
    data = None if case.cpu == "riscv64" else "_sdata"
    pairs(case, say, (".text", "_text", "_etext"), (".init", "__init_begin", "__init_end"),
          (".data", data, "_edata"), (".bss", "__bss_start", "__bss_stop"))
    if case.cpu == "arm64":     # map: up to what is no longer rodata when it boots
        pairs(case, say, (".rodata", "__start_rodata", "__init_begin"))
    elif case.cpu != "arm":     # map has no row of it there
        pairs(case, say, (".rodata", "__start_rodata", "__end_rodata"))


# A line of /proc/iomem: the bounds where it begins, and those where it ends.
X86_LINES = {f"Kernel {line}": ([(section, 0)], [(section, 1)])
             for line, section in (("code", ".text"), ("rodata", ".rodata"), ("data", ".data"),
                                   ("bss", ".bss"))}
LINES = {
    "amd64": X86_LINES, "i386": X86_LINES, "riscv64": X86_LINES,
    # _text up to __init_begin, _sdata up to _end.
    "arm": {"Kernel code": ([(".text", 0)], [(".init", 0)]),
            "Kernel data": ([(".data", 0)], [(".bss", 1)])},
    "arm64": {"Kernel code": ([(".text", 0), ("kernel image", 0)], [(".rodata", 1), (".init", 0)]),
              "Kernel data": ([(".data", 0)], [("kernel image", 1)])},
}


def virtual(case, physical):
    """Where the image has what lies there."""
    m = case.macros
    up = {"amd64": lambda: m["__START_KERNEL_map"] - m["phys_base"],
          "i386": lambda: m["PAGE_OFFSET"], "arm": lambda: m["PAGE_OFFSET"] - m["PHYS_OFFSET"],
          "arm64": lambda: m["kimage_voffset"],
          "riscv64": lambda: m["kernel_map.va_kernel_pa_offset"]}[case.cpu]()
    return physical + up & MASK


def iomem_sections(case, say):
    for line, (starts, ends) in LINES[case.cpu].items():
        found = re.search(rf"^ *([0-9a-f]+)-([0-9a-f]+) : {line}$", case.text("iomem.txt"), re.M)
        if not found:
            raise Wrong(f"no '{line}' in iomem.txt")
        first, end = int(found[1], 16), int(found[2], 16) + 1
        # From 5.11 to 6.11 arm64 has it begin behind its header, which is not mapped.
        if case.cpu == "arm64" and virtual(case, first) == case.macros["_stext"]:
            starts = [bound for bound in starts if bound[0] not in (".text", "kernel image")]
        for bounds, physical in (starts, first), (ends, end):
            for name, index in bounds:
                say(name, *(virtual(case, physical) if index == i else None for i in (0, 1)))


def init_of_log(case, word):
    """Where nothing else tells its end; the log has its size in KiB."""
    start, end = word.bounds.get(".init", (None, None))
    size = re.search(r"Memory: .* (\d+)K init,", case.text("dmesg.txt"))
    if end is None and start is not None and size:
        word.say(".init", None, start + int(size[1]) * 1024)


def execmem(case, say):
    """Since 6.10, where the oracle finds it: a window for each type that differs."""
    m = case.macros
    default = m.get("execmem.0.start"), m.get("execmem.0.end")
    for index, name in enumerate(("window", "kprobes", "ftrace", "BPF", "module data")):
        bounds = m.get(f"execmem.{index}.start"), m.get(f"execmem.{index}.end")
        if bounds[0] and (index == 0 or bounds != default):
            # Written both as the end and as the last byte.
            say(f"execmem {name}", bounds[0], bounds[1] + case.page - 1 & -case.page)
    if m.get("execmem.0.fallback_start"):
        say("execmem fallback", m["execmem.0.fallback_start"],
            m["execmem.0.fallback_end"] + case.page - 1 & -case.page)


# ---- /proc/kcore ----

def kcore(case, word):
    """Its segments; the first 8 KiB of the file were kept."""
    m = case.macros
    segments = {p["vaddr"]: p for p in Elf(case.path("kcore.bin")).phdrs() if p["type"] == 1}
    # Its size is END - START, and END is the last byte on x86-64.
    extra = 1 if case.cpu == "amd64" else 0
    spaces = [("vmalloc", "VMALLOC", extra)]
    # i386 has the modules in vmalloc space.
    spaces += [("modules", "MODULES", 0)] if case.cpu != "i386" else []
    for name, macro, more in spaces:
        start = m[macro + ("_VADDR" if macro == "MODULES" else "_START")]
        if start not in segments:
            raise Wrong(f"/proc/kcore has no segment at {start:#x}, where {name} begins")
        word.say(name, start, start + segments[start]["memsz"] + more)
    kcore_ram(case, segments.values(), word.bounds[".text"][0])


def kcore_ram(case, segments, text):
    """All RAM in the direct map lies as far above PAGE_OFFSET as the macros say."""
    ram = 0 if case.cpu == "amd64" else case.phys_base
    none = {"arm": 1 << 32, "i386": 1 << 32}.get(case.cpu, 1 << 64) - 1
    for segment in segments:
        there = segment["paddr"] + case.macros["PAGE_OFFSET"] - ram & MASK
        if segment["paddr"] != none and segment["vaddr"] not in (there, text):
            raise Wrong(f"/proc/kcore has RAM at {segment['vaddr']:#x}, and {segment['paddr']:#x} "
                        f"is {there:#x} by the macros")
