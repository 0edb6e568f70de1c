/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: RAM. Asks everybody who may know - the kernel's records, the boot
 * loader's, the log, the command line - and keeps each answer apart. The log and the
 * boot loader only where RAM can be lost to the address space: 32-bit CPUs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/printk/printk.h"
#include "kernel/ram/ram_internal.h"
#include "kernel/survey.h"
#include "kernel/type_log.h"

enum {
	IOMEM, MEMBLOCK, BOOT_PARAMS, ATAGS_POINTER, COMMAND_LINE, CACHEID, VMALLOC_SIZE,
	VMALLOC_MIN, CMA_AREAS, CMA_AREA_COUNT, INIT_BEGIN, INIT_END, MAX_PFN, MAX_LOW_PFN,
	HIGHEND_PFN, VMALLOC_RESERVE,
};

static const struct vmatlas_lookup needs[] = {
	[IOMEM]		 = VMATLAS_OPTIONAL_SYMBOL("iomem_resource"),
	[MEMBLOCK]	 = VMATLAS_OPTIONAL_SYMBOL("memblock"),
	[BOOT_PARAMS]	 = VMATLAS_OPTIONAL_SYMBOL("initial_boot_params"),
	[ATAGS_POINTER]	 = VMATLAS_OPTIONAL_SYMBOL("__atags_pointer"),
	[COMMAND_LINE]	 = VMATLAS_OPTIONAL_SYMBOL("saved_command_line"),
	[CACHEID]	 = VMATLAS_OPTIONAL_SYMBOL("cacheid"),
	[VMALLOC_SIZE]	 = VMATLAS_OPTIONAL_SYMBOL("vmalloc_size"),
	[VMALLOC_MIN]	 = VMATLAS_OPTIONAL_SYMBOL("vmalloc_min"),
	[CMA_AREAS]	 = VMATLAS_OPTIONAL_SYMBOL("cma_areas"),
	[CMA_AREA_COUNT] = VMATLAS_OPTIONAL_SYMBOL("cma_area_count"),
	[INIT_BEGIN]	 = VMATLAS_OPTIONAL_SYMBOL("__init_begin"),
	[INIT_END]	 = VMATLAS_OPTIONAL_SYMBOL("__init_end"),
	[MAX_PFN]	 = VMATLAS_OPTIONAL_SYMBOL("max_pfn"),
	[MAX_LOW_PFN]	 = VMATLAS_OPTIONAL_SYMBOL("max_low_pfn"),
	[HIGHEND_PFN]	 = VMATLAS_OPTIONAL_SYMBOL("highend_pfn"),
	/* arch/x86/mm/pgtable_32.c */
	[VMALLOC_RESERVE] = VMATLAS_OPTIONAL_SYMBOL("__VMALLOC_RESERVE"),
	/* Not read; found in the same pass for the sake of their types' files. */
	VMATLAS_OPTIONAL_SYMBOL("request_resource"),
	VMATLAS_OPTIONAL_SYMBOL("insert_resource"),
	VMATLAS_OPTIONAL_SYMBOL("memblock_add"),
	VMATLAS_OPTIONAL_SYMBOL("memblock_reserve"),
	VMATLAS_OPTIONAL_SYMBOL("cma_alloc"),
	VMATLAS_OPTIONAL_SYMBOL("cma_release"),
};

/* ---- Log and command line ---- */

static struct vmatlas_error *read_log(struct survey *s, struct ram_facts *facts)
{
	const struct printk_log *log = NULL;
	_cleanup_(str_done) struct str text = { 0 };
	struct vmatlas_error *err = kernel_log(s->k, &log);

	if (err && error_is_kernel_trouble(err)) {
		struct vmatlas_error *next =
			survey_coverage(s, VMATLAS_COVERAGE_PARTIAL, "kernel log", "%s",
					vmatlas_error_message(err));
		if (next) {
			vmatlas_error_free(err);
			return next;
		}
	}
	if (err)
		return ram_unknown_report_fault(facts, "kernel log", err);
	log_format(log, &text);
	if (text.failed)
		return error_no_memory();
	err = bootlog_parse(str_text(&text), text.len, "dmesg", &facts->log);
	if (!err && log->records.nr && log->records.v[0].seq && !facts->log->release)
		err = ram_unknown_add(facts, "kernel log",
				      "its beginning was overwritten");
	return err;
}

static struct vmatlas_error *read_command_line(struct survey *s, struct ram_facts *facts)
{
	struct vmatlas_error *err;
	uint64_t addr;

	if (!survey_has(s, COMMAND_LINE))
		return NULL;
	err = kernel_read_ptr(s->k, s->res[COMMAND_LINE].addr, &addr);
	if (!err)
		err = kernel_read_str(s->k, addr, 4096, &facts->command_line);
	if (err)
		return ram_unknown_report_fault(facts, "saved_command_line", err);
	for (char *c = facts->command_line; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = ' ';
	facts->command_line_from = strdup("saved_command_line");
	return facts->command_line_from ? NULL : error_no_memory();
}

/* Where nobody else knew the command line, the log may. */
static struct vmatlas_error *command_line_from_log(struct ram_facts *facts)
{
	if (facts->command_line || !facts->log || !facts->log->command_line)
		return NULL;
	facts->command_line = strdup(facts->log->command_line);
	facts->command_line_from = strdup("dmesg");
	return facts->command_line && facts->command_line_from ? NULL : error_no_memory();
}

/* ---- Rules, and the dump's own map ---- */

/*
 * Both variables of arch/arm/mm/mmu.c are __initdata, gone after boot; but vmlinux
 * holds their first values, and which of them exists says how vmalloc= is counted:
 * vmalloc_min until 5.13, vmalloc_size since 5.14.
 */
static void read_rule(struct survey *s, struct ram_facts *facts)
{
	bool is_new = survey_has(s, VMALLOC_SIZE);
	const struct resolved *sym = &s->res[is_new ? VMALLOC_SIZE : VMALLOC_MIN];
	uint8_t raw[4];
	uint64_t *slot = is_new ? &facts->default_reserve : &facts->default_limit;
	struct vmatlas_error *err;

	if (!sym->found)
		return;
	facts->gap = is_new ? RAM_GAP_ADDED : RAM_GAP_TAKEN;
	facts->rule_from = is_new ? "vmalloc_size in vmlinux" : "vmalloc_min in vmlinux";
	err = trace_read(s->k, sym->addr - s->k->slide, raw, sizeof(raw));
	if (!err)
		*slot = bytes_uint(raw, sizeof(raw), s->k->big_endian);
	vmatlas_error_free(err);	/* the release knows the default as well */
}

/* arch/arm/include/asm/cachetype.h: CACHEID_VIPT_ALIASING */
static void read_cacheid(struct survey *s, struct ram_facts *facts)
{
	struct vmatlas_error *err;
	uint64_t id;

	if (s->k->format)
		facts->lpae = s->k->format->entry_size == 8 ? RAM_YES : RAM_NO;
	if (!survey_has(s, CACHEID))
		return;
	err = kernel_read_uint(s->k, s->res[CACHEID].addr, 4, &id);
	if (!err)
		facts->aliasing = id & 1u << 2 ? RAM_YES : RAM_NO;
	vmatlas_error_free(err);	/* a detail: the log may say it */
}

static struct vmatlas_error *read_dump_map(struct survey *s, struct ram_facts *facts)
{
	const struct mem_info *info = &s->k->mem->info;
	struct ram_fact fact = { .role = RAM_DESCRIBED };
	struct vmatlas_error *err = NULL;
	bool any = false;

	for (size_t i = 0; !err && i < info->nr_segments; i++) {
		const struct mem_segment *seg = &info->segments[i];

		if (seg->paddr == UINT64_MAX ||
		    !range_from_size(seg->paddr, seg->size, &fact.phys))
			continue;
		any = true;
		err = ram_fact_add(facts, fact, "dump", "the dump's own map");
	}
	if (err || any || !info->max_paddr)
		return err;
	fact.phys = (struct vmatlas_range){ 0, info->max_paddr };
	return ram_fact_add(facts, fact, "dump", "the dump's own map");
}

/* What follows in the kernel's memory once it has booted is somebody else's. */
static bool is_init_memory(const struct survey *s, uint64_t addr)
{
	return survey_has(s, INIT_BEGIN) && survey_has(s, INIT_END) &&
	       addr >= s->res[INIT_BEGIN].addr && addr < s->res[INIT_END].addr;
}

/* How far the kernel's own idea of RAM reaches; details, each 0 if unknown. */
static void read_limits(struct survey *s, struct ram_facts *facts)
{
	const struct { size_t need; uint64_t *ret; } words[] = {
		{ MAX_PFN, &facts->max_pfn }, { MAX_LOW_PFN, &facts->max_low_pfn },
		{ HIGHEND_PFN, &facts->highend_pfn },
		{ VMALLOC_RESERVE, &facts->x86_reserve },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct vmatlas_error *err = NULL;

		if (survey_has(s, words[i].need))
			err = kernel_read_uint(s->k, s->res[words[i].need].addr,
					       s->k->ptr_size, words[i].ret);
		vmatlas_error_free(err);
	}
}

static struct vmatlas_error *read_records(struct survey *s, struct ram_facts *facts)
{
	struct vmatlas_error *err = NULL;

	if (survey_has(s, IOMEM))
		err = ram_read_iomem(s, facts, s->res[IOMEM].addr);
	if (!err && survey_has(s, MEMBLOCK) && is_init_memory(s, s->res[MEMBLOCK].addr))
		err = ram_unknown_add(facts, "memblock", "not kept after boot");
	else if (!err && survey_has(s, MEMBLOCK))
		err = ram_read_memblock(s, facts, s->res[MEMBLOCK].addr);
	if (!err && s->k->ptr_size == 4 && survey_has(s, CMA_AREAS) && survey_has(s, CMA_AREA_COUNT))
		err = ram_read_cma(s, facts, s->res[CMA_AREAS].addr,
				   s->res[CMA_AREA_COUNT].addr);
	return err;
}

/* What only those are asked who may have lost RAM to their layout. */
static struct vmatlas_error *read_boot(struct survey *s, struct ram_facts *facts)
{
	struct vmatlas_error *err = NULL;
	bool has_fdt = false;

	if (s->k->ptr_size != 4)
		return NULL;
	read_cacheid(s, facts);
	read_rule(s, facts);
	if (survey_has(s, BOOT_PARAMS))
		err = ram_read_fdt(s->k, facts, s->res[BOOT_PARAMS].addr, &has_fdt);
	if (!err && !has_fdt && survey_has(s, ATAGS_POINTER))
		err = ram_read_atags(s->k, facts, s->res[ATAGS_POINTER].addr);
	if (!err)
		err = read_log(s, facts);
	return err ? err : command_line_from_log(facts);
}

static struct vmatlas_error *ram_survey_run(struct survey *s)
{
	struct vmatlas_error *err;
	struct ram_facts *facts;

	ram_facts_free(s->k->records.ram);
	facts = s->k->records.ram = calloc(1, sizeof(*facts));
	if (!facts)
		return error_no_memory();
	facts->aliasing = RAM_UNKNOWN;
	facts->lpae = RAM_UNKNOWN;
	read_limits(s, facts);
	err = read_command_line(s, facts);
	if (!err)
		err = read_records(s, facts);
	if (!err)
		err = read_boot(s, facts);
	return err ? err : read_dump_map(s, facts);
}

const struct surveyor survey_ram = {
	.name = "RAM",
	.what = VMATLAS_SURVEY_RAM,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = ram_survey_run,
};
