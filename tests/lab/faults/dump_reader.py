"""The kernel's records as Python reads them from a dump: by the symbols of vmlinux, gdb's
offsets and the bytes; vmatlas is asked for physical addresses only, while the dump is whole.
"""

from faults.layout import layout
from check.vmlab import Elf, Wrong, number

SYMBOLS = ("vmap_area_list", "vmap_area_root", "purge_vmap_area_list", "purge_vmap_area_root",
           "vmap_nodes", "nr_vmap_nodes", "single", "free_vmap_area_list",
           "free_vmap_area_root", "modules", "high_memory", "vmap_lazy_nr", "nr_vmalloc_pages", "vmalloc_base", "vmemmap_base",
           "page_offset_base", "kcore_vmalloc", "kcore_modules", "swapper_pg_dir",
           "arm_lowmem_limit", "memstart_addr", "kimage_voffset", "kernel_map", "vmap_purge_list", "_text",
           "_stext", "_etext", "init_mm", "_totalram_pages", "totalram_pages", "node_data",
           "contig_page_data", "init_task")


class Area:
    """A vmap_area: .record, .start, .end, .state ("busy", "lazy", "free"), .vm; of its
    vm_struct .vm_addr, .vm_size and so on; of a free one .sub.
    """

    def __init__(self, record, state):
        self.record, self.state, self.vm = record, state, 0

    @property
    def size(self):
        return self.end - self.start

    def meets(self, other):
        return self.start < other.end and other.start < self.end


class DumpReader:
    def __init__(self, dump):
        self.p, self.word = dump, dump.word
        self.layout = layout(dump.tool.vmlinux)
        slide = int(dump.tool.json("info")["info"]["kaslr_offset"], 16)
        self.symbols = {name: value + slide for name, value in
                        Elf(dump.tool.vmlinux).symbols(*SYMBOLS).items()}
        self.pools = []                 # heads of pools' lists
        self.heads = []                 # (state, head, root or 0), busy ones first
        # What the tool lists is only which pages to ask for at once.
        dump.prefetch({number(a[key]) for a in dump.areas for key in
                          ("record", "vm_struct") if a[key]})
        self.busy, self.lazy, self.free = [], [], []
        self.find_heads()
        for state, head, _ in self.heads:
            (self.busy if state == "busy" else self.lazy).extend(self.walk(head, state))
        if "vmap_purge_list" in self.symbols:
            self.lazy += self.walk_llist(self.symbols["vmap_purge_list"])
        self.pooled = [a for head in self.pools for a in self.walk(head, "pooled")]
        self.modules = self.find_modules()
        self.free_heads = []
        if "free_vmap_area_list" in self.symbols:
            self.free_heads = [("free", self.symbols["free_vmap_area_list"],
                                self.symbols["free_vmap_area_root"])]
            self.free = self.walk(self.symbols["free_vmap_area_list"], "free")

    # ---- Members ----

    def has(self, struct, member):
        return bool(self.layout.get(struct)) and member in self.layout[struct]

    def place(self, struct, member, record):
        """(address, size) of a member of a record."""
        offset, size = self.layout[struct][member]
        return record + offset, size

    def get(self, struct, member, record):
        if not self.has(struct, member):
            return 0
        at, size = self.place(struct, member, record)
        return int.from_bytes(self.p.read(at, size), "little")

    # ---- Lists ----

    def find_heads(self):
        s = self.symbols
        if "vmap_area_list" in s:
            self.heads = [("busy", s["vmap_area_list"], s.get("vmap_area_root", 0))]
            if "purge_vmap_area_list" in s:
                self.heads.append(("lazy", s["purge_vmap_area_list"],
                                   s.get("purge_vmap_area_root", 0)))
            return
        base, nr = s.get("single"), 1
        if "vmap_nodes" in s:
            base = self.p.read(s["vmap_nodes"])
            nr = int.from_bytes(self.p.read(s["nr_vmap_nodes"], 4), "little")
        if not base:
            raise Wrong("neither vmap_area_list nor vmap_nodes")
        size = self.layout["vmap_node"][""][1]
        for state, name in (("busy", "busy"), ("lazy", "lazy")):
            for node in range(base, base + nr * size, size):
                self.heads.append((state, self.place("vmap_node", name + ".head", node)[0],
                                   self.place("vmap_node", name + ".root", node)[0]))
        self.nodes = range(base, base + nr * size, size)
        if nr > 1:
            for node in self.nodes:
                self.find_pools(node)

    def find_modules(self):
        """Addresses of struct module, in the order of their list."""
        head, found = self.symbols["modules"], []
        entry = self.p.read(head)
        while entry != head:
            found.append(entry - self.layout["module"]["list"][0])
            entry = self.p.read(entry)
        return found

    def find_pools(self, node):
        offset, size = self.layout["vmap_node"]["pool"]
        stride, head = self.layout["vmap_pool"][""][1], self.layout["vmap_pool"]["head"][0]
        for at in range(node + offset, node + offset + size, stride):
            self.pools.append(at + head)

    def walk(self, head, state):
        """The list from HEAD; the dump is whole, so it ends."""
        found, entry = [], self.p.read(head)
        offset = self.layout["vmap_area"]["list"][0]
        while entry != head:
            found.append(self.decode(entry - offset, state))
            entry = self.p.read(entry)
        for at, area in enumerate(found):
            area.head, area.around = head, found[max(0, at - 1):at + 2]
        return found

    def walk_llist(self, head):
        """5.4 to 5.10: without back links, and in the tree no more."""
        found, entry = [], self.p.read(head)
        while entry:
            found.append(self.decode(entry - self.layout["vmap_area"]["purge_list"][0], "llist"))
            entry = self.p.read(entry)
        for at, area in enumerate(found):
            area.head, area.around = head, found[max(0, at - 1):at + 2]
        return found

    def decode(self, record, state):
        a = Area(record, state)
        a.start = self.get("vmap_area", "va_start", record)
        a.end = self.get("vmap_area", "va_end", record)
        a.flags = self.get("vmap_area", "flags", record)
        if state == "free":
            a.sub = self.get("vmap_area", "subtree_max_size", record)
            a.left, a.right = (self.get("vmap_area", f"rb_node.rb_{side}", record)
                               for side in ("left", "right"))
        if state == "busy":
            a.vm = self.get("vmap_area", "vm", record)
        if a.vm:
            for member in ("addr", "size", "flags", "pages", "nr_pages", "phys_addr", "caller"):
                setattr(a, "vm_" + member, self.get("vm_struct", member, a.vm))
        return a

    # ---- The free tree ----

    def largest(self):
        """{record: what subtree_max_size must be}, of free areas as they are said to be."""
        node = self.layout["vmap_area"]["rb_node"][0]
        by_node = {a.record + node: a for a in self.free}
        done = {}

        def below(at):
            if not at:
                return 0
            a = by_node[at]
            done[a.record] = max(a.size, below(a.left), below(a.right))
            return done[a.record]

        below(self.p.read(self.symbols["free_vmap_area_root"]))
        return done
