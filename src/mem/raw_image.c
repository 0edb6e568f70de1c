/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raw images of RAM: bytes and nothing else, as a debug probe (OpenOCD's
 * dump_image) or QEMU (pmemsave) writes them. Where they lie is what the user says.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mem/mem_internal.h"

struct raw {
	int fd;
	char format[sizeof("raw at 0x0123456789abcdef-0x0123456789abcdef")];
};

static struct vmatlas_error *raw_open(struct mem *mem, int fd)
{
	const uint64_t first = mem->raw_at, size = mem->file_size;
	struct mem_segment *s;
	struct raw *raw;

	if (size - 1 > UINT64_MAX - first)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%" PRIu64 " bytes at 0x%" PRIx64 " reach beyond the last address",
			size, first);
	raw = calloc(1, sizeof(*raw));
	s = calloc(1, sizeof(*s));
	if (!raw || !s) {
		free(raw);
		free(s);
		return error_no_memory();
	}
	*s = (struct mem_segment){
		.paddr = first, .vaddr = UINT64_MAX, .size = size, .file_size = size,
		.held = size,
	};
	raw->fd = fd;
	snprintf(raw->format, sizeof(raw->format), "raw at 0x%" PRIx64 "-0x%" PRIx64, first,
		 first + (size - 1));
	mem->info.format = raw->format;
	mem->info.has_physical = true;
	mem->info.max_paddr = first + (size - 1);
	mem->info.segments = s;
	mem->info.nr_segments = 1;
	mem->priv = raw;
	return NULL;
}

static struct vmatlas_error *raw_read(struct mem *mem, enum mem_space space, uint64_t addr,
				      void *buf, size_t len)
{
	const struct mem_segment *s = mem->info.segments;
	const struct raw *raw = mem->priv;
	const uint64_t skip = addr - s->paddr;
	struct vmatlas_error *err;

	(void)space;	/* there is only one, mem_read() sees to it */
	if (addr < s->paddr || skip >= s->size || len > s->size - skip)
		return error_fault(VMATLAS_PHYSICAL, addr, "not in the raw image");
	err = file_read(mem, raw->fd, skip, buf, len);
	return error_at(err, VMATLAS_PHYSICAL, addr);
}

static void raw_close(struct mem *mem)
{
	struct raw *raw = mem->priv;

	if (!raw)
		return;
	close(raw->fd);
	free(raw);
}

const struct mem_ops mem_raw_ops = {
	.name = "raw",
	.open = raw_open,
	.read = raw_read,
	.close = raw_close,
	.run = 16,
	.ragged = true,
};
