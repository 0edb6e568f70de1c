/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a small core; see mem.h. In the class of the CPU, or ELF64 if that is too narrow. */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/compare.h"
#include "base/strbuf.h"
#include "base/array.h"
#include "mem/extract_notes.h"
#include "mem/mem.h"
#include "mem/core_notes.h"

#define NO_PAGE SIZE_MAX
#define PIECE 512u			/* a page is kept in pieces of so many bytes */

/* A run of physical memory: with bytes, from those of page @page on, or without. */
struct run {
	uint64_t paddr, size;
	size_t page;			/* NO_PAGE: none of it was recorded */
};

struct writer {
	int fd;
	const char *path;
	bool is_64, big_endian;
	struct str notes;
	VEC(struct run) runs;
	VEC(struct vmatlas_range) described;	/* end exclusive; sorted, apart */
	const struct mem_record_page *const *pages;
	size_t nr_pages;
	uint64_t written;
};

static void writer_done(struct writer *w)
{
	str_done(&w->notes);
	vec_done(&w->runs);
	vec_done(&w->described);
}

/* ---- Integers in the target's byte order ---- */

static void write_core_put(struct str *s, const struct writer *w, uint64_t value,
			   size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const size_t shift = 8 * (w->big_endian ? size - 1 - i : i);
		const char byte = value >> shift;

		str_add(s, &byte, 1);
	}
}

static void write_core_pad(struct str *s, size_t align)
{
	while (s->len % align)
		str_add(s, "", 1);
}

/* ---- Notes ---- */

static void add_note(struct writer *w, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	write_core_put(&w->notes, w, strlen(name) + 1, 4);
	write_core_put(&w->notes, w, size, 4);
	write_core_put(&w->notes, w, type, 4);
	str_add(&w->notes, name, strlen(name) + 1);
	write_core_pad(&w->notes, 4);
	str_add(&w->notes, desc, size);
	write_core_pad(&w->notes, 4);
}

static void add_own_note(struct writer *w, enum extract_note_parse type, struct str *text)
{
	add_note(w, "VMATLAS", type, str_text(text), text->len);
	w->notes.failed |= text->failed;
	str_done(text);
}

static void add_own_notes(struct writer *w, struct mem *mem, uint64_t taken)
{
	const struct mem_info *info = &mem->info;
	struct extract_note_facts facts = { .taken = taken, .truncated_at = info->truncated_at,
				    .expected_size = info->expected_size };
	const struct mem_record_fault *faults;
	struct str text = { 0 };
	size_t nr;

	memcpy(facts.node, info->uts_node, sizeof(facts.node));
	extract_note_facts_make(&facts, &text);
	add_own_note(w, KEPT_FACTS, &text);
	extract_note_runs_make(w->pages, w->nr_pages, &text);
	add_own_note(w, KEPT_RUNS, &text);
	faults = mem_record_faults(mem->record, &nr);
	if (!nr)
		return;
	extract_note_faults_make(faults, nr, &text);
	add_own_note(w, KEPT_FAULTS, &text);
}

static void add_notes(struct writer *w, struct mem *mem, uint64_t taken)
{
	const struct mem_info *info = &mem->info;
	uint8_t state[NOTE_QEMU_CPU_SIZE], regs[NOTE_PRSTATUS_MAX];

	for (size_t i = 0; i < info->nr_cpus; i++) {
		note_qemu_cpu_make(&info->cpus[i], state);
		add_note(w, "QEMU", 0, state, sizeof(state));
	}
	for (size_t i = 0; i < info->nr_regs; i++) {
		note_prstatus_make(&info->regs[i], info->big_endian, regs);
		add_note(w, "CORE", NT_PRSTATUS, regs, info->regs[i].note_size);
	}
	if (info->vmcoreinfo)
		add_note(w, "VMCOREINFO", 0, info->vmcoreinfo, info->vmcoreinfo_size);
	add_own_notes(w, mem, taken);
}

/* ---- What the dump describes ---- */

static bool write_core_describe(struct writer *w, uint64_t start, uint64_t end)
{
	struct vmatlas_range *r = vec_push(&w->described);

	if (r)
		*r = (struct vmatlas_range){ start, end };
	return r != NULL;
}

/* Segments may overlap (kexec describes text twice) and touch: their union, in order. */
static void unite(struct writer *w)
{
	size_t nr = 0;

	if (w->described.nr)
		qsort(w->described.v, w->described.nr, sizeof(*w->described.v), compare_first_u64);
	for (size_t i = 0; i < w->described.nr; i++) {
		const struct vmatlas_range r = w->described.v[i];

		if (nr && r.first <= w->described.v[nr - 1].last)
			w->described.v[nr - 1].last = MAX(w->described.v[nr - 1].last, r.last);
		else
			w->described.v[nr++] = r;
	}
	w->described.nr = nr;
}

/* A running kernel may be read where /proc/kcore tells no physical address. */
static bool describe_strays(struct writer *w)
{
	const size_t nr = w->described.nr;
	size_t at = 0;

	for (size_t i = 0; i < w->nr_pages; i++) {
		const uint64_t start = w->pages[i]->paddr, end = start + MEM_RECORD_PAGE;

		while (at < nr && w->described.v[at].last <= start)
			at++;
		if ((at == nr || w->described.v[at].first >= end) &&
		    !write_core_describe(w, start, end))
			return false;
	}
	unite(w);
	return true;
}

static bool describe_all(struct writer *w, const struct mem_info *info)
{
	for (size_t i = 0; i < info->nr_segments; i++) {
		const struct mem_segment *s = &info->segments[i];

		if (s->paddr == UINT64_MAX || !s->size || s->paddr + s->size < s->paddr)
			continue;
		if (!write_core_describe(w, s->paddr, s->paddr + s->size))
			return false;
	}
	unite(w);
	return describe_strays(w);
}

/* ---- Runs ---- */

static bool write_core_add_run(struct writer *w, uint64_t start, uint64_t end,
			       size_t page)
{
	struct run *run;

	if (start == end)
		return true;
	run = vec_push(&w->runs);
	if (run)
		*run = (struct run){ start, end - start, page };
	return run != NULL;
}

/* Of the @PIECE bytes at @at of a page, is any known? */
static bool piece_is_known(const struct mem_record_page *page, size_t at)
{
	static const uint8_t none[PIECE / 8];

	return memcmp(page->known + at / 8, none, sizeof(none)) != 0;
}

/*
 * Pieces of page @i between @from and @to that hold known bytes; the one that goes on
 * from *@run_end joins its run. A record of a few hundred bytes shall not cost a page.
 */
static bool add_pieces(struct writer *w, size_t i, uint64_t from, uint64_t to, uint64_t *at)
{
	const struct mem_record_page *page = w->pages[i];

	for (uint64_t p = from; p < to;) {
		const uint64_t next = MIN(align_up(p + 1, PIECE), to);
		struct run *last = w->runs.nr ? &w->runs.v[w->runs.nr - 1] : NULL;

		if (!piece_is_known(page, (p - page->paddr) / PIECE * PIECE)) {
			p = next;
			continue;
		}
		if (last && last->page != NO_PAGE && *at == p &&
		    last->paddr + last->size == p)
			last->size += next - p;
		else if (!write_core_add_run(w, *at, p, NO_PAGE) ||
			 !write_core_add_run(w, p, next, i))
			return false;
		*at = p = next;
	}
	return true;
}

/* What is known of recorded pages, as far as they are described; gaps between. */
static bool add_described(struct writer *w, const struct vmatlas_range *d, size_t *page)
{
	uint64_t at = d->first;

	for (; *page < w->nr_pages && w->pages[*page]->paddr < d->last; ++*page) {
		const uint64_t start = w->pages[*page]->paddr;

		if (!add_pieces(w, *page, MAX(start, d->first),
				MIN(start + MEM_RECORD_PAGE, d->last), &at))
			return false;
	}
	return write_core_add_run(w, at, d->last, NO_PAGE);
}

static struct vmatlas_error *add_runs(struct writer *w, const struct mem_info *info)
{
	size_t page = 0;

	if (!describe_all(w, info))
		return error_no_memory();
	for (size_t i = 0; i < w->described.nr; i++) {
		if (!add_described(w, &w->described.v[i], &page))
			return error_no_memory();
		/* a page may hold the end of one range and the start of the next */
		page -= page > 0;
		while (page < w->nr_pages &&
		       w->pages[page]->paddr + MEM_RECORD_PAGE <= w->described.v[i].last)
			page++;
	}
	return NULL;
}

/* Fits what there is into 32 bits? LPAE's memory above 4 GiB does not (as in QEMU). */
static bool write_core_is_narrow(const struct writer *w)
{
	for (size_t i = 0; i < w->runs.nr; i++)
		if (w->runs.v[i].paddr > UINT32_MAX || w->runs.v[i].size > UINT32_MAX)
			return false;
	return w->nr_pages < UINT32_MAX / MEM_RECORD_PAGE / 2;
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
	write_core_put(s, w, ET_CORE, 2);
	write_core_put(s, w, machine, 2);
	write_core_put(s, w, EV_CURRENT, 4);
	write_core_put(s, w, 0, word); /* e_entry */
	write_core_put(
		s, w,
		ehdr + (xnum ? (w->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) : 0),
		word);
	write_core_put(s, w, xnum ? ehdr : 0, word); /* e_shoff */
	write_core_put(s, w, 0, 4);
	write_core_put(s, w, ehdr, 2);
	write_core_put(s, w, w->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
	write_core_put(s, w, xnum ? PN_XNUM : nr_phdrs, 2);
	write_core_put(
		s, w, xnum ? (w->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) : 0, 2);
	write_core_put(s, w, xnum, 2);
	write_core_put(s, w, 0, 2);
	if (!xnum)
		return;
	/* sh_info of section 0 holds the number of program headers */
	write_core_put(s, w, 0, 8);
	for (int i = 0; i < 4; i++)
		write_core_put(s, w, 0, word);
	write_core_put(s, w, 0, 4);
	write_core_put(s, w, nr_phdrs, 4);
	write_core_put(s, w, 0, word);
	write_core_put(s, w, 0, word);
}

static void put_phdr(const struct writer *w, struct str *s, uint32_t type, uint64_t offset,
		     uint64_t paddr, uint64_t file_size, uint64_t mem_size)
{
	const size_t word = w->is_64 ? 8 : 4;

	write_core_put(s, w, type, 4);
	if (w->is_64)
		write_core_put(s, w, 0, 4);
	write_core_put(s, w, offset, word);
	write_core_put(s, w, 0, word);
	write_core_put(s, w, paddr, word);
	write_core_put(s, w, file_size, word);
	write_core_put(s, w, mem_size, word);
	if (!w->is_64)
		write_core_put(s, w, 0, 4);
	write_core_put(s, w, 0, word);
}

static struct vmatlas_error *write_bytes(struct writer *w, const void *bytes, size_t len)
{
	const char *from = bytes;

	w->written += len;
	while (len) {
		const ssize_t n = write(w->fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system("%s", w->path);
		from += n;
		len -= n;
	}
	return NULL;
}

/* Whole pages stand where a page of the file begins, so that zeros can be holes. */
static uint64_t write_core_place(uint64_t at, const struct run *r)
{
	return r->size < MEM_RECORD_PAGE ? align_up(at, 8)
		: align_up(at, MEM_RECORD_PAGE) + r->paddr % MEM_RECORD_PAGE;
}

static bool is_all_zero(const uint8_t *bytes, size_t len)
{
	return !bytes[0] && !memcmp(bytes, bytes + 1, len - 1);
}

/* A hole of @len bytes; what is at the end of the file is made by ftruncate(). */
static struct vmatlas_error *write_hole(struct writer *w, uint64_t len)
{
	w->written += len;
	return lseek(w->fd, len, SEEK_CUR) < 0 ? error_system("%s", w->path) : NULL;
}

static struct vmatlas_error *write_run(struct writer *w, const struct run *r)
{
	struct vmatlas_error *err =
		write_hole(w, write_core_place(w->written, r) - w->written);
	uint64_t at = r->paddr, left = r->size;

	for (size_t i = r->page; left && !err; i++) {
		const size_t skip = at % MEM_RECORD_PAGE;
		const size_t n = MIN(left, (uint64_t)(MEM_RECORD_PAGE - skip));
		const uint8_t *bytes = w->pages[i]->bytes + skip;

		err = n == MEM_RECORD_PAGE && is_all_zero(bytes, n) ?
			      write_hole(w, n) : write_bytes(w, bytes, n);
		at += n;
		left -= n;
	}
	return err;
}

static struct vmatlas_error *write_core_write_all(struct writer *w, uint16_t machine)
{
	const uint32_t nr_phdrs = w->runs.nr + 1;
	_cleanup_(str_done) struct str head = { 0 };
	struct vmatlas_error *err;
	uint64_t notes_at, at;

	put_ehdr(w, &head, machine, nr_phdrs);
	notes_at = head.len + (uint64_t)nr_phdrs * (w->is_64 ? sizeof(Elf64_Phdr)
							     : sizeof(Elf32_Phdr));
	at = notes_at + w->notes.len;
	put_phdr(w, &head, PT_NOTE, notes_at, 0, w->notes.len, 0);
	for (size_t i = 0; i < w->runs.nr; i++) {
		const struct run *r = &w->runs.v[i];
		const bool filled = r->page != NO_PAGE;

		at = filled ? write_core_place(at, r) + r->size : at;
		put_phdr(w, &head, PT_LOAD, filled ? at - r->size : 0, r->paddr,
			 filled ? r->size : 0, r->size);
	}
	str_add(&head, str_text(&w->notes), w->notes.len);
	if (head.failed || w->notes.failed)
		return error_no_memory();
	err = write_bytes(w, str_text(&head), head.len);
	for (size_t i = 0; i < w->runs.nr && !err; i++)
		if (w->runs.v[i].page != NO_PAGE)
			err = write_run(w, &w->runs.v[i]);
	if (!err && ftruncate(w->fd, w->written) < 0)
		err = error_system("%s", w->path);
	return err;
}

struct vmatlas_error *core_write(int fd, const char *path, struct mem *mem, uint16_t machine,
				 uint8_t bits, bool big_endian, uint64_t taken,
				 uint64_t *ret_size)
{
	_cleanup_(writer_done) struct writer w = { .fd = fd, .path = path,
						   .big_endian = big_endian };
	struct vmatlas_error *err;

	err = mem_record_pages(mem->record, &w.pages, &w.nr_pages);
	if (!err)
		err = add_runs(&w, &mem->info);
	if (err)
		return err;
	if (w.runs.nr > UINT32_MAX - 1)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED, "%s: too many pieces", path);
	w.is_64 = bits == 64 || !write_core_is_narrow(&w);
	add_notes(&w, mem, taken);
	err = write_core_write_all(&w, machine);
	if (!err)
		*ret_size = w.written;
	return err;
}
