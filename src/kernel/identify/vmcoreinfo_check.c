/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VMCOREINFO is a hint: a snapshot of a virtual machine may carry the note of an earlier
 * boot. What this CPU cannot have, or what the kernel's own copy says otherwise, is told.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/identify/identify.h"

struct vmatlas_error *identify_note_is_wrong(struct kernel *k, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	/* what is tried twice is told once */
	if (k->vmcoreinfo_wrong && strstr(k->vmcoreinfo_wrong, str_text(&text)))
		return NULL;
	if (k->vmcoreinfo_wrong)
		str_addf(&text, "; %s", k->vmcoreinfo_wrong);
	free(k->vmcoreinfo_wrong);
	k->vmcoreinfo_wrong = str_take(&text);
	return k->vmcoreinfo_wrong ? NULL : error_no_memory();
}

/* Only arm64 leaves the page size open (CONFIG_ARM64_4K_PAGES, 16K, 64K). */
static bool may_be_page_shift(const struct kernel *k, uint32_t shift)
{
	return shift == k->arch->page_shift ||
	       (k->arch->machine == EM_AARCH64 && (shift == 14 || shift == 16));
}

struct vmatlas_error *identify_check_pagesize(struct kernel *k)
{
	const char *text = vmcoreinfo_text(k->vmcoreinfo, "PAGESIZE");
	char *end = NULL;
	const unsigned long size = text ? strtoul(text, &end, 10) : 0;

	if (!text)
		return NULL;
	for (uint32_t shift = 12; shift <= 16 && !*end; shift++)
		if (size == 1ul << shift && may_be_page_shift(k, shift)) {
			k->page_shift = shift;
			return NULL;
		}
	return identify_note_is_wrong(k, "PAGESIZE=%.20s is no page size of %s", text,
				      k->arch->name);
}

/* What the crashing kernel adds to the copy that the dump gets (kernel/crash_core.c). */
static bool is_added_late(const char *key)
{
	return !strcmp(key, "CRASHTIME");
}

struct vmatlas_error *identify_compare_vmcoreinfo(struct kernel *k, struct vmcoreinfo *own)
{
	_cleanup_(str_done) struct str keys = { 0 };
	const char *key, *value;
	size_t nr = 0;

	for (size_t i = 0; vmcoreinfo_line(own, i, &key, &value); i++) {
		const char *theirs = vmcoreinfo_text(k->vmcoreinfo, key);

		if (!theirs || !strcmp(theirs, vmcoreinfo_text(own, key)) || is_added_late(key))
			continue;
		if (nr++ < 3)
			str_addf(&keys, "%s%.60s", keys.len ? ", " : "", key);
	}
	if (!nr)
		return NULL;
	if (nr > 3)
		str_addf(&keys, " and %zu more", nr - 3);
	return identify_note_is_wrong(k, "the kernel's own copy in memory differs in %s",
				      str_text(&keys));
}
