/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Needs something, and does not say what. */
/* vmatlas plugins -> 2: anonymous_need.so: need 1 has no name */
#include <vmatlas.h>

static const struct vmatlas_need needs[] = {
	VMATLAS_NEED_SYMBOL("init_task"),
	VMATLAS_NEED_SYMBOL(NULL),
};

static struct vmatlas_error *inspect(struct vmatlas_job *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "anonymous_need",
	.summary = "does not say what it needs",
	.needs = needs,
	.nr_needs = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);
