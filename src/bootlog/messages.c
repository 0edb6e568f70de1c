/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages about memory, in every form that kernels from 2.6.28 to 7.2 print:
 * arch/arm/mm/mmu.c, arch/arm/kernel/setup.c, arch/arm/mm/init.c, mm/page_alloc.c,
 * kernel/dma/contiguous.c, mm/cma.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/range.h"
#include "bootlog/bootlog_internal.h"

/*
 * Is the end of a printed range exclusive? Banks are whole pages, so the end
 * itself tells. If it does not: %pa (with 0x, since 3.16) prints the exclusive
 * end, %.8lx and %.8llx before it printed the last byte.
 */
static bool end_is_exclusive(uint64_t end, bool has_0x)
{
	if ((end & 0xfff) == 0xfff)
		return false;
	return (end & 0xfff) == 0 || has_0x;
}

static bool range_printed(uint64_t first, uint64_t end, bool has_0x,
			  struct vmatlas_range *ret)
{
	if (!end_is_exclusive(end, has_0x))
		*ret = (struct vmatlas_range){ first, end };
	else if (!range_from_end(first, end, ret))
		return false;
	return range_valid(*ret);
}

static bool message_parse_range(const char **s, struct vmatlas_range *ret)
{
	uint64_t first, end;
	bool has_0x;

	return text_hex(s, &first, &has_0x) && text_skip(s, "-") &&
	       text_hex(s, &end, &has_0x) && range_printed(first, end, has_0x, ret);
}

static void cut_add(struct bootlog *log, const struct bootlog_line *line,
		    const char *text, struct bootlog_cut cut)
{
	struct bootlog_cut *c;

	/* A console's record may hold a message twice: as printed, and from dmesg. */
	for (size_t i = 0; i < log->cuts.nr; i++)
		if (cut.has_range && log->cuts.v[i].has_range &&
		    log->cuts.v[i].lost.first == cut.lost.first &&
		    log->cuts.v[i].lost.last == cut.lost.last)
			return;
		else if (!cut.has_range && log->cuts.v[i].text &&
			 !strcmp(log->cuts.v[i].text, text))
			return;
	if (log->cuts.nr >= BOOTLOG_MAX_EACH)
		return;
	c = vec_push(&log->cuts);
	if (!c) {
		log->failed = true;
		return;
	}
	*c = cut;
	c->line = line->nr;
	c->text = bootlog_dup(log, text);
}

/* "Truncating RAM at START-END to -NEWEND": what is lost begins after NEWEND. */
static bool truncating(struct bootlog *log, const struct bootlog_line *line,
		       const char *text, const char *s)
{
	struct bootlog_cut cut = { .kind = BOOTLOG_CUT_TRUNCATED, .has_range = true,
				   .why = BOOTLOG_WHY_LIMIT };
	struct vmatlas_range kept;
	uint64_t new_end;
	bool has_0x;

	if (!message_parse_range(&s, &cut.bank) || !text_skip(&s, " to -") ||
	    !text_hex(&s, &new_end, &has_0x))
		return false;
	if (!range_printed(cut.bank.first, new_end, has_0x, &kept))
		kept.last = cut.bank.first - 1;		/* nothing was kept */
	cut.lost = (struct vmatlas_range){ kept.last + 1, cut.bank.last };
	if (range_valid(cut.lost))
		cut_add(log, line, text, cut);
	return true;
}

static bool ignoring(struct bootlog *log, const struct bootlog_line *line,
		     const char *text, const char *s)
{
	struct bootlog_cut cut = { .kind = BOOTLOG_CUT_IGNORED, .has_range = true };

	if (!message_parse_range(&s, &cut.lost))
		return false;
	if (strstr(s, "(vmalloc region overlap)"))
		cut.why = BOOTLOG_WHY_LIMIT;
	else if (strstr(s, "(!CONFIG_HIGHMEM)"))
		cut.why = BOOTLOG_WHY_HIGHMEM;
	cut.bank = cut.lost;
	cut_add(log, line, text, cut);
	return true;
}

/* What of a message tells why, wherever it stands. */
static enum bootlog_cut_why why_of(const char *text)
{
	static const struct { const char *has; enum bootlog_cut_why why; } words[] = {
		{ "32-bit physical address space", BOOTLOG_WHY_32BIT },
		{ "below PHYS_OFFSET", BOOTLOG_WHY_BELOW },
		{ "memory range", BOOTLOG_WHY_BELOW },
		{ "NR_BANKS", BOOTLOG_WHY_BANKS },
		{ "SPARSEMEM max", BOOTLOG_WHY_MODEL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i].has))
			return words[i].why;
	return BOOTLOG_WHY_UNSAID;
}

static bool other_cut(struct bootlog *log, const struct bootlog_line *line,
		      const char *text, const char *s)
{
	struct bootlog_cut cut = { .kind = BOOTLOG_CUT_OTHER, .why = why_of(text) };
	uint64_t first, last;
	bool has_0x;

	cut.has_range = message_parse_range(&s, &cut.lost);
	/* drivers/of/fdt.c: "Ignoring memory range 0x80000000 - 0x80200000" */
	if (!cut.has_range && text_hex(&s, &first, &has_0x) && text_skip(&s, " - ") &&
	    text_hex(&s, &last, &has_0x))
		cut.has_range = range_printed(first, last, has_0x, &cut.lost);
	if (cut.has_range)
		cut.bank = cut.lost;
	cut_add(log, line, text, cut);
	return true;
}

/*
 * arch/x86/mm/init_32.c: lowmem_pfn_init(), highmem_pfn_init(): "Warning only 887MB will be
 * used.", "Warning: only 4GB will be used.": without HIGHMEM, without PAE.
 */
static bool warning_only(struct bootlog *log, const struct bootlog_line *line,
			 const char *text, const char *s)
{
	struct bootlog_cut cut = { .kind = BOOTLOG_CUT_OTHER, .why = BOOTLOG_WHY_HIGHMEM };
	uint64_t nr;

	if (!text_decimal(&s, &nr) || nr > 1 << 20)
		return false;
	if (text_skip(&s, "GB will be used")) {
		cut.why = BOOTLOG_WHY_32BIT;
		cut.used = GIB(nr);
	} else if (text_skip(&s, "MB will be used")) {
		cut.used = MIB(nr);
	} else {
		return false;
	}
	cut_add(log, line, text, cut);
	return true;
}

/* arch/mips/kernel/cpu-probe.c, mm/init.c: "... highmem. 65536k highmem ignored" */
static bool highmem_ignored(struct bootlog *log, const struct bootlog_line *line,
			    const char *text, const char *s)
{
	struct bootlog_cut cut = { .kind = BOOTLOG_CUT_OTHER, .why = BOOTLOG_WHY_CACHE };

	if (!text_decimal(&s, &cut.bytes) || cut.bytes > UINT64_MAX >> 10 || !cut.bytes ||
	    !text_skip(&s, "k highmem ignored"))
		return false;
	cut.bytes = KIB(cut.bytes);
	cut_add(log, line, text, cut);
	return true;
}

/* "BIOS-e820: [mem 0x0-0x9fbff] usable", until 3.4 "BIOS-e820: 0 - 9fc00 (usable)" */
static bool e820(struct bootlog *log, const struct bootlog_line *line, const char *text,
		 const char *s)
{
	uint64_t first, last;
	const bool is_new = text_skip(&s, "[mem ");

	(void)line, (void)text;
	text_skip_blanks(&s);
	if (!text_hex(&s, &first, NULL) || (!text_skip(&s, "-") && !text_skip(&s, " - ")) ||
	    !text_hex(&s, &last, NULL) || last < first || !strstr(s, "usable"))
		return false;
	if (__builtin_add_overflow(log->e820_usable, last - first + is_new, &log->e820_usable))
		log->e820_usable = 0;
	return true;
}

/* arch/x86/kernel/cpu/mtrr/cleanup.c: "total RAM covered: 3456M" */
static bool mtrr(struct bootlog *log, const struct bootlog_line *line, const char *text,
		 const char *s)
{
	uint64_t mib;

	(void)line, (void)text;
	if (!text_decimal(&s, &mib) || *s != 'M' || mib > UINT64_MAX >> 20)
		return false;
	log->mtrr_covered = MIB(mib);
	return true;
}

/*
 * "  node   0: [mem 0x0000000080000000-0x0000000097ffffff]" of mm/page_alloc.c, until 3.4
 * "    0: 0x00080000 -> 0x00098000" in pages; a zone's line says it as well.
 */
static bool ram_starts(struct bootlog *log, const struct bootlog_line *line,
		       const char *text, const char *s)
{
	const char *mem = strstr(s, "[mem 0x");
	uint64_t first;

	(void)line, (void)text;
	if (!mem)
		return false;
	mem += strlen("[mem ");
	if (!text_hex(&mem, &first, NULL))
		return false;
	log->ram_start = log->has_ram_start ? MIN(log->ram_start, first) : first;
	log->has_ram_start = true;
	return true;
}

static bool remark(struct bootlog *log, const struct bootlog_line *line,
		   const char *text, const char *rest)
{
	struct bootlog_remark *r;

	(void)rest;
	for (size_t i = 0; i < log->remarks.nr; i++)
		if (log->remarks.v[i].text && !strcmp(log->remarks.v[i].text, text))
			return true;
	if (log->remarks.nr >= BOOTLOG_MAX_EACH)
		return true;
	r = vec_push(&log->remarks);
	if (!r) {
		log->failed = true;
		return true;
	}
	r->line = line->nr;
	r->text = bootlog_dup(log, text);
	return true;
}

static void place_add(struct bootlog *log, const struct bootlog_line *line,
		      const char *name, uint64_t first, uint64_t size)
{
	struct bootlog_place *p;
	struct vmatlas_range phys;

	if (log->places.nr >= BOOTLOG_MAX_EACH || !range_from_size(first, size, &phys))
		return;
	p = vec_push(&log->places);
	if (!p) {
		log->failed = true;
		return;
	}
	p->phys = phys;
	p->line = line->nr;
	p->name = bootlog_dup(log, name);
}

/* "INITRD: 0xSTART+0xSIZE is not a memory region - disabling initrd" */
static bool initrd(struct bootlog *log, const struct bootlog_line *line,
		   const char *text, const char *s)
{
	uint64_t start, size;

	if (!text_hex(&s, &start, NULL) || !text_skip(&s, "+") ||
	    !text_hex(&s, &size, NULL))
		return false;
	place_add(log, line, "initrd", start, size);
	return remark(log, line, text, s);
}

/* "created CMA memory pool at 0xSTART, size N MiB" */
static bool cma_pool(struct bootlog *log, const struct bootlog_line *line,
		     const char *text, const char *s)
{
	uint64_t start, mib;

	(void)text;
	if (!text_hex(&s, &start, NULL) || !text_skip(&s, ", size ") ||
	    !text_decimal(&s, &mib) || mib > UINT64_MAX >> 20)
		return false;
	place_add(log, line, "CMA", start, MIB(mib));
	return true;
}

/* "cma: Reserved N MiB at 0xSTART", "cma: CMA: reserved N MiB at START" */
static bool cma_default(struct bootlog *log, const struct bootlog_line *line,
			const char *text, const char *s)
{
	uint64_t start, mib;

	(void)text;
	if (!text_decimal(&s, &mib) || mib > UINT64_MAX >> 20 ||
	    !text_skip(&s, " MiB at ") || !text_hex(&s, &start, NULL))
		return false;
	place_add(log, line, "CMA", start, MIB(mib));
	return true;
}

static bool linux_version(struct bootlog *log, const struct bootlog_line *line,
			  const char *text, const char *s)
{
	char release[66];

	(void)line, (void)text;
	if (!log->release && sscanf(s, "%65[^ ]", release) == 1)
		log->release = bootlog_dup(log, release);
	return true;
}

static bool message_machine(struct bootlog *log, const struct bootlog_line *line,
			    const char *text, const char *s)
{
	(void)line, (void)text;
	text_skip_blanks(&s);
	if (!log->machine && *s)
		log->machine = bootlog_dup(log, s);
	return true;
}

static bool command_line(struct bootlog *log, const struct bootlog_line *line,
			 const char *text, const char *s)
{
	(void)text;
	text_skip_blanks(&s);
	free(log->command_line);
	log->command_line = bootlog_dup(log, s);
	log->command_line_at = line->nr;
	return true;
}

static bool data_cache(struct bootlog *log, const struct bootlog_line *line,
		       const char *text, const char *s)
{
	(void)line, (void)text;
	if (strstr(s, "data cache"))
		log->aliasing = strncmp(s, "VIPT aliasing", 13) == 0;
	return true;
}

static bool before(const char *s, const char *word, const char **ret)
{
	*ret = strstr(s, word);
	return *ret != NULL;
}

/* The number of kilobytes that ends where @word begins. */
static bool kilobytes_before(const char *s, const char *word, uint64_t *ret)
{
	const char *end, *p;

	if (!before(s, word, &end))
		return false;
	for (p = end; p > s && p[-1] >= '0' && p[-1] <= '9'; p--)
		;
	if (!text_decimal(&p, ret) || *ret > UINT64_MAX >> 10)
		return false;
	*ret = KIB(*ret);
	return true;
}

/*
 * "Memory: 256MB 128MB = 384MB total"			until 3.9: the banks
 * "Memory: 385876k/385876k available, ... 0K highmem"	until 3.9: both are free pages
 * "Memory: 290744K/376832K available (... 0K highmem)"	since 3.11: of all RAM
 */
static bool memory(struct bootlog *log, const struct bootlog_line *line,
		   const char *text, const char *s)
{
	const char *equals = strstr(s, "= ");
	uint64_t size;

	(void)text;
	if (equals && strstr(equals, "MB total")) {
		equals += 2;
		if (text_decimal(&equals, &size) && size <= UINT64_MAX >> 20) {
			log->memory_total = MIB(size);
			log->memory_at = line->nr;
		}
		return true;
	}
	if (kilobytes_before(s, "K available", &size)) {
		log->memory_total = size;
		log->memory_at = line->nr;
	}
	if (kilobytes_before(s, "K highmem", &size)) {
		log->memory_highmem = size;
		log->has_highmem = true;
	}
	return true;
}

/* "VmallocTotal:     245760 kB" of a /proc/meminfo that stands in the log, too */
static bool vmalloc_total(struct bootlog *log, const struct bootlog_line *line,
			  const char *text, const char *s)
{
	uint64_t kib;

	(void)text;
	text_skip_blanks(&s);
	if (!text_decimal(&s, &kib) || kib > UINT64_MAX >> 10 || !text_skip(&s, " kB"))
		return false;
	log->vmalloc_total = KIB(kib);
	log->vmalloc_total_at = line->nr;
	return true;
}

/* ---- The table of messages ---- */

struct message {
	const char *start;
	bool anywhere;			/* distinct enough to be quoted mid-line */
	bool (*accept)(struct bootlog *log, const struct bootlog_line *line,
		       const char *text, const char *rest);
};

static const struct message messages[] = {
	{ "Truncating RAM at ", true, truncating },
	{ "Ignoring RAM at ", true, ignoring },
	{ "Truncating memory at ", false, other_cut },
	{ "Ignoring memory at ", false, other_cut },
	{ "Ignoring memory below PHYS_OFFSET: ", false, other_cut },
	{ "NR_BANKS too low, ignoring memory at ", false, other_cut },
	{ "NR_BANKS too low, ignoring high memory", false, remark },
	{ "Ignoring memory range ", true, other_cut },
	{ "exceeds SPARSEMEM max", true, other_cut },
	{ "node ", false, ram_starts },
	{ "Normal ", false, ram_starts },
	{ "DMA ", false, ram_starts },
	{ "DMA32 ", false, ram_starts },
	{ "BIOS-e820: ", true, e820 },
	{ "total RAM covered: ", true, mtrr },
	{ "support highmem. ", true, highmem_ignored },
	{ "HIGHMEM is not supported with", false, remark },
	{ "Consider using a HIGHMEM enabled kernel", true, remark },
	{ "vmalloc area too small, limiting to", true, remark },
	{ "vmalloc area is too small, limiting to", true, remark },
	{ "vmalloc area is too big, limiting to", true, remark },
	{ "BUG: mapping for 0x", true, remark },
	{ "BUG: not creating mapping for 0x", true, remark },
	{ "BUG: map for 0x", true, remark },
	{ "Warning only ", true, warning_only },
	{ "Warning: only ", true, warning_only },
	{ "Use a HIGHMEM", false, remark },
	{ "INITRD: ", false, initrd },
	{ "Reserved memory: created CMA memory pool at ", false, cma_pool },
	{ "cma: Reserved ", false, cma_default },
	{ "cma: CMA: reserved ", false, cma_default },
	{ "CMA: reserved ", false, cma_default },
	{ "Linux version ", false, linux_version },
	{ "Machine: ", false, message_machine },
	{ "Machine model: ", false, message_machine },
	{ "OF: fdt: Machine model:", false, message_machine },
	{ "OF: fdt:Machine model:", false, message_machine },
	{ "Kernel command line: ", true, command_line },
	{ "CPU: ", false, data_cache },
	{ "Memory: ", false, memory },
	{ "VmallocTotal:", false, vmalloc_total },
};

void bootlog_message(struct bootlog *log, const struct bootlog_line *line)
{
	bootlog_cpu_line(log, line->text);
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		const struct message *m = &messages[i];
		const char *text = line->text;

		if (m->anywhere)
			text = strstr(text, m->start);
		if (!text || strncmp(text, m->start, strlen(m->start)) != 0)
			continue;
		if (m->accept(log, line, text, text + strlen(m->start)))
			return;
	}
}
