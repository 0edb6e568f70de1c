/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inspector: the books that the kernel keeps of its RAM, against each other. On the plugin
 * contract.
 *
 * Every page that a zone manages is counted in totalram_pages, too (mm/page_alloc.c,
 * adjust_managed_page_count(), since 3.11), every page present in a zone in its node
 * (mm/memory_hotplug.c, adjust_present_page_count()), and spans of zones lie in their
 * node's (resize_zone_range(), resize_pgdat_range()). Between two of these a CPU may have
 * been stopped: while memory is plugged, or a balloon is filled, sums may be off by as much.
 */
#include <inttypes.h>

#include <vmatlas-plugin.h>

#include "base/cleanup.h"

#define NEAR "build_all_zonelists|free_area_init|__alloc_pages|setup_per_zone_wmarks"
#define MAX_NODES 1024			/* 1 << CONFIG_NODES_SHIFT at most */
#define MAX_ZONES 8			/* include/linux/mmzone.h: MAX_NR_ZONES is less */

enum {
	TOTAL, OLD_TOTAL, STATE, RUNNING, NODE_DATA, CONTIG, NR_NODES, NODE_ZONES, NR_ZONES, NODE_START,
	NODE_SPANNED, NODE_PRESENT, ZONE, START, SPANNED, PRESENT, MANAGED,
};

#define NODE_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("pglist_data", m, NEAR)
#define ZONE_MEMBER(m) VMATLAS_OPTIONAL_MEMBER("zone", m, NEAR)

static const struct vmatlas_lookup lookups[] = {
	[TOTAL] = VMATLAS_OPTIONAL_SYMBOL("_totalram_pages"),	/* since 5.0 */
	[OLD_TOTAL] = VMATLAS_OPTIONAL_SYMBOL("totalram_pages"),
	[STATE] = VMATLAS_OPTIONAL_SYMBOL("system_state"),
	[RUNNING] = VMATLAS_OPTIONAL_ENUM("SYSTEM_RUNNING", "kernel_power_off|kernel_restart"),
	[NODE_DATA] = VMATLAS_OPTIONAL_SYMBOL("node_data"),
	[CONTIG] = VMATLAS_OPTIONAL_SYMBOL("contig_page_data"),	/* without NUMA */
	[NR_NODES] = VMATLAS_OPTIONAL_SYMBOL("nr_node_ids"),
	[NODE_ZONES] = NODE_MEMBER("node_zones"),
	[NR_ZONES] = NODE_MEMBER("nr_zones"),
	[NODE_START] = NODE_MEMBER("node_start_pfn"),
	[NODE_SPANNED] = NODE_MEMBER("node_spanned_pages"),
	[NODE_PRESENT] = NODE_MEMBER("node_present_pages"),
	[ZONE] = VMATLAS_OPTIONAL_TYPE("zone", NEAR),
	[START] = ZONE_MEMBER("zone_start_pfn"),
	[SPANNED] = ZONE_MEMBER("spanned_pages"),
	[PRESENT] = ZONE_MEMBER("present_pages"),
	[MANAGED] = ZONE_MEMBER("managed_pages"),
};

struct books {
	struct vmatlas_plugin_ctx *ctx;
	uint64_t managed;		/* of all zones */
	bool told;			/* a zone's or node's own numbers are wrong */
};

struct span { uint64_t start, pages; };

struct zones_of_node {
	uint64_t present, end;		/* their sum; where the last one ends */
};

static bool is_within(struct span in, struct span out)
{
	return in.start >= out.start && in.pages <= out.pages &&
	       in.start - out.start <= out.pages - in.pages;
}

static void book_report(struct books *b, enum vmatlas_severity severity, uint64_t record,
			const char *what, uint64_t a, const char *but, uint64_t c)
{
	b->told = true;
	vmatlas_ctx_report(b->ctx, severity, "sum-mismatch", NULL, record,
			   "%s %" PRIu64 " pages, but %s %" PRIu64, what, a, but, c);
	vmatlas_ctx_advise(b->ctx, "one of the two was overwritten: print the struct at record");
}

static void span_report(struct books *b, uint64_t record, struct span zone, struct span node)
{
	b->told = true;
	vmatlas_ctx_report(b->ctx, VMATLAS_SEVERITY_WARNING, "sum-mismatch", NULL, record,
			   "a zone spans page frames %#" PRIx64 " to %#" PRIx64
			   ", but its node %#" PRIx64 " to %#" PRIx64, zone.start,
			   zone.start + zone.pages - 1, node.start, node.start + node.pages - 1);
	vmatlas_ctx_advise(b->ctx, "one of the two was overwritten: print the struct at record");
}

static struct vmatlas_error *check_zone(struct books *b, uint64_t at, const struct span *node,
					struct zones_of_node *sum)
{
	struct span zone;
	uint64_t present = 0, managed = 0;
	struct vmatlas_error *err = vmatlas_ctx_read(b->ctx, START, at, &zone.start);

	if (!err)
		err = vmatlas_ctx_read(b->ctx, SPANNED, at, &zone.pages);
	if (!err)
		err = vmatlas_ctx_read(b->ctx, PRESENT, at, &present);
	if (!err)
		err = vmatlas_ctx_read(b->ctx, MANAGED, at, &managed);
	if (err)
		return err;
	b->managed += managed;
	sum->present += present;
	if (zone.pages && zone.start + zone.pages > sum->end)
		sum->end = zone.start + zone.pages;
	if (managed > present)
		book_report(b, VMATLAS_SEVERITY_WARNING, at, "a zone manages", managed,
			    "only so many are present:", present);
	if (present > zone.pages)
		book_report(b, VMATLAS_SEVERITY_WARNING, at, "in a zone are present", present,
			    "it spans", zone.pages);
	else if (zone.pages && !is_within(zone, *node))
		span_report(b, at, zone, *node);
	return NULL;
}

/*
 * A node spans what its zones do (free_area_init_node(), update_pgdat_span()), but where some
 * memory is mirrored, and zones lie in each other: so it is a note.
 */
static void judge_node(struct books *b, uint64_t at, const struct span *node, uint64_t present,
		       const struct zones_of_node *sum)
{
	if (present != sum->present)
		book_report(b, VMATLAS_SEVERITY_WARNING, at, "a node has", present,
			    "its zones together", sum->present);
	else if (!b->told && sum->end && node->start + node->pages > sum->end)
		book_report(b, VMATLAS_SEVERITY_NOTE, at, "a node spans", node->pages,
			    "its zones end after", sum->end - node->start);
}

static struct vmatlas_error *check_node(struct books *b, uint64_t at)
{
	const uint64_t zones = at + vmatlas_ctx_offset(b->ctx, NODE_ZONES);
	uint64_t nr = 0, present = 0;
	struct zones_of_node sum = { 0 };
	struct span node;
	struct vmatlas_error *err = vmatlas_ctx_read(b->ctx, NR_ZONES, at, &nr);

	if (!err)
		err = vmatlas_ctx_read(b->ctx, NODE_START, at, &node.start);
	if (!err)
		err = vmatlas_ctx_read(b->ctx, NODE_SPANNED, at, &node.pages);
	if (!err)
		err = vmatlas_ctx_read(b->ctx, NODE_PRESENT, at, &present);
	/* zones behind the last that has pages are not counted, and are empty */
	for (uint64_t i = 0; i < nr && i < MAX_ZONES && !err; i++)
		err = check_zone(b, zones + i * vmatlas_ctx_size(b->ctx, ZONE), &node, &sum);
	if (!err && nr <= MAX_ZONES)
		judge_node(b, at, &node, present, &sum);
	else if (!err)
		vmatlas_ctx_coverage(b->ctx, VMATLAS_COVERAGE_PARTIAL, "zones", "because the node at %#"
				     PRIx64 " says that it has %" PRIu64, at, nr);
	return err;
}

/* ---- Nodes ---- */

static struct vmatlas_error *check_nodes(struct books *b)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(b->ctx);
	const uint32_t word = vmatlas_info(atlas)->pointer_size;
	uint64_t nr = vmatlas_ctx_size(b->ctx, NODE_DATA) / word, at = 0, known = 0;
	struct vmatlas_error *err = NULL;

	if (vmatlas_ctx_has(b->ctx, CONTIG))
		return check_node(b, vmatlas_ctx_address(b->ctx, CONTIG));
	if (vmatlas_ctx_has(b->ctx, NR_NODES))
		err = vmatlas_ctx_read_symbol(b->ctx, NR_NODES, &known);
	if (known && known < nr)
		nr = known;
	for (uint64_t i = 0; i < nr && i < MAX_NODES && !err; i++) {
		err = vmatlas_read_uint(atlas, vmatlas_ctx_address(b->ctx, NODE_DATA) + i * word,
					word, &at);
		if (!err && at)		/* 0: no such node */
			err = check_node(b, at);
	}
	return err;
}

static struct vmatlas_error *check_total(struct books *b)
{
	const uint32_t lookup = vmatlas_ctx_has(b->ctx, TOTAL) ? TOTAL : OLD_TOTAL;
	uint64_t total;
	struct vmatlas_error *err = vmatlas_ctx_read_symbol(b->ctx, lookup, &total);

	if (err || total == b->managed || b->told)
		return err;
	vmatlas_ctx_report(b->ctx, VMATLAS_SEVERITY_NOTE, "sum-mismatch", NULL,
			   vmatlas_ctx_address(b->ctx, lookup), "%s counts %" PRIu64
			   " pages, but zones manage %" PRIu64, lookups[lookup].name, total, b->managed);
	vmatlas_ctx_evidence_value(b->ctx, "counter", VMATLAS_EVIDENCE_NUMBER, total, 0,
				   "%s at %#" PRIx64 ": %" PRIu64, lookups[lookup].name,
				   vmatlas_ctx_address(b->ctx, lookup), total);
	vmatlas_ctx_evidence_value(b->ctx, "sum", VMATLAS_EVIDENCE_NUMBER, b->managed, 0,
				   "%" PRIu64 " managed_pages, of all zones", b->managed);
	vmatlas_ctx_advise(b->ctx, "memory may just have been plugged, or a balloon filled; else the "
			   "counter or a zone was overwritten");
	return NULL;
}

/* While booting, zones get their pages one after the other. */
static struct vmatlas_error *is_running(struct vmatlas_plugin_ctx *ctx, bool *ret)
{
	uint64_t state = 0;
	struct vmatlas_error *err;

	*ret = false;
	if (!vmatlas_ctx_has(ctx, STATE) || !vmatlas_ctx_has(ctx, RUNNING))
		return NULL;
	err = vmatlas_ctx_read_symbol(ctx, STATE, &state);
	*ret = !err && (int64_t)state >= vmatlas_ctx_enumerator(ctx, RUNNING);
	return err;
}

static bool knows_zones(const struct vmatlas_plugin_ctx *ctx)
{
	for (uint32_t i = NODE_ZONES; i < ARRAY_SIZE(lookups); i++)
		if (!vmatlas_ctx_has(ctx, i))
			return false;	/* before 3.11, or no types */
	return (vmatlas_ctx_has(ctx, TOTAL) || vmatlas_ctx_has(ctx, OLD_TOTAL)) &&
	       (vmatlas_ctx_has(ctx, CONTIG) || vmatlas_ctx_has(ctx, NODE_DATA));
}

static struct vmatlas_error *zone_sums_inspect(struct vmatlas_plugin_ctx *ctx)
{
	const struct vmatlas_info *info = vmatlas_info(vmatlas_ctx_atlas(ctx));
	struct books b = { .ctx = ctx };
	struct vmatlas_error *err;
	bool running;

	if (!info || info->live || !knows_zones(ctx))
		return NULL;
	err = is_running(ctx, &running);
	if (!err && running)
		err = check_nodes(&b);
	if (!err && running)
		err = check_total(&b);
	if (err)
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_SKIPPED, "zones",
				     "because they could not be read (%s)", vmatlas_error_message(err));
	vmatlas_error_free(err);
	return NULL;
}

const struct vmatlas_plugin inspector_zone_sums = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
	.name = "zones",
	.summary = "what zones, nodes and totalram_pages say of RAM",
	.lookups = lookups,
	.nr_lookups = ARRAY_SIZE(lookups),
	.inspect = zone_sums_inspect,
};
