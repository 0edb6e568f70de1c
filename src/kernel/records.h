/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records of the kernel, decoded once and shared between surveyors, printers and
 * inspectors: struct kernel holds them.
 */
#ifndef KERNEL_RECORDS_H
#define KERNEL_RECORDS_H

#include <vmatlas.h>

#include "base/array.h"

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
	struct free_records *free;	/* kernel/vmalloc/free_area_tree.h; NULL until surveyed */
	struct ram_facts *ram;		/* kernel/ram/ram_survey.h; NULL until surveyed */
	struct symnames *names;		/* kernel/symbols/symbolize.h; NULL until a name was asked for */
	struct printk_log *log;		/* kernel/printk/printk.h; NULL until it was asked for */
};

#endif
