/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that another debugger brings. Nothing is cached: whether it changes
 * is the host's to know, and so is where it ends.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mem/mem_internal.h"

static struct vmatlas_error *host_read(struct mem *mem, enum mem_space space,
				       uint64_t addr, void *buf, size_t len)
{
	const struct vmatlas_memory_ops *host = mem->priv;

	mem->info.nr_reads++;
	if (host->read(host->arg, (enum vmatlas_space)space, addr, buf, len) != 0)
		return error_fault(space, addr, "the host cannot read %zu bytes there", len);
	mem->info.bytes_read += len;
	return NULL;
}

static const struct mem_ops host_ops = {
	.name = "host",
	.read = host_read,
	.run = 16,
};

struct vmatlas_error *mem_open_host(const struct vmatlas_memory_ops *host, struct mem **ret)
{
	_cleanup_(mem_freep) struct mem *mem = NULL;

	if (!host || !VMATLAS_HAS(host, read) || !host->read)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "a host needs at least read()");
	mem = calloc(1, sizeof(*mem));
	if (mem)
		mem->path = strdup("host");
	if (!mem || !mem->path)
		return error_no_memory();

	mem->ops = &host_ops;
	mem->priv = (void *)host;
	mem->file_size = UINT64_MAX;
	mem->info = (struct mem_info){
		.path = mem->path,
		.format = "host",
		.has_physical = true,
		.has_virtual = true,
	};
	if (VMATLAS_HAS(host, vmcoreinfo) && host->vmcoreinfo) {
		mem->info.vmcoreinfo = strdup(host->vmcoreinfo);
		if (!mem->info.vmcoreinfo)
			return error_no_memory();
		mem->info.vmcoreinfo_size = strlen(host->vmcoreinfo);
	}
	*ret = take(mem);
	return NULL;
}
