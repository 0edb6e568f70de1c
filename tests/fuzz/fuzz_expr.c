/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as an expression, on a small vmlinux. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/expr_kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Types that expressions make stay in the image: a new one now and then. */
enum { USES = 500 };

static struct image *vmlinux(void)
{
	static struct image *image;
	static int uses;
	struct vmatlas_error *err;

	if (image && uses++ < USES)
		return image;
	image_free(image);
	image = NULL;
	uses = 0;
	err = image_open("tests/fuzz/corpus/vmlinux/dwarf5", &image);
	vmatlas_error_free(err);
	return image;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image *image = vmlinux();
	struct vmatlas_memory_ops host;
	struct expr *e;
	struct kernel k;
	char *text;

	if (!image || !size || size > 4096 || !expr_kernel_init(&k, &host, image))
		return 0;
	text = calloc(size, 1);
	e = expr_new(&k);
	if (text && e) {
		memcpy(text, data + 1, size - 1);
		expr_kernel_ask(e, text, "\0xduotacsz"[data[0] % 10], data[0] / 10);
	}
	free(text);
	expr_free(e);
	mem_free(k.mem);
	return 0;
}
