/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where in the dump is the kernel that vmlinux describes, and is it that one?
 * Finds KASLR slide and physical base, and proves them by comparing bytes.
 */
#ifndef KERNEL_IDENTIFY_IDENTIFY_H
#define KERNEL_IDENTIFY_IDENTIFY_H

#include "kernel/kernel.h"
#include "kernel/lookup.h"

/* Fills the identity of @k; MISMATCH with both build IDs if they do not belong together. */
VMATLAS_CHECKED struct vmatlas_error *identify(struct kernel *k, const struct kernel_opts *opts);

/* Symbols that identify() asks for, to be prefetched: of every CPU, and of this one. */
struct lookup_set identify_lookups(void);
struct lookup_set identify_lookups_of(const struct arch *arch);

/* ---- Shared by identify.c and its parts ---- */

/* vmlinux's own bytes that must stand in memory. */
struct kernel_signature {
	uint64_t banner_addr;		/* link address of linux_banner; 0 none */
	size_t banner_size;
	char banner[512];
	uint64_t id_addr;		/* link address of the build ID's bytes; 0 none */
	uint8_t id[20];
};

enum signature_result { SIGNATURE_EQUAL, SIGNATURE_DIFFERENT, SIGNATURE_UNREADABLE };

/* FORMAT if vmlinux has neither banner nor build ID. */
VMATLAS_CHECKED struct vmatlas_error *signature_load(struct kernel *k, struct kernel_signature *ret);

/*
 * Does memory at @delta hold the banner and build ID of vmlinux? *ret is the
 * answer; only a failing system call is an error.
 */
VMATLAS_CHECKED struct vmatlas_error *
signature_match(struct kernel *k, const struct kernel_signature *proof, uint64_t delta,
	      enum signature_result *ret);

/* Of raw images, which lie where the user says: ARGUMENT if page tables say otherwise. */
VMATLAS_CHECKED struct vmatlas_error *signature_of_raw(struct kernel *k, const struct kernel_signature *p);

/*
 * Do the page tables lead from the proof's run-time address to its place? For when
 * format, root and slide are set; good for telling places apart, not kernels.
 */
VMATLAS_CHECKED struct vmatlas_error *
signature_by_tables(struct kernel *k, const struct kernel_signature *proof, uint64_t delta,
		enum signature_result *ret);

/* "linux_banner and build ID at physical 0x...": @space, then link address + @base. */
VMATLAS_CHECKED struct vmatlas_error *
signature_describe(struct kernel *k, const struct kernel_signature *proof, uint64_t delta,
	       const char *space, uint64_t base, char **ret);

/*
 * Look at the one place per @stride of physical memory where the banner could
 * be, the image being aligned to @stride. MISSING if it is nowhere.
 */
VMATLAS_CHECKED struct vmatlas_error *
signature_search(struct kernel *k, const struct kernel_signature *proof, uint64_t stride, uint64_t *ret_delta);

/*
 * How well the place of the kernel is proved. Page tables that lead from the signature's
 * virtual address to its physical one prove both; bytes alone prove the physical one.
 */
enum identify_proof { PROOF_NONE, PROOF_TABLES_ONLY, PROOF_BYTES_ONLY, PROOF_FULL };

/* Memory disproves @fmt of the VMCOREINFO note: kept for a finding. */
VMATLAS_CHECKED VMATLAS_PRINTF(2, 3) struct vmatlas_error *
identify_note_is_wrong(struct kernel *k, const char *fmt, ...);

/* vmcoreinfo_check.c: numbers that this CPU cannot have, or that memory contradicts. */
VMATLAS_CHECKED struct vmatlas_error *identify_check_pagesize(struct kernel *k);
VMATLAS_CHECKED struct vmatlas_error *identify_compare_vmcoreinfo(struct kernel *k,
								  struct vmcoreinfo *own);

/* Is vmlinux's build ID the one in VMCOREINFO? */
bool identify_named_by_vmcoreinfo(const struct kernel *k);

/* One for each CPU: sets slide, phys_base, format, pgd, from-texts. */
typedef struct vmatlas_error *
identify_fn(struct kernel *k, const struct kernel_opts *opts, const struct kernel_signature *proof);

identify_fn identify_x86_64, identify_i386, identify_arm, identify_arm64, identify_riscv64;

/* identify_finish.c: where a CPU's own way ends, or what it may begin with */

/* Run-time minus link address by what VMCOREINFO says of symbols; 0 if it does not. */
VMATLAS_CHECKED struct vmatlas_error *
identify_slide_by_symbol(struct kernel *k, uint64_t *ret, bool *ret_known);

/* Variable @name of @size bytes, read at its physical place; MISSING, FAULT. */
VMATLAS_CHECKED struct vmatlas_error *
identify_variable(struct kernel *k, const char *name, uint64_t delta, size_t size,
		  uint64_t *ret);

/* Missing or not in the dump: NULL then, and *ret_known stays false. */
VMATLAS_CHECKED struct vmatlas_error *
identify_variable_if_there(struct kernel *k, const char *name, uint64_t delta, size_t size,
			   uint64_t *ret, bool *ret_known);

/* root of the tables at @symbol, physical = link address + @delta */
VMATLAS_CHECKED struct vmatlas_error *
identify_root(struct kernel *k, const char *symbol, uint64_t delta);

/*
 * The kernel at physical minus link address @delta, all of @k being set but texts:
 * compare, judge what was given (identify_check_override()) or found, tell.
 */
VMATLAS_CHECKED struct vmatlas_error *
identify_finish(struct kernel *k, const struct kernel_opts *opts, const struct kernel_signature *proof,
		uint64_t delta, const char *from);

/* user_offset.c: parse "0x..." */
VMATLAS_CHECKED struct vmatlas_error *
identify_override(const char *option, const char *text, uint64_t *ret);

/*
 * --phys-offset, if given, is k->phys_base from now on. Where the kernel itself says it,
 * by its variable @by, it must say the same.
 */
VMATLAS_CHECKED struct vmatlas_error *
identify_given_phys(struct kernel *k, const struct kernel_opts *opts, bool known,
		    const char *by);

/*
 * Offsets a person gave, format and root being set: believed where only the proof
 * cannot be read, refused where memory differs or the page tables lead elsewhere.
 */
VMATLAS_CHECKED struct vmatlas_error *
identify_check_override(struct kernel *k, const struct kernel_signature *proof,
			uint64_t delta, enum signature_result result);

/* vmcoreinfo_scan.c: page by page for VMCOREINFO text; *ret NULL if there is none. */
VMATLAS_CHECKED struct vmatlas_error *
identify_search_vmcoreinfo(struct kernel *k, struct vmcoreinfo **ret, uint64_t *ret_paddr);

#endif
