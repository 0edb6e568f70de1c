/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages that are writable and executable at once, where the kernel keeps these apart. */
#include <inttypes.h>
#include <string.h>

#include "kernel/lookup.h"
#include "inspect/pgtable/pgtable.h"
#include "base/range.h"

#define MAX_WX 4096
#define X86_NX (1ull << 63)		/* in an entry; Intel SDM vol. 3, 4.5 */

/* Of i386 with two levels there is no such bit; of the others, a CPU may lack it. */
static struct vmatlas_error *has_nx(const struct pgtable_check *c, bool *ret)
{
	const struct resolved *mask = &c->switches[MAPPING_SUPPORTED_MASK];
	uint64_t value = UINT64_MAX;
	struct vmatlas_error *err = NULL;

	*ret = !c->k->format->lacks_nx;
	if (*ret && mask->found && c->k->arch->has_pte_masks) {
		err = kernel_read_uint(c->k, mask->addr, 8, &value);
		*ret = value & X86_NX;
	}
	return err;
}

/* rodata=off on the command line; or a kernel that never makes anything read-only. */
static struct vmatlas_error *wx_ask(struct pgtable_check *c)
{
	const struct resolved *enabled = &c->switches[MAPPING_RODATA_ENABLED];
	uint64_t on = 1;
	struct vmatlas_error *err;
	bool nx;

	err = has_nx(c, &nx);
	if (!err && enabled->found)
		err = kernel_read_uint(c->k, enabled->addr, 1, &on);
	if (err)
		return err;
	if (!nx)
		c->why_not_wx = "this CPU cannot forbid execution (no NX)";
	else if (!enabled->found && !c->switches[MAPPING_MARK_RODATA].found)
		c->why_not_wx = "this kernel does not keep writable and executable memory apart "
				"(no STRICT_KERNEL_RWX)";
	else if (!on)
		c->why_not_wx = "it was started with rodata=off";
	c->wx_promised = !c->why_not_wx;
	return NULL;
}

struct vmatlas_error *wx_begin(struct pgtable_check *c)
{
	struct vmatlas_error *err = wx_ask(c);

	if (!err || !error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	c->why_not_wx = "the kernel's switches for it could not be read";
	return NULL;
}

static bool in_kind(const struct pgtable_check *c, uint32_t kind, uint64_t addr)
{
	const struct vmatlas_claim *r = atlas_region(c->atlas, kind);

	return r && range_has(r->range, addr);
}

/* Writable and executable by design: firmware that the kernel calls. */
static bool is_by_design(const struct pgtable_check *c, const struct mapping *m)
{
	const struct arch *arch = c->k->arch;
	const uint64_t last = m->phys + (vmatlas_range_size(&m->range) - 1);

	if (arch->wx_phys.last)
		return m->phys >= arch->wx_phys.first && last <= arch->wx_phys.last;
	return arch->wx_kind && in_kind(c, arch->wx_kind, m->range.first);
}

static bool is_module(const struct pgtable_check *c, uint64_t addr)
{
	return in_kind(c, VMATLAS_KIND_MODULE_SPACE, addr);
}

void wx_run(struct pgtable_check *c, const struct mapping *m)
{
	struct mapping *slot;

	if (!mapping_is_memory(m) || !(m->attr & PT_EXEC))
		return;
	if (!(m->attr & PT_WRITE)) {
		c->modules_strict = c->modules_strict || is_module(c, m->range.first);
		return;
	}
	c->wx_seen = true;
	if (!c->wx_promised || is_by_design(c, m))
		return;
	if (c->wx.nr && c->wx.v[c->wx.nr - 1].range.last + 1 == m->range.first) {
		c->wx.v[c->wx.nr - 1].range.last = m->range.last;
		return;
	}
	slot = c->wx.nr < MAX_WX ? vec_push(&c->wx) : NULL;
	if (slot)
		*slot = *m;
}

/* Modules being loaded are writable until they are complete. */
static bool is_loading(const struct pgtable_check *c, uint64_t addr)
{
	const struct kernel_records *b = c->atlas->records;

	for (size_t i = 0; i < b->modules.nr; i++) {
		const struct module *m = &b->modules.v[i];

		for (size_t j = 0; m->unformed && j < m->nr_mem; j++)
			if (addr - m->mem[j].base < m->mem[j].size)
				return true;
	}
	return false;
}

/*
 * Instructions that kprobes execute out of line: 32-bit ARM has no ro variant of the
 * page for them (kernel/kprobes.c: alloc_insn_page, arch/arm/kernel/module.c).
 */
static bool is_insn_page(const struct pgtable_check *c, const struct vmatlas_claim *owner)
{
	const char *caller;

	if (!owner || !owner->area || !owner->area->caller || !c->k->arch->insn_slots_writable)
		return false;
	caller = vmatlas_symbol_name(c->atlas, owner->area->caller);
	return strstr(caller, "get_insn_slot") || strstr(caller, "alloc_insn_page");
}

static void wx_report(struct pgtable_check *c, const struct mapping *m,
		      const struct vmatlas_claim *owner)
{
	const bool module = is_module(c, m->range.first);
	const bool lax = module && (!c->modules_strict || is_loading(c, m->range.first));
	const uint64_t size = vmatlas_range_size(&m->range);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };

	if (owner)
		pgtable_evidence_area(c, owner, &evidence);
	evidence_phys(&evidence, "maps", m->phys, "physical %#" PRIx64 ", %s", m->phys,
		      mapping_type_name(m->attr));
	pgtable_evidence_entry(c, m->range.first, &evidence);
	pgtable_report(c, &c->wx_fold, (struct vmatlas_finding_desc){
		.severity = lax ? VMATLAS_SEVERITY_NOTE : VMATLAS_SEVERITY_WARNING,
		.code = "wx-mapping", .where = &m->range, .record = owner ? owner->record : 0,
		EVIDENCE(&evidence),
		.advice = lax ? "this kernel leaves module memory like that (no STRICT_MODULE_RWX), "
				"or the module was just being loaded"
			      : "find who made it so: code can be changed there, or data run",
	}, "%s at %s can be written and executed", fmt_size(size).s,
		fmt_range(c->atlas, m->range).s);
}

void wx_finish(struct pgtable_check *c)
{
	for (size_t i = 0; i < c->wx.nr; i++) {
		const struct vmatlas_claim *owner =
			vmatlas_claim_at(c->atlas, VMATLAS_LAYER_RECORDED, c->wx.v[i].range.first);

		if (!is_insn_page(c, owner))
			wx_report(c, &c->wx.v[i], owner);
	}
	finding_limit_finish(c, &c->wx_fold, "wx-mapping", "ranges that can be written and executed");
	if (c->why_not_wx && c->wx_seen)
		vmatlas_ctx_coverage(c->job, VMATLAS_COVERAGE_SKIPPED, "writable and executable pages",
				     "because %s", c->why_not_wx);
}
