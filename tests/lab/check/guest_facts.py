"""What a guest says of its kernel, its areas and its page tables; see regions.py for the rest.

Nothing here is computed from what vmatlas says.
"""

import re

from check.vmlab import Elf, Wrong

MASK = (1 << 64) - 1

# ---- Which kernel ----

def kaslr_offset(case):
    """How far the image lies from where vmlinux has it, by a symbol that both know."""
    known = [name for name in ("_text", "_stext", "_etext", "__init_begin") if name in case.macros]
    linked = Elf(case.path("vmlinux")).symbols(*known)
    name = next((name for name in known if name in linked), None)
    if not name:
        raise Wrong("no symbol that both the guest and vmlinux name")
    return case.macros[name] - linked[name]


def levels(case):
    """As walked: less than what was configured, where the CPU has not so many."""
    return case.macros.get("pgtable_levels", case.macros.get("CONFIG_PGTABLE_LEVELS"))


def core_format(case):
    if "EXTRACT" in case.facts:
        return "ELF, extract"
    return {"elf": "ELF", "kdump-zlib": "kdump (zlib), flattened", "kexec-l": "kdump (lzo)",
            "kexec-z": "kdump (zstd)", "kexec-c": "kdump (zlib)",
            "kexec-raw": "kdump", "kexec-elf": "ELF"}[case.facts["FORMAT"]]


def vmallocinfo_ranges(case):
    """(start, exclusive end) of its lines, sorted."""
    lines = re.findall(r"^0x(\w+)-0x(\w+) ", case.text("vmallocinfo.txt"), re.M)
    return sorted((int(start, 16), int(end, 16)) for start, end in lines)


def leaf_sizes(case):
    """{level: bytes that an entry of it maps}"""
    m = case.macros
    # ARM's short descriptors: PMD_SIZE is two sections, and each is mapped for itself.
    section = 1 << 20 if case.cpu == "arm" and levels(case) == 2 else m["PMD_SIZE"]
    return {"pte": case.page, "pmd": section, "pud": m.get("PUD_SIZE", 0)}


def walks(text, sizes):
    """(address, leaf size or 0, physical) by the kernel's own page table accessors."""
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
