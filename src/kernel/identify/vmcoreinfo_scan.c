/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last resort: VMCOREINFO text, looked for page by page. Since 4.13 the
 * data page begins with it (alloc_pages_exact in kernel/crash_core.c). Several
 * copies may turn up, stale guests' among them: the first valid one is taken.
 */
#include <string.h>

#include "kernel/identify/identify.h"

#define PAGE 4096

/*
 * The text only makes an error message better; kernels keep it low in memory.
 * Four gigabytes take a second or two, all of a large dump would take minutes.
 */
#define MAX_SEARCHED GIB(4)

static bool is_text(const char *page)
{
	return !strncmp(page, "OSRELEASE=", 10) && memmem(page, PAGE, "\nPAGESIZE=", 10);
}

static struct vmatlas_error *vmcoreinfo_scan_search_segment(struct kernel *k,
							    const struct mem_segment *seg,
							    uint64_t *budget,
							    struct vmcoreinfo **ret,
							    uint64_t *ret_paddr)
{
	char page[PAGE];

	for (uint64_t at = align_up(seg->paddr, PAGE);
	     at - seg->paddr + PAGE <= seg->held && *budget >= PAGE; at += PAGE) {
		struct vmatlas_error *err = mem_read(k->mem, MEM_PHYSICAL, at, page, 16);

		*budget -= PAGE;
		if (!err && !strncmp(page, "OSRELEASE=", 10))
			err = mem_read(k->mem, MEM_PHYSICAL, at, page, PAGE);
		else if (!err)
			continue;
		if (error_is(err, VMATLAS_ERROR_FAULT)) {
			vmatlas_error_free(err);
			continue;
		}
		if (err)
			return err;
		if (!is_text(page))
			continue;
		*ret_paddr = at;
		return vmcoreinfo_parse(page, PAGE, ret);
	}
	return NULL;
}

struct vmatlas_error *identify_search_vmcoreinfo(struct kernel *k, struct vmcoreinfo **ret,
						 uint64_t *ret_paddr)
{
	const struct mem_info *info = &k->mem->info;
	uint64_t budget = MAX_SEARCHED;

	*ret = NULL;
	if (!info->has_physical)
		return NULL;
	k->mem->record_paused = true;	/* for an error message only */
	for (size_t i = 0; i < info->nr_segments && !*ret; i++) {
		struct vmatlas_error *err;

		if (info->segments[i].paddr == UINT64_MAX)
			continue;
		err = vmcoreinfo_scan_search_segment(k, &info->segments[i], &budget, ret,
						     ret_paddr);
		if (err)
			return err;
	}
	return NULL;
}
