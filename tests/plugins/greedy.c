/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts more needs than it could have. */
/* vmatlas plugins -> 2: greedy.so: 1099511627776 needs make no sense */
#include <vmatlas.h>

static const struct vmatlas_need needs[] = { VMATLAS_NEED_SYMBOL("init_task") };

static struct vmatlas_error *inspect(struct vmatlas_job *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "greedy",
	.summary = "needs the whole kernel",
	.needs = needs,
	.nr_needs = (uint64_t)1 << 40,
	.inspect = inspect,
);
