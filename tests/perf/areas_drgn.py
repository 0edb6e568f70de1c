# SPDX-License-Identifier: LGPL-2.1-or-later
"""The areas of the vmalloc space, as drgn finds them; drgn sets prog."""
from drgn.helpers.linux.mm import for_each_vmap_area

for area in for_each_vmap_area(prog):  # noqa: F821
    start, end = area.va_start.value_(), area.va_end.value_()
    caller = area.vm.caller.value_() if area.vm else 0
    print(f"{start:#x}-{end:#x} {end - start} {caller:#x}")
