/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "pipe info files | vmatlas check -": someone who has just typed "gdb vmlinux vmcore" gets a
 * verdict. gdb's own listing names both files (gdb/exec.c: print_section_info(), corelow.c):
 *
 *	Symbols from "/path/vmlinux".
 *	Local core dump file:
 *		`/path/vmcore', file type elf64-x86-64.
 */
#include <stdio.h>
#include <string.h>

#include "cli/gdb_listing.h"

enum { LISTING_MAX = 1 << 20 };

static struct vmatlas_error *read_listing(struct str *out)
{
	char buf[4096];
	size_t got;

	while (out->len < LISTING_MAX && (got = fread(buf, 1, sizeof(buf), stdin)) > 0)
		str_add(out, buf, got);
	str_add(out, "", 1);
	return out->failed ? no_memory() : NULL;
}

/* What stands between @before and @after, on one line, copied; NULL if it does not. */
static char *between(const char *text, const char *before, const char *after)
{
	const char *from = strstr(text, before), *end, *line;

	if (!from)
		return NULL;
	from += strlen(before);
	end = strstr(from, after);
	line = strchr(from, '\n');
	return end && end > from && (!line || end < line) ? strndup(from, (size_t)(end - from)) : NULL;
}

struct vmatlas_error *gdb_listing_read(char **ret_vmlinux, char **ret_core)
{
	_cleanup_(str_done) struct str listing = { 0 };
	struct vmatlas_error *err = read_listing(&listing);
	const char *text = str_text(&listing), *core = strstr(text, "Local core dump file:");

	if (err)
		return err;
	*ret_vmlinux = between(text, "Symbols from \"", "\".\n");
	*ret_core = core ? between(core, "`", "', file type ") : NULL;
	if (*ret_core)
		return NULL;
	if (strstr(text, "Remote target") || strstr(text, "Remote serial target"))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"gdb has a remote target and no dump: if it is vmatlas's, say 'monitor check'");
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"no dump in what was read: gdb's 'info files' names one as 'Local core dump file'");
}
