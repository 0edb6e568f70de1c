/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is mapped in the fixmap and by its side, where nothing should be: in the slots
 * that early_ioremap() has while booting, and beyond all slots. Slot N is the page at
 * FIXADDR_TOP - N pages (include/asm-generic/fixmap.h).
 */
#include <inttypes.h>

#include "kernel/lookup.h"
#include "inspect/pgtable/pgtable.h"
#include "base/range.h"

#define MAX_RUNS 256
#define BESIDE MIB(4)			/* slots for booting lie below the others */

/* Functions whose file has enum fixed_addresses, and enum system_states. */
#define FIXMAP_UNIT "__native_set_fixmap|native_set_fixmap|__set_fixmap"
#define STATES_UNIT "kernel_power_off|kernel_restart"

struct slots {
	uint64_t top;			/* of slot 0 */
	int64_t boot_first, boot_last;	/* early_ioremap(); empty: none of its own */
	int64_t all;			/* how many there are */
	bool booted;
};

/* Is @addr in none of the regions? */
static bool is_unused_slot(const struct pgtable_check *c, uint64_t addr)
{
	vmatlas_for_each_claim(r, c->atlas, VMATLAS_LAYER_DECLARED)
		if (r->flags & VMATLAS_CLAIM_PRIMARY && range_has(r->range, addr))
			return false;
	return true;
}

/*
 * Where regions are of the permanent slots alone (x86, arm64), what lies in them is used,
 * but that x86-64 has no slots above vsyscall's page (asm/fixmap.h: VSYSCALL_PAGE comes
 * first). On ARM the first slot, one page below FIXADDR_END, is the early console's. On
 * riscv the device tree lies in it, and it alone by large leaves (asm/fixmap.h: FIX_FDT).
 */
static bool fixmap_is_odd(const struct pgtable_check *c, const struct mapping *m)
{
	const uint64_t addr = m->range.first;
	const struct vmatlas_claim *fixmap = c->fixmap;
	const struct arch_fixmap *slots = &c->k->arch->fixmap;
	const struct vmatlas_claim *vsyscall;

	if (slots->holds_fdt)
		return range_has(fixmap->range, addr) && m->shift == c->k->page_shift;
	if (slots->console_on_top)
		return range_has(fixmap->range, addr) &&
		       fixmap->range.last - addr >= 1ull << c->k->page_shift;
	if (addr < fixmap->range.first)
		return fixmap->range.first - addr <= BESIDE && is_unused_slot(c, addr);
	if (addr > fixmap->range.last || !slots->below_vsyscall)
		return false;
	vsyscall = atlas_region(c->atlas, VMATLAS_KIND_VSYSCALL);
	return vsyscall && addr > vsyscall->range.last;
}

void fixmap_begin(struct pgtable_check *c)
{
	c->fixmap = atlas_region(c->atlas, VMATLAS_KIND_FIXMAP);
}

void fixmap_run(struct pgtable_check *c, const struct mapping *m)
{
	struct mapping *slot;

	if (!c->fixmap || m->range.first > c->fixmap->range.last ||
	    !mapping_is_memory(m) || !fixmap_is_odd(c, m))
		return;
	slot = c->fixed.nr < MAX_RUNS ? vec_push(&c->fixed) : NULL;
	if (slot)
		*slot = *m;
}

/* ---- Which slots there are ---- */

static struct vmatlas_error *fixmap_ask(struct pgtable_check *c, const char *near,
					const char *name, int64_t *ret)
{
	struct vmatlas_error *err = image_enumerator(c->k->image, near, name, ret);

	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return vmatlas_error_wrap(err, "%s", name);
	/* a dump and its extract, which has other types, say it in the same words */
	vmatlas_error_free(err);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no enumerator %s", name);
}

/*
 * ARM's early_ioremap() uses the slots that kmap() has later (arch/arm/include/asm/fixmap.h
 * of 6.1): they tell nothing.
 */
static struct vmatlas_error *find_boot_slots(struct pgtable_check *c, struct slots *s)
{
	struct vmatlas_error *err;

	s->boot_first = 1;
	s->boot_last = 0;
	if (c->k->arch->fixmap.console_on_top)
		return NULL;
	err = fixmap_ask(c, FIXMAP_UNIT, "FIX_BTMAP_END", &s->boot_first);
	return err ? err : fixmap_ask(c, FIXMAP_UNIT, "FIX_BTMAP_BEGIN", &s->boot_last);
}

/* Until all initcalls ran the slots may be in use; later states are those of an end. */
static struct vmatlas_error *is_booted(struct pgtable_check *c, bool *ret)
{
	uint64_t addr, state = 0;
	int64_t running;
	struct vmatlas_error *err;

	err = fixmap_ask(c, STATES_UNIT, "SYSTEM_RUNNING", &running);
	if (!err)
		err = lookup_symbol(c->k, "system_state", &addr);
	if (!err)
		err = kernel_read_uint(c->k, addr, 4, &state);
	*ret = !err && state >= (uint64_t)running;
	return err;
}

/*
 * ARM has an enumerator for each of two uses of the same slots, and all are as many as
 * the larger has (arch/arm/include/asm/fixmap.h, since 4.4: a constant, no enumerator).
 */
static struct vmatlas_error *find_shared_slots(struct pgtable_check *c, struct slots *s)
{
	int64_t early;
	struct vmatlas_error *err;

	err = fixmap_ask(c, FIXMAP_UNIT, "__end_of_fixmap_region", &s->all);
	if (!err)
		err = fixmap_ask(c, FIXMAP_UNIT, "__end_of_early_ioremap_region", &early);
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		err = fixmap_ask(c, FIXMAP_UNIT, "__end_of_fixed_addresses", &s->all);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no enumerator "
			"__end_of_fixmap_region, nor __end_of_fixed_addresses");
	}
	if (!err)
		s->all = MAX(s->all, early);
	return err;
}

static struct vmatlas_error *find_slots(struct pgtable_check *c, struct slots *s)
{
	struct vmatlas_error *err;

	s->top = c->fixmap->range.last + 1;
	if (c->k->arch->fixmap.console_on_top)	/* FIXADDR_TOP is the last page, since 3.18 */
		s->top -= 1ull << c->k->page_shift;
	err = c->k->arch->fixmap.console_on_top ? find_shared_slots(c, s) :
	      fixmap_ask(c, FIXMAP_UNIT, "__end_of_fixed_addresses", &s->all);
	if (!err)
		err = find_boot_slots(c, s);
	return err ? err : is_booted(c, &s->booted);
}

/* ---- The verdict ---- */

static void fixmap_report(struct pgtable_check *c, const struct mapping *m, bool boot)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	evidence_range(&evidence, "region", c->fixmap->range, "%s %s, by %s", c->fixmap->name,
		       fmt_range(c->atlas, c->fixmap->range).s, c->fixmap->source);
	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64 ", %s, %s, %s",
		      m->phys, m->attr & PT_WRITE ? "rw" : "ro",
		      m->attr & PT_EXEC ? "x" : "nx", mapping_type_name(m->attr));
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->stale, (struct vmatlas_finding_desc){
		.severity = VMATLAS_SEVERITY_WARNING, .code = "stale-pte",
		.where = &m->range, EVIDENCE(&evidence),
		.advice = boot ? "look for early_ioremap() or early_memremap() without its unmap; "
				 "booted with early_ioremap_debug, the kernel names it"
			       : "no slot of enum fixed_addresses is there: these entries were "
				 "made by hand, or overwritten",
	}, "%s at %s is mapped in the fixmap, %s", fmt_size(vmatlas_range_size(&m->range)).s,
		fmt_range(c->atlas, m->range).s,
		boot ? "in a slot that is for booting only" : "where it has no slot");
}

/* x86 puts the slots for booting at a multiple of 512: between them and others is a gap. */
static bool is_no_slot(const struct pgtable_check *c, const struct slots *s, uint64_t addr,
		       int64_t slot)
{
	if (slot >= s->all)
		return true;
	if (!c->k->arch->fixmap.boot_slots_apart)
		return false;
	return addr >= c->fixmap->range.first || slot < s->boot_first;
}

static void fixmap_check(struct pgtable_check *c, const struct slots *s,
			 const struct mapping *m)
{
	const int64_t slot = (int64_t)(s->top - m->range.first) >> c->k->page_shift;

	if (is_no_slot(c, s, m->range.first, slot))
		fixmap_report(c, m, false);
	else if (s->booted && slot >= s->boot_first && slot <= s->boot_last)
		fixmap_report(c, m, true);
}

struct vmatlas_error *fixmap_finish(struct pgtable_check *c)
{
	struct vmatlas_error *err;
	struct slots s = { 0 };

	if (!c->fixed.nr)
		return NULL;
	err = find_slots(c, &s);
	if (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "slots of the fixmap",
				     "because %s", vmatlas_error_message(err));
		vmatlas_error_free(err);
		return NULL;
	}
	for (size_t i = 0; i < c->fixed.nr && !err; i++)
		fixmap_check(c, &s, &c->fixed.v[i]);
	return err;
}
