/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inspectors: built in or loaded, adopted, their needs resolved, run. */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "map/vmatlas_internal.h"

static const struct vmatlas_plugin *const builtin[] = {
	&inspector_vm_struct, &inspector_page_owners, &inspector_direct_map, &inspector_overlap, &inspector_out_of_region, &inspector_bounds,
	&inspector_accounting, &inspector_alloc_failure, &inspector_low_space, &inspector_ram,
	&inspector_boot_log, &inspector_kernel_overlap,
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
	if (!p.name || !p.inspect)
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
					 "needs at least a name and inspect()");
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
	/* all of a plugin's symbols in one pass over vmlinux */
	if (atlas->kernel && p->nr_lookups)
		err = lookup_prefetch(atlas->kernel, &(struct lookup_set){ p->lookups,
				      &(size_t){ p->nr_lookups } }, 1);
	if (atlas->kernel && !err)
		err = lookup_resolve(atlas->kernel, p->lookups, p->nr_lookups, in->res);
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
	};
	if (!in->pub.name || !in->pub.summary || !in->pub.path)
		return error_no_memory();
	err = resolve(atlas, in);
	if (err)
		return err;
	*ret = take(in);
	return NULL;
}

struct vmatlas_error *plugin_add(struct vmatlas *atlas, const struct vmatlas_plugin *theirs,
				 const char *path)
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
	if (err)
		return err;
	slot = vec_push(&atlas->inspectors);
	if (!slot)
		return error_no_memory();
	in->index = atlas->inspectors.nr - 1;
	*slot = take(in);
	return NULL;
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

/* ---- Loading ---- */

/* Never a folder that depends on where one stands: this tool is run by root. */
static struct vmatlas_error *check_plugin_dirs(const char *dirs)
{
	for (size_t len; *dirs; dirs += len + (dirs[len] == ':' && dirs[len + 1])) {
		len = strcspn(dirs, ":");
		if (*dirs != '/' || (dirs[len] == ':' && !dirs[len + 1]))
			return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
				"$VMATLAS_PLUGIN_PATH takes absolute directories, and no empty "
				"or relative one such as '.'");
	}
	return NULL;
}

/* Somebody else's environment: of a setuid program's caller, of the user of sudo. */
static const char *plugin_dirs(void)
{
	return getenv("SUDO_UID") || getenv("SUDO_COMMAND") ? NULL :
	       secure_getenv("VMATLAS_PLUGIN_PATH");
}

static bool find_in(const char *dir, size_t len, const char *name, char path[static 4096])
{
	const int n = snprintf(path, 4096, "%.*s/%s.so", (int)len, dir, name);

	return n > 0 && n < 4096 && access(path, R_OK) == 0;
}

static bool find_by_name(const char *name, char path[static 4096])
{
	const char *dirs = plugin_dirs();

	while (dirs && *dirs) {
		const size_t len = strcspn(dirs, ":");

		if (find_in(dirs, len, name, path))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return find_in(VMATLAS_PLUGIN_DIR, strlen(VMATLAS_PLUGIN_DIR), name, path);
}

static struct vmatlas_error *plugin_load(struct vmatlas *atlas, const char *path)
{
	/* LOCAL: two plugins may each forget to make walk() static. */
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct vmatlas_plugin *theirs;

	if (!so)
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN, "%s", dlerror());
	/* Never closed: findings may still point at its strings. */
	theirs = dlsym(so, "vmatlas_plugin");
	if (!theirs)
		return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
					 "%s: exports no vmatlas_plugin", path);
	return vmatlas_error_wrap(plugin_add(atlas, theirs, path), "%s", path);
}

struct vmatlas_error *vmatlas_load_plugin(struct vmatlas *atlas, const char *name)
{
	struct vmatlas_error *err;
	char path[4096];

	if (atlas->inspected)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "plugins are loaded before the inspection");
	if (strchr(name, '/'))
		return plugin_load(atlas, name);
	err = plugin_dirs() ? check_plugin_dirs(plugin_dirs()) : NULL;
	if (err)
		return err;
	if (find_by_name(name, path))
		return plugin_load(atlas, path);
	return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
		"no plugin %s in $VMATLAS_PLUGIN_PATH or %s; a file is named with a slash "
		"(./%s)", name, VMATLAS_PLUGIN_DIR, name);
}

/* ---- Running ---- */

static bool needs_a_kernel(const struct inspector *in)
{
	for (size_t i = 0; i < in->plugin.nr_lookups; i++)
		if (!(in->plugin.lookups[i].flags & VMATLAS_LOOKUP_OPTIONAL))
			return true;
	return false;
}

static struct vmatlas_error *plugin_run(struct vmatlas *atlas, struct inspector *in)
{
	struct vmatlas_plugin_ctx job = { .atlas = atlas, .by = in };
	struct vmatlas_error *err;

	if (!atlas->kernel && needs_a_kernel(in))
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_SKIPPED, in->pub.name,
					  "because there is no dump");
	if (in->pub.nr_missing) {
		_cleanup_(str_done) struct str detail = { 0 };

		str_addf(&detail, "because this kernel lacks %s", in->pub.missing);
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_SKIPPED, in->pub.name,
					  str_text(&detail));
	}
	err = in->plugin.inspect(&job);
	if (err) {
		vmatlas_error_free(job.failed);
		return vmatlas_error_wrap(err, "inspector %s", in->pub.name);
	}
	return job.failed;
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

const struct vmatlas_inspector *vmatlas_inspector_next(const struct vmatlas *atlas,
						       const struct vmatlas_inspector *prev)
{
	const size_t next = prev ? container_of(prev, struct inspector, pub)->index + 1 : 0;

	return next < atlas->inspectors.nr ? &atlas->inspectors.v[next]->pub : NULL;
}
