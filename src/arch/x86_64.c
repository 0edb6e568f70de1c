/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * x86-64: page tables of 4 and 5 levels, and the layout of
 * Documentation/arch/x86/x86_64/mm.rst with what KASLR moves.
 */
#include <elf.h>

#include "arch/arch_layout.h"
#include "arch/x86_pte.h"

/* Intel SDM vol. 3, 4.5 */
static enum pt_kind x86_64_decode(const struct pt_format *f, unsigned int level,
				  uint64_t entry, struct pt_entry *ret)
{
	const unsigned int from_leaf = f->nr_levels - 1 - level;

	/* PSE is reserved above the PUD */
	if (from_leaf > 2 && x86_is_leaf(entry))
		return PT_BAD;
	return x86_decode_wide(f, level, entry, ret);
}

const struct pt_format pt_x86_64_4level = {
	.name = "4-level",
	.entry_size = 8,
	.nr_levels = 4,
	.page_shift = 12,
	.kernel_bits = 47,
	.level = { { "PGD", 39, 9 },
		   { "PUD", 30, 9 },
		   { "PMD", 21, 9 },
		   { "PTE", 12, 9 } },
	.decode = x86_64_decode,
};

const struct pt_format pt_x86_64_5level = {
	.name = "5-level",
	.entry_size = 8,
	.nr_levels = 5,
	.page_shift = 12,
	.kernel_bits = 56,
	.level = { { "PGD", 48, 9 },
		   { "P4D", 39, 9 },
		   { "PUD", 30, 9 },
		   { "PMD", 21, 9 },
		   { "PTE", 12, 9 } },
	.decode = x86_64_decode,
};

/* ---- Layout ---- */

enum {
	TEXT, ETEXT, END, SDATA, EDATA, INIT_BEGIN, INIT_END, BSS_START, BSS_STOP, START_RODATA,
	END_RODATA, PAGE_OFFSET_BASE, VMALLOC_BASE, VMEMMAP_BASE, DIRECT_MAP_END, PHYSMEM_END,
	IMAGE_SIZE, RANDOMIZE, MODULE_LOAD_OFFSET, NR_CPUS, CEA_SIZE, CEA_OFFSET, FIXED_PERMANENT, LDT, ESPFIX,
	EFI, KASAN, KMSAN, N_VMALLOC_START, SIZEOF_PAGE, VSYSCALL_PAGE, MOVES,
};

#define FIXMAP_UNIT "__native_set_fixmap|native_set_fixmap"
#define CEA_UNIT "cea_set_pte|setup_cpu_entry_areas"

static const struct arch_want wants[] = {
	[TEXT]		   = { "_text", WANT_ADDRESS, NULL },
	[ETEXT]		   = { "_etext", WANT_ADDRESS, NULL },
	[END]		   = { "_end", WANT_ADDRESS, NULL },
	[SDATA]		   = { "_sdata", WANT_ADDRESS, NULL },
	[EDATA]		   = { "_edata", WANT_ADDRESS, NULL },
	[INIT_BEGIN]	   = { "__init_begin", WANT_ADDRESS, NULL },
	[INIT_END]	   = { "__init_end", WANT_ADDRESS, NULL },
	[BSS_START]	   = { "__bss_start", WANT_ADDRESS, NULL },
	[BSS_STOP]	   = { "__bss_stop", WANT_ADDRESS, NULL },
	[START_RODATA]	   = { "__start_rodata", WANT_ADDRESS, NULL },
	[END_RODATA]	   = { "__end_rodata", WANT_ADDRESS, NULL },
	[PAGE_OFFSET_BASE] = { "page_offset_base", WANT_VALUE, NULL },
	[VMALLOC_BASE]	   = { "vmalloc_base", WANT_VALUE, NULL },
	[VMEMMAP_BASE]	   = { "vmemmap_base", WANT_VALUE, NULL },
	[DIRECT_MAP_END]   = { "direct_map_physmem_end", WANT_VALUE, NULL },
	[PHYSMEM_END]	   = { "physmem_end", WANT_VALUE, NULL },
	[IMAGE_SIZE]	   = { "KERNEL_IMAGE_SIZE", WANT_NUMBER, NULL },
	/* arch/x86/mm/kaslr.c; RANDOMIZE_MEMORY implies RANDOMIZE_BASE */
	[RANDOMIZE]	   = { "kaslr_regions", WANT_ADDRESS, NULL },
	/* kernel/module.c until 6.9, with RANDOMIZE_BASE alone */
	[MODULE_LOAD_OFFSET] = { "module_load_offset", WANT_ADDRESS, NULL },
	[NR_CPUS]	   = { "__per_cpu_offset", WANT_LENGTH, NULL },
	[CEA_SIZE]	   = { "cpu_entry_area", WANT_SIZEOF, CEA_UNIT },
	[CEA_OFFSET]	   = { "_cea_offset", WANT_ADDRESS, NULL },
	[FIXED_PERMANENT]  = { "__end_of_permanent_fixed_addresses", WANT_ENUM, FIXMAP_UNIT },
	[LDT]		   = { "ldt_dup_context", WANT_ADDRESS, NULL },
	[ESPFIX]	   = { "espfix_pud_page", WANT_ADDRESS, NULL },
	[EFI]		   = { "efi_map_region", WANT_ADDRESS, NULL },
	[KASAN]		   = { "kasan_init", WANT_ADDRESS, NULL },
	[KMSAN]		   = { "kmsan_init_shadow", WANT_ADDRESS, NULL },
	[N_VMALLOC_START]  = { "VMALLOC_START", WANT_NUMBER, NULL },
	[SIZEOF_PAGE]	   = { "page", WANT_SIZEOF, "vfree" },
	[VSYSCALL_PAGE]	   = { "__vsyscall_page", WANT_ADDRESS, NULL },
	/* that there is one, be it readable or not */
	[MOVES]		   = { "vmalloc_base", WANT_ADDRESS, NULL },
};

#define START_KERNEL_MAP 0xffffffff80000000ull

struct x86_64_layout_state {
	const struct arch_facts *f;
	struct arch_sink *sink;
	bool l5;
	uint64_t page_offset, vmalloc, vmalloc_end, vmemmap, image_size;
	uint64_t direct_end;		/* nominal, until a variable tells more */
	bool image_size_by_note;
};

static void x86_64_claim(const struct x86_64_layout_state *l, uint32_t kind,
			 const char *name, uint64_t start, uint64_t end,
			 const char *source)
{
	l->sink->claim(l->sink, kind, name, start, end, 0, source);
}

/* Of a base that moves, but cannot be read, the constant is a guess. */
static void claim_by(const struct x86_64_layout_state *l, unsigned int base,
		     uint32_t kind, const char *name, uint64_t start, uint64_t end,
		     const char *source)
{
	const bool guess = l->f->found[MOVES] && !l->f->found[base];

	l->sink->claim(l->sink, kind, name, start, end, guess ? VMATLAS_CLAIM_DEFAULT : 0, source);
}

/*
 * As the constant was before 4.20 and the stable kernels 4.14 and 4.19 of its time
 * (d52888aa2753, "x86/mm: Move LDT remap out of KASLR region on 5-level paging"). Then
 * the slot below became the LDT's, which only processes have.
 */
static uint64_t constant_page_offset(const struct arch_facts *f)
{
	const uint64_t old = 0xffff880000000000, new = 0xffff888000000000;
	enum arch_mapped is = UNKNOWN;
	uint64_t last;

	if (f->mapped)
		is = f->mapped(f->arg, old, &last);
	if (is == UNKNOWN)
		is = f->release && f->release < KERNEL_RELEASE(4, 20) ? MAPPED : UNMAPPED;
	return is == MAPPED ? old : new;
}

/*
 * KERNEL_IMAGE_SIZE is 1 GiB with RANDOMIZE_BASE, else 512 MiB (asm/page_64_types.h). The
 * note has it since 4.4; an image that was moved, and what RANDOMIZE_BASE alone compiles,
 * prove the first, whatever the note says. It can say nothing but these two.
 */
static uint64_t image_size(const struct arch_facts *f, bool *ret_by_note)
{
	const bool random = f->found[RANDOMIZE] || f->found[MODULE_LOAD_OFFSET] || f->slide;
	const uint64_t said = f->found[IMAGE_SIZE] ? f->value[IMAGE_SIZE] : 0;

	*ret_by_note = said == GIB(1) || (said == MIB(512) && !random);
	return *ret_by_note ? said : random ? GIB(1) : MIB(512);
}

/*
 * The three bases move under KASLR; without the variables they are constants, moved
 * in 2.6.31 for more room (asm/pgtable_64_types.h; c898faf91b3e, "x86: 46 bit physical
 * address support on 64 bits").
 */
static void x86_64_find_bases(struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const bool small = f->release && f->release < KERNEL_RELEASE(2, 31);

	l->page_offset = f->found[PAGE_OFFSET_BASE] ? f->value[PAGE_OFFSET_BASE]
		       : l->l5 ? 0xff11000000000000 : constant_page_offset(f);
	l->vmalloc = f->found[VMALLOC_BASE] ? f->value[VMALLOC_BASE]
		   : l->l5 ? 0xffa0000000000000
		   : small ? 0xffffc20000000000 : 0xffffc90000000000;
	l->vmalloc_end = l->vmalloc + (l->l5 ? TIB(12800) : small ? TIB(31) : TIB(32));
	l->vmemmap = f->found[VMEMMAP_BASE] ? f->value[VMEMMAP_BASE]
		   : l->l5 ? 0xffd4000000000000
		   : small ? 0xffffe20000000000 : 0xffffea0000000000;
	l->image_size = image_size(f, &l->image_size_by_note);
}

/*
 * Nominally 64 TiB or 32 PiB; KASLR packs the three regions closer than that,
 * so vmalloc_base clips it (arch/x86/mm/kaslr.c: kernel_randomize_memory).
 * Since 6.13 (and stable 6.1, 6.12) a variable says where it ends.
 */
static void layout_direct_map(struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	uint64_t end = l->direct_end;
	const bool moves = f->found[PAGE_OFFSET_BASE];
	const char *source = moves ? "formula: page_offset_base + 64 TiB"
				   : "formula: PAGE_OFFSET + 64 TiB";

	if (f->found[DIRECT_MAP_END] || f->found[PHYSMEM_END]) {
		const bool direct = f->found[DIRECT_MAP_END];

		end = l->page_offset + f->value[direct ? DIRECT_MAP_END : PHYSMEM_END] + 1;
		source = direct ? "page_offset_base + direct_map_physmem_end"
				: "page_offset_base + physmem_end";
	} else if (l->l5) {
		source = "formula: page_offset_base + 32 PiB";
	}
	if (end > l->vmalloc || end < l->page_offset) {
		end = l->vmalloc;
		source = moves ? "page_offset_base, clipped at vmalloc_base"
			       : "formula: PAGE_OFFSET, clipped at VMALLOC_START";
	}
	l->direct_end = end;
	claim_by(l, PAGE_OFFSET_BASE, VMATLAS_KIND_DIRECT_MAP, "direct map", l->page_offset, end,
		 source);
	probe_start(f, l->sink, VMATLAS_KIND_DIRECT_MAP, "direct map", l->page_offset);
}

/* With KMSAN (6.1+) the first quarter is vmalloc space, the rest its metadata. */
static void x86_64_layout_vmalloc(const struct x86_64_layout_state *l)
{
	const uint64_t size = l->vmalloc_end - l->vmalloc, quarter = size / 4;
	const bool kmsan = l->f->found[KMSAN];

	claim_by(l, VMALLOC_BASE, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", l->vmalloc,
		 l->vmalloc + (kmsan ? quarter : size),
		 l->f->found[VMALLOC_BASE] ? (l->l5 ? "vmalloc_base + 12800 TiB"
						    : "vmalloc_base + 32 TiB")
					   : "formula: mm.rst");
	if (!kmsan)
		return;
	x86_64_claim(l, VMATLAS_KIND_KMSAN, "KMSAN shadow", l->vmalloc + quarter,
		     l->vmalloc + 2 * quarter, "formula: second quarter of vmalloc");
	x86_64_claim(l, VMATLAS_KIND_KMSAN, "KMSAN origins", l->vmalloc + 2 * quarter,
		     l->vmalloc + 3 * quarter, "formula: third quarter of vmalloc");
}

/*
 * Nominally 1 TiB or 0.5 PiB; under KASLR as many whole TiB as the struct pages
 * of the direct map take (arch/x86/mm/kaslr.c: kernel_randomize_memory).
 */
static void layout_vmemmap(const struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	uint64_t size = l->l5 ? TIB(512) : TIB(1);
	const char *source = l->l5 ? "vmemmap_base + 512 TiB" : "vmemmap_base + 1 TiB";

	if (f->found[SIZEOF_PAGE] && f->value[SIZEOF_PAGE] <= 256) {
		const uint64_t pages = (l->direct_end - l->page_offset) >> 12;
		const uint64_t need = align_up(pages * f->value[SIZEOF_PAGE], TIB(1));

		if (need < size) {
			size = need;
			source = "vmemmap_base + struct pages of the direct map, in TiB";
		}
	}
	if (!f->found[VMEMMAP_BASE])
		source = "formula: mm.rst";
	claim_by(l, VMEMMAP_BASE, VMATLAS_KIND_VMEMMAP, "vmemmap", l->vmemmap, l->vmemmap + size,
		 source);
}

/*
 * Up to 6.1 the entry areas are packed; since 6.2 ("x86/mm: Randomize per-cpu
 * entry area") the whole 512 GiB slot is theirs.
 */
static void x86_64_layout_cpu_entry(const struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t base = 0xfffffe0000000000;

	if (f->found[CEA_OFFSET] || (f->found[CEA_SIZE] && f->found[NR_CPUS]))
		probe_start(f, l->sink, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", base);
	if (f->found[CEA_OFFSET])
		x86_64_claim(l, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", base,
			     base + GIB(512), "formula: slot -4 of the PGD");
	else if (f->found[CEA_SIZE] && f->found[NR_CPUS])
		x86_64_claim(l, VMATLAS_KIND_CPU_ENTRY, "cpu entry area", base,
			     base + 4096 + f->value[NR_CPUS] * f->value[CEA_SIZE],
			     "formula: page + NR_CPUS * sizeof(struct cpu_entry_area)");
}

/* Conditional ones: each only if the kernel has the code for it. */
static void layout_extras(const struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;

	if (f->found[LDT]) {
		const uint64_t ldt = l->l5 ? 0xff10000000000000 : 0xffff880000000000;

		/* 4.15-4.19 had it elsewhere; the direct map tells: it once began here */
		if (ldt != l->page_offset)
			x86_64_claim(l, VMATLAS_KIND_LDT, "LDT remap", ldt,
				     ldt + (l->l5 ? TIB(256) : GIB(512)),
				     "formula: slot -240 of the PGD");
	}
	if (f->found[ESPFIX])
		x86_64_claim(l, VMATLAS_KIND_ESPFIX, "espfix", 0xffffff0000000000,
			     0xffffff8000000000, "formula: slot -2 of 512 GiB");
	if (f->found[EFI])
		x86_64_claim(l, VMATLAS_KIND_EFI, "EFI runtime", 0xffffffef00000000,
			     0xffffffff00000000,
			     "formula: EFI_VA_END..EFI_VA_START, -68 GiB..-4 GiB");
	if (f->found[KASAN])
		x86_64_claim(l, VMATLAS_KIND_KASAN, "KASAN shadow",
			     l->l5 ? 0xffdffc0000000000 : 0xffffec0000000000,
			     0xfffffc0000000000,
			     "formula: KASAN_SHADOW_OFFSET 0xdffffc0000000000");
}

static void layout_image(const struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t modules = START_KERNEL_MAP + l->image_size;

	x86_64_claim(l, VMATLAS_KIND_IMAGE, "kernel image", START_KERNEL_MAP, modules,
		     l->image_size_by_note
			     ? "vmcoreinfo NUMBER(KERNEL_IMAGE_SIZE)"
			     : "formula: 1 GiB with RANDOMIZE_BASE, else 512 MiB");
	x86_64_claim(l, VMATLAS_KIND_MODULE_SPACE, "modules", modules, 0xffffffffff000000,
		     "formula: __START_KERNEL_map + KERNEL_IMAGE_SIZE");
	claim_section(f, l->sink, ".text", TEXT, ETEXT, "symbols _text, _etext");
	claim_section(f, l->sink, ".rodata", START_RODATA, END_RODATA,
		    "symbols __start_rodata, __end_rodata");
	claim_section(f, l->sink, ".data", SDATA, EDATA, "symbols _sdata, _edata");
	claim_section(f, l->sink, ".init", INIT_BEGIN, INIT_END,
		    "symbols __init_begin, __init_end");
	claim_section(f, l->sink, ".bss", BSS_START, BSS_STOP,
		    "symbols __bss_start, __bss_stop");
}

static void layout_top(const struct x86_64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	/* below the vsyscall page; up to 3.13 below room for more of them */
	const uint64_t top = f->release && f->release < KERNEL_RELEASE(3, 14)
			   ? 0xffffffffffdff000 : 0xffffffffff7ff000;

	if (f->found[FIXED_PERMANENT] && f->value[FIXED_PERMANENT] < 0x10000)
		x86_64_claim(l, VMATLAS_KIND_FIXMAP, "fixmap",
			     top - (f->value[FIXED_PERMANENT] << 12), top,
			     "formula: FIXADDR_TOP - __end_of_permanent_fixed_addresses "
			     "pages");
	/* one of the fixmap's pages since 3.15 (asm/fixmap.h: VSYSCALL_PAGE) */
	if (f->found[VSYSCALL_PAGE])
		l->sink->claim(l->sink, VMATLAS_KIND_VSYSCALL, "vsyscall", 0xffffffffff600000,
			       0xffffffffff601000, VMATLAS_CLAIM_NESTED,
			       "formula: VSYSCALL_ADDR");
	/* not with vsyscall=none, nor with =xonly, the default since 5.13 */
	if (f->found[VSYSCALL_PAGE])
		probe_start(f, l->sink, VMATLAS_KIND_VSYSCALL, "vsyscall", 0xffffffffff600000);
}

static void x86_64_layout(const struct arch_facts *f, struct arch_sink *sink)
{
	struct x86_64_layout_state l = {
		.f = f,
		.sink = sink,
		.l5 = f->format == &pt_x86_64_5level,
	};

	x86_64_find_bases(&l);
	layout_extras(&l);
	l.direct_end = l.page_offset + (l.l5 ? TIB(32) * 1024 : TIB(64));
	/* a base that KASLR moved and the dump lost: the constant would be wrong */
	if (!arch_lost(f, PAGE_OFFSET_BASE) && !arch_lost(f, VMALLOC_BASE))
		layout_direct_map(&l);
	if (!arch_lost(f, VMALLOC_BASE))
		x86_64_layout_vmalloc(&l);
	claim_vmalloc_number(f, sink, N_VMALLOC_START);
	if (!arch_lost(f, VMEMMAP_BASE))
		layout_vmemmap(&l);
	x86_64_layout_cpu_entry(&l);
	layout_image(&l);
	layout_top(&l);
}

/* asm/vmalloc.h */
static unsigned int x86_64_ioremap_max_order(const struct arch_config *c)
{
	return arch_pud_shift(c->page_shift);
}

/*
 * MODULES_VADDR to MODULES_END (arch/x86/mm/init.c, 6.12: execmem_arch_setup); the window
 * starts where the load offset says.
 */
static const struct arch_execmem_bound execmem[] = {
	{ "execmem window", VMATLAS_KIND_MODULE_SPACE, "modules", VMATLAS_CLAIM_END_ONLY },
};

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.bits = 64,
	.page_shift = 12,
	.wants = wants,
	.nr_wants = ARRAY_SIZE(wants),
	.layout = x86_64_layout,
	.registers = &registers_x86_64,
	.phys_base_name = "phys_base",
	.fixmap = { .below_vsyscall = true, .boot_slots_apart = true },
	.execmem = execmem,
	.nr_execmem = ARRAY_SIZE(execmem),
	.ioremap_max_order = x86_64_ioremap_max_order,
	.vmalloc_end_inclusive = true,
	.has_mtrr = true,
	.has_pte_masks = true,
	.clears_user_half = true,	/* arch/x86/kernel/head64.c: clear_page(init_top_pgt) */
	/* what EFI asks for in its own region (arch/x86/platform/efi/efi_64.c) */
	.wx_kind = VMATLAS_KIND_EFI,
};
