/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The arithmetic of arch/arm/mm/mmu.c: early_vmalloc() and adjust_lowmem_bounds()
 * (sanity_check_meminfo() until 4.8), read in 2.6.28 to 7.2.
 */
#include <string.h>

#include "arch/arch.h"
#include "kernel/ramjudge.h"

static const uint64_t gap_size = MIB(8);		/* VMALLOC_OFFSET */
static const uint64_t pmd_size = MIB(2);
static const uint64_t least_reserve = MIB(16);
static const uint64_t least_lowmem = MIB(32);
static const uint64_t most_ram = TIB(1);		/* LPAE's 40 bits */

/* ---- What the kernel reserved ---- */

static enum ram_gap gap_rule(const struct ram_question *q)
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
static uint64_t default_reserve(const struct ram_question *q, enum ram_gap rule)
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
static uint64_t most_reserve(const struct ram_question *q, uint64_t gap)
{
	uint64_t space = q->vmalloc_end - q->page_offset;

	return space > least_lowmem + gap ? space - least_lowmem - gap : 0;
}

static void judge_limit(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t most;

	a->rule = gap_rule(q);
	a->gap = a->rule == RAM_GAP_ADDED ? gap_size : 0;
	a->default_reserve = default_reserve(q, a->rule);
	a->reserve = a->default_reserve;
	most = most_reserve(q, a->gap);
	if (q->has_param) {
		a->reserve = MAX(q->param, least_reserve);
		a->reserve = MIN(a->reserve, most);
		a->param_clamped = a->reserve != q->param;
	}
	if (q->vmalloc_end - q->page_offset <= a->reserve + a->gap)
		return;
	a->limit = q->vmalloc_end - a->reserve - a->gap;
	/* Lowmem above its limit: this kernel does not follow the rule we know. */
	a->limit_known = q->lowmem_end <= a->limit;
	a->at_limit = a->limit_known && a->limit - q->lowmem_end < pmd_size;
}

/*
 * RAM is missing, lowmem does not end where the default makes it end, and nobody
 * knows the command line: it must have held a vmalloc=, and lowmem's end says which.
 */
static void imply_reserve(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t above = q->vmalloc_end - q->lowmem_end;

	if (q->knows_command_line || !a->limit_known || a->at_limit || !a->lost_bytes ||
	    above < least_reserve + a->gap)
		return;
	a->reserve = above - a->gap;
	a->limit = q->lowmem_end;
	a->reserve_implied = a->at_limit = true;
}

/* ---- What lies above lowmem ---- */

static void lost_add(struct ram_answer *a, uint64_t first, uint64_t last)
{
	if (first > last)
		return;
	a->lost_bytes += last - first + 1;
	if (a->nr_lost < RAM_MAX_LOST)
		a->lost[a->nr_lost++] = (struct vmatlas_range){ first, last };
}

/* What of @r the firmware does not keep for itself. */
static void lost_add_unreserved(const struct ram_question *q, struct ram_answer *a,
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

static void derive_phys_offset(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t size = q->lowmem_end - q->page_offset;

	a->has_phys_offset = q->has_phys_offset;
	a->phys_offset = q->phys_offset;
	if (a->has_phys_offset || !q->logged_at_limit || q->logged[0].first < size)
		return;
	a->phys_offset = q->logged[0].first - size;
	a->has_phys_offset = a->phys_offset % pmd_size == 0;
}

/*
 * Since 4.9 what is cut off begins at a multiple of 2 MiB, which may lie below
 * the end of lowmem: the log knows.
 */
static uint64_t first_above(const struct ram_question *q, const struct ram_answer *a)
{
	uint64_t first = a->phys_offset + (q->lowmem_end - q->page_offset);

	if (q->logged_at_limit && q->logged[0].first < first &&
	    first - q->logged[0].first < pmd_size)
		return q->logged[0].first;
	return first;
}

static void judge_installed(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t lowmem = q->lowmem_end - q->page_offset;

	for (size_t i = 0; i < q->nr_installed; i++)
		a->installed_bytes += vmatlas_range_size(&q->installed[i]);
	if (q->nr_installed && a->has_phys_offset) {
		uint64_t first = first_above(q, a);

		for (size_t i = 0; i < q->nr_installed; i++) {
			struct vmatlas_range r = q->installed[i];

			r.first = MAX(r.first, first);
			if (range_valid(r))
				lost_add_unreserved(q, a, r);
		}
	} else if (!q->nr_installed && q->told_size) {
		a->installed_bytes = q->told_size;
		a->lost_bytes = q->told_size > lowmem ? q->told_size - lowmem : 0;
	}
}

static bool same_lost(const struct ram_question *q, const struct ram_answer *a)
{
	uint64_t logged = 0;

	for (size_t i = 0; i < q->nr_logged; i++)
		logged += vmatlas_range_size(&q->logged[i]);
	return logged == a->lost_bytes &&
	       (!a->nr_lost || q->logged[0].first == a->lost[0].first);
}

static void judge_log(const struct ram_question *q, struct ram_answer *a)
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
		lost_add(a, q->logged[i].first, q->logged[i].last);
	if (!a->installed_bytes && a->layout_known)
		a->installed_bytes = q->lowmem_end - q->page_offset + a->lost_bytes;
}

static enum ram_verdict verdict(const struct ram_question *q, const struct ram_answer *a)
{
	bool has_highmem = q->highmem == RAM_YES && q->aliasing != RAM_YES;

	if (q->nr_logged)
		return RAM_IGNORED;
	if (a->lost_bytes && has_highmem)
		return RAM_IN_HIGHMEM;
	if (a->lost_bytes)
		return a->at_limit || !a->limit_known ? RAM_IGNORED : RAM_LOST_OTHERWISE;
	if (q->nr_installed ? a->has_phys_offset : q->told_size != 0)
		return RAM_ALL_USED;
	if (has_highmem)
		return RAM_NOT_CUT;
	if (a->limit_known && a->at_limit)
		return RAM_AT_LIMIT;
	return a->limit_known && q->knows_command_line ? RAM_NOT_CUT : RAM_NOT_JUDGED;
}

/* ---- What would help ---- */

/*
 * Lowmem would have to reach so far to hold all RAM. In whole PMDs: the kernel
 * rounds its limit down to one.
 */
static void judge_need(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t size = q->lowmem_end - q->page_offset + a->lost_bytes;
	int64_t most = (int64_t)most_reserve(q, a->gap);

	if (a->nr_lost && a->has_phys_offset)
		size = a->lost[a->nr_lost - 1].last - a->phys_offset + 1;
	size = align_up(size, pmd_size);
	if (size > most_ram || a->lost_bytes > most_ram)
		return;
	a->has_need = true;
	a->need_end = q->page_offset + size;
	a->largest_reserve = (int64_t)q->vmalloc_end - (int64_t)a->need_end -
			     (int64_t)a->gap;
	if (a->largest_reserve >= (int64_t)least_reserve)
		a->largest_param = align_down((uint64_t)MIN(a->largest_reserve, most),
					      MIB(1));
}

/* How much of what is lost a kernel with such a limit and split would keep. */
static uint64_t recovered(const struct ram_question *q, const struct ram_answer *a,
			  uint64_t limit, uint64_t page_offset)
{
	uint64_t room = align_down(limit - page_offset, pmd_size), sum = 0;

	if (!a->nr_lost || !a->has_phys_offset) {
		uint64_t now = q->lowmem_end - q->page_offset;

		return room > now ? MIN(room - now, a->lost_bytes) : 0;
	}
	for (size_t i = 0; i < a->nr_lost; i++) {
		struct vmatlas_range r = a->lost[i];

		r.last = MIN(r.last, a->phys_offset + room - 1);
		if (range_valid(r))
			sum += vmatlas_range_size(&r);
	}
	return sum;
}

/* VMALLOC_START is the 8 MiB boundary at or above high_memory + 1. */
static uint64_t vmalloc_left(const struct ram_question *q, const struct ram_answer *a,
			     uint64_t limit, uint64_t page_offset)
{
	uint64_t need = page_offset + (a->need_end - q->page_offset);
	uint64_t end = a->has_need ? MIN(limit, need) : limit;
	uint64_t start = align_down(end + gap_size, gap_size);

	return start < q->vmalloc_end ? q->vmalloc_end - start : 0;
}

static bool choose(const struct ram_question *q, struct ram_answer *a,
		   enum ram_choice_kind kind, uint64_t value, uint64_t reserve,
		   uint64_t page_offset)
{
	struct ram_choice c = { .kind = kind, .value = value };
	uint64_t limit = q->vmalloc_end - reserve - a->gap;

	c.recovers = recovered(q, a, limit, page_offset);
	c.vmalloc_size = vmalloc_left(q, a, limit, page_offset);
	if (c.recovers && a->nr_choices < ARRAY_SIZE(a->choices))
		a->choices[a->nr_choices++] = c;
	return c.recovers == a->lost_bytes;
}

static void judge_splits(const struct ram_question *q, struct ram_answer *a)
{
	/*
	 * VMSPLIT_3G_OPT, 2G, 1G of arch/arm/Kconfig. The first not with LPAE, and
	 * only since 4.4, where VMALLOC_END moved to 0xff800000, too.
	 */
	static const uint64_t splits[] = { 0xb0000000, 0x80000000, 0x40000000 };
	bool has_opt = q->lpae != RAM_YES && q->vmalloc_end >= 0xff800000;

	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		if (splits[i] >= q->page_offset || (i == 0 && !has_opt))
			continue;
		if (choose(q, a, RAM_CHOICE_SPLIT, splits[i], a->reserve, splits[i]))
			return;
	}
}

static void choose_highmem(const struct ram_question *q, struct ram_answer *a,
			   uint64_t vmalloc_size)
{
	struct ram_choice c = { .kind = RAM_CHOICE_HIGHMEM, .recovers = a->lost_bytes,
				.vmalloc_size = vmalloc_size };

	if (q->aliasing != RAM_YES && q->highmem != RAM_YES &&
	    a->nr_choices < ARRAY_SIZE(a->choices))
		a->choices[a->nr_choices++] = c;
}

static void judge_choices(const struct ram_question *q, struct ram_answer *a)
{
	if ((q->has_param || a->reserve_implied) && a->default_reserve < a->reserve)
		choose(q, a, RAM_CHOICE_DROP, a->default_reserve, a->default_reserve,
		       q->page_offset);
	if (a->largest_param)
		choose(q, a, RAM_CHOICE_PARAM, a->largest_param, a->largest_param,
		       q->page_offset);
	else if (a->reserve > least_reserve)
		choose(q, a, RAM_CHOICE_LEAST, least_reserve, least_reserve,
		       q->page_offset);
	judge_splits(q, a);
	choose_highmem(q, a, vmalloc_left(q, a, a->limit, q->page_offset));
}

/* ---- A log without a table, as every kernel's since 5.1 ---- */

static void choose_less(struct ram_answer *a, enum ram_choice_kind kind, uint64_t reserve)
{
	struct ram_choice c = { .kind = kind, .value = reserve };

	c.recovers = MIN(align_down(a->reserve - reserve, pmd_size), a->lost_bytes);
	c.vmalloc_size = reserve - (a->rule == RAM_GAP_TAKEN ? gap_size : 0);
	if (c.recovers)
		a->choices[a->nr_choices++] = c;
}

/*
 * Neither PAGE_OFFSET nor VMALLOC_END is known, nor need they be: what is lost
 * begins at the limit, and each MiB less of reserve moves the limit up by one.
 */
static void judge_without_layout(const struct ram_question *q, struct ram_answer *a)
{
	uint64_t lost = align_up(a->lost_bytes, pmd_size);

	if (a->lost_bytes > most_ram || !q->logged_at_limit ||
	    (!q->release && !q->has_param))
		return;
	a->rule = gap_rule(q);
	a->gap = a->rule == RAM_GAP_ADDED ? gap_size : 0;
	a->default_reserve = a->rule == RAM_GAP_ADDED ? MIB(240) :
			     q->release >= KERNEL_RELEASE(3, 3) ? MIB(248) : MIB(128);
	a->reserve = a->default_reserve;
	if (q->has_param) {
		a->reserve = MAX(q->param, least_reserve);
		a->reserve = MIN(a->reserve, GIB(4));
		a->param_clamped = a->reserve != q->param;
	}
	a->largest_reserve = (int64_t)a->reserve - (int64_t)lost;
	if (a->reserve >= lost + least_reserve)
		a->largest_param = align_down(a->reserve - lost, MIB(1));
	if (q->has_param && a->default_reserve < a->reserve && q->release)
		choose_less(a, RAM_CHOICE_DROP, a->default_reserve);
	if (a->largest_param)
		choose_less(a, RAM_CHOICE_PARAM, a->largest_param);
	else if (a->reserve > least_reserve)
		choose_less(a, RAM_CHOICE_LEAST, least_reserve);
	choose_highmem(q, a, a->reserve - (a->rule == RAM_GAP_TAKEN ? gap_size : 0));
}

/* ---- All together ---- */

static bool layout_makes_sense(const struct ram_question *q)
{
	return q->page_offset < q->lowmem_end && q->lowmem_end <= q->vmalloc_end &&
	       q->vmalloc_end <= GIB(4);
}

void ram_judge(const struct ram_question *q, struct ram_answer *ret)
{
	struct ram_answer *a = ret;

	memset(a, 0, sizeof(*a));
	a->layout_known = layout_makes_sense(q);
	if (a->layout_known) {
		judge_limit(q, a);
		derive_phys_offset(q, a);
		judge_installed(q, a);
	}
	judge_log(q, a);
	if (a->layout_known)
		imply_reserve(q, a);
	a->verdict = verdict(q, a);
	if (a->verdict != RAM_IGNORED)
		return;
	if (!a->layout_known) {
		judge_without_layout(q, a);
		return;
	}
	judge_need(q, a);
	if (a->limit_known)
		judge_choices(q, a);
}
