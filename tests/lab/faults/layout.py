"""Where gdb finds the members of a kernel's structs: by its own reading of DWARF, not ours.

It takes gdb a quarter of a minute a kernel, so the answer is kept beside the vmlinux.
"""

import json
import os
import subprocess

from check.vmlab import Wrong

STRUCTS = ("vmap_area", "vm_struct", "vmap_node", "vmap_pool", "module", "module_memory",
           "module_layout", "kcore_list", "resource", "page", "mm_struct",
           "zone", "pglist_data", "task_struct")

# Runs inside gdb: {struct: {"": size, member: [offset, size], ...}}, nested ones by dots.
SCRIPT = r"""
import gdb, json
def members(t, at, prefix, found):
    for f in t.fields():
        if not hasattr(f, "bitpos") or f.bitsize:
            continue
        name = prefix + (f.name or "")
        offset, real = at + f.bitpos // 8, f.type.strip_typedefs()
        if f.name:
            found[name] = [offset, real.sizeof]
        if real.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            members(real, offset, name + "." if f.name else prefix, found)
def one(name):
    try:
        t = gdb.lookup_type("struct " + name)
    except gdb.error:
        return None
    found = {"": [0, t.sizeof]}
    members(t, 0, "", found)
    return found
print("LAYOUT " + json.dumps({name: one(name) for name in NAMES}))
"""


def ask_gdb(vmlinux):
    script = SCRIPT.replace("NAMES", repr(STRUCTS))
    done = subprocess.run(["gdb", "-nx", "-batch", "-ex", f"python exec({script!r})", vmlinux],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    for line in done.stdout.splitlines():
        if line.startswith("LAYOUT "):
            return json.loads(line[7:])
    raise Wrong(f"gdb: {done.stderr.strip().splitlines()[-1:]}")


def layout(vmlinux):
    """{struct: {member: (offset, size)}}; None for a struct that this kernel has not."""
    real = os.path.realpath(vmlinux)
    kept = os.path.join(os.path.dirname(real), "layout.json")
    try:
        if os.path.getmtime(kept) > os.path.getmtime(real):
            with open(kept, encoding="ascii") as file:
                known = json.load(file)
            if set(STRUCTS) <= set(known):
                return known
    except (OSError, ValueError):
        pass
    found = ask_gdb(real)
    with open(kept + ".new", "w", encoding="ascii") as file:
        json.dump(found, file)
    os.replace(kept + ".new", kept)
    return found
