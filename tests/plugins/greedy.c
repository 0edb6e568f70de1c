/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts more needs than it could have. */
/* vmatlas plugins -> 2: greedy.so: 1099511627776 needs make no sense */
#include <vmatlas-plugin.h>

static const struct vmatlas_lookup needs[] = { VMATLAS_REQUIRED_SYMBOL("init_task") };

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "greedy",
	.summary = "needs the whole kernel",
	.lookups = needs,
	.nr_lookups = (uint64_t)1 << 40,
	.inspect = inspect,
);
