"""Was a fault reported as it must be? And the table of all faults, by kind."""

import time

from check.vmlab import Wrong, number

TIMEOUT = 5


# Who else knows of an area: what is kept of all of them, whose stack it is, whose module's.
SECOND_SOURCES = {"sum-mismatch", "task-stack", "module-area"}


class Tally:
    def __init__(self):
        self.nr, self.codes, self.harmless, self.missed = 0, {}, {}, 0


class Verdicts:
    def __init__(self):
        self.kinds, self.seconds = {}, 0

    def begin(self, p):
        """What is found in the whole dump is not due to any fault."""
        healthy = self.check(p)["findings"]
        self.usual = {self.key(f) for f in healthy}
        self.codes = {f["code"] for f in healthy}

    @staticmethod
    def key(finding):
        return finding["code"], finding["message"]

    def check(self, p):
        start = time.monotonic()
        document = p.tool.json("check", status=(0, 1, 3))
        took = time.monotonic() - start
        self.seconds += took
        if took > TIMEOUT:
            raise Wrong(f"check took {took:.1f} s")
        return document

    # ---- One fault ----

    def inject(self, p, fault, row):
        """False if the fault is none: the value was there already."""
        mask = (1 << 8 * fault.size) - 1
        place = fault.at if fault.physical else p.physical(fault.at)
        old = int.from_bytes(p.read_file(p.offset(place), fault.size), "little")
        if old == fault.value & mask:
            return False
        tally = self.kinds.setdefault(fault.kind, Tally())
        tally.nr += 1
        p.write_file(p.offset(place), (fault.value & mask).to_bytes(fault.size, "little"))
        try:
            self.judge(p, fault, tally)
        except Wrong as wrong:
            tally.missed += 1
            row.failed = True
            row.note(f"{fault.kind}: {fault.what} at {fault.at:#x}, {old:#x} to "
                     f"{fault.value & mask:#x}: {wrong}")
        p.undo_writes()
        return True

    def judge(self, p, fault, tally):
        document = self.check(p)
        new = [f for f in document["findings"] if self.key(f) not in self.usual]
        found = {f["code"] for f in new}
        # A sum, a task, a module knows what the area's records do not.
        if (fault.harmless or fault.silent) and found <= SECOND_SOURCES:
            found = set()
        if fault.harmless and found:
            raise Wrong(f"found {sorted(found)}, though {fault.harmless}")
        reason = fault.harmless or fault.silent
        if reason and not found:
            tally.harmless[reason] = tally.harmless.get(reason, 0) + 1
            return
        if not fault.must <= found or \
           not found <= fault.must | fault.may | SECOND_SOURCES or not found:
            raise Wrong(f"found {sorted(found)}, not {sorted(fault.must)}"
                        + (f" and perhaps {sorted(fault.may)}" if fault.may else ""))
        self.judge_exit(document, new)
        for finding in new:
            # A note on all of memory that is there anyway may name other numbers.
            usual = finding["code"] in self.codes and finding["severity"] == "note"
            # They stand where they are kept, which is not where the area is.
            usual |= finding["code"] in SECOND_SOURCES
            if not usual and not self.is_near(finding, fault):
                raise Wrong(f"far from it: {finding['code']} {finding['start']} "
                            f"{finding['end']} {finding['record']}: {finding['message']}")
        for code in found:
            tally.codes[code] = tally.codes.get(code, 0) + 1

    @staticmethod
    def judge_exit(document, new):
        bad = any(f["severity"] != "note" for f in new)
        status = document["summary"]["exit_code"]
        if bad != (status == 1):
            raise Wrong(f"exit code {status}")

    @staticmethod
    def is_near(finding, fault):
        places = [(number(finding["start"]), number(finding["end"]))]
        if finding["record"]:
            places.append((number(finding["record"]), number(finding["record"]) + 1))
        # Of several owners a finding is about the first; its evidence names the others.
        places += [(number(e["value"]["start"]), number(e["value"]["end"]))
                   for e in finding["evidence"] or () if e["type"] == "range"]
        return any(start is not None and start < last and first < (end or 1 << 64)
                   for start, end in places for first, last in fault.near)

    # ---- All of them ----

    def table(self):
        print(f"{'KIND':38} {'NR':>5} {'MISSED':>6}  FOUND AS")
        for kind, t in self.kinds.items():
            text = ", ".join(f"{code} {nr}" for code, nr in
                             sorted(t.codes.items(), key=lambda item: -item[1]))
            print(f"{kind:38} {t.nr:5} {t.missed:6}  {text}")
            for reason, nr in t.harmless.items():
                print(f"{'':52}nothing {nr}: {reason}")
        print(f"{sum(t.nr for t in self.kinds.values())} injected faults, "
              f"{sum(t.missed for t in self.kinds.values())} missed or misreported")
