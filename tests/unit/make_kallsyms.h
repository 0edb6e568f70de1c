/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kallsyms tables, compiled here the way scripts/kallsyms.c does it. */
#ifndef TESTS_MAKE_KALLSYMS_H
#define TESTS_MAKE_KALLSYMS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/symbols/kallsyms.h"

#define TABLES 0xffffffff82000000ull	/* where the tables lie */
#define TEXT 0xffffffff81000000ull
#define ROOM (1u << 20)

enum form { FROM_BASE, PERCPU, FROM_SELF, ABSOLUTE, ADDRESSES };

struct entry {
	uint64_t addr;
	const char *name;		/* type letter first */
};

struct build {
	uint8_t mem[ROOM];
	size_t used;
	enum form form;
	bool big_endian, old;		/* old: counts and markers are longs */
	uint8_t ptr_size;
	struct kallsyms_tables t;
};

static struct vmatlas_error *read_build(void *arg, uint64_t addr, void *buf, size_t len)
{
	const struct build *b = arg;
	const uint64_t mask = b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX;
	const uint64_t from = addr - (TABLES & mask);

	if (from > b->used || len > b->used - from)
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing there");
	memcpy(buf, b->mem + from, len);
	return NULL;
}

static void put(struct build *b, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		b->mem[b->used + (b->big_endian ? size - 1 - i : i)] = v >> 8 * i;
	b->used += size;
}

static uint64_t here(struct build *b)
{
	b->used = (b->used + 7) & ~(size_t)7;
	return (TABLES + b->used) & (b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX);
}

/* One name, as tokens: 0x80 is "sys_", 0x81 "init"; letters are themselves. */
static size_t compress(const char *name, uint8_t *out)
{
	size_t n = 0;

	while (*name) {
		if (!strncmp(name, "sys_", 4)) {
			out[n++] = 0x80;
			name += 4;
		} else if (!strncmp(name, "init", 4)) {
			out[n++] = 0x81;
			name += 4;
		} else {
			out[n++] = (uint8_t)*name++;
		}
	}
	return n;
}

static void put_names(struct build *b, const struct entry *e, size_t nr,
		      uint64_t *markers)
{
	b->t.names = here(b);
	for (size_t i = 0; i < nr; i++) {
		uint8_t tokens[1024];
		const size_t len = compress(e[i].name, tokens);

		if (i % 256 == 0)
			markers[i / 256] = (TABLES + b->used - b->t.names) & UINT32_MAX;
		if (len > 0x7f) {
			put(b, (len & 0x7f) | 0x80, 1);
			put(b, len >> 7, 1);
		} else {
			put(b, len, 1);
		}
		memcpy(b->mem + b->used, tokens, len);
		b->used += len;
	}
}

static void put_tokens(struct build *b)
{
	uint16_t at[256];
	const uint64_t table = here(b);
	const size_t start = b->used;

	b->t.token_table = table;
	for (unsigned int i = 0; i < 256; i++) {
		at[i] = b->used - start;
		if (i == 0x80 || i == 0x81)
			b->used += sprintf((char *)b->mem + b->used, "%s",
					   i == 0x80 ? "sys_" : "init");
		else if (i > ' ' && i < 0x7f)
			put(b, i, 1);
		put(b, 0, 1);
	}
	b->t.token_index = here(b);
	for (unsigned int i = 0; i < 256; i++)
		put(b, at[i], 2);
}

static void put_values(struct build *b, const struct entry *e, size_t nr)
{
	const uint64_t base = TEXT;

	if (b->form == ADDRESSES)
		b->t.addresses = here(b);
	else
		b->t.offsets = b->t.offsets_at = here(b);
	for (size_t i = 0; i < nr; i++) {
		const uint64_t at = TABLES + b->used;

		if (b->form == ADDRESSES)
			put(b, e[i].addr, b->ptr_size);
		else if (b->form == FROM_SELF)
			put(b, e[i].addr - at, 4);
		else if (b->form == PERCPU && e[i].addr >= base)
			put(b, base - 1 - e[i].addr, 4);
		else
			put(b, e[i].addr - (b->form == FROM_BASE ? base : 0), 4);
	}
	b->t.has_base = b->form == FROM_BASE || b->form == PERCPU;
	b->t.base = base & (b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX);
}

static void build(struct build *b, const struct entry *e, size_t nr)
{
	const size_t count_size = b->old ? b->ptr_size : 4;
	const uint64_t mask = b->ptr_size == 4 ? UINT32_MAX : UINT64_MAX;
	uint64_t markers[64] = { 0 };

	b->t = (struct kallsyms_tables){
		.read = read_build, .arg = b, .ptr_size = b->ptr_size,
		.big_endian = b->big_endian,
		.image = { TEXT & mask, (TABLES + ROOM) & mask },
	};
	b->t.num_syms = here(b);
	put(b, nr, count_size);
	put_names(b, e, nr, markers);
	b->t.markers = here(b);
	for (size_t i = 0; i < (nr + 255) / 256; i++)
		put(b, markers[i], count_size);
	put_tokens(b);
	put_values(b, e, nr);
	here(b);
}

static struct build *fresh(enum form form)
{
	struct build *b = test_calloc(1, sizeof(*b));

	b->form = form;
	b->ptr_size = 8;
	return b;
}

static struct kallsyms *open_ok(struct build *b)
{
	struct kallsyms *ks = NULL;
	struct vmatlas_error *err = kallsyms_open(&b->t, &ks);

	if (err)
		print_error("%s\n", vmatlas_error_message(err));
	assert_null(err);
	return ks;
}

static const struct entry few[] = {
	{ TEXT, "T_stext" }, { TEXT, "T_text" }, { TEXT + 0x40, "tsys_open" },
	{ TEXT + 0x100, "Tinit_sys_init" }, { TEXT + 0x180, "T_etext" },
};

#endif
