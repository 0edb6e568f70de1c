/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps for tests of src/mem, made byte by byte: ELF cores, kdumps, flattened ones. */
#ifndef TESTS_MAKE_DUMP_H
#define TESTS_MAKE_DUMP_H

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "mem/mem.h"

#define UNUSED __attribute__((unused))

/* ---- bytes that grow ---- */

struct bytes {
	uint8_t *p;
	size_t len, cap;
	bool big;
};

static UNUSED void bytes_put(struct bytes *b, size_t at, const void *data, size_t len)
{
	if (at + len > b->cap) {
		b->cap = 2 * (at + len);
		b->p = realloc(b->p, b->cap);
		assert_non_null(b->p);
	}
	if (at + len > b->len) {
		memset(b->p + b->len, 0, at + len - b->len);
		b->len = at + len;
	}
	if (len && data)
		memcpy(b->p + at, data, len);
}

static UNUSED void bytes_num(struct bytes *b, size_t at, size_t size, uint64_t v)
{
	uint8_t raw[8];

	for (size_t i = 0; i < size; i++)
		raw[b->big ? size - 1 - i : i] = v >> 8 * i;
	bytes_put(b, at, raw, size);
}

static UNUSED void bytes_done(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){ 0 };
}

/* ---- a file that lives in memory and has a path ---- */

struct file {
	int fd;
	char path[64];
};

static UNUSED struct file file_of(const void *p, size_t len)
{
	struct file f = { .fd = memfd_create("dump", MFD_CLOEXEC) };

	assert_true(f.fd >= 0);
	assert_int_equal(write(f.fd, p, len), len);
	snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
	return f;
}

/* Open @len bytes as a dump; the error, if any, in *ret_err. */
static UNUSED struct mem *open_bytes(const void *p, size_t len,
				     struct vmatlas_error **ret_err)
{
	const struct mem_opts opts = { .tmpdir = "/tmp" };
	struct file f = file_of(p, len);
	struct mem *mem = NULL;

	*ret_err = mem_open(f.path, &opts, &mem);
	close(f.fd);
	assert_true(!*ret_err == !!mem);
	return mem;
}

static UNUSED struct mem *open_good(const struct bytes *b)
{
	struct vmatlas_error *err;
	struct mem *mem = open_bytes(b->p, b->len, &err);

	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	return mem;
}

/* It fails with @code and a message that has @text in it. */
static UNUSED void expect_error(struct vmatlas_error *err, uint32_t code,
				const char *text)
{
	assert_non_null(err);
	if (vmatlas_error_code(err) != code || !strstr(vmatlas_error_message(err), text))
		fail_msg("error %u '%s', expected %u '%s'", vmatlas_error_code(err),
			 vmatlas_error_message(err), code, text);
	vmatlas_error_free(err);
}

static UNUSED void expect_refused(const void *p, size_t len, uint32_t code,
				  const char *text)
{
	struct vmatlas_error *err;

	assert_null(open_bytes(p, len, &err));
	expect_error(err, code, text);
}

static UNUSED void expect_fault(struct mem *mem, enum mem_space space, uint64_t addr,
				size_t len, const char *text)
{
	uint8_t buf[8192];

	assert_true(len <= sizeof(buf));
	expect_error(mem_read(mem, space, addr, buf, len), VMATLAS_ERROR_FAULT, text);
}

static UNUSED void expect_bytes(struct mem *mem, enum mem_space space, uint64_t addr,
				const void *want, size_t len)
{
	_cleanup_(freep) uint8_t *buf = malloc(len);
	struct vmatlas_error *err = mem_read(mem, space, addr, buf, len);

	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	assert_memory_equal(buf, want, len);
}

/* ---- notes ---- */

static UNUSED void put_note(struct bytes *b, const char *name, uint32_t type,
			    const void *desc, size_t len)
{
	const size_t name_size = strlen(name) + 1, at = b->len;
	const size_t desc_at = at + 12 + ((name_size + 3) & ~(size_t)3);

	bytes_num(b, at, 4, name_size);
	bytes_num(b, at + 4, 4, len);
	bytes_num(b, at + 8, 4, type);
	bytes_put(b, at + 12, name, name_size);
	bytes_put(b, desc_at, desc, len);
	bytes_put(b, (b->len + 3) & ~(size_t)3, NULL, 0);
}

/* A QEMU note of 440 bytes whose words tell where they are: word n holds 0x1000 + n. */
static UNUSED void put_qemu_note(struct bytes *b)
{
	struct bytes d = { .big = false };

	for (size_t i = 0; i < 55; i++)
		bytes_num(&d, i * 8, 8, 0x1000 + i);
	bytes_num(&d, 0, 4, 1);
	bytes_num(&d, 4, 4, 440);
	put_note(b, "QEMU", 0, d.p, d.len);
	bytes_done(&d);
}

/* ---- ELF cores ---- */

struct seg {
	uint32_t type;
	uint64_t vaddr, paddr;
	const void *data;
	uint64_t file_size, mem_size;
};

struct elf_make {
	unsigned int bits;
	bool big;
	uint16_t type, machine;
	const struct seg *segs;
	size_t nr;
	bool xnum;			/* say the number of segments the long way */
};

static UNUSED void put_phdr(struct bytes *b, size_t at, unsigned int bits,
			    const struct seg *s, uint64_t offset)
{
	const uint64_t v64[] = { offset, s->vaddr, s->paddr, s->file_size, s->mem_size };

	bytes_num(b, at, 4, s->type);
	for (size_t i = 0; i < 5; i++)
		bytes_num(b, at + (bits / 8) * (i + 1), bits / 8, v64[i]);
	if (bits == 32)
		bytes_num(b, at + 28, 4, 0);
	else
		bytes_num(b, at + 48, 8, 0);
}

static UNUSED struct bytes make_elf(const struct elf_make *m)
{
	const bool is64 = m->bits == 64;
	const size_t eh = is64 ? 64 : 52, ph = is64 ? 56 : 32, sh = is64 ? 64 : 40;
	const size_t phoff = eh + (m->xnum ? sh : 0);
	struct bytes b = { .big = m->big };
	const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', is64 ? 2 : 1, m->big ? 2 : 1, 1 };
	size_t data = phoff + m->nr * ph;

	bytes_put(&b, 0, ident, sizeof(ident));
	bytes_num(&b, 16, 2, m->type);
	bytes_num(&b, 18, 2, m->machine);
	bytes_num(&b, 20, 4, 1);
	bytes_num(&b, is64 ? 32 : 28, m->bits / 8, phoff);
	bytes_num(&b, is64 ? 40 : 32, m->bits / 8, m->xnum ? eh : 0);
	bytes_num(&b, is64 ? 54 : 42, 2, ph);
	bytes_num(&b, is64 ? 56 : 44, 2, m->xnum ? PN_XNUM : m->nr);
	bytes_put(&b, phoff, NULL, 0);
	if (m->xnum)
		bytes_num(&b, eh + (is64 ? 44 : 28), 4, m->nr);
	for (size_t i = 0; i < m->nr; i++) {
		put_phdr(&b, phoff + i * ph, m->bits, &m->segs[i], data);
		data += m->segs[i].file_size;
	}
	for (size_t i = 0; i < m->nr; i++)
		bytes_put(&b, b.len, m->segs[i].data, m->segs[i].file_size);
	return b;
}

/* ---- kdumps, not compressed ---- */

struct kdump_make {
	unsigned int bits;
	bool big, padded;
	uint32_t version, block_size, status;
	const char *pages;		/* letters: p present, f filtered, - hole */
	const char *machine, *release;
	uint64_t taken;
	const struct bytes *notes;
	const char *vmcoreinfo;		/* text alone, outside the notes */
	uint32_t split_first, split_end;	/* end 0: not split */
};

static UNUSED void put_kdump_head(struct bytes *b, const struct kdump_make *m,
				  size_t bitmap_blocks)
{
	const size_t time = m->bits == 64 ? 408 : 404, status = m->bits == 64 ? 424 : 412;

	bytes_put(b, 0, "KDUMP   ", 8);
	bytes_num(b, 8, 4, m->version);
	if (m->release) {
		bytes_put(b, 12, "Linux", 5);
		bytes_put(b, 12 + 65, "testhost", 8);
		bytes_put(b, 12 + 2 * 65, m->release, strlen(m->release));
		bytes_put(b, 12 + 3 * 65, "#1", 2);
	}
	bytes_put(b, 12 + 4 * 65, m->machine, strlen(m->machine));
	bytes_num(b, time, m->bits / 8, m->taken);
	bytes_num(b, status, 4, m->status);
	bytes_num(b, status + 4, 4, m->block_size);
	bytes_num(b, status + 8, 4, 1);
	bytes_num(b, status + 12, 4, bitmap_blocks);
	bytes_num(b, status + 16, 4, strlen(m->pages));
	bytes_num(b, status + 36, 4, 1);
}

/* Sub-header, and the notes and VMCOREINFO right behind it in the same block. */
static UNUSED void put_kdump_sub(struct bytes *b, const struct kdump_make *m)
{
	static const size_t at64[] = { 12, 16, 24, 32, 40, 48, 56, 80, 88, 96 };
	static const size_t at32[] = { 8, 12, 16, 20, 28, 32, 40, 56, 64, 72 };
	static const size_t pad32[] = { 8, 12, 16, 24, 32, 40, 48, 72, 80, 88 };
	const size_t *at = m->bits == 64 ? at64 : m->padded ? pad32 : at32;
	const size_t sub = m->block_size, word = m->bits / 8;
	size_t next = sub + 512;

	bytes_num(b, sub + at[0], 4, m->split_end != 0);
	bytes_num(b, sub + at[1], word, m->split_first);
	bytes_num(b, sub + at[2], word, m->split_end);
	if (m->vmcoreinfo) {
		bytes_num(b, sub + at[3], 8, next);
		bytes_num(b, sub + at[4], word, strlen(m->vmcoreinfo));
		bytes_put(b, next, m->vmcoreinfo, strlen(m->vmcoreinfo));
		next += 512;
	}
	if (m->notes) {
		bytes_num(b, sub + at[5], 8, next);
		bytes_num(b, sub + at[6], word, m->notes->len);
		bytes_put(b, next, m->notes->p, m->notes->len);
	}
	bytes_num(b, sub + at[7], 8, m->split_first);
	bytes_num(b, sub + at[8], 8, m->split_end);
	bytes_num(b, sub + at[9], 8, strlen(m->pages));
}

/* Page n is full of the byte n + 1. */
static UNUSED void put_kdump_pages(struct bytes *b, const struct kdump_make *m,
				   size_t ram, size_t dumped, size_t descs)
{
	const size_t nr = strlen(m->pages);
	size_t nr_dumped = 0, data, desc = descs;

	for (size_t i = 0; i < nr; i++) {
		const uint8_t bit = 1 << i % 8;

		b->p[ram + i / 8] |= m->pages[i] != '-' ? bit : 0;
		b->p[dumped + i / 8] |= m->pages[i] == 'p' ? bit : 0;
	}
	for (size_t i = m->split_first; i < (m->split_end ? m->split_end : nr); i++)
		nr_dumped += m->pages[i] == 'p';
	data = descs + nr_dumped * 24;
	for (size_t i = m->split_first; i < (m->split_end ? m->split_end : nr); i++) {
		if (m->pages[i] != 'p')
			continue;
		bytes_num(b, desc, 8, data);
		bytes_num(b, desc + 8, 4, m->block_size);
		bytes_num(b, desc + 12, 4, 0);
		bytes_num(b, desc + 16, 8, 0);
		bytes_put(b, data, NULL, m->block_size);
		memset(b->p + data, i + 1, m->block_size);
		desc += 24;
		data += m->block_size;
	}
}

static UNUSED struct bytes make_kdump(const struct kdump_make *m)
{
	const size_t half = (strlen(m->pages) / 8 / m->block_size + 1) * m->block_size;
	const size_t ram = 2 * m->block_size, dumped = ram + half, descs = dumped + half;
	struct bytes b = { .big = m->big };

	put_kdump_head(&b, m, 2 * half / m->block_size);
	put_kdump_sub(&b, m);
	bytes_put(&b, descs, NULL, 0);
	put_kdump_pages(&b, m, ram, dumped, descs);
	return b;
}

/* ---- the flattened form ---- */

static UNUSED void flat_start(struct bytes *b)
{
	b->big = true;
	bytes_put(b, 0, "makedumpfile", 12);
	bytes_num(b, 16, 8, 1);
	bytes_num(b, 24, 8, 1);
	bytes_put(b, 4096, NULL, 0);
}

static UNUSED void flat_block(struct bytes *b, uint64_t offset, const void *p, size_t len)
{
	bytes_num(b, b->len, 8, offset);
	bytes_num(b, b->len, 8, len);
	bytes_put(b, b->len, p, len);
}

static UNUSED void flat_end(struct bytes *b)
{
	bytes_num(b, b->len, 8, UINT64_MAX);
	bytes_num(b, b->len, 8, UINT64_MAX);
}

/* @b cut into blocks of @step bytes, written back to front: order must not matter. */
static UNUSED struct bytes flatten(const struct bytes *b, size_t step)
{
	struct bytes f = { 0 };

	flat_start(&f);
	for (size_t n = (b->len + step - 1) / step; n > 0; n--) {
		const size_t at = (n - 1) * step;

		flat_block(&f, at, b->p + at, MIN(step, b->len - at));
	}
	flat_end(&f);
	return f;
}

#endif
