/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "kernel/lookup.h"
#include "kernel/mm/vmstat.h"

enum { TOTAL, OLD_TOTAL, ZONE_STAT, OLD_ZONE_STAT, MODULE_OFFSET };

const struct vmatlas_lookup vmstat_needs[] = {
	[TOTAL]		= VMATLAS_OPTIONAL_SYMBOL("_totalram_pages"),	/* since 5.0 */
	[OLD_TOTAL]	= VMATLAS_OPTIONAL_SYMBOL("totalram_pages"),
	[ZONE_STAT]	= VMATLAS_OPTIONAL_SYMBOL("vm_zone_stat"),		/* since 4.8 */
	[OLD_ZONE_STAT]	= VMATLAS_OPTIONAL_SYMBOL("vm_stat"),
	[MODULE_OFFSET]	= VMATLAS_OPTIONAL_SYMBOL("module_load_offset"),
};

const size_t nr_vmstat_needs = ARRAY_SIZE(vmstat_needs);

static struct vmatlas_error *read_long(struct kernel *k, const struct resolved *sym,
				       const char *name, uint64_t *ret)
{
	if (!sym->found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s in vmlinux", name);
	return vmatlas_error_wrap(kernel_read_uint(k, sym->addr, k->ptr_size, ret), "%s", name);
}

/* NR_FREE_PAGES is the first of the counters: include/linux/mmzone.h, all along. */
struct vmatlas_error *vmstat_read(struct kernel *k, struct vmstat *ret)
{
	struct resolved res[ARRAY_SIZE(vmstat_needs)];
	struct vmatlas_error *err = lookup_resolve(k, vmstat_needs, nr_vmstat_needs, res);
	struct vmstat v;

	if (!err)
		err = read_long(k, &res[res[TOTAL].found ? TOTAL : OLD_TOTAL],
				"totalram_pages", &v.total);
	if (!err)
		err = read_long(k, &res[res[ZONE_STAT].found ? ZONE_STAT : OLD_ZONE_STAT],
				"vm_zone_stat", &v.free);
	if (err)
		return err;
	if (k->ptr_size == 8 ? (int64_t)v.free < 0 : (int32_t)v.free < 0)
		v.free = 0;		/* what CPUs keep to themselves may be more */
	if (!v.total || v.total >> (52 - k->page_shift) || v.free > v.total)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"%" PRIu64 " of %" PRIu64 " pages free makes no sense", v.free, v.total);
	*ret = v;
	return NULL;
}

uint64_t module_window_offset(struct kernel *k)
{
	struct resolved res = { 0 };
	struct vmatlas_error *err = lookup_resolve(k, &vmstat_needs[MODULE_OFFSET], 1, &res);
	uint64_t offset = 0;

	if (!err && res.found)
		err = kernel_read_uint(k, res.addr, k->ptr_size, &offset);
	vmatlas_error_free(err);	/* a detail: without it the whole space counts */
	return offset <= MIB(64) ? offset : 0;
}
