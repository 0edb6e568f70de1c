/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: the boot log that was given. Do its rows contradict themselves; was its
 * table read; and whose table is it: rules belong to a CPU.
 * Not on the plugin contract: it judges what a saved log says, in the words of map/format.h.
 */
#include <inttypes.h>

#include "map/format.h"

/* ---- Rows of the given table that contradict themselves ---- */

static void boot_log_check_rows(struct vmatlas_plugin_ctx *job, const struct bootlog *log)
{
	for (size_t i = 0; i < log->rows.nr; i++) {
		const struct bootlog_row *row = &log->rows.v[i];

		if (!row->complaint)
			continue;
		ctx_report(job, &(struct vmatlas_finding_desc){
			.severity = VMATLAS_SEVERITY_WARNING,
			.code = "bounds-disagree",
			.where = row->has_claim ? &row->claim.range : NULL,
			.advice = "check the row against the kernel's own log: a kernel "
				  "prints no such row",
		}, "%s:%" PRIu32 ": %s", log->name, row->line, row->complaint);
	}
}

/* ---- What was not read, or is not judged ---- */

static void cover_table(struct vmatlas_plugin_ctx *job, const struct bootlog *log)
{
	if (log->title_at && !log->rows.nr)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, "layout table",
				     "%s:%" PRIu32 " has its title, but no row below it "
				     "could be read", log->name, log->title_at);
	else if (log->nr_unread)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_PARTIAL, "layout table",
				     "%" PRIu32 " %s could not be read, %s:%" PRIu32
				     " first", log->nr_unread,
				     log->nr_unread == 1 ? "row" : "rows", log->name,
				     log->unread_at);
}

static void cover_cpu(struct vmatlas_plugin_ctx *job, const struct bootlog *log)
{
	if (log->style == BOOTLOG_STYLE_NOMMU)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_FULL, "regions",
				     "none is set apart without an MMU: RAM, vmalloc and "
				     "modules are one address space, and nothing can overlap");
	else if (log->style == BOOTLOG_STYLE_FOREIGN)
		vmatlas_ctx_coverage(job, VMATLAS_COVERAGE_SKIPPED, "regions and RAM",
				     "because the table is of %s: it is shown as it stands, "
				     "but its rules are not known here",
				     log->cpu ? log->cpu
					      : "a CPU that the log does not name, neither "
						"ARM nor x86");
}

static struct vmatlas_error *boot_log_inspect(struct vmatlas_plugin_ctx *job)
{
	const struct bootlog *log = vmatlas_ctx_atlas(job)->boot_log;

	if (!log)
		return NULL;
	boot_log_check_rows(job, log);
	cover_table(job, log);
	cover_cpu(job, log);
	return NULL;
}

const struct vmatlas_plugin inspector_boot_log = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "boot-log",
	.summary = "whether the boot log given was read, and can be judged",
	.inspect = boot_log_inspect,
};
