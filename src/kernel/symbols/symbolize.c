/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An address to a name, as lib/vsprintf.c's %pS does it: the kernel's table for
 * addresses of the kernel, a module's table for those of a module, else a number.
 * Each address is worked out once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/symbols/kallsyms.h"
#include "kernel/addr_map.h"
#include "kernel/symbols/module_symbols.h"
#include "kernel/symbols/modules.h"
#include "kernel/symbols/symbolize.h"

enum {
	NUM_SYMS, NAMES, MARKERS, TOKEN_TABLE, TOKEN_INDEX,
	OFFSETS, ADDRESSES, RELATIVE_BASE,
	STEXT, ETEXT, SINITTEXT, EINITTEXT, INIT_BEGIN, INIT_END, END,
	NR_NEEDS,
};

const struct vmatlas_lookup symname_needs[] = {
	[NUM_SYMS] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_num_syms"),
	[NAMES] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_names"),
	[MARKERS] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_markers"),
	[TOKEN_TABLE] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_token_table"),
	[TOKEN_INDEX] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_token_index"),
	[OFFSETS] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_offsets"),
	[ADDRESSES] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_addresses"),
	[RELATIVE_BASE] = VMATLAS_OPTIONAL_SYMBOL("kallsyms_relative_base"),
	[STEXT] = VMATLAS_OPTIONAL_SYMBOL("_stext"),
	[ETEXT] = VMATLAS_OPTIONAL_SYMBOL("_etext"),
	[SINITTEXT] = VMATLAS_OPTIONAL_SYMBOL("_sinittext"),
	[EINITTEXT] = VMATLAS_OPTIONAL_SYMBOL("_einittext"),
	[INIT_BEGIN] = VMATLAS_OPTIONAL_SYMBOL("__init_begin"),
	[INIT_END] = VMATLAS_OPTIONAL_SYMBOL("__init_end"),
	[END] = VMATLAS_OPTIONAL_SYMBOL("_end"),
};
const size_t nr_symname_needs = ARRAY_SIZE(symname_needs);

struct module_names {
	struct modsyms syms;
	bool tried;
};

struct symnames {
	struct kernel *k;
	struct resolved res[NR_NEEDS];
	struct kallsyms *kallsyms;	/* NULL: no use */
	bool has_all;			/* CONFIG_KALLSYMS_ALL */
	VEC(struct module_names) modules;	/* by index into k->records.modules */
	struct memo memo;
	size_t nr_unread;
};

void symnames_free(struct symnames *names)
{
	if (!names)
		return;
	kallsyms_free(names->kallsyms);
	for (size_t i = 0; i < names->modules.nr; i++)
		modsyms_done(&names->modules.v[i].syms);
	vec_done(&names->modules);
	memo_done(&names->memo);
	free(names);
}
DEFINE_FREEP(symnames, symnames_free)

size_t symnames_unread(const struct kernel *k)
{
	return k->records.names ? k->records.names->nr_unread : 0;
}

/* Trouble in the dump leaves addresses without names; anything else is handed back. */
static struct vmatlas_error *symbolize_report_fault(struct vmatlas_error *err)
{
	if (!err || error_is(err, VMATLAS_ERROR_NO_MEMORY) ||
	    error_is(err, VMATLAS_ERROR_SYSTEM))
		return err;
	vmatlas_error_free(err);
	return NULL;
}

/* ---- The kernel's own symbols ---- */

static struct vmatlas_error *read_file(void *arg, uint64_t addr, void *buf, size_t len)
{
	const struct kernel *k = arg;

	return image_read(k->image, (addr - k->slide) & k->va_mask, buf, len);
}

static struct vmatlas_error *read_memory(void *arg, uint64_t addr, void *buf, size_t len)
{
	return kernel_read(arg, addr, buf, len);
}

/* The file may hold 0 here, to be relocated at boot: memory knows, if it is there. */
static struct vmatlas_error *read_base(const struct symnames *n, uint64_t *ret)
{
	const struct resolved *base = &n->res[RELATIVE_BASE];
	struct vmatlas_error *err, *file_err;
	uint8_t raw[8];
	uint64_t linked;

	err = kernel_read_ptr(n->k, base->addr, ret);
	if (!error_is_kernel_trouble(err))
		return err;
	file_err = read_file(n->k, base->addr, raw, n->k->ptr_size);
	linked = file_err ? 0 : bytes_uint(raw, n->k->ptr_size, n->k->big_endian);
	vmatlas_error_free(file_err);
	if (linked == 0)
		return vmatlas_error_wrap(err, "kallsyms_relative_base");
	vmatlas_error_free(err);
	*ret = linked + n->k->slide;
	return NULL;
}

static uint64_t symbolize_symbol(const struct symnames *n, unsigned int which)
{
	return n->res[which].found ? n->res[which].addr : 0;
}

/* The tables never change, so the file's are as good as memory's, and cheaper. */
static struct vmatlas_error *open_tables(struct symnames *n)
{
	struct kernel *k = n->k;
	struct vmatlas_error *err;
	struct kallsyms_tables t = {
		.read = read_file,
		.arg = k,
		.num_syms = symbolize_symbol(n, NUM_SYMS),
		.names = symbolize_symbol(n, NAMES),
		.markers = symbolize_symbol(n, MARKERS),
		.token_table = symbolize_symbol(n, TOKEN_TABLE),
		.token_index = symbolize_symbol(n, TOKEN_INDEX),
		.offsets = symbolize_symbol(n, OFFSETS),
		.addresses = symbolize_symbol(n, ADDRESSES),
		.offsets_at = symbolize_symbol(n, OFFSETS),
		.has_base = n->res[RELATIVE_BASE].found,
		.slide = k->slide,
		.image = { symbolize_symbol(n, STEXT), symbolize_symbol(n, END) },
		.ptr_size = k->ptr_size,
		.big_endian = k->big_endian,
	};

	if (t.has_base) {
		err = read_base(n, &t.base);
		if (err)
			return err;
	}
	err = kallsyms_open(&t, &n->kallsyms);
	if (!err || error_is(err, VMATLAS_ERROR_NO_MEMORY) ||
	    error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	vmatlas_error_free(err);
	t.read = read_memory;
	t.slide = 0;
	return kallsyms_open(&t, &n->kallsyms);
}

/*
 * Without CONFIG_KALLSYMS_ALL the table has text only, and nothing above the end
 * of it (scripts/kallsyms.c, symbol_valid()).
 */
static struct vmatlas_error *tell_all(struct symnames *n)
{
	const uint64_t text =
		MAX(symbolize_symbol(n, ETEXT), symbolize_symbol(n, EINITTEXT));
	struct vmatlas_error *err;
	uint64_t last;

	err = kallsyms_address(n->kallsyms, kallsyms_nr(n->kallsyms) - 1, &last);
	if (!err)
		n->has_all = last > text;
	return err;
}

/* [first, end) between two symbols that may not exist */
static bool between(const struct symnames *n, unsigned int first, unsigned int end,
		    uint64_t addr)
{
	return n->res[first].found && n->res[end].found && addr >= n->res[first].addr &&
	       addr < n->res[end].addr;
}

/* is_ksym_addr(), include/linux/kallsyms.h; no caller is in a gate page */
static bool is_of_kernel(const struct symnames *n, uint64_t addr)
{
	if (n->has_all)
		return between(n, STEXT, END, addr) ||
		       between(n, INIT_BEGIN, INIT_END, addr);
	return between(n, STEXT, ETEXT, addr) || between(n, SINITTEXT, EINITTEXT, addr);
}

static uint64_t end_of_section(const struct symnames *n, uint64_t addr)
{
	if (between(n, SINITTEXT, EINITTEXT, addr))
		return symbolize_symbol(n, EINITTEXT);
	return symbolize_symbol(n, n->has_all ? END : ETEXT);
}

/*
 * cleanup_symbol_name(), kernel/kallsyms.c up to 6.8: promoted statics of a clang
 * LTO kernel lose their suffix. No other kernel has such names. And what comes out
 * of a broken dump shall not steer a terminal.
 */
static void clean(char *name)
{
	char *suffix = strstr(name, ".llvm.");

	if (suffix)
		*suffix = '\0';
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == 0x7f)
			*name = '?';
}

static struct vmatlas_error *name_in_kernel(struct symnames *n, uint64_t addr,
					    struct symbol_at *ret)
{
	struct vmatlas_error *err;
	struct kallsym sym;
	char type = '?';

	err = kallsyms_find(n->kallsyms, addr, &sym);
	if (!err)
		err = kallsyms_name(n->kallsyms, sym.index, ret->name, &type);
	if (err)
		return err;
	clean(ret->name);
	if (!sym.next)
		sym.next = end_of_section(n, addr);
	ret->module = "";
	ret->start = sym.start;
	ret->size = sym.next - sym.start;
	ret->is_function = (type | 0x20) == 't' || (type | 0x20) == 'w';
	return NULL;
}

/* ---- Symbols of modules ---- */

/* *ret is NULL if the tables of @m could not be read the first time either. */
static struct vmatlas_error *get_modsyms(struct symnames *n, const struct module *m,
					 const struct modsyms **ret)
{
	const struct kernel_records *b = &n->k->records;
	struct module_names *names;

	*ret = NULL;
	while (n->modules.nr < b->modules.nr)
		if (!vec_push(&n->modules))
			return error_no_memory();
	names = &n->modules.v[m - b->modules.v];
	if (!names->tried) {
		struct vmatlas_error *err = modsyms_load(n->k, m, &names->syms);

		names->tried = true;
		if (err)
			return err;
	}
	if (names->syms.nr)
		*ret = &names->syms;
	return NULL;
}

/*
 * Where the last symbol of what holds @addr ends: find_kallsyms_symbol() takes the end of the
 * module's text, data or not; of data we take the end of its own memory.
 */
static uint64_t symbols_end(const struct module *m, uint64_t addr)
{
	const uint64_t end = module_init_holds(m, addr) ? m->init_text_end : m->text_end;

	for (size_t i = 0; addr >= end && i < m->nr_mem; i++)
		if (addr - m->mem[i].base < m->mem[i].size)
			return m->mem[i].base + m->mem[i].size;
	return end;
}

static struct vmatlas_error *name_in_module(struct symnames *n, const struct module *m,
					    uint64_t addr, struct symbol_at *ret)
{
	const uint64_t end = symbols_end(m, addr);
	const struct modsyms *syms = NULL;
	struct vmatlas_error *err;
	struct modsym sym;

	err = get_modsyms(n, m, &syms);
	if (err)
		return err;
	if (!syms) {
		n->nr_unread++;
		return NULL;
	}
	if (!modsyms_find(syms, addr, end, &sym))
		return NULL;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)sizeof(ret->name) - 1, sym.name);
	clean(ret->name);
	ret->module = m->name;
	ret->start = sym.start;
	ret->size = (sym.next - sym.start) & n->k->va_mask;
	ret->is_function = true;
	return NULL;
}

/* ---- All together ---- */

static struct vmatlas_error *symbolize_prepare(struct symnames *n)
{
	struct vmatlas_error *err, *trouble = NULL;

	err = lookup_resolve(n->k, symname_needs, NR_NEEDS, n->res);
	if (!err)
		err = open_tables(n);
	if (!err)
		err = tell_all(n);
	err = symbolize_report_fault(err);
	if (err)
		return err;
	err = modules_load(n->k, &trouble);
	return err ? err : symbolize_report_fault(trouble);
}

static struct vmatlas_error *symnames_get(struct kernel *k)
{
	_cleanup_(symnames_freep) struct symnames *n = NULL;
	struct vmatlas_error *err;

	if (k->records.names)
		return NULL;
	n = calloc(1, sizeof(*n));
	if (!n)
		return error_no_memory();
	n->k = k;
	err = symbolize_prepare(n);
	if (!err)
		k->records.names = take(n);
	return err;
}

/* .module stays NULL where no symbol holds @addr; *ret_lost: or where that is not known. */
static struct vmatlas_error *symbolize_find(struct symnames *n, uint64_t addr,
					    struct symbol_at *ret, bool *ret_lost)
{
	const struct module *m;

	ret->module = NULL;
	*ret_lost = false;
	if (n->kallsyms && is_of_kernel(n, addr))
		return name_in_kernel(n, addr, ret);
	if ((m = modules_at(n->k, addr)))
		return name_in_module(n, m, addr, ret);
	*ret_lost = !n->kallsyms || !n->k->records.modules_complete;
	return NULL;
}

/* __sprint_symbol(), kernel/kallsyms.c */
static struct vmatlas_error *work_out(struct symnames *n, uint64_t addr, struct str *out)
{
	struct symbol_at at;
	bool lost;
	struct vmatlas_error *err = symbolize_find(n, addr, &at, &lost);

	if (err || lost)
		n->nr_unread++;
	if (err || !at.module)
		str_addf(out, "0x%" PRIx64, addr);
	else
		str_addf(out, "%s+0x%" PRIx64 "/0x%" PRIx64 "%s%s%s", at.name, addr - at.start,
			 at.size, *at.module ? " [" : "", at.module, *at.module ? "]" : "");
	return symbolize_report_fault(err);
}

struct vmatlas_error *kernel_symbol_at(struct kernel *k, uint64_t addr, struct symbol_at *ret)
{
	struct vmatlas_error *err = symnames_get(k);
	bool lost = false;

	if (!err)
		err = symbolize_find(k->records.names, addr, ret, &lost);
	if (err || ret->module)
		return err;
	return vmatlas_error_new(lost ? VMATLAS_ERROR_FAULT : VMATLAS_ERROR_NOT_FOUND,
				 lost ? "the symbols that may hold %#" PRIx64 " are not there"
				      : "no symbol holds %#" PRIx64, addr);
}

static struct vmatlas_error *symbolize_remember(struct symnames *n, uint64_t addr,
						const char **ret)
{
	_cleanup_(str_done) struct str text = { 0 };
	struct vmatlas_error *err;

	err = work_out(n, addr, &text);
	if (err)
		return err;
	*ret = memo_add(&n->memo, addr, str_take(&text));
	return *ret ? NULL : error_no_memory();
}

struct vmatlas_error *kernel_symbol_name(struct kernel *k, uint64_t addr, struct str *out)
{
	struct vmatlas_error *err;
	const char *name;

	err = symnames_get(k);
	if (err)
		return err;
	name = memo_get(&k->records.names->memo, addr);
	if (!name) {
		err = symbolize_remember(k->records.names, addr, &name);
		if (err)
			return err;
	}
	str_add(out, name, strlen(name));
	return NULL;
}

struct vmatlas_error *symnames_pack(struct kernel *k, struct kallsyms_packed *ret)
{
	struct vmatlas_error *err = symnames_get(k);

	if (!err && !k->records.names->kallsyms)
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no kallsyms tables");
	return err ? err : kallsyms_pack(k->records.names->kallsyms, ret);
}

uint32_t symnames_nr(const struct kernel *k)
{
	const struct symnames *n = k->records.names;

	return n && n->kallsyms ? kallsyms_nr(n->kallsyms) : 0;
}
