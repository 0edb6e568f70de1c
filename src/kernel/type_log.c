/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked of vmlinux; see type_log.h. */
#include <string.h>

#include "kernel/type_log.h"

void trace_free(struct trace *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->types.nr; i++) {
		free((char *)t->types.v[i].near);
		free((char *)t->types.v[i].name);
		free((char *)t->types.v[i].member);
	}
	for (size_t i = 0; i < t->pieces.nr; i++)
		free(t->pieces.v[i].bytes);
	vec_done(&t->types);
	vec_done(&t->pieces);
	free(t);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void asked(void *arg, const struct image_need *need)
{
	struct trace *t = arg;
	struct image_need *kept;

	for (size_t i = 0; i < t->types.nr; i++)
		if (same(t->types.v[i].near, need->near) &&
		    same(t->types.v[i].name, need->name) &&
		    same(t->types.v[i].member, need->member))
			return;
	kept = vec_push(&t->types);
	if (!kept) {
		t->failed = true;
		return;
	}
	kept->near = strdup(need->near);
	kept->name = strdup(need->name);
	kept->member = need->member ? strdup(need->member) : NULL;
	t->failed |= !kept->near || !kept->name || (need->member && !kept->member);
}

struct vmatlas_error *trace_start(struct kernel *k)
{
	k->trace = calloc(1, sizeof(*k->trace));
	if (!k->trace)
		return error_no_memory();
	image_watch(k->image, asked, k->trace);
	return NULL;
}

struct vmatlas_error *trace_read(struct kernel *k, uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err = image_read(k->image, addr, buf, len);
	struct trace_piece *piece;

	if (err || !k->trace || !len)
		return err;
	piece = vec_push(&k->trace->pieces);
	if (!piece)
		return error_no_memory();
	piece->addr = addr;
	piece->len = len;
	piece->bytes = malloc(len);
	if (!piece->bytes)
		return error_no_memory();
	memcpy(piece->bytes, buf, len);
	return NULL;
}
