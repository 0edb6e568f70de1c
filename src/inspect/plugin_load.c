/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plugins that are files: where they are looked for, and the options they are given. */
#include <dirent.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect/plugin.h"

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

static bool plugin_find_in(const char *dir, size_t len, const char *name, char path[static 4096])
{
	const int n = snprintf(path, 4096, "%.*s/%s.so", (int)len, dir, name);

	return n > 0 && n < 4096 && access(path, R_OK) == 0;
}

static bool plugin_find_by_name(const char *name, char path[static 4096])
{
	const char *dirs = plugin_dirs();

	while (dirs && *dirs) {
		const size_t len = strcspn(dirs, ":");

		if (plugin_find_in(dirs, len, name, path))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return plugin_find_in(VMATLAS_PLUGIN_DIR, strlen(VMATLAS_PLUGIN_DIR), name, path);
}

static struct vmatlas_error *plugin_load(struct vmatlas *atlas, const char *path,
					 const char *options)
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
	return vmatlas_error_wrap(plugin_add_with(atlas, theirs, path, options), "%s", path);
}

/* "NAME:KEY=VALUE,..." is cut at the first ':' after the last '/'. */
static const char *plugin_options_of(char *name)
{
	char *base = strrchr(name, '/'), *colon = strchr(base ? base : name, ':');

	if (!colon)
		return "";
	*colon = '\0';
	return colon + 1;
}

struct vmatlas_error *vmatlas_load_plugin(struct vmatlas *atlas, const char *name)
{
	_cleanup_(freep) char *copy = strdup(name);
	struct vmatlas_error *err;
	const char *options;
	char path[4096];

	if (!copy)
		return error_no_memory();
	if (atlas->inspected)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "plugins are loaded before the inspection");
	options = plugin_options_of(copy);
	if (strchr(copy, '/'))
		return plugin_load(atlas, copy, options);
	err = plugin_dirs() ? check_plugin_dirs(plugin_dirs()) : NULL;
	if (err)
		return err;
	if (plugin_find_by_name(copy, path))
		return plugin_load(atlas, path, options);
	return vmatlas_error_new(VMATLAS_ERROR_PLUGIN,
		"no plugin %s in $VMATLAS_PLUGIN_PATH or %s; a file is named with a slash "
		"(./%s)", copy, VMATLAS_PLUGIN_DIR, copy);
}

/* ---- Options ---- */

static bool plugin_has_option(const struct vmatlas_plugin *p, const char *name)
{
	for (uint64_t i = 0; i < p->nr_options; i++)
		if (p->options[i].name && !strcmp(p->options[i].name, name))
			return true;
	return false;
}

static struct vmatlas_error *plugin_bad_option(const struct inspector *in, const char *name)
{
	_cleanup_(str_done) struct str known = { 0 };
	const struct vmatlas_plugin *p = &in->plugin;

	for (uint64_t i = 0; i < p->nr_options; i++)
		if (p->options[i].name)
			str_addf(&known, "%s%s", i ? ", " : "", p->options[i].name);
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "%s has no option '%s'%s%s%s",
				 in->pub.name, name, known.len ? " (it has " : "",
				 str_text(&known), known.len ? ")" : "");
}

/* The name and the value are one string, the '=' replaced by a NUL. */
static struct vmatlas_error *plugin_set_option(struct inspector *in, const char *text, size_t len)
{
	struct plugin_option *slot;
	_cleanup_(freep) char *copy = strndup(text, len);
	char *value;

	if (!copy)
		return error_no_memory();
	value = copy + strcspn(copy, "=");
	if (*value)
		*value++ = '\0';
	if (!plugin_has_option(&in->plugin, copy))
		return plugin_bad_option(in, copy);
	slot = vec_push(&in->options);
	if (!slot)
		return error_no_memory();
	*slot = (struct plugin_option){ .name = take(copy), .value = value };
	return NULL;
}

struct vmatlas_error *plugin_set_options(struct inspector *in, const char *options)
{
	while (*options) {
		const size_t len = strcspn(options, ",");
		struct vmatlas_error *err = plugin_set_option(in, options, len);

		if (err)
			return err;
		options += len + (options[len] == ',');
	}
	return NULL;
}

/* ---- What there is ---- */

struct plugin_names {
	VEC(char *) v;
};

static void plugin_names_done(struct plugin_names *names)
{
	for (size_t i = 0; i < names->v.nr; i++)
		free(names->v.v[i]);
	vec_done(&names->v);
}

/* "NAME.so"; false when out of memory. */
static bool plugin_names_add(struct plugin_names *names, const char *file)
{
	const size_t len = strlen(file);
	char **slot;

	if (len < 4 || strcmp(file + len - 3, ".so") != 0)
		return true;
	for (size_t i = 0; i < names->v.nr; i++)
		if (!strncmp(names->v.v[i], file, len - 3) && !names->v.v[i][len - 3])
			return true;
	slot = vec_push(&names->v);
	if (slot)
		*slot = strndup(file, len - 3);
	return slot && *slot;
}

static bool plugin_names_in(struct plugin_names *names, const char *dir, size_t len)
{
	_cleanup_(freep) char *path = strndup(dir, len);
	bool ok = path != NULL;
	struct dirent *entry;
	DIR *d;

	d = path && *path ? opendir(path) : NULL;
	while (d && ok && (entry = readdir(d)))
		ok = plugin_names_add(names, entry->d_name);
	if (d)
		closedir(d);
	return ok;
}

static int plugin_names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct vmatlas_error *vmatlas_find_plugins(vmatlas_write_fn *write, void *arg)
{
	_cleanup_(plugin_names_done) struct plugin_names names = { 0 };
	const char *dirs = plugin_dirs();
	struct vmatlas_error *err = dirs ? check_plugin_dirs(dirs) : NULL;
	bool ok = true;

	if (err)
		return err;
	while (dirs && *dirs && ok) {
		const size_t len = strcspn(dirs, ":");

		ok = plugin_names_in(&names, dirs, len);
		dirs += len + (dirs[len] == ':');
	}
	if (!ok || !plugin_names_in(&names, VMATLAS_PLUGIN_DIR, strlen(VMATLAS_PLUGIN_DIR)))
		return error_no_memory();
	if (names.v.nr)
		qsort(names.v.v, names.v.nr, sizeof(*names.v.v), plugin_names_compare);
	for (size_t i = 0; i < names.v.nr; i++)
		if (write(arg, names.v.v[i], strlen(names.v.v[i])))
			break;
	return NULL;
}
