/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statics of one name in several files: which one is in the file of a function? In
 * .symtab the locals of a file follow its STT_FILE, and DWARF names the file of the
 * function. Asked only where a name is there twice, and nothing else tells them apart.
 */
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/static_symbols.h"

/* The last STT_FILE before the entry number @index; NULL if there is none. */
static const char *file_of(const struct symtab *t, uint32_t index)
{
	const size_t size = t->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const char *strings = (const char *)t->strings.p;

	for (size_t i = index; i-- > 0 && i < t->entries.len / size;) {
		const uint8_t *p = t->entries.p + i * size;
		const uint64_t name = bytes_uint(p, 4, t->big_endian);

		if (ELF64_ST_TYPE(p[t->is_64 ? 4 : 12]) != STT_FILE)
			continue;
		return name < t->strings.len &&
		       memchr(strings + name, 0, t->strings.len - name) ? strings + name : NULL;
	}
	return NULL;
}

/* gcc says "vmalloc.c", clang "mm/vmalloc.c" or all of the path. */
static bool static_symbol_is_same_file(const char *a, const char *b)
{
	const size_t na = strlen(a), nb = strlen(b), n = MIN(na, nb);
	const char *longer = na > nb ? a : b;

	return n && !strcmp(a + na - n, b + nb - n) &&
	       (na == nb || longer[MAX(na, nb) - n - 1] == '/');
}

/* The one in the file @source goes to @at; nothing is done if there are none, or two. */
static void settle(const struct symtab *t, const char *source, struct wanted *w, size_t at)
{
	const struct candidate chosen_for = w->found.v[at];
	size_t nr = 0, which = 0;

	for (size_t i = at; i < w->found.nr; i++) {
		const char *file;

		if (!candidate_is_like(&chosen_for, &w->found.v[i]))
			continue;
		file = file_of(t, w->found.v[i].index);
		if (file && static_symbol_is_same_file(file, source)) {
			nr++;
			which = i;
		}
	}
	if (nr != 1)
		return;
	w->found.v[at] = w->found.v[which];
	w->found.v[which] = chosen_for;
}

bool twins_are(const struct wanted *w, size_t at)
{
	for (size_t i = at + 1; i < w->found.nr; i++)
		if (candidate_is_like(&w->found.v[at], &w->found.v[i]))
			return true;
	return false;
}

struct vmatlas_error *twins_file(struct image *image, const char *near, const char **ret)
{
	struct vmatlas_error *err;
	struct unit *unit;

	*ret = NULL;
	if (!image->types || !provider_has_dwarf(image->types))
		return NULL;
	err = unit_near(image->types, near, &unit);
	if (!err)
		*ret = unit->name;
	if (!error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

struct vmatlas_error *static_symbol_resolve(struct image *own, const char *file, struct wanted *w,
				   size_t at)
{
	struct symtab t;
	struct vmatlas_error *err = symbols_table(own, &t);

	if (!err)
		settle(&t, file, w, at);
	return err;
}
