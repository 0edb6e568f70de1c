/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kallsyms tables with one-letter tokens; see kallsyms_pack.h. */
#include <string.h>

#include "base/bytes.h"
#include "kernel/symbols/kallsyms_pack.h"
#include "kernel/symbols/kallsyms_internal.h"

void kallsyms_packed_done(struct kallsyms_packed *p)
{
	str_done(&p->num_syms);
	str_done(&p->names);
	str_done(&p->markers);
	str_done(&p->token_table);
	str_done(&p->token_index);
	str_done(&p->values);
}

static void kallsyms_pack_put(struct str *to, const struct kallsyms *ks, uint64_t value,
			      size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char byte = value >> 8 * (ks->t.big_endian ? size - 1 - i : i);

		str_add(to, &byte, 1);
	}
}

/* Token 0 is no letter, for no name holds a NUL. */
static void make_tokens(const struct kallsyms *ks, struct kallsyms_packed *p)
{
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		const char text[2] = { i, '\0' };

		kallsyms_pack_put(&p->token_index, ks, p->token_table.len, 2);
		str_add(&p->token_table, i ? text : text + 1, i ? 2 : 1);
	}
}

/* One byte of length, or two from 128 on (scripts/kallsyms.c since 6.1). */
static void add_name(struct kallsyms_packed *p, char type, const char *name)
{
	const size_t len = strlen(name) + 1;
	const char count[2] = { len > 127 ? 0x80 | (len & 0x7f) : len, len >> 7 };

	str_add(&p->names, count, len > 127 ? 2 : 1);
	str_add(&p->names, &type, 1);
	str_add(&p->names, name, len - 1);
}

static struct vmatlas_error *read_marker(struct kallsyms *ks, uint32_t nr, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t raw[8];

	*ret = ks->names_size;
	if (nr * (uint64_t)PER_MARKER >= ks->nr)
		return NULL;	/* behind the last run */
	err = ks->t.read(ks->t.arg, ks->t.markers + nr * (uint64_t)ks->marker_size, raw,
			 ks->marker_size);
	if (!err)
		*ret = bytes_uint(raw, ks->marker_size, ks->t.big_endian);
	return err;
}

static struct vmatlas_error *kallsyms_pack_damaged(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "kallsyms: names end too early");
}

/* The names from one marker to the next. */
static struct vmatlas_error *pack_run(struct kallsyms *ks, uint32_t nr, struct kallsyms_packed *p)
{
	_cleanup_(freep) uint8_t *buf = NULL;
	uint64_t from, to;
	struct vmatlas_error *err;
	const uint8_t *at, *name;
	size_t len;

	err = read_marker(ks, nr, &from);
	if (!err)
		err = read_marker(ks, nr + 1, &to);
	if (err)
		return err;
	if (from >= to || to > ks->names_size)
		return kallsyms_pack_damaged();
	buf = malloc(to - from);
	if (!buf)
		return error_no_memory();
	err = ks->t.read(ks->t.arg, ks->t.names + from, buf, to - from);
	at = buf;
	for (uint32_t i = nr * PER_MARKER; !err && i < ks->nr && i < (nr + 1) * PER_MARKER; i++) {
		char text[KALLSYMS_NAME_MAX], type = '?';

		if (!kallsyms_nth_name(at, buf + (to - from) - at, 0, &name, &len))
			return kallsyms_pack_damaged();
		kallsyms_expand(&ks->tokens, name, len, text, &type);
		add_name(p, type, text);
		at = name + len;
	}
	return err;
}

static struct vmatlas_error *copy_values(struct kallsyms *ks, struct kallsyms_packed *p)
{
	const size_t size = (size_t)ks->nr * ks->value_size;
	_cleanup_(freep) char *buf = malloc(size);
	struct vmatlas_error *err;

	if (!buf)
		return error_no_memory();
	err = ks->t.read(ks->t.arg, ks->values_addr, buf, size);
	if (err)
		return err;
	p->values_addr = ks->values_addr;
	str_add(&p->values, buf, size);
	return NULL;
}

/* A table is read up to where the next one begins. */
static void kallsyms_pack_pad(struct str *table)
{
	while (table->len % KALLSYMS_PACKED_ALIGN)
		str_add(table, "", 1);
}

static bool kallsyms_pack_failed(const struct kallsyms_packed *p)
{
	return p->num_syms.failed || p->names.failed || p->markers.failed ||
	       p->token_table.failed || p->token_index.failed || p->values.failed;
}

struct vmatlas_error *kallsyms_pack(struct kallsyms *ks, struct kallsyms_packed *ret)
{
	struct vmatlas_error *err = NULL;

	kallsyms_pack_put(&ret->num_syms, ks, ks->nr, 4);
	make_tokens(ks, ret);
	for (uint32_t nr = 0; !err && nr * (uint64_t)PER_MARKER < ks->nr; nr++) {
		kallsyms_pack_put(&ret->markers, ks, ret->names.len, 4);
		err = pack_run(ks, nr, ret);
	}
	kallsyms_pack_pad(&ret->num_syms);
	kallsyms_pack_pad(&ret->names);
	kallsyms_pack_pad(&ret->markers);
	kallsyms_pack_pad(&ret->token_table);
	kallsyms_pack_pad(&ret->token_index);
	if (!err)
		err = copy_values(ks, ret);
	return err ? err : kallsyms_pack_failed(ret) ? error_no_memory() : NULL;
}
