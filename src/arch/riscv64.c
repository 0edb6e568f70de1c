/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * riscv64: page tables Sv39, Sv48 and Sv57, and the layout of
 * Documentation/arch/riscv/vm-layout.rst, which hangs from PAGE_OFFSET.
 */
#include <elf.h>

#include "arch/arch_layout.h"

/* ---- Page tables: RISC-V privileged architecture, "Sv39" to "Svpbmt" ---- */

#define RV_VALID	(1ull << 0)
#define RV_READ		(1ull << 1)
#define RV_WRITE	(1ull << 2)
#define RV_EXEC		(1ull << 3)
#define RV_USER		(1ull << 4)
#define RV_GLOBAL	(1ull << 5)
#define RV_LEAF		(RV_READ | RV_WRITE | RV_EXEC)
#define RV_NAPOT	(1ull << 63)
#define RV_RESERVED	(0x1full << 54)	/* 60:59 are software's since Svrsw60t59b */

enum { STANDARD, THEAD };

/* Svpbmt, bits 62:61: as the platform says, non-cacheable, I/O. */
static const uint32_t pbmt[4] = { 0, PT_WC, PT_DEVICE, 0 };

static uint32_t memory_type(const struct pt_format *f, uint64_t e)
{
	if (f->variant == STANDARD)
		return pbmt[e >> 61 & 3];
	/* bit 63: strongly ordered, 62: cacheable (asm/pgtable-64.h, _PAGE_*_THEAD) */
	if (e >> 63)
		return PT_DEVICE;
	return e >> 62 & 1 ? 0 : PT_WC;
}

static uint32_t riscv64_attributes(const struct pt_format *f, uint64_t e)
{
	uint32_t attr = memory_type(f, e);

	if (e & RV_WRITE)
		attr |= PT_WRITE;
	if (e & RV_EXEC)
		attr |= PT_EXEC;
	if (e & RV_USER)
		attr |= PT_USER;
	if (e & RV_GLOBAL)
		attr |= PT_GLOBAL;
	return attr;
}

/* Sixteen entries that are alike map 64 KiB; the low bits of the address say so. */
static bool is_napot(const struct pt_format *f, uint64_t e)
{
	return f->variant == STANDARD && e & RV_NAPOT;
}

static enum pt_kind riscv64_decode(const struct pt_format *f, unsigned int level,
				   uint64_t e, struct pt_entry *ret)
{
	const bool last = level == f->nr_levels - 1u;
	uint8_t shift = f->level[level].shift;

	if (!(e & RV_VALID))
		return PT_NONE;
	if (e & RV_RESERVED)
		return PT_BAD;
	ret->phys = (e >> 10 & 0xfffffffffff) << 12;
	if (!(e & RV_LEAF))
		return last ? PT_BAD : PT_TABLE;
	if (is_napot(f, e)) {
		if (!last || (ret->phys >> 12 & 15) != 8)
			return PT_BAD;
		shift = 16;
		ret->phys &= ~0xffffull;
	}
	/* writable but not readable is reserved, and so is a large leaf out of line */
	if ((e & (RV_READ | RV_WRITE)) == RV_WRITE || ret->phys & ((1ull << shift) - 1))
		return PT_BAD;
	ret->shift = shift;
	ret->attr = riscv64_attributes(f, e);
	return PT_LEAF;
}

#define SV39 { "PGD", 30, 9 }, { "PMD", 21, 9 }, { "PTE", 12, 9 }
#define SV48 { "PGD", 39, 9 }, { "PUD", 30, 9 }, { "PMD", 21, 9 }, { "PTE", 12, 9 }
#define SV57 { "PGD", 48, 9 }, { "P4D", 39, 9 }, { "PUD", 30, 9 }, { "PMD", 21, 9 },          \
	     { "PTE", 12, 9 }

#define FORMAT(text, levels, bits, kind, ...)                                            \
	{                                                                                \
		.name = text, .entry_size = 8, .nr_levels = levels, .page_shift = 12,    \
		.kernel_bits = bits - 1, .level = { __VA_ARGS__ },                       \
		.decode = riscv64_decode, .variant = kind,                               \
	}

const struct pt_format pt_riscv_sv39 = FORMAT("Sv39", 3, 39, STANDARD, SV39);
const struct pt_format pt_riscv_sv48 = FORMAT("Sv48", 4, 48, STANDARD, SV48);
const struct pt_format pt_riscv_sv57 = FORMAT("Sv57", 5, 57, STANDARD, SV57);
const struct pt_format pt_thead_sv39 = FORMAT("Sv39, T-Head", 3, 39, THEAD, SV39);
const struct pt_format pt_thead_sv48 = FORMAT("Sv48, T-Head", 4, 48, THEAD, SV48);
const struct pt_format pt_thead_sv57 = FORMAT("Sv57, T-Head", 5, 57, THEAD, SV57);

/* ---- Layout ---- */

enum {
	START, TEXT, ETEXT, END, INIT_BEGIN, INIT_END, START_RODATA, END_RODATA, DATA, SDATA,
	EDATA, BSS_START, BSS_STOP, SIZEOF_PAGE, KASAN, MODULES, FIX_FDT,
	N_VMALLOC_START, N_VMALLOC_END, N_VMEMMAP_START, N_VMEMMAP_END, N_MODULES_VADDR,
	N_MODULES_END, N_PAGE_OFFSET, N_KASAN_START, N_KASAN_END,
};

static const struct arch_want wants[] = {
	[START]		  = { "_start", WANT_ADDRESS, NULL },
	[TEXT]		  = { "_text", WANT_ADDRESS, NULL },
	[ETEXT]		  = { "_etext", WANT_ADDRESS, NULL },
	[END]		  = { "_end", WANT_ADDRESS, NULL },
	[INIT_BEGIN]	  = { "__init_begin", WANT_ADDRESS, NULL },
	[INIT_END]	  = { "__init_end", WANT_ADDRESS, NULL },
	[START_RODATA]	  = { "__start_rodata", WANT_ADDRESS, NULL },
	[END_RODATA]	  = { "__end_rodata", WANT_ADDRESS, NULL },
	[DATA]		  = { "_data", WANT_ADDRESS, NULL },
	[SDATA]		  = { "_sdata", WANT_ADDRESS, NULL },
	[EDATA]		  = { "_edata", WANT_ADDRESS, NULL },
	[BSS_START]	  = { "__bss_start", WANT_ADDRESS, NULL },
	[BSS_STOP]	  = { "__bss_stop", WANT_ADDRESS, NULL },
	[SIZEOF_PAGE]	  = { "page", WANT_SIZEOF, "vfree" },
	[KASAN]		  = { "kasan_init", WANT_ADDRESS, NULL },
	[MODULES]	  = { "modules", WANT_ADDRESS, NULL },
	[FIX_FDT]	  = { "FIX_FDT", WANT_ENUM, "__set_fixmap" },
	[N_VMALLOC_START] = { "VMALLOC_START", WANT_NUMBER, NULL },
	[N_VMALLOC_END]	  = { "VMALLOC_END", WANT_NUMBER, NULL },
	[N_VMEMMAP_START] = { "VMEMMAP_START", WANT_NUMBER, NULL },
	[N_VMEMMAP_END]	  = { "VMEMMAP_END", WANT_NUMBER, NULL },
	[N_MODULES_VADDR] = { "MODULES_VADDR", WANT_NUMBER, NULL },
	[N_MODULES_END]	  = { "MODULES_END", WANT_NUMBER, NULL },
	[N_PAGE_OFFSET]	  = { "PAGE_OFFSET", WANT_NUMBER, NULL },
	[N_KASAN_START]	  = { "KASAN_SHADOW_START", WANT_NUMBER, NULL },
	[N_KASAN_END]	  = { "KASAN_SHADOW_END", WANT_NUMBER, NULL },
};

struct riscv64_layout_state {
	const struct arch_facts *f;
	struct arch_sink *sink;
	uint64_t page_offset, vmalloc, vmemmap, linear_size;
	bool image_in_linear;		/* up to 5.12 */
};

static void riscv64_claim(const struct riscv64_layout_state *l, uint32_t kind,
			  const char *name, uint64_t start, uint64_t end, uint32_t flags,
			  const char *source)
{
	l->sink->claim(l->sink, kind, name, start, end, flags, source);
}

static unsigned int riscv64_log2_of(uint64_t size)
{
	unsigned int shift = 0;

	while (1ull << shift < size)
		shift++;
	return shift;
}

/*
 * Half of kernel space is the linear map, half of that again vmalloc space below it, and
 * below that, downwards, vmemmap, PCI I/O and the fixmap (asm/pgtable.h, 5.4 to 7.2).
 */
static void riscv64_find_bases(struct riscv64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const unsigned int bits = f->format->kernel_bits;
	const uint64_t page = f->found[SIZEOF_PAGE] && f->value[SIZEOF_PAGE] <= 256 ?
			      f->value[SIZEOF_PAGE] : 64;

	l->page_offset = f->page_offset;
	l->linear_size = 1ull << (bits - 1);
	l->vmalloc = l->page_offset - l->linear_size / 2;
	l->vmemmap = l->vmalloc - (1ull << (bits + 1 - 12 - 1 + riscv64_log2_of(page)));
	l->image_in_linear = f->found[START] && f->value[START] - l->page_offset < GIB(1);
}

/* Up to 5.16 it reached as far as the image's own mapping lets it. */
static void claim_linear(const struct riscv64_layout_state *l)
{
	uint64_t end = l->page_offset + l->linear_size;

	if (!l->image_in_linear && end - 1 >= 0 - GIB(4))
		end = 0 - GIB(4);
	riscv64_claim(l, VMATLAS_KIND_DIRECT_MAP, "direct map", l->page_offset, end, 0,
		      "formula: PAGE_OFFSET + a quarter of the address space");
	probe_start(l->f, l->sink, VMATLAS_KIND_DIRECT_MAP, "direct map", l->page_offset);
}

/* Twice the largest device tree beside the other slots since 6.3, and in stable kernels. */
static void claim_below(const struct riscv64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const bool large = f->found[FIX_FDT] && f->value[FIX_FDT] >= 1024;
	const uint64_t pci_io = l->vmemmap - MIB(16);

	riscv64_claim(l, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", l->vmalloc,
		      l->page_offset, 0,
		      "formula: half the linear map's size below PAGE_OFFSET");
	riscv64_claim(l, VMATLAS_KIND_VMEMMAP, "vmemmap", l->vmemmap, l->vmalloc, 0,
		      "formula: below VMALLOC_START");
	riscv64_claim(l, VMATLAS_KIND_PCI_IO, "PCI I/O", pci_io, l->vmemmap, 0,
		      "formula: 16 MiB below VMEMMAP_START");
	riscv64_claim(l, VMATLAS_KIND_FIXMAP, "fixmap",
		      pci_io - (large ? MIB(6) : MIB(2)), pci_io, 0,
		      large ? "formula: PMD_SIZE + FIX_FDT_SIZE below PCI I/O"
			    : "formula: PMD_SIZE below PCI I/O");
}

/* In reach of the image's code, hence below its start but less than 2 GiB from its end. */
static void claim_modules(const struct riscv64_layout_state *l)
{
	const struct arch_facts *f = l->f;
	const uint32_t window = VMATLAS_CLAIM_WINDOW | VMATLAS_CLAIM_NESTED;
	uint64_t start, end;

	if (!f->found[START] || !f->found[END])
		return;
	start = align_up(f->value[END], 4096) - GIB(2);
	end = align_up(f->value[START], 4096);
	if (l->image_in_linear) {
		start = MAX(start, l->vmalloc);
		end = l->page_offset;
	}
	if (f->found[MODULES])
		riscv64_claim(l, VMATLAS_KIND_MODULE_SPACE, "modules", start, end,
			      l->image_in_linear ? VMATLAS_CLAIM_NESTED : 0,
			      "formula: _end - 2 GiB, below the image");
	riscv64_claim(l, VMATLAS_KIND_MODULE_WINDOW, "BPF", end - MIB(128), end, window,
		      "formula: BPF_JIT_REGION_SIZE, 128 MiB below the modules' end");
}

static void riscv64_claim_image(const struct riscv64_layout_state *l)
{
	const struct arch_facts *f = l->f;

	if (f->found[START] && f->found[END]) {
		riscv64_claim(l, VMATLAS_KIND_IMAGE, "kernel image", f->value[START],
			      f->value[END],
			      l->image_in_linear ? VMATLAS_CLAIM_NESTED : 0,
			      "symbols _start, _end");
		probe_start(f, l->sink, VMATLAS_KIND_IMAGE, "kernel image", f->value[START]);
		probe_end(f, l->sink, VMATLAS_KIND_IMAGE, "kernel image", f->value[END]);
	}
	claim_section(f, l->sink, ".text", TEXT, ETEXT, "symbols _text, _etext");
	claim_section(f, l->sink, ".init", INIT_BEGIN, INIT_END,
		    "symbols __init_begin, __init_end");
	claim_section(f, l->sink, ".rodata", START_RODATA, END_RODATA,
		    "symbols __start_rodata, __end_rodata");
	/* _sdata lies before .rodata here (arch/riscv/kernel/vmlinux.lds.S, 6.12) */
	claim_section(f, l->sink, ".data", f->found[DATA] ? DATA : SDATA, EDATA,
		    "symbols _data, _edata");
	claim_section(f, l->sink, ".bss", BSS_START, BSS_STOP,
		    "symbols __bss_start, __bss_stop");
}

/* Below the lowest place of modules (asm/kasan.h, since 5.15). */
static void claim_kasan(const struct riscv64_layout_state *l)
{
	const struct pt_format *format = l->f->format;
	const uint64_t end = 0 - GIB(4);
	const uint64_t size = 1ull << (format->kernel_bits - 3);

	if (l->f->found[KASAN] && !l->image_in_linear)
		riscv64_claim(l, VMATLAS_KIND_KASAN, "KASAN shadow",
			      align_down(end - size, 1ull << format->level[0].shift), end,
			      0, "formula: an eighth of kernel space below the modules");
}

/* arch/riscv/kernel/crash_core.c, later vmcore_info.c, since 6.2 */
static void riscv64_claim_vmcoreinfo(const struct riscv64_layout_state *l)
{
	const struct arch_facts *f = l->f;

	claim_number(f, l->sink, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", N_VMALLOC_START,
		   N_VMALLOC_END, "vmcoreinfo NUMBER(VMALLOC_*)");
	claim_number(f, l->sink, VMATLAS_KIND_VMEMMAP, "vmemmap", N_VMEMMAP_START,
		   N_VMEMMAP_END, "vmcoreinfo NUMBER(VMEMMAP_*)");
	if (f->found[MODULES])
		claim_number(f, l->sink, VMATLAS_KIND_MODULE_SPACE, "modules", N_MODULES_VADDR,
			   N_MODULES_END, "vmcoreinfo NUMBER(MODULES_*)");
	if (f->found[KASAN])
		claim_number(f, l->sink, VMATLAS_KIND_KASAN, "KASAN shadow", N_KASAN_START,
			   N_KASAN_END, "vmcoreinfo NUMBER(KASAN_SHADOW_*)");
	if (f->found[N_PAGE_OFFSET])
		claim_start(l->sink, VMATLAS_KIND_DIRECT_MAP, "direct map",
			  f->value[N_PAGE_OFFSET], "vmcoreinfo NUMBER(PAGE_OFFSET)");
}

static void riscv64_layout(const struct arch_facts *f, struct arch_sink *sink)
{
	struct riscv64_layout_state l = { .f = f, .sink = sink };

	if (!f->format)
		return;
	if (f->page_offset) {
		riscv64_find_bases(&l);
		claim_linear(&l);
		claim_below(&l);
		claim_kasan(&l);
	}
	claim_modules(&l);
	riscv64_claim_image(&l);
	riscv64_claim_vmcoreinfo(&l);
}

/* asm/vmalloc.h, 5.10 to 7.2 */
static unsigned int riscv64_ioremap_max_order(const struct arch_config *c)
{
	return c->has_symbol(c->arg, "pud_set_huge") ? arch_pud_shift(c->page_shift)
						      : 7 + c->page_shift;
}

/* MODULES_VADDR, VMALLOC_START, BPF_JIT_REGION_START (arch/riscv/mm/init.c, 6.12). */
static const struct arch_execmem_bound execmem[] = {
	{ "execmem window", VMATLAS_KIND_MODULE_SPACE, "modules", 0 },
	{ "execmem kprobes", VMATLAS_KIND_VMALLOC_SPACE, "vmalloc", 0 },
	{ "execmem BPF", VMATLAS_KIND_MODULE_WINDOW, "BPF", 0 },
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.bits = 64,
	.page_shift = 12,
	.wants = wants,
	.nr_wants = ARRAY_SIZE(wants),
	.layout = riscv64_layout,
	.registers = &registers_riscv64,
	.phys_base_name = "PHYS_OFFSET",
	.boot_layout = BOOT_LAYOUT_RISCV,
	/* asm/fixmap.h: FIX_FDT */
	.fixmap = { .holds_fdt = true, .ptdump_start = true },
	.execmem = execmem,
	.nr_execmem = ARRAY_SIZE(execmem),
	.ioremap_max_order = riscv64_ioremap_max_order,
	.clears_user_half = true,	/* swapper_pg_dir is made anew (mm/init.c) */
	.memtype_optional = true,		/* without Svpbmt */
};
