/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who answers for types: the DWARF of vmlinux, else its BTF; or those of another file
 * that the user names. This file alone knows that there are two kinds, and so looks up
 * into btf/: that of DWARF is known from debuginfo_internal.h.
 */
#include <string.h>

#include <inttypes.h>
#include "base/strbuf.h"
#include "debuginfo/btf/btf_member.h"

/* ---- DWARF ---- */

static struct vmatlas_error *ask_dwarf_member(struct image *image, const char *near,
					      const char *tag, const char *member,
					      struct image_member *ret)
{
	return dwarf_member(image->types, near, tag, member, ret);
}

static struct vmatlas_error *ask_dwarf_enumerator(struct image *image, const char *near,
						  const char *name, int64_t *ret)
{
	return dwarf_enumerator(image->types, near, name, ret);
}

static const struct provider dwarf = {
	"DWARF", ask_dwarf_member, ask_dwarf_enumerator,
};

/* ---- BTF ---- */

/* The section, or the whole of a file that is nothing but BTF. */
static struct vmatlas_error *btf_bytes(struct image *types, struct bytes *ret)
{
	const struct section *s = image_section(types, ".BTF");
	struct vmatlas_error *err;

	if (s && s->flags & SHF_COMPRESSED)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "%s: compresses its BTF", types->file.path);
	section_expect(types, ".BTF");
	if (s || types->sections.nr)
		return section_bytes(types, s, ret);
	filemap_expect(&types->file, 0, types->file.size);
	err = filemap_fetch(&types->file, 0, types->file.size);
	*ret = (struct bytes){ types->file.bytes, (size_t)types->file.size };
	return err;
}

struct vmatlas_error *provider_btf(struct image *image, struct btf_blob **ret)
{
	struct vmatlas_error *err;
	struct bytes raw;

	if (!image->btf) {
		err = btf_bytes(image->types, &raw);
		if (!err)
			err = btf_open(&raw, image->types->file.path,
				       image->info.bits / 8, &image->btf);
		if (err)
			return err;
	}
	*ret = image->btf;
	if (image->btf->big_endian == image->info.big_endian)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
		"%s: its BTF is of the other byte order than %s", image->types->file.path,
		image->info.path);
}

static struct vmatlas_error *find_function(struct image *image, const char *near,
					   char **ret)
{
	struct vmatlas_error *err = image_prefetch(image, &near, 1);
	const char *next = near;
	uint64_t addr;

	/* DWARF passes by functions without debug information: no other may be taken for it */
	if (!err && image->provider == &dwarf) {
		err = unit_function(image->types, near, ret);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
		*ret = NULL;
		return NULL;
	}
	while (!err && *next) {
		const size_t len = strcspn(next, "|");

		_cleanup_(freep) char *name = strndup(next, len);
		if (!name)
			return error_no_memory();
		next += len + (next[len] == '|');
		err = symbols_function(image, name, &addr);
		if (!err) {
			*ret = take(name);
			return NULL;
		}
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		vmatlas_error_free(err);
		err = NULL;
	}
	*ret = NULL;
	return err;
}

/* Remembered: many questions in a row are asked near the same function. */
struct vmatlas_error *cu_of_function(struct image *image, const char *near,
				    const char **ret)
{
	struct vmatlas_error *err;
	struct near *n = NULL;

	if (!near)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "types need a function near");
	for (size_t i = 0; i < image->nears.nr && !n; i++)
		if (!strcmp(image->nears.v[i].near, near))
			n = &image->nears.v[i];
	if (!n) {
		_cleanup_(freep) char *function = NULL, *copy = strdup(near);

		if (!copy)
			return error_no_memory();
		err = find_function(image, near, &function);
		if (err)
			return err;
		n = vec_push(&image->nears);
		if (!n)
			return error_no_memory();
		*n = (struct near){ take(copy), take(function) };
	}
	*ret = n->function;
	return n->function ? NULL :
	       vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no function '%s' in %s", near,
				 image->info.path);
}

static struct vmatlas_error *ask_btf_member(struct image *image, const char *near,
					    const char *tag, const char *member,
					    struct image_member *ret)
{
	const char *function;
	struct btf_blob *b;
	struct vmatlas_error *err = cu_of_function(image, near, &function);

	if (!err)
		err = provider_btf(image, &b);
	return err ? err : btf_member(b, function, tag, member, ret);
}

static struct vmatlas_error *ask_btf_enumerator(struct image *image, const char *near,
						const char *name, int64_t *ret)
{
	const char *function;
	struct btf_blob *b;
	struct vmatlas_error *err = cu_of_function(image, near, &function);

	if (!err)
		err = provider_btf(image, &b);
	return err ? err : btf_enumerator(b, function, name, ret);
}

static const struct provider btf = { "BTF", ask_btf_member, ask_btf_enumerator };

bool provider_is_btf(const struct image *image)
{
	return image->provider == &btf;
}

/* ---- Which of them ---- */

bool provider_has_dwarf(const struct image *image)
{
	return (image_section(image, ".debug_info") &&
		image_section(image, ".debug_abbrev")) ||
	       (image_section(image, ".zdebug_info") &&
		image_section(image, ".zdebug_abbrev"));
}

void provider_choose(struct image *image)
{
	const bool has_btf = image_section(image, ".BTF") != NULL;

	/* dwz -m put a part of the DWARF into another file. */
	const bool is_shared = image_section(image, ".gnu_debugaltlink") != NULL;

	image->types = image;
	/* Without any, DWARF's words of what is missing are right. */
	image->provider = (provider_has_dwarf(image) && !is_shared) || !has_btf ? &dwarf : &btf;
	image->info.has_debug_info = provider_has_dwarf(image) || has_btf;
	image->info.types_from = image->info.has_debug_info ? image->provider->name : "";
	image->info.types_build_id = image->info.build_id;
}

void provider_done(struct image *image)
{
	if (image->types != image && image->types != image->debug)
		image_free(image->types);
	btf_free(image->btf);
	free(image->types_text);
	for (size_t i = 0; i < image->nears.nr; i++) {
		free(image->nears.v[i].near);
		free(image->nears.v[i].function);
	}
	vec_done(&image->nears);
}

/* A file that is nothing but BTF. */
static struct vmatlas_error *type_source_open_raw(const char *path, struct image **ret)
{
	_cleanup_(image_freep) struct image *types = calloc(1, sizeof(*types));
	struct vmatlas_error *err;
	uint8_t head[2];

	if (!types)
		return error_no_memory();
	types->types = types;
	types->file.fd = -1;
	err = filemap_open(path, false, &types->file);
	if (!err && types->file.size >= sizeof(head)) {
		err = filemap_read(&types->file, 0, head, sizeof(head));
		if (!err && btf_is_magic(head)) {
			types->provider = &btf;
			*ret = take(types);
		}
	}
	return err;
}

static struct vmatlas_error *open_elf(const struct image *image, const char *path,
				      struct image **ret)
{
	_cleanup_(image_freep) struct image *types = NULL;
	struct vmatlas_error *err = image_open_parts(path, false, &types);

	if (err)
		return err;
	if (types->info.machine != image->info.machine ||
	    types->info.bits != image->info.bits ||
	    types->info.big_endian != image->info.big_endian)
		return vmatlas_error_new(VMATLAS_ERROR_MISMATCH,
			"%s is for another CPU than %s: not the same kernel", path,
			image->info.path);
	if (!types->info.has_debug_info)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: has no types: neither DWARF nor BTF", path);
	if (types->provider == &dwarf && !image_section(types, ".symtab"))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: has no symbol table, by which its DWARF is found", path);
	*ret = take(types);
	return NULL;
}

/* @types and @text: consumed */
static void use_types(struct image *image, struct image *types, char *text)
{
	provider_done(image);
	image->btf = NULL;
	image->types_text = text;
	image->types = types;
	image->provider = types->provider;
	image->info.has_debug_info = true;
	image->info.types_from = text;
	image->info.types_build_id = types->info.build_id;
}

struct vmatlas_error *image_use_types(struct image *image, const char *path)
{
	_cleanup_(image_freep) struct image *types = NULL;
	_cleanup_(str_done) struct str text = { 0 };
	struct vmatlas_error *err = type_source_open_raw(path, &types);

	if (!err && !types)
		err = open_elf(image, path, &types);
	if (err)
		return err;
	str_addf(&text, "%s of %s", types->provider->name, path);
	if (text.failed)
		return error_no_memory();
	use_types(image, take(types), str_take(&text));
	return NULL;
}

struct vmatlas_error *provider_use_debug(struct image *image, struct image *debug)
{
	_cleanup_(str_done) struct str text = { 0 };

	image->debug = debug;
	/* Each half lends the other what it has. */
	if (image_section(debug, ".symtab"))
		image->symbols_from = debug;
	else
		debug->symbols_from = image;
	if (provider_has_dwarf(image))
		return NULL;
	str_addf(&text, "DWARF of %s", debug->info.path);
	if (text.failed)
		return error_no_memory();
	use_types(image, debug, str_take(&text));
	return NULL;
}

struct image *provider_other_symbols(const struct image *image)
{
	const bool is_other = image->types != image && image->types != image->debug;

	return image->provider == &dwarf && is_other ? image->types : NULL;
}

/* ---- Questions ---- */

void image_watch(struct image *image,
		 void (*asked)(void *arg, const struct image_need *need), void *arg)
{
	image->asked = asked;
	image->asked_arg = arg;
}

/*
 * Once, for BTF and DWARF alike: whoever reads a record into a buffer of its size believes
 * that its members lie in it.
 */
static struct vmatlas_error *check_inside(struct image *image, const char *near,
					  const char *tag, const char *member,
					  const struct image_member *m)
{
	struct image_member whole;
	struct vmatlas_error *err = image->provider->member(image, near, tag, "", &whole);

	/* without a struct there is nothing that a member could be believed to lie in */
	if (err || (m->offset <= whole.size && m->size <= whole.size - m->offset))
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s is damaged: %s.%s, %" PRIu64 " bytes at offset %" PRIu64 ", is not inside the "
		"%" PRIu64 " bytes of %s", image->info.path, tag, member, (uint64_t)m->size,
		(uint64_t)m->offset, (uint64_t)whole.size, tag);
}

struct vmatlas_error *image_member(struct image *image, const char *near, const char *tag,
				   const char *member, struct image_member *ret)
{
	struct image_member m;
	struct vmatlas_error *err = image_member_bits(image, near, tag, member, &m);

	if (!err && m.bit_size)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "%s.%s is a bit-field", tag,
					 member);
	if (!err)
		*ret = m;
	return err;
}

struct vmatlas_error *image_member_bits(struct image *image, const char *near, const char *tag,
					const char *member, struct image_member *ret)
{
	struct vmatlas_error *err;

	if (image->asked)
		image->asked(image->asked_arg, &(struct image_need){ near, tag, member });
	err = image->provider->member(image, near, tag, member, ret);
	/* where a path has an index, the array may be one that has no end of its own */
	return err || !*member || strchr(member, '[') ? err :
	       check_inside(image, near, tag, member, ret);
}

struct vmatlas_error *image_enumerator(struct image *image, const char *near,
				       const char *name, int64_t *ret)
{
	if (image->asked)
		image->asked(image->asked_arg, &(struct image_need){ near, name, NULL });
	return image->provider->enumerator(image, near, name, ret);
}
