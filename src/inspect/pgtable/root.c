/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The root of the kernel's page tables: init_mm names it, and it maps nothing for user
 * space; the tables of processes hang at other roots.
 */
#include <inttypes.h>

#include "base/range.h"
#include "inspect/pgtable/pgtable.h"
#include "kernel/pgtable/entry.h"

static void root_report(struct pgtable_check *c, uint64_t at, uint64_t pgd)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "in use", c->k->pgd_phys, "tables at physical %#" PRIx64,
		      c->k->pgd_phys);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt", .record = at,
		EVIDENCE(&evidence),
		.advice = "what the kernel maps from now on goes to other tables than those in use",
	}, "init_mm.pgd is %#" PRIx64 ", not the kernel's page tables", pgd);
}

static struct vmatlas_error *root_check_pgd(struct pgtable_check *c)
{
	const struct resolved *mm = &c->switches[MAPPING_INIT_MM];
	const struct resolved *member = &c->switches[MAPPING_MM_PGD];
	const uint64_t at = mm->addr + member->offset;
	struct vmatlas_error *err;
	uint64_t pgd, phys = 0;

	if (!mm->found || !member->found)
		return NULL;
	err = kernel_read_ptr(c->k, at, &pgd);
	if (!err) {
		/* a walk takes the bits of an address that it needs */
		if (kernel_is_pointer(c->k, pgd))
			err = kernel_translate(c->k, pgd, &phys);
		if (error_is_kernel_trouble(err))
			vmatlas_error_free(take(err));
		if (!err && phys != c->k->pgd_phys)
			root_report(c, at, pgd);
		return err;
	}
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "root of page tables", "because %s",
			     vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}

/* ---- User space ---- */

/* Entries of the root that are for user space: of 64 bits. Of 32 all of it is walked. */
static size_t root_nr_user(const struct pgtable_check *c)
{
	const struct pt_format *f = c->k->format;

	if (!c->k->arch->clears_user_half || c->k->ptr_size != 8 || !pt_root_is_shared(f))
		return 0;
	return pgtable_entries(f, 0) - ((size_t)1 << (f->kernel_bits - f->level[0].shift));
}

static void root_report_user(struct pgtable_check *c, size_t first, size_t nr, uint64_t entry)
{
	const struct pt_format *f = c->k->format;
	const uint64_t at = pgtable_entry_addr(f, c->k->pgd_phys, first);
	const struct vmatlas_range where = {
		first * pgtable_span(f, 0), (first + 1) * pgtable_span(f, 0) - 1,
	};
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_phys(&evidence, "entry", at, "%s at physical %#" PRIx64 ": %#" PRIx64,
		      f->level[0].name, at, entry);
	ctx_report(c->job, &(struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_ERROR, .code = "page-table-corrupt",
		.where = &where, EVIDENCE(&evidence),
		.advice = "look at the whole table in memory: what overwrote it may show itself",
	}, "%zu entr%s of the kernel's own root table map%s user space, the first for %s", nr,
		nr == 1 ? "y" : "ies", nr == 1 ? "s" : "", fmt_range(c->atlas, where).s);
}

static void root_judge_user(struct pgtable_check *c, const uint8_t *raw, size_t nr_entries)
{
	size_t first = 0, nr = 0;
	uint64_t entry = 0;

	for (size_t i = 0; i < nr_entries; i++) {
		const uint64_t e = pgtable_entry(c->k, raw + i * c->k->format->entry_size);

		if (e && !nr++) {
			first = i;
			entry = e;
		}
	}
	if (nr)
		root_report_user(c, first, nr, entry);
}

static struct vmatlas_error *root_check_user(struct pgtable_check *c)
{
	const size_t nr = root_nr_user(c), size = nr * c->k->format->entry_size;
	_cleanup_(freep) uint8_t *raw = malloc(size + 1);
	struct vmatlas_error *err;

	if (!raw)
		return error_no_memory();
	if (!nr)
		return NULL;
	err = mem_read(c->k->mem, MEM_PHYSICAL, c->k->pgd_phys, raw, size);
	if (!err)
		root_judge_user(c, raw, nr);
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* told of all page tables */
	return NULL;
}

struct vmatlas_error *root_check(struct pgtable_check *c)
{
	struct vmatlas_error *err;

	if (!c->k->format || !c->k->mem->info.has_physical)
		return NULL;
	err = root_check_pgd(c);
	return err ? err : root_check_user(c);
}
