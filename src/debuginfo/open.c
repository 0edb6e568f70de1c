/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A vmlinux with all that belongs to it: symbols, and types if there are any. Looks up
 * into find/: what is missing is searched for while opening.
 */
#include "debuginfo/find/search_path.h"

static struct vmatlas_error *no_symbols(const struct image *image,
					const struct image_search *search)
{
	const char *build_id = image->info.build_id;

	if (!search)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: has no symbol table (stripped?): the vmlinux of the "
			"kernel's -dbg package is needed", image->info.path);
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s: has no symbol table (stripped?), and no debug file was found for it "
		"(build ID %s): install the kernel's -dbg or -debuginfo package, or say where "
		"with --root, --debug-dir or --debuginfod", image->info.path,
		*build_id ? build_id : "none");
}

/* An extract has all that it needs: whatever else lies around is not its own. */
static bool lacks_something(const struct image *image)
{
	return !image->info.is_small &&
	       (!image_section(image, ".symtab") || !provider_has_dwarf(image));
}

static struct vmatlas_error *debuginfo_open_image(const char *path, bool copy,
						  const struct image_search *search,
						  struct image **ret)
{
	_cleanup_(image_freep) struct image *image = NULL;
	struct vmatlas_error *err = image_open_parts(path, copy, &image);

	if (!err && search && lacks_something(image))
		err = debugfile_attach(image, search);
	if (err)
		return err;
	if (!image_section(symbols_of(image), ".symtab"))
		return no_symbols(image, search);
	*ret = take(image);
	return NULL;
}

struct vmatlas_error *image_open_how(const char *path, bool copy, struct image **ret)
{
	return debuginfo_open_image(path, copy, NULL, ret);
}

struct vmatlas_error *image_open(const char *path, struct image **ret)
{
	return debuginfo_open_image(path, false, NULL, ret);
}

struct vmatlas_error *image_open_search(const char *path, const struct image_search *search,
					struct image **ret)
{
	return debuginfo_open_image(path, false, search, ret);
}
