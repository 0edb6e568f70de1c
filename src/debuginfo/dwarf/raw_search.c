/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <endian.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/dwarf/raw_search.h"

enum { WORKERS_MAX = 4, WORD = 16 };
#define WORK_SIZE ((size_t)MIB(8))	/* of one worker before the hits are looked at */
#define READ_SIZE ((size_t)KIB(256))	/* stays in the cache of the CPU */
#define HITS_MAX ((size_t)1 << 20)	/* of one worker; more is no name */

typedef uint8_t raw_vector __attribute__((vector_size(WORD)));

static raw_vector raw_load(const uint8_t *p)
{
	raw_vector v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Sixteen places at a time, by the first three bytes. */
size_t raw_find(const uint8_t *p, size_t len, size_t from, const struct raw_needle *needle)
{
	const uint8_t *n = needle->bytes;
	const raw_vector a = n[0] - (raw_vector){ 0 }, b = n[1] - (raw_vector){ 0 },
			 c = n[2] - (raw_vector){ 0 };
	size_t i = from;

	for (; needle->len > 2 && len >= WORD + 2 && i <= len - WORD - 2; i += WORD) {
		const raw_vector is = (raw_vector)((raw_load(p + i) == a) &
			(raw_load(p + i + 1) == b) & (raw_load(p + i + 2) == c));
		uint64_t any[2];

		memcpy(any, &is, sizeof(any));
		if (!(any[0] | any[1]))
			continue;
		for (size_t k = i; k < i + WORD; k++)
			if (is[k - i] && needle->len <= len - k &&
			    !memcmp(p + k, n, needle->len))
				return k;
	}
	for (; needle->len <= len && i <= len - needle->len; i++)
		if (!memcmp(p + i, n, needle->len))
			return i;
	return SIZE_MAX;
}

/* ---- Many needles at once: by a bit for what the first three bytes hash to ---- */

enum { FILTER_BITS = 16, FEW = 4 };

struct raw_filter {
	uint64_t map[(1 << FILTER_BITS) / 64];
	uint32_t *heads;		/* first four bytes of each needle, sorted */
	size_t nr;
};

static inline uint32_t filter_index(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return (le32toh(v) << 8) * 0x9e3779b1u >> (32 - FILTER_BITS);
}

static int head_compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct vmatlas_error *filter_fill(struct raw_filter *f, const struct raw_needle *needles,
					 size_t nr)
{
	f->heads = calloc(nr, sizeof(*f->heads));
	if (!f->heads)
		return error_no_memory();
	f->nr = nr;
	for (size_t i = 0; i < nr; i++) {
		const uint32_t at = filter_index(needles[i].bytes);

		f->map[at / 64] |= (uint64_t)1 << at % 64;
		memcpy(&f->heads[i], needles[i].bytes, sizeof(*f->heads));
	}
	qsort(f->heads, nr, sizeof(*f->heads), head_compare);
	return NULL;
}

static bool filter_has(const struct raw_filter *f, const uint8_t *p)
{
	const uint32_t bit = filter_index(p);
	uint32_t head;

	if (!(f->map[bit / 64] >> bit % 64 & 1))
		return false;
	memcpy(&head, p, sizeof(head));
	return bsearch(&head, f->heads, f->nr, sizeof(head), head_compare) != NULL;
}

/* ---- Workers ---- */

struct raw_worker {
	const struct image *image;
	const struct raw_sections *in;
	const struct raw_needle *needles;
	size_t nr_needles;
	const struct raw_filter *filter;	/* NULL: there are few */
	uint64_t from, to;		/* where a hit may begin */
	VEC(uint64_t) hits;
	struct vmatlas_error *err;
	pthread_t thread;
	bool is_started;
};

static int raw_compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct vmatlas_error *raw_filtered(struct raw_worker *w, const uint8_t *p, size_t len,
					  size_t own, uint64_t at)
{
	for (size_t k = 0; k < own && k + sizeof(uint32_t) <= len; k++) {
		uint64_t *hit;

		if (!filter_has(w->filter, p + k))
			continue;
		hit = w->hits.nr < HITS_MAX ? vec_push(&w->hits) : NULL;
		if (!hit)
			return error_no_memory();
		*hit = at + k;
	}
	return NULL;
}

/* @own: the bytes at which a hit may begin; what follows belongs to the next part. */
static struct vmatlas_error *raw_part(struct raw_worker *w, const uint8_t *p, size_t len,
				      size_t own, uint64_t at)
{
	const size_t before = w->hits.nr;

	if (w->filter)
		return raw_filtered(w, p, len, own, at);
	for (size_t i = 0; i < w->nr_needles; i++) {
		for (size_t k = 0;; k++) {
			uint64_t *hit;

			k = raw_find(p, len, k, &w->needles[i]);
			if (k >= own)
				break;
			hit = w->hits.nr < HITS_MAX ? vec_push(&w->hits) : NULL;
			if (!hit)
				return error_no_memory();
			*hit = at + k;
		}
	}
	if (w->nr_needles > 1 && w->hits.nr > before)
		qsort(w->hits.v + before, w->hits.nr - before, sizeof(*w->hits.v), raw_compare);
	return NULL;
}

/* Read, not mapped: that costs half the time, and no memory. */
static void *raw_work(void *arg)
{
	struct raw_worker *w = arg;
	const uint64_t end = w->in->info.len;
	_cleanup_(freep) uint8_t *buf = w->in->is_file ? malloc(READ_SIZE + NEEDLE_MAX) : NULL;

	if (w->in->is_file && !buf)
		w->err = error_no_memory();
	for (uint64_t at = w->from; !w->err && at < w->to;) {
		const size_t own = (size_t)MIN(w->to - at, (uint64_t)READ_SIZE);
		const size_t len = (size_t)MIN(end - at, (uint64_t)own + NEEDLE_MAX);
		const uint8_t *p = w->in->info.p + at;

		if (buf) {
			w->err = filemap_read((struct filemap *)&w->image->file,
					      w->in->file_offset + at, buf, len);
			p = buf;
		}
		if (!w->err)
			w->err = raw_part(w, p, len, own, at);
		at += own;
	}
	return NULL;
}

static size_t nr_workers(void)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (size_t)cpus;
}

/* The last part is ours. A thread that cannot be started is no loss. */
static void raw_run(struct raw_worker *w, size_t nr)
{
	for (size_t i = 0; i + 1 < nr; i++)
		w[i].is_started = !pthread_create(&w[i].thread, NULL, raw_work, &w[i]);
	raw_work(&w[nr - 1]);
	for (size_t i = 0; i + 1 < nr; i++) {
		if (w[i].is_started)
			pthread_join(w[i].thread, NULL);
		else
			raw_work(&w[i]);
	}
}

/* True: go on. */
static bool raw_give(struct raw_worker *w, size_t nr, raw_hit_fn *fn, void *arg,
		     struct vmatlas_error **err)
{
	bool goes_on = true;

	for (size_t i = 0; i < nr; i++) {
		if (!*err)
			*err = take(w[i].err);
		vmatlas_error_free(w[i].err);
		for (size_t k = 0; !*err && goes_on && k < w[i].hits.nr; k++)
			goes_on = !fn(arg, w[i].hits.v[k]);
		vec_done(&w[i].hits);
	}
	return goes_on && !*err;
}

struct vmatlas_error *raw_search(struct image *image, const struct raw_sections *in,
				 const struct raw_needle *needles, size_t nr, raw_hit_fn *fn,
				 void *arg)
{
	const size_t max = nr_workers();
	struct raw_filter filter = { 0 };
	struct vmatlas_error *err = NULL;
	uint64_t at = 0, step = KIB(512);

	if (nr > FEW)
		err = filter_fill(&filter, needles, nr);
	/* Small steps first: most names are near the beginning, too. */
	for (bool goes_on = nr > 0 && !err; goes_on && at < in->info.len; step = MIN(step * 4, WORK_SIZE)) {
		struct raw_worker w[WORKERS_MAX] = { 0 };
		size_t n = 0;

		for (; n < max && at < in->info.len; n++) {
			const uint64_t to = MIN(at + step, (uint64_t)in->info.len);

			w[n] = (struct raw_worker){ .image = image, .in = in,
				.needles = needles, .nr_needles = nr,
				.filter = nr > FEW ? &filter : NULL, .from = at, .to = to };
			at = to;
		}
		raw_run(w, n);
		goes_on = raw_give(w, n, fn, arg, &err);
	}
	free(filter.heads);
	return err;
}

/* ---- Sections ---- */

/* libdw unpacked it in place when it opened the file. */
static struct bytes raw_unpacked(Elf *elf, const char *name)
{
	size_t names = 0;
	Elf_Scn *scn = NULL;

	if (elf_getshdrstrndx(elf, &names))
		return (struct bytes){ 0 };
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;
		const char *n = gelf_getshdr(scn, &sh) ? elf_strptr(elf, names, sh.sh_name) : NULL;
		Elf_Data *d;

		if (!n || (strcmp(n, name) && (strncmp(n, ".z", 2) || strcmp(n + 2, name + 1))))
			continue;
		if (sh.sh_flags & SHF_COMPRESSED && elf_compress(scn, 0, 0) < 0)
			break;
		d = elf_rawdata(scn, NULL);
		return d && d->d_buf ? (struct bytes){ d->d_buf, d->d_size } : (struct bytes){ 0 };
	}
	return (struct bytes){ 0 };
}

struct vmatlas_error *raw_sections(struct image *image, struct raw_sections *ret)
{
	struct { const char *name; struct bytes *to; } const parts[] = {
		{ ".debug_abbrev", &ret->abbrev }, { ".debug_str", &ret->str },
		{ ".debug_line_str", &ret->line_str },
		{ ".debug_str_offsets", &ret->str_offsets },
	};
	const bool is_file = dwarf_can_be_narrow(image);
	const struct section *info = image_section(image, ".debug_info");
	struct vmatlas_error *err = NULL;
	Dwarf *whole = NULL;

	*ret = (struct raw_sections){ .is_file = is_file && !image->file.chunk_is_here };
	if (is_file) {
		ret->file_offset = info->offset;
		err = ret->is_file ? NULL : filemap_fetch(&image->file, info->offset, info->size);
		ret->info = (struct bytes){ image->file.bytes + info->offset,
					    (size_t)info->size };
	} else {
		err = units_whole(image, &whole);
		if (!err)
			ret->info = raw_unpacked(dwarf_getelf(whole), ".debug_info");
	}
	for (size_t i = 0; !err && i < ARRAY_SIZE(parts); i++) {
		if (is_file)
			err = section_bytes(image, image_section(image, parts[i].name),
					    parts[i].to);
		else
			*parts[i].to = raw_unpacked(dwarf_getelf(whole), parts[i].name);
	}
	return err;
}
