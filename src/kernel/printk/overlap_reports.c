/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the kernel itself says that two things share addresses, or lie outside. */
#include <stdio.h>
#include <string.h>

#include "base/range.h"
#include "bootlog/bootlog_internal.h"
#include "kernel/printk/log_events.h"

static const struct overlap_form {
	const char *start;		/* the line has this, maybe behind a name: "resource: " */
	const char *has;		/* and has this, if not NULL */
	enum overlap_report_kind kind;
} forms[] = {
	/* mm/vmalloc.c: find_va_links(), since 5.2, under a WARN() */
	{ "vmalloc bug: ", "overlaps with", OVERLAP_AREA_REFUSED },
	/* arch/arm/mm/mmu.c: create_mapping() */
	{ "BUG: mapping for ", "out of vmalloc space", OVERLAP_OUT_OF_SPACE },
	{ "BUG: mapping for ", "overlaps vmalloc space", OVERLAP_STATIC },
	{ "BUG: not creating mapping for ", "in user region", OVERLAP_NOT_MAPPED },
	/* drivers/of/of_reserved_mem.c: __rmem_check_for_overlap() */
	{ "OF: reserved mem: OVERLAP DETECTED!", NULL, OVERLAP_RESERVED },
	{ "Reserved memory: OVERLAP DETECTED!", NULL, OVERLAP_RESERVED },
	/* arch/arm/mm/init.c, drivers/of/fdt.c, init/initramfs.c */
	{ "INITRD: ", "overlaps in-use memory region", OVERLAP_INITRD },
	{ "initrd: ", "overlaps in-use memory region", OVERLAP_INITRD },
};

static const struct overlap_form *form_of(const char *text, const char **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct overlap_form *f = &forms[i];
		const char *at = strstr(text, f->start);

		if (!at || (at > text && at[-1] != ' ') || (f->has && !strstr(at, f->has)))
			continue;
		*ret = at + strlen(f->start);
		return f;
	}
	return NULL;
}

/* "0x16440000 at 0xf0040000 out of vmalloc space" */
static void static_mapping(const char *s, struct overlap_report *r)
{
	uint64_t virt;

	r->has_phys = text_hex(&s, &r->phys, NULL);
	if (text_skip(&s, " at ") && text_hex(&s, &virt, NULL)) {
		r->first = (struct vmatlas_range){ virt, virt };
		r->has_first = true;
	}
}

static bool range_at(const char **s, struct vmatlas_range *ret)
{
	uint64_t first, end;

	return text_hex(s, &first, NULL) && text_skip(s, "-") && text_hex(s, &end, NULL) &&
	       range_from_end(first, end, ret);
}

/* "0xSTART-0xEND overlaps with 0xSTART-0xEND", ends excluded */
static void two_areas(const char *s, struct overlap_report *r)
{
	r->has_first = range_at(&s, &r->first);
	r->has_second = r->has_first && text_skip(&s, " overlaps with ") &&
			range_at(&s, &r->second);
}

static void overlap_text(struct overlap_report *r, const char *text)
{
	snprintf(r->text, sizeof(r->text), "%.*s", EVENT_TEXT - 1, text);
}

static struct overlap_report *report_of(struct overlap_reports *all, const char *text)
{
	for (size_t i = 0; i < all->v.nr; i++)
		if (!strncmp(all->v.v[i].text, text, EVENT_TEXT - 1))
			return &all->v.v[i];
	return NULL;
}

static struct vmatlas_error *overlap_add(struct overlap_reports *all,
					 const struct overlap_form *f,
					 const struct log_line *line, const char *rest)
{
	struct overlap_report *r = report_of(all, line->text);

	all->nr++;
	if (r) {
		r->nr++;
		return NULL;
	}
	if (all->v.nr >= OVERLAP_MAX)
		return NULL;
	r = vec_push(&all->v);
	if (!r)
		return error_no_memory();
	*r = (struct overlap_report){ .kind = f->kind, .nr = 1, .nsec = line->rec->ts_nsec,
				      .has_time = line->rec->has_ts };
	overlap_text(r, line->text);
	if (f->kind == OVERLAP_AREA_REFUSED)
		two_areas(rest, r);
	else if (f->kind <= OVERLAP_NOT_MAPPED)
		static_mapping(rest, r);
	return NULL;
}

void overlap_reports_free(struct overlap_reports *all)
{
	vec_done(&all->v);
}

struct vmatlas_error *overlap_reports_find(const struct printk_log *log,
					   struct overlap_reports *ret)
{
	struct log_lines it = { .log = log };
	struct vmatlas_error *err = NULL;
	bool names_follow = false;
	struct log_line line;

	while (!err && log_line_next(&it, &line)) {
		const char *rest;
		const struct overlap_form *f = form_of(line.text, &rest);

		/* "ramoops@5 (0x..--0x..) overlaps with region@6 (0x..--0x..)" */
		if (names_follow && ret->v.nr && strstr(line.text, " overlaps with "))
			overlap_text(&ret->v.v[ret->v.nr - 1], line.text);
		names_follow = f && f->kind == OVERLAP_RESERVED;
		if (f)
			err = overlap_add(ret, f, &line, rest);
	}
	return err;
}
