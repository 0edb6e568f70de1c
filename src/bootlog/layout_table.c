/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "Virtual kernel memory layout" table: arm 2.6.34-5.0 (mem_init() in
 * arch/arm/mm/init.c), i386 up to 5.6 (arch/x86/mm/init_32.c), arm64 up to 4.14, riscv
 * with CONFIG_DEBUG_VM; and, to be shown but not judged, m68k's, sh's, xtensa's and
 * others' (each arch's mm/init.c), and "Kernel virtual memory layout" of powerpc and
 * microblaze. Its rows become claims under the names that formulas use.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/range.h"
#include "base/strbuf.h"
#include "bootlog/bootlog_internal.h"

struct row_text {
	char name[24];
	uint64_t start, end;		/* end exclusive */
	bool hashed;			/* "(ptrval)", 4.15 to 5.0 */
	bool narrow;			/* eight digits at most */
	bool has_0x;
	bool has_size;
	uint64_t size, unit;		/* "(  120 MB)": 120, 1 MiB */
	const char *unit_name;
	bool is_maximum;		/* "(8 GB maximum)" */
	bool has_colon;			/* a name, though it may be an empty one */
	bool is_kib;			/* "KiB", "MiB" */
	bool is_foreign;		/* as neither arm nor i386, arm64 or riscv print it */
};

static const struct {
	const char *name;		/* in the table */
	uint32_t kind, flags;
	const char *known_as;		/* NULL: by the same name */
} row_kinds[] = {
	{ "vector",    VMATLAS_KIND_VECTORS, 0, NULL },
	{ "vectors",   VMATLAS_KIND_VECTORS, 0, "vector" },
	{ "DTCM",      VMATLAS_KIND_TCM, 0, NULL },
	{ "ITCM",      VMATLAS_KIND_TCM, 0, NULL },
	{ "fixmap",    VMATLAS_KIND_FIXMAP, 0, NULL },
	{ "fixed",     VMATLAS_KIND_FIXMAP, 0, "fixmap" },
	{ "DMA",       VMATLAS_KIND_DMA, 0, NULL },
	{ "FDT",       VMATLAS_KIND_FDT, 0, NULL },
	{ "vmalloc",   VMATLAS_KIND_VMALLOC_SPACE, 0, NULL },
	{ "vmemmap",   VMATLAS_KIND_VMEMMAP, 0, NULL },
	{ "lowmem",    VMATLAS_KIND_DIRECT_MAP, 0, NULL },
	{ "memory",    VMATLAS_KIND_DIRECT_MAP, VMATLAS_CLAIM_NESTED, NULL },
	{ "pkmap",     VMATLAS_KIND_PKMAP, 0, NULL },
	{ "modules",   VMATLAS_KIND_MODULE_SPACE, 0, NULL },
	{ "PCI I/O",   VMATLAS_KIND_PCI_IO, 0, NULL },
	{ "pci io",    VMATLAS_KIND_PCI_IO, 0, "PCI I/O" },
	{ "cpu_entry", VMATLAS_KIND_CPU_ENTRY, 0, "cpu entry area" },
	/* riscv's goes on to the top of the address space */
	{ "kernel",    VMATLAS_KIND_IMAGE, VMATLAS_CLAIM_NESTED | VMATLAS_CLAIM_DEFAULT,
	  "kernel image" },
	{ "kasan",     VMATLAS_KIND_KASAN, 0, "KASAN shadow" },
	/* other CPUs' */
	{ "kmap",      VMATLAS_KIND_OTHER, VMATLAS_CLAIM_NESTED, NULL },	/* m68k */
	{ "consist",   VMATLAS_KIND_DMA, 0, NULL },				/* nds32 */
	{ "highmem PTEs", VMATLAS_KIND_PKMAP, 0, NULL },			/* powerpc */
	{ "consistent mem", VMATLAS_KIND_DMA, 0, NULL },
	{ "early ioremap", VMATLAS_KIND_OTHER, VMATLAS_CLAIM_NESTED, NULL },
	{ "vmalloc & ioremap", VMATLAS_KIND_VMALLOC_SPACE, 0, "vmalloc" },
	{ "kasan shadow mem", VMATLAS_KIND_KASAN, 0, "KASAN shadow" },
	{ ".init",     VMATLAS_KIND_SECTION, VMATLAS_CLAIM_NESTED, NULL },
	{ ".text",     VMATLAS_KIND_SECTION, VMATLAS_CLAIM_NESTED, NULL },
	{ ".rodata",   VMATLAS_KIND_SECTION, VMATLAS_CLAIM_NESTED, NULL },
	{ ".data",     VMATLAS_KIND_SECTION, VMATLAS_CLAIM_NESTED, NULL },
	{ ".bss",      VMATLAS_KIND_SECTION, VMATLAS_CLAIM_NESTED, NULL },
};

struct row_sense {
	uint32_t kind, flags;
	const char *name;
};

static bool row_known(const char *name, struct row_sense *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(row_kinds); i++) {
		if (strcmp(row_kinds[i].name, name) == 0) {
			*ret = (struct row_sense){
				row_kinds[i].kind, row_kinds[i].flags,
				row_kinds[i].known_as ? row_kinds[i].known_as : name,
			};
			return true;
		}
	}
	/* Some other CPU's row: shown, but nobody knows what it may lie in. */
	*ret = (struct row_sense){ VMATLAS_KIND_OTHER, VMATLAS_CLAIM_NESTED, name };
	return false;
}

bool bootlog_row_kind(const char *name, uint32_t *ret_kind, uint32_t *ret_flags,
		      const char **ret_known_as)
{
	struct row_sense sense;

	if (!row_known(name, &sense))
		return false;
	*ret_kind = sense.kind;
	*ret_flags = sense.flags;
	*ret_known_as = sense.name;
	return true;
}

/*
 * Some rows tell of a part of what their name says elsewhere: riscv's lowmem of the
 * RAM there is, arm64's vmemmap of its struct pages, where it is not the maximum. And
 * the data of i386 is all from the end of the text on.
 */
static struct row_sense row_sense(const struct bootlog *log, const struct row_text *t)
{
	const bool is_wide = log->style == BOOTLOG_STYLE_64BIT ||
			     log->style == BOOTLOG_STYLE_RISCV;
	struct row_sense sense;

	if (!t->name[0] && t->has_colon)	/* arch/sh/mm/init.c, below lowmem */
		return (struct row_sense){ VMATLAS_KIND_OTHER, VMATLAS_CLAIM_NESTED,
					   "uncached" };
	if (!t->name[0])
		return (struct row_sense){ VMATLAS_KIND_VMEMMAP, VMATLAS_CLAIM_NESTED,
					   "vmemmap used" };
	row_known(t->name, &sense);
	if (log->style == BOOTLOG_STYLE_64BIT && sense.kind == VMATLAS_KIND_VMEMMAP &&
	    !t->is_maximum) {
		sense.name = "vmemmap used";
		sense.flags |= VMATLAS_CLAIM_NESTED;
	}
	if (is_wide && sense.kind == VMATLAS_KIND_DIRECT_MAP)
		sense.flags |= VMATLAS_CLAIM_NESTED;
	if (log->style == BOOTLOG_STYLE_I386 && !strcmp(t->name, ".data"))
		sense.flags |= VMATLAS_CLAIM_DEFAULT;
	return sense;
}

/*
 * What some logger put before a name is no part of it: the longest known name that the
 * text ends with, from the start of a word on, else what follows the last wide gap.
 */
static const char *name_alone(const char *name, size_t len)
{
	const char *best = name;
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(row_kinds); i++) {
		const size_t n = strlen(row_kinds[i].name);
		const char *at = name + len - n;

		if (n > longest && n <= len && !strncmp(at, row_kinds[i].name, n) &&
		    (at == name || at[-1] == ' ')) {
			best = at;
			longest = n;
		}
	}
	for (size_t i = len; !longest && i > 1; i--)
		if (name[i - 1] == ' ' && name[i - 2] == ' ')
			return name + i;
	return best;
}

static bool name_copy(struct row_text *row, const char *name, size_t len)
{
	const char *alone;

	while (len && name[len - 1] == ' ')
		len--;
	alone = name_alone(name, len);
	len -= (size_t)(alone - name);
	if (len >= sizeof(row->name))
		return false;
	memcpy(row->name, alone, len);
	return true;
}

/* arm64's second vmemmap row has no name: only in a table can that be a row. */
static bool row_name(const char **s, struct row_text *row, bool in_table)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/- ";
	size_t len = strspn(*s, allowed);
	const char *name = *s;

	if (name[len] != ':')
		return in_table && strncmp(name, "0x", 2) == 0;
	*s = name + len + 1;
	row->has_colon = true;
	return name_copy(row, name, len);
}

static bool row_address(const char **s, struct row_text *row, uint64_t *ret)
{
	const char *start = *s;
	bool has_0x = false;

	text_skip_blanks(s);
	start = *s;
	if (text_skip(s, "0x(ptrval)") || text_skip(s, "(ptrval)")) {
		row->hashed = true;
		return true;
	}
	if (!text_hex(s, ret, &has_0x))
		return false;
	row->has_0x &= has_0x;
	row->narrow &= *s - start <= 8 + (has_0x ? 2 : 0);
	return true;
}

/* "(  120 MB)", "( 896 kB)", "(8 GB maximum)"; no size at all is fine too. */
static void row_size(const char **s, struct row_text *row)
{
	static const struct { char letter; const char *name; uint64_t unit; } units[] = {
		{ 'k', "kB", KIB(1) }, { 'K', "kB", KIB(1) }, { 'M', "MB", MIB(1) },
		{ 'G', "GB", GIB(1) }, { 'T', "TB", TIB(1) },
	};

	text_skip_blanks(s);
	if (!text_skip(s, "("))
		return;
	text_skip_blanks(s);
	if (!text_decimal(s, &row->size))
		return;
	text_skip_blanks(s);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (**s == units[i].letter && row->size <= UINT64_MAX / units[i].unit) {
			row->unit = units[i].unit;
			row->unit_name = units[i].name;
			row->has_size = true;
			row->is_maximum = strstr(*s, "maximum") != NULL;
			/* "KiB" is m68k's alone, "(cached)" sh's */
			row->is_kib = (*s)[1] == 'i';
			row->is_foreign = row->is_kib || strstr(*s, "cached)");
			return;
		}
	}
}

/* "0xffafc000..0xffffc000  : fixmap": powerpc and microblaze */
static bool row_parse_dots(const char *s, struct row_text *row)
{
	*row = (struct row_text){ .narrow = true, .has_0x = true, .is_foreign = true };
	if (!row_address(&s, row, &row->start) || !text_skip(&s, "..") ||
	    !row_address(&s, row, &row->end))
		return false;
	text_skip_blanks(&s);
	if (!text_skip(&s, ":"))
		return false;
	text_skip_blanks(&s);
	row->has_colon = true;
	return *s && name_copy(row, s, strcspn(s, "("));
}

static bool row_parse(const char *s, struct row_text *row, bool in_table)
{
	if (in_table && row_parse_dots(s, row))
		return true;
	*row = (struct row_text){ .narrow = true, .has_0x = true };
	if (!row_name(&s, row, in_table) || !row_address(&s, row, &row->start))
		return false;
	text_skip_blanks(&s);
	if (!text_skip(&s, "-") || !row_address(&s, row, &row->end))
		return false;
	row_size(&s, row);
	return true;
}

/* Regions are printed with their size cut to whole units, sections rounded up. */
static bool size_fits(const struct row_text *row, uint64_t bytes)
{
	uint64_t whole = bytes / row->unit;

	return row->size == whole || (bytes % row->unit && row->size == whole + 1);
}

static void row_check(struct bootlog *log, struct bootlog_row *row,
		      const struct row_text *t, bool ordered)
{
	_cleanup_(str_done) struct str s = { 0 };
	uint64_t bytes = vmatlas_range_size(&row->claim.range);
	char size[24];

	if (!ordered) {
		str_addf(&s,
			 "row \"%s\" ends at %#" PRIx64 ", before its start %#" PRIx64,
			 t->name, t->end, t->start);
	} else if (t->has_size && !size_fits(t, bytes)) {
		row->size_contradicts = true;
		str_addf(&s, "row \"%s\" says %" PRIu64 " %s, but %#" PRIx64 "-%#" PRIx64
			 " is %s", t->name, t->size, t->unit_name, t->start, t->end,
			 str_size(bytes, size));
	} else {
		return;
	}
	row->complaint = str_take(&s);
	if (!row->complaint)
		log->failed = true;
}

static void row_add(struct bootlog *log, const struct row_text *t, uint32_t line)
{
	struct bootlog_row *row;
	char source[512];

	if (log->rows.nr >= BOOTLOG_MAX_EACH)
		return;
	row = vec_push(&log->rows);
	if (!row) {
		log->failed = true;
		return;
	}
	row->line = line;
	row->printed_size = t->has_size ? t->size * t->unit : 0;
	if (t->hashed || t->start == t->end)
		return;

	struct vmatlas_claim *c = &row->claim;
	const struct row_sense sense = row_sense(log, t);
	bool ordered = range_from_end(t->start, t->end, &c->range);

	if (ordered && t->end == 0 && t->narrow)	/* up to the top of 32 bits */
		c->range.last = UINT32_MAX;
	row_check(log, row, t, ordered);
	if (!ordered)
		return;
	snprintf(source, sizeof(source), "%s:%" PRIu32, log->name, line);
	c->size = sizeof(*c);
	c->layer = VMATLAS_LAYER_DECLARED;
	c->kind = sense.kind;
	c->flags = sense.flags | VMATLAS_CLAIM_FROM_LOG;
	c->name = bootlog_dup(log, sense.name);
	c->source = bootlog_dup(log, source);
	row->has_claim = c->name && c->source;
}

static void discard_rows(struct bootlog *log)
{
	for (size_t i = 0; i < log->rows.nr; i++) {
		free((char *)log->rows.v[i].claim.name);
		free((char *)log->rows.v[i].claim.source);
		free(log->rows.v[i].complaint);
	}
	log->rows.nr = 0;
}

/* Rows that ARM and x86 do not print: by their form, whose they are. */
static const char *foreign_cpu(const struct row_text *t)
{
	if (!t->has_size)
		return "PowerPC or MicroBlaze";
	return !strcmp(t->name, "kmap") || (t->name[0] && t->is_kib) ? "m68k" : "SuperH";
}

/* Only arm has vectors at the top, riscv "pci io"; 64 bits are wide. */
static void note_style(struct bootlog *log, struct bootlog_state *st,
		       const struct row_text *t)
{
	if (strcmp(t->name, "pci io") == 0)
		log->style = BOOTLOG_STYLE_RISCV;
	else if (!t->hashed && !t->narrow && log->style != BOOTLOG_STYLE_RISCV)
		log->style = BOOTLOG_STYLE_64BIT;
	else if (log->style == BOOTLOG_STYLE_UNKNOWN && !strncmp(t->name, "vector", 6) &&
		 (t->hashed || t->start >= 0xffff0000))
		log->style = BOOTLOG_STYLE_ARM;
	if (t->is_foreign || (!t->name[0] && t->has_colon) || !strcmp(t->name, "kmap"))
		st->foreign = foreign_cpu(t);
	else if (!st->foreign && !strncmp(t->name, "vector", 6) && !t->hashed &&
		 t->start < 0xffff0000)
		st->foreign = "a CPU whose vectors lie in RAM";
}

/* ---- Whose table it was ---- */

static const struct vmatlas_claim *row_of(const struct bootlog *log, const char *name)
{
	for (size_t i = 0; i < log->rows.nr; i++)
		if (log->rows.v[i].has_claim && !strcmp(log->rows.v[i].claim.name, name))
			return &log->rows.v[i].claim;
	return NULL;
}

/*
 * "virtual" without a capital is i386's, and sh's, xtensa's, csky's, nds32's: if no
 * message shows the CPU, i386's addresses do (arch/x86/include/asm/fixmap.h: FIXADDR_TOP
 * is 0xfffff000; lowmem below vmalloc).
 */
static bool is_i386(const struct bootlog *log)
{
	const struct vmatlas_claim *fixmap = row_of(log, "fixmap");
	const struct vmatlas_claim *lowmem = row_of(log, "lowmem");
	const struct vmatlas_claim *vmalloc = row_of(log, "vmalloc");

	if (log->cpu)
		return log->is_x86;
	if (row_of(log, ".bss") || row_of(log, ".rodata") || row_of(log, "memory"))
		return false;
	if (fixmap && fixmap->range.last != 0xffffefff)
		return false;
	if (lowmem && vmalloc && vmalloc->range.first < lowmem->range.last)
		return false;
	return !lowmem || lowmem->range.first >= 0x40000000;
}

/* CPUs named here: the wide tables that are read, as cpu.c calls them. */
static bool is_foreign(const struct bootlog *log, const struct bootlog_state *st)
{
	switch (log->style) {
	case BOOTLOG_STYLE_I386:
		return st->foreign || !is_i386(log);
	case BOOTLOG_STYLE_64BIT:
		return log->cpu && !log->is_arm && !log->is_x86 &&
		       strcmp(log->cpu, "arm64") != 0 && strcmp(log->cpu, "RISC-V") != 0;
	case BOOTLOG_STYLE_RISCV:
	case BOOTLOG_STYLE_FOREIGN:
	case BOOTLOG_STYLE_NOMMU:
		return log->style == BOOTLOG_STYLE_FOREIGN;
	default:
		return st->foreign || (log->cpu && !log->is_arm);
	}
}

/* Rows of another CPU are shown as they stand, and no rule of ours applies to them. */
static void rows_set_apart(struct bootlog *log)
{
	for (size_t i = 0; i < log->rows.nr; i++) {
		log->rows.v[i].claim.flags |= VMATLAS_CLAIM_NESTED | VMATLAS_CLAIM_DEFAULT;
		free(log->rows.v[i].complaint);
		log->rows.v[i].complaint = NULL;
		log->rows.v[i].size_contradicts = false;
	}
}

void bootlog_table_done(struct bootlog *log, const struct bootlog_state *st)
{
	const struct vmatlas_claim *vmalloc = row_of(log, "vmalloc");

	/* include/asm/pgtable-nommu.h or pgtable_no.h: VMALLOC_START is 0 */
	if (vmalloc && !vmalloc->range.first && vmalloc->range.last >= 0xfffffffe)
		log->style = BOOTLOG_STYLE_NOMMU;
	else if (log->style != BOOTLOG_STYLE_NOMMU && log->rows.nr && is_foreign(log, st))
		log->style = BOOTLOG_STYLE_FOREIGN;
	if (log->style == BOOTLOG_STYLE_FOREIGN && !log->cpu)
		log->cpu = st->foreign;
	if (log->style == BOOTLOG_STYLE_NOMMU || log->style == BOOTLOG_STYLE_FOREIGN)
		rows_set_apart(log);
}

/* ---- Lines ---- */

static void table_begin(struct bootlog *log, struct bootlog_state *st,
			const struct bootlog_line *line, enum bootlog_style style)
{
	discard_rows(log);	/* said again: the last one counts */
	*st = (struct bootlog_state){ .in_table = true, .titled = true };
	log->title_at = line->nr;
	log->nr_unread = 0;
	if (log->style != BOOTLOG_STYLE_NOMMU)
		log->style = style;
}

static bool is_title(const char *text, enum bootlog_style *ret_style)
{
	static const char title[] = "irtual kernel memory layout";
	const char *found = strstr(text, title);

	if (found && found > text && (found[-1] | 0x20) == 'v') {
		*ret_style = found[-1] == 'v' ? BOOTLOG_STYLE_I386 : BOOTLOG_STYLE_UNKNOWN;
		return true;
	}
	*ret_style = BOOTLOG_STYLE_FOREIGN;
	return strstr(text, "ernel virtual memory layout:") != NULL;
}

/* Other messages stood between: only what kernels print is a row then. */
static bool is_row_again(const struct row_text *t)
{
	struct row_sense sense;

	return (t->has_size || t->is_foreign) && t->has_0x &&
	       (!t->name[0] || row_known(t->name, &sense));
}

/* "    NAME : 0x": a row, if it could be read. */
static bool looks_like_row(const char *text)
{
	const char *colon = strstr(text, " : ");

	if (!colon || colon - text > 40)
		return false;
	colon += 3;
	text_skip_blanks(&colon);
	return colon[0] == '0' && colon[1] == 'x' && isxdigit((unsigned char)colon[2]);
}

enum { MOST_FOREIGN = 8 };		/* lines of others between two rows */

static void table_foreign(struct bootlog *log, struct bootlog_state *st,
			  const struct bootlog_line *line)
{
	if (!st->in_table || !line->text[0])
		return;
	if (looks_like_row(line->text)) {
		if (!log->nr_unread++)
			log->unread_at = line->nr;
		return;
	}
	if (++st->nr_foreign > MOST_FOREIGN)
		st->in_table = false;
}

bool bootlog_table_line(struct bootlog *log, struct bootlog_state *st,
			const struct bootlog_line *line)
{
	enum bootlog_style style;
	struct row_sense sense;
	struct row_text t;

	if (is_title(line->text, &style)) {
		table_begin(log, st, line, style);
		return true;
	}
	if (!row_parse(line->text, &t, st->in_table) ||
	    (st->in_table && st->nr_foreign && !is_row_again(&t))) {
		table_foreign(log, st, line);
		return false;
	}
	/* A table without its title: only rows that are surely rows. */
	bool surely = !st->titled && t.has_0x && t.has_size &&
		      row_known(t.name, &sense);
	if (!st->in_table && !surely)
		return false;
	st->nr_foreign = 0;
	note_style(log, st, &t);
	row_add(log, &t, line->nr);
	log->has_table = true;
	return true;
}
