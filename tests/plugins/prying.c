/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads what it did not say it would read. */
/* vmatlas check -> 2: inspector prying: lookup 7 was not found */
/* vmatlas check x86-6.1 -> 2: inspector prying: lookup 7 was not found */
#include <vmatlas-plugin.h>

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	uint64_t value = 0;

	return vmatlas_ctx_read(job, 7, 0xc0000000, &value);
}

VMATLAS_PLUGIN(
	.name = "prying",
	.summary = "reads a need that it has not",
	.inspect = inspect,
);
