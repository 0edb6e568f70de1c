/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who asked for this? vm_struct.caller is a return address, so it points into
 * code: the kernel's, or a module's. One that does not is either stale (the
 * module left, its area stayed: a leak) or was never a caller (overwritten).
 */
#include <inttypes.h>
#include <vmatlas-plugin.h>

enum { STEXT, ETEXT, SINITTEXT, EINITTEXT };

static const struct vmatlas_lookup needs[] = {
	[STEXT]	    = VMATLAS_REQUIRED_SYMBOL("_stext"),
	[ETEXT]	    = VMATLAS_REQUIRED_SYMBOL("_etext"),
	[SINITTEXT] = VMATLAS_OPTIONAL_SYMBOL("_sinittext"),
	[EINITTEXT] = VMATLAS_OPTIONAL_SYMBOL("_einittext"),
};

static bool lies_between(const struct vmatlas_plugin_ctx *job, uint64_t addr, uint32_t start,
			 uint32_t end)
{
	return vmatlas_ctx_address(job, start) <= addr && addr < vmatlas_ctx_address(job, end);
}

/* Init code counts: what it allocated while the kernel booted outlives it. */
static bool is_kernel_text(const struct vmatlas_plugin_ctx *job, uint64_t addr)
{
	return lies_between(job, addr, STEXT, ETEXT) ||
	       (vmatlas_ctx_has(job, SINITTEXT) && vmatlas_ctx_has(job, EINITTEXT) &&
		lies_between(job, addr, SINITTEXT, EINITTEXT));
}

/* Where the list of modules is not there, nothing is known, and so nothing is said. */
static bool is_module(struct vmatlas *atlas, uint64_t addr)
{
	const char *module = "";
	struct vmatlas_error *err = vmatlas_module_of(atlas, addr, &module);
	const bool is_known = !err;

	vmatlas_error_free(err);
	return !is_known || *module;
}

/* Modules live here, and so does other code made at run time: BPF, trampolines. */
static bool is_module_space(struct vmatlas *atlas, uint64_t addr)
{
	const struct vmatlas_claim *c = vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, addr);

	return c && (c->kind == VMATLAS_KIND_MODULE_SPACE ||
		     c->kind == VMATLAS_KIND_MODULE_WINDOW);
}

/* A module's init code, too, is given back once it ran: only a note. */
static void say_gone(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c)
{
	vmatlas_ctx_report(job, VMATLAS_SEVERITY_NOTE, "caller-gone", &c->range,
			   c->area->vm_struct,
			   "%s area was allocated from %#" PRIx64
			   ", where no module is any more", c->name, c->area->caller);
	vmatlas_ctx_advise(job, "see whether a module was unloaded and left this behind");
}

static void say_no_code(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c)
{
	vmatlas_ctx_report(job, VMATLAS_SEVERITY_WARNING, "caller-not-code", &c->range,
			   c->area->vm_struct,
			   "%s area names %#" PRIx64 " as its caller, which is no code",
			   c->name, c->area->caller);
	vmatlas_ctx_advise(job, "look at the vm_struct: it was overwritten, or freed and "
			   "used again");
}

static void judge(struct vmatlas_plugin_ctx *job, const struct vmatlas_claim *c)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const uint64_t caller = c->area->caller;

	if (is_kernel_text(job, caller) || is_module(atlas, caller))
		return;
	if (!is_module_space(atlas, caller))
		say_no_code(job, c);
	else if (!vmatlas_claim_at(atlas, VMATLAS_LAYER_RECORDED, caller))
		say_gone(job, c);
}

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *job)
{
	/* no caller was kept: vm_map_ram, early areas */
	vmatlas_for_each_claim(c, vmatlas_ctx_atlas(job), VMATLAS_LAYER_RECORDED)
		if (c->area && c->area->caller)
			judge(job, c);
	return NULL;
}

VMATLAS_PLUGIN(
	.name = "caller",
	.summary = "areas whose caller is no code",
	.lookups = needs,
	.nr_lookups = sizeof(needs) / sizeof(needs[0]),
	.inspect = inspect,
);
