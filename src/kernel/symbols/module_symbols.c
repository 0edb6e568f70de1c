/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Symbols of modules: find_kallsyms_symbol() of kernel/module/kallsyms.c, on the
 * tables that the kernel itself searches. Files of modules are not needed.
 */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/symbols/module_symbols.h"

#define SYMBOLS_MAX (1u << 20)
#define STRINGS_MAX MIB(16)

enum { SYMTAB, NUM_SYMTAB, STRTAB, TYPETAB };

#define MOD_KALLSYMS(member)                                                  \
	VMATLAS_OPTIONAL_MEMBER("mod_kallsyms", member, "find_module|load_module")

const struct vmatlas_lookup modsyms_needs[] = {
	[SYMTAB] = MOD_KALLSYMS("symtab"),
	[NUM_SYMTAB] = MOD_KALLSYMS("num_symtab"),
	[STRTAB] = MOD_KALLSYMS("strtab"),
	[TYPETAB] = MOD_KALLSYMS("typetab"),	/* since 5.2 */
};
const size_t nr_modsyms_needs = ARRAY_SIZE(modsyms_needs);

/* ---- Searching ---- */

struct symbol {
	uint64_t name, value;
	uint16_t section;
};

static size_t symbol_size(const struct modsyms *s)
{
	return s->is_64bit ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static struct symbol symbol_at(const struct modsyms *s, size_t i)
{
	const uint8_t *p = s->symtab + i * symbol_size(s);
	const bool big = s->big_endian;
	struct symbol sym = { .name = bytes_uint(p, 4, big) };
	uint8_t info;

	if (s->is_64bit) {
		sym.section = bytes_uint(p + offsetof(Elf64_Sym, st_shndx), 2, big);
		sym.value = bytes_uint(p + offsetof(Elf64_Sym, st_value), 8, big);
		return sym;
	}
	sym.section = bytes_uint(p + offsetof(Elf32_Sym, st_shndx), 2, big);
	sym.value = bytes_uint(p + offsetof(Elf32_Sym, st_value), 4, big);
	info = p[offsetof(Elf32_Sym, st_info)];
	/* kallsyms_symbol_value(), arch/arm/include/asm/module.h */
	if (s->has_thumb && ELF32_ST_TYPE(info) == STT_FUNC)
		sym.value &= ~(uint64_t)1;
	return sym;
}

/*
 * is_mapping_symbol(), include/linux/module_symbol.h, as of 6.3; earlier kernels
 * wanted one of $a $d $t $x, and no others occurred.
 */
static bool is_ignored(const char *name)
{
	return name[0] == '\0' || name[0] == '$' || (name[0] == '.' && name[1] == 'L') ||
	       (name[0] == 'L' && name[1] == '0');
}

bool modsyms_find(const struct modsyms *s, uint64_t addr, uint64_t end,
		  struct modsym *ret)
{
	struct modsym best = { .next = end };

	if (s->nr == 0 || s->strtab_size == 0)
		return false;
	best.start = symbol_at(s, 0).value;
	for (size_t i = 1; i < s->nr; i++) {
		const struct symbol sym = symbol_at(s, i);
		const bool below = sym.value <= addr && sym.value > best.start;
		const bool above = sym.value > addr && sym.value < best.next;

		if (!(below || above) || sym.section == SHN_UNDEF ||
		    sym.name >= s->strtab_size || is_ignored(s->strtab + sym.name))
			continue;
		if (above) {
			best.next = sym.value;
			continue;
		}
		best.start = sym.value;
		best.name = s->strtab + sym.name;
	}
	if (best.name)
		*ret = best;
	return best.name != NULL;
}

/* ---- Loading ---- */

void modsyms_done(struct modsyms *s)
{
	free(s->symtab);
	free(s->strtab);
	*s = (struct modsyms){ 0 };
}

/* The tables are part of the module; what is not was never its table. */
static bool module_symbol_lies_in(const struct module *m, uint64_t addr, uint64_t size)
{
	for (size_t i = 0; i < m->nr_mem; i++) {
		const uint64_t from = addr - m->mem[i].base;

		if (addr >= m->mem[i].base && from < m->mem[i].size &&
		    size <= m->mem[i].size - from)
			return true;
	}
	return false;
}

static uint64_t module_symbol_room_in(const struct module *m, uint64_t addr)
{
	for (size_t i = 0; i < m->nr_mem; i++)
		if (addr >= m->mem[i].base && addr - m->mem[i].base < m->mem[i].size)
			return m->mem[i].size - (addr - m->mem[i].base);
	return 0;
}

static struct vmatlas_error *outside(const struct module *m, const char *what)
{
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
				 "module %s: its %s lie outside of it", m->name, what);
}

static struct vmatlas_error *load_symtab(struct kernel *k, const struct module *m,
					 uint64_t addr, struct modsyms *s)
{
	const uint64_t size = s->nr * symbol_size(s);

	if (s->nr == 0 || s->nr > SYMBOLS_MAX || !module_symbol_lies_in(m, addr, size))
		return outside(m, "symbols");
	s->symtab = malloc(size);
	return s->symtab ? kernel_read(k, addr, s->symtab, size) : error_no_memory();
}

/*
 * Nobody stores how long the strings are. The types follow them (layout_symtab(),
 * kernel/module/kallsyms.c); without types they end soon after the last one that
 * is in use.
 */
static struct vmatlas_error *load_strtab(struct kernel *k, const struct module *m,
					 uint64_t addr, uint64_t typetab,
					 struct modsyms *s)
{
	uint64_t size = 0;

	for (size_t i = 0; i < s->nr; i++)
		size = MAX(size, symbol_at(s, i).name + 512);
	if (typetab > addr)
		size = MIN(size, typetab - addr);
	size = MIN(size, module_symbol_room_in(m, addr));
	if (size == 0 || size > STRINGS_MAX)
		return outside(m, "symbol names");
	s->strtab = calloc(1, size + 1);
	s->strtab_size = size;
	return s->strtab ? kernel_read(k, addr, s->strtab, size) : error_no_memory();
}

static struct vmatlas_error *read_member(struct kernel *k, uint64_t base,
					 const struct resolved *member, uint64_t *ret)
{
	if (!member->found || member->size > 8) {
		*ret = 0;
		return NULL;
	}
	return kernel_read_uint(k, base + member->offset, member->size, ret);
}

static struct vmatlas_error *module_symbol_load(struct kernel *k, const struct module *m,
						const struct resolved *res,
						struct modsyms *s)
{
	uint64_t value[ARRAY_SIZE(modsyms_needs)];
	struct vmatlas_error *err;

	for (size_t i = 0; i < ARRAY_SIZE(value); i++) {
		err = read_member(k, m->kallsyms, &res[i], &value[i]);
		if (err)
			return err;
	}
	s->nr = value[NUM_SYMTAB];
	err = load_symtab(k, m, value[SYMTAB], s);
	return err ? err : load_strtab(k, m, value[STRTAB], value[TYPETAB], s);
}

struct vmatlas_error *modsyms_load(struct kernel *k, const struct module *m,
				   struct modsyms *ret)
{
	struct resolved res[ARRAY_SIZE(modsyms_needs)];
	_cleanup_(modsyms_done) struct modsyms s = {
		.is_64bit = k->ptr_size == 8,
		.big_endian = k->big_endian,
		.has_thumb = k->arch && k->arch->has_thumb,
	};
	struct vmatlas_error *err;

	err = lookup_resolve(k, modsyms_needs, nr_modsyms_needs, res);
	if (err)
		return err;
	if (!m->kallsyms || !res[SYMTAB].found || !res[NUM_SYMTAB].found ||
	    !res[STRTAB].found)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "module %s has no symbols", m->name);
	err = module_symbol_load(k, m, res, &s);
	if (err)
		return vmatlas_error_wrap(err, "symbols of module %s", m->name);
	*ret = s;
	s = (struct modsyms){ 0 };
	return NULL;
}
