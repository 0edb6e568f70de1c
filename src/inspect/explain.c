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
	  "bounds-disagree is close by). A kernel that has vmalloc= or a platform's own\n"
	  "VMALLOC_END wants its boot table given with --boot-log.\n" },
	{ "region-overlap",
	  "Two declared regions share addresses (error).\n\n"
	  "Regions are what the kernel set aside: lowmem, vmalloc, modules, fixmap, DMA...\n"
	  "Regions that lie inside others by design (.init in lowmem, PCI I/O in vmalloc on\n"
	  "ARM) are not counted. On old ARM platforms the usual pair is the DMA window and\n"
	  "vmalloc or fixmap, both of which the platform's headers define.\n" },
	{ "bounds-disagree",
	  "Two sources give different values for one bound (warning).\n\n"
	  "A bound may be known from a formula, a variable of the kernel, VMCOREINFO, the\n"
	  "kcore_* records, ptdump's address_markers, the page tables, or a boot log. Where\n"
	  "two of them speak of the same quantity they must agree. If they do not, a\n"
	  "variable was overwritten, vmlinux was built from other constants than the\n"
	  "formula knows (a vendor's kernel), or the log is of another boot.\n" },
	{ "list-corrupt",
	  "A list of the kernel does not hold together (error).\n\n"
	  "Each step along a list is checked: the next entry must be a kernel pointer that\n"
	  "can be read, and must point back. What the list held before the break, and what\n"
	  "could be reached from its other end, is in the report; what lies between is not,\n"
	  "so verdicts about missing areas are incomplete (exit code 3 or 1).\n" },
	{ "vm-struct-mismatch",
	  "A vm_struct contradicts its vmap_area (error).\n\n"
	  "vmap_area.va_start must equal vm_struct.addr, and the size must be the same,\n"
	  "guard page included. A difference means that one of the two was overwritten, or\n"
	  "that the vm_struct was freed and its memory is something else by now.\n\n"
	  "Told, too: more pages counted than the area has room for; an array of pages, and\n"
	  "none counted; and, since 6.3, flags that say vm_map_ram of an area with a vm_struct,\n"
	  "or do not say it of one without.\n" },
	{ "va-unaccounted",
	  "Address space is in use by nobody and not free (warning, note).\n\n"
	  "vmalloc's allocator hands out from one tree of free areas. What it took out is on a\n"
	  "list: busy, waiting to be purged, or (6.9 and later) kept in a pool of its node. All\n"
	  "of these and the free tree together cover the whole space, to the byte; 'vmatlas\n"
	  "usage' has the sums. A range that is on none of them can never be handed out again.\n"
	  "A dump may catch a task between two lists (alloc_vmap_area(), a purge); then one\n"
	  "such range is harmless. More of them are a leak, or a list that lost its entries.\n"
	  "It is a note where somebody held vmap_purge_lock, and vmap_lazy_nr counts as much as\n"
	  "is lost and on the lists together: the purge had them on its stack.\n\n"
	  "A range that is free and in use at once is an area-overlap.\n" },
	{ "va-exhausted",
	  "A space that vmalloc hands out from is or was full (error, warning), or nearly (note).\n\n"
	  "vmalloc, vmap, ioremap, per-CPU memory, modules and BPF programs need a hole of\n"
	  "their size, guard page included, in vmalloc or module space. Judged is the largest\n"
	  "hole that there would be once all lazily freed areas are purged, as the allocator\n"
	  "itself tries before it gives up. Free memory does not help, and plenty of free space\n"
	  "in small holes does not either: 'vmatlas usage --full' has the holes by size.\n\n"
	  "The kernel says so in its log: \"vmap allocation for size N failed: use\n"
	  "vmalloc=<size> to increase size\", since 6.11 \"vmalloc_node_range for size N failed:\n"
	  "Address range restricted to ...\", and often a backtrace with it. The older words do\n"
	  "not say which space is meant: vmalloc space, or that of modules. It is told by the\n"
	  "backtrace, else by which of the two is full. RAM has nothing to do with it.\n\n"
	  "With a message it is an error if the space is full in the dump still, and a warning\n"
	  "if it was only then; without one a warning, or a note if little room is left. The\n"
	  "largest hole is in the message, what fills the space in the evidence, by caller. An\n"
	  "alignment may need a hole of twice the size, so one a little larger counts as none.\n\n"
	  "\"vmalloc=\", which the message recommends, is read by 32-bit CPUs alone, and never\n"
	  "changes module space. Not judged: what was freed between the message and the dump.\n" },
	{ "ram-exhausted",
	  "RAM ran out, which is not the same as address space (error, or warning).\n\n"
	  "Told by \"vmalloc error: size N, ... failed to allocate pages\" and its older forms,\n"
	  "by the OOM killer, and, as some kernels say nothing at all (6.1 asks for silence in\n"
	  "__vmalloc_area_node()), by what is free: less than an eighth of RAM while vmalloc\n"
	  "areas hold more than half. An error if that is still so and a message was found.\n\n"
	  "The evidence has the owners of vmalloc's part by caller, in RAM, not address space.\n"
	  "Where they hold less than a quarter, others have the RAM: page cache, slab, user\n"
	  "space, which vmatlas does not look into. CPUs keep a few free pages to themselves\n"
	  "that are not counted.\n" },
	{ "limit-reached",
	  "An allocation was refused for its size (warning).\n\n"
	  "\"exceeds total pages\": vmalloc() of more than the machine's RAM, at once; often a\n"
	  "size that came out of a wrong calculation, or from user space. \"alloc from reserved\n"
	  "chunk failed\", \"Could not allocate N bytes percpu data\": a module's per-CPU variables\n"
	  "are larger than what is reserved for modules (PERCPU_MODULE_RESERVE, 8 KiB).\n"
	  "Neither address space nor RAM is short.\n" },
	{ "crash",
	  "The crash that the log tells of, with its addresses looked up (note).\n\n"
	  "The address that a page fault, protection fault or stack overflow was at, and what\n"
	  "PC, LR and SP were, in the words of this map: the guard page below a stack, a freed\n"
	  "area, module space where there is no module (any more), a NULL pointer and offset,\n"
	  "the poison of freed memory. Areas and stacks are those of the moment of the dump: the\n"
	  "log may be older. It is a warning if the address lies in what another finding is\n"
	  "about, which the evidence then names.\n\n"
	  "\"CPU note\" lines are where each CPU was when the dump was taken, by the registers that\n"
	  "came with it (NT_PRSTATUS): the moment of the crash in a kdump, later in others.\n\n"
	  "Not judged: addresses that the kernel printed hashed, as %p does since 4.15.\n" },
	{ "unreadable",
	  "Memory that the answer needs is not in the dump (note).\n\n"
	  "makedumpfile leaves pages out by level (-d), a transfer may cut a file short, a\n"
	  "page may never have been mapped. That is not corruption: the report says what is\n"
	  "missing and goes on. check exits 3 if nothing worse was found.\n" },
	{ "stale-pte",
	  "Pages are mapped where no record says that anything is (warning).\n\n"
	  "In vmalloc and module space every mapped page belongs to an area, busy or not yet\n"
	  "purged, or to a module. One that does not was left behind when its area was freed,\n"
	  "or its record was overwritten or lost. Whoever gets these addresses next finds\n"
	  "them mapped already; and who still holds an old pointer writes into memory that is\n"
	  "somebody else's by now.\n\n"
	  "An area that is being freed leaves its list a moment before its pages are unmapped:\n"
	  "one that a CPU was just freeing looks the same. Not judged where not all areas could\n"
	  "be read (list-corrupt, unreadable): the pages may be those of the ones that are lost.\n\n"
	  "In the fixmap, pages in slots that early_ioremap() has while booting, and in none\n"
	  "of its slots at all, are told likewise.\n" },
	{ "unmapped-area",
	  "An area is recorded, and some of its pages are not mapped (error, warning).\n\n"
	  "An access to such a page faults. Judged are those areas alone that the kernel has\n"
	  "to have mapped: vmalloc() as many pages as it counts (error); vmap(), DMA memory,\n"
	  "ioremap() and ARM's static mappings all of their range without the guard page\n"
	  "(warning: these are recorded first and mapped then, and one that a CPU was just\n"
	  "setting up looks the same). Not judged are areas that are mapped piece by piece:\n"
	  "per-CPU chunks, vm_map_ram, sparse ones, PCI I/O, ranges only set aside.\n" },
	{ "wrong-page",
	  "A page is mapped that is not the one the area's record names (error).\n\n"
	  "A vm_struct names the struct page of each of its pages (vmalloc), or the physical\n"
	  "address that it maps (ioremap). The page tables say something else: an entry or\n"
	  "the record was overwritten. What is written through this area goes to memory of\n"
	  "somebody else. The evidence has both, and the physical address of the entry.\n" },
	{ "wx-mapping",
	  "Memory can be written and executed (warning, note).\n\n"
	  "Kernels with STRICT_KERNEL_RWX keep both apart, and say so at boot (\"Checked W+X\n"
	  "mappings: passed\"). A range that is both was made so later, by set_memory_*() or\n"
	  "by a hand in the page tables. It is a note in module space where this kernel has\n"
	  "modules like that (no STRICT_MODULE_RWX), or while a module is being loaded.\n"
	  "Nothing is judged where the CPU cannot forbid execution, or with rodata=off.\n" },
	{ "guard-mapped",
	  "The guard page behind an area is mapped (error).\n\n"
	  "Each area of vmalloc(), vmap() and ioremap() ends with a page that must not be\n"
	  "mapped, so that an overrun faults. Here it would not: it goes unnoticed into the\n"
	  "page that is mapped there.\n" },
	{ "memtype-conflict",
	  "The same physical memory is mapped with two memory types (warning, note).\n\n"
	  "Cached and uncached, or device and write-combining: what a CPU sees and in which\n"
	  "order is then not defined. Judged is memory of devices, and RAM that vmap() or\n"
	  "vmalloc() map otherwise than the kernel's own mapping of all memory does. DMA memory\n"
	  "that is uncached beside that is how Linux does it. A note where the stricter type\n"
	  "counts: x86 with its MTRRs, strongly ordered and device memory of ARM; and for RAM\n"
	  "on other CPUs than x86, where a driver that cleans the caches may do so.\n" },
	{ "double-ioremap",
	  "Two ioremap() areas map the same registers, in the same way (note).\n\n"
	  "One finding lists the pairs. Drivers that share a device do that, and so does one\n"
	  "that forgets to unmap, or a second one that takes a device over. Left out are what\n"
	  "ACPI maps for the firmware, ARM's static mappings, cached memory, and what may be two\n"
	  "devices in one page, for a page is the least that can be mapped: the page where one\n"
	  "area ends and the next begins, and one in which an entry of /proc/iomem does.\n" },
	{ "ram-ioremapped",
	  "An ioremap() area maps RAM that the kernel uses (warning, note).\n\n"
	  "Kernels refuse that (\"ioremap on RAM\"), since the same memory is mapped cached in\n"
	  "the linear map. So the mapping was made by other means, or its entry was\n"
	  "overwritten. Cached, as memremap() does it for tables of the firmware, it is a note.\n" },
	{ "page-table-corrupt",
	  "An entry of the kernel's page tables makes no sense (error).\n\n"
	  "It has bits set that must be 0, leads to a table above all memory, or to one that\n"
	  "serves at another level or another address as well. The page that holds the table\n"
	  "was overwritten, or freed and used again. What the entry should map is not known;\n"
	  "the address of the entry is in the evidence.\n" },
	{ "ram-ignored",
	  "RAM is not used because lowmem would run into the vmalloc reservation (warning).\n\n"
	  "Kernels up to 3.15 said \"Truncating RAM at ... (vmalloc region overlap)\"; today\n"
	  "it is \"Ignoring RAM at ...\". A 32-bit ARM kernel maps lowmem from PAGE_OFFSET and\n"
	  "reserves vmalloc space below VMALLOC_END: by default 240 MiB (128 MiB before 3.3),\n"
	  "or what vmalloc= says, and 8 MiB of gap between. RAM that does not fit below is\n"
	  "highmem if the kernel has HIGHMEM, and lost if not.\n\n"
	  "    lowmem may reach VMALLOC_END - vmalloc reserve - 8 MiB (5.14 and later;\n"
	  "    before, the gap was taken out of the reserve)\n\n"
	  "A smaller vmalloc= gives lowmem the room back, down to what drivers need. Where\n"
	  "no value suffices: HIGHMEM, or a lower PAGE_OFFSET (VMSPLIT_2G), which takes\n"
	  "address space from every process.\n" },
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
