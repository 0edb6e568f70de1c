/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which vmalloc=, split or configuration keeps how much of the RAM that is lost. */
#include "arch/arm_lowmem_internal.h"

/*
 * Lowmem would have to reach so far to hold all RAM. In whole PMDs: the kernel
 * rounds its limit down to one.
 */
static void check_need(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t size = q->lowmem_end - q->page_offset + a->lost_bytes;
	int64_t most = (int64_t)ram_most_reserve(q, a->gap);

	if (a->nr_lost && a->has_phys_offset)
		size = a->lost[a->nr_lost - 1].last - a->phys_offset + 1;
	size = align_up(size, RAM_PMD_SIZE);
	if (size > RAM_MOST || a->lost_bytes > RAM_MOST)
		return;
	a->has_need = true;
	a->need_end = q->page_offset + size;
	a->largest_reserve = (int64_t)q->vmalloc_end - (int64_t)a->need_end -
			     (int64_t)a->gap;
	if (a->largest_reserve >= (int64_t)RAM_LEAST_RESERVE)
		a->largest_param = align_down((uint64_t)MIN(a->largest_reserve, most),
					      MIB(1));
}

/* How much of what is lost a kernel with such a limit and split would keep. */
static uint64_t recovered(const struct arm_lowmem_input *q, const struct arm_lowmem_result *a,
			  uint64_t limit, uint64_t page_offset)
{
	uint64_t room = align_down(limit - page_offset, RAM_PMD_SIZE), sum = 0;

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
static uint64_t vmalloc_left(const struct arm_lowmem_input *q, const struct arm_lowmem_result *a,
			     uint64_t limit, uint64_t page_offset)
{
	uint64_t need = page_offset + (a->need_end - q->page_offset);
	uint64_t end = a->has_need ? MIN(limit, need) : limit;
	uint64_t start = align_down(end + RAM_GAP_SIZE, RAM_GAP_SIZE);

	return start < q->vmalloc_end ? q->vmalloc_end - start : 0;
}

static bool choose(const struct arm_lowmem_input *q, struct arm_lowmem_result *a,
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

static void check_splits(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
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

static void choose_highmem(const struct arm_lowmem_input *q, struct arm_lowmem_result *a,
			   uint64_t vmalloc_size)
{
	struct ram_choice c = { .kind = RAM_CHOICE_HIGHMEM, .recovers = a->lost_bytes,
				.vmalloc_size = vmalloc_size };

	if (q->aliasing != RAM_YES && q->highmem != RAM_YES &&
	    a->nr_choices < ARRAY_SIZE(a->choices))
		a->choices[a->nr_choices++] = c;
}

static void check_choices(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	if ((q->has_param || a->reserve_implied) && a->default_reserve < a->reserve)
		choose(q, a, RAM_CHOICE_DROP, a->default_reserve, a->default_reserve,
		       q->page_offset);
	if (a->largest_param)
		choose(q, a, RAM_CHOICE_PARAM, a->largest_param, a->largest_param,
		       q->page_offset);
	else if (a->reserve > RAM_LEAST_RESERVE)
		choose(q, a, RAM_CHOICE_LEAST, RAM_LEAST_RESERVE, RAM_LEAST_RESERVE,
		       q->page_offset);
	check_splits(q, a);
	choose_highmem(q, a, vmalloc_left(q, a, a->limit, q->page_offset));
}

void ram_choose(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	check_need(q, a);
	if (a->limit_known)
		check_choices(q, a);
}

/* ---- A log without a table, as every kernel's since 5.1 ---- */

static void choose_less(struct arm_lowmem_result *a, enum ram_choice_kind kind, uint64_t reserve)
{
	struct ram_choice c = { .kind = kind, .value = reserve };

	c.recovers = MIN(align_down(a->reserve - reserve, RAM_PMD_SIZE), a->lost_bytes);
	c.vmalloc_size = reserve - (a->rule == RAM_GAP_TAKEN ? RAM_GAP_SIZE : 0);
	if (c.recovers)
		a->choices[a->nr_choices++] = c;
}

/*
 * Neither PAGE_OFFSET nor VMALLOC_END is known, nor need they be: what is lost
 * begins at the limit, and each MiB less of reserve moves the limit up by one.
 */
void ram_choose_without_layout(const struct arm_lowmem_input *q, struct arm_lowmem_result *a)
{
	uint64_t lost = align_up(a->lost_bytes, RAM_PMD_SIZE);

	if (a->lost_bytes > RAM_MOST || !q->logged_at_limit ||
	    !(q->has_param || (q->knows_command_line && q->release)))
		return;
	a->rule = ram_gap_rule(q);
	a->gap = a->rule == RAM_GAP_ADDED ? RAM_GAP_SIZE : 0;
	a->default_reserve = a->rule == RAM_GAP_ADDED ? MIB(240) :
			     q->release >= KERNEL_RELEASE(3, 3) ? MIB(248) : MIB(128);
	a->reserve = a->default_reserve;
	if (q->has_param) {
		a->reserve = MAX(q->param, RAM_LEAST_RESERVE);
		a->reserve = MIN(a->reserve, GIB(4));
		a->param_clamped = a->reserve != q->param;
	}
	a->largest_reserve = (int64_t)a->reserve - (int64_t)lost;
	if (a->reserve >= lost + RAM_LEAST_RESERVE)
		a->largest_param = align_down(a->reserve - lost, MIB(1));
	if (q->has_param && a->default_reserve < a->reserve && q->release)
		choose_less(a, RAM_CHOICE_DROP, a->default_reserve);
	if (a->largest_param)
		choose_less(a, RAM_CHOICE_PARAM, a->largest_param);
	else if (a->reserve > RAM_LEAST_RESERVE)
		choose_less(a, RAM_CHOICE_LEAST, RAM_LEAST_RESERVE);
	choose_highmem(q, a, a->reserve - (a->rule == RAM_GAP_TAKEN ? RAM_GAP_SIZE : 0));
}
