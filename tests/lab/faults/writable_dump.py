"""A copy of a real dump that can be written by kernel virtual address, and reset."""

import os
import struct
import subprocess

from check.vmlab import PAGE, Elf, Wrong


class WritableDump:
    """Write to the copy of CASE's dump; undo_writes() takes everything back."""

    def __init__(self, case, tool_path, directory):
        self.case, self.path = case, os.path.join(directory, case.name)
        subprocess.run(["cp", "--reflink=auto", "--sparse=always", case.path("vmcore"),
                        self.path], check=True)
        self.tool = case.tool(tool_path)
        self.tool.vmcore = self.path
        self.elf = Elf(self.path)
        self.loads = [p for p in self.elf.phdrs() if p["type"] == 1]
        # QEMU's dumps of i386 may be 64-bit files.
        self.word = 8 if Elf(self.tool.vmlinux).bits == 64 else 4
        self.size = os.path.getsize(self.path)
        self.file = open(self.path, "r+b", buffering=0)
        self.undo, self.pages = [], {}
        self.areas = self.tool.json("areas")["areas"]
        self.regions = [r for r in self.tool.json("map")["regions"] if r["primary"]]
        self.symbols = {}

    def close(self):
        self.file.close()
        os.unlink(self.path)

    # ---- Addresses ----

    def offset(self, physical):
        for load in self.loads:
            if load["paddr"] <= physical < load["paddr"] + load["filesz"]:
                return load["offset"] + physical - load["paddr"]
        raise Wrong(f"the dump has no physical {physical:#x}")

    def physical(self, address):
        """Asked of the tool once a page, while the dump is whole."""
        page = address & -PAGE
        if page not in self.pages:
            walk = self.tool.json("addr", f"{page:#x}")["addresses"][0]["walk"]
            if not walk["mapped"]:
                raise Wrong(f"{address:#x} is not mapped")
            self.pages[page] = int(walk["phys"], 16)
        return self.pages[page] + address - page

    def prefetch(self, addresses):
        """The pages of so many addresses, by one run; those without a page stay unknown."""
        pages = sorted({a & -PAGE for a in addresses} - set(self.pages))
        for at in range(0, len(pages), 200):
            asked = [f"{page:#x}" for page in pages[at:at + 200]]
            for answer in self.tool.json("addr", *asked)["addresses"]:
                if answer["walk"] and answer["walk"]["mapped"]:
                    self.pages[int(answer["address"], 16)] = int(answer["walk"]["phys"], 16)

    def symbol(self, name):
        """Its address in the running kernel; 0 if vmlinux has none."""
        if not self.symbols:
            slide = int(self.tool.json("info")["info"]["kaslr_offset"], 16)
            found = Elf(self.tool.vmlinux).symbols(
                "vmalloc_base", "vmemmap_base", "high_memory", "kcore_vmalloc", "vmap_nodes",
                "page_offset_base", "kcore_modules", "execmem_alloc", "address_markers",
                "nr_vmap_nodes", "swapper_pg_dir", "linux_banner", "__start_notes", "phys_base",
                "level1_fixmap_pgt", "_end")
            self.symbols = {key: value + slide for key, value in found.items()}
        return self.symbols.get(name, 0)

    # ---- Bytes ----

    def read(self, address, size=None):
        """A word, or SIZE bytes."""
        raw = os.pread(self.file.fileno(), size or self.word, self.offset(self.physical(address)))
        return raw if size else int.from_bytes(raw, "little")

    def write(self, address, value, size=None):
        self.write_file(self.offset(self.physical(address)),
                        (value & (1 << 8 * (size or self.word)) - 1).to_bytes(
                            size or self.word, "little"))

    def read_file(self, offset, size):
        return os.pread(self.file.fileno(), size, offset)

    def write_file(self, offset, data):
        self.undo.append((offset, os.pread(self.file.fileno(), len(data), offset)))
        os.pwrite(self.file.fileno(), data, offset)

    def undo_writes(self):
        for offset, data in reversed(self.undo):
            os.pwrite(self.file.fileno(), data, offset)
        self.undo.clear()
        kept = os.path.getsize(self.path)
        self.file.truncate(self.size)
        if kept < self.size:
            self.restore(kept)

    def restore(self, offset):
        """The tail, from the dump itself; zeros stay holes."""
        with open(self.case.path("vmcore"), "rb") as whole:
            whole.seek(offset)
            while data := whole.read(1 << 20):
                if data.strip(b"\0"):
                    os.pwrite(self.file.fileno(), data, whole.tell() - len(data))

    # ---- The ELF file itself ----

    def pack(self, load):
        if self.elf.bits == 64:
            names, form = "type flags offset vaddr paddr filesz memsz align", "<IIQQQQQQ"
        else:
            names, form = "type offset vaddr paddr filesz memsz flags align", "<8I"
        return struct.pack(form, *(load[name] for name in names.split()))

    def rewrite_headers(self, change):
        """CHANGE turns one PT_LOAD into several; the table moves to the end of the file."""
        table = []
        for header in self.elf.phdrs():
            table += change(dict(header)) if header["type"] == 1 else [header]
        os.pwrite(self.file.fileno(), b"".join(self.pack(h) for h in table), self.size)
        if self.elf.bits == 64:
            self.write_file(32, struct.pack("<Q", self.size))
            self.write_file(56, struct.pack("<H", len(table)))
        else:
            self.write_file(28, struct.pack("<I", self.size))
            self.write_file(44, struct.pack("<H", len(table)))

    def filter_page(self, physical):
        """What makedumpfile's ELF output does with a page it leaves out: no file bytes."""
        page = physical & -PAGE

        def split(load):
            if not load["paddr"] <= page < load["paddr"] + load["memsz"]:
                return [load]
            before = page - load["paddr"]
            parts = []
            for skip, size, filed in ((0, before, True), (before, PAGE, False),
                                      (before + PAGE, load["memsz"] - before - PAGE, True)):
                if size:
                    parts.append(dict(load, offset=load["offset"] + skip, memsz=size,
                                      paddr=load["paddr"] + skip, filesz=size if filed else 0,
                                      vaddr=load["vaddr"] and load["vaddr"] + skip))
            return parts

        self.rewrite_headers(split)

    def cut_after(self, physical):
        """p_filesz of the segment that holds it ends there."""
        def cut(load):
            if load["paddr"] <= physical < load["paddr"] + load["memsz"]:
                load["filesz"] = physical - load["paddr"]
            return [load]

        self.rewrite_headers(cut)
