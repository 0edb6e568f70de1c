/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The "Virtual kernel memory layout" table: arm 2.6.34-5.0 (mem_init() in
 * arch/arm/mm/init.c), i386 up to 5.6 (arch/x86/mm/init_32.c), arm64 up to 4.14, riscv
 * with CONFIG_DEBUG_VM. Its rows become claims under the names that formulas use.
 */
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
	while (len && name[len - 1] == ' ')
		len--;
	if (len >= sizeof(row->name))
		return false;
	memcpy(row->name, name, len);
	return true;
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
			return;
		}
	}
}

static bool row_parse(const char *s, struct row_text *row, bool in_table)
{
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

/* i386 writes "virtual", others "Virtual"; only arm has vectors, riscv "pci io". */
static void note_style(struct bootlog *log, const struct row_text *t)
{
	if (strcmp(t->name, "pci io") == 0)
		log->style = BOOTLOG_STYLE_RISCV;
	else if (!t->hashed && !t->narrow && log->style != BOOTLOG_STYLE_RISCV)
		log->style = BOOTLOG_STYLE_64BIT;
	else if (log->style == BOOTLOG_STYLE_UNKNOWN &&
		 strncmp(t->name, "vector", 6) == 0)
		log->style = BOOTLOG_STYLE_ARM;
}

bool bootlog_table_line(struct bootlog *log, struct bootlog_state *st,
			const struct bootlog_line *line)
{
	static const char title[] = "irtual kernel memory layout";
	const char *found = strstr(line->text, title);
	struct row_sense sense;
	struct row_text t;

	if (found && found > line->text && (found[-1] | 0x20) == 'v') {
		discard_rows(log);	/* said again: the last one counts */
		st->in_table = st->titled = true;
		log->style =
			found[-1] == 'v' ? BOOTLOG_STYLE_I386 : BOOTLOG_STYLE_UNKNOWN;
		return true;
	}
	if (!row_parse(line->text, &t, st->in_table)) {
		if (line->text[0] && log->rows.nr)
			st->in_table = false;
		return false;
	}
	/* A table without its title: only rows that are surely rows. */
	bool surely = !st->titled && t.has_0x && t.has_size &&
		      row_known(t.name, &sense);
	if (!st->in_table && !surely)
		return false;
	note_style(log, &t);
	row_add(log, &t, line->nr);
	log->has_table = true;
	return true;
}
