/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The door to vmlinux: what the files say, at link addresses. Knows ELF, DWARF
 * and BTF; knows nothing of dumps, KASLR or Linux.
 */
#ifndef DEBUGINFO_DEBUGINFO_H
#define DEBUGINFO_DEBUGINFO_H

#include <vmatlas.h>

#include "base/error.h"

struct image;

struct image_info {
	const char *path;
	char build_id[41];		/* hex; "" if vmlinux has none */
	uint64_t build_id_addr;		/* link address of the ID's bytes, 0: none */
	uint16_t machine;		/* EM_* */
	uint8_t bits;			/* 32 or 64 */
	bool big_endian;
	bool has_debug_info;		/* types: DWARF or BTF */
	const char *types_from;		/* "DWARF", "BTF of FILE"; "" if there are none */
	const char *types_build_id;	/* of the file they are from; "" if none */
	uint64_t entry;			/* e_entry */
	uint64_t first_load;		/* link address of the first PT_LOAD; 0 none */
	bool is_small;			/* image_write_small() made it */
};

struct image_symbol {
	uint64_t addr;			/* link address; Thumb bit cleared */
	uint64_t size;			/* st_size; 0 unknown */
	bool is_absolute;		/* SHN_ABS: no KASLR slide */
	bool is_thumb;			/* an ARM function whose bit 0 was set */
	bool is_function;
};

struct image_member {
	uint64_t offset;		/* bytes from the start of the struct */
	uint64_t size;			/* bytes; of the whole array for arrays */
	uint64_t count;			/* elements, 0: no array, or a flexible one */
	bool is_signed;
	bool is_pointer;
	uint8_t bit_shift;		/* bit-fields: bits of the bytes at .offset below it */
	uint8_t bit_size;		/* and how many it has; 0: it is no bit-field */
};

/*
 * Is @fd (of @path) a vmlinux by content: ELF of type EXEC or DYN (REL for
 * nothing of ours)? Cheap: reads the header.
 */
bool image_probe(int fd);

/* Its CPU as ELF numbers them, before anything else is asked of it; 0 if it is none. */
uint16_t image_machine(const char *path);

VMATLAS_CHECKED struct vmatlas_error *
image_open(const char *path, struct image **ret);

/* Where to look for files that nobody named; see struct vmatlas_open_opts. */
struct image_search {
	const char *const *roots, *const *debug_dirs;	/* NULL, or they end with NULL */
	bool debuginfod;
	vmatlas_confirm_fn *confirm;
	vmatlas_cancelled_fn *cancelled;
	void *ask_arg;
	vmatlas_log_fn *log;
	void *log_arg;
};

/*
 * As image_open(); what the file lacks, symbols or DWARF, is taken from its separate
 * debug file, found by build ID or .gnu_debuglink as gdb finds it.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_open_search(const char *path, const struct image_search *search, struct image **ret);

void image_free(struct image *image);
DEFINE_FREEP(image, image_free)

const struct image_info *image_info(const struct image *image);

/* A kernel whose vmlinux is looked for. */
struct image_wanted {
	const char *path;		/* of the dump: vmlinux may lie beside it; NULL */
	const char *build_id;		/* hex, "" unknown: then is_it() decides */
	const char *release;		/* "" unknown */
	bool (*is_it)(void *arg, struct image *image);
	void *arg;
};

/*
 * *ret_path (malloc'ed) is a vmlinux with symbols, or at least parts, of the kernel
 * @wanted; MISSING tells where it was looked for. *ret_from is how it was found.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_find(const struct image_search *search, const struct image_wanted *wanted,
	   char **ret_path, const char **ret_from);

/* "" if the file of ELF notes at @path, as /sys/kernel/notes, has no build ID. */
VMATLAS_CHECKED struct vmatlas_error *
image_notes_build_id(const char *path, bool big_endian, char ret[static 41]);

/*
 * Take types from the file at @path instead: an ELF file with DWARF (and symbols), one
 * with a .BTF section, or BTF alone, as /sys/kernel/btf/vmlinux. Before any question;
 * MISMATCH if it is for another CPU.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_use_types(struct image *image, const char *path);

/*
 * Look for @names in one pass over .symtab and remember the answers, found or
 * not. Names that were not prefetched cost a pass of their own; so prefetch the
 * functions that image_member() will be given, too ("vfree|vunmap" is two names).
 */
VMATLAS_CHECKED struct vmatlas_error *
image_prefetch(struct image *image, const char *const *names, size_t nr);

/*
 * MISSING if there is none. A static whose name got a suffix ("markers.0",
 * "foo.llvm.1") answers to its plain name if nothing has that name exactly. Of
 * several, a global one wins, then the one whose size is @want_size (0: any).
 */
VMATLAS_CHECKED struct vmatlas_error *
image_symbol(struct image *image, const char *name, uint64_t want_size,
	     struct image_symbol *ret);

/* Likewise; of several statics that are alike, the one in the file of a function ("a|b"). */
VMATLAS_CHECKED struct vmatlas_error *
image_symbol_near(struct image *image, const char *name, uint64_t want_size,
		  const char *near, struct image_symbol *ret);

/*
 * Types are looked up in the compile unit of a function, since structs of the
 * same name in other files may differ. @near is one function or several
 * ("vfree|vunmap"), the first that exists counts. MISSING if there is no such
 * function, tag or member. @member may descend: "busy.head"; members of anonymous
 * structs and unions are found; "" gives the struct itself (its size). Array
 * elements: "ranges[]" is one element, "ranges[].start" a member of it.
 * @tag may also be a typedef. Bit-fields are MISSING: they have no bytes of their
 * own. Of an array, is_signed and is_pointer speak of the elements.
 *
 * BTF has one namespace for the whole kernel: there @near must exist, too, and picks
 * TAG___NEAR if there is such a struct; else of several of that tag the largest is
 * meant. A kernel's BTF (not ours) has all dimensions of an array in one.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_member(struct image *image, const char *near, const char *tag,
	     const char *member, struct image_member *ret);

/*
 * Likewise, and bit-fields are found: .offset and .size are then those of the bytes that
 * hold it, 8 at most. Of little-endian targets only.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_member_bits(struct image *image, const char *near, const char *tag,
		  const char *member, struct image_member *ret);

/* Value of an enumerator in the unit of @near. */
VMATLAS_CHECKED struct vmatlas_error *
image_enumerator(struct image *image, const char *near, const char *name,
		 int64_t *ret);

/* A question about types: image_member(), or image_enumerator() if @member is NULL. */
struct image_need {
	const char *near, *name, *member;
};

/* Have @asked called with each question from now on; NULL ends it. */
void image_watch(struct image *image,
		 void (*asked)(void *arg, const struct image_need *need), void *arg);

/*
 * BTF, in the target's byte order, that answers each of @needs as @image does, and no
 * other: structs with the members asked for, flat where they are anonymous. Where the
 * answers of a tag differ from function to function there is one TAG___NEAR for each.
 * The functions that are @near must still be found beside it. *ret is malloc'ed.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_make_btf(struct image *image, const struct image_need *needs, size_t nr,
	       void **ret, size_t *ret_size);

/* Bytes that the file holds at a link address; FAULT if it holds none there. */
VMATLAS_CHECKED struct vmatlas_error *
image_read(struct image *image, uint64_t addr, void *buf, size_t len);

/* ---- dwarf/code_lines.c, dwarf/unwind_step.c: code; all addresses are link addresses ---- */

/*
 * Call @fn with the function that holds @addr, what was inlined there first; each with the
 * file and line where it is, or where it goes on; of assembly without a name, if there is a
 * line. NOT_FOUND without DWARF.
 */
typedef void image_code_fn(void *arg, const char *function, const char *file, int line,
			   bool is_inlined);

VMATLAS_CHECKED struct vmatlas_error *
image_code_at(struct image *image, uint64_t addr, image_code_fn *fn, void *arg);

#define IMAGE_REGISTERS_MAX 64

/* By DWARF's numbers of the CPU. */
struct image_registers {
	uint64_t value[IMAGE_REGISTERS_MAX];
	uint64_t known;			/* a bit for each */
};

/* A word of memory at run time. */
typedef struct vmatlas_error *image_word_fn(void *arg, uint64_t addr, uint64_t *ret);

/*
 * The registers as the caller of the function at @addr has them; @sp: the number of its stack
 * pointer. *ret_pc: where it goes on, not known if *ret_has_pc is not set. NOT_FOUND if no call
 * frame information covers @addr, UNSUPPORTED if it is not understood, or @read's error.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_unwind(struct image *image, uint64_t addr, uint32_t sp, image_word_fn *read, void *arg,
	     struct image_registers *regs, uint64_t *ret_pc, bool *ret_has_pc);

/* ---- extract/write_vmlinux.c: what an extract needs of a vmlinux ---- */

/* Bytes at a link address. */
struct image_piece {
	uint64_t addr;
	const void *bytes;
	size_t len;
};

/* A symbol that stands elsewhere in the small vmlinux. */
struct image_moved {
	const char *name;
	uint64_t addr;
};

struct image_small {
	const struct image_piece *pieces;	/* may overlap */
	size_t nr_pieces;
	const struct image_moved *moved;
	size_t nr_moved;
	const void *btf;
	size_t btf_size;
};

/*
 * An ELF into the empty file @fd with the symbols that were looked for and found,
 * the build ID, and what @what says. @path is for messages. *ret_size: bytes written.
 */
VMATLAS_CHECKED struct vmatlas_error *
image_write_small(struct image *image, int fd, const char *path,
		  const struct image_small *what, uint64_t *ret_size, size_t *ret_nr_symbols);

#endif
