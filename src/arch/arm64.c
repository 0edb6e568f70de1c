/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arm64: which layout a kernel has, and its claims. The formulas are in
 * arm64_layout.c, the page tables in arm_lpae.c.
 */
#include <elf.h>

#include "arch/arm64.h"
#include "arch/arch_layout.h"

enum {
	TEXT, ETEXT, END, INIT_BEGIN, INIT_END, DATA, SDATA, EDATA, BSS_START, BSS_STOP,
	START_RODATA, INITTEXT_BEGIN, VABITS_ACTUAL, NODES, NR_NODES, SINGLE, FIXED_PERMANENT,
	SIZEOF_PAGE, KASAN, KASAN_SW_TAGS, KASAN_HW_TAGS,
	KASAN_OLD_TAGS, EXECMEM, MODULES, MODULE_BASE,
	MODULE_DIRECT, MODULE_PLT, N_VA_BITS, N_T1SZ, N_MODULES_VADDR, N_MODULES_END,
	N_VMALLOC_START, N_VMALLOC_END, N_VMEMMAP_START, N_VMEMMAP_END,
};

static const struct arch_want wants[] = {
	[TEXT]		  = { "_text", WANT_ADDRESS, NULL },
	[ETEXT]		  = { "_etext", WANT_ADDRESS, NULL },
	[END]		  = { "_end", WANT_ADDRESS, NULL },
	[INIT_BEGIN]	  = { "__init_begin", WANT_ADDRESS, NULL },
	[INIT_END]	  = { "__init_end", WANT_ADDRESS, NULL },
	[DATA]		  = { "_data", WANT_ADDRESS, NULL },
	[SDATA]		  = { "_sdata", WANT_ADDRESS, NULL },
	[EDATA]		  = { "_edata", WANT_ADDRESS, NULL },
	[BSS_START]	  = { "__bss_start", WANT_ADDRESS, NULL },
	[BSS_STOP]	  = { "__bss_stop", WANT_ADDRESS, NULL },
	[START_RODATA]	  = { "__start_rodata", WANT_ADDRESS, NULL },
	[INITTEXT_BEGIN]  = { "__inittext_begin", WANT_ADDRESS, NULL },
	[VABITS_ACTUAL]	  = { "vabits_actual", WANT_VALUE, NULL },
	/* the allocator's nodes came with the layout of 6.9 */
	[NODES]		  = { "vmap_nodes", WANT_ADDRESS, NULL },
	[NR_NODES]	  = { "nr_vmap_nodes", WANT_ADDRESS, NULL },
	[SINGLE]	  = { "single", WANT_ADDRESS, NULL },
	[FIXED_PERMANENT] = { "__end_of_permanent_fixed_addresses", WANT_ENUM, "__set_fixmap" },
	[SIZEOF_PAGE]	  = { "page", WANT_SIZEOF, "vfree" },
	[KASAN]		  = { "kasan_init", WANT_ADDRESS, NULL },
	[KASAN_SW_TAGS]	  = { "kasan_init_sw_tags", WANT_ADDRESS, NULL },
	[KASAN_HW_TAGS]	  = { "kasan_init_hw_tags", WANT_ADDRESS, NULL },
	[KASAN_OLD_TAGS]  = { "kasan_init_tags", WANT_ADDRESS, NULL },
	[EXECMEM]	  = { "execmem_info", WANT_ADDRESS, NULL },
	[MODULES]	  = { "modules", WANT_ADDRESS, NULL },
	[MODULE_BASE]	  = { "module_alloc_base", WANT_VALUE, NULL },
	[MODULE_DIRECT]	  = { "module_direct_base", WANT_VALUE, NULL },
	[MODULE_PLT]	  = { "module_plt_base", WANT_VALUE, NULL },
	[N_VA_BITS]	  = { "VA_BITS", WANT_NUMBER, NULL },
	[N_T1SZ]	  = { "TCR_EL1_T1SZ", WANT_NUMBER, NULL },
	[N_MODULES_VADDR] = { "MODULES_VADDR", WANT_NUMBER, NULL },
	[N_MODULES_END]	  = { "MODULES_END", WANT_NUMBER, NULL },
	[N_VMALLOC_START] = { "VMALLOC_START", WANT_NUMBER, NULL },
	[N_VMALLOC_END]	  = { "VMALLOC_END", WANT_NUMBER, NULL },
	[N_VMEMMAP_START] = { "VMEMMAP_START", WANT_NUMBER, NULL },
	[N_VMEMMAP_END]	  = { "VMEMMAP_END", WANT_NUMBER, NULL },
};

struct arm64_layout_state {
	const struct arch_facts *f;
	struct arch_sink *sink;
	struct arm64_places at;
	bool may_be_52;			/* nothing says what it was configured for */
};

/* ---- Which one is it? ---- */

/*
 * Nothing in memory tells the era but the allocator's nodes (6.9). What differs
 * between those before is constants: the release decides.
 */
static enum arm64_era find_era(const struct arch_facts *f)
{
	if (f->found[NODES] || (f->found[NR_NODES] && f->found[SINGLE]))
		return VMEMMAP_AT_TOP;
	if (f->release >= KERNEL_RELEASE(5, 11))
		return VMEMMAP_ALIGNED;
	if (f->release >= KERNEL_RELEASE(5, 4))
		return LINEAR_MAP_BELOW;
	return f->release >= KERNEL_RELEASE(4, 6) ? LINEAR_MAP_ABOVE : IMAGE_IN_LINEAR_MAP;
}

static unsigned int leading_ones(uint64_t value)
{
	unsigned int n = 0;

	while (n < 64 && value >> (63 - n) & 1)
		n++;
	return n;
}

/*
 * VA_BITS is what the kernel was configured for, the format what the CPU offers of
 * it; a configuration with 52 bits falls back to what VA_BITS_MIN is then. That shows
 * in the image's link address: it is the first thing in the half that modules and vmalloc
 * space share, from 4.6 to 5.3 in the whole; the ones at its top count the bits.
 */
static void find_va_bits(const struct arch_facts *f, struct arm64_places *at)
{
	const unsigned int ones = leading_ones(at->text);

	at->va_bits_min = at->era == LINEAR_MAP_ABOVE ? 64 - ones : 65 - ones;
	at->va_bits = MAX(at->va_bits_min, f->format->kernel_bits);
	at->va_bits_actual = f->format->kernel_bits;
	if (f->found[VABITS_ACTUAL])
		at->va_bits_actual = f->value[VABITS_ACTUAL];
	else if (f->found[N_T1SZ])
		at->va_bits_actual = 64 - f->value[N_T1SZ];
	if (f->found[N_VA_BITS])
		at->va_bits = f->value[N_VA_BITS];
	else if (f->found[VABITS_ACTUAL] && f->release >= KERNEL_RELEASE(6, 0))
		at->va_bits = 52;	/* the variable is there for that alone */
}

static bool find_places(const struct arch_facts *f, struct arm64_places *at)
{
	if (!f->found[TEXT] || !f->format)
		return false;
	*at = (struct arm64_places){
		.era = find_era(f), .release = f->release, .page_shift = f->page_shift,
		.text = f->value[TEXT] - f->slide,
		.sizeof_page = f->found[SIZEOF_PAGE] ? f->value[SIZEOF_PAGE] : 64,
	};
	/* hardware tags (5.11) have a kasan_init, but no shadow */
	if (f->found[KASAN] && !f->found[KASAN_HW_TAGS])
		at->kasan_scale = f->found[KASAN_SW_TAGS] || f->found[KASAN_OLD_TAGS] ? 4 : 3;
	find_va_bits(f, at);
	return arm64_place(at);
}

/* ---- Claims ---- */

static void arm64_claim(const struct arm64_layout_state *l, uint32_t kind,
			const char *name, uint64_t start, uint64_t end, uint32_t flags,
			const char *source)
{
	l->sink->claim(l->sink, kind, name, start, end, flags, source);
}

/*
 * Built for more bits than this CPU has, PAGE_OFFSET is a macro for them all
 * (arch/arm64/include/asm/memory.h, since 5.4): nothing is mapped at its address.
 */
static const char *linear_source(const struct arm64_places *at, const char *source)
{
	if (at->va_bits <= at->va_bits_actual || at->era < LINEAR_MAP_BELOW)
		return source;
	if (at->va_bits_actual == 48)
		return "formula: memory.h, a macro for 52 bits; the CPU has 48: ffff000000000000 on";
	if (at->va_bits_actual == 47)
		return "formula: memory.h, a macro for 52 bits; the CPU has 47: ffff800000000000 on";
	return "formula: memory.h, a macro for more bits than this CPU has";
}

static void arm64_claim_regions(const struct arm64_layout_state *l)
{
	static const char *const by[] = {
		"formula: memory.h, up to 4.5", "formula: memory.h, 4.6 to 5.3",
		"formula: memory.h, 5.4 to 5.10", "formula: memory.h, 5.11 to 6.8",
		"formula: memory.h, since 6.9",
	};
	const struct arm64_places *at = &l->at;
	const char *source = by[at->era];

	arm64_claim(l, VMATLAS_KIND_DIRECT_MAP, "direct map", at->linear, at->linear_end,
		    l->may_be_52 ? VMATLAS_CLAIM_DEFAULT : 0,
		    linear_source(at, source));
	if (at->shadow_end)
		arm64_claim(l, VMATLAS_KIND_KASAN, "KASAN shadow", at->shadow,
			    at->shadow_end, 0, source);
	if (at->bpf)
		arm64_claim(l, VMATLAS_KIND_MODULE_WINDOW, "BPF", at->bpf,
			    at->bpf + MIB(128), 0, source);
	if (l->f->found[MODULES])
		arm64_claim(l, VMATLAS_KIND_MODULE_SPACE, "modules", at->modules,
			    at->modules_end, 0, source);
	arm64_claim(l, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", at->vmalloc,
		    at->vmalloc_end, 0, source);
	arm64_claim(l, VMATLAS_KIND_VMEMMAP, "vmemmap", at->vmemmap, at->vmemmap_end, 0,
		    source);
	arm64_claim(l, VMATLAS_KIND_PCI_IO, "PCI I/O", at->pci_io, at->pci_io_end, 0,
		    source);
}

static void claim_fixmap(const struct arm64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint64_t top = l->at.fixaddr_top;

	if (f->found[FIXED_PERMANENT] && f->value[FIXED_PERMANENT] < 0x10000)
		arm64_claim(l, VMATLAS_KIND_FIXMAP, "fixmap",
			    top - (f->value[FIXED_PERMANENT] << f->page_shift), top, 0,
			    "formula: FIXADDR_TOP - __end_of_permanent_fixed_addresses "
			    "pages");
}

/* arch/arm64/kernel/crash_core.c, later vmcore_info.c, since 5.17 */
static void arm64_claim_vmcoreinfo(const struct arm64_layout_state *l)
{
	const struct arch_facts *f = l->f;

	claim_number(f, l->sink, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", N_VMALLOC_START,
		   N_VMALLOC_END, "vmcoreinfo NUMBER(VMALLOC_*)");
	if (f->found[MODULES])
		claim_number(f, l->sink, VMATLAS_KIND_MODULE_SPACE, "modules", N_MODULES_VADDR,
			   N_MODULES_END, "vmcoreinfo NUMBER(MODULES_*)");
	/* configured for more bits than the CPU has, its VMEMMAP_START counts what vmalloc got, too */
	if (l->at.era < VMEMMAP_AT_TOP ||
	    (l->at.va_bits == l->at.va_bits_actual && !l->may_be_52))
		claim_number(f, l->sink, VMATLAS_KIND_VMEMMAP, "vmemmap", N_VMEMMAP_START,
			   N_VMEMMAP_END, "vmcoreinfo NUMBER(VMEMMAP_*)");
}

/* Windows around the image, up to 6.9; then execmem_info has them. */
static void claim_windows(const struct arm64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint32_t flags = VMATLAS_CLAIM_WINDOW | VMATLAS_CLAIM_NESTED;

	if (f->found[EXECMEM])
		return;
	if (f->found[MODULE_BASE] && f->value[MODULE_BASE])
		arm64_claim(l, VMATLAS_KIND_MODULE_WINDOW, "module window",
			    f->value[MODULE_BASE], f->value[MODULE_BASE] + MIB(128),
			    flags, "module_alloc_base + 128 MiB");
	if (f->found[MODULE_DIRECT] && f->value[MODULE_DIRECT])
		arm64_claim(l, VMATLAS_KIND_MODULE_WINDOW, "module window",
			    f->value[MODULE_DIRECT], f->value[MODULE_DIRECT] + MIB(128),
			    flags, "module_direct_base + 128 MiB");
	if (f->found[MODULE_PLT] && f->value[MODULE_PLT])
		arm64_claim(l, VMATLAS_KIND_MODULE_WINDOW, "module PLT window",
			    f->value[MODULE_PLT], f->value[MODULE_PLT] + GIB(2), flags,
			    "module_plt_base + 2 GiB");
}

/* Since 4.6 the image lies in vmalloc space, as five areas; before in the linear map. */
static void arm64_claim_image(const struct arm64_layout_state *l)
{
	const struct arch_facts *f = l->f;

	if (f->found[TEXT] && f->found[END]) {
		arm64_claim(l, VMATLAS_KIND_IMAGE, "kernel image", f->value[TEXT],
			    f->value[END], VMATLAS_CLAIM_NESTED, "symbols _text, _end");
		probe_start(f, l->sink, VMATLAS_KIND_IMAGE, "kernel image", f->value[TEXT]);
		probe_end(f, l->sink, VMATLAS_KIND_IMAGE, "kernel image", f->value[END]);
	}
	claim_section(f, l->sink, ".text", TEXT, ETEXT, "symbols _text, _etext");
	claim_section(f, l->sink, ".rodata", START_RODATA,
		    f->found[INITTEXT_BEGIN] ? INITTEXT_BEGIN : INIT_BEGIN,
		    "symbols __start_rodata, __inittext_begin");
	claim_section(f, l->sink, ".init", INIT_BEGIN, INIT_END,
		    "symbols __init_begin, __init_end");
	claim_section(f, l->sink, ".data", f->found[SDATA] ? SDATA : DATA, EDATA,
		    "symbols _sdata, _edata");
	claim_section(f, l->sink, ".bss", BSS_START, BSS_STOP,
		    "symbols __bss_start, __bss_stop");
}

static void layout(const struct arch_facts *f, struct arch_sink *sink)
{
	struct arm64_layout_state l = { .f = f, .sink = sink };

	if (find_places(f, &l.at)) {
		l.may_be_52 = l.at.era == VMEMMAP_AT_TOP && l.at.va_bits < 52 &&
			      l.at.va_bits >= 47 && !f->found[N_VA_BITS];
		arm64_claim_regions(&l);
		claim_fixmap(&l);
	}
	arm64_claim_vmcoreinfo(&l);
	claim_windows(&l);
	arm64_claim_image(&l);
}

/* asm/vmalloc.h */
static unsigned int arm64_ioremap_max_order(const struct arch_config *c)
{
	return c->page_shift == 12 ? arch_pud_shift(c->page_shift) : arch_pmd_shift(c->page_shift);
}

/* VMALLOC_START twice (arch/arm64/mm/init.c, 6.12: execmem_arch_setup). */
static const struct arch_execmem_bound execmem[] = {
	{ "execmem kprobes", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0 },
	{ "execmem BPF", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.bits = 64,
	.page_shift = 12,
	.wants = wants,
	.nr_wants = ARRAY_SIZE(wants),
	.layout = layout,
	.registers = &registers_arm64,
	.phys_base_name = "PHYS_OFFSET",
	.boot_layout = BOOT_LAYOUT_ARM64,
	.execmem = execmem,
	.nr_execmem = ARRAY_SIZE(execmem),
	.ioremap_max_order = arm64_ioremap_max_order,
	.floating_direct_map = KERNEL_RELEASE(4, 6),
	.modules_need_execmem = true,
};
