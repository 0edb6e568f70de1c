/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a small core; see mem.h. Always 64-bit headers within class limits. */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/vec.h"
#include "mem/mem.h"
#include "mem/notes.h"

/* A run of physical memory: with bytes (pages [first, first + nr)), or without. */
struct run {
	uint64_t paddr, size;
	size_t first, nr;
};

struct writer {
	FILE *out;
	bool is_64, big_endian;
	struct str notes;
	VEC(struct run) runs;
	const struct mem_record_page *const *pages;
	size_t nr_pages;
	uint64_t written;
};

static void writer_done(struct writer *w)
{
	if (w->out)
		fclose(w->out);
	str_done(&w->notes);
	vec_done(&w->runs);
}

/* ---- Integers in the target's byte order ---- */

static void put(struct str *s, const struct writer *w, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const size_t shift = 8 * (w->big_endian ? size - 1 - i : i);
		const char byte = value >> shift;

		str_add(s, &byte, 1);
	}
}

static void pad(struct str *s, size_t align)
{
	while (s->len % align)
		str_add(s, "", 1);
}

/* ---- Notes ---- */

static void add_note(struct writer *w, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	put(&w->notes, w, strlen(name) + 1, 4);
	put(&w->notes, w, size, 4);
	put(&w->notes, w, type, 4);
	str_add(&w->notes, name, strlen(name) + 1);
	pad(&w->notes, 4);
	str_add(&w->notes, desc, size);
	pad(&w->notes, 4);
}

static void add_notes(struct writer *w, const struct mem_info *info, uint64_t taken)
{
	char text[160];

	for (size_t i = 0; i < info->nr_cpus; i++) {
		uint8_t state[NOTE_QEMU_CPU_SIZE];

		note_qemu_cpu_make(&info->cpus[i], state);
		add_note(w, "QEMU", 0, state, sizeof(state));
	}
	if (info->vmcoreinfo)
		add_note(w, "VMCOREINFO", 0, info->vmcoreinfo, info->vmcoreinfo_size);
	snprintf(text, sizeof(text), "TAKEN=%" PRIu64 "\nNODE=%s\n", taken, info->uts_node);
	add_note(w, "VMATLAS", 0, text, strlen(text));
}

/* ---- Runs ---- */

static bool add_run(struct writer *w, uint64_t paddr, uint64_t size, size_t first, size_t nr)
{
	struct run *run;

	if (!size)
		return true;
	run = vec_push(&w->runs);
	if (run)
		*run = (struct run){ paddr, size, first, nr };
	return run != NULL;
}

/* What a segment describes: recorded pages one after the other, gaps between. */
static bool add_segment(struct writer *w, uint64_t start, uint64_t end)
{
	uint64_t at = start;
	size_t i = 0;

	while (i < w->nr_pages && w->pages[i]->paddr < start)
		i++;
	while (i < w->nr_pages && w->pages[i]->paddr + MEM_RECORD_PAGE <= end) {
		const size_t first = i;
		const uint64_t from = w->pages[first]->paddr;

		while (++i < w->nr_pages &&
		       w->pages[i]->paddr == w->pages[i - 1]->paddr + MEM_RECORD_PAGE &&
		       w->pages[i]->paddr + MEM_RECORD_PAGE <= end)
			;
		if (!add_run(w, at, from - at, 0, 0) ||
		    !add_run(w, from, (i - first) * MEM_RECORD_PAGE, first, i - first))
			return false;
		at = from + (i - first) * MEM_RECORD_PAGE;
	}
	return add_run(w, at, end - at, 0, 0);
}

static int by_start(const void *a, const void *b)
{
	const struct vmatlas_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Segments may overlap (kexec describes text twice): their union, in order. */
static struct vmatlas_error *add_runs(struct writer *w, const struct mem_info *info)
{
	VEC(struct vmatlas_range) all = { 0 };
	uint64_t covered = 0;
	bool ok = true;

	for (size_t i = 0; i < info->nr_segments && ok; i++) {
		const struct mem_segment *s = &info->segments[i];
		struct vmatlas_range *r;

		if (s->paddr == UINT64_MAX || !s->size || s->paddr + s->size < s->paddr)
			continue;
		r = vec_push(&all);
		ok = r != NULL;
		if (ok)
			*r = (struct vmatlas_range){ s->paddr, s->paddr + s->size };
	}
	if (all.nr)
		qsort(all.v, all.nr, sizeof(*all.v), by_start);
	for (size_t i = 0; i < all.nr && ok; i++) {
		const uint64_t start = MAX(all.v[i].first, covered);

		if (start < all.v[i].last)
			ok = add_segment(w, start, all.v[i].last);
		covered = MAX(covered, all.v[i].last);
	}
	vec_done(&all);
	return ok ? NULL : error_no_memory();
}

/* ---- The file ---- */

static void put_ehdr(const struct writer *w, struct str *s, uint16_t machine, uint32_t nr_phdrs)
{
	const unsigned char ident[EI_NIDENT] = {
		0x7f, 'E', 'L', 'F', w->is_64 ? ELFCLASS64 : ELFCLASS32,
		w->big_endian ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT,
	};
	const size_t word = w->is_64 ? 8 : 4;
	const size_t ehdr = w->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	const bool xnum = nr_phdrs >= PN_XNUM;

	str_add(s, (const char *)ident, sizeof(ident));
	put(s, w, ET_CORE, 2);
	put(s, w, machine, 2);
	put(s, w, EV_CURRENT, 4);
	put(s, w, 0, word);			/* e_entry */
	put(s, w, ehdr + (xnum ? (w->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) : 0), word);
	put(s, w, xnum ? ehdr : 0, word);	/* e_shoff */
	put(s, w, 0, 4);
	put(s, w, ehdr, 2);
	put(s, w, w->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
	put(s, w, xnum ? PN_XNUM : nr_phdrs, 2);
	put(s, w, xnum ? (w->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) : 0, 2);
	put(s, w, xnum, 2);
	put(s, w, 0, 2);
	if (!xnum)
		return;
	/* sh_info of section 0 holds the number of program headers */
	put(s, w, 0, 8);
	for (int i = 0; i < 4; i++)
		put(s, w, 0, word);
	put(s, w, 0, 4);
	put(s, w, nr_phdrs, 4);
	put(s, w, 0, word);
	put(s, w, 0, word);
}

static void put_phdr(const struct writer *w, struct str *s, uint32_t type, uint64_t offset,
		     uint64_t paddr, uint64_t file_size, uint64_t mem_size)
{
	const size_t word = w->is_64 ? 8 : 4;

	put(s, w, type, 4);
	if (w->is_64)
		put(s, w, 0, 4);
	put(s, w, offset, word);
	put(s, w, 0, word);
	put(s, w, paddr, word);
	put(s, w, file_size, word);
	put(s, w, mem_size, word);
	if (!w->is_64)
		put(s, w, 0, 4);
	put(s, w, 0, word);
}

static struct vmatlas_error *write_all(struct writer *w, const char *path, uint16_t machine)
{
	const uint32_t nr_phdrs = w->runs.nr + 1;
	_cleanup_(str_done) struct str head = { 0 };
	uint64_t notes_at, at;

	put_ehdr(w, &head, machine, nr_phdrs);
	notes_at = head.len + (uint64_t)nr_phdrs * (w->is_64 ? sizeof(Elf64_Phdr)
							     : sizeof(Elf32_Phdr));
	at = align_up(notes_at + w->notes.len, MEM_RECORD_PAGE);
	put_phdr(w, &head, PT_NOTE, notes_at, 0, w->notes.len, 0);
	for (size_t i = 0; i < w->runs.nr; i++) {
		const struct run *r = &w->runs.v[i];
		const uint64_t bytes = r->nr * (uint64_t)MEM_RECORD_PAGE;

		put_phdr(w, &head, PT_LOAD, bytes ? at : 0, r->paddr, bytes, r->size);
		at += bytes;
	}
	str_add(&head, str_text(&w->notes), w->notes.len);
	pad(&head, MEM_RECORD_PAGE);
	if (head.failed || w->notes.failed)
		return error_no_memory();
	fwrite(str_text(&head), 1, head.len, w->out);
	for (size_t i = 0; i < w->runs.nr; i++)
		for (size_t j = 0; j < w->runs.v[i].nr; j++)
			fwrite(w->pages[w->runs.v[i].first + j]->bytes, 1, MEM_RECORD_PAGE, w->out);
	w->written = at;
	if (fflush(w->out) || ferror(w->out))
		return error_system("%s", path);
	return NULL;
}

struct vmatlas_error *core_write(const char *path, struct mem *mem, uint16_t machine, uint8_t bits,
				 bool big_endian, uint64_t taken, uint64_t *ret_size)
{
	_cleanup_(writer_done) struct writer w = { .is_64 = bits == 64, .big_endian = big_endian };
	struct vmatlas_error *err;

	err = mem_record_pages(mem->record, &w.pages, &w.nr_pages);
	if (err)
		return err;
	/* 32-bit CPUs with memory above 4 GiB (LPAE) need 64-bit headers, as QEMU does it */
	if (mem->info.max_paddr > UINT32_MAX)
		w.is_64 = true;
	w.out = fopen(path, "we");
	if (!w.out)
		return error_system("%s", path);
	add_notes(&w, &mem->info, taken);
	err = add_runs(&w, &mem->info);
	if (!err)
		err = write_all(&w, path, machine);
	*ret_size = w.written;
	return err;
}
