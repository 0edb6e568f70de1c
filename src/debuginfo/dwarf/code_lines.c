/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The function, file and line of an address, and what the compiler inlined there. */
#include <dwarf.h>
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

enum { INLINED_MAX = 64, BLOCKS_MAX = 256 };

struct code_scopes {
	Dwarf_Die die[INLINED_MAX];	/* the function, then what was inlined, outermost first */
	size_t nr;
};

/* The child of @die that is code and holds @addr: a block, a function, an inlined one. */
static bool scope_below(Dwarf_Die *die, uint64_t addr, Dwarf_Die *ret)
{
	if (dwarf_child(die, ret))
		return false;
	do {
		switch (dwarf_tag(ret)) {
		case DW_TAG_subprogram:
		case DW_TAG_inlined_subroutine:
		case DW_TAG_lexical_block:
			if (dwarf_haspc(ret, addr) > 0)
				return true;
		}
	} while (!dwarf_siblingof(ret, ret));
	return false;
}

static void scopes_find(Dwarf_Die unit, uint64_t addr, struct code_scopes *ret)
{
	Dwarf_Die at = unit, below;

	for (int depth = 0; depth < BLOCKS_MAX && scope_below(&at, addr, &below); depth++) {
		at = below;
		if (dwarf_tag(&at) != DW_TAG_lexical_block && ret->nr < INLINED_MAX)
			ret->die[ret->nr++] = at;
	}
}

/* As it was given to the compiler: without the directory that it ran in. */
static const char *source_name(Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attr;
	const char *dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	const size_t len = dir ? strlen(dir) : 0;

	if (!file)
		return "";
	if (len && !strncmp(file, dir, len) && file[len] == '/')
		file += len + 1;
	return strncmp(file, "./", 2) ? file : file + 2;
}

static uint64_t line_addr(Dwarf_Lines *lines, size_t i)
{
	Dwarf_Addr addr = 0;

	dwarf_lineaddr(dwarf_onesrcline(lines, i), &addr);
	return addr;
}

/*
 * The last row at @addr or below it; of several at one address the last where a statement
 * begins, as gdb has it. NULL: none.
 */
static Dwarf_Line *line_at(Dwarf_Die *unit, uint64_t addr)
{
	Dwarf_Lines *lines;
	size_t nr, low = 0, high, last;
	bool flag = false;

	if (dwarf_getsrclines(unit, &lines, &nr))
		return NULL;
	for (high = nr; low < high;) {
		const size_t middle = low + (high - low) / 2;

		if (line_addr(lines, middle) <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	last = low - 1;
	if (dwarf_lineendsequence(dwarf_onesrcline(lines, last), &flag) || flag)
		return NULL;
	for (size_t i = low; i-- > 0 && line_addr(lines, i) == line_addr(lines, last);) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);

		if (!dwarf_linebeginstatement(line, &flag) && flag &&
		    !dwarf_lineendsequence(line, &flag) && !flag)
			return line;
	}
	return dwarf_onesrcline(lines, last);
}

static uint64_t call_attribute(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value = 0;

	return dwarf_formudata(dwarf_attr(die, name, &attr), &value) ? 0 : value;
}

static void scopes_tell(Dwarf_Die *unit, struct code_scopes *scopes, uint64_t addr,
			image_code_fn *fn, void *arg)
{
	Dwarf_Line *at = line_at(unit, addr);
	const char *file = source_name(unit, at ? dwarf_linesrc(at, NULL, NULL) : NULL);
	Dwarf_Files *files = NULL;
	int line = 0;

	if (at)
		dwarf_lineno(at, &line);
	if (dwarf_getsrcfiles(unit, &files, NULL))
		files = NULL;
	if (!scopes->nr && line)	/* assembly */
		fn(arg, NULL, file, line, false);
	for (size_t i = scopes->nr; i-- > 0;) {
		Dwarf_Die *die = &scopes->die[i];

		fn(arg, dwarf_diename(die), file, line, i > 0);
		file = source_name(unit, files ? dwarf_filesrc(files,
					call_attribute(die, DW_AT_call_file), NULL, NULL) : NULL);
		line = (int)call_attribute(die, DW_AT_call_line);
	}
}

static struct vmatlas_error *code_unit(struct image *image, uint64_t addr, Dwarf_Die *ret)
{
	struct vmatlas_error *err = units_prepare(image);
	uint64_t offset = 0;
	Dwarf_Off next;
	size_t header;

	if (!err)
		err = locate_function(image, addr, false, &offset);
	if (!err && !image->units->code)
		err = dwarf_open_code(image, ++image->units->nr_slots, &image->units->code_elf,
				      &image->units->code);
	if (err)
		return err;
	if (dwarf_next_unit(image->units->code, offset, &next, &header, NULL, NULL, NULL, NULL,
			    NULL, NULL) ||
	    !dwarf_offdie(image->units->code, offset + header, ret))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
					 "%s: has damaged debug information", image->info.path);
	return NULL;
}

struct vmatlas_error *image_code_at(struct image *image, uint64_t addr, image_code_fn *fn, void *arg)
{
	struct image *from = provider_has_dwarf(image) ? image : image->types;
	_cleanup_(freep) struct code_scopes *scopes = calloc(1, sizeof(*scopes));
	struct vmatlas_error *err;
	Dwarf_Die unit;

	if (!scopes)
		return error_no_memory();
	if (!from || !provider_has_dwarf(from))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no DWARF");
	err = code_unit(from, addr, &unit);
	if (err)
		return err;
	scopes_find(unit, addr, scopes);
	scopes_tell(&unit, scopes, addr, fn, arg);
	return NULL;
}
