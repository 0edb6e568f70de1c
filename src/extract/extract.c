/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small case from a large dump. The atlas was drawn with everything that was
 * read remembered; what other commands may ask for is read now; the rest of the
 * dump is left where it is.
 */
#include <string.h>

#include "map/vmatlas_internal.h"
#include "extract/output_dir.h"
#include "kernel/printk/printk.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/pgtable/walk.h"
#include "kernel/type_log.h"
#include "kernel/vmalloc/vmallocinfo.h"

/* 256 MiB of tables describe 128 GiB in single pages: enough, and a bound. */
#define MAX_TABLES 65536

static int forget(void *arg, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	return 0;
}

/* What the dump lacks, an extract may lack, too. */
static struct vmatlas_error *tolerate(struct vmatlas_error *err)
{
	if (!error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

/* Any address of a module may be asked for: have each one's symbols read. */
static struct vmatlas_error *read_module_symbols(struct vmatlas *atlas)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < atlas->records->modules.nr && !err; i++) {
		const struct module *m = &atlas->records->modules.v[i];

		for (size_t j = 0; j < m->nr_mem && !err; j++) {
			_cleanup_(str_done) struct str name = { 0 };

			if (m->mem[j].size)
				err = kernel_symbol_name(atlas->kernel,
							 m->mem[j].base, &name);
		}
	}
	return err;
}

/* Where allocations go depends on more than bounds: `usage --simulate` may be asked. */
static struct vmatlas_error *try_allocations(struct vmatlas *atlas)
{
	static const uint32_t kinds[] = { 0, VMATLAS_ALLOC_IOREMAP, VMATLAS_ALLOC_MODULE };
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !err; i++) {
		struct vmatlas_alloc_sim fit = { .size = sizeof(fit) };

		err = vmatlas_simulate_alloc(atlas, 1, 0, kinds[i], &fit);
		/* what cannot be worked out for this kernel cannot be for its extract */
		if (error_is(err, VMATLAS_ERROR_UNSUPPORTED)) {
			vmatlas_error_free(err);
			err = NULL;
		}
		err = tolerate(err);
	}
	return err;
}

static struct vmatlas_error *read_rest(struct vmatlas *atlas, struct vmatlas_extract_stats *ret)
{
	struct kernel *k = atlas->kernel;
	struct vmatlas_phys_info frame = { .size = sizeof(frame) };
	const struct printk_log *log;
	struct mapping_stats tables;
	struct vmatlas_error *err;

	err = tolerate(kernel_vmallocinfo(k, forget, NULL));
	if (!err)
		err = read_module_symbols(atlas);
	if (!err)
		err = tolerate(kernel_log(k, &log));
	if (!err)
		err = tolerate(owners_read(atlas));
	vmatlas_resource_next(atlas, NULL);
	if (!err)
		err = tolerate(vmatlas_boot_layout(atlas, forget, NULL));
	if (!err)
		err = try_allocations(atlas);
	/*
	 * What decodes the frame below the image decodes any that is kept; that no area
	 * has it, all their arrays of pages tell.
	 */
	if (!err)
		err = tolerate(vmatlas_phys_info(atlas, k->image_range.first + k->image_delta,
						VMATLAS_PHYS_INFO_AREAS, &frame));
	if (!err)
		err = mapping_read_tables(k, MAX_TABLES, &tables);
	if (err)
		return err;
	ret->nr_tables = tables.nr_tables;
	ret->nr_tables_left = tables.nr_unread;
	return NULL;
}

/* ---- The small vmlinux ---- */

struct parts {
	struct kallsyms_packed names;
	VEC(struct image_piece) pieces;
	VEC(struct image_moved) moved;
	void *btf;
	size_t btf_size;
};

static void parts_done(struct parts *p)
{
	kallsyms_packed_done(&p->names);
	vec_done(&p->pieces);
	vec_done(&p->moved);
	free(p->btf);
}

static bool extract_add_piece(struct parts *p, uint64_t addr, const void *bytes,
			      size_t len)
{
	struct image_piece *piece = vec_push(&p->pieces);

	if (piece)
		*piece = (struct image_piece){ addr, bytes, len };
	return piece != NULL;
}

/* Behind the image, where nothing of the kernel's is linked. */
static bool add_table(struct parts *p, uint64_t *at, const char *name, const struct str *bytes)
{
	struct image_moved *moved = vec_push(&p->moved);

	if (!moved)
		return false;
	*moved = (struct image_moved){ name, *at };
	if (!extract_add_piece(p, *at, str_text(bytes), bytes->len))
		return false;
	*at += bytes->len;
	return true;
}

static struct vmatlas_error *extract_add_names(struct vmatlas *atlas, struct parts *p,
					       struct vmatlas_extract_stats *ret)
{
	struct kernel *k = atlas->kernel;
	struct kallsyms_packed *n = &p->names;
	uint64_t at = align_up(k->image_range.last + 1 - k->slide, 65536);
	struct vmatlas_error *err = symnames_pack(k, n);

	if (err)
		return tolerate(err);
	/* the values may be relative to where they stand: they stay there */
	if (!extract_add_piece(p, (n->values_addr - k->slide) & k->va_mask,
			       str_text(&n->values), n->values.len) ||
	    !add_table(p, &at, "kallsyms_num_syms", &n->num_syms) ||
	    !add_table(p, &at, "kallsyms_names", &n->names) ||
	    !add_table(p, &at, "kallsyms_markers", &n->markers) ||
	    !add_table(p, &at, "kallsyms_token_table", &n->token_table) ||
	    !add_table(p, &at, "kallsyms_token_index", &n->token_index))
		return error_no_memory();
	ret->nr_names = symnames_nr(atlas->kernel);
	return NULL;
}

/* The order in which things were asked for depends on the dump; the file must not. */
static int by_subject(const void *a, const void *b)
{
	const struct image_need *x = a, *y = b;
	int ret = strcmp(x->name, y->name);

	if (!ret)
		ret = strcmp(x->member ? x->member : "", y->member ? y->member : "");
	return ret ? ret : strcmp(x->near, y->near);
}

static struct vmatlas_error *write_vmlinux(struct vmatlas *atlas, const struct pair_file *to,
					   struct vmatlas_extract_stats *ret)
{
	_cleanup_(parts_done) struct parts p = { 0 };
	struct kernel *k = atlas->kernel;
	struct trace *t = k->trace;
	struct image_small small = { 0 };
	struct vmatlas_error *err;
	size_t nr_symbols = 0;

	if (t->failed)
		return error_no_memory();
	for (size_t i = 0; i < t->pieces.nr; i++)
		if (!extract_add_piece(&p, t->pieces.v[i].addr, t->pieces.v[i].bytes,
				       t->pieces.v[i].len))
			return error_no_memory();
	if (t->types.nr)
		qsort(t->types.v, t->types.nr, sizeof(*t->types.v), by_subject);
	err = extract_add_names(atlas, &p, ret);
	if (!err)
		err = image_make_btf(k->image, t->types.v, t->types.nr, &p.btf, &p.btf_size);
	if (err)
		return err;
	small = (struct image_small){ p.pieces.v, p.pieces.nr, p.moved.v, p.moved.nr, p.btf,
				      p.btf_size };
	err = image_write_small(k->image, to->fd, to->path, &small, &ret->vmlinux_size,
				&nr_symbols);
	ret->nr_symbols = nr_symbols;
	ret->nr_types = t->types.nr;
	return err;
}

/* ---- Both ---- */

static struct vmatlas_error *write_vmcore(struct vmatlas *atlas, const struct pair_file *to,
					  struct vmatlas_extract_stats *ret)
{
	struct kernel *k = atlas->kernel;
	const struct mem_record_page *const *pages;
	struct vmatlas_error *err;
	size_t nr_pages;

	err = core_write(to->fd, to->path, k->mem, k->arch->machine, k->arch->bits, k->big_endian,
			 atlas->info.dump_time, &ret->vmcore_size);
	if (!err)
		err = mem_record_pages(k->mem->record, &pages, &nr_pages);
	if (err)
		return err;
	ret->nr_pages = nr_pages;
	ret->nr_bytes = mem_record_bytes(k->mem->record);
	for (size_t i = 0; i < k->mem->info.nr_segments; i++)
		if (k->mem->info.segments[i].paddr != UINT64_MAX)
			ret->nr_described += k->mem->info.segments[i].size;
	return NULL;
}

static struct vmatlas_error *extract(struct vmatlas *atlas, const char *dir,
				     struct vmatlas_extract_stats *ret)
{
	const struct kernel *k = atlas->kernel;
	const char *const inputs[] = { image_info(k->image)->path, k->mem->info.path };
	_cleanup_(pair_done) struct pair pair = PAIR_NONE;
	struct vmatlas_error *err = pair_open(&pair, dir, inputs, ARRAY_SIZE(inputs));

	if (!err)
		err = read_rest(atlas, ret);
	if (!err)
		err = write_vmlinux(atlas, &pair.file[PAIR_VMLINUX], ret);
	if (!err)
		err = write_vmcore(atlas, &pair.file[PAIR_VMCORE], ret);
	return err ? err : output_commit(&pair);
}

struct vmatlas_error *vmatlas_extract(struct vmatlas *atlas, const char *dir,
				      struct vmatlas_extract_stats *ret)
{
	struct vmatlas_extract_stats x = { 0 };
	struct vmatlas_error *err;

	if (!atlas->kernel || !atlas->kernel->mem->record || !atlas->inspected)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"an extract needs a dump, opened with .record, surveyed and inspected");
	if (!*dir)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "extract: missing -o DIR");
	err = extract(atlas, dir, &x);
	if (!err)
		err = api_give(ret, ret->size, &x, sizeof(x));
	return vmatlas_error_wrap(err, "extract");
}
