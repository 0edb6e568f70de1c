/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes of the dump file, by pread and never by mmap: a file that shrinks or
 * sits on a dead server must give an error, not SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem/mem_internal.h"

void fd_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/*
 * /proc/kcore answers EFAULT for a page that went away and EIO for a poisoned
 * one: facts about that memory. A bad sector is the disk's, and as much of the dump as a
 * truncated part: the rest can be read. Other errors (a server that is gone) end it.
 */
static struct vmatlas_error *read_failed(const struct mem *mem, uint64_t offset)
{
	const int error = errno;

	if (mem->info.live && (errno == EFAULT || errno == EIO || errno == ENXIO))
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
					 "the running kernel does not let it be read");
	if (error == EIO || error == ENODATA || error == EILSEQ)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"the disk cannot read the file at offset %#" PRIx64 " (%s)", offset,
			strerror(error));
	errno = error;
	return error_system("reading the file at offset %#" PRIx64, offset);
}

struct vmatlas_error *file_read_some(struct mem *mem, int fd, uint64_t offset,
				     void *buf, size_t len, size_t *ret_got)
{
	size_t got = 0;

	while (got < len && offset + got <= INT64_MAX) {
		ssize_t n = pread(fd, (char *)buf + got, len - got, offset + got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return read_failed(mem, offset + got);
		if (n == 0)
			break;
		got += n;
	}
	mem->info.bytes_read += got;
	mem->info.nr_reads++;
	*ret_got = got;
	return NULL;
}

bool file_holds(const struct mem *mem, uint64_t offset, uint64_t len)
{
	if (offset > mem->file_size || len > mem->file_size - offset)
		return false;
	return !mem->extents || extents_hold(mem->extents, offset, len);
}

struct vmatlas_error *file_read(struct mem *mem, int fd, uint64_t offset, void *buf,
				size_t len)
{
	struct vmatlas_error *err;
	size_t got = 0;

	if (file_holds(mem, offset, len)) {
		err = file_read_some(mem, fd, offset, buf, len, &got);
		if (err)
			return err;
	}
	if (got == len)
		return NULL;
	if (mem->info.live)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
					 "the running kernel has nothing there");
	if (mem->extents)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT,
			"file is truncated: this part of the flattened dump is missing");
	return vmatlas_error_new(VMATLAS_ERROR_FAULT,
		"file is truncated: it ends at offset %#" PRIx64, mem->file_size);
}

static struct vmatlas_error *not_a_file(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"is a directory; name the dump file in it (vmcore)");
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"is neither a file nor a disk; a dump must be stored in a file first");
}

struct vmatlas_error *file_check(int fd, uint64_t *ret_size, uint64_t *ret_mtime)
{
	struct stat st;
	off_t size;

	if (fstat(fd, &st) < 0)
		return error_system("fstat");
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return not_a_file(&st);

	/* makedumpfile -F is often sent to a bare partition, whose st_size is 0. */
	size = S_ISBLK(st.st_mode) ? lseek(fd, 0, SEEK_END) : st.st_size;
	if (size < 0)
		return error_system("lseek");
	if (size == 0)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is empty; the dump was never written (was the disk full?)");
	*ret_size = size;
	*ret_mtime = st.st_mtime > 0 ? st.st_mtime : 0;
	return NULL;
}
