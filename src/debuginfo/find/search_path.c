/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where files that belong to a kernel usually stand: paths, and whether there is
 * anything at them. What it is, others find out.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "debuginfo/find/search_path.h"

#define DEBUG_DIR "/usr/lib/debug"

/* What a distribution puts below /usr/lib/debug, for each release. */
static const char *const debug_paths[] = {
	"/boot/vmlinux-%s", "/boot/vmlinux-%s.debug",
	"/lib/modules/%s/vmlinux", "/lib/modules/%s/vmlinux.debug",
	"/usr/lib/modules/%s/vmlinux", "/usr/lib/modules/%s/vmlinux.debug",
};

static const char *const system_paths[] = {
	"/boot/vmlinux-%s", "/lib/modules/%s/build/vmlinux", "/lib/modules/%s/vmlinux",
	"/lib/modules/%s/vmlinux-%s", "/usr/lib/modules/%s/vmlinux",
	"/usr/lib/modules/%s/kernel/vmlinux", "/usr/src/linux-%s/vmlinux",
};

/* In a folder that somebody named, or next to the dump. */
static const char *const loose_paths[] = {
	"/vmlinux-%s", "/vmlinux-%s.debug", "/vmlinux", "/vmlinux.debug",
};

/* ---- One path ---- */

static bool is_system(const char *root)
{
	return !root[strspn(root, "/")];
}

/*
 * The symbolic links of another machine's tree lead to places in that tree, not in
 * ours. NULL: nothing there, or a kernel before 5.6, where the path must do.
 */
static char *in_root(const char *root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	const int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char link[64], real[4096], *ret = NULL;
	ssize_t len;
	int fd;

	if (dir < 0)
		return NULL;
	fd = (int)syscall(SYS_openat2, dir, path + strspn(path, "/"), &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) &&
	    asprintf(&ret, "%s%s", root, path) < 0)
		ret = NULL;
	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, real, sizeof(real));
		if (len > 0 && (size_t)len < sizeof(real))
			ret = strndup(real, (size_t)len);
		close(fd);
	}
	close(dir);
	return ret;
}

static struct vmatlas_error *try_path(const char *root, const char *path, place_fn *fn,
				      void *arg, bool *ret_done)
{
	_cleanup_(freep) char *full = is_system(root) ? strdup(path) : in_root(root, path);
	struct stat st;

	if (!full || stat(full, &st) || !S_ISREG(st.st_mode))
		return NULL;
	return fn(arg, full, ret_done);
}

/* @format may name the release twice; it is one of the constants above. */
static struct vmatlas_error *try_format(const char *root, const char *dir,
					const char *format, const char *release,
					place_fn *fn, void *arg, bool *ret_done)
{
	_cleanup_(str_done) struct str path = { 0 };

	/* What a dump calls its release is nobody's path. */
	if (strchr(format, '%') && (!*release || *release == '.' || strchr(release, '/')))
		return NULL;
	str_addf(&path, "%s", dir);
	for (const char *at; (at = strstr(format, "%s")); format = at + 2) {
		str_add(&path, format, (size_t)(at - format));
		str_addf(&path, "%s", release);
	}
	str_addf(&path, "%s", format);
	return path.failed ? error_no_memory() :
			     try_path(root, str_text(&path), fn, arg, ret_done);
}

static struct vmatlas_error *try_formats(const char *root, const char *dir,
					 const char *const *formats, size_t nr,
					 const char *release, place_fn *fn, void *arg,
					 bool *ret_done)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < nr && !err && !*ret_done; i++)
		err = try_format(root, dir, formats[i], release, fn, arg, ret_done);
	return err;
}

/* ---- Folders of debug files: those that were named, then one in each root ---- */

static const char *const this_machine[] = { "", NULL };

static const char *const *roots_of(const struct image_search *search)
{
	return search->roots && *search->roots ? search->roots : this_machine;
}

typedef struct vmatlas_error *dir_fn(void *arg, const char *root, const char *dir,
				     bool *ret_done);

static struct vmatlas_error *each_debug_dir(const struct image_search *search, dir_fn *fn,
					    void *arg, bool *ret_done)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; search->debug_dirs && search->debug_dirs[i]; i++) {
		err = fn(arg, "", search->debug_dirs[i], ret_done);
		if (err || *ret_done)
			return err;
	}
	for (const char *const *root = roots_of(search); *root && !err && !*ret_done; root++)
		err = fn(arg, *root, DEBUG_DIR, ret_done);
	return err;
}

struct search_request {
	const char *name;		/* build ID, release or file */
	place_fn *fn;
	void *arg;
};

static struct vmatlas_error *build_id_in(void *arg, const char *root, const char *dir,
					 bool *ret_done)
{
	const struct search_request *a = arg;
	char path[96];

	snprintf(path, sizeof(path), "/.build-id/%.2s/%.64s.debug", a->name, a->name + 2);
	return try_format(root, dir, path, "", a->fn, a->arg, ret_done);
}

struct vmatlas_error *places_of_build_id(const struct image_search *search,
					 const char *build_id, place_fn *fn, void *arg,
					 bool *ret_done)
{
	struct search_request a = { build_id, fn, arg };

	/* Hex, as nothing else is a path of ours. */
	if (strlen(build_id) < 4 || build_id[strspn(build_id, "0123456789abcdef")])
		return NULL;
	return each_debug_dir(search, build_id_in, &a, ret_done);
}

static struct vmatlas_error *release_in(void *arg, const char *root, const char *dir,
					bool *ret_done)
{
	const struct search_request *a = arg;
	struct vmatlas_error *err;

	err = try_formats(root, dir, debug_paths, ARRAY_SIZE(debug_paths), a->name, a->fn,
			  a->arg, ret_done);
	if (err || *ret_done || !strcmp(dir, DEBUG_DIR))
		return err;
	return try_formats(root, dir, loose_paths, ARRAY_SIZE(loose_paths), a->name, a->fn,
			   a->arg, ret_done);
}

struct vmatlas_error *places_of_release(const struct image_search *search,
					const char *release, place_fn *fn, void *arg,
					bool *ret_done)
{
	struct search_request a = { release, fn, arg };
	struct vmatlas_error *err = each_debug_dir(search, release_in, &a, ret_done);

	for (const char *const *root = roots_of(search); *root && !err && !*ret_done; root++)
		err = try_formats(*root, "", system_paths, ARRAY_SIZE(system_paths), release,
				  fn, arg, ret_done);
	return err;
}

/* ---- Beside another file ---- */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
}

struct vmatlas_error *places_beside(const char *path, const char *release, place_fn *fn,
				    void *arg, bool *ret_done)
{
	_cleanup_(freep) char *folder = folder_of(path);

	if (!folder)
		return error_no_memory();
	return try_formats("", folder, loose_paths, ARRAY_SIZE(loose_paths), release, fn, arg,
			   ret_done);
}

/* The folder of a file as its own machine calls it. */
static char *folder_in_root(const struct image_search *search, const char *path)
{
	_cleanup_(freep) char *real = realpath(path, NULL);

	for (const char *const *root = roots_of(search); real && *root; root++) {
		_cleanup_(freep) char *top = is_system(*root) ? NULL : realpath(*root, NULL);
		const size_t len = top ? strlen(top) : 0;

		if (len && !strncmp(real, top, len) && real[len] == '/')
			return folder_of(real + len);
	}
	return real ? folder_of(real) : NULL;
}

struct link {
	struct search_request asked;
	const char *folder;
};

static struct vmatlas_error *link_in(void *arg, const char *root, const char *dir,
				     bool *ret_done)
{
	const struct link *l = arg;
	_cleanup_(freep) char *path = NULL;

	if (asprintf(&path, "%s%s/%s", dir, l->folder, l->asked.name) < 0) {
		path = NULL;
		return error_no_memory();
	}
	return try_path(root, path, l->asked.fn, l->asked.arg, ret_done);
}

/* As gdb: beside the file, in .debug/, below the folders of debug files. */
struct vmatlas_error *places_of_link(const struct image_search *search, const char *path,
				     const char *link, place_fn *fn, void *arg,
				     bool *ret_done)
{
	_cleanup_(freep) char *folder = folder_of(path);
	_cleanup_(freep) char *inside = folder_in_root(search, path);
	struct link l = { { link, fn, arg }, inside ?: "" };
	struct vmatlas_error *err = NULL;

	if (!folder)
		return error_no_memory();
	/* A name, says the format; anything else is a trick. */
	if (!*link || strchr(link, '/') || strchr(link, '%'))
		return NULL;
	for (int i = 0; i < 2 && !err && !*ret_done; i++) {
		_cleanup_(freep) char *full = NULL;

		if (asprintf(&full, "%s/%s%s", folder, i ? ".debug/" : "", link) < 0) {
			full = NULL;
			return error_no_memory();
		}
		err = try_path("", full, fn, arg, ret_done);
	}
	return err || *ret_done ? err : each_debug_dir(search, link_in, &l, ret_done);
}

void places_describe(const struct image_search *search, struct str *out)
{
	for (size_t i = 0; search->debug_dirs && search->debug_dirs[i]; i++)
		str_addf(out, "%s, ", search->debug_dirs[i]);
	for (const char *const *root = roots_of(search); *root; root++) {
		const char *top = is_system(*root) ? "" : *root;

		str_addf(out, "%s%s, %s/boot, %s/lib/modules%s", top, DEBUG_DIR, top, top,
			 root[1] ? ", " : "");
	}
}
