/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Needs something, and does not say what. */
/* vmatlas plugins -> 2: anonymous_need.so: need 1 has no name */
#include <vmatlas-plugin.h>

static const struct vmatlas_lookup needs[] = {
	VMATLAS_REQUIRED_SYMBOL("init_task"),
	VMATLAS_REQUIRED_SYMBOL(NULL),
};

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "anonymous_need",
	.summary = "does not say what it needs",
	.lookups = needs,
	.nr_lookups = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);
