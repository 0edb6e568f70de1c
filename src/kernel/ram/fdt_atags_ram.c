/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAM by the boot loader's word: the device tree or the ATAGs it left in memory. */
#include <inttypes.h>
#include <string.h>

#include "kernel/ram/fdt_atags.h"
#include "kernel/ram/ram_internal.h"

static const enum ram_role role_of[] = {
	[FIRMWARE_RAM]	    = RAM_INSTALLED,
	[FIRMWARE_RESERVED] = RAM_RESERVED,
	[FIRMWARE_INITRD]   = RAM_OCCUPIED,
};

static struct vmatlas_error *add_firmware(struct ram_facts *facts, struct firmware *f,
					  const char *source, uint64_t addr)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; !err && i < f->ranges.nr; i++) {
		const struct firmware_range *r = &f->ranges.v[i];
		struct ram_fact fact = { .role = role_of[r->role], .phys = r->phys,
					 .no_map = r->no_map, .record = addr };

		err = ram_fact_add(facts, fact, r->name, "%s at %#" PRIx64, source, addr);
	}
	if (!facts->model)
		facts->model = take(f->model);
	if (err || facts->command_line || !f->command_line)
		return err;
	facts->command_line = take(f->command_line);
	facts->command_line_from = strdup(source);
	return facts->command_line_from ? NULL : error_no_memory();
}

static struct vmatlas_error *parse_fdt(struct kernel *k, struct ram_facts *facts,
				       uint64_t addr)
{
	_cleanup_(firmware_done) struct firmware f = { 0 };
	_cleanup_(freep) void *blob = NULL;
	uint8_t header[FIRMWARE_FDT_HEADER];
	uint64_t size;
	struct vmatlas_error *err = kernel_read(k, addr, header, sizeof(header));

	if (err)
		return err;
	size = firmware_fdt_size(header);
	if (!size)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "no device tree at %#" PRIx64, addr);
	blob = calloc(1, size);
	if (!blob)
		return error_no_memory();
	err = kernel_read(k, addr, blob, firmware_fdt_used(header));
	if (!err)
		err = firmware_parse_fdt(blob, size, &f);
	return err ? err : add_firmware(facts, &f, "device tree", addr);
}

struct vmatlas_error *ram_read_fdt(struct kernel *k, struct ram_facts *facts,
				   uint64_t boot_params, bool *ret_found)
{
	struct vmatlas_error *err;
	uint64_t addr;

	*ret_found = false;
	err = kernel_read_ptr(k, boot_params, &addr);
	if (!err && !addr)
		return ram_unknown_add(facts, "device tree",
				       "initial_boot_params is NULL: "
				       "booted without one");
	*ret_found = true;
	if (!err)
		err = parse_fdt(k, facts, addr);
	return ram_unknown_report_fault(facts, "device tree", err);
}

/* The list ends with its page: boot loaders put it at 0x100 of the first one. */
static struct vmatlas_error *parse_atags(struct kernel *k, struct ram_facts *facts,
					 uint64_t phys)
{
	_cleanup_(firmware_done) struct firmware f = { 0 };
	uint64_t addr = (phys - k->image_delta) & k->va_mask;
	uint8_t page[4096];
	size_t len = sizeof(page) - (addr & (sizeof(page) - 1));
	struct vmatlas_error *err = kernel_read(k, addr, page, len);

	if (!err)
		err = firmware_parse_atags(page, len, k->big_endian, &f);
	return err ? err : add_firmware(facts, &f, "ATAGS", addr);
}

/*
 * __atags_pointer is __initdata: usually poisoned after boot. The list's usual
 * place is tried then, for nothing protects it, but nothing need have used it.
 */
struct vmatlas_error *ram_read_atags(struct kernel *k, struct ram_facts *facts,
				     uint64_t atags_pointer)
{
	struct vmatlas_error *err;
	uint64_t phys, first = k->phys_base;

	err = kernel_read_uint(k, atags_pointer, 4, &phys);
	if (err)
		return ram_unknown_report_fault(facts, "ATAGS", err);
	if (phys < first || phys - first >= MIB(128)) {
		err = ram_unknown_add(facts, "ATAGS", "__atags_pointer holds %#" PRIx64
				      ": init memory, reused after boot", phys);
		phys = first + 0x100;
	}
	if (!err)
		err = ram_unknown_report_fault(facts, "ATAGS", parse_atags(k, facts, phys));
	return err;
}
