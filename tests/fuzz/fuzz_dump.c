/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole dump out of any bytes, opened as a person would open it: told by its
 * content, rearranged if it is flattened, read here and there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_around(struct mem *mem)
{
	const struct mem_info *info = &mem->info;
	uint8_t buf[64];

	for (size_t i = 0; i < info->nr_segments && i < 4; i++) {
		const struct mem_segment *s = &info->segments[i];

		vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, s->paddr, buf, 8));
		vmatlas_error_free(mem_read(mem, MEM_VIRTUAL, s->vaddr, buf, 8));
		vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, s->paddr + s->size - 8, buf,
					    sizeof(buf)));
	}
	vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, info->max_paddr, buf, sizeof(buf)));
	vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, 0, buf, sizeof(buf)));
	vmatlas_error_free(mem_read(mem, MEM_VIRTUAL, UINT64_MAX - 31, buf, sizeof(buf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mem_opts opts = { .tmpdir = "/dev/shm" };
	static int fd;
	struct mem *mem = NULL;
	char path[64];

	if (!fd)
		fd = memfd_create("dump", MFD_CLOEXEC);
	if (fd <= 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		exit(2);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	mem_probe(fd);
	vmatlas_error_free(mem_open(path, &opts, &mem));
	if (mem)
		look_around(mem);
	mem_free(mem);
	return 0;
}
