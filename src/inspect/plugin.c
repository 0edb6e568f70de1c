/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugins: built in or loaded, adopted, their lookups resolved, run. */
#include <inttypes.h>
#include <string.h>

#include "inspect/plugin.h"
#include "kernel/lookup.h"
#include "kernel/mm/percpu.h"

static const struct vmatlas_plugin *const builtin[] = {
	&inspector_vm_struct, &inspector_page_owners, &inspector_direct_map, &inspector_vmemmap,
	&inspector_overlap, &inspector_out_of_region, &inspector_bounds,
	&inspector_accounting, &inspector_alloc_failure, &inspector_low_space, &inspector_ram,
	&inspector_boot_log, &inspector_kernel_overlap, &inspector_kernel_sums, &inspector_zone_sums,
	&inspector_module_areas, &inspector_task_stacks,
	&inspector_crash_addr,	/* last: it looks at what the others found */
	&inspector_pgtable,
};

/* The least a plugin of ABI 1 can be. */
#define PLUGIN_MIN_SIZE (offsetof(struct vmatlas_plugin, inspect) + sizeof(void *))
#define MAX_NEEDS 1024

static struct vmatlas_error *plugin_adopt(const struct vmatlas_plugin *theirs,
					  struct vmatlas_plugin *ret)
{
	struct vmatlas_plugin p = { 0 };

	if (theirs->abi != VMATLAS_PLUGIN_ABI)
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
			"speaks plugin ABI %" PRIu32 ", this is %d", theirs->abi,
			VMATLAS_PLUGIN_ABI);
	if (theirs->size < PLUGIN_MIN_SIZE)
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
			"descriptor of %" PRIu32 " bytes is too short", theirs->size);
	memcpy(&p, theirs, MIN((size_t)theirs->size, sizeof(p)));
	if (!p.name || (!p.inspect && !p.command))
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
			"needs at least a name and inspect() or command()");
	if (p.nr_options > MAX_NEEDS || (p.nr_options && !p.options))
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
			"%" PRIu64 " options make no sense", p.nr_options);
	if (p.nr_lookups > MAX_NEEDS || (p.nr_lookups && !p.lookups))
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
			"%" PRIu64 " needs make no sense", p.nr_lookups);
	for (uint64_t i = 0; i < p.nr_lookups; i++)
		if (!p.lookups[i].name)
			return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
				"need %" PRIu64 " has no name", i);
	*ret = p;
	return NULL;
}

static void plugin_describe(struct str *out, const struct vmatlas_lookup *need)
{
	if (out->len)
		str_addf(out, ", ");
	lookup_describe(need, out);
}

static struct vmatlas_error *resolve(struct vmatlas *atlas, struct inspector *in)
{
	const struct vmatlas_plugin *p = &in->plugin;
	_cleanup_(str_done) struct str needs = { 0 }, missing = { 0 };
	struct vmatlas_error *err = NULL;

	in->res = calloc(p->nr_lookups + 1, sizeof(*in->res));
	if (!in->res)
		return error_no_memory();
	/* all of a plugin's symbols in one pass over vmlinux; those of the built-in ones came along */
	if (atlas->kernel && p->nr_lookups && *in->pub.path) {
		const struct lookup_set sets[] = {
			{ p->lookups, &(size_t){ p->nr_lookups } },
			{ percpu_lookups, &nr_percpu_lookups },
		};

		err = lookup_prefetch(atlas->kernel, sets, ARRAY_SIZE(sets));
	}
	if (atlas->kernel && !err)
		err = lookup_resolve_bits(atlas->kernel, p->lookups, p->nr_lookups, in->res);
	for (size_t i = 0; i < p->nr_lookups && !err; i++) {
		plugin_describe(&needs, &p->lookups[i]);
		if (in->res[i].found || p->lookups[i].flags & VMATLAS_LOOKUP_OPTIONAL ||
		    !atlas->kernel)
			continue;
		plugin_describe(&missing, &p->lookups[i]);
		in->pub.nr_missing++;
	}
	in->pub.needs = strings_add(atlas->strings, str_text(&needs));
	in->pub.missing = strings_add(atlas->strings, str_text(&missing));
	return err ? err : in->pub.needs && in->pub.missing ? NULL : error_no_memory();
}

void inspector_free(struct inspector *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->options.nr; i++)
		free(in->options.v[i].name);
	vec_done(&in->options);
	free(in->res);
	free(in);
}

static struct vmatlas_error *inspector_new(struct vmatlas *atlas,
					   const struct vmatlas_plugin *p, const char *path,
					   struct inspector **ret)
{
	_cleanup_(inspector_freep) struct inspector *in = calloc(1, sizeof(*in));
	struct vmatlas_error *err;

	if (!in)
		return error_no_memory();
	in->plugin = *p;
	in->pub = (struct vmatlas_inspector){
		.size = sizeof(in->pub),
		.name = strings_add(atlas->strings, p->name),
		.summary = strings_add(atlas->strings, p->summary),
		.path = strings_add(atlas->strings, path),
		.command = p->command ? strings_add(atlas->strings, p->operands) : NULL,
		.command_help = strings_add(atlas->strings, p->command_help),
	};
	if (!in->pub.name || !in->pub.summary || !in->pub.path || !in->pub.command_help ||
	    (p->command && !in->pub.command))
		return error_no_memory();
	err = resolve(atlas, in);
	if (err)
		return err;
	*ret = take(in);
	return NULL;
}

struct vmatlas_error *plugin_add_with(struct vmatlas *atlas, const struct vmatlas_plugin *theirs,
				      const char *path, const char *options)
{
	_cleanup_(inspector_freep) struct inspector *in = NULL;
	struct vmatlas_plugin p = { 0 };
	struct vmatlas_error *err = plugin_adopt(theirs, &p);
	struct inspector **slot;

	for (size_t i = 0; i < atlas->inspectors.nr && !err; i++)
		if (!strcmp(atlas->inspectors.v[i]->plugin.name, p.name))
			err = vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
				"an inspector named %s is there already", p.name);
	if (!err)
		err = inspector_new(atlas, &p, path, &in);
	if (!err)
		err = plugin_set_options(in, options);
	if (err)
		return err;
	slot = vec_push(&atlas->inspectors);
	if (!slot)
		return error_no_memory();
	in->index = atlas->inspectors.nr - 1;
	*slot = take(in);
	return NULL;
}

struct vmatlas_error *plugin_add(struct vmatlas *atlas, const struct vmatlas_plugin *theirs,
				 const char *path)
{
	return plugin_add_with(atlas, theirs, path, "");
}

size_t plugin_builtin_lookups(struct plugin_lookups *ret)
{
	size_t nr = 0;

	_Static_assert(ARRAY_SIZE(builtin) <= PLUGIN_BUILTIN_MAX, "room for each");
	for (size_t i = 0; i < ARRAY_SIZE(builtin); i++) {
		ret->nr[nr] = (size_t)builtin[i]->nr_lookups;
		ret->sets[nr] = (struct lookup_set){ builtin[i]->lookups, &ret->nr[nr] };
		nr += ret->nr[nr] > 0;
	}
	return nr;
}

struct vmatlas_error *plugin_add_builtin(struct vmatlas *atlas)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtin); i++) {
		struct vmatlas_error *err = plugin_add(atlas, builtin[i], "");

		if (err)
			return err;
	}
	return NULL;
}

/* ---- Running ---- */

static bool needs_a_kernel(const struct inspector *in)
{
	for (size_t i = 0; i < in->plugin.nr_lookups; i++)
		if (!(in->plugin.lookups[i].flags & VMATLAS_LOOKUP_OPTIONAL))
			return true;
	return false;
}

/* An extract holds what was asked of the kernel when it was made, and no more. */
static const char *plugin_whose_lack(const struct vmatlas *atlas)
{
	return image_info(atlas->kernel->image)->is_small ? "this extract does not hold"
							  : "this kernel lacks";
}

static struct vmatlas_error *plugin_run(struct vmatlas *atlas, struct inspector *in)
{
	struct vmatlas_plugin_ctx ctx = { .atlas = atlas, .by = in };
	struct vmatlas_error *err;

	if (!in->plugin.inspect)
		return NULL;	/* a command alone */
	if (!atlas->kernel && needs_a_kernel(in))
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_SKIPPED, in->pub.name,
					  "because there is no dump");
	if (in->pub.nr_missing) {
		_cleanup_(str_done) struct str detail = { 0 };

		str_addf(&detail, "because %s %s", plugin_whose_lack(atlas), in->pub.missing);
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_SKIPPED, in->pub.name,
					  str_text(&detail));
	}
	err = in->plugin.inspect(&ctx);
	ctx_flush(&ctx);
	if (err) {
		vmatlas_error_free(ctx.failed);
		return vmatlas_error_wrap(err, "inspector %s", in->pub.name);
	}
	return ctx.failed;
}

struct vmatlas_error *plugin_run_all(struct vmatlas *atlas)
{
	for (size_t i = 0; i < atlas->inspectors.nr; i++) {
		struct vmatlas_error *err = plugin_run(atlas, atlas->inspectors.v[i]);

		if (err)
			return err;
	}
	return NULL;
}

static struct inspector *plugin_with_command(struct vmatlas *atlas, const char *name)
{
	for (size_t i = 0; i < atlas->inspectors.nr; i++)
		if (atlas->inspectors.v[i]->plugin.command &&
		    !strcmp(atlas->inspectors.v[i]->pub.name, name))
			return atlas->inspectors.v[i];
	return NULL;
}

struct vmatlas_error *vmatlas_run_command(struct vmatlas *atlas, const char *name, size_t argc,
					  const char *const *argv, vmatlas_write_fn *write,
					  void *arg)
{
	struct inspector *in = plugin_with_command(atlas, name);
	struct vmatlas_plugin_ctx ctx = {
		.atlas = atlas, .by = in, .write = write, .write_arg = arg,
	};
	struct vmatlas_error *err;

	if (!in)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "no plugin '%s' with a command", name);
	if (!atlas->kernel && needs_a_kernel(in))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "%s needs a dump", name);
	if (in->pub.nr_missing)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s: %s %s", name,
					 plugin_whose_lack(atlas), in->pub.missing);
	err = in->plugin.command(&ctx, argc, argv);
	ctx_flush(&ctx);
	if (err) {
		vmatlas_error_free(ctx.failed);
		return vmatlas_error_wrap(err, "%s", name);
	}
	return ctx.failed;
}

const struct vmatlas_inspector *vmatlas_inspector_next(const struct vmatlas *atlas,
						       const struct vmatlas_inspector *prev)
{
	const size_t next = prev ? container_of(prev, struct inspector, pub)->index + 1 : 0;

	return next < atlas->inspectors.nr ? &atlas->inspectors.v[next]->pub : NULL;
}
