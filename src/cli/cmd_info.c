/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas info: which kernel this is, and how that was found out. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"

enum { LABEL = 13, MAX_TRIED = 4 };

static void info_text(const struct render *r, const char *label, const char *key,
		      const char *text)
{
	emit_text(r, key, text);
	emit_field(r, 0, LABEL, label, *text ? text : "unknown");
}

static void info_number(const struct render *r, const char *label, const char *key,
			uint64_t value)
{
	emit_number(r, key, value);
	emit_fieldf(r, 0, LABEL, label, "%" PRIu64, value);
}

/* An address with the words that say where it comes from; without them, unknown. */
static void info_offset(const struct render *r, const char *label, const char *key,
			const char *from_key, uint64_t value, const char *from)
{
	if (*from) {
		emit_hex(r, key, value);
		emit_fieldf(r, 0, LABEL, label, "0x%" PRIx64 " (%s)", value, from);
	} else {
		emit_null(r, key);
		emit_field(r, 0, LABEL, label, "unknown");
	}
	emit_text(r, from_key, from);
}

static void add_part(struct str *s, const struct render *r, uint64_t bytes, const char *what)
{
	char size[TEXT_MAX];

	if (bytes)
		str_addf(s, ", %s%s", text_size(r, bytes, size), what);
}

static void info_ram(const struct render *r, const struct vmatlas_info *i)
{
	const uint64_t low = i->ram - i->ram_high - i->ram_unused;
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s System RAM", text_size(r, i->ram, size));
	if (i->ram_high)
		add_part(&s, r, low, " of it lowmem");
	add_part(&s, r, i->ram_high, " highmem");
	add_part(&s, r, i->ram_unused, " not used by this kernel");
	emit_number(r, "ram", i->ram ? i->ram : CELL_NONE);
	emit_field(r, 0, LABEL, "RAM", i->ram ? str_text(&s) : "unknown");
	emit_number(r, "ram_high", i->ram ? i->ram_high : CELL_NONE);
	emit_number(r, "ram_unused", i->ram ? i->ram_unused : CELL_NONE);
}

static void info_kernel(const struct render *r, const struct vmatlas_info *i)
{
	info_text(r, "host", "host", i->nodename);
	info_text(r, "release", "release", i->release);
	info_text(r, "version", "version", i->version);
	info_text(r, "banner", "banner", i->banner);
	info_text(r, "cpu", "cpu", i->cpu);
	info_text(r, "arch", "arch", i->arch);
	info_number(r, "pointer size", "pointer_size", i->pointer_size);
	info_text(r, "byte order", "byte_order",
		  i->big_endian ? "big-endian" : "little-endian");
	info_number(r, "page size", "page_size", (uint64_t)1 << (i->page_shift & 31));
	info_number(r, "levels", "levels", i->levels);
	info_ram(r, i);
}

static void info_files(const struct render *r, const struct vmatlas_info *i)
{
	char when[TEXT_MAX];

	info_text(r, "vmlinux", "vmlinux", i->vmlinux_path);
	emit_text(r, "vmlinux_from", i->vmlinux_from);
	if (*i->vmlinux_from)	/* only where somebody may wonder which file that is */
		emit_field(r, 0, LABEL, "found by", i->vmlinux_from);
	info_text(r, "build ID", "build_id", i->build_id);
	info_text(r, "types", "types_from", i->types_from);
	info_text(r, "dump", "core", i->core_path);
	info_text(r, "format", "core_format", i->core_format);
	emit_flag(r, "live", i->live);
	info_text(r, "dumped", "taken", text_time(i->dump_time, "%Y-%m-%dT%H:%M:%SZ", when));
	info_text(r, "vmcoreinfo", "vmcoreinfo_from", i->vmcoreinfo_from);
	info_text(r, "verified by", "proof", i->verified_by);
}

/* Page 0 and other pieces that firmware keeps may not be mapped: of a few, the first that is. */
static bool find_mapped_ram(struct vmatlas *atlas, uint64_t page, uint64_t *ret_phys, uint64_t *ret_addr)
{
	const struct vmatlas_resource *r = NULL;
	size_t tried = 0;

	while (tried < MAX_TRIED && (r = vmatlas_resource_next(atlas, r))) {
		struct vmatlas_error *err;

		if (!r->is_ram)
			continue;
		tried++;
		*ret_phys = (r->phys.first + page - 1) & ~(page - 1);
		err = vmatlas_direct_map(atlas, *ret_phys, ret_addr);
		if (!err)
			return true;
		vmatlas_error_free(err);
	}
	return false;
}

/*
 * What is really mapped, before the numbers that the kernel calculates with: PAGE_OFFSET and
 * PHYS_OFFSET, made for more bits than the CPU has, may be no address of anything (arm64).
 */
static void info_direct_map(const struct render *r, const struct vmatlas_info *i)
{
	uint64_t phys = 0, addr = 0;

	if (find_mapped_ram(r->atlas, 1ull << i->page_shift, &phys, &addr)) {
		emit_hex(r, "ram_start", phys);
		emit_fieldf(r, 0, LABEL, i->pointer_size == 4 ? "lowmem" : "direct map",
			    "physical 0x%" PRIx64 " is mapped at %0*" PRIx64, phys, r->digits, addr);
	} else {
		emit_null(r, "ram_start");
	}
	emit_address(r, "ram_start_mapped", addr);
}

static void info_emit(const struct render *r, const struct vmatlas_info *i)
{
	info_kernel(r, i);
	info_files(r, i);
	info_offset(r, "KASLR offset", "kaslr_offset", "kaslr_from", i->kaslr_offset,
		    i->kaslr_from);
	info_direct_map(r, i);
	info_offset(r, i->phys_base_name, "phys_base", "phys_from", i->phys_base, i->phys_from);
	info_number(r, "bytes read", "bytes_read", i->bytes_read);
	info_number(r, "reads", "nr_reads", i->nr_reads);
}

struct vmatlas_error *cmd_info(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RAM);
	const struct render *r = &cli->out;
	const struct vmatlas_info *info;

	if (err)
		return err;
	info = vmatlas_info(r->atlas);
	emit_begin(r, true);
	emit_object(r, "info");
	if (info)
		info_emit(r, info);
	emit_close(r);
	emit_findings(r);
	emit_coverage(r, FOR_PROGRAMS, true);
	if (vmatlas_coverage_next(r->atlas, NULL))
		emit_coverage(r, FOR_PEOPLE, true);
	return emit_end(r);
}
