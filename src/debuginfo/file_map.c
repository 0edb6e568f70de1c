/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file's bytes at one address, with writable room before them. Local files are
 * mapped; of files on remote file systems the parts asked for are copied in, since
 * there a server that goes away would turn a mapping into SIGBUS.
 *
 * What remains: a local disk that fails, or somebody who truncates the file while
 * we work, still raises SIGBUS in a mapping. Nothing short of copying avoids that,
 * and copying costs more than all the rest of our work.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "debuginfo/debuginfo_internal.h"

#define CHUNK_SIZE KIB(64)
#define ROOM_SIZE (FILE_NR_SLOTS * FILE_SLOT_SIZE)

/* fs/smb/client/cifsfs.h, fs/smb/common/smb2pdu.h (Linux 6.1) */
#define CIFS_MAGIC 0xff534d42u
#define SMB2_MAGIC 0xfe534d42u
/* fs/ceph/super.h (Linux 6.1) */
#define CEPH_MAGIC 0x00c36400u
/* fs/fuse/inode.c (Linux 6.1) */
#define FUSE_MAGIC 0x65735546u

static bool is_remote(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return true;
	switch ((uint32_t)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case CIFS_MAGIC:
	case SMB2_MAGIC:
	case CEPH_MAGIC:
	case FUSE_MAGIC:
	case V9FS_MAGIC:
	case AFS_SUPER_MAGIC:
	case CODA_SUPER_MAGIC:
	case SYSFS_MAGIC:	/* not remote, but not to be mapped, either */
		return true;
	}
	return false;
}

static struct vmatlas_error *open_fd(const char *path, struct filemap *f)
{
	struct stat st;

	/* Not blocking: the path may be a pipe that nobody ever writes to. */
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 || fstat(f->fd, &st))
		return error_system("%s", path);
	if (!S_ISREG(st.st_mode))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is %s, not a file",
					 path, S_ISDIR(st.st_mode) ? "a directory" :
					 "a device or pipe");
	if (st.st_size == 0)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is empty", path);
	f->size = (uint64_t)st.st_size;
	f->path = strdup(path);
	return f->path ? NULL : error_no_memory();
}

static struct vmatlas_error *reserve(struct filemap *f, bool copy)
{
	const size_t nr_chunks = (size_t)(f->size / CHUNK_SIZE) + 1;
	void *p;

	if (f->size > SIZE_MAX / 4)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is too large",
					 f->path);
	p = mmap(NULL, ROOM_SIZE + f->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return error_system("%s: no address space for it", f->path);
	f->room = p;
	f->bytes = f->room + ROOM_SIZE;

	if (!copy && !is_remote(f->fd)) {
		p = mmap(f->room + ROOM_SIZE, f->size, PROT_READ,
			 MAP_PRIVATE | MAP_FIXED, f->fd, 0);
		if (p != MAP_FAILED) {
			/*
			 * A unit here, a string there: around each of them the disk
			 * would read megabytes. filemap_expect() knows better.
			 */
			madvise(p, f->size, MADV_RANDOM);
			return NULL;
		}
	}
	f->chunk_is_here = calloc(nr_chunks, 1);
	return f->chunk_is_here ? NULL : error_no_memory();
}

struct vmatlas_error *filemap_open(const char *path, bool copy, struct filemap *ret)
{
	struct vmatlas_error *err;
	struct filemap f = { .fd = -1 };

	err = open_fd(path, &f);
	if (!err)
		err = reserve(&f, copy);
	if (err) {
		filemap_close(&f);
		return err;
	}
	*ret = f;
	return NULL;
}

void filemap_close(struct filemap *f)
{
	if (f->room)
		munmap(f->room, ROOM_SIZE + f->size);
	if (f->fd >= 0)
		close(f->fd);
	free(f->chunk_is_here);
	free(f->path);
	*f = (struct filemap){ .fd = -1 };
}

bool filemap_holds(const struct filemap *f, uint64_t offset, uint64_t len)
{
	return offset <= f->size && len <= f->size - offset;
}

struct vmatlas_error *filemap_read(struct filemap *f, uint64_t offset, void *buf,
				   size_t len)
{
	uint8_t *to = buf;

	while (len) {
		ssize_t n = pread(f->fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system("%s: cannot read at offset %#llx", f->path,
					    (unsigned long long)offset);
		if (n == 0)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"%s: became shorter while it was read", f->path);
		to += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return NULL;
}

struct vmatlas_error *filemap_fetch(struct filemap *f, uint64_t offset, uint64_t len)
{
	struct vmatlas_error *err;

	if (!f->chunk_is_here || !len)
		return NULL;
	for (uint64_t c = offset / CHUNK_SIZE; c <= (offset + len - 1) / CHUNK_SIZE;
	     c++) {
		const uint64_t at = c * CHUNK_SIZE;

		if (f->chunk_is_here[c])
			continue;
		err = filemap_read(f, at, f->room + ROOM_SIZE + at,
				(size_t)MIN(CHUNK_SIZE, f->size - at));
		if (err)
			return err;
		f->chunk_is_here[c] = 1;
	}
	return NULL;
}

void filemap_expect(const struct filemap *f, uint64_t offset, uint64_t len)
{
	if (!f->chunk_is_here)
		posix_fadvise(f->fd, (off_t)offset, (off_t)len, POSIX_FADV_WILLNEED);
}

void filemap_read_ahead(const struct filemap *f)
{
	if (!f->chunk_is_here)
		madvise(f->room + ROOM_SIZE, f->size, MADV_NORMAL);
}

void filemap_forget(struct filemap *f, uint64_t offset, uint64_t len)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t first = align_up(offset, page),
		       end = align_down(offset + len, page);

	/* A copy would be lost, a mapping comes back by itself. */
	if (!f->chunk_is_here && first < end)
		madvise(f->room + ROOM_SIZE + first, end - first, MADV_DONTNEED);
}
