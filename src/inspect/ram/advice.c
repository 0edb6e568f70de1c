/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would give a kernel its RAM back, how much, and at what cost. */
#include <inttypes.h>
#include <stdio.h>

#include "inspect/ram/ram.h"
#include "base/range.h"

/* "560M", as the command line takes it */
struct fmt_buf ram_param(uint64_t bytes)
{
	struct fmt_buf w;

	if (bytes % MIB(1) == 0)
		snprintf(w.s, sizeof(w.s), "%" PRIu64 "M", bytes >> 20);
	else
		snprintf(w.s, sizeof(w.s), "%" PRIu64 "K", bytes >> 10);
	return w;
}

/* What the areas in vmalloc space take today; they would have to fit. */
static uint64_t vmalloc_used(const struct ram_case *c)
{
	uint64_t sum = 0;

	if (!c->vmalloc)
		return 0;
	vmatlas_for_each_claim(area, c->atlas, VMATLAS_LAYER_RECORDED)
		if (range_holds(c->vmalloc->range, area->range))
			sum += vmatlas_range_size(&area->range);
	return sum;
}

static void choice_name(const struct ram_choice *choice, struct str *s)
{
	switch (choice->kind) {
	case RAM_CHOICE_DROP:
		str_addf(s, "no vmalloc= (the default is %s)",
			 fmt_size(choice->value).s);
		break;
	case RAM_CHOICE_PARAM:
		str_addf(s, "vmalloc=%s, the largest harmless value",
			 ram_param(choice->value).s);
		break;
	case RAM_CHOICE_LEAST:
		str_addf(s, "vmalloc=%s, the least there is", ram_param(choice->value).s);
		break;
	case RAM_CHOICE_SPLIT:
		str_addf(s, "a kernel rebuilt with PAGE_OFFSET 0x%08" PRIx64 " (%s)",
			 choice->value, choice->value == 0xb0000000 ? "VMSPLIT_3G_OPT" :
			 choice->value == 0x80000000 ? "VMSPLIT_2G" : "VMSPLIT_1G");
		break;
	case RAM_CHOICE_HIGHMEM:
		str_addf(s, "a kernel rebuilt with HIGHMEM");
		break;
	}
}

static void choice_cost(const struct ram_case *c, const struct ram_choice *choice,
			uint64_t used, struct str *s)
{
	str_addf(s, "vmalloc space %s", fmt_size(choice->vmalloc_size).s);
	if (used && used <= choice->vmalloc_size)
		str_addf(s, ", current use (%s) fits", fmt_size(used).s);
	else if (used)
		str_addf(s, ", too little for the current %s", fmt_size(used).s);
	if (choice->kind == RAM_CHOICE_SPLIT)
		str_addf(s, "; each process loses %s of address space",
			 fmt_size(c->q.page_offset - choice->value).s);
	if (choice->kind == RAM_CHOICE_HIGHMEM)
		str_addf(s,
			 "; the kernel reaches that RAM through temporary mappings only");
}

void ram_report_choices(const struct ram_case *c, struct evidence *s)
{
	uint64_t used = vmalloc_used(c);

	for (size_t i = 0; i < c->a.nr_choices; i++) {
		const struct ram_choice *choice = &c->a.choices[i];
		_cleanup_(str_done) struct str name = { 0 }, cost = { 0 };

		choice_name(choice, &name);
		choice_cost(c, choice, used, &cost);
		evidence_size(s, i ? "" : "choices", choice->recovers, "%s: recovers %s%s; %s", str_text(&name),
			 choice->recovers == c->a.lost_bytes ? "all " : "",
			 fmt_size(choice->recovers).s, str_text(&cost));
	}
	if (c->a.reserve && c->a.nr_choices && !c->a.largest_param)
		evidence_text(s, "",
			 "no vmalloc= keeps all RAM: %" PRId64 " MiB would be left "
			 "for it, the kernel takes 16 MiB at least",
			 c->a.largest_reserve / (int64_t)MIB(1));
	if (c->q.aliasing == RAM_YES)
		evidence_text(s, "", "HIGHMEM would not help: this CPU's data cache is VIPT "
			 "aliasing, and such kernels ignore high memory");
}

static const struct ram_choice *choice_of(const struct arm_lowmem_result *a,
					  enum ram_choice_kind kind)
{
	for (size_t i = 0; i < a->nr_choices; i++)
		if (a->choices[i].kind == kind && a->choices[i].recovers == a->lost_bytes)
			return &a->choices[i];
	return NULL;
}

void ram_advise(const struct arm_lowmem_result *a, struct str *s)
{
	const struct ram_choice *drop = choice_of(a, RAM_CHOICE_DROP);
	const struct ram_choice *fits = choice_of(a, RAM_CHOICE_PARAM);
	const struct ram_choice *split = choice_of(a, RAM_CHOICE_SPLIT);

	if (drop)
		str_addf(s, "remove vmalloc= from the command line");
	if (fits)
		str_addf(s, "%suse vmalloc=%s%s (no rebuild)", drop ? ", or " : "",
			 ram_param(fits->value).s, drop ? " at most" : "");
	if (drop || fits)
		return;
	if (choice_of(a, RAM_CHOICE_HIGHMEM))
		str_addf(s, "rebuild the kernel with HIGHMEM");
	if (split)
		str_addf(s, "%swith PAGE_OFFSET 0x%08" PRIx64, s->len ? ", or " :
			 "rebuild the kernel ", split->value);
	if (!s->len)
		str_addf(s,
			 "give this kernel's vmlinux and dump, or a log with its command "
			 "line, to see what would help");
}
