/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VMCOREINFO (Documentation/admin-guide/kdump/vmcoreinfo.rst): lines of
 * KEY=VALUE. A line may have lost its newline where the kernel's 0x50 byte
 * buffer cut it; then the next key is inside its value and both are lost.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "kernel/vmcoreinfo.h"

struct line {
	const char *key, *value;
};

struct vmcoreinfo {
	char *text;
	VEC(struct line) lines;
};

/* A kernel writes a page or two; anything larger is not VMCOREINFO. */
#define MAX_TEXT (1u << 20)

void vmcoreinfo_free(struct vmcoreinfo *v)
{
	if (!v)
		return;
	vec_done(&v->lines);
	free(v->text);
	free(v);
}

static bool vmcoreinfo_add_line(struct vmcoreinfo *v, char *line)
{
	char *equals = strchr(line, '=');
	struct line *l;

	if (!equals || equals == line)
		return true;
	l = vec_push(&v->lines);
	if (!l)
		return false;
	*equals = '\0';
	*l = (struct line){ line, equals + 1 };
	return true;
}

struct vmatlas_error *vmcoreinfo_parse(const char *text, size_t len, struct vmcoreinfo **ret)
{
	_cleanup_(vmcoreinfo_freep) struct vmcoreinfo *v = calloc(1, sizeof(*v));
	char *save = NULL;

	if (len > MAX_TEXT)
		len = MAX_TEXT;
	if (!v || !(v->text = strndup(text ? text : "", text ? len : 0)))
		return error_no_memory();
	for (char *line = strtok_r(v->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (!vmcoreinfo_add_line(v, line))
			return error_no_memory();
	*ret = take(v);
	return NULL;
}

size_t vmcoreinfo_nr(const struct vmcoreinfo *v)
{
	return v->lines.nr;
}

void vmcoreinfo_forget(struct vmcoreinfo *v, const char *key)
{
	for (size_t i = 0; i < v->lines.nr; i++)
		if (!strcmp(v->lines.v[i].key, key))
			v->lines.v[i].key = "";
}

bool vmcoreinfo_line(const struct vmcoreinfo *v, size_t i, const char **ret_key,
		     const char **ret_value)
{
	if (i >= v->lines.nr)
		return false;
	*ret_key = v->lines.v[i].key;
	*ret_value = v->lines.v[i].value;
	return true;
}

const char *vmcoreinfo_text(const struct vmcoreinfo *v, const char *key)
{
	for (size_t i = 0; i < v->lines.nr; i++)
		if (!strcmp(v->lines.v[i].key, key))
			return v->lines.v[i].value;
	return NULL;
}

static bool parse(const char *text, int base, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	/* phys_base and the like are printed signed */
	value = *text == '-' ? (unsigned long long)strtoll(text, &end, base)
			     : strtoull(text, &end, base);
	if (errno || end == text || (*end && *end != ' '))
		return false;
	*ret = value;
	return true;
}

bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *ret)
{
	return parse(vmcoreinfo_text(v, key), 16, ret);
}

/* NUMBER() is decimal, except where an architecture wrote it by hand with 0x. */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *name, uint64_t *ret)
{
	char key[96];
	const char *text;

	snprintf(key, sizeof(key), "NUMBER(%s)", name);
	text = vmcoreinfo_text(v, key);
	if (!text)
		text = vmcoreinfo_text(v, name);
	return text && parse(text, !strncmp(text, "0x", 2) ? 16 : 10, ret);
}

bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name, uint64_t *ret)
{
	char key[96];

	snprintf(key, sizeof(key), "SYMBOL(%s)", name);
	return vmcoreinfo_hex(v, key, ret);
}
