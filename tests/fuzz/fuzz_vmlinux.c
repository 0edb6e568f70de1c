/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a whole vmlinux file, asked for a symbol, members and an enumerator. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct image *image)
{
	struct image_symbol s;
	struct image_member m;
	uint8_t buf[16];
	int64_t v;

	if (!image_info(image)->path)
		return;
	vmatlas_error_free(image_symbol(image, "anchor", 0, &s));
	vmatlas_error_free(image_member(image, "anchor", "thing", "pairs[].b", &m));
	vmatlas_error_free(image_member(image, "anchor", "thing", "inner", &m));
	vmatlas_error_free(image_member(image, "anchor|other", "nothing", "", &m));
	vmatlas_error_free(image_enumerator(image, "anchor", "THING_LAST", &v));
	vmatlas_error_free(image_read(image, image_info(image)->entry, buf, sizeof(buf)));
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
			ask(image);
	}
	image_free(image);
	return 0;
}
