/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the registers of a function to those of its caller, by .debug_frame. */
#include <inttypes.h>

#include "debuginfo/dwarf/call_frame.h"

static bool register_is_known(const struct image_registers *regs, uint64_t reg)
{
	return reg < IMAGE_REGISTERS_MAX && regs->known >> reg & 1;
}

static void register_put(struct image_registers *regs, uint64_t reg, uint64_t value)
{
	regs->value[reg] = value;
	regs->known |= (uint64_t)1 << reg;
}

/* The file with the DWARF; its separate debug file, where there is one. */
static struct image *image_with_frames(struct image *image)
{
	if (image_section(image, ".debug_frame"))
		return image;
	return image->types && image_section(image->types, ".debug_frame") ? image->types : NULL;
}

static struct vmatlas_error *step_register(const struct image_registers *old, uint32_t reg,
					   const struct cfi_rule *rule, uint64_t cfa,
					   image_word_fn *read, void *arg, struct image_registers *ret)
{
	struct vmatlas_error *err = NULL;
	uint64_t value = 0;

	switch (rule->how) {
	case CFI_SAME:
		if (register_is_known(old, reg))
			register_put(ret, reg, old->value[reg]);
		break;
	case CFI_REGISTER:
		if (register_is_known(old, (uint64_t)rule->value))
			register_put(ret, reg, old->value[rule->value]);
		break;
	case CFI_IS_OFFSET:
		register_put(ret, reg, cfa + (uint64_t)rule->value);
		break;
	case CFI_AT_OFFSET:
		err = read(arg, cfa + (uint64_t)rule->value, &value);
		if (!err)
			register_put(ret, reg, value);
		break;
	}
	return err;
}

struct vmatlas_error *image_unwind(struct image *image, uint64_t addr, uint32_t sp,
				   image_word_fn *read, void *arg, struct image_registers *regs,
				   uint64_t *ret_pc, bool *ret_has_pc)
{
	struct image *from = image_with_frames(image);
	struct image_registers caller = { .known = 0 };
	_cleanup_(freep) struct call_frame *f = calloc(1, sizeof(*f));
	const struct section *s = from ? image_section(from, ".debug_frame") : NULL;
	const uint64_t mask = image->info.bits == 32 ? UINT32_MAX : UINT64_MAX;
	struct vmatlas_error *err;
	struct bytes bytes;
	uint64_t cfa;

	if (!f)
		return error_no_memory();
	if (!s)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "vmlinux has no .debug_frame");
	if (s->flags & SHF_COMPRESSED)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "the .debug_frame of vmlinux is compressed");
	err = section_bytes(from, s, &bytes);
	if (err)
		return err;
	if (!call_frame_find(&bytes, image->info.bits / 8, image->info.big_endian, addr, f))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "no call frame information covers %#" PRIx64, addr);
	if (!register_is_known(regs, f->row.cfa_register))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"its call frame is told by a register that is not known");
	cfa = (regs->value[f->row.cfa_register] + (uint64_t)f->row.cfa_offset) & mask;
	register_put(&caller, sp, cfa);
	for (uint32_t i = 0; !err && i < IMAGE_REGISTERS_MAX; i++)
		if (i != sp || f->row.rule[i].how != CFI_SAME)
			err = step_register(regs, i, &f->row.rule[i], cfa, read, arg, &caller);
	if (err)
		return err;
	*ret_has_pc = register_is_known(&caller, f->return_register);
	if (*ret_has_pc)
		*ret_pc = caller.value[f->return_register];
	*regs = caller;
	return NULL;
}
