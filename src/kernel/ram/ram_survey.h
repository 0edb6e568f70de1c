/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RAM: what is installed, what the kernel uses, what it cut off. Each fact says
 * where it was read; facts that disagree stand side by side.
 */
#ifndef KERNEL_RAM_RAM_SURVEY_H
#define KERNEL_RAM_RAM_SURVEY_H

#include <vmatlas.h>

#include "base/cleanup.h"
#include "base/array.h"
#include "bootlog/bootlog.h"
#include "arch/arm_lowmem.h"

enum ram_role {
	RAM_INSTALLED,			/* the boot loader says so */
	RAM_SYSTEM,			/* iomem "System RAM" */
	RAM_MEMBLOCK,			/* memblock.memory */
	RAM_DESCRIBED,			/* the dump's own map: an upper bound only */
	RAM_RESERVED,			/* kept away from the kernel's use */
	RAM_OCCUPIED,			/* something lives there: initrd, CMA */
};

struct ram_fact {
	enum ram_role role;
	struct vmatlas_range phys;
	bool no_map;			/* RESERVED: not even in the linear map */
	uint64_t record;		/* kernel address it was read at, 0 none */
	char *name;			/* "System RAM", "/memory@0", "initrd" */
	char *source;			/* "device tree at 0xff800000" */
};

/* A question that got no answer, for evidence: "ATAGS", "poisoned ...". */
struct ram_unknown {
	char *subject;
	char *why;
};

struct ram_facts {
	VEC(struct ram_fact) facts;
	VEC(struct ram_unknown) silences;
	bool system_known;		/* iomem_resource was read to its end */
	char *command_line;		/* NULL unknown */
	char *command_line_from;
	struct bootlog *log;		/* of the dump itself; NULL */
	char *model;
	/* How this kernel computes the limit of lowmem; 0 and UNKNOWN: not seen. */
	enum ram_gap gap;
	uint64_t default_limit, default_reserve;
	const char *rule_from;		/* "vmalloc_size in vmlinux"; NULL */
	enum ram_known aliasing;	/* cacheid */
	enum ram_known lpae;
	/* The kernel's own variables; 0 unknown. */
	uint64_t max_pfn, max_low_pfn, highend_pfn;
	uint64_t x86_reserve;		/* __VMALLOC_RESERVE of i386 */
};

void ram_facts_free(struct ram_facts *facts);
DEFINE_FREEP(ram_facts, ram_facts_free)

/* Is any byte of @phys System RAM by iomem_resource? @facts may be NULL. */
enum ram_known ram_is_system_ram(const struct ram_facts *facts, struct vmatlas_range phys);

#endif
