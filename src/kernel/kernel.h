/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How Linux keeps its books: vmlinux + memory + CPU joined into one kernel
 * that can be read by virtual address, and the surveyors that read it.
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <vmatlas.h>

#include "arch/arch.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/array.h"
#include "debuginfo/debuginfo.h"
#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

/* A need after it was looked up: a symbol's address or a member's place. */
struct resolved {
	bool found;
	uint64_t addr;			/* symbol: run-time address */
	uint64_t offset;		/* member: bytes from the struct's start */
	uint64_t size;			/* of symbol or member, bytes */
	uint64_t count;			/* array members: elements */
	bool is_signed;
};

struct kernel {
	struct image *image;		/* owned */
	char *found;			/* its path where none was named; else NULL */
	const char *found_from;		/* "build ID", a constant; with found */
	struct mem *mem;		/* owned */
	const struct vmatlas_memory_ops *host;	/* symbols, if it brings them */
	const struct arch *arch;
	const struct pt_format *format;	/* of the kernel's own page tables */
	struct vmcoreinfo *vmcoreinfo;	/* never NULL; maybe empty */
	char *vmcoreinfo_from;		/* "" if none */
	char *vmcoreinfo_wrong;		/* what memory disproves of the note; NULL: nothing */
	bool vmcoreinfo_doubted;	/* its places are not to be used */
	uint8_t proof_strength;		/* enum identify_proof */

	uint32_t ptr_size, page_shift;
	bool big_endian;
	uint32_t release;		/* KERNEL_RELEASE(6, 1) */
	char *release_text, *version_text, *host_text, *banner;
	char *proof, *slide_from, *phys_from;

	uint64_t slide;			/* run-time minus link address of the image */
	uint64_t phys_base;		/* x86-64 phys_base, PHYS_OFFSET of others */
	uint64_t page_offset;		/* where the linear map begins, where found; else 0 */
	struct vmatlas_range image_range;	/* run-time _text.._end, linearly mapped: */
	uint64_t image_delta;		/* physical minus run-time virtual, mod 2^64 */
	uint64_t pgd_phys;		/* root of init_mm's page tables */
	uint64_t entry_clear;		/* bits of an entry that are no address: SME's */
	uint64_t va_mask;		/* all ones for the word size */
	bool has_tags;			/* arm64 with KASAN: pointers carry one on top */
	struct tlb *tlb;		/* translations seen; see kernel/pgtable/translate.c */
	struct trace *trace;		/* what was asked of vmlinux; NULL: not kept */
};

struct kernel_opts {
	const char *vmlinux, *core;
	const char *const *parts;	/* more files of the same dump as @core */
	size_t nr_parts;
	const char *types;		/* a file to take types from; NULL: vmlinux */
	bool live;
	const struct vmatlas_memory_ops *host;
	const char *phys_offset, *kaslr_offset;
	struct mem_opts mem;
	struct image_search search;
};

/* ---- kernel.c: open and read ---- */

VMATLAS_CHECKED struct vmatlas_error *
kernel_open(const struct kernel_opts *opts, struct kernel **ret);
void kernel_free(struct kernel *k);
DEFINE_FREEP(kernel, kernel_free)

/* FAULT with the reason if a page is not mapped or not in the dump. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_read(struct kernel *k, uint64_t addr, void *buf, size_t len);
VMATLAS_CHECKED struct vmatlas_error *
kernel_read_uint(struct kernel *k, uint64_t addr, size_t size, uint64_t *ret);
VMATLAS_CHECKED struct vmatlas_error *
kernel_read_ptr(struct kernel *k, uint64_t addr, uint64_t *ret);
/* A NUL-terminated string of at most @max bytes; malloc'ed. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_read_str(struct kernel *k, uint64_t addr, size_t max, char **ret);

/* Run-time address of a symbol; MISSING if there is none. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_symbol(struct kernel *k, const char *name, uint64_t *ret);

/* A pointer as the kernel keeps it, as the address it means: without KASAN's tag. */
static inline uint64_t kernel_address(const struct kernel *k, uint64_t pointer)
{
	if (k->has_tags && pointer >> 55 & 1)
		pointer |= 0xffull << 56;
	return pointer & k->va_mask;
}

/*
 * "6.1.0-18-amd64" as KERNEL_RELEASE(6, 1); of 2.6.N as KERNEL_RELEASE(2, N), for there
 * it is the third number that counts. 0 if that is no release.
 */
uint32_t kernel_release(const char *text);

/* Does @addr look like a kernel pointer at all (canonical, not user space)? */
bool kernel_is_pointer(const struct kernel *k, uint64_t addr);

/* ---- kernel/pgtable/translate.c: page tables, walked by us ---- */

struct walk_step {
	const char *level;
	uint64_t entry_addr, entry;
};

struct walk {
	unsigned int nr_steps;
	struct walk_step step[6];
	bool mapped;
	struct pt_entry leaf;		/* phys is of the leaf's first byte */
	uint64_t phys;			/* of the address asked for */
	const char *why;		/* not mapped: "not present", "bad entry" */
};

/* Walk init_mm's tables. FAULT if a table itself cannot be read. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_walk(struct kernel *k, uint64_t addr, struct walk *ret);

/* Physical address, by the shortest proven way; FAULT if not mapped. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_translate(struct kernel *k, uint64_t addr, uint64_t *ret);

/*
 * @err: consumed; why the memory that a pointer in the kernel leads to could not
 * be read. CORRUPT instead of FAULT if the kernel's own tables do not map it:
 * that is a wild pointer, and no gap in the dump.
 */
VMATLAS_CHECKED struct vmatlas_error *
kernel_pointer_fault(struct kernel *k, uint64_t addr, struct vmatlas_error *err);

/* ---- lookup.c: names to addresses and offsets ---- */

/* Prefetch the symbols of @needs in one pass; call once with everything. */
VMATLAS_CHECKED struct vmatlas_error *
lookup_prefetch(struct kernel *k, const struct vmatlas_lookup *const *needs,
	       const size_t *nr, size_t nr_sets);

/* Resolve; what is missing has found == false. */
VMATLAS_CHECKED struct vmatlas_error *
lookup_resolve(struct kernel *k, const struct vmatlas_lookup *needs, size_t nr,
	      struct resolved *ret);

/* "vm_struct.nr_pages" for messages. */
void lookup_describe(const struct vmatlas_lookup *need, struct str *out);

/* ---- Surveyors ---- */

struct survey;

/* Where surveyors put what they find; the atlas supplies it. */
struct survey_sink {
	/* @claim's strings are copied; *claim.area too. */
	struct vmatlas_error *(*claim)(void *arg, const struct vmatlas_claim *claim);
	struct vmatlas_error *(*finding)(void *arg, const char *surveyor,
					 const struct vmatlas_finding_desc *report,
					 const char *message);
	struct vmatlas_error *(*coverage)(void *arg, uint32_t state,
					  const char *subject, const char *detail);
	void *arg;
};

struct surveyor {
	const char *name;
	uint32_t what;			/* enum vmatlas_survey_what it belongs to */
	const struct vmatlas_lookup *lookups;
	size_t nr_lookups;
	struct vmatlas_error *(*run)(struct survey *s);
};

/* One surveyor at work. */
struct survey {
	struct kernel *k;
	const struct surveyor *by;
	const struct resolved *res;	/* by index into by->needs */
	const struct survey_sink *sink;
	struct kernel_records *books;		/* what surveyors leave for those after them */
};

extern const struct surveyor *const surveyors[];
extern const size_t nr_surveyors;

/* survey.c: helpers for surveyors */

static inline bool survey_has(const struct survey *s, unsigned int need)
{
	return s->res[need].found;
}

/* Add a claim; the struct is copied, size filled in. */
VMATLAS_CHECKED struct vmatlas_error *
survey_claim(struct survey *s, struct vmatlas_claim claim);
VMATLAS_CHECKED VMATLAS_PRINTF(3, 4) struct vmatlas_error *
survey_finding(struct survey *s, struct vmatlas_finding_desc report, const char *fmt, ...);
VMATLAS_CHECKED VMATLAS_PRINTF(4, 5) struct vmatlas_error *
survey_coverage(struct survey *s, uint32_t state, const char *subject, const char *fmt, ...);

/*
 * Kernel trouble through one gate: FAULT becomes an "unreadable" finding and
 * CORRUPT one of @code, each with a PARTIAL coverage line for @subject; NULL
 * then. Other errors pass through.
 */
VMATLAS_CHECKED struct vmatlas_error *
survey_report_fault(struct survey *s, struct vmatlas_error *err, const char *code,
	      const char *subject, uint64_t record);

/* Integer member @need out of a record already read into @buf. */
uint64_t survey_field(const struct survey *s, unsigned int need, const void *buf);

/* ---- list.c ---- */

struct list_walk {
	struct kernel *k;
	uint64_t head, node, budget;
	bool check_back;		/* verify ->prev (circular lists) */
};

void list_start(struct list_walk *w, struct kernel *k, uint64_t head, uint64_t budget);
/* Next entry of a circular list_head; *ret is 0 at the end. FAULT or CORRUPT. */
VMATLAS_CHECKED struct vmatlas_error *list_next(struct list_walk *w, uint64_t *ret);

/* ---- books: decoded records, shared between surveyors, printers, inspectors ---- */

enum area_state { AREA_BUSY, AREA_UNPURGED, AREA_EARLY, AREA_ELSEWHERE };

/*
 * One recorded area. A kernel may have millions: what the map shows of it lies beside
 * its record, and is the recorded layer of the sealed map.
 */
struct area {
	struct vmatlas_claim claim;	/* .area is set when the map is sealed */
	struct vmatlas_area rec;	/* decoded record; see the public header */
	uint64_t requested;
	uint32_t order;			/* in which the kernel walks its lists */
	uint8_t state;			/* enum area_state; elsewhere: no list of vmalloc's */
	bool has_vm;
	bool odd_flags;			/* whether there is a vm_struct, flags say otherwise (6.3) */
	bool on_vmlist;			/* up to 3.9: what /proc/vmallocinfo goes by */
	bool purging;			/* on no list but that of the purge under way */
};

/* A list of areas that was walked to its end: areas.v[from] and @nr - 1 after it. */
struct area_list {
	enum area_state state;
	uint32_t node;
	uint64_t head, root;		/* list_head; rb_root of the same areas, 0 unknown */
	size_t from, nr;
};

struct module {
	uint64_t record;		/* struct module */
	char name[64];
	struct { uint64_t base, size; } mem[8];
	size_t nr_mem;
	size_t nr_core;			/* mem[nr_core] and above go after the module's init */
	uint64_t text_end, init_text_end;	/* where the kernel ends its last symbol */
	bool unformed;			/* being loaded: the kernel does not look into it */
	uint64_t kallsyms;		/* struct mod_kallsyms, 0 unknown */
};

/* Of lazily freed areas. */
struct purge {
	bool running;			/* when the dump was taken */
	uint64_t owner;			/* struct task_struct that does it */
	uint64_t pages;			/* freed lazily, not yet given back */
};

struct kernel_records {
	VEC(struct area) areas;		/* as they are walked; by address once sealed */
	VEC(struct area_list) lists;
	bool areas_complete;
	struct purge purge;
	bool busy_ends_in_ram;		/* last busy entry was vm_map_ram; a 5.4-5.10 quirk */
	VEC(struct module) modules;
	bool modules_read, modules_complete;
	struct free_books *free;	/* kernel/vmalloc/free_area_tree.h; NULL until surveyed */
	struct ram_facts *ram;		/* kernel/ram/ram_survey.h; NULL until surveyed */
	struct symnames *names;		/* kernel/symbols/symbolize.h; NULL until a name was asked for */
	struct printk_log *log;		/* kernel/printk/printk.h; NULL until it was asked for */
};

void kernel_records_free(struct kernel_records *b);

#endif
