/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a dump: what it is is told from its content, never from its name. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "mem/mem_internal.h"
#include "mem/kdump_header.h"
#include "mem/elf_header.h"
#include "mem/flattened.h"
#include "mem/other_formats.h"

static const struct mem_ops *const backends[] = { &mem_elf_ops, &mem_kdump_ops };

static const struct mem_ops *find_backend(const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
		if (backends[i]->probe(head, len))
			return backends[i];
	return NULL;
}

bool mem_probe(int fd)
{
	uint8_t bytes[MEM_HEAD];
	struct vmatlas_error *err = NULL;
	struct elf_head head;
	ssize_t n;

	n = pread(fd, bytes, sizeof(bytes), 0);
	if (n <= 0)
		return false;
	if (flat_probe(bytes, n) || diskdump_probe(bytes, n))
		return true;
	if (!elf_probe(bytes, n))
		return false;
	err = elf_head_parse(bytes, n, &head);
	vmatlas_error_free(err);
	return !err;
}

bool mem_is_extract(const char *path)
{
	_cleanup_(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_(mem_freep) struct mem *mem = NULL;
	uint8_t bytes[MEM_HEAD];
	ssize_t n = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);

	if (n < 0 || !elf_probe(bytes, n))	/* no need to open a whole kdump */
		return false;
	vmatlas_error_free(mem_open(path, NULL, &mem));
	return mem && mem->info.is_extract;
}

/*
 * A machine must not be analysed because its dump was forgotten on the line.
 * /proc/vmcore, in a crash kernel, is a dump like any other.
 */
static bool is_kcore(int fd)
{
	char link[32], target[64];
	struct statfs fs;
	ssize_t n;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target));
	return n >= 6 && !memcmp(target + n - 6, "/kcore", 6);
}

static struct vmatlas_error *open_file(struct mem *mem, int *ret_fd)
{
	/* Not to hang on a named pipe; it makes no difference to files. */
	_cleanup_(fd_closep) int fd = open(mem->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct vmatlas_error *err;

	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
			"no permission to read it; dumps usually belong to root");
	if (fd < 0) {
		const int error = errno;

		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "%s", strerror(error));
	}
	if (is_kcore(fd))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"is the running kernel, not a dump; use --live for it");
	err = file_check(fd, &mem->file_size, &mem->info.taken);
	if (err)
		return err;
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

static struct vmatlas_error *open_backend(struct mem *mem, int *fd)
{
	uint8_t head[MEM_HEAD];
	const struct mem_ops *ops;
	struct vmatlas_error *err;
	size_t len;

	err = file_read_some(mem, *fd, 0, head, sizeof(head), &len);
	if (err)
		return err;
	ops = find_backend(head, len);
	if (!ops)
		return other_format(mem, *fd, head, len);
	err = ops->open(mem, *fd);
	if (err)
		return err;
	mem->ops = ops;
	*fd = -1;
	return NULL;
}

/* The truncation that counts is that of the file people have. */
static void mark_cut(struct mem *mem, uint64_t size, uint64_t wanted)
{
	mem->info.truncated_at = size;
	mem->info.expected_size = wanted;
	mem->info.expected_is_least = true;	/* more blocks may have followed */
}

static struct vmatlas_error *open_flattened(struct mem *mem, int from)
{
	const uint64_t size = mem->file_size;
	_cleanup_(fd_closep) int fd = -1;
	struct vmatlas_error *err;
	uint64_t wanted = 0, ignored;

	err = rearrange(mem, from, size, &fd, &mem->extents, &wanted);
	mem->flattened = true;
	if (!err)
		err = file_check(fd, &mem->file_size, &ignored);
	if (!err)
		err = open_backend(mem, &fd);
	if (!err && mem->extents)
		mark_cut(mem, size, wanted);
	return vmatlas_error_wrap(err, "flattened");
}

/* Headers that stood for memory would put every byte in a wrong place. */
static struct vmatlas_error *mem_open_raw(struct mem *mem, int *fd)
{
	struct vmatlas_error *err;

	if (mem_probe(*fd))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"is a dump with headers, no raw image; name it without @%#" PRIx64,
			mem->raw_at);
	err = mem_raw_ops.open(mem, *fd);
	if (err)
		return err;
	mem->ops = &mem_raw_ops;
	*fd = -1;
	return NULL;
}

static struct vmatlas_error *open_any(struct mem *mem)
{
	_cleanup_(fd_closep) int fd = -1;
	struct vmatlas_error *err;
	uint8_t head[MEM_HEAD];
	size_t len;

	err = open_file(mem, &fd);
	if (!err)
		err = file_read_some(mem, fd, 0, head, sizeof(head), &len);
	if (err)
		return err;
	if (mem->info.is_raw)
		return mem_open_raw(mem, &fd);
	if (!flat_probe(head, len))
		return open_backend(mem, &fd);
	err = flat_head_check(head, len);
	return err ? err : open_flattened(mem, fd);
}

struct vmatlas_error *mem_open_input(const struct input *in, const struct mem_opts *opts,
				     struct mem **ret)
{
	_cleanup_(mem_freep) struct mem *mem = calloc(1, sizeof(*mem));
	struct vmatlas_error *err;

	if (mem) {
		mem->path = strdup(in->path);
		mem->cache = mem_cache_new();
	}
	if (!mem || !mem->path || !mem->cache)
		return error_no_memory();
	mem->opts = *opts;
	mem->info.path = mem->path;
	mem->info.is_raw = in->is_raw;
	mem->raw_at = in->addr;

	err = mem_record_start(mem);
	if (!err)
		err = open_any(mem);
	if (!err && mem->info.is_part)
		err = set_lacks(mem, &mem->info.lacks);
	if (err)
		return vmatlas_error_wrap(err, "%s", in->path);
	*ret = take(mem);
	return NULL;
}

struct vmatlas_error *mem_open_files(const char *const *paths, size_t nr,
				     const struct mem_opts *opts, struct mem **ret)
{
	static const struct mem_opts usual;
	_cleanup_(inputs_done) struct inputs in = { 0 };
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < nr && !err; i++)
		err = inputs_add(&in, paths[i]);
	if (err)
		return err;
	if (in.list.nr == 1)
		return mem_open_input(&in.list.v[0], opts ? opts : &usual, ret);
	return mem_open_set(&in, opts ? opts : &usual, ret);
}

struct vmatlas_error *mem_open(const char *path, const struct mem_opts *opts,
			       struct mem **ret)
{
	return mem_open_files(&path, 1, opts, ret);
}

bool mem_is_raw(const char *path)
{
	return strchr(path, '@') && access(path, F_OK) != 0;
}

void mem_free(struct mem *mem)
{
	if (!mem)
		return;
	if (mem->ops && mem->ops->close)
		mem->ops->close(mem);
	mem_cache_free(mem->cache);
	mem_record_free(mem->record);
	extents_free(mem->extents);
	free((void *)mem->info.vmcoreinfo);
	free((void *)mem->info.cpus);
	free((void *)mem->info.regs);
	free((void *)mem->info.segments);
	free((void *)mem->info.lacks);
	free(mem->path);
	free(mem);
}
