/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ELF cores: dumps by physical address (QEMU, kexec, makedumpfile -E), and
 * /proc/kcore and copies of it by virtual address. Our own reader: a lookup and
 * one pread, where libkdumpfile 0.5.1 keeps pages of its own and answers for
 * pages below the first segment of an ARM dump that are not there.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "mem/mem_internal.h"
#include "mem/elf_header.h"
#include "mem/core_notes.h"
#include "mem/elf_segments.h"

/* Bounds for hostile headers, far above what machines have. */
enum { PHDRS_MAX = 1 << 20, NOTES_MAX = 64 << 20 };

struct elfcore {
	int fd;
	struct segment_index by[2];	/* enum mem_space */
	struct kept *kept;		/* of an extract: which bytes are real; or NULL */
};

/* The parts of an open that may fail at any point. */
struct opening {
	struct mem *mem;
	int fd;
	struct elf_head head;
	struct note_facts facts;
	VEC(struct mem_segment) segments;
	uint64_t expected;		/* bytes the headers promise */
	uint64_t notes;			/* bytes of notes so far: NOTES_MAX of all headers */
};

static void opening_done(struct opening *o)
{
	note_facts_done(&o->facts);
	vec_done(&o->segments);
}

static struct vmatlas_error *read_head(struct opening *o)
{
	uint8_t bytes[sizeof(Elf64_Ehdr)], shdr[sizeof(Elf64_Shdr)];
	struct vmatlas_error *err;
	size_t got;

	err = file_read_some(o->mem, o->fd, 0, bytes, sizeof(bytes), &got);
	if (!err)
		err = elf_head_parse(bytes, got, &o->head);
	if (err || !elf_head_xnum(&o->head))
		return err;

	if (!file_holds(o->mem, o->head.shoff, elf_shdr_size(&o->head)))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated: the number of its segments is missing");
	err = file_read(o->mem, o->fd, o->head.shoff, shdr, elf_shdr_size(&o->head));
	if (!err)
		o->head.nr_phdrs = elf_shdr_xnum(&o->head, shdr);
	return err;
}

/* What the file has of the bytes that @ph claims. */
static uint64_t held_in_file(const struct opening *o, const struct elf_phdr *ph)
{
	const uint64_t size = o->mem->file_size;

	return MIN(ph->file_size, size > ph->offset ? size - ph->offset : 0);
}

static struct vmatlas_error *elf_core_read_notes(struct opening *o,
						 const struct elf_phdr *ph)
{
	const uint64_t there = held_in_file(o, ph);
	const size_t size = MIN(there, (uint64_t)NOTES_MAX - o->notes);
	_cleanup_(freep) uint8_t *bytes = malloc(size ? size : 1);
	struct vmatlas_error *err;
	size_t got;

	if (!bytes)
		return error_no_memory();
	err = file_read_some(o->mem, o->fd, ph->offset, bytes, size, &got);
	if (err)
		return err;
	o->notes += got;
	return note_facts_add(&o->facts, bytes, got, o->head.big_endian);
}

static struct vmatlas_error *add_segment(struct opening *o, const struct elf_phdr *ph)
{
	struct mem_segment *s = vec_push(&o->segments);

	if (!s)
		return error_no_memory();
	*s = (struct mem_segment){
		.paddr = ph->paddr,
		.vaddr = ph->vaddr,
		.size = MAX(ph->mem_size, ph->file_size),
		.file_size = ph->file_size,
		.file_offset = ph->offset,
		.held = held_in_file(o, ph),
	};
	return NULL;
}

static struct vmatlas_error *take_phdr(struct opening *o, uint32_t nr,
				       const struct elf_phdr *ph)
{
	if (ph->type != PT_LOAD && ph->type != PT_NOTE)
		return NULL;
	if (!o->mem->info.live) {
		if (ph->offset > INT64_MAX || ph->file_size > INT64_MAX - ph->offset)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"damaged program header %" PRIu32 ": %#" PRIx64
				" bytes at offset %#" PRIx64, nr, ph->file_size,
				ph->offset);
		o->expected = MAX(o->expected, ph->offset + ph->file_size);
	}
	return ph->type == PT_NOTE ? elf_core_read_notes(o, ph) : add_segment(o, ph);
}

/* Tell what is wrong while it can be told: before anything is allocated for it. */
static struct vmatlas_error *check_table(const struct opening *o)
{
	const uint64_t size = (uint64_t)o->head.nr_phdrs * o->head.phdr_size;

	if (o->head.nr_phdrs == 0)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"ELF core without program headers; it holds no memory");
	if (o->head.nr_phdrs > PHDRS_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged ELF header: %" PRIu32 " program headers",
			o->head.nr_phdrs);
	if (!file_holds(o->mem, o->head.phoff, size))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated in its program headers; copy the dump again");
	return NULL;
}

static struct vmatlas_error *read_phdrs(struct opening *o)
{
	struct vmatlas_error *err = check_table(o);
	_cleanup_(freep) uint8_t *table = NULL;
	const size_t size = err ? 0 : (size_t)o->head.nr_phdrs * o->head.phdr_size;

	if (err)
		return err;
	table = malloc(size);
	if (!table)
		return error_no_memory();
	err = file_read(o->mem, o->fd, o->head.phoff, table, size);
	for (uint32_t i = 0; !err && i < o->head.nr_phdrs; i++) {
		const struct elf_phdr ph = elf_phdr_parse(&o->head,
			table + (size_t)i * o->head.phdr_size);

		err = take_phdr(o, i, &ph);
	}
	return err;
}

/*
 * /proc/kcore tells physical addresses since v4.11 (464920104bf7 "/proc/kcore:
 * update physical address for kcore ram and text"), ~0 where there is none;
 * before, it wrote 0 everywhere.
 */
static void forget_zeros(struct opening *o)
{
	if (o->segments.nr < 2)
		return;
	for (size_t i = 0; i < o->segments.nr; i++)
		if (o->segments.v[i].paddr != 0)
			return;
	for (size_t i = 0; i < o->segments.nr; i++)
		o->segments.v[i].paddr = UINT64_MAX;
}

static const char *format(const struct opening *o)
{
	if (o->mem->info.live)
		return "kcore";
	if (o->facts.is_extract)
		return o->mem->flattened ? "ELF, extract, flattened" : "ELF, extract";
	return o->mem->flattened ? "ELF, flattened" : "ELF";
}

static void elf_core_fill_info(struct opening *o, const struct elfcore *core)
{
	const struct segment_index *phys = &core->by[MEM_PHYSICAL];
	const bool virtual_only = phys->nr < o->segments.nr;	/* some of them */
	struct mem_info *info = &o->mem->info;

	info->format = format(o);
	info->machine = o->head.machine;
	info->bits = o->head.bits;
	info->big_endian = o->head.big_endian;
	info->has_physical = phys->nr > 0;
	/*
	 * Of a dump, p_vaddr is of no use: QEMU repeats the physical addresses.
	 * Where a physical address is missing, this is a copy of /proc/kcore.
	 */
	info->has_virtual = (info->live || virtual_only) && core->by[MEM_VIRTUAL].nr > 0;
	info->max_paddr = phys->nr > 0 ? phys->keys[phys->nr - 1].reach : 0;
	note_facts_give(&o->facts, info);
	if (o->expected > o->mem->file_size) {
		info->truncated_at = o->mem->file_size;
		info->expected_size = o->expected;
	}
	info->nr_segments = o->segments.nr;
	info->segments = take(o->segments.v);
}

static void elfcore_free(struct elfcore *core)
{
	if (!core)
		return;
	segment_index_done(&core->by[MEM_PHYSICAL]);
	segment_index_done(&core->by[MEM_VIRTUAL]);
	extract_note_free(core->kept);
	free(core);
}
DEFINE_FREEP(elfcore, elfcore_free)

static struct vmatlas_error *elf_open(struct mem *mem, int fd)
{
	_cleanup_(opening_done) struct opening o = { .mem = mem, .fd = fd };
	_cleanup_(elfcore_freep) struct elfcore *core = calloc(1, sizeof(*core));
	struct vmatlas_error *err;

	if (!core)
		return error_no_memory();
	core->fd = fd;
	err = read_head(&o);
	if (!err)
		err = read_phdrs(&o);
	if (err)
		return err;
	if (o.facts.is_process)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"no kernel in this dump: it is the core of a user process");
	if (o.segments.nr == 0)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"ELF core without PT_LOAD segments; it holds no memory");

	forget_zeros(&o);
	err = segment_index_init(&core->by[MEM_PHYSICAL], o.segments.v, o.segments.nr,
				 MEM_PHYSICAL);
	if (!err)
		err = segment_index_init(&core->by[MEM_VIRTUAL], o.segments.v,
					 o.segments.nr, MEM_VIRTUAL);
	if (err)
		return err;
	elf_core_fill_info(&o, core);
	core->kept = take(o.facts.kept);
	if (core->kept)
		extract_note_seal(core->kept);
	mem->priv = take(core);
	return NULL;
}

/*
 * Bytes a segment describes and the file does not hold: makedumpfile -E writes
 * the pages it filtered out this way, kexec and QEMU never do. gdb reads zeros
 * there; a list that ends in zeros would look sound, so here it is a fault.
 */
static struct vmatlas_error *left_out(enum mem_space space, uint64_t addr)
{
	return error_fault(space, addr, "left out of the dump (filtered out by makedumpfile)");
}

/* The part at @addr that one segment holds; *ret_len of at most @len bytes. */
static struct vmatlas_error *elf_core_read_part(struct mem *mem, enum mem_space space,
						uint64_t addr, void *buf, size_t len,
						size_t *ret_len)
{
	const struct elfcore *core = mem->priv;
	const struct mem_segment *s;
	struct vmatlas_error *err;
	uint64_t skip = 0;

	s = segment_index_find(&core->by[space], mem->info.segments, addr, &skip);
	if (!s)
		return error_fault(space, addr, "not in the dump");
	if (skip >= s->file_size)
		return left_out(space, addr);

	len = MIN(len, s->file_size - skip);
	err = file_read(mem, core->fd, s->file_offset + skip, buf, len);
	*ret_len = len;
	return error_at(err, space, addr);
}

static struct vmatlas_error *elf_read(struct mem *mem, enum mem_space space,
				      uint64_t addr, void *buf, size_t len)
{
	const struct elfcore *core = mem->priv;
	uint8_t *to = buf;

	/* the file has zeros there, and zeros must not pass for memory */
	if (core->kept && space == MEM_PHYSICAL && !extract_note_holds(core->kept, addr, len))
		return extract_note_refuse(core->kept, addr, len);
	while (len > 0) {
		struct vmatlas_error *err;
		size_t n = 0;

		err = elf_core_read_part(mem, space, addr, to, len, &n);
		if (err)
			return err;
		addr += n;
		to += n;
		len -= n;
	}
	return NULL;
}

static void elf_close(struct mem *mem)
{
	struct elfcore *core = mem->priv;

	if (!core)
		return;
	close(core->fd);
	elfcore_free(core);
}

const struct mem_ops mem_elf_ops = {
	.name = "elf",
	.probe = elf_probe,
	.open = elf_open,
	.read = elf_read,
	.close = elf_close,
	.run = 16,
	.ragged = true,
};
