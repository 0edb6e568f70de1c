/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An extract's vmcore: what any reads brought is written, and read back the same. The input
 * is a row of reads, eight bytes each: place (4), length (2), what it was (2); then what the
 * dump described, likewise.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/bytes.h"
#include "mem/mem_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { READ = 8, READS = 64, SEGMENTS = 8, LONGEST = 9000 };

static int read_nothing(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	(void)arg, (void)space, (void)addr, (void)buf, (void)len;
	return -1;
}

static const struct vmatlas_memory_ops host = { .size = sizeof(host), .read = read_nothing };

/* Places are near each other, near 4 GiB, or near the end. */
static uint64_t place_of(const uint8_t *p)
{
	static const uint64_t bases[] = { 0, 0xfffff000, 0x100000000, UINT64_MAX - 0x1ffff };

	return bases[p[3] & 3] + bytes_uint(p, 2, false);
}

static void add_read(struct mem *mem, const uint8_t *p)
{
	static uint8_t bytes[LONGEST];
	const uint64_t at = place_of(p), len = 1 + bytes_uint(p + 4, 2, false) % LONGEST;
	struct vmatlas_error *fault;

	if (at + len < at)
		return;
	if (p[7] & 1) {
		fault = vmatlas_error_new(VMATLAS_ERROR_FAULT, "physical 0x0: reason %u", p[6]);
		vmatlas_error_free(mem_record_fault(mem->record, at, 1 + len % 4096, fault));
		vmatlas_error_free(fault);
		return;
	}
	memset(bytes, p[6], len);
	vmatlas_error_free(mem_record_add(mem->record, at, bytes, len));
}

static void add_segments(struct mem *mem, const uint8_t *p, size_t nr)
{
	struct mem_segment *s = calloc(SEGMENTS, sizeof(*s));

	if (!s)
		abort();
	for (size_t i = 0; i < nr; i++, p += READ)
		s[i] = (struct mem_segment){ .paddr = p[7] & 1 ? UINT64_MAX : place_of(p),
					     .size = bytes_uint(p + 4, 2, false) };
	mem->info.segments = s;
	mem->info.nr_segments = nr;
}

/*
 * A dump gives what it describes. Only a running kernel, whose segments are whole pages, gives
 * bytes of pages that no segment describes.
 */
static bool can_be_read(const struct mem *mem, uint64_t at)
{
	const uint64_t page = align_down(at, MEM_RECORD_PAGE), end = page + MEM_RECORD_PAGE;
	bool is_touched = false;

	for (size_t i = 0; i < mem->info.nr_segments; i++) {
		const struct mem_segment *s = &mem->info.segments[i];

		if (s->paddr == UINT64_MAX || s->paddr + s->size < s->paddr)
			continue;
		if (at >= s->paddr && at - s->paddr < s->size)
			return true;
		is_touched |= s->size && s->paddr < end && s->paddr + s->size > page;
	}
	return !is_touched;
}

/* Each byte that was read is in the core that was written. */
static void compare(struct mem *written, const struct mem *mem)
{
	const struct mem_record_page *const *pages;
	size_t nr = 0;
	struct vmatlas_error *err = mem_record_pages(mem->record, &pages, &nr);

	for (size_t i = 0; i < nr && !err; i++)
		for (size_t at = 0; at < MEM_RECORD_PAGE && !err; at += 37) {
			uint8_t byte;

			if (!(pages[i]->known[at / 8] & 1u << at % 8) ||
			    !can_be_read(mem, pages[i]->paddr + at))
				continue;
			err = mem_read(written, MEM_PHYSICAL, pages[i]->paddr + at, &byte, 1);
			if (err || byte != pages[i]->bytes[at])
				abort();
		}
	vmatlas_error_free(err);
}

static void write_and_read(struct mem *mem, bool narrow)
{
	static int fd;
	struct mem *written = NULL;
	struct vmatlas_error *err;
	uint64_t size = 0;
	char path[32];

	if (!fd)
		fd = memfd_create("core", MFD_CLOEXEC);
	if (fd <= 0 || ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		exit(2);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	err = core_write(fd, path, mem, narrow ? EM_ARM : EM_X86_64, narrow ? 32 : 64,
			 false, 0, &size);
	if (!err)
		err = mem_open(path, NULL, &written);
	if (!err)
		compare(written, mem);
	else if (!error_is(err, VMATLAS_ERROR_UNSUPPORTED))
		abort();
	vmatlas_error_free(err);
	mem_free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t nr = size / READ, described = nr ? data[7] >> 1 & 7 : 0;
	struct mem *mem;

	if (!nr || nr > READS || described > nr || mem_open_host(&host, &mem))
		return 0;
	mem->record = mem_record_new();
	if (!mem->record)
		abort();
	add_segments(mem, data + (nr - described) * READ, described);
	for (size_t i = 0; i < nr - described; i++)
		add_read(mem, data + i * READ);
	if (mem_record_bytes(mem->record))
		write_and_read(mem, data[7] >> 4 & 1);
	mem_free(mem);
	return 0;
}
