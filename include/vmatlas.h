/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef VMATLAS_H
#define VMATLAS_H

/**
 * DOC: vmatlas - an atlas of a Linux kernel's virtual address space
 *
 * Open a kernel, survey it, read the map, judge it:
 *
 *	VMATLAS_OPTS(vmatlas_open_opts, opts, .vmlinux = "vmlinux", .core = "vmcore");
 *	struct vmatlas *atlas = NULL;
 *	struct vmatlas_error *err = vmatlas_open(&opts, &atlas);
 *
 *	if (!err)
 *		err = vmatlas_survey(atlas, VMATLAS_SURVEY_ALL);
 *	if (!err)
 *		vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED)
 *			printf("%" PRIx64 " %s\n", c->range.first, c->name);
 *
 * Five rules cover the whole interface:
 *
 * - Things that act are opaque; things that tell are plain structs.
 * - The library owns every struct it shows. A const pointer stays good until
 *   vmatlas_close(). Only an error is the caller's to free.
 * - On failure nothing is returned: *ret is left as it was.
 * - Ranges include both ends, addresses are uint64_t: the target is not the
 *   host, and the last byte of a kernel is 0xffffffffffffffff.
 * - One thread at a time per atlas. Two atlases share nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VMATLAS_VERSION_MAJOR 0
#define VMATLAS_VERSION_MINOR 1
#define VMATLAS_VERSION_PATCH 0

/** VMATLAS_HAS() - did this library fill in a member that came later? */
#define VMATLAS_HAS(ptr, member)                                              \
	((ptr)->size >= offsetof(__typeof__(*(ptr)), member) +                \
			sizeof((ptr)->member))

#define VMATLAS_API __attribute__((visibility("default")))
#define VMATLAS_CHECKED __attribute__((warn_unused_result))
#define VMATLAS_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* ---- Handles ---------------------------------------------------------- */

struct vmatlas;		/* one opened kernel and what is known about it */
struct vmatlas_error;	/* why something failed; NULL is success */
struct vmatlas_plugin_ctx;	/* one inspector at work on one atlas */

/* ---- Errors ----------------------------------------------------------- */

enum vmatlas_error_code {
	VMATLAS_ERROR_NO_MEMORY = 1,
	VMATLAS_ERROR_SYSTEM,		/* a system call failed */
	VMATLAS_ERROR_ARGUMENT,		/* the caller asked for nonsense */
	VMATLAS_ERROR_FORMAT,		/* a file is not what it should be */
	VMATLAS_ERROR_NOT_FOUND,		/* no such symbol, type or member */
	VMATLAS_ERROR_FAULT,		/* the dump does not hold that memory */
	VMATLAS_ERROR_CORRUPT,		/* memory is there and makes no sense */
	VMATLAS_ERROR_MISMATCH,		/* vmlinux and dump do not belong together */
	VMATLAS_ERROR_UNSUPPORTED,	/* understood, but not implemented */
	VMATLAS_ERROR_PLUGIN,		/* a plugin could not be used */
};

VMATLAS_API uint32_t vmatlas_error_code(const struct vmatlas_error *err);

/** vmatlas_error_message() - one line, no newline; dies with @err */
VMATLAS_API const char *vmatlas_error_message(const struct vmatlas_error *err);

/**
 * vmatlas_error_address() - where memory could not be read, or made no sense
 * @ret_space: enum vmatlas_space
 *
 * Return: false, and nothing is set, where @err is about no address.
 */
VMATLAS_API bool vmatlas_error_address(const struct vmatlas_error *err, uint32_t *ret_space,
				       uint64_t *ret_addr);

/** vmatlas_error_errno() - errno of the system call that failed; 0 if none did */
VMATLAS_API int vmatlas_error_errno(const struct vmatlas_error *err);

/** vmatlas_error_free() - NULL is fine */
VMATLAS_API void vmatlas_error_free(struct vmatlas_error *err);

/** vmatlas_error_new() - never NULL; out of memory yields NO_MEMORY */
VMATLAS_API VMATLAS_CHECKED VMATLAS_PRINTF(2, 3)
struct vmatlas_error *vmatlas_error_new(uint32_t code, const char *fmt, ...);

/**
 * vmatlas_error_wrap() - say what was being done when @err happened
 * @err: consumed; NULL passes through
 *
 * Return: @err with its message turned into "context: message".
 */
VMATLAS_API VMATLAS_CHECKED VMATLAS_PRINTF(2, 3)
struct vmatlas_error *vmatlas_error_wrap(struct vmatlas_error *err,
					 const char *fmt, ...);

/* ---- Opening ---------------------------------------------------------- */

enum vmatlas_log_level { VMATLAS_LOG_WARNING, VMATLAS_LOG_PROGRESS, VMATLAS_LOG_DEBUG };

typedef void vmatlas_log_fn(void *arg, uint32_t level, const char *line);

/**
 * vmatlas_confirm_fn() - may this be done? Not 0: yes
 * @question: one line without an end, "fetch ... from http://...?"
 */
typedef int vmatlas_confirm_fn(void *arg, const char *question);

/** vmatlas_cancelled_fn() - asked now and then during a download; not 0: give it up */
typedef int vmatlas_cancelled_fn(void *arg);

enum vmatlas_space { VMATLAS_PHYSICAL, VMATLAS_VIRTUAL };

/**
 * struct vmatlas_memory_ops - memory and symbols that another debugger brings
 * @size: sizeof(struct vmatlas_memory_ops)
 * @arg: handed back to both callbacks
 * @read: all of @len bytes at a physical or kernel virtual address, or not 0.
 *	A host that has only one of the two spaces fails the other.
 * @symbol: run-time address (KASLR included) and size (0: unknown) of a
 *	symbol; not 0 if there is none. NULL: symbols come from vmlinux.
 *
 * Types come from vmlinux, or from the file that .types names.
 */
struct vmatlas_memory_ops {
	uint64_t size;
	void *arg;
	int (*read)(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len);
	int (*symbol)(void *arg, const char *name, uint64_t *ret_addr, uint64_t *ret_size);
};

/** struct vmatlas_open_opts - declare with VMATLAS_OPTS() */
struct vmatlas_open_opts {
	uint64_t size;
	const char *vmlinux;	/* ELF with DWARF or BTF; may be swapped with core */
	const char *core;	/* the dump, or a raw image as FILE@ADDR[,FILE@ADDR]; NULL
				 * with @live, @memory_ops or @boot_log */
	const char *boot_log;	/* a boot log or table whose rows become claims */
	const char *tmpdir;	/* for rearranged dumps; NULL: $TMPDIR or /var/tmp */
	const struct vmatlas_memory_ops *memory_ops;
	const char *phys_offset;	/* "0x40000000": overrides what is found */
	const char *kaslr_offset;	/* likewise; NULL: find it */
	vmatlas_log_fn *log;	/* NULL: silence */
	void *log_arg;
	uint32_t log_level;
	uint32_t live;		/* read the running kernel through /proc/kcore */
	uint32_t keep_for_extract;	/* remember what is read, for vmatlas_extract() */
	uint32_t reserved;
	const char *types;	/* a file to take types from: BTF, or ELF with BTF or DWARF */
	/*
	 * Where vmlinux and its debug file are looked for when they are not named or
	 * lack something: system roots (NULL: this machine's own) and folders like
	 * /usr/lib/debug, which come first. Both end with NULL.
	 */
	const char *const *sysroots;
	const char *const *debug_dirs;
	vmatlas_confirm_fn *confirm;	/* asked before debuginfod is; NULL: no */
	vmatlas_cancelled_fn *cancelled;	/* NULL: never */
	void *ask_arg;			/* handed to both */
	uint32_t debuginfod;		/* ask the servers of $DEBUGINFOD_URLS */
	uint32_t reserved2;
	const char *const *core_parts;	/* more files of @core: a split kdump's, raw images */
	uint64_t nr_core_parts;
	const char *platform_file;	/* a platform's own numbers: lines NAME START-END [source] */
};

#define VMATLAS_OPTS(type, name, ...)                                         \
	struct type name = { .size = sizeof(struct type), __VA_ARGS__ }

VMATLAS_API const char *vmatlas_version(void);

/**
 * vmatlas_open() - *ret goes to vmatlas_close()
 *
 * With no kernel and no boot log named, there is nothing to survey; inspectors
 * can still be loaded and listed.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_open(const struct vmatlas_open_opts *opts, struct vmatlas **ret);

/** vmatlas_close() - NULL is fine */
VMATLAS_API void vmatlas_close(struct vmatlas *atlas);

enum vmatlas_survey_what {
	VMATLAS_SURVEY_DECLARED = 1,	/* regions, every source */
	VMATLAS_SURVEY_RECORDED = 2,	/* areas */
	VMATLAS_SURVEY_RAM = 4,		/* RAM: iomem, device tree, log, command line */
	VMATLAS_SURVEY_FREE = 8,	/* free space and pools; wants RECORDED, too */
	VMATLAS_SURVEY_ALL = 15,
};

/**
 * vmatlas_survey() - draw the map, once; then it never changes
 * @what: enum vmatlas_survey_what, or'ed. Only what is asked for is read.
 *
 * Trouble in the kernel's records becomes findings and coverage lines.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_survey(struct vmatlas *atlas, uint32_t what);

/**
 * struct vmatlas_info - which kernel this is and how it was read
 *
 * Strings are never NULL; "" means unknown. Addresses that were not found are 0
 * with the matching flag clear.
 */
struct vmatlas_info {
	uint32_t size;
	uint32_t page_shift;
	uint32_t pointer_size;
	uint32_t big_endian;
	uint32_t live;
	uint32_t levels;		/* of the kernel's page tables */
	const char *arch;		/* "x86_64", "arm" */
	const char *release;		/* uts release */
	const char *version;		/* uts version */
	const char *nodename;		/* uts nodename */
	const char *banner;		/* linux_banner, without its newline */
	const char *cpu;		/* "x86_64, 4-level", "arm, short descriptors, HIGHMEM" */
	const char *core_path;
	const char *core_format;	/* "ELF", "kdump (lzo), flattened" */
	const char *vmlinux_path;
	const char *build_id;		/* of vmlinux, hex */
	const char *vmcoreinfo_from;	/* "note", "memory at 0x..", "" if there is none */
	const char *verified_by;		/* why vmlinux and dump belong together */
	const char *kaslr_from;		/* where the offset comes from */
	const char *phys_from;		/* where phys_base / PHYS_OFFSET comes from */
	uint64_t kaslr_offset;
	uint64_t phys_base;		/* x86-64 phys_base; ARM PHYS_OFFSET */
	uint64_t dump_time;			/* seconds since 1970 the dump was dump_time, 0 unknown */
	uint64_t bytes_read;		/* of the dump so far */
	uint64_t nr_reads;
	const char *types_from;		/* "DWARF", "BTF of FILE", "" if there are none */
	const char *vmlinux_from;	/* how it was found: "build ID"; "" if it was named */
	/* After a survey with VMATLAS_SURVEY_RAM, bytes: */
	uint64_t ram;			/* System RAM; 0 unknown */
	uint64_t ram_high;		/* of it, highmem of a 32-bit kernel */
	uint64_t ram_unused;		/* of it, above what the kernel uses */
	const char *phys_base_name;	/* what the kernel calls phys_base: "PHYS_OFFSET" */
};

/** vmatlas_info() - NULL where only a boot log was opened */
VMATLAS_API const struct vmatlas_info *vmatlas_info(struct vmatlas *atlas);

/* ---- Ranges and claims -------------------------------------------------- */

/** struct vmatlas_range - both ends included, so the top of memory fits */
struct vmatlas_range {
	uint64_t first;
	uint64_t last;
};

/** vmatlas_range_size() - 0 means the whole 64-bit space */
static inline uint64_t vmatlas_range_size(const struct vmatlas_range *r)
{
	return r->last - r->first + 1;
}

enum vmatlas_layer {
	VMATLAS_LAYER_DECLARED = 1,	/* regions: what the kernel set aside */
	VMATLAS_LAYER_RECORDED,		/* areas: what its allocators handed out */
	VMATLAS_LAYER_MAPPED,		/* mappings: what the page tables map */
};

enum vmatlas_kind {
	VMATLAS_KIND_OTHER = 0,
	/* regions */
	VMATLAS_KIND_DIRECT_MAP = 0x101,	/* lowmem on 32-bit CPUs */
	VMATLAS_KIND_VMALLOC_SPACE,
	VMATLAS_KIND_VMEMMAP,
	VMATLAS_KIND_MODULE_SPACE,
	VMATLAS_KIND_IMAGE,			/* the kernel image mapping */
	VMATLAS_KIND_SECTION,			/* .text, .init, .data, .bss: inside others */
	VMATLAS_KIND_FIXMAP,
	VMATLAS_KIND_PKMAP,
	VMATLAS_KIND_VECTORS,
	VMATLAS_KIND_DMA,
	VMATLAS_KIND_FDT,
	VMATLAS_KIND_PCI_IO,
	VMATLAS_KIND_CPU_ENTRY,
	VMATLAS_KIND_ESPFIX,
	VMATLAS_KIND_EFI,
	VMATLAS_KIND_VSYSCALL,
	VMATLAS_KIND_LDT,
	VMATLAS_KIND_KASAN,
	VMATLAS_KIND_KMSAN,
	VMATLAS_KIND_TCM,
	VMATLAS_KIND_GUARD,			/* declared holes */
	VMATLAS_KIND_MODULE_WINDOW,		/* execmem: a window, not a bound */
	/* areas */
	VMATLAS_KIND_VMALLOC = 0x201,
	VMATLAS_KIND_VMAP,
	VMATLAS_KIND_IOREMAP,
	VMATLAS_KIND_VM_MAP_RAM,
	VMATLAS_KIND_UNPURGED,
	VMATLAS_KIND_PERCPU,
	VMATLAS_KIND_DMA_AREA,
	VMATLAS_KIND_SPARSE,
	VMATLAS_KIND_STATIC_MAPPING,			/* ARM iotable */
	VMATLAS_KIND_EMPTY_MAPPING,			/* ARM empty mapping, PCI I/O hole */
	VMATLAS_KIND_USERMAP,
	VMATLAS_KIND_MODULE,
	VMATLAS_KIND_AREA,			/* recorded, of no known type */
	/* mappings */
	VMATLAS_KIND_PAGES = 0x301,
};

enum vmatlas_claim_flags {
	VMATLAS_CLAIM_START_ONLY = 1,	/* speaks of range.first alone */
	VMATLAS_CLAIM_END_ONLY = 2,	/* speaks of range.last alone */
	VMATLAS_CLAIM_PRIMARY = 4,	/* the one of its name that map shows as the row */
	VMATLAS_CLAIM_NESTED = 8,	/* may lie inside another region by design */
	VMATLAS_CLAIM_WINDOW = 16,	/* a claim of its own, not another source of a bound */
	VMATLAS_CLAIM_NOT_LISTED = 32,	/* recorded, but /proc/vmallocinfo omits it */
	VMATLAS_CLAIM_FROM_LOG = 64,	/* from a saved boot log or table, or the dump's log */
	VMATLAS_CLAIM_DEFAULT = 128,	/* a default that platforms change: never judged */
	VMATLAS_CLAIM_UNREADABLE = 256,	/* its vm_struct could not be read: nothing known of it */
};

/** struct vmatlas_area - what an allocator wrote down about a recorded claim */
struct vmatlas_area {
	uint32_t size;
	uint32_t node;			/* vmap_nodes index it was found on; else 0 */
	uint64_t vmap_area;		/* address of the struct, 0: none */
	uint64_t vm_struct;		/* likewise */
	uint64_t vm_addr;		/* vm_struct.addr, .size, .flags ... as stored */
	uint64_t vm_size;
	uint64_t vm_flags;
	uint64_t caller;
	uint64_t pages;			/* address of the struct page * array */
	uint64_t nr_pages;
	uint64_t phys;			/* phys_addr, 0: none */
	uint64_t va_flags;		/* vmap_area.flags, 0 where there is none */
};

/** struct vmatlas_claim - one claim on a range, and who makes it */
struct vmatlas_claim {
	uint32_t size;			/* bytes of this struct that are set */
	uint32_t layer;			/* enum vmatlas_layer */
	uint32_t kind;			/* enum vmatlas_kind */
	uint32_t flags;			/* enum vmatlas_claim_flags */
	struct vmatlas_range range;
	uint64_t record;		/* kernel address of the claim, or 0 */
	const char *record_type;	/* struct tag or variable, or NULL */
	const char *name;		/* never NULL: "vmalloc", "lowmem", ".text" */
	const char *source;		/* never NULL: where it was read, in words */
	const struct vmatlas_area *area;	/* recorded claims; else NULL */
};

/** vmatlas_claim_next() - claims of a layer by address; NULL starts, NULL ends */
VMATLAS_API const struct vmatlas_claim *
vmatlas_claim_next(const struct vmatlas *atlas, uint32_t layer,
		   const struct vmatlas_claim *prev);

#define vmatlas_for_each_claim(pos, atlas, layer)                             \
	for (const struct vmatlas_claim *pos = NULL;                          \
	     (pos = vmatlas_claim_next((atlas), (layer), pos)) != NULL;)

/**
 * vmatlas_claim_at() - the claim of @layer that holds @addr, or NULL
 *
 * Of several (nested regions), the smallest; of regions only primary ones.
 */
VMATLAS_API const struct vmatlas_claim *
vmatlas_claim_at(const struct vmatlas *atlas, uint32_t layer, uint64_t addr);

/** vmatlas_kind_name() - "vmalloc", "direct-map"; never NULL */
VMATLAS_API const char *vmatlas_kind_name(uint32_t kind);

/* ---- The ledger ------------------------------------------------------------ */

enum vmatlas_usage_flags {
	VMATLAS_USAGE_NESTED = 1,	/* a window in other spaces: its bytes are theirs, too */
	VMATLAS_USAGE_TREE = 2,		/* free is what the kernel's free tree says */
};

/** struct vmatlas_usage_by_kind - what areas of one kind take of a space, guard pages apart */
struct vmatlas_usage_by_kind {
	uint32_t kind;
	uint32_t reserved;
	uint64_t nr_areas;
	uint64_t bytes;
};

/**
 * struct vmatlas_usage - a space that vmalloc's allocator hands out from, added up
 *
 * busy + guard + image + unpurged + pooled + free + lost is the size of .range.
 */
struct vmatlas_usage {
	uint32_t size;
	uint32_t flags;			/* enum vmatlas_usage_flags */
	const struct vmatlas_claim *region;
	struct vmatlas_range range;
	uint64_t busy;			/* bytes of areas in use, excluding guard pages */
	uint64_t guard;
	uint64_t image;			/* areas that the kernel image lies in */
	uint64_t unpurged;		/* freed, not yet given back */
	uint64_t pooled;		/* kept for the next allocation of their size */
	uint64_t free;
	uint64_t lost;			/* on no list at all */
	uint64_t nr_areas;		/* in use */
	uint64_t nr_holes;
	struct vmatlas_range largest;	/* hole; first > last: none */
	struct vmatlas_range largest_purged;	/* once unpurged and pooled are given back */
	const struct vmatlas_usage_by_kind *by_kind;	/* of .busy, the largest first */
	uint64_t nr_kinds;
	const uint64_t *holes_by_order;	/* [64]: holes of 2^i bytes up to twice that */
	const uint64_t *bytes_by_order;	/* likewise, their bytes */
};

/** vmatlas_usage_next() - after a survey with VMATLAS_SURVEY_FREE; NULL starts, NULL ends */
VMATLAS_API const struct vmatlas_usage *
vmatlas_usage_next(const struct vmatlas *atlas, const struct vmatlas_usage *prev);

/** vmatlas_free_range_next() - holes of @space by address; NULL starts, NULL ends */
VMATLAS_API const struct vmatlas_range *
vmatlas_free_range_next(const struct vmatlas_usage *space, const struct vmatlas_range *prev);

enum vmatlas_alloc_sim_flags {
	VMATLAS_ALLOC_IOREMAP = 1,	/* aligned to its size, as ioremap() does */
	VMATLAS_ALLOC_MODULE = 2,		/* in module space, then where modules fall back to */
	VMATLAS_ALLOC_HUGE = 4,		/* in huge pages (vmalloc_huge()) */
	VMATLAS_ALLOC_NO_GUARD = 8,	/* without a guard page */
};

enum vmatlas_alloc_sim_state {
	VMATLAS_ALLOC_NO_ROOM = 1,		/* not even after a purge */
	VMATLAS_ALLOC_AFTER_PURGE,		/* once unpurged and pooled areas are given back */
	VMATLAS_ALLOC_FITS,
};

/** struct vmatlas_alloc_sim - where the allocator would put an area */
struct vmatlas_alloc_sim {
	uint32_t size;
	uint32_t state;			/* enum vmatlas_alloc_sim_state */
	uint64_t bytes;			/* what is asked of the allocator, guard page included */
	uint64_t align;
	const struct vmatlas_claim *region;	/* the space, or window, looked into last */
	struct vmatlas_range where;	/* guard page included; first > last: nowhere */
	struct vmatlas_range largest;	/* hole of the region; likewise */
	struct vmatlas_range largest_purged;
	const struct vmatlas_claim *prev;	/* areas beside .where, or else the largest hole */
	const struct vmatlas_claim *next;
	const struct vmatlas_range *pooled;	/* what a CPU may get instead (6.9+), by node */
	uint64_t nr_pooled;
};

/**
 * vmatlas_simulate_alloc() - simulate an allocation on the kernel's own free tree
 * @bytes: asked for, guard page apart
 * @align: a power of two; 0: as usual
 * @flags: enum vmatlas_alloc_sim_flags, or'ed
 * @ret: the caller's, with .size = sizeof(*ret)
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_simulate_alloc(struct vmatlas *atlas, uint64_t bytes, uint64_t align, uint32_t flags,
		  struct vmatlas_alloc_sim *ret);

/* ---- Reading the kernel -------------------------------------------------- */

/** vmatlas_read() - @len bytes at a kernel virtual address */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read(struct vmatlas *atlas, uint64_t addr, void *buf, uint64_t len);

/** vmatlas_read_uint() - an integer of @size bytes (1, 2, 4, 8), byte order minded */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read_uint(struct vmatlas *atlas, uint64_t addr, uint32_t size, uint64_t *ret);

/**
 * vmatlas_symbol_name() - what the kernel's %pS prints for @addr
 *
 * "vmalloc+0x1f/0x30", "init_once+0x10/0x20 [ext4]"; "0x..." where no symbol
 * holds it. Owned by the atlas, remembered per address.
 */
VMATLAS_API const char *vmatlas_symbol_name(struct vmatlas *atlas, uint64_t addr);

/** struct vmatlas_translate - one step of a page-table walk */
struct vmatlas_translation_step {
	const char *level;		/* "PGD", "PMD", "PTE", "section" */
	uint64_t entry_addr;		/* physical */
	uint64_t entry;
};

/** struct vmatlas_translate - how a virtual address is translated */
struct vmatlas_translate {
	uint32_t size;
	uint32_t nr_steps;
	struct vmatlas_translation_step step[6];
	uint32_t mapped;		/* 0: phys is not set */
	uint32_t page_shift;		/* of the leaf */
	uint64_t phys;
	const char *attributes;		/* "rw, x, normal"; "" when not mapped */
	const char *why;		/* "" or why there is no translation */
};

/**
 * vmatlas_translate() - walk the kernel's page tables
 * @ret: the caller's, with .size = sizeof(*ret); as much of it is filled as both
 *	sides know. Its strings belong to the atlas.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_translate(struct vmatlas *atlas, uint64_t addr, struct vmatlas_translate *ret);

/* ---- Page tables ---------------------------------------------------------- */

enum vmatlas_mapping_flags {
	VMATLAS_MAPPING_WRITE = 1,
	VMATLAS_MAPPING_EXEC = 2,
	VMATLAS_MAPPING_USER = 4,
	VMATLAS_MAPPING_GLOBAL = 8,
	VMATLAS_MAPPING_CONTIGUOUS = 16,	/* its pages are neighbours: see phys */
	VMATLAS_MAPPING_SHARED = 32,		/* by a table that maps other addresses, too */
	VMATLAS_MAPPING_UNKNOWN = 64,		/* the table is not in the dump */
	VMATLAS_MAPPING_BAD = 128,		/* an entry that no kernel makes */
};

/** struct vmatlas_mapping - a run that the page tables map, all of it alike */
struct vmatlas_mapping {
	uint32_t size;
	uint32_t flags;			/* enum vmatlas_mapping_flags */
	struct vmatlas_range range;
	uint64_t phys;			/* of its first byte */
	uint64_t page_size;		/* what one entry stands for */
	uint64_t entry_addr;		/* physical; of its first entry */
	const char *level;		/* "PTE", "PMD" */
	const char *memory;		/* "cached", "uncached", "device", "write-combining" */
	const char *note;		/* "", or what is not known, or wrong */
};

enum vmatlas_mapping_scope {
	VMATLAS_MAPPINGS_DIRECT_MAP = 1,	/* with it vmemmap and shadows of memory */
	VMATLAS_MAPPINGS_PHYSICAL = 2,		/* pages that are no neighbours: runs of their own */
};

/** vmatlas_mapping_fn() - take a run, good for the call; not 0 stops */
typedef int vmatlas_mapping_fn(void *arg, const struct vmatlas_mapping *mapping);

/**
 * vmatlas_for_each_mapping() - what the kernel's page tables map, by address
 * @what: enum vmatlas_mapping_scope, or'ed
 *
 * After vmatlas_survey(), which tells where the direct map is. Tables that the dump
 * does not hold become runs with a note.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_for_each_mapping(struct vmatlas *atlas, uint32_t what, vmatlas_mapping_fn *fn, void *arg);

/* ---- Physical addresses --------------------------------------------------- */

/** struct vmatlas_resource - one line of /proc/iomem */
struct vmatlas_resource {
	uint32_t size;
	uint32_t depth;			/* 0: child of the root */
	struct vmatlas_range phys;
	const char *name;		/* never NULL */
	uint64_t record;		/* struct resource */
	uint32_t is_ram;		/* System RAM */
	uint32_t reserved;
};

/**
 * vmatlas_resource_next() - in the order of /proc/iomem; NULL starts, NULL ends
 *
 * Read from the kernel at first use. What could not be read leaves the list short;
 * vmatlas_resource_error() says why then, and "" where it is whole.
 */
VMATLAS_API const struct vmatlas_resource *
vmatlas_resource_next(struct vmatlas *atlas, const struct vmatlas_resource *prev);
VMATLAS_API const char *vmatlas_resource_error(struct vmatlas *atlas);

/** struct vmatlas_phys_info - what is known about a physical address */
struct vmatlas_phys_info {
	uint32_t size;
	uint32_t has_alias;
	uint64_t alias;			/* in the direct map, or lowmem; proved by its walk */
	uint32_t has_image;
	uint32_t has_frame;		/* 0: .why says why, and what follows it is not set */
	uint64_t image;			/* run-time address in the kernel image's mapping */
	const char *why;		/* "" or why there is no page frame */
	uint64_t frame;			/* its number */
	uint64_t page;			/* address of its struct page */
	uint64_t flags;
	const char *flags_text;		/* "uptodate|lru", by enum pageflags */
	const char *use;		/* "free", "slab", "reserved", "anonymous" ... */
	const char *owner;		/* of slabs: the cache; "" unknown */
	uint64_t head;			/* struct page of the compound it is a tail of; 0 none */
	int64_t refcount, mapcount;
	uint32_t order;			/* of a free block */
	uint32_t has_node;
	uint32_t node;
	uint32_t nr_areas;		/* of .area[]; there may be more */
	const char *zone;		/* "Normal", "" unknown */
	const struct vmatlas_claim *area[4];	/* recorded areas whose memory this is */
	uint64_t area_addr[4];		/* where it is mapped in them */
};

enum vmatlas_phys_info_flags {
	VMATLAS_PHYS_INFO_AREAS = 1,	/* look through the pages of every area, too */
};

/**
 * vmatlas_phys_info() - who owns a physical address; after vmatlas_survey()
 * @flags: enum vmatlas_phys_info_flags
 * @ret: the caller's, with .size = sizeof(*ret). Its strings belong to the atlas.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_phys_info(struct vmatlas *atlas, uint64_t phys, uint32_t flags,
		 struct vmatlas_phys_info *ret);

/* ---- Whose an area is ------------------------------------------------------ */

/**
 * vmatlas_area_owner() - "stack of PID 812 (kworker/0:1)", "module ext4"; "" unknown
 *
 * The kernel's tasks are read at first use; what could not be read becomes a coverage
 * line. Its strings belong to the atlas.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_area_owner(struct vmatlas *atlas, const struct vmatlas_claim *area,
		   const char **ret);

/**
 * vmatlas_area_nodes() - how many pages of an area are on which NUMA node
 * @ret: *ret_nr counts, by node; good until the next call. A kernel without NUMA has
 *	one node. FAULT or CORRUPT where they cannot be told.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_area_nodes(struct vmatlas *atlas, const struct vmatlas_claim *area,
		   const uint64_t **ret, uint32_t *ret_nr);

/* ---- Text in the kernel's own formats ------------------------------------ */

/** vmatlas_write_fn() - take @len bytes of text; not 0 stops the writer */
typedef int vmatlas_write_fn(void *arg, const char *text, size_t len);

/**
 * vmatlas_vmallocinfo() - what this kernel's /proc/vmallocinfo would print
 *
 * Where the dump lacks something, all the rest is written first; then FAULT says
 * what is missing from the text.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_vmallocinfo(struct vmatlas *atlas, vmatlas_write_fn *text, void *arg);

/** vmatlas_boot_layout() - the "Virtual kernel memory layout" of the boot log */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_boot_layout(struct vmatlas *atlas, vmatlas_write_fn *text, void *arg);

/* ---- The kernel's log ------------------------------------------------------- */

enum vmatlas_printk_record_flags {
	VMATLAS_PRINTK_HAS_TIME = 1,
	VMATLAS_PRINTK_HAS_CALLER = 2,
};

/** struct vmatlas_printk_record - one record of the kernel's log */
struct vmatlas_printk_record {
	uint32_t size;
	uint32_t flags;			/* enum vmatlas_printk_record_flags */
	uint32_t level;			/* 0..7 */
	uint32_t facility;
	uint64_t seq;
	uint64_t nsec;			/* since boot */
	uint32_t caller;		/* who wrote it: a PID, or a CPU with bit 31 set */
	uint32_t len;			/* bytes of text */
	const char *text;		/* as the kernel keeps it: lines, and any bytes */
};

/** vmatlas_printk_record_fn() - take a message, good during the call; not 0 stops */
typedef int vmatlas_printk_record_fn(void *arg, const struct vmatlas_printk_record *message);

/**
 * vmatlas_printk_records() - the kernel's log, oldest first
 *
 * Where the dump lacks some of it, all the rest is given first; then FAULT says so.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_printk_records(struct vmatlas *atlas, vmatlas_printk_record_fn *message, void *arg);

/* ---- Small cases ------------------------------------------------------------ */

/** struct vmatlas_extract_stats - what an extract holds, and what it does not */
struct vmatlas_extract_stats {
	uint32_t size;
	uint32_t reserved;
	uint64_t vmcore_size, vmlinux_size;	/* bytes of the two files */
	uint64_t nr_pages;		/* pages kept, in part or whole */
	uint64_t nr_bytes;		/* bytes of them that were kept; the rest is 0 */
	uint64_t nr_described;		/* bytes of memory that the dump describes */
	uint64_t nr_tables;		/* page tables kept */
	uint64_t nr_tables_left;	/* and not kept: missing, or too many */
	uint64_t nr_symbols;		/* in .symtab */
	uint64_t nr_names;		/* in kallsyms */
	uint64_t nr_types;		/* members and enumerators in .BTF */
};

/**
 * vmatlas_extract() - write DIR/vmcore and DIR/vmlinux, small, from which every
 * command gives the same answer
 * @atlas: opened with .record, surveyed and inspected
 * @dir: exists, or is made
 * @ret: the caller's, with .size = sizeof(*ret)
 *
 * Kept are the bytes that answers rest on: page tables, records, module list and
 * symbols, log, iomem tree. Other bytes of a kept page are zero.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_extract(struct vmatlas *atlas, const char *dir, struct vmatlas_extract_stats *ret);

/* ---- Findings ------------------------------------------------------------ */

enum vmatlas_severity {
	VMATLAS_SEVERITY_NOTE = 1,
	VMATLAS_SEVERITY_WARNING,
	VMATLAS_SEVERITY_ERROR,
};

enum vmatlas_evidence_type {
	VMATLAS_EVIDENCE_TEXT = 1,	/* .text alone */
	VMATLAS_EVIDENCE_NUMBER,	/* a count, an index, a PID */
	VMATLAS_EVIDENCE_SIZE,		/* bytes */
	VMATLAS_EVIDENCE_ADDRESS,	/* virtual: of a record, or of a byte */
	VMATLAS_EVIDENCE_PHYSICAL,	/* a physical address */
	VMATLAS_EVIDENCE_RANGE,		/* of virtual addresses, .value to .last */
	VMATLAS_EVIDENCE_PHYSICAL_RANGE,
};

/** struct vmatlas_evidence - one fact that a finding rests on */
struct vmatlas_evidence {
	const char *label;		/* "area", "entry"; "" continues the one before */
	const char *text;		/* one line for people, with the value in it */
	uint32_t type;			/* enum vmatlas_evidence_type */
	uint32_t reserved;
	uint64_t value;			/* of TEXT: 0 */
	uint64_t last;			/* of a range: its last byte; else 0 */
};

/** struct vmatlas_finding - one judgement, with what it rests on */
struct vmatlas_finding {
	uint32_t size;
	uint32_t severity;
	const char *inspector;		/* "overlap", "ram" ... */
	const char *code;		/* stable, kebab-case, for scripts */
	const char *message;		/* one line, for people */
	const struct vmatlas_evidence *evidence;	/* NULL if none */
	const char *advice;		/* one line in the imperative; "" if none */
	struct vmatlas_range range;	/* virtual; first > last: none */
	uint64_t record;		/* kernel address to look at, 0: none */
	uint64_t nr_evidence;
};

/** vmatlas_inspect() - run every inspector; findings are not errors */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_inspect(struct vmatlas *atlas);

/** vmatlas_finding_next() - by severity, then address; after vmatlas_inspect() */
VMATLAS_API const struct vmatlas_finding *
vmatlas_finding_next(const struct vmatlas *atlas,
		     const struct vmatlas_finding *prev);

/** vmatlas_explain() - the page of text behind a finding code, or NULL */
VMATLAS_API const char *vmatlas_explain(const char *code);

/** vmatlas_finding_code_next() - every stable finding code; NULL starts, NULL ends */
VMATLAS_API const char *vmatlas_finding_code_next(const char *prev);

enum vmatlas_coverage_state {
	VMATLAS_COVERAGE_FULL = 1,		/* read and judged in full */
	VMATLAS_COVERAGE_PARTIAL,		/* some of it could not be read */
	VMATLAS_COVERAGE_SKIPPED,		/* no verdict, and the reason */
};

/** struct vmatlas_coverage - what was looked at, and how completely */
struct vmatlas_coverage {
	uint32_t size;
	uint32_t state;			/* enum vmatlas_coverage_state */
	const char *subject;		/* "vmalloc areas", "installed RAM" */
	const char *detail;		/* "420 areas", "because ..." */
};

VMATLAS_API const struct vmatlas_coverage *
vmatlas_coverage_next(const struct vmatlas *atlas, const struct vmatlas_coverage *prev);

/** struct vmatlas_inspector - what is loaded, and whether it can work here */
struct vmatlas_inspector {
	uint32_t size;
	uint32_t nr_missing;
	const char *name;
	const char *summary;
	const char *needs;		/* "vm_struct.nr_pages, vmap_nodes", or "" */
	const char *missing;		/* likewise */
	const char *path;		/* "" for built-in ones */
};

VMATLAS_API const struct vmatlas_inspector *
vmatlas_inspector_next(const struct vmatlas *atlas,
		       const struct vmatlas_inspector *prev);

/* ---- Plugins --------------------------------------------------------------- */

#define VMATLAS_PLUGIN_ABI 1

enum vmatlas_lookup_flags {
	VMATLAS_LOOKUP_OPTIONAL = 1,
	VMATLAS_LOOKUP_POINTER = 2,	/* of symbols of this name, the pointer-sized one */
};

/** struct vmatlas_lookup - one name the inspector will read. Layout is frozen. */
struct vmatlas_lookup {
	const char *name;		/* a symbol, or a struct tag */
	const char *member;		/* NULL for a symbol; "busy.head" is fine; "" sizeof */
	const char *cu_of_function;	/* function(s) "a|b" of the file whose type is meant */
	uint32_t flags;			/* enum vmatlas_lookup_flags */
	uint32_t reserved;
};

#define VMATLAS_REQUIRED_SYMBOL(sym)            { (sym), NULL, NULL, 0, 0 }
#define VMATLAS_REQUIRED_MEMBER(tag, mem, near) { (tag), (mem), (near), 0, 0 }
#define VMATLAS_OPTIONAL_SYMBOL(sym)            { (sym), NULL, NULL, VMATLAS_LOOKUP_OPTIONAL, 0 }
#define VMATLAS_OPTIONAL_MEMBER(tag, mem, near) { (tag), (mem), (near), VMATLAS_LOOKUP_OPTIONAL, 0 }

/**
 * struct vmatlas_plugin - the one symbol a plugin exports
 *
 * Members are only ever added below the last one. The library reads
 * min(its own size, @size) bytes and treats the rest as zero.
 */
struct vmatlas_plugin {
	uint32_t abi;			/* VMATLAS_PLUGIN_ABI */
	uint32_t size;			/* sizeof(struct vmatlas_plugin) */
	const char *name;
	const char *summary;
	const struct vmatlas_lookup *lookups;
	uint64_t nr_lookups;
	struct vmatlas_error *(*inspect)(struct vmatlas_plugin_ctx *job);
	/* ABI 1 ends here. */
};

#define VMATLAS_PLUGIN(...)                                                   \
	extern VMATLAS_API const struct vmatlas_plugin vmatlas_plugin;        \
	const struct vmatlas_plugin vmatlas_plugin = {                        \
		.abi = VMATLAS_PLUGIN_ABI,                                    \
		.size = sizeof(struct vmatlas_plugin),                        \
		__VA_ARGS__                                                   \
	}

/** vmatlas_load_plugin() - before vmatlas_inspect(); path or bare name */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_load_plugin(struct vmatlas *atlas, const char *name);

VMATLAS_API struct vmatlas *vmatlas_ctx_atlas(const struct vmatlas_plugin_ctx *job);

/** vmatlas_ctx_has() - was optional need number @need found? */
VMATLAS_API bool vmatlas_ctx_has(const struct vmatlas_plugin_ctx *job, uint32_t need);

/** vmatlas_ctx_address() - run-time address of the symbol in need number @need */
VMATLAS_API uint64_t vmatlas_ctx_address(const struct vmatlas_plugin_ctx *job,
					 uint32_t need);

/** vmatlas_ctx_read() - integer member @need of the record at @base */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_read(struct vmatlas_plugin_ctx *job, uint32_t need, uint64_t base,
		 uint64_t *ret);

/** struct vmatlas_finding_desc - a finding as an inspector says it */
struct vmatlas_finding_desc {
	uint64_t size;
	uint32_t severity;
	uint32_t reserved;
	const char *code;
	const struct vmatlas_evidence *evidence;	/* copied; .text NULL: made of .value */
	const char *advice;		/* or NULL */
	const struct vmatlas_range *where;	/* or NULL */
	uint64_t record;
	uint64_t nr_evidence;
};

/** vmatlas_ctx_report() - add a finding; a failure surfaces after inspect() */
VMATLAS_API VMATLAS_PRINTF(3, 4)
void vmatlas_ctx_report(struct vmatlas_plugin_ctx *job, const struct vmatlas_finding_desc *report,
			const char *fmt, ...);

/** vmatlas_ctx_coverage() - say what was judged, or why it was not */
VMATLAS_API VMATLAS_PRINTF(4, 5)
void vmatlas_ctx_coverage(struct vmatlas_plugin_ctx *job, uint32_t state,
			  const char *subject, const char *fmt, ...);

/**
 * vmatlas_ctx_report_fault() - turn unreadable memory into a finding
 * @err: consumed when it is a FAULT
 *
 * Return: NULL when absorbed (or @err was NULL), else @err: stop and return it.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_report_fault(struct vmatlas_plugin_ctx *job, struct vmatlas_error *err,
		   const struct vmatlas_range *where);

#ifdef __cplusplus
}
#endif

#endif /* VMATLAS_H */
