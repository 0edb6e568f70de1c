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
};

extern const char arch_names[];	/* "x86-64 and 32-bit ARM" */

/* "PowerPC 64": of any CPU that runs Linux, supported or not; NULL if it has no name here. */
const char *arch_machine_name(uint16_t machine);
bool arch_machine_supported(uint16_t machine);

/* NULL if vmatlas does not know this CPU. */
const struct arch *arch_find(uint16_t machine, uint8_t bits);

extern const struct arch arch_x86_64, arch_i386, arch_arm, arch_arm64, arch_riscv64;
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
