/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vmlinux of a kernel of which only the build ID or the release is known. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/find/search_path.h"

struct find {
	const struct image_search *where;
	const struct image_wanted *wanted;
	char *path;			/* of the best so far; owned */
	bool is_whole;			/* it has symbols and types of its own */
	char *why;			/* what is wrong with another; owned */
};

static void find_done(struct find *f)
{
	free(f->path);
	free(f->why);
}

static bool is_it(const struct find *f, struct image *image)
{
	const struct image_wanted *w = f->wanted;

	if (*w->build_id)
		return !strcmp(image->info.build_id, w->build_id);
	return w->is_it && w->is_it(w->arg, image);
}

static struct vmatlas_error *replace(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to ? NULL : error_no_memory();
}

/* The first that was passed by is worth telling, should there be no other. */
VMATLAS_PRINTF(2, 3)
static struct vmatlas_error *find_vmlinux_explain(struct find *f, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	if (f->why)
		return NULL;
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	f->why = str_take(&text);
	return f->why ? NULL : error_no_memory();
}

/* The first with symbols and types of its own; else the first, whose debug file may come. */
static struct vmatlas_error *find_vmlinux_look(void *arg, const char *path,
					       bool *ret_done)
{
	struct find *f = arg;
	_cleanup_(image_freep) struct image *image = NULL;
	struct vmatlas_error *err = image_open_parts(path, false, &image);

	if (error_is(err, VMATLAS_ERROR_NO_MEMORY))
		return err;
	if (err) {
		struct vmatlas_error *failed =
			find_vmlinux_explain(f, "%s", vmatlas_error_message(err));

		vmatlas_error_free(err);
		return failed;
	}
	if (!is_it(f, image) && !*f->wanted->build_id)
		return find_vmlinux_explain(f, "of %s, neither build ID nor banner was found in "
					    "the dump", path);
	if (!is_it(f, image))
		return find_vmlinux_explain(f, "%s is of another build, %s", path,
					    *image->info.build_id ? image->info.build_id
								  : "without a build ID");
	f->is_whole = image_section(image, ".symtab") && image->info.has_debug_info;
	*ret_done = f->is_whole;
	return f->is_whole || !f->path ? replace(&f->path, path) : NULL;
}

static struct vmatlas_error *find_vmlinux_missing(const struct find *f)
{
	const struct image_wanted *w = f->wanted;
	_cleanup_(str_done) struct str s = { 0 };

	str_addf(&s, "the vmlinux of this kernel (build ID %s, release %s) is not in ",
		 *w->build_id ? w->build_id : "unknown", *w->release ? w->release : "unknown");
	places_describe(f->where, &s);
	if (w->path)
		str_addf(&s, " or next to the dump");
	if (f->why)
		str_addf(&s, " (%s)", f->why);
	str_addf(&s, ": install the kernel's -dbg or -debuginfo package, name the file, or say "
		 "where with --root, --debug-dir or --debuginfod");
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s", str_text(&s));
}

static struct vmatlas_error *look_everywhere(struct find *f, const char **ret_from)
{
	const struct image_wanted *w = f->wanted;
	struct vmatlas_error *err = NULL;
	bool done = false;

	*ret_from = *w->build_id ? "build ID" : "release, and what memory says";
	if (w->path)
		err = places_beside(w->path, w->release, find_vmlinux_look, f, &done);
	if (!err && !done && *w->build_id)
		err = places_of_build_id(f->where, w->build_id, find_vmlinux_look, f,
					 &done);
	if (!err && !done)
		err = places_of_release(f->where, w->release, find_vmlinux_look, f,
					&done);
	return err;
}

static struct vmatlas_error *find_vmlinux_fetch(struct find *f)
{
	const char *build_id = f->wanted->build_id;
	_cleanup_(freep) char *path = NULL;
	struct vmatlas_error *err;
	bool done = false;

	if (!*build_id || (!f->where->debuginfod && !f->where->confirm))
		return NULL;
	err = debuginfod_fetch(f->where, build_id, "vmlinux", &path);
	if (err || !path)
		return err;
	err = find_vmlinux_look(f, path, &done);
	if (err || f->path)
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
		"debuginfod served %s, which is not the vmlinux of build ID %s", path,
		build_id);
}

struct vmatlas_error *image_find(const struct image_search *search,
				 const struct image_wanted *wanted, char **ret_path,
				 const char **ret_from)
{
	_cleanup_(find_done) struct find f = { .where = search, .wanted = wanted };
	struct vmatlas_error *err = look_everywhere(&f, ret_from);

	if (!err && !f.path) {
		err = find_vmlinux_fetch(&f);
		*ret_from = f.path ? "build ID, by debuginfod" : *ret_from;
	}
	if (err)
		return err;
	if (!f.path)
		return find_vmlinux_missing(&f);
	*ret_path = take(f.path);
	return NULL;
}

struct vmatlas_error *image_notes_build_id(const char *path, bool big_endian,
					   char ret[static 41])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct bytes notes;
	uint8_t raw[4096];
	size_t at, size;
	ssize_t n;

	*ret = '\0';
	if (fd < 0)
		return error_system("%s", path);
	n = read(fd, raw, sizeof(raw));
	close(fd);
	notes = (struct bytes){ raw, n > 0 ? (size_t)n : 0 };
	if (notes_build_id(&notes, 4, big_endian, &at, &size) && size <= 20)
		for (size_t i = 0; i < size; i++)
			sprintf(ret + 2 * i, "%02x", raw[at + i]);
	return NULL;
}
