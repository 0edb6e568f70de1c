"""Where things are in the kernel's records of areas, in a dump that can be written to."""

from check.vmlab import PAGE, Wrong, number


class Records:
    """struct vmap_area: va_start, va_end, rb_node (3 words), list, then the union with vm;
    struct vm_struct: next, addr, size (include/linux/vmalloc.h, 5.2 and later). Each place
    is held against what the tool printed before anything is written there.
    """

    def __init__(self, dump):
        self.p, self.word = dump, dump.word
        self.busy = [a for a in dump.areas if a["vm_struct"]]

    def start(self, area):
        return number(area["record"])

    def end(self, area):
        return number(area["record"]) + self.word

    def next(self, area):
        return number(area["record"]) + 5 * self.word

    def vm(self, area):
        return number(area["record"]) + 7 * self.word

    def vm_addr(self, area):
        return number(area["vm_struct"]) + self.word

    def vm_size(self, area):
        return number(area["vm_struct"]) + 2 * self.word

    def verify(self, area):
        for place, value in ((self.start(area), number(area["start"])),
                             (self.end(area), number(area["end"])),
                             (self.vm(area), number(area["vm_struct"])),
                             (self.vm_addr(area), number(area["start"])),
                             (self.vm_size(area), area["size"])):
            if self.p.read(place) != value:
                raise Wrong(f"the record at {area['record']} is not laid out as expected")

    def neighbours(self):
        """Two plain areas, the second right behind the first, somewhere in the middle."""
        plain = [a for a in self.busy if a["type"] == "vmalloc"]
        half = len(plain) // 2
        for a in plain[half:]:
            for b in plain:
                if 0 <= number(b["start"]) - number(a["end"]) <= 4 * PAGE:
                    self.verify(a)
                    self.verify(b)
                    return a, b
        raise Wrong("no two neighbours")

    def of_one_list(self):
        """Three areas of one list, in its order: the first, one in the middle, the one after."""
        node = self.busy[0]["node"]
        mine = {self.next(a): a for a in self.busy if a["node"] == node}
        first = next(iter(mine.values()))
        middle = first
        for _ in range(len(mine) // 2):
            middle = mine.get(self.p.read(self.next(middle)), middle)
        return first, middle

    def links(self):
        """{record: the records it is linked with by list and tree}; 0 where a list ends."""
        w, mine = self.word, {number(a["record"]) for a in self.p.areas}
        linked = {}
        for record in mine:
            words = [self.p.read(record + at * w) for at in range(2, 7)]
            # rb_node: parent and colour, right, left; list: next, prev
            targets = [(word & ~3) - 2 * w for word in words[:3]] + [
                word - 5 * w for word in words[3:]]
            linked[record] = {target if target in mine else 0 for target in targets}
        return linked

    def cut_off_by(self, missing):
        """What no way leads to that does not pass through MISSING, itself included."""
        linked = self.links()
        # The ends of a list, and the top of a tree.
        found = {r for r, targets in linked.items() if r not in missing and self.is_end(r)}
        ways = list(found)
        while ways:
            more = linked[ways.pop()] - found - missing - {0}
            found |= more
            ways += more
        return {f"{r:#0{2 * self.word + 2}x}" for r in linked.keys() - found}

    def is_end(self, record):
        w, mine = self.word, {number(a["record"]) for a in self.p.areas}
        return self.p.read(record + 2 * w) & ~3 == 0 or any(
            self.p.read(record + at * w) - 5 * w not in mine for at in (5, 6))

    def move(self, area, start, end, vm=True):
        self.p.write(self.start(area), start)
        self.p.write(self.end(area), end)
        if vm:
            self.p.write(self.vm_addr(area), start)
            self.p.write(self.vm_size(area), end - start)
