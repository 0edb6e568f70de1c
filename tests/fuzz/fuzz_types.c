/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a vmlinux, whose types, variables and enumerators are asked for by name. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/expr_kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct image *image, unsigned int which)
{
	static const char *const texts[] = {
		"anchor", "&anchor", "THING_LAST", "struct thing", "(struct thing *)0x1000",
		"*(struct thing *)0x1000", "((struct thing *)0x1000)->pairs[1].b",
		"((struct thing *)0x1000)->inner", "sizeof(struct thing)", "enum kinds",
		"'a.c'::anchor", "nosuch", "(thing_t)1", "(char)1", "thing.inner",
	};
	struct vmatlas_memory_ops host;
	struct kernel k;
	struct expr *e;

	if (!expr_kernel_init(&k, &host, image))
		return;
	e = expr_new(&k);
	for (size_t i = 0; e && i < ARRAY_SIZE(texts); i++)
		expr_kernel_ask(e, texts[i], i % 2 ? 'x' : 0, i + which);
	expr_free(e);
	mem_free(k.mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd;
	struct image *image = NULL;
	struct vmatlas_error *err;
	char path[32];

	if (!fd)
		fd = memfd_create("vmlinux", MFD_CLOEXEC);
	if (fd <= 0 || ftruncate(fd, 0))
		exit(2);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (pwrite(fd, data, size, 0) == (ssize_t)size) {
		err = image_open(path, &image);
		if (err)
			vmatlas_error_free(err);
		else
			ask(image, size);
	}
	image_free(image);
	return 0;
}
