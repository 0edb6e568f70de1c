/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kallsyms, decoded lazily: a lookup reads a few blocks of the sorted addresses
 * and the one run of names that holds the answer.
 *
 * The formats are scripts/kallsyms.c (write_src) and kernel/kallsyms.c of Linux
 * 2.6.28 to 7.2.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/symbols/kallsyms_internal.h"

#define SYMBOLS_MAX (1u << 24)		/* a kernel has some 100,000 to 300,000 */
#define ALIASES_MAX (1u << 16)		/* symbols at one address */
#define BLOCK 1024			/* addresses read at a time */

static struct vmatlas_error *corrupt(const char *what)
{
	return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "kallsyms: %s", what);
}

static struct vmatlas_error *read_uint(struct kallsyms *ks, uint64_t addr, size_t size,
				       uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t buf[8];

	err = ks->t.read(ks->t.arg, addr, buf, size);
	if (!err)
		*ret = bytes_uint(buf, size, ks->t.big_endian);
	return err;
}

/* Up to 4.19 counts and markers were longs, since then they are 32 bits wide. */
static struct vmatlas_error *read_count(struct kallsyms *ks)
{
	struct vmatlas_error *err;
	uint64_t nr;

	err = read_uint(ks, ks->t.num_syms, 4, &nr);
	if (!err && nr == 0 && ks->t.big_endian && ks->t.ptr_size == 8)
		err = read_uint(ks, ks->t.num_syms + 4, 4, &nr);
	if (err)
		return err;
	if (nr == 0 || nr > SYMBOLS_MAX)
		return corrupt("an impossible number of symbols");
	ks->nr = nr;
	return NULL;
}

static struct vmatlas_error *read_marker_size(struct kallsyms *ks)
{
	struct vmatlas_error *err;
	uint64_t second;

	ks->marker_size = 4;
	if (ks->t.ptr_size == 4 || ks->nr <= PER_MARKER)
		return NULL;
	/* The first marker is 0; the second cannot be. */
	err = read_uint(ks, ks->t.markers + 4, 4, &second);
	if (!err && second == 0)
		ks->marker_size = 8;
	return err;
}

/* Bytes from @addr to the next table above it. */
static uint64_t room_at(const struct kallsyms_tables *t, uint64_t addr)
{
	const uint64_t starts[] = {
		t->num_syms, t->names, t->markers, t->token_table, t->token_index,
		t->offsets, t->addresses,
	};
	uint64_t room = 0;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (starts[i] > addr && (room == 0 || starts[i] - addr < room))
			room = starts[i] - addr;
	return room;
}

static struct vmatlas_error *read_tokens(struct kallsyms *ks)
{
	struct vmatlas_error *err;
	uint8_t index[2 * KALLSYMS_TOKENS];
	uint64_t size = room_at(&ks->t, ks->t.token_table);

	if (size == 0 || size > UINT16_MAX + KALLSYMS_NAME_MAX)
		return corrupt("no end to the token table");
	err = ks->t.read(ks->t.arg, ks->t.token_index, index, sizeof(index));
	if (err)
		return err;
	ks->tokens.text = calloc(1, size + 1);
	if (!ks->tokens.text)
		return error_no_memory();
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		ks->tokens.at[i] = bytes_uint(index + 2 * i, 2, ks->t.big_endian);
		if (ks->tokens.at[i] >= size)
			return corrupt("a token outside its table");
	}
	return ks->t.read(ks->t.arg, ks->t.token_table, ks->tokens.text, size);
}

/* Stored values, a block at a time. */
static struct vmatlas_error *read_value(struct kallsyms *ks, uint32_t index,
					uint64_t *ret)
{
	const uint32_t nr = index / BLOCK, first = nr * BLOCK;
	const size_t size = MIN(ks->nr - first, (uint32_t)BLOCK) * ks->value_size;
	_cleanup_(freep) uint8_t *block = NULL;
	struct vmatlas_error *err;

	if (!ks->block[nr]) {
		block = malloc(size);
		if (!block)
			return error_no_memory();
		err = ks->t.read(ks->t.arg,
				 ks->values_addr + (uint64_t)first * ks->value_size,
				 block, size);
		if (err)
			return err;
		ks->block[nr] = take(block);
	}
	*ret = bytes_uint(ks->block[nr] + (index - first) * ks->value_size,
			  ks->value_size, ks->t.big_endian);
	return NULL;
}

/* kallsyms_sym_address(), kernel/kallsyms.c */
static uint64_t value_address(const struct kallsyms *ks, enum values how, uint32_t index,
			      uint64_t value)
{
	const int64_t offset = (int32_t)value;

	switch (how) {
	case VALUES_ADDRESSES:
		/* per-CPU symbols are absolute: below the image, and they do not slide */
		return value + ks->t.slide < ks->t.image.first ? value
							       : value + ks->t.slide;
	case VALUES_FROM_BASE:
		return ks->t.base + (uint32_t)value;
	case VALUES_PERCPU:
		return offset >= 0 ? (uint64_t)offset : ks->t.base - 1 - (uint64_t)offset;
	case VALUES_FROM_SELF:
		return ks->t.offsets_at + 4 * (uint64_t)index + (uint64_t)offset;
	case VALUES_ABSOLUTE:
		break;
	}
	return (uint32_t)value;
}

struct vmatlas_error *kallsyms_address(struct kallsyms *ks, uint32_t index, uint64_t *ret)
{
	struct vmatlas_error *err;
	uint64_t value;

	if (index >= ks->nr)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "kallsyms: there is no symbol %" PRIu32, index);
	err = read_value(ks, index, &value);
	if (!err)
		*ret = value_address(ks, ks->values, index, value) & ks->va_mask;
	return err;
}

/*
 * Nothing says how the values are meant but the values. They are sorted by
 * address, so the last one belongs to the kernel image, never to a per-CPU
 * variable: with ABSOLUTE_PERCPU it is the one that must be negative.
 */
static struct vmatlas_error *tell_values(struct kallsyms *ks)
{
	struct vmatlas_error *err;
	uint64_t last, addr;

	if (!ks->t.offsets) {
		ks->values = VALUES_ADDRESSES;
		return NULL;
	}
	err = read_value(ks, ks->nr - 1, &last);
	if (err)
		return err;
	if (ks->t.has_base) {
		ks->values = (int32_t)last < 0 ? VALUES_PERCPU : VALUES_FROM_BASE;
		return NULL;
	}
	addr = value_address(ks, VALUES_FROM_SELF, ks->nr - 1, last) & ks->va_mask;
	ks->values = VALUES_FROM_SELF;
	if (ks->t.ptr_size == 4 && (addr < ks->t.image.first || addr > ks->t.image.last))
		ks->values = VALUES_ABSOLUTE;
	return NULL;
}

static struct vmatlas_error *check_order(struct kallsyms *ks)
{
	struct vmatlas_error *err;
	uint64_t first = 0, last = 0;

	err = kallsyms_address(ks, 0, &first);
	if (!err)
		err = kallsyms_address(ks, ks->nr - 1, &last);
	if (err)
		return err;
	if (first > last || last < ks->t.image.first)
		return corrupt("the addresses are not those of this kernel");
	return NULL;
}

static struct vmatlas_error *kallsyms_prepare(struct kallsyms *ks)
{
	struct vmatlas_error *err;

	ks->va_mask = ks->t.ptr_size == 4 ? UINT32_MAX : UINT64_MAX;
	ks->values_addr = ks->t.offsets ? ks->t.offsets : ks->t.addresses;
	ks->value_size = ks->t.offsets ? 4 : ks->t.ptr_size;
	ks->names_size = room_at(&ks->t, ks->t.names);
	if (ks->names_size == 0)
		return corrupt("no end to the names");
	err = read_count(ks);
	if (!err)
		err = read_marker_size(ks);
	if (!err)
		err = read_tokens(ks);
	if (err)
		return err;
	ks->block = calloc(ks->nr / BLOCK + 1, sizeof(*ks->block));
	if (!ks->block)
		return error_no_memory();
	err = tell_values(ks);
	return err ? err : check_order(ks);
}

struct vmatlas_error *kallsyms_open(const struct kallsyms_tables *t,
				    struct kallsyms **ret)
{
	_cleanup_(kallsyms_freep) struct kallsyms *ks = NULL;
	struct vmatlas_error *err;

	if (!t->num_syms || !t->names || !t->markers || !t->token_table ||
	    !t->token_index || (!t->offsets && !t->addresses))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no kallsyms tables");
	ks = calloc(1, sizeof(*ks));
	if (!ks)
		return error_no_memory();
	ks->t = *t;
	err = kallsyms_prepare(ks);
	if (err)
		return err;
	*ret = take(ks);
	return NULL;
}

void kallsyms_free(struct kallsyms *ks)
{
	if (!ks)
		return;
	for (uint32_t i = 0; ks->block && i <= ks->nr / BLOCK; i++)
		free(ks->block[i]);
	free(ks->block);
	free(ks->tokens.text);
	free(ks);
}

uint32_t kallsyms_nr(const struct kallsyms *ks)
{
	return ks->nr;
}

/* The last symbol whose address is not above @addr, by bisection; else symbol 0. */
static struct vmatlas_error *bisect(struct kallsyms *ks, uint64_t addr, uint32_t *ret,
				    uint64_t *ret_start)
{
	struct vmatlas_error *err;
	uint32_t low = 0, high = ks->nr;
	uint64_t at;

	while (high - low > 1) {
		const uint32_t mid = low + (high - low) / 2;

		err = kallsyms_address(ks, mid, &at);
		if (err)
			return err;
		if (at <= addr)
			low = mid;
		else
			high = mid;
	}
	*ret = low;
	return kallsyms_address(ks, low, ret_start);
}

/*
 * get_symbol_pos(), kernel/kallsyms.c: of symbols at one address the first one
 * counts, and it reaches to the next different address. So "size" is not what
 * .symtab says.
 */
struct vmatlas_error *kallsyms_find(struct kallsyms *ks, uint64_t addr,
				    struct kallsym *ret)
{
	struct vmatlas_error *err;
	struct kallsym sym = { 0 };
	uint32_t low, up;
	uint64_t at = 0;

	err = bisect(ks, addr, &low, &sym.start);
	if (err)
		return err;
	for (up = low + 1; up < ks->nr && up - low < ALIASES_MAX; up++) {
		err = kallsyms_address(ks, up, &at);
		if (err)
			return err;
		if (at > sym.start) {
			sym.next = at;
			break;
		}
	}
	for (sym.index = low; sym.index > 0 && low - sym.index < ALIASES_MAX;
	     sym.index--) {
		err = kallsyms_address(ks, sym.index - 1, &at);
		if (err)
			return err;
		if (at != sym.start)
			break;
	}
	*ret = sym;
	return NULL;
}

static struct vmatlas_error *read_names(struct kallsyms *ks, uint64_t at, size_t size,
					uint8_t **buf)
{
	uint8_t *grown = realloc(*buf, size);

	if (!grown)
		return error_no_memory();
	*buf = grown;
	return ks->t.read(ks->t.arg, ks->t.names + at, grown, size);
}

struct vmatlas_error *kallsyms_name(struct kallsyms *ks, uint32_t index,
				    char ret[static KALLSYMS_NAME_MAX], char *ret_type)
{
	_cleanup_(freep) uint8_t *buf = NULL;
	struct vmatlas_error *err;
	const uint8_t *name;
	uint64_t marker, left;
	size_t len;

	if (index >= ks->nr)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "kallsyms: there is no symbol %" PRIu32, index);
	err = read_uint(ks,
			ks->t.markers + (uint64_t)(index / PER_MARKER) * ks->marker_size,
			ks->marker_size, &marker);
	if (err)
		return err;
	if (marker >= ks->names_size)
		return corrupt("a marker outside the names");
	left = ks->names_size - marker;

	/* 256 names take some 3 KiB; never more than their longest form. */
	for (uint64_t size = 4096; ; size *= 2) {
		size = MIN(size, left);
		err = read_names(ks, marker, size, &buf);
		if (err)
			return err;
		if (kallsyms_nth_name(buf, size, index % PER_MARKER, &name, &len))
			break;
		if (size == left || size >= PER_MARKER * KALLSYMS_COMPRESSED_MAX)
			return corrupt("names end too early");
	}
	kallsyms_expand(&ks->tokens, name, len, ret, ret_type);
	return NULL;
}
