/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The arithmetic of arch/arm/mm/mmu.c: early_vmalloc() and adjust_lowmem_bounds()
 * (sanity_check_meminfo() until 4.8), read in 2.6.28 to 7.2.
 */
#include <string.h>

#include "arch/arm_lowmem_internal.h"

/* ---- What the kernel reserved ---- */

enum ram_gap ram_gap_rule(const struct arm_lowmem_input *q)
{
	if (q->gap != RAM_GAP_UNKNOWN)
		return q->gap;
	/* No release: a printed table, and none was printed after 5.0. */
	return q->release >= KERNEL_RELEASE(5, 14) ? RAM_GAP_ADDED : RAM_GAP_TAKEN;
}

/*
 * Without vmalloc=: 128 MiB until 3.2, when every platform had a VMALLOC_END of
 * its own; then 240 MiB and the gap. A log that hides its release shows its age
 * by a DMA window or by such a VMALLOC_END.
 */
static uint64_t default_reserve(const struct arm_lowmem_input *q, enum ram_gap rule)
{
	if (q->default_limit && rule == RAM_GAP_TAKEN &&
	    q->default_limit < q->vmalloc_end)
		return q->vmalloc_end - q->default_limit;
	if (q->default_reserve && rule == RAM_GAP_ADDED)
		return q->default_reserve;
	if (rule == RAM_GAP_ADDED)
		return MIB(240);
	if (q->release)
		return q->release < KERNEL_RELEASE(3, 3) ? MIB(128) : MIB(248);
	if (q->has_dma_window ||
	    (q->vmalloc_end != 0xff000000 && q->vmalloc_end != 0xff800000))
		return MIB(128);
	return MIB(248);
}

/* The largest vmalloc= that the kernel accepts: 32 MiB of lowmem must remain. */
uint64_t ram_most_reserve(const struct arm_lowmem_input *q, uint64_t gap)
{
	uint64_t space = q->vmalloc_end - q->page_offset;

	return space > MIB(32) + gap ? space - MIB(32) - gap : 0;
}

void ram_check_limit(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t most;

	a->rule = ram_gap_rule(q);
	a->gap = a->rule == RAM_GAP_ADDED ? RAM_GAP_SIZE : 0;
	a->default_reserve = default_reserve(q, a->rule);
	a->reserve = a->default_reserve;
	most = ram_most_reserve(q, a->gap);
	if (q->has_param) {
		a->reserve = MAX(q->param, RAM_LEAST_RESERVE);
		a->reserve = MIN(a->reserve, most);
		a->param_clamped = a->reserve != q->param;
	}
	if (q->vmalloc_end - q->page_offset <= a->reserve + a->gap)
		return;
	a->limit = q->vmalloc_end - a->reserve - a->gap;
	/* Lowmem above its limit: this kernel does not follow the rule we know. */
	a->limit_known = q->lowmem_end <= a->limit;
	a->at_limit = a->limit_known && a->limit - q->lowmem_end < RAM_PMD_SIZE;
}

/*
 * The words are about the vmalloc limit, which is not where the command line puts it, or
 * there is none: lowmem's end says which vmalloc= it was. Without such words RAM may be
 * missing for any reason, and nothing is implied.
 */
static void imply_reserve(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t above = q->vmalloc_end - q->lowmem_end;

	if (q->words != RAM_WORDS_LIMIT || a->at_limit || !a->lost_bytes ||
	    above < RAM_LEAST_RESERVE + a->gap)
		return;
	a->limit_by_rule = a->limit;
	a->unexplained = q->knows_command_line && !q->has_dma_window && a->limit_known;
	a->reserve = above - a->gap;
	a->limit = q->lowmem_end;
	a->reserve_implied = a->at_limit = a->limit_known = true;
}

/* ---- What lies above lowmem ---- */

static void lost_add(struct arm_lowmem_result *a, uint64_t first, uint64_t last)
{
	if (first > last)
		return;
	a->lost_bytes += last - first + 1;
	if (a->nr_lost < RAM_MAX_LOST)
		a->lost[a->nr_lost++] = (struct vmatlas_range){ first, last };
}

/* What of @r the firmware does not keep for itself. */
void ram_lost_add_unreserved(const struct arm_lowmem_input *q, struct arm_lowmem_result *a,
			     struct vmatlas_range r)
{
	for (size_t i = 0; i < q->nr_reserved; i++) {
		struct vmatlas_range hole = q->reserved[i];

		if (!range_overlaps(r, hole))
			continue;
		if (hole.first > r.first)
			lost_add(a, r.first, hole.first - 1);
		if (hole.last >= r.last)
			return;
		r.first = hole.last + 1;
	}
	lost_add(a, r.first, r.last);
}

static void derive_phys_offset(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t size = q->lowmem_end - q->page_offset;

	a->has_phys_offset = q->has_phys_offset;
	a->phys_offset = q->phys_offset;
	if (a->has_phys_offset || !q->logged_at_limit || q->logged[0].first < size)
		return;
	a->phys_offset = q->logged[0].first - size;
	a->has_phys_offset = a->phys_offset % RAM_PMD_SIZE == 0;
}

/*
 * Since 4.9 what is cut off begins at a multiple of 2 MiB, which may lie below
 * the end of lowmem: the log knows.
 */
static uint64_t lowmem_first_above(const struct arm_lowmem_input *q,
				   const struct arm_lowmem_result *a)
{
	uint64_t first = a->phys_offset + (q->lowmem_end - q->page_offset);

	if (q->logged_at_limit && q->logged[0].first < first &&
	    first - q->logged[0].first < RAM_PMD_SIZE)
		return q->logged[0].first;
	return first;
}

static void check_installed(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t lowmem = q->lowmem_end - q->page_offset;

	for (size_t i = 0; i < q->nr_installed; i++)
		a->installed_bytes += vmatlas_range_size(&q->installed[i]);
	if (q->nr_installed && a->has_phys_offset) {
		uint64_t first = lowmem_first_above(q, a);

		for (size_t i = 0; i < q->nr_installed; i++) {
			struct vmatlas_range r = q->installed[i];

			r.first = MAX(r.first, first);
			if (range_valid(r))
				ram_lost_add_unreserved(q, a, r);
		}
	} else if (!q->nr_installed && q->told_size) {
		a->installed_bytes = q->told_size;
		a->lost_bytes = q->told_size > lowmem ? q->told_size - lowmem : 0;
	}
}

static bool same_lost(const struct arm_lowmem_input *q, const struct arm_lowmem_result *a)
{
	uint64_t logged = 0;

	for (size_t i = 0; i < q->nr_logged; i++)
		logged += vmatlas_range_size(&q->logged[i]);
	return logged == a->lost_bytes &&
	       (!a->nr_lost || q->logged[0].first == a->lost[0].first);
}

static void lowmem_check_log(const struct arm_lowmem_input *q,
			     struct arm_lowmem_result *a)
{
	if (!q->nr_logged)
		return;
	if (a->nr_lost) {
		a->log_disagrees = !same_lost(q, a);
		return;
	}
	a->lost_from_log = true;
	a->lost_bytes = 0;
	for (size_t i = 0; i < q->nr_logged; i++)
		ram_lost_add_unreserved(q, a, q->logged[i]);
	if (!a->installed_bytes && a->layout_known)
		a->installed_bytes = q->lowmem_end - q->page_offset + a->lost_bytes;
}

/* The kernel said that it cut RAM off; only what is proved is blamed. */
static enum ram_verdict verdict_logged(const struct arm_lowmem_input *q,
				       struct arm_lowmem_result *a)
{
	if (!a->nr_lost)
		return RAM_RESERVED_APART;
	if (q->words == RAM_WORDS_LIMIT || q->words == RAM_WORDS_ABOVE)
		return RAM_IGNORED;
	if (a->layout_known && ram_is_rounded(q, a))
		return RAM_ROUNDED;
	if (a->layout_known && a->at_limit)
		return RAM_IGNORED;
	return ram_is_misaligned(q, a) ? RAM_MISALIGNED : RAM_LOST_OTHERWISE;
}

static enum ram_verdict verdict(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	bool has_highmem = q->highmem == RAM_YES && q->aliasing != RAM_YES;

	if (q->nr_logged)
		return verdict_logged(q, a);
	if (a->lost_bytes && has_highmem)
		return RAM_IN_HIGHMEM;
	if (a->lost_bytes && ram_is_rounded(q, a))
		return RAM_ROUNDED;
	if (a->lost_bytes)
		return a->at_limit ? RAM_IGNORED : RAM_LOST_OTHERWISE;
	if (q->nr_installed ? a->has_phys_offset : q->told_size != 0)
		return RAM_ALL_USED;
	if (has_highmem)
		return RAM_NOT_CUT;
	if (a->limit_known && a->at_limit)
		return RAM_AT_LIMIT;
	return a->limit_known && q->knows_command_line ? RAM_NOT_CUT : RAM_NOT_JUDGED;
}

/* ---- All together ---- */

static bool layout_makes_sense(const struct arm_lowmem_input *q)
{
	return q->page_offset < q->lowmem_end && q->lowmem_end <= q->vmalloc_end &&
	       q->vmalloc_end <= GIB(4);
}

void arm_lowmem_check(const struct arm_lowmem_input *asked, struct arm_lowmem_result *ret)
{
	struct arm_lowmem_result *a = ret;
	struct arm_lowmem_input with_layout;
	const struct arm_lowmem_input *q = asked;

	memset(a, 0, sizeof(*a));
	a->layout_known = layout_makes_sense(q);
	if (!a->layout_known && ram_imply_layout(asked, &with_layout, a)) {
		q = &with_layout;
		a->layout_known = true;
	}
	if (a->layout_known) {
		ram_check_limit(q, a);
		derive_phys_offset(q, a);
		check_installed(q, a);
	}
	lowmem_check_log(q, a);
	if (a->layout_known)
		imply_reserve(q, a);
	a->verdict = verdict(q, a);
	a->page_offset = q->page_offset;
	a->lowmem_end = q->lowmem_end;
	a->vmalloc_end = q->vmalloc_end;
	if (a->verdict != RAM_IGNORED)
		return;
	if (!a->layout_known) {
		ram_choose_without_layout(q, a);
		return;
	}
	ram_choose(q, a);
}
