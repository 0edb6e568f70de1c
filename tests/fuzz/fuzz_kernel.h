/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel out of any bytes, in memory alone: what is a symbol, where members lie, how
 * large they are and what memory holds all comes from the input. Without lies types are
 * honest: members lie one after the other, pointers have the size of pointers.
 *
 *	[0] CPU, and how memory is reached	[1] release	[2] number of lies
 *	[3] for the target			[4] lies, four bytes each: see struct lie
 *	then memory, two bytes for each of its words: see fuzz_kernel_word()
 */
#ifndef FUZZ_FUZZ_KERNEL_H
#define FUZZ_FUZZ_KERNEL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/debuginfo_internal.h"
#include "kernel/pgtable/translate.h"
#include "kernel/surveyors/surveyors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	FUZZ_MEMORY = 16384,		/* at 0 of physical memory */
	FUZZ_ROOT = 12288,		/* of page tables: of the last page */
	FUZZ_STRUCT = 256, FUZZ_STRIDE = 16, FUZZ_SYMBOL = 32, FUZZ_SYMBOL_MAX = 128, FUZZ_NAMES = 1024,
	FUZZ_HEAD = 4, FUZZ_LIE = 4, FUZZ_LIES = 32,
};

enum lie_kind { LIE_MISSING, LIE_OFFSET, LIE_SIZE, LIE_COUNT, LIE_KIND, LIE_ALL_MISSING };

/* Of the @id-th name that is asked for. */
struct lie {
	unsigned int id, kind, value;
};

struct fuzz_kernel {
	struct vmatlas_memory_ops host;
	struct kernel *k;
	struct image *image;		/* the kernel's */
	uint8_t option;
	uint64_t base;			/* where memory is mapped */
	const uint8_t *lies;
	size_t nr_lies;
	unsigned int nr_names;
	struct { uint32_t hash; uint16_t id, place; } names[FUZZ_NAMES];
	uint8_t bytes[FUZZ_MEMORY];
};

/* ---- Names ---- */

/* FNV-1a; @tag and @member may be the same strings at other places. */
static inline uint32_t fuzz_kernel_hash(const char *tag, const char *member)
{
	uint32_t hash = 2166136261u;

	for (; *tag; tag++)
		hash = (hash ^ (uint8_t)*tag) * 16777619u;
	for (hash *= 16777619u; *member; member++)
		hash = (hash ^ (uint8_t)*member) * 16777619u;
	return hash | 1;
}

/* By order of the first question; *ret_place: which of its struct's members it is. */
static inline unsigned int fuzz_kernel_id(struct fuzz_kernel *f, const char *tag,
					  const char *member, unsigned int *ret_place)
{
	const uint32_t hash = fuzz_kernel_hash(tag, member);
	uint32_t at = hash % FUZZ_NAMES;
	unsigned int dummy;

	while (f->names[at].hash && f->names[at].hash != hash)
		at = (at + 1) % FUZZ_NAMES;
	if (!f->names[at].hash && f->nr_names < FUZZ_NAMES / 2) {
		f->names[at].hash = hash;
		f->names[at].id = f->nr_names++;
		if (*tag && *member) {	/* the struct itself counts its members */
			fuzz_kernel_id(f, tag, "", &dummy);
			f->names[at].place = dummy;
			for (uint32_t i = fuzz_kernel_hash(tag, "") % FUZZ_NAMES;;
			     i = (i + 1) % FUZZ_NAMES)
				if (f->names[i].hash == fuzz_kernel_hash(tag, "")) {
					f->names[i].place++;
					break;
				}
		}
	}
	*ret_place = f->names[at].place;
	return f->names[at].id;
}

static inline struct lie fuzz_kernel_lie(const struct fuzz_kernel *f, size_t i)
{
	const uint8_t *p = f->lies + i * FUZZ_LIE;

	return (struct lie){ p[0] | (p[1] & 0x30) << 4, (p[1] & 7) % 6, p[2] | p[3] << 8 };
}

/* Apply what is told of name @id. false: there is no such name. */
static inline bool fuzz_kernel_tell(const struct fuzz_kernel *f, unsigned int id,
				    struct image_member *m)
{
	for (size_t i = 0; i < f->nr_lies; i++) {
		const struct lie l = fuzz_kernel_lie(f, i);

		if (l.kind == LIE_ALL_MISSING && id >= l.id && id - l.id < l.value % 64)
			return false;
		if (l.id != id)
			continue;
		switch (l.kind) {
		case LIE_MISSING: return false;
		case LIE_OFFSET:	/* most are inside: others end the survey at once */
			m->offset = l.value & 0x8000 ? l.value : l.value % FUZZ_STRUCT;
			break;
		case LIE_SIZE: m->size = l.value; break;
		case LIE_COUNT: m->count = l.value; break;
		case LIE_KIND:
			m->is_signed = l.value & 1;
			m->is_pointer = l.value & 2;
			m->bit_size = l.value >> 2 & 63;
			m->bit_shift = l.value >> 8 & 63;
		}
	}
	return true;
}

static inline struct vmatlas_error *fuzz_kernel_member(struct image *image, const char *near,
						       const char *tag, const char *member,
						       struct image_member *ret);
static inline struct vmatlas_error *fuzz_kernel_enumerator(struct image *image,
							   const char *near, const char *name,
							   int64_t *ret);

static const struct provider fuzz_kernel_types = {
	"fuzz", fuzz_kernel_member, fuzz_kernel_enumerator,
};

/* Whose image it is: a target has one kernel at a time. */
static struct fuzz_kernel *fuzz_kernel_now;

static inline struct vmatlas_error *fuzz_kernel_member(struct image *image, const char *near,
						       const char *tag, const char *member,
						       struct image_member *ret)
{
	struct fuzz_kernel *f = fuzz_kernel_now;
	unsigned int place, id = fuzz_kernel_id(f, tag, member, &place);
	struct image_member m = { .size = FUZZ_STRUCT };

	(void)image, (void)near;
	if (*member)
		m = (struct image_member){ .offset = place * FUZZ_STRIDE % FUZZ_STRUCT,
					   .size = f->k->ptr_size };
	if (!fuzz_kernel_tell(f, id, &m))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s.%s", tag, member);
	*ret = m;
	return NULL;
}

static inline struct vmatlas_error *fuzz_kernel_enumerator(struct image *image,
							   const char *near, const char *name,
							   int64_t *ret)
{
	unsigned int place, id = fuzz_kernel_id(fuzz_kernel_now, "", name, &place);
	struct image_member m = { .offset = id % 32 };

	(void)image, (void)near;
	if (!fuzz_kernel_tell(fuzz_kernel_now, id, &m))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s", name);
	*ret = (int16_t)m.offset;
	return NULL;
}

static inline int fuzz_kernel_symbol(void *arg, const char *name, uint64_t *ret_addr,
				     uint64_t *ret_size)
{
	struct fuzz_kernel *f = arg;
	unsigned int place, id = fuzz_kernel_id(f, name, "", &place);
	struct image_member m = { .offset = id * FUZZ_SYMBOL % (FUZZ_MEMORY / 2),
				  .size = f->k->ptr_size };

	if (!fuzz_kernel_tell(f, id, &m))
		return -1;
	*ret_addr = f->base + m.offset;
	*ret_size = m.size % FUZZ_SYMBOL_MAX;	/* masks of CPUs are as large as that */
	return 0;
}

/* ---- Memory ---- */

static inline int fuzz_kernel_read(void *arg, uint32_t space, uint64_t addr, void *buf,
				   uint64_t len)
{
	const struct fuzz_kernel *f = arg;
	const uint64_t from = space == VMATLAS_VIRTUAL ? addr - f->base : addr;

	if (from > FUZZ_MEMORY || len > FUZZ_MEMORY - from)
		return -1;
	memcpy(buf, f->bytes + from, len);
	return 0;
}

/*
 * By the two highest bits: a small number, an address in memory, one where vmalloc or
 * modules may be; or the word follows as it is.
 */
static inline uint64_t fuzz_kernel_word(const struct fuzz_kernel *f, const uint8_t **at,
					const uint8_t *end)
{
	const unsigned int code = (*at)[0] | (*at)[1] << 8, low = code & 0x3fff;
	uint64_t word = low;

	*at += 2;
	switch (code >> 14) {
	case 1:
		return f->base + low;
	case 2:
		return (f->k->ptr_size == 8 ? 0xffffc90000000000 : 0xf0000000) +
		       ((uint64_t)low << 12);
	case 3:
		if ((size_t)(end - *at) < f->k->ptr_size)
			break;
		word = bytes_uint(*at, f->k->ptr_size, false);
		*at += f->k->ptr_size;
	}
	return word;
}

static inline void fuzz_kernel_fill(struct fuzz_kernel *f, const uint8_t *at,
				    const uint8_t *end)
{
	const size_t size = f->k->ptr_size;

	memset(f->bytes, 0, sizeof(f->bytes));
	for (size_t to = 0; end - at >= 2 && to < FUZZ_MEMORY; to += size) {
		const uint64_t word = fuzz_kernel_word(f, &at, end);

		for (size_t i = 0; i < size; i++)
			f->bytes[to + i] =
				word >> 8 * (f->k->big_endian ? size - 1 - i : i);
	}
}

/* ---- All of it ---- */

static const struct {
	const struct arch *arch;
	const struct pt_format *format;
	bool big_endian, has_tags;
} fuzz_kernel_cpus[] = {
	{ &arch_x86_64, &pt_x86_64_4level, false, false },
	{ &arch_arm, &pt_arm_short, false, false },
	{ &arch_arm64, &pt_arm64[0], false, true },
	{ &arch_riscv64, &pt_riscv_sv39, false, false },
	{ &arch_i386, &pt_i386_pae, false, false },
	{ &arch_arm, &pt_arm_lpae, true, false },
	{ &arch_arm64, &pt_arm64[0], true, false },
	{ &arch_x86_64, &pt_x86_64_5level, false, false },
};

static inline void fuzz_kernel_choose(struct fuzz_kernel *f, const uint8_t head[FUZZ_HEAD])
{
	const __typeof__(fuzz_kernel_cpus[0]) *cpu = &fuzz_kernel_cpus[head[0] & 7];
	struct kernel *k = f->k;

	k->arch = cpu->arch;
	k->format = cpu->format;
	k->ptr_size = cpu->arch->bits / 8;
	k->big_endian = cpu->big_endian;
	k->has_tags = cpu->has_tags;
	k->va_mask = k->ptr_size == 8 ? UINT64_MAX : UINT32_MAX;
	k->page_shift = cpu->format->page_shift;
	k->release = KERNEL_RELEASE(2 + (head[1] >> 5), head[1] & 31);
	f->base = k->ptr_size == 8 ? 0xffffffff81000000 : 0xc0000000;
	k->image_range = (struct vmatlas_range){ f->base, f->base + FUZZ_MEMORY - 1 };
	k->image_delta = -f->base;
	k->pgd_phys = FUZZ_ROOT;
	k->page_offset = k->ptr_size == 8 ? 0xffff888000000000 : 0xc0000000;
	f->image->info = (struct image_info){
		.path = "fuzz", .machine = k->arch->machine, .bits = k->arch->bits,
		.big_endian = k->big_endian, .has_debug_info = true,
		.types_from = "fuzz", .types_build_id = "",
	};
	f->image->file.path = strdup("fuzz");
}

static inline void fuzz_kernel_free(struct fuzz_kernel *f)
{
	kernel_free(f->k);
	f->k = NULL;
}

/* false: too short. @f need not be anything before. */
static inline bool fuzz_kernel_init(struct fuzz_kernel *f, const uint8_t *data, size_t size)
{
	struct kernel *k = calloc(1, sizeof(*k));
	struct vmatlas_error *err;

	f->k = k;
	f->image = calloc(1, sizeof(*f->image));
	if (size < FUZZ_HEAD || !k || !f->image) {
		free(f->image);
		free(k);
		f->k = NULL;
		return false;
	}
	f->host = (struct vmatlas_memory_ops){
		.size = sizeof(f->host), .arg = f, .read = fuzz_kernel_read,
		.symbol = fuzz_kernel_symbol,
	};
	k->host = &f->host;
	k->image = f->image;
	k->records_free = kernel_readers.records_free;
	f->image->file.fd = -1;
	f->image->types = f->image;
	f->image->provider = &fuzz_kernel_types;
	fuzz_kernel_now = f;
	fuzz_kernel_choose(f, data);
	f->option = data[3];
	f->lies = data + FUZZ_HEAD;
	f->nr_lies = MIN((size_t)data[2] % FUZZ_LIES, (size - FUZZ_HEAD) / FUZZ_LIE);
	f->nr_names = 0;
	memset(f->names, 0, sizeof(f->names));
	fuzz_kernel_fill(f, f->lies + f->nr_lies * FUZZ_LIE, data + size);
	err = mem_open_host(&f->host, &k->mem);
	if (!err)
		err = vmcoreinfo_parse("", 0, &k->vmcoreinfo);
	if (!err)
		err = translate_init(k);
	if (err)
		abort();
	k->mem->info.has_virtual = data[0] & 8;
	return true;
}

/* ---- Surveyors ---- */

static inline struct vmatlas_error *fuzz_kernel_claim(void *arg, const struct vmatlas_claim *c)
{
	(void)arg;
	if (c->range.first > c->range.last || !c->name || !c->source)
		abort();
	return NULL;
}

static inline struct vmatlas_error *fuzz_kernel_finding(void *arg, const char *surveyor,
							const struct vmatlas_finding_desc *desc,
							const char *message)
{
	(void)arg;
	if (!*surveyor || !desc->code || !*message)
		abort();
	return NULL;
}

static inline struct vmatlas_error *fuzz_kernel_coverage(void *arg,
							 enum vmatlas_coverage_state state,
							 const char *subject,
							 const char *detail)
{
	(void)arg, (void)state;
	if (!*subject || !*detail)
		abort();
	return NULL;
}

/* What it finds is for nobody; k->records has the rest. */
static inline void fuzz_kernel_survey(struct fuzz_kernel *f, const struct surveyor *by)
{
	const struct survey_sink sink = { fuzz_kernel_claim, fuzz_kernel_finding,
					  fuzz_kernel_coverage, f };
	struct resolved *res = calloc(by->nr_lookups + 1, sizeof(*res));
	struct survey s = { .k = f->k, .by = by, .res = res, .sink = &sink };
	struct vmatlas_error *err;

	if (!res)
		abort();
	err = lookup_resolve(f->k, by->lookups, by->nr_lookups, res);
	if (!err)
		err = by->run(&s);
	vmatlas_error_free(err);
	free(res);
}

#endif
