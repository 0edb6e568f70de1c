/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Long descriptors: page tables of 32-bit ARM with LPAE, and of arm64 with pages
 * of 4, 16 and 64 KiB (Arm ARM for A-profile, D8.3; ARMv7-A ARM, B3.6).
 */
#include "arch/arch.h"

#define VALID	(1ull << 0)
#define TABLE	(1ull << 1)		/* in the last level: a page */
#define USER	(1ull << 6)		/* AP[1] */
#define RDONLY	(1ull << 7)		/* AP[2] */
#define NG	(1ull << 11)
#define PXN	(1ull << 53)
#define XN	(1ull << 54)		/* of LPAE; arm64 has UXN there */

enum {
	LPAE,				/* 40 bits of physical address */
	PLAIN,				/* 48 */
	LPA,				/* 52: the upper four in bits 15:12; 64 KiB pages */
	LPA2,				/* 52: the upper two in bits 9:8; 4 and 16 KiB */
};

static uint64_t bits(unsigned int high, unsigned int low)
{
	return (UINT64_MAX >> (63 - high)) & (UINT64_MAX << low);
}

/* Where an entry leads; bits below @shift are not its address. */
static uint64_t lpae_address(const struct pt_format *f, uint64_t e, unsigned int shift)
{
	switch (f->variant) {
	case LPAE:
		return e & bits(39, shift);
	case LPA:
		return (e & bits(47, shift)) | (e >> 12 & 15) << 48;
	case LPA2:
		return (e & bits(49, shift)) | (e >> 8 & 3) << 50;
	default:
		return e & bits(47, shift);
	}
}

/* The largest block: one level higher where addresses are wider (D8.3.1). */
static unsigned int largest_block(const struct pt_format *f)
{
	switch (f->variant) {
	case LPAE:
		return 30;
	case LPA:
		return 42;
	case LPA2:
		return f->page_shift == 12 ? 39 : 36;
	default:
		return f->page_shift == 12 ? 30 : f->page_shift == 14 ? 25 : 29;
	}
}

static uint32_t lpae_attributes(const struct pt_format *f, uint64_t e)
{
	const uint64_t no_exec = f->variant == LPAE ? XN | PXN : PXN;
	uint32_t attr = f->types[e >> 2 & 7];

	if (!(e & RDONLY))
		attr |= PT_WRITE;
	if (!(e & no_exec))
		attr |= PT_EXEC;
	if (e & USER)
		attr |= PT_USER;
	if (!(e & NG))
		attr |= PT_GLOBAL;
	return attr;
}

/* The contiguous bit promises that neighbours are alike; each is an entry all the same. */
static enum pt_kind lpae_decode(const struct pt_format *f, unsigned int level, uint64_t e,
				struct pt_entry *ret)
{
	const uint8_t shift = f->level[level].shift;
	const bool last = level == f->nr_levels - 1u;

	if (!(e & VALID))
		return PT_NONE;
	if (!last && e & TABLE) {
		ret->phys = lpae_address(f, e, f->page_shift);
		return PT_TABLE;
	}
	if (last ? !(e & TABLE) : shift > largest_block(f))
		return PT_BAD;
	ret->phys = lpae_address(f, e, shift);
	ret->shift = shift;
	ret->attr = lpae_attributes(f, e);
	return PT_LEAF;
}

/* MAIR0 and MAIR1 by the kernel (arch/arm/include/asm/pgtable-3level.h, 6.1). */
static const uint32_t types_lpae[8] = {
	PT_UNCACHED, PT_WC, 0, 0, PT_DEVICE, 0, 0, 0,
};

/*
 * MAIR_EL1 by the kernel (arch/arm64/include/asm/memory.h, MT_*). Up to 5.9 normal
 * memory was 4. Since 5.10 it is 0; 3 was write-through up to 5.13, which nothing
 * used, and a device since; 4 is a device in both.
 */
static const uint32_t types_old[8] = {
	PT_DEVICE, PT_DEVICE, PT_DEVICE, PT_WC, 0, 0, 0, 0,
};
static const uint32_t types_new[8] = {
	0, 0, PT_WC, PT_DEVICE, PT_DEVICE, PT_DEVICE, PT_DEVICE, 0,
};

const struct pt_format pt_arm_lpae = {
	.name = "LPAE",
	.entry_size = 8,
	.nr_levels = 3,
	.page_shift = 12,
	.level = { { "PGD", 30, 2 }, { "PMD", 21, 9 }, { "PTE", 12, 9 } },
	.decode = lpae_decode,
	.types = types_lpae,
	.variant = LPAE,
};

#define FORMAT(va_bits, page, levels, kind, meaning, ...)                                \
	{                                                                                \
		.name = #levels "-level, " #va_bits "-bit", .entry_size = 8,             \
		.nr_levels = levels, .page_shift = page, .kernel_bits = va_bits,         \
		.level = { __VA_ARGS__ }, .decode = lpae_decode, .types = meaning,       \
		.variant = kind,                                                         \
	}

/* Names of levels as Linux folds them; the top one has what bits are left. */
#define FORMATS(meaning)                                                      \
	FORMAT(39, 12, 3, PLAIN, meaning,                                     \
	       { "PGD", 30, 9 }, { "PMD", 21, 9 }, { "PTE", 12, 9 }),         \
	FORMAT(48, 12, 4, PLAIN, meaning,                                     \
	       { "PGD", 39, 9 }, { "PUD", 30, 9 }, { "PMD", 21, 9 },          \
	       { "PTE", 12, 9 }),                                             \
	FORMAT(36, 14, 2, PLAIN, meaning, { "PGD", 25, 11 }, { "PTE", 14, 11 }), \
	FORMAT(47, 14, 3, PLAIN, meaning,                                     \
	       { "PGD", 36, 11 }, { "PMD", 25, 11 }, { "PTE", 14, 11 }),      \
	FORMAT(48, 14, 4, PLAIN, meaning,                                     \
	       { "PGD", 47, 1 }, { "PUD", 36, 11 }, { "PMD", 25, 11 },        \
	       { "PTE", 14, 11 }),                                            \
	FORMAT(42, 16, 2, LPA, meaning, { "PGD", 29, 13 }, { "PTE", 16, 13 }), \
	FORMAT(48, 16, 3, LPA, meaning,                                       \
	       { "PGD", 42, 6 }, { "PMD", 29, 13 }, { "PTE", 16, 13 }),       \
	FORMAT(52, 16, 3, LPA, meaning,                                       \
	       { "PGD", 42, 10 }, { "PMD", 29, 13 }, { "PTE", 16, 13 })

const struct pt_format pt_arm64[] = {
	FORMATS(types_new),
	/* LPA2, since 6.9 */
	FORMAT(52, 12, 5, LPA2, types_new,
	       { "PGD", 48, 4 }, { "P4D", 39, 9 }, { "PUD", 30, 9 }, { "PMD", 21, 9 },
	       { "PTE", 12, 9 }),
	FORMAT(52, 14, 4, LPA2, types_new,
	       { "PGD", 47, 5 }, { "PUD", 36, 11 }, { "PMD", 25, 11 }, { "PTE", 14, 11 }),
	FORMATS(types_old),
};

const size_t nr_pt_arm64 = ARRAY_SIZE(pt_arm64);

const struct pt_format *pt_arm64_find(unsigned int page_shift, unsigned int kernel_bits,
				      bool old_types)
{
	const uint32_t *types = old_types ? types_old : types_new;

	for (size_t i = 0; i < nr_pt_arm64; i++)
		if (pt_arm64[i].page_shift == page_shift && pt_arm64[i].types == types &&
		    pt_arm64[i].kernel_bits == kernel_bits)
			return &pt_arm64[i];
	return NULL;
}
