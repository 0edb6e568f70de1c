/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The finding codes, stable for ever, each with its page of text. */
#include <string.h>

#include "map/vmatlas_internal.h"

static const struct {
	const char *code, *text;
} pages[] = {
	{ "area-overlap",
	  "Two recorded areas share addresses (error).\n\n"
	  "Every vmap_area in the busy and purge lists owns its range alone: the allocator\n"
	  "takes ranges out of one tree of free space. Two that overlap mean that a record\n"
	  "was overwritten, that an area was freed twice and handed out again, or that the\n"
	  "tree itself is corrupt. Whoever writes through one of them corrupts the other.\n\n"
	  "The evidence names both records; print them and their neighbours. On a live\n"
	  "kernel look twice: the lists move while they are read.\n" },
	{ "area-out-of-range",
	  "A recorded area leaves the regions areas come from (error).\n\n"
	  "vmap_areas lie in vmalloc space, in module space, or in the shadow that KASAN\n"
	  "keeps for modules. The finding names the region the area leaves, by how many\n"
	  "bytes, and the region it runs into. Either an address in the record was\n"
	  "overwritten, or the region's bounds are not what their source says (then\n"
	  "bounds-disagree is reported as well). For a kernel with vmalloc= or a platform's\n"
	  "own VMALLOC_END, give its boot log with --boot-log.\n" },
	{ "region-overlap",
	  "Two declared regions share addresses (error).\n\n"
	  "Regions are what the kernel set aside: lowmem, vmalloc, modules, fixmap, DMA...\n"
	  "Regions that lie inside others by design (.init in lowmem, PCI I/O in vmalloc on\n"
	  "ARM) are not counted. On old ARM platforms the usual pair is the DMA window and\n"
	  "vmalloc or fixmap, both of which the platform's headers define.\n" },
	{ "kernel-overlap-report",
	  "The kernel itself said that two things overlap, or lie outside (error, warning).\n\n"
	  "The words are quoted from the dump's log, or from the one given with --boot-log:\n\n"
	  "    vmalloc bug: A-B overlaps with C-D\n"
	  "        find_va_links(), mm/vmalloc.c, since 5.2: an area was not put into the\n"
	  "        tree, since another is there (error)\n"
	  "    BUG: mapping for P at V out of vmalloc space\n"
	  "    BUG: mapping for P at V overlaps vmalloc space\n"
	  "    BUG: not creating mapping for P at V in user region\n"
	  "        create_mapping(), arch/arm/mm/mmu.c: a static mapping of the platform's\n"
	  "    OVERLAP DETECTED! ... A overlaps with B\n"
	  "        drivers/of/of_reserved_mem.c: two regions of /reserved-memory\n"
	  "    INITRD: ... overlaps in-use memory region\n\n"
	  "What lies at the addresses, by the map, is in the evidence.\n" },
	{ "bounds-disagree",
	  "Two sources give different values for one bound (warning).\n\n"
	  "A bound may be known from a formula, a variable of the kernel, VMCOREINFO, the\n"
	  "kcore_* records, ptdump's address_markers, the page tables, or a boot log. Where\n"
	  "two of them speak of the same quantity they must agree. If they do not, a\n"
	  "variable was overwritten, vmlinux was built from other constants than the\n"
	  "formula knows (a vendor's kernel), or the log is of another boot.\n" },
	{ "vmcoreinfo-wrong",
	  "The dump's VMCOREINFO note contradicts its memory (warning).\n\n"
	  "The note says where the kernel lies, how many levels its page tables have, and\n"
	  "more. It is a hint: memory is the proof. A snapshot of a virtual machine may carry\n"
	  "the note of an earlier boot, and tools that convert dumps may write a wrong one.\n"
	  "Where memory disproves the note, the kernel was searched for in memory as if there\n"
	  "were none, and the rest of the report rests on that. The finding is about the dump\n"
	  "and the tool that wrote it, not about the kernel; other tools that believe the note\n"
	  "will fail on this dump, unless they are given the offsets that 'vmatlas info' shows.\n" },
	{ "list-corrupt",
	  "A list of the kernel does not hold together (error).\n\n"
	  "Each step along a list is checked: the next entry must be a kernel pointer that\n"
	  "can be read, and must point back. What the list held before the break, and what\n"
	  "could be reached from its other end, is in the report; what lies between is not,\n"
	  "so verdicts about missing areas are incomplete (exit code 3 or 1).\n\n"
	  "Areas hang in a tree as well, by address, and since 6.9 on the vmap_node that their\n"
	  "address belongs to. One that is out of order, or on another node, is reported too:\n"
	  "the kernel cannot find it by its address, so vfree() of it fails.\n" },
	{ "vm-struct-mismatch",
	  "A vm_struct contradicts its vmap_area (error).\n\n"
	  "vmap_area.va_start must equal vm_struct.addr, and the size must be the same,\n"
	  "guard page included. A difference means that one of the two was overwritten, or\n"
	  "that the vm_struct was freed and its memory is something else by now.\n\n"
	  "Also reported: more pages than the area has room for; a page array with a page\n"
	  "count of 0; and, since 6.3, flags that mark an area with a vm_struct as vm_map_ram,\n"
	  "or fail to mark one without.\n" },
	{ "page-shared",
	  "A page of a vmalloc() area belongs to somebody else as well (error).\n\n"
	  "vmalloc() takes each page of an area from the buddy allocator, and names it in\n"
	  "vm_struct.pages; until vfree() nobody else owns it. Reported are pages that two areas\n"
	  "name, or one names twice; that are in the kernel's text; whose struct page says that\n"
	  "they are free, a slab's, a page table, a process's memory or page cache; that nobody\n"
	  "references, as free pages on per-CPU lists; and entries that are no struct page. A page\n"
	  "was freed twice, freed while it was in use, or the array was overwritten: what is\n"
	  "written through the area appears in the other owner's data.\n\n"
	  "Not checked: areas of vmap(), vm_map_ram() and drivers, which map pages that others\n"
	  "own; references, where more than a quarter of the pages have none.\n" },
	{ "module-area",
	  "Memory that a module's record names is not its own (error).\n\n"
	  "Each piece of memory in a struct module (base and size; of the module itself, not of\n"
	  "its init part, which is freed) must lie in one area of vmalloc's records, and no\n"
	  "other module may have it. If not, the record was overwritten, or the area's was: the\n"
	  "kernel takes addresses there for the module's code, or frees them with it.\n\n"
	  "An area of load_module() that no module has is a note: a module may just be leaving.\n"
	  "Else one was taken off the list, by mistake or to hide it. Not looked at while a module\n"
	  "is being loaded, or an init part waits to be freed, nor outside module space; since 6.10\n"
	  "records do not say that an area is a module's on all CPUs.\n" },
	{ "task-stack",
	  "A task's stack is not its own (error).\n\n"
	  "Where stacks come from vmalloc (CONFIG_VMAP_STACK), each task has one area as its stack,\n"
	  "from the area's first byte on, and no other task has it; a few that are kept for the\n"
	  "next task (cached_stacks) belong to nobody else, either. If not, task->stack or the\n"
	  "area was overwritten: two tasks would write over each other's frames.\n\n"
	  "Not checked: init_task, whose stack lies in the image, and tasks without a stack, which\n"
	  "are dead but not yet reaped.\n" },
	{ "sum-mismatch",
	  "A sum that the kernel keeps is not that of its records (warning, note).\n\n"
	  "vmap_lazy_nr counts the pages of areas that wait to be purged: up before an area is\n"
	  "put on their list, down after it was taken off. It may be larger than their sum, and\n"
	  "then this is a note, left out while a purge runs; it is never smaller (warning):\n"
	  "the counter or an area was overwritten, or the list has an area too many.\n\n"
	  "nr_vmalloc_pages counts the pages of vmalloc() areas. A CPU in the middle of vmalloc()\n"
	  "or vfree() makes a difference either way, and so does vfree() of pages that vmap() was\n"
	  "given to free (VM_MAP_PUT_PAGES, 5.10 to 6.13): a note. Kernels of 6.19 and later count\n"
	  "by node, and are not checked.\n\n"
	  "RAM is counted by zones, by nodes and in totalram_pages: a zone manages no more pages\n"
	  "than are present, and they are within what it spans; nodes have what their zones have\n"
	  "(warnings). totalram_pages is the sum of all zones, but while memory is plugged or a\n"
	  "balloon is filled (a note). Not checked until the kernel has booted.\n" },
	{ "va-unaccounted",
	  "Address space is neither allocated nor free: leaked (warning, note).\n\n"
	  "vmalloc's allocator hands out from one tree of free areas. What it took out is on a\n"
	  "list: busy, waiting to be purged, or (6.9 and later) kept in a pool of its node. All\n"
	  "of these and the free tree together cover the whole space, to the byte; 'vmatlas\n"
	  "usage' has the sums. A range that is on none of them can never be handed out again.\n"
	  "A dump may catch a task between two lists (alloc_vmap_area(), a purge); then one\n"
	  "such range is harmless. More of them are a leak, or a list that lost its entries.\n"
	  "It is a note if vmap_purge_lock was held and vmap_lazy_nr equals what is lost plus\n"
	  "what is on the lists: a running purge had the areas on its stack.\n\n"
	  "A range that is both free and allocated is an area-overlap.\n" },
	{ "va-exhausted",
	  "A space that vmalloc hands out from is or was full (error, warning), or nearly (note).\n\n"
	  "vmalloc, vmap, ioremap, per-CPU memory, modules and BPF programs need a hole of\n"
	  "their size, guard page included, in vmalloc or module space. What counts is the\n"
	  "largest hole after all lazily freed areas are purged, which the allocator itself\n"
	  "does before it gives up. Free memory does not help, and plenty of free space\n"
	  "in small holes does not either: 'vmatlas usage --full' has the holes by size.\n\n"
	  "The kernel says so in its log: \"vmap allocation for size N failed: use\n"
	  "vmalloc=<size> to increase size\", since 6.11 \"vmalloc_node_range for size N failed:\n"
	  "Address range restricted to ...\", often with a backtrace. The older message does\n"
	  "not say whether vmalloc or module space is meant: the backtrace tells, or else which\n"
	  "of the two is full. RAM is not involved.\n\n"
	  "With a message it is an error if the space is still full in the dump, and a warning\n"
	  "if it was full only then; without a message it is a warning, or a note if little\n"
	  "room is left. The message has the largest hole, the evidence what fills the space,\n"
	  "by caller. An aligned request may need a hole of twice its size.\n\n"
	  "\"vmalloc=\", which the message recommends, works on 32-bit CPUs only and never\n"
	  "changes module space. Not checked: what was freed between the message and the dump.\n" },
	{ "ram-exhausted",
	  "RAM ran out, which is not the same as address space (error, or warning).\n\n"
	  "Reported for \"vmalloc error: size N, ... failed to allocate pages\" and its older\n"
	  "forms, and for the OOM killer. Some kernels log nothing (6.1 sets __GFP_NOWARN in\n"
	  "__vmalloc_area_node()): then it is reported if less than an eighth of RAM is free\n"
	  "while vmalloc areas hold more than half. An error if a message was found and RAM is\n"
	  "still short.\n\n"
	  "The evidence lists callers by the RAM (not address space) that vmalloc gave them. If\n"
	  "together they hold less than a quarter, the RAM went elsewhere: page cache, slab, user\n"
	  "space, which vmatlas does not examine. Free pages on per-CPU lists are not counted.\n" },
	{ "limit-reached",
	  "An allocation was refused for its size (warning, note).\n\n"
	  "\"exceeds total pages\": vmalloc() of more than the machine's RAM, at once; often a\n"
	  "size that came out of a wrong calculation, or from user space. \"alloc from reserved\n"
	  "chunk failed\", \"Could not allocate N bytes percpu data\": a module's per-CPU variables\n"
	  "are larger than what is reserved for modules (PERCPU_MODULE_RESERVE, 8 KiB).\n"
	  "Neither address space nor RAM is short. \"vmalloc: allocation failure: 0 bytes\" (until\n"
	  "5.12) is the caller's mistake, and a note; so is a memory cgroup's limit a limit.\n" },
	{ "crash",
	  "The crash recorded in the log, with its addresses looked up (note).\n\n"
	  "The address of a page fault, protection fault or stack overflow, and PC, LR and SP,\n"
	  "each described by what lies there: the guard page below a stack, a freed area, module\n"
	  "space without a module (any more), a NULL pointer plus offset, the poison of freed\n"
	  "memory. Areas and stacks are those at the time of the dump: the log may be older. It\n"
	  "is a warning if another finding concerns the same address; the evidence names it.\n\n"
	  "\"CPU note\" lines are where each CPU was when the dump was taken, by the registers that\n"
	  "came with it (NT_PRSTATUS): the moment of the crash in a kdump, later in others.\n\n"
	  "Not checked: addresses that the kernel printed hashed, as %p does since 4.15.\n" },
	{ "unreadable",
	  "Memory that the answer needs is not in the dump (note).\n\n"
	  "makedumpfile leaves pages out by level (-d), a transfer may cut a file short, a\n"
	  "page may never have been mapped. That is not corruption: the report says what is\n"
	  "missing and goes on. check exits 3 if nothing worse was found.\n" },
	{ "stale-pte",
	  "Pages are mapped where no record says that anything is (warning).\n\n"
	  "In vmalloc and module space every mapped page belongs to an area, busy or not yet\n"
	  "purged, or to a module. One that does not was left mapped when its area was freed,\n"
	  "or its record was overwritten or lost. The next owner of these addresses finds them\n"
	  "mapped already, and a stale pointer writes into memory that has another owner now.\n\n"
	  "An area that is being freed leaves its list just before its pages are unmapped, so\n"
	  "one that a CPU was freeing looks the same. Not checked if some areas could not be\n"
	  "read (list-corrupt, unreadable): the pages may be theirs.\n\n"
	  "Also reported: pages in the fixmap in slots that early_ioremap() uses only while\n"
	  "booting, and outside all of its slots.\n" },
	{ "unmapped-area",
	  "An area is recorded, and some of its pages are not mapped (error, warning).\n\n"
	  "An access to such a page faults. Only areas that must be fully mapped are checked:\n"
	  "vmalloc() for as many pages as it counts (error); vmap(), DMA memory, ioremap() and\n"
	  "ARM's static mappings for all of their range but the guard page (warning: these are\n"
	  "recorded before they are mapped, so one that a CPU was setting up looks the same).\n"
	  "Areas that are mapped piece by piece are excluded: per-CPU chunks, vm_map_ram, sparse\n"
	  "areas, PCI I/O, ranges only set aside.\n" },
	{ "wrong-page",
	  "A page is mapped that is not the one the area's record names (error).\n\n"
	  "A vm_struct names the struct page of each of its pages (vmalloc), or the physical\n"
	  "address that it maps (ioremap). The page tables say something else: an entry or\n"
	  "the record was overwritten. Writes through this area go to another owner's memory.\n"
	  "The evidence has both, and the physical address of the entry.\n\n"
	  "The direct map of 64-bit CPUs has all of RAM at one distance; an entry of it that leads\n"
	  "elsewhere is reported as well, and so is one of the kernel image. Every user of that\n"
	  "memory reads and writes another page.\n" },
	{ "wx-mapping",
	  "Memory can be written and executed (warning, note).\n\n"
	  "Kernels with STRICT_KERNEL_RWX keep the two apart, and say so at boot (\"Checked W+X\n"
	  "mappings: passed\"). A range that is both was changed later, by set_memory_*() or by\n"
	  "a manual edit of the page tables. The direct map is checked as well, unless more than a\n"
	  "quarter of it is both. It is a note in module space if this kernel loads\n"
	  "modules like that (no STRICT_MODULE_RWX), or while a module is being loaded. Not\n"
	  "checked if the CPU cannot forbid execution, or with rodata=off.\n" },
	{ "guard-mapped",
	  "The guard page after an area is mapped (error).\n\n"
	  "Each area of vmalloc(), vmap() and ioremap() ends with a page that must not be\n"
	  "mapped, so that an overrun faults. Here it would not: it silently writes to the page\n"
	  "that is mapped there.\n" },
	{ "memtype-conflict",
	  "The same physical memory is mapped with two memory types (warning, note).\n\n"
	  "Cached and uncached, or device and write-combining: what a CPU reads, and in which\n"
	  "order, is then undefined. Checked are device memory, and RAM that vmap() or vmalloc()\n"
	  "maps with another type than the linear map does. Uncached DMA memory beside a cached\n"
	  "linear map is normal in Linux. It is a note where the stricter type wins (x86 with\n"
	  "its MTRRs, strongly ordered and device memory of ARM), and for RAM on CPUs other than\n"
	  "x86, where a driver that cleans the caches may do this.\n" },
	{ "double-ioremap",
	  "Two ioremap() areas map the same registers, in the same way (note).\n\n"
	  "One finding lists the pairs. Drivers that share a device do this; so does a driver\n"
	  "that forgets to unmap, or a second one that takes a device over. Excluded are ACPI's\n"
	  "mappings for the firmware, ARM's static mappings, cached memory, and pages that may\n"
	  "hold two devices, since a page is the smallest mapping: the page where one area ends\n"
	  "and the next begins, and one in which an entry of /proc/iomem begins or ends.\n" },
	{ "ram-ioremapped",
	  "An ioremap() area maps RAM that the kernel uses (warning, note).\n\n"
	  "Kernels refuse this (\"ioremap on RAM\"), since the same memory is mapped cached in\n"
	  "the linear map. So the mapping was made by other means, or its entry was overwritten.\n"
	  "A cached mapping, as memremap() makes for firmware tables, is a note.\n" },
	{ "page-table-corrupt",
	  "An entry of the kernel's page tables makes no sense (error).\n\n"
	  "It has bits set that must be 0, points to a table above all memory, or to one that\n"
	  "is also used at another level or for another address. The page that holds the table\n"
	  "was overwritten, or freed and used again. What the entry should map is not known;\n"
	  "the address of the entry is in the evidence.\n\n"
	  "So are entries of the kernel's own tables that no kernel makes: a page of its image,\n"
	  "of vmalloc or module space or of the direct map that user space may use; anything\n"
	  "mapped at user addresses (x86-64, RISC-V, ARM), where init_mm has nothing; a hole in\n"
	  "the kernel's text; and init_mm.pgd, where it names other tables than those in use.\n\n"
	  "And holes in the direct map of 64-bit CPUs, if a struct page there says slab, page\n"
	  "table or free: these are always mapped. Other holes are the kernel's own (secretmem,\n"
	  "KFENCE, debug_pagealloc, crashkernel=, poisoned pages), and not reported.\n" },
	{ "ram-ignored",
	  "RAM is installed, and this kernel does not use it (warning, note).\n\n"
	  "The usual cause on 32-bit ARM: lowmem would run into the vmalloc reservation.\n"
	  "Kernels up to 3.15 said \"Truncating RAM at ... (vmalloc region overlap)\"; today\n"
	  "it is \"Ignoring RAM at ...\". A 32-bit ARM kernel maps lowmem from PAGE_OFFSET and\n"
	  "reserves vmalloc space below VMALLOC_END: by default 240 MiB (128 MiB before 3.3),\n"
	  "or what vmalloc= says, and 8 MiB of gap between. RAM that does not fit below is\n"
	  "highmem if the kernel has HIGHMEM, and lost if not.\n\n"
	  "    lowmem may reach VMALLOC_END - vmalloc reserve - 8 MiB (5.14 and later;\n"
	  "    before, the gap was taken out of the reserve)\n\n"
	  "A smaller vmalloc= gives lowmem the room back, down to what drivers need. Where\n"
	  "no value suffices: HIGHMEM, or a lower PAGE_OFFSET (VMSPLIT_2G), which takes\n"
	  "address space from every process.\n\n"
	  "vmalloc is named only where lowmem ends where this arithmetic says. Since 4.9 the\n"
	  "kernel prints \"Ignoring RAM\" for other causes, too; each has its own advice:\n"
	  "firmware's own memory (no-map in /reserved-memory; a note, nothing is lost), less\n"
	  "than 2 MiB lost to rounding (note), a bank that begins or ends within 2 MiB, RAM\n"
	  "beyond 4 GiB without LPAE, RAM below where the kernel was loaded, too many banks,\n"
	  "the memory model, x86 without HIGHMEM (\"Warning only 887MB will be used\"). Where\n"
	  "none is proved it is a note that says so. A log without a table is enough if it\n"
	  "tells where RAM begins: one of the four VMSPLITs must explain the bound.\n\n"
	  "On other CPUs: System RAM above max_pfn, or not in memblock. Memory that was added\n"
	  "after boot is not checked: memblock is a record of boot.\n" },
	{ "ram-in-highmem",
	  "RAM above lowmem is used as highmem (note).\n\n"
	  "Nothing is lost, but the kernel must map such pages before it can touch them. A\n"
	  "smaller vmalloc= makes more of it lowmem.\n" },
	{ "lowmem-at-limit",
	  "lowmem ends exactly where the vmalloc reservation makes it end (note).\n\n"
	  "So the kernel may have cut RAM off there; whether it did is not to be told, for\n"
	  "nothing says how much RAM is installed. The boot log says it (--boot-log LOG),\n"
	  "and so does the board's device tree.\n" },
};

const char *vmatlas_explain(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		if (!strcmp(pages[i].code, code))
			return pages[i].text;
	return NULL;
}

const char *vmatlas_finding_code_next(const char *prev)
{
	if (!prev)
		return pages[0].code;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(pages); i++)
		if (!strcmp(pages[i].code, prev))
			return pages[i + 1].code;
	return NULL;
}
