/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a boot log says about memory: the "Virtual kernel memory layout" table,
 * RAM that was cut off, the command line. Pure, fuzzed: any bytes are accepted.
 * The text may be dmesg, a serial console's record, or a note that quotes one.
 */
#ifndef BOOTLOG_BOOTLOG_H
#define BOOTLOG_BOOTLOG_H

#include <vmatlas.h>

#include "base/error.h"
#include "base/array.h"
#include "base/strbuf.h"

/* A row of the table. Rows without usable addresses ("(ptrval)") have no claim. */
struct bootlog_row {
	struct vmatlas_claim claim;	/* DECLARED, FROM_LOG; source "FILE:LINE" */
	uint32_t line;
	bool has_claim;
	bool size_contradicts;		/* the printed size is not the addresses' */
	uint64_t printed_size;		/* bytes; 0: none was printed */
	char *complaint;		/* one line for a finding; NULL if all is well */
};

enum bootlog_cut_kind {
	BOOTLOG_CUT_TRUNCATED,		/* "Truncating RAM at": a bank lost its end */
	BOOTLOG_CUT_IGNORED,		/* "Ignoring RAM at": all of it */
	BOOTLOG_CUT_OTHER,		/* not for the vmalloc reservation's sake */
};

/* What the message itself says of the cause. */
enum bootlog_cut_why {
	BOOTLOG_WHY_UNSAID,
	BOOTLOG_WHY_LIMIT,		/* the vmalloc reservation */
	BOOTLOG_WHY_HIGHMEM,		/* above it, and no HIGHMEM */
	BOOTLOG_WHY_32BIT,		/* above 4 GiB, and no LPAE, or no PAE */
	BOOTLOG_WHY_BELOW,		/* below the kernel's first address of RAM */
	BOOTLOG_WHY_BANKS,		/* the table of banks is full */
	BOOTLOG_WHY_MODEL,		/* beyond what the memory model can number */
	BOOTLOG_WHY_CACHE,		/* highmem, and a cache that forbids it */
};

/* RAM that the kernel said it would not use. */
struct bootlog_cut {
	enum bootlog_cut_kind kind;
	struct vmatlas_range lost;	/* physical */
	struct vmatlas_range bank;	/* all of the bank it was cut from */
	bool has_range;			/* OTHER: some messages give no end */
	enum bootlog_cut_why why;
	uint64_t used;			/* all that is used: "Warning only N MB"; or 0 */
	uint64_t bytes;			/* that are lost, where no range is said; or 0 */
	uint32_t line;
	char *text;			/* the message */
};

/* Physical memory that something lives in: "initrd", "CMA". */
struct bootlog_place {
	struct vmatlas_range phys;
	uint32_t line;
	char *name;
};

/* Any other line worth quoting: static mappings outside, clamps, HIGHMEM hints. */
struct bootlog_remark {
	uint32_t line;
	char *text;
};

struct bootlog_param {			/* mem=SIZE[@START] */
	uint64_t size, start;
	bool has_start;
};

enum bootlog_style {			/* whose table it is */
	BOOTLOG_STYLE_UNKNOWN,
	BOOTLOG_STYLE_ARM,
	BOOTLOG_STYLE_I386,
	BOOTLOG_STYLE_64BIT,		/* arm64 */
	BOOTLOG_STYLE_RISCV,
	BOOTLOG_STYLE_NOMMU,		/* one address space: nothing can overlap */
	BOOTLOG_STYLE_FOREIGN,		/* of a CPU whose rules are not known here */
};

/* A line of a saved log without what loggers put before it, for whoever reads events. */
struct bootlog_kept {
	size_t text;			/* where it begins in bootlog.kept_text */
	uint32_t len, line;
	bool has_time;
	uint64_t nsec;
};

struct bootlog {
	char *name;			/* for sources: a path, "dmesg" */
	VEC(struct bootlog_row) rows;
	VEC(struct bootlog_cut) cuts;
	VEC(struct bootlog_place) places;
	VEC(struct bootlog_remark) remarks;
	enum bootlog_style style;
	bool has_table;
	uint32_t title_at;		/* the title's line; 0: no title was seen */
	uint32_t nr_unread;		/* lines that look like rows and could not be read */
	uint32_t unread_at;		/* the first of them */
	const char *cpu;		/* what the log shows of the CPU; NULL: nothing */
	bool is_arm, is_x86;		/* @cpu is 32-bit ARM, or x86 */
	uint64_t ram_start;		/* by the list of nodes or zones, if has_ram_start */
	bool has_ram_start;
	uint64_t e820_usable, mtrr_covered;	/* bytes of RAM by x86's firmware; or 0 */
	uint64_t vmalloc_total;		/* "VmallocTotal" of a quoted /proc/meminfo; or 0 */
	uint32_t vmalloc_total_at;
	VEC(struct bootlog_kept) kept;	/* bootlog_parse_saved(): lines of all boots */
	struct str kept_text;
	uint32_t nr_boots;		/* "Linux version" lines; the one told is */
	uint32_t boot;			/* the last that has a table, else the last */
	char *release;			/* NULL where the log does not say */
	char *machine;
	char *command_line;
	uint32_t command_line_at;	/* its line; likewise below, 0: not said */
	uint32_t memory_at;
	uint64_t memory_total;		/* bytes of the "Memory:" line(s), 0 unknown */
	uint64_t memory_highmem;
	bool has_highmem;		/* memory_highmem was said */
	int aliasing;			/* VIPT aliasing data cache: 1, 0, -1 unknown */
	bool failed;			/* out of memory; becomes parse's error */
};

/* @name is copied and stands in sources as "NAME:LINE". */
VMATLAS_CHECKED struct vmatlas_error *
bootlog_parse(const char *text, size_t len, const char *name, struct bootlog **ret);

/* The same, and keep every line for kernel/printk, which knows events. */
VMATLAS_CHECKED struct vmatlas_error *
bootlog_parse_saved(const char *text, size_t len, const char *name, struct bootlog **ret);

/* Parse a saved log. FORMAT if it is no text of a sensible size. */
VMATLAS_CHECKED struct vmatlas_error *
bootlog_read_file(const char *path, struct bootlog **ret);

void bootlog_free(struct bootlog *log);
DEFINE_FREEP(bootlog, bootlog_free)

/*
 * The table's rows as claims, in the order of the log; *@i starts at 0. The
 * claims and their strings live as long as @log:
 *
 *	for (size_t i = 0; (c = bootlog_claim_next(log, &i));)
 */
const struct vmatlas_claim *bootlog_claim_next(const struct bootlog *log, size_t *i);

/* Does the log say anything at all about memory? */
bool bootlog_has_news(const struct bootlog *log);

/* ---- Command lines (log, saved_command_line, /chosen bootargs) ---- */

/* mem= in the order given; returns how many there are, fills at most @max. */
size_t cmdline_mem(const char *cmdline, struct bootlog_param *ret, size_t max);

/* The last vmalloc= in bytes; false if there is none. */
bool cmdline_vmalloc(const char *cmdline, uint64_t *ret);

#endif
