/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "Virtual kernel memory layout" as kernels printed it: mem_init() in
 * arch/arm/mm/init.c (2.6.34 to 5.0), arch/arm64/mm/init.c (3.7 to 4.14) and
 * arch/x86/mm/init_32.c (up to 5.6), print_vm_layout() in arch/riscv/mm/init.c (with
 * CONFIG_DEBUG_VM). Read in 2.6.36, 3.1, 3.4, 3.10, 3.18, 4.4, 4.6, 4.9, 5.0, 5.4 and
 * 6.1; where a form changed between two of these, the commit that moved what it tells
 * of decides. Kernels that print none any more get the last form that their CPU had.
 */
#include <vmatlas.h>

#include "arch/arch.h"
#include "map/boot_layout.h"

#define REGION(label_, name_, kind_, unit_, ...) \
	{ .label = label_, .name = name_, .kind = VMATLAS_KIND_##kind_, .unit = BOOT_##unit_, \
	  __VA_ARGS__ }
#define FORM(rows_, ...) { .rows = rows_, .nr_rows = ARRAY_SIZE(rows_), __VA_ARGS__ }
#define WORDS_32 .digits = 8, .width = 4, .units = { "kB", "MB", "GB", "TB" }
#define WORDS_64 .digits = 16, .width = 6

/* ---- ARM ---- */

/* DMA memory had a region of constant size up to 3.1 (99d1717dd7fe). */
#define ARM_REGIONS							      \
	REGION("    vector  : ", "vector", VECTORS, K),			      \
	REGION("    DTCM    : ", "DTCM", TCM, K),			      \
	REGION("    ITCM    : ", "ITCM", TCM, K),			      \
	REGION("    fixmap  : ", "fixmap", FIXMAP, K),			      \
	REGION("    DMA     : ", "DMA", DMA, M, .before = KERNEL_RELEASE(3, 2)), \
	REGION("    vmalloc : ", "vmalloc", VMALLOC_SPACE, M),		      \
	REGION("    lowmem  : ", "lowmem", DIRECT_MAP, M),		      \
	REGION("    pkmap   : ", "pkmap", PKMAP, M),			      \
	REGION("    modules : ", "modules", MODULE_SPACE, M)

static const struct boot_row arm_old_rows[] = {
	ARM_REGIONS,
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
};

static const struct boot_row arm_rows[] = {
	ARM_REGIONS,
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
	REGION("       .bss : ", ".bss", SECTION, K_UP),
};

static const struct boot_form
	arm_old_form = FORM(arm_old_rows, .title = "Virtual", WORDS_32),
	arm_form = FORM(arm_rows, .title = "Virtual", WORDS_32);

/* ---- i386: sizes are never rounded up ---- */

static const struct boot_row i386_rows[] = {
	REGION("    fixmap  : ", "fixmap", FIXMAP, K),
	REGION("  cpu_entry : ", "cpu entry area", CPU_ENTRY, K),
	REGION("    pkmap   : ", "pkmap", PKMAP, K),
	REGION("    vmalloc : ", "vmalloc", VMALLOC_SPACE, M),
	REGION("    lowmem  : ", "lowmem", DIRECT_MAP, M),
	REGION("      .init : ", ".init", SECTION, K),
	REGION("      .data : ", ".data", SECTION, K, .what = BOOT_FROM_ETEXT),
	REGION("      .text : ", ".text", SECTION, K),
};

static const struct boot_form
	i386_form = FORM(i386_rows, .title = "virtual", WORDS_32);

/* ---- arm64 ---- */

#define USED(label_) REGION(label_, "vmemmap used", VMEMMAP, M, .what = BOOT_VMEMMAP_USED, .more = " actual")
#define VMEMMAP(label_) \
	REGION(label_, "vmemmap", VMEMMAP, G, .what = BOOT_VMEMMAP, .more = " maximum"), \
	USED("              ")
#define MEMORY REGION("    memory  : ", "memory", DIRECT_MAP, M, .what = BOOT_MEMORY)
#define FIXED REGION("    fixed   : ", "fixmap", FIXMAP, K)
#define PCI_IO REGION("    PCI I/O : ", "PCI I/O", PCI_IO, M)
#define MODULES REGION("    modules : ", "modules", MODULE_SPACE, M)
#define VMALLOC REGION("    vmalloc : ", "vmalloc", VMALLOC_SPACE, G)
#define KASAN REGION("    kasan   : ", "KASAN shadow", KASAN, G)

static const struct boot_row arm64_first_rows[] = {
	REGION("    vmalloc : ", "vmalloc", VMALLOC_SPACE, M),
	REGION("    vmemmap : ", "vmemmap used", VMEMMAP, M, .what = BOOT_VMEMMAP_USED),
	MODULES,
	MEMORY,
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
};

/* PCI I/O and fixmap changed places in 3.19 (aa03c428e678). */
static const struct boot_row arm64_image_above_rows[] = {
	KASAN,
	VMALLOC,
	VMEMMAP("    vmemmap : "),
	REGION("    PCI I/O : ", "PCI I/O", PCI_IO, M, .before = KERNEL_RELEASE(3, 19)),
	FIXED,
	REGION("    PCI I/O : ", "PCI I/O", PCI_IO, M, .since = KERNEL_RELEASE(3, 19)),
	MODULES,
	MEMORY,
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
};

static const struct boot_row arm64_4_6_rows[] = {
	KASAN,
	MODULES,
	VMALLOC,
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("    .rodata : ", ".rodata", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
	VMEMMAP("    vmemmap : "),
	FIXED,
	PCI_IO,
	MEMORY,
};

static const struct boot_row arm64_rows[] = {
	KASAN,
	MODULES,
	VMALLOC,
	REGION("      .text : ", ".text", SECTION, K_UP),
	REGION("    .rodata : ", ".rodata", SECTION, K_UP),
	REGION("      .init : ", ".init", SECTION, K_UP),
	REGION("      .data : ", ".data", SECTION, K_UP),
	REGION("       .bss : ", ".bss", SECTION, K_UP, .since = KERNEL_RELEASE(4, 8)),
	FIXED,
	PCI_IO,
	VMEMMAP("    vmemmap : "),
	MEMORY,
};

static const struct boot_form
	arm64_first_form = FORM(arm64_first_rows, .title = "Virtual", WORDS_64,
				.units = { "kB", "MB", "GB", "TB" }),
	arm64_image_above_form = FORM(arm64_image_above_rows, .title = "Virtual", WORDS_64,
				      .units = { "KB", "MB", "GB", "TB" }),
	arm64_4_6_form = FORM(arm64_4_6_rows, .title = "Virtual", WORDS_64,
			      .units = { "KB", "MB", "GB", "TB" }),
	arm64_form = FORM(arm64_rows, .title = "Virtual", WORDS_64,
			  .units = { "KB", "MB", "GB", "TB" });

/* ---- riscv64, since 5.7 ---- */

static const struct boot_row riscv_rows[] = {
	REGION("      fixmap : ", "fixmap", FIXMAP, ML),
	REGION("      pci io : ", "PCI I/O", PCI_IO, ML),
	REGION("     vmemmap : ", "vmemmap", VMEMMAP, ML),
	REGION("     vmalloc : ", "vmalloc", VMALLOC_SPACE, ML),
	REGION("     modules : ", "modules", MODULE_SPACE, ML, .since = KERNEL_RELEASE(5, 19)),
	REGION("      lowmem : ", "lowmem", DIRECT_MAP, ML, .what = BOOT_MEMORY),
	REGION("       kasan : ", "KASAN shadow", KASAN, ML),
	REGION("      kernel : ", "kernel image", IMAGE, ML, .what = BOOT_TO_TOP),
};

static const struct boot_form
	riscv_form = FORM(riscv_rows, .title = "Virtual", .digits = 8, .width = 4,
			  .units = { "kB", "MB", "GB", "TB" });

/* ---- Which ---- */

static const struct boot_form *arm64_find(uint32_t release)
{
	/* VMEMMAP_SIZE came with 08375198b010 */
	if (release && release < KERNEL_RELEASE(3, 17))
		return &arm64_first_form;
	if (release && release < KERNEL_RELEASE(4, 6))
		return &arm64_image_above_form;
	return release == KERNEL_RELEASE(4, 6) ? &arm64_4_6_form : &arm64_form;
}

const struct boot_form *boot_form_find(enum arch_boot_layout layout, uint32_t release)
{
	switch (layout) {
	case BOOT_LAYOUT_ARM:
		return release >= KERNEL_RELEASE(3, 3) ? &arm_form : &arm_old_form;
	case BOOT_LAYOUT_I386:
		return &i386_form;
	case BOOT_LAYOUT_ARM64:
		return arm64_find(release);
	case BOOT_LAYOUT_RISCV:
		return &riscv_form;
	case BOOT_LAYOUT_NONE:
		break;
	}
	return NULL;
}
