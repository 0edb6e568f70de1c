/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No sin: reads where nothing is. Memory that is not there is told, and the work goes on. */
/* vmatlas check x86-6.1 -> 3: lost */
#include <vmatlas-plugin.h>

enum { NEXT };

static const struct vmatlas_lookup needs[] = {
	[NEXT] = VMATLAS_REQUIRED_MEMBER("vm_struct", "size", "vfree"),
};

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas_range where = { 0xffffe00000000000, 0xffffe00000000fff };
	uint64_t value = 0;

	return vmatlas_ctx_report_fault(job, vmatlas_ctx_read(job, NEXT, where.first, &value), &where);
}

VMATLAS_PLUGIN(
	.name = "lost",
	.summary = "reads where nothing is",
	.lookups = needs,
	.nr_lookups = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);
