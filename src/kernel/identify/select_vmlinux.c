/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which vmlinux, where none was named. See select_vmlinux.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "kernel/identify/identify.h"
#include "kernel/identify/scan_identity.h"
#include "kernel/identify/select_vmlinux.h"

/* What there is to look for. */
struct names {
	char build_id[41], release[65];
	struct memory_names memory;
};

static void names_done(struct names *n)
{
	memory_names_done(&n->memory);
}

/* Nothing else becomes part of a path. */
static void take_build_id(struct names *n, const char *id)
{
	const size_t len = id ? strlen(id) : 0;

	if (*n->build_id || len < 8 || len >= sizeof(n->build_id) ||
	    strspn(id, "0123456789abcdef") != len)
		return;
	memcpy(n->build_id, id, len + 1);
}

static void take_release(struct names *n, const char *text, size_t len)
{
	if (*n->release || !text || !len || len >= sizeof(n->release))
		return;
	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)text[i]) || text[i] == '/')
			return;
	memcpy(n->release, text, len);
	n->release[len] = '\0';
}

static void select_vmlinux_take_vmcoreinfo(struct names *n, const struct vmcoreinfo *v)
{
	const char *release = vmcoreinfo_text(v, "OSRELEASE");

	take_build_id(n, vmcoreinfo_text(v, "BUILD-ID"));
	take_release(n, release, release ? strlen(release) : 0);
}

static struct vmatlas_error *names_from_dump(const struct mem_info *info, struct names *n)
{
	_cleanup_(vmcoreinfo_freep) struct vmcoreinfo *v = NULL;
	struct vmatlas_error *err = vmcoreinfo_parse(info->vmcoreinfo,
		info->vmcoreinfo ? info->vmcoreinfo_size : 0, &v);

	if (err)
		return err;
	select_vmlinux_take_vmcoreinfo(n, v);
	take_release(n, info->uts_release, strlen(info->uts_release));
	return NULL;
}

/* The running kernel's own notes are in sysfs since 2.6.23. */
static struct vmatlas_error *names_of_live(struct names *n)
{
	struct utsname uts;
	char id[41];

	vmatlas_error_free(image_notes_build_id("/sys/kernel/notes",
						__BYTE_ORDER == __BIG_ENDIAN, id));
	take_build_id(n, id);
	if (!uname(&uts))
		take_release(n, uts.release, strlen(uts.release));
	return NULL;
}

/* ---- By what stands in memory ---- */

/* A vmlinux that stands somewhere is tried against this. */
struct select_try {
	struct kernel *k;
	const struct memory_names *memory;
};

/*
 * Its own bytes, at the places where an image may lie (see identify_*.c): an extract
 * holds these few and no page around them. Any other dump was read through already.
 */
static bool is_at_its_place(struct kernel *k, struct image *image)
{
	static const uint64_t strides[] = { MIB(2), KIB(64), KIB(8) };
	const size_t nr = k->mem->info.is_extract ? ARRAY_SIZE(strides) : 1;
	struct kernel_signature p;
	struct vmatlas_error *err;
	bool found = false;
	uint64_t delta;

	k->image = image;
	err = signature_load(k, &p);
	for (size_t i = 0; !err && i < nr && !found; i++) {
		struct vmatlas_error *missing = signature_search(k, &p, strides[i], &delta);

		found = !missing;
		vmatlas_error_free(missing);
	}
	k->image = NULL;
	vmatlas_error_free(err);
	return found;
}

/* The ID stands in memory; or, where vmlinux has none or notes are gone, the banner. */
static bool is_in_memory(void *arg, struct image *image)
{
	const struct select_try *t = arg;
	const struct memory_names *m = t->memory;
	const char *id = image_info(image)->build_id;
	struct vmatlas_error *err;
	struct image_symbol sym;
	char banner[512] = "";

	for (size_t i = 0; *id && i < m->build_ids.nr; i++)
		if (!strcmp(m->build_ids.v[i], id))
			return true;
	if (*id && m->build_ids.nr)
		return false;
	err = image_symbol(image, "linux_banner", 0, &sym);
	if (!err)
		err = image_read(image, sym.addr, banner, MIN(sym.size, sizeof(banner) - 1));
	vmatlas_error_free(err);
	for (size_t i = 0; *banner && i < m->banners.nr; i++)
		if (!strncmp(m->banners.v[i], banner, strlen(m->banners.v[i])))
			return true;
	return is_at_its_place(t->k, image);
}

/* Several releases may have left their names; the one that has a vmlinux here is tried. */
static struct vmatlas_error *find_by_memory(struct kernel *k, const struct kernel_opts *opts,
					    struct names *n)
{
	struct image_wanted w = { .path = opts->core, .build_id = n->build_id,
				  .is_it = is_in_memory,
				  .arg = &(struct select_try){ k, &n->memory } };
	struct vmatlas_error *err = NULL;
	size_t i = 0;

	do {
		if (i < n->memory.banners.nr && !*n->release) {
			const char *text = n->memory.banners.v[i] + strlen("Linux version ");

			take_release(n, text, strcspn(text, " "));
		}
		w.release = n->release;
		vmatlas_error_free(err);
		err = image_find(&opts->search, &w, &k->found, &k->found_from);
		if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
			return err;
		if (++i < n->memory.banners.nr && !n->memory.vmcoreinfo)
			*n->release = '\0';
	} while (i < n->memory.banners.nr);
	return err;
}

struct vmatlas_error *find_vmlinux(struct kernel *k, const struct kernel_opts *opts)
{
	_cleanup_(names_done) struct names n = { 0 };
	struct vmatlas_error *err = names_from_dump(&k->mem->info, &n);

	if (!err && opts->live)
		err = names_of_live(&n);
	if (!err && !*n.build_id && k->mem->info.has_physical) {
		err = memory_names_read(k->mem, &n.memory);
		if (!err && n.memory.vmcoreinfo)
			select_vmlinux_take_vmcoreinfo(&n, n.memory.vmcoreinfo);
	}
	return err ? err : find_by_memory(k, opts, &n);
}
