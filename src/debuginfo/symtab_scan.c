/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The symbol table in one pass for all names at once. Pure; fuzzed.
 *
 * A kernel has 100,000 to 300,000 symbols and we want about a hundred. So a name
 * is judged by its first eight bytes alone: one load, one multiplication and one
 * bit out of a map of 4 KiB; only what passes is compared. The pass then costs
 * little more than bringing the table in from memory.
 */
#include <elf.h>
#include <endian.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "debuginfo/debuginfo_internal.h"

#define FILTER_BITS 15
#define BUCKET_BITS 10
/* More symbols of one name than anybody can want told apart, by kind and size. */
#define MAX_CANDIDATES 64
/* Statics of one name, kind and size, which only their files tell apart (static_symbols.c). */
#define MAX_TWINS 4

struct filter {
	uint64_t map[(1 << FILTER_BITS) / 64];
	uint32_t bucket[1 << BUCKET_BITS];	/* index + 1; 0: empty */
	struct wanted *wanted;
};

/* The top bit of every zero byte of @x, and maybe of bytes above the first one. */
static inline uint64_t zero_bytes(uint64_t x)
{
	return (x - 0x0101010101010101) & ~x & 0x8080808080808080;
}

/* The first eight bytes of a name, less what follows its end or its first dot. */
static inline uint64_t key_of(uint64_t word)
{
	const uint64_t ends = zero_bytes(word) | zero_bytes(word ^ 0x2e2e2e2e2e2e2e2e);

	return ends ? word & (((ends & -ends) >> 7) - 1) : word;
}

uint64_t symtab_key(const char *name, size_t room)
{
	uint64_t word = 0;

	memcpy(&word, name, MIN(room, sizeof(word)));
	return key_of(le64toh(word));
}

static void filter_add(struct filter *f, uint32_t i)
{
	const uint64_t hash = hash_u64(f->wanted[i].key);
	const size_t bit = hash >> (64 - FILTER_BITS),
		     bucket = hash >> (64 - BUCKET_BITS);

	f->map[bit / 64] |= (uint64_t)1 << bit % 64;
	f->wanted[i].next = f->bucket[bucket];
	f->bucket[bucket] = i + 1;
}

static inline bool filter_passes(const struct filter *f, uint64_t hash)
{
	const size_t bit = hash >> (64 - FILTER_BITS);

	return f->map[bit / 64] >> bit % 64 & 1;
}

/* One symbol, as far as the pass needs it. */
struct entry {
	uint32_t name;
	uint8_t info;
	uint16_t section;
	uint64_t value, size;
};

static struct entry symtab_decode(const struct symtab *t, const uint8_t *p)
{
	const bool be = t->big_endian;

	if (t->is_64)
		return (struct entry){ (uint32_t)bytes_uint(p, 4, be), p[4],
			(uint16_t)bytes_uint(p + 6, 2, be), bytes_uint(p + 8, 8, be),
			bytes_uint(p + 16, 8, be) };
	return (struct entry){ (uint32_t)bytes_uint(p, 4, be), p[12],
		(uint16_t)bytes_uint(p + 14, 2, be), bytes_uint(p + 4, 4, be),
		bytes_uint(p + 8, 4, be) };
}

static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

/*
 * ".0", ".llvm.123", ".isra.0.constprop.2": still the same thing. ".cold" and
 * ".part.0" are pieces of it.
 */
static bool is_suffix(const char *s)
{
	static const char *const words[] = {".llvm", ".isra", ".constprop", ".lto_priv"};

	while (*s) {
		const char *digits;

		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (!strncmp(s, words[i], strlen(words[i])))
				s += strlen(words[i]);
		if (*s != '.')
			return false;
		digits = s + 1;
		s = skip_digits(digits);
		if (s == digits)
			return false;
	}
	return true;
}

static struct image_symbol symbol_of(const struct symtab *t, const struct entry *e)
{
	const uint8_t type = ELF64_ST_TYPE(e->info);
	struct image_symbol s = { .addr = e->value, .size = e->size,
		.is_absolute = e->section == SHN_ABS,
		.is_function = type == STT_FUNC || type == STT_GNU_IFUNC };

	/* Bit 0 of an ARM function's value says Thumb (ELF for the Arm Architecture). */
	if (t->has_thumb && s.is_function && s.addr & 1) {
		s.is_thumb = true;
		s.addr &= ~(uint64_t)1;
	}
	return s;
}

bool candidate_is_like(const struct candidate *a, const struct candidate *b)
{
	return a->is_exact == b->is_exact && a->is_global == b->is_global &&
	       a->symbol.is_function == b->symbol.is_function &&
	       a->symbol.size == b->symbol.size;
}

/* Of many that are alike the first ones stay. */
static bool symtab_remember(struct wanted *w, const struct candidate *c)
{
	struct candidate *to;
	size_t nr_like = 0;

	for (size_t i = 0; i < w->found.nr; i++)
		nr_like += candidate_is_like(&w->found.v[i], c);
	if (nr_like >= (c->is_global || c->symbol.is_function ? 1 : MAX_TWINS) ||
	    w->found.nr >= MAX_CANDIDATES)
		return true;
	to = vec_push(&w->found);
	if (to)
		*to = *c;
	return to;
}

/* False: out of memory. */
static bool symtab_consider(const struct symtab *t, struct filter *f, uint64_t key,
			    const uint8_t *p)
{
	const struct entry e = symtab_decode(t, p);
	const char *name = (const char *)t->strings.p + e.name;
	const size_t entry_size = t->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const uint8_t type = ELF64_ST_TYPE(e.info);
	uint32_t next = f->bucket[hash_u64(key) >> (64 - BUCKET_BITS)];

	if (e.section == SHN_UNDEF || type == STT_SECTION || type == STT_FILE)
		return true;
	for (; next; next = f->wanted[next - 1].next) {
		struct wanted *w = &f->wanted[next - 1];

		if (w->key != key || strncmp(name, w->name, w->len) ||
		    !is_suffix(name + w->len))
			continue;
		const struct candidate c = { .symbol = symbol_of(t, &e),
			.is_exact = !name[w->len],
			.is_global = ELF64_ST_BIND(e.info) != STB_LOCAL,
			.index = (uint32_t)((size_t)(p - t->entries.p) / entry_size) };
		if (!symtab_remember(w, &c))
			return false;
	}
	return true;
}

/* Constant arguments: the compiler makes one tight loop of each combination. */
static inline __attribute__((always_inline)) bool
scan(const struct symtab *t, struct filter *f, size_t entry_size, bool swapped)
{
	const uint8_t *p = t->entries.p;
	const char *strings = (const char *)t->strings.p;
	const size_t len = t->strings.len;

	for (size_t n = t->entries.len / entry_size; n; n--, p += entry_size) {
		uint32_t name;
		uint64_t word, key;

		memcpy(&name, p, sizeof(name));
		name = swapped ? __builtin_bswap32(name) : name;
		if (name < len && len - name >= sizeof(word)) {
			memcpy(&word, strings + name, sizeof(word));
			key = key_of(le64toh(word));
		} else if (name < len) {
			key = symtab_key(strings + name, len - name);
		} else {
			continue;
		}
		if (filter_passes(f, hash_u64(key)) && !symtab_consider(t, f, key, p))
			return false;
	}
	return true;
}

static bool scan_all(const struct symtab *t, struct filter *f)
{
	const bool swapped = t->big_endian != (__BYTE_ORDER == __BIG_ENDIAN);

	if (t->is_64)
		return swapped ? scan(t, f, sizeof(Elf64_Sym), true) :
				 scan(t, f, sizeof(Elf64_Sym), false);
	return swapped ? scan(t, f, sizeof(Elf32_Sym), true) :
			 scan(t, f, sizeof(Elf32_Sym), false);
}

struct vmatlas_error *symtab_scan(const struct symtab *t, struct wanted *wanted,
				  size_t nr)
{
	struct symtab trimmed = *t;

	_cleanup_(freep) struct filter *f = calloc(1, sizeof(*f));
	if (!f)
		return error_no_memory();
	f->wanted = wanted;
	for (size_t i = 0; i < nr; i++)
		if (!wanted[i].looked)
			filter_add(f, (uint32_t)i);

	/* A string that has no end is none. */
	while (trimmed.strings.len && trimmed.strings.p[trimmed.strings.len - 1])
		trimmed.strings.len--;
	if (!scan_all(&trimmed, f))
		return error_no_memory();
	for (size_t i = 0; i < nr; i++)
		wanted[i].looked = true;
	return NULL;
}
