/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: overlaps that the kernel itself reported, in the dump's log or in the one
 * given. Its words are quoted; what lies at the addresses now is added.
 * Not on the plugin contract: it judges the kernel's own messages, in the words of map/format.h.
 */
#include <inttypes.h>
#include <string.h>

#include "base/range.h"
#include "map/evidence_list.h"
#include "map/format.h"

static const struct {
	uint32_t severity;
	const char *message, *advice;
} words[] = {
	[OVERLAP_AREA_REFUSED] = {
		VMATLAS_SEVERITY_ERROR, "the kernel refused an area that overlaps another",
		"look at both areas, and at the backtrace below the message: an area was "
		"registered twice, or the allocator's tree is corrupt" },
	[OVERLAP_OUT_OF_SPACE] = {
		VMATLAS_SEVERITY_WARNING,
		"the kernel reported a static mapping outside vmalloc space",
		"correct the virtual address in the platform's map_desc (or DEBUG_LL's): it "
		"must lie between VMALLOC_START and VMALLOC_END" },
	[OVERLAP_STATIC] = {
		VMATLAS_SEVERITY_WARNING,
		"the kernel reported a static mapping inside vmalloc space",
		"correct the virtual address in the platform's map_desc: vmalloc may hand "
		"out the same addresses" },
	[OVERLAP_NOT_MAPPED] = {
		VMATLAS_SEVERITY_WARNING,
		"the kernel refused a static mapping that lies in user space",
		"correct the virtual address in the platform's map_desc: whoever uses that "
		"mapping faults" },
	[OVERLAP_RESERVED] = {
		VMATLAS_SEVERITY_WARNING,
		"the kernel reported two reserved memory regions that overlap",
		"correct /reserved-memory in the device tree" },
	[OVERLAP_INITRD] = {
		VMATLAS_SEVERITY_WARNING,
		"the kernel reported an initrd that overlaps memory in use, and ignored it",
		"have the boot loader put the initrd elsewhere" },
};

static void overlap_place(struct vmatlas *atlas, const char *label,
			  struct vmatlas_range range, struct evidence *evidence)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_DECLARED)
		if (c->flags & VMATLAS_CLAIM_PRIMARY && range_overlaps(c->range, range))
			evidence_text(evidence, label, "%s lies in %s, %s",
				 fmt_addr(atlas, range.first).s, c->name,
				 fmt_range(atlas, c->range).s);
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		_cleanup_(str_done) struct str area = { 0 };

		if (!range_overlaps(c->range, range))
			continue;
		fmt_area(atlas, c, &area);
		evidence_text(evidence, label, "in the dump, %s", str_text(&area));
	}
}

static void overlap_report_one(struct vmatlas_plugin_ctx *job,
			       const struct overlap_report *r, const char *from)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	_cleanup_(str_done) struct str when = { 0 };

	if (r->has_time)
		str_addf(&when, "[%" PRIu64 ".%06" PRIu64 "] ", r->nsec / 1000000000,
			 r->nsec % 1000000000 / 1000);
	evidence_text(&evidence, "log", "%" PRIu64 "x %s\"%s\" (%s)", r->nr, str_text(&when),
		 r->text, from);
	if (r->has_first)
		overlap_place(atlas, "first", r->first, &evidence);
	if (r->has_second)
		overlap_place(atlas, "second", r->second, &evidence);
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = words[r->kind].severity, .code = "kernel-overlap-report",
		.where = r->has_second ? &r->first : NULL,
		EVIDENCE(&evidence), .advice = words[r->kind].advice,
	}, "%s: %s", words[r->kind].message, r->text);
}

static bool is_in(const struct overlap_reports *all, const char *text)
{
	for (size_t i = 0; i < all->v.nr; i++)
		if (!strcmp(all->v.v[i].text, text))
			return true;
	return false;
}

static struct vmatlas_error *kernel_overlap_inspect(struct vmatlas_plugin_ctx *job)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	_cleanup_(overlap_reports_free) struct overlap_reports dump = { 0 }, saved = { 0 };
	const struct printk_log *log = NULL;
	struct vmatlas_error *err = NULL;

	if (atlas->kernel)
		err = kernel_log(atlas->kernel, &log);
	if (err && (error_is_kernel_trouble(err) || error_is(err, VMATLAS_ERROR_NOT_FOUND) ||
		    error_is(err, VMATLAS_ERROR_UNSUPPORTED))) {
		vmatlas_error_free(take(err));	/* who looks for shortages tells it */
		log = NULL;
	}
	if (!err && log)
		err = overlap_reports_find(log, &dump);
	if (!err && atlas->saved_log)
		err = overlap_reports_find(atlas->saved_log, &saved);
	for (size_t i = 0; !err && i < dump.v.nr; i++)
		overlap_report_one(job, &dump.v.v[i], "dmesg");
	for (size_t i = 0; !err && i < saved.v.nr; i++)
		if (!is_in(&dump, saved.v.v[i].text))
			overlap_report_one(job, &saved.v.v[i], atlas->boot_log->name);
	return err;
}

const struct vmatlas_plugin inspector_kernel_overlap = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "kernel-overlap",
	.summary = "overlaps that the kernel itself reported in its log",
	.inspect = kernel_overlap_inspect,
};
