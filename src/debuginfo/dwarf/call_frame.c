/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entries are gone through one by one until one covers the address: vmlinux has no index of
 * them, and all of its 3 MiB cost a millisecond. Then its program is run up to the address.
 */
#include <string.h>

#include <dwarf.h>

#include "base/bytes.h"
#include "debuginfo/dwarf/call_frame.h"

enum { CFI_DEPTH = 8 };

struct cfi_reader {
	const uint8_t *p, *end;
	unsigned int address_size;
	bool big_endian, failed;
};

struct cfi_common {			/* a CIE */
	struct cfi_reader program;
	uint64_t code_align, return_register;
	int64_t data_align;
};

struct cfi_run {
	const struct cfi_common *common;
	struct cfi_row row, first, saved[CFI_DEPTH];
	unsigned int nr_saved;
	uint64_t at, until;
};

static uint64_t cfi_uint(struct cfi_reader *r, size_t size)
{
	uint64_t v = 0;

	if ((size_t)(r->end - r->p) < size) {
		r->failed = true;
		r->p = r->end;
		return 0;
	}
	v = bytes_uint(r->p, size, r->big_endian);
	r->p += size;
	return v;
}

/* LEB128; *ret_sign: bits that a negative number has besides, as a signed one. */
static uint64_t cfi_leb(struct cfi_reader *r, uint64_t *ret_sign)
{
	uint64_t v = 0, byte;
	unsigned int shift = 0;

	do {
		byte = cfi_uint(r, 1);
		if (shift < 64)
			v |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80 && !r->failed);
	*ret_sign = shift < 64 && byte & 0x40 ? ~(uint64_t)0 << shift : 0;
	return v;
}

static uint64_t cfi_uleb(struct cfi_reader *r)
{
	uint64_t sign;

	return cfi_leb(r, &sign);
}

static int64_t cfi_sleb(struct cfi_reader *r)
{
	uint64_t sign, v = cfi_leb(r, &sign);

	return (int64_t)(v | sign);
}

static void cfi_skip(struct cfi_reader *r, uint64_t len)
{
	if (len > (uint64_t)(r->end - r->p)) {
		r->failed = true;
		len = (uint64_t)(r->end - r->p);
	}
	r->p += len;
}

/* ---- The program ---- */

static void cfi_set(struct cfi_run *run, uint64_t reg, enum cfi_how how,
		    int64_t value)
{
	if (reg < IMAGE_REGISTERS_MAX)
		run->row.rule[reg] = (struct cfi_rule){ how, value };
}

static int64_t cfi_factored(const struct cfi_run *run, uint64_t v)
{
	return (int64_t)(v * (uint64_t)run->common->data_align);
}

static void cfi_restore(struct cfi_run *run, uint64_t reg)
{
	if (reg < IMAGE_REGISTERS_MAX)
		run->row.rule[reg] = run->first.rule[reg];
}

static void cfi_state(struct cfi_run *run, struct cfi_reader *r, bool remember)
{
	if (remember ? run->nr_saved == CFI_DEPTH : !run->nr_saved)
		r->failed = true;
	else if (remember)
		run->saved[run->nr_saved++] = run->row;
	else
		run->row = run->saved[--run->nr_saved];
}

static void cfi_cfa(struct cfi_run *run, uint64_t reg, int64_t offset)
{
	run->row.cfa_register = reg;
	run->row.cfa_offset = offset;
}

static void cfi_op_offset(struct cfi_run *run, struct cfi_reader *r, uint8_t op)
{
	const uint64_t reg = cfi_uleb(r);

	switch (op) {
	case DW_CFA_offset_extended:
		cfi_set(run, reg, CFI_AT_OFFSET, cfi_factored(run, cfi_uleb(r)));
		break;
	case DW_CFA_offset_extended_sf:
		cfi_set(run, reg, CFI_AT_OFFSET, cfi_factored(run, (uint64_t)cfi_sleb(r)));
		break;
	case DW_CFA_val_offset:
		cfi_set(run, reg, CFI_IS_OFFSET, cfi_factored(run, cfi_uleb(r)));
		break;
	case DW_CFA_val_offset_sf:
		cfi_set(run, reg, CFI_IS_OFFSET, cfi_factored(run, (uint64_t)cfi_sleb(r)));
		break;
	case DW_CFA_register:
		cfi_set(run, reg, CFI_REGISTER, (int64_t)cfi_uleb(r));
		break;
	case DW_CFA_undefined:
		cfi_set(run, reg, CFI_UNDEFINED, 0);
		break;
	case DW_CFA_same_value:
		cfi_set(run, reg, CFI_SAME, 0);
		break;
	case DW_CFA_restore_extended:
		cfi_restore(run, reg);
		break;
	case DW_CFA_expression: case DW_CFA_val_expression:
		cfi_set(run, reg, CFI_NOT_KNOWN, 0);
		cfi_skip(r, cfi_uleb(r));
		break;
	default:
		r->failed = true;
	}
}

static void cfi_op_cfa(struct cfi_run *run, struct cfi_reader *r, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case DW_CFA_def_cfa:
		reg = cfi_uleb(r);
		cfi_cfa(run, reg, (int64_t)cfi_uleb(r));
		break;
	case DW_CFA_def_cfa_sf:
		reg = cfi_uleb(r);
		cfi_cfa(run, reg, cfi_factored(run, (uint64_t)cfi_sleb(r)));
		break;
	case DW_CFA_def_cfa_register:
		run->row.cfa_register = cfi_uleb(r);
		break;
	case DW_CFA_def_cfa_offset:
		run->row.cfa_offset = (int64_t)cfi_uleb(r);
		break;
	case DW_CFA_def_cfa_offset_sf:
		run->row.cfa_offset = cfi_factored(run, (uint64_t)cfi_sleb(r));
		break;
	case DW_CFA_def_cfa_expression:
		run->row.cfa_register = UINT64_MAX;
		cfi_skip(r, cfi_uleb(r));
		break;
	default:
		cfi_op_offset(run, r, op);
	}
}

/* 0x2d is of each CPU: of arm64 it says that the return address is signed, which changes no place. */
static void cfi_op(struct cfi_run *run, struct cfi_reader *r, uint8_t op)
{
	const uint64_t code = run->common->code_align;

	switch (op) {
	case DW_CFA_nop: case DW_CFA_GNU_window_save:
		break;
	case DW_CFA_set_loc:
		run->at = cfi_uint(r, r->address_size);
		break;
	case DW_CFA_advance_loc1:
		run->at += cfi_uint(r, 1) * code;
		break;
	case DW_CFA_advance_loc2:
		run->at += cfi_uint(r, 2) * code;
		break;
	case DW_CFA_advance_loc4:
		run->at += cfi_uint(r, 4) * code;
		break;
	case DW_CFA_remember_state: case DW_CFA_restore_state:
		cfi_state(run, r, op == DW_CFA_remember_state);
		break;
	case DW_CFA_GNU_args_size:
		cfi_uleb(r);
		break;
	default:
		cfi_op_cfa(run, r, op);
	}
}

static bool cfi_execute(struct cfi_run *run, struct cfi_reader r)
{
	while (r.p < r.end && !r.failed) {
		const uint8_t op = (uint8_t)cfi_uint(&r, 1), low = op & 0x3f;

		switch (op & 0xc0) {
		case DW_CFA_advance_loc:
			run->at += low * run->common->code_align;
			break;
		case DW_CFA_offset:
			cfi_set(run, low, CFI_AT_OFFSET, cfi_factored(run, cfi_uleb(&r)));
			break;
		case DW_CFA_restore:
			cfi_restore(run, low);
			break;
		default:
			cfi_op(run, &r, op);
		}
		if (run->at > run->until)
			break;
	}
	return !r.failed;
}

/* ---- Entries ---- */

/* The entry at *@r: its content, and its ID; @r moves to the next. False: the end. */
static bool cfi_entry(struct cfi_reader *r, struct cfi_reader *ret, uint64_t *ret_id, bool *ret_is_cie)
{
	uint64_t len = cfi_uint(r, 4);
	const bool wide = len == UINT32_MAX;

	if (wide)
		len = cfi_uint(r, 8);
	if (r->failed || !len || len > (uint64_t)(r->end - r->p))
		return false;
	*ret = *r;
	ret->end = r->p + len;
	r->p += len;
	*ret_id = cfi_uint(ret, wide ? 8 : 4);
	*ret_is_cie = *ret_id == (wide ? UINT64_MAX : UINT32_MAX);
	return !ret->failed;
}

static bool cfi_common_read(struct cfi_reader r, struct cfi_common *ret)
{
	const uint64_t version = cfi_uint(&r, 1);

	if (cfi_uint(&r, 1))		/* an augmentation: compilers make none here */
		return false;
	if (version >= 4 && (cfi_uint(&r, 1) != r.address_size || cfi_uint(&r, 1)))
		return false;
	ret->code_align = cfi_uleb(&r);
	ret->data_align = cfi_sleb(&r);
	ret->return_register = version == 1 ? cfi_uint(&r, 1) : cfi_uleb(&r);
	ret->program = r;
	return !r.failed;
}

static bool cfi_common_at(const struct bytes *section, const struct cfi_reader *whole, uint64_t offset,
			  struct cfi_common *ret)
{
	struct cfi_reader at = *whole, content;
	bool is_cie;
	uint64_t id;

	if (offset >= section->len)
		return false;
	at.p = section->p + offset;
	return cfi_entry(&at, &content, &id, &is_cie) && is_cie && cfi_common_read(content, ret);
}

static bool cfi_row_of(const struct cfi_common *common, struct cfi_reader program, uint64_t pc,
		       struct call_frame *ret)
{
	_cleanup_(freep) struct cfi_run *run = calloc(1, sizeof(*run));

	if (!run)
		return false;
	run->common = common;
	run->until = UINT64_MAX;
	if (!cfi_execute(run, common->program))
		return false;
	run->first = run->row;
	run->at = ret->start;
	run->until = pc;
	if (!cfi_execute(run, program))
		return false;
	ret->row = run->row;
	ret->return_register = common->return_register;
	return true;
}

bool call_frame_find(const struct bytes *section, unsigned int address_size, bool big_endian,
		     uint64_t pc, struct call_frame *ret)
{
	const struct cfi_reader whole = { section->p, section->p + section->len, address_size,
					  big_endian, false };
	struct cfi_reader at = whole, content;
	struct cfi_common common;
	bool is_cie;
	uint64_t id;

	while (cfi_entry(&at, &content, &id, &is_cie)) {
		if (is_cie)
			continue;
		ret->start = cfi_uint(&content, address_size);
		ret->end = ret->start + cfi_uint(&content, address_size);
		if (pc >= ret->start && pc < ret->end && !content.failed)
			return cfi_common_at(section, &whole, id, &common) &&
			       cfi_row_of(&common, content, pc, ret);
	}
	return false;
}
