/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CPUs as constant tables and pure functions: page-table formats, and the
 * formulas by which a kernel lays out its address space. Reads nothing itself:
 * what a formula needs (variables, symbols, enumerators) is declared as a want,
 * fetched by the house, and handed in as facts.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <vmatlas.h>

#include "base/cleanup.h"
#include "base/range.h"

/* ---- Page tables ---- */

enum pt_kind { PT_NONE, PT_TABLE, PT_LEAF, PT_BAD };

enum pt_attr {
	PT_WRITE = 1, PT_EXEC = 2, PT_USER = 4,
	PT_DEVICE = 8, PT_UNCACHED = 16, PT_WC = 32, PT_GLOBAL = 64,
};

struct pt_entry {
	uint64_t phys;			/* of the next table, or of the leaf */
	uint8_t shift;			/* leaf: log2 of its size */
	uint32_t attr;			/* enum pt_attr; leaves */
};

struct pt_level {
	const char *name;		/* "PGD", "PTE" */
	uint8_t shift;			/* of the address bits that index it */
	uint8_t bits;			/* how many */
};

struct pt_format {
	const char *name;		/* "4-level", "short descriptors" */
	uint8_t entry_size;		/* bytes */
	uint8_t nr_levels;
	uint8_t page_shift;		/* of the smallest leaf */
	uint8_t kernel_bits;		/* 64 bits: kernel space is the top 2^kernel_bits */
	struct pt_level level[5];	/* from the root down */
	enum pt_kind (*decode)(const struct pt_format *f, unsigned int level, uint64_t entry,
			       struct pt_entry *ret);
	const uint32_t *types;		/* what entries mean by their memory type, if an index */
	bool lacks_nx;			/* no bit forbids execution */
	uint32_t variant;		/* the decoder's own */
};

static inline enum pt_kind pt_decode(const struct pt_format *f, unsigned int level,
				     uint64_t entry, struct pt_entry *ret)
{
	return f->decode(f, level, entry, ret);
}

/* Does kernel space begin in the middle of the root table, user space being below? */
static inline bool pt_root_is_shared(const struct pt_format *f)
{
	return f->kernel_bits && f->kernel_bits < f->level[0].shift + f->level[0].bits;
}

/* ---- Facts ---- */

enum arch_want_kind {
	WANT_ADDRESS,		/* run-time address of a symbol */
	WANT_VALUE,		/* integer or pointer stored at a symbol */
	WANT_LENGTH,		/* elements of a pointer-sized array symbol: st_size / pointer */
	WANT_ENUM,		/* enumerator @name in the unit of @near */
	WANT_SIZEOF,		/* sizeof(struct @name) in the unit of @near */
	WANT_NUMBER,		/* vmcoreinfo NUMBER(@name), or @name= as it stands */
	WANT_BYTE,		/* like WANT_VALUE, one byte */
	WANT_INT,		/* like WANT_VALUE, four bytes */
};

struct arch_want {
	const char *name;
	enum arch_want_kind kind;
	const char *near;
};

enum arch_mapped { UNMAPPED, MAPPED, UNKNOWN };	/* unknown: a table is not in the dump */

struct arch_facts {
	const bool *found;		/* by index into arch->wants */
	const uint64_t *value;
	const bool *lost;		/* the kernel has it, the dump does not; may be NULL */
	uint32_t release;		/* KERNEL_RELEASE(major, minor) */
	uint32_t page_shift;
	const struct pt_format *format;
	uint64_t slide;			/* run-time minus link address */
	uint64_t page_offset;		/* start of the linear map, where found; else 0 */
	bool is_thumb;			/* 32-bit ARM: kernel built as Thumb-2 */
	/* Does the page table map @addr? Sets *ret_last to the last byte of the leaf. */
	enum arch_mapped (*mapped)(void *arg, uint64_t addr, uint64_t *ret_last);
	/* And as @base is: both as far apart there as in physical memory? */
	enum arch_mapped (*linear)(void *arg, uint64_t addr, uint64_t base, uint64_t *ret_last);
	/* Is the last table on the way to @addr, at its entry, what lies at @table? */
	bool (*is_table)(void *arg, uint64_t addr, uint64_t table);
	void *arg;
};

/* Is a variable there that could not be read? Then its default would be a guess. */
static inline bool arch_lost(const struct arch_facts *f, unsigned int want)
{
	return f->lost && f->lost[want];
}

#define KERNEL_RELEASE(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

/* Where a layout function puts its claims; provided by the house. */
struct arch_sink {
	/* @end is exclusive, 0 the top. @source is a sentence, copied. */
	void (*claim)(struct arch_sink *sink, uint32_t kind, const char *name,
		      uint64_t start, uint64_t end, uint32_t flags, const char *source);
	/* Variable @name holds @value, which no kernel puts there: @instead was taken. */
	void (*wrong)(struct arch_sink *sink, const char *name, uint64_t value,
		      const char *region, uint64_t instead);
};

/* ---- What Linux does its own way on a CPU; "no" where nothing is said ---- */

/* Whose "Virtual kernel memory layout" table a kernel prints at boot. */
enum arch_boot_layout {
	BOOT_LAYOUT_NONE, BOOT_LAYOUT_ARM, BOOT_LAYOUT_I386, BOOT_LAYOUT_ARM64, BOOT_LAYOUT_RISCV,
};

/* A window of execmem_info (6.10+) whose bounds are those of a region. */
struct arch_execmem_bound {
	const char *window;		/* "execmem kprobes" */
	uint32_t kind;			/* enum vmatlas_kind of the region */
	const char *name;		/* its name */
	uint32_t flags;			/* VMATLAS_CLAIM_END_ONLY: only the end is the region's */
};

/* Which slots the fixmap has, where not simply those of its region. */
struct arch_fixmap {
	bool holds_fdt;			/* the device tree lies in it, and it alone by large leaves */
	bool console_on_top;		/* first slot is the early console's, a page below the end;
					   kmap() takes over the slots for booting */
	bool below_vsyscall;		/* none above vsyscall's page */
	bool boot_slots_apart;		/* those for booting start at a multiple of 512 */
	bool ptdump_start;		/* ptdump's "Fixmap start" is the region's, without them */
};

/* What of a kernel's configuration a CPU's rules ask for. */
struct arch_config {
	const struct pt_format *format;
	uint32_t page_shift;
	bool (*has_symbol)(void *arg, const char *name);
	void *arg;
};

/* log2 of what an entry of a PMD or PUD maps, where tables have 8-byte entries. */
static inline unsigned int arch_pmd_shift(uint32_t page_shift)
{
	return 2 * page_shift - 3;
}

static inline unsigned int arch_pud_shift(uint32_t page_shift)
{
	return 3 * page_shift - 6;
}

/* ---- Registers ---- */

#define REGISTER_NOT_IN_NOTE 255
#define REGISTER_IS_ZERO 254		/* RISC-V has one that always is */

struct arch_register {
	const char *name;		/* as gdb calls it */
	uint8_t bytes;			/* 4, 8; of a floating point register 10 */
	uint8_t word;			/* of pr_reg in NT_PRSTATUS, or one of the above */
};

/* What switch_to() keeps of a task that does not run: registers, by the member that has them. */
struct arch_saved_register {
	const char *name, *member;
	uint8_t index;			/* of an array member */
};

/* A part of gdb's target description ("Standard Target Features" of its manual). */
struct arch_gdb_feature {
	const char *name;
	uint32_t first;			/* of its registers, which go on to the next feature's */
};

/* In which mode the registers that an exception saved were. */
enum arch_mode { ARCH_MODE_NONE, ARCH_MODE_KERNEL, ARCH_MODE_USER };	/* NONE: no such registers */

/* What unwinding needs to know besides .debug_frame. */
struct arch_unwind {
	const uint8_t *dwarf;		/* DWARF's number of each register; NULL: its place */
	uint8_t nr_dwarf;		/* the first of them have one */
	uint8_t sp, fp;			/* by that number; fp 255: it tells nothing */
	/* Words of struct pt_regs, in NT_PRSTATUS's order; 0: none is looked for. */
	uint8_t nr_pt_regs;
	enum arch_mode (*pt_regs_mode)(const uint64_t *words);
	uint8_t pop_sp;			/* the instruction that takes the old stack back; 0: none */
	/*
	 * Of an instruction of 4 bytes: does it go on to the next, and leave the stack pointer
	 * and the return address in register .lr alone? NULL: not known.
	 */
	bool (*keeps_return)(uint32_t instruction);
	uint8_t lr;
	/* Functions where a task's stack, or a CPU's, begins; each by the start of its name. */
	const char *const *entries;
};

struct arch_registers {
	const struct arch_unwind *unwind;
	const struct arch_register *v;	/* in gdb's order */
	uint32_t nr;
	const char *gdb_arch;		/* as gdb's "set architecture" has it */
	const struct arch_gdb_feature *gdb_features;
	uint32_t nr_gdb_features;
	const char *sp, *pc;		/* names of the stack pointer and the program counter */
	/*
	 * Where the kept ones are: "thread." of task_struct, and where there is no such member
	 * of struct thread_info, which lies at the stack's low end; or, if .frame is set, of
	 * the struct of that name that thread.sp points to. The stack goes on above it.
	 */
	const char *saved_in, *frame;
	const struct arch_saved_register *saved;
	uint32_t nr_saved;
	const char *near;		/* functions of a file that knows the types */
	/*
	 * The mode register, which switch_to() need not keep: all tasks sleep in the same mode,
	 * the code they go on with being .thumb_bit or not. NULL: there is none.
	 */
	const char *mode_name;
	uint32_t mode, thumb_bit;
};

struct arch {
	const char *name;		/* "x86_64" */
	uint16_t machine;		/* EM_* */
	uint8_t bits;
	uint8_t page_shift;		/* default, if nothing says otherwise */
	const struct arch_want *wants;
	size_t nr_wants;
	/* Declared regions by formula. */
	void (*layout)(const struct arch_facts *facts, struct arch_sink *sink);

	const struct arch_registers *registers;
	const char *phys_base_name;	/* what the kernel calls it: "phys_base", "PHYS_OFFSET" */
	enum arch_boot_layout boot_layout;
	struct arch_fixmap fixmap;
	const struct arch_execmem_bound *execmem;
	size_t nr_execmem;
	/* IOREMAP_MAX_ORDER, log2 of bytes; NULL: 7 + page_shift (include/linux/vmalloc.h) */
	unsigned int (*ioremap_max_order)(const struct arch_config *config);

	bool has_thumb;			/* bit 0 of a function's address is not part of it */
	bool pfn_from_phys_base;	/* ARCH_PFN_OFFSET is PHYS_OFFSET, not 0 (FLATMEM) */
	uint32_t floating_direct_map;	/* KERNEL_RELEASE since which RAM may start inside it */

	/* vmalloc, modules */
	bool vmalloc_end_inclusive;	/* VMALLOC_END is the last byte: its page is never used */
	bool has_vmalloc_option;	/* the kernel reads vmalloc= */
	bool drops_ram_above_lowmem;	/* RAM gives way to vmalloc space: see arm_lowmem.h */
	bool remaps_lowmem;		/* iotable_init() maps CMA memory anew, inside lowmem */
	bool modules_need_execmem;	/* where modules go is only known since 6.10 */
	/* Symbol of kernels whose module_alloc() tries vmalloc space next, in silence. */
	const char *module_fallback;

	/* Memory types and permissions */
	bool has_mtrr;			/* PAT and MTRRs: all mappings of a page must agree, and
					   what is no RAM is uncached whatever its entry says */
	bool has_pte_masks;		/* __supported_pte_mask, physical_mask */
	/* boot clears the user half of init_mm's root, and nothing is put there again */
	bool clears_user_half;
	bool memtype_optional;		/* entries need not say a memory type */
	bool insn_slots_writable;	/* kprobes' pages have no read-only variant */
	struct vmatlas_range wx_phys;	/* physical memory that is writable and executable by */
	uint32_t wx_kind;		/* design, or a kind of region; 0 none */
};

extern const char arch_names[];	/* "x86-64 and 32-bit ARM" */

/* "PowerPC 64": of any CPU that runs Linux, supported or not; NULL if it has no name here. */
const char *arch_machine_name(uint16_t machine);
bool arch_machine_supported(uint16_t machine);

/* NULL if vmatlas does not know this CPU. */
const struct arch *arch_find(uint16_t machine, uint8_t bits);

extern const struct arch arch_x86_64, arch_i386, arch_arm, arch_arm64, arch_riscv64;
extern const struct arch_registers registers_x86_64, registers_i386, registers_arm,
	registers_arm64, registers_riscv64;
extern const struct pt_format pt_x86_64_4level, pt_x86_64_5level;
extern const struct pt_format pt_i386, pt_i386_pae;
extern const struct pt_format pt_arm_short;		/* memory types by TEX, C, B */
extern const struct pt_format pt_arm_short_remap;	/* by PRRR and NMRR: SCTLR.TRE */
extern const struct pt_format pt_arm_lpae;
extern const struct pt_format pt_riscv_sv39, pt_riscv_sv48, pt_riscv_sv57;
/* T-Head's cores have memory types of their own, where Svnapot and Svpbmt have bits. */
extern const struct pt_format pt_thead_sv39, pt_thead_sv48, pt_thead_sv57;

/*
 * arm64 by page size, by how many bits of address the root table takes, and by what
 * MAIR_EL1 says: the kernel reordered its memory types in 5.10. NULL if there is none.
 */
extern const struct pt_format pt_arm64[];
extern const size_t nr_pt_arm64;
const struct pt_format *pt_arm64_find(unsigned int page_shift, unsigned int kernel_bits,
				      bool old_types);

#endif
