/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmlinux + memory + CPU joined into one kernel that can be read by virtual address.
 * Beside this: lookup.h (names), records.h (what was decoded), survey.h (who decodes).
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <vmatlas-plugin.h>

#include "arch/arch.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/array.h"
#include "debuginfo/debuginfo.h"
#include "kernel/records.h"
#include "kernel/vmcoreinfo.h"
#include "mem/mem.h"

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
	struct kernel_records records;	/* what surveyors and others decoded so far */
	void (*records_free)(struct kernel_records *records);
};

struct lookup_set;
struct surveyor;

/*
 * What those who will read a kernel bring to it, handed in by who opens it: all names
 * they may look up, and how the records are freed that they leave there.
 */
struct kernel_readers {
	const struct surveyor *const *surveyors;
	size_t nr_surveyors;
	const struct lookup_set *lookups;	/* of others than surveyors */
	size_t nr_lookups;
	void (*records_free)(struct kernel_records *records);
};

struct kernel_opts {
	const char *vmlinux, *core;
	const char *const *parts;	/* more files of the same dump as @core */
	size_t nr_parts;
	const char *types;		/* a file to take types from; NULL: vmlinux */
	bool live;
	const struct vmatlas_memory_ops *host;
	const char *phys_offset, *kaslr_offset;
	const struct kernel_readers *readers;
	const struct lookup_set *lookups;	/* of those who read the kernel later */
	size_t nr_lookups;
	struct mem_opts mem;
	struct image_search search;
};

/* ---- kernel_open.c, kernel.c: open and read ---- */

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

/* ---- kernel/pgtable/translate.c ---- */

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

#endif
