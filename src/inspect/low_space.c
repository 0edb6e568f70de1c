/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: has a space that vmalloc hands out from no room any more?
 * Not on the plugin contract: it asks the ledger of spaces in the words of map/format.h, which it has not.
 */
#include <inttypes.h>
#include <string.h>

#include "map/space_accounting.h"
#include "map/format.h"
#include "base/range.h"

/*
 * Firmware, framebuffers and module text ask for a MiB and more; stacks, small ioremaps
 * and buffers for a few pages. A space that was made smaller than that is not judged.
 */
#define TIGHT MIB(1)
#define FULL_PAGES 4
#define LEAST_SPACE MIB(4)
#define MAX_FILLERS 5

enum space_room space_room(const struct vmatlas *atlas, const struct space_usage *s)
{
	const uint64_t page = 1ull << atlas->kernel->page_shift;
	const struct vmatlas_range *r = &s->pub.largest_purged;
	const uint64_t most = range_valid(*r) ? vmatlas_range_size(r) : 0;

	/* where records lie across each other, who knows which are true; that was told */
	if (vmatlas_range_size(&s->pub.range) < LEAST_SPACE || s->twice > TIGHT)
		return SPACE_ROOMY;
	return most <= FULL_PAGES * page ? SPACE_FULL : most <= TIGHT ? SPACE_TIGHT : SPACE_ROOMY;
}

static const char *advice(const struct vmatlas *atlas, const struct space_usage *s)
{
	if (s->pub.region->kind == VMATLAS_KIND_MODULE_SPACE)
		return "find who fills it: unload modules or BPF programs; vmalloc= does not "
		       "change module space";
	if (atlas->kernel->ptr_size == 4)
		return "find who fills it and whether it gives back; a larger vmalloc= makes room "
		       "at the expense of lowmem";
	return "find who fills it and whether it gives back: this space cannot be made larger";
}

static struct vmatlas_error *low_space_report(struct vmatlas_plugin_ctx *job,
					      const struct space_usage *s,
					      enum space_room room)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct vmatlas_range *r = &s->pub.largest_purged;
	_cleanup_(evidence_done) struct evidence evidence = { 0 };
	struct vmatlas_error *err = space_evidence(atlas, s, MAX_FILLERS, &evidence);

	if (err)
		return err;
	ctx_report(job, &(struct vmatlas_finding_desc){
		.severity = room == SPACE_FULL ? VMATLAS_SEVERITY_WARNING
						: VMATLAS_SEVERITY_NOTE,
		.code = "va-exhausted", .where = &s->pub.range,
		EVIDENCE(&evidence), .advice = advice(atlas, s),
	}, "%s has %s room left: the largest hole, after a purge, has %s", s->pub.region->name,
		room == SPACE_FULL ? "no" : "little",
		fmt_size(range_valid(*r) ? vmatlas_range_size(r) : 0).s);
	return NULL;
}

/* By who looked into the log, with more to say. */
static bool low_space_is_reported(const struct vmatlas *atlas,
				  const struct space_usage *s)
{
	for (size_t i = 0; i < atlas->findings.nr; i++) {
		const struct vmatlas_finding *f = &atlas->findings.v[i].pub;

		if (!strcmp(f->code, "va-exhausted") && f->range.first == s->pub.range.first &&
		    f->range.last == s->pub.range.last)
			return true;
	}
	return false;
}

static struct vmatlas_error *low_space_inspect(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);
	const struct space_accounts *l = atlas->space_accounts;
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; l && i < l->spaces.nr && !err; i++) {
		const struct space_usage *s = l->spaces.v[i];
		const enum space_room room = space_room(atlas, s);

		/* a window that is full has a fallback: the space around it */
		if (room != SPACE_ROOMY && !(s->pub.flags & VMATLAS_USAGE_NESTED) &&
		    !low_space_is_reported(atlas, s))
			err = low_space_report(job, s, room);
	}
	return err;
}

const struct vmatlas_plugin inspector_low_space = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "room",
	.summary = "spaces in which hardly anything fits any more",
	.inspect = low_space_inspect,
};
