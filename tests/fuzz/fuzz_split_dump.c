/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several files that are one dump, out of any bytes: parts of a split dump, raw images. The
 * first byte is how many; then for each its length (2 bytes) and, where it is not 0, the
 * megabyte that it lies at as a raw image (1 byte). Their bytes follow, packed, for kdump is
 * mostly zeros: as many times 64 zeros as a byte says, as many bytes as the next one says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/bytes.h"
#include "mem/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 4, PART_HEAD = 3, PART_MAX = 1 << 15 };

struct part {
	int fd;
	char path[40];
};

static size_t unpack(const uint8_t *at, const uint8_t *end, uint8_t to[PART_MAX])
{
	size_t nr = 0;

	while (end - at >= 2) {
		const size_t zeros = at[0] * 64, len = MIN(at[1], (size_t)(end - at - 2));

		if (zeros + len > PART_MAX - nr)
			break;
		memset(to + nr, 0, zeros);
		memcpy(to + nr + zeros, at + 2, len);
		nr += zeros + len;
		at += 2 + len;
	}
	return nr;
}

/* In memory, opened once. */
static void part_fill(struct part *p, const uint8_t *head, const uint8_t *packed, size_t size)
{
	static uint8_t bytes[PART_MAX];
	const size_t len = unpack(packed, packed + size, bytes);

	if (!p->fd) {
		p->fd = memfd_create("part", MFD_CLOEXEC);
		if (p->fd <= 0)
			exit(2);
	}
	if (ftruncate(p->fd, 0) || pwrite(p->fd, bytes, len, 0) != (ssize_t)len)
		exit(2);
	snprintf(p->path, sizeof(p->path), head[2] ? "/dev/fd/%d@%uM" : "/dev/fd/%d", p->fd,
		 head[2]);
}

static void look_around(struct mem *mem)
{
	const struct mem_info *info = &mem->info;
	uint8_t buf[64];

	for (size_t i = 0; i < info->nr_segments && i < 8; i++) {
		const struct mem_segment *s = &info->segments[i];

		vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, s->paddr, buf, 8));
		vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, s->paddr + s->size - 8, buf,
					    sizeof(buf)));
		vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, s->paddr + 4090, buf, 16));
	}
	vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, info->max_paddr, buf, sizeof(buf)));
	vmatlas_error_free(mem_read(mem, MEM_PHYSICAL, 0, buf, sizeof(buf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct part part[PARTS];
	const struct mem_opts opts = { .tmpdir = "/dev/shm" };
	const char *paths[PARTS];
	const uint8_t *end = data + size, *at;
	struct mem *mem = NULL;
	size_t nr;

	if (!size)
		return 0;
	nr = 1 + data[0] % PARTS;
	at = data + 1 + nr * PART_HEAD;
	if (at > end)
		return 0;
	for (size_t i = 0; i < nr; i++) {
		const uint8_t *head = data + 1 + i * PART_HEAD;
		const size_t len = MIN(bytes_uint(head, 2, false), (uint64_t)(end - at));

		part_fill(&part[i], head, at, len);
		paths[i] = part[i].path;
		at += len;
	}
	vmatlas_error_free(mem_open_files(paths, nr, &opts, &mem));
	if (mem)
		look_around(mem);
	mem_free(mem);
	return 0;
}
