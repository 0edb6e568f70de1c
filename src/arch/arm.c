/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 32-bit ARM: page tables of short descriptors (those of LPAE are in arm_lpae.c), and
 * the layout of Documentation/arch/arm/memory.rst and arch/arm/include/asm/memory.h.
 */
#include <elf.h>

#include "arch/arch_layout.h"

/* ---- Page tables: ARM Architecture Reference Manual ARMv7-A, B3.5 ---- */

/* AP[2:0] as Linux uses it: 0b001 kernel rw, 0b101 kernel ro, 0b010/0b011/0b111 user. */
static uint32_t ap_attr(unsigned int ap)
{
	uint32_t attr = 0;

	if (!(ap & 4))
		attr |= PT_WRITE;
	if (ap & 2)
		attr |= PT_USER;
	return attr;
}

/* TEX, C and B by themselves (arch/arm/mm/mmu.c: build_mem_type_table, 6.1). */
static uint32_t tex_attr(unsigned int tex, unsigned int cb)
{
	if (tex == 0 && cb == 0)
		return PT_UNCACHED;
	if (tex == 0 && cb == 1)
		return PT_DEVICE;
	if (tex & 2)
		return PT_DEVICE;	/* TEX 010: non-shared device */
	if (tex == 1 && cb == 0)
		return PT_WC;
	return 0;
}

/*
 * With SCTLR.TRE, TEX[0], C and B are a number, and PRRR and NMRR say what it
 * means; Linux says (arch/arm/mm/proc-v7-2level.S, 6.1).
 */
static uint32_t remap_attr(unsigned int tex, unsigned int cb)
{
	static const uint32_t attr[8] = {
		PT_UNCACHED, PT_WC, 0, 0, PT_DEVICE, PT_UNCACHED, PT_UNCACHED, 0,
	};

	return attr[(tex & 1) << 2 | cb];
}

typedef uint32_t type_fn(unsigned int tex, unsigned int cb);

static enum pt_kind section(uint64_t e, type_fn *type, struct pt_entry *ret)
{
	const bool super = e & (1u << 18);

	ret->shift = super ? 24 : 20;
	ret->phys = e & (super ? 0xff000000 : 0xfff00000);
	if (super)	/* PA[35:32] and PA[39:36] */
		ret->phys |= (e >> 20 & 15) << 32 | (e >> 5 & 15) << 36;
	ret->attr = ap_attr((e >> 10 & 3) | (e >> 13 & 4)) |
		    type(e >> 12 & 7, e >> 2 & 3);
	if (!(e & (1u << 4)))
		ret->attr |= PT_EXEC;
	return PT_LEAF;
}

static enum pt_kind small_or_large(uint64_t e, type_fn *type, struct pt_entry *ret)
{
	const bool large = (e & 3) == 1;

	ret->shift = large ? 16 : 12;
	ret->phys = e & (large ? 0xffff0000 : 0xfffff000);
	ret->attr = ap_attr((e >> 4 & 3) | (e >> 7 & 4)) |
		    type(large ? e >> 12 & 7 : e >> 6 & 7, e >> 2 & 3);
	if (!(large ? e & (1u << 15) : e & 1))
		ret->attr |= PT_EXEC;
	return PT_LEAF;
}

static enum pt_kind arm_decode(unsigned int level, uint64_t e, type_fn *type,
			       struct pt_entry *ret)
{
	if ((e & 3) == 0)
		return PT_NONE;
	if (level == 1)
		return small_or_large(e, type, ret);
	if ((e & 3) != 1)
		return section(e, type, ret);
	ret->phys = e & 0xfffffc00;
	return PT_TABLE;
}

static enum pt_kind decode_short(const struct pt_format *f, unsigned int level, uint64_t e,
				 struct pt_entry *ret)
{
	(void)f;
	return arm_decode(level, e, tex_attr, ret);
}

static enum pt_kind decode_short_remap(const struct pt_format *f, unsigned int level, uint64_t e,
				       struct pt_entry *ret)
{
	(void)f;
	return arm_decode(level, e, remap_attr, ret);
}

const struct pt_format pt_arm_short = {
	.name = "short descriptors",
	.entry_size = 4,
	.nr_levels = 2,
	.page_shift = 12,
	.level = { { "PGD", 20, 12 }, { "PTE", 12, 8 } },
	.decode = decode_short,
};

const struct pt_format pt_arm_short_remap = {
	.name = "short descriptors",
	.entry_size = 4,
	.nr_levels = 2,
	.page_shift = 12,
	.level = { { "PGD", 20, 12 }, { "PTE", 12, 8 } },
	.decode = decode_short_remap,
};

/* ---- Layout ---- */

enum {
	SWAPPER, TEXT, STEXT, ETEXT, INIT_BEGIN, INIT_END, SDATA, DATA, EDATA, BSS_START,
	BSS_STOP, HIGH_MEMORY, PKMAP, DTCM_END, ITCM_END, CONSISTENT_BASE,
	CONSISTENT_PTES, KASAN, FDT_VIRT,
	MODULES, PCI_IO, N_VMALLOC_START, EARLY_FIXMAP,
};

static const struct arch_want wants[] = {
	[SWAPPER]	  = { "swapper_pg_dir", WANT_ADDRESS, NULL },
	[TEXT]		  = { "_text", WANT_ADDRESS, NULL },
	[STEXT]		  = { "_stext", WANT_ADDRESS, NULL },
	[ETEXT]		  = { "_etext", WANT_ADDRESS, NULL },
	[INIT_BEGIN]	  = { "__init_begin", WANT_ADDRESS, NULL },
	[INIT_END]	  = { "__init_end", WANT_ADDRESS, NULL },
	[SDATA]		  = { "_sdata", WANT_ADDRESS, NULL },
	[DATA]		  = { "_data", WANT_ADDRESS, NULL },
	[EDATA]		  = { "_edata", WANT_ADDRESS, NULL },
	[BSS_START]	  = { "__bss_start", WANT_ADDRESS, NULL },
	[BSS_STOP]	  = { "__bss_stop", WANT_ADDRESS, NULL },
	[HIGH_MEMORY]	  = { "high_memory", WANT_VALUE, NULL },
	[PKMAP]		  = { "pkmap_page_table", WANT_VALUE, NULL },
	[DTCM_END]	  = { "dtcm_end", WANT_VALUE, NULL },
	[ITCM_END]	  = { "itcm_end", WANT_VALUE, NULL },
	[CONSISTENT_BASE] = { "consistent_base", WANT_VALUE, NULL },
	[CONSISTENT_PTES] = { "consistent_pte", WANT_LENGTH, NULL },
	[KASAN]		  = { "kasan_init", WANT_ADDRESS, NULL },
	[FDT_VIRT]	  = { "initial_boot_params", WANT_VALUE, NULL },
	[MODULES]	  = { "modules", WANT_ADDRESS, NULL },
	[PCI_IO]	  = { "pci_reserve_io", WANT_ADDRESS, NULL },
	[N_VMALLOC_START] = { "VMALLOC_START", WANT_NUMBER, NULL },
	[EARLY_FIXMAP]	  = { "early_fixmap_init", WANT_ADDRESS, NULL },
};

#define VMALLOC_OFFSET	MIB(8)		/* arch/arm/include/asm/pgtable.h, all versions */
#define LOWMEM_LIMIT	0xff000000	/* VMALLOC_END is above; the gap below it */
#define FDT_FIXED_BASE	0xff800000	/* asm/memory.h, 5.11 and 5.10.y */

struct arm_layout_state {
	const struct arch_facts *f;
	struct arch_sink *sink;
	uint64_t page_offset, high_memory;
	uint64_t section;		/* SECTION_SIZE, by what one entry maps */
};

static void arm_claim(const struct arm_layout_state *l, uint32_t kind, const char *name,
		      uint64_t start, uint64_t end, uint32_t flags, const char *source)
{
	l->sink->claim(l->sink, kind, name, start, end, flags, source);
}

static enum arch_mapped arm_mapped(const struct arm_layout_state *l, uint64_t addr,
				   uint64_t *ret_last)
{
	return l->f->mapped ? l->f->mapped(l->f->arg, addr, ret_last) : UNKNOWN;
}

/* One page is printed; kernels since 3.11 map a second, the stubs, behind it. */
static void layout_vectors(const struct arm_layout_state *l)
{
	const uint64_t base = 0xffff0000;
	uint64_t last;

	arm_claim(l, VMATLAS_KIND_VECTORS, "vector", base, base + 0x1000, 0,
		  "formula: CONFIG_VECTORS_BASE");
	if (arm_mapped(l, base, &last) != MAPPED)
		return;
	claim_start(l->sink, VMATLAS_KIND_VECTORS, "vector", base, "page tables: mapped there");
	if (arm_mapped(l, base + 0x1000, &last) == MAPPED)
		arm_claim(l, VMATLAS_KIND_VECTORS, "vector stubs", base + 0x1000,
			  base + 0x2000, 0, "page tables: mapped after the vectors");
}

static void layout_tcm(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;

	if (f->found[DTCM_END] && f->value[DTCM_END] > 0xfffe8000)
		arm_claim(l, VMATLAS_KIND_TCM, "DTCM", 0xfffe8000, f->value[DTCM_END], 0,
			  "formula: DTCM_OFFSET, dtcm_end");
	if (f->found[ITCM_END] && f->value[ITCM_END] > 0xfffe0000)
		arm_claim(l, VMATLAS_KIND_TCM, "ITCM", 0xfffe0000, f->value[ITCM_END], 0,
			  "formula: ITCM_OFFSET, itcm_end");
}

/* The fixmap leaves no trace but its users: its place goes by release. */
static void arm_layout_fixmap(const struct arm_layout_state *l)
{
	const uint32_t rel = l->f->release;

	if (rel >= KERNEL_RELEASE(5, 4))
		arm_claim(l, VMATLAS_KIND_FIXMAP, "fixmap", 0xffc80000, 0xfff00000, 0,
			  "formula: FIXADDR_START..FIXADDR_END, since 5.4");
	else if (rel >= KERNEL_RELEASE(3, 18))
		arm_claim(l, VMATLAS_KIND_FIXMAP, "fixmap", 0xffc00000, 0xfff00000, 0,
			  "formula: FIXADDR_START..FIXADDR_END, 3.18 to 5.3");
	else if (rel >= KERNEL_RELEASE(3, 15))
		arm_claim(l, VMATLAS_KIND_FIXMAP, "fixmap", 0xffc00000, 0xffe00000, 0,
			  "formula: FIXADDR_START..FIXADDR_TOP, 3.15 to 3.17");
	else
		arm_claim(l, VMATLAS_KIND_FIXMAP, "fixmap", 0xfff00000, 0xfffe0000, 0,
			  "formula: FIXADDR_START..FIXADDR_TOP, before 3.15");
}

/* The blob is mapped by two sections at a fixed place, since 5.11 (and 5.10.y). */
static void layout_fdt(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;

	if (!f->found[FDT_VIRT] || f->value[FDT_VIRT] - FDT_FIXED_BASE >= 2 * l->section)
		return;
	arm_claim(l, VMATLAS_KIND_FDT, "FDT", FDT_FIXED_BASE,
		  FDT_FIXED_BASE + 2 * l->section, 0,
		  "formula: FDT_FIXED_BASE, initial_boot_params lies in it");
	probe_start(f, l->sink, VMATLAS_KIND_FDT, "FDT", FDT_FIXED_BASE);
}

/* Its own region up to 3.5; later DMA memory lives in vmalloc areas. */
static void layout_dma(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t ptes = f->found[CONSISTENT_PTES] ? f->value[CONSISTENT_PTES] : 0;
	const uint64_t end = 0xffe00000;

	if (f->found[CONSISTENT_BASE] && f->value[CONSISTENT_BASE] < end)
		arm_claim(l, VMATLAS_KIND_DMA, "DMA", f->value[CONSISTENT_BASE], end, 0,
			  "consistent_base..CONSISTENT_END");
	else if (ptes && ptes <= 256)	/* arch/arm/mm/dma-mapping.c, 3.0: each for 2 MiB */
		arm_claim(l, VMATLAS_KIND_DMA, "DMA", end - (ptes << 21), end, 0,
			  "length of consistent_pte, CONSISTENT_END");
	else if (f->release && f->release <= KERNEL_RELEASE(3, 1))
		arm_claim(l, VMATLAS_KIND_DMA, "DMA", end - MIB(2), end,
			  VMATLAS_CLAIM_DEFAULT,
			  "formula: CONSISTENT_END - 2 MiB; platforms may differ");
}

/*
 * Platform constants before 3.3 (mach/vmalloc.h): only a table that a person
 * gives can tell. Then 0xff000000, and 0xff800000 since 4.3.
 */
static void arm_layout_vmalloc(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint32_t rel = f->release;
	const uint64_t start = (l->high_memory + VMALLOC_OFFSET) & ~(VMALLOC_OFFSET - 1);

	if (!l->high_memory)
		return;
	if (rel >= KERNEL_RELEASE(4, 3))
		arm_claim(l, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", start, 0xff800000, 0,
			  "formula: (high_memory + 8 MiB) down to 8 MiB; VMALLOC_END "
			  "since 4.3");
	else if (rel >= KERNEL_RELEASE(3, 3))
		arm_claim(l, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", start, 0xff000000, 0,
			  "formula: (high_memory + 8 MiB) down to 8 MiB; VMALLOC_END 3.3 "
			  "to 4.2");
	else
		claim_start(l->sink, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", start,
			  "formula: (high_memory + 8 MiB) down to 8 MiB; VMALLOC_END is "
			  "the platform's");
	claim_vmalloc_number(f, l->sink, N_VMALLOC_START);
	if (rel >= KERNEL_RELEASE(3, 6) && f->found[PCI_IO])
		arm_claim(l, VMATLAS_KIND_PCI_IO, "PCI I/O", 0xfee00000, 0xff000000,
			  VMATLAS_CLAIM_NESTED, "formula: PCI_IO_VIRT_BASE + 2 MiB");
}

static void arm_layout_lowmem(const struct arm_layout_state *l)
{
	if (!l->high_memory)
		return;
	arm_claim(l, VMATLAS_KIND_DIRECT_MAP, "lowmem", l->page_offset, l->high_memory, 0,
		  l->high_memory == l->f->value[HIGH_MEMORY] ?
		  "PAGE_OFFSET from swapper_pg_dir; high_memory" :
		  "PAGE_OFFSET from swapper_pg_dir; page tables");
	probe_start(l->f, l->sink, VMATLAS_KIND_DIRECT_MAP, "lowmem", l->page_offset);
	probe_lowmem(l->f, l->sink, l->page_offset, l->high_memory, l->section);
	if (l->high_memory < align_up(l->high_memory + 1, VMALLOC_OFFSET))
		arm_claim(l, VMATLAS_KIND_GUARD, "gap", l->high_memory,
			  (l->high_memory + VMALLOC_OFFSET) & ~(VMALLOC_OFFSET - 1), 0,
			  "formula: VMALLOC_OFFSET, 8 MiB");
}

static void layout_modules(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;
	/* short descriptors: the hardware's half of the page (pgtable-2level.h, 6.1) */
	const uint64_t hardware = f->format == &pt_arm_lpae ? 0 : 2048;
	const uint64_t start = l->page_offset - (f->is_thumb ? MIB(8) : MIB(16));
	/* a variable of HIGHMEM kernels alone (mm/highmem.c), be it in the dump or not */
	const bool highmem = f->found[PKMAP] || arch_lost(f, PKMAP);
	const uint64_t end = l->page_offset - (highmem ? MIB(2) : 0);

	if (highmem)
		arm_claim(l, VMATLAS_KIND_PKMAP, "pkmap", end, l->page_offset, 0,
			  "formula: PAGE_OFFSET - 2 MiB (HIGHMEM)");
	if (f->found[PKMAP])
		probe_pkmap(f, l->sink, end, f->value[PKMAP] + hardware);
	if (f->found[MODULES])
		arm_claim(l, VMATLAS_KIND_MODULE_SPACE, "modules", start, end, 0,
			  f->is_thumb ? "formula: PAGE_OFFSET - 8 MiB (Thumb-2)"
				      : "formula: PAGE_OFFSET - 16 MiB");
}

/* Shadow of everything above TASK_SIZE; offsets by VMSPLIT (asm/kasan_def.h, 5.11). */
static void layout_kasan(const struct arm_layout_state *l)
{
	uint64_t offset;

	if (!l->f->found[KASAN])
		return;
	switch (l->page_offset >> 28) {
	case 0x4: offset = 0x1f000000; break;
	case 0x8: offset = 0x5f000000; break;
	case 0xb: offset = 0x8f000000; break;
	default:  offset = 0x9f000000; break;
	}
	arm_claim(l, VMATLAS_KIND_KASAN, "KASAN shadow",
		  ((0x20000000 + offset) >> 3) + offset, 0x20000000 + offset, 0,
		  "formula: KASAN_SHADOW_OFFSET by VMSPLIT");
}

static void arm_layout_sections(const struct arm_layout_state *l)
{
	const struct arch_facts *f = l->f;

	claim_section(f, l->sink, ".text", f->found[TEXT] ? TEXT : STEXT, ETEXT,
		    "symbols _text, _etext");
	claim_section(f, l->sink, ".init", INIT_BEGIN, INIT_END,
		    "symbols __init_begin, __init_end");
	claim_section(f, l->sink, ".data", f->found[SDATA] ? SDATA : DATA, EDATA,
		    "symbols _sdata, _edata");
	claim_section(f, l->sink, ".bss", BSS_START, BSS_STOP,
		    "symbols __bss_start, __bss_stop");
}

static void arm_layout(const struct arch_facts *f, struct arch_sink *sink)
{
	struct arm_layout_state l = { .f = f, .sink = sink };

	l.section = f->format == &pt_arm_lpae ? MIB(2) : MIB(1);
	/* swapper_pg_dir lies less than 16 MiB above PAGE_OFFSET, XIP or not */
	if (!f->found[SWAPPER])
		return;
	l.page_offset = f->value[SWAPPER] & 0xff000000;
	if (f->found[HIGH_MEMORY])
		l.high_memory = find_lowmem_end(f, sink, f->value[HIGH_MEMORY],
			&(struct lowmem_limits){ .start = l.page_offset, .limit = LOWMEM_LIMIT,
						 .base = f->value[SWAPPER], .step = l.section });

	layout_vectors(&l);
	layout_tcm(&l);
	arm_layout_fixmap(&l);
	layout_fdt(&l);
	layout_dma(&l);
	arm_layout_vmalloc(&l);
	arm_layout_lowmem(&l);
	layout_modules(&l);
	layout_kasan(&l);
	arm_layout_sections(&l);
}

/* asm/memory.h: supersections, where there is neither SMP nor LPAE. */
static unsigned int arm_ioremap_max_order(const struct arch_config *c)
{
	if (c->format != &pt_arm_lpae && !c->has_symbol(c->arg, "secondary_startup"))
		return 24;
	return 7 + c->page_shift;
}

/* MODULES_VADDR, VMALLOC_START (arch/arm/mm/init.c, 6.12: execmem_arch_setup). */
static const struct arch_execmem_bound execmem[] = {
	{ "execmem window", VMATLAS_KIND_MODULE_SPACE, "modules", 0 },
	{ "execmem fallback", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0 },
};

const struct arch arch_arm = {
	.name = "arm",
	.machine = EM_ARM,
	.bits = 32,
	.page_shift = 12,
	.wants = wants,
	.nr_wants = ARRAY_SIZE(wants),
	.layout = arm_layout,
	.registers = &registers_arm,
	.phys_base_name = "PHYS_OFFSET",
	.boot_layout = BOOT_LAYOUT_ARM,
	.fixmap.console_on_top = true,
	.execmem = execmem,
	.nr_execmem = ARRAY_SIZE(execmem),
	.ioremap_max_order = arm_ioremap_max_order,
	.has_thumb = true,
	.pfn_from_phys_base = true,
	.has_vmalloc_option = true,
	.drops_ram_above_lowmem = true,
	.remaps_lowmem = true,
	.clears_user_half = true,	/* arch/arm/mm/mmu.c: prepare_page_table() */
	.module_fallback = "get_module_plt",
	.insn_slots_writable = true,
};
