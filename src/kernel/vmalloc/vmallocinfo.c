/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/vmallocinfo, byte for byte: s_show() and vmalloc_info_show() of
 * mm/vmalloc.c, from the records. Addresses are always shown, as with
 * kptr_restrict=1; what the running kernel hides, a dump does not.
 */
#include <inttypes.h>
#include <string.h>

#include "base/compare.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/vmalloc/vmap_area.h"
#include "kernel/mm/page_numa.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/vmalloc/vmallocinfo.h"

#define FLUSH_AT KIB(32)

enum {
	NODES, NR_NODES, PURGE_LLIST, VMLIST_LOCK, AREA_FLAGS, AREA_PURGE_LIST, AREA_RCU_HEAD,
	PHYS_ADDR, NR_NEEDS,
};

const struct vmatlas_lookup vmallocinfo_needs[] = {
	[NODES] = VMATLAS_OPTIONAL_SYMBOL("vmap_nodes"),
	[NR_NODES] = VMATLAS_OPTIONAL_SYMBOL("nr_vmap_nodes"),
	[PURGE_LLIST] = VMATLAS_OPTIONAL_SYMBOL("vmap_purge_list"),
	[VMLIST_LOCK] = VMATLAS_OPTIONAL_SYMBOL("vmlist_lock"),
	[AREA_FLAGS] = VMATLAS_OPTIONAL_MEMBER("vmap_area", "flags", "vfree|vunmap"),
	[AREA_PURGE_LIST] = VMATLAS_OPTIONAL_MEMBER("vmap_area", "purge_list", "vfree|vunmap"),
	[AREA_RCU_HEAD] = VMATLAS_OPTIONAL_MEMBER("vmap_area", "rcu_head", "vfree|vunmap"),
	[PHYS_ADDR] = VMATLAS_OPTIONAL_MEMBER("vm_struct", "phys_addr", "vfree|vunmap"),
};
const size_t nr_vmallocinfo_needs = ARRAY_SIZE(vmallocinfo_needs);

/* What the kernels do differently. */
struct habits {
	bool by_vmlist;			/* up to 3.9 */
	bool vpages_flag;		/* up to 4.4: VM_VPAGES, not where the array lies */
	bool lazy_flag;			/* 4.14 to 5.3: unpurged is what has VM_LAZY_FREE */
	bool rows_without_vm;		/* 3.10 to 3.12, 4.14 and later */
	bool only_vmap_ram;		/* 6.3: of those, only what has VMAP_RAM */
	bool skips_uninitialized;	/* 6.16, and stable kernels from 6.9 on */
	bool dma_coherent;		/* 5.4: bit 4 is that, and no longer VM_VPAGES */
	bool unpurged;			/* lazily freed areas are printed */
	bool padded_phys;		/* 4.14: %pa */
	int phys_digits;
};

/* What the text lacks against the kernel's own. */
struct gaps {
	size_t rows;			/* left out: their vm_struct cannot be read */
	size_t nodes;			/* rows without their N0= counts */
	size_t names;			/* callers that stayed numbers */
};

struct printer {
	struct kernel *k;
	struct habits habits;
	struct pagenodes *nodes;	/* NULL: no NUMA */
	struct gaps gaps;
	struct str text;
	vmatlas_write_fn *fn;
	void *arg;
	bool stopped;
	struct vmatlas_range *busy;	/* sorted by address; see is_vmalloc() */
	size_t nr_busy;
};

/* ---- Which kernel is it? ---- */

static struct vmatlas_error *detect_format(struct printer *p)
{
	struct resolved res[NR_NEEDS];
	struct habits *h = &p->habits;
	struct vmatlas_error *err;
	bool old_flags;

	err = lookup_resolve(p->k, vmallocinfo_needs, NR_NEEDS, res);
	if (err)
		return err;
	/* Flags of 2.6.28 to 5.3; those since 6.3 have other members beside them. */
	old_flags = res[AREA_FLAGS].found &&
		    (res[AREA_PURGE_LIST].found || res[AREA_RCU_HEAD].found);
	h->by_vmlist = res[VMLIST_LOCK].found;
	h->vpages_flag = h->by_vmlist || (old_flags && !res[PURGE_LLIST].found);
	h->lazy_flag = old_flags;
	h->only_vmap_ram = res[AREA_FLAGS].found && !old_flags;
	h->skips_uninitialized = res[NODES].found || res[NR_NODES].found;
	h->dma_coherent = !h->by_vmlist && !old_flags;
	h->phys_digits = res[PHYS_ADDR].found ? 2 * (int)res[PHYS_ADDR].size
					      : 2 * (int)p->k->ptr_size;
	/*
	 * No symbol and no member tells these. 3.10 began with rows for vm_map_ram()
	 * (d4033afdf828); it was a race, and 3.13 left them out again (c2ce8c142c9c).
	 */
	h->padded_phys = p->k->release >= KERNEL_RELEASE(4, 14);
	h->rows_without_vm = h->padded_phys || (p->k->release >= KERNEL_RELEASE(3, 10) &&
						p->k->release < KERNEL_RELEASE(3, 13));
	/*
	 * 5.4 to 5.10 print them after the last busy row, unless that is a vm_map_ram
	 * row (fixed by 6.1): s_show() returns early there.
	 */
	h->unpurged = h->padded_phys &&
		      !(res[PURGE_LLIST].found && !res[AREA_FLAGS].found &&
			p->k->records.busy_ends_in_ram);
	return NULL;
}

/* ---- is_vmalloc_addr() ---- */

static struct vmatlas_error *sort_busy(struct printer *p)
{
	const struct kernel_records *b = &p->k->records;

	p->busy = calloc(MAX(b->areas.nr, (size_t)1), sizeof(*p->busy));
	if (!p->busy)
		return error_no_memory();
	for (size_t i = 0; i < b->areas.nr; i++)
		if (b->areas.v[i].state == AREA_BUSY && b->areas.v[i].has_vm)
			p->busy[p->nr_busy++] = b->areas.v[i].claim.range;
	qsort(p->busy, p->nr_busy, sizeof(*p->busy), compare_first_u64);
	return NULL;
}

/*
 * The kernel compares with VMALLOC_START and VMALLOC_END, which are macros. An
 * array of pages that is in use lies in an area of its own, or not there at all.
 */
static bool is_vmalloc(const struct printer *p, uint64_t addr)
{
	size_t low = 0, high = p->nr_busy;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (p->busy[mid].first <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && range_has(p->busy[low - 1], addr);
}

/* ---- Rows ---- */

/* "0x%pK-0x%pK %7ld" */
static void add_range(struct printer *p, uint64_t start, uint64_t size)
{
	const int digits = 2 * (int)p->k->ptr_size;
	const uint64_t mask = p->k->va_mask;
	const int64_t shown = p->k->ptr_size == 4 ? (int32_t)size : (int64_t)size;

	str_addf(&p->text, "0x%0*" PRIx64 "-0x%0*" PRIx64 " %7" PRId64, digits,
		 start & mask, digits, (start + size) & mask, shown);
}

static void add_numbers(struct printer *p, const struct vmatlas_area *a)
{
	if (a->nr_pages)
		str_addf(&p->text, " pages=%" PRIu64, a->nr_pages);
	if (a->phys && p->habits.padded_phys)
		str_addf(&p->text, " phys=0x%0*" PRIx64, p->habits.phys_digits, a->phys);
	else if (a->phys)
		str_addf(&p->text, " phys=%" PRIx64, a->phys);
}

static void add_flags(struct printer *p, const struct vmatlas_area *a)
{
	static const struct {
		uint64_t flag;
		const char *text;
	} words[] = {
		{ VM_IOREMAP, " ioremap" },
		{ VM_SPARSE, " sparse" },
		{ VM_ALLOC, " vmalloc" },
		{ VM_MAP, " vmap" },
		{ VM_USERMAP, " user" },
		{ VM_DMA_COHERENT, " dma-coherent" },
	};
	const uint64_t unknown = p->habits.dma_coherent ? 0 : VM_DMA_COHERENT;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (a->vm_flags & ~unknown & words[i].flag)
			str_add(&p->text, words[i].text, strlen(words[i].text));
	if (p->habits.vpages_flag ? (a->vm_flags & VM_VPAGES) != 0
				  : a->pages && is_vmalloc(p, a->pages))
		str_addf(&p->text, " vpages");
}

/* A row whose pages cannot be read is printed without them, and counted. */
static struct vmatlas_error *vmallocinfo_add_nodes(struct printer *p,
						   const struct vmatlas_area *a)
{
	struct vmatlas_error *err;

	if (!p->nodes || a->vm_flags & VM_UNINITIALIZED)
		return NULL;
	err = pagenodes_print(p->nodes, a, &p->text);
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	p->gaps.nodes++;
	return NULL;
}

static struct vmatlas_error *add_vm(struct printer *p, const struct vmatlas_area *a)
{
	struct vmatlas_error *err = NULL;

	if (p->habits.skips_uninitialized && a->vm_flags & VM_UNINITIALIZED)
		return NULL;
	add_range(p, a->vm_addr, a->vm_size);
	if (a->caller) {
		str_add(&p->text, " ", 1);
		err = kernel_symbol_name(p->k, a->caller, &p->text);
	}
	if (err)
		return err;
	add_numbers(p, a);
	add_flags(p, a);
	err = vmallocinfo_add_nodes(p, a);
	str_add(&p->text, "\n", 1);
	return err;
}

static void add_plain(struct printer *p, const struct area *area, const char *what)
{
	const struct vmatlas_range *range = &area->claim.range;

	add_range(p, range->first, vmatlas_range_size(range));
	str_addf(&p->text, " %s\n", what);
}

static struct vmatlas_error *vmallocinfo_add_area(struct printer *p,
						  const struct area *area)
{
	const struct habits *h = &p->habits;

	if (area->purging || (h->by_vmlist && !area->on_vmlist))
		return NULL;
	if (area->state == AREA_UNPURGED && h->unpurged)
		add_plain(p, area, h->lazy_flag && !(area->rec.va_flags & VM_LAZY_FREE)
				   ? "vm_map_ram" : "unpurged vm_area");
	if (area->state != AREA_BUSY)
		return NULL;
	if (area->has_vm)
		return add_vm(p, &area->rec);
	if (area->rec.vm_struct) {
		p->gaps.rows++;		/* it could not be read; nothing to print */
		return NULL;
	}
	if (h->rows_without_vm && (!h->only_vmap_ram || area->rec.va_flags & VMAP_RAM))
		add_plain(p, area, "vm_map_ram");
	return NULL;
}

static void vmallocinfo_flush(struct printer *p)
{
	if (p->text.len && !p->text.failed)
		p->stopped = p->fn(p->arg, p->text.s, p->text.len) != 0;
	p->text.len = 0;
}

static int by_order(const void *a, const void *b)
{
	const struct area *x = *(const struct area *const *)a;
	const struct area *y = *(const struct area *const *)b;

	return compare_u64(x->order, y->order);
}

/* As the kernel walks its lists; the sealed map has them by address. */
static const struct area **in_order(const struct kernel_records *b)
{
	const struct area **areas = calloc(MAX(b->areas.nr, (size_t)1), sizeof(*areas));

	for (size_t i = 0; areas && i < b->areas.nr; i++)
		areas[i] = &b->areas.v[i];
	if (areas)
		qsort(areas, b->areas.nr, sizeof(*areas), by_order);
	return areas;
}

static struct vmatlas_error *add_all(struct printer *p)
{
	_cleanup_(freep) const struct area **areas = in_order(&p->k->records);
	struct vmatlas_error *err = NULL;

	if (!areas)
		return error_no_memory();
	for (size_t i = 0; !err && !p->stopped && i < p->k->records.areas.nr; i++) {
		err = vmallocinfo_add_area(p, areas[i]);
		if (p->text.len >= FLUSH_AT)
			vmallocinfo_flush(p);
		if (p->text.failed)
			return error_no_memory();
	}
	if (!err && !p->stopped)
		vmallocinfo_flush(p);
	return err;
}

static struct vmatlas_error *print(struct printer *p)
{
	const size_t unread = symnames_unread(p->k);
	struct vmatlas_error *err;

	err = detect_format(p);
	if (!err)
		err = pagenodes_open(p->k, &p->nodes);
	if (!err)
		err = sort_busy(p);
	if (!err)
		err = add_all(p);
	p->gaps.names = symnames_unread(p->k) - unread;
	return err;
}

static void vmallocinfo_tell(struct str *out, size_t nr, const char *what)
{
	if (nr)
		str_addf(out, "%s%zu %s", out->len ? ", " : "", nr, what);
}

static struct vmatlas_error *tell_gaps(const struct printer *p)
{
	_cleanup_(str_done) struct str lacks = { 0 };

	if (!p->k->records.areas_complete)
		str_addf(&lacks, "the list of areas is not whole");
	vmallocinfo_tell(&lacks, p->gaps.rows, "rows are left out");
	vmallocinfo_tell(&lacks, p->gaps.nodes, "rows lack their NUMA nodes");
	vmallocinfo_tell(&lacks, p->gaps.names, "callers lack their names");
	if (p->stopped || !lacks.len)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_FAULT,
		"this is not all of /proc/vmallocinfo: %s", str_text(&lacks));
}

struct vmatlas_error *kernel_vmallocinfo(struct kernel *k, vmatlas_write_fn *fn, void *arg)
{
	struct printer p = { .k = k, .fn = fn, .arg = arg };
	struct vmatlas_error *err = print(&p);

	pagenodes_free(p.nodes);
	free(p.busy);
	str_done(&p.text);
	return err ? err : tell_gaps(&p);
}
