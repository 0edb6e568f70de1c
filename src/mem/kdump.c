/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compressed kdumps: pages through libkdumpfile, by machine physical address
 * only, headers and notes by ourselves.
 */
#include <errno.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem/mem_internal.h"
#include "mem/kdump_header.h"
#include "mem/kdump_dynload.h"
#include "mem/core_notes.h"
#include "mem/kdump_bitmap.h"

/* Bounds for what the headers ask us to keep in memory. */
enum { NOTES_MAX = 64 << 20, VMCOREINFO_MAX = 1 << 20 };

struct kdump {
	int fd;
	kdump_ctx_t *ctx;
	struct diskdump_head head;
	struct pagemap map;
	bool is_whole;			/* every page's data is in the file */
};

static void kdump_backend_free(struct kdump *k)
{
	if (!k)
		return;
	if (k->ctx)
		kdump_lib.free(k->ctx);
	pagemap_done(&k->map);
	free(k);
}
DEFINE_FREEP(kdump, kdump_backend_free)

static struct vmatlas_error *read_headers(struct mem *mem, struct kdump *k)
{
	uint8_t bytes[DISKDUMP_HEAD_SIZE], sub[DISKDUMP_SUB_SIZE];
	struct vmatlas_error *err;
	size_t got;

	err = file_read_some(mem, k->fd, 0, bytes, sizeof(bytes), &got);
	if (!err)
		err = diskdump_head_parse(bytes, got, &k->head);
	if (err || !k->head.is_kdump)
		return err;

	if (!file_holds(mem, k->head.block_size, sizeof(sub)))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated in its kdump header; copy the dump again");
	err = file_read(mem, k->fd, k->head.block_size, sub, sizeof(sub));
	if (!err)
		diskdump_sub_parse(sub, &k->head);
	return err;
}

/* libkdumpfile would allocate and read whatever size the header names. */
static struct vmatlas_error *kdump_read_part(struct mem *mem, const struct kdump *k,
					     const struct diskdump_part *part, size_t max,
					     const char *what, uint8_t **ret)
{
	_cleanup_(freep) uint8_t *bytes = NULL;
	struct vmatlas_error *err;

	if (part->size > max || !file_holds(mem, part->offset, part->size))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged or truncated kdump: %s of %" PRIu64 " bytes at offset %#"
			PRIx64, what, part->size, part->offset);
	bytes = malloc(part->size ? part->size : 1);
	if (!bytes)
		return error_no_memory();
	err = file_read(mem, k->fd, part->offset, bytes, part->size);
	if (!err)
		*ret = take(bytes);
	return err;
}

/* The text alone, which versions 3 and later point to, where notes lack it. */
static struct vmatlas_error *read_vmcoreinfo(struct mem *mem, const struct kdump *k,
					     struct note_facts *facts)
{
	const struct diskdump_part *part = &k->head.vmcoreinfo;
	_cleanup_(freep) uint8_t *text = NULL;
	struct vmatlas_error *err;

	err = kdump_read_part(mem, k, part, VMCOREINFO_MAX, "VMCOREINFO", &text);
	if (err)
		return err;
	facts->vmcoreinfo = malloc(part->size + 1);
	if (!facts->vmcoreinfo)
		return error_no_memory();
	memcpy(facts->vmcoreinfo, text, part->size);
	facts->vmcoreinfo[part->size] = '\0';
	facts->vmcoreinfo_size = part->size;
	return NULL;
}

static struct vmatlas_error *kdump_read_notes(struct mem *mem, const struct kdump *k,
					      struct note_facts *facts)
{
	_cleanup_(freep) uint8_t *bytes = NULL;
	struct vmatlas_error *err = NULL;

	if (k->head.notes.size > 0) {
		err = kdump_read_part(mem, k, &k->head.notes, NOTES_MAX, "notes", &bytes);
		if (!err)
			err = note_facts_add(facts, bytes, k->head.notes.size,
					     k->head.big_endian);
	}
	if (!err && !facts->vmcoreinfo && k->head.vmcoreinfo.size > 0)
		err = read_vmcoreinfo(mem, k, facts);
	return err;
}

/* QEMU names no release, and then its machine means nothing; see core_notes.c. */
static uint16_t kdump_machine(const struct diskdump_head *head,
			      const struct note_facts *facts)
{
	if (head->release[0])
		return diskdump_machine(head->machine);
	return facts->cpus.nr ? diskdump_machine(head->machine) : note_machine(facts, head->big_endian);
}

static void kdump_fill_info(struct mem *mem, struct kdump *k, struct note_facts *facts)
{
	const struct diskdump_head *head = &k->head;
	struct mem_info *info = &mem->info;
	const uint64_t nr_pages = MIN(head->max_mapnr, k->map.bytes * 8);

	info->format = diskdump_format(head, mem->flattened);
	info->machine = kdump_machine(head, facts);
	info->bits = head->bits;
	info->big_endian = head->big_endian;
	info->has_physical = true;
	info->page_size = head->block_size;
	info->max_paddr = nr_pages * head->block_size - 1;
	info->is_part = head->split;
	info->part_first = MIN(head->first_pfn, nr_pages) * head->block_size;
	info->part_end = MIN(head->end_pfn, nr_pages) * head->block_size;
	if (head->release[0])
		strcpy(info->uts_machine, head->machine);
	strcpy(info->uts_release, head->release);
	strcpy(info->uts_node, head->node);
	if (head->taken)
		info->taken = head->taken;
	note_facts_give(facts, info);
}

static struct vmatlas_error *find_end(struct mem *mem, struct kdump *k)
{
	struct vmatlas_error *err;
	uint64_t expected;
	bool sure;

	err = pagemap_expected(&k->map, &expected, &sure);
	if (err)
		return err;
	if (expected > mem->file_size || k->head.status & DISKDUMP_INCOMPLETE) {
		mem->info.truncated_at = mem->file_size;
		mem->info.expected_size = MAX(expected, mem->file_size);
	}
	k->is_whole = sure && !mem->info.truncated_at && !mem->extents;
	return NULL;
}

static struct vmatlas_error *library_failed(kdump_ctx_t *ctx, kdump_status status)
{
	const char *why = kdump_lib.get_err(ctx);

	if (status == KDUMP_ERR_SYSTEM)
		return error_system("libkdumpfile: %s", why ? why : "reading");
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "libkdumpfile cannot open it: %s",
				 why ? why : kdump_lib.strerror(status));
}

/*
 * A context whose file could not be opened is half made, and kdump_free() of
 * 0.5.1 then follows pointers that were never set: it crashed on damaged files,
 * one run in three. Given up instead of freed; kept where leak checkers see it.
 */
struct abandoned {
	kdump_ctx_t *ctx;
	struct abandoned *next;
};

static void abandon(kdump_ctx_t *ctx)
{
	static struct abandoned *all;
	struct abandoned *a = malloc(sizeof(*a));

	if (!a)
		return;
	*a = (struct abandoned){ ctx, __atomic_load_n(&all, __ATOMIC_SEQ_CST) };
	while (!__atomic_compare_exchange_n(&all, &a->next, a, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static kdump_status set_number(kdump_ctx_t *ctx, const char *key, kdump_num_t number)
{
	kdump_attr_t attr = { .type = KDUMP_NUMBER, .val.number = number };

	return kdump_lib.set_attr(ctx, key, &attr);
}

static bool has_number(kdump_ctx_t *ctx, const char *key, kdump_num_t number)
{
	kdump_attr_t attr;

	return kdump_lib.get_attr(ctx, key, &attr) == KDUMP_OK &&
	       attr.type == KDUMP_NUMBER && attr.val.number == number;
}

static struct vmatlas_error *library_open(struct kdump *k)
{
	struct vmatlas_error *err = kdump_lib_load();
	kdump_status status;

	if (err)
		return err;
	k->ctx = kdump_lib.new();
	if (!k->ctx)
		return error_no_memory();

	/* A mapped file that shrinks would be SIGBUS. Before the file is set. */
	status = set_number(k->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);
	/* block_cache.c stands before it: else 4 MiB of pages are kept twice. A courtesy. */
	set_number(k->ctx, "cache.size", 16);
	if (status == KDUMP_OK)
		status = kdump_lib.open_fdset(k->ctx, 1, &k->fd);
	if (status != KDUMP_OK) {
		err = library_failed(k->ctx, status);
		abandon(take(k->ctx));
		return err;
	}

	/*
	 * Pages are numbered in dump blocks. libkdumpfile takes PAGESIZE from
	 * VMCOREINFO, but QEMU dumps arm64 in blocks of 64 KiB whatever the kernel
	 * uses, and of an unknown CPU there is no page size at all.
	 */
	if (!has_number(k->ctx, KDUMP_ATTR_PAGE_SIZE, k->head.block_size))
		status = set_number(k->ctx, KDUMP_ATTR_PAGE_SIZE, k->head.block_size);
	/*
	 * 0.5.1 takes the sub-header that an ARM machine writes for i386's and then
	 * knows of no pages (ptesarik/libkdumpfile#75).
	 */
	if (status == KDUMP_OK && k->head.padded)
		status = set_number(k->ctx, "max_pfn", k->head.max_mapnr);
	return status == KDUMP_OK ? NULL : library_failed(k->ctx, status);
}

static struct vmatlas_error *find_segments(struct mem *mem, struct kdump *k)
{
	struct mem_segment *segments;
	struct vmatlas_error *err;

	err = pagemap_segments(&k->map, &segments, &mem->info.nr_segments);
	if (!err)
		mem->info.segments = segments;
	return err;
}

static struct vmatlas_error *kdump_open_parts(struct mem *mem, struct kdump *k,
					      struct note_facts *facts)
{
	struct vmatlas_error *err;

	err = read_headers(mem, k);
	if (!err)
		err = pagemap_init(&k->map, mem, k->fd, &k->head);
	if (!err)
		err = kdump_read_notes(mem, k, facts);
	if (!err)
		err = find_end(mem, k);
	if (!err)
		err = find_segments(mem, k);
	if (!err)
		err = library_open(k);
	return err;
}

static struct vmatlas_error *kdump_open(struct mem *mem, int fd)
{
	_cleanup_(note_facts_done) struct note_facts facts = { 0 };
	_cleanup_(kdump_backend_freep) struct kdump *k = calloc(1, sizeof(*k));
	struct vmatlas_error *err;

	if (!k)
		return error_no_memory();
	k->fd = fd;
	err = kdump_open_parts(mem, k, &facts);
	if (err)
		return err;
	kdump_fill_info(mem, k, &facts);
	mem->priv = take(k);
	return NULL;
}

static const char *state_text(enum page_state state)
{
	switch (state) {
	case PAGE_BEYOND:
		return "not in the dump: it lies beyond the last page of memory";
	case PAGE_ELSEWHERE:
		return "in another file of this split dump";
	case PAGE_HOLE:
		return "not in the dump: no RAM there";
	case PAGE_FILTERED:
		return "filtered out by makedumpfile";
	case PAGE_LOST:
		return "file is truncated: the page lies beyond its end";
	case PAGE_UNWRITTEN:
		return "dump is incomplete: makedumpfile ran out of space before it";
	case PAGE_PRESENT:
		break;
	}
	return NULL;
}

static struct vmatlas_error *page_fault(uint64_t addr, enum page_state state)
{
	return error_fault(VMATLAS_PHYSICAL, addr, "%s",
				 state_text(state));
}

/* A page that ought to be there could not be read. */
static struct vmatlas_error *kdump_explain(struct kdump *k, uint64_t addr,
					   kdump_status status)
{
	const int error = errno;
	struct vmatlas_error *err;
	enum page_state state;
	const char *why;

	err = pagemap_data_state(&k->map, addr / k->head.block_size, &state);
	if (err)
		return error_at(err, VMATLAS_PHYSICAL, addr);
	if (state != PAGE_PRESENT)
		return page_fault(addr, state);

	if (status == KDUMP_ERR_SYSTEM && error != EIO && error != ENODATA && error != EILSEQ) {
		errno = error;
		err = error_system("physical %#" PRIx64, addr);
		error_set_address(err, VMATLAS_PHYSICAL, addr);
		return err;
	}
	/* one bad sector, or one page that does not unpack: the rest can be read */
	why = kdump_lib.get_err(k->ctx);
	return error_fault(VMATLAS_PHYSICAL, addr, "damaged in the dump: %s",
		why ? why : kdump_lib.strerror(status));
}

/*
 * A FAULT for a page that is not there. By our own look at the bitmaps: it says
 * why, and a search over holes need not wait for libkdumpfile's error strings.
 * Where the end of the file is missing libkdumpfile 0.5.1 reads zeros behind
 * it, so there the descriptor is looked at too.
 */
static struct vmatlas_error *check_there(struct kdump *k, uint64_t addr)
{
	const uint64_t pfn = addr / k->head.block_size;
	struct vmatlas_error *err;
	enum page_state state;

	err = pagemap_state(&k->map, pfn, &state);
	if (!err && state == PAGE_PRESENT && !k->is_whole)
		err = pagemap_data_state(&k->map, pfn, &state);
	if (err)
		return error_at(err, VMATLAS_PHYSICAL, addr);
	return state == PAGE_PRESENT ? NULL : page_fault(addr, state);
}

static struct vmatlas_error *kdump_read_block(struct mem *mem, enum mem_space space,
					      uint64_t addr, void *buf, size_t len)
{
	struct kdump *k = mem->priv;
	struct vmatlas_error *err;
	kdump_status status;
	size_t n = len;

	(void)space;	/* there is only one, mem_read() sees to it */
	err = check_there(k, addr);
	if (err)
		return err;
	status = kdump_lib.read(k->ctx, KDUMP_MACHPHYSADDR, addr, buf, &n);
	if (status != KDUMP_OK)
		return kdump_explain(k, addr, status);
	mem->info.bytes_read += len;
	mem->info.nr_reads++;
	return NULL;
}

static void kdump_close(struct mem *mem)
{
	struct kdump *k = mem->priv;
	const int fd = k ? k->fd : -1;

	kdump_backend_free(k);
	if (fd >= 0)
		close(fd);
}

const struct mem_ops mem_kdump_ops = {
	.name = "kdump",
	.probe = diskdump_probe,
	.open = kdump_open,
	.read = kdump_read_block,
	.close = kdump_close,
};
