/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An extract's vmlinux: any pieces of bytes are written, and read back the same. The input is
 * a row of pieces, four bytes each: place (2), length (1), what it is (1); the first is how
 * many of the rest are BTF.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "debuginfo/debuginfo_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE = 4, PIECES = 64 };

static const char *const names[] = { "anchor", "other", "nothing", "vfree" };

/* Opened once, with its symbols looked up. */
static struct image *vmlinux(void)
{
	static struct image *image;
	struct vmatlas_error *err = NULL;

	if (image)
		return image;
	err = image_open("tests/fuzz/corpus/vmlinux/dwarf5", &image);
	if (!err)
		err = image_prefetch(image, names, ARRAY_SIZE(names));
	if (err)
		exit(2);
	return image;
}

/* Bytes of pieces that overlap are equal, as those of a vmlinux are. */
static void add_piece(struct image_piece *to, const uint8_t *p, const uint8_t *bytes)
{
	const uint64_t at = bytes_uint(p, 2, false);

	*to = (struct image_piece){ 0xffffffff81000000 + at, bytes + at, p[2] };
}

static void read_back(const char *path, const struct image_piece *pieces, size_t nr)
{
	struct image *small = NULL;
	struct vmatlas_error *err = image_open(path, &small);
	uint8_t buf[256];

	for (size_t i = 0; i < nr && !err; i++) {
		err = image_read(small, pieces[i].addr, buf, pieces[i].len);
		if (!err && memcmp(buf, pieces[i].bytes, pieces[i].len))
			abort();
	}
	if (err)
		abort();
	image_free(small);
}

static void write_and_read(const struct image_small *what)
{
	static int fd;
	struct vmatlas_error *err;
	uint64_t size = 0;
	size_t nr_symbols;
	char path[32];

	if (!fd)
		fd = memfd_create("vmlinux", MFD_CLOEXEC);
	if (fd <= 0 || ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		exit(2);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	err = image_write_small(vmlinux(), fd, path, what, &size, &nr_symbols);
	if (err)
		abort();
	read_back(path, what->pieces, what->nr_pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[65536 + 256];
	struct image_piece pieces[PIECES];
	struct image_moved moved = { "other", 0xffffffff82000000 };
	const size_t nr = size ? (size - 1) / PIECE : 0;
	struct image_small what = { .pieces = pieces, .moved = &moved };

	if (!nr || nr > PIECES)
		return 0;
	for (size_t i = 0; !bytes[1] && i < sizeof(bytes); i++)
		bytes[i] = i * 7 + i / 256;
	for (size_t i = 0; i < nr; i++)
		if (data[1 + i * PIECE + 2])
			add_piece(&pieces[what.nr_pieces++], data + 1 + i * PIECE, bytes);
	what.nr_moved = data[1 + 3] & 1;
	what.btf = data;
	what.btf_size = MIN((size_t)data[0], size);
	write_and_read(&what);
	return 0;
}
