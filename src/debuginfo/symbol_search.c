/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * .symtab by name, with every symbol of that name, and by address, by the rules of gdb
 * (lookup_minimal_symbol_by_pc_section() in gdb/minsyms.c), so that <symbol+off> is the
 * same here and there.
 */
#include <elf.h>
#include <endian.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/type_find.h"
#include "debuginfo/debuginfo_internal.h"

#define LIKE_MAX 3			/* changed letters in a name that is still alike */
#define NAME_MAX_LIKE 63
#define FEW_QUESTIONS 4			/* a pass over the table costs less than sorting it */

struct symbol_place {
	uint64_t addr, size;
	const char *name;
	bool is_code;
};

/* Of one section, by address; names decide where addresses are the same. */
struct symbol_index {
	size_t section;			/* whose symbols these are; 0: none yet */
	unsigned int questions;		/* so far */
	VEC(struct symbol_place) v;
};

void symbol_index_free(struct symbol_index *index)
{
	if (!index)
		return;
	vec_done(&index->v);
	free(index);
}

/* One entry, decoded; false: it names nothing. */
struct symtab_entry {
	const char *name;
	uint64_t value, size;
	uint16_t section;
	uint8_t type, bind;
};

static size_t entry_size(const struct symtab *t)
{
	return t->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static inline uint32_t entry_name(const struct symtab *t, const uint8_t *p)
{
	uint32_t name;

	memcpy(&name, p, sizeof(name));
	return t->big_endian ? be32toh(name) : le32toh(name);
}

static bool symtab_entry(const struct symtab *t, size_t i, struct symtab_entry *ret)
{
	const uint8_t *p = t->entries.p + i * entry_size(t);
	const bool be = t->big_endian;
	const uint32_t name = entry_name(t, p);
	const uint8_t info = p[t->is_64 ? 4 : 12];

	if (!name || name >= t->strings.len)
		return false;
	if (t->is_64 && !be) {		/* nearly always, and some 100,000 times */
		Elf64_Sym sym;

		memcpy(&sym, p, sizeof(sym));
		*ret = (struct symtab_entry){ .name = (const char *)t->strings.p + name,
			.value = le64toh(sym.st_value), .size = le64toh(sym.st_size),
			.section = le16toh(sym.st_shndx), .type = ELF64_ST_TYPE(info),
			.bind = ELF64_ST_BIND(info) };
		return true;
	}
	*ret = (struct symtab_entry){ .name = (const char *)t->strings.p + name,
		.value = t->is_64 ? bytes_uint(p + 8, 8, be) : bytes_uint(p + 4, 4, be),
		.size = t->is_64 ? bytes_uint(p + 16, 8, be) : bytes_uint(p + 8, 4, be),
		.section = (uint16_t)bytes_uint(p + (t->is_64 ? 6 : 14), 2, be),
		.type = ELF64_ST_TYPE(info), .bind = ELF64_ST_BIND(info) };
	if (t->has_thumb && ret->type == STT_FUNC)
		ret->value &= ~(uint64_t)1;
	return true;
}

static struct vmatlas_error *table_of(struct image *image, struct symtab *ret)
{
	struct vmatlas_error *err = symbols_table(symbols_of(image), ret);

	/* A string that has no end is none. */
	while (!err && ret->strings.len && ret->strings.p[ret->strings.len - 1])
		ret->strings.len--;
	return err;
}

/* ---- By name ---- */

/* "name.0", "name.llvm.12"; cold parts are no variables. */
static bool has_suffix(const char *s)
{
	if (!strncmp(s, ".llvm", 5))
		s += 5;
	if (*s++ != '.' || !*s)
		return false;
	return s[strspn(s, "0123456789")] == '\0';
}

/* What was found of one name: a global one first, then statics, then those of functions. */
struct named_list {
	VEC(struct image_named) v[3];
};

static struct vmatlas_error *named_add(struct named_list *list, const struct symtab *t, size_t i,
				       const char *file, size_t len)
{
	struct image_named *to;
	struct symtab_entry e;

	if (!symtab_entry(t, i, &e) || e.type == STT_FILE || e.type == STT_SECTION ||
	    e.section == SHN_UNDEF || (e.name[len] && !has_suffix(e.name + len)))
		return NULL;
	to = vec_push(&list->v[e.name[len] ? 2 : e.bind == STB_LOCAL]);
	if (!to)
		return error_no_memory();
	*to = (struct image_named){ .name = e.name,
		.symbol = { .addr = e.value, .size = e.size,
			    .is_absolute = e.section == SHN_ABS,
			    .is_function = e.type == STT_FUNC || e.type == STT_GNU_IFUNC },
		.is_global = e.bind != STB_LOCAL, .file = e.bind != STB_LOCAL ? "" : file };
	return NULL;
}

static struct vmatlas_error *named_scan(const struct symtab *t, const char *name,
					struct named_list *list)
{
	const size_t size = entry_size(t), nr = t->entries.len / size, len = strlen(name);
	const size_t info = t->is_64 ? 4 : 12;
	const uint8_t *p = t->entries.p;
	struct vmatlas_error *err = NULL;
	const char *file = "";

	for (size_t i = 0; !err && i < nr; i++, p += size) {
		const uint32_t at = entry_name(t, p);
		const char *is = (const char *)t->strings.p + at;

		if (at >= t->strings.len)
			continue;
		if (ELF64_ST_TYPE(p[info]) == STT_FILE)
			file = is;
		else if (is[0] == name[0] && !strncmp(is, name, len))
			err = named_add(list, t, i, file, len);
	}
	return err;
}

struct vmatlas_error *image_symbols_named(struct image *image, const char *name,
					  image_named_fn *fn, void *arg)
{
	struct named_list list = { 0 };
	struct symtab t;
	struct vmatlas_error *err = *name ? table_of(image, &t) : NULL;
	bool goes_on = !err;

	if (!err && *name)
		err = named_scan(&t, name, &list);
	for (size_t i = 0; i < ARRAY_SIZE(list.v); i++) {
		for (size_t k = 0; !err && goes_on && k < list.v[i].nr; k++)
			goes_on = !fn(arg, &list.v[i].v[k]);
		vec_done(&list.v[i]);
	}
	return err;
}

/* ---- Whose file a variable is from ---- */

/*
 * The linker puts sections, and debug information, in the order of the object files: the
 * unit of a global variable stands between those of the statics that are next to it in
 * memory; a function of the same file leads to each.
 */
struct symbol_neighbours {
	uint64_t below, above;		/* how far; UINT64_MAX: none */
	uint64_t function[2];		/* of the file of each */
	uint64_t file_below, file_above, file_function;	/* of the file at hand */
};

static void neighbours_next_file(struct symbol_neighbours *n)
{
	if (n->file_function && n->file_below < n->below) {
		n->below = n->file_below;
		n->function[0] = n->file_function;
	}
	if (n->file_function && n->file_above < n->above) {
		n->above = n->file_above;
		n->function[1] = n->file_function;
	}
	n->file_below = n->file_above = UINT64_MAX;
	n->file_function = 0;
}

static void neighbours_look(struct symbol_neighbours *n, const struct symtab_entry *e, size_t section,
			    uint64_t addr)
{
	if (e->type == STT_FUNC && e->size && !n->file_function)
		n->file_function = e->value;
	if (e->type != STT_OBJECT || e->section != section)
		return;
	if (e->value <= addr)
		n->file_below = MIN(n->file_below, addr - e->value);
	else
		n->file_above = MIN(n->file_above, e->value - addr);
}

static size_t section_over(const struct image *image, uint64_t addr);

struct vmatlas_error *symbols_neighbours(struct image *image, uint64_t addr, uint64_t ret[static 2])
{
	struct symbol_neighbours n = { .below = UINT64_MAX, .above = UINT64_MAX };
	const size_t section = section_over(symbols_of(image), addr);
	struct symtab t;
	struct symtab_entry e;
	struct vmatlas_error *err = table_of(image, &t);

	neighbours_next_file(&n);
	for (size_t i = 1; !err && section && i < t.entries.len / entry_size(&t); i++) {
		const uint8_t info = t.entries.p[i * entry_size(&t) + (t.is_64 ? 4 : 12)];

		if (ELF64_ST_BIND(info) != STB_LOCAL)
			break;
		if (ELF64_ST_TYPE(info) == STT_FILE)
			neighbours_next_file(&n);
		else if ((ELF64_ST_TYPE(info) == STT_OBJECT ||
			  (ELF64_ST_TYPE(info) == STT_FUNC && !n.file_function)) &&
			 symtab_entry(&t, i, &e))
			neighbours_look(&n, &e, section, addr);
	}
	neighbours_next_file(&n);
	ret[0] = n.function[0];
	ret[1] = n.function[1];
	return err;
}

/* ---- Names that are alike ---- */

/* Levenshtein's distance; more than @limit is as good as none. */
static unsigned int name_distance(const char *a, size_t na, const char *b, size_t nb,
				  unsigned int limit)
{
	unsigned int row[NAME_MAX_LIKE + 1];

	if (na > nb + limit || nb > na + limit)
		return limit + 1;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int diagonal = row[0], best = row[0] = (unsigned int)i;

		for (size_t j = 1; j <= nb; j++) {
			const unsigned int up = row[j];

			const unsigned int beside = MIN(row[j], row[j - 1]) + 1,
					   changed = diagonal + (a[i - 1] != b[j - 1]);

			row[j] = MIN(beside, changed);
			diagonal = up;
			best = MIN(best, row[j]);
		}
		if (best > limit)
			return limit + 1;
	}
	return row[nb];
}

struct vmatlas_error *image_names_like(struct image *image, const char *name, const char **ret,
				       size_t max, size_t *ret_nr)
{
	const size_t len = strlen(name);
	unsigned int limit = len < 4 ? 1 : len < 8 ? 2 : LIKE_MAX;
	unsigned int rank[16];
	struct symtab t;
	struct vmatlas_error *err = table_of(image, &t);

	*ret_nr = 0;
	max = MIN(max, ARRAY_SIZE(rank));
	if (err || len > NAME_MAX_LIKE)
		return err;
	for (size_t i = 0; i < t.entries.len / entry_size(&t); i++) {
		struct symtab_entry e;
		size_t n, at;
		unsigned int d;

		if (!symtab_entry(&t, i, &e) || e.type == STT_FILE || e.type == STT_SECTION ||
		    e.section == SHN_UNDEF)
			continue;
		n = strnlen(e.name, NAME_MAX_LIKE + 1);
		if (n > NAME_MAX_LIKE)
			continue;
		d = name_distance(name, len, e.name, n, limit);
		for (at = *ret_nr; at > 0 && rank[at - 1] > d; at--)
			;
		if (d > limit || at >= max || (at && !strcmp(ret[at - 1], e.name)))
			continue;
		*ret_nr = MIN(*ret_nr + 1, max);
		memmove(&ret[at + 1], &ret[at], (*ret_nr - 1 - at) * sizeof(*ret));
		memmove(&rank[at + 1], &rank[at], (*ret_nr - 1 - at) * sizeof(*rank));
		ret[at] = e.name;
		rank[at] = d;
	}
	return NULL;
}

/* ---- By address ---- */

static int place_compare(const void *a, const void *b)
{
	const struct symbol_place *x = a, *y = b;

	return x->addr != y->addr ? (x->addr > y->addr) - (x->addr < y->addr)
				  : strcmp(x->name, y->name);
}

static size_t section_over(const struct image *image, uint64_t addr)
{
	for (size_t i = 1; i < image->sections.nr; i++) {
		const struct section *s = &image->sections.v[i];

		if (s->flags & SHF_ALLOC && !(s->flags & SHF_TLS) && addr >= s->addr &&
		    addr - s->addr < s->size)
			return i;
	}
	return 0;
}

/* Mapping symbols and the compiler's own labels are no names. */
static bool is_label(const char *name)
{
	return name[0] == '$' || !strncmp(name, ".L", 2);
}

/* A symbol of @section, as its index has it; false: it is none. */
static bool place_of(const struct image *image, const struct symtab *t, size_t i, size_t section,
		     struct symbol_place *ret)
{
	struct symtab_entry e;

	if (!symtab_entry(t, i, &e) || e.section != section || e.type == STT_FILE ||
	    e.type == STT_SECTION || is_label(e.name))
		return false;
	*ret = (struct symbol_place){ e.value, e.size, e.name, e.type == STT_FUNC ||
		image->sections.v[section].flags & SHF_EXECINSTR };
	return true;
}

static struct vmatlas_error *index_section(struct image *image, size_t section)
{
	struct symtab t;
	struct vmatlas_error *err = table_of(image, &t);
	struct symbol_index *index = image->by_addr;

	index->section = 0;
	index->v.nr = 0;
	for (size_t i = 0; !err && i < t.entries.len / entry_size(&t); i++) {
		struct symbol_place p, *to;

		if (!place_of(image, &t, i, section, &p))
			continue;
		to = vec_push(&index->v);
		if (!to)
			return error_no_memory();
		*to = p;
	}
	if (err)
		return err;
	qsort(index->v.v, index->v.nr, sizeof(*index->v.v), place_compare);
	index->section = section;
	return NULL;
}

static bool place_holds(const struct symbol_place *p, uint64_t addr)
{
	return addr - p->addr < p->size;
}

/* See the top of the file. */
static const struct symbol_place *index_find(const struct symbol_index *index, uint64_t addr)
{
	const struct symbol_place *v = index->v.v, *none = NULL, *at;
	size_t low = 0, high = index->v.nr;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (v[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	while (low) {
		at = &v[low - 1];
		if (!at->size) {
			none = none ? none : at;
		} else if (place_holds(at, addr) || low < 2 || !place_holds(at - 1, addr)) {
			break;
		}
		low--;
	}
	at = low ? &v[low - 1] : none;
	if (at && at->size && !place_holds(at, addr))
		at = none;
	return at && !at->size && !at->is_code ? NULL : at;
}

/*
 * Without an index, for the first few: the nearest symbol with a size. Where that does not
 * hold the address, the rules about others count.
 */
static struct vmatlas_error *nearest_symbol(struct image *image, size_t section, uint64_t addr,
					    struct symbol_place *ret, bool *ret_found)
{
	struct symtab t;
	struct vmatlas_error *err = table_of(image, &t);
	struct symbol_place best = { 0 }, p;

	for (size_t i = 0; !err && i < t.entries.len / entry_size(&t); i++)
		if (place_of(image, &t, i, section, &p) && p.size && p.addr <= addr &&
		    (!best.name || place_compare(&p, &best) > 0))
			best = p;
	*ret_found = !err && best.name && place_holds(&best, addr);
	*ret = best;
	return err;
}

struct vmatlas_error *image_symbol_over(struct image *image, uint64_t addr, const char **ret_name,
					uint64_t *ret_start)
{
	struct image *own = symbols_of(image);
	const size_t section = section_over(own, addr);
	const struct symbol_place *p;
	struct vmatlas_error *err = NULL;

	*ret_name = NULL;
	if (!section)
		return NULL;
	if (!own->by_addr)
		own->by_addr = calloc(1, sizeof(*own->by_addr));
	if (!own->by_addr)
		return error_no_memory();
	if (own->by_addr->section != section && own->by_addr->questions++ < FEW_QUESTIONS) {
		struct symbol_place near;
		bool found;

		err = nearest_symbol(own, section, addr, &near, &found);
		if (err || found) {
			*ret_name = err ? NULL : near.name;
			*ret_start = near.addr;
			return err;
		}
	}
	if (own->by_addr->section != section)
		err = index_section(own, section);
	if (err)
		return err;
	p = index_find(own->by_addr, addr);
	if (p) {
		*ret_name = p->name;
		*ret_start = p->addr;
	}
	return NULL;
}
