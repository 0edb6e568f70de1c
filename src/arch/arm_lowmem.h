/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Did a 32-bit ARM kernel leave RAM unused because lowmem would run into the
 * vmalloc reservation? Pure arithmetic: the caller brings the addresses, from a
 * dump or from a boot log, and words the answer.
 */
#ifndef ARCH_ARM_LOWMEM_H
#define ARCH_ARM_LOWMEM_H

#include <vmatlas.h>

#include "base/range.h"

enum ram_known { RAM_UNKNOWN = -1, RAM_NO, RAM_YES };

/*
 * arch/arm/mm/mmu.c: until 5.13 vmalloc= includes the 8 MiB gap (vmalloc_min =
 * VMALLOC_END - R); since 5.14 the gap comes on top (vmalloc_size = R).
 */
enum ram_gap { RAM_GAP_UNKNOWN, RAM_GAP_TAKEN, RAM_GAP_ADDED };

/* How sure the kernel's own words about RAM that it cut off are. */
enum ram_words {
	RAM_WORDS_NONE,
	RAM_WORDS_BARE,			/* 4.9 and later: "Ignoring RAM at A-B", for any reason */
	RAM_WORDS_LIMIT,		/* "Truncating", "(vmalloc region overlap)" */
	RAM_WORDS_ABOVE,		/* "(!CONFIG_HIGHMEM)": a bank above the limit */
};

struct arm_lowmem_input {
	uint64_t page_offset;
	uint64_t lowmem_end;		/* high_memory: exclusive */
	uint64_t vmalloc_end;		/* exclusive */
	uint64_t phys_offset;		/* if has_phys_offset */
	bool has_phys_offset;
	bool knows_command_line;	/* else vmalloc= may have been given */
	bool has_param;			/* vmalloc= was given */
	uint64_t param;
	enum ram_gap gap;		/* UNKNOWN: by release, then by VMALLOC_END */
	uint32_t release;		/* KERNEL_RELEASE(), 0 unknown */
	bool has_dma_window;		/* the table has a DMA row: 3.1 or older */
	uint64_t default_limit;		/* vmalloc_min as vmlinux holds it; 0 unknown */
	uint64_t default_reserve;	/* vmalloc_size likewise */
	enum ram_known highmem;
	enum ram_known aliasing;	/* VIPT aliasing data cache: no highmem then */
	enum ram_known lpae;		/* excludes VMSPLIT_3G_OPT */

	/* RAM that the kernel was told of, sorted; none: unknown. */
	const struct vmatlas_range *installed;
	size_t nr_installed;
	uint64_t told_size;		/* mem=SIZE where no address is known; 0 none */
	/* Set aside on purpose (no-map): not lost. */
	const struct vmatlas_range *reserved;
	size_t nr_reserved;
	/* What the log says was cut. */
	const struct vmatlas_range *logged;
	size_t nr_logged;
	bool logged_at_limit;		/* the first of them starts where lowmem ends */
	enum ram_words words;
	uint64_t ram_start;		/* where RAM begins by the log, if has_ram_start */
	bool has_ram_start;
};

enum ram_verdict {
	RAM_NOT_JUDGED,			/* neither installed RAM nor the limit is known */
	RAM_ALL_USED,
	RAM_NOT_CUT,			/* installed unknown, but nothing can be lost */
	RAM_AT_LIMIT,			/* installed unknown, lowmem may have been cut */
	RAM_IN_HIGHMEM,			/* above lowmem, and used */
	RAM_IGNORED,			/* by the vmalloc reservation: proved */
	RAM_LOST_OTHERWISE,		/* unused, but lowmem ends below the limit */
	RAM_RESERVED_APART,		/* all of it is the firmware's: no-map */
	RAM_ROUNDED,			/* less than a PMD, below memblock_limit */
	RAM_MISALIGNED,			/* a bank that begins or ends within a PMD */
};

enum ram_choice_kind {
	RAM_CHOICE_DROP,		/* no vmalloc= at all: the default reserve */
	RAM_CHOICE_PARAM,		/* the largest vmalloc= that keeps everything */
	RAM_CHOICE_LEAST,		/* vmalloc=16M, the least: recovers part */
	RAM_CHOICE_SPLIT,		/* another PAGE_OFFSET */
	RAM_CHOICE_HIGHMEM,
};

struct ram_choice {
	enum ram_choice_kind kind;
	uint64_t value;			/* vmalloc= bytes, PAGE_OFFSET */
	uint64_t recovers;		/* bytes of what is lost */
	uint64_t vmalloc_size;		/* address space left for vmalloc then */
};

#define RAM_MAX_LOST 16

struct arm_lowmem_result {
	enum ram_verdict verdict;
	bool layout_known;		/* else there are no limit and no need_end */
	/* The limit: vmalloc_end - reserve - gap. */
	bool limit_known;
	bool at_limit;
	bool param_clamped;		/* the kernel did not accept vmalloc= as it is */
	bool reserve_implied;		/* no command line: as lowmem's end shows it */
	bool unexplained;		/* the words blame vmalloc, the numbers do not */
	uint64_t limit_by_rule;		/* unexplained: what the rule gives */
	/* No table: a split whose limit is where the lost RAM begins; copied into q. */
	bool layout_implied;
	uint64_t page_offset, lowmem_end, vmalloc_end;
	uint64_t misaligned;		/* the bank's address */
	uint64_t reserve;		/* in effect, as vmalloc= counts it */
	uint64_t gap;			/* subtracted besides: 8 MiB or 0 */
	uint64_t limit;			/* highest exclusive end that lowmem may have */
	enum ram_gap rule;
	uint64_t default_reserve;	/* without vmalloc=; 0 unknown */
	/* Given, or derived from a log line that starts where lowmem ends. */
	bool has_phys_offset;
	uint64_t phys_offset;
	/* RAM above lowmem: lost, or in highmem. */
	struct vmatlas_range lost[RAM_MAX_LOST];
	size_t nr_lost;
	uint64_t lost_bytes;		/* also where no addresses are known */
	uint64_t installed_bytes;	/* 0 unknown */
	bool lost_from_log;		/* and not from installed RAM */
	bool log_disagrees;		/* the log names other bytes */
	/* What all RAM as lowmem would take. */
	bool has_need;
	uint64_t need_end;		/* exclusive end of lowmem, may pass 4 GiB */
	int64_t largest_reserve;	/* R_max: may be 0 or less */
	uint64_t largest_param;		/* R_max in whole MiB; 0: no value is harmless */
	struct ram_choice choices[8];
	size_t nr_choices;
};

void arm_lowmem_check(const struct arm_lowmem_input *q, struct arm_lowmem_result *ret);

#endif
