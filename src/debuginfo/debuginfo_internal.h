/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share with each other and with their unit tests. */
#ifndef DEBUGINFO_DEBUGINFO_INTERNAL_H
#define DEBUGINFO_DEBUGINFO_INTERNAL_H

#include <elfutils/libdw.h>
#include <gelf.h>

#include "base/array.h"
#include "debuginfo/debuginfo.h"

/* ---- file_map.c: bytes of a file, at one address, that never raise a signal ---- */

/* Headers made up for libdw stand in slots right before the file's bytes. */
#define FILE_SLOT_SIZE ((size_t)4096)
#define FILE_NR_SLOTS ((size_t)1024)

struct filemap {
	char *path;
	int fd;
	uint64_t size;
	uint8_t *room;			/* FILE_NR_SLOTS slots, then the file itself */
	const uint8_t *bytes;
	uint8_t *chunk_is_here;		/* copied so far; NULL: the file is mapped */
};

/* @copy: read what is asked for instead of mapping, as for remote file systems. */
VMATLAS_CHECKED struct vmatlas_error *
filemap_open(const char *path, bool copy, struct filemap *ret);
void filemap_close(struct filemap *f);
bool filemap_holds(const struct filemap *f, uint64_t offset, uint64_t len);
/* Make bytes that filemap_holds() readable at f->bytes + offset. */
VMATLAS_CHECKED struct vmatlas_error *
filemap_fetch(struct filemap *f, uint64_t offset, uint64_t len);
/* Start reading from disk what is wanted soon; costs nothing if it is cached. */
void filemap_expect(const struct filemap *f, uint64_t offset, uint64_t len);
/* All of the file will be gone through: what is not cached is read far ahead. */
void filemap_read_ahead(const struct filemap *f);
/* Give back the memory of bytes that are not needed for now. */
void filemap_forget(struct filemap *f, uint64_t offset, uint64_t len);
VMATLAS_CHECKED struct vmatlas_error *
filemap_read(struct filemap *f, uint64_t offset, void *buf, size_t len);

/* ---- elf.c: headers ---- */

#define IMAGE_SMALL_MARK ".vmatlas"	/* a section of what extract/write_vmlinux.c wrote */

struct section {
	char *name;
	uint32_t type, link, name_offset;
	uint64_t flags, addr, offset, size, align;
};

struct segment {
	uint64_t addr, offset, file_size;
};

struct bytes {
	const uint8_t *p;
	size_t len;
};

struct symbols;
struct units;
struct provider;
struct btf_blob;
struct type_graph;
struct symbol_index;

/* What "a|b" near a type means. */
struct near {
	char *near;
	char *function;			/* NULL: there is none of them */
};

/* type_graph.c, symbol_search.c; of an image, NULL is fine */
void graph_free(struct type_graph *g);
void symbol_index_free(struct symbol_index *index);

struct image {
	struct image_info info;
	struct filemap file;
	uint8_t ident[EI_NIDENT];
	uint16_t type;
	uint32_t names_section;
	VEC(struct section) sections;
	VEC(struct segment) segments;	/* PT_LOAD */
	struct symbols *symbols;
	struct units *units;
	struct image *debug;		/* the separate debug file of this one, owned; NULL */
	struct image *symbols_from;	/* whose symbols count: NULL, its own; else borrowed */

	const struct provider *provider;	/* of types */
	struct image *types;		/* whose they are: itself, or another file, owned */
	char *types_text;
	struct btf_blob *btf;		/* NULL until needed */
	struct type_graph *graph;	/* likewise */
	struct symbol_index *by_addr;	/* likewise */
	VEC(struct near) nears;
	void (*asked)(void *arg, const struct image_need *need);
	void *asked_arg;
};

VMATLAS_CHECKED struct vmatlas_error *
image_open_how(const char *path, bool copy, struct image **ret);

/* Likewise, but a file without symbols will do. */
VMATLAS_CHECKED struct vmatlas_error *
image_open_parts(const char *path, bool copy, struct image **ret);

/* A section that has bytes in the file, as they are stored; NULL if there is none. */
const struct section *image_section(const struct image *image, const char *name);

/* filemap_expect() all of the section @name. */
void section_expect(const struct image *image, const char *name);

/* The bytes of @s, fetched; none if @s is NULL. */
VMATLAS_CHECKED struct vmatlas_error *
section_bytes(struct image *image, const struct section *s, struct bytes *ret);

/* ---- type_source.c: DWARF or BTF; tests bring a third ---- */

/* @image is the vmlinux, @image->types whose types are asked. */
struct provider {
	const char *name;
	struct vmatlas_error *(*member)(struct image *image, const char *near,
					const char *tag, const char *member,
					struct image_member *ret);
	struct vmatlas_error *(*enumerator)(struct image *image, const char *near,
					    const char *name, int64_t *ret);
};

void provider_choose(struct image *image);

/* Has it DWARF of its own? */
bool provider_has_dwarf(const struct image *image);

/* Whether types come from BTF, and that; see type_graph.c. */
bool provider_is_btf(const struct image *image);
VMATLAS_CHECKED struct vmatlas_error *
provider_btf(struct image *image, struct btf_blob **ret);

/* @debug is @image's separate debug file, @image its owner from now on. */
VMATLAS_CHECKED struct vmatlas_error *
provider_use_debug(struct image *image, struct image *debug);

void provider_done(struct image *image);

/* The first of "a|b" that is a function, of DWARF one with types; MISSING if none is. */
VMATLAS_CHECKED struct vmatlas_error *
cu_of_function(struct image *image, const char *near, const char **ret);

/* An image whose functions will be asked for, too, or NULL. */
struct image *provider_other_symbols(const struct image *image);

/* ---- member_path.c: pure ---- */

struct path_step {
	const char *name;
	size_t len;
	bool is_element;		/* "[]" */
};

/* The step of @path at *at, which moves on. ARGUMENT if it is none. */
VMATLAS_CHECKED struct vmatlas_error *
path_step(const char *path, size_t *at, struct path_step *ret);

/* "tag: the first @len bytes of path why" */
VMATLAS_CHECKED struct vmatlas_error *
path_missing(const char *tag, const char *path, size_t len, const char *why);

/* ---- debuginfo/dwarf/dwarf_member.c: types out of DWARF ---- */

VMATLAS_CHECKED struct vmatlas_error *
dwarf_member(struct image *image, const char *near, const char *tag, const char *member,
	     struct image_member *ret);
VMATLAS_CHECKED struct vmatlas_error *
dwarf_enumerator(struct image *image, const char *near, const char *name, int64_t *ret);

/* ---- build_id.c: pure ---- */

/* Offset and size of the GNU build ID's bytes in @notes. */
bool notes_build_id(const struct bytes *notes, uint64_t align, bool big_endian,
		    size_t *ret_offset, size_t *ret_size);

/* ---- symtab_scan.c: pure ---- */

struct candidate {
	struct image_symbol symbol;
	bool is_exact, is_global;
	uint32_t index;			/* in .symtab */
};

/* No question but for its file tells them apart. */
bool candidate_is_like(const struct candidate *a, const struct candidate *b);

struct wanted {
	char *name;
	size_t len;
	uint64_t key;
	bool looked;			/* a pass was made for it */
	uint32_t next;			/* in its bucket during a pass */
	VEC(struct candidate) found;
};

struct symtab {
	struct bytes entries, strings;
	bool is_64, big_endian;
	bool has_thumb;			/* bit 0 of a function's value says so */
};

uint64_t symtab_key(const char *name, size_t room);

/* Look for the names of @wanted that were not looked for yet, in one pass. */
VMATLAS_CHECKED struct vmatlas_error *
symtab_scan(const struct symtab *t, struct wanted *wanted, size_t nr);

/* ---- symbols.c ---- */

/* Whose symbols count for @image: itself or the other half of a split vmlinux. */
struct image *symbols_of(struct image *image);

void symbols_free(struct symbols *s);

/* Every name that was asked for, with what was found. */
size_t symbols_nr(const struct symbols *s);
const struct wanted *symbols_at(const struct symbols *s, size_t i);

/* Call @fn with the address of every function that is remembered by now. */
void symbols_functions(struct image *image, void (*fn)(void *arg, uint64_t addr),
		       void *arg);

/* Address of a function; MISSING if @name is no function. */
VMATLAS_CHECKED struct vmatlas_error *
symbols_function(struct image *image, const char *name, uint64_t *ret);

/* The bytes of .symtab and of its names. */
VMATLAS_CHECKED struct vmatlas_error *
symbols_table(struct image *image, struct symtab *ret);

/* ---- symbol_search.c ---- */

/*
 * Functions of the files of the statics below and above the variable at @addr; 0: none.
 * Its unit is likely to stand between theirs.
 */
VMATLAS_CHECKED struct vmatlas_error *
symbols_neighbours(struct image *image, uint64_t addr, uint64_t ret[static 2]);

/* ---- debuginfo/dwarf/aranges.c: pure ---- */

struct arange_want {
	uint64_t addr;
	uint64_t unit;			/* offset of its header in .debug_info */
	bool found;
	bool was_searched;		/* through every unit, once is enough */
};

/* @wants is sorted by address. False if the bytes made no sense somewhere. */
bool aranges_scan(const struct bytes *aranges, bool big_endian,
		  struct arange_want *wants, size_t nr);

/* Those in @len bytes from @addr are in @unit, if nothing else was found; how many. */
size_t aranges_mark(struct arange_want *wants, size_t nr, uint64_t addr, uint64_t len,
		    uint64_t unit);

/* ---- debuginfo/dwarf/gdb_index.c: pure ---- */

/* Likewise out of .gdb_index. */
bool gdb_index_scan(const struct bytes *index, uint64_t info_size, struct arange_want *wants,
		    size_t nr);

/* ---- debuginfo/dwarf/cu_ranges.c: pure ---- */

struct ranges_source {
	struct bytes abbrev, addr, ranges, rnglists;
	bool big_endian;
};

/*
 * Look whether the unit at @offset of .debug_info covers any of @wants, sorted by
 * address, by the first bytes of it, header and first entry; how many it covers.
 */
size_t ranges_scan(const struct ranges_source *from, const struct bytes *unit,
		   uint64_t offset, struct arange_want *wants, size_t nr);

/* ---- debuginfo/dwarf/die_scan.c: pure ---- */

/* A type that stands at the top of a unit. */
struct die_entry {
	uint64_t offset;		/* from the unit's header */
	const char *name;		/* NULL: it has none */
	uint16_t tag;			/* struct, union, typedef or enum */
	bool is_declaration;
};

struct die_source {
	struct bytes info;		/* from this unit's header on */
	struct bytes abbrev, str, line_str, str_offsets;
	bool big_endian;
};

struct die_list {
	VEC(struct die_entry) entries;
	bool has_imports;		/* more of it stands in other units */
	bool has_foreign;		/* likewise, in units that it refers to */
};

/* Bytes of the unit that starts at @info, header included; 0: makes no sense. */
uint64_t dies_unit_size(const struct bytes *info, bool big_endian);

enum dies_result { DIES_OK, DIES_NOT_UNDERSTOOD, DIES_NO_MEMORY };

enum dies_result dies_scan(const struct die_source *from, struct die_list *ret);
void die_list_done(struct die_list *list);

/* ---- debuginfo/dwarf/cu.c: compile units ---- */

/* A type of another unit that a unit uses. */
struct cross_cu_type {
	struct die_entry entry;		/* its offset is not set */
	Dwarf_Die die;
};

struct unit {
	uint64_t offset;		/* of its header in .debug_info */
	const char *name;		/* of its source file; "" unknown */
	Elf *elf;			/* NULL for a unit of the whole-file Dwarf */
	Dwarf *dwarf;
	Dwarf_Die die;
	bool is_wide;			/* a unit of the whole-file Dwarf */
	bool leaves;			/* a reference out of a narrow unit was met */
	bool is_indexed, is_related_known;
	struct die_list types;		/* by offset in unit->dwarf */
	size_t last_enum;		/* where an enumerator was found last */
	VEC(struct unit *) related;	/* units that it imports; borrowed */
	VEC(struct cross_cu_type) foreign;
	bool is_foreign_known;
};

/* The unit of a function; see image_member(). */
VMATLAS_CHECKED struct vmatlas_error *
unit_near(struct image *image, const char *near, struct unit **ret);

/* The function of "a|b" that unit_near() went by; malloc'ed. */
VMATLAS_CHECKED struct vmatlas_error *
unit_function(struct image *image, const char *near, char **ret);

/* The next entry beside @die; it can only stand further on. 0, 1 or -1. */
int unit_next(Dwarf_Die *die);

/* The bytes of @unit, of a file that dwarf_can_be_narrow(). */
VMATLAS_CHECKED struct vmatlas_error *
unit_source(struct image *image, const struct unit *unit, struct die_source *ret);

/* Fill in unit->types. */
VMATLAS_CHECKED struct vmatlas_error *
unit_index(struct image *image, struct unit *unit);

/* Reopen @unit as a part of the whole file, so that references out of it work. */
VMATLAS_CHECKED struct vmatlas_error *
unit_widen(struct image *image, struct unit *unit);

/* Fill in unit->related of a wide unit. */
VMATLAS_CHECKED struct vmatlas_error *
unit_relate(struct image *image, struct unit *unit);

/* ---- debuginfo/dwarf/cross_cu.c ---- */

/* Fill in unit->foreign of a unit that it makes wide. */
VMATLAS_CHECKED struct vmatlas_error *
unit_foreign(struct image *image, struct unit *unit);

/* Can a type of that name be anywhere? Costs little. */
bool foreign_may_be(struct image *image, const char *name);

/* The unit that says what the function at @addr of @unit is; maybe @unit itself. */
VMATLAS_CHECKED struct vmatlas_error *
unit_of_source(struct image *image, struct unit *unit, uint64_t addr, struct unit **ret);

VMATLAS_CHECKED struct vmatlas_error *
unit_damaged(const struct image *image, const struct unit *unit);

/* ---- debuginfo/dwarf/cu_cache.c: all that are open ---- */

struct anchor {
	char *near;			/* "a|b" */
	char *function;			/* which of them it was */
	struct unit *unit;
};

struct units {
	VEC(struct unit *) all;
	VEC(struct anchor) anchors;	/* what unit_near() was asked before */
	VEC(struct arange_want) located;	/* sorted by address */
	size_t nr_slots;		/* used up */
	char absent[64];		/* the name that was last found to be nowhere */
	Elf *whole_elf, *code_elf;
	Dwarf *whole, *code;		/* code: see dwarf_open_code() */
};

/* The unit whose header is at @offset of .debug_info. */
VMATLAS_CHECKED struct vmatlas_error *
units_at(struct image *image, uint64_t offset, bool wide, struct unit **ret);

/* The whole file's Dwarf. */
VMATLAS_CHECKED struct vmatlas_error *units_whole(struct image *image, Dwarf **ret);

void units_free(struct units *units);

/* Make image->units; UNSUPPORTED or NOT_FOUND where the file has no DWARF of use. */
VMATLAS_CHECKED struct vmatlas_error *units_prepare(struct image *image);

/* ---- debuginfo/dwarf/cu_lookup.c ---- */

/*
 * Which unit covers a function's address; MISSING if none does. @by_search: where
 * .debug_aranges do not tell, through every unit of the file.
 */
VMATLAS_CHECKED struct vmatlas_error *
locate_function(struct image *image, uint64_t addr, bool by_search, uint64_t *ret_unit);

/* ---- debuginfo/dwarf/dwarf.c: libdw on as much of the file as is needed ---- */

VMATLAS_CHECKED struct vmatlas_error *
dwarf_open_narrow(struct image *image, uint64_t offset, uint64_t size, size_t slot,
		  Elf **ret_elf, Dwarf **ret);
VMATLAS_CHECKED struct vmatlas_error *
dwarf_open_whole(struct image *image, size_t slot, Elf **ret_elf, Dwarf **ret);

/* The whole file, with line numbers instead of types in units of their own. */
VMATLAS_CHECKED struct vmatlas_error *
dwarf_open_code(struct image *image, size_t slot, Elf **ret_elf, Dwarf **ret);

/* Whether all of it can be read in place. */
bool dwarf_can_be_narrow(const struct image *image);

#endif
