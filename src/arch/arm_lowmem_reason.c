/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why RAM above lowmem is not used, where it need not be the vmalloc reservation's doing:
 * adjust_lowmem_bounds() of arch/arm/mm/mmu.c, since 4.9, prints one message for all.
 */
#include "arch/arm_lowmem_internal.h"

/* ---- A log without a table: which split explains where the lost RAM begins? ---- */

static const uint64_t splits[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x40000000 };

static bool is_limit_of(const struct arm_lowmem_input *q, uint64_t page_offset,
			uint64_t phys_offset, struct arm_lowmem_input *ret)
{
	struct arm_lowmem_result a = { 0 };
	const uint64_t lost = q->logged[0].first;

	if (lost <= phys_offset || lost - phys_offset >= GIB(4) - page_offset)
		return false;
	*ret = *q;
	/* arch/arm/include/asm/pgtable.h: VMALLOC_END since 4.4, and since 3.3 */
	ret->vmalloc_end = q->release && q->release < KERNEL_RELEASE(4, 4) ? 0xff000000
									   : 0xff800000;
	ret->page_offset = page_offset;
	ret->lowmem_end = page_offset + (lost - phys_offset);
	ret->phys_offset = phys_offset;
	ret->has_phys_offset = true;
	if (ret->lowmem_end >= ret->vmalloc_end)
		return false;
	ram_check_limit(ret, &a);
	return a.limit_known && a.at_limit;
}

/*
 * PHYS_OFFSET is where RAM begins; where its beginning is set aside, the multiple of
 * 128 MiB below (AUTO_ZRELADDR). Before 3.3 each platform had a VMALLOC_END of its own.
 */
static bool is_split(const struct arm_lowmem_input *q, uint64_t split,
		     struct arm_lowmem_input *ret)
{
	const uint64_t lost = q->logged[0].first;

	if (q->has_ram_start)
		return is_limit_of(q, split, align_down(q->ram_start, RAM_PMD_SIZE), ret) ||
		       is_limit_of(q, split, align_down(q->ram_start, MIB(128)), ret);
	/* a vmalloc= of its own gives an uneven limit: RAM begins where no other address may */
	for (uint64_t start = 0; q->has_param && start < MIN(lost, GIB(4)); start += MIB(256))
		if (is_limit_of(q, split, start, ret))
			return true;
	return false;
}

bool ram_imply_layout(const struct arm_lowmem_input *q, struct arm_lowmem_input *ret,
		      struct arm_lowmem_result *a)
{
	if (!q->nr_logged || !q->logged_at_limit ||
	    (q->release && q->release < KERNEL_RELEASE(3, 3)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		if (splits[i] == 0xb0000000 && q->lpae == RAM_YES)
			continue;
		if (!is_split(q, splits[i], ret))
			continue;
		a->layout_implied = true;
		return true;
	}
	return false;
}

/* ---- Rounding ---- */

/*
 * memblock_limit is lowmem's end rounded down to a PMD, and what lies above it is
 * removed: all that is lost is below high_memory, or would not fill a PMD above it.
 */
bool ram_is_rounded(const struct arm_lowmem_input *q, const struct arm_lowmem_result *a)
{
	const uint64_t end = a->phys_offset + (q->lowmem_end - q->page_offset);

	if (!a->has_phys_offset || !a->nr_lost || a->lost_bytes >= RAM_PMD_SIZE)
		return false;
	return a->lost[0].first >= align_down(end, RAM_PMD_SIZE) &&
	       a->lost[a->nr_lost - 1].last < end;
}

/* ---- A bank that begins or ends within a PMD ---- */

static bool is_misaligned_at(const struct arm_lowmem_input *q, struct arm_lowmem_result *a,
			     uint64_t addr)
{
	if (addr % RAM_PMD_SIZE == 0 ||
	    align_down(addr, RAM_PMD_SIZE) != q->logged[0].first)
		return false;
	a->misaligned = addr;
	return true;
}

/* Where the RAM that the kernel may use begins and ends: banks without what is set apart. */
bool ram_is_misaligned(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	if (!q->nr_logged || !q->nr_installed)
		return false;
	for (size_t i = 0; i < q->nr_installed; i++)
		if (is_misaligned_at(q, a, q->installed[i].first) ||
		    is_misaligned_at(q, a, q->installed[i].last + 1))
			return true;
	for (size_t i = 0; i < q->nr_reserved; i++)
		if (is_misaligned_at(q, a, q->reserved[i].first) ||
		    is_misaligned_at(q, a, q->reserved[i].last + 1))
			return true;
	return false;
}
