/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people name as a dump; see path_spec.h. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem/path_spec.h"

void inputs_done(struct inputs *in)
{
	for (size_t i = 0; i < in->list.nr; i++)
		free(in->list.v[i].path);
	vec_done(&in->list);
}

/* ---- addresses ---- */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* By how many bits a last letter moves the number to the left; 0: it is no suffix. */
static unsigned int suffix(char c)
{
	switch (c | 0x20) {
	case 'k': return 10;
	case 'm': return 20;
	case 'g': return 30;
	case 't': return 40;
	}
	return 0;
}

bool inputs_address(const char *text, size_t len, uint64_t *ret)
{
	const bool hex = len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
	const unsigned int base = hex ? 16 : 10, shift = len ? suffix(text[len - 1]) : 0;
	uint64_t value = 0;
	size_t i = hex ? 2 : 0;

	len -= shift > 0;
	if (i >= len)
		return false;
	for (; i < len; i++) {
		const unsigned int d = digit(text[i]);

		if (d >= base || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, d, &value))
			return false;
	}
	if (value > UINT64_MAX >> shift)
		return false;
	*ret = value << shift;
	return true;
}

/* ---- FILE@ADDR,FILE@ADDR ---- */

/*
 * The first image of @spec: the first '@' that an address follows, up to a comma
 * or the end, so that names may have both characters in them.
 */
static bool first_raw(const char *spec, size_t *ret_name, uint64_t *ret_addr, size_t *ret_len)
{
	for (const char *at = strchr(spec, '@'); at; at = strchr(at + 1, '@')) {
		const size_t len = strcspn(at + 1, ",");

		if (at == spec || !inputs_address(at + 1, len, ret_addr))
			continue;
		*ret_name = at - spec;
		*ret_len = (at + 1 - spec) + len;
		return true;
	}
	return false;
}

static struct vmatlas_error *path_spec_add(struct inputs *in, const char *path,
					   size_t len, bool is_raw, uint64_t addr)
{
	struct input *input;

	if (in->list.nr >= INPUTS_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"more than %d files for one dump", INPUTS_MAX);
	input = vec_push(&in->list);
	if (!input || !(input->path = strndup(path, len)))
		return error_no_memory();
	input->is_raw = is_raw;
	input->addr = addr;
	return NULL;
}

static struct vmatlas_error *add_raws(struct inputs *in, const char *spec)
{
	struct vmatlas_error *err;
	size_t name, len;
	uint64_t addr;

	for (;; spec += len + 1) {
		if (!first_raw(spec, &name, &addr, &len))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"no file '%s', and no raw image: those are named FILE@ADDR, with "
				"ADDR as 0x80000000, 2147483648 or 2G", spec);
		err = path_spec_add(in, spec, name, true, addr);
		if (err || !spec[len])
			return err;
	}
}

struct vmatlas_error *inputs_add(struct inputs *in, const char *spec)
{
	const char *at = strrchr(spec, '@');

	/* an '@' in the name of a directory is no address, either */
	if (!at || access(spec, F_OK) == 0 || strchr(at, '/'))
		return path_spec_add(in, spec, strlen(spec), false, 0);
	return add_raws(in, spec);
}
