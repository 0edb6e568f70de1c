/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list_head in a memory of any bytes: the walk must end. */
#include <stdlib.h>
#include <string.h>

#include "kernel/list.h"
#include "kernel/kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE_64 0xffff888000000000ull
#define BASE_32 0xc0000000ull

struct memory {
	uint64_t base;
	const uint8_t *bytes;
	size_t size;
};

static int read_memory(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	const struct memory *m = arg;
	const uint64_t from = addr - m->base;

	if (space != VMATLAS_VIRTUAL || from > m->size || len > m->size - from)
		return -1;
	memcpy(buf, m->bytes + from, len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { BASE_64, data + 1, size - 1 };
	const struct vmatlas_memory_ops host = {
		.size = sizeof(host), .arg = &m, .read = read_memory,
	};
	struct kernel k = { .page_shift = 12, .ptr_size = 8, .va_mask = UINT64_MAX };
	struct vmatlas_error *err = NULL;
	struct list_walk w;
	uint64_t node = 1, steps = 0;

	if (size < 1 || mem_open_host(&host, &k.mem))
		return 0;
	if (data[0] & 1) {
		m.base = BASE_32;
		k.ptr_size = 4;
		k.va_mask = UINT32_MAX;
	}
	k.big_endian = data[0] & 2;
	list_start(&w, &k, m.base, 1000);
	while (!err && node) {
		err = list_next(&w, &node);
		if (steps++ > 1000)
			abort();
	}
	vmatlas_error_free(err);
	mem_free(k.mem);
	return 0;
}
