/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveyor: kcore_vmalloc and its like (fs/proc/kcore.c), the kernel's own
 * account of its ranges for /proc/kcore. Exact; not built on 32-bit ARM.
 */
#include <inttypes.h>
#include <string.h>

#include "kernel/survey.h"

enum { VMALLOC, MODULES, ADDR, SIZE };

#define UNIT "kclist_add|open_kcore"

static const struct vmatlas_lookup needs[] = {
	[VMALLOC] = VMATLAS_OPTIONAL_SYMBOL("kcore_vmalloc"),
	[MODULES] = VMATLAS_OPTIONAL_SYMBOL("kcore_modules"),
	[ADDR]	  = VMATLAS_OPTIONAL_MEMBER("kcore_list", "addr", UNIT),
	[SIZE]	  = VMATLAS_OPTIONAL_MEMBER("kcore_list", "size", UNIT),
};

static struct vmatlas_error *entry(struct survey *s, unsigned int symbol, uint32_t kind,
				   const char *name)
{
	const uint64_t at = s->res[symbol].addr;
	struct vmatlas_error *err;
	uint64_t addr, size;
	struct vmatlas_claim c = {
		.layer = VMATLAS_LAYER_DECLARED, .kind = kind, .name = name,
		.source = needs[symbol].name, .record = at, .record_type = "kcore_list",
	};

	if (!survey_has(s, symbol))
		return NULL;
	err = kernel_read_ptr(s->k, at + s->res[ADDR].offset, &addr);
	if (!err)
		err = kernel_read_uint(s->k, at + s->res[SIZE].offset, s->res[SIZE].size, &size);
	if (err)
		return survey_report_fault(s, err, "unreadable", needs[symbol].name, at);
	/* 0: not registered yet, or modules share the vmalloc range */
	if (!addr || !size)
		return NULL;
	/* size is END - START, and END is inclusive on x86-64 and riscv up to 5.16 */
	size = align_up(size, 1ull << s->k->page_shift);
	if (!range_from_size(addr, size, &c.range))
		return survey_finding(s, (struct vmatlas_finding_desc){
				.severity = VMATLAS_SEVERITY_WARNING, .code = "bounds-disagree",
				.record = at },
			"%s holds the impossible range %#" PRIx64 " + %#" PRIx64,
			needs[symbol].name, addr, size);
	return survey_claim(s, c);
}

static struct vmatlas_error *kcore_list_run(struct survey *s)
{
	struct vmatlas_error *err;

	if (!survey_has(s, ADDR) || !survey_has(s, SIZE))
		return NULL;
	err = entry(s, VMALLOC, VMATLAS_KIND_VMALLOC_SPACE, "vmalloc");
	if (!err)
		err = entry(s, MODULES, VMATLAS_KIND_MODULE_SPACE, "modules");
	return err;
}

const struct surveyor survey_kcore = {
	.name = "kcore",
	.what = VMATLAS_SURVEY_DECLARED,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = kcore_list_run,
};
