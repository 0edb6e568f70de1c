/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the RAM surveyor, and nobody else. */
#ifndef KERNEL_RAM_RAM_INTERNAL_H
#define KERNEL_RAM_RAM_INTERNAL_H

#include "kernel/survey.h"
#include "kernel/kernel.h"
#include "kernel/ram/ram_survey.h"

/* Facts per role; no machine has more banks, a damaged list may pretend to. */
enum { RAM_MAX_FACTS = 1024 };

/* Add a fact; text is copied. */
VMATLAS_CHECKED VMATLAS_PRINTF(4, 5) struct vmatlas_error *
ram_fact_add(struct ram_facts *facts, struct ram_fact fact, const char *name,
	     const char *source, ...);

/* Note why @subject gave no answer. */
VMATLAS_CHECKED VMATLAS_PRINTF(3, 4) struct vmatlas_error *
ram_unknown_add(struct ram_facts *facts, const char *subject, const char *why, ...);

/*
 * Trouble in the dump is an answer, too: it says why there is no better one.
 * Consumes @err; other errors pass through.
 */
VMATLAS_CHECKED struct vmatlas_error *
ram_unknown_report_fault(struct ram_facts *facts, const char *subject,
		   struct vmatlas_error *err);

/* ---- fdt_atags_ram.c: what the boot loader left ---- */

VMATLAS_CHECKED struct vmatlas_error *
ram_read_fdt(struct kernel *k, struct ram_facts *facts, uint64_t boot_params,
	     bool *ret_found);
VMATLAS_CHECKED struct vmatlas_error *
ram_read_atags(struct kernel *k, struct ram_facts *facts, uint64_t atags_pointer);

/* ---- iomem_memblock.c: what the kernel itself keeps ---- */

VMATLAS_CHECKED struct vmatlas_error *
ram_read_iomem(struct survey *s, struct ram_facts *facts, uint64_t root);
VMATLAS_CHECKED struct vmatlas_error *
ram_read_memblock(struct survey *s, struct ram_facts *facts, uint64_t memblock);
VMATLAS_CHECKED struct vmatlas_error *
ram_read_cma(struct survey *s, struct ram_facts *facts, uint64_t areas, uint64_t count);

/* The functions in whose files the records above are defined. */
#define RAM_NEAR_MEMBLOCK "memblock_add|memblock_reserve"
#define RAM_NEAR_CMA	  "cma_alloc|cma_release"

#endif
