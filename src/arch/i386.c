/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * i386: page tables of two levels and of PAE, and the layout of
 * arch/x86/include/asm/pgtable_32_areas.h, from the fixmap downwards.
 */
#include <elf.h>

#include "arch/arch_layout.h"
#include "arch/x86_pte.h"

/* ---- Page tables ---- */

/* Intel SDM vol. 3, 4.3; a leaf of 4 MiB has PA[39:32] in bits 20:13 (PSE-36). */
static enum pt_kind decode_narrow(const struct pt_format *f, unsigned int level, uint64_t e,
				  struct pt_entry *ret)
{
	(void)f;
	if (!(e & X86_PRESENT))
		return PT_NONE;
	ret->phys = e & 0xfffff000;
	if (level == 0 && !x86_is_leaf(e))
		return PT_TABLE;
	ret->shift = 12;
	ret->attr = x86_attr(e, e & X86_PAT);
	if (level == 0) {
		ret->phys = (e & 0xffc00000) | (e >> 13 & 0xff) << 32;
		ret->shift = 22;
		ret->attr = x86_attr(e, e & X86_PAT_LARGE);
	}
	return PT_LEAF;
}

/* Below NX (SDM vol. 3, tables 4-8 to 4-11); of 64 bits they would be software's. */
#define PAE_RESERVED (0x7ffull << 52)

/* The four entries of the root have neither size nor rights (SDM vol. 3, 4.4.1). */
static enum pt_kind decode_pae(const struct pt_format *f, unsigned int level, uint64_t e,
			       struct pt_entry *ret)
{
	if (e & X86_PRESENT && (e & PAE_RESERVED || (level == 0 && x86_is_leaf(e))))
		return PT_BAD;
	return x86_decode_wide(f, level, e, ret);
}

const struct pt_format pt_i386 = {
	.lacks_nx = true,
	.name = "2-level",
	.entry_size = 4,
	.nr_levels = 2,
	.page_shift = 12,
	.level = { { "PGD", 22, 10 }, { "PTE", 12, 10 } },
	.decode = decode_narrow,
};

const struct pt_format pt_i386_pae = {
	.name = "PAE",
	.entry_size = 8,
	.nr_levels = 3,
	.page_shift = 12,
	.level = { { "PGD", 30, 2 }, { "PMD", 21, 9 }, { "PTE", 12, 9 } },
	.decode = decode_pae,
};

/* ---- Layout ---- */

enum {
	TEXT, ETEXT, SDATA, EDATA, INIT_BEGIN, INIT_END, BSS_START, BSS_STOP, START_RODATA,
	END_RODATA, HIGH_MEMORY, PKMAP, FIXADDR_TOP, FIXED_PERMANENT, FIXED_ALL, NR_CPUS,
	CEA_SIZE, CEA, VMALLOC_START_SET, MODULES, N_VMALLOC_START, PKMAP_TABLE,
};

#define FIXMAP_UNIT "__native_set_fixmap|native_set_fixmap"
#define CEA_UNIT "cea_set_pte|setup_cpu_entry_areas"

static const struct arch_want wants[] = {
	[TEXT]		    = { "_text", WANT_ADDRESS, NULL },
	[ETEXT]		    = { "_etext", WANT_ADDRESS, NULL },
	[SDATA]		    = { "_sdata", WANT_ADDRESS, NULL },
	[EDATA]		    = { "_edata", WANT_ADDRESS, NULL },
	[INIT_BEGIN]	    = { "__init_begin", WANT_ADDRESS, NULL },
	[INIT_END]	    = { "__init_end", WANT_ADDRESS, NULL },
	[BSS_START]	    = { "__bss_start", WANT_ADDRESS, NULL },
	[BSS_STOP]	    = { "__bss_stop", WANT_ADDRESS, NULL },
	[START_RODATA]	    = { "__start_rodata", WANT_ADDRESS, NULL },
	[END_RODATA]	    = { "__end_rodata", WANT_ADDRESS, NULL },
	[HIGH_MEMORY]	    = { "high_memory", WANT_VALUE, NULL },
	[PKMAP]		    = { "pkmap_page_table", WANT_ADDRESS, NULL },
	[FIXADDR_TOP]	    = { "__FIXADDR_TOP", WANT_VALUE, NULL },
	[FIXED_PERMANENT]   = { "__end_of_permanent_fixed_addresses", WANT_ENUM, FIXMAP_UNIT },
	[FIXED_ALL]	    = { "__end_of_fixed_addresses", WANT_ENUM, FIXMAP_UNIT },
	[NR_CPUS]	    = { "__per_cpu_offset", WANT_LENGTH, NULL },
	[CEA_SIZE]	    = { "cpu_entry_area", WANT_SIZEOF, CEA_UNIT },
	[CEA]		    = { "setup_cpu_entry_areas", WANT_ADDRESS, NULL },
	[VMALLOC_START_SET] = { "__vmalloc_start_set", WANT_BYTE, NULL },
	[MODULES]	    = { "modules", WANT_ADDRESS, NULL },
	[N_VMALLOC_START]   = { "VMALLOC_START", WANT_NUMBER, NULL },
	[PKMAP_TABLE]	    = { "pkmap_page_table", WANT_VALUE, NULL },
};

#define PAGE		4096ull
#define VMALLOC_OFFSET	MIB(8)
#define LOWMEM_LIMIT	0xff800000	/* what lies above takes more than that */

struct i386_layout_state {
	const struct arch_facts *f;
	struct arch_sink *sink;
	bool pae;
	uint64_t pmd_size, high_memory;
	uint64_t end;			/* where what lies above the next region begins */
	uint64_t boot_end;		/* with the fixmap's boot-time slots */
};

static void i386_claim(const struct i386_layout_state *l, uint32_t kind, const char *name,
		       uint64_t start, uint64_t end, const char *source)
{
	l->sink->claim(l->sink, kind, name, start, end, 0, source);
}

/* From the top, each region below the one before, aligned to what a PMD maps. */
static uint64_t below(const struct i386_layout_state *l, uint64_t pages)
{
	return align_down(l->end - PAGE * pages, l->pmd_size);
}

/* Boot-time slots lie below the permanent ones; since 4.14 nothing may lie on them. */
static void i386_layout_fixmap(struct i386_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t top = f->found[FIXADDR_TOP] ? f->value[FIXADDR_TOP] : 0xfffff000;

	l->end = top - f->value[FIXED_PERMANENT] * PAGE;
	i386_claim(l, VMATLAS_KIND_FIXMAP, "fixmap", l->end, top,
		   "formula: __FIXADDR_TOP - __end_of_permanent_fixed_addresses pages");
	l->boot_end = l->end;
	if (f->found[FIXED_ALL] && f->value[FIXED_ALL] < 0x10000)
		l->boot_end = top - f->value[FIXED_ALL] * PAGE;
}

/*
 * Pages set aside for each CPU: up to 5.5 a constant, which nothing in memory tells
 * (asm/pgtable_32_types.h; 05b042a19443, "x86/pti/32: Calculate the various PTI
 * cpu_entry_area sizes correctly", 5.4), then what the struct takes.
 */
static uint64_t pages_per_cpu(const struct arch_facts *f)
{
	if (f->release < KERNEL_RELEASE(5, 4))
		return 40;
	if (f->release < KERNEL_RELEASE(5, 6))
		return f->release < KERNEL_RELEASE(5, 5) ? 39 : 43;
	return (f->value[CEA_SIZE] + PAGE - 1) / PAGE;
}

static bool i386_layout_cpu_entry(struct i386_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t cpus = f->found[NR_CPUS] && f->value[NR_CPUS] ? f->value[NR_CPUS] : 1;

	if (!f->found[CEA])
		return true;	/* part of the fixmap, up to 4.14 */
	if (!f->found[CEA_SIZE] || cpus > 4096 || f->value[CEA_SIZE] > MIB(1))
		return false;
	l->end = l->boot_end;
	l->end = below(l, cpus * pages_per_cpu(f) + 1);
	i386_claim(l, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", l->end,
		   l->end + PAGE + cpus * f->value[CEA_SIZE],
		   "formula: below the fixmap, a page + NR_CPUS * sizeof(struct "
		   "cpu_entry_area)");
	probe_start(f, l->sink, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", l->end);
	/* with page table isolation for 32 bits, whether it is used or not */
	if (f->release >= KERNEL_RELEASE(4, 19)) {
		l->end = below(l, 1);
		i386_claim(l, VMATLAS_KIND_LDT, "LDT remap", l->end, l->end + l->pmd_size,
			   "formula: the PMD below the cpu entry area");
	}
	return true;
}

/* LAST_PKMAP pages. Before there were cpu entry areas, room for them was asked for. */
static void layout_pkmap(struct i386_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t pages = l->pae ? 512 : 1024;

	if (!f->found[PKMAP])
		return;
	if (f->release < KERNEL_RELEASE(3, 19))
		l->end = l->boot_end;
	l->end = below(l, f->found[CEA] ? 1 : pages + 1);
	i386_claim(l, VMATLAS_KIND_PKMAP, "pkmap", l->end, l->end + pages * PAGE,
		   "formula: LAST_PKMAP pages below what lies above (HIGHMEM)");
	if (f->found[PKMAP_TABLE])
		probe_pkmap(f, l->sink, l->end, f->value[PKMAP_TABLE]);
}

static void i386_layout_vmalloc(const struct i386_layout_state *l)
{
	const uint64_t start = l->high_memory + VMALLOC_OFFSET, end = l->end - 2 * PAGE;

	if (!l->high_memory)
		return;
	i386_claim(l, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", start, end,
		   "formula: high_memory + 8 MiB; VMALLOC_END two pages below what lies "
		   "above");
	i386_claim(l, VMATLAS_KIND_GUARD, "gap", l->high_memory, start,
		   "formula: VMALLOC_OFFSET, 8 MiB");
	if (l->f->found[MODULES])
		l->sink->claim(l->sink, VMATLAS_KIND_MODULE_SPACE, "modules", start, end,
			       VMATLAS_CLAIM_NESTED, "formula: VMALLOC_START..VMALLOC_END");
}

static void i386_layout_lowmem(const struct i386_layout_state *l)
{
	if (!l->high_memory)
		return;
	i386_claim(l, VMATLAS_KIND_DIRECT_MAP, "lowmem", l->f->page_offset,
		   l->high_memory, l->high_memory == l->f->value[HIGH_MEMORY] ?
		   "PAGE_OFFSET from _text; high_memory" :
		   "PAGE_OFFSET from _text; page tables");
	probe_lowmem(l->f, l->sink, l->f->page_offset, l->high_memory, PAGE);
}

static void i386_layout_sections(const struct i386_layout_state *l)
{
	const struct arch_facts *f = l->f;

	claim_section(f, l->sink, ".text", TEXT, ETEXT, "symbols _text, _etext");
	claim_section(f, l->sink, ".rodata", START_RODATA, END_RODATA,
		    "symbols __start_rodata, __end_rodata");
	claim_section(f, l->sink, ".data", SDATA, EDATA, "symbols _sdata, _edata");
	claim_section(f, l->sink, ".init", INIT_BEGIN, INIT_END,
		    "symbols __init_begin, __init_end");
	claim_section(f, l->sink, ".bss", BSS_START, BSS_STOP,
		    "symbols __bss_start, __bss_stop");
}

static void i386_layout(const struct arch_facts *f, struct arch_sink *sink)
{
	struct i386_layout_state l = { .f = f,
				       .sink = sink,
				       .pae = f->format == &pt_i386_pae };
	const bool set = !f->found[VMALLOC_START_SET] || f->value[VMALLOC_START_SET];

	l.pmd_size = l.pae ? MIB(2) : MIB(4);
	if (f->page_offset && f->found[HIGH_MEMORY] && set)
		l.high_memory = find_lowmem_end(f, sink, f->value[HIGH_MEMORY],
			&(struct lowmem_limits){ .start = f->page_offset, .limit = LOWMEM_LIMIT,
						 .base = f->found[TEXT] ? f->value[TEXT] :
							 f->page_offset,
						 .step = l.pmd_size });
	if (f->found[FIXED_PERMANENT] && f->value[FIXED_PERMANENT] < 0x10000) {
		i386_layout_fixmap(&l);
		if (i386_layout_cpu_entry(&l)) {
			layout_pkmap(&l);
			i386_layout_vmalloc(&l);
		}
	}
	claim_vmalloc_number(f, sink, N_VMALLOC_START);
	i386_layout_lowmem(&l);
	i386_layout_sections(&l);
}

/* asm/vmalloc.h */
static unsigned int i386_ioremap_max_order(const struct arch_config *c)
{
	return c->format == &pt_i386_pae ? arch_pmd_shift(c->page_shift) : 7 + c->page_shift;
}

const struct arch arch_i386 = {
	.name = "i386",
	.machine = EM_386,
	.bits = 32,
	.page_shift = 12,
	.wants = wants,
	.nr_wants = ARRAY_SIZE(wants),
	.layout = i386_layout,
	.registers = &registers_i386,
	.phys_base_name = "PHYS_OFFSET",
	.boot_layout = BOOT_LAYOUT_I386,
	.fixmap.boot_slots_apart = true,
	.ioremap_max_order = i386_ioremap_max_order,
	.has_vmalloc_option = true,
	.has_mtrr = true,
	.has_pte_masks = true,
	/* arch/x86/kernel/setup.c: swapper_pg_dir has no low mappings, initial_page_table has */
	.clears_user_half = true,
	/* the BIOS, which PCI services are called in (arch/x86/mm/dump_pagetables.c: note_wx) */
	.wx_phys = { 0xa0000, 0xfffff },
};
