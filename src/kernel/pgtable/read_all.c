/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every page table of the kernel, read once; see read_all.h. */
#include "base/bytes.h"
#include "base/hash.h"
#include "kernel/pgtable/read_all.h"

struct table_sweep {
	struct kernel *k;
	struct tables_seen *seen;
	size_t max;
	struct hash known;		/* of table addresses | level */
};

/* Tables are aligned to 1 KiB at least: the low bits are free for the level. */
static bool table_is_new(struct table_sweep *s, uint64_t table, unsigned int level, bool *ret)
{
	return hash_add(&s->known, table | level, ret);
}

static struct vmatlas_error *read_table(struct table_sweep *s, unsigned int level,
					uint64_t table);

static struct vmatlas_error *descend(struct table_sweep *s, unsigned int level,
				     const uint8_t *raw, size_t nr)
{
	const struct pt_format *f = s->k->format;
	const bool half = level == 0 && pt_root_is_shared(f);
	struct vmatlas_error *err = NULL;

	for (size_t i = half ? nr / 2 : 0; i < nr && !err; i++) {
		const uint64_t entry = bytes_uint(raw + i * f->entry_size, f->entry_size,
						  s->k->big_endian) & ~s->k->entry_clear;
		struct pt_entry e = { 0 };

		if (pt_decode(f, level, entry, &e) == PT_TABLE)
			err = read_table(s, level + 1, e.phys);
	}
	return err;
}

/* Recursion is as deep as the CPU has levels: five. */
static struct vmatlas_error *read_table(struct table_sweep *s, unsigned int level,
					uint64_t table)
{
	const struct pt_format *f = s->k->format;
	const size_t nr = (size_t)1 << f->level[level].bits, size = nr * f->entry_size;
	_cleanup_(freep) uint8_t *raw = NULL;
	struct vmatlas_error *err;
	bool is_new;

	if (s->seen->nr >= s->max) {
		s->seen->nr_unread++;
		return NULL;
	}
	if (!table_is_new(s, table, level, &is_new))
		return error_no_memory();
	if (!is_new)
		return NULL;
	raw = malloc(size);
	if (!raw)
		return error_no_memory();
	err = mem_read(s->k->mem, MEM_PHYSICAL, table, raw, size);
	if (error_is(err, VMATLAS_ERROR_FAULT)) {
		vmatlas_error_free(err);
		s->seen->nr_unread++;
		return NULL;
	}
	if (err)
		return err;
	s->seen->nr++;
	return level + 1 < f->nr_levels ? descend(s, level, raw, nr) : NULL;
}

struct vmatlas_error *kernel_read_tables(struct kernel *k, size_t max, struct tables_seen *ret)
{
	struct table_sweep s = { .k = k, .seen = ret, .max = max };
	struct vmatlas_error *err;

	*ret = (struct tables_seen){ 0 };
	if (!k->format || !k->mem->info.has_physical)
		return NULL;
	err = read_table(&s, 0, k->pgd_phys);
	hash_done(&s.known);
	return err;
}
