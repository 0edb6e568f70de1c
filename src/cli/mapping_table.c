/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the page tables map, one run a line, under the name of the region it lies
 * in: as the kernel's own /sys/kernel/debug/kernel_page_tables has it.
 */
#include "base/range.h"
#include "cli/mapping_table.h"

struct row {
	struct vmatlas_range range;
	uint64_t size, page_size, phys, entry;
	const char *rights, *level, *memory, *region, *note;
	bool write, exec, user, global;
};

#define ROW(m) offsetof(struct row, m)

const struct column mapping_columns[] = {
	{ "RANGE", CELL_RANGE, SHOWN, ROW(range), "START-END, the end exclusive" },
	{ "SIZE", CELL_SIZE, SHOWN, ROW(size), "bytes mapped" },
	{ "LEVEL", CELL_TEXT, SHOWN, ROW(level), "of the page table its entries stand in" },
	{ "PAGE", CELL_SIZE, SHOWN, ROW(page_size), "what one entry stands for" },
	{ "RIGHTS", CELL_TEXT, SHOWN_TEXT, ROW(rights), "writable, executable, by user space" },
	{ "WRITE", CELL_FLAG, SHOWN_JSON, ROW(write), "may be written" },
	{ "EXEC", CELL_FLAG, SHOWN_JSON, ROW(exec), "may be executed" },
	{ "USER", CELL_FLAG, SHOWN_JSON, ROW(user), "user space may read it" },
	{ "GLOBAL", CELL_FLAG, SHOWN_JSON, ROW(global), "the same in every address space" },
	{ "MEMORY", CELL_TEXT, SHOWN, ROW(memory), "cached, or how not" },
	{ "PHYS", CELL_ADDRESS, SHOWN, ROW(phys), "where it begins, if it is in one piece" },
	{ "ENTRY", CELL_ADDRESS, SHOWN_JSON, ROW(entry),
	  "physical address of its first page-table entry" },
	{ "REGION", CELL_TEXT, SHOWN_JSON, ROW(region), "the declared region it begins in" },
	{ "NOTE", CELL_TEXT, SHOWN, ROW(note), "what is not known, or wrong" },
	{ 0 },
};

struct print {
	const struct cli *cli;
	struct table *table;
	const struct vmatlas_claim *region;	/* of the last row; NULL: of none */
	bool has_region;
};

/* The smallest region that holds @addr, of those that stand for themselves. */
static const struct vmatlas_claim *region_of(const struct cli *cli, uint64_t addr)
{
	const struct vmatlas_claim *best = NULL;

	vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_DECLARED) {
		if (!(c->flags & VMATLAS_CLAIM_PRIMARY) || c->flags & VMATLAS_CLAIM_WINDOW ||
		    c->kind == VMATLAS_KIND_SECTION || !range_has(c->range, addr))
			continue;
		if (!best || vmatlas_range_size(&c->range) < vmatlas_range_size(&best->range))
			best = c;
	}
	return best;
}

static const char *rights(uint32_t flags)
{
	static const char *const text[8] = {
		"ro nx", "rw nx", "ro x", "rw x",
		"ro nx user", "rw nx user", "ro x user", "rw x user",
	};

	if (flags & (VMATLAS_MAPPING_UNKNOWN | VMATLAS_MAPPING_BAD))
		return "?";
	return text[(flags & VMATLAS_MAPPING_WRITE ? 1 : 0) |
		    (flags & VMATLAS_MAPPING_EXEC ? 2 : 0) |
		    (flags & VMATLAS_MAPPING_USER ? 4 : 0)];
}

static int print_run(void *arg, const struct vmatlas_mapping *m)
{
	struct print *p = arg;
	const struct vmatlas_claim *region = region_of(p->cli, m->range.first);
	const bool is_known = !(m->flags & (VMATLAS_MAPPING_UNKNOWN | VMATLAS_MAPPING_BAD));
	const struct row row = {
		.range = m->range, .size = vmatlas_range_size(&m->range),
		.page_size = is_known ? m->page_size : CELL_NONE, .entry = m->entry_addr,
		.phys = m->flags & VMATLAS_MAPPING_CONTIGUOUS ? m->phys : 0,
		.rights = rights(m->flags), .level = m->level, .memory = m->memory,
		.region = region ? region->name : "", .note = m->note,
		.write = m->flags & VMATLAS_MAPPING_WRITE, .exec = m->flags & VMATLAS_MAPPING_EXEC,
		.user = m->flags & VMATLAS_MAPPING_USER,
		.global = m->flags & VMATLAS_MAPPING_GLOBAL,
	};

	if (!p->has_region || region != p->region)
		table_section(p->table, region ? region->name : "no declared region");
	p->has_region = true;
	p->region = region;
	table_row(p->table, &row);
	return 0;
}

struct vmatlas_error *mappings_print(const struct cli *cli)
{
	struct print p = { .cli = cli };
	struct vmatlas_error *err, *closed;

	err = table_open(&cli->out, FOR_ALL, mapping_columns, "mappings", &p.table);
	if (err)
		return err;
	err = vmatlas_for_each_mapping(cli->out.atlas, cli->direct_map ? VMATLAS_MAPPINGS_DIRECT_MAP : 0,
			       print_run, &p);
	closed = table_close(p.table);
	if (!err)
		return closed;
	vmatlas_error_free(closed);
	return err;
}
