/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Needs what no kernel has: left out, and said so; all the rest is judged. */
/* vmatlas check -> 0: not checked: nonsense, because there is no dump */
/* vmatlas check x86-6.1 -> 0: because this kernel lacks no_such_symbol, no_such_struct.member */
#include <vmatlas-plugin.h>

static const struct vmatlas_lookup needs[] = {
	VMATLAS_REQUIRED_SYMBOL("no_such_symbol"),
	VMATLAS_REQUIRED_MEMBER("no_such_struct", "member", "vfree"),
};

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	(void)job;
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "was called all the same");
}

VMATLAS_PLUGIN(
	.name = "nonsense",
	.summary = "needs what no kernel has",
	.lookups = needs,
	.nr_lookups = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);
