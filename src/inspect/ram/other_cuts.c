/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RAM that the kernel said it leaves out for a cause that it names: beyond 32 bits, no
 * HIGHMEM on x86, below its first address, the table of banks, the memory model.
 */
#include <inttypes.h>

#include "inspect/ram/ram.h"
#include "base/range.h"

static const struct {
	uint32_t severity;
	const char *message, *advice;
} words[] = {
	[BOOTLOG_WHY_HIGHMEM] = {
		VMATLAS_SEVERITY_WARNING, "it was built without HIGHMEM",
		"use a kernel with HIGHMEM (HIGHMEM4G), or a 64-bit one" },
	[BOOTLOG_WHY_32BIT] = {
		VMATLAS_SEVERITY_WARNING,
		"it lies beyond 4 GiB, and the kernel has 32-bit physical addresses",
		"use a kernel with LPAE (on x86 PAE, HIGHMEM64G), or a 64-bit one" },
	[BOOTLOG_WHY_BELOW] = {
		VMATLAS_SEVERITY_NOTE, "it lies below where the kernel was loaded",
		"firmware usually keeps itself there; else load the kernel lower, at the start "
		"of RAM" },
	[BOOTLOG_WHY_BANKS] = {
		VMATLAS_SEVERITY_WARNING, "the kernel's table of banks (NR_BANKS) is full",
		"let the boot loader pass fewer, larger banks, or raise NR_BANKS" },
	[BOOTLOG_WHY_MODEL] = {
		VMATLAS_SEVERITY_WARNING,
		"it lies beyond what the memory model can number (MAX_PHYSMEM_BITS)",
		"use a kernel whose SPARSEMEM reaches as far" },
	[BOOTLOG_WHY_CACHE] = {
		VMATLAS_SEVERITY_WARNING,
		"it is highmem, which this CPU's cache does not allow",
		"use a kernel with another split, or larger pages that end the aliasing" },
};

static uint64_t total_of(const struct bootlog *log)
{
	return log->e820_usable ? log->e820_usable : log->mtrr_covered;
}

static void other_cuts_message(const struct bootlog *log, const struct bootlog_cut *cut,
			       struct str *m)
{
	const uint64_t total = total_of(log);

	if (cut->used && total > cut->used)
		str_addf(m, "%" PRIu64 " of %" PRIu64 " MiB RAM is not used by this kernel: ",
			 (total - cut->used) >> 20, total >> 20);
	else if (cut->used)
		str_addf(m, "RAM above %s is not used by this kernel: ", fmt_size(cut->used).s);
	else if (cut->has_range || cut->bytes)
		str_addf(m, "%s RAM is not used by this kernel: ",
			 fmt_size(cut->bytes ? cut->bytes
					     : vmatlas_range_size(&cut->lost)).s);
	else
		str_addf(m, "RAM is not used by this kernel: ");
	str_addf(m, "%s", words[cut->why].message);
}

static void other_cut_report(struct vmatlas_plugin_ctx *job, const struct bootlog *log,
			     const struct bootlog_cut *cut)
{
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	_cleanup_(str_done) struct str message = { 0 };

	other_cuts_message(log, cut, &message);
	evidence_text(&evidence, "log", "%s:%" PRIu32 " \"%s\"", log->name, cut->line, cut->text);
	if (cut->has_range)
		evidence_text(&evidence, "lost", "physical 0x%08" PRIx64 "-0x%08" PRIx64,
			 cut->lost.first, cut->lost.last);
	if (cut->used)
		evidence_text(&evidence, "used", "%" PRIu64 " MiB", cut->used >> 20);
	if (cut->used && total_of(log))
		evidence_text(&evidence, "installed", "%" PRIu64 " MiB by the %s of the log",
			 total_of(log) >> 20,
			 log->e820_usable ? "e820 map" : "MTRRs");
	for (size_t i = 0; i < log->remarks.nr && i < 4; i++)
		evidence_text(&evidence, "", "%s:%" PRIu32 " \"%s\"", log->name,
			 log->remarks.v[i].line, log->remarks.v[i].text);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = words[cut->why].severity, .code = "ram-ignored",
		EVIDENCE(&evidence), .advice = words[cut->why].advice,
	}, "%s", str_text(&message));
}

void ram_check_other_cuts(struct vmatlas_plugin_ctx *job, struct vmatlas *atlas)
{
	const struct ram_facts *facts = atlas->records->ram;
	const struct bootlog *logs[] = { facts ? facts->log : NULL, atlas->boot_log };

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		const struct bootlog *log = logs[i];

		/* of x86's a dump's own max_pfn tells more */
		for (size_t j = 0; log && j < log->cuts.nr; j++) {
			const struct bootlog_cut *cut = &log->cuts.v[j];

			if (cut->kind == BOOTLOG_CUT_OTHER && words[cut->why].message &&
			    !(cut->used && atlas->kernel))
				other_cut_report(job, log, cut);
		}
	}
}
