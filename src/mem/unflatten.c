/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Put the blocks of a flattened dump where they belong, in a temporary file
 * that has no name and so is gone when we are. Zeros stay holes. A block may
 * overwrite an earlier one: makedumpfile does so with its own headers.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "mem/mem_internal.h"
#include "mem/flattened.h"

enum { COPY_SIZE = 1 << 20, HOLE = 4096 };

/* A walk over the blocks of a flattened file. */
struct stream {
	const struct mem *mem;
	int fd;
	uint64_t size, pos;
	struct flat_block block;
	uint64_t data;			/* where the block's bytes are */
	uint64_t have;			/* how many of them the file has */
	bool ended, cut;		/* by the marker; by the end of the file */
};

static struct vmatlas_error *stream_read(const struct stream *s, uint64_t pos, void *buf,
					 size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(s->fd, (char *)buf + got, len - got, pos + got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system("reading at offset %#" PRIx64, pos + got);
		if (n == 0)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
						 "file shrinks while it is read");
		got += n;
	}
	return NULL;
}

/* Step to the next block; none if ->ended or ->cut. */
static struct vmatlas_error *stream_next(struct stream *s)
{
	uint8_t raw[FLAT_BLOCK_SIZE];
	struct vmatlas_error *err;

	s->cut = s->pos > s->size || s->size - s->pos < sizeof(raw);
	if (s->cut)
		return NULL;
	err = stream_read(s, s->pos, raw, sizeof(raw));
	if (!err)
		err = flat_block_parse(raw, s->pos, &s->block);
	if (err)
		return err;
	s->ended = s->block.is_end;
	s->data = s->pos + sizeof(raw);
	s->have = MIN(s->block.size, s->size - s->data);
	s->pos = s->data + s->block.size;
	return NULL;
}

/* ---- where to ---- */

static const char *choose_dir(const struct mem *mem)
{
	const char *env = secure_getenv("TMPDIR");

	if (mem->opts.tmpdir && mem->opts.tmpdir[0])
		return mem->opts.tmpdir;
	return env && env[0] ? env : "/var/tmp";
}

static struct vmatlas_error *open_named(const char *dir, int *ret)
{
	_cleanup_(freep) char *path = NULL;

	if (asprintf(&path, "%s/vmatlas-XXXXXX", dir) < 0) {
		path = NULL;
		return error_no_memory();
	}
	*ret = mkostemp(path, O_CLOEXEC);
	if (*ret < 0)
		return error_system("temporary file in %s", dir);
	unlink(path);
	return NULL;
}

/* NFS and old filesystems have no O_TMPFILE. */
static struct vmatlas_error *open_unnamed(const char *dir, int *ret)
{
	*ret = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*ret >= 0)
		return NULL;
	return open_named(dir, ret);
}

/* Exactly, from every header; the size of the file is a bound that costs nothing. */
static struct vmatlas_error *unflatten_measure(struct stream s, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint64_t sum = 0;

	for (;;) {
		err = stream_next(&s);
		if (err)
			return err;
		if (s.ended || s.cut)
			break;
		sum += s.have;
	}
	*ret = sum;
	return NULL;
}

static struct vmatlas_error *check_space(const struct stream *s, int to, const char *dir)
{
	char need_text[24], free_text[24];
	struct vmatlas_error *err;
	struct statvfs vfs;
	uint64_t need = s->size, space;

	if (fstatvfs(to, &vfs) < 0)
		return error_system("%s", dir);
	space = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if (need <= space)
		return NULL;
	err = unflatten_measure(*s, &need);
	if (err || need <= space)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
		"rearranging this flattened dump needs %s in %s, which has %s free; "
		"name another directory with --tmpdir",
		str_size(need, need_text), dir, str_size(space, free_text));
}

/* ---- progress ---- */

struct progress {
	const struct mem *mem;
	uint64_t size, next_ms;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Nothing in the first second, then four times a second. */
static void unflatten_progress(struct progress *p, uint64_t done)
{
	const uint64_t now = now_ms();
	char line[128], size[24];

	if (!p->mem->opts.log)
		return;
	if (p->next_ms == 0)
		p->next_ms = now + 1000;
	if (now < p->next_ms)
		return;
	p->next_ms = now + 250;
	snprintf(line, sizeof(line), "rearranging the flattened dump: %" PRIu64 "%% of %s",
		 done / (p->size / 100 + 1), str_size(p->size, size));
	p->mem->opts.log(p->mem->opts.log_arg, VMATLAS_LOG_PROGRESS, line);
}

/* ---- the copy ---- */

struct copy {
	struct stream from;
	int to;
	uint64_t end;			/* behind the last byte that was placed */
	uint64_t wanted;
	struct progress progress;
	uint8_t *buf;
};

static struct vmatlas_error *unflatten_write_all(int fd, const uint8_t *p, size_t len,
						 uint64_t pos)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, pos);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_system("writing the rearranged dump");
		p += n;
		len -= n;
		pos += n;
	}
	return NULL;
}

static bool unflatten_is_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && !memcmp(p, p + 1, len - 1);
}

/* Length of the run at @p that is all zeros, or all not, up to hole borders. */
static size_t run_length(const uint8_t *p, size_t len, uint64_t pos, bool *ret_zero)
{
	size_t run = 0;

	while (run < len) {
		const size_t n = MIN(len - run, (size_t)(HOLE - (pos + run) % HOLE));
		const bool zero = unflatten_is_zero(p + run, n);

		if (run == 0)
			*ret_zero = zero;
		else if (zero != *ret_zero)
			break;
		run += n;
	}
	return run;
}

/* Zeros are skipped where nothing can have been written yet: behind the end. */
static struct vmatlas_error *unflatten_put(struct copy *c, const uint8_t *p, size_t len,
					   uint64_t pos)
{
	struct vmatlas_error *err = NULL;

	while (!err && len > 0) {
		bool zero = false;
		const size_t n = run_length(p, len, pos, &zero);

		if (!zero || pos < c->end)
			err = unflatten_write_all(c->to, p, n, pos);
		c->end = MAX(c->end, pos + n);
		p += n;
		len -= n;
		pos += n;
	}
	return err;
}

static struct vmatlas_error *copy_block(struct copy *c)
{
	const struct stream *s = &c->from;
	struct vmatlas_error *err = NULL;

	c->wanted = MAX(c->wanted, s->data + s->block.size);
	for (uint64_t done = 0; !err && done < s->have;) {
		const size_t n = MIN(s->have - done, (uint64_t)COPY_SIZE);

		err = stream_read(s, s->data + done, c->buf, n);
		if (!err)
			err = unflatten_put(c, c->buf, n, s->block.offset + done);
		done += n;
		unflatten_progress(&c->progress, s->data + done);
	}
	return err;
}

static struct vmatlas_error *copy_all(struct copy *c)
{
	struct vmatlas_error *err;

	for (;;) {
		err = stream_next(&c->from);
		if (err)
			return err;
		if (c->from.ended || c->from.cut)
			break;
		err = copy_block(c);
		if (err)
			return err;
	}
	if (ftruncate(c->to, c->end) < 0)	/* zeros at the end were not written */
		return error_system("sizing the rearranged dump");
	return NULL;
}

/* The file was cut off: which parts of the result are real? */
static struct vmatlas_error *note_extents(struct stream s, struct extents **ret)
{
	_cleanup_(extents_freep) struct extents *x = extents_new();
	struct vmatlas_error *err;

	if (!x)
		return error_no_memory();
	for (;;) {
		err = stream_next(&s);
		if (err)
			return err;
		if (s.ended || s.cut)
			break;
		if (!extents_add(x, s.block.offset, s.have))
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"damaged flattened dump: too many pieces");
	}
	extents_seal(x);
	*ret = take(x);
	return NULL;
}

struct vmatlas_error *rearrange(const struct mem *mem, int fd, uint64_t size, int *ret_fd,
				struct extents **ret_extents, uint64_t *ret_wanted)
{
	const struct stream start = {
		.mem = mem, .fd = fd, .size = size, .pos = FLAT_HEAD_SIZE,
	};
	_cleanup_(freep) uint8_t *buf = malloc(MIN(size, (uint64_t)COPY_SIZE));
	_cleanup_(fd_closep) int to = -1;
	const char *dir = choose_dir(mem);
	struct copy c = { .from = start, .progress = { mem, size, 0 }, .buf = buf };
	struct vmatlas_error *err;

	if (!buf)
		return error_no_memory();
	err = open_unnamed(dir, &to);
	if (!err)
		err = check_space(&start, to, dir);
	if (err)
		return err;
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	c.to = to;
	err = copy_all(&c);
	if (!err && c.from.cut)
		err = note_extents(start, ret_extents);
	if (err)
		return err;
	*ret_wanted = MAX(c.wanted, c.from.pos + FLAT_BLOCK_SIZE);
	*ret_fd = to;
	to = -1;
	return NULL;
}
